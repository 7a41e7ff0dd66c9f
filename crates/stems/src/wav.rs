//! PCM in WAV, RF64, BW64 and CAF.

use crate::ahead::Ahead;
use crate::frames::Decode;
use crate::{StemError, rules};
use cupola_bw64::{CafReader, Error, Form, Format, Reader, Repair};
use cupola_model::{Finding, Place, StemFacts};
use std::fs::File;
use std::path::{Path, PathBuf};

/// Samples decoded at once, over all channels: 16384 frames of a stereo file.
const PIECE_SAMPLES: usize = 32_768;

/// An open file of PCM.
pub(crate) struct WavFile {
    file: PathBuf,
    container: Container,
}

/// What the PCM is in.
enum Container {
    Wave(Reader<Ahead>),
    Caf(CafReader<Ahead>),
}

/// `None` when the container is sound but the codec in it is not PCM.
pub(crate) fn open(path: &Path, handle: File) -> Result<Option<WavFile>, StemError> {
    of(path, Reader::new(Ahead::new(handle)).map(Container::Wave))
}

/// The same for a CAF file.
pub(crate) fn open_caf(path: &Path, handle: File) -> Result<Option<WavFile>, StemError> {
    of(path, CafReader::new(Ahead::new(handle)).map(Container::Caf))
}

fn of(path: &Path, opened: Result<Container, Error>) -> Result<Option<WavFile>, StemError> {
    match opened {
        Ok(container) => Ok(Some(WavFile { file: path.into(), container })),
        Err(Error::UnsupportedCodec { .. } | Error::NotPcm { .. }) => Ok(None),
        Err(cause) => Err(stem_error(path, cause)),
    }
}

impl Container {
    fn name(&self) -> &'static str {
        match self {
            Self::Wave(reader) => match reader.form() {
                Form::Riff => "WAV",
                Form::Rf64 => "RF64",
                Form::Bw64 => "BW64",
            },
            Self::Caf(_) => "CAF",
        }
    }

    fn format(&self) -> &Format {
        match self {
            Self::Wave(reader) => reader.format(),
            Self::Caf(reader) => reader.format(),
        }
    }

    fn frames(&self) -> u64 {
        match self {
            Self::Wave(reader) => reader.frames(),
            Self::Caf(reader) => reader.frames(),
        }
    }

    fn repairs(&self) -> &[Repair] {
        match self {
            Self::Wave(reader) => reader.repairs(),
            Self::Caf(reader) => reader.repairs(),
        }
    }
}

impl WavFile {
    pub(crate) fn facts(&self) -> StemFacts {
        let (format, container) = (self.container.format(), self.container.name());
        let kind = if format.sample.is_float() { "float" } else { "PCM" };
        StemFacts {
            sample_rate: format.sample_rate,
            channels: format.channels,
            frames: self.container.frames(),
            format: format!("{container}, {}-bit {kind}", format.valid_bits),
            lossy: false,
        }
    }

    /// What had to be mended, as findings.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        let name = self.file.display().to_string();
        let finding = |repair: &Repair| {
            let rule = rule_of(repair);
            let place = Place { file: name.clone(), ..Place::default() };
            // A shorter programme that nobody notices is worse than none; a last frame in pieces is
            // what some recorders leave.
            let finding = match repair {
                Repair::DataCut { .. } => Finding::error(rule, repair.to_string()).hint(
                    "copy or export the stem again, or mend its header to keep what is there",
                ),
                _ if repair.loses_sound() => {
                    Finding::warning(rule, repair.to_string()).hint("export the stem again")
                }
                _ => Finding::note(rule, repair.to_string()),
            };
            finding.at(place).subject(name.clone())
        };
        self.container.repairs().iter().map(finding).collect()
    }
}

fn rule_of(repair: &Repair) -> &'static str {
    match repair {
        Repair::RiffSize { .. } => rules::WAV_RIFF_SIZE,
        Repair::StreamedData { .. } => rules::WAV_STREAMED,
        Repair::DataCut { .. } => rules::WAV_TRUNCATED,
        Repair::PartialFrame { .. } => rules::WAV_PARTIAL_FRAME,
        Repair::MissingPad { .. } => rules::WAV_MISSING_PAD,
        Repair::ChunkCut { .. } => rules::WAV_CHUNK_CUT,
        Repair::TrailingBytes { .. } => rules::WAV_TRAILING_BYTES,
        Repair::NoDs64 => rules::WAV_NO_DS64,
        _ => rules::WAV_REPAIRED,
    }
}

impl Decode for WavFile {
    fn next_piece(&mut self, planes: &mut Vec<Vec<f32>>) -> Result<usize, StemError> {
        let most = PIECE_SAMPLES / planes.len();
        for plane in planes.iter_mut() {
            plane.resize(most, 0.0);
        }
        let read = match &mut self.container {
            Container::Wave(reader) => reader.read(planes, most),
            Container::Caf(reader) => reader.read(planes, most),
        };
        let count = read.map_err(|cause| stem_error(&self.file, cause))?;
        for plane in planes.iter_mut() {
            plane.truncate(count);
        }
        Ok(count)
    }

    fn may_hold_any_number(&self) -> bool {
        self.container.format().sample.is_float()
    }

    fn go_to(&mut self, frame: u64) -> Result<u64, StemError> {
        let gone = match &mut self.container {
            Container::Wave(reader) => reader.seek_frame(frame),
            Container::Caf(reader) => reader.seek_frame(frame),
        };
        gone.map_err(|cause| stem_error(&self.file, cause))?;
        Ok(frame)
    }
}

fn stem_error(path: &Path, cause: Error) -> StemError {
    let file = path.into();
    match cause {
        Error::Io(source) => StemError::Io { file, source },
        Error::ChannelCount { found } => StemError::Channels { file, found: found.into() },
        Error::Shrunk { frame, frames } => {
            StemError::Short { file, found: frame, promised: frames }
        }
        other => StemError::Damaged { file, what: other.to_string() },
    }
}
