//! The slow twin: every sample for itself, VBAP by trying every triple and every four, the balance
//! straight from its definition.

use cupola_model::{Layout, Position, TimedPoint};
use nalgebra::{Matrix3, Vector3};

const GRID: u64 = 480;

/// Renders one object in f64; a channel a loudspeaker.
pub(super) fn render(points: &[TimedPoint], layout: &Layout, signal: &[f32]) -> Vec<Vec<f64>> {
    let mut out = vec![vec![0.0; signal.len()]; layout.speakers().len()];
    let mut knots: Vec<u64> = (0..=signal.len() as u64 / GRID + 1).map(|n| n * GRID).collect();
    knots.extend(points.iter().map(|p| p.frame.0));
    knots.sort_unstable();
    knots.dedup();
    for knot in knots.windows(2) {
        let (from, to) = (gains_at(points, layout, knot[0]), gains_at(points, layout, knot[1]));
        for frame in knot[0]..knot[1].min(signal.len() as u64) {
            let t = (frame - knot[0]) as f64 / (knot[1] - knot[0]) as f64;
            for (channel, out) in out.iter_mut().enumerate() {
                let gain = from[channel] + (to[channel] - from[channel]) * t;
                out[frame as usize] = gain * f64::from(signal[frame as usize]);
            }
        }
    }
    out
}

fn gains_at(points: &[TimedPoint], layout: &Layout, frame: u64) -> Vec<f64> {
    let before = points.iter().rev().find(|p| p.frame.0 <= frame).unwrap_or(&points[0]);
    let after = points.iter().find(|p| p.frame.0 > frame).unwrap_or(before);
    let t = match after.frame.0.checked_sub(before.frame.0) {
        Some(span) if span > 0 && frame >= before.frame.0 => {
            (frame - before.frame.0) as f64 / span as f64
        }
        _ => 0.0,
    };
    let mix = |a: f64, b: f64| a * (1.0 - t) + b * t;
    let gain = mix(before.state.gain.0, after.state.gain.0);
    let gains = match (before.state.position, after.state.position) {
        (Position::Room(a), Position::Room(b)) => {
            balance(layout, [mix(a.x, b.x), mix(a.y, b.y), mix(a.z, b.z)])
        }
        (Position::Polar(a), Position::Polar(b)) => {
            let mut turn = b.azimuth_deg - a.azimuth_deg;
            if turn > 180.0 {
                turn -= 360.0;
            } else if turn < -180.0 {
                turn += 360.0;
            }
            let azimuth = (a.azimuth_deg + turn * t).to_radians();
            let elevation = mix(a.elevation_deg, b.elevation_deg).to_radians();
            vbap(layout, direction(azimuth, elevation))
        }
        _ => panic!("one system of coordinates"),
    };
    gains.into_iter().map(|g| g * gain).collect()
}

fn direction(azimuth: f64, elevation: f64) -> Vector3<f64> {
    let plan = elevation.cos();
    Vector3::new(-azimuth.sin() * plan, azimuth.cos() * plan, elevation.sin())
}

/// VBAP on a layout with loudspeakers all around at ear height, none below, and either four uppers or
/// none. What is missing above and below is one imaginary loudspeaker each, shared equally among the
/// loudspeakers next to it, which are those at ear height.
fn vbap(layout: &Layout, p: Vector3<f64>) -> Vec<f64> {
    let channels: Vec<usize> = layout.panned_channels().collect();
    let mut points: Vec<Vector3<f64>> = channels
        .iter()
        .map(|&c| layout.speakers()[c].direction)
        .map(|d| direction(d.azimuth_deg.to_radians(), d.elevation_deg.to_radians()))
        .collect();
    let ears: Vec<usize> = (0..channels.len()).filter(|&i| points[i].z.abs() < 1e-9).collect();
    points.push(-Vector3::z());
    if ears.len() == channels.len() {
        points.push(Vector3::z());
    }
    let weights = weights(&points, p);
    let energy: f64 = weights.iter().map(|(_, g)| g * g).sum();
    let mut energies = vec![0.0; layout.speakers().len()];
    for (point, gain) in weights {
        let share = gain * gain / energy;
        match channels.get(point) {
            Some(&channel) => energies[channel] += share,
            None => ears.iter().for_each(|&i| energies[channels[i]] += share / ears.len() as f64),
        }
    }
    energies.into_iter().map(f64::sqrt).collect()
}

/// Point and gain for the facet that holds `p`: of all triples around `p`, the one whose plane leaves
/// no other point outside; with a fourth point in that plane, the bilinear law among the four.
fn weights(points: &[Vector3<f64>], p: Vector3<f64>) -> Vec<(usize, f64)> {
    for i in 0..points.len() {
        for j in 0..i {
            for k in 0..j {
                let base = Matrix3::from_columns(&[points[i], points[j], points[k]]);
                let Some(inverse) = base.try_inverse().filter(|_| base.determinant().abs() > 1e-9)
                else {
                    continue;
                };
                let g = inverse * p;
                // The plane of the three is where the gains add up to one.
                let plane = |q: &Vector3<f64>| (inverse * q).sum();
                let outside = points.iter().any(|q| plane(q) > 1.0 + 1e-9);
                if outside || g.min() < -1e-12 {
                    continue;
                }
                let fourth = (0..points.len())
                    .find(|n| ![i, j, k].contains(n) && (plane(&points[*n]) - 1.0).abs() < 1e-9);
                return match fourth {
                    None => vec![(i, g[0]), (j, g[1]), (k, g[2])],
                    Some(l) => bilinear(points, [i, j, k, l], p),
                };
            }
        }
    }
    panic!("no facet holds {p:?}")
}

/// Newton's method for the fractions of the bilinear patch under `p`.
fn bilinear(points: &[Vector3<f64>], four: [usize; 4], p: Vector3<f64>) -> Vec<(usize, f64)> {
    let [a, b, c, d] = four;
    let tour = |o: &[usize; 4]| -> f64 {
        (0..4).map(|n| (points[o[n]] - points[o[(n + 1) % 4]]).norm()).sum()
    };
    let orders = [[a, b, c, d], [a, b, d, c], [a, c, b, d]];
    // The order without crossing diagonals is the shortest way round.
    let order = orders.into_iter().min_by(|x, y| tour(x).total_cmp(&tour(y))).unwrap();
    let [a, b, c, d] = order.map(|i| points[i]);
    let weights = |x: f64, y: f64| [(1.0 - x) * (1.0 - y), x * (1.0 - y), x * y, (1.0 - x) * y];
    let (mut x, mut y, mut t) = (0.5, 0.5, 0.7);
    for _ in 0..60 {
        let [wa, wb, wc, wd] = weights(x, y);
        let miss = a * wa + b * wb + c * wc + d * wd - p * t;
        let by_x = (b - a) * (1.0 - y) + (c - d) * y;
        let by_y = (d - a) * (1.0 - x) + (c - b) * x;
        let step = Matrix3::from_columns(&[by_x, by_y, -p]).try_inverse().unwrap() * miss;
        (x, y, t) = (x - step[0], y - step[1], t - step[2]);
    }
    order.into_iter().zip(weights(x, y)).collect()
}

/// Between two planes, in each between two rows, in each between two columns.
fn balance(layout: &Layout, [x, y, z]: [f64; 3]) -> Vec<f64> {
    let places: Vec<(usize, [f64; 3])> = layout
        .panned_channels()
        .map(|c| (c, layout.speakers()[c].room))
        .map(|(c, r)| (c, [r.x, r.y, r.z]))
        .collect();
    let mut gains = vec![0.0; layout.speakers().len()];
    for (plane, gz) in between(z, places.iter().map(|(_, r)| r[2])) {
        let in_plane = || places.iter().filter(move |(_, r)| r[2] == plane);
        for (row, gy) in between(y, in_plane().map(|(_, r)| r[1])) {
            let in_row = || in_plane().filter(move |(_, r)| r[1] == row);
            for (column, gx) in between(x, in_row().map(|(_, r)| r[0])) {
                let (channel, _) = in_row().find(|(_, r)| r[0] == column).unwrap();
                gains[*channel] = gx * gy * gz;
            }
        }
    }
    gains
}

/// The nearest coordinates on both sides with their gains.
fn between(at: f64, stops: impl Iterator<Item = f64>) -> Vec<(f64, f64)> {
    let (below, above): (Vec<f64>, Vec<f64>) = stops.partition(|s| *s <= at);
    let low = below.into_iter().max_by(f64::total_cmp);
    let high = above.into_iter().min_by(f64::total_cmp);
    match (low, high) {
        (Some(low), Some(high)) => {
            let angle = (at - low) / (high - low) * std::f64::consts::FRAC_PI_2;
            vec![(low, angle.cos()), (high, angle.sin())]
        }
        (one, other) => one.or(other).into_iter().map(|stop| (stop, 1.0)).collect(),
    }
}
