//! The events of a master with other headphone modes; whatever else stands in them stays as it is.

use crate::DamfError;
use crate::flow::Flow;
use crate::lines::MAX_LINE_BYTES;
use crate::scalar::{plain, split_key, whole};
use cupola_model::BinauralMode;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, Read, Write};

/// Longest event.
const MAX_EVENT_BYTES: usize = 1 << 20;
/// Depth of what stands in brackets.
const FLOW_DEPTH: usize = 8;

/// Copies a text of events in which these IDs have other headphone modes: every event that says one, and
/// the first event of an ID that says none. Memory does not grow with the text.
///
/// ```
/// use cupola_model::BinauralMode;
/// let text = "events:\n  - ID: 10\n    samplePos: 0\n    binauralRenderMode: mid\n";
/// let mut out = vec![];
/// cupola_damf::set_modes(text.as_bytes(), &[(10, BinauralMode::Far)].into(), &mut out)?;
/// assert_eq!(out, text.replace("mid", "far").as_bytes());
/// # Ok::<(), cupola_damf::DamfError>(())
/// ```
pub fn set_modes(
    mut source: impl BufRead,
    modes: &BTreeMap<u64, BinauralMode>,
    out: &mut impl Write,
) -> Result<(), DamfError> {
    let mut editor = Editor { modes, seen: BTreeSet::new(), id: None, event: Vec::new(), bytes: 0 };
    let (mut number, mut dash) = (0_u32, None);
    loop {
        let mut bytes = Vec::new();
        source.by_ref().take(MAX_LINE_BYTES as u64 + 1).read_until(b'\n', &mut bytes)?;
        if bytes.is_empty() {
            break;
        }
        number = number.saturating_add(1);
        if bytes.len() > MAX_LINE_BYTES {
            let what = "the line has too many bytes";
            return Err(DamfError::TooLarge { line: number, what, allowed: MAX_LINE_BYTES });
        }
        let line = String::from_utf8(bytes)
            .map_err(|_| DamfError::malformed(number, 1, "the text is not UTF-8"))?;
        let rest = line.trim_start_matches(' ');
        let indent = line.len() - rest.len();
        let entry = rest.trim_end() == "-" || rest.starts_with("- ");
        let nothing = rest.trim_end().is_empty() || rest.starts_with('#');
        if entry && dash.is_none_or(|dash| dash == indent) {
            editor.flush(out)?;
            dash = Some(indent);
        } else if indent == 0 && !nothing {
            // A key of the text itself.
            editor.flush(out)?;
            dash = None;
        }
        editor.bytes += line.len();
        if editor.bytes > MAX_EVENT_BYTES {
            let what = "the event has too many bytes";
            return Err(DamfError::TooLarge { line: number, what, allowed: MAX_EVENT_BYTES });
        }
        editor.event.push((number, line));
    }
    editor.flush(out)
}

struct Editor<'m> {
    modes: &'m BTreeMap<u64, BinauralMode>,
    seen: BTreeSet<u64>,
    /// The ID of the last event, for one that repeats it silently.
    id: Option<u64>,
    /// The lines of the event, with their numbers and ends.
    event: Vec<(u32, String)>,
    bytes: usize,
}

/// A key of an event: its line, where the key and its value start in it, and the value.
struct Pair {
    line: usize,
    key: String,
    key_at: usize,
    value_at: usize,
    value: String,
}

impl Editor<'_> {
    fn flush(&mut self, out: &mut impl Write) -> Result<(), DamfError> {
        let pairs = self.pairs()?;
        let own = pairs.iter().find(|pair| pair.key == "ID");
        self.id = own.map_or(self.id, |own| whole(&own.value));
        if let Some(id) = self.id.filter(|_| !pairs.is_empty())
            && let Some(mode) = self.modes.get(&id)
        {
            self.say(*mode, &pairs, self.seen.contains(&id))?;
        }
        if !pairs.is_empty() {
            self.seen.extend(self.id);
        }
        for (_, line) in self.event.drain(..) {
            out.write_all(line.as_bytes())?;
        }
        self.bytes = 0;
        Ok(())
    }

    /// Says the mode in the event, where it has one or is the first of its ID.
    fn say(&mut self, mode: BinauralMode, pairs: &[Pair], seen: bool) -> Result<(), DamfError> {
        let mut any = false;
        // From the end, so that the places before it stay where they are.
        for pair in pairs.iter().rev() {
            let word = match (pair.key.as_str(), mode) {
                ("binauralRenderMode", _) => mode.name(),
                // Another word for the same in the newer key.
                ("binauralRenderMode2", BinauralMode::Mid) => "middle",
                ("binauralRenderMode2", _) => mode.name(),
                _ => continue,
            };
            any = true;
            if pair.value.is_empty() && self.goes_on(pair) {
                let (line, column) = (self.event[pair.line].0, pair.key_at + 1);
                let what = "the mode stands on the line after its key, where it cannot be changed";
                return Err(DamfError::malformed(line, column, what));
            }
            let line = &mut self.event[pair.line].1;
            // Behind a key without a value there may be no blank.
            let blank = if line[..pair.value_at].ends_with(':') { " " } else { "" };
            let old = pair.value_at..pair.value_at + pair.value.len();
            line.replace_range(old, &format!("{blank}{word}"));
        }
        let Some(first) = pairs.first().filter(|_| !any && !seen) else { return Ok(()) };
        let (number, line) = &self.event[first.line];
        let key = format!("binauralRenderMode: {}", mode.name());
        if line[..first.key_at].trim_end().ends_with('{') {
            self.event[first.line].1.insert_str(first.key_at, &format!("{key}, "));
        } else {
            let end = if line.ends_with("\r\n") { "\r\n" } else { "\n" };
            let added = format!("{}{key}{end}", " ".repeat(first.key_at));
            let number = *number;
            if !line.ends_with('\n') {
                self.event[first.line].1.push('\n');
            }
            self.event.insert(first.line + 1, (number, added));
        }
        Ok(())
    }

    /// Whether what is under a key stands on lines of its own, further in than the key.
    fn goes_on(&self, pair: &Pair) -> bool {
        let rest = |line: &str| line.trim_start_matches(' ').trim_end().to_owned();
        let said = |line: &&String| !rest(line).is_empty() && !rest(line).starts_with('#');
        let mut next = self.event[pair.line + 1..].iter().map(|(_, line)| line);
        next.find(said)
            .is_some_and(|line| line.len() - line.trim_start_matches(' ').len() > pair.key_at)
    }

    /// The keys of the event; none when the lines are no event.
    fn pairs(&self) -> Result<Vec<Pair>, DamfError> {
        let mut pairs = Vec::new();
        let Some((number, head)) = self.event.first() else { return Ok(pairs) };
        let dash = head.len() - head.trim_start_matches(' ').len();
        let Some(rest) = head[dash..].strip_prefix('-') else { return Ok(pairs) };
        let text = rest.trim_start();
        let at = head.len() - text.len();
        if text.starts_with('{') {
            return flow_pairs(head, at, *number);
        }
        let mut indent = (!text.trim_end().is_empty()).then_some(at);
        for (index, (_, line)) in self.event.iter().enumerate() {
            let own = if index == 0 { at } else { line.len() - line.trim_start_matches(' ').len() };
            let text = line[own..].trim_end();
            if text.is_empty() || text.starts_with('#') || (index == 0 && indent.is_none()) {
                continue;
            }
            // What stands further in belongs to the value of a key.
            if *indent.get_or_insert(own) != own {
                continue;
            }
            let Some((key, start)) = split_key(text) else { continue };
            let value = text[start..].trim_start();
            let value_at = own + text.len() - value.len();
            let value = plain(value).to_owned();
            pairs.push(Pair { line: index, key, key_at: own, value_at, value });
        }
        Ok(pairs)
    }
}

/// The keys of an event in brackets.
fn flow_pairs(line: &str, at: usize, number: u32) -> Result<Vec<Pair>, DamfError> {
    use crate::node::Value;
    let node = Flow::new(line[at..].trim_end(), number, at + 1, FLOW_DEPTH).document()?;
    let node = node.ok_or_else(|| {
        DamfError::malformed(number, at + 1, "a bracket is not closed on its line")
    })?;
    let Value::Map(found) = node.value else { return Ok(Vec::new()) };
    let first = at + 1 + line[at + 1..].len() - line[at + 1..].trim_start().len();
    let pair = |(key, node): (String, crate::node::Node)| {
        let value_at = node.column - 1;
        let rest = line.get(value_at..)?;
        let value = rest[..rest.find([',', '}']).unwrap_or(rest.len())].trim_end().to_owned();
        Some(Pair { line: 0, key, key_at: first, value_at, value })
    };
    Ok(found.into_iter().filter_map(pair).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(text: &str) -> String {
        let modes = [(10, BinauralMode::Far), (11, BinauralMode::Mid)].into();
        let mut out = Vec::new();
        set_modes(text.as_bytes(), &modes, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn modes_change_where_they_stand_and_are_added_where_none_does() {
        let text = "sampleRate: 48000\nevents:\n  - ID: 3\n    binauralRenderMode: off\n  - ID: 10\n    \
                    samplePos: 0\n    pos: [0, 1, 0]\n  - samplePos: 480 # the same one\n    pos:\n      - \
                    1\n      - 0\n      - 0\n    binauralRenderMode: near # close\n  - samplePos: 0\n    ID: \
                    11\n    binauralRenderMode2: far\n  - ID: 12\n    binauralRenderMode: near\n# end\n";
        let want = text
            .replace("ID: 10\n", "ID: 10\n    binauralRenderMode: far\n")
            .replace("near # close", "far # close")
            .replace("Mode2: far", "Mode2: middle");
        assert_eq!(changed(text), want);
        assert_eq!(changed(&want), want);
    }

    #[test]
    fn a_mode_without_a_value_gets_one() {
        let text = "events:\n  - ID: 10\n    binauralRenderMode:\n    samplePos: 0\n";
        assert_eq!(changed(text), text.replace("Mode:", "Mode: far"));
    }

    #[test]
    fn a_mode_on_the_line_after_its_key_is_refused_at_its_place() {
        let text = "events:\n  - ID: 10\n    binauralRenderMode:\n\n      near\n    samplePos: 0\n";
        let mut out = vec![];
        let refused = set_modes(text.as_bytes(), &[(10, BinauralMode::Far)].into(), &mut out);
        let message = refused.unwrap_err().to_string();
        assert!(message.contains("line 3") && message.contains("after its key"), "{message}");
    }

    #[test]
    fn events_in_brackets_and_with_other_line_ends_are_changed_too() {
        let text = "events:\r\n- {ID: 10, samplePos: 0}\r\n- { ID: 11, binauralRenderMode: 'off', binauralRenderMode2: x }\r\n-\r\n  \
                    ID: 10\r\n  binauralRenderMode: \"near\"\r\n";
        let want = text
            .replace("{ID: 10", "{binauralRenderMode: far, ID: 10")
            .replace("'off', binauralRenderMode2: x", "mid, binauralRenderMode2: middle")
            .replace("\"near\"", "far");
        assert_eq!(changed(text), want);
    }

    #[test]
    fn what_is_not_about_them_is_copied() {
        for text in
            ["", "events: []\n", "# nothing\n\nevents:\n  - ID: 5\n    gain: -3", "x: - y\n"]
        {
            assert_eq!(changed(text), text);
        }
        let long = format!("events:\n  - ID: 10\n{}", "    # more\n".repeat(200_000));
        let out = set_modes(long.as_bytes(), &BTreeMap::new(), &mut Vec::new());
        assert!(matches!(out, Err(DamfError::TooLarge { .. })));
    }
}
