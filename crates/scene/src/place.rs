//! Places in a document, and the list of what was found there.

use crate::rules;
use cupola_model::{Finding, Place, Severity};

/// Most findings listed; a file that breaks more rules is not the file that was meant.
const MAX_FINDINGS: usize = 1000;

/// A place without its file name.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Spot {
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) path: String,
}

impl Spot {
    /// The first character.
    pub(crate) fn start() -> Self {
        Self { line: 1, column: 1, path: String::new() }
    }

    pub(crate) fn in_file(&self, file: &str) -> Place {
        Place {
            file: file.to_owned(),
            line: self.line,
            column: self.column,
            path: self.path.clone(),
        }
    }
}

/// What a check found so far.
#[derive(Debug)]
pub(crate) struct Findings {
    file: String,
    list: Vec<Finding>,
    errors: usize,
    more: bool,
}

impl Findings {
    pub(crate) fn new(file: &str) -> Self {
        Self { file: file.to_owned(), list: Vec::new(), errors: 0, more: false }
    }

    pub(crate) fn push(&mut self, spot: &Spot, finding: Finding) {
        self.errors += usize::from(finding.severity == Severity::Error);
        if self.is_full() {
            self.more = true;
        } else {
            self.list.push(finding.at(spot.in_file(&self.file)));
        }
    }

    /// Whether further findings are not listed, so that reading on is of no use.
    pub(crate) fn is_full(&self) -> bool {
        self.list.len() >= MAX_FINDINGS
    }

    /// [`Findings::is_full`], asked by whoever would read on and then does not.
    pub(crate) fn is_enough(&mut self) -> bool {
        self.more |= self.is_full();
        self.is_full()
    }

    /// Number of errors so far, those left out included.
    pub(crate) fn errors(&self) -> usize {
        self.errors
    }

    /// The findings in the order of the document.
    pub(crate) fn into_list(mut self) -> Vec<Finding> {
        // What concerns the whole file has no line and comes last.
        self.list.sort_by_key(|f| (f.place.line == 0, f.place.line, f.place.column));
        if self.more {
            let message = "there are more findings than are shown";
            let place = Place { file: self.file, ..Place::default() };
            let more = Finding::warning(rules::MORE, message).hint("mend these first");
            self.list.push(more.at(place));
        }
        self.list
    }
}
