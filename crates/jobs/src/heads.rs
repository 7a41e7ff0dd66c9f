//! Heads: the embedded set or a SOFA file, its facts and its picture.

use crate::info::unreadable;
use crate::options::Head;
use crate::view::write_picture;
use crate::{Document, Info, JobError};
use cupola_hrtf::{HrtfError, Remark, Sofa, SofaFacts, SofaOptions};
use cupola_model::{Finding, HrtfSet, SampleRate};
use cupola_render::binaural::BinauralQuality;
use cupola_report::{HrtfPicture, hrtf_svg};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// The set of a headphone render: the file on the command line, that of the scene, or the embedded
/// one. What is remarkable about a file joins the findings.
pub(crate) fn set(
    of_scene: Option<&Path>,
    rate: SampleRate,
    head: &Head,
    findings: &mut Vec<Finding>,
) -> Result<HrtfSet, JobError> {
    let Some(path) = head.sofa.as_deref().or(of_scene) else {
        return cupola_hrtf::embedded(rate).map_err(|e| JobError::Internal(e.to_string()));
    };
    let mut options = SofaOptions { diffuse_field_eq: head.equalise, ..SofaOptions::default() };
    if head.quality == BinauralQuality::High {
        options.taps *= 2;
    }
    let cache = cache_folder();
    let loaded = cupola_hrtf::load_sofa(path, rate, &options, cache.as_deref())
        .map_err(|error| failed(path, &error))?;
    findings.extend(remarks(path, &loaded.remarks));
    Ok(loaded.set)
}

/// Whether a head of a scene can be used, and what is remarkable about it.
pub(crate) fn check(path: &Path) -> Result<Vec<Finding>, JobError> {
    let facts = facts(path)?.1;
    Ok(remarks(path, &facts.remarks).collect())
}

fn remarks(path: &Path, remarks: &[Remark]) -> impl Iterator<Item = Finding> {
    let file = path.display().to_string();
    remarks.iter().map(move |remark| remark.finding(&file))
}

fn failed(path: &Path, error: &HrtfError) -> JobError {
    match error {
        HrtfError::UnsupportedRate { .. } => JobError::Internal(error.to_string()),
        HrtfError::Unreadable { what, .. } => unreadable(path, what),
        _ => unreadable(path, error),
    }
}

/// Where converted sets are kept: `CUPOLA_CACHE`, or the user's folder for such things. None when
/// there is neither, and when `CUPOLA_CACHE` is empty.
fn cache_folder() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    if std::env::var_os("CUPOLA_CACHE").is_some() {
        return folder("CUPOLA_CACHE");
    }
    let base = if cfg!(target_os = "windows") {
        folder("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        folder("HOME").map(|home| home.join("Library/Caches"))
    } else {
        folder("XDG_CACHE_HOME").or_else(|| folder("HOME").map(|home| home.join(".cache")))
    };
    Some(base?.join("cupola"))
}

fn facts(path: &Path) -> Result<(Sofa, SofaFacts), JobError> {
    let bytes = std::fs::read(path).map_err(|e| unreadable(path, &e))?;
    let sofa = Sofa::parse(bytes).map_err(|e| failed(path, &e))?;
    let facts = SofaFacts::of(&sofa).map_err(|e| failed(path, &e))?;
    Ok((sofa, facts))
}

/// What a SOFA file holds; with `plot`, also a picture of it there.
pub fn hrtf(path: &Path, plot: Option<&Path>, force: bool) -> Result<Info, JobError> {
    let (sofa, facts) = facts(path)?;
    let findings: Vec<_> = remarks(path, &facts.remarks).collect();
    let mut lines = lines(path, &sofa, &facts);
    if let Some(plot) = plot {
        write_picture(plot, &hrtf_svg(&picture(&sofa, &facts)), &[path], force)?;
        lines.push(format!("  {}", plot.display()));
    }
    lines.extend(findings.iter().map(|f| format!("  {f}")));
    let document = Document::new("hrtf")
        .findings(&findings)
        .with("file", path.display().to_string().into())
        .with("plot", plot.map_or(Value::Null, |p| p.display().to_string().into()))
        .with("facts", facts_json(&sofa, &facts));
    Ok(Info { lines, document })
}

fn lines(path: &Path, sofa: &Sofa, facts: &SofaFacts) -> Vec<String> {
    let [lowest, highest] = facts.elevation_deg;
    let [near, far] = facts.distance_m;
    let [hole, azimuth, elevation] = facts.largest_hole_deg;
    let [low, high] = facts.diffuse_range_db;
    vec![
        format!("{}: {}", path.display(), sofa.convention),
        format!("  {}", sofa.name),
        format!(
            "  {} measurements of {} samples at {} Hz, distance {near:.2} to {far:.2} m",
            facts.measurements, sofa.tap_count, sofa.rate_hz
        ),
        format!(
            "  {} directions, elevation {lowest:.1} to {highest:.1}°; the largest hole is {hole:.0}° wide, \
             at azimuth {azimuth:.0}°, elevation {elevation:.0}°",
            facts.directions.len()
        ),
        format!(
            "  interaural time difference up to {:.0} µs, level difference up to {:.1} dB",
            facts.largest_itd_us, facts.largest_ild_db
        ),
        format!("  diffuse field {low:+.1} to {high:+.1} dB between 200 Hz and 16 kHz"),
        format!(
            "  left ear: receiver {}{}",
            facts.left_receiver,
            sofa.declared_left.map_or(String::new(), |r| format!(" (declared: {r})"))
        ),
    ]
}

fn picture<'a>(sofa: &'a Sofa, facts: &'a SofaFacts) -> HrtfPicture<'a> {
    HrtfPicture {
        name: &sofa.name,
        directions: facts
            .directions
            .iter()
            .map(|d| [d.azimuth_deg, d.elevation_deg, d.itd_us, d.ild_db])
            .collect(),
        diffuse_field: &facts.diffuse_field,
    }
}

fn facts_json(sofa: &Sofa, facts: &SofaFacts) -> Value {
    json!({
        "name": sofa.name,
        "convention": sofa.convention,
        "sample_rate": sofa.rate_hz,
        "samples": sofa.tap_count,
        "measurements": facts.measurements,
        "directions": facts.directions.len(),
        "duplicates": facts.duplicates,
        "silent": facts.silent,
        "synthetic": facts.synthetic,
        "elevation": facts.elevation_deg,
        "distance_m": facts.distance_m,
        "largest_hole": {
            "width": facts.largest_hole_deg[0],
            "azimuth": facts.largest_hole_deg[1],
            "elevation": facts.largest_hole_deg[2],
        },
        "largest_itd_us": facts.largest_itd_us,
        "largest_ild_db": facts.largest_ild_db,
        "diffuse_field_db": facts.diffuse_range_db,
        "left_receiver": facts.left_receiver,
        "declared_left": sofa.declared_left,
    })
}
