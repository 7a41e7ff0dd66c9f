//! The nouns of Cupola.
//!
//! Every input becomes a [`Timeline`]; every output reads one. This room holds that hub and the
//! words it is made of. It opens no file, parses no text and touches no sample: what needs any of
//! these lives in a room of its own (see `crates/README.md`).
//!
//! Three rules of meaning live here because everybody must agree on them: the time rule in
//! [`automation`], the space rule in [`position`], and the filter on the way to an LFE, [`LowPass`].

pub mod ambisonics;
pub mod audio;
pub mod automation;
pub mod bed;
pub mod clip;
mod downmix;
pub mod features;
pub mod head;
pub mod hrtf;
pub mod layout;
mod low_pass;
mod order;
pub mod position;
pub mod problem;
pub mod room;
mod rule;
mod screen;
pub mod stem;
pub mod timeline;
pub mod units;

pub use ambisonics::{AmbisonicFormat, AmbisonicOrder, AmbisonicScale};
pub use audio::PlanarBlock;
pub use automation::{
    Automation, AutomationCursor, AutomationError, GridShift, MasterBlock, ObjectState, TimedPoint,
};
pub use bed::{BedFormat, BedLabel};
pub use clip::{Clip, Envelope, EnvelopeError, Fade, FadeDirection, FadeShape};
pub use downmix::Downmix;
pub use features::{Divergence, NamedZone, ObjectFeatures, Snap, ZoneBox, ZoneSet, Zones};
pub use head::{HeadAxes, HeadOrientation, HeadTrack, HeadTrackError};
pub use hrtf::{HrtfError, HrtfSet};
pub use layout::{Layout, LayoutError, Speaker, SpeakerTrim};
pub use low_pass::LowPass;
pub use order::ChannelOrder;
pub use position::{PolarPosition, Position, RoomPosition};
pub use problem::{Checked, Finding, Place, Severity};
pub use room::{Room, RoomMode};
pub use rule::Rule;
pub use screen::{HorizontalEdge, Screen, ScreenEdgeLock, ScreenEdges, VerticalEdge};
pub use stem::{StemFacts, StemOffset};
pub use timeline::{
    AmbisonicBed, AmbisonicChannel, Bed, BedChannel, BinauralMode, Cuts, FrameRate, Item, Lane,
    LaneSource, Object, StemIndex, StemUse, Timeline, TimelineError, TrackIndex,
};
pub use units::{Decibels, FrameCount, FrameIndex, LinearGain, SampleRate};
