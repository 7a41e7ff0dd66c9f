//! Writes a master of every test programme into a folder, for judges from outside:
//!
//! ```sh
//! cargo run -p cupola-masters --example write_masters -- FOLDER
//! ```

use cupola_masters::AdmBwfSink;
use std::path::PathBuf;

#[path = "../tests/programmes/mod.rs"]
mod programmes;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder: PathBuf = std::env::args_os().nth(1).ok_or("usage: write_masters FOLDER")?.into();
    std::fs::create_dir_all(&folder)?;
    for (name, timeline) in programmes::all() {
        let path = folder.join(name).with_extension("wav");
        let mut sink = AdmBwfSink::create(&path, true, &timeline)?;
        let tones = programmes::tones(&timeline);
        sink.write(&tones, 0..tones.frames())?;
        sink.finish(&timeline)?.pending.persist()?;
    }
    Ok(())
}
