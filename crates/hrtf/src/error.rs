//! Why a set of head-related transfer functions cannot be had.

use thiserror::Error;

/// Why a set of head-related transfer functions cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum HrtfError {
    /// The set cannot be brought to the session rate.
    #[error(
        "an HRTF set cannot be used at {found_hz} Hz; \
         set the session rate to 44100 … 192000 Hz, best 48000"
    )]
    UnsupportedRate {
        /// The session rate in Hz.
        found_hz: u32,
    },
    /// The embedded data are not what the program was built for.
    #[error(
        "the embedded HRTF data are damaged: {what}; rebuild from crates/hrtf/data as committed"
    )]
    Damaged {
        /// What was found, where, and what was expected.
        what: String,
    },
    /// The file cannot be opened or read.
    #[error("{path} cannot be read: {what}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system says.
        what: String,
    },
    /// The file is not SOFA, or damaged.
    #[error("this is not a usable SOFA file: {what}")]
    NotSofa {
        /// What is missing or broken.
        what: String,
    },
    /// A SOFA file of a kind that is not a set of HRTFs.
    #[error(
        "the SOFA convention {found} cannot be used: {why}; \
         usable are SimpleFreeFieldHRIR, and GeneralFIR with two receivers"
    )]
    Convention {
        /// The convention and its version.
        found: String,
        /// What does not fit.
        why: String,
    },
    /// A SOFA file with an unusable value.
    #[error("{what}: found {found}, allowed {allowed}")]
    Sofa {
        /// What is wrong.
        what: String,
        /// The value found.
        found: String,
        /// What would be allowed.
        allowed: String,
    },
    /// The parts of the set do not fit together.
    #[error(transparent)]
    Set(#[from] cupola_model::HrtfError),
}

impl HrtfError {
    pub(crate) fn sofa(
        what: impl Into<String>,
        found: impl Into<String>,
        allowed: impl Into<String>,
    ) -> Self {
        Self::Sofa { what: what.into(), found: found.into(), allowed: allowed.into() }
    }
}
