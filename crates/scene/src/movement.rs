//! What is remarkable about the keyframes of an object, once the length is known.

use crate::curve::{Curve, Curves};
use crate::pair;
use crate::path::Path;
use crate::place::Findings;
use crate::rules;
use crate::scene::{Feed, Keyframe, ObjectEntry};
use cupola_model::{Finding, FrameCount, SampleRate};

pub(crate) fn check(
    entry: &ObjectEntry,
    length: Option<FrameCount>,
    rate: SampleRate,
    findings: &mut Findings,
) {
    note_clipped_pair(entry, findings);
    let (keyframes, name) = (entry.keyframes.as_slice(), entry.name.as_str());
    let new_position = |k: &Keyframe| k.position.map(|p| p != entry.position);
    let new_size = |k: &Keyframe| k.size.map(|size| size != entry.size);
    note_jump(keyframes, name, "position", new_position, |c| c.position, findings);
    note_jump(keyframes, name, "size", new_size, |c| c.size, findings);
    note_gain_jump(keyframes, name, findings);
    if let Some(length) = length {
        warn_of_late_keyframes(keyframes, name, length, rate, findings);
        if let Some(path) = &entry.path {
            warn_of_late_path(path, name, length, rate, findings);
        }
    }
}

/// Warns of a path that sets out after the end, and of a way that does not arrive before it.
fn warn_of_late_path(
    path: &Path,
    name: &str,
    length: FrameCount,
    rate: SampleRate,
    findings: &mut Findings,
) {
    let spots = path.spots();
    let (first, last) = (path.first_frame(), path.last_frame().unwrap_or(0));
    let (message, frame, word, spot) = match &spots.end {
        _ if first >= length.0 => {
            ("the path sets out after the end of the programme", first, "before", &spots.start)
        }
        // The frame by which bars and files differ in their rounding is nobody's fault.
        Some(spot) if last > length.0 + 1 => {
            ("the path is not at its end when the programme ends", last, "up to", spot)
        }
        _ => return,
    };
    let finding = Finding::warning(rules::KEYFRAME_AFTER_END, message)
        .subject(name)
        .found(format!("{:.3} s", rate.seconds(FrameCount(frame))))
        .allowed(format!("{word} {:.3} s", rate.seconds(length)))
        .hint("what lies after the end is not heard");
    findings.push(spot, finding);
}

/// Notes a gain that is not 0 dB at its first keyframe.
pub(crate) fn note_gain_jump(keyframes: &[Keyframe], name: &str, findings: &mut Findings) {
    let new_gain = |k: &Keyframe| k.gain_db.map(|db| db != 0.0);
    note_jump(keyframes, name, "gain", new_gain, |c| c.gain, findings);
}

fn note_clipped_pair(entry: &ObjectEntry, findings: &mut Findings) {
    let Feed::Pair { width, spot } = &entry.feed else { return };
    let moved = entry.keyframes.iter().filter_map(|k| k.position);
    let path = entry.path.iter().flat_map(|path| path.outline());
    if std::iter::once(entry.position).chain(moved).chain(path).any(|c| pair::is_clipped(c, *width))
    {
        let finding = Finding::note(rules::PAIR_CLIPPED, "the pair is wider than the room allows")
            .subject(entry.name.clone())
            .hint("it stops at the walls; make it narrower or move it to the middle");
        findings.push(spot, finding);
    }
}

pub(crate) fn warn_of_late_keyframes(
    keyframes: &[Keyframe],
    name: &str,
    length: FrameCount,
    rate: SampleRate,
    findings: &mut Findings,
) {
    let mut late = keyframes.iter().filter(|k| k.at.0 > length.0);
    let Some(first) = late.next() else { return };
    let message = match late.count() {
        0 => "a keyframe stands after the end of the programme".to_owned(),
        more => format!("{} keyframes stand after the end of the programme", more + 1),
    };
    let finding = Finding::warning(rules::KEYFRAME_AFTER_END, message)
        .subject(name)
        .found(format!("{:.3} s", rate.seconds(FrameCount(first.at.0))))
        .allowed(format!("up to {:.3} s", rate.seconds(length)))
        .hint("what lies after the end is not heard");
    findings.push(&first.spot, finding);
}

/// `differs` says whether a keyframe mentions the value, and if so whether it is a new one.
fn note_jump(
    keyframes: &[Keyframe],
    name: &str,
    what: &str,
    differs: impl Fn(&Keyframe) -> Option<bool>,
    curve: impl Fn(Curves) -> Curve,
    findings: &mut Findings,
) {
    let first = keyframes.iter().find_map(|k| Some((k, differs(k)?)));
    if let Some((keyframe, true)) = first
        && keyframe.at.0 > 0
        && curve(keyframe.curves) != Curve::Hold
    {
        let message = format!("{what} jumps at its first keyframe");
        let finding = Finding::note(rules::KEYFRAME_JUMP, message)
            .subject(name)
            .hint("it stands still before; add a keyframe where the movement should start");
        findings.push(&keyframe.spot, finding);
    }
}
