//! Vector base amplitude panning by direction. [Pulkki-1997]

use super::enclose::enclose;
use super::region::{Region, Vec3};
use super::spread::{SpreadRings, half_angle_deg};
use cupola_model::{Layout, PolarPosition};
use nalgebra::Vector3;

/// Panning by the directions of a layout's loudspeakers.
#[derive(Debug)]
pub(super) struct Vbap {
    channels: usize,
    regions: Vec<Region>,
    /// For each point of the hull, the channels that share its energy equally.
    sharers: Vec<Vec<usize>>,
    rings: SpreadRings,
}

impl Vbap {
    pub(super) fn new(layout: &Layout) -> Self {
        let channels: Vec<usize> = layout.panned_channels().collect();
        let real: Vec<Vector3<f64>> =
            channels.iter().map(|&c| layout.speakers()[c].direction.direction().into()).collect();
        let hull = enclose(&real);
        let own = channels.iter().map(|&channel| vec![channel]);
        let shared = hull.stand_ins.iter().map(|s| s.iter().map(|&i| channels[i]).collect());
        Self {
            channels: layout.speakers().len(),
            regions: hull.facets.iter().flat_map(|f| Region::of_facet(f, &hull.points)).collect(),
            sharers: own.chain(shared).collect(),
            rings: SpreadRings::new(),
        }
    }

    /// The gains of a source; see [`super::Panner::gains`].
    pub(super) fn pan(&self, position: PolarPosition, size: f64, out: &mut [f64]) {
        assert_eq!(out.len(), self.channels, "one gain a loudspeaker");
        out.fill(0.0);
        let half_angle = half_angle_deg(size, position.distance);
        let mut nearby = 0;
        self.rings.for_each(position, half_angle, |direction, weight| {
            nearby = self.region_of(direction, nearby);
            self.add_energy(nearby, direction, weight, out);
        });
        for gain in out {
            *gain = gain.sqrt();
        }
    }

    /// The region that holds a direction; asks a likely one first.
    fn region_of(&self, p: Vec3, likely: usize) -> usize {
        if self.regions[likely].holds(p) {
            return likely;
        }
        let found = self.regions.iter().position(|region| region.holds(p));
        // The regions tile the sphere; only rounding in a sliver can leave a direction to none.
        found.unwrap_or_else(|| {
            let depths = self.regions.iter().map(|region| region.depth(p)).enumerate();
            depths.max_by(|a, b| a.1.total_cmp(&b.1)).map_or(likely, |(deepest, _)| deepest)
        })
    }

    /// Adds the energies of a point source, `weight` in all.
    fn add_energy(&self, region: usize, p: Vec3, weight: f64, energies: &mut [f64]) {
        let region = &self.regions[region];
        let weights = region.weights(p);
        let mut total = 0.0;
        region.for_each_gain(&weights, |_, gain| total += gain * gain);
        let scale = weight / total;
        region.for_each_gain(&weights, |corner, gain| {
            let sharers = &self.sharers[corner];
            let share = gain * gain * scale / sharers.len() as f64;
            for &channel in sharers {
                energies[channel] += share;
            }
        });
    }
}

#[cfg(test)]
mod tests;
