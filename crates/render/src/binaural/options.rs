//! What a headphone render is told besides the programme and the head.

use crate::PannerChoice;
use cupola_model::{HeadTrack, Layout, Room};

/// How much work is done for moving sources and for long responses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BinauralQuality {
    /// All sources through twelve filters whose sums nearly are the responses, for previews of very many
    /// sources: right to about 1 dB and 4 µs, renewed every 10 ms.
    Fast,
    /// Arrival times as turns of phase, filters renewed every 2.5 ms.
    #[default]
    Standard,
    /// Arrival times read from delay lines that move frame by frame, filters renewed every 1.25 ms.
    High,
}

impl BinauralQuality {
    /// All, in order of work.
    pub const ALL: [Self; 3] = [Self::Fast, Self::Standard, Self::High];

    /// The quality of a name.
    ///
    /// ```
    /// use cupola_render::binaural::BinauralQuality;
    /// assert_eq!(BinauralQuality::from_name("high"), Some(BinauralQuality::High));
    /// ```
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|quality| quality.name() == name)
    }

    /// Its name, as users write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fast => "fast",
            Self::Standard => "standard",
            Self::High => "high",
        }
    }
}

/// How a programme is heard on headphones. The default is in no room at all, looking ahead.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BinauralOptions {
    /// The room; without one, near, mid and far are the same direct sound and the LFE is at 0 dB.
    pub room: Option<Room>,
    /// Where the head looks, in frames of the programme.
    pub head: HeadTrack,
    /// Pans everything to these loudspeakers first and lets the head hear them; the modes then mean
    /// nothing.
    pub via: Option<(Layout, PannerChoice)>,
    /// How carefully.
    pub quality: BinauralQuality,
}
