//! Excluded zones: whole sets of named boxes, and no others. [Atmos-ADM]

use super::values::number;
use super::{Report, Where};
use crate::node::Node;
use crate::rules;
use cupola_model::{NamedZone, ZoneSet, Zones};

const EDGES: [&str; 6] = ["minX", "maxX", "minY", "maxY", "minZ", "maxZ"];

fn zones(set: Option<ZoneSet>, no_heights: bool) -> Zones {
    Zones { set, no_heights, boxes: Vec::new() }
}

/// The names of the boxes, sorted.
fn names(zones: &Zones) -> Vec<&'static str> {
    let mut names: Vec<_> = zones.named().map(|zone| zone.name).collect();
    names.sort_unstable();
    names
}

/// Checks a `zoneExclusion` of the block `block`.
pub(super) fn check(exclusion: &Node, block: &Node, report: &mut Report) {
    let mut found: Vec<&str> = exclusion.all("zone").map(|zone| zone.text.as_str()).collect();
    found.sort_unstable();
    let sets = std::iter::once(None).chain(ZoneSet::ALL.map(Some));
    let whole = |set| [false, true].map(|no_heights| names(&zones(set, no_heights)));
    if found.is_empty() || !sets.flat_map(whole).any(|names| names == found) {
        let sets: Vec<_> =
            ZoneSet::ALL.map(|set| names(&zones(Some(set), false)).join(" ")).to_vec();
        report.error(
            rules::BLOCK_ZONES,
            Where::of(block),
            "the excluded zones are no whole set",
            found.join(" "),
            format!("{}; each with ZB ZT or without, or ZB ZT alone", sets.join(", ")),
        );
    }
    for zone in exclusion.all("zone") {
        let known = ZoneSet::ALL.map(|set| zones(Some(set), true));
        let mut known = known.iter().flat_map(Zones::named);
        let Some(NamedZone { region, .. }) = known.find(|known| known.name == zone.text) else {
            continue;
        };
        let wanted = region.min.into_iter().zip(region.max).flat_map(|(min, max)| [min, max]);
        for (edge, want) in EDGES.into_iter().zip(wanted) {
            let found = zone.attribute(edge);
            // Half a unit of the last digit of the table.
            if number(found).is_none_or(|value| (value - want).abs() > 5e-6) {
                report.error(
                    rules::BLOCK_ZONES,
                    Where::of(block),
                    format!("{edge} of zone {} is another", zone.text),
                    found,
                    want.to_string(),
                );
            }
        }
    }
}
