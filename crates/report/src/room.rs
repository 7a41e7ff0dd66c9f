//! Where a place in the room is on the page.

/// A direction to look at the room from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum View {
    /// From above, the front at the top.
    Plan,
    /// From behind, the left at the left.
    Rear,
    /// From the right, the front at the right.
    Side,
}

impl View {
    pub(crate) const ALL: [Self; 3] = [Self::Plan, Self::Rear, Self::Side];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Rear => "rear",
            Self::Side => "side",
        }
    }

    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Plan => "From above",
            Self::Rear => "From behind",
            Self::Side => "From the right",
        }
    }

    /// Words for the left, right, upper and lower edge.
    pub(crate) const fn edges(self) -> [&'static str; 4] {
        match self {
            Self::Plan => ["left", "right", "front", "back"],
            Self::Rear => ["left", "right", "ceiling", "ears"],
            Self::Side => ["back", "front", "ceiling", "ears"],
        }
    }

    /// Right and up in this view.
    pub(crate) const fn flat(self, [x, y, z]: [f64; 3]) -> [f64; 2] {
        match self {
            Self::Plan => [x, y],
            Self::Rear => [x, z],
            Self::Side => [y, z],
        }
    }
}

/// A view at a scale; the upper left corner of the room is at (0, 0).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sheet {
    pub(crate) view: View,
    /// Pixels a room unit; the room is two units wide.
    pub(crate) scale: f64,
    /// Lowest height shown by [`View::Rear`] and [`View::Side`].
    pub(crate) low: f64,
}

impl Sheet {
    pub(crate) fn width(&self) -> f64 {
        2.0 * self.scale
    }

    pub(crate) fn height(&self) -> f64 {
        match self.view {
            View::Plan => 2.0 * self.scale,
            View::Rear | View::Side => (1.0 - self.low) * self.scale,
        }
    }

    /// The point on the page.
    pub(crate) fn point(&self, room: [f64; 3]) -> [f64; 2] {
        let [right, up] = self.view.flat(room);
        [(right + 1.0) * self.scale, (1.0 - up) * self.scale]
    }
}
