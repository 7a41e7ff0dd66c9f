//! Gains, beds, the LFE and headphone mode off.

use super::twin::*;
use crate::binaural::BinauralRenderer;
use crate::{RenderError, Renderer};
use cupola_model::{
    Bed, BedChannel, BedFormat, BedLabel, BinauralMode, FrameIndex, HrtfError, Item, LinearGain,
    ObjectState, PlanarBlock, SampleRate, TimedPoint, TrackIndex,
};
use std::f64::consts::TAU;

fn bed(format: BedFormat, binaural: BinauralMode) -> Item {
    let channel = |(i, &label): (usize, &BedLabel)| BedChannel {
        label,
        lane: TrackIndex(i),
        binaural: if label.is_lfe() { BinauralMode::Off } else { binaural },
    };
    Item::Bed(Bed {
        name: "Bed".into(),
        groups: vec![],
        format,
        channels: format.channels().iter().enumerate().map(channel).collect(),
    })
}

/// Everything 7.1.2 renders to an impulse in one channel at frame 0.
fn bed_response(label: BedLabel, binaural: BinauralMode, frames: usize) -> PlanarBlock {
    let format = BedFormat::F7_1_2;
    let mut lanes = PlanarBlock::new(10, frames);
    let lane = format.channels().iter().position(|&l| l == label).unwrap();
    lanes.channel_mut(lane)[0] = 1.0;
    render(&set(), vec![bed(format, binaural)], &lanes)
}

#[test]
fn bed_channels_are_heard_where_their_loudspeakers_stand() {
    let set = set();
    // Loudspeakers of 4+7+0 by BS.2051-3 System J; the two top channels of 7.1.2 stand midway along
    // the ceiling's sides, at the elevation of its corners.
    for (label, azimuth, elevation) in [
        (BedLabel::L, 30.0, 0.0),
        (BedLabel::R, -30.0, 0.0),
        (BedLabel::C, 0.0, 0.0),
        (BedLabel::Lss, 90.0, 0.0),
        (BedLabel::Rrs, -135.0, 0.0),
        (BedLabel::Lts, 90.0, 30.0),
    ] {
        let got = bed_response(label, BinauralMode::Mid, 960);
        let state =
            ObjectState { position: polar(azimuth, elevation), gain: LinearGain::UNITY, size: 0.0 };
        let wanted = impulse_response(&set, state);
        for (ear, wanted) in wanted.iter().enumerate() {
            let error = difference_db(got.channel(ear)[..480].iter(), wanted[..480].iter());
            assert!(error < -90.0, "{label}, ear {ear}: {error} dB off {azimuth}/{elevation}");
        }
    }
}

#[test]
fn the_lfe_reaches_both_ears_alike_through_its_low_pass_and_nothing_else() {
    let frames = 48_000;
    let out = bed_response(BedLabel::Lfe, BinauralMode::Mid, frames);
    assert_eq!(out.channel(0), out.channel(1));
    // Linkwitz-Riley of fourth order: (1 + (f/fc)^4)^-1, 0 dB at the bottom, -6.02 dB at 120 Hz.
    for (hz, wanted_db) in
        [(10.0, 0.0), (30.0, -0.034), (60.0, -0.527), (120.0, -6.021), (240.0, -24.609)]
    {
        let got = 20.0 * transform_at(out.channel(0), hz, RATE).norm().log10();
        println!("{hz} Hz: {got:.3} dB");
        assert!((got - wanted_db).abs() < 0.02, "{hz} Hz: {got} dB, not {wanted_db}");
    }
    // Latency and the set's mean arrival, before the filter's own delay: nothing earlier.
    let first = out.channel(0).iter().position(|&s| s != 0.0).unwrap();
    let late = 48 + mean_arrival().round() as usize;
    assert_eq!(first, late);
}

/// Mean arrival over directions that lie evenly on the sphere.
fn mean_arrival() -> f64 {
    let set = set();
    let golden = std::f64::consts::PI * (3.0 - 5_f64.sqrt());
    let arrival = |i: i32| {
        let z = 1.0 - (2.0 * f64::from(i) + 1.0) / 500.0;
        let (sin, cos) = (golden * f64::from(i)).sin_cos();
        let r = (1.0 - z * z).sqrt();
        arrival(&set, &barycentric(&set, [r * sin, r * cos, z]), 0)
    };
    (0..500).map(arrival).sum::<f64>() / 500.0
}

#[test]
fn with_headphone_mode_off_a_channel_is_only_panned_and_delayed() {
    let late = 48 + mean_arrival().round() as usize;
    for (label, left, right) in [
        (BedLabel::Lss, 1.0, 0.0),
        (BedLabel::C, 0.5_f64.sqrt(), 0.5_f64.sqrt()),
        // 30° to the left: x = −0.5, so a quarter of the way from the middle to the left ear.
        (BedLabel::L, (0.125 * TAU / 2.0).cos(), (0.125 * TAU / 2.0).sin()),
    ] {
        let out = bed_response(label, BinauralMode::Off, 960);
        for (ear, wanted) in [left, right].into_iter().enumerate() {
            for (n, &got) in out.channel(ear).iter().enumerate() {
                let wanted = if n == late { wanted } else { 0.0 };
                assert!(
                    (f64::from(got) - wanted).abs() < 1e-6,
                    "{label}, ear {ear}, frame {n}: {got}"
                );
            }
        }
    }
}

#[test]
fn a_moving_source_with_headphone_mode_off_keeps_its_power() {
    let mut lanes = PlanarBlock::new(1, 9600);
    lanes.channel_mut(0).fill(1.0);
    let mut item = object(0, vec![point(0, polar(80.0, 0.0)), point(9600, polar(-80.0, 0.0))]);
    let Item::Object(moving) = &mut item else { panic!("an object") };
    moving.binaural = BinauralMode::Off;
    let out = render(&set(), vec![item], &lanes);
    let late = 48 + mean_arrival().round() as usize;
    for n in (late..9600).step_by(7) {
        // Gains are straight lines over 2 degrees of the way, which cuts the corner by 2e-4.
        let (left, right) = (f64::from(out.channel(0)[n]), f64::from(out.channel(1)[n]));
        assert!((left * left + right * right - 1.0).abs() < 5e-4, "frame {n}");
        // Midway it passes the middle.
        if n == 4800 + late {
            assert!((left - right).abs() < 1e-3, "{left} {right}");
        }
    }
}

#[test]
fn gain_ramps_are_straight_lines_from_point_to_point_to_the_frame() {
    // Gain belongs to the lane, so ramping it is the same as ramping the lane beforehand.
    let state =
        |gain| ObjectState { position: polar(40.0, 5.0), gain: LinearGain(gain), size: 0.0 };
    let at = |frame, gain| TimedPoint { frame: FrameIndex(frame), state: state(gain) };
    let mut lanes = PlanarBlock::new(1, 4800);
    Noise::new(2).fill(&mut lanes);
    let ramped = render(
        &set(),
        vec![object(0, vec![at(100, 1.0), at(1033, 0.25), at(2000, 0.25), at(2250, 2.0)])],
        &lanes,
    );
    for (n, sample) in lanes.channel_mut(0).iter_mut().enumerate() {
        let n = n as f64;
        let gain = match n {
            _ if n <= 100.0 => 1.0,
            _ if n <= 1033.0 => 1.0 - 0.75 * (n - 100.0) / 933.0,
            _ if n <= 2000.0 => 0.25,
            _ if n <= 2250.0 => 0.25 + 1.75 * (n - 2000.0) / 250.0,
            _ => 2.0,
        };
        *sample = (f64::from(*sample) * gain) as f32;
    }
    let beforehand = render(&set(), vec![object(0, vec![at(0, 1.0)])], &lanes);
    for ear in 0..2 {
        let error = difference_db(ramped.channel(ear).iter(), beforehand.channel(ear).iter());
        println!("ear {ear}: {error:.1} dB");
        assert!(error < -130.0, "ear {ear}: {error} dB");
    }
}

#[test]
fn block_and_latency_are_whole_at_every_rate() {
    for (hz, block) in [(44_100, 441), (48_000, 480), (88_200, 882), (96_000, 960), (192_000, 1920)]
    {
        let rate = SampleRate::new(hz).unwrap();
        let set = cupola_hrtf::embedded(rate).unwrap();
        let timeline = timeline(rate, 1, vec![object(0, vec![point(0, polar(0.0, 0.0))])]);
        let renderer = BinauralRenderer::new(&timeline, &set).unwrap();
        assert_eq!((renderer.channels(), renderer.block_frames()), (2, block), "{hz} Hz");
        assert_eq!(renderer.latency_frames(), 48, "{hz} Hz");
    }
}

#[test]
fn unusable_sets_are_refused_in_words() {
    let items = || vec![object(0, vec![point(0, polar(0.0, 0.0))])];
    let wrong_rate = timeline(SampleRate::HZ_96000, 1, items());
    let error = BinauralRenderer::new(&wrong_rate, &set()).unwrap_err();
    assert!(matches!(error, RenderError::HrtfRate { set_hz: 48_000, session_hz: 96_000 }));
    let timeline = timeline(SampleRate::HZ_48000, 1, items());
    let refused = |change: &dyn Fn(&mut cupola_model::HrtfSet)| {
        let mut set = set();
        change(&mut set);
        match BinauralRenderer::new(&timeline, &set) {
            Err(RenderError::Hrtf(HrtfError(text))) => text,
            other => panic!("{other:?}"),
        }
    };
    assert!(refused(&|s| s.triangles[7].swap(0, 1)).contains("triangle"));
    assert!(refused(&|s| s.triangles[7][1] = s.triangles[7][0]).contains("triangle"));
    assert!(refused(&|s| s.triangles.truncate(1573)).contains("no triangle lies across"));
}
