//! Scenes of several files: the twin of each is the one file an author would have written instead.

use super::{stem, unmark};
use cupola_model::{Finding, Severity, Timeline};
use cupola_scene::{
    Draft, IncludeRefusal, IncludeSource, Located, Scene, draft_scene, parse_scene_with,
};
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Files in memory, by name; the scene itself is `song.yaml`.
struct Album<'t> {
    files: Vec<(&'t str, String)>,
    /// How often each was read.
    reads: HashMap<usize, u32>,
}

impl<'t> Album<'t> {
    fn new(files: &[(&'t str, &str)]) -> Self {
        let files = files.iter().map(|(name, text)| (*name, (*text).to_owned())).collect();
        Self { files, reads: HashMap::new() }
    }
}

impl IncludeSource for Album<'_> {
    fn locate(&mut self, path: &str, _: usize) -> Result<Located, IncludeRefusal> {
        let path = path.trim_start_matches("./");
        if path == "song.yaml" {
            return Ok(Located { number: 0, name: path.to_owned() });
        }
        let index = self.files.iter().position(|(name, _)| *name == path);
        let reason = || IncludeRefusal::Unreadable {
            reason: "it is not there".to_owned(),
            hint: "did you mean `album.yaml`?".to_owned(),
        };
        index.map(|i| Located { number: i + 1, name: path.to_owned() }).ok_or_else(reason)
    }

    fn read(&mut self, number: usize) -> Result<String, IncludeRefusal> {
        *self.reads.entry(number).or_default() += 1;
        Ok(self.files[number - 1].1.clone())
    }
}

fn draft(song: &str, files: &[(&str, &str)]) -> Draft {
    draft_scene(song, "song.yaml", &mut Album::new(files))
}

fn right(song: &str, files: &[(&str, &str)]) -> Scene {
    let checked = parse_scene_with(song, "song.yaml", &mut Album::new(files));
    let shown: Vec<_> = checked.findings.iter().map(ToString::to_string).collect();
    checked.value.unwrap_or_else(|| panic!("{song}\n{shown:#?}"))
}

fn timeline(scene: &Scene) -> Timeline {
    let facts = vec![stem(1, 480_000); scene.stems().len()];
    let resolved = scene.resolve(&facts);
    resolved.value.unwrap_or_else(|| panic!("{:#?}", resolved.findings))
}

/// Asserts that a song over an album is the scene of one file.
fn assert_same(song: &str, files: &[(&str, &str)], whole: &str) {
    let (scene, twin) = (right(song, files), right(whole, &[]));
    assert_eq!(timeline(&scene), timeline(&twin), "{song}");
    assert_eq!(scene.outputs().len(), twin.outputs().len(), "{song}");
    assert_eq!(scene.groups(), twin.groups(), "{song}");
    assert_eq!(scene.start_timecode(), twin.start_timecode(), "{song}");
}

/// The only error of a scene of several files, one of them marked; asserts file and place.
fn only_error(song: &str, files: &[(&str, &str)]) -> Finding {
    let (text, mut place) = match song.contains('¦') {
        true => (unmark(song).0, Some(("song.yaml", unmark(song)))),
        false => (song.to_owned(), None),
    };
    let mut album = Album::new(files);
    for (name, text) in &mut album.files {
        if text.contains('¦') {
            place = Some((*name, unmark(text)));
            *text = text.replace('¦', "");
        }
    }
    let checked = parse_scene_with(&text, "song.yaml", &mut album);
    assert!(checked.value.is_none(), "{song} was accepted");
    let errors: Vec<_> =
        checked.findings.iter().filter(|f| f.severity == Severity::Error).collect();
    let shown: Vec<_> = errors.iter().map(ToString::to_string).collect();
    let [one] = errors[..] else { panic!("{song}\n{shown:#?}") };
    let (file, (_, line, column)) = place.unwrap();
    let found = (one.place.file.as_str(), one.place.line, one.place.column);
    assert_eq!(found, (file, line, column), "{song}\n{shown:#?}");
    one.clone()
}

const SONG: &str = "cupola: 1\ninclude: album.yaml\n";

const ALBUM: &str = "
artist: The Band
tempo: {bpm: 120, meter: 3/4}
frame_rate: 25
defaults: {binaural: near}
stems:
  drums: {file: stems/drums.wav, gain: -3}
  lead: {file: stems/lead.wav}
beds:
  - {format: 5.1, groups: [drums], routes: [{stem: drums, to: C}]}
objects:
  - {name: Lead, stem: lead, gain: -1, groups: [vocals], position: {azimuth: 30, elevation: 10}}
  - {stem: drums, position: {x: 0, y: 1}}
";

/// A change, the song that makes it, and the words of `ALBUM` it replaces: a song's one file. What
/// replaces nothing is put before everything; `$` is the end.
type Override = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

#[rustfmt::skip]
const OVERRIDES: &[Override] = &[
    ("nothing", "", &[]),
    ("plain keys", "title: One\nartist: Guest\nframe_rate: 24\n", &[("", "title: One\n"), ("The Band", "Guest"), ("frame_rate: 25", "frame_rate: 24")]),
    ("a key of a mapping", "tempo: {bpm: 90}\nend: bar 3\n", &[("bpm: 120", "bpm: 90"), ("", "end: bar 3\n")]),
    ("a mapping by a list", "tempo: [{bpm: 90}]\nend: bar 3\n", &[("{bpm: 120, meter: 3/4}", "{bpm: 90}"), ("", "end: bar 3\n")]),
    ("a key of a stem", "stems: {drums: {gain: 2}}\n", &[("gain: -3", "gain: 2")]),
    ("a stem more", "stems: {bass: {file: b.wav}}\nbeds: [{routes: [{stem: bass, to: C}]}]\n", &[("beds:", "  bass: {file: b.wav}\nbeds:"), ("{stem: drums, to", "{stem: bass, to")]),
    ("a key of a bed without a name", "beds: [{binaural: off}]\n", &[("format: 5.1", "format: 5.1, binaural: off")]),
    ("the routes of a bed", "beds: [{routes: [{stem: lead, to: L}]}]\n", &[("{stem: drums, to: C}", "{stem: lead, to: L}")]),
    ("a bed more", "beds: [{name: Second, format: 2.0}]\n", &[("objects:", "  - {name: Second, format: 2.0}\nobjects:")]),
    ("a key of an object", "objects: [{name: Lead, gain: -6}]\n", &[("gain: -1,", "gain: -6,")]),
    ("a mapping of an object, whole", "objects: [{name: Lead, position: {azimuth: 60}}]\n", &[("{azimuth: 30, elevation: 10}", "{azimuth: 60}")]),
    ("an object that goes by its stem", "objects: [{stem: drums, size: 0.5}]\n", &[("{x: 0, y: 1}", "{x: 0, y: 1}, size: 0.5")]),
    ("an object more", "objects: [{name: Echo, stem: lead, position: {azimuth: 180}}]\n", &[("$", "  - {name: Echo, stem: lead, position: {azimuth: 180}}\n")]),
    ("keys of an object removed", "objects: [{name: Lead, gain: ~, groups: null}]\n", &[(" gain: -1, groups: [vocals],", "")]),
    ("an object removed", "objects: [{name: drums, remove: true}]\n", &[("  - {stem: drums, position: {x: 0, y: 1}}\n", "")]),
    ("a bed removed", "beds: [{name: Bed, remove: true}]\n", &[("  - {format: 5.1, groups: [drums], routes: [{stem: drums, to: C}]}\n", ""), ("beds:", "beds: []")]),
    ("keys removed", "defaults: ~\ntempo:\n", &[("defaults: {binaural: near}\n", ""), ("tempo: {bpm: 120, meter: 3/4}\n", "")]),
    ("a key of a mapping removed", "tempo: {meter: ~}\nend: bar 3\n", &[(", meter: 3/4", ""), ("", "end: bar 3\n")]),
    ("a stem removed", "stems: {lead: ~}\nobjects: [{name: Lead, stem: drums}]\n", &[("  lead: {file: stems/lead.wav}\n", ""), ("stem: lead", "stem: drums")]),
    ("a list removed", "beds: ~\n", &[("beds:\n  - {format: 5.1, groups: [drums], routes: [{stem: drums, to: C}]}\n", "")]),
];

fn edited(edits: &[(&str, &str)]) -> String {
    let mut text = ALBUM.to_owned();
    for (from, to) in edits {
        text = match *from {
            "" => format!("{to}{text}"),
            "$" => text + to,
            from => {
                assert!(text.contains(from), "{from} is not in the album");
                text.replace(from, to)
            }
        };
    }
    format!("cupola: 1\n{text}")
}

#[test]
fn a_song_over_its_album_is_what_one_file_would_be() {
    for (what, song, edits) in OVERRIDES {
        eprintln!("{what}");
        assert_same(&format!("{SONG}{song}"), &[("album.yaml", ALBUM)], &edited(edits));
    }
}

#[test]
fn later_files_lie_over_earlier_ones_and_a_file_over_what_it_includes() {
    let files = [
        (
            "base.yaml",
            "cupola: 1\ntitle: base\nartist: base\nend: 1 s\nstart_timecode: 00:00:01:00\n",
        ),
        ("left.yaml", "include: base.yaml\ntitle: left\nartist: left\n"),
        ("right.yaml", "include: ./base.yaml\ntitle: right\nend: 2 s\n"),
    ];
    let song = "cupola: 1\ninclude: [left.yaml, right.yaml]\nbeds: [{format: 2.0}]\n";
    let mut album = Album::new(&files);
    let scene = parse_scene_with(song, "song.yaml", &mut album).value.unwrap();
    // The base lies below both, although `right.yaml` includes it once more.
    assert_eq!((scene.title(), scene.artist()), ("right", "left"));
    assert_eq!(scene.start_timecode().to_string(), "00:00:01:00");
    assert_eq!(timeline(&scene).length.0, 96_000);
    assert_eq!(album.reads, HashMap::from([(1, 1), (2, 1), (3, 1)]), "each file is read once");
}

#[test]
fn the_second_object_of_a_name_lies_over_the_second_one() {
    let album = "stems: {a: {file: a.wav}}\nobjects:\n  - {stem: a, position: {azimuth: 10}}\n  - {stem: a, position: {azimuth: 20}}\n";
    let song = "cupola: 1\ninclude: album.yaml\nobjects:\n  - {stem: a, gain: -1}\n  - {stem: a, remove: true}\n  - {stem: a, gain: -3, position: {azimuth: 30}}\n";
    let whole = "cupola: 1\nstems: {a: {file: a.wav}}\nobjects:\n  - {stem: a, position: {azimuth: 10}, gain: -1}\n  - {stem: a, gain: -3, position: {azimuth: 30}}\n";
    assert_same(song, &[("album.yaml", album)], whole);
}

#[test]
fn anchors_and_merge_keys_work_within_each_file() {
    let album = "stems: {a: &stem {file: a.wav, gain: -2}, b: {<<: *stem, file: b.wav}}\nobjects:\n  - &usual {name: One, stem: a, position: {azimuth: 30}, size: 0.2}\n  - {<<: *usual, name: Two, stem: b}\n";
    let song = "cupola: 1\ninclude: album.yaml\nobjects:\n  - &louder {name: One, gain: 3}\n  - {<<: *louder, name: Two}\n";
    let whole = "cupola: 1\nstems: {a: {file: a.wav, gain: -2}, b: {file: b.wav, gain: -2}}\nobjects:\n  - {name: One, stem: a, position: {azimuth: 30}, size: 0.2, gain: 3}\n  - {name: Two, stem: b, position: {azimuth: 30}, size: 0.2, gain: 3}\n";
    assert_same(song, &[("album.yaml", album)], whole);
    let foreign = "cupola: 1\ninclude: album.yaml\nobjects: [¦*usual]\n";
    assert_eq!(only_error(foreign, &[("album.yaml", album)]).rule, "scene.yaml.syntax");
}

#[test]
fn a_finding_shows_the_file_it_is_in() {
    let cases = [
        (
            "stems:\n  a: {file: a.wav, gain: ¦99}\nobjects: [{stem: a, position: {azimuth: 0}}]\n",
            "scene.value.range",
        ),
        (
            "stems: {a: {file: a.wav}}\nobjects:\n  - {stem: a, position: {azimuth: 0, ¦elevatoin: 3}}\n",
            "scene.key.unknown",
        ),
        ("stems: {a: {file: a.wav}}\nobjects:\n  - ¦{stem: a}\n", "scene.key.missing"),
        (
            "stems: {a: {file: a.wav}}\nobjects: [{stem: a, position: {azimuth: 0}}]\n¦titel: x\n",
            "scene.key.unknown",
        ),
        (
            "stems: {a: {file: a.wav}}\nobjects: [{stem: a, position: {azimuth: 0}}]\ntitle: x\n¦title: y\n",
            "scene.key.duplicate",
        ),
        (
            "stems: {a: {file: a.wav}}\nobjects: ¦[{stem: a, position: {azimuth: 0}}\n",
            "scene.yaml.syntax",
        ),
        ("¦[1, 2]\n", "scene.value.type"),
        ("¦", "scene.yaml.syntax"),
        ("cupola: ¦2\n", "scene.version"),
        ("¦outputs: [{speakers: 7.1.4}]\nbeds: [{format: 2.0}]\n", "scene.include.key"),
    ];
    for (album, rule) in &cases {
        assert_eq!(only_error(SONG, &[("album.yaml", album)]).rule, *rule, "{album}");
    }
    // What a stem is found unfit for is reported where its object stands.
    let album = "stems: {a: {file: a.wav}}\nobjects:\n  - {stem: a, position: {azimuth: 0}}\n";
    let scene = right(SONG, &[("album.yaml", album)]);
    assert_eq!(scene.stems()[0].place.file, "album.yaml");
    let findings = scene.resolve(&[stem(2, 100)]).findings;
    let stereo = findings.iter().find(|f| f.rule == "scene.object.stereo").unwrap();
    assert_eq!((stereo.place.file.as_str(), stereo.place.line), ("album.yaml", 3));
}

#[test]
fn a_name_given_in_two_files_is_explained_with_both() {
    let album = "stems: {a: {file: a.wav}}\nobjects:\n  - {name: X, stem: a, pair: {width: 10}, position: {azimuth: 0}}\n";
    let song = format!(
        "{SONG}objects:\n  - {{name: X L, stem: a, fold: mono, position: {{azimuth: 0}}}}\n"
    );
    let findings = draft(&song, &[("album.yaml", album)]).findings;
    let twice = findings.iter().find(|f| f.rule == "scene.name.duplicate").unwrap();
    assert_eq!((twice.place.file.as_str(), twice.place.line), ("song.yaml", 4));
    assert!(twice.hint.contains("line 3 of album.yaml"), "{twice}");
}

#[test]
fn cycles_are_refused_with_the_whole_way() {
    let files = [("a.yaml", "x: 1\ninclude: b.yaml\n"), ("b.yaml", "include: [¦a.yaml]\n")];
    let found = only_error(
        "cupola: 1\ninclude: a.yaml\nbeds: [{format: 2.0}]\n",
        &[("a.yaml", "title: x\ninclude: b.yaml\n"), files[1]],
    );
    assert_eq!(found.rule, "scene.include.cycle");
    assert_eq!(found.found, "a.yaml:2:10 → b.yaml:1:11");
    let itself = [("a.yaml", "include: ¦a.yaml\n")];
    let found = only_error("cupola: 1\ninclude: a.yaml\nbeds: [{format: 2.0}]\n", &itself);
    assert_eq!(found.found, "a.yaml:1:10");
    let back = [("a.yaml", "include: ¦song.yaml\n")];
    let found = only_error("cupola: 1\ninclude: a.yaml\nbeds: [{format: 2.0}]\n", &back);
    assert_eq!(found.found, "song.yaml:2:10 → a.yaml:1:10");
    let found = only_error("cupola: 1\ninclude: ¦song.yaml\nbeds: [{format: 2.0}]\n", &[]);
    assert_eq!(found.found, "song.yaml:2:10");
}

#[test]
fn a_missing_file_is_the_only_error_it_causes() {
    let song = "cupola: 1\ninclude:\n  - ¦albun.yaml\nend: bar 9\nstems: {kick: ~}\nobjects:\n  - {name: Lead, gain: -3}\n  - {stem: lead, position: {azimuth: 0}}\n  - {name: Choir, remove: true}\n";
    let found = only_error(song, &[]);
    assert_eq!((found.rule, found.found.as_str()), ("scene.include.unreadable", "albun.yaml"));
    assert_eq!(found.hint, "did you mean `album.yaml`?");
    // What is wrong in itself is found even so.
    let song = song.replace('¦', "").replace("-3", "-300");
    let rules: Vec<_> = draft(&song, &[]).findings.iter().map(|f| f.rule).collect();
    assert_eq!(rules, ["scene.include.unreadable", "scene.value.range"]);
}

#[test]
fn includes_of_a_wrong_kind_are_refused() {
    for (include, rule) in [
        ("¦{file: a.yaml}", "scene.value.type"),
        ("[[a.yaml], ¦{a: 1}]", "scene.value.type"),
        ("['¦']", "scene.value.empty"),
    ] {
        let song = format!("cupola: 1\ninclude: {include}\nbeds: [{{format: 2.0}}]\n");
        let findings = draft(&song.replace('¦', ""), &[]).findings;
        assert!(findings.iter().any(|f| f.rule == rule), "{song}{findings:#?}");
    }
    // A scene that stands alone includes nothing.
    let text = "cupola: 1\ninclude: album.yaml\nbeds: [{format: 2.0}]\n";
    let alone = cupola_scene::parse_scene(text, "song.yaml");
    assert_eq!(alone.findings[0].rule, "scene.include.unreadable");
    // Elsewhere than at the top the key does not exist.
    let nested = "cupola: 1\nstems: {a: {file: a.wav, include: x.yaml}}\nbeds: [{format: 2.0}]\n";
    let found = &draft(nested, &[]).findings[0];
    assert_eq!((found.rule, found.place.column), ("scene.key.unknown", 26));
}

#[test]
fn removing_what_is_not_there_is_refused_with_a_suggestion() {
    let files = [("album.yaml", ALBUM)];
    for (song, hint) in [
        ("stems: {¦leed: ~}\n", "did you mean `lead`?"),
        ("¦defalts: ~\n", "did you mean `defaults`?"),
        ("objects: [{name: Laed, ¦remove: true}]\n", "did you mean `Lead`?"),
        ("beds: [{name: Choir, ¦remove: true}]\n", "write a value, or remove this too"),
        ("objects: [{name: Lead, ¦gian: ~}]\n", "did you mean `gain`?"),
    ] {
        let found = only_error(&format!("{SONG}{song}"), &files);
        assert_eq!((found.rule, found.hint.as_str()), ("scene.include.nothing", hint), "{song}");
    }
    let found = only_error(&format!("{SONG}objects: [{{name: Lead, remove: ¦yes}}]\n"), &files);
    assert_eq!(found.rule, "scene.value.word");
}

#[test]
fn files_share_limits_of_depth_number_size_and_values() {
    let beds = "beds: [{format: 2.0}]\n";
    let chain = |n: usize| {
        let text = |i: usize| match i == n {
            true => "title: x\n".to_owned(),
            false => format!("include: f{}.yaml\n", i + 1),
        };
        (1..=n).map(|i| (format!("f{i}.yaml"), text(i))).collect::<Vec<_>>()
    };
    let wide = |n: usize| {
        (1..=n).map(|i| (format!("f{i}.yaml"), format!("title: t{i}\n"))).collect::<Vec<_>>()
    };
    let list = |n: usize| (1..=n).map(|i| format!("f{i}.yaml")).collect::<Vec<_>>().join(", ");
    let errors = |include: &str, files: &[(String, String)]| {
        let files: Vec<_> = files.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
        let song = format!("cupola: 1\ninclude: [{include}]\n{beds}");
        let start = Instant::now();
        let findings = draft(&song, &files).findings;
        assert!(start.elapsed() < Duration::from_secs(10), "it took {:?}", start.elapsed());
        findings.into_iter().filter(|f| f.severity == Severity::Error).collect::<Vec<_>>()
    };
    assert_eq!(errors("f1.yaml", &chain(8)), []);
    let found = errors("f1.yaml", &chain(9));
    assert_eq!((found[0].rule, found.len()), ("scene.include.limit", 1));
    assert_eq!(found[0].place.file, "f8.yaml");
    assert_eq!(errors(&list(64), &wide(64)), []);
    assert_eq!(errors(&list(65), &wide(65))[0].rule, "scene.include.limit");
    let large =
        |n: usize| (1..=n).map(|i| (format!("f{i}.yaml"), "#".repeat(3 << 20) + "\nend: 1\n"));
    assert_eq!(errors(&list(3), &large(3).collect::<Vec<_>>()), []);
    let found = errors(&list(4), &large(4).collect::<Vec<_>>());
    assert_eq!((found[0].rule, found[0].place.file.as_str()), ("scene.yaml.limit", "f4.yaml"));
    // Aliases count as if written out, in all files together.
    let bomb: String = (0..5)
        .map(|i| format!("a{}: &a{} [{}]\n", i + 1, i + 1, vec![format!("*a{i}"); 10].join(",")))
        .collect();
    let bombs = |n: usize| {
        (1..=n).map(|i| (format!("f{i}.yaml"), format!("a0: &a0 [x]\n{bomb}"))).collect::<Vec<_>>()
    };
    let found = errors(&list(20), &bombs(20));
    assert!(found.iter().any(|f| f.rule == "scene.yaml.limit"), "{found:#?}");
}

#[test]
fn many_files_over_many_entries_take_no_longer_than_their_text() {
    let stems: String = (0..100_000).map(|i| format!("  s{i}: {{file: a}}\n")).collect();
    let album = format!("stems:\n{stems}objects: [{}]\n", "{stem: s0}, ".repeat(50_000));
    let small =
        |i: usize| format!("stems: {{s{i}: {{gain: 1}}}}\nobjects: [{{stem: s0, remove: true}}]\n");
    let files: Vec<_> = (1..64).map(|i| (format!("f{i}.yaml"), small(i))).collect();
    let mut files: Vec<_> = files.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
    files.push(("album.yaml", &album));
    let names: Vec<_> = files.iter().map(|(name, _)| *name).rev().collect();
    let song = format!("cupola: 1\ninclude: [{}]\n", names.join(", "));
    let start = Instant::now();
    assert!(draft(&song, &files).scene.is_some());
    assert!(start.elapsed() < Duration::from_secs(10), "it took {:?}", start.elapsed());
}
