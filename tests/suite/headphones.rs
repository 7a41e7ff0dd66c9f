//! Headphone renders: the room and the head, from scene and command line to the file.

use crate::suite::support::{Project, noise};

fn scene(room: &str, azimuth: i32) -> String {
    format!(
        "cupola: 1\ntitle: Night\n{room}stems: {{a: {{file: a.wav}}}}\n\
         objects: [{{stem: a, position: {{azimuth: {azimuth}}}}}]\n"
    )
}

fn project() -> Project {
    let project = Project::new(&scene("", 50));
    project.stem("a.wav", 1, 9_600, noise);
    project
}

/// The samples of both ears after a run to headphones.
fn heard(project: &Project, options: &[&str]) -> Vec<f32> {
    let words = ["render", "scene.yaml", "--to", "binaural", "--bits", "32", "--force"];
    project.run(&[&words[..], options].concat()).expect(0);
    let name = project.files("out").into_iter().find(|n| n.ends_with(".wav")).expect("a render");
    let path = project.path("out").join(name);
    let mut reader = hound::WavReader::open(&path).expect("a WAV file");
    let samples = reader.samples().map(|s| s.expect("a sample")).collect();
    std::fs::remove_dir_all(project.path("out")).expect("the folder goes");
    samples
}

fn energy(samples: &[f32]) -> f64 {
    samples.iter().map(|&s| f64::from(s).powi(2)).sum()
}

#[test]
fn the_room_of_a_scene_is_heard_and_can_be_left() {
    let project = project();
    let usual = heard(&project, &[]);
    project.write("scene.yaml", &scene("room: off\n", 50));
    let dry = heard(&project, &[]);
    project.write("scene.yaml", &scene("room: {mid: {ratio: 60}}\n", 50));
    let hardly = heard(&project, &[]);
    project.write("scene.yaml", &scene("room: {}\n", 50));
    assert_eq!(heard(&project, &[]), usual, "the default room");
    let apart = |a: &[f32], b: &[f32]| {
        let difference: Vec<f32> = a.iter().zip(b).map(|(a, b)| a - b).collect();
        10.0 * (energy(&difference) / energy(b)).log10()
    };
    let (room, trace) = (apart(&usual, &dry), apart(&hardly, &dry));
    println!("the room: {room:.1} dB of the sound without it; with a ratio of 60 dB {trace:.1} dB");
    assert!((-12.0..-5.0).contains(&room) && trace < -55.0);
    let level = 10.0 * (energy(&usual) / energy(&dry)).log10();
    assert!(level.abs() < 1.0, "the room makes it {level} dB louder");
}

#[test]
fn a_head_that_looks_away_hears_the_scene_turned() {
    let project = project();
    let ahead = heard(&project, &[]);
    let turned = heard(&project, &["--orientation", "30,0,0"]);
    project.write("head.csv", "seconds,yaw,pitch,roll\n0,30,0,0\n");
    assert_eq!(heard(&project, &["--orientation", "head.csv"]), turned);
    assert_ne!(ahead, turned);
    project.write("scene.yaml", &scene("", 20));
    let moved = heard(&project, &[]);
    let difference: Vec<f32> = turned.iter().zip(&moved).map(|(a, b)| a - b).collect();
    assert!(energy(&difference) < 1e-9 * energy(&moved), "{}", energy(&difference));
}

#[test]
fn orientations_that_cannot_be_read_are_refused_with_their_place() {
    let project = project();
    project.write("head.csv", "0,0,0,0\n1,0,steep,0\n");
    let render = |looks: &str, code| {
        let words = ["render", "scene.yaml", "--to", "binaural", "--orientation", looks];
        project.run(&words).expect(code).stderr
    };
    let words = render("head.csv", 4);
    assert!(words.contains("head.csv:2:5") && words.contains("steep"), "{words}");
    let words = render("30,0", 2);
    assert!(words.contains("30,0,0"), "{words}");
    let words = render("nobody.csv", 3);
    assert!(words.contains("nobody.csv"), "{words}");
    assert!(project.files("out").iter().all(|name| !name.ends_with(".wav")));
}

#[test]
fn virtual_loudspeakers_are_compared_with_the_direct_way_in_octaves() {
    let project = project();
    let words = ["render", "scene.yaml", "--to", "binaural", "--via", "7.1.4", "--compare"];
    let run = project.run(&[&words[..], &["--json"]].concat()).expect(0);
    assert_eq!(project.files("out"), ["Night_binaural_via-7.1.4.wav"]);
    let json = run.json();
    let octaves = json["outputs"][0]["comparison"].as_array().expect("a comparison");
    assert_eq!(octaves.len(), 10);
    assert_eq!(octaves[5]["hz"], 1000.0);
    let differences: Vec<f64> = octaves
        .iter()
        .flat_map(|octave| [&octave["left_db"], &octave["right_db"]])
        .map(|db| db.as_f64().expect("both ears hear noise"))
        .collect();
    println!("{differences:.1?}");
    // Half way between two loudspeakers something differs, but nothing combs.
    assert!(differences.iter().any(|db| db.abs() > 0.1));
    assert!(differences.iter().all(|db| db.abs() < 8.0), "{differences:?}");
    // In a loudspeaker nothing does.
    project.write("scene.yaml", &scene("", 30));
    let run = project.run(&[&words[..], &["--json", "--force"]].concat()).expect(0);
    let json = run.json();
    for octave in json["outputs"][0]["comparison"].as_array().expect("a comparison") {
        for ear in ["left_db", "right_db"] {
            assert!(octave[ear].as_f64().expect("a level").abs() < 0.05, "{octave}");
        }
    }
    let run = project.run(&[&words[..], &["--force"]].concat()).expect(0);
    assert!(format!("{}{}", run.stdout, run.stderr).contains("1000 Hz"), "{}", run.stdout);
    let run = project.run(&["render", "scene.yaml", "--to", "binaural", "--via", "8.1"]).expect(2);
    assert!(run.stderr.contains("7.1.4"), "{}", run.stderr);
    project.run(&["render", "scene.yaml", "--to", "binaural", "--compare"]).expect(2);
}

#[test]
fn headphones_are_corrected_by_filters_or_by_a_response() {
    let project = project();
    // What a fractional delay rings before its sound falls before frame 0 and would be cut off there.
    let late = |frame, ear| if frame < 100 { 0.0 } else { noise(frame, ear) };
    project.stem("a.wav", 1, 9_600, late);
    let plain = heard(&project, &[]);
    // Half the amplitude, left and right, in three ways; the right ear alone in the fourth.
    project.write("half.txt", "Preamp: -6.0206 dB\nFilter 1: OFF PK Fc 100 Hz Gain 9 dB Q 1\n");
    project.stem("half.wav", 1, 3, |frame, _| if frame == 0 { 0.5 } else { 0.0 });
    project.stem("late.wav", 2, 800, |frame, ear| match (frame, ear) {
        (700, 0) => 0.5,
        (0, 1) => 1.0,
        _ => 0.0,
    });
    project.write("right.txt", "Channel: R\nPreamp: -6.0206 dB\n");
    let close = |name: &str, wanted: &dyn Fn(usize, usize) -> f32| {
        let got = heard(&project, &["--headphone-eq", name]);
        for (i, sample) in got.iter().enumerate() {
            let wanted = wanted(i / 2, i % 2);
            // Samples near 1, and what ten stages of a transform in 32 bits round each way.
            assert!(
                (sample - wanted).abs() < 2e-6,
                "{name}, frame {}: {sample}, not {wanted}",
                i / 2
            );
        }
    };
    close("half.txt", &|frame, ear| plain[2 * frame + ear] * 0.5);
    close("half.wav", &|frame, ear| plain[2 * frame + ear] * 0.5);
    close("right.txt", &|frame, ear| plain[2 * frame + ear] * [1.0, 0.5][ear]);
    close("late.wav", &|frame, ear| match (ear, frame.checked_sub(700)) {
        (0, Some(before)) => 0.5 * plain[2 * before],
        (0, None) => 0.0,
        _ => plain[2 * frame + 1],
    });
    // Of another rate: as loud, and in its place.
    project.stem("thin.wav", 1, 1, |_, _| 0.5);
    let bytes = std::fs::read(project.path("thin.wav")).expect("a file");
    let at = bytes.windows(4).position(|w| w == 48_000_u32.to_le_bytes()).expect("the rate");
    let mut other = bytes.clone();
    other[at..at + 4].copy_from_slice(&96_000_u32.to_le_bytes());
    std::fs::write(project.path("thin.wav"), other).expect("a file");
    let got = heard(&project, &["--headphone-eq", "thin.wav"]);
    let apart: Vec<f32> = got.iter().zip(&plain).map(|(a, b)| a - b * 0.5).collect();
    let db = 10.0 * (energy(&apart) / energy(&got)).log10();
    println!("a response of 96 kHz: {db:.1} dB");
    assert!(db < -60.0, "{db} dB");
    project.write("wrong.txt", "Preamp: 0 dB\nFilter 1: ON PK Fc 0 Hz Gain 5 dB Q 1\n");
    let render = |eq: &str, code| {
        let words = ["render", "scene.yaml", "--to", "binaural", "--headphone-eq", eq];
        project.run(&words).expect(code).stderr
    };
    let words = render("wrong.txt", 4);
    assert!(words.contains("wrong.txt:2:1"), "{words}");
    assert!(render("scene.yaml", 2).contains(".txt"));
    for option in ["--headphone-eq=half.txt", "--via=7.1.4"] {
        let run = project.run(&["render", "scene.yaml", "--to", "7.1.4", option]).expect(2);
        assert!(run.stderr.contains("--to binaural"), "{}", run.stderr);
    }
    project.stem("three.wav", 3, 3, |_, _| 0.5);
    assert!(render("three.wav", 3).contains("three.wav"));
}
