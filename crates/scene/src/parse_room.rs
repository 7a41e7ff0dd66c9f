//! The key `room`.

use crate::place::Findings;
use crate::read::{Cursor, Fields};
use crate::value::{AWAY, DECAY, METRES, RATIO, REFLECTION, SHARE};
use crate::{rules, spec};
use cupola_model::{Finding, Room, RoomMode};

/// The words that stand for no room.
pub(crate) const NO_ROOM: [(&str, ()); 1] = [("off", ())];

/// The room a scene asks for; `None` when it wants none.
pub(crate) fn read_room(fields: &mut Fields<'_>, findings: &mut Findings) -> Option<Room> {
    let Some(cursor) = fields.get("room") else { return Some(Room::default()) };
    if cursor.is_scalar() {
        cursor.word(findings, &NO_ROOM);
        return None;
    }
    let mut room = Room::default();
    let Some(mut fields) = cursor.fields(findings, &spec::ROOM) else { return Some(room) };
    if let Some(size) = fields.get("size").and_then(|c| read_size(&c, findings)) {
        room.size_m = size;
    }
    let mut number = |key, quantity, value: &mut f64| {
        if let Some(found) = fields.get(key).and_then(|c| c.number(findings, quantity)) {
            *value = found;
        }
    };
    number("walls", &REFLECTION, &mut room.walls);
    number("floor", &REFLECTION, &mut room.floor);
    number("decay", &DECAY, &mut room.decay_s);
    if let Some(gain) = fields.get("lfe").and_then(|c| c.gain(findings)) {
        room.lfe_db = gain;
    }
    for (key, mode) in [("near", &mut room.near), ("mid", &mut room.mid), ("far", &mut room.far)] {
        if let Some(cursor) = fields.get(key) {
            read_mode(&cursor, mode, findings);
        }
    }
    fields.finish(findings);
    Some(room)
}

fn read_size(cursor: &Cursor<'_>, findings: &mut Findings) -> Option<[f64; 3]> {
    let items = cursor.items(findings, "length, width and height such as [6, 4.8, 2.8]");
    let numbers: Vec<_> = items.iter().filter_map(|c| c.number(findings, &METRES)).collect();
    let size = <[f64; 3]>::try_from(numbers).ok();
    if cursor.is_list() && items.len() != 3 {
        let finding = Finding::error(rules::VALUE_TYPE, "a room has three sizes")
            .found(format!("{} numbers", items.len()))
            .allowed("3")
            .hint("write length, width and height, for example [6, 4.8, 2.8]");
        cursor.report(findings, finding);
    }
    size
}

fn read_mode(cursor: &Cursor<'_>, mode: &mut RoomMode, findings: &mut Findings) {
    let Some(mut fields) = cursor.fields(findings, &spec::ROOM_MODE) else { return };
    let mut number = |key, quantity, value: &mut f64| {
        if let Some(found) = fields.get(key).and_then(|c| c.number(findings, quantity)) {
            *value = found;
        }
    };
    number("distance", &AWAY, &mut mode.distance_m);
    number("ratio", &RATIO, &mut mode.ratio_db);
    number("early", &SHARE, &mut mode.early);
    fields.finish(findings);
}
