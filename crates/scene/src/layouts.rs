//! Layout files, ours and the user's, read by one and the same code.

use crate::parse_screen::{NO_SCREEN, read_screen};
use crate::place::{Findings, Spot};
use crate::read::{Cursor, check_text, closest};
use crate::spec;
use crate::value::{AZIMUTH, DELAY, ELEVATION, ROOM, SPEAKER_METRES};
use crate::{rules, version, yaml};
use cupola_model::{
    Checked, Decibels, Finding, Layout, LinearGain, PolarPosition, RoomPosition, Screen, Speaker,
    SpeakerTrim,
};
use std::sync::OnceLock;

/// Nominal direction of LFE1. [BS.2051-3 Table 1]
const LFE_DIRECTION: PolarPosition = PolarPosition::on_sphere(45.0, -30.0);
/// The words of `lfe`.
pub(crate) const LFE_WORDS: [(&str, bool); 2] = [("true", true), ("false", false)];
/// Room position of an LFE, a convention without meaning.
const LFE_ROOM: RoomPosition = RoomPosition { x: -1.0, y: 1.0, z: -1.0 };

/// What becomes of distances.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Align {
    Nothing,
    Delay,
    DelayAndGain,
}

/// The words of `align`.
pub(crate) const ALIGN_WORDS: [(&str, Align); 3] =
    [("none", Align::Nothing), ("delay", Align::Delay), ("both", Align::DelayAndGain)];
/// Metres a second that sound goes at 20 °C.
const SPEED_OF_SOUND: f64 = 343.0;

/// A loudspeaker and what its place in a real room asks for.
struct PlacedSpeaker {
    speaker: Speaker,
    distance_m: Option<f64>,
    trim: SpeakerTrim,
}

/// Reads a layout file.
///
/// A loudspeaker needs a `name` and, unless it is an `lfe`, an `azimuth`; `elevation` is 0 and
/// `label` the name unless given. Without `room` coordinates the loudspeaker stands where
/// [`PolarPosition::to_room`] puts its direction.
///
/// ```
/// let text = "cupola: 1\nname: mono\nspeakers:\n  - {name: C, azimuth: 0}\n";
/// let layout = cupola_scene::parse_layout(text, "mono.yaml").value.expect("this is a layout");
/// assert_eq!(layout.speakers()[0].room.y, 1.0);
/// ```
pub fn parse_layout(text: &str, file: &str) -> Checked<Layout> {
    let mut findings = Findings::new(file);
    let value = yaml::parse(text, &mut findings)
        .and_then(|node| read_layout(&Cursor::root(&node), &mut findings))
        .filter(|_| findings.errors() == 0);
    Checked { value, findings: findings.into_list() }
}

/// The layouts that come with Cupola, smallest first.
pub fn standard_layouts() -> &'static [Layout] {
    static LAYOUTS: OnceLock<Vec<Layout>> = OnceLock::new();
    LAYOUTS.get_or_init(|| {
        let read = |text: &cupola_layouts::LayoutText| {
            parse_layout(text.yaml, text.file).value.expect("our own layouts are tested to parse")
        };
        cupola_layouts::ALL.iter().map(read).collect()
    })
}

/// The standard layout of that name or alias; case does not matter.
///
/// ```
/// let layout = cupola_scene::find_layout("4+7+0").expect("System J is a standard layout");
/// assert_eq!(layout.name, "7.1.4");
/// ```
pub fn find_layout(name: &str) -> Option<&'static Layout> {
    let wanted = name.trim();
    standard_layouts()
        .iter()
        .find(|layout| names(layout).any(|known| known.eq_ignore_ascii_case(wanted)))
}

/// The name or alias of a standard layout that a mistyped name probably meant.
///
/// ```
/// assert_eq!(cupola_scene::closest_layout_name("7.1.4."), Some("7.1.4"));
/// ```
pub fn closest_layout_name(name: &str) -> Option<&'static str> {
    closest(name, every_name())
}

/// The names and aliases of the standard layouts.
pub(crate) fn every_name() -> impl Iterator<Item = &'static str> {
    standard_layouts().iter().flat_map(names)
}

fn names(layout: &Layout) -> impl Iterator<Item = &str> {
    std::iter::once(layout.name.as_str()).chain(layout.aliases.iter().map(String::as_str))
}

fn read_layout(root: &Cursor<'_>, findings: &mut Findings) -> Option<Layout> {
    let mut fields = root.fields(findings, &spec::LAYOUT)?;
    version::check(&mut fields, findings);
    let name = fields.need("name", findings, "name: My room").and_then(|c| c.text(findings));
    let mut aliases = Vec::new();
    if let Some(list) = fields.get("aliases") {
        let items = list.items(findings, "a list of names");
        aliases.extend(items.iter().filter_map(|item| item.text(findings)));
    }
    let description = fields.get("description").and_then(|c| c.text(findings));
    let align = fields.get("align").map_or(Some(Align::Delay), |c| c.word(findings, &ALIGN_WORDS));
    let screen =
        fields.get("screen").map_or(Some(Screen::USUAL), |c| read_room_screen(&c, findings));
    let example = "speakers: [{name: L, azimuth: 30}, {name: R, azimuth: -30}]";
    let list = fields.need("speakers", findings, example);
    fields.finish(findings);
    let list = list?;
    let items = list.items(findings, "a list of loudspeakers");
    let speakers: Vec<_> = items.iter().filter_map(|item| read_speaker(item, findings)).collect();
    if speakers.len() < items.len() {
        return None;
    }
    let trims = trims(&list, &speakers, align?, findings)?;
    let speakers = speakers.into_iter().map(|placed| placed.speaker).collect();
    match Layout::new(name?, speakers).and_then(|layout| layout.with_trims(trims)) {
        Ok(mut layout) => {
            layout.aliases = aliases;
            layout.description = description.unwrap_or_default();
            layout.screen = screen;
            Some(layout)
        }
        Err(error) => {
            list.report(findings, Finding::error(rules::LAYOUT_SPEAKERS, error.to_string()));
            None
        }
    }
}

fn read_room_screen(cursor: &Cursor<'_>, findings: &mut Findings) -> Option<Screen> {
    if cursor.is_map() {
        return read_screen(cursor, findings);
    }
    cursor.word(findings, &NO_SCREEN);
    None
}

/// The gains and delays of the loudspeakers, their distances included.
fn trims(
    list: &Cursor<'_>,
    speakers: &[PlacedSpeaker],
    align: Align,
    findings: &mut Findings,
) -> Option<Vec<SpeakerTrim>> {
    let distances = || speakers.iter().filter_map(|placed| placed.distance_m);
    let farthest = distances().fold(0.0, f64::max);
    let missing = |placed: &&PlacedSpeaker| placed.distance_m.is_none() && !placed.speaker.lfe;
    if farthest > 0.0 && speakers.iter().any(|placed| missing(&placed)) {
        let names = speakers.iter().filter(missing).map(|placed| placed.speaker.name.as_str());
        let finding = Finding::error(rules::LAYOUT_DISTANCE, "some loudspeakers have no distance")
            .found(names.collect::<Vec<_>>().join(", "))
            .hint("measure these too, or leave `distance` out everywhere and write `delay`");
        list.report(findings, finding);
        return None;
    }
    let trim = |placed: &PlacedSpeaker| {
        let SpeakerTrim { gain, delay_s } = placed.trim;
        let distance = placed.distance_m.unwrap_or(farthest);
        let later = (farthest - distance) / SPEED_OF_SOUND;
        let softer = if farthest > 0.0 { distance / farthest } else { 1.0 };
        match align {
            Align::Nothing => placed.trim,
            Align::Delay => SpeakerTrim { gain, delay_s: delay_s + later },
            Align::DelayAndGain => {
                SpeakerTrim { gain: LinearGain(gain.0 * softer), delay_s: delay_s + later }
            }
        }
    };
    Some(speakers.iter().map(trim).collect())
}

fn read_speaker(item: &Cursor<'_>, findings: &mut Findings) -> Option<PlacedSpeaker> {
    let mut fields = item.fields(findings, &spec::SPEAKER)?;
    let name = fields.need("name", findings, "name: L").and_then(|c| c.text(findings));
    let label = fields.get("label").and_then(|c| c.text(findings));
    let lfe = fields.get("lfe").and_then(|c| c.word(findings, &LFE_WORDS)).unwrap_or(false);
    let azimuth =
        if lfe { fields.get("azimuth") } else { fields.need("azimuth", findings, "azimuth: 30") };
    let azimuth = azimuth.map(|c| c.number(findings, &AZIMUTH));
    let elevation = fields.get("elevation").map(|c| c.number(findings, &ELEVATION));
    let room = fields.get("room").map(|c| read_room(&c, findings));
    let distance_m = fields.get("distance").map(|c| c.number(findings, &SPEAKER_METRES).map(Some));
    let gain_db = fields.get("gain").map_or(Some(0.0), |c| c.gain(findings));
    let delay_ms = fields.get("delay").map_or(Some(0.0), |c| c.number(findings, &DELAY));
    fields.finish(findings);
    let default = if lfe { LFE_DIRECTION } else { PolarPosition::on_sphere(0.0, 0.0) };
    let direction = PolarPosition::on_sphere(
        azimuth.unwrap_or(Some(default.azimuth_deg))?,
        elevation.unwrap_or(Some(default.elevation_deg))?,
    );
    let usual_room = if lfe { LFE_ROOM } else { direction.to_room() };
    let name = name?;
    let speaker = Speaker {
        label: label.unwrap_or_else(|| name.clone()),
        name,
        direction,
        room: room.unwrap_or(Some(usual_room))?,
        lfe,
    };
    let gain = LinearGain::from(Decibels(gain_db?));
    let trim = SpeakerTrim { gain, delay_s: delay_ms? / 1000.0 };
    Some(PlacedSpeaker { speaker, distance_m: distance_m.unwrap_or(Some(None))?, trim })
}

fn read_room(cursor: &Cursor<'_>, findings: &mut Findings) -> Option<RoomPosition> {
    const WANTED: &str = "a list of three coordinates [x, y, z]";
    let errors = findings.errors();
    let items = cursor.items(findings, WANTED);
    if errors == findings.errors() && items.len() != 3 {
        let finding = Finding::error(rules::VALUE_TYPE, format!("room must be {WANTED}"))
            .found(format!("{} values", items.len()));
        cursor.report(findings, finding);
    }
    let numbers: Vec<_> = items.iter().filter_map(|c| c.number(findings, &ROOM)).collect();
    let [x, y, z] = numbers[..] else { return None };
    Some(RoomPosition { x, y, z })
}

/// A layout as a scene asks for it.
#[derive(Clone, Debug, PartialEq)]
pub enum LayoutRequest {
    /// One of [`standard_layouts`].
    Standard(&'static Layout),
    /// A layout file; the path as written, relative to the scene.
    File(String),
}

impl LayoutRequest {
    /// Reads a layout's name, or a file name ending in `.yaml` or `.yml`.
    pub(crate) fn read(cursor: &Cursor<'_>, findings: &mut Findings) -> Option<Self> {
        let text = cursor.scalar(findings, "a layout such as 7.1.4")?;
        if let Some(layout) = find_layout(text) {
            return Some(Self::Standard(layout));
        }
        if text.ends_with(".yaml") || text.ends_with(".yml") {
            let spot: Spot = cursor.spot();
            return check_text(text, &spot, "speakers", findings)
                .then(|| Self::File(text.to_owned()));
        }
        let hint = closest_layout_name(text).map_or_else(
            || "a layout of your own is a file ending in .yaml".to_owned(),
            |name| format!("did you mean `{name}`?"),
        );
        let allowed = standard_layouts().iter().map(|l| l.name.as_str()).collect::<Vec<_>>();
        let finding = Finding::error(rules::VALUE_WORD, "there is no such layout")
            .found(cursor.found())
            .allowed(format!("{} or a file", allowed.join(", ")))
            .hint(hint);
        cursor.report(findings, finding);
        None
    }
}
