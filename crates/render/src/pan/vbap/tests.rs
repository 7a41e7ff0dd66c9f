use super::*;
use crate::test_layouts::{Dice, all, irregular, layout};

fn layouts() -> Vec<Layout> {
    let mut dice = Dice(3);
    let odd = [2, 3, 4, 5, 7, 11, 16, 24].map(|count| irregular(count, &mut dice));
    all().into_iter().chain(odd).collect()
}

fn sphere(step_deg: usize) -> impl Iterator<Item = PolarPosition> {
    (-90..=90_i32).step_by(step_deg).flat_map(move |elevation| {
        (-180..=180_i32).step_by(step_deg).map(move |azimuth| {
            PolarPosition::on_sphere(f64::from(azimuth) + 0.3, f64::from(elevation))
        })
    })
}

fn gains(vbap: &Vbap, position: PolarPosition, size: f64) -> Vec<f64> {
    let mut out = vec![f64::NAN; vbap.channels];
    vbap.pan(position, size, &mut out);
    out
}

#[test]
fn gains_are_never_negative_and_their_energy_is_one() {
    for layout in layouts() {
        let vbap = Vbap::new(&layout);
        for position in sphere(3) {
            for size in [0.0, 0.4] {
                let g = gains(&vbap, position, size);
                let energy: f64 = g.iter().map(|g| g * g).sum();
                assert!(g.iter().all(|g| *g >= 0.0), "{}: {position:?} {g:?}", layout.name);
                assert!((energy - 1.0).abs() < 1e-9, "{}: {position:?} {energy}", layout.name);
                for (gain, speaker) in g.iter().zip(layout.speakers()) {
                    assert!(!speaker.lfe || *gain == 0.0, "{}: gain in an LFE", layout.name);
                }
            }
        }
    }
}

#[test]
fn a_source_on_a_loudspeaker_excites_only_that_loudspeaker() {
    for layout in layouts() {
        let vbap = Vbap::new(&layout);
        for channel in layout.panned_channels() {
            let g = gains(&vbap, layout.speakers()[channel].direction, 0.0);
            for (other, gain) in g.iter().enumerate() {
                let expected = if other == channel { 1.0 } else { 0.0 };
                assert!((gain - expected).abs() < 1e-6, "{} {channel}: {g:?}", layout.name);
            }
        }
    }
}

/// The sine of the angle between a source and its gain-weighted direction; 2 where that points away.
fn direction_error(layout: &Layout, position: PolarPosition, gains: &[f64]) -> f64 {
    let p = Vector3::from(position.direction());
    let sum: Vector3<f64> = gains
        .iter()
        .zip(layout.speakers())
        .map(|(g, s)| Vector3::from(s.direction.direction()) * *g)
        .sum();
    if sum.dot(&p) <= 0.0 { 2.0 } else { sum.normalize().cross(&p).norm() }
}

#[test]
fn between_real_loudspeakers_the_gains_point_at_the_source() {
    for layout in layouts() {
        let vbap = Vbap::new(&layout);
        let real = layout.panned_channels().count();
        for position in sphere(2) {
            let region = &vbap.regions[vbap.region_of(position.direction(), 0)];
            if region.corners.iter().all(|&corner| corner < real) {
                let g = gains(&vbap, position, 0.0);
                let error = direction_error(&layout, position, &g);
                assert!(error < 1e-6, "{}: {position:?} {error} {g:?}", layout.name);
            }
        }
    }
}

#[test]
fn layouts_with_a_ceiling_point_at_every_source_above_the_ears() {
    for name in ["4+5+0", "4+7+0", "4+9+0", "9+10+3", "7.1.2", "9.1.6"] {
        let layout = layout(name);
        let vbap = Vbap::new(&layout);
        for position in sphere(2).filter(|p| p.elevation_deg >= 0.0) {
            let g = gains(&vbap, position, 0.0);
            let error = direction_error(&layout, position, &g);
            assert!(error < 1e-6, "{name}: {position:?} {error} {g:?}");
        }
    }
}

#[test]
fn mirrored_sources_have_mirrored_gains() {
    for layout in all() {
        let vbap = Vbap::new(&layout);
        let speakers = layout.speakers();
        let mirror: Vec<usize> = (0..speakers.len())
            .map(|i| {
                let [x, y, z] = speakers[i].direction.direction();
                let twin = |j: &usize| {
                    let d = speakers[*j].direction.direction();
                    let apart = (d[0] + x).abs() + (d[1] - y).abs() + (d[2] - z).abs();
                    speakers[*j].lfe == speakers[i].lfe && (speakers[i].lfe || apart < 1e-9)
                };
                (0..speakers.len()).find(twin).expect("a symmetric layout")
            })
            .collect();
        for position in sphere(4) {
            for size in [0.0, 0.3] {
                let left = gains(&vbap, position, size);
                let azimuth_deg = -position.azimuth_deg;
                let right = gains(&vbap, PolarPosition { azimuth_deg, ..position }, size);
                for (i, gain) in left.iter().enumerate() {
                    let apart = (gain - right[mirror[i]]).abs();
                    assert!(apart < 1e-6, "{}: {position:?} {left:?} {right:?}", layout.name);
                }
            }
        }
    }
}

/// The least height in degrees of the triangles that make up the hull: of every region, the angle
/// from each corner to the plane of the next two.
fn thinnest_deg(vbap: &Vbap, layout: &Layout) -> f64 {
    let real = layout.panned_channels().map(|c| layout.speakers()[c].direction.direction().into());
    let points = enclose(&real.collect::<Vec<_>>()).points;
    let mut thinnest: f64 = 1.0;
    for region in &vbap.regions {
        let n = region.corners.len();
        let at = |i: usize| points[region.corners[i % n]];
        for i in 0..n {
            let height = at(i + 1).cross(&at(i + 2)).normalize().dot(&at(i)).abs();
            thinnest = thinnest.min(height);
        }
    }
    thinnest.asin().to_degrees()
}

/// The largest change of a gain between directions 0.25° apart on some great circles.
fn largest_jump(vbap: &Vbap, size: f64, dice: &mut Dice) -> (f64, PolarPosition) {
    let mut worst = (0.0, PolarPosition::on_sphere(0.0, 0.0));
    for _ in 0..6 {
        let a = Vector3::from(dice.direction().direction());
        let b = Vector3::from(dice.direction().direction()).cross(&a).normalize();
        let mut last: Option<Vec<f64>> = None;
        for step in 0..=1440 {
            let (sin, cos) = (f64::from(step) * 0.25).to_radians().sin_cos();
            let p = a * cos + b * sin;
            let elevation = p.z.clamp(-1.0, 1.0).asin().to_degrees();
            let position = PolarPosition::on_sphere((-p.x).atan2(p.y).to_degrees(), elevation);
            let g = gains(vbap, position, size);
            for (now, before) in g.iter().zip(last.iter().flatten()) {
                if (now - before).abs() > worst.0 {
                    worst = ((now - before).abs(), position);
                }
            }
            last = Some(g);
        }
    }
    worst
}

#[test]
fn gains_do_not_jump() {
    let mut dice = Dice(9);
    for layout in layouts() {
        let vbap = Vbap::new(&layout);
        // Directions 0.25° apart. Where a user's loudspeakers nearly line up, amplitude panning has
        // to cross a sliver, and no law that keeps the direction can be gentler than that.
        let sliver = 1.5 * 0.25 / thinnest_deg(&vbap, &layout);
        let limit = if layout.name.contains("irregular") { sliver.max(0.1) } else { 0.1 };
        for size in [0.0, 0.1, 0.6] {
            let (jump, position) = largest_jump(&vbap, size, &mut dice);
            let name = &layout.name;
            assert!(jump < limit, "{name}: {jump} over {limit} at {position:?}, size {size}");
        }
    }
}

#[test]
fn a_small_source_is_nearly_a_point_and_a_large_one_is_everywhere() {
    let layout = layout("4+7+0");
    let vbap = Vbap::new(&layout);
    let mut dice = Dice(1);
    for _ in 0..200 {
        let position = dice.direction();
        let (point, small) = (gains(&vbap, position, 0.0), gains(&vbap, position, 1e-4));
        for (a, b) in point.iter().zip(&small) {
            assert!((a - b).abs() < 0.01, "{position:?}: {point:?} {small:?}");
        }
        let inside = gains(&vbap, PolarPosition { distance: 0.0, ..position }, 0.0);
        for channel in layout.panned_channels() {
            assert!(inside[channel] > 0.1, "{position:?}: silent at distance 0: {inside:?}");
        }
    }
}
