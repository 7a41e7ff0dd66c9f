use super::*;
use crate::test_layouts::{Dice, all, irregular, layout};

fn gains(panner: &RoomPanner, position: [f64; 3], size: f64) -> Vec<f64> {
    let mut out = vec![f64::NAN; panner.channels];
    let [x, y, z] = position;
    panner.pan(RoomPosition { x, y, z }, size, &mut out);
    out
}

#[test]
fn gains_equal_those_of_the_ebu_renderer() {
    let mut lines = 0;
    for line in include_str!("ear.txt").lines().filter(|line| !line.starts_with('#')) {
        let (name, numbers) = line.split_once(' ').unwrap();
        let numbers: Vec<f64> = numbers.split(' ').map(|n| n.parse().unwrap()).collect();
        let [x, y, z, size, ref expected @ ..] = numbers[..] else { panic!("bad line {line}") };
        let got = gains(&RoomPanner::new(&layout(name)), [x, y, z], size);
        assert_eq!(got.len(), expected.len(), "{name}");
        for (a, b) in got.iter().zip(expected) {
            assert!((a - b).abs() < 1e-9, "{line}\ngave {got:?}");
        }
        lines += 1;
    }
    assert_eq!(lines, 130);
}

#[test]
fn energy_is_one_everywhere_and_for_every_size() {
    let mut dice = Dice(21);
    let odd = [1, 2, 5, 12, 30].map(|count| irregular(count, &mut dice));
    for layout in all().into_iter().chain(odd) {
        let panner = RoomPanner::new(&layout);
        for _ in 0..200 {
            let at = [0; 3].map(|_| dice.roll(-1.0, 1.0));
            for size in [0.0, dice.roll(0.0, 1.0), 1.0] {
                let g = gains(&panner, at, size);
                let energy: f64 = g.iter().map(|g| g * g).sum();
                assert!((energy - 1.0).abs() < 1e-9, "{}: {at:?} {size}: {energy}", layout.name);
                assert!(g.iter().all(|g| *g >= 0.0), "{}: {at:?} {size}: {g:?}", layout.name);
            }
        }
    }
}

#[test]
fn a_source_at_the_place_of_a_loudspeaker_excites_only_that_loudspeaker() {
    for layout in all() {
        let panner = RoomPanner::new(&layout);
        for channel in layout.panned_channels() {
            let room = layout.speakers()[channel].room;
            let g = gains(&panner, [room.x, room.y, room.z], 0.0);
            for (other, gain) in g.iter().enumerate() {
                let expected = if other == channel { 1.0 } else { 0.0 };
                assert!((gain - expected).abs() < 1e-12, "{} {channel}: {g:?}", layout.name);
            }
        }
    }
}

#[test]
fn loudspeakers_at_one_place_share_the_energy() {
    let [mut a, mut b] =
        [layout("0+2+0").speakers()[0].clone(), layout("quad").speakers()[3].clone()];
    (a.room, b.room) =
        (RoomPosition { x: 0.0, y: 1.0, z: 0.0 }, RoomPosition { x: -0.0, y: 1.0, z: 0.0 });
    let panner = RoomPanner::new(&Layout::new("two", vec![a, b]).unwrap());
    for size in [0.0, 0.5] {
        let g = gains(&panner, [0.4, -0.2, 0.0], size);
        assert!(g.iter().all(|g| (g - 0.5_f64.sqrt()).abs() < 1e-12), "size {size}: {g:?}");
    }
}
