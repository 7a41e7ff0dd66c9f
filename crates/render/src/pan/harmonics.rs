//! Real spherical harmonics, and how a source wider than a point weighs their orders.

use super::Panner;
use super::spread::half_angle_deg;
use cupola_model::{AmbisonicFormat, AmbisonicOrder, ObjectState};

/// Harmonics of the highest order.
const MOST: usize = (AmbisonicOrder::MAX as usize + 1).pow(2);
const ORDERS: usize = AmbisonicOrder::MAX as usize + 1;

/// Below this half-angle in radians a source is a point.
const POINT_RAD: f64 = 1e-6;

/// Encodes sources by direction.
///
/// The gain of harmonic (l, m) is `w_l · Y_lm` in the scale of the format. `w` is 1 for a point. A source
/// that fills a cap of half-angle α (90° at size 1, everywhere at distance 0) is the mean over the cap,
/// `w_l = (P_(l-1)(cos α) − P_(l+1)(cos α)) / ((2l+1)(1 − cos α))`, scaled so that its energy over all
/// directions, the sum of `(2l+1) w_l²`, is that of a point: a wide source is as loud as a narrow one. What
/// the high orders lose W gains, so that W exceeds that of a point: 1.51 times at 90° in first order, 5.77
/// times in seventh, and order + 1 times where the source is all around.
#[derive(Debug)]
pub(crate) struct HarmonicPanner {
    order: usize,
    /// For every channel its harmonic and a factor on SN3D.
    channels: Vec<(usize, f64)>,
    /// Scale of harmonic (l, m) on what [`raw`] computes.
    scales: [f64; MOST],
}

impl HarmonicPanner {
    pub(crate) fn new(format: AmbisonicFormat) -> Self {
        let mut scales = [0.0; MOST];
        for l in 0..ORDERS as i32 {
            for m in -l..=l {
                // SN3D: sqrt((2 - δ_m0) (l-|m|)! / (l+|m|)!). [AmbiX-2011]
                let ratio: f64 =
                    (l - m.abs() + 1..=l + m.abs()).map(|k| 1.0 / f64::from(k)).product();
                let twice = if m == 0 { 1.0 } else { 2.0 };
                scales[number(l, m)] = (twice * ratio).sqrt();
            }
        }
        Self { order: format.order().get(), channels: format.channels(), scales }
    }

    /// The gains of a point in a direction: right, front and up of a unit vector.
    pub(crate) fn point(&self, direction: [f64; 3], out: &mut [f64]) {
        self.encode(direction, &[1.0; ORDERS], out);
    }

    fn encode(&self, direction: [f64; 3], weights: &[f64; ORDERS], out: &mut [f64]) {
        let mut raw_values = [0.0; MOST];
        raw(self.order, direction, &mut raw_values);
        for (gain, &(number, factor)) in out.iter_mut().zip(&self.channels) {
            let weight = weights[number.isqrt()];
            *gain = weight * factor * self.scales[number] * raw_values[number];
        }
    }
}

impl Panner for HarmonicPanner {
    fn gains(&self, state: &ObjectState, out: &mut [f64]) {
        assert_eq!(out.len(), self.channels.len(), "one gain a channel");
        let position = state.position.to_polar();
        let half = half_angle_deg(state.size, position.distance).to_radians();
        self.encode(position.direction(), &cap_weights(self.order, half), out);
    }
}

/// The ambisonic channel number of harmonic (l, m). [AmbiX-2011]
fn number(l: i32, m: i32) -> usize {
    (l * l + l + m) as usize
}

/// The harmonics without their scale. With x to the front and y to the left, `cos^m(e)` times the cosine
/// and sine of `m a` are the powers of x + iy; what is left of the Legendre function is a polynomial in
/// z, which has no trouble at the poles.
fn raw(order: usize, [right, front, up]: [f64; 3], out: &mut [f64; MOST]) {
    let (x, y, z) = (front, -right, up);
    let (mut cos, mut sin) = (1.0, 0.0);
    // (2m-1)!!, where the polynomials of m begin.
    let mut first = 1.0;
    for m in 0..=order as i32 {
        let (mut before, mut here) = (0.0, first);
        for l in m..=order as i32 {
            out[number(l, m)] = here * cos;
            if m > 0 {
                out[number(l, -m)] = here * sin;
            }
            let (l, m) = (f64::from(l), f64::from(m));
            let next = ((2.0 * l + 1.0) * z * here - (l + m) * before) / (l - m + 1.0);
            (before, here) = (here, next);
        }
        (cos, sin) = (cos * x - sin * y, cos * y + sin * x);
        first *= f64::from(2 * m + 1);
    }
}

/// The weights of the orders for a cap of this half-angle in radians.
fn cap_weights(order: usize, half: f64) -> [f64; ORDERS] {
    let mut weights = [1.0; ORDERS];
    if half < POINT_RAD {
        return weights;
    }
    let z = half.cos();
    // The difference of the neighbours of P_l, over 2l+1, is the integral of P_l from z to 1, and that is
    // (1 - z²) P_l' / (l (l+1)). So no two numbers that are nearly alike are subtracted.
    let (mut before, mut here) = (0.0, 1.0);
    for (l, weight) in weights.iter_mut().enumerate().take(order + 1).skip(1) {
        let n = l as f64;
        // `here` is P_l'(z), from P_1' = 1 on.
        *weight = (1.0 + z) * here / (n * (n + 1.0));
        let next = ((2.0 * n + 1.0) * z * here - (n + 1.0) * before) / n;
        (before, here) = (here, next);
    }
    let energy =
        |w: &[f64]| -> f64 { w.iter().enumerate().map(|(l, w)| (2 * l + 1) as f64 * w * w).sum() };
    let scale = ((order + 1).pow(2) as f64 / energy(&weights[..=order])).sqrt();
    for weight in &mut weights {
        *weight *= scale;
    }
    weights
}

#[cfg(test)]
mod tests;
