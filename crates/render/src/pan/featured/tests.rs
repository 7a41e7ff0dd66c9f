use super::*;
use crate::pan::bs2127::{ChannelLock, GainCalculator, ObjectMetadata, Zone};
use crate::pan::{PannerChoice, Panners};
use crate::test_layouts::{Dice, all, irregular, layout};
use cupola_model::{HorizontalEdge, LinearGain, Screen, ScreenEdgeLock, ZoneBox, ZoneSet};

fn state(position: Position) -> ObjectState {
    ObjectState { position, gain: LinearGain::UNITY, size: 0.0 }
}

fn at(azimuth: f64, elevation: f64) -> Position {
    Position::Polar(PolarPosition::on_sphere(azimuth, elevation))
}

fn gains(
    choice: PannerChoice,
    layout: &Layout,
    features: &ObjectFeatures,
    at: Position,
) -> Vec<f64> {
    let mut gains = vec![f64::NAN; layout.speakers().len()];
    Panners::new(choice, layout).unwrap().of(features).gains(&state(at), &mut gains);
    gains
}

fn assert_same(a: &[f64], b: &[f64], told: &dyn std::fmt::Debug) {
    assert_eq!(a.len(), b.len());
    let apart = a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(apart < 1e-9, "{told:?}: {a:?} instead of {b:?}");
}

const NONE: [f64; 3] = [-2.0; 3];

/// A box that holds the same loudspeakers in the room as it does on the unit sphere.
fn common_box(dice: &mut Dice) -> ZoneBox {
    let (min, max) = match dice.roll(0.0, 4.0) as u32 {
        0 => ([-1.0, -1.0, -1.0], [1.0, dice.roll(-0.3, -0.1), 1.0]),
        1 => ([-1.0, dice.roll(0.1, 0.55), -1.0], [1.0, 1.0, dice.roll(0.1, 0.4)]),
        2 => ([-1.0, -1.0, dice.roll(0.1, 0.45)], [1.0, 1.0, 1.0]),
        _ => (NONE, [-1.5; 3]),
    };
    ZoneBox { min, max }
}

/// The calculator itself is held against the reference implementation; see `tests/judges/gains.py`.
#[test]
fn in_the_room_every_feature_is_what_the_itu_renderer_makes_of_it() {
    let mut dice = Dice(31);
    for name in ["5.1", "7.1", "7.1.4"] {
        let layout = layout(name);
        let calculator = GainCalculator::new(&layout).unwrap();
        for _ in 0..150 {
            let [x, y, z] = [0; 3].map(|_| dice.roll(-1.0, 1.0));
            let position = Position::Room(RoomPosition { x, y, z });
            let within = (dice.roll(0.0, 1.0) < 0.5).then(|| dice.roll(0.0, 2.0));
            let zone = common_box(&mut dice);
            let (value, width) = (dice.roll(0.0, 1.0), dice.roll(0.0, 2.0));
            let features = ObjectFeatures {
                snap: (dice.roll(0.0, 1.0) < 0.5).then_some(Snap { within }),
                zones: Zones { boxes: vec![zone], ..Zones::default() },
                divergence: (dice.roll(0.0, 1.0) < 0.5)
                    .then_some(cupola_model::Divergence { value, width }),
                ..ObjectFeatures::default()
            };
            let size = if dice.roll(0.0, 1.0) < 0.3 { dice.roll(0.0, 1.0) } else { 0.0 };
            let object = ObjectMetadata {
                width: size,
                height: size,
                depth: size,
                channel_lock: features.snap.map(|s| ChannelLock { max_distance: s.within }),
                zone_exclusion: vec![Zone::Box { min: zone.min, max: zone.max }],
                divergence: features.divergence.map(|d| Divergence {
                    value: d.value,
                    azimuth_range: None,
                    position_range: Some(d.width / 2.0),
                }),
                ..ObjectMetadata::at(position)
            };
            let (mut wanted, mut diffuse) = (vec![0.0; layout.speakers().len()], vec![]);
            diffuse.resize(wanted.len(), 0.0);
            calculator.gains(&object, &mut wanted, &mut diffuse);
            for choice in [PannerChoice::ByPosition, PannerChoice::Room, PannerChoice::Bs2127] {
                let mut got = vec![f64::NAN; wanted.len()];
                let mut panners = Panners::new(choice, &layout).unwrap();
                panners.of(&features).gains(&ObjectState { size, ..state(position) }, &mut got);
                assert_same(&got, &wanted, &(name, choice, &features, position));
            }
        }
    }
}

#[test]
fn by_direction_an_object_snaps_to_the_loudspeaker_at_the_smallest_angle() {
    let mut dice = Dice(32);
    for layout in all() {
        for _ in 0..40 {
            let direction = dice.direction();
            let cosine = |c: &usize| {
                let (u, v) = (layout.speakers()[*c].direction.direction(), direction.direction());
                u.iter().zip(v).map(|(a, b)| a * b).sum::<f64>()
            };
            let nearest =
                layout.panned_channels().max_by(|a, b| cosine(a).total_cmp(&cosine(b))).unwrap();
            // The chord of the angle.
            let distance = (2.0 - 2.0 * cosine(&nearest)).max(0.0).sqrt();
            for (within, snaps) in
                [(None, true), (Some(distance + 0.01), true), (Some(distance - 0.01), false)]
            {
                if within.is_some_and(|within| within <= 0.0) {
                    continue;
                }
                let features =
                    ObjectFeatures { snap: Some(Snap { within }), ..ObjectFeatures::default() };
                let at = Position::Polar(direction);
                let got = gains(PannerChoice::ByPosition, &layout, &features, at);
                let plain =
                    gains(PannerChoice::ByPosition, &layout, &ObjectFeatures::default(), at);
                let mut alone = vec![0.0; got.len()];
                alone[nearest] = 1.0;
                let wanted = if snaps { alone } else { plain };
                assert_same(&got, &wanted, &(&layout.name, direction, within));
            }
        }
    }
}

#[test]
fn what_stands_in_a_zone_is_silent_and_the_rest_takes_over() {
    let mut dice = Dice(33);
    let odd = [3, 5, 8, 13, 24].map(|count| irregular(count, &mut dice));
    for layout in all().into_iter().chain(odd) {
        for _ in 0..12 {
            let [a, b] = [0; 2].map(|_| [0; 3].map(|_| dice.roll(-1.2, 1.2)));
            let (min, max) = ([0, 1, 2].map(|n| a[n].min(b[n])), [0, 1, 2].map(|n| a[n].max(b[n])));
            let zones = Zones { boxes: vec![ZoneBox { min, max }], ..Zones::default() };
            let features = ObjectFeatures { zones, ..ObjectFeatures::default() };
            let inside = |c: usize| {
                let room = layout.speakers()[c].room;
                let at = [room.x, room.y, room.z];
                (0..3).all(|n| (min[n]..=max[n]).contains(&at[n]))
            };
            let idle = layout.panned_channels().all(inside);
            for choice in [PannerChoice::Vbap, PannerChoice::Room] {
                let mut panners = Panners::new(choice, &layout).unwrap();
                assert_eq!(panners.excludes_all(&features), idle, "{}", layout.name);
                let panner = panners.of(&features);
                let mut got = vec![f64::NAN; layout.speakers().len()];
                for round in 0..20 {
                    let size = if round % 4 == 0 { 0.3 } else { 0.0 };
                    let at = Position::Polar(dice.direction());
                    panner.gains(&ObjectState { size, ..state(at) }, &mut got);
                    let energy: f64 = got.iter().map(|g| g * g).sum();
                    assert!((energy - 1.0).abs() < 1e-9, "{}: {energy}", layout.name);
                    for (c, gain) in got.iter().enumerate() {
                        assert!(idle || !inside(c) || *gain == 0.0, "{}: {c}", layout.name);
                    }
                }
                for channel in layout.panned_channels().filter(|c| !inside(*c)) {
                    if choice == PannerChoice::Room {
                        break;
                    }
                    let at = Position::Polar(layout.speakers()[channel].direction);
                    panner.gains(&state(at), &mut got);
                    assert!((got[channel] - 1.0).abs() < 1e-6, "{}: {got:?}", layout.name);
                }
            }
        }
    }
}

#[test]
fn the_named_sets_leave_the_loudspeakers_of_7_1_4_that_their_names_say() {
    let layout = layout("7.1.4");
    let heard = |set: Option<ZoneSet>, no_heights: bool, choice: PannerChoice| -> Vec<String> {
        let zones = Zones { set, no_heights, boxes: vec![] };
        let features = ObjectFeatures { zones, ..ObjectFeatures::default() };
        let panner = Panners::new(choice, &layout).unwrap().of(&features);
        let mut heard = vec![false; 12];
        let mut got = vec![0.0; 12];
        for azimuth in (-180..180).step_by(5) {
            for elevation in [0.0, 15.0, 30.0, 80.0] {
                panner.gains(&state(at(f64::from(azimuth), elevation)), &mut got);
                heard.iter_mut().zip(&got).for_each(|(heard, gain)| *heard |= *gain > 1e-6);
            }
        }
        let names = layout.speakers().iter().zip(heard).filter(|(_, heard)| *heard);
        names.map(|(speaker, _)| speaker.name.clone()).collect()
    };
    let tops = ["Ltf", "Rtf", "Ltr", "Rtr"];
    for choice in PannerChoice::ALL {
        for (set, ears) in [
            (None, vec!["L", "R", "C", "Lss", "Rss", "Lrs", "Rrs"]),
            (Some(ZoneSet::NoBack), vec!["L", "R", "C", "Lss", "Rss"]),
            (Some(ZoneSet::NoSides), vec!["L", "R", "C", "Lrs", "Rrs"]),
            (Some(ZoneSet::CentreBack), vec!["C", "Lrs", "Rrs"]),
            (Some(ZoneSet::ScreenOnly), vec!["L", "R", "C"]),
            (Some(ZoneSet::SurroundOnly), vec!["Lss", "Rss", "Lrs", "Rrs"]),
        ] {
            let told = (choice, set);
            assert_eq!(heard(set, true, choice), ears, "{told:?}");
            assert_eq!(heard(set, false, choice), [ears, tops.to_vec()].concat(), "{told:?}");
        }
    }
}

#[test]
fn a_diverging_object_is_three_whose_energies_add_up() {
    let layout = layout("7.1.4");
    let features = |value, width| ObjectFeatures {
        divergence: Some(cupola_model::Divergence { value, width }),
        ..ObjectFeatures::default()
    };
    let plain = ObjectFeatures::default();
    for (value, middle, side) in [(0.5, 1.0 / 3.0, 1.0 / 3.0), (1.0, 0.0, 0.5), (0.0, 1.0, 0.0)] {
        for (azimuth, width) in [(0.0, 60.0), (100.0, 25.0), (-170.0, 90.0)] {
            let one = |azimuth, features: &ObjectFeatures| {
                let azimuth = cupola_model::position::wrap_degrees(azimuth);
                gains(PannerChoice::ByPosition, &layout, features, at(azimuth, 0.0))
            };
            let got = one(azimuth, &features(value, width));
            let parts = [(middle, 0.0), (side, width / 2.0), (side, -width / 2.0)]
                .map(|(share, turn)| (share, one(azimuth + turn, &plain)));
            let energy = |c: usize| parts.iter().map(|(s, g)| s * g[c] * g[c]).sum::<f64>();
            let wanted: Vec<f64> = (0..12).map(|c| energy(c).sqrt()).collect();
            assert_same(&got, &wanted, &(value, azimuth, width));
        }
    }
    // In the room the width is a distance, also where directions are forced upon it.
    let front = Position::Room(RoomPosition { x: 0.0, y: 1.0, z: 0.0 });
    for choice in [PannerChoice::ByPosition, PannerChoice::Vbap, PannerChoice::Bs2127] {
        let got = gains(choice, &layout, &features(1.0, 2.0), front);
        let mut wanted = vec![0.0; 12];
        (wanted[0], wanted[1]) = (0.5_f64.sqrt(), 0.5_f64.sqrt());
        assert_same(&got, &wanted, &choice);
    }
}

const LAWS: [PannerChoice; 4] =
    [PannerChoice::ByPosition, PannerChoice::Vbap, PannerChoice::Room, PannerChoice::Bs2127];

/// 7.1.4 with a screen whose sides are the front loudspeakers, or none.
fn with_screen(screen: Option<Screen>) -> Layout {
    let mut layout = layout("7.1.4");
    layout.screen = screen;
    layout
}

/// From L to R, as a direction and as a place on the front wall.
const FROM_L_TO_R: Screen = Screen { width: 60.0, ..Screen::USUAL };

#[test]
fn what_belongs_to_the_picture_goes_from_edge_to_edge() {
    // Made in front of a screen from 20° to -20°, whose edges are at L and R here.
    let narrow = Screen { width: 40.0, ..Screen::USUAL }.edges().unwrap();
    let features = ObjectFeatures { screen_ref: true, ..ObjectFeatures::default() };
    let edge_in_room = Position::Room(at(20.0, 0.0).to_room());
    for choice in LAWS {
        let place = |screen, position| {
            let layout = with_screen(screen);
            let mut gains = vec![f64::NAN; layout.speakers().len()];
            let panners = Panners::new(choice, &layout).unwrap();
            panners.with_reference(narrow).of(&features).gains(&state(position), &mut gains);
            gains
        };
        let mut left = vec![0.0; 12];
        left[0] = 1.0;
        assert_same(&place(Some(FROM_L_TO_R), at(20.0, 0.0)), &left, &choice);
        // The recommendation's own map has the edge elsewhere on the front wall.
        if choice != PannerChoice::Bs2127 {
            assert_same(&place(Some(FROM_L_TO_R), edge_in_room), &left, &choice);
        }
        let mut centre = vec![0.0; 12];
        centre[2] = 1.0;
        assert_same(&place(Some(FROM_L_TO_R), at(0.0, 0.0)), &centre, &choice);
        // Nothing happens without a screen.
        for position in [at(20.0, 0.0), edge_in_room] {
            let plain = gains(choice, &with_screen(None), &ObjectFeatures::default(), position);
            assert_same(&place(None, position), &plain, &choice);
        }
    }
}

#[test]
fn half_way_to_the_edge_stays_half_way_and_behind_stays_behind() {
    let mut dice = Dice(34);
    let layout = with_screen(Some(FROM_L_TO_R));
    let features = ObjectFeatures { screen_ref: true, ..ObjectFeatures::default() };
    for _ in 0..200 {
        // From 58° to 60°: within the screen 30/29, and what is left behind it.
        let azimuth: f64 = dice.roll(-180.0, 180.0);
        let moved = match azimuth.abs() {
            within if within <= 29.0 => azimuth * 30.0 / 29.0,
            beyond => (30.0 + (beyond - 29.0) * 150.0 / 151.0).copysign(azimuth),
        };
        for choice in [PannerChoice::ByPosition, PannerChoice::Bs2127] {
            let got = gains(choice, &layout, &features, at(azimuth, 0.0));
            let wanted = gains(choice, &layout, &ObjectFeatures::default(), at(moved, 0.0));
            assert_same(&got, &wanted, &(choice, azimuth));
        }
    }
}

#[test]
fn an_edge_holds_what_it_holds_in_every_law() {
    let side = ScreenEdgeLock { horizontal: Some(HorizontalEdge::Left), vertical: None };
    let features = ObjectFeatures { screen_edge: side, ..ObjectFeatures::default() };
    let mut left = vec![0.0; 12];
    left[0] = 1.0;
    for choice in LAWS {
        for position in [at(-70.0, 0.0), at(150.0, 0.0)] {
            let got = gains(choice, &with_screen(Some(FROM_L_TO_R)), &features, position);
            assert_same(&got, &left, &(choice, position));
            let free = gains(choice, &with_screen(None), &features, position);
            let plain = gains(choice, &with_screen(None), &ObjectFeatures::default(), position);
            assert_same(&free, &plain, &(choice, position));
        }
    }
}

#[test]
fn before_the_screen_of_the_production_nothing_moves_at_all() {
    let layout = layout("9.1.6");
    let features = ObjectFeatures { screen_ref: true, ..ObjectFeatures::default() };
    let mut dice = Dice(35);
    for _ in 0..50 {
        let room = RoomPosition { x: dice.roll(-1.0, 1.0), y: dice.roll(-1.0, 1.0), z: 0.3 };
        for position in [Position::Polar(dice.direction()), Position::Room(room)] {
            for choice in [PannerChoice::ByPosition, PannerChoice::Vbap, PannerChoice::Room] {
                let plain = gains(choice, &layout, &ObjectFeatures::default(), position);
                assert_eq!(gains(choice, &layout, &features, position), plain);
            }
        }
    }
}

#[test]
fn objects_with_the_same_features_share_a_panner() {
    let mut panners = Panners::new(PannerChoice::ByPosition, &layout("7.1.4")).unwrap();
    let snap = ObjectFeatures { snap: Some(Snap::default()), ..ObjectFeatures::default() };
    let louder = ObjectFeatures { diffuse: 0.5, importance: 3, ..snap.clone() };
    let (a, b) = (panners.of(&snap), panners.of(&louder));
    assert!(std::sync::Arc::ptr_eq(&a, &b));
    let quiet = ObjectFeatures { importance: 0, diffuse: 1.0, ..ObjectFeatures::default() };
    let plain = panners.of(&ObjectFeatures::default());
    assert!(
        std::sync::Arc::ptr_eq(&panners.of(&quiet), &plain) && !std::sync::Arc::ptr_eq(&a, &plain)
    );
}
