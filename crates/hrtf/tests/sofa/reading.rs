//! What is read is what h5py reads; what cannot be used is refused by name.

use super::{bytes, path, sofa};
use cupola_hrtf::{HrtfError, RemarkKind, Sofa, SofaFacts, SofaOptions, from_sofa};
use cupola_model::SampleRate;

/// A number of `data/values.txt`, written there by h5py.
fn value(file: &str, name: &str) -> f64 {
    let text = include_str!("../data/values.txt");
    let prefix = format!("{file} {name} ");
    text.lines()
        .find_map(|line| line.strip_prefix(&prefix))
        .expect("a value")
        .parse()
        .expect("a number")
}

fn wave_sum<'a>(values: impl Iterator<Item = &'a f64>) -> f64 {
    values.enumerate().map(|(i, v)| v * (i as f64).cos()).sum()
}

#[test]
fn every_layout_is_read_with_the_values_h5py_reads() {
    for name in ["plain", "delays", "turning", "pulses"] {
        let sofa = sofa(name);
        let close = |key: &str, found: f64| {
            let wanted = value(name, key);
            assert!((found - wanted).abs() < 1e-9 * wanted.abs().max(1.0), "{name} {key}: {found}");
        };
        close("measurements", sofa.directions.len() as f64);
        close("taps", sofa.tap_count as f64);
        close("rate", sofa.rate_hz);
        close("sum", sofa.taps.iter().sum());
        close("squares", sofa.taps.iter().map(|t| t * t).sum());
        close("weighted", wave_sum(sofa.taps.iter()));
        close("delays", wave_sum(sofa.delay_samples.iter().flatten()));
    }
}

#[test]
fn spherical_cartesian_and_turning_listeners_see_the_sources_in_the_same_places() {
    for name in ["plain", "delays", "turning"] {
        let sofa = sofa(name);
        for (i, axis) in ["x", "y", "z"].iter().enumerate() {
            let found = wave_sum(sofa.directions.iter().map(|d| &d[i]));
            let wanted = value("measured", axis);
            assert!((found - wanted).abs() < 1e-9, "{name} {axis}: {found}, not {wanted}");
        }
        assert!(sofa.distances_m.iter().all(|d| (d - 1.4).abs() < 1e-9), "{name}");
    }
}

#[test]
fn the_data_decide_which_ear_is_the_left_one() {
    let kinds = |name| {
        let facts = SofaFacts::of(&sofa(name)).unwrap();
        (facts.left_receiver, facts.remarks.iter().map(|r| r.kind).collect::<Vec<_>>())
    };
    let (left, remarks) = kinds("plain");
    assert_eq!(left, 0);
    assert!(remarks.iter().all(|r| !r.rule().starts_with("hrtf.ears")), "{remarks:?}");
    let (left, remarks) = kinds("delays");
    assert_eq!(left, 0, "declared right first, stored left first");
    assert!(
        remarks.contains(&RemarkKind::EarsMisdeclared)
            && !remarks.contains(&RemarkKind::EarsSwapped)
    );
    let (left, remarks) = kinds("turning");
    assert_eq!(left, 1, "really swapped");
    assert!(
        remarks.contains(&RemarkKind::EarsSwapped)
            && remarks.contains(&RemarkKind::EarsMisdeclared)
    );
    let (left, remarks) = kinds("pulses");
    assert_eq!(left, 0);
    for kind in [
        RemarkKind::EarsUnknown,
        RemarkKind::ItdRange,
        RemarkKind::FewDirections,
        RemarkKind::Hole,
        RemarkKind::Silent,
        RemarkKind::Duplicates,
        RemarkKind::Synthetic,
    ] {
        assert!(remarks.contains(&kind), "{kind:?} is missing in {remarks:?}");
    }
}

#[test]
fn other_conventions_are_refused_by_their_names() {
    for (name, words) in [
        ("spectra", ["SimpleFreeFieldHRTF 1.0", "spectra"]),
        ("emitters", ["GeneralFIR 1.0", "5 emitters"]),
        ("array", ["GeneralFIR 1.0", "[4, 32, 8]"]),
    ] {
        let error = Sofa::parse(bytes(name)).unwrap_err();
        assert!(matches!(error, HrtfError::Convention { .. }), "{name}: {error:?}");
        for word in words {
            assert!(error.to_string().contains(word), "{name}: {error}");
        }
    }
    let error = Sofa::parse(b"RIFF not at all".to_vec()).unwrap_err();
    assert!(matches!(error, HrtfError::NotSofa { .. }), "{error:?}");
}

#[test]
fn little_on_the_disk_cannot_unfold_to_much_in_memory() {
    assert!(std::fs::metadata(path("bomb")).unwrap().len() < 10_000);
    let error = Sofa::parse(bytes("bomb")).unwrap_err();
    assert!(error.to_string().contains("Data.IR is too large"), "{error}");
}

#[test]
fn session_rates_outside_the_range_are_refused() {
    let rate = SampleRate::new(32_000).unwrap();
    let error = from_sofa(&sofa("plain"), rate, &SofaOptions::default()).unwrap_err();
    assert_eq!(error, HrtfError::UnsupportedRate { found_hz: 32_000 });
}

#[test]
fn facts_of_a_measured_head_are_those_of_the_measurement() {
    // KEMAR: ITD of 90 degrees 719 µs at low frequencies by another definition of the fit, ILD
    // 11.9 dB there and at most about 17 dB; the lowest ring is at −40 degrees.
    let facts = SofaFacts::of(&sofa("plain")).unwrap();
    assert_eq!((facts.measurements, facts.duplicates, facts.silent), (65, 0, 0));
    assert!((facts.elevation_deg[0] + 40.0).abs() < 1e-9);
    assert!((facts.elevation_deg[1] - 90.0).abs() < 1e-6);
    assert!(facts.synthetic >= 1, "nobody measured the nadir");
    let side = |d: &&cupola_hrtf::DirectionFacts| {
        (d.azimuth_deg - 90.0).abs() < 1.0 && d.elevation_deg.abs() < 1.0
    };
    let side = facts.directions.iter().find(side).unwrap();
    println!("90 degrees: {:.0} µs, {:.1} dB", side.itd_us, side.ild_db);
    assert!((side.itd_us - 719.0).abs() < 25.0, "{side:?}");
    assert!((side.ild_db - 11.9).abs() < 1.5, "{side:?}");
    println!("diffuse field {:?} dB", facts.diffuse_range_db);
    assert!(facts.diffuse_range_db[1] - facts.diffuse_range_db[0] > 12.0, "the ear canal is heard");
}
