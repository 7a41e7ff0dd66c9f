//! Near, mid and far: loudness, balance, reflections.

use super::twin::*;
use crate::Renderer;
use crate::binaural::{BinauralOptions, BinauralRenderer};
use cupola_model::{
    BinauralMode, Item, Object, PlanarBlock, PolarPosition, Room, RoomMode, SampleRate,
};
use realfft::RealFftPlanner;
use realfft::num_complex::Complex64;
use std::f64::consts::{PI, TAU};

const MODES: [BinauralMode; 3] = [BinauralMode::Near, BinauralMode::Mid, BinauralMode::Far];

/// Three quarters of a second: the longest tail of the default room.
const FRAMES: usize = 36_000;

fn inside(room: Option<&Room>) -> BinauralOptions {
    BinauralOptions { room: room.cloned(), ..BinauralOptions::default() }
}

fn renderer(mode: BinauralMode, place: [f64; 2], room: Option<&Room>) -> BinauralRenderer {
    let Item::Object(object) = object(0, vec![point(0, polar(place[0], place[1]))]) else {
        unreachable!("an object")
    };
    let items = vec![Item::Object(Object { binaural: mode, ..object })];
    let timeline = timeline(SampleRate::HZ_48000, 1, items);
    BinauralRenderer::with_options(&timeline, &set(), &inside(room)).unwrap()
}

/// What both ears hear of an impulse.
pub(super) fn response(mode: BinauralMode, place: [f64; 2], room: Option<&Room>) -> [Vec<f32>; 2] {
    let mut lanes = PlanarBlock::new(1, FRAMES);
    lanes.channel_mut(0)[0] = 1.0;
    let mut out = PlanarBlock::new(2, FRAMES);
    renderer(mode, place, room).process(&lanes, &mut out);
    [0, 1].map(|ear| out.channel(ear).to_vec())
}

/// Magnitude of the K weighting of [BS.1770] at 48 kHz, from its two biquads.
fn k_weight(hz: f64) -> f64 {
    let z = Complex64::cis(-TAU * hz / RATE);
    let biquad =
        |b: [f64; 3], a: [f64; 2]| ((b[2] * z + b[1]) * z + b[0]) / ((a[1] * z + a[0]) * z + 1.0);
    let shelf = biquad(
        [1.535_124_859_586_97, -2.691_696_189_406_38, 1.198_392_810_852_85],
        [-1.690_659_293_182_41, 0.732_480_774_215_85],
    );
    let high_pass = biquad([1.0, -2.0, 1.0], [-1.990_047_454_833_98, 0.990_072_250_366_21]);
    (shelf * high_pass).norm()
}

/// Level in decibels of pink noise through both ears, with a weight for each frequency.
fn level_db(ears: &[Vec<f32>; 2], weight: &dyn Fn(f64) -> f64) -> f64 {
    let length = 65_536;
    let plan = RealFftPlanner::<f64>::new().plan_fft_forward(length);
    let (mut sum, mut shares) = (0.0, 0.0);
    for ear in ears {
        let mut time = plan.make_input_vec();
        time.iter_mut().zip(ear).for_each(|(to, &v)| *to = f64::from(v));
        let mut spectrum = plan.make_output_vec();
        plan.process(&mut time, &mut spectrum).unwrap();
        for (k, bin) in spectrum.iter().enumerate() {
            let hz = k as f64 * RATE / length as f64;
            if (20.0..=20_000.0).contains(&hz) {
                sum += weight(hz) * bin.norm_sqr() / hz;
                shares += 0.5 / hz;
            }
        }
    }
    10.0 * (sum / shares).log10()
}

pub(super) fn loudness(ears: &[Vec<f32>; 2]) -> f64 {
    level_db(ears, &|hz| k_weight(hz).powi(2))
}

pub(super) const PLACES: [[f64; 2]; 7] = [
    [0.0, 0.0],
    [30.0, 0.0],
    [-90.0, 0.0],
    [110.0, 0.0],
    [180.0, 0.0],
    [45.0, 45.0],
    [-135.0, 30.0],
];

#[test]
fn direct_sound_and_room_have_the_ratio_that_is_asked_for() {
    let room = Room::default();
    let band = |hz: f64| if (200.0..16_000.0).contains(&hz) { 1.0 } else { 0.0 };
    for (mode, wanted) in [(BinauralMode::Near, 18.0), (BinauralMode::Mid, 9.0)] {
        for place in PLACES {
            let dry = response(mode, place, None);
            let [direct, ..] = room.mode(mode).unwrap().gains();
            let direct = dry.map(|ear| ear.iter().map(|v| v * direct as f32).collect::<Vec<_>>());
            let mut rest = response(mode, place, Some(&room));
            for (ear, straight) in rest.iter_mut().zip(&direct) {
                ear.iter_mut().zip(straight).for_each(|(v, d)| *v -= d);
            }
            let ratio = level_db(&direct, &band) - level_db(&rest, &band);
            println!("{mode:?} {place:?}: {ratio:.1} dB");
            // Between two bus directions their reflections add up, some of them in phase.
            assert!((ratio - wanted).abs() < 2.0, "{mode:?} {place:?}: {ratio} dB");
        }
    }
}

/// A room whose mid mode has reflections and no tail.
fn without_tail() -> Room {
    let mid = RoomMode { early: 1.0, ..Room::default().mid };
    Room { mid, ..Room::default() }
}

/// The images of a source by the lattice of mirrored rooms, from the corner of the room.
fn lattice(room: &Room, source: [f64; 3]) -> Vec<([f64; 3], f64, i32)> {
    let sides = [room.size_m[1], room.size_m[0], room.size_m[2]];
    let listener = [sides[0] / 2.0, 0.45 * sides[1], 1.2];
    let mut all = Vec::new();
    for n in -1..=1_i32 {
        for m in -1..=1_i32 {
            for l in -1..=1_i32 {
                let order = n.abs() + m.abs() + l.abs();
                if !(1..=2).contains(&order) {
                    continue;
                }
                let mut image = [0.0; 3];
                for (axis, cell) in [n, m, l].into_iter().enumerate() {
                    let place = listener[axis] + source[axis];
                    let side = sides[axis];
                    // Even cells hold the source, odd ones its mirror image.
                    let inside = if cell % 2 == 0 { place } else { side - place };
                    image[axis] = f64::from(cell) * side + inside - listener[axis];
                }
                let walls = f64::from(n.abs() + m.abs());
                let gain = room.walls.powf(walls) * room.floor.powf(f64::from(l.abs()));
                all.push((image, gain, order));
            }
        }
    }
    all
}

#[test]
fn reflections_are_those_of_a_lattice_of_mirrored_rooms() {
    let (room, set) = (without_tail(), set());
    // A direction of the buses, where nothing is panned.
    let golden = (1.0 + 5_f64.sqrt()) / 2.0;
    let azimuth = (1.0 / golden).atan().to_degrees();
    let place = [azimuth, 0.0];
    let [direct, ..] = room.mid.gains();
    let dry = response(BinauralMode::Mid, place, None);
    let wet = response(BinauralMode::Mid, place, Some(&room));
    let straight = PolarPosition::on_sphere(azimuth, 0.0).direction();
    let images = lattice(&room, straight.map(|c| c * 1.5));
    assert_eq!(images.len(), 18);
    let pole = (-TAU * 8_000.0 / RATE).exp();
    for ear in 0..2 {
        let rest: Vec<f32> =
            wet[ear].iter().zip(&dry[ear]).map(|(w, d)| w - d * direct as f32).collect();
        let mut ratios = Vec::new();
        for hz in frequencies() {
            let z = Complex64::cis(-TAU * hz / RATE);
            let wall = (1.0 - pole) / (1.0 - pole * z);
            let mut wanted = Complex64::default();
            for &(image, gain, order) in &images {
                let way = image.iter().map(|c| c * c).sum::<f64>().sqrt();
                let later = (way - 1.5) / 343.0;
                let head = expected(&set, &barycentric(&set, image.map(|c| c / way)), ear, hz);
                wanted += head
                    * wall.powi(order)
                    * (gain * 1.5 / way)
                    * Complex64::cis(-TAU * hz * later);
            }
            // Everything comes 48 frames late.
            let found = transform_at(&rest, hz, RATE) * Complex64::cis(TAU * hz * 48.0 / RATE);
            ratios.push((found / wanted, wanted.norm()));
        }
        // The reflections have a level of their own; against it they agree bin by bin.
        let scale: Complex64 = ratios.iter().map(|(r, w)| r * w).sum::<Complex64>()
            / ratios.iter().map(|(_, w)| w).sum::<f64>();
        let error: f64 = ratios.iter().map(|(r, w)| (r - scale).norm_sqr() * w * w).sum();
        let whole: f64 = ratios.iter().map(|(_, w)| (scale.norm() * w).powi(2)).sum();
        let error_db = 10.0 * (error / whole).log10();
        println!(
            "ear {ear}: {error_db:.1} dB, scale {:.3} at {:.3}°",
            scale.norm(),
            scale.arg() * 180.0 / PI
        );
        assert!(error_db < -50.0 && scale.arg().abs() < 0.01, "ear {ear}: {error_db} dB, {scale}");
    }
}

#[test]
fn a_mirrored_scene_has_mirrored_reflections() {
    let room = without_tail();
    for [azimuth, elevation] in PLACES {
        let here = response(BinauralMode::Mid, [azimuth, elevation], Some(&room));
        let there = response(BinauralMode::Mid, [-azimuth, elevation], Some(&room));
        for ear in 0..2 {
            let error = difference_db(there[1 - ear].iter(), here[ear].iter());
            println!("{azimuth}, {elevation}: {error:.1} dB");
            assert!(error < -100.0, "{azimuth}, {elevation}: {error} dB");
        }
    }
}

#[test]
fn the_room_is_the_same_bits_whatever_the_block_and_falls_silent() {
    let room = Room::default();
    let items = |mode| {
        let Item::Object(object) =
            object(0, vec![point(0, polar(0.0, 0.0)), point(24_000, polar(170.0, 20.0))])
        else {
            unreachable!("an object")
        };
        vec![Item::Object(Object { binaural: mode, ..object })]
    };
    for mode in MODES {
        let timeline = timeline(SampleRate::HZ_48000, 1, items(mode));
        let fresh =
            || BinauralRenderer::with_options(&timeline, &set(), &inside(Some(&room))).unwrap();
        let frames = 120_000;
        let mut lanes = PlanarBlock::new(1, frames);
        Noise::new(5).fill(&mut lanes);
        lanes.channel_mut(0)[20_000..].fill(0.0);
        let mut whole = PlanarBlock::new(2, frames);
        fresh().process(&lanes, &mut whole);
        let mut parts = PlanarBlock::new(2, frames);
        let mut renderer = fresh();
        for at in (0..frames).step_by(480) {
            let (mut some, mut out) = (PlanarBlock::new(1, 480), PlanarBlock::new(2, 480));
            some.channel_mut(0).copy_from_slice(&lanes.channel(0)[at..at + 480]);
            renderer.process(&some, &mut out);
            for ear in 0..2 {
                parts.channel_mut(ear)[at..at + 480].copy_from_slice(out.channel(ear));
            }
        }
        for ear in 0..2 {
            assert_eq!(whole.channel(ear), parts.channel(ear), "{mode:?}");
            assert!(
                whole.channel(ear)[24_000..26_000].iter().any(|v| v.abs() > 1e-4),
                "{mode:?} rings"
            );
            assert!(whole.channel(ear)[110_000..].iter().all(|v| *v == 0.0), "{mode:?} ends");
        }
    }
}

#[test]
fn after_a_pause_the_room_sounds_as_after_the_start() {
    // Whatever was heard before must be over and forgotten, or it would come back.
    let room = Room::default();
    for pause in [400_usize, 2000, 6000, 60_000] {
        let frames = 2400 + pause + 9600;
        let play = |before: bool| {
            let mut lanes = PlanarBlock::new(1, frames.next_multiple_of(480));
            let mut noise = PlanarBlock::new(1, 480);
            Noise::new(8).fill(&mut noise);
            lanes.channel_mut(0)[2400 + pause..][..480].copy_from_slice(noise.channel(0));
            if before {
                lanes.channel_mut(0)[1920..2400].copy_from_slice(noise.channel(0));
            }
            let mut out = PlanarBlock::new(2, lanes.frames());
            renderer(BinauralMode::Mid, [40.0, 0.0], Some(&room)).process(&lanes, &mut out);
            out
        };
        let (alone, after) = (play(false), play(true));
        // The response to the first burst by itself, added to the second: a room is linear.
        let mut first = PlanarBlock::new(1, alone.frames());
        let mut noise = PlanarBlock::new(1, 480);
        Noise::new(8).fill(&mut noise);
        first.channel_mut(0)[1920..2400].copy_from_slice(noise.channel(0));
        let mut out = PlanarBlock::new(2, alone.frames());
        renderer(BinauralMode::Mid, [40.0, 0.0], Some(&room)).process(&first, &mut out);
        for ear in 0..2 {
            let sum: Vec<f32> =
                out.channel(ear).iter().zip(alone.channel(ear)).map(|(a, b)| a + b).collect();
            let error = difference_db(after.channel(ear).iter(), sum.iter());
            println!("pause of {pause} frames: {error:.1} dB");
            assert!(error < -110.0, "pause of {pause}: {error} dB");
        }
    }
}

#[test]
fn an_impossible_room_is_refused() {
    let timeline =
        timeline(SampleRate::HZ_48000, 1, vec![object(0, vec![point(0, polar(0.0, 0.0))])]);
    for room in [
        Room { walls: 1.0, ..Room::default() },
        Room { decay_s: f64::NAN, ..Room::default() },
        Room { size_m: [6.0, 0.0, 3.0], ..Room::default() },
        Room { lfe_db: f64::NAN, ..Room::default() },
    ] {
        let error =
            BinauralRenderer::with_options(&timeline, &set(), &inside(Some(&room))).unwrap_err();
        assert!(error.to_string().contains("room"), "{error}");
    }
}
