//! The `dbmd` chunk: frame, checksums and what each field may say. [Tech 3285 s6]

use super::place;
use crate::dbmd::{
    ATMOS, ATMOS_BYTES, PLUS, TRACKS, TRACKS_HEAD_BYTES, TRACKS_SYNC, checksum, text,
};
use cupola_adm::{FindingList, rules};
use cupola_model::{Finding, Severity};

/// What Dolby's own parser reads at most.
const PARSED_BYTES: usize = 6144;
/// The newest version that parser takes, largest part first.
const NEWEST: [u8; 4] = [1, 0, 0, 7];
/// What encoders of the Dolby company want to read. We never write it; see the docs.
const DOLBY_ORIGIN: &str = "Created using Dolby equipment";
/// Segments of Dolby's metadata: E, Digital, Digital Plus, audio info, Atmos, its supplement.
const KNOWN: [u8; 6] = [1, 3, PLUS, 8, ATMOS, TRACKS];
const TRIM_BYTES: usize = 15;

struct Check<'a> {
    list: &'a mut FindingList,
}

impl Check<'_> {
    fn add(
        &mut self,
        rule: &'static str,
        severity: Severity,
        at: &str,
        message: &str,
        found: impl ToString,
        allowed: &str,
    ) {
        let finding = Finding::new(rule, severity, message).at(place(format!("dbmd {at}")));
        self.list.push(finding.subject("dbmd").found(found.to_string()).allowed(allowed));
    }

    fn error(
        &mut self,
        rule: &'static str,
        at: &str,
        message: &str,
        found: impl ToString,
        allowed: &str,
    ) {
        self.add(rule, Severity::Error, at, message, found, allowed);
    }

    fn warning(
        &mut self,
        rule: &'static str,
        at: &str,
        message: &str,
        found: impl ToString,
        allowed: &str,
    ) {
        self.add(rule, Severity::Warning, at, message, found, allowed);
    }
}

/// Checks the payload of a `dbmd` chunk beside sound of that many channels.
pub(super) fn check(payload: &[u8], channels: u16, list: &mut FindingList) {
    let mut check = Check { list };
    let Some((version, segments)) = payload.split_first_chunk::<4>() else {
        let message = "the chunk is too short";
        check.error(rules::DBMD, "chunk", message, payload.len(), "5 bytes or more");
        return;
    };
    if payload.len() > PARSED_BYTES {
        let (message, found) = ("the chunk is larger than Dolby's parser reads", payload.len());
        check.warning(rules::DBMD, "chunk", message, found, "at most 6144 bytes");
    }
    let [micro, minor, major, epoch] = *version;
    if [epoch, major, minor, micro] > NEWEST {
        let found = format!("{epoch}.{major}.{minor}.{micro}");
        let message = "the version is newer than Dolby's parser takes";
        check.warning(rules::DBMD_VERSION, "version", message, found, "at most 1.0.0.7");
    }
    let found = check.segments(segments);
    match found.atmos {
        Some(body) => check.atmos(body),
        None => check.missing(ATMOS, "248 bytes"),
    }
    match found.tracks {
        Some(body) => check.tracks(body, channels),
        None => check.missing(TRACKS, "142 bytes and two a track"),
    }
}

#[derive(Default)]
struct Segments<'a> {
    atmos: Option<&'a [u8]>,
    tracks: Option<&'a [u8]>,
}

impl Check<'_> {
    fn missing(&mut self, id: u8, allowed: &str) {
        let at = format!("segment {id}");
        self.error(rules::DBMD_SEGMENT, &at, "the segment is missing", "none", allowed);
    }

    /// Walks over the segments.
    fn segments<'a>(&mut self, bytes: &'a [u8]) -> Segments<'a> {
        let mut found = Segments::default();
        let mut seen = [false; 256];
        let mut rest = bytes;
        loop {
            let Some((&id, after_id)) = rest.split_first() else {
                let message = "the end of the segments is not marked";
                self.error(rules::DBMD, "chunk", message, "no end", "a zero");
                return found;
            };
            if id == 0 {
                if rest.iter().any(|byte| *byte != 0) {
                    let message = "bytes follow the end of the segments";
                    self.error(rules::DBMD, "chunk", message, rest.len() - 1, "zeros");
                }
                return found;
            }
            let at = format!("segment {id}");
            let Some((body, sum, after)) = split_segment(after_id) else {
                let message = "the segment is cut short";
                self.error(rules::DBMD, &at, message, after_id.len(), "all of its bytes");
                return found;
            };
            let want = checksum(body);
            if sum != want {
                let (found, want) = (format!("{sum:#04x}"), format!("{want:#04x}"));
                let message = "the checksum does not fit";
                self.error(rules::DBMD_CHECKSUM, &at, message, found, &want);
            }
            if std::mem::replace(&mut seen[usize::from(id)], true) {
                self.warning(rules::DBMD_SEGMENT, &at, "the segment is there twice", "2", "1");
            } else if !KNOWN.contains(&id) {
                let message = "nobody knows this segment";
                self.warning(rules::DBMD_SEGMENT, &at, message, id, "1, 3, 7, 8, 9, 10");
            }
            match id {
                ATMOS => found.atmos = Some(body),
                TRACKS => found.tracks = Some(body),
                _ => {}
            }
            rest = after;
        }
    }

    fn atmos(&mut self, body: &[u8]) {
        let at = "segment 9";
        let Ok(body): Result<&[u8; ATMOS_BYTES], _> = body.try_into() else {
            let message = "the segment has another size";
            self.error(rules::DBMD_SEGMENT, at, message, body.len(), "248 bytes");
            return;
        };
        let origin = text(&body[0..32]);
        if origin != DOLBY_ORIGIN {
            let message = "Dolby Media Encoder and atmos_info refuse files of this origin";
            self.warning(rules::DBMD_ORIGIN, at, message, origin, "the text of Dolby's own tools");
        }
        match body[111] & 0x0f {
            0 => {
                let message = "the frame rate is not indicated";
                self.warning(rules::DBMD_FRAME_RATE, at, message, 0, "1 to 6");
            }
            1..=6 => {}
            code => {
                let message = "the frame rate has no meaning";
                self.error(rules::DBMD_FRAME_RATE, at, message, code, "1 to 6");
            }
        }
        for (message, code) in [
            ("the warp mode has no meaning", body[152] & 7),
            ("the downmix from 5.1 to 2.0 has no meaning", (body[139] >> 4) & 7),
        ] {
            if code > 4 {
                self.error(rules::DBMD_DOWNMIX, at, message, code, "0 to 4");
            }
        }
    }

    fn tracks(&mut self, body: &[u8], channels: u16) {
        let at = "segment 10";
        let Some(head) = body.first_chunk::<TRACKS_HEAD_BYTES>() else {
            let message = "the segment is too short";
            let allowed = "142 bytes and two a track";
            self.error(rules::DBMD_SEGMENT, at, message, body.len(), allowed);
            return;
        };
        let sync = u32::from_le_bytes([head[0], head[1], head[2], head[3]]);
        if sync != TRACKS_SYNC {
            let (message, found) = ("the sync word is another", format!("{sync:#010x}"));
            self.error(rules::DBMD_SEGMENT, at, message, found, "0xf8726fbd");
        }
        let count = u16::from_le_bytes([head[4], head[5]]);
        let tracks = usize::from(count);
        let want = TRACKS_HEAD_BYTES + 2 * tracks;
        if body.len() != want {
            let message = "the segment has another size than its tracks need";
            let allowed = format!("{want} bytes");
            self.error(rules::DBMD_SEGMENT, at, message, body.len(), &allowed);
            return;
        }
        if count != channels {
            let message = "the segment does not list one entry a channel";
            self.error(rules::DBMD_TRACKS, at, message, count, &channels.to_string());
            return;
        }
        self.trims(&head[7..]);
        let (bypass, modes) = body[TRACKS_HEAD_BYTES..].split_at(tracks);
        for (number, byte) in (1..).zip(bypass).filter(|(_, byte)| *byte & 3 == 3) {
            let at = format!("segment 10, track {number}");
            self.error(rules::DBMD_TRIM, &at, "the trim bypass has no meaning", byte & 3, "0 to 2");
        }
        self.modes(modes);
    }

    fn trims(&mut self, sets: &[u8]) {
        for (number, set) in (1..).zip(sets.as_chunks::<TRIM_BYTES>().0) {
            let at = format!("segment 10, trim {number}");
            let trims =
                [1, 5, 9].map(|i| f32::from_le_bytes([set[i], set[i + 1], set[i + 2], set[i + 3]]));
            let automatic = set[0] & 1 == 1;
            if automatic && set[1..].iter().any(|byte| *byte != 0) {
                let message = "an automatic trim carries values nobody reads";
                self.warning(rules::DBMD_TRIM, &at, message, format!("{trims:?}"), "zeros");
            } else if !automatic && trims.iter().any(|trim| !trim.is_finite()) {
                let message = "a trim is no number";
                self.error(rules::DBMD_TRIM, &at, message, format!("{trims:?}"), "decibels");
            }
        }
    }

    fn modes(&mut self, modes: &[u8]) {
        for (number, mode) in (1..).zip(modes).filter(|(_, mode)| *mode & 7 > 4) {
            let at = format!("segment 10, track {number}");
            let message = "the headphone mode has no meaning";
            self.error(rules::DBMD_BINAURAL, &at, message, mode & 7, "0 to 4");
        }
        for (code, message) in [
            (4, "the headphone mode of no track is indicated"),
            (0, "the headphone mode of every track is off"),
        ] {
            if !modes.is_empty() && modes.iter().all(|mode| mode & 7 == code) {
                let allowed = "near, mid or far for what is heard in the room";
                self.warning(rules::DBMD_BINAURAL, "segment 10", message, code, allowed);
            }
        }
    }
}

/// Body and checksum of the segment whose size stands first, and what follows it.
fn split_segment(bytes: &[u8]) -> Option<(&[u8], u8, &[u8])> {
    let (size, rest) = bytes.split_first_chunk::<2>()?;
    let (body, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes(*size)))?;
    let (&sum, rest) = rest.split_first()?;
    Some((body, sum, rest))
}
