//! Mutilated scenes: nothing panics, and every programme that comes out is whole.

use super::flattening::Random;
use cupola_model::StemFacts;
use cupola_scene::parse_scene;

const SCENE: &str = "cupola: 1
title: Ode
sample_rate: 48000
frame_rate: 29.97df
start_timecode: 01:00:00;00
tempo: [{bpm: 128, meter: 4/4}, {at: bar 2, bpm: 96.5, ramp: true}, {at: bar 3, meter: 7/8}]
end: 0:12.5
pad_bed: 7.1.2
defaults: {binaural: mid}
stems:
  a: {file: a.wav, gain: -1.5, offset: -100 samples}
  b: {file: b.wav, offset: 0.5 s}
  c: {file: c.wav, play: [{at: bar 1, in: 100 ms, length: 2 beats, loop: 3, crossfade: 10 ms}, {at: +1 bars, out: 3000 samples, fade_in: 5 ms, fade_out: 20 ms, shape: equal-power, loop: 2, every: 1 beats}]}
groups: {g: {gain: -2, automation: [{at: 0, gain: 0}, {at: bar 2, gain: -6, curve: smooth}]}, h: {gain: 1}}
beds:
  - {name: Bed, format: 5.1, routes: [{stem: a, to: {Ls: -3, Rs: -3}}, {stem: b, to: LFE, lowpass: 120, groups: [g, h]}, {stem: c, to: C, groups: [g]}]}
  - {format: 2.0, routes: [{stem: a, channel: left, to: [L, R]}]}
objects:
  - {stem: a, pair: {width: 60}, position: {azimuth: 10, elevation: 80}, automation: [{at: bar 1, azimuth: 170}, {at: 01:00:02;00, azimuth: -90, gain: -inf}, {at: +1.5 beats, size: 1, curve: hold}, {at: +1 bars, turns: 2, curve: {position: smooth, gain: ease-in}}]}
  - {stem: b, fold: mono, position: {x: 0.5, y: 1, z: 0.2}, gain: 3, automation: [{at: 1, x: -1, gain: 6}]}
  - {stem: b, fold: mono, name: c, path: {orbit: {period: 2 bars, elevation: 45, start: bar 2, until: +4 bars}}}
  - {stem: b, fold: mono, name: d, path: {spiral: {duration: 1 s, turns: 2, from: {x: 0, y: 0.5}, to: {z: 1}, curve: smooth, repeats: 3}}}
  - {stem: b, fold: mono, name: e, path: {random_walk: {every: 1 beats, seed: 3, from: {azimuth: -30}, to: {azimuth: 30}}}}
edits: [{cut: {from: 1, to: 2}}, {repeat: {from: 3 s, to: 4 s, times: 3, crossfade: 20 ms}}, {replace: {group: g, from: 5, to: +1 s, with: 0}}, {keep: {from: 0.5, to: 8}}]
versions: {v: {label: INST, mute: [g], solo: [Bed, c], gain: {h: -3}, edits: [{cut: {to: 2 s}}]}}
outputs: [{speakers: 7.1.4, bits: 32}, {binaural: default}]
";

const WORDS: &[&str] = &[
    "-1",
    "0",
    "1e9",
    "left",
    "[",
    "]",
    "{",
    "}",
    ": ",
    "~",
    "a",
    "b",
    "*x",
    "&x ",
    "<<",
    "-inf",
    "7.1.2",
    "600000 samples",
    "bar 2 beat 3",
    "+1 bars",
    "+0.1",
    "7/8",
    "\n",
    "  - ",
    "pair: {width: 2}, ",
    "hold",
    "split: quad, ",
    "2 beats",
    "é",
    "\t",
    "\"",
    "'",
    "180",
    "90.0",
];

pub(super) fn mutilate(random: &mut Random) -> String {
    let mut text: Vec<char> = SCENE.chars().collect();
    for _ in 0..=random.below(2) {
        let at = random.below(text.len() as u64) as usize;
        let until = (at + random.below(3) as usize).min(text.len());
        let word = WORDS[random.below(WORDS.len() as u64) as usize];
        match random.below(4) {
            0 => drop(text.drain(at..until)),
            1 => drop(text.splice(at..at, word.chars())),
            2 => drop(text.splice(at..until, word.chars())),
            _ => text[at] = char::from(b'0' + random.below(10) as u8),
        }
    }
    text.into_iter().collect()
}

fn facts(random: &mut Random) -> Option<StemFacts> {
    (random.below(30) > 0).then(|| StemFacts {
        sample_rate: [44_100, 48_000, 96_000, 1][random.below(4) as usize],
        channels: [0, 1, 2, 2, 2, 2, 2, 6][random.below(8) as usize],
        frames: match random.below(20) {
            0 => 0,
            1 => 1,
            2 => u64::MAX,
            n => n * 200_000,
        },
        format: String::new(),
        lossy: false,
    })
}

#[test]
fn whatever_comes_in_a_programme_that_comes_out_is_whole() {
    let mut random = Random(0x5EED_5EED_5EED_5EED);
    let (mut read, mut resolved) = (0, 0);
    for _ in 0..8000 {
        let text = mutilate(&mut random);
        let checked = parse_scene(&text, "s.yaml");
        assert_eq!(
            checked.value.is_none(),
            checked.has_errors(),
            "{text}\n{:#?}",
            checked.findings
        );
        let Some(mut scene) = checked.value else { continue };
        if random.below(4) == 0 {
            let name = scene.versions().first().copied().unwrap_or("v").to_owned();
            let _ = scene.choose_version(&name);
        }
        if random.below(4) == 0 {
            scene.keep_region(Some("1 s"), Some("+1.5 s"));
        }
        read += 1;
        let facts: Vec<_> = scene.stems().iter().map(|_| facts(&mut random)).collect();
        let result = scene.resolve(&facts);
        if let Some(timeline) = result.value {
            assert!(result.findings.iter().all(|f| f.severity < cupola_model::Severity::Error));
            timeline.validate().unwrap_or_else(|e| panic!("{e}\n{text}\n{facts:?}"));
            resolved += 1;
        }
    }
    assert!(read > 300 && resolved > 100, "{read} were read, {resolved} resolved: too few to tell");
}
