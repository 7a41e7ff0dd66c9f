//! Ambisonic beds on headphones.

use super::twin::*;
use crate::Renderer;
use crate::binaural::{BinauralOptions, BinauralRenderer};
use crate::decode::harmonics;
use cupola_model::{
    AmbisonicBed, AmbisonicChannel, AmbisonicScale, BinauralMode, FrameIndex, HeadOrientation,
    HeadTrack, Item, LinearGain, ObjectState, PlanarBlock, PolarPosition, SampleRate, TrackIndex,
};

fn field(order: usize, binaural: BinauralMode) -> Item {
    let channel = |number| AmbisonicChannel { number, lane: TrackIndex(number) };
    Item::Ambisonic(AmbisonicBed {
        name: "Air".into(),
        groups: vec![],
        scale: AmbisonicScale::N3d,
        binaural,
        channels: (0..(order + 1).pow(2)).map(channel).collect(),
    })
}

/// An impulse of a plane wave at frame 0.
fn wave(order: usize, azimuth: f64, elevation: f64) -> PlanarBlock {
    let numbers: Vec<usize> = (0..(order + 1).pow(2)).collect();
    let direction = PolarPosition::on_sphere(azimuth, elevation).direction();
    let mut lanes = PlanarBlock::new(numbers.len(), 960);
    for (lane, value) in lanes.iter_mut().zip(harmonics(&[direction], &numbers)) {
        lane[0] = value as f32;
    }
    lanes
}

/// How far an ear is off what an object there sounds like, at the worst frequency up to `top`, in dB.
fn error_db(got: &[f32], wanted: &[f32], top: f64) -> f64 {
    let frequencies = (1..).map(|n| 100.0 * f64::from(n)).take_while(|hz| *hz <= top);
    let error = frequencies.map(|hz| {
        let [a, b] = [got, wanted].map(|taps| transform_at(taps, hz, RATE));
        20.0 * ((a - b).norm() / b.norm()).log10()
    });
    error.fold(f64::NEG_INFINITY, f64::max)
}

#[test]
fn a_wave_sounds_like_an_object_in_its_direction_as_high_as_its_order_carries() {
    let set = set();
    // A field of an order is right around a head of 8.75 cm up to order * c / (2 pi r), 0.6 kHz an order;
    // well below that, ears in the shadow of the head included, its errors are small.
    for (order, top) in [(1, 250.0), (3, 750.0), (5, 1250.0), (7, 1750.0)] {
        let items = || vec![field(order, BinauralMode::Mid)];
        for (azimuth, elevation) in [(0.0, 0.0), (75.0, 0.0), (-140.0, 20.0), (20.0, 60.0)] {
            let got = render(&set, items(), &wave(order, azimuth, elevation));
            let state = ObjectState {
                position: polar(azimuth, elevation),
                gain: LinearGain::UNITY,
                size: 0.0,
            };
            let wanted = impulse_response(&set, state);
            for (ear, wanted) in wanted.iter().enumerate() {
                let error = error_db(&got.channel(ear)[..480], &wanted[..480], top);
                println!("order {order}, {azimuth}/{elevation}, ear {ear}: {error:.1} dB");
                assert!(error < -12.0, "order {order}, {azimuth}/{elevation}: {error} dB");
            }
        }
    }
}

#[test]
fn a_wave_from_the_right_is_the_mirror_image_of_one_from_the_left() {
    let set = set();
    let items = || vec![field(3, BinauralMode::Mid)];
    let left = render(&set, items(), &wave(3, 60.0, 10.0));
    let right = render(&set, items(), &wave(3, -60.0, 10.0));
    for ear in 0..2 {
        let error = difference_db(left.channel(ear).iter(), right.channel(1 - ear).iter());
        assert!(error < -90.0, "{error} dB");
    }
}

#[test]
fn a_turned_head_hears_the_field_turned_the_other_way() {
    let set = set();
    let timeline = timeline(SampleRate::HZ_48000, 64, vec![field(7, BinauralMode::Mid)]);
    let turned = HeadOrientation { yaw_deg: 40.0, ..HeadOrientation::default() };
    let head = HeadTrack::new(&[(FrameIndex(0), turned)]).unwrap();
    let options = BinauralOptions { head, ..BinauralOptions::default() };
    let mut renderer = BinauralRenderer::with_options(&timeline, &set, &options).unwrap();
    let mut got = PlanarBlock::new(2, 960);
    renderer.process(&wave(7, 90.0, 0.0), &mut got);
    let state = ObjectState { position: polar(50.0, 0.0), gain: LinearGain::UNITY, size: 0.0 };
    for (ear, wanted) in impulse_response(&set, state).iter().enumerate() {
        let error = error_db(&got.channel(ear)[..480], &wanted[..480], 2100.0);
        assert!(error < -15.0, "{error} dB");
    }
}

#[test]
fn by_loudspeakers_each_plays_what_the_decoder_gives_it() {
    let (set, layout) = (set(), crate::test_layouts::layout("7.1.4"));
    let items = vec![field(2, BinauralMode::Mid)];
    let timeline = timeline(SampleRate::HZ_48000, 9, items);
    let via = Some((layout.clone(), crate::PannerChoice::Bs2127));
    let options = BinauralOptions { via, ..BinauralOptions::default() };
    let mut renderer = BinauralRenderer::with_options(&timeline, &set, &options).unwrap();
    let lanes = wave(2, 30.0, 10.0);
    let mut got = PlanarBlock::new(2, 960);
    renderer.process(&lanes, &mut got);
    // The sum of what stands in the direction of each loudspeaker.
    let decoder = crate::AmbisonicDecoder::new(crate::PannerChoice::Bs2127, &layout).unwrap();
    let matrix = decoder.matrix(AmbisonicScale::N3d, &(0..9).collect::<Vec<_>>());
    let mut wanted = [vec![0.0_f32; 480], vec![0.0; 480]];
    for (channel, speaker) in layout.speakers().iter().enumerate().filter(|(_, s)| !s.lfe) {
        let gain: f64 = (0..9).map(|n| matrix[n][channel] * f64::from(lanes.channel(n)[0])).sum();
        let position = cupola_model::Position::Polar(speaker.direction);
        let state = ObjectState { position, gain: LinearGain::UNITY, size: 0.0 };
        for (sum, ear) in wanted.iter_mut().zip(impulse_response(&set, state)) {
            for (sum, sample) in sum.iter_mut().zip(ear) {
                *sum += (gain * f64::from(sample)) as f32;
            }
        }
    }
    for (ear, wanted) in wanted.iter().enumerate() {
        let error = difference_db(got.channel(ear)[..480].iter(), wanted.iter());
        assert!(error < -50.0, "ear {ear}: {error} dB");
    }
}

#[test]
fn with_headphone_mode_off_a_field_has_sides_and_no_filters() {
    let got = render(&set(), vec![field(1, BinauralMode::Off)], &wave(1, 90.0, 0.0));
    let heard = |ear: usize| -> Vec<usize> {
        (0..960).filter(|&i| got.channel(ear)[i].abs() > 1e-6).collect()
    };
    assert_eq!((heard(0).len(), heard(0)), (1, heard(1)));
    let at = heard(0)[0];
    assert!(got.channel(0)[at] > 1.5 * got.channel(1)[at].abs());
}
