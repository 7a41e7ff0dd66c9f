//! Lines of a text, one at a time, none longer than anybody writes.

use crate::DamfError;
use std::io::{BufRead, Read};

/// Longest line.
pub(crate) const MAX_LINE_BYTES: usize = 64 * 1024;

/// A reader that keeps one line.
#[derive(Debug)]
pub(crate) struct Lines<R> {
    source: R,
    text: String,
    number: u32,
    indent: usize,
}

/// A line with something in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Line<'a> {
    /// From 1.
    pub(crate) number: u32,
    /// Blanks before the text.
    pub(crate) indent: usize,
    /// Without blanks at both ends.
    pub(crate) text: &'a str,
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(source: R) -> Self {
        Self { source, text: String::new(), number: 0, indent: 0 }
    }

    /// Goes to the next line that is neither empty nor a comment nor the start of a document; `false`
    /// at the end.
    pub(crate) fn advance(&mut self) -> Result<bool, DamfError> {
        loop {
            let mut bytes = std::mem::take(&mut self.text).into_bytes();
            bytes.clear();
            let most = MAX_LINE_BYTES as u64 + 1;
            self.source.by_ref().take(most).read_until(b'\n', &mut bytes)?;
            if bytes.is_empty() {
                return Ok(false);
            }
            self.number = self.number.saturating_add(1);
            if bytes.len() > MAX_LINE_BYTES {
                let (what, allowed) = ("the line has too many bytes", MAX_LINE_BYTES);
                return Err(DamfError::TooLarge { line: self.number, what, allowed });
            }
            self.text = String::from_utf8(bytes).map_err(|error| {
                let column = error.utf8_error().valid_up_to() + 1;
                DamfError::malformed(self.number, column, "the text is not UTF-8; save it as UTF-8")
            })?;
            if self.number == 1 && self.text.starts_with('\u{feff}') {
                self.text.remove(0);
            }
            let rest = self.text.trim_start_matches(' ');
            self.indent = self.text.len() - rest.len();
            if rest.starts_with('\t') && !rest.trim().is_empty() {
                let message = "a tab stands where YAML wants blanks; indent with blanks";
                return Err(DamfError::malformed(self.number, self.indent + 1, message));
            }
            let rest = rest.trim_end();
            let head = self.indent == 0 && (rest == "---" || rest.starts_with('%'));
            if self.indent == 0 && rest == "..." {
                return Ok(false);
            }
            if !rest.is_empty() && !rest.starts_with('#') && !head {
                return Ok(true);
            }
        }
    }

    /// The line that [`advance`](Self::advance) found.
    pub(crate) fn line(&self) -> Line<'_> {
        Line { number: self.number, indent: self.indent, text: self.text[self.indent..].trim_end() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_with_their_numbers_and_without_comments() {
        let text = "\u{feff}---\r\n# none\n\na: 1  \r\n   - b # kept\n...\nnever: read\n";
        let mut lines = Lines::new(text.as_bytes());
        assert!(lines.advance().unwrap());
        assert_eq!(lines.line(), Line { number: 4, indent: 0, text: "a: 1" });
        assert!(lines.advance().unwrap());
        assert_eq!(lines.line(), Line { number: 5, indent: 3, text: "- b # kept" });
        assert!(!lines.advance().unwrap());
    }

    #[test]
    fn what_no_line_may_be_is_refused_at_its_place() {
        let error = |text: &[u8]| Lines::new(text).advance().unwrap_err();
        assert_eq!(error(b"  \ta: 1").place(), (1, 3));
        assert_eq!(error(b"a\xff").place(), (1, 2));
        let long = vec![b'x'; MAX_LINE_BYTES + 1];
        assert!(matches!(error(&long), DamfError::TooLarge { line: 1, .. }));
    }
}
