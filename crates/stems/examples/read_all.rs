//! Reads a stem or the sound of a master from one end to the other, as renders do, and says how fast:
//!
//! ```text
//! cargo run --release -p cupola-stems --example read_all -- song.wav
//! ```

#![expect(clippy::print_stdout, reason = "what an example is for")]

use cupola_model::{PlanarBlock, SampleRate, StemOffset};
use cupola_stems::StemReader;
use std::path::Path;
use std::time::Instant;

/// Frames of a block, those of a chunk of a render.
const FRAMES: usize = 7680;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args_os().nth(1).ok_or("name a file")?;
    let path = Path::new(&file);
    let facts = cupola_stems::probe(path)?.facts;
    let rate = SampleRate::new(facts.sample_rate).ok_or("this rate is none of a session")?;
    let mut reader = StemReader::open(path, StemOffset::NONE, rate)?;
    let mut block = PlanarBlock::new(reader.channels(), FRAMES);
    let (started, mut peak) = (Instant::now(), 0.0_f32);
    for _ in 0..facts.frames.div_ceil(FRAMES as u64) {
        reader.read(&mut block, 0..FRAMES)?;
        // So that nothing can be left out.
        peak = block.iter().fold(peak, |peak, channel| peak.max(channel[0].abs()));
    }
    let (seconds, bytes) = (started.elapsed().as_secs_f64(), path.metadata()?.len() as f64);
    println!("{:.2} s, {:.2} GB/s (one sample reached {peak:.3})", seconds, bytes / seconds / 1e9);
    Ok(())
}
