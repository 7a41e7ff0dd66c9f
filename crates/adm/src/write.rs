//! The `axml` text of a master, streamed element by element.

use crate::density::{Density, Estimate, READERS_STOP_BYTES};
use crate::features::FeatureText;
use crate::ids::{Element, TrackElement, contents, elements, track_elements, uid};
use crate::text::{TenDecimals, clock, clock_steps, push_clock, push_hex8};
use crate::{AdmError, check_limits};
use cupola_model::{
    Bed, BedLabel, FrameCount, FrameIndex, Item, MasterBlock, Object, ObjectState, RoomPosition,
    SampleRate, Severity, Timeline,
};
use quick_xml::escape::escape;
use std::io::{self, Write};
use std::ops::Range;

/// Root and nesting that readers look for; MediaInfo skips any other root. [Atmos-ADM]
const HEAD: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
    "<ebuCoreMain xmlns=\"urn:ebu:metadata-schema:ebuCore_2016\" ",
    "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" ",
    "xsi:schemaLocation=\"urn:ebu:metadata-schema:ebuCore_2016 ebucore.xsd\" xml:lang=\"en\">\n",
    "<coreMetadata>\n<format>\n<audioFormatExtended>\n",
);

/// Shortest block in steps of 1e-5 s that holds an interpolation of 0.005208 s. [Atmos-ADM]
const SHORTEST_STEPS: u64 = 521;

const TAIL: &str = "</audioFormatExtended>\n</format>\n</coreMetadata>\n</ebuCoreMain>\n";

/// Writes the ADM document of a master: the Dolby Atmos Master profile, UTF-8, LF line ends.
///
/// Nothing is collected: a programme of two hours with 118 moving objects needs no more memory
/// than one block. Fails with [`AdmError::Unfit`] when [`check_limits`] finds an error.
///
/// ```
/// # use cupola_model::*;
/// # let state = ObjectState { position: Position::Room(RoomPosition { x: 0.5, y: 1.0, z: 0.0 }),
/// #     gain: LinearGain::UNITY, size: 0.0 };
/// # let timeline = Timeline { title: String::new(), artist: String::new(),
/// #     sample_rate: SampleRate::HZ_48000, length: FrameCount(48_000),
/// #     frame_rate: FrameRate::Fps24, start: FrameCount(0), screen: Screen::USUAL,
/// #     stems: vec![], lanes: vec![Lane::default()],
/// #     items: vec![Item::Object(Object { name: "Voice".into(), groups: vec![],
/// #         lane: TrackIndex(0), binaural: BinauralMode::Mid,
/// #         automation: Automation::fixed(state)?, features: ObjectFeatures::default() })] };
/// let mut text = Vec::new();
/// cupola_adm::write_axml(&timeline, &mut text)?;
/// let text = String::from_utf8(text)?;
/// assert!(text.contains(r#"audioObjectID="AO_100b" audioObjectName="Voice""#));
/// assert!(text.contains(r#"<position coordinate="X">0.5000000000</position>"#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_axml(timeline: &Timeline, out: &mut impl Write) -> Result<(), AdmError> {
    let mut errors = check_limits(timeline);
    errors.retain(|finding| finding.severity == Severity::Error);
    if !errors.is_empty() {
        return Err(AdmError::Unfit(errors));
    }
    write_document(timeline, READERS_STOP_BYTES, out).map_err(AdmError::Write)
}

/// How long the text is going to be.
pub(crate) fn estimate(timeline: &Timeline) -> Estimate {
    let measure = |object: &Object, point: usize| {
        let state = object.automation.points()[point].state;
        let mut text = Vec::new();
        let features = FeatureText::of(&object.features);
        push_block(&mut text, "00031001", (1, 0..0), &state, &features);
        text.len()
    };
    Estimate::of(timeline, &measure)
}

fn write_document(timeline: &Timeline, most_bytes: u64, out: &mut impl Write) -> io::Result<()> {
    let density = estimate(timeline).density(most_bytes);
    let elements = elements(timeline);
    out.write_all(HEAD.as_bytes())?;
    write_programme(timeline, &elements, out)?;
    for element in &elements {
        write_object(timeline, element, out)?;
    }
    for element in &elements {
        write_pack(element, out)?;
    }
    for element in &elements {
        match element.item {
            Item::Bed(bed) => write_bed_channels(element, bed, out)?,
            // Refused by the profile before anything is written.
            Item::Ambisonic(_) => {}
            Item::Object(object) => write_object_channel(timeline, element, object, density, out)?,
        }
    }
    for track in track_elements(&elements) {
        write_stream(&track, out)?;
    }
    for track in track_elements(&elements) {
        write_track(&track, out)?;
    }
    for track in track_elements(&elements) {
        write_uid(&track, timeline.sample_rate, out)?;
    }
    out.write_all(TAIL.as_bytes())
}

/// Length of the programme as printed.
fn length_clock(timeline: &Timeline) -> String {
    clock(clock_steps(FrameIndex(timeline.length.0), timeline.sample_rate))
}

/// The programme's name is what makes readers see an Atmos master. [Atmos-ADM]
fn write_programme(
    timeline: &Timeline,
    elements: &[Element<'_>],
    out: &mut impl Write,
) -> io::Result<()> {
    let end = length_clock(timeline);
    let contents = contents(elements);
    writeln!(
        out,
        "<audioProgramme audioProgrammeID=\"APR_1001\" audioProgrammeName=\"Atmos_Master\" \
         start=\"00:00:00.00000\" end=\"{end}\">"
    )?;
    for content in &contents {
        writeln!(out, "<audioContentIDRef>{}</audioContentIDRef>", content.id)?;
    }
    writeln!(out, "</audioProgramme>")?;
    for content in &contents {
        writeln!(
            out,
            "<audioContent audioContentID=\"{}\" audioContentName=\"{}\">",
            content.id,
            escape(content.name.as_str())
        )?;
        for object in &content.objects {
            writeln!(out, "<audioObjectIDRef>{object}</audioObjectIDRef>")?;
        }
        writeln!(out, "<dialogue mixedContentKind=\"0\">2</dialogue>\n</audioContent>")?;
    }
    Ok(())
}

fn write_object(
    timeline: &Timeline,
    element: &Element<'_>,
    out: &mut impl Write,
) -> io::Result<()> {
    writeln!(
        out,
        "<audioObject audioObjectID=\"{}\" audioObjectName=\"{}\" start=\"00:00:00.00000\" \
         duration=\"{}\">\n<audioPackFormatIDRef>{}</audioPackFormatIDRef>",
        element.object_id,
        escape(element.name.as_str()),
        length_clock(timeline),
        element.pack_id
    )?;
    for track in element.tracks() {
        writeln!(out, "<audioTrackUIDRef>{}</audioTrackUIDRef>", uid(track.index))?;
    }
    writeln!(out, "</audioObject>")
}

fn write_pack(element: &Element<'_>, out: &mut impl Write) -> io::Result<()> {
    let (label, definition) = element.kind();
    writeln!(
        out,
        "<audioPackFormat audioPackFormatID=\"{}\" audioPackFormatName=\"{}\" \
         typeLabel=\"{label}\" typeDefinition=\"{definition}\">",
        element.pack_id,
        escape(element.pack_name.as_str())
    )?;
    for track in element.tracks() {
        writeln!(out, "<audioChannelFormatIDRef>AC_{}</audioChannelFormatIDRef>", track.code)?;
    }
    writeln!(out, "</audioPackFormat>")
}

fn open_channel(
    element: &Element<'_>,
    track: &TrackElement<'_>,
    out: &mut impl Write,
) -> io::Result<()> {
    let (label, definition) = element.kind();
    writeln!(
        out,
        "<audioChannelFormat audioChannelFormatID=\"AC_{}\" audioChannelFormatName=\"{}\" \
         typeLabel=\"{label}\" typeDefinition=\"{definition}\">",
        track.code,
        escape(track.channel_name)
    )
}

fn write_bed_channels(element: &Element<'_>, bed: &Bed, out: &mut impl Write) -> io::Result<()> {
    for (track, channel) in element.tracks().zip(&bed.channels) {
        open_channel(element, &track, out)?;
        out.write_all(&bed_block(&track.code, channel.label))?;
        writeln!(out, "</audioChannelFormat>")?;
    }
    Ok(())
}

/// The one block of a bed channel: no times, all three coordinates. [Atmos-ADM]
fn bed_block(code: &str, label: BedLabel) -> Vec<u8> {
    let RoomPosition { x, y, z } = label.position();
    let mut text = format!(
        "<audioBlockFormat audioBlockFormatID=\"AB_{code}_00000001\">\
         <speakerLabel>RC_{label}</speakerLabel><cartesian>1</cartesian>"
    )
    .into_bytes();
    for (axis, value) in [("X", x), ("Y", y), ("Z", z)] {
        push_coordinate(&mut text, axis, TenDecimals::new(value));
    }
    text.extend_from_slice(b"</audioBlockFormat>\n");
    text
}

fn write_object_channel(
    timeline: &Timeline,
    element: &Element<'_>,
    object: &Object,
    density: Density,
    out: &mut impl Write,
) -> io::Result<()> {
    let (length, rate) = (timeline.length, timeline.sample_rate);
    let mut text = Vec::with_capacity(1024);
    let features = FeatureText::of(&object.features);
    for track in element.tracks() {
        open_channel(element, &track, out)?;
        let mut number = 0_u32;
        let grid = density.grid_frames(rate);
        let mut start = 0;
        for block in object.automation.master_blocks_on(length, rate, grid) {
            number += 1;
            text.clear();
            let end = block_end(start, &block, length, rate);
            push_block(&mut text, &track.code, (number, start..end), &block.state, &features);
            start = end;
            out.write_all(&text)?;
        }
        writeln!(out, "</audioChannelFormat>")?;
    }
    Ok(())
}

/// Where a block ends, in steps: the nearest, or the one after it where the block would be shorter
/// than its interpolation. The frame it means stays the nearest one either way.
fn block_end(start: u64, block: &MasterBlock, length: FrameCount, rate: SampleRate) -> u64 {
    let end = block.start + block.duration;
    let nearest = clock_steps(end, rate);
    if end.0 < length.0 { nearest.max(start + SHORTEST_STEPS) } else { nearest }
}

/// One block of an object with its number and its time in steps. Ends are rounded and only then
/// subtracted, so that the printed blocks tile exactly. [Atmos-ADM]
fn push_block(
    out: &mut Vec<u8>,
    code: &str,
    (number, steps): (u32, Range<u64>),
    state: &ObjectState,
    features: &FeatureText,
) {
    out.extend_from_slice(b"<audioBlockFormat audioBlockFormatID=\"AB_");
    out.extend_from_slice(code.as_bytes());
    out.push(b'_');
    push_hex8(out, number);
    out.extend_from_slice(b"\" rtime=\"");
    push_clock(out, steps.start);
    out.extend_from_slice(b"\" duration=\"");
    push_clock(out, steps.end - steps.start);
    out.extend_from_slice(b"\"><cartesian>1</cartesian>");
    let RoomPosition { x, y, z } = state.position.to_room();
    push_coordinate(out, "X", TenDecimals::new(x));
    push_coordinate(out, "Y", TenDecimals::new(y));
    // Both tools whose files were read leave a Z of 0 out.
    let z = TenDecimals::new(z);
    if !z.is_zero() {
        push_coordinate(out, "Z", z);
    }
    let gain = TenDecimals::new(state.gain.0);
    if !gain.is_one() {
        push_number(out, "gain", gain);
    }
    out.extend_from_slice(features.diffuse);
    let size = TenDecimals::new(state.size);
    if !size.is_zero() {
        for edge in ["width", "height", "depth"] {
            push_number(out, edge, size);
        }
    }
    out.extend_from_slice(features.lock);
    // A constant of the profile, not a ramp time.
    let length: &[u8] = if number == 1 { b"0.000000" } else { b"0.005208" };
    out.extend_from_slice(b"<jumpPosition interpolationLength=\"");
    out.extend_from_slice(length);
    out.extend_from_slice(b"\">1</jumpPosition>");
    out.extend_from_slice(&features.zones);
    out.extend_from_slice(b"</audioBlockFormat>\n");
}

fn push_coordinate(out: &mut Vec<u8>, axis: &str, value: TenDecimals) {
    out.extend_from_slice(b"<position coordinate=\"");
    out.extend_from_slice(axis.as_bytes());
    out.extend_from_slice(b"\">");
    value.push(out);
    out.extend_from_slice(b"</position>");
}

pub(crate) fn push_number(out: &mut Vec<u8>, name: &str, value: TenDecimals) {
    out.push(b'<');
    out.extend_from_slice(name.as_bytes());
    out.push(b'>');
    value.push(out);
    out.extend_from_slice(b"</");
    out.extend_from_slice(name.as_bytes());
    out.push(b'>');
}

/// Channel and pack are both referenced, against BS.2076, because the profile wants it so.
/// [Atmos-ADM]
fn write_stream(track: &TrackElement<'_>, out: &mut impl Write) -> io::Result<()> {
    let TrackElement { code, pack_id, .. } = track;
    writeln!(
        out,
        "<audioStreamFormat audioStreamFormatID=\"AS_{code}\" audioStreamFormatName=\"{}\" \
         formatLabel=\"0001\" formatDefinition=\"PCM\">\n\
         <audioChannelFormatIDRef>AC_{code}</audioChannelFormatIDRef>\n\
         <audioPackFormatIDRef>{pack_id}</audioPackFormatIDRef>\n\
         <audioTrackFormatIDRef>AT_{code}_01</audioTrackFormatIDRef>\n</audioStreamFormat>",
        pcm_name(track.channel_name)
    )
}

fn write_track(track: &TrackElement<'_>, out: &mut impl Write) -> io::Result<()> {
    let code = &track.code;
    writeln!(
        out,
        "<audioTrackFormat audioTrackFormatID=\"AT_{code}_01\" audioTrackFormatName=\"{}\" \
         formatLabel=\"0001\" formatDefinition=\"PCM\">\n\
         <audioStreamFormatIDRef>AS_{code}</audioStreamFormatIDRef>\n</audioTrackFormat>",
        pcm_name(track.channel_name)
    )
}

/// Name of stream and track: the channel's, marked, and again at most 64 characters.
fn pcm_name(channel: &str) -> String {
    let name: String = "PCM_".chars().chain(channel.chars()).take(crate::text::MAX_NAME).collect();
    escape(name).into_owned()
}

fn write_uid(track: &TrackElement<'_>, rate: SampleRate, out: &mut impl Write) -> io::Result<()> {
    let TrackElement { code, pack_id, .. } = track;
    writeln!(
        out,
        "<audioTrackUID UID=\"{}\" sampleRate=\"{}\" bitDepth=\"24\">\n\
         <audioTrackFormatIDRef>AT_{code}_01</audioTrackFormatIDRef>\n\
         <audioPackFormatIDRef>{pack_id}</audioPackFormatIDRef>\n</audioTrackUID>",
        uid(track.index),
        rate.hz()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use cupola_model::{
        Automation, BinauralMode, FrameRate, Lane, LinearGain, ObjectFeatures, Position,
        TimedPoint, TrackIndex,
    };

    /// Objects that go to and fro all the time, each leg two seconds.
    fn moving(objects: usize, seconds: u64) -> Timeline {
        let point = |leg: u64| {
            let x = if leg.is_multiple_of(2) { -0.7 } else { 0.9 };
            let position = Position::Room(RoomPosition { x, y: 0.25, z: 0.5 });
            let state = ObjectState { position, gain: LinearGain(0.5), size: 0.1 };
            TimedPoint { frame: FrameIndex(leg * 96_000), state }
        };
        let automation = Automation::new((0..=seconds.div_ceil(2)).map(point).collect()).unwrap();
        let object = |number: usize| {
            Item::Object(Object {
                name: format!("Object {number}"),
                groups: vec![],
                lane: TrackIndex(number),
                binaural: BinauralMode::Mid,
                automation: automation.clone(),
                features: ObjectFeatures::default(),
            })
        };
        Timeline {
            title: String::new(),
            artist: String::new(),
            sample_rate: SampleRate::HZ_48000,
            length: FrameCount(seconds * 48_000),
            frame_rate: FrameRate::Fps24,
            start: FrameCount(0),
            screen: cupola_model::Screen::USUAL,
            stems: vec![],
            lanes: vec![Lane::default(); objects],
            items: (0..objects).map(object).collect(),
        }
    }

    fn written(timeline: &Timeline, most_bytes: u64) -> String {
        let mut text = Vec::new();
        write_document(timeline, most_bytes, &mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn a_block_of_250_frames_holds_its_interpolation_and_still_means_its_frames() {
        let rate = SampleRate::HZ_48000;
        for first in 0..480 {
            let state = moving(1, 1).objects().next().unwrap().automation.points()[0].state;
            let (start, duration) = (FrameIndex(first), FrameCount(250));
            let from = clock_steps(start, rate);
            let block = MasterBlock { start, duration, state };
            let to = block_end(from, &block, FrameCount(48_000), rate);
            assert!(to - from >= 521, "{from} to {to}");
            // The nearest frame, as readers take it: a step is 12/25 of one.
            assert_eq!((to * 24 + 25) / 50, first + 250);
        }
    }

    #[test]
    fn a_text_that_would_be_too_long_has_blocks_every_20_ms_and_is_half_as_long() {
        let timeline = moving(3, 10);
        let full = written(&timeline, READERS_STOP_BYTES);
        let half = written(&timeline, full.len() as u64 / 2);
        let blocks = |text: &str| text.matches("<audioBlockFormat ").count();
        // The last knot is the end of the programme, where no block starts.
        assert_eq!((blocks(&full), blocks(&half)), (3 * 1000, 3 * 500));
        assert!(half.contains("rtime=\"00:00:00.02000\" duration=\"00:00:00.02000\""));
        assert!(!half.contains("rtime=\"00:00:00.01000\""));
        // What was estimated is what is written, within some percent.
        let Estimate { full: a, half: b } = estimate(&timeline);
        for (estimated, text) in [(a, &full), (b, &half)] {
            let share = estimated as f64 / text.len() as f64;
            assert!((0.97..1.05).contains(&share), "{share}");
        }
    }

    #[test]
    fn many_moving_objects_are_thinned_after_minutes_and_more_of_them_are_told() {
        let rule = |seconds| {
            let findings = check_limits(&moving(118, seconds));
            findings.iter().map(|finding| finding.rule).collect::<Vec<_>>()
        };
        // 118 · 100 blocks of 450 to 500 bytes a second: 512 MiB after a minute and a half.
        assert_eq!(rule(80), [""; 0]);
        assert_eq!(rule(140), ["master.axml.thinned"]);
        assert_eq!(rule(600), ["master.axml.long"]);
    }
}
