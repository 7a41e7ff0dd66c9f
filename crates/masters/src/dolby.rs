//! The settings of an Atmos master beside its ADM, by name: read, changed, and carried into another master.
//!
//! They stand in the chunk `dbmd` [Tech 3285 s6]. What is changed is changed in place, so that bytes which
//! nobody explains stay as they are.

use crate::DbmdError;
use crate::dbmd::{
    ATMOS, ATMOS_BYTES, TRACKS, TRACKS_HEAD_BYTES, TRACKS_SYNC, checksum, frame_rate_code,
    mode_code,
};
use cupola_damf::Trim;
use cupola_model::{BinauralMode, FrameRate};
use std::ops::Range;

/// Layouts that have trims of their own, in the order of the chunk.
pub(crate) const TRIMS: [&str; 9] =
    ["2.0", "5.1", "7.1", "2.1.2", "5.1.2", "7.1.2", "2.1.4", "5.1.4", "7.1.4"];
/// Bytes of a trim.
const TRIM_BYTES: usize = 15;
/// The first of them.
const TRIMS_AT: usize = 7;
/// Words for what is made of 5.1 in stereo, by their codes from 0.
const STEREO: [&str; 5] = ["none", "lo-ro", "lt-rt", "pro-logic-ii", "direct"];
/// Words for the phase of the surrounds in that, by their codes from 0.
const PHASE: [&str; 4] = ["0", "90", "reserved", "none"];
/// Words for what becomes 5.1, by their codes from 0.
const SURROUND: [&str; 5] = ["direct", "room-balance", "pro-logic-iix", "lo-ro", "none"];
/// Largest trim in dB, either way.
const LARGEST_TRIM_DB: f64 = 60.0;
/// What a trim may be.
pub(crate) const TRIM_ALLOWED: &str = "auto, or dB of centre/surrounds/heights such as 0/-3/-1.5, with -1 \
                                       to 1 of overhead and front behind them if wanted";
/// What a first frame of action may be.
pub(crate) const CLOCK_ALLOWED: &str = "hh:mm:ss or hh:mm:ss.fffff of less than 24 hours, or none";

const FRAME_RATE_AT: usize = 111;
const FIRST_ACTION_AT: usize = 112;
const STEREO_AT: usize = 139;
const SURROUND_AT: usize = 152;

/// The settings of an Atmos master, as its `dbmd` has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DolbySettings {
    payload: Vec<u8>,
    /// Where the body of segment 9 is.
    atmos: usize,
    /// Where the body of segment 10 is, and of how many tracks it tells.
    tracks: Option<(Range<usize>, usize)>,
}

/// Why a setting cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingError {
    /// There is no such key.
    #[error("there is no setting called {found}; known are {}", .known.join(", "))]
    Key {
        /// As it was written.
        found: String,
        /// Every key.
        known: Vec<String>,
    },
    /// The value is none of this key.
    #[error("{key} cannot be {found}; allowed is {allowed}")]
    Value {
        /// The key.
        key: String,
        /// As it was written.
        found: String,
        /// In words.
        allowed: String,
    },
    /// The master has no place for it.
    #[error(
        "there is no place for {key} in this master: its `dbmd` is missing, or tells nothing of it; \
         `cupola master` makes an Atmos master of any"
    )]
    Place {
        /// The key.
        key: String,
    },
}

/// One setting, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its key, as [`DolbySettings::set`] knows it.
    pub key: String,
    /// Its value, as [`DolbySettings::set`] knows it.
    pub value: String,
}

impl DolbySettings {
    /// Reads the payload of a chunk of any origin.
    pub fn read(payload: Vec<u8>) -> Result<Self, DbmdError> {
        let cut = DbmdError { what: "a segment is cut off" };
        let (mut atmos, mut tracks) = (None, None);
        let mut at = 4;
        while let Some(&id) = payload.get(at).filter(|id| **id != 0) {
            let size = payload.get(at + 1..at + 3).ok_or(cut)?;
            let body = at + 3..at + 3 + usize::from(u16::from_le_bytes([size[0], size[1]]));
            // One more for the checksum.
            if payload.len() <= body.end {
                return Err(cut);
            }
            at = body.end + 1;
            match id {
                ATMOS if body.len() >= ATMOS_BYTES => atmos = Some(body.start),
                TRACKS => tracks = track_count(&payload[body.clone()]).map(|count| (body, count)),
                _ => {}
            }
        }
        let atmos = atmos.ok_or(DbmdError { what: "segment 9 (Atmos) is missing or too short" })?;
        Ok(Self { payload, atmos, tracks })
    }

    /// The payload, its checksums made to fit.
    pub fn into_payload(mut self) -> Vec<u8> {
        let mut at = 4;
        while self.payload.get(at).is_some_and(|id| *id != 0) {
            let size = u16::from_le_bytes([self.payload[at + 1], self.payload[at + 2]]);
            let end = at + 3 + usize::from(size);
            self.payload[end] = checksum(&self.payload[at + 3..end]);
            at = end + 1;
        }
        self.payload
    }

    /// Every setting but those of single tracks.
    pub fn settings(&self) -> Vec<Setting> {
        let atmos = self.atmos();
        let rate = FrameRate::ALL
            .into_iter()
            .find(|rate| frame_rate_code(*rate) == atmos[FRAME_RATE_AT] & 0x0f);
        let word = |words: &[&str], code: u8| {
            words.get(usize::from(code)).map_or_else(|| format!("code {code}"), |w| (*w).to_owned())
        };
        let mut list = vec![
            ("frame_rate".to_owned(), rate.map_or("none", FrameRate::name).to_owned()),
            ("first_action".to_owned(), self.first_action()),
            ("downmix.stereo".to_owned(), word(&STEREO, atmos[STEREO_AT] >> 4 & 7)),
            ("downmix.phase".to_owned(), word(&PHASE, atmos[STEREO_AT] & 3)),
            ("downmix.5.1".to_owned(), word(&SURROUND, atmos[SURROUND_AT] & 7)),
        ];
        if let Some((body, _)) = &self.tracks {
            for (i, layout) in TRIMS.iter().enumerate() {
                let at = body.start + TRIMS_AT + TRIM_BYTES * i;
                let value = trim_words(&self.payload[at..at + TRIM_BYTES]);
                list.push((format!("trim.{layout}"), value));
            }
        }
        list.into_iter().map(|(key, value)| Setting { key, value }).collect()
    }

    /// The headphone mode of every track; `None` where none is indicated.
    pub fn modes(&self) -> Vec<Option<BinauralMode>> {
        let Some((body, count)) = &self.tracks else { return Vec::new() };
        let modes = &self.payload[body.start + TRACKS_HEAD_BYTES + count..][..*count];
        let mode_of =
            |byte: &u8| BinauralMode::ALL.into_iter().find(|mode| mode_code(*mode) == byte & 7);
        modes.iter().map(mode_of).collect()
    }

    /// Sets the headphone mode of a track, from 0. Says whether there is such a track.
    pub fn set_mode(&mut self, track: usize, mode: BinauralMode) -> bool {
        let Some((body, count)) = &self.tracks else { return false };
        if track >= *count {
            return false;
        }
        let at = body.start + TRACKS_HEAD_BYTES + count + track;
        self.payload[at] = self.payload[at] & !7 | mode_code(mode);
        true
    }

    /// Makes a setting of [`settings`](Self::settings).
    ///
    /// Trims are `auto`, or decibels for centre, surrounds and heights and, if wanted, the shares by which
    /// overhead goes to the floor and the front to the back, -1 to 1: `-3/0/-1.5` or `0/0/0/0.5/0`.
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), SettingError> {
        let wrong = |allowed: &str| SettingError::Value {
            key: key.to_owned(),
            found: value.to_owned(),
            allowed: allowed.to_owned(),
        };
        let code = |words: &[&str]| {
            let found = words.iter().position(|word| *word == value && value != "reserved");
            let code = found.and_then(|code| u8::try_from(code).ok());
            code.ok_or_else(|| wrong(&words.join(", ").replace("reserved, ", "")))
        };
        match key {
            "frame_rate" => {
                let rate = FrameRate::from_name(value);
                let names = FrameRate::ALL.map(FrameRate::name).join(", ");
                let code = frame_rate_code(rate.ok_or_else(|| wrong(&names))?);
                self.change(FRAME_RATE_AT, 0x0f, code);
            }
            "first_action" => match value {
                "none" => self.say_first_action(None),
                clock => {
                    let seconds = clock_seconds(clock).ok_or_else(|| wrong(CLOCK_ALLOWED))?;
                    self.say_first_action(Some(seconds));
                }
            },
            "downmix.stereo" => self.change(STEREO_AT, 0x70, code(&STEREO)? << 4),
            "downmix.phase" => self.change(STEREO_AT, 0x03, code(&PHASE)?),
            "downmix.5.1" => self.change(SURROUND_AT, 0x07, code(&SURROUND)?),
            _ => {
                let layout = key.strip_prefix("trim.");
                let Some(i) = layout.and_then(|l| TRIMS.iter().position(|own| *own == l)) else {
                    return Err(unknown_key(key, self.settings()));
                };
                let Some((body, _)) = &self.tracks else {
                    return Err(SettingError::Place { key: key.to_owned() });
                };
                let at = body.start + TRIMS_AT + TRIM_BYTES * i;
                let trim = parse_trim(value).ok_or_else(|| wrong(TRIM_ALLOWED))?;
                let bytes = trim_bytes(trim);
                self.payload[at..at + TRIM_BYTES].copy_from_slice(&bytes);
            }
        }
        Ok(())
    }

    /// Puts these settings into the chunk of a master made anew: all but the origin, the tool and the
    /// headphone modes, which that chunk has. `channels` are the tracks here that its tracks were made
    /// from.
    pub(crate) fn carry_into(&self, fresh: &mut Self, channels: &[Option<usize>]) {
        let from = self.atmos();
        for at in (FIRST_ACTION_AT..FIRST_ACTION_AT + 6).chain([STEREO_AT, SURROUND_AT]) {
            fresh.payload[fresh.atmos + at] = from[at];
        }
        let (Some((from, count)), Some((to, tracks))) = (&self.tracks, &fresh.tracks) else {
            return;
        };
        let trims = TRIMS_AT..TRACKS_HEAD_BYTES;
        fresh.payload[to.start + trims.start..to.start + trims.end]
            .copy_from_slice(&self.payload[from.start + trims.start..from.start + trims.end]);
        for (track, channel) in channels.iter().enumerate().take(*tracks) {
            let Some(channel) = channel.filter(|channel| channel < count) else { continue };
            // Trim bypass, and in the mode the upper bits, which are of head tracking.
            let at = from.start + TRACKS_HEAD_BYTES + channel;
            fresh.payload[to.start + TRACKS_HEAD_BYTES + track] = self.payload[at];
            let mode = &mut fresh.payload[to.start + TRACKS_HEAD_BYTES + tracks + track];
            *mode = *mode & 0x3f | self.payload[at + count] & 0xc0;
        }
    }

    fn atmos(&self) -> &[u8] {
        &self.payload[self.atmos..self.atmos + ATMOS_BYTES]
    }

    fn change(&mut self, at: usize, mask: u8, bits: u8) {
        let byte = &mut self.payload[self.atmos + at];
        *byte = *byte & !mask | bits & mask;
    }

    fn first_action(&self) -> String {
        self.first_action_seconds().map_or_else(|| "none".to_owned(), clock_words)
    }

    fn first_action_seconds(&self) -> Option<f64> {
        let [hours, minutes, rest @ ..] = &self.atmos()[FIRST_ACTION_AT..FIRST_ACTION_AT + 6]
        else {
            return None;
        };
        let steps = rest.iter().rev().fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte));
        let whole = f64::from(*hours) * 3600.0 + f64::from(*minutes) * 60.0;
        (*hours != 0xff).then(|| whole + f64::from(steps) / 1e5)
    }

    /// What becomes of it when so many seconds are cut off at the start; the first frame of action before.
    pub(crate) fn cut(&mut self, seconds: f64) -> Option<f64> {
        let first = self.first_action_seconds();
        self.say_first_action(first.map(|at| (at - seconds).max(0.0)));
        first
    }

    fn say_first_action(&mut self, seconds: Option<f64>) {
        let mut bytes = [0xff, 0, 0, 0, 0, 0];
        if let Some(seconds) = seconds {
            let (hours, minutes, steps) = clock_parts(seconds);
            [bytes[0], bytes[1]] = [hours, minutes];
            bytes[2..].copy_from_slice(&steps.to_le_bytes());
        }
        let at = self.atmos + FIRST_ACTION_AT;
        self.payload[at..at + 6].copy_from_slice(&bytes);
    }
}

/// The error of a key that there is not.
pub(crate) fn unknown_key(key: &str, settings: Vec<Setting>) -> SettingError {
    let known = settings.into_iter().map(|setting| setting.key);
    let known = known.chain(["start", "binaural"].map(str::to_owned)).collect();
    SettingError::Key { found: key.to_owned(), known }
}

/// Hours, minutes, and seconds in steps of 1e-5, of a time of a day.
fn clock_parts(seconds: f64) -> (u8, u8, u32) {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a day has 8.64e9 steps, hours and minutes are small"
    )]
    let (steps, byte) = ((seconds * 1e5).round() as u64, |value: u64| value as u8);
    let whole = steps / 100_000;
    let rest = u32::try_from(whole % 60 * 100_000 + steps % 100_000).unwrap_or(0);
    (byte(whole / 3600 % 24), byte(whole / 60 % 60), rest)
}

/// A time as it is set.
pub(crate) fn clock_words(seconds: f64) -> String {
    let (hours, minutes, steps) = clock_parts(seconds);
    format!("{hours:02}:{minutes:02}:{:02}.{:05}", steps / 100_000, steps % 100_000)
}

/// `hh:mm:ss` with up to five decimals, of less than a day, in seconds.
pub(crate) fn clock_seconds(text: &str) -> Option<f64> {
    let mut parts = text.split(':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
    let digits = |text: &str, most: usize| {
        let plain =
            (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse::<u32>().ok())?
    };
    let fraction = digits(&format!("{fraction:0<5}"), 5)?;
    let (hours, minutes, whole) = (digits(hours, 2)?, digits(minutes, 2)?, digits(whole, 2)?);
    let legal = parts.next().is_none() && hours < 24 && minutes < 60 && whole < 60;
    let whole = f64::from(hours * 3600 + minutes * 60 + whole);
    legal.then(|| whole + f64::from(fraction) / 1e5)
}

/// The number of tracks that segment 10 has room for, when it is one.
fn track_count(body: &[u8]) -> Option<usize> {
    let head = body.first_chunk::<TRACKS_HEAD_BYTES>()?;
    let count = usize::from(u16::from_le_bytes([head[4], head[5]]));
    let whole = head[..4] == TRACKS_SYNC.to_le_bytes();
    (whole && body.len() >= TRACKS_HEAD_BYTES + 2 * count).then_some(count)
}

fn trim_words(bytes: &[u8]) -> String {
    if bytes[0] & 1 == 1 {
        return trim_text(None);
    }
    let gain = |at: usize| {
        let bytes = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
        // The shortest text of the number that is stored.
        f32::from_le_bytes(bytes).to_string().parse().unwrap_or(0.0)
    };
    let share = |byte: u8| {
        let share = f64::from(byte & 0x7f) / 127.0;
        let sign = if byte & 0x80 == 0 { -1.0 } else { 1.0 };
        (share * sign * 100.0).round() / 100.0 + 0.0
    };
    trim_text(Some([gain(1), gain(5), gain(9), share(bytes[13]), share(bytes[14])]))
}

/// A trim as it is set; `None` for an automatic one.
pub(crate) fn trim_text(trim: Option<Trim>) -> String {
    match trim {
        None => "auto".to_owned(),
        Some([centre, surround, height, floor, back]) if floor == 0.0 && back == 0.0 => {
            format!("{centre}/{surround}/{height}")
        }
        Some([centre, surround, height, floor, back]) => {
            format!("{centre}/{surround}/{height}/{floor}/{back}")
        }
    }
}

/// A trim as it is written; the outer `None` is for what is none, the inner one for an automatic one.
pub(crate) fn parse_trim(text: &str) -> Option<Option<Trim>> {
    if text == "auto" {
        return Some(None);
    }
    let numbers: Vec<f64> = text.split('/').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let (gains, shares) = numbers.split_at_checked(3)?;
    let [floor, back] = match shares {
        [] => [0.0, 0.0],
        [floor, back] => [*floor, *back],
        _ => return None,
    };
    let legal = gains.iter().all(|gain| (-LARGEST_TRIM_DB..=LARGEST_TRIM_DB).contains(gain))
        && [floor, back].iter().all(|share| (-1.0..=1.0).contains(share));
    legal.then_some(Some([gains[0], gains[1], gains[2], floor, back]))
}

fn trim_bytes(trim: Option<Trim>) -> [u8; TRIM_BYTES] {
    let mut bytes = [0; TRIM_BYTES];
    let Some(trim) = trim else {
        bytes[0] = 1;
        return bytes;
    };
    for (gain, at) in trim.iter().zip([1, 5, 9]) {
        #[expect(clippy::cast_possible_truncation, reason = "the chunk has 32-bit floats")]
        bytes[at..at + 4].copy_from_slice(&(*gain as f32).to_le_bytes());
    }
    for (share, at) in trim[3..].iter().zip([13, 14]) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of 127 fits seven bits"
        )]
        let amount = (share.abs() * 127.0).round() as u8;
        // Zero counts as positive.
        bytes[at] = if *share < 0.0 { amount } else { 0x80 | amount };
    }
    bytes
}
