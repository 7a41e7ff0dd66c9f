//! Geometry of the panning laws on every standard layout.

use cupola_model::{Layout, LinearGain, ObjectState, PolarPosition, Position, RoomPosition};
use cupola_render::{Panner, PannerChoice};
use cupola_scene::standard_layouts;

fn gains(panner: &dyn Panner, layout: &Layout, position: Position) -> Vec<f64> {
    let mut gains = vec![0.0; layout.speakers().len()];
    panner.gains(&ObjectState { position, gain: LinearGain::UNITY, size: 0.0 }, &mut gains);
    gains
}

fn polar(azimuth: f64, elevation: f64) -> Position {
    Position::Polar(PolarPosition::on_sphere(azimuth, elevation))
}

/// Directions of a dense sphere: about one every two degrees.
fn sphere() -> impl Iterator<Item = (f64, f64)> {
    (-45..=45).flat_map(|row| {
        let elevation = f64::from(row) * 2.0;
        let around = (180.0 * elevation.to_radians().cos()).ceil().max(1.0);
        (0..around as u32).map(move |k| (f64::from(k) * 360.0 / around - 180.0, elevation))
    })
}

/// The channel on the other side of the median plane.
fn mirror(layout: &Layout) -> Option<Vec<usize>> {
    let speakers = layout.speakers();
    speakers
        .iter()
        .enumerate()
        .map(|(channel, s)| {
            // An LFE has no side; its position is a convention.
            if s.lfe {
                return Some(channel);
            }
            speakers.iter().position(|o| {
                let turn = (s.direction.azimuth_deg + o.direction.azimuth_deg).rem_euclid(360.0);
                let across = turn < 1e-9 || s.direction.elevation_deg.abs() > 89.9;
                !o.lfe && across && o.direction.elevation_deg == s.direction.elevation_deg
            })
        })
        .collect()
}

#[test]
fn vbap_keeps_energy_one_and_no_gain_is_negative() {
    for layout in standard_layouts() {
        let panner = PannerChoice::Vbap.panner(layout).unwrap();
        for (azimuth, elevation) in sphere() {
            let gains = gains(panner.as_ref(), layout, polar(azimuth, elevation));
            let energy: f64 = gains.iter().map(|g| g * g).sum();
            assert!(
                (energy - 1.0).abs() < 1e-6,
                "{}: {energy} at {azimuth}/{elevation}",
                layout.name
            );
            for (gain, speaker) in gains.iter().zip(layout.speakers()) {
                assert!(
                    *gain >= 0.0 && !(speaker.lfe && *gain > 0.0),
                    "{}: {gains:?}",
                    layout.name
                );
            }
        }
    }
}

#[test]
fn a_source_on_a_loudspeaker_excites_only_that_loudspeaker() {
    for layout in standard_layouts() {
        let laws = [
            PannerChoice::Vbap.panner(layout).unwrap(),
            PannerChoice::ByPosition.panner(layout).unwrap(),
        ];
        for (channel, speaker) in layout.speakers().iter().enumerate().filter(|(_, s)| !s.lfe) {
            let d = speaker.direction;
            let gains = gains(laws[0].as_ref(), layout, polar(d.azimuth_deg, d.elevation_deg));
            assert!(
                (gains[channel] - 1.0).abs() < 1e-9,
                "{} {}: {gains:?}",
                layout.name,
                speaker.name
            );
        }
        // In the room two loudspeakers may share a place in layouts with more channels than walls.
        for (channel, speaker) in layout.speakers().iter().enumerate().filter(|(_, s)| !s.lfe) {
            let alone =
                layout.speakers().iter().filter(|s| !s.lfe && s.room == speaker.room).count() == 1;
            let gains = gains(laws[1].as_ref(), layout, Position::Room(speaker.room));
            let own = gains[channel];
            assert!(
                !alone || (own - 1.0).abs() < 1e-9,
                "{} {}: {gains:?}",
                layout.name,
                speaker.name
            );
        }
    }
}

#[test]
fn panning_is_symmetric_on_symmetric_layouts() {
    let mut symmetric = 0;
    for layout in standard_layouts() {
        let Some(other) = mirror(layout) else { continue };
        symmetric += 1;
        for choice in PannerChoice::ALL {
            let panner = choice.panner(layout).unwrap();
            for (azimuth, elevation) in sphere() {
                let left = gains(panner.as_ref(), layout, polar(azimuth, elevation));
                let right = gains(panner.as_ref(), layout, polar(-azimuth, elevation));
                for (channel, gain) in left.iter().enumerate() {
                    let difference = (gain - right[other[channel]]).abs();
                    assert!(
                        difference < 1e-9,
                        "{}: {azimuth}/{elevation}: {left:?} {right:?}",
                        layout.name
                    );
                }
            }
        }
    }
    assert!(symmetric >= 10, "only {symmetric} layouts were found symmetric");
}

#[test]
fn gains_are_continuous_over_the_sphere_and_through_the_room() {
    const STEP_DEG: f64 = 0.25;
    for layout in standard_layouts() {
        let panner = PannerChoice::ByPosition.panner(layout).unwrap();
        let jump =
            |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(p, q)| (p - q).abs()).fold(0.0, f64::max);
        for elevation in (-90..=90).step_by(5).map(f64::from) {
            let mut before = gains(panner.as_ref(), layout, polar(-180.0, elevation));
            for k in 1..=(360.0 / STEP_DEG) as u32 {
                let azimuth = -180.0 + f64::from(k) * STEP_DEG;
                let here = gains(panner.as_ref(), layout, polar(azimuth, elevation));
                assert!(
                    jump(&before, &here) <= 0.1,
                    "{}: jump at {azimuth}/{elevation}",
                    layout.name
                );
                let above = gains(
                    panner.as_ref(),
                    layout,
                    polar(azimuth, (elevation + STEP_DEG).min(90.0)),
                );
                assert!(
                    jump(&above, &here) <= 0.1,
                    "{}: jump above {azimuth}/{elevation}",
                    layout.name
                );
                before = here;
            }
        }
        let mut before: Option<Vec<f64>> = None;
        for k in 0..=4000 {
            let t = f64::from(k) / 4000.0;
            let room = RoomPosition { x: 2.0 * t - 1.0, y: (9.0 * t).sin(), z: t };
            let here = gains(panner.as_ref(), layout, Position::Room(room));
            if let Some(before) = &before {
                assert!(jump(before, &here) <= 0.1, "{}: jump at {room:?}", layout.name);
            }
            before = Some(here);
        }
    }
}
