//! Sets kept from run to run.

use super::path;
use cupola_hrtf::{HrtfError, SofaOptions, load_sofa};
use cupola_model::SampleRate;
use std::fs;

const RATE: SampleRate = SampleRate::HZ_48000;

#[test]
fn the_second_run_takes_the_set_the_first_one_kept() {
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("not/yet/there");
    let options = SofaOptions::default();
    let load = || load_sofa(&path("turning"), RATE, &options, Some(&cache)).unwrap();
    let (first, second) = (load(), load());
    assert!(!first.from_cache && second.from_cache);
    assert_eq!(first.set.taps, second.set.taps);
    assert_eq!(first.set.delay_samples, second.set.delay_samples);
    assert_eq!(first.set.directions, second.set.directions);
    assert_eq!(first.set.triangles, second.set.triangles);
    assert_eq!(first.set.name, second.set.name);
    assert_eq!(first.set.loudness_gain_db, second.set.loudness_gain_db);
    assert_eq!(first.remarks, second.remarks);
    assert!(!second.remarks.is_empty(), "what is remarkable is said every time");
}

#[test]
fn another_file_rate_or_option_is_another_set() {
    let folder = tempfile::tempdir().unwrap();
    let options = SofaOptions::default();
    let equalised = SofaOptions { diffuse_field_eq: true, ..options };
    let longer = SofaOptions { taps: 256, ..options };
    for (name, rate, options) in [
        ("plain", RATE, options),
        ("delays", RATE, options),
        ("plain", SampleRate::HZ_96000, options),
        ("plain", RATE, equalised),
        ("plain", RATE, longer),
    ] {
        let loaded = load_sofa(&path(name), rate, &options, Some(folder.path())).unwrap();
        assert!(!loaded.from_cache, "{name} {rate:?} {options:?}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 5);
}

#[test]
fn a_damaged_cache_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let load = || load_sofa(&path("pulses"), RATE, &SofaOptions::default(), Some(folder.path()));
    let first = load().unwrap();
    let kept = fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
    let whole = fs::read(&kept).unwrap();
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    for damaged in [&whole[..whole.len() / 2], &[], &flipped] {
        fs::write(&kept, damaged).unwrap();
        let again = load().unwrap();
        assert!(!again.from_cache && again.set.taps == first.set.taps);
        assert_eq!(fs::read(&kept).unwrap(), whole, "and mended");
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_no_reason_to_stop() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let loaded = load_sofa(&path("pulses"), RATE, &SofaOptions::default(), Some(file.path()));
    assert!(!loaded.unwrap().from_cache);
    let error =
        load_sofa("no/such.sofa".as_ref(), RATE, &SofaOptions::default(), None).unwrap_err();
    assert!(matches!(error, HrtfError::Unreadable { .. }), "{error:?}");
    assert!(error.to_string().contains("no/such.sofa"), "{error}");
}
