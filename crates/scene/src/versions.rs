//! Versions of a song: who is heard, how loud, and what is cut.

use crate::edits::Edit;
use crate::place::Spot;
use crate::read::did_you_mean;
use crate::scene::Scene;
use cupola_model::FrameCount;
use std::fmt;

/// A version as its author wrote it.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    pub(crate) name: String,
    pub(crate) label: Option<String>,
    pub(crate) title: Option<String>,
    /// Names of groups, objects or beds, as in `mute` and `gains`.
    pub(crate) solo: Option<Vec<String>>,
    pub(crate) mute: Vec<String>,
    pub(crate) gains: Vec<(String, f64)>,
    pub(crate) edits: Option<Vec<Edit>>,
    pub(crate) end: Option<FrameCount>,
    pub(crate) spot: Spot,
}

impl Version {
    /// What file names call it.
    pub(crate) fn label(&self) -> &str {
        self.label.as_ref().unwrap_or(&self.name)
    }
}

/// A scene has no version of this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownVersion {
    /// What was asked for.
    pub name: String,
    /// Which versions there are, and which one may be meant.
    pub known: String,
}

impl fmt::Display for UnknownVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the scene has no version called {}; {}", self.name, self.known)
    }
}

impl std::error::Error for UnknownVersion {}

/// A part of a scene that can be silent or louder.
pub(crate) struct Part<'s> {
    /// The groups it belongs to, those of its bed included.
    pub(crate) groups: [&'s [String]; 2],
    /// Its name; that of its bed for a route.
    pub(crate) name: &'s str,
    /// The bed it comes from, for an object of a split stem.
    pub(crate) of_bed: Option<&'s str>,
    pub(crate) gain_db: &'s mut f64,
    pub(crate) silenced: &'s mut bool,
}

impl Part<'_> {
    pub(crate) fn is_in(&self, group: &str) -> bool {
        self.groups.iter().any(|groups| groups.iter().any(|name| name == group))
    }

    /// Whether a name of a version means this part. A name that is a group means its members.
    fn is_meant(&self, name: &str, groups: &[String]) -> bool {
        if groups.iter().any(|group| group == name) {
            return self.is_in(name);
        }
        self.name == name || self.of_bed == Some(name)
    }
}

impl Scene {
    /// Every route and object.
    pub(crate) fn parts(&mut self) -> impl Iterator<Item = Part<'_>> {
        let routes = self.beds.iter_mut().flat_map(|bed| {
            let (name, groups) = (bed.name.as_str(), bed.groups.as_slice());
            bed.routes.iter_mut().map(move |route| Part {
                groups: [groups, &route.groups],
                name,
                of_bed: None,
                gain_db: &mut route.gain_db,
                silenced: &mut route.silenced,
            })
        });
        let objects = self.objects.iter_mut().map(|object| Part {
            groups: [&object.groups, &[]],
            name: &object.name,
            of_bed: object.of_bed.as_deref(),
            gain_db: &mut object.gain_db,
            silenced: &mut object.silenced,
        });
        routes.chain(objects)
    }

    /// The names of the versions, in document order.
    pub fn versions(&self) -> Vec<&str> {
        self.versions.iter().map(|version| version.name.as_str()).collect()
    }

    /// Whether file names call a version by this word, upper and lower case alike.
    pub fn is_version_label(&self, word: &str) -> bool {
        let word = word.to_lowercase();
        self.versions.iter().any(|version| version.label().to_lowercase() == word)
    }

    /// What file names call the version that was chosen: its label, or else its name.
    pub fn chosen_version(&self) -> Option<&str> {
        self.chosen.map(|index| self.versions[index].label())
    }

    /// Makes the scene the version of this name: solo first, then mute, then gains on top of those
    /// written; its title, end and edits take the place of the scene's. To be called once, on a scene
    /// as it was read.
    ///
    /// ```
    /// let text = "cupola: 1\nstems:\n  lead: {file: lead.wav}\nobjects:\n  - {stem: lead, groups: [vocals], position: {azimuth: 0}}\nversions:\n  instrumental: {label: INST, mute: [vocals]}\n";
    /// let mut scene = cupola_scene::parse_scene(text, "song.yaml").value.expect("a right scene");
    /// assert_eq!(scene.versions(), ["instrumental"]);
    /// assert!(scene.choose_version("instrumenta").is_err());
    /// scene.choose_version("instrumental")?;
    /// assert_eq!(scene.chosen_version(), Some("INST"));
    /// # Ok::<(), cupola_scene::UnknownVersion>(())
    /// ```
    pub fn choose_version(&mut self, name: &str) -> Result<(), UnknownVersion> {
        let Some(index) = self.versions.iter().position(|version| version.name == name) else {
            return Err(self.unknown_version(name));
        };
        let version = self.versions[index].clone();
        let groups: Vec<String> = self.groups().into_iter().map(str::to_owned).collect();
        for part in self.parts() {
            let meant = |names: &[String]| names.iter().any(|name| part.is_meant(name, &groups));
            let muted = meant(&version.mute) || version.solo.as_ref().is_some_and(|s| !meant(s));
            let gains = version.gains.iter().filter(|(name, _)| part.is_meant(name, &groups));
            *part.gain_db += gains.map(|(_, db)| db).sum::<f64>();
            *part.silenced |= muted;
        }
        if let Some(title) = version.title {
            self.title = title;
        }
        if let Some(edits) = version.edits {
            self.edits = edits;
        }
        self.end = version.end.or(self.end);
        self.chosen = Some(index);
        Ok(())
    }

    fn unknown_version(&self, name: &str) -> UnknownVersion {
        let names = self.versions();
        let mut known = if names.is_empty() {
            "it has no versions".to_owned()
        } else {
            format!("it has {}", names.join(", "))
        };
        let meant = did_you_mean(name, names);
        if !meant.is_empty() {
            known = format!("{known}; {meant}");
        }
        UnknownVersion { name: name.to_owned(), known }
    }
}
