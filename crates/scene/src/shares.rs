//! A scene in shares: what belongs to each of some groups, and the rest.

use crate::read::did_you_mean;
use crate::scene::Scene;
use std::fmt;

/// A scene has no group of this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownGroup {
    /// What was asked for.
    pub name: String,
    /// Which groups there are, and which one may be meant.
    pub known: String,
}

impl fmt::Display for UnknownGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the scene has no group called {}; {}", self.name, self.known)
    }
}

impl std::error::Error for UnknownGroup {}

impl Scene {
    /// Silences every route and object outside one share of the scene, on top of what a version does;
    /// tracks and length stay as they are. `share` counts the groups from 0; one more than the last is
    /// the rest, which is in none of them. What is in several groups is in the share of the first of
    /// them alone, so the shares add up to the whole.
    ///
    /// ```
    /// let text = "cupola: 1\nstems:\n  kick: {file: kick.wav}\nobjects:\n  - {stem: kick, groups: [drums], position: {azimuth: 30}}\n";
    /// let mut scene = cupola_scene::parse_scene(text, "song.yaml").value.expect("a right scene");
    /// assert!(scene.keep_share(&["drums"], 0).is_ok());
    /// let wrong = scene.keep_share(&["drum"], 0).unwrap_err().to_string();
    /// assert_eq!(wrong, "the scene has no group called drum; it has drums; did you mean `drums`?");
    /// ```
    pub fn keep_share(&mut self, groups: &[&str], share: usize) -> Result<(), UnknownGroup> {
        for group in groups {
            self.need_group(group)?;
        }
        for part in self.parts() {
            let first = groups.iter().position(|group| part.is_in(group));
            *part.silenced |= first.unwrap_or(groups.len()) != share;
        }
        Ok(())
    }

    /// The beds and objects of which something belongs to more than one of these groups, each with its
    /// groups among them: the first is the one whose share it is in. Beds first, each once.
    pub fn shared_parts(&mut self, groups: &[&str]) -> Vec<(String, Vec<String>)> {
        let mut shared = Vec::new();
        for part in self.parts() {
            let of = groups.iter().filter(|group| part.is_in(group));
            let of: Vec<String> = of.map(|group| (*group).to_owned()).collect();
            let entry = (part.name.to_owned(), of);
            if entry.1.len() > 1 && !shared.contains(&entry) {
                shared.push(entry);
            }
        }
        shared
    }

    /// Refuses a group that nothing belongs to.
    fn need_group(&self, name: &str) -> Result<(), UnknownGroup> {
        /// Most groups that are searched for the one that was meant.
        const SEARCHED: usize = 1000;
        let groups = self.groups();
        if groups.contains(&name) {
            return Ok(());
        }
        let mut known = match groups.is_empty() {
            true => "it has no groups".to_owned(),
            false => format!("it has {}", groups.join(", ")),
        };
        let meant = did_you_mean(name, groups.into_iter().take(SEARCHED));
        if !meant.is_empty() {
            known = format!("{known}; {meant}");
        }
        Err(UnknownGroup { name: name.to_owned(), known })
    }
}
