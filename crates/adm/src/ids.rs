//! Identifiers of a master: one place, so that `axml` and `chna` cannot disagree.

use crate::text::clean_name;
use cupola_model::ambisonics::component_name;
use cupola_model::{BedLabel, Item, Timeline};

/// The row of one track in the `chna` chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackIds {
    /// `ATU_xxxxxxxx`, 12 characters.
    pub uid: String,
    /// `AT_yyyyxxxx_01`, 14 characters.
    pub track_format: String,
    /// `AP_yyyyxxxx`, 11 characters.
    pub pack_format: String,
}

/// The `chna` rows of a master, one a track, in track order.
///
/// ```
/// # use cupola_model::*;
/// # let state = ObjectState { position: Position::Room(RoomPosition { x: 0.0, y: 1.0, z: 0.0 }),
/// #     gain: LinearGain::UNITY, size: 0.0 };
/// # let timeline = Timeline { title: String::new(), artist: String::new(),
/// #     sample_rate: SampleRate::HZ_48000, length: FrameCount(48_000),
/// #     frame_rate: FrameRate::Fps24, start: FrameCount(0), screen: Screen::USUAL,
/// #     stems: vec![], lanes: vec![Lane::default()],
/// #     items: vec![Item::Object(Object { name: "Voice".into(), groups: vec![],
/// #         lane: TrackIndex(0), binaural: BinauralMode::Mid,
/// #         automation: Automation::fixed(state)?, features: ObjectFeatures::default() })] };
/// let rows = cupola_adm::tracks(&timeline);
/// assert_eq!(rows[0].uid, "ATU_00000001");
/// assert_eq!(rows[0].track_format, "AT_00031001_01");
/// assert_eq!(rows[0].pack_format, "AP_00031001");
/// # Ok::<(), AutomationError>(())
/// ```
pub fn tracks(timeline: &Timeline) -> Vec<TrackIds> {
    let elements = elements(timeline);
    track_elements(&elements)
        .map(|track| TrackIds {
            uid: uid(track.index),
            track_format: format!("AT_{}_01", track.code),
            pack_format: track.pack_id.to_owned(),
        })
        .collect()
}

/// An item as the `audioObject` and `audioPackFormat` it becomes.
#[derive(Debug)]
pub(crate) struct Element<'a> {
    pub(crate) item: &'a Item,
    /// Name of object and pack; see [`clean_name`].
    pub(crate) name: String,
    pub(crate) pack_name: String,
    pub(crate) object_id: String,
    pub(crate) pack_id: String,
    /// Index of its first track, from 0.
    pub(crate) first_track: usize,
    /// Names of its channels, each of them a track.
    pub(crate) channels: Vec<String>,
    /// Type and number of its first channel, type-wise from 0x1001.
    first_code: (u16, usize),
}

/// One track, with what its channel, stream, track and UID elements share.
#[derive(Debug)]
pub(crate) struct TrackElement<'a> {
    /// From 0.
    pub(crate) index: usize,
    /// `yyyyxxxx`.
    pub(crate) code: String,
    pub(crate) channel_name: &'a str,
    pub(crate) pack_id: &'a str,
}

/// First number of every counter. [BS.2076-2 §6]
pub(crate) const FIRST: usize = 0x1001;

/// The tracks a single bed may have; objects are numbered as if it always had them all.
const BED_RESERVE: usize = 10;

/// What every item becomes.
///
/// A bed's object id is 0x1000 plus the number of its first track. Objects follow from 0x100b even
/// when the bed is smaller or absent, and from the next free number when several beds have more
/// than ten tracks together. [Atmos-ADM]
pub(crate) fn elements(timeline: &Timeline) -> Vec<Element<'_>> {
    let beds = timeline.items.iter().filter(|item| !matches!(item, Item::Object(_)));
    let bed_tracks: usize = beds.map(|bed| bed.tracks().count()).sum();
    let object_base = FIRST + bed_tracks.max(BED_RESERVE);
    let (mut track, mut beds, mut fields, mut components, mut objects) = (0, 0, 0, 0, 0);
    let mut elements = Vec::with_capacity(timeline.items.len());
    for item in &timeline.items {
        let element = match item {
            Item::Bed(bed) => {
                beds += 1;
                Element {
                    item,
                    name: clean_name(&bed.name, || format!("Atmos_Bed_{beds}")),
                    pack_name: format!("AtmosCustomPackFormat{beds}"),
                    object_id: format!("AO_{:04x}", FIRST + track),
                    pack_id: format!("AP_0001{:04x}", FIRST - 1 + beds),
                    first_track: track,
                    channels: bed.channels.iter().map(|c| room_centric(c.label).into()).collect(),
                    first_code: (1, FIRST + track),
                }
            }
            Item::Ambisonic(bed) => {
                fields += 1;
                let name = clean_name(&bed.name, || format!("HOA_{fields}"));
                let first_code = (4, FIRST + components);
                components += bed.channels.len();
                Element {
                    item,
                    pack_name: name.clone(),
                    object_id: format!("AO_{:04x}", FIRST + track),
                    pack_id: format!("AP_0004{:04x}", FIRST - 1 + fields),
                    first_track: track,
                    channels: bed.channels.iter().map(|c| component_name(c.number)).collect(),
                    first_code,
                    name,
                }
            }
            Item::Object(object) => {
                objects += 1;
                let name = clean_name(&object.name, || format!("Atmos_Obj_{objects}"));
                Element {
                    item,
                    pack_name: name.clone(),
                    object_id: format!("AO_{:04x}", object_base - 1 + objects),
                    pack_id: format!("AP_0003{:04x}", FIRST - 1 + objects),
                    first_track: track,
                    channels: vec![name.clone()],
                    name,
                    first_code: (3, FIRST - 1 + objects),
                }
            }
        };
        track += element.channels.len();
        elements.push(element);
    }
    elements
}

/// An `audioContent`: objects of one group.
#[derive(Debug)]
pub(crate) struct ContentElement<'a> {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Identifiers of its objects, in order.
    pub(crate) objects: Vec<&'a str>,
}

/// What the objects without a group are found in.
pub(crate) const MAIN_CONTENT: &str = "Atmos_Master_Content";

/// The contents of a master: one for every group, in the order of appearance, as Pro Tools writes
/// them. An object is in one content, that of its first group.
pub(crate) fn contents<'a>(elements: &'a [Element<'_>]) -> Vec<ContentElement<'a>> {
    let mut contents: Vec<ContentElement<'a>> = Vec::new();
    for element in elements {
        let group = element.groups().first().map_or("", String::as_str);
        let name = clean_name(group, || MAIN_CONTENT.to_owned());
        match contents.iter_mut().find(|content| content.name == name) {
            Some(content) => content.objects.push(&element.object_id),
            None => contents.push(ContentElement {
                id: format!("ACO_{:04x}", FIRST + contents.len()),
                name,
                objects: vec![&element.object_id],
            }),
        }
    }
    contents
}

impl Element<'_> {
    /// The groups of this item.
    pub(crate) fn groups(&self) -> &[String] {
        self.item.groups()
    }

    /// The tracks of this item.
    pub(crate) fn tracks(&self) -> impl Iterator<Item = TrackElement<'_>> {
        let (kind, number) = self.first_code;
        self.channels.iter().enumerate().map(move |(i, channel_name)| TrackElement {
            index: self.first_track + i,
            code: format!("{kind:04x}{:04x}", number + i),
            channel_name,
            pack_id: &self.pack_id,
        })
    }

    /// `typeLabel` and `typeDefinition`.
    pub(crate) fn kind(&self) -> (&'static str, &'static str) {
        match self.item {
            Item::Bed(_) => ("0001", "DirectSpeakers"),
            Item::Ambisonic(_) => ("0004", "HOA"),
            Item::Object(_) => ("0003", "Objects"),
        }
    }
}

/// Every track, in order.
pub(crate) fn track_elements<'a>(
    elements: &'a [Element<'_>],
) -> impl Iterator<Item = TrackElement<'a>> {
    elements.iter().flat_map(Element::tracks)
}

/// The identifier of a track; `index` counts from 0.
pub(crate) fn uid(index: usize) -> String {
    format!("ATU_{:08x}", index + 1)
}

/// `audioChannelFormatName` of a bed channel. [Atmos-ADM]
pub(crate) fn room_centric(label: BedLabel) -> &'static str {
    match label {
        BedLabel::L => "RoomCentricLeft",
        BedLabel::R => "RoomCentricRight",
        BedLabel::C => "RoomCentricCenter",
        BedLabel::Lfe => "RoomCentricLFE",
        BedLabel::Ls => "RoomCentricLeftSurround",
        BedLabel::Rs => "RoomCentricRightSurround",
        BedLabel::Lss => "RoomCentricLeftSideSurround",
        BedLabel::Rss => "RoomCentricRightSideSurround",
        BedLabel::Lrs => "RoomCentricLeftRearSurround",
        BedLabel::Rrs => "RoomCentricRightRearSurround",
        BedLabel::Lts => "RoomCentricLeftTopSurround",
        BedLabel::Rts => "RoomCentricRightTopSurround",
    }
}
