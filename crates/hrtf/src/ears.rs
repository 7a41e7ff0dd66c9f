//! Which receiver of a file is the left ear.
//!
//! Of nine measured files six declare the right ear first and store the left one first, and files
//! exist where the ears really are swapped. So the data decide: a source on the left reaches the left
//! ear earlier and louder.

use crate::remark::{Remark, RemarkKind};
use crate::sphere::Direction;

/// Sources count as lateral from 30 degrees off the median plane on.
const LATERAL: f64 = 0.5;

/// Differences smaller than these say nothing.
const SURE_ITD_S: f64 = 20e-6;
const SURE_ILD_DB: f64 = 0.5;

/// The surplus of directions that speak for an order before it counts as said.
const MAJORITY: f64 = 0.3;

/// What the two receivers hear of a direction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Difference {
    /// By how much receiver 0 hears it earlier, in seconds.
    pub(crate) lead_s: f64,
    /// By how much receiver 0 hears it louder, in decibels.
    pub(crate) level_db: f64,
}

/// Which receiver is the left ear, and what is to be said about it. Without information in the data
/// receiver 0 is.
pub(crate) fn left_receiver(
    directions: &[Direction],
    differences: &[Difference],
    declared_left: Option<usize>,
) -> (usize, Vec<Remark>) {
    let (mut time, mut level, mut count) = (0.0, 0.0, 0.0);
    for (direction, difference) in directions.iter().zip(differences) {
        if direction[0].abs() < LATERAL {
            continue;
        }
        let side = -direction[0].signum();
        time += side * sure(difference.lead_s, SURE_ITD_S);
        level += side * sure(difference.level_db, SURE_ILD_DB);
        count += 1.0;
    }
    let said = |sum: f64| if count > 0.0 { sure(sum / count, MAJORITY) } else { 0.0 };
    let (time, level) = (said(time), said(level));
    let mut remarks = Vec::new();
    let left = match time + level {
        sum if sum > 0.0 => 0,
        sum if sum < 0.0 => 1,
        _ if time != 0.0 => {
            let text = "time differences say that receiver 0 is one ear, level differences that it is \
                        the other; receiver 0 is taken for the left ear";
            remarks.push(Remark::new(RemarkKind::EarsContradict, text));
            0
        }
        _ => {
            let text = "neither time nor level differences tell the ears apart; receiver 0 is taken \
                        for the left ear";
            remarks.push(Remark::new(RemarkKind::EarsUnknown, text));
            0
        }
    };
    let known = time + level != 0.0;
    if left == 1 {
        let text = "sources on the left are earlier and louder at receiver 1; it is taken for the left \
                    ear";
        remarks.push(Remark::new(RemarkKind::EarsSwapped, text));
    }
    if known && declared_left.is_some_and(|declared| declared != left) {
        let text = format!(
            "ReceiverPosition puts receiver {} on the left, the responses put receiver {left} there; \
             the responses are believed",
            1 - left
        );
        remarks.push(Remark::new(RemarkKind::EarsMisdeclared, text));
    }
    (left, remarks)
}

/// The sign of a value that is large enough to mean something, else 0.
fn sure(value: f64, least: f64) -> f64 {
    if value.abs() < least { 0.0 } else { value.signum() }
}
