//! What an object is told besides place, level and size: `snap`, `zones`, `divergence`, `diffuse`,
//! `importance`, `head_locked`, `screen_ref` and `screen_edge`.

use crate::parse_screen::read_edges;
use crate::place::Findings;
use crate::read::{Cursor, Fields, did_you_mean, list_words, shorten};
use crate::rules;
use crate::spec;
use crate::value::{IMPORTANCE, PAIR_ANGLE, PAIR_ROOM, REACH, ROOM, SHARE};
use cupola_model::{Divergence, Finding, ObjectFeatures, Position, Snap, ZoneBox, ZoneSet, Zones};

/// The words of `snap`, of `head_locked` and of `screen_ref`.
pub(crate) const YES_NO: [(&str, bool); 2] = [("true", true), ("false", false)];

/// The word for what is above and below.
const NO_HEIGHTS: &str = "no-heights";

/// Most boxes of an object: far more than there are loudspeakers to be in them.
const MAX_BOXES: usize = 100;

/// The words that `zones` may be or hold.
pub(crate) fn zone_words() -> Vec<&'static str> {
    ZoneSet::ALL.map(ZoneSet::name).into_iter().chain([NO_HEIGHTS]).collect()
}

/// The features of an object at a position, which decides what a width counts in.
pub(crate) fn read_features(
    fields: &mut Fields<'_>,
    position: Option<Position>,
    findings: &mut Findings,
) -> ObjectFeatures {
    let plain = ObjectFeatures::default();
    let snap = fields.get("snap").and_then(|c| read_snap(&c, findings));
    let zones = fields.get("zones").map(|c| read_zones(&c, findings));
    let divergence = fields.get("divergence").and_then(|c| read_divergence(&c, position, findings));
    let diffuse = fields.get("diffuse").and_then(|c| c.number(findings, &SHARE));
    let importance = fields.get("importance").and_then(|c| c.whole(findings, &IMPORTANCE));
    let head_locked = fields.get("head_locked").and_then(|c| c.word(findings, &YES_NO));
    let screen_ref = fields.get("screen_ref").and_then(|c| c.word(findings, &YES_NO));
    let screen_edge = fields.get("screen_edge").and_then(|c| read_edges(&c, findings));
    ObjectFeatures {
        snap,
        zones: zones.unwrap_or_default(),
        divergence,
        diffuse: diffuse.unwrap_or(plain.diffuse),
        // The quantity has the range of the model.
        importance: importance.map_or(plain.importance, |importance| importance as u8),
        head_locked: head_locked.unwrap_or(plain.head_locked),
        screen_ref: screen_ref.unwrap_or(plain.screen_ref),
        screen_edge: screen_edge.unwrap_or_default(),
    }
}

fn read_snap(cursor: &Cursor<'_>, findings: &mut Findings) -> Option<Snap> {
    if !cursor.is_map() {
        return cursor.word(findings, &YES_NO)?.then(Snap::default);
    }
    let mut fields = cursor.fields(findings, &spec::SNAP)?;
    let within = fields.get("within").and_then(|c| c.number(findings, &REACH));
    fields.finish(findings);
    Some(Snap { within })
}

fn read_divergence(
    cursor: &Cursor<'_>,
    position: Option<Position>,
    findings: &mut Findings,
) -> Option<Divergence> {
    let mut fields = cursor.fields(findings, &spec::DIVERGENCE)?;
    let value = fields.need("value", findings, "value: 0.5");
    let value = value.and_then(|c| c.number(findings, &SHARE));
    let (quantity, example) = match position {
        Some(Position::Room(_)) => (&PAIR_ROOM, "width: 1"),
        _ => (&PAIR_ANGLE, "width: 60"),
    };
    let width = fields.need("width", findings, example);
    let width = width.and_then(|c| c.number(findings, quantity));
    fields.finish(findings);
    Some(Divergence { value: value?, width: width? })
}

fn read_zones(cursor: &Cursor<'_>, findings: &mut Findings) -> Zones {
    let mut zones = Zones::default();
    if !cursor.is_list() {
        read_zone(cursor, &mut zones, findings);
        return zones;
    }
    let items = cursor.items(findings, "a list of zones");
    if items.len() > MAX_BOXES {
        let finding = Finding::error(rules::VALUE_RANGE, "there are too many zones")
            .found(items.len().to_string())
            .allowed(format!("at most {MAX_BOXES}"))
            .hint("join boxes that touch");
        cursor.report(findings, finding);
        return zones;
    }
    for item in &items {
        read_zone(item, &mut zones, findings);
    }
    zones
}

/// A word or a box.
fn read_zone(cursor: &Cursor<'_>, zones: &mut Zones, findings: &mut Findings) {
    if cursor.is_map() {
        zones.boxes.extend(read_box(cursor, findings));
        return;
    }
    let wanted =
        || format!("{}, or a box such as {}", list_words(zone_words()), spec::ZONE.example);
    let Some(word) = cursor.scalar(findings, &wanted()) else { return };
    let set = ZoneSet::ALL.into_iter().find(|set| set.name() == word);
    match set {
        _ if word == NO_HEIGHTS => zones.no_heights = true,
        Some(set) if zones.set.is_none_or(|other| other == set) => zones.set = Some(set),
        Some(_) => {
            let finding =
                Finding::error(rules::KEY_CONFLICT, "two sets of zones exclude each other")
                    .found(word)
                    .allowed(format!("one set, and {NO_HEIGHTS} beside it"))
                    .hint("keep one of them, or write boxes for the rest");
            cursor.report(findings, finding);
        }
        None => {
            let finding = Finding::error(rules::VALUE_WORD, "there is no such set of zones")
                .found(shorten(word))
                .allowed(wanted())
                .hint(did_you_mean(word, zone_words()));
            cursor.report(findings, finding);
        }
    }
}

fn read_box(cursor: &Cursor<'_>, findings: &mut Findings) -> Option<ZoneBox> {
    let errors = findings.errors();
    let mut fields = cursor.fields(findings, &spec::ZONE)?;
    let sides = ["x", "y", "z"].map(|axis| fields.get(axis));
    fields.finish(findings);
    if findings.errors() > errors {
        return None;
    }
    if sides.iter().all(Option::is_none) {
        let finding = Finding::error(rules::VALUE_EMPTY, "the box has no sides")
            .allowed("x, y or z, each from one side to the other")
            .hint(format!("write for example {}", spec::ZONE.example));
        cursor.report(findings, finding);
        return None;
    }
    let mut zone = ZoneBox { min: [-1.0; 3], max: [1.0; 3] };
    let mut legal = true;
    for (axis, side) in sides.iter().enumerate() {
        let Some(side) = side else { continue };
        match read_side(side, findings) {
            Some([min, max]) => (zone.min[axis], zone.max[axis]) = (min, max),
            None => legal = false,
        }
    }
    legal.then_some(zone)
}

/// From where to where along an axis.
fn read_side(cursor: &Cursor<'_>, findings: &mut Findings) -> Option<[f64; 2]> {
    const WANTED: &str = "a list of two numbers such as [-1, -0.5]";
    let items = cursor.items(findings, WANTED);
    let [from, to] = &items[..] else {
        if cursor.is_list() {
            let message = format!("{} must be {WANTED}", cursor.key());
            let finding = Finding::error(rules::VALUE_TYPE, message);
            cursor.report(findings, finding.found(format!("{} numbers", items.len())));
        }
        return None;
    };
    let (from, to) = (from.number(findings, &ROOM), to.number(findings, &ROOM));
    let (from, to) = (from?, to?);
    if from > to {
        let finding = Finding::error(rules::VALUE_RANGE, "the box is turned inside out")
            .found(format!("[{from}, {to}]"))
            .allowed("the smaller number first")
            .hint(format!("did you mean [{to}, {from}]?"));
        cursor.report(findings, finding);
        return None;
    }
    Some([from, to])
}
