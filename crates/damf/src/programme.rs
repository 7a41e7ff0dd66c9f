//! Root and events to the items of a timeline.

use crate::read_events::{Event, Head, MAX_RAMP, read_events};
use crate::read_root::{Root, RootBed};
use crate::report::Report;
use crate::track::Track;
use crate::{DamfError, rules};
use cupola_model::{
    Bed, BedChannel, BedFormat, BedLabel, Envelope, Finding, Item, LinearGain, Object, SampleRate,
    TrackIndex,
};
use std::collections::BTreeMap;
use std::io::{self, BufRead};
use std::sync::Arc;

/// Most points of movement kept altogether: 56 bytes each.
const MAX_POINTS: usize = 4_000_000;
/// Most events that are sorted when they are out of order.
const MAX_SORTED: usize = 500_000;
/// Names listed in one finding.
const SHOWN_NAMES: usize = 8;

/// What the file of sound is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sound {
    /// Frames per second.
    pub sample_rate: SampleRate,
    /// Channels.
    pub channels: u16,
    /// Length in frames.
    pub frames: u64,
}

/// A programme as it was read.
#[derive(Debug)]
pub struct Programme {
    /// Beds first, then objects; their lanes are numbered in this order.
    pub items: Vec<Item>,
    /// What each lane takes.
    pub lanes: Vec<ProgrammeLane>,
}

/// What one lane takes from the sound: the sum of these; silence when there are none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProgrammeLane {
    /// Channel of the sound, from 0, and its gain over time where that is not one.
    pub sources: Vec<(u16, LinearGain, Option<Arc<Envelope>>)>,
}

/// Reads the events of a root into the items of a timeline.
///
/// `open` opens the text: once, or a second time when events are out of order and have to be sorted.
/// `file` is its name, for places; findings go to `sink`. Memory grows with the movement, not with the
/// number of events, and is bounded whatever the text holds.
///
/// An event says what holds from its frame on: with `rampLength` 0 as a block of an ADM master does,
/// otherwise on a straight line that ends so many frames later, or at the next event. [Atmos-DAMF]
///
/// ```
/// use cupola_damf::{Sound, read_programme, read_root};
/// # use cupola_model::SampleRate;
/// let mut ignore = |_| {};
/// let root = "presentations:\n  - metadata: m\n    audio: a\n    bedInstances: []\n    objects:\n      - \
///             description: Voice\n        ID: 10\n";
/// let root = read_root(root.as_bytes(), "S.atmos", &mut ignore)?;
/// let events = "sampleRate: 48000\nevents:\n  - ID: 10\n    samplePos: 0\n    pos: [-1, 1, 0]\n";
/// let sound = Sound { sample_rate: SampleRate::HZ_48000, channels: 1, frames: 48_000 };
/// let open = || Ok(events.as_bytes());
/// let programme = read_programme(&root, open, "S.atmos.metadata", sound, &mut ignore)?;
/// assert_eq!(programme.items[0].name(), "Voice");
/// assert_eq!(programme.lanes[0].sources[0].0, 0);
/// # Ok::<(), cupola_damf::DamfError>(())
/// ```
pub fn read_programme<R: BufRead>(
    root: &Root,
    open: impl FnMut() -> io::Result<R>,
    file: &str,
    sound: Sound,
    sink: &mut dyn FnMut(Finding),
) -> Result<Programme, DamfError> {
    read(root, open, (file, sound, true), sink)
}

/// Reads the events for what is wrong with them alone, as [`read_programme`] does; no movement is kept, so
/// that memory does not grow with it.
pub fn check_events<R: BufRead>(
    root: &Root,
    open: impl FnMut() -> io::Result<R>,
    file: &str,
    sound: Sound,
    sink: &mut dyn FnMut(Finding),
) -> Result<(), DamfError> {
    read(root, open, (file, sound, false), sink).map(|_| ())
}

/// Reads the events; whether movement is kept is the last of the three.
fn read<R: BufRead>(
    root: &Root,
    mut open: impl FnMut() -> io::Result<R>,
    (file, sound, keep): (&str, Sound, bool),
    sink: &mut dyn FnMut(Finding),
) -> Result<Programme, DamfError> {
    let mut report = Report::new(file, sink);
    let mut gatherer = Gatherer::new(root, sound, keep);
    let head = read_events(open()?, &mut report, &mut |head, event, report| {
        gatherer.take(head, event, report)
    })?;
    if let Some(line) = gatherer.disorder {
        let (message, allowed) = ("events are out of order; they were sorted", "by samplePos");
        report.add(rules::EVENTS_ORDER, (line, 1), "events", message, "", allowed);
        // All that is wrong with the lines has been told, of what they mean only what came before.
        report.again_from(u32::MAX);
        let events = all_events(open()?, &mut report)?;
        report.again_from(line);
        gatherer = Gatherer::new(root, sound, keep);
        for (_, event) in events {
            gatherer.take(head, event, &mut report)?;
        }
    }
    check_rate(head, sound, &mut report);
    gatherer.finish(root, &mut report)
}

fn check_rate(head: Head, sound: Sound, report: &mut Report<'_>) {
    let hz = u64::from(sound.sample_rate.hz());
    match head.sample_rate {
        Some(rate) if rate != hz => {
            let message = "the events count in another rate than the sound has";
            let (found, allowed) = (format!("{rate} Hz"), format!("{hz} Hz"));
            report.add(rules::EVENTS_RATE, (0, 0), "sampleRate", message, found, allowed);
        }
        Some(_) => {}
        None => {
            let message = "the sample rate is missing; that of the sound was taken";
            let allowed = hz.to_string();
            report.add(rules::KEY_MISSING, (0, 0), "sampleRate", message, "", allowed);
        }
    }
}

/// The events in the order of their frames, those of one frame in the order of the text.
fn all_events(text: impl BufRead, report: &mut Report<'_>) -> Result<Vec<(u64, Event)>, DamfError> {
    let mut events: Vec<(u64, Event)> = Vec::new();
    let mut before = Before::default();
    read_events(text, report, &mut |_, event, report| {
        if events.len() == MAX_SORTED {
            let what = "there are too many events to be sorted";
            return Err(DamfError::TooLarge { line: event.line, what, allowed: MAX_SORTED });
        }
        let (id, at) = before.complete(&event, report);
        events.push((at, Event { id: Some(id), sample_pos: Some(at), ..event }));
        Ok(())
    })?;
    events.sort_by_key(|(at, _)| *at);
    Ok(events)
}

/// The ID and the frame of the event before, which one that does not say them has too.
#[derive(Clone, Copy, Debug, Default)]
struct Before {
    id: u64,
    at: u64,
    any: bool,
}

impl Before {
    fn complete(&mut self, event: &Event, report: &mut Report<'_>) -> (u64, u64) {
        let mut missing = |key: &str| {
            let message = format!("{key} is missing; that of the event before was taken");
            report.add(rules::KEY_MISSING, (event.line, 1), key, message, "", "a whole number");
        };
        if event.id.is_none() && !self.any {
            missing("ID");
        }
        if event.sample_pos.is_none() {
            missing("samplePos");
        }
        self.any = true;
        self.id = event.id.unwrap_or(self.id);
        self.at = event.sample_pos.unwrap_or(self.at);
        (self.id, self.at)
    }
}

/// What is known of the channels and objects while the events come in.
struct Gatherer<'r> {
    sound: Sound,
    /// The track of each ID.
    by_id: BTreeMap<u64, usize>,
    /// Bed channels and objects in the order of the root.
    tracks: Vec<Track<'r>>,
    before: Before,
    points: usize,
    /// The line of the first event that is earlier than one of the same ID before it.
    disorder: Option<u32>,
}

impl<'r> Gatherer<'r> {
    fn new(root: &'r Root, sound: Sound, keep: bool) -> Self {
        let mut gatherer = Self {
            sound,
            by_id: BTreeMap::new(),
            tracks: Vec::new(),
            before: Before::default(),
            points: 0,
            disorder: None,
        };
        let rate = sound.sample_rate;
        for bed in &root.beds {
            for (label, id) in &bed.channels {
                let place = label.unwrap_or(BedLabel::L).position();
                let track = Track::new(&bed.name, place, rate).of_bed();
                gatherer.add(*id, if keep { track } else { track.without_movement() });
            }
        }
        let middle = cupola_model::RoomPosition { x: 0.0, y: 0.0, z: 0.0 };
        for object in &root.objects {
            let track = Track::new(&object.name, middle, rate);
            gatherer.add(object.id, if keep { track } else { track.without_movement() });
        }
        gatherer
    }

    fn add(&mut self, id: u64, track: Track<'r>) {
        self.by_id.entry(id).or_insert(self.tracks.len());
        self.tracks.push(track);
    }

    fn take(&mut self, head: Head, event: Event, report: &mut Report<'_>) -> Result<(), DamfError> {
        let (id, at) = self.before.complete(&event, report);
        if self.disorder.is_some() {
            return Ok(());
        }
        let Some(index) = self.by_id.get(&id) else {
            let message = "the root does not list this ID";
            report.add(rules::EVENTS_ID, (event.line, 1), "ID", message, id.to_string(), "");
            return Ok(());
        };
        let track = &mut self.tracks[*index];
        let at = frame_at(at, head, self.sound.sample_rate);
        let ramp =
            event.ramp.map(|ramp| frame_at(ramp, head, self.sound.sample_rate).min(MAX_RAMP));
        let event = Event { ramp, ..event };
        if at >= self.sound.frames && at > 0 {
            let (found, allowed) = (at.to_string(), format!("less than {}", self.sound.frames));
            let message = "the event lies beyond the end of the sound";
            report.add(rules::EVENTS_END, (event.line, 1), track.name, message, found, allowed);
            return Ok(());
        }
        if track.last_start().is_some_and(|last| at < last) {
            self.disorder = Some(event.line);
            return Ok(());
        }
        let points = track.points();
        track.take(at, &event, report);
        self.points += track.points().saturating_sub(points);
        if self.points > MAX_POINTS {
            let (line, what) = (event.line, "there are too many points of movement");
            return Err(DamfError::TooLarge { line, what, allowed: MAX_POINTS });
        }
        Ok(())
    }

    fn finish(self, root: &Root, report: &mut Report<'_>) -> Result<Programme, DamfError> {
        let Self { sound, tracks, .. } = self;
        check_channels(root, sound, report);
        told_features(&tracks, report);
        let mut tracks = tracks.into_iter().enumerate().map(|(index, track)| {
            let channel = u16::try_from(index).ok().filter(|channel| *channel < sound.channels);
            (channel, track)
        });
        let mut programme = Programme { items: Vec::new(), lanes: Vec::new() };
        for bed in &root.beds {
            let channels: Vec<_> = tracks.by_ref().take(bed.channels.len()).collect();
            programme.bed(bed, channels, sound, report)?;
        }
        for (object, (channel, track)) in root.objects.iter().zip(tracks) {
            let mut described = track.finish(sound.frames, report)?;
            let sources = channel.map(|channel| (channel, LinearGain::UNITY, None));
            let lane = programme.lane(ProgrammeLane { sources: sources.into_iter().collect() });
            described.features.importance = described.features.importance.min(10);
            programme.items.push(Item::Object(Object {
                name: object.name.clone(),
                groups: object.group.iter().cloned().collect(),
                lane,
                binaural: described.mode,
                automation: described.automation,
                features: described.features,
            }));
        }
        Ok(programme)
    }
}

/// A frame of the events as one of the sound.
fn frame_at(frame: u64, head: Head, rate: SampleRate) -> u64 {
    let hz = u64::from(rate.hz());
    match head.sample_rate {
        Some(other) if other != hz && other > 0 => {
            let exact = u128::from(frame) * u128::from(hz);
            let nearest = (2 * exact + u128::from(other)) / (2 * u128::from(other));
            u64::try_from(nearest).unwrap_or(u64::MAX)
        }
        _ => frame,
    }
}

fn check_channels(root: &Root, sound: Sound, report: &mut Report<'_>) {
    let wanted = root.tracks();
    if usize::from(sound.channels) != wanted {
        let message = "there is not one channel of sound for each channel and object of the root";
        let (found, allowed) = (sound.channels.to_string(), wanted.to_string());
        report.add(rules::AUDIO_CHANNELS, (0, 0), "audio", message, found, allowed);
    }
}

/// What objects have that scenes have no key for, each once with the names of those who have it.
fn told_features(tracks: &[Track<'_>], report: &mut Report<'_>) {
    let mut names: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for track in tracks {
        for feature in track.left_out() {
            names.entry(feature).or_default().push(track.name);
        }
    }
    for (feature, names) in names {
        let shown = names.iter().take(SHOWN_NAMES).copied().collect::<Vec<_>>().join(", ");
        let more = names.len().saturating_sub(SHOWN_NAMES);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let message = format!("{feature} has no key in scenes");
        report.add(rules::FEATURE, (0, 0), feature, message, format!("{shown}{more}"), "");
    }
}

impl Programme {
    fn lane(&mut self, lane: ProgrammeLane) -> TrackIndex {
        self.lanes.push(lane);
        TrackIndex(self.lanes.len() - 1)
    }

    fn bed(
        &mut self,
        bed: &RootBed,
        channels: Vec<(Option<u16>, Track<'_>)>,
        sound: Sound,
        report: &mut Report<'_>,
    ) -> Result<(), DamfError> {
        let labels: Vec<BedLabel> = bed.channels.iter().filter_map(|(label, _)| *label).collect();
        let (format, sides) = format_of(&labels);
        let mut lanes: BTreeMap<&str, (ProgrammeLane, cupola_model::BinauralMode)> =
            BTreeMap::new();
        for ((label, _), (channel, track)) in bed.channels.iter().zip(channels) {
            let described = track.finish(sound.frames, report)?;
            let Some(label) = label else { continue };
            let label = renamed(*label, sides);
            let (gain, envelope) = described.gain_over_time();
            let (lane, mode) = lanes.entry(label.name()).or_default();
            lane.sources.extend(channel.map(|channel| (channel, gain, envelope)));
            *mode = described.mode;
        }
        let missing = format.channels().len().saturating_sub(lanes.len());
        if missing > 0 {
            let names = labels.iter().map(|label| label.name()).collect::<Vec<_>>().join(" ");
            let message = format!("the channels of {} are no set of an Atmos bed", bed.name);
            report.add(rules::BED_SILENT, (0, 0), &bed.name, message, names, format.name());
        }
        let mut channels = Vec::new();
        for label in format.channels() {
            let (lane, binaural) = lanes.remove(label.name()).unwrap_or_default();
            let lane = self.lane(lane);
            channels.push(BedChannel { label: *label, lane, binaural });
        }
        self.items.push(Item::Bed(Bed {
            name: bed.name.clone(),
            groups: bed.group.iter().cloned().collect(),
            format,
            channels,
        }));
        Ok(())
    }
}

/// The smallest bed with these channels; `true` when its rear channels are called sides, as DAMF has no
/// other name for those.
fn format_of(labels: &[BedLabel]) -> (BedFormat, bool) {
    let smallest = |sides: bool| {
        BedFormat::ALL.into_iter().find(|format| {
            labels.iter().all(|label| format.channels().contains(&renamed(*label, sides)))
        })
    };
    let as_sides = smallest(true).map(|format| (format, true));
    as_sides
        .or_else(|| smallest(false).map(|format| (format, false)))
        .unwrap_or((BedFormat::F7_1_2, false))
}

/// The sides of a 5.x bed stand where the rears of a 7.x bed do.
fn renamed(label: BedLabel, sides: bool) -> BedLabel {
    match (label, sides) {
        (BedLabel::Lrs, true) => BedLabel::Ls,
        (BedLabel::Rrs, true) => BedLabel::Rs,
        (BedLabel::Ls, false) => BedLabel::Lrs,
        (BedLabel::Rs, false) => BedLabel::Rrs,
        _ => label,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bed_is_found_by_the_names_that_damf_has() {
        use BedLabel::{C, L, Lfe, Lrs, Lss, Lts, R, Rrs, Rss, Rts};
        assert_eq!(format_of(&[L, R]), (BedFormat::F2_0, true));
        assert_eq!(format_of(&[L, R, C, Lfe, Lrs, Rrs]), (BedFormat::F5_1, true));
        assert_eq!(format_of(&[L, R, C, Lss, Rss, Lrs, Rrs]), (BedFormat::F7_0, false));
        assert_eq!(
            format_of(&[L, R, C, Lfe, Lss, Rss, Lrs, Rrs, Lts, Rts]),
            (BedFormat::F7_1_2, false)
        );
        // No set: the smallest that has them all.
        assert_eq!(format_of(&[Lfe]).0, BedFormat::F5_1);
        assert_eq!(format_of(&[L, Lts]).0, BedFormat::F7_0_2);
        assert_eq!(format_of(&[L, R, Lrs, Rrs, Lts]).0, BedFormat::F7_0_2);
    }
}
