//! Surround stems taken apart: what a bed has a place for goes there, the rest becomes objects.
//!
//! A loudspeaker of the stem's layout feeds the bed channel at the same place in the room, and the LFE
//! feeds the LFE; every other loudspeaker becomes an object that stands still at its place. Objects
//! carry the route's gain, the groups of route and bed, and the bed's headphone mode.

use crate::layouts::{find_layout, standard_layouts};
use crate::place::{Findings, Spot};
use crate::read::{Cursor, closest, list_words, shorten};
use crate::resolve::channel_count;
use crate::route::{Feeds, RouteFeed};
use crate::rules;
use crate::scene::{BedEntry, Feed, ObjectEntry, Route, StemRequest};
use cupola_model::{
    BedFormat, BedLabel, Finding, ObjectFeatures, Position, RoomPosition, Speaker, StemFacts,
};

/// The channels of a surround stem, in its order.
#[derive(Clone, Debug)]
pub(crate) struct Split {
    pub(crate) channels: Vec<SplitChannel>,
    pub(crate) spot: Spot,
}

/// One channel of a surround stem.
#[derive(Clone, Debug)]
pub(crate) struct SplitChannel {
    /// Its loudspeaker.
    pub(crate) speaker: String,
    pub(crate) goes: Goes,
}

/// What becomes of a channel.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Goes {
    ToBed(BedLabel),
    /// An object stands here.
    ToObject(RoomPosition),
}

/// The order of the channels in a surround stem.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum StemOrder {
    /// The order of the layout: sides before backs.
    #[default]
    Bs2051,
    /// Ascending bits of the WAVE mask: backs before sides.
    Wave,
    /// Centre second, LFE after the surrounds: L C R Lss Rss Lrs Rrs LFE, then what is above. The
    /// order of tracks in Pro Tools.
    Film,
}

pub(crate) const STEM_ORDERS: [(&str, StemOrder); 3] =
    [("bs2051", StemOrder::Bs2051), ("wave", StemOrder::Wave), ("film", StemOrder::Film)];

/// Layouts of stems that no room is built for: as another one without some of its loudspeakers.
const REDUCED: [(&str, &str, &[&str]); 4] = [
    ("4.0", "5.1", &["C", "LFE"]),
    ("quad", "5.1", &["C", "LFE"]),
    ("5.0", "5.1", &["LFE"]),
    ("7.0", "7.1", &["LFE"]),
];

/// The loudspeakers whose place in the orders other than the layout's own is known.
const ORDERED: [&str; 16] = [
    "L", "R", "C", "LFE", "Ls", "Rs", "Lss", "Rss", "Lrs", "Rrs", "Ltf", "Rtf", "Ltm", "Rtm",
    "Ltr", "Rtr",
];

/// The layouts a stem may have, by name.
pub(crate) fn split_names() -> Vec<&'static str> {
    let reduced = REDUCED.iter().map(|(name, ..)| *name);
    let standard = standard_layouts().iter().filter(|layout| lfe_count(layout.speakers()) <= 1);
    reduced.chain(standard.map(|layout| layout.name.as_str())).collect()
}

fn lfe_count(speakers: &[Speaker]) -> usize {
    speakers.iter().filter(|speaker| speaker.lfe).count()
}

/// The loudspeakers of a stem's layout in the layout's own order.
fn speakers(name: &str) -> Option<Vec<&'static Speaker>> {
    let reduced = REDUCED.iter().find(|(known, ..)| *known == name);
    let (layout, without) =
        reduced.map_or((name, [].as_slice()), |(_, of, without)| (*of, *without));
    let layout = find_layout(layout).filter(|layout| lfe_count(layout.speakers()) <= 1)?;
    let kept = |speaker: &&Speaker| !without.contains(&speaker.name.as_str());
    Some(layout.speakers().iter().filter(kept).collect())
}

impl StemOrder {
    /// Puts the loudspeakers of a layout into this order; `None` when it has none for the layout.
    fn arrange(self, mut speakers: Vec<&'static Speaker>) -> Option<Vec<&'static Speaker>> {
        const WAVE: [&str; 6] = ["L", "R", "C", "LFE", "Lrs", "Rrs"];
        const FILM: [&str; 10] = ["L", "C", "R", "Ls", "Rs", "Lss", "Rss", "Lrs", "Rrs", "LFE"];
        // WAVE has no place for loudspeakers above the sides.
        let above_sides = |s: &&Speaker| matches!(s.name.as_str(), "Ltm" | "Rtm");
        let known = |s: &&Speaker| ORDERED.contains(&s.name.as_str());
        let first: &[&str] = match self {
            Self::Bs2051 => return Some(speakers),
            Self::Wave if speakers.iter().any(above_sides) => return None,
            Self::Wave => &WAVE,
            Self::Film => &FILM,
        };
        if !speakers.iter().all(known) {
            return None;
        }
        // What is not named keeps its order and comes last.
        let rank = |speaker: &&Speaker| first.iter().position(|name| *name == speaker.name);
        speakers.sort_by_key(|speaker| rank(speaker).unwrap_or(usize::MAX));
        Some(speakers)
    }
}

/// Reads `split` and its `order`.
pub(crate) fn read_split(
    cursor: &Cursor<'_>,
    order: Option<&Cursor<'_>>,
    format: BedFormat,
    findings: &mut Findings,
) -> Option<Split> {
    let name = cursor.scalar(findings, "the layout of the stem such as 7.1.4")?;
    let order_words = order.map(|c| c.word(findings, &STEM_ORDERS));
    let Some(speakers) = speakers(name) else {
        let names = split_names();
        let hint = closest(name, names.iter().copied());
        let finding = Finding::error(rules::VALUE_WORD, "a stem of this layout cannot be split")
            .found(shorten(name))
            .allowed(list_words(names.iter().copied()))
            .hint(hint.map_or_else(String::new, |name| format!("did you mean `{name}`?")));
        cursor.report(findings, finding);
        return None;
    };
    let order_value = order_words.unwrap_or(Some(StemOrder::default()))?;
    let Some(speakers) = order_value.arrange(speakers) else {
        let finding = Finding::error(rules::ROUTE_SPLIT, "this order says nothing of the layout")
            .found(format!("{} for {name}", order.map(Cursor::found).unwrap_or_default()))
            .hint("leave `order` away if the stem is in the order of the layout");
        order.unwrap_or(cursor).report(findings, finding);
        return None;
    };
    let labels = format.channels();
    let goes = |speaker: &Speaker| {
        let same = |label: &&BedLabel| match (speaker.lfe, label.is_lfe()) {
            (false, false) => label.position() == speaker.room,
            (lfe, is_lfe) => lfe && is_lfe,
        };
        match labels.iter().find(same) {
            Some(label) => Some(Goes::ToBed(*label)),
            None => (!speaker.lfe).then_some(Goes::ToObject(speaker.room)),
        }
    };
    let channel = |speaker: &&Speaker| {
        Some(SplitChannel { speaker: speaker.name.clone(), goes: goes(speaker)? })
    };
    let channels: Option<Vec<_>> = speakers.iter().map(channel).collect();
    if channels.is_none() {
        let finding = Finding::error(rules::ROUTE_SPLIT, "the bed has no LFE for that of the stem")
            .found(format!("{format} bed, {name} stem"))
            .hint("choose a bed with an LFE, for example `format: 7.1.2`");
        cursor.report(findings, finding);
    }
    Some(Split { channels: channels?, spot: cursor.spot() })
}

/// An ambisonic bed has no loudspeakers that a stem could be split to.
pub(crate) fn refuse_in_field(cursor: &Cursor<'_>, findings: &mut Findings) {
    let message = "an ambisonic bed has no loudspeakers to split a stem to";
    let hint = "route it to a bed of loudspeakers, for example `format: 7.1.2`";
    cursor.report(findings, Finding::error(rules::ROUTE_SPLIT, message).hint(hint));
}

/// Keys that mean nothing beside `split`, and `order` without it.
pub(crate) fn refuse_others(
    split: Option<&Cursor<'_>>,
    order: Option<&Cursor<'_>>,
    others: [(&str, Option<&Cursor<'_>>); 3],
    findings: &mut Findings,
) {
    if split.is_none() {
        if let Some(order) = order {
            let finding = Finding::error(rules::KEY_CONFLICT, "`order` belongs to `split`");
            order.report(findings, finding.hint("remove it, or add for example `split: 7.1.4`"));
        }
        return;
    }
    for (key, cursor) in others {
        if let Some(cursor) = cursor {
            let message = format!("`split` and `{key}` exclude each other");
            let finding = Finding::error(rules::KEY_CONFLICT, message);
            cursor.report(findings, finding.hint("`split` takes the whole stem as it is"));
        }
    }
}

impl Split {
    fn fits(&self, facts: &StemFacts) -> bool {
        usize::from(facts.channels) == self.channels.len()
    }

    fn names(&self, of_bed: bool) -> String {
        let wanted = |c: &&SplitChannel| matches!(c.goes, Goes::ToBed(_)) == of_bed;
        list_words(self.channels.iter().filter(wanted).map(|c| c.speaker.as_str()))
    }

    /// What of the stem feeds the bed.
    pub(crate) fn feeds(&self, facts: &StemFacts, stem: &str, findings: &mut Findings) -> Feeds {
        if !self.fits(facts) {
            let message = "the channels of the stem are not those of its layout";
            let finding = Finding::error(rules::ROUTE_SPLIT, message)
                .subject(stem)
                .found(channel_count(facts))
                .allowed(self.channels.len().to_string())
                .hint(list_words(self.channels.iter().map(|c| c.speaker.as_str())));
            findings.push(&self.spot, finding);
            return Vec::new();
        }
        let (bed, objects) = (self.names(true), self.names(false));
        let objects = if objects.is_empty() { "nothing".to_owned() } else { objects };
        let finding = Finding::note(rules::ROUTE_SPLIT, "the stem is split")
            .subject(stem)
            .found(format!("to the bed {bed}; to objects {objects}"))
            .hint("if the file has another order of channels, say so with `order`");
        findings.push(&self.spot, finding);
        let feed = |(channel, c): (u16, &SplitChannel)| match c.goes {
            Goes::ToBed(label) => Some(RouteFeed { label, channel, factor: 1.0, gain_db: 0.0 }),
            Goes::ToObject(_) => None,
        };
        (0..).zip(&self.channels).filter_map(feed).collect()
    }
}

/// The objects that the split stems of all beds become.
pub(crate) fn objects(beds: &[BedEntry], stems: &[StemRequest]) -> Vec<ObjectEntry> {
    let routes = beds.iter().flat_map(|bed| bed.routes.iter().map(move |route| (bed, route)));
    let split = routes.filter_map(|(bed, route)| Some((bed, route, route.split.as_ref()?)));
    split
        .flat_map(|(bed, route, split)| {
            let channels = (0..).zip(&split.channels);
            channels.filter_map(|(i, channel)| object(bed, route, split, i, channel, stems))
        })
        .collect()
}

fn object(
    bed: &BedEntry,
    route: &Route,
    split: &Split,
    index: u16,
    channel: &SplitChannel,
    stems: &[StemRequest],
) -> Option<ObjectEntry> {
    let Goes::ToObject(place) = channel.goes else { return None };
    let own = route.groups.iter().filter(|group| !bed.groups.contains(group));
    let of = u16::try_from(split.channels.len()).ok()?;
    Some(ObjectEntry {
        of_bed: Some(bed.name.clone()),
        name: format!("{} {}", stems[route.stem].name, channel.speaker),
        stem: route.stem,
        feed: Feed::OfSplit { channel: index, of },
        groups: bed.groups.iter().chain(own).cloned().collect(),
        binaural: bed.binaural,
        gain_db: route.gain_db,
        size: 0.0,
        position: Position::Room(place),
        path: None,
        keyframes: Vec::new(),
        features: ObjectFeatures::default(),
        silenced: false,
        flawed: false,
        spot: split.spot.clone(),
    })
}
