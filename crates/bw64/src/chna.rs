//! The `chna` chunk: which ADM track, format and pack each channel is [BS.2088].

use crate::Error;

const ROW_BYTES: usize = 40;

/// One row of `chna`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChnaEntry {
    /// Channel of the file, from 1.
    pub track_index: u16,
    /// `audioTrackUID`, for example `ATU_00000001`; at most 12 ASCII characters.
    pub uid: String,
    /// `audioTrackFormat`, for example `AT_00011001_01`; at most 14 ASCII characters.
    pub track_ref: String,
    /// `audioPackFormat`, for example `AP_00011001`; at most 11 ASCII characters, may be empty.
    pub pack_ref: String,
}

impl ChnaEntry {
    /// The payload of a `chna` chunk with these rows.
    ///
    /// ```
    /// use cupola_bw64::ChnaEntry;
    /// let row = ChnaEntry { track_index: 1, uid: "ATU_00000001".into(),
    ///     track_ref: "AT_00011001_01".into(), pack_ref: "AP_00011001".into() };
    /// let payload = ChnaEntry::encode(std::slice::from_ref(&row))?;
    /// assert_eq!(payload.len(), 44);
    /// assert_eq!(ChnaEntry::decode(&payload)?, [row]);
    /// # Ok::<(), cupola_bw64::Error>(())
    /// ```
    pub fn encode(entries: &[Self]) -> Result<Vec<u8>, Error> {
        let Ok(rows) = u16::try_from(entries.len()) else {
            return Err(bad(format!("{} rows; at most 65535 are allowed", entries.len())));
        };
        let mut tracks: Vec<u16> = entries.iter().map(|e| e.track_index).collect();
        tracks.sort_unstable();
        tracks.dedup();
        if tracks.first() == Some(&0) {
            return Err(bad("a row has track index 0; tracks count from 1".into()));
        }
        // Deduplicated u16 values without zero: at most 65535 of them.
        let track_count = u16::try_from(tracks.len()).unwrap_or(u16::MAX);
        let mut out = Vec::with_capacity(4 + ROW_BYTES * entries.len());
        out.extend(track_count.to_le_bytes());
        out.extend(rows.to_le_bytes());
        for entry in entries {
            out.extend(entry.track_index.to_le_bytes());
            push_text(&mut out, &entry.uid, 12)?;
            push_text(&mut out, &entry.track_ref, 14)?;
            push_text(&mut out, &entry.pack_ref, 11)?;
            out.push(0);
        }
        Ok(out)
    }

    /// The rows of a `chna` payload. Spare rows (track index 0) are left out.
    pub fn decode(payload: &[u8]) -> Result<Vec<Self>, Error> {
        let Some((head, rows)) = payload.split_first_chunk::<4>() else {
            return Err(bad(format!("{} bytes; at least 4 are needed", payload.len())));
        };
        let count = usize::from(u16::from_le_bytes([head[2], head[3]]));
        let rows = rows.as_chunks::<ROW_BYTES>().0;
        if rows.len() < count {
            return Err(bad(format!("{count} rows are promised, {} are there", rows.len())));
        }
        rows[..count].iter().filter(|row| row[..2] != [0, 0]).map(decode_row).collect()
    }
}

fn decode_row(row: &[u8; ROW_BYTES]) -> Result<ChnaEntry, Error> {
    Ok(ChnaEntry {
        track_index: u16::from_le_bytes([row[0], row[1]]),
        uid: text(&row[2..14])?,
        track_ref: text(&row[14..28])?,
        pack_ref: text(&row[28..39])?,
    })
}

fn push_text(out: &mut Vec<u8>, text: &str, width: usize) -> Result<(), Error> {
    if text.len() > width || !text.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(bad(format!("\"{text}\" is not an id of at most {width} ASCII characters")));
    }
    out.extend(text.bytes());
    out.resize(out.len() + width - text.len(), 0);
    Ok(())
}

fn text(field: &[u8]) -> Result<String, Error> {
    let end = field.iter().rposition(|&b| b != 0 && b != b' ').map_or(0, |i| i + 1);
    let used = &field[..end];
    if !used.iter().all(u8::is_ascii_graphic) {
        return Err(bad(format!("\"{}\" is not an id in ASCII", field.escape_ascii())));
    }
    Ok(used.iter().copied().map(char::from).collect())
}

fn bad(what: String) -> Error {
    Error::BadChna { what }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(track_index: u16) -> ChnaEntry {
        ChnaEntry {
            track_index,
            uid: format!("ATU_{track_index:08x}"),
            track_ref: "AT_00011001_01".into(),
            pack_ref: "AP_00011001".into(),
        }
    }

    #[test]
    fn the_first_44_bytes_are_those_of_a_real_master() {
        let rows: Vec<_> = (1..=11).map(row).collect();
        let payload = ChnaEntry::encode(&rows).unwrap();
        assert_eq!(payload.len(), 4 + 40 * 11);
        assert_eq!(payload[..44], *b"\x0b\0\x0b\0\x01\0ATU_00000001AT_00011001_01AP_00011001\0");
        assert_eq!(ChnaEntry::decode(&payload).unwrap(), rows);
    }

    #[test]
    fn two_uids_on_one_track_count_as_one_track() {
        let payload = ChnaEntry::encode(&[row(1), row(1), row(2)]).unwrap();
        assert_eq!(payload[..4], [2, 0, 3, 0]);
    }

    #[test]
    fn spare_rows_are_left_out_and_blank_padding_is_trimmed() {
        let mut payload =
            ChnaEntry::encode(&[ChnaEntry { pack_ref: "AP".into(), ..row(1) }]).unwrap();
        payload[2] = 2;
        payload.extend([0; 40]);
        payload[4 + 30..4 + 39].fill(b' ');
        let rows = ChnaEntry::decode(&payload).unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].pack_ref, "AP");
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(ChnaEntry::encode(&[ChnaEntry { uid: "ATU_000000001".into(), ..row(1) }]).is_err());
        assert!(ChnaEntry::encode(&[row(0)]).is_err());
        assert!(ChnaEntry::decode(&[1, 0, 1]).is_err());
        let mut short = ChnaEntry::encode(&[row(1)]).unwrap();
        short.pop();
        assert!(ChnaEntry::decode(&short).is_err());
        let mut foreign = ChnaEntry::encode(&[row(1)]).unwrap();
        foreign[8] = 0xE9;
        assert!(ChnaEntry::decode(&foreign).is_err());
    }
}
