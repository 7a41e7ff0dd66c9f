//! The key `tempo`.

use super::ratio::Ratio;
use super::tempo::{Meter, MusicUnit, TempoMap};
use super::{Form, MAX_BAR};
use crate::place::Findings;
use crate::read::{Cursor, Fields, shorten};
use crate::rules;
use crate::spec;
use crate::value::BPM;
use cupola_model::Finding;

/// The words of `ramp`.
pub(crate) const RAMPS: [(&str, bool); 2] = [("true", true), ("false", false)];

/// A tempo and meter, or a list of changes.
pub(crate) fn read_tempo(cursor: &Cursor<'_>, findings: &mut Findings) -> Option<TempoMap> {
    if cursor.is_map() {
        return read_first(cursor, findings);
    }
    let items = cursor.items(findings, &format!("{}, or a list of them", spec::TEMPO.wanted()));
    let Some((first, changes)) = items.split_first() else {
        if cursor.is_list() {
            let finding = Finding::error(rules::VALUE_EMPTY, "tempo has no entry");
            cursor.report(findings, finding.hint("write `tempo: {bpm: 120}`"));
        }
        return None;
    };
    let mut map = read_first(first, findings)?;
    let mut last = Ratio::ZERO;
    for item in changes {
        if findings.is_enough() {
            break;
        }
        read_change(item, &mut map, &mut last, findings);
    }
    Some(map)
}

fn read_bpm(fields: &mut Fields<'_>, findings: &mut Findings) -> Option<Option<Ratio>> {
    let Some(cursor) = fields.get("bpm") else { return Some(None) };
    cursor.exact(findings, &BPM).map(Some)
}

fn read_first(item: &Cursor<'_>, findings: &mut Findings) -> Option<TempoMap> {
    let mut fields = item.fields(findings, &spec::TEMPO)?;
    let at = fields.get("at");
    let bpm = fields.need("bpm", findings, "bpm: 120").and_then(|c| c.exact(findings, &BPM));
    let meter = fields.get("meter").map(|c| read_meter(&c, findings));
    let ramp = fields.get("ramp");
    fields.finish(findings);
    if let Some(at) = at
        && !matches!(Form::parse(at.found().as_str()), Some(Form::Bar(1, beat)) if beat == Ratio::ONE)
    {
        let finding =
            Finding::error(rules::TEMPO_ORDER, "the first tempo starts with the programme")
                .found(at.found())
                .hint("remove `at`, or write a first entry without it");
        at.report(findings, finding);
    }
    if let Some(ramp) = ramp {
        let finding = Finding::error(rules::KEY_CONFLICT, "nothing stands before the first tempo");
        ramp.report(findings, finding.hint("put `ramp` into the entry the ramp leads to"));
    }
    Some(TempoMap::new(bpm?, meter.unwrap_or(Some(Meter { beats: 4, note: 4 }))?))
}

fn read_change(
    item: &Cursor<'_>,
    map: &mut TempoMap,
    last: &mut Ratio,
    findings: &mut Findings,
) -> Option<()> {
    let mut fields = item.fields(findings, &spec::TEMPO)?;
    let at = fields.need("at", findings, "at: bar 9");
    let bpm = read_bpm(&mut fields, findings);
    let meter = fields.get("meter");
    let ramp = fields.get("ramp");
    let spot = fields.spot().clone();
    fields.finish(findings);
    let new_meter = meter.as_ref().map(|c| read_meter(c, findings));
    let ramps = match &ramp {
        Some(c) => c.word(findings, &RAMPS)?,
        None => false,
    };
    let at = at?;
    let (bars, quarters) = read_bar(&at, map, findings)?;
    if quarters <= *last {
        let finding = Finding::error(rules::TEMPO_ORDER, "tempo changes must stand in order")
            .found(at.found())
            .hint("the first entry holds bar 1; each other one stands later than the one above it");
        at.report(findings, finding);
        return None;
    }
    *last = quarters;
    if let (Some(cursor), false) = (&meter, bars.is_whole()) {
        let finding = Finding::error(rules::TEMPO_METER, "a meter changes at a bar line")
            .found(at.found())
            .hint("write `at: bar 9` without a beat");
        cursor.report(findings, finding);
        return None;
    }
    let bpm = bpm?;
    if bpm.is_none() && (meter.is_none() || ramps) {
        let finding = Finding::error(rules::KEY_MISSING, "`bpm` is missing");
        findings.push(&spot, finding.hint("add `bpm: 96`, or `meter: 3/4` for a new meter"));
        return None;
    }
    if let Some(bpm) = bpm {
        map.push_tempo(quarters, bpm, ramps);
    }
    if let Some(new_meter) = new_meter {
        map.push_meter(bars, new_meter?);
    }
    Some(())
}

/// Bars and quarters from zero of a time that must be written in bars.
fn read_bar(at: &Cursor<'_>, map: &TempoMap, findings: &mut Findings) -> Option<(Ratio, Ratio)> {
    let text = at.scalar(findings, "a bar such as bar 9")?;
    let Some(Form::Bar(bar, beat)) = Form::parse(text) else {
        let finding = Finding::error(rules::VALUE_TIME, "the tempo changes at bars and beats")
            .found(shorten(text))
            .allowed(format!("bar 9 or bar 9 beat 3, bars 1 to {MAX_BAR}"));
        at.report(findings, finding);
        return None;
    };
    let bars = at.bars(findings, map, bar, beat)?;
    Some((bars, map.quarters_at(MusicUnit::Bars, bars)))
}

fn read_meter(cursor: &Cursor<'_>, findings: &mut Findings) -> Option<Meter> {
    let text = cursor.scalar(findings, "a meter such as 4/4")?;
    let number = |text: &str| text.trim().parse::<u16>().ok();
    let meter = text.split_once('/').and_then(|(beats, note)| {
        let meter = Meter { beats: number(beats)?, note: number(note)? };
        let legal = (1..=64).contains(&meter.beats) && meter.note.is_power_of_two();
        (legal && meter.note <= 64).then_some(meter)
    });
    if meter.is_none() {
        let finding = Finding::error(rules::TEMPO_METER, "this is not a meter")
            .found(shorten(text))
            .allowed("1 to 64 notes of 1, 2, 4, 8, 16, 32 or 64")
            .hint("write it as 4/4 or 6/8");
        cursor.report(findings, finding);
    }
    meter
}
