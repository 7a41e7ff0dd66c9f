//! Text to nodes as they are spelt, with the places of all that decides about layout.

use crate::yaml;
use serde_saphyr::granit_parser::{
    Event, Marker, Options, Parser, ScalarStyle, Span, StructureStyle,
};

/// A place in the text.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mark {
    /// Byte offset.
    pub(super) at: usize,
    /// Counts from 1; 0 is no line.
    pub(super) line: usize,
    /// Characters before it in its line.
    pub(super) column: usize,
}

#[derive(Debug)]
pub(super) struct Comment<'t> {
    pub(super) mark: Mark,
    /// From `#` to the last character that is no blank.
    pub(super) text: &'t str,
    /// Whether nothing else is on its line.
    pub(super) alone: bool,
    /// Blanks before it, unless it is alone.
    pub(super) gap: usize,
    /// Whether it goes on below a comment at the end of the line above, at the same column.
    pub(super) continues: bool,
}

#[derive(Debug)]
pub(super) struct Node<'t> {
    /// The anchor or, without one, the content.
    pub(super) start: Mark,
    pub(super) content: Mark,
    /// Behind the last character. A block scalar ends on no line.
    pub(super) end: Mark,
    /// Without `&`; empty when there is none.
    pub(super) anchor: &'t str,
    pub(super) body: Body<'t>,
}

#[derive(Debug)]
pub(super) enum Body<'t> {
    /// A value that is not there.
    Nothing,
    /// An alias, or a plain or quoted scalar, as written; it may have several lines.
    Leaf(&'t str),
    Block(BlockScalar<'t>),
    Collection(Collection<'t>),
}

#[derive(Debug)]
pub(super) struct BlockScalar<'t> {
    pub(super) folded: bool,
    pub(super) value: String,
    /// From the first character of the first line that is not empty.
    pub(super) raw: &'t str,
    pub(super) indent: usize,
}

#[derive(Debug)]
pub(super) struct Collection<'t> {
    pub(super) flow: bool,
    pub(super) mapping: bool,
    pub(super) entries: Vec<Entry<'t>>,
}

#[derive(Debug)]
pub(super) struct Entry<'t> {
    /// The dash or the key; in a flow list the value.
    pub(super) start: Mark,
    /// The entries of lists have none.
    pub(super) key: Option<Node<'t>>,
    /// Whether a colon follows the key. In flow mappings it may be left out.
    pub(super) colon: bool,
    pub(super) value: Node<'t>,
}

impl<'t> Node<'t> {
    pub(super) fn collection(&self) -> Option<&Collection<'t>> {
        match &self.body {
            Body::Collection(collection) => Some(collection),
            _ => None,
        }
    }
}

/// A whole text.
#[derive(Debug)]
pub(super) struct Document<'t> {
    /// What `%` lines stand before the document.
    pub(super) directives: Vec<(Mark, &'t str)>,
    /// The `---`.
    pub(super) marker: Option<Mark>,
    pub(super) root: Node<'t>,
    /// In the order of the text.
    pub(super) comments: Vec<Comment<'t>>,
    lines: Lines,
}

impl Document<'_> {
    /// Whether a place is the first of its line and the line above is blank.
    pub(super) fn has_blank_line_before(&self, mark: Mark) -> bool {
        let first = self.lines.first_character(mark.line).is_some_and(|at| at >= mark.at);
        first && mark.line > 1 && self.lines.first_character(mark.line - 1).is_none()
    }
}

/// The offset of the first character of every line that is not blank.
#[derive(Debug)]
struct Lines(Vec<Option<usize>>);

impl Lines {
    fn of(text: &str) -> Self {
        let mut start = 0;
        let lines = text.split('\n').map(|line| {
            let first = line.find(|c| c != ' ' && c != '\t').map(|offset| start + offset);
            start += line.len() + 1;
            first
        });
        Self(lines.collect())
    }

    fn first_character(&self, line: usize) -> Option<usize> {
        line.checked_sub(1).and_then(|index| self.0.get(index).copied().flatten())
    }
}

/// What the parser is asked for: everything, with the limits of the reader of scenes.
pub(super) fn options() -> Options {
    let mut options = Options::default();
    options.set_emit_comments(true);
    options.max_buffered_comment_events = usize::MAX;
    options.emit_anchor_events = true;
    options.flow_nesting_limit = yaml::MAX_DEPTH as usize;
    options.block_nesting_limit = yaml::MAX_DEPTH as usize;
    options
}

/// Reads a text without carriage returns. `None` when it has something that scenes have not.
pub(super) fn read(text: &str) -> Option<Document<'_>> {
    let lines = Lines::of(text);
    let mut reader = Reader {
        text,
        open: Vec::new(),
        finished: None,
        root: None,
        marker: None,
        document_start: 0,
        behind: Mark { at: 0, line: 1, column: 0 },
    };
    let mut comments = Vec::new();
    for event in Parser::new_from_str_with_options(text, options()) {
        let (event, span) = event.ok()?;
        if matches!(event, Event::Comment(..)) {
            comments.push(comment(text, &lines, &span)?);
        } else {
            reader.event(event, &span)?;
        }
    }
    reader.place()?;
    // The comment beside the indicator of a block scalar comes after the scalar.
    comments.sort_by_key(|comment| comment.mark.at);
    mark_continued(&mut comments);
    let directives = directives(&text[..reader.document_start], &comments);
    let (marker, root) = (reader.marker, reader.root?);
    Some(Document { directives, marker, root, comments, lines })
}

fn mark(marker: &Marker) -> Option<Mark> {
    Some(Mark { at: marker.byte_offset()?, line: marker.line(), column: marker.col() })
}

fn comment<'t>(text: &'t str, lines: &Lines, span: &Span) -> Option<Comment<'t>> {
    let mark = mark(&span.start)?;
    let before = text.get(..mark.at)?;
    let gap = before.len() - before.trim_end_matches([' ', '\t']).len();
    let words = text.get(span.byte_range()?)?.trim_end_matches([' ', '\t']);
    let alone = lines.first_character(mark.line) == Some(mark.at);
    Some(Comment { mark, text: words, alone, gap, continues: false })
}

fn mark_continued(comments: &mut [Comment<'_>]) {
    for i in 1..comments.len() {
        let [above, this] = &mut comments[i - 1..=i] else { return };
        this.continues = this.alone
            && (!above.alone || above.continues)
            && above.mark.line + 1 == this.mark.line
            && above.mark.column == this.mark.column;
    }
}

/// The `%` lines of what stands before a document, without comments.
fn directives<'t>(head: &'t str, comments: &[Comment<'_>]) -> Vec<(Mark, &'t str)> {
    let mut found = Vec::new();
    let mut at = 0;
    for (index, line) in head.split('\n').enumerate() {
        if line.starts_with('%') {
            let beside = comments.iter().find(|c| c.mark.line == index + 1);
            let words = line.get(..beside.map_or(line.len(), |c| c.mark.column)).unwrap_or(line);
            let mark = Mark { at, line: index + 1, column: 0 };
            found.push((mark, words.trim_end_matches([' ', '\t'])));
        }
        at += line.len() + 1;
    }
    found
}

/// A collection that is not finished.
struct Open<'t> {
    /// The dash or key of the entry that waits for a value.
    entry: Mark,
    key: Option<Node<'t>>,
    start: Mark,
    content: Mark,
    anchor: &'t str,
    collection: Collection<'t>,
}

struct Reader<'t> {
    text: &'t str,
    open: Vec<Open<'t>>,
    /// A node whose anchor may still come.
    finished: Option<Node<'t>>,
    root: Option<Node<'t>>,
    marker: Option<Mark>,
    document_start: usize,
    /// Behind the last token, comments and indicators apart.
    behind: Mark,
}

impl<'t> Reader<'t> {
    fn event(&mut self, event: Event<'t>, span: &Span) -> Option<()> {
        let (start, end) = (mark(&span.start)?, mark(&span.end)?);
        if let Event::Anchor(_, name) = &event {
            return self.anchor(name.len(), start, end);
        }
        self.place()?;
        match event {
            Event::DocumentStart(explicit, _) => {
                self.document_start = start.at;
                self.marker = explicit.then_some(start);
                if explicit {
                    self.behind = end;
                }
            }
            Event::Scalar(value, style, _, None) => {
                self.begin(start)?;
                self.scalar(value.into(), style, start, end)?;
            }
            Event::Alias(_) => {
                self.begin(start)?;
                self.behind = end;
                self.finish(start, end, Body::Leaf(self.text.get(start.at..end.at)?));
            }
            Event::SequenceStart(style, _, None) => self.collection(style, false, start, end)?,
            Event::MappingStart(style, _, None) => self.collection(style, true, start, end)?,
            Event::SequenceEnd | Event::MappingEnd => {
                let open = self.open.pop()?;
                let last = open.collection.entries.last().map(|entry| entry.value.end);
                let end = if open.collection.flow { end } else { last.unwrap_or(end) };
                if open.collection.flow {
                    self.behind = end;
                }
                let body = Body::Collection(open.collection);
                let Open { start, content, anchor, .. } = open;
                self.finished = Some(Node { start, content, end, anchor, body });
            }
            Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
            _ => return None,
        }
        Some(())
    }

    fn scalar(&mut self, value: String, style: ScalarStyle, start: Mark, end: Mark) -> Option<()> {
        let raw = self.text.get(start.at..end.at)?;
        match style {
            // What is not there stands behind its key or dash.
            ScalarStyle::Plain if raw.is_empty() => {
                self.finish(self.behind, self.behind, Body::Nothing);
            }
            ScalarStyle::Literal | ScalarStyle::Folded => {
                let folded = style == ScalarStyle::Folded;
                let block = BlockScalar { folded, value, raw, indent: start.column };
                self.behind = end;
                self.finish(start, Mark { line: 0, ..end }, Body::Block(block));
            }
            _ => {
                self.behind = end;
                self.finish(start, end, Body::Leaf(raw));
            }
        }
        Some(())
    }

    fn collection(
        &mut self,
        style: StructureStyle,
        mapping: bool,
        start: Mark,
        end: Mark,
    ) -> Option<()> {
        self.begin(start)?;
        let flow = style == StructureStyle::Flow;
        if flow {
            self.behind = end;
        }
        let collection = Collection { flow, mapping, entries: Vec::new() };
        let (entry, key, anchor) = (start, None, "");
        self.open.push(Open { entry, key, start, content: start, anchor, collection });
        Some(())
    }

    /// Notes where an entry starts, when a node is about to be its key or its first token.
    fn begin(&mut self, start: Mark) -> Option<()> {
        let Some(open) = self.open.last_mut() else { return Some(()) };
        if open.collection.mapping {
            if open.key.is_none() {
                open.entry = start;
            }
        } else if open.collection.flow {
            open.entry = start;
        } else {
            let dash = dash(self.text, self.behind)?;
            open.entry = dash;
            self.behind = Mark { at: dash.at + 1, column: dash.column + 1, ..dash };
        }
        Some(())
    }

    fn finish(&mut self, start: Mark, end: Mark, body: Body<'t>) {
        self.finished = Some(Node { start, content: start, end, anchor: "", body });
    }

    /// Gives the last node its anchor; its event comes after that of the node.
    fn anchor(&mut self, name_len: usize, start: Mark, end: Mark) -> Option<()> {
        let name = self.text.get(start.at + 1..start.at + 1 + name_len)?;
        if let Some(node) = &mut self.finished {
            (node.anchor, node.start) = (name, start);
            if matches!(node.body, Body::Nothing) {
                (node.content, node.end, self.behind) = (end, end, end);
            }
            return Some(());
        }
        let open = self.open.last_mut()?;
        (open.anchor, open.start) = (name, start);
        if !open.collection.flow {
            self.behind = end;
        }
        Some(())
    }

    /// Puts the last node where it belongs.
    fn place(&mut self) -> Option<()> {
        let Some(node) = self.finished.take() else { return Some(()) };
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Some(());
        };
        if open.collection.mapping && open.key.is_none() {
            // An anchor stands before its key.
            if node.start.at < open.entry.at {
                open.entry = node.start;
            }
            open.key = Some(node);
            return Some(());
        }
        if !open.collection.mapping && open.collection.flow && node.start.at < open.entry.at {
            open.entry = node.start;
        }
        let key = open.key.take();
        let spelt = key.as_ref().filter(|key| !matches!(key.body, Body::Nothing));
        let colon = spelt.is_none_or(|key| has_colon(self.text, key.end.at));
        open.collection.entries.push(Entry { start: open.entry, key, colon, value: node });
        Some(())
    }
}

/// The next dash, behind indicators, blanks and comments.
fn dash(text: &str, from: Mark) -> Option<Mark> {
    let mut mark = from;
    let mut in_comment = false;
    for character in text.get(from.at..)?.chars() {
        match character {
            '\n' => {
                in_comment = false;
                mark = Mark { at: mark.at + 1, line: mark.line + 1, column: 0 };
                continue;
            }
            _ if in_comment => {}
            '#' => in_comment = true,
            '-' => return Some(mark),
            ' ' | '\t' | ':' | '?' => {}
            _ => return None,
        }
        mark.at += character.len_utf8();
        mark.column += 1;
    }
    None
}

/// Whether a colon comes next, behind blanks and comments.
fn has_colon(text: &str, from: usize) -> bool {
    let mut rest = text.get(from..).unwrap_or_default();
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\n']);
        match rest.chars().next() {
            Some('#') => rest = rest.split_once('\n').map_or("", |(_, below)| below),
            next => return next == Some(':'),
        }
    }
}
