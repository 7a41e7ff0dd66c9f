//! The order in which a programme lists its objects.

use super::twin::*;
use crate::Renderer;
use crate::binaural::{BinauralOptions, BinauralRenderer};
use cupola_model::{BinauralMode, Item, Object, PlanarBlock, Room, SampleRate, TrackIndex};

#[test]
fn objects_in_another_order_give_the_same_bits() {
    const COUNT: usize = 24;
    let place = |i: usize| {
        let azimuth = cupola_model::position::wrap_degrees(i as f64 * 47.0);
        vec![point(0, polar(azimuth, 10.0)), point(4000, polar(-azimuth, 10.0 - i as f64))]
    };
    let mut signals = PlanarBlock::new(COUNT, 9600);
    Noise::new(7).fill(&mut signals);
    let render = |order: &[usize]| {
        let mut lanes = PlanarBlock::new(COUNT, 9600);
        let mut items = Vec::new();
        for (lane, &i) in order.iter().enumerate() {
            lanes.channel_mut(lane).copy_from_slice(signals.channel(i));
            let Item::Object(object) = object(lane, place(i)) else { unreachable!("an object") };
            let binaural = BinauralMode::ALL[i % 4];
            items.push(Item::Object(Object { binaural, lane: TrackIndex(lane), ..object }));
        }
        let timeline = timeline(SampleRate::HZ_48000, COUNT, items);
        let options = BinauralOptions { room: Some(Room::default()), ..Default::default() };
        let mut renderer = BinauralRenderer::with_options(&timeline, &set(), &options).unwrap();
        let mut out = PlanarBlock::new(2, 9600);
        renderer.process(&lanes, &mut out);
        [out.channel(0).to_vec(), out.channel(1).to_vec()]
    };
    let in_order: Vec<usize> = (0..COUNT).collect();
    let wanted = render(&in_order);
    let backwards: Vec<usize> = (0..COUNT).rev().collect();
    let shuffled: Vec<usize> = (0..COUNT).map(|i| i * 7 % COUNT).collect();
    for order in [backwards, shuffled] {
        assert!(render(&order) == wanted, "{order:?}");
    }
}
