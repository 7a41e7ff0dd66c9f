//! What of a document is heard: programme, contents, objects in objects.

use super::document::{Document, Object};
use super::resolve::MAX_NESTING;
use crate::check::report::{Report, Where};
use crate::ids::MAIN_CONTENT;
use crate::rules::import as rules;
use crate::text::clean_name;
use std::collections::{BTreeMap, BTreeSet};

/// Every object that is heard, once, with the names of what it is in.
pub(super) fn heard_objects<'d>(
    document: &'d Document,
    report: &mut Report,
) -> Vec<(&'d Object, Vec<String>)> {
    let by_id: BTreeMap<&str, &Object> =
        document.objects.iter().map(|object| (object.id.as_str(), object)).collect();
    let mut heard = Vec::new();
    let mut seen = BTreeSet::new();
    let programme = document.programmes.first().map(|programme| &programme.group);
    // Without a programme everything in it is heard.
    let contents: Vec<_> = match programme {
        Some(programme) => programme.members.iter().collect(),
        None => document.contents.keys().collect(),
    };
    for id in contents {
        let Some(content) = document.contents.get(id) else {
            let (place, offset) =
                (programme.map_or("", |p| &p.id), programme.map_or(0, |p| p.offset));
            dangling(report, Where::at(offset, place), id);
            continue;
        };
        let group = clean_name(&content.name, String::new);
        let groups = if group.is_empty() || group == MAIN_CONTENT { vec![] } else { vec![group] };
        for id in &content.members {
            let Some(object) = by_id.get(id.as_str()) else {
                dangling(report, Where::at(content.offset, &content.id), id);
                continue;
            };
            walk(object, &groups, &by_id, &mut seen, &mut heard, report);
        }
    }
    unlisted(document, &by_id, &mut seen, &mut heard, report);
    if let Some(object) = heard.iter().map(|(object, _)| object).find(|o| o.complements) {
        let place = Where::at(object.offset, &object.id);
        let message = "objects stand for each other";
        report.warning(rules::COMPLEMENTARY, place, message, object.name.as_str(), "");
    }
    heard
}

/// Objects in no content. With several programmes they are another one's, most likely.
fn unlisted<'d>(
    document: &'d Document,
    by_id: &BTreeMap<&str, &'d Object>,
    seen: &mut BTreeSet<&'d str>,
    heard: &mut Vec<(&'d Object, Vec<String>)>,
    report: &mut Report,
) {
    if document.programmes.len() > 1 {
        return;
    }
    let nested: BTreeSet<&str> =
        document.objects.iter().flat_map(|o| &o.objects).map(String::as_str).collect();
    // Outer ones first; what is left then is held by objects that hold each other.
    for inner in [false, true] {
        for object in &document.objects {
            let id = object.id.as_str();
            if seen.contains(id) || nested.contains(id) != inner {
                continue;
            }
            if !document.contents.is_empty() {
                let message = "the object belongs to no content";
                let place = Where::at(object.offset, id);
                report.warning(rules::OBJECT_UNLISTED, place, message, object.name.as_str(), "");
            }
            walk(object, &[], by_id, seen, heard, report);
        }
    }
}

pub(super) fn dangling(report: &mut Report, place: Where, id: &str) {
    let message = format!("{id} is not there");
    report.warning(rules::REFERENCE_DANGLING, place, message, id, "");
}

/// Goes through an object and those inside it; names of outer ones become groups.
fn walk<'d>(
    object: &'d Object,
    groups: &[String],
    by_id: &BTreeMap<&str, &'d Object>,
    seen: &mut BTreeSet<&'d str>,
    heard: &mut Vec<(&'d Object, Vec<String>)>,
    report: &mut Report,
) {
    if groups.len() > MAX_NESTING || !seen.insert(object.id.as_str()) {
        return;
    }
    if !object.tracks.is_empty() {
        heard.push((object, groups.to_vec()));
    }
    if object.objects.is_empty() {
        return;
    }
    let mut inner = groups.to_vec();
    let name = clean_name(&object.name, || object.id.clone());
    if !inner.contains(&name) {
        inner.push(name);
    }
    for id in &object.objects {
        match by_id.get(id.as_str()) {
            Some(child) => walk(child, &inner, by_id, seen, heard, report),
            None => dangling(report, Where::at(object.offset, &object.id), id),
        }
    }
}
