//! What the recommendation knows of a loudspeaker: where it stands, and where it ought to.

use super::geometry::{difference, length};
use crate::RenderError;
use crate::pan::region::Vec3;
use cupola_model::{Layout, PolarPosition};

/// A loudspeaker that can be panned to.
#[derive(Debug)]
pub(super) struct Speaker {
    /// Channel of the layout.
    pub channel: usize,
    pub label: String,
    /// Where it ought to stand; decides the regions and the zones.
    pub nominal: PolarPosition,
    /// Where it stands.
    pub real: PolarPosition,
    /// Its place in the room cube.
    pub cube: Vec3,
}

impl Speaker {
    /// The gap between the nominal elevations of two layers.
    pub(super) fn is_in_layer(&self, from_deg: f64, to_deg: f64) -> bool {
        (from_deg..=to_deg).contains(&self.nominal.elevation_deg)
    }
}

/// A loudspeaker is called by its standard label up to this far from where the label says; the
/// widest ranges of [BS.2051-3] are those of M±090 in System F, 60° to 150°.
const LABEL_REACH_DEG: f64 = 61.0;

/// The loudspeakers of a layout besides its LFE.
pub(super) fn speakers(layout: &Layout) -> Result<Vec<Speaker>, RenderError> {
    let mut speakers: Vec<Speaker> = layout
        .panned_channels()
        .map(|channel| {
            let speaker = &layout.speakers()[channel];
            let real = PolarPosition { distance: 1.0, ..speaker.direction };
            let room = speaker.room;
            Speaker {
                channel,
                label: speaker.label.clone(),
                nominal: nominal(&speaker.label, real),
                real,
                // Adding zero turns −0 into 0.
                cube: [room.x, room.y, room.z].map(|c| c + 0.0),
            }
        })
        .collect();
    check_screen_pair(layout, &speakers)?;
    if any_two_alike(&speakers) {
        for speaker in &mut speakers {
            speaker.nominal = speaker.real;
        }
    }
    Ok(speakers)
}

/// The screen pair has no place of its own between centre and front corners, only two ranges.
/// [BS.2127-0 §6.1.3]
fn check_screen_pair(layout: &Layout, speakers: &[Speaker]) -> Result<(), RenderError> {
    for speaker in speakers.iter().filter(|s| is_screen_label(&s.label)) {
        let azimuth = speaker.real.azimuth_deg.abs();
        if !(5.0..=25.0).contains(&azimuth) && !(35.0..=60.0).contains(&azimuth) {
            return Err(RenderError::Bs2127Layout {
                layout: layout.name.clone(),
                reason: format!(
                    "{} stands at azimuth {}; move it to 5 to 25 or 35 to 60 degrees off the centre",
                    speaker.label, speaker.real.azimuth_deg
                ),
            });
        }
    }
    Ok(())
}

fn is_screen_label(label: &str) -> bool {
    matches!(label, "M+SC" | "M-SC")
}

/// Where the label says the loudspeaker stands, if it is a standard one and that is near.
fn nominal(label: &str, real: PolarPosition) -> PolarPosition {
    if is_screen_label(label) {
        let azimuth = if real.azimuth_deg.abs() > 30.0 { 45.0_f64 } else { 15.0 };
        return PolarPosition::on_sphere(azimuth.copysign(real.azimuth_deg), 0.0);
    }
    let said = said_by(label).filter(|said| {
        let (said, real) = (said.direction(), real.direction());
        let apart = length(difference(said, real));
        let same_side = said[0] * real[0] > -1e-9;
        same_side && apart <= 2.0 * (LABEL_REACH_DEG / 2.0).to_radians().sin()
    });
    said.unwrap_or(real)
}

/// The direction in a label such as `U-045`. [BS.2051-3]
fn said_by(label: &str) -> Option<PolarPosition> {
    let sign_at = label.find(['+', '-'])?;
    let (layer, azimuth) = label.split_at(sign_at);
    let elevation = match layer {
        "B" => -30.0,
        "M" => 0.0,
        "U" => 30.0,
        "UH" => 45.0,
        "T" => 90.0,
        _ => return None,
    };
    let digits = azimuth.len() == 4 && azimuth[1..].bytes().all(|b| b.is_ascii_digit());
    let azimuth: f64 = azimuth.parse().ok().filter(|_| digits)?;
    (azimuth.abs() <= 180.0).then(|| PolarPosition::on_sphere(azimuth, elevation))
}

fn any_two_alike(speakers: &[Speaker]) -> bool {
    speakers.iter().enumerate().any(|(i, a)| {
        speakers[..i].iter().any(|b| {
            length(difference(a.nominal.direction(), b.nominal.direction())) < 0.1_f64.to_radians()
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_layouts::layout;

    #[test]
    fn on_standard_layouts_every_loudspeaker_stands_where_its_label_says() {
        for name in ["2.0", "5.1", "2+5+0", "5.1.4", "4+5+1", "10.2", "7.1", "7.1.4", "22.2"] {
            for speaker in speakers(&layout(name)).unwrap() {
                assert_eq!(said_by(&speaker.label), Some(speaker.real), "{name} {}", speaker.label);
                assert_eq!(speaker.nominal, speaker.real);
            }
        }
    }

    #[test]
    fn a_moved_loudspeaker_keeps_its_nominal_place_and_a_foreign_label_says_nothing() {
        let at = |azimuth, elevation| PolarPosition::on_sphere(azimuth, elevation);
        assert_eq!(nominal("U+045", at(40.0, 50.0)), at(45.0, 30.0));
        assert_eq!(nominal("UH+180", at(180.0, 90.0)), at(180.0, 45.0));
        assert_eq!(nominal("M+SC", at(22.0, 0.0)), at(15.0, 0.0));
        assert_eq!(nominal("M-SC", at(-40.0, 0.0)), at(-45.0, 0.0));
        for label in ["Ltf", "M+30", "M+400", "X+030", "", "M+é9"] {
            assert_eq!(nominal(label, at(40.0, 50.0)), at(40.0, 50.0), "{label}");
        }
        assert_eq!(nominal("M+030", at(-30.0, 0.0)), at(-30.0, 0.0), "the other side");
    }

    #[test]
    fn a_screen_loudspeaker_between_the_allowed_ranges_is_refused() {
        let mut rows = layout("4+9+0").speakers().to_vec();
        rows[12].direction.azimuth_deg = 30.5;
        let moved = Layout::new("moved", rows).unwrap();
        let error = speakers(&moved).unwrap_err().to_string();
        assert!(error.contains("M+SC") && error.contains("30.5"), "{error}");
    }
}
