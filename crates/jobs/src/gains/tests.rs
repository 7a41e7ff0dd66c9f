use super::*;
use std::io::Write;

fn ask(layout: &str, json: &str, choice: PannerChoice) -> Result<GainsReport, JobError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(json.as_bytes()).unwrap();
    gains(layout, file.path(), choice)
}

fn document(json: &str, choice: PannerChoice) -> (Value, Vec<Finding>) {
    let report = ask("7.1.4", json, choice).unwrap();
    (serde_json::from_str(&report.document).unwrap(), report.findings)
}

#[test]
fn the_answer_names_the_layout_its_channels_and_the_gains_of_every_object() {
    let objects =
        r#"{"objects": [{"position": {"azimuth": 45, "elevation": 30}, "diffuse": 0.36}]}"#;
    let (answer, findings) = document(objects, PannerChoice::Bs2127);
    assert!(findings.is_empty());
    assert_eq!(answer["layout"], "4+7+0");
    assert_eq!((&answer["channels"][8], &answer["is_lfe"][3]), (&json!("U+045"), &json!(true)));
    let object = &answer["objects"][0];
    let of = |bus: &str, channel: usize| object[bus][channel].as_f64().unwrap();
    assert!((of("direct", 8) - 0.8).abs() < 1e-12 && (of("diffuse", 8) - 0.6).abs() < 1e-12);
    assert_eq!(object["direct"].as_array().unwrap().len(), 12);
}

#[test]
fn a_refused_object_says_where_and_why_and_the_others_are_answered() {
    for (bad, path, reason) in [
        (r#"{"position": {"azimuth": 181}}"#, "position.azimuth", "-180 to 180"),
        (r#"{"position": {"elevation": 0}}"#, "position.azimuth", "missing"),
        (r#"{"position": {"x": 1}}"#, "position.y", "missing"),
        (r#"{"position": {"x": "1", "y": 0}}"#, "position.x", "not a number"),
        (r#"{"width": 3}"#, "position", "missing"),
        (r#"{"position": [1, 2]}"#, "position", "not a map"),
        (r#"{"position": {"azimuth": 0}, "diffuse": 1.5}"#, "diffuse", "0 to 1"),
        (r#"{"position": {"azimuth": 0}, "width": -1}"#, "width", "0 or more"),
        (r#"{"position": {"azimuth": 0}, "divergence": {}}"#, "divergence.value", "missing"),
        (r#"{"position": {"azimuth": 0}, "divergence": -1}"#, "divergence", "0 to 1"),
        (r#"{"position": {"azimuth": 0}, "channelLock": 3}"#, "channelLock", "neither"),
        (r#"{"position": {"azimuth": 0}, "zoneExclusion": {}}"#, "zoneExclusion", "not a list"),
        (
            r#"{"position": {"azimuth": 0}, "zoneExclusion": [{"minX": 0}]}"#,
            "zoneExclusion[0].minY",
            "missing",
        ),
        (
            r#"{"position": {"azimuth": 0}, "screenEdgeLock": {"vertical": "left"}}"#,
            "screenEdgeLock.vertical",
            "neither",
        ),
        (r#"{"type": "Matrix"}"#, "type", "neither"),
        (r#"{"type": "HOA", "orders": [1]}"#, "degrees", "not a list"),
        (r#"{"type": "HOA", "orders": [1, 0], "degrees": [0]}"#, "degrees", "as many"),
        (r#"{"type": "HOA", "orders": [1], "degrees": [2]}"#, "orders", "order 0 to 7"),
        (r#"{"type": "HOA", "orders": [0, 0], "degrees": [0, 0]}"#, "orders", "twice"),
        (
            r#"{"type": "HOA", "orders": [4], "degrees": [0], "normalization": "FuMa"}"#,
            "orders",
            "order 0 to 3",
        ),
    ] {
        let list = format!(r#"[{bad}, {{"position": {{"azimuth": 0}}}}]"#);
        let (answer, findings) = document(&list, PannerChoice::Bs2127);
        let error = answer["objects"][0]["error"].as_str().unwrap();
        assert!(error.starts_with(&format!("objects[0].{path}")), "{bad}: {error}");
        assert!(error.contains(reason), "{bad}: {error}");
        assert_eq!(answer["objects"][1]["direct"][2], 1.0, "{bad}");
        assert_eq!(findings.len(), 1, "{bad}: {findings:?}");
        assert!(findings[0].place.path.starts_with("objects[0]"));
    }
}

#[test]
fn what_is_no_list_of_objects_is_refused_as_a_whole() {
    for (text, rule) in [
        ("[1,\n 2", "gains.file.syntax"),
        ("", "gains.file.syntax"),
        ("[1e999]", "gains.file.syntax"),
        (&"[".repeat(100_000), "gains.file.syntax"),
        ("3", "gains.file.list"),
        ("{}", "gains.file.list"),
    ] {
        let Err(JobError::SceneInvalid(findings)) = ask("7.1.4", text, PannerChoice::Bs2127) else {
            panic!("accepted {text:.20}");
        };
        assert_eq!(findings[0].rule, rule, "{text:.20}");
    }
    let Err(JobError::SceneInvalid(findings)) = ask("7.1.4", "[1,\n 2", PannerChoice::Bs2127)
    else {
        panic!("accepted half a list");
    };
    assert_eq!(findings[0].place.line, 2);
}

#[test]
fn extreme_numbers_give_finite_gains() {
    let list = r#"[{"position": {"azimuth": 0, "distance": 1e308}, "width": 1e308, "depth": 1e308},
        {"position": {"x": 1e308, "y": -1e308}, "width": 1e308, "height": 0, "depth": 1e-308},
        {"position": {"azimuth": 0, "distance": 0}, "depth": 3},
        {"position": {"azimuth": 0, "distance": 9}, "cartesian": true, "width": 1},
        {"position": {"azimuth": 3}, "divergence": {"value": 1, "azimuthRange": 1e300}},
        {"position": {"azimuth": 3}, "zoneExclusion": [{"minAzimuth": -1e300, "maxAzimuth": 1e300,
            "minElevation": 0, "maxElevation": 0}]}]"#;
    let (answer, findings) = document(list, PannerChoice::Bs2127);
    assert!(findings.is_empty(), "{findings:?}");
    for object in answer["objects"].as_array().unwrap() {
        for gain in object["direct"].as_array().unwrap() {
            assert!((0.0..=1.0 + 1e-12).contains(&gain.as_f64().unwrap()), "{object}");
        }
    }
}

#[test]
fn a_key_nobody_reads_is_a_warning_once() {
    let list =
        r#"[{"position": {"azimuth": 0}, "widht": 3}, {"position": {"azimuth": 0}, "widht": 3}]"#;
    let (_, findings) = document(list, PannerChoice::Bs2127);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].path_and_hint(), ("objects[0].widht", "did you mean `width`?"));
}

trait PathAndHint {
    fn path_and_hint(&self) -> (&str, &str);
}

impl PathAndHint for Finding {
    fn path_and_hint(&self) -> (&str, &str) {
        (&self.place.path, &self.hint)
    }
}

#[test]
fn the_plainer_laws_answer_for_what_they_know_and_name_what_they_lack() {
    let list = r#"[{"position": {"x": 0, "y": 1, "z": 0}, "gain": 2},
        {"position": {"azimuth": 0}, "zoneExclusion": [{"minAzimuth": 0, "maxAzimuth": 1,
            "minElevation": 0, "maxElevation": 1}]},
        {"position": {"azimuth": 0}, "width": 30, "height": 20},
        {"position": {"azimuth": 50, "elevation": 40}, "channelLock": true},
        {"position": {"azimuth": 0}, "divergence": {"value": 1, "azimuthRange": 30}, "gain": 2},
        {"position": {"azimuth": 0}, "zoneExclusion": [{"minX": -0.1, "maxX": 0.1, "minY": 0.9,
            "maxY": 1, "minZ": -0.1, "maxZ": 0.1}]}]"#;
    for choice in [PannerChoice::Vbap, PannerChoice::Room, PannerChoice::ByPosition] {
        let (answer, findings) = document(list, choice);
        assert!((answer["objects"][0]["direct"][2].as_f64().unwrap() - 2.0).abs() < 1e-9);
        let error = |n: usize| answer["objects"][n]["error"].as_str().unwrap().to_owned();
        assert!(error(1).ends_with(&format!("{} knows no zoneExclusion by angles", choice.name())));
        assert!(error(2).contains("height"), "{}", error(2));
        assert_eq!(findings.len(), 2);
        let gain = |n: usize, channel: usize| answer["objects"][n]["direct"][channel].as_f64();
        // Snapped to Ltf, diverged to L and R, and without C.
        for (n, channel, wanted) in [
            (3, 8, 1.0),
            (4, 0, 2_f64.sqrt()),
            (4, 1, 2_f64.sqrt()),
            (5, 0, 0.5_f64.sqrt()),
            (5, 2, 0.0),
        ] {
            let got = gain(n, channel).unwrap();
            assert!((got - wanted).abs() < 1e-9, "{}: object {n}: {got}", choice.name());
        }
    }
}

#[test]
fn gains_equal_those_of_the_ebu_renderer_on_all_its_layouts() {
    let stored: Value = serde_json::from_str(include_str!("ear.json")).unwrap();
    let objects = stored["objects"].to_string();
    let mut compared = 0;
    for (name, expected) in stored["answers"].as_object().unwrap() {
        let report = ask(name, &objects, PannerChoice::Bs2127).unwrap();
        let answer: Value = serde_json::from_str(&report.document).unwrap();
        let answers = answer["objects"].as_array().unwrap();
        for (n, (got, expected)) in answers.iter().zip(expected.as_array().unwrap()).enumerate() {
            let rows = got["matrix"].as_array();
            let rows = rows.map(|rows| {
                rows.iter().flat_map(|row| row.as_array().unwrap()).cloned().collect::<Value>()
            });
            let buses = [&got["direct"], &got["diffuse"], &got["gains"], &rows.unwrap_or_default()];
            let buses = buses.into_iter().filter(|bus| bus.is_array());
            for (got, expected) in buses.zip(expected.as_array().unwrap()) {
                let numbers = |list: &Value| -> Vec<f64> {
                    list.as_array().unwrap().iter().map(|g| g.as_f64().unwrap()).collect()
                };
                let (got, expected) = (numbers(got), numbers(expected));
                assert_eq!(got.len(), expected.len());
                for (a, b) in got.iter().zip(&expected) {
                    // The file holds 11 digits.
                    let object = &stored["objects"][n];
                    assert!((a - b).abs() < 1e-9, "{name}: {object}: {got:?} for {expected:?}");
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 18_000, "only {compared} gains compared");
}

#[test]
fn a_reference_screen_moves_what_belongs_to_the_picture_in_every_law() {
    // 29° is the edge of the usual screen, and at 29° of a screen 116° wide half way to it.
    let objects = r#"[{"position": {"azimuth": 58}, "screenRef": true,
        "referenceScreen": {"aspectRatio": 1.78, "width": 116, "centre": {"azimuth": 0}}},
        {"position": {"azimuth": 29}},
        {"position": {"azimuth": 58}, "referenceScreen": {"aspectRatio": 1.78, "width": 116}},
        {"position": {"azimuth": 58}}]"#;
    for choice in PannerChoice::ALL {
        let (answer, findings) = document(objects, choice);
        assert!(findings.is_empty(), "{findings:?}");
        let gains = |object: usize| -> Vec<f64> {
            let direct = answer["objects"][object]["direct"].as_array().unwrap();
            direct.iter().map(|gain| gain.as_f64().unwrap()).collect()
        };
        for (a, b) in [(0, 1), (2, 3)] {
            let differ = gains(a).iter().zip(gains(b)).any(|(x, y)| (x - y).abs() > 1e-9);
            assert!(!differ, "{choice:?}: {a} and {b}: {answer}");
        }
        assert_ne!(gains(0), gains(3));
    }
    for bad in [r#"{"width": 40}"#, r#"{"aspectRatio": 1, "width": 180}"#, "40"] {
        let objects = format!(
            r#"[{{"position": {{"azimuth": 0}}, "screenRef": true, "referenceScreen": {bad}}}]"#
        );
        let (answer, _) = document(&objects, PannerChoice::Bs2127);
        let error = answer["objects"][0]["error"].as_str().unwrap();
        assert!(error.contains("referenceScreen"), "{error}");
    }
}
