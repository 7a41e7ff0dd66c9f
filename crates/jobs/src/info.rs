//! What a file holds, for people and for machines.

use crate::answer::count;
use crate::{Document, JobError, check, is_master, tree};
use cupola_bw64::SampleFormat;
use cupola_masters::{
    FileInfo, MasterSettings, MastersError, Setting, describe, import_master, read_settings,
};
use cupola_model::{BinauralMode, FrameRate};
use cupola_scene::Timecode;
use serde_json::{Value, json};
use std::io::Read;
use std::path::Path;

/// A description.
#[derive(Debug)]
pub struct Info {
    /// For people, line by line.
    pub lines: Vec<String>,
    /// For machines.
    pub document: Document,
}

/// Describes a file: a scene, a master, a WAV or any other stem.
pub fn info(path: &Path) -> Result<Info, JobError> {
    if path.extension().is_some_and(|e| e == "yaml" || e == "yml") {
        return scene(path);
    }
    if is_master(path) && !is_riff(path) {
        return damf(path);
    }
    match describe(path) {
        Ok(info) => Ok(wave(path, &info)),
        Err(MastersError::Read { source, .. }) => Err(JobError::InputUnreadable {
            path: path.to_path_buf(),
            reason: if path.is_dir() {
                "this is a folder; name a file in it".into()
            } else {
                source.to_string()
            },
        }),
        Err(container) => match cupola_stems::probe(path) {
            Ok(probe) => Ok(stem(path, &probe)),
            // A file that calls itself RIFF is better explained by the reader of RIFF.
            Err(_) if is_riff(path) => Err(unreadable(path, &container)),
            Err(error) => Err(unreadable(path, &error)),
        },
    }
}

pub(crate) fn unreadable(path: &Path, error: &dyn std::fmt::Display) -> JobError {
    let text = error.to_string();
    let named = format!("{}: ", path.display());
    let reason = text.strip_prefix(&named).unwrap_or(&text).to_owned();
    JobError::InputUnreadable { path: path.to_path_buf(), reason }
}

/// Whether a file starts like a WAV file of any size.
pub(crate) fn is_riff(path: &Path) -> bool {
    let mut head = [0; 4];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut head));
    read.is_ok() && [b"RIFF", b"RF64", b"BW64"].contains(&&head)
}

fn scene(path: &Path) -> Result<Info, JobError> {
    let checked = check(path, None)?;
    let mut lines = Vec::new();
    for one in &checked {
        let seconds = one.sample_rate.seconds(one.length);
        lines.push(match &one.version {
            None => format!("{}: scene \"{}\"", path.display(), one.title),
            Some(version) => format!("  version {version}: \"{}\"", one.title),
        });
        let [beds, objects, tracks] = one.counts;
        let indent = if one.version.is_some() { "    " } else { "  " };
        lines.push(format!(
            "{indent}{seconds:.3} s, {} frames at {} Hz",
            one.length,
            one.sample_rate.hz()
        ));
        if one.version.is_none() {
            let counts =
                [count(beds, "bed"), count(objects, "object"), count(tracks, "track")].join(", ");
            lines.push(format!("  {counts}"));
        }
    }
    let document = Document::new("info").with("kind", "scene".into()).checked(&checked);
    Ok(Info { lines, document })
}

/// A DAMF master, by its root.
fn damf(path: &Path) -> Result<Info, JobError> {
    let imported = import_master(path).map_err(|error| unreadable(path, &error))?;
    let timeline = &imported.timeline;
    let mut lines = vec![
        format!("{}: DAMF, sound in {}", path.display(), imported.sound.display()),
        format!(
            "  {}, {} Hz, {} frames, {:.3} s, {} frames a second",
            count(timeline.lanes.len(), "track"),
            timeline.sample_rate.hz(),
            timeline.length,
            timeline.sample_rate.seconds(timeline.length),
            timeline.frame_rate.name()
        ),
    ];
    lines.extend(imported.findings.iter().map(|finding| format!("  {finding}")));
    lines.extend(tree::lines(timeline));
    let settings = read_settings(path).ok();
    lines.extend(settings.iter().flat_map(|s| setting_lines(s, timeline.frame_rate)));
    let document = Document::new("info")
        .with("kind", "damf".into())
        .with("channels", timeline.lanes.len().into())
        .with("sample_rate", timeline.sample_rate.hz().into())
        .with("frames", timeline.length.0.into())
        .with("items", tree::json(timeline))
        .with("start_frames", timeline.start.0.into())
        .with("settings", settings.as_ref().map_or(Value::Null, settings_json))
        .findings(&imported.findings);
    Ok(Info { lines, document })
}

fn stem(path: &Path, probe: &cupola_stems::Probe) -> Info {
    let facts = &probe.facts;
    let seconds = facts.frames as f64 / f64::from(facts.sample_rate.max(1));
    let mut lines = vec![
        format!("{}: {}", path.display(), facts.format),
        format!(
            "  {}, {} Hz, {} frames, {seconds:.3} s",
            count(facts.channels.into(), "channel"),
            facts.sample_rate,
            facts.frames
        ),
    ];
    lines.extend(probe.findings.iter().map(|f| format!("  {f}")));
    let document = Document::new("info")
        .with("kind", "stem".into())
        .with("format", facts.format.as_str().into())
        .with("channels", facts.channels.into())
        .with("sample_rate", facts.sample_rate.into())
        .with("frames", facts.frames.into())
        .with("lossy", facts.lossy.into())
        .findings(&probe.findings);
    Info { lines, document }
}

fn wave(path: &Path, info: &FileInfo) -> Info {
    let format = &info.format;
    let seconds = info.frames as f64 / f64::from(format.sample_rate.max(1));
    let chunks: Vec<_> =
        info.chunks.iter().map(|c| (c.id.escape_ascii().to_string(), c.size)).collect();
    let mut lines = vec![
        format!("{}: {}, {}", path.display(), info.form.name(), sample_words(format.sample)),
        format!(
            "  {}, {} Hz, {} frames, {seconds:.3} s, {} bytes",
            count(format.channels.into(), "channel"),
            format.sample_rate,
            info.frames,
            info.bytes
        ),
    ];
    if let Some(mask) = format.channel_mask {
        lines.push(format!("  speaker mask {mask:#x}"));
    }
    let list: Vec<_> =
        chunks.iter().map(|(id, size)| format!("{} {size}", id.trim_end())).collect();
    lines.push(format!("  chunks: {}", list.join(", ")));
    lines.extend(info.repairs.iter().map(|r| format!("  repaired: {r}")));
    lines.extend(info.findings.iter().map(|f| format!("  {f}")));
    adm_lines(info, &mut lines);
    let programme = info.adm.as_ref().and_then(|_| import_master(path).ok());
    let programme = programme.map(|imported| imported.timeline);
    lines.extend(programme.iter().flat_map(tree::lines));
    let settings = info.adm.as_ref().and_then(|_| read_settings(path).ok());
    lines.extend(settings.iter().flat_map(|settings| {
        setting_lines(settings, settings.frame_rate().unwrap_or(FrameRate::Fps24))
    }));
    let document = Document::new("info")
        .with("kind", if info.adm.is_some() { "adm" } else { "wave" }.into())
        .with("form", info.form.name().into())
        .with("sample_format", sample_words(format.sample).into())
        .with("channels", format.channels.into())
        .with("channel_mask", format.channel_mask.into())
        .with("sample_rate", format.sample_rate.into())
        .with("frames", info.frames.into())
        .with("bytes", info.bytes.into())
        .with("chunks", chunks.iter().map(|(id, size)| json!({"id": id, "size": size})).collect())
        .with("repairs", info.repairs.iter().map(|r| Value::from(r.to_string())).collect())
        .with("adm", adm_json(info))
        .with("dbmd", dbmd_json(info))
        .with("items", programme.as_ref().map_or(Value::Null, tree::json))
        .with("start_frames", settings.as_ref().map(|settings| settings.start().0).into())
        .with("settings", settings.as_ref().map_or(Value::Null, settings_json))
        .findings(&info.findings);
    Info { lines, document }
}

fn sample_words(sample: SampleFormat) -> &'static str {
    match sample {
        SampleFormat::U8 => "8-bit integer",
        SampleFormat::I16 => "16-bit integer",
        SampleFormat::I24 => "24-bit integer",
        SampleFormat::I32 => "32-bit integer",
        SampleFormat::F32 => "32-bit float",
        SampleFormat::F64 => "64-bit float",
    }
}

fn adm_lines(info: &FileInfo, lines: &mut Vec<String>) {
    if let Some(adm) = &info.adm {
        for programme in &adm.programmes {
            let Some(name) = Some(&programme.name).filter(|n| !n.is_empty()) else { continue };
            lines.push(format!("  programme {name}, {} to {}", programme.start, programme.end));
        }
        for programme in &adm.programmes {
            let told = programme.loudness.iter().map(|(what, value)| format!("{what} {value}"));
            let told: Vec<_> = told.collect();
            if !told.is_empty() {
                lines.push(format!("  loudness: {}", told.join(", ")));
            }
        }
    }
    if let Some(dbmd) = &info.dbmd {
        let [major, minor, patch] = dbmd.contents.tool_version;
        lines.push(format!(
            "  Dolby metadata: \"{}\", {} {major}.{minor}.{patch}, {} frames a second",
            dbmd.contents.origin,
            dbmd.contents.tool,
            dbmd.contents.frame_rate.map_or("no", FrameRate::name)
        ));
        if !dbmd.damaged_segments.is_empty() {
            lines.push(format!("    damaged segments: {:?}", dbmd.damaged_segments));
        }
    }
}

/// What players are told: first what is the same in most masters, in few words.
fn setting_lines(settings: &MasterSettings, frame_rate: FrameRate) -> Vec<String> {
    let mut lines = Vec::new();
    if settings.start().0 > 0 {
        let (start, rest) = Timecode::before(settings.start(), settings.sample_rate(), frame_rate);
        let rest = if rest.0 > 0 { format!(" and {rest} samples") } else { String::new() };
        lines.push(format!("    starts at {start}{rest}"));
    }
    let all = settings.settings();
    if all.is_empty() {
        return lines;
    }
    let (trims, others): (Vec<_>, Vec<_>) = all.iter().partition(|s| s.key.starts_with("trim."));
    let words = |list: &[&Setting]| {
        list.iter().map(|s| format!("{} {}", s.key, s.value)).collect::<Vec<_>>().join(", ")
    };
    lines.push(format!("    {}", words(&others)));
    let manual: Vec<_> = trims.iter().filter(|s| s.value != "auto").copied().collect();
    if manual.is_empty() && !trims.is_empty() {
        lines.push("    trims automatic".to_owned());
    } else if !trims.is_empty() {
        lines.push(format!("    {}; other trims automatic", words(&manual)));
    }
    lines
}

fn settings_json(settings: &MasterSettings) -> Value {
    let all = settings.settings().into_iter();
    all.map(|s| (s.key, Value::from(s.value))).collect::<serde_json::Map<_, _>>().into()
}

/// The mode of every track, in words.
fn modes(info: &FileInfo) -> Vec<&'static str> {
    let modes = info.dbmd.iter().flat_map(|d| &d.contents.binaural);
    modes.map(|mode| mode.map_or("unset", BinauralMode::name)).collect()
}

fn adm_json(info: &FileInfo) -> Value {
    let Some(adm) = &info.adm else { return Value::Null };
    let programmes = adm.programmes.iter();
    let objects = adm.objects.iter();
    json!({
        "programmes": programmes
            .map(|p| {
                let loudness: serde_json::Map<String, Value> =
                    p.loudness.iter().map(|(k, v)| (k.clone(), v.as_str().into())).collect();
                json!({
                    "id": p.id, "name": p.name, "start": p.start, "end": p.end,
                    "loudness": loudness,
                })
            })
            .collect::<Value>(),
        "objects": objects
            .map(|o| json!({
                "id": o.id, "name": o.name, "type": o.kind.name(), "tracks": o.tracks,
                "blocks": o.blocks, "moves": o.moves, "labels": o.speaker_labels,
                "bed": o.bed_format.map(|f| f.name()),
            }))
            .collect::<Value>(),
        "pack_formats": adm.pack_formats,
        "channel_formats": adm.channel_formats,
        "track_uids": adm.track_uids,
        "blocks": adm.blocks,
    })
}

fn dbmd_json(info: &FileInfo) -> Value {
    let Some(dbmd) = &info.dbmd else { return Value::Null };
    json!({
        "origin": dbmd.contents.origin,
        "tool": dbmd.contents.tool,
        "tool_version": dbmd.contents.tool_version,
        "frame_rate": dbmd.contents.frame_rate.map(FrameRate::name),
        "binaural": modes(info),
        "damaged_segments": dbmd.damaged_segments,
    })
}
