//! `X.atmos.metadata`: what every bed channel and object is like, and when it changes.

use crate::ids::{FIRST_OBJECT, bed_channel};
use crate::yaml::number;
use cupola_model::{
    BinauralMode, Decibels, FrameIndex, LinearGain, MasterBlock, Object, ObjectFeatures,
    ObjectState, RoomPosition, Timeline, ZoneSet,
};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, Write};

/// Writes the events, streamed: memory does not grow with movement or length.
///
/// Every channel and object has an event at frame 0 that says everything; later events say what changed,
/// or where it starts to. They stand in the order of their frames, at equal frames in the order of the
/// tracks. Values are those of [`cupola_model::Automation::master_blocks`], positions rounded to ten
/// decimals as ADM masters have them, gains in decibels. `rampLength` is 0 throughout, as in what
/// Dolby's converter makes of an ADM master: movement is carried by events 10 ms apart.
pub fn write_events(timeline: &Timeline, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "sampleRate: {}", timeline.sample_rate.hz())?;
    if timeline.items.is_empty() {
        return writeln!(out, "events: []");
    }
    writeln!(out, "events:")?;
    for bed in timeline.beds() {
        for channel in &bed.channels {
            let (label, id) = bed_channel(channel.label);
            let mode = if label.is_lfe() { BinauralMode::Off } else { channel.binaural };
            write_bed_channel(id, mode, out)?;
        }
    }
    write_objects(timeline, out)
}

fn write_bed_channel(id: usize, mode: BinauralMode, out: &mut impl Write) -> io::Result<()> {
    write!(
        out,
        "  - ID: {id}\n    samplePos: 0\n    active: true\n    importance: 1\n    gain: 0\n\
         \x20   rampLength: 0\n    trimBypass: false\n    headTrackMode: undefined\n\
         \x20   binauralRenderMode: {}\n",
        mode.name()
    )
}

/// Merges the blocks of all objects by their frame.
fn write_objects(timeline: &Timeline, out: &mut impl Write) -> io::Result<()> {
    let (length, rate) = (timeline.length, timeline.sample_rate);
    let objects: Vec<&Object> = timeline.objects().collect();
    let mut sources: Vec<_> =
        objects.iter().map(|object| object.automation.master_blocks(length, rate)).collect();
    let mut pending: Vec<Option<MasterBlock>> = sources.iter_mut().map(Iterator::next).collect();
    let mut last: Vec<Option<Values>> = vec![None; objects.len()];
    let mut queue: BinaryHeap<Reverse<(FrameIndex, usize)>> = pending
        .iter()
        .enumerate()
        .filter_map(|(index, block)| block.map(|block| Reverse((block.start, index))))
        .collect();
    let mut scratch = Vec::with_capacity(32);
    while let Some(Reverse((_, index))) = queue.pop() {
        let Some(block) = pending[index].take() else { continue };
        let values = Values::of(&block.state);
        match last[index].replace(values) {
            None => write_first(FIRST_OBJECT + index, objects[index], values, &mut scratch, out)?,
            Some(before) => {
                let id = FIRST_OBJECT + index;
                write!(out, "  - ID: {id}\n    samplePos: {}\n", block.start)?;
                if before == values {
                    // Nothing has changed yet, but from here on it does: without this event a reader
                    // would have the movement start at the next one.
                    write_position(values.position, &mut scratch, out)?;
                } else {
                    write_changes(values, Some(before), &mut scratch, out)?;
                }
            }
        }
        pending[index] = sources[index].next();
        if let Some(block) = pending[index] {
            queue.push(Reverse((block.start, index)));
        }
    }
    Ok(())
}

/// What an event can change.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Values {
    position: RoomPosition,
    gain: LinearGain,
    size: f64,
}

impl Values {
    fn of(state: &ObjectState) -> Self {
        Self { position: state.position.to_room(), gain: state.gain, size: state.size }
    }
}

fn write_first(
    id: usize,
    object: &Object,
    values: Values,
    scratch: &mut Vec<u8>,
    out: &mut impl Write,
) -> io::Result<()> {
    write!(out, "  - ID: {id}\n    samplePos: 0\n    active: true\n")?;
    write_changes(values, None, scratch, out)?;
    let features = &object.features;
    write!(
        out,
        "    snap: {}\n    elevation: {}\n    zones: {}\n    decorr: {}\n\
         \x20   importance: {}\n    rampLength: 0\n    trimBypass: false\n    dialog: -1\n\
         \x20   music: -1\n    screenFactor: 0\n    depthFactor: 0.25\n\
         \x20   headTrackMode: {}\n    binauralRenderMode: {}\n",
        features.snap.is_some(),
        !features.zones.no_heights,
        features.zones.set.map_or("all", ZoneSet::damf_name),
        features.diffuse,
        f64::from(features.importance) / f64::from(ObjectFeatures::MOST_IMPORTANT),
        if features.head_locked { "head relative" } else { "undefined" },
        object.binaural.name()
    )
}

fn write_position(
    RoomPosition { x, y, z }: RoomPosition,
    scratch: &mut Vec<u8>,
    out: &mut impl Write,
) -> io::Result<()> {
    out.write_all(b"    pos: [")?;
    for (axis, separator) in [(x, ", "), (y, ", "), (z, "]\n")] {
        number(axis, scratch, out)?;
        out.write_all(separator.as_bytes())?;
    }
    Ok(())
}

fn write_changes(
    values: Values,
    before: Option<Values>,
    scratch: &mut Vec<u8>,
    out: &mut impl Write,
) -> io::Result<()> {
    if before.is_none_or(|before| before.position != values.position) {
        write_position(values.position, scratch, out)?;
    }
    if before.is_none_or(|before| before.size != values.size) {
        out.write_all(b"    size: ")?;
        number(values.size, scratch, out)?;
        out.write_all(b"\n")?;
    }
    if before.is_none_or(|before| before.gain != values.gain) {
        out.write_all(b"    gain: ")?;
        let Decibels(gain) = values.gain.into();
        if gain.is_finite() {
            number(gain, scratch, out)?
        } else {
            out.write_all(b"-inf")?
        }
        out.write_all(b"\n")?;
    }
    Ok(())
}
