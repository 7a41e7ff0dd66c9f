//! The `dbmd` chunk: what Dolby's tools want to know beside the ADM. [Tech 3285 s6]
//!
//! Without it MediaInfo and Dolby's encoder see no Atmos file. Real masters carry segment 7
//! (Dolby Digital Plus, unused here), 9 (Atmos) and 10 (Atmos, per track). Bytes nobody explains
//! are written as every real master has them.

use crate::DbmdError;
use cupola_model::{BedChannel, BinauralMode, FrameRate, Item, Timeline};

/// 1.0.0.6, as in every real master.
const VERSION: [u8; 4] = [6, 0, 0, 1];
pub(crate) const PLUS: u8 = 7;
const PLUS_BYTES: usize = 96;
pub(crate) const ATMOS: u8 = 9;
pub(crate) const ATMOS_BYTES: usize = 248;
pub(crate) const TRACKS: u8 = 10;
pub(crate) const TRACKS_HEAD_BYTES: usize = 142;
pub(crate) const TRACKS_SYNC: u32 = 0xf872_6fbd;
const TRIM_SETS: usize = 9;
/// Head tracking "not indicated" in the upper bits of a track's mode.
const NO_HEAD_TRACKING: u8 = 0x80;

/// What a `dbmd` chunk says, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dbmd {
    /// Who made the file, at most 32 bytes. Some tools refuse any text but that of Dolby's own
    /// equipment; ours says what is true.
    pub origin: String,
    /// The program, at most 64 bytes.
    pub tool: String,
    /// Its version: major, minor, patch.
    pub tool_version: [u8; 3],
    /// Frame rate, where one is indicated.
    pub frame_rate: Option<FrameRate>,
    /// Headphone mode of every track; `None` where none is indicated.
    pub binaural: Vec<Option<BinauralMode>>,
}

/// What was found in a `dbmd` chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DbmdInfo {
    /// What it says.
    pub contents: Dbmd,
    /// Numbers of the segments whose checksum does not fit.
    pub damaged_segments: Vec<u8>,
    /// Settings other than what is written here, in words: trims, downmix, warp mode.
    pub settings: Vec<&'static str>,
}

impl Dbmd {
    /// What a master of this programme says.
    pub(crate) fn of(timeline: &Timeline) -> Self {
        let number = |text: &str| text.parse().unwrap_or(u8::MAX);
        let mut binaural = Vec::with_capacity(timeline.lanes.len());
        for item in &timeline.items {
            match item {
                Item::Bed(bed) => binaural.extend(bed.channels.iter().map(|c| Some(bed_mode(c)))),
                Item::Ambisonic(bed) => {
                    binaural.extend(bed.channels.iter().map(|_| Some(bed.binaural)));
                }
                Item::Object(object) => binaural.push(Some(object.binaural)),
            }
        }
        Self {
            origin: "Created using Cupola".into(),
            tool: "Cupola".into(),
            tool_version: [
                number(env!("CARGO_PKG_VERSION_MAJOR")),
                number(env!("CARGO_PKG_VERSION_MINOR")),
                number(env!("CARGO_PKG_VERSION_PATCH")),
            ],
            frame_rate: Some(timeline.frame_rate),
            binaural,
        }
    }

    /// The payload of the chunk; its size is even. At most 65 535 tracks count.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = VERSION.to_vec();
        push_segment(&mut out, PLUS, &plus_segment());
        push_segment(&mut out, ATMOS, &self.atmos_segment());
        push_segment(&mut out, TRACKS, &self.tracks_segment());
        out.push(0);
        if !out.len().is_multiple_of(2) {
            out.push(0);
        }
        out
    }

    fn atmos_segment(&self) -> [u8; ATMOS_BYTES] {
        let mut body = [0; ATMOS_BYTES];
        put_text(&mut body[0..32], &self.origin);
        put_text(&mut body[32..96], &self.tool);
        body[96..99].copy_from_slice(&self.tool_version);
        // The upper half of the frame rate is 1 or 2 in real files; nobody says why.
        body[111] = 0x20 | self.frame_rate.map_or(0, frame_rate_code);
        // First frame of action: not indicated.
        body[112] = 0xff;
        // 5.1 to stereo not indicated, its phase shift neither; 5.1 rendered directly.
        body[139] = 0x03;
        body[152] = 0x80;
        for (at, value) in [(103, 3), (118, 3), (134, 0xf0), (135, 8)] {
            body[at] = value;
        }
        for at in [168, 184, 200] {
            body[at] = 0xf0;
            body[at + 2] = 8;
        }
        body
    }

    fn tracks_segment(&self) -> Vec<u8> {
        let count = u16::try_from(self.binaural.len()).unwrap_or(u16::MAX);
        let tracks = &self.binaural[..usize::from(count)];
        let mut body = Vec::with_capacity(TRACKS_HEAD_BYTES + 2 * tracks.len());
        body.extend(TRACKS_SYNC.to_le_bytes());
        body.extend(count.to_le_bytes());
        body.push(0);
        for _ in 0..TRIM_SETS {
            // Bit 0 means automatic; the fourteen bytes of a manual trim are then zero.
            body.push(1);
            body.extend([0; 14]);
        }
        // Trims apply to every track.
        body.extend(tracks.iter().map(|_| 0));
        body.extend(tracks.iter().map(|mode| NO_HEAD_TRACKING | mode.map_or(4, mode_code)));
        body
    }
}

impl DbmdInfo {
    /// Reads the payload of a chunk of any origin: unknown segments are passed over, wrong
    /// checksums are noted.
    ///
    /// ```
    /// let error = cupola_masters::DbmdInfo::decode(&[6, 0, 0, 1, 0]).unwrap_err();
    /// assert!(error.to_string().contains("segment 9"));
    /// ```
    pub fn decode(payload: &[u8]) -> Result<Self, DbmdError> {
        let cut = DbmdError { what: "a segment is cut off" };
        let mut rest = payload.get(4..).ok_or(DbmdError { what: "it has no version" })?;
        let (mut atmos, mut tracks) = (None, None);
        let mut damaged_segments = Vec::new();
        while let Some((&id, after_id)) = rest.split_first() {
            if id == 0 {
                break;
            }
            let (size, after_size) = after_id.split_first_chunk::<2>().ok_or(cut)?;
            let size = usize::from(u16::from_le_bytes(*size));
            let (body, after_body) = after_size.split_at_checked(size).ok_or(cut)?;
            let (&sum, after_sum) = after_body.split_first().ok_or(cut)?;
            // A chunk is small, but who fills it with empty damaged segments gets no long list.
            if sum != checksum(body) && !damaged_segments.contains(&id) {
                damaged_segments.push(id);
            }
            match id {
                ATMOS => atmos = Some(body),
                TRACKS => tracks = Some(body),
                _ => {}
            }
            rest = after_sum;
        }
        let atmos = atmos
            .and_then(|body| body.first_chunk::<ATMOS_BYTES>())
            .ok_or(DbmdError { what: "segment 9 (Atmos) is missing or too short" })?;
        let contents = Dbmd {
            origin: text(&atmos[0..32]),
            tool: text(&atmos[32..96]),
            tool_version: [atmos[96], atmos[97], atmos[98]],
            frame_rate: FrameRate::ALL
                .into_iter()
                .find(|&rate| frame_rate_code(rate) == atmos[111] & 0x0f),
            binaural: tracks.map_or(Ok(Vec::new()), track_modes)?,
        };
        Ok(Self { contents, damaged_segments, settings: settings(atmos, tracks) })
    }
}

/// What is set otherwise than automatically, directly or not at all.
fn settings(atmos: &[u8; ATMOS_BYTES], tracks: Option<&[u8]>) -> Vec<&'static str> {
    let trim = |i: usize| tracks.and_then(|body| body.get(7 + 15 * i));
    let manual = (0..TRIM_SETS).any(|i| trim(i).is_some_and(|byte| byte & 1 == 0));
    let all = [
        (manual, "trims"),
        (matches!(atmos[139] >> 4 & 7, 1..=4), "the stereo downmix"),
        (matches!(atmos[152] & 7, 1..=3), "the warp mode"),
    ];
    all.into_iter().filter(|(set, _)| *set).map(|(_, words)| words).collect()
}

/// The LFE is never spatialised.
fn bed_mode(channel: &BedChannel) -> BinauralMode {
    if channel.label.is_lfe() { BinauralMode::Off } else { channel.binaural }
}

fn track_modes(body: &[u8]) -> Result<Vec<Option<BinauralMode>>, DbmdError> {
    let bad = DbmdError { what: "segment 10 (Atmos tracks) is too short" };
    let head = body.first_chunk::<TRACKS_HEAD_BYTES>().ok_or(bad)?;
    if head[..4] != TRACKS_SYNC.to_le_bytes() {
        return Err(DbmdError { what: "segment 10 (Atmos tracks) lacks its sync word" });
    }
    let count = usize::from(u16::from_le_bytes([head[4], head[5]]));
    let modes = body.get(TRACKS_HEAD_BYTES + count..).and_then(|b| b.get(..count)).ok_or(bad)?;
    let mode_of =
        |byte: &u8| BinauralMode::ALL.into_iter().find(|&mode| mode_code(mode) == byte & 0x07);
    Ok(modes.iter().map(mode_of).collect())
}

/// Nearly all zero: LFE on, 3/2 channels, copyrighted original, downmix −3 dB, film light.
fn plus_segment() -> [u8; PLUS_BYTES] {
    let mut body = [0; PLUS_BYTES];
    for (at, value) in [(1, 0x47), (5, 0x60), (8, 0x24), (9, 0x24), (14, 2), (15, 2)] {
        body[at] = value;
    }
    body
}

fn push_segment(out: &mut Vec<u8>, id: u8, body: &[u8]) {
    let size = u16::try_from(body.len()).expect("a segment of at most 128 tracks is small");
    out.push(id);
    out.extend(size.to_le_bytes());
    out.extend(body);
    out.push(checksum(body));
}

/// What makes size and bytes add up to zero; the size counts as a number, not as two bytes.
pub(crate) fn checksum(body: &[u8]) -> u8 {
    let [size, ..] = body.len().to_le_bytes();
    body.iter().fold(size, |sum, byte| sum.wrapping_add(*byte)).wrapping_neg()
}

pub(crate) fn frame_rate_code(rate: FrameRate) -> u8 {
    match rate {
        FrameRate::Fps23_976 => 1,
        FrameRate::Fps24 => 2,
        FrameRate::Fps25 => 3,
        FrameRate::Fps29_97Drop => 4,
        FrameRate::Fps29_97 => 5,
        FrameRate::Fps30 => 6,
    }
}

pub(crate) fn mode_code(mode: BinauralMode) -> u8 {
    match mode {
        BinauralMode::Off => 0,
        BinauralMode::Near => 1,
        BinauralMode::Far => 2,
        BinauralMode::Mid => 3,
    }
}

fn put_text(field: &mut [u8], text: &str) {
    for (to, from) in field.iter_mut().zip(text.bytes()) {
        *to = from;
    }
}

/// Text up to the first zero; what is not printable ASCII becomes a question mark.
pub(crate) fn text(field: &[u8]) -> String {
    let used = field.split(|byte| *byte == 0).next().unwrap_or_default();
    let printable = |byte: &u8| byte.is_ascii_graphic() || *byte == b' ';
    used.iter().map(|byte| if printable(byte) { char::from(*byte) } else { '?' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cupola_model::BedLabel;
    use sha2::{Digest, Sha256};

    /// Eleven tracks, all in the middle, made by another program.
    fn vector() -> Dbmd {
        Dbmd {
            origin: "oracle self-test".into(),
            tool: "adm_conformance".into(),
            tool_version: [0, 1, 0],
            frame_rate: Some(FrameRate::Fps24),
            binaural: vec![Some(BinauralMode::Mid); 11],
        }
    }

    #[test]
    fn the_chunk_equals_the_one_another_program_makes() {
        let chunk = vector().encode();
        assert_eq!(chunk.len(), 526);
        assert_eq!((chunk[4], chunk[104], chunk[356]), (7, 9, 10));
        // Each checksum follows its segment.
        assert_eq!((chunk[103], chunk[355], chunk[523]), (0xad, 0x34, 0x11));
        let sum: String = Sha256::digest(&chunk).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(sum, "9e548b5eb4b8ce92c339f494f5480bbe84d53bbb5abd8f37216ae96894126cc7");
    }

    #[test]
    fn modes_are_stored_as_dolby_numbers_them() {
        let modes = [
            (Some(BinauralMode::Off), 0x80),
            (Some(BinauralMode::Near), 0x81),
            (Some(BinauralMode::Far), 0x82),
            (Some(BinauralMode::Mid), 0x83),
            (None, 0x84),
        ];
        let dbmd = Dbmd { binaural: modes.map(|(mode, _)| mode).into(), ..vector() };
        let chunk = dbmd.encode();
        let stored = &chunk[356 + 3 + 142 + 5..][..5];
        assert_eq!(stored, modes.map(|(_, byte)| byte));
        assert_eq!(DbmdInfo::decode(&chunk).unwrap().contents, dbmd);
    }

    #[test]
    fn every_frame_rate_and_track_count_comes_back() {
        for rate in FrameRate::ALL.map(Some).into_iter().chain([None]) {
            for tracks in [0, 1, 10, 128] {
                let binaural = vec![Some(BinauralMode::Far); tracks];
                let dbmd = Dbmd { frame_rate: rate, binaural, ..vector() };
                let chunk = dbmd.encode();
                assert!(chunk.len().is_multiple_of(2));
                let info = DbmdInfo::decode(&chunk).unwrap();
                assert_eq!(
                    info,
                    DbmdInfo { contents: dbmd, damaged_segments: vec![], settings: vec![] }
                );
            }
        }
    }

    #[test]
    fn an_lfe_is_off_whatever_its_bed_says() {
        let channel = |label| BedChannel {
            label,
            lane: cupola_model::TrackIndex(0),
            binaural: BinauralMode::Near,
        };
        assert_eq!(bed_mode(&channel(BedLabel::Lfe)), BinauralMode::Off);
        assert_eq!(bed_mode(&channel(BedLabel::L)), BinauralMode::Near);
    }

    #[test]
    fn a_damaged_segment_is_named_and_still_read() {
        let mut chunk = vector().encode();
        chunk[107] ^= 1;
        let info = DbmdInfo::decode(&chunk).unwrap();
        assert_eq!(info.damaged_segments, [9]);
        assert_eq!(info.contents.origin, "nracle self-test");
    }

    #[test]
    fn a_chunk_without_track_segment_has_no_modes() {
        let mut chunk = vector().encode();
        chunk.truncate(356);
        chunk.push(0);
        assert_eq!(DbmdInfo::decode(&chunk).unwrap().contents.binaural, []);
    }

    #[test]
    fn no_cut_and_no_flipped_byte_panics() {
        let chunk = vector().encode();
        for cut in 0..chunk.len() {
            // The end marker and its filler may be missing, and after segment 9 all is said.
            let whole = DbmdInfo::decode(&chunk[..cut]).is_ok();
            assert_eq!(whole, cut == 356 || cut >= 524, "cut at {cut}");
        }
        for at in 0..chunk.len() {
            for bit in 0..8 {
                let mut damaged = chunk.clone();
                damaged[at] ^= 1 << bit;
                if let Ok(info) = DbmdInfo::decode(&damaged) {
                    assert!(info.contents.binaural.len() <= 128);
                }
            }
        }
    }

    #[test]
    fn text_of_strangers_is_made_printable() {
        let mut field = [0; 32];
        field[..6].copy_from_slice(b"a\x1b[\xffz\n");
        assert_eq!(text(&field), "a?[?z?");
        assert_eq!(text(&[b'x'; 32]).len(), 32);
    }
}
