//! Who is heard, in an order that does not depend on how the programme lists them.
//!
//! Sums of f32 depend on the order of their terms. Sources are therefore sorted by what they are: mode,
//! place over time, and what they play. Only two that are alike in all of it keep the order of their
//! tracks, and they carry the same signal.

use super::field::virtual_speakers;
use super::motion::{Motion, standing};
use super::via::{Aim, Via};
use crate::RenderError;
use cupola_model::{
    Automation, BinauralMode, Item, Lane, LaneSource, Position, TimedPoint, Timeline, TrackIndex,
};
use std::cmp::Ordering;

/// A lane and how it reaches the ears.
pub(super) struct Source {
    /// The lanes it plays, each with its gain.
    pub(super) parts: Vec<(TrackIndex, f64)>,
    pub(super) motion: Motion,
    /// `None` for an LFE.
    pub(super) mode: Option<BinauralMode>,
    /// Whether it turns with the head.
    pub(super) head_locked: bool,
    /// By which loudspeakers, where it is not heard directly.
    pub(super) aim: Option<Aim>,
}

/// The sources of a programme, heard directly or by loudspeakers.
pub(super) fn sources(
    timeline: &Timeline,
    mut via: Option<Via>,
) -> Result<Vec<Source>, RenderError> {
    // Loudspeakers know no modes.
    let by_speakers = via.is_some();
    let heard = |mode: BinauralMode| if by_speakers { BinauralMode::Mid } else { mode };
    let mut sources = Vec::new();
    for item in &timeline.items {
        match item {
            Item::Bed(bed) => sources.extend(bed.channels.iter().map(|channel| {
                Source {
                    parts: vec![(channel.lane, 1.0)],
                    motion: Motion::new(standing(Position::Room(channel.label.position()))),
                    mode: (!channel.label.is_lfe()).then_some(heard(channel.binaural)),
                    head_locked: false,
                    aim: via
                        .as_ref()
                        .filter(|_| !channel.label.is_lfe())
                        .map(|via| via.channel(bed.format, channel.label)),
                }
            })),
            Item::Ambisonic(bed) => {
                let speakers = match &via {
                    Some(via) => via.field(bed)?,
                    None => virtual_speakers(bed).into_iter().map(|s| (s, None)).collect(),
                };
                sources.extend(speakers.into_iter().map(|(speaker, aim)| Source {
                    parts: speaker.parts,
                    motion: Motion::new(standing(Position::Polar(speaker.at))),
                    mode: Some(heard(bed.binaural)),
                    head_locked: false,
                    aim,
                }));
            }
            Item::Object(object) => sources.push(Source {
                parts: vec![(object.lane, 1.0)],
                motion: Motion::new(object.automation.clone()),
                mode: Some(heard(object.binaural)),
                head_locked: object.features.head_locked,
                aim: via.as_mut().map(|via| via.object(&object.features)),
            }),
        }
    }
    sources.sort_by(|a, b| {
        let place = |s: &Source| (s.mode.map(|mode| mode as u8), s.head_locked);
        place(a)
            .cmp(&place(b))
            .then_with(|| by_automation(a.motion.automation(), b.motion.automation()))
            .then_with(|| {
                by_parts(&a.parts, &b.parts, |(a, gain), (b, other)| {
                    let lane = |track: &TrackIndex| &timeline.lanes[track.0];
                    gain.total_cmp(other).then_with(|| by_lane(timeline, lane(a), lane(b)))
                })
            })
            // Loudspeakers follow what else an object is told: rare, so as it is printed.
            .then_with(|| told(a).cmp(&told(b)))
    });
    Ok(sources)
}

fn told(source: &Source) -> Option<String> {
    source.aim.as_ref().map(Aim::told)
}

fn by_automation(a: &Automation, b: &Automation) -> Ordering {
    let numbers = |point: &TimedPoint| {
        let state = &point.state;
        let (kind, place) = match state.position {
            Position::Polar(p) => (0.0, [p.azimuth_deg, p.elevation_deg, p.distance]),
            Position::Room(p) => (1.0, [p.x, p.y, p.z]),
        };
        [kind, place[0], place[1], place[2], state.gain.0, state.size]
    };
    let point = |a: &TimedPoint, b: &TimedPoint| {
        a.frame.0.cmp(&b.frame.0).then_with(|| by_numbers(&numbers(a), &numbers(b)))
    };
    by_parts(a.points(), b.points(), point)
}

fn by_lane(timeline: &Timeline, a: &Lane, b: &Lane) -> Ordering {
    let source = |a: &LaneSource, b: &LaneSource| {
        let [one, other] = [a, b].map(|s| &timeline.stems[s.stem.0]);
        let numbers = |s: &LaneSource| [s.gain.0, s.low_pass_hz.unwrap_or(0.0)];
        one.name
            .cmp(&other.name)
            .then(a.channel.cmp(&b.channel))
            .then_with(|| by_numbers(&numbers(a), &numbers(b)))
            .then_with(|| {
                // Parts of the same stem, faded in different ways: rare, so as they are printed.
                let words =
                    |s: &LaneSource| format!("{:?}", (&timeline.stems[s.stem.0], &s.envelope));
                words(a).cmp(&words(b))
            })
    };
    by_parts(&a.sources, &b.sources, source)
}

fn by_numbers(a: &[f64], b: &[f64]) -> Ordering {
    by_parts(a, b, f64::total_cmp)
}

/// The shorter list first, then by the first parts that differ.
fn by_parts<T>(a: &[T], b: &[T], compare: impl Fn(&T, &T) -> Ordering) -> Ordering {
    let differ = || a.iter().zip(b).map(|(a, b)| compare(a, b)).find(|order| order.is_ne());
    a.len().cmp(&b.len()).then_with(|| differ().unwrap_or(Ordering::Equal))
}
