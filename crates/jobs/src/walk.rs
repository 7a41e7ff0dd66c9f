//! A test file that lets every loudspeaker speak in turn.

use crate::JobError;
use crate::answer::{OutputReport, ProduceReport};
use crate::manifest::{Manifest, sha256_of};
use crate::names::output_name;
use crate::plan::{allow_overwrite, find_layout};
use crate::produce::{level, make_folder};
use crate::pump::not_written;
use cupola_masters::{ChannelMap, SampleDepth, WavSink, WavSpec};
use cupola_model::{ChannelOrder, FrameIndex, PlanarBlock, SampleRate};
use cupola_render::{WALK_BAND_HZ, WALK_LFE_BAND_HZ, WALK_RMS, Walk, WalkStep};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::Instant;

/// Frames written at once.
const BLOCK: usize = 48_000;

/// What a walk is to be.
#[derive(Clone, Debug)]
pub struct WalkRequest {
    /// Name of a standard layout, or path of a layout file.
    pub layout: String,
    /// Order of the channels, and of the walk.
    pub order: ChannelOrder,
    /// Sample depth of the file.
    pub depth: SampleDepth,
    /// The folder; `out` in the current one unless given.
    pub folder: Option<PathBuf>,
    /// Overwrite a file that no earlier run recorded.
    pub force: bool,
}

/// A walk that was written.
#[derive(Debug)]
pub struct WalkReport {
    /// The file.
    pub produced: ProduceReport,
    /// For people: who plays when, line by line.
    pub lines: Vec<String>,
    /// For machines, the same.
    pub steps: Value,
}

/// Writes a 48 kHz file in which every channel plays band-limited noise in turn, in the order of the
/// file: −20 dBFS RMS, 500 to 2000 Hz; the LFE 30 to 120 Hz.
pub fn walk(request: &WalkRequest) -> Result<WalkReport, JobError> {
    let started = Instant::now();
    let layout = find_layout(&request.layout)?;
    let rate = SampleRate::HZ_48000;
    let map =
        ChannelMap::new(&layout, request.order).map_err(|e| JobError::Usage(e.to_string()))?;
    let spec = WavSpec::speakers(&layout, request.order, rate, request.depth)
        .map_err(|e| JobError::Usage(e.to_string()))?;
    let folder = request.folder.clone().unwrap_or_else(|| PathBuf::from("out"));
    let path = folder.join(format!("{}.wav", output_name("walk", &layout.name)));
    let manifest = Manifest::load(&folder);
    let read = std::path::Path::new(&request.layout).canonicalize().into_iter();
    allow_overwrite(&path, &manifest, &read.collect::<Vec<_>>(), request.force)?;
    make_folder(&folder)?;

    let walk = Walk::new(&layout, &map.source, rate);
    let mut sink = WavSink::create(&path, path.exists(), spec).map_err(|e| not_written(&e))?;
    let mut block = PlanarBlock::new(layout.speakers().len(), BLOCK);
    let length = walk.length().0;
    for start in (0..length).step_by(BLOCK) {
        walk.write(FrameIndex(start), &mut block);
        let frames = (length - start).min(BLOCK as u64) as usize;
        sink.write(&block, 0..frames).map_err(|e| not_written(&e))?;
    }
    let finished = sink.finish().map_err(|e| not_written(&e))?;
    let sha256 = sha256_of(finished.pending.temporary_path()).map_err(|e| {
        JobError::OutputNotWritten(format!("{} cannot be read back: {e}", path.display()))
    })?;
    let written = finished.report.clone();
    finished.persist().map_err(|e| not_written(&e))?;
    Manifest::record(&folder, &path, &sha256)?;

    let seconds = |frames: u64| frames as f64 / f64::from(rate.hz());
    let tell = |(place, step): (usize, &WalkStep)| {
        let speaker = &layout.speakers()[step.channel];
        let [low, high] = if speaker.lfe { WALK_LFE_BAND_HZ } else { WALK_BAND_HZ };
        let [from, to] = [step.start.0, step.start.0 + step.frames.0].map(seconds);
        let line = format!(
            "{:>7}  {:<6} {from:>6.1} to {to:>5.1} s  noise {low} to {high} Hz",
            place + 1,
            speaker.name
        );
        let json = json!({"channel": place + 1, "name": speaker.name, "start": from, "end": to,
                          "band_hz": [low, high]});
        (line, json)
    };
    let (told, steps): (Vec<_>, Vec<_>) = walk.steps().iter().enumerate().map(tell).unzip();
    let db = 20.0 * WALK_RMS.log10();
    let mut lines = vec![format!("channel  name   at {db:.0} dBFS RMS")];
    lines.extend(told);
    let output = OutputReport {
        path,
        kind: "speakers",
        layout: layout.name,
        group: String::new(),
        channels: written.channels.into_iter().map(level).collect(),
        frames: written.frames.0,
        bytes: written.bytes,
        sha256,
        companions: vec![],
        comparison: None,
    };
    let produced = ProduceReport {
        outputs: vec![output],
        findings: vec![],
        programme_seconds: seconds(length),
        wall_seconds: started.elapsed().as_secs_f64(),
    };
    Ok(WalkReport { produced, lines, steps: steps.into() })
}
