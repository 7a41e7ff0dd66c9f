//! What a job has to say, for people and for machines.

use crate::{CheckReport, Comparison};
use cupola_model::{Decibels, Finding, FrameIndex, LinearGain, Severity};
use serde_json::{Value, json};
use std::path::PathBuf;

/// What one channel of an output carried.
#[derive(Clone, Debug)]
pub struct ChannelLevel {
    /// The loudspeaker, ear or track.
    pub name: String,
    /// Largest absolute sample before any saturation; 1 is full scale.
    pub peak: f32,
    /// Samples that saturated.
    pub clipped: u64,
    /// The first of them.
    pub first_clip: Option<FrameIndex>,
}

impl ChannelLevel {
    /// The peak in dBFS; minus infinity for silence.
    pub fn peak_db(&self) -> f64 {
        dbfs(self.peak)
    }
}

/// The level of a sample in dBFS; minus infinity for silence.
pub(crate) fn dbfs(sample: f32) -> f64 {
    Decibels::from(LinearGain(f64::from(sample))).0
}

/// One file written.
#[derive(Clone, Debug)]
pub struct OutputReport {
    /// Where it is.
    pub path: PathBuf,
    /// `speakers`, `binaural`, `stereo`, `ambisonics`, `adm-bwf`, `damf` or `adm-itu`.
    pub kind: &'static str,
    /// Layout of a loudspeaker render, the kind of downmix, the ambisonic format; else empty.
    pub layout: String,
    /// The group that is heard alone, `rest` for what is in none of several, or empty for everything.
    pub group: String,
    /// The channels in the order of the file.
    pub channels: Vec<ChannelLevel>,
    /// Frames in the file.
    pub frames: u64,
    /// Bytes of the file.
    pub bytes: u64,
    /// SHA-256 of the file, lower-case hex.
    pub sha256: String,
    /// Files that belong to it, as those of a DAMF master do.
    pub companions: Vec<CompanionReport>,
    /// How virtual loudspeakers differ from the direct way, where that was asked for.
    pub comparison: Option<Comparison>,
}

/// A file that belongs to another.
#[derive(Clone, Debug)]
pub struct CompanionReport {
    /// Where it is.
    pub path: PathBuf,
    /// Bytes of the file.
    pub bytes: u64,
    /// SHA-256 of the file, lower-case hex.
    pub sha256: String,
}

impl OutputReport {
    /// The highest peak of all channels in dBFS; minus infinity for silence.
    pub fn peak_db(&self) -> f64 {
        dbfs(self.channels.iter().map(|c| c.peak).fold(0.0, f32::max))
    }
}

/// What a run made.
#[derive(Debug)]
pub struct ProduceReport {
    /// The files.
    pub outputs: Vec<OutputReport>,
    /// Everything noticed; an error here means the files are whole but a check failed.
    pub findings: Vec<Finding>,
    /// Length of the programme in seconds.
    pub programme_seconds: f64,
    /// Time the run took in seconds.
    pub wall_seconds: f64,
}

impl ProduceReport {
    /// Programme seconds per second of work.
    pub fn times_real_time(&self) -> f64 {
        self.programme_seconds / self.wall_seconds.max(1e-9)
    }

    /// This run and another one together; what both noticed is listed once.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.outputs.extend(other.outputs);
        for finding in other.findings {
            if !self.findings.contains(&finding) {
                self.findings.push(finding);
            }
        }
        self.programme_seconds += other.programme_seconds;
        self.wall_seconds += other.wall_seconds;
        self
    }

    /// Whether something a check looks at failed, clipping included.
    pub fn check_failed(&self) -> bool {
        self.findings.iter().any(|f| f.severity == Severity::Error)
    }
}

/// The one JSON document of a command.
#[derive(Debug, Default)]
pub struct Document {
    fields: serde_json::Map<String, Value>,
}

impl Document {
    /// Starts the document of a command.
    pub fn new(command: &str) -> Self {
        Self::default()
            .with("cupola", env!("CARGO_PKG_VERSION").into())
            .with("command", command.into())
    }

    /// Adds a field.
    #[must_use]
    pub fn with(mut self, key: &str, value: Value) -> Self {
        self.fields.insert(key.to_owned(), value);
        self
    }

    /// Adds findings.
    #[must_use]
    pub fn findings(self, findings: &[Finding]) -> Self {
        self.with("findings", findings.iter().map(finding_json).collect())
    }

    /// Adds what a run made.
    #[must_use]
    pub fn produced(self, report: &ProduceReport) -> Self {
        self.findings(&report.findings)
            .with("outputs", report.outputs.iter().map(output_json).collect())
            .with("programme_seconds", report.programme_seconds.into())
            .with("wall_seconds", report.wall_seconds.into())
            .with("times_real_time", report.times_real_time().into())
    }

    /// Adds what a check of a scene found, and of its versions when there is more than one.
    #[must_use]
    pub fn checked(self, reports: &[CheckReport]) -> Self {
        let Some(first) = reports.first() else { return self };
        let findings: Vec<_> = reports.iter().flat_map(|report| report.findings.clone()).collect();
        let [beds, objects, tracks] = first.counts;
        let document = self
            .findings(&findings)
            .with("title", first.title.as_str().into())
            .with("sample_rate", first.sample_rate.hz().into())
            .with("frames", first.length.0.into())
            .with("beds", beds.into())
            .with("objects", objects.into())
            .with("tracks", tracks.into());
        let version = |report: &CheckReport| {
            report
                .version
                .as_ref()
                .map(|name| json!({"name": name, "title": report.title, "frames": report.length.0}))
        };
        let versions: Vec<Value> = reports.iter().filter_map(version).collect();
        if versions.is_empty() { document } else { document.with("versions", versions.into()) }
    }

    /// The document as text.
    pub fn to_text(&self) -> String {
        // A map of strings, numbers and lists always serialises.
        serde_json::to_string_pretty(&self.fields).unwrap_or_default()
    }
}

/// A number of things, in the singular where there is one.
pub fn count(n: usize, word: &str) -> String {
    format!("{n} {word}{}", if n == 1 { "" } else { "s" })
}

/// A finding as JSON; unknown parts are null.
fn finding_json(finding: &Finding) -> Value {
    let text = |s: &str| if s.is_empty() { Value::Null } else { s.into() };
    let number = |n: u32| if n == 0 { Value::Null } else { n.into() };
    let place = &finding.place;
    json!({
        "rule": finding.rule,
        "severity": finding.severity.name(),
        "place": {
            "file": text(&place.file),
            "line": number(place.line),
            "column": number(place.column),
            "path": text(&place.path),
        },
        "subject": text(&finding.subject),
        "message": finding.message,
        "found": text(&finding.found),
        "allowed": text(&finding.allowed),
        "hint": text(&finding.hint),
    })
}

/// The difference in each octave, left and right; null where an ear hears nothing.
fn comparison_json(comparison: &Comparison) -> Value {
    let octaves = comparison.octaves.iter();
    octaves.map(|(hz, ears)| json!({"hz": hz, "left_db": ears[0], "right_db": ears[1]})).collect()
}

fn output_json(output: &OutputReport) -> Value {
    let channels = output.channels.iter();
    let clipped = channels.clone().filter(|c| c.clipped > 0).map(|c| {
        json!({
            "channel": c.name,
            "samples": c.clipped,
            "first_frame": c.first_clip.map(|f| f.0),
            "peak_db": c.peak_db(),
        })
    });
    let companions = output.companions.iter().map(
        |c| json!({"path": c.path.display().to_string(), "bytes": c.bytes, "sha256": c.sha256}),
    );
    json!({
        "path": output.path.display().to_string(),
        "kind": output.kind,
        "layout": if output.layout.is_empty() { Value::Null } else { output.layout.as_str().into() },
        "group": if output.group.is_empty() { Value::Null } else { output.group.as_str().into() },
        "channels": output.channels.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(),
        // JSON has no infinity: silence is null.
        "peak_db": output.peak_db(),
        "channel_peak_db": channels.clone().map(ChannelLevel::peak_db).collect::<Vec<_>>(),
        "clipped": clipped.collect::<Value>(),
        "frames": output.frames,
        "bytes": output.bytes,
        "sha256": output.sha256,
        "companions": companions.collect::<Value>(),
        "comparison": output.comparison.as_ref().map(comparison_json),
    })
}
