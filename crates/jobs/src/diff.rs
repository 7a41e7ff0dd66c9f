//! What tells two programmes apart: scenes and masters, in any mix.
//!
//! Items are paired first ([`pairs`]): by name, then by sound, then by number. What their metadata says
//! is compared on every point of both and on the 10 ms grid ([`items`]), and their tracks sample by sample
//! ([`sound`]).

mod items;
mod pairs;
mod sound;

use crate::answer::{Document, count};
use crate::options::{Progress, Selection};
use crate::project::{self, Project};
use crate::{JobError, rules};
use cupola_masters::Setting;
use cupola_model::{Finding, FrameCount, Position, RoomPosition, SampleRate, Screen, Timeline};
use cupola_scene::Timecode;
use pairs::{Match, Pair, Pairs};
use serde_json::{Value, json};
use sound::{TrackDifference, TrackPair};
use std::path::Path;

/// How to compare.
#[derive(Clone, Debug)]
pub struct DiffOptions {
    /// How much may differ: 1 is what a round trip through a master may change, 0.1°, 0.01 dB of gain,
    /// 0.1 % of size and −100 dBFS of sound; 10 is ten times as much of each, 0 nothing.
    pub tolerance: f64,
    /// Worker threads; 0 means one a core.
    pub threads: usize,
    /// Frames read at once. Never changes the result.
    pub io_frames: usize,
}

impl Default for DiffOptions {
    fn default() -> Self {
        Self { tolerance: 1.0, threads: 0, io_frames: 16_384 }
    }
}

/// What may differ, in the units of each.
#[derive(Clone, Copy, Debug)]
struct Allowed {
    degrees: f64,
    gain_db: f64,
    size: f64,
    sample: f64,
}

impl Allowed {
    fn of(tolerance: f64) -> Self {
        Self {
            degrees: 0.1 * tolerance,
            gain_db: 0.01 * tolerance,
            size: 0.001 * tolerance,
            sample: 1e-5 * tolerance,
        }
    }
}

/// What tells two programmes apart.
#[derive(Debug)]
pub struct DiffReport {
    /// For people, line by line.
    pub lines: Vec<String>,
    /// For machines.
    pub document: Document,
    /// Repairs and remarks about the two inputs.
    pub remarks: Vec<Finding>,
    /// Whether nothing differs by more than is allowed.
    pub alike: bool,
}

/// Compares two programmes, each a scene or a master. Both are read once, and once more when items have
/// to be told by their sound; memory does not grow with their length.
pub fn diff(
    a: &Path,
    b: &Path,
    options: &DiffOptions,
    progress: &dyn Progress,
) -> Result<DiffReport, JobError> {
    if !(0.0..=1000.0).contains(&options.tolerance) {
        return Err(JobError::Usage(format!(
            "--tolerance is {}; give 0 to 1000, where 1 is what a master may change",
            options.tolerance
        )));
    }
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(options.threads)
        .build()
        .map_err(|e| JobError::Internal(format!("worker threads cannot be started: {e}")))?;
    pool.install(|| {
        progress.stage("Reading both", 0);
        let projects = [a, b].map(|path| project::load(path, &Selection::default()));
        let [first, second] = projects;
        let mut sides = [first?, second?];
        compare([a, b], &mut sides, options, progress)
    })
}

fn compare(
    paths: [&Path; 2],
    sides: &mut [Project; 2],
    options: &DiffOptions,
    progress: &dyn Progress,
) -> Result<DiffReport, JobError> {
    let allowed = Allowed::of(options.tolerance);
    let pairs = paired(sides, options, progress)?;
    items::fold_levels(sides, &pairs.pairs);
    let sides = &*sides;
    let timelines = [&sides[0].timeline, &sides[1].timeline];
    let mut findings = programme(timelines);
    findings.extend(settings(sides));
    let one_rate = timelines[0].sample_rate == timelines[1].sample_rate;
    let mut changes: Vec<(Pair, Vec<Finding>)> = Vec::new();
    for pair in &pairs.pairs {
        let found = if one_rate { items::compare(timelines, pair, allowed) } else { Vec::new() };
        changes.push((*pair, found));
    }
    let tracks = if one_rate {
        let tracks = sound::tracks(timelines, &pairs.pairs);
        sound::differences(sides, tracks, allowed.sample, options.io_frames, progress)?
    } else {
        Vec::new()
    };
    findings.extend(changes.iter().flat_map(|(_, found)| found.clone()));
    findings.extend(pairs.strangers(timelines));
    let rate = timelines[0].sample_rate;
    findings.extend(tracks.iter().filter_map(|(pair, d)| track_finding(pair, d, allowed, rate)));
    let answer = Answer { paths, timelines, changes: &changes, pairs: &pairs, tracks: &tracks };
    let alike = findings.is_empty();
    Ok(DiffReport {
        lines: answer.lines(&findings, allowed),
        document: answer.document(&findings, options.tolerance),
        remarks: sides.iter().flat_map(|side| side.findings.clone()).collect(),
        alike,
    })
}

/// Who of the one is who of the other.
fn paired(
    sides: &[Project; 2],
    options: &DiffOptions,
    progress: &dyn Progress,
) -> Result<Pairs, JobError> {
    let timelines = [&sides[0].timeline, &sides[1].timeline];
    let mut pairs = Pairs::by_name(timelines);
    if timelines[0].sample_rate == timelines[1].sample_rate && pairs.has_strangers() {
        let sketches = sound::sketches(sides, options.io_frames, progress)?;
        pairs.match_by_sound(timelines, &sketches);
    }
    pairs.match_by_number(timelines);
    Ok(pairs)
}

/// A difference of something that has this name in the first programme.
fn difference(rule: &'static str, subject: &str, message: String) -> Finding {
    Finding::warning(rule, message).subject(subject)
}

/// What the programmes as a whole differ in.
fn programme(timelines: [&Timeline; 2]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut tell = |rule, what: &str, words: [String; 2]| {
        if words[0] != words[1] {
            let message = format!("{what}: {} -> {}", words[0], words[1]);
            findings.push(difference(rule, "programme", message));
        }
    };
    let hz = |t: &Timeline| format!("{} Hz", t.sample_rate.hz());
    tell(rules::DIFF_SAMPLE_RATE, "sample rate", timelines.map(hz));
    let frames = |t: &Timeline| format!("{} frames", t.length);
    tell(rules::DIFF_LENGTH, "length", timelines.map(frames));
    let fps = |t: &Timeline| t.frame_rate.name().to_owned();
    tell(rules::DIFF_FRAME_RATE, "frame rate", timelines.map(fps));
    let start = |t: &Timeline| {
        let (start, rest) = Timecode::before(t.start, t.sample_rate, t.frame_rate);
        if rest.0 > 0 { format!("{start} and {rest} samples") } else { start.to_string() }
    };
    tell(rules::DIFF_START, "start", timelines.map(start));
    tell(rules::DIFF_SCREEN, "screen", timelines.map(screen_words));
    findings
}

fn screen_words(timeline: &Timeline) -> String {
    let Screen { aspect_ratio, centre, width } = timeline.screen;
    match centre {
        Position::Polar(at) => {
            let (azimuth, elevation) = (at.azimuth_deg, at.elevation_deg);
            format!("{width}° wide, {aspect_ratio}:1, at {azimuth}°/{elevation}°")
        }
        Position::Room(RoomPosition { x, y, z }) => {
            format!("{width} of the room wide, {aspect_ratio}:1, at ({x} {y} {z})")
        }
    }
}

/// What two masters are set to; a scene has no such settings, and plain ADM none.
fn settings(sides: &[Project; 2]) -> Vec<Finding> {
    let of = |side: &Project| side.settings.as_ref().map_or_else(Vec::new, |own| own.settings());
    let [a, b] = [of(&sides[0]), of(&sides[1])];
    let same_key = |one: &Setting| b.iter().find(|other| other.key == one.key);
    let pairs = a.iter().filter_map(|one| Some((one, same_key(one)?)));
    // What an ADM BWF does not say a DAMF cannot leave out: it says what is then done.
    fn said(setting: &Setting) -> &str {
        match (setting.key.as_str(), setting.value.as_str()) {
            ("downmix.stereo", "none") => "lo-ro",
            ("downmix.phase", "none") => "0",
            (_, value) => value,
        }
    }
    // The frame rate is one of the programme.
    let differ = pairs.filter(|(a, b)| a.key != "frame_rate" && said(a) != said(b));
    let tell = |(one, other): (&Setting, &Setting)| {
        let message = format!("{}: {} -> {}", one.key, one.value, other.value);
        difference(rules::DIFF_SETTING, "programme", message)
    };
    differ.map(tell).collect()
}

fn track_finding(
    pair: &TrackPair,
    difference: &TrackDifference,
    allowed: Allowed,
    rate: SampleRate,
) -> Option<Finding> {
    let first = difference.first?;
    let seconds = rate.seconds(FrameCount(first.0));
    let mut message = format!(
        "the sound of {} differs from {seconds:.3} s on, by {:.1} dBFS at most",
        pair.name,
        difference.peak_db()
    );
    if let Some((gain, left)) = difference.explained_by_gain(allowed.sample) {
        message.push_str(&format!("; {gain:+.2} dB of gain leave {left:.1} dBFS"));
    }
    Some(self::difference(rules::DIFF_SOUND, &pair.name, message))
}

/// Everything that is told.
struct Answer<'a> {
    paths: [&'a Path; 2],
    timelines: [&'a Timeline; 2],
    changes: &'a [(Pair, Vec<Finding>)],
    pairs: &'a Pairs,
    tracks: &'a [(TrackPair, TrackDifference)],
}

impl Answer<'_> {
    fn lines(&self, findings: &[Finding], allowed: Allowed) -> Vec<String> {
        let mut lines = Vec::new();
        for (mark, (path, timeline)) in ["a", "b"].iter().zip(self.paths.iter().zip(self.timelines))
        {
            lines.push(format!(
                "{mark}  {}: {}, {}, {:.3} s",
                path.display(),
                count(timeline.items.len(), "item"),
                count(timeline.lanes.len(), "track"),
                timeline.sample_rate.seconds(timeline.length)
            ));
        }
        let [name, sound, number] = Match::ALL.map(|by| self.pairs.count(by));
        lines.push(format!("   paired: {name} by name, {sound} by sound, {number} by number"));
        for finding in findings.iter().filter(|f| f.subject == "programme") {
            lines.push(format!("~  {}", finding.message));
        }
        let wide = self.timelines.iter().flat_map(|t| &t.items).map(|i| i.name().chars().count());
        let wide = wide.max().unwrap_or(0).clamp(6, 40);
        for (pair, found) in self.changes.iter().filter(|(_, found)| !found.is_empty()) {
            let name = self.timelines[0].items[pair.items[0]].name();
            for (i, finding) in found.iter().enumerate() {
                let (mark, name) = if i == 0 { ("~", name) } else { (" ", "") };
                lines.push(format!("{mark}  {name:<wide$}  {}", finding.message));
            }
        }
        for finding in self.pairs.strangers(self.timelines) {
            let mark = if finding.rule == rules::DIFF_ADDED { "+" } else { "-" };
            lines.push(format!("{mark}  {:<wide$}  {}", finding.subject, finding.message));
        }
        for finding in findings.iter().filter(|f| f.rule == rules::DIFF_SOUND) {
            lines.push(format!("~  {}", finding.message));
        }
        let Allowed { degrees, gain_db, sample, .. } = allowed;
        let within = if sample > 0.0 {
            let floor = 20.0 * sample.log10();
            format!(" within {degrees}°, {gain_db} dB and {floor:.0} dBFS")
        } else {
            String::new()
        };
        lines.push(match findings.len() {
            0 => format!("alike{within}"),
            n => count(n, "difference"),
        });
        lines
    }

    fn document(&self, findings: &[Finding], tolerance: f64) -> Document {
        let item = |(pair, found): &(Pair, Vec<Finding>)| {
            let names = [0, 1].map(|side| self.timelines[side].items[pair.items[side]].name());
            json!({
                "a": names[0],
                "b": names[1],
                "paired_by": pair.by.name(),
                "changes": found.iter().map(|f| Value::from(f.message.as_str())).collect::<Value>(),
            })
        };
        let rate = self.timelines[0].sample_rate;
        let track = |(pair, difference): &(TrackPair, TrackDifference)| {
            json!({
                "name": pair.name,
                "a": pair.tracks[0].map(|track| track + 1),
                "b": pair.tracks[1].map(|track| track + 1),
                // JSON has no infinity: no difference is null.
                "peak_dbfs": difference.peak_db(),
                "rms_dbfs": difference.rms_db(),
                "gain_db": difference.gain_db(),
                "first_frame": difference.first.map(|frame| frame.0),
                "first_seconds": difference
                    .first
                    .map(|frame| rate.seconds(FrameCount(frame.0))),
            })
        };
        let side = |side: usize| {
            let timeline = self.timelines[side];
            json!({
                "path": self.paths[side].display().to_string(),
                "sample_rate": timeline.sample_rate.hz(),
                "frames": timeline.length.0,
                "tracks": timeline.lanes.len(),
            })
        };
        Document::new("diff")
            .findings(findings)
            .with("a", side(0))
            .with("b", side(1))
            .with("alike", findings.is_empty().into())
            .with("tolerance", tolerance.into())
            .with("items", self.changes.iter().map(item).collect())
            .with("tracks", self.tracks.iter().map(track).collect())
    }
}
