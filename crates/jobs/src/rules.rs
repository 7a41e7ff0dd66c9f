//! Every rule the verbs report themselves, and the list of the rules of all rooms.

use crate::{Document, JobError};
use cupola_model::{Rule, Severity};
use serde_json::json;

cupola_model::rules! {
    STEM_UNREADABLE = "stems.unreadable", error, "A stem that cannot be opened or read.",
        "Correct `file`, or the file itself; the finding says what is wrong with it.";
    STEM_UNFIT = "stems.unfit", error, "A stem that turns out damaged while it is read.",
        "Export or copy the stem again.";
    OUTPUT_NONE = "output.none", error, "The scene asks for no output.",
        "Leave `outputs` out for the usual three, or list some.";
    OUTPUT_ORDER = "output.order", error, "A channel order that the layout cannot have.",
        "Choose another `order`, or another layout.";
    LFE_DROPPED = "render.lfe.dropped", warning, "The LFE of a bed has no loudspeaker in this layout.",
        "Send the low end to a full-range channel as well, if it must be heard.";
    ZONES_IDLE = "render.zones.idle", warning, "Every loudspeaker of the layout stands in the zones of an object.",
        "Leave some loudspeakers out of the zones; they are not heeded in this layout.";
    IMPORTANCE = "render.importance", note, "Objects that matter less than asked for are left out.",
        "Nothing, or ask for less with `--importance`.";
    GROUPS_SHARED = "render.groups.shared", note, "Something belongs to more than one of the groups that get a file each.",
        "Nothing, or name the group first in whose file it should be.";
    GROUP_SILENT = "render.groups.silent", note, "Nothing is left for the file of a group, or for the rest.",
        "Nothing, or leave the group out.";
    BINAURAL_FEATURES = "binaural.features", note, "Headphones do not follow snap, zones, divergence, diffuse and screens.",
        "Nothing; loudspeakers follow them.";
    AMBISONIC_FEATURES = "ambisonics.features", note, "Ambisonics do not follow snap, zones, divergence, diffuse and screens.",
        "Nothing; loudspeakers follow them.";
    HEADPHONE_EQ = "headphones.eq", error, "A line of a headphone correction that cannot be read.",
        "Write `Preamp`, `Filter` or `Channel` lines as the finding shows.";
    ORIENTATION = "head.orientation", error, "A line of a table of head orientations that cannot be read.",
        "Write seconds, yaw, pitch and roll in each line, in order of time.";
    MASTER_CONVERSION = "master.conversion", note, "Polar objects become room positions in the master.",
        "Check the directions that the finding names, or write room positions.";
    MASTER_ROUNDED = "master.rounded", note, "A master made of a master has its sound rounded anew.",
        "Nothing: what is lost lies below -138 dBFS.";
    ACTION_LOST = "master.first_action", note, "A cut takes the first frame of action of a master away.",
        "Set `first_action` with `cupola set`.";
    CLIPPED = "signal.clipped", error, "An integer file clips.",
        "Lower the gains by what the finding says, or write 32-bit float.";
    SILENT = "signal.silent", note, "A track is silent throughout.",
        "Check the stem, or leave the item out.";
    CONSTANT = "signal.constant", note, "A track holds one value throughout.",
        "Check how the stem was exported.";
    DIRECT_CURRENT = "signal.dc", note, "A track carries direct current.",
        "High-pass the stem at about 10 Hz.";
    TAIL_CUT = "signal.tail_cut", note, "A stem still sounds where the programme ends.",
        "Move `end` later, or leave it out.";
    IMPORT_START = "import.start.between", note, "A master starts between two timecodes.",
        "Nothing, unless timecodes must fit to the sample.";
    IMPORT_THINNED = "import.thinned", warning, "A master has more movement than a scene can hold.",
        "Check the movement, or split the programme where it matters.";
    DIFF_SAMPLE_RATE = "diff.sample_rate", warning, "Two programmes have different sample rates.",
        "Convert one of them first: nothing else can be compared.";
    DIFF_LENGTH = "diff.length", warning, "Two programmes differ in length.",
        "Look which one is right; the shorter one counts as silent at its end.";
    DIFF_START = "diff.start", warning, "Two programmes start at different times of the session.",
        "Set `start_timecode` in the scene, or `cupola set MASTER start=...`.";
    DIFF_FRAME_RATE = "diff.frame_rate", warning, "Two programmes state different frame rates.",
        "Set `frame_rate` in the scene.";
    DIFF_SCREEN = "diff.screen", warning, "Two programmes are made in front of different screens.",
        "Set `screen` in the scene; Atmos masters do not keep it.";
    DIFF_SETTING = "diff.setting", warning, "Two masters are set to different downmixes, trims or first frames of action.",
        "Nothing, if it was meant; `cupola set` changes it.";
    DIFF_ADDED = "diff.item.added", warning, "A bed or object is in the second programme alone.",
        "Nothing, if it was meant.";
    DIFF_REMOVED = "diff.item.removed", warning, "A bed or object is in the first programme alone.",
        "Nothing, if it was meant.";
    DIFF_RENAMED = "diff.item.renamed", warning, "A bed or object has another name.",
        "Nothing, if it was meant; the finding says how it was told.";
    DIFF_GROUPS = "diff.item.groups", warning, "A bed or object belongs to other groups.",
        "Nothing, if it was meant; a master keeps the first group alone.";
    DIFF_BINAURAL = "diff.item.binaural", warning, "A bed or object has another headphone mode.",
        "Nothing, if it was meant.";
    DIFF_BED = "diff.bed.format", warning, "A bed has other channels.",
        "Nothing, if it was meant.";
    DIFF_MOVED = "diff.object.moved", warning, "An object is somewhere else at some time.",
        "Nothing, if it was meant; `cupola show` tells more of that instant.";
    DIFF_GAIN = "diff.object.gain", warning, "The keyframed gain of an object differs at some time.",
        "Nothing, if it was meant.";
    DIFF_SIZE = "diff.object.size", warning, "The size of an object differs at some time.",
        "Nothing, if it was meant.";
    DIFF_FEATURES = "diff.object.features", warning, "Snap, zones, divergence, diffuse, head lock, screen or importance of an object differ.",
        "Nothing, if it was meant; not every format keeps all of them.";
    DIFF_SOUND = "diff.sound", warning, "The sound of a track differs.",
        "Listen at the time that the finding names.";
    GAINS_SYNTAX = "gains.file.syntax", error, "A list of objects that is not JSON.",
        "Look at the place and before it: commas, brackets and quotation marks.";
    GAINS_LIST = "gains.file.list", error, "There is no list of objects in the file.",
        "Write a list, or a map with the list `objects`.";
    GAINS_KEY = "gains.key.unknown", warning, "A key that is not read.",
        "Correct its spelling, or leave it out.";
    GAINS_REFUSED = "gains.object.refused", error, "An object that a panner cannot take.",
        "Correct it as the finding says.";
}

/// The rules of all rooms, each once, in the order in which a scene meets them.
///
/// ```
/// let rules = cupola_jobs::rules();
/// assert!(rules.iter().any(|rule| rule.id == "scene.key.unknown"));
/// ```
pub fn rules() -> Vec<&'static Rule> {
    let lists = [cupola_scene::RULES, cupola_stems::RULES, cupola_hrtf::RULES, RULES];
    lists.into_iter().flatten().chain(cupola_masters::rules()).collect()
}

/// `scenes/RULES.md`: every rule with its severity, its meaning and the way out.
pub fn rules_table() -> String {
    let mut text =
        "# Rules\n\nEvery finding names one of these. An id never changes its meaning. Errors stop a \
        run; warnings and notes do not. `cupola rules` prints this page, `cupola rules ID` one rule.\n\n\
        | rule | severity | what is found | what to do |\n|---|---|---|---|\n"
            .to_owned();
    for rule in rules() {
        let (severity, remedy) = (severity(rule), sentence(rule.remedy));
        text += &format!("| `{}` | {severity} | {} | {remedy} |\n", rule.id, rule.meaning);
    }
    text
}

fn severity(rule: &Rule) -> &'static str {
    rule.severity.map_or("varies", Severity::name)
}

/// Some rooms write remedies to stand behind a colon.
fn sentence(remedy: &str) -> String {
    let mut letters = remedy.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    let full_stop = if remedy.ends_with('.') { "" } else { "." };
    format!("{first}{}{full_stop}", letters.as_str())
}

/// What there is to say about some rules: one by its id, or all whose ids start with a word.
#[derive(Debug)]
pub struct Explanation {
    /// For people, line by line.
    pub lines: Vec<String>,
    /// For machines.
    pub document: Document,
}

/// Explains the rule of an id, or all rules below one such as `scene.value`; everything without one.
pub fn explain(id: Option<&str>) -> Result<Explanation, JobError> {
    let meant = |rule: &&Rule| match id {
        None => true,
        Some(id) => {
            rule.id.strip_prefix(id).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        }
    };
    let chosen: Vec<_> = rules().into_iter().filter(meant).collect();
    if chosen.is_empty() {
        let id = id.unwrap_or_default();
        let near = rules().into_iter().map(|rule| (strsim::jaro_winkler(id, rule.id), rule.id));
        let near = near.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(score, _)| *score > 0.8);
        let near = near.map_or(String::new(), |(_, rule)| format!("; did you mean {rule}?"));
        let words = format!("there is no rule called {id}; `cupola rules` lists them{near}");
        return Err(JobError::Usage(words));
    }
    let lines = match id {
        None => rules_table().lines().map(str::to_owned).collect(),
        Some(_) => chosen.iter().flat_map(|rule| explained(rule)).collect(),
    };
    let json = chosen.iter().map(|rule| {
        json!({"rule": rule.id, "severity": severity(rule), "meaning": rule.meaning,
               "remedy": sentence(rule.remedy)})
    });
    let document = Document::new("rules").with("rules", json.collect());
    Ok(Explanation { lines, document })
}

fn explained(rule: &Rule) -> [String; 3] {
    [
        format!("{} ({})", rule.id, severity(rule)),
        format!("  {}", rule.meaning),
        format!("  {}", sentence(rule.remedy)),
    ]
}
