//! Files that get their name only when they are whole.

use crate::{FileReport, MastersError};
use std::fs::{File, Permissions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::NamedTempFile;

const PREFIX: &str = ".cupola-";
const SUFFIX: &str = ".tmp";

/// A temporary file is left alone this long, even when nobody seems to hold it.
const ABANDONED_AFTER: Duration = Duration::from_secs(60);

/// A file under a temporary name in the folder of its target.
///
/// Dropping it removes it. The data is handed to the system, not forced to the disk.
#[derive(Debug)]
pub struct PendingFile {
    target: PathBuf,
    overwrite: bool,
    file: NamedTempFile,
}

/// What a sink leaves: a file to be given its name, and what is in it.
#[derive(Debug)]
pub struct Finished {
    /// The whole file, still under its temporary name.
    pub pending: PendingFile,
    /// What was written.
    pub report: FileReport,
}

impl PendingFile {
    /// Makes the temporary file. Unless `overwrite` is set, a target that exists is refused, now
    /// and again by [`persist`](Self::persist).
    pub fn create(target: &Path, overwrite: bool) -> Result<Self, MastersError> {
        let failed = |source| MastersError::Create { path: target.to_owned(), source };
        if target.is_dir() || target.file_name().is_none() {
            return Err(failed(io::ErrorKind::IsADirectory.into()));
        }
        // Not `exists`: a link that leads nowhere is also something that would be replaced.
        if !overwrite && target.symlink_metadata().is_ok() {
            return Err(MastersError::Exists { path: target.to_owned() });
        }
        let folder = match target.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        remove_abandoned(folder);
        let mut builder = tempfile::Builder::new();
        builder.prefix(PREFIX).suffix(SUFFIX);
        if let Some(permissions) = ordinary_permissions() {
            builder.permissions(permissions);
        }
        let file = builder.tempfile_in(folder).map_err(failed)?;
        // Tells other runs that somebody is still at work; not every disk can.
        let _ = file.as_file().try_lock();
        Ok(Self { target: target.to_owned(), overwrite, file })
    }

    /// The name it is going to have.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// The name it has meanwhile, for checks before it is published.
    pub fn temporary_path(&self) -> &Path {
        self.file.path()
    }

    /// Gives the file its name, replacing what is there if that was allowed.
    pub fn persist(self) -> Result<PathBuf, MastersError> {
        let Self { target, overwrite, file } = self;
        let done = if overwrite { file.persist(&target) } else { file.persist_noclobber(&target) };
        match done {
            Ok(_) => Ok(target),
            Err(failed) if !overwrite && failed.error.kind() == io::ErrorKind::AlreadyExists => {
                Err(MastersError::Exists { path: target })
            }
            Err(failed) => Err(MastersError::Create { path: target, source: failed.error }),
        }
    }
}

impl Write for PendingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.as_file_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_file_mut().flush()
    }
}

impl Seek for PendingFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.as_file_mut().seek(to)
    }
}

/// Removes temporary files of runs that were killed: those of our name that nobody holds and nobody
/// has written to for a while.
fn remove_abandoned(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with(PREFIX) || !name.ends_with(SUFFIX) {
            continue;
        }
        let age = entry.metadata().and_then(|m| m.modified()).map(|m| m.elapsed());
        let old = matches!(age, Ok(Ok(age)) if age > ABANDONED_AFTER);
        let free = || File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok());
        if old && free() {
            // What cannot be removed does no harm but take room.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// Read and write for everybody the umask lets; a temporary file alone would be private.
#[cfg(unix)]
fn ordinary_permissions() -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn ordinary_permissions() -> Option<Permissions> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::time::SystemTime;

    fn names_in(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn what_a_killed_run_left_is_removed_and_what_others_write_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let old = SystemTime::now() - Duration::from_secs(3600);
        let file = |name: &str| {
            let file = File::create(folder.path().join(name)).unwrap();
            file.set_modified(old).unwrap();
            file
        };
        file(".cupola-abandoned.tmp");
        file("somebody-else.tmp");
        let held = file(".cupola-held.tmp");
        held.lock().unwrap();
        File::create(folder.path().join(".cupola-young.tmp")).unwrap();
        drop(PendingFile::create(&folder.path().join("song.wav"), false).unwrap());
        let left = [".cupola-held.tmp", ".cupola-young.tmp", "somebody-else.tmp"];
        assert_eq!(names_in(folder.path()), left);
    }

    #[test]
    fn a_dropped_file_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let mut pending = PendingFile::create(&folder.path().join("a.wav"), false).unwrap();
        pending.write_all(b"half").unwrap();
        assert_eq!(names_in(folder.path()).len(), 1, "written beside its target");
        drop(pending);
        assert_eq!(names_in(folder.path()), [""; 0]);
    }

    #[test]
    fn the_target_appears_with_persist_and_is_readable_like_any_file() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a.wav");
        let mut pending = PendingFile::create(&target, false).unwrap();
        pending.write_all(b"whole").unwrap();
        assert!(!target.exists());
        assert_eq!(pending.persist().unwrap(), target);
        assert_eq!(fs::read(&target).unwrap(), b"whole");
        assert_eq!(names_in(folder.path()), ["a.wav"]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let plain = folder.path().join("plain");
            fs::write(&plain, b"").unwrap();
            let mode = |path| fs::metadata(path).unwrap().permissions().mode();
            assert_eq!(mode(&target), mode(&plain));
        }
    }

    #[test]
    fn an_existing_file_is_refused_and_untouched() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a.wav");
        fs::write(&target, b"precious").unwrap();
        let error = PendingFile::create(&target, false).unwrap_err().to_string();
        assert!(error.contains("a.wav") && error.contains("--force"), "{error}");
        assert_eq!(fs::read(&target).unwrap(), b"precious");
    }

    #[test]
    fn a_file_that_appears_meanwhile_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a.wav");
        let pending = PendingFile::create(&target, false).unwrap();
        fs::write(&target, b"precious").unwrap();
        assert!(matches!(pending.persist(), Err(MastersError::Exists { .. })));
        assert_eq!(fs::read(&target).unwrap(), b"precious");
        assert_eq!(names_in(folder.path()), ["a.wav"]);
    }

    #[test]
    fn with_leave_to_overwrite_the_old_file_stays_until_the_new_one_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a.wav");
        fs::write(&target, b"old").unwrap();
        let mut pending = PendingFile::create(&target, true).unwrap();
        pending.write_all(b"new").unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"old");
        pending.persist().unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"new");
    }

    #[test]
    fn a_missing_folder_and_a_folder_as_target_are_explained() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("none").join("a.wav");
        let error = PendingFile::create(&missing, false).unwrap_err().to_string();
        assert!(error.contains("a.wav") && error.contains("create its folder"), "{error}");
        assert!(PendingFile::create(folder.path(), true).is_err());
    }
}
