//! Heads from SOFA files: facts, pictures, renders, and what is refused.

use crate::suite::support::{Project, noise};
use std::path::{Path, PathBuf};

const SCENE: &str = "
cupola: 1
title: Night
stems:
  a: {file: a.wav}
objects:
  - {stem: a, position: {azimuth: 90, elevation: 0}}
outputs:
  - {binaural: default, bits: 32}
  - {binaural: heads/swapped.sofa, bits: 32}
";

fn sofa(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/hrtf/tests/data").join(name)
}

fn project() -> Project {
    let project = Project::new(SCENE);
    project.stem("a.wav", 1, 4_800, noise);
    std::fs::create_dir(project.path("heads")).expect("a folder");
    std::fs::copy(sofa("turning.sofa"), project.path("heads/swapped.sofa")).expect("a copy");
    std::fs::copy(sofa("spectra.sofa"), project.path("spectra.sofa")).expect("a copy");
    project
}

/// Energies of the two ears.
fn ears(path: &Path) -> [f64; 2] {
    let mut reader = hound::WavReader::open(path).expect("a WAV file");
    let samples: Vec<f32> = reader.samples().map(|s| s.expect("a sample")).collect();
    let energy = |ear: usize| {
        samples.iter().skip(ear).step_by(2).map(|&s| f64::from(s).powi(2)).sum::<f64>()
    };
    [energy(0), energy(1)]
}

#[test]
fn a_scene_is_heard_with_the_ears_of_a_sofa_file_and_the_second_run_finds_them_kept() {
    let project = project();
    let run = project.run(&["build", "scene.yaml", "--json"]).expect(0);
    let rules: Vec<_> = run.json()["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|f| f["rule"].as_str().expect("a rule").to_owned())
        .collect();
    assert!(rules.iter().any(|r| r == "hrtf.ears.swapped"), "{rules:?}");
    let files = ["Night_binaural.wav", "Night_binaural_swapped.wav"];
    assert_eq!(project.files("out"), files);
    let [own, other] = files.map(|name| project.path("out").join(name));
    for path in [&own, &other] {
        let [left, right] = ears(path);
        assert!(left > 4.0 * right, "{}: the source is on the left", path.display());
    }
    let first = std::fs::read(&other).expect("the file");
    assert_ne!(first, std::fs::read(&own).expect("the file"));
    assert_eq!(project.files("cache").len(), 1, "one set was kept");
    project.run(&["build", "scene.yaml"]).expect(0);
    assert_eq!(std::fs::read(&other).expect("the file"), first, "kept or made, the same bytes");
    // The command line has the last word.
    let head = ["--hrtf", "heads/swapped.sofa", "-o", "b"];
    let words = ["render", "scene.yaml", "--to", "binaural", "--bits", "32"];
    project.run(&[&words[..], &head[..]].concat()).expect(0);
    assert_eq!(std::fs::read(project.path("b/Night_binaural.wav")).expect("the file"), first);
    project.run(&[&words[..], &head[..], &["--hrtf-eq"]].concat()).expect(0);
    assert_ne!(std::fs::read(project.path("b/Night_binaural.wav")).expect("the file"), first);
}

#[test]
fn facts_and_a_picture_of_a_head_are_to_be_had() {
    let project = project();
    let words = ["hrtf", "heads/swapped.sofa", "--plot", "head.svg", "--json"];
    let run = project.run(&words).expect(0);
    let facts = &run.json()["facts"];
    assert_eq!(facts["convention"], "GeneralFIR 1.0");
    assert_eq!(facts["measurements"], 65);
    assert_eq!(facts["left_receiver"], 1);
    let svg = std::fs::read_to_string(project.path("head.svg")).expect("the picture");
    assert!(svg.starts_with("<svg") && svg.matches("<circle").count() == 3 * 65, "{svg}");
    let run = project.run(&["hrtf", "heads/swapped.sofa", "--plot", "scene.yaml"]).expect(2);
    assert!(run.stderr.contains(".svg"), "{}", run.stderr);
    let plain = project.run(&["hrtf", "heads/swapped.sofa"]).expect(0);
    assert!(plain.stdout.contains("65 directions"), "{}", plain.stdout);
}

#[test]
fn what_is_no_head_is_refused_with_the_name_of_its_convention() {
    let project = project();
    for words in [
        vec!["hrtf", "spectra.sofa"],
        vec!["render", "scene.yaml", "--to", "binaural", "--hrtf", "spectra.sofa"],
    ] {
        let run = project.run(&words).expect(3);
        assert!(run.stderr.contains("SimpleFreeFieldHRTF"), "{}", run.stderr);
    }
    std::fs::copy(project.path("spectra.sofa"), project.path("heads/swapped.sofa"))
        .expect("a copy");
    let run = project.run(&["check", "scene.yaml"]).expect(3);
    assert!(run.stderr.contains("heads/swapped.sofa"), "{}", run.stderr);
    let run = project.run(&["hrtf", "nothing.sofa"]).expect(3);
    assert!(run.stderr.contains("nothing.sofa"), "{}", run.stderr);
}
