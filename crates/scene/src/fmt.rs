//! One layout for every scene, with nothing changed but the layout.
//!
//! ```text
//! text ──tree──► nodes as spelt, comments ──print──► lines ──align──► text ──same──► the same scene?
//! ```
//!
//! The rules:
//! * Two spaces a level, lists indented below their key, one space after a colon, at most one blank
//!   line in a row, no trailing space, LF, no byte-order mark, a line break at the end.
//! * Scalars are written as they were, quotation marks included; order, anchors, aliases and merge
//!   keys stay. Block scalars stay block scalars.
//! * A flow collection stays on one line while it fits into [`WIDTH`] columns and has no comment inside;
//!   otherwise it becomes a block.
//! * Comments stay in order and with what they stand beside. One that has a line of its own is indented
//!   like what follows, or like the block it was indented with.
//! * Columns that the author has lined up stay lined up: values below each other, the cells of rows in
//!   flow notation, comments at the end of lines. See [`align`].
//!
//! Before the text is handed out it is read again: were one value, anchor or comment different, it
//! would be refused.

mod align;
mod print;
mod row;
mod same;
mod tree;

use crate::place::{FileId, Findings, Mark, Spot};
use crate::{rules, yaml};
use cupola_model::{Checked, Finding};

/// Columns a flow collection may reach.
const WIDTH: usize = 100;

/// Lays out a scene, or any other text in the YAML of scenes. `file` is the name shown in findings.
///
/// What the scene says is not looked at: a text that is YAML is laid out even if its keys make no
/// sense. There is no value when the text is not YAML, with the findings
/// [`parse_scene`](crate::parse_scene) has about it. Laying out twice changes nothing.
///
/// ```
/// let text = "stems:   # from the desk\n- {file:   kick.wav,gain: -1.50}\n";
/// let formatted = cupola_scene::format_scene(text, "song.yaml").value.unwrap();
/// assert_eq!(formatted, "stems:  # from the desk\n  - {file: kick.wav, gain: -1.50}\n");
/// ```
pub fn format_scene(text: &str, file: &str) -> Checked<String> {
    let mut findings = Findings::new(file);
    let node = yaml::parse(text, &mut findings);
    let readable = node.is_some() && findings.errors() == 0;
    drop(node);
    let value = readable.then(|| format(text, &mut findings)).flatten();
    Checked { value, findings: findings.into_list() }
}

/// How often a text is laid out until that changes nothing more. One of a few odd texts, where a comment
/// stands below a key without a name, needs the second time.
const PASSES: usize = 4;

/// Lays out a text that the reader of scenes takes.
fn format(text: &str, findings: &mut Findings) -> Option<String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // Inside scalars, too, all line breaks mean the same.
    let mut before = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut difference = (1, 1);
    for _ in 0..PASSES {
        let formatted = match laid_out(&before) {
            Ok(formatted) => formatted,
            Err(place) => {
                difference = place;
                break;
            }
        };
        if formatted.len() > yaml::MAX_BYTES {
            let finding = Finding::error(rules::YAML_LIMIT, "the file would become too large")
                .found(format!("{} bytes", formatted.len()))
                .allowed(format!("at most {} bytes", yaml::MAX_BYTES));
            findings.push(&Spot::start(), finding);
            return None;
        }
        if formatted == before {
            return Some(formatted);
        }
        before = formatted;
    }
    let (line, column) = difference;
    let message = "laying out this text would change what it says, so it is left as it is";
    let hint = "write this part in a simpler way; and please report it, with the text";
    let spot = Spot::at(Mark { file: FileId::SCENE, line, column });
    findings.push(&spot, Finding::error(rules::FORMAT, message).hint(hint));
    None
}

/// A text laid out once, or the place of what would be different in it.
fn laid_out(text: &str) -> Result<String, (u32, u32)> {
    let document = tree::read(text).ok_or((1, 1))?;
    let formatted = print::print(&document);
    match same::first_difference(text, &formatted) {
        None => Ok(formatted),
        Some(place) => Err(place),
    }
}
