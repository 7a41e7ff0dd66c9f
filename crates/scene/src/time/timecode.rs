//! SMPTE timecode: the numbers of video frames.
//!
//! At 23.976 and 29.97 frames a second the numbers run slower than the clock: 01:00:00:00 is 3603.6
//! seconds after 00:00:00:00. Drop-frame numbering leaves out the numbers 00 and 01 of every minute
//! but each tenth, so that it keeps up with the clock. (SMPTE ST 12-1)

use super::Form;
use super::ratio::Ratio;
use cupola_model::{FrameCount, FrameRate, SampleRate};
use std::fmt;

/// The number of a video frame.
///
/// ```
/// let text = "cupola: 1\nframe_rate: 25\nstart_timecode: 01:00:00:00\nstems:\n  kick: {file: kick.wav}\nobjects:\n  - {stem: kick, position: {azimuth: 30}}\n";
/// let scene = cupola_scene::parse_scene(text, "song.yaml").value.expect("a right scene");
/// assert_eq!(scene.start_timecode().to_string(), "01:00:00:00");
/// assert_eq!(scene.start_timecode().frames(), 90_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timecode {
    frames: u32,
    rate: FrameRate,
}

/// Why a text is not a timecode at a rate: what is wrong, what is allowed, and a hint.
#[derive(Debug, PartialEq)]
pub(crate) struct NoTimecode {
    pub(crate) message: &'static str,
    pub(crate) allowed: String,
    pub(crate) hint: String,
}

/// Frames counted in a second of timecode.
const fn nominal(rate: FrameRate) -> u32 {
    match rate {
        FrameRate::Fps23_976 | FrameRate::Fps24 => 24,
        FrameRate::Fps25 => 25,
        FrameRate::Fps29_97Drop | FrameRate::Fps29_97 | FrameRate::Fps30 => 30,
    }
}

const fn is_drop(rate: FrameRate) -> bool {
    matches!(rate, FrameRate::Fps29_97Drop)
}

/// Frames from 00:00:00:00 until numbers start again.
const fn nominal_day(rate: FrameRate) -> u32 {
    nominal(rate) * 86_400 - if is_drop(rate) { 2 * 54 * 24 } else { 0 }
}

/// The time from one frame to the next.
fn frame_seconds(rate: FrameRate) -> Ratio {
    match rate {
        FrameRate::Fps23_976 => Ratio::new(1001, 24_000),
        FrameRate::Fps29_97Drop | FrameRate::Fps29_97 => Ratio::new(1001, 30_000),
        whole => Ratio::new(1, i128::from(nominal(whole))),
    }
}

impl Timecode {
    pub(crate) const fn zero(rate: FrameRate) -> Self {
        Self { frames: 0, rate }
    }

    /// Frames since 00:00:00:00, numbers that do not exist not counted.
    pub fn frames(self) -> u32 {
        self.frames
    }

    /// Whether a text has the form of a timecode, right or wrong.
    pub(crate) fn looks_like(text: &str) -> bool {
        text.contains(';') || text.matches(':').count() == 3
    }

    pub(crate) fn parse(text: &str, rate: FrameRate) -> Result<Self, NoTimecode> {
        let fps = nominal(rate);
        let no = |message, hint: &str| NoTimecode {
            message,
            allowed: format!(
                "hours 00 to 23, minutes and seconds 00 to 59, frames 00 to {:02}",
                fps - 1
            ),
            hint: hint.to_owned(),
        };
        let form = || no("this is not a timecode", "write it as `01:00:12:08`");
        if text.contains(';') && !is_drop(rate) {
            let hint = "`;` means drop frame; write `:` or choose `frame_rate: 29.97df`";
            return Err(no("this frame rate does not drop frames", hint));
        }
        let (clock, frames) = text.rsplit_once([':', ';']).ok_or_else(form)?;
        let parts: Vec<_> = clock.split(':').chain([frames]).map(two_digits).collect();
        let [Some(hours), Some(minutes), Some(seconds), Some(frames)] = parts[..] else {
            return Err(form());
        };
        if hours > 23 || minutes > 59 || seconds > 59 || frames >= fps {
            let hint = format!("`frame_rate` is {}", rate.name());
            return Err(no("a part of the timecode is out of range", &hint));
        }
        let total_minutes = hours * 60 + minutes;
        let mut count = (total_minutes * 60 + seconds) * fps + frames;
        if is_drop(rate) {
            if seconds == 0 && frames < 2 && minutes % 10 != 0 {
                let hint = format!(
                    "drop frame leaves out 00 and 01 of this minute; the frame after {:02}:{:02}:59;29 is {hours:02}:{minutes:02}:00;02",
                    (total_minutes - 1) / 60,
                    (total_minutes - 1) % 60
                );
                return Err(no("this frame number does not exist", &hint));
            }
            count -= 2 * (total_minutes - total_minutes / 10);
        }
        Ok(Self { frames: count, rate })
    }

    /// The number that is on the picture this long after this one; a day after, it starts again.
    pub(crate) fn plus(self, seconds: Ratio) -> Self {
        let passed = seconds.over(frame_seconds(self.rate)).floor().max(0);
        let frames = (i64::from(self.frames) + passed) % i64::from(nominal_day(self.rate));
        Self { frames: u32::try_from(frames).unwrap_or(0), rate: self.rate }
    }

    /// The nearest frame of sound to it, counted from 00:00:00:00.
    pub(crate) fn at(self, rate: SampleRate) -> FrameCount {
        let frames =
            self.seconds_after(Self::zero(self.rate)).times(Ratio::whole(rate.hz().into()));
        FrameCount(u64::try_from(frames.rounded()).unwrap_or(0))
    }

    /// Reads when a master starts, as timecode or as time since midnight, in frames of sound. What is
    /// wrong is said in words.
    ///
    /// ```
    /// # use cupola_model::{FrameCount, FrameRate, SampleRate};
    /// # use cupola_scene::Timecode;
    /// let read = |text| Timecode::read_start(text, SampleRate::HZ_48000, FrameRate::Fps25);
    /// assert_eq!(read("00:00:01:05"), Ok(FrameCount(57_600)));
    /// assert_eq!(read("0:01:00.5"), Ok(FrameCount(2_904_000)));
    /// assert!(read("25:00:00:00").is_err());
    /// ```
    pub fn read_start(
        text: &str,
        sample_rate: SampleRate,
        rate: FrameRate,
    ) -> Result<FrameCount, String> {
        if Self::looks_like(text) {
            let timecode = Self::parse(text, rate)
                .map_err(|no| format!("{}; allowed is {}; {}", no.message, no.allowed, no.hint))?;
            return Ok(timecode.at(sample_rate));
        }
        let day = 86_400 * i128::from(sample_rate.hz());
        let frames = match Form::parse(text) {
            Some(Form::Seconds(time)) => {
                i128::from(time.times(Ratio::whole(sample_rate.hz().into())).rounded())
            }
            Some(Form::Samples(count)) => i128::from(count),
            _ => -1,
        };
        let legal = (0..day).contains(&frames).then(|| u64::try_from(frames).ok()).flatten();
        legal.map(FrameCount).ok_or_else(|| {
            "allowed is a timecode such as 01:00:00:00, or a time of less than 24 hours such as \
             3600 s, 1:00:00.5 or 480 samples"
                .to_owned()
        })
    }

    /// The last one that is not after a frame of sound counted from 00:00:00:00, and how many frames
    /// before it it is; a day after, numbers start again.
    pub fn before(at: FrameCount, sample_rate: SampleRate, rate: FrameRate) -> (Self, FrameCount) {
        let day = Self { frames: nominal_day(rate), rate }.at(sample_rate);
        let at = FrameCount(at.0 % day.0);
        let seconds = Ratio::new(i128::from(at.0), i128::from(sample_rate.hz()));
        let floor = Self::zero(rate).plus(seconds);
        // Its own frame of sound may be rounded up past the one it is nearest to.
        let next = Self { frames: floor.frames + 1, rate };
        let found = if next.at(sample_rate) == at { next } else { floor };
        (found, FrameCount(at.0.saturating_sub(found.at(sample_rate).0)))
    }

    /// The exact time from another timecode of the same rate to this one.
    pub(crate) fn seconds_after(self, start: Self) -> Ratio {
        let frames = i64::from(self.frames) - i64::from(start.frames);
        Ratio::whole(frames).times(frame_seconds(self.rate))
    }
}

fn two_digits(part: &str) -> Option<u32> {
    let digits = (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| part.parse().ok())?
}

impl fmt::Display for Timecode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fps = nominal(self.rate);
        let mut number = self.frames;
        if is_drop(self.rate) {
            // Ten minutes hold 17 982 frames; the first of them is whole, the others lack two.
            let (tens, rest) = (number / 17_982, number % 17_982);
            number += 18 * tens + if rest < 2 { 0 } else { 2 * ((rest - 2) / 1798) };
        }
        let (seconds, frame) = (number / fps, number % fps);
        let (minutes, second) = (seconds / 60, seconds % 60);
        let (hours, minute) = (minutes / 60, minutes % 60);
        let mark = if is_drop(self.rate) { ';' } else { ':' };
        write!(f, "{hours:02}:{minute:02}:{second:02}{mark}{frame:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts frames as a clock with four hands does, and skips what drop frame skips.
    #[test]
    fn every_frame_of_a_day_has_the_number_and_the_time_of_a_counting_twin_at_every_rate() {
        for rate in FrameRate::ALL {
            let (fps, num, den, drop) = match rate.name() {
                "23.976" => (24, 1001_u64, 24_000_u64, false),
                "24" => (24, 1, 24, false),
                "25" => (25, 1, 25, false),
                "29.97df" => (30, 1001, 30_000, true),
                "29.97" => (30, 1001, 30_000, false),
                "30" => (30, 1, 30, false),
                other => panic!("{other} is new"),
            };
            let [mut h, mut m, mut s, mut f] = [0_u32; 4];
            let mut count: u64 = 0;
            while h < 24 {
                // Every frame around the minutes, every 13th elsewhere.
                if s == 0 || s == 59 || count.is_multiple_of(13) {
                    let mark = if drop { ';' } else { ':' };
                    let text = format!("{h:02}:{m:02}:{s:02}{mark}{f:02}");
                    let timecode = Timecode::parse(&text, rate).unwrap();
                    assert_eq!(u64::from(timecode.frames()), count, "{text} at {}", rate.name());
                    assert_eq!(timecode.to_string(), text);
                    let seconds = timecode.seconds_after(Timecode::zero(rate));
                    // Nearest sample of 48 kHz by whole numbers alone.
                    let sample = (2 * count * num * 48_000 + den) / (2 * den);
                    assert_eq!(
                        seconds.times(Ratio::whole(48_000)).rounded() as u64,
                        sample,
                        "{text} at {}",
                        rate.name()
                    );
                }
                count += 1;
                f += 1;
                if f == fps {
                    (s, f) = (s + 1, 0);
                }
                if s == 60 {
                    (m, s) = (m + 1, 0);
                    if drop && m % 10 != 0 {
                        f = 2;
                    }
                }
                if m == 60 {
                    (h, m) = (h + 1, 0);
                }
            }
            let day = if drop { 2_589_408 } else { u64::from(fps) * 86_400 };
            assert_eq!(count, day, "frames of a day at {}", rate.name());
        }
    }

    #[test]
    fn numbers_that_drop_frame_leaves_out_are_refused_and_no_others() {
        let rate = FrameRate::Fps29_97Drop;
        for minute in 0..60 {
            for frame in 0..4 {
                let text = format!("00:{minute:02}:00;{frame:02}");
                let exists = minute % 10 == 0 || frame >= 2;
                assert_eq!(Timecode::parse(&text, rate).is_ok(), exists, "{text}");
            }
        }
        let refused = Timecode::parse("01:00:00;00", FrameRate::Fps29_97).unwrap_err();
        assert!(refused.hint.contains("29.97df"), "{refused:?}");
        let refused = Timecode::parse("02:00:00;29", rate);
        assert!(refused.is_ok(), "a tenth minute drops nothing");
        let refused = Timecode::parse("01:01:00;01", rate).unwrap_err();
        assert!(refused.hint.contains("01:00:59;29 is 01:01:00;02"), "{refused:?}");
    }

    #[test]
    fn what_is_no_timecode_is_refused() {
        for text in [
            "24:00:00:00",
            "00:60:00:00",
            "00:00:60:00",
            "00:00:00:25",
            "0:0:0",
            "::;",
            ";",
            "1:1:1:001",
            "-1:00:00:00",
            "01:00;00:00",
            "é1:00:00:00",
        ] {
            assert!(Timecode::parse(text, FrameRate::Fps25).is_err(), "{text}");
            assert!(
                Timecode::parse(text, FrameRate::Fps29_97Drop).is_err() || text == "00:00:00:25",
                "{text}"
            );
        }
    }
}
