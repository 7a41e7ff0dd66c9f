//! Whole masters against the profile.
//!
//! The faults another checker plants are in `tests/judges/planted.py`.

use cupola_adm::rules;
use cupola_masters::{AdmBwfSink, MasterCheck, check_master};
use cupola_model::{Severity, Timeline};
use std::fs;
use std::path::Path;

mod programmes;
use programmes::{all, tones};

fn write(path: &Path, timeline: &Timeline) {
    let mut sink = AdmBwfSink::create(path, true, timeline).expect("a fit programme");
    let block = tones(timeline);
    sink.write(&block, 0..block.frames()).expect("room on the disk");
    sink.finish(timeline).expect("room on the disk").pending.persist().expect("a free name");
}

fn check_bytes(folder: &Path, bytes: &[u8]) -> MasterCheck {
    let path = folder.join("changed.wav");
    fs::write(&path, bytes).expect("room on the disk");
    check_master(&path).expect("a readable disk")
}

fn find(bytes: &[u8], text: &[u8]) -> usize {
    bytes.windows(text.len()).position(|w| w == text).expect("what a master has")
}

#[test]
fn every_master_of_ours_passes_but_for_its_honest_origin() {
    let folder = tempfile::tempdir().unwrap();
    for (name, timeline) in all() {
        let path = folder.path().join(name);
        write(&path, &timeline);
        let report = check_master(&path).unwrap();
        assert_eq!(usize::from(report.channels), timeline.lanes.len());
        assert_eq!(report.frames, timeline.length.0);
        let mut rules: Vec<_> = report
            .findings
            .iter()
            .filter(|f| f.severity > Severity::Note)
            .map(|f| f.rule)
            .collect();
        rules.retain(|rule| *rule != rules::FMT_RATE || timeline.sample_rate.hz() == 48_000);
        assert_eq!(rules, [rules::DBMD_ORIGIN], "{name}: {:?}", report.findings);
        let place = &report.findings[0].place;
        assert!(place.file.ends_with(name) && !place.path.is_empty(), "{place}");
    }
}

#[test]
fn faults_of_the_container_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wav");
    let (_, timeline) = all().remove(0);
    write(&path, &timeline);
    let good = fs::read(&path).unwrap();
    let (axml, chna) = (find(&good, b"axml"), find(&good, b"chna"));
    let change = |at: usize, new: &[u8]| {
        let mut bytes = good.clone();
        bytes[at..at + new.len()].copy_from_slice(new);
        bytes
    };
    let without = |from: usize, to: usize| [&good[..from], &good[to..]].concat();
    let mut doubled = good.clone();
    doubled.extend_from_slice(&good[chna..find(&good, b"dbmd")]);
    let cases: [(&str, Vec<u8>, &str); 9] = [
        ("size of the whole", change(4, &[0, 0, 0, 0]), rules::CONTAINER_SIZE),
        ("one byte off", change(4, &(good.len() as u32 - 7).to_le_bytes()), rules::CONTAINER_SIZE),
        ("cut", good[..good.len() - 100].to_vec(), rules::CONTAINER_SIZE),
        ("stray bytes", [&good[..], b"\xff\xff\xff"].concat(), rules::CONTAINER_SIZE),
        ("no room for sizes", without(12, 84), rules::CONTAINER_RESERVE),
        ("no axml", without(axml, chna), rules::CHUNK_COUNT),
        ("two chna", doubled, rules::CHUNK_COUNT),
        ("byte rate", change(100, &[1, 2, 3, 0]), rules::FMT_SIZES),
        ("not WAVE", change(8, b"AVI "), rules::CONTAINER),
    ];
    for (name, bytes, rule) in cases {
        let findings = check_bytes(folder.path(), &bytes).findings;
        let found = findings.iter().find(|f| f.rule == rule);
        let found = found.unwrap_or_else(|| panic!("{name}: {findings:?}"));
        assert!(!found.hint.is_empty() && found.place.file.ends_with("changed.wav"), "{found}");
    }
}

#[test]
fn a_pad_byte_that_is_not_zero_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wav");
    // One of the programmes has an axml of odd size.
    let padded = all().into_iter().find_map(|(_, timeline)| {
        write(&path, &timeline);
        let bytes = fs::read(&path).unwrap();
        let chna = find(&bytes, b"chna");
        (bytes[chna - 1] == 0).then_some((bytes, chna))
    });
    let (mut bytes, chna) = padded.expect("an axml of odd size");
    bytes[chna - 1] = b'\n';
    let findings = check_bytes(folder.path(), &bytes).findings;
    assert!(findings.iter().any(|f| f.rule == rules::CONTAINER_PAD), "{findings:?}");
}

#[test]
fn no_flipped_byte_of_the_metadata_panics_and_each_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wav");
    let timeline = all().into_iter().find(|(name, _)| *name == "bed_alone").unwrap().1;
    write(&path, &timeline);
    let good = fs::read(&path).unwrap();
    let rules_of = |c: MasterCheck| c.findings.iter().map(|f| f.rule).collect::<Vec<_>>();
    let clean = rules_of(check_master(&path).unwrap());
    let (chna, dbmd) = (find(&good, b"chna"), find(&good, b"dbmd"));
    let mut unseen = vec![];
    // Not the filler of JUNK.
    for at in (0..20).chain(84..116).chain(chna..good.len()).step_by(3) {
        let mut bytes = good.clone();
        bytes[at] ^= 0x11;
        if rules_of(check_bytes(folder.path(), &bytes)) == clean {
            unseen.push(at);
        }
    }
    // The last byte of a row is nobody's business.
    unseen.retain(|at| *at < chna || *at >= dbmd || (at - chna - 12) % 40 != 39);
    assert_eq!(unseen, [0; 0], "chna at {chna}, dbmd at {dbmd}");
}
