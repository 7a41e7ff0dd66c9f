//! Settings of a finished master, looked at and changed without rendering anything.

use crate::answer::Document;
use crate::options::Progress;
use crate::pump::not_written;
use crate::{JobError, expect_master, info};
use cupola_masters::{MasterSettings, copy_with_settings, import_master, read_settings};
use cupola_model::{BinauralMode, FrameRate, Item, Timeline};
use cupola_scene::Timecode;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

/// A setting that was changed, or that there is.
#[derive(Debug)]
struct Told {
    key: String,
    before: Option<String>,
    value: String,
}

/// What a master is set to.
#[derive(Debug)]
pub struct SetReport {
    /// The file that was written, if any.
    pub path: Option<PathBuf>,
    told: Vec<Told>,
}

/// The settings of a master, and the headphone mode of every track.
struct Now<'t> {
    settings: MasterSettings,
    timeline: &'t Timeline,
    modes: Vec<Option<BinauralMode>>,
}

/// Writes a copy of a master in which these settings are made, each written as `KEY=VALUE`. Sound, ADM
/// and everything else are copied byte by byte. Without settings nothing is written and all that there are
/// are told.
///
/// The key `start` sets when the first frame is, the key `binaural` the headphone mode of every track but
/// those of LFE, `binaural.NAME` that of one bed or object, `binaural.#TRACK` that of what has this track, for
/// names that several have.
pub fn set(
    master: &Path,
    changes: &[String],
    output: Option<&Path>,
    force: bool,
    progress: &dyn Progress,
) -> Result<SetReport, JobError> {
    expect_master(master, "settings are those of a master, a scene has them as keys")?;
    let unreadable = |error| info::unreadable(master, &error);
    let settings = read_settings(master).map_err(unreadable)?;
    // Names are those that an import gives.
    let timeline = import_master(master).map_err(unreadable)?.timeline;
    let mut now = Now::new(settings, &timeline);
    if changes.is_empty() {
        return match output {
            None => Ok(SetReport { path: None, told: now.all() }),
            Some(_) => Err(JobError::Usage("nothing is to be set; write KEY=VALUE".to_owned())),
        };
    }
    let (before, start) = (now.all(), now.settings.start());
    for (key, value) in in_order(changes)? {
        now.change(key, value)?;
    }
    let mut told = changed(before, now.all());
    // Another frame rate counts the same time otherwise.
    told.retain(|told| told.key != "start" || start != now.settings.start());
    let output = output.ok_or_else(|| JobError::Usage("name the file to write with -o".into()))?;
    crate::plan::refuse_folder(output)?;
    same_kind(master, output)?;
    let same = |path: &Path| path.canonicalize().ok();
    if !force && same(output).is_some_and(|own| same(master) == Some(own)) {
        return Err(JobError::OutputNotWritten(format!(
            "{} is the master itself; change it in place with --force",
            output.display()
        )));
    }
    let bytes = std::fs::metadata(master).map_or(0, |file| file.len());
    progress.stage("Copying", bytes);
    let copied = copy_with_settings(master, output, force, &now.settings, |done| {
        progress.advance(done);
        !progress.cancel_flag().load(Ordering::Relaxed)
    });
    let pending = copied.map_err(|e| not_written(&e))?.ok_or(JobError::Cancelled)?;
    pending.persist().map_err(|e| not_written(&e))?;
    Ok(SetReport { path: Some(output.to_owned()), told })
}

impl<'t> Now<'t> {
    fn new(settings: MasterSettings, timeline: &'t Timeline) -> Self {
        let modes = settings.modes().unwrap_or_else(|| {
            let mut modes = Vec::new();
            for Track { track, own, .. } in named_tracks(timeline) {
                modes.resize(modes.len().max(track + 1), None);
                modes[track] = own;
            }
            modes
        });
        Self { settings, timeline, modes }
    }

    fn change(&mut self, key: &str, value: &str) -> Result<(), JobError> {
        if key == "start" {
            let rate = self.settings.frame_rate().unwrap_or(FrameRate::Fps24);
            let start = Timecode::read_start(value, self.timeline.sample_rate, rate);
            let start =
                start.map_err(|why| JobError::Usage(format!("start cannot be {value}: {why}")))?;
            self.settings.set_start(start);
            return Ok(());
        }
        let Some(rest) = key.strip_prefix("binaural") else {
            return self.settings.set(key, value).map_err(|e| JobError::Usage(e.to_string()));
        };
        let mode = BinauralMode::ALL.into_iter().find(|mode| mode.name() == value);
        let mode = mode.ok_or_else(|| {
            let allowed = BinauralMode::ALL.map(BinauralMode::name).join(", ");
            JobError::Usage(format!("{key} cannot be {value}; allowed is {allowed}"))
        })?;
        let name = rest.strip_prefix('.');
        if name.is_none() && !rest.is_empty() {
            return Err(JobError::Usage(format!(
                "there is no setting called {key}; write binaural, or binaural.NAME for one object"
            )));
        }
        self.set_modes(name, mode)
    }

    /// Sets the modes of one item, or of all.
    fn set_modes(&mut self, name: Option<&str>, mode: BinauralMode) -> Result<(), JobError> {
        let all = named_tracks(self.timeline);
        let wanted = match name {
            None => None,
            Some(name) => Some(self.item_called(name, &all)?),
        };
        let tracks = all.iter().filter(|of| of.own.is_some());
        let mut any = false;
        for Track { track, name: item, .. } in
            tracks.filter(|of| wanted.is_none_or(|wanted| of.item == wanted))
        {
            let track = *track;
            any = true;
            if !self.settings.set_mode(track, mode) {
                return Err(JobError::Usage(format!(
                    "this master has no place for the headphone mode of {item}; `cupola master` \
                     makes an Atmos master of it"
                )));
            }
            self.modes.resize(self.modes.len().max(track + 1), None);
            self.modes[track] = Some(mode);
        }
        if any {
            return Ok(());
        }
        Err(JobError::Usage("nothing in this master has a headphone mode".to_owned()))
    }

    /// The index of the item that a name or `#` and the number of a track means.
    fn item_called(&self, name: &str, tracks: &[Track]) -> Result<usize, JobError> {
        let called: Vec<usize> = same_name(self.timeline, name).collect();
        if let [one] = called[..] {
            return Ok(one);
        }
        if !called.is_empty() {
            let first = |item: &usize| tracks.iter().find(|of| of.item == *item);
            let numbers = called.iter().filter_map(first).map(|of| of.track + 1);
            let ways: Vec<_> = numbers.map(|number| format!("binaural.#{number}")).collect();
            return Err(JobError::Usage(format!(
                "there are {} beds or objects called {name}; write {} for the one with this track",
                called.len(),
                ways.join(" or ")
            )));
        }
        let number = name.strip_prefix('#').and_then(|number| number.parse::<usize>().ok());
        let of_track = tracks.iter().find(|of| number == Some(of.track + 1));
        of_track.map(|of| of.item).ok_or_else(|| {
            let names: Vec<&str> = self.timeline.items.iter().map(Item::name).collect();
            let names = names.join(", ");
            JobError::Usage(format!("there is no bed or object called {name}; there are {names}"))
        })
    }

    /// Every setting there is, headphone modes by the names of items.
    fn all(&self) -> Vec<Told> {
        let tell = |key: String, value: String| Told { key, before: None, value };
        let rate = self.settings.frame_rate().unwrap_or(FrameRate::Fps24);
        let (start, rest) =
            Timecode::before(self.settings.start(), self.timeline.sample_rate, rate);
        let start = match rest.0 {
            0 => start.to_string(),
            _ => format!("{} samples", self.settings.start()),
        };
        let mut told = vec![tell("start".to_owned(), start)];
        told.extend(self.settings.settings().into_iter().map(|s| tell(s.key, s.value)));
        for Track { track, item: index, name, own } in named_tracks(self.timeline) {
            let several = same_name(self.timeline, &name).count() > 1;
            let of_item = |of: &Track| of.item == index;
            let first =
                named_tracks(self.timeline).iter().find(|of| of_item(of)).map(|of| of.track);
            let key = match first.filter(|_| several) {
                Some(first) => format!("binaural.#{}", first + 1),
                None => format!("binaural.{name}"),
            };
            if own.is_none() || told.iter().any(|other| other.key == key) {
                continue;
            }
            let Some(mode) = self.modes.get(track) else { continue };
            let value = mode.map_or("none", BinauralMode::name).to_owned();
            told.push(tell(key, value));
        }
        told
    }
}

/// A track of the file.
struct Track {
    /// From 0.
    track: usize,
    /// Index of the item it belongs to.
    item: usize,
    name: String,
    /// The headphone mode it was read with; an LFE has none.
    own: Option<BinauralMode>,
}

/// Items of this name.
fn same_name<'t>(timeline: &'t Timeline, name: &'t str) -> impl Iterator<Item = usize> + 't {
    let items = timeline.items.iter().enumerate();
    items.filter(move |(_, item)| item.name() == name).map(|(index, _)| index)
}

fn named_tracks(timeline: &Timeline) -> Vec<Track> {
    let channel =
        |lane: usize| timeline.lanes[lane].sources.first().map(|s| usize::from(s.channel));
    let mut tracks = Vec::new();
    for (index, item) in timeline.items.iter().enumerate() {
        let mut push = |lane: usize, own| {
            let name = item.name().to_owned();
            tracks.extend(channel(lane).map(|track| Track { track, item: index, name, own }));
        };
        match item {
            Item::Bed(bed) => {
                for channel in &bed.channels {
                    push(channel.lane.0, (!channel.label.is_lfe()).then_some(channel.binaural));
                }
            }
            Item::Object(object) => push(object.lane.0, Some(object.binaural)),
            // Files whose headphone modes can be set have none of these.
            Item::Ambisonic(_) => {}
        }
    }
    tracks
}

/// Keys and values. A timecode is one of the frame rate that is set along with it, so that comes last.
fn in_order(changes: &[String]) -> Result<Vec<(&str, &str)>, JobError> {
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    for change in changes {
        // Names may have this sign in them, values have not.
        let (key, value) = change.rsplit_once('=').ok_or_else(|| {
            JobError::Usage(format!("{change} is no setting; write for example trim.5.1=0/0/0"))
        })?;
        let (key, value) = (key.trim(), value.trim());
        if pairs.iter().any(|(other, _)| *other == key) {
            return Err(JobError::Usage(format!("{key} is set twice; give it one value")));
        }
        pairs.push((key, value));
    }
    pairs.sort_by_key(|(key, _)| *key == "start");
    Ok(pairs)
}

/// What is copied stays what it is; the name must not say otherwise.
fn same_kind(master: &Path, output: &Path) -> Result<(), JobError> {
    let is_damf = !info::is_riff(master);
    let extension = output.extension().map(|e| e.to_ascii_lowercase().display().to_string());
    let (kind, want) = if is_damf { ("a DAMF", ".atmos") } else { ("an ADM BWF", ".wav") };
    let fits = match extension.as_deref() {
        Some("atmos") => is_damf,
        Some("wav") => !is_damf,
        _ => true,
    };
    if fits {
        return Ok(());
    }
    Err(JobError::Usage(format!(
        "{} is {kind} master and so is its copy; name it with {want}, or convert it with `cupola master`",
        master.display()
    )))
}

fn changed(before: Vec<Told>, after: Vec<Told>) -> Vec<Told> {
    let pairs = before.into_iter().zip(after).filter(|(before, after)| before.value != after.value);
    pairs.map(|(before, after)| Told { before: Some(before.value), ..after }).collect()
}

impl SetReport {
    /// What was set, for people.
    pub fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.path.iter().map(|p| p.display().to_string()).collect();
        let indent = if self.path.is_some() { "  " } else { "" };
        if self.path.is_some() && self.told.is_empty() {
            lines.push("  nothing had to change".to_owned());
        }
        lines.extend(self.told.iter().map(|told| match &told.before {
            Some(before) => format!("{indent}{}: {before} -> {}", told.key, told.value),
            None => format!("{indent}{}={}", told.key, told.value),
        }));
        lines
    }

    /// The same for machines.
    pub fn document(&self) -> Document {
        let told =
            |told: &Told| json!({"key": told.key, "before": told.before, "value": told.value});
        let path = self.path.as_ref().map_or(Value::Null, |path| path.display().to_string().into());
        Document::new("set")
            .findings(&[])
            .with("path", path)
            .with("settings", self.told.iter().map(told).collect())
    }
}
