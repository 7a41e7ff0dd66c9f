//! Where everything is at an instant, and how loud.

use crate::answer::dbfs;
use crate::produce::open_each;
use crate::project::{Project, load};
use crate::view::instant;
use crate::{Document, JobError, Selection, window};
use cupola_model::ambisonics::component_name;
use cupola_model::{
    AmbisonicBed, Bed, Decibels, Finding, FrameIndex, LinearGain, Object, PolarPosition, Position,
    RoomPosition, Timeline,
};
use cupola_stems::UseReader;
use serde_json::{Value, json};
use std::path::Path;

/// What there is to say about some instants.
#[derive(Debug)]
pub struct ShowReport {
    /// For people, line by line.
    pub lines: Vec<String>,
    /// For machines.
    pub document: Document,
    /// Warnings and notes about the scene.
    pub findings: Vec<Finding>,
}

/// What a track carries around an instant.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Level {
    pub(crate) rms: f64,
    pub(crate) peak: f32,
}

impl Level {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a legal gain is far from the limits of f32"
    )]
    fn times(self, gain: f64) -> Self {
        Self { rms: self.rms * gain, peak: self.peak * gain as f32 }
    }

    fn rms_db(self) -> f64 {
        Decibels::from(LinearGain(self.rms)).0
    }

    fn peak_db(self) -> f64 {
        dbfs(self.peak)
    }
}

/// Tells where every object and bed channel is at some instants, given in the words of the scene,
/// and how loud it is around them: the level of its track, with every gain at that instant.
pub fn show(scene: &Path, at: &[String], selection: &Selection) -> Result<ShowReport, JobError> {
    let project = load(scene, selection)?;
    let frames =
        at.iter().map(|text| instant(&project, text)).collect::<Result<Vec<FrameIndex>, _>>()?;
    let rate = project.timeline.sample_rate;
    let mut readers = open_each(&project, |path, stem| UseReader::open(path, stem, rate))?;
    let (mut lines, mut instants) = (Vec::new(), Vec::new());
    for (text, frame) in at.iter().zip(frames) {
        let levels = window::levels(&project.timeline, &mut readers, frame)?;
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.push(heading(&project, frame));
        lines.extend(table(&project.timeline, frame, &levels));
        instants.push(instant_json(&project, text, frame, &levels));
    }
    let document =
        Document::new("show").findings(&project.findings).with("instants", instants.into());
    Ok(ShowReport { lines, document, findings: project.findings })
}

fn seconds(timeline: &Timeline, frame: FrameIndex) -> f64 {
    frame.0 as f64 / f64::from(timeline.sample_rate.hz())
}

fn heading(project: &Project, frame: FrameIndex) -> String {
    let timeline = &project.timeline;
    let mut words =
        vec![format!("{:.3} s", seconds(timeline, frame)), format!("frame {}", frame.0)];
    words.push(project.scene.timecode_at(frame).to_string());
    if let Some((bar, beat)) = project.music_at(frame) {
        words.push(format!("bar {bar} beat {}", trimmed(beat, 3)));
    }
    words.join("  ")
}

/// A number without zeros at its end.
fn trimmed(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A number with fixed digits that is never minus zero.
fn fixed(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    let zero = text.bytes().all(|b| matches!(b, b'-' | b'0' | b'.'));
    if zero { text.trim_start_matches('-').to_owned() } else { text }
}

/// How fast the direction of an object changes after a frame: the angle it turns within a grid step,
/// in degrees a second. `None` when it stands still.
fn degrees_a_second(timeline: &Timeline, object: &Object, frame: FrameIndex) -> Option<f64> {
    let step = u64::from(timeline.sample_rate.grid_frames());
    let [here, there] = [frame.0, frame.0.saturating_add(step)]
        .map(|at| object.automation.state_at(FrameIndex(at)).position);
    if here == there {
        return None;
    }
    let (a, b) = (here.to_polar().direction(), there.to_polar().direction());
    let dot: f64 = a.iter().zip(b).map(|(a, b)| a * b).sum();
    let cross = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
    let sin = cross.iter().map(|c| c * c).sum::<f64>().sqrt();
    let seconds = step as f64 / f64::from(timeline.sample_rate.hz());
    Some(sin.atan2(dot).to_degrees() / seconds)
}

/// The gain of an object's track and of its automation.
fn gain_db(timeline: &Timeline, object: &Object, frame: FrameIndex) -> f64 {
    let lane = timeline.lanes[object.lane.0].gain_at(frame).0;
    let own = object.automation.state_at(frame).gain.0;
    Decibels::from(LinearGain(lane * own)).0
}

fn table(timeline: &Timeline, frame: FrameIndex, levels: &[Level]) -> Vec<String> {
    let names = timeline.items.iter().map(|item| item.name().chars().count());
    let wide = names.max().unwrap_or(0).clamp(6, 40);
    let mut lines = vec![format!(
        "{:<wide$}  azimuth elevat. dist.       x      y      z   size    gain     °/s     RMS    peak  groups",
        "object"
    )];
    for object in timeline.objects() {
        let state = object.automation.state_at(frame);
        let (polar, room) = (state.position.to_polar(), state.position.to_room());
        let level = levels[object.lane.0].times(state.gain.0);
        let speed = degrees_a_second(timeline, object, frame);
        lines.push(format!(
            "{:<wide$}  {:>7} {:>7} {:>5}  {:>6} {:>6} {:>6} {:>6} {:>7} {:>7} {:>7} {:>7}  {}",
            short(&object.name, wide),
            fixed(polar.azimuth_deg, 1),
            fixed(polar.elevation_deg, 1),
            fixed(polar.distance, 2),
            fixed(room.x, 3),
            fixed(room.y, 3),
            fixed(room.z, 3),
            fixed(state.size, 2),
            fixed(gain_db(timeline, object, frame), 1),
            speed.map_or("-".to_owned(), |speed| fixed(speed, 1)),
            fixed(level.rms_db(), 1),
            fixed(level.peak_db(), 1),
            object.groups.join(", ")
        ));
    }
    for bed in timeline.beds() {
        lines.push(format!("{} ({})", bed.name, bed.format));
        for channel in &bed.channels {
            let level = levels[channel.lane.0];
            lines.push(format!(
                "  {:<4} RMS {:>7}  peak {:>7}",
                channel.label.name(),
                fixed(level.rms_db(), 1),
                fixed(level.peak_db(), 1)
            ));
        }
    }
    for bed in timeline.ambisonic_beds() {
        lines.push(format!("{} ({})", bed.name, bed.kind()));
        for channel in &bed.channels {
            let level = levels[channel.lane.0];
            lines.push(format!(
                "  {:<5} RMS {:>7}  peak {:>7}",
                component_name(channel.number),
                fixed(level.rms_db(), 1),
                fixed(level.peak_db(), 1)
            ));
        }
    }
    lines
}

fn short(name: &str, most: usize) -> String {
    if name.chars().count() <= most {
        return name.to_owned();
    }
    name.chars().take(most - 1).chain(['…']).collect()
}

fn instant_json(project: &Project, text: &str, frame: FrameIndex, levels: &[Level]) -> Value {
    let timeline = &project.timeline;
    let music = project.music_at(frame);
    let objects = timeline.objects().map(|object| object_json(timeline, object, frame, levels));
    json!({
        "at": text,
        "frame": frame.0,
        "seconds": seconds(timeline, frame),
        "timecode": project.scene.timecode_at(frame).to_string(),
        "bar": music.map(|(bar, _)| bar),
        "beat": music.map(|(_, beat)| beat),
        "objects": objects.collect::<Value>(),
        "beds": timeline.beds().map(|bed| bed_json(bed, levels)).collect::<Value>(),
        "ambisonic_beds":
            timeline.ambisonic_beds().map(|bed| ambisonic_json(bed, levels)).collect::<Value>(),
    })
}

fn object_json(timeline: &Timeline, object: &Object, frame: FrameIndex, levels: &[Level]) -> Value {
    let state = object.automation.state_at(frame);
    let kind = match state.position {
        Position::Polar(_) => "polar",
        Position::Room(_) => "room",
    };
    let PolarPosition { azimuth_deg, elevation_deg, distance } = state.position.to_polar();
    let speed = degrees_a_second(timeline, object, frame);
    let level = levels[object.lane.0].times(state.gain.0);
    json!({
        "name": object.name,
        "track": object.lane.0 + 1,
        "groups": object.groups,
        "written": kind,
        "azimuth": azimuth_deg,
        "elevation": elevation_deg,
        "distance": distance,
        "room": room_json(state.position.to_room()),
        "size": state.size,
        // JSON has no infinity: silence is null.
        "gain_db": gain_db(timeline, object, frame),
        "moving": speed.is_some(),
        "degrees_per_second": speed.unwrap_or(0.0),
        "rms_db": level.rms_db(),
        "peak_db": level.peak_db(),
    })
}

fn room_json(RoomPosition { x, y, z }: RoomPosition) -> Value {
    json!([x, y, z])
}

fn ambisonic_json(bed: &AmbisonicBed, levels: &[Level]) -> Value {
    let channels = bed.channels.iter().map(|channel| {
        let level = levels[channel.lane.0];
        json!({
            "acn": channel.number,
            "track": channel.lane.0 + 1,
            "rms_db": level.rms_db(),
            "peak_db": level.peak_db(),
        })
    });
    json!({
        "name": bed.name,
        "order": bed.order(),
        "scale": bed.scale.name(),
        "groups": bed.groups,
        "channels": channels.collect::<Value>(),
    })
}

fn bed_json(bed: &Bed, levels: &[Level]) -> Value {
    let channels = bed.channels.iter().map(|channel| {
        let level = levels[channel.lane.0];
        let label = channel.label;
        json!({
            "label": label.name(),
            "track": channel.lane.0 + 1,
            "room": if label.is_lfe() { Value::Null } else { room_json(label.position()) },
            "rms_db": level.rms_db(),
            "peak_db": level.peak_db(),
        })
    });
    json!({
        "name": bed.name,
        "format": bed.format.name(),
        "groups": bed.groups,
        "channels": channels.collect::<Value>(),
    })
}
