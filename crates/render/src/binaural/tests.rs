//! The renderer against twins that share nothing with it: sums over taps in f64, infinite
//! fractional delays, triangles found by trying all of them.

mod geometry;
mod moving;
mod paths;
mod still;
mod twin;
