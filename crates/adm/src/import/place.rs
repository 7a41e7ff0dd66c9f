//! Bed channels to a bed that a timeline can have, and the rest to objects that stand still.

use super::speakers::Speaker;
use cupola_model::{BedFormat, BedLabel, Position};

/// Where each of the channels of a foreign bed goes.
#[derive(Debug, PartialEq)]
pub(super) struct Placed {
    /// The bed, if there is to be one.
    pub(super) format: Option<BedFormat>,
    /// The channels, in the order they came: a label of the bed, or a place of its own.
    pub(super) places: Vec<Speaker>,
}

/// Finds the bed that takes as many channels as possible without standing mostly empty.
pub(super) fn place(mut speakers: Vec<Speaker>) -> Placed {
    sides_to_rears(&mut speakers);
    let labels: Vec<BedLabel> = speakers.iter().filter_map(bed_label).collect();
    let needs_lfe = labels.iter().any(|label| label.is_lfe());
    let score = |format: &BedFormat| {
        let channels = format.channels();
        let covered = channels.iter().filter(|label| labels.contains(label)).count();
        // A channel in the right place is worth two silent ones.
        2 * covered as i64 - (channels.len() - covered) as i64
    };
    let formats = BedFormat::ALL.iter();
    let formats = formats.filter(|f| !needs_lfe || f.channels().contains(&BedLabel::Lfe));
    // Of equals the first, which is the smallest.
    let best = formats.rev().max_by_key(|format| score(format)).copied();
    let format = best.filter(|format| needs_lfe || score(format) > 0);
    let stands = |label: BedLabel| Speaker::At(Position::Room(label.position()));
    for speaker in &mut speakers {
        if let Some(label) = bed_label(speaker)
            && !format.is_some_and(|format| format.channels().contains(&label))
        {
            *speaker = stands(label);
        }
    }
    Placed { format, places: speakers }
}

fn bed_label(speaker: &Speaker) -> Option<BedLabel> {
    match speaker {
        Speaker::Bed(label) => Some(*label),
        Speaker::At(_) => None,
    }
}

/// Beside side surrounds the surrounds of a 5.x bed are rears.
fn sides_to_rears(speakers: &mut [Speaker]) {
    let has = |label| speakers.contains(&Speaker::Bed(label));
    let sides = has(BedLabel::Lss) || has(BedLabel::Rss);
    let rears = has(BedLabel::Lrs) || has(BedLabel::Rrs);
    if !sides || rears {
        return;
    }
    for speaker in speakers {
        match speaker {
            Speaker::Bed(label @ BedLabel::Ls) => *label = BedLabel::Lrs,
            Speaker::Bed(label @ BedLabel::Rs) => *label = BedLabel::Rrs,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bed(labels: &[BedLabel]) -> Vec<Speaker> {
        labels.iter().map(|label| Speaker::Bed(*label)).collect()
    }

    #[test]
    fn every_set_of_the_profile_is_its_own_bed() {
        for format in BedFormat::ALL {
            let placed = place(bed(format.channels()));
            assert_eq!(placed.format, Some(format));
            assert_eq!(placed.places, bed(format.channels()), "{format}");
        }
    }

    #[test]
    fn what_no_bed_has_stands_where_it_stands() {
        use BedLabel::{C, L, Lfe, Ls, Lts, R, Rs, Rts};
        let placed = place(bed(&[L, R, C, Lfe, Ls, Rs, Lts, Rts]));
        assert_eq!(placed.format, Some(BedFormat::F5_1));
        let at = |label: BedLabel| Speaker::At(Position::Room(label.position()));
        assert_eq!(placed.places[6..], [at(Lts), at(Rts)]);
        // A lone centre or pair of tops is no bed; an LFE always needs one.
        assert_eq!(place(bed(&[C])).format, None);
        assert_eq!(place(bed(&[Lts, Rts])).format, None);
        assert_eq!(place(bed(&[Lfe])).format, Some(BedFormat::F5_1));
        assert_eq!(place(bed(&[L, R, Ls, Rs])).format, Some(BedFormat::F5_0));
        assert_eq!(place(vec![]).format, None);
    }

    #[test]
    fn surrounds_beside_side_surrounds_are_rears() {
        use BedLabel::{C, L, Lfe, Lrs, Ls, Lss, R, Rrs, Rs, Rss};
        let placed = place(bed(&[L, R, C, Lfe, Lss, Rss, Ls, Rs]));
        assert_eq!(placed.format, Some(BedFormat::F7_1));
        assert_eq!(placed.places[6..], bed(&[Lrs, Rrs]));
        let _ = (Lss, Rss);
    }
}
