//! The tempo map: bars and beats to seconds and back.
//!
//! `bpm` counts quarter notes a minute, as in the tempo track of a DAW or a MIDI file; a *beat* is the
//! note of the meter's denominator, so that a bar of 6/8 has six beats and lasts three quarters. Bars
//! and beats count from 1, and bar 1 starts with the programme.
//!
//! In a ramp the tempo changes linearly in time: a ramp over `n` quarters from `a` to `b` bpm lasts
//! `120 n / (a + b)` seconds, an exact fraction. Inside it, after `q` quarters the tempo is
//! `√(a² + (b² − a²) q/n)`, and they took `120 q / (a + that)` seconds.

use super::ratio::Ratio;

/// What lengths in music are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MusicUnit {
    Bars,
    Beats,
}

/// A meter such as 6/8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Meter {
    pub(crate) beats: u16,
    /// 1, 2, 4, 8, 16, 32 or 64.
    pub(crate) note: u16,
}

impl Meter {
    fn quarters_per_beat(self) -> Ratio {
        Ratio::new(4, i128::from(self.note))
    }

    fn quarters_per_bar(self) -> Ratio {
        self.quarters_per_beat().times(Ratio::whole(i64::from(self.beats)))
    }
}

/// A stretch of one meter; everything is counted from zero.
#[derive(Clone, Copy, Debug)]
struct MeterSpan {
    bars: Ratio,
    beats: Ratio,
    quarters: Ratio,
    meter: Meter,
}

/// A stretch of one tempo, or one ramp.
#[derive(Clone, Copy, Debug)]
struct TempoSpan {
    quarters: Ratio,
    seconds: Ratio,
    bpm: Ratio,
    /// Quarters the ramp lasts, and the tempo it ends at.
    ramp: Option<(Ratio, Ratio)>,
}

/// Meters and tempos from the start of the programme on.
#[derive(Clone, Debug)]
pub(crate) struct TempoMap {
    meters: Vec<MeterSpan>,
    tempos: Vec<TempoSpan>,
}

impl TempoMap {
    /// Whether there is one tempo and one meter from start to end.
    pub(crate) fn is_steady(&self) -> bool {
        self.meters.len() == 1 && self.tempos.len() == 1
    }

    /// One tempo (above 0) and one meter for ever.
    pub(crate) fn new(bpm: Ratio, meter: Meter) -> Self {
        let (bars, beats, quarters, seconds) = (Ratio::ZERO, Ratio::ZERO, Ratio::ZERO, Ratio::ZERO);
        Self {
            meters: vec![MeterSpan { bars, beats, quarters, meter }],
            tempos: vec![TempoSpan { quarters, seconds, bpm, ramp: None }],
        }
    }

    /// A new meter from a bar line on, later than every one before it.
    pub(crate) fn push_meter(&mut self, bars: Ratio, meter: Meter) {
        let quarters = self.quarters_at(MusicUnit::Bars, bars);
        let beats = self.count_at(MusicUnit::Beats, quarters);
        self.meters.push(MeterSpan { bars, beats, quarters, meter });
    }

    /// A new tempo, later than every one before it; a ramp leads there from the one before.
    pub(crate) fn push_tempo(&mut self, quarters: Ratio, bpm: Ratio, ramp: bool) {
        if ramp && let Some(last) = self.tempos.last_mut() {
            last.ramp = Some((quarters.minus(last.quarters), bpm));
        }
        let seconds = self.seconds_at(quarters);
        self.tempos.push(TempoSpan { quarters, seconds, bpm, ramp: None });
    }

    fn meter_span(&self, starts_by: impl Fn(&MeterSpan) -> bool) -> &MeterSpan {
        &self.meters[self.meters.partition_point(starts_by).saturating_sub(1)]
    }

    /// The meter of a bar counted from zero.
    pub(crate) fn meter_at_bar(&self, bar: Ratio) -> Meter {
        self.meter_span(|span| span.bars <= bar).meter
    }

    /// The quarters after a number of bars or beats.
    pub(crate) fn quarters_at(&self, unit: MusicUnit, count: Ratio) -> Ratio {
        let (after, each, start) = match unit {
            MusicUnit::Bars => {
                let span = self.meter_span(|span| span.bars <= count);
                (count.minus(span.bars), span.meter.quarters_per_bar(), span.quarters)
            }
            MusicUnit::Beats => {
                let span = self.meter_span(|span| span.beats <= count);
                (count.minus(span.beats), span.meter.quarters_per_beat(), span.quarters)
            }
        };
        start.plus(after.times(each))
    }

    /// The bars or beats after a number of quarters.
    pub(crate) fn count_at(&self, unit: MusicUnit, quarters: Ratio) -> Ratio {
        let span = self.meter_span(|span| span.quarters <= quarters);
        let after = quarters.minus(span.quarters);
        match unit {
            MusicUnit::Bars => span.bars.plus(after.over(span.meter.quarters_per_bar())),
            MusicUnit::Beats => span.beats.plus(after.over(span.meter.quarters_per_beat())),
        }
    }

    /// When a number of quarters is over.
    pub(crate) fn seconds_at(&self, quarters: Ratio) -> Ratio {
        let next = self.tempos.partition_point(|span| span.quarters <= quarters);
        let span = &self.tempos[next.saturating_sub(1)];
        let after = quarters.minus(span.quarters);
        let took = match span.ramp {
            None => after.times(Ratio::whole(60)).over(span.bpm),
            Some((length, end)) if after >= length => {
                length.times(Ratio::whole(120)).over(span.bpm.plus(end))
            }
            Some((length, end)) => {
                let (a, b) = (span.bpm.to_f64(), end.to_f64());
                let (q, n) = (after.to_f64(), length.to_f64());
                let bpm = (a * a + (b * b - a * a) * q / n).sqrt();
                Ratio::from_f64(120.0 * q / (a + bpm))
            }
        };
        span.seconds.plus(took)
    }

    /// The bars or beats that are over at a time in seconds, for movements that keep to them.
    pub(crate) fn count_by(&self, unit: MusicUnit, seconds: f64) -> f64 {
        let next = self.tempos.partition_point(|span| span.seconds.to_f64() <= seconds);
        let span = &self.tempos[next.saturating_sub(1)];
        let (t, bpm) = (seconds - span.seconds.to_f64(), span.bpm.to_f64());
        let rise = span.ramp.map_or(0.0, |(length, end)| {
            (end.to_f64().powi(2) - bpm.powi(2)) * t / (120.0 * length.to_f64())
        });
        let quarters = span.quarters.to_f64() + t * (bpm + rise / 2.0) / 60.0;
        let span = self.meter_span(|span| span.quarters.to_f64() <= quarters);
        let beats = (quarters - span.quarters.to_f64()) * f64::from(span.meter.note) / 4.0;
        match unit {
            MusicUnit::Bars => span.bars.to_f64() + beats / f64::from(span.meter.beats),
            MusicUnit::Beats => span.beats.to_f64() + beats,
        }
    }

    /// The times in seconds at which tempo or meter change.
    pub(crate) fn changes(&self) -> impl Iterator<Item = Ratio> + '_ {
        let meters = self.meters.iter().map(|span| self.seconds_at(span.quarters));
        meters.chain(self.tempos.iter().map(|span| span.seconds))
    }

    /// The quarters that are over at a time.
    pub(crate) fn quarters_by(&self, seconds: Ratio) -> Ratio {
        let next = self.tempos.partition_point(|span| span.seconds <= seconds);
        let span = &self.tempos[next.saturating_sub(1)];
        let after = seconds.minus(span.seconds);
        let passed = match span.ramp {
            None => after.times(span.bpm).over(Ratio::whole(60)),
            Some((length, end)) => {
                let took = length.times(Ratio::whole(120)).over(span.bpm.plus(end));
                let t = after.to_f64();
                let rise = (end.to_f64() - span.bpm.to_f64()) * t / took.to_f64();
                Ratio::from_f64(t * (span.bpm.to_f64() + rise / 2.0) / 60.0)
            }
        };
        span.quarters.plus(passed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOUR: Meter = Meter { beats: 4, note: 4 };

    fn whole(number: i64) -> Ratio {
        Ratio::whole(number)
    }

    #[test]
    fn bars_of_a_steady_tempo_are_exact() {
        let map = TempoMap::new(whole(128), FOUR);
        for bar in [0, 1, 7, 8, 1000] {
            let quarters = map.quarters_at(MusicUnit::Bars, whole(bar));
            assert_eq!(map.seconds_at(quarters), Ratio::new(i128::from(bar) * 15, 8), "bar {bar}");
        }
    }

    #[test]
    fn bars_change_their_length_with_the_meter_and_their_speed_with_the_tempo() {
        let mut map = TempoMap::new(whole(120), FOUR);
        map.push_meter(whole(2), Meter { beats: 6, note: 8 });
        map.push_meter(whole(4), Meter { beats: 3, note: 4 });
        map.push_tempo(map.quarters_at(MusicUnit::Bars, whole(4)), whole(60), false);
        // Two bars of 2 s, two of 1.5 s, then bars of 3 s.
        for (bar, seconds, beats) in
            [(1, 2.0, 4), (2, 4.0, 8), (3, 5.5, 14), (4, 7.0, 20), (6, 13.0, 26)]
        {
            let quarters = map.quarters_at(MusicUnit::Bars, whole(bar));
            assert_eq!(map.seconds_at(quarters).to_f64(), seconds, "bar {bar}");
            assert_eq!(map.count_at(MusicUnit::Beats, quarters), whole(beats), "bar {bar}");
            assert_eq!(map.quarters_at(MusicUnit::Beats, whole(beats)), quarters);
            assert_eq!(map.quarters_by(map.seconds_at(quarters)), quarters);
        }
    }

    /// Adds up the time of tiny steps of a tempo that rises linearly in time.
    #[test]
    fn a_ramp_agrees_with_the_sum_of_many_small_steps() {
        for (a, b) in [(96, 140), (200, 50), (90, 90)] {
            let mut map = TempoMap::new(whole(a), FOUR);
            map.push_tempo(whole(8), whole(b), true);
            let lasts = map.seconds_at(whole(8)).to_f64();
            let steps = 400_000;
            let dt = lasts / f64::from(steps);
            let (mut quarters, mut next) = (0.0, 1);
            for i in 0..steps {
                let t = (f64::from(i) + 0.5) * dt;
                quarters += (a as f64 + (b - a) as f64 * t / lasts) / 60.0 * dt;
                if quarters >= next as f64 && next < 8 {
                    let seconds = map.seconds_at(whole(next)).to_f64();
                    assert!(
                        (seconds - t).abs() <= 2.0 * dt,
                        "{a} to {b}, quarter {next}: {seconds} {t}"
                    );
                    let back = map.quarters_by(Ratio::from_f64(seconds)).to_f64();
                    assert!((back - next as f64).abs() < 1e-9, "{back}");
                    next += 1;
                }
            }
            assert_eq!(next, 8);
            assert!((quarters - 8.0).abs() < 1e-9, "{a} to {b}: {quarters} quarters in the ramp");
            let later = map.seconds_at(whole(10)).to_f64() - lasts;
            assert!((later - 120.0 / b as f64).abs() < 1e-12, "the new tempo holds after the ramp");
        }
    }
}
