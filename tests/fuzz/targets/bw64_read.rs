//! Any bytes as a RIFF, RF64 or BW64 file: opened, walked, and read at both ends.

#![no_main]

use cupola_bw64::Reader;
use libfuzzer_sys::fuzz_target;
use std::io::{Cursor, Read};

const LIMIT_BYTES: u64 = 1 << 16;
const FRAMES: usize = 64;

fuzz_target!(|bytes: &[u8]| {
    let Ok(mut reader) = Reader::new(Cursor::new(bytes)) else { return };
    for repair in reader.repairs() {
        assert!(!repair.to_string().is_empty());
    }
    let chunks = reader.chunks().to_vec();
    for (index, chunk) in chunks.iter().enumerate() {
        assert!(chunk.offset + chunk.size <= bytes.len() as u64, "a chunk lies inside the file");
        if let Ok(payload) = reader.read_chunk(index, LIMIT_BYTES) {
            assert_eq!(payload.len() as u64, chunk.size);
        }
    }
    let last = chunks.len() - 1;
    let mut streamed = vec![];
    reader
        .stream_chunk(last)
        .expect("a slice can be sought")
        .read_to_end(&mut streamed)
        .expect("a slice can be read");
    assert_eq!(streamed.len() as u64, chunks[last].size);
    let _ = reader.chna();

    let frames = reader.frames();
    let sound = frames * reader.format().frame_bytes() as u64;
    assert!(sound <= bytes.len() as u64, "no more sound than bytes");
    let mut planes = vec![vec![0.0; FRAMES]; usize::from(reader.format().channels)];
    for start in [0, frames.saturating_sub(FRAMES as u64)] {
        reader.seek_frame(start).expect("the frame exists");
        let count = reader.read(&mut planes, FRAMES).expect("the frames are there");
        assert_eq!(count as u64, (frames - start).min(FRAMES as u64));
    }
});
