//! The tail: sixteen delay lines that feed each other.
//!
//! The lines are 15 to 60 ms long, prime to each other in length, and mixed by a Householder
//! reflection, which loses nothing; each line loses what the decay asks of its length: exactly at three
//! frequencies, less at low and more at high ones. Even lines go to one output and odd ones to the other;
//! below about 500 Hz, where the ears of a head hear nearly the same of a diffuse field, both get the
//! same, raised by 3 dB so that each hears as much low as high.

use super::energy::Weighted;
use cupola_model::Room;
use realfft::num_complex::Complex64;
use std::f64::consts::{SQRT_2, TAU};

const LINES: usize = 16;

/// Lengths of the shortest and the longest line in seconds.
const SHORTEST_S: f64 = 0.015;
const LONGEST_S: f64 = 0.060;

/// Where the decay is given, in Hz, and in parts of that of the room there.
const DECAY_HZ: [f64; 3] = [125.0, 1_000.0, 8_000.0];
const DECAY_PARTS: [f64; 3] = [1.2, 1.0, 0.72];

/// Where low frequencies begin, half way between the first two on the scale of octaves.
const LOW_HZ: f64 = 354.0;

/// Where the outputs part, in Hz.
const PARTING_HZ: f64 = 500.0;

/// The feedback delay network.
#[derive(Debug)]
pub(super) struct Tail {
    lines: Vec<Line>,
    /// Twice one-pole each, for the sum and the difference of the outputs.
    parting: [[OnePole; 2]; 2],
    /// Makes the energy of both outputs 1 for an impulse of 1.
    level: f64,
}

#[derive(Debug)]
struct Line {
    memory: Vec<f64>,
    at: usize,
    loss: Loss,
    /// What the low-pass holds, and what the low frequencies do.
    state: f64,
    low: OnePole,
}

/// What a line keeps of its sound: a gain, a one-pole low-pass for the highs, and so much more of what is
/// below [`LOW_HZ`].
#[derive(Clone, Copy, Debug)]
struct Loss {
    gain: f64,
    pole: f64,
    raise: f64,
}

#[derive(Clone, Copy, Debug)]
struct OnePole {
    share: f64,
    state: f64,
}

/// The part of the input above the corner of both.
fn high(twice: &mut [OnePole; 2], input: f64) -> f64 {
    twice.iter_mut().fold(input, |input, pole| {
        pole.state += pole.share * (input - pole.state);
        input - pole.state
    })
}

impl Tail {
    /// A silent tail of a room at a rate, its level set.
    pub(super) fn new(room: &Room, rate_hz: f64) -> Self {
        let lines = lengths(rate_hz).into_iter().map(|n| Line::new(n, room.decay_s, rate_hz));
        let share = share(PARTING_HZ, rate_hz);
        let mut tail = Self {
            lines: lines.collect(),
            parting: [[OnePole { share, state: 0.0 }; 2]; 2],
            level: 1.0,
        };
        let frames = ((1.5 * DECAY_PARTS[0] * room.decay_s + LONGEST_S) * rate_hz) as usize;
        let mut ears = [Vec::with_capacity(frames), Vec::with_capacity(frames)];
        for i in 0..frames {
            let heard = tail.next(if i == 0 { 1.0 } else { 0.0 });
            ears[0].push(heard[0]);
            ears[1].push(heard[1]);
        }
        let energy = Weighted::new(frames, rate_hz).energy(&ears[0], &ears[1]);
        tail.level = 1.0 / energy.sqrt();
        tail.clear();
        tail
    }

    /// Forgets everything heard.
    pub(super) fn clear(&mut self) {
        for line in &mut self.lines {
            line.memory.fill(0.0);
            (line.at, line.state, line.low.state) = (0, 0.0, 0.0);
        }
        self.parting.as_flattened_mut().iter_mut().for_each(|p| p.state = 0.0);
    }

    /// Frames after which nothing of an input is left: three times the longest decay.
    pub(super) fn longest_frames(room: &Room, rate_hz: f64) -> u64 {
        ((3.0 * DECAY_PARTS[0] * room.decay_s + LONGEST_S) * rate_hz) as u64
    }

    /// Takes a sample and gives one to each ear.
    pub(super) fn next(&mut self, input: f64) -> [f64; 2] {
        let mut outputs = [0.0; LINES];
        let mut sum = 0.0;
        let mut pair = [0.0; 2];
        for (i, (line, output)) in self.lines.iter_mut().zip(&mut outputs).enumerate() {
            *output = line.oldest();
            sum += *output;
            // Signs that alternate in pairs keep the two outputs apart.
            pair[i % 2] += if i / 2 % 2 == 0 { *output } else { -*output };
        }
        let shared = sum * 2.0 / LINES as f64;
        for (i, (line, output)) in self.lines.iter_mut().zip(outputs).enumerate() {
            let sign = if i / 4 % 2 == 0 { 1.0 } else { -1.0 };
            line.push(sign * input + output - shared);
        }
        let [middle, side] = [pair[0] + pair[1], pair[0] - pair[1]];
        let [for_middle, for_side] = &mut self.parting;
        let middle = SQRT_2 * middle - (SQRT_2 - 1.0) * high(for_middle, middle);
        let side = high(for_side, side);
        [self.level * (middle + side), self.level * (middle - side)]
    }
}

impl Line {
    fn new(length: usize, decay_s: f64, rate_hz: f64) -> Self {
        Self {
            memory: vec![0.0; length],
            at: 0,
            loss: Loss::new(length as f64 / rate_hz, decay_s, rate_hz),
            state: 0.0,
            low: OnePole { share: share(LOW_HZ, rate_hz), state: 0.0 },
        }
    }

    fn oldest(&mut self) -> f64 {
        let Loss { gain, pole, raise } = self.loss;
        let input = gain * self.memory[self.at];
        self.state = input + pole * (self.state - input);
        self.low.state += self.low.share * (self.state - self.low.state);
        // A tail that nobody feeds ends in zeros, not in numbers too small to be quick.
        for state in [&mut self.state, &mut self.low.state] {
            if state.abs() < 1e-30 {
                *state = 0.0;
            }
        }
        self.state + raise * self.low.state
    }

    fn push(&mut self, sample: f64) {
        self.memory[self.at] = sample;
        self.at = if self.at + 1 == self.memory.len() { 0 } else { self.at + 1 };
    }
}

impl Loss {
    /// Of a line that lasts so long.
    fn new(seconds: f64, decay_s: f64, rate_hz: f64) -> Self {
        let wanted = DECAY_PARTS.map(|part| 10_f64.powf(-3.0 * seconds / (part * decay_s)));
        let (mut pole, mut raise) = (0.0, 0.0);
        // Highs and lows hardly know of each other: each round leaves a hundredth of the error.
        for _ in 0..8 {
            let highs = DECAY_HZ.map(|hz| low_pass(1.0 - pole, hz, rate_hz).norm());
            let lows = DECAY_HZ.map(|hz| raised(raise, hz, rate_hz));
            raise = raise_for(wanted[0] / wanted[1] * highs[1] / highs[0], rate_hz);
            pole = pole_for(wanted[2] / wanted[1] * lows[1] / lows[2] * highs[1], rate_hz);
        }
        let middle = low_pass(1.0 - pole, DECAY_HZ[1], rate_hz).norm();
        let gain = wanted[1] / (middle * raised(raise, DECAY_HZ[1], rate_hz));
        Self { gain, pole, raise }
    }
}

/// What a one-pole low-pass takes in of each sample, for a corner.
fn share(corner_hz: f64, rate_hz: f64) -> f64 {
    1.0 - (-TAU * corner_hz / rate_hz).exp()
}

/// The answer of a one-pole low-pass.
fn low_pass(share: f64, hz: f64, rate_hz: f64) -> Complex64 {
    share / (1.0 - (1.0 - share) * Complex64::cis(-TAU * hz / rate_hz))
}

/// The gain with low frequencies raised.
fn raised(raise: f64, hz: f64, rate_hz: f64) -> f64 {
    (1.0 + raise * low_pass(share(LOW_HZ, rate_hz), hz, rate_hz)).norm()
}

/// How much to raise for this ratio of the gains at the first two frequencies; at most eightfold, which
/// only decays below 0.1 s ask for.
fn raise_for(ratio: f64, rate_hz: f64) -> f64 {
    const MOST: f64 = 8.0;
    let [a, b, _] = DECAY_HZ.map(|hz| low_pass(share(LOW_HZ, rate_hz), hz, rate_hz));
    // |1 + x a|² = r² |1 + x b|²: a parabola in x that opens downwards once r is too large.
    let square = ratio * ratio;
    let curve = a.norm_sqr() - square * b.norm_sqr();
    let slope = a.re - square * b.re;
    let start = 1.0 - square;
    let root = (slope * slope - curve * start).max(0.0).sqrt();
    if slope <= 0.0 || curve <= 0.0 {
        return MOST;
    }
    ((root - slope) / curve).clamp(0.0, MOST)
}

/// The pole of a low-pass of gain 1 at 0 Hz that has a gain at the last frequency.
fn pole_for(gain: f64, rate_hz: f64) -> f64 {
    let cosine = (TAU * DECAY_HZ[2] / rate_hz).cos();
    // (1 − p)² / (1 − 2 p cos + p²) = g², solved for p.
    let square = gain * gain;
    let b = (1.0 - square * cosine) / (1.0 - square);
    b - (b * b - 1.0).max(0.0).sqrt()
}

/// Prime lengths, evenly spread on a logarithmic scale.
fn lengths(rate_hz: f64) -> Vec<usize> {
    let mut found: Vec<usize> = Vec::with_capacity(LINES);
    for i in 0..LINES {
        let part = i as f64 / (LINES - 1) as f64;
        let mut length = (rate_hz * SHORTEST_S * (LONGEST_S / SHORTEST_S).powf(part)) as usize;
        while !is_prime(length) || found.contains(&length) {
            length += 1;
        }
        found.push(length);
    }
    found
}

fn is_prime(n: usize) -> bool {
    n > 1 && (2..).take_while(|d| d * d <= n).all(|d| !n.is_multiple_of(d))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn impulse(room: &Room) -> [Vec<f64>; 2] {
        let mut tail = Tail::new(room, 48_000.0);
        let mut ears = [Vec::new(), Vec::new()];
        for i in 0..48_000 {
            let heard = tail.next(if i == 0 { 1.0 } else { 0.0 });
            (0..2).for_each(|ear| ears[ear].push(heard[ear]));
        }
        ears
    }

    /// Time in which the energy that is still to come falls by 60 dB, from −5 to −35 dB of it (Schroeder).
    fn decay_s(response: &[f64]) -> f64 {
        let mut left: Vec<f64> = response
            .iter()
            .rev()
            .scan(0.0, |sum, v| {
                *sum += v * v;
                Some(*sum)
            })
            .collect();
        left.reverse();
        let when = |db: f64| left.iter().position(|e| 10.0 * (e / left[0]).log10() < db).unwrap();
        2.0 * (when(-35.0) - when(-5.0)) as f64 / 48_000.0
    }

    /// A band of an octave by a second-order resonance.
    fn octave(response: &[f64], hz: f64) -> Vec<f64> {
        let w = TAU * hz / 48_000.0;
        let alpha = w.sin() / (2.0 * 1.414);
        let (mut x, mut y) = ([0.0; 2], [0.0; 2]);
        let pass = |&v: &f64| {
            let out =
                (alpha * (v - x[1]) + 2.0 * w.cos() * y[0] - (1.0 - alpha) * y[1]) / (1.0 + alpha);
            x = [v, x[0]];
            y = [out, y[0]];
            out
        };
        response.iter().map(pass).collect()
    }

    #[test]
    fn the_tail_decays_as_the_room_says() {
        for decay in [0.15, 0.25, 0.8] {
            let room = Room { decay_s: decay, ..Room::default() };
            let [left, _] = impulse(&room);
            for (hz, part) in [(125.0, 1.2), (1000.0, 1.0), (8000.0, 0.72)] {
                // Twice, since an octave of one resonance still hears what rings longer below it.
                let found = decay_s(&octave(&octave(&left, hz), hz));
                println!("{decay} s at {hz} Hz: {found:.3} s, wanted {:.3}", part * decay);
                assert!((found / part / decay - 1.0).abs() < 0.12, "{decay} s at {hz} Hz: {found}");
            }
        }
    }

    #[test]
    fn a_line_keeps_what_the_decay_of_its_length_asks_at_three_frequencies() {
        for decay in [0.1, 0.25, 2.0] {
            for seconds in [SHORTEST_S, LONGEST_S] {
                let length = (seconds * 48_000.0) as usize;
                let mut line = Line::new(length, decay, 48_000.0);
                line.memory[0] = 1.0;
                let out: Vec<f64> = (0..length)
                    .map(|_| {
                        let out = line.oldest();
                        line.push(0.0);
                        out
                    })
                    .collect();
                for (hz, part) in [(125.0, 1.2), (1000.0, 1.0), (8000.0, 0.72)] {
                    let turn = |n: usize| Complex64::cis(-TAU * hz * n as f64 / 48_000.0);
                    let sum: Complex64 = out.iter().enumerate().map(|(n, v)| v * turn(n)).sum();
                    let wanted = 10_f64.powf(-3.0 * length as f64 / 48_000.0 / (part * decay));
                    assert!((sum.norm() / wanted - 1.0).abs() < 0.02, "{decay} {seconds} {hz}");
                }
            }
        }
    }

    #[test]
    fn it_begins_after_fifteen_milliseconds_and_ends_in_silence() {
        let [left, right] = impulse(&Room::default());
        for ear in [&left, &right] {
            let first = ear.iter().position(|v| *v != 0.0).unwrap();
            assert!((0.0149..0.016).contains(&(first as f64 / 48_000.0)), "{first}");
            assert!(ear[43_000..].iter().all(|v| v.abs() < 1e-9));
        }
    }

    #[test]
    fn ears_hear_the_same_of_low_notes_and_different_high_ones() {
        let [left, right] = impulse(&Room::default());
        let coherence = |hz: f64| {
            let (l, r) = (octave(&left, hz), octave(&right, hz));
            let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
            dot(&l, &r) / (dot(&l, &l) * dot(&r, &r)).sqrt()
        };
        let (low, high) = (coherence(150.0), coherence(3000.0));
        println!("coherence {low:.2} at 150 Hz, {high:.2} at 3 kHz");
        assert!(low > 0.8 && high.abs() < 0.35, "{low} and {high}");
    }
}
