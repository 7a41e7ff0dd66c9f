//! Sources that move.

use super::twin::*;
use crate::Renderer;
use crate::binaural::BinauralRenderer;
use cupola_model::{
    FrameIndex, HrtfSet, Item, LinearGain, Object, ObjectState, PlanarBlock, PolarPosition,
    Position, RoomPosition, SampleRate, TimedPoint, TrackIndex,
};
use realfft::num_complex::Complex64;
use std::f64::consts::TAU;

/// Sums of sines of 100 Hz to 15 kHz: noise whose value at any fraction of a frame is known.
struct Sines {
    partials: Vec<(f64, f64)>,
}

impl Sines {
    fn new() -> Self {
        let mut noise = Noise::new(11);
        let partial = |_| (100.0 + 14_900.0 * noise.next(), TAU * noise.next());
        Self { partials: (0..120).map(partial).collect() }
    }

    fn signal(&self, frames: usize) -> Vec<f32> {
        let at = |n: usize| -> f64 {
            self.partials.iter().map(|(hz, phase)| (TAU * hz * n as f64 / RATE + phase).cos()).sum()
        };
        (0..frames).map(|n| (at(n) * 0.02) as f32).collect()
    }
}

/// What both ears hear of the sines from a path: filters and delays renewed every 8 frames, latency
/// added.
fn slow_twin(
    set: &HrtfSet,
    sines: &Sines,
    path: &dyn Fn(u64) -> [f64; 3],
    frames: usize,
) -> [Vec<f32>; 2] {
    let gain = 10_f64.powf(set.loudness_gain_db / 20.0) * 0.02;
    let stored: Vec<[Vec<Complex64>; 2]> = (0..set.directions.len())
        .map(|i| {
            [0, 1].map(|ear| {
                let at = |p: &(f64, f64)| transform_at(set.response(i, ear), p.0, RATE) * gain;
                sines.partials.iter().map(at).collect()
            })
        })
        .collect();
    let mut out = [vec![0.0; frames], vec![0.0; frames]];
    for start in (0..frames).step_by(8) {
        let corners = barycentric(set, path((start as u64).saturating_sub(48)));
        for (ear, out) in out.iter_mut().enumerate() {
            let delay: f64 =
                corners.iter().map(|&(i, w)| w * f64::from(set.delay_samples[i][ear])).sum();
            for (k, (hz, phase)) in sines.partials.iter().enumerate() {
                let h: Complex64 = corners.iter().map(|&(i, w)| stored[i][ear][k] * w).sum();
                for (n, out) in out.iter_mut().enumerate().skip(start).take(8) {
                    let time = n as f64 - 48.0 - delay;
                    *out += (h * Complex64::cis(TAU * hz * time / RATE + phase)).re as f32;
                }
            }
        }
    }
    out
}

fn circling(speed_deg_s: f64) -> f64 {
    let set = set();
    let frames = 14_400;
    let end = frames as f64 / RATE * speed_deg_s;
    let azimuth = |frame: u64| frame as f64 / frames as f64 * end;
    // Azimuth takes the short way, so a circle needs points less than half a turn apart.
    let points: Vec<TimedPoint> = (0..=20)
        .map(|i| i * frames as u64 / 20)
        .map(|f| point(f, polar(cupola_model::position::wrap_degrees(azimuth(f)), 10.0)))
        .collect();
    let path = move |frame: u64| {
        PolarPosition::on_sphere(cupola_model::position::wrap_degrees(azimuth(frame)), 10.0)
            .direction()
    };
    let sines = Sines::new();
    let wanted = slow_twin(&set, &sines, &path, frames);
    let mut lanes = PlanarBlock::new(1, frames);
    lanes.channel_mut(0).copy_from_slice(&sines.signal(frames));
    let got = render(&set, vec![object(0, points)], &lanes);
    let settled = 960;
    let ears = |i: usize| got.channel(i)[settled..].iter();
    difference_db(ears(0).chain(ears(1)), wanted[0][settled..].iter().chain(&wanted[1][settled..]))
}

#[test]
fn a_source_circling_at_90_degrees_a_second_stays_within_minus_50_db_of_the_twin() {
    let error = circling(90.0);
    println!("90°/s: {error:.1} dB");
    assert!(error <= -50.0);
}

#[test]
fn a_source_circling_at_360_degrees_a_second_stays_within_minus_38_db_of_the_twin() {
    let error = circling(360.0);
    println!("360°/s: {error:.1} dB");
    assert!(error <= -38.0);
}

/// A few objects of every kind on the move; `mirror` is −1 for the same scene seen in a mirror.
fn busy_scene(mirror: f64) -> Vec<Item> {
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
fn a_mirrored_scene_swaps_the_ears() {
    let set = set();
    let mut lanes = PlanarBlock::new(3, 9600);
    Noise::new(5).fill(&mut lanes);
    let scene = render(&set, busy_scene(1.0), &lanes);
    let mirrored = render(&set, busy_scene(-1.0), &lanes);
    for ear in 0..2 {
        let error = difference_db(scene.channel(ear).iter(), mirrored.channel(1 - ear).iter());
        println!("ear {ear}: {error:.1} dB");
        assert!(error <= -100.0, "ear {ear}: {error} dB");
    }
}

#[test]
fn the_bits_do_not_depend_on_how_the_programme_is_cut() {
    let set = set();
    let mut lanes = PlanarBlock::new(3, 9600);
    Noise::new(6).fill(&mut lanes);
    // A pause long enough for the renderer to stop listening to the lane.
    lanes.channel_mut(0)[2500..5500].fill(0.0);
    let whole = render(&set, busy_scene(1.0), &lanes);
    for pattern in [&[480_usize][..], &[960, 480, 1920, 1440], &[4800]] {
        let timeline = timeline(SampleRate::HZ_48000, 3, busy_scene(1.0));
        let mut renderer = BinauralRenderer::new(&timeline, &set).unwrap();
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
    let silent = render(&set, busy_scene(1.0), &lanes);
    // A whisper 600 dB down keeps the renderer at work through the pause.
    lanes.channel_mut(0)[1000..6100].fill(1e-30);
    let whispering = render(&set, busy_scene(1.0), &lanes);
    for ear in 0..2 {
        let error = difference_db(silent.channel(ear).iter(), whispering.channel(ear).iter());
        println!("ear {ear}: {error:.1} dB");
        assert!(error < -140.0, "ear {ear}: {error} dB");
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
    let roughness = |points: Vec<TimedPoint>| {
        let out = render(&set, vec![object(0, points)], &lanes);
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
    let there = render(&set, vec![object(0, vec![to(0)])], &lanes);
    let here = render(&set, vec![object(0, vec![from(0)])], &lanes);
    let cut = (here.channel(0)[10_000] - there.channel(0)[10_000]).abs();
    println!("fourth differences: still {still:e}, step {step:e}, slow {drawn_out:e}, cut {cut:e}");
    assert!(step < cut / 30.0, "{step} against a cut of {cut}");
}
