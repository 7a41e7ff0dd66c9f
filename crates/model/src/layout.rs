//! Loudspeaker layouts.

use crate::{LinearGain, PolarPosition, RoomPosition, Screen};
use std::fmt;

/// One loudspeaker.
#[derive(Clone, Debug, PartialEq)]
pub struct Speaker {
    /// Name in reports and scenes: `L`, `Lss`, `Ltf`.
    pub name: String,
    /// Label of [BS.2051-3], for example `M+030`, or a name of the user's own.
    pub label: String,
    /// Direction; the distance is not used.
    pub direction: PolarPosition,
    /// Place in the room cube.
    pub room: RoomPosition,
    /// Low-frequency effects: never panned to, fed only by LFE channels of beds.
    pub lfe: bool,
}

/// What is done to the signal of a loudspeaker so that it fits the others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpeakerTrim {
    /// Amplitude factor, 0 to [`Self::MAX_GAIN`].
    pub gain: LinearGain,
    /// Seconds it comes later, 0 to [`Self::MAX_DELAY_S`].
    pub delay_s: f64,
}

impl SpeakerTrim {
    /// Nothing is done.
    pub const NONE: Self = Self { gain: LinearGain::UNITY, delay_s: 0.0 };
    /// The largest gain: +40 dB.
    pub const MAX_GAIN: f64 = 100.0;
    /// The longest delay; sound goes 170 m in it.
    pub const MAX_DELAY_S: f64 = 0.5;

    fn is_legal(self) -> bool {
        (0.0..=Self::MAX_GAIN).contains(&self.gain.0)
            && (0.0..=Self::MAX_DELAY_S).contains(&self.delay_s)
    }
}

/// A loudspeaker layout; the order of the speakers is the order of the channels.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// The usual name, for example `7.1.4`.
    pub name: String,
    /// Other names it is known by, for example `4+7+0`.
    pub aliases: Vec<String>,
    /// One line about it; may be empty.
    pub description: String,
    /// The screen of the room, which objects that belong to the picture are moved to; `None` leaves them
    /// where they are.
    pub screen: Option<Screen>,
    speakers: Vec<Speaker>,
    /// One a loudspeaker, or none.
    trims: Vec<SpeakerTrim>,
}

/// Why a list of loudspeakers is not a layout.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LayoutError {
    /// Nothing to pan to.
    NoSpeakers,
    /// More than [`Layout::MAX_SPEAKERS`].
    TooManySpeakers(usize),
    /// Two loudspeakers share a name.
    DuplicateName(String),
    /// Two loudspeakers, neither an LFE, stand in the same direction (within 0.1°).
    SameDirection(String, String),
    /// A coordinate is out of range or not a number; name of the loudspeaker.
    BadPosition(String),
    /// The gain or the delay of a loudspeaker is out of range or not a number; its name.
    BadTrim(String),
}

impl fmt::Display for LayoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSpeakers => f.write_str("the layout has no loudspeaker besides LFE"),
            Self::TooManySpeakers(n) => write!(
                f,
                "the layout has {n} loudspeakers; at most {} are allowed",
                Layout::MAX_SPEAKERS
            ),
            Self::DuplicateName(name) => write!(f, "two loudspeakers are called {name}"),
            Self::SameDirection(a, b) => {
                write!(f, "{a} and {b} stand in the same direction; move one by at least 0.1°")
            }
            Self::BadPosition(name) => write!(
                f,
                "{name} has a position out of range: azimuth -180 to 180, elevation -90 to 90, room coordinates -1 to 1"
            ),
            Self::BadTrim(name) => write!(
                f,
                "{name} has a gain or delay out of range: gain up to +40 dB, delay 0 to {} ms",
                SpeakerTrim::MAX_DELAY_S * 1000.0
            ),
        }
    }
}

impl std::error::Error for LayoutError {}

impl Layout {
    /// The largest layout.
    pub const MAX_SPEAKERS: usize = 64;

    /// A layout of these loudspeakers, in channel order.
    pub fn new(name: impl Into<String>, speakers: Vec<Speaker>) -> Result<Self, LayoutError> {
        if !speakers.iter().any(|s| !s.lfe) {
            return Err(LayoutError::NoSpeakers);
        }
        if speakers.len() > Self::MAX_SPEAKERS {
            return Err(LayoutError::TooManySpeakers(speakers.len()));
        }
        for (i, speaker) in speakers.iter().enumerate() {
            let d = speaker.direction;
            let legal = (-180.0..=180.0).contains(&d.azimuth_deg)
                && (-90.0..=90.0).contains(&d.elevation_deg)
                && speaker.room.is_inside_cube();
            if !legal {
                return Err(LayoutError::BadPosition(speaker.name.clone()));
            }
            for other in &speakers[..i] {
                if other.name == speaker.name {
                    return Err(LayoutError::DuplicateName(speaker.name.clone()));
                }
                if !other.lfe && !speaker.lfe && nearly_same_direction(other, speaker) {
                    let names = (other.name.clone(), speaker.name.clone());
                    return Err(LayoutError::SameDirection(names.0, names.1));
                }
            }
        }
        Ok(Self {
            name: name.into(),
            aliases: Vec::new(),
            description: String::new(),
            screen: Some(Screen::USUAL),
            speakers,
            trims: Vec::new(),
        })
    }

    /// The same layout with these gains and delays, in channel order. Panning does not know them: they
    /// are for the room, and are applied to what is rendered.
    ///
    /// # Panics
    /// When there is not one for each loudspeaker.
    pub fn with_trims(mut self, trims: Vec<SpeakerTrim>) -> Result<Self, LayoutError> {
        assert_eq!(trims.len(), self.speakers.len(), "one trim a loudspeaker");
        if let Some(bad) = trims.iter().position(|trim| !trim.is_legal()) {
            return Err(LayoutError::BadTrim(self.speakers[bad].name.clone()));
        }
        self.trims = trims;
        Ok(self)
    }

    /// The gain and delay of a channel; nothing unless the layout says otherwise.
    pub fn trim(&self, channel: usize) -> SpeakerTrim {
        self.trims.get(channel).copied().unwrap_or(SpeakerTrim::NONE)
    }

    /// The loudspeakers in channel order.
    pub fn speakers(&self) -> &[Speaker] {
        &self.speakers
    }

    /// Channel numbers (from 0) of the loudspeakers that can be panned to.
    pub fn panned_channels(&self) -> impl Iterator<Item = usize> + '_ {
        self.speakers.iter().enumerate().filter(|(_, s)| !s.lfe).map(|(i, _)| i)
    }

    /// Channel number of the first LFE, if the layout has one.
    pub fn lfe_channel(&self) -> Option<usize> {
        self.speakers.iter().position(|s| s.lfe)
    }
}

fn nearly_same_direction(a: &Speaker, b: &Speaker) -> bool {
    let (u, v) = (a.direction.direction(), b.direction.direction());
    let distance: f64 = u.iter().zip(v).map(|(p, q)| (p - q) * (p - q)).sum::<f64>().sqrt();
    distance < 0.1_f64.to_radians()
}
