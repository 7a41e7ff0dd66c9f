//! Virtual loudspeakers: every source is panned to a layout first, and each loudspeaker is heard.
//!
//! A loudspeaker's responses are minimum-phase and its arrival times are kept apart, so the responses
//! of those that play a source add up without combing; the sum is then delayed, ear by ear, by the mean
//! of their arrivals, weighted by their gains [Tech 3396]. It is scaled to the power that the
//! loudspeakers have one by one. Modes mean nothing to loudspeakers: near, far and off are heard as mid.

use super::bank::{Bank, Part};
use super::field::Virtual;
use super::look::seen;
use super::spectrum::Bins;
use super::transform::LATENCY;
use crate::beds::BedLaw;
use crate::pan::{Panner, PannerChoice, Panners};
use crate::{AmbisonicDecoder, RenderError};
use cupola_model::{
    AmbisonicBed, BedFormat, BedLabel, HeadAxes, Layout, ObjectFeatures, ObjectState,
    PolarPosition, ScreenEdges,
};
use fearless_simd::Level;
use std::fmt;
use std::sync::Arc;

/// The loudspeakers of a render, while its sources are made.
#[derive(Debug)]
pub(super) struct Via {
    layout: Layout,
    directions: Arc<[[f64; 3]]>,
    panners: Panners,
    law: BedLaw,
    choice: PannerChoice,
}

/// How a source reaches the loudspeakers.
pub(super) struct Aim {
    directions: Arc<[[f64; 3]]>,
    features: ObjectFeatures,
    /// None for what stands still.
    panner: Option<Arc<dyn Panner>>,
    gains: Vec<f64>,
    next: Vec<f64>,
    looks: HeadAxes,
    /// The triangle each loudspeaker was last found in.
    triangles: Vec<usize>,
    parts: Vec<Part>,
    arrival: [f64; 2],
    power: f64,
    settled: bool,
}

impl fmt::Debug for Aim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Aim").field("gains", &self.gains).finish_non_exhaustive()
    }
}

impl Via {
    /// `screen` is that of the production.
    pub(super) fn new(
        layout: &Layout,
        choice: PannerChoice,
        screen: ScreenEdges,
    ) -> Result<Self, RenderError> {
        let directions = layout.speakers().iter().map(|s| s.direction.direction()).collect();
        Ok(Self {
            layout: layout.clone(),
            directions,
            panners: Panners::new(choice, layout)?.with_reference(screen),
            law: BedLaw::new(choice, layout)?,
            choice,
        })
    }

    /// For an object.
    pub(super) fn object(&mut self, features: &ObjectFeatures) -> Aim {
        let panner = self.panners.of(features);
        let aim = self.aim(Some(panner), vec![0.0; self.directions.len()]);
        Aim { features: features.clone(), ..aim }
    }

    /// For a channel of a bed, not an LFE.
    pub(super) fn channel(&self, format: BedFormat, label: BedLabel) -> Aim {
        self.aim(None, self.law.gains(format, label, &self.layout))
    }

    /// For an ambisonic bed: what each loudspeaker plays of it, decoded.
    pub(super) fn field(
        &self,
        bed: &AmbisonicBed,
    ) -> Result<Vec<(Virtual, Option<Aim>)>, RenderError> {
        let components: Vec<usize> = bed.channels.iter().map(|c| c.number).collect();
        let decoder = AmbisonicDecoder::new(self.choice, &self.layout)?;
        let matrix = decoder.matrix(bed.scale, &components);
        let speaker = |channel: usize| {
            let gains = matrix.iter().map(|row| row[channel]);
            let parts = bed.channels.iter().map(|c| c.lane).zip(gains).collect();
            let mut alone = vec![0.0; self.directions.len()];
            alone[channel] = 1.0;
            let at = self.layout.speakers()[channel].direction;
            let at = PolarPosition { distance: 1.0, ..at };
            (Virtual { at, parts }, Some(self.aim(None, alone)))
        };
        Ok(self.layout.panned_channels().map(speaker).collect())
    }

    fn aim(&self, panner: Option<Arc<dyn Panner>>, gains: Vec<f64>) -> Aim {
        let count = self.directions.len();
        Aim {
            directions: Arc::clone(&self.directions),
            features: ObjectFeatures::default(),
            panner,
            next: gains.clone(),
            gains,
            looks: [[0.0; 3]; 3],
            triangles: vec![0; count],
            parts: Vec::with_capacity(3 * count),
            arrival: [LATENCY as f64; 2],
            power: 0.0,
            settled: false,
        }
    }
}

impl Aim {
    /// What tells it from others before anything has played, in words: to sort by.
    pub(super) fn told(&self) -> String {
        format!("{:?} {:?}", self.features, self.gains)
    }

    /// Takes the state and the head at an instant; says whether anything changed.
    pub(super) fn take(&mut self, state: &ObjectState, looks: &HeadAxes, bank: &Bank) -> bool {
        if let Some(panner) = &self.panner {
            panner.gains(state, &mut self.next);
        }
        if self.settled && self.next == self.gains && *looks == self.looks {
            return false;
        }
        self.gains.copy_from_slice(&self.next);
        (self.looks, self.settled) = (*looks, true);
        self.find_parts(bank);
        true
    }

    /// The loudspeakers that play it: directions as the head has them, and energies.
    pub(super) fn playing(&self) -> impl Iterator<Item = ([f64; 3], f64)> + '_ {
        let playing = self.directions.iter().zip(&self.gains).filter(|(_, gain)| **gain > 0.0);
        playing.map(|(&direction, gain)| (seen(direction, &self.looks), gain * gain))
    }

    /// Arrival at both ears in frames, latency included.
    pub(super) fn arrival(&self) -> [f64; 2] {
        self.arrival
    }

    /// Writes both ears' filters.
    pub(super) fn mix(&self, level: Level, bank: &Bank, out: &mut [Bins]) {
        bank.mix_parts(level, &self.parts, self.arrival, self.power, out);
    }

    fn find_parts(&mut self, bank: &Bank) {
        self.parts.clear();
        let sum: f64 = self.gains.iter().sum();
        let (mut arrival, mut power) = ([LATENCY as f64; 2], 0.0);
        for (i, &gain) in self.gains.iter().enumerate().filter(|(_, gain)| **gain > 0.0) {
            let direction = seen(self.directions[i], &self.looks);
            let found = bank.locator().locate(direction, self.triangles[i]);
            self.triangles[i] = found.triangle;
            for (corner, weight) in found.corners.into_iter().zip(found.weights) {
                let row = corner as usize;
                let (arrivals, heard) = bank.heard(row);
                for (mean, ear) in arrival.iter_mut().zip(arrivals) {
                    *mean += gain / sum * weight * ear;
                }
                power += gain * gain * weight * heard;
                self.parts.push(Part { row, weight: (gain * weight) as f32 });
            }
        }
        (self.arrival, self.power) = (arrival, power);
    }
}
