//! Entries that take one line, as pieces that may be lined up.

use super::tree::{Body, Collection, Entry, Mark, Node};
use std::borrow::Cow;

/// What is written without a break. Blanks stand before it.
#[derive(Debug)]
pub(super) struct Piece<'t> {
    /// Which cell of a table it is: the numbers of the entries it is in, keys even, values odd.
    pub(super) cell: Box<[u32]>,
    pub(super) text: Cow<'t, str>,
    /// Commas and brackets that follow.
    pub(super) suffix: String,
    /// Blanks before it when nothing is lined up.
    pub(super) natural: usize,
    /// Blanks the author left before it; `None` when it stood on another line.
    pub(super) gap: Option<usize>,
    /// Columns in the author's text.
    pub(super) from: usize,
    pub(super) to: usize,
    line: usize,
}

impl Piece<'_> {
    /// Columns it takes, the blanks before it apart.
    pub(super) fn width(&self) -> usize {
        self.core() + self.suffix.len()
    }

    /// The same without what follows.
    pub(super) fn core(&self) -> usize {
        self.text.chars().count()
    }
}

/// An anchor with the blank behind it.
pub(super) fn anchor(node: &Node<'_>) -> String {
    if node.anchor.is_empty() { String::new() } else { format!("&{} ", node.anchor) }
}

/// A scalar or alias on one line, with its anchor. A line break inside means one blank.
fn leaf<'t>(node: &Node<'t>) -> Cow<'t, str> {
    let text = match node.body {
        Body::Leaf(text) if text.contains('\n') => Cow::Owned(
            text.split('\n')
                .map(|line| line.trim_matches([' ', '\t']))
                .collect::<Vec<_>>()
                .join(" "),
        ),
        Body::Leaf(text) => Cow::Borrowed(text),
        _ => Cow::Borrowed(""),
    };
    if node.anchor.is_empty() {
        return text;
    }
    let both = anchor(node) + &text;
    Cow::Owned(both.trim_end_matches(' ').to_owned())
}

/// A key with its colon. The name of an alias or anchor could otherwise take the colon in.
pub(super) fn key<'t>(node: &Node<'t>, colon: bool) -> Cow<'t, str> {
    let text = leaf(node);
    if !colon {
        return text;
    }
    let name_last = text.starts_with('*') || (text.starts_with('&') && !text.contains(' '));
    Cow::Owned(format!("{text}{}", if name_last { " :" } else { ":" }))
}

/// Columns of a node on one line; `None` when they are more than `most`, or when it has to take
/// several lines.
pub(super) fn width(node: &Node<'_>, most: usize) -> Option<usize> {
    let anchor = if node.anchor.is_empty() { 0 } else { node.anchor.chars().count() + 2 };
    let own = match &node.body {
        Body::Nothing => 0,
        Body::Leaf(text) if text.contains('\n') => return None,
        // No character has more than four bytes.
        Body::Leaf(text) if text.len() > 4 * most => return None,
        Body::Leaf(text) => text.chars().count(),
        Body::Block(_) => return None,
        Body::Collection(collection) if !collection.flow => return None,
        Body::Collection(collection) => {
            let mut sum = 2_usize;
            for (index, entry) in collection.entries.iter().enumerate() {
                sum += if index > 0 { 2 } else { 0 };
                if let Some(name) = &entry.key {
                    sum += key(name, entry.colon).chars().count();
                    sum += usize::from(!matches!(entry.value.body, Body::Nothing));
                }
                sum += width(&entry.value, most.checked_sub(sum)?)?;
            }
            sum
        }
    };
    Some(anchor + own).filter(|width| *width <= most)
}

/// The pieces of an entry that takes one line: in a block mapping from the key on, in a block list
/// from what follows the dash.
pub(super) fn pieces<'t>(entry: &Entry<'t>) -> Vec<Piece<'t>> {
    let mut maker = Maker { pieces: Vec::new(), cell: Vec::new(), behind_bracket: false };
    maker.entry(entry, 0);
    maker.pieces
}

/// The pieces of a value.
pub(super) fn pieces_of_value<'t>(node: &Node<'t>) -> Vec<Piece<'t>> {
    let mut maker = Maker { pieces: Vec::new(), cell: Vec::new(), behind_bracket: false };
    maker.value(node);
    maker.pieces
}

struct Maker<'t> {
    pieces: Vec<Piece<'t>>,
    cell: Vec<u32>,
    /// Whether the last piece is an opening bracket.
    behind_bracket: bool,
}

impl<'t> Maker<'t> {
    fn entry(&mut self, entry: &Entry<'t>, index: u32) {
        if let Some(node) = &entry.key {
            let text = key(node, entry.colon);
            self.cell.push(2 * index);
            // Anything between a key and its colon goes.
            let colon = text.chars().count().saturating_sub(leaf(node).chars().count());
            let to = Mark { column: node.end.column + colon, ..node.end };
            self.piece(text, node.start, to);
            self.cell.pop();
        }
        self.cell.push(2 * index + 1);
        self.value(&entry.value);
        self.cell.pop();
    }

    fn value(&mut self, node: &Node<'t>) {
        match &node.body {
            Body::Nothing if node.anchor.is_empty() => {}
            Body::Collection(collection) => self.collection(node, collection),
            _ => self.piece(leaf(node), node.start, node.end),
        }
    }

    fn collection(&mut self, node: &Node<'t>, collection: &Collection<'t>) {
        let (opening, closing) = if collection.mapping { ('{', '}') } else { ('[', ']') };
        let to = Mark { column: node.content.column + 1, ..node.content };
        self.piece(Cow::Owned(format!("{}{opening}", anchor(node))), node.start, to);
        self.behind_bracket = true;
        for (index, entry) in (0..).zip(&collection.entries) {
            if index > 0 {
                self.follow(',');
            }
            self.entry(entry, index);
        }
        self.follow(closing);
        self.behind_bracket = false;
    }

    fn follow(&mut self, mark: char) {
        if let Some(last) = self.pieces.last_mut() {
            last.suffix.push(mark);
        }
    }

    fn piece(&mut self, text: Cow<'t, str>, start: Mark, end: Mark) {
        let natural = usize::from(!self.behind_bracket && !self.pieces.is_empty());
        let gap = self.pieces.last().filter(|last| last.line == start.line).and_then(|last| {
            // Before a closing bracket there may have been blanks; then this is a guess.
            start.column.checked_sub(last.to + last.suffix.len())
        });
        let cell = self.cell.as_slice().into();
        let (from, to, line) = (start.column, end.column, end.line);
        let suffix = String::new();
        self.pieces.push(Piece { cell, text, suffix, natural, gap, from, to, line });
        self.behind_bracket = false;
    }
}
