//! Gathers the elements of a document that a summary is made of, within stated limits.

use crate::AdmError;
use crate::read::ReadLimits;
use crate::summary::{AdmKind, Content, ObjectSummary, Programme, Summary};
use cupola_model::{BedFormat, BedLabel};
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use std::collections::HashMap;

/// What one kept string costs besides its text.
const KEPT_OVERHEAD: usize = 64;

/// Figures of `loudnessMetadata`. [BS.2076-2 §5.7]
const LOUDNESS: [&str; 6] = [
    "integratedLoudness",
    "loudnessRange",
    "maxTruePeak",
    "maxMomentary",
    "maxShortTerm",
    "dialogueLoudness",
];

/// Why the collector gave up; its place is added by the caller.
pub(crate) enum Fault {
    Depth,
    Kept,
    Event,
    Text(String),
}

impl Fault {
    pub(crate) fn at(self, offset: u64, limits: &ReadLimits) -> AdmError {
        match self {
            Self::Depth => {
                let what = "elements are nested too deeply";
                AdmError::TooLarge { offset, what, allowed: limits.depth }
            }
            Self::Kept => {
                let what = "there are too many names and references (bytes)";
                AdmError::TooLarge { offset, what, allowed: limits.kept_bytes }
            }
            Self::Event => {
                let what = "a tag or text is too long (bytes)";
                AdmError::TooLarge { offset, what, allowed: limits.event_bytes }
            }
            Self::Text(message) => AdmError::Malformed { offset, message },
        }
    }
}

/// Which element the collector is inside of; what it does not know is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Inside {
    Nothing,
    Programme,
    Content,
    Object,
    Pack,
    Channel,
    Block,
}

#[derive(Default)]
struct Pack {
    kind: AdmKind,
    channels: Vec<String>,
}

#[derive(Default)]
struct Channel {
    blocks: u64,
    first_position: Option<[f64; 3]>,
    moves: bool,
    label: Option<String>,
}

/// What all objects of one pack share.
#[derive(Default)]
struct PackSummary {
    kind: AdmKind,
    blocks: u64,
    moves: bool,
    labels: Vec<String>,
}

#[derive(Default)]
struct RawObject {
    id: String,
    name: String,
    packs: Vec<String>,
    tracks: usize,
}

pub(crate) struct Collector {
    limits: ReadLimits,
    kept: usize,
    depth: usize,
    any_element: bool,
    inside: Vec<(usize, Inside)>,
    text: String,
    coordinate: Option<usize>,
    position: [f64; 3],
    summary: Summary,
    objects: Vec<RawObject>,
    packs: HashMap<String, Pack>,
    channels: HashMap<String, Channel>,
    pack: (String, Pack),
    channel: (String, Channel),
}

impl Collector {
    pub(crate) fn new(limits: ReadLimits) -> Self {
        Self {
            limits,
            kept: 0,
            depth: 0,
            any_element: false,
            inside: Vec::new(),
            text: String::new(),
            coordinate: None,
            position: [0.0; 3],
            summary: Summary::default(),
            objects: Vec::new(),
            packs: HashMap::new(),
            channels: HashMap::new(),
            pack: Default::default(),
            channel: Default::default(),
        }
    }

    pub(crate) fn take(&mut self, event: &Event<'_>) -> Result<(), Fault> {
        match event {
            Event::Start(tag) => {
                self.open(tag)?;
                self.depth += 1;
                if self.depth > self.limits.depth {
                    return Err(Fault::Depth);
                }
            }
            Event::Empty(tag) => {
                self.open(tag)?;
                self.close(tag.local_name().as_ref())?;
            }
            Event::End(tag) => {
                self.depth = self.depth.saturating_sub(1);
                self.close(tag.local_name().as_ref())?;
            }
            Event::Text(text) => self.append(&text.xml10_content())?,
            Event::CData(text) => self.append(&text.xml10_content())?,
            Event::GeneralRef(entity) => self.append_entity(entity)?,
            _ => {}
        }
        Ok(())
    }

    /// Whether there was a root element and it has ended.
    pub(crate) fn is_whole(&self) -> bool {
        self.depth == 0 && self.any_element
    }

    /// Text may come in several pieces, around references and comments.
    fn append(&mut self, piece: &str) -> Result<(), Fault> {
        if self.text.len() + piece.len() > self.limits.event_bytes {
            return Err(Fault::Event);
        }
        if !self.inside.is_empty() {
            self.text.push_str(piece);
        }
        Ok(())
    }

    /// References of XML itself are resolved; a document's own entities never are.
    fn append_entity(&mut self, entity: &BytesRef<'_>) -> Result<(), Fault> {
        let character = entity.resolve_char_ref().map_err(|e| Fault::Text(e.to_string()))?;
        match character {
            Some(character) => self.append(character.encode_utf8(&mut [0; 4])),
            None => self.append(resolve_predefined_entity(entity).unwrap_or_default()),
        }
    }

    fn keep(&mut self, text: &str) -> Result<String, Fault> {
        self.kept = self.kept.saturating_add(text.len() + KEPT_OVERHEAD);
        if self.kept > self.limits.kept_bytes {
            return Err(Fault::Kept);
        }
        Ok(text.to_owned())
    }

    fn attribute(&mut self, tag: &BytesStart<'_>, name: &str) -> Result<String, Fault> {
        match raw_attribute(tag, name)? {
            Some(value) => self.keep(&value),
            None => Ok(String::new()),
        }
    }

    fn enter(&mut self, what: Inside) {
        self.inside.push((self.depth, what));
    }

    fn here(&self) -> Inside {
        self.inside.last().map_or(Inside::Nothing, |(_, what)| *what)
    }

    fn open(&mut self, tag: &BytesStart<'_>) -> Result<(), Fault> {
        self.text.clear();
        self.any_element = true;
        match (self.here(), tag.local_name().as_ref()) {
            (Inside::Nothing, "audioProgramme") => {
                let programme = Programme {
                    id: self.attribute(tag, "audioProgrammeID")?,
                    name: self.attribute(tag, "audioProgrammeName")?,
                    start: self.attribute(tag, "start")?,
                    end: self.attribute(tag, "end")?,
                    loudness: Vec::new(),
                };
                self.summary.programmes.push(programme);
                self.enter(Inside::Programme);
            }
            (Inside::Nothing, "audioContent") => {
                let id = self.attribute(tag, "audioContentID")?;
                let name = self.attribute(tag, "audioContentName")?;
                self.summary.contents.push(Content { id, name, objects: 0 });
                self.enter(Inside::Content);
            }
            (Inside::Nothing, "audioObject") => {
                let id = self.attribute(tag, "audioObjectID")?;
                let name = self.attribute(tag, "audioObjectName")?;
                self.objects.push(RawObject { id, name, ..RawObject::default() });
                self.enter(Inside::Object);
            }
            (Inside::Nothing, "audioPackFormat") => {
                let id = self.attribute(tag, "audioPackFormatID")?;
                let label = match raw_attribute(tag, "typeLabel")? {
                    None => raw_attribute(tag, "typeDefinition")?,
                    label => label,
                };
                let kind = kind_of(label.as_deref(), &id);
                self.pack = (id, Pack { kind, channels: Vec::new() });
                self.summary.pack_formats += 1;
                self.enter(Inside::Pack);
            }
            (Inside::Nothing, "audioChannelFormat") => {
                self.channel = (self.attribute(tag, "audioChannelFormatID")?, Channel::default());
                self.summary.channel_formats += 1;
                self.enter(Inside::Channel);
            }
            (Inside::Nothing, "audioTrackUID") => self.summary.track_uids += 1,
            (Inside::Channel, "audioBlockFormat") => {
                self.channel.1.blocks += 1;
                self.summary.blocks += 1;
                self.position = [0.0, 0.0, 0.0];
                self.enter(Inside::Block);
            }
            (Inside::Block, "position") => {
                let bound = raw_attribute(tag, "bound")?.is_some();
                let axis = raw_attribute(tag, "coordinate")?;
                self.coordinate = if bound { None } else { axis.and_then(|a| axis_of(&a)) };
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<(), Fault> {
        let text = std::mem::take(&mut self.text);
        let text = text.trim();
        match (self.here(), name) {
            (Inside::Content, "audioObjectIDRef") => {
                if let Some(content) = self.summary.contents.last_mut() {
                    content.objects += 1;
                }
            }
            (Inside::Programme, name) if LOUDNESS.contains(&name) => {
                let figure = (self.keep(name)?, self.keep(text)?);
                if let Some(programme) = self.summary.programmes.last_mut() {
                    programme.loudness.push(figure);
                }
            }
            (Inside::Object, "audioPackFormatIDRef") => {
                let pack = self.keep(text)?;
                self.objects.last_mut().expect("an object is open").packs.push(pack);
            }
            (Inside::Object, "audioTrackUIDRef") => {
                self.objects.last_mut().expect("an object is open").tracks += 1;
            }
            (Inside::Pack, "audioChannelFormatIDRef") => {
                let channel = self.keep(text)?;
                self.pack.1.channels.push(channel);
            }
            (Inside::Block, "speakerLabel") if self.channel.1.label.is_none() => {
                self.channel.1.label = Some(self.keep(text)?);
            }
            (Inside::Block, "position") => {
                if let (Some(axis), Ok(value)) = (self.coordinate.take(), text.parse::<f64>()) {
                    self.position[axis] = value;
                }
            }
            _ => {}
        }
        if self.inside.last().is_some_and(|(depth, _)| *depth == self.depth) {
            self.leave();
        }
        Ok(())
    }

    fn leave(&mut self) {
        match self.inside.pop().map(|(_, what)| what) {
            Some(Inside::Block) => {
                let channel = &mut self.channel.1;
                let first = *channel.first_position.get_or_insert(self.position);
                channel.moves |= first != self.position;
            }
            Some(Inside::Pack) => {
                let (id, pack) = std::mem::take(&mut self.pack);
                self.packs.insert(id, pack);
            }
            Some(Inside::Channel) => {
                let (id, channel) = std::mem::take(&mut self.channel);
                self.channels.insert(id, channel);
            }
            _ => {}
        }
    }

    pub(crate) fn finish(mut self) -> Result<Summary, Fault> {
        // Each pack is followed once, and labels that packs or objects share are charged to each of
        // them: a hostile web of references costs no more than the text it is made of.
        let (packs, channels) =
            (std::mem::take(&mut self.packs), std::mem::take(&mut self.channels));
        let mut followed = HashMap::with_capacity(packs.len());
        for (id, pack) in packs {
            followed.insert(id, self.follow(&pack, &channels)?);
        }
        for object in std::mem::take(&mut self.objects) {
            let first = object.packs.first().map_or("", String::as_str);
            let unknown = PackSummary { kind: kind_of(None, first), ..PackSummary::default() };
            let pack = followed.get(first).unwrap_or(&unknown);
            let labels: Result<_, Fault> = pack.labels.iter().map(|l| self.keep(l)).collect();
            self.summary.objects.push(ObjectSummary {
                id: object.id,
                name: object.name,
                kind: pack.kind,
                tracks: object.tracks,
                blocks: pack.blocks,
                moves: pack.moves,
                speaker_labels: labels?,
                bed_format: bed_format_of(&pack.labels),
            });
        }
        Ok(self.summary)
    }

    fn follow(
        &mut self,
        pack: &Pack,
        channels: &HashMap<String, Channel>,
    ) -> Result<PackSummary, Fault> {
        let mut followed = PackSummary { kind: pack.kind, ..PackSummary::default() };
        for channel in pack.channels.iter().filter_map(|id| channels.get(id)) {
            followed.blocks = followed.blocks.saturating_add(channel.blocks);
            followed.moves |= channel.moves;
            if let Some(label) = &channel.label {
                followed.labels.push(self.keep(label)?);
            }
        }
        Ok(followed)
    }
}

/// The first attribute of that local name. At most 64 attributes are looked at.
fn raw_attribute(tag: &BytesStart<'_>, name: &str) -> Result<Option<String>, Fault> {
    let mut attributes = tag.attributes();
    // Looking for duplicates would take time that grows with the square of their number.
    for attribute in attributes.with_checks(false).take(64) {
        let attribute = attribute.map_err(|e| Fault::Text(e.to_string()))?;
        if attribute.key.local_name().as_ref() == name {
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|e| Fault::Text(e.to_string()))?;
            return Ok(Some(value.into_owned()));
        }
    }
    Ok(None)
}

/// The type from `typeLabel` or `typeDefinition`, or else from the digits of an identifier such as `AP_00031001`.
fn kind_of(label: Option<&str>, id: &str) -> AdmKind {
    AdmKind::from_label(label.or_else(|| id.get(3..7)).unwrap_or_default())
}

fn axis_of(coordinate: &str) -> Option<usize> {
    match coordinate {
        "X" | "azimuth" => Some(0),
        "Y" | "elevation" => Some(1),
        "Z" | "distance" => Some(2),
        _ => None,
    }
}

fn bed_format_of(labels: &[String]) -> Option<BedFormat> {
    let labels: Option<Vec<BedLabel>> = labels
        .iter()
        .map(|label| label.strip_prefix("RC_").and_then(BedLabel::from_name))
        .collect();
    let labels = labels?;
    BedFormat::ALL.into_iter().find(|format| format.channels() == labels)
}
