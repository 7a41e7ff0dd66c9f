//! What concerns a scene as a whole: names, counts, and what masters ask for.

use crate::groups;
use crate::place::{FileId, Findings, Mark, Spot};
use crate::read::Cursor;
use crate::rules;
use crate::scene::{BedEntry, Feed, MasterKind, ObjectEntry, OutputKind, Scene};
use crate::suspects;
use cupola_model::{BedFormat, Finding, Place, Severity};
use std::collections::HashMap;

/// Most objects of an Atmos master.
pub(crate) const MAX_OBJECTS: usize = 118;
/// Most tracks of an Atmos master.
pub(crate) const MAX_TRACKS: usize = 128;
/// Longest name of an object in an Atmos master, in characters.
const MAX_NAME_CHARS: usize = 64;
/// The session rates of Atmos masters.
const MASTER_RATES_HZ: [u32; 2] = [48_000, 96_000];

pub(crate) fn check(scene: &Scene, root: &Cursor<'_>, findings: &mut Findings) {
    if scene.beds.is_empty() && scene.objects.is_empty() && findings.errors() == 0 {
        let finding = Finding::error(rules::PROGRAMME_EMPTY, "the scene has no bed and no object")
            .hint("add a stem to `beds` or `objects`");
        root.report(findings, finding);
    }
    // What could not be read may be what uses a stem.
    let whole = findings.errors() == 0;
    for (stem, settings) in scene.stems.iter().zip(&scene.stem_settings) {
        if !stem.used && whole {
            let message = format!("nothing uses the stem {}", stem.name);
            let finding = Finding::warning(rules::STEM_UNUSED, message)
                .subject(stem.name.clone())
                .hint("add it to a bed or an object, or remove it");
            findings.push(&settings.spot, finding);
        }
    }
    if whole {
        groups::check(scene, findings);
    }
    suspects::check(scene, findings);
    check_names(scene, findings);
    check_counts(scene, findings);
    check_masters(scene, whole, findings);
}

impl Scene {
    /// Whether an Atmos master is wanted.
    pub(crate) fn wants_master(&self) -> bool {
        self.outputs.iter().any(|output| is_atmos(&output.kind))
    }

    /// Channels of all beds, padding included.
    pub(crate) fn bed_tracks(&self) -> usize {
        let padded = BedFormat::F7_1_2.channels().len();
        let mut tracks: usize = self.beds.iter().map(|bed| bed.format.speaker_channels()).sum();
        if self.pad_bed {
            tracks += padded - self.first_bed_tracks();
        }
        tracks
    }

    /// Channels of the first bed of loudspeakers.
    fn first_bed_tracks(&self) -> usize {
        self.beds.iter().map(|bed| bed.format.speaker_channels()).find(|n| *n > 0).unwrap_or(0)
    }
}

impl ObjectEntry {
    pub(crate) fn is_pair(&self) -> bool {
        matches!(self.feed, Feed::Pair { .. })
    }

    /// The names of the objects this entry becomes.
    pub(crate) fn names(&self) -> Vec<String> {
        if self.is_pair() {
            vec![format!("{} L", self.name), format!("{} R", self.name)]
        } else {
            vec![self.name.clone()]
        }
    }
}

fn check_names(scene: &Scene, findings: &mut Findings) {
    let mut seen: HashMap<String, Mark> = HashMap::new();
    for object in &scene.objects {
        for name in object.names() {
            if let Some(first) = seen.get(&name) {
                let line = findings.line_of(*first, object.spot.mark);
                let finding = Finding::warning(
                    rules::NAME_DUPLICATE,
                    format!("another object is called {name} too"),
                )
                .subject(name.clone())
                .hint(format!("the first one is on {line}; give this one a `name` of its own"));
                findings.push(&object.spot, finding);
            }
            seen.entry(name).or_insert(object.spot.mark);
        }
    }
    if !scene.wants_master() {
        return;
    }
    let beds = scene.beds.iter().map(|bed: &BedEntry| (bed.name.clone(), &bed.spot));
    let objects =
        scene.objects.iter().flat_map(|o| o.names().into_iter().map(move |name| (name, &o.spot)));
    for (name, spot) in beds.chain(objects) {
        let length = name.chars().count();
        if length > MAX_NAME_CHARS {
            let finding = Finding::warning(
                rules::NAME_LONG,
                "the name is too long for some players of masters",
            )
            .subject(name)
            .found(format!("{length} characters"))
            .allowed(format!("at most {MAX_NAME_CHARS}"))
            .hint("shorten it");
            findings.push(spot, finding);
        }
    }
}

fn check_counts(scene: &Scene, findings: &mut Findings) {
    let severity = if scene.wants_master() { Severity::Error } else { Severity::Warning };
    let bed_tracks = scene.bed_tracks();
    let objects: usize = scene.objects.iter().map(|object| object.names().len()).sum();
    let mut so_far = 0;
    let (mut over_objects, mut over_tracks) = (None, None);
    for object in &scene.objects {
        so_far += object.names().len();
        if so_far > MAX_OBJECTS {
            over_objects.get_or_insert(&object.spot);
        }
        if so_far + bed_tracks > MAX_TRACKS {
            over_tracks.get_or_insert(&object.spot);
        }
    }
    let hint = pairs_hint(scene);
    if let Some(spot) = over_objects {
        let finding = Finding::new(
            rules::LIMIT_OBJECTS,
            severity,
            "the scene has more objects than an Atmos master carries",
        );
        let finding = finding.found(objects.to_string()).allowed(format!("at most {MAX_OBJECTS}"));
        findings.push(spot, finding.hint(hint));
    } else if bed_tracks + objects > MAX_TRACKS {
        let last_bed = scene.beds.last().map(|bed| &bed.spot);
        let Some(spot) = over_tracks.or(last_bed) else { return };
        let finding = Finding::new(
            rules::LIMIT_TRACKS,
            severity,
            "the scene has more tracks than an Atmos master carries",
        );
        let finding = finding
            .found(format!("{bed_tracks} of beds and {objects} of objects"))
            .allowed(format!("at most {MAX_TRACKS} together"));
        findings.push(spot, finding.hint(hint));
    }
}

/// Names the pairs, which are easily forgotten to count twice.
fn pairs_hint(scene: &Scene) -> String {
    const SHOWN: usize = 8;
    let pairs: Vec<&str> =
        scene.objects.iter().filter(|o| o.is_pair()).map(|o| o.name.as_str()).collect();
    if pairs.is_empty() {
        return "move what does not need an object into a bed".to_owned();
    }
    let more = match pairs.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let shown = pairs[..pairs.len().min(SHOWN)].join(", ");
    format!(
        "these pairs count as two objects each: {shown}{more}; a bed or `fold: mono` saves some"
    )
}

/// Plain ADM has no profile that limits it.
fn is_atmos(kind: &OutputKind) -> bool {
    matches!(kind, OutputKind::Master(MasterKind::AdmBwf | MasterKind::Damf))
}

fn check_masters(scene: &Scene, whole: bool, findings: &mut Findings) {
    let master = scene.outputs.iter().find(|output| is_atmos(&output.kind));
    let Some(master) = master else { return };
    let Place { line, column, ref path, .. } = master.place;
    let mark = Mark { file: FileId::SCENE, line, column };
    let spot = Spot { mark, path: path.clone() };
    let hz = scene.sample_rate.hz();
    if !MASTER_RATES_HZ.contains(&hz) {
        let finding =
            Finding::error(rules::MASTER_RATE, "a master cannot have the session's sample rate")
                .found(format!("{hz} Hz"))
                .allowed("48000 or 96000 Hz")
                .hint("set `sample_rate: 48000`, or ask for no master under `outputs`");
        findings.push(&spot, finding);
    }
    let full = BedFormat::F7_1_2.channels().len();
    let first_bed = scene.first_bed_tracks();
    if whole && !scene.pad_bed && first_bed < full {
        let finding = Finding::note(
            rules::MASTER_BED,
            "Resolve and Netflix may expect a bed of ten tracks in a master",
        )
        .found(format!("{first_bed} bed tracks"))
        .hint("add `pad_bed: 7.1.2` for silent ones");
        findings.push(&spot, finding);
    }
}
