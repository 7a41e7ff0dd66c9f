//! What objects can be told besides place, level and size: what scenes have keys for, and what not.

use crate::node::Node;
use cupola_model::{
    Divergence, HorizontalEdge, ObjectFeatures, ScreenEdgeLock, Snap, VerticalEdge, ZoneBox,
    ZoneSet, Zones,
};

/// Most boxes of an object; a scene has as many.
const MAX_BOXES: usize = 100;
/// Greatest distance of a snap, straight through the room.
const MAX_REACH: f64 = 4.0;
/// Width of a divergence where the block does not state it: 45° to each side. [BS.2127-0 §7.3.7]
const DIVERGENCE_DEG: f64 = 90.0;
/// Widest divergence of a scene.
const MAX_DIVERGENCE_DEG: f64 = 180.0;
const MAX_DIVERGENCE_ROOM: f64 = 2.0;
/// Half a unit of the last digit that the zones of masters are written with.
const SAME_WALL: f64 = 5e-6;

/// A property that is left out, with the name it has in the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Feature {
    ZoneExclusion,
    ScreenReference,
    PositionOffset,
    NearField,
}

impl Feature {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::ZoneExclusion => "zoneExclusion by angles",
            Self::ScreenReference => "screenRef of HOA, or a screenEdgeLock of no edge",
            Self::PositionOffset => "positionOffset",
            Self::NearField => "nfcRefDist",
        }
    }

    /// Those that a block uses.
    pub(super) fn of_block(block: &Node) -> Vec<Self> {
        let boxes = zone_nodes(block).map(zone_box).take(MAX_BOXES + 1).collect::<Vec<_>>();
        let all = [
            (Self::ZoneExclusion, boxes.len() > MAX_BOXES || boxes.contains(&None)),
            (Self::ScreenReference, edges(block).is_none()),
        ];
        all.into_iter().filter(|(_, used)| *used).map(|(feature, _)| feature).collect()
    }

    /// Those that an `audioObject` uses.
    pub(super) fn of_object(object: &Node) -> Vec<Self> {
        let offset = |node: &Node| node.text.parse::<f64>().is_ok_and(|value| value != 0.0);
        let used = object.all("positionOffset").any(offset);
        used.then_some(Self::PositionOffset).into_iter().collect()
    }
}

/// Whether a block or an `audioObject` turns with the head of the listener.
pub(super) fn head_locked(node: &Node) -> bool {
    number(node.child("headLocked")).is_some_and(|value| value != 0.0)
}

/// What a block says that a timeline has once for an object. `polar` decides what a width counts in.
pub(super) fn features_of(block: &Node, polar: bool) -> ObjectFeatures {
    let share = |name: &str| number(block.child(name)).unwrap_or(0.0).clamp(0.0, 1.0);
    let silent = number(block.child("gain")) == Some(0.0);
    let importance = block.child("importance").and_then(|node| importance(&node.text));
    // Importance 0 with gain 0 marks an inactive object, whose gain says it already.
    let importance = importance.filter(|_| !silent);
    ObjectFeatures {
        snap: block.child("channelLock").and_then(snap),
        zones: zones(block),
        divergence: block.child("objectDivergence").and_then(|node| divergence(node, polar)),
        diffuse: share("diffuse"),
        importance: importance.unwrap_or(ObjectFeatures::MOST_IMPORTANT),
        head_locked: head_locked(block),
        screen_ref: number(block.child("screenRef")).is_some_and(|value| value != 0.0),
        screen_edge: edges(block).unwrap_or_default(),
    }
}

/// The edges that the coordinates of a block are locked to; `None` where one is no edge of its coordinate.
fn edges(block: &Node) -> Option<ScreenEdgeLock> {
    let mut lock = ScreenEdgeLock::default();
    for position in block.all("position") {
        let edge = position.attribute("screenEdgeLock");
        match position.attribute("coordinate") {
            _ if edge.is_empty() => {}
            "azimuth" | "X" => lock.horizontal = Some(HorizontalEdge::from_name(edge)?),
            "elevation" | "Z" => lock.vertical = Some(VerticalEdge::from_name(edge)?),
            _ => return None,
        }
    }
    Some(lock)
}

/// An importance from 0 to 10.
pub(super) fn importance(text: &str) -> Option<u8> {
    text.trim().parse::<u8>().ok().map(|value| value.min(ObjectFeatures::MOST_IMPORTANT))
}

fn number(node: Option<&Node>) -> Option<f64> {
    node?.text.parse::<f64>().ok().filter(|value| value.is_finite())
}

fn attribute(node: &Node, name: &str) -> Option<f64> {
    node.attribute(name).parse::<f64>().ok().filter(|value| value.is_finite())
}

fn snap(lock: &Node) -> Option<Snap> {
    // From farther away than anything is, it snaps always.
    let within = attribute(lock, "maxDistance").filter(|reach| (0.0..MAX_REACH).contains(reach));
    (number(Some(lock)) == Some(1.0)).then_some(Snap { within })
}

fn divergence(node: &Node, polar: bool) -> Option<Divergence> {
    let value = number(Some(node))?.clamp(0.0, 1.0);
    // The standard counts from the middle to each side.
    let both = |name: &str| attribute(node, name).map(|range| (2.0 * range).max(0.0));
    let width = if polar {
        both("azimuthRange").unwrap_or(DIVERGENCE_DEG).min(MAX_DIVERGENCE_DEG)
    } else {
        both("positionRange").unwrap_or(0.0).min(MAX_DIVERGENCE_ROOM)
    };
    (value > 0.0 && width > 0.0).then_some(Divergence { value, width })
}

fn zone_nodes(block: &Node) -> impl Iterator<Item = &Node> {
    block.all("zoneExclusion").flat_map(|exclusion| exclusion.all("zone"))
}

/// A box in the room; `None` for a zone of angles or one that is no box.
fn zone_box(zone: &Node) -> Option<ZoneBox> {
    let side = |min: &str, max: &str| {
        let (min, max) = (attribute(zone, min)?, attribute(zone, max)?);
        (min <= max).then(|| [min.clamp(-1.0, 1.0), max.clamp(-1.0, 1.0)])
    };
    let [x, y, z] = [side("minX", "maxX")?, side("minY", "maxY")?, side("minZ", "maxZ")?];
    Some(ZoneBox { min: [x[0], y[0], z[0]], max: [x[1], y[1], z[1]] })
}

fn same(a: &ZoneBox, b: &ZoneBox) -> bool {
    let walls = a.min.iter().chain(&a.max).zip(b.min.iter().chain(&b.max));
    walls.into_iter().all(|(a, b)| (a - b).abs() <= SAME_WALL)
}

/// The sets of masters where the boxes are one, whatever they are called; boxes for the rest.
fn zones(block: &Node) -> Zones {
    let mut boxes: Vec<ZoneBox> = zone_nodes(block).filter_map(zone_box).take(MAX_BOXES).collect();
    let mut zones = Zones::default();
    let heights = Zones { no_heights: true, ..Zones::default() };
    let heights: Vec<ZoneBox> = heights.all().collect();
    if heights.iter().all(|height| boxes.iter().any(|other| same(height, other))) {
        boxes.retain(|other| !heights.iter().any(|height| same(height, other)));
        zones.no_heights = true;
    }
    let is = |set: &ZoneSet| {
        let named = set.zones();
        named.len() == boxes.len()
            && named.iter().all(|zone| boxes.iter().any(|other| same(&zone.region, other)))
    };
    match ZoneSet::ALL.into_iter().find(is) {
        Some(set) => zones.set = Some(set),
        None => zones.boxes = boxes,
    }
    zones
}
