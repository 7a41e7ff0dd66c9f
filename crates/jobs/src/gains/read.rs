//! A judge's JSON as objects and loudspeaker channels. Keys and meanings are those of the oracle script
//! `ear_gains.py`; what it ignores is ignored here, with a warning.

use crate::{JobError, rules};
use cupola_model::ambisonics::component;
use cupola_model::{
    AmbisonicScale, Finding, HorizontalEdge, Place, PolarPosition, Position, RoomPosition, Screen,
    ScreenEdgeLock, ScreenEdges, VerticalEdge,
};
use cupola_render::bs2127::{
    Bounded, ChannelLock, Divergence, ObjectMetadata, SpeakerChannel, SpeakerPosition, Zone,
    layout_of_pack,
};
use serde_json::{Map, Value};
use std::fmt;
use std::path::{Path, PathBuf};

/// Why an object has no gains.
#[derive(Debug)]
pub(super) struct Refusal {
    path: String,
    reason: String,
}

impl Refusal {
    pub(super) fn new(path: &str, reason: impl Into<String>) -> Self {
        Self { path: path.to_owned(), reason: reason.into() }
    }

    pub(super) fn finding(&self, file: &Path) -> Finding {
        Finding::error(rules::GAINS_REFUSED, self.reason.clone()).at(place(file, &self.path))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.reason)
    }
}

fn place(file: &Path, path: &str) -> Place {
    Place { file: file.display().to_string(), path: path.to_owned(), ..Place::default() }
}

/// The entries of a list, or of the list `objects` in a map.
pub(super) fn list(text: &str, file: &Path) -> Result<Vec<Value>, JobError> {
    let invalid = |finding: Finding| JobError::SceneInvalid(vec![finding]);
    let value: Value = serde_json::from_str(text).map_err(|error| {
        let place = Place {
            file: file.display().to_string(),
            line: u32::try_from(error.line()).unwrap_or(0),
            column: u32::try_from(error.column()).unwrap_or(0),
            path: String::new(),
        };
        invalid(Finding::error(rules::GAINS_SYNTAX, format!("this is not JSON: {error}")).at(place))
    })?;
    let list = match value {
        Value::Array(list) => Some(list),
        Value::Object(mut map) => match map.remove("objects") {
            Some(Value::Array(list)) => Some(list),
            _ => None,
        },
        _ => None,
    };
    list.ok_or_else(|| {
        let finding = Finding::error(rules::GAINS_LIST, "there is no list of objects in the file");
        invalid(finding.allowed("a list, or a map with the list `objects`").at(place(file, "")))
    })
}

/// An entry of the list.
pub(super) enum Entry {
    Object(Box<ObjectMetadata>),
    Speaker(SpeakerChannel),
    /// Ambisonic components by their numbers.
    Field(AmbisonicScale, Vec<usize>),
}

/// The keys of an entry.
const KEYS: [&str; 21] = [
    "type",
    "position",
    "width",
    "height",
    "depth",
    "gain",
    "diffuse",
    "divergence",
    "channelLock",
    "zoneExclusion",
    "screenRef",
    "referenceScreen",
    "screenEdgeLock",
    "cartesian",
    "speakerLabel",
    "pack",
    "lowPass",
    "highPass",
    "orders",
    "degrees",
    "normalization",
];

/// Reads the objects of a file.
pub(super) struct File {
    file: PathBuf,
    unknown: Vec<String>,
    /// Warnings about keys nobody reads, each key once.
    pub findings: Vec<Finding>,
}

impl File {
    pub(super) fn new(file: &Path) -> Self {
        Self { file: file.to_path_buf(), unknown: Vec::new(), findings: Vec::new() }
    }

    pub(super) fn entry(&mut self, value: &Value, path: &str) -> Result<Entry, Refusal> {
        let fields = Fields::of(value, path)?;
        self.warn_of_unknown(&fields);
        match fields.get("type").map(Value::as_str) {
            None | Some(Some("Objects")) => Ok(Entry::Object(Box::new(object(&fields)?))),
            Some(Some("DirectSpeakers")) => Ok(Entry::Speaker(speaker(&fields)?)),
            Some(Some("HOA")) => field(&fields),
            _ => Err(fields.refusal("type", "is neither Objects nor DirectSpeakers nor HOA")),
        }
    }

    fn warn_of_unknown(&mut self, fields: &Fields<'_>) {
        /// Nobody reads more.
        const MOST: usize = 20;
        for key in fields.map.keys() {
            let known = KEYS.contains(&key.as_str()) || self.unknown.contains(key);
            if known || self.unknown.len() >= MOST {
                continue;
            }
            self.unknown.push(key.clone());
            let finding = Finding::warning(rules::GAINS_KEY, format!("`{key}` is not read"));
            let path = format!("{}.{key}", fields.path);
            let mut finding = finding.at(place(&self.file, &path));
            let close = KEYS.map(|k| (strsim::jaro_winkler(k, key), k));
            let best = close.into_iter().max_by(|a, b| a.0.total_cmp(&b.0));
            if let Some((_, close)) = best.filter(|(score, _)| *score > 0.8) {
                finding = finding.hint(format!("did you mean `{close}`?"));
            }
            self.findings.push(finding);
        }
    }
}

fn object(fields: &Fields<'_>) -> Result<ObjectMetadata, Refusal> {
    let place = fields.map_at("position")?.ok_or_else(|| {
        fields.refusal("position", "is missing; give azimuth and elevation, or x, y and z")
    })?;
    let position = position(&place)?;
    let extent = |key| fields.number_in(key, 0.0, f64::INFINITY);
    let screen_ref = fields.flag("screenRef")?.unwrap_or(false);
    Ok(ObjectMetadata {
        cartesian: fields.flag("cartesian")?.unwrap_or(matches!(position, Position::Room(_))),
        width: extent("width")?.unwrap_or(0.0),
        height: extent("height")?.unwrap_or(0.0),
        depth: extent("depth")?.unwrap_or(0.0),
        gain: fields.number("gain")?.unwrap_or(1.0),
        diffuse: fields.number_in("diffuse", 0.0, 1.0)?.unwrap_or(0.0),
        divergence: divergence(fields)?,
        channel_lock: channel_lock(fields)?,
        zone_exclusion: zones(fields)?,
        screen_ref: screen(fields)?.filter(|_| screen_ref),
        screen_edge_lock: screen_edge_lock(fields)?,
        ..ObjectMetadata::at(position)
    })
}

/// Room coordinates may be upper or lower case.
fn position(fields: &Fields<'_>) -> Result<Position, Refusal> {
    let either = |lower: &str, upper: &str| {
        let key = if fields.get(lower).is_some() { lower } else { upper };
        fields.number(key)
    };
    if let Some(x) = either("x", "X")? {
        let y = either("y", "Y")?.ok_or_else(|| fields.refusal("y", "is missing beside x"))?;
        let z = either("z", "Z")?.unwrap_or(0.0);
        return Ok(Position::Room(RoomPosition { x, y, z }));
    }
    let azimuth_deg = fields
        .number_in("azimuth", -180.0, 180.0)?
        .ok_or_else(|| fields.refusal("azimuth", "is missing, and so is x; give one of the two"))?;
    Ok(Position::Polar(PolarPosition {
        azimuth_deg,
        elevation_deg: fields.number_in("elevation", -90.0, 90.0)?.unwrap_or(0.0),
        distance: fields.number_in("distance", 0.0, f64::INFINITY)?.unwrap_or(1.0),
    }))
}

/// A band up to here without a lower end is that of low-frequency effects. [BS.2127-0 §8.2]
const LFE_BAND_HZ: f64 = 200.0;

fn speaker(fields: &Fields<'_>) -> Result<SpeakerChannel, Refusal> {
    let place =
        fields.map_at("position")?.ok_or_else(|| fields.refusal("position", "is missing"))?;
    let labels = match fields.get("speakerLabel") {
        None => Vec::new(),
        Some(Value::Array(list)) => list
            .iter()
            .map(|label| label.as_str().map(str::to_owned))
            .collect::<Option<_>>()
            .ok_or_else(|| fields.refusal("speakerLabel", "is not a list of labels"))?,
        Some(_) => return Err(fields.refusal("speakerLabel", "is not a list of labels")),
    };
    let pack = fields.get("pack").map(|pack| {
        pack.as_str().ok_or_else(|| fields.refusal("pack", "is not the identifier of a pack"))
    });
    let low_pass = fields.number("lowPass")?;
    Ok(SpeakerChannel {
        labels,
        position: speaker_position(&place)?,
        from_layout: pack.transpose()?.and_then(layout_of_pack),
        low_band: low_pass.is_some_and(|hz| hz <= LFE_BAND_HZ)
            && fields.number("highPass")?.is_none(),
    })
}

fn field(fields: &Fields<'_>) -> Result<Entry, Refusal> {
    let whole = |key: &str| -> Result<Vec<i64>, Refusal> {
        let list = fields.get(key).and_then(Value::as_array);
        let numbers = list.and_then(|list| list.iter().map(Value::as_i64).collect());
        numbers.ok_or_else(|| fields.refusal(key, "is not a list of whole numbers"))
    };
    let (orders, degrees) = (whole("orders")?, whole("degrees")?);
    let scale = match fields.get("normalization").map(Value::as_str) {
        None => Some(AmbisonicScale::Sn3d),
        Some(name) => name.and_then(AmbisonicScale::from_name),
    };
    let scale = scale.ok_or_else(|| fields.refusal("normalization", "is not SN3D, N3D or FuMa"))?;
    if orders.is_empty() || orders.len() != degrees.len() {
        return Err(fields.refusal("degrees", "are not as many as there are orders, one or more"));
    }
    let number = |(&order, &degree): (&i64, &i64)| {
        let most = i64::from(scale.max_order());
        let known = (0..=most).contains(&order) && (-order..=order).contains(&degree);
        known.then(|| component(order as u8, degree as i8))
    };
    let numbers: Option<Vec<usize>> = orders.iter().zip(&degrees).map(number).collect();
    let numbers = numbers.ok_or_else(|| {
        let reason = format!(
            "and `degrees` are not components of {}, order 0 to {}",
            scale.name(),
            scale.max_order()
        );
        fields.refusal("orders", &reason)
    })?;
    let again = |(i, n): (usize, &usize)| numbers[..i].contains(n);
    if numbers.iter().enumerate().any(again) {
        return Err(fields.refusal("orders", "and `degrees` name a component twice"));
    }
    Ok(Entry::Field(scale, numbers))
}

fn speaker_position(fields: &Fields<'_>) -> Result<SpeakerPosition, Refusal> {
    let bounded = |key: &str, value: Option<f64>| {
        let edge = |end: &str| fields.number(&format!("{key}{end}"));
        Ok(Bounded { value: value.unwrap_or(0.0), min: edge("Min")?, max: edge("Max")? })
    };
    let upper = fields.get("X").is_some();
    if upper || fields.get("x").is_some() {
        let [x, y, z] = if upper { ["X", "Y", "Z"] } else { ["x", "y", "z"] };
        let along = |key| bounded(key, fields.number(key)?);
        return Ok(SpeakerPosition::Room([along(x)?, along(y)?, along(z)?]));
    }
    let azimuth = fields
        .number("azimuth")?
        .ok_or_else(|| fields.refusal("azimuth", "is missing, and so is x; give one of the two"))?;
    let distance = fields.number("distance")?.unwrap_or(1.0);
    Ok(SpeakerPosition::Polar([
        bounded("azimuth", Some(azimuth))?,
        bounded("elevation", fields.number("elevation")?)?,
        bounded("distance", Some(distance))?,
    ]))
}

fn divergence(fields: &Fields<'_>) -> Result<Option<Divergence>, Refusal> {
    let plain = |value| Divergence { value, azimuth_range: None, position_range: None };
    if !matches!(fields.get("divergence"), Some(Value::Object(_))) {
        return Ok(fields.number_in("divergence", 0.0, 1.0)?.map(plain));
    }
    let Some(parts) = fields.map_at("divergence")? else { return Ok(None) };
    let value = parts.number_in("value", 0.0, 1.0)?;
    Ok(Some(Divergence {
        value: value.ok_or_else(|| parts.refusal("value", "is missing; give 0 to 1"))?,
        azimuth_range: parts.number("azimuthRange")?,
        position_range: parts.number("positionRange")?,
    }))
}

fn channel_lock(fields: &Fields<'_>) -> Result<Option<ChannelLock>, Refusal> {
    if !matches!(fields.get("channelLock"), Some(Value::Object(_))) {
        return Ok(fields.flag("channelLock")?.unwrap_or(false).then(ChannelLock::default));
    }
    let Some(parts) = fields.map_at("channelLock")? else { return Ok(None) };
    // The oracle reads an empty map as false.
    let lock = ChannelLock { max_distance: parts.number("maxDistance")? };
    Ok((!parts.map.is_empty()).then_some(lock))
}

fn zones(fields: &Fields<'_>) -> Result<Vec<Zone>, Refusal> {
    let list = match fields.get("zoneExclusion") {
        None => return Ok(Vec::new()),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(fields.refusal("zoneExclusion", "is not a list of zones")),
    };
    let zone = |(n, value): (usize, &Value)| {
        let parts = Fields::of(value, &format!("{}.zoneExclusion[{n}]", fields.path))?;
        let edge = |key: &str| {
            let found = parts.number(key)?;
            found.ok_or_else(|| parts.refusal(key, "is missing; a zone has all its edges"))
        };
        if parts.get("minAzimuth").is_some() {
            return Ok(Zone::Sector {
                azimuths: [edge("minAzimuth")?, edge("maxAzimuth")?],
                elevations: [edge("minElevation")?, edge("maxElevation")?],
            });
        }
        Ok(Zone::Box {
            min: [edge("minX")?, edge("minY")?, edge("minZ")?],
            max: [edge("maxX")?, edge("maxY")?, edge("maxZ")?],
        })
    };
    list.iter().enumerate().map(zone).collect()
}

/// The screen of the production; the usual one if none is given.
fn screen(fields: &Fields<'_>) -> Result<Option<ScreenEdges>, Refusal> {
    let Some(parts) = fields.map_at("referenceScreen")? else { return Ok(Screen::USUAL.edges()) };
    let need = |key: &str| parts.number(key)?.ok_or_else(|| parts.refusal(key, "is missing"));
    let centre = parts.map_at("centre")?.map(|centre| position(&centre)).transpose()?;
    let centre = centre.unwrap_or(Screen::USUAL.centre);
    let screen = Screen { aspect_ratio: need("aspectRatio")?, centre, width: need("width")? };
    let edges = screen.edges();
    edges.map(Some).ok_or_else(|| {
        fields.refusal("referenceScreen", "reaches behind the listener or overhead, or has no size")
    })
}

fn screen_edge_lock(fields: &Fields<'_>) -> Result<ScreenEdgeLock, Refusal> {
    let Some(parts) = fields.map_at("screenEdgeLock")? else {
        return Ok(ScreenEdgeLock::default());
    };
    let horizontal = match parts.get("horizontal").map(Value::as_str) {
        None => None,
        Some(Some("left")) => Some(HorizontalEdge::Left),
        Some(Some("right")) => Some(HorizontalEdge::Right),
        Some(_) => return Err(parts.refusal("horizontal", "is neither left nor right")),
    };
    let vertical = match parts.get("vertical").map(Value::as_str) {
        None => None,
        Some(Some("top")) => Some(VerticalEdge::Top),
        Some(Some("bottom")) => Some(VerticalEdge::Bottom),
        Some(_) => return Err(parts.refusal("vertical", "is neither top nor bottom")),
    };
    Ok(ScreenEdgeLock { horizontal, vertical })
}

/// The keys of a JSON map and where it is. A null is as good as nothing.
struct Fields<'a> {
    map: &'a Map<String, Value>,
    path: String,
}

impl<'a> Fields<'a> {
    fn of(value: &'a Value, path: &str) -> Result<Self, Refusal> {
        match value {
            Value::Object(map) => Ok(Self { map, path: path.to_owned() }),
            _ => Err(Refusal::new(path, "is not a map of keys and values")),
        }
    }

    fn refusal(&self, key: &str, reason: &str) -> Refusal {
        Refusal::new(&format!("{}.{key}", self.path), reason)
    }

    fn get(&self, key: &str) -> Option<&'a Value> {
        self.map.get(key).filter(|value| !value.is_null())
    }

    fn map_at(&self, key: &str) -> Result<Option<Self>, Refusal> {
        let of = |value| Fields::of(value, &format!("{}.{key}", self.path));
        self.get(key).map(of).transpose()
    }

    fn number(&self, key: &str) -> Result<Option<f64>, Refusal> {
        self.number_in(key, f64::NEG_INFINITY, f64::INFINITY)
    }

    fn number_in(&self, key: &str, least: f64, most: f64) -> Result<Option<f64>, Refusal> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let number = value.as_f64().ok_or_else(|| self.refusal(key, "is not a number"))?;
        if (least..=most).contains(&number) {
            return Ok(Some(number));
        }
        let allowed = if most.is_finite() {
            format!("{least} to {most}")
        } else {
            format!("{least} or more")
        };
        Err(self.refusal(key, &format!("is {number}; allowed is {allowed}")))
    }

    fn flag(&self, key: &str) -> Result<Option<bool>, Refusal> {
        let Some(value) = self.get(key) else { return Ok(None) };
        value.as_bool().map(Some).ok_or_else(|| self.refusal(key, "is neither true nor false"))
    }
}
