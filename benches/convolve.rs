//! Headphones: 16, 64 and 118 objects, all moving and all standing still, at 48 kHz on one core; 118 in
//! fast and in high quality too.
//!
//! Criterion prints frames a second; divided by 48,000 that is how many times faster than real time,
//! and 48,000 over it the share of a core.

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use cupola_model::{
    Automation, BinauralMode, FrameCount, FrameIndex, FrameRate, Item, Lane, LinearGain, Object,
    ObjectFeatures, ObjectState, PlanarBlock, PolarPosition, Position, SampleRate, TimedPoint,
    Timeline, TrackIndex,
};
use cupola_render::Renderer;
use cupola_render::binaural::{BinauralOptions, BinauralQuality, BinauralRenderer};
use std::hint::black_box;

/// Frames a call: a third of a second.
const FRAMES: usize = 15_840;

/// Frames from one point of an object's path to the next, 30 degrees further: 90 degrees a second.
const STEP: u64 = 16_000;

fn object(lane: usize, moving: bool) -> Item {
    let point = |i: u64| {
        let turn = if moving { i as f64 * 30.0 } else { 0.0 };
        let azimuth = (lane as f64 * 37.0 + turn).rem_euclid(360.0) - 180.0;
        let position = Position::Polar(PolarPosition::on_sphere(azimuth, lane as f64 % 60.0));
        let state = ObjectState { position, gain: LinearGain::UNITY, size: 0.0 };
        TimedPoint { frame: FrameIndex(i * STEP), state }
    };
    Item::Object(Object {
        name: format!("object {lane}"),
        groups: vec![],
        lane: TrackIndex(lane),
        binaural: BinauralMode::Mid,
        automation: Automation::new((0..3).map(point).collect()).expect("legal points"),
        features: ObjectFeatures::default(),
    })
}

fn timeline(objects: usize, moving: bool) -> Timeline {
    Timeline {
        title: String::new(),
        artist: String::new(),
        sample_rate: SampleRate::HZ_48000,
        length: FrameCount(FRAMES as u64),
        frame_rate: FrameRate::Fps24,
        start: FrameCount(0),
        screen: cupola_model::Screen::USUAL,
        stems: vec![],
        lanes: vec![Lane::default(); objects],
        items: (0..objects).map(|lane| object(lane, moving)).collect(),
    }
}

fn convolve(criterion: &mut Criterion) {
    let set = cupola_hrtf::embedded(SampleRate::HZ_48000).expect("the embedded set");
    let mut group = criterion.benchmark_group("convolve");
    group.throughput(Throughput::Elements(FRAMES as u64));
    for objects in [16, 64, 118] {
        let mut lanes = PlanarBlock::new(objects, FRAMES);
        let mut seed = 1_u32;
        for sample in lanes.iter_mut().flatten() {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *sample = seed as f32 / u32::MAX as f32 - 0.5;
        }
        let mut out = PlanarBlock::new(2, FRAMES);
        for quality in BinauralQuality::ALL {
            if quality != BinauralQuality::Standard && objects != 118 {
                continue;
            }
            for (name, moving) in [("moving", true), ("static", false)] {
                let timeline = timeline(objects, moving);
                let options = BinauralOptions { quality, ..BinauralOptions::default() };
                // A fresh renderer every time: a used one would have come to the end of the movement.
                let fresh = || {
                    BinauralRenderer::with_options(&timeline, &set, &options).expect("a renderer")
                };
                let name = format!("{name}, {}", quality.name());
                group.bench_function(BenchmarkId::new(name, objects), |bencher| {
                    bencher.iter_batched_ref(
                        fresh,
                        |renderer| renderer.process(black_box(&lanes), &mut out),
                        BatchSize::PerIteration,
                    );
                });
            }
        }
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = convolve
}
criterion_main!(benches);
