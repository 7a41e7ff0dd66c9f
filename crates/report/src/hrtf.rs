//! A set of HRTFs in four panels: where it was measured, the differences of the ears, its colour.

use crate::text::{clean, escape, px};
use std::fmt::Write;

/// What is drawn.
#[derive(Clone, Debug)]
pub struct HrtfPicture<'a> {
    /// The heading.
    pub name: &'a str,
    /// Azimuth and elevation in degrees, time difference in µs, level difference in decibels; left
    /// positive all of them.
    pub directions: Vec<[f64; 4]>,
    /// Frequency in Hz and level in decibels.
    pub diffuse_field: &'a [[f64; 2]],
}

const WIDTH: f64 = 520.0;
const HEIGHT: f64 = 220.0;
const MARGIN: f64 = 70.0;

/// Most directions drawn; of more, every so many.
const MOST_DOTS: usize = 20_000;

/// A panel: what goes along and up, where both begin and end, and their lines.
struct Panel<'a> {
    title: &'a str,
    along: [f64; 2],
    up: [f64; 2],
    along_lines: Vec<(f64, String)>,
    up_step: f64,
}

impl Panel<'_> {
    fn point(&self, x: f64, y: f64) -> [f64; 2] {
        let part = |v: f64, [from, to]: [f64; 2]| ((v - from) / (to - from)).clamp(-0.02, 1.02);
        [part(x, self.along) * WIDTH, (1.0 - part(y, self.up)) * HEIGHT]
    }

    fn draw(&self, place: usize, marks: &str) -> String {
        let (column, row) = ((place % 2) as f64, (place / 2) as f64);
        let left = MARGIN + column * (WIDTH + MARGIN);
        let top = 100.0 + row * (HEIGHT + 80.0);
        let mut text = format!(
            "<g transform='translate({} {})'><text class='title' y='-12'>{}</text>\
             <rect class='frame' width='{}' height='{}'/>",
            px(left),
            px(top),
            self.title,
            px(WIDTH),
            px(HEIGHT)
        );
        for (value, label) in &self.along_lines {
            let x = px(self.point(*value, self.up[0])[0]);
            let _ = write!(
                text,
                "<path class='line' d='M{x} 0V{h}'/><text class='mid' x='{x}' y='{y}'>{label}</text>",
                h = px(HEIGHT),
                y = px(HEIGHT + 16.0)
            );
        }
        let steps = ((self.up[1] - self.up[0]) / self.up_step).round() as u32;
        for step in 0..=steps {
            let value = self.up[0] + f64::from(step) * self.up_step;
            let y = self.point(self.along[0], value)[1];
            let _ = write!(
                text,
                "<path class='line' d='M0 {}H{}'/><text class='end' x='-8' y='{}'>{value}</text>",
                px(y),
                px(WIDTH),
                px(y + 4.0)
            );
        }
        let _ = write!(text, "{marks}</g>");
        text
    }

    fn dots(&self, points: impl Iterator<Item = [f64; 2]>) -> String {
        let mut text = String::new();
        for [x, y] in points {
            let [x, y] = self.point(x, y);
            let _ = write!(text, "<circle class='dot' cx='{}' cy='{}' r='2'/>", px(x), px(y));
        }
        text
    }
}

/// Draws a set: one SVG that refers to nothing outside.
///
/// ```
/// let picture = cupola_report::HrtfPicture {
///     name: "Anna & Bo", directions: vec![[90.0, 0.0, 650.0, 14.0]], diffuse_field: &[[1000.0, 0.5]],
/// };
/// let svg = cupola_report::hrtf_svg(&picture);
/// assert!(svg.starts_with("<svg") && svg.contains("Anna &amp; Bo"));
/// ```
pub fn hrtf_svg(picture: &HrtfPicture<'_>) -> String {
    let step = picture.directions.len().div_ceil(MOST_DOTS).max(1);
    let directions = || picture.directions.iter().step_by(step);
    let azimuths = || (-2..=2).map(|i| (f64::from(i * 90), format!("{}°", i * 90))).collect();
    let of_azimuth = |title, reach: f64, up_step| Panel {
        title,
        // Left is on the left.
        along: [180.0, -180.0],
        up: [-reach, reach],
        along_lines: azimuths(),
        up_step,
    };
    let where_measured = of_azimuth("Directions: elevation over azimuth, °", 90.0, 30.0);
    let itd = of_azimuth("Time difference over azimuth, µs, left ear first", 1000.0, 250.0);
    let ild = of_azimuth("Level difference over azimuth, dB, left ear louder", 30.0, 10.0);
    let colour = Panel {
        title: "Mean over all directions, dB",
        along: [50_f64.log10(), 20_000_f64.log10()],
        up: [-20.0, 20.0],
        along_lines: [(100.0, "100 Hz"), (1000.0, "1 kHz"), (10_000.0, "10 kHz")]
            .map(|(hz, label): (f64, &str)| (hz.log10(), label.to_owned()))
            .into(),
        up_step: 10.0,
    };
    let mut curve = String::new();
    for [hz, db] in picture.diffuse_field {
        let [x, y] = colour.point(hz.log10(), *db);
        let _ = write!(curve, "{}{} {}", if curve.is_empty() { 'M' } else { 'L' }, px(x), px(y));
    }
    let body = [
        where_measured.draw(0, &where_measured.dots(directions().map(|d| [d[0], d[1]]))),
        itd.draw(1, &itd.dots(directions().map(|d| [d[0], d[2]]))),
        ild.draw(2, &ild.dots(directions().map(|d| [d[0], d[3]]))),
        colour.draw(3, &format!("<path class='curve' d='{curve}'/>")),
    ];
    let name = escape(&clean(picture.name));
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1250 720' width='1250' height='720' \
         role='img'>\n<title>{name}</title>\n<style>{STYLE}</style>\n\
         <rect class='page' width='1250' height='720'/>\n\
         <text class='name' x='{x}' y='50'>{name}</text>\n{body}\n</svg>\n",
        x = px(MARGIN),
        body = body.join("\n")
    )
}

const STYLE: &str = "text{font-family:system-ui,sans-serif;font-size:12px;fill:#5b6675}\
    .page{fill:#f7f8fa}.name{font-size:22px;font-weight:700;fill:#131922}\
    .title{font-weight:700;fill:#131922}.mid{text-anchor:middle}.end{text-anchor:end}\
    .frame{fill:#fff;stroke:#c3cad4}.line{stroke:#e4e8ee;fill:none}\
    .dot{fill:#2563a8;fill-opacity:.55}.curve{fill:none;stroke:#2563a8;stroke-width:2}";
