//! A small text of YAML as a tree: the root of a master.
//!
//! Mappings, lists, texts and what stands in brackets, as every writer of DAMF uses them. Anchors, tags,
//! texts over several lines and more than one document are refused by name.

use crate::DamfError;
use crate::flow::Flow;
use crate::lines::Lines;
use crate::scalar::{plain, quoted, split_key};
use std::io::BufRead;

/// Deepest nesting.
pub(crate) const MAX_DEPTH: usize = 16;
/// Most values of a root: 128 tracks have four each.
pub(crate) const MAX_NODES: usize = 100_000;
/// Most bytes of a root.
const MAX_BYTES: usize = 4 << 20;

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) line: u32,
    pub(crate) column: usize,
    pub(crate) value: Value,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// Nothing behind a key.
    Null,
    Text(String),
    List(Vec<Node>),
    /// In the order of the text; a key may be there twice.
    Map(Vec<(String, Node)>),
}

impl Node {
    /// The text of a scalar.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

#[derive(Debug)]
struct OwnLine {
    number: u32,
    indent: usize,
    text: String,
}

/// Reads a text whole.
pub(crate) fn read_tree(source: impl BufRead) -> Result<Node, DamfError> {
    let mut lines = Lines::new(source);
    let mut parser = Parser { lines: Vec::new(), at: 0, nodes: 0 };
    let mut bytes = 0;
    while lines.advance()? {
        let line = lines.line();
        bytes += line.indent + line.text.len() + 1;
        if bytes > MAX_BYTES {
            let what = "the text has too many bytes";
            return Err(DamfError::TooLarge { line: line.number, what, allowed: MAX_BYTES });
        }
        let (number, indent, text) = (line.number, line.indent, line.text.to_owned());
        parser.lines.push(OwnLine { number, indent, text });
    }
    if parser.lines.is_empty() {
        return Err(DamfError::malformed(1, 1, "the text is empty"));
    }
    let node = parser.block(0)?;
    match parser.lines.get(parser.at) {
        None => Ok(node),
        Some(line) => Err(misplaced(line)),
    }
}

fn misplaced(line: &OwnLine) -> DamfError {
    let message = "the line is indented unlike those around it";
    DamfError::malformed(line.number, line.indent + 1, message)
}

fn is_entry(text: &str) -> bool {
    text == "-" || text.starts_with("- ")
}

struct Parser {
    lines: Vec<OwnLine>,
    at: usize,
    nodes: usize,
}

impl Parser {
    /// Whatever starts at the current line.
    fn block(&mut self, depth: usize) -> Result<Node, DamfError> {
        let (number, indent) = (self.lines[self.at].number, self.lines[self.at].indent);
        self.count(number, depth)?;
        let line = &self.lines[self.at];
        let value = if is_entry(&line.text) {
            self.list(indent, depth)?
        } else if split_key(&line.text).is_some() {
            self.map(indent, depth)?
        } else {
            let text = line.text.clone();
            let node = self.inline(&text, number, indent, depth)?;
            self.at += 1;
            node.value
        };
        Ok(Node { line: number, column: indent + 1, value })
    }

    fn count(&mut self, line: u32, depth: usize) -> Result<(), DamfError> {
        self.nodes += 1;
        if depth > MAX_DEPTH {
            let what = "values are nested too deeply";
            return Err(DamfError::TooLarge { line, what, allowed: MAX_DEPTH });
        }
        if self.nodes > MAX_NODES {
            let what = "there are too many values";
            return Err(DamfError::TooLarge { line, what, allowed: MAX_NODES });
        }
        Ok(())
    }

    fn list(&mut self, indent: usize, depth: usize) -> Result<Value, DamfError> {
        let mut items = Vec::new();
        while let Some(line) = self.lines.get_mut(self.at) {
            if line.indent != indent || !is_entry(&line.text) {
                break;
            }
            let number = line.number;
            let rest = line.text[1..].trim_start().to_owned();
            let column = indent + line.text.len() - rest.len();
            let nested = is_entry(&rest) || split_key(&rest).is_some();
            items.push(if plain(&rest).is_empty() {
                self.below(indent + 1, number, depth)?
            } else if nested {
                // What follows the dash is a line of its own.
                (line.indent, line.text) = (column, rest);
                self.block(depth + 1)?
            } else {
                let node = self.inline(&rest, number, column, depth + 1)?;
                self.at += 1;
                node
            });
        }
        self.nothing_deeper(indent)?;
        Ok(Value::List(items))
    }

    fn map(&mut self, indent: usize, depth: usize) -> Result<Value, DamfError> {
        let mut pairs = Vec::new();
        while let Some(line) = self.lines.get(self.at) {
            if line.indent != indent || is_entry(&line.text) {
                break;
            }
            let number = line.number;
            let Some((key, start)) = split_key(&line.text) else {
                let message = "there is no key with a colon and a blank behind it";
                return Err(DamfError::malformed(number, indent + 1, message));
            };
            let rest = line.text[start..].trim_start().to_owned();
            let column = indent + line.text.len() - rest.len();
            let node = if plain(&rest).is_empty() {
                // The entries of a list may stand right below their key.
                let list = |next: &OwnLine| next.indent == indent && is_entry(&next.text);
                let least = indent + usize::from(!self.lines.get(self.at + 1).is_some_and(list));
                self.below(least, number, depth)?
            } else {
                let node = self.inline(&rest, number, column, depth + 1)?;
                self.at += 1;
                node
            };
            pairs.push((key, node));
        }
        self.nothing_deeper(indent)?;
        Ok(Value::Map(pairs))
    }

    /// What stands in the lines below the current one, if they are indented at least so far.
    fn below(&mut self, least: usize, number: u32, depth: usize) -> Result<Node, DamfError> {
        self.at += 1;
        match self.lines.get(self.at) {
            Some(next) if next.indent >= least => self.block(depth + 1),
            _ => Ok(Node { line: number, column: least.max(1), value: Value::Null }),
        }
    }

    fn nothing_deeper(&self, indent: usize) -> Result<(), DamfError> {
        match self.lines.get(self.at) {
            Some(line) if line.indent > indent => Err(misplaced(line)),
            _ => Ok(()),
        }
    }

    /// A value on the line itself; brackets may close on later lines.
    fn inline(
        &mut self,
        text: &str,
        line: u32,
        column: usize,
        depth: usize,
    ) -> Result<Node, DamfError> {
        self.count(line, depth)?;
        let malformed = |message: &str| DamfError::malformed(line, column + 1, message);
        let node = |value| Node { line, column: column + 1, value };
        match text.chars().next() {
            Some('[' | '{') => {
                let mut whole = text.to_owned();
                loop {
                    let mut flow = Flow::new(&whole, line, column + 1, depth);
                    if let Some(found) = flow.document()? {
                        self.nodes += flow.nodes();
                        return Ok(found);
                    }
                    let Some(next) = self.lines.get(self.at + 1) else {
                        return Err(malformed("a bracket is not closed"));
                    };
                    whole.push(' ');
                    whole.push_str(&next.text);
                    self.at += 1;
                    if whole.len() > 4096 {
                        return Err(malformed("what is in brackets is too long"));
                    }
                }
            }
            Some('"' | '\'') => match quoted(text) {
                Some((value, used)) if plain(&text[used..]).is_empty() => {
                    Ok(node(Value::Text(value)))
                }
                _ => Err(malformed("a text in quotation marks does not end on its line")),
            },
            Some('|' | '>') => Err(malformed("texts over several lines are not read")),
            Some('&' | '*' | '!') => Err(malformed("anchors, aliases and tags are not read")),
            _ => Ok(node(Value::Text(plain(text).to_owned()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tree as one line.
    fn shown(node: &Node) -> String {
        match &node.value {
            Value::Null => "~".to_owned(),
            Value::Text(text) => text.clone(),
            Value::List(items) => {
                format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(","))
            }
            Value::Map(pairs) => {
                let pairs = pairs.iter().map(|(key, node)| format!("{key}={}", shown(node)));
                format!("{{{}}}", pairs.collect::<Vec<_>>().join(","))
            }
        }
    }

    fn read(text: &str) -> String {
        shown(&read_tree(text.as_bytes()).unwrap())
    }

    #[test]
    fn blocks_and_brackets_are_one_tree() {
        let text = "version: 0.5.1\npresentations:\n  - type: home # the usual\n    ids: [3, 4]\n    \
                    trim: {}\n    beds:\n      - channels:\n          - channel: L\n            ID: 0\n    \
                    none:\n    \"a b\": 'it''s'\nlist:\n- 1\n-\n  - 2\n- - 3\n  - {x: 1, \"y\": [a, b]}\n";
        assert_eq!(
            read(text),
            "{version=0.5.1,presentations=[{type=home,ids=[3,4],trim={},beds=[{channels=[{channel=L,\
             ID=0}]}],none=~,a b=it's}],list=[1,[2],[3,{x=1,y=[a,b]}]]}"
        );
        assert_eq!(read("a: [1,\n  2,\n  3]\nb: c"), "{a=[1,2,3],b=c}");
        assert_eq!(read("just a word"), "just a word");
    }

    #[test]
    fn values_know_their_places() {
        let tree = read_tree("a: 1\nb:\n  - c:  x\n".as_bytes()).unwrap();
        let Value::Map(pairs) = &tree.value else { panic!("a mapping") };
        let Value::List(items) = &pairs[1].1.value else { panic!("a list") };
        let Value::Map(inner) = &items[0].value else { panic!("a mapping") };
        assert_eq!((inner[0].1.line, inner[0].1.column), (3, 9));
        assert_eq!((pairs[0].1.line, pairs[0].1.column), (1, 4));
    }

    #[test]
    fn what_is_not_read_is_refused_at_its_place() {
        for (text, place) in [
            ("", (1, 1)),
            ("a: 1\n  b: 2", (2, 3)),
            ("a:\n    b: 1\n  c: 2", (3, 3)),
            ("a: &x 1", (1, 4)),
            ("a: |\n  text", (1, 4)),
            ("a: [1, 2", (1, 4)),
            ("a: \"open", (1, 4)),
            ("a: 1\nword", (2, 1)),
            ("a: [1] x", (1, 8)),
        ] {
            assert_eq!(read_tree(text.as_bytes()).unwrap_err().place(), place, "{text}");
        }
        let deep = (0..40).map(|n| format!("{}a:\n", " ".repeat(n))).collect::<String>();
        assert!(matches!(read_tree(deep.as_bytes()), Err(DamfError::TooLarge { .. })));
        let deep = format!("a: {}", "[".repeat(40));
        assert!(matches!(read_tree(deep.as_bytes()), Err(DamfError::TooLarge { .. })));
    }
}
