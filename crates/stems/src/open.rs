//! Which of the two readers a file is for.

use crate::StemError;
use crate::coded::{self, CodedFile};
use crate::wav::{self, WavFile};
use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

/// An open file.
pub(crate) enum Opened {
    /// PCM in RIFF, RF64, BW64 or CAF.
    Wav(WavFile),
    /// Anything else.
    Coded(CodedFile),
}

/// Opens a file by what it holds; its extension is only a hint.
pub(crate) fn open(path: &Path) -> Result<Opened, StemError> {
    let io = |source| StemError::Io { file: path.into(), source };
    // A pipe or a device could keep us waiting for ever, and stems are read more than once.
    if std::fs::metadata(path).is_ok_and(|m| !m.is_file() && !m.is_dir()) {
        return Err(StemError::Unsupported { file: path.into(), what: "a pipe or device".into() });
    }
    let mut handle = File::open(path).map_err(io)?;
    let mut head = Vec::with_capacity(12);
    handle.by_ref().take(12).read_to_end(&mut head).map_err(io)?;
    handle.rewind().map_err(io)?;
    if head.starts_with(b"wvpk") {
        return Err(StemError::Unsupported { file: path.into(), what: "WavPack".into() });
    }
    if is_wave(&head)
        && let Some(wav) = wav::open(path, handle.try_clone().map_err(io)?)?
    {
        return Ok(Opened::Wav(wav));
    }
    handle.rewind().map_err(io)?;
    if head.starts_with(b"caff")
        && let Some(caf) = wav::open_caf(path, handle.try_clone().map_err(io)?)?
    {
        return Ok(Opened::Wav(caf));
    }
    handle.rewind().map_err(io)?;
    coded::open(path, handle).map(Opened::Coded)
}

fn is_wave(head: &[u8]) -> bool {
    let form = [b"RIFF", b"RF64", b"BW64"].iter().any(|id| head.starts_with(*id));
    form && head.ends_with(b"WAVE")
}
