//! The elements of a document, as far as an import needs them.

use super::block::{Block, gain_of};
use super::features::{Feature, head_locked, importance};
use super::field::FieldWords;
use super::screen::screen_of;
use super::speakers::common_label;
use super::time::Time;
use super::{EXACT_SHARE, Essence, MAX_POINTS};
use crate::check::report::{Report, Where};
use crate::collect::Fault;
use crate::node::Node;
use crate::pieces::Piece;
use crate::rules::import as rules;
use crate::{AdmError, AdmKind, ReadLimits};
use cupola_model::automation::{
    BlockRecorder, BlockSequence, BlockSpan, ExactSpan, Movement, TimeRule,
};
use cupola_model::features::LongestHeld;
use cupola_model::{LinearGain, ObjectFeatures, Position, SampleRate, Screen, TimedPoint};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The name that makes a programme an Atmos master. [Atmos-ADM]
const ATMOS_PROGRAMME: &str = "Atmos_Master";
/// Frames by which rounded times may miss each other: 1e-5 s each, and the rounding to frames.
const ROUNDING_S: f64 = 3e-5;
/// What an element costs besides its text.
const OVERHEAD: usize = 256;

/// References of one kind, in order, upper case made lower.
pub(super) type References = Vec<String>;

/// A programme or content: a name and what it holds.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) members: References,
    pub(super) offset: u64,
}

/// A programme: what it holds, how long it says it is, and its screen.
#[derive(Debug)]
pub(super) struct Programme {
    pub(super) group: Group,
    /// When it starts on the clock of its session, in frames.
    pub(super) start: u64,
    pub(super) length: Option<u64>,
    pub(super) screen: Screen,
}

#[derive(Debug)]
pub(super) struct Object {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) offset: u64,
    pub(super) start: Option<u64>,
    /// The same in frames and fractions of them.
    pub(super) exact_start: f64,
    pub(super) duration: Option<u64>,
    pub(super) gain: LinearGain,
    pub(super) objects: References,
    pub(super) packs: References,
    pub(super) tracks: References,
    pub(super) complements: bool,
    pub(super) importance: Option<u8>,
    pub(super) head_locked: bool,
    pub(super) left_out: Vec<Feature>,
}

#[derive(Debug)]
pub(super) struct Pack {
    pub(super) kind: AdmKind,
    pub(super) channels: References,
    pub(super) packs: References,
    /// What it says of the components in it.
    pub(super) field: FieldWords,
}

#[derive(Debug)]
pub(super) struct Channel {
    pub(super) kind: AdmKind,
    pub(super) name: String,
    pub(super) offset: u64,
    pub(super) id: String,
    /// Labels and place of the first block.
    pub(super) labels: Vec<String>,
    pub(super) position: Option<Position>,
    pub(super) gain: LinearGain,
    pub(super) lfe: bool,
    /// What the first block says of an ambisonic component.
    pub(super) field: FieldWords,
    pub(super) blocks: u64,
    pub(super) points: Vec<TimedPoint>,
    /// Its blocks one by one, where the renderer of the ITU would play them so.
    pub(super) sequence: Option<Arc<BlockSequence>>,
    /// What its blocks say that a timeline has once.
    pub(super) features: LongestHeld<ObjectFeatures>,
    pub(super) left_out: Vec<Feature>,
}

#[derive(Debug)]
pub(super) struct Uid {
    pub(super) id: String,
    pub(super) offset: u64,
    pub(super) track_format: String,
    pub(super) channel: String,
    pub(super) pack: String,
}

/// All of it, by lower-case identifier where things are looked up.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub(super) programmes: Vec<Programme>,
    pub(super) contents: BTreeMap<String, Group>,
    pub(super) objects: Vec<Object>,
    pub(super) packs: BTreeMap<String, Pack>,
    pub(super) channels: BTreeMap<String, Channel>,
    /// The channel of every stream, and the stream of every track format.
    pub(super) streams: BTreeMap<String, String>,
    pub(super) track_formats: BTreeMap<String, String>,
    pub(super) uids: Vec<Uid>,
    pub(super) extended: bool,
}

/// Gathers the pieces of a document.
pub(super) struct Gatherer<'a> {
    essence: &'a Essence,
    pub(super) limits: ReadLimits,
    kept: usize,
    points: usize,
    /// Points and runs of blocks kept one by one.
    exact: usize,
    /// The first channel whose blocks found no more room.
    pub(super) crowded: Option<Where>,
    pub(super) atmos: bool,
    pub(super) document: Document,
    pub(super) report: Report,
    channel: Option<Open>,
    /// Identifiers of all elements.
    ids: BTreeSet<String>,
}

/// A channel while its blocks come in.
struct Open {
    id: String,
    channel: Channel,
    movement: Movement,
    end: Option<u64>,
    /// None for an Atmos master, and when there is no room for more.
    blocks: Option<BlockRecorder>,
    exact_end: f64,
}

impl<'a> Gatherer<'a> {
    pub(super) fn new(essence: &'a Essence, limits: ReadLimits) -> Self {
        Self {
            essence,
            limits,
            kept: 0,
            points: 0,
            exact: 0,
            crowded: None,
            atmos: essence.atmos,
            document: Document::default(),
            report: Report::default(),
            channel: None,
            ids: BTreeSet::new(),
        }
    }

    /// The identifier of an element, in lower case. Of two elements that have the same only one can be
    /// referred to.
    fn id_of(&mut self, node: &Node) -> String {
        let id = node.id().to_ascii_lowercase();
        if !id.is_empty() && !self.ids.insert(id.clone()) {
            let message = format!("two elements have the identifier {}", node.id());
            self.report.warning(rules::ID_TWICE, Where::of(node), message, node.id(), "one");
        }
        id
    }

    pub(super) fn take(&mut self, piece: Piece) -> Result<(), AdmError> {
        match piece {
            Piece::Root(_) => Ok(()),
            Piece::Extended(_) => {
                self.document.extended = true;
                Ok(())
            }
            Piece::Element(node) => self.element(&node),
            Piece::Channel(node) => self.open_channel(&node),
            Piece::Part(node) => self.part(&node),
            Piece::ChannelEnd => {
                if let Some(open) = self.channel.take() {
                    self.points += open.movement.points();
                    let points = open.movement.finish();
                    let sequence = open.blocks.and_then(BlockRecorder::finish).map(Arc::new);
                    self.exact += sequence.as_ref().map_or(0, |sequence| sequence.kept());
                    let channel = Channel { points, sequence, ..open.channel };
                    self.document.channels.insert(open.id, channel);
                }
                Ok(())
            }
        }
    }

    fn charge(&mut self, node: &Node) -> Result<(), AdmError> {
        let text = |node: &Node| node.attributes.iter().map(|(_, v)| v.len()).sum::<usize>();
        let children = node.children.iter().map(|child| child.text.len() + text(child) + OVERHEAD);
        self.kept = self.kept.saturating_add(text(node) + OVERHEAD + children.sum::<usize>());
        if self.kept > self.limits.kept_bytes {
            return Err(Fault::Kept.at(node.offset, &self.limits));
        }
        Ok(())
    }

    fn element(&mut self, node: &Node) -> Result<(), AdmError> {
        self.charge(node)?;
        let id = self.id_of(node);
        match node.name.as_str() {
            "audioProgramme" => self.programme(node, id),
            "audioContent" => {
                let members = self.references(node, "audioObjectIDRef");
                let content = group(node, "audioContentName", id.clone(), members);
                self.document.contents.insert(id, content);
            }
            "audioObject" => self.object(node, id),
            "audioPackFormat" => {
                let pack = Pack {
                    kind: kind_of(node, &id),
                    channels: self.references(node, "audioChannelFormatIDRef"),
                    packs: self.references(node, "audioPackFormatIDRef"),
                    field: FieldWords::of(node),
                };
                self.document.packs.insert(id, pack);
            }
            "audioStreamFormat" => self.stream(node, id),
            "audioTrackFormat" => {
                if let Some(stream) = self.references(node, "audioStreamFormatIDRef").pop() {
                    self.document.track_formats.insert(id, stream);
                }
            }
            "audioTrackUID" => self.uid(node, id),
            _ => {}
        }
        Ok(())
    }

    fn programme(&mut self, node: &Node, id: String) {
        let members = self.references(node, "audioContentIDRef");
        let group = group(node, "audioProgrammeName", id, members);
        let rate = self.essence.sample_rate;
        let time = |name| Time::parse(node.attribute(name)).map(|time| time.frames(rate));
        let start = time("start").unwrap_or(0);
        let length = time("end").map(|end| end.saturating_sub(start));
        self.atmos |= self.document.programmes.is_empty() && group.name == ATMOS_PROGRAMME;
        let screen = screen_of(node, &mut self.report);
        self.document.programmes.push(Programme { group, start, length, screen });
    }

    fn object(&mut self, node: &Node, id: String) {
        let start = if node.attribute("start").is_empty() && !node.attribute("startTime").is_empty()
        {
            let (place, found) = (Where::of(node), node.attribute("startTime"));
            let message = "the object has startTime instead of start";
            self.report.warning(rules::OBJECT_START_TIME, place, message, found, "start");
            self.time(node, "startTime")
        } else {
            self.time(node, "start")
        };
        let rate = self.essence.sample_rate;
        let muted = node.child("mute").is_some_and(|mute| mute.text == "1");
        let gain = node.child("gain").and_then(gain_of).filter(|gain| (0.0..1e6).contains(gain));
        let object = Object {
            id,
            name: node.attribute("audioObjectName").to_owned(),
            offset: node.offset,
            start: start.map(|start| start.frames(rate)),
            exact_start: start.map_or(0.0, |start| start.exact_frames(rate)),
            duration: self.time(node, "duration").map(|duration| duration.frames(rate)),
            gain: if muted {
                LinearGain::SILENCE
            } else {
                gain.map_or(LinearGain::UNITY, LinearGain)
            },
            objects: self.references(node, "audioObjectIDRef"),
            packs: self.references(node, "audioPackFormatIDRef"),
            tracks: self.references(node, "audioTrackUIDRef"),
            complements: node.child("audioComplementaryObjectIDRef").is_some(),
            importance: importance(node.attribute("importance")),
            head_locked: head_locked(node),
            left_out: Feature::of_object(node),
        };
        self.document.objects.push(object);
    }

    fn time(&mut self, node: &Node, name: &str) -> Option<Time> {
        let text = node.attribute(name);
        let time = Time::parse(text);
        if time.is_none() && !text.is_empty() {
            let (place, message) = (Where::of(node), format!("{name} cannot be read"));
            self.report.warning(rules::TIME_FORM, place, message, text, "hh:mm:ss.fffff");
        }
        time
    }

    fn stream(&mut self, node: &Node, id: String) {
        let channel = self.references(node, "audioChannelFormatIDRef").pop();
        let double = channel.is_some() && node.child("audioPackFormatIDRef").is_some();
        // Masters in Dolby's profile want it so.
        if double && !self.atmos {
            let message = "the stream refers to a channel and to a pack";
            let allowed = "one of them";
            self.report.warning(rules::STREAM_DOUBLE, Where::of(node), message, "both", allowed);
        }
        if let Some(channel) = channel {
            for track in self.references(node, "audioTrackFormatIDRef") {
                // A track that says itself where it belongs is read later or was read before.
                self.document.track_formats.entry(track).or_insert_with(|| id.clone());
            }
            self.document.streams.insert(id, channel);
        }
    }

    fn uid(&mut self, node: &Node, id: String) {
        let rate = self.essence.sample_rate.hz().to_string();
        let found = node.attribute("sampleRate");
        if !found.is_empty() && found != rate {
            let message = "the track has another rate than the sound";
            self.report.warning(rules::TRACK_FORMAT, Where::of(node), message, found, rate);
        }
        let mut one = |name| self.references(node, name).pop().unwrap_or_default();
        let uid = Uid {
            id,
            offset: node.offset,
            track_format: one("audioTrackFormatIDRef"),
            channel: one("audioChannelFormatIDRef"),
            pack: one("audioPackFormatIDRef"),
        };
        self.document.uids.push(uid);
    }

    /// What an element refers to; the same thing twice counts once.
    fn references(&mut self, node: &Node, name: &str) -> References {
        let mut found = References::new();
        for reference in node.all(name) {
            let id = reference.text.to_ascii_lowercase();
            // The track of silence may be wanted more than once.
            if found.contains(&id) && id != super::SILENT_UID {
                let message = format!("{} is referred to twice", reference.text);
                let (place, found) = (Where::of(node), reference.text.clone());
                self.report.warning(rules::REFERENCE_TWICE, place, message, found, "once");
                continue;
            }
            found.push(id);
        }
        found
    }

    fn open_channel(&mut self, node: &Node) -> Result<(), AdmError> {
        self.charge(node)?;
        let id = self.id_of(node);
        let kind = kind_of(node, &id);
        let rule = if self.atmos { TimeRule::Atmos } else { TimeRule::Itu };
        let channel = Channel {
            kind,
            name: node.attribute("audioChannelFormatName").to_owned(),
            offset: node.offset,
            id: node.id().to_owned(),
            labels: Vec::new(),
            position: None,
            gain: LinearGain::UNITY,
            lfe: false,
            field: FieldWords::default(),
            blocks: 0,
            points: Vec::new(),
            sequence: None,
            features: LongestHeld::default(),
            left_out: Vec::new(),
        };
        let rate = self.essence.sample_rate;
        let movement = Movement::new(rule, rate);
        let blocks =
            (rule == TimeRule::Itu).then(|| BlockRecorder::new(ROUNDING_S * f64::from(rate.hz())));
        self.channel = Some(Open { id, channel, movement, end: None, blocks, exact_end: 0.0 });
        Ok(())
    }

    fn part(&mut self, node: &Node) -> Result<(), AdmError> {
        let Some(open) = &mut self.channel else { return Ok(()) };
        if node.name == "frequency" {
            let low = node.attribute("typeDefinition") == "lowPass";
            open.channel.lfe |= low && node.text.parse::<f64>().is_ok_and(|hz| hz <= 200.0);
        }
        if node.name != "audioBlockFormat" {
            return Ok(());
        }
        open.channel.blocks += 1;
        match open.channel.kind {
            AdmKind::DirectSpeakers if open.channel.blocks == 1 => {
                let block = Block::read(node, self.essence.sample_rate, &mut self.report);
                open.channel.labels = block.labels;
                open.channel.labels.truncate(8);
                open.channel.position = block.position;
                open.channel.gain = block.gain;
            }
            AdmKind::DirectSpeakers if open.channel.blocks == 2 => {
                let (place, message) = (Where::of(node), "the bed channel has more blocks");
                self.report.warning(rules::BED_BLOCKS, place, message, "2 or more", "1");
            }
            AdmKind::Hoa if open.channel.blocks == 1 => {
                open.channel.field = FieldWords::of(node);
                let gain = node.child("gain").and_then(gain_of);
                let gain = gain.filter(|gain| (0.0..1e6).contains(gain));
                open.channel.gain = gain.map_or(LinearGain::UNITY, LinearGain);
            }
            AdmKind::Objects => {
                open.take(node, self.essence.sample_rate, &mut self.report);
                if self.points + open.movement.points() > MAX_POINTS {
                    let what = "there are too many points of movement";
                    let offset = node.offset;
                    return Err(AdmError::TooLarge { offset, what, allowed: MAX_POINTS });
                }
                let kept = open.blocks.as_ref().map_or(0, BlockRecorder::kept);
                if self.exact + kept > self.limits.kept_bytes / EXACT_SHARE {
                    open.blocks = None;
                    self.crowded.get_or_insert_with(|| Where::of(node));
                }
            }
            _ => {}
        }
        Ok(())
    }
}

impl Open {
    /// Takes a block of an object.
    fn take(&mut self, node: &Node, rate: SampleRate, report: &mut Report) {
        let block = Block::read(node, rate, report);
        for feature in &block.left_out {
            if !self.channel.left_out.contains(feature) {
                self.channel.left_out.push(*feature);
            }
        }
        if block.position.is_none() {
            let (place, message) = (Where::of(node), "the block has no position");
            report.warning(rules::BLOCK_POSITION, place, message, "", "azimuth or X and Y");
        }
        let Some(state) = block.state(self.movement.state()) else { return };
        let start = block.start.map(|start| start.frames(rate)).or(self.end).unwrap_or(0);
        let duration = block.duration.map_or(0, |duration| duration.frames(rate));
        let end = start.saturating_add(duration);
        self.check_tiling(node, start, rate, report);
        // A block without an end lasts a frame at least.
        self.channel.features.add(block.features, end.saturating_sub(start).max(1));
        let nearest = |frames: f64| rate.frame_at(frames / f64::from(rate.hz())).0;
        let reached_after = block.reached_after.map(nearest);
        self.movement.take(BlockSpan { start, end, reached_after }, state);
        self.end = Some(end);
        if let Some(blocks) = &mut self.blocks {
            let exact = |time: Time| time.exact_frames(rate);
            let start = block.start.map_or(self.exact_end, exact);
            let length = block.duration.map_or(f64::INFINITY, exact);
            self.exact_end = start + length;
            blocks.push(ExactSpan { start, length, reached_after: block.reached_after }, state);
        }
    }

    fn check_tiling(&self, node: &Node, start: u64, rate: SampleRate, report: &mut Report) {
        let Some(end) = self.end else { return };
        if end == start {
            return;
        }
        let seconds = |frame: u64| format!("{:.5} s", frame as f64 / f64::from(rate.hz()));
        let rule = if end.abs_diff(start) <= rounding(rate) {
            rules::BLOCK_ROUNDING
        } else {
            rules::BLOCK_GAP
        };
        let verb = if end > start { "overlaps" } else { "leaves a gap after" };
        let message = format!("the block {verb} the one before");
        report.warning(rule, Where::of(node), message, seconds(start), seconds(end));
    }
}

fn rounding(rate: SampleRate) -> u64 {
    rate.frame_at(ROUNDING_S).0.max(1)
}

fn group(node: &Node, name: &str, id: String, members: References) -> Group {
    Group { id, name: node.attribute(name).to_owned(), members, offset: node.offset }
}

/// The type an element states, or the one its identifier is numbered as.
fn kind_of(node: &Node, id: &str) -> AdmKind {
    let stated = [node.attribute("typeLabel"), node.attribute("typeDefinition")];
    let kinds = stated.into_iter().map(AdmKind::from_label);
    kinds.into_iter().find(|kind| *kind != AdmKind::Unknown).unwrap_or_else(|| kind_of_id(id))
}

/// The type that the digits of an identifier say.
pub(super) fn kind_of_id(id: &str) -> AdmKind {
    let digits = id.split('_').nth(1).and_then(|code| code.get(..4)).unwrap_or_default();
    AdmKind::from_label(digits)
}

impl Document {
    /// The channel a track format leads to. Where the document does not define it, its digits say it.
    pub(super) fn channel_of_track(&self, track_format: &str) -> Option<String> {
        let stream = self.track_formats.get(track_format);
        let channel = stream.and_then(|stream| self.streams.get(stream)).cloned();
        channel.or_else(|| {
            let code = track_format.split('_').nth(1)?;
            let id = format!("ac_{code}");
            (self.channels.contains_key(&id) || common_label(code).is_some()).then_some(id)
        })
    }
}
