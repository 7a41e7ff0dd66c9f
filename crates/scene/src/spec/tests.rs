//! The tables themselves; what they say of the language is tested from outside.

use super::{Absent, LAYOUT, MapSpec, SCENE, Together};

fn every_map() -> Vec<&'static MapSpec> {
    // A scene and a layout share some.
    let mut maps = SCENE.reachable();
    let own = |map: &&MapSpec| SCENE.reachable().iter().all(|known| !std::ptr::eq(*known, *map));
    maps.extend(LAYOUT.reachable().into_iter().filter(own));
    maps
}

#[test]
fn mappings_and_keys_have_unique_names_and_say_what_they_are() {
    let maps = every_map();
    assert!(maps.len() > 15, "only {} mappings were found", maps.len());
    for (i, map) in maps.iter().enumerate() {
        assert!(maps[..i].iter().all(|other| other.name != map.name), "{} twice", map.name);
        assert!(map.about.ends_with('.'), "{}: {}", map.name, map.about);
        for named in map.together.iter().flat_map(Together::keys) {
            assert!(map.has(named), "{} speaks of `{named}`", map.name);
        }
        for (k, key) in map.keys.iter().enumerate() {
            let here = format!("{}.{}", map.name, key.key);
            assert!(map.keys[..k].iter().all(|other| other.key != key.key), "{here} twice");
            assert!(key.about.ends_with('.'), "{here}: {}", key.about);
            assert!(!key.example.is_empty(), "{here} has no example");
            if let Absent::Value(text) | Absent::Means(text) = key.absent {
                assert!(!text.is_empty() && !text.ends_with('.'), "{here}: {text}");
            }
        }
    }
}

#[cfg(debug_assertions)]
fn ask(keys: &[&'static str]) {
    use crate::{place::Findings, read::Cursor, yaml};
    let mut findings = Findings::new("s.yaml");
    let node = yaml::parse("{name: L}", &mut findings).expect("a mapping");
    let fields = Cursor::root(&node).fields(&mut findings, &super::PAIR);
    let mut fields = fields.expect("a mapping");
    for key in keys {
        fields.get(key);
    }
    fields.finish(&mut findings);
}

#[test]
#[cfg(debug_assertions)]
#[should_panic(expected = "`height` is no key of pair")]
fn a_reader_that_asks_for_a_key_the_table_lacks_is_found_out() {
    ask(&["width", "height"]);
}

#[test]
#[cfg(debug_assertions)]
#[should_panic(expected = "a reader of pair asks for [] alone")]
fn a_reader_that_does_not_ask_for_a_key_of_the_table_is_found_out() {
    ask(&[]);
}
