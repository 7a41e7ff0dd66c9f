//! Findings with their place in the text.

use crate::FindingList;
use crate::node::Node;
use cupola_model::{Finding, Place, Severity};

/// Longest piece of a foreign text that is shown.
const SHOWN_CHARS: usize = 80;

/// Where something stands in `axml`.
#[derive(Clone, Debug)]
pub(crate) struct Where {
    offset: u64,
    what: String,
}

impl Where {
    /// At an element, named by its identifier where it has one.
    pub(crate) fn of(node: &Node) -> Self {
        let id = node.id();
        let what = if id.is_empty() { node.name.clone() } else { id.to_owned() };
        Self { offset: node.offset, what }
    }

    /// At an element of that identifier.
    pub(crate) fn at(offset: u64, what: &str) -> Self {
        Self { offset, what: what.to_owned() }
    }
}

/// Collects the findings of one `axml`.
#[derive(Debug, Default)]
pub(crate) struct Report {
    list: FindingList,
}

impl Report {
    pub(crate) fn error(
        &mut self,
        rule: &'static str,
        place: Where,
        message: impl Into<String>,
        found: impl Into<String>,
        allowed: impl Into<String>,
    ) {
        self.add(rule, Severity::Error, place, message, found, allowed);
    }

    pub(crate) fn warning(
        &mut self,
        rule: &'static str,
        place: Where,
        message: impl Into<String>,
        found: impl Into<String>,
        allowed: impl Into<String>,
    ) {
        self.add(rule, Severity::Warning, place, message, found, allowed);
    }

    pub(crate) fn add(
        &mut self,
        rule: &'static str,
        severity: Severity,
        place: Where,
        message: impl Into<String>,
        found: impl Into<String>,
        allowed: impl Into<String>,
    ) {
        let path = format!("axml byte {}, {}", place.offset, shown(&place.what));
        let finding = Finding::new(rule, severity, shown(&message.into()))
            .at(Place { path, ..Place::default() })
            .subject(shown(&place.what))
            .found(shown(&found.into()))
            .allowed(allowed);
        self.list.push(finding);
    }

    pub(crate) fn finish(self) -> Vec<Finding> {
        self.list.finish()
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
