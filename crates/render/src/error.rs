//! Why a renderer cannot be made.

use thiserror::Error;

/// Why a renderer cannot be made; once made, it cannot fail.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RenderError {
    /// The timeline breaks its own promises.
    #[error("the timeline is unusable: {0}")]
    Timeline(#[from] cupola_model::TimelineError),
    /// The HRTF set cannot be used.
    #[error(transparent)]
    Hrtf(#[from] cupola_model::HrtfError),
}
