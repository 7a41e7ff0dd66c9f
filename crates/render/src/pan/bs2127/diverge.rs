//! Divergence: one source becomes three. [BS.2127-0 §7.3.7]

use super::geometry::{azimuth, elevation, in_basis, length, local_basis, place};
use super::metadata::Divergence;
use crate::pan::region::Vec3;

/// The sources with their share of the energy.
pub(super) fn sources(at: Vec3, divergence: Divergence, cartesian: bool) -> [(f64, Vec3); 3] {
    let side = divergence.value / (divergence.value + 1.0);
    let middle = (1.0 - divergence.value) / (divergence.value + 1.0);
    let [left, right, at] = if cartesian {
        let range = divergence.position_range.unwrap_or(0.0);
        let [x, y, z] = at;
        [[x + range, y, z], [x - range, y, z], at].map(|p| p.map(|c| c.clamp(-1.0, 1.0)))
    } else {
        let range = divergence.azimuth_range.unwrap_or(Divergence::AZIMUTH_RANGE_DEG);
        let basis = local_basis(azimuth(at), elevation(at));
        let beside = |range: f64| in_basis(&basis, place(range, 0.0, length(at)));
        [beside(range), beside(-range), at]
    };
    [(middle, at), (side, left), (side, right)]
}
