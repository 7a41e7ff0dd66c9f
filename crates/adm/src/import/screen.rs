//! The screen that a programme was made in front of.

use crate::check::report::{Report, Where};
use crate::node::Node;
use crate::rules::import as rules;
use cupola_model::{PolarPosition, Position, RoomPosition, Screen};

/// Widths and shapes that a scene can have.
const WIDTHS_DEG: std::ops::RangeInclusive<f64> = 1.0..=170.0;
const WIDTHS_ROOM: std::ops::RangeInclusive<f64> = 0.01..=2.0;
const ASPECT_RATIOS: std::ops::RangeInclusive<f64> = 0.1..=10.0;

/// The screen of a programme; the usual one where it has none or none that can be used, which is told.
pub(super) fn screen_of(programme: &Node, report: &mut Report) -> Screen {
    let Some(node) = programme.child("audioProgrammeReferenceScreen") else { return Screen::USUAL };
    let screen = read(node).filter(|screen| screen.edges().is_some());
    if screen.is_none() {
        let found = node.children.iter().map(|child| {
            let words = child.attributes.iter().map(|(key, value)| format!("{key} {value}"));
            let words = words.chain([child.text.clone()]).collect::<Vec<_>>().join(" ");
            format!("{}: {}", child.name, words.trim())
        });
        let found = found.take(4).collect::<Vec<_>>().join(", ");
        let message = "the reference screen of the programme cannot be used";
        let allowed = "one in front, 1 to 170 degrees or 0.01 to 2 of the room wide";
        report.warning(rules::SCREEN, Where::of(node), message, found, allowed);
    }
    screen.unwrap_or(Screen::USUAL)
}

fn read(node: &Node) -> Option<Screen> {
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|value| value.is_finite());
    // An element by the standard, an attribute by its reference implementation.
    let element = node.child("aspectRatio").map(|ratio| ratio.text.as_str());
    let aspect_ratio = number(element.unwrap_or(node.attribute("aspectRatio")))?;
    let (centre, width) = (node.child("screenCentrePosition")?, node.child("screenWidth")?);
    let at = |name| number(centre.attribute(name));
    let within = |value: f64, limit: f64| (-limit..=limit).contains(&value);
    let (centre, width, widths) = if let (Some(x), Some(y)) = (at("X"), at("Y")) {
        let place = RoomPosition { x, y, z: at("Z").unwrap_or(0.0) };
        let inside = place.is_inside_cube();
        let centre = Position::Room(place);
        inside.then(|| number(width.attribute("X")).map(|width| (centre, width, WIDTHS_ROOM)))??
    } else {
        let (azimuth, elevation) = (at("azimuth")?, at("elevation").unwrap_or(0.0));
        let inside = within(azimuth, 180.0) && within(elevation, 90.0);
        let centre = Position::Polar(PolarPosition::on_sphere(azimuth, elevation));
        let width = number(width.attribute("azimuth"));
        inside.then(|| width.map(|width| (centre, width, WIDTHS_DEG)))??
    };
    let legal = widths.contains(&width) && ASPECT_RATIOS.contains(&aspect_ratio);
    legal.then_some(Screen { aspect_ratio, centre, width })
}
