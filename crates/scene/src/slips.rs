//! Common slips in YAML: what an author probably meant, told from the words of the parser and the line
//! it stopped in.

use crate::read::shorten;

/// What a text that is no YAML is told.
pub(crate) struct Slip {
    pub(crate) message: String,
    pub(crate) hint: String,
    /// Line from 1 and column from 0.
    pub(crate) place: (usize, usize),
}

/// Explains what a parser says of a place of a text.
pub(crate) fn explain(words: &str, place: (usize, usize), text: &str) -> Slip {
    let line = text.lines().nth(place.0.saturating_sub(1)).unwrap_or_default();
    if words.contains("unexpected character") && text.contains('\0') {
        // Latin letters in UTF-16 are every other byte nothing.
        let wide = text.chars().take(4).any(|c| c == '\0');
        let hint =
            if wide { "it looks like UTF-16; save it as UTF-8" } else { "save it as UTF-8 text" };
        let message = "the file holds NUL characters, which no text has".to_owned();
        return Slip { message, hint: hint.to_owned(), place };
    }
    // A tab is found while reading what stands before it, whose place would mislead.
    let tab = if words.contains("tab") { tab_after(text, place.0) } else { None };
    let hint = match () {
        () if words.contains("tab") => "indent with spaces, not tabs".to_owned(),
        () if words.contains("anchor") => {
            "an alias `*name` needs an anchor `&name` before it".to_owned()
        }
        () if words.contains("nest") || words.contains("recursion") => {
            "flatten the scene".to_owned()
        }
        () if words.contains("quot") => "is a quotation mark missing or doubled?".to_owned(),
        () => unquoted(words, line, place.1)
            .or_else(|| unspaced(words, line))
            .unwrap_or_else(|| usual(words).to_owned()),
    };
    Slip { message: format!("this is not YAML: {words}"), hint, place: tab.unwrap_or(place) }
}

fn usual(words: &str) -> &'static str {
    if words.contains("bracket") || words.contains("flow") {
        "check that every `[` and `{` is closed"
    } else {
        "check indentation and colons here and on the line above"
    }
}

/// A second colon in `title: My: song`, found at a column.
fn unquoted(words: &str, line: &str, column: usize) -> Option<String> {
    let (key, value) = line.split_once(": ").filter(|_| words.contains("mapping values"))?;
    let value = value.split(" #").next().unwrap_or_default().trim();
    let special = value.starts_with(['"', '\'', '[', '{', '&', '*', '!', '|', '>']);
    if key.chars().count() >= column || special || value.contains(['"', '\\']) {
        return None;
    }
    let key = key.trim_start().trim_start_matches("- ");
    Some(format!("a text that holds a colon is quoted: `{}: \"{}\"`", shorten(key), shorten(value)))
}

/// A colon without a blank, as in `title:X`.
fn unspaced(words: &str, line: &str) -> Option<String> {
    if !words.contains("simple key") && !words.contains("may not precede") {
        return None;
    }
    let is_tight = |rest: &str| rest.chars().next().is_some_and(|c| !c.is_whitespace());
    let colon = line.match_indices(':').find(|(i, _)| is_tight(&line[i + 1..]));
    let key = &line[..colon?.0];
    let word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let key = key.rsplit(|c| !word(c)).next().filter(|key| key.starts_with(char::is_alphabetic))?;
    Some(format!("a blank belongs after the colon: `{}: …`", shorten(key)))
}

/// Whether nothing but a comment follows a key at a column, from 1.
pub(crate) fn is_commented(line: &str, key: &str, column: u32) -> bool {
    const LONGEST: usize = 1000;
    if line.len() > LONGEST {
        return false;
    }
    let mut rest = line.chars();
    rest.by_ref().take(column.saturating_sub(1) as usize).for_each(drop);
    let value = rest.as_str().strip_prefix(key).and_then(|rest| rest.strip_prefix(':'));
    value.is_some_and(|value| value.trim_start().starts_with('#'))
}

/// Line, from 1, and column, from 0, of the first tab in the indentation of a line, from a line on.
fn tab_after(text: &str, line: usize) -> Option<(usize, usize)> {
    let lines = text.lines().enumerate().skip(line.saturating_sub(1));
    let mut tabs = lines.filter_map(|(i, line)| {
        let column = line.find(|c| c != ' ').filter(|column| line[*column..].starts_with('\t'))?;
        Some((i + 1, column))
    });
    tabs.next()
}
