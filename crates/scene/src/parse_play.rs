//! The key `play` of a stem.

use crate::clips::{Play, PlayEnd, StemTime};
use crate::place::{Findings, Spot};
use crate::read::{Cursor, Fields};
use crate::rules;
use crate::spec;
use crate::time::{Clock, Form, Moment, Span, Timecode};
use crate::value::LOOPS;
use cupola_model::{FadeShape, Finding};

/// The courses of a fade.
pub(crate) const SHAPES: [(&str, FadeShape); 2] =
    [("linear", FadeShape::Linear), ("equal-power", FadeShape::EqualPower)];

pub(crate) fn read_plays(list: &Cursor<'_>, clock: &Clock, findings: &mut Findings) -> Vec<Play> {
    let items = list.items(findings, "a list such as [{at: bar 9}]");
    let mut plays = Vec::with_capacity(items.len());
    let mut last: Option<Moment> = None;
    for item in &items {
        if findings.is_enough() {
            break;
        }
        let Some(play) = read_play(item, clock, last.as_ref(), findings) else { continue };
        last = Some(play.at);
        plays.push(play);
    }
    if items.is_empty() && list.is_list() {
        let finding = Finding::error(rules::VALUE_EMPTY, "the stem is never played");
        list.report(findings, finding.hint("add for example `{at: bar 1}`, or remove `play`"));
    }
    plays
}

fn read_play(
    item: &Cursor<'_>,
    clock: &Clock,
    last: Option<&Moment>,
    findings: &mut Findings,
) -> Option<Play> {
    let mut fields = item.fields(findings, &spec::PLAY)?;
    let at = fields.need("at", findings, "at: bar 9");
    let spot = at.as_ref().map_or_else(|| item.spot(), Cursor::spot);
    let at = at.and_then(|c| c.moment(findings, clock, last));
    let start = fields.get("in");
    let out = fields.get("out");
    let length = fields.get("length");
    let mut fade = |key| {
        let cursor = fields.get(key)?;
        Some((cursor.span_or_nothing(findings, clock)?, cursor.spot()))
    };
    let (fade_in, fade_out) = (fade("fade_in"), fade("fade_out"));
    let shape = fields.get("shape").and_then(|c| c.word(findings, &SHAPES));
    let gain = fields.get("gain").and_then(|c| c.gain(findings));
    let repeats = Repeats::read(&mut fields, clock, findings);
    fields.finish(findings);
    let errors = findings.errors();
    let start = start.and_then(|c| Some((stem_time(&c, clock, None, findings)?, c.spot())));
    let first = start.as_ref().map_or_else(StemTime::default, |(time, _)| *time);
    let end = match (out, length) {
        (Some(out), Some(length)) => {
            let message = "`out` and `length` exclude each other";
            let finding = Finding::error(rules::KEY_CONFLICT, message).hint("keep one of them");
            length.report(findings, finding);
            let _ = out;
            None
        }
        (Some(out), None) => {
            let time = stem_time(&out, clock, Some(first), findings);
            time.map(|time| (PlayEnd::Out(time), out.spot()))
        }
        (None, Some(length)) => {
            length.span(findings, clock).map(|span| (PlayEnd::Length(span), length.spot()))
        }
        (None, None) => None,
    };
    if findings.errors() > errors {
        return None;
    }
    Some(Play {
        at: at?,
        start,
        end,
        fade_in,
        fade_out,
        shape: shape.unwrap_or(FadeShape::Linear),
        gain_db: gain.unwrap_or(0.0),
        times: repeats.times.0,
        times_spot: repeats.times.1,
        every: repeats.every,
        crossfade: repeats.crossfade,
        spot,
    })
}

/// `loop`, `every` and `crossfade`.
struct Repeats {
    times: (u32, Option<Spot>),
    every: Option<(Span, Spot)>,
    crossfade: Option<(Span, Spot)>,
}

impl Repeats {
    fn read(fields: &mut Fields<'_>, clock: &Clock, findings: &mut Findings) -> Self {
        let times = fields.get("loop");
        let every = fields.get("every");
        let crossfade = fields.get("crossfade");
        let (message, hint) =
            ("without `loop` nothing is repeated", "add for example `loop: 4`, or remove this");
        for cursor in [&every, &crossfade].into_iter().flatten().filter(|_| times.is_none()) {
            let finding = Finding::error(rules::KEY_CONFLICT, message).hint(hint);
            cursor.report(findings, finding);
        }
        if let (Some(_), Some(crossfade)) = (&every, &crossfade) {
            let message = "`every` and `crossfade` exclude each other";
            let finding = Finding::error(rules::KEY_CONFLICT, message)
                .hint("cross-fades join repeats that follow each other at once");
            crossfade.report(findings, finding);
        }
        let number = times.as_ref().and_then(|c| c.whole(findings, &LOOPS)).unwrap_or(1.0);
        Self {
            times: (number as u32, times.map(|c| c.spot())),
            every: every.and_then(|c| Some((c.span(findings, clock)?, c.spot()))),
            crossfade: crossfade
                .and_then(|c| Some((c.span_or_nothing(findings, clock)?, c.spot()))),
        }
    }
}

/// A time of the stem, from its first frame; `+2 s` counts from `before`.
fn stem_time(
    cursor: &Cursor<'_>,
    clock: &Clock,
    before: Option<StemTime>,
    findings: &mut Findings,
) -> Option<StemTime> {
    if Timecode::looks_like(&cursor.found()) {
        let message = format!("{} is a time of the stem, which has no timecode", cursor.key());
        let finding = Finding::error(rules::VALUE_TIME, message)
            .found(cursor.found())
            .hint("count from the first sample of the stem, for example `2 s` or `0:12.5`");
        cursor.report(findings, finding);
        return None;
    }
    let form = Form::parse(&cursor.found());
    let start = before.map(|time| {
        let frames = i64::try_from(time.session).unwrap_or(i64::MAX);
        clock.after(&Moment::start(), Span::Samples(frames)).unwrap_or(Moment::start())
    });
    // The range is that of all times, whatever they count.
    let moment = cursor.moment(findings, clock, start.as_ref())?;
    let samples = |number: i64| u64::try_from(number).ok();
    let before = before.unwrap_or_default();
    Some(match form {
        Some(Form::Samples(number)) => StemTime { file: samples(number)?, session: 0 },
        Some(Form::After(Span::Samples(number))) => {
            StemTime { file: before.file.saturating_add(samples(number)?), ..before }
        }
        Some(Form::After(_)) => StemTime { session: moment.frame(clock.rate).0, ..before },
        _ => StemTime { file: 0, session: moment.frame(clock.rate).0 },
    })
}
