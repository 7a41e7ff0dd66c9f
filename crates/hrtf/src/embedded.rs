//! The set that is part of the program.

use crate::HrtfError;
use crate::RATES_HZ;
use crate::rate::{RateConverter, analysis_points, lasting_taps};
use cupola_model::{HrtfSet, PolarPosition, SampleRate, position::wrap_degrees};

const DATA: &[u8] = include_bytes!("../data/default_hrtf.bin");

// The layout of the file, as in `data/README.md`.
const DIRECTIONS: usize = 789;
const TAPS: usize = 128;
const TRIANGLES: usize = 1574;
const DELAY_OFFSET: usize = 6_312;
const TAPS_OFFSET: usize = 12_624;
const TRIANGLES_OFFSET: usize = 824_512;
const FILE_BYTES: usize = 834_928;
const FILE_RATE_HZ: u32 = 48_000;

/// `loudness_gain_db` of `data/default_hrtf.json`: a power of 1 at each ear becomes a power of 1
/// for both together, which makes a front object as loud as from loudspeakers.
pub(crate) const LOUDNESS_GAIN_DB: f64 = -3.0103;

/// The embedded set at a session rate: as stored at 48 kHz, elsewhere converted.
///
/// The conversion works on magnitudes and delays, not on samples: the spectrum is read off at the
/// new frequencies (above 24 kHz it goes on at the level it has there), the response made minimum
/// phase again, and the low-frequency arrival time at each ear kept. Delays may all move by one
/// common amount. Left and right mirror each other exactly, triangles included.
///
/// ```
/// use cupola_model::SampleRate;
/// let set = cupola_hrtf::embedded(SampleRate::HZ_48000)?;
/// assert_eq!((set.directions.len(), set.tap_count), (789, 128));
/// # Ok::<(), cupola_hrtf::HrtfError>(())
/// ```
pub fn embedded(rate: SampleRate) -> Result<HrtfSet, HrtfError> {
    if !RATES_HZ.contains(&rate.hz()) {
        return Err(HrtfError::UnsupportedRate { found_hz: rate.hz() });
    }
    let (mut set, mirror) = parse(DATA)?;
    if rate.hz() != FILE_RATE_HZ {
        convert(&mut set, &mirror, rate.hz());
    }
    set.validate()?;
    Ok(set)
}

/// Reads the file; the second part is the mirror image of every direction.
fn parse(data: &[u8]) -> Result<(HrtfSet, Vec<usize>), HrtfError> {
    if data.len() != FILE_BYTES {
        return Err(damaged(format!("{} bytes, not {FILE_BYTES}", data.len())));
    }
    let angles = floats(data, 0, 2 * DIRECTIONS);
    let delays = floats(data, DELAY_OFFSET, 2 * DIRECTIONS);
    let taps: Vec<f32> = floats(data, TAPS_OFFSET, 2 * DIRECTIONS * TAPS).collect();
    let angles: Vec<f32> = angles.collect();
    let mut directions: Vec<[f64; 3]> = angles
        .chunks_exact(2)
        .map(|a| {
            let azimuth = wrap_degrees(f64::from(a[0]));
            PolarPosition::on_sphere(azimuth, f64::from(a[1])).direction()
        })
        .collect();
    let mirror = pair_mirror_images(&mut directions)?;
    let delays: Vec<f32> = delays.collect();
    let set = HrtfSet {
        name: "MIT KEMAR, normal pinna (Gardner and Martin 1994), diffuse-field equalised".into(),
        sample_rate: FILE_RATE_HZ,
        delay_samples: delays.chunks_exact(2).map(|d| [d[0], d[1]]).collect(),
        tap_count: TAPS,
        taps,
        triangles: mirrored_triangles(&read_triangles(data)?, &directions, &mirror)?,
        directions,
        loudness_gain_db: LOUDNESS_GAIN_DB,
    };
    set.validate()?;
    Ok((set, mirror))
}

fn damaged(what: String) -> HrtfError {
    HrtfError::Damaged { what }
}

/// `count` values from `offset` on; the caller has checked the length of the file.
fn floats(data: &[u8], offset: usize, count: usize) -> impl Iterator<Item = f32> + '_ {
    let (values, _) = data[offset..offset + 4 * count].as_chunks::<4>();
    values.iter().map(|&b| f32::from_le_bytes(b))
}

fn read_triangles(data: &[u8]) -> Result<Vec<[u32; 3]>, HrtfError> {
    let bytes = &data[TRIANGLES_OFFSET..TRIANGLES_OFFSET + 6 * TRIANGLES];
    let corner = |low: u8, high: u8| u32::from(u16::from_le_bytes([low, high]));
    let (triples, _) = bytes.as_chunks::<6>();
    triples
        .iter()
        .enumerate()
        .map(|(i, t)| {
            let triangle = [corner(t[0], t[1]), corner(t[2], t[3]), corner(t[4], t[5])];
            match triangle.iter().find(|&&c| c as usize >= DIRECTIONS) {
                None => Ok(triangle),
                Some(c) => Err(damaged(format!(
                    "triangle {i} names direction {c}; there are {DIRECTIONS}"
                ))),
            }
        })
        .collect()
}

/// Finds the mirror image of every direction and makes the pairs exact, which rounded angles are
/// not: 353.571 44° is not quite −6.428 571 2°.
fn pair_mirror_images(directions: &mut [[f64; 3]]) -> Result<Vec<usize>, HrtfError> {
    const SAME: f64 = 1e-6;
    let mut mirror = vec![usize::MAX; directions.len()];
    for i in 0..directions.len() {
        let [x, y, z] = directions[i];
        if x.abs() < SAME {
            directions[i][0] = 0.0;
            mirror[i] = i;
        } else if x < 0.0 {
            let image = |d: &[f64; 3]| {
                (d[0] + x).abs() < SAME && (d[1] - y).abs() < SAME && (d[2] - z).abs() < SAME
            };
            let Some(j) = directions.iter().position(image) else {
                return Err(damaged(format!("direction {i} has no mirror image")));
            };
            directions[j] = [-x, y, z];
            (mirror[i], mirror[j]) = (j, i);
        }
    }
    match mirror.iter().position(|&m| m == usize::MAX) {
        None => Ok(mirror),
        Some(i) => Err(damaged(format!("direction {i} has no mirror image"))),
    }
}

/// Keeps the triangles of the left half and those that are their own mirror image, and puts the
/// mirrored left half in the place of the right one.
fn mirrored_triangles(
    triangles: &[[u32; 3]],
    directions: &[[f64; 3]],
    mirror: &[usize],
) -> Result<Vec<[u32; 3]>, HrtfError> {
    let x = |corner: u32| directions[corner as usize][0];
    let image = |corner: u32| mirror[corner as usize] as u32;
    let mut whole = Vec::with_capacity(triangles.len());
    for (i, &[a, b, c]) in triangles.iter().enumerate() {
        if [a, b, c].iter().all(|&corner| x(corner) <= 0.0) {
            whole.push([a, b, c]);
            // Mirroring turns a triangle inside out; swapping two corners turns it back.
            whole.push([image(a), image(c), image(b)]);
        } else if [a, b, c].iter().any(|&corner| x(corner) < 0.0) {
            if ![a, b, c].iter().all(|&corner| [a, b, c].contains(&image(corner))) {
                return Err(damaged(format!(
                    "triangle {i} crosses the median plane and is not its own mirror image"
                )));
            }
            whole.push([a, b, c]);
        }
    }
    if whole.len() != triangles.len() {
        return Err(damaged(format!(
            "the left half and its mirror image have {} triangles, not {}",
            whole.len(),
            triangles.len()
        )));
    }
    Ok(whole)
}

/// Brings a set whose ears mirror each other to another rate.
fn convert(set: &mut HrtfSet, mirror: &[usize], to_hz: u32) {
    let (from, to) = (f64::from(set.sample_rate), f64::from(to_hz));
    let tap_count = lasting_taps(set.tap_count, from, to);
    let mut converter = RateConverter::new(from, to, analysis_points(set.tap_count), tap_count);
    let mut taps = vec![0.0; set.directions.len() * 2 * tap_count];
    let mut arrival = vec![0.0; set.directions.len()];
    for i in 0..set.directions.len() {
        let left = 2 * i * tap_count;
        let later = converter.convert(set.response(i, 0), &mut taps[left..left + tap_count]);
        arrival[i] = f64::from(set.delay_samples[i][0]) * converter.ratio() + later;
        let right = (2 * mirror[i] + 1) * tap_count;
        taps.copy_within(left..left + tap_count, right);
    }
    let earliest = arrival.iter().copied().fold(f64::INFINITY, f64::min);
    for (i, delay) in set.delay_samples.iter_mut().enumerate() {
        *delay = [(arrival[i] - earliest) as f32, (arrival[mirror[i]] - earliest) as f32];
    }
    (set.taps, set.tap_count, set.sample_rate) = (taps, tap_count, to_hz);
}

#[cfg(test)]
mod tests;
