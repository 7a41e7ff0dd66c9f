use super::*;
use crate::test_layouts::Dice;
use cupola_model::{LinearGain, PolarPosition, Position, RoomPosition};

fn format(name: &str) -> AmbisonicFormat {
    AmbisonicFormat::from_name(name).unwrap()
}

fn gains(name: &str, position: Position, size: f64) -> Vec<f64> {
    let format = format(name);
    let mut out = vec![0.0; format.order().channels()];
    let state = ObjectState { position, gain: LinearGain::UNITY, size };
    HarmonicPanner::new(format).gains(&state, &mut out);
    out
}

fn polar(azimuth: f64, elevation: f64) -> Position {
    Position::Polar(PolarPosition::on_sphere(azimuth, elevation))
}

fn assert_near(got: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(got.len(), expected.len());
    for (i, (a, b)) in got.iter().zip(expected).enumerate() {
        assert!((a - b).abs() < tolerance, "channel {i}: {a} instead of {b}");
    }
}

/// The harmonics up to third order as polynomials, x to the front, y to the left, z up.
fn polynomials([x, y, z]: [f64; 3]) -> [f64; 16] {
    let root = f64::sqrt;
    [
        1.0,
        y,
        z,
        x,
        root(3.0) * x * y,
        root(3.0) * y * z,
        (3.0 * z * z - 1.0) / 2.0,
        root(3.0) * x * z,
        root(3.0) / 2.0 * (x * x - y * y),
        root(5.0 / 8.0) * y * (3.0 * x * x - y * y),
        root(15.0) * x * y * z,
        root(3.0 / 8.0) * y * (5.0 * z * z - 1.0),
        z * (5.0 * z * z - 3.0) / 2.0,
        root(3.0 / 8.0) * x * (5.0 * z * z - 1.0),
        root(15.0) / 2.0 * z * (x * x - y * y),
        root(5.0 / 8.0) * x * (x * x - 3.0 * y * y),
    ]
}

#[test]
fn the_recursion_equals_the_polynomials_of_low_orders() {
    let mut dice = Dice(11);
    for _ in 0..200 {
        let at = dice.direction();
        let [right, front, up] = at.direction();
        let expected = polynomials([front, -right, up]);
        assert_near(&gains("ambix3", Position::Polar(at), 0.0), &expected, 1e-14);
        assert_near(&gains("ambix1", Position::Polar(at), 0.0), &expected[..4], 1e-14);
        let [w, y, z, x] = [expected[0], expected[1], expected[2], expected[3]];
        let fuma = [w / 2_f64.sqrt(), x, y, z];
        assert_near(&gains("fuma", Position::Polar(at), 0.0), &fuma, 1e-14);
    }
}

/// `sph_harm_y` of SciPy 1.17 at azimuth 50°, elevation 20°: its real and imaginary parts without the
/// Condon–Shortley phase, times sqrt(4π/(2l+1)), and sqrt 2 where m is not 0.
#[rustfmt::skip]
const SCIPY: [f64; 64] = [
    1.0, 0.719846310393, 0.342020143326, 0.604022773555, 0.753101865783, 0.426434265976,
    -0.324533332339, 0.357820835302, -0.132792178159, 0.327995180515, 0.575957463426,
    -0.182986803822, -0.413008323618, -0.153544159597, -0.101556840542, -0.56810431729,
    -0.197214564824, 0.296802918425, -0.088064271904, -0.424539510739, -0.00380004131308,
    -0.356230946881, 0.0155281071731, -0.514077734546, -0.541842563641, -0.483036766595,
    -0.202354061181, 0.0114548778551, -0.494536942595, -0.122087617794, 0.32806721568,
    -0.102443675062, 0.0872002059365, -0.0198404304396, -0.55596321383, -0.175811005097,
    -0.400512928686, -0.547933957092, -0.0379364854556, -0.220185204744, -0.257563002256,
    0.273912750239, 0.208876960661, 0.2298400877, 0.04541530653, 0.381371961692,
    -0.104229637163, -0.199431650725, 0.231236247191, -0.0727192871393, -0.493900994465,
    -0.170281615733, 0.128169778875, -0.164204804515, 0.246314940267, 0.280039115215,
    -0.148525947112, 0.234980718292, -0.0434319697207, 0.284411064267, 0.352143573316,
    -0.0619774395695, 0.285153872108, 0.412411571089,
];

#[test]
fn every_order_equals_the_values_of_scipy() {
    assert_near(&gains("ambix7", polar(50.0, 20.0), 0.0), &SCIPY, 1e-11);
    for order in 1..=7_usize {
        let name = format!("ambix{order}");
        let channels = (order + 1) * (order + 1);
        assert_near(&gains(&name, polar(50.0, 20.0), 0.0), &SCIPY[..channels], 1e-11);
    }
}

/// Legendre polynomials by Bonnet's recursion.
fn legendre(z: f64) -> [f64; 10] {
    let mut p = [1.0; 10];
    p[1] = z;
    for n in 1..9 {
        let l = n as f64;
        p[n + 1] = ((2.0 * l + 1.0) * z * p[n] - l * p[n - 1]) / (l + 1.0);
    }
    p
}

#[test]
fn two_directions_are_as_alike_as_the_addition_theorem_says() {
    let mut dice = Dice(12);
    let mut pairs: Vec<_> = (0..100).map(|_| (dice.direction(), dice.direction())).collect();
    // The poles and the back, where angles are ambiguous.
    pairs.push((PolarPosition::on_sphere(123.0, 90.0), PolarPosition::on_sphere(-40.0, -90.0)));
    pairs.push((PolarPosition::on_sphere(180.0, 0.0), PolarPosition::on_sphere(-180.0, 0.0)));
    for (a, b) in pairs {
        let cosine: f64 = a.direction().iter().zip(b.direction()).map(|(p, q)| p * q).sum();
        let [ya, yb] = [a, b].map(|at| gains("ambix7", Position::Polar(at), 0.0));
        for l in 0..8 {
            let sum: f64 = (l * l..(l + 1) * (l + 1)).map(|i| ya[i] * yb[i]).sum();
            assert!((sum - legendre(cosine)[l]).abs() < 1e-12, "order {l}");
        }
    }
}

#[test]
fn a_wide_source_is_the_mean_of_its_cap_and_as_loud_as_a_point() {
    for (size, order) in [(0.1, 3), (0.4, 7), (1.0, 5), (1e-9, 4)] {
        let wide = gains(&format!("ambix{order}"), polar(20.0, 40.0), size);
        let point = gains(&format!("ambix{order}"), polar(20.0, 40.0), 0.0);
        let energy = |gains: &[f64]| -> f64 {
            // SN3D to N3D, whose squares are energies.
            gains.iter().enumerate().map(|(i, g)| (2 * i.isqrt() + 1) as f64 * g * g).sum()
        };
        let points = ((order + 1) * (order + 1)) as f64;
        assert!((energy(&point) - points).abs() < 1e-9 && (energy(&wide) - points).abs() < 1e-9);
        // The mean over the cap by the midpoint rule, without the scale.
        let half = (90.0_f64 * size).to_radians();
        let steps = 20_000;
        let mut means = [0.0; 8];
        let mut area = 0.0;
        for step in 0..steps {
            let angle = half * (f64::from(step) + 0.5) / f64::from(steps);
            let p = legendre(angle.cos());
            area += angle.sin();
            means.iter_mut().zip(p).for_each(|(mean, p)| *mean += p * angle.sin());
        }
        let scale = wide[0] / point[0];
        for (i, (wide, point)) in wide.iter().zip(&point).enumerate() {
            let expected = scale * point * means[i.isqrt()] / area;
            assert!((wide - expected).abs() < 1e-6, "size {size}, channel {i}: {wide} {expected}");
        }
    }
}

/// `scipy.integrate.quad` of SciPy over the Legendre polynomials from cos α to 1, for half-angles of 45°
/// and 90°.
#[test]
fn w_of_a_wide_source_grows_as_the_documentation_says() {
    for (order, half, whole) in
        [(1, 1.120_547_504, 1.511_857_892), (7, 3.205_748_966, 5.765_652_434)]
    {
        for (size, expected) in [(0.5, half), (1.0, whole)] {
            let w = gains(&format!("ambix{order}"), polar(20.0, 40.0), size)[0];
            assert!((w - expected).abs() < 1e-8, "order {order}, size {size}: {w}");
        }
    }
}

#[test]
fn what_is_in_the_middle_of_the_room_comes_from_everywhere() {
    let middle =
        Position::Polar(PolarPosition { azimuth_deg: 70.0, elevation_deg: 0.0, distance: 0.0 });
    let all = gains("ambix2", middle, 0.0);
    assert!((all[0] - 3.0).abs() < 1e-12 && all[1..].iter().all(|g| g.abs() < 1e-12), "{all:?}");
    // The corner of the room where the left loudspeaker stands is at 30°.
    let corner = Position::Room(RoomPosition { x: -1.0, y: 1.0, z: 0.0 });
    assert_near(&gains("ambix3", corner, 0.0), &gains("ambix3", polar(30.0, 0.0), 0.0), 1e-12);
}
