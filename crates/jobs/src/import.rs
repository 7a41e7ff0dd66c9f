//! A master back to a folder of stems and a scene.

use crate::answer::{Document, count};
use crate::names::safe_file_name;
use crate::options::{Progress, Selection};
use crate::pump::{self, Route, Sink, not_written};
use crate::rules::{IMPORT_START, IMPORT_THINNED};
use crate::{JobError, info, project};
use cupola_masters::{
    ImportedMaster, SampleDepth, WavChannel, WavSink, WavSpec, import_master, is_repair,
};
use cupola_model::ambisonics::component_name;
use cupola_model::{Finding, Item, Lane, LinearGain, Severity, Timeline};
use cupola_scene::{Composed, ItemSound, compose};
use cupola_stems::UseReader;
use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// The folder of the stems inside the folder of the scene.
const STEMS: &str = "stems";
/// The scene.
const SCENE: &str = "scene.yaml";
/// Shares of the tolerance that are tried until the scene is small enough to be read.
const WIDER: [f64; 6] = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0];

/// How to import.
#[derive(Clone, Debug)]
pub struct ImportOptions {
    /// Refuse a master that has to be repaired.
    pub strict: bool,
    /// Write into a folder that exists, over files of the same names.
    pub force: bool,
    /// Movement that is too fine to be read is thinned to within this angle; 0 keeps all of it.
    pub thin_deg: f64,
    /// Frames read or written at once. Never changes the result.
    pub io_frames: usize,
}

impl Default for ImportOptions {
    fn default() -> Self {
        Self { strict: false, force: false, thin_deg: 0.1, io_frames: 16_384 }
    }
}

/// What an import made.
#[derive(Debug)]
pub struct ImportReport {
    /// The scene.
    pub scene: PathBuf,
    /// The stems, relative to its folder.
    pub stems: Vec<String>,
    /// Beds, objects and tracks.
    pub counts: [usize; 3],
    /// Keyframes written, and the points of movement they stand for.
    pub keyframes: [usize; 2],
    /// How far keyframes are from the master at most, in degrees.
    pub largest_deg: f64,
    /// Length of the programme in seconds.
    pub programme_seconds: f64,
    /// Time it took in seconds.
    pub wall_seconds: f64,
    /// Repairs, omissions, and what is remarkable about the scene.
    pub findings: Vec<Finding>,
}

/// Writes the scene and the stems of a master into a folder. A new folder appears whole or not at all.
pub fn import(
    master: &Path,
    folder: &Path,
    options: &ImportOptions,
    progress: &dyn Progress,
) -> Result<ImportReport, JobError> {
    let started = Instant::now();
    progress.stage("Reading the master", 0);
    let fresh = may_write(folder, options.force)?;
    let mut imported = import_master(master).map_err(|error| info::unreadable(master, &error))?;
    if options.strict && imported.findings.iter().any(is_repair) {
        for finding in imported.findings.iter_mut().filter(|finding| is_repair(finding)) {
            finding.severity = Severity::Error;
        }
        return Err(JobError::MasterRefused(imported.findings));
    }
    if imported.timeline.title.is_empty() {
        let name = master.file_stem().map(|name| name.to_string_lossy().into_owned());
        imported.timeline.title = name.unwrap_or_default();
    }
    let sounds = Sounds::of(&mut imported);
    let remark = format!(
        "Imported from {} by Cupola {}.",
        master.file_name().map(|name| name.to_string_lossy()).unwrap_or_default(),
        env!("CARGO_PKG_VERSION")
    );
    let (composed, thin_deg) = compose_readable(&imported.timeline, &sounds, &remark, options)?;
    let mut findings = imported.findings;
    if thin_deg > options.thin_deg {
        findings.push(
            Finding::warning(IMPORT_THINNED, "there is more movement than a scene can hold")
                .found(format!("thinned to within {thin_deg}°"))
                .allowed(format!("{}°", options.thin_deg))
                .hint("split the programme where this matters"),
        );
    }
    if composed.start_lost.0 > 0 {
        findings.push(
            Finding::note(IMPORT_START, "the master starts between two timecodes")
                .found(format!("{} samples after the one that was taken", composed.start_lost))
                .hint("nothing has to change unless timecodes must fit to the sample"),
        );
    }
    let pending = PendingFolder::create(folder)?;
    write_stems(&imported.sound, &imported.timeline, &sounds, &pending.path, options, progress)?;
    let scene = pending.path.join(SCENE);
    std::fs::write(&scene, &composed.text).map_err(|e| folder_failed(folder, &e))?;
    // What was written is read like any other scene before it gets its name.
    let read_back = project::load(&scene, &Selection::default())
        .map_err(|error| JobError::Internal(format!("the scene cannot be read back: {error}")))?;
    let timeline = &imported.timeline;
    if read_back.timeline.lanes.len() != timeline.lanes.len()
        || read_back.timeline.length != timeline.length
    {
        return Err(JobError::Internal("the scene is not what was read from the master".into()));
    }
    progress.stage("Finishing", 0);
    pending.persist(folder, fresh)?;
    Ok(ImportReport {
        scene: folder.join(SCENE),
        stems: sounds.items.into_iter().map(|sound| sound.file).collect(),
        counts: [
            timeline.beds().count() + timeline.ambisonic_beds().count(),
            timeline.objects().count(),
            timeline.lanes.len(),
        ],
        keyframes: [composed.keyframes, composed.points],
        largest_deg: composed.largest_deg,
        programme_seconds: timeline.sample_rate.seconds(timeline.length),
        wall_seconds: started.elapsed().as_secs_f64(),
        findings,
    })
}

impl ImportReport {
    /// What was made, for people.
    pub fn lines(&self) -> Vec<String> {
        let [beds, objects, tracks] = self.counts;
        let [keyframes, points] = self.keyframes;
        let mut lines = vec![
            self.scene.display().to_string(),
            format!(
                "  {}, {}, {}",
                count(beds, "bed"),
                count(objects, "object"),
                count(tracks, "track")
            ),
        ];
        if points > objects {
            lines.push(format!(
                "  {} for {} of movement, at most {:.3}° off",
                count(keyframes, "keyframe"),
                count(points, "point"),
                self.largest_deg
            ));
        }
        lines
    }

    /// What was made, for machines.
    pub fn document(&self) -> Document {
        let [beds, objects, tracks] = self.counts;
        let [keyframes, points] = self.keyframes;
        Document::new("import")
            .findings(&self.findings)
            .with("scene", self.scene.display().to_string().into())
            .with("stems", self.stems.clone().into())
            .with("beds", beds.into())
            .with("objects", objects.into())
            .with("tracks", tracks.into())
            .with("keyframes", keyframes.into())
            .with("points", points.into())
            .with("largest_deviation_deg", self.largest_deg.into())
            .with("programme_seconds", self.programme_seconds.into())
            .with("wall_seconds", self.wall_seconds.into())
    }
}

/// Whether the folder is new. One that holds something needs `force`.
fn may_write(folder: &Path, force: bool) -> Result<bool, JobError> {
    let entries = match std::fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(folder_failed(folder, &error)),
    };
    if entries && !force {
        return Err(JobError::OutputNotWritten(format!(
            "the folder {} is not empty; name a new one with -o, or write over files of the same \
             names with --force",
            folder.display()
        )));
    }
    Ok(!entries)
}

fn folder_failed(folder: &Path, error: &std::io::Error) -> JobError {
    JobError::OutputNotWritten(format!(
        "the folder {} cannot be written: {error}; choose another place with -o",
        folder.display()
    ))
}

/// The scene, thinned as much as it takes to be read again.
fn compose_readable(
    timeline: &Timeline,
    sounds: &Sounds,
    remark: &str,
    options: &ImportOptions,
) -> Result<(Composed, f64), JobError> {
    for wider in WIDER {
        // Something has to give even where nothing was to be thinned.
        let usual = ImportOptions::default().thin_deg;
        let wanted = if wider > 1.0 { options.thin_deg.max(usual) } else { options.thin_deg };
        let thin_deg = wanted * wider;
        let composed = compose(timeline, &sounds.items, remark, thin_deg);
        if composed.is_readable() {
            return Ok((composed, thin_deg));
        }
    }
    Err(JobError::OutputNotWritten(
        "there is more movement in the master than a scene can hold; split the programme".into(),
    ))
}

/// What the stems are called, and what they carry.
struct Sounds {
    items: Vec<ItemSound>,
    depths: Vec<SampleDepth>,
}

impl Sounds {
    /// Names the stems, and moves gains that the scene states out of the lanes.
    fn of(imported: &mut ImportedMaster) -> Self {
        let mut taken = BTreeSet::new();
        let mut sounds = Self { items: Vec::new(), depths: Vec::new() };
        for item in &imported.timeline.items {
            let lanes: Vec<usize> = item.tracks().map(|track| track.0).collect();
            let mut depth = imported.depth;
            let mut gains = Vec::new();
            for lane in lanes {
                let (gain, whole) = take_gain(&mut imported.timeline.lanes[lane]);
                if !whole {
                    depth = SampleDepth::F32;
                }
                gains.push(gain);
            }
            let stem = unique(&key_of(item.name()), "_", &mut taken);
            let name = unique(&short(&safe_file_name(item.name())), " ", &mut taken);
            sounds.items.push(ItemSound { stem, file: format!("{STEMS}/{name}.wav"), gains });
            sounds.depths.push(depth);
        }
        sounds
    }
}

/// Takes the gain of a lane that is one channel throughout. Says whether the samples of the lane are then
/// those of the file.
fn take_gain(lane: &mut Lane) -> (LinearGain, bool) {
    match lane.sources.as_mut_slice() {
        [] => (LinearGain::UNITY, true),
        [source] => {
            let gain = std::mem::replace(&mut source.gain, LinearGain::UNITY);
            (gain, true)
        }
        _ => (LinearGain::UNITY, false),
    }
}

/// The name of a stem in the scene: letters, digits and `_`, and no word of YAML.
fn key_of(name: &str) -> String {
    let mut key = String::new();
    for c in name.chars().take(40) {
        match c {
            c if c.is_ascii_alphanumeric() => key.push(c.to_ascii_lowercase()),
            _ if !key.is_empty() && !key.ends_with('_') => key.push('_'),
            _ => {}
        }
    }
    let key = key.trim_end_matches('_');
    let word = ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf"];
    let plain = key.starts_with(|c: char| c.is_ascii_lowercase()) && !word.contains(&key);
    if plain { key.to_owned() } else { format!("stem_{key}").trim_end_matches('_').to_owned() }
}

/// A file name with room for a number and an ending.
fn short(name: &str) -> String {
    name.chars().take(60).collect::<String>().trim_end().to_owned()
}

/// A name that no other is equal to but for upper and lower case.
fn unique(name: &str, joint: &str, taken: &mut BTreeSet<String>) -> String {
    let mut unique = name.to_owned();
    let mut number = 2;
    // Keys and files are told apart by what joins the number, so that they do not disturb each other.
    while !taken.insert(format!("{joint}{}", unique.to_lowercase())) {
        unique = format!("{name}{joint}{number}");
        number += 1;
    }
    unique
}

/// Writes one file an item.
fn write_stems(
    sound: &Path,
    timeline: &Timeline,
    sounds: &Sounds,
    folder: &Path,
    options: &ImportOptions,
    progress: &dyn Progress,
) -> Result<(), JobError> {
    std::fs::create_dir(folder.join(STEMS)).map_err(|e| folder_failed(folder, &e))?;
    let mut routes = Vec::new();
    for ((item, sound), depth) in timeline.items.iter().zip(&sounds.items).zip(&sounds.depths) {
        let channels = item
            .tracks()
            .map(|track| track.0)
            .enumerate()
            .map(|(i, source)| WavChannel { name: channel_name(item, i), source });
        let spec = WavSpec {
            sample_rate: timeline.sample_rate,
            depth: *depth,
            channels: channels.collect(),
            channel_mask: 0,
        };
        let sink = WavSink::create(&folder.join(&sound.file), false, spec);
        let sink = Sink::Wav(Box::new(sink.map_err(|e| not_written(&e))?));
        routes.push(Route::new(None, sink, 0, timeline, options.io_frames));
    }
    let open = |stem| UseReader::open(sound, stem, timeline.sample_rate);
    let readers = timeline.stems.iter().map(open).collect::<Result<Vec<_>, _>>();
    let readers = readers.map_err(|e| pump::unfit("master", &e))?;
    pump::run(timeline, &[timeline], readers, &mut routes, options.io_frames, progress)?;
    for route in routes {
        route.finish(timeline)?.persist().map_err(|e| not_written(&e))?;
    }
    Ok(())
}

fn channel_name(item: &Item, index: usize) -> String {
    match item {
        Item::Bed(bed) => bed.channels[index].label.name().to_owned(),
        Item::Ambisonic(bed) => component_name(bed.channels[index].number),
        Item::Object(object) => object.name.clone(),
    }
}

/// A folder under a temporary name beside its target; removed unless it gets its name.
struct PendingFolder {
    path: PathBuf,
}

impl PendingFolder {
    fn create(target: &Path) -> Result<Self, JobError> {
        let failed = |error: std::io::Error| folder_failed(target, &error);
        let name = target.file_name().ok_or_else(|| {
            JobError::Usage(format!(
                "{} names no folder; write for example -o song",
                target.display()
            ))
        })?;
        let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty());
        let parent = parent.unwrap_or(Path::new("."));
        std::fs::create_dir_all(parent).map_err(failed)?;
        let name = format!(".cupola-{}-{}.tmp", name.to_string_lossy(), std::process::id());
        let path = parent.join(name);
        std::fs::create_dir(&path).map_err(failed)?;
        Ok(Self { path })
    }

    /// Gives the folder its name, or where it exists already each of its files, the scene last.
    fn persist(self, target: &Path, fresh: bool) -> Result<(), JobError> {
        let failed = |error: std::io::Error| folder_failed(target, &error);
        if fresh {
            // An empty folder may be there; not every system replaces it.
            if target.exists() {
                std::fs::remove_dir(target).map_err(failed)?;
            }
            return std::fs::rename(&self.path, target).map_err(failed);
        }
        std::fs::create_dir_all(target.join(STEMS)).map_err(failed)?;
        for entry in std::fs::read_dir(self.path.join(STEMS)).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let to = target.join(STEMS).join(entry.file_name());
            std::fs::rename(entry.path(), to).map_err(failed)?;
        }
        std::fs::rename(self.path.join(SCENE), target.join(SCENE)).map_err(failed)
    }
}

impl Drop for PendingFolder {
    fn drop(&mut self) {
        // After it got its name there is nothing left under this one; and nobody can be told when
        // even this fails, the error that led here is told.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::{key_of, unique};
    use std::collections::BTreeSet;

    #[test]
    fn stems_are_called_by_words_that_yaml_leaves_alone() {
        for (name, key) in [
            ("Lead Vocal (L)", "lead_vocal_l"),
            ("Off", "stem_off"),
            ("12", "stem_12"),
            ("é", "stem"),
            ("", "stem"),
            ("a--b", "a_b"),
        ] {
            assert_eq!(key_of(name), key, "{name}");
        }
    }

    #[test]
    fn names_are_told_apart_where_case_does_not_count() {
        let mut taken = BTreeSet::new();
        let names: Vec<_> =
            ["Kick", "kick", "KICK", "Kick 2"].map(|n| unique(n, " ", &mut taken)).into();
        let lower: BTreeSet<_> = names.iter().map(|name| name.to_lowercase()).collect();
        assert_eq!(lower.len(), 4, "{names:?}");
    }
}
