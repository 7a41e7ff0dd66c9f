//! A head that turns.

use super::twin::*;
use crate::Renderer;
use crate::binaural::{BinauralOptions, BinauralRenderer};
use cupola_model::{
    BinauralMode, FrameIndex, HeadOrientation, HeadTrack, Item, Object, PlanarBlock, Room,
    SampleRate,
};

fn looks(yaw_deg: f64, pitch_deg: f64, roll_deg: f64) -> HeadOrientation {
    HeadOrientation { yaw_deg, pitch_deg, roll_deg }
}

fn at_rest(orientation: HeadOrientation) -> HeadTrack {
    HeadTrack::new(&[(FrameIndex(0), orientation)]).unwrap()
}

fn with(items: Vec<Item>, head: HeadTrack, room: bool) -> BinauralRenderer {
    let room = room.then(Room::default);
    let options = BinauralOptions { room, head, ..BinauralOptions::default() };
    BinauralRenderer::with_options(&timeline(SampleRate::HZ_48000, 1, items), &set(), &options)
        .unwrap()
}

fn noise(frames: usize) -> PlanarBlock {
    let mut lanes = PlanarBlock::new(1, frames);
    Noise::new(4).fill(&mut lanes);
    lanes
}

fn heard(mut renderer: BinauralRenderer, lanes: &PlanarBlock) -> PlanarBlock {
    let mut out = PlanarBlock::new(2, lanes.frames());
    renderer.process(lanes, &mut out);
    out
}

fn difference(a: &PlanarBlock, b: &PlanarBlock) -> f64 {
    let all = |block: &PlanarBlock| [block.channel(0), block.channel(1)].concat();
    difference_db(all(a).iter(), all(b).iter())
}

fn still(azimuth: f64, elevation: f64) -> Vec<Item> {
    vec![object(0, vec![point(0, polar(azimuth, elevation))])]
}

#[test]
fn a_head_turned_one_way_hears_the_scene_turned_the_other_way() {
    let lanes = noise(14_400);
    for room in [false, true] {
        // What is at an azimuth is heard so much further to the right when the head looks left; what is
        // ahead sinks when it looks up; what is on the right rises when the right ear goes down.
        for (place, turn, instead) in [
            ((50.0, 0.0), looks(30.0, 0.0, 0.0), (20.0, 0.0)),
            ((-100.0, 25.0), looks(-70.0, 0.0, 0.0), (-30.0, 25.0)),
            ((0.0, 10.0), looks(0.0, 35.0, 0.0), (0.0, -25.0)),
            ((-90.0, 0.0), looks(0.0, 0.0, 40.0), (-90.0, 40.0)),
            ((120.0, 0.0), looks(120.0, 20.0, 0.0), (0.0, -20.0)),
        ] {
            let turned = heard(with(still(place.0, place.1), at_rest(turn), room), &lanes);
            let moved = with(still(instead.0, instead.1), HeadTrack::default(), room);
            let error = difference(&turned, &heard(moved, &lanes));
            println!("{place:?} with {turn:?}: {error:.1} dB");
            assert!(error < -100.0, "{place:?} with {turn:?}: {error} dB");
        }
    }
}

#[test]
fn a_head_that_turns_hears_a_source_that_circles() {
    let lanes = noise(48_000);
    let track = HeadTrack::new(&[
        (FrameIndex(0), looks(0.0, 0.0, 0.0)),
        (FrameIndex(48_000), looks(90.0, 0.0, 0.0)),
    ])
    .unwrap();
    let circling = vec![point(0, polar(20.0, 0.0)), point(48_000, polar(-70.0, 0.0))];
    for room in [false, true] {
        let turning = heard(with(still(20.0, 0.0), track.clone(), room), &lanes);
        let moved = vec![object(0, circling.clone())];
        let moved = heard(with(moved, HeadTrack::default(), room), &lanes);
        let error = difference(&turning, &moved);
        println!("turning head against circling source: {error:.1} dB");
        assert!(error < -90.0, "{error} dB");
    }
}

#[test]
fn what_is_locked_to_the_head_or_not_spatialised_does_not_hear_it_turn() {
    let lanes = noise(14_400);
    let turning = HeadTrack::new(&[
        (FrameIndex(0), looks(10.0, 0.0, 0.0)),
        (FrameIndex(9000), looks(-80.0, 30.0, 0.0)),
    ])
    .unwrap();
    let change = |alter: &dyn Fn(&mut Object)| {
        let mut items = still(60.0, 0.0);
        let Item::Object(object) = &mut items[0] else { unreachable!("an object") };
        alter(object);
        items
    };
    let locked = change(&|o| o.features.head_locked = true);
    let off = change(&|o| o.binaural = BinauralMode::Off);
    for items in [locked, off] {
        let turned = heard(with(items.clone(), turning.clone(), true), &lanes);
        let ahead = heard(with(items, HeadTrack::default(), true), &lanes);
        for ear in 0..2 {
            assert_eq!(turned.channel(ear), ahead.channel(ear));
        }
    }
    // The same source without the lock does.
    let turned = heard(with(still(60.0, 0.0), turning, true), &lanes);
    assert!(
        difference(&turned, &heard(with(still(60.0, 0.0), HeadTrack::default(), true), &lanes))
            > -20.0
    );
}

#[test]
fn a_head_turned_by_hand_is_there_after_a_hop_and_stays() {
    let lanes = noise(14_400);
    let mut renderer = with(still(50.0, 0.0), HeadTrack::default(), false);
    renderer.turn_head(looks(30.0, 0.0, 0.0));
    renderer.turn_head(looks(f64::NAN, 0.0, 0.0));
    let by_hand = heard(renderer, &lanes);
    let moved = heard(with(still(20.0, 0.0), HeadTrack::default(), false), &lanes);
    let late = |block: &PlanarBlock| -> Vec<f32> {
        (0..2).flat_map(|ear| block.channel(ear)[960..].to_vec()).collect()
    };
    let error = difference_db(late(&by_hand).iter(), late(&moved).iter());
    println!("turned by hand: {error:.1} dB");
    assert!(error < -100.0, "{error} dB");
}
