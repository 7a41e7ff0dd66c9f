//! Kaiser's window, and what is cut out of a sinc with it.

use std::f64::consts::PI;

/// Kaiser's window at a place from −1 to 1, 0 outside; a greater `beta` trades width for depth.
pub(crate) fn window(place: f64, beta: f64) -> f64 {
    let inside = 1.0 - place * place;
    if inside <= 0.0 { 0.0 } else { bessel(beta * inside.sqrt()) / bessel(beta) }
}

/// A sinc within the window, `half` samples to either side: what stands between samples when a signal
/// is read `at` samples from one of them.
pub(crate) fn sinc(at: f64, half: f64, beta: f64) -> f64 {
    let sinc = if at == 0.0 { 1.0 } else { (PI * at).sin() / (PI * at) };
    sinc * window(at / half, beta)
}

/// The modified Bessel function of order 0, by its series.
fn bessel(x: f64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    for k in 1..40 {
        term *= (x / 2.0 / f64::from(k)).powi(2);
        sum += term;
    }
    sum
}
