//! One row a key: a good value, and a bad one with the exact place and rule of its finding.

use super::{all_findings, stem, unmark};
use cupola_model::Severity;
use cupola_scene::{FileKind, RULES, parse_scene, schema};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

const ROOT: &str =
    "cupola: 1\n@\nstems: {a: {file: a.wav}}\nobjects:\n  - {stem: a, position: {azimuth: 0}}\n";
const STEM: &str = "cupola: 1\nstems:\n  a: {@}\nobjects:\n  - {stem: a, position: {azimuth: 0}}\n";
const BED: &str =
    "cupola: 1\nstems: {a: {file: a.wav}}\nbeds:\n  - {@, routes: [{stem: a, to: C}]}\n";
const ROUTE: &str =
    "cupola: 1\nstems: {a: {file: a.wav}}\nbeds:\n  - format: 7.1.2\n    routes:\n      - {@}\n";
const OBJECT: &str = "cupola: 1\nstems: {a: {file: a.wav}}\nobjects:\n  - {@}\n";
const POSITION: &str =
    "cupola: 1\nstems: {a: {file: a.wav}}\nobjects:\n  - stem: a\n    position: {@}\n";
const ROOM_KEYFRAME: &str = "cupola: 1\nstems: {a: {file: a.wav}}\nobjects:\n  - stem: a\n    position: {x: 0, y: 1}\n    automation:\n      - {@}\n";
const KEYFRAME: &str = "cupola: 1\nstems: {a: {file: a.wav}}\nobjects:\n  - stem: a\n    position: {azimuth: 0}\n    automation:\n      - {@}\n";
const PATH: &str = "cupola: 1\nstems: {a: {file: a.wav}}\nobjects:\n  - stem: a\n    path: {@}\n";
const GROUP: &str = "cupola: 1\nstems: {a: {file: a.wav}}\ngroups:\n  g: {@}\nobjects: [{stem: a, groups: [g], position: {azimuth: 0}}]\n";
const PLAY: &str = "cupola: 1\nstems:\n  a: {file: a.wav, play: [{at: 0}, {@}]}\nobjects: [{stem: a, position: {azimuth: 0}}]\n";
const EDIT: &str = "cupola: 1\nend: 60\nstems: {a: {file: a.wav}}\nobjects: [{stem: a, groups: [g], position: {azimuth: 0}}]\nedits:\n  - {@}\n";
const VERSION: &str = "cupola: 1\nstems: {a: {file: a.wav}}\nobjects: [{stem: a, groups: [g], position: {azimuth: 0}}]\nversions:\n  v: {@}\n";
const PRESET: &str = "cupola: 1\nend: 1\nstems: {a: {file: a.wav}}\npresets:\n  p: {@}\n  place: {position: {azimuth: 0}}\nobjects: [{stem: a, preset: [place, p]}]\n";
const PRESET_ROUTE: &str = "cupola: 1\nend: 1\nstems: {a: {file: a.wav}}\npresets:\n  p: {@}\nbeds: [{format: 5.1, routes: [{stem: a, preset: p}]}]\n";
const PRESET_BED: &str =
    "cupola: 1\nend: 1\nstems: {a: {file: a.wav}}\npresets:\n  p: {@}\nbeds:\n  - {preset: p}\n";
const OUTPUT: &str = "cupola: 1\nstems: {a: {file: a.wav}}\nobjects: [{stem: a, position: {azimuth: 0}}]\noutputs:\n  - {@}\n";

/// Key, frame, good, bad with its place marked, rule.
#[rustfmt::skip]
const ROWS: &[(&str, &str, &str, &str, &str)] = &[
    ("cupola", "@\nstems: {a: {file: a.wav}}\nobjects: [{stem: a, position: {azimuth: 0}}]\n", "cupola: 1", "cupola: ¦3", "scene.version"),
    ("include", ROOT, "include: []", "include: ¦{file: a.yaml}", "scene.value.type"),
    ("title", ROOT, "title: 1999", "¦title:", "scene.value.empty"),
    ("artist", ROOT, "artist: Ödön \"x\"", "artist: ¦[a]", "scene.value.type"),
    ("sample_rate", ROOT, "sample_rate: 96000", "sample_rate: ¦48", "scene.value.word"),
    ("frame_rate", ROOT, "frame_rate: 29.97df", "frame_rate: ¦24.0", "scene.value.word"),
    ("start_timecode", ROOT, "start_timecode: 01:00:00:00", "start_timecode: ¦01:00:00:24", "scene.value.timecode"),
    ("tempo", ROOT, "tempo: {bpm: 128, meter: 4/4}", "tempo: ¦128", "scene.value.type"),
    ("tempo[].at", ROOT, "tempo: [{bpm: 128}, {at: bar 9 beat 2.5, bpm: 96}]", "tempo: [{bpm: 128}, {at: ¦9 s, bpm: 96}]", "scene.value.time"),
    ("tempo[].bpm", ROOT, "tempo: [{bpm: 128.5 bpm}]", "tempo: [{bpm: ¦5}]", "scene.value.range"),
    ("tempo[].meter", ROOT, "tempo: [{bpm: 128}, {at: bar 3, meter: 6/8}]", "tempo: [{bpm: 128}, {at: bar 3 beat 2, meter: ¦6/8}]", "scene.tempo.meter"),
    ("tempo[].ramp", ROOT, "tempo: [{bpm: 128}, {at: bar 3, bpm: 96, ramp: true}]", "tempo: [{bpm: 128}, {at: bar 3, bpm: 96, ramp: ¦yes}]", "scene.value.word"),
    ("reference", ROOT, "reference: ref.wav", "reference: ¦{file: ref.wav}", "scene.value.type"),
    ("defaults", ROOT, "defaults: {}", "defaults: ¦mid", "scene.value.type"),
    ("defaults.size", ROOT, "defaults: {size: 0.1}", "defaults: {size: ¦2}", "scene.value.range"),
    ("defaults.curve", ROOT, "defaults: {curve: smooth}", "defaults: {curve: ¦bent}", "scene.value.word"),
    ("defaults.binaural", ROOT, "defaults: {binaural: far}", "defaults: {binaural: ¦fra}", "scene.value.word"),
    ("presets.*.format", PRESET_BED, "format: 5.1", "format: ¦5.1.4", "scene.value.word"),
    ("presets.*.routes", PRESET_BED, "format: 5.1, routes: [{stem: a, to: L}]", "format: 5.1, routes: [{stem: a, to: ¦Lss}]", "scene.bed.label"),
    ("presets.*.split", PRESET_ROUTE, "to: L", "split: ¦22.2", "scene.value.word"),
    ("presets.*.order", PRESET_ROUTE, "to: L", "to: L, order: ¦film", "scene.key.conflict"),
    ("end", ROOT, "end: 3:25.5", "end: ¦3:75", "scene.value.time"),
    ("pad_bed", ROOT, "pad_bed: 7.1.2", "pad_bed: ¦7.1.4", "scene.value.word"),
    ("room", ROOT, "room: off", "room: ¦none", "scene.value.word"),
    ("room.size", ROOT, "room: {size: [8, 6, 3]}", "room: {size: ¦[8, 6]}", "scene.value.type"),
    ("room.walls", ROOT, "room: {walls: 0.5}", "room: {walls: ¦1}", "scene.value.range"),
    ("room.floor", ROOT, "room: {floor: 0.5}", "room: {floor: ¦-1}", "scene.value.range"),
    ("room.decay", ROOT, "room: {decay: 0.4 s}", "room: {decay: ¦9}", "scene.value.range"),
    ("room.lfe", ROOT, "room: {lfe: 5.5}", "room: {lfe: ¦50}", "scene.value.range"),
    ("room.near", ROOT, "room: {near: {ratio: 20}}", "room: {near: ¦20}", "scene.value.type"),
    ("room.mid", ROOT, "room: {mid: {ratio: 12}}", "room: {mid: ¦[]}", "scene.value.type"),
    ("room.far", ROOT, "room: {far: {ratio: 0}}", "room: {far: ¦5}", "scene.value.type"),
    ("room.far.distance", ROOT, "room: {far: {distance: 5}}", "room: {far: {distance: ¦far}}", "scene.value.number"),
    ("room.far.ratio", ROOT, "room: {far: {ratio: 0}}", "room: {far: {ratio: ¦61}}", "scene.value.range"),
    ("room.far.early", ROOT, "room: {far: {early: 0.1}}", "room: {far: {early: ¦1.5}}", "scene.value.range"),
    ("screen", ROOT, "screen: {width: 40}", "screen: ¦40", "scene.value.type"),
    ("screen.position", ROOT, "screen: {position: {x: 0, y: 1}, width: 1}", "screen: {position: ¦left, width: 1}", "scene.value.type"),
    ("screen.width", ROOT, "screen: {width: 40°}", "screen: {width: ¦200}", "scene.value.range"),
    ("screen.aspect", ROOT, "screen: {aspect: 2.39}", "screen: {aspect: ¦16:9}", "scene.value.number"),
    ("stems", "cupola: 1\n@\nobjects: [{stem: a, position: {azimuth: 0}}]\n", "stems: {a: {file: a.wav}}", "stems: ¦[a]", "scene.value.type"),
    ("presets", ROOT, "presets: {}", "presets: ¦[a]", "scene.value.type"),
    ("presets.*.extends", PRESET, "extends: [], gain: 0", "extends: ¦q", "scene.preset.unknown"),
    ("presets.*.position", PRESET, "position: {azimuth: 30}", "position: {azimuth: ¦200}", "scene.value.range"),
    ("presets.*.gain", PRESET, "gain: -3", "gain: ¦loud", "scene.value.number"),
    ("presets.*.size", PRESET, "size: 0.5", "size: ¦5", "scene.value.range"),
    ("presets.*.snap", PRESET, "snap: {}", "snap: ¦[]", "scene.value.type"),
    ("presets.*.zones", PRESET, "zones: screen-only", "zones: ¦back", "scene.value.word"),
    ("presets.*.divergence", PRESET, "divergence: {value: 0, width: 0}", "divergence: {value: 0.5, width: ¦200}", "scene.value.range"),
    ("presets.*.diffuse", PRESET, "diffuse: 1", "diffuse: ¦a little", "scene.value.number"),
    ("presets.*.importance", PRESET, "importance: 0", "importance: ¦11", "scene.value.range"),
    ("presets.*.head_locked", PRESET, "head_locked: true", "head_locked: ¦1", "scene.value.word"),
    ("presets.*.screen_ref", PRESET, "screen_ref: true", "screen_ref: ¦picture", "scene.value.word"),
    ("presets.*.screen_edge", PRESET, "screen_edge: bottom", "screen_edge: ¦centre", "scene.value.word"),
    ("presets.*.binaural", PRESET, "binaural: near", "binaural: ¦close", "scene.value.word"),
    ("presets.*.groups", PRESET, "groups: [g]", "groups: ¦g", "scene.value.type"),
    ("presets.*.automation", PRESET, "automation: []", "automation: ¦{at: 0}", "scene.value.type"),
    ("presets.*.path", PRESET, "path: {orbit: {period: 8 s}}", "path: ¦orbit", "scene.value.type"),
    ("presets.*.channel", PRESET, "channel: 1", "channel: ¦centre", "scene.value.number"),
    ("presets.*.fold", PRESET, "fold: mono", "fold: ¦stereo", "scene.value.word"),
    ("presets.*.pair", PRESET, "fold: mono", "pair: ¦30", "scene.value.type"),
    ("presets.*.to", PRESET_ROUTE, "to: C", "to: ¦Q", "scene.bed.label"),
    ("presets.*.lowpass", PRESET_ROUTE, "to: LFE, lowpass: 120", "to: LFE, lowpass: ¦5", "scene.value.range"),
    ("beds", ROOT, "beds: []", "beds: ¦7.1.2", "scene.value.type"),
    ("objects", "cupola: 1\nstems: {a: {file: a.wav}}\n@\n", "objects: [{stem: a, position: {azimuth: 0}}]", "objects: ¦{a: 1}", "scene.value.type"),
    ("outputs", ROOT, "outputs: []", "outputs: ¦7.1.4", "scene.value.type"),

    ("stems.*.file", STEM, "file: a.wav", "file: ¦~", "scene.value.empty"),
    ("stems.*.gain", STEM, "file: a.wav, gain: -1.5 dB", "file: a.wav, gain: ¦41", "scene.value.range"),
    ("stems.*.offset", STEM, "file: a.wav, offset: -100 samples", "file: a.wav, offset: ¦bar 9", "scene.time.no_tempo"),

    ("stems.*.play", STEM, "file: a.wav, play: [{at: 1 s}]", "file: a.wav, play: ¦{at: 1 s}", "scene.value.type"),
    ("stems.*.play[].at", PLAY, "at: +2 s", "at: ¦+2 bars", "scene.time.no_tempo"),
    ("stems.*.play[].in", PLAY, "at: 2, in: 480 samples", "at: 2, in: ¦-1 s", "scene.value.range"),
    ("stems.*.play[].out", PLAY, "at: 2, in: 0.1 s, out: +0.5 s", "at: 2, out: ¦soon", "scene.value.time"),
    ("stems.*.play[].length", PLAY, "at: 2, in: 0.1 s, length: 500 ms", "at: 2, length: ¦0", "scene.value.range"),
    ("stems.*.play[].fade_in", PLAY, "at: 2, fade_in: 10 ms", "at: 2, fade_in: ¦-10 ms", "scene.value.time"),
    ("stems.*.play[].fade_out", PLAY, "at: 2, fade_out: 0", "at: 2, fade_out: ¦1 bar", "scene.time.no_tempo"),
    ("stems.*.play[].shape", PLAY, "at: 2, shape: equal-power", "at: 2, shape: ¦log", "scene.value.word"),
    ("stems.*.play[].gain", PLAY, "at: 2, gain: -3 dB", "at: 2, gain: ¦99", "scene.value.range"),
    ("stems.*.play[].loop", PLAY, "at: 2, out: 0.1 s, loop: 10000", "at: 2, loop: ¦10001", "scene.value.range"),
    ("stems.*.play[].every", PLAY, "at: 2, out: 0.1 s, loop: 2, every: 1 s", "at: 2, every: ¦1 s", "scene.key.conflict"),
    ("stems.*.play[].crossfade", PLAY, "at: 2, out: 0.1 s, loop: 2, crossfade: 10 ms", "at: 2, crossfade: ¦10 ms", "scene.key.conflict"),

    ("groups", ROOT, "groups: {}", "groups: ¦[drums]", "scene.value.type"),
    ("groups.*.gain", GROUP, "gain: -inf", "gain: ¦loud", "scene.value.number"),
    ("groups.*.automation", GROUP, "automation: []", "automation: ¦-3", "scene.value.type"),
    ("groups.*.automation[].at", GROUP, "automation: [{at: 0, gain: 0}, {at: +1 s, gain: 1}]", "automation: [{at: 1, gain: 0}, {at: ¦0.5, gain: 0}]", "scene.keyframe.order"),
    ("groups.*.automation[].gain", GROUP, "automation: [{at: 0, gain: 0}]", "automation: [{at: 0, gain: ¦1000}]", "scene.value.range"),
    ("groups.*.automation[].curve", GROUP, "automation: [{at: 0, gain: 0, curve: hold}]", "automation: [{at: 0, gain: 0, curve: ¦{gain: hold}}]", "scene.value.type"),

    ("edits", ROOT, "edits: []", "edits: ¦{cut: {from: 1}}", "scene.value.type"),
    ("edits[].cut", EDIT, "cut: {from: 1}", "cut: ¦1 s", "scene.value.type"),
    ("edits[].cut.from", EDIT, "cut: {from: 1 s}", "cut: {from: ¦bar 2}", "scene.time.no_tempo"),
    ("edits[].cut.to", EDIT, "cut: {from: 1 s, to: +2 s}", "cut: {from: 3 s, to: ¦2 s}", "scene.edit.region"),
    ("edits[].cut.crossfade", EDIT, "cut: {from: 1 s, crossfade: 480 samples}", "cut: {from: 1 s, crossfade: ¦60 ms}", "scene.value.range"),
    ("edits[].keep", EDIT, "keep: {to: 1}", "keep: ¦[1, 2]", "scene.value.type"),
    ("edits[].keep.from", EDIT, "keep: {from: 59}", "keep: {from: ¦60}", "scene.edit.outside"),
    ("edits[].keep.to", EDIT, "keep: {to: 60}", "keep: {to: ¦61}", "scene.edit.outside"),
    ("edits[].keep.crossfade", EDIT, "keep: {from: 1 s, crossfade: 5 ms}", "keep: {from: 1 s, crossfade: ¦4.9 ms}", "scene.value.range"),
    ("edits[].repeat", EDIT, "repeat: {from: 1, to: 2, times: 2}", "repeat: ¦2", "scene.value.type"),
    ("edits[].repeat.from", EDIT, "repeat: {from: 1, to: 2, times: 2}", "repeat: {from: ¦x, to: 2, times: 2}", "scene.value.time"),
    ("edits[].repeat.to", EDIT, "repeat: {from: 1, to: +1 s, times: 2}", "repeat: {from: 2, to: ¦1, times: 2}", "scene.edit.region"),
    ("edits[].repeat.times", EDIT, "repeat: {from: 1, to: 2, times: 3}", "repeat: {from: 1, to: 2, times: ¦1}", "scene.value.range"),
    ("edits[].repeat.crossfade", EDIT, "repeat: {from: 1, to: 2, times: 3, crossfade: 50 ms}", "repeat: {from: 1, to: 2, times: 3, crossfade: ¦0}", "scene.value.range"),
    ("edits[].replace", EDIT, "replace: {group: g, from: 1, to: 2, with: 3}", "replace: ¦g", "scene.value.type"),
    ("edits[].replace.group", EDIT, "replace: {group: [g], from: 1, to: 2, with: 3}", "replace: {group: ¦h, from: 1, to: 2, with: 3}", "scene.name.unknown"),
    ("edits[].replace.from", EDIT, "replace: {group: g, from: 0:01, to: 2, with: 3}", "replace: {group: g, from: ¦-1, to: 2, with: 3}", "scene.value.range"),
    ("edits[].replace.to", EDIT, "replace: {group: g, from: 1, to: 2, with: 3}", "replace: {group: g, from: 1, to: ¦1, with: 3}", "scene.edit.region"),
    ("edits[].replace.with", EDIT, "replace: {group: g, from: 1, to: 2, with: 59}", "replace: {group: g, from: 1, to: 2, with: ¦59.5}", "scene.edit.outside"),
    ("edits[].replace.crossfade", EDIT, "replace: {group: g, from: 1, to: 2, with: 3, crossfade: 20 ms}", "replace: {group: g, from: 1, to: 2, with: 3, crossfade: ¦x}", "scene.value.time"),

    ("versions", ROOT, "versions: {}", "versions: ¦[INST]", "scene.value.type"),
    ("versions.*.label", VERSION, "label: INST", "label: ¦''", "scene.value.empty"),
    ("versions.*.title", VERSION, "title: Radio", "title: ¦[]", "scene.value.type"),
    ("versions.*.solo", VERSION, "solo: [g]", "solo: [¦h]", "scene.name.unknown"),
    ("versions.*.mute", VERSION, "mute: [a]", "mute: ¦g", "scene.value.type"),
    ("versions.*.gain", VERSION, "gain: {g: -3}", "gain: {¦b: -3}", "scene.name.unknown"),
    ("versions.*.edits", VERSION, "edits: []", "edits: ¦cut", "scene.value.type"),
    ("versions.*.end", VERSION, "end: 0:59", "end: ¦0", "scene.programme.length"),

    ("beds[].name", BED, "name: Bed, format: 7.1.2", "name: ¦'', format: 7.1.2", "scene.value.empty"),
    ("beds[].remove", BED, "format: 5.1", "format: 5.1, remove: ¦true", "scene.include.nothing"),
    ("beds[].format", BED, "format: 5.1", "format: ¦5.1.4", "scene.value.word"),
    ("beds[].binaural", BED, "format: 5.1, binaural: near", "format: 5.1, binaural: ¦Near", "scene.value.word"),
    ("beds[].groups", BED, "format: 5.1, groups: [a, b]", "format: 5.1, groups: ¦drums", "scene.value.type"),
    ("beds[].routes", "cupola: 1\nstems: {a: {file: a.wav}}\nbeds:\n  - {@}\n", "format: 5.1, routes: [{stem: a, to: C}]", "format: 5.1, routes: ¦{stem: a}", "scene.value.type"),

    ("beds[].routes[].stem", ROUTE, "stem: a, to: C", "stem: ¦b, to: C", "scene.stem.unknown"),
    ("beds[].routes[].to", ROUTE, "stem: a, to: {L: -3, R: -3}", "stem: a, to: [C, ¦Ls]", "scene.bed.label"),
    ("beds[].routes[].gain", ROUTE, "stem: a, to: C, gain: -inf", "stem: a, to: C, gain: ¦-1.5.2", "scene.value.number"),
    ("beds[].routes[].lowpass", ROUTE, "stem: a, to: LFE, lowpass: 120 Hz", "stem: a, to: LFE, lowpass: ¦12000", "scene.value.range"),
    ("beds[].routes[].groups", ROUTE, "stem: a, to: C, groups: [x]", "stem: a, to: C, groups: [¦{x: y}]", "scene.value.type"),
    ("beds[].routes[].channel", ROUTE, "stem: a, to: C, channel: 1", "stem: a, to: C, channel: ¦0", "scene.value.number"),

    ("beds[].routes[].split", "cupola: 1\nstems: {a: {file: a.wav}}\nbeds:\n  - format: 2.0\n    routes:\n      - {@}\n", "stem: a, to: L", "stem: a, split: ¦22.2", "scene.value.word"),
    ("beds[].routes[].order", ROUTE, "stem: a, to: C", "stem: a, to: C, order: ¦film", "scene.key.conflict"),

    ("objects[].name", OBJECT, "name: x, stem: a, position: {azimuth: 0}", "name: ¦\"a\\tb\", stem: a, position: {azimuth: 0}", "scene.value.text"),
    ("objects[].stem", OBJECT, "stem: a, position: {azimuth: 0}", "stem: ¦A, position: {azimuth: 0}", "scene.stem.unknown"),
    ("beds[].preset", BED, "format: 5.1, preset: []", "format: 5.1, preset: ¦loud", "scene.preset.unknown"),
    ("beds[].routes[].preset", ROUTE, "stem: a, to: C, preset: []", "stem: a, to: C, preset: [¦loud]", "scene.preset.unknown"),
    ("objects[].preset", OBJECT, "stem: a, preset: [], position: {azimuth: 0}", "stem: a, preset: ¦{a: b}, position: {azimuth: 0}", "scene.value.type"),
    ("objects[].remove", OBJECT, "stem: a, position: {azimuth: 0}", "stem: a, remove: ¦true, position: {azimuth: 0}", "scene.include.nothing"),
    ("objects[].position", OBJECT, "stem: a, position: {x: 0, y: 1}", "stem: a, position: ¦{y: 1}", "scene.key.missing"),
    ("objects[].gain", OBJECT, "stem: a, gain: 0, position: {azimuth: 0}", "stem: a, gain: ¦-121, position: {azimuth: 0}", "scene.value.range"),
    ("objects[].size", OBJECT, "stem: a, size: 1, position: {azimuth: 0}", "stem: a, size: ¦20, position: {azimuth: 0}", "scene.value.range"),
    ("objects[].snap", OBJECT, "stem: a, snap: true, position: {azimuth: 0}", "stem: a, snap: ¦yes, position: {azimuth: 0}", "scene.value.word"),
    ("objects[].snap.within", OBJECT, "stem: a, snap: {within: 0.5}, position: {azimuth: 0}", "stem: a, snap: {within: ¦5}, position: {azimuth: 0}", "scene.value.range"),
    ("objects[].zones", OBJECT, "stem: a, zones: [no-back, no-heights], position: {azimuth: 0}", "stem: a, zones: [no-back, ¦no-sides], position: {azimuth: 0}", "scene.key.conflict"),
    ("objects[].zones[].x", OBJECT, "stem: a, zones: [no-sides, {x: [-1, 0]}], position: {azimuth: 0}", "stem: a, zones: [{x: ¦[0, -1]}], position: {azimuth: 0}", "scene.value.range"),
    ("objects[].zones[].y", OBJECT, "stem: a, zones: [{y: [-1, -0.5], z: [0, 0]}], position: {azimuth: 0}", "stem: a, zones: {y: ¦[0]}, position: {azimuth: 0}", "scene.value.type"),
    ("objects[].zones[].z", OBJECT, "stem: a, zones: [{y: [-1, -0.5], z: [0, 0]}], position: {azimuth: 0}", "stem: a, zones: [{z: [0, ¦2]}], position: {azimuth: 0}", "scene.value.range"),
    ("objects[].divergence", OBJECT, "stem: a, divergence: {value: 0.5, width: 60}, position: {azimuth: 0}", "stem: a, divergence: ¦0.5, position: {azimuth: 0}", "scene.value.type"),
    ("objects[].divergence.value", OBJECT, "stem: a, divergence: {value: 1, width: 60}, position: {azimuth: 0}", "stem: a, divergence: {value: ¦50, width: 60}, position: {azimuth: 0}", "scene.value.range"),
    ("objects[].divergence.width", OBJECT, "stem: a, divergence: {value: 0.5, width: 180}, position: {azimuth: 0}", "stem: a, divergence: {value: 0.5, width: ¦60}, position: {x: 0, y: 1}", "scene.value.range"),
    ("objects[].diffuse", OBJECT, "stem: a, diffuse: 0.3, position: {azimuth: 0}", "stem: a, diffuse: ¦30, position: {azimuth: 0}", "scene.value.range"),
    ("objects[].head_locked", OBJECT, "stem: a, head_locked: true, position: {azimuth: 0}", "stem: a, head_locked: ¦on, position: {azimuth: 0}", "scene.value.word"),
    ("objects[].screen_ref", OBJECT, "stem: a, screen_ref: true, position: {azimuth: 0}", "stem: a, screen_ref: ¦yes, position: {azimuth: 0}", "scene.value.word"),
    ("objects[].screen_edge", OBJECT, "stem: a, screen_edge: [left, top], position: {azimuth: 0}", "stem: a, screen_edge: [left, ¦right], position: {azimuth: 0}", "scene.key.conflict"),
    ("objects[].importance", OBJECT, "stem: a, importance: 4, position: {azimuth: 0}", "stem: a, importance: ¦4.5, position: {azimuth: 0}", "scene.value.number"),
    ("objects[].binaural", OBJECT, "stem: a, binaural: off, position: {azimuth: 0}", "stem: a, binaural: ¦no, position: {azimuth: 0}", "scene.value.word"),
    ("objects[].groups", OBJECT, "stem: a, groups: [], position: {azimuth: 0}", "stem: a, groups: [¦''], position: {azimuth: 0}", "scene.value.empty"),
    ("objects[].automation", OBJECT, "stem: a, automation: [], position: {azimuth: 0}", "stem: a, automation: ¦{at: 0}, position: {azimuth: 0}", "scene.value.type"),
    ("objects[].channel", OBJECT, "stem: a, channel: 1, position: {azimuth: 0}", "stem: a, channel: ¦centre, position: {azimuth: 0}", "scene.value.number"),
    ("objects[].fold", OBJECT, "stem: a, fold: mono, position: {azimuth: 0}", "stem: a, fold: ¦stereo, position: {azimuth: 0}", "scene.value.word"),
    ("objects[].pair", "cupola: 1\nend: 1\nstems: {a: {file: a.wav}}\nobjects:\n  - {@}\n", "stem: a, fold: mono, position: {azimuth: 0}", "stem: a, pair: ¦30, position: {azimuth: 0}", "scene.value.type"),
    ("objects[].pair.width", OBJECT, "stem: a, fold: mono, position: {azimuth: 0}", "stem: a, pair: {width: ¦3}, position: {x: 0, y: 1}", "scene.value.range"),

    ("objects[].position.azimuth", POSITION, "azimuth: -180", "azimuth: ¦200", "scene.value.range"),
    ("objects[].position.elevation", POSITION, "elevation: 90", "elevation: ¦-90.5", "scene.value.range"),
    ("objects[].position.distance", POSITION, "distance: 0", "distance: ¦1.5", "scene.value.range"),
    ("objects[].position.x", POSITION, "x: -1, y: 1", "x: ¦left, y: 1", "scene.value.number"),
    ("objects[].position.y", POSITION, "x: 0, y: -0.25", "x: 0, y: ¦2", "scene.value.range"),
    ("objects[].position.z", POSITION, "x: 0, y: 0, z: 1", "x: 0, y: 0, z: ¦0x1", "scene.value.number"),

    ("objects[].position.speaker", POSITION, "speaker: Ltf", "speaker: ¦Ltx", "scene.value.word"),

    ("objects[].automation[].at", KEYFRAME, "at: 600000 samples, azimuth: 1", "at: ¦-1 s, azimuth: 1", "scene.value.range"),
    ("objects[].automation[].azimuth", KEYFRAME, "at: 0, azimuth: 1e1", "at: 0, azimuth: ¦1e400", "scene.value.number"),
    ("objects[].automation[].elevation", KEYFRAME, "at: 0, elevation: 45°", "at: 0, elevation: ¦100", "scene.value.range"),
    ("objects[].automation[].distance", KEYFRAME, "at: 0, distance: .5", "at: 0, distance: ¦-0.1", "scene.value.range"),
    ("objects[].automation[].x", ROOM_KEYFRAME, "at: 0, x: 1", "at: 0, x: ¦.inf", "scene.value.number"),
    ("objects[].automation[].y", ROOM_KEYFRAME, "at: 0, y: 1", "at: 0, y: ¦1.01", "scene.value.range"),
    ("objects[].automation[].z", ROOM_KEYFRAME, "at: 0, z: -1", "at: 0, z: ¦[0]", "scene.value.type"),
    ("objects[].automation[].gain", KEYFRAME, "at: 0, gain: -inf", "at: 0, gain: ¦inf", "scene.value.number"),
    ("objects[].automation[].size", KEYFRAME, "at: 0, size: 0.3", "at: 0, size: ¦-1", "scene.value.range"),
    ("objects[].automation[].curve", KEYFRAME, "at: 0, azimuth: 1, curve: hold", "at: 0, azimuth: 1, curve: ¦held", "scene.value.word"),
    ("objects[].automation[].curve.position", KEYFRAME, "at: 0, azimuth: 1, curve: {position: smooth}", "at: 0, azimuth: 1, curve: {position: ¦Smooth}", "scene.value.word"),
    ("objects[].automation[].curve.gain", KEYFRAME, "at: 0, azimuth: 1, curve: {gain: ease-in}", "at: 0, azimuth: 1, curve: {gain: ¦[]}", "scene.value.type"),
    ("objects[].automation[].curve.size", KEYFRAME, "at: 0, azimuth: 1, curve: {size: ease-out}", "at: 0, azimuth: 1, curve: {size: ¦~}", "scene.value.empty"),
    ("objects[].automation[].speaker", KEYFRAME, "at: 0, speaker: Lw", "at: 0, speaker: ¦LFE", "scene.value.word"),
    ("objects[].automation[].turns", KEYFRAME, "at: 0, azimuth: 1}\n      - {at: 1, azimuth: 2, turns: -2", "at: 0, azimuth: 1}\n      - {at: 1, turns: ¦0.5", "scene.value.number"),

    ("objects[].path", OBJECT, "stem: a, path: {orbit: {period: 8 s}}", "stem: a, path: ¦orbit", "scene.value.type"),
    ("objects[].path.orbit", PATH, "orbit: {period: 8 s}", "orbit: ¦8 s", "scene.value.type"),
    ("objects[].path.orbit.period", PATH, "orbit: {period: 0:08}", "orbit: {period: ¦0}", "scene.value.range"),
    ("objects[].path.orbit.start", PATH, "orbit: {period: 8 s, start: 1 s}", "orbit: {period: 8 s, start: ¦bar 2}", "scene.time.no_tempo"),
    ("objects[].path.orbit.repeats", PATH, "orbit: {period: 8 s, repeats: 3}", "orbit: {period: 8 s, repeats: ¦0}", "scene.value.range"),
    ("objects[].path.orbit.until", PATH, "orbit: {period: 8 s, start: 1, until: +8 s}", "orbit: {period: 8 s, start: 1, until: ¦1 s}", "scene.path.end"),
    ("objects[].path.orbit.azimuth", PATH, "orbit: {period: 8 s, azimuth: -90}", "orbit: {period: 8 s, azimuth: ¦400}", "scene.value.range"),
    ("objects[].path.orbit.elevation", PATH, "orbit: {period: 8 s, elevation: 45}", "orbit: {period: 8 s, elevation: ¦up}", "scene.value.number"),
    ("objects[].path.orbit.distance", PATH, "orbit: {period: 8 s, distance: 0.5}", "orbit: {period: 8 s, distance: ¦2}", "scene.value.range"),
    ("objects[].path.orbit.x", PATH, "orbit: {period: 8 s, x: 0}", "orbit: {period: 8 s, x: ¦1.5}", "scene.value.range"),
    ("objects[].path.orbit.y", PATH, "orbit: {period: 8 s, y: 0}", "orbit: {period: 8 s, y: ¦y}", "scene.value.number"),
    ("objects[].path.orbit.z", PATH, "orbit: {period: 8 s, z: 1}", "orbit: {period: 8 s, z: ¦-2}", "scene.value.range"),
    ("objects[].path.orbit.radius", PATH, "orbit: {period: 8 s, radius: 0.5}", "orbit: {period: 8 s, radius: ¦-1}", "scene.value.range"),
    ("objects[].path.orbit.direction", PATH, "orbit: {period: 8 s, direction: clockwise}", "orbit: {period: 8 s, direction: ¦left}", "scene.value.word"),
    ("objects[].path.line", PATH, "line: {duration: 8 s, from: {azimuth: 90}, to: {azimuth: -60}}", "line: ¦8 s", "scene.value.type"),
    ("objects[].path.line.duration", PATH, "line: {duration: 0:08, from: {azimuth: 90}, to: {azimuth: -60}}", "line: {duration: ¦0, from: {azimuth: 90}, to: {azimuth: -60}}", "scene.value.range"),
    ("objects[].path.line.start", PATH, "line: {duration: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, start: 1 s}", "line: {duration: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, start: ¦bar 2}", "scene.time.no_tempo"),
    ("objects[].path.line.repeats", PATH, "line: {duration: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, repeats: 3}", "line: {duration: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, repeats: ¦0}", "scene.value.range"),
    ("objects[].path.line.until", PATH, "line: {duration: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, start: 1, until: +8 s}", "line: {duration: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, start: 1, until: ¦1 s}", "scene.path.end"),
    ("objects[].path.line.from", PATH, "line: {duration: 8 s, from: {azimuth: 1}, to: {azimuth: 2}}", "line: {duration: 8 s, from: ¦{}, to: {azimuth: 2}}", "scene.value.empty"),
    ("objects[].path.line.to", PATH, "line: {duration: 8 s, from: {azimuth: 1}, to: {speaker: Ltf}}", "line: {duration: 8 s, from: {azimuth: 1}, to: {x: ¦2}}", "scene.value.range"),
    ("objects[].path.line.curve", PATH, "line: {duration: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, curve: smooth}", "line: {duration: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, curve: ¦hold}", "scene.value.word"),
    ("objects[].path.arc", PATH, "arc: {duration: 8 s, from: {azimuth: 90}, to: {azimuth: -60}}", "arc: ¦8 s", "scene.value.type"),
    ("objects[].path.arc.duration", PATH, "arc: {duration: 0:08, from: {azimuth: 90}, to: {azimuth: -60}}", "arc: {duration: ¦0, from: {azimuth: 90}, to: {azimuth: -60}}", "scene.value.range"),
    ("objects[].path.arc.start", PATH, "arc: {duration: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, start: 1 s}", "arc: {duration: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, start: ¦bar 2}", "scene.time.no_tempo"),
    ("objects[].path.arc.repeats", PATH, "arc: {duration: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, repeats: 3}", "arc: {duration: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, repeats: ¦0}", "scene.value.range"),
    ("objects[].path.arc.until", PATH, "arc: {duration: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, start: 1, until: +8 s}", "arc: {duration: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, start: 1, until: ¦1 s}", "scene.path.end"),
    ("objects[].path.arc.from", PATH, "arc: {duration: 8 s, from: {azimuth: 1}, to: {azimuth: 2}}", "arc: {duration: 8 s, from: ¦{}, to: {azimuth: 2}}", "scene.value.empty"),
    ("objects[].path.arc.to", PATH, "arc: {duration: 8 s, from: {azimuth: 1}, to: {speaker: Ltf}}", "arc: {duration: 8 s, from: {azimuth: 1}, to: {x: ¦2}}", "scene.value.range"),
    ("objects[].path.arc.curve", PATH, "arc: {duration: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, curve: ease-in}", "arc: {duration: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, curve: ¦bent}", "scene.value.word"),
    ("objects[].path.spiral", PATH, "spiral: {duration: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, turns: 2}", "spiral: ¦8 s", "scene.value.type"),
    ("objects[].path.spiral.duration", PATH, "spiral: {duration: 0:08, from: {azimuth: 90}, to: {azimuth: -60}, turns: 2}", "spiral: {duration: ¦0, from: {azimuth: 90}, to: {azimuth: -60}, turns: 2}", "scene.value.range"),
    ("objects[].path.spiral.start", PATH, "spiral: {duration: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, turns: 2, start: 1 s}", "spiral: {duration: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, turns: 2, start: ¦bar 2}", "scene.time.no_tempo"),
    ("objects[].path.spiral.repeats", PATH, "spiral: {duration: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, turns: 2, repeats: 3}", "spiral: {duration: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, turns: 2, repeats: ¦0}", "scene.value.range"),
    ("objects[].path.spiral.until", PATH, "spiral: {duration: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, turns: 2, start: 1, until: +8 s}", "spiral: {duration: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, turns: 2, start: 1, until: ¦1 s}", "scene.path.end"),
    ("objects[].path.spiral.from", PATH, "spiral: {duration: 8 s, from: {azimuth: 1}, to: {azimuth: 2}, turns: 2}", "spiral: {duration: 8 s, from: ¦{}, to: {azimuth: 2}, turns: 2}", "scene.value.empty"),
    ("objects[].path.spiral.to", PATH, "spiral: {duration: 8 s, from: {azimuth: 1}, to: {speaker: Ltf}, turns: 2}", "spiral: {duration: 8 s, from: {azimuth: 1}, to: {x: ¦2}, turns: 2}", "scene.value.range"),
    ("objects[].path.spiral.turns", PATH, "spiral: {duration: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, turns: -4}", "spiral: {duration: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, turns: ¦1.5}", "scene.value.number"),
    ("objects[].path.spiral.curve", PATH, "spiral: {duration: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, turns: 2, curve: ease-out}", "spiral: {duration: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, turns: 2, curve: ¦1}", "scene.value.word"),
    ("objects[].path.pendulum", PATH, "pendulum: {period: 8 s, from: {azimuth: 90}, to: {azimuth: -60}}", "pendulum: ¦8 s", "scene.value.type"),
    ("objects[].path.pendulum.period", PATH, "pendulum: {period: 0:08, from: {azimuth: 90}, to: {azimuth: -60}}", "pendulum: {period: ¦0, from: {azimuth: 90}, to: {azimuth: -60}}", "scene.value.range"),
    ("objects[].path.pendulum.start", PATH, "pendulum: {period: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, start: 1 s}", "pendulum: {period: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, start: ¦bar 2}", "scene.time.no_tempo"),
    ("objects[].path.pendulum.repeats", PATH, "pendulum: {period: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, repeats: 3}", "pendulum: {period: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, repeats: ¦0}", "scene.value.range"),
    ("objects[].path.pendulum.until", PATH, "pendulum: {period: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, start: 1, until: +8 s}", "pendulum: {period: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, start: 1, until: ¦1 s}", "scene.path.end"),
    ("objects[].path.pendulum.from", PATH, "pendulum: {period: 8 s, from: {azimuth: 1}, to: {azimuth: 2}}", "pendulum: {period: 8 s, from: ¦{}, to: {azimuth: 2}}", "scene.value.empty"),
    ("objects[].path.pendulum.to", PATH, "pendulum: {period: 8 s, from: {azimuth: 1}, to: {speaker: Ltf}}", "pendulum: {period: 8 s, from: {azimuth: 1}, to: {x: ¦2}}", "scene.value.range"),
    ("objects[].path.random_walk", PATH, "random_walk: {every: 8 s, from: {azimuth: 90}, to: {azimuth: -60}}", "random_walk: ¦8 s", "scene.value.type"),
    ("objects[].path.random_walk.every", PATH, "random_walk: {every: 0:08, from: {azimuth: 90}, to: {azimuth: -60}}", "random_walk: {every: ¦0, from: {azimuth: 90}, to: {azimuth: -60}}", "scene.value.range"),
    ("objects[].path.random_walk.start", PATH, "random_walk: {every: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, start: 1 s}", "random_walk: {every: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, start: ¦bar 2}", "scene.time.no_tempo"),
    ("objects[].path.random_walk.repeats", PATH, "random_walk: {every: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, repeats: 3}", "random_walk: {every: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, repeats: ¦0}", "scene.value.range"),
    ("objects[].path.random_walk.until", PATH, "random_walk: {every: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, start: 1, until: +8 s}", "random_walk: {every: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, start: 1, until: ¦1 s}", "scene.path.end"),
    ("objects[].path.random_walk.from", PATH, "random_walk: {every: 8 s, from: {azimuth: 1}, to: {azimuth: 2}}", "random_walk: {every: 8 s, from: ¦{}, to: {azimuth: 2}}", "scene.value.empty"),
    ("objects[].path.random_walk.to", PATH, "random_walk: {every: 8 s, from: {azimuth: 1}, to: {speaker: Ltf}}", "random_walk: {every: 8 s, from: {azimuth: 1}, to: {x: ¦2}}", "scene.value.range"),
    ("objects[].path.random_walk.step", PATH, "random_walk: {every: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, step: 0.5}", "random_walk: {every: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, step: ¦1.5}", "scene.value.range"),
    ("objects[].path.random_walk.seed", PATH, "random_walk: {every: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, seed: 7}", "random_walk: {every: 8 s, from: {azimuth: 90}, to: {azimuth: -60}, seed: ¦0.5}", "scene.value.number"),

    ("outputs[].speakers", OUTPUT, "speakers: 4+7+0", "speakers: ¦7.1.5", "scene.value.word"),
    ("outputs[].binaural", OUTPUT, "binaural: heads/anna.sofa", "binaural: ¦kemar", "scene.value.word"),
    ("outputs[].stereo", OUTPUT, "stereo: ltrt90", "stereo: ¦mono", "scene.value.word"),
    ("outputs[].ambisonics", OUTPUT, "ambisonics: fuma", "ambisonics: ¦ambix8", "scene.value.word"),
    ("outputs[].master", OUTPUT, "master: damf", "master: ¦mpeg-h", "scene.value.word"),
    ("outputs[].bits", OUTPUT, "speakers: room.yaml, bits: 32", "speakers: 5.1, bits: ¦20", "scene.value.word"),
    ("outputs[].order", OUTPUT, "speakers: 5.1, order: wave", "binaural: default, order: ¦wave", "scene.key.conflict"),
    ("outputs[].name", OUTPUT, "speakers: 5.1, name: preview", "speakers: 5.1, ¦name:", "scene.value.empty"),
];

#[test]
fn every_key_takes_a_good_value_and_refuses_a_bad_one_at_its_exact_place() {
    for (key, frame, good, bad, rule) in ROWS {
        let facts = [stem(1, 48_000)];
        let errors = |text: &str| -> Vec<_> {
            let findings = all_findings(text, &facts).into_iter();
            findings.filter(|f| f.severity == Severity::Error).collect()
        };
        let text = frame.replace('@', good);
        assert!(errors(&text).is_empty(), "{key}: {text}\n{:#?}", errors(&text));
        let (text, line, column) = unmark(&frame.replace('@', bad));
        let found = errors(&text);
        let one = &found[0];
        assert!(
            one.rule == *rule && (one.place.line, one.place.column) == (line, column),
            "{key}: {text}\nwanted {rule} at {line}:{column}, found {found:#?}"
        );
        let last = key.rsplit(['.', '*']).next().unwrap().trim_end_matches("[]");
        assert!(one.place.path.contains(last), "{key}: the path is {}", one.place.path);
        assert_eq!(one.place.file, "s.yaml");
    }
}

/// Every key of the registry with its schema, by the shortest path that leads to its mapping. The schema
/// is written from the registry.
fn every_key() -> BTreeMap<String, Value> {
    let whole: Value = serde_json::from_str(&schema(FileKind::Scene)).unwrap();
    let mut keys = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut waiting = VecDeque::from([(String::new(), &whole)]);
    while let Some((path, mapping)) = waiting.pop_front() {
        for (key, value) in mapping["properties"].as_object().unwrap() {
            keys.insert(format!("{path}{key}"), value.clone());
            collect(&format!("{path}{key}"), value, &mut |path, name: &str| {
                if seen.insert(name.to_owned()) {
                    waiting.push_back((format!("{path}."), &whole["$defs"][name]));
                }
            });
        }
    }
    keys
}

/// Reports the mappings a value may be or hold.
fn collect(path: &str, value: &Value, found: &mut impl FnMut(&str, &str)) {
    if let Some(name) = value["$ref"].as_str() {
        found(path, name.rsplit('/').next().unwrap());
    }
    // Lists come last, and name what they hold better than a single one does.
    for form in value["anyOf"].as_array().into_iter().flatten().rev() {
        collect(path, form, found);
    }
    collect_inner(&format!("{path}[]"), &value["items"], found);
    collect_inner(&format!("{path}.*"), &value["additionalProperties"], found);
}

fn collect_inner(path: &str, value: &Value, found: &mut impl FnMut(&str, &str)) {
    if value.is_object() {
        collect(path, value, found);
    }
}

#[test]
fn the_table_covers_every_key_of_the_language() {
    let covered: BTreeSet<_> = ROWS.iter().map(|row| row.0.to_owned()).collect();
    let known: BTreeSet<_> = every_key().into_keys().collect();
    assert!(known.len() > 120, "only {} keys were found", known.len());
    let differ: Vec<_> = known.symmetric_difference(&covered).collect();
    assert!(differ.is_empty(), "not in both: {differ:#?}");
    assert_eq!(covered.len(), ROWS.len(), "a key stands twice in the table");
}

/// Where the value of a key stands in the good value of a row: the key's start, the value's start, its end.
fn find_value(good: &str, key: &str) -> Option<(usize, usize, usize)> {
    let at = |i: &usize| *i == 0 || good[..*i].ends_with(['{', ' ']);
    let start = good.match_indices(&format!("{key}: ")).map(|(i, _)| i).filter(at).last()?;
    let value = start + key.len() + 2;
    let mut depth = 0;
    let ends = |c: char| {
        depth += i32::from("[{".contains(c)) - i32::from("]}".contains(c));
        depth < 0 || (depth == 0 && ",\n".contains(c))
    };
    let end = good[value..].find(ends).map_or(good.len(), |length| value + length);
    Some((start, value, end))
}

/// The scene of a row with another value for its key, or without the key.
fn with_value(frame: &str, good: &str, key: &str, value: Option<&str>) -> Option<String> {
    let (start, begin, end) = find_value(good, key)?;
    let changed = match value {
        Some(value) => format!("{}{value}{}", &good[..begin], &good[end..]),
        None => {
            let (before, after) = (good[..start].trim_end(), &good[end..]);
            let gap = if before.is_empty() || before.ends_with('{') { "" } else { " " };
            match before.strip_suffix(',') {
                Some(before) => format!("{before}{after}"),
                None => format!("{before}{gap}{}", after.trim_start_matches([',', ' '])),
            }
        }
    };
    Some(frame.replace('@', &changed))
}

#[test]
fn the_reader_takes_the_example_of_every_key() {
    let keys = every_key();
    let mut taken = 0;
    for (path, frame, good, ..) in ROWS {
        let key = path.rsplit(['.', '*']).next().unwrap().trim_end_matches("[]");
        let example = keys[*path]["examples"][0].to_string();
        let Some(text) = with_value(frame, good, key, Some(&example)) else { continue };
        taken += 1;
        let tempo = if key == "tempo" { "" } else { "tempo: {bpm: 120}\n" };
        let text = text.replacen("cupola: 1\n", &format!("cupola: 1\n{tempo}"), 1);
        // Frames have one stem, and other keys than examples expect; forms of values are asked for.
        let form = |rule: &str| rule.starts_with("scene.value") || rule == "scene.key.unknown";
        let findings = parse_scene(&text, "s.yaml").findings;
        let bad = findings.iter().find(|f| form(f.rule));
        assert!(bad.is_none(), "{path}: {example}: {}\n{text}", bad.unwrap());
    }
    assert!(taken > 120, "only {taken} examples were tried");
}

/// What a scene comes to: the programme and the outputs, without places.
fn outcome(text: &str) -> Option<String> {
    let scene = parse_scene(text, "s.yaml").value?;
    let outputs: Vec<_> = scene.outputs().iter().map(|o| (&o.kind, &o.name)).collect();
    let start = scene.start_timecode();
    let programme = scene.resolve(&[stem(1, 4_800_000)]);
    Some(format!("{start} {outputs:?} {:?} {:?}", scene.room(), programme.value?))
}

#[test]
fn a_key_that_is_not_there_means_its_default() {
    let keys = every_key();
    let mut compared = 0;
    for (path, frame, good, ..) in ROWS {
        let key = path.rsplit(['.', '*']).next().unwrap().trim_end_matches("[]");
        let default = &keys[*path]["default"];
        if default.is_null() {
            continue;
        }
        let with = with_value(frame, good, key, Some(&default.to_string()));
        let (Some(with), Some(without)) = (with, with_value(frame, good, key, None)) else {
            continue;
        };
        let Some(meant) = outcome(&without) else {
            // Without these nothing is left to compare.
            let all = ["stems", "objects", "beds[].routes"];
            assert!(all.contains(path), "{path}: {without}");
            assert_eq!(outcome(&with), None, "{path}");
            continue;
        };
        compared += 1;
        assert_eq!(outcome(&with).as_ref(), Some(&meant), "{path}:\n{with}\n{without}");
    }
    assert!(compared > 35, "only {compared} defaults were compared");
}

/// The findings of the bad values as people read them. After a change that is meant, run the tests with
/// `CUPOLA_WRITE_MESSAGES=1` and read what changed.
#[test]
fn the_messages_of_bad_values_are_those_that_were_agreed() {
    let facts = [stem(1, 48_000)];
    let said = ROWS.iter().map(|(key, frame, _, bad, _)| {
        let (text, ..) = unmark(&frame.replace('@', bad));
        let findings = all_findings(&text, &facts);
        let first = findings.iter().find(|f| f.severity == Severity::Error).unwrap();
        format!("{key}\n    {first}\n")
    });
    let said: String = said.collect();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scene/messages.txt");
    if std::env::var_os("CUPOLA_WRITE_MESSAGES").is_some() {
        std::fs::write(path, &said).unwrap();
    }
    let agreed = std::fs::read_to_string(path).unwrap();
    for (said, agreed) in said.lines().zip(agreed.lines()) {
        assert_eq!(said, agreed, "CUPOLA_WRITE_MESSAGES=1 writes {path}");
    }
    assert_eq!(said.len(), agreed.len(), "CUPOLA_WRITE_MESSAGES=1 writes {path}");
}

#[test]
fn every_rule_that_a_finding_can_have_is_listed() {
    let source = include_str!("../../src/rules.rs");
    for (_, _, _, _, rule) in ROWS {
        assert!(RULES.iter().any(|known| known.id == *rule), "{rule} is not listed");
    }
    // Findings take their rule from the constants of the list; no other file spells one.
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    let mut files = 0;
    let mut used = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let text = std::fs::read_to_string(&path).unwrap();
            if text != source {
                assert_rules_are_constants(&text, &path);
                used.extend(uses(&text));
            }
        }
    }
    assert!(files > 20, "only {files} files were looked at");
    assert_severities(source, &used);
}

/// The constants of rules and the severities they are reported with, `new` where it is computed.
fn uses(text: &str) -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    for severity in ["error", "warning", "note", "new"] {
        for rest in text.split(&format!("Finding::{severity}(")).skip(1) {
            let rest = rest.trim_start().trim_start_matches("rules::");
            let name = rest.chars().take_while(|c| c.is_ascii_uppercase() || *c == '_');
            found.push((name.collect(), severity));
        }
    }
    found
}

/// What the list says of the severity of a rule is what its findings have.
fn assert_severities(source: &str, used: &[(String, &'static str)]) {
    for rule in RULES {
        let before = source.split(&format!(" = \"{}\"", rule.id)).next().unwrap();
        let constant = before.rsplit([' ', '\n']).next().unwrap();
        let mut severities: Vec<_> =
            used.iter().filter(|(name, _)| name == constant).map(|(_, s)| *s).collect();
        severities.sort_unstable();
        severities.dedup();
        let said = match rule.severity {
            Some(severity) => severities == [severity.name()],
            None => severities.len() > 1 || severities == ["new"],
        };
        assert!(said, "{}: {:?} but {severities:?}", rule.id, rule.severity);
    }
}

fn assert_rules_are_constants(text: &str, path: &std::path::Path) {
    for call in ["Finding::error(", "Finding::warning(", "Finding::note(", "Finding::new("] {
        for rest in text.split(call).skip(1) {
            let rest = rest.trim_start();
            assert!(rest.starts_with("rules::"), "{}: {call}{rest:.40}", path.display());
        }
    }
}
