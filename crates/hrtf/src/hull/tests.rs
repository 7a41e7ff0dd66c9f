use super::*;
use std::collections::HashSet;

/// Checks by the definition: every edge is shared, the surface surrounds the origin once, and no
/// point lies outside any plane.
fn is_hull(points: &[Direction], triangles: &[[u32; 3]]) {
    assert_eq!(triangles.len(), 2 * points.len() - 4, "Euler's count");
    let mut edges = HashSet::new();
    let mut solid_angle = 0.0;
    for t in triangles {
        let [a, b, c] = t.map(|i| points[i as usize]);
        let dot = |p: Direction, q: Direction| p[0] * q[0] + p[1] * q[1] + p[2] * q[2];
        let volume = triple(a, b, c);
        assert!(volume > 0.0, "{t:?} is seen from behind");
        solid_angle += 2.0 * volume.atan2(1.0 + dot(a, b) + dot(b, c) + dot(c, a));
        for edge in [(t[0], t[1]), (t[1], t[2]), (t[2], t[0])] {
            assert!(edges.insert(edge), "{edge:?} occurs twice");
        }
        for p in points {
            let height = triple(minus(b, a), minus(c, a), minus(*p, a));
            assert!(height < 1e-12, "{p:?} lies {height:e} outside {t:?}");
        }
    }
    assert!(edges.iter().all(|&(a, b)| edges.contains(&(b, a))), "a hole");
    assert!((solid_angle - 4.0 * std::f64::consts::PI).abs() < 1e-9, "{solid_angle}");
}

fn at(azimuth: f64, elevation: f64) -> Direction {
    let (sa, ca) = azimuth.to_radians().sin_cos();
    let (se, ce) = elevation.to_radians().sin_cos();
    [-ce * sa, ce * ca, se]
}

#[test]
fn scattered_points_give_their_convex_hull() {
    let mut state = 7_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    for count in [40, 200, 600] {
        let points: Vec<_> = (0..count)
            .map(|_| at(360.0 * next(), (2.0 * next() - 1.0).asin().to_degrees()))
            .collect();
        is_hull(&points, &triangulate(&points).unwrap());
    }
}

#[test]
fn rings_with_four_points_on_a_circle_give_a_hull() {
    let mut points = vec![at(0.0, 90.0), at(0.0, -90.0)];
    for ring in -5..=5 {
        points.extend((0..24).map(|i| at(15.0 * f64::from(i), 15.0 * f64::from(ring))));
    }
    is_hull(&points, &triangulate(&points).unwrap());
    // And the other way round, poles last.
    points.reverse();
    is_hull(&points, &triangulate(&points).unwrap());
}

#[test]
fn the_six_axes_are_enough_and_fewer_are_not() {
    let axes: Vec<_> =
        [(0.0, 0.0), (90.0, 0.0), (180.0, 0.0), (-90.0, 0.0), (0.0, 90.0), (0.0, -90.0)]
            .map(|(a, e)| at(a, e))
            .into();
    is_hull(&axes, &triangulate(&axes).unwrap());
    assert!(triangulate(&axes[..5]).is_err());
    assert!(triangulate(&[]).is_err());
}

#[test]
fn holes_are_filled_until_the_directions_surround_the_listener() {
    for points in [vec![at(20.0, 10.0)], (0..72).map(|i| at(5.0 * f64::from(i), 0.0)).collect()] {
        let mut all: Vec<Direction> = points;
        all.extend(crate::sphere::fill_holes(&all));
        is_hull(&all, &triangulate(&all).unwrap());
    }
}
