//! Keyframes.

use crate::curve::{Curve, Curves};
use crate::parse_position::{Given, PositionTrack};
use crate::place::Findings;
use crate::read::{Cursor, Fields};
use crate::rules;
use crate::scene::Keyframe;
use crate::spec;
use crate::time::{Clock, Moment};
use crate::value::{SIZE, TURNS};
use cupola_model::{Finding, Position, SampleRate};

/// What the keyframes so far leave to the next one.
struct Reader<'r> {
    clock: &'r Clock,
    track: &'r mut PositionTrack,
    last: Option<Moment>,
    /// Whether one of them has a position.
    moved: bool,
}

pub(crate) fn read_keyframes(
    list: &Cursor<'_>,
    track: &mut PositionTrack,
    clock: &Clock,
    findings: &mut Findings,
) -> Vec<Keyframe> {
    let items = list.items(findings, "a list such as [{at: 10 s, azimuth: 30}]");
    let mut keyframes: Vec<Keyframe> = Vec::with_capacity(items.len());
    let mut reader = Reader { clock, track, last: None, moved: false };
    for item in &items {
        let Some(keyframe) = reader.read(item, findings) else { continue };
        if let Some(before) = keyframes.last() {
            check_order(before, &keyframe, clock.rate, findings);
        }
        keyframes.push(keyframe);
    }
    keyframes
}

pub(crate) fn check_order(
    before: &Keyframe,
    this: &Keyframe,
    rate: SampleRate,
    findings: &mut Findings,
) {
    let seconds = |k: &Keyframe| k.at.0 as f64 / f64::from(rate.hz());
    let finding = if this.at == before.at {
        Finding::error(rules::KEYFRAME_TWICE, "two keyframes stand at one time")
            .found(format!("{} s twice", seconds(this)))
            .hint("put their values into one keyframe")
    } else if this.at < before.at {
        Finding::error(rules::KEYFRAME_ORDER, "keyframes must stand in order of time")
            .found(format!("{} s after {} s", seconds(this), seconds(before)))
            .hint("move this keyframe up or correct its time")
    } else {
        return;
    };
    findings.push(&this.spot, finding);
}

impl Reader<'_> {
    fn read(&mut self, item: &Cursor<'_>, findings: &mut Findings) -> Option<Keyframe> {
        if findings.is_enough() {
            return None;
        }
        let errors = findings.errors();
        let mut fields = item.fields(findings, &spec::KEYFRAME)?;
        let at = fields.need("at", findings, "at: 10 s");
        let given = Given::read(&mut fields, findings);
        let turns = fields.get("turns");
        let gain_db = fields.get("gain").and_then(|c| c.gain(findings));
        let size = fields.get("size").and_then(|c| c.number(findings, &SIZE));
        let curves = read_curves(&mut fields, findings);
        fields.finish(findings);
        let mut position = given.and_then(|given| self.track.place(&given, item, findings));
        let turns = turns.map(|c| self.turns(&c, curves.position, findings));
        if turns.is_some() && position.is_none() {
            position = self.track.last;
        }
        self.moved |= position.is_some();
        let spot = at.as_ref().map_or_else(|| item.spot(), Cursor::spot);
        let moment = at?.moment(findings, self.clock, self.last.as_ref())?;
        self.last = Some(moment);
        let at = moment.frame(self.clock.rate);
        if position.is_none() && gain_db.is_none() && size.is_none() && errors == findings.errors()
        {
            let finding = Finding::error(rules::KEYFRAME_EMPTY, "this keyframe changes nothing")
                .hint("give it a position, a gain or a size");
            item.report(findings, finding);
        }
        let turns = turns.unwrap_or(0.0);
        Some(Keyframe { at, position, turns, gain_db, size, curves, spot })
    }

    /// Whole turns on top of the short way; 0 with a finding where there is nothing to turn.
    fn turns(&self, cursor: &Cursor<'_>, curve: Curve, findings: &mut Findings) -> f64 {
        let turns = cursor.whole(findings, &TURNS).unwrap_or(0.0);
        let (message, hint) = if !matches!(self.track.last, Some(Position::Polar(_))) {
            ("only an azimuth goes round", "give the object an azimuth, or remove `turns`")
        } else if !self.moved {
            ("the first keyframe is a step, not a way", "add a keyframe where the turn starts")
        } else if curve == Curve::Hold {
            ("`hold` steps and does not go round", "choose another curve, or remove `turns`")
        } else {
            return turns;
        };
        let finding = Finding::error(rules::KEY_CONFLICT, message).hint(hint);
        cursor.report(findings, finding);
        0.0
    }
}

/// One curve for all three lanes, or one for each.
fn read_curves(fields: &mut Fields<'_>, findings: &mut Findings) -> Curves {
    let Some(cursor) = fields.get("curve") else { return Curves::default() };
    if !cursor.is_map() {
        let all = cursor.word(findings, &Curve::WORDS).unwrap_or_default();
        return Curves { position: all, gain: all, size: all };
    }
    let Some(mut lanes) = cursor.fields(findings, &spec::CURVES) else { return Curves::default() };
    let mut lane =
        |key| lanes.get(key).and_then(|c| c.word(findings, &Curve::WORDS)).unwrap_or_default();
    let curves = Curves { position: lane("position"), gain: lane("gain"), size: lane("size") };
    lanes.finish(findings);
    curves
}
