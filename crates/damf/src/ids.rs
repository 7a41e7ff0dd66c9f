//! Names and numbers of bed channels and objects. [Atmos-DAMF]

use cupola_model::BedLabel;

/// The number of the first object; smaller ones belong to bed channels.
pub(crate) const FIRST_OBJECT: usize = 10;

/// A bed channel as DAMF knows it: its label and number. The sides of a 5.x bed stand where the
/// rears of a 7.x bed do, and DAMF has no other name for them.
pub(crate) const fn bed_channel(label: BedLabel) -> (BedLabel, usize) {
    match label {
        BedLabel::L => (BedLabel::L, 0),
        BedLabel::R => (BedLabel::R, 1),
        BedLabel::C => (BedLabel::C, 2),
        BedLabel::Lfe => (BedLabel::Lfe, 3),
        BedLabel::Lss => (BedLabel::Lss, 4),
        BedLabel::Rss => (BedLabel::Rss, 5),
        BedLabel::Ls | BedLabel::Lrs => (BedLabel::Lrs, 6),
        BedLabel::Rs | BedLabel::Rrs => (BedLabel::Rrs, 7),
        BedLabel::Lts => (BedLabel::Lts, 8),
        BedLabel::Rts => (BedLabel::Rts, 9),
    }
}

#[cfg(test)]
mod tests {
    use super::bed_channel;
    use cupola_model::BedLabel;

    #[test]
    fn a_channel_under_another_name_stands_in_the_same_place() {
        for label in BedLabel::ALL {
            assert_eq!(bed_channel(label).0.position(), label.position(), "{label}");
        }
    }
}
