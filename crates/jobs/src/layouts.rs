//! The loudspeaker layouts, listed or one in full.

use crate::{Document, Info, JobError, plan};
use cupola_model::Layout;
use serde_json::{Value, json};

/// The standard layouts, or the one that is named (a standard name, or a layout file).
pub fn layouts(name: Option<&str>) -> Result<Info, JobError> {
    let (lines, listed) = match name {
        None => {
            let all = cupola_scene::standard_layouts();
            (all.iter().map(summary).collect(), all.to_vec())
        }
        Some(name) => {
            let layout = plan::find_layout(name)?;
            (table(&layout), vec![layout])
        }
    };
    let listed: Value = listed.iter().map(layout_json).collect();
    Ok(Info { lines, document: Document::new("layouts").with("layouts", listed) })
}

fn summary(layout: &Layout) -> String {
    let names: Vec<_> = layout.speakers().iter().map(|s| s.name.as_str()).collect();
    format!(
        "{:<7} {:>2} channels  {:<24} {}",
        layout.name,
        names.len(),
        layout.aliases.join(", "),
        names.join(" ")
    )
}

fn table(layout: &Layout) -> Vec<String> {
    let mut lines = vec![format!("{}  {}", layout.name, layout.description)];
    if !layout.aliases.is_empty() {
        lines.push(format!("also called {}", layout.aliases.join(", ")));
    }
    lines.push("channel  name    label   azimuth  elevation  room x, y, z".to_owned());
    for (channel, speaker) in layout.speakers().iter().enumerate() {
        let (d, r) = (speaker.direction, speaker.room);
        // Adding zero turns the minus zero of a mirrored centre into plain zero.
        let [x, y, z] = [r.x, r.y, r.z].map(|c| c + 0.0);
        lines.push(format!(
            "{:>7}  {:<6}  {:<6}  {:>7}  {:>9}  {}, {}, {}{}",
            channel + 1,
            speaker.name,
            speaker.label,
            d.azimuth_deg,
            d.elevation_deg,
            x,
            y,
            z,
            if speaker.lfe { "  (LFE)" } else { "" }
        ));
    }
    lines
}

fn layout_json(layout: &Layout) -> Value {
    let speakers: Value = layout
        .speakers()
        .iter()
        .map(|s| {
            json!({
                "name": s.name,
                "label": s.label,
                "azimuth": s.direction.azimuth_deg,
                "elevation": s.direction.elevation_deg,
                "room": [s.room.x, s.room.y, s.room.z],
                "lfe": s.lfe,
            })
        })
        .collect();
    json!({
        "name": layout.name,
        "aliases": layout.aliases,
        "description": layout.description,
        "speakers": speakers,
    })
}
