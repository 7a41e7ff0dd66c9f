//! What a headphone render is told besides the programme and the head.

use crate::PannerChoice;
use cupola_model::{HeadTrack, Layout, Room};

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
}
