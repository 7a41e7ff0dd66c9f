//! `X.atmos`: what the programme is made of.

use crate::ids::{FIRST_OBJECT, bed_channel};
use crate::yaml::text;
use cupola_model::{BedLabel, Item, Timeline};
use std::io::{self, Write};

/// Which files a root belongs to, and who writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin<'a> {
    /// Name of the file of events, without folder.
    pub metadata: &'a str,
    /// Name of the file of sound, without folder.
    pub audio: &'a str,
    /// Name of the program.
    pub tool: &'a str,
    /// Its version.
    pub tool_version: &'a str,
}

/// Writes the root: files, frame rate, beds and objects in the order of the tracks.
///
/// What a programme does not say is written as the default: a stereo downmix Lo/Ro of 5.1 without
/// phase shift, 5.1 rendered directly, all trims automatic. Each item has its first group; DAMF has no
/// place for more.
pub fn write_root(
    timeline: &Timeline,
    origin: &Origin<'_>,
    out: &mut impl Write,
) -> io::Result<()> {
    write!(
        out,
        "version: 0.5.1\n\
         presentations:\n\
         \x20 - type: home\n\
         \x20   simplified: false\n\
         \x20   metadata: {}\n\
         \x20   audio: {}\n\
         \x20   offset: {}\n\
         \x20   fps: {}\n\
         \x20   scBedConfiguration: [{}]\n\
         \x20   creationTool: {}\n\
         \x20   creationToolVersion: {}\n\
         \x20   downmixType_5to2: LoRo_Stereo\n\
         \x20   51-to-20_LsRs90degPhaseShift: false\n\
         \x20   warpMode: normal\n\
         \x20   trimMode: {{}}\n",
        text(origin.metadata),
        text(origin.audio),
        seconds_text(timeline.sample_rate.seconds(timeline.start)),
        timeline.frame_rate.name(),
        kept_bed_channel(timeline),
        text(origin.tool),
        // Three numbers, which no reader takes for one.
        origin.tool_version,
    )?;
    write_beds(timeline, out)?;
    write_objects(timeline, out)
}

/// The bed channel that stays one when an encoder merges others into elements: the LFE.
fn kept_bed_channel(timeline: &Timeline) -> String {
    let mut channels = timeline.beds().flat_map(|bed| &bed.channels);
    let lfe = channels.any(|channel| channel.label.is_lfe());
    if lfe { bed_channel(BedLabel::Lfe).1.to_string() } else { String::new() }
}

/// Seconds as a number that no reader takes for a whole one; a nanosecond is less than any frame.
pub fn seconds_text(value: f64) -> String {
    let text = format!("{value:.9}");
    let short = text.trim_end_matches('0');
    if short.ends_with('.') { format!("{short}0") } else { short.to_owned() }
}

fn write_beds(timeline: &Timeline, out: &mut impl Write) -> io::Result<()> {
    // A reader of Dolby's stops where the key or its empty list is missing.
    if timeline.beds().next().is_none() {
        return writeln!(out, "    bedInstances: []");
    }
    writeln!(out, "    bedInstances:")?;
    for bed in timeline.beds() {
        writeln!(out, "      - description: {}", text(&bed.name))?;
        write_group(&bed.groups, out)?;
        writeln!(out, "        channels:")?;
        for channel in &bed.channels {
            let (label, id) = bed_channel(channel.label);
            writeln!(out, "          - channel: {label}\n            ID: {id}")?;
        }
    }
    Ok(())
}

fn write_objects(timeline: &Timeline, out: &mut impl Write) -> io::Result<()> {
    if !timeline.items.iter().any(|item| matches!(item, Item::Object(_))) {
        return writeln!(out, "    objects: []");
    }
    writeln!(out, "    objects:")?;
    for (id, object) in (FIRST_OBJECT..).zip(timeline.objects()) {
        writeln!(out, "      - description: {}", text(&object.name))?;
        write_group(&object.groups, out)?;
        writeln!(out, "        ID: {id}")?;
    }
    Ok(())
}

fn write_group(groups: &[String], out: &mut impl Write) -> io::Result<()> {
    match groups.first() {
        Some(group) => writeln!(out, "        groupName: {}", text(group)),
        None => Ok(()),
    }
}
