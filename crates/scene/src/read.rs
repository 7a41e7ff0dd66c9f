//! Asking a document for values: every question that fails leaves a finding with its place.

use crate::place::{Findings, Spot};
use crate::rules;
use crate::spec::MapSpec;
use crate::yaml::{Entry, Kind, Node, Repeat};
use cupola_model::Finding;

/// Longest name or title in characters.
const MAX_TEXT_CHARS: usize = 1000;

/// A value and the path that led to it.
#[derive(Clone, Debug)]
pub(crate) struct Cursor<'n> {
    node: &'n Node,
    path: String,
}

/// The entries of a mapping, to be asked for one by one and then [finished](Fields::finish).
#[derive(Debug)]
pub(crate) struct Fields<'n> {
    spec: &'static MapSpec,
    entries: &'n [Entry],
    spot: Spot,
    /// What was asked for; kept where debug assertions look at it.
    asked: Vec<&'static str>,
}

/// The word that fits best, when one is near enough to be meant.
pub(crate) fn closest<'w>(word: &str, words: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let lower = word.to_lowercase();
    let mut best: Option<(f64, &str)> = None;
    for candidate in words {
        let score = strsim::jaro_winkler(&lower, &candidate.to_lowercase());
        if score >= 0.8 && best.is_none_or(|(so_far, _)| score > so_far) {
            best = Some((score, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// `did you mean …?`, or nothing.
pub(crate) fn did_you_mean<'w>(word: &str, words: impl IntoIterator<Item = &'w str>) -> String {
    closest(shorten(word).as_str(), words)
        .map_or_else(String::new, |w| format!("did you mean `{w}`?"))
}

/// A text as it is shown in a finding: one line, not too long.
pub(crate) fn shorten(text: &str) -> String {
    const MOST: usize = 60;
    let mut shown: String =
        text.chars().take(MOST).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if text.chars().nth(MOST).is_some() {
        shown.push('…');
    }
    shown
}

/// Words as a list for people: `a, b, c`.
pub(crate) fn list_words<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    words.into_iter().collect::<Vec<_>>().join(", ")
}

impl<'n> Cursor<'n> {
    pub(crate) fn root(node: &'n Node) -> Self {
        Self { node, path: String::new() }
    }

    /// A value somewhere in a document.
    pub(crate) fn at(node: &'n Node, path: impl Into<String>) -> Self {
        Self { node, path: path.into() }
    }

    /// What stands here, for whoever reworks the document.
    pub(crate) fn node(&self) -> &'n Node {
        self.node
    }

    pub(crate) fn spot(&self) -> Spot {
        Spot { mark: self.node.mark, path: self.path.clone() }
    }

    /// The last step of the path: the key this is the value of.
    pub(crate) fn key(&self) -> &str {
        let last = self.path.rsplit('.').next().unwrap_or_default();
        if last.is_empty() { "the document" } else { last }
    }

    pub(crate) fn is_scalar(&self) -> bool {
        self.node.is_scalar()
    }

    pub(crate) fn is_list(&self) -> bool {
        matches!(self.node.kind, Kind::List(_))
    }

    pub(crate) fn is_map(&self) -> bool {
        matches!(self.node.kind, Kind::Map { .. })
    }

    /// What stands here, for a finding.
    pub(crate) fn found(&self) -> String {
        match &self.node.kind {
            Kind::Scalar { .. } if self.node.is_null() => "nothing".to_owned(),
            Kind::Scalar { text, .. } => shorten(text),
            Kind::List(_) => "a list".to_owned(),
            Kind::Map { .. } => "a mapping".to_owned(),
        }
    }

    pub(crate) fn report(&self, findings: &mut Findings, finding: Finding) {
        findings.push(&self.spot(), finding);
    }

    fn wrong_kind(&self, findings: &mut Findings, wanted: &str) {
        let finding = if self.node.is_null() {
            let hint = match findings.is_comment_at(self.node.mark) {
                true => "`#` starts a comment; quote a value that holds it, such as \"#1\"",
                false => "write one or remove the key",
            };
            Finding::error(rules::VALUE_EMPTY, format!("{} has no value", self.key()))
                .allowed(wanted)
                .hint(hint)
        } else {
            Finding::error(rules::VALUE_TYPE, format!("{} must be {wanted}", self.key()))
                .found(self.found())
        };
        self.report(findings, finding);
    }

    fn report_repeats(&self, repeats: &[Repeat], findings: &mut Findings) {
        for repeat in repeats {
            let key = shorten(&repeat.key);
            let finding = Finding::error(rules::KEY_DUPLICATE, format!("`{key}` is written twice"))
                .hint(format!("the first one is on line {}; keep one of them", repeat.first_line));
            let path = join(&self.path, &key);
            findings.push(&Spot { mark: repeat.mark, path }, finding);
        }
    }

    /// The mapping that stands here, and the keys it may have.
    pub(crate) fn fields(
        &self,
        findings: &mut Findings,
        spec: &'static MapSpec,
    ) -> Option<Fields<'n>> {
        match &self.node.kind {
            Kind::Map { entries, repeats } => {
                self.report_repeats(repeats, findings);
                Some(Fields { spec, entries, spot: self.spot(), asked: Vec::new() })
            }
            _ => {
                self.wrong_kind(findings, &spec.wanted());
                None
            }
        }
    }

    /// The entries of a mapping whose keys the author chooses.
    pub(crate) fn named_entries(
        &self,
        findings: &mut Findings,
        wanted: &str,
    ) -> Vec<(&'n str, Spot, Self)> {
        let Kind::Map { entries, repeats } = &self.node.kind else {
            self.wrong_kind(findings, wanted);
            return Vec::new();
        };
        self.report_repeats(repeats, findings);
        let named = entries.iter().map(|entry| {
            let path = join(&self.path, &shorten(&entry.key));
            let spot = Spot { mark: entry.mark, path: path.clone() };
            (&*entry.key, spot, Cursor { node: &entry.value, path })
        });
        named.collect()
    }

    /// The items of the list that stands here.
    pub(crate) fn items(&self, findings: &mut Findings, wanted: &str) -> Vec<Self> {
        let Kind::List(items) = &self.node.kind else {
            self.wrong_kind(findings, wanted);
            return Vec::new();
        };
        let cursor = |(i, node): (usize, &'n std::rc::Rc<Node>)| Cursor {
            node,
            path: format!("{}[{i}]", self.path),
        };
        items.iter().enumerate().map(cursor).collect()
    }

    /// The text that stands here as it is spelt.
    pub(crate) fn scalar(&self, findings: &mut Findings, wanted: &str) -> Option<&'n str> {
        match &self.node.kind {
            Kind::Scalar { text, .. } if !self.node.is_null() => Some(text.trim()),
            _ => {
                self.wrong_kind(findings, wanted);
                None
            }
        }
    }

    /// A name or title: not empty, one line.
    pub(crate) fn text(&self, findings: &mut Findings) -> Option<String> {
        let text = self.scalar(findings, "a text")?;
        check_text(text, &self.spot(), self.key(), findings).then(|| text.to_owned())
    }

    /// One of a few words.
    pub(crate) fn word<T: Copy>(
        &self,
        findings: &mut Findings,
        words: &[(&'static str, T)],
    ) -> Option<T> {
        let allowed = || list_words(words.iter().map(|(word, _)| *word));
        let text = self.scalar(findings, &format!("one of {}", allowed()))?;
        let known = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if known.is_none() {
            let message = format!("{} has an unknown value", self.key());
            let finding = Finding::error(rules::VALUE_WORD, message)
                .found(shorten(text))
                .allowed(allowed())
                .hint(did_you_mean(text, words.iter().map(|(word, _)| *word)));
            self.report(findings, finding);
        }
        known
    }
}

/// Whether a name or title is one line of sensible length; leaves a finding when not.
pub(crate) fn check_text(text: &str, spot: &Spot, what: &str, findings: &mut Findings) -> bool {
    let finding = if text.is_empty() {
        Finding::error(rules::VALUE_EMPTY, format!("{what} is empty")).hint("give it a text")
    } else if text.chars().any(char::is_control) {
        Finding::error(rules::VALUE_TEXT, format!("{what} holds a control character"))
            .found(shorten(text))
            .hint("write it on one line, without tabs")
    } else if text.chars().nth(MAX_TEXT_CHARS).is_some() {
        Finding::error(rules::VALUE_TEXT, format!("{what} is too long"))
            .found(format!("{} characters", text.chars().count()))
            .allowed(format!("at most {MAX_TEXT_CHARS}"))
    } else {
        return true;
    };
    findings.push(spot, finding);
    false
}

pub(crate) fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

impl<'n> Fields<'n> {
    /// Where the mapping starts.
    pub(crate) fn spot(&self) -> &Spot {
        &self.spot
    }

    /// The value of a key, if it is there.
    pub(crate) fn get(&mut self, key: &'static str) -> Option<Cursor<'n>> {
        debug_assert!(self.spec.has(key), "`{key}` is no key of {}", self.spec.name);
        if cfg!(debug_assertions) {
            self.asked.push(key);
        }
        let entry = self.entries.iter().find(|entry| &*entry.key == key)?;
        Some(Cursor { node: &entry.value, path: join(&self.spot.path, key) })
    }

    /// The value of a key that must be there; `example` shows one.
    pub(crate) fn need(
        &mut self,
        key: &'static str,
        findings: &mut Findings,
        example: &str,
    ) -> Option<Cursor<'n>> {
        let cursor = self.get(key);
        if cursor.is_none() {
            let finding = Finding::error(rules::KEY_MISSING, format!("`{key}` is missing"))
                .hint(format!("add `{example}`"));
            findings.push(&self.spot, finding);
        }
        cursor
    }

    fn unknown_hint(&self, key: &str, findings: &Findings) -> String {
        if findings.is_full() {
            String::new()
        } else if !key.is_empty() && key.chars().all(|c| c.is_ascii_digit()) {
            "a comma starts a new key; decimals are written with a point".to_owned()
        } else if let Some((word, value)) = key.split_once(':').filter(|(w, _)| self.spec.has(w)) {
            let value = if value.starts_with(['{', '[']) { "…" } else { value };
            format!("a blank belongs after the colon: `{word}: {}`", shorten(value))
        } else {
            did_you_mean(key, self.spec.words())
        }
    }

    /// Refuses the keys that do not exist. Asks of its reader to have asked for all the others.
    pub(crate) fn finish(self, findings: &mut Findings) {
        debug_assert!(
            self.spec.words().all(|key| self.asked.contains(&key)),
            "a reader of {} asks for {:?} alone",
            self.spec.name,
            self.asked
        );
        for entry in self.entries.iter().filter(|e| !self.spec.has(&e.key)) {
            let shown = shorten(&entry.key);
            let spot = Spot { mark: entry.mark, path: join(&self.spot.path, &shown) };
            let finding = Finding::error(rules::KEY_UNKNOWN, "there is no such key here")
                .found(shown)
                .allowed(list_words(self.spec.words()))
                .hint(self.unknown_hint(&entry.key, findings));
            findings.push(&spot, finding);
        }
    }
}
