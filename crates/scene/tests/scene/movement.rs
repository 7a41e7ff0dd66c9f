//! What curves, turns and named loudspeakers mean.

use super::flattening::angle;
use super::{assert_found, object};
use cupola_model::{FrameIndex, Object, PolarPosition, Position, Severity};

#[test]
fn a_straight_movement_needs_no_point_but_its_keyframes() {
    let object = object(
        "position: {x: -1, y: 1}, automation: [{at: 0, x: -1}, {at: 5, x: 0}, {at: 10, x: 1}, {at: 20, x: 1}]",
    );
    let frames: Vec<_> = object.automation.points().iter().map(|p| p.frame.0).collect();
    assert_eq!(frames, [0, 480_000], "the line goes through the keyframe at 5 s and ends at 10 s");
}

#[test]
fn a_fade_is_straight_in_decibels_and_a_fade_to_silence_in_amplitude() {
    let object = object(
        "position: {azimuth: 0}, automation: [{at: 0, gain: 0}, {at: 10, gain: -40}, {at: 20, gain: -inf}]",
    );
    let gain = |seconds: u64| object.automation.state_at(FrameIndex(seconds * 48_000)).gain.0;
    let db = |seconds: u64| 20.0 * gain(seconds).log10();
    assert!((db(5) + 20.0).abs() <= 0.05, "half way down it is {} dB", db(5));
    assert!((gain(15) - 0.005).abs() < 1e-9, "half way to silence it is {}", gain(15));
    assert_eq!(gain(20), 0.0);
}

#[test]
fn hold_steps_in_a_ramp_of_250_frames_that_ends_at_the_keyframe() {
    let object = object(
        "position: {x: 0, y: 1}, automation: [{at: 0, x: 0}, {at: 1, x: 1, curve: hold}, {at: 48100 samples, x: -1, curve: hold}]",
    );
    let x = |frame: u64| object.automation.state_at(FrameIndex(frame)).position.to_room().x;
    assert_eq!((x(47_750), x(47_875), x(48_000)), (0.0, 0.5, 1.0));
    assert_eq!(
        (x(48_050), x(48_100), x(60_000)),
        (0.0, -1.0, -1.0),
        "the ramp starts at the keyframe before"
    );
}

#[test]
fn azimuth_takes_the_short_way_round_the_back() {
    let object = object(
        "position: {azimuth: 170}, automation: [{at: 0, azimuth: 170}, {at: 10, azimuth: -170}]",
    );
    let Position::Polar(p) = object.automation.state_at(FrameIndex(240_000)).position else {
        panic!("polar stays polar")
    };
    assert!((p.azimuth_deg.abs() - 180.0).abs() < 1e-9, "{p:?}");
}

#[test]
fn a_value_stands_still_before_its_first_keyframe_and_other_lanes_do_not_disturb_it() {
    let object = object(
        "position: {x: 0.5, y: 1}, size: 0.2, automation: [{at: 1, gain: -6}, {at: 2, x: 1}, {at: 3, gain: 0}]",
    );
    let at = |seconds: u64| object.automation.state_at(FrameIndex(seconds * 48_000));
    assert_eq!(at(1).position.to_room().x, 0.5);
    assert_eq!(at(2).position.to_room().x, 1.0);
    assert!((20.0 * at(2).gain.0.log10() + 3.0).abs() <= 0.05, "the gain passes by the position");
    assert_eq!((at(0).gain.0, at(3).size), (1.0, 0.2));
}

#[test]
fn coordinates_a_keyframe_does_not_mention_stay_as_they_last_were() {
    let object = object(
        "position: {azimuth: 10, elevation: 20}, automation: [{at: 1, azimuth: 50}, {at: 2, distance: 0.5}]",
    );
    let Position::Polar(p) = object.automation.state_at(FrameIndex(96_000)).position else {
        panic!("polar stays polar")
    };
    assert_eq!((p.azimuth_deg, p.elevation_deg, p.distance), (50.0, 20.0, 0.5));
}

fn azimuth(object: &Object, seconds: f64) -> f64 {
    let frame = FrameIndex((seconds * 48_000.0).round() as u64);
    let Position::Polar(p) = object.automation.state_at(frame).position else {
        panic!("not polar")
    };
    p.azimuth_deg
}

fn near(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b + 180.0).rem_euclid(360.0) - 180.0 <= tolerance
        && (b - a + 180.0).rem_euclid(360.0) - 180.0 <= tolerance
}

#[test]
fn curves_bend_the_way_each_on_its_own_lane() {
    for (curve, quarter) in
        [("linear", 0.25), ("smooth", 0.156_25), ("ease-in", 0.0625), ("ease-out", 0.4375)]
    {
        let object = object(&format!(
            "position: {{x: 0, y: 0}}, automation: [{{at: 0, x: 0, size: 0, gain: 0}}, {{at: 4, x: 1, size: 1, gain: -40, curve: {{size: {curve}, gain: {curve}}}}}]"
        ));
        let state = object.automation.state_at(FrameIndex(48_000));
        assert!((state.size - quarter).abs() <= 0.005, "{curve}: {state:?}");
        assert!((20.0 * state.gain.0.log10() + 40.0 * quarter).abs() <= 0.05, "{curve}: {state:?}");
        assert!((state.position.to_room().x - 0.25).abs() <= 1e-9, "position stays linear");
    }
}

#[test]
fn turns_are_added_to_the_short_way_and_run_anticlockwise() {
    for (to, turns, way) in [
        (90, 1, 450.0),
        (90, 0, 90.0),
        (90, -1, -270.0),
        (-90, 1, 270.0),
        (0, 1, 360.0),
        (0, -20, -7200.0),
        (180, -1, -180.0),
    ] {
        let object = object(&format!(
            "position: {{azimuth: 0}}, automation: [{{at: 0, azimuth: 0}}, {{at: 8, azimuth: {to}, turns: {turns}}}]"
        ));
        for i in 0..=800 {
            let t = f64::from(i) / 800.0;
            let got = azimuth(&object, 8.0 * t);
            assert!(near(got, way * t, 1e-3), "{to}, {turns} turns, {t}: {got}");
        }
        let points = object.automation.points().len();
        let least = (f64::abs(way) / 180.0).ceil() + 1.0;
        assert!(points as f64 <= (1.5 * least).max(3.0), "{points} points where {least} would do");
    }
    let same =
        object("position: {azimuth: 30}, automation: [{at: 0, azimuth: 30}, {at: 8, turns: 1}]");
    assert!(near(azimuth(&same, 4.0), -150.0, 1e-3), "a turn needs no new azimuth");
}

#[test]
fn turns_where_nothing_goes_round_are_refused() {
    for automation in [
        "position: {azimuth: 0}, automation: [{at: 1, azimuth: 30, turns: ¦1}]",
        "position: {x: 0, y: 1}, automation: [{at: 0, x: 0}, {at: 1, x: 1, turns: ¦1}]",
        "position: {azimuth: 0}, automation: [{at: 0, azimuth: 0}, {at: 1, turns: ¦1, curve: hold}]",
    ] {
        let text = format!(
            "cupola: 1\nend: 9\nstems: {{a: {{file: a.wav}}}}\nobjects:\n  - {{stem: a, {automation}}}\n"
        );
        assert_found(&text, &[], "scene.key.conflict", Severity::Error);
    }
}

#[test]
fn a_loudspeaker_by_name_is_its_place_in_the_room_or_its_direction() {
    let at = |body: &str| object(body).automation.points().last().unwrap().state.position;
    let Position::Room(room) = at("position: {speaker: Ltf}") else {
        panic!("a place in the room")
    };
    assert_eq!([room.x, room.y, room.z], [-1.0, 1.0, 1.0]);
    let Position::Room(wide) = at("position: {speaker: Rw}") else { panic!("a place in the room") };
    assert!((wide.y - 42.0 / 62.0).abs() < 1e-6 && wide.x == 1.0, "{wide:?}");
    let polar =
        at("position: {azimuth: 0}, automation: [{at: 0, azimuth: 0}, {at: 1, speaker: Rtr}]");
    let wanted = PolarPosition::on_sphere(-135.0, 30.0);
    assert!(angle(polar.to_polar().direction(), wanted.direction()) < 1e-9, "{polar:?}");
    let moved = at("position: {speaker: L}, automation: [{at: 0, speaker: L}, {at: 1, z: 1}]");
    assert_eq!(moved.to_room().z, 1.0);
}
