//! Nodes and comments to lines.

use super::row::{self, Piece};
use super::tree::{BlockScalar, Body, Collection, Comment, Document, Entry, Mark, Node};
use super::{WIDTH, align};

/// Blanks a level is indented by.
const STEP: usize = 2;

/// A line, and the comment at its end.
#[derive(Debug, Default)]
pub(super) struct Line<'d> {
    pub(super) text: String,
    pub(super) comment: Option<&'d Comment<'d>>,
    /// Whether the text is a comment, so that no other can follow.
    remark: bool,
}

/// Writes a document.
pub(super) fn print(document: &Document<'_>) -> String {
    let mut printer = Printer { document, comment: 0, lines: Vec::new(), sealed: 0 };
    for &(mark, words) in &document.directives {
        printer.start_entry(mark, 0);
        printer.append(words);
        printer.comment_beside(mark.line, usize::MAX);
    }
    if let Some(mark) = document.marker {
        printer.start_entry(mark, 0);
        printer.append("---");
        printer.comment_beside(mark.line, document.root.start.at);
    }
    let root = &document.root;
    if !matches!(root.body, Body::Nothing) {
        printer.start_entry(root.start, 0);
        let below = if root.collection().is_some() { 0 } else { STEP };
        if printer.takes_one_line(root, 0) && root.anchor.is_empty() {
            printer.append(&align::rows(&[row::pieces_of_value(root)], 0).concat());
        } else {
            let column = usize::MAX;
            printer.value(root, Slot { below, inline: true, column, next: usize::MAX });
        }
        printer.comment_beside(root.end.line, usize::MAX);
    }
    printer.comments_before(usize::MAX, 0);
    align::comments(printer.lines)
}

/// Where a value is put: behind a key, a dash or nothing.
#[derive(Clone, Copy)]
struct Slot {
    /// The indentation of what goes below.
    below: usize,
    /// Whether the first entry of a collection may stay on the line.
    inline: bool,
    /// The column of the collection around it, in the author's text.
    column: usize,
    /// Where the next thing after the value starts.
    next: usize,
}

/// A collection that is written as a block.
#[derive(Clone, Copy)]
struct Level {
    indent: usize,
    /// Whether the first entry goes on in a line that is there already.
    inline: bool,
    /// Comments behind the last entry belong here if they start in this column or right of it, …
    column: usize,
    /// … or before this offset.
    inside: usize,
    /// Where the next thing after the collection starts.
    next: usize,
}

struct Printer<'d> {
    document: &'d Document<'d>,
    /// Number of comments that are written.
    comment: usize,
    lines: Vec<Line<'d>>,
    /// Number of lines when the last of them was the end of a block scalar that keeps blank lines.
    sealed: usize,
}

impl<'d> Printer<'d> {
    /// The next comment, if it stands before an offset.
    fn next_comment(&self, before: usize) -> Option<&'d Comment<'d>> {
        self.document.comments.get(self.comment).filter(|comment| comment.mark.at < before)
    }

    /// The comments from one offset to another, written or not.
    fn comments_between(&self, from: usize, to: usize) -> &'d [Comment<'d>] {
        let all = &self.document.comments;
        let first = all.partition_point(|comment| comment.mark.at < from);
        let count = all[first..].iter().take_while(|comment| comment.mark.at < to).count();
        &all[first..first + count]
    }

    fn start_line(&mut self, indent: usize) {
        self.lines.push(Line { text: " ".repeat(indent), ..Line::default() });
    }

    /// Writes the comments before something, then a line for it.
    fn start_entry(&mut self, mark: Mark, indent: usize) {
        self.comments_before(mark.at, indent);
        self.blank(mark);
        self.start_line(indent);
    }

    /// Adds to the last line, behind a blank if there is something.
    fn append(&mut self, words: &str) {
        if let Some(line) = self.lines.last_mut() {
            if !line.text.is_empty() && !line.text.ends_with(' ') {
                line.text.push(' ');
            }
            line.text.push_str(words);
        }
    }

    /// A blank line where the author left one or more.
    fn blank(&mut self, before: Mark) {
        // A block scalar may end with blanks that are text.
        let blank = |line: &Line<'_>| line.comment.is_none() && line.text.trim().is_empty();
        let allowed =
            self.sealed != self.lines.len() && self.lines.last().is_some_and(|l| !blank(l));
        if allowed && self.document.has_blank_line_before(before) {
            self.lines.push(Line::default());
        }
    }

    fn comments_before(&mut self, before: usize, indent: usize) {
        while let Some(comment) = self.next_comment(before) {
            self.comment_alone(comment, indent);
        }
    }

    fn comment_alone(&mut self, comment: &'d Comment<'d>, indent: usize) {
        self.blank(comment.mark);
        let text = " ".repeat(indent) + comment.text;
        self.lines.push(Line { text, comment: None, remark: true });
        self.comment += 1;
    }

    /// Writes the next comment at the end of the last line when it ended this line of the text. What
    /// goes on below it goes with it.
    fn comment_beside(&mut self, line: usize, before: usize) {
        let Some(comment) = self.next_comment(before) else { return };
        let Some(last) = self.lines.last_mut() else { return };
        if comment.alone || comment.mark.line != line || last.remark || last.comment.is_some() {
            return;
        }
        last.comment = Some(comment);
        self.comment += 1;
        while let Some(comment) = self.next_comment(usize::MAX).filter(|c| c.continues) {
            self.lines.push(Line { comment: Some(comment), ..Line::default() });
            self.comment += 1;
        }
    }

    fn collection(&mut self, collection: &'d Collection<'d>, level: Level) {
        let indent = level.indent;
        let mut rows = Vec::new().into_iter();
        for (index, entry) in collection.entries.iter().enumerate() {
            let next = collection.entries.get(index + 1).map_or(level.next, |next| next.start.at);
            if rows.len() == 0 {
                rows = self.rows(collection, index, indent).into_iter();
            }
            let row = rows.next();
            if index > 0 || !level.inline {
                self.comments_before(entry.start.at, indent);
                self.blank(entry.start);
                if row.is_none() {
                    self.comment_above(&entry.value, indent, next);
                }
                self.start_line(indent);
            }
            if !collection.mapping {
                self.append("-");
            }
            if let Some(row) = row {
                self.append(&row);
            } else {
                if let Some(key) = &entry.key {
                    self.append(&row::key(key, true));
                }
                let (below, inline) = (indent + STEP, !collection.mapping);
                self.value(&entry.value, Slot { below, inline, column: level.column, next });
            }
            self.comment_beside(entry.value.end.line, next);
            self.comment_behind_bracket(&entry.value, indent + STEP, next);
            if !collection.flow && matches!(entry.value.body, Body::Nothing) {
                self.comments_in_place_of_value(entry.start.column, indent + STEP, next);
            }
        }
        while let Some(comment) = self.next_comment(level.next) {
            let at_home =
                !collection.flow && (!comment.alone || comment.mark.column >= level.column);
            if comment.mark.at >= level.inside && !at_home {
                break;
            }
            self.comment_alone(comment, indent);
        }
    }

    /// Consecutive entries from one on that take a line each, laid out together.
    fn rows(&self, collection: &Collection<'_>, first: usize, indent: usize) -> Vec<String> {
        let entries = &collection.entries;
        let follows = |index: usize| {
            let [above, this] = [&entries[index - 1], &entries[index]];
            let comments = self.comments_between(above.value.end.at, this.start.at);
            let mut marks = comments.iter().map(|comment| comment.mark).chain([this.start]);
            !marks.any(|mark| self.document.has_blank_line_before(mark))
        };
        let indices = (first..entries.len()).take_while(|&index| {
            self.is_row(&entries[index], indent) && (index == first || follows(index))
        });
        let rows: Vec<Vec<Piece<'_>>> = indices.map(|index| row::pieces(&entries[index])).collect();
        align::rows(&rows, if collection.mapping { indent } else { indent + STEP })
    }

    /// Whether an entry takes one line.
    fn is_row(&self, entry: &Entry<'_>, indent: usize) -> bool {
        let value = &entry.value;
        let key = entry.key.as_ref().map_or(1, |key| row::key(key, true).chars().count());
        let undisturbed = self.comments_between(entry.start.at, value.content.at).is_empty();
        match &value.body {
            Body::Leaf(text) => undisturbed && !text.contains('\n'),
            Body::Collection(_) => undisturbed && self.takes_one_line(value, indent + key + 1),
            _ => false,
        }
    }

    /// Whether a collection stays on one line that has so many columns already.
    fn takes_one_line(&self, node: &Node<'_>, used: usize) -> bool {
        let Some(collection) = node.collection() else { return false };
        if collection.entries.is_empty() {
            return true;
        }
        let Some(most) = WIDTH.checked_sub(used) else { return false };
        row::width(node, most).is_some()
            && self.comments_between(node.content.at, node.end.at).is_empty()
    }

    /// A comment behind the closing bracket of what becomes a block goes above it.
    fn comment_above(&mut self, value: &Node<'_>, indent: usize, next: usize) {
        let beside = |c: &Comment<'_>| !c.alone && c.mark.line == value.end.line;
        let behind = |c: &Comment<'_>| c.mark.at >= value.end.at;
        let broken = value.collection().is_some_and(|collection| collection.flow);
        let comment = self.next_comment(next).filter(|c| broken && beside(c) && behind(c));
        if let Some(comment) = comment {
            self.comment_alone(comment, indent);
            while let Some(comment) = self.next_comment(usize::MAX).filter(|c| c.continues) {
                self.comment_alone(comment, indent);
            }
        }
    }

    /// A comment behind the closing bracket for which there is no room beside the last entry.
    fn comment_behind_bracket(&mut self, value: &Node<'_>, indent: usize, next: usize) {
        let beside = |c: &&Comment<'_>| !c.alone && c.mark.line == value.end.line;
        let broken = value.collection().is_some_and(|collection| !collection.entries.is_empty());
        if let Some(comment) = self.next_comment(next).filter(beside).filter(|_| broken) {
            self.comment_alone(comment, indent);
        }
    }

    /// Below a key without a value, comments that are indented stand where the value would.
    fn comments_in_place_of_value(&mut self, column: usize, indent: usize, next: usize) {
        let indented = |c: &&Comment<'_>| c.alone && c.mark.column > column;
        while let Some(comment) = self.next_comment(next).filter(indented) {
            self.comment_alone(comment, indent);
        }
    }

    fn value(&mut self, node: &'d Node<'d>, slot: Slot) {
        match &node.body {
            Body::Nothing if node.anchor.is_empty() => {}
            Body::Nothing => self.append(row::anchor(node).trim_end()),
            Body::Leaf(text) => {
                self.comments_above_value(node.content.at, slot.below);
                self.leaf(&row::anchor(node), text, slot.below);
            }
            Body::Block(block) => self.block_scalar(node, block, slot.below),
            Body::Collection(_)
                if self.next_comment(node.content.at).is_some()
                    && self.takes_one_line(node, slot.below) =>
            {
                self.comments_above_value(node.content.at, slot.below);
                let row = row::pieces_of_value(node);
                self.append(&align::rows(&[row], slot.below).concat());
            }
            Body::Collection(collection) => self.block(node, collection, slot),
        }
    }

    /// Writes the comments between a key and its value; the value then goes below them.
    fn comments_above_value(&mut self, value_at: usize, indent: usize) {
        if let Some(comment) = self.next_comment(value_at) {
            self.comment_beside(comment.mark.line, value_at);
            self.comments_before(value_at, indent);
            self.start_line(indent);
        }
    }

    fn leaf(&mut self, anchor: &str, text: &str, below: usize) {
        let quoted = text.starts_with('"');
        for (index, line) in text.split('\n').enumerate() {
            let mut words = line.trim_end_matches([' ', '\t']);
            let slashes = words.len() - words.trim_end_matches('\\').len();
            if quoted && slashes % 2 == 1 && words.len() < line.len() {
                // The blank is escaped, so it is text.
                words = &line[..words.len() + 1];
            }
            if index == 0 {
                self.append(&format!("{anchor}{words}"));
            } else {
                let words = words.trim_start_matches([' ', '\t']);
                self.start_line(if words.is_empty() { 0 } else { below });
                self.append(words);
            }
        }
    }

    fn block_scalar(&mut self, node: &'d Node<'d>, block: &'d BlockScalar<'d>, below: usize) {
        let content_at = node.content.at;
        let before = self.next_comment(content_at).map_or(content_at, |c| c.mark.at);
        let comments = self.comments_between(before, content_at);
        let beside = comments.last().filter(|comment| !comment.alone);
        // A comment may stand beside the indicator; others stand above it.
        self.comments_above_value(beside.map_or(content_at, |comment| comment.mark.at), below);
        let (lines, trailing) = block.lines();
        let kind = if block.folded { '>' } else { '|' };
        let first = lines.iter().find(|line| !line.is_empty());
        let explicit = if first.is_some_and(|line| line.starts_with(' ')) { "2" } else { "" };
        let keeps = trailing > 1 || (lines.is_empty() && trailing > 0);
        let chomping = if keeps { "+" } else { ["-", ""][trailing.min(1)] };
        self.append(&format!("{}{kind}{explicit}{chomping}", row::anchor(node)));
        if let Some(comment) = beside {
            self.comment_beside(comment.mark.line, content_at);
        }
        for line in &lines {
            let indent = if line.is_empty() { 0 } else { below };
            self.lines.push(Line { text: " ".repeat(indent) + line, ..Line::default() });
        }
        if keeps {
            let blank = if lines.is_empty() { trailing } else { trailing - 1 };
            self.lines.extend((0..blank).map(|_| Line::default()));
            self.sealed = self.lines.len();
        }
    }

    /// Writes a collection as a block.
    fn block(&mut self, node: &'d Node<'d>, collection: &'d Collection<'d>, slot: Slot) {
        let first = collection.entries.first().map_or(node.content.at, |entry| entry.start.at);
        if !node.anchor.is_empty() {
            self.append(row::anchor(node).trim_end());
        }
        let comment = self.next_comment(first);
        let inline = slot.inline && node.anchor.is_empty() && comment.is_none();
        if let Some(comment) = comment {
            self.comment_beside(comment.mark.line, first);
        }
        // A list that is not indented leaves comments in its column to what is around it.
        let flush = !collection.mapping && node.content.column == slot.column;
        let (column, inside) = match collection.flow {
            true => (usize::MAX, node.end.at),
            false => (node.content.column + usize::from(flush), 0),
        };
        let level = Level { indent: slot.below, inline, column, inside, next: slot.next };
        self.collection(collection, level);
    }
}

impl BlockScalar<'_> {
    /// The lines without their indentation, without empty ones at the end, and how many line breaks
    /// follow.
    fn lines(&self) -> (Vec<&str>, usize) {
        let body = self.value.trim_end_matches('\n');
        let trailing = self.value.len() - body.len();
        if body.is_empty() {
            return (Vec::new(), trailing);
        }
        if !self.folded {
            return (body.split('\n').collect(), trailing);
        }
        let leading = body.len() - body.trim_start_matches('\n').len();
        let mut lines = vec![""; leading];
        for (index, line) in self.raw.split('\n').enumerate() {
            let blanks = line.len() - line.trim_start_matches(' ').len();
            lines.push(if index == 0 { line } else { &line[blanks.min(self.indent)..] });
        }
        while lines.last().is_some_and(|line| line.is_empty()) {
            lines.pop();
        }
        (lines, trailing)
    }
}
