//! A correction of headphones from a file: the parametric text that equalisers exchange, or a response
//! as audio.

use crate::info::unreadable;
use crate::project::read_text;
use crate::{JobError, rules};
use cupola_model::{Decibels, Finding, LinearGain, Place, PlanarBlock, SampleRate, StemOffset};
use cupola_render::binaural::HeadphoneEq;
use cupola_render::{Biquad, BiquadShape};
use cupola_stems::{StemReader, probe};
use std::path::Path;

/// Most filters of a file.
const MOST_FILTERS: usize = 256;

/// Longest response in seconds.
const LONGEST_S: f64 = 2.0;

/// Most that the preamp and the filters up to any line may raise a frequency, in decibels.
const MOST_DB: f64 = 60.0;

/// Frequencies where that is looked at: ten octaves of twelve.
const PLACES: usize = 121;

/// Reads a correction; which kind it is, its ending says.
pub(crate) fn read(path: &Path, rate: SampleRate) -> Result<HeadphoneEq, JobError> {
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    match ending.as_str() {
        "txt" => {
            let text = read_text(path, "a headphone correction is a short text")?;
            parse(&text, &path.display().to_string(), rate)
        }
        "wav" | "flac" => responses(path, rate),
        _ => Err(JobError::Usage(format!(
            "{} is no headphone correction; give parametric filters as .txt, or a response of one or \
             two channels as .wav",
            path.display()
        ))),
    }
}

/// Responses at the session's rate.
fn responses(path: &Path, rate: SampleRate) -> Result<HeadphoneEq, JobError> {
    let fail = |e: &dyn std::fmt::Display| unreadable(path, e);
    let facts = probe(path).map_err(|e| fail(&e))?.facts;
    let (channels, file_hz) = (usize::from(facts.channels), f64::from(facts.sample_rate));
    let seconds = facts.frames as f64 / file_hz;
    if !(1..=2).contains(&channels) || facts.frames == 0 || !(0.0..=LONGEST_S).contains(&seconds) {
        return Err(fail(&format!(
            "a response for headphones has 1 or 2 channels and lasts up to {LONGEST_S} s; this has \
             {channels} and lasts {seconds:.2} s"
        )));
    }
    let own = SampleRate::new(facts.sample_rate).ok_or_else(|| {
        fail(&format!("responses of {file_hz} Hz are not read; convert it to {} Hz", rate.hz()))
    })?;
    let mut reader = StemReader::open(path, StemOffset::NONE, own).map_err(|e| fail(&e))?;
    let frames = facts.frames as usize;
    let mut block = PlanarBlock::new(channels, frames);
    reader.read(&mut block, 0..frames).map_err(|e| fail(&e))?;
    let ears = [0, channels - 1].map(|channel| block.channel(channel).to_vec());
    if ears.iter().flatten().any(|tap| !tap.is_finite()) {
        return Err(fail(&"some samples of the response are not numbers"));
    }
    Ok(HeadphoneEq::responses(ears, file_hz, f64::from(rate.hz())))
}

/// A file as it is read.
struct Draft {
    gains_db: [f64; 2],
    ears: [Vec<Biquad>; 2],
    /// The ears that filters are for from here on.
    to: [bool; 2],
    count: usize,
    /// What has been said so far does to either ear, down from half the rate in twelfths of an octave.
    levels_db: [[f64; PLACES]; 2],
}

/// Why a line cannot be read: found, allowed, hint.
struct Problem {
    message: &'static str,
    found: String,
    allowed: String,
}

/// Reads parametric filters: `Preamp: -6 dB`, `Filter 1: ON PK Fc 105 Hz Gain 5.5 dB Q 0.7`,
/// `Channel: L`; empty lines and those that start with `#` say nothing.
fn parse(text: &str, file: &str, rate: SampleRate) -> Result<HeadphoneEq, JobError> {
    let mut draft = Draft {
        gains_db: [0.0; 2],
        ears: [Vec::new(), Vec::new()],
        to: [true; 2],
        count: 0,
        levels_db: [[0.0; PLACES]; 2],
    };
    let mut findings = Vec::new();
    for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with(['#', ';']) {
            continue;
        }
        if let Err(problem) = draft.line(bare, rate) {
            let column = line.len() - line.trim_start().len() + 1;
            let place = Place {
                file: file.to_owned(),
                line: u32::try_from(number + 1).unwrap_or(u32::MAX),
                column: u32::try_from(column).unwrap_or(u32::MAX),
                ..Place::default()
            };
            let finding = Finding::error(rules::HEADPHONE_EQ, problem.message).at(place);
            findings.push(
                finding
                    .found(problem.found)
                    .allowed(problem.allowed)
                    .hint("write for example `Filter 1: ON PK Fc 105 Hz Gain 5.5 dB Q 0.7`"),
            );
            if findings.len() == 20 {
                break;
            }
        }
    }
    if !findings.is_empty() {
        return Err(JobError::SceneInvalid(findings));
    }
    let gain = draft.gains_db.map(|db| LinearGain::from(Decibels(db)).0);
    Ok(HeadphoneEq::Filters { gain, ears: draft.ears })
}

impl Draft {
    fn line(&mut self, line: &str, rate: SampleRate) -> Result<(), Problem> {
        let (key, rest) = line.split_once(':').ok_or_else(|| unknown(line))?;
        let words: Vec<&str> = rest.split_whitespace().take(20).collect();
        let key = key.trim().to_ascii_lowercase();
        match key.as_str() {
            "preamp" => self.preamp(&words, rate),
            "channel" => self.channel(&words),
            _ if key.starts_with("filter") => self.filter(&words, rate),
            _ => Err(unknown(line)),
        }
    }

    fn preamp(&mut self, words: &[&str], rate: SampleRate) -> Result<(), Problem> {
        let db = value(words.first(), -60.0..=40.0, "the preamp is not a gain")?;
        for (gain, to) in self.gains_db.iter_mut().zip(self.to) {
            *gain += if to { db } else { 0.0 };
        }
        self.raise(|_| db, rate)
    }

    fn channel(&mut self, words: &[&str]) -> Result<(), Problem> {
        let mut to = [false; 2];
        for word in words {
            match word.to_ascii_lowercase().as_str() {
                "l" | "left" => to[0] = true,
                "r" | "right" => to[1] = true,
                "all" => to = [true; 2],
                _ => return Err(not_channel(word)),
            }
        }
        if to == [false; 2] {
            return Err(not_channel(""));
        }
        self.to = to;
        Ok(())
    }

    fn filter(&mut self, words: &[&str], rate: SampleRate) -> Result<(), Problem> {
        let (state, words) = words.split_first().unwrap_or((&"", &[]));
        match state.to_ascii_lowercase().as_str() {
            "on" => {}
            "off" => return Ok(()),
            _ => {
                return Err(Problem {
                    message: "a filter is on or off",
                    found: cut(state),
                    allowed: "ON, OFF".to_owned(),
                });
            }
        }
        let filter = filter(words, rate)?;
        self.count += 1;
        if self.count > MOST_FILTERS {
            return Err(Problem {
                message: "there are too many filters",
                found: self.count.to_string(),
                allowed: format!("at most {MOST_FILTERS}"),
            });
        }
        for (ear, to) in self.ears.iter_mut().zip(self.to) {
            if to {
                ear.push(filter);
            }
        }
        self.raise(|hz| filter.gain_db_at(hz, f64::from(rate.hz())), rate)
    }

    /// Adds a gain in decibels to ears, and refuses what would drown everything, or even leave the range
    /// of numbers.
    fn raise(&mut self, db: impl Fn(f64) -> f64, rate: SampleRate) -> Result<(), Problem> {
        let levels = self.levels_db.iter_mut().zip(self.to).filter(|(_, to)| *to);
        let mut most = f64::NEG_INFINITY;
        for (level, place) in levels.flat_map(|(ear, _)| ear.iter_mut().zip(0_u32..)) {
            let hz = f64::from(rate.hz()) / 2.0 * 2_f64.powf(-f64::from(place) / 12.0);
            *level += db(hz);
            most = most.max(*level);
        }
        if most <= MOST_DB {
            return Ok(());
        }
        Err(Problem {
            message: "with this line the correction raises some frequencies too far",
            found: format!("{most:+.0} dB"),
            allowed: format!("up to {MOST_DB:+} dB"),
        })
    }
}

/// `PK Fc 105 Hz Gain 5.5 dB Q 0.7`, in any order after the shape.
fn filter(words: &[&str], rate: SampleRate) -> Result<Biquad, Problem> {
    const SHAPES: &str = "PK, LSC, HSC, LP, LPQ, HP, HPQ, BP, NO";
    let (shape, rest) = words.split_first().unwrap_or((&"", &[]));
    let after = |name: &str| {
        let at = rest.iter().position(|word| word.eq_ignore_ascii_case(name))?;
        rest.get(at + 1)
    };
    let nyquist = f64::from(rate.hz()) / 2.0;
    let hz = value(after("fc"), 1.0..=nyquist * 0.999, "Fc is not a frequency that is heard")?;
    let q = |usual: Option<f64>| match (after("q"), usual) {
        (None, Some(usual)) => Ok(usual),
        (word, _) => value(word, 0.05..=100.0, "Q is not a number in its range"),
    };
    let gain_db = || value(after("gain"), -40.0..=40.0, "Gain is not a number of decibels");
    let broad = std::f64::consts::FRAC_1_SQRT_2;
    let (shape, q) = match shape.to_ascii_uppercase().as_str() {
        "PK" | "PEQ" => (BiquadShape::Peak { gain_db: gain_db()? }, q(None)?),
        "LSC" => (BiquadShape::LowShelf { gain_db: gain_db()? }, q(Some(broad))?),
        "HSC" => (BiquadShape::HighShelf { gain_db: gain_db()? }, q(Some(broad))?),
        "LP" | "LPQ" => (BiquadShape::LowPass, q(Some(broad))?),
        "HP" | "HPQ" => (BiquadShape::HighPass, q(Some(broad))?),
        "BP" => (BiquadShape::BandPass, q(None)?),
        "NO" => (BiquadShape::Notch, q(Some(30.0))?),
        _ => {
            return Err(Problem {
                message: "there is no such shape of filter here",
                found: cut(shape),
                allowed: SHAPES.to_owned(),
            });
        }
    };
    Ok(Biquad::new(shape, hz, q, f64::from(rate.hz())))
}

fn value(
    word: Option<&&str>,
    range: std::ops::RangeInclusive<f64>,
    message: &'static str,
) -> Result<f64, Problem> {
    let word = word.copied().unwrap_or_default();
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number = digits.parse().ok().filter(|number: &f64| range.contains(number));
    number.ok_or_else(|| Problem {
        message,
        found: cut(word),
        allowed: format!("{} to {}", range.start(), range.end()),
    })
}

fn unknown(line: &str) -> Problem {
    Problem {
        message: "this line of a headphone correction is not understood",
        found: cut(line),
        allowed: "Preamp: …, Filter: …, Channel: …".to_owned(),
    }
}

fn not_channel(word: &str) -> Problem {
    Problem {
        message: "headphones have no such channel",
        found: cut(word),
        allowed: "L, R, all".to_owned(),
    }
}

fn cut(text: &str) -> String {
    if text.is_empty() { "nothing".to_owned() } else { text.chars().take(60).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filters(text: &str) -> ([f64; 2], [usize; 2]) {
        match parse(text, "eq.txt", SampleRate::HZ_48000) {
            Ok(HeadphoneEq::Filters { gain, ears }) => (gain, ears.map(|ear| ear.len())),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_text_that_equalisers_exchange_is_read() {
        let text = "\u{feff}Preamp: -6.0 dB\r\n# by hand\nFilter 1: ON PK Fc 105 Hz Gain 5.5 dB Q 0.70\n\
                    Filter 2: ON LSC Fc 105 Hz Gain -2 dB Q 0.7\nFilter 3: OFF PK Fc 9 Hz\n\
                    Filter: ON HSC Fc 8000 Hz Gain 3dB\nChannel: R\nPreamp: -1 dB\nFilter 5: ON LPQ Fc 18000 Hz Q 0.9\n";
        let (gain, counts) = filters(text);
        assert_eq!(counts, [3, 4]);
        let wanted = [10_f64.powf(-6.0 / 20.0), 10_f64.powf(-7.0 / 20.0)];
        assert!(gain.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-12), "{gain:?}");
    }

    #[test]
    fn every_wrong_line_is_told_with_its_number() {
        for (text, line) in [
            ("\nPreamp: loud\n", 2),
            ("Filter 1: ON XX Fc 100 Hz Gain 1 dB Q 1\n", 1),
            ("Filter 1: ON PK Fc 30000 Hz Gain 1 dB Q 1\n", 1),
            ("Filter 1: ON PK Fc 100 Hz Gain 90 dB Q 1\n", 1),
            ("Filter 1: ON PK Fc 100 Hz Gain 1 dB\n", 1),
            ("Filter 1: ON PK Fc nan Hz Gain 1 dB Q 1\n", 1),
            ("Filter 1: PK Fc 100 Hz Gain 1 dB Q 1\n", 1),
            ("Channel: C\n", 1),
            ("GraphicEQ: 20 0; 22 0\n", 1),
            ("# fine\n\n\nhello\n", 4),
        ] {
            let Err(JobError::SceneInvalid(findings)) = parse(text, "eq.txt", SampleRate::HZ_48000)
            else {
                panic!("{text:?} is read");
            };
            let finding = findings[0].to_string();
            assert!(finding.starts_with(&format!("eq.txt:{line}:")), "{text:?}: {finding}");
        }
        for loud in
            ["Preamp: 40\nPreamp: 30\n", &"Filter: ON PK Fc 100 Hz Gain 9 dB Q 1\n".repeat(9)]
        {
            assert!(parse(loud, "eq.txt", SampleRate::HZ_48000).is_err(), "{loud}");
        }
        let many = "Filter: ON PK Fc 100 Hz Gain 0.1 dB Q 1\n".repeat(257);
        assert!(parse(&many, "eq.txt", SampleRate::HZ_48000).is_err());
    }
}
