//! Which loudspeakers stand in for the channel of a standard layout. [BS.2127-0 §8.4]

/// When a rule applies.
#[derive(Clone, Copy, Debug, PartialEq)]
enum When {
    Always,
    /// The channel comes from System H.
    From22,
    /// The channel comes from a layout with two LFE.
    FromTwoLfe,
    /// From a layout with two LFE to a layout with two.
    BetweenTwoLfe,
}

use When::{Always, BetweenTwoLfe, From22, FromTwoLfe};

/// A channel, when, and the loudspeakers with the share of the energy each gets.
type Rule = (&'static str, When, &'static [(&'static str, f64)]);

const HALF: f64 = 1.0 / 2.0;
const THIRD: f64 = 1.0 / 3.0;
const TWO_THIRDS: f64 = 2.0 / 3.0;
const QUARTER: f64 = 1.0 / 4.0;

/// In order; the first whose loudspeakers all exist applies. Channels at the right have the mirror
/// images of these.
const RULES: &[Rule] = &[
    ("M+000", Always, &[("M+000", 1.0)]),
    ("M+000", Always, &[("M+030", HALF), ("M-030", HALF)]),
    ("M+060", Always, &[("M+060", 1.0)]),
    ("M+060", Always, &[("M+030", TWO_THIRDS), ("M+110", THIRD)]),
    ("M+060", Always, &[("M+030", HALF), ("M+090", HALF)]),
    ("M+060", Always, &[("M+030", 1.0)]),
    ("M+090", Always, &[("M+090", 1.0)]),
    ("M+090", From22, &[("M+030", THIRD), ("M+110", TWO_THIRDS)]),
    ("M+090", Always, &[("M+030", HALF), ("M+110", HALF)]),
    ("M+090", Always, &[("M+030", HALF)]),
    ("M+110", Always, &[("M+110", 1.0)]),
    ("M+110", Always, &[("M+135", 1.0)]),
    ("M+110", Always, &[("M+030", HALF)]),
    ("M+135", Always, &[("M+135", 1.0)]),
    ("M+135", Always, &[("M+110", 1.0)]),
    ("M+135", Always, &[("M+030", HALF)]),
    ("M+180", Always, &[("M+180", 1.0)]),
    ("M+180", Always, &[("M+135", HALF), ("M-135", HALF)]),
    ("M+180", Always, &[("M+110", HALF), ("M-110", HALF)]),
    ("M+180", Always, &[("M+030", QUARTER), ("M-030", QUARTER)]),
    ("U+000", Always, &[("U+000", 1.0)]),
    ("U+000", Always, &[("U+030", HALF), ("U-030", HALF)]),
    ("U+000", Always, &[("U+045", HALF), ("U-045", HALF)]),
    ("U+000", Always, &[("M+000", 1.0)]),
    ("U+000", Always, &[("M+030", HALF), ("M-030", HALF)]),
    ("U+030", Always, &[("U+030", 1.0)]),
    ("U+030", Always, &[("U+045", 1.0)]),
    ("U+030", Always, &[("M+030", 1.0)]),
    ("U+045", Always, &[("U+045", 1.0)]),
    ("U+045", Always, &[("U+030", 1.0)]),
    ("U+045", Always, &[("M+030", 1.0)]),
    ("U+090", Always, &[("U+090", 1.0)]),
    ("U+090", From22, &[("U+045", TWO_THIRDS), ("UH+180", THIRD)]),
    ("U+090", Always, &[("U+030", HALF), ("U+110", HALF)]),
    ("U+090", Always, &[("U+045", HALF), ("U+135", HALF)]),
    ("U+090", Always, &[("M+090", 1.0)]),
    ("U+090", Always, &[("U+030", HALF), ("M+110", HALF)]),
    ("U+090", Always, &[("M+030", HALF), ("M+110", HALF)]),
    ("U+090", Always, &[("M+030", HALF)]),
    ("U+110", Always, &[("U+110", 1.0)]),
    ("U+110", Always, &[("U+135", 1.0)]),
    ("U+110", Always, &[("U+045", HALF), ("UH+180", HALF)]),
    ("U+110", Always, &[("M+110", 1.0)]),
    ("U+110", Always, &[("M+135", 1.0)]),
    ("U+110", Always, &[("M+030", HALF)]),
    ("U+135", Always, &[("U+135", 1.0)]),
    ("U+135", Always, &[("U+110", 1.0)]),
    ("U+135", From22, &[("U+045", THIRD), ("UH+180", TWO_THIRDS)]),
    ("U+135", Always, &[("U+045", HALF), ("UH+180", HALF)]),
    ("U+135", Always, &[("M+135", 1.0)]),
    ("U+135", Always, &[("M+110", 1.0)]),
    ("U+135", Always, &[("M+030", HALF)]),
    ("U+180", Always, &[("U+180", 1.0)]),
    ("U+180", Always, &[("UH+180", 1.0)]),
    ("U+180", Always, &[("U+135", HALF), ("U-135", HALF)]),
    ("U+180", Always, &[("U+110", HALF), ("U-110", HALF)]),
    ("U+180", Always, &[("M+135", HALF), ("M-135", HALF)]),
    ("U+180", Always, &[("M+110", HALF), ("M-110", HALF)]),
    ("U+180", Always, &[("M+030", QUARTER), ("M-030", QUARTER)]),
    ("UH+180", Always, &[("UH+180", 1.0)]),
    ("UH+180", Always, &[("U+180", 1.0)]),
    ("UH+180", Always, &[("U+135", HALF), ("U-135", HALF)]),
    ("UH+180", Always, &[("U+110", HALF), ("U-110", HALF)]),
    ("UH+180", Always, &[("M+135", HALF), ("M-135", HALF)]),
    ("UH+180", Always, &[("M+110", HALF), ("M-110", HALF)]),
    ("UH+180", Always, &[("M+030", QUARTER), ("M-030", QUARTER)]),
    ("T+000", Always, &[("T+000", 1.0)]),
    (
        "T+000",
        Always,
        &[("U+045", QUARTER), ("U-045", QUARTER), ("U+135", QUARTER), ("U-135", QUARTER)],
    ),
    (
        "T+000",
        Always,
        &[("U+030", QUARTER), ("U-030", QUARTER), ("U+110", QUARTER), ("U-110", QUARTER)],
    ),
    ("T+000", Always, &[("U+045", THIRD), ("U-045", THIRD), ("UH+180", THIRD)]),
    (
        "T+000",
        Always,
        &[("U+045", QUARTER), ("U-045", QUARTER), ("M+135", QUARTER), ("M-135", QUARTER)],
    ),
    (
        "T+000",
        Always,
        &[("U+030", QUARTER), ("U-030", QUARTER), ("M+110", QUARTER), ("M-110", QUARTER)],
    ),
    (
        "T+000",
        Always,
        &[("M+030", QUARTER), ("M-030", QUARTER), ("M+135", QUARTER), ("M-135", QUARTER)],
    ),
    (
        "T+000",
        Always,
        &[("M+030", QUARTER), ("M-030", QUARTER), ("M+110", QUARTER), ("M-110", QUARTER)],
    ),
    ("T+000", Always, &[("M+030", QUARTER), ("M-030", QUARTER)]),
    ("B+000", Always, &[("B+000", 1.0)]),
    ("B+000", Always, &[("M+000", 1.0)]),
    ("B+000", Always, &[("M+030", HALF), ("M-030", HALF)]),
    ("B+045", Always, &[("B+045", 1.0)]),
    ("B+045", Always, &[("M+030", 1.0)]),
    ("LFE1", BetweenTwoLfe, &[("LFE1", 1.0)]),
    ("LFE2", BetweenTwoLfe, &[("LFE2", 1.0)]),
    ("LFE1", FromTwoLfe, &[("LFE1", HALF)]),
    ("LFE2", FromTwoLfe, &[("LFE1", HALF)]),
    ("LFE1", Always, &[("LFE1", 1.0)]),
];

/// The first rule for a channel of the standard layout `from`: the loudspeakers that stand in, as
/// `find` knows them, and the energy each gets.
pub(super) fn stand_ins(
    label: &str,
    from: &str,
    into: &str,
    find: impl Fn(&str) -> Option<usize>,
) -> Option<Vec<(usize, f64)>> {
    let two_lfe = |layout: &str| matches!(layout, "9+10+3" | "3+7+0");
    let applies = |when: When| match when {
        Always => true,
        From22 => from == "9+10+3",
        FromTwoLfe => two_lfe(from),
        BetweenTwoLfe => two_lfe(from) && two_lfe(into),
    };
    let is_mirrored = label.contains('-');
    let side = |label: &str| if is_mirrored { mirrored(label) } else { label.to_owned() };
    let own = side(label);
    RULES.iter().filter(|(channel, when, _)| *channel == own && applies(*when)).find_map(
        |(_, _, to)| to.iter().map(|(l, energy)| Some((find(&side(l))?, *energy))).collect(),
    )
}

/// The label on the other side; in the middle, itself.
fn mirrored(label: &str) -> String {
    if label.ends_with("000") || label.ends_with("180") {
        return label.to_owned();
    }
    let swap = |c| match c {
        '+' => '-',
        '-' => '+',
        other => other,
    };
    label.chars().map(swap).collect()
}
