//! Writing files: planar f32 to interleaved integers, through the container, to a temporary file.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use cupola_masters::{SampleDepth, WavChannel, WavSink, WavSpec};
use cupola_model::{PlanarBlock, SampleRate};

/// One chunk of the pump.
const FRAMES: usize = 7680;
/// A second and a bit of programme a file.
const CHUNKS: usize = 8;

fn noise(channels: usize) -> PlanarBlock {
    let mut block = PlanarBlock::new(channels, FRAMES);
    let mut seed = 1_u32;
    for channel in block.iter_mut() {
        for sample in channel {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *sample = (seed >> 8) as f32 / (1 << 24) as f32 - 0.5;
        }
    }
    block
}

fn write(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("write");
    group.sample_size(20);
    let depths =
        [(SampleDepth::I16, "16 bit"), (SampleDepth::I24, "24 bit"), (SampleDepth::F32, "float")];
    for (channels, (depth, name)) in [12, 128].into_iter().flat_map(|c| depths.map(|d| (c, d))) {
        let block = noise(channels);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("bench.wav");
        let channel = |source: usize| WavChannel { name: source.to_string(), source };
        let spec = WavSpec {
            sample_rate: SampleRate::HZ_48000,
            depth,
            channels: (0..channels).map(channel).collect(),
            channel_mask: 0,
        };
        let bytes = channels * FRAMES * CHUNKS * usize::from(depth.bits() / 8);
        group.throughput(Throughput::Bytes(bytes as u64));
        group.bench_function(BenchmarkId::new(name, channels), |b| {
            b.iter(|| {
                let mut sink = WavSink::create(&path, true, spec.clone()).expect("a file");
                for _ in 0..CHUNKS {
                    sink.write(&block, 0..FRAMES).expect("room on the disk");
                }
                sink.finish().expect("a whole file")
            });
        });
    }
    group.finish();
}

criterion_group!(benches, write);
criterion_main!(benches);
