//! Headphones: 16, 64 and 118 objects, all moving and all standing still, at 48 kHz on one core.
//!
//! Criterion prints frames a second; divided by 48,000 that is how many times faster than real time,
//! and 48,000 over it the share of a core.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use cupola_model::{
    Automation, BinauralMode, FrameCount, FrameIndex, FrameRate, Item, Lane, LinearGain, Object,
    ObjectState, PlanarBlock, PolarPosition, Position, SampleRate, TimedPoint, Timeline,
    TrackIndex,
};
use cupola_render::{Renderer, binaural::BinauralRenderer};
use std::hint::black_box;

/// Frames a call: a third of a second.
const FRAMES: usize = 15_840;

/// Hours of movement, so that no measurement runs out of it.
const LENGTH: u64 = 48_000 * 36_000;

fn object(lane: usize, moving: bool) -> Item {
    let state = |turns: u64| {
        let azimuth = (lane as f64 * 37.0 + turns as f64 * 90.0).rem_euclid(360.0) - 180.0;
        let position = Position::Polar(PolarPosition::on_sphere(azimuth, lane as f64 % 60.0));
        ObjectState { position, gain: LinearGain::UNITY, size: 0.0 }
    };
    let step = 48_000 + 100 * lane as u64;
    let points = (0..=LENGTH / step).map(|turns| {
        let state = state(if moving { turns } else { 0 });
        TimedPoint { frame: FrameIndex(turns * step), state }
    });
    Item::Object(Object {
        name: format!("object {lane}"),
        groups: vec![],
        lane: TrackIndex(lane),
        binaural: BinauralMode::Mid,
        automation: Automation::new(points.collect()).expect("legal points"),
    })
}

fn timeline(objects: usize, moving: bool) -> Timeline {
    Timeline {
        title: String::new(),
        artist: String::new(),
        sample_rate: SampleRate::HZ_48000,
        length: FrameCount(LENGTH),
        frame_rate: FrameRate::Fps24,
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
        for (name, moving) in [("moving", true), ("static", false)] {
            let mut renderer =
                BinauralRenderer::new(&timeline(objects, moving), &set).expect("a renderer");
            group.bench_function(BenchmarkId::new(name, objects), |bencher| {
                bencher.iter(|| renderer.process(black_box(&lanes), &mut out));
            });
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
