//! Elements to items: who is heard, where, and from which channel of the file.

use super::document::{Channel, Document, Gatherer, Object, Programme, kind_of_id};
use super::features::Feature;
use super::heard::{dangling, heard_objects};
use super::place::place;
use super::speakers::{Speaker, by_label, by_position, common_label, common_pack};
use super::tracks::{Track, assign_tracks};
use super::{EXACT_SHARE, Essence, Import, ImportLane, MAX_LANES, MAX_POINTS, SILENT_UID};
use crate::check::report::{Report, Where};
use crate::rules::import as rules;
use crate::text::clean_name;
use crate::{AdmError, AdmKind};
use cupola_model::{
    Automation, Bed, BedChannel, BedFormat, BedLabel, BinauralMode, Envelope, FrameIndex, Item,
    LinearGain, Object as Item3d, ObjectFeatures, ObjectState, Position, Screen, TimedPoint,
    TrackIndex,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Deepest nesting of objects and packs.
pub(super) const MAX_NESTING: usize = 16;
/// Names listed in one finding.
const SHOWN_NAMES: usize = 8;

pub(super) fn resolve(gatherer: Gatherer<'_>, essence: &Essence) -> Result<Import, AdmError> {
    let Gatherer { atmos, document, mut report, crowded, limits, .. } = gatherer;
    if !document.extended {
        let message = "there is no audioFormatExtended in the document".to_owned();
        return Err(AdmError::Malformed { offset: 0, message });
    }
    check_programmes(&document, essence, &mut report);
    let tracks = assign_tracks(&document, essence, &mut report);
    let mut resolver = Resolver {
        document: &document,
        essence,
        tracks,
        report,
        beds: Vec::new(),
        objects: Vec::new(),
        points: 0,
        exact_left: limits.kept_bytes / EXACT_SHARE,
        crowded,
        lanes: 0,
        left_out: BTreeMap::new(),
    };
    for (object, groups) in heard_objects(&document, &mut resolver.report) {
        resolver.object(object, &groups)?;
    }
    resolver.report_features();
    resolver.report_crowded();
    let first = document.programmes.first();
    let screen = first.map_or(Screen::USUAL, |programme| programme.screen);
    let start = first.map_or(0, |programme| programme.start);
    let name = first.map_or("", |programme| programme.group.name.as_str());
    let name = if name == "Atmos_Master" { "" } else { name };
    let name = clean_name(name, String::new);
    Ok(Import { start, screen, ..resolver.finish(name, atmos) })
}

fn check_programmes(document: &Document, essence: &Essence, report: &mut Report) {
    let Some(Programme { group: first, length, .. }) = document.programmes.first() else { return };
    let place = Where::at(first.offset, &first.id);
    if document.programmes.len() > 1 {
        let others = document.programmes[1..].iter().map(|programme| programme.group.name.as_str());
        let names = others.take(SHOWN_NAMES).collect::<Vec<_>>().join(", ");
        let message = "there is more than one programme";
        report.warning(rules::PROGRAMMES, place.clone(), message, names, first.name.as_str());
    }
    let rate = f64::from(essence.sample_rate.hz());
    // 1e-5 s of rounding, and half a frame of ours.
    let tolerance = 1 + essence.sample_rate.frame_at(2e-5).0;
    if let Some(length) = length
        && length.abs_diff(essence.frames) > tolerance
    {
        let seconds = |frames: u64| format!("{:.5} s", frames as f64 / rate);
        let message = "the programme and the sound differ in length";
        let (found, allowed) = (seconds(*length), seconds(essence.frames));
        report.warning(rules::PROGRAMME_LENGTH, place, message, found, allowed);
    }
}

pub(super) struct Resolver<'d> {
    pub(super) document: &'d Document,
    essence: &'d Essence,
    tracks: BTreeMap<String, Track>,
    pub(super) report: Report,
    pub(super) beds: Vec<(Item, Vec<ImportLane>)>,
    objects: Vec<(Item3d, ImportLane)>,
    points: usize,
    /// Points and runs of blocks that may still be kept one by one.
    exact_left: usize,
    /// The first thing whose blocks found no more room.
    crowded: Option<Where>,
    lanes: usize,
    /// Who uses what a scene does not have.
    pub(super) left_out: BTreeMap<Feature, Vec<String>>,
}

/// A channel of an object, ready to be placed.
pub(super) struct Part<'d> {
    pub(super) lane: ImportLane,
    name: String,
    id: String,
    pub(super) format: Option<&'d Channel>,
}

impl<'d> Resolver<'d> {
    fn object(&mut self, object: &'d Object, groups: &[String]) -> Result<(), AdmError> {
        let envelope = self.envelope(object);
        let fallback = || object.id.to_ascii_uppercase();
        let name = clean_name(&object.name, fallback);
        let in_pack = self.channels_of_packs(object);
        let mut beds = Vec::new();
        let mut points = Vec::new();
        let mut components = Vec::new();
        let mut left_out: Vec<AdmKind> = Vec::new();
        for (index, uid) in object.tracks.iter().enumerate() {
            let track = self.tracks.get(uid);
            if track.is_none() && uid != SILENT_UID {
                dangling(&mut self.report, Where::at(object.offset, &object.id), uid);
            }
            let known = track.and_then(|track| track.format.clone());
            let known = known.filter(|id| self.knows(id));
            let by_place = in_pack.get(index).cloned();
            if let Some(id) =
                known.as_ref().filter(|id| !in_pack.is_empty() && !in_pack.contains(*id))
            {
                let place = Where::at(object.offset, &object.id);
                let message =
                    format!("the track {uid} is of a channel that is not in the object's pack");
                self.report.warning(
                    rules::TRACK_PACK,
                    place,
                    message,
                    id.as_str(),
                    in_pack.join(", "),
                );
            }
            if known.is_none() && uid != SILENT_UID && track.is_some() {
                let message = "the track leads to no channel";
                let (place, allowed) = (Where::at(object.offset, &object.id), by_place.clone());
                let allowed = allowed.unwrap_or_default();
                self.report.warning(rules::CHANNEL_UNKNOWN, place, message, uid.as_str(), allowed);
            }
            let channel = track.and_then(|track| track.channel);
            let pack = track.map_or("", |track| track.pack.as_str());
            let Some(id) = known.or(by_place) else { continue };
            let format = self.document.channels.get(&id);
            let gain = LinearGain(object.gain.0 * format.map_or(1.0, |format| format.gain.0));
            let kind = self.kind_of(&id, pack, format);
            // The gains of objects are in their movement.
            let gain = if kind == AdmKind::Objects { object.gain } else { gain };
            let sources = channel.map(|channel| (channel, gain, envelope.clone()));
            let lane = ImportLane { sources: sources.into_iter().collect() };
            let part_name = format.map_or("", |format| format.name.as_str());
            let part = Part { lane, name: clean_name(part_name, String::new), id, format };
            match kind {
                AdmKind::DirectSpeakers => beds.push(part),
                AdmKind::Objects => points.push(part),
                AdmKind::Hoa => components.push((part, pack.to_owned())),
                other => left_out.push(other),
            }
        }
        self.report_kinds(object, &name, &left_out);
        self.lanes += beds.len() + points.len() + components.len();
        if self.lanes > MAX_LANES {
            let what = "there are too many tracks";
            return Err(AdmError::TooLarge { offset: object.offset, what, allowed: MAX_LANES });
        }
        self.moving(object, &name, groups, points)?;
        self.bed(object, &name, groups, beds);
        self.field(object, &name, groups, components);
        for feature in &object.left_out {
            self.left_out.entry(*feature).or_default().push(name.clone());
        }
        Ok(())
    }

    fn knows(&self, id: &str) -> bool {
        let code = id.strip_prefix("ac_").unwrap_or_default();
        self.document.channels.contains_key(id)
            || common_label(code).is_some()
            || !matches!(
                kind_of_id(id),
                AdmKind::Unknown | AdmKind::Objects | AdmKind::DirectSpeakers
            )
    }

    fn kind_of(&self, id: &str, pack: &str, format: Option<&Channel>) -> AdmKind {
        let stated = format.map(|format| format.kind).filter(|kind| *kind != AdmKind::Unknown);
        let pack = self.document.packs.get(pack).map(|pack| pack.kind);
        stated.or(pack.filter(|kind| *kind != AdmKind::Unknown)).unwrap_or_else(|| kind_of_id(id))
    }

    /// The channels of an object's packs in their order, for tracks that do not say theirs.
    fn channels_of_packs(&self, object: &Object) -> Vec<String> {
        let mut channels = Vec::new();
        for pack in &object.packs {
            self.channels_of_pack(pack, 0, &mut channels);
        }
        channels
    }

    fn channels_of_pack(&self, id: &str, depth: usize, channels: &mut Vec<String>) {
        if depth > MAX_NESTING || channels.len() > MAX_LANES {
            return;
        }
        match self.document.packs.get(id) {
            Some(pack) => {
                for nested in &pack.packs {
                    self.channels_of_pack(nested, depth + 1, channels);
                }
                channels.extend(pack.channels.iter().cloned());
            }
            None => {
                let code = id.strip_prefix("ap_").unwrap_or_default();
                channels.extend(common_pack(code).unwrap_or_default());
            }
        }
    }

    /// Silence outside the object's own time, where that is not all of the sound.
    fn envelope(&mut self, object: &Object) -> Option<Arc<Envelope>> {
        let rate = f64::from(self.essence.sample_rate.hz());
        let tolerance = 1 + self.essence.sample_rate.frame_at(2e-5).0;
        let frames = self.essence.frames;
        let start = object.start.unwrap_or(0);
        let end = object.duration.map_or(frames, |duration| start.saturating_add(duration));
        if start >= frames || end > frames.saturating_add(tolerance) {
            let seconds = |frame: u64| format!("{:.5} s", frame as f64 / rate);
            let (place, message) =
                (Where::at(object.offset, &object.id), "the object lasts beyond the sound");
            let found = format!("{} to {}", seconds(start), seconds(end));
            self.report.warning(rules::OBJECT_TIME, place, message, found, seconds(frames));
        }
        let mut points = Vec::new();
        let (on, off) = (LinearGain::UNITY, LinearGain::SILENCE);
        if start > 0 {
            points.push((FrameIndex(start - 1), off));
            points.push((FrameIndex(start), on));
        }
        if end.saturating_add(tolerance) < frames && end > start.saturating_add(1) {
            points.push((FrameIndex(end - 1), on));
            points.push((FrameIndex(end), off));
        }
        points.dedup_by_key(|(frame, _)| *frame);
        // Strictly rising by construction, and without points nothing has to change.
        Envelope::new(points).ok().map(Arc::new)
    }

    fn report_kinds(&mut self, object: &Object, name: &str, kinds: &[AdmKind]) {
        let Some(kind) = kinds.first() else { return };
        let message = format!("{name} is of the type {}, which scenes do not have", kind.name());
        let found = format!("{} tracks", kinds.len());
        let place = Where::at(object.offset, &object.id);
        self.report.warning(rules::TYPE, place, message, found, "DirectSpeakers or Objects");
    }

    /// Objects: each channel is one.
    fn moving(
        &mut self,
        object: &Object,
        name: &str,
        groups: &[String],
        parts: Vec<Part<'d>>,
    ) -> Result<(), AdmError> {
        let several = parts.len() > 1;
        for (number, part) in (1..).zip(parts) {
            let name = match (several, part.name.is_empty()) {
                (false, _) => name.to_owned(),
                (true, true) => format!("{name} {number}"),
                (true, false) => format!("{name} {}", part.name),
            };
            let Some(format) = part.format.filter(|format| !format.points.is_empty()) else {
                let message = format!("{name} has no position that can be read");
                let place = Where::at(object.offset, &part.id);
                self.report.warning(rules::OBJECT_POSITION, place, message, "", "");
                continue;
            };
            self.points += format.points.len();
            if self.points > MAX_POINTS {
                let what = "there are too many points of movement";
                return Err(AdmError::TooLarge {
                    offset: format.offset,
                    what,
                    allowed: MAX_POINTS,
                });
            }
            let points = self.points_in_programme(object, &format.points);
            let automation = Automation::new(points).map_err(|fault| AdmError::Malformed {
                offset: format.offset,
                message: format!("the blocks of {} contradict each other: {fault}", format.id),
            })?;
            let automation = self.with_blocks(automation, object, format);
            for feature in &format.left_out {
                self.left_out.entry(*feature).or_default().push(name.clone());
            }
            let features = self.features(object, format, &name);
            self.push_object(name, groups, part.lane, (automation, features));
        }
        Ok(())
    }

    /// An automation that knows the blocks it was made of, as long as there is room for them.
    fn with_blocks(
        &mut self,
        automation: Automation,
        object: &Object,
        format: &Channel,
    ) -> Automation {
        let Some(sequence) = &format.sequence else { return automation };
        let Some(left) = self.exact_left.checked_sub(sequence.kept()) else {
            self.crowded.get_or_insert_with(|| Where::at(object.offset, &object.id));
            return automation;
        };
        self.exact_left = left;
        automation.with_blocks(sequence.clone(), object.exact_start)
    }

    /// Says that some blocks were not kept.
    fn report_crowded(&mut self) {
        let Some(place) = self.crowded.take() else { return };
        let message = "the blocks are too many and too irregular to be kept one by one";
        let note = cupola_model::Severity::Note;
        self.report.add(rules::BLOCKS_CROWDED, note, place, message, "", "");
    }

    /// What a channel is told that does not change, in an object that may matter less.
    fn features(&mut self, object: &Object, format: &Channel, name: &str) -> ObjectFeatures {
        if format.features.varies() {
            let message = format!(
                "snap, zones, divergence, diffuse, importance, headLocked or screen of {name} change"
            );
            let place = Where::at(format.offset, &format.id);
            let allowed = "one value for the programme";
            self.report.warning(rules::FEATURE_VARIES, place, message, "", allowed);
        }
        let mut features = format.features.longest().cloned().unwrap_or_default();
        features.head_locked |= object.head_locked;
        if let Some(importance) = object.importance {
            features.importance = features.importance.min(importance);
        }
        features
    }

    fn push_object(
        &mut self,
        name: String,
        groups: &[String],
        lane: ImportLane,
        (automation, features): (Automation, ObjectFeatures),
    ) {
        let object = Item3d {
            name,
            groups: groups.to_vec(),
            lane: TrackIndex(0),
            binaural: BinauralMode::default(),
            automation,
            features,
        };
        self.objects.push((object, lane));
    }

    /// The points of a channel at the time of the object, up to the end of the sound and in one system
    /// of coordinates.
    fn points_in_programme(&self, object: &Object, points: &[TimedPoint]) -> Vec<TimedPoint> {
        let shift = object.start.unwrap_or(0);
        let room = points.iter().any(|point| matches!(point.state.position, Position::Room(_)));
        let mut moved: Vec<TimedPoint> = Vec::with_capacity(points.len());
        for point in points {
            let frame = FrameIndex(point.frame.0.saturating_add(shift));
            let mut state = point.state;
            if room {
                state.position = Position::Room(state.position.to_room());
            }
            if moved.last().is_some_and(|last| last.frame >= frame) {
                continue;
            }
            moved.push(TimedPoint { frame, state });
            // The first point beyond the end still says where the last line leads.
            if frame.0 > self.essence.frames {
                break;
            }
        }
        moved
    }

    /// Loudspeaker channels: a bed, and objects that stand still for what no bed has.
    fn bed(&mut self, object: &Object, name: &str, groups: &[String], parts: Vec<Part<'d>>) {
        if parts.is_empty() {
            return;
        }
        let speakers: Vec<Speaker> =
            parts.iter().filter_map(|part| self.speaker(object, part)).collect();
        if speakers.len() != parts.len() {
            // Told for each of them.
            return self.bed_of_known(object, name, groups, parts);
        }
        let placed = place(speakers);
        let mut lanes: BTreeMap<usize, ImportLane> = BTreeMap::new();
        let channels = placed.format.map_or(&[][..], BedFormat::channels);
        let mut standing = 0;
        let alone = parts.len() == 1;
        for (part, speaker) in parts.into_iter().zip(placed.places) {
            let index = match speaker {
                Speaker::Bed(label) => channels.iter().position(|other| *other == label),
                Speaker::At(_) => None,
            };
            match (index, speaker) {
                (Some(index), _) => {
                    lanes.entry(index).or_default().sources.extend(part.lane.sources);
                }
                (None, Speaker::At(position)) => {
                    standing += 1;
                    let state = ObjectState { position, gain: LinearGain::UNITY, size: 0.0 };
                    let Ok(automation) = Automation::fixed(state) else { continue };
                    let speaker_name = if part.name.is_empty() { part.id } else { part.name };
                    let name =
                        if alone { name.to_owned() } else { format!("{name} {speaker_name}") };
                    let still = (automation, ObjectFeatures::default());
                    self.push_object(name, groups, part.lane, still);
                }
                (None, Speaker::Bed(_)) => {}
            }
        }
        let Some(format) = placed.format else { return };
        let missing = channels.len() - lanes.len();
        if missing > 0 || standing > 0 {
            let message = format!("the channels of {name} are no set of an Atmos bed");
            let found = format!("{standing} channels became objects, {missing} are silent");
            let place = Where::at(object.offset, &object.id);
            let severity = cupola_model::Severity::Note;
            self.report.add(rules::BED_SPLIT, severity, place, message, found, format.name());
        }
        let lanes = (0..channels.len()).map(|i| lanes.remove(&i).unwrap_or_default()).collect();
        let channel = |label: &BedLabel| BedChannel {
            label: *label,
            lane: TrackIndex(0),
            binaural: BinauralMode::default(),
        };
        let bed = Bed {
            name: name.to_owned(),
            groups: groups.to_vec(),
            format,
            channels: channels.iter().map(channel).collect(),
        };
        self.beds.push((Item::Bed(bed), lanes));
    }

    /// The bed of those channels whose place is known.
    fn bed_of_known(
        &mut self,
        object: &Object,
        name: &str,
        groups: &[String],
        parts: Vec<Part<'d>>,
    ) {
        let mut quiet = Report::default();
        std::mem::swap(&mut quiet, &mut self.report);
        let known: Vec<_> =
            parts.into_iter().filter(|part| self.speaker(object, part).is_some()).collect();
        std::mem::swap(&mut quiet, &mut self.report);
        self.bed(object, name, groups, known);
    }

    fn speaker(&mut self, object: &Object, part: &Part<'d>) -> Option<Speaker> {
        let code = part.id.strip_prefix("ac_").unwrap_or_default();
        let common = || by_label(common_label(code)?);
        let Some(format) = part.format else { return common() };
        let label = format.labels.iter().find_map(|label| by_label(label));
        let place = Where::at(format.offset, &format.id);
        let speaker = match (label, format.position) {
            (Some(label), None) => {
                let found = format.labels.join(" ");
                let message = "the bed channel has a label and no position";
                self.report.warning(rules::LABEL_POSITION, place, message, found, "azimuth or X");
                return Some(label);
            }
            (Some(label), Some(_)) => return Some(label),
            (None, Some(position)) => Some(by_position(position, format.lfe)),
            (None, None) if format.lfe => Some(Speaker::Bed(BedLabel::Lfe)),
            (None, None) => common(),
        };
        if speaker.is_none() {
            let message = format!("a channel of {} has neither label nor position", object.name);
            let found = format.labels.join(" ");
            self.report.warning(rules::CHANNEL_UNKNOWN, place, message, found, "");
        }
        speaker
    }

    fn report_features(&mut self) {
        for (feature, names) in std::mem::take(&mut self.left_out) {
            let shown = names.iter().take(SHOWN_NAMES).cloned().collect::<Vec<_>>().join(", ");
            let more = names.len().saturating_sub(SHOWN_NAMES);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let message = format!("{} has no key in scenes", feature.name());
            let place = Where::at(0, feature.name());
            self.report.warning(rules::FEATURE, place, message, format!("{shown}{more}"), "");
        }
    }

    /// Numbers the lanes: beds first, then objects.
    fn finish(self, name: String, atmos: bool) -> Import {
        let (mut items, mut lanes) = (Vec::new(), Vec::new());
        for (mut bed, bed_lanes) in self.beds {
            for (track, lane) in bed.tracks_mut().zip(bed_lanes) {
                *track = TrackIndex(lanes.len());
                lanes.push(lane);
            }
            items.push(bed);
        }
        for (mut object, lane) in self.objects {
            object.lane = TrackIndex(lanes.len());
            lanes.push(lane);
            items.push(Item::Object(object));
        }
        let (screen, start) = (Screen::USUAL, 0);
        Import { name, atmos, screen, start, items, lanes, findings: self.report.finish() }
    }
}
