//! Stems on the timeline more than once, against a twin that asks every frame what it hears.

use super::flattening::Random;
use super::{assert_found, stem, timeline};
use cupola_model::{Clip, FrameIndex, Severity, Timeline};
use std::collections::BTreeMap;
use std::f64::consts::FRAC_PI_2;

fn scene(plays: &str) -> String {
    format!(
        "cupola: 1\ntempo: {{bpm: 128}}\nstems:\n  a: {{file: a.wav, play: {plays}}}\n  b: {{file: \
         b.wav}}\nobjects:\n  - {{stem: a, position: {{azimuth: 0}}}}\n  - {{stem: b, position: \
         {{azimuth: 0}}}}\noutputs: [{{speakers: 2.0}}]\n"
    )
}

fn clips(timeline: &Timeline) -> &[Clip] {
    timeline.stems[0].clips.as_deref().unwrap()
}

/// Gain of every (programme frame, stem frame) that is heard.
pub(super) type Heard = BTreeMap<(u64, u64), f64>;

pub(super) fn heard(clips: &[Clip]) -> Heard {
    let mut heard = Heard::new();
    for clip in clips {
        for i in 0..clip.length.0 {
            let gain = clip.gain_at(FrameIndex(clip.at.0 + i));
            *heard.entry((clip.at.0 + i, clip.from.0 + i)).or_default() += gain;
        }
    }
    heard.retain(|_, gain| *gain != 0.0);
    heard
}

pub(super) fn assert_alike(found: &Heard, wanted: &Heard, what: &str) {
    let keys = |heard: &Heard| heard.keys().copied().collect::<Vec<_>>();
    assert!(keys(found) == keys(wanted), "other frames are heard\n{what}");
    for (key, gain) in wanted {
        assert!((found[key] - gain).abs() < 1e-12, "{key:?}: {} for {gain}\n{what}", found[key]);
    }
}

/// A placement in frames, as the twin takes it.
#[derive(Debug)]
pub(super) struct Placed {
    at: u64,
    from: u64,
    until: u64,
    fades: [u64; 2],
    equal_power: bool,
    times: u64,
    every: Option<u64>,
    crossfade: u64,
}

impl Placed {
    pub(super) fn random(random: &mut Random, whole: u64) -> Self {
        let from = random.below(whole - 60);
        let until = from + 50 + random.below(whole - from - 50);
        let length = until - from;
        let times = 1 + random.below(4);
        let every = (times > 1 && random.below(2) == 0).then(|| length + random.below(90));
        let crossfade = if times > 1 && every.is_none() { random.below(length) } else { 0 };
        let fades = [random.below(length / 2), random.below(length / 2)];
        let equal_power = random.below(2) == 0;
        Self { at: random.below(500), from, until, fades, equal_power, times, every, crossfade }
    }

    pub(super) fn text(&self) -> String {
        let Self { at, from, until, fades: [into, out], times, crossfade, .. } = self;
        let shape = if self.equal_power { "equal-power" } else { "linear" };
        let mut text = format!(
            "{{at: {at} samples, in: {from} samples, out: {until} samples, fade_in: {into} samples, \
             fade_out: {out} samples, shape: {shape}, gain: -6, loop: {times}"
        );
        if let Some(every) = self.every {
            text += &format!(", every: {every} samples");
        } else if *times > 1 {
            text += &format!(", crossfade: {crossfade} samples");
        }
        text + "}"
    }

    /// What one frame hears, worked out from the words of the guide.
    pub(super) fn hear(&self, whole: u64, heard: &mut Heard) {
        let length = (self.until - self.from) as i64;
        let step = self.every.map_or(length, |every| every as i64);
        let ramp = |done: f64, equal: bool| {
            let done = done.clamp(0.0, 1.0);
            if equal { (done * FRAC_PI_2).sin() } else { done }
        };
        let row_end = step * (self.times as i64 - 1) + length;
        for repeat in 0..self.times as i64 {
            for stem in 0..whole as i64 {
                // Frame of the row, at its middle.
                let frame = repeat * step + stem - self.from as i64;
                if frame + (self.at as i64) < 0 {
                    continue;
                }
                let middle = frame as f64 + 0.5;
                let into = self.fades[0] as f64;
                let out = self.fades[1] as f64;
                let (start, end) = (repeat * step, repeat * step + length);
                let [fade_start, fade_end] =
                    if self.every.is_some() { [start, end] } else { [0, row_end] };
                let mut gain = 10_f64.powf(-0.3);
                if into > 0.0 {
                    gain *= ramp((middle - fade_start as f64) / into, self.equal_power);
                }
                if out > 0.0 {
                    gain *= ramp((fade_end as f64 - middle) / out, self.equal_power);
                }
                let cross = self.crossfade as i64;
                let [mut first, mut last] = [start, end];
                if cross > 0 && repeat > 0 {
                    first -= cross / 2;
                    gain *= ramp((middle - first as f64) / cross as f64, true);
                }
                if cross > 0 && repeat + 1 < self.times as i64 {
                    last += cross - cross / 2;
                    gain *= ramp((last as f64 - middle) / cross as f64, true);
                }
                if (first..last).contains(&frame) && gain != 0.0 {
                    *heard.entry(((frame + self.at as i64) as u64, stem as u64)).or_default() +=
                        gain;
                }
            }
        }
    }
}

#[test]
fn placements_are_heard_frame_by_frame_as_written() {
    let mut random = Random(11);
    let whole = 300;
    for _ in 0..300 {
        let placed: Vec<_> =
            (0..1 + random.below(3)).map(|_| Placed::random(&mut random, whole)).collect();
        let texts: Vec<_> = placed.iter().map(Placed::text).collect();
        let text = scene(&format!("[{}]", texts.join(", ")));
        let timeline = timeline(&text, &[stem(1, whole), stem(1, 100)]);
        timeline.validate().unwrap();
        let mut wanted = Heard::new();
        placed.iter().for_each(|placed| placed.hear(whole, &mut wanted));
        assert_alike(&heard(clips(&timeline)), &wanted, &text);
        let last = clips(&timeline).iter().map(|clip| clip.end().0).max().unwrap();
        assert_eq!(timeline.length.0, last.max(100), "the programme ends with the last clip");
        assert_eq!(timeline.stems[1].clips, None);
    }
}

#[test]
fn bars_in_a_row_never_drift_nor_leave_a_gap() {
    // At 44.1 kHz and 128 bpm a bar is 82 687.5 frames.
    let text = scene("[{at: bar 2, length: 1 bars, loop: 5}]")
        .replace("cupola: 1\n", "cupola: 1\nsample_rate: 44100\n");
    let at_44100 =
        |frames| stem(1, frames).map(|f| cupola_model::StemFacts { sample_rate: 44_100, ..f });
    let timeline = timeline(&text, &[at_44100(90_000), at_44100(1)]);
    let found: Vec<_> = clips(&timeline).iter().map(|c| (c.at.0, c.end().0)).collect();
    let bar = |n: u64| (n * 165_375).div_ceil(2);
    let wanted: Vec<_> = (1..6).map(|n| (bar(n), bar(n + 1))).collect();
    assert_eq!(found, wanted);
    assert!(clips(&timeline).iter().all(|clip| clip.from.0 == 0 && clip.fades.is_empty()));
}

#[test]
fn samples_of_a_stem_count_at_the_rate_of_its_file() {
    let text = scene("[{at: 48000 samples, in: 441 samples, out: 2 s}]");
    let facts = stem(1, 441_000).map(|f| cupola_model::StemFacts { sample_rate: 44_100, ..f });
    let timeline = timeline(&text, &[facts, stem(1, 1)]);
    let [clip] = clips(&timeline) else { panic!("{:?}", clips(&timeline)) };
    assert_eq!((clip.at.0, clip.from.0, clip.length.0), (48_000, 480, 96_000 - 480));
}

#[test]
fn the_end_of_a_placement_may_count_from_its_start() {
    let facts = stem(1, 441_000).map(|f| cupola_model::StemFacts { sample_rate: 44_100, ..f });
    for (keys, from, length) in [
        ("in: 441 samples, out: +2 s", 480, 96_000),
        ("in: 441 samples, out: +882 samples", 480, 960),
        ("in: 0.5 s, out: +441 samples", 24_000, 480),
        ("in: 0.5 s, out: +1 bars", 24_000, 90_000),
        ("out: +250 ms", 0, 12_000),
    ] {
        let timeline =
            timeline(&scene(&format!("[{{at: 0, {keys}}}]")), &[facts.clone(), stem(1, 1)]);
        let [clip] = clips(&timeline) else { panic!("{:?}", clips(&timeline)) };
        assert_eq!((clip.from.0, clip.length.0), (from, length), "{keys}");
    }
}

#[test]
fn what_does_not_fit_is_refused_with_its_place() {
    let facts = [stem(1, 96_000), stem(1, 480_000)];
    let error =
        |plays: &str, rule: &str| assert_found(&scene(plays), &facts, rule, Severity::Error);
    error("[{at: 0, in: ¦1.5 s, out: 1 s}]", "scene.play.outside");
    error("[{at: 0, in: ¦2 s}]", "scene.play.outside");
    let beyond = error("[{at: 0, in: 1 s, out: ¦3 s}]", "scene.play.outside");
    assert_eq!(
        (beyond.found.as_str(), beyond.allowed.as_str()),
        ("3.000 s", "up to 2.000 s, where the stem ends")
    );
    error("[{at: 0, in: 1 s, length: ¦1 bars}]", "scene.play.outside");
    error("[{at: 0, fade_in: ¦1.5 s, fade_out: 0.6 s}]", "scene.play.fade");
    error("[{at: 0, in: 1 s, loop: 3, every: ¦0.5 s}]", "scene.play.fade");
    error("[{at: 0, in: 1 s, loop: 3, crossfade: ¦1 s}]", "scene.play.fade");
    error("[{at: 0, in: 1 s, loop: 3, every: 2 s, crossfade: ¦1 s}]", "scene.key.conflict");
    error("[{at: 0, out: 1 s, length: ¦1 s}]", "scene.key.conflict");
    error("[{at: ¦+1 s}]", "scene.time.relative");
    error("¦[]", "scene.value.empty");
    error("[{at: 23:59:59, loop: ¦10}]", "scene.value.range");
    error("[{at: 0}], offset: ¦1 s", "scene.key.conflict");
}

#[test]
fn a_placement_after_the_end_is_a_warning() {
    let text = scene("[{at: 0}, {at: ¦bar 9}]").replace("cupola: 1\n", "cupola: 1\nend: 10 s\n");
    let facts = [stem(1, 96_000), stem(1, 480_000)];
    assert_found(&text, &facts, "scene.stem.outside", Severity::Warning);
}

#[test]
fn too_many_pieces_are_refused() {
    let many = ["{at: 0, out: 1 samples, loop: 10000}"; 10].join(", ");
    timeline(&scene(&format!("[{many}]")), &[stem(1, 96_000), stem(1, 1)]);
    let facts = [stem(1, 96_000), stem(1, 1)];
    let marked = scene(&format!("[{many}, {{at: ¦0}}]"));
    assert_found(&marked, &facts, "scene.limit.clips", Severity::Error);
}

#[test]
fn more_pieces_at_once_than_can_be_read_are_refused_before_anything_is_made() {
    let facts = [stem(1, 96_000), stem(1, 48_000)];
    let row = |count: usize, last: &str| {
        let many = vec!["{at: 0}"; count].join(", ");
        scene(&format!("[{many}, {last}]"))
    };
    // What starts where the others end does not sound with them.
    timeline(&row(64, "{at: 2 s}"), &facts);
    let marked = row(64, "{at: 95999 samples}").replace("  a: {", "  ¦a: {");
    let found = assert_found(&marked, &facts, "scene.limit.overlap", Severity::Error);
    assert_eq!((found.found.as_str(), found.allowed.as_str()), ("65", "at most 64"));
}

#[test]
fn a_cross_fade_of_a_loop_without_sound_beyond_its_ends_is_told() {
    let facts = [stem(1, 96_000), stem(1, 48_000)];
    let rule = "scene.fade.nothing";
    for plays in [
        "[{at: ¦0, loop: 2, crossfade: 20 ms}]",
        "[{at: ¦0, in: 5 ms, out: 1 s, loop: 2, crossfade: 20 ms}]",
        "[{at: ¦0, in: 1 s, loop: 2, crossfade: 20 ms}]",
    ] {
        assert_found(&scene(plays), &facts, rule, Severity::Warning);
    }
    for plays in [
        "[{at: 0, loop: 2}]",
        "[{at: 0, crossfade: 20 ms}]",
        "[{at: 0, in: 10 ms, out: 1.99 s, loop: 2, crossfade: 20 ms}]",
    ] {
        let findings = super::all_findings(&scene(plays), &facts);
        assert!(findings.iter().all(|found| found.rule != rule), "{plays}\n{findings:#?}");
    }
}
