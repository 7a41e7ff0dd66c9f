//! Places in the files of a scene, and the list of what was found there.

use crate::rules;
use cupola_model::{Finding, Place, Severity};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Most findings listed; a file that breaks more rules is not the file that was meant.
const MAX_FINDINGS: usize = 1000;

/// Which of the files of a scene, in the order they were read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FileId(u16);

impl FileId {
    /// The scene itself, or a layout.
    pub(crate) const SCENE: Self = Self(0);

    /// Added to a limit that included files share.
    pub(crate) fn together(self) -> &'static str {
        if self == Self::SCENE { "" } else { ", all files of the scene together" }
    }
}

/// A character of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Mark {
    pub(crate) file: FileId,
    /// From 1.
    pub(crate) line: u32,
    /// In characters, from 1.
    pub(crate) column: u32,
}

impl Mark {
    /// Whether it stands in an included file.
    pub(crate) fn is_included(self) -> bool {
        self.file != FileId::SCENE
    }
}

/// A place without the name of its file.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Spot {
    pub(crate) mark: Mark,
    pub(crate) path: String,
}

impl Spot {
    /// A place that no path leads to.
    pub(crate) fn at(mark: Mark) -> Self {
        Self { mark, path: String::new() }
    }

    /// The first character.
    pub(crate) fn start() -> Self {
        Self::start_of(FileId::SCENE)
    }

    /// The first character of a file.
    pub(crate) fn start_of(file: FileId) -> Self {
        Self::at(Mark { file, line: 1, column: 1 })
    }
}

/// The same for what is found again by another way to the same place, as through an alias or a preset.
fn identity(spot: &Spot, finding: &Finding) -> u64 {
    let mut hasher = DefaultHasher::new();
    let Finding { rule, subject, message, found, allowed, hint, .. } = finding;
    (spot.mark, rule, subject, message, found, allowed, hint).hash(&mut hasher);
    // What has no place is told apart by its path.
    if spot.mark.line == 0 {
        spot.path.hash(&mut hasher);
    }
    hasher.finish()
}

/// What a check found so far.
#[derive(Debug)]
pub(crate) struct Findings {
    /// The name of every file.
    files: Vec<String>,
    list: Vec<(FileId, Finding)>,
    errors: usize,
    /// Errors in the list.
    listed_errors: usize,
    more: bool,
    gaps: bool,
    /// The mappings that lack keys for a reason that was found already.
    gaps_at: HashSet<Mark>,
    /// The keys whose values are comments.
    comments_at: HashSet<Mark>,
    /// What is listed already, but for the path that led there.
    listed: HashSet<u64>,
}

/// What may be found merely because a file could not be included.
const FOLLOW_UPS: [&str; 7] = [
    rules::PRESET_UNKNOWN,
    rules::KEY_MISSING,
    rules::STEM_UNKNOWN,
    rules::STEM_UNUSED,
    rules::TIME_NO_TEMPO,
    rules::INCLUDE_NOTHING,
    rules::PROGRAMME_EMPTY,
];

impl Findings {
    pub(crate) fn new(file: &str) -> Self {
        Self::in_files(vec![file.to_owned()])
    }

    /// For a scene of several files, the scene itself first.
    pub(crate) fn in_files(files: Vec<String>) -> Self {
        Self {
            files,
            list: Vec::new(),
            errors: 0,
            listed_errors: 0,
            more: false,
            gaps: false,
            gaps_at: HashSet::new(),
            comments_at: HashSet::new(),
            listed: HashSet::new(),
        }
    }

    /// Adds a file; `None` when there are too many.
    pub(crate) fn add_file(&mut self, name: String) -> Option<FileId> {
        let file = FileId(u16::try_from(self.files.len()).ok()?);
        self.files.push(name);
        Some(file)
    }

    /// The names of all files, the scene itself first.
    pub(crate) fn files(&self) -> &[String] {
        &self.files
    }

    fn file(&self, file: FileId) -> String {
        self.files.get(usize::from(file.0)).cloned().unwrap_or_default()
    }

    pub(crate) fn place(&self, spot: &Spot) -> Place {
        let Mark { file, line, column } = spot.mark;
        Place { file: self.file(file), line, column, path: spot.path.clone() }
    }

    /// `line 5`, with the name of its file when that is not the one of `seen_from`.
    pub(crate) fn line_of(&self, mark: Mark, seen_from: Mark) -> String {
        if mark.file == seen_from.file {
            return format!("line {}", mark.line);
        }
        format!("line {} of {}", mark.line, self.file(mark.file))
    }

    /// Says that a part of the scene is missing; what may follow from that alone is not listed.
    pub(crate) fn expect_gaps(&mut self) {
        self.gaps = true;
    }

    pub(crate) fn push(&mut self, spot: &Spot, finding: Finding) {
        self.errors += usize::from(finding.severity == Severity::Error);
        let follows = self.gaps && FOLLOW_UPS.contains(&finding.rule)
            || finding.rule == rules::KEY_MISSING && self.gaps_at.contains(&spot.mark);
        if follows {
            return;
        }
        let is_error = finding.severity == Severity::Error;
        // Errors have a room of their own: what stops a scene is never left out for a warning.
        let others = self.list.len() - self.listed_errors;
        let full = if is_error { self.is_full() } else { others >= MAX_FINDINGS };
        if full {
            self.more = true;
        } else if self.listed.insert(identity(spot, &finding)) {
            let finding = finding.at(self.place(spot));
            self.listed_errors += usize::from(is_error);
            self.list.push((spot.mark.file, finding));
        }
    }

    /// Says that the mapping at a place lacks keys for a reason that was found already.
    pub(crate) fn expect_gap_at(&mut self, mark: Mark) {
        self.gaps_at.insert(mark);
    }

    /// Says that a comment stands where the value of a key should.
    pub(crate) fn expect_comment_at(&mut self, key: Mark) {
        self.comments_at.insert(key);
    }

    /// Whether [`Findings::expect_comment_at`] said so.
    pub(crate) fn is_comment_at(&self, key: Mark) -> bool {
        self.comments_at.contains(&key)
    }

    /// Whether further errors are not listed, so that reading on is of no use.
    pub(crate) fn is_full(&self) -> bool {
        self.listed_errors >= MAX_FINDINGS
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

    /// The findings in the order of the documents, those of the scene itself first.
    pub(crate) fn into_list(mut self) -> Vec<Finding> {
        let mut room = MAX_FINDINGS - self.listed_errors;
        let before = self.list.len();
        self.list.retain(|(_, finding)| {
            let is_error = finding.severity == Severity::Error;
            let kept = is_error || room > 0;
            room -= usize::from(kept && !is_error);
            kept
        });
        self.more |= self.list.len() < before;
        // What concerns the whole file has no line and comes last.
        self.list.sort_by_key(|(file, f)| (f.place.line == 0, *file, f.place.line, f.place.column));
        let mut list: Vec<Finding> = self.list.into_iter().map(|(_, finding)| finding).collect();
        if self.more {
            let message = "there are more findings than are shown";
            let file = self.files.swap_remove(0);
            let more = Finding::warning(rules::MORE, message).hint("mend these first");
            list.push(more.at(Place { file, ..Place::default() }));
        }
        list
    }
}
