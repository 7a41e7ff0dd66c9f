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

const FIELD: &str = "cupola: 1
title: Song
stems: {f: {file: f.wav}}
beds: [{name: Air, format: n3d, groups: [air], routes: [{stem: f}]}]
";

/// A stem of first order on N3D, noise in every component.
fn field() -> Project {
    let project = Project::new(FIELD);
    project.stem("f.wav", 4, 4_800, |frame, c| 0.3 * noise(frame, c));
    project
}

/// Asserts that a file is that stem on SN3D, within a step of 24 bits or so.
fn assert_field(channels: &[Vec<f32>]) {
    assert_eq!(channels.len(), 4);
    for (number, channel) in (0..).zip(channels) {
        let scale = if number == 0 { 1.0 } else { 1.0 / 3.0_f32.sqrt() };
        assert_eq!(channel.len(), 4_800);
        for (frame, x) in (0..).zip(channel) {
            let expected = 0.3 * scale * noise(frame, number);
            assert!((x - expected).abs() < 4e-7, "channel {number}, frame {frame}");
        }
    }
}

#[test]
fn an_ambisonic_bed_goes_to_every_output_and_through_plain_adm_and_back() {
    let project = field();
    let all = ["render", "scene.yaml", "--to", "ambix1", "--to", "7.1.4", "--to", "binaural"];
    project.run(&[&all[..], &["--to", "stereo:loro", "--bits", "32"]].concat()).expect(0);
    assert_field(&channels(&project, "out/Song_ambix1.wav"));
    for name in ["7.1.4", "binaural", "stereo-loro"] {
        let heard = channels(&project, &format!("out/Song_{name}.wav"));
        // The fourth of twelve is the LFE.
        for (number, channel) in heard.iter().enumerate() {
            let silent = heard.len() == 12 && number == 3;
            assert_eq!(channel.iter().all(|x| *x == 0.0), silent, "{name} {number}");
        }
    }
    project.run(&["master", "scene.yaml", "--format", "adm-itu", "-o", "plain.wav"]).expect(0);
    let json = project.run(&["import", "plain.wav", "-o", "back", "--json"]).expect(0).json();
    assert_eq!(json["findings"], serde_json::json!([]));
    let again = ["render", "back/scene.yaml", "--to", "ambix1", "--bits", "32", "-o", "again"];
    project.run(&again).expect(0);
    assert_field(&channels(&project, "again/Song_ambix1.wav"));
}

#[test]
fn an_atmos_master_refuses_an_ambisonic_bed_and_says_what_to_do() {
    let project = field();
    for (format, file) in [("adm-bwf", "song.wav"), ("damf", "song.atmos")] {
        let run = project.run(&["master", "scene.yaml", "--format", format, "-o", file]).expect(6);
        for word in ["master.ambisonic", "Air", "--group", "adm-itu"] {
            assert!(run.stderr.contains(word), "{format}, {word}: {}", run.stderr);
        }
    }
    assert!(!project.path("song.wav").exists() && !project.path("song.atmos").exists());
    // The remedy works.
    let alone = ["render", "scene.yaml", "--to", "7.1", "--group", "air", "-o", "bed"];
    project.run(&alone).expect(0);
    assert_eq!(channels_of(&project, "bed"), 8);
}

fn channels_of(project: &Project, folder: &str) -> u16 {
    let files = project.files(folder);
    let name = files.iter().find(|name| name.ends_with(".wav")).expect("a render");
    let reader = hound::WavReader::open(project.path(&format!("{folder}/{name}"))).expect(name);
    reader.spec().channels
}
