//! The stems of a programme: each once for every way it is heard.

use super::{Share, StemState, Work};
use crate::clips;
use crate::edits::MapIndex;
use crate::groups::Membership;
use crate::scene::Route;
use cupola_model::{
    Cuts, Decibels, Envelope, FrameCount, LaneSource, LinearGain, StemIndex, StemUse,
};
use std::sync::Arc;

/// A stem that goes through a low-pass before it is cut.
#[derive(Debug)]
pub(super) struct FilteredUse {
    stem: usize,
    map: MapIndex,
    low_pass_hz: f64,
    /// The groups that move its gain.
    automated: Membership,
    /// Their gain over time, in the song.
    envelope: Option<Arc<Envelope>>,
}

impl Work<'_> {
    pub(super) fn collect_stems(&mut self) {
        for (i, stem) in self.scene.stems.iter().enumerate() {
            let state = match (stem.used, self.facts(i)) {
                (false, _) => StemState::Unused,
                (true, None) => StemState::Unread,
                (true, Some(_)) => StemState::Known,
            };
            self.stems.push(state);
        }
        self.collect_plays();
    }

    fn collect_plays(&mut self) {
        let scene = self.scene;
        for (i, settings) in scene.stem_settings.iter().enumerate() {
            let known = self.stems[i] == StemState::Known;
            let facts = self.facts(i).filter(|_| known);
            let clips = settings.plays.as_ref().zip(facts).map(|(plays, facts)| {
                let stem = &scene.stems[i].name;
                if let Some(end) = scene.end {
                    clips::warn_of_late(plays, &scene.clock, end, stem, &mut self.findings);
                }
                let budget = &mut self.clips_left;
                clips::clips(plays, &scene.clock, facts, stem, budget, &mut self.findings)
            });
            self.plays.push(clips);
        }
    }

    /// Every stem once for each map it is heard through.
    pub(super) fn collect_uses(&mut self) {
        let scene = self.scene;
        for bed in &scene.beds {
            for route in &bed.routes {
                let map = self.maps.of(bed.groups.iter().chain(&route.groups), &mut self.findings);
                if !self.is_filtered_first(route, map) {
                    self.uses.insert((route.stem, map), StemIndex(0));
                }
            }
        }
        for object in &scene.objects {
            let map = self.maps.of(object.groups.iter(), &mut self.findings);
            self.uses.insert((object.stem, map), StemIndex(0));
        }
        self.uses.retain(|(stem, _), _| self.stems[*stem] == StemState::Known);
        self.uses.values_mut().enumerate().for_each(|(i, index)| *index = StemIndex(i));
    }

    /// Whether a route filters what is cut afterwards. A filter after the cuts would miss what was cut
    /// out, and ring on with what is not there any more.
    fn is_filtered_first(&self, route: &Route, map: MapIndex) -> bool {
        route.low_pass_hz.is_some() && !self.maps.get(map).is_identity()
    }

    /// The stem of the timeline that is a stem filtered and then cut.
    fn filtered_use(
        &mut self,
        route: &Route,
        low_pass_hz: f64,
        share: &Share,
    ) -> Option<StemIndex> {
        if self.stems[route.stem] != StemState::Known {
            return None;
        }
        let same = |known: &FilteredUse| {
            (known.stem, known.map) == (route.stem, share.map)
                && known.low_pass_hz.to_bits() == low_pass_hz.to_bits()
                && known.automated == share.automated
        };
        let known = self.filtered.iter().position(same);
        let index = match known {
            Some(index) => index,
            None => {
                let envelope = if share.automated.is_empty() {
                    None
                } else {
                    let song = self.groups.envelope(&share.automated, self.points_left)?;
                    self.points_left -= song.points().len();
                    Some(Arc::new(song))
                };
                self.filtered.push(FilteredUse {
                    stem: route.stem,
                    map: share.map,
                    low_pass_hz,
                    automated: share.automated.clone(),
                    envelope,
                });
                self.filtered.len() - 1
            }
        };
        Some(StemIndex(self.uses.len() + index))
    }

    /// The stems that are filtered and then cut, after all others.
    pub(super) fn filtered_stems(&mut self, song: FrameCount) -> Vec<StemUse> {
        let scene = self.scene;
        let mut used = Vec::new();
        for FilteredUse { stem, map, low_pass_hz, envelope, .. } in &self.filtered {
            let (Some(facts), settings) = (self.facts(*stem), &scene.stem_settings[*stem]) else {
                continue;
            };
            let cuts = self.maps.get(*map).clips(&[clips::straight(song)], self.clips_left);
            let Some(cuts) = cuts else {
                clips::refuse_clips(&settings.spot, &mut self.findings);
                break;
            };
            self.clips_left -= cuts.len();
            used.push(StemUse {
                name: scene.stems[*stem].name.clone(),
                facts: facts.clone(),
                offset: settings.offset,
                clips: self.plays[*stem].clone(),
                cuts: Some(Cuts {
                    low_pass_hz: *low_pass_hz,
                    envelope: envelope.clone(),
                    clips: cuts,
                }),
            });
        }
        used
    }

    pub(super) fn used_stems(&mut self) -> Vec<StemUse> {
        let scene = self.scene;
        let mut used = Vec::new();
        for &(i, map) in self.uses.keys() {
            let Some(facts) = self.facts(i) else { continue };
            let (settings, map) = (&scene.stem_settings[i], self.maps.get(map));
            let clips = if map.is_identity() {
                self.plays[i].clone()
            } else {
                let end = facts.end_at(scene.sample_rate, settings.offset);
                let straight = [clips::straight(end)];
                let song = self.plays[i].as_deref().unwrap_or(&straight);
                let Some(clips) = map.clips(song, self.clips_left) else {
                    clips::refuse_clips(&settings.spot, &mut self.findings);
                    break;
                };
                self.clips_left -= clips.len();
                Some(clips)
            };
            if let Some(clips) = &clips {
                let name = &scene.stems[i].name;
                clips::check_overlap(clips, name, &settings.spot, &mut self.findings);
            }
            let (name, facts) = (scene.stems[i].name.clone(), facts.clone());
            used.push(StemUse { name, facts, offset: settings.offset, clips, cuts: None });
        }
        used
    }

    /// A source of a lane: channel, factor and extra gain in dB of a stem.
    pub(super) fn source(
        &self,
        stem: usize,
        (channel, factor): (u16, f64),
        gain_db: f64,
        share: &Share,
    ) -> Option<LaneSource> {
        let stem_index = *self.uses.get(&(stem, share.map))?;
        let gain = self.source_gain(stem, factor, gain_db, share);
        let envelope = share.envelope.clone();
        Some(LaneSource { stem: stem_index, channel, gain, low_pass_hz: None, envelope })
    }

    /// [`Self::source`] of a route, through its low-pass.
    pub(super) fn route_source(
        &mut self,
        route: &Route,
        (channel, factor): (u16, f64),
        gain_db: f64,
        share: &Share,
    ) -> Option<LaneSource> {
        let cutoff = route.low_pass_hz.filter(|_| self.is_filtered_first(route, share.map));
        if let Some(low_pass_hz) = cutoff {
            let stem = self.filtered_use(route, low_pass_hz, share)?;
            let gain = self.source_gain(route.stem, factor, gain_db, share);
            return Some(LaneSource { stem, channel, gain, low_pass_hz: None, envelope: None });
        }
        let source = self.source(route.stem, (channel, factor), gain_db, share)?;
        Some(LaneSource { low_pass_hz: route.low_pass_hz, ..source })
    }

    fn source_gain(&self, stem: usize, factor: f64, gain_db: f64, share: &Share) -> LinearGain {
        let total_db = self.scene.stem_settings[stem].gain_db + gain_db + share.gain_db;
        LinearGain(LinearGain::from(Decibels(total_db)).0 * factor)
    }
}
