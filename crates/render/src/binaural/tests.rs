//! The renderer against twins that share nothing with it: sums over taps in f64, infinite
//! fractional delays, triangles found by trying all of them.

mod acceptance;
mod circling;
mod field;
mod figures;
mod geometry;
mod head;
mod moving;
mod paths;
mod room;
mod still;
mod twin;
mod via;
