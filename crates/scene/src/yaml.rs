//! YAML text to a tree whose every node knows its place. With [`crate::fmt`] the one module that knows
//! the YAML package.
//!
//! Findings must carry line and column, and all of them must come at once, so the text is not
//! deserialised into structs: the parser's events become [`Node`]s, and [`crate::read`] asks them for
//! keys. Scalars keep their spelling (`7.1` stays `7.1`, `5.10` is not `5.1`), so nothing depends on how
//! YAML guesses types. Aliases share their node; merge keys are expanded here.

use crate::place::{FileId, Findings, Mark, Spot};
use crate::{rules, slips};
use cupola_model::Finding;
use serde_saphyr::granit_parser::{Event, Options, Parser, ScalarStyle, ScanError, Span};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// Largest text in bytes. A scene of 10 000 keyframes has about 1 MB.
pub(crate) const MAX_BYTES: usize = 10 * 1024 * 1024;
/// Deepest nesting, aliases counted as if written out.
pub(crate) const MAX_DEPTH: u32 = 64;
/// Most nodes, aliases and merged entries counted as if written out.
const MAX_NODES: u64 = 1_500_000;

/// A value of the document.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) mark: Mark,
    pub(crate) kind: Kind,
}

/// What a value is.
#[derive(Debug)]
pub(crate) enum Kind {
    Scalar {
        text: Box<str>,
        plain: bool,
    },
    List(Vec<Rc<Node>>),
    Map {
        entries: Vec<Entry>,
        /// Keys that are there already: not entries, but to be reported by whoever reads the map.
        repeats: Vec<Repeat>,
    },
}

/// A key that was written before in the same mapping.
#[derive(Clone, Debug)]
pub(crate) struct Repeat {
    pub(crate) key: Rc<str>,
    pub(crate) mark: Mark,
    pub(crate) first_line: u32,
}

/// A key and its value.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: Rc<str>,
    pub(crate) mark: Mark,
    pub(crate) value: Rc<Node>,
}

/// The entry of a key, if the value is a mapping that has it.
pub(crate) fn entry_of<'n>(node: &'n Node, key: &str) -> Option<&'n Entry> {
    let Kind::Map { entries, .. } = &node.kind else { return None };
    entries.iter().find(|entry| &*entry.key == key)
}

impl Node {
    /// A word that stands in no document.
    pub(crate) fn word(text: &str) -> Self {
        Self { mark: Mark::default(), kind: Kind::Scalar { text: text.into(), plain: true } }
    }

    pub(crate) fn is_scalar(&self) -> bool {
        matches!(self.kind, Kind::Scalar { .. })
    }

    /// Whether the value is missing: nothing, `~` or `null`, unquoted.
    pub(crate) fn is_null(&self) -> bool {
        matches!(&self.kind, Kind::Scalar { text, plain: true }
            if matches!(&**text, "" | "~" | "null" | "Null" | "NULL"))
    }
}

/// What all files of a scene may hold together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    bytes: usize,
    nodes: u64,
}

impl Budget {
    /// What a file may hold that stands alone.
    pub(crate) fn new() -> Self {
        Self { bytes: MAX_BYTES, nodes: MAX_NODES }
    }
}

/// Reads one document. `None` when the text cannot be read at all; the finding says why.
pub(crate) fn parse(text: &str, findings: &mut Findings) -> Option<Rc<Node>> {
    parse_file(text, FileId::SCENE, &mut Budget::new(), findings)
}

/// Reads the document of one of several files, which share what they may hold.
pub(crate) fn parse_file(
    text: &str,
    file: FileId,
    budget: &mut Budget,
    findings: &mut Findings,
) -> Option<Rc<Node>> {
    if text.len() > budget.bytes {
        let finding = Finding::error(rules::YAML_LIMIT, "the file is too large")
            .found(format!("{} bytes", text.len()))
            .allowed(format!("at most {MAX_BYTES} bytes{}", file.together()))
            .hint("is this the right file?");
        findings.push(&Spot::start_of(file), finding);
        return None;
    }
    budget.bytes -= text.len();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut options = Options::default();
    options.set_emit_comments(false);
    options.flow_nesting_limit = MAX_DEPTH as usize;
    options.block_nesting_limit = MAX_DEPTH as usize;
    let mut builder = Builder::new(file, budget.nodes, text, findings);
    for event in Parser::new_from_str_with_options(text, options) {
        match event {
            Ok((event, span)) => builder.event(event, span)?,
            Err(error) => {
                builder.syntax_error(&error, text);
                return None;
            }
        }
    }
    budget.nodes -= builder.total;
    let root = builder.root.take();
    if root.is_none() {
        let hint = match file {
            FileId::SCENE => "a scene starts with `cupola: 1`",
            _ => "an included file holds for example `presets` or `stems`",
        };
        let finding = Finding::error(rules::YAML_SYNTAX, "the file is empty").hint(hint);
        findings.push(&Spot::start_of(file), finding);
    }
    root
}

/// A finished node with what it costs when written out.
#[derive(Clone)]
struct Weighed {
    node: Rc<Node>,
    nodes: u64,
    depth: u32,
}

/// A list or map that is still open.
struct Open {
    mark: Mark,
    anchor: usize,
    parts: Parts,
    nodes: u64,
    depth: u32,
}

enum Parts {
    List(Vec<Rc<Node>>),
    Map { entries: Vec<Entry>, merges: Vec<Rc<Node>>, key: Option<Key> },
}

/// A key waiting for its value.
enum Key {
    Name {
        name: Rc<str>,
        mark: Mark,
    },
    Merge,
    /// Not a name; its value is skipped.
    Unusable,
}

struct Builder<'f> {
    file: FileId,
    /// Most nodes.
    allowed: u64,
    text: &'f str,
    /// Its lines, once one of them was asked for.
    lines: Vec<&'f str>,
    findings: &'f mut Findings,
    open: Vec<Open>,
    anchors: HashMap<usize, Weighed>,
    /// Every key so far.
    names: HashSet<Rc<str>>,
    total: u64,
    documents: u32,
    root: Option<Rc<Node>>,
}

impl<'f> Builder<'f> {
    fn new(file: FileId, allowed: u64, text: &'f str, findings: &'f mut Findings) -> Self {
        Self {
            file,
            allowed,
            text,
            lines: Vec::new(),
            findings,
            open: Vec::new(),
            anchors: HashMap::new(),
            names: HashSet::new(),
            total: 0,
            documents: 0,
            root: None,
        }
    }

    /// The mark of a line from 1 and a column from 0.
    fn mark(&self, line: usize, column: usize) -> Mark {
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Mark { file: self.file, line: number(line), column: number(column).saturating_add(1) }
    }

    /// Takes one event; `None` stops the reading, with a finding.
    fn event(&mut self, event: Event<'_>, span: Span) -> Option<()> {
        let mark = self.mark(span.start.line(), span.start.col());
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    let finding =
                        Finding::error(rules::YAML_SYNTAX, "a second document starts here")
                            .allowed("one document a file")
                            .hint("remove the `---` or move what follows to a file of its own");
                    return self.stop(mark, finding);
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_tag(tag.is_some(), mark);
                let plain = style == ScalarStyle::Plain;
                // The parser writes `~` for a value that is not there.
                let text = if plain && span.is_empty() { "".into() } else { text };
                if anchor == 0 && self.awaits_key() {
                    return self.key(&text, plain, mark);
                }
                let kind = Kind::Scalar { text: text.into(), plain };
                let node = Rc::new(Node { mark, kind });
                self.finish(Weighed { node, nodes: 1, depth: 1 }, anchor, true)?;
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.refuse_tag(tag.is_some(), mark);
                self.start(mark, anchor, Parts::List(Vec::new()));
            }
            Event::MappingStart(_, anchor, tag) => {
                self.refuse_tag(tag.is_some(), mark);
                let parts = Parts::Map { entries: Vec::new(), merges: Vec::new(), key: None };
                self.start(mark, anchor, parts);
            }
            Event::SequenceEnd | Event::MappingEnd => self.close()?,
            Event::Alias(id) => {
                let Some(target) = self.anchors.get(&id).cloned() else {
                    let finding = Finding::error(
                        rules::YAML_SYNTAX,
                        "this alias stands inside its own anchor",
                    );
                    return self.stop(mark, finding.hint("write the value out"));
                };
                // A key taken from an alias stays where it is written.
                let in_place = Rc::clone(&target.node);
                self.finish_at(Weighed { node: in_place, ..target }, 0, mark, true)?;
            }
            _ => {}
        }
        Some(())
    }

    fn stop(&mut self, mark: Mark, finding: Finding) -> Option<()> {
        self.findings.push(&Spot::at(mark), finding);
        None
    }

    fn refuse_tag(&mut self, tagged: bool, mark: Mark) {
        if tagged {
            let finding = Finding::error(rules::YAML_TAG, "tags mean nothing here")
                .hint("remove the word that starts with `!`");
            self.findings.push(&Spot::at(mark), finding);
        }
    }

    /// Whether a key comes next.
    fn awaits_key(&self) -> bool {
        let innermost = self.open.last().map(|open| &open.parts);
        matches!(innermost, Some(Parts::Map { key: None, .. }))
    }

    /// Takes a key, which is nearly always a word that came before and becomes no node of its own.
    fn key(&mut self, text: &str, plain: bool, mark: Mark) -> Option<()> {
        self.count(1, 1, mark)?;
        let next = match text {
            "<<" if plain => Key::Merge,
            _ => Key::Name { name: self.interned(text), mark },
        };
        let Some(Open { parts: Parts::Map { key, .. }, nodes, depth, .. }) = self.open.last_mut()
        else {
            return Some(());
        };
        *key = Some(next);
        *nodes = nodes.saturating_add(1);
        *depth = (*depth).max(2);
        Some(())
    }

    fn interned(&mut self, text: &str) -> Rc<str> {
        if let Some(name) = self.names.get(text) {
            return Rc::clone(name);
        }
        let name: Rc<str> = Rc::from(text);
        self.names.insert(Rc::clone(&name));
        name
    }

    fn start(&mut self, mark: Mark, anchor: usize, parts: Parts) {
        self.open.push(Open { mark, anchor, parts, nodes: 1, depth: 1 });
    }

    fn close(&mut self) -> Option<()> {
        let Some(open) = self.open.pop() else { return Some(()) };
        let mut nodes = open.nodes;
        let kind = match open.parts {
            Parts::List(items) => Kind::List(items),
            Parts::Map { mut entries, merges, .. } => {
                let repeats = take_repeats(&mut entries);
                nodes += merge(&mut entries, &merges, self.findings);
                Kind::Map { entries, repeats }
            }
        };
        let node = Rc::new(Node { mark: open.mark, kind });
        let finished = Weighed { node, nodes, depth: open.depth };
        // The parts were counted one by one; what is new is the node and its merged entries.
        self.total += nodes - open.nodes;
        self.finish(finished, open.anchor, false)
    }

    fn finish(&mut self, done: Weighed, anchor: usize, counts: bool) -> Option<()> {
        let mark = done.node.mark;
        self.finish_at(done, anchor, mark, counts)
    }

    /// Counts nodes of so many levels; too many stop the reading.
    fn count(&mut self, nodes: u64, levels: u32, mark: Mark) -> Option<()> {
        self.total = self.total.saturating_add(nodes);
        let depth = levels.saturating_add(u32::try_from(self.open.len()).unwrap_or(u32::MAX));
        if self.total <= self.allowed && depth <= MAX_DEPTH {
            return Some(());
        }
        let (what, allowed) = if depth > MAX_DEPTH {
            ("the file is nested too deeply", format!("{MAX_DEPTH} levels"))
        } else {
            ("the file holds too many values", format!("{MAX_NODES} values"))
        };
        let together = self.file.together();
        let finding = Finding::error(rules::YAML_LIMIT, what)
            .allowed(format!("at most {allowed}, aliases counted as if written out{together}"));
        self.stop(mark, finding)
    }

    /// Hands a finished node to what is open around it.
    fn finish_at(&mut self, done: Weighed, anchor: usize, mark: Mark, counts: bool) -> Option<()> {
        self.count(if counts { done.nodes } else { 1 }, done.depth, mark)?;
        if anchor != 0 {
            self.anchors.insert(anchor, done.clone());
        }
        self.look_for_comment(&done.node);
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(done.node);
            return Some(());
        };
        parent.nodes = parent.nodes.saturating_add(done.nodes);
        parent.depth = parent.depth.max(done.depth.saturating_add(1));
        match &mut parent.parts {
            Parts::List(items) => items.push(done.node),
            Parts::Map { entries, merges, key } => match key.take() {
                None => *key = Some(as_key(&done.node, mark, self.findings)),
                Some(Key::Name { name, mark }) => {
                    let value = at_key_if_absent(done.node, mark);
                    entries.push(Entry { key: name, mark, value });
                }
                Some(Key::Merge) => merges.push(done.node),
                Some(Key::Unusable) => {}
            },
        }
        Some(())
    }

    /// Remembers a key whose value is missing for a comment that starts where a value should.
    fn look_for_comment(&mut self, value: &Node) {
        let Some(Open { parts: Parts::Map { key: Some(Key::Name { name, mark }), .. }, .. }) =
            self.open.last()
        else {
            return;
        };
        if !matches!(&value.kind, Kind::Scalar { text, plain: true } if text.is_empty()) {
            return;
        }
        if self.lines.is_empty() {
            self.lines = self.text.lines().collect();
        }
        let line = (mark.line as usize).checked_sub(1).and_then(|line| self.lines.get(line));
        if line.is_some_and(|line| slips::is_commented(line, name, mark.column)) {
            self.findings.expect_comment_at(*mark);
        }
    }

    fn syntax_error(&mut self, error: &ScanError, text: &str) {
        let place = (error.marker().line(), error.marker().col());
        let slip = slips::explain(&error.info(), place, text);
        let mark = self.mark(slip.place.0, slip.place.1);
        self.stop(mark, Finding::error(rules::YAML_SYNTAX, slip.message).hint(slip.hint));
    }
}

fn as_key(node: &Node, mark: Mark, findings: &mut Findings) -> Key {
    match &node.kind {
        Kind::Scalar { text, plain: true } if &**text == "<<" => Key::Merge,
        Kind::Scalar { text, .. } => Key::Name { name: Rc::from(&**text), mark },
        _ => {
            let finding = Finding::error(rules::VALUE_TYPE, "a key must be a word")
                .hint("write the key as plain text before the colon");
            findings.push(&Spot::at(mark), finding);
            Key::Unusable
        }
    }
}

/// A value that is not there stands nowhere; what is wrong with it is shown at its key.
fn at_key_if_absent(node: Rc<Node>, mark: Mark) -> Rc<Node> {
    match &node.kind {
        Kind::Scalar { text, plain: true } if text.is_empty() => {
            let kind = Kind::Scalar { text: text.clone(), plain: true };
            Rc::new(Node { mark, kind })
        }
        _ => node,
    }
}

/// Entries among which looking through all of them is faster than hashing.
const FEW: usize = 12;

/// Takes out repeated keys; the first one stays.
fn take_repeats(entries: &mut Vec<Entry>) -> Vec<Repeat> {
    let few = entries.len() <= FEW;
    if few && (1..entries.len()).all(|i| entries[..i].iter().all(|e| e.key != entries[i].key)) {
        return Vec::new();
    }
    let mut lines: HashMap<Rc<str>, u32> = HashMap::with_capacity(entries.len());
    let mut repeats = Vec::new();
    entries.retain(|entry| {
        let Some(&first_line) = lines.get(&entry.key) else {
            lines.insert(Rc::clone(&entry.key), entry.mark.line);
            return true;
        };
        repeats.push(Repeat { key: Rc::clone(&entry.key), mark: entry.mark, first_line });
        false
    });
    repeats
}

/// Adds the entries of merge keys that the map does not have itself. Returns their number.
fn merge(entries: &mut Vec<Entry>, merges: &[Rc<Node>], findings: &mut Findings) -> u64 {
    if merges.is_empty() {
        return 0;
    }
    let mut known: HashSet<Rc<str>> = entries.iter().map(|entry| Rc::clone(&entry.key)).collect();
    let mut added = 0_u64;
    for source in merges.iter().flat_map(|node| match &node.kind {
        Kind::List(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    }) {
        let Kind::Map { entries: more, .. } = &source.kind else {
            let finding =
                Finding::error(rules::VALUE_TYPE, "`<<` takes a mapping or a list of them");
            let spot = Spot { mark: source.mark, path: "<<".into() };
            findings.push(&spot, finding.hint("name an anchor, for example `<<: *usual`"));
            continue;
        };
        for entry in more {
            if known.insert(Rc::clone(&entry.key)) {
                entries.push(entry.clone());
                added += 1;
            }
        }
    }
    added
}
