//! What an object is told besides place, level and size, as keys of a scene.

use super::print::number;
use cupola_model::{Divergence, ObjectFeatures, Position, Screen, ZoneBox, ZoneSet, Zones};

/// The keys, one a line; none for what is usual.
pub(super) fn feature_lines(features: &ObjectFeatures) -> Vec<String> {
    let usual = ObjectFeatures::default();
    let mut lines = Vec::new();
    if let Some(snap) = features.snap {
        lines.push(match snap.within {
            Some(within) => format!("snap: {{within: {}}}", number(within)),
            None => "snap: true".to_owned(),
        });
    }
    if !features.zones.is_empty() {
        lines.push(format!("zones: [{}]", zones(&features.zones)));
    }
    if let Some(Divergence { value, width }) = features.divergence {
        lines.push(format!("divergence: {{value: {}, width: {}}}", number(value), number(width)));
    }
    if features.diffuse != usual.diffuse {
        lines.push(format!("diffuse: {}", number(features.diffuse)));
    }
    if features.importance != usual.importance {
        lines.push(format!("importance: {}", features.importance));
    }
    if features.head_locked {
        lines.push("head_locked: true".to_owned());
    }
    if features.screen_ref {
        lines.push("screen_ref: true".to_owned());
    }
    let edges: Vec<_> = features.screen_edge.names().collect();
    if !edges.is_empty() {
        lines.push(format!("screen_edge: [{}]", edges.join(", ")));
    }
    lines
}

/// The screen of a scene; `None` for the usual one.
pub(super) fn screen_line(screen: &Screen) -> Option<String> {
    let at = match screen.centre {
        Position::Polar(p) => {
            let (azimuth, elevation) = (number(p.azimuth_deg), number(p.elevation_deg));
            format!("azimuth: {azimuth}, elevation: {elevation}")
        }
        Position::Room(r) => {
            format!("x: {}, y: {}, z: {}", number(r.x), number(r.y), number(r.z))
        }
    };
    let (width, aspect) = (number(screen.width), number(screen.aspect_ratio));
    let line = format!("screen: {{position: {{{at}}}, width: {width}, aspect: {aspect}}}");
    (*screen != Screen::USUAL).then_some(line)
}

fn zones(zones: &Zones) -> String {
    let set = zones.set.map(ZoneSet::name).into_iter();
    let heights = zones.no_heights.then_some("no-heights");
    let words = set.chain(heights).map(str::to_owned);
    words.chain(zones.boxes.iter().map(zone)).collect::<Vec<_>>().join(", ")
}

/// A box; an axis along which it reaches from wall to wall is left out, but for one.
fn zone(zone: &ZoneBox) -> String {
    let side = |n: usize| {
        let [min, max] = [zone.min[n], zone.max[n]].map(number);
        format!("{}: [{min}, {max}]", ["x", "y", "z"][n])
    };
    let whole = |n: &usize| zone.min[*n] <= -1.0 && zone.max[*n] >= 1.0;
    let sides: Vec<_> = (0..3).filter(|n| !whole(n)).map(side).collect();
    format!("{{{}}}", if sides.is_empty() { side(0) } else { sides.join(", ") })
}
