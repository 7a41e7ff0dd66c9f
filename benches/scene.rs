//! A large scene from text to timeline: ten thousand keyframes, about one megabyte.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use cupola_model::StemFacts;
use cupola_scene::parse_scene;
use std::fmt::Write;
use std::hint::black_box;

const OBJECTS: usize = 100;
const KEYFRAMES: usize = 100;

fn large_scene() -> String {
    let mut text = String::from("cupola: 1\ntitle: Large\nstems:\n  s: {file: s.wav}\nobjects:\n");
    for object in 0..OBJECTS {
        let head = "stem: s\n    position: {azimuth: 0, elevation: 0}\n    automation:\n";
        write!(text, "  - name: Object {object}\n    {head}").expect("text grows");
        for key in 0..KEYFRAMES {
            let (azimuth, elevation) = ((object * 31 + key * 77) % 359, (object + key * 13) % 90);
            let azimuth = azimuth as i64 - 179;
            writeln!(
                text,
                "      - {{at: {key}.5 s, azimuth: {azimuth}.25, elevation: {elevation}.125, \
                 gain: -{}.5, size: 0.{key:02}, curve: linear}}",
                key % 12
            )
            .expect("text grows");
        }
    }
    text
}

fn scene(criterion: &mut Criterion) {
    let text = large_scene();
    let facts = StemFacts {
        sample_rate: 48_000,
        channels: 1,
        frames: 48_000 * 120,
        format: String::new(),
        lossy: false,
    };
    let mut group = criterion.benchmark_group("scene");
    group.throughput(Throughput::Bytes(text.len() as u64)).sample_size(20);
    group.bench_function("parse", |b| b.iter(|| parse_scene(black_box(&text), "large.yaml")));
    let parsed = parse_scene(&text, "large.yaml").value.expect("the scene is in order");
    group.bench_function("resolve", |b| b.iter(|| parsed.resolve(&[Some(facts.clone())])));
    group.finish();
}

/// The slowest texts that are refused, each of about ten megabytes.
fn refusals(criterion: &mut Criterion) {
    let lines = |line: &str| line.repeat(10_000_000 / line.len());
    let head = "cupola: 1\nstems: {a: {file: a.wav}}\nobjects:\n";
    let stems: String = (0..300_000).map(|i| format!("  k{i}: {{file: x}}\n")).collect();
    let mistakes = lines("  - {stm: b, stem: bb, position: {azimut: 200}, gain: x}\n");
    let unknown = lines("  - {stem: q, position: {azimuth: 0}}\n");
    let mut group = criterion.benchmark_group("refuse");
    group.sample_size(10);
    for (name, text) in [
        ("mistakes", format!("{head}{mistakes}")),
        ("unknown stems", format!("{head}{unknown}")),
        ("repeated keys", format!("cupola: 1\n{}", lines("title: x\n"))),
        ("300 000 stems", format!("cupola: 1\nstems:\n{stems}")),
    ] {
        assert!(parse_scene(&text, "large.yaml").value.is_none(), "{name} is accepted");
        group.bench_function(name, |b| b.iter(|| parse_scene(black_box(&text), "large.yaml")));
    }
    group.finish();
}

criterion_group!(benches, scene, refusals);
criterion_main!(benches);
