//! One gain vector on 7.1.4, averaged over many places.

use criterion::{Criterion, criterion_group, criterion_main};
use cupola_model::*;
use cupola_render::PannerChoice;
use std::hint::black_box;

fn states(room: bool, size: f64) -> Vec<ObjectState> {
    let steps = |i: usize, factor: f64| (i as f64 * factor).fract() * 2.0 - 1.0;
    (0..997)
        .map(|i| {
            let (a, b, c) = (steps(i, 0.618_034), steps(i, 0.754_878), steps(i, 0.569_840));
            let position = if room {
                Position::Room(RoomPosition { x: a, y: b, z: c })
            } else {
                Position::Polar(PolarPosition::on_sphere(180.0 * a, b.asin().to_degrees()))
            };
            ObjectState { position, gain: LinearGain::UNITY, size }
        })
        .collect()
}

fn gain_vectors(c: &mut Criterion) {
    let layout = cupola_scene::find_layout("7.1.4").expect("a standard layout");
    let panner =
        PannerChoice::ByPosition.panner(layout).expect("every layout can be panned by position");
    let mut group = c.benchmark_group("gain vector on 4+7+0");
    for (name, room, size) in [
        ("polar point", false, 0.0),
        ("polar size 0.3", false, 0.3),
        ("room point", true, 0.0),
        ("room size 0.3", true, 0.3),
        ("room size 0.6", true, 0.6),
    ] {
        let states = states(room, size);
        let mut gains = vec![0.0; layout.speakers().len()];
        let mut next = 0;
        group.bench_function(name, |b| {
            b.iter(|| {
                panner.gains(black_box(&states[next % states.len()]), &mut gains);
                next += 1;
                black_box(gains[0])
            });
        });
    }
    group.finish();
}

criterion_group!(benches, gain_vectors);
criterion_main!(benches);
