//! Which item of one programme is which of the other.

use super::difference;
use crate::rules;
use cupola_model::{Finding, Item, Timeline};

/// What of a sound may be left after the best gain for two tracks to be the same sound: −30 dB.
const SAME_SOUND: f64 = 1e-3;

/// What two items have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Match {
    Name,
    Sound,
    Number,
}

impl Match {
    pub(super) const ALL: [Self; 3] = [Self::Name, Self::Sound, Self::Number];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Sound => "sound",
            Self::Number => "number",
        }
    }
}

/// An item of the first programme and the one of the second that it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    /// Indices into the items of both.
    pub(super) items: [usize; 2],
    pub(super) by: Match,
}

/// All items: those that are paired, and those that are in one programme alone.
#[derive(Debug)]
pub(super) struct Pairs {
    /// In the order of the first programme.
    pub(super) pairs: Vec<Pair>,
    alone: [Vec<usize>; 2],
}

/// A track as numbers that add up: sounds that are the same but for a gain have proportional ones.
pub(super) type Sketch = Vec<f64>;

impl Pairs {
    /// Items of one name, the first with the first where several have it.
    pub(super) fn by_name(timelines: [&Timeline; 2]) -> Self {
        let all = timelines.map(|timeline| (0..timeline.items.len()).collect());
        let mut pairs = Self { pairs: Vec::new(), alone: all };
        pairs.take(Match::Name, |a, b| {
            let [a, b] = [&timelines[0].items[a], &timelines[1].items[b]];
            same_kind(a, b) && a.name() == b.name()
        });
        pairs
    }

    /// Whether both programmes have items without a partner.
    pub(super) fn has_strangers(&self) -> bool {
        self.alone.iter().all(|alone| !alone.is_empty())
    }

    /// Pairs objects that sound the same, the most alike first; `sketches` has one of each lane of both.
    pub(super) fn match_by_sound(
        &mut self,
        timelines: [&Timeline; 2],
        sketches: &[Vec<Sketch>; 2],
    ) {
        let mut alike = Vec::new();
        for &a in &self.alone[0] {
            for &b in &self.alone[1] {
                let lanes = [lane_of(&timelines[0].items[a]), lane_of(&timelines[1].items[b])];
                if let [Some(lane_a), Some(lane_b)] = lanes
                    && let Some(left) = left_over(&sketches[0][lane_a], &sketches[1][lane_b])
                    && left < SAME_SOUND
                {
                    alike.push((left, a, b));
                }
            }
        }
        alike.sort_by(|x, y| x.0.total_cmp(&y.0).then(x.1.cmp(&y.1)).then(x.2.cmp(&y.2)));
        for (_, a, b) in alike {
            self.take(Match::Sound, |x, y| (x, y) == (a, b));
        }
    }

    /// Pairs what is left by where it stands: beds and objects of the same number.
    pub(super) fn match_by_number(&mut self, timelines: [&Timeline; 2]) {
        let number = |side: usize, index: usize| {
            let items = &timelines[side].items;
            items[..index].iter().filter(|other| same_kind(other, &items[index])).count()
        };
        self.take(Match::Number, |a, b| {
            same_kind(&timelines[0].items[a], &timelines[1].items[b])
                && number(0, a) == number(1, b)
        });
        self.pairs.sort_by_key(|pair| pair.items);
    }

    /// Pairs those that belong together.
    fn take(&mut self, by: Match, belong: impl Fn(usize, usize) -> bool) {
        let Self { pairs, alone: [first, second] } = self;
        first.retain(|&a| {
            let partner = second.iter().position(|&b| belong(a, b));
            if let Some(at) = partner {
                pairs.push(Pair { items: [a, second.remove(at)], by });
            }
            partner.is_none()
        });
    }

    /// How many were paired in this way.
    pub(super) fn count(&self, by: Match) -> usize {
        self.pairs.iter().filter(|pair| pair.by == by).count()
    }

    /// What is in one programme alone.
    pub(super) fn strangers(&self, timelines: [&Timeline; 2]) -> Vec<Finding> {
        let told = [(rules::DIFF_REMOVED, "is removed"), (rules::DIFF_ADDED, "is added")];
        let mut findings = Vec::new();
        for (side, (rule, what)) in told.into_iter().enumerate() {
            for &index in &self.alone[side] {
                let item = &timelines[side].items[index];
                let kind = if matches!(item, Item::Object(_)) { "the object" } else { "the bed" };
                findings.push(difference(rule, item.name(), format!("{kind} {what}")));
            }
        }
        findings
    }
}

fn same_kind(a: &Item, b: &Item) -> bool {
    std::mem::discriminant(a) == std::mem::discriminant(b)
}

fn lane_of(item: &Item) -> Option<usize> {
    match item {
        Item::Object(object) => Some(object.lane.0),
        Item::Bed(_) | Item::Ambisonic(_) => None,
    }
}

/// The share of a sound that the best gain for the other one leaves; `None` for silence.
fn left_over(a: &Sketch, b: &Sketch) -> Option<f64> {
    let dot = |a: &Sketch, b: &Sketch| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
    let (aa, bb, ab) = (dot(a, a), dot(b, b), dot(a, b));
    // Sounds of opposite polarity are not the same.
    (aa > 0.0 && bb > 0.0 && ab > 0.0).then(|| 1.0 - ab * ab / (aa * bb))
}
