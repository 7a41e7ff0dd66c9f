//! A layout from above and from the right, and where it pans well.

use crate::text::{clean, escape, px};
use cupola_model::{Decibels, Layout};
use std::collections::BTreeMap;
use std::fmt::Write;

/// What is drawn.
#[derive(Clone, Debug)]
pub struct LayoutPicture<'a> {
    /// The loudspeakers.
    pub layout: &'a Layout,
    /// Azimuth and elevation of the middle of a cell, and the panning error there; all in degrees.
    pub errors: Vec<[f64; 3]>,
    /// Width of a cell in degrees.
    pub cell_deg: f64,
}

/// Radius of the sphere in the plan and from the side.
const RADIUS: f64 = 170.0;
const MARGIN: f64 = 60.0;
/// Middle of the first sphere.
const MIDDLE: [f64; 2] = [MARGIN + RADIUS + 20.0, 330.0];
/// Between the middles.
const APART: f64 = 2.0 * RADIUS + 110.0;
/// An error that is drawn in full colour.
const FULL_DEG: f64 = 45.0;
const ROW: f64 = 18.0;
const WIDTH: f64 = 1300.0;

/// Draws a layout: one SVG that refers to nothing outside.
///
/// ```
/// use cupola_model::{Layout, PolarPosition, Speaker};
/// # let speaker = |name: &str, azimuth| Speaker { name: name.into(), label: name.into(), lfe: false,
/// #     direction: PolarPosition::on_sphere(azimuth, 0.0), room: PolarPosition::on_sphere(azimuth, 0.0).to_room() };
/// let layout = Layout::new("Anna & Bo", vec![speaker("L", 30.0), speaker("R", -30.0)])?;
/// let picture = cupola_report::LayoutPicture { layout: &layout, errors: vec![], cell_deg: 10.0 };
/// let svg = cupola_report::layout_svg(&picture);
/// assert!(svg.starts_with("<svg") && svg.contains("Anna &amp; Bo"));
/// # Ok::<(), cupola_model::LayoutError>(())
/// ```
pub fn layout_svg(picture: &LayoutPicture<'_>) -> String {
    let layout = picture.layout;
    let name = escape(&clean(&layout.name));
    let top = MIDDLE[1] + RADIUS + 70.0;
    let height = top + (layout.speakers().len() as f64 + 2.0) * ROW + 20.0;
    let side = [MIDDLE[0] + APART, MIDDLE[1]];
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {h}' width='{WIDTH}' \
         height='{h}' role='img'>\n<title>{name}</title>\n<style>{STYLE}</style>\n\
         <rect class='page' width='{WIDTH}' height='{h}'/>\n\
         <text class='name' x='{x}' y='50'>{name}</text>\
         <text x='{x}' y='74'>{about}</text>\n{plan}\n{from_side}\n{errors}\n{table}\n</svg>\n",
        h = px(height),
        x = px(MARGIN),
        about = escape(&clean(&layout.description)),
        plan = sphere(layout, "From above, front at the top", MIDDLE, |[x, y, _]| [x, y]),
        from_side = sphere(layout, "From the right, front at the right", side, |[_, y, z]| [y, z]),
        errors = errors(picture),
        table = table(layout, top),
    )
}

/// The unit sphere and its loudspeakers, seen along an axis.
fn sphere(
    layout: &Layout,
    title: &str,
    [cx, cy]: [f64; 2],
    seen: fn([f64; 3]) -> [f64; 2],
) -> String {
    let mut text = format!(
        "<text class='title' x='{}' y='{}'>{title}</text><circle class='line' cx='{x}' cy='{y}' r='{r}'/>\
         <path class='line' d='M{left} {y}H{right}M{x} {up}V{down}'/>",
        px(cx - RADIUS),
        px(cy - RADIUS - 45.0),
        x = px(cx),
        y = px(cy),
        r = px(RADIUS),
        left = px(cx - RADIUS),
        right = px(cx + RADIUS),
        up = px(cy - RADIUS),
        down = px(cy + RADIUS),
    );
    // Loudspeakers behind one another share a mark.
    let mut marks: BTreeMap<(i64, i64), (Vec<String>, &str)> = BTreeMap::new();
    for speaker in layout.speakers() {
        let direction = speaker.direction.direction();
        let [across, up] = seen(direction);
        let place = ((across * RADIUS).round() as i64, (up * RADIUS).round() as i64);
        let class = match direction[2] {
            _ if speaker.lfe => "lfe",
            z if z > 0.1 => "top",
            z if z < -0.1 => "low",
            _ => "ear",
        };
        let mark = marks.entry(place).or_insert((Vec::new(), class));
        mark.0.push(clean(&speaker.name));
    }
    for ((across, up), (names, class)) in marks {
        let (x, y) = (cx + across as f64, cy - up as f64);
        let _ = write!(
            text,
            "<rect class='{class}' x='{}' y='{}' width='14' height='14' rx='3'/>\
             <text class='mid' x='{}' y='{}'>{}</text>",
            px(x - 7.0),
            px(y - 7.0),
            px(x),
            px(y - 12.0),
            escape(&names.join(" "))
        );
    }
    text
}

/// The errors over azimuth (left at the left) and elevation.
fn errors(picture: &LayoutPicture<'_>) -> String {
    let (width, height) = (2.0 * RADIUS, RADIUS);
    let (left, top) = (MIDDLE[0] + 2.0 * APART - RADIUS, MIDDLE[1] - height / 2.0);
    let mut text = format!(
        "<text class='title' x='{}' y='{}'>Panning error over azimuth and elevation; full colour is \
         {FULL_DEG}°</text>",
        px(left),
        px(MIDDLE[1] - RADIUS - 45.0)
    );
    let cell = picture.cell_deg;
    for [azimuth, elevation, error] in &picture.errors {
        let x = left + (180.0 - azimuth - cell / 2.0) / 360.0 * width;
        let y = top + (90.0 - elevation - cell / 2.0) / 180.0 * height;
        let _ = write!(
            text,
            "<rect class='error' x='{}' y='{}' width='{}' height='{}' fill-opacity='{:.2}'/>",
            px(x),
            px(y),
            px(cell / 360.0 * width),
            px(cell / 180.0 * height),
            (error / FULL_DEG).clamp(0.0, 1.0)
        );
    }
    let _ = write!(
        text,
        "<rect class='frame' x='{}' y='{}' width='{}' height='{}'/>",
        px(left),
        px(top),
        px(width),
        px(height)
    );
    for (words, azimuth) in
        [("180°", 180.0), ("90°", 90.0), ("0°", 0.0), ("-90°", -90.0), ("-180°", -180.0)]
    {
        let x = left + (180.0 - azimuth) / 360.0 * width;
        let _ = write!(
            text,
            "<text class='mid' x='{}' y='{}'>{words}</text>",
            px(x),
            px(top + height + 16.0)
        );
    }
    for (words, elevation) in [("90°", 90.0), ("0°", 0.0), ("-90°", -90.0)] {
        let y = top + (90.0 - elevation) / 180.0 * height + 4.0;
        let _ =
            write!(text, "<text class='end' x='{}' y='{}'>{words}</text>", px(left - 8.0), px(y));
    }
    text
}

/// Every channel with its numbers.
fn table(layout: &Layout, top: f64) -> String {
    let columns = [
        MARGIN + 40.0,
        MARGIN + 60.0,
        MARGIN + 260.0,
        MARGIN + 340.0,
        MARGIN + 430.0,
        MARGIN + 520.0,
    ];
    let classes = ["end", "start", "end", "end", "end", "end"];
    let mut text = String::new();
    let mut row = |cells: [String; 6], y: f64, class: &str| {
        for ((cell, x), anchor) in cells.iter().zip(columns).zip(classes) {
            let _ = write!(
                text,
                "<text class='{anchor} {class}' x='{}' y='{}'>{cell}</text>",
                px(x),
                px(y)
            );
        }
    };
    let heading = ["", "", "azimuth", "elevation", "gain dB", "delay ms"].map(str::to_owned);
    row(heading, top, "title");
    for (channel, speaker) in layout.speakers().iter().enumerate() {
        let (trim, direction) = (layout.trim(channel), speaker.direction);
        let gain = Decibels::from(trim.gain).0;
        let cells = [
            format!("{}", channel + 1),
            escape(&clean(&speaker.name)),
            format!("{}°", direction.azimuth_deg),
            format!("{}°", direction.elevation_deg),
            if gain.is_finite() { format!("{:.1}", gain + 0.0) } else { "−∞".to_owned() },
            format!("{:.2}", trim.delay_s * 1000.0),
        ];
        row(cells, top + (channel as f64 + 1.0) * ROW, "");
    }
    text
}

const STYLE: &str = "text{font-family:system-ui,sans-serif;font-size:12px;fill:#5b6675}\
    .page{fill:#f7f8fa}.name{font-size:22px;font-weight:700;fill:#131922}\
    .title{font-weight:700;fill:#131922}.mid{text-anchor:middle}.end{text-anchor:end}\
    .frame{fill:none;stroke:#c3cad4}.line{stroke:#c3cad4;fill:none}\
    .ear{fill:#2563a8}.top{fill:#d9822b}.low{fill:#6b7f2a}.lfe{fill:none;stroke:#5b6675}\
    .error{fill:#b3261e}";
