//! The picture as a page that plays: one file, nothing from outside.

use crate::colour;
use crate::panel;
use crate::picture::{Beat, Picture, ViewOptions};
use crate::room::{Sheet, View};
use crate::text::{clean, clock, escape, json_in_script, px};
use crate::thin::within_budget;
use crate::tracks::Tracks;
use crate::trail::Trails;
use cupola_model::{Layout, Timeline};
use serde_json::{Value, json};

/// No page of a scene is larger, whatever moves in it.
pub const LARGEST_HTML_BYTES: usize = 8 << 20;

/// Most numbers in the tracks of all objects together.
const BUDGET: usize = 600_000;
/// Most beats a page knows.
const MOST_BEATS: usize = 200_000;
/// With more objects than this that move, the page starts without their ways.
const MOST_WAYS: usize = 30;
/// Pixels a room unit, before the page scales the drawings to their boxes.
const PLAN_SCALE: f64 = 250.0;
const SIDE_SCALE: f64 = 165.0;
/// Room for names beside the walls, and above and below.
const BESIDE: f64 = 66.0;
const ABOVE: f64 = 32.0;

/// What the browser may do: run what is in the file, and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; \
                      base-uri 'none'; form-action 'none'";

/// A page that shows the programme in a room with these loudspeakers at any time, and plays it
/// without sound. It works from a file, asks nobody for anything and follows the reader's choice of
/// light or dark. A fragment such as `#t=12.5` opens it at that second.
pub fn view_html(timeline: &Timeline, layout: &Layout, options: &ViewOptions) -> String {
    let picture = Picture::new(timeline, layout);
    let trails = Trails::new(&picture);
    let low = trails.low();
    let scale = |view| if view == View::Plan { PLAN_SCALE } else { SIDE_SCALE };
    let sheets = View::ALL.map(|view| Sheet { view, scale: scale(view), low });
    let (factor, tracks) = within_budget(
        BUDGET,
        |all: &Vec<Tracks>| all.iter().map(Tracks::numbers).sum(),
        picture.objects.iter().map(Tracks::new).collect(),
        |all, factor| all.iter().map(|tracks| tracks.coarser(factor)).collect(),
    );
    let mut figures = String::new();
    for sheet in &sheets {
        figures.push_str(&figure(sheet, &picture, &trails));
    }
    let title = escape(picture.heading());
    let facts = escape(&facts(&picture, factor));
    let data = json_in_script(&data(&picture, &tracks, options, &sheets));
    format!(
        "<!doctype html>\n<html lang='en'>\n<head>\n<meta charset='utf-8'>\n\
         <meta http-equiv='Content-Security-Policy' content=\"{POLICY}\">\n\
         <meta name='viewport' content='width=device-width, initial-scale=1'>\n\
         <meta name='color-scheme' content='light dark'>\n<title>{title}</title>\n\
         <style>\n{}</style>\n</head>\n<body>\n\
         <header><div><h1>{title}</h1><p>{facts}</p></div>\
         <div class='time'><output id='clock'>{}</output><span id='music'></span></div></header>\n\
         <main>\n<section id='stage'>\n{figures}</section>\n{}</main>\n{}\
         <noscript><p>The list and the marks need JavaScript; the ways are drawn without.</p></noscript>\n\
         <script type='application/json' id='data'>{data}</script>\n\
         <script>\n{}{}</script>\n</body>\n</html>\n",
        style(),
        clock(0.0),
        include_str!("html/list.html"),
        include_str!("html/transport.html"),
        include_str!("html/space.js"),
        include_str!("html/page.js"),
    )
}

fn style() -> String {
    format!(
        "{}{}{}@media screen and (prefers-color-scheme:dark){{\n{}{}{}}}\n",
        include_str!("html/page.css"),
        include_str!("panel.css"),
        colour::rules(false),
        include_str!("html/page_dark.css"),
        include_str!("panel_dark.css"),
        colour::rules(true),
    )
}

fn facts(picture: &Picture<'_>, factor: f64) -> String {
    let mut facts = vec![picture.artist.clone(), clock(picture.seconds(picture.length))];
    facts.extend(picture.beds.iter().map(|bed| format!("{} ({})", clean(&bed.name), bed.format)));
    facts.push(format!("{} objects in {}", picture.objects.len(), clean(&picture.layout.name)));
    if factor > 1.0 {
        let [degrees, units] = Tracks::nearness(factor);
        facts.push(format!("positions within {degrees:.2}° or {units:.4} of the room"));
    }
    facts.retain(|fact| !fact.is_empty());
    facts.join("  ·  ")
}

/// One view: below what stands still, above what the page moves.
fn figure(sheet: &Sheet, picture: &Picture<'_>, trails: &Trails) -> String {
    let (name, title) = (sheet.view.name(), sheet.view.title());
    let (w, h) = (sheet.width() + 2.0 * BESIDE, sheet.height() + 2.0 * ABOVE);
    let [x, y, w, h] = [-BESIDE, -ABOVE, w, h].map(px);
    let frame = format!("viewBox='{x} {y} {w} {h}'");
    let (speakers, _) = panel::speakers(sheet, picture);
    format!(
        "<figure class='{name}'><figcaption>{title}</figcaption><div class='sheets'>\
         <svg {frame} role='img' aria-label='{title}'>{}{}{speakers}<g class='ways'>{}</g></svg>\
         <svg {frame} class='live' data-view='{name}' aria-hidden='true'></svg></div></figure>\n",
        panel::room(sheet),
        panel::beds(sheet, picture),
        panel::trails(sheet, picture, trails),
    )
}

fn data(
    picture: &Picture<'_>,
    tracks: &[Tracks],
    options: &ViewOptions,
    sheets: &[Sheet],
) -> Value {
    let objects = picture.objects.iter().zip(tracks).map(|(thing, tracks)| {
        let mut object = tracks.json();
        object["name"] = thing.name.as_str().into();
        object["groups"] = thing.groups.clone().into();
        object["colour"] = colour::class(thing.group()).into();
        object
    });
    let groups = (0..picture.groups.len()).map(|g| picture.group_name(g));
    let sheets = sheets.iter().map(|s| (s.view.name().to_owned(), json!({"scale": s.scale})));
    let moving = tracks.iter().filter(|t| t.position_changes()).count();
    json!({
        "rate": picture.rate.hz(),
        "frames": picture.length.0,
        "at": options.at.unwrap_or_default().0,
        "groups": groups.collect::<Vec<_>>(),
        "sheets": sheets.collect::<serde_json::Map<_, _>>(),
        "ways": moving <= MOST_WAYS,
        "names": picture.objects.len() <= crate::marks::MOST_NAMED,
        "beats": beats(&options.beats),
        "objects": objects.collect::<Vec<_>>(),
    })
}

/// Differences of the frames at which beats start, and the first bar; for each bar its beats.
fn beats(beats: &[Beat]) -> Value {
    let beats = &beats[..beats.len().min(MOST_BEATS)];
    let Some(first) = beats.first() else { return Value::Null };
    let mut before = 0;
    let step =
        |beat: &Beat| beat.frame.0 as i64 - std::mem::replace(&mut before, beat.frame.0 as i64);
    let frames: Vec<i64> = beats.iter().map(step).collect();
    let bars: Vec<usize> = beats.chunk_by(|a, b| a.bar == b.bar).map(<[Beat]>::len).collect();
    json!({"frames": frames, "bars": bars, "first": [first.bar, first.beat]})
}
