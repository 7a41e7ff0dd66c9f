//! Edits, against a twin that lists which frame of the song every frame of the programme is.

use super::flattening::Random;
use super::plays::{Heard, Placed, assert_alike, heard};
use super::{all_findings, assert_found, stem, timeline};
use cupola_model::{FrameIndex, Position, Severity, StemFacts, Timeline};
use std::f64::consts::FRAC_PI_2;

const SONG: u64 = 12_000;

/// Edits with one length of cross-fades for all.
struct Edits {
    fade: u64,
    keeps: Vec<[u64; 2]>,
    cuts: Vec<[u64; 2]>,
    repeats: Vec<([u64; 2], u64)>,
    /// Region and start of what replaces it, for the group `g`.
    replaces: Vec<([u64; 2], u64)>,
}

/// A stretch of the programme that follows the song.
#[derive(Clone, Copy, Debug)]
struct Run {
    start: i64,
    end: i64,
    /// Frame of the song at the start.
    song: i64,
}

impl Edits {
    fn random(random: &mut Random) -> Self {
        let mut edits = Self {
            fade: 240 + random.below(100),
            keeps: Vec::new(),
            cuts: Vec::new(),
            repeats: Vec::new(),
            replaces: Vec::new(),
        };
        if random.below(2) == 0 {
            let start = random.below(2000);
            edits.keeps.push([start, 6000 + random.below(1000)]);
            edits.keeps.push([6500 + random.below(2000), SONG - random.below(2000)]);
        }
        let mut at = random.below(1500);
        while at < SONG - 2000 {
            let region = [at, at + 300 + random.below(1200)];
            let inside = edits.keeps.is_empty()
                || edits.joined().iter().any(|k| k[0] <= region[0] && region[1] <= k[1]);
            match random.below(3) {
                0 => edits.cuts.push(region),
                1 if inside => edits.repeats.push((region, 2 + random.below(2))),
                _ => {}
            }
            at = region[1] + random.below(2) * random.below(1500);
        }
        let mut at = random.below(4000);
        while at < SONG - 1500 && random.below(3) > 0 {
            let length = 300 + random.below(1200);
            edits.replaces.push(([at, at + length], random.below(SONG - length)));
            at += length + random.below(2) * random.below(3000);
        }
        edits
    }

    /// The kept regions, those that touch joined.
    fn joined(&self) -> Vec<[u64; 2]> {
        match self.keeps[..] {
            [a, b] if b[0] <= a[1] => vec![[a[0], a[1].max(b[1])]],
            _ => self.keeps.clone(),
        }
    }

    fn text(&self) -> String {
        let fade = format!("crossfade: {} samples", self.fade);
        let region =
            |[from, to]: [u64; 2]| format!("from: {from} samples, to: {to} samples, {fade}");
        let mut entries = Vec::new();
        entries.extend(self.replaces.iter().map(|(r, with)| {
            format!("{{replace: {{group: g, {}, with: {with} samples}}}}", region(*r))
        }));
        entries.extend(self.cuts.iter().rev().map(|r| format!("{{cut: {{{}}}}}", region(*r))));
        entries.extend(self.keeps.iter().map(|r| format!("{{keep: {{{}}}}}", region(*r))));
        entries.extend(
            self.repeats.iter().map(|(r, n)| format!("{{repeat: {{{}, times: {n}}}}}", region(*r))),
        );
        format!("[{}]", entries.join(", "))
    }

    /// The frame of the song at every frame of the programme.
    fn frames(&self, replaced: bool) -> Vec<i64> {
        let within = |[from, to]: &[u64; 2], frame: u64| *from <= frame && frame < *to;
        let source = |frame: u64| {
            let by = self.replaces.iter().find(|(region, _)| replaced && within(region, frame));
            by.map_or(frame, |(region, with)| with + frame - region[0]) as i64
        };
        let mut frames = Vec::new();
        let mut frame = 0;
        while frame < SONG {
            if let Some(([from, to], times)) = self.repeats.iter().find(|(r, _)| r[0] == frame) {
                (0..*times).for_each(|_| frames.extend((*from..*to).map(source)));
                frame = *to;
                continue;
            }
            let kept = self.keeps.is_empty() || self.keeps.iter().any(|r| within(r, frame));
            if kept && !self.cuts.iter().any(|r| within(r, frame)) {
                frames.push(source(frame));
            }
            frame += 1;
        }
        frames
    }
}

fn runs(frames: &[i64]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (i, song) in frames.iter().enumerate() {
        if i == 0 || frames[i - 1] + 1 != *song {
            runs.push(Run { start: i as i64, end: i as i64, song: *song });
        }
        runs.last_mut().unwrap().end = i as i64 + 1;
    }
    runs
}

impl Run {
    /// Where it sounds, and where it sounds alone.
    fn spans(runs: &[Self], i: usize, fade: u64) -> ([i64; 2], [i64; 2]) {
        let (before, after) = (fade as i64 / 2, fade as i64 - fade as i64 / 2);
        let Self { start, end, .. } = runs[i];
        let (first, last) = (i == 0, i + 1 == runs.len());
        let sounds =
            [if first { start } else { start - before }, if last { end } else { end + after }];
        let alone =
            [if first { start } else { start + after }, if last { end } else { end - before }];
        (sounds, alone)
    }
}

/// What is heard of a stem of which this is heard in the song.
fn edited(song: &Heard, runs: &[Run], fade: u64, length: i64) -> Heard {
    let mut by_frame: Vec<Vec<(u64, f64)>> = vec![Vec::new(); SONG as usize];
    for ((frame, stem), gain) in song.iter().filter(|((frame, _), _)| *frame < SONG) {
        by_frame[*frame as usize].push((*stem, *gain));
    }
    let mut heard = Heard::new();
    for (i, run) in runs.iter().enumerate() {
        let ([start, end], alone) = Run::spans(runs, i, fade);
        for frame in start.max(0)..end.min(length) {
            let source = run.song + frame - run.start;
            let Some(parts) = usize::try_from(source).ok().and_then(|s| by_frame.get(s)) else {
                continue;
            };
            let mut gain = 1.0;
            if frame < alone[0] {
                gain = ((frame - start) as f64 + 0.5) / fade as f64;
            } else if frame >= alone[1] && end > alone[1] {
                gain = 1.0 - ((frame - alone[1]) as f64 + 0.5) / fade as f64;
            }
            for (stem, part) in parts {
                *heard.entry((frame as u64, *stem)).or_default() += part * (gain * FRAC_PI_2).sin();
            }
        }
    }
    heard.retain(|_, gain| *gain != 0.0);
    heard
}

fn straight(length: u64) -> Heard {
    (0..length).map(|frame| ((frame, frame), 1.0)).collect()
}

fn scene(play: &str, edits: &str) -> String {
    let edits = if edits.is_empty() { String::new() } else { format!("edits: {edits}\n") };
    format!(
        "cupola: 1
end: {SONG} samples
stems: {{a: {{file: a.wav}}, p: {{file: p.wav{play}}}}}
groups: {{g: {{automation: [{{at: 0, gain: 0}}, {{at: 0.2, gain: -20, curve: smooth}}]}}}}
objects:
  - {{stem: a, name: plain, position: {{azimuth: 0}}, automation: [{{at: 500 samples, azimuth: 10}}, \
         {{at: 9000 samples, azimuth: -170, elevation: 40, gain: -6, curve: smooth}}, {{at: 11000 \
         samples, azimuth: 160, size: 0.5}}]}}
  - {{stem: a, name: grouped, groups: [g], path: {{orbit: {{period: 0.1 s, x: 0, y: 0, z: 0.5}}}}}}
  - {{stem: p, name: placed, groups: [g], position: {{x: 0, y: 1}}}}
{edits}outputs: [{{speakers: 2.0}}]
"
    )
}

fn facts() -> [Option<StemFacts>; 2] {
    [stem(1, SONG - 1000), stem(1, 300)]
}

fn stem_of(timeline: &Timeline, object: usize) -> usize {
    let lane = timeline.objects().nth(object).unwrap().lane;
    timeline.lanes[lane.0].sources[0].stem.0
}

/// Random edits that leave room for their cross-fades; the others are refused for just that.
fn possible_edits(random: &mut Random) -> Edits {
    loop {
        let edits = Edits::random(random);
        let roomy = [false, true].iter().all(|replaced| {
            let runs = runs(&edits.frames(*replaced));
            let alone = |i| Run::spans(&runs, i, edits.fade).1;
            !runs.is_empty() && (0..runs.len()).map(alone).all(|[start, end]| start < end)
        });
        if roomy {
            return edits;
        }
        let findings = all_findings(&scene("", &edits.text()), &facts());
        let refused = findings.iter().filter(|f| f.severity == Severity::Error);
        let rules: Vec<_> = refused.map(|f| f.rule).collect();
        assert!(!rules.is_empty() && rules.iter().all(|r| *r == "scene.edit.short"), "{rules:?}");
    }
}

#[test]
fn every_frame_of_every_stem_is_the_one_the_edits_ask_for() {
    let mut random = Random(77);
    for round in 0..120 {
        let edits = possible_edits(&mut random);
        let placed = Placed::random(&mut random, 300);
        let play =
            if round % 2 == 0 { format!(", play: [{}]", placed.text()) } else { String::new() };
        let text = scene(&play, &edits.text());
        let timeline = timeline(&text, &facts());
        timeline.validate().unwrap();
        let (plain, grouped) = (edits.frames(false), edits.frames(true));
        assert_eq!(timeline.length.0, plain.len() as u64, "{text}");
        let length = plain.len() as i64;
        let mut song_p = Heard::new();
        if round % 2 == 0 {
            placed.hear(300, &mut song_p);
        } else {
            song_p = straight(300);
        }
        for (object, song, frames) in [
            (0, straight(SONG - 1000), &plain),
            (1, straight(SONG - 1000), &grouped),
            (2, song_p, &grouped),
        ] {
            let wanted = edited(&song, &runs(frames), edits.fade, length);
            let found = match &timeline.stems[stem_of(&timeline, object)].clips {
                Some(clips) => heard(clips),
                None => song,
            };
            assert_alike(&found, &wanted, &text);
        }
    }
}

#[test]
fn movement_and_gains_follow_the_edits() {
    let mut random = Random(5);
    let song = timeline(&scene("", ""), &facts());
    for _ in 0..60 {
        let edits = possible_edits(&mut random);
        let text = scene("", &edits.text());
        let cut = timeline(&text, &facts());
        for object in 0..3 {
            let runs = runs(&edits.frames(object > 0));
            let automation = |t: &Timeline| t.objects().nth(object).unwrap().automation.clone();
            let (before, after) = (automation(&song), automation(&cut));
            let envelope = |t: &Timeline| {
                let lane = t.objects().nth(object).unwrap().lane;
                t.lanes[lane.0].sources[0].envelope.clone()
            };
            let (gain_before, gain_after) = (envelope(&song), envelope(&cut));
            assert_eq!(gain_before.is_some(), object > 0);
            for _ in 0..200 {
                let i = random.below(runs.len() as u64) as usize;
                let (_, [start, end]) = Run::spans(&runs, i, edits.fade);
                let frame = start + random.below((end - start) as u64) as i64;
                let there = FrameIndex((runs[i].song + frame - runs[i].start) as u64);
                let here = FrameIndex(frame as u64);
                let (a, b) = (before.state_at(there), after.state_at(here));
                assert!(distance(a.position, b.position) < 1e-9, "{a:?} {b:?} {here} {text}");
                assert!((a.gain.0 - b.gain.0).abs() < 1e-9 && (a.size - b.size).abs() < 1e-9);
                if let (Some(a), Some(b)) = (&gain_before, &gain_after) {
                    assert!((a.gain_at(there).0 - b.gain_at(here).0).abs() < 1e-9);
                }
                // The grid moves along, so that renders and masters move as they did.
                let knot = before.next_knot(there, 480).map(|knot| (knot - there).0 as i64);
                if let Some(knot) = knot.filter(|knot| frame + knot < end) {
                    let moved = after.next_knot(here, 480).map(|knot| (knot - here).0 as i64);
                    assert_eq!(moved, Some(knot), "{here} {text}");
                }
            }
            for i in 1..runs.len() {
                let (_, [_, from]) = Run::spans(&runs, i - 1, edits.fade);
                let (_, [to, _]) = Run::spans(&runs, i, edits.fade);
                let at = |frame: i64| after.state_at(FrameIndex(frame as u64));
                let (a, b) = (at(from), at(to));
                let t = random.below(101) as f64 / 100.0;
                let frame = from + ((to - from) as f64 * t).round() as i64;
                let t = (frame - from) as f64 / (to - from) as f64;
                let line = a.position.lerp(b.position, t);
                assert!(distance(line, at(frame).position) < 1e-9, "joint {i} is no line");
            }
        }
    }
}

fn distance(a: Position, b: Position) -> f64 {
    let ([x, y, z], [u, v, w]) = match (a, b) {
        (Position::Polar(a), Position::Polar(b)) => (a.direction(), b.direction()),
        (a, b) => {
            let (a, b) = (a.to_room(), b.to_room());
            ([a.x, a.y, a.z], [b.x, b.y, b.z])
        }
    };
    (x - u).abs().max((y - v).abs()).max((z - w).abs())
}

#[test]
fn edits_that_change_nothing_change_nothing() {
    let whole = timeline(&scene("", ""), &facts());
    assert!(whole.stems.iter().all(|stem| stem.clips.is_none()));
    let keep = format!("[{{keep: {{to: {SONG} samples}}}}]");
    let halves = "[{keep: {to: 5000 samples}}, {keep: {from: 5000 samples}}]";
    for edits in ["[]", keep.as_str(), halves] {
        assert_eq!(timeline(&scene("", edits), &facts()), whole, "{edits}");
    }
}

#[test]
fn lengths_are_exact_in_bars_that_are_no_whole_frames() {
    // At 123 bpm a bar of 4/4 has 93 658.536… frames.
    let bar = |n: u64| ((n - 1) * 4 * 60 * 48_000 + 61) / 123;
    let nearest = |n: u64| {
        let exact = (n - 1) as f64 * 4.0 * 60.0 * 48_000.0 / 123.0;
        assert!((exact - bar(n) as f64).abs() <= 0.5, "bar {n}");
        exact.round() as u64
    };
    let text = |edits: &str| {
        format!(
            "cupola: 1\ntempo: {{bpm: 123}}\nend: bar 41\nstems: {{a: {{file: a.wav}}}}\nobjects: \
             [{{stem: a, position: {{azimuth: 0}}}}]\nedits: {edits}\n"
        )
    };
    let length = |edits: &str| timeline(&text(edits), &[stem(1, 10)]).length.0;
    let end = nearest(41);
    assert_eq!(length("[{cut: {from: bar 5, to: bar 9}}]"), end - (nearest(9) - nearest(5)));
    assert_eq!(length("[{keep: {from: bar 9, to: +8 bars}}]"), nearest(17) - nearest(9));
    assert_eq!(
        length("[{repeat: {from: bar 5, to: bar 9, times: 3}}, {cut: {from: bar 33}}]"),
        nearest(33) + 2 * (nearest(9) - nearest(5))
    );
}

#[test]
fn each_joint_has_the_cross_fade_of_its_own_edit() {
    let edits = "[{cut: {from: 2000 samples, to: 3000 samples, crossfade: 5 ms}}, {repeat: {from: 4000 \
                 samples, to: 6000 samples, times: 2, crossfade: 30 ms}}, {keep: {to: 8000 samples}}, \
                 {keep: {from: 9000 samples, crossfade: 20 ms}}]";
    let timeline = timeline(&scene("", edits), &facts());
    let clips = timeline.stems[0].clips.as_ref().unwrap();
    let fades: Vec<_> =
        clips.iter().flat_map(|c| &c.fades).map(|f| (f.start, f.length.0)).collect();
    // Joints at 2000, at 2000 + 3000, and at 2000 + 3000 + 4000, each named by both its sides.
    let wanted = [(1880, 240), (5000 - 720, 1440), (9000 - 480, 960)];
    let wanted: Vec<_> = wanted.iter().flat_map(|joint| [*joint; 2]).collect();
    assert_eq!(fades, wanted);
}

#[test]
fn what_contradicts_itself_is_refused_with_both_places() {
    let error =
        |edits: &str, rule: &str| assert_found(&scene("", edits), &facts(), rule, Severity::Error);
    let ms = |edits: &str| edits.replace("ms", "samples");
    let overlap = error(
        &ms(
            "[{cut: {from: 2000 ms, to: 3000 ms}}, {repeat: {from: ¦2999 ms, to: 4000 ms, times: 2}}]",
        ),
        "scene.edit.overlap",
    );
    assert!(overlap.hint.contains("line 9"), "{overlap}");
    error(
        &ms("[{repeat: {from: ¦2000 ms, to: 4000 ms, times: 2}}, {keep: {from: 3000 ms}}]"),
        "scene.edit.overlap",
    );
    error(
        &ms(
            "[{replace: {group: g, from: 100 ms, to: 900 ms, with: 2000 ms}}, {replace: {group: [g], from: ¦800 ms, to: 1400 ms, with: 0}}]",
        ),
        "scene.edit.overlap",
    );
    error(
        &ms("[{cut: {from: ¦2000 ms, to: 3000 ms}}, {cut: {from: 3400 ms, to: 4000 ms}}]"),
        "scene.edit.short",
    );
    error(
        &ms("[{keep: {from: ¦0 ms, to: 3000 ms}}, {cut: {from: 0 ms, to: 3000 ms}}]"),
        "scene.programme.length",
    );
    error("[{cut: ¦{}}]", "scene.edit.region");
    error("[¦{}]", "scene.key.missing");
    error(&ms("[{cut: {to: 100 ms}, keep: ¦{to: 900 ms}}]"), "scene.key.conflict");
    let unknown = error(
        &ms("[{replace: {group: ¦gg, from: 1 ms, to: 9 ms, with: 0}}]"),
        "scene.name.unknown",
    );
    assert_eq!(unknown.allowed, "g");
}

#[test]
fn a_region_of_the_programme_is_what_it_is_in_the_whole_without_fades() {
    let mut random = Random(21);
    for round in 0..40 {
        let edits = possible_edits(&mut random);
        let text = if round == 0 { scene("", "") } else { scene("", &edits.text()) };
        let whole = timeline(&text, &facts());
        let from = random.below(whole.length.0 - 10);
        let until = from + 1 + random.below(whole.length.0 - from);
        let mut part = super::scene(&text);
        let (start, end) = (format!("{from} samples"), format!("+{} samples", until - from));
        assert!(part.keep_region(Some(&start), Some(&end)).is_empty());
        let part = part.resolve(&facts()).value.unwrap();
        part.validate().unwrap();
        assert_eq!(part.length.0, until - from);
        for object in 0..3 {
            let stem = |t: &Timeline| t.stems[stem_of(t, object)].clone();
            let wanted = match stem(&whole).clips {
                Some(clips) => heard(&clips),
                None => straight(stem(&whole).facts.frames),
            };
            let inside = wanted.into_iter().filter(|((at, _), _)| (from..until).contains(at));
            let wanted = inside.map(|((at, stem), gain)| ((at - from, stem), gain)).collect();
            let found = match stem(&part).clips {
                Some(clips) => heard(&clips),
                None => straight(until),
            };
            assert_alike(&found, &wanted, &text);
            let automation = |t: &Timeline| t.objects().nth(object).unwrap().automation.clone();
            let (whole, part) = (automation(&whole), automation(&part));
            for _ in 0..100 {
                let frame = random.below(until - from);
                let (a, b) =
                    (whole.state_at(FrameIndex(from + frame)), part.state_at(FrameIndex(frame)));
                assert!(distance(a.position, b.position) < 1e-9, "{frame} from {from}\n{text}");
                let knot = |a: &cupola_model::Automation, at| a.next_knot(FrameIndex(at), 480);
                let next = knot(&whole, from + frame).map(|knot| knot.0).filter(|k| *k < until);
                if let Some(next) = next {
                    assert_eq!(knot(&part, frame), Some(FrameIndex(next - from)), "{text}");
                }
            }
        }
    }
}

#[test]
fn a_region_that_is_not_there_is_refused() {
    let resolve = |from: Option<&str>, until: Option<&str>| {
        let mut scene = super::scene(&scene("", ""));
        let mut findings = scene.keep_region(from, until);
        findings.extend(scene.resolve(&facts()).findings);
        let errors = findings.into_iter().filter(|f| f.severity == Severity::Error);
        errors.map(|f| (f.rule, f.place.line)).collect::<Vec<_>>()
    };
    assert_eq!(resolve(Some("bar 2"), None), [("scene.time.no_tempo", 0)]);
    assert_eq!(resolve(Some("soon"), None), [("scene.value.time", 0)]);
    assert_eq!(resolve(Some("2 s"), Some("1 s")), [("scene.region", 0)]);
    assert_eq!(resolve(Some("10 s"), None), [("scene.region", 0)]);
    assert_eq!(resolve(None, Some("12001 samples")), [("scene.region", 0)]);
    assert_eq!(resolve(None, Some("12000 samples")), []);
}

#[test]
fn a_cross_fade_at_the_end_of_the_song_has_nothing_to_blend_with() {
    let text = |edits: &str| {
        format!(
            "cupola: 1\nend: 8 s\nstems: {{a: {{file: a.wav}}}}\nobjects: [{{stem: a, position: \
             {{azimuth: 0}}}}]\noutputs: [{{speakers: 5.1}}]\nedits: {edits}\n"
        )
    };
    let facts = [stem(1, 384_000)];
    let rule = "scene.fade.nothing";
    for edits in [
        "[{repeat: {from: ¦0, to: 8 s, times: 2, crossfade: 50 ms}}]",
        "[{repeat: {from: ¦10 ms, to: 4 s, times: 2, crossfade: 50 ms}}]",
        "[{repeat: {from: ¦4 s, to: 7.99 s, times: 2, crossfade: 50 ms}}]",
    ] {
        assert_found(&text(edits), &facts, rule, Severity::Warning);
    }
    for edits in [
        "[{repeat: {from: 25 ms, to: 7.975 s, times: 2, crossfade: 50 ms}}]",
        "[{cut: {from: 0, to: 2 s, crossfade: 50 ms}}, {cut: {from: 4 s, to: 5 s}}]",
    ] {
        let findings = super::all_findings(&text(edits), &facts);
        assert!(findings.iter().all(|found| found.rule != rule), "{edits}\n{findings:#?}");
    }
}
