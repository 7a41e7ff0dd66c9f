//! Findings: what is wrong or remarkable, where, and how to mend it.
//!
//! An *error* type stops a job at once. A [`Finding`] is one of many: checks collect them all,
//! and only then decide.

use std::fmt;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Good to know; nothing has to change.
    Note,
    /// Probably not what was meant.
    Warning,
    /// Cannot be done.
    Error,
}

impl Severity {
    /// The word used in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where a finding is. Every part may be unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// File name as the user wrote it; empty when no file is meant.
    pub file: String,
    /// Line, from 1; 0 when unknown.
    pub line: u32,
    /// Column in characters, from 1; 0 when unknown.
    pub column: u32,
    /// Path inside the document, for example `objects[3].position.azimuth`.
    pub path: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}:{}", self.line, self.column)?;
        }
        if !self.path.is_empty() {
            let space = if self.file.is_empty() { "" } else { " " };
            write!(f, "{space}{}", self.path)?;
        }
        Ok(())
    }
}

/// One thing a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Stable identity such as `scene.value.range`; never changes its meaning.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Where it is.
    pub place: Place,
    /// The stem, object, track or file it is about; may be empty.
    pub subject: String,
    /// One sentence: what is wrong.
    pub message: String,
    /// The value found; empty when there is none to show.
    pub found: String,
    /// What would be allowed; empty when the message says it all.
    pub allowed: String,
    /// How to mend it; empty when nothing helps.
    pub hint: String,
}

impl Finding {
    /// A finding with a message alone; the `with_` methods add the rest.
    ///
    /// ```
    /// use cupola_model::{Finding, Severity};
    /// let finding = Finding::new("scene.value.range", Severity::Error, "azimuth is out of range")
    ///     .found("200°").allowed("-180 to 180").hint("did you mean -160?");
    /// assert_eq!(finding.to_string(),
    ///     "error: azimuth is out of range: found 200°, allowed -180 to 180; did you mean -160? [scene.value.range]");
    /// ```
    pub fn new(rule: &'static str, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            rule,
            severity,
            place: Place::default(),
            subject: String::new(),
            message: message.into(),
            found: String::new(),
            allowed: String::new(),
            hint: String::new(),
        }
    }

    /// An error.
    pub fn error(rule: &'static str, message: impl Into<String>) -> Self {
        Self::new(rule, Severity::Error, message)
    }

    /// A warning.
    pub fn warning(rule: &'static str, message: impl Into<String>) -> Self {
        Self::new(rule, Severity::Warning, message)
    }

    /// A note.
    pub fn note(rule: &'static str, message: impl Into<String>) -> Self {
        Self::new(rule, Severity::Note, message)
    }

    /// Says where.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    /// Says which stem, object, track or file is meant.
    #[must_use]
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = subject.into();
        self
    }

    /// Shows the value found.
    #[must_use]
    pub fn found(mut self, found: impl Into<String>) -> Self {
        self.found = found.into();
        self
    }

    /// Shows what would be allowed.
    #[must_use]
    pub fn allowed(mut self, allowed: impl Into<String>) -> Self {
        self.allowed = allowed.into();
        self
    }

    /// Says how to mend it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place != Place::default() {
            write!(f, "{}: ", self.place)?;
        }
        write!(f, "{}: {}", self.severity, self.message)?;
        match (self.found.is_empty(), self.allowed.is_empty()) {
            (false, false) => write!(f, ": found {}, allowed {}", self.found, self.allowed)?,
            (false, true) => write!(f, ": found {}", self.found)?,
            (true, false) => write!(f, ": allowed {}", self.allowed)?,
            (true, true) => {}
        }
        if !self.hint.is_empty() {
            write!(f, "; {}", self.hint)?;
        }
        write!(f, " [{}]", self.rule)
    }
}

/// A value, where one could be made, and everything noticed on the way.
#[derive(Clone, Debug)]
pub struct Checked<T> {
    /// The value; `None` when an error forbids one.
    pub value: Option<T>,
    /// All findings, in the order of the document.
    pub findings: Vec<Finding>,
}

impl<T> Checked<T> {
    /// Whether any finding is an error.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|f| f.severity == Severity::Error)
    }
}
