//! Numbers and gains as authors write them.

use crate::place::Findings;
use crate::read::{Cursor, shorten};
use crate::rules;
use crate::time::Ratio;
use cupola_model::{Finding, position::wrap_degrees};

/// A kind of number: its unit, its range, and what a number outside probably meant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quantity {
    unit: &'static str,
    min: f64,
    max: f64,
    hint: fn(f64) -> String,
}

impl Quantity {
    /// The unit that may be written behind the number; empty for none.
    pub(crate) fn unit(&self) -> &'static str {
        self.unit
    }

    /// Least and greatest.
    pub(crate) fn range(&self) -> (f64, f64) {
        (self.min, self.max)
    }

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
/// A length of the room of headphone renders.
pub(crate) const METRES: Quantity = Quantity {
    unit: "m",
    min: cupola_model::Room::SIZE_M[0],
    max: cupola_model::Room::SIZE_M[1],
    hint: |_| "length, width and height in metres".to_owned(),
};
/// Distance of a source in that room.
pub(crate) const AWAY: Quantity = Quantity {
    unit: "m",
    min: 0.1,
    max: 20.0,
    hint: |_| "loudspeakers stand about 1.5 m away".to_owned(),
};
/// Share of the amplitude that a wall throws back.
pub(crate) const REFLECTION: Quantity = Quantity {
    unit: "",
    min: 0.0,
    max: 0.95,
    hint: |_| "0 swallows all sound, 0.75 is a living room".to_owned(),
};
/// Seconds in which a tail loses 60 dB.
pub(crate) const DECAY: Quantity = Quantity {
    unit: "s",
    min: 0.05,
    max: 2.0,
    hint: |_| "0.25 is a living room, 1 a hall".to_owned(),
};
/// Direct sound over the room's, in energy.
pub(crate) const RATIO: Quantity = Quantity {
    unit: "dB",
    min: -20.0,
    max: 60.0,
    hint: |_| "9 is a loudspeaker in a living room, 60 no room at all".to_owned(),
};
/// Spread of an object.
pub(crate) const SIZE: Quantity = Quantity { unit: "", min: 0.0, max: 1.0, hint: meant_share };
/// A part of a whole.
pub(crate) const SHARE: Quantity =
    Quantity { unit: "", min: 0.0, max: 1.0, hint: |_| "1 is all of it".to_owned() };
/// How far a loudspeaker reaches, on the unit sphere or in the room.
pub(crate) const REACH: Quantity = Quantity {
    unit: "",
    min: 0.0,
    max: 4.0,
    hint: |_| "the room is 2 wide; 0.5 is 29° on the sphere of loudspeakers".to_owned(),
};
/// How much an object matters.
pub(crate) const IMPORTANCE: Quantity = Quantity {
    unit: "",
    min: 0.0,
    max: 10.0,
    hint: |_| "10 is what is always played, 0 what is left out first".to_owned(),
};
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
/// Whole turns of an azimuth, anticlockwise positive.
pub(crate) const TURNS: Quantity = Quantity {
    unit: "",
    min: -1000.0,
    max: 1000.0,
    hint: |_| "1 is once round anticlockwise, -1 once round clockwise".to_owned(),
};
/// Radius of a circle in the room.
pub(crate) const RADIUS: Quantity = Quantity {
    unit: "",
    min: 0.0,
    max: 1.0,
    hint: |_| "1 reaches from the middle of the room to its walls".to_owned(),
};
/// How often a path is gone through.
pub(crate) const REPEATS: Quantity = Quantity {
    unit: "",
    min: 1.0,
    max: crate::path::MAX_CYCLES,
    hint: |_| "leave it away for once, or write `until`".to_owned(),
};
/// How often a stem is heard in a row.
pub(crate) const LOOPS: Quantity =
    Quantity { unit: "", min: 1.0, max: 10_000.0, hint: |_| "1 is once".to_owned() };
/// How often a region of a song is heard.
pub(crate) const TIMES: Quantity = Quantity {
    unit: "",
    min: 2.0,
    max: 10_000.0,
    hint: |_| "2 plays it once more; for less, cut it".to_owned(),
};
/// Number that a random walk starts from.
pub(crate) const SEED: Quantity =
    Quantity { unit: "", min: 0.0, max: 1e9, hint: |_| "another seed is another walk".to_owned() };
/// Longest step of a random walk, as a share of the box.
pub(crate) const STEP: Quantity =
    Quantity { unit: "", min: 0.0, max: 1.0, hint: |_| "1 is a side of the box".to_owned() };
/// How far a loudspeaker is from the listener.
pub(crate) const SPEAKER_METRES: Quantity = Quantity {
    unit: "m",
    min: 0.1,
    max: 100.0,
    hint: |_| "measure in metres, from the loudspeaker to the head".to_owned(),
};
/// How much later a loudspeaker plays.
pub(crate) const DELAY: Quantity = Quantity {
    unit: "ms",
    min: 0.0,
    max: 200.0,
    hint: |_| "a delay is in milliseconds and never negative: delay the others".to_owned(),
};
/// Quarter notes a minute.
pub(crate) const BPM: Quantity = Quantity {
    unit: "bpm",
    min: 10.0,
    max: 1000.0,
    hint: |_| "bpm counts quarter notes a minute".to_owned(),
};
/// Full angle between the sides of a screen.
pub(crate) const SCREEN_ANGLE: Quantity = Quantity {
    unit: "°",
    min: 1.0,
    max: 170.0,
    hint: |_| "58 is usual; the width is the full angle from left to right".to_owned(),
};
/// Distance in x between the sides of a screen.
pub(crate) const SCREEN_ROOM: Quantity = Quantity {
    unit: "",
    min: 0.01,
    max: 2.0,
    hint: |_| {
        "this screen has a place in the room, so its width is in x and 2 is from wall to wall"
            .to_owned()
    },
};
/// Width of a screen over its height.
pub(crate) const ASPECT_RATIO: Quantity =
    Quantity { unit: "", min: 0.1, max: 10.0, hint: |_| "1.78 is 16:9, 2.39 a cinema".to_owned() };
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
        "this position is a place in the room, as that of a loudspeaker is, so the width is the \
         distance in x and 2 is from wall to wall; degrees belong to azimuth and elevation"
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
pub(crate) fn parse_number(text: &str) -> Option<f64> {
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

    /// [`Cursor::number`] without a fraction.
    pub(crate) fn whole(&self, findings: &mut Findings, kind: &Quantity) -> Option<f64> {
        let number = self.number(findings, kind)?;
        if number.fract() != 0.0 {
            let message = format!("{} must be a whole number", self.key());
            let finding = Finding::error(rules::VALUE_NUMBER, message).found(self.found());
            self.report(findings, finding.hint((kind.hint)(number)));
            return None;
        }
        Some(number)
    }

    /// [`Cursor::number`] as an exact fraction.
    pub(crate) fn exact(&self, findings: &mut Findings, kind: &Quantity) -> Option<Ratio> {
        self.number(findings, kind)?;
        let text = self.scalar(findings, "a number")?;
        Ratio::decimal(text.strip_suffix(kind.unit).unwrap_or(text).trim_end())
    }
}
