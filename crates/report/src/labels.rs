//! Names beside marks, without overlap where there is room.

use crate::text::width;

/// A rectangle: left, top, right, bottom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rect(pub(crate) [f64; 4]);

/// A place for a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spot {
    /// Left end of the base line.
    pub(crate) x: f64,
    pub(crate) y: f64,
    /// Whether it stands so far off that a line should lead to it.
    pub(crate) far: bool,
}

/// What is taken already.
#[derive(Debug)]
pub(crate) struct Labels {
    taken: Vec<Rect>,
    page: Rect,
    size: f64,
}

impl Rect {
    pub(crate) fn around(x: f64, y: f64, half_width: f64, half_height: f64) -> Self {
        Self([x - half_width, y - half_height, x + half_width, y + half_height])
    }

    fn meets(&self, other: &Self) -> bool {
        let ([l, t, r, b], [ol, ot, or, ob]) = (self.0, other.0);
        l < or && ol < r && t < ob && ot < b
    }

    fn is_within(&self, other: &Self) -> bool {
        let ([l, t, r, b], [ol, ot, or, ob]) = (self.0, other.0);
        l >= ol && r <= or && t >= ot && b <= ob
    }
}

impl Labels {
    /// No label may leave the page; `size` is that of the font in pixels.
    pub(crate) fn new(page: Rect, size: f64) -> Self {
        Self { taken: Vec::new(), page, size }
    }

    pub(crate) fn take(&mut self, rect: Rect) {
        self.taken.push(rect);
    }

    /// A free place near a mark that reaches `half` pixels to the sides, or none.
    pub(crate) fn place(&mut self, text: &str, [x, y]: [f64; 2], half: [f64; 2]) -> Option<Spot> {
        let (w, h) = (width(text, self.size), self.size);
        // Right, left, above, below, then the corners; near ones first.
        const WAYS: [[f64; 2]; 8] = [
            [1.0, 0.0],
            [-1.0, 0.0],
            [0.0, -1.0],
            [0.0, 1.0],
            [1.0, -1.0],
            [-1.0, -1.0],
            [1.0, 1.0],
            [-1.0, 1.0],
        ];
        for (gap, far) in [(4.0, false), (14.0, true), (26.0, true)] {
            for [dx, dy] in WAYS {
                let cx = x + dx * (half[0] + gap + w / 2.0);
                let cy = y + dy * (half[1] + gap + h / 2.0);
                let rect = Rect::around(cx, cy, w / 2.0, h / 2.0);
                if rect.is_within(&self.page) && !self.taken.iter().any(|t| t.meets(&rect)) {
                    self.taken.push(rect);
                    return Some(Spot { x: cx - w / 2.0, y: cy + 0.36 * h, far });
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_labels_overlap_and_none_leaves_the_page() {
        let page = Rect([0.0, 0.0, 300.0, 300.0]);
        let mut labels = Labels::new(page, 12.0);
        let mut placed = 0;
        for i in 0..200 {
            let at = [f64::from(i * 37 % 300), f64::from(i * 91 % 300)];
            placed += usize::from(labels.place("Backing vocal", at, [8.0, 8.0]).is_some());
        }
        assert_eq!(labels.taken.len(), placed);
        assert!(placed > 20, "{placed}");
        for (i, a) in labels.taken.iter().enumerate() {
            assert!(a.is_within(&page));
            assert!(!labels.taken[..i].iter().any(|b| a.meets(b)), "{a:?}");
        }
    }
}
