//! Ambisonics and stereo downmixes, from the command line to the files.

use super::support::{Project, noise};

const SCENE: &str = "cupola: 1
title: Song
stems: {a: {file: a.wav}, b: {file: b.wav}}
beds: [{name: Bed, format: 5.1, routes: [{stem: b, to: [L, R, C, LFE, Ls, Rs]}]}]
objects: [{name: One, stem: a, snap: true, position: {azimuth: 50, elevation: 20}}]
outputs:
  - {ambisonics: ambix2, bits: 32}
  - {ambisonics: fuma, bits: 32}
  - {stereo: loro, bits: 32}
";

/// A stem of one channel with noise, and one of six that are silent but for the one that is named.
fn project(scene: &str, loud: u16) -> Project {
    let project = Project::new(scene);
    project.stem("a.wav", 1, 4_800, |frame, _| if loud == 9 { noise(frame, 0) } else { 0.0 });
    project.stem("b.wav", 6, 4_800, |frame, c| if c == loud { noise(frame, 1) } else { 0.0 });
    project
}

fn channels(project: &Project, name: &str) -> Vec<Vec<f32>> {
    let mut reader = hound::WavReader::open(project.path(name)).expect(name);
    let count = usize::from(reader.spec().channels);
    let samples: Vec<f32> = reader.samples::<f32>().map(Result::unwrap).collect();
    (0..count).map(|c| samples.iter().skip(c).step_by(count).copied().collect()).collect()
}

/// Asserts that every channel is this many times the signal.
fn assert_gains(channels: &[Vec<f32>], signal: u16, gains: &[f64]) {
    assert_eq!(channels.len(), gains.len());
    for (number, (channel, gain)) in channels.iter().zip(gains).enumerate() {
        for (frame, x) in channel.iter().enumerate() {
            let expected = gain * f64::from(noise(frame as u32, signal));
            assert!((f64::from(*x) - expected).abs() < 1e-6, "channel {number}, frame {frame}");
        }
    }
}

#[test]
fn a_scene_becomes_ambisonics_of_both_conventions() {
    let project = project(SCENE, 9);
    let json = project.run(&["build", "scene.yaml", "--json"]).expect(0).json();
    // x to the front, y to the left, z up at azimuth 50°, elevation 20°.
    let (x, y, z) = (0.604_022_773_555_f64, 0.719_846_310_393_f64, 0.342_020_143_326_f64);
    let r = 3.0_f64.sqrt();
    let second =
        [r * x * y, r * y * z, (3.0 * z * z - 1.0) / 2.0, r * x * z, r / 2.0 * (x * x - y * y)];
    let ambix = [&[1.0, y, z, x][..], &second].concat();
    assert_gains(&channels(&project, "out/Song_ambix2.wav"), 0, &ambix);
    assert_gains(&channels(&project, "out/Song_fuma.wav"), 0, &[0.5_f64.sqrt(), x, y, z]);
    let outputs = &json["outputs"];
    assert_eq!(
        (&outputs[0]["kind"], &outputs[0]["layout"]),
        (&"ambisonics".into(), &"ambix2".into())
    );
    assert_eq!(outputs[1]["channels"], serde_json::json!(["W", "X", "Y", "Z"]));
    assert_eq!(outputs[2]["channels"], serde_json::json!(["Lo", "Ro"]));
    let rules: Vec<_> =
        json["findings"].as_array().unwrap().iter().map(|f| f["rule"].clone()).collect();
    for rule in ["ambisonics.features", "render.lfe.dropped"] {
        assert!(rules.contains(&rule.into()), "{rule} is missing: {rules:?}");
    }
}

#[test]
fn bed_channels_come_from_their_loudspeakers_and_the_lfe_is_left_out() {
    for (loud, azimuth) in [(0, Some(30.0_f64)), (2, Some(0.0)), (5, Some(-110.0)), (3, None)] {
        let project = project(SCENE, loud);
        project.run(&["build", "scene.yaml"]).expect(0);
        let (y, x) = azimuth.map_or((0.0, 0.0), |a| a.to_radians().sin_cos());
        let w = if azimuth.is_some() { 0.5_f64.sqrt() } else { 0.0 };
        assert_gains(&channels(&project, "out/Song_fuma.wav"), 1, &[w, x, y, 0.0]);
        let half = 0.5_f64.sqrt();
        let stereo = match loud {
            0 => [1.0, 0.0],
            2 => [half, half],
            5 => [0.0, half],
            _ => [0.0, 0.0],
        };
        assert_gains(&channels(&project, "out/Song_stereo-loro.wav"), 1, &stereo);
    }
}

#[test]
fn the_command_line_knows_the_names_and_tells_them() {
    let project = project(SCENE, 9);
    let to = ["render", "scene.yaml", "--to", "ambix7", "--to", "stereo:ltrt90", "--group", "x"];
    project.run(&to).expect(2);
    project.run(&to[..6]).expect(0);
    assert_eq!(project.files("out"), ["Song_ambix7.wav", "Song_stereo-ltrt90.wav"]);
    for (name, word) in [("stereo:lort", "stereo:loro"), ("ambix8", "ambix1 to ambix7")] {
        let run = project.run(&["render", "scene.yaml", "--to", name]).expect(2);
        assert!(run.stderr.contains(word), "{}", run.stderr);
    }
}
