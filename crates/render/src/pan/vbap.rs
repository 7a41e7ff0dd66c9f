//! Vector base amplitude panning by direction. [Pulkki-1997]

use super::enclose::enclose;
use super::region::{Region, Vec3};
use super::spread::{SpreadRings, half_angle_deg};
use cupola_model::{Layout, PolarPosition};
use nalgebra::Vector3;

/// Cells along each axis of the map of likely regions.
const CELLS: usize = 16;

/// Panning by the directions of a layout's loudspeakers.
#[derive(Debug)]
pub(crate) struct Vbap {
    channels: usize,
    regions: Vec<Region>,
    /// For each region, who gets its energy.
    shares: Vec<Vec<Share>>,
    /// For each cell of the cube around the sphere, the region in its middle.
    likely: Vec<u16>,
    rings: SpreadRings,
}

/// A part of the energy of a point of the hull, which is one loudspeaker or shared by several.
#[derive(Debug)]
struct Share {
    /// Which of the weights of the region is the gain of the point.
    weight: usize,
    channel: usize,
    part: f64,
}

impl Vbap {
    pub(crate) fn new(layout: &Layout) -> Self {
        let channels: Vec<usize> = layout.panned_channels().collect();
        let real: Vec<Vector3<f64>> =
            channels.iter().map(|&c| layout.speakers()[c].direction.direction().into()).collect();
        let hull = enclose(&real);
        let own = channels.iter().map(|&channel| vec![channel]);
        let shared = hull.stand_ins.iter().map(|s| s.iter().map(|&i| channels[i]).collect());
        let sharers: Vec<Vec<usize>> = own.chain(shared).collect();
        let regions: Vec<Region> =
            hull.facets.iter().flat_map(|f| Region::of_facet(f, &hull.points)).collect();
        let shares = regions.iter().map(|region| shares(region, &sharers)).collect();
        let mut vbap = Self {
            channels: layout.speakers().len(),
            regions,
            shares,
            likely: vec![0; CELLS.pow(3)],
            rings: SpreadRings::new(),
        };
        for x in 0..CELLS {
            for y in 0..CELLS {
                for z in 0..CELLS {
                    let middle = [x, y, z].map(|n| (n as f64 + 0.5) * 2.0 / CELLS as f64 - 1.0);
                    let direction = Vector3::from(middle).normalize().into();
                    vbap.likely[cell(middle)] = vbap.region_of(direction, 0) as u16;
                }
            }
        }
        vbap
    }

    /// The gains of a source; see [`super::Panner::gains`].
    pub(crate) fn pan(&self, position: PolarPosition, size: f64, out: &mut [f64]) {
        assert_eq!(out.len(), self.channels, "one gain a loudspeaker");
        out.fill(0.0);
        let half_angle = half_angle_deg(size, position.distance);
        let mut nearby = None;
        self.rings.for_each(position, half_angle, |direction, weight| {
            let likely = nearby.unwrap_or_else(|| usize::from(self.likely[cell(direction)]));
            let region = self.region_of(direction, likely);
            self.add_energy(region, direction, weight, out);
            nearby = Some(region);
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
        let mapped = usize::from(self.likely[cell(p)]);
        if self.regions[mapped].holds(p) {
            return mapped;
        }
        let found = self.regions.iter().position(|region| region.holds(p));
        // The regions tile the sphere; only rounding in a sliver can leave a direction to none.
        found.unwrap_or_else(|| {
            let depths = self.regions.iter().map(|region| region.depth(p)).enumerate();
            depths.max_by(|a, b| a.1.total_cmp(&b.1)).map_or(likely, |(deepest, _)| deepest)
        })
    }

    /// Adds the energies of a point source, `weight` in all.
    fn add_energy(&self, index: usize, p: Vec3, weight: f64, energies: &mut [f64]) {
        let region = &self.regions[index];
        let weights = region.weights(p);
        let scale = weight / region.energy(weights);
        for share in &self.shares[index] {
            let gain = weights[share.weight];
            energies[share.channel] += gain * gain * scale * share.part;
        }
    }
}

fn shares(region: &Region, sharers: &[Vec<usize>]) -> Vec<Share> {
    let corners = region.corners.iter().enumerate();
    let shares = corners.flat_map(|(n, &corner)| {
        let part = 1.0 / sharers[corner].len() as f64;
        let weight = Region::weight_of(n);
        sharers[corner].iter().map(move |&channel| Share { weight, channel, part })
    });
    shares.collect()
}

/// The cell of a place in the cube −1..=1.
fn cell(place: Vec3) -> usize {
    // A coordinate below the cube, which only rounding makes, saturates to the first cell.
    let along = |c: f64| (((c + 1.0) * (CELLS / 2) as f64) as usize).min(CELLS - 1);
    (along(place[0]) * CELLS + along(place[1])) * CELLS + along(place[2])
}

#[cfg(test)]
mod tests;
