//! Layouts for tests: the standard ones, and corner cases written out here.

use cupola_model::{Layout, PolarPosition, RoomPosition, Speaker};

/// Label, azimuth, elevation, room coordinates. Labels that start with `LFE` are LFEs.
type Row = (&'static str, f64, f64, [f64; 3]);

/// The usual set-up.
const X_3_1_2: &[Row] = &[
    ("L", 30.0, 0.0, [-1.0, 1.0, 0.0]),
    ("R", -30.0, 0.0, [1.0, 1.0, 0.0]),
    ("C", 0.0, 0.0, [0.0, 1.0, 0.0]),
    ("LFE", 45.0, -30.0, [-1.0, 1.0, -1.0]),
    ("Ltf", 45.0, 45.0, [-1.0, 1.0, 1.0]),
    ("Rtf", -45.0, 45.0, [1.0, 1.0, 1.0]),
];

/// A corner case.
const X_MONO: &[Row] = &[("C", 0.0, 0.0, [0.0, 1.0, 0.0])];

/// A corner case.
const X_QUAD: &[Row] = &[
    ("L", 45.0, 0.0, [-1.0, 1.0, 0.0]),
    ("R", -45.0, 0.0, [1.0, 1.0, 0.0]),
    ("Ls", 135.0, 0.0, [-1.0, -1.0, 0.0]),
    ("Rs", -135.0, 0.0, [1.0, -1.0, 0.0]),
];

/// A corner case.
const X_SIDES: &[Row] = &[("L", 90.0, 0.0, [-1.0, 0.0, 0.0]), ("R", -90.0, 0.0, [1.0, 0.0, 0.0])];

/// A corner case.
const X_CEILING: &[Row] = &[
    ("Ltf", 45.0, 45.0, [-1.0, 1.0, 1.0]),
    ("Rtf", -45.0, 45.0, [1.0, 1.0, 1.0]),
    ("Ltr", 135.0, 45.0, [-1.0, -1.0, 1.0]),
    ("Rtr", -135.0, 45.0, [1.0, -1.0, 1.0]),
];

/// A corner case.
const X_POLES: &[Row] = &[("T", 0.0, 90.0, [0.0, 0.0, 1.0]), ("B", 0.0, -90.0, [0.0, 0.0, -1.0])];

/// The layouts above by name.
const CORNER_CASES: [(&str, &[Row]); 6] = [
    ("3.1.2", X_3_1_2),
    ("mono", X_MONO),
    ("quad", X_QUAD),
    ("sides", X_SIDES),
    ("ceiling", X_CEILING),
    ("poles", X_POLES),
];

/// The layout of that name: a standard one, or a corner case.
pub(crate) fn layout(name: &str) -> Layout {
    if let Some(layout) = cupola_scene::find_layout(name) {
        return layout.clone();
    }
    let (_, rows) =
        CORNER_CASES.into_iter().find(|(n, _)| *n == name).expect("a layout of this file");
    let speakers = rows.iter().map(|&(label, azimuth, elevation, [x, y, z])| Speaker {
        name: label.to_owned(),
        label: label.to_owned(),
        direction: PolarPosition::on_sphere(azimuth, elevation),
        room: RoomPosition { x, y, z },
        lfe: label.starts_with("LFE"),
    });
    Layout::new(name, speakers.collect()).unwrap()
}

/// Every standard layout and every corner case.
pub(crate) fn all() -> Vec<Layout> {
    let corner_cases = CORNER_CASES.iter().map(|(name, _)| layout(name));
    cupola_scene::standard_layouts().iter().cloned().chain(corner_cases).collect()
}

/// Numbers that look random and are the same every time.
pub(crate) struct Dice(pub u64);

impl Dice {
    /// Evenly spread over `from..to`.
    pub(crate) fn roll(&mut self, from: f64, to: f64) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        from + (to - from) * (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Evenly spread over the sphere.
    pub(crate) fn direction(&mut self) -> PolarPosition {
        let elevation = self.roll(-1.0, 1.0).asin().to_degrees();
        PolarPosition::on_sphere(self.roll(-180.0, 180.0), elevation)
    }
}

/// Loudspeakers anywhere, at least 10° apart.
pub(crate) fn irregular(count: usize, dice: &mut Dice) -> Layout {
    let mut speakers: Vec<Speaker> = Vec::new();
    while speakers.len() < count {
        let direction = dice.direction();
        let apart = |s: &Speaker| {
            let cosine: f64 =
                s.direction.direction().iter().zip(direction.direction()).map(|(a, b)| a * b).sum();
            cosine < 10_f64.to_radians().cos()
        };
        if speakers.iter().all(apart) {
            let name = format!("S{}", speakers.len());
            let room = direction.to_room();
            speakers.push(Speaker { label: name.clone(), name, direction, room, lfe: false });
        }
    }
    Layout::new(format!("{count} irregular"), speakers).unwrap()
}
