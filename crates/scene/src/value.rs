//! Numbers, gains and times as authors write them.

use crate::place::Findings;
use crate::read::{Cursor, shorten};
use crate::rules;
use cupola_model::{Finding, position::wrap_degrees};
use cupola_model::{FrameCount, FrameIndex, SampleRate, StemOffset};

/// Longest programme and latest time.
pub(crate) const MAX_HOURS: u32 = 24;

/// A kind of number: its unit, its range, and what a number outside probably meant.
#[derive(Clone, Copy)]
pub(crate) struct Quantity {
    unit: &'static str,
    min: f64,
    max: f64,
    hint: fn(f64) -> String,
}

impl Quantity {
    /// Whether it counts degrees.
    pub(crate) fn is_angle(&self) -> bool {
        self.unit == "°"
    }
}

/// Degrees, left positive. [BS.2076-2 §8]
pub(crate) const AZIMUTH: Quantity =
    Quantity { unit: "°", min: -180.0, max: 180.0, hint: meant_azimuth };
/// Degrees, up positive. [BS.2076-2 §8]
pub(crate) const ELEVATION: Quantity = Quantity {
    unit: "°",
    min: -90.0,
    max: 90.0,
    hint: |_| "90 is straight up, -90 straight down".to_owned(),
};
/// 1 on the loudspeaker sphere.
pub(crate) const DISTANCE: Quantity = Quantity {
    unit: "",
    min: 0.0,
    max: 1.0,
    hint: |_| "1 is as far away as the loudspeakers, 0 the middle of the room".to_owned(),
};
/// A room coordinate.
pub(crate) const ROOM: Quantity = Quantity {
    unit: "",
    min: -1.0,
    max: 1.0,
    hint: |_| "-1 and 1 are the walls, 0 the middle of the room".to_owned(),
};
/// Spread of an object.
pub(crate) const SIZE: Quantity = Quantity { unit: "", min: 0.0, max: 1.0, hint: meant_share };
/// Decibels; silence is written `-inf`.
pub(crate) const GAIN: Quantity = Quantity {
    unit: "dB",
    min: -120.0,
    max: 40.0,
    hint: |found| {
        let words = if found < 0.0 { "write -inf for silence" } else { "gains are in decibels" };
        words.to_owned()
    },
};
/// Cut-off of a low-pass.
pub(crate) const LOW_PASS: Quantity = Quantity {
    unit: "Hz",
    min: 20.0,
    max: 1000.0,
    hint: |_| "120 is usual for an LFE send".to_owned(),
};
/// Full angle between the two objects of a pair of polar positions.
pub(crate) const PAIR_ANGLE: Quantity = Quantity {
    unit: "°",
    min: 0.0,
    max: 180.0,
    hint: |_| "the width is the full angle between left and right".to_owned(),
};
/// Distance in x between the two objects of a pair of room positions.
pub(crate) const PAIR_ROOM: Quantity = Quantity {
    unit: "",
    min: 0.0,
    max: 2.0,
    hint: |_| {
        "in a room the width is the distance in x, and 2 is from wall to wall; degrees belong to \
         azimuth and elevation"
            .to_owned()
    },
};

fn meant_azimuth(found: f64) -> String {
    if found.abs() <= 720.0 {
        format!("did you mean {}?", wrap_degrees(found))
    } else {
        "left is positive, 180 is behind".to_owned()
    }
}

fn meant_share(found: f64) -> String {
    if found > 1.0 && found <= 100.0 {
        format!("did you mean {}?", found / 100.0)
    } else {
        "0 is a point, 1 is everywhere".to_owned()
    }
}

/// The number of a text in decimal notation; no infinities, no hexadecimal.
fn parse_number(text: &str) -> Option<f64> {
    let decimal = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | 'e' | 'E');
    let number: f64 = text.chars().all(decimal).then(|| text.parse().ok())??;
    number.is_finite().then_some(number)
}

impl Cursor<'_> {
    /// A number of this kind; its unit may be written or left away.
    pub(crate) fn number(&self, findings: &mut Findings, kind: &Quantity) -> Option<f64> {
        let text = self.scalar(findings, "a number")?;
        let bare = text.strip_suffix(kind.unit).unwrap_or(text).trim_end();
        let Some(number) = parse_number(bare) else {
            let example = if kind.max > 1.5 { "12.5" } else { "0.5" };
            let mut hint = format!("write a number such as {example}");
            if bare.contains(',') {
                hint = format!("did you mean `{}`?", shorten(&bare.replace(',', ".")));
            }
            let message = format!("{} is not a number", self.key());
            let finding = Finding::error(rules::VALUE_NUMBER, message);
            self.report(findings, finding.found(shorten(text)).hint(hint));
            return None;
        };
        if (kind.min..=kind.max).contains(&number) {
            return Some(number);
        }
        let unit = match kind.unit {
            "" | "°" => String::new(),
            unit => format!(" {unit}"),
        };
        let finding = Finding::error(rules::VALUE_RANGE, format!("{} is out of range", self.key()))
            .found(shorten(text))
            .allowed(format!("{} to {}{unit}", kind.min, kind.max))
            .hint((kind.hint)(number));
        self.report(findings, finding);
        None
    }

    /// A gain in decibels; minus infinity for silence.
    pub(crate) fn gain(&self, findings: &mut Findings) -> Option<f64> {
        if self.is_scalar() && matches!(self.found().as_str(), "-inf" | "-.inf" | "-inf dB") {
            return Some(f64::NEG_INFINITY);
        }
        self.number(findings, &GAIN)
    }

    /// A whole number of at least 1, for counting channels.
    pub(crate) fn ordinal(&self, findings: &mut Findings) -> Option<u16> {
        let text = self.scalar(findings, "a channel number from 1")?;
        let number = text.parse::<u16>().ok().filter(|n| *n > 0);
        if number.is_none() {
            let message = format!("{} is not a channel", self.key());
            let finding = Finding::error(rules::VALUE_NUMBER, message)
                .found(shorten(text))
                .allowed("left, right or a number from 1");
            self.report(findings, finding);
        }
        number
    }

    /// An instant of the programme, from its start.
    pub(crate) fn instant(&self, findings: &mut Findings, rate: SampleRate) -> Option<FrameIndex> {
        let time = self.time(findings)?;
        if time.is_negative() {
            let finding = Finding::error(rules::VALUE_RANGE, format!("{} is negative", self.key()))
                .found(self.found())
                .allowed(format!("0 to {MAX_HOURS} h"))
                .hint("times count from the start of the programme");
            self.report(findings, finding);
            return None;
        }
        let frame = match time {
            Time::Seconds(seconds) => rate.frame_at(seconds),
            Time::Samples(samples) => FrameIndex(samples.unsigned_abs()),
        };
        if frame.0 > longest(rate).0 {
            self.too_long(findings);
            return None;
        }
        Some(frame)
    }

    /// Where a stem starts; negative times cut its head.
    pub(crate) fn offset(&self, findings: &mut Findings, rate: SampleRate) -> Option<StemOffset> {
        let time = self.time(findings)?;
        let longest = i64::try_from(longest(rate).0).unwrap_or(i64::MAX);
        let offset = match time {
            Time::Samples(samples) => StemOffset::FileFrames(samples),
            Time::Seconds(seconds) => {
                // `as` saturates; what is too long is refused below.
                StemOffset::SessionFrames((seconds * f64::from(rate.hz())).round() as i64)
            }
        };
        let (StemOffset::FileFrames(frames) | StemOffset::SessionFrames(frames)) = offset;
        if frames.saturating_abs() > longest {
            self.too_long(findings);
            return None;
        }
        Some(offset)
    }

    fn too_long(&self, findings: &mut Findings) {
        let finding = Finding::error(rules::VALUE_RANGE, format!("{} is too late", self.key()))
            .found(self.found())
            .allowed(format!("up to {MAX_HOURS} h"))
            .hint("a plain number is seconds; write `600000 samples` for samples");
        self.report(findings, finding);
    }

    fn time(&self, findings: &mut Findings) -> Option<Time> {
        const FORMS: &str = "12.5 s, 0:12.5, 1:02:03.5, 600000 samples or a number of seconds";
        let text = self.scalar(findings, "a time such as 12.5 s")?;
        let time = Time::parse(text);
        if time.is_none() {
            let finding =
                Finding::error(rules::VALUE_TIME, format!("{} is not a time", self.key()))
                    .found(shorten(text))
                    .allowed(FORMS)
                    .hint(time_hint(text));
            self.report(findings, finding);
        }
        time
    }
}

/// The longest programme at a rate.
pub(crate) fn longest(rate: SampleRate) -> FrameCount {
    FrameCount(u64::from(rate.hz()) * 3600 * u64::from(MAX_HOURS))
}

/// A time before a clock is put to it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Time {
    Seconds(f64),
    Samples(i64),
}

impl Time {
    fn is_negative(self) -> bool {
        match self {
            Self::Seconds(seconds) => seconds < 0.0,
            Self::Samples(samples) => samples < 0,
        }
    }

    fn parse(text: &str) -> Option<Self> {
        if let Some(count) = ["samples", "sample"].iter().find_map(|unit| text.strip_suffix(unit)) {
            return count.trim_end().parse().ok().map(Self::Samples);
        }
        let (sign, bare) = match text.strip_prefix('-') {
            Some(rest) => (-1.0, rest),
            None => (1.0, text),
        };
        if !bare.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
            return None;
        }
        let seconds = if bare.contains(':') {
            parse_clock(bare)?
        } else {
            parse_number(bare.strip_suffix('s').unwrap_or(bare).trim_end())?
        };
        Some(Self::Seconds(sign * seconds))
    }
}

/// `minutes:seconds` or `hours:minutes:seconds`; minutes and seconds stay below 60, minutes only
/// when hours stand before them.
fn parse_clock(text: &str) -> Option<f64> {
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
    let seconds = plain.then(|| parse_number(seconds_text))??;
    let legal = seconds < 60.0 && (minutes < 60 || !hours_given);
    legal.then(|| f64::from(hours) * 3600.0 + f64::from(minutes) * 60.0 + seconds)
}

fn time_hint(text: &str) -> String {
    if text.contains(',') {
        return format!("did you mean `{}`?", shorten(&text.replace(',', ".")));
    }
    if let Some(number) = text.strip_suffix("ms").and_then(|n| parse_number(n.trim_end())) {
        return format!("did you mean `{} s`?", number / 1000.0);
    }
    if let Some(number) = text.strip_suffix("min").and_then(|n| parse_number(n.trim_end())) {
        return format!("did you mean `{} s`?", number * 60.0);
    }
    if text.contains(':') {
        return "minutes and seconds go up to 59".to_owned();
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_every_form_of_the_format() {
        for (text, seconds) in [
            ("12.5 s", 12.5),
            ("12.5s", 12.5),
            ("12.5", 12.5),
            ("0", 0.0),
            ("0:12.5", 12.5),
            ("90:00", 5400.0),
            ("1:02:03.5", 3723.5),
            ("-0:01", -1.0),
            ("-2 s", -2.0),
        ] {
            assert_eq!(Time::parse(text), Some(Time::Seconds(seconds)), "{text}");
        }
        assert_eq!(Time::parse("600000 samples"), Some(Time::Samples(600_000)));
        assert_eq!(Time::parse("-1 sample"), Some(Time::Samples(-1)));
    }

    #[test]
    fn what_is_not_a_time_is_refused() {
        for text in [
            "",
            "s",
            "samples",
            "1.5 samples",
            "1:60",
            "1:60:00",
            "1:2:3:4",
            ":5",
            "5:",
            "1:-5",
            "--5",
            "12,5",
            "1e400",
            "inf",
            "nan",
            "0x10",
            "bar 9",
            "1:5e1",
            "+5",
            "- 5",
        ] {
            assert_eq!(Time::parse(text), None, "{text}");
        }
    }
}
