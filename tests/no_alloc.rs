//! The block loops do not allocate.

use cupola_model::*;
use cupola_render::binaural::{BinauralOptions, BinauralQuality, BinauralRenderer};
use cupola_render::{
    AmbisonicRenderer, DownmixRenderer, LaneMixer, PannerChoice, Renderer, SpeakerRenderer,
};
use std::alloc::{GlobalAlloc, Layout as MemoryLayout, System};
use std::cell::Cell;

/// Counts what the current thread asks for.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    // A thread that is ending has no counter any more; nobody reads it either.
    let _ = ALLOCATIONS.try_with(|n| n.set(n.get() + 1));
}

#[expect(
    unsafe_code,
    reason = "an allocator cannot be written without; all work is left to System"
)]
// SAFETY: every call goes to `System` unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: MemoryLayout) -> *mut u8 {
        count();
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: MemoryLayout) {
        count();
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often `work` asked for memory or gave some back.
fn allocations(work: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.get();
    work();
    ALLOCATIONS.get() - before
}

const FRAMES: usize = 4800;
const CALLS: u64 = 20;

/// An object on the move all the time, in polar (even index) or room positions, with and without size.
fn mover(index: usize, lane: usize) -> Item {
    let points = (0..CALLS * 7)
        .map(|n| {
            let angle = (n as f64 + index as f64) * 1.7;
            let position = if index.is_multiple_of(2) {
                let azimuth = position::wrap_degrees(angle.to_degrees());
                Position::Polar(PolarPosition {
                    azimuth_deg: azimuth,
                    elevation_deg: 80.0 * angle.cos(),
                    distance: 0.5 + 0.5 * angle.sin(),
                })
            } else {
                let (x, y, z) = (angle.sin(), angle.cos(), (0.3 * angle).sin());
                Position::Room(RoomPosition { x, y, z })
            };
            let size = if index < 2 { 0.0 } else { 0.4 };
            let state = ObjectState { position, gain: LinearGain(0.5), size };
            TimedPoint { frame: FrameIndex(n * 703), state }
        })
        .collect();
    Item::Object(Object {
        name: format!("object {index}"),
        groups: vec![],
        lane: TrackIndex(lane),
        binaural: BinauralMode::Mid,
        automation: Automation::new(points).expect("legal points"),
        features: features(index),
    })
}

/// Every other object is told all that an object can be.
fn features(index: usize) -> ObjectFeatures {
    if index.is_multiple_of(2) {
        return ObjectFeatures::default();
    }
    let zone = ZoneBox { min: [-1.0, -1.0, -1.0], max: [1.0, -0.5, 0.2] };
    ObjectFeatures {
        snap: Some(Snap { within: Some(0.5) }),
        zones: Zones { set: Some(ZoneSet::NoSides), no_heights: index > 2, boxes: vec![zone] },
        divergence: Some(Divergence { value: 0.4, width: 0.5 }),
        diffuse: 0.3,
        importance: 7,
        head_locked: index > 2,
        screen_ref: index > 2,
        screen_edge: ScreenEdgeLock { horizontal: None, vertical: Some(VerticalEdge::Top) },
    }
}

/// A 7.1.2 bed with a filtered LFE send, an ambisonic one, and four moving objects.
fn timeline() -> Timeline {
    let labels = BedFormat::F7_1_2.channels();
    let channels = labels.iter().enumerate().map(|(i, &label)| BedChannel {
        label,
        lane: TrackIndex(i),
        binaural: BinauralMode::Mid,
    });
    let bed = Bed {
        name: "Bed".into(),
        groups: vec![],
        format: BedFormat::F7_1_2,
        channels: channels.collect(),
    };
    let component = |number| AmbisonicChannel { number, lane: TrackIndex(labels.len() + number) };
    let field = AmbisonicBed {
        name: "Field".into(),
        groups: vec![],
        scale: AmbisonicScale::Sn3d,
        binaural: BinauralMode::Mid,
        channels: (0..4).map(component).collect(),
    };
    let beds = [Item::Bed(bed), Item::Ambisonic(field)];
    let objects = (0..4).map(|index| mover(index, labels.len() + 4 + index));
    let points = (0..40).map(|n| (FrameIndex(n * 1234), LinearGain((n % 3 + 1) as f64))).collect();
    let envelope = std::sync::Arc::new(Envelope::new(points).expect("a legal envelope"));
    let source = |lane: usize| LaneSource {
        stem: StemIndex(0),
        channel: (lane % 2) as u16,
        gain: LinearGain(0.5),
        low_pass_hz: (lane == 3).then_some(120.0),
        envelope: lane.is_multiple_of(3).then(|| envelope.clone()),
    };
    let facts = StemFacts {
        sample_rate: 48_000,
        channels: 2,
        frames: CALLS * FRAMES as u64,
        format: String::new(),
        lossy: false,
    };
    Timeline {
        title: String::new(),
        artist: String::new(),
        sample_rate: SampleRate::HZ_48000,
        length: FrameCount(CALLS * FRAMES as u64),
        frame_rate: FrameRate::Fps24,
        start: FrameCount(0),
        screen: cupola_model::Screen::USUAL,
        stems: vec![StemUse {
            name: "stem".into(),
            facts,
            offset: StemOffset::NONE,
            clips: None,
            cuts: None,
        }],
        lanes: (0..labels.len() + 8).map(|lane| Lane { sources: vec![source(lane)] }).collect(),
        items: beds.into_iter().chain(objects).collect(),
    }
}

/// 7.1.4, and a ring of five so that imaginary loudspeakers are in play.
fn layouts() -> [Layout; 2] {
    let speaker = |(azimuth, elevation, x, y, z): (f64, f64, f64, f64, f64)| Speaker {
        name: format!("{azimuth} {elevation}"),
        label: String::new(),
        direction: PolarPosition::on_sphere(azimuth, elevation),
        room: RoomPosition { x, y, z },
        lfe: false,
    };
    let front =
        [(30.0, 0.0, -1.0, 1.0, 0.0), (-30.0, 0.0, 1.0, 1.0, 0.0), (0.0, 0.0, 0.0, 1.0, 0.0)];
    let surrounds = [(110.0, 0.0, -1.0, -1.0, 0.0), (-110.0, 0.0, 1.0, -1.0, 0.0)];
    let tops = [(45.0, 45.0, -1.0, 1.0, 1.0), (-45.0, 45.0, 1.0, 1.0, 1.0)];
    let back_tops = [(135.0, 45.0, -1.0, -1.0, 1.0), (-135.0, 45.0, 1.0, -1.0, 1.0)];
    let ring: Vec<Speaker> = front.into_iter().chain(surrounds).map(speaker).collect();
    let dome = ring.iter().cloned().chain(tops.into_iter().chain(back_tops).map(speaker)).collect();
    [("5.0", ring), ("5.0.4", dome)]
        .map(|(name, speakers)| Layout::new(name, speakers).expect("a legal layout"))
}

#[test]
fn mixing_lanes_does_not_allocate() {
    let timeline = timeline();
    let mut mixer = LaneMixer::new(&timeline).unwrap();
    let mut stems = vec![PlanarBlock::new(2, FRAMES)];
    stems[0].iter_mut().for_each(|channel| channel.fill(0.1));
    let mut lanes = PlanarBlock::new(timeline.lanes.len(), FRAMES);
    let count = allocations(|| (0..CALLS).for_each(|_| mixer.process(&stems, &mut lanes)));
    assert_eq!(count, 0, "{count} allocations in {CALLS} calls");
    assert!(lanes.channel(3)[FRAMES - 1] != 0.0, "the low-pass was not at work");
}

#[test]
fn rendering_to_loudspeakers_does_not_allocate() {
    let timeline = timeline();
    let mut lanes = PlanarBlock::new(timeline.lanes.len(), FRAMES);
    lanes.iter_mut().for_each(|lane| lane.fill(0.1));
    for layout in layouts() {
        for choice in PannerChoice::ALL {
            let mut renderer = SpeakerRenderer::new(&timeline, &layout, choice).unwrap();
            let mut out = PlanarBlock::new(renderer.channels(), FRAMES);
            let count = allocations(|| (0..CALLS).for_each(|_| renderer.process(&lanes, &mut out)));
            assert_eq!(count, 0, "{choice:?} on {}: {count} allocations", layout.name);
        }
    }
}

#[test]
fn rendering_to_ambisonics_and_to_a_downmix_does_not_allocate() {
    let timeline = timeline();
    let mut lanes = PlanarBlock::new(timeline.lanes.len(), FRAMES);
    lanes.iter_mut().for_each(|lane| lane.fill(0.1));
    let format = AmbisonicFormat::from_name("ambix7").unwrap();
    let surround = cupola_scene::find_layout("5.1").unwrap();
    let choice = PannerChoice::ByPosition;
    let downmix = DownmixRenderer::new(&timeline, surround, choice, Downmix::LtRt90).unwrap();
    let ambisonic = AmbisonicRenderer::new(&timeline, format).unwrap();
    let renderers: [Box<dyn Renderer>; 2] = [Box::new(downmix), Box::new(ambisonic)];
    for mut renderer in renderers {
        let mut out = PlanarBlock::new(renderer.channels(), FRAMES);
        let count = allocations(|| (0..CALLS).for_each(|_| renderer.process(&lanes, &mut out)));
        assert_eq!(count, 0, "{count} allocations with {} channels", renderer.channels());
    }
}

#[test]
fn gains_by_bs2127_with_every_feature_do_not_allocate() {
    use cupola_render::bs2127::{ChannelLock, Divergence, GainCalculator, ObjectMetadata, Zone};
    for layout in layouts() {
        let law = GainCalculator::new(&layout).unwrap();
        let channels = layout.speakers().len();
        let (mut direct, mut diffuse) = (vec![0.0; channels], vec![0.0; channels]);
        for position in [
            Position::Polar(PolarPosition {
                azimuth_deg: 70.0,
                elevation_deg: 20.0,
                distance: 0.6,
            }),
            Position::Room(RoomPosition { x: 0.3, y: -0.2, z: 0.6 }),
        ] {
            let lock = ChannelLock { max_distance: Some(0.01) };
            let object = ObjectMetadata {
                width: 0.5,
                height: 0.3,
                depth: 0.1,
                diffuse: 0.3,
                divergence: Some(Divergence {
                    value: 0.4,
                    azimuth_range: Some(30.0),
                    position_range: Some(0.3),
                }),
                channel_lock: Some(lock),
                zone_exclusion: vec![Zone::Box { min: [-1.0, 0.9, -1.0], max: [1.0, 1.0, 1.0] }],
                screen_ref: cupola_model::Screen::USUAL.edges(),
                ..ObjectMetadata::at(position)
            };
            let count = allocations(|| law.gains(&object, &mut direct, &mut diffuse));
            assert_eq!(count, 0, "{count} allocations on {}", layout.name);
            assert!(diffuse.iter().any(|gain| *gain > 0.0), "{position:?} is silent");
        }
    }
}

#[test]
fn rendering_to_headphones_does_not_allocate() {
    let timeline = timeline();
    let mut lanes = PlanarBlock::new(timeline.lanes.len(), FRAMES);
    lanes.iter_mut().for_each(|lane| lane.fill(0.1));
    let set = cupola_hrtf::embedded(timeline.sample_rate).unwrap();
    let turn = |n| HeadOrientation { yaw_deg: n as f64 * 20.0, ..HeadOrientation::default() };
    let track: Vec<_> = (0..9).map(|n| (FrameIndex(n * 9000), turn(n))).collect();
    let head = HeadTrack::new(&track).unwrap();
    let [_, dome] = layouts();
    let rooms = [
        (None, None),
        (Some(Room::default()), None),
        (Some(Room::default()), Some((dome, PannerChoice::default()))),
    ];
    for ((room, via), quality) in rooms
        .into_iter()
        .flat_map(|room| BinauralQuality::ALL.map(|quality| (room.clone(), quality)))
    {
        let options = BinauralOptions { room, head: head.clone(), via, quality };
        let mut renderer = BinauralRenderer::with_options(&timeline, &set, &options).unwrap();
        let mut out = PlanarBlock::new(renderer.channels(), FRAMES);
        let count = allocations(|| (0..CALLS).for_each(|_| renderer.process(&lanes, &mut out)));
        assert_eq!(count, 0, "{count} allocations in {CALLS} calls");
        assert!(out.channel(0).iter().any(|sample| *sample != 0.0), "nothing was rendered");
    }
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| drop(vec![0_u8; 16])), 2);
}
