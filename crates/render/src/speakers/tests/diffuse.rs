//! The diffuse shares of objects, against convolution sample by sample.

use super::*;
use crate::decorrelate::filters;

const DELAY: usize = 255;

fn with_diffuse(item: Item, diffuse: f64) -> Item {
    let Item::Object(object) = item else { panic!("an object") };
    let features = ObjectFeatures { diffuse, ..object.features };
    Item::Object(Object { features, ..object })
}

#[test]
fn diffuse_shares_are_decorrelated_and_the_rest_is_delayed_as_much() {
    let mut dice = Dice(41);
    let layout = layout("7.1.4");
    let (beds, bed_lanes) = bed(BedFormat::F5_1);
    let (paths, shares) = ([path(&mut dice, polar), path(&mut dice, room)], [0.3, 1.0]);
    let objects = |shares: [f64; 2]| -> Vec<Item> {
        let objects = paths.iter().zip(shares).enumerate();
        objects
            .map(|(i, (points, share))| with_diffuse(object(bed_lanes + i, points.clone()), share))
            .collect()
    };
    let lanes = noise(bed_lanes + 2, 7200, &mut dice);
    let whole = timeline([beds.clone(), objects(shares)].concat(), bed_lanes + 2);
    let mut renderer = SpeakerRenderer::new(&whole, &layout, PannerChoice::ByPosition).unwrap();
    assert_eq!(renderer.latency_frames(), DELAY);
    let mut got = PlanarBlock::new(12, lanes.frames());
    renderer.process(&lanes, &mut got);
    // The same without anything diffuse, one lane heard at a time.
    let alone = |heard: std::ops::Range<usize>| {
        let mut lanes = lanes.clone();
        let silent = |lane: &usize| !heard.contains(lane);
        (0..bed_lanes + 2).filter(silent).for_each(|lane| lanes.channel_mut(lane).fill(0.0));
        let dry = timeline([beds.clone(), objects([0.0; 2])].concat(), bed_lanes + 2);
        render(&dry, &layout, PannerChoice::ByPosition, &lanes)
    };
    let bed = alone(0..bed_lanes);
    let dry = [alone(bed_lanes..bed_lanes + 1), alone(bed_lanes + 1..bed_lanes + 2)];
    let filters = filters(&layout);
    for (channel, filter) in filters.iter().enumerate() {
        for frame in (0..lanes.frames()).step_by(7) {
            let delayed = |block: &PlanarBlock| {
                frame.checked_sub(DELAY).map_or(0.0, |n| f64::from(block.channel(channel)[n]))
            };
            let filtered = |block: &PlanarBlock| -> f64 {
                let taps = filter.iter().take(frame + 1).enumerate();
                taps.map(|(k, tap)| tap * f64::from(block.channel(channel)[frame - k])).sum()
            };
            let of = |(share, dry): (f64, &PlanarBlock)| {
                (1.0 - share).sqrt() * delayed(dry) + share.sqrt() * filtered(dry)
            };
            let wanted = delayed(&bed) + shares.into_iter().zip(&dry).map(of).sum::<f64>();
            let apart = (f64::from(got.channel(channel)[frame]) - wanted).abs();
            assert!(apart < 5e-6, "{apart} in {channel} at {frame}");
        }
    }
}

#[test]
fn without_anything_diffuse_nothing_is_late() {
    let layout = layout("5.1");
    let mut dice = Dice(42);
    let still = timeline(vec![object(0, path(&mut dice, polar))], 1);
    let renderer = SpeakerRenderer::new(&still, &layout, PannerChoice::ByPosition).unwrap();
    assert_eq!(renderer.latency_frames(), 0);
}

#[test]
fn zones_that_leave_nothing_are_told_by_object() {
    let layout = layout("5.1");
    let mut dice = Dice(43);
    let everywhere = ZoneBox { min: [-1.0; 3], max: [1.0; 3] };
    let zones = |boxes| ObjectFeatures {
        zones: Zones { boxes, ..Zones::default() },
        ..ObjectFeatures::default()
    };
    let mut featured = |lane, features: ObjectFeatures| match object(lane, path(&mut dice, polar)) {
        Item::Object(o) => Item::Object(Object { features, ..o }),
        bed => bed,
    };
    let items = vec![featured(0, zones(vec![everywhere])), featured(1, zones(vec![]))];
    for choice in PannerChoice::ALL {
        let renderer = SpeakerRenderer::new(&timeline(items.clone(), 2), &layout, choice).unwrap();
        assert_eq!(renderer.idle_zones(), ["object 0"], "{}", choice.name());
    }
}
