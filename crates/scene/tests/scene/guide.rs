//! What stands in `scenes/README.md` is true.

use super::{all_findings, stem};
use cupola_model::Severity;
use cupola_scene::{key_reference, parse_scene};

const GUIDE: &str = include_str!("../../../../scenes/README.md");
const REGENERATE: &str = "cargo run -p cupola-scene --example docs";

/// The text of a fenced block behind each `fence`.
fn blocks(fence: &str) -> Vec<&'static str> {
    let opening = format!("\n```{fence}\n");
    let opened = GUIDE.split(opening.as_str()).skip(1);
    opened.map(|rest| rest.split("```").next().unwrap()).collect()
}

/// A scene of the guide with some of its top-level keys replaced by those of a fragment.
fn completed(whole: &str, fragment: &str) -> String {
    let parts = |text: &str| -> Vec<(String, String)> {
        let mut parts: Vec<(String, String)> = Vec::new();
        for line in text.lines() {
            if line.starts_with(|c: char| c.is_ascii_lowercase()) {
                let key = line.split(':').next().unwrap().to_owned();
                parts.push((key, String::new()));
            }
            let Some((_, part)) = parts.last_mut() else { continue };
            *part += &format!("{line}\n");
        }
        parts
    };
    let new = parts(fragment);
    let kept =
        parts(whole).into_iter().filter(|(key, _)| new.iter().all(|(other, _)| other != key));
    kept.chain(new.clone()).map(|(_, part)| part).collect()
}

#[test]
fn every_example_of_the_guide_is_right() {
    let examples = blocks("yaml");
    let facts = vec![stem(2, 4_800_000); 5];
    assert!(examples.len() >= 9, "only {} examples were found", examples.len());
    for example in &examples {
        let text = completed(examples[0], example);
        let findings = all_findings(&text, &facts);
        let bad = findings.iter().find(|f| f.severity == Severity::Error);
        assert!(bad.is_none(), "{text}\n{}", bad.unwrap());
        for warning in findings.iter().filter(|f| f.severity == Severity::Warning) {
            // Examples place some of the stems each.
            let expected = ["scene.stem.unused", "scene.name.duplicate"].contains(&warning.rule);
            assert!(expected, "{text}\n{warning}");
        }
    }
}

#[test]
fn the_album_and_the_surround_stem_of_the_guide_are_right() {
    let examples = blocks("yaml");
    let presets = examples.iter().find(|text| text.contains("extends")).unwrap();
    let album = completed(examples[0], presets);
    let [song] = blocks("yaml album")[..] else { panic!("there is one song of an album") };
    let (head, song) = song.split_once("include: ../album.yaml").unwrap();
    assert_eq!(head, "cupola: 1\n");
    let song = completed(&album, song.split_once('\n').unwrap().1);
    let [surround] = blocks("yaml surround")[..] else { panic!("there is one surround stem") };
    for (text, channels) in [(song, 2), (format!("cupola: 1\n{surround}"), 10)] {
        let findings = all_findings(&text, &[stem(channels, 4_800_000)]);
        assert!(findings.iter().all(|f| f.severity < Severity::Error), "{text}\n{findings:#?}");
    }
}

#[test]
fn the_slip_of_the_guide_is_explained_as_it_says() {
    let [broken] = blocks("yaml broken")[..] else { panic!("there is one slip") };
    let text = completed(blocks("yaml")[0], broken);
    let found = parse_scene(&text, "scene.yaml").findings.remove(0);
    let [shown] = blocks("text")[..] else { panic!("there is one finding") };
    let said = format!(
        "{}: {}: found {}, allowed {}\n  help: {}\n",
        found.severity, found.message, found.found, found.allowed, found.hint
    );
    assert_eq!(shown, said);
}

#[test]
fn the_reference_lists_every_key_as_the_code_has_it() {
    let start = GUIDE.find("\n### Keys of ").expect("the guide has a reference") + 1;
    assert!(GUIDE[start..] == key_reference(), "the reference is out of date: {REGENERATE}");
    for line in key_reference().lines().filter(|line| line.starts_with("| `")) {
        assert_eq!(line.matches('|').count(), 6, "a cell holds a bar: {line}");
    }
    for link in key_reference().split("](#").skip(1) {
        let name = link.split(')').next().unwrap();
        let heading =
            GUIDE.lines().filter_map(|line| line.trim_start_matches('#').strip_prefix(' '));
        let mut anchors = heading.map(|h| h.to_lowercase().replace('`', "").replace(' ', "-"));
        assert!(anchors.any(|anchor| anchor == name), "nothing is called {name}");
    }
}
