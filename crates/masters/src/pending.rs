//! Files that get their name only when they are whole.

use crate::{FileReport, MastersError};
use std::fs::{File, Permissions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::{NamedTempFile, TempPath};

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
    /// Files that belong to it: it is worth nothing without them, nor they without it.
    pub companions: Vec<Companion>,
    /// What was written. Bytes are those of `pending` alone.
    pub report: FileReport,
}

/// A file that belongs to another.
#[derive(Debug)]
pub struct Companion {
    /// The whole file, still under its temporary name.
    pub pending: PendingFile,
    /// Its size.
    pub bytes: u64,
}

impl Finished {
    /// Gives every file its name: the companions first and the file itself last, all of them or
    /// none. What a failure finds replaced already is put back. (Where the system knows no hard
    /// links, and when the program is killed in between, a part of the set may remain.)
    pub fn persist(self) -> Result<PathBuf, MastersError> {
        let companions = self.companions.into_iter().map(|companion| companion.pending);
        persist_all(companions, self.pending)
    }
}

/// Gives files their names, the main one last, all of them or none.
pub(crate) fn persist_all(
    companions: impl Iterator<Item = PendingFile>,
    main: PendingFile,
) -> Result<PathBuf, MastersError> {
    let mut undo = Undo::default();
    for companion in companions {
        undo.persist(companion)?;
    }
    let path = undo.persist(main)?;
    undo.steps.clear();
    Ok(path)
}

/// Takes back what was published, unless its steps are forgotten first.
#[derive(Default)]
struct Undo {
    /// A file that has its name now, and what had it before.
    steps: Vec<(PathBuf, Option<TempPath>)>,
}

impl Undo {
    fn persist(&mut self, file: PendingFile) -> Result<PathBuf, MastersError> {
        let old = if file.overwrite { second_name(&file.target) } else { None };
        let path = file.persist()?;
        self.steps.push((path.clone(), old));
        Ok(path)
    }
}

impl Drop for Undo {
    fn drop(&mut self) {
        for (path, old) in self.steps.drain(..).rev() {
            // Nobody can be told when even this fails; the error that led here is told.
            let _ = match old {
                Some(old) => old.persist(&path).map_err(|failed| failed.error),
                None => std::fs::remove_file(&path),
            };
        }
    }
}

/// A second name of a file, so that it outlives being replaced.
fn second_name(target: &Path) -> Option<TempPath> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX);
    let link = |name: &Path| std::fs::hard_link(target, name);
    Some(builder.make_in(folder_of(target), link).ok()?.into_temp_path())
}

fn folder_of(target: &Path) -> &Path {
    target.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."))
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
        let folder = folder_of(target);
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

    /// Gives the file its name, replacing what is there if that was allowed; it then has the permissions of
    /// what it replaces.
    pub fn persist(self) -> Result<PathBuf, MastersError> {
        let Self { target, overwrite, file } = self;
        if overwrite && let Some(permissions) = permissions_of(&target) {
            // The sound is worth more than its permissions where a disk knows none.
            let _ = file.as_file().set_permissions(permissions);
        }
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

/// Who may read and write a file that is there.
#[cfg(unix)]
fn permissions_of(target: &Path) -> Option<Permissions> {
    let there = target.symlink_metadata().ok()?;
    there.is_file().then(|| there.permissions())
}

#[cfg(not(unix))]
fn permissions_of(_: &Path) -> Option<Permissions> {
    None
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
    use cupola_model::FrameCount;
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

    /// A set of three; the last file of it is what the others belong to.
    fn set(folder: &Path, overwrite: bool) -> Finished {
        let pending = |name: &str| {
            let mut file = PendingFile::create(&folder.join(name), overwrite).unwrap();
            file.write_all(b"new").unwrap();
            file
        };
        let companions =
            ["b", "c"].map(|name| Companion { pending: pending(name), bytes: 3 }).into();
        let report = FileReport { channels: vec![], frames: FrameCount(0), bytes: 3 };
        Finished { pending: pending("a"), companions, report }
    }

    #[test]
    fn a_set_of_files_appears_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        set(folder.path(), false).persist().unwrap();
        assert_eq!(names_in(folder.path()), ["a", "b", "c"]);
        // A file that appears at the last moment stops the set, and what was there comes back.
        for name in ["a", "b", "c"] {
            fs::write(path(name), b"old").unwrap();
        }
        fs::remove_file(path("b")).unwrap();
        let blocked = set(folder.path(), true);
        fs::remove_file(path("a")).unwrap();
        fs::create_dir(path("a")).unwrap();
        fs::write(path("a").join("x"), b"").unwrap();
        blocked.persist().unwrap_err();
        assert_eq!(names_in(folder.path()), ["a", "c"]);
        assert_eq!(fs::read(path("c")).unwrap(), b"old");
        fs::remove_dir_all(path("a")).unwrap();
        set(folder.path(), true).persist().unwrap();
        assert_eq!(names_in(folder.path()), ["a", "b", "c"]);
        assert_eq!(fs::read(path("c")).unwrap(), b"new");
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

    #[cfg(unix)]
    #[test]
    fn a_file_that_is_replaced_leaves_its_permissions_to_the_new_one() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a.wav");
        for mode in [0o600, 0o640, 0o664, 0o444] {
            fs::write(&target, b"old").unwrap();
            fs::set_permissions(&target, Permissions::from_mode(mode)).unwrap();
            let mut pending = PendingFile::create(&target, true).unwrap();
            pending.write_all(b"new").unwrap();
            pending.persist().unwrap();
            assert_eq!(fs::read(&target).unwrap(), b"new");
            let found = fs::metadata(&target).unwrap().permissions().mode() & 0o777;
            assert_eq!(found, mode, "{found:o} instead of {mode:o}");
            fs::remove_file(&target).unwrap();
        }
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
