//! Plain ADM: the `axml` text of a programme as BS.2076-2 has it, for tools that know no profile.
//!
//! Beds are those of the common definitions, polar positions stay polar, and every feature of an object is
//! there. A block leads to the value at its end, as the standard wants it, on the points and the 10 ms
//! grid of renders: a renderer that draws straight lines between the gains of blocks does what ours does.

use crate::AdmError;
use crate::density::{Density, Estimate, READERS_STOP_BYTES};
use crate::features::{push_itu, reference_screen};
use crate::ids::{Element, FIRST, TrackIds, contents, elements, uid};
use crate::limits::check_itu;
use crate::text::{TenDecimals, clock, clock_steps, push_hex8, push_nanos};
use crate::write::push_number;
use cupola_model::ambisonics::order_and_degree;
use cupola_model::{
    AmbisonicBed, Automation, Bed, BedFormat, BedLabel, FrameCount, FrameIndex, HorizontalEdge,
    Item, Object, ObjectFeatures, ObjectState, Position, SampleRate, Screen, ScreenEdgeLock,
    Severity, Timeline, VerticalEdge,
};
use quick_xml::escape::escape;
use std::io::{self, Write};

const HEAD: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
    "<ituADM xmlns=\"urn:metadata-schema:adm\">\n<coreMetadata>\n<format>\n",
    "<audioFormatExtended version=\"ITU-R_BS.2076-2\">\n",
);
const TAIL: &str = "</audioFormatExtended>\n</format>\n</coreMetadata>\n</ituADM>\n";

/// Degrees of width and height that a size of 1 stands for.
const SIZE_DEG: f64 = 180.0;

/// A pack of the common definitions: its number, and its channels with theirs. [BS.2094-1]
struct CommonPack {
    id: &'static str,
    channels: &'static [(BedLabel, u16)],
}

use BedLabel::{C, L, Lfe, Lrs, Ls, Lss, Lts, R, Rrs, Rs, Rss, Rts};

const STEREO: CommonPack = CommonPack { id: "AP_00010002", channels: &[(L, 1), (R, 2)] };
const FIVE: CommonPack =
    CommonPack { id: "AP_0001000c", channels: &[(L, 1), (R, 2), (C, 3), (Ls, 5), (Rs, 6)] };
const FIVE_ONE: CommonPack = CommonPack {
    id: "AP_00010003",
    channels: &[(L, 1), (R, 2), (C, 3), (Lfe, 4), (Ls, 5), (Rs, 6)],
};
const SEVEN_ONE: CommonPack = CommonPack {
    id: "AP_0001000f",
    channels: &[
        (L, 1),
        (R, 2),
        (C, 3),
        (Lfe, 4),
        (Lss, 0x0a),
        (Rss, 0x0b),
        (Lrs, 0x1c),
        (Rrs, 0x1d),
    ],
};
/// The pair above the sides, which no pack of seven has: U±090.
const TOPS: [(BedLabel, u16); 2] = [(Lts, 0x13), (Rts, 0x14)];
/// The pack of beds with that pair.
const WITH_TOPS: usize = FIRST;

/// The smallest pack that has the channels of a bed, and whether the pair above comes on top.
fn common(format: BedFormat) -> (&'static CommonPack, bool) {
    match format {
        BedFormat::F2_0 => (&STEREO, false),
        BedFormat::F3_0 | BedFormat::F5_0 => (&FIVE, false),
        BedFormat::F5_1 => (&FIVE_ONE, false),
        BedFormat::F7_0 | BedFormat::F7_1 => (&SEVEN_ONE, false),
        BedFormat::F7_0_2 | BedFormat::F7_1_2 => (&SEVEN_ONE, true),
    }
}

fn pack_of(bed: &Bed) -> String {
    let (pack, tops) = common(bed.format);
    if tops { format!("AP_0001{WITH_TOPS:04x}") } else { pack.id.to_owned() }
}

/// Channels of the pack of a bed, with the track each has in it, if any.
fn pack_channels(bed: &Bed) -> Vec<(u16, Option<usize>)> {
    let (pack, tops) = common(bed.format);
    let all = pack.channels.iter().chain(TOPS.iter().filter(|_| tops));
    let track = |label| bed.channels.iter().position(|channel| channel.label == label);
    all.map(|(label, code)| (*code, track(*label))).collect()
}

/// The channels that a plain ADM bed has beyond those of a format; they are silent.
pub(crate) fn silent_channels(format: BedFormat) -> Vec<BedLabel> {
    let own = format.channels();
    let all = common(format).0.channels.iter().map(|(label, _)| *label);
    all.filter(|label| !own.contains(label)).collect()
}

/// The `chna` rows of a plain ADM file, one a track, in track order.
pub fn itu_tracks(timeline: &Timeline) -> Vec<TrackIds> {
    let mut rows = Vec::new();
    for element in elements(timeline) {
        match element.item {
            Item::Bed(bed) => {
                let (pack, channels) = (pack_of(bed), pack_channels(bed));
                rows.extend((0..bed.channels.len()).map(|track| {
                    let (code, _) = channels
                        .iter()
                        .find(|(_, own)| *own == Some(track))
                        .expect("the pack of a bed has all of its channels");
                    TrackIds {
                        uid: uid(element.first_track + track),
                        track_format: format!("AT_0001{code:04x}_01"),
                        pack_format: pack.clone(),
                    }
                }));
            }
            Item::Ambisonic(_) | Item::Object(_) => {
                rows.extend(element.tracks().map(|track| TrackIds {
                    uid: uid(track.index),
                    track_format: format!("AT_{}_01", track.code),
                    pack_format: track.pack_id.to_owned(),
                }))
            }
        }
    }
    rows
}

/// Writes the ADM document of a programme by BS.2076-2 and no profile: UTF-8, LF line ends. Nothing is
/// collected, as in [`write_axml`](crate::write_axml). Fails with [`AdmError::Unfit`] when
/// [`check_itu`](crate::check_itu) finds an error.
///
/// ```
/// # use cupola_model::*;
/// # let state = ObjectState { position: Position::Polar(PolarPosition::on_sphere(30.0, 10.0)),
/// #     gain: LinearGain::UNITY, size: 0.0 };
/// # let timeline = Timeline { title: "Song".into(), artist: String::new(),
/// #     sample_rate: SampleRate::HZ_48000, length: FrameCount(48_000),
/// #     frame_rate: FrameRate::Fps24, start: FrameCount(0), screen: Screen::USUAL,
/// #     stems: vec![], lanes: vec![Lane::default()],
/// #     items: vec![Item::Object(Object { name: "Voice".into(), groups: vec![],
/// #         lane: TrackIndex(0), binaural: BinauralMode::Mid,
/// #         automation: Automation::fixed(state)?, features: ObjectFeatures::default() })] };
/// let mut text = Vec::new();
/// cupola_adm::write_itu(&timeline, &mut text)?;
/// let text = String::from_utf8(text)?;
/// assert!(text.contains(r#"<position coordinate="azimuth">30.0000000000</position>"#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_itu(timeline: &Timeline, out: &mut impl Write) -> Result<(), AdmError> {
    let mut errors = check_itu(timeline);
    errors.retain(|finding| finding.severity == Severity::Error);
    if !errors.is_empty() {
        return Err(AdmError::Unfit(errors));
    }
    write_document(timeline, out).map_err(AdmError::Write)
}

/// How long the text is going to be.
pub(crate) fn estimate(timeline: &Timeline) -> Estimate {
    let rate = timeline.sample_rate;
    let measure = |object: &Object, point: usize| {
        let automation = &object.automation;
        let state = automation.points()[point].state;
        let block = Block { start: FrameIndex(0), end: FrameIndex(0), state };
        let mut features = Vec::new();
        push_itu(&mut features, &object.features, is_polar(automation));
        let mut text = Vec::new();
        let told = (object.features.screen_edge, &features[..]);
        push_block(&mut text, "00031001", 1, Some((&block, rate)), &state, told);
        text.len()
    };
    Estimate::of(timeline, &measure)
}

fn is_polar(automation: &Automation) -> bool {
    matches!(automation.points()[0].state.position, Position::Polar(_))
}

fn write_document(timeline: &Timeline, out: &mut impl Write) -> io::Result<()> {
    let density = estimate(timeline).density(READERS_STOP_BYTES);
    let elements = elements(timeline);
    out.write_all(HEAD.as_bytes())?;
    write_programme(timeline, &elements, out)?;
    for element in &elements {
        write_object(timeline, element, out)?;
    }
    write_packs(timeline, &elements, out)?;
    for element in &elements {
        match element.item {
            Item::Bed(_) => {}
            Item::Ambisonic(bed) => write_components(element, bed, out)?,
            Item::Object(object) => write_channel(timeline, element, object, density, out)?,
        }
    }
    for element in elements.iter().filter(|e| !matches!(e.item, Item::Bed(_))) {
        for track in element.tracks() {
            let (code, name) = (&track.code, escape(track.channel_name));
            writeln!(
                out,
                "<audioStreamFormat audioStreamFormatID=\"AS_{code}\" audioStreamFormatName=\"{name}\" \
                 formatLabel=\"0001\" formatDefinition=\"PCM\">\n\
                 <audioChannelFormatIDRef>AC_{code}</audioChannelFormatIDRef>\n\
                 <audioTrackFormatIDRef>AT_{code}_01</audioTrackFormatIDRef>\n</audioStreamFormat>\n\
                 <audioTrackFormat audioTrackFormatID=\"AT_{code}_01\" audioTrackFormatName=\"{name}\" \
                 formatLabel=\"0001\" formatDefinition=\"PCM\">\n\
                 <audioStreamFormatIDRef>AS_{code}</audioStreamFormatIDRef>\n</audioTrackFormat>"
            )?;
        }
    }
    for row in itu_tracks(timeline) {
        writeln!(
            out,
            "<audioTrackUID UID=\"{}\" sampleRate=\"{}\" bitDepth=\"24\">\n\
             <audioTrackFormatIDRef>{}</audioTrackFormatIDRef>\n\
             <audioPackFormatIDRef>{}</audioPackFormatIDRef>\n</audioTrackUID>",
            row.uid,
            timeline.sample_rate.hz(),
            row.track_format,
            row.pack_format
        )?;
    }
    out.write_all(TAIL.as_bytes())
}

fn write_programme(
    timeline: &Timeline,
    elements: &[Element<'_>],
    out: &mut impl Write,
) -> io::Result<()> {
    let name = crate::text::clean_name(&timeline.title, || "Programme".to_owned());
    let end = clock(clock_steps(FrameIndex(timeline.length.0), timeline.sample_rate));
    writeln!(
        out,
        "<audioProgramme audioProgrammeID=\"APR_1001\" audioProgrammeName=\"{}\" \
         start=\"00:00:00.00000\" end=\"{end}\">",
        escape(name)
    )?;
    let contents = contents(elements);
    for content in &contents {
        writeln!(out, "<audioContentIDRef>{}</audioContentIDRef>", content.id)?;
    }
    if timeline.screen != Screen::USUAL {
        writeln!(out, "{}", reference_screen(&timeline.screen))?;
    }
    writeln!(out, "</audioProgramme>")?;
    for content in &contents {
        let (id, name) = (&content.id, escape(content.name.as_str()));
        writeln!(out, "<audioContent audioContentID=\"{id}\" audioContentName=\"{name}\">")?;
        for object in &content.objects {
            writeln!(out, "<audioObjectIDRef>{object}</audioObjectIDRef>")?;
        }
        writeln!(out, "</audioContent>")?;
    }
    Ok(())
}

fn write_object(
    timeline: &Timeline,
    element: &Element<'_>,
    out: &mut impl Write,
) -> io::Result<()> {
    let importance = match element.item {
        Item::Object(object) if object.features.importance != ObjectFeatures::MOST_IMPORTANT => {
            format!(" importance=\"{}\"", object.features.importance)
        }
        _ => String::new(),
    };
    let length = clock(clock_steps(FrameIndex(timeline.length.0), timeline.sample_rate));
    writeln!(
        out,
        "<audioObject audioObjectID=\"{}\" audioObjectName=\"{}\" start=\"00:00:00.00000\" \
         duration=\"{length}\"{importance}>",
        element.object_id,
        escape(element.name.as_str()),
    )?;
    let (pack, tracks) = match element.item {
        Item::Bed(bed) => {
            // The track of silence stands for channels that the bed does not have.
            let track = |track: Option<usize>| match track {
                Some(track) => uid(element.first_track + track),
                None => "ATU_00000000".to_owned(),
            };
            let tracks = pack_channels(bed).into_iter().map(|(_, own)| track(own)).collect();
            (pack_of(bed), tracks)
        }
        Item::Ambisonic(_) | Item::Object(_) => {
            let tracks: Vec<_> = element.tracks().map(|track| uid(track.index)).collect();
            (element.pack_id.clone(), tracks)
        }
    };
    writeln!(out, "<audioPackFormatIDRef>{pack}</audioPackFormatIDRef>")?;
    for track in tracks {
        writeln!(out, "<audioTrackUIDRef>{track}</audioTrackUIDRef>")?;
    }
    writeln!(out, "</audioObject>")
}

fn write_packs(
    timeline: &Timeline,
    elements: &[Element<'_>],
    out: &mut impl Write,
) -> io::Result<()> {
    if timeline.beds().any(|bed| common(bed.format).1) {
        writeln!(
            out,
            "<audioPackFormat audioPackFormatID=\"AP_0001{WITH_TOPS:04x}\" \
             audioPackFormatName=\"7.1.2\" typeLabel=\"0001\" typeDefinition=\"DirectSpeakers\">"
        )?;
        for (_, code) in TOPS {
            writeln!(out, "<audioChannelFormatIDRef>AC_0001{code:04x}</audioChannelFormatIDRef>")?;
        }
        let seven = SEVEN_ONE.id;
        writeln!(out, "<audioPackFormatIDRef>{seven}</audioPackFormatIDRef>\n</audioPackFormat>")?;
    }
    for element in elements.iter().filter(|e| !matches!(e.item, Item::Bed(_))) {
        let (label, kind) = element.kind();
        writeln!(
            out,
            "<audioPackFormat audioPackFormatID=\"{}\" audioPackFormatName=\"{}\" \
             typeLabel=\"{label}\" typeDefinition=\"{kind}\">",
            element.pack_id,
            escape(element.name.as_str())
        )?;
        for track in element.tracks() {
            let code = track.code;
            writeln!(out, "<audioChannelFormatIDRef>AC_{code}</audioChannelFormatIDRef>")?;
        }
        writeln!(out, "</audioPackFormat>")?;
    }
    Ok(())
}

/// The channels of an ambisonic bed; each is one block without times, for it never changes.
fn write_components(
    element: &Element<'_>,
    bed: &AmbisonicBed,
    out: &mut impl Write,
) -> io::Result<()> {
    for (track, component) in element.tracks().zip(&bed.channels) {
        let code = track.code;
        let (order, degree) = order_and_degree(component.number);
        writeln!(
            out,
            "<audioChannelFormat audioChannelFormatID=\"AC_{code}\" audioChannelFormatName=\"{}\" \
             typeLabel=\"0004\" typeDefinition=\"HOA\">\n\
             <audioBlockFormat audioBlockFormatID=\"AB_{code}_00000001\">\n\
             <order>{order}</order>\n<degree>{degree}</degree>\n\
             <normalization>{}</normalization>\n</audioBlockFormat>\n</audioChannelFormat>",
            escape(track.channel_name),
            bed.scale.name()
        )?;
    }
    Ok(())
}

/// A stretch of time and the state it leads to.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Block {
    start: FrameIndex,
    end: FrameIndex,
    state: ObjectState,
}

/// The blocks of a moving object. The first one has nothing to come from and stands still, so that
/// where movement starts at once it is a single frame.
fn blocks(
    automation: &Automation,
    length: FrameCount,
    grid: u32,
) -> impl Iterator<Item = Block> + '_ {
    let end = FrameIndex(length.0);
    let mut start = FrameIndex(0);
    std::iter::from_fn(move || {
        if start >= end {
            return None;
        }
        let next = automation.next_knot(start, grid);
        let mut next = next.filter(|next| *next < end).unwrap_or(end);
        let mut state = automation.state_at(next);
        let still = automation.state_at(FrameIndex(0));
        if start.0 == 0 && state != still {
            (next, state) = (FrameIndex(1), still);
        }
        let block = Block { start, end: next, state };
        start = next;
        Some(block)
    })
}

fn write_channel(
    timeline: &Timeline,
    element: &Element<'_>,
    object: &Object,
    density: Density,
    out: &mut impl Write,
) -> io::Result<()> {
    let rate = timeline.sample_rate;
    let mut features = Vec::new();
    push_itu(&mut features, &object.features, is_polar(&object.automation));
    let mut text = Vec::with_capacity(1024);
    for track in element.tracks() {
        writeln!(
            out,
            "<audioChannelFormat audioChannelFormatID=\"AC_{}\" audioChannelFormatName=\"{}\" \
             typeLabel=\"0003\" typeDefinition=\"Objects\">",
            track.code,
            escape(track.channel_name)
        )?;
        let still = object.automation.is_static();
        let mut number = 0_u32;
        let grid = density.grid_frames(rate);
        for block in blocks(&object.automation, timeline.length, grid) {
            number += 1;
            text.clear();
            let times = (!still).then_some((&block, rate));
            let told = (object.features.screen_edge, &features[..]);
            push_block(&mut text, &track.code, number, times, &block.state, told);
            out.write_all(&text)?;
            if still {
                break;
            }
        }
        writeln!(out, "</audioChannelFormat>")?;
    }
    Ok(())
}

/// A block; without times it lasts as long as its object.
fn push_block(
    out: &mut Vec<u8>,
    code: &str,
    number: u32,
    times: Option<(&Block, SampleRate)>,
    state: &ObjectState,
    (edges, features): (ScreenEdgeLock, &[u8]),
) {
    out.extend_from_slice(b"<audioBlockFormat audioBlockFormatID=\"AB_");
    out.extend_from_slice(code.as_bytes());
    out.push(b'_');
    push_hex8(out, number);
    if let Some((block, rate)) = times {
        push_times(out, block, rate);
    }
    out.extend_from_slice(b"\">");
    push_state(out, state, edges);
    out.extend_from_slice(features);
    out.extend_from_slice(b"</audioBlockFormat>\n");
}

/// Both ends are rounded and only then subtracted, so that blocks tile exactly.
fn push_times(out: &mut Vec<u8>, block: &Block, rate: SampleRate) {
    let nanos = |frame: FrameIndex| {
        let hz = u128::from(rate.hz());
        u64::try_from((u128::from(frame.0) * 1_000_000_000 + hz / 2) / hz).unwrap_or(u64::MAX)
    };
    let (start, end) = (nanos(block.start), nanos(block.end));
    out.extend_from_slice(b"\" rtime=\"");
    push_nanos(out, start);
    out.extend_from_slice(b"\" duration=\"");
    push_nanos(out, end - start);
}

fn push_state(out: &mut Vec<u8>, state: &ObjectState, edges: ScreenEdgeLock) {
    let side = edges.horizontal.map(HorizontalEdge::name);
    let level = edges.vertical.map(VerticalEdge::name);
    let mut coordinate = |name: &str, value: f64, edge: Option<&str>| {
        out.extend_from_slice(b"<position coordinate=\"");
        out.extend_from_slice(name.as_bytes());
        if let Some(edge) = edge {
            out.extend_from_slice(b"\" screenEdgeLock=\"");
            out.extend_from_slice(edge.as_bytes());
        }
        out.extend_from_slice(b"\">");
        TenDecimals::new(value).push(out);
        out.extend_from_slice(b"</position>");
    };
    let size = match state.position {
        Position::Polar(p) => {
            coordinate("azimuth", p.azimuth_deg, side);
            coordinate("elevation", p.elevation_deg, level);
            coordinate("distance", p.distance, None);
            [("width", state.size * SIZE_DEG), ("height", state.size * SIZE_DEG), ("depth", 0.0)]
        }
        Position::Room(r) => {
            coordinate("X", r.x, side);
            coordinate("Y", r.y, None);
            coordinate("Z", r.z, level);
            ["width", "height", "depth"].map(|edge| (edge, state.size))
        }
    };
    if matches!(state.position, Position::Room(_)) {
        out.extend_from_slice(b"<cartesian>1</cartesian>");
    }
    let gain = TenDecimals::new(state.gain.0);
    if !gain.is_one() {
        push_number(out, "gain", gain);
    }
    for (edge, value) in size {
        let value = TenDecimals::new(value);
        if !value.is_zero() {
            push_number(out, edge, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cupola_model::{LinearGain, RoomPosition, TimedPoint};

    fn state(x: f64) -> ObjectState {
        let position = Position::Room(RoomPosition { x, y: 1.0, z: 0.0 });
        ObjectState { position, gain: LinearGain::UNITY, size: 0.0 }
    }

    fn found(points: &[(u64, f64)], length: u64) -> Vec<(u64, u64, f64)> {
        let timed =
            points.iter().map(|(f, x)| TimedPoint { frame: FrameIndex(*f), state: state(*x) });
        let automation = Automation::new(timed.collect()).unwrap();
        blocks(&automation, FrameCount(length), 480)
            .map(|b| (b.start.0, b.end.0, b.state.position.to_room().x))
            .collect()
    }

    #[test]
    fn blocks_lead_to_the_value_at_their_end_and_tile_the_programme() {
        // Still, a move over 960 frames, still.
        assert_eq!(
            found(&[(480, 0.0), (1440, 1.0)], 4800),
            [(0, 480, 0.0), (480, 960, 0.5), (960, 1440, 1.0), (1440, 4800, 1.0)]
        );
        // A move that starts at once has a frame to start from.
        assert_eq!(
            found(&[(0, 0.0), (960, 1.0)], 960),
            [(0, 1, 0.0), (1, 480, 0.5), (480, 960, 1.0)]
        );
        // One that goes on beyond the end.
        assert_eq!(
            found(&[(100, 0.0), (1060, 1.0)], 580),
            [(0, 100, 0.0), (100, 480, 380.0 / 960.0), (480, 580, 0.5)]
        );
        assert_eq!(found(&[(0, 0.3)], 7), [(0, 7, 0.3)]);
    }

    #[test]
    fn every_bed_has_a_pack_with_all_of_its_channels() {
        for format in BedFormat::ALL {
            let (pack, tops) = common(format);
            for label in format.channels() {
                let in_pack = pack.channels.iter().any(|(own, _)| own == label);
                let on_top = tops && TOPS.iter().any(|(own, _)| own == label);
                assert!(in_pack != on_top, "{format} {label}");
            }
        }
        assert_eq!(silent_channels(BedFormat::F7_0), [Lfe]);
        assert_eq!(silent_channels(BedFormat::F3_0), [Ls, Rs]);
        assert_eq!(silent_channels(BedFormat::F7_1_2), []);
    }
}
