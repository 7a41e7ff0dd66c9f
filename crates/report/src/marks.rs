//! Where objects are at an instant: numbered marks, discs of their size, names.

use crate::colour;
use crate::labels::{Labels, Rect};
use crate::picture::Picture;
use crate::room::{Sheet, View};
use crate::text::{escape, px, width};
use cupola_model::FrameIndex;
use std::fmt::Write;

/// Font sizes of numbers and names.
const NUMBER: f64 = 9.5;
const NAME: f64 = 11.5;
/// With more objects than this, marks carry numbers alone, and dots do in the smaller views.
pub(crate) const MOST_NAMED: usize = 40;
/// Marks nearer than this are one.
const NEAR: f64 = 6.0;

/// Objects at one spot of a view.
struct Cluster {
    at: [f64; 2],
    members: Vec<usize>,
}

/// The marks of every object at a frame. Names stand where there is room for them.
pub(crate) fn marks(
    sheet: &Sheet,
    picture: &Picture<'_>,
    at: FrameIndex,
    named: bool,
    taken: Vec<Rect>,
) -> String {
    let mut out = String::new();
    let crowded = sheet.view != View::Plan && picture.objects.len() > MOST_NAMED;
    let mut clusters: Vec<Cluster> = Vec::new();
    for (index, thing) in picture.objects.iter().enumerate() {
        let state = thing.state_at(at);
        let room = state.position.to_room();
        let [x, y] = sheet.point([room.x, room.y, room.z]);
        if state.size > 0.0 {
            let class = colour::class(thing.group());
            let (x, y, r) = (px(x), px(y), px((state.size * sheet.scale).max(10.0)));
            let _ = write!(out, "<circle class='disc f {class}' cx='{x}' cy='{y}' r='{r}'/>");
        }
        if crowded {
            let (class, x, y) = (colour::class(thing.group()), px(x), px(y));
            let _ = write!(out, "<circle class='dot f {class}' cx='{x}' cy='{y}' r='5'/>");
            continue;
        }
        let near = |c: &&mut Cluster| (c.at[0] - x).hypot(c.at[1] - y) < NEAR;
        match clusters.iter_mut().find(near) {
            Some(cluster) => cluster.members.push(index),
            None => clusters.push(Cluster { at: [x, y], members: vec![index] }),
        }
    }
    let page = Rect([-60.0, -8.0, sheet.width() + 60.0, sheet.height() + 24.0]);
    let mut labels = Labels::new(page, NAME);
    taken.into_iter().for_each(|rect| labels.take(rect));
    for cluster in &clusters {
        let [x, y] = cluster.at;
        labels.take(Rect::around(x, y, half_width(&numbers(&cluster.members)), 8.0));
    }
    let mut names = String::new();
    for cluster in &clusters {
        if named {
            name(picture, cluster, &mut labels, &mut names);
        }
        pill(picture, cluster, &mut out);
    }
    out + &names
}

fn half_width(text: &str) -> f64 {
    (width(text, NUMBER) / 2.0 + 4.0).max(8.0)
}

fn pill(picture: &Picture<'_>, cluster: &Cluster, out: &mut String) {
    let group = |i: &usize| picture.objects[*i].group();
    let first = cluster.members.first().map_or(0, group);
    let same = cluster.members.iter().all(|i| group(i) == first);
    let class = if same { format!("f {}", colour::class(first)) } else { "many".to_owned() };
    let text = numbers(&cluster.members);
    let half = half_width(&text);
    let [x, y] = cluster.at;
    let title: Vec<_> = cluster.members.iter().map(|i| escape(&picture.objects[*i].name)).collect();
    let _ = write!(
        out,
        "<g class='mark' transform='translate({} {})'><title>{}</title>\
         <rect class='dot {class}' x='{}' y='-8' width='{}' height='16' rx='8'/>\
         <text class='num' y='3.4' text-anchor='middle'>{text}</text></g>",
        px(x),
        px(y),
        title.join(", "),
        px(-half),
        px(2.0 * half),
    );
}

fn name(picture: &Picture<'_>, cluster: &Cluster, labels: &mut Labels, out: &mut String) {
    let names: Vec<&str> =
        cluster.members.iter().map(|i| picture.objects[*i].name.as_str()).collect();
    let text = match names[..] {
        [] => return,
        [one] => one.to_owned(),
        [one, two] => format!("{one}, {two}"),
        [one, ..] => format!("{one} +{}", names.len() - 1),
    };
    let text = crate::text::fit(&text, NAME, 150.0);
    let half = half_width(&numbers(&cluster.members));
    let Some(spot) = labels.place(&text, cluster.at, [half, 8.0]) else { return };
    if spot.far {
        let [x, y] = cluster.at;
        let middle = spot.x + width(&text, NAME) / 2.0;
        let (a, b) = (px(middle), px(spot.y - 0.36 * NAME));
        let _ = write!(out, "<path class='lead' d='M{} {}L{a} {b}'/>", px(x), px(y));
    }
    let (x, y) = (px(spot.x), px(spot.y));
    let _ = write!(out, "<text class='name' x='{x}' y='{y}'>{}</text>", escape(&text));
}

/// Numbers from 1 with runs drawn together: `1–3 7`.
fn numbers(members: &[usize]) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for number in members.iter().map(|i| i + 1) {
        match runs.last_mut() {
            Some((_, end)) if *end + 1 == number => *end = number,
            _ => runs.push((number, number)),
        }
    }
    const SHOWN: usize = 3;
    let word = |(a, b): &(usize, usize)| if a == b { a.to_string() } else { format!("{a}–{b}") };
    let mut text = runs.iter().take(SHOWN).map(word).collect::<Vec<_>>().join(" ");
    if runs.len() > SHOWN {
        text.push_str(" …");
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn runs_of_numbers_are_drawn_together() {
        assert_eq!(super::numbers(&[0]), "1");
        assert_eq!(super::numbers(&[0, 1, 2, 6]), "1–3 7");
        assert_eq!(super::numbers(&[0, 2, 4, 6, 8]), "1 3 5 …");
    }
}
