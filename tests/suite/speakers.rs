//! Loudspeaker files: the order of their channels, and a walk round the loudspeakers.

use super::support::{Project, noise};

const SCENE: &str = "cupola: 1
title: Song
stems: {a: {file: a.wav}}
beds: [{format: 7.1, routes: [{stem: a, to: [L, R, C, LFE, Lss, Rss, Lrs, Rrs]}]}]
outputs:
  - {speakers: 7.1, order: protools, bits: 32}
  - {speakers: 7.1, order: wwise, bits: 32, name: wwise}
";

/// A stem of eight channels, each with a level of its own.
fn project(scene: &str) -> Project {
    let project = Project::new(scene);
    project.stem("a.wav", 8, 4_800, |_, channel| f32::from(channel + 1) / 16.0);
    project
}

fn channels(project: &Project, name: &str) -> Vec<Vec<f32>> {
    let mut reader = hound::WavReader::open(project.path(name)).expect(name);
    let count = usize::from(reader.spec().channels);
    let samples: Vec<f32> = match reader.spec().sample_format {
        hound::SampleFormat::Float => reader.samples::<f32>().map(Result::unwrap).collect(),
        hound::SampleFormat::Int => reader
            .samples::<i32>()
            .map(|x| x.expect("a sample") as f32 / (1 << 23) as f32)
            .collect(),
    };
    (0..count).map(|c| samples.iter().skip(c).step_by(count).copied().collect()).collect()
}

#[test]
fn a_scene_chooses_the_order_of_its_files() {
    let project = project(SCENE);
    let json = project.run(&["build", "scene.yaml", "--json"]).expect(0).json();
    // Sixteenths: L 1, R 2, C 3, LFE 4, Lss 5, Rss 6, Lrs 7, Rrs 8.
    for (index, name, levels, names) in [
        (0, "Song_7.1", [1, 3, 2, 5, 6, 7, 8, 4], "L C R Lss Rss Lrs Rrs LFE"),
        (1, "Song_wwise", [1, 2, 3, 4, 7, 8, 5, 6], "L R C LFE Lrs Rrs Lss Rss"),
    ] {
        let told = json["outputs"][index]["channels"].as_array().unwrap();
        let told: Vec<_> = told.iter().map(|name| name.as_str().unwrap()).collect();
        assert_eq!(told.join(" "), names);
        let heard = channels(&project, &format!("out/{name}.wav"));
        let heard: Vec<_> = heard.iter().map(|c| (c[100] * 16.0).round() as i32).collect();
        assert_eq!(heard, levels, "{name}");
    }
}

#[test]
fn an_order_that_does_not_describe_the_layout_is_refused_with_those_that_do() {
    let project = project(&SCENE.replace("7.1, order: protools", "7.1.4, order: film"));
    let run = project.run(&["build", "scene.yaml"]).expect(4);
    let told = "the order film has no place for Ltf, Rtf, Ltr, Rtr of 7.1.4; it has the orders \
                bs2051, smpte, protools, wave, wwise";
    assert!(run.stderr.contains(told) && run.stderr.contains("scene.yaml:6:"), "{}", run.stderr);
    let to = ["render", "scene.yaml", "--to", "9.1.6", "--order", "protools"];
    let run = project.run(&to).expect(2);
    assert!(
        run.stderr.contains("Lw, Rw") && run.stderr.contains("bs2051, smpte"),
        "{}",
        run.stderr
    );
    assert!(project.files("out").is_empty());
}

#[test]
fn a_walk_goes_through_the_channels_of_its_file_in_order() {
    let project = Project::new("");
    let walk = ["render", "--walk", "5.1.4", "--order", "protools", "-o", "w", "--json"];
    let json = project.run(&walk).expect(0).json();
    let heard = channels(&project, "w/walk_5.1.4.wav");
    let names: Vec<_> =
        json["walk"].as_array().unwrap().iter().map(|s| s["name"].as_str().unwrap()).collect();
    assert_eq!(names.join(" "), "L C R Ls Rs LFE Ltf Rtf Ltr Rtr");
    assert_eq!(heard.len(), 10);
    for (place, step) in json["walk"].as_array().unwrap().iter().enumerate() {
        let start = step["start"].as_f64().unwrap();
        // Half a second of silence, two seconds of noise.
        assert!((start - (place as f64 * 2.5 + 0.5)).abs() < 1e-9, "{step}");
        let middle = ((start + 0.5) * 48_000.0) as usize;
        for (channel, samples) in heard.iter().enumerate() {
            let part = &samples[middle..middle + 48_000];
            let power = part.iter().map(|x| f64::from(x * x)).sum::<f64>() / 48_000.0;
            if channel == place {
                // Over a part of the noise the level is not exact.
                assert!((10.0 * power.log10() + 20.0).abs() < 1.0, "{channel}: {power}");
            } else {
                assert_eq!(power, 0.0, "{channel} while {place} plays");
            }
        }
    }
    let text = project.run(&["render", "--walk", "5.1.4", "-o", "w"]).expect(0).stdout;
    assert!(text.contains("LFE") && text.contains("30 to 120 Hz"), "{text}");
}

#[test]
fn a_walk_takes_no_scene_and_a_render_needs_one() {
    let project = project(SCENE);
    project.run(&["render", "scene.yaml", "--walk", "5.1"]).expect(2);
    project.run(&["render", "--walk", "5.1", "--to", "5.1"]).expect(2);
    project.run(&["render", "--to", "5.1"]).expect(2);
    assert!(project.files("out").is_empty());
}

const ROOM: &str = "cupola: 1
name: Studio
speakers:
  - {name: L, label: M+030, azimuth: 28.5, room: [-1, 1, 0], distance: 3.43}
  - {name: R, label: M-030, azimuth: -31, room: [1, 1, 0], distance: 2.401, gain: -6}
  - {name: Ls, label: M+110, azimuth: 115, room: [-1, -1, 0], distance: 3.43, delay: 2.5 ms}
  - {name: Rs, label: M-110, azimuth: -108, room: [1, -1, 0], distance: 3.43}
";

#[test]
fn the_gains_and_delays_of_a_room_come_after_panning() {
    let project = Project::new(
        "cupola: 1
title: Song
stems: {a: {file: a.wav}}
objects: [{stem: a, size: 0.5, position: {azimuth: 0, elevation: 0}, automation: [{at: 0.2 s, azimuth: 170}]}]
outputs: [{speakers: room.yaml, bits: 32}]
",
    );
    project.stem("a.wav", 1, 12_000, noise);
    project.write("room.yaml", ROOM);
    let plain = ROOM.replace(", distance: 3.43", "").replace(", distance: 2.401, gain: -6", "");
    project.write("plain.yaml", &plain.replace(", delay: 2.5 ms", ""));
    project.run(&["build", "scene.yaml"]).expect(0);
    let plain = ["render", "scene.yaml", "--to", "plain.yaml", "--bits", "32", "-o", "plain"];
    project.run(&plain).expect(0);
    let [room, plain] =
        ["out/Song_room.wav", "plain/Song_Studio.wav"].map(|n| channels(&project, n));
    // 1.029 m nearer is 3 ms: 144 frames; 2.5 ms are 120.
    for (channel, gain, delay) in [(0, 1.0, 0), (1, 0.501_187_2, 144), (2, 1.0, 120), (3, 1.0, 0)] {
        assert!(plain[channel].iter().any(|x| x.abs() > 0.01), "{channel} is heard");
        assert!(room[channel][..delay].iter().all(|x| *x == 0.0));
        for (frame, x) in room[channel][delay..].iter().enumerate() {
            assert!((x - gain * plain[channel][frame]).abs() < 1e-7, "{channel} {frame}");
        }
    }
}

#[test]
fn a_layout_is_checked_with_how_well_it_reaches_all_directions() {
    let project = Project::new("");
    project.write("room.yaml", ROOM);
    let run = project.run(&["layouts", "room.yaml", "--plot", "room.svg", "--json"]).expect(0);
    let json = run.json();
    let ring = &json["reach"]["ear level"];
    let worst = ring["worst_error"].as_f64().unwrap();
    // Between loudspeakers D apart the energy vector errs by at most atan(sin 2a tan(D/2)) - a. At the
    // back, 137° apart, that is 32°; the sides, 86.5° and 77°, err less.
    let half = (137.0_f64 / 2.0).to_radians();
    let error = |a: f64| {
        let (b, t) = (a.to_radians(), half);
        let [near, far] = [(t + b).sin().powi(2), (t - b).sin().powi(2)];
        ((near - far) / (near + far) * t.tan()).atan().to_degrees() - a
    };
    let expected = (0..600).map(|tenth| error(f64::from(tenth) / 10.0)).fold(0.0, f64::max);
    assert!((worst - expected).abs() < 0.1, "{worst} {expected}");
    assert!(json["reach"]["below"]["reached"].as_f64().unwrap() < 0.5);
    let delays = json["layouts"][0]["speakers"].as_array().unwrap();
    let delays: Vec<_> = delays.iter().map(|s| s["delay_ms"].as_f64().unwrap()).collect();
    assert!((delays[1] - 3.0).abs() < 1e-9 && (delays[2] - 2.5).abs() < 1e-9, "{delays:?}");
    let svg = std::fs::read_to_string(project.path("room.svg")).unwrap();
    for word in ["<svg", "Studio", ">Rs</text>", "28.5°", "3.00"] {
        assert!(svg.contains(word), "{word} is missing");
    }
    let words = project.run(&["layouts", "room.yaml"]).expect(0).stdout;
    assert!(words.contains("-6.00 dB, 3.00 ms") && words.contains("% reached"), "{words}");

    project.write("room.yaml", &ROOM.replace("-6}", "-6, dealy: 3}"));
    let run = project.run(&["layouts", "room.yaml"]).expect(4);
    assert!(
        run.stderr.contains("room.yaml:5:") && run.stderr.contains("`delay`"),
        "{}",
        run.stderr
    );
}
