//! From words to verbs.

use crate::args::{Arguments, Bits, Command, Format, Of, Order, Work};
use crate::exit::Code;
use crate::progress::Terminal;
use crate::report::Reporter;
use cupola_jobs::{
    Binding, ChannelOrder, Document, FileKind, JobError, MasterFormat, ProduceOptions, SampleDepth,
    Target, count,
};
use cupola_model::Severity;
use std::path::Path;

/// Runs the command and says what came of it.
pub(crate) fn run(arguments: &Arguments, report: &Reporter) -> Result<Code, JobError> {
    match &arguments.command {
        Command::Build { scene, output, work } => {
            let binding = Binding::SceneOutputs { folder: output.clone() };
            produce("build", scene, &binding, options(work), report)
        }
        Command::Render { scene, to, output, group, bits, order, work } => {
            let targets = to.iter().map(|name| target(name, *bits, *order)).collect();
            let binding = Binding::Targets { targets, folder: output.clone() };
            let options = ProduceOptions { group: group.clone(), ..options(work) };
            produce("render", scene, &binding, options, report)
        }
        Command::Master { scene, output, format, work } => {
            let Format::AdmBwf = format;
            let target = Target::Master { format: MasterFormat::AdmBwf };
            let binding = Binding::File { target, path: output.clone() };
            produce("master", scene, &binding, options(work), report)
        }
        Command::Check { file } if cupola_jobs::is_master(file) => check_master(file, report),
        Command::Check { file } => check(file, report),
        Command::Fmt { files, check } => crate::fmt::run(files, *check, report),
        Command::Info { file } => {
            let info = cupola_jobs::info(file)?;
            for line in &info.lines {
                report.say(line);
            }
            report.document(info.document);
            Ok(Code::Done)
        }
        Command::Layouts { name } => {
            let info = cupola_jobs::layouts(name.as_deref())?;
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
    }
}

/// The command's name, for JSON documents.
pub(crate) fn name(command: &Command) -> &'static str {
    match command {
        Command::Build { .. } => "build",
        Command::Render { .. } => "render",
        Command::Master { .. } => "master",
        Command::Check { .. } => "check",
        Command::Fmt { .. } => "fmt",
        Command::Info { .. } => "info",
        Command::Layouts { .. } => "layouts",
        Command::Schema { .. } => "schema",
    }
}

fn produce(
    command: &str,
    scene: &Path,
    binding: &Binding,
    options: ProduceOptions,
    report: &Reporter,
) -> Result<Code, JobError> {
    let progress = Terminal::new(report.is_quiet());
    let produced = cupola_jobs::produce(scene, binding, &options, &progress);
    progress.finish();
    let produced = produced?;
    report.produced(&produced);
    report.document(Document::new(command).produced(&produced));
    Ok(if produced.check_failed() { Code::CheckFailed } else { Code::Done })
}

fn options(work: &Work) -> ProduceOptions {
    ProduceOptions {
        panner: work.panner,
        group: None,
        force: work.force,
        threads: usize::from(work.threads),
        io_frames: work.io_frames as usize,
    }
}

fn check(scene: &Path, report: &Reporter) -> Result<Code, JobError> {
    let checked = cupola_jobs::check(scene)?;
    report.findings(&checked.findings);
    let [beds, objects, tracks] = checked.counts;
    let seconds = checked.sample_rate.seconds(checked.length);
    report.say(&format!(
        "{}: no errors; {}, {} and {}, {seconds:.3} s at {} Hz",
        scene.display(),
        count(beds, "bed"),
        count(objects, "object"),
        count(tracks, "track"),
        checked.sample_rate.hz()
    ));
    let document = Document::new("check")
        .findings(&checked.findings)
        .with("title", checked.title.into())
        .with("sample_rate", checked.sample_rate.hz().into())
        .with("frames", checked.length.0.into())
        .with("beds", beds.into())
        .with("objects", objects.into())
        .with("tracks", tracks.into());
    report.document(document);
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

fn target(name: &str, bits: Bits, order: Order) -> Target {
    let depth = match bits {
        Bits::Sixteen => SampleDepth::I16,
        Bits::TwentyFour => SampleDepth::I24,
        Bits::ThirtyTwo => SampleDepth::F32,
    };
    if name == "binaural" {
        return Target::Binaural { depth };
    }
    let order = match order {
        Order::Bs2051 => ChannelOrder::Bs2051,
        Order::Wave => ChannelOrder::Wave,
    };
    Target::Speakers { layout: name.to_owned(), depth, order }
}
