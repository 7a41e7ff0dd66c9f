//! Objects, and how the channels of a stem become them.

use crate::overlay::refuse_idle_removal;
use crate::parse::{Context, groups};
use crate::parse_bed::read_channel;
use crate::parse_features::read_features;
use crate::parse_keyframes::read_keyframes;
use crate::parse_path::read_path;
use crate::parse_position::PositionTrack;
use crate::path::Path;
use crate::place::Findings;
use crate::read::{Cursor, Fields};
use crate::rules;
use crate::scene::{Feed, Keyframe, ObjectEntry};
use crate::spec;
use crate::value::{PAIR_ANGLE, PAIR_ROOM, SIZE};
use cupola_model::{Finding, Position};

/// The ways to mix a stem to one object.
pub(crate) const FOLDS: [(&str, ()); 1] = [("mono", ())];

pub(crate) fn read_objects(
    fields: &mut Fields<'_>,
    context: &mut Context,
    findings: &mut Findings,
) -> Vec<ObjectEntry> {
    let Some(list) = fields.get("objects") else { return Vec::new() };
    let items = list.items(findings, "a list of objects");
    items.iter().filter_map(|item| read_object(item, context, findings)).collect()
}

fn read_object(
    item: &Cursor<'_>,
    context: &mut Context,
    findings: &mut Findings,
) -> Option<ObjectEntry> {
    if findings.is_enough() {
        return None;
    }
    let errors_before = findings.errors();
    let mut fields = item.fields(findings, &spec::OBJECT)?;
    fields.get("preset");
    refuse_idle_removal(&mut fields, findings);
    let name = fields.get("name").map(|c| c.text(findings));
    let stem = fields.need("stem", findings, "stem: lead").and_then(|c| context.stem(&c, findings));
    let position_key = fields.get("position");
    let mut track = PositionTrack::default();
    let errors = findings.errors();
    let position = position_key.as_ref().and_then(|c| track.read(c, findings));
    let position_failed = findings.errors() > errors;
    let gain = fields.get("gain").and_then(|c| c.gain(findings));
    let size = fields.get("size").and_then(|c| c.number(findings, &SIZE));
    let binaural = context.binaural(&mut fields, findings);
    let groups = groups(&mut fields, findings);
    let automation = fields.get("automation");
    let keyframes = automation
        .map_or_else(Vec::new, |list| read_keyframes(&list, &mut track, &context.clock, findings));
    let path_key = fields.get("path");
    let path = path_key.as_ref().and_then(|c| read_path(c, &context.clock, findings));
    if path_key.is_some() {
        refuse_positions(position_key.as_ref(), &keyframes, findings);
    }
    let first_position = path
        .as_ref()
        .map(Path::first_position)
        .or(position)
        .or_else(|| keyframes.iter().find_map(|keyframe| keyframe.position));
    let feed = read_feed(&mut fields, first_position, findings);
    let features = read_features(&mut fields, first_position, findings);
    fields.finish(findings);
    if first_position.is_none() && !position_failed && position_key.is_none() && path_key.is_none()
    {
        let finding = Finding::error(rules::KEY_MISSING, "`position` is missing")
            .hint("add `position: {azimuth: 0}` or `position: {x: 0, y: 1}`, or a `path`");
        item.report(findings, finding);
    }
    let stem = stem?;
    let usual_name = || Some(context.stems[stem].name.clone());
    Some(ObjectEntry {
        of_bed: None,
        name: name.unwrap_or_else(usual_name)?,
        stem,
        feed: feed?,
        groups,
        binaural,
        gain_db: gain.unwrap_or(0.0),
        size: size.unwrap_or(0.0),
        position: first_position?,
        path,
        keyframes,
        features,
        silenced: false,
        flawed: findings.errors() > errors_before,
        spot: item.spot(),
    })
}

/// Positions beside a path, which says itself where the object is.
fn refuse_positions(
    position: Option<&Cursor<'_>>,
    keyframes: &[Keyframe],
    findings: &mut Findings,
) {
    let moved = keyframes.iter().filter(|keyframe| keyframe.position.is_some());
    let spots = position.map(Cursor::spot).into_iter().chain(moved.map(|k| k.spot.clone()));
    for spot in spots {
        let finding = Finding::error(rules::KEY_CONFLICT, "the path says where the object is")
            .hint("keep the position or the path; keyframes beside a path change gain and size");
        findings.push(&spot, finding);
    }
}

/// `channel`, `fold` or `pair`, of which one may be given. `None` when it cannot be told.
fn read_feed(
    fields: &mut Fields<'_>,
    position: Option<Position>,
    findings: &mut Findings,
) -> Option<Feed> {
    let channel = fields.get("channel");
    let fold = fields.get("fold");
    let pair = fields.get("pair");
    let keys = [&channel, &fold, &pair];
    if let Some(second) = keys.into_iter().flatten().nth(1) {
        let finding =
            Finding::error(rules::KEY_CONFLICT, "`channel`, `fold` and `pair` exclude each other")
                .hint("keep one of them");
        second.report(findings, finding);
    }
    if let Some(cursor) = pair {
        let spot = cursor.spot();
        let width = cursor.fields(findings, &spec::PAIR).and_then(|mut f| {
            let kind = match position {
                Some(Position::Room(_)) => &PAIR_ROOM,
                _ => &PAIR_ANGLE,
            };
            let example = if kind.is_angle() { "width: 60" } else { "width: 1" };
            let width = f.need("width", findings, example).and_then(|c| c.number(findings, kind));
            f.finish(findings);
            width
        });
        return Some(Feed::Pair { width: width.unwrap_or(0.0), spot });
    }
    if let Some(cursor) = fold {
        cursor.word(findings, &FOLDS);
        return Some(Feed::FoldMono(cursor.spot()));
    }
    let Some(channel) = channel else { return Some(Feed::Whole) };
    read_channel(&channel, findings).map(|(channel, spot)| Feed::Channel(channel, spot))
}
