//! Finding triangles.

use super::twin::*;
use crate::binaural::locate::Locator;

#[test]
fn the_walk_finds_what_trying_all_triangles_finds_from_anywhere() {
    let set = set();
    let locator = Locator::new(&set).unwrap();
    let mut noise = Noise::new(1);
    for _ in 0..500 {
        let (z, turn) = (2.0 * noise.next() - 1.0, std::f64::consts::TAU * noise.next());
        let r = (1.0 - z * z).sqrt();
        let u = [r * turn.sin(), r * turn.cos(), z];
        let hint = (noise.next() * set.triangles.len() as f64) as usize;
        let found = locator.locate(u, hint);
        let mut got: Vec<(usize, f64)> =
            found.corners.iter().map(|&c| c as usize).zip(found.weights).collect();
        let mut wanted = barycentric(&set, u).to_vec();
        got.sort_by_key(|g| g.0);
        wanted.sort_by_key(|g| g.0);
        for (g, w) in got.iter().zip(&wanted) {
            assert!(g.0 == w.0 && (g.1 - w.1).abs() < 1e-9, "{u:?}: {got:?}, not {wanted:?}");
        }
    }
}

#[test]
fn a_stored_direction_is_found_as_itself() {
    let set = set();
    let locator = Locator::new(&set).unwrap();
    for (i, &u) in set.directions.iter().enumerate() {
        let found = locator.locate(u, 0);
        let share: f64 = found
            .corners
            .iter()
            .zip(found.weights)
            .filter(|(c, _)| **c as usize == i)
            .map(|p| p.1)
            .sum();
        assert!((share - 1.0).abs() < 1e-9, "direction {i} has only {share} of itself");
    }
}
