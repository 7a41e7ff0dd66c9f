//! What stops the reading of a DAMF master.

use std::io;

/// Why one of the texts cannot be read. The name of the file is the caller's to add.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DamfError {
    /// The stream underneath failed.
    #[error("reading failed: {0}")]
    Read(#[from] io::Error),
    /// The text is not of the kind DAMF is written in.
    #[error("line {line}, column {column}: {message}")]
    Malformed {
        /// Line, from 1.
        line: u32,
        /// Column, from 1.
        column: u32,
        /// What is wrong, and what would be right.
        message: String,
    },
    /// The text asks for more than a reader should give.
    #[error("line {line}: {what}; at most {allowed} are read")]
    TooLarge {
        /// Line, from 1.
        line: u32,
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        allowed: usize,
    },
}

impl DamfError {
    pub(crate) fn malformed(line: u32, column: usize, message: impl Into<String>) -> Self {
        let column = u32::try_from(column).unwrap_or(u32::MAX);
        Self::Malformed { line, column, message: message.into() }
    }

    /// Line and column, where they are known.
    pub fn place(&self) -> (u32, u32) {
        match self {
            Self::Read(_) => (0, 0),
            Self::Malformed { line, column, .. } => (*line, *column),
            Self::TooLarge { line, .. } => (*line, 1),
        }
    }
}
