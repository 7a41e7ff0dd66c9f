//! Surround stems taken apart into bed channels and objects.

use super::{assert_found, stem, timeline};
use cupola_model::{BinauralMode, Position, Severity, Timeline};

fn split(bed: &str, keys: &str, channels: u16) -> Timeline {
    let text = format!(
        "cupola: 1\nstems: {{s: {{file: s.wav}}, o: {{file: o.wav}}}}\nbeds:\n  - format: {bed}\n    \
         groups: [music]\n    binaural: far\n    routes: [{{stem: s, gain: -6, groups: [pads, \
         music], {keys}}}]\nobjects: [{{stem: o, position: {{azimuth: 0}}}}]\n"
    );
    timeline(&text, &[stem(channels, 48_000), stem(1, 48_000)])
}

/// For every fed bed channel its name and the stem's channel, and the same for objects of the stem
/// with their places.
fn shown(timeline: &Timeline) -> (String, String) {
    let channel = |lane: cupola_model::TrackIndex| {
        let sources = &timeline.lanes[lane.0].sources;
        assert!(sources.len() <= 1 && sources.iter().all(|s| s.low_pass_hz.is_none()));
        sources.first().map(|source| {
            assert!((20.0 * source.gain.0.log10() + 6.0).abs() < 1e-9);
            source.channel
        })
    };
    let bed = timeline.beds().next().unwrap();
    let fed = bed.channels.iter().filter_map(|c| Some(format!("{}{}", c.label, channel(c.lane)?)));
    let objects = timeline.objects().filter(|object| object.name.starts_with("s "));
    let objects = objects.map(|object| {
        assert_eq!(object.binaural, BinauralMode::Far);
        assert_eq!(object.groups, ["music", "pads"]);
        assert!(object.automation.is_static());
        let Position::Room(r) = object.automation.points()[0].state.position else {
            panic!("{} is not in the room", object.name)
        };
        let name = object.name.strip_prefix("s ").unwrap();
        format!("{name}{}@{},{},{}", channel(object.lane).unwrap(), r.x, r.y, r.z)
    });
    (fed.collect::<Vec<_>>().join(" "), objects.collect::<Vec<_>>().join(" "))
}

/// Bed, keys, channels of the stem, what feeds the bed, and the objects.
#[rustfmt::skip]
const CASES: &[(&str, &str, u16, &str, &str)] = &[
    ("7.1.2", "split: 7.1.4", 12, "L0 R1 C2 LFE3 Lss4 Rss5 Lrs6 Rrs7",
        "Ltf8@-1,1,1 Rtf9@1,1,1 Ltr10@-1,-1,1 Rtr11@1,-1,1"),
    ("7.1.2", "split: 7.1.4, order: wave", 12, "L0 R1 C2 LFE3 Lss6 Rss7 Lrs4 Rrs5",
        "Ltf8@-1,1,1 Rtf9@1,1,1 Ltr10@-1,-1,1 Rtr11@1,-1,1"),
    ("7.1.2", "split: 7.1.4, order: film", 12, "L0 R2 C1 LFE7 Lss3 Rss4 Lrs5 Rrs6",
        "Ltf8@-1,1,1 Rtf9@1,1,1 Ltr10@-1,-1,1 Rtr11@1,-1,1"),
    ("7.1.2", "split: 7.1.2", 10, "L0 R1 C2 LFE3 Lss4 Rss5 Lrs6 Rrs7 Lts8 Rts9", ""),
    ("5.1", "split: 5.1.4", 10, "L0 R1 C2 LFE3 Ls4 Rs5",
        "Ltf6@-1,1,1 Rtf7@1,1,1 Ltr8@-1,-1,1 Rtr9@1,-1,1"),
    ("5.1", "split: 5.1, order: film", 6, "L0 R2 C1 LFE5 Ls3 Rs4", ""),
    // The surrounds of 5.1 stand where the rear channels of a 7.1.2 bed do.
    ("7.1.2", "split: quad", 4, "L0 R1 Lrs2 Rrs3", ""),
    ("7.1.2", "split: 5.0, order: film", 5, "L0 R2 C1 Lrs3 Rrs4", ""),
    ("2.0", "split: 4.0", 4, "L0 R1", "Ls2@-1,-1,0 Rs3@1,-1,0"),
    ("7.1", "split: 9.1.6", 16, "L0 R1 C2 LFE3 Lss4 Rss5 Lrs6 Rrs7",
        "Lw8@-1,0.677419,0 Rw9@1,0.677419,0 Ltf10@-1,1,1 Rtf11@1,1,1 Ltm12@-1,0,1 Rtm13@1,0,1 \
         Ltr14@-1,-1,1 Rtr15@1,-1,1"),
];

#[test]
fn loudspeakers_go_to_the_bed_channel_at_their_place_or_become_objects() {
    for (bed, keys, channels, fed, objects) in CASES {
        let timeline = split(bed, keys, *channels);
        timeline.validate().unwrap();
        let found = shown(&timeline);
        assert_eq!((found.0.as_str(), found.1.as_str()), (*fed, *objects), "{bed} {keys}");
        assert_eq!(timeline.objects().next().unwrap().name, "o", "objects of the scene come first");
    }
}

fn route(bed: &str, keys: &str) -> String {
    format!(
        "cupola: 1\nstems: {{s: {{file: s.wav}}}}\nbeds:\n  - format: {bed}\n    routes:\n      - \
         {{stem: s, {keys}}}\n"
    )
}

#[test]
fn what_cannot_be_split_is_refused_with_its_place() {
    let error = |bed: &str, keys: &str, channels: u16, rule: &str| {
        assert_found(&route(bed, keys), &[stem(channels, 48_000)], rule, Severity::Error)
    };
    let wrong = error("7.1.2", "split: ¦7.1.4", 8, "scene.route.split");
    assert_eq!((wrong.found.as_str(), wrong.allowed.as_str()), ("8 channels", "12"));
    error("7.0", "split: ¦7.1", 8, "scene.route.split");
    error("7.1.2", "split: 9.1.6, order: ¦wave", 16, "scene.route.split");
    error("7.1.2", "split: 7.1.2, order: ¦wave", 10, "scene.route.split");
    let typo = error("7.1.2", "split: ¦7.1.4.", 12, "scene.value.word");
    assert_eq!(typo.hint, "did you mean `7.1.4`?");
    error("7.1.2", "split: 5.1, to: ¦[L, R]", 6, "scene.key.conflict");
    error("7.1.2", "split: 5.1, lowpass: ¦120", 6, "scene.key.conflict");
    error("7.1.2", "split: 5.1, channel: ¦1", 6, "scene.key.conflict");
}

#[test]
fn a_note_says_what_became_what_and_the_lfe_is_no_reason_to_warn() {
    let text = route("7.1.2", "split: ¦7.1.4");
    let note = assert_found(&text, &[stem(12, 48_000)], "scene.route.split", Severity::Note);
    assert_eq!(
        note.found,
        "to the bed L, R, C, LFE, Lss, Rss, Lrs, Rrs; to objects Ltf, Rtf, Ltr, Rtr"
    );
    let findings = super::all_findings(&text.replace('¦', ""), &[stem(12, 48_000)]);
    assert!(findings.iter().all(|f| f.rule != "scene.lfe.no_lowpass"), "{findings:?}");
}

#[test]
fn objects_of_split_stems_count_for_the_limits() {
    let routes: Vec<_> = (0..30).map(|i| format!("{{stem: s{i}, split: 7.1.4}}")).collect();
    let stems: Vec<_> = (0..30).map(|i| format!("s{i}: {{file: {i}.wav}}")).collect();
    let text = format!(
        "cupola: 1\nstems: {{{}}}\nbeds: [{{format: 7.1.2, routes: [{}]}}]\n",
        stems.join(", "),
        routes.join(", ")
    );
    let findings = super::all_findings(&text, &vec![stem(12, 48_000); 30]);
    let limit: Vec<_> = findings.iter().filter(|f| f.rule == "scene.limit.objects").collect();
    assert_eq!((limit.len(), limit[0].found.as_str()), (1, "120"));
}
