//! The same scene and stems give the same bytes, however the work is cut up.

use crate::suite::support::{Project, noise};

const SCENE: &str = "
cupola: 1
title: T
stems:
  a: {file: a.wav}
  b: {file: b.wav, offset: 1000 samples}
  c:
    file: c.wav
    play:
      - {at: 0.05 s, in: 0.2 s, length: 77 ms, loop: 4, crossfade: 5 ms}
      - {at: 0.3 s, in: 0.1 s, out: 0.35 s, fade_in: 20 ms, fade_out: 90 ms, gain: -3}
      - {at: 0.35 s, in: 0.11 s, shape: equal-power, fade_in: 30 ms}
groups:
  parts: {gain: -2, automation: [{at: 0.2, gain: 0}, {at: 0.47, gain: -20}, {at: 0.6, gain: 3, curve: smooth}]}
beds:
  - name: Bed
    format: 7.1.2
    routes:
      - {stem: b}
      - {stem: b, to: LFE, gain: -6, lowpass: 120}
      - {stem: c, to: LFE, gain: -6, lowpass: 90, groups: [parts]}
objects:
  - name: Polar
    stem: a
    position: {azimuth: 20, elevation: 10}
    automation: [{at: 0.1, azimuth: 20}, {at: 0.5, azimuth: 170, gain: -3}, {at: 0.7, azimuth: -60, curve: hold}]
  - name: Room
    stem: b
    pair: {width: 1}
    size: 0.3
    position: {x: 0, y: 0.5, z: 0.3}
    automation: [{at: 0.2, x: 0, y: 0.5, z: 0.3}, {at: 0.61, x: 0.4, y: -0.7, z: 1}]
  - name: Clips
    stem: c
    fold: mono
    groups: [parts]
    position: {azimuth: -100, elevation: 30}
outputs:
  - {speakers: 7.1.4}
  - {speakers: 5.1, bits: 16}
  - {speakers: 2.0, bits: 32}
  - {binaural: default}
  - {stereo: ltrt90, bits: 32}
  - {ambisonics: ambix2, bits: 32}
  - {master: adm-bwf}
";

#[test]
fn threads_and_io_blocks_never_change_a_byte() {
    for rate in [48_000, 96_000] {
        let project =
            Project::new(&SCENE.replace("title: T", &format!("title: T\nsample_rate: {rate}")));
        project.stem("a.wav", 1, 45_000, noise);
        project.stem("b.wav", 2, 43_210, noise);
        project.stem("c.wav", 2, 20_000, noise);
        let mut first: Option<Vec<String>> = None;
        for (threads, io) in [("1", "16384"), ("2", "64"), ("2", "512"), ("1", "4096"), ("2", "1")]
        {
            let run = project
                .run(&["build", "scene.yaml", "--json", "--threads", threads, "--io-frames", io])
                .expect(0);
            let json = run.json();
            let hashes: Vec<_> = json["outputs"]
                .as_array()
                .unwrap()
                .iter()
                .map(|o| o["sha256"].to_string())
                .collect();
            assert_eq!(hashes.len(), 7);
            match &first {
                None => first = Some(hashes),
                Some(first) => {
                    assert_eq!(first, &hashes, "{rate} Hz, {threads} threads, blocks of {io}")
                }
            }
        }
    }
}
