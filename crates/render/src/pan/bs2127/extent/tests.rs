use super::*;
use crate::test_layouts::Dice;

/// The weight as the recommendation writes it, in angles throughout.
fn slow_weight(at: Vec3, width_deg: f64, height_deg: f64, p: Vec3) -> f64 {
    let [right, ahead, up] = basis_towards(at);
    let (mut wide, mut high) = (width_deg.to_radians() / 2.0, height_deg.to_radians() / 2.0);
    let mut basis = [right, ahead, up];
    if high > wide {
        (wide, high) = (high, wide);
        basis = [up, ahead, right];
    }
    let closed = if wide < FRAC_PI_2 {
        wide
    } else {
        FRAC_PI_2 + (wide - FRAC_PI_2) / FRAC_PI_2 * (PI + high - FRAC_PI_2)
    };
    let open_share = ((high - FRAC_PI_4) / FRAC_PI_4).clamp(0.0, 1.0);
    let end = closed + (wide - closed) * open_share - high;
    let [x, y, z] = basis.map(|axis| dot(axis, p));
    let (azimuth, elevation) = (x.atan2(y), z.clamp(-1.0, 1.0).asin());
    let distance = if azimuth.abs() <= end {
        elevation.abs() - high
    } else {
        let to = |azimuth: f64| (x * azimuth.sin() + y * azimuth.cos()).clamp(-1.0, 1.0).acos();
        to(end).min(to(-end)) - high
    };
    (1.0 - distance / 10_f64.to_radians()).clamp(0.0, 1.0)
}

#[test]
fn the_window_is_that_of_its_slow_twin() {
    let mut dice = Dice(2127);
    let grid = grid();
    let (mut inside, mut margin) = (0, 0);
    for turn in 0..400 {
        let at = dice.direction().direction();
        let size = |dice: &mut Dice| match turn % 4 {
            0 => dice.roll(5.0, 30.0),
            1 => dice.roll(150.0, 360.0),
            _ => dice.roll(5.0, 360.0),
        };
        let (width, height) = (size(&mut dice), size(&mut dice));
        let window = Window::new(at, width, height);
        for &p in grid.iter().step_by(7) {
            let (fast, slow) = (window.weight(p), slow_weight(at, width, height, p));
            assert!((fast - slow).abs() < 1e-6, "{width} x {height}: {fast} instead of {slow}");
            inside += usize::from(fast == 1.0);
            margin += usize::from(fast > 0.0 && fast < 1.0);
        }
    }
    assert!(inside > 5_000 && margin > 2_000, "{inside} inside, {margin} in the margin");
}

#[test]
fn the_grid_is_even() {
    let grid = grid();
    assert_eq!(grid.len(), 1652);
    let mut sum = [0.0; 3];
    for p in &grid {
        assert!((length(*p) - 1.0).abs() < 1e-12);
        for n in 0..3 {
            sum[n] += p[n] / grid.len() as f64;
        }
    }
    assert!(length(sum) < 1e-3, "{sum:?}");
}

#[test]
fn an_extent_is_its_own_at_distance_1_everything_at_0_and_less_beyond() {
    for extent in [0.0, 10.0, 90.0, 360.0] {
        assert!((extent_at(extent, 1.0) - extent).abs() < 1e-9, "{extent}");
        assert!((extent_at(extent, 0.0) - 360.0).abs() < 1e-9, "{extent}");
        assert!(extent_at(extent, 2.0) <= extent);
        assert!(extent == 360.0 || extent_at(extent, 0.5) > extent);
    }
}
