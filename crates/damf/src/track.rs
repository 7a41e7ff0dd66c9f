//! One bed channel or object while its events come in.

use crate::DamfError;
use crate::read_events::Event;
use crate::report::Report;
use crate::rules;
use cupola_model::automation::{BlockSpan, Movement, TimeRule};
use cupola_model::features::LongestHeld;
use cupola_model::{
    Automation, BinauralMode, Envelope, FrameIndex, LinearGain, ObjectFeatures, ObjectState,
    Position, RoomPosition, SampleRate, Snap, TimedPoint, ZoneSet, Zones,
};
use std::sync::Arc;

/// What a timeline has once for an object.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Manner {
    snap: bool,
    elevation: bool,
    zones: Option<ZoneSet>,
    diffuse: f64,
    importance: f64,
    mode: BinauralMode,
    head_locked: bool,
}

/// An event that is not yet a part of the movement: how long its ramp is depends on the next.
#[derive(Clone, Copy, Debug)]
struct Pending {
    start: u64,
    ramp: u64,
    state: ObjectState,
}

#[derive(Debug)]
pub(crate) struct Track<'r> {
    pub(crate) name: &'r str,
    is_bed: bool,
    /// Whether its movement is kept.
    keep: bool,
    position: RoomPosition,
    gain: LinearGain,
    size: f64,
    active: bool,
    ramp: u64,
    pending: Option<Pending>,
    movement: Movement,
    manner: Manner,
    since: u64,
    manners: LongestHeld<Manner>,
    left_out: Vec<&'static str>,
    /// Where its first event stands in the text.
    line: u32,
}

/// What is known of it at the end.
#[derive(Debug)]
pub(crate) struct Described {
    pub(crate) automation: Automation,
    pub(crate) features: ObjectFeatures,
    pub(crate) mode: BinauralMode,
}

impl<'r> Track<'r> {
    pub(crate) fn new(name: &'r str, place: RoomPosition, rate: SampleRate) -> Self {
        Self {
            name,
            is_bed: false,
            keep: true,
            position: place,
            gain: LinearGain::UNITY,
            size: 0.0,
            active: true,
            ramp: 0,
            pending: None,
            movement: Movement::new(TimeRule::Atmos, rate),
            manner: Manner {
                snap: false,
                elevation: true,
                zones: None,
                diffuse: 0.0,
                importance: 1.0,
                mode: BinauralMode::default(),
                head_locked: false,
            },
            since: 0,
            manners: LongestHeld::default(),
            left_out: Vec::new(),
            line: 0,
        }
    }

    /// The same as a bed channel, which does not move.
    pub(crate) fn of_bed(self) -> Self {
        Self { is_bed: true, ..self }
    }

    /// The same, keeping nothing but where it is.
    pub(crate) fn without_movement(self) -> Self {
        Self { keep: false, ..self }
    }

    /// The frame of its last event.
    pub(crate) fn last_start(&self) -> Option<u64> {
        self.pending.map(|pending| pending.start)
    }

    /// Points kept so far.
    pub(crate) fn points(&self) -> usize {
        self.movement.points()
    }

    /// What it has that scenes have no key for.
    pub(crate) fn left_out(&self) -> &[&'static str] {
        &self.left_out
    }

    /// Takes an event at a frame that is not before that of the last one.
    pub(crate) fn take(&mut self, at: u64, event: &Event, report: &mut Report<'_>) {
        let place = (event.line, 1);
        match self.last_start() {
            None => {
                self.line = event.line;
                let complete = self.is_bed || event.position.is_some();
                if at > 0 || !complete {
                    let message = "nothing says at the start what it is like";
                    let found =
                        if at > 0 { format!("samplePos {at}") } else { "no pos".to_owned() };
                    report.add(
                        rules::EVENTS_FIRST,
                        place,
                        self.name,
                        message,
                        found,
                        "samplePos 0",
                    );
                }
            }
            Some(last) if last == at => {
                let message = "two events of one ID are at the same frame; the later one counts";
                report.add(rules::EVENTS_TWICE, place, self.name, message, at.to_string(), "one");
            }
            Some(_) => {}
        }
        self.change(event);
        self.change_manner(at, event);
        let state = ObjectState {
            position: Position::Room(self.position),
            gain: if self.active { self.gain } else { LinearGain::SILENCE },
            size: self.size,
        };
        match &mut self.pending {
            Some(pending) if pending.start == at => {
                (pending.state, pending.ramp) = (state, self.ramp)
            }
            _ => {
                self.settle(at);
                self.pending = Some(Pending { start: at, ramp: self.ramp, state });
            }
        }
    }

    fn change(&mut self, event: &Event) {
        if let Some([x, y, z]) = event.position.filter(|_| !self.is_bed) {
            self.position = RoomPosition { x, y, z };
        }
        if !self.is_bed {
            self.size = event.size.unwrap_or(self.size);
        }
        self.gain = event.gain.unwrap_or(self.gain);
        self.active = event.active.unwrap_or(self.active);
        self.ramp = event.ramp.unwrap_or(self.ramp);
        for (is_there, name) in [
            (event.trim_bypass, "trimBypass"),
            (event.head_tracked, "headTrackMode"),
            (event.screen, "screenFactor"),
            (event.extents, "size3D"),
            (self.is_bed && event.importance.is_some_and(|i| i < 1.0), "importance of a bed"),
        ] {
            if is_there && !self.left_out.contains(&name) {
                self.left_out.push(name);
            }
        }
    }

    fn change_manner(&mut self, at: u64, event: &Event) {
        let now = self.manner;
        let next = Manner {
            snap: event.snap.unwrap_or(now.snap),
            elevation: event.elevation.unwrap_or(now.elevation),
            zones: event.zones.unwrap_or(now.zones),
            diffuse: event.decorr.unwrap_or(now.diffuse),
            importance: event.importance.unwrap_or(now.importance),
            mode: event.mode.unwrap_or(now.mode),
            head_locked: event.head_locked.unwrap_or(now.head_locked),
        };
        // What the first event says holds from the start.
        let first = self.pending.is_none();
        if next != now && !first {
            self.manners.add(now, at.saturating_sub(self.since));
            self.since = at;
        }
        self.manner = next;
    }

    /// Makes the last event a part of the movement; the next one is at `until`.
    fn settle(&mut self, until: u64) {
        let Some(Pending { start, ramp, state }) = self.pending.take() else { return };
        if !self.keep {
            return;
        }
        let end = start.saturating_add(ramp).min(until);
        let reached_after = (ramp == 0).then_some(0);
        self.movement.take(BlockSpan { start, end, reached_after }, state);
    }

    /// What it is in a programme of this length.
    pub(crate) fn finish(
        mut self,
        frames: u64,
        report: &mut Report<'_>,
    ) -> Result<Described, DamfError> {
        if self.pending.is_none() {
            let message = "there is no event for it";
            report.add(
                rules::EVENTS_FIRST,
                (0, 0),
                self.name,
                message,
                "",
                "an event at samplePos 0",
            );
        }
        self.settle(u64::MAX);
        self.manners.add(self.manner, frames.saturating_sub(self.since));
        let varies = self.manners.varies();
        let manner = self.manners.longest().copied().unwrap_or(self.manner);
        if varies {
            let message =
                format!("snap, zones, decorr, importance or mode of {} change", self.name);
            let allowed = "one value for the programme";
            report.add(rules::VARIES, (self.line, 1), self.name, message, "", allowed);
        }
        let rest = ObjectState {
            position: Position::Room(self.position),
            gain: if self.active { self.gain } else { LinearGain::SILENCE },
            size: self.size,
        };
        let mut points = self.movement.finish();
        if points.is_empty() {
            points.push(TimedPoint { frame: FrameIndex(0), state: rest });
        }
        let automation = Automation::new(points).map_err(|fault| {
            DamfError::malformed(self.line, 1, format!("the events contradict each other: {fault}"))
        })?;
        let zones = Zones { set: manner.zones, no_heights: !manner.elevation, boxes: Vec::new() };
        let most = f64::from(ObjectFeatures::MOST_IMPORTANT);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of ten was rounded"
        )]
        let importance = (manner.importance * most).round() as u8;
        let features = ObjectFeatures {
            snap: manner.snap.then(Snap::default),
            zones,
            divergence: None,
            diffuse: manner.diffuse,
            importance,
            head_locked: manner.head_locked,
            ..ObjectFeatures::default()
        };
        Ok(Described { automation, features, mode: manner.mode })
    }
}

impl Described {
    /// The gain alone: one for the programme, or one over time.
    pub(crate) fn gain_over_time(&self) -> (LinearGain, Option<Arc<Envelope>>) {
        let points = self.automation.points();
        let first = points[0].state.gain;
        if points.iter().all(|point| point.state.gain == first) {
            return (first, None);
        }
        let points = points.iter().map(|point| (point.frame, point.state.gain)).collect();
        // Points of an automation are in order, and their gains in range.
        (LinearGain::UNITY, Envelope::new(points).ok().map(Arc::new))
    }
}
