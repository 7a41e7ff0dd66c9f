//! Numbers, times and names as scenes have them.

use crate::value::GAIN;
use cupola_model::{Decibels, LinearGain, SampleRate};

/// Most decimals of seconds, and of numbers above 1: degrees and decibels.
const DECIMALS: usize = 6;
/// Most decimals of coordinates and sizes; size takes differences of a millionth to -90 dB.
const FINE_DECIMALS: usize = 8;
/// Words that YAML takes for something else than text.
const WORDS: [&str; 16] = [
    "true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf", "infinity", "none",
    "nil", "e", "x",
];

/// A number without zeros at its end, and never minus zero.
pub(super) fn number(value: f64) -> String {
    let digits = if value.abs() <= 1.0 { FINE_DECIMALS } else { DECIMALS };
    let text = format!("{value:.digits$}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A gain in dB within the range of scenes; what is below it is silence.
pub(super) fn decibels(gain: LinearGain) -> String {
    let (lowest, highest) = GAIN.range();
    let db = Decibels::from(gain).0;
    if db < lowest { "-inf".to_owned() } else { number(db.min(highest)) }
}

/// The shortest number of seconds that is this frame.
pub(super) fn second(frame: u64, rate: SampleRate) -> String {
    let hz = u128::from(rate.hz());
    let mut scale = 1_u128;
    for digits in 0..=DECIMALS {
        let steps = (2 * u128::from(frame) * scale + hz) / (2 * hz);
        let back = (2 * steps * hz + scale) / (2 * scale);
        // A half would be rounded one way here and perhaps another way there.
        let tie = (2 * steps * hz + scale).is_multiple_of(2 * scale);
        if back == u128::from(frame) && !tie {
            let (whole, rest) = (steps / scale, steps % scale);
            return match digits {
                0 => format!("{whole} s"),
                _ => format!("{whole}.{rest:0digits$} s"),
            };
        }
        scale *= 10;
    }
    format!("{frame} samples")
}

/// A text as it may stand in a list or mapping.
pub(super) fn quoted(text: &str) -> String {
    let first = text.chars().next().is_some_and(|c| c.is_ascii_alphabetic());
    let plain = |c: char| c.is_ascii_alphanumeric() || " _./()+-".contains(c);
    let word = WORDS.iter().any(|word| text.eq_ignore_ascii_case(word));
    if first && !word && !text.ends_with(' ') && text.chars().all(plain) {
        return text.to_owned();
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_seconds_come_back_as_the_same_frame() {
        let at = |frame| second(frame, SampleRate::HZ_48000);
        assert_eq!((at(0).as_str(), at(48_000).as_str()), ("0 s", "1 s"));
        assert_eq!((at(600_000).as_str(), at(480).as_str()), ("12.5 s", "0.01 s"));
        for hz in [44_100, 48_000, 96_000, 192_000] {
            let rate = SampleRate::new(hz).unwrap();
            for frame in (0..2_000).chain(600_000_000..600_000_300) {
                let text = second(frame, rate);
                let seconds: f64 = text.trim_end_matches(" s").parse().unwrap();
                assert_eq!(rate.frame_at(seconds).0, frame, "{text} at {hz}");
            }
        }
    }

    #[test]
    fn names_stay_plain_only_where_yaml_takes_them_as_they_are() {
        assert_eq!(quoted("Lead vocal 2 (L)"), "Lead vocal 2 (L)");
        assert_eq!(quoted("No"), "\"No\"");
        assert_eq!(quoted("12"), "\"12\"");
        assert_eq!(quoted("a: b, {c} #d"), "\"a: b, {c} #d\"");
        assert_eq!(quoted("say \"hi\" \\ \u{7}"), "\"say \\\"hi\\\" \\\\ \\u0007\"");
        assert_eq!(quoted(""), "\"\"");
        assert_eq!(quoted("Été"), "\"Été\"");
    }

    #[test]
    fn numbers_have_no_idle_digits() {
        assert_eq!((number(0.5).as_str(), number(-0.0).as_str()), ("0.5", "0"));
        assert_eq!((number(-1e-9).as_str(), number(1.0 / 3.0).as_str()), ("0", "0.33333333"));
        assert_eq!(decibels(LinearGain(0.501_187_233_627)), "-6");
        assert_eq!(decibels(LinearGain(0.0)), "-inf");
        assert_eq!(decibels(LinearGain(1e-7)), "-inf");
    }
}
