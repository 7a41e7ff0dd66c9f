//! The JSON Schema against the reader. An outside validator judges it in `tests/judges/schema.py`, on
//! the same files.

use cupola_model::Severity;
use cupola_scene::{FileKind, parse_scene, schema};
use serde_json::Value;
use std::path::Path;

/// The files of a folder that judges the schema, with their paths.
pub(crate) fn files(folder: &str) -> Vec<(String, String)> {
    let judged = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/judges/schema");
    let entries = std::fs::read_dir(judged.join(folder)).unwrap();
    let read = |path: std::path::PathBuf| {
        (path.display().to_string(), std::fs::read_to_string(&path).unwrap())
    };
    entries.map(|entry| read(entry.unwrap().path())).collect()
}

#[test]
fn the_reader_agrees_with_the_files_that_judge_the_schema() {
    let (valid, broken) = (files("valid"), files("broken"));
    assert!(valid.len() > 3 && broken.len() > 70);
    for (path, text) in valid {
        let findings = parse_scene(&text, &path).findings;
        let error = findings.iter().find(|f| f.severity == Severity::Error);
        assert!(error.is_none(), "{}", error.unwrap());
    }
    for (path, text) in broken {
        assert!(parse_scene(&text, &path).value.is_none(), "{path} was read");
    }
}

#[test]
fn every_mapping_of_the_schema_is_closed_and_every_key_explained() {
    for of in [FileKind::Scene, FileKind::Layout] {
        let whole: Value = serde_json::from_str(&schema(of)).unwrap();
        let parts = whole["$defs"].as_object().unwrap().values();
        for part in parts.chain([&whole]) {
            assert_eq!(part["additionalProperties"], false);
            for (key, value) in part["properties"].as_object().unwrap() {
                let about = value["description"].as_str().unwrap();
                assert!(about.len() > 10, "{key}: {about}");
                assert_eq!(value["examples"].as_array().unwrap().len(), 1, "{key}");
            }
        }
    }
}

#[test]
fn defaults_and_ranges_arrive_in_the_schema() {
    let whole: Value = serde_json::from_str(&schema(FileKind::Scene)).unwrap();
    assert_eq!(whole["properties"]["sample_rate"]["default"], 48_000);
    let object = &whole["$defs"]["object"]["properties"];
    let size = &object["size"]["anyOf"][0]["anyOf"][0];
    assert_eq!((&size["minimum"], &size["maximum"]), (&0.into(), &1.into()));
    assert_eq!(object["size"]["default"], 0);
    // What is needed, an included file may have.
    let alone = &whole["then"]["allOf"][0]["properties"]["objects"]["items"];
    assert_eq!(alone["allOf"][1]["required"], serde_json::json!(["stem"]));
    let format = &whole["$defs"]["bed"]["properties"]["format"];
    let formats = format["anyOf"][0]["enum"].as_array().unwrap();
    for name in [serde_json::json!("5.1"), serde_json::json!(5.1), serde_json::json!("7.1.2")] {
        assert!(formats.contains(&name), "{formats:?} lacks {name}");
    }
}

/// `allOf`, `anyOf` and `oneOf` need a member, or validators refuse the whole schema.
#[test]
fn no_list_of_alternatives_is_empty() {
    fn empty_lists(value: &Value, path: &str, found: &mut Vec<String>) {
        if let Value::Object(map) = value {
            for (key, value) in map {
                let path = format!("{path}/{key}");
                let lists = ["allOf", "anyOf", "oneOf"].contains(&key.as_str());
                if lists && value.as_array().is_some_and(Vec::is_empty) {
                    found.push(path.clone());
                }
                empty_lists(value, &path, found);
            }
        }
        for item in value.as_array().into_iter().flatten() {
            empty_lists(item, path, found);
        }
    }
    for of in [FileKind::Scene, FileKind::Layout] {
        let whole: Value = serde_json::from_str(&schema(of)).unwrap();
        let mut found = Vec::new();
        empty_lists(&whole, "", &mut found);
        assert!(found.is_empty(), "{found:?}");
    }
}
