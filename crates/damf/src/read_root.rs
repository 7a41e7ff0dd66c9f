//! `X.atmos` read: the files, the bed, the objects.

use crate::DamfError;
use crate::ids::{FIRST_OBJECT, bed_channel};
use crate::node::{Node, Value, read_tree};
use crate::report::{Report, did_you_mean};
use crate::rules;
use crate::scalar::{number, truth, whole};
use cupola_model::timeline::LONGEST_TIMECODE_DAY_S;
use cupola_model::{BedLabel, Finding, FrameRate};
use std::collections::BTreeSet;
use std::io::BufRead;

/// Most channels and objects that are read; a master has 128.
pub(crate) const MAX_TRACKS: usize = 1024;
/// The ID of what has none; no event can have it.
pub(crate) const NO_ID: u64 = u64::MAX;
/// Objects and tracks of a master.
const MASTER_OBJECTS: usize = 118;
const MASTER_TRACKS: usize = 128;

const TOP_KEYS: [&str; 2] = ["version", "presentations"];
const PRESENTATION_KEYS: [&str; 21] = [
    "type",
    "simplified",
    "metadata",
    "audio",
    "offset",
    "ffoa",
    "fps",
    "scNumberOfElements",
    "scBedConfiguration",
    "creationTool",
    "creationToolVersion",
    "downmixType_5to2",
    "51-to-20_LsRs90degPhaseShift",
    "warpMode",
    "trimMode",
    "screenSizeRatio",
    "bedDistribution",
    "sourceCodec",
    "language",
    "bedInstances",
    "objects",
];

/// What a root says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Root {
    /// Name of the file of events, as it is written; empty when there is none.
    pub metadata: String,
    /// Name of the file of sound, as it is written; empty when there is none.
    pub audio: String,
    /// Frames of picture a second.
    pub frame_rate: Option<FrameRate>,
    /// When the first frame is, in seconds on the clock of the session; from 0 to a day.
    pub offset_s: f64,
    pub(crate) beds: Vec<RootBed>,
    pub(crate) objects: Vec<RootObject>,
}

impl Root {
    /// The ID of every channel of the sound, in their order; `None` where the root gives none.
    pub fn ids(&self) -> Vec<Option<u64>> {
        let beds = self.beds.iter().flat_map(|bed| bed.channels.iter().map(|(_, id)| *id));
        let ids = beds.chain(self.objects.iter().map(|object| object.id));
        ids.map(|id| (id != NO_ID).then_some(id)).collect()
    }

    /// Bed channels and objects: the channels that the sound has to have.
    pub fn tracks(&self) -> usize {
        self.beds.iter().map(|bed| bed.channels.len()).sum::<usize>() + self.objects.len()
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RootBed {
    pub(crate) name: String,
    pub(crate) group: Option<String>,
    /// A channel whose label nobody knows takes a channel of the sound all the same.
    pub(crate) channels: Vec<(Option<BedLabel>, u64)>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RootObject {
    pub(crate) name: String,
    pub(crate) group: Option<String>,
    pub(crate) id: u64,
}

/// Reads a root. `file` is its name, for places; findings go to `sink`. Memory is bounded whatever the
/// text holds. [Atmos-DAMF]
///
/// ```
/// let text = "version: 0.5.1\npresentations:\n  - type: home\n    metadata: S.atmos.metadata\n    \
///             audio: S.atmos.audio\n    fps: 24\n    bedInstances: []\n    objects:\n      - ID: 10\n";
/// let mut findings = vec![];
/// let root = cupola_damf::read_root(text.as_bytes(), "S.atmos", &mut |found| findings.push(found))?;
/// assert_eq!((root.audio.as_str(), root.tracks(), findings.len()), ("S.atmos.audio", 1, 0));
/// # Ok::<(), cupola_damf::DamfError>(())
/// ```
pub fn read_root(
    text: impl BufRead,
    file: &str,
    sink: &mut dyn FnMut(Finding),
) -> Result<Root, DamfError> {
    let tree = read_tree(text)?;
    let mut reader = Reader { report: Report::new(file, sink), ids: BTreeSet::new() };
    let top = Fields::of(&tree, &TOP_KEYS, &mut reader.report)
        .ok_or_else(|| DamfError::malformed(tree.line, tree.column, "there are no keys"))?;
    let list = top.get("presentations").map(|node| &node.value);
    let presentations = match list {
        Some(Value::List(items)) => &items[..],
        _ => &[],
    };
    let Some(presentation) = presentations.first() else {
        let message = "there is no list of presentations, so this is no root of a master";
        return Err(DamfError::malformed(tree.line, tree.column, message));
    };
    if presentations.len() > 1 {
        let found = presentations.len().to_string();
        let place = (presentations[1].line, presentations[1].column);
        let message = "there is more than one presentation";
        reader.report.add(rules::PRESENTATIONS, place, "presentations", message, found, "1");
    }
    let fields =
        Fields::of(presentation, &PRESENTATION_KEYS, &mut reader.report).ok_or_else(|| {
            DamfError::malformed(
                presentation.line,
                presentation.column,
                "the presentation has no keys",
            )
        })?;
    let root = reader.presentation(&fields);
    let tracks = root.tracks();
    if tracks > MAX_TRACKS {
        let what = "there are too many channels and objects";
        return Err(DamfError::TooLarge { line: fields.line, what, allowed: MAX_TRACKS });
    }
    if tracks > MASTER_TRACKS || root.objects.len() > MASTER_OBJECTS {
        let found = format!("{} objects, {tracks} tracks", root.objects.len());
        let allowed = format!("at most {MASTER_OBJECTS} objects, {MASTER_TRACKS} tracks");
        let message = "there are more than a master may have";
        reader.report.add(
            rules::COUNT,
            (fields.line, fields.column),
            "objects",
            message,
            found,
            allowed,
        );
    }
    Ok(root)
}

/// The keys of a mapping.
struct Fields<'n> {
    pairs: &'n [(String, Node)],
    line: u32,
    column: usize,
}

impl<'n> Fields<'n> {
    /// `None` when it is no mapping. Tells of keys that are unknown or there twice.
    fn of(node: &'n Node, known: &[&str], report: &mut Report<'_>) -> Option<Self> {
        let Value::Map(pairs) = &node.value else { return None };
        for (i, (key, value)) in pairs.iter().enumerate() {
            let place = (value.line, node.column);
            if pairs[..i].iter().any(|(other, _)| other == key) {
                report.add(rules::KEY_TWICE, place, key, "the key is there twice", key, "once");
            } else if !known.contains(&key.as_str()) {
                let near = did_you_mean(key, known.iter().copied());
                report.add(rules::KEY_UNKNOWN, place, key, "nobody knows this key", key, near);
            }
        }
        Some(Self { pairs, line: node.line, column: node.column })
    }

    fn get(&self, key: &str) -> Option<&'n Node> {
        self.pairs.iter().find(|(other, _)| other == key).map(|(_, node)| node)
    }

    fn text(&self, key: &str) -> Option<&'n str> {
        self.get(key)?.text()
    }
}

struct Reader<'a> {
    report: Report<'a>,
    ids: BTreeSet<u64>,
}

impl Reader<'_> {
    fn presentation(&mut self, fields: &Fields<'_>) -> Root {
        let mut name = |key: &str, ending: &str| {
            let text = fields.text(key).unwrap_or_default().to_owned();
            if text.is_empty() {
                let message = format!("the name of the file {ending} is missing");
                let place = (fields.line, fields.column);
                self.report.add(
                    rules::KEY_MISSING,
                    place,
                    key,
                    message,
                    "",
                    "the name of this file is tried",
                );
            }
            text
        };
        let (metadata, audio) = (name("metadata", ".metadata"), name("audio", ".audio"));
        let frame_rate = self.frame_rate(fields);
        let beds =
            self.list(fields, "bedInstances").iter().filter_map(|node| self.bed(node)).collect();
        let objects = self.list(fields, "objects");
        let objects = (1..).zip(objects).map(|(n, node)| self.object(node, n)).collect();
        self.settings(fields);
        let offset_s = self.offset(fields);
        Root { metadata, audio, frame_rate, offset_s, beds, objects }
    }

    fn frame_rate(&mut self, fields: &Fields<'_>) -> Option<FrameRate> {
        let node = fields.get("fps")?;
        let text = node.text().unwrap_or_default();
        let same = |rate: &FrameRate| number(text).is_some_and(|n| Some(n) == number(rate.name()));
        let rate = FrameRate::from_name(text).or_else(|| FrameRate::ALL.into_iter().find(same));
        if rate.is_none() {
            let allowed = FrameRate::ALL.map(FrameRate::name).join(", ");
            self.value(node, "fps", "there is no such frame rate; 24 was taken", &allowed);
        }
        rate
    }

    fn offset(&mut self, fields: &Fields<'_>) -> f64 {
        let Some(node) = fields.get("offset") else { return 0.0 };
        let found = node.text().and_then(offset);
        if found.is_none() {
            self.value(node, "offset", "there is no such time; 0 was taken", "seconds of a day");
        }
        found.unwrap_or(0.0)
    }

    fn value(&mut self, node: &Node, key: &str, message: &str, allowed: &str) {
        let found = match &node.value {
            Value::Text(text) => text.as_str(),
            Value::Null => "nothing",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        };
        self.report.add(rules::VALUE, (node.line, node.column), key, message, found, allowed);
    }

    /// A list that has to be there, if only as `[]`.
    fn list<'n>(&mut self, fields: &Fields<'n>, key: &str) -> &'n [Node] {
        match fields.get(key) {
            Some(Node { value: Value::List(items), .. }) => items,
            Some(node) => {
                self.value(node, key, "there is no list; none was taken", "a list, [] when empty");
                &[]
            }
            None => {
                let (place, message) = ((fields.line, fields.column), format!("{key} is missing"));
                self.report.add(
                    rules::KEY_MISSING,
                    place,
                    key,
                    message,
                    "",
                    "a list, [] when empty",
                );
                &[]
            }
        }
    }

    fn bed(&mut self, node: &Node) -> Option<RootBed> {
        let keys = ["description", "groupName", "channels"];
        let Some(fields) = Fields::of(node, &keys, &mut self.report) else {
            self.value(node, "bedInstances", "this is no bed; it was passed over", "channels");
            return None;
        };
        let mut channels = Vec::new();
        for node in self.list(&fields, "channels") {
            channels.push(self.bed_channel(node));
        }
        if !channels.is_sorted_by_key(|(_, id)| *id) {
            let names = channels.iter().map(|(label, _)| label.map_or("?", BedLabel::name));
            let order = names.collect::<Vec<_>>().join(" ");
            let (place, allowed) = ((fields.line, fields.column), "the order of their IDs");
            let message = "the channels of the bed are out of order; the sound is taken in theirs";
            self.report.add(rules::BED_ORDER, place, "bedInstances", message, order, allowed);
        }
        let name = name_of(&fields).unwrap_or_else(|| "Bed".to_owned());
        (!channels.is_empty()).then(|| RootBed { name, group: group_of(&fields), channels })
    }

    fn bed_channel(&mut self, node: &Node) -> (Option<BedLabel>, u64) {
        let Some(fields) = Fields::of(node, &["channel", "ID"], &mut self.report) else {
            self.value(node, "channels", "this is no channel; it is silent", "channel and ID");
            return (None, NO_ID);
        };
        let word = fields.text("channel").unwrap_or_default();
        let label = BedLabel::from_name(word);
        let by_id = |id: u64| {
            let of = |label: &BedLabel| bed_channel(*label).1 as u64 == id;
            BedLabel::ALL.into_iter().rev().find(of).map(|label| bed_channel(label).0)
        };
        let id = self.id(&fields);
        let known = label.or_else(|| id.and_then(by_id));
        let canonical = label.map(|label| (bed_channel(label).0, bed_channel(label).1 as u64));
        if canonical.is_none() || canonical != label.zip(id) {
            let found = format!("{word} {}", id.map_or_else(String::new, |id| id.to_string()));
            let allowed = known.map(bed_channel).map(|(label, id)| format!("{label} {id}"));
            let place = (fields.line, fields.column);
            let message = "the channel has another name or ID than DAMF gives it";
            let allowed = allowed.unwrap_or_default();
            self.report.add(rules::BED_CHANNEL, place, word, message, found.trim(), allowed);
        }
        (known, id.unwrap_or(NO_ID))
    }

    fn object(&mut self, node: &Node, number: usize) -> RootObject {
        let keys = ["description", "groupName", "ID"];
        let Some(fields) = Fields::of(node, &keys, &mut self.report) else {
            self.value(node, "objects", "this is no object; nothing is known of it", "ID");
            return RootObject { name: format!("Object {number}"), group: None, id: NO_ID };
        };
        let id = self.id(&fields).unwrap_or(NO_ID);
        if id < FIRST_OBJECT as u64 {
            let place = (fields.line, fields.column);
            let message = "the object has the ID of a bed channel";
            self.report.add(rules::IDS, place, "objects", message, id.to_string(), "10 or more");
        }
        let name = name_of(&fields).unwrap_or_else(|| format!("Object {number}"));
        RootObject { name, group: group_of(&fields), id }
    }

    /// An ID that nobody else has.
    fn id(&mut self, fields: &Fields<'_>) -> Option<u64> {
        let id = fields.text("ID").and_then(whole);
        let place = (fields.line, fields.column);
        let Some(id) = id else {
            let found = fields.text("ID").unwrap_or_default();
            let (message, allowed) =
                ("there is no ID, so no event can be about it", "a whole number");
            self.report.add(rules::KEY_MISSING, place, "ID", message, found, allowed);
            return None;
        };
        if !self.ids.insert(id) {
            let message = "two channels or objects have one ID; events count for the first";
            self.report.add(rules::IDS, place, "ID", message, id.to_string(), "each ID once");
        }
        Some(id)
    }

    /// What a scene has no key for, where it is not the usual.
    fn settings(&mut self, fields: &Fields<'_>) {
        let usual = |key: &str, value: &str| match key {
            "type" => value == "home",
            "simplified" | "51-to-20_LsRs90degPhaseShift" => truth(value) == Some(false),
            "downmixType_5to2" => value == "LoRo_Stereo",
            "warpMode" => value == "normal",
            "ffoa" | "screenSizeRatio" | "bedDistribution" | "language" => false,
            _ => true,
        };
        let mut unusual = Vec::new();
        for (key, node) in fields.pairs {
            match &node.value {
                Value::Text(text) if !usual(key, text) => unusual.push(format!("{key} {text}")),
                Value::Map(pairs) if key == "trimMode" => {
                    let manual =
                        |node: &Node| matches!(&node.value, Value::Map(m) if !m.is_empty());
                    if pairs.iter().any(|(_, node)| manual(node)) {
                        unusual.push("trims".to_owned());
                    }
                }
                _ => {}
            }
        }
        if !unusual.is_empty() {
            let place = (fields.line, fields.column);
            let message = "settings of the master have no key in scenes";
            self.report.add(
                rules::SETTINGS,
                place,
                "presentations",
                message,
                unusual.join(", "),
                "",
            );
        }
    }
}

/// A time of a day in seconds.
fn offset(text: &str) -> Option<f64> {
    number(text).filter(|seconds| (0.0..LONGEST_TIMECODE_DAY_S).contains(seconds))
}

fn name_of(fields: &Fields<'_>) -> Option<String> {
    let text = fields.text("description")?;
    let clean: String = text.chars().filter(|c| !c.is_control()).take(64).collect();
    let clean = clean.trim().to_owned();
    (!clean.is_empty()).then_some(clean)
}

fn group_of(fields: &Fields<'_>) -> Option<String> {
    let text = fields.text("groupName")?.trim();
    let clean: String = text.chars().filter(|c| !c.is_control()).take(64).collect();
    (!clean.is_empty()).then_some(clean)
}
