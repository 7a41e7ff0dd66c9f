//! The tail: sixteen delay lines that feed each other.
//!
//! The lines are 15 to 60 ms long, prime to each other in length, and mixed by a Householder
//! reflection, which loses nothing; each line loses what the decay asks of its length, more at high
//! frequencies. Even lines go to one output and odd ones to the other; below about 500 Hz, where the
//! ears of a head hear nearly the same of a diffuse field, both get the same, raised by 3 dB so that
//! each hears as much low as high.

use super::energy::Weighted;
use cupola_model::Room;
use std::f64::consts::{SQRT_2, TAU};

const LINES: usize = 16;

/// Lengths of the shortest and the longest line in seconds.
const SHORTEST_S: f64 = 0.015;
const LONGEST_S: f64 = 0.060;

/// Decay at high frequencies in parts of that up to 1 kHz, and where they are.
const HIGH_DECAY: f64 = 0.72;
const HIGH_HZ: f64 = 8_000.0;

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
    /// Loss at 0 Hz, and a one-pole low-pass that adds that at high frequencies.
    gain: f64,
    pole: f64,
    state: f64,
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
        let share = 1.0 - (-TAU * PARTING_HZ / rate_hz).exp();
        let mut tail = Self {
            lines: lines.collect(),
            parting: [[OnePole { share, state: 0.0 }; 2]; 2],
            level: 1.0,
        };
        let frames = ((1.5 * room.decay_s + LONGEST_S) * rate_hz) as usize;
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
            (line.at, line.state) = (0, 0.0);
        }
        self.parting.as_flattened_mut().iter_mut().for_each(|p| p.state = 0.0);
    }

    /// Frames after which nothing of an input is left: three times the decay.
    pub(super) fn longest_frames(room: &Room, rate_hz: f64) -> u64 {
        ((3.0 * room.decay_s + LONGEST_S) * rate_hz) as u64
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
        let seconds = length as f64 / rate_hz;
        let after = |decay: f64| 10_f64.powf(-3.0 * seconds / decay);
        let (low, high) = (after(decay_s), after(HIGH_DECAY * decay_s));
        Self {
            memory: vec![0.0; length],
            at: 0,
            gain: low,
            pole: pole(high / low, rate_hz),
            state: 0.0,
        }
    }

    fn oldest(&mut self) -> f64 {
        let input = self.gain * self.memory[self.at];
        self.state = input + self.pole * (self.state - input);
        // A tail that nobody feeds ends in zeros, not in numbers too small to be quick.
        if self.state.abs() < 1e-30 {
            self.state = 0.0;
        }
        self.state
    }

    fn push(&mut self, sample: f64) {
        self.memory[self.at] = sample;
        self.at = if self.at + 1 == self.memory.len() { 0 } else { self.at + 1 };
    }
}

/// The pole of a low-pass of gain 1 at 0 Hz that has a gain at [`HIGH_HZ`].
fn pole(gain: f64, rate_hz: f64) -> f64 {
    let cosine = (TAU * HIGH_HZ / rate_hz).cos();
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

    /// Time in which the energy that is still to come falls by 60 dB, from −5 to −25 dB of it.
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
        3.0 * (when(-25.0) - when(-5.0)) as f64 / 48_000.0
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
            for (hz, part) in [(125.0, 1.0), (1000.0, 1.0), (8000.0, 0.72)] {
                let found = decay_s(&octave(&left, hz)) / decay;
                println!("{decay} s at {hz} Hz: {:.3} s", found * decay);
                assert!((found / part - 1.0).abs() < 0.2, "{decay} s at {hz} Hz: {found} of it");
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
