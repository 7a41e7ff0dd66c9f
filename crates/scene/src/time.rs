//! Times as authors write them: seconds, clocks, samples, bars, timecode, and spans after another
//! time. All are exact fractions of a second until they become the nearest frame.

mod ratio;
mod span;
mod tempo;
mod tempo_keys;
mod timecode;

pub(crate) use ratio::Ratio;
pub(crate) use tempo::{MusicUnit, TempoMap};
pub(crate) use tempo_keys::{RAMPS, read_tempo};
pub use timecode::Timecode;

use crate::place::Findings;
use crate::read::{Cursor, shorten};
use crate::rules;
use crate::value::parse_number;
use cupola_model::{Finding, FrameCount, FrameIndex, FrameRate, SampleRate, StemOffset};
use std::sync::Arc;

/// Longest programme and latest time.
pub(crate) const MAX_HOURS: u32 = 24;
/// The same as authors write it.
pub(crate) const LATEST: &str = "24:00:00";
/// Last bar that can be named.
pub(crate) const MAX_BAR: u32 = 1_000_000;

/// What turns words into instants.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    pub(crate) rate: SampleRate,
    pub(crate) frame_rate: FrameRate,
    /// The timecode of frame 0.
    pub(crate) start: Timecode,
    /// Whether there is a `tempo`, even a wrong one.
    pub(crate) has_tempo: bool,
    pub(crate) tempo: Option<Arc<TempoMap>>,
}

/// An instant before it is rounded to a frame, so that spans added to it do not drift.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Moment {
    pub(crate) seconds: Ratio,
    /// Where it is in the music, when it was written so.
    quarters: Option<Ratio>,
}

/// A span of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Span {
    Seconds(Ratio),
    Samples(i64),
    Music(MusicUnit, Ratio),
}

/// A time before a clock is put to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Form {
    Seconds(Ratio),
    Samples(i64),
    /// Both from 1.
    Bar(u32, Ratio),
    After(Span),
}

impl Moment {
    pub(crate) fn at(seconds: Ratio) -> Self {
        Self { seconds, quarters: None }
    }

    pub(crate) fn start() -> Self {
        Self::at(Ratio::ZERO)
    }

    /// The nearest frame; times before the start are frame 0.
    pub(crate) fn frame(&self, rate: SampleRate) -> FrameIndex {
        let frame = self.seconds.times(Ratio::whole(i64::from(rate.hz()))).rounded();
        FrameIndex(u64::try_from(frame).unwrap_or(0))
    }
}

impl Form {
    /// `None` when the text is no time; timecode is read elsewhere.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if let Some(span) = text.strip_prefix('+') {
            return Span::parse(span.trim_start()).map(Self::After);
        }
        if let Some(rest) = text.strip_prefix("bar ") {
            let words: Vec<_> = rest.split_whitespace().collect();
            let (bar, beat) = match words[..] {
                [bar] => (bar, Ratio::ONE),
                [bar, "beat", beat] if beat.starts_with(|c: char| c.is_ascii_digit()) => {
                    (bar, Ratio::decimal(beat)?)
                }
                _ => return None,
            };
            let digits = !bar.is_empty() && bar.bytes().all(|b| b.is_ascii_digit());
            // What is too large to be a number is out of range like any other.
            let bar = digits.then(|| bar.parse().unwrap_or(u32::MAX))?;
            return Some(Self::Bar(bar, beat));
        }
        if let Some(count) = ["samples", "sample"].iter().find_map(|unit| text.strip_suffix(unit)) {
            return parse_samples(count.trim_end()).map(Self::Samples);
        }
        let (negative, bare) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let seconds = parse_seconds(bare)?;
        Some(Self::Seconds(if negative { Ratio::ZERO.minus(seconds) } else { seconds }))
    }
}

impl Span {
    fn parse(text: &str) -> Option<Self> {
        let units = [
            ("bars", MusicUnit::Bars),
            ("bar", MusicUnit::Bars),
            ("beats", MusicUnit::Beats),
            ("beat", MusicUnit::Beats),
        ];
        let music = units.iter().find_map(|(word, unit)| Some((text.strip_suffix(word)?, *unit)));
        if let Some((count, unit)) = music {
            let count = count.trim_end();
            parse_number(count).filter(|_| starts_like_a_number(count))?;
            return Ratio::decimal(count).map(|count| Self::Music(unit, count));
        }
        match Form::parse(text)? {
            Form::Seconds(seconds) if !text.starts_with('-') => Some(Self::Seconds(seconds)),
            Form::Samples(samples) if samples >= 0 => Some(Self::Samples(samples)),
            _ => None,
        }
    }
}

/// A whole number; one far beyond the latest time is as good as any other such.
fn parse_samples(count: &str) -> Option<i64> {
    const BEYOND: i64 = 1 << 50;
    let (sign, digits) = match count.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, count.strip_prefix('+').unwrap_or(count)),
    };
    let whole = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    whole.then(|| sign * digits.parse().unwrap_or(BEYOND).min(BEYOND))
}

fn starts_like_a_number(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit() || c == '.')
}

/// Seconds with or without their unit, milliseconds, or a clock.
fn parse_seconds(text: &str) -> Option<Ratio> {
    if !starts_like_a_number(text) {
        return None;
    }
    if text.contains(':') {
        return parse_clock(text);
    }
    let (bare, unit) = match text.strip_suffix("ms") {
        Some(bare) => (bare, Ratio::new(1, 1000)),
        None => (text.strip_suffix('s').unwrap_or(text), Ratio::ONE),
    };
    let bare = bare.trim_end();
    parse_number(bare).and_then(|_| Ratio::decimal(bare)).map(|number| number.times(unit))
}

/// `minutes:seconds` or `hours:minutes:seconds`; minutes and seconds stay below 60, minutes only
/// when hours stand before them.
fn parse_clock(text: &str) -> Option<Ratio> {
    let mut parts = text.rsplitn(3, ':');
    let seconds_text = parts.next()?;
    let digits = |part: &str| {
        let whole = !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
        whole.then(|| part.parse::<u32>().ok())?
    };
    let minutes = digits(parts.next()?)?;
    let hours = parts.next().map(digits);
    let hours_given = hours.is_some();
    let hours = hours.unwrap_or(Some(0))?;
    let plain = seconds_text.chars().all(|c| c.is_ascii_digit() || c == '.');
    let seconds = plain.then(|| Ratio::decimal(seconds_text))??;
    let legal = seconds < Ratio::whole(60) && (minutes < 60 || !hours_given);
    let whole = i64::from(hours) * 3600 + i64::from(minutes) * 60;
    legal.then(|| Ratio::whole(whole).plus(seconds))
}

impl Clock {
    /// The instant a span after another one.
    pub(crate) fn after(&self, moment: &Moment, span: Span) -> Option<Moment> {
        let seconds = match span {
            Span::Seconds(seconds) => seconds,
            Span::Samples(samples) => Ratio::new(i128::from(samples), i128::from(self.rate.hz())),
            Span::Music(unit, count) => {
                let map = self.tempo.as_ref()?;
                let quarters = moment.quarters.unwrap_or_else(|| map.quarters_by(moment.seconds));
                let end = map.quarters_at(unit, map.count_at(unit, quarters).plus(count));
                return Some(Moment { seconds: map.seconds_at(end), quarters: Some(end) });
            }
        };
        Some(Moment::at(moment.seconds.plus(seconds)))
    }

    /// The longest programme.
    fn longest(&self) -> Ratio {
        Ratio::whole(3600 * i64::from(MAX_HOURS))
    }
}

/// The longest programme at a rate.
pub(crate) fn longest(rate: SampleRate) -> FrameCount {
    FrameCount(u64::from(rate.hz()) * 3600 * u64::from(MAX_HOURS))
}

impl Cursor<'_> {
    /// An instant of the programme. A time such as `+2 bars` counts from `before`.
    pub(crate) fn moment(
        &self,
        findings: &mut Findings,
        clock: &Clock,
        before: Option<&Moment>,
    ) -> Option<Moment> {
        let moment = self.any_moment(findings, clock, before)?;
        if moment.seconds.is_negative() {
            let finding = Finding::error(rules::VALUE_RANGE, format!("{} is negative", self.key()))
                .found(self.found())
                .allowed(format!("0 to {LATEST}"))
                .hint(self.early_hint(clock));
            self.report(findings, finding);
            return None;
        }
        self.check_length(findings, clock, moment.seconds)?;
        Some(moment)
    }

    /// [`Cursor::moment`] where no time stands before, to the nearest frame.
    pub(crate) fn instant(&self, findings: &mut Findings, clock: &Clock) -> Option<FrameIndex> {
        Some(self.moment(findings, clock, None)?.frame(clock.rate))
    }

    /// Where a stem starts; negative times cut its head.
    pub(crate) fn offset(&self, findings: &mut Findings, clock: &Clock) -> Option<StemOffset> {
        if let Some(Form::Samples(samples)) = Form::parse(&self.found()) {
            let longest = i64::try_from(longest(clock.rate).0).unwrap_or(i64::MAX);
            if samples.saturating_abs() > longest {
                self.too_long(findings, clock);
                return None;
            }
            return Some(StemOffset::FileFrames(samples));
        }
        let moment = self.any_moment(findings, clock, None)?;
        self.check_length(findings, clock, moment.seconds)?;
        let frames = moment.seconds.times(Ratio::whole(i64::from(clock.rate.hz()))).rounded();
        Some(StemOffset::SessionFrames(frames))
    }

    fn any_moment(
        &self,
        findings: &mut Findings,
        clock: &Clock,
        before: Option<&Moment>,
    ) -> Option<Moment> {
        let text = self.scalar(findings, "a time such as 12.5 s")?;
        if Timecode::looks_like(text) {
            return self
                .timecode(findings, clock.frame_rate)
                .map(|timecode| Moment::at(timecode.seconds_after(clock.start)));
        }
        match Form::parse(text) {
            Some(Form::Seconds(seconds)) => Some(Moment::at(seconds)),
            Some(Form::Samples(samples)) => clock.after(&Moment::start(), Span::Samples(samples)),
            Some(Form::Bar(bar, beat)) => {
                let Some(map) = &clock.tempo else {
                    self.no_tempo(findings, clock);
                    return None;
                };
                let quarters =
                    map.quarters_at(MusicUnit::Bars, self.bars(findings, map, bar, beat)?);
                Some(Moment { seconds: map.seconds_at(quarters), quarters: Some(quarters) })
            }
            Some(Form::After(Span::Music(..))) if clock.tempo.is_none() => {
                self.no_tempo(findings, clock);
                None
            }
            Some(Form::After(span)) => match before {
                Some(before) => clock.after(before, span),
                None => {
                    let finding =
                        Finding::error(rules::TIME_RELATIVE, "no time stands before this one")
                            .found(shorten(text))
                            .hint(
                                "`+` counts from the entry above; write a time from the start here",
                            );
                    self.report(findings, finding);
                    None
                }
            },
            None => {
                self.no_time(text, before.is_some(), findings);
                None
            }
        }
    }

    fn no_time(&self, text: &str, follows: bool, findings: &mut Findings) {
        const FORMS: &str =
            "12.5 s, 0:12.5, 1:02:03.5, 600000 samples, bar 9, bar 9 beat 2.5, 01:00:12:08";
        let after = if follows { ", +2 bars" } else { "" };
        let finding = Finding::error(rules::VALUE_TIME, format!("{} is not a time", self.key()))
            .found(shorten(text))
            .allowed(format!("{FORMS}{after} or a number of seconds"))
            .hint(time_hint(text));
        self.report(findings, finding);
    }

    /// Bars from zero to a beat of a bar; both are written from 1.
    pub(crate) fn bars(
        &self,
        findings: &mut Findings,
        map: &TempoMap,
        bar: u32,
        beat: Ratio,
    ) -> Option<Ratio> {
        let bars = Ratio::whole(i64::from(bar) - 1);
        let beats = map.meter_at_bar(bars).beats;
        let past = Ratio::whole(i64::from(beats) + 1);
        if bar == 0 || bar > MAX_BAR || beat < Ratio::ONE || beat >= past {
            let finding =
                Finding::error(rules::VALUE_RANGE, format!("{} is out of range", self.key()))
                    .found(self.found())
                    .allowed(format!(
                        "bars 1 to {MAX_BAR}, in this bar beats 1 to below {}",
                        beats + 1
                    ))
                    .hint("bars and beats count from 1");
            self.report(findings, finding);
            return None;
        }
        Some(bars.plus(beat.minus(Ratio::ONE).over(Ratio::whole(i64::from(beats)))))
    }

    /// A timecode at this rate.
    pub(crate) fn timecode(&self, findings: &mut Findings, rate: FrameRate) -> Option<Timecode> {
        let text = self.scalar(findings, "a timecode such as 01:00:00:00")?;
        match Timecode::parse(text, rate) {
            Ok(timecode) => Some(timecode),
            Err(no) => {
                let finding = Finding::error(rules::VALUE_TIMECODE, no.message)
                    .found(shorten(text))
                    .allowed(no.allowed)
                    .hint(no.hint);
                self.report(findings, finding);
                None
            }
        }
    }

    /// A finding, unless there is a tempo that already has one.
    pub(crate) fn no_tempo(&self, findings: &mut Findings, clock: &Clock) {
        if clock.has_tempo {
            return;
        }
        let finding = Finding::error(rules::TIME_NO_TEMPO, "bars and beats need a tempo")
            .found(self.found())
            .hint("add `tempo: {bpm: 120, meter: 4/4}` at the top of the scene");
        self.report(findings, finding);
    }

    fn early_hint(&self, clock: &Clock) -> String {
        if Timecode::looks_like(&self.found()) {
            format!("the programme starts at {}; `start_timecode` says so", clock.start)
        } else {
            "times count from the start of the programme".to_owned()
        }
    }

    fn check_length(&self, findings: &mut Findings, clock: &Clock, time: Ratio) -> Option<()> {
        let longest = clock.longest();
        if time > longest || Ratio::ZERO.minus(time) > longest {
            self.too_long(findings, clock);
            return None;
        }
        Some(())
    }

    fn too_long(&self, findings: &mut Findings, clock: &Clock) {
        let plain = "a plain number is seconds; write `600000 samples` for samples".to_owned();
        let hint = match Timecode::looks_like(&self.found()) {
            true => format!(
                "at {} timecode runs slower than the clock: 24 hours of it last 24:01:26.4",
                clock.frame_rate.name()
            ),
            false => plain,
        };
        let finding = Finding::error(rules::VALUE_RANGE, format!("{} is too late", self.key()))
            .found(self.found())
            .allowed(format!("up to {LATEST}"))
            .hint(hint);
        self.report(findings, finding);
    }
}

/// A comma stands for a decimal point, or between a bar and its beat.
fn comma_hint(text: &str) -> String {
    let spaced = text.replace(',', " ").split_whitespace().collect::<Vec<_>>().join(" ");
    let is_time = |text: &String| Form::parse(text).is_some() || Span::parse(text).is_some();
    match [text.replace(',', "."), spaced].iter().find(|text| is_time(text)) {
        Some(meant) => format!("did you mean `{}`?", shorten(meant)),
        None => "decimals are written with a point, and times without commas".to_owned(),
    }
}

fn time_hint(text: &str) -> String {
    let number = |unit: &str| text.strip_suffix(unit).and_then(|n| parse_number(n.trim_end()));
    if text.contains(',') {
        return comma_hint(text);
    }
    if let Some(number) = number("min") {
        return format!("did you mean `{} s`?", number * 60.0);
    }
    if let Some(Span::Music(unit, _)) = Span::parse(text) {
        let word = if unit == MusicUnit::Bars { "bar 9" } else { "bar 9 beat 2" };
        return format!("`{word}` is a time, `+{text}` a span after the entry above");
    }
    if text.starts_with("bar") || text.starts_with("Bar") {
        return "write it as `bar 9` or `bar 9 beat 2.5`".to_owned();
    }
    if text.contains(':') {
        return "minutes and seconds go up to 59".to_owned();
    }
    String::new()
}

#[cfg(test)]
mod tests;
