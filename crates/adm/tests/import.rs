//! Other people's ADM: every form the standard allows, and the faults that real files have.
//!
//! The documents are written by hand after the standard; what they have to become is read off them.

use cupola_adm::rules::import as rules;
use cupola_adm::{AdmError, Import, ImportEssence, ReadLimits, TrackIds, import};
use cupola_model::{
    BedFormat, Divergence, FrameIndex, HorizontalEdge, Item, Object, ObjectFeatures, PolarPosition,
    Position, RoomPosition, SampleRate, Screen, ScreenEdgeLock, Snap, VerticalEdge, ZoneSet,
};

fn essence(channels: u16) -> ImportEssence {
    let row = |track: u16| {
        let uid = format!("ATU_{track:08x}");
        (track, TrackIds { uid, track_format: String::new(), pack_format: String::new() })
    };
    ImportEssence {
        sample_rate: SampleRate::HZ_48000,
        channels,
        frames: 96_000,
        atmos: false,
        chna: Some((1..=channels).map(row).collect()),
    }
}

fn read(body: &str, essence: &ImportEssence) -> Import {
    let text = format!("<ituADM><audioFormatExtended>{body}</audioFormatExtended></ituADM>");
    import(text.as_bytes(), essence, ReadLimits::default()).expect("a document")
}

/// An object of one track, and the track.
fn object(number: u32, name: &str, channel: &str, more: &str) -> String {
    format!(
        "<audioObject audioObjectID=\"AO_{number:04x}\" audioObjectName=\"{name}\" {more}>\
         <audioPackFormatIDRef>AP_00031001</audioPackFormatIDRef>\
         <audioTrackUIDRef>ATU_{number:08x}</audioTrackUIDRef></audioObject>\
         <audioTrackUID UID=\"ATU_{number:08x}\"><audioChannelFormatIDRef>{channel}\
         </audioChannelFormatIDRef><audioPackFormatIDRef>AP_00031001</audioPackFormatIDRef>\
         </audioTrackUID>"
    )
}

fn channel(id: &str, blocks: &str) -> String {
    let label = &id[3..7];
    format!(
        "<audioChannelFormat audioChannelFormatID=\"{id}\" typeLabel=\"{label}\">{blocks}</audioChannelFormat>"
    )
}

fn polar(times: &str, azimuth: f64, more: &str) -> String {
    format!(
        "<audioBlockFormat {times}><position coordinate=\"azimuth\">{azimuth}</position>\
         <position coordinate=\"elevation\">10</position>{more}</audioBlockFormat>"
    )
}

fn rules_of(import: &Import) -> Vec<&'static str> {
    import.findings.iter().map(|finding| finding.rule).collect()
}

fn objects(import: &Import) -> Vec<&Object> {
    let object = |item: &'_ Item| matches!(item, Item::Object(_));
    let all = import.items.iter().filter(|item| object(item));
    all.filter_map(|item| if let Item::Object(object) = item { Some(object) } else { None })
        .collect()
}

fn azimuth_at(object: &Object, seconds: f64) -> f64 {
    match object.automation.state_at(FrameIndex((seconds * 48_000.0) as u64)).position {
        Position::Polar(polar) => polar.azimuth_deg,
        Position::Room(room) => panic!("{room:?} is no direction"),
    }
}

#[test]
fn a_polar_object_of_the_itu_moves_to_its_value_by_the_end_of_each_block() {
    let blocks = polar("rtime=\"00:00:00.00000\" duration=\"00:00:01.00000\"", 0.0, "")
        + &polar("rtime=\"00:00:01.00000\" duration=\"00:00:01.00000\"", 30.0, "<gain>0.5</gain>");
    let body = object(1, "Bird", "AC_00031001", "") + &channel("AC_00031001", &blocks);
    let import = read(&body, &essence(1));
    assert_eq!(rules_of(&import), [""; 0]);
    let bird = objects(&import)[0];
    assert_eq!(bird.name, "Bird");
    for (seconds, azimuth) in [(0.5, 0.0), (1.0, 0.0), (1.5, 15.0), (2.0, 30.0)] {
        assert!((azimuth_at(bird, seconds) - azimuth).abs() < 0.01, "at {seconds}");
    }
    let end = bird.automation.state_at(FrameIndex(96_000));
    assert_eq!(end.gain.0, 0.5);
    assert_eq!(import.lanes[0].sources[0].0, 0);
}

#[test]
fn jumps_and_samples_as_times_and_extents_in_degrees_are_understood() {
    let jump = "<jumpPosition interpolationLength=\"0.25\">1</jumpPosition>";
    let blocks =
        polar(
            "rtime=\"00:00:00.0S48000\" duration=\"00:00:01.0S48000\"",
            -90.0,
            "<width>90</width><height>90</height>",
        ) + &polar("rtime=\"00:00:01.0S48000\" duration=\"00:00:01.0S48000\"", -10.0, jump);
    let body = object(1, "Jump", "AC_00031001", "") + &channel("AC_00031001", &blocks);
    let import = read(&body, &essence(1));
    assert_eq!(rules_of(&import), [""; 0]);
    let jump = objects(&import)[0];
    for (seconds, azimuth) in [(0.9, -90.0), (1.125, -50.0), (1.25, -10.0), (1.9, -10.0)] {
        assert!((azimuth_at(jump, seconds) - azimuth).abs() < 0.01, "at {seconds}");
    }
    // 90° wide is 45° to each side: half of the 90° that size 1 stands for.
    assert_eq!(jump.automation.state_at(FrameIndex(0)).size, 0.5);
}

#[test]
fn an_object_is_silent_outside_its_own_time_and_moves_in_it() {
    let blocks = polar("rtime=\"00:00:00.00000\" duration=\"00:00:00.50000\"", 0.0, "")
        + &polar("rtime=\"00:00:00.50000\" duration=\"00:00:00.50000\"", 40.0, "");
    let times = "start=\"00:00:00.50000\" duration=\"00:00:01.00000\"";
    let body = object(1, "Late", "AC_00031001", times) + &channel("AC_00031001", &blocks);
    let import = read(&body, &essence(1));
    assert_eq!(rules_of(&import), [""; 0]);
    assert!((azimuth_at(objects(&import)[0], 1.25) - 20.0).abs() < 0.01);
    let envelope = import.lanes[0].sources[0].2.as_ref().expect("silence around it");
    let heard = [0, 23_999, 24_000, 71_999, 72_000].map(|f| envelope.gain_at(FrameIndex(f)).0);
    assert_eq!(heard, [0.0, 0.0, 1.0, 1.0, 0.0]);
}

#[test]
fn common_definitions_need_no_definition() {
    // 5.1 by the common pack; the rows of `chna` name the tracks.
    let tracks: String =
        (1..=6).map(|i| format!("<audioTrackUIDRef>ATU_{i:08x}</audioTrackUIDRef>")).collect();
    let body = format!(
        "<audioObject audioObjectID=\"AO_1001\" audioObjectName=\"Music\">\
         <audioPackFormatIDRef>AP_00010003</audioPackFormatIDRef>{tracks}</audioObject>"
    );
    let mut essence = essence(6);
    for (track, ids) in essence.chna.iter_mut().flatten() {
        ids.track_format = format!("AT_0001{track:04x}_01");
        ids.pack_format = "AP_00010003".into();
    }
    let import = read(&body, &essence);
    assert_eq!(rules_of(&import), [""; 0]);
    let Item::Bed(bed) = &import.items[0] else { panic!("a bed") };
    assert_eq!((bed.format, bed.name.as_str()), (BedFormat::F5_1, "Music"));
    let channels: Vec<u16> = import.lanes.iter().map(|lane| lane.sources[0].0).collect();
    assert_eq!(channels, [0, 1, 2, 3, 4, 5]);
}

#[test]
fn a_bed_in_another_order_with_tops_becomes_a_bed_and_objects_that_stand_still() {
    let speaker = |number: u32, label: &str| {
        let block = format!(
            "<audioBlockFormat><speakerLabel>urn:itu:bs:2051:0:speaker:{label}</speakerLabel><position coordinate=\"azimuth\">0</position></audioBlockFormat>"
        );
        channel(&format!("AC_0001{number:04x}"), &block)
    };
    let labels = ["M-030", "M+030", "U+045", "LFE1", "M+000", "M-110", "M+110"];
    let mut body = String::from("<audioObject audioObjectID=\"AO_1001\" audioObjectName=\"Bed\">");
    for number in 1..=7 {
        body += &format!("<audioTrackUIDRef>ATU_{number:08x}</audioTrackUIDRef>");
    }
    body += "</audioObject>";
    for (number, label) in (1..).zip(labels) {
        let id = 0x2000 + number;
        body += &format!(
            "<audioTrackUID UID=\"ATU_{number:08x}\"><audioChannelFormatIDRef>AC_0001{id:04x}</audioChannelFormatIDRef></audioTrackUID>"
        );
        body += &speaker(id, label);
    }
    let import = read(&body, &essence(7));
    assert_eq!(rules_of(&import), [rules::BED_SPLIT]);
    let Item::Bed(bed) = &import.items[0] else { panic!("a bed") };
    assert_eq!(bed.format, BedFormat::F5_1);
    // L R C LFE Ls Rs, and the top behind them.
    let channels: Vec<u16> = import.lanes.iter().map(|lane| lane.sources[0].0).collect();
    assert_eq!(channels, [1, 0, 4, 3, 6, 5, 2]);
    let top = objects(&import)[0].automation.state_at(FrameIndex(0)).position.to_polar();
    assert_eq!((top.azimuth_deg, top.elevation_deg), (45.0, 30.0));
}

#[test]
fn nested_objects_are_heard_once_in_groups_and_unknown_ambisonics_are_left_out_by_name() {
    let block = polar("", 5.0, "");
    let body = format!(
        "<audioProgramme audioProgrammeID=\"APR_1001\" audioProgrammeName=\"Show\" start=\"00:00:00.00000\" end=\"00:00:02.00000\"><audioContentIDRef>ACO_1001</audioContentIDRef></audioProgramme>\
         <audioContent audioContentID=\"ACO_1001\" audioContentName=\"Voices\"><audioObjectIDRef>AO_1009</audioObjectIDRef><audioObjectIDRef>AO_0001</audioObjectIDRef><audioObjectIDRef>AO_0002</audioObjectIDRef></audioContent>\
         <audioObject audioObjectID=\"AO_1009\" audioObjectName=\"Choir\"><audioObjectIDRef>AO_0001</audioObjectIDRef></audioObject>{}{}{}{}",
        object(1, "Alto", "AC_00031001", ""),
        object(2, "Room tone", "AC_00041001", ""),
        channel("AC_00031001", &block),
        channel("AC_00041001", "<audioBlockFormat/>"),
    );
    let import = read(&body, &essence(2));
    assert_eq!(rules_of(&import), [rules::TYPE]);
    assert!(import.findings[0].message.contains("Room tone is HOA"), "{}", import.findings[0]);
    assert_eq!(import.items.len(), 1);
    assert_eq!(objects(&import)[0].groups, ["Voices", "Choir"]);
    assert_eq!(import.name, "Show");
}

#[test]
fn ambisonics_of_stated_components_are_a_bed_whatever_their_order_of_tracks() {
    let field = |parts: &[(&str, &str)], pack: &str| {
        let mut body = format!(
            "<audioPackFormat audioPackFormatID=\"AP_00041001\" typeLabel=\"0004\">{pack}</audioPackFormat>\
             <audioObject audioObjectID=\"AO_0001\" audioObjectName=\"Air\">\
             <audioPackFormatIDRef>AP_00041001</audioPackFormatIDRef>"
        );
        for number in 1..=parts.len() {
            body += &format!("<audioTrackUIDRef>ATU_{number:08x}</audioTrackUIDRef>");
        }
        body += "</audioObject>";
        for (number, (order, degree)) in (1..).zip(parts) {
            body += &format!(
                "<audioTrackUID UID=\"ATU_{number:08x}\">\
                 <audioChannelFormatIDRef>AC_0004100{number}</audioChannelFormatIDRef>\
                 <audioPackFormatIDRef>AP_00041001</audioPackFormatIDRef></audioTrackUID>"
            );
            let block = format!(
                "<audioBlockFormat><order>{order}</order><degree>{degree}</degree></audioBlockFormat>"
            );
            body += &channel(&format!("AC_0004100{number}"), &block);
        }
        body
    };
    let first = [("0", "0"), ("1", "1"), ("1", "-1"), ("1", "0")];
    let import = read(&field(&first, "<normalization>N3D</normalization>"), &essence(4));
    assert_eq!(rules_of(&import), [""; 0]);
    let Item::Ambisonic(bed) = &import.items[0] else { panic!("an ambisonic bed") };
    assert_eq!((bed.name.as_str(), bed.scale.name(), bed.order()), ("Air", "N3D", 1));
    // W X Y Z are the numbers 0 3 1 2, on the tracks in their order.
    assert_eq!(bed.channels.iter().map(|c| c.number).collect::<Vec<_>>(), [0, 3, 1, 2]);
    let tracks = bed.channels.iter().map(|c| import.lanes[c.lane.0].sources[0].0);
    assert_eq!(tracks.collect::<Vec<_>>(), [0, 1, 2, 3]);

    let near = read(&field(&first, "<nfcRefDist>2</nfcRefDist>"), &essence(4));
    assert_eq!(rules_of(&near), [rules::FEATURE]);
    let Item::Ambisonic(bed) = &near.items[0] else { panic!("an ambisonic bed") };
    assert_eq!(bed.scale.name(), "SN3D");

    for (parts, pack) in [
        ([("0", "0"), ("1", "1"), ("1", "1"), ("1", "0")], ""),
        ([("0", "0"), ("1", "1"), ("1", "2"), ("1", "0")], ""),
        ([("0", "0"), ("1", "1"), ("1", "x"), ("1", "0")], ""),
        ([("0", "0"), ("8", "1"), ("1", "1"), ("1", "0")], ""),
        ([("4", "0"), ("1", "1"), ("1", "-1"), ("1", "0")], "<normalization>FuMa</normalization>"),
        ([("0", "0"), ("1", "1"), ("1", "-1"), ("1", "0")], "<normalization>maxN</normalization>"),
    ] {
        let import = read(&field(&parts, pack), &essence(4));
        assert_eq!(rules_of(&import), [rules::TYPE], "{parts:?} {pack}");
        assert!(import.items.is_empty() && import.lanes.is_empty());
    }
}

#[test]
fn blocks_are_kept_one_by_one_with_their_times_to_the_fraction() {
    let times = [("00000", "00500", ""), ("00500", "00501", "0.00250"), ("02000", "00100", "0")];
    let blocks: String = (1..)
        .zip(times)
        .map(|(n, (start, length, jump))| {
            let time = format!("rtime=\"00:00:00.{start}\" duration=\"00:00:00.{length}\"");
            let jump = match jump {
                "" => String::new(),
                "0" => "<jumpPosition>1</jumpPosition>".to_owned(),
                _ => format!("<jumpPosition interpolationLength=\"{jump}\">1</jumpPosition>"),
            };
            polar(&time, 10.0 * f64::from(n), &jump)
        })
        .collect();
    let body = object(1, "One", "AC_00031001", "start=\"00:00:00.10000\"")
        + &channel("AC_00031001", &blocks);
    let import = read(&body, &essence(1));
    let seen: Vec<_> = objects(&import)[0].automation.blocks().expect("blocks").collect();
    // 5 ms are 240 frames, 5.01 ms are 240.48, 2.5 ms are 120; the object starts at frame 4800.
    let expected = [
        (4800.0, 4800.0, 5040.0, 10.0),
        (5040.0, 5160.0, 5280.48, 20.0),
        (5760.0, 5760.0, 5808.0, 30.0),
    ];
    assert_eq!(seen.len(), expected.len());
    for (block, (start, reached, end, azimuth)) in seen.into_iter().zip(expected) {
        let times = [block.start - start, block.reached - reached, block.end - end];
        assert!(times.iter().all(|off| off.abs() < 1e-6), "{block:?}");
        let Position::Polar(at) = block.state.position else { panic!("a direction") };
        assert!((at.azimuth_deg - azimuth).abs() < 1e-5, "{block:?}");
    }
    let atmos = ImportEssence { atmos: true, ..essence(1) };
    assert!(objects(&read(&body, &atmos))[0].automation.blocks().is_none());
}

#[test]
fn blocks_too_irregular_to_be_kept_one_by_one_are_still_a_movement() {
    let block = |n: u32| {
        // No two blocks are equally long.
        let (start, length) = (10 * n + n * (n + 1) / 2, 11 + n);
        let azimuth = if n.is_multiple_of(2) { 10.0 } else { 30.0 };
        let start = format!("{}.{:05}", start / 100_000, start % 100_000);
        let time = format!("rtime=\"00:00:0{start}\" duration=\"00:00:00.{length:05}\"");
        polar(&time, azimuth, "")
    };
    let blocks: String = (0..700).map(block).collect();
    let body = object(1, "One", "AC_00031001", "") + &channel("AC_00031001", &blocks);
    let text = format!("<ituADM><audioFormatExtended>{body}</audioFormatExtended></ituADM>");
    let kept = |kept_bytes| {
        let limits = ReadLimits { kept_bytes, ..ReadLimits::default() };
        let import = import(text.as_bytes(), &essence(1), limits).expect("a document");
        let automation = &objects(&import)[0].automation;
        let rules = rules_of(&import).contains(&rules::BLOCKS_CROWDED);
        (automation.blocks().is_some(), automation.points().len() > 500, rules)
    };
    assert_eq!(kept(ReadLimits::default().kept_bytes), (true, true, false));
    assert_eq!(kept(10_000), (false, true, true));
}

#[test]
fn every_known_fault_is_repaired_under_its_name_and_the_sound_stays() {
    let block = polar("", 5.0, "");
    let good = object(1, "One", "AC_00031001", "") + &channel("AC_00031001", &block);
    let two = |second: &str| {
        let times = "rtime=\"00:00:00.00000\" duration=\"00:00:01.00000\"";
        let blocks = polar(times, 1.0, "") + &polar(second, 2.0, "");
        object(1, "One", "AC_00031001", "") + &channel("AC_00031001", &blocks)
    };
    let stream = "<audioStreamFormat audioStreamFormatID=\"AS_00031001\"><audioChannelFormatIDRef>AC_00031001</audioChannelFormatIDRef><audioPackFormatIDRef>AP_00031001</audioPackFormatIDRef></audioStreamFormat>";
    let track = "<audioTrackUIDRef>ATU_00000001</audioTrackUIDRef>";
    let bed = |block: &str| object(1, "One", "AC_00012001", "") + &channel("AC_00012001", block);
    let cases: Vec<(&str, String)> = vec![
        (rules::STREAM_DOUBLE, good.clone() + stream),
        (rules::REFERENCE_TWICE, good.replace(track, &(track.to_owned() + track))),
        (rules::ID_TWICE, good.clone() + &channel("AC_00031001", &block)),
        (rules::TRACK_PACK, good.clone() + &channel("AC_00031002", &block) + "<audioPackFormat audioPackFormatID=\"AP_00031001\" typeLabel=\"0003\"><audioChannelFormatIDRef>AC_00031002</audioChannelFormatIDRef></audioPackFormat>"),
        (rules::REFERENCE_DANGLING, good.replace(track, &(track.to_owned() + "<audioTrackUIDRef>ATU_00000009</audioTrackUIDRef>"))),
        (rules::OBJECT_START_TIME, good.replace("audioObjectName", "startTime=\"00:00:00.00000\" audioObjectName")),
        (rules::OBJECT_TIME, good.replace("audioObjectName", "duration=\"00:00:09.00000\" audioObjectName")),
        (rules::TIME_FORM, good.replace("audioObjectName", "start=\"soon\" audioObjectName")),
        (rules::OBJECT_UNLISTED, good.clone() + "<audioContent audioContentID=\"ACO_1001\" audioContentName=\"A\"/>"),
        (rules::CHNA_ROW, good.replace("ATU_00000001", "ATU_00000301")),
        (rules::TRACK_FORMAT, good.replace("<audioTrackUID UID", "<audioTrackUID sampleRate=\"44100\" UID")),
        (rules::PROGRAMME_LENGTH, good.clone() + "<audioProgramme audioProgrammeID=\"APR_1001\" start=\"00:00:00.00000\" end=\"00:00:03.00000\"/>"),
        (rules::BLOCK_ROUNDING, two("rtime=\"00:00:01.00002\" duration=\"00:00:00.99998\"")),
        (rules::BLOCK_GAP, two("rtime=\"00:00:01.20000\" duration=\"00:00:00.80000\"")),
        (rules::BLOCK_RANGE, good.replace(">10<", ">110<")),
        (rules::BLOCK_POSITION, two("rtime=\"00:00:01.00000\" duration=\"00:00:01.00000\"").replace("\"azimuth\">2<", "\"azimut\">2<")),
        (rules::LABEL_POSITION, bed("<audioBlockFormat><speakerLabel>M+000</speakerLabel></audioBlockFormat>")),
        (rules::BED_BLOCKS, bed(&(polar("", 45.0, "") + &polar("", 45.0, "")))),
        (rules::CHANNEL_UNKNOWN, good.replace("AC_00031001</audioChannel", "AC_00037777</audioChannel") + "<audioPackFormat audioPackFormatID=\"AP_00031001\" typeLabel=\"0003\"><audioChannelFormatIDRef>AC_00031001</audioChannelFormatIDRef></audioPackFormat>"),
        (rules::SIZE, good.replace("</audioBlockFormat>", "<width>10</width><height>20</height></audioBlockFormat>")),
        (rules::FEATURE, good.replace("</audioBlockFormat>", "<zoneExclusion><zone minAzimuth=\"0\" maxAzimuth=\"30\" minElevation=\"0\" maxElevation=\"30\"/></zoneExclusion></audioBlockFormat>")),
        (rules::COMPLEMENTARY, good.replace("</audioObject>", "<audioComplementaryObjectIDRef>AO_0002</audioComplementaryObjectIDRef></audioObject>")),
    ];
    assert_eq!(rules_of(&read(&good, &essence(1))), [""; 0]);
    for (rule, body) in cases {
        let import = read(&body, &essence(1));
        assert_eq!(rules_of(&import), [rule], "{:?}", import.findings);
        assert_eq!(import.lanes.len(), 1, "{rule}");
        assert_eq!(import.lanes[0].sources[0].0, 0, "{rule}");
        let finding = &import.findings[0];
        assert!(!finding.place.path.is_empty() && !finding.hint.is_empty(), "{finding:?}");
    }
    let lost = good.replace("azimuth", "azimut");
    let import = read(&lost, &essence(1));
    let told = [rules::BLOCK_POSITION, rules::OBJECT_POSITION];
    assert_eq!((rules_of(&import), import.lanes.len()), (told.to_vec(), 0));
    let mut without = essence(1);
    without.chna = None;
    assert_eq!(rules_of(&read(&good, &without)), [rules::CHNA_MISSING]);
    let mut beyond = essence(1);
    beyond.chna.iter_mut().flatten().for_each(|(track, _)| *track = 7);
    let import = read(&good, &beyond);
    assert_eq!(rules_of(&import), [rules::TRACK_RANGE]);
    assert_eq!(import.lanes[0].sources, []);
}

/// What an object is told by a block with these elements in it; room positions when `room`.
fn told(more: &str, room: bool) -> ObjectFeatures {
    let block = if room {
        format!(
            "<audioBlockFormat><cartesian>1</cartesian><position coordinate=\"X\">0</position>\
             <position coordinate=\"Y\">1</position>{more}</audioBlockFormat>"
        )
    } else {
        polar("", 0.0, more)
    };
    let body = object(1, "One", "AC_00031001", "") + &channel("AC_00031001", &block);
    let import = read(&body, &essence(1));
    assert_eq!(rules_of(&import), [""; 0], "{more}");
    objects(&import)[0].features.clone()
}

fn zone(x: [f64; 2], y: [f64; 2], z: [f64; 2]) -> String {
    format!(
        "<zone minX=\"{}\" maxX=\"{}\" minY=\"{}\" maxY=\"{}\" minZ=\"{}\" maxZ=\"{}\">Any</zone>",
        x[0], x[1], y[0], y[1], z[0], z[1]
    )
}

#[test]
fn what_objects_are_told_comes_in() {
    let usual = ObjectFeatures::default();
    assert_eq!(told("", false), usual);
    let snap = |within| ObjectFeatures { snap: Some(Snap { within }), ..usual.clone() };
    assert_eq!(told("<channelLock>1</channelLock>", true), snap(None));
    assert_eq!(told("<channelLock maxDistance=\"0.5\">1</channelLock>", true), snap(Some(0.5)));
    assert_eq!(told("<channelLock maxDistance=\"0.5\">0</channelLock>", true), usual);
    let diverged = |value, width| ObjectFeatures {
        divergence: Some(Divergence { value, width }),
        ..usual.clone()
    };
    let divergence =
        "<objectDivergence azimuthRange=\"30\" positionRange=\"0.25\">0.5</objectDivergence>";
    // To each side in the standard, from side to side here.
    assert_eq!(told(divergence, false), diverged(0.5, 60.0));
    assert_eq!(told(divergence, true), diverged(0.5, 0.5));
    assert_eq!(told("<objectDivergence>1</objectDivergence>", false), diverged(1.0, 90.0));
    assert_eq!(told("<diffuse>0.25</diffuse>", true).diffuse, 0.25);
    assert_eq!(told("<importance>3</importance>", true).importance, 3);
    // An inactive object matters no less: its gain says that it is silent.
    assert_eq!(told("<gain>0.0</gain><importance>0</importance>", true).importance, 10);
    assert!(told("<screenRef>1</screenRef>", true).screen_ref);
    assert!(!told("<screenRef>0</screenRef>", false).screen_ref);
    // Sets are known by their boxes, not by names; what is no set stays boxes.
    let ears = [-0.499, 0.499];
    let heights = zone([-1.0, 1.0], [-1.0, 1.0], [-1.0, -0.4995])
        + &zone([-1.0, 1.0], [-1.0, 1.0], [0.4995, 1.0]);
    let back = zone([-1.0, 1.0], [-1.0, -0.41934], ears);
    let exclude = |zones: &str| format!("<zoneExclusion>{zones}</zoneExclusion>");
    let zones = told(&exclude(&(back.clone() + &heights)), true).zones;
    assert_eq!((zones.set, zones.no_heights, zones.boxes.len()), (Some(ZoneSet::NoBack), true, 0));
    let zones = told(&exclude(&(back + &zone([-1.0, 0.0], [0.0, 1.0], ears))), true).zones;
    assert_eq!((zones.set, zones.no_heights, zones.boxes.len()), (None, false, 2));
    assert_eq!(zones.boxes[1].max, [0.0, 1.0, 0.499]);
}

/// A document of one object at these positions, in a programme with these elements.
fn on_screen(programme: &str, positions: &str) -> Import {
    let body = format!(
        "<audioProgramme audioProgrammeID=\"APR_1001\" audioProgrammeName=\"P\">{programme}\
         <audioContentIDRef>ACO_1001</audioContentIDRef></audioProgramme>\
         <audioContent audioContentID=\"ACO_1001\" audioContentName=\"C\">\
         <audioObjectIDRef>AO_0001</audioObjectIDRef></audioContent>"
    ) + &object(1, "One", "AC_00031001", "")
        + &channel("AC_00031001", &format!("<audioBlockFormat>{positions}</audioBlockFormat>"));
    read(&body, &essence(1))
}

const AHEAD: &str = "<position coordinate=\"azimuth\">0</position>";

#[test]
fn edges_and_the_screen_of_the_programme_come_in() {
    let edges = "<position coordinate=\"X\" screenEdgeLock=\"right\">0</position>\
                 <position coordinate=\"Y\">1</position>\
                 <position coordinate=\"Z\" screenEdgeLock=\"bottom\">0</position>";
    let polar = "<audioProgrammeReferenceScreen><aspectRatio>2.39</aspectRatio>\
                 <screenCentrePosition azimuth=\"5\" elevation=\"-10\" distance=\"1\"/>\
                 <screenWidth azimuth=\"40\"/></audioProgrammeReferenceScreen>";
    let import = on_screen(polar, edges);
    assert_eq!(rules_of(&import), [""; 0]);
    let (horizontal, vertical) = (Some(HorizontalEdge::Right), Some(VerticalEdge::Bottom));
    assert_eq!(objects(&import)[0].features.screen_edge, ScreenEdgeLock { horizontal, vertical });
    let centre = Position::Polar(PolarPosition::on_sphere(5.0, -10.0));
    assert_eq!(import.screen, Screen { aspect_ratio: 2.39, centre, width: 40.0 });
    let room = "<audioProgrammeReferenceScreen aspectRatio=\"1.5\">\
                <screenCentrePosition X=\"0\" Y=\"1\" Z=\"0.2\"/><screenWidth X=\"1.2\"/>\
                </audioProgrammeReferenceScreen>";
    let import = on_screen(room, AHEAD);
    let centre = Position::Room(RoomPosition { x: 0.0, y: 1.0, z: 0.2 });
    assert_eq!(import.screen, Screen { aspect_ratio: 1.5, centre, width: 1.2 });
    assert_eq!(on_screen("", AHEAD).screen, Screen::USUAL);
}

#[test]
fn the_start_of_the_programme_is_when_its_first_frame_is_and_its_length_counts_from_there() {
    let started = |attributes: &str| {
        let body = format!(
            "<audioProgramme audioProgrammeID=\"APR_1001\" {attributes}>\
             <audioContentIDRef>ACO_1001</audioContentIDRef></audioProgramme>\
             <audioContent audioContentID=\"ACO_1001\" audioContentName=\"C\">\
             <audioObjectIDRef>AO_0001</audioObjectIDRef></audioContent>"
        ) + &object(1, "One", "AC_00031001", "start=\"00:00:00.50000\"")
            + &channel("AC_00031001", &polar("", 5.0, ""));
        read(&body, &essence(1))
    };
    // The essence lasts two seconds.
    let import = started("start=\"01:00:00.00000\" end=\"01:00:02.00000\"");
    assert_eq!((import.start, rules_of(&import)), (3600 * 48_000, vec![]));
    let sounds = &import.lanes[0].sources[0].2;
    let gain = |frame| sounds.as_ref().expect("it starts late").gain_at(FrameIndex(frame)).0;
    assert_eq!((gain(23_999), gain(24_000)), (0.0, 1.0));
    assert_eq!(started("end=\"00:00:02.00000\"").start, 0);
    let import = started("start=\"01:00:00.00000\" end=\"01:00:03.00000\"");
    assert_eq!(rules_of(&import), [rules::PROGRAMME_LENGTH]);
}

#[test]
fn a_screen_that_is_none_and_an_edge_of_another_coordinate_are_told() {
    let screen = |inside: &str| {
        format!("<audioProgrammeReferenceScreen>{inside}</audioProgrammeReferenceScreen>")
    };
    let at = |centre: &str, width: &str| {
        screen(&format!(
            "<aspectRatio>1.78</aspectRatio><screenCentrePosition {centre}/><screenWidth {width}/>"
        ))
    };
    for bad in [
        screen(""),
        at("azimuth=\"180\"", "azimuth=\"40\""),
        at("azimuth=\"0\"", "X=\"1\""),
        at("azimuth=\"0\"", "azimuth=\"nan\""),
        at("azimuth=\"0\" elevation=\"85\"", "azimuth=\"40\""),
        at("X=\"0\" Y=\"5\"", "X=\"1\""),
        screen(
            "<aspectRatio>0</aspectRatio><screenCentrePosition azimuth=\"0\"/><screenWidth azimuth=\"9\"/>",
        ),
    ] {
        let import = on_screen(&bad, AHEAD);
        assert_eq!(rules_of(&import), [rules::SCREEN], "{bad}");
        assert_eq!(import.screen, Screen::USUAL);
    }
    let wrong = "<position coordinate=\"azimuth\" screenEdgeLock=\"top\">0</position>";
    let import = on_screen("", wrong);
    assert_eq!(rules_of(&import), [rules::FEATURE]);
    assert!(objects(&import)[0].features.screen_edge.is_none());
}

#[test]
fn what_changes_from_block_to_block_is_what_holds_longest_and_objects_can_matter_less() {
    let times = |start, seconds: f64| {
        format!("rtime=\"00:00:0{start:.5}\" duration=\"00:00:0{seconds:.5}\"")
    };
    let lock = "<channelLock>1</channelLock><importance>8</importance>";
    let blocks = polar(&times(0.0, 0.5), 0.0, lock)
        + &polar(&times(0.5, 1.0), 0.0, "<importance>7</importance>")
        + &polar(&times(1.5, 0.4), 0.0, lock);
    let body =
        object(1, "One", "AC_00031001", "importance=\"5\"") + &channel("AC_00031001", &blocks);
    let import = read(&body, &essence(1));
    assert_eq!(rules_of(&import), [rules::FEATURE_VARIES]);
    let features = &objects(&import)[0].features;
    assert_eq!((features.snap, features.importance), (None, 5));
    let angles = "<zoneExclusion><zone minAzimuth=\"0\" maxAzimuth=\"30\" minElevation=\"0\" \
                  maxElevation=\"10\">A</zone></zoneExclusion>";
    let body =
        object(1, "One", "AC_00031001", "") + &channel("AC_00031001", &polar("", 0.0, angles));
    let import = read(&body, &essence(1));
    assert_eq!(rules_of(&import), [rules::FEATURE]);
    assert!(import.findings[0].message.contains("zoneExclusion"), "{}", import.findings[0]);
}

#[test]
fn a_document_in_utf_16_is_the_same_document() {
    let body = object(1, "Ödön 𝄞", "AC_00031001", "")
        + &channel("AC_00031001", &polar("", 5.0, "<gain>0.5</gain>"));
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"ENCODING\"?>\n<ituADM><audioFormatExtended>{body}\
         </audioFormatExtended></ituADM>"
    );
    let read =
        |bytes: &[u8]| import(bytes, &essence(1), ReadLimits::default()).expect("a document");
    let plain = read(text.replace("ENCODING", "UTF-8").as_bytes());
    let wide = text.replace("ENCODING", "UTF-16");
    for bytes in [
        wide.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>(),
        format!("\u{feff}{wide}").encode_utf16().flat_map(u16::to_be_bytes).collect(),
    ] {
        let other = read(&bytes);
        assert_eq!((&other.items, rules_of(&other)), (&plain.items, vec![]));
    }
    assert_eq!(plain.items[0].name(), "Ödön 𝄞");
}

#[test]
fn damage_and_greed_are_errors_and_never_more() {
    let good = object(1, "One", "AC_00031001", "") + &channel("AC_00031001", &polar("", 5.0, ""));
    let text = format!("<a><audioFormatExtended>{good}</audioFormatExtended></a>");
    for cut in 0..text.len() {
        let _ = import(&text.as_bytes()[..cut], &essence(1), ReadLimits::default());
    }
    let kept = ReadLimits { kept_bytes: 1_000, ..ReadLimits::default() };
    let error = import(text.as_bytes(), &essence(1), kept).expect_err("too much");
    assert!(matches!(error, AdmError::TooLarge { .. }), "{error}");
    let none = import(&b"<a/>"[..], &essence(1), ReadLimits::default()).expect_err("nothing");
    assert!(none.to_string().contains("audioFormatExtended"), "{none}");
    // Objects and packs that hold themselves.
    let knot = good
        .replace("</audioObject>", "<audioObjectIDRef>AO_0001</audioObjectIDRef></audioObject>")
        + "<audioPackFormat audioPackFormatID=\"AP_00031001\"><audioPackFormatIDRef>AP_00031001</audioPackFormatIDRef></audioPackFormat>";
    assert_eq!(read(&knot, &essence(1)).items.len(), 1);
}
