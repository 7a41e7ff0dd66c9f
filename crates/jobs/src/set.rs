//! Settings of a finished master, looked at and changed without rendering anything.

use crate::answer::Document;
use crate::options::Progress;
use crate::pump::not_written;
use crate::{JobError, info};
use cupola_masters::{DolbySettings, copy_with_settings, import_master, read_settings};
use cupola_model::{BinauralMode, Item, Timeline};
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

/// Writes a copy of a master in which these settings are made, each written as `KEY=VALUE`. Sound, ADM
/// and everything else are copied byte by byte. Without settings nothing is written and all that there are
/// are told.
///
/// The key `binaural` sets the headphone mode of every track but those of LFE, `binaural.NAME` that of one
/// bed or object.
pub fn set(
    master: &Path,
    changes: &[String],
    output: Option<&Path>,
    force: bool,
    progress: &dyn Progress,
) -> Result<SetReport, JobError> {
    if !master.is_file() || !info::is_riff(master) {
        return Err(JobError::Usage(format!(
            "{} is no ADM BWF; settings are those of a master, a scene has them as keys",
            master.display()
        )));
    }
    let unreadable = |error| info::unreadable(master, &error);
    let mut settings = read_settings(master).map_err(unreadable)?.ok_or_else(|| {
        let reason = "it has no `dbmd` that can be read, where settings stand; `cupola master` makes an \
                      Atmos master of it";
        JobError::InputUnreadable { path: master.to_owned(), reason: reason.to_owned() }
    })?;
    // Names are those that an import gives.
    let timeline = import_master(master).map_err(unreadable)?.timeline;
    if changes.is_empty() {
        return match output {
            None => Ok(SetReport { path: None, told: all(&settings, &timeline) }),
            Some(_) => Err(JobError::Usage("nothing is to be set; write KEY=VALUE".to_owned())),
        };
    }
    let before = all(&settings, &timeline);
    for change in changes {
        let (key, value) = change.split_once('=').ok_or_else(|| {
            JobError::Usage(format!("{change} is no setting; write for example trim.5.1=0/0/0"))
        })?;
        change_one(&mut settings, &timeline, key.trim(), value.trim())?;
    }
    let told = changed(before, all(&settings, &timeline));
    let output = output.ok_or_else(|| JobError::Usage("name the file to write with -o".into()))?;
    crate::plan::refuse_folder(output)?;
    let same = |path: &Path| path.canonicalize().ok();
    if !force && same(output).is_some_and(|own| same(master) == Some(own)) {
        return Err(JobError::OutputNotWritten(format!(
            "{} is the master itself; change it in place with --force",
            output.display()
        )));
    }
    let bytes = std::fs::metadata(master).map_or(0, |file| file.len());
    progress.stage("Copying", bytes);
    let copied = copy_with_settings(master, output, force, settings, |done| {
        progress.advance(done);
        !progress.cancel_flag().load(Ordering::Relaxed)
    });
    let pending = copied.map_err(|e| not_written(&e))?.ok_or(JobError::Cancelled)?;
    pending.persist().map_err(|e| not_written(&e))?;
    Ok(SetReport { path: Some(output.to_owned()), told })
}

fn change_one(
    settings: &mut DolbySettings,
    timeline: &Timeline,
    key: &str,
    value: &str,
) -> Result<(), JobError> {
    let Some(rest) = key.strip_prefix("binaural") else {
        return settings.set(key, value).map_err(|e| JobError::Usage(e.to_string()));
    };
    let mode =
        BinauralMode::ALL.into_iter().find(|mode| mode.name() == value).ok_or_else(|| {
            let allowed = BinauralMode::ALL.map(BinauralMode::name).join(", ");
            JobError::Usage(format!("{key} cannot be {value}; allowed is {allowed}"))
        })?;
    let name = rest.strip_prefix('.');
    if name.is_none() && !rest.is_empty() {
        return Err(JobError::Usage(format!(
            "there is no setting called {key}; write binaural, or binaural.NAME for one object"
        )));
    }
    let tracks: Vec<(usize, String)> = named_tracks(timeline)
        .into_iter()
        .filter(|(_, item, lfe)| !lfe && name.is_none_or(|name| item == name))
        .map(|(track, item, _)| (track, item))
        .collect();
    if tracks.is_empty() {
        let names: Vec<&str> = timeline.items.iter().map(Item::name).collect();
        return Err(JobError::Usage(format!(
            "there is no bed or object called {}; there are {}",
            name.unwrap_or_default(),
            names.join(", ")
        )));
    }
    for (track, item) in tracks {
        if !settings.set_mode(track, mode) {
            return Err(JobError::Usage(format!(
                "the `dbmd` of this master tells nothing of the track of {item}"
            )));
        }
    }
    Ok(())
}

/// Tracks of the file from 0, the item each belongs to, and whether it is an LFE.
fn named_tracks(timeline: &Timeline) -> Vec<(usize, String, bool)> {
    let channel =
        |lane: usize| timeline.lanes[lane].sources.first().map(|s| usize::from(s.channel));
    let mut tracks = Vec::new();
    for item in &timeline.items {
        match item {
            Item::Bed(bed) => tracks.extend(
                bed.channels
                    .iter()
                    .filter_map(|c| Some((channel(c.lane.0)?, bed.name.clone(), c.label.is_lfe()))),
            ),
            Item::Object(object) => {
                tracks.extend(
                    channel(object.lane.0).map(|track| (track, object.name.clone(), false)),
                );
            }
        }
    }
    tracks
}

/// Every setting there is, headphone modes by the names of items.
fn all(settings: &DolbySettings, timeline: &Timeline) -> Vec<Told> {
    let modes = settings.modes();
    let mut told: Vec<Told> = settings
        .settings()
        .into_iter()
        .map(|setting| Told { key: setting.key, before: None, value: setting.value })
        .collect();
    for (track, name, lfe) in named_tracks(timeline) {
        let key = format!("binaural.{name}");
        if lfe || told.iter().any(|other| other.key == key) {
            continue;
        }
        let Some(mode) = modes.get(track) else { continue };
        let value = mode.map_or("none", BinauralMode::name).to_owned();
        told.push(Told { key, before: None, value });
    }
    told
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
