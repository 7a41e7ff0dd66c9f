//! Fewer points that say the same within a tolerance.

/// A value of `N` numbers at a time in frames.
pub(crate) type Sample<const N: usize> = (u64, [f64; N]);

/// The points to keep, so that straight lines between them stay within `tolerance` of every point
/// left out, number by number. The first and the last are kept. Times strictly rise.
///
/// From each point kept, the cone of lines that pass near enough to all points since narrows until
/// the next point is outside it: one walk, whatever the length.
pub(crate) fn thin<const N: usize>(
    points: &[Sample<N>],
    tolerance: impl Fn(&[f64; N]) -> [f64; N],
) -> Vec<Sample<N>> {
    let Some(&first) = points.first() else { return Vec::new() };
    let mut kept = vec![first];
    let mut anchor = first;
    let mut cone = [(f64::NEG_INFINITY, f64::INFINITY); N];
    let mut before = first;
    for &point in &points[1..] {
        let outside =
            slopes(anchor, point).iter().zip(&cone).any(|(s, (low, high))| s < low || s > high);
        if outside {
            anchor = before;
            kept.push(anchor);
            cone = [(f64::NEG_INFINITY, f64::INFINITY); N];
        }
        let span = (point.0 - anchor.0) as f64;
        let slopes = slopes(anchor, point);
        for ((slope, near), (low, high)) in slopes.iter().zip(tolerance(&point.1)).zip(&mut cone) {
            *low = low.max(slope - near / span);
            *high = high.min(slope + near / span);
        }
        before = point;
    }
    if before.0 > anchor.0 {
        kept.push(before);
    }
    // A value that never changes is one point.
    if kept.iter().all(|k| k.1 == first.1) {
        kept.truncate(1);
    }
    kept
}

fn slopes<const N: usize>(from: Sample<N>, to: Sample<N>) -> [f64; N] {
    let span = (to.0 - from.0) as f64;
    std::array::from_fn(|i| (to.1[i] - from.1[i]) / span)
}

/// Makes `first` coarser until it is not too large, and tells within how many times the finest
/// tolerance everything is then. Each round thins what the last one left, by twice its tolerance,
/// so that many rounds cost little more than the first; the tolerances of all rounds add up.
pub(crate) fn within_budget<T>(
    budget: usize,
    size: impl Fn(&T) -> usize,
    first: T,
    coarser: impl Fn(T, f64) -> T,
) -> (f64, T) {
    const COARSEST: f64 = 65_536.0;
    let (mut made, mut factor, mut total) = (first, 1.0, 1.0);
    while size(&made) > budget && factor < COARSEST {
        factor *= 2.0;
        total += factor;
        made = coarser(made, factor);
    }
    (total, made)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(kept: &[Sample<1>], frame: u64) -> f64 {
        let next = kept.partition_point(|k| k.0 <= frame);
        let (a, b) = (kept[next - 1], kept.get(next).copied().unwrap_or(kept[next - 1]));
        if b.0 == a.0 {
            return a.1[0];
        }
        a.1[0] + (b.1[0] - a.1[0]) * (frame - a.0) as f64 / (b.0 - a.0) as f64
    }

    #[test]
    fn every_point_left_out_is_within_the_tolerance_of_the_line() {
        let mut seed = 3_u64;
        let mut value = 0.0;
        let points: Vec<Sample<1>> = (0..5000)
            .map(|i| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(99);
                value += (seed >> 40) as f64 / (1 << 24) as f64 - 0.5;
                (i * 7, [value])
            })
            .collect();
        for tolerance in [0.01, 0.5, 3.0] {
            let kept = thin(&points, |_| [tolerance]);
            for (frame, [value]) in &points {
                let off = (at(&kept, *frame) - value).abs();
                assert!(off <= tolerance + 1e-9, "{off} at {frame}");
            }
            assert!(tolerance < 0.5 || kept.len() < points.len() / 2, "{} points kept", kept.len());
        }
    }

    #[test]
    fn a_straight_line_is_two_points_and_a_constant_one() {
        let line: Vec<Sample<1>> = (0..1000).map(|i| (i * 3, [i as f64 * 0.1])).collect();
        assert_eq!(thin(&line, |_| [1e-6]).len(), 2);
        let still: Vec<Sample<1>> = (0..1000).map(|i| (i, [4.0])).collect();
        assert_eq!(thin(&still, |_| [1e-6]), [(0, [4.0])]);
    }

    #[test]
    fn a_step_keeps_both_its_ends() {
        let step = [(0, [0.0]), (1000, [0.0]), (1250, [1.0]), (9000, [1.0])];
        assert_eq!(thin(&step, |_| [1e-6]), step);
    }

    #[test]
    fn the_tolerance_grows_until_the_points_fit() {
        let halve = |list: Vec<u8>, factor: f64| {
            assert!([2.0, 4.0, 8.0].contains(&factor), "{factor}");
            vec![0; list.len() / 2]
        };
        let (factor, made) = within_budget(10, Vec::len, vec![0; 64], halve);
        assert_eq!((factor, made.len()), (15.0, 8));
        assert_eq!(within_budget(64, Vec::len, vec![0; 64], halve).0, 1.0);
    }
}
