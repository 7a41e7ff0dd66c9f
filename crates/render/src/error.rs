//! Why a renderer cannot be made.

use thiserror::Error;

/// Why a renderer cannot be made; once made, it cannot fail.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RenderError {
    /// The timeline breaks its own promises.
    #[error("the timeline is unusable: {0}")]
    Timeline(#[from] cupola_model::TimelineError),
    /// A low-pass lies outside what the sample rate can carry.
    #[error(
        "track {}: the low-pass at {found_hz} Hz is impossible; give a cut-off above 0 and below \
         {limit_hz} Hz, half the session rate",
        track.0 + 1
    )]
    LowPass {
        /// The lane.
        track: cupola_model::TrackIndex,
        /// What was asked for.
        found_hz: f64,
        /// Half the session rate.
        limit_hz: f64,
    },
    /// BS.2127 cannot pan to the layout.
    #[error("{layout} cannot be panned to by BS.2127: {reason}")]
    Bs2127Layout {
        /// Name of the layout.
        layout: String,
        /// Why, and what to do where something can be done.
        reason: String,
    },
    /// The HRTF set belongs to another rate.
    #[error(
        "the HRTF set is for {set_hz} Hz, the session runs at {session_hz} Hz; load it at that rate"
    )]
    HrtfRate {
        /// Rate of the set in Hz.
        set_hz: u32,
        /// Rate of the session in Hz.
        session_hz: u32,
    },
    /// A number of the room is out of its range.
    #[error("the room of the headphone render is impossible: {0}")]
    Room(String),
    /// The HRTF set cannot be used.
    #[error(transparent)]
    Hrtf(#[from] cupola_model::HrtfError),
}
