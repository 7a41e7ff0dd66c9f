//! Words in, words out, exit codes, and what is left on disk.

use crate::suite::support::{Project, cupola, noise};
use std::path::Path;

const SCENE: &str = "
cupola: 1
title: Test
stems:
  a: {file: a.wav}
objects:
  - {name: One, stem: a, position: {azimuth: 20, elevation: 10}}
outputs:
  - {speakers: 7.1.4}
  - {binaural: default}
  - {master: adm-bwf}
";

fn project() -> Project {
    let project = Project::new(SCENE);
    project.stem("a.wav", 1, 9_600, noise);
    project
}

#[test]
fn build_writes_what_the_scene_asks_for_and_says_so_in_json() {
    let project = project();
    let run = project.run(&["build", "scene.yaml", "--json"]).expect(0);
    let json = run.json();
    let kinds: Vec<_> =
        json["outputs"].as_array().unwrap().iter().map(|o| o["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["speakers", "binaural", "adm-bwf"]);
    assert_eq!(project.files("out"), ["Test_7.1.4.wav", "Test_adm-bwf.wav", "Test_binaural.wav"]);
    assert_eq!(json["outputs"][0]["channels"][4], "Lss", "sides come before backs");
    for output in json["outputs"].as_array().unwrap() {
        assert_eq!(output["frames"], 9_600, "{output}");
        assert_eq!(output["sha256"].as_str().map(str::len), Some(64), "{output}");
    }
}

#[test]
fn a_second_run_replaces_its_own_files_with_the_same_bytes() {
    let project = project();
    let hashes = |run: serde_json::Value| -> Vec<String> {
        run["outputs"].as_array().unwrap().iter().map(|o| o["sha256"].to_string()).collect()
    };
    let first = hashes(project.run(&["build", "scene.yaml", "--json"]).expect(0).json());
    let second = hashes(project.run(&["build", "scene.yaml", "--json"]).expect(0).json());
    assert_eq!(first, second);
}

#[test]
fn a_run_that_fails_takes_the_folders_it_made_away_and_no_other() {
    let project = project();
    // Not a number, in the middle of the stem: found when files have been started.
    project.stem("a.wav", 1, 9_600, |frame, channel| match frame {
        5_000 => f32::NAN,
        _ => noise(frame, channel),
    });
    std::fs::create_dir(project.path("there")).unwrap();
    for folder in ["out", "there/new/out", "there"] {
        project.run(&["build", "scene.yaml", "-o", folder]).expect(5);
    }
    assert_eq!(project.files("there"), [""; 0]);
    assert!(!project.path("out").exists() && project.path("there").exists());
}

#[test]
fn a_file_nobody_recorded_is_left_alone_without_force() {
    let project = project();
    std::fs::create_dir(project.path("out")).unwrap();
    project.write("out/Test_7.1.4.wav", "precious");
    let run = project.run(&["build", "scene.yaml"]).expect(6);
    assert!(run.stderr.contains("--force"), "{}", run.stderr);
    assert_eq!(std::fs::read_to_string(project.path("out/Test_7.1.4.wav")).unwrap(), "precious");
    assert_eq!(project.files("out"), ["Test_7.1.4.wav"], "nothing else was written");
    project.run(&["build", "scene.yaml", "--force"]).expect(0);
    assert_ne!(std::fs::read(project.path("out/Test_7.1.4.wav")).unwrap(), b"precious");
}

#[test]
fn a_recorded_file_that_was_changed_since_is_left_alone() {
    let project = project();
    project.run(&["build", "scene.yaml"]).expect(0);
    project.write("out/Test_binaural.wav", "edited by hand");
    project.run(&["build", "scene.yaml"]).expect(6);
    assert_eq!(
        std::fs::read_to_string(project.path("out/Test_binaural.wav")).unwrap(),
        "edited by hand"
    );
}

#[test]
fn every_exit_code_of_the_table_can_happen() {
    let project = project();
    project.run(&["render", "scene.yaml"]).expect(2);
    project.run(&["render", "scene.yaml", "--to", "7.1.5"]).expect(2);
    project.run(&["check", "nowhere.yaml"]).expect(3);
    project.write("broken.yaml", "cupola: 1\nobjets: []\n");
    let run = project.run(&["check", "broken.yaml"]).expect(4);
    assert!(run.stderr.contains("broken.yaml:2:1"), "{}", run.stderr);
    assert!(run.stderr.contains("objects"), "the right word is suggested: {}", run.stderr);
    project.write("missing.yaml", &SCENE.replace("a.wav", "b.wav"));
    let run = project.run(&["check", "missing.yaml"]).expect(5);
    assert!(run.stderr.contains("b.wav"), "{}", run.stderr);
    assert!(run.stderr.contains("did you mean `a.wav`"), "{}", run.stderr);
    project.write("both.yaml", &SCENE.replace("a.wav", "b.wav").replace("elevation", "elevatoin"));
    let run = project.run(&["check", "both.yaml"]).expect(4);
    assert!(run.stderr.contains("b.wav") && run.stderr.contains("`elevation`"), "{}", run.stderr);
    project.run(&["build", "scene.yaml", "-o", "scene.yaml"]).expect(6);
    project.write("loud.yaml", &SCENE.replace("stem: a,", "stem: a, gain: 20,"));
    let run = project.run(&["build", "loud.yaml", "-o", "loud", "--json"]).expect(7);
    let text = run.json()["findings"].to_string();
    assert!(text.contains("signal.clipped") && text.contains("dB"), "{text}");
}

#[test]
fn a_float_file_never_clips() {
    let project = project();
    project.write("loud.yaml", &SCENE.replace("stem: a,", "stem: a, gain: 20,"));
    let run =
        project.run(&["render", "loud.yaml", "--to", "7.1.4", "--bits", "32", "--json"]).expect(0);
    let peak = run.json()["outputs"][0]["peak_db"].as_f64().unwrap();
    // 0.25 peak noise at +20 dB, panned between three loudspeakers, stays above full scale.
    assert!(peak > 0.0, "peak {peak} dBFS");
}

#[test]
fn a_stem_with_a_value_that_is_no_number_is_refused_with_its_place() {
    let project = Project::new(SCENE);
    project.stem("a.wav", 1, 9_600, |frame, _| if frame == 7_000 { f32::NAN } else { 0.1 });
    let run = project.run(&["build", "scene.yaml"]).expect(5);
    assert!(run.stderr.contains("7000") && run.stderr.contains("a.wav"), "{}", run.stderr);
    assert_eq!(project.files("out"), Vec::<String>::new(), "nothing is left behind");
}

#[test]
fn a_truncated_stem_is_named_and_nothing_is_left_behind() {
    let project = project();
    let whole = std::fs::read(project.path("a.wav")).unwrap();
    std::fs::write(project.path("a.wav"), &whole[..whole.len() / 2]).unwrap();
    let run = project.run(&["build", "scene.yaml", "--json"]).expect(5);
    assert!(run.json()["findings"].to_string().contains("stems.wav.truncated"), "{}", run.stdout);
    assert_eq!(project.files("out"), Vec::<String>::new());
}

#[test]
fn folders_with_spaces_and_accents_are_no_trouble() {
    let project = project();
    std::fs::create_dir(project.path("Été à Paris")).unwrap();
    let scene = SCENE
        .replace("file: a.wav", "file: ../a.wav")
        .replace("title: Test", "title: Déjà vu / \"Live\"");
    project.write("Été à Paris/scène un.yaml", &scene);
    project.run(&["build", "Été à Paris/scène un.yaml"]).expect(0);
    assert!(project.files("Été à Paris/out").contains(&"Déjà vu - -Live-_7.1.4.wav".to_owned()));
}

#[test]
fn the_master_lands_where_it_was_sent() {
    let project = project();
    project.run(&["master", "scene.yaml", "-o", "song.wav"]).expect(0);
    assert!(project.path("song.wav").exists());
    project.run(&["master", "scene.yaml", "-o", "song.wav"]).expect(0);
    project.write("other.wav", "precious");
    project.run(&["master", "scene.yaml", "-o", "other.wav"]).expect(6);
}

#[test]
fn a_damf_master_is_three_files_that_a_second_run_replaces_and_nobody_elses() {
    let project = project();
    let run = project.run(&["master", "scene.yaml", "-o", "m/song.atmos", "--json"]).expect(0);
    let names = ["song.atmos", "song.atmos.audio", "song.atmos.metadata"];
    assert_eq!(project.files("m"), names);
    let document: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let output = &document["outputs"][0];
    assert_eq!(
        (&output["kind"], output["companions"].as_array().unwrap().len()),
        (&"damf".into(), 2)
    );
    project.run(&["master", "scene.yaml", "-o", "m/song.atmos", "--format", "damf"]).expect(0);
    project.write("m/song.atmos.audio", "precious");
    let run = project.run(&["master", "scene.yaml", "-o", "m/song.atmos"]).expect(6);
    assert!(run.stderr.contains("song.atmos.audio"), "{}", run.stderr);
    project.run(&["master", "scene.yaml", "-o", "m/song.atmos", "--force"]).expect(0);
    for wrong in [["m/song.wav", "damf"], ["m/song.atmos", "adm-bwf"]] {
        let run = project.run(&["master", "scene.yaml", "-o", wrong[0], "--format", wrong[1]]);
        assert!(run.expect(2).stderr.contains("write for example"));
    }
    assert_eq!(project.files("m"), names);
}

#[test]
fn info_shows_what_a_master_holds() {
    let project = project();
    project.run(&["master", "scene.yaml", "-o", "song.wav"]).expect(0);
    let run = project.run(&["info", "song.wav"]).expect(0);
    for word in ["Atmos_Master", "One", "24-bit", "48000", "axml", "chna", "dbmd", "Cupola"] {
        assert!(run.stdout.contains(word), "{word} is missing:\n{}", run.stdout);
    }
    project.run(&["info", "scene.yaml"]).expect(0);
    project.run(&["info", "nowhere.wav"]).expect(3);
    assert!(project.run(&["build", "song.wav"]).expect(3).stderr.contains("cupola info"));
}

#[test]
fn a_master_passes_its_check_and_a_damaged_one_exits_7_with_every_fault() {
    let project = project();
    project.run(&["master", "scene.yaml", "-o", "song.wav"]).expect(0);
    let run = project.run(&["check", "song.wav"]).expect(0);
    assert!(run.stdout.contains("no errors"), "{}", run.stdout);
    let mut bytes = std::fs::read(project.path("song.wav")).unwrap();
    let find =
        |bytes: &[u8], text: &[u8]| bytes.windows(text.len()).position(|w| w == text).unwrap();
    let at = find(&bytes, b"Atmos_Master");
    bytes[at] = b'B';
    let at = find(&bytes, b"dbmd") + 8 + 4 + 3;
    bytes[at] ^= 1;
    project.write("bad.dat", "");
    std::fs::write(project.path("bad.dat"), bytes).unwrap();
    let run = project.run(&["check", "bad.dat", "--json"]).expect(7);
    let document: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&document["kind"], &document["passed"]), (&"master".into(), &false.into()));
    for rule in ["master.programme.name", "master.dbmd.checksum"] {
        let findings = document["findings"].as_array().unwrap();
        let found = findings.iter().find(|f| f["rule"] == rule).expect(rule);
        assert!(found["hint"].is_string() && found["place"]["path"].is_string(), "{found}");
        assert!(run.stderr.contains(rule), "{}", run.stderr);
    }
}

#[test]
fn groups_rendered_alone_add_up_to_the_whole() {
    let scene = "
cupola: 1
title: T
stems: {a: {file: a.wav}, b: {file: b.wav}}
beds: [{name: Bed, format: 5.1, routes: [{stem: b, groups: [music]}]}]
objects: [{name: One, stem: a, groups: [voice], position: {azimuth: 20}}]
";
    let project = Project::new(scene);
    project.stem("a.wav", 1, 4_800, noise);
    project.stem("b.wav", 2, 4_800, |frame, channel| noise(frame, channel + 7));
    let read = |group: &[&str], file: &str| -> Vec<f32> {
        let words = ["render", "scene.yaml", "--to", "5.1", "--bits", "32"];
        project.run(&[&words, group].concat()).expect(0);
        let mut wav = hound::WavReader::open(project.path(&format!("out/{file}"))).unwrap();
        wav.samples::<f32>().map(Result::unwrap).collect()
    };
    let whole = read(&[], "T_5.1.wav");
    let voice = read(&["--group", "voice"], "T_voice_5.1.wav");
    let music = read(&["--group", "music"], "T_music_5.1.wav");
    assert!(voice != music && whole.iter().any(|s| *s != 0.0));
    for (sum, (a, b)) in whole.iter().zip(voice.iter().zip(&music)) {
        assert!((sum - (a + b)).abs() < 1e-6, "{sum} is not {a} + {b}");
    }
    let run = project.run(&["render", "scene.yaml", "--to", "5.1", "--group", "brass"]).expect(2);
    assert!(run.stderr.contains("music, voice"), "{}", run.stderr);
}

#[test]
fn layouts_are_listed_and_shown() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let all = cupola(here, &["layouts"]).expect(0).stdout;
    for name in [
        "2.0", "5.1", "7.1", "5.1.2", "5.1.4", "7.1.2", "7.1.4", "9.1.4", "9.1.6", "22.2", "4+7+0",
        "3+7+0",
    ] {
        assert!(all.contains(name), "{name} is missing:\n{all}");
    }
    let one = cupola(here, &["layouts", "4+7+0", "--json"]).expect(0).json();
    assert_eq!(one["layouts"][0]["name"], "7.1.4");
    assert_eq!(one["layouts"][0]["speakers"].as_array().unwrap().len(), 12);
    assert!(cupola(here, &["layouts", "7.1.5"]).expect(2).stderr.contains("7.1.4"));
}

#[test]
fn the_schema_is_a_document_of_its_own_even_when_quiet() {
    let here = Path::new(".");
    for arguments in [vec!["schema"], vec!["schema", "layout", "--quiet"]] {
        let schema = cupola(here, &arguments).expect(0).json();
        assert_eq!(schema["additionalProperties"], false, "{arguments:?}");
        assert!(schema["properties"]["cupola"]["description"].is_string(), "{arguments:?}");
    }
    assert!(cupola(here, &["schema", "layout"]).expect(0).stdout.contains("speakers"));
}

#[test]
fn a_scene_that_is_not_utf_8_is_refused_with_the_place() {
    let project = project();
    for (bytes, place, what) in [
        (b"cupola: 1\ntitle: caf\xe9\n".as_slice(), "2:11", "is not UTF-8"),
        (b"\xff\xfec\0u\0p\0", "1:1", "is UTF-16"),
        (b"cupola: 1\n# \xc0\xaf\n", "2:3", "is not UTF-8"),
        (b"cupola: 1\ntitle: x\nartist: \xc3\xa9\xed\xa0\x80\n", "3:10", "is not UTF-8"),
    ] {
        std::fs::write(project.path("scene.yaml"), bytes).unwrap();
        let said = project.run(&["check", "scene.yaml"]).expect(3).stderr;
        assert!(said.contains(&format!("scene.yaml:{place} on")), "{bytes:?}: {said}");
        assert!(said.contains(what), "{bytes:?}: {said}");
    }
}

#[test]
fn gains_are_printed_for_every_object_and_refusals_have_an_exit_code() {
    let project = project();
    let position = r#"{"position": {"azimuth": 30, "elevation": 0}, "gain": 0.5}"#;
    project.write("good.json", &format!("[{position}]"));
    let gains = project.run(&["gains", "4+7+0", "good.json"]).expect(0).json();
    assert_eq!(gains["objects"][0]["direct"][0], 0.5);
    assert_eq!(gains["channels"][0], "M+030");
    project.write("bad.json", &format!("[{position}, {{\"position\": {{\"azimuth\": 999}}}}]"));
    let run = project.run(&["gains", "7.1.4", "bad.json", "--panner", "vbap"]).expect(7);
    assert!(run.stderr.contains("bad.json objects[1].position.azimuth"), "{}", run.stderr);
    assert!(run.json()["objects"][1]["error"].is_string());
    project.write("broken.json", "[{\n\"position\": ");
    let run = project.run(&["gains", "7.1.4", "broken.json"]).expect(4);
    assert!(run.stderr.contains("broken.json:2:"), "{}", run.stderr);
    project.run(&["gains", "7.1.4", "missing.json"]).expect(3);
    project.run(&["gains", "7.1.5", "good.json"]).expect(2);
    project.run(&["gains", "7.1.4", "good.json", "--panner", "ear"]).expect(2);
}

#[test]
fn quiet_is_quiet_and_help_has_examples() {
    let project = project();
    let run = project.run(&["build", "scene.yaml", "--quiet"]).expect(0);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
    for command in
        ["build", "render", "master", "layouts", "schema", "gains", "fmt", "completions", "man"]
    {
        let help = project.run(&[command, "--help"]).expect(0).stdout;
        assert!(help.contains("Example"), "{command} --help:\n{help}");
    }
}

#[test]
fn doing_what_the_clipping_message_says_is_enough() {
    let project = project();
    let words = ["render", "loud.yaml", "--to", "7.1.4", "--json", "--force"];
    project.write("loud.yaml", &SCENE.replace("stem: a,", "stem: a, gain: 20.123,"));
    let json = project.run(&words).expect(7).json();
    let findings = json["findings"].as_array().expect("findings");
    let clipped = findings.iter().find(|f| f["rule"] == "signal.clipped").expect("it clips");
    let hint = clipped["hint"].as_str().expect("a hint");
    let decibels: f64 = hint.split(' ').find_map(|word| word.parse().ok()).expect("a number");
    assert!(json["outputs"][0]["clipped"][0]["first_frame"].is_u64(), "{json}");
    let gain = 20.123 - decibels;
    project.write("loud.yaml", &SCENE.replace("stem: a,", &format!("stem: a, gain: {gain:.3},")));
    project.run(&words).expect(0);
}

#[test]
fn what_a_run_reads_is_never_written_even_by_force() {
    let project = project();
    let before = std::fs::read(project.path("a.wav")).unwrap();
    for target in ["a.wav", "scene.yaml", "./a.wav"] {
        let run = project.run(&["master", "scene.yaml", "-o", target, "--force"]).expect(6);
        assert!(run.stderr.contains("read by this very run"), "{}", run.stderr);
    }
    assert_eq!(std::fs::read(project.path("a.wav")).unwrap(), before);
}

#[test]
fn check_refuses_what_build_refuses() {
    let project = project();
    for (outputs, rule) in
        [("[]", "output.none"), ("[{speakers: 22.2, order: wave}]", "output.order")]
    {
        let head = SCENE.split("outputs:").next().unwrap();
        project.write("odd.yaml", &format!("{head}outputs: {outputs}\n"));
        for command in ["check", "build"] {
            let run = project.run(&[command, "odd.yaml", "--json"]).expect(4);
            assert!(run.json()["findings"].to_string().contains(rule), "{}", run.stdout);
        }
    }
    assert_eq!(project.files("out"), Vec::<String>::new());
    let long = SCENE.replace("title: Test", &format!("title: {}", "Very long ".repeat(25)));
    project.write("long.yaml", &long);
    project.run(&["check", "long.yaml"]).expect(0);
    project.run(&["build", "long.yaml"]).expect(0);
    assert_eq!(project.files("out").len(), 3);
}

#[test]
fn sound_beyond_the_end_cannot_stop_a_run() {
    let project = Project::new(&SCENE.replace("title: Test", "title: Test\nend: 300 samples"));
    let broken = |frame, _| if frame == 200_777 { f32::NAN } else { 0.25 };
    project.stem("a.wav", 1, 210_000, broken);
    let run = project.run(&["build", "scene.yaml", "--json"]).expect(0);
    assert!(run.json()["findings"].to_string().contains("200777"), "{}", run.stdout);
    project.stem("a.wav", 1, 9_600, |_, _| 0.25);
    let run = project.run(&["build", "scene.yaml", "--json"]).expect(0);
    assert!(run.json()["findings"].to_string().contains("signal.tail_cut"), "{}", run.stdout);
}

#[test]
fn what_lies_outside_the_clips_of_a_stem_is_no_tail() {
    let scene = |play: &str| {
        let stem = format!("{{file: a.wav, play: [{play}]}}");
        let scene = SCENE.replace("title: Test", "title: Test\nend: 4800 samples");
        assert!(scene.contains("{file: a.wav}"), "the scene has changed");
        scene.replace("{file: a.wav}", &stem)
    };
    let project = Project::new(&scene("{at: 0, length: 0.1 s}"));
    project.stem("a.wav", 1, 48_000, |_, _| 0.25);
    for (play, cut) in [
        ("{at: 0, length: 0.1 s}", false),
        ("{at: 0, length: 0.11 s}", true),
        ("{at: 0.05 s, in: 0.98 s}", false),
    ] {
        project.write("scene.yaml", &scene(play));
        let run = project.run(&["build", "scene.yaml", "--json", "--force"]).expect(0);
        let noted = run.json()["findings"].to_string().contains("signal.tail_cut");
        assert_eq!(noted, cut, "{play}: {}", run.stdout);
    }
}

#[test]
fn two_scenes_in_one_folder_do_not_lock_each_other_out() {
    let project = project();
    project.write("other.yaml", &SCENE.replace("title: Test", "title: Other"));
    for _ in 0..2 {
        let runs = ["scene.yaml", "other.yaml"].map(|scene| {
            std::process::Command::new(env!("CARGO_BIN_EXE_cupola"))
                .current_dir(project.path(""))
                .args(["build", scene, "--quiet"])
                .spawn()
                .expect("the program starts")
        });
        for mut run in runs {
            assert!(run.wait().expect("the program ends").success());
        }
    }
}

#[test]
fn words_that_make_no_sense_are_a_document_too() {
    let project = project();
    for words in [
        &["render", "scene.yaml", "--json"][..],
        &["frob", "--json"],
        &["build", "scene.yaml", "--panner", "x", "--json"],
    ] {
        let run = project.run(words).expect(2);
        assert!(run.json()["error"].is_string(), "{}", run.stdout);
    }
    project.run(&["check", "scene.yaml", "--json", "--json"]).expect(0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_document_that_gets_lost_is_a_failure() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
    let status = std::process::Command::new(env!("CARGO_BIN_EXE_cupola"))
        .args(["layouts", "--json"])
        .stdout(full)
        .status()
        .expect("the program starts");
    assert_eq!(status.code(), Some(6));
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_at_once_and_leaves_nothing_behind() {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};
    let project = Project::new(&SCENE.replace("title: Test", "title: Test\nend: 3:00:00"));
    project.stem("a.wav", 1, 9_600, noise);
    let mut child = Command::new(env!("CARGO_BIN_EXE_cupola"))
        .current_dir(project.path(""))
        .args(["build", "scene.yaml"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // Wait until it writes: a temporary file has appeared in the folder.
    let started = Instant::now();
    while project.files("out").is_empty() {
        assert!(started.elapsed() < Duration::from_secs(60), "nothing was written");
        std::thread::sleep(Duration::from_millis(20));
    }
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().expect("kill runs").success());
    let asked = Instant::now();
    let status = child.wait().expect("the program ends");
    assert_eq!(status.code(), Some(130));
    assert!(asked.elapsed() < Duration::from_secs(10), "took {:?} to stop", asked.elapsed());
    assert_eq!(project.files("out"), Vec::<String>::new());
}
