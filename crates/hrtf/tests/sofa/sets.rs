//! Sets made from files: what was measured is what will be heard.

use super::listen::{Response, erb_bands, itd_us, spread};
use super::sofa;
use cupola_hrtf::{Sofa, SofaOptions, from_sofa};
use cupola_model::{HrtfSet, SampleRate};

fn set(sofa: &Sofa, rate_hz: u32) -> HrtfSet {
    let rate = SampleRate::new(rate_hz).expect("a usable rate");
    from_sofa(sofa, rate, &SofaOptions::default()).expect("a set").0
}

/// Figures of a set against the responses it was made from, in the order of the file.
struct Figures {
    lsd_db: [f64; 3],
    itd_us: [f64; 3],
    ild_db: [f64; 3],
}

/// `left` is the receiver that is the left ear.
fn compare(sofa: &Sofa, set: &HrtfSet, left: usize) -> Figures {
    let bands = erb_bands();
    let mut differences = Vec::new();
    let mut itd = Vec::new();
    for i in 0..sofa.directions.len() {
        let of_file = [left, 1 - left].map(|receiver| Response::of_sofa(sofa, i, receiver));
        let of_set = [0, 1].map(|ear| Response::of_set(set, i, ear));
        for ear in 0..2 {
            let (a, b) = (of_set[ear].levels_db(&bands), of_file[ear].levels_db(&bands));
            differences.push(a.iter().zip(&b).map(|(a, b)| a - b).collect::<Vec<f64>>());
        }
        let error = itd_us(&of_set[0], &of_set[1]) - itd_us(&of_file[0], &of_file[1]);
        itd.push(error.abs());
    }
    // The set has a level of its own.
    let all = differences.iter().flatten();
    let level = all.clone().sum::<f64>() / all.count() as f64;
    let rms =
        |d: &Vec<f64>| (d.iter().map(|v| (v - level).powi(2)).sum::<f64>() / d.len() as f64).sqrt();
    let mean = |d: &Vec<f64>| d.iter().sum::<f64>() / d.len() as f64;
    let ild = differences.chunks(2).map(|ears| (mean(&ears[0]) - mean(&ears[1])).abs());
    Figures {
        lsd_db: spread(differences.iter().map(rms).collect()),
        itd_us: spread(itd),
        ild_db: spread(ild.collect()),
    }
}

#[test]
fn stored_directions_sound_as_they_were_measured() {
    for (name, left) in [("plain", 0), ("delays", 0), ("turning", 1)] {
        let sofa = sofa(name);
        for rate in [44_100, 48_000, 96_000] {
            let Figures { lsd_db, itd_us, ild_db } = compare(&sofa, &set(&sofa, rate), left);
            println!(
                "{name} at {rate} Hz: LSD {:.2} / {:.2} dB, ITD {:.1} mean {:.1} max µs, ILD {:.2} dB",
                lsd_db[0], lsd_db[1], itd_us[0], itd_us[2], ild_db[0]
            );
            assert!(lsd_db[0] <= 0.3 && lsd_db[1] <= 0.7, "{name} at {rate} Hz: {lsd_db:?} dB");
            assert!(itd_us[0] <= 5.0 && itd_us[2] <= 20.0, "{name} at {rate} Hz: {itd_us:?} µs");
            assert!(ild_db[0] <= 0.5, "{name} at {rate} Hz: {ild_db:?} dB");
        }
    }
}

/// The same for any file:
/// `CUPOLA_SOFA=FILE.sofa cargo test -p cupola-hrtf --test sofa any_file -- --ignored --nocapture`
#[test]
#[ignore = "needs a file named by CUPOLA_SOFA"]
fn any_file_sounds_as_it_was_measured() {
    let path = std::env::var("CUPOLA_SOFA").expect("CUPOLA_SOFA names a file");
    let sofa = Sofa::parse(std::fs::read(path).unwrap()).unwrap();
    let facts = cupola_hrtf::SofaFacts::of(&sofa).unwrap();
    assert_eq!(facts.duplicates + facts.silent, 0, "the comparison goes by the order of the file");
    let start = std::time::Instant::now();
    let set = set(&sofa, 48_000);
    let took = start.elapsed();
    let Figures { lsd_db, itd_us, ild_db } = compare(&sofa, &set, facts.left_receiver);
    println!("{} directions in {took:?}", sofa.directions.len());
    println!("LSD {lsd_db:.2?} dB, ITD {itd_us:.1?} µs, ILD {ild_db:.2?} dB: mean, p95, largest");
    assert!(lsd_db[0] <= 0.3 && lsd_db[1] <= 0.7 && itd_us[0] <= 5.0 && itd_us[2] <= 20.0);
}

#[test]
fn the_level_of_a_set_is_one_and_its_low_end_whole() {
    let set = set(&sofa("plain"), 48_000);
    let area = {
        // Evenly spread enough for a mean over the sphere: each direction by its triangles.
        let mut area = vec![0.0; set.directions.len()];
        for t in &set.triangles {
            let [a, b, c] = t.map(|i| set.directions[i as usize]);
            let cross = |p: [f64; 3], q: [f64; 3]| {
                [p[1] * q[2] - p[2] * q[1], p[2] * q[0] - p[0] * q[2], p[0] * q[1] - p[1] * q[0]]
            };
            let dot = |p: [f64; 3], q: [f64; 3]| p.iter().zip(q).map(|(p, q)| p * q).sum::<f64>();
            let angle = 2.0 * dot(a, cross(b, c)).atan2(1.0 + dot(a, b) + dot(b, c) + dot(c, a));
            t.iter().for_each(|&i| area[i as usize] += angle / (12.0 * std::f64::consts::PI));
        }
        assert!(
            (area.iter().sum::<f64>() - 1.0).abs() < 1e-9,
            "the triangles cover the sphere once"
        );
        area
    };
    let diffuse_db = |from: f64, to: f64| {
        let steps = 40;
        let step = (to / from).powf(1.0 / f64::from(steps));
        let bands: Vec<[f64; 2]> =
            (0..steps).map(|i| from * step.powi(i)).map(|hz| [hz, hz * step]).collect();
        let mut power = 0.0;
        for (i, area) in area.iter().enumerate() {
            for ear in 0..2 {
                let levels = Response::of_set(&set, i, ear).levels_db(&bands);
                let mean = levels.iter().map(|db| 10_f64.powf(db / 10.0)).sum::<f64>();
                power += area / 2.0 * mean / f64::from(steps);
            }
        }
        10.0 * power.log10()
    };
    let level = diffuse_db(200.0, 16_000.0);
    let low = diffuse_db(20.0, 120.0) - diffuse_db(220.0, 320.0);
    println!("level {level:.2} dB, low end {low:+.2} dB");
    assert!(level.abs() < 0.5, "{level} dB");
    assert!(low.abs() < 0.7, "the rolled-off low end is {low} dB from the level above it");
}

#[test]
fn the_equaliser_takes_the_colour_out_and_leaves_the_differences() {
    let sofa = sofa("plain");
    // Long enough that nothing is lost behind the last tap.
    let set = |diffuse_field_eq| {
        let options = SofaOptions { taps: 768, diffuse_field_eq };
        from_sofa(&sofa, SampleRate::HZ_48000, &options).unwrap().0
    };
    let (plain, equalised) = (set(false), set(true));
    let bands = erb_bands();
    let mean_over_directions = |set: &HrtfSet| {
        let mut sum = vec![0.0; bands.len()];
        for i in 0..sofa.directions.len() {
            for ear in 0..2 {
                for (s, db) in sum.iter_mut().zip(Response::of_set(set, i, ear).levels_db(&bands)) {
                    *s += 10_f64.powf(db / 10.0);
                }
            }
        }
        sum.iter().map(|s| 10.0 * s.log10()).collect::<Vec<_>>()
    };
    let range = |levels: Vec<f64>| {
        levels.iter().copied().fold(f64::NEG_INFINITY, f64::max)
            - levels.iter().copied().fold(f64::INFINITY, f64::min)
    };
    let (before, after) =
        (range(mean_over_directions(&plain)), range(mean_over_directions(&equalised)));
    println!("colour over {before:.1} dB before, {after:.1} dB after");
    assert!(before > 12.0 && after < 3.5, "{before} dB, then {after} dB");
    // In a wide band a slope of the equaliser would shift the weight.
    let lines: Vec<_> = bands.iter().map(|&[from, _]| [from, from + 1.0]).collect();
    for i in (0..sofa.directions.len()).step_by(5) {
        let ild = |set: &HrtfSet| {
            let [a, b] = [0, 1].map(|ear| Response::of_set(set, i, ear).levels_db(&lines));
            a.iter().zip(&b).map(|(a, b)| a - b).collect::<Vec<_>>()
        };
        let errors = ild(&plain).iter().zip(ild(&equalised)).map(|(a, b)| (a - b).abs()).collect();
        let [mean, _, largest] = spread(errors);
        assert!(mean < 0.15 && largest < 1.5, "direction {i}: {mean} dB, at most {largest} dB");
    }
}

#[test]
fn a_handful_of_pulses_makes_a_set_that_surrounds_the_listener() {
    let (set, remarks) =
        from_sofa(&sofa("pulses"), SampleRate::HZ_48000, &SofaOptions::default()).unwrap();
    assert!(!remarks.is_empty());
    assert!(set.directions.len() > 6, "{} directions", set.directions.len());
    // A pulse has no colour, wherever it is made up.
    for i in 0..set.directions.len() {
        let levels = Response::of_set(&set, i, 0).levels_db(&erb_bands());
        let mean = levels.iter().sum::<f64>() / levels.len() as f64;
        assert!(levels.iter().all(|db| (db - mean).abs() < 0.3), "direction {i}: {levels:?}");
    }
}
