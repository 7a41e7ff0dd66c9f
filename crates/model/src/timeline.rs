//! The hub: what every input becomes and every output reads.
//!
//! A [`Timeline`] holds no words of its author (no seconds, decibels, curves or file names), only
//! frames, linear gains, points and track numbers. Its parts refer to each other by index:
//!
//! ```text
//! stems[StemIndex] ──sources──► lanes[TrackIndex] ◄──lane── items (beds first, then objects)
//! ```
//!
//! A lane is one mono track of essence with every static gain already in it: a track of a master,
//! and what a renderer pans.

use crate::{
    AmbisonicScale, Automation, BedFormat, BedLabel, Clip, Envelope, FrameCount, FrameIndex,
    LinearGain, ObjectFeatures, SampleRate, Screen, StemFacts, StemOffset, ambisonics,
};
use std::fmt;
use std::sync::Arc;

/// Index into [`Timeline::stems`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StemIndex(pub usize);

/// Index into [`Timeline::lanes`]; track number of a master minus one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrackIndex(pub usize);

/// A stem as the programme uses it.
#[derive(Clone, Debug, PartialEq)]
pub struct StemUse {
    /// The name the scene gives it.
    pub name: String,
    /// What the file is.
    pub facts: StemFacts,
    /// Where its own timeline starts.
    pub offset: StemOffset,
    /// The parts of it that are heard, in order of [`Clip::at`]; `None` when it is heard straight
    /// through, so that its own timeline is the programme's.
    pub clips: Option<Vec<Clip>>,
    /// What becomes of the song that `clips` make before the programme hears it; `None` for nothing.
    pub cuts: Option<Cuts>,
}

/// A filtered signal that is cut. A filter remembers, so it has to come before the cuts, or what was cut
/// out would be missed at the joints and what was not there would ring on.
#[derive(Clone, Debug, PartialEq)]
pub struct Cuts {
    /// Cut-off in Hz of the [`LowPass`](crate::LowPass) every channel goes through.
    pub low_pass_hz: f64,
    /// A gain over time before the filter, in frames of the song.
    pub envelope: Option<Arc<Envelope>>,
    /// The parts of the filtered song that are heard, in order of [`Clip::at`].
    pub clips: Vec<Clip>,
}

impl StemUse {
    /// The frame after the last one in which the stem may be heard.
    pub fn end(&self, session: SampleRate) -> FrameCount {
        let clips = self.cuts.as_ref().map_or(self.clips.as_ref(), |cuts| Some(&cuts.clips));
        match clips {
            None => self.facts.end_at(session, self.offset),
            Some(clips) => {
                FrameCount(clips.iter().map(|clip| clip.end().0).max().unwrap_or_default())
            }
        }
    }
}

/// One contribution to a lane.
#[derive(Clone, Debug, PartialEq)]
pub struct LaneSource {
    /// The stem.
    pub stem: StemIndex,
    /// Its channel, from 0.
    pub channel: u16,
    /// Amplitude factor.
    pub gain: LinearGain,
    /// Cut-off of a Linkwitz–Riley low-pass of 24 dB/octave in Hz, where one is wanted.
    pub low_pass_hz: Option<f64>,
    /// A gain over time on top of `gain`, applied before the low-pass.
    pub envelope: Option<Arc<Envelope>>,
}

/// One mono track: the sum of its sources; silence when it has none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lane {
    /// What is summed.
    pub sources: Vec<LaneSource>,
}

impl Lane {
    /// Amplitude factor at a frame for a sound that is the same in every source; the fades of clips
    /// belong to the stems and do not count.
    pub fn gain_at(&self, frame: FrameIndex) -> LinearGain {
        let over_time = |e: &Arc<Envelope>| e.gain_at(frame).0;
        let gain = |s: &LaneSource| s.gain.0 * s.envelope.as_ref().map_or(1.0, over_time);
        LinearGain(self.sources.iter().map(gain).sum())
    }
}

/// How near an object or bed channel is heard on headphones. Stored in masters as `dbmd` has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum BinauralMode {
    /// Not spatialised.
    Off,
    /// Close to the head.
    Near,
    /// As from loudspeakers about 1.5 m away.
    #[default]
    Mid,
    /// From further away.
    Far,
}

impl BinauralMode {
    /// Every mode.
    pub const ALL: [Self; 4] = [Self::Off, Self::Near, Self::Mid, Self::Far];

    /// The word in scenes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Near => "near",
            Self::Mid => "mid",
            Self::Far => "far",
        }
    }
}

/// How long a day of timecode lasts at most, in seconds: where it runs slower than the clock, as at 23.976,
/// its 24 hours are over after 24:01:26.4.
pub const LONGEST_TIMECODE_DAY_S: f64 = 86_486.4;

/// Frames of picture a second, as an Atmos master states them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FrameRate {
    /// 24000/1001.
    Fps23_976,
    /// 24, the rate of music deliveries.
    Fps24,
    /// 25.
    Fps25,
    /// 30000/1001, drop-frame timecode.
    Fps29_97Drop,
    /// 30000/1001.
    Fps29_97,
    /// 30.
    Fps30,
}

impl FrameRate {
    /// Every rate.
    pub const ALL: [Self; 6] = [
        Self::Fps23_976,
        Self::Fps24,
        Self::Fps25,
        Self::Fps29_97Drop,
        Self::Fps29_97,
        Self::Fps30,
    ];

    /// The word in scenes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fps23_976 => "23.976",
            Self::Fps24 => "24",
            Self::Fps25 => "25",
            Self::Fps29_97Drop => "29.97df",
            Self::Fps29_97 => "29.97",
            Self::Fps30 => "30",
        }
    }

    /// The rate of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rate| rate.name() == name)
    }
}

/// A channel of a bed.
#[derive(Clone, Debug, PartialEq)]
pub struct BedChannel {
    /// Which.
    pub label: BedLabel,
    /// Its essence.
    pub lane: TrackIndex,
    /// Headphone mode; the LFE is always [`BinauralMode::Off`].
    pub binaural: BinauralMode,
}

/// Channels at fixed places.
#[derive(Clone, Debug, PartialEq)]
pub struct Bed {
    /// Name shown to people.
    pub name: String,
    /// Groups it belongs to.
    pub groups: Vec<String>,
    /// Which set of channels it is.
    pub format: BedFormat,
    /// The channels, in the order of the format.
    pub channels: Vec<BedChannel>,
}

/// A component of an ambisonic bed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AmbisonicChannel {
    /// Which: its ambisonic channel number.
    pub number: usize,
    /// Its essence.
    pub lane: TrackIndex,
}

/// Sound from all around, as spherical harmonics. Which loudspeakers play it is decided by a decoder.
#[derive(Clone, Debug, PartialEq)]
pub struct AmbisonicBed {
    /// Name shown to people.
    pub name: String,
    /// Groups it belongs to.
    pub groups: Vec<String>,
    /// How its components are scaled.
    pub scale: AmbisonicScale,
    /// Headphone mode.
    pub binaural: BinauralMode,
    /// The components, each at most once, in any order. Not every one of an order need be there.
    pub channels: Vec<AmbisonicChannel>,
}

impl AmbisonicBed {
    /// The highest order of its components.
    pub fn order(&self) -> u8 {
        let orders = self.channels.iter().map(|c| ambisonics::order_and_degree(c.number).0);
        orders.max().unwrap_or_default()
    }

    /// What it is, in words: `ambisonic, order 3`.
    pub fn kind(&self) -> String {
        format!("ambisonic, order {}", self.order())
    }

    fn is_legal(&self) -> bool {
        let most = (usize::from(self.scale.max_order()) + 1).pow(2);
        let numbers = self.channels.iter().map(|c| c.number);
        let once = |(i, n): (usize, usize)| self.channels[..i].iter().all(|c| c.number != n);
        !self.channels.is_empty() && numbers.enumerate().all(|(i, n)| n < most && once((i, n)))
    }
}

/// One sound that may move.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// Name shown to people.
    pub name: String,
    /// Groups it belongs to.
    pub groups: Vec<String>,
    /// Its essence.
    pub lane: TrackIndex,
    /// Headphone mode.
    pub binaural: BinauralMode,
    /// Position, gain and size over time.
    pub automation: Automation,
    /// What else it is told.
    pub features: ObjectFeatures,
}

/// A bed or an object. Exhaustive on purpose: a new kind must be handled everywhere.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// `typeDefinition` DirectSpeakers.
    Bed(Bed),
    /// `typeDefinition` HOA.
    Ambisonic(AmbisonicBed),
    /// `typeDefinition` Objects.
    Object(Object),
}

impl Item {
    /// Name shown to people.
    pub fn name(&self) -> &str {
        match self {
            Self::Bed(bed) => &bed.name,
            Self::Ambisonic(bed) => &bed.name,
            Self::Object(object) => &object.name,
        }
    }

    /// Groups it belongs to.
    pub fn groups(&self) -> &[String] {
        match self {
            Self::Bed(bed) => &bed.groups,
            Self::Ambisonic(bed) => &bed.groups,
            Self::Object(object) => &object.groups,
        }
    }

    /// Its lanes, in order.
    pub fn tracks(&self) -> impl Iterator<Item = TrackIndex> + '_ {
        let (speakers, components, object) = match self {
            Self::Bed(bed) => (&bed.channels[..], &[][..], None),
            Self::Ambisonic(bed) => (&[][..], &bed.channels[..], None),
            Self::Object(object) => (&[][..], &[][..], Some(object.lane)),
        };
        let components = components.iter().map(|channel| channel.lane);
        speakers.iter().map(|channel| channel.lane).chain(components).chain(object)
    }

    /// Its lanes, to be renumbered.
    pub fn tracks_mut(&mut self) -> impl Iterator<Item = &mut TrackIndex> + '_ {
        let (speakers, components, object) = match self {
            Self::Bed(bed) => (&mut bed.channels[..], &mut [][..], None),
            Self::Ambisonic(bed) => (&mut [][..], &mut bed.channels[..], None),
            Self::Object(object) => (&mut [][..], &mut [][..], Some(&mut object.lane)),
        };
        let components = components.iter_mut().map(|channel| &mut channel.lane);
        speakers.iter_mut().map(|channel| &mut channel.lane).chain(components).chain(object)
    }
}

/// A programme, ready to be rendered or mastered. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct Timeline {
    /// Title of the programme; may be empty.
    pub title: String,
    /// Artist; may be empty.
    pub artist: String,
    /// Session rate of everything.
    pub sample_rate: SampleRate,
    /// Length of every output.
    pub length: FrameCount,
    /// Frame rate stated in masters.
    pub frame_rate: FrameRate,
    /// When the first frame is, on the clock of the session that counts from midnight: what a
    /// timecode at the start says, as frames of sound.
    pub start: FrameCount,
    /// The screen it was made in front of, for objects that belong to the picture.
    pub screen: Screen,
    /// The files. One is listed twice when two items hear different parts of it.
    pub stems: Vec<StemUse>,
    /// Mono tracks, bed channels first.
    pub lanes: Vec<Lane>,
    /// Beds first, then objects.
    pub items: Vec<Item>,
}

/// Why a timeline cannot be used; every variant is a fault of the code that built it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimelineError {
    /// The programme has no frame.
    Empty,
    /// A lane names a stem or channel that does not exist.
    BadSource(TrackIndex),
    /// The clips of a stem are not in order, or one has no length.
    BadClips(String),
    /// An item names a lane out of order: every lane belongs to one item, in order.
    BadLane(String),
    /// A bed's channels are not those of its format.
    BadBed(String),
    /// An ambisonic bed has no component, one twice, or one its scale does not know.
    BadComponents(String),
    /// A bed follows an object.
    BedAfterObject(String),
    /// A feature of an object is out of range.
    BadFeatures(String),
    /// The screen reaches behind the listener or overhead.
    BadScreen,
}

impl fmt::Display for TimelineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the programme has no length"),
            Self::BadSource(t) => {
                write!(f, "track {} uses a stem channel that does not exist", t.0 + 1)
            }
            Self::BadClips(name) => write!(f, "{name}: its clips are not in order"),
            Self::BadLane(name) => write!(f, "{name}: tracks must be used once, in order"),
            Self::BadBed(name) => {
                write!(f, "{name}: the channels are not those of the bed's format")
            }
            Self::BadComponents(name) => {
                write!(f, "{name}: its ambisonic components are not those of a scale")
            }
            Self::BedAfterObject(name) => write!(f, "{name}: beds must come before objects"),
            Self::BadFeatures(name) => write!(f, "{name}: a feature is out of range"),
            Self::BadScreen => f.write_str("the screen reaches behind the listener or overhead"),
        }
    }
}

impl std::error::Error for TimelineError {}

impl Timeline {
    /// The beds whose channels are loudspeakers, in order.
    pub fn beds(&self) -> impl Iterator<Item = &Bed> {
        self.items.iter().filter_map(|item| match item {
            Item::Bed(bed) => Some(bed),
            Item::Ambisonic(_) | Item::Object(_) => None,
        })
    }

    /// The ambisonic beds, in order.
    pub fn ambisonic_beds(&self) -> impl Iterator<Item = &AmbisonicBed> {
        self.items.iter().filter_map(|item| match item {
            Item::Ambisonic(bed) => Some(bed),
            Item::Bed(_) | Item::Object(_) => None,
        })
    }

    /// The objects, in order.
    pub fn objects(&self) -> impl Iterator<Item = &Object> {
        self.items.iter().filter_map(|item| match item {
            Item::Object(object) => Some(object),
            Item::Bed(_) | Item::Ambisonic(_) => None,
        })
    }

    /// Checks that all indices agree. Consumers may rely on what this promises.
    pub fn validate(&self) -> Result<(), TimelineError> {
        if self.length.0 == 0 {
            return Err(TimelineError::Empty);
        }
        if self.screen.edges().is_none() {
            return Err(TimelineError::BadScreen);
        }
        for stem in &self.stems {
            let clips = stem.clips.as_deref().unwrap_or_default();
            let cuts = stem.cuts.as_ref().map_or(&[][..], |cuts| &cuts.clips);
            let legal = |clips: &[Clip]| {
                clips.is_sorted_by_key(|clip| clip.at) && clips.iter().all(Clip::is_legal)
            };
            if !legal(clips) || !legal(cuts) {
                return Err(TimelineError::BadClips(stem.name.clone()));
            }
        }
        for (i, lane) in self.lanes.iter().enumerate() {
            let known = |s: &LaneSource| {
                self.stems.get(s.stem.0).is_some_and(|stem| s.channel < stem.facts.channels)
            };
            if !lane.sources.iter().all(known) {
                return Err(TimelineError::BadSource(TrackIndex(i)));
            }
        }
        let mut next_lane = 0;
        let mut seen_object = false;
        for item in &self.items {
            match item {
                Item::Bed(Bed { name, .. }) | Item::Ambisonic(AmbisonicBed { name, .. })
                    if seen_object =>
                {
                    return Err(TimelineError::BedAfterObject(name.clone()));
                }
                Item::Bed(bed) => {
                    let labels = bed.channels.iter().map(|c| c.label);
                    if !labels.eq(bed.format.channels().iter().copied()) {
                        return Err(TimelineError::BadBed(bed.name.clone()));
                    }
                }
                Item::Ambisonic(bed) if !bed.is_legal() => {
                    return Err(TimelineError::BadComponents(bed.name.clone()));
                }
                Item::Ambisonic(_) => {}
                Item::Object(object) => {
                    seen_object = true;
                    if !object.features.is_legal() {
                        return Err(TimelineError::BadFeatures(object.name.clone()));
                    }
                }
            }
            for lane in item.tracks() {
                if lane.0 != next_lane {
                    return Err(TimelineError::BadLane(item.name().to_owned()));
                }
                next_lane += 1;
            }
        }
        if next_lane != self.lanes.len() {
            return Err(TimelineError::BadLane("the programme".to_owned()));
        }
        Ok(())
    }
}
