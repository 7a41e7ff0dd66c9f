//! Why a job stopped, sorted by what the caller has to do about it.

use cupola_model::Finding;
use std::path::PathBuf;
use thiserror::Error;

/// Why a job stopped.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum JobError {
    /// The file named by the user cannot be read.
    #[error("{}: {reason}", path.display())]
    InputUnreadable {
        /// The file.
        path: PathBuf,
        /// Why, and what to do.
        reason: String,
    },
    /// The scene or layout has errors; all findings, warnings included.
    #[error("the scene has errors")]
    SceneInvalid(Vec<Finding>),
    /// A stem is missing, unreadable or holds unusable samples; all findings.
    #[error("the stems cannot be used")]
    StemsUnfit(Vec<Finding>),
    /// A master has to be repaired to be read, which was forbidden; all findings.
    #[error("the master has faults that would have to be repaired, which --strict forbids")]
    MasterRefused(Vec<Finding>),
    /// An output could not be written: which, why, and what to do.
    #[error("{0}")]
    OutputNotWritten(String),
    /// What was asked for makes no sense; a usage error.
    #[error("{0}")]
    Usage(String),
    /// The caller asked to stop.
    #[error("stopped; nothing was left half-written")]
    Cancelled,
    /// A fault of Cupola itself.
    #[error("internal error: {0}; please report this with the scene that causes it")]
    Internal(String),
}
