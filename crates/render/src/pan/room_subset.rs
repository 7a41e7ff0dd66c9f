//! The law of the room on some of a layout's loudspeakers, for sources that exclude the others.
//!
//! Which loudspeakers are left is known only when a source is panned, and nothing may be allocated
//! then, so this computes on the stack what [`RoomPanner`](super::room::RoomPanner) keeps in tables.
//! On all loudspeakers both give the same gains.

use super::room::{MAX_STOPS, Place};
use super::room_size::{Grid, Shape, Source, Sums};
use cupola_model::Layout;
use std::f64::consts::FRAC_PI_2;

/// A coordinate at which loudspeakers stand, and its neighbours on the same axis; infinite where
/// there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Stop {
    dimension: usize,
    below: f64,
    at: f64,
    above: f64,
}

/// Writes the gains of the places whose channel's bit is set in `keep`; the others are left alone.
pub(super) fn pan_among(
    all: &[Place],
    keep: u64,
    at: [f64; 3],
    sizes: [f64; 3],
    gains: &mut [f64],
) {
    let mut places = [Place::default(); Layout::MAX_SPEAKERS];
    let mut count = 0;
    for place in all.iter().filter(|place| keep >> place.channel & 1 == 1) {
        places[count] = *place;
        count += 1;
    }
    let places = &mut places[..count];
    let mut stops = [Stop::default(); MAX_STOPS];
    let stops = find_stops(places, &mut stops);
    for place in &*places {
        let [x, y, z] = place.stops.map(|stop| stops[stop].gain(at[stops[stop].dimension]));
        gains[place.channel] = x * y * z * place.share;
    }
    if sizes == [0.0; 3] || places.is_empty() {
        return;
    }
    let grid = Grid::new(stops.iter().filter(|stop| stop.dimension == 2).count());
    let source = Source::new(&grid, &Shape::of(places), at, sizes);
    let mut sums = Sums::new();
    for (index, stop) in stops.iter().enumerate() {
        let points = grid.points(stop.dimension);
        let logs = points.iter().map(|&point| stop.gain(point).ln());
        let logs = logs.zip(source.log_weights(stop.dimension).iter().copied());
        sums.add_up(index, source.power, points.len(), 0, logs);
    }
    source.widen(places, &sums, gains);
}

/// Numbers the stops of the places, each different one once, and the places that share a spot.
fn find_stops<'a>(places: &mut [Place], stops: &'a mut [Stop; MAX_STOPS]) -> &'a [Stop] {
    let mut known = 0;
    for i in 0..places.len() {
        let own = places[i].at;
        for dimension in 0..3 {
            let mut stop = Stop {
                dimension,
                below: f64::NEG_INFINITY,
                at: own[dimension],
                above: f64::INFINITY,
            };
            // All planes count on z, the rows of one plane on y, the columns of one row on x.
            let seen = places.iter().filter(|p| p.at[dimension + 1..] == own[dimension + 1..]);
            for other in seen.map(|p| p.at[dimension]) {
                if other < stop.at {
                    stop.below = stop.below.max(other);
                } else if other > stop.at {
                    stop.above = stop.above.min(other);
                }
            }
            let index = stops[..known].iter().position(|s| *s == stop).unwrap_or_else(|| {
                stops[known] = stop;
                known += 1;
                known - 1
            });
            places[i].stops[dimension] = index;
        }
        let together = places.iter().filter(|p| p.at == own).count();
        places[i].share = (together as f64).sqrt().recip();
    }
    &stops[..known]
}

impl Stop {
    /// Its part of the balance of a coordinate.
    fn gain(&self, at: f64) -> f64 {
        if at == self.at {
            1.0
        } else if at < self.at {
            let falls = (at - self.below) / (self.at - self.below) * FRAC_PI_2;
            if self.below.is_infinite() { 1.0 } else { falls.max(0.0).sin() }
        } else {
            let falls = (at - self.at) / (self.above - self.at) * FRAC_PI_2;
            if self.above.is_infinite() {
                1.0
            } else if at < self.above {
                falls.cos()
            } else {
                0.0
            }
        }
    }
}

#[cfg(test)]
mod tests;
