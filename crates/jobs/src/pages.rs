//! Texts that belong together, written into one folder.

use crate::JobError;
use crate::pump::not_written;
use cupola_masters::PendingFile;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Writes texts under their names into a folder, which is made when it is missing, and says where
/// they are. A file that is there already with another text is refused, before anything is written,
/// unless `force` is given.
pub fn write_pages(
    folder: &Path,
    pages: &[(String, String)],
    force: bool,
) -> Result<Vec<PathBuf>, JobError> {
    let paths: Vec<_> = pages.iter().map(|(name, _)| folder.join(name)).collect();
    for (path, (_, text)) in paths.iter().zip(pages) {
        let other = path.symlink_metadata().is_ok()
            && std::fs::read(path).map_or(true, |bytes| bytes != text.as_bytes());
        if other && !force {
            let words = format!("{} is there with another text; use --force", path.display());
            return Err(JobError::OutputNotWritten(words));
        }
    }
    let failed = |path: &Path, error: std::io::Error| {
        JobError::OutputNotWritten(format!("{} cannot be written: {error}", path.display()))
    };
    std::fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    for (path, (_, text)) in paths.iter().zip(pages) {
        let mut pending = PendingFile::create(path, true).map_err(|e| not_written(&e))?;
        pending.write_all(text.as_bytes()).map_err(|error| failed(path, error))?;
        pending.persist().map_err(|e| not_written(&e))?;
    }
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_text_is_only_replaced_by_force_and_the_same_one_is_no_trouble() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("share/man1");
        let pages =
            |text: &str| ["a.1", "b.1"].map(|name| (name.to_owned(), text.to_owned())).to_vec();
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
        assert_eq!(write_pages(&folder, &pages("one"), false).unwrap().len(), 2);
        write_pages(&folder, &pages("one"), false).unwrap();
        std::fs::write(folder.join("a.1"), "two").unwrap();
        let error = write_pages(&folder, &pages("two"), false).unwrap_err().to_string();
        assert!(error.contains("b.1") && error.contains("--force"), "{error}");
        assert_eq!((read("a.1"), read("b.1")), ("two".to_owned(), "one".to_owned()));
        write_pages(&folder, &pages("two"), true).unwrap();
        assert_eq!(read("b.1"), "two");
        assert!(
            write_pages(&folder.join("a.1"), &pages("x"), true).is_err(),
            "a file is no folder"
        );
    }
}
