//! Layout files: ours against the rules of BS.2051 and the tables of Dolby's rooms, and a user's.

use super::unmark;
use cupola_model::{Layout, PolarPosition, Screen};
use cupola_scene::{closest_layout_name, find_layout, parse_layout, standard_layouts};

fn labels(layout: &Layout) -> String {
    let labels: Vec<_> = layout.speakers().iter().map(|s| s.label.as_str()).collect();
    labels.join(" ")
}

fn names(layout: &Layout) -> String {
    let names: Vec<_> = layout.speakers().iter().map(|s| s.name.as_str()).collect();
    names.join(" ")
}

#[test]
fn the_systems_of_bs_2051_have_its_loudspeakers_in_its_order() {
    let front = "M+030 M-030 M+000 LFE1";
    for (letter, system, name, order) in [
        ('A', "0+2+0", "2.0", "M+030 M-030".to_owned()),
        ('B', "0+5+0", "5.1", format!("{front} M+110 M-110")),
        ('C', "2+5+0", "2+5+0", format!("{front} M+110 M-110 U+030 U-030")),
        ('D', "4+5+0", "5.1.4", format!("{front} M+110 M-110 U+030 U-030 U+110 U-110")),
        ('E', "4+5+1", "4+5+1", format!("{front} M+110 M-110 U+030 U-030 U+110 U-110 B+000")),
        ('F', "3+7+0", "10.2", "M+000 M+030 M-030 U+045 U-045 M+090 M-090 M+135 M-135 UH+180 LFE1 LFE2".to_owned()),
        ('G', "4+9+0", "4+9+0", format!("{front} M+090 M-090 M+135 M-135 U+045 U-045 U+135 U-135 M+SC M-SC")),
        ('H', "9+10+3", "22.2", "M+060 M-060 M+000 LFE1 M+135 M-135 M+030 M-030 M+180 LFE2 M+090 M-090 U+045 U-045 U+000 T+000 U+135 U-135 U+090 U-090 U+180 B+000 B+045 B-045".to_owned()),
        ('I', "0+7+0", "7.1", format!("{front} M+090 M-090 M+135 M-135")),
        ('J', "4+7+0", "7.1.4", format!("{front} M+090 M-090 M+135 M-135 U+045 U-045 U+135 U-135")),
    ] {
        let layout = find_layout(system).unwrap();
        assert_eq!((layout.name.as_str(), labels(layout)), (name, order));
        assert_eq!(find_layout(&format!("System {letter}")), Some(layout));
        // The name of a system counts upper, middle and lower loudspeakers.
        let layer = |letters: &[char]| {
            layout.speakers().iter().filter(|s| !s.lfe && s.label.starts_with(letters)).count()
        };
        let counted = format!("{}+{}+{}", layer(&['U', 'T']), layer(&['M']), layer(&['B']));
        assert_eq!(counted, system);
    }
}

#[test]
fn a_label_of_bs_2051_says_where_its_loudspeaker_stands() {
    for layout in standard_layouts() {
        // In Dolby's rooms the upper loudspeakers are at 45 degrees.
        let dolby = ["5.1.2", "7.1.2", "9.1.4", "9.1.6"].contains(&layout.name.as_str());
        for speaker in layout.speakers() {
            let (layer, angle) =
                speaker.label.split_at(speaker.label.find(['+', '-']).unwrap_or(3));
            let elevation = match layer {
                "M" => 0.0,
                "U" if dolby => 45.0,
                "U" => 30.0,
                "UH" => 45.0,
                "T" => 90.0,
                "B" | "LFE" => -30.0,
                other => panic!("{other}"),
            };
            let azimuth = match angle {
                "+SC" => 15.0,
                "-SC" => -15.0,
                "1" => 45.0,
                "2" => -45.0,
                number => number.parse().unwrap(),
            };
            let wanted = PolarPosition::on_sphere(azimuth, elevation);
            assert_eq!(speaker.direction, wanted, "{} in {}", speaker.label, layout.name);
            assert_eq!(speaker.lfe, layer == "LFE", "{} in {}", speaker.label, layout.name);
            // Left, right and height agree between direction and room.
            let [x, _, z] = speaker.direction.direction();
            let same = |a: f64, b: f64| a.abs() < 1e-9 && b == 0.0 || a * b > 0.0;
            assert!(same(x, speaker.room.x) && same(z, speaker.room.z), "{speaker:?}");
        }
    }
}

#[test]
fn dolby_rooms_have_their_channels_in_order_and_their_room_coordinates() {
    let seven = "L R C LFE Lss Rss Lrs Rrs";
    for (name, order) in [
        ("5.1.2", "L R C LFE Ls Rs Ltm Rtm".to_owned()),
        ("5.1.4", "L R C LFE Ls Rs Ltf Rtf Ltr Rtr".to_owned()),
        ("7.1.2", format!("{seven} Ltm Rtm")),
        ("7.1.4", format!("{seven} Ltf Rtf Ltr Rtr")),
        ("9.1.4", format!("{seven} Lw Rw Ltf Rtf Ltr Rtr")),
        ("9.1.6", format!("{seven} Lw Rw Ltf Rtf Ltm Rtm Ltr Rtr")),
    ] {
        let layout = find_layout(name).unwrap();
        assert_eq!(names(layout), order);
        for speaker in layout.speakers() {
            let (y, z) = match speaker.name.trim_start_matches(['L', 'R']) {
                "" => (1.0, 0.0),
                "C" => (1.0, 0.0),
                "FE" => (1.0, -1.0),
                "s" | "rs" => (-1.0, 0.0),
                "ss" => (0.0, 0.0),
                "w" => (42.0 / 62.0, 0.0),
                "tf" => (1.0, 1.0),
                "tm" => (0.0, 1.0),
                "tr" => (-1.0, 1.0),
                other => panic!("{other}"),
            };
            let x = match &speaker.name[..1] {
                "L" => -1.0,
                "R" => 1.0,
                _ => 0.0,
            };
            let room = speaker.room;
            assert!((room.y - y).abs() < 1e-6, "{name} {}", speaker.name);
            assert_eq!((room.x, room.z), (x, z), "{name} {}", speaker.name);
        }
    }
}

#[test]
fn names_and_aliases_are_unique_and_forgive_their_case() {
    let mut all: Vec<String> = standard_layouts()
        .iter()
        .flat_map(|l| l.aliases.iter().chain([&l.name]).map(|n| n.to_lowercase()))
        .collect();
    let count = all.len();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), count);
    assert_eq!(find_layout("STEREO").unwrap().name, "2.0");
    assert_eq!(closest_layout_name("9.1.5"), Some("9.1.4"));
    assert_eq!(closest_layout_name("quadraphonic"), None);
}

#[test]
fn a_user_layout_needs_little_and_is_refused_at_its_place() {
    let text = "cupola: 1\nname: Studio\nspeakers:\n  - {name: Front, azimuth: 0}\n  - {name: Sub, lfe: true}\n  - {name: Rear, label: M+180, azimuth: 180, room: [0, -1, 0]}\n";
    let layout = parse_layout(text, "studio.yaml").value.unwrap();
    assert_eq!((names(&layout).as_str(), layout.lfe_channel()), ("Front Sub Rear", Some(1)));
    assert_eq!(layout.speakers()[0].label, "Front");
    for (bad, rule) in [
        ("cupola: 1\nname: x\nspeakers:\n  - {name: L, ¦azimut: 30}\n", "scene.key.unknown"),
        ("cupola: 1\nname: x\nspeakers:\n  - ¦{name: L}\n", "scene.key.missing"),
        (
            "cupola: 1\nname: x\nspeakers:\n  - {name: L, azimuth: 30, room: ¦[0, 0]}\n",
            "scene.value.type",
        ),
        (
            "cupola: 1\nname: x\nspeakers:\n  - {name: L, azimuth: 30, room: [0, 0, ¦2]}\n",
            "scene.value.range",
        ),
        (
            "cupola: 1\nname: x\nspeakers:\n  - {name: L, azimuth: 30, elevation: ¦91}\n",
            "scene.value.range",
        ),
        (
            "cupola: 1\nname: x\nspeakers:\n  - {name: L, azimuth: 30, lfe: ¦yes}\n",
            "scene.value.word",
        ),
        (
            "cupola: 1\nname: x\nspeakers:\n  - {name: L, azimuth: 30, label: ¦[]}\n",
            "scene.value.type",
        ),
        ("cupola: 1\nname: x\n¦speakers:\n", "scene.value.empty"),
        ("cupola: 1\nname: x\nspeakers: ¦[]\n", "layout.speakers"),
        (
            "cupola: 1\nname: x\nspeakers: ¦[{name: L, azimuth: 30}, {name: L, azimuth: -30}]\n",
            "layout.speakers",
        ),
        ("cupola: 1\nname: ¦''\nspeakers: [{name: L, azimuth: 30}]\n", "scene.value.empty"),
        (
            "cupola: 1\nname: x\naliases: ¦y\nspeakers: [{name: L, azimuth: 30}]\n",
            "scene.value.type",
        ),
        (
            "cupola: 1\nname: x\ndescription: ¦{}\nspeakers: [{name: L, azimuth: 30}]\n",
            "scene.value.type",
        ),
        ("¦name: x\nspeakers: [{name: L, azimuth: 30}]\n", "scene.key.missing"),
        (
            "cupola: 1\nname: x\nspeakers:\n  - {name: L, azimuth: 30, distance: ¦0}\n",
            "scene.value.range",
        ),
        (
            "cupola: 1\nname: x\nspeakers:\n  - {name: L, azimuth: 30, delay: ¦-1 ms}\n",
            "scene.value.range",
        ),
        (
            "cupola: 1\nname: x\nspeakers:\n  - {name: L, azimuth: 30, gain: ¦loud}\n",
            "scene.value.number",
        ),
        (
            "cupola: 1\nname: x\nscreen: ¦off\nspeakers: [{name: L, azimuth: 30}]\n",
            "scene.value.word",
        ),
        (
            "cupola: 1\nname: x\nscreen: ¦{position: {azimuth: 175}}\nspeakers: [{name: L, azimuth: 30}]\n",
            "scene.screen",
        ),
        (
            "cupola: 1\nname: x\nalign: ¦gain\nspeakers: [{name: L, azimuth: 30}]\n",
            "scene.value.word",
        ),
        (
            "cupola: 1\nname: x\nspeakers:\n  ¦- {name: L, azimuth: 30, distance: 2}\n  - {name: R, azimuth: 9}\n",
            "layout.distance",
        ),
    ] {
        let (text, line, column) = unmark(bad);
        let checked = parse_layout(&text, "l.yaml");
        let first = checked.findings.iter().find(|f| f.rule == rule).unwrap();
        assert!(checked.value.is_none(), "{text}");
        assert_eq!(
            (first.rule, first.place.line, first.place.column),
            (rule, line, column),
            "{first}"
        );
    }
}

#[test]
fn a_room_has_the_usual_screen_another_one_or_none() {
    let screen = |key: &str| {
        let text = format!("cupola: 1\nname: x\n{key}speakers: [{{name: C, azimuth: 0}}]\n");
        parse_layout(&text, "x.yaml").value.unwrap().screen
    };
    assert_eq!(screen(""), Some(Screen::USUAL));
    assert_eq!(screen("screen: {}\n"), Some(Screen::USUAL));
    assert_eq!(screen("screen: none\n"), None);
    assert_eq!(screen("screen: {width: 30}\n"), Some(Screen { width: 30.0, ..Screen::USUAL }));
    for layout in standard_layouts() {
        assert_eq!(layout.screen, Some(Screen::USUAL), "{}", layout.name);
    }
}

#[test]
fn distances_become_delays_and_gains_on_top_of_those_written() {
    let text = |align: &str| {
        format!(
            "cupola: 1\nname: x\n{align}speakers:\n  - {{name: L, azimuth: 30, distance: 3.43}}\n  \
             - {{name: R, azimuth: -30, distance: 2.401 m, delay: 1.5 ms, gain: -20 dB}}\n  \
             - {{name: Sub, lfe: true, gain: -inf}}\n"
        )
    };
    // 1.029 m at 343 m/s are 3 ms; 2.401 of 3.43 m are 0.7.
    for (align, delays, gains) in [
        ("", [0.0, 4.5, 0.0], [1.0, 0.1, 0.0]),
        ("align: delay\n", [0.0, 4.5, 0.0], [1.0, 0.1, 0.0]),
        ("align: both\n", [0.0, 4.5, 0.0], [1.0, 0.07, 0.0]),
        ("align: none\n", [0.0, 1.5, 0.0], [1.0, 0.1, 0.0]),
    ] {
        let layout = parse_layout(&text(align), "x.yaml").value.unwrap();
        for channel in 0..3 {
            let trim = layout.trim(channel);
            assert!((trim.delay_s * 1000.0 - delays[channel]).abs() < 1e-9, "{align}{trim:?}");
            assert!((trim.gain.0 - gains[channel]).abs() < 1e-9, "{align}{trim:?}");
        }
    }
    for layout in standard_layouts() {
        let plain = |channel| layout.trim(channel) == cupola_model::SpeakerTrim::NONE;
        assert!((0..layout.speakers().len()).all(plain), "{}", layout.name);
    }
}
