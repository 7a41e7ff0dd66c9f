use crate::pan::room::RoomPanner;
use crate::test_layouts::{Dice, all};
use cupola_model::Layout;

#[test]
fn gains_on_some_loudspeakers_are_those_of_a_layout_of_these_alone() {
    let mut dice = Dice(31);
    for layout in all() {
        let full = RoomPanner::new(&layout);
        for turn in 0..60 {
            let everything = (1 << layout.speakers().len()) - 1;
            let mut keep = if turn % 4 == 0 { everything } else { dice.0 >> 13 & everything };
            dice.roll(0.0, 1.0);
            if !layout.panned_channels().any(|c| keep >> c & 1 == 1) {
                keep = everything;
            }
            let kept: Vec<usize> =
                (0..layout.speakers().len()).filter(|c| keep >> c & 1 == 1).collect();
            let speakers = kept.iter().map(|&c| layout.speakers()[c].clone()).collect();
            let twin = RoomPanner::new(&Layout::new("subset", speakers).unwrap());
            let at = [0; 3].map(|_| dice.roll(-1.0, 1.0));
            let sizes = match turn % 3 {
                0 => [0.0; 3],
                1 => [dice.roll(0.0, 0.1), 0.0, 0.0],
                _ => [0; 3].map(|_| dice.roll(0.0, 1.0)),
            };
            let mut gains = vec![f64::NAN; layout.speakers().len()];
            let mut expected = vec![0.0; kept.len()];
            full.pan_among(keep, at, sizes, &mut gains);
            twin.pan_sized(at, sizes, &mut expected);
            for (channel, gain) in gains.iter().enumerate() {
                let twin = kept.iter().position(|&c| c == channel).map_or(0.0, |n| expected[n]);
                assert!((gain - twin).abs() < 1e-12, "{} {keep:b} {at:?} {sizes:?}", layout.name);
            }
        }
    }
}
