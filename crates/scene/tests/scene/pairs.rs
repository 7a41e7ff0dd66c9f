//! Where the two objects of a pair stand, from vectors.

use super::flattening::{angle, pair_direction};
use super::{assert_found, stem, timeline};
use cupola_model::{Position, RoomPosition, Severity};

fn pair(position: &str, width: f64) -> [Position; 2] {
    let text = format!(
        "cupola: 1\nstems: {{a: {{file: a.wav}}}}\nobjects:\n  - {{stem: a, name: Voice, pair: {{width: {width}}}, position: {{{position}}}}}\n"
    );
    let timeline = timeline(&text, &[stem(2, 48_000)]);
    let objects: Vec<_> = timeline.objects().collect();
    assert_eq!([&*objects[0].name, &*objects[1].name], ["Voice L", "Voice R"]);
    let sources: Vec<_> =
        timeline.lanes.iter().map(|l| (l.sources[0].channel, l.sources[0].gain.0)).collect();
    assert_eq!(sources, [(0, 1.0), (1, 1.0)], "left and right at 0 dB");
    [0, 1].map(|i| objects[i].automation.points()[0].state.position)
}

#[test]
fn at_ear_height_a_pair_spreads_in_azimuth_alone() {
    for (azimuth, width, left, right) in
        [(0.0, 30.0, 15.0, -15.0), (90.0, 60.0, 120.0, 60.0), (170.0, 40.0, -170.0, 150.0)]
    {
        let [l, r] =
            pair(&format!("azimuth: {azimuth}, distance: 0.5"), width).map(Position::to_polar);
        assert_eq!((l.azimuth_deg, r.azimuth_deg), (left, right));
        assert_eq!((l.elevation_deg, l.distance, r.elevation_deg), (0.0, 0.5, 0.0));
    }
}

#[test]
fn the_angle_between_the_two_is_the_width_at_every_elevation() {
    for azimuth in [-135.0, 0.0, 20.0, 90.0, 180.0] {
        for elevation in [-90.0, -40.0, 0.0, 30.0, 60.0, 89.0, 90.0] {
            for width in [1.0, 30.0, 90.0, 180.0] {
                let position = format!("azimuth: {azimuth}, elevation: {elevation}");
                let [l, r] = pair(&position, width).map(|p| p.to_polar().direction());
                assert!((angle(l, r) - width).abs() < 1e-5, "{position}: {} apart", angle(l, r));
                for (side, offset) in [(l, width / 2.0), (r, -width / 2.0)] {
                    let wanted = pair_direction(azimuth, elevation, offset);
                    assert!(
                        angle(side, wanted) < 1e-5,
                        "{position}, {offset}: {side:?}, not {wanted:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn left_is_on_the_left_of_a_listener_who_faces_the_pair() {
    // x is to the right: in front and overhead the left one has the smaller x, behind the larger.
    for (position, left_is_left) in
        [("azimuth: 0", true), ("azimuth: 0, elevation: 90", true), ("azimuth: 180", false)]
    {
        let [l, r] = pair(position, 40.0).map(|p| p.to_polar().direction()[0]);
        assert_eq!(l < r, left_is_left, "{position}: {l} and {r}");
    }
}

#[test]
fn in_a_room_the_width_is_the_distance_in_x_up_to_the_walls() {
    let room = |x| Position::Room(RoomPosition { x, y: 0.5, z: 1.0 });
    assert_eq!(pair("x: 0.25, y: 0.5, z: 1", 0.5), [room(0.0), room(0.5)]);
    assert_eq!(pair("x: 0.75, y: 0.5, z: 1", 1.0), [room(0.25), room(1.0)]);
    let text = "cupola: 1\nstems: {a: {file: a.wav}}\nobjects:\n  - {stem: a, pair: ¦{width: 1}, position: {x: 0.75, y: 1}}\n";
    assert_found(text, &[stem(2, 100)], "scene.pair.clipped", Severity::Note);
}

#[test]
fn a_pair_stays_linked_while_it_moves() {
    let text = "cupola: 1
stems: {a: {file: a.wav}}
objects:
  - stem: a
    pair: {width: 50}
    position: {azimuth: 0, elevation: 10}
    automation:
      - {at: 0, azimuth: 0, elevation: 10}
      - {at: 10, azimuth: 140, elevation: 80}
";
    let timeline = timeline(text, &[stem(2, 480_000)]);
    let objects: Vec<_> = timeline.objects().collect();
    for frame in (0..480_000).step_by(997) {
        let side = |i: usize| {
            objects[i]
                .automation
                .state_at(cupola_model::FrameIndex(frame))
                .position
                .to_polar()
                .direction()
        };
        let apart = angle(side(0), side(1));
        assert!((apart - 50.0).abs() <= 0.5, "{apart} degrees apart at {frame}");
    }
}
