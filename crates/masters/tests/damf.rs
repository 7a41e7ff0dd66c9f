//! DAMF masters: three files, whole or not at all, with the sound of the ADM master.

use cupola_bw64::Reader;
use cupola_masters::{AdmBwfSink, DamfSink, MastersError, damf_files};
use cupola_model::{PlanarBlock, Timeline};
use std::fs;
use std::path::Path;

mod programmes;
use programmes::{all, tones};

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a readable folder");
    let mut names: Vec<_> = entries
        .map(|entry| {
            entry.expect("a readable folder").file_name().into_string().expect("a readable folder")
        })
        .collect();
    names.sort();
    names
}

fn write(path: &Path, timeline: &Timeline, step: usize) {
    let mut sink = DamfSink::create(path, true, timeline).expect("a fit programme");
    let block = tones(timeline);
    for at in (0..block.frames()).step_by(step) {
        sink.write(&block, at..block.frames().min(at + step)).expect("room on the disk");
    }
    sink.finish(timeline).expect("room on the disk").persist().expect("free names");
}

#[test]
fn the_sound_is_that_of_the_adm_master_bit_by_bit() {
    let folder = tempfile::tempdir().unwrap();
    for (name, timeline) in all() {
        let root = folder.path().join(format!("{name}.atmos"));
        if timeline.beds().count() > 1 {
            assert!(DamfSink::create(&root, true, &timeline).is_err(), "{name}");
            continue;
        }
        write(&root, &timeline, 1_000);
        let adm = folder.path().join("adm.wav");
        let mut sink = AdmBwfSink::create(&adm, true, &timeline).unwrap();
        sink.write(&tones(&timeline), 0..tones(&timeline).frames()).unwrap();
        sink.finish(&timeline).unwrap().persist().unwrap();
        let reader = Reader::new(fs::File::open(&adm).unwrap()).unwrap();
        let data = reader.chunks().iter().find(|chunk| &chunk.id == b"data").unwrap();
        let (start, size) = (data.offset as usize, data.size as usize);
        let sound = fs::read(&damf_files(&root)[2]).unwrap();
        assert!(sound[68..] == fs::read(&adm).unwrap()[start..start + size], "{name}");
        let bytes = i64::from_be_bytes(*sound[56..].first_chunk().unwrap());
        assert_eq!(bytes, size as i64 + 4, "{name}: the edit count is a part of the chunk");
    }
}

#[test]
fn the_three_files_name_each_other_and_appear_together() {
    let folder = tempfile::tempdir().unwrap();
    let (_, timeline) = all().remove(0);
    let root = folder.path().join("A Song.atmos");
    let block = tones(&timeline);
    let mut sink = DamfSink::create(&root, false, &timeline).unwrap();
    sink.write(&block, 0..block.frames()).unwrap();
    let finished = sink.finish(&timeline).unwrap();
    assert!(names_in(folder.path()).iter().all(|name| name.starts_with(".cupola-")));
    let sizes: Vec<u64> = finished.companions.iter().map(|c| c.bytes).collect();
    finished.persist().unwrap();
    let names = ["A Song.atmos", "A Song.atmos.audio", "A Song.atmos.metadata"];
    assert_eq!(names_in(folder.path()), names);
    for (path, size) in damf_files(&root)[1..].iter().zip(sizes) {
        assert_eq!(fs::metadata(path).unwrap().len(), size, "{}", path.display());
    }
    let text = fs::read_to_string(&root).unwrap();
    assert!(text.contains("metadata: A Song.atmos.metadata\n    audio: A Song.atmos.audio\n"));
    assert!(!text.contains("Dolby"), "we do not claim to be somebody else");
}

#[test]
fn any_file_in_the_way_stops_the_set_and_stays() {
    let (_, timeline) = all().remove(0);
    for index in 0..3 {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("song.atmos");
        let other = &damf_files(&root)[index];
        fs::write(other, b"precious").unwrap();
        let error = DamfSink::create(&root, false, &timeline).unwrap_err();
        assert!(matches!(error, MastersError::Exists { .. }), "{error}");
        fs::remove_file(other).unwrap();
        // And one that appears while the master is made.
        let block = tones(&timeline);
        let mut sink = DamfSink::create(&root, false, &timeline).unwrap();
        sink.write(&block, 0..block.frames()).unwrap();
        let finished = sink.finish(&timeline).unwrap();
        fs::write(other, b"precious").unwrap();
        assert!(matches!(finished.persist(), Err(MastersError::Exists { .. })));
        assert_eq!(names_in(folder.path()).len(), 1, "{:?}", names_in(folder.path()));
        assert_eq!(fs::read(other).unwrap(), b"precious");
    }
}

#[test]
fn what_does_not_fit_and_what_has_another_length_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("song.atmos");
    let two = all().into_iter().find(|(name, _)| *name == "two_beds").expect("two beds").1;
    let error = DamfSink::create(&root, false, &two).unwrap_err().to_string();
    assert!(error.contains("damf.beds") && error.contains("adm-bwf"), "{error}");
    let (_, timeline) = all().remove(0);
    let mut sink = DamfSink::create(&root, false, &timeline).unwrap();
    sink.write(&PlanarBlock::new(timeline.lanes.len(), 10), 0..10).unwrap();
    let error = sink.finish(&timeline).unwrap_err();
    assert!(matches!(error, MastersError::OtherProgramme { found: 10, .. }), "{error}");
    assert_eq!(names_in(folder.path()), [""; 0]);
}
