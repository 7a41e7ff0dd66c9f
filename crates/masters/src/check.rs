//! Whether a file is an Atmos master that others accept, and if not, everything that speaks
//! against it.

mod container;
mod damf;
mod dolby;

use crate::MastersError;
use crate::read_damf::is_damf;
use container::Container;
use cupola_adm::{Essence, FindingList, TrackIds, check_axml, rules};
use cupola_bw64::{ChnaEntry, Form, Reader};
use cupola_model::{Finding, Place, Severity};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

/// The metadata text is read in pieces of this size.
const TEXT_BUFFER: usize = 1 << 18;
/// Largest `dbmd` that is looked at; Dolby's own parser stops at 6144 bytes.
const MAX_DBMD_BYTES: u64 = 1 << 20;
/// Largest `chna`: 65535 rows.
const MAX_CHNA_BYTES: u64 = 4 + 40 * 65_535;

/// What a check of a master found.
#[derive(Clone, Debug, PartialEq)]
pub struct MasterCheck {
    /// The form; `None` when the file is no readable master at all.
    pub form: Option<MasterForm>,
    /// Frames per second; 0 when unknown.
    pub sample_rate: u32,
    /// Channels; 0 when unknown.
    pub channels: u16,
    /// Frames of sound; 0 when unknown.
    pub frames: u64,
    /// Everything noticed, worst first. Rules are those of [`RULES`](cupola_adm::rules::RULES), of a DAMF
    /// those of [`cupola_damf::READ_RULES`].
    pub findings: Vec<Finding>,
}

/// What kind of files a master is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MasterForm {
    /// One file of the RIFF family, with its form id.
    Wave(Form),
    /// Three files: root, events and sound.
    Damf,
}

impl MasterCheck {
    /// The form as text: `RIFF`, `RF64`, `BW64` or `DAMF`; `None` when the file is no readable master.
    pub fn form_name(&self) -> Option<&'static str> {
        self.form.map(|form| match form {
            MasterForm::Wave(form) => form.name(),
            MasterForm::Damf => "DAMF",
        })
    }
}

/// Whether a file is checked as a master: by its first bytes, whatever it is called, and a root of DAMF
/// by its ending as well.
pub fn is_master(path: &Path) -> bool {
    let mut head = [0; 4];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut head));
    let is_wave = read.is_ok() && [b"RIFF", b"RF64", b"BW64"].contains(&&head);
    is_wave || is_damf(path)
}

/// Checks a master against the Dolby Atmos Master ADM profile: container, `fmt `, `chna`, `axml`
/// and `dbmd`, each alone and against the others; or the files of a DAMF: root, events, and the head of the
/// sound. The sound itself is not read.
///
/// Whatever is wrong with the file is a finding; only a file that cannot be read is an error.
/// Memory is bounded whatever the file claims. [Atmos-ADM]
pub fn check_master(path: &Path) -> Result<MasterCheck, MastersError> {
    if is_damf(path) { damf::check(path) } else { check_wave(path) }
}

fn check_wave(path: &Path) -> Result<MasterCheck, MastersError> {
    let failed = |source| MastersError::Read { path: path.to_owned(), source };
    let mut file = File::open(path).map_err(failed)?;
    let mut list = FindingList::default();
    let container = Container::check(&mut file, &mut list).map_err(failed)?;
    let mut report =
        MasterCheck { form: None, sample_rate: 0, channels: 0, frames: 0, findings: vec![] };
    match Reader::new(file) {
        Ok(mut reader) => {
            report.form = Some(MasterForm::Wave(reader.form()));
            report.sample_rate = reader.format().sample_rate;
            report.channels = reader.format().channels;
            report.frames = reader.frames();
            container.compare(&mut reader, &mut list).map_err(failed)?;
            check_metadata(&mut reader, &mut list).map_err(failed)?;
        }
        Err(cupola_bw64::Error::Io(source)) => return Err(failed(source)),
        Err(error) => {
            list.push(Finding::error(rules::CONTAINER, error.to_string()).at(place("container")))
        }
    }
    report.findings = list.finish();
    for finding in &mut report.findings {
        finding.place.file = path.display().to_string();
    }
    Ok(report)
}

/// A place inside the file.
fn place(path: impl Into<String>) -> Place {
    Place { path: path.into(), ..Place::default() }
}

fn check_metadata(reader: &mut Reader<File>, list: &mut FindingList) -> std::io::Result<()> {
    let format = *reader.format();
    let essence = Essence {
        sample_rate: format.sample_rate,
        channels: format.channels,
        bits: format.sample.bytes() * 8,
        frames: reader.frames(),
    };
    let find =
        |reader: &Reader<File>, id: &[u8; 4]| reader.chunks().iter().position(|c| c.id == *id);
    let mut rows = None;
    if let Some(index) = find(reader, b"chna") {
        match reader.read_chunk(index, MAX_CHNA_BYTES) {
            Ok(payload) => rows = check_chna(&payload, essence.channels, list),
            Err(error) => not_read(error, rules::CHNA, "chna", list)?,
        }
    }
    if let Some(index) = find(reader, b"axml") {
        match reader.stream_chunk(index) {
            Ok(text) => {
                let text = BufReader::with_capacity(TEXT_BUFFER, text);
                let findings = check_axml(text, Some(&essence), rows.as_deref())?;
                findings.into_iter().for_each(|finding| list.push(finding));
            }
            Err(error) => not_read(error, rules::AXML_SYNTAX, "axml", list)?,
        }
    }
    if let Some(index) = find(reader, b"dbmd") {
        match reader.read_chunk(index, MAX_DBMD_BYTES) {
            Ok(payload) => dolby::check(&payload, essence.channels, list),
            Err(error) => not_read(error, rules::DBMD, "dbmd", list)?,
        }
    }
    Ok(())
}

/// A chunk that is too large is a finding, a disk that fails is not.
fn not_read(
    error: cupola_bw64::Error,
    rule: &'static str,
    chunk: &str,
    list: &mut FindingList,
) -> std::io::Result<()> {
    match error {
        cupola_bw64::Error::Io(source) => Err(source),
        other => {
            list.push(Finding::error(rule, other.to_string()).at(place(chunk)).subject(chunk));
            Ok(())
        }
    }
}

/// The rows, when they can be read.
fn check_chna(payload: &[u8], channels: u16, list: &mut FindingList) -> Option<Vec<TrackIds>> {
    let mut error = |rule, message: &str, at: &str, found: String, allowed: String| {
        let finding = Finding::error(rule, message).at(place(at)).subject("chna");
        list.push(finding.found(found).allowed(allowed));
    };
    let rows = match ChnaEntry::decode(payload) {
        Ok(rows) => rows,
        Err(why) => {
            error(rules::CHNA, &why.to_string(), "chna", String::new(), String::new());
            return None;
        }
    };
    if let [a, b, c, d, ..] = *payload {
        let counts = [u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d])];
        if counts != [channels, channels] {
            let found = format!("{} tracks, {} UIDs", counts[0], counts[1]);
            let message = "chna does not list one row a channel";
            error(rules::CHNA_COUNT, message, "chna", found, format!("{channels} of both"));
        }
        let want = 4 + 40 * usize::from(counts[1]);
        if payload.len() != want {
            let finding = Finding::new(
                rules::CHNA_COUNT,
                Severity::Warning,
                "chna has another size than its rows need",
            );
            let finding = finding.at(place("chna")).subject("chna");
            let (found, allowed) = (format!("{} bytes", payload.len()), format!("{want} bytes"));
            list.push(finding.found(found).allowed(allowed));
        }
        let spare = usize::from(counts[1]).saturating_sub(rows.len());
        if spare > 0 {
            let message = "a row of chna belongs to track 0, which is none";
            let finding = Finding::error(rules::CHNA_ORDER, message);
            let finding = finding.at(place("chna")).subject("chna");
            list.push(finding.found(format!("{spare} such rows")).allowed("none"));
        }
    }
    for (number, row) in (1_u32..).zip(&rows) {
        if u32::from(row.track_index) != number {
            let finding = Finding::error(rules::CHNA_ORDER, "a row of chna is out of order");
            let finding = finding.at(place(format!("chna row {number}"))).subject(&row.uid);
            let found = format!("track {}", row.track_index);
            list.push(finding.found(found).allowed(format!("track {number}")));
        }
    }
    let ids = |row: ChnaEntry| TrackIds {
        uid: row.uid,
        track_format: row.track_ref,
        pack_format: row.pack_ref,
    };
    Some(rows.into_iter().map(ids).collect())
}
