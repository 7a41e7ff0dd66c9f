//! The lines findings point at, for showing them.

use crate::project::read_text;
use cupola_model::Place;
use std::collections::BTreeMap;
use std::path::Path;

/// Longest excerpt shown; keyframes on one line can be long.
const LONGEST_EXCERPT_CHARS: usize = 110;

/// Reads each file once, however many findings point into it.
#[derive(Debug, Default)]
pub struct Sources {
    texts: BTreeMap<String, Option<String>>,
}

impl Sources {
    /// The line a place points at, and how many characters stand before the point. Long lines are
    /// cut around it. `None` when the place has no line or its file cannot be read any more.
    pub fn excerpt(&mut self, place: &Place) -> Option<(String, usize)> {
        let line = usize::try_from(place.line).ok()?.checked_sub(1)?;
        let column = usize::try_from(place.column).ok()?.saturating_sub(1);
        let read = || read_text(Path::new(&place.file), "a scene is text").ok();
        let text = self.texts.entry(place.file.clone()).or_insert_with(read).as_deref()?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let line: Vec<char> = text.lines().nth(line)?.chars().collect();
        let printable = |c: &char| if c.is_control() { ' ' } else { *c };
        let start = (column + LONGEST_EXCERPT_CHARS / 2).min(line.len());
        let start = start.saturating_sub(LONGEST_EXCERPT_CHARS);
        let shown = line[start..].iter().take(LONGEST_EXCERPT_CHARS).map(printable).collect();
        Some((shown, column.saturating_sub(start)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(file: &Path, line: u32, column: u32) -> Place {
        Place { file: file.display().to_string(), line, column, path: String::new() }
    }

    #[test]
    fn the_excerpt_points_at_the_same_character_as_the_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("scene.yaml");
        let long = format!("{}é!{}", "x".repeat(500), "y".repeat(500));
        std::fs::write(&path, format!("first\n\tsecond: ü?\n{long}\n")).unwrap();
        let mut sources = Sources::default();
        for (line, column, expected) in [(1, 1, 'f'), (2, 11, '?'), (3, 502, '!'), (3, 1001, 'y')] {
            let (text, before) = sources.excerpt(&place(&path, line, column)).unwrap();
            assert_eq!(text.chars().nth(before), Some(expected), "{line}:{column} in {text}");
            assert!(text.chars().count() <= LONGEST_EXCERPT_CHARS, "{text}");
        }
        assert_eq!(sources.excerpt(&place(&path, 9, 1)), None);
        assert_eq!(sources.excerpt(&place(&path, 0, 0)), None);
        assert_eq!(sources.excerpt(&place(Path::new("nowhere"), 1, 1)), None);
    }
}
