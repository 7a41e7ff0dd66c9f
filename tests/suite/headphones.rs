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
