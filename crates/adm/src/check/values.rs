//! Times, numbers and identifiers as the profile writes them.

/// `hh:mm:ss.fffff` in steps of 1e-5 s; `None` for anything else. [Atmos-ADM]
pub(super) fn clock(text: &str) -> Option<u64> {
    let bytes = text.as_bytes();
    let separators = bytes.len() == 14
        && bytes.iter().enumerate().all(|(i, byte)| match i {
            2 | 5 => *byte == b':',
            8 => *byte == b'.',
            _ => byte.is_ascii_digit(),
        });
    if !separators {
        return None;
    }
    let number = |range: std::ops::Range<usize>| text[range].parse::<u64>().ok();
    let (hours, minutes, seconds) = (number(0..2)?, number(3..5)?, number(6..8)?);
    let fine = minutes < 60 && seconds < 60;
    fine.then_some(((hours * 60 + minutes) * 60 + seconds) * 100_000 + number(9..14)?)
}

/// Steps of 1e-5 s as seconds, for people.
pub(super) fn seconds(steps: u64) -> String {
    format!("{}.{:05} s", steps / 100_000, steps % 100_000)
}

/// A finite decimal number; no `inf`, no `nan`, no exponent.
pub(super) fn number(text: &str) -> Option<f64> {
    let plain = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+');
    if text.is_empty() || !text.bytes().all(plain) {
        return None;
    }
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

/// Prefix of the identifiers of an element and how many hexadecimal digits follow in each part.
const FORMS: &[(&str, &str, &[usize])] = &[
    ("audioProgramme", "APR", &[4]),
    ("audioContent", "ACO", &[4]),
    ("audioObject", "AO", &[4]),
    ("audioPackFormat", "AP", &[8]),
    ("audioChannelFormat", "AC", &[8]),
    ("audioStreamFormat", "AS", &[8]),
    ("audioTrackFormat", "AT", &[8, 2]),
    ("audioTrackUID", "ATU", &[8]),
    ("audioBlockFormat", "AB", &[8, 8]),
];

/// What an identifier of this element looks like, for people.
pub(super) fn form_of(element: &str) -> String {
    let form = FORMS.iter().find(|(name, ..)| *name == element);
    form.map_or(String::new(), |(_, prefix, parts)| {
        parts.iter().fold((*prefix).to_owned(), |text, n| text + "_" + &"x".repeat(*n))
    })
}

/// Whether an identifier has the form of its element; hexadecimal digits of any case.
pub(super) fn has_form(element: &str, id: &str) -> bool {
    let Some((_, prefix, digits)) = FORMS.iter().find(|(name, ..)| *name == element) else {
        return true;
    };
    let mut parts = id.split('_');
    parts.next() == Some(prefix)
        && digits.iter().all(|count| {
            let part = parts.next().unwrap_or_default();
            part.len() == *count && part.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
        && parts.next().is_none()
}

/// The number in one part of an identifier, counted from 1 after the prefix.
pub(super) fn part(id: &str, index: usize) -> Option<u64> {
    let text = id.split('_').nth(index)?;
    u64::from_str_radix(text, 16).ok()
}

/// The eight digits `yyyyxxxx` that channel, stream and track share; empty when there are none.
pub(super) fn code(id: &str) -> String {
    id.split('_').nth(1).unwrap_or_default().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_two_digits_thrice_and_five_decimals_are_a_time() {
        assert_eq!(clock("01:02:03.00004"), Some(372_300_004));
        for wrong in [
            "",
            "00:00:00.0000",
            "00:00:00.000000",
            "0:00:00.00000",
            "00:60:00.00000",
            "00:00:60.00000",
            "00:00:00,00000",
            "00:00:00.0000a",
            "+1:00:00.00000",
            "00:00:00.00000S48",
            "é0:00:0.00000",
        ] {
            assert_eq!(clock(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn identifiers_have_their_prefix_and_number_of_digits() {
        assert!(has_form("audioTrackFormat", "AT_00011001_01"));
        assert!(has_form("audioObject", "AO_100B"));
        for (element, wrong) in [
            ("audioTrackFormat", "AT_00011001"),
            ("audioObject", "AO_100"),
            ("audioObject", "AO_100g"),
            ("audioObject", "AP_100b"),
            ("audioObject", "AO_100b_1"),
            ("audioTrackUID", "ATU_1"),
        ] {
            assert!(!has_form(element, wrong), "{wrong}");
        }
        assert_eq!(form_of("audioTrackFormat"), "AT_xxxxxxxx_xx");
        assert_eq!(part("AB_00031001_0000000a", 2), Some(10));
    }

    #[test]
    fn numbers_are_plain_decimals() {
        assert_eq!(number("-0.25"), Some(-0.25));
        for wrong in ["", "inf", "NaN", "1e3", "0,5", "-", "1 dB", "0x1"] {
            assert_eq!(number(wrong), None, "{wrong}");
        }
    }
}
