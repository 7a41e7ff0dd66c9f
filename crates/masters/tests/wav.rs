//! WAV files, read back with another reader and byte by byte.

use cupola_masters::{
    FileReport, MastersError, SampleDepth, WavChannel, WavSink, WavSpec, describe,
};
use cupola_model::{
    ChannelOrder, FrameIndex, Layout, PlanarBlock, PolarPosition, RoomPosition, SampleRate, Speaker,
};
use std::path::Path;

/// Samples that touch full scale, tiny steps and everything between.
fn noise(channels: usize, frames: usize) -> PlanarBlock {
    let mut block = PlanarBlock::new(channels, frames);
    let mut seed = 5_u32;
    for samples in block.iter_mut() {
        for sample in samples {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *sample = (seed >> 8) as f32 / 8_388_608.0 - 1.0;
        }
    }
    block
}

fn spec(channels: usize, depth: SampleDepth) -> WavSpec {
    let channel = |source| WavChannel { name: format!("ch{source}"), source };
    WavSpec {
        sample_rate: SampleRate::HZ_48000,
        depth,
        channels: (0..channels).map(channel).collect(),
        channel_mask: 0,
    }
}

/// Writes a block in pieces of these sizes, over and over.
fn write(path: &Path, spec: WavSpec, block: &PlanarBlock, pieces: &[usize]) -> FileReport {
    let mut sink = WavSink::create(path, true, spec).expect("a new file");
    let mut at = 0;
    for size in pieces.iter().cycle() {
        let end = block.frames().min(at + size);
        sink.write(block, at..end).expect("room on the disk");
        at = end;
        if at == block.frames() {
            break;
        }
    }
    let finished = sink.finish().expect("room on the disk");
    finished.pending.persist().expect("a free name");
    finished.report
}

#[test]
fn another_reader_finds_24_bits_rounded_to_the_nearest() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wav");
    for channels in [1, 2, 6, 12] {
        let block = noise(channels, 5_000);
        let report = write(&path, spec(channels, SampleDepth::I24), &block, &[5_000]);
        assert_eq!(report.bytes, path.metadata().unwrap().len());
        let mut reader = hound::WavReader::open(&path).unwrap();
        assert_eq!(usize::from(reader.spec().channels), channels);
        assert_eq!((reader.spec().bits_per_sample, reader.spec().sample_rate), (24, 48_000));
        let mut count = 0;
        for (index, sample) in reader.samples::<i32>().enumerate() {
            let want = f64::from(block.channel(index % channels)[index / channels]) * 8_388_608.0;
            let want = want.round_ties_even().clamp(-8_388_608.0, 8_388_607.0);
            assert_eq!(f64::from(sample.unwrap()), want, "sample {index}");
            count += 1;
        }
        assert_eq!(count, channels * 5_000);
    }
}

#[test]
fn another_reader_finds_float_bit_for_bit_beyond_full_scale() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wav");
    let mut block = noise(2, 1_000);
    block.channel_mut(1)[7] = 3.5;
    let report = write(&path, spec(2, SampleDepth::F32), &block, &[64]);
    assert_eq!((report.peak(), report.channels[1].clipped), (3.5, 0));
    assert_eq!(report.gain_without_clipping(), None);
    let mut reader = hound::WavReader::open(&path).unwrap();
    for (index, sample) in reader.samples::<f32>().enumerate() {
        assert_eq!(sample.unwrap().to_bits(), block.channel(index % 2)[index / 2].to_bits());
    }
}

#[test]
fn another_reader_finds_16_bits_within_dither_and_rounding() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wav");
    let block = noise(2, 20_000);
    write(&path, spec(2, SampleDepth::I16), &block, &[480]);
    let mut reader = hound::WavReader::open(&path).unwrap();
    let mut differs = 0_u32;
    for (index, sample) in reader.samples::<i16>().enumerate() {
        let exact = f64::from(block.channel(index % 2)[index / 2]) * 32_768.0;
        let found = f64::from(sample.unwrap());
        assert!((found - exact).abs() <= 1.5, "sample {index}: {found} for {exact}");
        differs += u32::from(found != exact.round());
    }
    // The sum of three uniform variables (rounding error, two of the dither) lies outside its
    // middle step with a probability of 1/3; five standard deviations are 471.
    assert!((12_862..=13_804).contains(&differs), "{differs} of 40000 differ");
}

#[test]
fn files_are_the_same_whatever_the_block_size() {
    let folder = tempfile::tempdir().unwrap();
    let block = noise(3, 3_000);
    for depth in [SampleDepth::I16, SampleDepth::I24, SampleDepth::F32] {
        let mut files = vec![];
        for pieces in [&[3_000][..], &[480], &[1, 7, 333]] {
            let path = folder.path().join("a.wav");
            let report = write(&path, spec(3, depth), &block, pieces);
            files.push((std::fs::read(path).unwrap(), report));
        }
        assert!(files.windows(2).all(|pair| pair[0] == pair[1]), "{depth:?}");
    }
}

/// The `fmt ` chunk of a file, found by walking the chunks.
fn fmt_of(path: &Path) -> Vec<u8> {
    let bytes = std::fs::read(path).expect("a file");
    assert_eq!((&bytes[..4], &bytes[8..12]), (&b"RIFF"[..], &b"WAVE"[..]));
    let size_at = |at: usize| {
        let size = bytes[at..at + 4].try_into().expect("four bytes");
        usize::try_from(u32::from_le_bytes(size)).expect("a small file")
    };
    assert_eq!(size_at(4), bytes.len() - 8);
    let mut at = 12;
    while &bytes[at..at + 4] != b"fmt " {
        at += 8 + size_at(at + 4).next_multiple_of(2);
    }
    bytes[at + 8..at + 8 + size_at(at + 4)].to_vec()
}

#[test]
fn mono_and_stereo_are_plain_and_everything_else_is_extensible() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wav");
    let fmt = |channels, depth, mask| {
        let spec = WavSpec { channel_mask: mask, ..spec(channels, depth) };
        write(&path, spec, &noise(channels, 10), &[10]);
        let fmt = fmt_of(&path);
        let mask = fmt.get(20..24).map(|m| u32::from_le_bytes(m.try_into().unwrap()));
        (u16::from_le_bytes([fmt[0], fmt[1]]), fmt.len(), mask)
    };
    assert_eq!(fmt(1, SampleDepth::I24, 0), (1, 16, None));
    assert_eq!(fmt(2, SampleDepth::I16, 0x3), (1, 16, None));
    assert_eq!(fmt(2, SampleDepth::F32, 0), (3, 18, None));
    assert_eq!(fmt(2, SampleDepth::I24, 0x30), (0xfffe, 40, Some(0x30)));
    assert_eq!(fmt(3, SampleDepth::I24, 0), (0xfffe, 40, Some(0)));
    assert_eq!(fmt(12, SampleDepth::I24, 0x2_d63f), (0xfffe, 40, Some(0x2_d63f)));
}

#[test]
fn wave_order_moves_the_channels_and_not_only_their_names() {
    let names =
        [("L", 30.0), ("R", -30.0), ("Lss", 90.0), ("Rss", -90.0), ("Lrs", 135.0), ("Rrs", -135.0)];
    let speakers = names.map(|(name, azimuth)| Speaker {
        name: name.into(),
        label: String::new(),
        direction: PolarPosition::on_sphere(azimuth, 0.0),
        room: RoomPosition { x: 0.0, y: 1.0, z: 0.0 },
        lfe: false,
    });
    let layout = Layout::new("six", speakers.to_vec()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wav");
    let rate = SampleRate::HZ_48000;
    let spec = WavSpec::speakers(&layout, ChannelOrder::Wave, rate, SampleDepth::F32).unwrap();
    let block = noise(6, 100);
    let report = write(&path, spec, &block, &[100]);
    let order: Vec<_> = report.channels.iter().map(|channel| channel.name.as_str()).collect();
    assert_eq!(order, ["L", "R", "Lrs", "Rrs", "Lss", "Rss"]);
    let mut reader = hound::WavReader::open(&path).unwrap();
    let second_frame: Vec<f32> = reader.samples().skip(6).take(6).map(Result::unwrap).collect();
    let want = [0, 1, 4, 5, 2, 3].map(|channel: usize| block.channel(channel)[1]);
    assert_eq!(second_frame, want);
}

#[test]
fn clipping_is_held_at_full_scale_and_reported_with_its_cure() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wav");
    let mut block = PlanarBlock::new(2, 1_000);
    block.channel_mut(1)[600..603].copy_from_slice(&[1.5, -2.0, 1.0]);
    for depth in [SampleDepth::I16, SampleDepth::I24] {
        let report = write(&path, spec(2, depth), &block, &[480]);
        assert_eq!((report.channels[0].clipped, report.channels[0].first_clip), (0, None));
        assert_eq!((report.channels[1].clipped, report.channels[1].peak), (2, 2.0));
        assert_eq!(report.channels[1].first_clip, Some(FrameIndex(600)));
        assert!((report.gain_without_clipping().unwrap().0 + 6.020_599_913).abs() < 1e-6);
        let top = (1_i32 << (depth.bits() - 1)) - 1;
        let mut reader = hound::WavReader::open(&path).unwrap();
        let right: Vec<i32> = reader.samples().map(Result::unwrap).skip(1201).step_by(2).collect();
        assert_eq!(right[..2], [top, -top - 1]);
        assert!((top - 1..=top).contains(&right[2]));
    }
}

#[test]
fn what_is_not_a_number_stops_the_file_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wav");
    for depth in [SampleDepth::I16, SampleDepth::I24, SampleDepth::F32] {
        let mut sink = WavSink::create(&path, false, spec(2, depth)).unwrap();
        let mut block = noise(2, 100);
        sink.write(&block, 0..100).unwrap();
        block.channel_mut(1)[50] = f32::NAN;
        let error = sink.write(&block, 0..100).unwrap_err();
        let text = error.to_string();
        let MastersError::NotFinite { channel, frame, .. } = error else { panic!("{text}") };
        assert_eq!((channel.as_str(), frame), ("ch1", FrameIndex(150)));
        assert!(text.contains("a.wav") && text.contains("NaN"), "{text}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_described_render_says_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wav");
    let spec = WavSpec::headphones(SampleRate::HZ_96000, SampleDepth::I24);
    write(&path, spec, &noise(2, 777), &[777]);
    let info = describe(&path).unwrap();
    assert_eq!((info.frames, info.format.sample_rate, info.format.channels), (777, 96_000, 2));
    assert_eq!(info.bytes, path.metadata().unwrap().len());
    assert!(info.adm.is_none() && info.dbmd.is_none() && info.chna.is_empty());
    assert!(info.repairs.is_empty() && info.findings.is_empty());
}
