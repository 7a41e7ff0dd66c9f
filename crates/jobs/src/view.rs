//! A picture of a scene: where everything is and goes.

use crate::manifest::{Manifest, sha256_of};
use crate::names::output_name;
use crate::plan::{allow_overwrite, find_layout, inputs, refuse_folder, title};
use crate::produce::make_folder;
use crate::project::{Project, load};
use crate::pump::not_written;
use crate::{Document, JobError, Selection};
use cupola_masters::PendingFile;
use cupola_model::{Finding, FrameIndex};
use cupola_report::{Beat, ViewOptions};
use serde_json::json;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Most beats a page is given: a day at 138 beats a minute.
const MOST_BEATS: usize = 200_000;

/// What picture is wanted.
#[derive(Clone, Debug)]
pub struct ViewRequest {
    /// The file, ending in `.svg` or `.html`; by default a page in `out` beside the scene.
    pub output: Option<PathBuf>,
    /// An instant in the words of the scene.
    pub at: Option<String>,
    /// The loudspeakers drawn: a layout by name, or a layout file.
    pub layout: String,
    /// The version and the group that is drawn.
    pub selection: Selection,
    /// Overwrite a file an earlier run did not record.
    pub force: bool,
}

/// What picture was made.
#[derive(Debug)]
pub struct ViewReport {
    /// Where it is.
    pub path: PathBuf,
    /// For machines.
    pub document: Document,
    /// Warnings and notes about the scene.
    pub findings: Vec<Finding>,
}

enum Kind {
    Svg,
    Html,
}

/// Draws a scene. The stems are looked at for their lengths and not read. The file appears whole or
/// not at all.
pub fn view(scene: &Path, request: &ViewRequest) -> Result<ViewReport, JobError> {
    let kind = request.output.as_deref().map_or(Ok(Kind::Html), kind_of)?;
    let layout = find_layout(&request.layout)?;
    let project = load(scene, &request.selection)?;
    let timeline = &project.timeline;
    let at = request.at.as_deref().map(|text| instant(&project, text)).transpose()?;
    let path = request.output.clone().unwrap_or_else(|| {
        let title = title(&project, scene, &request.selection);
        project.folder.join("out").join(output_name(&title, "view.html"))
    });
    refuse_folder(&path)?;
    let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
    allow_overwrite(&path, &Manifest::load(&folder), &inputs(&project, scene), request.force)?;

    let options = ViewOptions {
        at,
        at_words: at.map(|frame| words(&project, frame)).unwrap_or_default(),
        beats: beats(&project),
    };
    let (name, text) = match kind {
        Kind::Svg => ("svg", cupola_report::view_svg(timeline, &layout, &options)),
        Kind::Html => ("html", cupola_report::view_html(timeline, &layout, &options)),
    };
    make_folder(&folder)?;
    write(&path, &folder, &text, request.force)?;
    let document = Document::new("view").findings(&project.findings).with(
        "outputs",
        json!([{
            "path": path.display().to_string(),
            "kind": name,
            "layout": layout.name,
            "bytes": text.len(),
        }]),
    );
    Ok(ViewReport { path, document, findings: project.findings })
}

fn kind_of(path: &Path) -> Result<Kind, JobError> {
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("svg") => Ok(Kind::Svg),
        Some("html" | "htm") => Ok(Kind::Html),
        _ => Err(JobError::Usage(format!(
            "{} is neither .svg nor .html; the ending decides what is drawn",
            path.display()
        ))),
    }
}

/// The frame of a time given on the command line, within the programme.
pub(crate) fn instant(project: &Project, text: &str) -> Result<FrameIndex, JobError> {
    if text.trim().is_empty() {
        let words = "--at needs an instant, such as --at 12.5 or --at \"bar 9\"";
        return Err(JobError::Usage(words.to_owned()));
    }
    let frame = project.scene.instant(text).map_err(|finding| {
        let parts =
            [(": found ", &finding.found), (", allowed ", &finding.allowed), ("; ", &finding.hint)];
        let tail = parts.iter().filter(|(_, text)| !text.is_empty());
        let tail: String = tail.map(|(word, text)| format!("{word}{text}")).collect();
        JobError::Usage(format!("--at: {}{tail}", finding.message))
    })?;
    let length = project.timeline.length;
    if frame.0 >= length.0 {
        let rate = project.timeline.sample_rate;
        return Err(JobError::Usage(format!(
            "--at: {text} is after the end: found {:.3} s, allowed 0 to below {:.3} s{}",
            frame.0 as f64 / f64::from(rate.hz()),
            rate.seconds(length),
            project
                .music_at(FrameIndex(length.0 - 1))
                .map_or(String::new(), |(bar, beat)| format!(" (bar {bar} beat {})", beat.floor()))
        )));
    }
    Ok(frame)
}

/// What an instant is called in music and in timecode.
fn words(project: &Project, frame: FrameIndex) -> String {
    let timecode = project.scene.timecode_at(frame).to_string();
    match project.music_at(frame) {
        Some((bar, beat)) => format!("bar {bar} beat {beat:.2}  ·  {timecode}"),
        None => timecode,
    }
}

fn beats(project: &Project) -> Vec<Beat> {
    if project.scene.is_edited() {
        return Vec::new();
    }
    let beats = project.scene.beats(project.timeline.length, MOST_BEATS);
    beats.into_iter().map(|(frame, bar, beat)| Beat { frame, bar, beat }).collect()
}

/// Writes a picture that belongs to no scene, unless it would replace somebody's file.
pub(crate) fn write_picture(
    path: &Path,
    text: &str,
    inputs: &[&Path],
    force: bool,
) -> Result<(), JobError> {
    if !matches!(kind_of(path), Ok(Kind::Svg)) {
        return Err(JobError::Usage(format!("{} does not end in .svg", path.display())));
    }
    refuse_folder(path)?;
    let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
    let inputs: Vec<_> = inputs.iter().filter_map(|input| input.canonicalize().ok()).collect();
    allow_overwrite(path, &Manifest::load(&folder), &inputs, force)?;
    make_folder(&folder)?;
    write(path, &folder, text, force)
}

/// Writes the file, whole or not at all, and notes it as ours.
fn write(path: &Path, folder: &Path, text: &str, force: bool) -> Result<(), JobError> {
    let overwrite = force || path.exists();
    let mut file = PendingFile::create(path, overwrite).map_err(|e| not_written(&e))?;
    let failed = |e: std::io::Error| {
        JobError::OutputNotWritten(format!("{} cannot be written: {e}", path.display()))
    };
    file.write_all(text.as_bytes()).map_err(failed)?;
    let hash = sha256_of(file.temporary_path()).map_err(failed)?;
    file.persist().map_err(|e| not_written(&e))?;
    Manifest::record(folder, path, &hash)
}
