//! Times of any version of the standard, as frames.

use cupola_model::SampleRate;

/// Most digits of a fraction that are looked at; more would not move a frame.
const FRACTION_DIGITS: usize = 12;
/// Latest time, in seconds: nothing lasts longer than 100 days.
const LATEST_SECONDS: u64 = 100 * 24 * 3600;

/// A time: whole seconds, and a fraction of one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Time {
    seconds: u64,
    count: u128,
    of: u128,
}

impl Time {
    /// `hh:mm:ss`, `hh:mm:ss.fff…` or `hh:mm:ss.nnnSfff`; `None` for anything else. [BS.2076-2 §6.5]
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().split(':');
        let (hours, minutes, rest) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let (seconds, fraction) = rest.split_once('.').unwrap_or((rest, ""));
        let (hours, minutes, seconds) = (whole(hours)?, whole(minutes)?, whole(seconds)?);
        if minutes >= 60 || seconds >= 60 {
            return None;
        }
        let seconds = hours.checked_mul(3600)?.checked_add(minutes * 60 + seconds)?;
        if seconds > LATEST_SECONDS {
            return None;
        }
        let (count, of) = fraction_of(fraction)?;
        Some(Self { seconds, count, of })
    }

    /// In frames, rounded to the nearest.
    pub(super) fn frames(self, rate: SampleRate) -> u64 {
        let (whole, part) = self.split(rate);
        whole + u64::from(2 * part >= self.of)
    }

    /// In frames, not rounded: a whole number where the time is on a frame.
    pub(super) fn exact_frames(self, rate: SampleRate) -> f64 {
        let (whole, part) = self.split(rate);
        whole as f64 + part as f64 / self.of as f64
    }

    /// Whole frames, and what is left, in parts of a frame of which there are `of`.
    fn split(self, rate: SampleRate) -> (u64, u128) {
        let count = self.count * u128::from(rate.hz());
        let within = u64::try_from(count / self.of).unwrap_or(u64::MAX);
        (self.seconds * u64::from(rate.hz()) + within, count % self.of)
    }
}

/// The part behind the point.
fn fraction_of(text: &str) -> Option<(u128, u128)> {
    if let Some((count, of)) = text.split_once(['S', 's']) {
        let (count, of) = (whole(count)?, whole(of)?);
        return (of > 0 && count < of).then(|| (count.into(), of.into()));
    }
    let digits: String = text.chars().take(FRACTION_DIGITS).collect();
    let scale = 10_u128.checked_pow(u32::try_from(digits.len()).ok()?)?;
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let count = if digits.is_empty() { 0 } else { u128::from(whole(&digits)?) };
    plain.then_some((count, scale))
}

fn whole(text: &str) -> Option<u64> {
    let plain = !text.is_empty() && text.len() <= 18 && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok())?
}

/// Decimal seconds, as `interpolationLength` has them, in frames; zero for what is none.
pub(super) fn seconds_to_frames(text: &str, rate: SampleRate) -> f64 {
    let seconds = text.trim().parse::<f64>().ok().filter(|seconds| seconds.is_finite());
    seconds.unwrap_or(0.0).clamp(0.0, 3600.0) * f64::from(rate.hz())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_time_is_the_nearest_frame() {
        let at = |text| Time::parse(text).map(|time| time.frames(SampleRate::HZ_48000));
        assert_eq!(at("00:00:00.00000"), Some(0));
        assert_eq!(at("01:02:03.5"), Some(3723 * 48_000 + 24_000));
        // 0.00521 s are 250.08 frames; nine digits; a third of a second; no fraction at all.
        assert_eq!(at("00:00:00.00521"), Some(250));
        assert_eq!(at("00:00:00.000020833"), Some(1));
        assert_eq!(at("00:00:00.333333333333333333"), Some(16_000));
        assert_eq!(at("00:00:02"), Some(96_000));
        // Samples of this rate and of another one.
        assert_eq!(at("00:00:01.24000S48000"), Some(72_000));
        assert_eq!(at("00:00:00.1S44100"), Some(1));
        for wrong in [
            "",
            "1",
            "00:00",
            "00:60:00",
            "00:00:61.0",
            "0:0:1.5x",
            "-1:00:00.0",
            "00:00:00.5S0",
            "00:00:00.5S5",
            "a:b:c",
            "99999999999:00:00",
            "00:00:00:00",
        ] {
            assert_eq!(at(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn exact_times_are_whole_on_frames_and_fractions_between_them() {
        let at = |text| Time::parse(text).unwrap().exact_frames(SampleRate::HZ_48000);
        assert_eq!(at("01:02:03.01"), 3723.0 * 48_000.0 + 480.0);
        assert_eq!(at("00:00:01.00001S48000"), 48_001.0);
        assert!((at("00:00:00.00521") - 250.08).abs() < 1e-9);
        assert!((at("00:00:00.1S44100") - 48_000.0 / 44_100.0).abs() < 1e-12);
        assert!(Time::parse("1.5").is_none());
    }

    #[test]
    fn interpolation_lengths_are_decimal_seconds() {
        let at = |text| seconds_to_frames(text, SampleRate::HZ_48000);
        assert!((at("0.005208") - 249.984).abs() < 1e-9);
        assert_eq!((at("0.01"), at("0.000000"), at("nan"), at("-1")), (480.0, 0.0, 0.0, 0.0));
    }
}
