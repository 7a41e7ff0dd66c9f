//! Masters, walked byte by byte and read back through `describe`.
//!
//! `examples/write_masters.rs` writes the same programmes for the checkers of other people.

use cupola_bw64::Form;
use cupola_masters::{
    AdmBwfSink, AdmKind, MastersError, copy_with_settings, describe, read_settings,
};
use cupola_model::{BinauralMode, FrameIndex, Item, PlanarBlock, SampleRate, Timeline};
use std::fs;
use std::path::Path;

mod programmes;
use programmes::{all, tones};

fn write(path: &Path, timeline: &Timeline) -> cupola_masters::FileReport {
    let mut sink = AdmBwfSink::create(path, true, timeline).expect("a fit programme");
    let block = tones(timeline);
    let mut at = 0;
    while at < block.frames() {
        let end = block.frames().min(at + 4_096);
        sink.write(&block, at..end).expect("room on the disk");
        at = end;
    }
    let finished = sink.finish(timeline).expect("room on the disk");
    finished.pending.persist().expect("a free name");
    finished.report
}

/// Names and payloads of the chunks, by a walk of its own; checks every size and pad byte.
fn chunks(bytes: &[u8]) -> Vec<(String, &[u8])> {
    let size_at = |at: usize| {
        let size = bytes[at..at + 4].try_into().expect("four bytes");
        usize::try_from(u32::from_le_bytes(size)).expect("a small file")
    };
    assert_eq!((&bytes[..4], &bytes[8..12]), (&b"RIFF"[..], &b"WAVE"[..]));
    assert_eq!(size_at(4), bytes.len() - 8);
    let (mut at, mut found) = (12, vec![]);
    while at < bytes.len() {
        let size = size_at(at + 4);
        let name = String::from_utf8(bytes[at..at + 4].to_vec()).expect("a name");
        found.push((name, &bytes[at + 8..at + 8 + size]));
        at += 8 + size;
        if size % 2 == 1 {
            assert_eq!(bytes[at], 0, "pad byte");
            at += 1;
        }
    }
    found
}

#[test]
fn chunks_stand_in_the_order_of_real_masters_and_fmt_is_plain_24_bit_pcm() {
    let folder = tempfile::tempdir().unwrap();
    for (name, timeline) in all() {
        let path = folder.path().join(name);
        let report = write(&path, &timeline);
        let bytes = fs::read(&path).unwrap();
        assert_eq!(report.bytes, bytes.len() as u64);
        let found = chunks(&bytes);
        let names: Vec<_> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["JUNK", "fmt ", "data", "axml", "chna", "dbmd"], "{name}");
        let tracks = u16::try_from(timeline.lanes.len()).unwrap();
        let rate = timeline.sample_rate.hz();
        let mut fmt = vec![];
        fmt.extend(1_u16.to_le_bytes());
        fmt.extend(tracks.to_le_bytes());
        fmt.extend(rate.to_le_bytes());
        fmt.extend((rate * u32::from(tracks) * 3).to_le_bytes());
        fmt.extend((tracks * 3).to_le_bytes());
        fmt.extend(24_u16.to_le_bytes());
        assert_eq!(found[1].1, fmt);
        assert_eq!(found[0].1.len(), 64);
        assert_eq!(found[2].1.len() as u64, timeline.length.0 * u64::from(tracks) * 3);
        assert_eq!(found[4].1.len(), 4 + 40 * usize::from(tracks));
        let count = tracks.to_le_bytes();
        assert_eq!(found[4].1[..4], [count, count].concat());
        assert!(found[5].1.len().is_multiple_of(2) && found[5].1.starts_with(&[6, 0, 0, 1]));
    }
}

#[test]
fn every_lane_is_found_in_its_track() {
    let folder = tempfile::tempdir().unwrap();
    let (_, timeline) = all().remove(0);
    let path = folder.path().join("a.wav");
    write(&path, &timeline);
    let bytes = fs::read(&path).unwrap();
    let block = tones(&timeline);
    let tracks = timeline.lanes.len();
    for (index, sample) in chunks(&bytes)[2].1.chunks_exact(3).enumerate() {
        let found = i32::from_le_bytes([0, sample[0], sample[1], sample[2]]) >> 8;
        let want = f64::from(block.channel(index % tracks)[index / tracks]) * 8_388_608.0;
        assert_eq!(f64::from(found), want.round_ties_even());
    }
}

#[test]
fn a_described_master_says_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    for (name, timeline) in all() {
        let path = folder.path().join(name);
        write(&path, &timeline);
        let info = describe(&path).unwrap();
        assert_eq!((info.form, info.frames), (Form::Riff, timeline.length.0));
        assert!(info.repairs.is_empty() && info.findings.is_empty(), "{name}: {:?}", info.findings);
        let adm = info.adm.unwrap();
        assert_eq!(adm.objects.len(), timeline.items.len());
        let beds = adm.objects.iter().filter(|o| o.kind == AdmKind::DirectSpeakers).count();
        assert_eq!(beds, timeline.beds().count());
        assert_eq!(info.chna.len(), timeline.lanes.len());
        for (index, row) in (1..).zip(&info.chna) {
            assert_eq!(row.track_index, index);
            assert_eq!(row.uid, format!("ATU_{index:08x}"));
        }
        let dbmd = info.dbmd.unwrap();
        assert_eq!(dbmd.damaged_segments, []);
        assert_eq!(dbmd.contents.frame_rate, Some(timeline.frame_rate));
        assert_eq!(dbmd.contents.tool, "Cupola");
        assert!(!dbmd.contents.origin.contains("Dolby"), "we do not claim to be somebody else");
        let mut modes = vec![];
        for item in &timeline.items {
            match item {
                Item::Bed(bed) => modes.extend(bed.channels.iter().map(|c| {
                    Some(if c.label.is_lfe() { BinauralMode::Off } else { BinauralMode::Near })
                })),
                Item::Ambisonic(_) => panic!("a master without ambisonics"),
                Item::Object(_) => modes.push(Some(BinauralMode::Far)),
            }
        }
        assert_eq!(dbmd.contents.binaural, modes, "{name}");
    }
}

#[test]
fn the_file_is_the_same_whatever_the_block_size() {
    let folder = tempfile::tempdir().unwrap();
    let (_, timeline) = all().remove(0);
    let (pieces, whole) = (folder.path().join("a.wav"), folder.path().join("b.wav"));
    let report = write(&pieces, &timeline);
    let mut sink = AdmBwfSink::create(&whole, false, &timeline).unwrap();
    let block = tones(&timeline);
    sink.write(&block, 0..block.frames()).unwrap();
    let finished = sink.finish(&timeline).unwrap();
    assert_eq!(finished.report, report);
    finished.pending.persist().unwrap();
    assert_eq!(fs::read(pieces).unwrap(), fs::read(whole).unwrap());
}

#[test]
fn clipping_lanes_are_reported_by_track_name() {
    let folder = tempfile::tempdir().unwrap();
    let (_, timeline) = all().remove(0);
    let path = folder.path().join("a.wav");
    let mut sink = AdmBwfSink::create(&path, false, &timeline).unwrap();
    let mut block = tones(&timeline);
    block.channel_mut(3)[1_234] = -1.25;
    sink.write(&block, 0..block.frames()).unwrap();
    let report = sink.finish(&timeline).unwrap().report;
    let clipped: Vec<_> = report.channels.iter().filter(|channel| channel.clipped > 0).collect();
    assert_eq!(clipped.len(), 1);
    assert_eq!((clipped[0].name.as_str(), clipped[0].peak), ("Bed LFE", 1.25));
    assert_eq!(clipped[0].first_clip, Some(FrameIndex(1_234)));
}

#[test]
fn unfit_programmes_and_wrong_lengths_leave_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wav");
    let (_, timeline) = all().remove(0);
    let mut unfit = timeline.clone();
    unfit.sample_rate = SampleRate::new(44_100).unwrap();
    let error = AdmBwfSink::create(&path, false, &unfit).unwrap_err().to_string();
    assert!(error.contains("a.wav") && error.contains("44100 Hz"), "{error}");

    let mut sink = AdmBwfSink::create(&path, false, &timeline).unwrap();
    sink.write(&PlanarBlock::new(timeline.lanes.len(), 10), 0..10).unwrap();
    let error = sink.finish(&timeline).unwrap_err();
    assert!(matches!(error, MastersError::OtherProgramme { found: 10, .. }), "{error}");

    fs::write(&path, "precious").unwrap();
    let error = AdmBwfSink::create(&path, false, &timeline).unwrap_err();
    assert!(matches!(error, MastersError::Exists { .. }), "{error}");
    drop(AdmBwfSink::create(&path, true, &timeline).unwrap());
    assert_eq!(fs::read(&path).unwrap(), b"precious");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn damaged_metadata_is_a_finding_and_not_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wav");
    let (_, timeline) = all().remove(1);
    write(&path, &timeline);
    let mut bytes = fs::read(&path).unwrap();
    let find =
        |bytes: &[u8], text: &[u8]| bytes.windows(text.len()).position(|w| w == text).unwrap();
    let axml = find(&bytes, b"</ebuCoreMain>");
    bytes[axml + 1] = b'x';
    // The first segment of dbmd claims to be longer than the chunk.
    let dbmd = find(&bytes, b"dbmd");
    bytes[dbmd + 8 + 5..][..2].fill(0xff);
    // The identifier of the first row of chna is no text.
    let chna = find(&bytes, b"chna");
    bytes[chna + 8 + 6] = 0xff;
    fs::write(&path, &bytes).unwrap();
    let info = describe(&path).unwrap();
    assert_eq!(info.frames, timeline.length.0);
    assert!(info.adm.is_none() && info.dbmd.is_none() && info.chna.is_empty());
    let rules: Vec<_> = info.findings.iter().map(|finding| finding.rule).collect();
    assert_eq!(rules, ["info.chna", "info.axml", "info.dbmd"]);
}

#[test]
fn what_is_no_wave_file_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("song.flac");
    fs::write(&path, b"fLaC and so on, for more than twelve bytes").unwrap();
    let error = describe(&path).unwrap_err().to_string();
    assert!(error.contains("song.flac"), "{error}");
    let error = describe(&folder.path().join("none.wav")).unwrap_err().to_string();
    assert!(error.contains("none.wav") && error.contains("check the path"), "{error}");
}

#[test]
fn settings_of_another_master_are_refused_and_leave_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (_, timeline) = all().remove(0);
    write(&path("song.wav"), &timeline);
    let settings = read_settings(&path("song.wav")).unwrap();
    // The file becomes one without settings after they were read.
    let mut bytes = fs::read(path("song.wav")).unwrap();
    let at = bytes.windows(4).rposition(|id| id == b"dbmd").expect("a chunk of settings");
    bytes[at..at + 4].copy_from_slice(b"junk");
    fs::write(path("song.wav"), bytes).unwrap();
    let copy = copy_with_settings(&path("song.wav"), &path("new.wav"), false, &settings, |_| true);
    let error = copy.expect_err("settings without a place").to_string();
    assert!(error.contains("song.wav") && error.contains("changed since"), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left");
}
