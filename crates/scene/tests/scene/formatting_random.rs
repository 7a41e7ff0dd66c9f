//! Random scenes in random layouts with comments everywhere: formatting keeps what they say.

use super::flattening::Random;
use super::properties::mutilate;
use super::stem;
use cupola_model::Timeline;
use cupola_scene::{format_scene, parse_scene};

/// What a scene says.
#[derive(Clone, Debug)]
enum Tree {
    Text(String),
    List(Vec<Self>),
    Map(Vec<(String, Self)>),
}

fn text(text: impl ToString) -> Tree {
    Tree::Text(text.to_string())
}

fn map<const N: usize>(entries: [(&str, Tree); N]) -> Tree {
    Tree::Map(entries.map(|(key, value)| (key.to_owned(), value)).to_vec())
}

fn keyframe(random: &mut Random, index: usize) -> Tree {
    let at = [
        format!("bar {}", index + 1),
        format!("{} s", 2 * index),
        format!("0:{:02}.00", 2 * index),
    ];
    let mut entries = vec![("at".to_owned(), text(&at[random.below(3) as usize]))];
    entries.push(("azimuth".to_owned(), text(format!("{:.1}", random.number(-180.0, 180.0)))));
    if random.below(2) > 0 {
        entries.push(("gain".to_owned(), text(format!("{:.2}", random.number(-20.0, 6.0)))));
    }
    if random.below(3) == 0 {
        let curve = map([("position", text("smooth")), ("gain", text("ease-in"))]);
        entries.push(("curve".to_owned(), [text("hold"), curve][random.below(2) as usize].clone()));
    }
    Tree::Map(entries)
}

fn object(random: &mut Random, index: usize) -> Tree {
    let names = ["Lead vocal", "'quoted #1'", "\"tab \\\" bed\"", "Été: no", "a - b", "x #y"];
    let name = names[random.below(4) as usize];
    let name = if name.starts_with(['\'', '"']) {
        format!("{}{index}{}", &name[..name.len() - 1], &name[name.len() - 1..])
    } else {
        format!("{} {index}", name.replace(':', ""))
    };
    let frames = (0..=random.below(6)).map(|i| keyframe(random, i as usize)).collect();
    map([
        ("stem", text(["a", "b"][random.below(2) as usize])),
        ("name", text(name)),
        (
            "groups",
            Tree::List(vec![text("vocals"), text("all")][random.below(2) as usize..].to_vec()),
        ),
        ("position", map([("azimuth", text(random.number(0.0, 90.0))), ("elevation", text(5.10))])),
        ("automation", Tree::List(frames)),
    ])
}

fn scene(random: &mut Random) -> Tree {
    let file = |name: &str, random: &mut Random| {
        map([("file", text(format!("{name}.wav"))), ("gain", text(random.number(-6.0, 0.0)))])
    };
    let route = map([("stem", text("a")), ("to", map([("L", text("-3")), ("R", text("-3.0"))]))]);
    map([
        ("cupola", text(1)),
        ("title", text("Ode to Joy")),
        ("tempo", map([("bpm", text(120)), ("meter", text("4/4"))])),
        ("stems", map([("a", file("a", random)), ("b", file("b", random))])),
        (
            "beds",
            Tree::List(vec![map([("format", text("5.1")), ("routes", Tree::List(vec![route]))])]),
        ),
        (
            "objects",
            Tree::List((0..=random.below(3)).map(|i| object(random, i as usize)).collect()),
        ),
        ("outputs", Tree::List(vec![map([("speakers", text("7.1.4"))])])),
    ])
}

/// Writes a tree in a layout of its own.
struct Writer<'r> {
    random: &'r mut Random,
    text: String,
    comments: usize,
}

impl Writer<'_> {
    fn chance(&mut self, one_in: u64) -> bool {
        self.random.below(one_in) == 0
    }

    fn blanks(&mut self, least: u64) {
        let n = if self.chance(4) { least + self.random.below(4) } else { least };
        self.text.extend((0..n).map(|_| ' '));
    }

    fn comment(&mut self) {
        self.comments += 1;
        let n = self.comments;
        self.text += ["#", "# ", "#  "][self.random.below(3) as usize];
        self.text += &format!("c{n}");
        self.text += ["", " {", ", - x: y", "  "][self.random.below(4) as usize];
    }

    /// The end of a line, and perhaps lines without content.
    fn end_line(&mut self, indent: usize) {
        if self.chance(5) {
            self.text.push(' ');
            self.blanks(0);
            self.comment();
        }
        self.text += ["\n", "\n", "\r\n", "  \n"][self.random.below(4) as usize];
        while self.chance(5) {
            if self.chance(2) {
                let near = indent.saturating_sub(2) + self.random.below(5) as usize;
                self.text.extend((0..near).map(|_| ' '));
                self.comment();
            }
            self.text.push('\n');
        }
    }

    fn indent(&mut self, indent: usize) {
        self.text.extend((0..indent).map(|_| ' '));
    }

    fn flow_break(&mut self, indent: usize) {
        if self.chance(8) {
            self.end_line(indent);
            let deeper = indent + 1 + self.random.below(4) as usize;
            self.indent(deeper);
        }
    }

    fn flow(&mut self, tree: &Tree, indent: usize) {
        let (open, close, n) = match tree {
            Tree::Text(text) => return self.text += text,
            Tree::List(items) => ("[", "]", items.len()),
            Tree::Map(entries) => ("{", "}", entries.len()),
        };
        self.text += open;
        for index in 0..n {
            self.blanks(0);
            self.flow_break(indent);
            match tree {
                Tree::List(items) => self.flow(&items[index], indent),
                Tree::Map(entries) => {
                    self.text += &entries[index].0;
                    self.blanks(0);
                    self.text.push(':');
                    self.blanks(1);
                    self.flow(&entries[index].1, indent);
                }
                Tree::Text(_) => {}
            }
            self.blanks(0);
            if index + 1 < n || self.chance(6) {
                self.text.push(',');
                self.blanks(1);
            }
        }
        self.flow_break(indent);
        self.text += close;
    }

    /// A value behind a key or dash, with the end of its line.
    fn value(&mut self, tree: &Tree, indent: usize, in_list: bool) {
        let scalar = matches!(tree, Tree::Text(_));
        if scalar || self.chance(3) {
            if self.chance(8) {
                self.end_line(indent);
                self.indent(indent + 1);
            } else {
                self.blanks(1);
            }
            self.flow(tree, indent);
            return self.end_line(indent);
        }
        if in_list && self.chance(2) {
            let before = self.text.len();
            self.blanks(1);
            let deeper = indent + 1 + (self.text.len() - before);
            return self.block(tree, deeper, true);
        }
        self.end_line(indent);
        let flush = !in_list && matches!(tree, Tree::List(_)) && self.chance(2);
        let deeper = if flush { indent } else { indent + 1 + self.random.below(5) as usize };
        self.block(tree, deeper, false);
    }

    fn block(&mut self, tree: &Tree, indent: usize, inline: bool) {
        let n = match tree {
            Tree::List(items) => items.len(),
            Tree::Map(entries) => entries.len(),
            Tree::Text(_) => 0,
        };
        for index in 0..n {
            if index > 0 || !inline {
                self.indent(indent);
            }
            match tree {
                Tree::List(items) => {
                    self.text.push('-');
                    self.value(&items[index], indent, true);
                }
                Tree::Map(entries) => {
                    self.text += &entries[index].0;
                    self.blanks(0);
                    self.text.push(':');
                    self.value(&entries[index].1, indent, false);
                }
                Tree::Text(_) => {}
            }
        }
    }
}

fn resolved(text: &str) -> Option<Timeline> {
    let scene = parse_scene(text, "s.yaml").value?;
    scene.resolve(&[stem(1, 960_000), stem(1, 960_000)]).value
}

/// The numbers of the comments of a text written by [`Writer`].
fn comments(text: &str) -> Vec<usize> {
    let marks =
        text.split('#').skip(1).filter_map(|rest| rest.trim_start_matches(' ').strip_prefix('c'));
    let digits = marks.map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next().unwrap());
    digits.filter_map(|digits| digits.parse().ok()).collect()
}

fn assert_layout(text: &str) {
    assert!(text.ends_with('\n') && !text.ends_with("\n\n") && !text.starts_with('\n'), "{text}");
    assert!(!text.contains("\n\n\n") && !text.contains(['\r', '\t']), "{text}");
    for line in text.lines().filter(|line| !line.is_empty()) {
        let blanks = line.len() - line.trim_start_matches(' ').len();
        // A comment that goes on below another one stands where that does.
        let indented = blanks % 2 == 0 || line.trim_start().starts_with('#');
        assert!(!line.ends_with(' ') && indented, "{line:?} in\n{text}");
    }
}

#[test]
fn random_scenes_in_random_layouts_keep_their_timeline_and_every_comment() {
    let mut random = Random(0x0F0F_1234_5678_9ABC);
    let (mut written, mut moved) = (0, 0);
    for round in 0..600 {
        let tree = scene(&mut random);
        let mut writer = Writer { random: &mut random, text: String::new(), comments: 0 };
        if writer.chance(3) {
            writer.text += "# c0\n---\n";
        }
        writer.block(&tree, 0, false);
        let (text, count) = (writer.text, writer.comments);
        let before = resolved(&text).unwrap_or_else(|| {
            let findings = parse_scene(&text, "s.yaml").findings;
            panic!("{round}: the writer is wrong:\n{text}\n{findings:#?}")
        });
        let checked = format_scene(&text, "s.yaml");
        let formatted = checked.value.unwrap_or_else(|| panic!("{text}\n{:#?}", checked.findings));
        assert_eq!(resolved(&formatted).as_ref(), Some(&before), "{text}\nbecame\n{formatted}");
        let order = comments(&formatted);
        assert_eq!(order, comments(&text), "{text}\nbecame\n{formatted}");
        assert_eq!(order.iter().filter(|n| **n > 0).count(), count, "{text}\nbecame\n{formatted}");
        assert_layout(&formatted);
        let again = format_scene(&formatted, "s.yaml").value;
        assert_eq!(again.as_ref(), Some(&formatted), "{text}\nbecame\n{formatted}");
        written += count;
        moved += usize::from(formatted != text);
    }
    assert!(written > 4_000 && moved > 550, "{written} comments, {moved} texts changed");
}

#[test]
fn mutilated_scenes_are_formatted_without_a_change_or_refused_like_any_other() {
    let mut random = Random(0xF0F0_5EED_5EED_0001);
    let mut formatted = 0;
    for _ in 0..1500 {
        let text = mutilate(&mut random);
        let says = |text: &str| {
            let checked = parse_scene(text, "s.yaml");
            let words = |f: &cupola_model::Finding| (f.rule, f.message.clone(), f.found.clone());
            let mut findings: Vec<_> = checked.findings.iter().map(words).collect();
            findings.sort();
            (
                checked
                    .value
                    .map(|scene| scene.resolve(&[stem(2, 960_000), stem(2, 960_000)]).value),
                findings,
            )
        };
        let checked = format_scene(&text, "s.yaml");
        assert!(checked.findings.iter().all(|f| f.rule != "scene.format"), "refused:\n{text}");
        let Some(once) = checked.value else { continue };
        assert_eq!(says(&text), says(&once), "{text}\nbecame\n{once}");
        assert_eq!(format_scene(&once, "s.yaml").value.as_ref(), Some(&once), "{text}");
        formatted += 1;
    }
    assert!(formatted > 400, "only {formatted} were formatted");
}
