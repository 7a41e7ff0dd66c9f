//! The text of a master, read back with an XML reader and compared with the profile.

use cupola_adm::{check_limits, tracks, write_axml};
use cupola_model::{BedFormat, Item, ObjectFeatures, SampleRate, Timeline};
use quick_xml::XmlVersion;
use quick_xml::events::Event;
use std::collections::{BTreeMap, HashSet};

#[path = "axml/features.rs"]
mod features;
#[path = "axml/limits.rs"]
mod limits;
mod programmes;
use programmes::{Programme, all, room};

/// An element: where it stands, what it says.
#[derive(Clone, Debug, Default, PartialEq)]
struct Element {
    path: String,
    attributes: BTreeMap<String, String>,
    text: String,
}

impl Element {
    fn name(&self) -> &str {
        self.path.rsplit('/').next().expect("what a master has")
    }

    fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }
}

fn text_of(timeline: &Timeline) -> String {
    let mut text = Vec::new();
    write_axml(timeline, &mut text).expect("what a master has");
    String::from_utf8(text).expect("what a master has")
}

/// Every element in document order; white space around text does not count.
fn elements(text: &str) -> Vec<Element> {
    let mut reader = quick_xml::Reader::from_str(text);
    let (mut found, mut open) = (Vec::<Element>::new(), Vec::new());
    loop {
        match reader.read_event().expect("what a master has") {
            Event::Start(tag) => {
                let parent = open.last().map_or("", |&i: &usize| found[i].path.as_str());
                let path = format!("{parent}/{}", tag.name().as_ref());
                let attributes = tag
                    .attributes()
                    .map(|a| {
                        let a = a.expect("what a master has");
                        let value =
                            a.normalized_value(XmlVersion::Implicit1_0).expect("what a master has");
                        (a.key.as_ref().to_owned(), value.into_owned())
                    })
                    .collect();
                open.push(found.len());
                found.push(Element { path, attributes, text: String::new() });
            }
            Event::Text(piece) => {
                if let Some(&at) = open.last() {
                    found[at].text.push_str(piece.trim());
                }
            }
            Event::End(_) => drop(open.pop()),
            Event::Decl(_) => {}
            Event::Eof => break,
            other => panic!("a master has no {other:?}"),
        }
    }
    found
}

/// 1e-5 s steps of `hh:mm:ss.fffff`, checked to the digit.
fn steps(clock: &str) -> u64 {
    assert_eq!(clock.len(), 14, "{clock}");
    assert_eq!((&clock[2..3], &clock[5..6], &clock[8..9]), (":", ":", "."), "{clock}");
    let number =
        |range: std::ops::Range<usize>| clock[range].parse::<u64>().expect("what a master has");
    let (minutes, seconds) = (number(3..5), number(6..8));
    assert!(minutes < 60 && seconds < 60, "{clock}");
    ((number(0..2) * 60 + minutes) * 60 + seconds) * 100_000 + number(9..14)
}

/// Blocks of each object channel, in order.
fn object_blocks(found: &[Element]) -> Vec<Vec<&Element>> {
    let mut channels = Vec::new();
    for element in found {
        match element.name() {
            "audioChannelFormat" => channels.push(Vec::new()),
            "audioBlockFormat" if element.attributes.contains_key("rtime") => {
                channels.last_mut().expect("what a master has").push(element);
            }
            _ => {}
        }
    }
    channels.retain(|blocks| !blocks.is_empty());
    channels
}

fn assert_tiles(timeline: &Timeline, context: &str) {
    let text = text_of(timeline);
    let found = elements(&text);
    let programme = found.iter().find(|e| e.name() == "audioProgramme").expect("what a master has");
    let end = steps(programme.attribute("end"));
    let exact = timeline.length.0 as f64 / f64::from(timeline.sample_rate.hz()) * 1e5;
    assert!((end as f64 - exact).abs() <= 0.5 + 1e-6, "{context}: {end} for {exact}");
    let channels = object_blocks(&found);
    assert_eq!(channels.len(), timeline.objects().count(), "{context}");
    for blocks in channels {
        let mut at = 0;
        for (number, block) in (1..).zip(&blocks) {
            let id = block.attribute("audioBlockFormatID");
            assert_eq!(id[12..], format!("{number:08x}"), "{context}");
            assert_eq!(steps(block.attribute("rtime")), at, "{context}: gap before {id}");
            let duration = steps(block.attribute("duration"));
            // The interpolation of 0.005208 s must fit into a block.
            assert!(duration >= 521 || blocks.len() == 1, "{context}: {id} lasts {duration}");
            at += duration;
        }
        assert_eq!(at, end, "{context}: the blocks do not end with the programme");
    }
    let jumps: Vec<_> = found.iter().filter(|e| e.name() == "jumpPosition").collect();
    for jump in &jumps {
        assert_eq!(jump.text, "1");
    }
    let firsts = jumps.iter().filter(|j| j.attribute("interpolationLength") == "0.000000").count();
    let others = jumps.iter().filter(|j| j.attribute("interpolationLength") == "0.005208").count();
    assert_eq!((firsts, firsts + others), (timeline.objects().count(), jumps.len()), "{context}");
}

#[test]
fn the_text_equals_the_skeleton_that_passes_the_checkers() {
    let jump =
        vec![room(0, -0.5, 1.0, 0.0), room(2150, -0.5, 1.0, 0.0), room(2400, 0.5, -0.25, 0.5)];
    let timeline = Programme::new(SampleRate::HZ_48000, 4800)
        .bed("Atmos_Bed_1", BedFormat::F7_1_2)
        .object("Atmos_Obj_1", jump)
        .done();
    // The skeleton writes the Z of 0 that both real tools, and we, leave out.
    let normal = |text: &str| {
        let mut found = elements(text);
        found.retain(|e| e.attribute("coordinate") != "Z" || e.text.parse::<f64>().unwrap() != 0.0);
        found
    };
    let want = normal(include_str!("data/skeleton.xml"));
    let got = normal(&text_of(&timeline));
    for (got, want) in got.iter().zip(&want) {
        assert_eq!(got, want);
    }
    assert_eq!(got.len(), want.len());
}

#[test]
fn every_programme_tiles_to_the_printed_digit() {
    for (name, timeline) in all() {
        assert_tiles(&timeline, name);
    }
}

#[test]
fn random_programmes_tile_to_the_printed_digit() {
    let mut seed = 11_u64;
    let mut random = |limit: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % limit
    };
    for round in 0..300 {
        let rate = [SampleRate::HZ_48000, SampleRate::HZ_96000][usize::from(random(2) == 1)];
        let mut programme = Programme::new(rate, 1 + random(100_000));
        for object in 0..=random(3) {
            let mut frame = random(2_000);
            let points = (0..=random(15)).map(|_| {
                frame += 1 + random(9_000);
                let axis = |n: u64| n as f64 / 1000.0 - 1.0;
                room(frame, axis(random(2001)), axis(random(2001)), axis(random(2001)))
            });
            let points = points.collect();
            programme = programme.object(&format!("Object {object}"), points);
        }
        assert_tiles(&programme.done(), &format!("round {round}"));
    }
}

#[test]
fn the_printed_state_is_the_state_at_the_start_of_each_block() {
    for (name, mut timeline) in all() {
        // Features have a test of their own.
        for item in &mut timeline.items {
            if let Item::Object(object) = item {
                object.features = ObjectFeatures::default();
            }
        }
        let text = text_of(&timeline);
        let mut blocks = text.lines().filter(|line| line.contains("rtime="));
        for object in timeline.objects() {
            for block in object.automation.master_blocks(timeline.length, timeline.sample_rate) {
                let line = blocks.next().unwrap();
                let state = object.automation.state_at(block.start);
                let at = state.position.to_room();
                let number = |value: f64| {
                    let text = format!("{value:.10}");
                    if text == "-0.0000000000" { "0.0000000000".into() } else { text }
                };
                let mut want = format!(
                    "<cartesian>1</cartesian><position coordinate=\"X\">{}</position>\
                     <position coordinate=\"Y\">{}</position>",
                    number(at.x),
                    number(at.y)
                );
                if number(at.z) != "0.0000000000" {
                    want += &format!("<position coordinate=\"Z\">{}</position>", number(at.z));
                }
                if number(state.gain.0) != "1.0000000000" {
                    want += &format!("<gain>{}</gain>", number(state.gain.0));
                }
                if state.size > 0.0 {
                    let size = number(state.size);
                    want += &format!(
                        "<width>{size}</width><height>{size}</height><depth>{size}</depth>"
                    );
                }
                want += "<jumpPosition";
                assert!(line.contains(&want), "{name}: {line}\nlacks {want}");
            }
        }
        assert_eq!(blocks.next(), None, "{name}");
    }
}

/// Object ids of a programme, beds first.
fn object_ids(timeline: &Timeline) -> Vec<String> {
    let found = elements(&text_of(timeline));
    let objects = found.iter().filter(|e| e.name() == "audioObject");
    objects.map(|e| e.attribute("audioObjectID").to_owned()).collect()
}

#[test]
fn objects_are_numbered_from_100b_whatever_the_bed() {
    let still = || vec![room(0, 0.0, 1.0, 0.0)];
    let new = || Programme::new(SampleRate::HZ_48000, 48_000);
    let two = |programme: Programme| programme.object("A", still()).object("B", still()).done();
    assert_eq!(object_ids(&two(new())), ["AO_100b", "AO_100c"]);
    let surround = two(new().bed("Bed", BedFormat::F5_1));
    assert_eq!(object_ids(&surround), ["AO_1001", "AO_100b", "AO_100c"]);
    let full = two(new().bed("Bed", BedFormat::F7_1_2));
    assert_eq!(object_ids(&full), ["AO_1001", "AO_100b", "AO_100c"]);
}

#[test]
fn after_several_beds_objects_take_the_next_free_number() {
    let still = || vec![room(0, 0.0, 1.0, 0.0)];
    let new = || Programme::new(SampleRate::HZ_48000, 48_000);
    // Ten and six tracks: the second bed is 0x1000 + 11, the object 0x1000 + 17.
    let large = new().bed("A", BedFormat::F7_1_2).bed("B", BedFormat::F5_1).object("O", still());
    assert_eq!(object_ids(&large.done()), ["AO_1001", "AO_100b", "AO_1011"]);
    // Two and three tracks leave room up to 0x100a.
    let small = new().bed("A", BedFormat::F2_0).bed("B", BedFormat::F3_0).object("O", still());
    assert_eq!(object_ids(&small.done()), ["AO_1001", "AO_1003", "AO_100b"]);
}

#[test]
fn the_last_of_118_objects_is_1080() {
    let (_, crowd) = all().into_iter().find(|(name, _)| *name == "crowd").unwrap();
    let ids = object_ids(&crowd);
    assert_eq!((ids.len(), ids.last().unwrap().as_str()), (119, "AO_1080"));
}

#[test]
fn chna_rows_and_axml_agree_and_no_id_is_used_twice() {
    for (name, timeline) in all() {
        let found = elements(&text_of(&timeline));
        let rows = tracks(&timeline);
        assert_eq!(rows.len(), timeline.lanes.len(), "{name}");
        let uids: Vec<_> = found.iter().filter(|e| e.name() == "audioTrackUID").collect();
        assert_eq!(uids.len(), rows.len(), "{name}");
        for (row, uid) in rows.iter().zip(uids) {
            assert_eq!(row.uid, uid.attribute("UID"));
            let at = found.iter().position(|e| std::ptr::eq(e, uid)).unwrap();
            assert_eq!(found[at + 1].text, row.track_format, "{name}");
            assert_eq!(found[at + 2].text, row.pack_format, "{name}");
        }
        let mut seen = HashSet::new();
        for element in &found {
            for (key, id) in &element.attributes {
                let is_id = key.ends_with("ID");
                assert!(!is_id || seen.insert(id.clone()), "{name}: {id} twice");
            }
        }
        for reference in found.iter().filter(|e| e.name().ends_with("IDRef")) {
            assert!(seen.contains(&reference.text), "{name}: {} leads nowhere", reference.text);
        }
    }
}

#[test]
fn names_survive_as_they_are_and_forbidden_ones_are_mended() {
    let still = || vec![room(0, 0.0, 1.0, 0.0)];
    let timeline = Programme::new(SampleRate::HZ_48000, 48_000)
        .object("a<b>&\"c'd\" é 🎵", still())
        .object("\u{0}\u{b}", still())
        .object(&"x".repeat(65), still())
        .done();
    let found = elements(&text_of(&timeline));
    let names: Vec<_> = found
        .iter()
        .filter(|e| e.name() == "audioObject")
        .map(|e| e.attribute("audioObjectName").to_owned())
        .collect();
    assert_eq!(names, ["a<b>&\"c'd\" é 🎵", "Atmos_Obj_2", &"x".repeat(64)]);
    for element in &found {
        for (key, value) in element.attributes.iter().filter(|(key, _)| key.ends_with("Name")) {
            assert!((1..=64).contains(&value.chars().count()), "{key}={value}");
        }
    }
    let mended: Vec<_> = check_limits(&timeline)
        .into_iter()
        .filter(|finding| finding.rule == "master.name")
        .map(|finding| finding.subject)
        .collect();
    assert_eq!(mended, ["\u{0}\u{b}".to_owned(), "x".repeat(65)]);
}

#[test]
fn every_object_is_in_the_content_of_its_first_group() {
    let (_, timeline) = all().into_iter().find(|(name, _)| *name == "groups").unwrap();
    let found = elements(&text_of(&timeline));
    let mut contents: Vec<(String, String, Vec<String>)> = vec![];
    for element in &found {
        if element.name() == "audioContent" {
            let attribute = |name| element.attribute(name).to_owned();
            contents.push((attribute("audioContentID"), attribute("audioContentName"), vec![]));
        } else if element.path.ends_with("/audioContent/audioObjectIDRef") {
            contents.last_mut().unwrap().2.push(element.text.clone());
        }
    }
    let content = |id: &str, name: &str, objects: &[&str]| {
        (id.to_owned(), name.to_owned(), objects.iter().map(|&o| o.to_owned()).collect::<Vec<_>>())
    };
    let want = [
        content("ACO_1001", "Atmos_Master_Content", &["AO_1001", "AO_100c"]),
        content("ACO_1002", "Vocals", &["AO_100b", "AO_100d"]),
        content("ACO_1003", "Effects & more", &["AO_100e"]),
    ];
    assert_eq!(contents, want);
    let programme: Vec<_> =
        found.iter().filter(|e| e.name() == "audioContentIDRef").map(|e| &e.text).collect();
    assert_eq!(programme, ["ACO_1001", "ACO_1002", "ACO_1003"]);
    let notes: Vec<_> =
        check_limits(&timeline).into_iter().filter(|f| f.rule == "master.groups").collect();
    assert_eq!(notes.len(), 1);
    assert!(notes[0].message.ends_with("group of Lead"), "{}", notes[0]);
}

#[test]
fn a_group_called_as_masters_call_no_group_is_told_before_it_is_lost() {
    let timeline = Programme::new(SampleRate::HZ_48000, 48_000)
        .object("Lead", vec![room(0, 0.0, 1.0, 0.0)])
        .in_groups(&["Vocals"])
        .object("Lost", vec![room(0, 0.5, 1.0, 0.0)])
        .in_groups(&["Atmos_Master_Content"])
        .done();
    for findings in [check_limits(&timeline), cupola_adm::check_itu(&timeline)] {
        let notes: Vec<_> = findings.iter().filter(|f| f.rule == "master.groups").collect();
        assert_eq!(notes.len(), 1, "{findings:?}");
        assert!(notes[0].message.ends_with("that of Lost"), "{}", notes[0]);
    }
}

#[test]
fn beds_write_all_three_coordinates_and_objects_leave_out_a_height_of_zero() {
    let timeline = Programme::new(SampleRate::HZ_48000, 48_000)
        .bed("Bed", BedFormat::F5_1)
        .object("Low", vec![room(0, 0.0, 1.0, 1e-11)])
        .object("High", vec![room(0, 0.0, 1.0, 1e-10)])
        .done();
    let text = text_of(&timeline);
    let heights = |line: &&str| line.matches("coordinate=\"Z\"").count();
    let blocks: Vec<_> = text.lines().filter(|line| line.contains("<audioBlockFormat ")).collect();
    assert_eq!(blocks.iter().map(heights).collect::<Vec<_>>(), [1, 1, 1, 1, 1, 1, 0, 1]);
    assert!(text.contains("<speakerLabel>RC_LFE</speakerLabel>"));
    assert!(!text.contains('\r'));
}
