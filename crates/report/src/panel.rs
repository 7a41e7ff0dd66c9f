//! One view of the room with what does not change: walls, loudspeakers, beds, the ways of objects.

use crate::colour;
use crate::labels::Rect;
use crate::picture::Picture;
use crate::room::{Sheet, View};
use crate::text::{escape, push_px, px, width};
use crate::trail::{Pieces, Trail, Trails};
use std::fmt::Write;

/// Size of the font of loudspeaker names.
pub(crate) const SMALL: f64 = 10.5;

/// The walls, the listener and the words at the edges.
pub(crate) fn room(sheet: &Sheet) -> String {
    let (w, h) = (sheet.width(), sheet.height());
    let mut out = format!("<rect class='room' width='{}' height='{}' rx='3'/>", px(w), px(h));
    let mut line = |class: &str, a: [f64; 2], b: [f64; 2]| {
        let [x1, y1, x2, y2] = [a[0], a[1], b[0], b[1]].map(px);
        let _ = write!(out, "<path class='{class}' d='M{x1} {y1}L{x2} {y2}'/>");
    };
    for at in [-0.5, 0.0, 0.5] {
        let class = if at == 0.0 { "axis" } else { "grid" };
        let x = (at + 1.0) * sheet.scale;
        line(class, [x, 0.0], [x, h]);
        let y = (1.0 - at) * sheet.scale;
        if y < h {
            line(class, [0.0, y], [w, y]);
        }
    }
    // The screen.
    if sheet.view == View::Plan {
        line("screen", [w * 0.22, 0.0], [w * 0.78, 0.0]);
    }
    let [x, y] = sheet.point([0.0; 3]).map(px);
    let _ = write!(out, "<g class='head' transform='translate({x} {y})'>");
    out.push_str(match sheet.view {
        View::Plan => "<path d='M-3.5-7.5L0-13L3.5-7.5Z'/><circle r='8.5'/>",
        View::Rear => "<circle r='8.5'/><path d='M-8.5-2h-2.5v4h2.5M8.5-2h2.5v4h-2.5'/>",
        View::Side => "<path d='M7.5-3.5L13 0L7.5 3.5Z'/><circle r='8.5'/>",
    });
    out.push_str("</g>");
    edges(sheet, &mut out);
    out
}

fn edges(sheet: &Sheet, out: &mut String) {
    let (w, ears) = (sheet.width(), sheet.scale);
    let [left, right, up, middle] = sheet.view.edges();
    let lower = match sheet.view {
        View::Plan => sheet.height() - 7.0,
        View::Rear | View::Side => ears - 5.0,
    };
    let words = [
        (up, w / 2.0, 15.0, "middle"),
        (middle, w / 2.0 + 16.0, lower, "start"),
        (left, 7.0, ears + 12.0, "start"),
        (right, w - 7.0, ears + 12.0, "end"),
    ];
    for (word, x, y, anchor) in words {
        let (x, anchor) = match (sheet.view, word) {
            (View::Plan, "back") => (w / 2.0, "middle"),
            _ => (x, anchor),
        };
        let (x, y) = (px(x), px(y));
        let _ =
            write!(out, "<text class='edge' x='{x}' y='{y}' text-anchor='{anchor}'>{word}</text>");
    }
}

/// Loudspeakers that are one spot in a view.
struct Spot {
    point: [f64; 2],
    flat: [f64; 2],
    names: Vec<String>,
    low: bool,
    high: bool,
}

fn spots(sheet: &Sheet, picture: &Picture<'_>) -> Vec<Spot> {
    let mut spots: Vec<Spot> = Vec::new();
    for speaker in picture.layout.speakers().iter().filter(|s| !s.lfe) {
        let room = [speaker.room.x, speaker.room.y, speaker.room.z];
        if sheet.view != View::Plan && room[2] < sheet.low - 1e-9 {
            continue;
        }
        let point = sheet.point(room);
        let near = |s: &&mut Spot| (s.point[0] - point[0]).hypot(s.point[1] - point[1]) < 2.0;
        let name = crate::text::clean(&speaker.name);
        let high = room[2] > 0.3;
        match spots.iter_mut().find(near) {
            Some(spot) => {
                spot.names.push(name);
                spot.high |= high;
                spot.low |= !high;
            }
            None => spots.push(Spot {
                point,
                flat: sheet.view.flat(room),
                names: vec![name],
                low: !high,
                high,
            }),
        }
    }
    spots
}

/// The loudspeakers, drawn on the walls with their names outside; and what they cover.
pub(crate) fn speakers(sheet: &Sheet, picture: &Picture<'_>) -> (String, Vec<Rect>) {
    let (mut out, mut taken) = (String::new(), Vec::new());
    for spot in spots(sheet, picture) {
        let [x, y] = spot.point;
        let outline = spot.high && sheet.view == View::Plan;
        if outline {
            let (l, t) = (px(x - 9.0), px(y - 9.0));
            let _ =
                write!(out, "<rect class='top' x='{l}' y='{t}' width='18' height='18' rx='4'/>");
        }
        if spot.low || !outline {
            let (l, t) = (px(x - 5.5), px(y - 5.5));
            let _ =
                write!(out, "<rect class='ear' x='{l}' y='{t}' width='11' height='11' rx='2.5'/>");
        }
        taken.push(Rect::around(x, y, 9.0, 9.0));
        let text = joined(&spot.names);
        let half = width(&text, SMALL) / 2.0;
        let [right, up] = spot.flat;
        let (tx, ty) = match () {
            () if up > 0.99 => (x, y - 14.0),
            () if right < -0.99 => (x - half - 14.0, y + 3.5),
            () if right > 0.99 => (x + half + 14.0, y + 3.5),
            () if up < sheet.low.max(-0.99) + 0.01 => (x, y + 22.0),
            () => (x, y - 12.0),
        };
        taken.push(Rect::around(tx, ty - 3.5, half, 6.0));
        let (tx, ty) = (px(tx), px(ty));
        let text = escape(&text);
        let _ =
            write!(out, "<text class='spk' x='{tx}' y='{ty}' text-anchor='middle'>{text}</text>");
    }
    (out, taken)
}

fn joined(names: &[String]) -> String {
    const SHOWN: usize = 4;
    let mut text = names[..names.len().min(SHOWN)].join(" ");
    if names.len() > SHOWN {
        let _ = write!(text, " +{}", names.len() - SHOWN);
    }
    text
}

/// The channels of the beds; an LFE has no place.
pub(crate) fn beds(sheet: &Sheet, picture: &Picture<'_>) -> String {
    let mut out = String::new();
    let channels = picture.beds.iter().flat_map(|bed| &bed.channels);
    let mut drawn: Vec<[f64; 2]> = Vec::new();
    for channel in channels.filter(|channel| !channel.label.is_lfe()) {
        let room = channel.label.position();
        let [x, y] = sheet.point([room.x, room.y, room.z]);
        if !drawn.contains(&[x, y]) {
            drawn.push([x, y]);
            let (x, y) = (px(x), px(y));
            let _ = write!(out, "<path class='bed' d='M{x} {y}m0-13l13 13l-13 13l-13-13z'/>");
        }
    }
    out
}

/// The ways of all objects that move, each in a group of its own.
pub(crate) fn trails(sheet: &Sheet, picture: &Picture<'_>, trails: &Trails) -> String {
    let mut out = String::new();
    for (index, (thing, trail)) in picture.objects.iter().zip(&trails.list).enumerate() {
        if !trail.moves() {
            continue;
        }
        let class = colour::class(thing.group());
        let _ = write!(out, "<g class='trail' data-o='{index}'>");
        draw_trail(sheet, trail, &class, &mut out);
        out.push_str("</g>");
    }
    out
}

fn draw_trail(sheet: &Sheet, trail: &Trail, class: &str, out: &mut String) {
    let Pieces { walks, jumps } = trail.pieces();
    let lines: Vec<Vec<[f64; 2]>> =
        walks.iter().map(|walk| walk.iter().map(|p| sheet.point(*p)).collect()).collect();
    let mut path = String::new();
    for line in &lines {
        push_line(&mut path, line);
    }
    if !path.is_empty() {
        let _ = write!(out, "<path class='walk s {class}' d='{path}'/>");
    }
    let mut path = String::new();
    for jump in &jumps {
        push_line(&mut path, &jump.map(|p| sheet.point(p)));
    }
    if !path.is_empty() {
        let _ = write!(out, "<path class='jump s {class}' d='{path}'/>");
    }
    for arrow in arrows(&lines) {
        let _ = write!(out, "<path class='f {class}' d='{arrow}'/>");
    }
    if let Some((_, end)) = trail.points.last() {
        let [x, y] = sheet.point(*end).map(px);
        let _ = write!(out, "<circle class='end s {class}' cx='{x}' cy='{y}' r='4'/>");
    }
}

/// A line by steps, which are short to write; every step is taken from the rounded place before, so
/// that errors do not add up.
fn push_line(path: &mut String, line: &[[f64; 2]]) {
    let tenth = |v: f64| (v * 10.0).round() / 10.0;
    let mut at: Option<[f64; 2]> = None;
    for point in line {
        let to = point.map(tenth);
        let step = match at {
            None => to,
            Some(from) => [to[0] - from[0], to[1] - from[1]],
        };
        if at.is_some() && step.iter().all(|s| s.abs() < 0.05) {
            continue;
        }
        path.push(if at.is_none() { 'M' } else { 'l' });
        push_px(path, step[0]);
        if tenth(step[1]) >= 0.0 {
            path.push(' ');
        }
        push_px(path, step[1]);
        at = Some(to);
    }
}

/// Arrow heads along the way: one on a short way, up to four on a long one.
fn arrows(lines: &[Vec<[f64; 2]>]) -> Vec<String> {
    const APART: f64 = 170.0;
    let length_of = |line: &[[f64; 2]]| line.windows(2).map(|p| gap(p[0], p[1])).sum::<f64>();
    let total: f64 = lines.iter().map(|line| length_of(line)).sum();
    if total < 30.0 {
        return Vec::new();
    }
    let count = (total / APART).round().clamp(1.0, 4.0);
    let mut wanted: Vec<f64> =
        (0..count as usize).map(|i| (i as f64 + 0.5) / count * total).collect();
    wanted.reverse();
    let (mut heads, mut done) = (Vec::new(), 0.0);
    for line in lines {
        let length = length_of(line);
        while let Some(at) = wanted.last().map(|w| w - done).filter(|at| *at <= length) {
            wanted.pop();
            let (back, tip) = (along(line, at - 5.0), along(line, at + 5.0));
            let reach = gap(back, tip);
            if reach > 1.0 {
                let [ux, uy] = [(tip[0] - back[0]) / reach, (tip[1] - back[1]) / reach];
                let [x, y] = along(line, at);
                let corner = |f: f64, s: f64| [x + f * ux - s * uy, y + f * uy + s * ux].map(px);
                let [a, b, c] = [corner(5.5, 0.0), corner(-4.0, 4.2), corner(-4.0, -4.2)];
                heads.push(format!("M{} {}L{} {}L{} {}Z", a[0], a[1], b[0], b[1], c[0], c[1]));
            }
        }
        done += length;
    }
    heads
}

fn gap(a: [f64; 2], b: [f64; 2]) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// The point after a length of the line; its ends before and after.
fn along(line: &[[f64; 2]], mut length: f64) -> [f64; 2] {
    let mut at = line.first().copied().unwrap_or_default();
    for &next in line.iter().skip(1) {
        let step = gap(at, next);
        if step >= length && step > 0.0 {
            let t = (length / step).max(0.0);
            return [at[0] + (next[0] - at[0]) * t, at[1] + (next[1] - at[1]) * t];
        }
        length -= step;
        at = next;
    }
    at
}
