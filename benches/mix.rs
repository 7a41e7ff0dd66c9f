//! Moving objects to 7.1.4, gains included. Criterion prints frames a second; divided by 48,000 that is
//! the real-time factor.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use cupola_model::*;
use cupola_render::{PannerChoice, Renderer, SpeakerRenderer};
use std::time::{Duration, Instant};

/// A tenth of a second a call, like the block a job reads from its stems.
const FRAMES: usize = 4800;

/// Seconds of movement; at their end the programme starts again.
const POINTS: u64 = 600;

/// An object that never stands still, its points a second apart.
fn mover(index: usize, room: bool, size: f64) -> Item {
    let points = (0..POINTS)
        .map(|second| {
            let turn = second as f64 * (18.0 + index as f64 * 0.4) + index as f64 * 37.0;
            let rise = (second as f64 * 1.3 + index as f64).sin();
            let position = if room {
                let (sin, cos) = turn.to_radians().sin_cos();
                Position::Room(RoomPosition { x: 0.9 * sin, y: 0.9 * cos, z: 0.5 + 0.45 * rise })
            } else {
                let azimuth = position::wrap_degrees(turn);
                Position::Polar(PolarPosition::on_sphere(azimuth, 20.0 + 40.0 * rise))
            };
            let state = ObjectState { position, gain: LinearGain(0.5), size };
            TimedPoint { frame: FrameIndex(second * 48_000), state }
        })
        .collect();
    Item::Object(Object {
        name: format!("object {index}"),
        groups: vec![],
        lane: TrackIndex(index),
        binaural: BinauralMode::Mid,
        automation: Automation::new(points).expect("legal points"),
        features: ObjectFeatures::default(),
    })
}

fn timeline(count: usize, room: bool, size: f64) -> Timeline {
    Timeline {
        title: String::new(),
        artist: String::new(),
        sample_rate: SampleRate::HZ_48000,
        length: FrameCount(POINTS * 48_000),
        frame_rate: FrameRate::Fps24,
        start: FrameCount(0),
        screen: cupola_model::Screen::USUAL,
        stems: vec![],
        lanes: vec![Lane::default(); count],
        items: (0..count).map(|index| mover(index, room, size)).collect(),
    }
}

/// Seconds of audio, each lane in its own memory, so that the input streams and is not cached.
fn noise(count: usize) -> Vec<PlanarBlock> {
    let mut seed = 1_u32;
    (0..20)
        .map(|_| {
            let mut block = PlanarBlock::new(count, FRAMES);
            for x in block.iter_mut().flatten() {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *x = seed as f32 / u32::MAX as f32 - 0.5;
            }
            block
        })
        .collect()
}

fn start(timeline: &Timeline, layout: &Layout) -> SpeakerRenderer {
    SpeakerRenderer::new(timeline, layout, PannerChoice::ByPosition).expect("a sound timeline")
}

fn movers(c: &mut Criterion) {
    let layout = cupola_scene::find_layout("7.1.4").expect("a standard layout");
    let mut group = c.benchmark_group("mix to 7.1.4");
    group.throughput(Throughput::Elements(FRAMES as u64));
    for (kind, room, size) in [
        ("polar", false, 0.0),
        ("room", true, 0.0),
        ("polar size 0.3", false, 0.3),
        ("room size 0.3", true, 0.3),
    ] {
        for count in [16, 64, 118] {
            if size > 0.0 && count != 118 {
                continue;
            }
            let timeline = timeline(count, room, size);
            let lanes = noise(count);
            let mut renderer = start(&timeline, layout);
            let mut out = PlanarBlock::new(renderer.channels(), FRAMES);
            let calls = (POINTS as usize - 1) * 48_000 / FRAMES;
            let mut next = 0;
            group.bench_function(BenchmarkId::new(kind, count), |b| {
                b.iter_custom(|iterations| {
                    let mut spent = Duration::ZERO;
                    for _ in 0..iterations {
                        if next == calls {
                            renderer = start(&timeline, layout);
                            next = 0;
                        }
                        let now = Instant::now();
                        renderer.process(&lanes[next % lanes.len()], &mut out);
                        spent += now.elapsed();
                        next += 1;
                    }
                    spent
                });
            });
        }
    }
    group.finish();
}

/// How the cost grows: polar movers to one layout and to three at once, as a job renders them.
fn growth(c: &mut Criterion) {
    let layouts = ["7.1.4", "5.1", "9.1.6"]
        .map(|name| cupola_scene::find_layout(name).expect("a standard layout"));
    let mut group = c.benchmark_group("growth");
    group.throughput(Throughput::Elements(FRAMES as u64));
    for count in [1, 16, 64, 118, 512] {
        let timeline = timeline(count, false, 0.0);
        let lanes = noise(count);
        for wanted in [1, 3] {
            let fresh = || -> Vec<SpeakerRenderer> {
                layouts[..wanted].iter().map(|layout| start(&timeline, layout)).collect()
            };
            let mut renderers = fresh();
            let mut outs: Vec<PlanarBlock> =
                renderers.iter().map(|r| PlanarBlock::new(r.channels(), FRAMES)).collect();
            let calls = (POINTS as usize - 1) * 48_000 / FRAMES;
            let mut next = 0;
            let name = if wanted == 1 { "1 layout" } else { "3 layouts" };
            group.bench_function(BenchmarkId::new(name, count), |b| {
                b.iter_custom(|iterations| {
                    let mut spent = Duration::ZERO;
                    for _ in 0..iterations {
                        if next == calls {
                            renderers = fresh();
                            next = 0;
                        }
                        let now = Instant::now();
                        for (renderer, out) in renderers.iter_mut().zip(&mut outs) {
                            renderer.process(&lanes[next % lanes.len()], out);
                        }
                        spent += now.elapsed();
                        next += 1;
                    }
                    spent
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, movers, growth);
criterion_main!(benches);
