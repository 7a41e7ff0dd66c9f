//! Ambisonic beds on loudspeakers and in ambisonic files.

use super::*;
use crate::{AmbisonicDecoder, AmbisonicRenderer};

/// A bed of these components, a lane each.
pub(super) fn field(scale: AmbisonicScale, numbers: &[usize]) -> Item {
    let channel = |(lane, &number)| AmbisonicChannel { number, lane: TrackIndex(lane) };
    Item::Ambisonic(AmbisonicBed {
        name: "Air".into(),
        groups: vec![],
        scale,
        binaural: BinauralMode::Mid,
        channels: numbers.iter().enumerate().map(channel).collect(),
    })
}

#[test]
fn components_reach_the_loudspeakers_as_their_decoder_says() {
    let layout = layout("7.1.4");
    let numbers = [3, 0, 8, 20];
    let timeline = timeline(vec![field(AmbisonicScale::N3d, &numbers)], 4);
    for choice in [PannerChoice::ByPosition, PannerChoice::Bs2127] {
        let decoder = AmbisonicDecoder::new(choice, &layout).unwrap();
        let matrix = decoder.matrix(AmbisonicScale::N3d, &numbers);
        for (lane, row) in matrix.iter().enumerate() {
            let mut lanes = PlanarBlock::new(4, 480);
            lanes.channel_mut(lane).fill(0.5);
            let out = render(&timeline, &layout, choice, &lanes);
            for (channel, gain) in out.iter().zip(row) {
                assert!((f64::from(channel[479]) - 0.5 * gain).abs() < 1e-7, "{lane}");
            }
        }
    }
}

/// What an ambisonic file of a format gets of constants in the lanes.
fn encoded(timeline: &Timeline, format: &str, lanes: &[f64]) -> Vec<f64> {
    let mut input = PlanarBlock::new(lanes.len(), 480);
    for (lane, value) in lanes.iter().enumerate() {
        input.channel_mut(lane).fill(*value as f32);
    }
    let format = AmbisonicFormat::from_name(format).unwrap();
    let mut renderer = AmbisonicRenderer::new(timeline, format).unwrap();
    let mut out = PlanarBlock::new(format.order().channels(), 480);
    renderer.process(&input, &mut out);
    out.iter().map(|channel| f64::from(channel[479])).collect()
}

#[test]
fn a_field_of_any_scale_becomes_ambix_and_fuma_cut_or_filled_up_to_the_order() {
    // Any values will do; on SN3D they are 1, 2, 3 and so on.
    let plain: Vec<f64> = (1..=9).map(f64::from).collect();
    for scale in AmbisonicScale::ALL {
        let numbers: Vec<usize> = (0..9).collect();
        let lanes: Vec<f64> = plain.iter().zip(0..9).map(|(v, n)| v * scale.on_sn3d(n)).collect();
        let timeline = timeline(vec![field(scale, &numbers)], 9);
        let near = |got: Vec<f64>, expected: &[f64]| {
            assert_eq!(got.len(), expected.len());
            let off = got.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            assert!(off < 2e-6, "{scale:?}: {got:?} for {expected:?}");
        };
        near(encoded(&timeline, "ambix2", &lanes), &plain);
        near(encoded(&timeline, "ambix1", &lanes), &plain[..4]);
        let filled: Vec<f64> = plain.iter().copied().chain([0.0; 7]).collect();
        near(encoded(&timeline, "ambix3", &lanes), &filled);
        near(encoded(&timeline, "fuma", &lanes), &[0.5_f64.sqrt(), 4.0, 2.0, 3.0]);
    }
}
