//! Findings about the texts, with their places.

use crate::rules;
use cupola_model::{Finding, Place, Severity};

/// Longest piece of a foreign text that is shown.
const SHOWN_CHARS: usize = 80;
/// Longest word that is compared with those that are known.
const LONGEST_WORD: usize = 40;

/// Hands findings on, each with the file, the severity and the remedy of its rule.
pub(crate) struct Report<'a> {
    file: &'a str,
    sink: &'a mut dyn FnMut(Finding),
    /// Findings up to this line were told before.
    told: u32,
}

impl<'a> Report<'a> {
    pub(crate) fn new(file: &'a str, sink: &'a mut dyn FnMut(Finding)) -> Self {
        Self { file, sink, told: 0 }
    }

    /// The text is read once more: what was found up to this line is known.
    pub(crate) fn again_from(&mut self, line: u32) {
        self.told = line;
    }

    pub(crate) fn add(
        &mut self,
        rule: &'static str,
        (line, column): (u32, usize),
        subject: &str,
        message: impl Into<String>,
        found: impl Into<String>,
        allowed: impl Into<String>,
    ) {
        if line > 0 && line <= self.told {
            return;
        }
        let known = rules::RULES.iter().find(|known| known.id == rule);
        let severity = known.and_then(|rule| rule.severity).unwrap_or(Severity::Error);
        let column = u32::try_from(column).unwrap_or(u32::MAX);
        let place = Place { file: self.file.to_owned(), line, column, path: String::new() };
        let finding = Finding::new(rule, severity, shown(&message.into()))
            .at(place)
            .subject(shown(subject))
            .found(shown(&found.into()))
            .allowed(allowed)
            .hint(known.map_or("", |rule| rule.remedy));
        (self.sink)(finding);
    }
}

/// A text of strangers on one line, and no longer than anybody reads.
fn shown(text: &str) -> String {
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    let mut short: String = text.chars().take(SHOWN_CHARS).map(clean).collect();
    if text.chars().nth(SHOWN_CHARS).is_some() {
        short.push('…');
    }
    short
}

/// The word that was meant, if one is near.
pub(crate) fn did_you_mean<'w>(word: &str, words: impl IntoIterator<Item = &'w str>) -> String {
    let most = 1 + word.len() / 4;
    let alike =
        |other: &&str| word.len() <= LONGEST_WORD && word.len().abs_diff(other.len()) <= most;
    let near = words.into_iter().filter(alike).map(|o| (strsim::osa_distance(word, o), o));
    let best = near.min_by_key(|(distance, _)| *distance).filter(|(distance, _)| *distance <= most);
    best.map_or(String::new(), |(_, word)| format!("did you mean {word}?"))
}
