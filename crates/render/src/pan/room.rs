//! Panning by place in the room: balance between planes, rows and columns of loudspeakers.
//!
//! The law of the Cartesian path of [BS.2127-0 §7], which the renderers of Atmos share. Along z the
//! source lies between two planes of loudspeakers; in each plane along y between two rows; in each
//! row along x between two columns. Each balance is a cosine and a sine, so the energy is 1.

use super::room_size::SizeTables;
use super::room_subset::pan_among;
use cupola_model::{Layout, RoomPosition};
use std::f64::consts::FRAC_PI_2;

/// Gains along one axis for all coordinates at which loudspeakers stand on it: at most one on z, one
/// a plane on y, one a row on x, each with at most as many stops as there are loudspeakers.
pub(super) const MAX_STOPS: usize = 3 * Layout::MAX_SPEAKERS;

/// The coordinates at which loudspeakers stand along one axis, among those the axis can see: all
/// planes, the rows of one plane, or the columns of one row.
#[derive(Debug)]
pub(super) struct Axis {
    /// 0 x, 1 y, 2 z.
    pub dimension: usize,
    /// Index of the first stop among the stops of all axes.
    pub first: usize,
    /// Rising coordinates.
    pub stops: Vec<f64>,
}

/// A loudspeaker as the balance sees it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    /// Channel of the layout.
    pub channel: usize,
    /// Its room coordinates.
    pub at: [f64; 3],
    /// Its stop on x, y and z.
    pub stops: [usize; 3],
    /// Below 1 where several loudspeakers stand at the same place and share its energy.
    pub share: f64,
}

/// Panning by the room coordinates of a layout's loudspeakers.
#[derive(Debug)]
pub(crate) struct RoomPanner {
    channels: usize,
    axes: Vec<Axis>,
    places: Vec<Place>,
    size: SizeTables,
}

impl RoomPanner {
    pub(crate) fn new(layout: &Layout) -> Self {
        let rooms: Vec<(usize, [f64; 3])> = layout
            .panned_channels()
            .map(|channel| {
                let room = layout.speakers()[channel].room;
                // Adding zero turns −0 into 0, so that equal coordinates are equal in bits.
                (channel, [room.x + 0.0, room.y + 0.0, room.z + 0.0])
            })
            .collect();
        let mut axes = Axes::default();
        let places: Vec<Place> = rooms
            .iter()
            .map(|&(channel, [x, y, z])| {
                let seen = |dimension: usize, keep: &dyn Fn(&[f64; 3]) -> bool| {
                    rooms.iter().map(|(_, r)| r).filter(|r| keep(r)).map(|r| r[dimension]).collect()
                };
                let planes = seen(2, &|_| true);
                let rows = seen(1, &|r| r[2] == z);
                let columns = seen(0, &|r| r[2] == z && r[1] == y);
                let stops =
                    [axes.stop(0, columns, x), axes.stop(1, rows, y), axes.stop(2, planes, z)];
                let together = rooms.iter().filter(|(_, r)| *r == [x, y, z]).count();
                Place { channel, at: [x, y, z], stops, share: (together as f64).sqrt().recip() }
            })
            .collect();
        let size = SizeTables::new(&axes.0, &places);
        Self { channels: layout.speakers().len(), axes: axes.0, places, size }
    }

    /// The gains of a source; see [`super::Panner::gains`].
    ///
    /// Between size 0 and the smallest size above it the law of [BS.2127-0 §7] has a step.
    pub(crate) fn pan(&self, position: RoomPosition, size: f64, out: &mut [f64]) {
        self.pan_sized([position.x, position.y, position.z], [size; 3], out);
    }

    /// The same with a size for each of x, y and z.
    pub(super) fn pan_sized(&self, at: [f64; 3], sizes: [f64; 3], out: &mut [f64]) {
        assert_eq!(out.len(), self.channels, "one gain a loudspeaker");
        out.fill(0.0);
        let mut balance = [0.0; MAX_STOPS];
        for axis in &self.axes {
            axis.balance(at[axis.dimension], &mut balance);
        }
        for place in &self.places {
            let [x, y, z] = place.stops.map(|stop| balance[stop]);
            out[place.channel] = x * y * z * place.share;
        }
        if sizes != [0.0; 3] {
            self.size.widen(&self.places, at, sizes, out);
        }
    }

    /// The same as if the layout had only the channels whose bit is set in `keep`.
    pub(super) fn pan_among(&self, keep: u64, at: [f64; 3], sizes: [f64; 3], out: &mut [f64]) {
        assert_eq!(out.len(), self.channels, "one gain a loudspeaker");
        out.fill(0.0);
        pan_among(&self.places, keep, at, sizes, out);
    }
}

/// Different axes only, so that rows alike are computed once.
#[derive(Default)]
struct Axes(Vec<Axis>);

impl Axes {
    /// The stop of coordinate `at` on the axis of these coordinates.
    fn stop(&mut self, dimension: usize, mut stops: Vec<f64>, at: f64) -> usize {
        stops.sort_by(f64::total_cmp);
        stops.dedup();
        let known = self.0.iter().position(|a| a.dimension == dimension && a.stops == stops);
        let index = known.unwrap_or_else(|| {
            let first = self.0.last().map_or(0, |a| a.first + a.stops.len());
            self.0.push(Axis { dimension, first, stops });
            self.0.len() - 1
        });
        let axis = &self.0[index];
        let place = axis.stops.iter().position(|&s| s == at);
        axis.first + place.expect("a loudspeaker stands on its own axis")
    }
}

impl Axis {
    /// Writes the balance of a coordinate among the stops; the other entries must be 0.
    pub(super) fn balance(&self, at: f64, gains: &mut [f64; MAX_STOPS]) {
        let above = self.stops.partition_point(|&s| s <= at);
        let gains = &mut gains[self.first..self.first + self.stops.len()];
        if above == 0 {
            gains[0] = 1.0;
        } else if above == self.stops.len() || self.stops[above - 1] == at {
            gains[above - 1] = 1.0;
        } else {
            let (low, high) = (self.stops[above - 1], self.stops[above]);
            let (sin, cos) = ((at - low) / (high - low) * FRAC_PI_2).sin_cos();
            gains[above - 1] = cos;
            gains[above] = sin;
        }
    }
}

#[cfg(test)]
mod tests;
