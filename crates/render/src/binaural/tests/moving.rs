//! Sources that move.

use super::twin::*;
use crate::Renderer;
use crate::binaural::{BinauralOptions, BinauralQuality, BinauralRenderer};
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

/// Frames after which the twin renews filters and delays. What it misses in between must be far less
/// than what it judges: at 360°/s and 8 frames that would be −46 dB.
const RENEWED: usize = 2;

/// What both ears hear of the sines from a path: filters and delays renewed all the time, latency
/// added.
///
/// The delay turns with the filter, as one response that changes.
fn slow_twin(
    set: &HrtfSet,
    sines: &Sines,
    path: &dyn Fn(f64) -> [f64; 3],
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
    for start in (0..frames).step_by(RENEWED) {
        let corners = barycentric(set, path(start as f64 + (RENEWED - 1) as f64 / 2.0 - 48.0));
        for (ear, out) in out.iter_mut().enumerate() {
            let delay: f64 =
                corners.iter().map(|&(i, w)| w * f64::from(set.delay_samples[i][ear])).sum();
            for (k, (hz, phase)) in sines.partials.iter().enumerate() {
                let h: Complex64 = corners.iter().map(|&(i, w)| stored[i][ear][k] * w).sum();
                for (n, out) in out.iter_mut().enumerate().skip(start).take(RENEWED) {
                    let time = n as f64 - 48.0 - delay;
                    *out += (h * Complex64::cis(TAU * hz * time / RATE + phase)).re as f32;
                }
            }
        }
    }
    out
}

/// The same where sound first takes its time and then meets the filter, frame by frame: each frame comes
/// with the delay it had itself, and is convolved with the taps of the frame that is heard.
fn slow_delay_line(
    set: &HrtfSet,
    sines: &Sines,
    path: &dyn Fn(f64) -> [f64; 3],
    frames: usize,
) -> [Vec<f32>; 2] {
    let gain = 10_f64.powf(set.loudness_gain_db / 20.0) * 0.02;
    let mut late = [vec![0.0; frames], vec![0.0; frames]];
    let mut out = [vec![0.0; frames], vec![0.0; frames]];
    for start in (0..frames).step_by(RENEWED) {
        let corners = barycentric(set, path(start as f64 + (RENEWED - 1) as f64 / 2.0 - 48.0));
        for ear in 0..2 {
            let delay: f64 =
                corners.iter().map(|&(i, w)| w * f64::from(set.delay_samples[i][ear])).sum();
            let mut taps = vec![0.0; set.tap_count];
            for &(i, weight) in &corners {
                let stored = set.response(i, ear);
                taps.iter_mut().zip(stored).for_each(|(sum, &tap)| *sum += weight * f64::from(tap));
            }
            for n in start..frames.min(start + RENEWED) {
                let time = n as f64 - 48.0 - delay;
                let waves = sines.partials.iter();
                late[ear][n] =
                    waves.map(|(hz, phase)| (TAU * hz * time / RATE + phase).cos()).sum();
                let heard = taps.iter().zip(late[ear][..=n].iter().rev());
                out[ear][n] = (gain * heard.map(|(tap, s)| tap * s).sum::<f64>()) as f32;
            }
        }
    }
    out
}

/// Error against the twin in every quality.
fn circling(speed_deg_s: f64) -> [f64; BinauralQuality::ALL.len()] {
    let set = set();
    let frames = 14_400;
    let end = frames as f64 / RATE * speed_deg_s;
    let azimuth = |frame: f64| frame.max(0.0) / frames as f64 * end;
    // Azimuth takes the short way, so a circle needs points less than half a turn apart.
    let points: Vec<TimedPoint> = (0..=20)
        .map(|i| i * frames as u64 / 20)
        .map(|f| point(f, polar(cupola_model::position::wrap_degrees(azimuth(f as f64)), 10.0)))
        .collect();
    let path = move |frame: f64| {
        PolarPosition::on_sphere(cupola_model::position::wrap_degrees(azimuth(frame)), 10.0)
            .direction()
    };
    let sines = Sines::new();
    let mut lanes = PlanarBlock::new(1, frames);
    lanes.channel_mut(0).copy_from_slice(&sines.signal(frames));
    BinauralQuality::ALL.map(|quality| {
        let wanted = match quality {
            BinauralQuality::Standard => slow_twin(&set, &sines, &path, frames),
            BinauralQuality::High => slow_delay_line(&set, &sines, &path, frames),
        };
        let got = render_in(quality, &set, vec![object(0, points.clone())], &lanes);
        let settled = 960;
        let ears = |i: usize| got.channel(i)[settled..].iter();
        let wanted = wanted[0][settled..].iter().chain(&wanted[1][settled..]);
        let error = difference_db(ears(0).chain(ears(1)), wanted);
        println!("{speed_deg_s}°/s, {}: {error:.1} dB", quality.name());
        error
    })
}

#[test]
fn a_source_circling_at_90_degrees_a_second_stays_within_minus_50_and_55_db_of_the_twin() {
    let [standard, high] = circling(90.0);
    assert!(standard <= -50.0 && high <= -55.0);
}

#[test]
fn a_source_circling_at_360_degrees_a_second_stays_within_minus_38_and_40_db_of_the_twin() {
    let [standard, high] = circling(360.0);
    assert!(standard <= -38.0 && high <= -40.0);
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
    for quality in BinauralQuality::ALL {
        let scene = render_in(quality, &set, busy_scene(1.0), &lanes);
        let mirrored = render_in(quality, &set, busy_scene(-1.0), &lanes);
        for ear in 0..2 {
            let error = difference_db(scene.channel(ear).iter(), mirrored.channel(1 - ear).iter());
            println!("{quality:?}, ear {ear}: {error:.1} dB");
            assert!(error <= -100.0, "{quality:?}, ear {ear}: {error} dB");
        }
    }
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
