//! The picture as one SVG page.

use crate::colour;
use crate::marks::{self, MOST_NAMED};
use crate::panel;
use crate::picture::{Picture, ViewOptions};
use crate::room::{Sheet, View};
use crate::text::{clean, clock, escape, fit, px, width};
use crate::trail::Trails;
use cupola_model::{FrameIndex, Layout, Timeline};
use std::fmt::Write;

/// No SVG of a scene is larger, whatever moves in it.
pub const LARGEST_SVG_BYTES: usize = 4 << 20;

const PAGE: f64 = 1240.0;
const MARGIN: f64 = 40.0;
/// Left and upper edge of the room in the plan.
const PLAN: [f64; 2] = [96.0, 132.0];
const PLAN_SCALE: f64 = 270.0;
/// Left edge and width of the column with the views from behind and from the right.
const BESIDE: [f64; 2] = [760.0, 400.0];
/// From the bottom of one of them to the top of the next.
const BETWEEN: f64 = 80.0;
const COLUMNS: usize = 4;
const ROW: f64 = 19.0;

/// Draws the programme in a room with these loudspeakers: from above, from behind and from the
/// right, every object with its way, and a list of who is who. See [`ViewOptions::at`].
///
/// The text is a whole SVG file that refers to nothing outside. It is dark where the reader's system
/// is, and light on paper.
///
/// ```
/// # use cupola_model::*;
/// # let speaker = |name: &str, azimuth| Speaker { name: name.into(), label: String::new(), lfe: false,
/// #     direction: PolarPosition::on_sphere(azimuth, 0.0),
/// #     room: PolarPosition::on_sphere(azimuth, 0.0).to_room() };
/// # let layout = Layout::new("2.0", vec![speaker("L", 30.0), speaker("R", -30.0)])?;
/// # let state = ObjectState { position: Position::Polar(PolarPosition::on_sphere(90.0, 0.0)),
/// #     gain: LinearGain::UNITY, size: 0.0 };
/// # let object = Object { name: "Bell & whistle".into(), groups: vec![], lane: TrackIndex(0),
/// #     binaural: BinauralMode::Mid, automation: Automation::fixed(state).expect("a legal state"),
/// #     features: ObjectFeatures::default() };
/// # let timeline = Timeline { title: "Song".into(), artist: String::new(),
/// #     sample_rate: SampleRate::HZ_48000, length: FrameCount(48_000),
/// #     frame_rate: FrameRate::Fps24, start: FrameCount(0), screen: Screen::USUAL, stems: vec![], lanes: vec![Lane::default()], items: vec![Item::Object(object)] };
/// let svg = cupola_report::view_svg(&timeline, &layout, &cupola_report::ViewOptions::default());
/// assert!(svg.starts_with("<svg") && svg.contains("Bell &amp; whistle"));
/// # Ok::<(), LayoutError>(())
/// ```
pub fn view_svg(timeline: &Timeline, layout: &Layout, options: &ViewOptions) -> String {
    let picture = Picture::new(timeline, layout);
    let trails = Trails::new(&picture);
    let mut body = header(&picture, options);
    let low = trails.low();
    for (view, [x, y], scale) in places(low) {
        let sheet = Sheet { view, scale, low };
        let title = format!("<text class='view' y='-30' x='0'>{}</text>", view.title());
        let _ = write!(
            body,
            "<g class='panel {}' transform='translate({} {})'>{title}{}</g>",
            view.name(),
            px(x),
            px(y),
            panel_text(&sheet, &picture, &trails, options)
        );
    }
    let top = PLAN[1] + 2.0 * PLAN_SCALE + 58.0;
    let legend = legend(&picture, &trails, options, top);
    body.push_str(&legend.0);
    let height = legend.1 + 62.0;
    body.push_str(&key(&trails, options, legend.1 + 22.0));
    let title = escape(picture.heading());
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {w} {h}' width='{w}' height='{h}' \
         role='img'>\n<title>{title}</title>\n<style>{}</style>\n\
         <rect class='page' width='{w}' height='{h}'/>\n{body}\n</svg>\n",
        style(),
        w = px(PAGE),
        h = px(height)
    )
}

fn places(low: f64) -> [(View, [f64; 2], f64); 3] {
    let column = 2.0 * PLAN_SCALE;
    let scale = (BESIDE[1] / 2.0).min((column - BETWEEN) / 2.0 / (1.0 - low));
    let left = BESIDE[0] + (BESIDE[1] - 2.0 * scale) / 2.0;
    let lower = PLAN[1] + column - (1.0 - low) * scale;
    [
        (View::Plan, PLAN, PLAN_SCALE),
        (View::Rear, [left, PLAN[1]], scale),
        (View::Side, [left, lower], scale),
    ]
}

fn panel_text(
    sheet: &Sheet,
    picture: &Picture<'_>,
    trails: &Trails,
    options: &ViewOptions,
) -> String {
    let (speakers, mut taken) = panel::speakers(sheet, picture);
    let head = sheet.point([0.0; 3]);
    taken.push(crate::labels::Rect::around(head[0], head[1], 12.0, 12.0));
    let past = if options.at.is_some() { " class='past'" } else { "" };
    let named = sheet.view == View::Plan && picture.objects.len() <= MOST_NAMED;
    let at = options.at.unwrap_or_default();
    format!(
        "{}{}{speakers}<g{past}>{}</g>{}",
        panel::room(sheet),
        panel::beds(sheet, picture),
        panel::trails(sheet, picture, trails),
        marks::marks(sheet, picture, at, named, taken)
    )
}

fn style() -> String {
    const LIGHT: &str = ".page{fill:#f7f8fa}.title{font-size:25px;font-weight:700;fill:#131922}\
        .sub{font-size:12.5px;fill:#5b6675}.view{font-size:13px;font-weight:700;fill:#131922}\
        .at{font-size:20px;font-weight:700;fill:#131922}.past{opacity:.4}\
        .group{font-size:12px;font-weight:700;fill:#131922}.entry{font-size:12px;fill:#131922}\
        .where{font-size:11px;fill:#5b6675}.rule{stroke:#d5dae2;fill:none}\
        .keyline{stroke:#5b6675;fill:none;stroke-width:1.9}.keyfill{fill:#5b6675}";
    const DARK: &str = ".page{fill:#0f1319}.title,.view,.at,.group,.entry{fill:#eef2f7}\
        .sub,.where{fill:#96a2b3}.rule{stroke:#2b3440}.keyline{stroke:#93a0b2}.keyfill{fill:#93a0b2}";
    format!(
        "\n{}{}{LIGHT}\n@media screen and (prefers-color-scheme:dark){{\n{}{}{DARK}\n}}\n",
        include_str!("panel.css"),
        colour::rules(false),
        include_str!("panel_dark.css"),
        colour::rules(true)
    )
}

fn header(picture: &Picture<'_>, options: &ViewOptions) -> String {
    let title = escape(&fit(picture.heading(), 25.0, 800.0));
    let objects = picture.objects.len();
    let mut facts = vec![
        picture.artist.clone(),
        clock(picture.seconds(picture.length)),
        format!("{objects} object{}", if objects == 1 { "" } else { "s" }),
    ];
    facts.extend(picture.beds.iter().map(|bed| format!("bed {}", bed.format)));
    facts.push(format!("drawn in {}", clean(&picture.layout.name)));
    facts.retain(|fact| !fact.is_empty());
    let facts = escape(&fit(&facts.join("  ·  "), 12.5, 900.0));
    let mut out = format!(
        "<text class='title' x='{m}' y='48'>{title}</text><text class='sub' x='{m}' y='72'>{facts}</text>",
        m = px(MARGIN)
    );
    let right = px(PAGE - MARGIN);
    if let Some(at) = options.at {
        let time = clock(picture.seconds(at));
        let words = escape(&clean(&options.at_words));
        let _ = write!(
            out,
            "<text class='at' x='{right}' y='48' text-anchor='end'>{time}</text>\
             <text class='sub' x='{right}' y='72' text-anchor='end'>{words}</text>"
        );
    }
    out
}

/// A row of the legend.
enum Row {
    Heading(String, Option<usize>),
    Bed(String),
    Object(usize),
}

fn rows(picture: &Picture<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    if !picture.beds.is_empty() {
        rows.push(Row::Heading("Beds".to_owned(), None));
    }
    for bed in &picture.beds {
        rows.push(Row::Bed(format!("{} ({})", clean(&bed.name), bed.format)));
    }
    for group in 0..picture.groups.len() {
        let members =
            || (0..picture.objects.len()).filter(|i| picture.objects[*i].group() == group);
        if members().next().is_some() {
            rows.push(Row::Heading(picture.group_name(group).to_owned(), Some(group)));
            rows.extend(members().map(Row::Object));
        }
    }
    rows
}

/// The list of beds, groups and objects, and where it ends.
fn legend(
    picture: &Picture<'_>,
    trails: &Trails,
    options: &ViewOptions,
    top: f64,
) -> (String, f64) {
    let rows = rows(picture);
    let column = (PAGE - 2.0 * MARGIN) / COLUMNS as f64;
    let each = rows.len().div_ceil(COLUMNS).max(4);
    let mut out = format!(
        "<path class='rule' d='M{} {}H{}'/>",
        px(MARGIN),
        px(top - 12.0),
        px(PAGE - MARGIN)
    );
    let (mut line, mut across) = (0, 0);
    for (i, row) in rows.iter().enumerate() {
        // A heading does not stand alone at the foot of a column.
        let lonely = matches!(row, Row::Heading(..)) && line + 1 == each && i + 1 < rows.len();
        if (line == each || lonely) && across + 1 < COLUMNS {
            (line, across) = (0, across + 1);
        }
        let x = MARGIN + across as f64 * column;
        let y = top + (line as f64 + 0.8) * ROW;
        draw_row(picture, trails, options, row, [x, y], column - 24.0, &mut out);
        line += 1;
    }
    let longest = each.max(if across + 1 == COLUMNS { line } else { 0 });
    (out, top + longest as f64 * ROW)
}

fn draw_row(
    picture: &Picture<'_>,
    trails: &Trails,
    options: &ViewOptions,
    row: &Row,
    [x, y]: [f64; 2],
    room: f64,
    out: &mut String,
) {
    let text_x = px(x + 30.0);
    let base = px(y);
    let _ = match row {
        Row::Heading(name, group) => {
            let class = group.map_or("many".to_owned(), |g| format!("f {}", colour::class(g)));
            let name = escape(&fit(name, 12.0, room));
            let bar = group.map_or(String::new(), |_| {
                let (x, y) = (px(x), px(y - 9.5));
                format!("<rect class='{class}' x='{x}' y='{y}' width='10' height='10' rx='2'/>")
            });
            let x = px(if group.is_some() { x + 17.0 } else { x });
            write!(out, "{bar}<text class='group' x='{x}' y='{base}'>{name}</text>")
        }
        Row::Bed(name) => {
            let (cx, cy) = (px(x + 11.0), px(y - 4.0));
            let name = escape(&fit(name, 12.0, room - 30.0));
            write!(
                out,
                "<path class='bed' d='M{cx} {cy}m0-6l6 6l-6 6l-6-6z'/>\
                 <text class='entry' x='{text_x}' y='{base}'>{name}</text>"
            )
        }
        Row::Object(index) => {
            let thing = &picture.objects[*index];
            let class = colour::class(thing.group());
            let at = options.at.unwrap_or_default();
            let place = place_words(picture, *index, at, trails.list[*index].moves());
            let name = fit(&thing.name, 12.0, room - 42.0 - width(&place, 11.0));
            let (px_, py, end) = (px(x), px(y - 11.0), px(x + room));
            write!(
                out,
                "<g class='object' data-o='{index}'><rect class='dot f {class}' x='{px_}' y='{py}' width='22' height='14' rx='7'/>\
                 <text class='num' x='{}' y='{}' text-anchor='middle'>{}</text>\
                 <text class='entry' x='{text_x}' y='{base}'>{}</text>\
                 <text class='where' x='{end}' y='{base}' text-anchor='end'>{}</text></g>",
                px(x + 11.0),
                px(y - 0.6),
                index + 1,
                escape(&name),
                escape(&place)
            )
        }
    };
}

/// Direction at an instant, and whether it changes.
fn place_words(picture: &Picture<'_>, index: usize, at: FrameIndex, moves: bool) -> String {
    let polar = picture.objects[index].state_at(at).position.to_polar();
    // Rounded before it is shown, so that there is no minus zero.
    let whole = |angle: f64| angle.round() as i64;
    let arrow = if moves { " ➝" } else { "" };
    format!("{}° {}°{arrow}", whole(polar.azimuth_deg), whole(polar.elevation_deg))
}

/// What the marks mean.
fn key(trails: &Trails, options: &ViewOptions, y: f64) -> String {
    let start = if options.at.is_some() { "now" } else { "start" };
    let parts: [(&str, &str); 8] = [
        ("<rect class='keyfill' x='-6' y='-6' width='12' height='12' rx='6'/>", start),
        ("<circle class='keyline' r='4'/>", "end"),
        ("<path class='keyline' d='M-9 0H9'/><path class='keyfill' d='M5 0L-3 4V-4Z'/>", "way"),
        (
            "<path class='keyline' d='M-9 0H9' stroke-dasharray='1 5' stroke-linecap='round'/>",
            "jump",
        ),
        ("<circle class='keyfill disc' r='8'/>", "size"),
        ("<rect class='ear' x='-5.5' y='-5.5' width='11' height='11' rx='2.5'/>", "loudspeaker"),
        ("<rect class='top' x='-8' y='-8' width='16' height='16' rx='4'/>", "loudspeaker above"),
        ("<path class='bed' d='M0-8L8 0L0 8L-8 0Z'/>", "bed channel"),
    ];
    let mut out = String::new();
    let mut x = MARGIN + 10.0;
    for (mark, word) in parts {
        let _ = write!(
            out,
            "<g transform='translate({} {})'>{mark}<text class='where' x='14' y='4'>{word}</text></g>",
            px(x),
            px(y)
        );
        x += 42.0 + width(word, 11.0);
    }
    let mut words = format!("azimuth (left +) and elevation at the {start}; ➝ moves");
    if options.at.is_some() {
        words = "azimuth (left +) and elevation now; ➝ moves".to_owned();
    }
    if trails.are_coarse() {
        let _ = write!(words, "; ways within {:.3} of the room", trails.tolerance);
    }
    let _ = write!(
        out,
        "<text class='where' x='{}' y='{}' text-anchor='end'>{words}</text>",
        px(PAGE - MARGIN),
        px(y + 4.0)
    );
    out
}
