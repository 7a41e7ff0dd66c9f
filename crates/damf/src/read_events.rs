//! `X.atmos.metadata` read, event by event.

use crate::DamfError;
use crate::flow::Flow;
use crate::lines::{Line, Lines};
use crate::node::{Node, Value};
use crate::report::{Report, did_you_mean};
use crate::rules;
use crate::scalar::{number, plain, quoted, split_key, truth, whole};
use cupola_model::{BinauralMode, Decibels, LinearGain, ZoneSet};
use std::io::BufRead;

/// Largest gain taken over, 100 dB.
const MAX_GAIN_DB: f64 = 100.0;
/// Longest ramp in frames: ten minutes at 96 kHz.
pub(crate) const MAX_RAMP: u64 = 57_600_000;
/// Depth of what stands in brackets.
const FLOW_DEPTH: usize = 8;

const KEYS: [&str; 22] = [
    "ID",
    "samplePos",
    "active",
    "pos",
    "snap",
    "elevation",
    "zones",
    "size",
    "size3D",
    "decorr",
    "importance",
    "gain",
    "rampLength",
    "trimBypass",
    "dialog",
    "music",
    "distance",
    "screenFactor",
    "depthFactor",
    "headTrackMode",
    "binauralRenderMode",
    "binauralRenderMode2",
];

/// What one event says; what it leaves out stays as it was.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Event {
    /// Where it starts in the text.
    pub(crate) line: u32,
    pub(crate) id: Option<u64>,
    pub(crate) sample_pos: Option<u64>,
    pub(crate) active: Option<bool>,
    pub(crate) position: Option<[f64; 3]>,
    pub(crate) snap: Option<bool>,
    pub(crate) elevation: Option<bool>,
    pub(crate) zones: Option<Option<ZoneSet>>,
    pub(crate) size: Option<f64>,
    pub(crate) decorr: Option<f64>,
    pub(crate) importance: Option<f64>,
    pub(crate) gain: Option<LinearGain>,
    pub(crate) ramp: Option<u64>,
    pub(crate) mode: Option<BinauralMode>,
    /// Something is said that scenes have no key for.
    pub(crate) trim_bypass: bool,
    pub(crate) head_tracked: bool,
    /// Whether it turns with the head of the listener.
    pub(crate) head_locked: Option<bool>,
    pub(crate) screen: bool,
    pub(crate) extents: bool,
}

/// What stands before the events.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Head {
    pub(crate) sample_rate: Option<u64>,
}

/// Reads the events one by one; `take` gets the head and each event.
pub(crate) fn read_events(
    source: impl BufRead,
    report: &mut Report<'_>,
    take: &mut dyn FnMut(Head, Event, &mut Report<'_>) -> Result<(), DamfError>,
) -> Result<Head, DamfError> {
    let mut lines = Lines::new(source);
    let mut reader = Reader { head: Head::default(), state: State::Top, event: None, take };
    let mut any = false;
    while lines.advance()? {
        any = true;
        reader.line(lines.line(), report)?;
    }
    if !any {
        return Err(DamfError::malformed(1, 1, "the text is empty"));
    }
    reader.flush(report)?;
    if reader.state == State::Top {
        let message = "there is no list of events";
        report.add(rules::KEY_MISSING, (1, 1), "events", message, "", "events, [] when empty");
    }
    Ok(reader.head)
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    /// Before the events.
    Top,
    /// In the list of events; the indent of its dashes, once one was there, and of the keys behind it.
    Events { dash: Option<usize>, keys: usize },
    /// In the lines of a list below a key of an event.
    Below { dash: usize, keys: usize, is_position: bool, count: usize },
    /// After the events.
    Over,
}

type Take<'t> = &'t mut dyn FnMut(Head, Event, &mut Report<'_>) -> Result<(), DamfError>;

struct Reader<'t> {
    head: Head,
    state: State,
    event: Option<Event>,
    take: Take<'t>,
}

impl Reader<'_> {
    fn flush(&mut self, report: &mut Report<'_>) -> Result<(), DamfError> {
        match self.event.take() {
            Some(event) => (self.take)(self.head, event, report),
            None => Ok(()),
        }
    }

    fn line(&mut self, line: Line<'_>, report: &mut Report<'_>) -> Result<(), DamfError> {
        let is_entry = line.text == "-" || line.text.starts_with("- ");
        if let State::Below { dash, keys, is_position, count } = self.state {
            let inside = line.indent > keys || (line.indent == keys && is_entry);
            if inside {
                if is_position && is_entry {
                    self.coordinate(line, count, report);
                    self.state = State::Below { dash, keys, is_position, count: count + 1 };
                }
                return Ok(());
            }
            self.state = State::Events { dash: Some(dash), keys };
        }
        match self.state {
            State::Events { dash, .. }
                if is_entry && dash.is_none_or(|dash| dash == line.indent) =>
            {
                self.flush(report)?;
                let rest = line.text[1..].trim_start();
                let keys = line.indent + line.text.len() - rest.len();
                self.state = State::Events { dash: Some(line.indent), keys };
                self.event = Some(Event { line: line.number, ..Event::default() });
                match rest {
                    "" => {
                        // Its keys stand below, as far in as the first of them.
                        self.state = State::Events { dash: Some(line.indent), keys: usize::MAX };
                        Ok(())
                    }
                    _ if rest.starts_with('{') => self.flow_event(rest, line.number, keys, report),
                    _ => self.pair(Line { indent: keys, text: rest, ..line }, report),
                }
            }
            State::Events { dash: Some(dash), keys } if line.indent > dash => {
                let keys = if keys == usize::MAX { line.indent } else { keys };
                self.state = State::Events { dash: Some(dash), keys };
                if line.indent != keys {
                    let message = "the line is indented unlike those around it";
                    return Err(DamfError::malformed(line.number, line.indent + 1, message));
                }
                self.pair(line, report)
            }
            State::Events { .. } | State::Top if line.indent == 0 && !is_entry => {
                self.flush(report)?;
                self.top(line, report)
            }
            State::Over if line.indent > 0 || is_entry => Ok(()),
            State::Over => self.top(line, report),
            _ => {
                let message = "the line belongs to no event";
                Err(DamfError::malformed(line.number, line.indent + 1, message))
            }
        }
    }

    fn top(&mut self, line: Line<'_>, report: &mut Report<'_>) -> Result<(), DamfError> {
        let (key, start) = key_of(line)?;
        let value = plain(&line.text[start..]);
        let place = (line.number, line.indent + 1);
        match key.as_str() {
            "sampleRate" => {
                self.head.sample_rate = whole(value);
                if self.head.sample_rate.is_none() {
                    let message = "the sample rate is no number; that of the sound was taken";
                    report.add(rules::VALUE, place, "sampleRate", message, value, "48000");
                }
            }
            "events" if self.state == State::Top => {
                self.state = match value {
                    "" => State::Events { dash: None, keys: 0 },
                    "[]" => State::Over,
                    _ => {
                        let message =
                            "the events stand in lines of their own, or are [] when empty";
                        return Err(DamfError::malformed(line.number, start + 1, message));
                    }
                };
            }
            "events" => report.add(
                rules::KEY_TWICE,
                place,
                &key,
                "the key is there twice",
                key.as_str(),
                "once",
            ),
            "version" => {}
            _ => {
                let near = did_you_mean(&key, ["sampleRate", "events"]);
                report.add(
                    rules::KEY_UNKNOWN,
                    place,
                    &key,
                    "nobody knows this key",
                    key.as_str(),
                    near,
                );
            }
        }
        if let State::Events { dash: Some(_), .. } = self.state {
            self.state = State::Over;
        }
        Ok(())
    }

    /// A key and its value.
    fn pair(&mut self, line: Line<'_>, report: &mut Report<'_>) -> Result<(), DamfError> {
        let (key, start) = key_of(line)?;
        let rest = line.text[start..].trim_start();
        let column = line.indent + line.text.len() - rest.len() + 1;
        let place = (line.number, column);
        if rest.starts_with(['[', '{']) {
            let mut flow = Flow::new(rest, line.number, column, FLOW_DEPTH);
            let node = flow.document()?.ok_or_else(|| {
                DamfError::malformed(line.number, column, "a bracket is not closed on its line")
            })?;
            return self.set_node(&key, &node, report);
        }
        if rest.starts_with(['"', '\'']) {
            let text = quoted(rest).map(|(text, _)| text).ok_or_else(|| {
                DamfError::malformed(line.number, column, "a text in quotation marks does not end")
            })?;
            return self.set(&key, &text, place, report);
        }
        let value = plain(rest);
        if value.is_empty() {
            if let State::Events { dash: Some(dash), keys } = self.state {
                let is_position = key == "pos";
                if is_position && let Some(event) = &mut self.event {
                    event.position = Some([0.0; 3]);
                }
                self.state = State::Below { dash, keys, is_position, count: 0 };
            }
            return Ok(());
        }
        self.set(&key, value, place, report)
    }

    /// One number of a position that stands in lines of its own.
    fn coordinate(&mut self, line: Line<'_>, count: usize, report: &mut Report<'_>) {
        let place = (line.number, line.indent + 1);
        let value = number(plain(&line.text[1..]));
        let slot = self.event.as_mut().and_then(|event| event.position.as_mut());
        match (slot.and_then(|position| position.get_mut(count)), value) {
            (Some(slot), Some(value)) => *slot = ranged(value, -1.0, 1.0, "pos", place, report),
            _ => {
                let message = "the position is not three numbers";
                report.add(rules::VALUE, place, "pos", message, line.text, "[x, y, z]");
            }
        }
    }

    fn flow_event(
        &mut self,
        text: &str,
        line: u32,
        column: usize,
        report: &mut Report<'_>,
    ) -> Result<(), DamfError> {
        let node = Flow::new(text, line, column + 1, FLOW_DEPTH).document()?.ok_or_else(|| {
            DamfError::malformed(line, column + 1, "a bracket is not closed on its line")
        })?;
        let Value::Map(pairs) = node.value else { return Ok(()) };
        for (key, node) in &pairs {
            match node.text() {
                Some(text) => self.set(key, text, (line, node.column), report)?,
                None => self.set_node(key, node, report)?,
            }
        }
        Ok(())
    }

    /// A value in brackets.
    fn set_node(
        &mut self,
        key: &str,
        node: &Node,
        report: &mut Report<'_>,
    ) -> Result<(), DamfError> {
        let place = (node.line, node.column);
        let Some(event) = &mut self.event else { return Ok(()) };
        let numbers: Option<Vec<f64>> = match &node.value {
            Value::List(items) => items.iter().map(|item| number(item.text()?)).collect(),
            _ => None,
        };
        match (key, numbers.as_deref()) {
            ("pos", Some(&[x, y, z])) => {
                let each = [x, y, z].map(|value| ranged(value, -1.0, 1.0, "pos", place, report));
                event.position = Some(each);
            }
            ("size3D" | "size", Some(sizes)) if !sizes.is_empty() => {
                let mean = sizes.iter().sum::<f64>() / sizes.len() as f64;
                event.size = Some(ranged(mean, 0.0, 1.0, key, place, report));
                event.extents = sizes.iter().any(|size| (size - sizes[0]).abs() > 1e-6);
            }
            (key, _) if KEYS.contains(&key) => {
                let allowed = if key == "pos" { "[x, y, z]" } else { "one value" };
                let message = format!("{key} cannot be read; what was before it was kept");
                report.add(rules::VALUE, place, key, message, "", allowed);
            }
            (key, _) => unknown(key, place, report),
        }
        Ok(())
    }

    /// A value that is one word.
    fn set(
        &mut self,
        key: &str,
        value: &str,
        place: (u32, usize),
        report: &mut Report<'_>,
    ) -> Result<(), DamfError> {
        let Some(event) = &mut self.event else { return Ok(()) };
        let mut in_range = |low: f64, high: f64| {
            let found = number(value)?;
            Some(ranged(found, low, high, key, place, report))
        };
        let known = match key {
            "ID" => keep(&mut event.id, whole(value)),
            "samplePos" => keep(&mut event.sample_pos, whole(value)),
            "active" => keep(&mut event.active, truth(value)),
            "snap" => keep(&mut event.snap, truth(value)),
            "elevation" => keep(&mut event.elevation, truth(value)),
            "zones" => keep(&mut event.zones, zones(value)),
            "size" | "size3D" => keep(&mut event.size, in_range(0.0, 1.0)),
            "decorr" => keep(&mut event.decorr, in_range(0.0, 1.0)),
            "importance" => keep(&mut event.importance, in_range(0.0, 1.0)),
            "gain" => {
                let db = in_range(f64::NEG_INFINITY, MAX_GAIN_DB);
                keep(&mut event.gain, db.map(|db| LinearGain::from(Decibels(db))))
            }
            "rampLength" => keep(&mut event.ramp, whole(value).map(|frames| frames.min(MAX_RAMP))),
            "binauralRenderMode" | "binauralRenderMode2" => keep(&mut event.mode, mode(value)),
            "trimBypass" => {
                event.trim_bypass = truth(value) == Some(true);
                truth(value).is_some()
            }
            "headTrackMode" => {
                event.head_tracked = value == "scene relative";
                event.head_locked = Some(value == "head relative");
                true
            }
            "screenFactor" => {
                event.screen = number(value).is_some_and(|factor| factor != 0.0);
                true
            }
            "pos" => false,
            "dialog" | "music" | "distance" | "depthFactor" => true,
            _ => {
                unknown(key, place, report);
                return Ok(());
            }
        };
        if !known {
            let message = format!("{key} cannot be read; what was before it was kept");
            report.add(rules::VALUE, place, key, message, value, allowed_of(key));
        }
        Ok(())
    }
}

fn key_of(line: Line<'_>) -> Result<(String, usize), DamfError> {
    split_key(line.text).ok_or_else(|| {
        let message = "there is no key with a colon and a blank behind it";
        DamfError::malformed(line.number, line.indent + 1, message)
    })
}

fn unknown(key: &str, place: (u32, usize), report: &mut Report<'_>) {
    let near = did_you_mean(key, KEYS);
    report.add(rules::KEY_UNKNOWN, place, key, "nobody knows this key", key, near);
}

/// Keeps a value that could be read.
fn keep<T>(slot: &mut Option<T>, value: Option<T>) -> bool {
    let read = value.is_some();
    if read {
        *slot = value;
    }
    read
}

fn ranged(
    found: f64,
    low: f64,
    high: f64,
    key: &str,
    place: (u32, usize),
    report: &mut Report<'_>,
) -> f64 {
    if (low..=high).contains(&found) {
        return found;
    }
    let (message, allowed) = (format!("{key} is out of range"), format!("{low} to {high}"));
    report.add(rules::RANGE, place, key, message, found.to_string(), allowed);
    if found > high { high } else { low }
}

fn zones(value: &str) -> Option<Option<ZoneSet>> {
    if value == "all" {
        return Some(None);
    }
    ZoneSet::ALL.into_iter().find(|set| set.damf_name() == value).map(Some)
}

fn mode(value: &str) -> Option<BinauralMode> {
    Some(match value {
        "off" | "false" | "bypass" => BinauralMode::Off,
        "near" => BinauralMode::Near,
        "mid" | "middle" | "undefined" => BinauralMode::Mid,
        "far" => BinauralMode::Far,
        _ => return None,
    })
}

/// What a key can have, for findings.
fn allowed_of(key: &str) -> &'static str {
    match key {
        "ID" | "samplePos" | "rampLength" => "a whole number",
        "active" | "snap" | "elevation" | "trimBypass" => "true or false",
        "zones" => "all, no back, no sides, center back, screen only or surround only",
        "pos" => "[x, y, z]",
        "binauralRenderMode" | "binauralRenderMode2" => "off, near, far, mid or undefined",
        "gain" => "decibels, or -inf",
        _ => "0 to 1",
    }
}
