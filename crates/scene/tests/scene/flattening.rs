//! Flattened points against a twin that reads the keyframes anew at every frame.

use super::{stem, timeline};
use cupola_model::{FrameIndex, Object, Position};

/// A xorshift generator, so that failures repeat.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    /// A number with two decimals.
    pub(crate) fn number(&mut self, from: f64, to: f64) -> f64 {
        let steps = ((to - from) * 100.0) as u64;
        from + self.below(steps + 1) as f64 / 100.0
    }
}

#[derive(Clone, Copy, Debug)]
enum Place {
    Polar { azimuth: f64, elevation: f64, distance: f64 },
    Room([f64; 3]),
}

/// A keyframe as the twin knows it.
#[derive(Clone, Copy, Debug)]
struct Key {
    at: u64,
    /// Of position, gain and size.
    curves: [&'static str; 3],
    turns: f64,
    place: Option<Place>,
    gain_db: Option<f64>,
    size: Option<f64>,
}

/// The share of the way at a share of the time; Bézier curves worked out step by step.
fn bend(curve: &str, t: f64) -> f64 {
    let [a, b, c] = match curve {
        "smooth" => [0.0, 0.0, 1.0],
        "ease-in" => [0.0, 0.0, 1.0 / 3.0],
        "ease-out" => [0.0, 2.0 / 3.0, 1.0],
        _ => return t,
    };
    // A square is a cubic whose controls stand at thirds.
    let (p, q, r) = (mix(a, b, t), mix(b, c, t), mix(c, 1.0, t));
    mix(mix(p, q, t), mix(q, r, t), t)
}

/// What one lane does at a frame: previous value, next value, share of the way, and whether the
/// way is a step.
fn lane<T: Copy>(
    rest: T,
    keys: &[Key],
    index: usize,
    of: impl Fn(&Key) -> Option<T>,
    frame: u64,
) -> (T, T, f64, bool) {
    let mut before: Option<(u64, T)> = None;
    for key in keys {
        let Some(value) = of(key) else { continue };
        if key.at <= frame {
            before = Some((key.at, value));
            continue;
        }
        let from_value = before.map_or(rest, |b| b.1);
        let step = key.curves[index] == "hold" || before.is_none();
        let earliest = before.map_or(0, |b| b.0);
        let from = if step { earliest.max(key.at.saturating_sub(250)) } else { earliest };
        if frame <= from {
            return (from_value, from_value, 0.0, step);
        }
        let t = (frame - from) as f64 / (key.at - from) as f64;
        return (from_value, value, if step { t } else { bend(key.curves[index], t) }, step);
    }
    let last = before.map_or(rest, |b| b.1);
    (last, last, 0.0, false)
}

fn amplitude(db: f64) -> f64 {
    10_f64.powf(db / 20.0)
}

pub(crate) fn mix(a: f64, b: f64, t: f64) -> f64 {
    a * (1.0 - t) + b * t
}

pub(crate) fn unit(azimuth: f64, elevation: f64) -> [f64; 3] {
    let (a, e) = (azimuth.to_radians(), elevation.to_radians());
    [-a.sin() * e.cos(), a.cos() * e.cos(), e.sin()]
}

/// Rodrigues: `v` turned by `angle` degrees anticlockwise about the unit vector `k`.
pub(crate) fn turn(v: [f64; 3], k: [f64; 3], angle: f64) -> [f64; 3] {
    let (sin, cos) = angle.to_radians().sin_cos();
    let cross = [k[1] * v[2] - k[2] * v[1], k[2] * v[0] - k[0] * v[2], k[0] * v[1] - k[1] * v[0]];
    let dot: f64 = (0..3).map(|i| k[i] * v[i]).sum();
    std::array::from_fn(|i| v[i] * cos + cross[i] * sin + k[i] * dot * (1.0 - cos))
}

/// Where one side of a pair is heard: the centre turned about the listener's tilted head.
pub(crate) fn pair_direction(azimuth: f64, elevation: f64, offset: f64) -> [f64; 3] {
    let (a, e) = (azimuth.to_radians(), elevation.to_radians());
    let up = [a.sin() * e.sin(), -a.cos() * e.sin(), e.cos()];
    turn(unit(azimuth, elevation), up, offset)
}

pub(crate) fn angle(u: [f64; 3], v: [f64; 3]) -> f64 {
    let chord: f64 = (0..3).map(|i| (u[i] - v[i]).powi(2)).sum::<f64>().sqrt();
    2.0 * (chord / 2.0).min(1.0).asin().to_degrees()
}

/// The exact centre at a frame.
fn place_at(rest: Place, keys: &[Key], frame: u64) -> Place {
    match lane((rest, 0.0), keys, 0, |k| Some((k.place?, k.turns)), frame) {
        (
            (Place::Polar { azimuth: a, elevation: e, distance: d }, _),
            (Place::Polar { azimuth: b, elevation: f, distance: g }, turns),
            t,
            _,
        ) => {
            let turn = (b - a).rem_euclid(360.0);
            let turn = if turn > 180.0 { turn - 360.0 } else { turn } + 360.0 * turns;
            Place::Polar { azimuth: a + turn * t, elevation: mix(e, f, t), distance: mix(d, g, t) }
        }
        ((Place::Room(a), _), (Place::Room(b), _), t, _) => {
            Place::Room(std::array::from_fn(|i| mix(a[i], b[i], t)))
        }
        mixed => panic!("{mixed:?}"),
    }
}

fn gain_at(keys: &[Key], frame: u64) -> f64 {
    let (a, b, t, step) = lane(0.0, keys, 1, |k| k.gain_db, frame);
    if step || a == f64::NEG_INFINITY || b == f64::NEG_INFINITY {
        mix(amplitude(a), amplitude(b), t)
    } else {
        amplitude(mix(a, b, t))
    }
}

fn check(object: &Object, rest: Place, keys: &[Key], offset: f64, frame: u64, share: f64) {
    let state = object.automation.state_at(FrameIndex(frame));
    let label = || format!("frame {frame}, offset {offset}: {state:?} of {keys:#?}");
    match (place_at(rest, keys, frame), state.position) {
        (Place::Polar { azimuth, elevation, distance }, Position::Polar(p)) => {
            let error = angle(pair_direction(azimuth, elevation, offset), p.direction());
            assert!(error <= 0.25 * share, "{error} degrees at {}", label());
            assert!((p.distance - distance).abs() <= 0.005 * share, "{}", label());
        }
        (Place::Room([x, y, z]), Position::Room(r)) => {
            let x = (x - offset).clamp(-1.0, 1.0);
            let error = (r.x - x).abs().max((r.y - y).abs()).max((r.z - z).abs());
            assert!(error <= 0.005 * share, "{error} at {}", label());
        }
        _ => panic!("the coordinates changed at {}", label()),
    }
    let gain = gain_at(keys, frame);
    let error = if gain < 1e-9 && state.gain.0 < 1e-9 {
        0.0
    } else {
        (20.0 * (state.gain.0 / gain).log10()).abs()
    };
    assert!(error <= 0.05 * share, "{error} dB at {}", label());
    let (a, b, t, _) = lane(0.1, keys, 2, |k| k.size, frame);
    assert!((state.size - mix(a, b, t)).abs() <= 0.005 * share, "size at {}", label());
}

fn random_place(random: &mut Random, room: bool) -> Place {
    if room {
        return Place::Room(std::array::from_fn(|_| random.number(-1.0, 1.0)));
    }
    let steep = random.below(4) == 0;
    Place::Polar {
        azimuth: random.number(-180.0, 180.0),
        elevation: if steep { 90.0 } else { random.number(-90.0, 90.0) },
        distance: random.number(0.0, 1.0),
    }
}

fn write_place(place: Place) -> String {
    match place {
        Place::Polar { azimuth, elevation, distance } => {
            format!("azimuth: {azimuth:.2}, elevation: {elevation:.2}, distance: {distance:.2}")
        }
        Place::Room([x, y, z]) => format!("x: {x:.2}, y: {y:.2}, z: {z:.2}"),
    }
}

const CURVES: [&str; 5] = ["linear", "hold", "smooth", "ease-in", "ease-out"];

fn random_keys(random: &mut Random, room: bool) -> Vec<Key> {
    let mut at = random.below(2) * random.below(5000);
    let mut keys = Vec::new();
    for _ in 0..=random.below(8) {
        let mut curve = || CURVES[random.below(5) as usize];
        let mut curves = [curve(), curve(), curve()];
        if random.below(2) == 0 {
            curves = [curves[0]; 3];
        }
        let mut key = Key { at, curves, turns: 0.0, place: None, gain_db: None, size: None };
        if random.below(3) > 0 {
            key.place = Some(random_place(random, room));
            let moved = keys.iter().any(|k: &Key| k.place.is_some());
            if moved && !room && curves[0] != "hold" && random.below(4) == 0 {
                key.turns = random.below(9) as f64 - 4.0;
            }
        }
        if random.below(2) == 0 {
            let silent = random.below(5) == 0;
            let level = random.number(-60.0, 12.0);
            key.gain_db = Some(if silent { f64::NEG_INFINITY } else { level });
        }
        if random.below(2) == 0 || (key.place.is_none() && key.gain_db.is_none()) {
            key.size = Some(random.number(0.0, 1.0));
        }
        keys.push(key);
        let longest = [3, 400, 5000, 200_000][random.below(4) as usize];
        at += 1 + random.below(longest);
    }
    keys
}

fn write_keys(keys: &[Key]) -> String {
    let mut text = String::new();
    for key in keys {
        text += &format!("      - {{at: {} samples", key.at);
        if let Some(place) = key.place {
            text += &format!(", {}", write_place(place));
        }
        if let Some(db) = key.gain_db {
            text +=
                &if db.is_finite() { format!(", gain: {db:.2}") } else { ", gain: -inf".into() };
        }
        if let Some(size) = key.size {
            text += &format!(", size: {size:.2}");
        }
        if key.turns != 0.0 {
            text += &format!(", turns: {}", key.turns);
        }
        let [p, g, s] = key.curves;
        text += &match key.curves {
            ["linear", "linear", "linear"] => "}\n".to_owned(),
            _ if p == g && g == s => format!(", curve: {p}}}\n"),
            _ => format!(", curve: {{position: {p}, gain: {g}, size: {s}}}}}\n"),
        };
    }
    text
}

#[test]
fn points_follow_random_keyframes_within_the_stated_tolerances() {
    for seed in 1..=400_u64 {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let room = seed % 3 == 0;
        let rest = random_place(&mut random, room);
        let keys = random_keys(&mut random, room);
        let width = match (seed % 2, room) {
            (0, _) => None,
            (_, true) => Some(random.number(0.0, 2.0)),
            (_, false) => Some(random.number(0.0, 180.0)),
        };
        let pair = width.map_or(String::new(), |w| format!("    pair: {{width: {w:.2}}}\n"));
        let text = format!(
            "cupola: 1\nend: 60\nstems: {{a: {{file: a.wav}}}}\nobjects:\n  - stem: a\n    size: 0.1\n{pair}    position: {{{}}}\n    automation:\n{}",
            write_place(rest),
            write_keys(&keys)
        );
        let channels = 1 + u16::from(width.is_some());
        let timeline = timeline(&text, &[stem(channels, 48_000)]);
        let offsets = width.map_or(vec![0.0], |w| vec![w / 2.0, -w / 2.0]);
        let last = keys.last().unwrap().at;
        assert_eq!(timeline.objects().count(), offsets.len());
        for (object, offset) in timeline.objects().zip(offsets) {
            for key in &keys {
                check(object, rest, &keys, offset, key.at, 1e-4);
                for near in [1, 2, 100, 249, 250, 251] {
                    check(object, rest, &keys, offset, key.at.saturating_sub(near), 1.0);
                    check(object, rest, &keys, offset, key.at + near, 1.0);
                }
            }
            for _ in 0..300 {
                check(object, rest, &keys, offset, random.below(last + 1000), 1.0);
            }
        }
    }
}
