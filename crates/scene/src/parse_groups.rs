//! The key `groups` at the top of a scene.

use crate::curve::{Curve, Curves};
use crate::groups::GroupEntry;
use crate::parse_keyframes::check_order;
use crate::place::Findings;
use crate::read::{Cursor, Fields, check_text};
use crate::scene::Keyframe;
use crate::spec;
use crate::time::{Clock, Moment};

pub(crate) fn read_groups(
    fields: &mut Fields<'_>,
    clock: &Clock,
    findings: &mut Findings,
) -> Vec<GroupEntry> {
    let Some(cursor) = fields.get("groups") else { return Vec::new() };
    let mut groups = Vec::new();
    for (name, spot, cursor) in cursor.named_entries(findings, "a mapping of groups to gains") {
        if findings.is_enough() {
            break;
        }
        check_text(name, &spot, "the name of the group", findings);
        let Some(mut fields) = cursor.fields(findings, &spec::GROUP) else {
            continue;
        };
        let gain = fields.get("gain").and_then(|c| c.gain(findings));
        let keyframes = fields.get("automation");
        let keyframes =
            keyframes.map_or_else(Vec::new, |list| read_keyframes(&list, clock, findings));
        fields.finish(findings);
        let name = name.trim().to_owned();
        groups.push(GroupEntry { name, gain_db: gain.unwrap_or(0.0), keyframes, spot });
    }
    groups
}

fn read_keyframes(list: &Cursor<'_>, clock: &Clock, findings: &mut Findings) -> Vec<Keyframe> {
    let items = list.items(findings, "a list such as [{at: 10 s, gain: -6}]");
    let mut keyframes: Vec<Keyframe> = Vec::with_capacity(items.len());
    let mut last = None;
    for item in &items {
        if findings.is_enough() {
            break;
        }
        let Some((keyframe, moment)) = read_keyframe(item, last.as_ref(), clock, findings) else {
            continue;
        };
        if let Some(before) = keyframes.last() {
            check_order(before, &keyframe, clock.rate, findings);
        }
        last = Some(moment);
        keyframes.push(keyframe);
    }
    keyframes
}

fn read_keyframe(
    item: &Cursor<'_>,
    last: Option<&Moment>,
    clock: &Clock,
    findings: &mut Findings,
) -> Option<(Keyframe, Moment)> {
    let mut fields = item.fields(findings, &spec::GROUP_KEYFRAME)?;
    let at = fields.need("at", findings, "at: 10 s");
    let gain_db = fields.need("gain", findings, "gain: -6").and_then(|c| c.gain(findings));
    let curve = fields.get("curve").and_then(|c| c.word(findings, &Curve::WORDS));
    fields.finish(findings);
    let spot = at.as_ref()?.spot();
    let moment = at?.moment(findings, clock, last)?;
    let curves = Curves { gain: curve.unwrap_or_default(), ..Curves::default() };
    let (position, turns, size) = (None, 0.0, None);
    let at = moment.frame(clock.rate);
    Some((Keyframe { at, position, turns, gain_db: Some(gain_db?), size, curves, spot }, moment))
}
