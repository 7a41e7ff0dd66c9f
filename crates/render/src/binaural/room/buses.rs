//! The fixed directions that sources are panned to on their way into the room.
//!
//! They are the twelve corners of an icosahedron that is its own mirror image, left and right: no
//! direction is preferred, and none of its triangles can be split two ways.

/// Number of directions.
pub(super) const BUSES: usize = 12;

/// Gains of the buses.
pub(super) type Gains = [f32; BUSES];

/// The directions and the triangles between them.
#[derive(Debug)]
pub(super) struct Buses {
    /// Unit vectors.
    pub(super) directions: [[f64; 3]; BUSES],
    /// Corners, and the matrix that gives their weights.
    triangles: Vec<([usize; 3], [[f64; 3]; 3])>,
}

impl Buses {
    pub(super) fn new() -> Self {
        let golden = (1.0 + 5_f64.sqrt()) / 2.0;
        let scale = 1.0 / (1.0 + golden * golden).sqrt();
        let (a, b) = (scale, golden * scale);
        let mut directions = [[0.0; 3]; BUSES];
        let signs = [(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)];
        for (i, (s, t)) in signs.into_iter().enumerate() {
            directions[i] = [0.0, s * a, t * b];
            directions[4 + i] = [s * a, t * b, 0.0];
            directions[8 + i] = [s * b, 0.0, t * a];
        }
        let near = |i: usize, j: usize| dot(directions[i], directions[j]) > 0.4;
        let mut triangles = Vec::with_capacity(20);
        for i in 0..BUSES {
            for j in (i + 1..BUSES).filter(|&j| near(i, j)) {
                for k in (j + 1..BUSES).filter(|&k| near(i, k) && near(j, k)) {
                    triangles.push(([i, j, k], inverse([i, j, k].map(|n| directions[n]))));
                }
            }
        }
        Self { directions, triangles }
    }

    /// Powers that sum to 1 for a direction, the wider spread the more alike.
    pub(super) fn powers(&self, direction: [f64; 3], half_angle_deg: f64) -> [f64; BUSES] {
        let weights = |t: &([usize; 3], [[f64; 3]; 3])| t.1.map(|row| dot(row, direction));
        let worst = |w: [f64; 3]| w[0].min(w[1]).min(w[2]);
        let best = self
            .triangles
            .iter()
            .map(|t| (t.0, weights(t)))
            .reduce(|best, next| if worst(next.1) > worst(best.1) { next } else { best });
        let mut power = [0.0; BUSES];
        if let Some((corners, weights)) = best {
            let weights = weights.map(|w| w.max(0.0));
            let sum = dot(weights, weights);
            for (corner, weight) in corners.into_iter().zip(weights) {
                power[corner] = weight * weight / sum;
            }
        }
        let spread = (half_angle_deg / 180.0).clamp(0.0, 1.0);
        power.map(|p| (1.0 - spread) * p + spread / BUSES as f64)
    }
}

/// Inverse of the matrix whose columns are the corners.
fn inverse([a, b, c]: [[f64; 3]; 3]) -> [[f64; 3]; 3] {
    let determinant = dot(a, cross(b, c));
    [cross(b, c), cross(c, a), cross(a, b)].map(|row| row.map(|value| value / determinant))
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buses_are_an_icosahedron_and_powers_sum_to_one_and_mirror() {
        let buses = Buses::new();
        assert_eq!(buses.triangles.len(), 20);
        let image = |i: usize| {
            let [x, y, z] = buses.directions[i];
            buses.directions.iter().position(|&d| d == [-x, y, z] || (x == 0.0 && d == [x, y, z]))
        };
        for i in 0..500 {
            let (azimuth, height) = (f64::from(i) * 2.4, f64::from(i) / 250.0 - 0.999);
            let flat = (1.0 - height * height).sqrt();
            let direction = [flat * azimuth.sin(), flat * azimuth.cos(), height];
            for half_angle in [0.0, 60.0, 180.0] {
                let powers = buses.powers(direction, half_angle);
                let power: f64 = powers.iter().sum();
                assert!((power - 1.0).abs() < 1e-9, "{direction:?}: power {power}");
                let [x, y, z] = direction;
                let mirrored = buses.powers([-x, y, z], half_angle);
                for (i, power) in powers.iter().enumerate() {
                    let other = mirrored[image(i).unwrap()];
                    assert!((power - other).abs() < 1e-9, "{direction:?} bus {i}");
                }
            }
        }
    }
}
