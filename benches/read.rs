//! Reading 24-bit samples out of a file in memory, as they go to the renderers: planar f32.
//!
//! One, two and many channels are taken apart in different ways; three stand for all other counts.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use cupola_bw64::{Format, LargeForm, Reader, SampleFormat, Writer, WriterOptions};
use std::io::Cursor;

/// Samples of a file, and of a piece that the reader of stems takes at once: it stays in the cache.
const SAMPLES: usize = 1 << 20;
const PIECE: usize = 1 << 15;

fn file_of_noise(channels: usize) -> Cursor<Vec<u8>> {
    let mut seed = 1_u32;
    let mut noise = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as f32 / (1 << 24) as f32 - 0.5
    };
    let planes: Vec<Vec<f32>> =
        (0..channels).map(|_| (0..SAMPLES / channels).map(|_| noise()).collect()).collect();
    let format = Format::new(48_000, channels as u16, SampleFormat::I24);
    let options = WriterOptions { format, large_form: LargeForm::Bw64 };
    let mut writer = Writer::new(Cursor::new(vec![]), options).expect("a legal format");
    writer.write(&planes).expect("room in memory");
    writer.finish_data().and_then(|tail| tail.finish()).expect("a whole file")
}

fn read(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("read");
    group.sample_size(20);
    for channels in [1, 2, 3, 12, 128] {
        let mut reader = Reader::new(file_of_noise(channels)).expect("a whole file");
        let frames = PIECE / channels;
        let mut planes = vec![vec![0.0; frames]; channels];
        group.throughput(Throughput::Elements((SAMPLES / channels * channels) as u64));
        group.bench_function(BenchmarkId::new("24 bit", channels), |b| {
            b.iter(|| {
                reader.seek_frame(0).expect("the start");
                while reader.read(&mut planes, frames).expect("a whole file") > 0 {}
            });
        });
    }
    group.finish();
}

criterion_group!(benches, read);
criterion_main!(benches);
