//! Paths as scenes describe them against a twin, before flattening.

use crate::automation::{Lanes, flatten};
use crate::parse_scene;
use crate::scene::Scene;
use cupola_model::{Automation, FrameCount, FrameIndex, Position};

const MINUTE: u64 = 60 * 48_000;

fn scene(head: &str, path: &str) -> Scene {
    let text = format!(
        "cupola: 1\n{head}\nend: 60\nstems: {{a: {{file: a.wav}}}}\nobjects:\n  - {{stem: a, path: {path}}}\n"
    );
    let checked = parse_scene(&text, "s.yaml");
    checked.value.unwrap_or_else(|| panic!("{text}\n{:#?}", checked.findings))
}

/// What the language says at a frame, and what the flattened points say.
fn both(scene: &Scene, check: impl Fn(u64, Position, Position)) -> usize {
    let object = &scene.objects[0];
    let track = object.path.as_ref().unwrap().track(FrameCount(MINUTE)).unwrap();
    let lanes = Lanes::new(object.position, 0.0, &[], None, Some(&track));
    let points = flatten(&lanes, 1_000_000).unwrap();
    let count = points.len();
    let automation = Automation::new(points).unwrap();
    let mut frame = 7;
    for _ in 0..3000 {
        frame = (frame * 48_271 + 11) % (MINUTE + 5000);
        let exact = lanes.state_at(frame).position;
        check(frame, exact, automation.state_at(FrameIndex(frame)).position);
    }
    count
}

fn unit(azimuth: f64, elevation: f64) -> [f64; 3] {
    let (a, e) = (azimuth.to_radians(), elevation.to_radians());
    [-a.sin() * e.cos(), a.cos() * e.cos(), e.sin()]
}

/// How far two positions are apart, by the chord of directions or the largest coordinate.
fn apart(got: Position, want: [f64; 3]) -> f64 {
    let got = match got {
        Position::Polar(p) => unit(p.azimuth_deg, p.elevation_deg),
        Position::Room(r) => [r.x, r.y, r.z],
    };
    got.iter().zip(want).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// Asserts that the language agrees with the twin to 1e-6 and the points within the tolerances.
fn agree(head: &str, path: &str, twin: impl Fn(f64) -> [f64; 3]) -> usize {
    both(&scene(head, path), |frame, exact, flat| {
        let want = twin(frame.min(MINUTE) as f64 / 48_000.0);
        let error = apart(exact, want);
        assert!(error <= 1e-6, "{path} at {frame}: {exact:?}, not {want:?}, {error}");
        let limit = match flat {
            Position::Polar(_) => 2.0 * 0.125_f64.to_radians().sin(),
            Position::Room(_) => 0.005,
        };
        let error = apart(flat, want);
        assert!(error <= limit * 1.0001, "{path} at {frame}: {flat:?}, not {want:?}, {error}");
    })
}

/// There, back, there, … in cycles of a length, from a start on, so many times.
fn shuttle(t: f64, start: f64, length: f64, times: f64) -> f64 {
    let mut left = (t - start).clamp(0.0, length * times);
    let mut back = false;
    while left > length {
        left -= length;
        back = !back;
    }
    let share = left / length;
    if back { 1.0 - share } else { share }
}

fn mix(a: f64, b: f64, t: f64) -> f64 {
    a * (1.0 - t) + b * t
}

#[test]
fn orbits_go_round_the_listener_or_a_place_in_the_room() {
    agree("", "{orbit: {period: 7.5 s, elevation: 45, azimuth: 30, start: 2 s}}", |t| {
        unit(30.0 + 360.0 * (t - 2.0).max(0.0) / 7.5, 45.0)
    });
    agree("", "{orbit: {period: 3 s, direction: clockwise, repeats: 4}}", |t| {
        unit(-360.0 * t.min(12.0) / 3.0, 0.0)
    });
    agree("", "{orbit: {period: 5 s, until: 11 s}}", |t| unit(72.0 * t.min(11.0), 0.0));
    agree("", "{orbit: {period: 4 s, x: 0.2, y: -0.1, z: 0.5, radius: 0.6, azimuth: 90}}", |t| {
        let angle = std::f64::consts::TAU * t / 4.0;
        // At 90° the object is on the left, and anticlockwise leads from there to the back.
        [0.2 - 0.6 * angle.cos(), -0.1 - 0.6 * angle.sin(), 0.5]
    });
}

#[test]
fn lines_go_there_and_back_with_a_curve() {
    agree(
        "",
        "{line: {duration: 4 s, from: {x: -1, y: 1}, to: {x: 1, y: 0, z: 1}, start: 1 s, repeats: 5}}",
        |t| {
            let s = shuttle(t, 1.0, 4.0, 5.0);
            [mix(-1.0, 1.0, s), mix(1.0, 0.0, s), s]
        },
    );
    agree(
        "",
        "{line: {duration: 9 s, from: {azimuth: 150, elevation: 10}, to: {azimuth: -150, elevation: 50}, curve: smooth}}",
        |t| {
            let s = shuttle(t, 0.0, 9.0, 1.0);
            let s = s * s * (3.0 - 2.0 * s);
            unit(150.0 + 60.0 * s, mix(10.0, 50.0, s))
        },
    );
}

#[test]
fn arcs_follow_the_great_circle() {
    // From the left over the zenith, in the plane that leans 40° to the front.
    agree(
        "",
        "{arc: {duration: 10 s, from: {azimuth: 90}, to: {azimuth: -60, elevation: 40}, repeats: 3}}",
        |t| {
            let (u, v) = (unit(90.0, 0.0), unit(-60.0, 40.0));
            let dot: f64 = (0..3).map(|i| u[i] * v[i]).sum();
            // The direction at right angles to the start towards the end.
            let side: [f64; 3] = std::array::from_fn(|i| v[i] - dot * u[i]);
            let length = side.iter().map(|c| c * c).sum::<f64>().sqrt();
            let angle = dot.acos() * shuttle(t, 0.0, 10.0, 3.0);
            std::array::from_fn(|i| u[i] * angle.cos() + side[i] / length * angle.sin())
        },
    );
}

#[test]
fn spirals_turn_while_they_rise() {
    agree(
        "",
        "{spiral: {duration: 50 s, turns: 5, from: {azimuth: 20}, to: {azimuth: 80, elevation: 70}}}",
        |t| {
            let s = t.min(50.0) / 50.0;
            unit(20.0 + (60.0 + 1800.0) * s, 70.0 * s)
        },
    );
    agree(
        "",
        "{spiral: {duration: 20 s, turns: -3, curve: ease-out, from: {x: 0, y: 0.9}, to: {x: 0, y: 0.1, z: 1}, repeats: 2}}",
        |t| {
            let s = shuttle(t, 0.0, 20.0, 2.0);
            let s = 1.0 - (1.0 - s) * (1.0 - s);
            let (radius, angle) = (mix(0.9, 0.1, s), std::f64::consts::TAU * 3.0 * s);
            [radius * angle.sin(), radius * angle.cos(), s]
        },
    );
}

#[test]
fn pendulums_rest_at_both_ends() {
    agree(
        "",
        "{pendulum: {period: 4 s, from: {azimuth: -60}, to: {azimuth: 60, elevation: 20}}}",
        |t| {
            let s = (std::f64::consts::PI * t / 4.0).sin().powi(2);
            unit(-60.0 + 120.0 * s, 20.0 * s)
        },
    );
}

#[test]
fn random_walks_stay_in_their_box_rest_at_each_point_and_repeat_with_their_seed() {
    let path = |seed| {
        format!(
            "{{random_walk: {{every: 2 s, seed: {seed}, step: 0.4, from: {{x: -0.5, y: 0}}, to: {{x: 0.5, y: 1, z: 0.2}}}}}}"
        )
    };
    let positions = |seed: u32| {
        let scene = scene("", &path(seed));
        let track = scene.objects[0].path.as_ref().unwrap().track(FrameCount(MINUTE)).unwrap();
        let at = |frame| {
            let r = track.position_at(frame).to_room();
            [r.x, r.y, r.z]
        };
        (0..=MINUTE).step_by(480).map(at).collect::<Vec<_>>()
    };
    let walk = positions(5);
    assert_eq!(walk, positions(5));
    assert_ne!(walk, positions(6));
    let (low, high) = ([-0.5, 0.0, 0.0], [0.5, 1.0, 0.2]);
    assert_eq!(walk[0], [0.0, 0.5, 0.1], "it starts in the middle");
    for (i, point) in walk.iter().enumerate() {
        let (a, b) =
            (walk[i / 200 * 200], walk.get((i / 200 + 1) * 200).copied().unwrap_or(*point));
        let t = (i % 200) as f64 / 200.0;
        for k in 0..3 {
            assert!((low[k]..=high[k]).contains(&point[k]), "{point:?} is outside");
            assert!((b[k] - a[k]).abs() <= 0.4 * (high[k] - low[k]) + 1e-12, "a step is too long");
            let want = mix(a[k], b[k], t * t * (3.0 - 2.0 * t));
            assert!((point[k] - want).abs() < 1e-6, "{i}: {point:?} between {a:?} and {b:?}");
        }
    }
    let spread =
        |k: usize| walk.iter().map(|p| p[k]).fold(0.0, |a: f64, b| a.max((b - walk[0][k]).abs()));
    assert!(spread(0) > 0.2 && spread(1) > 0.2, "it hardly moves");
    both(&scene("", &path(5)), |frame, exact, flat| {
        let r = exact.to_room();
        assert!(apart(flat, [r.x, r.y, r.z]) <= 0.005, "{frame}: {flat:?}, not {exact:?}");
    });
}

/// SplitMix64 of seed 1234567, from the numbers its reference implementation prints.
#[test]
fn the_random_numbers_are_those_of_splitmix64() {
    let walk =
        super::Walk { low: [0.0; 3], high: [1.0; 3], is_room: true, step: 0.5, seed: 1_234_567 };
    let reference =
        [6_457_827_717_110_365_317_u64, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
    let point = walk.waypoints(2)[1];
    for (got, number) in point.iter().zip(reference) {
        let random = number as f64 / 2_f64.powi(64);
        assert!((got - (0.5 + (2.0 * random - 1.0) * 0.5)).abs() < 1e-9, "{point:?}");
    }
}

#[test]
fn paths_in_bars_keep_to_the_bars_through_changes_of_tempo_and_ramps() {
    // Bars of 2 s, from bar 5 on of 3 s; then a ramp over four bars of 4/4 from 80 to 160 bpm.
    let head = "tempo: [{bpm: 120}, {at: bar 5, bpm: 80}, {at: bar 9, bpm: 80}, {at: bar 13, bpm: 160, ramp: true}]";
    agree(head, "{orbit: {period: 4 bars, elevation: 30, start: bar 3}}", |t| {
        let bars = if t < 8.0 {
            t / 2.0
        } else if t < 20.0 {
            4.0 + (t - 8.0) / 3.0
        } else if t < 28.0 {
            // 16 quarters at 120 bpm on the mean take 8 s.
            let t = t - 20.0;
            8.0 + (80.0 * t + 80.0 * t * t / 16.0) / 240.0
        } else {
            12.0 + (t - 28.0) / 1.5
        };
        unit(90.0 * (bars - 2.0).max(0.0), 30.0)
    });
    let plain = agree("tempo: {bpm: 128}", "{orbit: {period: 8 bars, until: +16 bars}}", |t| {
        unit(360.0 * t.min(30.0) / 15.0, 0.0)
    });
    assert!(plain <= 7, "{plain} points for two turns");
}

#[test]
fn a_smooth_orbit_needs_at_most_half_as_many_points_again_as_the_best_choice() {
    let exact = |frame: u64| {
        let angle = std::f64::consts::TAU * frame as f64 / 480_000.0;
        [-0.8 * angle.sin(), 0.8 * angle.cos()]
    };
    let fits = |from: u64, to: u64| {
        let (a, b) = (exact(from), exact(to));
        (from..=to).step_by(200).all(|frame| {
            let t = (frame - from) as f64 / (to - from) as f64;
            let c = exact(frame);
            (0..2).all(|i| (mix(a[i], b[i], t) - c[i]).abs() <= 0.005)
        })
    };
    let (mut from, mut best) = (0, 1);
    while from < MINUTE {
        let mut to = (from + 200).min(MINUTE);
        while to < MINUTE && fits(from, (to + 200).min(MINUTE)) {
            to = (to + 200).min(MINUTE);
        }
        (from, best) = (to, best + 1);
    }
    let points = both(&scene("", "{orbit: {period: 10 s, radius: 0.8}}"), |_, _, _| {});
    assert!(points * 2 <= best * 3, "{points} points where {best} would do");
    // On the sphere an azimuth may go just under half a turn in a line.
    let points = both(&scene("", "{orbit: {period: 10 s, elevation: 45}}"), |_, _, _| {});
    assert!((13..=19).contains(&points), "{points} points where 13 would do");
}
