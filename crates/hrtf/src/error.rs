//! Why a set of head-related transfer functions cannot be had.

use thiserror::Error;

/// Why a set of head-related transfer functions cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum HrtfError {
    /// The set cannot be brought to the session rate.
    #[error(
        "the embedded HRTF set cannot be used at {found_hz} Hz; \
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
    /// The parts of the set do not fit together.
    #[error(transparent)]
    Set(#[from] cupola_model::HrtfError),
}
