//! How far a master that had to convert polar objects differs from the polar render.
//!
//! A master states room positions, so a polar object is converted on its way. On 7.1.4 both are
//! panned, the directions of their energy vectors are compared, and the largest and mean angle
//! become a note: a figure instead of a promise.

use crate::rules;
use cupola_model::{Finding, Layout, ObjectState, Position, Timeline};
use cupola_render::{Panner, PannerChoice};

/// States looked at per object; more would cost time and tell nothing.
const STATES_PER_OBJECT: usize = 500;

/// The note, when the programme has polar objects.
pub(crate) fn note(timeline: &Timeline) -> Option<Finding> {
    let layout = cupola_scene::find_layout("7.1.4")?;
    let panner = PannerChoice::ByPosition.panner(layout).ok()?;
    let (mut worst, mut worst_name, mut sum, mut count) = (0.0_f64, "", 0.0, 0_u32);
    for object in timeline.objects() {
        let blocks = || object.automation.master_blocks(timeline.length, timeline.sample_rate);
        let step = blocks().count().div_ceil(STATES_PER_OBJECT).max(1);
        for block in blocks().step_by(step) {
            let Position::Polar(polar) = block.state.position else { break };
            let converted =
                ObjectState { position: Position::Room(polar.to_room()), ..block.state };
            let angle = angle_between(
                energy_vector(panner.as_ref(), layout, &block.state),
                energy_vector(panner.as_ref(), layout, &converted),
            );
            if angle > worst {
                (worst, worst_name) = (angle, object.name.as_str());
            }
            sum += angle;
            count += 1;
        }
    }
    // A twentieth of a degree is what printing would show as nothing.
    if worst < 0.05 {
        return None;
    }
    let message =
        "polar objects become room positions in the master; on 7.1.4 their directions differ";
    Some(
        Finding::note(rules::MASTER_CONVERSION, message)
            .subject(worst_name)
            .found(format!(
                "{worst:.1}° at most ({worst_name}), {:.1}° on average",
                sum / count as f64
            ))
            .hint("write positions as x, y, z where the master must match exactly"),
    )
}

/// Σ g² u over the loudspeakers: where the energy comes from. [BS.2127-0 §10] gives the axes.
fn energy_vector(panner: &dyn Panner, layout: &Layout, state: &ObjectState) -> [f64; 3] {
    let mut gains = [0.0; Layout::MAX_SPEAKERS];
    let gains = &mut gains[..layout.speakers().len()];
    panner.gains(state, gains);
    let mut vector = [0.0; 3];
    for (gain, speaker) in gains.iter().zip(layout.speakers()) {
        for (sum, axis) in vector.iter_mut().zip(speaker.direction.direction()) {
            *sum += gain * gain * axis;
        }
    }
    vector
}

/// Degrees between two vectors; 0 where one of them has no direction.
fn angle_between(a: [f64; 3], b: [f64; 3]) -> f64 {
    let dot = |u: [f64; 3], v: [f64; 3]| u.iter().zip(v).map(|(p, q)| p * q).sum::<f64>();
    let lengths = (dot(a, a) * dot(b, b)).sqrt();
    if lengths < 1e-12 { 0.0 } else { (dot(a, b) / lengths).clamp(-1.0, 1.0).acos().to_degrees() }
}

#[cfg(test)]
mod tests {
    use super::{angle_between, energy_vector};
    use cupola_model::{LinearGain, ObjectState, PolarPosition, Position};
    use cupola_render::PannerChoice;

    #[test]
    fn a_right_angle_is_ninety_degrees() {
        assert!((angle_between([0.0, 2.0, 0.0], [3.0, 0.0, 0.0]) - 90.0).abs() < 1e-9);
        assert_eq!(angle_between([0.0; 3], [1.0, 0.0, 0.0]), 0.0);
    }

    #[test]
    fn on_the_ear_level_of_7_1_4_conversion_changes_nothing() {
        // The polar-room map follows the tangent law, so a pair gets the same gains either way.
        let layout = cupola_scene::find_layout("7.1.4").unwrap();
        let panner = PannerChoice::ByPosition.panner(layout).unwrap();
        for azimuth in -179..=180 {
            let polar = PolarPosition::on_sphere(f64::from(azimuth), 0.0);
            let state = |position| ObjectState { position, gain: LinearGain::UNITY, size: 0.0 };
            let angle = angle_between(
                energy_vector(panner.as_ref(), layout, &state(Position::Polar(polar))),
                energy_vector(panner.as_ref(), layout, &state(Position::Room(polar.to_room()))),
            );
            assert!(angle < 1e-4, "{angle}° apart at azimuth {azimuth}");
        }
    }
}
