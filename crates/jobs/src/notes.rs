//! What a run has to say about its outputs before it starts.

use crate::options::MasterFormat;
use crate::plan::Recipe;
use crate::rules;
use cupola_model::{Bed, Finding, Object, ObjectFeatures, Severity, Timeline};

/// What the profile has to say about the master this programme becomes. Its errors refuse the run
/// when the file is started; here they are left to that.
pub(crate) fn master(timeline: &Timeline, recipes: &[&Recipe]) -> Vec<Finding> {
    let wanted = |wanted: MasterFormat| {
        recipes.iter().any(|r| matches!(r, Recipe::Master { format } if *format == wanted))
    };
    let mut findings = Vec::new();
    if wanted(MasterFormat::AdmBwf) || wanted(MasterFormat::Damf) {
        findings.extend(cupola_masters::check_limits(timeline));
    }
    if wanted(MasterFormat::Damf) {
        findings.extend(cupola_masters::check_damf(timeline));
    }
    if wanted(MasterFormat::AdmItu) {
        for finding in cupola_masters::check_itu(timeline) {
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
    }
    findings.retain(|f| f.severity != Severity::Error);
    findings
}

/// Features of objects that only loudspeakers can follow; virtual ones follow all but one.
pub(crate) fn loudspeaker_features(
    timeline: &Timeline,
    recipes: &[&Recipe],
    virtual_ones: bool,
) -> Option<Finding> {
    if !recipes.iter().any(|r| matches!(r, Recipe::Binaural { .. })) {
        return None;
    }
    if virtual_ones {
        let diffuse = timeline.objects().filter(|o| o.features.diffuse > 0.0);
        let names: Vec<_> = diffuse.map(|o| o.name.as_str()).collect();
        let message =
            "virtual loudspeakers play nothing diffuse; the objects are heard as if they were not";
        let note = Finding::note(rules::BINAURAL_FEATURES, message).found(names.join(", "));
        return (!names.is_empty()).then_some(note);
    }
    let message = "snap, zones, divergence, diffuse, screen_ref and screen_edge are for loudspeakers; headphones \
                   hear the objects without them";
    let names = featured(timeline)?;
    Some(Finding::note(rules::BINAURAL_FEATURES, message).found(names))
}

/// The same for ambisonics.
pub(crate) fn ambisonic_features(timeline: &Timeline, recipes: &[&Recipe]) -> Option<Finding> {
    if !recipes.iter().any(|r| matches!(r, Recipe::Ambisonics { .. })) {
        return None;
    }
    let message = "snap, zones, divergence, diffuse, screen_ref and screen_edge are for loudspeakers; ambisonics \
                   hold the objects without them";
    let names = featured(timeline)?;
    Some(Finding::note(rules::AMBISONIC_FEATURES, message).found(names))
}

/// The names of the objects with such features; `None` without any.
fn featured(timeline: &Timeline) -> Option<String> {
    let told = |o: &&Object| {
        let ObjectFeatures { snap, zones, divergence, diffuse, screen_ref, screen_edge, .. } =
            &o.features;
        let on_screen = *screen_ref || !screen_edge.is_none();
        snap.is_some() || !zones.is_empty() || divergence.is_some() || *diffuse > 0.0 || on_screen
    };
    let names: Vec<_> = timeline.objects().filter(told).map(|o| o.name.as_str()).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// Zones that would leave an object nowhere to play.
pub(crate) fn idle_zones(names: &[String], layout: &str) -> Option<Finding> {
    if names.is_empty() {
        return None;
    }
    let message = format!("every loudspeaker of {} stands in the zones of objects", layout);
    Some(
        Finding::warning(rules::ZONES_IDLE, message)
            .subject(layout)
            .found(names.join(", "))
            .hint("their zones are not heeded there; leave some loudspeakers out of them"),
    )
}

/// An LFE that carries something and has nowhere to go.
pub(crate) fn dropped_lfe(
    dropped: &[String],
    target: &str,
    timeline: &Timeline,
) -> Option<Finding> {
    let fed = |bed: &Bed| {
        let mut lfes = bed.channels.iter().filter(|c| c.label.is_lfe());
        lfes.any(|c| !timeline.lanes[c.lane.0].sources.is_empty())
    };
    let fed: Vec<_> = timeline.beds().filter(|bed| fed(bed)).map(|bed| bed.name.as_str()).collect();
    let dropped = dropped.iter().map(String::as_str);
    let beds: Vec<_> = dropped.filter(|name| fed.contains(name)).collect();
    if beds.is_empty() {
        return None;
    }
    let message = format!("{target} has no LFE; that of {} is left out there", beds.join(", "));
    Some(
        Finding::warning(rules::LFE_DROPPED, message)
            .subject(target)
            .hint("send the low end to a full-range channel as well if it must be heard"),
    )
}
