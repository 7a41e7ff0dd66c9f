//! The rules that findings name: all in one table, and each explained.

use crate::suite::support::cupola;
use std::path::Path;

const TABLE: &str = include_str!("../../scenes/RULES.md");

#[test]
fn the_page_of_rules_is_what_the_program_prints() {
    let printed = cupola(Path::new("."), &["rules"]).expect(0).stdout;
    assert!(printed == TABLE, "scenes/RULES.md is old: cargo run -- rules > scenes/RULES.md");
}

#[test]
fn every_rule_is_listed_once_with_a_meaning_and_a_remedy() {
    let document = cupola(Path::new("."), &["rules", "--json"]).expect(0).json();
    let rules = document["rules"].as_array().expect("a list").clone();
    assert!(rules.len() > 150, "{} rules", rules.len());
    for (i, rule) in rules.iter().enumerate() {
        let id = rule["rule"].as_str().expect("an id");
        assert!(
            rules[..i].iter().all(|other| other["rule"] != rule["rule"]),
            "{id} is there twice"
        );
        for part in ["meaning", "remedy"] {
            let text = rule[part].as_str().expect("a text");
            assert!(text.len() > 8 && text.ends_with('.'), "{id}: {text:?}");
            assert!(text.starts_with(|c: char| !c.is_lowercase()), "{id}: {text:?}");
        }
    }
}

#[test]
fn a_rule_is_explained_by_its_id_and_a_family_by_its_start() {
    let one = cupola(Path::new("."), &["rules", "stems.lossy"]).expect(0).stdout;
    assert_eq!(
        one,
        "stems.lossy (warning)\n  The codec has thrown sound away.\n  Ask for the stem as WAV or FLAC.\n"
    );
    let family = cupola(Path::new("."), &["rules", "scene.include"]).expect(0).stdout;
    assert!(family.contains("scene.include.cycle (error)") && !family.contains("scene.yaml"));
    let wrong = cupola(Path::new("."), &["rules", "scene.key.unknwon"]).expect(2);
    assert!(wrong.stderr.contains("did you mean scene.key.unknown?"), "{}", wrong.stderr);
}
