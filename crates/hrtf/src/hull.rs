//! The triangulation of directions: the convex hull of points on the sphere.
//!
//! One point after the other is put into the triangle it lies in, and edges are flipped as long as
//! that makes the hull larger; on a sphere this ends at the hull, where no point lies outside any
//! triangle. It starts from the eight triangles between the points nearest to the six axes, so these
//! have to be within 33 degrees of them. Four points on one circle may be split either way.

use crate::HrtfError;
use crate::sphere::Direction;

/// An edge is flipped when the fourth point is further outside than this (six times a volume, on the
/// unit sphere). Less is rounding.
const OUTSIDE: f64 = 1e-13;

/// Flips a point may cost before the directions are given up. Six is usual.
const MOST_FLIPS_A_POINT: usize = 256;

/// Corners of the triangles that enclose the origin, outward orientation.
pub(crate) fn triangulate(points: &[Direction]) -> Result<Vec<[u32; 3]>, HrtfError> {
    let mut hull = Hull::around_the_axes(points)?;
    let first = hull.corners.iter().flatten().copied().collect::<std::collections::BTreeSet<_>>();
    let mut at = 0;
    for p in 0..points.len() as u32 {
        if !first.contains(&p) {
            at = hull.insert(p, at)?;
        }
    }
    Ok(hull.corners)
}

struct Hull<'a> {
    points: &'a [Direction],
    corners: Vec<[u32; 3]>,
    /// The triangle across the edge opposite each corner.
    neighbours: Vec<[u32; 3]>,
    /// Edges to look at, as triangle and corner opposite.
    pending: Vec<(u32, u32)>,
}

impl<'a> Hull<'a> {
    fn around_the_axes(points: &'a [Direction]) -> Result<Self, HrtfError> {
        if points.len() < 6 {
            return Err(refused("they do not surround the listener"));
        }
        let nearest = |axis: usize, sign: f64| {
            let along = |&i: &u32| sign * points[i as usize][axis];
            (0..points.len() as u32).max_by(|a, b| along(a).total_cmp(&along(b))).unwrap_or(0)
        };
        let [right, left] = [nearest(0, 1.0), nearest(0, -1.0)];
        let [front, back] = [nearest(1, 1.0), nearest(1, -1.0)];
        let [up, down] = [nearest(2, 1.0), nearest(2, -1.0)];
        let corners = vec![
            [right, front, up],
            [front, left, up],
            [left, back, up],
            [back, right, up],
            [front, right, down],
            [left, front, down],
            [back, left, down],
            [right, back, down],
        ];
        let neighbours = vec![
            [1, 3, 4],
            [2, 0, 5],
            [3, 1, 6],
            [0, 2, 7],
            [7, 5, 0],
            [4, 6, 1],
            [5, 7, 2],
            [6, 4, 3],
        ];
        let mut hull = Self { points, corners, neighbours, pending: Vec::new() };
        let open = (0..8).find(|&t| hull.determinant(t) <= 1e-3);
        if open.is_some() {
            return Err(refused("they do not surround the listener"));
        }
        hull.pending.extend((0..8).flat_map(|t| (0..3).map(move |c| (t, c))));
        hull.legalise()?;
        Ok(hull)
    }

    fn corner(&self, t: u32, c: usize) -> Direction {
        self.points[self.corners[t as usize][c % 3] as usize]
    }

    fn determinant(&self, t: u32) -> f64 {
        triple(self.corner(t, 0), self.corner(t, 1), self.corner(t, 2))
    }

    /// Puts a point into the triangle it lies in; returns one of its triangles.
    fn insert(&mut self, p: u32, start: u32) -> Result<u32, HrtfError> {
        let t = self.locate(self.points[p as usize], start)?;
        let ([a, b, c], [na, nb, nc]) = (self.corners[t as usize], self.neighbours[t as usize]);
        let (u, v) = (self.corners.len() as u32, self.corners.len() as u32 + 1);
        self.corners[t as usize] = [p, b, c];
        self.neighbours[t as usize] = [na, u, v];
        self.corners.extend([[p, c, a], [p, a, b]]);
        self.neighbours.extend([[nb, v, t], [nc, t, u]]);
        self.relink(nb, t, u);
        self.relink(nc, t, v);
        self.pending.extend([(t, 0), (u, 0), (v, 0)]);
        self.legalise()?;
        Ok(t)
    }

    /// Walks over the edge that the direction is furthest behind.
    fn locate(&self, direction: Direction, start: u32) -> Result<u32, HrtfError> {
        let mut t = start;
        for _ in 0..self.corners.len() + 8 {
            let weight = |c: usize| triple(direction, self.corner(t, c + 1), self.corner(t, c + 2));
            let weights = [weight(0), weight(1), weight(2)];
            let least = (0..3).min_by(|&a, &b| weights[a].total_cmp(&weights[b])).unwrap_or(0);
            if weights[least] >= -1e-12 {
                return Ok(t);
            }
            t = self.neighbours[t as usize][least];
        }
        Err(refused("a direction lies in none of their triangles"))
    }

    fn legalise(&mut self) -> Result<(), HrtfError> {
        let mut left = MOST_FLIPS_A_POINT + self.points.len();
        while let Some((t, c)) = self.pending.pop() {
            if self.is_outside(t, c as usize) {
                left = left.checked_sub(1).ok_or_else(|| refused("the hull does not close"))?;
                self.flip(t, c as usize);
            }
        }
        Ok(())
    }

    /// Whether the point across an edge lies outside the plane of the triangle.
    fn is_outside(&self, t: u32, c: usize) -> bool {
        let across = self.neighbours[t as usize][c];
        let Some(d) = self.position(across, t) else { return false };
        let [p, a, b] = [0, 1, 2].map(|i| self.corner(t, c + i));
        let q = self.corner(across, d);
        triple(minus(a, p), minus(b, p), minus(q, p)) > OUTSIDE
    }

    /// Replaces the edge opposite corner `c` of `t` by the other diagonal.
    fn flip(&mut self, t: u32, c: usize) {
        let u = self.neighbours[t as usize][c];
        let Some(d) = self.position(u, t) else { return };
        let of = |corners: &[u32; 3], i: usize| corners[i % 3];
        let (ct, cu) = (self.corners[t as usize], self.corners[u as usize]);
        let (nt, nu) = (self.neighbours[t as usize], self.neighbours[u as usize]);
        let (p, a, b, q) = (ct[c], of(&ct, c + 1), of(&ct, c + 2), cu[d]);
        // Seen from u the shared edge runs from b to a.
        let (beyond_a, beyond_b) = (of(&nt, c + 1), of(&nt, c + 2));
        let (below_b, below_a) = (of(&nu, d + 1), of(&nu, d + 2));
        self.corners[t as usize] = [p, a, q];
        self.neighbours[t as usize] = [below_b, u, beyond_b];
        self.corners[u as usize] = [p, q, b];
        self.neighbours[u as usize] = [below_a, beyond_a, t];
        self.relink(below_b, u, t);
        self.relink(beyond_a, t, u);
        self.pending.extend([(t, 0), (t, 2), (u, 0), (u, 1)]);
    }

    /// Which corner of `t` is opposite its neighbour `across`.
    fn position(&self, t: u32, across: u32) -> Option<usize> {
        self.neighbours[t as usize].iter().position(|&n| n == across)
    }

    fn relink(&mut self, t: u32, from: u32, to: u32) {
        if let Some(place) = self.position(t, from) {
            self.neighbours[t as usize][place] = to;
        }
    }
}

fn refused(why: &str) -> HrtfError {
    HrtfError::Set(cupola_model::HrtfError(format!("the directions cannot be triangulated: {why}")))
}

fn minus(a: Direction, b: Direction) -> Direction {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn triple(a: Direction, b: Direction, c: Direction) -> f64 {
    a[0] * (b[1] * c[2] - b[2] * c[1])
        + a[1] * (b[2] * c[0] - b[0] * c[2])
        + a[2] * (b[0] * c[1] - b[1] * c[0])
}

#[cfg(test)]
mod tests;
