//! Which channel of the file every track is, and which channel format.

use super::document::{Document, Uid};
use super::{Essence, SILENT_UID};
use crate::check::report::{Report, Where};
use crate::rules::import as rules;
use std::collections::BTreeMap;

/// A track of the file as one UID names it.
#[derive(Debug)]
pub(super) struct Track {
    /// Channel of the file, from 0; `None` for silence.
    pub(super) channel: Option<u16>,
    /// The channel format, or what is known of it.
    pub(super) format: Option<String>,
    pub(super) pack: String,
}

/// The channel of the file and the channel format of every UID.
pub(super) fn assign_tracks(
    document: &Document,
    essence: &Essence,
    report: &mut Report,
) -> BTreeMap<String, Track> {
    let mut rows = BTreeMap::new();
    for (index, ids) in essence.chna.iter().flatten() {
        rows.entry(ids.uid.to_ascii_lowercase()).or_insert((*index, ids));
    }
    if essence.chna.is_none() {
        let (place, message) = (Where::at(0, "chna"), "there is no chna that can be read");
        report.warning(rules::CHNA_MISSING, place, message, "", "one row a track");
    }
    let mut tracks = BTreeMap::new();
    let mut next = 0_u16;
    for uid in &document.uids {
        let row = rows.remove(&uid.id);
        let channel = match row {
            Some((index, _)) => Some(index),
            None if uid.id == SILENT_UID => None,
            None => Some(unlisted_channel(uid, next, essence, report)),
        };
        next = next.saturating_add(1);
        let in_range = |index: u16| (1..=essence.channels).contains(&index);
        if let Some(index) = channel.filter(|index| !in_range(*index)) {
            let message = "the track is a channel that the file does not have";
            let allowed = format!("1 to {}", essence.channels);
            let place = Where::at(uid.offset, &uid.id);
            report.warning(rules::TRACK_RANGE, place, message, index.to_string(), allowed);
        }
        let channel = channel.filter(|index| in_range(*index)).map(|index| index - 1);
        let (row_track, row_pack) =
            row.map_or(("", ""), |(_, ids)| (ids.track_format.as_str(), ids.pack_format.as_str()));
        let format = format_of(document, uid, &row_track.to_ascii_lowercase());
        let pack =
            if uid.pack.is_empty() { row_pack.to_ascii_lowercase() } else { uid.pack.clone() };
        tracks.insert(uid.id.clone(), Track { channel, format, pack });
    }
    // A row alone tells as much as a UID of the document.
    for (id, (index, ids)) in rows {
        let channel = index.checked_sub(1).filter(|channel| *channel < essence.channels);
        let track = ids.track_format.to_ascii_lowercase();
        let format = format_of_row(document, &track);
        let pack = ids.pack_format.to_ascii_lowercase();
        tracks.insert(id, Track { channel, format, pack });
    }
    tracks
}

/// A track that `chna` does not list has the number of its UID, or of its place.
fn unlisted_channel(uid: &Uid, place: u16, essence: &Essence, report: &mut Report) -> u16 {
    let number = uid.id.strip_prefix("atu_").and_then(|hex| u16::from_str_radix(hex, 16).ok());
    let number = number.filter(|number| (1..=essence.channels).contains(number));
    let channel = number.unwrap_or(place.saturating_add(1));
    if essence.chna.is_some() {
        let (at, message) = (Where::at(uid.offset, &uid.id), "the track has no row in chna");
        report.warning(rules::CHNA_ROW, at, message, "", format!("channel {channel} was taken"));
    }
    channel
}

fn format_of(document: &Document, uid: &Uid, row_track: &str) -> Option<String> {
    if !uid.channel.is_empty() {
        return Some(uid.channel.clone());
    }
    let track = if uid.track_format.is_empty() { row_track } else { &uid.track_format };
    format_of_row(document, track)
}

/// The channel format of a `chna` row, whose track may be a track format or a channel format.
fn format_of_row(document: &Document, track: &str) -> Option<String> {
    if track.starts_with("ac_") {
        // Some write a counter behind it, as track formats have.
        return Some(track.split('_').take(2).collect::<Vec<_>>().join("_"));
    }
    document.channel_of_track(track)
}
