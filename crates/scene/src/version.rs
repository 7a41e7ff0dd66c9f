//! The format version.

use crate::place::Findings;
use crate::read::{Cursor, Fields};
use crate::rules;
use crate::spec::SCENE;
use crate::yaml::{Kind, Node, entry_of};
use cupola_model::Finding;

/// Asks for `cupola: 1`, the first key of a scene.
pub(crate) fn check(fields: &mut Fields<'_>, findings: &mut Findings) {
    let Some(cursor) = fields.get("cupola") else {
        let finding = Finding::error(rules::KEY_MISSING, "`cupola` is missing");
        findings.push(fields.spot(), finding.hint("add `cupola: 1`"));
        return;
    };
    check_value(&cursor, findings);
}

/// [`check`] for a scene, which may be a file that was meant to be included.
pub(crate) fn check_scene(root: &Cursor<'_>, fields: &mut Fields<'_>, findings: &mut Findings) {
    let has = |key| entry_of(root.node(), key).is_some();
    if has("cupola") || !is_shared(root.node()) {
        return check(fields, findings);
    }
    fields.get("cupola");
    let hint = "add `cupola: 1`; a file that is meant to be included is checked through the song that \
                includes it";
    root.report(findings, Finding::error(rules::KEY_MISSING, "`cupola` is missing").hint(hint));
}

/// Whether a document holds nothing but what songs share: known keys, and neither a title nor outputs.
fn is_shared(node: &Node) -> bool {
    let Kind::Map { entries, .. } = &node.kind else { return false };
    entries.iter().all(|e| SCENE.has(&e.key) && !["title", "outputs"].contains(&&*e.key))
}

/// Refuses a version that is not known.
pub(crate) fn check_value(cursor: &Cursor<'_>, findings: &mut Findings) {
    let Some(text) = cursor.scalar(findings, "the format version, 1") else { return };
    if text != "1" {
        let newer = text.parse::<u32>().is_ok_and(|version| version > 1);
        let hint = if newer { "a newer Cupola may read this file" } else { "write `cupola: 1`" };
        let finding = Finding::error(rules::VERSION, "this format version is not known")
            .found(cursor.found())
            .allowed("1")
            .hint(hint);
        cursor.report(findings, finding);
    }
}
