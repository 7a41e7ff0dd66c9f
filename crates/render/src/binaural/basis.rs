//! A few responses that every response is nearly a sum of, even when it is late by part of a frame.
//!
//! Responses freed of their arrival resemble each other: principal components hold most of what all of
//! them are. Here they are sought among the responses of a set as they are when late by [`NODES`] parts of
//! a frame, so that a sum of components can be late by any part of one, and a source needs no delay but by
//! whole frames. They are sought in the sense that hearing asks for: every octave counts alike, and
//! every response as much as any other, however soft. A direction keeps a weight for each component
//! and each part of a frame; in between weights follow the cubic through the four.

use super::spectrum::{self, Bins, DelayTurn, LANES};
use super::transform::LATENCY;
use fearless_simd::{Level, dispatch};
use std::f64::consts::PI;
use std::ops::Range;

/// Components, a multiple of the six that are summed at a time, and no more than [`LANES`].
pub(super) const COMPONENTS: usize = 12;

/// Parts of a frame at which weights are known.
const NODES: usize = 4;

/// By how much of a frame responses can be late or early.
pub(super) const REACH: f64 = 0.75;

/// Runs that hold the weights of a response: real and imaginary parts are two nodes each.
pub(super) const WEIGHT_RUNS: usize = NODES / 2;

/// Responses that are looked at; of larger sets every so many.
const MOST_RESPONSES: usize = 320;

/// Rounds of the search. Each brings the components closer by the ratio of powers they have to tell apart.
const ROUNDS: usize = 8;

/// The components of a set.
#[derive(Debug)]
pub(super) struct Basis {
    level: Level,
    /// Spectra of the components, one after the other, late by [`LATENCY`].
    spectra: Vec<Bins>,
    /// What tells the weight of a component at a node: node by node, component by component.
    probes: Vec<Vec<Bins>>,
    /// Power that components have in common.
    powers: [[f64; COMPONENTS]; COMPONENTS],
}

/// What leads from the weights at the nodes to those in between.
#[derive(Clone, Copy, Debug)]
pub(super) struct Between {
    nodes: [f64; NODES],
    /// One over the product of a node's distances from the others.
    scales: [f64; NODES],
}

impl Between {
    /// With Chebyshev's nodes, which keep a cubic closest.
    pub(super) fn new() -> Self {
        let nodes: [f64; NODES] =
            std::array::from_fn(|n| REACH * ((2 * n + 1) as f64 * PI / (2 * NODES) as f64).cos());
        let distances =
            |n: usize| (0..NODES).filter(move |&m| m != n).map(move |m| nodes[n] - nodes[m]);
        Self { nodes, scales: std::array::from_fn(|n| 1.0 / distances(n).product::<f64>()) }
    }

    /// The weights of what is late by `part` of a frame, no more than [`REACH`].
    pub(super) fn weights(&self, at_nodes: &[Bins], part: f64) -> [f32; COMPONENTS] {
        let away = self.nodes.map(|node| part - node);
        let share = |n: usize| -> f32 {
            let others = (0..NODES).filter(|&m| m != n).map(|m| away[m]);
            (self.scales[n] * others.product::<f64>()) as f32
        };
        let [a, b, c, d] = std::array::from_fn(share);
        let [first, last] = [&at_nodes[0], &at_nodes[1]];
        let mut weights = [0.0; COMPONENTS];
        for (k, weight) in weights.iter_mut().enumerate() {
            *weight = a * first.re[k] + b * first.im[k] + (c * last.re[k] + d * last.im[k]);
        }
        weights
    }
}

impl Basis {
    /// The components of responses of `length` points; powers are taken in the bins of a band.
    pub(super) fn new(
        level: Level,
        responses: &[Bins],
        length: usize,
        band: &Range<usize>,
    ) -> Self {
        let runs = spectrum::runs(length);
        let octaves = octaves(runs);
        let nodes = Between::new().nodes;
        let count = responses.len() / runs;
        let mut rows = Vec::new();
        for response in responses.chunks(runs).step_by(count.div_ceil(MOST_RESPONSES).max(1)) {
            let mut row = weighted(response, &octaves);
            let size = dot(level, &row, &row).sqrt();
            row.iter_mut().for_each(|run| run.scale((1.0 / size.max(1e-30)) as f32));
            rows.extend(nodes.map(|node| turned(&row, node, length)));
        }
        let sought = search(level, &rows, runs);
        let probe = |node: f64| {
            sought
                .iter()
                .map(move |c| (node, c))
                .map(|(node, component)| turned(&weighted(component, &octaves), -node, length))
        };
        let probes = nodes.into_iter().flat_map(probe).collect();
        let plain: Vec<Vec<Bins>> = sought.iter().map(|c| unweighted(c, &octaves)).collect();
        // The same for both ears, so half of what both have in common.
        let pairs: Vec<Vec<Bins>> = plain.iter().map(|c| [&c[..], c].concat()).collect();
        let powers = std::array::from_fn(|a| {
            std::array::from_fn(|b| spectrum::common_power(&pairs[a], &pairs[b], runs, band) / 2.0)
        });
        let spectra = plain.iter().flat_map(|c| turned(c, LATENCY as f64, length)).collect();
        Self { level, spectra, probes, powers }
    }

    /// Spectra of the components, one after the other, late by [`LATENCY`].
    pub(super) fn spectra(&self) -> &[Bins] {
        &self.spectra
    }

    /// The weights of a response at the nodes.
    pub(super) fn weights(&self, response: &[Bins]) -> [Bins; WEIGHT_RUNS] {
        let mut weights = [Bins::ZERO; WEIGHT_RUNS];
        for (n, probes) in self.probes.chunks(COMPONENTS).enumerate() {
            let run = &mut weights[n / 2];
            let values = if n % 2 == 0 { &mut run.re } else { &mut run.im };
            for (value, probe) in values.iter_mut().zip(probes) {
                *value = dot(self.level, response, probe) as f32;
            }
        }
        weights
    }

    /// The power of what an ear hears with these weights.
    pub(super) fn power(&self, at_nodes: &[Bins]) -> f64 {
        let weights = Between::new().weights(at_nodes, 0.0).map(f64::from);
        let row = |powers: &[f64; COMPONENTS]| -> f64 {
            powers.iter().zip(weights).map(|(power, weight)| power * weight).sum()
        };
        self.powers.iter().zip(weights).map(|(powers, weight)| weight * row(powers)).sum()
    }
}

/// The components of rows: the space that stays when all rows look at it again and again.
fn search(level: Level, rows: &[Vec<Bins>], runs: usize) -> Vec<Vec<Bins>> {
    let mut seed = 1_u32;
    let mut noise = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        seed as f32 / u32::MAX as f32 - 0.5
    };
    let mut run =
        || Bins { re: std::array::from_fn(|_| noise()), im: std::array::from_fn(|_| noise()) };
    let mut sought: Vec<Vec<Bins>> =
        (0..COMPONENTS).map(|_| (0..runs).map(|_| run()).collect()).collect();
    for _ in 0..ROUNDS {
        let mut next = vec![vec![Bins::ZERO; runs]; COMPONENTS];
        for row in rows {
            for (component, next) in sought.iter().zip(&mut next) {
                let along = dot(level, row, component) as f32;
                dispatch!(level, _simd => spectrum::add_scaled(next, row, along));
            }
        }
        make_orthogonal(level, &mut next);
        sought = next;
    }
    sought
}

fn make_orthogonal(level: Level, rows: &mut [Vec<Bins>]) {
    for k in 0..rows.len() {
        let (before, rest) = rows.split_at_mut(k);
        let row = &mut rest[0];
        let whole = dot(level, row, row).sqrt();
        // Twice is enough, as the proverb has it.
        for other in before.iter().chain(&*before) {
            let along = dot(level, row, other) as f32;
            spectrum::add_scaled(row, other, -along);
        }
        let size = dot(level, row, row).sqrt();
        // Where there are fewer kinds of responses than components, the rest is nothing.
        let scale = if size > 1e-5 * whole { 1.0 / size } else { 0.0 };
        row.iter_mut().for_each(|run| run.scale(scale as f32));
    }
}

/// Square roots of what bins count: every octave alike, 0 Hz as much as the first bin.
fn octaves(runs: usize) -> Vec<[f32; LANES]> {
    let weight = |k: usize| (k.max(1) as f64).powf(-0.5) as f32;
    (0..runs).map(|run| std::array::from_fn(|i| weight(run * LANES + i))).collect()
}

fn weighted(spectrum: &[Bins], weights: &[[f32; LANES]]) -> Vec<Bins> {
    each_bin(spectrum, weights, |value, weight| value * weight)
}

fn unweighted(spectrum: &[Bins], weights: &[[f32; LANES]]) -> Vec<Bins> {
    each_bin(spectrum, weights, |value, weight| value / weight)
}

fn each_bin(
    spectrum: &[Bins],
    weights: &[[f32; LANES]],
    change: impl Fn(f32, f32) -> f32,
) -> Vec<Bins> {
    let run = |(run, weights): (&Bins, &[f32; LANES])| Bins {
        re: std::array::from_fn(|i| change(run.re[i], weights[i])),
        im: std::array::from_fn(|i| change(run.im[i], weights[i])),
    };
    spectrum.iter().zip(weights).map(run).collect()
}

/// A spectrum late by so many frames.
fn turned(spectrum: &[Bins], late: f64, length: usize) -> Vec<Bins> {
    let mut out = spectrum.to_vec();
    spectrum::turn(&mut out, 1.0, Some(DelayTurn::new(late, length)));
    out
}

fn dot(level: Level, a: &[Bins], b: &[Bins]) -> f64 {
    dispatch!(level, _simd => spectrum::dot(a, b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_layouts::Dice;

    const LENGTH: usize = 96;

    /// A spectrum by the sum that defines it, late by so many frames, which need not be whole.
    fn spectrum_of(taps: &[f64], late: f64) -> Vec<Bins> {
        let mut spectrum = vec![Bins::ZERO; spectrum::runs(LENGTH)];
        // Nothing at half the rate and a quarter below it, as after the roll-off.
        for k in 0..3 * LENGTH / 8 {
            let turn = |n: usize| {
                let angle = -2.0 * PI * k as f64 * (n as f64 + late) / LENGTH as f64;
                (taps[n] * angle.cos(), taps[n] * angle.sin())
            };
            let run = &mut spectrum[k / LANES];
            run.re[k % LANES] = (0..taps.len()).map(|n| turn(n).0).sum::<f64>() as f32;
            run.im[k % LANES] = (0..taps.len()).map(|n| turn(n).1).sum::<f64>() as f32;
        }
        spectrum
    }

    #[test]
    fn what_is_made_of_few_kinds_comes_back_whole_at_any_part_of_a_frame() {
        let mut dice = Dice(12);
        let kinds: [Vec<f64>; 2] =
            std::array::from_fn(|_| (0..12).map(|_| dice.roll(-1.0, 1.0)).collect());
        let mixture = |n: usize| -> Vec<f64> {
            let gains = [(n * 7 % 11) as f64 - 5.0, (n * 5 % 13) as f64 - 6.0];
            (0..12).map(|i| gains[0] * kinds[0][i] + gains[1] * kinds[1][i]).collect()
        };
        let responses: Vec<Bins> = (1..40).flat_map(|n| spectrum_of(&mixture(n), 0.0)).collect();
        let runs = spectrum::runs(LENGTH);
        let band = 2..30;
        let basis = Basis::new(Level::new(), &responses, LENGTH, &band);
        for (n, response) in (1..40).zip(responses.chunks(runs)) {
            let at_nodes = basis.weights(response);
            for part in [-0.75, -0.4, 0.0, 0.1, 0.5, 0.75] {
                let weights = Between::new().weights(&at_nodes, part);
                let mut found = vec![Bins::ZERO; runs];
                for (component, weight) in basis.spectra().chunks(runs).zip(weights) {
                    spectrum::add_scaled(&mut found, component, weight);
                }
                let wanted = spectrum_of(&mixture(n), LATENCY as f64 + part);
                spectrum::add_scaled(&mut found, &wanted, -1.0);
                // Cubics and twelve components leave out 1 % of what is below three quarters of the band.
                let error = (dot(Level::new(), &found, &found)
                    / dot(Level::new(), &wanted, &wanted))
                .sqrt();
                assert!(error < 0.03, "response {n}, {part} frames: {error}");
            }
            let pair = [response, response].concat();
            let wanted = spectrum::common_power(&pair, &pair, runs, &band) / 2.0;
            let power = basis.power(&at_nodes);
            assert!((power / wanted - 1.0).abs() < 0.02, "{power}, not {wanted}");
        }
    }
}
