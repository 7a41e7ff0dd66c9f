//! The loudspeaker layouts, listed or one in full.

use crate::view::write_picture;
use crate::{Document, Info, JobError, plan};
use cupola_masters::ChannelMap;
use cupola_model::{ChannelOrder, Decibels, Layout, SpeakerTrim};
use cupola_render::{PanningErrors, REACHED_DEG, Reach};
use cupola_report::{LayoutPicture, layout_svg};
use serde_json::{Value, json};
use std::path::Path;

/// Width in degrees of the cells in which a picture shows errors.
const CELL_DEG: u16 = 10;

/// The standard layouts, or the one that is named (a standard name, or a layout file) with how well it
/// reaches the directions around the listener; with `plot`, also a picture of it there.
pub fn layouts(name: Option<&str>, plot: Option<&Path>, force: bool) -> Result<Info, JobError> {
    let Some(name) = name else {
        let all = cupola_scene::standard_layouts();
        let document =
            Document::new("layouts").with("layouts", all.iter().map(layout_json).collect());
        return Ok(Info { lines: all.iter().map(summary).collect(), document });
    };
    let layout = plan::find_layout(name)?;
    let errors = PanningErrors::new(&layout).map_err(|e| JobError::Internal(e.to_string()))?;
    let zones =
        [("ear level", errors.ear_level()), ("above", errors.above()), ("below", errors.below())];
    let mut lines = table(&layout);
    lines.push(format!("orders  {}", orders(&layout).join(", ")));
    lines.push(format!(
        "panned by direction: how much is heard within {REACHED_DEG}° of where it is, and how far off \
         the rest"
    ));
    lines.extend(zones.iter().map(|(zone, reach)| reach_line(zone, reach)));
    if let Some(plot) = plot {
        let picture = LayoutPicture {
            layout: &layout,
            errors: cells(&errors),
            cell_deg: f64::from(CELL_DEG),
        };
        write_picture(plot, &layout_svg(&picture), &[Path::new(name)], force)?;
        lines.push(plot.display().to_string());
    }
    let reach = zones.iter().map(|(zone, reach)| ((*zone).to_owned(), reach_json(reach)));
    let document = Document::new("layouts")
        .with("layouts", vec![layout_json(&layout)].into())
        .with("orders", orders(&layout).into())
        .with("reach", Value::Object(reach.collect()))
        .with("plot", plot.map_or(Value::Null, |plot| plot.display().to_string().into()));
    Ok(Info { lines, document })
}

/// The channel orders that describe a layout.
fn orders(layout: &Layout) -> Vec<&'static str> {
    let has = |order: &ChannelOrder| ChannelMap::new(layout, *order).is_ok();
    ChannelOrder::ALL.into_iter().filter(has).map(ChannelOrder::name).collect()
}

fn reach_line(zone: &str, reach: &Reach) -> String {
    let Reach { reached, mean_deg, worst_deg, worst } = reach;
    format!(
        "{zone:<9}  {:>3.0} % reached, mean error {mean_deg:.1}°, worst {worst_deg:.1}° at azimuth \
         {:.0}°, elevation {:.0}°",
        (reached * 100.0).floor(),
        worst.azimuth_deg,
        worst.elevation_deg
    )
}

fn reach_json(reach: &Reach) -> Value {
    json!({
        "reached": reach.reached,
        "mean_error": reach.mean_deg,
        "worst_error": reach.worst_deg,
        "worst_at": {"azimuth": reach.worst.azimuth_deg, "elevation": reach.worst.elevation_deg},
    })
}

/// The errors in the middles of cells.
fn cells(errors: &PanningErrors) -> Vec<[f64; 3]> {
    let middles = |to: u16| {
        (0..2 * to / CELL_DEG).map(move |i| f64::from(i * CELL_DEG + CELL_DEG / 2) - f64::from(to))
    };
    middles(180)
        .flat_map(|azimuth| middles(90).map(move |elevation| (azimuth, elevation)))
        .map(|(azimuth, elevation)| [azimuth, elevation, errors.at(azimuth, elevation)])
        .collect()
}

/// What a layout does to a loudspeaker's signal, in words; empty for nothing.
fn trim_words(trim: SpeakerTrim) -> String {
    if trim == SpeakerTrim::NONE {
        return String::new();
    }
    let gain = Decibels::from(trim.gain).0;
    format!("  {:+.2} dB, {:.2} ms", gain + 0.0, trim.delay_s * 1000.0)
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
            "{:>7}  {:<6}  {:<6}  {:>7}  {:>9}  {}, {}, {}{}{}",
            channel + 1,
            speaker.name,
            speaker.label,
            d.azimuth_deg,
            d.elevation_deg,
            x,
            y,
            z,
            if speaker.lfe { "  (LFE)" } else { "" },
            trim_words(layout.trim(channel))
        ));
    }
    lines
}

fn layout_json(layout: &Layout) -> Value {
    let speakers: Value = layout
        .speakers()
        .iter()
        .enumerate()
        .map(|(channel, s)| {
            let trim = layout.trim(channel);
            json!({
                "name": s.name,
                "label": s.label,
                "azimuth": s.direction.azimuth_deg,
                "elevation": s.direction.elevation_deg,
                "room": [s.room.x, s.room.y, s.room.z],
                "lfe": s.lfe,
                // Silence is null.
                "gain_db": Decibels::from(trim.gain).0,
                "delay_ms": trim.delay_s * 1000.0,
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
