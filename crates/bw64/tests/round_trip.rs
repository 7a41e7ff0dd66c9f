//! Written and read back, by this crate and by hound.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use cupola_bw64::{
    Chunk, Error, Form, Format, LargeForm, Reader, SampleFormat, Writer, WriterOptions,
};
use std::io::{Cursor, Read, Write};

const ALL: [SampleFormat; 6] = [
    SampleFormat::U8,
    SampleFormat::I16,
    SampleFormat::I24,
    SampleFormat::I32,
    SampleFormat::F32,
    SampleFormat::F64,
];

fn options(format: Format) -> WriterOptions {
    WriterOptions { format, large_form: LargeForm::Rf64 }
}

/// Values that 8 bits hold exactly, different in every sample.
fn planes(channels: usize, frames: usize) -> Vec<Vec<f32>> {
    let sample = |c: usize, f: usize| ((c * 37 + f * 11) % 256) as f32 / 128.0 - 1.0;
    (0..channels).map(|c| (0..frames).map(|f| sample(c, f)).collect()).collect()
}

fn write(format: Format, planes: &[Vec<f32>]) -> Vec<u8> {
    let mut writer = Writer::new(Cursor::new(vec![]), options(format)).unwrap();
    for start in (0..planes[0].len()).step_by(1000) {
        let end = planes[0].len().min(start + 1000);
        writer.write_with(end - start, |channel| &planes[channel][start..end]).unwrap();
    }
    assert_eq!(writer.frames(), planes[0].len() as u64);
    writer.finish_data().unwrap().finish().unwrap().into_inner()
}

#[test]
fn every_format_comes_back_as_it_was() {
    for sample in ALL {
        for (channels, frames) in [(1, 1), (1, 33_001), (2, 5000), (3, 7), (12, 4801), (128, 1031)]
        {
            for mask in [None, Some(0), Some(0x2D63F)] {
                let mut format = Format::new(96_000, channels, sample);
                format.channel_mask = mask;
                let planes = planes(usize::from(channels), frames);
                let mut reader = Reader::new(Cursor::new(write(format, &planes))).unwrap();
                assert_eq!(reader.format(), &format);
                assert_eq!((reader.form(), reader.frames()), (Form::Riff, frames as u64));
                assert_eq!(reader.repairs(), []);
                let mut back = vec![vec![0.0; frames + 9]; usize::from(channels)];
                assert_eq!(reader.read(&mut back, frames + 9).unwrap(), frames);
                assert_eq!(reader.read(&mut back, 1).unwrap(), 0);
                for (back, plane) in back.iter().zip(&planes) {
                    assert!(back[..frames] == plane[..], "{format:?}");
                }
            }
        }
    }
}

#[test]
fn hound_reads_what_we_write() {
    for sample in [SampleFormat::I16, SampleFormat::I24, SampleFormat::I32, SampleFormat::F32] {
        for mask in [None, Some(3)] {
            let mut format = Format::new(44_100, 2, sample);
            format.channel_mask = mask;
            let planes = planes(2, 2001);
            let file = write(format, &planes);
            let mut hound = hound::WavReader::new(Cursor::new(file)).unwrap();
            assert_eq!((hound.spec().channels, hound.spec().sample_rate), (2, 44_100));
            assert_eq!(hound.duration(), 2001);
            let samples: Vec<f32> = if sample.is_float() {
                hound.samples::<f32>().map(Result::unwrap).collect()
            } else {
                let scale = 2_f64.powi(i32::from(sample.bytes()) * 8 - 1);
                let scaled = |x: i32| (f64::from(x) / scale) as f32;
                hound.samples::<i32>().map(|x| scaled(x.unwrap())).collect()
            };
            for (i, x) in samples.into_iter().enumerate() {
                assert_eq!(x, planes[i % 2][i / 2], "{format:?}, sample {i}");
            }
        }
    }
}

#[test]
fn we_read_what_hound_writes() {
    for (bits, sample_format) in [
        (8, hound::SampleFormat::Int),
        (16, hound::SampleFormat::Int),
        (24, hound::SampleFormat::Int),
        (32, hound::SampleFormat::Int),
        (32, hound::SampleFormat::Float),
    ] {
        let spec = hound::WavSpec {
            channels: 3,
            sample_rate: 48_000,
            bits_per_sample: bits,
            sample_format,
        };
        let planes = planes(3, 501);
        let mut file = Cursor::new(vec![]);
        let mut writer = hound::WavWriter::new(&mut file, spec).unwrap();
        for (frame, channel) in (0..501).flat_map(|f| (0..3).map(move |c| (f, c))) {
            let x = planes[channel][frame];
            match sample_format {
                hound::SampleFormat::Float => writer.write_sample(x).unwrap(),
                hound::SampleFormat::Int => {
                    let scaled = f64::from(x) * 2_f64.powi(i32::from(bits) - 1);
                    writer.write_sample(scaled as i32).unwrap();
                }
            }
        }
        writer.finalize().unwrap();
        let mut reader = Reader::new(file).unwrap();
        assert_eq!(reader.format().valid_bits, bits);
        let mut back = vec![vec![0.0; 501]; 3];
        reader.read(&mut back, 501).unwrap();
        assert!(back == planes, "{spec:?}");
    }
}

#[test]
fn the_header_of_a_master_has_the_bytes_of_a_real_one() {
    let mut writer =
        Writer::new(Cursor::new(vec![]), options(Format::new(48_000, 11, SampleFormat::I24)))
            .unwrap();
    writer.write(&[[0.0_f32; 3]; 11]).unwrap();
    let mut tail = writer.finish_data().unwrap();
    for (id, payload) in [(*b"axml", &b"<x/>\n"[..]), (*b"chna", b"1234"), (*b"dbmd", b"db")] {
        tail.write_chunk(id, payload).unwrap();
    }
    let file = tail.finish().unwrap().into_inner();
    assert_eq!(file[..4], *b"RIFF");
    assert_eq!(u32::from_le_bytes(file[4..8].try_into().unwrap()) as usize, file.len() - 8);
    assert_eq!(file[8..20], *b"WAVEJUNK\x40\0\0\0");
    assert!(file[20..84].iter().all(|&b| b == 0));
    assert_eq!(file[84..92], *b"fmt \x10\0\0\0");
    // Tag 1, 11 channels, 48000 Hz, 1584000 bytes a second, 33 bytes a frame, 24 bits.
    assert_eq!(file[92..108], *b"\x01\0\x0b\0\x80\xbb\0\0\x80\x2b\x18\0\x21\0\x18\0");
    // 99 bytes of sound and a pad byte, then an odd axml with its own.
    assert_eq!(file[108..116], *b"data\x63\0\0\0");
    assert_eq!(file[216..230], *b"axml\x05\0\0\0<x/>\n\0");
    let reader = Reader::new(Cursor::new(file)).unwrap();
    let ids: Vec<_> = reader.chunks().iter().map(|c| c.id).collect();
    assert_eq!(ids, [*b"JUNK", *b"fmt ", *b"data", *b"axml", *b"chna", *b"dbmd"]);
    assert_eq!(reader.chunks()[3], Chunk { id: *b"axml", offset: 224, size: 5 });
}

#[test]
fn chunks_of_unknown_length_are_streamed_both_ways() {
    let mut writer =
        Writer::new(Cursor::new(vec![]), options(Format::new(48_000, 1, SampleFormat::I16)))
            .unwrap();
    writer.write(&[[0.5_f32, -0.5]]).unwrap();
    let mut tail = writer.finish_data().unwrap();
    {
        // Not ended by a call: leaving it is as good, except for telling errors.
        let mut axml = tail.start_chunk(*b"axml").unwrap();
        for i in 0..1001 {
            write!(axml, "{i} ").unwrap();
        }
    }
    tail.write_chunk(*b"last", b"z").unwrap();
    let file = tail.finish().unwrap();
    let text: String = (0..1001).map(|i| format!("{i} ")).collect();

    let mut reader = Reader::new(file).unwrap();
    assert_eq!(reader.repairs(), []);
    let mut samples = [[0.0]];
    reader.read(&mut samples, 1).unwrap();
    let mut streamed = String::new();
    reader.stream_chunk(3).unwrap().read_to_string(&mut streamed).unwrap();
    assert_eq!(streamed, text);
    assert_eq!(reader.read_chunk(3, text.len() as u64).unwrap(), text.as_bytes());
    assert!(matches!(reader.read_chunk(3, 100), Err(Error::ChunkTooLarge { allowed: 100, .. })));
    assert_eq!(reader.read_chunk(4, 1).unwrap(), b"z");
    // Chunks do not disturb the sound.
    reader.read(&mut samples, 1).unwrap();
    assert_eq!(samples, [[-0.5]]);
}

#[test]
fn seeking_lands_on_the_frame() {
    let planes = planes(5, 10_000);
    let file = write(Format::new(48_000, 5, SampleFormat::I24), &planes);
    let mut reader = Reader::new(Cursor::new(file)).unwrap();
    let mut got = [[0.0; 3]; 5];
    for frame in [9997, 0, 4321, 4324, 4324, 1, 9999, 10_000] {
        reader.seek_frame(frame as u64).unwrap();
        let count = reader.read(&mut got, 3).unwrap();
        assert_eq!(count, 3.min(10_000 - frame));
        for (got, plane) in got.iter().zip(&planes) {
            assert_eq!(got[..count], plane[frame..frame + count]);
        }
    }
    assert!(matches!(reader.seek_frame(10_001), Err(Error::NoSuchFrame { frames: 10_000, .. })));
}

#[test]
fn formats_that_cannot_be_written_are_refused() {
    let refused =
        |format| Writer::new(Cursor::new(vec![]), options(format)).unwrap_err().to_string();
    let format = Format::new(48_000, 2, SampleFormat::I24);
    assert!(refused(Format { channels: 0, ..format }).contains("1 to 1024"));
    assert!(refused(Format { channels: 1025, ..format }).contains("1025 channels"));
    assert!(refused(Format { sample_rate: 0, ..format }).contains("sample rate is 0"));
    assert!(refused(Format { sample_rate: u32::MAX, ..format }).contains("1 to 715827882 Hz"));
    assert!(refused(Format { valid_bits: 25, ..format }).contains("1 to 24"));
}
