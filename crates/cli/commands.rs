//! From words to verbs.

use crate::args::{Arguments, Bits, Command, Format, Of, Part, Voice, Work};
use crate::exit::Code;
use crate::pages;
use crate::progress::Terminal;
use crate::report::Reporter;
use cupola_jobs::{
    Binding, CheckReport, DiffOptions, Document, FileKind, Head, ImportOptions, JobError,
    MasterFormat, ProduceOptions, ProduceReport, SampleDepth, Selection, Target, ViewRequest,
    WalkRequest, count,
};
use cupola_model::Severity;
use std::path::Path;

/// Runs the command and says what came of it.
pub(crate) fn run(arguments: &Arguments, report: &Reporter) -> Result<Code, JobError> {
    match &arguments.command {
        Command::Build { scene, output, all_versions, part, work } => {
            let binding = Binding::SceneOutputs { folder: output.clone() };
            let options = options(part, work);
            let runs = runs(scene, *all_versions, options.selection.clone())?;
            let runs = runs.into_iter().map(|s| ProduceOptions { selection: s, ..options.clone() });
            produce("build", scene, &binding, &runs.collect::<Vec<_>>(), report)
        }
        Command::Render { walk: Some(layout), output, bits, order, work, .. } => {
            let walked = cupola_jobs::walk(&WalkRequest {
                layout: layout.clone(),
                order: *order,
                depth: depth(*bits),
                folder: output.clone(),
                force: work.force,
            })?;
            report.produced(&walked.produced);
            for line in &walked.lines {
                report.say(line);
            }
            let document = Document::new("render").produced(&walked.produced);
            report.document(document.with("walk", walked.steps));
            Ok(Code::Done)
        }
        Command::Render { scene, to, output, group, bits, order, part, work, walk: None } => {
            let Some(scene) = scene else {
                return Err(JobError::Usage("name a scene, or a layout with --walk".to_owned()));
            };
            let target = |name: &String| Target::from_name(name, depth(*bits), *order);
            let targets = to.iter().map(target).collect::<Result<_, _>>()?;
            let binding = Binding::Targets { targets, folder: output.clone() };
            let mut options = options(part, work);
            match group.as_slice() {
                [] => {}
                [alone] => options.selection.group = Some(alone.clone()),
                several => options.split = several.to_vec(),
            }
            produce("render", scene, &binding, &[options], report)
        }
        Command::Master { scene, output, format, part, work } => {
            let format = match format {
                Some(Format::AdmBwf) => MasterFormat::AdmBwf,
                Some(Format::Damf) => MasterFormat::Damf,
                Some(Format::AdmItu) => MasterFormat::AdmItu,
                None => format_of(output),
            };
            let target = Target::Master { format };
            let binding = Binding::File { target, path: output.clone() };
            produce("master", scene, &binding, &[options(part, work)], report)
        }
        Command::Check { file, version: None } if cupola_jobs::is_master(file) => {
            check_master(file, report)
        }
        Command::Check { file, version } => check(file, version.as_deref(), report),
        Command::Import { master, output, strict, force, thin } => {
            if !(0.0..=10.0).contains(thin) {
                return Err(JobError::Usage(format!("--thin is {thin}; give 0 to 10 degrees")));
            }
            let options = ImportOptions {
                strict: *strict,
                force: *force,
                thin_deg: *thin,
                ..ImportOptions::default()
            };
            let progress = Terminal::new(report.is_quiet());
            let made = cupola_jobs::import(master, output, &options, &progress);
            progress.finish();
            let made = made?;
            report.findings(&made.findings);
            for line in made.lines() {
                report.say(&line);
            }
            report.document(made.document());
            Ok(Code::Done)
        }
        Command::Diff { a, b, tolerance, threads } => {
            let options = DiffOptions {
                tolerance: *tolerance,
                threads: usize::from(*threads),
                ..DiffOptions::default()
            };
            let progress = Terminal::new(report.is_quiet());
            let told = cupola_jobs::diff(a, b, &options, &progress);
            progress.finish();
            let told = told?;
            report.findings(&told.remarks);
            for line in &told.lines {
                report.say(line);
            }
            report.document(told.document);
            Ok(if told.alike { Code::Done } else { Code::CheckFailed })
        }
        Command::Trim { master, from, until, output, force } => {
            cupola_jobs::expect_master(master, "of a scene, `cupola master --from` makes a part")?;
            let selection =
                Selection { from: from.clone(), until: until.clone(), ..Selection::default() };
            let options = ProduceOptions { selection, force: *force, ..ProduceOptions::default() };
            let format = cupola_jobs::part_format(master, output)?;
            let target = Target::Master { format };
            let binding = Binding::File { target, path: output.clone() };
            produce("trim", master, &binding, &[options], report)
        }
        Command::Set { master, changes, output, force } => {
            set(master, changes, output.as_deref(), *force, report)
        }
        Command::Retime { master, fps, start, first_action, output, force } => {
            let fps = fps.iter().map(|fps| format!("frame_rate={fps}"));
            let first = first_action.iter().map(|first| format!("first_action={first}"));
            let start = start.iter().map(|start| format!("start={start}"));
            let changes: Vec<_> = fps.chain(start).chain(first).collect();
            set(master, &changes, Some(output), *force, report)
        }
        Command::Show { scene, at, voice } => {
            let shown = cupola_jobs::show(scene, at, &selection(voice))?;
            report.findings(&shown.findings);
            for line in &shown.lines {
                report.say(line);
            }
            report.document(shown.document);
            Ok(Code::Done)
        }
        Command::View { scene, output, at, layout, voice, force } => {
            let request = ViewRequest {
                output: output.clone(),
                at: at.clone(),
                layout: layout.clone(),
                selection: selection(voice),
                force: *force,
            };
            let made = cupola_jobs::view(scene, &request)?;
            report.findings(&made.findings);
            report.say(&made.path.display().to_string());
            report.document(made.document);
            Ok(Code::Done)
        }
        Command::Fmt { files, check } => crate::fmt::run(files, *check, report),
        Command::Info { file } => {
            let info = cupola_jobs::info(file)?;
            for line in &info.lines {
                report.say(line);
            }
            report.document(info.document);
            Ok(Code::Done)
        }
        Command::Hrtf { file, plot, force } => {
            let info = cupola_jobs::hrtf(file, plot.as_deref(), *force)?;
            for line in &info.lines {
                report.say(line);
            }
            report.document(info.document);
            Ok(Code::Done)
        }
        Command::Layouts { name, plot, force } => {
            let info = cupola_jobs::layouts(name.as_deref(), plot.as_deref(), *force)?;
            for line in &info.lines {
                report.say(line);
            }
            report.document(info.document);
            Ok(Code::Done)
        }
        Command::Schema { of } => {
            let of = match of {
                Of::Scene => FileKind::Scene,
                Of::Layout => FileKind::Layout,
            };
            report.print(&cupola_jobs::schema(of));
            Ok(Code::Done)
        }
        Command::Rules { id } => {
            let explained = cupola_jobs::explain(id.as_deref())?;
            report.answer(&explained.lines);
            report.document(explained.document);
            Ok(Code::Done)
        }
        Command::Completions { shell } => {
            report.text(&pages::completions(*shell));
            Ok(Code::Done)
        }
        Command::Man { output, force } => pages::write_manual(output, *force, report),
        Command::Gains { layout, objects, panner } => {
            let gains = cupola_jobs::gains(layout, objects, *panner)?;
            report.findings(&gains.findings);
            report.print(&gains.document);
            let refused = gains.findings.iter().any(|f| f.severity == Severity::Error);
            Ok(if refused { Code::CheckFailed } else { Code::Done })
        }
    }
}

/// The command's name, for JSON documents.
pub(crate) fn name(command: &Command) -> &'static str {
    match command {
        Command::Build { .. } => "build",
        Command::Render { .. } => "render",
        Command::Master { .. } => "master",
        Command::Check { .. } => "check",
        Command::Import { .. } => "import",
        Command::Diff { .. } => "diff",
        Command::Trim { .. } => "trim",
        Command::Set { .. } => "set",
        Command::Retime { .. } => "retime",
        Command::Show { .. } => "show",
        Command::View { .. } => "view",
        Command::Fmt { .. } => "fmt",
        Command::Info { .. } => "info",
        Command::Hrtf { .. } => "hrtf",
        Command::Layouts { .. } => "layouts",
        Command::Schema { .. } => "schema",
        Command::Rules { .. } => "rules",
        Command::Gains { .. } => "gains",
        Command::Completions { .. } => "completions",
        Command::Man { .. } => "man",
    }
}

/// Runs one job after the other and tells of all of them together.
fn produce(
    command: &str,
    scene: &Path,
    binding: &Binding,
    runs: &[ProduceOptions],
    report: &Reporter,
) -> Result<Code, JobError> {
    let progress = Terminal::new(report.is_quiet());
    let mut all: Option<ProduceReport> = None;
    for options in runs {
        let produced = cupola_jobs::produce(scene, binding, options, &progress);
        progress.finish();
        let produced = produced?;
        report.produced(&produced);
        all = Some(match all {
            Some(before) => before.and(produced),
            None => produced,
        });
    }
    let failed = all.as_ref().is_some_and(ProduceReport::check_failed);
    if let Some(all) = all {
        report.document(Document::new(command).produced(&all));
    }
    Ok(if failed { Code::CheckFailed } else { Code::Done })
}

fn options(part: &Part, work: &Work) -> ProduceOptions {
    ProduceOptions {
        panner: work.panner,
        head: Head {
            sofa: work.hrtf.clone(),
            equalise: work.hrtf_eq,
            orientation: work.orientation.clone(),
            quality: work.quality,
            headphones: work.headphone_eq.clone(),
            via: work.via.clone(),
            compare: work.compare,
        },
        selection: Selection {
            version: part.version.clone(),
            group: None,
            from: part.from.clone(),
            until: part.until.clone(),
            importance: part.importance,
        },
        split: Vec::new(),
        force: work.force,
        threads: usize::from(work.threads),
        io_frames: work.io_frames as usize,
    }
}

/// The kind of master that a file is called like.
fn format_of(output: &Path) -> MasterFormat {
    let atmos = output.extension().is_some_and(|e| e.eq_ignore_ascii_case("atmos"));
    if atmos { MasterFormat::Damf } else { MasterFormat::AdmBwf }
}

fn set(
    master: &Path,
    changes: &[String],
    output: Option<&Path>,
    force: bool,
    report: &Reporter,
) -> Result<Code, JobError> {
    let progress = Terminal::new(report.is_quiet());
    let made = cupola_jobs::set(master, changes, output, force, &progress);
    progress.finish();
    let made = made?;
    for line in made.lines() {
        report.say(&line);
    }
    report.document(made.document());
    Ok(Code::Done)
}

fn selection(voice: &Voice) -> Selection {
    let Voice { version, group } = voice;
    Selection { version: version.clone(), group: group.clone(), ..Selection::default() }
}

/// What is selected or, when all versions are asked for, the same of each of them. All are checked
/// before the first is made: an error of the last one is not found an hour later.
fn runs(scene: &Path, all: bool, selection: Selection) -> Result<Vec<Selection>, JobError> {
    if !all {
        return Ok(vec![selection]);
    }
    let each = |one: CheckReport| Selection { version: one.version, ..selection.clone() };
    Ok(cupola_jobs::check(scene, None)?.into_iter().map(each).collect())
}

fn check(scene: &Path, version: Option<&str>, report: &Reporter) -> Result<Code, JobError> {
    let checked = cupola_jobs::check(scene, version)?;
    for one in &checked {
        report.findings(&one.findings);
        let [beds, objects, tracks] = one.counts;
        let seconds = one.sample_rate.seconds(one.length);
        let version = one.version.as_ref().map_or_else(String::new, |name| format!(" ({name})"));
        report.say(&format!(
            "{}{version}: no errors; {}, {} and {}, {seconds:.3} s at {} Hz",
            scene.display(),
            count(beds, "bed"),
            count(objects, "object"),
            count(tracks, "track"),
            one.sample_rate.hz()
        ));
    }
    report.document(Document::new("check").checked(&checked));
    Ok(Code::Done)
}

fn check_master(file: &Path, report: &Reporter) -> Result<Code, JobError> {
    let checked = cupola_jobs::check_master(file)?;
    report.findings(&checked.findings);
    let of = |severity| checked.findings.iter().filter(|f| f.severity == severity).count();
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    report.say(&format!(
        "{}: {}, {}; {}, {} frames at {} Hz",
        file.display(),
        if errors == 0 { "no errors".to_owned() } else { count(errors, "error") },
        count(warnings, "warning"),
        count(checked.channels.into(), "track"),
        checked.frames,
        checked.sample_rate
    ));
    let document = Document::new("check")
        .findings(&checked.findings)
        .with("kind", "master".into())
        .with("form", checked.form_name().into())
        .with("sample_rate", checked.sample_rate.into())
        .with("frames", checked.frames.into())
        .with("tracks", checked.channels.into())
        .with("passed", (errors == 0).into());
    report.document(document);
    Ok(if errors == 0 { Code::Done } else { Code::CheckFailed })
}

fn depth(bits: Bits) -> SampleDepth {
    match bits {
        Bits::Sixteen => SampleDepth::I16,
        Bits::TwentyFour => SampleDepth::I24,
        Bits::ThirtyTwo => SampleDepth::F32,
    }
}
