//! Screens, and what holds objects to their edges: the keys `screen` and `screen_edge`.

use crate::parse_position::PositionTrack;
use crate::place::Findings;
use crate::read::Cursor;
use crate::value::{ASPECT_RATIO, SCREEN_ANGLE, SCREEN_ROOM};
use crate::{rules, spec};
use cupola_model::{Finding, HorizontalEdge, Position, Screen, ScreenEdgeLock, VerticalEdge};

/// The words of a layout that has no screen.
pub(crate) const NO_SCREEN: [(&str, ()); 1] = [("none", ())];

#[derive(Clone, Copy)]
pub(crate) enum Edge {
    Side(HorizontalEdge),
    Level(VerticalEdge),
}

/// The words of `screen_edge`.
pub(crate) const EDGES: [(&str, Edge); 4] = [
    (HorizontalEdge::Left.name(), Edge::Side(HorizontalEdge::Left)),
    (HorizontalEdge::Right.name(), Edge::Side(HorizontalEdge::Right)),
    (VerticalEdge::Top.name(), Edge::Level(VerticalEdge::Top)),
    (VerticalEdge::Bottom.name(), Edge::Level(VerticalEdge::Bottom)),
];

/// The screen of a scene or a layout.
pub(crate) fn read_screen(cursor: &Cursor<'_>, findings: &mut Findings) -> Option<Screen> {
    let errors = findings.errors();
    let mut fields = cursor.fields(findings, &spec::SCREEN)?;
    let centre = fields.get("position");
    let centre = centre.and_then(|c| PositionTrack::default().read(&c, findings));
    let centre = centre.unwrap_or(Screen::USUAL.centre);
    let width = match centre {
        Position::Polar(_) => match fields.get("width") {
            Some(width) => width.number(findings, &SCREEN_ANGLE),
            None => Some(Screen::USUAL.width),
        },
        Position::Room(_) => {
            let width = fields.need("width", findings, "width: 1.2");
            width.and_then(|c| c.number(findings, &SCREEN_ROOM))
        }
    };
    let aspect = fields.get("aspect").map(|c| c.number(findings, &ASPECT_RATIO));
    fields.finish(findings);
    if findings.errors() > errors {
        return None;
    }
    let aspect_ratio = aspect.unwrap_or(Some(Screen::USUAL.aspect_ratio))?;
    let screen = Screen { aspect_ratio, centre, width: width? };
    if screen.edges().is_none() {
        let message = "the screen reaches behind the listener or overhead";
        let finding = Finding::error(rules::SCREEN_EDGES, message)
            .allowed(
                "a screen in front, whose edges go up from bottom to top and from right to left",
            )
            .hint("make it narrower, or move its middle to the front");
        cursor.report(findings, finding);
        return None;
    }
    Some(screen)
}

/// One edge, or a side and an upper or lower one.
pub(crate) fn read_edges(cursor: &Cursor<'_>, findings: &mut Findings) -> Option<ScreenEdgeLock> {
    let words = match cursor.is_list() {
        true => cursor.items(findings, "a list such as [left, top]"),
        false => vec![cursor.clone()],
    };
    let mut lock = ScreenEdgeLock::default();
    for word in &words {
        let twice = match word.word(findings, &EDGES)? {
            Edge::Side(side) => lock.horizontal.replace(side).is_some(),
            Edge::Level(level) => lock.vertical.replace(level).is_some(),
        };
        if twice {
            let finding =
                Finding::error(rules::KEY_CONFLICT, "two opposite edges exclude each other")
                    .found(word.found())
                    .allowed("left or right, and top or bottom beside it")
                    .hint("keep one of them; `size` makes it as wide as the screen");
            word.report(findings, finding);
            return None;
        }
    }
    Some(lock)
}
