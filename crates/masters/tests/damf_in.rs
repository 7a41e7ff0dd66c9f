//! DAMF masters back: what we write is clean and comes back, and what is wrong is told.

use cupola_masters::{
    DamfSink, MastersError, check_master, damf_files, import_master, is_master, is_repair,
};
use cupola_model::{Severity, Timeline};
use std::fs;
use std::path::Path;

mod programmes;
use programmes::{all, tones};

fn write(path: &Path, timeline: &Timeline) {
    let mut sink = DamfSink::create(path, true, timeline).expect("a fit programme");
    let block = tones(timeline);
    sink.write(&block, 0..block.frames()).expect("room on the disk");
    sink.finish(timeline).expect("room on the disk").persist().expect("free names");
}

/// Rules that a check finds, but for notes.
fn rules(path: &Path) -> Vec<&'static str> {
    let findings = check_master(path).expect("a readable disk").findings;
    assert!(
        findings.iter().all(|f| !f.hint.is_empty() && !f.place.file.is_empty()),
        "{findings:?}"
    );
    findings.iter().filter(|f| f.severity > Severity::Note).map(|f| f.rule).collect()
}

#[test]
fn every_master_of_ours_is_clean_and_comes_back_with_its_sound() {
    let folder = tempfile::tempdir().unwrap();
    for (name, timeline) in all() {
        if timeline.beds().count() > 1 {
            continue;
        }
        let path = folder.path().join(format!("{name}.atmos"));
        write(&path, &timeline);
        assert!(is_master(&path), "{name}");
        assert_eq!(rules(&path), [""; 0], "{name}");
        let report = check_master(&path).unwrap();
        assert_eq!((report.form_name(), report.frames), (Some("DAMF"), timeline.length.0));
        let imported = import_master(&path).unwrap();
        assert!(!imported.findings.iter().any(is_repair), "{name}: {:?}", imported.findings);
        let back = imported.timeline;
        back.validate().expect("a consistent timeline");
        assert_eq!(imported.sound, damf_files(&path)[2]);
        assert_eq!((back.length, back.sample_rate), (timeline.length, timeline.sample_rate));
        assert_eq!(
            (back.frame_rate, back.lanes.len()),
            (timeline.frame_rate, timeline.lanes.len())
        );
        for (track, lane) in back.lanes.iter().enumerate() {
            assert_eq!(usize::from(lane.sources[0].channel), track, "{name}");
        }
        for (there, back) in timeline.items.iter().zip(&back.items) {
            // Names of strangers are cut to 64 letters, and what is no letter at all gets a number.
            let kept = there.name().starts_with(back.name()) && !back.name().is_empty();
            assert!(kept || back.name().starts_with("Object "), "{name}: {}", back.name());
        }
    }
}

#[test]
fn files_that_were_renamed_are_found_and_files_that_are_gone_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let (_, timeline) = all().remove(0);
    let old = folder.path().join("old.atmos");
    write(&old, &timeline);
    let new = folder.path().join("New Name.atmos");
    for (from, to) in damf_files(&old).iter().zip(damf_files(&new)) {
        fs::rename(from, to).unwrap();
    }
    assert_eq!(rules(&new), ["damf.companion", "damf.companion"]);
    let imported = import_master(&new).unwrap();
    assert_eq!(imported.findings.iter().filter(|f| is_repair(f)).count(), 2);
    let [root, events, sound] = damf_files(&new);
    for gone in [events, sound] {
        let bytes = fs::read(&gone).unwrap();
        fs::remove_file(&gone).unwrap();
        let found = rules(&root);
        assert!(found.contains(&"damf.companion"), "{found:?}");
        assert!(matches!(import_master(&root), Err(MastersError::Read { .. })));
        fs::write(&gone, bytes).unwrap();
    }
    // Naming a part of a master leads to the whole.
    for part in &damf_files(&new)[1..] {
        let error = import_master(part).unwrap_err().to_string();
        assert!(error.contains("New Name.atmos instead"), "{error}");
    }
    // A root leads nowhere else than into its folder.
    let text = fs::read_to_string(&root).unwrap();
    let text = text.replace("old.atmos.audio", "../../etc/old.atmos.audio");
    fs::write(&root, text).unwrap();
    assert_eq!(rules(&root), ["damf.companion", "damf.companion"]);
    assert!(!is_master(&folder.path().join("none.atmos")));
}

#[test]
fn faults_of_each_file_are_found_in_it_and_mended_where_that_can_be() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.atmos");
    let (_, timeline) = all().remove(0);
    write(&path, &timeline);
    let files = damf_files(&path);
    let texts = [&files[0], &files[1]].map(|file| fs::read_to_string(file).unwrap());
    let sound = fs::read(&files[2]).unwrap();
    let change = |index: usize, from: &str, to: &str| {
        assert!(texts[index].contains(from), "{from} is not in the text");
        fs::write(&files[index], texts[index].replacen(from, to, 1)).unwrap();
        let found = rules(&path);
        fs::write(&files[index], &texts[index]).unwrap();
        found
    };
    assert_eq!(change(0, "warpMode", "warpmode"), ["damf.key.unknown"]);
    assert_eq!(change(0, "    trimMode", "\ttrimMode"), ["damf.text"]);
    assert_eq!(change(0, "fps: ", "fps: 9"), ["damf.value"]);
    assert_eq!(change(1, "sampleRate: 48000", "sampleRate: 44100"), ["damf.events.rate"]);
    assert_eq!(change(1, "    importance: 1\n", "    importance: 1.5\n"), ["damf.range"]);
    assert_eq!(change(1, "events:", "event:"), ["damf.text", "damf.key.unknown"]);
    // The head of the sound lies, its end is missing, its rate is none of a master.
    fs::write(&files[2], &sound[..sound.len() - 100]).unwrap();
    assert_eq!(rules(&path), ["damf.audio"]);
    assert!(import_master(&path).unwrap().findings.iter().any(is_repair));
    let mut other = sound.clone();
    other[20..28].copy_from_slice(&44_100_f64.to_be_bytes());
    fs::write(&files[2], &other).unwrap();
    assert_eq!(rules(&path), ["damf.events.rate", "damf.audio.format"]);
    fs::write(&files[2], b"RIFF").unwrap();
    assert_eq!(rules(&path), ["damf.audio"]);
    fs::write(&files[2], &sound).unwrap();
    assert_eq!(rules(&path), [""; 0]);
}
