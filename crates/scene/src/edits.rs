//! The edits of a song: what is cut, kept, repeated and replaced, and the maps this makes.
//!
//! All times are those of the song before any edit, so that entries do not depend on each other's
//! order. Replacements act first, for their groups alone; then what is kept is heard in order of time,
//! without what is cut and with what is repeated.

use crate::clips::{MAX_CLIPS, refuse_clips, warn_of_nothing};
use crate::edit_map::{EditMap, Segment};
use crate::place::{Findings, Spot};
use crate::rules;
use crate::time::{LATEST, longest};
use cupola_model::{Finding, FrameCount, SampleRate};
use std::collections::HashMap;

/// An entry of `edits`.
#[derive(Clone, Debug)]
pub(crate) struct Edit {
    pub(crate) kind: EditKind,
    /// First frame of the region.
    pub(crate) from: u64,
    /// The frame after it; `None` for the end of the song.
    pub(crate) until: Option<u64>,
    /// Frames of the cross-fades it causes.
    pub(crate) fade: u64,
    /// Where the region starts and where it ends in the document.
    pub(crate) spots: [Spot; 2],
}

#[derive(Clone, Debug)]
pub(crate) enum EditKind {
    Cut,
    Keep,
    /// Heard so often in all.
    Repeat(u32),
    Replace(Replacement),
}

/// What is heard instead of a region.
#[derive(Clone, Debug)]
pub(crate) struct Replacement {
    pub(crate) groups: Vec<String>,
    /// First frame of the song that takes the place of the region.
    pub(crate) with: u64,
    pub(crate) spot: Spot,
}

/// A segment and the edit that causes its joint.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    segment: Segment,
    cause: Option<usize>,
}

/// A joint that waits for the segment after it.
#[derive(Clone, Copy, Debug, Default)]
struct Joint {
    fade: u64,
    cause: Option<usize>,
}

/// The stretches so far; those that follow each other in the song become one.
#[derive(Debug, Default)]
struct Stretches(Vec<Stretch>);

impl Stretches {
    /// Adds a stretch; none that is empty.
    fn push(&mut self, from: u64, until: u64, joint: Joint) {
        if from >= until {
            return;
        }
        match self.0.last_mut() {
            Some(last) if last.segment.until == from => last.segment.until = until,
            _ => {
                let segment = Segment { from, until, fade: joint.fade };
                self.0.push(Stretch { segment, cause: joint.cause });
            }
        }
    }
}

impl Edit {
    pub(crate) fn until(&self, song: u64) -> u64 {
        self.until.unwrap_or(song)
    }

    fn joint(&self, index: usize) -> Joint {
        Joint { fade: self.fade, cause: Some(index) }
    }

    fn is_keep(&self) -> bool {
        matches!(self.kind, EditKind::Keep)
    }
}

/// The edits that cut or repeat, in order of time; they do not overlap.
pub(crate) fn cuts_and_repeats(edits: &[Edit]) -> Vec<usize> {
    let counts = |i: &usize| matches!(edits[*i].kind, EditKind::Cut | EditKind::Repeat(_));
    let mut found: Vec<usize> = (0..edits.len()).filter(counts).collect();
    found.sort_by_key(|i| edits[*i].from);
    found
}

/// What is kept: the union of all entries that keep, each with its first entry; the whole song when
/// there is none.
pub(crate) fn kept(edits: &[Edit], song: u64) -> Vec<(u64, u64, Option<usize>)> {
    let mut keeps: Vec<usize> = (0..edits.len()).filter(|i| edits[*i].is_keep()).collect();
    if keeps.is_empty() {
        return vec![(0, song, None)];
    }
    keeps.sort_by_key(|i| edits[*i].from);
    let mut union: Vec<(u64, u64, Option<usize>)> = Vec::new();
    for i in keeps {
        let (from, until) = (edits[i].from, edits[i].until(song));
        match union.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(until),
            _ => union.push((from, until, Some(i))),
        }
    }
    union
}

/// The song after cuts and repeats, before replacements.
fn stretches(edits: &[Edit], song: u64) -> Vec<Stretch> {
    let events = cuts_and_repeats(edits);
    let mut stretches = Stretches::default();
    for (from, until, cause) in kept(edits, song) {
        let mut joint = cause.map_or_else(Joint::default, |i| edits[i].joint(i));
        let mut at = from;
        let first = events.partition_point(|i| edits[*i].until(song) <= from);
        for &i in events[first..].iter().take_while(|i| edits[**i].from < until) {
            let edit = &edits[i];
            if edit.from > at {
                stretches.push(at, edit.from, joint);
                joint = Joint::default();
            }
            at = edit.until(song).min(until);
            match edit.kind {
                EditKind::Repeat(times) => {
                    for _ in 0..times {
                        stretches.push(edit.from, at, joint);
                        joint = edit.joint(i);
                    }
                }
                _ => joint = edit.joint(i),
            }
        }
        stretches.push(at, until, joint);
    }
    stretches.0
}

/// Stretches with what replaces parts of them; the replacements are in order and do not overlap.
fn replaced(stretches: &[Stretch], edits: &[Edit], replaces: &[usize]) -> Vec<Stretch> {
    let mut result = Stretches::default();
    for stretch in stretches {
        let Segment { from, until, fade } = stretch.segment;
        let mut joint = Joint { fade, cause: stretch.cause };
        let mut at = from;
        let end_of = |i: usize| edits[i].until.unwrap_or(u64::MAX);
        let mut next = replaces.partition_point(|i| end_of(*i) <= from);
        while at < until {
            let Some(&i) = replaces.get(next).filter(|i| edits[**i].from < until) else {
                result.push(at, until, joint);
                break;
            };
            let (edit, EditKind::Replace(replacement)) = (&edits[i], &edits[i].kind) else {
                next += 1;
                continue;
            };
            if at < edit.from {
                result.push(at, edit.from, joint);
                at = edit.from;
                joint = edit.joint(i);
            }
            let end = end_of(i).min(until);
            let source = replacement.with + (at - edit.from);
            result.push(source, source + (end - at), joint);
            (at, joint, next) = (end, edit.joint(i), next + 1);
        }
    }
    result.0
}

/// The index of a map among all of a programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct MapIndex(usize);

impl MapIndex {
    /// The map of what no replacement reaches.
    pub(crate) const BASE: Self = Self(0);
}

/// The maps of a programme: one for everything that the same replacements reach.
pub(crate) struct EditMaps<'s> {
    edits: &'s [Edit],
    song: FrameCount,
    window: Option<std::ops::Range<u64>>,
    stretches: Vec<Stretch>,
    /// The replacements, in order of time.
    replaces: Vec<usize>,
    by_replaces: HashMap<Vec<usize>, MapIndex>,
    maps: Vec<EditMap>,
    /// Segments that further maps may have.
    segments_left: usize,
}

/// Most segments of all maps of a programme together, about 24 MB.
const MAX_SEGMENTS: usize = 1_000_000;

impl<'s> EditMaps<'s> {
    /// The whole song as it is.
    pub(crate) fn identity(song: FrameCount) -> Self {
        Self {
            edits: &[],
            song,
            window: None,
            stretches: Vec::new(),
            replaces: Vec::new(),
            by_replaces: HashMap::new(),
            maps: vec![EditMap::identity(song)],
            segments_left: MAX_SEGMENTS,
        }
    }

    /// The maps of these edits; `None`, with findings, when they do not fit the song.
    pub(crate) fn new(
        edits: &'s [Edit],
        song: FrameCount,
        rate: SampleRate,
        findings: &mut Findings,
    ) -> Option<Self> {
        if edits.is_empty() {
            return Some(Self::identity(song));
        }
        if !fit_into(edits, song, rate, findings) {
            return None;
        }
        let spot = &edits[0].spots[0];
        let times = edits.iter().map(|edit| match edit.kind {
            EditKind::Repeat(times) => times as usize + 2,
            _ => 2,
        });
        if times.sum::<usize>() > MAX_CLIPS {
            refuse_clips(spot, findings);
            return None;
        }
        let stretches = stretches(edits, song.0);
        let length: u64 = stretches.iter().map(|s| s.segment.until - s.segment.from).sum();
        if length == 0 || length > longest(rate).0 {
            let message = "the edits leave no programme that can be made";
            let finding = Finding::error(rules::PROGRAMME_LENGTH, message)
                .found(format!("{:.0} s", rate.seconds(FrameCount(length))))
                .allowed(format!("more than nothing, up to {LATEST}"));
            findings.push(spot, finding);
            return None;
        }
        let is_replace = |i: &usize| matches!(edits[*i].kind, EditKind::Replace(_));
        let mut replaces: Vec<usize> = (0..edits.len()).filter(is_replace).collect();
        replaces.sort_by_key(|i| edits[*i].from);
        let mut maps = Self { edits, stretches, replaces, ..Self::identity(song) };
        maps.maps.clear();
        maps.add(Vec::new(), findings)?;
        Some(maps)
    }

    /// Makes only this part of the edited song the programme.
    pub(crate) fn keep(&mut self, window: std::ops::Range<u64>) {
        self.maps.iter_mut().for_each(|map| map.keep(window.clone()));
        self.window = Some(window);
    }

    /// Frames of the programme.
    pub(crate) fn length(&self) -> FrameCount {
        self.maps[0].length()
    }

    pub(crate) fn get(&self, index: MapIndex) -> &EditMap {
        &self.maps[index.0]
    }

    /// The map of what belongs to these groups. What does not fit leaves a finding.
    pub(crate) fn of<'n>(
        &mut self,
        groups: impl Iterator<Item = &'n String> + Clone,
        findings: &mut Findings,
    ) -> MapIndex {
        if self.replaces.is_empty() {
            return MapIndex::BASE;
        }
        let reaches = |i: &usize| match &self.edits[*i].kind {
            EditKind::Replace(r) => groups.clone().any(|group| r.groups.contains(group)),
            _ => false,
        };
        let set: Vec<usize> = self.replaces.iter().copied().filter(reaches).collect();
        match self.by_replaces.get(&set) {
            Some(index) => *index,
            None => match self.add(set.clone(), findings) {
                Some(index) => index,
                None => {
                    // One finding is enough.
                    self.by_replaces.insert(set, MapIndex::BASE);
                    MapIndex::BASE
                }
            },
        }
    }

    /// Makes the map of a set of replacements.
    fn add(&mut self, set: Vec<usize>, findings: &mut Findings) -> Option<MapIndex> {
        let stretches = replaced(&self.stretches, self.edits, &set);
        let mut map = EditMap::new(stretches.iter().map(|s| s.segment).collect(), self.song);
        let left = self.segments_left.checked_sub(stretches.len());
        let Some(left) = left.filter(|_| stretches.len() <= MAX_CLIPS) else {
            refuse_clips(&self.edits[0].spots[0], findings);
            return None;
        };
        self.segments_left = left;
        if let Some(i) = map.too_short() {
            let cause = |i: usize| stretches.get(i).and_then(|stretch| stretch.cause);
            let cause = cause(i).or(cause(i + 1)).unwrap_or(0);
            let finding = Finding::error(
                rules::EDIT_SHORT,
                "less is left between two joints than their cross-fades take",
            );
            let frames = stretches[i].segment.until - stretches[i].segment.from;
            let finding = finding
                .found(format!("{frames} samples"))
                .hint("shorten the `crossfade`, or move the edits apart");
            findings.push(&self.edits[cause].spots[0], finding);
            return None;
        }
        if let Some(cause) = map.one_sided().and_then(|i| stretches[i].cause) {
            let spot = &self.edits[cause].spots[0];
            warn_of_nothing(spot, "keep away from the start and the end of the song", findings);
        }
        if let Some(window) = &self.window {
            map.keep(window.clone());
        }
        let index = MapIndex(self.maps.len());
        self.maps.push(map);
        self.by_replaces.insert(set, index);
        Some(index)
    }
}

/// Whether all regions are within the song.
fn fit_into(edits: &[Edit], song: FrameCount, rate: SampleRate, findings: &mut Findings) -> bool {
    let seconds = |frame: u64| format!("{:.3} s", rate.seconds(FrameCount(frame)));
    let mut fit = true;
    let mut refuse = |(word, frame): (&str, u64), spot: &Spot, hint: &str| {
        let finding = Finding::error(rules::EDIT_OUTSIDE, "the song ends before this")
            .found(seconds(frame))
            .allowed(format!("{word} {}, where the song ends", seconds(song.0)))
            .hint(hint);
        findings.push(spot, finding);
        fit = false;
    };
    for edit in edits {
        let open = match edit.kind {
            EditKind::Cut | EditKind::Keep => "leave `to` away for the end of the song",
            _ => "times are those of the song before any edit",
        };
        let until = edit.until(song.0);
        if edit.from >= song.0 {
            refuse(
                ("before", edit.from),
                &edit.spots[0],
                "times are those of the song before any edit",
            );
        } else if until > song.0 {
            refuse(("up to", until), &edit.spots[1], open);
        }
        if let EditKind::Replace(replacement) = &edit.kind {
            let end = replacement.with.saturating_add(until.saturating_sub(edit.from));
            if end > song.0 {
                refuse(
                    ("up to", end),
                    &replacement.spot,
                    "what replaces is as long as what it replaces",
                );
            }
        }
    }
    fit
}
