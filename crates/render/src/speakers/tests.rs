use super::*;
use crate::test_layouts::{Dice, layout};
use cupola_model::*;

mod cut;
mod diffuse;
mod field;
mod twin;

fn object(lane: usize, points: Vec<TimedPoint>) -> Item {
    Item::Object(Object {
        name: format!("object {lane}"),
        groups: vec![],
        lane: TrackIndex(lane),
        binaural: BinauralMode::Mid,
        automation: Automation::new(points).unwrap(),
        features: ObjectFeatures::default(),
    })
}

fn timeline(items: Vec<Item>, lanes: usize) -> Timeline {
    Timeline {
        title: String::new(),
        artist: String::new(),
        sample_rate: SampleRate::HZ_48000,
        length: FrameCount(48_000),
        frame_rate: FrameRate::Fps24,
        start: FrameCount(0),
        screen: cupola_model::Screen::USUAL,
        stems: vec![],
        lanes: vec![Lane::default(); lanes],
        items,
    }
}

/// Points at odd frames, some closer than the grid, the object at rest now and then.
fn path(dice: &mut Dice, mut position: impl FnMut(&mut Dice) -> Position) -> Vec<TimedPoint> {
    let mut frame = dice.roll(0.0, 700.0) as u64;
    let mut state = ObjectState { position: position(dice), gain: LinearGain(0.7), size: 0.0 };
    let mut points = vec![TimedPoint { frame: FrameIndex(frame), state }];
    while frame < 9000 {
        frame += dice.roll(3.0, 1500.0) as u64;
        if dice.roll(0.0, 1.0) < 0.8 {
            state.position = position(dice);
            state.gain = LinearGain(dice.roll(0.0, 1.2));
        }
        points.push(TimedPoint { frame: FrameIndex(frame), state });
    }
    points
}

fn polar(dice: &mut Dice) -> Position {
    Position::Polar(dice.direction())
}

fn room(dice: &mut Dice) -> Position {
    let [x, y, z] = [0; 3].map(|_| dice.roll(-1.0, 1.0));
    Position::Room(RoomPosition { x, y, z })
}

fn noise(channels: usize, frames: usize, dice: &mut Dice) -> PlanarBlock {
    let mut block = PlanarBlock::new(channels, frames);
    block.iter_mut().flatten().for_each(|x| *x = dice.roll(-1.0, 1.0) as f32);
    block
}

fn render(
    timeline: &Timeline,
    layout: &Layout,
    choice: PannerChoice,
    lanes: &PlanarBlock,
) -> PlanarBlock {
    let mut renderer = SpeakerRenderer::new(timeline, layout, choice).unwrap();
    let mut out = PlanarBlock::new(renderer.channels(), lanes.frames());
    renderer.process(lanes, &mut out);
    out
}

#[test]
fn moving_objects_equal_the_slow_twin_sample_by_sample() {
    let mut dice = Dice(5);
    let lanes = noise(1, 9600, &mut dice);
    for name in ["0+5+0", "4+5+0", "4+7+0"] {
        let layout = layout(name);
        for round in 0..6 {
            let points = path(&mut dice, if round % 2 == 0 { polar } else { room });
            let got = render(
                &timeline(vec![object(0, points.clone())], 1),
                &layout,
                PannerChoice::ByPosition,
                &lanes,
            );
            let expected = twin::render(&points, &layout, lanes.channel(0));
            for (channel, (got, expected)) in got.iter().zip(&expected).enumerate() {
                for (frame, (a, b)) in got.iter().zip(expected).enumerate() {
                    let apart = (f64::from(*a) - b).abs();
                    assert!(apart < 1e-5, "{name} {round}: {apart} in {channel} at {frame}");
                }
            }
        }
    }
}

#[test]
fn the_bits_do_not_depend_on_the_size_of_calls() {
    let mut dice = Dice(8);
    let layout = layout("4+7+0");
    let items = vec![object(0, path(&mut dice, polar)), object(1, path(&mut dice, room))];
    let mut timeline = timeline(items, 2);
    if let Item::Object(object) = &mut timeline.items[1] {
        object.features.diffuse = 0.4;
    }
    let lanes = noise(2, 480 * 24, &mut dice);
    let whole = render(&timeline, &layout, PannerChoice::Vbap, &lanes);
    for blocks in [1, 3, 8] {
        let mut renderer = SpeakerRenderer::new(&timeline, &layout, PannerChoice::Vbap).unwrap();
        let frames = 480 * blocks;
        for start in (0..lanes.frames()).step_by(frames) {
            let mut part = PlanarBlock::new(2, frames);
            for (to, from) in part.iter_mut().zip(lanes.iter()) {
                to.copy_from_slice(&from[start..start + frames]);
            }
            let mut out = PlanarBlock::new(12, frames);
            renderer.process(&part, &mut out);
            for (got, all) in out.iter().zip(whole.iter()) {
                assert_eq!(got, &all[start..start + frames], "{blocks} blocks a call, at {start}");
            }
        }
    }
}

#[test]
fn bs2127_renders_the_gains_of_the_recommendation() {
    let states = [
        // Under the ceiling, where what a virtual loudspeaker gets is shared in other ways.
        (Position::Polar(PolarPosition::on_sphere(20.0, 70.0)), 0.0),
        (Position::Polar(PolarPosition::on_sphere(20.0, 70.0)), 0.3),
        (Position::Room(RoomPosition { x: 0.3, y: -0.2, z: 0.6 }), 0.3),
    ];
    for (position, size) in states {
        let state = ObjectState { position, gain: LinearGain(0.5), size };
        let points = vec![TimedPoint { frame: FrameIndex(0), state }];
        let timeline = timeline(vec![object(0, points)], 1);
        let mut lanes = PlanarBlock::new(1, 480);
        lanes.channel_mut(0).fill(1.0);
        for name in ["4+5+0", "0+2+0"] {
            let layout = layout(name);
            let channels = layout.speakers().len();
            let mut object = crate::bs2127::ObjectMetadata::at(position);
            let extent =
                if object.cartesian { [size; 3] } else { [180.0 * size, 180.0 * size, 0.0] };
            [object.width, object.height, object.depth] = extent;
            object.gain = 0.5;
            let (mut direct, mut diffuse) = (vec![0.0; channels], vec![0.0; channels]);
            let law = crate::bs2127::GainCalculator::new(&layout).unwrap();
            law.gains(&object, &mut direct, &mut diffuse);
            let got = render(&timeline, &layout, PannerChoice::Bs2127, &lanes);
            for (channel, gain) in got.iter().zip(&direct) {
                let apart = (f64::from(channel[479]) - gain).abs();
                assert!(apart < 1e-7, "{name} {state:?}: {} for {gain}", channel[479]);
            }
            let other = render(&timeline, &layout, PannerChoice::Vbap, &lanes);
            let differs = got.iter().zip(other.iter()).any(|(a, b)| (a[479] - b[479]).abs() > 1e-3);
            assert!(differs, "{name} {state:?}: the same as vbap");
        }
    }
}

#[test]
fn bs2127_folds_a_bed_down_by_its_table() {
    let (items, count) = bed(BedFormat::F5_1);
    let timeline = timeline(items, count);
    let mut lanes = PlanarBlock::new(count, 480);
    lanes.channel_mut(4).fill(1.0);
    let half = 0.5_f32.sqrt();
    for (choice, expected) in [(PannerChoice::Bs2127, half), (PannerChoice::ByPosition, 1.0)] {
        let out = render(&timeline, &layout("0+2+0"), choice, &lanes);
        let heard = [out.channel(0)[479], out.channel(1)[479]];
        assert!((heard[0] - expected).abs() < 1e-6 && heard[1] == 0.0, "{choice:?}: {heard:?}");
    }
}

fn bed(format: BedFormat) -> (Vec<Item>, usize) {
    let channels: Vec<BedChannel> = format
        .channels()
        .iter()
        .enumerate()
        .map(|(i, &label)| BedChannel { label, lane: TrackIndex(i), binaural: BinauralMode::Off })
        .collect();
    let count = channels.len();
    (vec![Item::Bed(Bed { name: "Bed".into(), groups: vec![], format, channels })], count)
}

/// The gains of each bed channel, by rendering constants.
fn bed_gains(format: BedFormat, layout: &Layout) -> Vec<(BedLabel, Vec<(String, f32)>)> {
    let (items, count) = bed(format);
    let timeline = timeline(items, count);
    (0..count)
        .map(|lane| {
            let mut lanes = PlanarBlock::new(count, 480);
            lanes.channel_mut(lane).fill(1.0);
            let out = render(&timeline, layout, PannerChoice::Vbap, &lanes);
            let heard = out.iter().zip(layout.speakers()).filter(|(c, _)| c[479] != 0.0);
            let heard = heard.map(|(c, s)| (s.label.clone(), c[479])).collect();
            (format.channels()[lane], heard)
        })
        .collect()
}

#[test]
fn the_7_1_2_bed_folds_down_to_7_1_4_by_balance() {
    let half = 0.5_f64.sqrt() as f32;
    // L R C LFE Lss Rss Lrs Rrs have a loudspeaker each, the tops stand between two.
    let own = ["M+030", "M-030", "M+000", "LFE1", "M+090", "M-090", "M+135", "M-135"];
    let mut expected: Vec<Vec<(&str, f32)>> = own.map(|speaker| vec![(speaker, 1.0)]).into();
    expected.push(vec![("U+045", half), ("U+135", half)]);
    expected.push(vec![("U-045", half), ("U-135", half)]);
    let got = bed_gains(BedFormat::F7_1_2, &layout("4+7+0"));
    for ((label, got), expected) in got.iter().zip(&expected) {
        assert_eq!(got.len(), expected.len(), "{label}: {got:?}");
        for ((a, g), (b, e)) in got.iter().zip(expected) {
            assert!(a == b && (g - e).abs() < 1e-6, "{label}: {got:?} instead of {expected:?}");
        }
    }
}

#[test]
fn the_sides_of_a_7_1_bed_stand_between_front_and_surround_of_5_1() {
    let got = bed_gains(BedFormat::F7_1, &layout("0+5+0"));
    let (label, heard) = &got[4];
    assert_eq!(*label, BedLabel::Lss);
    let names: Vec<&str> = heard.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["M+030", "M+110"]);
    assert!(heard.iter().all(|(_, g)| (g * g - 0.5).abs() < 1e-6), "{heard:?}");
}

#[test]
fn the_lfe_goes_to_the_first_lfe_or_is_reported_missing() {
    let (items, count) = bed(BedFormat::F5_1);
    let timeline = timeline(items, count);
    let dropped = |name| {
        let renderer = SpeakerRenderer::new(&timeline, &layout(name), PannerChoice::default());
        renderer.unwrap().dropped_lfe().to_vec()
    };
    assert_eq!(dropped("0+2+0"), ["Bed"]);
    assert_eq!(dropped("0+5+0"), [""; 0]);
    let heard = bed_gains(BedFormat::F5_1, &layout("9+10+3"));
    assert_eq!(heard[3], (BedLabel::Lfe, vec![("LFE1".into(), 1.0)]));
    let heard = bed_gains(BedFormat::F5_1, &layout("0+2+0"));
    assert_eq!(heard[3], (BedLabel::Lfe, vec![]));
}

#[test]
fn what_out_held_before_is_gone() {
    let timeline = timeline(vec![object(0, path(&mut Dice(2), room))], 1);
    let mut renderer =
        SpeakerRenderer::new(&timeline, &layout("0+5+0"), PannerChoice::ByPosition).unwrap();
    let mut out = PlanarBlock::new(6, 960);
    out.iter_mut().for_each(|channel| channel.fill(f32::NAN));
    renderer.process(&PlanarBlock::new(1, 960), &mut out);
    assert!(out.iter().flatten().all(|x| *x == 0.0));
}

#[test]
fn only_the_law_of_the_itu_follows_the_blocks_of_a_document() {
    use cupola_model::automation::{BlockRecorder, ExactSpan};
    let mut dice = Dice(5);
    let mut points = path(&mut dice, polar);
    points[0].state.gain = LinearGain(1.0);
    let mut blocks = BlockRecorder::new(1.5);
    let span = ExactSpan { start: 4800.0, length: 480.0, reached_after: None };
    blocks.push(span, points[0].state);
    let blocks = std::sync::Arc::new(blocks.finish().unwrap());
    let lanes = noise(1, 9600, &mut dice);
    let layout = layout("7.1.4");
    let plain = timeline(vec![object(0, points.clone())], 1);
    let mut told = plain.clone();
    let Item::Object(object) = &mut told.items[0] else { unreachable!() };
    object.automation = object.automation.clone().with_blocks(blocks, 0.0);
    for choice in [PannerChoice::ByPosition, PannerChoice::Room] {
        let [a, b] = [&plain, &told].map(|timeline| render(timeline, &layout, choice, &lanes));
        assert!(a.iter().eq(b.iter()), "{choice:?}");
    }
    let exact = render(&told, &layout, PannerChoice::Bs2127, &lanes);
    let sounds = |frame: usize| exact.iter().any(|channel| channel[frame] != 0.0);
    let heard: Vec<usize> = (0..9600).filter(|frame| sounds(*frame)).collect();
    assert_eq!((heard[0], heard.len(), heard[heard.len() - 1]), (4800, 480, 5279));
}
