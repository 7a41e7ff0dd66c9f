//! What is legal and probably not meant.

use crate::place::{Findings, Mark};
use crate::read::shorten;
use crate::rules;
use crate::scene::{BedEntry, Channel, Feed, ObjectEntry, Scene};
use cupola_model::{Finding, Position};
use std::collections::{BTreeSet, HashMap};
use std::fmt::{self, Write};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Nobody hears what is quieter.
const SILENCE_DB: f64 = -100.0;
/// Words that name the whole programme.
const MIX_WORDS: [&str; 8] =
    ["mix", "2mix", "mixdown", "master", "ref", "reference", "print", "premaster"];
/// Words that name no part of the music.
const NEUTRAL_WORDS: [&str; 10] =
    ["full", "stereo", "final", "song", "stem", "st", "lr", "the", "main", "file"];

pub(crate) fn check(scene: &Scene, findings: &mut Findings) {
    let stems: Vec<_> = scene.stems.iter().map(|stem| Words::of(&stem.name, &stem.path)).collect();
    warn_of_wet_and_dry(scene, &stems, findings);
    let references = warn_of_references(scene, findings);
    warn_of_mixes(scene, &stems, &references, findings);
    warn_of_silence(scene, findings);
    warn_of_doubles(scene, findings);
}

/// The words of a stem's name and of its file's.
struct Words {
    name: Vec<String>,
    file: Vec<String>,
}

impl Words {
    fn of(name: &str, path: &str) -> Self {
        let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let file = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        Self { name: words(name), file: words(file) }
    }
}

/// The words of a name in lower case: `LeadVoxDry_v2` is `lead vox dry v2`.
fn words(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (i, c) in chars.iter().enumerate() {
        let before = i.checked_sub(1).map(|i| chars[i]);
        let after = chars.get(i + 1);
        // `leadVox` and `FXReturn` change words at their second capital.
        let starts = c.is_uppercase()
            && (before.is_some_and(char::is_lowercase)
                || before.is_some_and(char::is_uppercase)
                    && after.is_some_and(|c| c.is_lowercase()));
        if starts || !c.is_alphanumeric() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// How much of its effects a stem carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effects {
    /// None of them.
    Dry,
    /// The part with its effects.
    Wet,
    /// The effects alone, which belong beside the dry part.
    Alone,
}

/// What a name says of effects, and its other words.
fn effects(words: &[String]) -> Option<(Effects, Vec<&str>)> {
    let mut found = None;
    let mut rest = Vec::new();
    let mut i = 0;
    while let Some(word) = words.get(i) {
        let next = words.get(i + 1).map(String::as_str);
        let (effects, length) = match (word.as_str(), next) {
            ("dry", _) => (Effects::Dry, 1),
            ("wet", _) => (Effects::Wet, 1),
            ("fx", Some("return" | "returns" | "rtn")) => (Effects::Alone, 2),
            ("fxreturn" | "fxreturns" | "fxrtn", _) => (Effects::Alone, 1),
            (other, _) => {
                rest.push(other);
                i += 1;
                continue;
            }
        };
        found = Some(effects);
        i += length;
    }
    found.map(|effects| (effects, rest))
}

/// What a stem is a part of: whether its name or its file says so, and the words that are left.
type Part<'n> = (bool, Vec<&'n str>);

fn warn_of_wet_and_dry(scene: &Scene, stems: &[Words], findings: &mut Findings) {
    let mut met: HashMap<Part<'_>, Vec<(Effects, usize)>> = HashMap::new();
    for (i, stem) in scene.stems.iter().enumerate().filter(|(_, stem)| stem.used) {
        let mut warned = false;
        for (is_file, words) in [(false, &stems[i].name), (true, &stems[i].file)] {
            let Some((effects, rest)) = effects(words) else { continue };
            let others = met.entry((is_file, rest)).or_default();
            // What goes together: the dry part, and its effects alone.
            let clashes = |other: &&(Effects, usize)| {
                other.0 != effects && (other.0 == Effects::Wet || effects == Effects::Wet)
            };
            if let Some((_, first)) = others.iter().find(clashes).filter(|_| !warned) {
                warned = true;
                let spot = &scene.stem_settings[i].spot;
                let mark = scene.stem_settings[*first].spot.mark;
                let message = "the same part sounds with and without its effects";
                let finding = Finding::warning(rules::STEM_WET_DRY, message)
                    .subject(shorten(&stem.name))
                    .found(format!(
                        "{} on {} as well",
                        shorten(&scene.stems[*first].name),
                        findings.line_of(mark, spot.mark)
                    ))
                    .hint("use one of them; an FX return alone goes with the dry one");
                findings.push(spot, finding);
            }
            // Three kinds at most are worth keeping.
            if others.iter().all(|other| other.0 != effects) {
                others.push((effects, i));
            }
        }
    }
}

/// A path without what changes nothing.
fn plain_path(path: &str) -> impl Iterator<Item = &str> {
    path.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".")
}

/// The stems that are the reference.
fn warn_of_references(scene: &Scene, findings: &mut Findings) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let Some((reference, _)) = &scene.reference else { return found };
    for (i, stem) in scene.stems.iter().enumerate().filter(|(_, stem)| stem.used) {
        if !stem.path.is_empty() && plain_path(&stem.path).eq(plain_path(reference)) {
            found.insert(i);
            let message = "the stereo reference sounds beside the stems it was made of";
            let finding = Finding::warning(rules::STEM_REFERENCE, message)
                .subject(shorten(&stem.name))
                .hint("remove this stem; `reference` is compared with, never rendered");
            findings.push(&scene.stem_settings[i].spot, finding);
        }
    }
    found
}

/// Whether these are the words of a whole mix: nothing in them tells it from the other stems.
fn is_mix(words: &[String], neutral: &BTreeSet<&str>) -> bool {
    let bare = |word: &str| word.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
    let is_version = |word: &str| matches!(bare(word).as_str(), "" | "v" | "version" | "take");
    let is_mix_word = |word: &str| MIX_WORDS.contains(&word) || MIX_WORDS.contains(&&*bare(word));
    words.iter().any(|word| is_mix_word(word))
        && words.iter().all(|word| {
            is_mix_word(word)
                || is_version(word)
                || NEUTRAL_WORDS.contains(&word.as_str())
                || neutral.contains(word.as_str())
        })
}

fn warn_of_mixes(
    scene: &Scene,
    stems: &[Words],
    references: &BTreeSet<usize>,
    findings: &mut Findings,
) {
    let own: Vec<String> = words(&scene.title).into_iter().chain(words(&scene.artist)).collect();
    for bed in &scene.beds {
        let used: BTreeSet<usize> = bed.routes.iter().map(|route| route.stem).collect();
        if used.len() < 2 {
            continue;
        }
        let mut neutral: BTreeSet<&str> = own.iter().map(String::as_str).collect();
        neutral.extend(shared_words(&used, stems, |words| &words.file));
        neutral.extend(shared_words(&used, stems, |words| &words.name));
        warn_of_mixes_in(bed, scene, stems, references, &neutral, findings);
    }
}

/// The words that all stems but one have at least: the title of the song, usually.
fn shared_words<'w>(
    used: &BTreeSet<usize>,
    stems: &'w [Words],
    of: impl Fn(&Words) -> &Vec<String>,
) -> Vec<&'w str> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for stem in used {
        let distinct: BTreeSet<&str> = of(&stems[*stem]).iter().map(String::as_str).collect();
        distinct.into_iter().for_each(|word| *counts.entry(word).or_default() += 1);
    }
    let most = counts.into_iter().filter(|(_, count)| *count > 1 && count + 1 >= used.len());
    most.map(|(word, _)| word).collect()
}

fn warn_of_mixes_in(
    bed: &BedEntry,
    scene: &Scene,
    stems: &[Words],
    references: &BTreeSet<usize>,
    neutral: &BTreeSet<&str>,
    findings: &mut Findings,
) {
    let mut warned = BTreeSet::new();
    for route in &bed.routes {
        let Words { name, file } = &stems[route.stem];
        let mix = is_mix(name, neutral) || is_mix(file, neutral);
        if mix && !references.contains(&route.stem) && warned.insert(route.stem) {
            let message = "this looks like the whole mix, beside parts of it";
            let finding = Finding::warning(rules::BED_FULL_MIX, message)
                .subject(shorten(&scene.stems[route.stem].name))
                .found(shorten(&scene.stems[route.stem].path))
                .hint("remove this route, or name the file as `reference` to compare with it");
            findings.push(&route.spot, finding);
        }
    }
}

/// The highest of some gains of keyframes; 0 when none has one.
fn highest(gains: impl Iterator<Item = Option<f64>>) -> f64 {
    gains.flatten().reduce(f64::max).unwrap_or(0.0)
}

fn warn_of_silence(scene: &Scene, findings: &mut Findings) {
    let groups: HashMap<&str, f64> = scene
        .groups
        .iter()
        .map(|group| {
            let moved = highest(group.keyframes.iter().map(|keyframe| keyframe.gain_db));
            (group.name.as_str(), group.gain_db + moved)
        })
        .collect();
    for object in scene.objects.iter().filter(|object| !object.flawed) {
        let mut names: Vec<&str> = object.groups.iter().map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        let of_groups: f64 = names.iter().filter_map(|name| groups.get(name)).sum();
        let moved = highest(object.keyframes.iter().map(|keyframe| keyframe.gain_db));
        let total = scene.stem_settings[object.stem].gain_db + object.gain_db + moved + of_groups;
        if total < SILENCE_DB {
            let loudest = if total.is_finite() { format!("{total} dB") } else { "-inf".to_owned() };
            let finding = Finding::warning(rules::OBJECT_SILENT, "nobody hears this object")
                .subject(shorten(&object.name))
                .found(format!("{loudest} at its loudest, stem and groups counted"))
                .hint("raise its gain, or remove it");
            findings.push(&object.spot, finding);
        }
    }
}

/// Two objects of one stem that are the same in all that can be heard but level.
fn warn_of_doubles(scene: &Scene, findings: &mut Findings) {
    let mut met: HashMap<u64, (&str, Mark)> = HashMap::new();
    for object in scene.objects.iter().filter(|object| !object.flawed) {
        let Some((name, mark)) = met.get(&sound_of(object)) else {
            met.insert(sound_of(object), (&object.name, object.spot.mark));
            continue;
        };
        let other = findings.line_of(*mark, object.spot.mark);
        let message = "another object plays the same at the same place all the time";
        let finding = Finding::warning(rules::OBJECT_TWICE, message)
            .subject(shorten(&object.name))
            .found(format!("{} on {other} as well", shorten(name)))
            .hint("remove one of them, or raise its gain instead");
        findings.push(&object.spot, finding);
    }
}

/// Writes into a hash what would be shown.
struct Hashed<'h>(&'h mut DefaultHasher);

impl Write for Hashed<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write(text.as_bytes());
        Ok(())
    }
}

fn hash_position(position: Option<Position>, hasher: &mut DefaultHasher) {
    let (kind, values) = match position {
        None => (0, [0.0; 3]),
        Some(Position::Polar(p)) => (1, [p.azimuth_deg, p.elevation_deg, p.distance]),
        Some(Position::Room(p)) => (2, [p.x, p.y, p.z]),
    };
    // Zeros of both signs are one place.
    (kind, values.map(|value| (value + 0.0).to_bits())).hash(hasher);
}

/// A number for what an object plays and where; its level left out.
fn sound_of(object: &ObjectEntry) -> u64 {
    let mut hasher = DefaultHasher::new();
    let feed = match &object.feed {
        Feed::Whole => (0, 0),
        Feed::Channel(Channel::Left, _) => (1, 1),
        Feed::Channel(Channel::Right, _) => (1, 2),
        Feed::Channel(Channel::Number(number), _) => (1, u64::from(*number)),
        Feed::FoldMono(_) => (2, 0),
        Feed::Pair { width, .. } => (3, width.to_bits()),
        Feed::OfSplit { channel, .. } => (1, u64::from(*channel) + 1),
    };
    (object.stem, feed, object.size.to_bits()).hash(&mut hasher);
    hash_position(Some(object.position), &mut hasher);
    for keyframe in &object.keyframes {
        let sized = keyframe.size.map(f64::to_bits);
        if keyframe.position.is_some() || sized.is_some() {
            let curves = (keyframe.curves.position as u8, keyframe.curves.size as u8);
            (keyframe.at.0, keyframe.turns.to_bits(), sized, curves).hash(&mut hasher);
            hash_position(keyframe.position, &mut hasher);
        }
    }
    if let Some(path) = &object.path {
        write!(Hashed(&mut hasher), "{:?}", path.identity()).expect("hashing cannot fail");
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_words_at_marks_and_capitals() {
        for (name, expected) in [
            ("LeadVoxDry_v2", "lead vox dry v2"),
            ("lead-vox (WET)", "lead vox wet"),
            ("FXReturn", "fx return"),
            ("OdeToJoy_StereoRef_v1", "ode to joy stereo ref v1"),
            ("2mix", "2mix"),
            ("", ""),
        ] {
            assert_eq!(words(name).join(" "), expected, "{name}");
        }
    }

    #[test]
    fn dry_wet_and_returns_are_told_from_other_words() {
        for (name, expected) in [
            ("Lead Dry", Some((Effects::Dry, "lead"))),
            ("wet_lead_v1", Some((Effects::Wet, "lead v1"))),
            ("Lead FX Return", Some((Effects::Alone, "lead"))),
            ("Drywall", None),
            ("Lead FX", None),
        ] {
            let words = words(name);
            let found = effects(&words).map(|(effects, rest)| (effects, rest.join(" ")));
            assert_eq!(found, expected.map(|(e, rest)| (e, rest.to_owned())), "{name}");
        }
    }

    #[test]
    fn a_mix_is_one_by_all_its_words() {
        let neutral = BTreeSet::from(["ode", "joy"]);
        for (name, expected) in [
            ("mix", true),
            ("Ode Joy Master 3", true),
            ("2mix_v1", true),
            ("StereoRef", true),
            ("Drum mix", false),
            ("Mixolydian", false),
            ("full", false),
        ] {
            assert_eq!(is_mix(&words(name), &neutral), expected, "{name}");
        }
    }
}
