//! Presets: keys of objects, beds and routes under a name.

use super::Absent::Means;
use super::{BED, KeySpec, Kind, MapSpec, OBJECT, ROUTE, Together};

/// A key of another mapping as presets have it.
const fn from(map: &'static MapSpec, key: &str) -> KeySpec {
    let mut i = 0;
    while i < map.keys.len() {
        if is(map.keys[i].key, key) {
            return KeySpec {
                absent: Means("what its user has without the preset"),
                ..map.keys[i]
            };
        }
        i += 1;
    }
    panic!("the mapping has the key")
}

const fn is(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut same = a.len() == b.len();
    let mut i = 0;
    while same && i < a.len() {
        same = a[i] == b[i];
        i += 1;
    }
    same
}

/// Takes an included bed or object away.
pub(super) const REMOVE: KeySpec = KeySpec {
    key: "remove",
    about: "Takes away what an included file has under this name.",
    kind: Kind::Words(|| vec!["true"]),
    absent: Means("it stays"),
    example: "true",
};

pub(crate) static PRESET: MapSpec = MapSpec {
    name: "preset",
    about: "Keys of objects, beds and routes that several of them share, such as a role in the mix. \
            Whoever names it under `preset` takes over every key that it can have and does not \
            write itself, so that one preset may serve a bed and its routes.",
    example: "{groups: [vocals], binaural: near}",
    keys: &[
        KeySpec {
            key: "extends",
            about: "Another preset, or a list of them, whose keys hold where none are written here.",
            kind: Kind::OneOf(&[Kind::Text, Kind::List(&Kind::Text)]),
            absent: Means("no other preset"),
            example: "voice",
        },
        from(&OBJECT, "position"),
        from(&OBJECT, "gain"),
        from(&OBJECT, "size"),
        from(&OBJECT, "snap"),
        from(&OBJECT, "zones"),
        from(&OBJECT, "divergence"),
        from(&OBJECT, "diffuse"),
        from(&OBJECT, "importance"),
        from(&OBJECT, "head_locked"),
        from(&OBJECT, "screen_ref"),
        from(&OBJECT, "screen_edge"),
        from(&BED, "binaural"),
        from(&BED, "groups"),
        from(&OBJECT, "automation"),
        from(&OBJECT, "path"),
        from(&OBJECT, "channel"),
        from(&OBJECT, "fold"),
        from(&OBJECT, "pair"),
        from(&ROUTE, "to"),
        from(&ROUTE, "lowpass"),
        from(&ROUTE, "split"),
        from(&ROUTE, "order"),
        from(&BED, "format"),
        from(&BED, "routes"),
    ],
    together: &[
        Together::AtMostOne(&[&["channel"], &["fold"], &["pair"]]),
        Together::AtMostOne(&[&["position"], &["path"]]),
    ],
};
