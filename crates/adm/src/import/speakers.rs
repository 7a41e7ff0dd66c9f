//! Loudspeakers by label, by place and by common definition.

use cupola_model::{BedLabel, PolarPosition, Position};

/// Where a bed channel is heard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Speaker {
    /// A channel that an Atmos bed has too.
    Bed(BedLabel),
    /// Any other place.
    At(Position),
}

/// Labels of BS.2051 that stand where a channel of an Atmos bed does. [BS.2051-3]
const BED_LABELS: [(&str, BedLabel); 18] = [
    ("M+030", BedLabel::L),
    ("M-030", BedLabel::R),
    ("M+000", BedLabel::C),
    ("LFE", BedLabel::Lfe),
    ("LFE1", BedLabel::Lfe),
    ("LFE2", BedLabel::Lfe),
    ("LFEL", BedLabel::Lfe),
    ("LFER", BedLabel::Lfe),
    ("M+110", BedLabel::Ls),
    ("M-110", BedLabel::Rs),
    ("M+090", BedLabel::Lss),
    ("M-090", BedLabel::Rss),
    ("M+135", BedLabel::Lrs),
    ("M-135", BedLabel::Rrs),
    ("U+090", BedLabel::Lts),
    ("U-090", BedLabel::Rts),
    ("M+135_Diff", BedLabel::Lrs),
    ("M-135_Diff", BedLabel::Rrs),
];

/// How far from its nominal direction a loudspeaker without label is still taken for it, in degrees;
/// in the room a hundredth of that.
const NEAR_DEG: f64 = 0.5;

/// The loudspeaker of a label in any of its spellings; `None` when nobody knows it.
pub(super) fn by_label(label: &str) -> Option<Speaker> {
    let short = label.rsplit(':').next().unwrap_or(label).trim();
    let room_centric = short.strip_prefix("RC_").unwrap_or(short);
    let known = BED_LABELS.iter().find(|(name, _)| *name == short).map(|(_, label)| *label);
    if let Some(label) = known.or_else(|| BedLabel::from_name(room_centric)) {
        return Some(Speaker::Bed(label));
    }
    let (azimuth, elevation) = direction(short)?;
    Some(Speaker::At(Position::Polar(PolarPosition::on_sphere(azimuth, elevation))))
}

/// The nominal direction that the letters and digits of a label spell. [BS.2051-3 §3]
fn direction(label: &str) -> Option<(f64, f64)> {
    let at = label.find(['+', '-'])?;
    let (layer, angle) = label.split_at(at);
    let elevation = match layer {
        "M" => 0.0,
        "U" => 30.0,
        "UH" => 45.0,
        "B" => -30.0,
        "T" => 90.0,
        _ => return None,
    };
    let (sign, digits) = angle.split_at(1);
    let azimuth = match digits {
        // Beside the screen.
        "SC" => 25.0,
        // Half degrees are cut off in the label.
        "022" => 22.5,
        _ if digits.len() == 3 => digits.parse::<u16>().ok().filter(|a| *a <= 180)?.into(),
        _ => return None,
    };
    Some((if sign == "-" { -azimuth } else { azimuth }, elevation))
}

/// The loudspeaker at a place: a bed channel where one stands there.
pub(super) fn by_position(position: Position, lfe: bool) -> Speaker {
    if lfe {
        return Speaker::Bed(BedLabel::Lfe);
    }
    let nominal = BED_LABELS.iter().filter(|(_, label)| !label.is_lfe());
    let found = match position {
        Position::Polar(polar) => nominal.into_iter().find(|(name, _)| {
            direction(name).is_some_and(|(azimuth, elevation)| {
                (polar.azimuth_deg - azimuth).abs() <= NEAR_DEG
                    && (polar.elevation_deg - elevation).abs() <= NEAR_DEG
            })
        }),
        Position::Room(room) => nominal.into_iter().find(|(_, label)| {
            let at = label.position();
            let apart = (room.x - at.x).abs().max((room.y - at.y).abs()).max((room.z - at.z).abs());
            apart <= NEAR_DEG / 100.0
        }),
    };
    found.map_or(Speaker::At(position), |(_, label)| Speaker::Bed(*label))
}

/// Labels of the common definitions `AC_00010001` and on. [BS.2094-1]
const COMMON: [&str; 40] = [
    "M+030",
    "M-030",
    "M+000",
    "LFE",
    "M+110",
    "M-110",
    "M+022",
    "M-022",
    "M+180",
    "M+090",
    "M-090",
    "T+000",
    "U+030",
    "U+000",
    "U-030",
    "U+110",
    "U+180",
    "U-110",
    "U+090",
    "U-090",
    "B+000",
    "B+045",
    "B-045",
    "M+060",
    "M-060",
    "M+135_Diff",
    "M-135_Diff",
    "M+135",
    "M-135",
    "U+135",
    "U-135",
    "LFEL",
    "LFER",
    "U+045",
    "U-045",
    "M+SC",
    "M-SC",
    "M+045",
    "M-045",
    "UH+180",
];

/// Channels of the common packs `AP_0001xxxx`, as numbers of [`COMMON`] from 1. [BS.2094-1]
const COMMON_PACKS: &[(u32, &[u8])] = &[
    (0x01, &[3]),
    (0x02, &[1, 2]),
    (0x0a, &[1, 2, 3]),
    (0x0b, &[1, 2, 3, 9]),
    (0x0c, &[1, 2, 3, 5, 6]),
    (0x03, &[1, 2, 3, 4, 5, 6]),
    (0x0d, &[1, 2, 3, 4, 5, 6, 9]),
    (0x0e, &[1, 2, 3, 4, 5, 6, 38, 39]),
    (0x0f, &[1, 2, 3, 4, 10, 11, 28, 29]),
    (0x04, &[1, 2, 3, 4, 5, 6, 13, 15]),
    (0x12, &[1, 2, 3, 4, 5, 6, 36, 37]),
    (0x13, &[1, 2, 3, 4, 5, 6, 19, 20]),
    (0x14, &[1, 2, 3, 4, 5, 6, 19, 20, 36, 37]),
    (0x16, &[1, 2, 3, 4, 10, 11, 28, 29, 19, 20]),
    (0x05, &[1, 2, 3, 4, 5, 6, 13, 15, 16, 18]),
    (0x10, &[1, 2, 3, 4, 5, 6, 13, 15, 16, 18, 21]),
    (0x07, &[3, 1, 2, 34, 35, 10, 11, 28, 29, 40, 32, 33]),
    (0x15, &[1, 2, 3, 4, 5, 6, 13, 15, 16, 18, 36, 37]),
    (0x17, &[1, 2, 3, 4, 10, 11, 28, 29, 34, 35, 30, 31]),
    (0x08, &[1, 2, 3, 4, 10, 11, 28, 29, 34, 35, 30, 31, 36, 37]),
    (
        0x09,
        &[
            24, 25, 3, 32, 28, 29, 1, 2, 9, 33, 10, 11, 34, 35, 14, 12, 30, 31, 19, 20, 17, 21, 22,
            23,
        ],
    ),
    (0x11, &[1, 2, 3, 4, 5, 6, 10, 11, 26, 27, 13, 15, 14, 16, 18, 19, 20, 30, 31]),
];

/// The label of a channel of the common definitions, by its eight digits.
pub(super) fn common_label(code: &str) -> Option<&'static str> {
    let number = u32::from_str_radix(code.strip_prefix("0001")?, 16).ok()?;
    COMMON.get(usize::try_from(number).ok()?.checked_sub(1)?).copied()
}

/// The identifiers of the channels of a common pack, by its eight digits.
pub(super) fn common_pack(code: &str) -> Option<Vec<String>> {
    let number = u32::from_str_radix(code.strip_prefix("0001")?, 16).ok()?;
    let (_, channels) = COMMON_PACKS.iter().find(|(pack, _)| *pack == number)?;
    Some(channels.iter().map(|channel| format!("ac_0001{channel:04x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn polar(azimuth: f64, elevation: f64) -> Position {
        Position::Polar(PolarPosition::on_sphere(azimuth, elevation))
    }

    #[test]
    fn labels_are_read_in_every_spelling() {
        for text in [
            "M+030",
            "urn:itu:bs:2051:0:speaker:M+030",
            "RC_L",
            "L",
            "urn:itu:bs:2051-3:speaker:M+030",
        ] {
            assert_eq!(by_label(text), Some(Speaker::Bed(BedLabel::L)), "{text}");
        }
        assert_eq!(by_label("U-135"), Some(Speaker::At(polar(-135.0, 30.0))));
        assert_eq!(by_label("M-022"), Some(Speaker::At(polar(-22.5, 0.0))));
        assert_eq!(by_label("M+SC"), Some(Speaker::At(polar(25.0, 0.0))));
        assert_eq!(by_label("UH+180"), Some(Speaker::At(polar(180.0, 45.0))));
        for wrong in ["", "X+030", "M+3", "M+999", "M", "LFE3", "M+0é"] {
            assert_eq!(by_label(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_place_is_a_bed_channel_only_where_one_stands() {
        assert_eq!(by_position(polar(30.0, 0.0), false), Speaker::Bed(BedLabel::L));
        assert_eq!(by_position(polar(-110.2, 0.1), false), Speaker::Bed(BedLabel::Rs));
        assert_eq!(by_position(polar(45.0, 0.0), false), Speaker::At(polar(45.0, 0.0)));
        let room = Position::Room(BedLabel::Rts.position());
        assert_eq!(by_position(room, false), Speaker::Bed(BedLabel::Rts));
        assert_eq!(by_position(polar(77.0, 0.0), true), Speaker::Bed(BedLabel::Lfe));
    }

    #[test]
    fn every_common_channel_has_a_known_label_and_every_pack_its_count() {
        for label in COMMON {
            assert!(by_label(label).is_some(), "{label}");
        }
        assert_eq!(common_label("00010022"), Some("U+045"));
        assert_eq!(common_label("00010000"), None);
        assert_eq!(common_label("00030001"), None);
        // 22.2 has 24 channels, 7.1.4 twelve.
        assert_eq!(common_pack("00010009").map(|c| c.len()), Some(24));
        let surround = common_pack("00010017").unwrap_or_default();
        assert_eq!(surround.len(), 12);
        assert_eq!(surround[11], "ac_0001001f");
    }
}
