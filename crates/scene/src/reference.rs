//! Every key as tables for people, written from [`crate::spec`].

use crate::spec::{Absent, KeySpec, Kind, MapSpec, SCENE, Together};
use crate::time::LATEST;
use crate::value::{GAIN, Quantity};

/// The reference of `scenes/README.md`, in Markdown: a section for each mapping of a scene, a row for
/// each key with what it does, what it takes, what holds without it, and an example.
///
/// ```
/// let text = cupola_scene::key_reference();
/// assert!(text.contains("### Keys of `object`"));
/// ```
pub fn key_reference() -> String {
    SCENE.reachable().into_iter().map(section).collect::<Vec<_>>().join("\n")
}

fn section(map: &'static MapSpec) -> String {
    let mut text = format!("### Keys of `{}`\n\n{}\n", map.name, map.about);
    for line in map.together.iter().map(sentence) {
        text += &format!("{line}\n");
    }
    text += "\n| key | what it does | takes | without it | example |\n|---|---|---|---|---|\n";
    text += &map.keys.iter().map(row).collect::<String>();
    text
}

fn row(key: &KeySpec) -> String {
    let absent = match key.absent {
        Absent::Refused => "**needed**".to_owned(),
        Absent::Value(value) => format!("`{value}`"),
        Absent::Means(words) => words.to_owned(),
    };
    let (name, about, example) = (key.key, key.about, key.example);
    format!("| `{name}` | {about} | {} | {absent} | `{name}: {example}` |\n", takes(&key.kind))
}

/// What keys have to do with each other.
fn sentence(together: &Together) -> String {
    let set =
        |set: &&[&str]| set.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
    let sets = |sets: &[&[&str]], word| sets.iter().map(set).collect::<Vec<_>>().join(word);
    match together {
        Together::One(of) => {
            format!("One of these is needed, and no two go together: {}.", sets(of, " · "))
        }
        Together::AtMostOne(of) => format!("These do not go together: {}.", sets(of, " · ")),
        Together::Needs(key, other) => format!("`{key}` needs `{other}`."),
    }
}

fn takes(kind: &Kind) -> String {
    let code = |words: Vec<&str>| {
        words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
    };
    match kind {
        Kind::Text => "text".to_owned(),
        Kind::Stem => "the name of a stem".to_owned(),
        Kind::File => "a file, relative to the scene".to_owned(),
        Kind::Words(words) => code(words()),
        Kind::Hertz(rates) => {
            let rates: Vec<_> = rates.iter().map(|rate| format!("`{rate}`")).collect();
            format!("{} Hz", rates.join(", "))
        }
        Kind::Number(quantity) => format!("number, {}", range(quantity)),
        Kind::Whole(quantity) => format!("whole number, {}", range(quantity)),
        Kind::Ordinal => "a number from 1".to_owned(),
        Kind::Gain => format!("[gain](#gains), {}, or `-inf`", range(&GAIN)),
        Kind::Time { relative: false } => format!("[time](#times), 0 to {LATEST}"),
        Kind::Time { relative: true } => format!("[time](#times), 0 to {LATEST}, or `+` a span"),
        Kind::Bar => "a bar, `bar 9`, or a beat, `bar 9 beat 3`".to_owned(),
        Kind::Offset => format!("[time](#times), -{LATEST} to {LATEST}"),
        Kind::Span => "[span of time](#times) above 0".to_owned(),
        Kind::SpanOrNothing => "[span of time](#times), or 0".to_owned(),
        Kind::Timecode => "[timecode](#times)".to_owned(),
        Kind::Meter => "a meter, `4/4`".to_owned(),
        Kind::Layout { file: true } => "a layout by name, or a layout file (`.yaml`)".to_owned(),
        Kind::Component => "`W`, `X`, `Y`, `Z`, or `ACN0` to `ACN63`".to_owned(),
        Kind::Head => "`default`, or a SOFA file (`.sofa`)".to_owned(),
        Kind::Layout { file: false } => "another name of one of these".to_owned(),
        Kind::Map(map) => format!("[{0}](#keys-of-{0})", map.name),
        Kind::List(of) => format!("a list of: {}", takes(of)),
        Kind::Tuple(count, of) => format!("a list of {count}: {}", takes(of)),
        Kind::Named(of) => format!("names of your choice, each with: {}", takes(of)),
        Kind::Keyed(_, of) => format!("some of them, each with: {}", takes(of)),
        Kind::OneOf(kinds) => kinds.iter().map(takes).collect::<Vec<_>>().join("; or "),
    }
}

fn range(quantity: &Quantity) -> String {
    let (min, max) = quantity.range();
    let unit = quantity.unit();
    let space = if matches!(unit, "" | "°") { "" } else { " " };
    format!("{min} to {max}{space}{unit}")
}
