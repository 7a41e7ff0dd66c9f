//! Every finding about a scene or a master at once, nothing written.

use crate::options::Selection;
use crate::{JobError, info, notes, plan, project};
use cupola_masters::MasterCheck;
use cupola_model::{Finding, FrameCount, SampleRate};
use std::path::Path;

/// What a scene without errors is.
#[derive(Debug)]
pub struct CheckReport {
    /// The version that was checked, by its name.
    pub version: Option<String>,
    /// Title of the programme.
    pub title: String,
    /// Session rate.
    pub sample_rate: SampleRate,
    /// Length of every output.
    pub length: FrameCount,
    /// Beds, objects and tracks.
    pub counts: [usize; 3],
    /// Warnings and notes.
    pub findings: Vec<Finding>,
}

/// Reads a scene and the headers of its stems and reports everything that can be known without
/// decoding them. A scene or stem with errors is a [`JobError`] that carries all findings.
pub fn check(scene: &Path, selection: &Selection) -> Result<CheckReport, JobError> {
    let project = project::load(scene, selection)?;
    let named = plan::scene_recipes(&project)?;
    let files = plan::file_names(named, &project, scene, selection.group.as_deref())?;
    let recipes: Vec<_> = files.iter().map(|(recipe, _)| recipe).collect();
    let timeline = &project.timeline;
    let mut findings = project.findings;
    findings.extend(notes::master(timeline, &recipes));
    findings.extend(notes::binaural_modes(timeline, &recipes));
    Ok(CheckReport {
        version: selection.version.clone(),
        title: timeline.title.clone(),
        sample_rate: timeline.sample_rate,
        length: timeline.length,
        counts: [timeline.beds().count(), timeline.objects().count(), timeline.lanes.len()],
        findings,
    })
}

/// Whether a file is checked as a master: by its first bytes, whatever it is called.
pub fn is_master(path: &Path) -> bool {
    // A pipe must not lose its first bytes to this question.
    path.is_file() && info::is_riff(path)
}

/// Reads a master, all but its sound, and reports everything that speaks against it.
pub fn check_master(path: &Path) -> Result<MasterCheck, JobError> {
    cupola_masters::check_master(path).map_err(|error| info::unreadable(path, &error))
}
