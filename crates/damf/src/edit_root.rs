//! The root of a master changed key by key; whatever else stands in it stays as it is.

use crate::DamfError;
use crate::node::{Node, Value, read_tree};
use crate::scalar::{number, plain, quoted, split_key};

/// The trims of a root, in the order of [`RootText::trims`]: by how many surrounds and heights the layout
/// has that is rendered to. [Atmos-DAMF]
const TRIMS: [&str; 9] = [
    "NoSurroundsNoHeights",
    "SomeSurroundsNoHeights",
    "ManySurroundsNoHeights",
    "NoSurroundsSomeHeights",
    "SomeSurroundsSomeHeights",
    "ManySurroundsSomeHeights",
    "NoSurroundsManyHeights",
    "SomeSurroundsManyHeights",
    "ManySurroundsManyHeights",
];
/// The numbers of a trim that is set by hand.
const TRIM_KEYS: [&str; 5] = [
    "centerTrim",
    "surroundTrim",
    "heightTrim",
    "frontBackBalanceOverheadFloor",
    "frontBackBalanceListener",
];

/// A trim that is set by hand: dB of centre, surrounds and heights, and the balances of overhead to floor
/// and of front to back, -1 to 1.
pub type Trim = [f64; 5];

/// The text of a root. Keys are those of its first presentation.
///
/// ```
/// let text = "presentations:\n  - type: home\n    fps: 24 # film\n    objects: []\n";
/// let mut root = cupola_damf::RootText::read(text)?;
/// root.set("fps", "25")?;
/// root.set("offset", "3600.0")?;
/// assert_eq!(root.word("fps"), Some("25"));
/// assert_eq!(root.text(), "presentations:\n  - type: home\n    offset: 3600.0\n    fps: 25 # film\n    \
///     objects: []\n");
/// # Ok::<(), cupola_damf::DamfError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct RootText {
    /// Each with its end.
    lines: Vec<String>,
    /// The line on which the presentation starts, and how far in its keys stand.
    first: usize,
    indent: usize,
    pairs: Vec<(String, Node)>,
}

impl RootText {
    /// Reads a text that [`read_root`](crate::read_root) reads. One whose presentation stands in brackets
    /// is refused, because there are no lines to change.
    pub fn read(text: &str) -> Result<Self, DamfError> {
        let tree = read_tree(text.as_bytes())?;
        let malformed = |message: &str| DamfError::malformed(tree.line, tree.column, message);
        let Value::Map(top) = &tree.value else { return Err(malformed("there are no keys")) };
        let list = top.iter().find(|(key, _)| key == "presentations").map(|(_, node)| &node.value);
        let Some(Value::List(items)) = list else {
            return Err(malformed("there is no list of presentations"));
        };
        let lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
        let presentation = items.first();
        let Some(Node { line, column, value: Value::Map(pairs) }) = presentation else {
            return Err(malformed("the presentation has no keys"));
        };
        let (first, indent) = (*line as usize - 1, column - 1);
        // A byte order mark is no part of any line that has keys of a presentation.
        let own = lines.get(first).and_then(|line| line.get(indent..));
        if own.is_none_or(|own| own.starts_with('{')) {
            let message =
                "the presentation stands in brackets; write its keys in lines of their own";
            return Err(DamfError::malformed(*line, *column, message));
        }
        Ok(Self { first, indent, pairs: pairs.clone(), lines })
    }

    /// The text as it is now.
    pub fn text(&self) -> String {
        self.lines.concat()
    }

    /// What stands behind a key, if it is one word or text.
    pub fn word(&self, key: &str) -> Option<&str> {
        self.node(key)?.text()
    }

    /// A number behind a key.
    pub fn number(&self, key: &str) -> Option<f64> {
        self.word(key).and_then(number)
    }

    /// Trims that are set by hand; `None` for an automatic one. They stand for renders to 2.0, 5.1, 7.1,
    /// 2.1.2, 5.1.2, 7.1.2, 2.1.4, 5.1.4 and 7.1.4.
    pub fn trims(&self) -> [Option<Trim>; 9] {
        let pairs = |node: Option<&Node>| match node.map(|node| &node.value) {
            Some(Value::Map(pairs)) => pairs.clone(),
            _ => Vec::new(),
        };
        let find = |pairs: &[(String, Node)], key: &str| {
            pairs.iter().find(|(other, _)| other == key).map(|(_, node)| node.clone())
        };
        let map = pairs(self.node("trimMode"));
        TRIMS.map(|name| {
            let own = pairs(find(&map, name).as_ref());
            if own.is_empty() {
                return None;
            }
            let value = |key| find(&own, key).and_then(|node| node.text().and_then(number));
            Some(TRIM_KEYS.map(|key| value(key).unwrap_or(0.0)))
        })
    }

    /// Puts a value behind a key, as it is to stand there; a comment behind it stays. A key that is not there
    /// is added.
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), DamfError> {
        let is_quoted = value.starts_with(['"', '\'']);
        let text = quoted(value).filter(|_| is_quoted).map(|(text, _)| text);
        let meant = text.unwrap_or_else(|| plain(value).to_owned());
        self.take(self.replaced(key, value, &[])?, |new| new.word(key) == Some(&meant))
    }

    /// Becomes a changed text if it says what it is to say. One whose brackets go on over lines of any
    /// indent cannot be changed by lines.
    fn take(&mut self, changed: Self, is_right: impl Fn(&Self) -> bool) -> Result<(), DamfError> {
        if !is_right(&changed) {
            let message = "brackets or texts go on where other keys are expected; write every key of \
                           the presentation in lines of its own";
            let line = u32::try_from(self.first + 1).unwrap_or(u32::MAX);
            return Err(DamfError::malformed(line, self.indent + 1, message));
        }
        *self = changed;
        Ok(())
    }

    /// Takes a key and what belongs to it away.
    pub fn remove(&mut self, key: &str) -> Result<(), DamfError> {
        let mut lines = self.lines.clone();
        if let Some(at) = self.line_of(key) {
            let dash = lines[at][..self.indent].to_owned();
            lines.drain(at..self.end_of(at));
            // The dash goes on to the next key.
            let next = lines.get_mut(at).filter(|next| next.len() > self.indent);
            if let Some(next) = next.filter(|_| at == self.first) {
                next.replace_range(..self.indent, &dash);
            }
        }
        self.take(Self::read(&lines.concat())?, |new| new.node(key).is_none())
    }

    /// Writes all trims anew.
    pub fn set_trims(&mut self, trims: &[Option<Trim>; 9]) -> Result<(), DamfError> {
        let blank = " ".repeat(self.indent);
        let mut below = Vec::new();
        for (name, trim) in TRIMS.iter().zip(trims) {
            let Some(trim) = trim else { continue };
            below.push(format!("{blank}  {name}:"));
            for (key, value) in TRIM_KEYS.iter().zip(trim) {
                below.push(format!("{blank}    {key}: {value:?}"));
            }
        }
        let value = if below.is_empty() { "{}" } else { "" };
        self.take(self.replaced("trimMode", value, &below)?, |new| new.trims() == *trims)
    }

    fn node(&self, key: &str) -> Option<&Node> {
        self.pairs.iter().find(|(other, _)| other == key).map(|(_, node)| node)
    }

    /// The text with a value behind a key and lines below it, in place of what is there.
    fn replaced(&self, key: &str, value: &str, below: &[String]) -> Result<Self, DamfError> {
        let end = if self.lines[self.first].ends_with("\r\n") { "\r\n" } else { "\n" };
        let mut lines = self.lines.clone();
        let head = if value.is_empty() { format!("{key}:") } else { format!("{key}: {value}") };
        let (at, prefix, comment) = match self.line_of(key) {
            Some(at) => {
                let comment = comment_of(&lines[at][self.indent..]);
                lines.drain(at + 1..self.end_of(at));
                let prefix = lines[at][..self.indent].to_owned();
                lines.remove(at);
                (at, prefix, comment)
            }
            None => (self.first + 1, " ".repeat(self.indent), String::new()),
        };
        let new = std::iter::once(format!("{prefix}{head}{comment}"))
            .chain(below.iter().cloned())
            .map(|line| line + end);
        lines.splice(at..at, new);
        // The last line of a file may have no end.
        if let Some(before) = lines[..at].last_mut().filter(|line| !line.ends_with('\n')) {
            before.push_str(end);
        }
        Self::read(&lines.concat())
    }

    /// The text of a line from where the keys of the presentation stand; `None` when it stands elsewhere.
    fn own(&self, index: usize) -> Option<&str> {
        let line = self.lines.get(index)?;
        let indent = line.len() - line.trim_start_matches(' ').len();
        let own = line.get(self.indent..)?.trim_end();
        (index == self.first || indent == self.indent).then_some(own)
    }

    fn line_of(&self, key: &str) -> Option<usize> {
        let there = |index: &usize| {
            self.own(*index).and_then(split_key).is_some_and(|(found, _)| found == key)
        };
        (self.first..self.end()).find(there)
    }

    /// The line after the presentation.
    fn end(&self) -> usize {
        let less = |line: &String| {
            let rest = line.trim_start_matches(' ');
            line.len() - rest.len() < self.indent && !is_nothing(rest)
        };
        let after = self.lines[self.first + 1..].iter().position(less);
        after.map_or(self.lines.len(), |at| self.first + 1 + at)
    }

    /// The line after what stands behind and below the key on a line.
    fn end_of(&self, key: usize) -> usize {
        let belongs = |index: &usize| match self.own(*index) {
            Some(text) => text == "-" || text.starts_with("- "),
            None => true,
        };
        let until = self.end();
        let next = (key + 1..until).find(|index| !belongs(index)).unwrap_or(until);
        // Blank lines and remarks before the next key are about that.
        let last = (key + 1..next).rev().find(|&index| !is_nothing(self.lines[index].trim_start()));
        last.map_or(key + 1, |last| last + 1)
    }
}

fn is_nothing(text: &str) -> bool {
    text.trim().is_empty() || text.starts_with('#')
}

/// The comment behind the value of a line, with the blanks before it.
fn comment_of(line: &str) -> String {
    let Some((_, start)) = split_key(line) else { return String::new() };
    let rest = line[start..].trim_end();
    let value = rest.trim_start();
    let length = match value.chars().next() {
        Some('"' | '\'') => quoted(value).map_or(value.len(), |(_, used)| used),
        Some('[' | '{') => value.rfind([']', '}']).map_or(value.len(), |at| at + 1),
        _ => plain(value).len(),
    };
    let after = &value[length.min(value.len())..];
    if after.trim_start().starts_with('#') { after.to_owned() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = "version: 0.5.1
# a remark
presentations:
  - type: home
    metadata: \"a # b.metadata\" # where
    audio: a.audio
    trimMode:
      NoSurroundsNoHeights: {centerTrim: -1.5, heightTrim: 2}
      SomeSurroundsNoHeights: {}
      ManySurroundsManyHeights:
        centerTrim: 0
        surroundTrim: -3.0
    # the bed
    bedInstances:
    - description: Ground
      channels: [{channel: L, ID: 0}]
    objects: []
after: 1
";

    #[test]
    fn values_change_in_their_place_and_all_else_stays() {
        let mut root = RootText::read(ROOT).unwrap();
        assert_eq!(root.text(), ROOT);
        for (key, value) in [("metadata", "n"), ("type", "cinema"), ("audio", "n.audio")] {
            root.set(key, value).unwrap();
            assert_eq!(root.word(key), Some(value));
        }
        let want = ROOT
            .replace("\"a # b.metadata\" # where", "n # where")
            .replace("type: home", "type: cinema")
            .replace("audio: a.audio", "audio: n.audio");
        assert_eq!(root.text(), want);
        root.set("fps", "24").unwrap();
        assert_eq!(root.text(), want.replace("cinema\n", "cinema\n    fps: 24\n"));
    }

    #[test]
    fn trims_are_read_and_written_whole() {
        let mut root = RootText::read(ROOT).unwrap();
        let mut trims = root.trims();
        let mut want = [None; 9];
        want[0] = Some([-1.5, 0.0, 2.0, 0.0, 0.0]);
        want[8] = Some([0.0, -3.0, 0.0, 0.0, 0.0]);
        assert_eq!(trims, want);
        trims[0] = None;
        trims[4] = Some([0.5, 0.0, -6.0, 1.0, -0.25]);
        root.set_trims(&trims).unwrap();
        assert_eq!(RootText::read(&root.text()).unwrap().trims(), trims);
        assert!(
            root.text().contains("    # the bed\n    bedInstances:\n    - description: Ground\n")
        );
        root.set_trims(&[None; 9]).unwrap();
        assert!(root.text().contains("    trimMode: {}\n    # the bed\n"), "{}", root.text());
        assert_eq!(root.trims(), [None; 9]);
    }

    #[test]
    fn keys_go_with_what_belongs_to_them() {
        let mut root = RootText::read(ROOT).unwrap();
        root.remove("trimMode").unwrap();
        root.remove("type").unwrap();
        root.remove("type").unwrap();
        let (before, rest) = ROOT.split_once("    trimMode").unwrap();
        let (_, after) = rest.split_once("    # the bed").unwrap();
        let want = format!("{before}    # the bed{after}");
        assert_eq!(root.text(), want.replace("  - type: home\n    metadata", "  - metadata"));
    }

    #[test]
    fn lines_keep_their_ends() {
        let mut root = RootText::read(&ROOT.replace('\n', "\r\n")).unwrap();
        root.set("fps", "25").unwrap();
        root.set_trims(&[None; 9]).unwrap();
        assert_eq!(root.text().matches('\n').count(), root.text().matches("\r\n").count());
    }

    #[test]
    fn a_text_whose_last_line_has_no_end_takes_new_keys() {
        let mut root = RootText::read("presentations:\n  - type: home").unwrap();
        root.set("fps", "25").unwrap();
        assert_eq!(root.text(), "presentations:\n  - type: home\n    fps: 25\n");
        let mut root = RootText::read("presentations:\n  - type: home\n    fps: 24").unwrap();
        root.set_trims(&[Some([1.0; 5]); 9]).unwrap();
        root.set("fps", "25").unwrap();
        assert_eq!((root.word("fps"), root.trims()), (Some("25"), [Some([1.0; 5]); 9]));
    }

    #[test]
    fn a_text_whose_brackets_leave_their_lines_is_refused_and_stays() {
        let text = "presentations:\n  - type: {a: b,\nc: d}\n    fps: 24\n";
        let mut root = RootText::read(text).unwrap();
        assert!(root.set("fps", "25").is_err());
        assert!(root.remove("fps").is_err());
        assert_eq!(root.text(), text);
    }

    #[test]
    fn what_has_no_lines_to_change_is_refused() {
        for text in
            ["presentations: [{type: home}]\n", "presentations:\n  - {type: home}\n", "a: 1\n"]
        {
            assert!(RootText::read(text).is_err(), "{text}");
        }
    }
}
