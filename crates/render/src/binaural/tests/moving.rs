//! Sources that move.

use super::twin::*;
use crate::Renderer;
use crate::binaural::{BinauralOptions, BinauralQuality, BinauralRenderer};
use cupola_model::{
    FrameIndex, Item, LinearGain, Object, ObjectState, PlanarBlock, PolarPosition, Position,
    RoomPosition, SampleRate, TimedPoint, TrackIndex,
};
use std::f64::consts::TAU;

/// A few objects of every kind on the move; `mirror` is −1 for the same scene seen in a mirror.
pub(super) fn busy_scene(mirror: f64) -> Vec<Item> {
    let state = |position, gain, size| ObjectState { position, gain: LinearGain(gain), size };
    let at = |frame, s| TimedPoint { frame: FrameIndex(frame), state: s };
    let polar_at = |azimuth: f64, elevation_deg, distance| {
        let azimuth_deg = mirror * azimuth;
        Position::Polar(PolarPosition { azimuth_deg, elevation_deg, distance })
    };
    let room_at = |x: f64, y, z| Position::Room(RoomPosition { x: mirror * x, y, z });
    vec![
        object(
            0,
            vec![
                at(0, state(polar_at(10.0, -20.0, 1.0), 1.0, 0.0)),
                at(3000, state(polar_at(130.0, 50.0, 1.0), 0.2, 0.3)),
                at(9000, state(polar_at(-120.0, 80.0, 0.7), 1.5, 0.0)),
            ],
        ),
        object(1, vec![at(0, state(polar_at(-62.5, 11.0, 1.0), 0.5, 0.0))]),
        object(
            2,
            vec![
                at(700, state(room_at(-1.0, 1.0, 0.0), 1.0, 0.0)),
                at(950, state(room_at(1.0, 0.2, 1.0), 1.0, 0.0)),
                at(6000, state(room_at(1.0, 0.2, 1.0), 1.0, 0.0)),
                at(6250, state(room_at(0.3, -1.0, 0.5), 0.0, 0.8)),
            ],
        ),
    ]
}

#[test]
fn the_bits_do_not_depend_on_how_the_programme_is_cut() {
    let set = set();
    let mut lanes = PlanarBlock::new(3, 9600);
    Noise::new(6).fill(&mut lanes);
    // A pause long enough for the renderer to stop listening to the lane.
    lanes.channel_mut(0)[2500..5500].fill(0.0);
    let ways = [&[480_usize][..], &[960, 480, 1920, 1440], &[4800]]
        .into_iter()
        .flat_map(|pattern| BinauralQuality::ALL.map(|quality| (pattern, quality)));
    for (pattern, quality) in ways {
        let whole = render_in(quality, &set, busy_scene(1.0), &lanes);
        let timeline = timeline(SampleRate::HZ_48000, 3, busy_scene(1.0));
        let options = BinauralOptions { quality, ..BinauralOptions::default() };
        let mut renderer = BinauralRenderer::with_options(&timeline, &set, &options).unwrap();
        let (mut at, mut sizes) = (0, pattern.iter().cycle());
        while at < 9600 {
            let size = (*sizes.next().unwrap()).min(9600 - at);
            let mut part = PlanarBlock::new(3, size);
            for lane in 0..3 {
                part.channel_mut(lane).copy_from_slice(&lanes.channel(lane)[at..at + size]);
            }
            let mut out = PlanarBlock::new(2, size);
            out.channel_mut(0).fill(7.0);
            renderer.process(&part, &mut out);
            for ear in 0..2 {
                assert_eq!(
                    out.channel(ear),
                    &whole.channel(ear)[at..at + size],
                    "{pattern:?} at {at}"
                );
            }
            at += size;
        }
    }
}

#[test]
fn a_silent_source_is_where_it_should_be_when_it_speaks_again() {
    let set = set();
    let mut lanes = PlanarBlock::new(3, 9600);
    Noise::new(9).fill(&mut lanes);
    lanes.channel_mut(0)[1000..6100].fill(0.0);
    // A whisper 600 dB down keeps the renderer at work through the pause.
    let mut whisper = lanes.clone();
    whisper.channel_mut(0)[1000..6100].fill(1e-30);
    for quality in BinauralQuality::ALL {
        let silent = render_in(quality, &set, busy_scene(1.0), &lanes);
        let whispering = render_in(quality, &set, busy_scene(1.0), &whisper);
        for ear in 0..2 {
            let error = difference_db(silent.channel(ear).iter(), whispering.channel(ear).iter());
            println!("{quality:?}, ear {ear}: {error:.1} dB");
            assert!(error < -130.0, "{quality:?}, ear {ear}: {error} dB");
        }
    }
}

#[test]
fn the_order_of_objects_matters_only_to_the_last_bits() {
    // Sums of floating-point numbers cannot do better without an exact accumulator.
    let set = set();
    let mut lanes = PlanarBlock::new(6, 9600);
    Noise::new(8).fill(&mut lanes);
    let mut reversed = PlanarBlock::new(6, 9600);
    for lane in 0..6 {
        reversed.channel_mut(lane).copy_from_slice(lanes.channel(5 - lane));
    }
    let numbered = |items: Vec<Item>| -> Vec<Item> {
        let renumber = |(lane, item)| {
            let Item::Object(object) = item else { panic!("only objects here") };
            Item::Object(Object { lane: TrackIndex(lane), ..object })
        };
        items.into_iter().enumerate().map(renumber).collect()
    };
    let items = || busy_scene(1.0).into_iter().chain(busy_scene(-1.0));
    let one_way = render(&set, numbered(items().collect()), &lanes);
    let other_way = render(&set, numbered(items().rev().collect()), &reversed);
    for ear in 0..2 {
        let error = difference_db(one_way.channel(ear).iter(), other_way.channel(ear).iter());
        println!("ear {ear}: {error:.1} dB");
        assert!(error < -130.0);
    }
}

#[test]
fn a_rest_within_a_movement_sounds_like_a_movement_that_hardly_moves() {
    // Whole blocks at rest go another way than hops; the one must take up what the other leaves.
    let set = set();
    let mut lanes = PlanarBlock::new(1, 9600);
    Noise::new(13).fill(&mut lanes);
    let path = |azimuth: f64| {
        let stops = [(0, 20.0), (1700, 20.0), (3000, azimuth), (7000, 50.0), (8000, -10.0)];
        vec![object(0, stops.map(|(frame, a)| point(frame, polar(a, 5.0))).to_vec())]
    };
    for quality in BinauralQuality::ALL {
        let resting = render_in(quality, &set, path(50.0), &lanes);
        let moving = render_in(quality, &set, path(50.000_001), &lanes);
        for ear in 0..2 {
            let error = difference_db(resting.channel(ear).iter(), moving.channel(ear).iter());
            println!("{quality:?}, ear {ear}: {error:.1} dB");
            assert!(error < -95.0, "{quality:?}, ear {ear}: {error} dB");
        }
    }
}

#[test]
fn a_hold_step_is_a_cross_fade_without_a_click() {
    // A low sine has no energy of its own up high; a click would put some there.
    let set = set();
    let frames = 14_400;
    let mut lanes = PlanarBlock::new(1, frames);
    for (n, sample) in lanes.channel_mut(0).iter_mut().enumerate() {
        *sample = (TAU * 200.0 * n as f64 / RATE).sin() as f32;
    }
    let from = |f| point(f, polar(90.0, 0.0));
    let to = |f| point(f, polar(-90.0, 0.0));
    for quality in BinauralQuality::ALL {
        let roughness = |points: Vec<TimedPoint>| {
            let out = render_in(quality, &set, vec![object(0, points)], &lanes);
            // Fourth differences: 48 dB an octave against the sine, which they all but remove.
            let differences = |x: &[f32]| {
                x.windows(5)
                    .map(|w| (w[0] - 4.0 * w[1] + 6.0 * w[2] - 4.0 * w[3] + w[4]).abs())
                    .fold(0.0, f32::max)
            };
            differences(&out.channel(0)[4800..]).max(differences(&out.channel(1)[4800..]))
        };
        let still = roughness(vec![from(0)]);
        let step = roughness(vec![from(0), from(9750), to(10_000)]);
        let drawn_out = roughness(vec![from(0), from(5000), to(13_000)]);
        // A cut: the same two places without a ramp, done by two renders and a splice.
        let there = render_in(quality, &set, vec![object(0, vec![to(0)])], &lanes);
        let here = render_in(quality, &set, vec![object(0, vec![from(0)])], &lanes);
        let cut = (here.channel(0)[10_000] - there.channel(0)[10_000]).abs();
        println!(
            "fourth differences: still {still:e}, step {step:e}, slow {drawn_out:e}, cut {cut:e}"
        );
        assert!(step < cut / 30.0, "{quality:?}: {step} against a cut of {cut}");
    }
}
