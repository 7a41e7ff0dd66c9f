//! One colour a group, told apart on paper and on a dark screen.

use std::fmt::Write;

/// Light page, dark page.
const GROUPS: [(&str, &str); 10] = [
    ("#2463c7", "#7fb0ff"),
    ("#c8374a", "#ff8d96"),
    ("#1f8a55", "#5fd49b"),
    ("#b36b00", "#f3b95a"),
    ("#7748c2", "#bd9dff"),
    ("#0b8499", "#55d0e2"),
    ("#bb3d8b", "#f58fd0"),
    ("#66731a", "#c3d15c"),
    ("#955229", "#dfa37c"),
    ("#4a617f", "#a7bbd6"),
];

/// The class of a group; colours come round again after ten groups.
pub(crate) fn class(group: usize) -> String {
    format!("g{}", group % GROUPS.len())
}

/// Rules that set `--g` and, for programs without variables, `fill` and `stroke` by `.gN`.
///
/// Marks take their colour from the class `f` (fill) or `s` (stroke) beside the group's.
pub(crate) fn rules(dark: bool) -> String {
    let mut css = String::new();
    for (i, (light, night)) in GROUPS.iter().enumerate() {
        let colour = if dark { night } else { light };
        let _ = writeln!(
            css,
            ".g{i}.f{{fill:{colour}}}.g{i}.s{{stroke:{colour}}}.g{i}.b{{background:{colour}}}"
        );
    }
    css
}
