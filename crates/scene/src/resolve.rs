//! A scene and the facts of its stems make a [`Timeline`].

mod stems;

use crate::ambisonic::{AmbisonicInput, ComponentFeed, component_feeds};
use crate::automation::{Lanes, flatten};
use crate::clips::MAX_CLIPS;
use crate::edits::{EditMaps, MapIndex};
use crate::groups::{Groups, Membership};
use crate::movement;
use crate::pair::Side;
use crate::path::{MAX_CYCLES, Track};
use crate::place::{Findings, Spot};
use crate::route::{self, Feeds};
use crate::rules;
use crate::scene::{BedEntry, BedKind, Feed, ObjectEntry, Scene};
use crate::time::{LATEST, longest};
use cupola_model::{
    AmbisonicBed, AmbisonicChannel, Automation, Bed, BedChannel, BedFormat, BedLabel, BinauralMode,
    Checked, Clip, Envelope, Finding, FrameCount, Item, Lane, LaneSource, Object, SampleRate,
    StemFacts, StemIndex, StemOffset, TimedPoint, Timeline, TrackIndex,
};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use stems::FilteredUse;

/// Most timed points of a whole programme, about 75 MB and some seconds of work.
const MAX_POINTS: usize = 1_000_000;

impl Scene {
    /// Turns the scene into a programme.
    ///
    /// `facts` has one entry for each of [`Scene::stems`], in their order; `None` for a stem that
    /// could not be opened, or that nothing uses and nobody looked at. A used stem without facts
    /// leaves no finding here (whoever failed to open it has one), but there is no value then;
    /// everything else is still checked.
    ///
    /// [`Timeline::stems`] holds the used stems only, by the names of [`Scene::stems`].
    ///
    /// ```
    /// use cupola_model::StemFacts;
    /// let text = "cupola: 1\nstems:\n  kick: {file: kick.wav}\nobjects:\n  - {stem: kick, position: {azimuth: 30}}\n";
    /// let scene = cupola_scene::parse_scene(text, "song.yaml").value.expect("the scene is right");
    /// let kick = StemFacts { sample_rate: 48_000, channels: 1, frames: 480_000,
    ///     format: "WAV, 24-bit PCM".into(), lossy: false };
    /// let timeline = scene.resolve(&[Some(kick)]).value.expect("the stem fits the scene");
    /// assert_eq!((timeline.length.0, timeline.lanes.len()), (480_000, 1));
    /// ```
    pub fn resolve(&self, facts: &[Option<StemFacts>]) -> Checked<Timeline> {
        let mut work = self.work(facts);
        work.collect_stems();
        let song = work.length();
        work.groups.check_keyframes(self, song, &mut work.findings);
        if let Some(song) = song {
            work.edit(song);
        }
        work.collect_uses();
        let mut items = work.beds();
        items.extend(work.objects(song));
        let mut stems = work.used_stems();
        stems.extend(work.filtered_stems(song.unwrap_or_default()));
        let complete = work.stems.iter().all(|stem| *stem != StemState::Unread);
        let errors = work.findings.errors();
        let timeline =
            song.filter(|_| complete && self.complete && errors == 0).map(|_| Timeline {
                title: self.title.clone(),
                artist: self.artist.clone(),
                sample_rate: self.sample_rate,
                length: work.maps.length(),
                frame_rate: self.frame_rate,
                start: self.start_frames(),
                screen: self.screen,
                stems,
                lanes: std::mem::take(&mut work.lanes),
                items,
            });
        Checked { value: timeline, findings: work.findings.into_list() }
    }
}

impl Scene {
    /// What the facts of the stems show about a scene with errors: whatever [`Scene::resolve`] would
    /// find that does not follow from an error. `facts` are as there.
    pub fn check_stems(&self, facts: &[Option<StemFacts>]) -> Vec<Finding> {
        let mut work = self.work(facts);
        for bed in &self.beds {
            for route in &bed.routes {
                let name = &self.stems[route.stem].name;
                let facts = work.facts(route.stem);
                match bed.format {
                    BedKind::Speakers(format) => {
                        route::feeds(route, format, facts, name, &mut work.findings);
                    }
                    BedKind::Ambisonic(input) => {
                        component_feeds(route, input, facts, name, &mut work.findings);
                    }
                }
            }
        }
        for entry in &self.objects {
            work.object_channels(entry);
            if !entry.flawed {
                movement::check(entry, self.end, self.sample_rate, &mut work.findings);
            }
        }
        work.findings.into_list()
    }

    fn work<'s>(&'s self, facts: &'s [Option<StemFacts>]) -> Work<'s> {
        Work {
            scene: self,
            facts,
            findings: Findings::in_files(self.files.clone()),
            stems: Vec::new(),
            plays: Vec::new(),
            clips_left: MAX_CLIPS,
            maps: EditMaps::identity(FrameCount(0)),
            uses: BTreeMap::new(),
            filtered: Vec::new(),
            groups: Groups::new(&self.groups),
            envelopes: HashMap::new(),
            points_left: MAX_POINTS,
            lanes: Vec::new(),
        }
    }
}

/// What is known of a stem of the scene.
#[derive(Clone, Copy, Debug, PartialEq)]
enum StemState {
    /// Nothing uses it.
    Unused,
    /// It could not be opened.
    Unread,
    /// It is used, and its facts are known.
    Known,
}

struct Work<'s> {
    scene: &'s Scene,
    facts: &'s [Option<StemFacts>],
    findings: Findings,
    stems: Vec<StemState>,
    /// The clips of every stem that is placed, in the song.
    plays: Vec<Option<Vec<Clip>>>,
    clips_left: usize,
    maps: EditMaps<'s>,
    /// The stems of the timeline: one for every map that a stem is heard through.
    uses: BTreeMap<(usize, MapIndex), StemIndex>,
    /// After them, those that are filtered before they are cut.
    filtered: Vec<FilteredUse>,
    groups: Groups<'s>,
    /// The gains over time of groups together; `None` when they have too many points.
    envelopes: HashMap<(Membership, MapIndex), Option<Arc<Envelope>>>,
    points_left: usize,
    lanes: Vec<Lane>,
}

/// What groups do to a member.
#[derive(Clone, Debug)]
struct Share {
    gain_db: f64,
    /// The groups that move the gain.
    automated: Membership,
    envelope: Option<Arc<Envelope>>,
    map: MapIndex,
}

impl<'s> Work<'s> {
    fn facts(&self, stem: usize) -> Option<&'s StemFacts> {
        self.facts.get(stem)?.as_ref()
    }

    /// Cuts the song to the programme.
    fn edit(&mut self, song: FrameCount) {
        let (scene, findings) = (self.scene, &mut self.findings);
        let edited = EditMaps::new(&scene.edits, song, scene.sample_rate, findings);
        self.maps = edited.unwrap_or_else(|| EditMaps::identity(song));
        scene.crop(&mut self.maps, findings);
    }

    /// The length of the programme: `end`, or where the longest used stem ends. `None` when it is
    /// not known or not legal.
    fn length(&mut self) -> Option<FrameCount> {
        let rate = self.scene.sample_rate;
        let mut longest_stem = FrameCount(0);
        for (i, settings) in self.scene.stem_settings.iter().enumerate() {
            if self.stems[i] != StemState::Known {
                continue;
            }
            let Some(facts) = self.facts(i) else { continue };
            if let Some(clips) = &self.plays[i] {
                let end = clips.iter().map(|clip| clip.end().0).max().unwrap_or_default();
                longest_stem = longest_stem.max(FrameCount(end));
                continue;
            }
            let end = facts.end_at(rate, settings.offset);
            longest_stem = longest_stem.max(end);
            let start = start_of(facts, rate, settings.offset);
            let cut = if end.0 == 0 {
                "the offset cuts the whole stem away"
            } else if self.scene.end.is_some_and(|end| start >= end.0) {
                "the stem starts after the end of the programme"
            } else {
                continue;
            };
            let name = &self.scene.stems[i].name;
            let finding = Finding::warning(rules::STEM_OUTSIDE, cut)
                .subject(name.clone())
                .hint("correct its `offset`");
            self.findings.push(&settings.spot, finding);
        }
        if let Some(end) = self.scene.end {
            return Some(end);
        }
        if self.stems.contains(&StemState::Unread) {
            return None;
        }
        let allowed = longest(rate);
        if longest_stem.0 > 0 && longest_stem <= allowed {
            return Some(longest_stem);
        }
        let finding = if longest_stem.0 == 0 {
            Finding::error(rules::PROGRAMME_LENGTH, "the programme has no length")
                .hint("use a stem, or write `end: 3:30`")
        } else {
            Finding::error(rules::PROGRAMME_LENGTH, "the programme is too long")
                .found(format!("{:.0} s", rate.seconds(longest_stem)))
                .allowed(format!("up to {LATEST}"))
                .hint("write `end` to cut it, or correct an `offset`")
        };
        self.findings.push(&Spot::start(), finding);
        None
    }

    /// What the groups of a part do to it; `spot` is where the part stands.
    fn share<'n>(&mut self, names: impl Iterator<Item = &'n String> + Clone, spot: &Spot) -> Share {
        let map = self.maps.of(names.clone(), &mut self.findings);
        let members = self.groups.of(names);
        let gain_db = self.groups.gain_db(&members);
        let automated = self.groups.automated(&members);
        if automated.is_empty() {
            return Share { gain_db, automated, envelope: None, map };
        }
        if let Some(envelope) = self.envelopes.get(&(automated.clone(), map)) {
            let envelope = envelope.clone();
            return Share { gain_db, automated, envelope, map };
        }
        let envelope = self.groups.envelope(&automated, self.points_left);
        let edit = |song: Envelope| match self.maps.get(map) {
            whole if whole.is_identity() => Some(song),
            edits => edits.envelope(&song, self.points_left),
        };
        let envelope = envelope.and_then(edit);
        match &envelope {
            Some(envelope) => self.points_left -= envelope.points().len(),
            None => self.refuse_points(spot),
        }
        let envelope = envelope.map(Arc::new);
        self.envelopes.insert((automated.clone(), map), envelope.clone());
        Share { gain_db, automated, envelope, map }
    }

    fn push_lane(&mut self, sources: Vec<LaneSource>) -> TrackIndex {
        self.lanes.push(Lane { sources });
        TrackIndex(self.lanes.len() - 1)
    }

    fn beds(&mut self) -> Vec<Item> {
        let scene = self.scene;
        let mut items = Vec::new();
        let mut pad = scene.pad_bed;
        for entry in &scene.beds {
            let own = match entry.format {
                BedKind::Speakers(format) => format,
                BedKind::Ambisonic(input) => {
                    items.extend(self.ambisonic_bed(entry, input));
                    continue;
                }
            };
            let padded = std::mem::take(&mut pad);
            let format = if padded { BedFormat::F7_1_2 } else { own };
            let mut sources: Vec<Vec<LaneSource>> = vec![Vec::new(); format.channels().len()];
            for route in &entry.routes {
                let facts = self.facts(route.stem);
                let name = &scene.stems[route.stem].name;
                let feeds: Feeds = route::feeds(route, own, facts, name, &mut self.findings);
                let groups = entry.groups.iter().chain(&route.groups);
                let share = self.share(groups, &route.spot);
                for feed in feeds.into_iter().filter(|_| !route.silenced) {
                    let label = if padded { padded_label(feed.label) } else { feed.label };
                    let Some(k) = format.channels().iter().position(|l| *l == label) else {
                        continue;
                    };
                    let gain_db = route.gain_db + feed.gain_db;
                    let channel = (feed.channel, feed.factor);
                    sources[k].extend(self.route_source(route, channel, gain_db, &share));
                }
            }
            if padded && own.channels().contains(&BedLabel::Ls) {
                let finding = Finding::note(
                    rules::BED_PADDED,
                    format!("the {own} bed becomes 7.1.2: Ls and Rs become Lrs and Rrs"),
                )
                .subject(entry.name.clone())
                .hint("they stand at the same place in the room");
                self.findings.push(&entry.spot, finding);
            }
            items.push(self.bed(&entry.name, &entry.groups, format, entry.binaural, sources));
        }
        if pad {
            let format = BedFormat::F7_1_2;
            let silence = vec![Vec::new(); format.channels().len()];
            let mode = BinauralMode::default();
            items.push(self.bed(crate::parse_bed::BED_NAME, &[], format, mode, silence));
        }
        items
    }

    /// An ambisonic bed of the components that anything is routed to; `None` when nothing is.
    fn ambisonic_bed(&mut self, entry: &BedEntry, input: AmbisonicInput) -> Option<Item> {
        let scene = self.scene;
        let mut components: BTreeMap<usize, Vec<LaneSource>> = BTreeMap::new();
        for route in &entry.routes {
            let facts = self.facts(route.stem);
            let name = &scene.stems[route.stem].name;
            let feeds = component_feeds(route, input, facts, name, &mut self.findings);
            let share = self.share(entry.groups.iter().chain(&route.groups), &route.spot);
            for ComponentFeed { number, channel } in feeds {
                let sources = components.entry(number).or_default();
                if !route.silenced {
                    sources.extend(self.route_source(route, (channel, 1.0), route.gain_db, &share));
                }
            }
        }
        if entry.routes.is_empty() {
            let message = "an ambisonic bed without routes has no components";
            let finding = Finding::error(rules::ROUTE_TARGET, message)
                .subject(entry.name.clone())
                .hint("add `routes: [{stem: NAME}]`, or remove the bed");
            self.findings.push(&entry.spot, finding);
        }
        let channels: Vec<AmbisonicChannel> = components
            .into_iter()
            .map(|(number, sources)| AmbisonicChannel { number, lane: self.push_lane(sources) })
            .collect();
        (!channels.is_empty()).then(|| {
            Item::Ambisonic(AmbisonicBed {
                name: entry.name.clone(),
                groups: entry.groups.clone(),
                scale: input.scale(),
                binaural: entry.binaural,
                channels,
            })
        })
    }

    fn bed(
        &mut self,
        name: &str,
        groups: &[String],
        format: BedFormat,
        binaural: BinauralMode,
        sources: Vec<Vec<LaneSource>>,
    ) -> Item {
        let mut channels = Vec::with_capacity(sources.len());
        for (label, sources) in format.channels().iter().zip(sources) {
            let binaural = if label.is_lfe() { BinauralMode::Off } else { binaural };
            channels.push(BedChannel { label: *label, lane: self.push_lane(sources), binaural });
        }
        Item::Bed(Bed { name: name.to_owned(), groups: groups.to_vec(), format, channels })
    }

    fn objects(&mut self, length: Option<FrameCount>) -> Vec<Item> {
        let scene = self.scene;
        let mut items = Vec::new();
        for entry in &scene.objects {
            movement::check(entry, length, scene.sample_rate, &mut self.findings);
            let channels = self.object_channels(entry);
            let share = self.share(entry.groups.iter(), &entry.spot);
            let sides = match entry.feed {
                Feed::Pair { width, .. } => {
                    vec![Some((width, Side::Left)), Some((width, Side::Right))]
                }
                _ => vec![None],
            };
            let length = length.unwrap_or_default();
            let track = entry.path.as_ref().map(|path| path.track(length));
            for (i, (name, side)) in entry.names().into_iter().zip(sides).enumerate() {
                let points = points_of(entry, side, track.as_ref(), self.points_left);
                let automation = points.and_then(|points| self.edited(points, share.map));
                let Some(automation) = automation else {
                    self.refuse_points(&entry.spot);
                    return items;
                };
                self.points_left -= automation.points().len().min(self.points_left);
                let audible = channels.get(i).filter(|_| !entry.silenced);
                let sources = audible.into_iter().flatten();
                let sources = sources.filter_map(|(channel, factor)| {
                    self.source(entry.stem, (*channel, *factor), entry.gain_db, &share)
                });
                let sources = sources.collect();
                let lane = self.push_lane(sources);
                let groups = entry.groups.clone();
                items.push(Item::Object(Object {
                    name,
                    groups,
                    lane,
                    binaural: entry.binaural,
                    automation,
                    features: entry.features.clone(),
                }));
            }
        }
        items
    }

    /// The movement of the song as the programme has it; `None` when it has too many points.
    fn edited(&self, points: Vec<TimedPoint>, map: MapIndex) -> Option<Automation> {
        let song =
            Automation::new(points).expect("keyframes rise in time, are in range and of one kind");
        match self.maps.get(map) {
            whole if whole.is_identity() => Some(song),
            edits => edits.automation(&song, self.points_left),
        }
    }

    fn refuse_points(&mut self, spot: &Spot) {
        let finding = Finding::error(rules::LIMIT_POINTS, "the scene moves more than fits")
            .allowed(format!("{MAX_POINTS} points, {} cycles of a path", MAX_CYCLES))
            .hint("use fewer keyframes, or longer cycles");
        self.findings.push(spot, finding);
    }

    /// For each object of an entry, the channels of its stem with a factor. Empty when they are not
    /// known; a finding says why, unless the stem could not be opened.
    fn object_channels(&mut self, entry: &ObjectEntry) -> Vec<Vec<(u16, f64)>> {
        let Some(facts) = self.facts(entry.stem) else { return Vec::new() };
        let stem = &self.scene.stems[entry.stem].name;
        let stereo = facts.channels == 2;
        match &entry.feed {
            Feed::Whole if facts.channels == 1 => vec![vec![(0, 1.0)]],
            Feed::FoldMono(_) if facts.channels == 1 => vec![vec![(0, 1.0)]],
            Feed::FoldMono(_) if stereo => vec![vec![(0, 0.5), (1, 0.5)]],
            Feed::Pair { .. } if stereo => vec![vec![(0, 1.0)], vec![(1, 1.0)]],
            Feed::OfSplit { channel, of } if facts.channels == *of => vec![vec![(*channel, 1.0)]],
            // The route has the finding.
            Feed::OfSplit { .. } => Vec::new(),
            Feed::Channel(channel, spot) => {
                route::channel_index(*channel, facts, stem, spot, &mut self.findings)
                    .map_or_else(Vec::new, |index| vec![vec![(index, 1.0)]])
            }
            unfit => {
                let (message, hint, spot) = match unfit {
                    Feed::Pair { spot, .. } => {
                        ("a pair needs a stereo stem", only_channels(facts), spot)
                    }
                    Feed::FoldMono(spot) => {
                        ("`fold: mono` needs a stereo stem", only_channels(facts), spot)
                    }
                    _ if stereo => (
                        "an object is mono, but its stem is stereo",
                        stereo_remedies(),
                        &entry.spot,
                    ),
                    _ => {
                        let hint = format!(
                            "choose one with `channel: 1` to `channel: {}`",
                            facts.channels
                        );
                        ("an object is mono, but its stem has more channels", hint, &entry.spot)
                    }
                };
                let finding = Finding::error(rules::OBJECT_STEREO, message)
                    .subject(stem.clone())
                    .found(channel_count(facts))
                    .hint(hint);
                self.findings.push(spot, finding);
                Vec::new()
            }
        }
    }
}

/// The points of an object, or of one side of a pair. `None` when they are more than `most`, or the
/// path has no track for having too many cycles.
fn points_of(
    entry: &ObjectEntry,
    side: Option<(f64, Side)>,
    track: Option<&Option<Track<'_>>>,
    most: usize,
) -> Option<Vec<TimedPoint>> {
    let track = match track {
        Some(track) => Some(track.as_ref()?),
        None => None,
    };
    flatten(&Lanes::new(entry.position, entry.size, &entry.keyframes, side, track), most)
}

/// The first frame of a stem on the timeline; 0 when its head is cut.
fn start_of(facts: &StemFacts, rate: SampleRate, offset: StemOffset) -> u64 {
    let frames = match offset {
        StemOffset::SessionFrames(frames) => i128::from(frames),
        StemOffset::FileFrames(frames) => {
            i128::from(frames) * i128::from(rate.hz()) / i128::from(facts.sample_rate.max(1))
        }
    };
    u64::try_from(frames.max(0)).unwrap_or(u64::MAX)
}

/// Where a bed channel goes when its bed becomes 7.1.2: to the channel at the same place.
fn padded_label(label: BedLabel) -> BedLabel {
    match label {
        BedLabel::Ls => BedLabel::Lrs,
        BedLabel::Rs => BedLabel::Rrs,
        other => other,
    }
}

pub(crate) fn channel_count(facts: &StemFacts) -> String {
    match facts.channels {
        1 => "1 channel".to_owned(),
        n => format!("{n} channels"),
    }
}

fn only_channels(facts: &StemFacts) -> String {
    match facts.channels {
        0 | 1 => "a mono stem needs nothing: remove the key".to_owned(),
        n => format!("choose one with `channel: 1` to `channel: {n}`"),
    }
}

fn stereo_remedies() -> String {
    "write `pair: {width: 60}` for two linked objects, `channel: left` for one side, or \
     `fold: mono` for (L+R)/2"
        .to_owned()
}
