//! Ambisonic beds: which channel of a stem is which component.

use crate::place::{Findings, Spot};
use crate::read::{Cursor, list_words, shorten};
use crate::resolve::channel_count;
use crate::route::channel_index;
use crate::rules;
use crate::scene::Route;
use cupola_model::ambisonics::{component, component_name, order_and_degree};
use cupola_model::{AmbisonicScale, Finding, StemFacts};

/// How a file of ambisonics is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AmbisonicInput {
    /// ACN order, SN3D. [AmbiX-2011]
    AmbiX,
    /// ACN order, N3D.
    N3d,
    /// The order and scale of Furse and Malham. [Malham-1999]
    FuMa,
}

/// Components are named up to seventh order.
const COMPONENTS: usize = 64;
/// What a component is called, for people.
const NAMES: &str = "W, X, Y, Z, or ACN0 to ACN63";
/// Order and degree of the channels of FuMa: W XYZ RSTUV KLMNOPQ.
const FUMA: [(u8, i8); 16] = [
    (0, 0),
    (1, 1),
    (1, -1),
    (1, 0),
    (2, 0),
    (2, 1),
    (2, -1),
    (2, 2),
    (2, -2),
    (3, 0),
    (3, 1),
    (3, -1),
    (3, 2),
    (3, -2),
    (3, 3),
    (3, -3),
];

impl AmbisonicInput {
    pub(crate) const ALL: [Self; 3] = [Self::AmbiX, Self::N3d, Self::FuMa];

    /// The word in scenes.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::AmbiX => "ambix",
            Self::N3d => "n3d",
            Self::FuMa => "fuma",
        }
    }

    pub(crate) const fn scale(self) -> AmbisonicScale {
        match self {
            Self::AmbiX => AmbisonicScale::Sn3d,
            Self::N3d => AmbisonicScale::N3d,
            Self::FuMa => AmbisonicScale::FuMa,
        }
    }

    /// The input of that scale.
    pub(crate) fn of_scale(scale: AmbisonicScale) -> Self {
        match scale {
            AmbisonicScale::Sn3d => Self::AmbiX,
            AmbisonicScale::N3d => Self::N3d,
            AmbisonicScale::FuMa => Self::FuMa,
        }
    }

    /// Numbers of channels that a whole file may have.
    fn counts(self) -> impl Iterator<Item = usize> {
        (1..=usize::from(self.scale().max_order())).map(|order| (order + 1).pow(2))
    }

    /// The component in a channel of a whole file.
    fn component_at(self, channel: usize) -> usize {
        match self {
            Self::AmbiX | Self::N3d => channel,
            Self::FuMa => FUMA.get(channel).map_or(0, |(order, degree)| component(*order, *degree)),
        }
    }
}

/// A contribution to a component.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ComponentFeed {
    pub(crate) number: usize,
    /// Channel of the stem, from 0.
    pub(crate) channel: u16,
}

/// Reads `to` of a route into an ambisonic bed: a component or a list.
pub(crate) fn read_components(
    cursor: &Cursor<'_>,
    input: AmbisonicInput,
    findings: &mut Findings,
) -> Option<Vec<usize>> {
    let errors = findings.errors();
    let mut numbers = Vec::new();
    let mut take = |name: &str, spot: &Spot, findings: &mut Findings| {
        let Some(number) = read_component(name, spot, input, findings) else { return };
        if numbers.contains(&number) {
            let message = format!("{} is named twice", component_name(number));
            let finding = Finding::error(rules::KEY_DUPLICATE, message);
            findings.push(spot, finding.hint("name each component once"));
        } else {
            numbers.push(number);
        }
    };
    if cursor.is_scalar() {
        if let Some(name) = cursor.scalar(findings, "a component such as W") {
            take(name, &cursor.spot(), findings);
        }
    } else {
        for item in cursor.items(findings, "a component or a list of components") {
            if let Some(name) = item.scalar(findings, "a component such as W") {
                take(name, &item.spot(), findings);
            }
        }
    }
    if numbers.is_empty() && errors == findings.errors() {
        let finding = Finding::error(rules::VALUE_EMPTY, "`to` names no component");
        cursor.report(findings, finding.hint("name components, for example `to: [W, Y, Z, X]`"));
    }
    (errors == findings.errors()).then_some(numbers)
}

fn read_component(
    name: &str,
    spot: &Spot,
    input: AmbisonicInput,
    findings: &mut Findings,
) -> Option<usize> {
    let acn = || name.strip_prefix("ACN").filter(|digits| digits.len() <= 2)?.parse().ok();
    let letter = ["W", "Y", "Z", "X"].iter().position(|letter| *letter == name);
    let number = letter.or_else(acn).filter(|number| *number < COMPONENTS);
    let most = input.scale().max_order();
    match number {
        Some(number) if order_and_degree(number).0 <= most => return Some(number),
        Some(_) => {
            let finding = Finding::error(rules::BED_LABEL, "FuMa has no component of this order")
                .found(shorten(name))
                .allowed("third order: ACN0 to ACN15")
                .hint("`format: ambix` and `format: n3d` go up to seventh order");
            findings.push(spot, finding);
        }
        None => {
            let message = "an ambisonic bed has no component of this name";
            let finding = Finding::error(rules::BED_LABEL, message)
                .found(shorten(name))
                .allowed(NAMES)
                .hint("beds of loudspeakers have a `format` such as 7.1.2");
            findings.push(spot, finding);
        }
    }
    None
}

/// The contributions of a route. Empty when they cannot be told, with a finding unless the stem could
/// not be opened.
pub(crate) fn component_feeds(
    route: &Route,
    input: AmbisonicInput,
    facts: Option<&StemFacts>,
    stem: &str,
    findings: &mut Findings,
) -> Vec<ComponentFeed> {
    let Some(facts) = facts else { return Vec::new() };
    let to = route.to.as_ref().map(|to| to.components.as_slice());
    if let Some((channel, spot)) = &route.channel {
        let Some(channel) = channel_index(*channel, facts, stem, spot, findings) else {
            return Vec::new();
        };
        if let Some(to) = to {
            return to.iter().map(|&number| ComponentFeed { number, channel }).collect();
        }
        let message = "it is not said which component one channel is";
        let finding = Finding::error(rules::ROUTE_TARGET, message).subject(stem).allowed(NAMES);
        findings.push(&route.spot, finding.hint("add for example `to: W`"));
        return Vec::new();
    }
    let count = usize::from(facts.channels);
    let in_order = |(channel, number)| ComponentFeed { number, channel };
    match to {
        None if input.counts().any(|whole| whole == count) => {
            (0..).zip((0..count).map(|c| input.component_at(c))).map(in_order).collect()
        }
        Some(to) if to.len() == count => (0..).zip(to.iter().copied()).map(in_order).collect(),
        _ => {
            let message = "the channels of the stem are not those of an ambisonic order";
            let wholes = input.counts().map(|whole| whole.to_string()).collect::<Vec<_>>();
            let allowed = match to {
                Some(to) => to.len().to_string(),
                None => list_words(wholes.iter().map(String::as_str)),
            };
            let finding = Finding::error(rules::ROUTE_TARGET, message)
                .subject(stem)
                .found(channel_count(facts))
                .allowed(allowed)
                .hint("say which component each channel is, for example `to: [W, Y, Z, X]`");
            let spot = route.to.as_ref().map_or(&route.spot, |to| &to.spot);
            findings.push(spot, finding);
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_of_fuma_are_every_component_once_and_letters_where_they_belong() {
        let mut numbers: Vec<usize> =
            (0..16).map(|c| AmbisonicInput::FuMa.component_at(c)).collect();
        // W X Y Z by their axes: X is degree 1, Y degree -1, Z degree 0 of first order.
        assert_eq!(numbers[..4], [0, 3, 1, 2]);
        // K, the axis of third order, and Q, the last.
        assert_eq!((numbers[9], numbers[15]), (12, 9));
        numbers.sort_unstable();
        assert_eq!(numbers, (0..16).collect::<Vec<_>>());
    }
}
