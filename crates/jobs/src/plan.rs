//! What will be made, under which names, before any work starts.

use crate::manifest::Manifest;
use crate::names::output_name;
use crate::options::{Binding, MasterFormat, ProduceOptions, Selection, Target};
use crate::project::{Project, read_text};
use crate::shares::Share;
use crate::{JobError, rules};
use cupola_masters::{ChannelMap, SampleDepth, damf_files};
use cupola_model::{
    AmbisonicFormat, ChannelOrder, Downmix, Finding, FrameCount, FrameIndex, Layout,
};
use cupola_scene::{BitDepth, HeadRequest, LayoutRequest, MasterKind, OutputKind, OutputRequest};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A kind of output with everything that makes it concrete.
#[derive(Clone, Debug)]
pub(crate) enum Recipe {
    Speakers { layout: Layout, depth: SampleDepth, order: ChannelOrder },
    Binaural { depth: SampleDepth, sofa: Option<PathBuf> },
    Stereo { surround: Layout, downmix: Downmix, depth: SampleDepth },
    Ambisonics { format: AmbisonicFormat, depth: SampleDepth },
    Master { format: MasterFormat },
}

/// One output, ready to be set up.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) recipe: Recipe,
    pub(crate) path: PathBuf,
    /// Which of the shares of the programme it hears; 0 where it is not split.
    pub(crate) share: usize,
    /// The group that is heard alone, or the rest; empty for everything.
    pub(crate) group: String,
}

impl Planned {
    /// Every file of the output, the one it is called by first.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        files_of(&self.recipe, &self.path)
    }
}

fn files_of(recipe: &Recipe, path: &Path) -> Vec<PathBuf> {
    match recipe {
        Recipe::Master { format: MasterFormat::Damf } => damf_files(path).into(),
        _ => vec![path.to_owned()],
    }
}

/// All outputs of a job, and the folder whose manifest records them.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) outputs: Vec<Planned>,
    pub(crate) folder: PathBuf,
}

/// A recipe and the part of its file name that tells it from the others.
type Named = (Recipe, String);

/// Works out every path and layout, and refuses what would overwrite somebody's file.
pub(crate) fn plan(
    project: &Project,
    scene_path: &Path,
    binding: &Binding,
    shares: &[Share],
    options: &ProduceOptions,
) -> Result<Plan, JobError> {
    let (named, folder) = match binding {
        Binding::SceneOutputs { folder } => (scene_recipes(project)?, folder),
        Binding::Targets { targets, folder } => {
            (targets.iter().map(recipe).collect::<Result<_, _>>()?, folder)
        }
        Binding::File { .. } if !shares.is_empty() => {
            let words = "one file cannot hold several groups; name a folder".to_owned();
            return Err(JobError::Usage(words));
        }
        Binding::File { target, path } => {
            return plan_file(project, scene_path, recipe(target)?.0, path, options.force);
        }
    };
    refuse_without_headphones(&named, options)?;
    let named: Vec<Named> = named.into_iter().map(|named| by_way(named, options)).collect();
    let folder = folder.clone().unwrap_or_else(|| project.folder.join("out"));
    let manifest = Manifest::load(&folder);
    let mut inputs = inputs(project, scene_path);
    let head = options.head.sofa.iter().chain(&options.head.headphones);
    inputs.extend(head.filter_map(|path| path.canonicalize().ok()));
    let mut outputs = Vec::new();
    let alone = options.selection.group.clone();
    let groups: Vec<Option<String>> = match shares {
        [] => vec![alone],
        _ => shares.iter().map(|share| Some(share.name.clone())).collect(),
    };
    let mut taken = BTreeSet::new();
    for (share, group) in groups.into_iter().enumerate() {
        let selection = Selection { group: group.clone(), ..options.selection.clone() };
        for (recipe, name) in
            file_names(named.clone(), project, scene_path, &selection, &mut taken)?
        {
            let path = folder.join(name);
            for file in files_of(&recipe, &path) {
                allow_overwrite(&file, &manifest, &inputs, options.force)?;
            }
            let group = group.clone().unwrap_or_default();
            outputs.push(Planned { recipe, path, share, group });
        }
    }
    Ok(Plan { outputs, folder })
}

/// What is said about headphones is not forgotten in silence.
fn refuse_without_headphones(named: &[Named], options: &ProduceOptions) -> Result<(), JobError> {
    if named.iter().any(|(recipe, _)| matches!(recipe, Recipe::Binaural { .. })) {
        return Ok(());
    }
    let said = [
        ("--via", options.head.via.is_some()),
        ("--headphone-eq", options.head.headphones.is_some()),
    ];
    match said.into_iter().find(|(_, is_said)| *is_said) {
        Some((option, _)) => Err(JobError::Usage(format!(
            "{option} is for headphones and no output is; add `--to binaural`, or leave it out"
        ))),
        None => Ok(()),
    }
}

/// What is heard by virtual loudspeakers does not take the name of what is heard directly.
fn by_way((recipe, name): Named, options: &ProduceOptions) -> Named {
    match (&recipe, &options.head.via) {
        (Recipe::Binaural { .. }, Some(layout)) => {
            let layout = Path::new(layout).file_name().unwrap_or_default().to_string_lossy();
            let layout = layout.trim_end_matches(".yaml").trim_end_matches(".yml");
            (recipe, format!("{name}_via-{layout}"))
        }
        _ => (recipe, name),
    }
}

/// Gives every output a file name; two of one name, or one that is `taken`, are refused.
pub(crate) fn file_names(
    named: Vec<Named>,
    project: &Project,
    scene_path: &Path,
    selection: &Selection,
    taken: &mut BTreeSet<String>,
) -> Result<Vec<(Recipe, String)>, JobError> {
    let title = title(project, scene_path, selection);
    let name = |(recipe, suffix): Named| {
        let damf = matches!(recipe, Recipe::Master { format: MasterFormat::Damf });
        let ending = if damf { "atmos" } else { "wav" };
        let name = format!("{}.{ending}", output_name(&title, &suffix));
        // Some file systems do not tell upper from lower case.
        if taken.insert(name.to_lowercase()) {
            return Ok((recipe, name));
        }
        Err(JobError::Usage(format!(
            "two outputs would both be called {name}; ask for one of them, or make them in two runs \
             with different folders"
        )))
    };
    named.into_iter().map(name).collect()
}

/// What files are called by: the title, or the name of the scene file, with version, group, part and
/// importance.
/// No two selections share a name, so that none replaces the files of another.
pub(crate) fn title(project: &Project, scene_path: &Path, selection: &Selection) -> String {
    let title = if project.timeline.title.is_empty() {
        scene_path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default()
    } else {
        project.timeline.title.clone()
    };
    let scene = &project.scene;
    let group = selection.group.as_ref().map(|group| {
        let is_version = scene.is_version_label(group);
        if is_version { format!("group-{group}") } else { group.clone() }
    });
    let part = scene.region().map(|(from, until)| {
        let until = until.map_or_else(|| "end".to_owned(), |until| seconds_word(project, until));
        format!("{}-{until}", seconds_word(project, from))
    });
    let version = scene.chosen_version().map(str::to_owned);
    let least = selection.importance;
    let importance = (least > 0).then(|| format!("importance-{least}"));
    let parts = [version, group, part, importance].into_iter().flatten();
    parts.fold(title, |title, part| format!("{title}_{part}"))
}

/// A time as a word of a file name: `12.5s`.
fn seconds_word(project: &Project, frame: FrameIndex) -> String {
    let rate = project.timeline.sample_rate;
    let seconds = format!("{:.5}", rate.seconds(FrameCount(frame.0)));
    format!("{}s", seconds.trim_end_matches('0').trim_end_matches('.'))
}

/// What a run reads, in the form the system knows it by. None of it is ever written.
pub(crate) fn inputs(project: &Project, scene_path: &Path) -> Vec<PathBuf> {
    let reference = project.scene.reference().map(|(path, _)| project.folder.join(path));
    let read = project.stem_paths.iter().chain(&project.included).cloned();
    let read = read.chain(reference).chain([scene_path.to_owned()]);
    read.filter_map(|path| path.canonicalize().ok()).collect()
}

/// Refuses a folder where a file should be named.
pub(crate) fn refuse_folder(path: &Path) -> Result<(), JobError> {
    if path.is_dir() || path.as_os_str().as_encoded_bytes().ends_with(b"/") {
        return Err(JobError::Usage(format!(
            "{} is a folder; name the file to write, for example {}",
            path.display(),
            path.join("song.wav").display()
        )));
    }
    Ok(())
}

fn plan_file(
    project: &Project,
    scene_path: &Path,
    recipe: Recipe,
    path: &Path,
    force: bool,
) -> Result<Plan, JobError> {
    refuse_folder(path)?;
    let damf = matches!(recipe, Recipe::Master { format: MasterFormat::Damf });
    if damf != path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("atmos")) {
        let (what, ending) = if damf { ("a DAMF master", "atmos") } else { ("the file", "wav") };
        return Err(JobError::Usage(format!(
            "{what} is not called {}; write for example {}",
            path.display(),
            path.with_extension(ending).display()
        )));
    }
    let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
    let manifest = Manifest::load(&folder);
    let inputs = inputs(project, scene_path);
    for file in files_of(&recipe, path) {
        allow_overwrite(&file, &manifest, &inputs, force)?;
    }
    let whole = Planned { recipe, path: path.to_path_buf(), share: 0, group: String::new() };
    Ok(Plan { outputs: vec![whole], folder })
}

/// The outputs the scene asks for.
pub(crate) fn scene_recipes(project: &Project) -> Result<Vec<Named>, JobError> {
    let requests = project.scene.outputs();
    if requests.is_empty() {
        let finding = Finding::error(rules::OUTPUT_NONE, "the scene asks for no output")
            .hint("leave `outputs` out for 7.1.4, binaural and a master, or list some");
        return Err(JobError::SceneInvalid(vec![finding]));
    }
    requests.iter().map(|request| scene_recipe(request, &project.folder)).collect()
}

fn scene_recipe(request: &OutputRequest, folder: &Path) -> Result<Named, JobError> {
    let depth = |bits: BitDepth| match bits {
        BitDepth::Int16 => SampleDepth::I16,
        BitDepth::Int24 => SampleDepth::I24,
        BitDepth::Float32 => SampleDepth::F32,
    };
    let recipe = match &request.kind {
        OutputKind::Speakers { layout, bits, order } => Recipe::Speakers {
            layout: match layout {
                LayoutRequest::Standard(layout) => (*layout).clone(),
                LayoutRequest::File(name) => read_layout(&folder.join(name))?,
            },
            depth: depth(*bits),
            order: *order,
        },
        OutputKind::Binaural { head, bits } => Recipe::Binaural {
            depth: depth(*bits),
            sofa: match head {
                HeadRequest::Default => None,
                HeadRequest::Sofa(path) => Some(folder.join(path)),
            },
        },
        OutputKind::Stereo { downmix, bits } => {
            Recipe::Stereo { surround: find_layout("5.1")?, downmix: *downmix, depth: depth(*bits) }
        }
        OutputKind::Ambisonics { format, bits } => {
            Recipe::Ambisonics { format: *format, depth: depth(*bits) }
        }
        OutputKind::Master(MasterKind::AdmBwf) => Recipe::Master { format: MasterFormat::AdmBwf },
        OutputKind::Master(MasterKind::Damf) => Recipe::Master { format: MasterFormat::Damf },
        OutputKind::Master(MasterKind::AdmItu) => Recipe::Master { format: MasterFormat::AdmItu },
    };
    match order_problem(&recipe) {
        None => Ok((recipe, request.name.clone())),
        Some(problem) => {
            let finding = Finding::error(rules::OUTPUT_ORDER, problem).at(request.place.clone());
            Err(JobError::SceneInvalid(vec![finding]))
        }
    }
}

/// Why a layout has no such order of channels.
fn order_problem(recipe: &Recipe) -> Option<String> {
    let Recipe::Speakers { layout, order, .. } = recipe else { return None };
    ChannelMap::new(layout, *order).err().map(|error| error.to_string())
}

fn recipe(target: &Target) -> Result<Named, JobError> {
    let named = match target {
        Target::Speakers { layout, depth, order } => {
            let layout = find_layout(layout)?;
            let name = layout.name.clone();
            (Recipe::Speakers { layout, depth: *depth, order: *order }, name)
        }
        Target::Binaural { depth } => {
            (Recipe::Binaural { depth: *depth, sofa: None }, "binaural".to_owned())
        }
        Target::Stereo { downmix, depth } => {
            let surround = find_layout("5.1")?;
            let name = format!("stereo-{}", downmix.name());
            (Recipe::Stereo { surround, downmix: *downmix, depth: *depth }, name)
        }
        Target::Ambisonics { format, depth } => {
            (Recipe::Ambisonics { format: *format, depth: *depth }, format.to_string())
        }
        Target::Master { format } => (Recipe::Master { format: *format }, format.name().to_owned()),
    };
    match order_problem(&named.0) {
        None => Ok(named),
        Some(problem) => Err(JobError::Usage(problem)),
    }
}

/// A layout by name, or from a file.
pub(crate) fn find_layout(name: &str) -> Result<Layout, JobError> {
    if let Some(layout) = cupola_scene::find_layout(name) {
        return Ok(layout.clone());
    }
    let path = Path::new(name);
    if path.extension().is_some_and(|e| e == "yaml" || e == "yml") {
        return read_layout(path);
    }
    let headphones = name.eq_ignore_ascii_case("binaural").then_some("binaural");
    let suggestion = headphones
        .or_else(|| cupola_scene::closest_layout_name(name))
        .map(|close| format!(" Did you mean {close}?"))
        .unwrap_or_default();
    let names = cupola_scene::standard_layouts().iter().map(|l| l.name.as_str());
    let names = names.chain(["binaural", "stereo:loro", "ambix1 to ambix7", "fuma"]);
    Err(JobError::Usage(format!(
        "there is no layout called {name}.{suggestion} Known are {}; a layout of your own is a file \
         ending in .yaml",
        names.collect::<Vec<_>>().join(", ")
    )))
}

fn read_layout(path: &Path) -> Result<Layout, JobError> {
    let text = read_text(path, "a layout is a YAML file")?;
    let parsed = cupola_scene::parse_layout(&text, &path.display().to_string());
    parsed.value.ok_or(JobError::SceneInvalid(parsed.findings))
}

pub(crate) fn allow_overwrite(
    path: &Path,
    manifest: &Manifest,
    inputs: &[PathBuf],
    force: bool,
) -> Result<(), JobError> {
    if path.canonicalize().is_ok_and(|path| inputs.contains(&path)) {
        return Err(JobError::OutputNotWritten(format!(
            "{} is read by this very run and would be destroyed; choose another place with -o",
            path.display()
        )));
    }
    if force || !path.exists() || manifest.recorded(path) {
        return Ok(());
    }
    Err(JobError::OutputNotWritten(format!(
        "{} exists and is not what an earlier run wrote there; move it away, choose another place \
         with -o, or overwrite it with --force",
        path.display()
    )))
}
