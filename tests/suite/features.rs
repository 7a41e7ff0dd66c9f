//! Snap, zones, divergence, diffuse, importance and screens, from the scene to the files.

use super::support::{Project, Run, noise};

const FRAMES: u32 = 9_600;

/// A scene whose objects have these keys, each with a mono stem of noise.
fn project(objects: &[&str]) -> Project {
    let mut scene = "cupola: 1\ntitle: t\nstems:\n".to_owned();
    for i in 0..objects.len() {
        scene += &format!("  s{i}: {{file: s{i}.wav}}\n");
    }
    scene += "objects:\n";
    for (i, keys) in objects.iter().enumerate() {
        scene += &format!("  - {{name: Object {i}, stem: s{i}, {keys}}}\n");
    }
    let project = Project::new(&scene);
    for i in 0..objects.len() {
        project.stem(&format!("s{i}.wav"), 1, FRAMES, |frame, _| noise(frame, i as u16));
    }
    project
}

/// The channels of a 32-bit float render to 7.1.4.
fn render(project: &Project, options: &[&str]) -> (Run, Vec<Vec<f32>>) {
    let fixed = ["render", "scene.yaml", "--to", "7.1.4", "--bits", "32", "--force", "--json"];
    let run = project.run(&[&fixed[..], options].concat()).expect(0);
    let document = run.json();
    let path = document["outputs"][0]["path"].as_str().expect("a path");
    let mut file = hound::WavReader::open(project.path(path)).expect("a file");
    let samples: Vec<f32> = file.samples::<f32>().map(|s| s.expect("a sample")).collect();
    assert_eq!(samples.len(), 12 * FRAMES as usize);
    let channel = |c: usize| samples.iter().skip(c).step_by(12).copied().collect();
    (run, (0..12).map(channel).collect())
}

fn rules(run: &Run) -> Vec<String> {
    let findings = run.json()["findings"].as_array().expect("a list").clone();
    findings.iter().map(|f| f["rule"].as_str().expect("an id").to_owned()).collect()
}

#[test]
fn a_snapped_object_is_one_loudspeaker_in_every_law() {
    let project = project(&["snap: true, position: {azimuth: 100, elevation: 8}"]);
    for panner in ["by-position", "vbap", "room", "bs2127"] {
        let (_, channels) = render(&project, &["--panner", panner]);
        for (channel, samples) in channels.iter().enumerate() {
            for (frame, sample) in samples.iter().enumerate() {
                // Lss is the fifth.
                let wanted = if channel == 4 { noise(frame as u32, 0) } else { 0.0 };
                assert!((sample - wanted).abs() < 1e-6, "{panner}: {channel} at {frame}");
            }
        }
    }
}

#[test]
fn what_is_diffuse_makes_nothing_else_late() {
    let still = "position: {azimuth: 15, elevation: 10}";
    let alone = render(&project(&[still]), &[]).1;
    let silent = "zones: [no-back, no-heights], diffuse: 0.7, gain: -inf, position: {azimuth: 90}";
    assert_eq!(render(&project(&[still, silent]), &[]).1, alone);
    // All of a diffuse object is there: the filters pass every frequency.
    let energy = |channels: &[Vec<f32>]| -> f64 {
        channels.iter().flatten().map(|x| f64::from(*x).powi(2)).sum()
    };
    let diffuse = render(&project(&[&format!("diffuse: 1, {still}")]), &[]).1;
    let ratio = energy(&diffuse) / energy(&alone);
    assert!((0.9..1.1).contains(&ratio), "{ratio} of the energy is left");
    assert_ne!(diffuse, alone);
}

#[test]
fn what_matters_less_than_asked_for_is_left_out_and_named() {
    let place = "position: {azimuth: 30}";
    let minor = format!("importance: 4, {place}");
    let two = project(&["snap: true, position: {azimuth: -30}", &minor]);
    let (run, all) = render(&two, &["--importance", "4"]);
    assert!(!rules(&run).contains(&"render.importance".to_owned()));
    let (run, some) = render(&two, &["--importance", "5"]);
    assert!(rules(&run).contains(&"render.importance".to_owned()));
    assert!(run.stdout.contains("Object 1"));
    assert!(all[0].iter().any(|x| *x != 0.0) && some[0].iter().all(|x| *x == 0.0));
    assert_eq!(all[1], some[1]);
    assert_eq!(two.files("out"), ["t_importance-4_7.1.4.wav", "t_importance-5_7.1.4.wav"]);
    two.run(&["render", "scene.yaml", "--to", "2.0", "--importance", "11"]).expect(2);
}

#[test]
fn a_master_carries_what_it_can_and_says_what_it_cannot() {
    let moving = "automation: [{at: 0, x: -1, y: 1}, {at: 0.1, x: 1}]";
    let project = project(&[
        &format!("snap: true, zones: [screen-only, no-heights], diffuse: 1, {moving}"),
        "divergence: {value: 0.5, width: 60}, position: {azimuth: 0}",
    ]);
    let run = project.run(&["master", "scene.yaml", "-o", "song.wav", "--json"]).expect(0);
    assert_eq!(rules(&run).iter().filter(|rule| *rule == "master.features").count(), 1);
    assert!(run.stdout.contains("divergence of Object 1"), "{}", run.stdout);
    let bytes = std::fs::read(project.path("song.wav")).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    let count = |word: &str| text.matches(word).count();
    let blocks = count("<audioBlockFormat ");
    assert!(blocks > 8, "{blocks} blocks");
    for word in [">ZM4</zone>", ">ZB</zone>", ">ZT</zone>", "<channelLock>1<", "<diffuse>1.000000<"]
    {
        assert_eq!(count(word), blocks - 1, "{word}");
    }
    project.run(&["check", "song.wav"]).expect(0);
    let run = project.run(&["render", "scene.yaml", "--to", "binaural", "--json"]).expect(0);
    assert!(rules(&run).contains(&"binaural.features".to_owned()));
    let everything = "zones: [{z: [-1, 1]}], position: {azimuth: 0}";
    let idle = self::project(&[everything]);
    let run = idle.run(&["render", "scene.yaml", "--to", "5.1", "--json"]).expect(0);
    assert!(rules(&run).contains(&"render.zones.idle".to_owned()));
}

/// 7.1.4 whose screen reaches from L to R.
fn screening_room(project: &Project) {
    let list = std::fs::read_to_string(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("layouts/7.1.4.yaml"),
    );
    let text = list.expect("the layout").replace("speakers:", "screen: {width: 60}\nspeakers:");
    std::fs::write(project.path("room.yaml"), text).expect("a layout file");
}

#[test]
fn objects_of_the_picture_follow_the_screen_of_the_layout_and_go_through_plain_adm() {
    let project = project(&[
        "screen_ref: true, position: {azimuth: 20}",
        "screen_edge: right, position: {azimuth: 120}",
    ]);
    let scene = std::fs::read_to_string(project.path("scene.yaml")).expect("the scene");
    let scene = scene.replacen("title: t", "title: t\nscreen: {width: 40, aspect: 2.39}", 1);
    std::fs::write(project.path("scene.yaml"), scene).expect("a scene");
    screening_room(&project);
    let words = ["master", "scene.yaml", "--format", "adm-itu", "-o", "plain.wav"];
    project.run(&words).expect(0);
    project.run(&["import", "plain.wav", "-o", "back"]).expect(0);
    let back = std::fs::read_to_string(project.path("back/scene.yaml")).expect("a scene");
    let screen = "screen: {position: {azimuth: 0, elevation: 0}, width: 40, aspect: 2.39}\n";
    for key in [screen, "    screen_ref: true\n", "    screen_edge: [right]\n"] {
        assert_eq!(back.matches(key).count(), 1, "{key}: {back}");
    }
    for input in ["scene.yaml", "plain.wav", "back/scene.yaml"] {
        for panner in ["by-position", "bs2127"] {
            let words = ["render", input, "--to", "room.yaml", "--bits", "32", "--force", "--json"];
            let run = project.run(&[&words[..], &["--panner", panner]].concat()).expect(0);
            let path = run.json()["outputs"][0]["path"].as_str().expect("a path").to_owned();
            let mut file = hound::WavReader::open(project.path(&path)).expect("a file");
            let samples: Vec<f32> = file.samples::<f32>().map(|s| s.expect("a sample")).collect();
            for (frame, channels) in samples.chunks(12).enumerate() {
                for (channel, sample) in channels.iter().enumerate() {
                    let wanted =
                        if channel < 2 { noise(frame as u32, channel as u16) } else { 0.0 };
                    assert!(
                        (sample - wanted).abs() < 1e-6,
                        "{input} {panner}: {channel} at {frame}"
                    );
                }
            }
        }
    }
    let run = project.run(&["master", "scene.yaml", "-o", "atmos.wav", "--json"]).expect(0);
    assert_eq!(rules(&run).iter().filter(|rule| *rule == "master.features").count(), 2);
    for word in ["`screen_ref` of Object 0", "`screen_edge` of Object 1"] {
        assert!(run.stdout.contains(word), "{word}: {}", run.stdout);
    }
    let run = project.run(&["render", "scene.yaml", "--to", "binaural", "--json"]).expect(0);
    assert!(rules(&run).contains(&"binaural.features".to_owned()));
    let run = project.run(&["diff", "scene.yaml", "atmos.wav", "--json"]).expect(7);
    assert!(rules(&run).contains(&"diff.screen".to_owned()), "{}", run.stdout);
}
