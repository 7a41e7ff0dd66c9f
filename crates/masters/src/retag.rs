//! A finished master with other settings: what is not set is copied byte by byte.

use crate::damf::{file_name, write_text};
use crate::error::{end_missing, in_file};
use crate::pending::persist_all;
use crate::read_damf::{DamfFiles, open_text, unusable};
use crate::settings::{DamfSettings, Kind};
use crate::{DolbySettings, MasterSettings, MastersError, PendingFile, damf_files};
use cupola_adm::FindingList;
use cupola_bw64::{Bext, Chunk, Error, Form, Reader, Repair};
use cupola_model::{FrameCount, SampleRate};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Largest chunk that is read; Dolby's own parser stops at 6144 bytes.
const MAX_DBMD_BYTES: u64 = 1 << 20;
/// Largest `bext` that is read: its head and a coding history that anybody wrote.
const MAX_BEXT_BYTES: u64 = 1 << 20;
/// Bytes copied at once.
const PIECE_BYTES: usize = 1 << 20;

/// A master that was copied, under temporary names.
#[derive(Debug)]
pub struct CopiedMaster {
    pending: PendingFile,
    companions: Vec<PendingFile>,
}

impl CopiedMaster {
    /// Gives every file its name, all of them or none.
    pub fn persist(self) -> Result<PathBuf, MastersError> {
        persist_all(self.companions.into_iter(), self.pending)
    }
}

/// Settings, rate and start of an ADM BWF master.
pub(crate) fn read_adm_settings(
    path: &Path,
) -> Result<(Option<DolbySettings>, SampleRate, FrameCount), MastersError> {
    let failed = |source| MastersError::Read { path: path.to_owned(), source };
    let mut reader = Reader::new(File::open(path).map_err(failed)?).map_err(in_file(path))?;
    let hz = reader.format().sample_rate;
    let rate = SampleRate::new(hz).ok_or_else(|| MastersError::NoProgramme {
        path: path.to_owned(),
        reason: format!("{hz} Hz is no rate that a scene can have"),
    })?;
    let dolby = match chunk_of(&reader, b"dbmd") {
        None => None,
        Some((index, _)) => match reader.read_chunk(index, MAX_DBMD_BYTES) {
            Ok(payload) => DolbySettings::read(payload).ok(),
            Err(Error::Io(source)) => return Err(failed(source)),
            Err(_) => None,
        },
    };
    let start = start_of(&mut reader).map_err(failed)?.unwrap_or_default();
    Ok((dolby, rate, FrameCount(start)))
}

fn chunk_of<R: Read + Seek>(reader: &Reader<R>, id: &[u8; 4]) -> Option<(usize, Chunk)> {
    let index = reader.chunks().iter().position(|chunk| &chunk.id == id)?;
    Some((index, reader.chunks()[index]))
}

/// Frames from midnight to the first frame, where the file says so.
pub(crate) fn start_of<R: Read + Seek>(reader: &mut Reader<R>) -> io::Result<Option<u64>> {
    Ok(bext_of(reader)?.map(|(_, bext)| bext.time_reference()))
}

fn bext_of<R: Read + Seek>(reader: &mut Reader<R>) -> io::Result<Option<(Chunk, Bext)>> {
    let Some((index, chunk)) = chunk_of(reader, b"bext") else { return Ok(None) };
    match reader.read_chunk(index, MAX_BEXT_BYTES) {
        Ok(payload) => Ok(Bext::read(payload).map(|bext| (chunk, bext))),
        Err(Error::Io(source)) => Err(source),
        Err(_) => Ok(None),
    }
}

/// Copies a master, but for its settings, which are those [`read_settings`](crate::read_settings) gave of
/// it, changed or not. Of an ADM BWF everything else is copied byte by byte; of a DAMF the sound, and of its
/// texts all lines that say nothing that was set. A file that was changed since is refused. The copy has its
/// temporary names; `None` when `go_on`, which hears how many bytes are copied, said no.
pub fn copy_with_settings(
    from: &Path,
    to: &Path,
    overwrite: bool,
    settings: &MasterSettings,
    mut go_on: impl FnMut(u64) -> bool,
) -> Result<Option<CopiedMaster>, MastersError> {
    match settings.kind() {
        Kind::Adm(dolby) => {
            let copied = copy_adm(from, to, overwrite, (dolby.as_ref(), settings), &mut go_on)?;
            Ok(copied.map(|pending| CopiedMaster { pending, companions: Vec::new() }))
        }
        Kind::Damf(damf) => copy_damf(from, to, overwrite, (damf, settings), &mut go_on),
    }
}

/// What is written over when all is copied: where, and what.
type Patch = (u64, Vec<u8>);

fn copy_adm(
    from: &Path,
    to: &Path,
    overwrite: bool,
    (dolby, settings): (Option<&DolbySettings>, &MasterSettings),
    go_on: &mut dyn FnMut(u64) -> bool,
) -> Result<Option<PendingFile>, MastersError> {
    let failed = |source| MastersError::Read { path: from.to_owned(), source };
    let not_written = |source| MastersError::Write { path: to.to_owned(), source };
    let changed = || {
        let changed = "its settings are not those that were read before; was it changed since?";
        failed(io::Error::new(io::ErrorKind::InvalidData, changed))
    };
    let mut file = File::open(from).map_err(failed)?;
    let bytes = file.metadata().map_err(failed)?.len();
    let mut reader = Reader::new(&mut file).map_err(in_file(from))?;
    let mut patches: Vec<Patch> = Vec::new();
    if let Some(dolby) = dolby {
        let payload = dolby.clone().into_payload();
        let chunk = chunk_of(&reader, b"dbmd").map(|(_, chunk)| chunk);
        let chunk = chunk.filter(|chunk| chunk.size == payload.len() as u64);
        patches.push((chunk.ok_or_else(changed)?.offset, payload));
    }
    match bext_of(&mut reader).map_err(failed)? {
        Some((chunk, mut bext)) => {
            bext.set_time_reference(settings.start().0);
            patches.push((chunk.offset, bext.into_payload()));
        }
        None if settings.start().0 > 0 => {
            if let Some(cut) = reader.repairs().iter().find(|repair| is_cut(repair)) {
                return Err(MastersError::NoProgramme {
                    path: from.to_owned(),
                    reason: end_missing(cut),
                });
            }
            let added = with_bext(&reader, bytes, settings.start().0);
            patches.extend(added.ok_or_else(|| {
                MastersError::NoProgramme {
                    path: from.to_owned(),
                    reason:
                        "something that is no chunk follows the last one, so that a start cannot \
                             be added there; `cupola master` makes a new file"
                            .to_owned(),
                }
            })?);
        }
        None => {}
    }
    drop(reader);
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    let mut pending = PendingFile::create(to, overwrite)?;
    if !copy(&mut file, &mut pending, &failed, &not_written, go_on)? {
        return Ok(None);
    }
    for (at, payload) in patches {
        pending.seek(SeekFrom::Start(at)).map_err(not_written)?;
        pending.write_all(&payload).map_err(not_written)?;
    }
    pending.flush().map_err(not_written)?;
    Ok(Some(pending))
}

/// Whether the end of a file is missing, so that nothing may follow it.
fn is_cut(repair: &Repair) -> bool {
    repair.loses_sound() || matches!(repair, Repair::ChunkCut { .. })
}

/// A `bext` behind the last chunk, and the sizes that grow with it; `None` where something else is there or
/// the sizes have no room.
fn with_bext<R: Read + Seek>(reader: &Reader<R>, bytes: u64, start: u64) -> Option<Vec<Patch>> {
    let end = reader.chunks().iter().map(|chunk| chunk.offset + chunk.size).max()?;
    let padded = end + end % 2;
    if bytes != end && bytes != padded {
        return None;
    }
    let mut bext = Bext::new("Cupola");
    bext.set_time_reference(start);
    let payload = bext.into_payload();
    let size = u32::try_from(payload.len()).ok()?;
    let chunk = [&b"bext"[..], &size.to_le_bytes(), &payload].concat();
    let riff = padded + chunk.len() as u64 - 8;
    // Where the sizes stand: in the first eight bytes, or at the start of `ds64`.
    let size = match reader.form() {
        Form::Riff => (4, u32::try_from(riff).ok()?.to_le_bytes().to_vec()),
        _ => (chunk_of(reader, b"ds64")?.1.offset, riff.to_le_bytes().to_vec()),
    };
    Some(vec![(padded, chunk), size])
}

fn copy_damf(
    from: &Path,
    to: &Path,
    overwrite: bool,
    (damf, settings): (&DamfSettings, &MasterSettings),
    go_on: &mut dyn FnMut(u64) -> bool,
) -> Result<Option<CopiedMaster>, MastersError> {
    let files = DamfFiles::open(from, &mut FindingList::default())?;
    let same = |path: &Path| path.canonicalize().ok();
    let in_place = same(to).is_some_and(|own| same(from) == Some(own));
    let [_, metadata, audio] = if in_place {
        [from.to_owned(), files.metadata.clone(), files.sound.clone()]
    } else {
        damf_files(to)
    };
    let mut companions = Vec::new();
    let mut copied = 0;
    if !in_place {
        let failed = |source| MastersError::Read { path: files.sound.clone(), source };
        let not_written = |source| MastersError::Write { path: audio.clone(), source };
        let mut sound = File::open(&files.sound).map_err(failed)?;
        let mut pending = PendingFile::create(&audio, overwrite)?;
        if !copy(&mut sound, &mut pending, &failed, &not_written, go_on)? {
            return Ok(None);
        }
        copied = sound.stream_position().map_err(failed)?;
        companions.push(pending);
    }
    if !in_place || !damf.modes.is_empty() {
        let pending = PendingFile::create(&metadata, overwrite)?;
        let failed = |source| MastersError::Write { path: metadata.clone(), source };
        let source = open_text(&files.metadata)
            .map_err(|source| MastersError::Read { path: files.metadata.clone(), source })?;
        let mut fault = None;
        let (pending, bytes) = write_text(pending, |out| {
            cupola_damf::set_modes(source, &damf.modes, out).or_else(|error| match error {
                cupola_damf::DamfError::Read(source) => Err(source),
                error => {
                    fault = Some(error);
                    Ok(())
                }
            })
        })
        .map_err(failed)?;
        if let Some(error) = fault {
            return Err(unusable(&files.metadata)(error));
        }
        companions.push(pending);
        if !go_on(copied + bytes) {
            return Ok(None);
        }
    }
    let text = settings.damf_root(&file_name(&metadata), &file_name(&audio));
    let text = text.map_err(unusable(from))?;
    let pending = PendingFile::create(to, overwrite)?;
    let (pending, _) = write_text(pending, |out| out.write_all(text.as_bytes()))
        .map_err(|source| MastersError::Write { path: to.to_owned(), source })?;
    Ok(Some(CopiedMaster { pending, companions }))
}

/// Copies to the end; says whether it was not stopped.
fn copy(
    from: &mut File,
    to: &mut PendingFile,
    failed: &dyn Fn(io::Error) -> MastersError,
    not_written: &dyn Fn(io::Error) -> MastersError,
    go_on: &mut dyn FnMut(u64) -> bool,
) -> Result<bool, MastersError> {
    let (mut piece, mut copied) = (vec![0; PIECE_BYTES], 0);
    loop {
        let count = from.read(&mut piece).map_err(failed)?;
        if count == 0 {
            return Ok(true);
        }
        to.write_all(&piece[..count]).map_err(not_written)?;
        copied += count as u64;
        if !go_on(copied) {
            return Ok(false);
        }
    }
}
