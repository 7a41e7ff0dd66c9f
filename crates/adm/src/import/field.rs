//! Higher-order Ambisonics: components to ambisonic beds.

use super::ImportLane;
use super::document::{Object, Pack};
use super::features::Feature;
use super::resolve::{Part, Resolver};
use crate::check::report::Where;
use crate::node::Node;
use crate::rules::import as rules;
use cupola_model::ambisonics::component;
use cupola_model::{
    AmbisonicBed, AmbisonicChannel, AmbisonicScale, BinauralMode, Item, TrackIndex,
};

/// What a block or a pack says of components. [BS.2076-2]
#[derive(Clone, Debug, Default)]
pub(super) struct FieldWords {
    order: Option<u8>,
    degree: Option<i8>,
    normalization: String,
    /// What a scene has no place for.
    left_out: Vec<Feature>,
}

impl FieldWords {
    pub(super) fn of(node: &Node) -> Self {
        // In packs of older files they are attributes.
        let text = |name: &str| match node.child(name) {
            Some(child) => child.text.trim(),
            None => node.attribute(name).trim(),
        };
        let on = |name: &str| text(name).parse::<f64>().is_ok_and(|value| value != 0.0);
        let all =
            [(Feature::NearField, on("nfcRefDist")), (Feature::ScreenReference, on("screenRef"))];
        Self {
            order: text("order").parse().ok(),
            degree: text("degree").parse().ok(),
            normalization: text("normalization").to_owned(),
            left_out: all.into_iter().filter(|(_, used)| *used).map(|(f, _)| f).collect(),
        }
    }

    /// The component and its scale, SN3D where neither it nor its pack says another; `None` for one that
    /// no scale knows.
    fn component(&self, pack: &Self) -> Option<(usize, AmbisonicScale)> {
        let name = [&self.normalization, &pack.normalization];
        let name = name.into_iter().find(|name| !name.is_empty()).map_or("SN3D", String::as_str);
        let scale = AmbisonicScale::from_name(name)?;
        let (order, degree) = (self.order?, self.degree?);
        let known = order <= scale.max_order() && degree.unsigned_abs() <= order;
        known.then(|| (component(order, degree), scale))
    }
}

impl<'d> Resolver<'d> {
    /// The ambisonic bed of these channels, each with its pack.
    pub(super) fn field(
        &mut self,
        object: &Object,
        name: &str,
        groups: &[String],
        parts: Vec<(Part<'d>, String)>,
    ) {
        if parts.is_empty() {
            return;
        }
        let silent = FieldWords::default();
        let mut scales = Vec::new();
        let mut channels: Vec<(usize, ImportLane)> = Vec::new();
        let count = parts.len();
        for (part, pack) in parts {
            let pack: Option<&Pack> = self.document.packs.get(&pack);
            let pack = pack.map_or(&silent, |pack| &pack.field);
            let Some(words) = part.format.map(|format| &format.field) else { break };
            let Some((number, scale)) = words.component(pack) else { break };
            if channels.iter().any(|(other, _)| *other == number) {
                break;
            }
            for feature in words.left_out.iter().chain(&pack.left_out) {
                let names = self.left_out.entry(*feature).or_default();
                if names.last().is_none_or(|last| last != name) {
                    names.push(name.to_owned());
                }
            }
            scales.push(scale);
            channels.push((number, part.lane));
        }
        let scale = scales.first().copied().filter(|first| scales.iter().all(|s| s == first));
        let Some(scale) = scale.filter(|_| channels.len() == count) else {
            let message = format!(
                "{name} is HOA (higher-order Ambisonics) whose components cannot be told from each other"
            );
            let place = Where::at(object.offset, &object.id);
            let allowed =
                "order, degree and one normalization for each channel, up to seventh order";
            let found = format!("{count} tracks");
            self.report.warning(rules::TYPE, place, message, found, allowed);
            return;
        };
        let bed = AmbisonicBed {
            name: name.to_owned(),
            groups: groups.to_vec(),
            scale,
            binaural: BinauralMode::default(),
            channels: channels
                .iter()
                .map(|(number, _)| AmbisonicChannel { number: *number, lane: TrackIndex(0) })
                .collect(),
        };
        let lanes = channels.into_iter().map(|(_, lane)| lane).collect();
        self.beds.push((Item::Ambisonic(bed), lanes));
    }
}
