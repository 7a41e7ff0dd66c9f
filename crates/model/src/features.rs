//! What an object is told besides its place, level and size: where it may play and how.

use crate::{RoomPosition, ScreenEdgeLock};

/// Features of an object, which hold throughout the programme. The default is an object without any.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectFeatures {
    /// Moves it into the nearest loudspeaker.
    pub snap: Option<Snap>,
    /// Where no loudspeaker plays it.
    pub zones: Zones,
    /// Two more sources beside it.
    pub divergence: Option<Divergence>,
    /// Share of its energy that is decorrelated from loudspeaker to loudspeaker, 0 to 1.
    pub diffuse: f64,
    /// How much it matters, 0 to [`Self::MOST_IMPORTANT`]. A render may leave out what matters little.
    pub importance: u8,
    /// On headphones, whether it turns with the head of the listener: `headLocked` in ADM.
    pub head_locked: bool,
    /// Whether it belongs to the picture: it is placed against the screen of the production, and moves with
    /// the edges of the one it is heard with. `screenRef` in ADM.
    pub screen_ref: bool,
    /// Edges of the screen it is heard with that hold it, wherever it is.
    pub screen_edge: ScreenEdgeLock,
}

impl ObjectFeatures {
    /// The importance of what is always played. [BS.2076-2]
    pub const MOST_IMPORTANT: u8 = 10;

    /// Whether every number is in its range.
    pub(crate) fn is_legal(&self) -> bool {
        let reach = |snap: Snap| snap.within.is_none_or(|within| (0.0..=4.0).contains(&within));
        let beside =
            |d: Divergence| (0.0..=1.0).contains(&d.value) && (0.0..=360.0).contains(&d.width);
        self.snap.is_none_or(reach)
            && self.divergence.is_none_or(beside)
            && self.zones.boxes.iter().all(ZoneBox::is_legal)
            && (0.0..=1.0).contains(&self.diffuse)
            && self.importance <= Self::MOST_IMPORTANT
    }
}

impl Default for ObjectFeatures {
    fn default() -> Self {
        Self {
            snap: None,
            zones: Zones::default(),
            divergence: None,
            diffuse: 0.0,
            importance: Self::MOST_IMPORTANT,
            head_locked: false,
            screen_ref: false,
            screen_edge: ScreenEdgeLock::default(),
        }
    }
}

/// Moves an object into the nearest loudspeaker: `channelLock` in ADM. [BS.2127-0 §7.3.6]
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Snap {
    /// Only a loudspeaker nearer than this draws it; any if not given. Straight through the unit
    /// sphere for directions, through the room cube for places in the room.
    pub within: Option<f64>,
}

/// Two more sources beside an object: `objectDivergence` in ADM. [BS.2127-0 §7.3.7]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Divergence {
    /// 0 leaves the middle alone, 0.5 makes all three alike, 1 mutes the middle.
    pub value: f64,
    /// From the left one to the right one: degrees where the object has directions, distance along x
    /// where it has places in the room.
    pub width: f64,
}

/// Loudspeakers that do not play an object: `zoneExclusion` in ADM. They are those that stand in any
/// of these.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Zones {
    /// One of the sets of Atmos masters.
    pub set: Option<ZoneSet>,
    /// Whether what stands above or below the ears is left out too.
    pub no_heights: bool,
    /// Boxes of the author's own, which Atmos masters have no place for.
    pub boxes: Vec<ZoneBox>,
}

impl Zones {
    /// Whether nothing is excluded.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The boxes that have names in Atmos masters.
    pub fn named(&self) -> impl Iterator<Item = &'static NamedZone> {
        let set: &[NamedZone] = self.set.map_or(&[], ZoneSet::zones);
        let heights: &[NamedZone] = if self.no_heights { &NO_HEIGHTS } else { &[] };
        set.iter().chain(heights)
    }

    /// All boxes.
    pub fn all(&self) -> impl Iterator<Item = ZoneBox> + '_ {
        self.named().map(|zone| zone.region).chain(self.boxes.iter().copied())
    }
}

/// A box in the room cube, its walls included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ZoneBox {
    /// The corner at the left, back and bottom.
    pub min: [f64; 3],
    /// The corner at the right, front and top.
    pub max: [f64; 3],
}

impl ZoneBox {
    /// Loudspeakers this near to a wall of the box are in it. [BS.2127-0 §7.3.12]
    const TOLERANCE: f64 = 1e-6;

    /// Whether a place is inside.
    pub fn holds(&self, place: RoomPosition) -> bool {
        let at = [place.x, place.y, place.z];
        let inside = |n: usize| {
            at[n] - Self::TOLERANCE < self.max[n] && at[n] + Self::TOLERANCE > self.min[n]
        };
        (0..3).all(inside)
    }

    fn is_legal(&self) -> bool {
        self.min
            .iter()
            .zip(self.max)
            .all(|(min, max)| *min <= max && min.is_finite() && max.is_finite())
    }
}

/// A box with the name that Atmos masters give it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NamedZone {
    /// The name.
    pub name: &'static str,
    /// The box.
    pub region: ZoneBox,
}

const fn zone(name: &'static str, x: [f64; 2], y: [f64; 2], z: [f64; 2]) -> NamedZone {
    NamedZone { name, region: ZoneBox { min: [x[0], y[0], z[0]], max: [x[1], y[1], z[1]] } }
}

/// Heights at which loudspeakers stand at the ears.
const EARS: [f64; 2] = [-0.499, 0.499];
const WALLS: [f64; 2] = [-1.0, 1.0];

static NO_BACK: [NamedZone; 1] = [zone("ZM1", WALLS, [-1.0, -0.41934], EARS)];
static NO_SIDES: [NamedZone; 2] = [
    zone("ZM2L", [-1.0, -0.75806], [-0.41934, 0.83871], EARS),
    zone("ZM2R", [0.75806, 1.0], [-0.41934, 0.83871], EARS),
];
static CENTRE_BACK: [NamedZone; 4] = [
    zone("ZM3L", [-1.0, -0.16129], [0.5, 1.0], EARS),
    zone("ZM3Lss", [-1.0, -0.51611], [-0.707, 0.49999], EARS),
    zone("ZM3R", [0.16129, 1.0], [0.5, 1.0], EARS),
    zone("ZM3Rss", [0.51611, 1.0], [-0.707, 0.49999], EARS),
];
static SCREEN_ONLY: [NamedZone; 1] = [zone("ZM4", WALLS, [-1.0, 0.83871], EARS)];
static SURROUND_ONLY: [NamedZone; 1] = [zone("ZM5", WALLS, [0.5, 1.0], EARS)];
static NO_HEIGHTS: [NamedZone; 2] =
    [zone("ZB", WALLS, WALLS, [-1.0, -0.4995]), zone("ZT", WALLS, WALLS, [0.4995, 1.0])];

/// The sets of excluded zones that Atmos masters know, at the height of the ears. [Atmos-ADM]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ZoneSet {
    /// Not behind.
    NoBack,
    /// Not at the sides.
    NoSides,
    /// Only in the centre and behind.
    CentreBack,
    /// Only at the screen.
    ScreenOnly,
    /// Not at the screen.
    SurroundOnly,
}

impl ZoneSet {
    /// Every set.
    pub const ALL: [Self; 5] =
        [Self::NoBack, Self::NoSides, Self::CentreBack, Self::ScreenOnly, Self::SurroundOnly];

    /// The boxes of the set.
    pub fn zones(self) -> &'static [NamedZone] {
        match self {
            Self::NoBack => &NO_BACK,
            Self::NoSides => &NO_SIDES,
            Self::CentreBack => &CENTRE_BACK,
            Self::ScreenOnly => &SCREEN_ONLY,
            Self::SurroundOnly => &SURROUND_ONLY,
        }
    }

    /// What DAMF masters call it.
    pub const fn damf_name(self) -> &'static str {
        match self {
            Self::NoBack => "no back",
            Self::NoSides => "no sides",
            Self::CentreBack => "center back",
            Self::ScreenOnly => "screen only",
            Self::SurroundOnly => "surround only",
        }
    }

    /// The word in scenes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoBack => "no-back",
            Self::NoSides => "no-sides",
            Self::CentreBack => "centre-back",
            Self::ScreenOnly => "screen-only",
            Self::SurroundOnly => "surround-only",
        }
    }
}

/// Which of the values that something has one after the other it has longest.
///
/// A master may change its features from block to block, a timeline has one for an object.
///
/// ```
/// let mut held = cupola_model::features::LongestHeld::default();
/// for (snap, frames) in [(true, 100), (false, 150), (true, 90)] {
///     held.add(snap, frames);
/// }
/// assert_eq!((held.longest(), held.varies()), (Some(&true), true));
/// ```
#[derive(Clone, Debug)]
pub struct LongestHeld<T> {
    seen: Vec<(T, u64)>,
    more: bool,
}

impl<T> Default for LongestHeld<T> {
    fn default() -> Self {
        Self { seen: Vec::new(), more: false }
    }
}

impl<T: PartialEq> LongestHeld<T> {
    /// Most values that are told apart; more of them make no decision better.
    const MOST: usize = 16;

    /// It had this value for so many frames.
    pub fn add(&mut self, value: T, frames: u64) {
        match self.seen.iter().position(|(seen, _)| *seen == value) {
            Some(index) => self.seen[index].1 = self.seen[index].1.saturating_add(frames),
            None if self.seen.len() < Self::MOST => self.seen.push((value, frames)),
            None => self.more = true,
        }
    }

    /// The value it had longest, of equals the first.
    pub fn longest(&self) -> Option<&T> {
        self.seen.iter().rev().max_by_key(|(_, frames)| *frames).map(|(value, _)| value)
    }

    /// Whether there was more than one.
    pub fn varies(&self) -> bool {
        self.more || self.seen.len() > 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The loudspeakers of 9.1.4 at the ears that are left, by the room table of Atmos.
    fn left(set: ZoneSet) -> Vec<&'static str> {
        let room = [
            ("L", -1.0, 1.0),
            ("C", 0.0, 1.0),
            ("Lw", -1.0, 42.0 / 62.0),
            ("Lss", -1.0, 0.0),
            ("Lrs", -1.0, -1.0),
            ("Rss", 1.0, 0.0),
        ];
        let zones = Zones { set: Some(set), ..Zones::default() };
        let at = |x, y| RoomPosition { x, y, z: 0.0 };
        let left = room.into_iter().filter(|(_, x, y)| !zones.all().any(|b| b.holds(at(*x, *y))));
        left.map(|(name, ..)| name).collect()
    }

    #[test]
    fn each_set_leaves_the_loudspeakers_its_name_says() {
        assert_eq!(left(ZoneSet::NoBack), ["L", "C", "Lw", "Lss", "Rss"]);
        assert_eq!(left(ZoneSet::NoSides), ["L", "C", "Lrs"]);
        assert_eq!(left(ZoneSet::CentreBack), ["C", "Lrs"]);
        assert_eq!(left(ZoneSet::ScreenOnly), ["L", "C"]);
        assert_eq!(left(ZoneSet::SurroundOnly), ["Lss", "Lrs", "Rss"]);
    }

    #[test]
    fn without_heights_only_what_stands_at_the_ears_is_left() {
        let zones = Zones { no_heights: true, ..Zones::default() };
        let held = |z| zones.all().any(|b| b.holds(RoomPosition { x: -1.0, y: 1.0, z }));
        assert_eq!([-1.0, 0.0, 0.4, 0.5, 1.0].map(held), [true, false, false, true, true]);
        assert!(!zones.is_empty() && Zones::default().is_empty());
    }

    #[test]
    fn numbers_out_of_range_are_no_features() {
        let legal = ObjectFeatures::default();
        assert!(legal.is_legal());
        let divergence = |value, width| Some(Divergence { value, width });
        let turned = ZoneBox { min: [0.5; 3], max: [-0.5; 3] };
        for bad in [
            ObjectFeatures { diffuse: 1.1, ..legal.clone() },
            ObjectFeatures { diffuse: f64::NAN, ..legal.clone() },
            ObjectFeatures { importance: 11, ..legal.clone() },
            ObjectFeatures { snap: Some(Snap { within: Some(-0.1) }), ..legal.clone() },
            ObjectFeatures { divergence: divergence(2.0, 90.0), ..legal.clone() },
            ObjectFeatures { divergence: divergence(0.5, f64::INFINITY), ..legal.clone() },
            ObjectFeatures { zones: Zones { boxes: vec![turned], ..Zones::default() }, ..legal },
        ] {
            assert!(!bad.is_legal(), "{bad:?}");
        }
    }
}
