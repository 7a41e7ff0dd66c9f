//! The one read–process–write loop.
//!
//! While one chunk is rendered and written, the next is read. Threads split by stem when reading, by
//! group when mixing (where outputs hear groups of their own) and by output when writing. Every unit
//! works through its frames in order, so the bytes do not depend on how many threads there are.

use crate::comparison::{Comparison, Shadow};
use crate::lane_stats::LaneStats;
use crate::options::Progress;
use crate::tails::Tails;
use crate::{JobError, rules};
use cupola_masters::{AdmBwfSink, DamfSink, Finished, MastersError, WavSink};
use cupola_model::{PlanarBlock, Timeline};
use cupola_render::{LaneMixer, Renderer};
use cupola_stems::{StemError, UseReader};
use rayon::prelude::*;
use std::ops::Range;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// Grid blocks in a chunk: 160 ms, enough that hand-over between threads does not count.
const CHUNK_BLOCKS: usize = 16;

/// Where rendered frames go.
pub(crate) enum Sink {
    Wav(Box<WavSink>),
    AdmBwf(Box<AdmBwfSink>),
    Damf(Box<DamfSink>),
}

impl Sink {
    fn write(&mut self, block: &PlanarBlock, frames: Range<usize>) -> Result<(), MastersError> {
        match self {
            Self::Wav(sink) => sink.write(block, frames),
            Self::AdmBwf(sink) => sink.write(block, frames),
            Self::Damf(sink) => sink.write(block, frames),
        }
    }
}

/// One output on its way: a renderer unless the lanes themselves are written.
pub(crate) struct Route {
    renderer: Option<Box<dyn Renderer>>,
    /// What it is compared with.
    shadow: Option<Shadow>,
    sink: Sink,
    /// Which of the mixes it hears.
    share: usize,
    rendered: PlanarBlock,
    latency_left: u64,
    frames_left: u64,
    io_frames: usize,
}

impl Route {
    pub(crate) fn new(
        renderer: Option<Box<dyn Renderer>>,
        sink: Sink,
        share: usize,
        timeline: &Timeline,
        io_frames: usize,
    ) -> Self {
        let channels = renderer.as_ref().map_or(0, |r| r.channels());
        let chunk = chunk_frames(timeline);
        Self {
            latency_left: renderer.as_ref().map_or(0, |r| r.latency_frames() as u64),
            renderer,
            shadow: None,
            sink,
            share,
            rendered: PlanarBlock::new(channels, chunk),
            frames_left: timeline.length.0,
            io_frames,
        }
    }

    /// Renders beside it, in another way, what it is to be compared with.
    pub(crate) fn beside(mut self, other: Option<Box<dyn Renderer>>, timeline: &Timeline) -> Self {
        let (rate_hz, chunk) = (f64::from(timeline.sample_rate.hz()), chunk_frames(timeline));
        self.shadow = other.map(|other| Shadow::new(other, rate_hz, chunk));
        self
    }

    /// What came of the comparison.
    pub(crate) fn comparison(&self) -> Option<Comparison> {
        self.shadow.as_ref().map(Shadow::result)
    }

    /// Ends the file; it still has its temporary name.
    pub(crate) fn finish(self, timeline: &Timeline) -> Result<Finished, JobError> {
        let finished = match self.sink {
            Sink::Wav(sink) => sink.finish(),
            Sink::AdmBwf(sink) => sink.finish(timeline),
            Sink::Damf(sink) => sink.finish(timeline),
        };
        finished.map_err(|e| not_written(&e))
    }

    fn process(&mut self, lanes: &PlanarBlock) -> Result<(), JobError> {
        if let Some(renderer) = &mut self.renderer {
            renderer.process(lanes, &mut self.rendered);
        }
        let block = if self.renderer.is_some() { &self.rendered } else { lanes };
        let frames = block.frames() as u64;
        let skip = self.latency_left.min(frames);
        self.latency_left -= skip;
        let keep = self.frames_left.min(frames - skip);
        self.frames_left -= keep;
        let wanted = skip as usize..(skip + keep) as usize;
        if let Some(shadow) = &mut self.shadow {
            shadow.process(lanes, block, wanted.clone());
        }
        for piece in pieces(wanted, self.io_frames) {
            self.sink.write(block, piece).map_err(|e| not_written(&e))?;
        }
        Ok(())
    }
}

/// A sink's error as a job's. Its text names the file already.
pub(crate) fn not_written(error: &MastersError) -> JobError {
    JobError::OutputNotWritten(error.to_string())
}

/// A stem's error as a job's, with the name the scene gives the stem.
pub(crate) fn unfit(stem: &str, error: &StemError) -> JobError {
    let finding = cupola_model::Finding::error(rules::STEM_UNFIT, error.to_string()).subject(stem);
    JobError::StemsUnfit(vec![finding])
}

fn pieces(range: Range<usize>, size: usize) -> impl Iterator<Item = Range<usize>> {
    let end = range.end;
    range.step_by(size.max(1)).map(move |start| start..(start + size).min(end))
}

pub(crate) fn chunk_frames(timeline: &Timeline) -> usize {
    timeline.sample_rate.grid_frames() as usize * CHUNK_BLOCKS
}

/// The stems of a programme, read in step.
struct Intake<'a> {
    names: Vec<&'a str>,
    readers: Vec<UseReader>,
    io_frames: usize,
}

impl Intake<'_> {
    /// Reads the next frames of every stem into the beginning of its block.
    fn read(&mut self, blocks: &mut [PlanarBlock], frames: usize) -> Result<(), JobError> {
        let io_frames = self.io_frames;
        self.readers.par_iter_mut().zip(blocks).zip(&self.names).try_for_each(
            |((reader, block), name)| {
                for piece in pieces(0..frames, io_frames) {
                    reader.read(block, piece).map_err(|e| unfit(name, &e))?;
                }
                Ok(())
            },
        )
    }
}

/// What was seen on the way.
pub(crate) struct Passed {
    /// One for each share.
    pub(crate) lanes: Vec<LaneStats>,
    pub(crate) tails: Tails,
}

/// The lanes of a share.
struct Mix {
    mixer: LaneMixer,
    lanes: PlanarBlock,
    stats: LaneStats,
}

impl Mix {
    fn new(timeline: &Timeline) -> Result<Self, JobError> {
        let (tracks, frames) = (timeline.lanes.len(), chunk_frames(timeline));
        Ok(Self {
            mixer: LaneMixer::new(timeline).map_err(|e| JobError::Internal(e.to_string()))?,
            lanes: PlanarBlock::new(tracks, frames),
            stats: LaneStats::new(tracks),
        })
    }

    /// Mixes the next frames, of which the first `live` are in the programme.
    fn process(&mut self, stems: &[PlanarBlock], live: usize) {
        let stats = &mut self.stats;
        self.mixer.process_each(stems, &mut self.lanes, |lane, samples| {
            // After the end of the programme nothing sounds, whatever the stems still hold.
            samples[live..].fill(0.0);
            stats.add(lane, &samples[..live]);
        });
        stats.advance(live);
    }
}

/// Reads every stem once and feeds every route to its end. `shares` are the whole, or its shares: the
/// same stems and tracks, with some of the sources.
pub(crate) fn run(
    timeline: &Timeline,
    shares: &[&Timeline],
    readers: Vec<UseReader>,
    routes: &mut [Route],
    io_frames: usize,
    progress: &dyn Progress,
) -> Result<Passed, JobError> {
    let latency = routes.iter().map(|r| r.latency_left).max().unwrap_or(0);
    let mut mixes = shares.iter().map(|s| Mix::new(s)).collect::<Result<Vec<_>, JobError>>()?;
    let mut tails = Tails::new(timeline.stems.len());
    progress.stage("Rendering", timeline.length.0);
    let take = |stems: &[PlanarBlock], live: usize| {
        mixes.par_iter_mut().for_each(|mix| mix.process(stems, live));
        routes.par_iter_mut().try_for_each(|route| {
            let lanes = &mixes[route.share].lanes;
            route.process(lanes)
        })
    };
    let (mut intake, mut blocks) = pass(timeline, readers, latency, io_frames, progress, take)?;
    read_tails(timeline, &mut intake, &mut blocks, &mut tails, progress)?;
    Ok(Passed { lanes: mixes.into_iter().map(|mix| mix.stats).collect(), tails })
}

/// Reads every stem once and hands the lanes to `take`, block by block: a block, and how many of its
/// frames belong to the programme.
pub(crate) fn listen(
    timeline: &Timeline,
    readers: Vec<UseReader>,
    io_frames: usize,
    progress: &dyn Progress,
    mut take: impl FnMut(&PlanarBlock, usize) -> Result<(), JobError> + Send,
) -> Result<(), JobError> {
    progress.stage("Comparing", timeline.length.0);
    let mut mix = Mix::new(timeline)?;
    let take = |stems: &[PlanarBlock], live: usize| {
        mix.process(stems, live);
        take(&mix.lanes, live)
    };
    pass(timeline, readers, 0, io_frames, progress, take).map(|_| ())
}

/// The loop: hands blocks of all stems to `take`, and how many of their frames belong to the programme.
/// Gives back what it read with, for what comes after the end of the programme.
fn pass<'t>(
    timeline: &'t Timeline,
    readers: Vec<UseReader>,
    latency: u64,
    io_frames: usize,
    progress: &dyn Progress,
    mut take: impl FnMut(&[PlanarBlock], usize) -> Result<(), JobError> + Send,
) -> Result<(Intake<'t>, Vec<PlanarBlock>), JobError> {
    let chunk = chunk_frames(timeline);
    let chunks = (timeline.length.0 + latency).div_ceil(chunk as u64);
    let names = timeline.stems.iter().map(|s| s.name.as_str()).collect();
    let mut intake = Intake { names, readers, io_frames };
    let new_blocks = || -> Vec<PlanarBlock> {
        let stems = timeline.stems.iter();
        stems.map(|s| PlanarBlock::new(usize::from(s.facts.channels), chunk)).collect()
    };
    let (mut current, mut next) = (new_blocks(), new_blocks());

    // Beyond the programme's end nothing is read here: what is not heard cannot stop a run.
    let live_in = |index: u64| {
        timeline.length.0.saturating_sub(index * chunk as u64).min(chunk as u64) as usize
    };
    let started = Instant::now();
    intake.read(&mut current, live_in(0))?;
    for index in 0..chunks {
        let live = live_in(index);
        let (read, rendered) =
            rayon::join(|| intake.read(&mut next, live_in(index + 1)), || take(&current, live));
        rendered.and(read)?;
        std::mem::swap(&mut current, &mut next);
        if progress.cancel_flag().load(Ordering::Relaxed) {
            return Err(JobError::Cancelled);
        }
        let done = ((index + 1) * chunk as u64).min(timeline.length.0);
        progress.advance(done);
        let seconds = done as f64 / f64::from(timeline.sample_rate.hz());
        progress.speed(seconds / started.elapsed().as_secs_f64().max(1e-9));
    }
    Ok((intake, current))
}

/// Reads on to the end of the longest stem that is used, or to the first stem that cannot be read. Of a
/// stem in clips only these are read: what lies outside them was left out on purpose.
fn read_tails(
    timeline: &Timeline,
    intake: &mut Intake<'_>,
    blocks: &mut [PlanarBlock],
    tails: &mut Tails,
    progress: &dyn Progress,
) -> Result<(), JobError> {
    let ends = timeline.stems.iter().map(|s| s.end(timeline.sample_rate).0);
    let last = ends.max().unwrap_or(0);
    let mut frame = timeline.length.0;
    while frame < last {
        if progress.cancel_flag().load(Ordering::Relaxed) {
            return Err(JobError::Cancelled);
        }
        let frames = (last - frame).min(chunk_frames(timeline) as u64) as usize;
        match intake.read(blocks, frames) {
            Err(JobError::StemsUnfit(findings)) => {
                tails.give_up(findings);
                break;
            }
            read => read?,
        }
        tails.add(blocks, frames);
        frame += frames as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::pieces;

    #[test]
    fn pieces_tile_a_range_whatever_their_size() {
        for size in [1, 7, 64, 1000] {
            let mut expected = 3;
            for piece in pieces(3..130, size) {
                assert_eq!(piece.start, expected, "gap with size {size}");
                assert!(piece.len() <= size && !piece.is_empty(), "{piece:?}");
                expected = piece.end;
            }
            assert_eq!(expected, 130, "size {size}");
        }
        assert_eq!(pieces(5..5, 8).count(), 0);
    }
}
