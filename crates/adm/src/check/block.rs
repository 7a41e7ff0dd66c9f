//! The blocks of a channel: they tile the programme, and each says what the profile lets it say.

use super::values::{clock, code, number, part, seconds};
use super::{Report, Where, shape, zones};
use crate::node::Node;
use crate::rules;
use cupola_model::{BedLabel, RoomPosition, Severity};

/// Steps of 1e-5 s by which independently rounded times may miss each other.
const ROUNDING: u64 = 2;
/// The interpolation of 0.005208 s in steps of 1e-5 s, rounded up.
const INTERPOLATION: u64 = 521;
/// Positions further apart than this are not joined by importers. [Atmos-ADM]
const JOINED: u64 = 3_000;
/// Steps further apart than this are jumps that are meant.
const JUMPS: u64 = 50_000;
/// Largest linear gain: beyond +24 dB a value is a mistake of units.
const MAX_GAIN: f64 = 16.0;

/// What is kept of the blocks of one channel.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    pub(super) count: u64,
    /// End of the last block whose times could be read, in steps of 1e-5 s.
    pub(super) end: Option<u64>,
    /// `speakerLabel` of the first block.
    pub(super) label: Option<String>,
    last_start: u64,
    position: Option<[f64; 3]>,
    /// Changes of position in a row that are too far apart to be joined.
    stairs: u32,
    gains: u64,
    told_stairs: bool,
}

impl Blocks {
    /// Takes a block of a bed channel.
    pub(super) fn take_bed(&mut self, block: &Node, channel: &Node, report: &mut Report) {
        self.count += 1;
        shape::check(block, &shape::BED_BLOCK, report);
        self.check_id(block, channel, report);
        check_text(block, "cartesian", "1", report);
        let position = coordinates(block, true, report);
        let text = block.child("speakerLabel").map_or("", |label| &label.text);
        self.label.get_or_insert_with(|| text.chars().take(32).collect());
        let Some(label) = text.strip_prefix("RC_").and_then(BedLabel::from_name) else {
            let labels = BedLabel::ALL.map(|label| format!("RC_{label}")).join(", ");
            let message = "the loudspeaker label is none of a bed";
            report.error(rules::BED_CHANNEL, Where::of(block), message, text, labels);
            return;
        };
        let want = crate::ids::room_centric(label);
        let name = channel.attribute("audioChannelFormatName");
        if name != want {
            let message = format!("the channel {text} has another name");
            report.error(rules::BED_CHANNEL, Where::of(channel), message, name, want);
        }
        let places = places_of(label);
        let near = |place: &[f64; 3], found: [f64; 3]| {
            place.iter().zip(found).all(|(a, b)| (a - b).abs() < 1e-4)
        };
        if let Some(found) = position
            && !places.iter().any(|place| near(place, found))
        {
            report.error(
                rules::BED_CHANNEL,
                Where::of(block),
                format!("the channel {text} stands in another place"),
                format!("{found:?}"),
                places.map(|place| format!("{place:?}")).join(" or "),
            );
        }
    }

    /// Takes a block of an object.
    pub(super) fn take_object(&mut self, block: &Node, channel: &Node, report: &mut Report) {
        self.count += 1;
        shape::check(block, &shape::OBJECT_BLOCK, report);
        self.check_id(block, channel, report);
        check_text(block, "cartesian", "1", report);
        let position = coordinates(block, false, report);
        self.check_times(block, position, report);
        self.check_jump(block, report);
        self.check_gain(block, report);
        check_size(block, report);
        for (name, words) in [("diffuse", &[0.0, 1.0][..]), ("channelLock", &[0.0, 1.0][..])] {
            check_number(block, name, words, report);
        }
        for exclusion in block.all("zoneExclusion") {
            zones::check(exclusion, block, report);
        }
    }

    /// Says what only the whole channel tells.
    pub(super) fn finish(&mut self, channel: &Node, report: &mut Report) {
        if self.gains > 0 {
            report.add(
                rules::BLOCK_GAIN_ACTIVE,
                Severity::Note,
                Where::of(channel),
                format!("{} active blocks carry a gain", self.gains),
                self.gains.to_string(),
                "",
            );
        }
    }

    fn check_id(&self, block: &Node, channel: &Node, report: &mut Report) {
        let id = block.attribute("audioBlockFormatID");
        let fits = code(id) == code(channel.id()) && part(id, 2) == Some(self.count);
        if !id.is_empty() && !fits {
            let want = format!("AB_{}_{:08x}", code(channel.id()), self.count);
            let message = "the block is not numbered with its channel";
            report.error(rules::BLOCK_ID, Where::of(block), message, id, want);
        }
    }

    fn check_times(&mut self, block: &Node, position: Option<[f64; 3]>, report: &mut Report) {
        let times = (clock(block.attribute("rtime")), clock(block.attribute("duration")));
        let (Some(start), Some(duration)) = times else {
            // What is no time at all has been told by its own rule.
            self.end = None;
            return;
        };
        if self.count == 1 && start > 0 {
            let message = "the first block starts late";
            report.error(rules::BLOCK_START, Where::of(block), message, seconds(start), "0 s");
        }
        if let Some(end) = self.end
            && end != start
        {
            let bad = end.abs_diff(start) > ROUNDING;
            let (rule, severity) = if bad {
                (rules::BLOCK_GAP, Severity::Error)
            } else {
                (rules::BLOCK_ROUNDING, Severity::Note)
            };
            let verb = if end > start { "overlaps" } else { "leaves a gap after" };
            let message = format!("the block {verb} the one before");
            let place = Where::of(block);
            report.add(rule, severity, place, message, seconds(start), seconds(end));
        }
        if duration < INTERPOLATION && self.count > 1 {
            report.warning(
                rules::BLOCK_SHORT,
                Where::of(block),
                "the block is shorter than its interpolation",
                seconds(duration),
                "0.00521 s or more",
            );
        }
        self.check_stairs(start, block, position, report);
        self.end = Some(start.saturating_add(duration));
    }

    /// Three steps in a row that are too far apart to be joined and too close to be jumps.
    fn check_stairs(
        &mut self,
        start: u64,
        block: &Node,
        position: Option<[f64; 3]>,
        report: &mut Report,
    ) {
        let apart = start.saturating_sub(self.last_start);
        let moved = self.position.is_some() && position.is_some() && self.position != position;
        let step = moved && apart > JOINED && apart <= JUMPS;
        self.stairs = if step { self.stairs + 1 } else { 0 };
        if self.stairs == 3 && !self.told_stairs {
            self.told_stairs = true;
            report.warning(
                rules::BLOCK_SPARSE,
                Where::of(block),
                "the object moves in steps that importers do not join",
                seconds(apart),
                "at most 0.03 s, better 0.01 s",
            );
        }
        self.last_start = start;
        self.position = position;
    }

    fn check_jump(&self, block: &Node, report: &mut Report) {
        let Some(jump) = block.child("jumpPosition") else { return };
        let (text, length) = (jump.text.as_str(), jump.attribute("interpolationLength"));
        // 250 frames are 0.002604 s at 96 kHz by the text, 0.005208 s by a checker.
        let lengths: &[&str] =
            if self.count == 1 { &["0.000000"] } else { &["0.005208", "0.002604"] };
        if text != "1" {
            let message = "jumpPosition has another value";
            report.error(rules::BLOCK_JUMP, Where::of(block), message, text, "1");
        }
        if !lengths.contains(&length) {
            let message = "interpolationLength has another value";
            report.error(rules::BLOCK_JUMP, Where::of(block), message, length, lengths[0]);
        }
    }

    fn check_gain(&mut self, block: &Node, report: &mut Report) {
        let gain = block.child("gain").map(|gain| gain.text.as_str());
        let importance = block.child("importance").map(|node| node.text.as_str());
        if let Some(text) = gain
            && number(text).is_none_or(|value| !(0.0..=MAX_GAIN).contains(&value))
        {
            let message = "the gain is no linear gain";
            report.error(rules::BLOCK_GAIN, Where::of(block), message, text, "0 to 16");
        }
        let silent = gain.and_then(number) == Some(0.0);
        match importance {
            None if gain.is_some() => self.gains += 1,
            Some("0") if !silent => report.error(
                rules::BLOCK_GAIN,
                Where::of(block),
                "importance 0 marks an inactive object, but its gain is not 0",
                gain.unwrap_or("no gain"),
                "0.0",
            ),
            Some(text) if text != "0" => report.error(
                rules::BLOCK_GAIN,
                Where::of(block),
                "the profile knows only importance 0, for an inactive object",
                text,
                "0",
            ),
            _ => {}
        }
    }
}

/// Both places a checker accepts for the sides of a 5.x bed; one for every other channel.
fn places_of(label: BedLabel) -> [[f64; 3]; 2] {
    let RoomPosition { x, y, z } = label.position();
    let wide = matches!(label, BedLabel::Ls | BedLabel::Rs);
    [[x, if wide { -0.36397 } else { y }, z], [x, y, z]]
}

/// X, Y and Z of a block; `None` when one cannot be told.
fn coordinates(block: &Node, all_three: bool, report: &mut Report) -> Option<[f64; 3]> {
    let mut found = [None; 3];
    let mut legal = true;
    for position in block.all("position") {
        let axis = position.attribute("coordinate");
        let index = ["X", "Y", "Z"].iter().position(|name| *name == axis);
        let value = number(&position.text).filter(|value| (-1.0..=1.0).contains(value));
        let message = match (index, value) {
            (None, _) => "the coordinate has another name".to_owned(),
            (Some(_), None) => format!("{axis} is outside the room"),
            (Some(i), Some(_)) if found[i].is_some() => format!("{axis} is there twice"),
            (Some(i), Some(value)) => {
                found[i] = Some(value);
                continue;
            }
        };
        legal = false;
        let text = format!("{axis} {}", position.text);
        let allowed = "X, Y and Z from -1 to 1";
        report.error(rules::BLOCK_POSITION, Where::of(block), message, text, allowed);
    }
    let [x, y, z] = found;
    let z = if all_three { z } else { z.or(Some(0.0)) };
    let whole = x.and_then(|x| Some([x, y?, z?]));
    if whole.is_none() && legal {
        let message = "a coordinate is missing";
        report.error(rules::BLOCK_POSITION, Where::of(block), message, "", "X, Y and Z");
    }
    whole.filter(|_| legal)
}

fn check_size(block: &Node, report: &mut Report) {
    let edges = ["width", "height", "depth"].map(|name| block.child(name).map(|n| &n.text));
    if edges == [None; 3] {
        return;
    }
    let values = edges.map(|edge| edge.and_then(|text| number(text)));
    let legal = values[0].is_some_and(|size| (0.0..=1.0).contains(&size));
    if !legal || values[1] != values[0] || values[2] != values[0] {
        let found = edges.map(|edge| edge.map_or("-", String::as_str)).join(" ");
        let message = "width, height and depth are not one size";
        let allowed = "all three equal, from 0 to 1";
        report.error(rules::BLOCK_SIZE, Where::of(block), message, found, allowed);
    }
}

fn check_text(block: &Node, name: &str, want: &str, report: &mut Report) {
    for node in block.all(name).filter(|node| node.text != want) {
        let message = format!("{name} has another value");
        report.error(rules::VALUE, Where::of(block), message, node.text.clone(), want);
    }
}

fn check_number(block: &Node, name: &str, allowed: &[f64], report: &mut Report) {
    for node in block.all(name) {
        if number(&node.text).is_none_or(|value| !allowed.contains(&value)) {
            let words: Vec<_> = allowed.iter().map(f64::to_string).collect();
            let message = format!("{name} has another value");
            let found = node.text.clone();
            report.error(rules::VALUE, Where::of(block), message, found, words.join(" or "));
        }
    }
}
