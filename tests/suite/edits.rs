//! Edits, end to end: the render of an edited scene is the unedited render, cut by hand.

use super::support::{Project, noise};
use std::f32::consts::FRAC_PI_2;

/// Bars of 93 128.5… frames: neither whole frames nor on the 10 ms grid.
const BPM: f64 = 123.7;
const BARS: u64 = 7;
/// Everything that moves, and all that remembers: VBAP, the room, a low-pass, gains over time.
const SCENE: &str = "cupola: 1
title: Song
tempo: {bpm: 123.7}
end: bar 8
stems: {a: {file: a.wav}, b: {file: b.wav}, c: {file: c.wav}}
groups:
  band: {gain: -2, automation: [{at: bar 1, gain: 0}, {at: bar 4, gain: -12, curve: smooth}, {at: bar 7, gain: 3}]}
beds:
  - format: 7.1.2
    groups: [band]
    routes:
      - {stem: c}
      - {stem: c, to: LFE, gain: -6, lowpass: 120}
objects:
  - {stem: a, groups: [voice], path: {orbit: {period: 1.3 s, elevation: 20}}, automation: [{at: 0, size: 0}, {at: bar 6, size: 0.4}]}
  - {stem: b, groups: [band, voice], position: {x: -1, y: 0.3}, automation: [{at: bar 1, x: -1}, {at: bar 3, x: 0.8, y: -0.5, z: 1, curve: smooth}, {at: bar 8, x: 0, y: 1, z: 0, gain: -9}]}
  - {stem: b, groups: [voice], name: still, position: {azimuth: 75}, gain: -9}
";

/// The frame at which a bar starts.
fn bar(number: u64) -> usize {
    ((number - 1) as f64 * 4.0 * 60.0 * 48_000.0 / BPM).round() as usize
}

fn project() -> Project {
    let project = Project::new(SCENE);
    let frames = bar(BARS + 1) as u32 + 5000;
    for (i, (name, channels)) in [("a.wav", 1), ("b.wav", 1), ("c.wav", 2)].into_iter().enumerate()
    {
        project.stem(name, channels, frames, |frame, c| noise(frame, 7 * i as u16 + c));
    }
    project
}

/// The channels of a 32-bit render of a scene.
fn render(project: &Project, scene: &str, options: &[&str]) -> Vec<Vec<f32>> {
    project.write("scene.yaml", scene);
    let base = ["render", "scene.yaml", "--to", "7.1.4", "--bits", "32", "-o", "out", "--force"];
    project.run(&[&base[..], options].concat()).expect(0);
    let name = &project.files("out")[0];
    let path = project.path("out").join(name);
    let mut reader = hound::WavReader::open(&path).expect("a render");
    let channels = usize::from(reader.spec().channels);
    let samples: Vec<f32> = reader.samples().map(Result::unwrap).collect();
    std::fs::remove_file(path).expect("a writable folder");
    (0..channels).map(|c| samples.iter().skip(c).step_by(channels).copied().collect()).collect()
}

/// The channel of the LFE in 7.1.4, which holds beds alone.
const LFE: usize = 3;
/// Frames of 10 ms: half of the longest cross-fade here, and the block in which objects reach a gain.
const STEP: usize = 480;

/// The largest difference outside every cross-fade and, for what moves, outside the blocks of 10 ms
/// around it and at the start: there a gain is on its way from one side of the joint.
fn difference(found: &[Vec<f32>], wanted: &[Vec<f32>], joints: &[usize]) -> f32 {
    let mut largest = 0.0_f32;
    for (channel, (a, b)) in found.iter().zip(wanted).enumerate() {
        let block = if channel == LFE { 0 } else { STEP };
        let faded = |frame: usize, joint: usize| {
            frame + STEP + block >= joint && frame <= joint + STEP + block
        };
        assert_eq!(a.len(), b.len(), "the length is not exact");
        for frame in (block..a.len()).filter(|f| !joints.iter().any(|joint| faded(*f, *joint))) {
            largest = largest.max((a[frame] - b[frame]).abs());
        }
    }
    largest
}

fn slices(channels: &[Vec<f32>], parts: &[(usize, usize)]) -> Vec<Vec<f32>> {
    let cut = |channel: &Vec<f32>| {
        parts.iter().flat_map(|(from, to)| channel[*from..*to].iter().copied()).collect()
    };
    channels.iter().map(cut).collect()
}

#[test]
fn an_edited_render_is_the_unedited_one_cut_by_hand() {
    let project = project();
    let whole = render(&project, SCENE, &[]);
    let edits = "edits: [{cut: {from: bar 2, to: bar 3 beat 2}}, {repeat: {from: bar 5, to: bar 6, \
                 times: 3}}, {keep: {from: bar 1 beat 2, to: bar 8}}]\n";
    let edited = render(&project, &format!("{SCENE}{edits}"), &[]);
    let beat = |number: u64, beat: f64| {
        (((number - 1) as f64 * 4.0 + beat - 1.0) * 60.0 * 48_000.0 / BPM).round() as usize
    };
    let parts =
        [(beat(1, 2.0), bar(2)), (beat(3, 2.0), bar(6)), (bar(5), bar(6)), (bar(5), bar(8))];
    let wanted = slices(&whole, &parts);
    let (mut joints, mut end) = (Vec::new(), 0);
    for (from, to) in &parts[..3] {
        end += to - from;
        joints.push(end);
    }
    let largest = difference(&edited, &wanted, &joints);
    assert!(largest <= 1e-6, "{:.1} dBFS of difference", 20.0 * largest.log10());
    // The test would see an object that moves a little late.
    let late: Vec<Vec<f32>> = slices(&whole, &[(48, whole[0].len())]);
    assert!(late[0][1000..2000] != whole[0][1000..2000]);
}

#[test]
fn a_replaced_region_changes_its_group_alone_sound_and_movement() {
    let project = project();
    let voice = render(&project, SCENE, &["--group", "voice"]);
    let all = render(&project, SCENE, &[]);
    let edits = "edits: [{replace: {group: voice, from: bar 2, to: bar 3, with: bar 5, crossfade: 20 \
                 ms}}]\n";
    let edited = render(&project, &format!("{SCENE}{edits}"), &[]);
    let other = bar(5)..bar(5) + (bar(3) - bar(2));
    let parts = [(0, bar(2)), (other.start, other.end), (bar(3), all[0].len())];
    let replaced = slices(&voice, &parts);
    let wanted: Vec<Vec<f32>> = (0..all.len())
        .map(|c| {
            let rest = all[c].iter().zip(&voice[c]).map(|(all, voice)| all - voice);
            rest.zip(&replaced[c]).map(|(rest, voice)| rest + voice).collect()
        })
        .collect();
    let largest = difference(&edited, &wanted, &[bar(2), bar(3)]);
    assert!(largest <= 1e-6, "{:.1} dBFS of difference", 20.0 * largest.log10());
}

#[test]
fn a_joint_blends_both_sides_with_equal_power() {
    let scene = "cupola: 1
title: Song
stems: {a: {file: ramp.wav}}
objects: [{stem: a, position: {speaker: Ltf}}]
";
    let project = Project::new(scene);
    let sample = |frame: u32| frame as f32 / 200_000.0;
    project.stem("ramp.wav", 1, 48_000, |frame, _| sample(frame));
    let edits = "edits: [{cut: {from: 10000 samples, to: 30000 samples, crossfade: 25 ms}}]\n";
    let edited = render(&project, &format!("{scene}{edits}"), &[]);
    assert_eq!(edited[8].len(), 28_000);
    for (frame, found) in edited[8].iter().enumerate() {
        let before = sample(frame as u32);
        let after = sample(frame as u32 + 20_000);
        // The cross-fade is 1200 frames around frame 10 000.
        let wanted = if frame < 9400 {
            before
        } else if frame >= 10_600 {
            after
        } else {
            let angle = (frame as f32 - 9400.0 + 0.5) / 1200.0 * FRAC_PI_2;
            before * angle.cos() + after * angle.sin()
        };
        assert!((found - wanted).abs() < 1e-6, "frame {frame}: {found} for {wanted}");
    }
}

#[test]
fn the_length_of_a_master_is_that_of_its_edits() {
    let project = project();
    project.write("scene.yaml", &format!("{SCENE}edits: [{{cut: {{from: bar 5, to: bar 7}}}}]\n"));
    project.run(&["master", "scene.yaml", "-o", "song.wav"]).expect(0);
    let info = project.run(&["info", "song.wav", "--json"]).expect(0).json();
    let frames = (bar(5) + bar(8) - bar(7)) as u64;
    assert_eq!(info["frames"].as_u64(), Some(frames), "{info}");
}

#[test]
fn a_low_pass_comes_before_every_kind_of_cut() {
    let scene = "cupola: 1
title: Low
end: 4 s
stems: {a: {file: a.wav}, b: {file: b.wav, play: [{at: 0, length: 0.7 s, loop: 5, fade_out: 30 ms}]}}
groups: {band: {gain: -2, automation: [{at: 0, gain: 0}, {at: 2 s, gain: -12}, {at: 3 s, gain: 3, curve: hold}]}}
beds:
  - format: 5.1
    groups: [band]
    routes:
      - {stem: a, to: LFE, lowpass: 120}
      - {stem: b, to: LFE, gain: -3, lowpass: 40}
      - {stem: b, to: LFE, gain: -9}
outputs: [{speakers: 5.1}]
";
    let project = Project::new(scene);
    project.stem("a.wav", 1, 190_000, |frame, _| noise(frame, 1));
    project.stem("b.wav", 1, 96_000, |frame, _| noise(frame, 2));
    let whole = render(&project, scene, &[]);
    for (edits, options, parts) in [
        ("", &["--from", "1 s", "--until", "2.5 s"][..], &[(48_000, 120_000)][..]),
        ("[{cut: {from: 1 s, to: 1.2 s}}]", &[], &[(0, 48_000), (57_600, 192_000)]),
        ("[{keep: {from: 0.9 s, to: 3.1 s}}]", &[], &[(43_200, 148_800)]),
        (
            "[{repeat: {from: 0.6 s, to: 0.65 s, times: 4}}]",
            &["--from", "0.5 s"],
            &[(24_000, 31_200), (28_800, 31_200), (28_800, 31_200), (28_800, 192_000)],
        ),
    ] {
        let text = if edits.is_empty() { scene.into() } else { format!("{scene}edits: {edits}\n") };
        let edited = render(&project, &text, options);
        let joints: Vec<usize> = parts[..parts.len() - 1]
            .iter()
            .scan(0, |end, (from, to)| {
                *end += to - from;
                Some(*end)
            })
            .collect();
        let largest = difference(&edited, &slices(&whole, parts), &joints);
        assert!(largest <= 1e-6, "{edits}: {:.1} dBFS of difference", 20.0 * largest.log10());
        assert!(slices(&whole, parts)[LFE].iter().any(|x| x.abs() > 0.01), "there is sound");
    }
}
