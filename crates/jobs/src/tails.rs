//! What the stems still hold after the end of the programme.

use crate::answer::dbfs;
use crate::rules;
use cupola_model::{Finding, PlanarBlock, Severity, Timeline};

/// Quieter tails are dither and reverberation nobody misses.
const AUDIBLE_DBFS: f64 = -60.0;

/// Loudest sample of every stem beyond the programme's end.
#[derive(Debug)]
pub(crate) struct Tails {
    peaks: Vec<f32>,
    unreadable: Vec<Finding>,
}

impl Tails {
    pub(crate) fn new(stems: usize) -> Self {
        Self { peaks: vec![0.0; stems], unreadable: Vec::new() }
    }

    /// Keeps why the tails could not be read to their end. Nothing of them is heard, so it is no
    /// more than a warning.
    pub(crate) fn give_up(&mut self, findings: Vec<Finding>) {
        let milder = |finding| Finding { severity: Severity::Warning, ..finding };
        self.unreadable.extend(findings.into_iter().map(milder));
    }

    /// Takes in the first `frames` frames of a chunk.
    pub(crate) fn add(&mut self, stems: &[PlanarBlock], frames: usize) {
        for (peak, stem) in self.peaks.iter_mut().zip(stems) {
            let beyond = stem.iter().flat_map(|channel| &channel[..frames]);
            *peak = beyond.fold(*peak, |peak, sample| peak.max(sample.abs()));
        }
    }

    /// A note for every stem that is cut while it still sounds.
    pub(crate) fn findings(&self, timeline: &Timeline) -> Vec<Finding> {
        let cut = self.peaks.iter().zip(&timeline.stems).filter(|(p, _)| dbfs(**p) > AUDIBLE_DBFS);
        let notes = cut.map(|(&peak, stem)| {
            let message =
                format!("stem {} still sounds where the programme ends and is cut", stem.name);
            Finding::note(rules::TAIL_CUT, message)
                .subject(&stem.name)
                .found(format!("a tail peaking at {:.1} dBFS", dbfs(peak)))
                .allowed(format!("{AUDIBLE_DBFS} dBFS"))
                .hint("move `end` later, or leave it out to keep the longest stem whole")
        });
        notes.chain(self.unreadable.iter().cloned()).collect()
    }
}
