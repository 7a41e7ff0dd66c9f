//! The scene as its author wrote it, read and checked as far as that goes without the stems.

use crate::ambisonic::AmbisonicInput;
use crate::clips::Play;
use crate::curve::Curves;
use crate::edits::Edit;
use crate::groups::GroupEntry;
use crate::layouts::LayoutRequest;
use crate::path::Path;
use crate::place::Spot;
use crate::region::Region;
use crate::split::Split;
use crate::time::{Clock, Timecode};
use crate::versions::Version;
use cupola_model::{
    AmbisonicFormat, BedFormat, BedLabel, BinauralMode, ChannelOrder, Downmix, FrameCount,
    FrameIndex, FrameRate, ObjectFeatures, Place, Position, Room, SampleRate, Screen, StemOffset,
};
use std::collections::HashSet;

/// A scene that was read without errors; [`Scene::resolve`] turns it into a `Timeline`.
#[derive(Clone, Debug)]
pub struct Scene {
    /// The names of its files, its own first.
    pub(crate) files: Vec<String>,
    pub(crate) title: String,
    pub(crate) artist: String,
    pub(crate) sample_rate: SampleRate,
    pub(crate) frame_rate: FrameRate,
    pub(crate) room: Option<Room>,
    pub(crate) screen: Screen,
    pub(crate) clock: Clock,
    pub(crate) reference: Option<(String, Place)>,
    pub(crate) end: Option<FrameCount>,
    pub(crate) pad_bed: bool,
    pub(crate) stems: Vec<StemRequest>,
    pub(crate) stem_settings: Vec<StemSettings>,
    /// What the scene says of groups.
    pub(crate) groups: Vec<GroupEntry>,
    pub(crate) beds: Vec<BedEntry>,
    pub(crate) objects: Vec<ObjectEntry>,
    pub(crate) edits: Vec<Edit>,
    pub(crate) versions: Vec<Version>,
    /// Index of the version that was chosen.
    pub(crate) chosen: Option<usize>,
    /// The part of the edited programme that was asked for.
    pub(crate) region: Option<Region>,
    pub(crate) outputs: Vec<OutputRequest>,
    /// Whether it was read without errors.
    pub(crate) complete: bool,
}

/// A stem the scene lists.
#[derive(Clone, Debug, PartialEq)]
pub struct StemRequest {
    /// The name it goes by in the scene; unique.
    pub name: String,
    /// Its file as written, relative to the scene file.
    pub path: String,
    /// Where the file is named.
    pub place: Place,
    /// Whether a bed or an object uses it. A stem that nothing uses need not be opened.
    pub used: bool,
}

/// What `cupola build` is asked to make.
#[derive(Clone, Debug, PartialEq)]
pub struct OutputRequest {
    /// What.
    pub kind: OutputKind,
    /// The part of the file name that tells this output from the others: the author's `name`, or
    /// the layout, `binaural`, `adm-bwf`, `damf` or `adm-itu`. Unique in a scene.
    pub name: String,
    /// Where it is asked for; line 0 for the outputs of a scene that asks for none.
    pub place: Place,
}

/// The kinds of output.
#[derive(Clone, Debug, PartialEq)]
pub enum OutputKind {
    /// Loudspeaker signals.
    Speakers {
        /// For which loudspeakers.
        layout: LayoutRequest,
        /// Format of the samples.
        bits: BitDepth,
        /// Order of the channels.
        order: ChannelOrder,
    },
    /// Two signals for headphones.
    Binaural {
        /// Whose ears.
        head: HeadRequest,
        /// Format of the samples.
        bits: BitDepth,
    },
    /// Two channels made from a 5.1 mix.
    Stereo {
        /// How.
        downmix: Downmix,
        /// Format of the samples.
        bits: BitDepth,
    },
    /// Spherical harmonics.
    Ambisonics {
        /// Which, in which order and scale.
        format: AmbisonicFormat,
        /// Format of the samples.
        bits: BitDepth,
    },
    /// An object-based master; always 24-bit.
    Master(MasterKind),
}

/// A head as a scene asks for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum HeadRequest {
    /// The built-in one.
    #[default]
    Default,
    /// A SOFA file; the path as written, relative to the scene.
    Sofa(String),
}

/// The kinds of master.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MasterKind {
    /// One file: sound and ADM.
    AdmBwf,
    /// Three files, as Dolby's encoders read them.
    Damf,
    /// One file of plain ADM, without profile.
    AdmItu,
}

impl MasterKind {
    /// Every kind.
    pub(crate) const ALL: [(&'static str, Self); 3] =
        [("adm-bwf", Self::AdmBwf), ("damf", Self::Damf), ("adm-itu", Self::AdmItu)];

    /// The word in scenes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AdmBwf => "adm-bwf",
            Self::Damf => "damf",
            Self::AdmItu => "adm-itu",
        }
    }
}

/// Format of output samples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BitDepth {
    /// 16-bit integers, dithered.
    Int16,
    /// 24-bit integers.
    #[default]
    Int24,
    /// 32-bit floats, which never clip.
    Float32,
}

#[derive(Clone, Debug)]
pub(crate) struct StemSettings {
    pub(crate) gain_db: f64,
    pub(crate) offset: StemOffset,
    /// Where it is heard when not straight through.
    pub(crate) plays: Option<Vec<Play>>,
    pub(crate) spot: Spot,
}

/// What the channels of a bed are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BedKind {
    Speakers(BedFormat),
    Ambisonic(AmbisonicInput),
}

impl BedKind {
    /// Loudspeaker channels; none for an ambisonic bed.
    pub(crate) fn speaker_channels(self) -> usize {
        match self {
            Self::Speakers(format) => format.channels().len(),
            Self::Ambisonic(_) => 0,
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct BedEntry {
    pub(crate) name: String,
    pub(crate) format: BedKind,
    pub(crate) binaural: BinauralMode,
    pub(crate) groups: Vec<String>,
    pub(crate) routes: Vec<Route>,
    pub(crate) spot: Spot,
}

/// A stem, or one channel of it, into channels of a bed.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub(crate) stem: usize,
    pub(crate) channel: Option<(Channel, Spot)>,
    pub(crate) to: Option<Target>,
    pub(crate) split: Option<Split>,
    pub(crate) gain_db: f64,
    pub(crate) low_pass_hz: Option<f64>,
    pub(crate) groups: Vec<String>,
    pub(crate) silenced: bool,
    pub(crate) spot: Spot,
}

/// Bed channels in the order written.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// Loudspeaker channels, each with a gain in dB of its own.
    pub(crate) labels: Vec<(BedLabel, f64)>,
    /// Components of an ambisonic bed, by their numbers.
    pub(crate) components: Vec<usize>,
    pub(crate) spot: Spot,
}

/// A channel of a stem as authors name it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Channel {
    Left,
    Right,
    /// From 1.
    Number(u16),
}

#[derive(Clone, Debug)]
pub(crate) struct ObjectEntry {
    pub(crate) name: String,
    /// The bed whose route it comes from, for what a split stem has no bed channel for.
    pub(crate) of_bed: Option<String>,
    pub(crate) stem: usize,
    pub(crate) feed: Feed,
    pub(crate) groups: Vec<String>,
    pub(crate) binaural: BinauralMode,
    pub(crate) gain_db: f64,
    pub(crate) size: f64,
    pub(crate) position: Position,
    /// What moves it instead of the keyframes.
    pub(crate) path: Option<Path>,
    pub(crate) keyframes: Vec<Keyframe>,
    pub(crate) features: ObjectFeatures,
    pub(crate) silenced: bool,
    /// Whether something is wrong with what its author wrote.
    pub(crate) flawed: bool,
    pub(crate) spot: Spot,
}

/// How the channels of a stem become objects.
#[derive(Clone, Debug)]
pub(crate) enum Feed {
    /// The only channel.
    Whole,
    Channel(Channel, Spot),
    /// A channel from 0 of a surround stem of so many; its route says when it has others.
    OfSplit {
        channel: u16,
        of: u16,
    },
    /// (L+R)/2.
    FoldMono(Spot),
    /// Two objects this far apart: degrees for polar positions, distance in x for room positions.
    Pair {
        width: f64,
        spot: Spot,
    },
}

/// What holds from an instant on; what is not mentioned is interpolated past it.
#[derive(Clone, Debug)]
pub(crate) struct Keyframe {
    pub(crate) at: FrameIndex,
    pub(crate) position: Option<Position>,
    /// Whole turns on top of the short way to the position.
    pub(crate) turns: f64,
    pub(crate) gain_db: Option<f64>,
    pub(crate) size: Option<f64>,
    pub(crate) curves: Curves,
    pub(crate) spot: Spot,
}

impl Scene {
    /// Title; empty when the scene has none.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Artist; empty when the scene has none.
    pub fn artist(&self) -> &str {
        &self.artist
    }

    /// Session rate of everything.
    pub fn sample_rate(&self) -> SampleRate {
        self.sample_rate
    }

    /// Frame rate stated in masters.
    pub fn frame_rate(&self) -> FrameRate {
        self.frame_rate
    }

    /// The room of headphone renders; `None` for none.
    pub fn room(&self) -> Option<&Room> {
        self.room.as_ref()
    }

    /// The timecode of the first frame, at [`Scene::frame_rate`]; 00:00:00:00 unless the scene says
    /// otherwise.
    pub fn start_timecode(&self) -> Timecode {
        self.clock.start
    }

    /// The same as a time of [`Timeline::start`](cupola_model::Timeline::start), of the part that is
    /// kept.
    pub(crate) fn start_frames(&self) -> FrameCount {
        let kept = self.region().map_or(0, |(from, _)| from.0);
        FrameCount(self.clock.start.at(self.sample_rate).0 + kept)
    }

    /// The stereo reference: path as written, relative to the scene, and where it is named. It is
    /// for checks and never rendered.
    pub fn reference(&self) -> Option<(&str, &Place)> {
        self.reference.as_ref().map(|(path, place)| (path.as_str(), place))
    }

    /// The stems in document order, one entry each, used or not.
    pub fn stems(&self) -> &[StemRequest] {
        &self.stems
    }

    /// What `cupola build` makes, in document order.
    pub fn outputs(&self) -> &[OutputRequest] {
        &self.outputs
    }

    /// The groups that beds, routes and objects belong to: beds first, each group once.
    pub fn groups(&self) -> Vec<&str> {
        let beds = self.beds.iter().flat_map(|bed| {
            bed.groups.iter().chain(bed.routes.iter().flat_map(|route| &route.groups))
        });
        let all = beds.chain(self.objects.iter().flat_map(|object| &object.groups));
        let mut seen = HashSet::new();
        all.map(String::as_str).filter(|name| seen.insert(*name)).collect()
    }
}
