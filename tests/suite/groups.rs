//! One file for each group and one for the rest, in one pass.

use super::support::{Project, noise};

const SCENE: &str = "cupola: 1
title: Song
stems: {drums: {file: drums.wav}, lead: {file: lead.wav}, pad: {file: pad.wav, gain: -3}}
groups: {drums: {automation: [{at: 0 s, gain: 0}, {at: 0.3 s, gain: -9}]}}
beds:
  - format: 7.1.2
    routes:
      - {stem: drums, groups: [drums]}
      - {stem: drums, to: LFE, gain: -12, lowpass: 120, groups: [drums, low]}
      - {stem: pad, to: [Lrs, Rrs]}
objects:
  - {name: Lead, stem: lead, groups: [vocals], position: {azimuth: 10},
     automation: [{at: 0.4 s, azimuth: 160, elevation: 50}]}
  - {name: Echo, stem: lead, groups: [vocals], size: 0.4, diffuse: 0.5, position: {x: 0.3, y: -0.2, z: 0.6}}
  - {name: Spark, stem: pad, channel: left, position: {azimuth: -70, elevation: 20}, divergence: {value: 0.4, width: 40}}
edits: [{cut: {from: 0.1 s, to: 0.15 s, crossfade: 10 ms}}]
versions:
  quiet: {gain: {vocals: -6}}
";

fn project() -> Project {
    let project = Project::new(SCENE);
    project.stem("drums.wav", 2, 24_000, noise);
    project.stem("lead.wav", 1, 24_000, |frame, _| noise(frame, 2));
    project.stem("pad.wav", 2, 24_000, |frame, channel| noise(frame, 3 + channel));
    project
}

/// All samples of a file as they stand in it.
fn read(project: &Project, name: &str) -> Vec<f32> {
    let mut reader = hound::WavReader::open(project.path(name)).expect(name);
    match reader.spec().sample_format {
        hound::SampleFormat::Float => reader.samples::<f32>().map(Result::unwrap).collect(),
        hound::SampleFormat::Int => {
            let scale = |x: i32| x as f32 / (1 << 23) as f32;
            reader.samples::<i32>().map(|x| scale(x.expect("a sample"))).collect()
        }
    }
}

const LAYOUTS: [&str; 4] = ["7.1.4", "5.1", "2.0", "binaural"];

fn render(project: &Project, folder: &str, more: &[&str]) -> serde_json::Value {
    let mut arguments = vec!["render", "scene.yaml", "-o", folder, "--json"];
    arguments.extend(LAYOUTS.iter().flat_map(|layout| ["--to", layout]));
    arguments.extend(more);
    project.run(&arguments).expect(0).json()
}

#[test]
fn the_files_of_groups_and_the_rest_add_up_to_the_whole() {
    let project = project();
    for (bits, version, title) in [("32", None, "Song"), ("24", Some("quiet"), "Song_quiet")] {
        let mut more = vec!["--bits", bits, "--force"];
        more.extend(version.into_iter().flat_map(|version| ["--version", version]));
        render(&project, "whole", &more);
        more.extend(["--group", "vocals", "--group", "drums"]);
        let json = render(&project, "groups", &more);
        assert_eq!(json["outputs"].as_array().unwrap().len(), 12);
        for layout in LAYOUTS {
            let whole = read(&project, &format!("whole/{title}_{layout}.wav"));
            let groups = ["vocals", "drums", "rest"]
                .map(|group| read(&project, &format!("groups/{title}_{group}_{layout}.wav")));
            assert!(groups.iter().all(|group| group.iter().any(|x| x.abs() > 0.01)), "{layout}");
            for (i, sample) in whole.iter().enumerate() {
                let sum: f64 = groups.iter().map(|group| f64::from(group[i])).sum();
                // -120 dB.
                assert!((sum - f64::from(*sample)).abs() < 1e-6, "{layout} {i}: {sum} {sample}");
            }
        }
    }
}

#[test]
fn a_group_of_several_sounds_as_it_does_alone() {
    let project = project();
    let both = render(&project, "both", &["--group", "vocals", "--group", "drums"]);
    for (index, group) in ["vocals", "drums"].into_iter().enumerate() {
        let alone = render(&project, "alone", &["--group", group]);
        for layout in 0..LAYOUTS.len() {
            let (alone, both) = (&alone["outputs"][layout], &both["outputs"][index * 4 + layout]);
            assert_eq!((&alone["group"], &both["group"]), (&group.into(), &group.into()));
            assert_eq!(alone["sha256"], both["sha256"], "{group} {layout}");
        }
    }
    assert_eq!(both["outputs"][8]["group"], "rest");
    let whole = render(&project, "whole", &[]);
    assert!(whole["outputs"][0]["group"].is_null());
}

#[test]
fn what_is_in_two_groups_goes_with_the_first_and_is_told() {
    let project = project();
    let rules = |json: &serde_json::Value| -> Vec<String> {
        let findings = json["findings"].as_array().unwrap().iter();
        findings.map(|f| f["rule"].as_str().unwrap().to_owned()).collect()
    };
    let json = render(&project, "out", &["--group", "drums", "--group", "low"]);
    let shared =
        json["findings"].as_array().unwrap().iter().find(|f| f["rule"] == "render.groups.shared");
    assert_eq!(shared.unwrap()["found"], "Bed (drums, low)");
    // The one route of `low` is in the file of the drums.
    assert!(rules(&json).iter().any(|rule| rule == "render.groups.silent"), "{json}");
    assert!(read(&project, "out/Song_low_7.1.4.wav").iter().all(|x| *x == 0.0));
    let json = render(&project, "other", &["--group", "low", "--group", "drums"]);
    assert!(rules(&json).iter().all(|rule| rule != "render.groups.silent"), "{json}");
    // The LFE is the fourth of twelve channels.
    let low = read(&project, "other/Song_low_7.1.4.wav");
    let loud = |c: usize| low.iter().skip(c).step_by(12).any(|x| x.abs() > 1e-4);
    let heard: Vec<_> = (0..12).filter(|c| loud(*c)).collect();
    assert_eq!(heard, [3]);
}

#[test]
fn groups_that_cannot_be_told_apart_are_refused() {
    let project = project();
    for (groups, word) in [
        (["vocals", "vocals"], "twice"),
        (["vocals", "rest"], "rest"),
        (["vocals", "drum"], "did you mean `drums`"),
    ] {
        let [a, b] = groups;
        let arguments = ["render", "scene.yaml", "--to", "2.0", "--group", a, "--group", b];
        let run = project.run(&arguments).expect(2);
        assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
        assert!(project.files("out").is_empty());
    }
}
