//! Names, times and numbers as the profile prints them.

use cupola_model::{FrameIndex, SampleRate};

/// Longest name in characters. [Atmos-ADM]
pub(crate) const MAX_NAME: usize = 64;

/// A name as it may stand in a master: what XML 1.0 forbids and control characters are left out,
/// and so is everything after 64 characters. A name that has nothing left is replaced.
pub(crate) fn clean_name(name: &str, fallback: impl FnOnce() -> String) -> String {
    let legal = |c: &char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
    let clean: String = name.trim().chars().filter(legal).take(MAX_NAME).collect();
    let clean = clean.trim();
    if clean.is_empty() { fallback() } else { clean.to_owned() }
}

/// An instant in steps of 1e-5 s, rounded to the nearest.
pub(crate) fn clock_steps(frame: FrameIndex, rate: SampleRate) -> u64 {
    let hz = u128::from(rate.hz());
    let steps = (u128::from(frame.0) * 100_000 + hz / 2) / hz;
    u64::try_from(steps).unwrap_or(u64::MAX)
}

/// Appends `hh:mm:ss.fffff`; needs fewer than 100 hours.
pub(crate) fn push_clock(out: &mut Vec<u8>, steps: u64) {
    let (seconds, fraction) = (steps / 100_000, steps % 100_000);
    push_digits(out, seconds / 3600, 2);
    out.push(b':');
    push_digits(out, seconds / 60 % 60, 2);
    out.push(b':');
    push_digits(out, seconds % 60, 2);
    out.push(b'.');
    push_digits(out, fraction, 5);
}

/// Appends `hh:mm:ss` and a fraction in as few digits as it needs, five or nine; needs fewer than 100
/// hours.
pub(crate) fn push_nanos(out: &mut Vec<u8>, nanos: u64) {
    push_clock(out, nanos / 10_000);
    if !nanos.is_multiple_of(10_000) {
        push_digits(out, nanos % 10_000, 4);
    }
}

/// [`push_clock`] as a string.
pub(crate) fn clock(steps: u64) -> String {
    let mut out = Vec::with_capacity(14);
    push_clock(&mut out, steps);
    out.into_iter().map(char::from).collect()
}

/// A number rounded to ten decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TenDecimals {
    negative: bool,
    /// Magnitude in steps of 1e-10.
    steps: u64,
}

/// 1.0 in steps of 1e-10.
const ONE: u64 = 10_000_000_000;

impl TenDecimals {
    /// Rounds exactly, ties to even, as `format!("{:.10}")` does. The magnitude must be below 1e6.
    pub(crate) fn new(value: f64) -> Self {
        debug_assert!(value.abs() < 1e6, "{value} has no place in a master");
        let bits = value.to_bits();
        let exponent = (bits >> 52) & 0x7ff;
        let fraction = bits & ((1 << 52) - 1);
        let mantissa = if exponent == 0 { fraction } else { fraction | 1 << 52 };
        // value = mantissa × 2^-shift; below 1e6 the shift is at least 33, above 88 all bits vanish.
        let shift = 1075_u64.saturating_sub(exponent.max(1));
        let product = u128::from(mantissa) * u128::from(ONE);
        let steps = if shift > 88 {
            0
        } else {
            let whole = product >> shift;
            let rest = product & ((1 << shift) - 1);
            let half = (1 << shift) >> 1;
            let up = rest > half || (rest == half && whole & 1 == 1);
            u64::try_from(whole + u128::from(up)).unwrap_or(u64::MAX)
        };
        Self { negative: value < 0.0 && steps > 0, steps }
    }

    pub(crate) fn is_zero(self) -> bool {
        self.steps == 0
    }

    pub(crate) fn is_one(self) -> bool {
        self == Self { negative: false, steps: ONE }
    }

    /// Appends the number; zero has no sign.
    pub(crate) fn push(self, out: &mut Vec<u8>) {
        if self.negative {
            out.push(b'-');
        }
        push_digits(out, self.steps / ONE, 1);
        out.push(b'.');
        push_digits(out, self.steps % ONE, 10);
    }
}

/// Appends a number with at least `width` digits.
fn push_digits(out: &mut Vec<u8>, number: u64, width: usize) {
    let start = out.len();
    let mut rest = number;
    while rest > 0 || out.len() < start + width {
        let digit = u8::try_from(rest % 10).expect("a digit is below ten");
        out.push(b'0' + digit);
        rest /= 10;
    }
    out[start..].reverse();
}

/// Appends a number as eight lower-case hexadecimal digits.
pub(crate) fn push_hex8(out: &mut Vec<u8>, number: u32) {
    for byte in number.to_be_bytes() {
        out.push(b"0123456789abcdef"[usize::from(byte >> 4)]);
        out.push(b"0123456789abcdef"[usize::from(byte & 15)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(value: f64) -> String {
        let mut out = Vec::new();
        TenDecimals::new(value).push(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_print_like_the_standard_library_prints_them() {
        let mut seed = 1_u64;
        for i in 0..200_000_u64 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(i | 1);
            let unit = (seed >> 11) as f64 / (1_u64 << 53) as f64;
            for value in [unit * 2.0 - 1.0, unit * 1e-9, unit * 999_999.0, unit * 1e-300] {
                let want = format!("{value:.10}");
                let want = if want == "-0.0000000000" { "0.0000000000" } else { &want };
                assert_eq!(printed(value), want, "for {value:e}");
            }
        }
    }

    #[test]
    fn exact_ties_round_to_even() {
        // An odd multiple of 2^-11 has eleven decimals, the last of them a 5.
        for odd in (1..4096).step_by(2) {
            let value = f64::from(odd) / 2048.0;
            assert_eq!(printed(value), format!("{value:.10}"));
        }
    }

    #[test]
    fn zero_prints_without_a_sign() {
        for value in [0.0, -0.0, -1e-12, f64::MIN_POSITIVE, -f64::from_bits(1)] {
            assert_eq!(printed(value), "0.0000000000", "for {value:e}");
        }
    }

    #[test]
    fn times_print_in_hours_minutes_seconds_and_five_decimals() {
        assert_eq!(clock(0), "00:00:00.00000");
        assert_eq!(clock(10_000), "00:00:00.10000");
        assert_eq!(clock((3600 + 2 * 60 + 3) * 100_000 + 4), "01:02:03.00004");
        assert_eq!(clock(35_999_999_999), "99:59:59.99999");
    }

    #[test]
    fn a_fraction_has_five_digits_where_they_say_it_all_and_nine_elsewhere() {
        let printed = |nanos| {
            let mut out = Vec::new();
            push_nanos(&mut out, nanos);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(printed(10_000_000), "00:00:00.01000");
        // One frame at 48 kHz.
        assert_eq!(printed(20_833), "00:00:00.000020833");
        assert_eq!(printed(3_600_000_000_001), "01:00:00.000000001");
    }

    #[test]
    fn frames_round_to_the_nearest_step() {
        let steps = |frame, hz| clock_steps(FrameIndex(frame), SampleRate::new(hz).unwrap());
        // 1/48000 s = 2.083e-5 s, 2/48000 = 4.167e-5, 3/48000 = 6.25e-5; 1/96000 = 1.04e-5.
        assert_eq!((steps(1, 48_000), steps(2, 48_000), steps(3, 48_000)), (2, 4, 6));
        assert_eq!((steps(1, 96_000), steps(48_000, 48_000)), (1, 100_000));
    }

    #[test]
    fn names_lose_what_a_master_may_not_hold() {
        let fallback = || "Atmos_Obj_1".to_owned();
        assert_eq!(clean_name("Lead \u{7}vox\n", fallback), "Lead vox");
        assert_eq!(clean_name("a\u{ffff}b\u{0}", fallback), "ab");
        assert_eq!(clean_name(" \t ", fallback), "Atmos_Obj_1");
        assert_eq!(clean_name(&"é".repeat(70), fallback).chars().count(), 64);
        assert_eq!(clean_name("Tom & \"Jerry\" <3", fallback), "Tom & \"Jerry\" <3");
    }

    #[test]
    fn hexadecimal_numbers_have_eight_lower_case_digits() {
        let mut out = Vec::new();
        push_hex8(&mut out, 0x1a_bcde);
        assert_eq!(out, b"001abcde");
    }
}
