//! A panner for every object of a programme.

use super::bs2127::{ChannelLock, Divergence, GainCalculator, ObjectMetadata, Zone};
use super::featured::{Featured, Space, excludes_all};
use super::room::RoomPanner;
use super::vbap::Vbap;
use super::{ByPosition, Panner, PannerChoice};
use crate::RenderError;
use cupola_model::{Layout, ObjectFeatures, ObjectState, Position, Screen, ScreenEdges};
use std::sync::Arc;

/// Most panners that are kept to be shared; a master has no more objects.
const MOST_KEPT: usize = 118;

/// The panners of a programme's objects on a layout: one for all that have the same features.
#[derive(Debug)]
pub struct Panners {
    choice: PannerChoice,
    layout: Layout,
    /// The screen of the production.
    reference: ScreenEdges,
    plain: Arc<dyn Panner>,
    calculator: Option<Arc<GainCalculator>>,
    made: Vec<(ObjectFeatures, Arc<dyn Panner>)>,
}

impl Panners {
    /// Panners of this law. Fails where [`PannerChoice::panner`] does.
    pub fn new(choice: PannerChoice, layout: &Layout) -> Result<Self, RenderError> {
        let calculator = match choice {
            PannerChoice::Bs2127 => Some(Arc::new(GainCalculator::new(layout)?)),
            _ => None,
        };
        let plain: Arc<dyn Panner> = match &calculator {
            Some(calculator) => Arc::clone(calculator) as Arc<dyn Panner>,
            None => choice.panner(layout)?.into(),
        };
        let reference = usual_edges();
        Ok(Self { choice, layout: layout.clone(), reference, plain, calculator, made: Vec::new() })
    }

    /// The same for a programme made in front of another screen than [`Screen::USUAL`].
    pub fn with_reference(self, reference: ScreenEdges) -> Self {
        Self { reference, made: Vec::new(), ..self }
    }

    /// The panner of an object with these features. Its diffuse share, its importance and whether it
    /// turns with the head are not the panner's business. Costs milliseconds the first time.
    ///
    /// ```
    /// use cupola_model::*;
    /// use cupola_render::{PannerChoice, Panners};
    /// let speaker = |name: &str, azimuth, x| Speaker { name: name.into(), label: name.into(),
    ///     direction: PolarPosition::on_sphere(azimuth, 0.0),
    ///     room: RoomPosition { x, y: 1.0, z: 0.0 }, lfe: false };
    /// let stereo = Layout::new("2.0", vec![speaker("L", 30.0, -1.0), speaker("R", -30.0, 1.0)])?;
    /// let mut panners = Panners::new(PannerChoice::ByPosition, &stereo)?;
    /// let snap = ObjectFeatures { snap: Some(Snap::default()), ..ObjectFeatures::default() };
    /// let nearly_left = ObjectState { gain: LinearGain::UNITY, size: 0.0,
    ///     position: Position::Polar(PolarPosition::on_sphere(10.0, 0.0)) };
    /// let mut gains = [0.0; 2];
    /// panners.of(&snap).gains(&nearly_left, &mut gains);
    /// assert!((gains[0] - 1.0).abs() < 1e-12 && gains[1].abs() < 1e-12);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of(&mut self, features: &ObjectFeatures) -> Arc<dyn Panner> {
        let plain = ObjectFeatures::default();
        let key = ObjectFeatures {
            diffuse: plain.diffuse,
            importance: plain.importance,
            head_locked: plain.head_locked,
            ..features.clone()
        };
        if key == plain {
            return Arc::clone(&self.plain);
        }
        if let Some((_, panner)) = self.made.iter().find(|(known, _)| *known == key) {
            return Arc::clone(panner);
        }
        let panner = self.make(&key);
        if self.made.len() < MOST_KEPT {
            self.made.push((key, Arc::clone(&panner)));
        }
        panner
    }

    /// Whether the zones of an object exclude every loudspeaker. They are then not heeded.
    pub fn excludes_all(&self, features: &ObjectFeatures) -> bool {
        match &self.calculator {
            Some(calculator) => calculator.excludes_all(&boxes(features)),
            None => excludes_all(&self.layout, &features.zones),
        }
    }

    fn make(&self, features: &ObjectFeatures) -> Arc<dyn Panner> {
        if let Some(calculator) = &self.calculator {
            let calculator = Arc::clone(calculator);
            let told = metadata(features, self.reference);
            return Arc::new(Bs2127Object { calculator, told });
        }
        let (layout, screen) = (&self.layout, self.reference);
        let vbap = || Featured::new(Space::Polar, layout, features, screen, Vbap::new);
        let room = || Featured::new(Space::Room, layout, features, screen, RoomPanner::new);
        match self.choice {
            PannerChoice::Vbap => Arc::new(vbap()),
            PannerChoice::Room => Arc::new(room()),
            _ => Arc::new(ByPosition { vbap: vbap(), room: room() }),
        }
    }
}

fn usual_edges() -> ScreenEdges {
    Screen::USUAL.edges().expect("the usual screen stands in front")
}

/// An object as the ITU renderer has it.
#[derive(Debug)]
struct Bs2127Object {
    calculator: Arc<GainCalculator>,
    /// Everything but position, size and gain.
    told: ObjectMetadata,
}

impl Panner for Bs2127Object {
    fn gains(&self, state: &ObjectState, out: &mut [f64]) {
        self.calculator.gains_of(state, &self.told, out);
    }
}

/// Features as the recommendation has them.
fn metadata(features: &ObjectFeatures, reference: ScreenEdges) -> ObjectMetadata {
    let nowhere = Position::Polar(cupola_model::PolarPosition::on_sphere(0.0, 0.0));
    ObjectMetadata {
        channel_lock: features.snap.map(|snap| ChannelLock { max_distance: snap.within }),
        divergence: features.divergence.map(Divergence::from),
        zone_exclusion: boxes(features),
        screen_ref: features.screen_ref.then_some(reference),
        screen_edge_lock: features.screen_edge,
        ..ObjectMetadata::at(nowhere)
    }
}

fn boxes(features: &ObjectFeatures) -> Vec<Zone> {
    features.zones.all().map(|zone| Zone::Box { min: zone.min, max: zone.max }).collect()
}
