//! Anybody's ADM as items of a timeline.
//!
//! The text is read once, element by element and block by block. What elements say of each other is
//! followed at the end: programme, contents, objects, tracks, channels, and through `chna` the channels
//! of the file. What is written wrongly but clearly meant is repaired under a name
//! ([`rules::import`](crate::rules::import)); what scenes cannot hold is listed by name.

mod block;
mod document;
mod features;
mod field;
mod heard;
mod place;
mod resolve;
mod screen;
mod speakers;
mod time;
mod tracks;

use crate::pieces::Pieces;
use crate::{AdmError, ReadLimits, TrackIds};
use cupola_model::{Envelope, Finding, Item, LinearGain, SampleRate, Screen};
use document::Gatherer;
use std::io::BufRead;
use std::sync::Arc;

/// Most points of movement kept altogether: 56 bytes each.
const MAX_POINTS: usize = 4_000_000;
/// Of so many kept bytes, one point or run may be of blocks kept one by one: 4 million by default.
const EXACT_SHARE: usize = 8;
/// Most tracks of a timeline; a master has 128.
const MAX_LANES: usize = 1024;
/// The track that is silent wherever it is named. [BS.2076-2 §5.9]
const SILENT_UID: &str = "atu_00000000";

/// What a file with ADM holds besides its `axml`.
#[derive(Clone, Debug)]
pub struct Essence {
    /// Frames per second.
    pub sample_rate: SampleRate,
    /// Channels.
    pub channels: u16,
    /// Length in frames.
    pub frames: u64,
    /// Whether it is known to be an Atmos master, by its `dbmd`; a programme named as in Atmos masters
    /// makes it one too. Its blocks then carry the values of their starts.
    pub atmos: bool,
    /// The rows of `chna`: the channel of the file, from 1, and its identifiers. `None` without one.
    pub chna: Option<Vec<(u16, TrackIds)>>,
}

/// A programme as it was read.
#[derive(Debug)]
pub struct Import {
    /// Name of the programme; empty when it has none, or the one that all Atmos masters have.
    pub name: String,
    /// Whether its blocks were read as those of an Atmos master.
    pub atmos: bool,
    /// The screen it was made in front of.
    pub screen: Screen,
    /// When the programme says its first frame is on the clock of its session, in frames; 0 where it says
    /// nothing. All other times count from there. [BS.2076-2]
    pub start: u64,
    /// Beds first, then objects; their lanes are numbered in this order. No headphone modes: these are
    /// not in the ADM.
    pub items: Vec<Item>,
    /// What each lane takes.
    pub lanes: Vec<ImportLane>,
    /// Repairs and omissions, worst first.
    pub findings: Vec<Finding>,
}

/// What one lane takes from the file: the sum of these; silence when there are none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImportLane {
    /// Channel of the file, from 0, and its gain over time where that is not one.
    pub sources: Vec<(u16, LinearGain, Option<Arc<Envelope>>)>,
}

/// Reads a programme.
///
/// Memory is bounded: by the kept bytes of the limits, and 4 million points of movement; those on
/// straight lines do not count. Text that is damaged or asks for more is an error.
///
/// Outside Atmos masters an object also keeps its blocks, for renders that follow them to the letter
/// ([`Automation::blocks`](cupola_model::Automation::blocks)): by default 4 million points and
/// runs of blocks, of which those on straight lines and of equal length do not count.
///
/// ```
/// use cupola_adm::{ImportEssence, import};
/// # use cupola_model::SampleRate;
/// let text = br#"<ituADM><audioFormatExtended>
///     <audioObject audioObjectID="AO_1001" audioObjectName="Voice">
///       <audioPackFormatIDRef>AP_00010001</audioPackFormatIDRef>
///       <audioTrackUIDRef>ATU_00000001</audioTrackUIDRef></audioObject>
///     <audioTrackUID UID="ATU_00000001">
///       <audioTrackFormatIDRef>AT_00010003_01</audioTrackFormatIDRef></audioTrackUID>
///     </audioFormatExtended></ituADM>"#;
/// let essence = ImportEssence { sample_rate: SampleRate::HZ_48000, channels: 1, frames: 48_000,
///     atmos: false, chna: None };
/// let programme = import(&text[..], &essence, cupola_adm::ReadLimits::default())?;
/// // A mono loudspeaker channel is an object that stands in the middle of the front.
/// assert_eq!(programme.items[0].name(), "Voice");
/// assert_eq!(programme.lanes[0].sources[0].0, 0);
/// # Ok::<(), cupola_adm::AdmError>(())
/// ```
pub fn import(
    text: impl BufRead,
    essence: &Essence,
    limits: ReadLimits,
) -> Result<Import, AdmError> {
    let mut pieces = Pieces::new(text, limits);
    let mut gatherer = Gatherer::new(essence, limits);
    while let Some(piece) = pieces.next()? {
        gatherer.take(piece)?;
    }
    resolve::resolve(gatherer, essence)
}
