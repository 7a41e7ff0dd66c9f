//! Headers that lie: each is mended under a name or refused.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use cupola_bw64::{Error, Form, Reader, Repair};
use std::io::Cursor;

fn chunk(id: &[u8; 4], size: u32, payload: &[u8]) -> Vec<u8> {
    [id.as_slice(), &size.to_le_bytes(), payload].concat()
}

/// A chunk that tells the truth, padded.
fn whole(id: &[u8; 4], payload: &[u8]) -> Vec<u8> {
    let mut out = chunk(id, u32::try_from(payload.len()).unwrap(), payload);
    out.resize(out.len().next_multiple_of(2), 0);
    out
}

/// 16-bit stereo at 48 kHz.
fn fmt() -> Vec<u8> {
    whole(b"fmt ", b"\x01\0\x02\0\x80\xbb\0\0\0\xee\x02\0\x04\0\x10\0")
}

fn file_of_size(form: &[u8; 4], size: u32, chunks: &[Vec<u8>]) -> Vec<u8> {
    [form.as_slice(), &size.to_le_bytes(), b"WAVE", &chunks.concat()].concat()
}

/// A file whose total is right.
fn file(form: &[u8; 4], chunks: &[Vec<u8>]) -> Vec<u8> {
    let size = 4 + chunks.iter().map(Vec::len).sum::<usize>();
    file_of_size(form, u32::try_from(size).unwrap(), chunks)
}

fn ds64(riff: u64, data: u64, entries: u32, table: &[u8]) -> Vec<u8> {
    let head = [riff.to_le_bytes(), data.to_le_bytes(), [0; 8]].concat();
    whole(b"ds64", &[head.as_slice(), &entries.to_le_bytes(), table].concat())
}

fn open(file: Vec<u8>) -> Result<Reader<Cursor<Vec<u8>>>, Error> {
    Reader::new(Cursor::new(file))
}

/// Opens and reads everything; returns the frames and the repairs.
fn mended(file: Vec<u8>) -> (u64, Vec<Repair>) {
    let mut reader = open(file).unwrap();
    let mut planes = vec![vec![0.0; 64]; usize::from(reader.format().channels)];
    assert_eq!(reader.read(&mut planes, 64).unwrap() as u64, reader.frames());
    (reader.frames(), reader.repairs().to_vec())
}

const SOUND: [u8; 16] = [1; 16];

#[test]
fn sound_files_need_no_repair() {
    let list = whole(b"LIST", b"odd");
    let cases = [
        file(b"RIFF", &[fmt(), whole(b"data", &SOUND)]),
        file(
            b"RIFF",
            &[list.clone(), whole(b"bext", &[0; 602]), fmt(), whole(b"data", &SOUND), list.clone()],
        ),
        file(b"RIFF", &[whole(b"data", &SOUND), fmt()]),
        file_of_size(
            b"RF64",
            u32::MAX,
            &[ds64(4 + 36 + 24 + 24, 16, 0, &[]), fmt(), chunk(b"data", u32::MAX, &SOUND)],
        ),
        file_of_size(
            b"BW64",
            u32::MAX,
            &[ds64(4 + 36 + 24 + 24, 16, 0, &[]), fmt(), chunk(b"data", 16, &SOUND)],
        ),
    ];
    for (i, case) in cases.into_iter().enumerate() {
        assert_eq!(mended(case), (4, vec![]), "case {i}");
    }
    let empty = file(b"RIFF", &[fmt(), whole(b"data", b""), list]);
    assert_eq!(mended(empty), (0, vec![]));
}

#[test]
fn a_streamed_capture_is_read_to_the_end() {
    for (total, data) in [(0, 0), (u32::MAX, u32::MAX), (36, 0), (0, u32::MAX), (u32::MAX, 0)] {
        let file = file_of_size(b"RIFF", total, &[fmt(), chunk(b"data", data, &SOUND)]);
        assert_eq!(mended(file), (4, vec![Repair::StreamedData { found: 16 }]), "{total} {data}");
    }
    let piped = [ds64(0, 0, 0, &[]), fmt(), chunk(b"data", u32::MAX, &SOUND)];
    let repairs = mended(file_of_size(b"RF64", u32::MAX, &piped));
    assert_eq!(repairs, (4, vec![Repair::StreamedData { found: 16 }]));
}

#[test]
fn a_file_cut_off_keeps_its_whole_frames() {
    let cut = file_of_size(b"RIFF", 9036, &[fmt(), chunk(b"data", 9000, &SOUND[..15])]);
    assert_eq!(mended(cut), (3, vec![Repair::DataCut { declared: 9000, found: 15 }]));
    let large = [ds64(1 << 40, 1 << 40, 0, &[]), fmt(), chunk(b"data", u32::MAX, &SOUND)];
    let cut = file_of_size(b"BW64", u32::MAX, &large);
    assert_eq!(mended(cut), (4, vec![Repair::DataCut { declared: 1 << 40, found: 16 }]));
    let axml = [fmt(), whole(b"data", &SOUND), chunk(b"axml", 500, b"<a>")];
    let repair = Repair::ChunkCut { id: *b"axml", declared: 500, found: 3 };
    assert_eq!(mended(file_of_size(b"RIFF", 556, &axml)), (4, vec![repair]));
}

#[test]
fn small_faults_are_mended_by_name() {
    let sound = || whole(b"data", &SOUND);
    let cases = [
        (
            file_of_size(b"RIFF", 1000, &[fmt(), sound()]),
            Repair::RiffSize { declared: 1000, found: 52 },
        ),
        (
            file_of_size(b"RIFF", 10, &[fmt(), sound()]),
            Repair::RiffSize { declared: 10, found: 52 },
        ),
        (
            file(b"RIFF", &[fmt(), chunk(b"data", 17, &[1; 17]), whole(b"axml", b"ab")]),
            Repair::MissingPad { id: *b"data" },
        ),
        (
            file(b"RIFF", &[fmt(), sound(), chunk(b"note", 3, b"abc")]),
            Repair::MissingPad { id: *b"note" },
        ),
        (
            file(b"RIFF", &[fmt(), sound(), vec![0; 100]]),
            Repair::TrailingBytes { offset: 60, found: 100 },
        ),
        (
            file(b"RIFF", &[fmt(), sound(), b"abc".to_vec()]),
            Repair::TrailingBytes { offset: 60, found: 3 },
        ),
        (file(b"RIFF", &[fmt(), whole(b"data", &[1; 18])]), Repair::PartialFrame { extra: 2 }),
        (file(b"BW64", &[fmt(), sound()]), Repair::NoDs64),
    ];
    for (file, repair) in cases {
        let (frames, repairs) = mended(file);
        assert_eq!(frames, 4, "{repair}");
        assert!(repairs.contains(&repair), "{repairs:?} instead of {repair:?}");
        assert!(!repair.to_string().is_empty() && !repair.name().contains(' '));
    }
}

#[test]
fn a_nonzero_pad_byte_is_no_missing_one() {
    let odd = chunk(b"note", 3, b"abcQ");
    let file = file(b"RIFF", &[fmt(), odd, whole(b"data", &SOUND)]);
    assert_eq!(mended(file), (4, vec![]));
}

#[test]
fn ds64_sizes_go_to_the_chunks_they_name_in_order() {
    let row = |id: &[u8; 4], size: u64| [id.as_slice(), &size.to_le_bytes()].concat();
    let table = [row(b"aaaa", 3), row(b"axml", 4), row(b"aaaa", 5)].concat();
    let chunks = [
        ds64(4 + 72 + 24 + 24 + 12 + 12 + 14, 16, 3, &table),
        fmt(),
        chunk(b"data", u32::MAX, &SOUND),
        chunk(b"aaaa", u32::MAX, b"abc\0"),
        chunk(b"axml", u32::MAX, b"<a/>"),
        chunk(b"aaaa", u32::MAX, b"abcde\0"),
    ];
    let reader = open(file_of_size(b"RF64", u32::MAX, &chunks)).unwrap();
    assert_eq!((reader.form(), reader.repairs()), (Form::Rf64, &[][..]));
    let sizes: Vec<_> = reader.chunks().iter().map(|c| c.size).collect();
    assert_eq!(sizes, [64, 16, 16, 3, 4, 5]);
}

#[test]
fn contradictions_are_refused() {
    let sound = || whole(b"data", &SOUND);
    let with_fmt = |bytes: &[u8]| file(b"RIFF", &[whole(b"fmt ", bytes), sound()]);
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("empty", vec![], "not a WAVE file"),
        ("text", b"hello, this is text".to_vec(), "not a WAVE file"),
        ("big endian", b"RIFX\0\0\0\0WAVEfmt ".to_vec(), "not a WAVE file"),
        ("headers only", file(b"RIFF", &[]), "no `fmt ` chunk"),
        ("no sound", file(b"RIFF", &[fmt()]), "no `data` chunk"),
        (
            "a list that swallows the sound",
            file(b"RIFF", &[fmt(), chunk(b"LIST", 1 << 30, &sound())]),
            "no `data` chunk",
        ),
        ("two data", file(b"RIFF", &[fmt(), sound(), sound()]), "two `data` chunks"),
        ("two fmt", file(b"RIFF", &[fmt(), fmt(), sound()]), "two `fmt ` chunks"),
        (
            "rubbish before the sound",
            file(b"RIFF", &[fmt(), vec![0xFF; 12], sound()]),
            "should start a chunk",
        ),
        ("lost size", file(b"RF64", &[fmt(), chunk(b"data", u32::MAX, &SOUND)]), "no `ds64` entry"),
        (
            "short ds64",
            file(b"RF64", &[whole(b"ds64", &[0; 20]), fmt(), sound()]),
            "20 bytes, 28 to",
        ),
        (
            "table beyond ds64",
            file(b"RF64", &[ds64(0, 0, 9, &[0; 12]), fmt(), sound()]),
            "9 entries, 1 fit",
        ),
        ("short fmt", with_fmt(&[1; 14]), "size of the chunk is 14"),
        ("no channels", with_fmt(b"\x01\0\0\0\x80\xbb\0\0\0\xee\x02\0\x04\0\x10\0"), "0 channels"),
        (
            "65535 channels",
            with_fmt(b"\x01\0\xff\xff\x80\xbb\0\0\0\xee\x02\0\x04\0\x10\0"),
            "65535 channels",
        ),
        ("rate 0", with_fmt(b"\x01\0\x02\0\0\0\0\0\0\xee\x02\0\x04\0\x10\0"), "sample rate is 0"),
        (
            "frame size 5",
            with_fmt(b"\x01\0\x02\0\x80\xbb\0\0\0\xee\x02\0\x05\0\x10\0"),
            "frame size in bytes is 5, allowed is 4",
        ),
        (
            "40 bits",
            with_fmt(b"\x01\0\x02\0\x80\xbb\0\0\0\xee\x02\0\x0a\0\x28\0"),
            "is 40, allowed is 1 to 32",
        ),
        (
            "0 bits",
            with_fmt(b"\x01\0\x02\0\x80\xbb\0\0\0\xee\x02\0\0\0\0\0"),
            "is 0, allowed is 1 to 32",
        ),
        (
            "16-bit float",
            with_fmt(b"\x03\0\x02\0\x80\xbb\0\0\0\xee\x02\0\x04\0\x10\0"),
            "is 16, allowed is 32 or 64",
        ),
        (
            "ADPCM",
            with_fmt(b"\x02\0\x02\0\x80\xbb\0\0\0\xee\x02\0\x04\0\x10\0"),
            "codec 0x0002 is not read",
        ),
        (
            "short extension",
            with_fmt(b"\xfe\xff\x02\0\x80\xbb\0\0\0\xee\x02\0\x04\0\x10\0\0\0"),
            "extensible chunk is 18",
        ),
    ];
    for (name, file, message) in cases {
        let error = open(file).err().unwrap_or_else(|| panic!("{name} was read")).to_string();
        assert!(error.contains(message), "{name}: {error}");
    }
}

#[test]
fn a_file_of_empty_chunks_is_refused_before_it_eats_memory() {
    let mut bytes = file(b"RIFF", &[fmt(), whole(b"data", &SOUND)]);
    bytes.extend(b"aaaa\0\0\0\0".repeat(20_000));
    assert!(matches!(open(bytes), Err(Error::TooManyChunks { .. })));
}

#[test]
fn a_file_that_shrinks_while_open_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wav");
    std::fs::write(&path, file(b"RIFF", &[fmt(), whole(b"data", &SOUND)])).unwrap();
    let mut reader = Reader::new(std::fs::File::open(&path).unwrap()).unwrap();
    std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(50).unwrap();
    let error = reader.read(&mut [[0.0; 4]; 2], 4).unwrap_err();
    assert!(matches!(error, Error::Shrunk { frame: 0, frames: 4 }), "{error:?}");
}

#[test]
fn every_prefix_and_every_flipped_byte_of_a_file_is_survived() {
    let chna = [&b"\x01\0\x01\0\x01\0ATU_00000001AT_00011001_01AP_00011001\0"[..]].concat();
    let good = file(
        b"RF64",
        &[ds64(200, 16, 1, &[0; 12]), fmt(), whole(b"data", &SOUND), whole(b"chna", &chna)],
    );
    let exercise = |bytes: Vec<u8>| {
        let Ok(mut reader) = open(bytes) else { return };
        let channels = usize::from(reader.format().channels);
        let _ = reader.read(&mut vec![vec![0.0; 8]; channels], 8);
        let _ = reader.chna();
    };
    for length in 0..good.len() {
        exercise(good[..length].to_vec());
    }
    for at in 0..good.len() {
        for value in [0, 1, 0x7F, 0x80, 0xFF] {
            let mut bad = good.clone();
            bad[at] = value;
            exercise(bad);
        }
    }
}
