//! The polar point source panner. [BS.2127-0 §6.1]

use super::region::{EDGE, Region};
use super::speakers::{Speaker, speakers};
use crate::RenderError;
use crate::pan::hull::facets;
use crate::pan::region::Vec3;
use cupola_model::{Layout, PolarPosition};
use nalgebra::Vector3;

/// Points of the hull at most: every loudspeaker, a twin above and one below it, and two poles.
pub(super) const MAX_POINTS: usize = 3 * Layout::MAX_SPEAKERS + 2;

/// Gains of a point source by its direction.
#[derive(Debug)]
pub(super) enum PointPanner {
    Surround(Regions),
    Stereo(Stereo),
}

impl PointPanner {
    pub(super) fn new(layout: &Layout, speakers: &[Speaker]) -> Result<Self, RenderError> {
        let of = |label: &str| speakers.iter().find(|s| s.label == label).map(|s| s.channel);
        match (of("M+030"), of("M-030"), speakers.len()) {
            (Some(left), Some(right), 2) => Ok(Self::Stereo(Stereo::new(left, right)?)),
            _ => Regions::new(&layout.name, speakers).map(Self::Surround),
        }
    }

    /// Writes the gains of a place, whose distance does not matter, in channels of the layout.
    /// False, and silence, where no region accepts it.
    pub(super) fn gains(&self, p: Vec3, out: &mut [f64]) -> bool {
        match self {
            Self::Surround(regions) => regions.gains(p, out),
            Self::Stereo(stereo) => stereo.gains(p, out),
        }
    }
}

/// The point source panner of a layout by itself.
#[derive(Debug)]
pub(crate) struct LoudspeakerPoints(PointPanner);

impl LoudspeakerPoints {
    pub(crate) fn new(layout: &Layout) -> Result<Self, RenderError> {
        PointPanner::new(layout, &speakers(layout)?).map(Self)
    }

    /// Writes the gains of a direction; silence where no region accepts it.
    pub(crate) fn gains(&self, direction: Vec3, out: &mut [f64]) {
        self.0.gains(direction, out);
    }
}

/// The facets of the loudspeakers' hull.
#[derive(Debug)]
pub(super) struct Regions {
    regions: Vec<Region>,
    /// For each point, the channel that plays it.
    channels: Vec<usize>,
}

impl Regions {
    fn new(name: &str, speakers: &[Speaker]) -> Result<Self, RenderError> {
        let refuse = |reason: String| RenderError::Bs2127Layout { layout: name.to_owned(), reason };
        let twins = twins(speakers);
        let own = speakers.iter().map(|s| (s.channel, s.nominal, s.real));
        let points: Vec<(usize, PolarPosition, PolarPosition)> = own.chain(twins).collect();
        let mut nominal: Vec<Vector3<f64>> =
            points.iter().map(|p| p.1.direction().into()).collect();
        let mut real: Vec<Vec3> = points.iter().map(|p| p.2.direction()).collect();
        let poles: Vec<usize> = poles(speakers)
            .map(|pole| {
                nominal.push(pole.into());
                real.push(pole);
                real.len() - 1
            })
            .collect();
        let hull = facets(&nominal);
        let mut regions = Vec::new();
        for &pole in &poles {
            let touching = hull.iter().filter(|f| f.corners.contains(&pole));
            let mut ring: Vec<usize> = touching.flat_map(|f| f.corners.iter().copied()).collect();
            ring.sort_unstable();
            ring.dedup();
            ring.retain(|&corner| corner != pole);
            if ring.len() < 3 || ring.iter().any(|corner| poles.contains(corner)) {
                return Err(refuse("its loudspeakers do not surround the listener".to_owned()));
            }
            ring.sort_by(|&a, &b| points[a].1.azimuth_deg.total_cmp(&points[b].1.azimuth_deg));
            regions.push(Region::ring(ring, real[pole], &real));
        }
        for facet in hull.iter().filter(|f| !f.corners.iter().any(|c| poles.contains(c))) {
            regions.push(match facet.corners[..] {
                [a, b, c] => Region::triplet([a, b, c], &real),
                [a, b, c, d] => Some(Region::quad([a, b, c, d], &real)),
                _ => {
                    return Err(refuse(format!(
                        "{} of its loudspeakers lie in one plane; the recommendation pans among \
                         three or four",
                        facet.corners.len()
                    )));
                }
            });
        }
        let regions = regions.into_iter().collect::<Option<Vec<_>>>().ok_or_else(|| {
            refuse("three of its loudspeakers lie in one plane with the listener".to_owned())
        })?;
        Ok(Self { regions, channels: points.iter().map(|p| p.0).collect() })
    }

    fn gains(&self, p: Vec3, out: &mut [f64]) -> bool {
        out.fill(0.0);
        let mut at_points = [0.0; MAX_POINTS];
        // Real positions can leave a crack between two regions that their nominal ones have not.
        let found = [EDGE, 1e-6, 1e-2]
            .into_iter()
            .any(|edge| self.regions.iter().any(|region| region.add(p, edge, &mut at_points)));
        for (&channel, gain) in self.channels.iter().zip(at_points) {
            out[channel] += gain;
        }
        if found {
            normalise(out);
        }
        found
    }
}

/// Twins above and below the loudspeakers of the middle layer where the upper or lower layer leaves
/// a gap, so that height above a gap is sought among the loudspeakers around it: the channel that
/// plays each, and where it stands. [BS.2127-0 §6.1.3.1]
fn twins(speakers: &[Speaker]) -> Vec<(usize, PolarPosition, PolarPosition)> {
    let mut twins = Vec::new();
    for (elevation, from, to) in [(-30.0, -70.0, -10.0), (30.0, 10.0, 70.0)] {
        let layer = || speakers.iter().filter(|s| s.is_in_layer(from, to));
        let count = layer().count();
        // Room enough that a source moving along the gap does not jump in height.
        let widest = layer().map(|s| s.nominal.azimuth_deg.abs() + 40.0).fold(0.0, f64::max);
        let real_elevation = if count == 0 {
            elevation
        } else {
            layer().map(|s| s.real.elevation_deg).sum::<f64>() / count as f64
        };
        let middle = speakers.iter().filter(|s| s.is_in_layer(-10.0, 10.0));
        for speaker in middle.filter(|s| s.nominal.azimuth_deg.abs() >= widest - 1e-5) {
            twins.push((
                speaker.channel,
                PolarPosition::on_sphere(speaker.nominal.azimuth_deg, elevation),
                PolarPosition::on_sphere(speaker.real.azimuth_deg, real_elevation),
            ));
        }
    }
    twins
}

/// Virtual loudspeakers at the poles, except where a real one stands or may stand.
fn poles(speakers: &[Speaker]) -> impl Iterator<Item = Vec3> {
    let stands_at = |elevation: f64| {
        speakers.iter().any(|s| (s.nominal.elevation_deg - elevation).abs() < 1e-6)
    };
    let floor = (!stands_at(-90.0)).then_some([0.0, 0.0, -1.0]);
    let above = speakers.iter().any(|s| s.label == "UH+180") || stands_at(90.0);
    let ceiling = (!above).then_some([0.0, 0.0, 1.0]);
    floor.into_iter().chain(ceiling)
}

fn normalise(gains: &mut [f64]) {
    let scale = gains.iter().map(|g| g * g).sum::<f64>().sqrt().recip();
    for gain in gains {
        *gain *= scale;
    }
}

/// Two loudspeakers play what five would: 0+5+0, folded down. [BS.2127-0 §6.1.2.4]
#[derive(Debug)]
pub(super) struct Stereo {
    left: usize,
    right: usize,
    five: Regions,
}

impl Stereo {
    fn new(left: usize, right: usize) -> Result<Self, RenderError> {
        let five = [
            ("M+030", 30.0),
            ("M-030", -30.0),
            ("M+000", 0.0),
            ("M+110", 110.0),
            ("M-110", -110.0),
        ];
        let speakers = five.iter().enumerate().map(|(channel, &(label, azimuth))| {
            let at = PolarPosition::on_sphere(azimuth, 0.0);
            Speaker { channel, label: label.to_owned(), nominal: at, real: at, cube: [0.0; 3] }
        });
        let speakers: Vec<Speaker> = speakers.collect();
        Ok(Self { left, right, five: Regions::new("0+5+0", &speakers)? })
    }

    fn gains(&self, p: Vec3, out: &mut [f64]) -> bool {
        let mut five = [0.0; 5];
        let found = self.five.gains(p, &mut five);
        let [l, r, c, ls, rs] = five;
        // The centre at 1/√3, not 1/√2: that keeps the direction of the gains' sum.
        let centre = c / 3.0_f64.sqrt();
        let (left, right) = (l + centre + ls * 0.5_f64.sqrt(), r + centre + rs * 0.5_f64.sqrt());
        let (front, back) = (l.max(r).max(c), ls.max(rs));
        let level = 0.5_f64.powf(0.5 * back / (front + back)) / left.hypot(right);
        out.fill(0.0);
        out[self.left] = if found { left * level } else { 0.0 };
        out[self.right] = if found { right * level } else { 0.0 };
        found
    }
}
