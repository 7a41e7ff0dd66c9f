//! Excluded zones: whole sets of named boxes, and no others. [Atmos-ADM]

use super::values::number;
use super::{Report, Where};
use crate::node::Node;
use crate::rules;

/// A zone: name, then the least and greatest X, Y and Z.
type Zone = (&'static str, [f64; 6]);

const EAR: [f64; 2] = [-0.499, 0.499];

const fn zone(name: &'static str, x: [f64; 2], y: [f64; 2], z: [f64; 2]) -> Zone {
    (name, [x[0], x[1], y[0], y[1], z[0], z[1]])
}

const ZONES: &[Zone] = &[
    zone("ZM1", [-1.0, 1.0], [-1.0, -0.41934], EAR),
    zone("ZM2L", [-1.0, -0.75806], [-0.41934, 0.83871], EAR),
    zone("ZM2R", [0.75806, 1.0], [-0.41934, 0.83871], EAR),
    zone("ZM3L", [-1.0, -0.16129], [0.5, 1.0], EAR),
    zone("ZM3Lss", [-1.0, -0.51611], [-0.707, 0.49999], EAR),
    zone("ZM3R", [0.16129, 1.0], [0.5, 1.0], EAR),
    zone("ZM3Rss", [0.51611, 1.0], [-0.707, 0.49999], EAR),
    zone("ZM4", [-1.0, 1.0], [-1.0, 0.83871], EAR),
    zone("ZM5", [-1.0, 1.0], [0.5, 1.0], EAR),
    zone("ZB", [-1.0, 1.0], [-1.0, 1.0], [-1.0, -0.4995]),
    zone("ZT", [-1.0, 1.0], [-1.0, 1.0], [0.4995, 1.0]),
];

/// The sets, without `ZB` and `ZT`, which may be added to any of them or stand alone.
const SETS: &[&[&str]] =
    &[&[], &["ZM1"], &["ZM2L", "ZM2R"], &["ZM3L", "ZM3Lss", "ZM3R", "ZM3Rss"], &["ZM4"], &["ZM5"]];
const ELEVATION: [&str; 2] = ["ZB", "ZT"];
const EDGES: [&str; 6] = ["minX", "maxX", "minY", "maxY", "minZ", "maxZ"];

/// Checks a `zoneExclusion` of the block `block`.
pub(super) fn check(exclusion: &Node, block: &Node, report: &mut Report) {
    let mut names: Vec<&str> = exclusion.all("zone").map(|zone| zone.text.as_str()).collect();
    names.sort_unstable();
    let elevation = names.iter().filter(|name| ELEVATION.contains(name)).count();
    let ground: Vec<_> = names.iter().filter(|name| !ELEVATION.contains(name)).copied().collect();
    let twice = names.windows(2).any(|pair| pair[0] == pair[1]);
    if !SETS.contains(&ground.as_slice()) || elevation == 1 || names.is_empty() || twice {
        let sets: Vec<_> = SETS[1..].iter().map(|set| set.join(" ")).collect();
        report.error(
            rules::BLOCK_ZONES,
            Where::of(block),
            "the excluded zones are no whole set",
            names.join(" "),
            format!("{}; each with ZB ZT or without, or ZB ZT alone", sets.join(", ")),
        );
    }
    for zone in exclusion.all("zone") {
        let Some((_, edges)) = ZONES.iter().find(|(name, _)| *name == zone.text) else { continue };
        for (edge, want) in EDGES.iter().zip(edges) {
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
