//! How long the text of a programme gets, and how dense its blocks may be.

use crate::limits::{AXML_LONG, AXML_THINNED};
use cupola_model::{Automation, Finding, FrameCount, Object, SampleRate, Timeline};

/// Readers such as MediaInfo look no further into a text of this size. [Atmos-ADM]
pub(crate) const READERS_STOP_BYTES: u64 = 512 << 20;
/// Text of a track beside its blocks, generously.
const TRACK_BYTES: u64 = 2048;
/// Points of an object whose blocks are measured.
const MEASURED: usize = 64;

/// The distance of blocks while something moves, in steps of the 10 ms grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Density {
    /// Every 10 ms, as renders compute gains.
    Full,
    /// Every 20 ms: what players of masters still follow without a step. [Atmos-ADM]
    Half,
}

impl Density {
    /// Frames between blocks.
    pub(crate) fn grid_frames(self, rate: SampleRate) -> u32 {
        match self {
            Self::Full => rate.grid_frames(),
            Self::Half => 2 * rate.grid_frames(),
        }
    }
}

/// Measures the text of one block of an object: a writer's own.
pub(crate) type Measure<'a> = &'a dyn Fn(&Object, usize) -> usize;

/// How long a text gets at either density.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Estimate {
    pub(crate) full: u64,
    pub(crate) half: u64,
}

impl Estimate {
    /// Right within some percent, and found without writing: by the points of the objects, not by their
    /// blocks.
    pub(crate) fn of(timeline: &Timeline, measure: Measure<'_>) -> Self {
        let bytes = |density: Density| {
            let grid = u64::from(density.grid_frames(timeline.sample_rate));
            let object = |object: &Object| {
                let points = object.automation.points().len();
                let step = points.div_ceil(MEASURED);
                let measured: Vec<_> =
                    (0..points).step_by(step).map(|i| measure(object, i)).collect();
                let mean = measured.iter().sum::<usize>() / measured.len().max(1);
                mean as u64 * most_blocks(&object.automation, timeline.length, grid)
            };
            timeline.lanes.len() as u64 * TRACK_BYTES + timeline.objects().map(object).sum::<u64>()
        };
        Self { full: bytes(Density::Full), half: bytes(Density::Half) }
    }

    /// Full density, unless that makes the text too long for readers.
    pub(crate) fn density(self, most_bytes: u64) -> Density {
        if self.full <= most_bytes { Density::Full } else { Density::Half }
    }

    /// What there is to say about it.
    pub(crate) fn finding(self) -> Option<Finding> {
        let mib = |bytes: u64| format!("about {} MiB", bytes.div_ceil(1 << 20));
        let allowed = format!("{} MiB, where readers stop", READERS_STOP_BYTES >> 20);
        if self.full <= READERS_STOP_BYTES {
            return None;
        }
        if self.half <= READERS_STOP_BYTES {
            let message = "the movement is written every 20 ms instead of every 10";
            let found = format!("{} every 10 ms, {} every 20", mib(self.full), mib(self.half));
            return Some(Finding::note(AXML_THINNED, message).found(found).allowed(allowed));
        }
        let message =
            "the movement makes the `axml` too long for some readers, every 20 ms as it is";
        Some(
            Finding::warning(AXML_LONG, message)
                .found(mib(self.half))
                .allowed(allowed)
                .hint("split the programme, or write DAMF, which has no such limit"),
        )
    }
}

/// At least as many blocks as an object gets.
fn most_blocks(automation: &Automation, length: FrameCount, grid: u64) -> u64 {
    let mut blocks = 1;
    for pair in automation.points().windows(2) {
        let [a, b] = [pair[0].frame.0, pair[1].frame.0].map(|frame| frame.min(length.0));
        blocks += if pair[0].state == pair[1].state { 1 } else { (b - a) / grid + 1 };
    }
    blocks
}
