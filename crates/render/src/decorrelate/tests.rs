use super::*;
use crate::test_layouts::{Dice, layout};

/// Label, and taps 0, 1, 255 and 511 as `ear_gains.py --decorrelators 4+7+0` prints them.
const OF_7_1_4: [(&str, [f64; 4]); 12] = [
    ("M+030", [-0.087393987585, -0.022017576658, -0.055741593609, -0.046065730156]),
    ("M-030", [0.072006408995, 0.017561482477, 0.031986393225, 0.007064073698]),
    ("M+000", [0.026956990215, 0.027660528478, 0.021517349878, -0.026861327170]),
    ("LFE1", [-0.069648564156, 0.009239802554, -0.030853132706, -0.000689984357]),
    ("M+090", [-0.056684853348, -0.042551786160, -0.012602452953, -0.033472105501]),
    ("M-090", [-0.075296543210, 0.007727984789, -0.004039082108, -0.067306138340]),
    ("M+135", [0.068608106053, -0.020474994966, 0.013278279380, -0.014732563240]),
    ("M-135", [-0.112428090609, -0.009446716306, 0.057714955001, -0.012216595582]),
    ("U+045", [-0.080656873657, 0.015991486897, 0.045384768269, 0.018075043971]),
    ("U-045", [-0.029327150679, -0.051557791549, -0.004407834667, 0.052418493943]),
    ("U+135", [0.068843567581, -0.020186638808, -0.052833202691, -0.000275979815]),
    ("U-135", [0.014476063656, 0.075772978451, 0.006162828599, 0.067594850195]),
];

#[test]
fn the_filters_are_those_of_the_ebu_renderer() {
    let layout = layout("4+7+0");
    let filters = filters(&layout);
    for ((speaker, taps), (label, wanted)) in layout.speakers().iter().zip(&filters).zip(OF_7_1_4) {
        assert_eq!((speaker.label.as_str(), taps.len()), (label, 512));
        for (tap, wanted) in [0, 1, 255, 511].map(|n| taps[n]).into_iter().zip(wanted) {
            assert!((tap - wanted).abs() < 1e-12, "{label}: {tap} instead of {wanted}");
        }
        // They pass everything: each filter's correlation with itself is 1 undelayed, 0 otherwise.
        for delay in [0, 1, 17, 300] {
            let correlation: f64 = (0..512).map(|n| taps[n] * taps[(n + delay) % 512]).sum();
            let wanted = if delay == 0 { 1.0 } else { 0.0 };
            assert!((correlation - wanted).abs() < 1e-12, "{label} by {delay}: {correlation}");
        }
    }
}

#[test]
fn filtering_by_blocks_equals_the_plain_convolution_and_silence_is_silent() {
    let mut dice = Dice(11);
    let taps = taps(3);
    for block in [80_usize, 480, 960] {
        // Sound, then silence long enough that nothing is left, then sound again.
        let silence = 5 * block..5 * block + 3000;
        let signal: Vec<f32> = (0..(7 * block + 3000).next_multiple_of(block))
            .map(|n| if silence.contains(&n) { 0.0 } else { dice.roll(-1.0, 1.0) as f32 })
            .collect();
        let mut filter = Decorrelator::new(&taps, block);
        let mut got = vec![0.25; signal.len()];
        for (input, out) in signal.chunks(block).zip(got.chunks_mut(block)) {
            filter.add(input, out);
        }
        for (n, got) in got.iter().enumerate() {
            let plain: f64 =
                (0..taps.len().min(n + 1)).map(|k| taps[k] * f64::from(signal[n - k])).sum();
            assert!((f64::from(*got) - 0.25 - plain).abs() < 2e-6, "block {block}, frame {n}");
        }
        // No transform is longer than this, and a block that ends with sound is transformed whole.
        let quiet = silence.start + 2048..silence.end / block * block;
        assert!(got[quiet].iter().all(|x| *x == 0.25), "block {block}: silence is filtered");
    }
}
