//! Files above 4 GiB, sparse on disk.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use cupola_bw64::{Form, Format, LargeForm, Reader, SampleFormat, Writer, WriterOptions};
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};

/// A file in which runs of zeros become holes.
struct Sparse {
    file: File,
    end: u64,
}

impl Write for Sparse {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.iter().fold(0, |any, byte| any | byte) == 0 {
            let at = self.file.seek(SeekFrom::Current(i64::try_from(bytes.len()).unwrap()))?;
            self.end = self.end.max(at);
            return Ok(bytes.len());
        }
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.file.metadata()?.len() < self.end {
            self.file.set_len(self.end)?;
        }
        self.file.flush()
    }
}

impl Seek for Sparse {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

fn writer(sample: SampleFormat, channels: u16, large_form: LargeForm) -> Writer<Sparse> {
    let format = Format::new(48_000, channels, sample);
    let sink = Sparse { file: tempfile::tempfile().unwrap(), end: 0 };
    Writer::new(sink, WriterOptions { format, large_form }).unwrap()
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())
}

fn head(file: &mut File) -> Vec<u8> {
    use std::io::Read;
    let mut head = vec![0; 116];
    file.rewind().unwrap();
    file.read_exact(&mut head).unwrap();
    head
}

#[test]
fn five_gib_of_sound_are_written_and_read() {
    const BLOCK: usize = 32_768;
    const BLOCKS: u64 = 427;
    const FRAMES: u64 = BLOCKS * BLOCK as u64 + 1;
    // Blocks that are not silent: the first, the one across 4 GiB, one beyond.
    let across = (1_u64 << 32) / (128 * 3) / BLOCK as u64;
    let loud = [(0, 0.5_f32), (across, 0.125), (across + 9, -0.75)];
    let level = |block| loud.iter().find(|(b, _)| *b == block).map_or(0.0, |(_, level)| *level);

    let mut writer = writer(SampleFormat::I24, 128, LargeForm::Rf64);
    let mut plane = vec![0.0; BLOCK];
    for block in 0..BLOCKS {
        plane.fill(level(block));
        writer.write_with(BLOCK, |_| &plane).unwrap();
    }
    writer.write(&[[-0.25]; 128]).unwrap();
    let mut tail = writer.finish_data().unwrap();
    tail.write_chunk(*b"axml", b"<ebuCoreMain/>").unwrap();
    let mut file = tail.finish().unwrap().file;

    let data_bytes = FRAMES * 128 * 3;
    let length = file.metadata().unwrap().len();
    assert!(data_bytes > 5 << 30 && length == 116 + data_bytes + 8 + 14, "{length}");
    let head = head(&mut file);
    assert_eq!(
        (&head[..4], u32_at(&head, 4), &head[8..12]),
        (&b"RF64"[..], u32::MAX, &b"WAVE"[..])
    );
    assert_eq!((&head[12..16], u32_at(&head, 16)), (&b"ds64"[..], 64));
    assert_eq!(u64_at(&head, 20), length - 8);
    assert_eq!(u64_at(&head, 28), data_bytes);
    assert_eq!(u64_at(&head, 36), FRAMES);
    assert_eq!(u32_at(&head, 44), 0);
    assert_eq!((&head[108..112], u32_at(&head, 112)), (&b"data"[..], u32::MAX));

    let mut reader = Reader::new(file).unwrap();
    assert_eq!((reader.form(), reader.frames()), (Form::Rf64, FRAMES));
    assert_eq!(reader.repairs(), []);
    let axml = reader.chunks().iter().position(|c| &c.id == b"axml").unwrap();
    assert_eq!(reader.read_chunk(axml, 100).unwrap(), b"<ebuCoreMain/>");
    let mut got = vec![vec![9.0; BLOCK]; 128];
    for block in [0, 1, across - 1, across, across + 1, across + 9, BLOCKS - 1] {
        reader.seek_frame(block * BLOCK as u64).unwrap();
        assert_eq!(reader.read(&mut got, BLOCK).unwrap(), BLOCK);
        assert!(got.iter().flatten().all(|&x| x == level(block)), "block {block}");
    }
    assert_eq!(reader.read(&mut got, BLOCK).unwrap(), 1);
    assert!(got.iter().all(|plane| plane[0] == -0.25));
}

#[test]
fn the_whole_may_overflow_while_every_chunk_fits() {
    let zeros = vec![0; 1 << 20];
    let mut writer = writer(SampleFormat::I16, 1, LargeForm::Bw64);
    writer.write(&[[0.5, 0.5]]).unwrap();
    let mut tail = writer.finish_data().unwrap();
    for id in [*b"aaaa", *b"bbbb"] {
        let mut chunk = tail.start_chunk(id).unwrap();
        (0..2100).for_each(|_| chunk.write_all(&zeros).unwrap());
        chunk.end().unwrap();
    }
    let mut file = tail.finish().unwrap().file;
    let head = head(&mut file);
    assert_eq!(&head[..4], b"BW64");
    assert_eq!(u64_at(&head, 20), file.metadata().unwrap().len() - 8);
    assert_eq!((u64_at(&head, 28), u64_at(&head, 36), u32_at(&head, 44)), (4, 2, 0));
    let reader = Reader::new(file).unwrap();
    assert_eq!((reader.form(), reader.frames(), reader.repairs()), (Form::Bw64, 2, &[][..]));
    let sizes: Vec<_> = reader.chunks().iter().map(|c| c.size).collect();
    assert_eq!(sizes, [64, 16, 4, 2100 << 20, 2100 << 20]);
}

#[test]
fn a_chunk_above_4_gib_gets_a_place_in_the_table() {
    let zeros = vec![0; 1 << 20];
    let mut writer = writer(SampleFormat::I16, 1, LargeForm::Rf64);
    writer.write(&[[0.5, 0.5]]).unwrap();
    let mut tail = writer.finish_data().unwrap();
    let mut chunk = tail.start_chunk(*b"huge").unwrap();
    (0..4097).for_each(|_| chunk.write_all(&zeros).unwrap());
    chunk.write_all(b"!").unwrap();
    chunk.end().unwrap();
    tail.write_chunk(*b"last", b"abc").unwrap();
    let mut file = tail.finish().unwrap().file;
    let head = head(&mut file);
    let size = (4097 << 20) + 1;
    assert_eq!((u32_at(&head, 44), &head[48..52], u64_at(&head, 52)), (1, &b"huge"[..], size));
    let mut reader = Reader::new(file).unwrap();
    assert_eq!(reader.repairs(), []);
    assert_eq!(reader.chunks()[3].size, size);
    assert_eq!(reader.read_chunk(4, 3).unwrap(), b"abc");
}
