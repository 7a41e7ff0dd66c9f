//! The key `edits`.

use crate::edits::{Edit, EditKind, Replacement, cuts_and_repeats, kept};
use crate::place::Findings;
use crate::read::{Cursor, did_you_mean, list_words, shorten};
use crate::rules;
use crate::spec::{self, MapSpec};
use crate::time::{Clock, Moment, Ratio, Span};
use crate::value::TIMES;
use cupola_model::Finding;
use std::collections::HashSet;

/// The range of cross-fades in milliseconds, and the usual one.
const SHORTEST_MS: i64 = 5;
const LONGEST_MS: i64 = 50;
const USUAL_MS: i64 = 10;

const KINDS: [(&str, &MapSpec); 4] = [
    ("cut", &spec::CUT),
    ("keep", &spec::KEEP),
    ("repeat", &spec::REPEAT),
    ("replace", &spec::REPLACE),
];

/// Most edits of a list.
const MAX_EDITS: usize = 10_000;
/// Most questions whether a replacement reaches a part of the scene, some tenths of a second of work.
const MAX_REACHES: usize = 20_000_000;
/// Most groups that are searched for the one a wrong name may have meant.
const SEARCHED: usize = 1000;
/// Most groups that are listed in a finding.
const LISTED: usize = 20;

/// The groups of a scene, for edits that name them.
pub(crate) struct GroupNames<'s> {
    pub(crate) all: Vec<&'s str>,
    pub(crate) known: HashSet<&'s str>,
    /// The sets of groups that parts of the scene belong to, each once.
    pub(crate) members: Vec<HashSet<&'s str>>,
    /// Number of the parts.
    pub(crate) parts: usize,
}

/// The edits of a list, checked against each other.
pub(crate) fn read_edits(
    list: &Cursor<'_>,
    clock: &Clock,
    groups: &GroupNames<'_>,
    findings: &mut Findings,
) -> Vec<Edit> {
    let items = list.items(findings, "a list such as [{cut: {from: bar 5, to: bar 9}}]");
    if items.len() > MAX_EDITS {
        refuse_number(list, items.len(), findings);
        return Vec::new();
    }
    let errors = findings.errors();
    let mut edits = Vec::with_capacity(items.len());
    for item in &items {
        if findings.is_enough() {
            break;
        }
        edits.extend(read_edit(item, clock, groups, findings));
    }
    let replaces = edits.iter().filter(|edit| matches!(edit.kind, EditKind::Replace(_))).count();
    if replaces.saturating_mul(groups.parts) > MAX_REACHES {
        refuse_number(list, items.len(), findings);
    }
    if errors == findings.errors() {
        refuse_overlaps(&edits, findings);
        refuse_unkept_repeats(&edits, findings);
        refuse_double_replacements(&edits, &groups.members, findings);
    }
    edits
}

fn refuse_number(list: &Cursor<'_>, number: usize, findings: &mut Findings) {
    let finding = Finding::error(rules::LIMIT_CLIPS, "there are too many edits")
        .found(number.to_string())
        .allowed(format!("at most {MAX_EDITS}, fewer that replace in a large scene"))
        .hint("bounce what is edited so often to stems of its own");
    list.report(findings, finding);
}

fn read_edit(
    item: &Cursor<'_>,
    clock: &Clock,
    groups: &GroupNames<'_>,
    findings: &mut Findings,
) -> Option<Edit> {
    let mut fields = item.fields(findings, &spec::EDIT)?;
    let given = KINDS.map(|(key, spec)| (fields.get(key), spec));
    fields.finish(findings);
    let mut given = given.into_iter().enumerate().filter_map(|(i, (c, spec))| Some((i, c?, spec)));
    let Some((kind, cursor, spec)) = given.next() else {
        let finding = Finding::error(rules::KEY_MISSING, "it is not said what this edit does")
            .allowed(list_words(KINDS.map(|(key, _)| key)))
            .hint("add for example `cut: {from: bar 5, to: bar 9}`");
        item.report(findings, finding);
        return None;
    };
    if let Some((_, second, _)) = given.next() {
        let finding = Finding::error(rules::KEY_CONFLICT, "an edit does one thing");
        second.report(findings, finding.hint("write one list item for each edit"));
        return None;
    }
    read_kind(kind, &cursor, spec, clock, groups, findings)
}

fn read_kind(
    kind: usize,
    cursor: &Cursor<'_>,
    spec: &'static MapSpec,
    clock: &Clock,
    groups: &GroupNames<'_>,
    findings: &mut Findings,
) -> Option<Edit> {
    let open = kind < 2;
    let errors = findings.errors();
    let mut fields = cursor.fields(findings, spec)?;
    let (from, to) = if open {
        (fields.get("from"), fields.get("to"))
    } else {
        (fields.need("from", findings, "from: bar 5"), fields.need("to", findings, "to: bar 9"))
    };
    let fade = fields.get("crossfade").map(|c| read_fade(&c, clock, findings));
    let times = (kind == 2).then(|| fields.need("times", findings, "times: 2"));
    let group = (kind == 3).then(|| fields.need("group", findings, "group: vocals"));
    let with = (kind == 3).then(|| fields.need("with", findings, "with: bar 5"));
    fields.finish(findings);
    let start = from.as_ref().and_then(|c| c.moment(findings, clock, None));
    let before = start.unwrap_or(Moment::start());
    let end = to.as_ref().and_then(|c| c.moment(findings, clock, Some(&before)));
    let kind = match kind {
        0 => EditKind::Cut,
        1 => EditKind::Keep,
        2 => EditKind::Repeat(times??.whole(findings, &TIMES)? as u32),
        _ => {
            let groups = read_groups(&group??, groups, findings);
            let with = with??;
            let moment = with.moment(findings, clock, None)?;
            let with_frame = moment.frame(clock.rate).0;
            EditKind::Replace(Replacement { groups, with: with_frame, spot: with.spot() })
        }
    };
    let spot = |c: &Option<Cursor<'_>>| c.as_ref().map_or_else(|| cursor.spot(), Cursor::spot);
    let spots = [spot(&from), spot(&to)];
    let from = start.map_or(0, |moment| moment.frame(clock.rate).0);
    let until = end.map(|moment| moment.frame(clock.rate).0);
    if errors < findings.errors() {
        return None;
    }
    if until.is_some_and(|until| until <= from) {
        let finding = Finding::error(rules::EDIT_REGION, "the region ends before it starts")
            .found(to.map(|c| c.found()).unwrap_or_default())
            .hint("`to` stands after `from`");
        findings.push(&spots[1], finding);
        return None;
    }
    if open && from == 0 && until.is_none() {
        let finding = Finding::error(rules::EDIT_REGION, "the region is the whole song")
            .hint("say with `from` and `to` what of it");
        cursor.report(findings, finding);
        return None;
    }
    let fade =
        fade.unwrap_or_else(|| Some(frames(clock, Span::Seconds(milliseconds(USUAL_MS)))))?;
    Some(Edit { kind, from, until, fade, spots })
}

fn milliseconds(ms: i64) -> Ratio {
    Ratio::new(i128::from(ms), 1000)
}

fn frames(clock: &Clock, span: Span) -> u64 {
    clock.after(&Moment::start(), span).unwrap_or(Moment::start()).frame(clock.rate).0
}

/// Frames of a cross-fade.
fn read_fade(cursor: &Cursor<'_>, clock: &Clock, findings: &mut Findings) -> Option<u64> {
    let span = cursor.span_or_nothing(findings, clock)?;
    let seconds = clock.after(&Moment::start(), span).map(|moment| moment.seconds);
    let (shortest, longest) = (milliseconds(SHORTEST_MS), milliseconds(LONGEST_MS));
    if !seconds.is_some_and(|seconds| seconds >= shortest && seconds <= longest) {
        let finding = Finding::error(rules::VALUE_RANGE, "crossfade is out of range")
            .found(cursor.found())
            .allowed(format!("{SHORTEST_MS} to {LONGEST_MS} ms"))
            .hint(format!("{USUAL_MS} ms is usual"));
        cursor.report(findings, finding);
        return None;
    }
    Some(frames(clock, span))
}

/// One group, or a list of groups, of those that the scene has.
fn read_groups(
    cursor: &Cursor<'_>,
    names: &GroupNames<'_>,
    findings: &mut Findings,
) -> Vec<String> {
    let items = if cursor.is_list() {
        cursor.items(findings, "a list of groups")
    } else {
        vec![cursor.clone()]
    };
    let mut groups = Vec::new();
    for item in &items {
        let Some(name) = item.text(findings) else { continue };
        if !names.known.contains(name.as_str()) {
            let mut finding =
                Finding::error(rules::NAME_UNKNOWN, "nothing belongs to such a group");
            if !findings.is_full() {
                let all = names.all.iter().copied();
                finding = finding
                    .found(shorten(&name))
                    .allowed(list_words(all.clone().take(LISTED)))
                    .hint(did_you_mean(&name, all.take(SEARCHED)));
            }
            item.report(findings, finding);
        }
        groups.push(name);
    }
    if items.is_empty() && cursor.is_list() {
        let finding = Finding::error(rules::VALUE_EMPTY, "`group` names no group");
        cursor.report(findings, finding.hint("name one, for example `group: vocals`"));
    }
    groups
}

fn refuse_overlap(first: &Edit, second: &Edit, message: &str, findings: &mut Findings) {
    let other = findings.line_of(first.spots[0].mark, second.spots[0].mark);
    let finding = Finding::error(rules::EDIT_OVERLAP, message)
        .hint(format!("the other one is on {other}; move one of them"));
    findings.push(&second.spots[0], finding);
}

fn refuse_overlaps(edits: &[Edit], findings: &mut Findings) {
    for pair in cuts_and_repeats(edits).windows(2) {
        let (first, second) = (&edits[pair[0]], &edits[pair[1]]);
        if first.until(u64::MAX) > second.from {
            refuse_overlap(first, second, "two regions that are cut or repeated overlap", findings);
        }
    }
}

/// What is repeated must be heard.
fn refuse_unkept_repeats(edits: &[Edit], findings: &mut Findings) {
    let kept = kept(edits, u64::MAX);
    for edit in edits.iter().filter(|edit| matches!(edit.kind, EditKind::Repeat(_))) {
        let until = edit.until(u64::MAX);
        let next = kept.partition_point(|(from, ..)| *from <= edit.from);
        if next == 0 || kept[next - 1].1 < until {
            let message = "the region to repeat is not within what is kept";
            let finding = Finding::error(rules::EDIT_OVERLAP, message);
            let finding = finding.hint("keep all of it, or repeat less");
            findings.push(&edit.spots[0], finding);
        }
    }
}

/// A part can hear one thing at a time.
fn refuse_double_replacements(edits: &[Edit], members: &[HashSet<&str>], findings: &mut Findings) {
    let replacement = |edit| match edit {
        edit @ &Edit { kind: EditKind::Replace(ref replacement), .. } => Some((edit, replacement)),
        _ => None,
    };
    let mut replaces: Vec<_> = edits.iter().filter_map(replacement).collect();
    replaces.sort_by_key(|(edit, _)| edit.from);
    let mut told = HashSet::new();
    for set in members {
        let mut latest: Option<usize> = None;
        for (i, (edit, replacement)) in replaces.iter().enumerate() {
            if !replacement.groups.iter().any(|group| set.contains(group.as_str())) {
                continue;
            }
            if let Some(before) = latest.filter(|b| replaces[*b].0.until(u64::MAX) > edit.from)
                && told.insert(i)
            {
                let message = "two regions that are replaced for one part overlap";
                refuse_overlap(replaces[before].0, edit, message, findings);
            }
            latest = Some(i);
        }
    }
}
