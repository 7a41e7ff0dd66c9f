//! The JSON Schema of our files, written from the tables in [`crate::spec`].
//!
//! A schema judges a document after YAML has guessed types, so `5.1` may arrive as a number where it is
//! the name of a format: whatever looks like a number is allowed as one too. What a schema cannot see
//! (names of stems, order of times, bars without a tempo) is left to `cupola check`.

use crate::place::Findings;
use crate::spec::{Absent, KeySpec, Kind, LAYOUT, MapSpec, PRESET, SCENE, Together};
use crate::value::Quantity;
use crate::yaml::{self, Kind as NodeKind, Node};
use serde_json::{Map, Value, json};

/// A number in decimal notation, as a pattern.
const NUMBER: &str = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?";
/// The same without a sign.
const COUNT: &str = r"([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?";
/// Hours or minutes to seconds.
const CLOCK: &str = r"([0-9]+:)?[0-9]+:([0-9]+\.?[0-9]*|\.[0-9]+)";
const SAMPLES: &str = r"[0-9]+\s*samples?";
const BAR: &str = r"bar\s+[0-9]+(\s+beat\s+[0-9]+\.?[0-9]*)?";
const TIMECODE: &str = r"[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}[:;][0-9]{1,2}";
const METER: &str = r"0*([1-9]|[1-5][0-9]|6[0-4])\s*/\s*0*(1|2|4|8|16|32|64)";

/// The kinds of file the scene room reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FileKind {
    /// A scene.
    #[default]
    Scene,
    /// A loudspeaker layout.
    Layout,
}

impl FileKind {
    fn spec(self) -> &'static MapSpec {
        match self {
            Self::Scene => &SCENE,
            Self::Layout => &LAYOUT,
        }
    }
}

/// The JSON Schema (draft 2020-12) of a kind of file: every key with its description, default, range,
/// words and an example. It accepts every valid file as YAML 1.2 reads it.
///
/// ```
/// let schema = cupola_scene::schema(cupola_scene::FileKind::Scene);
/// assert!(schema.contains("\"https://json-schema.org/draft/2020-12/schema\""));
/// ```
pub fn schema(of: FileKind) -> String {
    let root = of.spec();
    let mut whole = mapping(root);
    let parts = root.reachable().into_iter().skip(1);
    let defs: Map<_, _> =
        parts.map(|map| (map.name.to_owned(), Value::Object(mapping(map)))).collect();
    whole.insert("$defs".to_owned(), Value::Object(defs));
    if of == FileKind::Scene {
        // What a scene that includes others lacks may stand there.
        whole.insert("if".to_owned(), json!({"not": {"required": ["include"]}}));
        whole.insert("then".to_owned(), alone(root));
    }
    whole.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    whole.insert("title".to_owned(), json!(format!("Cupola {}, format version 1", root.name)));
    serde_json::to_string_pretty(&whole).expect("values of JSON have a text")
}

fn mapping(map: &MapSpec) -> Map<String, Value> {
    let joined = is_joined(map);
    let empty = joined || std::ptr::eq(map, &SCENE);
    let properties: Map<_, _> =
        map.keys.iter().map(|key| (key.key.to_owned(), property(key, empty))).collect();
    let needed: Vec<_> = needed(map).filter(|_| !joined).collect();
    let mut schema = Map::new();
    schema.insert("description".to_owned(), json!(map.about));
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), Value::Object(properties));
    schema.insert("additionalProperties".to_owned(), json!(false));
    if !needed.is_empty() {
        schema.insert("required".to_owned(), json!(needed));
    }
    let rules: Vec<_> = map.together.iter().filter(|_| !joined).flat_map(together).collect();
    if !rules.is_empty() {
        schema.insert("allOf".to_owned(), json!(rules));
    }
    schema
}

/// Whether included files and presets may give some of the keys of a mapping. What such a mapping
/// lacks, or has too much of, is told by [`alone`].
fn is_joined(map: &MapSpec) -> bool {
    const JOINED: [&str; 9] =
        ["bed", "defaults", "group", "object", "preset", "route", "stem", "tempo", "version"];
    JOINED.contains(&map.name)
}

fn needed(map: &MapSpec) -> impl Iterator<Item = &'static str> {
    map.keys.iter().filter(|key| matches!(key.absent, Absent::Refused)).map(|key| key.key)
}

/// What must hold of a mapping over which nothing lies and under which nothing lies.
fn alone(map: &MapSpec) -> Value {
    let inner = map.keys.iter().filter_map(|key| Some((key.key.to_owned(), alone_of(&key.kind)?)));
    let whole = json!({"properties": inner.collect::<Map<_, _>>()});
    if std::ptr::eq(map, &PRESET) {
        return whole;
    }
    let rules: Vec<_> = map.together.iter().flat_map(together).collect();
    let named = map.keys.iter().map(|key| (key.key.to_owned(), json!({"not": {"type": "null"}})));
    let mut own = json!({
        "required": needed(map).collect::<Vec<_>>(),
        "properties": named.collect::<Map<_, _>>(),
    });
    if !rules.is_empty() {
        own["allOf"] = rules.into();
    }
    if !map.has("preset") {
        return json!({"allOf": [whole, own]});
    }
    let always: Vec<_> = needed(map).filter(|key| !PRESET.has(key)).collect();
    json!({
        "allOf": [whole, {"required": always}],
        "if": {"not": {"required": ["preset"]}},
        "then": own,
    })
}

/// [`alone`] for the mappings that a value holds.
fn alone_of(kind: &Kind) -> Option<Value> {
    match kind {
        Kind::Map(map) if is_joined(map) => Some(alone(map)),
        Kind::List(of) => Some(json!({"items": alone_of(of)?})),
        Kind::Named(of) => {
            let alone = alone_of(of)?;
            Some(json!({"additionalProperties": {"allOf": [{"not": {"type": "null"}}, alone]}}))
        }
        _ => None,
    }
}

fn or_nothing(schema: &Value) -> Value {
    json!({"anyOf": [schema, {"type": "null"}]})
}

fn any_of(keys: impl IntoIterator<Item = &'static &'static str>) -> Value {
    let some: Vec<_> = keys.into_iter().map(|key| json!({"required": [key]})).collect();
    json!({ "anyOf": some })
}

/// No two of the sets, one of them where one is needed; a key with the one it needs.
fn together(together: &Together) -> Vec<Value> {
    let (Together::One(sets) | Together::AtMostOne(sets)) = together else {
        let [key, other] = together.keys()[..] else { return Vec::new() };
        return vec![json!({"dependentRequired": {key: [other]}})];
    };
    let mut rules = Vec::new();
    for (i, one) in sets.iter().enumerate() {
        for other in &sets[i + 1..] {
            rules.push(json!({"not": {"allOf": [any_of(*one), any_of(*other)]}}));
        }
    }
    if matches!(together, Together::One(_)) {
        rules.push(any_of(sets.iter().copied().flatten()));
    }
    rules
}

/// `empty` where a key without a value takes away what it lies over.
fn property(key: &KeySpec, empty: bool) -> Value {
    let mut schema = of_kind(&key.kind);
    if empty {
        schema = or_nothing(&schema);
    }
    let mut about = key.about.to_owned();
    if let Absent::Means(words) = key.absent {
        about += &format!(" Without it: {words}.");
    }
    schema["description"] = json!(about);
    if let Absent::Value(text) = key.absent {
        schema["default"] = as_json(text);
    }
    schema["examples"] = json!([as_json(key.example)]);
    schema
}

/// What YAML makes of a text.
fn as_json(text: &str) -> Value {
    let mut findings = Findings::new("");
    let node =
        yaml::parse(text, &mut findings).expect("examples and defaults are tested to be YAML");
    node_json(&node)
}

fn node_json(node: &Node) -> Value {
    match &node.kind {
        NodeKind::Scalar { text, plain: true } => plain_json(text),
        NodeKind::Scalar { text, .. } => json!(text),
        NodeKind::List(items) => items.iter().map(|item| node_json(item)).collect(),
        NodeKind::Map { entries, .. } => {
            let named = entries.iter().map(|e| (e.key.to_string(), node_json(&e.value)));
            Value::Object(named.collect())
        }
    }
}

/// An unquoted scalar as the core schema of YAML 1.2 types it.
fn plain_json(text: &str) -> Value {
    let number = text.trim_start_matches('+');
    match text {
        "true" => json!(true),
        "false" => json!(false),
        // What parses as a number is one, but for the names that have no digits, `inf` and `nan`.
        _ if !text.contains(|c: char| c.is_ascii_digit()) => json!(text),
        _ => match (number.parse::<i64>(), number.parse::<f64>()) {
            (Ok(whole), _) => json!(whole),
            (_, Ok(number)) => json!(number),
            _ => json!(text),
        },
    }
}

/// A text of this pattern from end to end; space around it does not matter.
fn pattern(pattern: &str) -> Value {
    json!({"type": "string", "pattern": format!(r"^\s*({pattern})\s*$")})
}

/// A name or title.
fn text() -> Value {
    const LINE: &str = r"[^\u0000-\u0020\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]{0,999}";
    json!({"type": ["string", "number", "boolean"], "pattern": format!(r"^\s*{LINE}\s*$")})
}

fn of_kind(kind: &Kind) -> Value {
    match kind {
        Kind::Text | Kind::Stem | Kind::File => text(),
        Kind::Words(words) => json!({"enum": spellings(words())}),
        Kind::Hertz(rates) => {
            let names: Vec<_> = rates.iter().map(u32::to_string).collect();
            json!({"anyOf": [{"enum": rates}, pattern(&format!(r"\+?({})(\s*Hz)?", names.join("|")))]})
        }
        Kind::Number(quantity) => number("number", quantity, ""),
        Kind::Whole(quantity) => number("integer", quantity, ""),
        Kind::Ordinal => json!({"anyOf": [
            {"type": "integer", "minimum": 1, "maximum": u16::MAX},
            pattern(r"\+?0*[1-9][0-9]{0,4}"),
        ]}),
        Kind::Gain => number("number", &crate::value::GAIN, r"-\.?inf|-inf dB|"),
        Kind::Time { relative } => time(*relative),
        Kind::Bar => pattern(BAR),
        Kind::Offset => {
            let signed = format!(r"[+-]?{SAMPLES}|-?({COUNT}\s*(ms|s)?|{CLOCK})|{BAR}|{TIMECODE}");
            json!({"anyOf": [
                {"type": "number", "minimum": -MAX_SECONDS, "maximum": MAX_SECONDS},
                pattern(&signed),
            ]})
        }
        Kind::Span => {
            json!({"anyOf": [{"type": "number", "exclusiveMinimum": 0}, pattern(&span())]})
        }
        Kind::SpanOrNothing => {
            json!({"anyOf": [{"type": "number", "minimum": 0}, pattern(&span())]})
        }
        Kind::Timecode => pattern(TIMECODE),
        Kind::Meter => pattern(METER),
        Kind::Layout { file } => layout(*file),
        Kind::Component => pattern("[WXYZ]|ACN([0-9]|[1-5][0-9]|6[0-3])"),
        Kind::Head => json!({"anyOf": [
            {"enum": crate::parse::HEADS.map(|(word, ())| word)},
            {"type": "string", "pattern": r"\.[Ss][Oo][Ff][Aa]\s*$"},
        ]}),
        Kind::Map(map) => json!({"$ref": format!("#/$defs/{}", map.name)}),
        Kind::List(of) => json!({"type": "array", "items": of_kind(of)}),
        Kind::Tuple(length, of) => {
            json!({"type": "array", "items": of_kind(of), "minItems": length, "maxItems": length})
        }
        Kind::Named(of) => {
            let joined = matches!(of, Kind::Map(map) if is_joined(map));
            let value = of_kind(of);
            let value = if joined { or_nothing(&value) } else { value };
            json!({"type": "object", "additionalProperties": value})
        }
        Kind::Keyed(words, of) => json!({
            "type": "object",
            "propertyNames": {"enum": words()},
            "additionalProperties": of_kind(of),
            "minProperties": 1,
        }),
        Kind::OneOf(kinds) => {
            let forms: Vec<_> = kinds.iter().map(of_kind).collect();
            json!({ "anyOf": forms })
        }
    }
}

/// The latest time, and the earliest of an offset when negative.
const MAX_SECONDS: i64 = 3600 * crate::time::MAX_HOURS as i64;

/// Each word, and the number or truth value that YAML may take it for.
fn spellings(words: Vec<&'static str>) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    for word in words {
        for value in [json!(word), plain_json(word)] {
            if !all.contains(&value) {
                all.push(value);
            }
        }
    }
    all
}

/// A number in its range, or a text with the unit; `more` are other words, each followed by `|`.
fn number(json_type: &str, quantity: &Quantity, more: &str) -> Value {
    let (min, max) = quantity.range();
    let unit = quantity.unit();
    let unit = if unit.is_empty() { String::new() } else { format!(r"\s*({unit})?") };
    let mut forms = vec![
        json!({"type": json_type, "minimum": whole_if_exact(min), "maximum": whole_if_exact(max)}),
        pattern(&format!("{more}{NUMBER}{unit}")),
    ];
    if !more.is_empty() {
        // YAML reads `-.inf` as minus infinity, which JSON cannot spell.
        forms.push(json!({"type": "number", "maximum": f64::MIN}));
    }
    json!({ "anyOf": forms })
}

fn whole_if_exact(number: f64) -> Value {
    let whole = number as i64;
    if whole as f64 == number { json!(whole) } else { json!(number) }
}

fn span() -> String {
    format!(r"{COUNT}\s*(ms|s|bars?|beats?)?|\+?{SAMPLES}|{CLOCK}")
}

fn time(relative: bool) -> Value {
    let mut forms = format!(r"{COUNT}\s*(ms|s)?|{CLOCK}|\+?{SAMPLES}|{BAR}|{TIMECODE}");
    if relative {
        forms += &format!(r"|\+\s*({})", span());
    }
    json!({"anyOf": [{"type": "number", "minimum": 0, "maximum": MAX_SECONDS}, pattern(&forms)]})
}

/// The names of the layouts, in any case, or a file.
fn layout(file: bool) -> Value {
    let names: Vec<&str> = crate::layouts::every_name().collect();
    let any_case: Vec<_> = names.iter().map(|name| any_case(name)).collect();
    let mut forms = vec![json!({"enum": spellings(names)}), pattern(&any_case.join("|"))];
    if file {
        forms.push(json!({"type": "string", "pattern": r"\.ya?ml\s*$"}));
    }
    json!({ "anyOf": forms })
}

fn any_case(name: &str) -> String {
    let letter = |c: char| match c {
        _ if c.is_ascii_alphabetic() => {
            format!("[{}{}]", c.to_ascii_uppercase(), c.to_ascii_lowercase())
        }
        _ if c.is_ascii_digit() || c == ' ' => c.to_string(),
        _ => format!(r"\{c}"),
    };
    name.chars().map(letter).collect()
}
