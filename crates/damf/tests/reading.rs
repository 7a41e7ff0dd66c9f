//! Texts of anybody, read: what is right comes in, what is wrong is told at its line.

use cupola_damf::{
    DamfError, Origin, Programme, Root, Sound, check_events, read_programme, read_root,
    write_events, write_root,
};
use cupola_model::{
    Automation, Bed, BedChannel, BedFormat, BinauralMode, Decibels, Finding, FrameCount,
    FrameIndex, FrameRate, Item, Lane, LinearGain, Object, ObjectFeatures, ObjectState, Position,
    RoomPosition, SampleRate, Severity, Snap, TimedPoint, Timeline, TrackIndex, ZoneSet, Zones,
};

const HEAD: &str = "version: 0.5.1\npresentations:\n  - type: home\n    metadata: S.atmos.metadata\n    \
                    audio: S.atmos.audio\n    fps: 24\n";

fn root(rest: &str) -> (Root, Vec<Finding>) {
    let mut findings = vec![];
    let text = format!("{HEAD}{rest}");
    let root =
        read_root(text.as_bytes(), "S.atmos", &mut |found| findings.push(found)).expect("a root");
    (root, findings)
}

/// A root of this many objects.
fn objects(count: usize) -> Root {
    let ids =
        (10..10 + count).map(|id| format!("      - description: Object {id}\n        ID: {id}\n"));
    let (root, findings) =
        root(&format!("    bedInstances: []\n    objects:\n{}", ids.collect::<String>()));
    assert_eq!(findings, []);
    root
}

fn sound(channels: u16, frames: u64) -> Sound {
    Sound { sample_rate: SampleRate::HZ_48000, channels, frames }
}

fn read(root: &Root, events: &str, sound: Sound) -> Result<(Programme, Vec<Finding>), DamfError> {
    let mut findings = vec![];
    let mut sink = |found| findings.push(found);
    let programme =
        read_programme(root, || Ok(events.as_bytes()), "S.atmos.metadata", sound, &mut sink)?;
    Ok((programme, findings))
}

fn object(programme: &Programme, index: usize) -> &Object {
    match &programme.items[index] {
        Item::Object(object) => object,
        Item::Bed(_) | Item::Ambisonic(_) => panic!("a bed"),
    }
}

fn x_at(programme: &Programme, index: usize, frame: u64) -> f64 {
    object(programme, index).automation.state_at(FrameIndex(frame)).position.to_room().x
}

/// Rules and lines of findings.
fn told(findings: &[Finding]) -> Vec<(&'static str, u32)> {
    findings.iter().map(|f| (f.rule, f.place.line)).collect()
}

#[test]
fn an_event_changes_what_it_names_and_a_ramp_ends_where_it_says() {
    let events = "sampleRate: 48000
events:
  - ID: 10
    samplePos: 0
    active: true
    pos: [-1, 1, 0]
    gain: -6.0205999133
    size: 0.25
    rampLength: 0
  - samplePos: 10000
    pos: [1, 1, 0]
    rampLength: 2000
  - ID: 10
    samplePos: 20000
    gain: -inf
    rampLength: 0
  - ID: 10
    samplePos: 30000
    gain: 0
    active: false
  - {ID: 10, samplePos: 40000, active: true, pos: [0, 0, 0.5]}
";
    let (programme, findings) = read(&objects(1), events, sound(1, 48_000)).unwrap();
    assert_eq!(findings, []);
    let state = |frame| object(&programme, 0).automation.state_at(FrameIndex(frame));
    for (frame, x) in
        [(0, -1.0), (10_000, -1.0), (11_000, 0.0), (12_000, 1.0), (39_749, 1.0), (40_000, 0.0)]
    {
        assert!((state(frame).position.to_room().x - x).abs() < 1e-12, "at {frame}");
    }
    // A step is a ramp of 250 frames that ends at its event.
    for (frame, gain) in
        [(0, 0.5), (19_750, 0.5), (19_875, 0.25), (20_000, 0.0), (30_000, 0.0), (40_000, 1.0)]
    {
        assert!((state(frame).gain.0 - gain).abs() < 1e-9, "at {frame}: {}", state(frame).gain.0);
    }
    assert_eq!((state(48_000).size, state(48_000).position.to_room().z), (0.25, 0.5));
}

#[test]
fn close_events_are_joined_and_a_ramp_is_cut_short_by_the_next_event() {
    let mut events = "sampleRate: 48000\nevents:\n".to_owned();
    for step in 0..100 {
        let x = f64::from(step) / 100.0;
        events += &format!(
            "- ID: 10\n  samplePos: {}\n  pos:\n    - {x}\n    - 1\n    - 0\n",
            step * 480
        );
    }
    let (programme, findings) = read(&objects(1), &events, sound(1, 48_000)).unwrap();
    assert_eq!(findings, []);
    assert!(object(&programme, 0).automation.points().len() <= 3);
    assert!((x_at(&programme, 0, 24_240) - 0.505).abs() < 1e-9);
    let events = "sampleRate: 48000\nevents:\n  - {ID: 10, samplePos: 0, pos: [0, 1, 0]}\n  - {samplePos: 1000, \
                  pos: [1, 1, 0], rampLength: 9000}\n  - {samplePos: 2000, pos: [-1, 1, 0], rampLength: 1000}\n";
    let (programme, _) = read(&objects(1), events, sound(1, 48_000)).unwrap();
    for (frame, x) in [(1000, 0.0), (1500, 0.5), (2000, 1.0), (2500, 0.0), (3000, -1.0)] {
        assert!((x_at(&programme, 0, frame) - x).abs() < 1e-12, "at {frame}");
    }
}

#[test]
fn features_and_modes_come_in_and_those_that_change_are_what_holds_longest() {
    let events = "sampleRate: 48000\nevents:\n  - ID: 10\n    samplePos: 0\n    pos: [0, 1, 0]\n    snap: true\n    \
                  elevation: false\n    zones: screen only\n    decorr: 0.5\n    importance: 0.7\n    \
                  headTrackMode: scene relative\n    binauralRenderMode: off\n  - ID: 11\n    samplePos: 0\n    \
                  pos: [0, 1, 0]\n    binauralRenderMode2: middle\n  - ID: 11\n    samplePos: 1000\n    snap: true\n    \
                  binauralRenderMode: near\n    trimBypass: true\n";
    let (programme, findings) = read(&objects(2), events, sound(2, 48_000)).unwrap();
    let first = object(&programme, 0);
    let zones = Zones { set: Some(ZoneSet::ScreenOnly), no_heights: true, boxes: vec![] };
    let features = ObjectFeatures {
        snap: Some(Snap::default()),
        zones,
        divergence: None,
        diffuse: 0.5,
        importance: 7,
        head_locked: false,
        ..ObjectFeatures::default()
    };
    assert_eq!((&first.features, first.binaural), (&features, BinauralMode::Off));
    let second = object(&programme, 1);
    assert_eq!((second.features.snap.is_some(), second.binaural), (true, BinauralMode::Near));
    let rules: Vec<_> = findings.iter().map(|f| (f.rule, f.subject.as_str())).collect();
    assert_eq!(
        rules,
        [
            ("import.damf.feature", "headTrackMode"),
            ("import.damf.feature", "trimBypass"),
            ("import.damf.varies", "Object 11")
        ]
    );
}

#[test]
fn faults_of_events_are_told_at_their_lines_and_mended() {
    let events = "sampleRate: 48000
events:
  - ID: 10
    samplePos: 0
    pos: [2, 1, 0]
    gian: 3
    zones: no bakc
    size: big
  - ID: 99
    samplePos: 5
  - ID: 11
    samplePos: 100
    pos: [0, 1]
  - ID: 10
    samplePos: 0
    pos: [1, 1, 0]
  - ID: 10
    samplePos: 50000
";
    let (programme, findings) = read(&objects(3), events, sound(2, 48_000)).unwrap();
    assert_eq!(
        told(&findings),
        [
            ("damf.range", 5),
            ("damf.key.unknown", 6),
            ("damf.value", 7),
            ("damf.value", 8),
            ("damf.events.id", 9),
            ("damf.value", 13),
            ("damf.events.first", 11),
            ("damf.events.twice", 14),
            ("damf.events.end", 17),
            ("damf.audio.channels", 0),
            ("damf.events.first", 0),
        ]
    );
    assert!(findings[1].allowed.contains("gain"), "{}", findings[1]);
    assert!(findings.iter().all(|f| !f.hint.is_empty() && f.place.file == "S.atmos.metadata"));
    assert_eq!(x_at(&programme, 0, 0), 1.0);
    // What has no channel of sound is silent.
    let sources: Vec<_> = programme.lanes.iter().map(|lane| lane.sources.len()).collect();
    assert_eq!(sources, [1, 1, 0]);
    // A check finds the same without keeping any movement.
    let mut checked = vec![];
    let open = || Ok(events.as_bytes());
    let root = objects(3);
    check_events(&root, open, "S.atmos.metadata", sound(2, 48_000), &mut |f| checked.push(f))
        .unwrap();
    assert_eq!(checked, findings);
}

#[test]
fn events_out_of_order_are_sorted_and_told_once() {
    let event = |at: u64, x: f64| {
        format!("  - ID: 10\n    samplePos: {at}\n    pos: [{x}, 1, 0]\n    odd: 1\n")
    };
    let text = |order: [usize; 4]| {
        let events = [event(0, 0.0), event(9_600, 0.25), event(19_200, 0.5), event(28_800, 1.0)];
        let list: String = order.iter().map(|i| events[*i].as_str()).collect();
        format!("sampleRate: 48000\nevents:\n{list}")
    };
    let root = objects(1);
    let (right, plain) = read(&root, &text([0, 1, 2, 3]), sound(1, 48_000)).unwrap();
    assert_eq!(
        told(&plain),
        [
            ("damf.key.unknown", 6),
            ("damf.key.unknown", 10),
            ("damf.key.unknown", 14),
            ("damf.key.unknown", 18)
        ]
    );
    let (mended, findings) = read(&root, &text([0, 3, 1, 2]), sound(1, 48_000)).unwrap();
    assert_eq!(object(&right, 0).automation, object(&mended, 0).automation);
    let orders = findings.iter().filter(|f| f.rule == "damf.events.order");
    assert_eq!(orders.map(|f| f.place.line).collect::<Vec<_>>(), [11]);
    assert_eq!(findings.len(), 5, "{findings:?}");
}

#[test]
fn another_rate_is_converted() {
    let events = "sampleRate: 96000\nevents:\n  - {ID: 10, samplePos: 0, pos: [0, 1, 0]}\n  - {samplePos: 9600, pos: \
                  [1, 1, 0], rampLength: 960}\n";
    let (programme, findings) = read(&objects(1), events, sound(1, 48_000)).unwrap();
    assert_eq!(told(&findings), [("damf.events.rate", 0)]);
    assert_eq!([4_800, 5_040, 5_280].map(|frame| x_at(&programme, 0, frame)), [0.0, 0.5, 1.0]);
}

#[test]
fn the_root_is_checked_key_by_key() {
    let (read, findings) = root(
        "    fsp: 24
    offset: 3598.0
    trimMode: {NoSurroundsNoHeights: {centerTrim: -3}}
    bedInstances:
      - description: Bed
        channels:
          - channel: R
            ID: 1
          - channel: L
            ID: 0
          - channel: Lsx
            ID: 4
    objects:
      - ID: 10
      - description: Two
        ID: 10
      - ID: 9
      - description: Without
",
    );
    assert_eq!(
        told(&findings),
        [
            ("damf.key.unknown", 7),
            ("damf.bed.channel", 17),
            ("damf.bed.order", 11),
            ("damf.ids", 21),
            ("damf.ids", 23),
            ("damf.key.missing", 24),
            ("import.damf.settings", 3),
        ]
    );
    assert!(findings[0].allowed.contains("fps"), "{}", findings[0]);
    assert_eq!((read.tracks(), read.frame_rate), (7, Some(FrameRate::Fps24)));
    let (_, findings) = root("    bedInstances: []\n");
    assert_eq!(told(&findings), [("damf.key.missing", 3)]);
    for (offset, seconds, rules) in [
        ("86486.35", 86_486.35, vec![]),
        (".nan", 0.0, vec!["damf.value"]),
        ("1e300", 0.0, vec!["damf.value"]),
        ("-1", 0.0, vec!["damf.value"]),
    ] {
        let lists = "    bedInstances: []\n    objects: []\n";
        let (read, findings) = root(&format!("    offset: {offset}\n{lists}"));
        let found: Vec<_> = findings.iter().map(|finding| finding.rule).collect();
        assert_eq!((read.offset_s, found), (seconds, rules), "{offset}");
    }
    let error = |text: &str| {
        read_root(text.as_bytes(), "S.atmos", &mut |_| {}).map(|_| ()).unwrap_err().to_string()
    };
    assert!(error("just text").contains("no keys"));
    assert!(error("presentations: []\n").contains("no list of presentations"));
    let many = (0..2000).map(|id| format!("      - ID: {id}\n")).collect::<String>();
    let text = format!("{HEAD}    bedInstances: []\n    objects:\n{many}");
    assert!(matches!(
        read_root(text.as_bytes(), "S", &mut |_| {}),
        Err(DamfError::TooLarge { .. })
    ));
}

#[test]
fn texts_that_are_no_events_are_refused_at_their_lines() {
    let error =
        |text: &str| read(&objects(1), text, sound(1, 480)).map(|_| ()).unwrap_err().place();
    assert_eq!(error(""), (1, 1));
    assert_eq!(error("sampleRate: 48000\nevents: many\n"), (2, 8));
    assert_eq!(error("events:\n  - ID: 10\n   samplePos: 0\n"), (3, 4));
    assert_eq!(error("events:\n  - ID: 10\n    pos: [0, 1\n"), (3, 10));
    assert_eq!(error("events:\n  - ID: 10\n    word\n"), (3, 5));
    assert_eq!(error("events:\n  - ID: 10\n    \tpos: 1\n"), (3, 5));
}

/// A bed and objects that stand, move, fade and step, as the writer has them.
fn song(format: BedFormat) -> Timeline {
    let mut lanes = 0;
    let mut lane = || {
        lanes += 1;
        TrackIndex(lanes - 1)
    };
    let channel = |label: &_, lane| BedChannel { label: *label, lane, binaural: BinauralMode::Far };
    let channels = format.channels().iter().map(|label| channel(label, lane())).collect();
    let bed = Bed { name: "Bed".into(), groups: vec!["music".into()], format, channels };
    let mut items = vec![Item::Bed(bed)];
    let point = |frame, x: f64, db: f64, size| {
        let position = Position::Room(RoomPosition { x, y: 1.0 - x.abs(), z: 0.3 });
        let gain = LinearGain::from(Decibels(db));
        TimedPoint { frame: FrameIndex(frame), state: ObjectState { position, gain, size } }
    };
    let tracks = [
        vec![point(0, 0.25, 0.0, 0.1)],
        // A movement that starts late, whose first block repeats what holds already.
        vec![
            point(20_000, -0.7, 0.0, 0.0),
            point(50_001, 0.9, -12.0, 0.5),
            point(70_000, 0.9, -3.0, 0.5),
        ],
        vec![
            point(0, 0.0, -6.0, 0.0),
            point(47_750, 0.0, -6.0, 0.0),
            point(48_000, 1.0, f64::NEG_INFINITY, 0.2),
        ],
    ];
    for (number, points) in tracks.into_iter().enumerate() {
        items.push(Item::Object(Object {
            name: format!("Object: \"{number}\""),
            groups: vec![],
            lane: lane(),
            binaural: BinauralMode::ALL[number],
            automation: Automation::new(points).expect("legal points"),
            features: ObjectFeatures {
                snap: (number == 1).then(Snap::default),
                zones: Zones {
                    set: ZoneSet::ALL.get(number).copied(),
                    no_heights: number == 2,
                    boxes: vec![],
                },
                divergence: None,
                diffuse: 0.25,
                importance: 4,
                head_locked: number == 1,
                ..ObjectFeatures::default()
            },
        }));
    }
    Timeline {
        title: String::new(),
        artist: String::new(),
        sample_rate: SampleRate::HZ_48000,
        length: FrameCount(96_011),
        frame_rate: FrameRate::Fps29_97Drop,
        start: FrameCount(0),
        screen: cupola_model::Screen::USUAL,
        stems: vec![],
        lanes: vec![Lane::default(); lanes],
        items,
    }
}

#[test]
fn what_is_written_is_read_back() {
    for format in BedFormat::ALL {
        let timeline = song(format);
        let (mut root_text, mut events) = (vec![], vec![]);
        let origin = Origin { metadata: "m", audio: "a", tool: "Cupola", tool_version: "0.1.0" };
        write_root(&timeline, &origin, &mut root_text).unwrap();
        write_events(&timeline, &mut events).unwrap();
        let mut findings = vec![];
        let root = read_root(&root_text[..], "S.atmos", &mut |found| findings.push(found)).unwrap();
        let tracks = u16::try_from(timeline.lanes.len()).unwrap();
        let events = String::from_utf8(events).unwrap();
        let (programme, more) = read(&root, &events, sound(tracks, timeline.length.0)).unwrap();
        findings.extend(more);
        assert!(findings.iter().all(|f| f.severity == Severity::Note), "{format}: {findings:?}");
        assert_eq!(root.frame_rate, Some(FrameRate::Fps29_97Drop));
        assert_eq!(programme.lanes.len(), timeline.lanes.len());
        for (track, lane) in programme.lanes.iter().enumerate() {
            assert_eq!(lane.sources, [(u16::try_from(track).unwrap(), LinearGain::UNITY, None)]);
        }
        for (there, back) in timeline.items.iter().zip(&programme.items) {
            match (there, back) {
                (Item::Bed(there), Item::Bed(back)) => {
                    assert_eq!(
                        (there.format, &there.name, &there.groups),
                        (back.format, &back.name, &back.groups)
                    );
                    for (a, b) in there.channels.iter().zip(&back.channels) {
                        let mode = if a.label.is_lfe() { BinauralMode::Off } else { a.binaural };
                        assert_eq!((a.label, a.lane, mode), (b.label, b.lane, b.binaural));
                    }
                }
                (Item::Object(there), Item::Object(back)) => {
                    assert_eq!(
                        (&there.name, there.lane, there.binaural),
                        (&back.name, back.lane, back.binaural)
                    );
                    assert_eq!(there.features, back.features);
                    for frame in (0..timeline.length.0).step_by(97) {
                        let [a, b] =
                            [there, back].map(|o| o.automation.state_at(FrameIndex(frame)));
                        let (p, q) = (a.position.to_room(), b.position.to_room());
                        let off =
                            (p.x - q.x).abs().max((p.y - q.y).abs()).max((a.size - b.size).abs());
                        assert!(off < 2e-8, "{} at {frame}: {p:?} {q:?}", there.name);
                        assert!(
                            (a.gain.0 - b.gain.0).abs() < 2e-7,
                            "{} at {frame}: {a:?} {b:?}",
                            there.name
                        );
                    }
                }
                _ => panic!("another kind of item"),
            }
        }
    }
}
