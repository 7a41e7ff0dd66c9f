//! Sources with an extent, by direction. [BS.2127-0 §7.3.8]
//!
//! The gains of a grid of virtual sources are added up, as amplitudes, with a weight that is 1 inside
//! a rectangle with round ends and falls to 0 over 10° outside. Trigonometry is needed in that margin
//! alone; elsewhere dot products decide.

use super::geometry::{azimuth, elevation, in_basis, length, local_basis, place, polyline, scaled};
use super::point::PointPanner;
use crate::pan::region::{Vec3, dot};
use cupola_model::Layout;
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

/// Rows of the grid, 5° apart.
const ROWS: u32 = 37;

/// The margin over which the weight falls, and the extent below which the point source is mixed in.
const FADE_DEG: f64 = 10.0;

/// The virtual sources and their gains on a layout.
#[derive(Debug)]
pub(super) struct Extent {
    channels: usize,
    grid: Vec<Vec3>,
    /// For each point of the grid one gain a channel.
    gains: Vec<f64>,
}

impl Extent {
    /// Nothing if some direction cannot be panned to.
    pub(super) fn new(point: &PointPanner, channels: usize) -> Option<Self> {
        let grid = grid();
        let mut gains = vec![0.0; grid.len() * channels];
        let rows = gains.chunks_exact_mut(channels);
        let all = grid.iter().zip(rows).all(|(&p, row)| point.gains(p, row));
        all.then_some(Self { channels, grid, gains })
    }

    /// Writes the gains of a source; its distance changes the extent.
    pub(super) fn gains(
        &self,
        point: &PointPanner,
        at: Vec3,
        [width, height, depth]: [f64; 3],
        out: &mut [f64],
    ) {
        let distance = length(at);
        let at_end = |end: f64| [extent_at(width, end), extent_at(height, end)];
        if depth == 0.0 {
            self.energies(point, at, at_end(distance), out);
        } else {
            let mut far = [0.0; Layout::MAX_SPEAKERS];
            let far = &mut far[..self.channels];
            self.energies(point, at, at_end((distance + depth / 2.0).max(0.0)), far);
            self.energies(point, at, at_end((distance - depth / 2.0).max(0.0)), out);
            for (near, far) in out.iter_mut().zip(far) {
                *near = (*near + *far) / 2.0;
            }
        }
        for gain in out {
            *gain = gain.sqrt();
        }
    }

    /// The squared gains of a source of this width and height at distance 1.
    fn energies(&self, point: &PointPanner, at: Vec3, [width, height]: [f64; 2], out: &mut [f64]) {
        let spread = polyline(width.max(height), &[(0.0, 0.0), (FADE_DEG, 1.0)]);
        let mut energies = [0.0; Layout::MAX_SPEAKERS];
        let energies = &mut energies[..self.channels];
        if 1.0 - spread > 1e-10 {
            point.gains(at, out);
            for (energy, gain) in energies.iter_mut().zip(&*out) {
                *energy += (1.0 - spread) * gain * gain;
            }
        }
        if spread > 1e-10 {
            let window = Window::new(at, width.max(FADE_DEG / 2.0), height.max(FADE_DEG / 2.0));
            self.sum(&window, out);
            let scale = spread / out.iter().map(|g| g * g).sum::<f64>();
            for (energy, gain) in energies.iter_mut().zip(&*out) {
                *energy += scale * gain * gain;
            }
        }
        out.copy_from_slice(energies);
    }

    fn sum(&self, window: &Window, out: &mut [f64]) {
        out.fill(0.0);
        for (&p, gains) in self.grid.iter().zip(self.gains.chunks_exact(self.channels)) {
            let weight = window.weight(p);
            if weight > 0.0 {
                for (sum, gain) in out.iter_mut().zip(gains) {
                    *sum += weight * gain;
                }
            }
        }
    }
}

/// Points spread evenly over the sphere, row by row from below.
fn grid() -> Vec<Vec3> {
    let rows = (0..ROWS).map(|row| -90.0 + 180.0 * f64::from(row) / f64::from(ROWS - 1));
    let points = rows.flat_map(|elevation| {
        let around = 2.0 * f64::from(ROWS - 1) * elevation.to_radians().cos();
        let count = around.round().max(1.0);
        (0..count as u32).map(move |k| place(f64::from(k) * (360.0 / count), elevation, 1.0))
    });
    points.collect()
}

/// The extent a source shows from a distance: all around at 0, its own at 1, less beyond.
fn extent_at(extent: f64, distance: f64) -> f64 {
    let size = polyline(extent, &[(0.0, 0.2), (360.0, 1.0)]);
    let seen = |distance: f64| 4.0 * size.atan2(distance).to_degrees();
    polyline(seen(distance), &[(0.0, 0.0), (seen(1.0), extent), (360.0, 360.0)])
}

/// Where the virtual sources count.
struct Window {
    /// Across, ahead, and along the short side.
    basis: [Vec3; 3],
    /// The middles of the round ends.
    ends: [Vec3; 2],
    /// Angle from the source to the middles of the ends, and its cosine.
    reach: f64,
    reach_cos: f64,
    /// Radius of the ends, its cosine, and the cosine of the radius and the margin.
    radius: f64,
    radius_cos: f64,
    margin_cos: f64,
}

impl Window {
    fn new(at: Vec3, width_deg: f64, height_deg: f64) -> Self {
        let mut basis = basis_towards(at);
        let (mut wide, mut radius) = (width_deg.to_radians() / 2.0, height_deg.to_radians() / 2.0);
        if radius > wide {
            std::mem::swap(&mut wide, &mut radius);
            basis.swap(0, 2);
        }
        // From 180° on the two ends grow together behind the listener, except for tall sources.
        let closed = polyline(wide, &[(0.0, 0.0), (FRAC_PI_2, FRAC_PI_2), (PI, PI + radius)]);
        let wide =
            polyline(radius, &[(0.0, closed), (FRAC_PI_4, closed), (FRAC_PI_2, wide), (PI, wide)]);
        let reach = wide - radius;
        let ends = [-reach, reach].map(|a| in_basis(&basis, [a.sin(), a.cos(), 0.0]));
        let cos = |angle: f64| if angle < PI { angle.cos() } else { -2.0 };
        Self {
            basis,
            ends,
            reach,
            reach_cos: cos(reach),
            radius,
            radius_cos: cos(radius),
            margin_cos: cos(radius + FADE_DEG.to_radians()),
        }
    }

    /// How much a virtual source counts, 0 to 1.
    fn weight(&self, p: Vec3) -> f64 {
        let to_end = dot(self.ends[0], p).max(dot(self.ends[1], p));
        if to_end >= self.radius_cos {
            return 1.0;
        }
        let [across, ahead, up] = self.basis.map(|axis| dot(axis, p));
        let beyond = if self.is_between_ends(across, ahead) {
            up.abs().min(1.0).asin() - self.radius
        } else if to_end <= self.margin_cos {
            return 0.0;
        } else {
            to_end.clamp(-1.0, 1.0).acos() - self.radius
        };
        (1.0 - beyond / FADE_DEG.to_radians()).clamp(0.0, 1.0)
    }

    fn is_between_ends(&self, across: f64, ahead: f64) -> bool {
        if self.reach >= PI {
            return true;
        }
        ahead >= self.reach_cos * across.hypot(ahead)
    }
}

/// The local basis of a direction; ahead where there is none, turned to the front at the poles.
fn basis_towards(at: Vec3) -> [Vec3; 3] {
    let distance = length(at);
    let towards = if distance < 1e-10 { [0.0, 1.0, 0.0] } else { scaled(at, distance.recip()) };
    let elevation = elevation(towards);
    let at_pole = elevation.abs() > 90.0 - 1e-5;
    local_basis(if at_pole { 0.0 } else { azimuth(towards) }, elevation)
}

#[cfg(test)]
mod tests;
