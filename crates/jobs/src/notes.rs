//! What a run has to say about its outputs before it starts.

use crate::plan::Recipe;
use cupola_model::{BinauralMode, Finding, Item, Layout, Severity, Timeline};
use cupola_render::SpeakerRenderer;

/// What the profile has to say about the master this programme becomes. Its errors refuse the run
/// when the file is started; here they are left to that.
pub(crate) fn master(timeline: &Timeline, recipes: &[&Recipe]) -> Vec<Finding> {
    if !recipes.iter().any(|r| matches!(r, Recipe::Master { .. })) {
        return Vec::new();
    }
    let mut findings = cupola_masters::check_limits(timeline);
    findings.retain(|f| f.severity != Severity::Error);
    findings
}

/// Headphone modes that this version stores but does not yet render.
pub(crate) fn binaural_modes(timeline: &Timeline, recipes: &[&Recipe]) -> Option<Finding> {
    let headphones = recipes.iter().any(|r| matches!(r, Recipe::Binaural { .. }));
    let modes = timeline.items.iter().flat_map(|item| match item {
        Item::Bed(bed) => bed.channels.iter().map(|c| c.binaural).collect::<Vec<_>>(),
        Item::Object(object) => vec![object.binaural],
    });
    let distant = modes.filter(|m| !matches!(m, BinauralMode::Off)).count();
    if !headphones || distant == 0 {
        return None;
    }
    let message = "near, mid and far sound alike in the headphone render; masters carry them";
    Some(
        Finding::note("binaural.modes", message)
            .found(format!("{distant} tracks with such a mode")),
    )
}

/// An LFE that has nowhere to go.
pub(crate) fn dropped_lfe(renderer: &SpeakerRenderer, layout: &Layout) -> Option<Finding> {
    let beds = renderer.dropped_lfe();
    if beds.is_empty() {
        return None;
    }
    let message =
        format!("{} has no LFE; that of {} is left out there", layout.name, beds.join(", "));
    Some(
        Finding::warning("render.lfe.dropped", message)
            .subject(&layout.name)
            .hint("send the low end to a full-range channel as well if it must be heard"),
    )
}
