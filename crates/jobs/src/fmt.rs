//! Scenes laid out anew, in place.

use crate::project::{bounded_text, scene_text};
use crate::pump::not_written;
use crate::{Document, JobError};
use cupola_masters::PendingFile;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::path::PathBuf;

/// A text that was laid out.
#[derive(Clone, Debug)]
pub struct Formatted {
    /// Its file, or what it is called when it has none.
    pub path: PathBuf,
    /// The text as it should be.
    pub text: String,
    /// Where it was different before; `None` when it was as it should be.
    pub difference: Option<Difference>,
}

/// The first line that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Counts from 1.
    pub line: usize,
    /// What the line was; `None` behind the end of the text.
    pub before: Option<String>,
    /// What it becomes; `None` behind the end of the text.
    pub after: Option<String>,
}

impl Formatted {
    fn new(path: PathBuf, before: &str) -> Result<Self, JobError> {
        let checked = cupola_scene::format_scene(before, &path.display().to_string());
        let text = checked.value.ok_or(JobError::SceneInvalid(checked.findings))?;
        let difference = first_difference(before, &text);
        Ok(Self { path, text, difference })
    }
}

/// Lays out every file in memory. All that is wrong with any of them is told at once.
///
/// Files that are no text are [`JobError::InputUnreadable`], texts that are not YAML
/// [`JobError::SceneInvalid`]. What the scenes say, and whether their stems are there, does not matter.
pub fn format_files(paths: &[PathBuf]) -> Result<Vec<Formatted>, JobError> {
    let mut formatted = Vec::with_capacity(paths.len());
    let mut findings = Vec::new();
    for path in paths {
        match Formatted::new(path.clone(), &scene_text(path)?) {
            Ok(one) => formatted.push(one),
            Err(JobError::SceneInvalid(more)) => findings.extend(more),
            Err(other) => return Err(other),
        }
    }
    if findings.is_empty() { Ok(formatted) } else { Err(JobError::SceneInvalid(findings)) }
}

/// Lays out what a reader has; `name` is what it is called in findings.
pub fn format_stream(reader: impl Read, name: &str) -> Result<Formatted, JobError> {
    let path = PathBuf::from(name);
    let text = bounded_text(reader, &path, "a scene is YAML text")?;
    Formatted::new(path, &text)
}

/// Writes a file that has changed: whole or not at all, with the permissions it had. A link stays a
/// link.
pub fn write_formatted(formatted: &Formatted) -> Result<(), JobError> {
    if formatted.difference.is_none() {
        return Ok(());
    }
    let named = &formatted.path;
    let failed = |error: std::io::Error| {
        JobError::OutputNotWritten(format!("{} cannot be written: {error}", named.display()))
    };
    let target = named.canonicalize().map_err(failed)?;
    let permissions = target.metadata().map_err(failed)?.permissions();
    if permissions.readonly() {
        let words = format!("{} is write-protected; lift that, or use --check", named.display());
        return Err(JobError::OutputNotWritten(words));
    }
    let mut pending = PendingFile::create(&target, true).map_err(|e| not_written(&e))?;
    pending.write_all(formatted.text.as_bytes()).and_then(|()| pending.flush()).map_err(failed)?;
    std::fs::set_permissions(pending.temporary_path(), permissions).map_err(failed)?;
    pending.persist().map_err(|e| not_written(&e))?;
    Ok(())
}

/// The files as a document.
pub fn format_document(formatted: &[Formatted], check: bool) -> Document {
    let line = |difference: &Difference| {
        json!({
            "line": difference.line,
            "before": difference.before,
            "after": difference.after,
        })
    };
    let file = |one: &Formatted| {
        json!({
            "path": one.path.display().to_string(),
            "changed": one.difference.is_some(),
            "first_difference": one.difference.as_ref().map(line),
        })
    };
    let files: Value = formatted.iter().map(file).collect();
    Document::new("fmt").with("check", check.into()).with("files", files)
}

fn first_difference(before: &str, after: &str) -> Option<Difference> {
    if before == after {
        return None;
    }
    let (mut before, mut after) = (before.split('\n'), after.split('\n'));
    let mut line = 0;
    loop {
        line += 1;
        let (before, after) = (before.next(), after.next());
        if before != after {
            let [before, after] = [before, after].map(|line| line.map(str::to_owned));
            return Some(Difference { line, before, after });
        }
        // Two texts that differ do so before both end.
        before?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_changes_is_told() {
        let difference = |before, after| {
            let d: Option<Difference> = first_difference(before, after);
            d.map(|d| (d.line, d.before, d.after))
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(difference("a\nb \nc\n", "a\nb\nc\n"), Some((2, some("b "), some("b"))));
        assert_eq!(difference("a", "a\n"), Some((2, None, some(""))));
        assert_eq!(difference("a\n\n", "a\n"), Some((3, some(""), None)));
    }

    #[test]
    fn a_file_keeps_its_permissions_and_a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("scene.yaml");
        std::fs::write(&path, "a:   1\n").unwrap();
        #[cfg(unix)]
        let named = {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
            let link = folder.path().join("link.yaml");
            std::os::unix::fs::symlink(&path, &link).unwrap();
            link
        };
        #[cfg(not(unix))]
        let named = path.clone();
        let formatted = format_files(std::slice::from_ref(&named)).unwrap();
        write_formatted(&formatted[0]).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "a: 1\n");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o640);
            assert!(named.symlink_metadata().unwrap().is_symlink());
        }
        assert_eq!(format_files(&[named]).unwrap()[0].difference, None);
    }

    #[test]
    fn a_write_protected_file_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("scene.yaml");
        std::fs::write(&path, "a:   1\n").unwrap();
        let mut permissions = path.metadata().unwrap().permissions();
        permissions.set_readonly(true);
        std::fs::set_permissions(&path, permissions).unwrap();
        let formatted = format_files(std::slice::from_ref(&path)).unwrap();
        let error = write_formatted(&formatted[0]).unwrap_err().to_string();
        assert!(error.contains("write-protected"), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "a:   1\n");
    }
}
