//! Albums: scenes that share files, as the program reads them.

use crate::suite::support::{Project, noise};

const ALBUM: &str = "stems:
  a: {file: stems/a.wav, gain: -3}
objects:
  - {name: One, stem: a, position: {azimuth: 20, elevation: 10}}
";
const SONG: &str = "cupola: 1\ntitle: Test\ninclude: ../album.yaml\noutputs: [{speakers: 5.1}]\n";

/// An album of one song; the stems of a song lie beside its scene.
fn album(shared: &str) -> Project {
    let project = Project::new("");
    std::fs::create_dir_all(project.path("song/stems")).expect("a folder for stems");
    project.write(".cupola-project", "");
    project.write("album.yaml", shared);
    project.write("song/scene.yaml", SONG);
    project.stem("song/stems/a.wav", 1, 9_600, noise);
    project
}

#[test]
fn a_song_that_shares_a_file_makes_the_bytes_of_one_that_does_not() {
    let project = album(ALBUM);
    let hash = |scene: &str, out: &str| {
        let json = project.run(&["build", scene, "-o", out, "--json"]).expect(0).json();
        json["outputs"][0]["sha256"].to_string()
    };
    let whole = SONG.replace("include: ../album.yaml\n", ALBUM);
    project.write("song/whole.yaml", &whole);
    assert_eq!(hash("song/scene.yaml", "one"), hash("song/whole.yaml", "two"));
    project.run(&["info", "song/scene.yaml"]).expect(0);
}

#[test]
fn a_finding_in_a_shared_file_is_shown_with_its_line() {
    let project = album(&ALBUM.replace("elevation", "elevatoin"));
    let run = project.run(&["check", "song/scene.yaml"]).expect(4);
    let shown = [
        "--> album.yaml:4:50 objects[0].position.elevatoin",
        "    4 |   - {name: One, stem: a, position: {azimuth: 20, elevatoin: 10}}",
        "did you mean `elevation`?",
    ];
    for words in shown {
        assert!(run.stderr.contains(words), "{words}\n{}", run.stderr);
    }
    let run = project.run(&["check", "song/scene.yaml", "--json"]).expect(4);
    assert_eq!(run.json()["findings"][0]["place"]["file"], "album.yaml");
}

#[test]
fn a_shared_file_is_read_by_every_verb_and_never_written() {
    let project = album(ALBUM);
    let arguments = ["master", "song/scene.yaml", "-o", "album.yaml", "--force"];
    let run = project.run(&arguments).expect(6);
    assert!(run.stderr.contains("is read by this very run"), "{}", run.stderr);
    assert_eq!(std::fs::read_to_string(project.path("album.yaml")).unwrap(), ALBUM);
}

#[test]
fn without_a_project_folder_nothing_above_the_scene_is_read() {
    let project = album(ALBUM);
    std::fs::remove_file(project.path(".cupola-project")).unwrap();
    let run = project.run(&["check", "song/scene.yaml"]).expect(4);
    for words in ["outside the project folder", "song", ".cupola-project", "scene.yaml:3:10"] {
        assert!(run.stderr.contains(words), "{words}\n{}", run.stderr);
    }
    assert_eq!(run.stderr.matches("error: ").count(), 2, "no other error follows\n{}", run.stderr);
}

#[test]
fn a_missing_file_is_shown_with_the_one_that_was_meant() {
    let project = album(ALBUM);
    project.write("song/scene.yaml", &SONG.replace("album.yaml", "albun.yaml"));
    let run = project.run(&["check", "song/scene.yaml"]).expect(4);
    assert!(run.stderr.contains("did you mean `album.yaml`"), "{}", run.stderr);
    // The stems of a shared file are looked at even when the scene is wrong.
    project.write("song/scene.yaml", &format!("{SONG}titel: x\n"));
    std::fs::remove_file(project.path("song/stems/a.wav")).unwrap();
    let run = project.run(&["check", "song/scene.yaml"]).expect(4);
    assert!(run.stderr.contains("`title`") && run.stderr.contains("a.wav"), "{}", run.stderr);
}
