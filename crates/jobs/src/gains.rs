//! The gains of a list of objects, in the form in which judges exchange them.
//!
//! A JSON list goes in and one of the same length comes out, so that anyone can hold our laws against
//! another renderer's, object by object.

mod read;

use crate::{JobError, PannerChoice, plan, project, rules};
use cupola_model::{
    Divergence, Finding, Layout, LinearGain, ObjectFeatures, ObjectState, PolarPosition, Position,
    Screen, Snap, ZoneBox, Zones,
};
use cupola_render::bs2127::{self, GainCalculator, ObjectMetadata, SpeakerCalculator, Zone};
use cupola_render::{AmbisonicDecoder, Panners, RenderError};
use read::{Entry, Refusal};
use serde_json::{Value, json};
use std::path::Path;

/// The gains of a list of objects.
#[derive(Debug)]
pub struct GainsReport {
    /// One JSON document: the layout's channels, and for each object its direct and diffuse gains (of HOA, for
    /// each component the gains of all channels) or
    /// why it was refused.
    pub document: String,
    /// What was refused, and what was not understood.
    pub findings: Vec<Finding>,
}

/// Findings about refused objects beyond these are left to the document.
const MOST_FINDINGS: usize = 20;

/// Computes the gains of the objects in a JSON file on a layout.
pub fn gains(layout: &str, objects: &Path, choice: PannerChoice) -> Result<GainsReport, JobError> {
    let layout = plan::find_layout(layout)?;
    let mut law = Law::new(&layout, choice).map_err(|e| JobError::Usage(e.to_string()))?;
    let text = project::read_text(objects, "a list of objects is a JSON file")?;
    let list = read::list(&text, objects)?;
    let mut file = read::File::new(objects);
    let mut refused = 0;
    let mut answers = Vec::with_capacity(list.len());
    for (index, value) in list.iter().enumerate() {
        let path = format!("objects[{index}]");
        let answer = file.entry(value, &path).and_then(|entry| law.answer(&entry, &path));
        answers.push(answer.unwrap_or_else(|refusal| {
            refused += 1;
            if refused <= MOST_FINDINGS {
                file.findings.push(refusal.finding(objects));
            }
            json!({ "error": refusal.to_string() })
        }));
    }
    if refused > MOST_FINDINGS {
        file.findings.push(Finding::error(
            rules::GAINS_REFUSED,
            format!("{} more objects were refused; the document says why", refused - MOST_FINDINGS),
        ));
    }
    let speakers = layout.speakers();
    let document = json!({
        "layout": standard_name(&layout),
        "channels": speakers.iter().map(|s| s.label.as_str()).collect::<Vec<_>>(),
        "is_lfe": speakers.iter().map(|s| s.lfe).collect::<Vec<_>>(),
        "objects": answers,
    });
    Ok(GainsReport { document: document.to_string(), findings: file.findings })
}

/// The name the layout has in standards, such as `4+7+0`, if it has one.
fn standard_name(layout: &Layout) -> &str {
    let names = std::iter::once(&layout.name).chain(&layout.aliases);
    let is_standard = |name: &&String| {
        name.split('+').count() == 3 && name.bytes().all(|b| b.is_ascii_digit() || b == b'+')
    };
    names.into_iter().find(is_standard).unwrap_or(&layout.name)
}

/// A panning law that answers for objects, and the decoder that goes with it.
struct Law {
    choice: PannerChoice,
    layout: Layout,
    panning: Panning,
    decoder: Option<AmbisonicDecoder>,
}

enum Panning {
    Bs2127 { objects: Box<GainCalculator>, speakers: Box<SpeakerCalculator> },
    Other(Box<Panners>),
}

impl Law {
    fn new(layout: &Layout, choice: PannerChoice) -> Result<Self, RenderError> {
        let panning = match choice {
            PannerChoice::Bs2127 => Panning::Bs2127 {
                objects: Box::new(GainCalculator::new(layout)?),
                speakers: Box::new(SpeakerCalculator::new(layout)?),
            },
            _ => Panning::Other(Box::new(Panners::new(choice, layout)?)),
        };
        Ok(Self { choice, layout: layout.clone(), panning, decoder: None })
    }

    fn answer(&mut self, entry: &Entry, path: &str) -> Result<Value, Refusal> {
        let Self { choice, layout, panning, decoder } = self;
        let lacks = |what| Refusal::new(path, format!("{} knows no {what}", choice.name()));
        let silence = || vec![0.0; layout.speakers().len()];
        match (panning, entry) {
            (Panning::Bs2127 { objects, .. }, Entry::Object(object)) => {
                let (mut direct, mut diffuse) = (silence(), silence());
                objects.gains(object, &mut direct, &mut diffuse);
                Ok(json!({ "direct": direct, "diffuse": diffuse }))
            }
            (Panning::Bs2127 { speakers, .. }, Entry::Speaker(channel)) => {
                let mut gains = silence();
                speakers.gains(channel, &mut gains);
                Ok(json!({ "gains": gains }))
            }
            (Panning::Other(panners), Entry::Object(object)) => {
                let state = plain_state(object).map_err(lacks)?;
                let features = features(object).map_err(lacks)?;
                let mut gains = silence();
                match object.screen_ref.filter(|screen| Some(*screen) != Screen::USUAL.edges()) {
                    Some(screen) => {
                        let panners = Panners::new(*choice, layout);
                        let panners = panners.map_err(|e| Refusal::new(path, e.to_string()))?;
                        panners.with_reference(screen).of(&features).gains(&state, &mut gains);
                    }
                    None => panners.of(&features).gains(&state, &mut gains),
                }
                let bus = |share: f64| -> Vec<f64> {
                    gains.iter().map(|gain| gain * object.gain * share.sqrt()).collect()
                };
                Ok(json!({ "direct": bus(1.0 - object.diffuse), "diffuse": bus(object.diffuse) }))
            }
            (Panning::Other(_), Entry::Speaker(_)) => Err(lacks("DirectSpeakers here")),
            (_, Entry::Field(scale, components)) => {
                let decoder = match decoder {
                    Some(decoder) => decoder,
                    None => decoder.insert(
                        AmbisonicDecoder::new(*choice, layout)
                            .map_err(|error| Refusal::new(path, error.to_string()))?,
                    ),
                };
                Ok(json!({ "matrix": decoder.matrix(*scale, components) }))
            }
        }
    }
}

/// What the laws without the features of the recommendation can pan, or the feature they lack.
fn plain_state(object: &ObjectMetadata) -> Result<ObjectState, &'static str> {
    let size = match object.position {
        Position::Polar(_) if object.depth == 0.0 => object.width / 180.0,
        Position::Room(_) if object.depth == object.width => object.width,
        _ => return Err("depth of its own"),
    };
    let lacks = [
        (object.width != object.height, "height other than the width"),
        (size > 1.0, "extent above 180 degrees, or size above 1"),
        (
            object.cartesian != matches!(object.position, Position::Room(_)),
            "`cartesian` against the kind of position",
        ),
    ];
    if let Some((_, feature)) = lacks.into_iter().find(|(lacks, _)| *lacks) {
        return Err(feature);
    }
    let position = match object.position {
        Position::Polar(p) => Position::Polar(PolarPosition { distance: p.distance.min(1.0), ..p }),
        Position::Room(room) if room.is_inside_cube() => Position::Room(room),
        Position::Room(_) => return Err("position outside the room"),
    };
    Ok(ObjectState { position, gain: LinearGain::UNITY, size })
}

/// The features of an object that the plainer laws pan by, or what they cannot tell of them.
fn features(object: &ObjectMetadata) -> Result<ObjectFeatures, &'static str> {
    let zone = |zone: &Zone| match *zone {
        Zone::Box { min, max } => Ok(ZoneBox { min, max }),
        Zone::Sector { .. } => Err("zoneExclusion by angles"),
    };
    let boxes = object.zone_exclusion.iter().map(zone).collect::<Result<_, _>>()?;
    let width = |d: bs2127::Divergence| match object.position {
        Position::Polar(_) => {
            2.0 * d.azimuth_range.unwrap_or(bs2127::Divergence::AZIMUTH_RANGE_DEG)
        }
        Position::Room(_) => 2.0 * d.position_range.unwrap_or(0.0),
    };
    Ok(ObjectFeatures {
        snap: object.channel_lock.map(|lock| Snap { within: lock.max_distance }),
        zones: Zones { boxes, ..Zones::default() },
        divergence: object.divergence.map(|d| Divergence { value: d.value, width: width(d) }),
        screen_ref: object.screen_ref.is_some(),
        screen_edge: object.screen_edge_lock,
        ..ObjectFeatures::default()
    })
}

#[cfg(test)]
mod tests;
