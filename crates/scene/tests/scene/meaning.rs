//! What the keys mean: sources of lanes, offsets, lengths, outputs.

use super::{all_findings, assert_found, scene, stem, timeline};
use cupola_model::{
    BedLabel, BinauralMode, ChannelOrder, FrameRate, Severity, StemFacts, StemOffset, Timeline,
};
use cupola_scene::{BitDepth, HeadRequest, LayoutRequest, OutputKind, parse_scene};

/// A 7.1.2 bed with one route, of a stem with this many channels.
fn bed(route: &str, channels: u16) -> Timeline {
    timeline(&bed_text("7.1.2", route), &[stem(channels, 48_000)])
}

fn bed_text(format: &str, route: &str) -> String {
    format!(
        "cupola: 1\nstems: {{a: {{file: a.wav}}}}\nbeds:\n  - format: {format}\n    routes:\n      - {{stem: a{route}}}\n"
    )
}

/// Channel and gain in dB of everything that feeds a bed channel.
fn feeds(timeline: &Timeline, label: BedLabel) -> Vec<(u16, f64)> {
    let bed = timeline.beds().next().unwrap();
    let channel = bed.channels.iter().find(|c| c.label == label).unwrap();
    let lane = &timeline.lanes[channel.lane.0];
    let db = |gain: f64| (20.0 * gain.log10() * 1000.0).round() / 1000.0;
    lane.sources.iter().map(|s| (s.channel, db(s.gain.0))).collect()
}

fn fed(timeline: &Timeline) -> Vec<BedLabel> {
    BedLabel::ALL
        .into_iter()
        .filter(|l| timeline.beds().next().unwrap().channels.iter().any(|c| c.label == *l))
        .filter(|l| !feeds(timeline, *l).is_empty())
        .collect()
}

#[test]
fn a_stereo_stem_goes_to_l_and_r_unless_told_otherwise() {
    let timeline = bed("", 2);
    assert_eq!(fed(&timeline), [BedLabel::L, BedLabel::R]);
    assert_eq!(feeds(&timeline, BedLabel::L), [(0, 0.0)]);
    assert_eq!(feeds(&timeline, BedLabel::R), [(1, 0.0)]);
}

#[test]
fn left_and_right_are_kept_by_side_and_the_middle_gets_half_of_both() {
    let timeline =
        bed(", to: {Lss: -9, Rrs: -3, Lts: 0, C: -1, LFE: -10}, gain: -2, lowpass: 120", 2);
    assert_eq!(feeds(&timeline, BedLabel::Lss), [(0, -11.0)]);
    assert_eq!(feeds(&timeline, BedLabel::Rrs), [(1, -5.0)]);
    assert_eq!(feeds(&timeline, BedLabel::Lts), [(0, -2.0)]);
    // (L+R)/2: each at −6.021 dB.
    assert_eq!(feeds(&timeline, BedLabel::C), [(0, -9.021), (1, -9.021)]);
    assert_eq!(feeds(&timeline, BedLabel::Lfe), [(0, -18.021), (1, -18.021)]);
    assert!(timeline.lanes.iter().flat_map(|l| &l.sources).all(|s| s.low_pass_hz == Some(120.0)));
}

#[test]
fn a_list_in_any_order_keeps_the_sides() {
    let timeline = bed(", to: [Rss, Lss]", 2);
    assert_eq!(feeds(&timeline, BedLabel::Lss), [(0, 0.0)]);
    assert_eq!(feeds(&timeline, BedLabel::Rss), [(1, 0.0)]);
    let text = bed_text("7.1.2", ", to: ¦[Rss, Lss]");
    let found = assert_found(&text, &[stem(2, 10)], "scene.route.sides", Severity::Warning);
    assert!(found.hint.contains("channel: left"), "{found}");
    let kept = all_findings(&bed_text("7.1.2", ", to: [Lss, Rss]"), &[stem(2, 10)]);
    assert!(kept.iter().all(|f| f.rule != "scene.route.sides"), "{kept:?}");
}

#[test]
fn one_channel_goes_wherever_it_is_sent() {
    assert_eq!(feeds(&bed(", to: C", 1), BedLabel::C), [(0, 0.0)]);
    let both = bed(", channel: right, to: [L, R]", 2);
    assert_eq!(
        (feeds(&both, BedLabel::L), feeds(&both, BedLabel::R)),
        (vec![(1, 0.0)], vec![(1, 0.0)])
    );
    let sixth = bed(", channel: 6, to: Rrs", 6);
    assert_eq!(feeds(&sixth, BedLabel::Rrs), [(5, 0.0)]);
    let text = bed_text("5.1", "").replace("- {stem", "- ¦{stem");
    let found = assert_found(&text, &[stem(1, 10)], "scene.route.target", Severity::Error);
    assert!(found.hint.contains("to: C"), "{found}");
    let text = bed_text("5.1", ", channel: ¦3, to: C");
    assert_found(&text, &[stem(2, 10)], "scene.stem.channel", Severity::Error);
    assert_found(
        &bed_text("5.1", ", channel: ¦left, to: C"),
        &[stem(1, 10)],
        "scene.stem.channel",
        Severity::Error,
    );
}

#[test]
fn a_surround_stem_feeds_the_channels_of_its_bed_in_order() {
    let text = bed_text("5.1", "");
    let facts = [stem(6, 48_000)];
    let six = timeline(&text, &facts);
    for (i, label) in
        [BedLabel::L, BedLabel::R, BedLabel::C, BedLabel::Lfe, BedLabel::Ls, BedLabel::Rs]
            .into_iter()
            .enumerate()
    {
        assert_eq!(feeds(&six, label), [(i as u16, 0.0)]);
    }
    let rules: Vec<_> = all_findings(&text, &facts).iter().map(|f| f.rule).collect();
    assert_eq!(
        rules,
        ["scene.route.in_order", "scene.master.bed"]
            .map(|r| r)
            .as_slice()
            .iter()
            .rev()
            .copied()
            .collect::<Vec<_>>()
            .as_slice()
    );
    let listed = timeline(&bed_text("7.1.2", ", to: [L, R, C, LFE, Lrs, Rrs]"), &facts);
    assert_eq!(feeds(&listed, BedLabel::Rrs), [(5, 0.0)]);
    assert_found(&bed_text("5.1", ", to: ¦[L, R]"), &facts, "scene.route.target", Severity::Error);
    let text = bed_text("7.1", "").replace("- {stem", "- ¦{stem");
    assert_found(&text, &facts, "scene.route.target", Severity::Error);
}

#[test]
fn a_full_range_send_to_the_lfe_is_warned_of() {
    for route in [", to: ¦LFE", ", to: ¦[L, R, LFE]", ", to: ¦{LFE: -10}"] {
        assert_found(
            &bed_text("5.1", route),
            &[stem(2, 10)],
            "scene.lfe.no_lowpass",
            Severity::Warning,
        );
    }
    for (route, channels) in [(", to: LFE, lowpass: 120", 2), (", to: [L, R]", 2), ("", 6)] {
        let findings = all_findings(&bed_text("5.1", route), &[stem(channels, 10)]);
        assert!(findings.iter().all(|f| f.rule != "scene.lfe.no_lowpass"), "{findings:#?}");
    }
}

#[test]
fn the_lfe_is_never_spatialised_and_parts_override_the_default() {
    let text = "cupola: 1
defaults: {binaural: far}
stems: {a: {file: a.wav}}
beds: [{format: 5.1, routes: [{stem: a}]}]
objects:
  - {stem: a, channel: left, position: {azimuth: 0}}
  - {stem: a, channel: right, name: b, binaural: off, position: {azimuth: 0}}
";
    let timeline = timeline(text, &[stem(2, 10)]);
    for channel in &timeline.beds().next().unwrap().channels {
        let wanted =
            if channel.label == BedLabel::Lfe { BinauralMode::Off } else { BinauralMode::Far };
        assert_eq!(channel.binaural, wanted, "{}", channel.label);
    }
    let modes: Vec<_> = timeline.objects().map(|o| o.binaural).collect();
    assert_eq!(modes, [BinauralMode::Far, BinauralMode::Off]);
}

#[test]
fn a_padded_bed_has_ten_channels_and_keeps_every_place() {
    let text = format!("{}pad_bed: 7.1.2\n", bed_text("5.1", ", to: [L, Rs]"));
    let padded = timeline(&text, &[stem(2, 10)]);
    let labels: Vec<_> =
        padded.beds().next().unwrap().channels.iter().map(|c| c.label.name()).collect();
    assert_eq!(labels.join(" "), "L R C LFE Lss Rss Lrs Rrs Lts Rts");
    assert_eq!(fed(&padded), [BedLabel::L, BedLabel::Rrs]);
    assert_eq!(BedLabel::Rs.position(), BedLabel::Rrs.position());
    let none = timeline(
        "cupola: 1\npad_bed: 7.1.2\nstems: {a: {file: a.wav}}\nobjects: [{stem: a, position: {azimuth: 0}}]\n",
        &[stem(1, 10)],
    );
    assert_eq!((none.items[0].name(), none.lanes.len()), ("Bed", 11));
    assert!(none.lanes[..10].iter().all(|lane| lane.sources.is_empty()));
}

#[test]
fn a_stereo_stem_as_an_object_is_refused_with_three_remedies() {
    let text =
        "cupola: 1\nstems: {a: {file: a.wav}}\nobjects:\n  - ¦{stem: a, position: {azimuth: 0}}\n";
    let found = assert_found(text, &[stem(2, 10)], "scene.object.stereo", Severity::Error);
    for remedy in ["pair: {width: 60}", "channel: left", "fold: mono"] {
        assert!(found.hint.contains(remedy), "{found}");
    }
    assert_found(text, &[stem(6, 10)], "scene.object.stereo", Severity::Error);
    let pair = "cupola: 1\nstems: {a: {file: a.wav}}\nobjects:\n  - {stem: a, pair: ¦{width: 9}, position: {azimuth: 0}}\n";
    assert_found(pair, &[stem(1, 10)], "scene.object.stereo", Severity::Error);
    let fold = "cupola: 1\nstems: {a: {file: a.wav}}\nobjects:\n  - {stem: a, fold: ¦mono, position: {azimuth: 0}}\n";
    assert_found(fold, &[stem(3, 10)], "scene.object.stereo", Severity::Error);
    let two = "cupola: 1\nstems: {a: {file: a.wav}}\nobjects:\n  - {stem: a, channel: 1, fold: ¦mono, position: {azimuth: 0}}\n";
    assert_found(two, &[stem(2, 10)], "scene.key.conflict", Severity::Error);
}

#[test]
fn static_gains_are_baked_into_the_lane_and_keyframe_gains_come_on_top() {
    let text = "cupola: 1
stems: {a: {file: a.wav, gain: -3}}
objects:
  - {stem: a, fold: mono, gain: -1, position: {azimuth: 0}, automation: [{at: 0, gain: -6}]}
";
    let timeline = timeline(text, &[stem(2, 10)]);
    for (source, channel) in timeline.lanes[0].sources.iter().zip([0, 1]) {
        // (L+R)/2 at −4 dB.
        assert_eq!(source.channel, channel);
        assert!((source.gain.0 - 0.5 * 10_f64.powf(-4.0 / 20.0)).abs() < 1e-12);
    }
    let state = timeline.objects().next().unwrap().automation.points()[0].state;
    assert!((state.gain.0 - 10_f64.powf(-6.0 / 20.0)).abs() < 1e-12);
}

#[test]
fn offsets_in_samples_count_in_the_file_and_others_in_the_session() {
    let text = |offset: &str| {
        format!(
            "cupola: 1\nstems: {{a: {{file: a.wav, offset: {offset}}}}}\nobjects: [{{stem: a, position: {{azimuth: 0}}}}]\n"
        )
    };
    let facts = [Some(StemFacts {
        sample_rate: 44_100,
        channels: 1,
        frames: 44_100,
        format: String::new(),
        lossy: false,
    })];
    for (offset, wanted, length) in [
        ("22050 samples", StemOffset::FileFrames(22_050), 72_000),
        ("-22050 samples", StemOffset::FileFrames(-22_050), 24_000),
        ("0.5 s", StemOffset::SessionFrames(24_000), 72_000),
        ("-0:00.5", StemOffset::SessionFrames(-24_000), 24_000),
        ("0", StemOffset::SessionFrames(0), 48_000),
    ] {
        let timeline = timeline(&text(offset), &facts);
        assert_eq!((timeline.stems[0].offset, timeline.length.0), (wanted, length), "{offset}");
    }
    let gone = text("-2 s").replace("stems: {a:", "end: 1\nstems: {¦a:");
    assert_found(&gone, &facts, "scene.stem.outside", Severity::Warning);
    let late = text("2 s").replace("stems: {a:", "end: 1\nstems: {¦a:");
    assert_found(&late, &facts, "scene.stem.outside", Severity::Warning);
}

#[test]
fn the_programme_ends_at_end_or_with_the_longest_used_stem() {
    let text = "cupola: 1\nstems: {a: {file: a.wav}, b: {file: b.wav}, c: {file: c.wav}}\nobjects:\n  - {stem: a, position: {azimuth: 0}}\n  - {stem: b, position: {azimuth: 0}}\n";
    let facts = [stem(1, 100), stem(1, 300), stem(1, 9000)];
    let free = timeline(text, &facts);
    assert_eq!(free.length.0, 300);
    let names: Vec<_> = free.stems.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, ["a", "b"], "only stems that are used are read");
    assert_eq!(
        timeline(&text.replace("cupola: 1", "cupola: 1\nend: 1 s"), &facts).length.0,
        48_000
    );
    let unused = text.replace("c: {file", "¦c: {file");
    assert_found(&unused, &facts, "scene.stem.unused", Severity::Warning);
    assert_found(
        &format!("¦{text}"),
        &[stem(1, 0), stem(1, 0), None],
        "scene.programme.length",
        Severity::Error,
    );
    let day = 48_000 * 86_400;
    assert_found(
        &format!("¦{text}"),
        &[stem(1, day), stem(1, day + 1), None],
        "scene.programme.length",
        Severity::Error,
    );
    let zero = text.replace("cupola: 1", "cupola: 1\nend: ¦0");
    assert_found(&zero, &facts, "scene.programme.length", Severity::Error);
    assert_found("¦cupola: 1\n", &[], "scene.programme.empty", Severity::Error);
}

#[test]
fn a_stem_that_could_not_be_opened_leaves_no_value_but_hides_nothing() {
    let text = "cupola: 1\nstems: {a: {file: a.wav}, b: {file: b.wav}}\nobjects:\n  - {stem: a, position: {azimuth: 0}}\n  - {stem: b, position: {azimuth: 0}}\n";
    let resolved = scene(text).resolve(&[None, stem(2, 10)]);
    assert!(resolved.value.is_none());
    let rules: Vec<_> = resolved.findings.iter().map(|f| f.rule).collect();
    assert_eq!(rules, ["scene.object.stereo"]);
    assert!(scene(text).resolve(&[]).value.is_none());
}

#[test]
fn keyframes_out_of_order_twice_late_or_empty_are_shown() {
    let text = |keys: &str| {
        format!(
            "cupola: 1\nend: 10\nstems: {{a: {{file: a.wav}}}}\nobjects:\n  - {{stem: a, position: {{azimuth: 0}}, automation: [{keys}]}}\n"
        )
    };
    let facts = [stem(1, 48_000)];
    for (keys, rule, severity) in [
        ("{at: 2, size: 1}, {at: ¦1, size: 0}", "scene.keyframe.order", Severity::Error),
        (
            "{at: 1, size: 1}, {at: ¦48000 samples, size: 0}",
            "scene.keyframe.twice",
            Severity::Error,
        ),
        (
            "{at: 0, size: 1}, {at: ¦11, size: 0}, {at: 12, size: 1}",
            "scene.keyframe.after_end",
            Severity::Warning,
        ),
        ("¦{at: 0}", "scene.keyframe.empty", Severity::Error),
        ("{at: ¦1, azimuth: 9}", "scene.keyframe.jump", Severity::Note),
        ("{at: 1, azimuth: 0}, {at: 2, ¦x: 1}", "scene.position.mixed", Severity::Error),
    ] {
        let marked = if rule == "scene.position.mixed" {
            text(keys).replace("¦x: 1", "x: ¦1")
        } else {
            text(keys)
        };
        assert_found(&marked, &facts, rule, severity);
    }
}

#[test]
fn names_that_clash_or_are_too_long_are_warned_of() {
    let text = format!(
        "cupola: 1\nstems: {{a: {{file: a.wav}}}}\nobjects:\n  - {{stem: a, position: {{azimuth: 0}}}}\n  - ¦{{stem: a, position: {{azimuth: 0}}}}\n  - {{stem: a, name: {}, position: {{azimuth: 0}}}}\n",
        "é".repeat(64)
    );
    assert_found(&text, &[stem(1, 10)], "scene.name.duplicate", Severity::Warning);
    let long =
        text.replace('¦', "").replace("é,", "éé,").replace("- {stem: a, name", "- ¦{stem: a, name");
    assert_found(&long, &[stem(1, 10)], "scene.name.long", Severity::Warning);
}

#[test]
fn outputs_are_what_was_asked_for() {
    let head = "cupola: 1\ntitle: T\nframe_rate: 25\nreference: ref.flac\nstems: {a: {file: sub/a.wav}}\nobjects: [{stem: a, position: {azimuth: 0}}]\n";
    let scene_of = |outputs: &str| scene(&format!("{head}{outputs}"));
    let plain = scene_of("");
    let names: Vec<_> = plain.outputs().iter().map(|o| o.name.as_str()).collect();
    assert_eq!(names, ["7.1.4", "binaural", "adm-bwf"]);
    assert_eq!((plain.title(), plain.artist(), plain.frame_rate()), ("T", "", FrameRate::Fps25));
    let (reference, place) = plain.reference().unwrap();
    assert_eq!((reference, place.line, place.column), ("ref.flac", 4, 12));
    assert_eq!((plain.stems()[0].path.as_str(), plain.stems()[0].place.line), ("sub/a.wav", 5));
    let asked = scene_of(
        "outputs:\n  - {speakers: rooms/my.yaml, bits: 32, order: wave}\n  - {binaural: default, bits: 16, name: phones}\n  - {binaural: heads/Anna.sofa}\n",
    );
    let place = &asked.outputs()[1].place;
    assert_eq!((place.line, place.column, place.path.as_str()), (9, 5, "outputs[1]"));
    assert_eq!(
        asked.outputs()[0].kind,
        OutputKind::Speakers {
            layout: LayoutRequest::File("rooms/my.yaml".into()),
            bits: BitDepth::Float32,
            order: ChannelOrder::Wave
        }
    );
    assert_eq!(
        asked.outputs()[1].kind,
        OutputKind::Binaural { head: HeadRequest::Default, bits: BitDepth::Int16 }
    );
    let names: Vec<_> = asked.outputs().iter().map(|o| o.name.as_str()).collect();
    assert_eq!(names, ["my", "phones", "binaural_Anna"]);
    let anna = HeadRequest::Sofa("heads/Anna.sofa".into());
    assert_eq!(asked.outputs()[2].kind, OutputKind::Binaural { head: anna, bits: BitDepth::Int24 });
    for (outputs, rule) in [
        ("outputs: [{speakers: 5.1}, ¦{speakers: 5.1, bits: 16}]\n", "scene.output.twice"),
        ("outputs: [{speakers: 5.1}, ¦{}]\n", "scene.key.missing"),
        ("outputs: [¦{speakers: 5.1, binaural: default}]\n", "scene.key.conflict"),
        ("outputs: [{master: adm-bwf, bits: ¦24}]\n", "scene.key.conflict"),
    ] {
        assert_found(&format!("{head}{outputs}"), &[stem(1, 10)], rule, Severity::Error);
    }
}

#[test]
fn a_group_can_be_heard_alone_without_changing_tracks_or_length() {
    let text = "cupola: 1
stems: {a: {file: a.wav}, b: {file: b.wav}}
beds: [{format: 5.1, routes: [{stem: a, groups: [drums]}, {stem: b, to: [Ls, Rs]}]}]
objects: [{stem: b, channel: left, groups: [vocals], position: {azimuth: 0}}]
";
    let facts = [stem(2, 10), stem(2, 99)];
    let whole = timeline(text, &facts);
    let mut drums = scene(text);
    assert_eq!(drums.groups(), ["drums", "vocals"]);
    drums.keep_share(&["drums"], 0).unwrap();
    let drums = drums.resolve(&facts).value.unwrap();
    assert_eq!((drums.length, drums.lanes.len()), (whole.length, whole.lanes.len()));
    let fed: Vec<_> = drums.lanes.iter().map(|l| l.sources.len()).collect();
    assert_eq!(fed, [1, 1, 0, 0, 0, 0, 0]);
    let nobody = scene(text).keep_share(&["vocal"], 0).unwrap_err().to_string();
    assert!(nobody.ends_with("it has drums, vocals; did you mean `vocals`?"), "{nobody}");
}

#[test]
fn every_source_of_a_lane_is_in_one_share_of_a_split() {
    let text = "cupola: 1
stems: {a: {file: a.wav}, b: {file: b.wav}}
beds: [{format: 5.1, routes: [{stem: a, groups: [drums]}, {stem: b, groups: [low, drums], to: [Ls, Rs]}]}]
objects:
  - {name: Lead, stem: b, channel: left, groups: [vocals, low], position: {azimuth: 0}}
  - {stem: b, channel: right, position: {azimuth: 0}}
";
    let facts = [stem(2, 10), stem(2, 99)];
    // Of two groups, the one that is named first counts, and not the one the scene names first.
    for (groups, fed) in [
        (&["drums", "low"][..], [[1, 1, 0, 0, 1, 1, 0, 0], [0, 0, 0, 0, 0, 0, 1, 0]]),
        (&["low", "drums"], [[0, 0, 0, 0, 1, 1, 1, 0], [1, 1, 0, 0, 0, 0, 0, 0]]),
    ] {
        let rest = [0, 0, 0, 0, 0, 0, 0, 1];
        for (index, fed) in fed.into_iter().chain([rest]).enumerate() {
            let mut share = scene(text);
            share.keep_share(groups, index).unwrap();
            let share = share.resolve(&facts).value.unwrap();
            assert_eq!(share.length.0, 99);
            let got: Vec<_> = share.lanes.iter().map(|l| l.sources.len()).collect();
            assert_eq!(got, fed, "{groups:?} {index}");
        }
    }
    let shared = scene(text).shared_parts(&["vocals", "low", "drums"]);
    let shared: Vec<_> = shared.iter().map(|(name, of)| (name.as_str(), of.join(" "))).collect();
    assert_eq!(shared, [("Bed", "low drums".to_owned()), ("Lead", "vocals low".to_owned())]);
}

#[test]
fn the_example_scenes_are_read() {
    let folder = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenes"));
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path().join("scene.yaml");
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let checked = parse_scene(&text, "scene.yaml");
        assert!(checked.value.is_some(), "{}: {:#?}", path.display(), checked.findings);
        count += 1;
    }
    assert!(count >= 3, "only {count} scenes were found");
}
