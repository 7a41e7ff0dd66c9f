//! Virtual loudspeakers.

use super::twin::*;
use crate::binaural::{BinauralOptions, BinauralRenderer};
use crate::test_layouts::layout;
use crate::{PannerChoice, Renderer};
use cupola_model::{
    Bed, BedChannel, BedFormat, BinauralMode, FrameIndex, HeadOrientation, HeadTrack, Item,
    LinearGain, ObjectState, PlanarBlock, SampleRate, TrackIndex,
};
use realfft::num_complex::Complex64;
use std::f64::consts::TAU;

/// What both ears hear of an impulse on the last of the lanes.
fn response(items: Vec<Item>, lanes: usize, name: Option<&str>, yaw_deg: f64) -> [Vec<f32>; 2] {
    let looks = HeadOrientation { yaw_deg, ..HeadOrientation::default() };
    let options = BinauralOptions {
        via: name.map(|name| (layout(name), PannerChoice::default())),
        head: HeadTrack::new(&[(FrameIndex(0), looks)]).unwrap(),
        ..BinauralOptions::default()
    };
    let timeline = timeline(SampleRate::HZ_48000, lanes, items);
    let mut renderer = BinauralRenderer::with_options(&timeline, &set(), &options).unwrap();
    let mut block = PlanarBlock::new(lanes, 960);
    block.channel_mut(lanes - 1)[0] = 1.0;
    let mut out = PlanarBlock::new(2, 960);
    renderer.process(&block, &mut out);
    [0, 1].map(|ear| out.channel(ear).to_vec())
}

fn object_at(azimuth: f64, elevation: f64) -> Vec<Item> {
    vec![object(0, vec![point(0, polar(azimuth, elevation))])]
}

fn apart(a: &[Vec<f32>; 2], b: &[Vec<f32>; 2]) -> f64 {
    difference_db(a.iter().flatten(), b.iter().flatten())
}

#[test]
fn a_source_in_a_loudspeaker_is_heard_as_directly() {
    for (azimuth, elevation) in [(0.0, 0.0), (30.0, 0.0), (-90.0, 0.0), (135.0, 0.0)] {
        let by = response(object_at(azimuth, elevation), 1, Some("7.1.4"), 0.0);
        let directly = response(object_at(azimuth, elevation), 1, None, 0.0);
        let error = apart(&by, &directly);
        println!("{azimuth}, {elevation}: {error:.1} dB");
        assert!(error < -60.0, "{azimuth}, {elevation}: {error} dB");
    }
    // Headphone mode off means nothing to loudspeakers, and their channels are beds' channels too.
    let channels = BedFormat::F3_0.channels().iter().enumerate().map(|(i, &label)| BedChannel {
        label,
        lane: TrackIndex(i),
        binaural: BinauralMode::Off,
    });
    let bed = Item::Bed(Bed {
        name: "Bed".into(),
        groups: vec![],
        format: BedFormat::F3_0,
        channels: channels.collect(),
    });
    let centre = response(vec![bed], 3, Some("7.1.4"), 0.0);
    assert!(apart(&centre, &response(object_at(0.0, 0.0), 1, None, 0.0)) < -60.0);
}

#[test]
fn between_loudspeakers_their_responses_add_and_arrive_at_their_mean_time() {
    let set = set();
    let layout = layout("7.1.4");
    for (azimuth, elevation) in [(15.0, 0.0), (60.0, 10.0), (-160.0, 35.0), (10.0, 70.0)] {
        let got = response(object_at(azimuth, elevation), 1, Some("7.1.4"), 0.0);
        let mut gains = vec![0.0; layout.speakers().len()];
        let state =
            ObjectState { position: polar(azimuth, elevation), gain: LinearGain::UNITY, size: 0.0 };
        PannerChoice::default().panner(&layout).unwrap().gains(&state, &mut gains);
        let playing: Vec<_> = layout
            .speakers()
            .iter()
            .zip(&gains)
            .filter(|(_, gain)| **gain > 0.0)
            .map(|(s, &gain)| (barycentric(&set, s.direction.direction()), gain))
            .collect();
        let sum: f64 = gains.iter().sum();
        let mut ratios = Vec::new();
        for (ear, heard) in got.iter().enumerate() {
            let mut delay = 0.0;
            for (corners, gain) in &playing {
                for &(i, weight) in corners {
                    delay += gain / sum * weight * f64::from(set.delay_samples[i][ear]);
                }
            }
            for hz in frequencies() {
                let mut wanted = Complex64::default();
                for (corners, gain) in &playing {
                    for &(i, weight) in corners {
                        wanted += transform_at(set.response(i, ear), hz, RATE) * weight * *gain;
                    }
                }
                wanted *= Complex64::cis(-TAU * hz * (48.0 + delay) / RATE);
                ratios.push((transform_at(heard, hz, RATE) / wanted, wanted.norm()));
            }
        }
        // One gain for both ears, which keeps the power of the loudspeakers one by one.
        let whole: f64 = ratios.iter().map(|(_, w)| w * w).sum();
        let scale = ratios.iter().map(|(r, w)| r * w * w).sum::<Complex64>() / whole;
        let error: f64 = ratios.iter().map(|(r, w)| (r - scale).norm_sqr() * w * w).sum();
        let error_db = 10.0 * (error / whole / scale.norm_sqr()).log10();
        println!("{azimuth}, {elevation}: {error_db:.1} dB, scale {:.3}", scale.norm());
        assert!(error_db < -80.0, "{azimuth}, {elevation}: {error_db} dB");
        let alone: f64 = playing
            .iter()
            .map(|(corners, gain)| {
                let heard = |hz: f64| {
                    (0..2).map(|e| expected(&set, corners, e, hz).norm_sqr()).sum::<f64>()
                };
                gain * gain * frequencies().map(heard).sum::<f64>()
            })
            .sum();
        let together: f64 = got
            .iter()
            .flat_map(|e| frequencies().map(|hz| transform_at(e, hz, RATE).norm_sqr()))
            .sum();
        let level = 10.0 * (together / alone).log10();
        assert!(level.abs() < 0.3, "{azimuth}, {elevation}: {level} dB louder than one by one");
    }
}

#[test]
fn loudspeakers_stay_where_they_are_when_the_head_turns() {
    let by = response(object_at(30.0, 0.0), 1, Some("7.1.4"), 30.0);
    let directly = response(object_at(0.0, 0.0), 1, None, 0.0);
    assert!(apart(&by, &directly) < -60.0);
}
