//! What the language says between two keyframes, before flattening, against curves written out.

use super::Lanes;
use crate::parse_scene;
use cupola_model::Position;

/// The share of the way at a share of the time, as the format states it.
fn bend(curve: &str, t: f64) -> f64 {
    match curve {
        "linear" => t,
        "smooth" => 3.0 * t.powi(2) - 2.0 * t.powi(3),
        "ease-in" => t.powi(2),
        "ease-out" => 1.0 - (1.0 - t).powi(2),
        "hold" => 0.0,
        other => panic!("{other} is no curve"),
    }
}

#[test]
fn a_gain_goes_straight_in_amplitude_where_that_is_asked() {
    ask(
        "x: -1, y: 1, gain: -20",
        "x: 1, y: 1, gain: 0, size: 1, curve: amplitude",
        |t, position, gain, _| {
            // From a tenth to one; all else goes as it does in a line.
            assert!((gain - (0.1 + 0.9 * t)).abs() < 1e-12, "{gain} at {t}");
            assert!((position.to_room().x - (2.0 * t - 1.0)).abs() < 1e-12);
        },
    );
}

const CURVES: [&str; 5] = ["linear", "smooth", "ease-in", "ease-out", "hold"];

/// The lanes of an object of two keyframes a second apart, asked at random frames before the ramp of
/// a hold.
fn ask(first: &str, second: &str, check: impl Fn(f64, Position, f64, f64)) {
    let text = format!(
        "cupola: 1\nstems: {{a: {{file: a.wav}}}}\nobjects:\n  - {{stem: a, automation: [{{at: 1, {first}}}, {{at: 2, {second}}}]}}\n"
    );
    let scene = parse_scene(&text, "s.yaml").value.unwrap_or_else(|| panic!("{text}"));
    let object = &scene.objects[0];
    let lanes = Lanes::new(object.position, object.size, &object.keyframes, None, None);
    let mut offset = 17;
    for _ in 0..500 {
        offset = (offset * 48_271 + 11) % 47_750;
        let state = lanes.state_at(48_000 + offset);
        check(offset as f64 / 48_000.0, state.position, state.gain.0, state.size);
    }
}

#[test]
fn every_curve_bends_every_lane_as_stated() {
    for p in CURVES {
        for g in CURVES {
            let s = CURVES[(p.len() + g.len()) % 5];
            let curve = format!("curve: {{position: {p}, gain: {g}, size: {s}}}");
            let second = format!("x: 0.75, y: -1, gain: -30, size: 1, {curve}");
            ask("x: -1, y: 1, gain: 6, size: 0.5", &second, |t, position, gain, size| {
                let (r, way) = (position.to_room(), bend(p, t));
                assert!((r.x - (-1.0 + 1.75 * way)).abs() < 1e-6, "{curve} at {t}: {r:?}");
                assert!((r.y - (1.0 - 2.0 * way)).abs() < 1e-6, "{curve} at {t}: {r:?}");
                let db = 6.0 - 36.0 * bend(g, t);
                assert!((20.0 * gain.log10() - db).abs() < 1e-6, "{curve} at {t}: {gain}");
                assert!((size - (0.5 + 0.5 * bend(s, t))).abs() < 1e-6, "{curve} at {t}: {size}");
            });
        }
    }
}

#[test]
fn an_azimuth_goes_its_short_way_and_its_turns_along_every_curve() {
    for curve in CURVES {
        for (to, turns, way) in
            [(-160, 0, 50.0), (-160, 2, 770.0), (-160, -1, -310.0), (150, 1, 360.0)]
        {
            let turns = if curve == "hold" { String::new() } else { format!(", turns: {turns}") };
            let second = format!("azimuth: {to}, elevation: 40{turns}, curve: {curve}");
            ask("azimuth: 150, elevation: -20", &second, |t, position, _, _| {
                let p = position.to_polar();
                let azimuth = 150.0 + way * bend(curve, t);
                let off = (p.azimuth_deg - azimuth).to_radians();
                assert!(off.sin().abs() < 1e-6 && off.cos() > 0.0, "{second} at {t}: {p:?}");
                let elevation = -20.0 + 60.0 * bend(curve, t);
                assert!((p.elevation_deg - elevation).abs() < 1e-6, "{second} at {t}: {p:?}");
            });
        }
    }
}
