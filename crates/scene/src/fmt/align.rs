//! Columns that the author has lined up.
//!
//! A column is lined up when at least half of the lines that have it, and at least two, start it at
//! the same place (or, where all are figures, end it there) although what stands before has different widths.
//! Then all of them do so, with as few blanks as that takes. Everything else has one blank, which lines
//! up nothing by itself: text that is laid out stays as it is when it is laid out again.

use super::print::Line;
use super::row::Piece;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Least blanks before a comment at the end of a line.
const BEFORE_COMMENT: usize = 2;
/// A line that is longer than the others by more than this does not move their comments.
const OUTLIER: usize = 16;

/// What the first character of a figure may be.
const FIGURES: [char; 13] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '+', '-', '.'];

/// The texts of consecutive rows that start at one column.
pub(super) fn rows(rows: &[Vec<Piece<'_>>], column: usize) -> Vec<String> {
    let irregular = |piece: &Piece<'_>| piece.gap.is_some_and(|gap| gap != piece.natural);
    let mut gaps: Vec<Vec<usize>> =
        rows.iter().map(|row| row.iter().map(|piece| piece.natural).collect()).collect();
    if rows.iter().flatten().any(irregular) {
        line_up(rows, column, &mut gaps);
    }
    let text = |(row, gaps): (&Vec<Piece<'_>>, &Vec<usize>)| {
        let mut text = String::new();
        for (piece, gap) in row.iter().zip(gaps) {
            text.extend(std::iter::repeat_n(' ', *gap));
            text.push_str(&piece.text);
            text.push_str(&piece.suffix);
        }
        text
    };
    rows.iter().zip(&gaps).map(text).collect()
}

/// Widens gaps, one column of the table after the other.
fn line_up(rows: &[Vec<Piece<'_>>], column: usize, gaps: &mut [Vec<usize>]) {
    // Cells sort as they follow each other in a row.
    let mut cells: BTreeMap<&[u32], Vec<(usize, usize)>> = BTreeMap::new();
    for (r, row) in rows.iter().enumerate() {
        for (p, piece) in row.iter().enumerate() {
            cells.entry(&piece.cell).or_default().push((r, p));
        }
    }
    let mut behind = vec![column; rows.len()];
    for members in cells.values() {
        let pieces = || members.iter().map(|&(r, p)| &rows[r][p]);
        let least = |&(r, p): &(usize, usize)| behind[r] + rows[r][p].natural;
        let starts: Vec<usize> = match lined_up(pieces()) {
            None => members.iter().map(least).collect(),
            Some(Edge::Left) => {
                let common = members.iter().map(least).max().unwrap_or(column);
                vec![common; members.len()]
            }
            Some(Edge::Right) => {
                let end = |member: &(usize, usize)| least(member) + rows[member.0][member.1].core();
                let common = members.iter().map(end).max().unwrap_or(column);
                pieces().map(|piece| common - piece.core()).collect()
            }
        };
        for (&(r, p), start) in members.iter().zip(starts) {
            gaps[r][p] = start - behind[r];
            behind[r] = start + rows[r][p].width();
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Edge {
    Left,
    Right,
}

/// Whether and how the author has lined up the cells of a column.
fn lined_up<'p, 't: 'p>(pieces: impl Iterator<Item = &'p Piece<'t>> + Clone) -> Option<Edge> {
    let total = pieces.clone().count();
    let figures = pieces.clone().all(|piece| piece.text.starts_with(FIGURES));
    let placed = pieces.filter_map(|piece| piece.gap.map(|gap| (gap, piece.from, piece.to)));
    let left = largest_group(placed.clone().map(|(gap, from, _)| (gap, from)), total);
    let right = largest_group(placed.map(|(gap, _, to)| (gap, to)), total).filter(|_| figures);
    match (left, right) {
        (None, None) => None,
        (Some((left, _)), Some((right, _))) if right > left => Some(Edge::Right),
        (Some(_), _) => Some(Edge::Left),
        (None, Some(_)) => Some(Edge::Right),
    }
}

/// Of those that share a column with different gaps before it: how many the most are, and where. Only
/// when they are two and half of all.
fn largest_group(
    placed: impl Iterator<Item = (usize, usize)>,
    total: usize,
) -> Option<(usize, usize)> {
    let mut groups: HashMap<usize, (usize, HashSet<usize>)> = HashMap::new();
    for (gap, column) in placed {
        let group = groups.entry(column).or_default();
        group.0 += 1;
        group.1.insert(gap);
    }
    let groups = groups.into_iter().filter(|(_, (size, gaps))| gaps.len() > 1 && 2 * size >= total);
    let sizes = groups.map(|(column, (size, _))| (size, column));
    sizes.max_by_key(|&(size, column)| (size, std::cmp::Reverse(column)))
}

/// The lines with their comments, those of consecutive lines below each other if they were so.
pub(super) fn comments(lines: Vec<Line<'_>>) -> String {
    let mut text = String::new();
    for run in lines.chunk_by(|a, b| a.comment.is_some() && b.comment.is_some()) {
        let common = common_column(run);
        let mut column = 0;
        for line in run {
            text.push_str(&line.text);
            if let Some(comment) = &line.comment {
                let width = line.text.chars().count();
                if !comment.continues {
                    let least = width + BEFORE_COMMENT;
                    column = common.filter(|common| *common >= least).unwrap_or(least);
                }
                text.extend(std::iter::repeat_n(' ', column - width));
                text.push_str(comment.text);
            }
            text.push('\n');
        }
    }
    text
}

/// The column the comments of these lines share. Longer lines may stick out.
fn common_column(run: &[Line<'_>]) -> Option<usize> {
    let first_lines =
        || run.iter().filter(|line| line.comment.as_ref().is_some_and(|c| !c.continues));
    let placed = first_lines().filter_map(|line| line.comment.as_ref());
    let (_, column) = largest_group(placed.map(|c| (c.gap, c.mark.column)), first_lines().count())?;
    let is_member =
        |line: &Line<'_>| line.comment.as_ref().is_some_and(|c| c.mark.column == column);
    let mut widths: Vec<(usize, bool)> =
        first_lines().map(|line| (line.text.chars().count(), is_member(line))).collect();
    let longest_member =
        widths.iter().filter(|(_, member)| *member).map(|(width, _)| *width).max()?;
    widths.sort_unstable();
    let mut longest = longest_member;
    for (width, _) in widths {
        if width > longest && width <= longest + OUTLIER {
            longest = width;
        }
    }
    Some(longest + BEFORE_COMMENT)
}
