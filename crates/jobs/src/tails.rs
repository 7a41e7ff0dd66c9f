//! What the stems still hold after the end of the programme.

use cupola_model::{Decibels, Finding, LinearGain, PlanarBlock, Timeline};

/// Quieter tails are dither and reverberation nobody misses.
const AUDIBLE_DBFS: f64 = -60.0;

/// Loudest sample of every stem beyond the programme's end.
#[derive(Debug)]
pub(crate) struct Tails {
    peaks: Vec<f32>,
}

impl Tails {
    pub(crate) fn new(stems: usize) -> Self {
        Self { peaks: vec![0.0; stems] }
    }

    /// Takes in the frames of a chunk from `from` on.
    pub(crate) fn add(&mut self, stems: &[PlanarBlock], from: usize) {
        for (peak, stem) in self.peaks.iter_mut().zip(stems) {
            let beyond = stem.iter().flat_map(|channel| &channel[from..]);
            *peak = beyond.fold(*peak, |peak, sample| peak.max(sample.abs()));
        }
    }

    /// A note for every stem that is cut while it still sounds.
    pub(crate) fn findings(&self, timeline: &Timeline) -> Vec<Finding> {
        let level = |peak: f32| Decibels::from(LinearGain(f64::from(peak))).0;
        let cut = self.peaks.iter().zip(&timeline.stems).filter(|(p, _)| level(**p) > AUDIBLE_DBFS);
        cut.map(|(&peak, stem)| {
            let message =
                format!("stem {} still sounds where the programme ends and is cut", stem.name);
            Finding::note("signal.tail_cut", message)
                .subject(&stem.name)
                .found(format!("a tail peaking at {:.1} dBFS", level(peak)))
                .allowed(format!("{AUDIBLE_DBFS} dBFS"))
                .hint("move `end` later, or leave it out to keep the longest stem whole")
        })
        .collect()
    }
}
