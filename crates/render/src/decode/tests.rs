use super::*;
use crate::test_layouts::{Dice, layout};

const SN3D: AmbisonicScale = AmbisonicScale::Sn3d;

fn whole(order: usize) -> Vec<usize> {
    (0..(order + 1).pow(2)).collect()
}

/// What the loudspeakers play of a plane wave from a direction.
fn heard(matrix: &[Vec<f64>], order: u8, direction: [f64; 3]) -> Vec<f64> {
    let order = AmbisonicOrder::new(order).unwrap();
    let mut wave = vec![0.0; order.channels()];
    HarmonicPanner::new(AmbisonicFormat::AmbiX(order)).point(direction, &mut wave);
    let gain = |channel| matrix.iter().zip(&wave).map(|(row, value)| row[channel] * value).sum();
    (0..matrix[0].len()).map(gain).collect()
}

fn energy(gains: &[f64]) -> f64 {
    gains.iter().map(|gain| gain * gain).sum()
}

#[test]
fn plane_waves_from_everywhere_have_the_energy_of_one_and_the_lfe_none() {
    let mut dice = Dice(7);
    for (name, choice) in [
        ("7.1.4", PannerChoice::Bs2127),
        ("22.2", PannerChoice::ByPosition),
        ("2.0", PannerChoice::Bs2127),
        ("sides", PannerChoice::ByPosition),
    ] {
        let layout = layout(name);
        let decoder = AmbisonicDecoder::new(choice, &layout).unwrap();
        for order in [1, 3, 7] {
            let matrix = decoder.matrix(SN3D, &whole(usize::from(order)));
            let waves: Vec<_> =
                (0..1000).map(|_| heard(&matrix, order, dice.direction().direction())).collect();
            let mean = waves.iter().map(|wave| energy(wave)).sum::<f64>() / waves.len() as f64;
            // A thousand directions by chance, not the points the scale was found with.
            assert!((mean - 1.0).abs() < 0.06, "{name}, order {order}: {mean}");
            if let Some(lfe) = layout.lfe_channel() {
                assert!(waves.iter().all(|wave| wave[lfe] == 0.0), "{name}");
            }
        }
    }
}

#[test]
fn the_higher_the_order_the_more_a_wave_comes_from_its_own_loudspeaker() {
    let layout = layout("22.2");
    let decoder = AmbisonicDecoder::new(PannerChoice::Bs2127, &layout).unwrap();
    let orders = [1_u8, 3, 6];
    let matrices = orders.map(|order| decoder.matrix(SN3D, &whole(usize::from(order))));
    for (channel, speaker) in layout.speakers().iter().enumerate().filter(|(_, s)| !s.lfe) {
        let direction = speaker.direction.direction();
        let waves = [0, 1, 2].map(|n| heard(&matrices[n], orders[n], direction));
        let shares = waves.each_ref().map(|gains| gains[channel].powi(2) / energy(gains));
        assert!(shares.is_sorted(), "{}: {shares:?}", speaker.name);
        let loudest = (0..waves[2].len()).max_by(|a, b| waves[2][*a].total_cmp(&waves[2][*b]));
        assert_eq!(loudest, Some(channel), "{}: {:?}", speaker.name, waves[2]);
    }
}

#[test]
fn the_scale_of_the_input_changes_its_numbers_and_not_what_is_heard() {
    let decoder = AmbisonicDecoder::new(PannerChoice::Bs2127, &layout("5.1")).unwrap();
    let components = whole(3);
    let sn3d = decoder.matrix(SN3D, &components);
    // The largest values of FuMa are 1 but for W, those of N3D sqrt(2l+1) times those of SN3D.
    for (scale, number, factor) in [
        (AmbisonicScale::FuMa, 0, 0.5_f64.sqrt()),
        (AmbisonicScale::FuMa, 3, 1.0),
        (AmbisonicScale::FuMa, 8, 2.0 / 3.0_f64.sqrt()),
        (AmbisonicScale::FuMa, 15, 1.6_f64.sqrt()),
        (AmbisonicScale::N3d, 0, 1.0),
        (AmbisonicScale::N3d, 12, 7.0_f64.sqrt()),
    ] {
        let other = decoder.matrix(scale, &components);
        for (a, b) in other[number].iter().zip(&sn3d[number]) {
            assert!((a * factor - b).abs() < 1e-12, "{scale:?} {number}: {a} {b}");
        }
    }
}

#[test]
fn a_layout_the_recommendation_cannot_pan_to_is_refused_only_where_it_is_asked_for() {
    let sides = layout("sides");
    let error = AmbisonicDecoder::new(PannerChoice::Bs2127, &sides).unwrap_err().to_string();
    assert!(error.contains("BS.2127"), "{error}");
    assert!(AmbisonicDecoder::new(PannerChoice::Vbap, &sides).is_ok());
}
