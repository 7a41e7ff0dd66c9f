//! A timeline to the text of a scene: the way back.
//!
//! What is written is read again by [`parse_scene`](crate::parse_scene): the same items in the same
//! order, and movement as keyframes. Lines stay lines and steps become `hold`; what moves so finely that
//! nobody could read it is thinned to keyframes within a tolerance, and the figures say how far off they
//! are.

mod features;
mod keys;
mod print;
mod thin;

use crate::ambisonic::AmbisonicInput;
use crate::time::Timecode;
use crate::yaml::MAX_BYTES;
use cupola_model::ambisonics::component_name;
use cupola_model::{AmbisonicBed, Bed, FrameCount, Item, LinearGain, Object, SampleRate, Timeline};
use features::{feature_lines, screen_line};
use keys::Track;
use print::{decibels, number, quoted, second};
use std::fmt::Write;

/// Tracks and objects that an Atmos master may have.
const MASTER_LIMITS: (usize, usize) = (crate::limits::MAX_TRACKS, crate::limits::MAX_OBJECTS);

/// Where the sound of an item is, in the order of [`Timeline::items`].
#[derive(Clone, Debug)]
pub struct ItemSound {
    /// The name its stem goes by in the scene; unique, and made of letters, digits and `_`.
    pub stem: String,
    /// Its file, relative to the scene: one channel for an object, those of the bed in order for a bed.
    pub file: String,
    /// Gain of each channel that is not in the sound yet.
    pub gains: Vec<LinearGain>,
}

/// A scene as text.
#[derive(Debug)]
pub struct Composed {
    /// The text.
    pub text: String,
    /// How far before the first frame the start timecode is, which is that of a whole frame of picture.
    pub start_lost: FrameCount,
    /// Keyframes written.
    pub keyframes: usize,
    /// Timed points they stand for.
    pub points: usize,
    /// How far the keyframes are from the points at most: degrees as seen from the middle of the room
    /// on its walls, and shares of a size.
    pub largest_deg: f64,
    /// The same for sizes.
    pub largest_size: f64,
}

impl Composed {
    /// Whether the text is one that the reader of scenes takes.
    pub fn is_readable(&self) -> bool {
        self.text.len() <= MAX_BYTES
    }
}

/// Writes the scene of a timeline whose items have these sounds. `remark` is a comment at its head;
/// movement in hundreds of steps finer than 50 ms is thinned to within `thin_deg` (0: never).
///
/// # Panics
/// When there is not one sound for every item.
pub fn compose(timeline: &Timeline, sounds: &[ItemSound], remark: &str, thin_deg: f64) -> Composed {
    assert_eq!(sounds.len(), timeline.items.len(), "one sound an item");
    let mut writer = Writer {
        rate: timeline.sample_rate,
        thin_deg,
        out: Composed {
            text: String::new(),
            start_lost: FrameCount(0),
            keyframes: 0,
            points: 0,
            largest_deg: 0.0,
            largest_size: 0.0,
        },
    };
    writer.head(timeline, remark);
    writer.stems(sounds);
    writer.beds(timeline, sounds);
    writer.objects(timeline, sounds);
    writer.outputs(timeline);
    writer.out
}

struct Writer {
    rate: SampleRate,
    thin_deg: f64,
    out: Composed,
}

impl Writer {
    fn line(&mut self, text: &str) {
        self.out.text.push_str(text);
        self.out.text.push('\n');
    }

    fn head(&mut self, timeline: &Timeline, remark: &str) {
        for line in remark.lines() {
            self.line(&format!("# {line}"));
        }
        self.line("cupola: 1");
        for (key, value) in [("title", &timeline.title), ("artist", &timeline.artist)] {
            if !value.is_empty() {
                self.line(&format!("{key}: {}", quoted(value)));
            }
        }
        self.line(&format!("sample_rate: {}", timeline.sample_rate.hz()));
        self.line(&format!("frame_rate: {}", timeline.frame_rate.name()));
        if timeline.start.0 > 0 {
            let (rate, frame_rate) = (timeline.sample_rate, timeline.frame_rate);
            let (start, lost) = Timecode::before(timeline.start, rate, frame_rate);
            self.line(&format!("start_timecode: {start}"));
            self.out.start_lost = lost;
        }
        if let Some(line) = screen_line(&timeline.screen) {
            self.line(&line);
        }
        self.line(&format!("end: {} samples", timeline.length));
    }

    fn stems(&mut self, sounds: &[ItemSound]) {
        self.line("\nstems:");
        for sound in sounds {
            self.line(&format!("  {}: {{file: {}}}", sound.stem, quoted(&sound.file)));
        }
    }

    fn beds(&mut self, timeline: &Timeline, sounds: &[ItemSound]) {
        let mut first = true;
        for (item, sound) in timeline.items.iter().zip(sounds) {
            if !matches!(item, Item::Object(_)) && std::mem::take(&mut first) {
                self.line("\nbeds:");
            }
            match item {
                Item::Bed(bed) => self.bed(bed, sound),
                Item::Ambisonic(bed) => self.ambisonic_bed(bed, sound),
                Item::Object(_) => {}
            }
        }
    }

    fn ambisonic_bed(&mut self, bed: &AmbisonicBed, sound: &ItemSound) {
        self.line(&format!("  - name: {}", quoted(&bed.name)));
        self.line(&format!("    format: {}", AmbisonicInput::of_scale(bed.scale).name()));
        self.groups(&bed.groups);
        self.line(&format!("    binaural: {}", bed.binaural.name()));
        let names = bed.channels.iter().map(|channel| component_name(channel.number));
        if sound.gains.iter().all(|gain| *gain == LinearGain::UNITY) {
            let list = names.collect::<Vec<_>>().join(", ");
            self.line(&format!("    routes: [{{stem: {}, to: [{list}]}}]", sound.stem));
            return;
        }
        self.line("    routes:");
        for ((number, name), gain) in (1..).zip(names).zip(&sound.gains) {
            let (stem, gain) = (&sound.stem, decibels(*gain));
            self.line(&format!(
                "      - {{stem: {stem}, channel: {number}, to: {name}, gain: {gain}}}"
            ));
        }
    }

    fn bed(&mut self, bed: &Bed, sound: &ItemSound) {
        self.line(&format!("  - name: {}", quoted(&bed.name)));
        self.line(&format!("    format: {}", bed.format));
        self.groups(&bed.groups);
        let full = bed.channels.iter().find(|channel| !channel.label.is_lfe());
        let mode = full.map(|channel| channel.binaural).unwrap_or_default();
        self.line(&format!("    binaural: {}", mode.name()));
        let even = sound.gains.iter().all(|gain| *gain == LinearGain::UNITY);
        let labels = bed.channels.iter().zip(&sound.gains);
        let each = labels.map(|(channel, gain)| match even {
            true => channel.label.name().to_owned(),
            false => format!("{}: {}", channel.label, decibels(*gain)),
        });
        let list = each.collect::<Vec<_>>().join(", ");
        let list = if even { format!("[{list}]") } else { format!("{{{list}}}") };
        self.line(&format!("    routes: [{{stem: {}, to: {list}}}]", sound.stem));
    }

    fn groups(&mut self, groups: &[String]) {
        if !groups.is_empty() {
            let names = groups.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
            self.line(&format!("    groups: [{names}]"));
        }
    }

    fn objects(&mut self, timeline: &Timeline, sounds: &[ItemSound]) {
        let objects = timeline.items.iter().zip(sounds).filter_map(|(item, sound)| match item {
            Item::Object(object) => Some((object, sound)),
            Item::Bed(_) | Item::Ambisonic(_) => None,
        });
        let mut first = true;
        for (object, sound) in objects {
            if std::mem::take(&mut first) {
                self.line("\nobjects:");
            }
            self.object(object, sound, timeline.length.0);
        }
    }

    fn object(&mut self, object: &Object, sound: &ItemSound, length: u64) {
        let track = Track::of(&object.automation, length, self.rate, self.thin_deg);
        self.line(&format!("  - name: {}", quoted(&object.name)));
        self.line(&format!("    stem: {}", sound.stem));
        self.groups(&object.groups);
        self.line(&format!("    binaural: {}", object.binaural.name()));
        let own = sound.gains.first().map_or(1.0, |gain| gain.0);
        let gain = LinearGain(own * track.still_gain);
        if gain != LinearGain::UNITY {
            self.line(&format!("    gain: {}", decibels(gain)));
        }
        self.line(&format!("    position: {{{}}}", track.position_at_rest()));
        if track.size > 0.0 {
            self.line(&format!("    size: {}", number(track.size)));
        }
        for line in feature_lines(&object.features) {
            self.line(&format!("    {line}"));
        }
        if !track.keys.is_empty() {
            self.line("    automation:");
        }
        for (frame, key) in &track.keys {
            let text = track.key_text(key);
            let _ =
                writeln!(self.out.text, "      - {{at: {}, {text}}}", second(*frame, self.rate));
        }
        self.out.keyframes += track.keys.len();
        self.out.points += object.automation.points().len();
        self.out.largest_deg = self.out.largest_deg.max(track.largest_deg);
        self.out.largest_size = self.out.largest_size.max(track.largest_size);
    }

    /// A scene that is too large for an Atmos master, or ambisonic, does not ask for one.
    fn outputs(&mut self, timeline: &Timeline) {
        let (tracks, objects) = MASTER_LIMITS;
        let rate = [SampleRate::HZ_48000, SampleRate::HZ_96000].contains(&timeline.sample_rate);
        let ambisonic = timeline.ambisonic_beds().next().is_some();
        if !rate
            || ambisonic
            || timeline.lanes.len() > tracks
            || timeline.objects().count() > objects
        {
            self.line("\noutputs:\n  - {speakers: 7.1.4}\n  - {binaural: default}");
        }
    }
}
