//! Which channel of a stem feeds which channel of a bed.

use crate::place::{Findings, Spot};
use crate::read::list_words;
use crate::resolve::channel_count;
use crate::rules;
use crate::scene::{Channel, Route};
use cupola_model::{BedFormat, BedLabel, Finding, StemFacts};

/// A contribution to a bed channel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct RouteFeed {
    pub(crate) label: BedLabel,
    /// Channel of the stem, from 0.
    pub(crate) channel: u16,
    pub(crate) factor: f64,
    pub(crate) gain_db: f64,
}

pub(crate) type Feeds = Vec<RouteFeed>;

/// The contributions of a route. Empty when they cannot be told, with a finding unless the stem
/// could not be opened.
pub(crate) fn feeds(
    route: &Route,
    format: BedFormat,
    facts: Option<&StemFacts>,
    stem: &str,
    findings: &mut Findings,
) -> Feeds {
    if let Some(split) = &route.split {
        return facts.map_or_else(Vec::new, |facts| split.feeds(facts, stem, findings));
    }
    let targets = route.to.as_ref().map(|to| to.labels.as_slice());
    let in_order = facts.filter(|_| route.channel.is_none()).is_some_and(|facts| {
        let wanted = targets.map_or(format.channels().len(), <[_]>::len);
        facts.channels > 2 && usize::from(facts.channels) == wanted
    });
    // Three channels or more may be the channels of a surround stem, whose LFE is already filtered.
    let maybe_in_order = facts.is_none() && targets.is_some_and(|labels| labels.len() > 2);
    if !in_order && !maybe_in_order {
        warn_of_full_range_lfe(route, stem, findings);
    }
    let Some(facts) = facts else { return Vec::new() };
    if in_order {
        return feeds_in_order(route, format, stem, findings);
    }
    if let Some((channel, spot)) = &route.channel {
        let Some(index) = channel_index(*channel, facts, stem, spot, findings) else {
            return Vec::new();
        };
        return one_channel(route, index, facts, format, stem, findings);
    }
    match facts.channels {
        1 => one_channel(route, 0, facts, format, stem, findings),
        2 => {
            let usual = [(BedLabel::L, 0.0), (BedLabel::R, 0.0)];
            warn_of_sides(route, stem, findings);
            targets.unwrap_or(&usual).iter().flat_map(|target| by_side(*target)).collect()
        }
        _ => {
            let spot = route.to.as_ref().map_or(&route.spot, |to| &to.spot);
            let hint = match targets {
                Some(_) => "name as many channels as the stem has, or choose one with `channel: 1`",
                None => {
                    "say with `to` which channels they feed, in order, or choose one with \
                         `channel: 1`"
                }
            };
            let finding = Finding::error(
                rules::ROUTE_TARGET,
                "the channels of the stem are not those of the bed",
            );
            let finding = finding
                .subject(stem)
                .found(channel_count(facts))
                .allowed(format!("1, 2 or the {} of the bed", format.channels().len()))
                .hint(hint);
            findings.push(spot, finding);
            Vec::new()
        }
    }
}

/// One channel of a stem into every channel named.
fn one_channel(
    route: &Route,
    channel: u16,
    facts: &StemFacts,
    format: BedFormat,
    stem: &str,
    findings: &mut Findings,
) -> Feeds {
    let Some(to) = &route.to else {
        let finding =
            Finding::error(rules::ROUTE_TARGET, "it is not said where one channel goes in the bed")
                .subject(stem)
                .found(channel_count(facts))
                .allowed(list_words(format.channels().iter().map(|label| label.name())))
                .hint("add for example `to: C`, or `to: {L: -3, R: -3}` for the middle of L and R");
        findings.push(&route.spot, finding);
        return Vec::new();
    };
    let feed = |(label, gain_db): &(BedLabel, f64)| RouteFeed {
        label: *label,
        channel,
        factor: 1.0,
        gain_db: *gain_db,
    };
    to.labels.iter().map(feed).collect()
}

/// A list that names a right channel before a left one looks like a swap, which it is not.
fn warn_of_sides(route: &Route, stem: &str, findings: &mut Findings) {
    let Some(to) = &route.to else { return };
    let sides: Vec<f64> = to.labels.iter().map(|(label, _)| label.position().x).collect();
    if matches!(sides[..], [right, left] if right > 0.0 && left < 0.0) {
        let finding = Finding::warning(
            rules::ROUTE_SIDES,
            "a stereo stem keeps its sides, whatever the order of `to`",
        );
        let names = to.labels.iter().map(|(label, _)| label.name());
        let finding = finding.subject(stem).found(list_words(names)).hint(
            "to swap the sides, write two routes: `channel: left, to: R` and the other way round",
        );
        findings.push(&to.spot, finding);
    }
}

/// A stereo stem into one bed channel: left and right are kept by side, the middle gets (L+R)/2.
fn by_side((label, gain_db): (BedLabel, f64)) -> Feeds {
    use BedLabel::{C, L, Lfe, Lrs, Ls, Lss, Lts, R, Rrs, Rs, Rss, Rts};
    let feed = |channel, factor| RouteFeed { label, channel, factor, gain_db };
    match label {
        L | Ls | Lss | Lrs | Lts => vec![feed(0, 1.0)],
        R | Rs | Rss | Rrs | Rts => vec![feed(1, 1.0)],
        C | Lfe => vec![feed(0, 0.5), feed(1, 0.5)],
    }
}

/// A surround stem, channel after channel.
fn feeds_in_order(route: &Route, format: BedFormat, stem: &str, findings: &mut Findings) -> Feeds {
    let labels: Vec<(BedLabel, f64)> = match &route.to {
        Some(to) => to.labels.clone(),
        None => format.channels().iter().map(|label| (*label, 0.0)).collect(),
    };
    if route.to.is_none() {
        let order = list_words(format.channels().iter().map(|label| label.name()));
        let finding =
            Finding::note(rules::ROUTE_IN_ORDER, "the stem's channels feed the bed in its order")
                .subject(stem)
                .found(order)
                .hint(
                    "if the file has another order (WAVE has backs before sides), list it in `to`",
                );
        findings.push(&route.spot, finding);
    }
    let feed = |(channel, (label, gain_db))| RouteFeed { label, channel, factor: 1.0, gain_db };
    (0..).zip(labels).map(feed).collect()
}

/// The channel of a stem, from 0; a finding when the stem does not have it.
pub(crate) fn channel_index(
    channel: Channel,
    facts: &StemFacts,
    stem: &str,
    spot: &Spot,
    findings: &mut Findings,
) -> Option<u16> {
    let index = match channel {
        Channel::Left if facts.channels == 2 => Some(0),
        Channel::Right if facts.channels == 2 => Some(1),
        Channel::Left | Channel::Right => None,
        Channel::Number(number) => number.checked_sub(1).filter(|index| *index < facts.channels),
    };
    if index.is_none() {
        let allowed = match facts.channels {
            2 => "left, right, 1 or 2".to_owned(),
            n => format!("1 to {n}"),
        };
        let hint = if facts.channels == 1 { "a mono stem needs no `channel`" } else { "" };
        let found = match channel {
            Channel::Left => "left".to_owned(),
            Channel::Right => "right".to_owned(),
            Channel::Number(number) => number.to_string(),
        };
        let finding = Finding::error(rules::STEM_CHANNEL, "the stem has no such channel")
            .subject(stem)
            .found(found)
            .allowed(allowed)
            .hint(hint);
        findings.push(spot, finding);
    }
    index
}

fn warn_of_full_range_lfe(route: &Route, stem: &str, findings: &mut Findings) {
    let Some(to) = &route.to else { return };
    if route.low_pass_hz.is_none() && to.labels.iter().any(|(label, _)| label.is_lfe()) {
        let finding =
            Finding::warning(rules::LFE_NO_LOWPASS, "a full-range signal goes to the LFE channel")
                .subject(stem)
                .hint("give the LFE a route of its own with `lowpass: 120`");
        findings.push(&to.spot, finding);
    }
}
