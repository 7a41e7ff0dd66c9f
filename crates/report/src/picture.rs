//! What is in a picture, before anything is drawn.

use crate::text::clean;
use cupola_model::{Automation, Bed, FrameIndex, Lane, Layout, ObjectState, SampleRate, Timeline};
use std::collections::HashMap;

/// The track of an object that has none.
static SILENT: Lane = Lane { sources: Vec::new() };

/// Most groups told apart; objects that are only in others count as having none.
const MOST_GROUPS: usize = 100;

/// A beat of the music.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beat {
    /// When it begins.
    pub frame: FrameIndex,
    /// Its bar, from 1.
    pub bar: u32,
    /// Its number in the bar, from 1.
    pub beat: u16,
}

/// What a picture should show besides the programme.
#[derive(Clone, Debug, Default)]
pub struct ViewOptions {
    /// The instant: an SVG shows where everything is then, a page opens there. Without it, an SVG
    /// shows whole paths and a page opens at the start.
    pub at: Option<FrameIndex>,
    /// What people call that instant, for example `bar 9`; may be empty.
    pub at_words: String,
    /// The beats of the programme in rising order; empty when it has no tempo.
    pub beats: Vec<Beat>,
}

/// A programme with its names made fit to be shown.
#[derive(Debug)]
pub(crate) struct Picture<'a> {
    pub(crate) title: String,
    pub(crate) artist: String,
    pub(crate) rate: SampleRate,
    pub(crate) length: FrameIndex,
    pub(crate) layout: &'a Layout,
    /// Every group that has an object, in the order they come up; objects without a group are in
    /// the last one, which is called `""` then.
    pub(crate) groups: Vec<String>,
    pub(crate) beds: Vec<&'a Bed>,
    pub(crate) objects: Vec<Thing<'a>>,
}

/// An object.
#[derive(Debug)]
pub(crate) struct Thing<'a> {
    pub(crate) name: String,
    /// Indices into [`Picture::groups`], at least one; the first gives the colour.
    pub(crate) groups: Vec<usize>,
    /// What makes its track.
    pub(crate) lane: &'a Lane,
    pub(crate) automation: &'a Automation,
}

impl<'a> Picture<'a> {
    pub(crate) fn new(timeline: &'a Timeline, layout: &'a Layout) -> Self {
        let mut groups: Vec<&str> = Vec::new();
        let mut index: HashMap<&str, usize> = HashMap::new();
        for group in timeline.objects().flat_map(|object| &object.groups) {
            if groups.len() < MOST_GROUPS && !index.contains_key(group.as_str()) {
                index.insert(group, groups.len());
                groups.push(group);
            }
        }
        let known = |group: &String| index.get(group.as_str()).copied();
        let in_none = |groups: &[String]| groups.iter().all(|group| known(group).is_none());
        if timeline.objects().any(|object| in_none(&object.groups)) {
            groups.push("");
        }
        let objects = timeline.objects().map(|object| {
            let mut found: Vec<usize> = object.groups.iter().filter_map(known).collect();
            found.dedup();
            if found.is_empty() {
                found.push(groups.len() - 1);
            }
            Thing {
                name: clean(&object.name),
                groups: found,
                lane: timeline.lanes.get(object.lane.0).unwrap_or(&SILENT),
                automation: &object.automation,
            }
        });
        Self {
            title: clean(&timeline.title),
            artist: clean(&timeline.artist),
            rate: timeline.sample_rate,
            length: FrameIndex(timeline.length.0),
            layout,
            objects: objects.collect(),
            beds: timeline.beds().collect(),
            groups: groups.into_iter().map(clean).collect(),
        }
    }

    /// A span from the start in seconds.
    pub(crate) fn seconds(&self, frame: FrameIndex) -> f64 {
        frame.0 as f64 / f64::from(self.rate.hz())
    }

    /// The title, or words in its place.
    pub(crate) fn heading(&self) -> &str {
        if self.title.is_empty() { "Untitled programme" } else { &self.title }
    }

    /// The name of a group, or words in its place.
    pub(crate) fn group_name(&self, group: usize) -> &str {
        match self.groups.get(group).map(String::as_str) {
            None | Some("") => "no group",
            Some(name) => name,
        }
    }
}

impl Thing<'_> {
    /// The group that gives the colour.
    pub(crate) fn group(&self) -> usize {
        self.groups.first().copied().unwrap_or(0)
    }

    pub(crate) fn state_at(&self, frame: FrameIndex) -> ObjectState {
        self.automation.state_at(frame)
    }
}
