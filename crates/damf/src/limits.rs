//! What DAMF cannot carry, said before anything is written.

use crate::ids::bed_channel;
use cupola_model::{BedLabel, Finding, Timeline};
use std::collections::BTreeMap;

cupola_model::rules! {
    BEDS = "damf.beds", error, "A bed channel is there twice, which DAMF has once.",
        "Merge the beds, or write `adm-bwf`.";
    BED_SIDES = "damf.bed.sides", note, "DAMF calls the surrounds of a 5.1 bed Lrs and Rrs.",
        "Nothing; both stand in the rear corners of the room.";
}

/// What speaks against this programme as a DAMF master (errors), and what is worth knowing about
/// it (notes). Counts, rates and gains are those of every Atmos master and not looked at here.
///
/// ```
/// # use cupola_model::*;
/// # let timeline = Timeline { title: String::new(), artist: String::new(),
/// #     sample_rate: SampleRate::HZ_48000, length: FrameCount(48_000),
/// #     frame_rate: FrameRate::Fps24, start: FrameCount(0), screen: Screen::USUAL,
/// #     stems: vec![], lanes: vec![], items: vec![] };
/// assert!(cupola_damf::check(&timeline).is_empty());
/// ```
pub fn check(timeline: &Timeline) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut taken: BTreeMap<usize, &str> = BTreeMap::new();
    for bed in timeline.beds() {
        let clash = bed.channels.iter().find_map(|channel| {
            let (label, id) = bed_channel(channel.label);
            taken.get(&id).map(|other| (label, *other))
        });
        if let Some((label, other)) = clash {
            findings.push(
                Finding::error(BEDS, "DAMF has each bed channel once")
                    .subject(&bed.name)
                    .found(format!("{label} in {other} and in {}", bed.name))
                    .allowed("one bed")
                    .hint("merge the beds, or write `adm-bwf`"),
            );
        }
        taken.extend(bed.channels.iter().map(|c| (bed_channel(c.label).1, bed.name.as_str())));
        let sides = |label: BedLabel| matches!(label, BedLabel::Ls | BedLabel::Rs);
        if bed.channels.iter().any(|channel| sides(channel.label)) {
            findings.push(
                Finding::note(BED_SIDES, "DAMF calls the surrounds of this bed Lrs and Rrs")
                    .subject(&bed.name)
                    .found(format!("Ls and Rs in {}", bed.name))
                    .hint("nothing has to change: both stand in the rear corners of the room"),
            );
        }
    }
    findings
}
