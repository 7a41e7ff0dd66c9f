//! Render, master, build: all outputs in one pass over the stems.

use crate::answer::{ChannelLevel, CompanionReport, OutputReport, ProduceReport, dbfs};
use crate::manifest::{Manifest, sha256_of};
use crate::options::{Binding, MasterFormat, ProduceOptions, Progress};
use crate::plan::{Plan, Planned, Recipe, find_layout, plan};
use crate::project::{Project, Reading};
use crate::pump::{self, Route, Sink, not_written};
use crate::shares::{self, Share};
use crate::{
    JobError, deviation, headphones, heads, is_master, mastered, notes, orientation, rules,
};
use cupola_masters::DOLBY_SETTINGS;
use cupola_masters::{AdmBwfSink, Companion, DamfSink, FileReport, PendingFile, WavSink, WavSpec};
use cupola_model::{Finding, HeadTrack, Lane, StemUse, Timeline};
use cupola_render::binaural::{BinauralOptions, BinauralRenderer, Equalised};
use cupola_render::{AmbisonicRenderer, DownmixRenderer, RenderError, Renderer, SpeakerRenderer};
use cupola_stems::{StemError, UseReader};
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Makes the outputs of a scene. Every file appears whole or not at all.
pub fn produce(
    scene: &Path,
    binding: &Binding,
    options: &ProduceOptions,
    progress: &dyn Progress,
) -> Result<ProduceReport, JobError> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(options.threads)
        .build()
        .map_err(|e| JobError::Internal(format!("worker threads cannot be started: {e}")))?;
    pool.install(|| run(scene, binding, options, progress))
}

fn run(
    scene: &Path,
    binding: &Binding,
    options: &ProduceOptions,
    progress: &dyn Progress,
) -> Result<ProduceReport, JobError> {
    let started = Instant::now();
    if matches!(binding, Binding::SceneOutputs { .. }) && is_master(scene) {
        let reason = "this is sound, not a scene, and asks for no outputs; `cupola render` renders a \
                      master, `cupola info` shows what it holds";
        return Err(JobError::InputUnreadable {
            path: scene.to_owned(),
            reason: reason.to_owned(),
        });
    }
    progress.stage("Reading the scene and its stems", 0);
    let (project, shares) = read(scene, options)?;
    let timeline = &project.timeline;
    let plan = plan(&project, scene, binding, &shares, options)?;
    let mut findings = project.findings.clone();
    let recipes: Vec<_> = plan.outputs.iter().map(|o| &o.recipe).collect();
    // An ADM BWF keeps what a scene has no key for.
    let keeps =
        |r: &&Recipe| !matches!(r, Recipe::Master { format } if *format != MasterFormat::AdmBwf);
    if project.settings.is_some() && recipes.iter().all(keeps) {
        findings.retain(|finding| finding.rule != DOLBY_SETTINGS);
    }
    findings.extend(notes::master(timeline, &recipes));
    findings.extend(notes::loudspeaker_features(timeline, &recipes, options.head.via.is_some()));
    findings.extend(notes::ambisonic_features(timeline, &recipes));

    let readers = open_stems(&project)?;
    // Dropped after everything that is written there.
    let _folder = NewFolder::make(&plan.folder)?;
    let mut routes = set_up(&project, &plan, options, &mut findings)?;
    let mixes: Vec<&Timeline> = match shares.as_slice() {
        [] => vec![timeline],
        shares => shares.iter().map(|share| &share.timeline).collect(),
    };
    let passed = pump::run(timeline, &mixes, readers, &mut routes, options.io_frames, progress)?;
    for (index, (stats, mix)) in passed.lanes.iter().zip(&mixes).enumerate() {
        let of =
            shares.get(index).map_or_else(String::new, |s| format!(" in the file of {}", s.name));
        let told = |finding: Finding| Finding { message: finding.message.clone() + &of, ..finding };
        findings.extend(stats.findings(mix).into_iter().map(told));
    }
    findings.extend(passed.tails.findings(timeline));
    // Plain ADM keeps polar positions as they are.
    let converts = |o: &Planned| matches!(&o.recipe, Recipe::Master { format } if *format != MasterFormat::AdmItu);
    if plan.outputs.iter().any(converts) {
        findings.extend(deviation::note(timeline));
    }
    if plan.outputs.iter().any(|o| matches!(&o.recipe, Recipe::Master { .. })) {
        findings.extend(mastered::rounding(&project));
        findings.extend(mastered::action_lost(&project));
    }

    progress.stage("Finishing", 0);
    let outputs = finish(routes, plan, timeline, &mut findings)?;
    // Two outputs for the same loudspeakers notice the same.
    let mut told = Vec::new();
    findings.retain(|finding| {
        !told.contains(finding) && {
            told.push(finding.clone());
            true
        }
    });
    Ok(ProduceReport {
        outputs,
        findings,
        programme_seconds: timeline.sample_rate.seconds(timeline.length),
        wall_seconds: started.elapsed().as_secs_f64(),
    })
}

fn open_stems(project: &Project) -> Result<Vec<UseReader>, JobError> {
    open_each(project, |path, stem| UseReader::open(path, stem, project.timeline.sample_rate))
}

/// Opens every stem of the timeline; all that cannot be opened are told at once.
pub(crate) fn open_each<R: Send>(
    project: &Project,
    open: impl Fn(&Path, &StemUse) -> Result<R, StemError> + Sync,
) -> Result<Vec<R>, JobError> {
    let uses = &project.timeline.stems;
    let opened: Vec<_> =
        uses.par_iter().zip(&project.stem_paths).map(|(stem, path)| open(path, stem)).collect();
    let mut readers = Vec::new();
    let mut findings = Vec::new();
    for (stem, result) in uses.iter().zip(opened) {
        match result {
            Ok(reader) => readers.push(reader),
            Err(error) => findings.push(
                Finding::error(rules::STEM_UNREADABLE, error.to_string()).subject(&stem.name),
            ),
        }
    }
    if findings.is_empty() { Ok(readers) } else { Err(JobError::StemsUnfit(findings)) }
}

/// A folder that is made for what comes into it. When nothing did, it is taken away again, with every folder
/// above it that was made for it.
pub(crate) struct NewFolder {
    /// The innermost first.
    made: Vec<PathBuf>,
}

impl NewFolder {
    pub(crate) fn make(folder: &Path) -> Result<Self, JobError> {
        let missing = folder
            .ancestors()
            .take_while(|path| !path.as_os_str().is_empty() && path.symlink_metadata().is_err());
        let new = Self { made: missing.map(Path::to_path_buf).collect() };
        make_folder(folder)?;
        Ok(new)
    }
}

impl Drop for NewFolder {
    fn drop(&mut self) {
        for folder in &self.made {
            // A folder with something in it stays: the system removes no other.
            let _ = std::fs::remove_dir(folder);
        }
    }
}

pub(crate) fn make_folder(folder: &Path) -> Result<(), JobError> {
    if folder.as_os_str().is_empty() {
        return Ok(());
    }
    std::fs::create_dir_all(folder).map_err(|e| {
        JobError::OutputNotWritten(format!("the folder {} cannot be made: {e}", folder.display()))
    })
}

/// The programme of a scene or a master, and its shares where several groups are asked for.
fn read(scene: &Path, options: &ProduceOptions) -> Result<(Project, Vec<Share>), JobError> {
    let (selection, groups) = (&options.selection, options.split.as_slice());
    if is_master(scene) {
        let mut project = mastered::load(scene, selection)?;
        let shares = match groups {
            [] => Vec::new(),
            groups => shares::split_master(&mut project, groups)?,
        };
        return Ok((project, shares));
    }
    let reading = Reading::of(scene)?;
    let mut project = reading.project(selection)?;
    let shares = match groups {
        [] => Vec::new(),
        groups => shares::split(&reading, &mut project, selection, groups)?,
    };
    Ok((project, shares))
}

fn set_up(
    project: &Project,
    plan: &Plan,
    options: &ProduceOptions,
    findings: &mut Vec<Finding>,
) -> Result<Vec<Route>, JobError> {
    let timeline = &project.timeline;
    let route = |output| {
        let Rendering { renderer, beside } = renderer(output, project, options, findings)?;
        let sink = sink(output, project, options.force)?;
        let route = Route::new(renderer, sink, output.share, timeline, options.io_frames);
        Ok(route.beside(beside, timeline))
    };
    plan.outputs.iter().map(route).collect()
}

/// What renders an output, and what it is compared with.
#[derive(Default)]
struct Rendering {
    renderer: Option<Box<dyn Renderer>>,
    beside: Option<Box<dyn Renderer>>,
}

impl Rendering {
    fn of(renderer: Box<dyn Renderer>) -> Self {
        Self { renderer: Some(renderer), beside: None }
    }
}

fn renderer(
    output: &Planned,
    project: &Project,
    options: &ProduceOptions,
    findings: &mut Vec<Finding>,
) -> Result<Rendering, JobError> {
    let refused = |e: &RenderError| match e {
        // Another panner can do it.
        RenderError::Bs2127Layout { .. } => JobError::Usage(e.to_string()),
        other => JobError::Internal(other.to_string()),
    };
    let timeline = &project.timeline;
    match &output.recipe {
        Recipe::Speakers { layout, .. } => {
            let renderer = SpeakerRenderer::new(timeline, layout, options.panner);
            let renderer = renderer.map_err(|e| refused(&e))?;
            findings.extend(notes::dropped_lfe(renderer.dropped_lfe(), &layout.name, timeline));
            findings.extend(notes::idle_zones(renderer.idle_zones(), &layout.name));
            Ok(Rendering::of(Box::new(renderer)))
        }
        Recipe::Stereo { surround, downmix, .. } => {
            let renderer = DownmixRenderer::new(timeline, surround, options.panner, *downmix);
            let renderer = renderer.map_err(|e| refused(&e))?;
            let dropped = DownmixRenderer::dropped_lfe(timeline);
            findings.extend(notes::dropped_lfe(&dropped, &target_name(&output.recipe), timeline));
            findings.extend(notes::idle_zones(renderer.idle_zones(), &surround.name));
            Ok(Rendering::of(Box::new(renderer)))
        }
        Recipe::Ambisonics { format, .. } => {
            let renderer = AmbisonicRenderer::new(timeline, *format).map_err(|e| refused(&e))?;
            let dropped = renderer.dropped_lfe();
            findings.extend(notes::dropped_lfe(dropped, &target_name(&output.recipe), timeline));
            Ok(Rendering::of(Box::new(renderer)))
        }
        Recipe::Binaural { sofa, .. } => {
            let set = heads::set(sofa.as_deref(), timeline.sample_rate, &options.head, findings)?;
            let head = match &options.head.orientation {
                Some(words) => orientation::track(words, timeline.sample_rate)?,
                None => HeadTrack::default(),
            };
            let via = match &options.head.via {
                Some(name) => Some((find_layout(name)?, options.panner)),
                None => None,
            };
            let room = project.scene.room().cloned();
            let ears = BinauralOptions { room, head, via, quality: options.head.quality };
            let eq = options.head.headphones.as_deref();
            let eq = eq.map(|path| headphones::read(path, timeline.sample_rate)).transpose()?;
            let make = |ears: &BinauralOptions| -> Result<Box<dyn Renderer>, JobError> {
                let made = BinauralRenderer::with_options(timeline, &set, ears);
                let made = made.map_err(|e| refused(&e))?;
                Ok(match &eq {
                    Some(eq) => Box::new(Equalised::new(made, eq.clone())),
                    None => Box::new(made),
                })
            };
            let straight = BinauralOptions { via: None, ..ears.clone() };
            let beside = options.head.compare.then(|| make(&straight)).transpose()?;
            Ok(Rendering { renderer: Some(make(&ears)?), beside })
        }
        // A master carries the lanes themselves.
        Recipe::Master { .. } => Ok(Rendering::default()),
    }
}

fn sink(output: &Planned, project: &Project, force: bool) -> Result<Sink, JobError> {
    let timeline = &project.timeline;
    // The plan has made sure that what exists may be replaced.
    let overwrite = force || output.files().iter().any(|file| file.exists());
    let rate = timeline.sample_rate;
    let wav = |spec| {
        let sink = WavSink::create(&output.path, overwrite, spec)?;
        Ok(Sink::Wav(Box::new(sink.with_start(timeline.start))))
    };
    match &output.recipe {
        Recipe::Speakers { layout, depth, order } => {
            let spec = WavSpec::speakers(layout, *order, rate, *depth)
                .map_err(|e| JobError::Usage(e.to_string()))?;
            wav(spec)
        }
        Recipe::Binaural { depth, .. } => wav(WavSpec::headphones(rate, *depth)),
        Recipe::Stereo { downmix, depth, .. } => {
            wav(WavSpec::plain(downmix.channel_names(), rate, *depth))
        }
        Recipe::Ambisonics { format, depth } => {
            wav(WavSpec::plain(format.channel_names(), rate, *depth))
        }
        Recipe::Master { format: MasterFormat::AdmBwf } => {
            AdmBwfSink::create(&output.path, overwrite, timeline).map(|sink| {
                let sink = match &project.settings {
                    Some(settings) => sink.with_settings(settings.clone(), channels_of(timeline)),
                    None => sink,
                };
                Sink::AdmBwf(Box::new(sink))
            })
        }
        Recipe::Master { format: MasterFormat::AdmItu } => {
            AdmBwfSink::create_itu(&output.path, overwrite, timeline)
                .map(|sink| Sink::AdmBwf(Box::new(sink)))
        }
        Recipe::Master { format: MasterFormat::Damf } => {
            DamfSink::create(&output.path, overwrite, timeline).map(|sink| {
                let settings = project.settings.clone();
                Sink::Damf(Box::new(match settings {
                    Some(settings) => sink.with_settings(settings),
                    None => sink,
                }))
            })
        }
    }
    .map_err(|e| not_written(&e))
}

/// The channel of the one stem that each lane is, as in a master.
fn channels_of(timeline: &Timeline) -> Vec<Option<usize>> {
    let channel = |lane: &Lane| lane.sources.first().map(|source| usize::from(source.channel));
    timeline.lanes.iter().map(channel).collect()
}

/// Ends every file, and only when all are whole gives them their names.
fn finish(
    routes: Vec<Route>,
    plan: Plan,
    timeline: &Timeline,
    findings: &mut Vec<Finding>,
) -> Result<Vec<OutputReport>, JobError> {
    let Plan { outputs, folder } = plan;
    let finished: Vec<_> = routes
        .into_par_iter()
        .map(|route| {
            let comparison = route.comparison();
            let finished = route.finish(timeline)?;
            let sha256 = sha256_of_pending(&finished.pending)?;
            let companion = |c: &Companion| {
                let (path, sha256) =
                    (c.pending.target().to_owned(), sha256_of_pending(&c.pending)?);
                Ok(CompanionReport { path, bytes: c.bytes, sha256 })
            };
            let companions =
                finished.companions.iter().map(companion).collect::<Result<Vec<_>, JobError>>()?;
            Ok((finished, sha256, companions, comparison))
        })
        .collect::<Result<_, JobError>>()?;
    let mut reports = Vec::new();
    for (output, (finished, sha256, companions, comparison)) in outputs.into_iter().zip(finished) {
        let written = finished.report.clone();
        findings.extend(clipping(&output, &written, timeline));
        finished.persist().map_err(|e| not_written(&e))?;
        // At once, so that the next run may replace it even if this one stops at the next file.
        for companion in &companions {
            Manifest::record(&folder, &companion.path, &companion.sha256)?;
        }
        Manifest::record(&folder, &output.path, &sha256)?;
        reports.push(OutputReport { companions, comparison, ..report(output, written, sha256) });
    }
    Ok(reports)
}

fn sha256_of_pending(file: &PendingFile) -> Result<String, JobError> {
    let path = file.temporary_path();
    sha256_of(path).map_err(|e| {
        JobError::OutputNotWritten(format!("{} cannot be read back: {e}", path.display()))
    })
}

fn report(output: Planned, written: FileReport, sha256: String) -> OutputReport {
    let layout = target_name(&output.recipe);
    let kind = match output.recipe {
        Recipe::Speakers { .. } => "speakers",
        Recipe::Binaural { .. } => "binaural",
        Recipe::Stereo { .. } => "stereo",
        Recipe::Ambisonics { .. } => "ambisonics",
        Recipe::Master { format } => format.name(),
    };
    OutputReport {
        path: output.path,
        kind,
        layout,
        group: output.group,
        channels: written.channels.into_iter().map(level).collect(),
        frames: written.frames.0,
        bytes: written.bytes,
        sha256,
        companions: vec![],
        comparison: None,
    }
}

/// The layout, the downmix or the ambisonic format of an output; empty for others.
fn target_name(recipe: &Recipe) -> String {
    match recipe {
        Recipe::Speakers { layout, .. } => layout.name.clone(),
        Recipe::Stereo { downmix, .. } => downmix.name().to_owned(),
        Recipe::Ambisonics { format, .. } => format.to_string(),
        Recipe::Binaural { .. } | Recipe::Master { .. } => String::new(),
    }
}

pub(crate) fn level(channel: cupola_masters::ChannelReport) -> ChannelLevel {
    let cupola_masters::ChannelReport { name, peak, clipped, first_clip } = channel;
    ChannelLevel { name, peak, clipped, first_clip }
}

/// An error for a file in which samples saturated: which channels, how often, when first, how loud.
fn clipping(output: &Planned, written: &FileReport, timeline: &Timeline) -> Option<Finding> {
    // Rounded up to what is printed, so that doing as told is enough.
    let too_much = (-written.gain_without_clipping()?.0 * 100.0).floor() / 100.0 + 0.01;
    let clipped = written.channels.iter().filter(|c| c.clipped > 0);
    let each = clipped.map(|c| {
        let first = c.first_clip.map_or(0, |f| f.0) as f64 / f64::from(timeline.sample_rate.hz());
        let peak = dbfs(c.peak);
        format!("{} {} samples, first at {first:.3} s, peak {peak:+.2} dBFS", c.name, c.clipped)
    });
    let found = each.collect::<Vec<_>>().join("; ");
    let hint = match output.recipe {
        Recipe::Master { .. } => format!("lower the gains by {too_much:.2} dB"),
        _ => format!("lower the gains by {too_much:.2} dB, or write 32-bit float"),
    };
    let message = format!("{} clips", output.path.display());
    Some(
        Finding::error(rules::CLIPPED, message)
            .subject(output.path.display().to_string())
            .found(found)
            .allowed("0 dBFS")
            .hint(hint),
    )
}
