//! The texts, read back line by line with a reader of their own and compared with the timeline.
//!
//! Another program's YAML reader looks at them in `tests/judges/damf.py`.

use cupola_damf::{Origin, check, write_events, write_root};
use cupola_model::{
    Automation, Bed, BedChannel, BedFormat, BinauralMode, Decibels, FrameCount, FrameIndex,
    FrameRate, Item, Lane, LinearGain, Object, ObjectFeatures, ObjectState, PolarPosition,
    Position, RoomPosition, SampleRate, Severity, Snap, TimedPoint, Timeline, TrackIndex, ZoneSet,
    Zones,
};
use std::collections::BTreeMap;

const ORIGIN: Origin<'_> = Origin {
    metadata: "Song.atmos.metadata",
    audio: "Song.atmos.audio",
    tool: "Cupola",
    tool_version: "0.1.0",
};

fn programme(length: u64) -> Timeline {
    Timeline {
        title: String::new(),
        artist: String::new(),
        sample_rate: SampleRate::HZ_48000,
        length: FrameCount(length),
        frame_rate: FrameRate::Fps29_97Drop,
        start: FrameCount(0),
        screen: cupola_model::Screen::USUAL,
        stems: vec![],
        lanes: vec![],
        items: vec![],
    }
}

fn lane(timeline: &mut Timeline) -> TrackIndex {
    timeline.lanes.push(Lane::default());
    TrackIndex(timeline.lanes.len() - 1)
}

fn add_bed(timeline: &mut Timeline, name: &str, format: BedFormat) {
    let channels = format.channels().iter().map(|&label| BedChannel {
        label,
        lane: lane(timeline),
        binaural: BinauralMode::Near,
    });
    let channels = channels.collect();
    let bed = Bed { name: name.into(), groups: vec!["music".into()], format, channels };
    timeline.items.push(Item::Bed(bed));
}

fn add_object(timeline: &mut Timeline, name: &str, points: Vec<TimedPoint>) {
    let object = Object {
        name: name.into(),
        groups: vec![],
        lane: lane(timeline),
        binaural: BinauralMode::Far,
        automation: Automation::new(points).expect("legal points"),
        features: ObjectFeatures::default(),
    };
    timeline.items.push(Item::Object(object));
}

fn point(frame: u64, position: Position, gain: f64, size: f64) -> TimedPoint {
    let state = ObjectState { position, gain: LinearGain(gain), size };
    TimedPoint { frame: FrameIndex(frame), state }
}

fn room(x: f64, y: f64, z: f64) -> Position {
    Position::Room(RoomPosition { x, y, z })
}

fn song() -> Timeline {
    let mut timeline = programme(96_011);
    add_bed(&mut timeline, "Bed: \"all\"", BedFormat::F7_1_2);
    add_object(
        &mut timeline,
        "Mover",
        vec![
            point(1_000, room(-1.0, 1.0, 0.0), 1.0, 0.0),
            point(30_001, room(0.7, -0.3, 1.0), 0.5, 0.25),
            point(60_000, room(0.7, -0.3, 1.0), 0.0, 0.25),
        ],
    );
    let polar = |azimuth_deg| {
        Position::Polar(PolarPosition { azimuth_deg, elevation_deg: 20.0, distance: 1.0 })
    };
    add_object(
        &mut timeline,
        "Orbit",
        vec![point(0, polar(0.0), 1.0, 0.0), point(90_000, polar(170.0), 1.0, 0.0)],
    );
    add_object(&mut timeline, "Still", vec![point(0, room(0.0, 0.5, -1.0), 2.0, 1.0)]);
    timeline.validate().expect("a consistent timeline");
    timeline
}

fn root_of(timeline: &Timeline) -> String {
    let mut out = vec![];
    write_root(timeline, &ORIGIN, &mut out).expect("a text of ours");
    String::from_utf8(out).expect("a text of ours")
}

/// The events as maps of words, in order.
fn events_of(timeline: &Timeline) -> Vec<BTreeMap<String, String>> {
    let mut out = vec![];
    write_events(timeline, &mut out).expect("a text of ours");
    let text = String::from_utf8(out).expect("a text of ours");
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("sampleRate: 48000"));
    assert_eq!(lines.next(), Some("events:"));
    let mut events: Vec<BTreeMap<String, String>> = vec![];
    for line in lines {
        let (start, pair) = line.split_at(4);
        if start == "  - " {
            events.push(BTreeMap::new());
        } else {
            assert_eq!(start, "    ", "{line}");
        }
        let (key, value) = pair.split_once(": ").expect("a key and a value");
        let twice =
            events.last_mut().expect("a text of ours").insert(key.to_owned(), value.to_owned());
        assert_eq!(twice, None, "{line}");
    }
    events
}

fn position_of(text: &str) -> [f64; 3] {
    let inner = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).expect("a list");
    let values: Vec<f64> = inner.split(", ").map(|v| v.parse().expect("a text of ours")).collect();
    values.try_into().expect("three numbers")
}

#[test]
fn the_root_lists_files_channels_and_objects_in_track_order() {
    let root = root_of(&song());
    for line in [
        "version: 0.5.1\npresentations:\n  - type: home\n",
        "    metadata: Song.atmos.metadata\n    audio: Song.atmos.audio\n    offset: 0.0\n",
        "    fps: 29.97df\n    scBedConfiguration: [3]\n    creationTool: Cupola\n",
        "    trimMode: {}\n",
        "      - description: \"Bed: \\\"all\\\"\"\n        groupName: music\n        channels:\n",
        "      - description: Orbit\n        ID: 11\n",
    ] {
        assert!(root.contains(line), "{line} is missing in\n{root}");
    }
    let ids: Vec<&str> = root.lines().filter_map(|l| l.trim().strip_prefix("ID: ")).collect();
    assert_eq!(ids, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"]);
}

#[test]
fn lists_without_entries_are_written_as_empty_lists() {
    let mut no_bed = programme(10);
    add_object(&mut no_bed, "One", vec![point(0, room(0.0, 0.0, 0.0), 1.0, 0.0)]);
    let root = root_of(&no_bed);
    assert!(root.contains("bedInstances: []\n") && root.contains("scBedConfiguration: []\n"));
    let mut no_object = programme(10);
    add_bed(&mut no_object, "Bed", BedFormat::F2_0);
    assert!(root_of(&no_object).ends_with("    objects: []\n"));
    assert_eq!(events_of(&no_object).len(), 2);
}

#[test]
fn the_first_event_of_each_says_everything_and_later_ones_only_what_changed() {
    let timeline = song();
    let events = events_of(&timeline);
    let mut last: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let mut frame = 0;
    for event in &events {
        let at: u64 = event["samplePos"].parse().unwrap();
        assert!(at >= frame && at < timeline.length.0, "{event:?}");
        frame = at;
        let known = last.entry(event["ID"].clone()).or_default();
        if known.is_empty() {
            assert_eq!(at, 0);
            let bed = event["ID"].parse::<usize>().unwrap() < 10;
            assert_eq!(event.len(), if bed { 9 } else { 19 }, "{event:?}");
        }
        for (key, value) in event {
            let before = known.insert(key.clone(), value.clone());
            // Where a movement starts nothing has changed yet; the place says that it does.
            let starts = key == "pos" && event.len() == 3;
            let changes = key == "ID" || starts || before.as_ref() != Some(value);
            assert!(changes, "{key} is repeated in {event:?}");
        }
    }
    assert_eq!(last.len(), 13);
    let mover = events.iter().filter(|event| event["ID"] == "10");
    let second: u64 = mover.clone().nth(1).expect("it moves")["samplePos"].parse().unwrap();
    assert_eq!(second, 1_000, "the movement starts where its author starts it");
    assert_eq!(last["3"]["binauralRenderMode"], "off", "the LFE is never spatialised");
    assert_eq!(last["0"]["binauralRenderMode"], "near");
    assert_eq!((last["10"]["gain"].as_str(), last["12"]["pos"].as_str()), ("-inf", "[0, 0.5, -1]"));
}

#[test]
fn the_first_event_of_an_object_tells_its_features() {
    let mut timeline = song();
    let words = |timeline: &Timeline| {
        let event = events_of(timeline).into_iter().find(|e| e["ID"] == "11").unwrap();
        ["snap", "elevation", "zones", "decorr", "importance", "headTrackMode"]
            .map(|key| event[key].clone())
    };
    assert_eq!(words(&timeline), ["false", "true", "all", "0", "1", "undefined"]);
    let names = ["no back", "no sides", "center back", "screen only", "surround only"];
    for (set, name) in ZoneSet::ALL.into_iter().zip(names) {
        let Item::Object(orbit) = &mut timeline.items[2] else { panic!("the second object") };
        orbit.features = ObjectFeatures {
            snap: Some(Snap::default()),
            zones: Zones { set: Some(set), no_heights: true, boxes: vec![] },
            divergence: None,
            diffuse: 0.25,
            importance: 7,
            head_locked: true,
            ..ObjectFeatures::default()
        };
        assert_eq!(words(&timeline), ["true", "false", name, "0.25", "0.7", "head relative"]);
    }
}

/// Between two events of an object nothing may change by more than 10 ms of movement do, and at
/// each event the value is that of the timeline.
#[test]
fn at_every_event_the_values_are_those_of_the_timeline() {
    let timeline = song();
    let objects: Vec<&Object> = timeline.objects().collect();
    let mut states: BTreeMap<usize, (u64, [f64; 3], f64, f64)> = BTreeMap::new();
    for event in events_of(&timeline) {
        let id: usize = event["ID"].parse().unwrap();
        let Some(index) = id.checked_sub(10) else { continue };
        let at: u64 = event["samplePos"].parse().unwrap();
        let (before, mut pos, mut gain, mut size) =
            states.get(&index).copied().unwrap_or((0, [9.0; 3], 9.0, 9.0));
        if let Some(text) = event.get("pos") {
            pos = position_of(text);
        }
        if let Some(text) = event.get("gain") {
            gain = if text == "-inf" { f64::NEG_INFINITY } else { text.parse().unwrap() };
        }
        if let Some(text) = event.get("size") {
            size = text.parse().unwrap();
        }
        let automation = &objects[index].automation;
        let want = automation.state_at(FrameIndex(at));
        let RoomPosition { x, y, z } = want.position.to_room();
        for (found, want) in pos.iter().zip([x, y, z]) {
            assert!((found - want).abs() < 1e-9, "{event:?}: {want}");
        }
        let linear = LinearGain::from(Decibels(gain)).0;
        assert!((linear - want.gain.0).abs() < 1e-9 && (size - want.size).abs() < 1e-9);
        // What happened in between is no more than the grid lets pass.
        if at > before + 480 + 251 {
            let held = automation.state_at(FrameIndex(at - 480 - 251));
            assert_eq!(held, automation.state_at(FrameIndex(before)), "{event:?}");
        }
        states.insert(index, (at, pos, gain, size));
    }
    assert!(states.values().any(|state| state.0 > 89_000), "the orbit ends near its last point");
}

#[test]
fn two_beds_are_refused_and_the_sides_of_a_small_one_are_told() {
    let mut timeline = programme(10);
    add_bed(&mut timeline, "First", BedFormat::F5_1);
    let rules = |timeline: &Timeline| {
        check(timeline).into_iter().map(|f| (f.rule, f.severity)).collect::<Vec<_>>()
    };
    assert_eq!(rules(&timeline), [("damf.bed.sides", Severity::Note)]);
    let root = root_of(&timeline);
    assert!(root.contains("channel: Lrs\n            ID: 6\n"), "{root}");
    add_bed(&mut timeline, "Second", BedFormat::F2_0);
    assert!(rules(&timeline).contains(&("damf.beds", Severity::Error)));
    assert!(check(&timeline).iter().all(|f| !f.hint.is_empty()));
}

#[test]
fn a_programme_of_hours_is_streamed() {
    // Writes into nothing and counts: 118 objects that move for a minute.
    struct Count(u64);
    impl std::io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            assert!(bytes.len() < 4_096, "a piece of {} bytes", bytes.len());
            self.0 += bytes.len() as u64;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut timeline = programme(48_000 * 60);
    for i in 0..118 {
        let x = f64::from(i) / 59.0 - 1.0;
        let points = vec![
            point(0, room(x, 1.0, 0.0), 1.0, 0.0),
            point(48_000 * 60, room(-x, -1.0, 1.0), 1.0, 0.0),
        ];
        add_object(&mut timeline, &format!("Object {i}"), points);
    }
    let mut count = Count(0);
    write_events(&timeline, &mut count).unwrap();
    assert!(count.0 > 118 * 6_000 * 40, "{} bytes", count.0);
}
