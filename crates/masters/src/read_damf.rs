//! The three files of anybody's DAMF master, read but for the sound. [Atmos-DAMF]

use crate::{MastersError, damf_files};
use cupola_adm::FindingList;
use cupola_bw64::{CafReader, Error, SampleFormat};
use cupola_damf::{
    DamfError, Programme, Root, RootText, Sound, check_events, file_rules, read_programme,
    read_root,
};
use cupola_model::{Finding, Place, SampleRate, Severity, StemFacts};
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

/// Texts are read in pieces of this size.
const TEXT_BUFFER: usize = 1 << 18;
/// How much of a file is looked at to tell whether it is a root.
const HEAD_BYTES: u64 = 4096;

/// Largest root that is changed, as large as one that is read.
const MAX_ROOT_BYTES: u64 = 4 << 20;

/// The files, opened but for their events.
#[derive(Debug)]
pub(crate) struct DamfFiles {
    pub(crate) root: Root,
    pub(crate) metadata: PathBuf,
    pub(crate) sound: PathBuf,
    pub(crate) facts: StemFacts,
    pub(crate) rate: SampleRate,
    pub(crate) sample: SampleFormat,
}

/// Whether a file is the root of a DAMF master: by its ending, or by what it starts with.
pub(crate) fn is_damf(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(HEAD_BYTES).read_to_end(&mut head));
    if read.is_err()
        || [&b"RIFF"[..], b"RF64", b"BW64", b"caff"].iter().any(|id| head.starts_with(id))
    {
        return false;
    }
    let ending = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("atmos"));
    ending || head.split(|byte| *byte == b'\n').any(|line| line.starts_with(b"presentations:"))
}

pub(crate) fn open_text(path: &Path) -> io::Result<BufReader<File>> {
    Ok(BufReader::with_capacity(TEXT_BUFFER, File::open(path)?))
}

fn failed(path: &Path) -> impl Fn(io::Error) -> MastersError {
    move |source| MastersError::Read { path: path.to_owned(), source }
}

pub(crate) fn unusable(path: &Path) -> impl Fn(DamfError) -> MastersError {
    move |error| match error {
        DamfError::Read(source) => MastersError::Read { path: path.to_owned(), source },
        source => MastersError::Damf { path: path.to_owned(), source },
    }
}

impl DamfFiles {
    /// Reads the root and the head of the sound.
    pub(crate) fn open(path: &Path, list: &mut FindingList) -> Result<Self, MastersError> {
        let mut sink = |finding| list.push(finding);
        let name = |path: &Path| path.display().to_string();
        let root = open_text(path).map_err(failed(path))?;
        let root = read_root(root, &name(path), &mut sink).map_err(unusable(path))?;
        let [_, metadata, audio] = damf_files(path);
        let metadata = companion(path, &root.metadata, metadata, &mut sink);
        let audio = companion(path, &root.audio, audio, &mut sink);
        let caf = File::open(&audio).map_err(failed(&audio))?;
        let caf = CafReader::new(caf).map_err(|error| match error {
            Error::Io(source) => MastersError::Read { path: audio.clone(), source },
            source => MastersError::Container { path: audio.clone(), source },
        })?;
        let format = *caf.format();
        check_sound(&caf, &name(&audio), &mut sink);
        let rate =
            SampleRate::new(format.sample_rate).ok_or_else(|| MastersError::NoProgramme {
                path: audio.clone(),
                reason: format!("{} Hz is no rate that a scene can have", format.sample_rate),
            })?;
        let facts = StemFacts {
            sample_rate: format.sample_rate,
            channels: format.channels,
            frames: caf.frames(),
            format: "CAF".to_owned(),
            lossy: false,
        };
        Ok(Self { root, metadata, sound: audio, facts, rate, sample: format.sample })
    }

    fn sound(&self) -> Sound {
        let (channels, frames) = (self.facts.channels, self.facts.frames);
        Sound { sample_rate: self.rate, channels, frames }
    }

    /// Reads the events.
    pub(crate) fn programme(&self, list: &mut FindingList) -> Result<Programme, MastersError> {
        let (name, mut sink) = (self.metadata.display().to_string(), |f| list.push(f));
        let open = || open_text(&self.metadata);
        read_programme(&self.root, open, &name, self.sound(), &mut sink)
            .map_err(unusable(&self.metadata))
    }

    /// Reads the events for what is wrong with them alone.
    pub(crate) fn check(&self, list: &mut FindingList) -> Result<(), MastersError> {
        let (name, mut sink) = (self.metadata.display().to_string(), |f| list.push(f));
        let open = || open_text(&self.metadata);
        check_events(&self.root, open, &name, self.sound(), &mut sink)
            .map_err(unusable(&self.metadata))
    }
}

/// The root of a master to be changed, what it says, and the rate of its sound.
pub(crate) fn read_root_text(path: &Path) -> Result<(RootText, Root, SampleRate), MastersError> {
    let DamfFiles { root, rate, .. } = DamfFiles::open(path, &mut FindingList::default())?;
    let mut text = String::new();
    // A root that is longer was refused a moment ago.
    let file = File::open(path).map_err(failed(path))?;
    file.take(MAX_ROOT_BYTES).read_to_string(&mut text).map_err(failed(path))?;
    let text = RootText::read(&text).map_err(unusable(path))?;
    Ok((text, root, rate))
}

/// The root of the master that a file is a companion of by its name.
pub(crate) fn root_of_companion(path: &Path) -> Option<PathBuf> {
    let of = path.extension().is_some_and(|ending| ending == "metadata" || ending == "audio");
    let root = path.with_extension("");
    (of && root.extension().is_some_and(|ending| ending == "atmos")).then_some(root)
}

/// Where a file is that the root names; where it is not there, and the one that belongs to the name of the
/// root is, that one.
fn companion(root: &Path, named: &str, usual: PathBuf, sink: &mut dyn FnMut(Finding)) -> PathBuf {
    // Names lead nowhere else than into the folder of the root.
    let name = Path::new(named).file_name();
    let there = name.map(|name| root.with_file_name(name));
    if let Some(there) = &there
        && there.is_file()
    {
        return there.clone();
    }
    let told = |finding: Finding| {
        let place = Place { file: root.display().to_string(), ..Place::default() };
        finding.at(place).subject(named).found(named)
    };
    if usual.is_file() {
        // A name that is missing has been told.
        if !named.is_empty() {
            let message = "a file is not where the root says; the one beside it was taken";
            let allowed = usual.file_name().unwrap_or_default().to_string_lossy().into_owned();
            sink(hinted(told(Finding::warning(file_rules::COMPANION, message)).allowed(allowed)));
        }
        return usual;
    }
    there.unwrap_or(usual)
}

fn hinted(finding: Finding) -> Finding {
    let remedy = file_rules::remedy(finding.rule);
    finding.hint(remedy)
}

fn check_sound(caf: &CafReader<File>, file: &str, sink: &mut dyn FnMut(Finding)) {
    let place = || Place { file: file.to_owned(), ..Place::default() };
    for repair in caf.repairs() {
        let finding = Finding::error(file_rules::AUDIO, repair.to_string());
        sink(hinted(finding.at(place()).subject("audio")));
    }
    let format = caf.format();
    let masters = [48_000, 96_000].contains(&format.sample_rate);
    if format.sample != SampleFormat::I24 || !masters {
        let kind = if format.sample.is_float() { "float" } else { "integer" };
        let found = format!("{} Hz, {}-bit {kind}", format.sample_rate, format.sample.bytes() * 8);
        let message = "the sound is not in the format of masters";
        let finding = Finding::warning(file_rules::AUDIO_FORMAT, message).at(place());
        sink(hinted(
            finding.subject("audio").found(found).allowed("48000 or 96000 Hz, 24-bit integer"),
        ));
    }
}

/// What stopped the reading, as a finding; an error that is about the disk stays one.
pub(crate) fn as_finding(error: MastersError, root: &Path) -> Result<Finding, MastersError> {
    let (rule, path, place) = match &error {
        MastersError::Damf { path, source } => (file_rules::TEXT, path, source.place()),
        MastersError::Container { path, .. } | MastersError::NoProgramme { path, .. } => {
            (file_rules::AUDIO, path, (0, 0))
        }
        MastersError::Read { path, source }
            if source.kind() == io::ErrorKind::NotFound && path != root =>
        {
            (file_rules::COMPANION, path, (0, 0))
        }
        _ => return Err(error),
    };
    let (line, column) = place;
    let text = error.to_string();
    // The place says which file it is.
    let message = text.strip_prefix(&format!("{}: ", path.display())).unwrap_or(&text).to_owned();
    let place = Place { file: path.display().to_string(), line, column, path: String::new() };
    Ok(hinted(Finding::new(rule, Severity::Error, message).at(place)))
}
