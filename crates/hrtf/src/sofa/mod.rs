//! SOFA files: HRTFs as laboratories exchange them. [AES69]
//!
//! Read are sets of impulse responses at two ears from one loudspeaker: the conventions
//! `SimpleFreeFieldHRIR` and `GeneralFIR`. Everything else is refused by its name. What a file says
//! about the room is ignored; which ear is which is decided later, from the data.

mod container;
mod geometry;

use crate::HrtfError;
use container::Container;

/// Most directions of a set. Laser-scanned and computed sets have about forty thousand.
pub(crate) const MOST_DIRECTIONS: usize = 100_000;

/// Longest response in samples. What is longer is the response of a room.
const MOST_TAPS: usize = 32_768;

/// Most samples of a set: 512 MiB.
const MOST_VALUES: usize = 64 << 20;

/// Latest and earliest `Data.Delay` in samples.
const LARGEST_DELAY: f64 = 65_536.0;

/// Rates of files, in Hz.
const RATES_HZ: std::ops::RangeInclusive<f64> = 8_000.0..=768_000.0;

/// A set of responses as a file has it.
#[derive(Clone, Debug)]
pub struct Sofa {
    /// Database, listener and title, as far as the file names them.
    pub name: String,
    /// `SOFAConventions` and its version.
    pub convention: String,
    /// Rate of the responses in Hz.
    pub rate_hz: f64,
    /// Unit vector (x right, y front, z up) from the head to the source of each measurement.
    pub directions: Vec<[f64; 3]>,
    /// Distance of the source in each measurement, in metres.
    pub distances_m: Vec<f64>,
    /// Samples a response.
    pub tap_count: usize,
    /// Measurements × 2 receivers × `tap_count`.
    pub taps: Vec<f64>,
    /// `Data.Delay` per measurement and receiver, in samples of `rate_hz`; may be negative.
    pub delay_samples: Vec<[f64; 2]>,
    /// The receiver whose position is further left, when the file tells them apart.
    pub declared_left: Option<usize>,
}

impl Sofa {
    /// Reads a file's bytes. Refuses what is not a set of responses at two ears, naming the
    /// convention; what is wrong with a file is said in words, never in a panic.
    pub fn parse(bytes: Vec<u8>) -> Result<Self, HrtfError> {
        let file = Container::open(bytes)?;
        let convention = convention(&file)?;
        let shape = file.shape("Data.IR").ok_or_else(|| HrtfError::NotSofa {
            what: format!("it claims to be {convention} but has no Data.IR"),
        })?;
        let &[count, 2, tap_count] = shape.as_slice() else {
            return Err(HrtfError::Convention {
                found: convention,
                why: format!("Data.IR is {shape:?}, not measurements × 2 ears × samples"),
            });
        };
        if !(1..=MOST_DIRECTIONS).contains(&count) || !(1..=MOST_TAPS).contains(&tap_count) {
            return Err(HrtfError::sofa(
                "Data.IR is not a set of head-related responses",
                format!("{count} measurements of {tap_count} samples"),
                format!("up to {MOST_DIRECTIONS} of up to {MOST_TAPS}"),
            ));
        }
        let taps = file.numbers("Data.IR", MOST_VALUES)?.map(|a| a.values).unwrap_or_default();
        if taps.len() != count * 2 * tap_count {
            return Err(HrtfError::NotSofa { what: "Data.IR is not whole".into() });
        }
        let (directions, distances_m) = geometry::directions(&file, count)?;
        Ok(Self {
            name: name(&file),
            convention,
            rate_hz: rate(&file)?,
            directions,
            distances_m,
            tap_count,
            taps,
            delay_samples: delays(&file, count)?,
            declared_left: geometry::declared_left(&file),
        })
    }

    /// The response of a measurement at a receiver.
    pub fn response(&self, measurement: usize, receiver: usize) -> &[f64] {
        let start = (measurement * 2 + receiver) * self.tap_count;
        &self.taps[start..start + self.tap_count]
    }
}

/// The convention with its version, when it is one of ours.
fn convention(file: &Container) -> Result<String, HrtfError> {
    let Some(name) = file.text("SOFAConventions") else {
        return Err(HrtfError::NotSofa { what: "it names no SOFAConventions".into() });
    };
    let version = file.text("SOFAConventionsVersion").unwrap_or_default();
    let found = format!("{name} {version}").trim_end().to_owned();
    let refuse = |why: &str| Err(HrtfError::Convention { found: found.clone(), why: why.into() });
    let whole: Option<u32> = version.split('.').next().and_then(|v| v.parse().ok());
    match name.as_str() {
        "SimpleFreeFieldHRIR" if whole.is_none_or(|v| v < 2) => {}
        "SimpleFreeFieldHRIR" => return refuse("that version is not known here"),
        "GeneralFIR" => {}
        "SimpleFreeFieldHRTF" | "GeneralTF" | "GeneralTF-E" => {
            return refuse("it holds spectra, not impulse responses");
        }
        "SimpleFreeFieldHRSOS" | "SimpleFreeFieldSOS" => {
            return refuse("it holds filter coefficients, not impulse responses");
        }
        _ => return refuse("it is not a set of head-related impulse responses"),
    }
    match file.text("DataType") {
        None => {}
        Some(data) if data == "FIR" => {}
        Some(data) => return refuse(&format!("its data type is {data}, not FIR")),
    }
    match file.shape("EmitterPosition").and_then(|shape| shape.first().copied()) {
        Some(emitters) if emitters > 1 => {
            refuse(&format!("it has {emitters} emitters, not one loudspeaker"))
        }
        _ => Ok(found),
    }
}

fn name(file: &Container) -> String {
    let parts = ["DatabaseName", "ListenerShortName", "Title"].map(|name| file.text(name));
    let mut words: Vec<String> = Vec::new();
    for part in parts.into_iter().flatten() {
        let part: String = part.chars().filter(|c| !c.is_control()).take(200).collect();
        if !words.contains(&part) {
            words.push(part);
        }
    }
    if words.is_empty() { "SOFA file".into() } else { words.join(", ") }
}

fn rate(file: &Container) -> Result<f64, HrtfError> {
    let rates = file.numbers("Data.SamplingRate", MOST_DIRECTIONS)?;
    let rates = rates.map(|a| a.values).unwrap_or_default();
    let allowed = "one rate from 8000 to 768000 Hz";
    match rates.as_slice() {
        [] => Err(HrtfError::sofa("Data.SamplingRate is missing", "nothing", allowed)),
        [rate, others @ ..] if RATES_HZ.contains(rate) && others.iter().all(|r| r == rate) => {
            Ok(*rate)
        }
        [rate, ..] => {
            Err(HrtfError::sofa("Data.SamplingRate is unusable", format!("{rate} Hz"), allowed))
        }
    }
}

/// One row for all measurements, or one each.
fn delays(file: &Container, count: usize) -> Result<Vec<[f64; 2]>, HrtfError> {
    let Some(array) = file.numbers("Data.Delay", 2 * MOST_DIRECTIONS)? else {
        return Ok(vec![[0.0; 2]; count]);
    };
    if let Some(&delay) = array.values.iter().find(|d| d.abs() > LARGEST_DELAY) {
        return Err(HrtfError::sofa(
            "a value of Data.Delay is out of range",
            format!("{delay} samples"),
            format!("-{LARGEST_DELAY} to {LARGEST_DELAY}"),
        ));
    }
    let (rows, _) = array.values.as_chunks::<2>();
    match (array.shape.as_slice(), rows) {
        ([1, 2] | [2], [row]) => Ok(vec![*row; count]),
        ([rows_stored, 2], rows) if *rows_stored == count => Ok(rows.to_vec()),
        (shape, _) => Err(HrtfError::sofa(
            "Data.Delay does not fit the measurements",
            format!("{shape:?}"),
            format!("[1, 2] or [{count}, 2]"),
        )),
    }
}
