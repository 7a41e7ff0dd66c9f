//! Going to a frame of a coded file.
//!
//! Packets of lossless codecs do not depend on each other, so decoding may start at any of them, and
//! their timestamps say where that is. Demuxers find a packet by tables or by searching the file;
//! both can be wrong, so nothing is believed but the timestamp of the packet that is there. All other
//! files are decoded from the start.

use super::{CodedFile, MAX_PACKET_FRAMES, guarded, is_lossy, open};
use crate::StemError;
use std::fs::File;
use symphonia::core::formats::{SeekMode, SeekTo};
use symphonia::core::units::Duration;

/// To decode as many frames costs less than to search a file.
const NEAR_FRAMES: u64 = MAX_PACKET_FRAMES;

/// How far before the frame the last search aims: what looks like a packet in the middle of another
/// one can mislead a search, but hardly twice.
const DETOUR_FRAMES: u64 = 16 * MAX_PACKET_FRAMES;

/// Goes to a packet that starts at the frame or before it, and returns where.
pub(super) fn go_to(coded: &mut CodedFile, frame: u64) -> Result<u64, StemError> {
    let ahead = frame.checked_sub(coded.frames);
    let searches = is_seekable(coded) && frame > NEAR_FRAMES;
    if ahead.is_some_and(|frames| frames <= NEAR_FRAMES || !searches) {
        return Ok(coded.frames);
    }
    if searches {
        // That of CAF loses count when it starts in the middle, hence the second one.
        for (anew, detour) in [(false, 0), (true, 0), (true, DETOUR_FRAMES)] {
            if anew {
                reopen(coded)?;
            }
            if let Some(found) = search(coded, frame.saturating_sub(detour))? {
                coded.frames = found;
                return Ok(found);
            }
        }
    }
    reopen(coded)?;
    Ok(0)
}

fn reopen(coded: &mut CodedFile) -> Result<(), StemError> {
    let handle = File::open(&coded.file)
        .map_err(|source| StemError::Io { file: coded.file.clone(), source })?;
    *coded = open(&coded.file, handle)?;
    Ok(())
}

/// Whether every packet stands for itself and tells its first frame.
fn is_seekable(coded: &CodedFile) -> bool {
    let container = coded.format.format_info().short_name;
    !is_lossy(coded.parameters.codec)
        && matches!(container, "aiff" | "caf" | "flac" | "isomp4")
        && coded.is_timed_in_frames()
}

/// Lets the demuxer search; `None` when it does not find a packet near the frame.
fn search(coded: &mut CodedFile, frame: u64) -> Result<Option<u64>, StemError> {
    if coded.first.is_none() {
        // The first packet tells what time frame 0 has.
        coded.waiting = coded.next_packet()?;
    }
    let Some(first) = coded.first else { return Ok(None) };
    let Some(ts) = first.checked_add(Duration::from(frame)) else { return Ok(None) };
    coded.waiting = None;
    let to = SeekTo::Timestamp { ts, track_id: coded.track };
    if guarded(|| coded.format.seek(SeekMode::Accurate, to)).is_err() {
        return Ok(None);
    }
    coded.decoder.reset();
    let Ok(Some(packet)) = coded.next_packet() else { return Ok(None) };
    let found = packet.pts.duration_from(first).map(|d| d.get());
    coded.waiting = Some(packet);
    Ok(found.filter(|&found| found <= frame && frame - found <= NEAR_FRAMES))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn long_lossless_files_are_entered_in_the_middle() {
        for name in ["long16.flac", "long16_alac.caf", "long16_alac.m4a"] {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
            let mut coded = open(&path, File::open(&path).unwrap()).unwrap();
            for frame in [140_000, 70_000, 150_000, 100_000] {
                let found = go_to(&mut coded, frame).unwrap();
                assert!(found <= frame && frame - found <= 2 * 4608, "{name}: {found} for {frame}");
            }
        }
    }
}
