//! A scene file and its stems, read and resolved.

use crate::includes::Includes;
use crate::info::is_riff;
use crate::options::Selection;
use crate::{JobError, is_master, mastered, rules};
use cupola_masters::{MasterSettings, SampleDepth};
use cupola_model::{Finding, FrameIndex, Item, Severity, StemFacts, Timeline};
use cupola_scene::{Scene, StemRequest};
use rayon::prelude::*;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Largest scene or layout read; ten thousand keyframes take about one megabyte.
const LARGEST_TEXT_BYTES: u64 = 10 << 20;

/// A scene that is ready to be produced.
pub(crate) struct Project {
    pub(crate) scene: Scene,
    pub(crate) timeline: Timeline,
    /// The file of every stem of the timeline, in its order.
    pub(crate) stem_paths: Vec<PathBuf>,
    /// Every file the scene includes.
    pub(crate) included: Vec<PathBuf>,
    /// The folder scene paths are relative to.
    pub(crate) folder: PathBuf,
    /// Warnings and notes.
    pub(crate) findings: Vec<Finding>,
    /// What a master says beside its ADM, and has no key in scenes.
    pub(crate) settings: Option<MasterSettings>,
    /// How long before a cut at its start the first frame of action of a master was, if it was cut off.
    pub(crate) action_lost_s: Option<f64>,
    /// The depth of its sound, when it was read from a master.
    pub(crate) depth: Option<SampleDepth>,
}

impl Project {
    /// The bar and the beat of a frame; `None` without a tempo, and where edits have moved the bars.
    pub(crate) fn music_at(&self, frame: FrameIndex) -> Option<(u32, f64)> {
        if self.scene.is_edited() { None } else { self.scene.music_at(frame) }
    }
}

/// Reads a scene, looks at every stem and resolves both to a timeline of what is selected; or reads a
/// master.
pub(crate) fn load(path: &Path, selection: &Selection) -> Result<Project, JobError> {
    if is_master(path) {
        return mastered::load(path, selection);
    }
    Reading::of(path)?.project(selection)
}

/// A scene without errors in itself, and what its stems are.
pub(crate) struct Reading {
    scene: Scene,
    findings: Vec<Finding>,
    included: Vec<PathBuf>,
    folder: PathBuf,
    facts: Vec<Option<StemFacts>>,
    stem_findings: Vec<Finding>,
}

impl Reading {
    /// Reads a scene and looks at every stem it uses.
    pub(crate) fn of(path: &Path) -> Result<Self, JobError> {
        let (scene, findings, included) = read(path)?;
        let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
        let (facts, stem_findings) = probe_stems(scene.stems(), &folder, |request| request.used);
        Ok(Self { scene, findings, included, folder, facts, stem_findings })
    }

    /// The names of the versions, in the order of the scene.
    pub(crate) fn versions(&self) -> Vec<String> {
        self.scene.versions().into_iter().map(str::to_owned).collect()
    }

    /// Resolves what is selected.
    pub(crate) fn project(&self, selection: &Selection) -> Result<Project, JobError> {
        self.share(selection, None)
    }

    /// Resolves one share of what is selected: the groups it is split by, and which of their shares.
    pub(crate) fn share(
        &self,
        selection: &Selection,
        share: Option<(&[&str], usize)>,
    ) -> Result<Project, JobError> {
        let mut scene = self.scene.clone();
        select(&mut scene, selection, share)?;
        let resolved = scene.resolve(&self.facts);
        let has_errors = |list: &[Finding]| list.iter().any(|f| f.severity == Severity::Error);
        let (scene_broken, stems_broken) =
            (has_errors(&resolved.findings), has_errors(&self.stem_findings));
        let region: Vec<_> =
            resolved.findings.iter().filter(|f| f.rule == REGION).cloned().collect();
        if !region.is_empty() {
            return Err(wrong_region(&region));
        }
        let lists = [&self.findings, &resolved.findings, &self.stem_findings];
        let findings: Vec<Finding> = lists.into_iter().flatten().cloned().collect();
        match resolved.value {
            _ if scene_broken => Err(JobError::SceneInvalid(findings)),
            _ if stems_broken => Err(JobError::StemsUnfit(findings)),
            Some(mut timeline) => {
                let left_out = leave_out(&mut timeline, selection.importance);
                self.with_files(scene, timeline, findings.into_iter().chain(left_out).collect())
            }
            None => {
                Err(JobError::Internal("the scene gave neither a timeline nor an error".into()))
            }
        }
    }

    fn with_files(
        &self,
        scene: Scene,
        timeline: Timeline,
        findings: Vec<Finding>,
    ) -> Result<Project, JobError> {
        timeline.validate().map_err(|e| JobError::Internal(e.to_string()))?;
        let path_of = |name: &str| scene.stems().iter().find(|s| s.name == name);
        let paths = timeline.stems.iter().filter_map(|s| path_of(&s.name));
        let stem_paths: Vec<_> = paths.map(|s| self.folder.join(&s.path)).collect();
        if stem_paths.len() != timeline.stems.len() {
            return Err(JobError::Internal("the timeline names a stem the scene lacks".into()));
        }
        let (included, folder) = (self.included.clone(), self.folder.clone());
        Ok(Project {
            scene,
            timeline,
            stem_paths,
            included,
            folder,
            findings,
            settings: None,
            action_lost_s: None,
            depth: None,
        })
    }
}

/// Reads a scene alone, and names the files it includes. One with errors comes with what can be
/// found out about its stems.
fn read(path: &Path) -> Result<(Scene, Vec<Finding>, Vec<PathBuf>), JobError> {
    let name = path.display().to_string();
    let text = scene_text(path)?;
    let mut includes = Includes::of(path);
    let draft = cupola_scene::draft_scene(&text, &name, &mut includes);
    let mut findings = draft.findings;
    let Some(scene) = draft.scene else { return Err(JobError::SceneInvalid(findings)) };
    if findings.iter().any(|f| f.severity == Severity::Error) {
        // The files can be looked at even so: better one list of faults than two.
        let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
        let (facts, stem_findings) = probe_stems(scene.stems(), &folder, |_| true);
        findings.extend(scene.check_stems(&facts));
        findings.extend(stem_findings);
        return Err(JobError::SceneInvalid(findings));
    }
    Ok((scene, findings, includes.paths().map(Path::to_path_buf).collect()))
}

/// Leaves of a scene what is selected.
fn select(
    scene: &mut Scene,
    selection: &Selection,
    share: Option<(&[&str], usize)>,
) -> Result<(), JobError> {
    if let Some(version) = &selection.version {
        scene.choose_version(version).map_err(|e| JobError::Usage(e.to_string()))?;
    }
    let group = selection.group.as_deref();
    let alone = group.as_ref().map(|group| (std::slice::from_ref(group), 0));
    if let Some((groups, index)) = share.or(alone) {
        scene.keep_share(groups, index).map_err(|e| JobError::Usage(e.to_string()))?;
    }
    let (from, until) = (selection.from.as_deref(), selection.until.as_deref());
    let findings = scene.keep_region(from, until);
    if findings.is_empty() { Ok(()) } else { Err(wrong_region(&findings)) }
}

/// Silences the objects that matter less than asked for.
pub(crate) fn leave_out(timeline: &mut Timeline, importance: u8) -> Option<Finding> {
    let Timeline { items, lanes, .. } = timeline;
    let mut names = Vec::new();
    for item in items {
        if let Item::Object(object) = item
            && object.features.importance < importance
        {
            lanes[object.lane.0].sources.clear();
            names.push(object.name.as_str());
        }
    }
    if names.is_empty() {
        return None;
    }
    let message = format!("objects less important than {importance} are left out");
    Some(Finding::note(rules::IMPORTANCE, message).found(names.join(", ")))
}

/// The rule of a part of the programme that is not in it.
pub(crate) const REGION: &str = "scene.region";

/// What is wrong with the times of a selection, which stand in no file.
pub(crate) fn wrong_region(findings: &[Finding]) -> JobError {
    let words = findings.iter().map(|finding| {
        let Finding { message, found, allowed, hint, .. } = finding;
        let parts = [("found ", found), ("allowed ", allowed), ("", hint)];
        let parts = parts.iter().filter(|(_, text)| !text.is_empty());
        let parts = parts.map(|(word, text)| format!("; {word}{text}")).collect::<String>();
        format!("--{}: {message}{parts}", finding.place.path)
    });
    JobError::Usage(words.collect::<Vec<_>>().join("\n"))
}

/// Facts and findings of every stem that is wanted.
fn probe_stems(
    requests: &[StemRequest],
    folder: &Path,
    wanted: impl Fn(&StemRequest) -> bool + Sync,
) -> (Vec<Option<StemFacts>>, Vec<Finding>) {
    let probe = |r: &StemRequest| wanted(r).then(|| cupola_stems::probe(&folder.join(&r.path)));
    let probes: Vec<_> = requests.par_iter().map(probe).collect();
    let mut findings = Vec::new();
    let mut facts = Vec::with_capacity(probes.len());
    for (request, probe) in requests.iter().zip(probes) {
        let locate = |finding: Finding| finding.at(request.place.clone()).subject(&request.name);
        facts.push(match probe {
            Some(Ok(probe)) => {
                findings.extend(probe.findings.into_iter().map(locate));
                Some(probe.facts)
            }
            Some(Err(error)) => {
                let finding = Finding::error(rules::STEM_UNREADABLE, error.to_string());
                findings.push(locate(
                    finding.hint(similar_file(&folder.join(&request.path), "the scene file")),
                ));
                None
            }
            None => None,
        });
    }
    (facts, findings)
}

/// Most names of a folder that are compared with a missing one.
const NAMES_COMPARED: usize = 10_000;

/// For a file that is missing: the file beside it that was probably meant. Empty for other files.
/// `from` is what paths count from, in words.
pub(crate) fn similar_file(path: &Path, from: &str) -> String {
    if path.is_dir() {
        return "this is a folder; name a file in it".to_owned();
    }
    if path.symlink_metadata().is_ok() {
        let broken = !path.exists();
        return if broken { "it is a link that leads nowhere".to_owned() } else { String::new() };
    }
    let wanted = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(entries) = std::fs::read_dir(folder) else {
        return format!("there is no folder {}; paths count from {from}", folder.display());
    };
    let names = entries.take(NAMES_COMPARED).flatten();
    let names = names.map(|e| e.file_name().to_string_lossy().into_owned());
    let scored = names.map(|name| (likeness(&wanted, &name), name));
    match scored.max_by(|a, b| a.0.total_cmp(&b.0)) {
        Some((score, name)) if score > 0.8 => format!("did you mean `{name}` in the same folder?"),
        _ => format!("check the path; it counts from {from}"),
    }
}

/// How much two file names are alike, up to 1. A YAML file is meant by no other file, and the ending it
/// shares with all of its kind counts for nothing.
fn likeness(wanted: &str, name: &str) -> f64 {
    let bare = |name: &str| {
        let (bare, ending) = name.rsplit_once('.')?;
        ["yaml", "yml"].contains(&ending).then(|| bare.to_owned())
    };
    match (bare(wanted), bare(name)) {
        (Some(wanted), Some(name)) => strsim::jaro_winkler(&wanted, &name),
        (Some(_), None) => 0.0,
        _ => strsim::jaro_winkler(wanted, name),
    }
}

/// The text of a scene.
pub(crate) fn scene_text(path: &Path) -> Result<String, JobError> {
    // A pipe must not lose its first bytes to this question.
    if path.is_file() && is_riff(path) {
        let reason = "this is sound, not a scene; `cupola info` shows what it holds".to_owned();
        return Err(JobError::InputUnreadable { path: path.to_path_buf(), reason });
    }
    read_text(path, "a scene is a YAML file such as scene.yaml")
}

/// Reads a text file, bounded.
pub(crate) fn read_text(path: &Path, expected: &str) -> Result<String, JobError> {
    let refuse = |reason: String| JobError::InputUnreadable { path: path.to_path_buf(), reason };
    if path.is_dir() {
        return Err(refuse(format!("this is a folder; {expected}")));
    }
    let file = File::open(path).map_err(|e| refuse(format!("cannot be opened: {e}")))?;
    bounded_text(file, path, expected)
}

/// Reads a text, bounded; `path` is what it is called.
pub(crate) fn bounded_text(
    reader: impl Read,
    path: &Path,
    expected: &str,
) -> Result<String, JobError> {
    let refuse = |reason: String| JobError::InputUnreadable { path: path.to_path_buf(), reason };
    let mut bytes = Vec::new();
    reader
        .take(LARGEST_TEXT_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| refuse(format!("cannot be read: {e}")))?;
    if bytes.len() as u64 > LARGEST_TEXT_BYTES {
        return Err(refuse(format!("is larger than {} MiB; {expected}", LARGEST_TEXT_BYTES >> 20)));
    }
    String::from_utf8(bytes).map_err(|e| {
        let good = &e.as_bytes()[..e.utf8_error().valid_up_to()];
        let line = 1 + good.iter().filter(|&&b| b == b'\n').count();
        let last = good.rsplit(|&b| b == b'\n').next().unwrap_or_default();
        let column = 1 + String::from_utf8_lossy(last).chars().count();
        let place = format!("{}:{line}:{column}", path.display());
        let wide = [[0xff, 0xfe], [0xfe, 0xff]].iter().any(|mark| e.as_bytes().starts_with(mark));
        let found = if wide { "this is UTF-16" } else { "this is not UTF-8 text" };
        refuse(format!("{found}, from {place} on; save the file as UTF-8 ({expected})"))
    })
}
