//! A part of the programme alone, as asked for beside the scene.

use crate::edit_map::EditMap;
use crate::edits::EditMaps;
use crate::place::{Findings, Spot};
use crate::read::Cursor;
use crate::rules;
use crate::scene::Scene;
use crate::yaml::Node;
use cupola_model::{Clip, Finding, FrameCount, FrameIndex, Item, LinearGain, StemUse, Timeline};
use std::sync::Arc;

/// Frames of the edited programme: the first one, and the one after the last.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Region {
    from: u64,
    until: Option<u64>,
}

/// A place that is in no file.
fn at_key(key: &str) -> Spot {
    Spot { path: key.to_owned(), ..Spot::default() }
}

/// Keeps a part of a programme whose stems are heard straight through, such as that of a master: from one
/// frame up to another, which lie in it and in order. As in [`Scene::keep_region`] its edges are not faded, and
/// the 10 ms grid of its movement stays where it was.
///
/// # Panics
/// When there is no such part, or a stem is in clips.
pub fn crop(timeline: &mut Timeline, from: FrameIndex, until: FrameIndex) {
    assert!(from < until && until.0 <= timeline.length.0, "a part of the programme");
    let straight = |stem: &StemUse| stem.clips.is_none() && stem.cuts.is_none();
    assert!(timeline.stems.iter().all(straight), "stems heard straight through");
    let mut map = EditMap::identity(timeline.length);
    map.keep(from.0..until.0);
    let all = "there is no limit";
    for item in &mut timeline.items {
        if let Item::Object(object) = item {
            object.automation = map.automation(&object.automation, usize::MAX).expect(all);
        }
    }
    for source in timeline.lanes.iter_mut().flat_map(|lane| &mut lane.sources) {
        if let Some(envelope) = &mut source.envelope {
            *envelope = Arc::new(map.envelope(envelope, usize::MAX).expect(all));
        }
    }
    timeline.length = map.length();
    timeline.start = FrameCount(timeline.start.0 + from.0);
    for stem in &mut timeline.stems {
        // A clip, because what lies outside was left out on purpose.
        let (at, length, gain) = (FrameIndex(0), timeline.length, LinearGain::UNITY);
        stem.clips = Some(vec![Clip { at, from, length, gain, fades: vec![] }]);
    }
}

impl Scene {
    /// Keeps the part of the programme between two times, which are written as in a scene and count in
    /// the programme as it is after its edits; `+2 bars` as the end counts from the start. Its edges are
    /// not faded. Without a start it begins with the programme, without an end it goes on to its end.
    ///
    /// Findings say what is wrong with the times; they have no place in the scene. Whether the programme
    /// is long enough is found when it is resolved.
    ///
    /// ```
    /// let text = "cupola: 1\nend: 10 s\nstems:\n  kick: {file: kick.wav}\nobjects:\n  - {stem: kick, position: {azimuth: 30}}\n";
    /// let mut scene = cupola_scene::parse_scene(text, "song.yaml").value.expect("a right scene");
    /// assert!(!scene.keep_region(Some("2 s"), Some("bar 9")).is_empty(), "there is no tempo");
    /// assert!(scene.keep_region(Some("2 s"), Some("+500 ms")).is_empty());
    /// ```
    pub fn keep_region(&mut self, from: Option<&str>, until: Option<&str>) -> Vec<Finding> {
        let mut findings = Findings::new("");
        for (key, text) in [("from", from), ("until", until)] {
            if let Some(finding) = text.and_then(|text| self.moved_bars(text)) {
                findings.push(&at_key(key), finding);
            }
        }
        if findings.errors() > 0 {
            return findings.into_list();
        }
        let mut read = |text: Option<&str>, key, before: Option<&_>| {
            let node = Node::word(text?);
            let cursor = Cursor::at(&node, key);
            cursor.moment(&mut findings, &self.clock, before)
        };
        let start = read(from, "from", None);
        let end = read(until, "until", start.as_ref());
        let frame = |moment: crate::time::Moment| moment.frame(self.clock.rate).0;
        let (from, until) = (start.map_or(0, frame), end.map(frame));
        if findings.errors() == 0 && until.is_some_and(|until| until <= from) {
            let finding = Finding::error(rules::REGION, "until stands before from");
            findings.push(&at_key("until"), finding.hint("the end comes after the start"));
        }
        if findings.errors() == 0 && (from > 0 || until.is_some()) {
            self.region = Some(Region { from, until });
        }
        findings.into_list()
    }

    /// The part that is kept: its first frame in the edited programme, and the frame after its last one
    /// unless it goes on to the end.
    pub fn region(&self) -> Option<(FrameIndex, Option<FrameIndex>)> {
        let region = self.region?;
        Some((FrameIndex(region.from), region.until.map(FrameIndex)))
    }

    /// Cuts the programme to the region that was asked for.
    pub(crate) fn crop(&self, maps: &mut EditMaps<'_>, findings: &mut Findings) {
        let Some(Region { from, until }) = self.region else { return };
        let length = maps.length().0;
        let until = until.unwrap_or(length);
        if from >= length || until > length {
            let seconds = |frame: u64| self.sample_rate.seconds(FrameCount(frame));
            let (key, word, beyond) =
                if from >= length { ("from", "before", from) } else { ("until", "up to", until) };
            let finding = Finding::error(rules::REGION, "the programme ends before this")
                .found(format!("{:.3} s", seconds(beyond)))
                .allowed(format!("{word} {:.3} s", seconds(length)))
                .hint("times count in the programme after its edits");
            findings.push(&at_key(key), finding);
            return;
        }
        maps.keep(from..until);
    }
}
