use super::*;
use crate::test_layouts::layout;
use cupola_model::*;

fn timeline(format: BedFormat) -> Timeline {
    let channel = |(lane, label): (usize, &BedLabel)| BedChannel {
        label: *label,
        lane: TrackIndex(lane),
        binaural: BinauralMode::Mid,
    };
    let bed = Bed {
        name: "Bed".into(),
        groups: vec![],
        format,
        channels: format.channels().iter().enumerate().map(channel).collect(),
    };
    Timeline {
        title: String::new(),
        artist: String::new(),
        sample_rate: SampleRate::HZ_48000,
        length: FrameCount(48_000),
        frame_rate: FrameRate::Fps24,
        start: FrameCount(0),
        screen: cupola_model::Screen::USUAL,
        stems: vec![],
        lanes: vec![Lane::default(); format.channels().len()],
        items: vec![Item::Bed(bed)],
    }
}

fn renderer(format: BedFormat, downmix: Downmix) -> DownmixRenderer {
    let choice = PannerChoice::ByPosition;
    DownmixRenderer::new(&timeline(format), &layout("5.1"), choice, downmix).unwrap()
}

/// Renders lanes and takes the latency away, calling for so many blocks at once.
fn render(mut renderer: DownmixRenderer, lanes: &PlanarBlock, blocks: usize) -> [Vec<f32>; 2] {
    let mut sides = [Vec::new(), Vec::new()];
    let size = blocks * renderer.block_frames();
    for start in (0..lanes.frames()).step_by(size) {
        let frames = size.min(lanes.frames() - start);
        let mut part = PlanarBlock::new(lanes.channels(), frames);
        for (part, lane) in part.iter_mut().zip(lanes.iter()) {
            part.copy_from_slice(&lane[start..start + frames]);
        }
        let mut out = PlanarBlock::new(2, frames);
        renderer.process(&part, &mut out);
        sides.iter_mut().zip(out.iter()).for_each(|(side, out)| side.extend_from_slice(out));
    }
    let latency = renderer.latency_frames();
    sides.map(|side| side[latency..].to_vec())
}

/// What Dolby prints, in decibels, with the sign of the phase.
#[test]
fn the_coefficients_are_those_of_the_table() {
    let db = |db: f64| 10_f64.powf(db / 20.0);
    for (downmix, left, right) in [
        (
            Downmix::LoRo,
            [1.0, 0.0, db(-3.01), 0.0, db(-3.01), 0.0],
            [0.0, 1.0, db(-3.01), 0.0, 0.0, db(-3.01)],
        ),
        (
            Downmix::LtRt,
            [1.0, 0.0, db(-3.01), 0.0, -db(-1.19), -db(-6.2)],
            [0.0, 1.0, db(-3.01), 0.0, db(-6.2), db(-1.19)],
        ),
    ] {
        for channel in 0..6 {
            let mut lanes = PlanarBlock::new(6, 960);
            lanes.channel_mut(channel).fill(0.5);
            let sides = render(renderer(BedFormat::F5_1, downmix), &lanes, 1);
            for (side, expected) in sides.iter().zip([left, right]) {
                let expected = 0.5 * expected[channel];
                let near = |x: &f32| (f64::from(*x) - expected).abs() < 1e-4;
                assert!(side.iter().all(near), "{downmix:?} {channel}: {} {expected}", side[0]);
            }
        }
    }
}

#[test]
fn a_wider_bed_folds_to_5_1_first() {
    let mut lanes = PlanarBlock::new(8, 480);
    // Lss of 7.1 reaches L and Ls of 5.1 alike, at −3.01 dB.
    lanes.channel_mut(4).fill(1.0);
    let [left, right] = render(renderer(BedFormat::F7_1, Downmix::LoRo), &lanes, 1);
    let half = 0.5_f32.sqrt();
    assert!((left[0] - (half + half * half)).abs() < 1e-6 && right[0] == 0.0, "{}", left[0]);
}

#[test]
fn surrounds_lag_by_90_degrees_and_nothing_else_changes() {
    for hz in [40.0_f64, 120.0, 997.0, 8000.0, 20_000.0] {
        let wave = |frame: usize, phase: f64| {
            (std::f64::consts::TAU * hz * frame as f64 / 48_000.0 + phase).sin()
        };
        let mut lanes = PlanarBlock::new(6, 19_200);
        for (frame, x) in lanes.channel_mut(4).iter_mut().enumerate() {
            *x = wave(frame, 0.0) as f32;
        }
        for (frame, x) in lanes.channel_mut(1).iter_mut().enumerate() {
            *x = 0.25 * wave(frame, 1.0) as f32;
        }
        let sides = render(renderer(BedFormat::F5_1, Downmix::LtRt90), &lanes, 3);
        for frame in 4000..15_000 {
            let lagging = wave(frame, -PI / 2.0);
            let left = -0.871_779_8 * lagging;
            let right = 0.489_897_9 * lagging + 0.25 * wave(frame, 1.0);
            // 0.1 dB.
            for (side, expected) in sides.iter().zip([left, right]) {
                let error = (f64::from(side[frame]) - expected).abs();
                assert!(error < 0.0115, "{hz} Hz, {frame}: off by {error}");
            }
        }
    }
}

#[test]
fn the_calls_do_not_change_the_samples() {
    let mut lanes = PlanarBlock::new(6, 480 * 27);
    let mut dice = crate::test_layouts::Dice(3);
    lanes.iter_mut().flatten().for_each(|x| *x = dice.roll(-1.0, 1.0) as f32);
    for downmix in Downmix::ALL {
        let whole = render(renderer(BedFormat::F5_1, downmix), &lanes, 27);
        for blocks in [1, 4, 11] {
            let parts = render(renderer(BedFormat::F5_1, downmix), &lanes, blocks);
            assert!(parts == whole, "{downmix:?} in calls of {blocks} blocks");
        }
    }
}
