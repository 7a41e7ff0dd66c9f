//! The ways a value travels to a keyframe.

/// The way a value travels to a keyframe.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Curve {
    /// A straight line.
    #[default]
    Linear,
    /// It stays, and steps at the keyframe.
    Hold,
    /// It starts and ends at rest.
    Smooth,
    /// It starts at rest.
    EaseIn,
    /// It ends at rest.
    EaseOut,
    /// A straight line, for a gain one of amplitude.
    Amplitude,
}

/// A curve for each lane of a keyframe.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Curves {
    pub(crate) position: Curve,
    pub(crate) gain: Curve,
    pub(crate) size: Curve,
}

impl Curve {
    /// The curves of a path, which has no gain and does not step.
    pub(crate) const MOVING_WORDS: [(&'static str, Self); 4] = [
        ("linear", Self::Linear),
        ("smooth", Self::Smooth),
        ("ease-in", Self::EaseIn),
        ("ease-out", Self::EaseOut),
    ];

    pub(crate) const WORDS: [(&'static str, Self); 6] = {
        let [linear, smooth, ease_in, ease_out] = Self::MOVING_WORDS;
        let amplitude = ("amplitude", Self::Amplitude);
        [linear, ("hold", Self::Hold), smooth, ease_in, ease_out, amplitude]
    };

    /// The share of the way at a share of the time. The ramp that draws a `hold` is straight.
    pub(crate) fn shape(self, t: f64) -> f64 {
        match self {
            Self::Linear | Self::Hold | Self::Amplitude => t,
            Self::Smooth => t * t * (3.0 - 2.0 * t),
            Self::EaseIn => t * t,
            Self::EaseOut => t * (2.0 - t),
        }
    }
}
