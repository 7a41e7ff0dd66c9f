//! Bars, beats, timecode and relative times, against twins that count beat by beat.

use super::flattening::Random;
use super::{assert_found, stem, timeline};
use cupola_model::Severity;

/// The length of a scene with this head, in frames.
fn end(head: &str, end: &str) -> u64 {
    let text = format!("cupola: 1\n{head}\nend: {end}\n{REST}");
    timeline(&text, &[stem(1, 10)]).length.0
}

const REST: &str = "stems: {a: {file: a.wav}}\nobjects: [{stem: a, position: {azimuth: 0}}]\n";

/// Frames of keyframes at these times, told by steps of the gain.
fn frames(head: &str, times: &[&str]) -> Vec<u64> {
    let keys: Vec<_> = times
        .iter()
        .enumerate()
        .map(|(i, at)| format!("{{at: {at}, gain: {}, curve: hold}}", -1 - i as i32))
        .collect();
    let text = format!(
        "cupola: 1\n{head}\nend: 1:00:00\nstems: {{a: {{file: a.wav}}}}\nobjects:\n  - {{stem: a, position: {{azimuth: 0}}, automation: [{}]}}\n",
        keys.join(", ")
    );
    let timeline = timeline(&text, &[stem(1, 10)]);
    let points = timeline.objects().next().unwrap().automation.points();
    (0..times.len())
        .map(|i| {
            let wanted = 10_f64.powf((-1.0 - i as f64) / 20.0);
            points.iter().find(|p| (p.state.gain.0 - wanted).abs() < 1e-12).unwrap().frame.0
        })
        .collect()
}

#[test]
fn bars_and_beats_count_from_one() {
    let head = "tempo: {bpm: 128, meter: 4/4}";
    assert_eq!(
        frames(head, &["bar 1", "bar 2", "bar 2 beat 2.5", "bar 9"]),
        [0, 90_000, 123_750, 720_000]
    );
    assert_eq!(end("tempo: {bpm: 60}", "bar 3 beat 4"), 11 * 48_000);
    assert_eq!(end("tempo: {bpm: 90, meter: 6/8}", "bar 2 beat 4"), 3 * 48_000, "3 quarters a bar");
    // 7 beats of 60/97 s are 207 835.05… frames.
    assert_eq!(end("tempo: {bpm: 97}", "bar 2 beat 4"), 207_835);
}

#[test]
fn a_ramp_is_linear_in_time() {
    let head = "tempo: [{bpm: 60}, {at: bar 2, bpm: 90}, {at: bar 4, bpm: 30, ramp: true}]";
    // 4 s, then 8 quarters at 60 bpm on the mean take 8 s, then bars of 8 s.
    assert_eq!(frames(head, &["bar 2", "bar 4", "bar 5"]), [192_000, 576_000, 960_000]);
    // After 4 s of the ramp the tempo is 60 and (90 + 60) / 2 / 60 * 4 = 5 quarters are over.
    assert_eq!(frames(head, &["bar 3 beat 2"]), [384_000]);
    assert_eq!(frames(head, &["8 s", "+1 beat"])[1] - 384_000, {
        let b = (60.0_f64 * 60.0 - (90.0 * 90.0 - 30.0 * 30.0) / 8.0).sqrt();
        (120.0 / (60.0 + b) * 48_000.0_f64).round() as u64
    });
}

#[test]
fn random_tempos_and_meters_agree_with_a_twin_that_walks_beat_by_beat() {
    for seed in 1..=60_u64 {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let mut changes = vec![(0_u64, 40 + random.below(160), (4_u64, 4_u64))];
        for _ in 0..random.below(6) {
            let last = *changes.last().unwrap();
            let meter = (1 + random.below(9), 1 << random.below(5));
            changes.push((last.0 + 1 + random.below(5), 40 + random.below(160), meter));
        }
        let list: Vec<_> = changes
            .iter()
            .map(|(bar, bpm, (n, d))| {
                format!("{{at: bar {}, bpm: {bpm}, meter: {n}/{d}}}", bar + 1)
            })
            .collect();
        let head = format!("tempo: [{}]", list.join(", "));
        // Walks every bar; time is kept in whole parts of a second.
        let (mut seconds, mut at) = (0.0_f64, changes[0]);
        for bar in 0..24 {
            if let Some(change) = changes.iter().find(|c| c.0 == bar) {
                at = *change;
            }
            let beat_seconds = 60.0 / at.1 as f64 * 4.0 / at.2.1 as f64;
            let beat = random.below(at.2.0);
            let frame = (seconds + beat as f64 * beat_seconds) * 48_000.0;
            if bar + beat > 0 && (frame.fract() - 0.5).abs() > 1e-4 {
                let text = format!("bar {} beat {}", bar + 1, beat + 1);
                assert_eq!(end(&head, &text), frame.round() as u64, "{text} of {head}");
            }
            seconds += at.2.0 as f64 * beat_seconds;
        }
    }
}

#[test]
fn relative_times_count_from_the_keyframe_before_and_do_not_drift() {
    let head = "tempo: {bpm: 97}";
    let bar = 4.0 * 60.0 / 97.0 * 48_000.0;
    let mut times = vec!["bar 1"];
    times.extend(["+1 bars"; 40]);
    for (i, frame) in frames(head, &times).into_iter().enumerate() {
        assert_eq!(frame, (bar * i as f64).round() as u64, "bar {i}");
    }
    let mixed = ["1.5 s", "+0.5 s", "+2 beats", "+48 samples", "+0:01", "+0.5 bars"];
    assert_eq!(
        frames("tempo: {bpm: 60, meter: 3/4}", &mixed),
        [72_000, 96_000, 192_000, 192_048, 240_048, 312_048]
    );
    // From the middle of a bar of 4/4 over a bar line to the middle of a bar of 3/4.
    let head = "tempo: [{bpm: 60}, {at: bar 2, meter: 3/4}]";
    assert_eq!(frames(head, &["bar 1 beat 3", "+1 bars", "+2 beats"]), [96_000, 264_000, 360_000]);
}

#[test]
fn timecode_counts_from_the_timecode_of_the_first_frame() {
    assert_eq!(end("frame_rate: 25", "00:00:10:05"), 489_600);
    let head = "frame_rate: 23.976\nstart_timecode: 01:00:00:00";
    assert_eq!(end(head, "01:00:01:00"), 48_048, "a second of timecode is 1.001 s");
    let drop = "frame_rate: 29.97df\nstart_timecode: 01:00:00;00";
    // 17 982 frames of 1001/30000 s.
    assert_eq!(end(drop, "01:10:00;00"), 28_799_971);
    assert_eq!(end(drop, "01:10:00:00"), 28_799_971);
    assert_eq!(
        end("sample_rate: 44100\noutputs: [{speakers: 5.1}]\nframe_rate: 29.97", "00:00:00:01"),
        1471
    );
    assert_eq!(frames("frame_rate: 30", &["00:00:01:15", "+1 s"]), [72_000, 120_000]);
    let text = format!(
        "cupola: 1\nframe_rate: 25\nstart_timecode: 10:00:00:00\nend: 10\nstems: {{a: {{file: a.wav, offset: 09:59:58:00}}}}\n{}",
        REST.split_once('\n').unwrap().1
    );
    let offset = timeline(&text, &[stem(1, 480_000)]).stems[0].offset;
    assert_eq!(offset, cupola_model::StemOffset::SessionFrames(-96_000));
}

#[test]
fn stems_start_at_bars() {
    let text = "cupola: 1\ntempo: {bpm: 120}\nstems: {a: {file: a.wav, offset: bar 3}}\nobjects: [{stem: a, position: {azimuth: 0}}]\n";
    assert_eq!(timeline(text, &[stem(1, 100)]).length.0, 192_100);
}

/// Head, marked end, rule.
const WRONG: &[(&str, &str, &str)] = &[
    ("title: x", "¦bar 9", "scene.time.no_tempo"),
    ("tempo: {bpm: 120}", "¦+2 bars", "scene.time.relative"),
    ("tempo: {bpm: 120}", "¦bar 0", "scene.value.range"),
    ("tempo: {bpm: 120}", "¦bar 1000001", "scene.value.range"),
    ("tempo: {bpm: 120}", "¦bar 2 beat 5", "scene.value.range"),
    ("tempo: {bpm: 120}", "¦bar 2 beat 0.5", "scene.value.range"),
    ("tempo: {bpm: 120, meter: 3/4}", "¦bar 2 beat 4", "scene.value.range"),
    ("tempo: {bpm: 10}", "¦bar 100000", "scene.value.range"),
    ("tempo: {bpm: 120}", "¦8 bars", "scene.value.time"),
    ("tempo: {bpm: 120}", "¦bar9", "scene.value.time"),
    ("frame_rate: 24", "¦00:00:01:24", "scene.value.timecode"),
    ("frame_rate: 30", "¦00:00:01;10", "scene.value.timecode"),
    ("frame_rate: 29.97df", "¦00:01:00;01", "scene.value.timecode"),
    ("start_timecode: 01:00:00:00", "¦00:59:59:23", "scene.value.range"),
];

#[test]
fn times_that_do_not_exist_are_refused_at_their_place() {
    for (head, end, rule) in WRONG {
        let text = format!("cupola: 1\n{head}\nend: {end}\n{REST}");
        assert_found(&text, &[stem(1, 10)], rule, Severity::Error);
    }
    let text = format!("cupola: 1\nend: ¦bar 9\n{REST}");
    let found = assert_found(&text, &[], "scene.time.no_tempo", Severity::Error);
    assert!(found.hint.contains("`tempo: {bpm: 120, meter: 4/4}`"), "{found}");
}

/// Marked tempos and their rules.
const WRONG_TEMPOS: &[(&str, &str)] = &[
    ("¦[]", "scene.value.empty"),
    ("¦~", "scene.value.empty"),
    ("¦{meter: 4/4}", "scene.key.missing"),
    ("{bpm: ¦fast}", "scene.value.number"),
    ("{bpm: 120, meter: ¦4}", "scene.tempo.meter"),
    ("{bpm: 120, meter: ¦4/5}", "scene.tempo.meter"),
    ("{bpm: 120, meter: ¦0/4}", "scene.tempo.meter"),
    ("{bpm: 120, meter: ¦65/64}", "scene.tempo.meter"),
    ("{bpm: 120, ramp: ¦true}", "scene.key.conflict"),
    ("{at: ¦bar 2, bpm: 120}", "scene.tempo.order"),
    ("[{bpm: 120}, ¦{bpm: 96}]", "scene.key.missing"),
    ("[{bpm: 120}, ¦{at: bar 2}]", "scene.key.missing"),
    ("[{bpm: 120}, ¦{at: bar 2, meter: 3/4, ramp: true}]", "scene.key.missing"),
    ("[{bpm: 120}, {at: ¦bar 1, bpm: 96}]", "scene.tempo.order"),
    ("[{bpm: 120}, {at: bar 3, bpm: 96}, {at: ¦bar 2, bpm: 90}]", "scene.tempo.order"),
    ("[{bpm: 120}, {at: bar 2, meter: 3/4}, {at: ¦bar 3 beat 4, bpm: 90}]", "scene.value.range"),
    ("[{bpm: 120}, {at: ¦+2 bars, bpm: 90}]", "scene.value.time"),
];

#[test]
fn wrong_tempos_are_refused_at_their_place_and_do_not_blame_the_bars() {
    for (tempo, rule) in WRONG_TEMPOS {
        let text = format!("cupola: 1\ntempo: {tempo}\nend: bar 9\n{REST}");
        assert_found(&text, &[], rule, Severity::Error);
        let findings = super::all_findings(&text.replace('¦', ""), &[]);
        assert!(findings.iter().all(|f| f.rule != "scene.time.no_tempo"), "{findings:#?}");
    }
}
