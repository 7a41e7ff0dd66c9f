//! What the profile refuses, said before anything is written.

use crate::features::{LOST, Loss, losers};
use crate::ids::{MAIN_CONTENT, elements};
use crate::text::{MAX_NAME, clock_steps};
use crate::write_itu::silent_channels;
use cupola_model::automation::{HOLD_RAMP, shortest_block};
use cupola_model::{BinauralMode, Finding, FrameIndex, Item, SampleRate, Timeline};

/// Most objects. [Atmos-ADM]
const MAX_OBJECTS: usize = 118;
/// Most tracks, bed channels included. [Atmos-ADM]
const MAX_TRACKS: usize = 128;
/// Most beds. [Atmos-ADM]
const MAX_BEDS: usize = 5;
/// Largest `gain` of a block, linear: beyond +24 dB a value is a mistake of units. [Atmos-ADM]
const MAX_GAIN: f64 = 16.0;
/// `hh:mm:ss.fffff` ends here: 100 hours in steps of 1e-5 s.
const TIME_LIMIT_STEPS: u64 = 100 * 3600 * 100_000;

cupola_model::rules! {
    TIMELINE = "master.timeline", error, "The programme is inconsistent in itself.",
        "Report it: this is a fault of the program.";
    RATE = "master.sample_rate", error, "A master cannot have this sample rate.",
        "Set `sample_rate: 48000` in the scene.";
    LENGTH = "master.length", error, "The programme is too long for the times of a master.",
        "Split the programme.";
    AMBISONIC = "master.ambisonic", error, "An Atmos master has no place for an ambisonic bed.",
        "Render it alone to 7.1 or 7.1.4 and route that file, or write `master: adm-itu`.";
    BEDS = "master.beds", error, "More beds than a master may have.",
        "Merge some beds.";
    OBJECTS = "master.objects", error, "More objects than a master may have.",
        "Route what stands still to a bed; pairs count twice.";
    TRACKS = "master.tracks", error, "More tracks than a master may have, or none.",
        "Route what stands still to a bed, or use a smaller bed.";
    GAIN = "master.gain", error, "Keyframes raise a gain beyond what a master states.",
        "Raise the object's own `gain` instead, which is applied to the sound.";
    POINTS_CLOSE = "master.points.close", note, "An object changes faster than a master can state.",
        "Leave 250 frames between keyframes, if the milliseconds matter.";
    NAME = "master.name", note, "A name is written differently in the master.",
        "Choose another name, if it matters.";
    GROUPS = "master.groups", note, "A master keeps only the first group of each item, or none.",
        "Name the group that matters most in the master first.";
    FEATURES = "master.features", note, "A master does not keep a feature of an object.",
        "See the finding; renders obey the feature all the same.";
    AXML_THINNED = "master.axml.thinned", note, "Movement is written every 20 ms, because every 10 ms would make the text too long for readers.",
        "Nothing; players follow it all the same. A shorter programme gets 10 ms.";
    AXML_LONG = "master.axml.long", warning, "The text is too long for some readers, every 20 ms as movement is written.",
        "Split the programme, or write DAMF, which has no such limit.";
    ITU_BED = "master.itu.bed", note, "A bed has channels of silence in plain ADM, whose common definitions have no such set.",
        "Nothing; players hear the same.";
    ITU_MODES = "master.itu.modes", note, "Plain ADM has no headphone modes.",
        "Write an Atmos master, if they matter.";
}

/// Most tracks of a plain ADM file: identifiers have room for more, renderers and readers hardly.
const MAX_ITU_TRACKS: usize = 1024;

/// What speaks against this programme as plain ADM (errors), and what is worth knowing about the file
/// it becomes (notes). Rules are named `master.*`; headphone modes have no place in ADM.
pub fn check_itu(timeline: &Timeline) -> Vec<Finding> {
    let mut findings = Vec::new();
    check_consistency(timeline, &mut findings);
    check_length(timeline, &mut findings);
    let tracks = timeline.lanes.len();
    if !(1..=MAX_ITU_TRACKS).contains(&tracks) {
        findings.push(
            Finding::error(
                TRACKS,
                "the number of tracks is not one that plain ADM is written with",
            )
            .found(tracks.to_string())
            .allowed(format!("1 to {MAX_ITU_TRACKS}"))
            .hint("add a bed or an object, or merge some"),
        );
    }
    note_names(timeline, &mut findings);
    note_groups(timeline, &mut findings);
    for bed in timeline.beds() {
        let silent = silent_channels(bed.format);
        if !silent.is_empty() {
            let names = silent.iter().map(|label| label.name()).collect::<Vec<_>>().join(" ");
            let message = format!("{} has channels of silence in plain ADM", bed.name);
            findings.push(
                Finding::note(ITU_BED, message)
                    .subject(&bed.name)
                    .found(bed.format.name())
                    .allowed("2.0, 5.0, 5.1, 7.1 or 7.1.2")
                    .hint(format!("nothing has to change; added is {names}")),
            );
        }
    }
    findings.extend(crate::write_itu::estimate(timeline).finding());
    let chosen = |item: &Item| match item {
        Item::Bed(bed) => {
            bed.channels.iter().any(|c| !c.label.is_lfe() && c.binaural != BinauralMode::Mid)
        }
        Item::Ambisonic(bed) => bed.binaural != BinauralMode::Mid,
        Item::Object(object) => object.binaural != BinauralMode::Mid,
    };
    let names: Vec<_> = timeline.items.iter().filter(|i| chosen(i)).map(Item::name).collect();
    if !names.is_empty() {
        let message = format!("plain ADM does not keep the headphone modes of {}", listed(&names));
        findings.push(Finding::note(ITU_MODES, message).hint("an Atmos master keeps them"));
    }
    findings
}

/// What speaks against this programme as an Atmos master (errors), and what is worth knowing
/// about the master it becomes (notes). Rules are named `master.*`.
///
/// ```
/// # use cupola_model::*;
/// # let timeline = Timeline { title: String::new(), artist: String::new(),
/// #     sample_rate: SampleRate::new(44_100).ok_or("rate")?, length: FrameCount(1),
/// #     frame_rate: FrameRate::Fps24, start: FrameCount(0), screen: Screen::USUAL,
/// #     stems: vec![], lanes: vec![], items: vec![] };
/// let findings = cupola_adm::check_limits(&timeline);
/// let rules: Vec<_> = findings.iter().map(|finding| finding.rule).collect();
/// assert_eq!(rules, ["master.sample_rate", "master.tracks"]);
/// # Ok::<(), &str>(())
/// ```
pub fn check_limits(timeline: &Timeline) -> Vec<Finding> {
    let mut findings = Vec::new();
    check_consistency(timeline, &mut findings);
    check_rate(timeline, &mut findings);
    check_length(timeline, &mut findings);
    check_ambisonic(timeline, &mut findings);
    check_counts(timeline, &mut findings);
    check_gains(timeline, &mut findings);
    note_close_points(timeline, &mut findings);
    note_names(timeline, &mut findings);
    note_groups(timeline, &mut findings);
    note_features(timeline, &mut findings);
    findings.extend(crate::write::estimate(timeline).finding());
    findings
}

fn check_consistency(timeline: &Timeline, findings: &mut Vec<Finding>) {
    if let Err(fault) = timeline.validate() {
        findings.push(
            Finding::error(TIMELINE, format!("the programme is inconsistent: {fault}"))
                .hint("this is a fault of the program that built it; please report it"),
        );
    }
}

fn check_rate(timeline: &Timeline, findings: &mut Vec<Finding>) {
    let rate = timeline.sample_rate;
    if rate != SampleRate::HZ_48000 && rate != SampleRate::HZ_96000 {
        findings.push(
            Finding::error(RATE, "an Atmos master cannot have this sample rate")
                .found(format!("{} Hz", rate.hz()))
                .allowed("48000 or 96000 Hz")
                .hint("set `sample_rate: 48000` in the scene"),
        );
    }
}

fn check_length(timeline: &Timeline, findings: &mut Vec<Finding>) {
    let rate = timeline.sample_rate;
    if clock_steps(FrameIndex(timeline.length.0), rate) >= TIME_LIMIT_STEPS {
        findings.push(
            Finding::error(LENGTH, "the programme is too long for the times of a master")
                .found(format!("{} frames", timeline.length))
                .allowed("less than 100 hours")
                .hint("split the programme"),
        );
    }
}

fn check_ambisonic(timeline: &Timeline, findings: &mut Vec<Finding>) {
    for bed in timeline.ambisonic_beds() {
        findings.push(
            Finding::error(AMBISONIC, format!("{} is ambisonic, which no Atmos master is", bed.name))
                .subject(&bed.name)
                .found(bed.kind())
                .allowed("beds of loudspeaker channels, and objects")
                .hint(
                    "give it a group, render that alone with `--group NAME --to 7.1`, and route the \
                     file as a bed; or write plain ADM with `--format adm-itu`, or ask for no Atmos master",
                ),
        );
    }
}

fn check_counts(timeline: &Timeline, findings: &mut Vec<Finding>) {
    let beds: Vec<&str> = timeline.beds().map(|bed| bed.name.as_str()).collect();
    let objects: Vec<&str> = timeline.objects().map(|object| object.name.as_str()).collect();
    let tracks = timeline.items.iter().map(|item| item.tracks().count()).sum::<usize>();
    if beds.len() > MAX_BEDS {
        findings.push(too_many(BEDS, "beds", &beds, MAX_BEDS));
    }
    if objects.len() > MAX_OBJECTS {
        findings.push(too_many(OBJECTS, "objects", &objects, MAX_OBJECTS));
    }
    if tracks > MAX_TRACKS {
        let surplus = (tracks - MAX_TRACKS).min(objects.len());
        findings.push(
            Finding::error(
                TRACKS,
                format!(
                    "there are too many tracks (bed channels and objects, a stereo pair counts \
                     twice); those that no longer fit: {}",
                    listed(&objects[objects.len() - surplus..])
                ),
            )
            .found(tracks.to_string())
            .allowed(format!("at most {MAX_TRACKS}"))
            .hint("route some objects to a bed, or use a smaller bed"),
        );
    }
    if tracks == 0 {
        findings.push(
            Finding::error(TRACKS, "there is neither a bed nor an object")
                .found("0 tracks")
                .allowed(format!("1 to {MAX_TRACKS}"))
                .hint("add a bed or an object to the scene"),
        );
    }
}

/// Keyframe gains become the `gain` of blocks; static ones are in the sound and have no limit.
fn check_gains(timeline: &Timeline, findings: &mut Vec<Finding>) {
    for object in timeline.objects() {
        let loudest = object.automation.points().iter().map(|p| p.state.gain.0).fold(0.0, f64::max);
        if loudest > MAX_GAIN {
            findings.push(
                Finding::error(
                    GAIN,
                    format!(
                        "the keyframes of {} raise its gain beyond what a master states",
                        object.name
                    ),
                )
                .subject(&object.name)
                .found(format!("{:+.2} dB", 20.0 * loudest.log10()))
                .allowed("at most +24.08 dB")
                .hint("raise the object's own `gain`, which is applied to the sound, instead"),
            );
        }
    }
}

/// Points closer than a block can be are moved or merged by the rule of
/// [`cupola_model::Automation::master_blocks`]; a render follows each.
fn note_close_points(timeline: &Timeline, findings: &mut Vec<Finding>) {
    let shortest = shortest_block(timeline.sample_rate);
    for object in timeline.objects() {
        let points = object.automation.points();
        let close = |i: &usize| {
            let length = points[*i].frame - points[i - 1].frame;
            // A step out of rest becomes one block.
            let stood = *i < 2 || points[i - 1].state == points[i - 2].state;
            length < shortest && !(stood && length == HOLD_RAMP)
        };
        let count = (1..points.len()).filter(close).count();
        if count > 0 {
            findings.push(
                Finding::note(
                    POINTS_CLOSE,
                    format!("{} changes faster than a master can state", object.name),
                )
                .subject(&object.name)
                .found(format!(
                    "{count} points less than {} frames after the one before",
                    shortest.0
                ))
                .allowed(format!("{} frames between points", shortest.0))
                .hint("the master moves or merges them by some milliseconds; renders do not"),
            );
        }
    }
}

fn too_many(rule: &'static str, what: &str, names: &[&str], allowed: usize) -> Finding {
    Finding::error(
        rule,
        format!(
            "there are too many {what} (a stereo pair counts twice); those that no longer fit: {}",
            listed(&names[allowed..])
        ),
    )
    .subject(names[allowed])
    .found(names.len().to_string())
    .allowed(format!("at most {allowed}"))
    .hint("merge some, or route them to a bed")
}

/// A few names in full, the others as a count.
fn listed(names: &[&str]) -> String {
    const SHOWN: usize = 8;
    let mut text = names[..names.len().min(SHOWN)].join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    text
}

fn note_names(timeline: &Timeline, findings: &mut Vec<Finding>) {
    for element in elements(timeline) {
        let given = element.item.name();
        let what = match element.item {
            Item::Bed(_) | Item::Ambisonic(_) => "the bed",
            Item::Object(_) => "the object",
        };
        if given != element.name {
            findings.push(
                Finding::note(NAME, format!("{what} is called {:?} in the master", element.name))
                    .subject(given)
                    .found(format!("{given:?}"))
                    .allowed(format!("1 to {MAX_NAME} characters, no control characters"))
                    .hint("choose another name if it matters"),
            );
        }
    }
}

fn note_groups(timeline: &Timeline, findings: &mut Vec<Finding>) {
    let elements = elements(timeline);
    let unsaid = elements.iter().filter(|e| e.groups().first().is_some_and(|g| g == MAIN_CONTENT));
    let names: Vec<&str> = unsaid.map(|element| element.item.name()).collect();
    if !names.is_empty() {
        let message =
            format!("a master keeps no group called {MAIN_CONTENT}, that of {}", listed(&names));
        let finding = Finding::note(GROUPS, message);
        findings.push(finding.hint("masters call so what is in no group; choose another name"));
    }
    let several = elements.iter().filter(|element| element.groups().len() > 1);
    let names: Vec<&str> = several.map(|element| element.item.name()).collect();
    if !names.is_empty() {
        findings.push(
            Finding::note(
                GROUPS,
                format!("a master keeps only the first group of {}", listed(&names)),
            )
            .found(format!("{} items in several groups", names.len()))
            .allowed("1 group an item")
            .hint("name the group that matters most in the master first"),
        );
    }
}

fn note_features(timeline: &Timeline, findings: &mut Vec<Finding>) {
    for Loss { what, is_lost, hint } in LOST {
        let names = losers(timeline.objects(), is_lost);
        if !names.is_empty() {
            let message = format!("{what} of {}", listed(&names));
            findings.push(Finding::note(FEATURES, message).hint(hint));
        }
    }
}
