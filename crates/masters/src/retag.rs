//! Settings of a finished master, without touching anything else in it.

use crate::error::in_file;
use crate::{DolbySettings, MastersError, PendingFile};
use cupola_bw64::{Bext, Error, Reader};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Largest chunk that is read; Dolby's own parser stops at 6144 bytes.
const MAX_DBMD_BYTES: u64 = 1 << 20;
/// Largest `bext` that is read: its head and a coding history that anybody wrote.
const MAX_BEXT_BYTES: u64 = 1 << 20;
/// Bytes copied at once.
const PIECE_BYTES: usize = 1 << 20;

/// The settings of an ADM BWF master; `None` when it has no `dbmd`, or one that cannot be read.
pub fn read_settings(path: &Path) -> Result<Option<DolbySettings>, MastersError> {
    let failed = |source| MastersError::Read { path: path.to_owned(), source };
    let mut reader = Reader::new(File::open(path).map_err(failed)?).map_err(in_file(path))?;
    let Some(index) = index_of(&reader, b"dbmd") else { return Ok(None) };
    match reader.read_chunk(index, MAX_DBMD_BYTES) {
        Ok(payload) => Ok(DolbySettings::read(payload).ok()),
        Err(Error::Io(source)) => Err(failed(source)),
        Err(_) => Ok(None),
    }
}

fn index_of<R: Read + Seek>(reader: &Reader<R>, id: &[u8; 4]) -> Option<usize> {
    reader.chunks().iter().position(|chunk| &chunk.id == id)
}

/// Frames from midnight to the first frame, where the file says so.
pub(crate) fn start_of<R: Read + Seek>(reader: &mut Reader<R>) -> io::Result<Option<u64>> {
    let Some(index) = index_of(reader, b"bext") else { return Ok(None) };
    match reader.read_chunk(index, MAX_BEXT_BYTES) {
        Ok(payload) => Ok(Bext::read(payload).map(|bext| bext.time_reference())),
        Err(Error::Io(source)) => Err(source),
        Err(_) => Ok(None),
    }
}

/// Copies a master byte by byte, but for its settings, which are those [`read_settings`] gave of it,
/// changed or not; a file that has no room for them is refused, as one is that was changed since. The
/// copy has its temporary name; `None` when `go_on`, which hears how many bytes are copied, said no.
pub fn copy_with_settings(
    from: &Path,
    to: &Path,
    overwrite: bool,
    settings: DolbySettings,
    mut go_on: impl FnMut(u64) -> bool,
) -> Result<Option<PendingFile>, MastersError> {
    let failed = |source| MastersError::Read { path: from.to_owned(), source };
    let not_written = |source| MastersError::Write { path: to.to_owned(), source };
    let mut file = File::open(from).map_err(failed)?;
    let reader = Reader::new(&mut file).map_err(in_file(from))?;
    let chunk = index_of(&reader, b"dbmd").map(|index| reader.chunks()[index]);
    let payload = settings.into_payload();
    let chunk = chunk.filter(|chunk| chunk.size == payload.len() as u64);
    drop(reader);
    let Some(chunk) = chunk else {
        let changed = "its settings are not those that were read before; was it changed since?";
        return Err(failed(io::Error::new(io::ErrorKind::InvalidData, changed)));
    };
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    let mut pending = PendingFile::create(to, overwrite)?;
    let (mut piece, mut copied) = (vec![0; PIECE_BYTES], 0);
    loop {
        let count = file.read(&mut piece).map_err(failed)?;
        if count == 0 {
            break;
        }
        pending.write_all(&piece[..count]).map_err(not_written)?;
        copied += count as u64;
        if !go_on(copied) {
            return Ok(None);
        }
    }
    pending.seek(SeekFrom::Start(chunk.offset)).map_err(not_written)?;
    pending.write_all(&payload).map_err(not_written)?;
    pending.flush().map_err(not_written)?;
    Ok(Some(pending))
}
