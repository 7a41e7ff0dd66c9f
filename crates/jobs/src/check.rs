//! Every finding about a scene or a master at once, nothing written.

use crate::options::Selection;
use crate::plan::Recipe;
use crate::project::Reading;
use crate::{JobError, heads, info, notes, plan};
use cupola_masters::MasterCheck;
use cupola_model::{Finding, FrameCount, SampleRate};
use std::collections::BTreeSet;
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
    /// Warnings and notes that no report before this one has.
    pub findings: Vec<Finding>,
}

/// Reads a scene and the headers of its stems and reports everything that can be known without
/// decoding them: about the scene as it is and then about each of its versions, or about one version
/// alone. A scene or stem with errors is a [`JobError`] that carries all findings.
///
/// A finding is told once, where it comes up first. One that a version alone causes elsewhere in the
/// scene names that version.
pub fn check(scene: &Path, version: Option<&str>) -> Result<Vec<CheckReport>, JobError> {
    let reading = Reading::of(scene)?;
    let wanted: Vec<Option<String>> = match version {
        Some(name) => vec![Some(name.to_owned())],
        None => std::iter::once(None).chain(reading.versions().into_iter().map(Some)).collect(),
    };
    let several = wanted.len() > 1;
    let mut told = Told::default();
    let (mut reports, mut scene_broken, mut stems_broken) = (Vec::new(), false, false);
    for name in wanted {
        let blamed = name.as_deref().filter(|_| several);
        match check_one(&reading, scene, name.clone()) {
            Ok(mut report) => {
                report.findings = told.take_new(report.findings, blamed);
                reports.push(report);
            }
            Err(JobError::SceneInvalid(findings)) => {
                scene_broken = true;
                told.take_new(findings, blamed);
            }
            Err(JobError::StemsUnfit(findings)) => {
                stems_broken = true;
                told.take_new(findings, blamed);
            }
            Err(other) => return Err(other),
        }
    }
    match (scene_broken, stems_broken) {
        (true, _) => Err(JobError::SceneInvalid(told.shown)),
        (_, true) => Err(JobError::StemsUnfit(told.shown)),
        _ => Ok(reports),
    }
}

/// What was found so far, in all versions.
#[derive(Default)]
struct Told {
    /// As they were found.
    found: Vec<Finding>,
    /// As they are told.
    shown: Vec<Finding>,
}

impl Told {
    /// What is new of some findings, with the version that causes it.
    fn take_new(&mut self, findings: Vec<Finding>, version: Option<&str>) -> Vec<Finding> {
        let mut new = Vec::new();
        for finding in findings {
            if self.found.contains(&finding) {
                continue;
            }
            let mut shown = finding.clone();
            if let Some(version) = version.filter(|_| !finding.place.path.starts_with("versions")) {
                shown.message = format!("in version {version}: {}", shown.message);
            }
            self.found.push(finding);
            self.shown.push(shown.clone());
            new.push(shown);
        }
        new
    }
}

fn check_one(
    reading: &Reading,
    scene: &Path,
    version: Option<String>,
) -> Result<CheckReport, JobError> {
    let selection = Selection { version: version.clone(), ..Selection::default() };
    let project = reading.project(&selection)?;
    let named = plan::scene_recipes(&project)?;
    let files = plan::file_names(named, &project, scene, &selection, &mut BTreeSet::new())?;
    let recipes: Vec<_> = files.iter().map(|(recipe, _)| recipe).collect();
    let timeline = &project.timeline;
    let mut findings = project.findings;
    findings.extend(notes::master(timeline, &recipes));
    findings.extend(notes::loudspeaker_features(timeline, &recipes, false));
    findings.extend(notes::ambisonic_features(timeline, &recipes));
    for recipe in &recipes {
        if let Recipe::Binaural { sofa: Some(file), .. } = recipe {
            findings.extend(heads::check(file)?);
        }
    }
    Ok(CheckReport {
        version,
        title: timeline.title.clone(),
        sample_rate: timeline.sample_rate,
        length: timeline.length,
        counts: [
            timeline.beds().count() + timeline.ambisonic_beds().count(),
            timeline.objects().count(),
            timeline.lanes.len(),
        ],
        findings,
    })
}

/// Whether a file is checked as a master: by its first bytes, whatever it is called, and a root of DAMF
/// by its ending as well.
pub fn is_master(path: &Path) -> bool {
    // A pipe must not lose its first bytes to this question.
    path.is_file() && cupola_masters::is_master(path)
}

/// Refuses what is no master, with what to do instead, and what cannot be read at all.
pub fn expect_master(path: &Path, instead: &str) -> Result<(), JobError> {
    std::fs::metadata(path).map_err(|error| info::unreadable(path, &error))?;
    if is_master(path) {
        return Ok(());
    }
    Err(JobError::Usage(format!("{} is no master; {instead}", path.display())))
}

/// Reads a master, all but its sound, and reports everything that speaks against it.
pub fn check_master(path: &Path) -> Result<MasterCheck, JobError> {
    cupola_masters::check_master(path).map_err(|error| info::unreadable(path, &error))
}
