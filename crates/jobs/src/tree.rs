//! What a programme holds, as a tree for people and for machines: groups, their beds and objects, when
//! these sound and move, and where.

use crate::answer::count;
use cupola_model::{
    Automation, BinauralMode, Decibels, FrameCount, FrameIndex, Item, LinearGain, Object,
    ObjectFeatures, Position, SampleRate, Timeline,
};
use serde_json::{Value, json};

/// The lines of the tree, each group once in the order of the items.
pub(crate) fn lines(timeline: &Timeline) -> Vec<String> {
    let mut groups: Vec<&str> = Vec::new();
    for item in &timeline.items {
        let group = group_of(item);
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    let mut lines = Vec::new();
    for group in groups {
        lines.push(if group.is_empty() {
            "  in no group".to_owned()
        } else {
            format!("  {group}")
        });
        for item in timeline.items.iter().filter(|item| group_of(item) == group) {
            lines.push(format!("    {}", item_words(timeline, item)));
        }
    }
    lines
}

/// The items for machines.
pub(crate) fn json(timeline: &Timeline) -> Value {
    let item = |item: &Item| {
        let (kind, mode) = match item {
            Item::Bed(bed) => (bed.format.name(), bed_mode(item)),
            Item::Ambisonic(bed) => ("ambisonic", bed.binaural.name()),
            Item::Object(object) => ("object", object.binaural.name()),
        };
        let movement = match item {
            Item::Bed(_) | Item::Ambisonic(_) => Value::Null,
            Item::Object(object) => movement_json(timeline, object),
        };
        json!({
            "name": item.name(),
            "kind": kind,
            "groups": item.groups(),
            "tracks": item.tracks().map(|track| track.0 + 1).collect::<Vec<_>>(),
            "binaural": mode,
            "movement": movement,
        })
    };
    timeline.items.iter().map(item).collect()
}

fn group_of(item: &Item) -> &str {
    item.groups().first().map_or("", String::as_str)
}

fn bed_mode(item: &Item) -> &'static str {
    let Item::Bed(bed) = item else { return "" };
    let full = bed.channels.iter().find(|channel| !channel.label.is_lfe());
    full.map_or("off", |channel| BinauralMode::name(channel.binaural))
}

fn item_words(timeline: &Timeline, item: &Item) -> String {
    let tracks: Vec<usize> = item.tracks().map(|track| track.0 + 1).collect();
    match (item, tracks.as_slice()) {
        (Item::Bed(bed), [first, .., last]) => {
            let mode = bed_mode(item);
            format!("bed \"{}\" {}, tracks {first} to {last}, {mode}", bed.name, bed.format)
        }
        (Item::Object(object), _) => {
            let words = [
                format!("object \"{}\"", object.name),
                format!("track {}", object.lane.0 + 1),
                object.binaural.name().to_owned(),
                movement_words(timeline, &object.automation),
            ];
            let features = feature_words(&object.features);
            words.into_iter().chain(features).collect::<Vec<_>>().join(", ")
        }
        (Item::Bed(bed), _) => format!("bed \"{}\" {}", bed.name, bed.format),
        (Item::Ambisonic(bed), tracks) => {
            let (name, kind, count) = (&bed.name, bed.kind(), tracks.len());
            let (scale, mode) = (bed.scale.name(), bed.binaural.name());
            format!("bed \"{name}\" {kind}, {scale}, {count} tracks from {}, {mode}", tracks[0])
        }
    }
}

fn feature_words(features: &ObjectFeatures) -> Vec<String> {
    let mut words = Vec::new();
    if features.snap.is_some() {
        words.push("snaps".to_owned());
    }
    let zones: Vec<_> = features.zones.named().map(|zone| zone.name).collect();
    if !zones.is_empty() {
        words.push(format!("not in {}", zones.join(" and ")));
    }
    if !features.zones.boxes.is_empty() {
        words.push(format!("not in {}", count(features.zones.boxes.len(), "box")));
    }
    if features.diffuse > 0.0 {
        words.push(format!("diffuse {}", features.diffuse));
    }
    words
}

/// When an object changes first, and has changed last.
fn moving_range(automation: &Automation, length: FrameCount) -> Option<(FrameIndex, FrameIndex)> {
    let inside = automation
        .points()
        .windows(2)
        .filter(|pair| pair[0].state != pair[1].state && pair[0].frame.0 < length.0);
    let mut changes = inside.map(|pair| (pair[0].frame, pair[1].frame));
    let (first, mut last) = changes.next()?;
    if let Some((_, end)) = changes.next_back() {
        last = end;
    }
    Some((first, last.min(FrameIndex(length.0))))
}

/// Least and largest of what changes: coordinates as written, gain in dB, size.
fn ranges(automation: &Automation) -> [(&'static str, f64, f64); 5] {
    let polar = matches!(automation.points()[0].state.position, Position::Polar(_));
    let names = if polar { ["azimuth", "elevation", "distance"] } else { ["x", "y", "z"] };
    let names = [names[0], names[1], names[2], "gain", "size"];
    let values = |i: usize| {
        automation.points().iter().map(move |point| {
            let state = point.state;
            let [a, b, c] = match state.position {
                Position::Polar(p) => [p.azimuth_deg, p.elevation_deg, p.distance],
                Position::Room(r) => [r.x, r.y, r.z],
            };
            [a, b, c, Decibels::from(LinearGain(state.gain.0)).0, state.size][i]
        })
    };
    [0, 1, 2, 3, 4].map(|i| {
        let least = values(i).fold(f64::INFINITY, f64::min);
        (names[i], least, values(i).fold(f64::NEG_INFINITY, f64::max))
    })
}

fn trimmed(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    let text =
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

fn movement_words(timeline: &Timeline, automation: &Automation) -> String {
    let seconds = |frame: FrameIndex| seconds(timeline.sample_rate, frame);
    let all = ranges(automation);
    let unit = |name: &str| if name == "gain" { " dB" } else { "" };
    match moving_range(automation, timeline.length) {
        None => {
            let told = all.iter().filter(|(name, value, _)| match *name {
                "size" | "gain" => *value != 0.0,
                "distance" => *value != 1.0,
                _ => true,
            });
            let told = told.map(|(name, v, _)| format!("{name} {}{}", trimmed(*v, 3), unit(name)));
            format!("still at {}", told.collect::<Vec<_>>().join(" "))
        }
        Some((first, last)) => {
            let told = all.iter().filter(|(_, least, most)| least != most).map(|(name, a, b)| {
                format!("{name} {} to {}{}", trimmed(*a, 3), trimmed(*b, 3), unit(name))
            });
            format!(
                "changes from {:.3} to {:.3} s: {}",
                seconds(first),
                seconds(last),
                told.collect::<Vec<_>>().join(", ")
            )
        }
    }
}

fn seconds(rate: SampleRate, frame: FrameIndex) -> f64 {
    rate.seconds(FrameCount(frame.0))
}

fn movement_json(timeline: &Timeline, object: &Object) -> Value {
    let rate = timeline.sample_rate;
    let range = moving_range(&object.automation, timeline.length);
    // JSON has no infinity: a gain of nothing is null.
    let ranges: serde_json::Map<String, Value> = ranges(&object.automation)
        .into_iter()
        .map(|(name, least, most)| (name.to_owned(), json!([least, most])))
        .collect();
    json!({
        "from_seconds": range.map(|(first, _)| seconds(rate, first)),
        "until_seconds": range.map(|(_, last)| seconds(rate, last)),
        "points": object.automation.points().len(),
        "ranges": ranges,
    })
}
