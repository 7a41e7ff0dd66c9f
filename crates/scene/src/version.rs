//! The format version.

use crate::place::Findings;
use crate::read::{Cursor, Fields};
use crate::rules;
use cupola_model::Finding;

/// Asks for `cupola: 1`, the first key of every file.
pub(crate) fn check(fields: &mut Fields<'_>, findings: &mut Findings) {
    if let Some(cursor) = fields.need("cupola", findings, "cupola: 1") {
        check_value(&cursor, findings);
    }
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
