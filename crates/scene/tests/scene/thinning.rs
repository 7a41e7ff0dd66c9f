//! How many points a movement gets, against the fewest of its own points that would do.

use super::flattening::{angle, mix, pair_direction, unit};
use super::{object, stem, timeline};
use std::f64::consts::TAU;

/// The fewest frames of a movement of this length whose straight lines keep the tolerance, both ends
/// among them. `fits` judges one line by every frame under it. The part of a line that fits fits
/// too on these movements, so the longest line each time makes the fewest.
fn fewest(length: u64, fits: impl Fn(u64, u64) -> bool) -> usize {
    let (mut from, mut count) = (0, 1);
    while from < length {
        let reached = (from + 1..=length).rev().find(|to| fits(from, *to));
        from = reached.expect("a line to the next frame fits");
        count += 1;
    }
    count
}

/// Whether the line between two directions keeps within 0.25 degrees of a movement on the sphere;
/// `exact` gives azimuth and elevation at a frame.
fn fits_on_the_sphere(exact: &impl Fn(u64) -> (f64, f64), from: u64, to: u64) -> bool {
    let (a, b) = (exact(from), exact(to));
    let turn = (b.0 - a.0).rem_euclid(360.0);
    let turn = if turn > 180.0 { turn - 360.0 } else { turn };
    (from..=to).all(|frame| {
        let t = (frame - from) as f64 / (to - from) as f64;
        let (azimuth, elevation) = exact(frame);
        angle(unit(a.0 + turn * t, mix(a.1, b.1, t)), unit(azimuth, elevation)) <= 0.25
    })
}

fn fits_in_the_room(exact: &impl Fn(u64) -> [f64; 3], from: u64, to: u64) -> bool {
    let (a, b) = (exact(from), exact(to));
    (from..=to).all(|frame| {
        let t = (frame - from) as f64 / (to - from) as f64;
        let wanted = exact(frame);
        (0..3).all(|i| (mix(a[i], b[i], t) - wanted[i]).abs() <= 0.005)
    })
}

fn assert_few(what: &str, points: usize, best: usize) {
    assert!(points * 2 <= best * 3, "{what}: {points} points where {best} would do");
    // Fewer by more than the rounding of the greedy choice would mean that the tolerance is broken.
    assert!(points + 1 >= best, "{what}: {points} points cannot follow what needs {best}");
}

#[test]
fn an_elevated_pair_needs_at_most_half_as_many_points_again_as_the_best_choice() {
    let text = "cupola: 1
stems: {a: {file: a.wav}}
objects:
  - stem: a
    pair: {width: 60}
    position: {azimuth: 0, elevation: 35}
    automation:
      - {at: 0, azimuth: 0}
      - {at: 3000 samples, azimuth: 170, elevation: 60}
";
    let timeline = timeline(text, &[stem(2, 48_000)]);
    let exact = |frame: u64| {
        let t = frame as f64 / 3000.0;
        let v = pair_direction(170.0 * t, 35.0 + 25.0 * t, 30.0);
        ((-v[0]).atan2(v[1]).to_degrees(), v[2].asin().to_degrees())
    };
    let best = fewest(3000, |from, to| fits_on_the_sphere(&exact, from, to));
    let points = timeline.objects().next().unwrap().automation.points().len();
    assert_few("a pair", points, best);
}

#[test]
fn an_orbit_in_the_room_needs_at_most_half_as_many_points_again_as_the_best_choice() {
    for (radius, period) in [(0.9, 4800), (0.4, 9600), (0.05, 2400)] {
        let orbit = format!(
            "path: {{orbit: {{period: {period} samples, repeats: 1, radius: {radius}, z: 0.3}}}}"
        );
        let exact = |frame: u64| {
            let turn = TAU * frame as f64 / period as f64;
            [-radius * turn.sin(), radius * turn.cos(), 0.3]
        };
        let best = fewest(period, |from, to| fits_in_the_room(&exact, from, to));
        assert_few(&orbit, object(&orbit).automation.points().len(), best);
    }
}

#[test]
fn an_arc_over_the_head_and_a_smooth_line_need_at_most_half_as_many_again() {
    // The great circle from the left, leaning to the front by 40 degrees at its top.
    let arc = "path: {arc: {duration: 4800 samples, from: {azimuth: 80}, to: {azimuth: -80, elevation: 40}}}";
    let (u, v) = (unit(80.0, 0.0), unit(-80.0, 40.0));
    let dot: f64 = (0..3).map(|i| u[i] * v[i]).sum();
    let whole = dot.acos();
    let exact = |frame: u64| {
        let way = whole * frame as f64 / 4800.0;
        let p: [f64; 3] =
            std::array::from_fn(|i| (u[i] * (whole - way).sin() + v[i] * way.sin()) / whole.sin());
        ((-p[0]).atan2(p[1]).to_degrees(), p[2].asin().to_degrees())
    };
    let best = fewest(4800, |from, to| fits_on_the_sphere(&exact, from, to));
    assert_few(arc, object(arc).automation.points().len(), best);

    let line = "position: {x: -1, y: 1}, automation: [{at: 0, x: -1}, {at: 4800 samples, x: 1, curve: smooth}]";
    let exact = |frame: u64| {
        let t = frame as f64 / 4800.0;
        [-1.0 + 2.0 * t * t * (3.0 - 2.0 * t), 1.0, 0.0]
    };
    let best = fewest(4800, |from, to| fits_in_the_room(&exact, from, to));
    assert_few(line, object(line).automation.points().len(), best);
}
