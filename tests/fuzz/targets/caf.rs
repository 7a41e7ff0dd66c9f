//! Any bytes as a CAF file: opened, and read at both ends.

#![no_main]

use cupola_bw64::CafReader;
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;

const FRAMES: usize = 64;

fuzz_target!(|bytes: &[u8]| {
    let Ok(mut reader) = CafReader::new(Cursor::new(bytes)) else { return };
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
