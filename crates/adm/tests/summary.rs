//! Looking into documents: ours, other people's, and hostile ones.

use cupola_adm::{AdmError, AdmKind, ReadLimits, Summary, read_summary, write_axml};
use cupola_model::{BedFormat, Item, SampleRate};
use std::io::{BufReader, Read};

mod programmes;
use programmes::{Programme, all, room};

fn read(text: &str) -> Result<Summary, AdmError> {
    read_summary(text.as_bytes(), ReadLimits::default())
}

#[test]
fn what_was_written_is_found_again() {
    for (name, timeline) in all() {
        let mut text = Vec::new();
        write_axml(&timeline, &mut text).unwrap();
        let summary = read_summary(&text[..], ReadLimits::default()).unwrap();
        assert_eq!(summary.programmes.len(), 1);
        assert_eq!(summary.programmes[0].name, "Atmos_Master");
        assert_eq!(summary.programmes[0].start, "00:00:00.00000");
        let in_contents: usize = summary.contents.iter().map(|content| content.objects).sum();
        assert_eq!(in_contents, timeline.items.len());
        assert_eq!(summary.objects.len(), timeline.items.len(), "{name}");
        assert_eq!(summary.track_uids, timeline.lanes.len() as u64);
        assert_eq!(summary.channel_formats, timeline.lanes.len() as u64);
        assert_eq!(summary.pack_formats, timeline.items.len() as u64);
        for (found, item) in summary.objects.iter().zip(&timeline.items) {
            match item {
                Item::Bed(bed) => {
                    assert_eq!(found.kind, AdmKind::DirectSpeakers);
                    assert_eq!(found.bed_format, Some(bed.format));
                    assert_eq!(found.tracks, bed.channels.len());
                    assert!(!found.moves);
                }
                Item::Ambisonic(_) => panic!("a master without ambisonics"),
                Item::Object(object) => {
                    let blocks =
                        object.automation.master_blocks(timeline.length, timeline.sample_rate);
                    assert_eq!(found.kind, AdmKind::Objects);
                    assert_eq!((found.tracks, found.bed_format), (1, None));
                    assert_eq!(found.blocks, blocks.count() as u64, "{name}");
                }
            }
        }
    }
}

#[test]
fn a_moving_object_is_told_from_a_still_one() {
    let timeline = Programme::new(SampleRate::HZ_48000, 48_000)
        .bed("Bed", BedFormat::F7_1)
        .object("Still", vec![room(0, 0.0, 1.0, 0.0), room(9_000, 0.0, 1.0, 0.0)])
        .object("Riser", vec![room(0, 0.0, 1.0, 0.0), room(9_000, 0.0, 1.0, 1.0)])
        .done();
    let mut text = Vec::new();
    write_axml(&timeline, &mut text).unwrap();
    let summary = read_summary(&text[..], ReadLimits::default()).unwrap();
    let moves: Vec<_> = summary.objects.iter().map(|o| (o.name.as_str(), o.moves)).collect();
    assert_eq!(moves, [("Bed", false), ("Still", false), ("Riser", true)]);
}

#[test]
fn generic_documents_of_any_root_and_prefix_are_understood() {
    let summary = read(
        r#"<?xml version="1.0"?><!DOCTYPE x><ituADM xmlns:a="urn:ebu:metadata-schema:ebuCore_2014">
        <a:coreMetadata><a:format><a:audioFormatExtended version="ITU-R_BS.2076-2">
        <a:audioProgramme audioProgrammeID="APR_1001" audioProgrammeName="Radio &amp; more" start="00:00:01.5S48000"/>
        <a:audioContent audioContentID="ACO_1001" audioContentName="C"><a:audioObjectIDRef>AO_1001</a:audioObjectIDRef></a:audioContent>
        <a:audioObject audioObjectID="AO_1001" audioObjectName="Common">
          <a:audioPackFormatIDRef> AP_00010003 </a:audioPackFormatIDRef>
          <a:audioTrackUIDRef>ATU_00000001</a:audioTrackUIDRef><a:audioTrackUIDRef>ATU_00000002</a:audioTrackUIDRef>
        </a:audioObject>
        <a:audioObject audioObjectID="AO_1002" audioObjectName="Scene"><a:audioPackFormatIDRef>AP_x</a:audioPackFormatIDRef></a:audioObject>
        <a:audioPackFormat audioPackFormatID="AP_x" typeDefinition="HOA"/>
        </a:audioFormatExtended></a:format></a:coreMetadata></ituADM>"#,
    )
    .unwrap();
    assert_eq!(summary.programmes[0].name, "Radio & more");
    assert_eq!(summary.objects[0].kind, AdmKind::DirectSpeakers);
    assert_eq!((summary.objects[0].tracks, summary.objects[0].blocks), (2, 0));
    assert_eq!(summary.objects[1].kind, AdmKind::Hoa);
    assert_eq!(summary.contents[0].objects, 1);
}

#[test]
fn text_in_pieces_is_put_together() {
    let summary = read(
        "<x><audioObject audioObjectID='AO_1'><audioPackFormatIDRef>AP_<!-- c -->0003<![CDATA[1]]>&#48;01\
         </audioPackFormatIDRef></audioObject><audioPackFormat audioPackFormatID='AP_00031001' typeLabel='0003'/></x>",
    );
    assert_eq!(summary.unwrap().objects[0].kind, AdmKind::Objects);
}

#[test]
fn damage_is_an_error_that_says_where() {
    for text in [
        "<a",
        "<a></b>",
        "<audioObject b=/>",
        "",
        "<a><b></b>",
        "<a>&#xfffffff;</a>",
        "<audioObject audioObjectID='&boom;'/>",
    ] {
        let error = read(text);
        assert!(matches!(error, Err(AdmError::Malformed { .. })), "{text}: {error:?}");
    }
    let invalid = read_summary(&b"<a>\xff\xfe\xc3</a>"[..], ReadLimits::default());
    assert!(invalid.is_err(), "{invalid:?}");
}

/// A document that never ends.
struct Endless<'a> {
    start: &'a [u8],
    again: &'a [u8],
    at: usize,
}

impl Read for Endless<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        for byte in out.iter_mut() {
            *byte = match self.start.get(self.at) {
                Some(byte) => *byte,
                None => self.again[(self.at - self.start.len()) % self.again.len()],
            };
            self.at += 1;
        }
        Ok(out.len())
    }
}

#[test]
fn documents_without_end_stop_at_the_stated_limits() {
    let limits = ReadLimits { depth: 64, event_bytes: 10_000, kept_bytes: 100_000 };
    let cases = [
        ("<a>", "<b>"),
        ("<", "a"),
        ("<a ", "b='c' "),
        ("<a b='", "c"),
        ("<!--", " "),
        ("<a>", "text "),
        ("<a><![CDATA[", "text"),
        ("<a>", "<audioObject audioObjectID='AO_1001' audioObjectName='x'/>"),
        ("<a><audioObject>", "<audioPackFormatIDRef>AP_00031001</audioPackFormatIDRef>"),
        ("<a><audioPackFormat>", "<audioChannelFormatIDRef>AC_00031001</audioChannelFormatIDRef>"),
        ("<a><audioObject><b>", "text<!-- -->"),
    ];
    for (start, again) in cases {
        let endless = Endless { start: start.as_bytes(), again: again.as_bytes(), at: 0 };
        let got = read_summary(BufReader::new(endless), limits);
        assert!(matches!(got, Err(AdmError::TooLarge { .. })), "{start}{again}…: {got:?}");
    }
}

#[test]
fn shared_labels_cannot_be_multiplied_beyond_the_limit() {
    let label = "L".repeat(5_000);
    let mut text = format!(
        "<x><audioChannelFormat audioChannelFormatID='AC_1'><audioBlockFormat>\
         <speakerLabel>{label}</speakerLabel></audioBlockFormat></audioChannelFormat>\
         <audioPackFormat audioPackFormatID='AP_1'>"
    );
    text += &"<audioChannelFormatIDRef>AC_1</audioChannelFormatIDRef>".repeat(500);
    text += "</audioPackFormat></x>";
    let limits = ReadLimits { depth: 64, event_bytes: 10_000, kept_bytes: 200_000 };
    let got = read_summary(text.as_bytes(), limits);
    assert!(matches!(got, Err(AdmError::TooLarge { .. })), "{got:?}");
}

#[test]
fn every_cut_and_every_flipped_byte_of_a_master_ends_well() {
    let timeline = Programme::new(SampleRate::HZ_48000, 4_800)
        .bed("Bed", BedFormat::F2_0)
        .object("Mover", vec![room(0, 0.0, 1.0, 0.0), room(1_000, 1.0, 1.0, 0.0)])
        .done();
    let mut text = Vec::new();
    write_axml(&timeline, &mut text).unwrap();
    assert!(read_summary(&text[..], ReadLimits::default()).is_ok());
    // Only the line end after the root may be missing.
    for cut in 0..text.len() - 1 {
        assert!(read_summary(&text[..cut], ReadLimits::default()).is_err(), "cut at {cut}");
    }
    for at in 0..text.len() {
        for bit in [1, 4, 128] {
            text[at] ^= bit;
            let summary = read_summary(&text[..], ReadLimits::default());
            text[at] ^= bit;
            assert!(summary.is_err() || summary.is_ok_and(|s| s.objects.len() <= 2));
        }
    }
}
