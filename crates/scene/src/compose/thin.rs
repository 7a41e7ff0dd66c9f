//! Fewer points whose straight lines stay within a tolerance.

/// Points looked at together. Looking for the farthest point takes time with the square of their number
/// when they are arranged badly.
const CHUNK: usize = 2048;

/// Indices of the points that are kept, the first and the last among them. `error(a, b, i)` is how far
/// point i is from the line between a and b, as a share of the tolerance.
///
/// Where a line is not good enough it is broken at the point farthest from it, so that corners are found
/// where they are.
pub(super) fn thin(count: usize, error: impl Fn(usize, usize, usize) -> f64) -> Vec<usize> {
    let Some(last) = count.checked_sub(1) else { return Vec::new() };
    let mut kept = vec![0];
    let mut start = 0;
    while start < last {
        let end = (start + CHUNK).min(last);
        let mut open = vec![end];
        while let Some(&to) = open.last() {
            let from = kept.last().copied().unwrap_or(0);
            let errors = (from + 1..to).map(|i| (error(from, to, i), i));
            let worst = errors.max_by(|a, b| a.0.total_cmp(&b.0));
            match worst {
                Some((error, i)) if error > 1.0 => open.push(i),
                _ => {
                    kept.push(to);
                    open.pop();
                }
            }
        }
        start = end;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(values: &[f64], tolerance: f64) -> Vec<usize> {
        thin(values.len(), |a, b, i| {
            let t = (i - a) as f64 / (b - a) as f64;
            (values[a] + (values[b] - values[a]) * t - values[i]).abs() / tolerance
        })
    }

    #[test]
    fn corners_are_kept_where_they_are() {
        let zigzag: Vec<f64> =
            (0..100).map(|i| if i < 40 { i as f64 } else { 80.0 - i as f64 }).collect();
        assert_eq!(kept(&zigzag, 1e-9), [0, 40, 99]);
        assert_eq!(kept(&[1.0], 1.0), [0]);
        assert_eq!(kept(&[], 1.0), [0; 0]);
    }

    #[test]
    fn no_point_is_farther_off_than_allowed() {
        let wave: Vec<f64> = (0..5000).map(|i| (i as f64 / 97.0).sin()).collect();
        let kept = kept(&wave, 0.01);
        assert!(kept.len() < 500, "{}", kept.len());
        for pair in kept.windows(2) {
            for i in pair[0]..pair[1] {
                let t = (i - pair[0]) as f64 / (pair[1] - pair[0]) as f64;
                let line = wave[pair[0]] + (wave[pair[1]] - wave[pair[0]]) * t;
                assert!((line - wave[i]).abs() <= 0.01, "{i}");
            }
        }
    }
}
