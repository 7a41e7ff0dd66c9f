//! Pictures read back: whole, safe whatever the names, bounded, and true to geometry.

use cupola_model::{
    Automation, Bed, BedChannel, BedFormat, BinauralMode, FrameCount, FrameIndex, FrameRate, Item,
    Lane, LaneSource, Layout, LinearGain, Object, ObjectFeatures, ObjectState, PolarPosition,
    Position, RoomPosition, SampleRate, Speaker, StemIndex, TimedPoint, Timeline, TrackIndex,
};
use cupola_report::{
    Beat, LARGEST_HTML_BYTES, LARGEST_SVG_BYTES, ViewOptions, view_html, view_svg,
};
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

const LENGTH: u64 = 480_000;

fn layout() -> Layout {
    let speaker = |name: &str, azimuth: f64, elevation: f64, room: [f64; 3]| Speaker {
        name: name.to_owned(),
        label: String::new(),
        direction: PolarPosition::on_sphere(azimuth, elevation),
        room: RoomPosition { x: room[0], y: room[1], z: room[2] },
        lfe: false,
    };
    let speakers = vec![
        speaker("L", 30.0, 0.0, [-1.0, 1.0, 0.0]),
        speaker("R", -30.0, 0.0, [1.0, 1.0, 0.0]),
        speaker("Ltf", 45.0, 30.0, [-1.0, 1.0, 1.0]),
    ];
    Layout::new("test room", speakers).expect("a legal layout")
}

fn polar(azimuth: f64, elevation: f64) -> Position {
    Position::Polar(PolarPosition::on_sphere(azimuth, elevation))
}

fn room(x: f64, y: f64, z: f64) -> Position {
    Position::Room(RoomPosition { x, y, z })
}

/// An object with its groups and where it is when.
fn object(name: &str, groups: &[&str], points: &[(u64, Position)]) -> Object {
    let point = |&(frame, position): &(u64, Position)| TimedPoint {
        frame: FrameIndex(frame),
        state: ObjectState { position, gain: LinearGain::UNITY, size: 0.25 },
    };
    Object {
        name: name.to_owned(),
        groups: groups.iter().map(|g| (*g).to_owned()).collect(),
        lane: TrackIndex(0),
        binaural: BinauralMode::Mid,
        automation: Automation::new(points.iter().map(point).collect()).expect("legal points"),
        features: ObjectFeatures::default(),
    }
}

fn timeline(title: &str, objects: Vec<Object>) -> Timeline {
    let mut lanes = Vec::new();
    let mut lane = || {
        let source = LaneSource {
            stem: StemIndex(0),
            channel: 0,
            gain: LinearGain(0.5),
            low_pass_hz: None,
            envelope: None,
        };
        lanes.push(Lane { sources: vec![source] });
        TrackIndex(lanes.len() - 1)
    };
    let labels = BedFormat::F5_1.channels().iter();
    let channels =
        labels.map(|l| BedChannel { label: *l, lane: lane(), binaural: BinauralMode::Off });
    let bed = Bed {
        name: format!("{title} bed"),
        groups: vec![],
        format: BedFormat::F5_1,
        channels: channels.collect(),
    };
    let mut items = vec![Item::Bed(bed)];
    items.extend(objects.into_iter().map(|o| Item::Object(Object { lane: lane(), ..o })));
    Timeline {
        title: title.to_owned(),
        artist: String::new(),
        sample_rate: SampleRate::HZ_48000,
        length: FrameCount(LENGTH),
        frame_rate: FrameRate::Fps24,
        start: FrameCount(0),
        screen: cupola_model::Screen::USUAL,
        stems: vec![],
        lanes,
        items,
    }
}

/// An element: name, attributes, and the text right inside.
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
}

impl Element {
    fn get(&self, key: &str) -> &str {
        self.attributes.iter().find(|(k, _)| k == key).map_or("", |(_, v)| v)
    }

    fn is(&self, name: &str, class: &str) -> bool {
        self.name == name && self.get("class").split(' ').any(|c| c == class)
    }
}

/// Every element of an XML text in the order they start; panics when it is not well formed.
fn elements(xml: &str) -> Vec<Element> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let (mut all, mut open): (Vec<Element>, Vec<usize>) = (Vec::new(), Vec::new());
    loop {
        let event = reader.read_event().expect("well-formed XML");
        match &event {
            Event::Start(tag) | Event::Empty(tag) => {
                let attributes = tag.attributes().map(|a| {
                    let a = a.expect("a well-formed attribute");
                    let key = a.key.as_ref().to_owned();
                    let raw = a.value.to_string();
                    (key, quick_xml::escape::unescape(&raw).expect("known entities").into_owned())
                });
                let name = tag.name().as_ref().to_owned();
                let element =
                    Element { name, attributes: attributes.collect(), text: String::new() };
                all.push(element);
                if matches!(event, Event::Start(_)) {
                    open.push(all.len() - 1);
                }
            }
            Event::End(_) => {
                open.pop().expect("an open element");
            }
            Event::Text(text) => {
                if let Some(&inner) = open.last() {
                    all[inner].text += text;
                }
            }
            Event::GeneralRef(reference) => {
                let entity = format!("&{};", &**reference);
                let inner = *open.last().expect("an entity inside an element");
                all[inner].text += &quick_xml::escape::unescape(&entity).expect("a known entity");
            }
            Event::Eof => break,
            other => panic!("nothing else belongs into a picture: {other:?}"),
        }
    }
    assert!(open.is_empty(), "elements stay open");
    all
}

/// The data a page carries.
fn data(html: &str) -> Value {
    let start = html.find("id='data'>").expect("the data of the page") + "id='data'>".len();
    let end = html[start..].find("</script>").expect("the end of the data") + start;
    serde_json::from_str(&html[start..end]).expect("the data is JSON")
}

fn translation(transform: &str) -> [f64; 2] {
    let numbers = transform.trim_start_matches("translate(").trim_end_matches(')');
    let mut parts = numbers.split(' ').map(|n| n.parse().expect("a number"));
    [parts.next().expect("x"), parts.next().expect("y")]
}

const HOSTILE: &str = "</script><img src=x onerror='alert(1)'>&\"]]>\u{1}\u{202e}{{data}}";

#[test]
fn an_svg_is_well_formed_and_lists_every_object_and_bed_by_name() {
    let names = ["Lead & vocal", "<Bass>", "Grüße 鐘"];
    let objects = names.map(|n| object(n, &["all"], &[(0, polar(30.0, 0.0))])).to_vec();
    let svg = view_svg(&timeline("Song", objects), &layout(), &ViewOptions::default());
    let all = elements(&svg);
    let listed: Vec<&str> =
        all.iter().filter(|e| e.is("text", "entry")).map(|e| e.text.as_str()).collect();
    assert_eq!(listed, [&["Song bed (5.1)"], &names[..]].concat());
    let speakers: Vec<&str> =
        all.iter().filter(|e| e.is("text", "spk")).map(|e| e.text.as_str()).collect();
    assert!(speakers.contains(&"L Ltf"), "two loudspeakers at one spot of the plan: {speakers:?}");
}

#[test]
fn no_name_breaks_out_of_a_picture_or_a_page() {
    let object = object(HOSTILE, &[HOSTILE], &[(0, polar(30.0, 0.0)), (9, polar(40.0, 0.0))]);
    let timeline = timeline(HOSTILE, vec![object]);
    let options = ViewOptions {
        at_words: HOSTILE.to_owned(),
        at: Some(FrameIndex(1)),
        ..ViewOptions::default()
    };
    let svg = view_svg(&timeline, &layout(), &options);
    let all = elements(&svg);
    assert!(all.iter().all(|e| e.name != "img" && e.name != "script"));
    assert!(all.iter().all(|e| e.attributes.iter().all(|(k, _)| !k.starts_with("on"))));
    assert!(!svg.contains(['\u{1}', '\u{202e}']));

    let html = view_html(&timeline, &layout(), &options);
    assert_eq!(html.matches("<script").count(), 2, "the data and the program");
    assert_eq!(html.matches("</script").count(), 2);
    assert!(!html.contains("<img"));
    let shown = data(&html)["objects"][0]["name"].as_str().unwrap().to_owned();
    assert_eq!(shown, HOSTILE.replace(['\u{1}', '\u{202e}'], "\u{fffd}"));
}

#[test]
fn nothing_in_a_page_or_picture_refers_to_the_outside() {
    let timeline = timeline("Song", vec![object("A", &[], &[(0, polar(0.0, 0.0))])]);
    let html = view_html(&timeline, &layout(), &ViewOptions::default());
    let svg = view_svg(&timeline, &layout(), &ViewOptions::default());
    let policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";
    assert!(html.contains(policy));
    for text in [html, svg] {
        let inside = text.replace("http://www.w3.org/2000/svg", "");
        for word in ["http:", "https:", "url(", "@import", "src=", "href", "fetch(", "//cdn"] {
            assert!(!inside.contains(word), "{word}");
        }
    }
}

#[test]
fn marks_stand_where_the_room_has_them_and_polar_and_room_agree() {
    // The right front loudspeaker is at −30° and in the corner; half way up the ceiling is 30°.
    let objects = vec![
        object("Corner", &["a"], &[(0, polar(-30.0, 0.0))]),
        object("Same", &["a"], &[(0, room(1.0, 1.0, 0.0))]),
        object("Middle", &["b"], &[(0, room(0.0, 0.0, 0.5))]),
        object("Moving", &["b"], &[(0, room(-1.0, -1.0, 0.0)), (1000, room(0.0, 0.0, 0.0))]),
    ];
    let options = ViewOptions { at: Some(FrameIndex(500)), ..ViewOptions::default() };
    let all = elements(&view_svg(&timeline("Song", objects), &layout(), &options));
    let width = |class: &str| -> f64 {
        let panel = all.iter().position(|e| e.is("g", class)).expect("a panel");
        let room = all[panel..].iter().find(|e| e.is("rect", "room")).expect("its walls");
        room.get("width").parse().unwrap()
    };
    let marks = |class: &str| -> Vec<(String, [f64; 2])> {
        let panel = all.iter().position(|e| e.is("g", class)).expect("a panel");
        let end = all[panel + 1..]
            .iter()
            .position(|e| e.is("g", "panel"))
            .map_or(all.len(), |n| panel + 1 + n);
        let inside = &all[panel..end];
        let found = inside.iter().enumerate().filter(|(_, e)| e.is("g", "mark"));
        found.map(|(i, e)| (inside[i + 1].text.clone(), translation(e.get("transform")))).collect()
    };
    let w = width("plan");
    let expected = [
        ("Corner, Same".to_owned(), [w, 0.0]),
        ("Middle".to_owned(), [w / 2.0, w / 2.0]),
        ("Moving".to_owned(), [w * 0.25, w * 0.75]),
    ];
    assert_eq!(marks("plan"), expected);
    // From the right, the front is at the right; ears are half the room's width below the ceiling.
    let w = width("side");
    let side = marks("side");
    assert_eq!(side[0], ("Corner, Same".to_owned(), [w, w / 2.0]));
    assert_eq!(side[1], ("Middle".to_owned(), [w / 2.0, w / 4.0]));
    assert!((side[2].1[0] - w * 0.25).abs() < 0.1 && side[2].1[1] == w / 2.0, "{side:?}");
}

#[test]
fn only_what_moves_has_a_way_and_a_jump_is_not_a_walk() {
    let objects = vec![
        object("Still", &[], &[(0, polar(30.0, 0.0)), (48_000, polar(30.0, 0.0))]),
        object("Walks", &[], &[(0, room(-1.0, 1.0, 0.0)), (48_000, room(1.0, 1.0, 0.0))]),
        object(
            "Jumps",
            &[],
            &[
                (0, room(-1.0, 0.0, 0.0)),
                (23_750, room(-1.0, 0.0, 0.0)),
                (24_000, room(1.0, 0.0, 0.0)),
            ],
        ),
    ];
    let all = elements(&view_svg(&timeline("Song", objects), &layout(), &ViewOptions::default()));
    let plan_ways: Vec<&str> =
        all.iter().filter(|e| e.is("g", "trail")).map(|e| e.get("data-o")).take(2).collect();
    assert_eq!(plan_ways, ["1", "2"]);
    let of = |class: &str| {
        all.iter().filter(|e| e.is("path", class)).map(|e| e.get("d")).collect::<Vec<_>>()
    };
    // In the plan, the rear and the side view; from the side the way across is a point.
    assert_eq!(of("walk")[0], "M0 0l540 0");
    assert_eq!(of("jump")[0], "M0 270l540 0");
}

/// Points that wander over the whole sphere or room, the same every time.
fn wanderer(index: u64, points: u64) -> Object {
    let mut seed = index + 1;
    let mut random = move || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 40) as f64 / (1 << 24) as f64
    };
    let (mut a, mut b, mut c) = (random() * 360.0 - 180.0, 0.0, 0.5);
    let state = |k: u64| {
        let position = if index.is_multiple_of(2) {
            a = cupola_model::position::wrap_degrees(a + (random() - 0.4) * 20.0);
            b = (b + (random() - 0.5) * 6.0_f64).clamp(-80.0, 80.0);
            polar(a, b)
        } else {
            (a, b) = ((a + random() - 0.5).clamp(-1.0, 1.0), (b + random() - 0.5).clamp(-1.0, 1.0));
            c = (c + (random() - 0.5) * 0.1_f64).clamp(0.0, 1.0);
            room(a, b, c)
        };
        (k * LENGTH / points, position)
    };
    let states: Vec<_> = (0..points).map(state).collect();
    object(&format!("Wanderer {index}"), &["all"], &states)
}

/// The numbers a page says positions are within: degrees and room units.
fn stated_tolerance(html: &str) -> [f64; 2] {
    let Some((_, rest)) = html.split_once("positions within ") else { return [0.02, 0.0005] };
    let (degrees, rest) = rest.split_once("° or ").expect("degrees");
    let (units, _) = rest.split_once(' ').expect("units");
    [degrees, units].map(|n| n.parse().expect("a number"))
}

fn sums(list: &Value) -> Vec<f64> {
    let steps = list.as_array().expect("a list").iter().map(|v| v.as_i64().expect("whole steps"));
    steps
        .scan(0, |sum, step| {
            *sum += step;
            Some(*sum as f64)
        })
        .collect()
}

/// What a page draws at a frame: the straight line between the points it has.
fn drawn(track: &Value, frame: f64) -> Vec<f64> {
    let columns: Vec<Vec<f64>> = track.as_array().expect("columns").iter().map(sums).collect();
    let times = &columns[0];
    let next = times.iter().position(|t| *t > frame).unwrap_or(times.len());
    let value = |column: &Vec<f64>| match (next.checked_sub(1), column.get(next)) {
        (None, _) => column[0],
        (Some(before), None) => column[before],
        (Some(before), Some(after)) => {
            let t = (frame - times[before]) / (times[next] - times[before]);
            column[before] + (after - column[before]) * t
        }
    };
    columns[1..].iter().map(value).collect()
}

#[test]
fn the_tracks_of_a_page_follow_the_automation_within_what_it_states() {
    for points in [20, 4000] {
        let objects: Vec<Object> = (0..20).map(|i| wanderer(i, points)).collect();
        let html =
            view_html(&timeline("Song", objects.clone()), &layout(), &ViewOptions::default());
        let [degrees, units] = stated_tolerance(&html);
        let data = data(&html);
        for (object, track) in objects.iter().zip(data["objects"].as_array().unwrap()) {
            for frame in (0..LENGTH + 10_000).step_by(9_973) {
                let [a, b, c] = drawn(&track["position"], frame as f64)[..] else {
                    panic!("three")
                };
                let state = object.automation.state_at(FrameIndex(frame));
                let off = match state.position {
                    Position::Polar(p) => {
                        let turn = cupola_model::position::wrap_degrees(a / 100.0 - p.azimuth_deg);
                        let rise = (b / 100.0 - p.elevation_deg).abs();
                        turn.abs().max(rise) / (degrees + 0.01)
                    }
                    Position::Room(r) => {
                        let off = [a / 1e4 - r.x, b / 1e4 - r.y, c / 1e4 - r.z];
                        off.into_iter().fold(0.0_f64, |m, o| m.max(o.abs())) / (units + 0.0001)
                    }
                };
                assert!(off <= 1.0, "{} is {off} tolerances off at {frame}", object.name);
            }
        }
    }
}

#[test]
fn pictures_of_a_million_points_stay_below_the_stated_sizes_and_say_what_they_lost() {
    let objects: Vec<Object> = (0..118).map(|i| wanderer(i, 8_500)).collect();
    let timeline = timeline("Song", objects);
    let beat =
        |i: u64| Beat { frame: FrameIndex(i * 2), bar: 1 + i as u32 / 4, beat: 1 + i as u16 % 4 };
    let options = ViewOptions { beats: (0..240_000).map(beat).collect(), ..ViewOptions::default() };
    let html = view_html(&timeline, &layout(), &options);
    assert!(html.len() <= LARGEST_HTML_BYTES, "{} bytes", html.len());
    assert!(html.contains("positions within "), "a page that lost points has to say so");
    let svg = view_svg(&timeline, &layout(), &options);
    assert!(svg.len() <= LARGEST_SVG_BYTES, "{} bytes", svg.len());
    assert!(svg.contains("ways within "), "a picture that lost points has to say so");
    elements(&svg);
}

#[test]
fn the_beats_of_a_page_are_those_it_was_given() {
    let beats = vec![
        Beat { frame: FrameIndex(0), bar: 1, beat: 1 },
        Beat { frame: FrameIndex(100), bar: 1, beat: 2 },
        Beat { frame: FrameIndex(250), bar: 2, beat: 1 },
    ];
    let options = ViewOptions { beats, ..ViewOptions::default() };
    let timeline = timeline("Song", vec![object("A", &[], &[(0, polar(0.0, 0.0))])]);
    let data = data(&view_html(&timeline, &layout(), &options));
    assert_eq!(
        data["beats"],
        serde_json::json!({"frames": [0, 100, 150], "bars": [2, 1], "first": [1, 1]})
    );
    assert_eq!(data["objects"][0]["lane"], serde_json::json!([[0], [500_000]]));
}
