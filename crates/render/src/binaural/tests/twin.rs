//! Scenes, and the slow way to everything.

use crate::Renderer;
use crate::binaural::{BinauralOptions, BinauralQuality, BinauralRenderer};
use cupola_model::{
    Automation, BinauralMode, FrameCount, FrameIndex, FrameRate, HrtfSet, Item, Lane, LinearGain,
    Object, ObjectFeatures, ObjectState, PlanarBlock, PolarPosition, Position, SampleRate,
    TimedPoint, Timeline, TrackIndex,
};
use realfft::num_complex::Complex64;
use std::f64::consts::TAU;

pub(super) const RATE: f64 = 48_000.0;

/// The qualities that aim at what the twins are.
pub(super) const EXACT: [BinauralQuality; 2] = [BinauralQuality::Standard, BinauralQuality::High];

pub(super) fn set() -> HrtfSet {
    cupola_hrtf::embedded(SampleRate::HZ_48000).unwrap()
}

pub(super) fn polar(azimuth_deg: f64, elevation_deg: f64) -> Position {
    Position::Polar(PolarPosition::on_sphere(azimuth_deg, elevation_deg))
}

pub(super) fn point(frame: u64, position: Position) -> TimedPoint {
    let state = ObjectState { position, gain: LinearGain::UNITY, size: 0.0 };
    TimedPoint { frame: FrameIndex(frame), state }
}

pub(super) fn object(lane: usize, points: Vec<TimedPoint>) -> Item {
    Item::Object(Object {
        name: format!("object {lane}"),
        groups: vec![],
        lane: TrackIndex(lane),
        binaural: BinauralMode::Mid,
        automation: Automation::new(points).unwrap(),
        features: ObjectFeatures::default(),
    })
}

pub(super) fn timeline(rate: SampleRate, lanes: usize, items: Vec<Item>) -> Timeline {
    Timeline {
        title: String::new(),
        artist: String::new(),
        sample_rate: rate,
        length: FrameCount(48_000),
        frame_rate: FrameRate::Fps24,
        start: FrameCount(0),
        screen: cupola_model::Screen::USUAL,
        stems: vec![],
        lanes: vec![Lane::default(); lanes],
        items,
    }
}

/// Renders objects on lanes 0, 1, … in one call.
pub(super) fn render(set: &HrtfSet, items: Vec<Item>, lanes: &PlanarBlock) -> PlanarBlock {
    render_in(BinauralQuality::Standard, set, items, lanes)
}

/// The same in a quality.
pub(super) fn render_in(
    quality: BinauralQuality,
    set: &HrtfSet,
    items: Vec<Item>,
    lanes: &PlanarBlock,
) -> PlanarBlock {
    let rate = SampleRate::new(set.sample_rate).unwrap();
    let timeline = timeline(rate, lanes.channels(), items);
    let options = BinauralOptions { quality, ..BinauralOptions::default() };
    let mut renderer = BinauralRenderer::with_options(&timeline, set, &options).unwrap();
    let mut out = PlanarBlock::new(2, lanes.frames());
    renderer.process(lanes, &mut out);
    out
}

/// The ears' answer to an impulse, beginning 48 frames early, where fractional delays begin to ring.
pub(super) fn impulse_response(set: &HrtfSet, state: ObjectState) -> [Vec<f32>; 2] {
    impulse_response_in(BinauralQuality::Standard, set, state)
}

/// The same in a quality.
pub(super) fn impulse_response_in(
    quality: BinauralQuality,
    set: &HrtfSet,
    state: ObjectState,
) -> [Vec<f32>; 2] {
    let block = set.sample_rate as usize / 100;
    let mut lanes = PlanarBlock::new(1, 3 * block);
    lanes.channel_mut(0)[block] = 1.0;
    let points = vec![TimedPoint { frame: FrameIndex(0), state }];
    let out = render_in(quality, set, vec![object(0, points)], &lanes);
    [0, 1].map(|ear| out.channel(ear)[block..].to_vec())
}

/// Value of a response's transform at a frequency, by the sum that defines it.
pub(super) fn transform_at(taps: &[f32], hz: f64, rate: f64) -> Complex64 {
    let turn = Complex64::cis(-TAU * hz / rate);
    taps.iter().rev().fold(Complex64::default(), |sum, &t| sum * turn + f64::from(t))
}

/// Three stored directions and their weights, by Cramer's rule on every triangle.
pub(super) fn barycentric(set: &HrtfSet, u: [f64; 3]) -> [(usize, f64); 3] {
    let det = |a: [f64; 3], b: [f64; 3], c: [f64; 3]| {
        a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0])
            + a[2] * (b[0] * c[1] - b[1] * c[0])
    };
    let solve = |t: &[u32; 3]| {
        let [a, b, c] = t.map(|i| set.directions[i as usize]);
        let whole = det(a, b, c);
        [det(u, b, c) / whole, det(a, u, c) / whole, det(a, b, u) / whole]
    };
    let fit = |g: [f64; 3]| g[0].min(g[1]).min(g[2]);
    let best = set.triangles.iter().max_by(|a, b| fit(solve(a)).total_cmp(&fit(solve(b)))).unwrap();
    let weights = solve(best).map(|g| g.max(0.0));
    let sum: f64 = weights.iter().sum();
    [0, 1, 2].map(|i| (best[i] as usize, weights[i] / sum))
}

/// When sound from between stored directions arrives at an ear, in frames.
pub(super) fn arrival(set: &HrtfSet, corners: &[(usize, f64)], ear: usize) -> f64 {
    corners.iter().map(|&(i, weight)| weight * f64::from(set.delay_samples[i][ear])).sum()
}

/// What an ear should hear of a frequency from between stored directions, loudness gain and arrival
/// included: the interpolated taps, and an arrival that is exact to any fraction.
pub(super) fn expected(
    set: &HrtfSet,
    corners: &[(usize, f64); 3],
    ear: usize,
    hz: f64,
) -> Complex64 {
    let rate = f64::from(set.sample_rate);
    let delay = arrival(set, corners, ear);
    let parts = corners.iter().map(|&(i, w)| transform_at(set.response(i, ear), hz, rate) * w);
    let sum: Complex64 = parts.sum();
    let gain = 10_f64.powf(set.loudness_gain_db / 20.0);
    sum * Complex64::from_polar(gain, -TAU * hz * delay / rate)
}

/// Centres of bands a 24th of a decade apart, 200 Hz to 16 kHz.
pub(super) fn frequencies() -> impl Iterator<Item = f64> {
    (0..46).map(|i| 200.0 * 10_f64.powf(f64::from(i) / 24.0)).filter(|&hz| hz <= 16_000.0)
}

/// A source of repeatable pseudo-random numbers, 0 to 1.
pub(super) struct Noise(u64);

impl Noise {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// White noise between −0.5 and 0.5.
    pub(super) fn fill(&mut self, block: &mut PlanarBlock) {
        for channel in block.iter_mut() {
            channel.iter_mut().for_each(|sample| *sample = self.next() as f32 - 0.5);
        }
    }
}

/// Level of the difference of two signals below the second one, in dB.
pub(super) fn difference_db<'a>(
    a: impl Iterator<Item = &'a f32>,
    b: impl Iterator<Item = &'a f32>,
) -> f64 {
    let (mut error, mut whole) = (0.0, 0.0);
    for (&a, &b) in a.zip(b) {
        error += (f64::from(a) - f64::from(b)).powi(2);
        whole += f64::from(b).powi(2);
    }
    10.0 * (error / whole).log10()
}
