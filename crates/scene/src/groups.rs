//! Gains of groups, static and over time.

use crate::automation::{Lanes, flatten};
use crate::movement;
use crate::place::{Findings, Spot};
use crate::read::did_you_mean;
use crate::rules;
use crate::scene::{Keyframe, Scene};
use cupola_model::{Envelope, Finding, FrameCount};
use std::collections::{HashMap, HashSet};

/// Most groups that are searched for the one a wrong name may have meant.
const SEARCHED: usize = 1000;

/// A group that the scene says something about.
#[derive(Clone, Debug)]
pub(crate) struct GroupEntry {
    pub(crate) name: String,
    pub(crate) gain_db: f64,
    /// Each of them has a gain and nothing else.
    pub(crate) keyframes: Vec<Keyframe>,
    pub(crate) spot: Spot,
}

/// The declared groups by name.
pub(crate) struct Groups<'s> {
    entries: &'s [GroupEntry],
    by_name: HashMap<&'s str, usize>,
}

/// The declared groups that something belongs to, each once, in the order of the scene.
pub(crate) type Membership = Vec<usize>;

impl<'s> Groups<'s> {
    pub(crate) fn new(entries: &'s [GroupEntry]) -> Self {
        let by_name = entries.iter().enumerate().map(|(i, entry)| (entry.name.as_str(), i));
        Self { entries, by_name: by_name.collect() }
    }

    /// The declared ones of some groups.
    pub(crate) fn of<'n>(&self, names: impl Iterator<Item = &'n String>) -> Membership {
        let mut members: Vec<_> =
            names.filter_map(|name| self.by_name.get(name.as_str()).copied()).collect();
        members.sort_unstable();
        members.dedup();
        members
    }

    /// The static gains together.
    pub(crate) fn gain_db(&self, members: &[usize]) -> f64 {
        members.iter().map(|group| self.entries[*group].gain_db).sum()
    }

    /// Those of them whose gain changes.
    pub(crate) fn automated(&self, members: &[usize]) -> Membership {
        let moves = |group: &&usize| !self.entries[**group].keyframes.is_empty();
        members.iter().filter(moves).copied().collect()
    }

    /// The gains over time of some groups together, within the tolerance of automation. `None` when
    /// this takes more than `most` points.
    pub(crate) fn envelope(&self, automated: &[usize], most: usize) -> Option<Envelope> {
        let keyframes = automated.iter().map(|group| self.entries[*group].keyframes.as_slice());
        let points = flatten(&Lanes::of_gains(keyframes), most)?;
        let points = points.into_iter().map(|point| (point.frame, point.state.gain)).collect();
        Some(Envelope::new(points).expect("gains have a range, and flattened points rise in time"))
    }

    /// What is remarkable about their keyframes.
    pub(crate) fn check_keyframes(
        &self,
        scene: &Scene,
        song: Option<FrameCount>,
        findings: &mut Findings,
    ) {
        for entry in self.entries {
            let (keyframes, name) = (entry.keyframes.as_slice(), entry.name.as_str());
            movement::note_gain_jump(keyframes, name, findings);
            if let Some(song) = song {
                movement::warn_of_late_keyframes(
                    keyframes,
                    name,
                    song,
                    scene.sample_rate,
                    findings,
                );
            }
        }
    }
}

/// Warns of groups that nothing belongs to.
pub(crate) fn check(scene: &Scene, findings: &mut Findings) {
    let used = scene.groups();
    let known: HashSet<&str> = used.iter().copied().collect();
    for entry in &scene.groups {
        if findings.is_enough() {
            return;
        }
        if !known.contains(entry.name.as_str()) {
            let hint = did_you_mean(&entry.name, used.iter().copied().take(SEARCHED));
            let finding = Finding::warning(rules::GROUP_EMPTY, "nothing belongs to this group")
                .subject(entry.name.clone())
                .hint(if hint.is_empty() {
                    "add it to the `groups` of a bed, a route or an object".to_owned()
                } else {
                    hint
                });
            findings.push(&entry.spot, finding);
        }
    }
}
