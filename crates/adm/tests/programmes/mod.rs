//! Programmes that between them touch every rule of a master, built by hand.

use cupola_model::{
    Automation, Bed, BedChannel, BedFormat, BinauralMode, Divergence, FrameCount, FrameIndex,
    FrameRate, HorizontalEdge, Item, Lane, LinearGain, Object, ObjectFeatures, ObjectState,
    PolarPosition, Position, RoomPosition, SampleRate, ScreenEdgeLock, Snap, TimedPoint, Timeline,
    TrackIndex, ZoneBox, ZoneSet, Zones,
};

/// Builds a timeline item by item.
pub(crate) struct Programme(Timeline);

impl Programme {
    pub(crate) fn new(sample_rate: SampleRate, length: u64) -> Self {
        Self(Timeline {
            title: "Test".into(),
            artist: String::new(),
            sample_rate,
            length: FrameCount(length),
            frame_rate: FrameRate::Fps24,
            start: FrameCount(0),
            screen: cupola_model::Screen::USUAL,
            stems: vec![],
            lanes: vec![],
            items: vec![],
        })
    }

    fn lane(&mut self) -> TrackIndex {
        self.0.lanes.push(Lane::default());
        TrackIndex(self.0.lanes.len() - 1)
    }

    pub(crate) fn bed(mut self, name: &str, format: BedFormat) -> Self {
        let channels = format.channels().iter().map(|&label| BedChannel {
            label,
            lane: self.lane(),
            binaural: BinauralMode::Near,
        });
        let channels = channels.collect();
        let bed = Bed { name: name.into(), groups: vec![], format, channels };
        self.0.items.push(Item::Bed(bed));
        self
    }

    pub(crate) fn object(mut self, name: &str, points: Vec<TimedPoint>) -> Self {
        let object = Object {
            name: name.into(),
            groups: vec![],
            lane: self.lane(),
            binaural: BinauralMode::Far,
            automation: Automation::new(points).expect("legal points"),
            features: ObjectFeatures::default(),
        };
        self.0.items.push(Item::Object(object));
        self
    }

    /// Puts the last item into groups.
    pub(crate) fn in_groups(mut self, names: &[&str]) -> Self {
        let groups = names.iter().map(|&name| name.to_owned()).collect();
        match self.0.items.last_mut().expect("an item") {
            Item::Bed(bed) => bed.groups = groups,
            Item::Ambisonic(bed) => bed.groups = groups,
            Item::Object(object) => object.groups = groups,
        }
        self
    }

    /// Gives the last object features.
    pub(crate) fn featuring(mut self, features: ObjectFeatures) -> Self {
        if let Item::Object(object) = self.0.items.last_mut().expect("an item") {
            object.features = features;
        }
        self
    }

    pub(crate) fn done(self) -> Timeline {
        self.0.validate().expect("a consistent timeline");
        self.0
    }
}

pub(crate) fn room(frame: u64, x: f64, y: f64, z: f64) -> TimedPoint {
    let position = Position::Room(RoomPosition { x, y, z });
    let state = ObjectState { position, gain: LinearGain::UNITY, size: 0.0 };
    TimedPoint { frame: FrameIndex(frame), state }
}

pub(crate) fn polar(frame: u64, azimuth_deg: f64, elevation_deg: f64, distance: f64) -> TimedPoint {
    let position = Position::Polar(PolarPosition { azimuth_deg, elevation_deg, distance });
    let state = ObjectState { position, gain: LinearGain::UNITY, size: 0.0 };
    TimedPoint { frame: FrameIndex(frame), state }
}

pub(crate) fn with(mut point: TimedPoint, gain: f64, size: f64) -> TimedPoint {
    point.state.gain = LinearGain(gain);
    point.state.size = size;
    point
}

/// Every programme with the name its file gets.
pub(crate) fn all() -> Vec<(&'static str, Timeline)> {
    let hz48 = SampleRate::HZ_48000;
    let moving = || vec![room(1_000, -1.0, 1.0, 0.0), room(30_001, 0.7, -0.3, 1.0)];
    let full = |length| Programme::new(hz48, length).bed("Bed", BedFormat::F7_1_2);
    let crowd = (0..118_u32).fold(full(24_017), |programme, i| {
        let x = f64::from(i) / 59.0 - 1.0;
        programme
            .object(&format!("Object {i}"), vec![room(0, x, 1.0, 0.0), room(20_000, -x, -1.0, 0.5)])
    });
    let small_beds = BedFormat::ALL.into_iter().take(4);
    let small_beds = small_beds.fold(Programme::new(hz48, 9_600), |programme, format| {
        programme.bed(&format!("Bed {format}"), format)
    });
    let long_name = "Ünïcödé ".repeat(12);
    vec![
        ("bed_and_mover", full(48_000).object("Lead \"vox\" & <friends>", moving()).done()),
        ("object_alone", Programme::new(hz48, 48_001).object("Solo", moving()).done()),
        ("bed_alone", full(12_345).done()),
        ("crowd", crowd.done()),
        ("two_beds", full(40_000).bed("Second", BedFormat::F5_1).object("After", moving()).done()),
        ("four_small_beds", small_beds.object("After", vec![room(0, 0.0, 0.0, 1.0)]).done()),
        (
            "small_bed",
            Programme::new(hz48, 50_003)
                .bed("Surround", BedFormat::F5_1)
                .object("Mover", moving())
                .done(),
        ),
        (
            "hz_96000",
            Programme::new(SampleRate::HZ_96000, 96_007)
                .bed("Bed", BedFormat::F7_1_2)
                .object("Mover", moving())
                .done(),
        ),
        (
            "polar_mover",
            full(96_011)
                .object(
                    "Orbit",
                    vec![
                        polar(0, 0.0, 0.0, 1.0),
                        polar(24_000, 120.0, 30.0, 1.0),
                        polar(48_000, -120.0, -20.0, 0.5),
                        polar(90_000, 0.0, 90.0, 1.0),
                    ],
                )
                .done(),
        ),
        (
            "gain_and_size",
            full(60_000)
                .object(
                    "Fade",
                    vec![
                        with(room(0, 0.3, 0.4, 0.0), 0.0, 0.0),
                        with(room(10_000, 0.3, 0.4, 0.0), 0.501_187_233_6, 0.25),
                        with(room(20_000, 0.3, 0.4, -1.0), 1.0, 1.0),
                        with(room(50_000, 0.3, 0.4, -1.0), 1.4, 0.0),
                    ],
                )
                .done(),
        ),
        (
            "groups",
            full(48_000)
                .object("Lead", moving())
                .in_groups(&["Vocals", "Stars"])
                .object("Drone", moving())
                .object("Choir", moving())
                .in_groups(&["Vocals"])
                .object("Hit", moving())
                .in_groups(&["Effects & more"])
                .done(),
        ),
        (
            "names_and_steps",
            full(100_007)
                .object(&long_name, vec![room(0, 0.0, 1.0, 0.0)])
                .object("\u{1}\n", vec![room(500, 0.0, 1.0, 0.0), room(501, 1.0, 1.0, 0.0)])
                .object("Late", vec![room(99_990, 0.0, 1.0, 0.0), room(100_006, 1.0, 1.0, 0.0)])
                .done(),
        ),
        ("features", every_feature(full(48_000), &moving())),
        ("blink", Programme::new(hz48, 7).object("Blink", vec![room(0, 0.0, 1.0, 0.0)]).done()),
    ]
}

/// Objects with all that a master can say of them, and some that it cannot.
fn every_feature(programme: Programme, points: &[TimedPoint]) -> Timeline {
    let sets = std::iter::once(None).chain(ZoneSet::ALL.map(Some));
    let zones = sets.flat_map(|set| [false, true].map(|no_heights| (set, no_heights)));
    let programme = zones.enumerate().fold(programme, |programme, (i, (set, no_heights))| {
        programme.object(&format!("Zones {i}"), points.to_vec()).featuring(ObjectFeatures {
            zones: Zones { set, no_heights, boxes: vec![] },
            snap: (i % 2 == 0).then_some(Snap { within: None }),
            diffuse: f64::from(u8::from(i % 3 == 0)),
            ..ObjectFeatures::default()
        })
    });
    programme.object("Lost", points.to_vec()).featuring(lost_features()).done()
}

/// Features of which a master keeps the snap and, as all of it, the diffuse share.
pub(crate) fn lost_features() -> ObjectFeatures {
    let back = ZoneBox { min: [-1.0; 3], max: [1.0, -0.5, 1.0] };
    ObjectFeatures {
        snap: Some(Snap { within: Some(0.5) }),
        zones: Zones { boxes: vec![back], ..Zones::default() },
        divergence: Some(Divergence { value: 0.5, width: 1.0 }),
        diffuse: 0.6,
        importance: 7,
        head_locked: true,
        screen_ref: true,
        screen_edge: ScreenEdgeLock { horizontal: Some(HorizontalEdge::Left), vertical: None },
    }
}
