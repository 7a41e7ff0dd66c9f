//! Exit codes: a contract with scripts, listed in the README.

use cupola_jobs::JobError;
use std::process::ExitCode;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    Done = 0,
    Internal = 1,
    Usage = 2,
    InputUnreadable = 3,
    SceneInvalid = 4,
    StemsUnfit = 5,
    OutputNotWritten = 6,
    CheckFailed = 7,
    /// 128 + SIGINT, as shells report it.
    Cancelled = 130,
}

impl From<&JobError> for Code {
    fn from(error: &JobError) -> Self {
        match error {
            JobError::Usage(_) => Self::Usage,
            JobError::InputUnreadable { .. } | JobError::MasterRefused(_) => Self::InputUnreadable,
            JobError::SceneInvalid(_) => Self::SceneInvalid,
            JobError::StemsUnfit(_) => Self::StemsUnfit,
            JobError::OutputNotWritten(_) => Self::OutputNotWritten,
            JobError::Cancelled => Self::Cancelled,
            _ => Self::Internal,
        }
    }
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> Self {
        Self::from(code as u8)
    }
}
