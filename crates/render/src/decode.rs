//! Ambisonic beds to loudspeakers: which component goes where, how loud.

use crate::RenderError;
use crate::pan::PannerChoice;
use crate::pan::bs2127::LoudspeakerPoints;
use crate::pan::harmonics::HarmonicPanner;
use crate::pan::vbap::Vbap;
use cupola_model::ambisonics::order_and_degree;
use cupola_model::{AmbisonicFormat, AmbisonicOrder, AmbisonicScale, Layout, PolarPosition};
use std::f64::consts::FRAC_PI_2;

/// Directions spread evenly over the sphere; see `data/README.md`.
static POINTS: &[u8] = include_bytes!("../data/sphere_5200.bin");

/// Decodes ambisonic sound to the loudspeakers of a layout, all-round: it is sampled at many directions,
/// and each of them is panned as a point source. The whole is scaled so that a plane wave has, on the
/// mean over all directions, the energy it came with. [BS.2127-0 §9] [AllRAD-2012]
///
/// The points are panned by the point source panner of the recommendation. It cannot pan to every layout;
/// unless the choice is [`PannerChoice::Bs2127`], vector base amplitude panning takes its place there.
/// An LFE gets nothing.
#[derive(Debug)]
pub struct AmbisonicDecoder {
    channels: usize,
    directions: Vec<[f64; 3]>,
    /// For every direction the gain of every channel.
    gains: Vec<f64>,
}

impl AmbisonicDecoder {
    /// A decoder for a layout. Costs milliseconds; make it once. Only [`PannerChoice::Bs2127`] can fail,
    /// on a layout the recommendation cannot pan to.
    ///
    /// ```
    /// use cupola_model::*;
    /// use cupola_render::{AmbisonicDecoder, PannerChoice};
    /// let speaker = |name: &str, azimuth, x| Speaker { name: name.into(), label: name.into(),
    ///     direction: PolarPosition::on_sphere(azimuth, 0.0),
    ///     room: RoomPosition { x, y: 1.0, z: 0.0 }, lfe: false };
    /// let stereo = Layout::new("2.0", vec![speaker("M+030", 30.0, -1.0),
    ///     speaker("M-030", -30.0, 1.0)])?;
    /// let decoder = AmbisonicDecoder::new(PannerChoice::Bs2127, &stereo)?;
    /// // W is heard alike at both sides, Y in opposite phase.
    /// let matrix = decoder.matrix(AmbisonicScale::Sn3d, &[0, 1]);
    /// assert!((matrix[0][0] - matrix[0][1]).abs() < 1e-3 && matrix[1][0] * matrix[1][1] < 0.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(choice: PannerChoice, layout: &Layout) -> Result<Self, RenderError> {
        let channels = layout.speakers().len();
        let directions = directions();
        let mut gains = vec![0.0; channels * directions.len()];
        let by_direction = directions.iter().zip(gains.chunks_exact_mut(channels));
        match LoudspeakerPoints::new(layout) {
            Ok(points) => by_direction.for_each(|(at, gains)| points.gains(*at, gains)),
            Err(error) if choice == PannerChoice::Bs2127 => return Err(error),
            Err(_) => {
                let vbap = Vbap::new(layout);
                by_direction.for_each(|(at, gains)| vbap.pan(polar(*at), 0.0, gains));
            }
        }
        Ok(Self { channels, directions, gains })
    }

    /// For each of these components, ambisonic channel numbers below 64, its gain in every channel of
    /// the layout. Empty without components.
    pub fn matrix(&self, scale: AmbisonicScale, components: &[usize]) -> Vec<Vec<f64>> {
        let harmonics = harmonics(&self.directions, components);
        let count = components.len();
        let mut matrix = vec![vec![0.0; self.channels]; count];
        for (gains, values) in self.points().zip(harmonics.chunks_exact(count.max(1))) {
            for (row, value) in matrix.iter_mut().zip(values) {
                for (sum, gain) in row.iter_mut().zip(gains) {
                    *sum += gain * value;
                }
            }
        }
        let scales = components.iter().map(|&number| n3d(number) / scale.on_sn3d(number));
        let level = self.level(&matrix, &harmonics);
        for (row, scale) in matrix.iter_mut().zip(scales) {
            row.iter_mut().for_each(|gain| *gain *= scale / level);
        }
        matrix
    }

    /// Root of the mean energy of plane waves of N3D.
    fn level(&self, matrix: &[Vec<f64>], harmonics: &[f64]) -> f64 {
        let mut energy = 0.0;
        let mut heard = vec![0.0; self.channels];
        for values in harmonics.chunks_exact(matrix.len().max(1)) {
            heard.fill(0.0);
            for (row, value) in matrix.iter().zip(values) {
                for (sum, gain) in heard.iter_mut().zip(row) {
                    *sum += gain * value;
                }
            }
            energy += heard.iter().map(|sum| sum * sum).sum::<f64>();
        }
        (energy / self.directions.len() as f64).sqrt()
    }

    fn points(&self) -> impl Iterator<Item = &[f64]> {
        self.gains.chunks_exact(self.channels)
    }
}

/// Right, front and up of every point.
fn directions() -> Vec<[f64; 3]> {
    let angle = |bytes: &[u8]| f64::from_le_bytes(bytes.try_into().expect("chunks of eight bytes"));
    let points = POINTS.chunks_exact(16).map(|point| (angle(&point[..8]), angle(&point[8..])));
    let direction =
        |(phi, theta): (f64, f64)| [theta.sin() * phi.cos(), theta.sin() * phi.sin(), theta.cos()];
    points.map(direction).collect()
}

fn polar([right, front, up]: [f64; 3]) -> PolarPosition {
    let elevation = FRAC_PI_2 - right.hypot(front).atan2(up);
    PolarPosition::on_sphere((-right).atan2(front).to_degrees(), elevation.to_degrees())
}

/// How many times as large a component is on N3D as on SN3D.
pub(crate) fn n3d(number: usize) -> f64 {
    AmbisonicScale::N3d.on_sn3d(number)
}

/// For every direction the values of the components on N3D.
pub(crate) fn harmonics(directions: &[[f64; 3]], components: &[usize]) -> Vec<f64> {
    let order = components.iter().map(|&number| order_and_degree(number).0).max();
    let order = AmbisonicOrder::new(order.unwrap_or(0).max(1)).expect("components are below 64");
    let panner = HarmonicPanner::new(AmbisonicFormat::AmbiX(order));
    let mut all = vec![0.0; order.channels()];
    let mut values = Vec::with_capacity(directions.len() * components.len());
    for direction in directions {
        panner.point(*direction, &mut all);
        values.extend(components.iter().map(|&number| all[number] * n3d(number)));
    }
    values
}

#[cfg(test)]
mod tests;
