use super::*;
use crate::test_layouts::Dice;
use cupola_model::*;

fn stem(channels: u16) -> StemUse {
    let format = String::new();
    let facts = StemFacts { sample_rate: 48_000, channels, frames: 48_000, format, lossy: false };
    StemUse { name: "stem".into(), facts, offset: StemOffset::NONE, clips: None, cuts: None }
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
            features: ObjectFeatures::default(),
        })
    });
    Timeline {
        title: String::new(),
        artist: String::new(),
        sample_rate: SampleRate::HZ_48000,
        length: FrameCount(48_000),
        frame_rate: FrameRate::Fps24,
        start: FrameCount(0),
        screen: cupola_model::Screen::USUAL,
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
    for timeline in [timeline(120.0), with_envelopes()] {
        let mut whole = PlanarBlock::new(3, 5000);
        LaneMixer::new(&timeline).unwrap().process(&stems, &mut whole);
        for size in [1, 17, 480, 1024] {
            let mut mixer = LaneMixer::new(&timeline).unwrap();
            for start in (0..5000).step_by(size) {
                let end = (start + size).min(5000);
                let parts: Vec<PlanarBlock> =
                    stems.iter().map(|stem| part(stem, start..end)).collect();
                let mut lanes = PlanarBlock::new(3, end - start);
                mixer.process(&parts, &mut lanes);
                for (got, all) in lanes.iter().zip(whole.iter()) {
                    assert_eq!(got, &all[start..end], "calls of {size} frames, at {start}");
                }
            }
        }
    }
}

fn part(block: &PlanarBlock, frames: std::ops::Range<usize>) -> PlanarBlock {
    let mut part = PlanarBlock::new(block.channels(), frames.len());
    let channels = part.iter_mut().zip(block.iter());
    channels.for_each(|(to, from)| to.copy_from_slice(&from[frames.clone()]));
    part
}

/// Lane 0 with an envelope of odd points on its first source, lane 2 with one before its low-pass.
fn with_envelopes() -> Timeline {
    let points = [(7, 0.5), (700, 2.0), (701, 0.0), (1500, 0.0), (3333, 1.0), (3900, 0.25)];
    let points = points.map(|(frame, gain)| (FrameIndex(frame), LinearGain(gain)));
    let envelope = std::sync::Arc::new(Envelope::new(points.into()).unwrap());
    let mut timeline = timeline(120.0);
    for lane in [0, 2] {
        timeline.lanes[lane].sources[0].envelope = Some(envelope.clone());
    }
    timeline
}

/// The gain of [`with_envelopes`], stretch by stretch.
fn envelope_twin(frame: usize) -> f64 {
    let n = frame as f64;
    match frame {
        0..7 => 0.5,
        7..700 => 0.5 + 1.5 * (n - 7.0) / 693.0,
        700 => 2.0,
        701..1500 => 0.0,
        1500..3333 => (n - 1500.0) / 1833.0,
        3333..3900 => 1.0 - 0.75 * (n - 3333.0) / 567.0,
        _ => 0.25,
    }
}

#[test]
fn an_envelope_is_a_gain_at_every_sample_before_the_low_pass() {
    let stems = stems(5000);
    let mut lanes = PlanarBlock::new(3, 5000);
    LaneMixer::new(&with_envelopes()).unwrap().process(&stems, &mut lanes);
    // What goes into the filter is multiplied first, so a mixer without envelopes is the twin.
    let mut faded = stems.clone();
    for channel in 0..2 {
        for (n, x) in faded[0].channel_mut(channel).iter_mut().enumerate() {
            *x = (f64::from(*x) * envelope_twin(n)) as f32;
        }
    }
    let twin = mix(&faded);
    for lane in [0, 2] {
        for n in 0..5000 {
            let apart = (lanes.channel(lane)[n] - twin.channel(lane)[n]).abs();
            assert!(apart < 1e-6, "lane {lane}, frame {n}: {apart}");
        }
    }
    assert_ne!(twin, mix(&stems));
}

#[test]
fn an_impossible_low_pass_is_refused_with_its_track() {
    for cutoff_hz in [0.0, -5.0, 24_000.0, f64::NAN] {
        let message = LaneMixer::new(&timeline(cutoff_hz)).unwrap_err().to_string();
        assert!(message.contains("track 3") && message.contains("24000 Hz"), "{message}");
    }
}
