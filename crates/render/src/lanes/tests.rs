use super::*;
use crate::test_layouts::Dice;
use cupola_model::*;

fn stem(channels: u16) -> StemUse {
    let format = String::new();
    let facts = StemFacts { sample_rate: 48_000, channels, frames: 48_000, format, lossy: false };
    StemUse { name: "stem".into(), facts, offset: StemOffset::NONE, clips: None }
}

fn source(stem: usize, channel: u16, gain: f64, low_pass_hz: Option<f64>) -> LaneSource {
    LaneSource {
        stem: StemIndex(stem),
        channel,
        gain: LinearGain(gain),
        low_pass_hz,
        envelope: None,
    }
}

/// Three lanes: a sum of two stems, silence, a filtered LFE send.
fn timeline(cutoff_hz: f64) -> Timeline {
    let lanes = vec![
        Lane { sources: vec![source(0, 1, 0.5, None), source(1, 0, 2.0, None)] },
        Lane::default(),
        Lane { sources: vec![source(0, 0, 0.25, Some(cutoff_hz)), source(1, 0, 1.0, None)] },
    ];
    let items = (0..3).map(|lane| {
        let position = Position::Polar(PolarPosition::on_sphere(0.0, 0.0));
        let state = ObjectState { position, gain: LinearGain::UNITY, size: 0.0 };
        Item::Object(Object {
            name: String::new(),
            groups: vec![],
            lane: TrackIndex(lane),
            binaural: BinauralMode::Mid,
            automation: Automation::fixed(state).unwrap(),
        })
    });
    Timeline {
        title: String::new(),
        artist: String::new(),
        sample_rate: SampleRate::HZ_48000,
        length: FrameCount(48_000),
        frame_rate: FrameRate::Fps24,
        stems: vec![stem(2), stem(1)],
        items: items.collect(),
        lanes,
    }
}

fn stems(frames: usize) -> Vec<PlanarBlock> {
    let mut dice = Dice(4);
    [2, 1]
        .map(|channels| {
            let mut block = PlanarBlock::new(channels, frames);
            block.iter_mut().flatten().for_each(|x| *x = dice.roll(-1.0, 1.0) as f32);
            block
        })
        .into()
}

fn mix(stems: &[PlanarBlock]) -> PlanarBlock {
    let mut lanes = PlanarBlock::new(3, stems[0].frames());
    lanes.iter_mut().for_each(|lane| lane.fill(f32::NAN));
    LaneMixer::new(&timeline(120.0)).unwrap().process(stems, &mut lanes);
    lanes
}

#[test]
fn a_lane_is_the_sum_of_its_sources_times_their_gains() {
    let stems = stems(1000);
    let lanes = mix(&stems);
    for n in 0..1000 {
        let expected = 0.5 * stems[0].channel(1)[n] + 2.0 * stems[1].channel(0)[n];
        assert!((lanes.channel(0)[n] - expected).abs() < 1e-6, "frame {n}");
        assert_eq!(lanes.channel(1)[n], 0.0, "a lane without sources is silent");
    }
}

#[test]
fn a_low_pass_leaves_a_slow_signal_and_stops_a_fast_one() {
    for (hz, expected) in [(10.0, 0.25), (2000.0, 0.0)] {
        let mut stems = stems(48_000);
        stems[1].clear();
        for (n, x) in stems[0].channel_mut(0).iter_mut().enumerate() {
            *x = (std::f64::consts::TAU * hz * n as f64 / 48_000.0).sin() as f32;
        }
        let lanes = mix(&stems);
        let peak = lanes.channel(2)[24_000..].iter().fold(0.0_f32, |peak, x| peak.max(x.abs()));
        assert!((peak - expected).abs() < 1e-3, "{hz} Hz peaks at {peak}");
    }
}

#[test]
fn the_bits_do_not_depend_on_the_size_of_calls() {
    let stems = stems(5000);
    let whole = mix(&stems);
    for size in [1, 17, 480, 1024] {
        let mut mixer = LaneMixer::new(&timeline(120.0)).unwrap();
        let mut start = 0;
        while start < 5000 {
            let end = (start + size).min(5000);
            let parts: Vec<PlanarBlock> = stems
                .iter()
                .map(|stem| {
                    let mut part = PlanarBlock::new(stem.channels(), end - start);
                    let channels = part.iter_mut().zip(stem.iter());
                    channels.for_each(|(to, from)| to.copy_from_slice(&from[start..end]));
                    part
                })
                .collect();
            let mut lanes = PlanarBlock::new(3, end - start);
            mixer.process(&parts, &mut lanes);
            for (got, all) in lanes.iter().zip(whole.iter()) {
                assert_eq!(got, &all[start..end], "calls of {size} frames, at {start}");
            }
            start = end;
        }
    }
}

#[test]
fn an_impossible_low_pass_is_refused_with_its_track() {
    for cutoff_hz in [0.0, -5.0, 24_000.0, f64::NAN] {
        let message = LaneMixer::new(&timeline(cutoff_hz)).unwrap_err().to_string();
        assert!(message.contains("track 3") && message.contains("24000 Hz"), "{message}");
    }
}
