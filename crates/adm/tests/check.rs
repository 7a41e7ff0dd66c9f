//! Finished texts against the profile: ours pass, planted faults are found, nothing hangs.
//!
//! More faults, planted by another checker's own machinery, are in `tests/judges/planted.py`.

use cupola_adm::{Essence, check_axml, rules, tracks, write_axml};
use cupola_model::{Finding, Severity, Timeline};
use std::io::BufReader;

mod programmes;
use programmes::all;

fn text_of(timeline: &Timeline) -> String {
    let mut text = Vec::new();
    write_axml(timeline, &mut text).expect("a fit programme");
    String::from_utf8(text).expect("UTF-8")
}

fn essence_of(timeline: &Timeline) -> Essence {
    Essence {
        sample_rate: timeline.sample_rate.hz(),
        channels: u16::try_from(timeline.lanes.len()).expect("at most 128"),
        bits: 24,
        frames: timeline.length.0,
    }
}

fn check(text: &str, timeline: &Timeline) -> Vec<Finding> {
    let rows = tracks(timeline);
    check_axml(text.as_bytes(), Some(&essence_of(timeline)), Some(&rows)).expect("memory")
}

fn programme(name: &str) -> Timeline {
    all().into_iter().find(|(other, _)| *other == name).expect("a programme of that name").1
}

#[test]
fn every_master_of_ours_passes() {
    for (name, timeline) in all() {
        let findings = check(&text_of(&timeline), &timeline);
        let serious: Vec<_> = findings.iter().filter(|f| f.severity > Severity::Note).collect();
        assert!(serious.is_empty(), "{name}: {serious:?}");
    }
}

#[test]
fn white_space_and_line_ends_do_not_matter() {
    let timeline = programme("bed_and_mover");
    let text = text_of(&timeline).replace('\n', "\r\n   ").replace("><", ">\n\t<");
    let text = text.trim_start().to_owned() + "\0\0";
    assert_eq!(check(&text, &timeline), []);
}

#[test]
fn a_planted_fault_is_found_at_its_place_with_a_remedy() {
    let timeline = programme("bed_and_mover");
    let good = text_of(&timeline);
    let faults = [
        ("<cartesian>1</cartesian>", "<cartesian>0</cartesian>", rules::VALUE),
        ("<speakerLabel>RC_Lts<", "<speakerLabel>RC_Ltf<", rules::BED_CHANNELS),
        ("RoomCentricLeftSideSurround\" typeLabel", "Left\" typeLabel", rules::BED_CHANNEL),
        (
            "interpolationLength=\"0.005208\">1",
            "interpolationLength=\"0.005208\">0",
            rules::BLOCK_JUMP,
        ),
        ("formatDefinition=\"PCM\"", "formatDefinition=\"AAC\"", rules::VALUE),
        ("<audioObject ", "<audioObject importance=\"5\" ", rules::ATTRIBUTE),
        ("_00000003\" rtime", "_00000004\" rtime", rules::BLOCK_ID),
        ("audioTrackUIDRef>ATU_0000000b", "audioTrackUIDRef>ATU_0000000a", rules::REFERENCE_COUNT),
    ];
    for (old, new, rule) in faults {
        assert!(good.contains(old), "{old}");
        let bad = good.replacen(old, new, 1);
        let findings = check(&bad, &timeline);
        let found = findings.iter().find(|f| f.rule == rule);
        let found = found.unwrap_or_else(|| panic!("{new}: {findings:?}"));
        assert_eq!(found.severity, Severity::Error, "{found}");
        assert!(!found.hint.is_empty() && found.place.path.starts_with("axml byte "), "{found}");
        let byte = found.place.path["axml byte ".len()..].split(',').next().expect("a number");
        let byte: usize = byte.parse().expect("a number");
        assert!(bad[byte..].starts_with('<') || byte == 0, "{found}");
    }
}

#[test]
fn gaps_and_roundings_are_told_apart() {
    let timeline = programme("bed_and_mover");
    let good = text_of(&timeline);
    let block = |text: &str| {
        let at = text.find("_00000004\" rtime=\"").expect("a fourth block");
        text[at + 18..at + 32].to_owned()
    };
    let start = block(&good);
    let moved = |by: i64| {
        let digits: i64 = start[9..].parse().expect("digits");
        good.replacen(&start, &format!("{}{:05}", &start[..9], digits + by), 1)
    };
    let rules_of = |text: &str| check(text, &timeline).iter().map(|f| f.rule).collect::<Vec<_>>();
    for by in [1, 2, -1, -2] {
        assert!(rules_of(&moved(by)).iter().all(|r| *r == rules::BLOCK_ROUNDING), "{by}");
    }
    for by in [3, -3, 100] {
        assert!(rules_of(&moved(by)).contains(&rules::BLOCK_GAP), "{by}");
    }
}

#[test]
fn movement_in_steps_of_50_ms_is_told_and_single_jumps_are_not() {
    let timeline = programme("object_alone");
    let good = text_of(&timeline);
    // One second of blocks of our own making instead of those written.
    let (head, rest) = good.split_once("<audioBlockFormat ").expect("blocks");
    let (_, tail) = rest.split_once("</audioChannelFormat>").expect("an end");
    let blocks = |step: u64| {
        let end = 100_002;
        let mut text = String::new();
        for (n, start) in (1..).zip((0..end - 600).step_by(step as usize)) {
            let next = if start + step >= end - 600 { end } else { start + step };
            let clock = |t: u64| format!("00:00:{:02}.{:05}", t / 100_000, t % 100_000);
            let length = if n == 1 { "0.000000" } else { "0.005208" };
            text += &format!(
                "<audioBlockFormat audioBlockFormatID=\"AB_00031001_{n:08x}\" rtime=\"{}\" \
                 duration=\"{}\"><cartesian>1</cartesian><position coordinate=\"X\">{}</position>\
                 <position coordinate=\"Y\">0.5</position><jumpPosition \
                 interpolationLength=\"{length}\">1</jumpPosition></audioBlockFormat>",
                clock(start),
                clock(next - start),
                if n % 2 == 0 { "0.1" } else { "-0.1" },
            );
        }
        format!("{head}{text}</audioChannelFormat>{tail}")
    };
    let rules_of =
        |step| check(&blocks(step), &timeline).iter().map(|f| f.rule).collect::<Vec<_>>();
    assert_eq!(rules_of(1_000), [""; 0], "10 ms are joined");
    assert_eq!(rules_of(5_000), [rules::BLOCK_SPARSE], "told once");
    assert_eq!(rules_of(60_000), [""; 0], "jumps are meant");
}

#[test]
fn a_text_cut_anywhere_is_damaged_and_never_a_panic() {
    let timeline = programme("object_alone");
    let text = text_of(&timeline);
    let end = text.find("</ebuCoreMain>").expect("a root") + "</ebuCoreMain>".len();
    for cut in (0..end).step_by(37) {
        let findings = check(&text[..cut], &timeline);
        assert!(findings.iter().any(|f| f.rule == rules::AXML_SYNTAX), "cut at {cut}");
    }
}

#[test]
fn what_would_exhaust_a_reader_is_refused() {
    let nested = "<a>".repeat(1_000);
    let long_name = format!("<{}>", "n".repeat(1 << 20));
    let objects: String =
        (0..300_000).map(|i| format!("<audioObject audioObjectID=\"AO_{i:04x}\"/>")).collect();
    let many =
        format!("<ebuCoreMain><audioFormatExtended>{objects}</audioFormatExtended></ebuCoreMain>");
    for text in [nested, long_name, many] {
        let findings = check_axml(text.as_bytes(), None, None).unwrap();
        assert!(findings.iter().any(|f| f.rule == rules::AXML_LIMIT), "{}", findings[0]);
        assert!(findings.len() < 300);
    }
}

/// Every pack is followed for every object: a web of references must not take for ever.
#[test]
fn a_web_of_references_costs_no_more_than_its_text() {
    let list = |tag: &str, count: u32| {
        (0..count).map(|i| format!("<{tag}>AC_{i:08x}</{tag}>")).collect::<String>()
    };
    let pack = format!(
        "<audioPackFormat audioPackFormatID=\"AP_00011001\" typeLabel=\"0001\">{}</audioPackFormat>",
        list("audioChannelFormatIDRef", 30_000)
    );
    let object = "<audioObject audioObjectID=\"AO_1001\"><audioPackFormatIDRef>AP_00011001\
                  </audioPackFormatIDRef></audioObject>";
    let text = format!(
        "<ebuCoreMain><audioFormatExtended>{pack}{}</audioFormatExtended></ebuCoreMain>",
        object.repeat(30_000)
    );
    let started = std::time::Instant::now();
    let findings = check_axml(BufReader::new(text.as_bytes()), None, None).unwrap();
    assert!(findings.iter().any(|f| f.rule == rules::ELEMENT_COUNT));
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

#[test]
fn text_in_torn_utf_16_is_a_finding_and_no_fault_of_the_disk() {
    // Half of a pair of surrogates, and an odd byte at the end.
    for torn in
        [&[0xFF, 0xFE, 0x3C, 0x00, 0x00, 0xD8, 0x41, 0x00][..], &[0xFE, 0xFF, 0x00, 0x3C, 0x00]]
    {
        let findings = check_axml(torn, None, None).expect("the disk is sound");
        assert!(
            findings
                .iter()
                .any(|f| f.severity == Severity::Error && f.to_string().contains("UTF-16")),
            "{findings:?}"
        );
    }
}
