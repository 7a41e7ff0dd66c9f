//! Beds and the routes that feed them.

use crate::ambisonic::{AmbisonicInput, read_components};
use crate::overlay::refuse_idle_removal;
use crate::parse::{Context, groups};
use crate::place::{Findings, Spot};
use crate::read::{Cursor, Fields, did_you_mean, list_words, shorten};
use crate::rules;
use crate::scene::{BedEntry, BedKind, Channel, Route, Target};
use crate::value::LOW_PASS;
use crate::{spec, split};
use cupola_model::{BedFormat, BedLabel, Finding};

/// Name of a bed whose author gave none.
pub(crate) const BED_NAME: &str = "Bed";
const FORMATS: usize = BedFormat::ALL.len() + AmbisonicInput::ALL.len();
/// What beds are called by.
pub(crate) const BED_FORMATS: [(&str, BedKind); FORMATS] = {
    let mut formats = [("", BedKind::Ambisonic(AmbisonicInput::AmbiX)); FORMATS];
    let mut n = 0;
    while n < formats.len() {
        formats[n] = if n < BedFormat::ALL.len() {
            (BedFormat::ALL[n].name(), BedKind::Speakers(BedFormat::ALL[n]))
        } else {
            let input = AmbisonicInput::ALL[n - BedFormat::ALL.len()];
            (input.name(), BedKind::Ambisonic(input))
        };
        n += 1;
    }
    formats
};
/// The channels of a stem that have names.
pub(crate) const SIDES: [(&str, Channel); 2] = [("left", Channel::Left), ("right", Channel::Right)];

pub(crate) fn read_beds(
    fields: &mut Fields<'_>,
    context: &mut Context,
    findings: &mut Findings,
) -> Vec<BedEntry> {
    let Some(list) = fields.get("beds") else { return Vec::new() };
    let items = list.items(findings, "a list of beds");
    items.iter().filter_map(|item| read_bed(item, context, findings)).collect()
}

fn read_bed(item: &Cursor<'_>, context: &mut Context, findings: &mut Findings) -> Option<BedEntry> {
    if findings.is_enough() {
        return None;
    }
    let mut fields = item.fields(findings, &spec::BED)?;
    fields.get("preset");
    refuse_idle_removal(&mut fields, findings);
    let name = fields.get("name").map(|c| c.text(findings));
    let format = fields
        .need("format", findings, "format: 7.1.2")
        .and_then(|c| c.word(findings, &BED_FORMATS));
    let binaural = context.binaural(&mut fields, findings);
    let groups = groups(&mut fields, findings);
    let routes = fields.get("routes").map_or_else(Vec::new, |list| {
        let items = list.items(findings, "a list such as [{stem: drums}]");
        // An unknown format must not hide what else is wrong with the routes.
        let channels = format.unwrap_or(BedKind::Speakers(BedFormat::F7_1_2));
        let known = format.is_some();
        items
            .iter()
            .filter_map(|item| read_route(item, channels, known, context, findings))
            .collect()
    });
    fields.finish(findings);
    Some(BedEntry {
        name: name.unwrap_or_else(|| Some(BED_NAME.to_owned())).unwrap_or_default(),
        format: format?,
        binaural,
        groups,
        routes,
        spot: item.spot(),
    })
}

fn read_route(
    item: &Cursor<'_>,
    kind: BedKind,
    format_known: bool,
    context: &mut Context,
    findings: &mut Findings,
) -> Option<Route> {
    if findings.is_enough() {
        return None;
    }
    let mut fields = item.fields(findings, &spec::ROUTE)?;
    fields.get("preset");
    let stem =
        fields.need("stem", findings, "stem: drums").and_then(|c| context.stem(&c, findings));
    let channel = fields.get("channel").map(|c| read_channel(&c, findings));
    let to = fields.get("to").map(|c| match kind {
        BedKind::Speakers(format) => read_target(&c, format, format_known, findings),
        BedKind::Ambisonic(input) => read_components(&c, input, findings)
            .map(|components| Target { labels: Vec::new(), components, spot: c.spot() }),
    });
    let gain = fields.get("gain").map(|c| c.gain(findings));
    let low_pass = fields.get("lowpass").map(|c| c.number(findings, &LOW_PASS));
    let groups = groups(&mut fields, findings);
    let (split_key, order) = (fields.get("split"), fields.get("order"));
    let others = ["channel", "to", "lowpass"].map(|key| (key, fields.get(key)));
    let others = others.each_ref().map(|(key, cursor)| (*key, cursor.as_ref()));
    split::refuse_others(split_key.as_ref(), order.as_ref(), others, findings);
    let split = split_key.map(|c| match kind {
        BedKind::Speakers(format) => split::read_split(&c, order.as_ref(), format, findings),
        BedKind::Ambisonic(_) => {
            split::refuse_in_field(&c, findings);
            None
        }
    });
    fields.finish(findings);
    // A part that is there but wrong makes the route unusable; the finding is already made.
    Some(Route {
        stem: stem?,
        channel: channel.map_or(Some(None), |c| c.map(Some))?,
        to: to.map_or(Some(None), |t| t.map(Some))?,
        split: split.map_or(Some(None), |s| s.map(Some))?,
        gain_db: gain.unwrap_or(Some(0.0))?,
        low_pass_hz: low_pass.map_or(Some(None), |f| f.map(Some))?,
        groups,
        silenced: false,
        spot: item.spot(),
    })
}

/// `left`, `right` or a number from 1.
pub(crate) fn read_channel(
    cursor: &Cursor<'_>,
    findings: &mut Findings,
) -> Option<(Channel, Spot)> {
    let side = SIDES.iter().find(|(word, _)| *word == cursor.found());
    let channel = match side {
        Some((_, channel)) => *channel,
        None => Channel::Number(cursor.ordinal(findings)?),
    };
    Some((channel, cursor.spot()))
}

/// A label, a list of labels, or labels with gains.
fn read_target(
    cursor: &Cursor<'_>,
    format: BedFormat,
    format_known: bool,
    findings: &mut Findings,
) -> Option<Target> {
    const WANTED: &str = "a channel, a list of channels, or channels with gains";
    let errors = findings.errors();
    let mut labels = Vec::new();
    let mut take = |name: &str, spot: &Spot, gain: f64, findings: &mut Findings| {
        let Some(label) = read_label(name, spot, format, format_known, findings) else { return };
        if labels.iter().any(|(other, _)| *other == label) {
            let finding = Finding::error(rules::KEY_DUPLICATE, format!("{label} is named twice"));
            findings.push(spot, finding.hint("name each channel once"));
        } else {
            labels.push((label, gain));
        }
    };
    if cursor.is_scalar() {
        if let Some(name) = cursor.scalar(findings, WANTED) {
            take(name, &cursor.spot(), 0.0, findings);
        }
    } else if cursor.is_map() {
        for (name, spot, value) in cursor.named_entries(findings, WANTED) {
            let gain = value.gain(findings);
            take(name, &spot, gain.unwrap_or(0.0), findings);
        }
    } else {
        for item in cursor.items(findings, WANTED) {
            if let Some(name) = item.scalar(findings, "a channel such as Lss") {
                take(name, &item.spot(), 0.0, findings);
            }
        }
    }
    if labels.is_empty() && errors == findings.errors() {
        let finding = Finding::error(rules::VALUE_EMPTY, "`to` names no channel");
        cursor.report(findings, finding.hint("name a channel, for example `to: [L, R]`"));
    }
    (errors == findings.errors()).then(|| Target {
        labels,
        components: Vec::new(),
        spot: cursor.spot(),
    })
}

fn read_label(
    name: &str,
    spot: &Spot,
    format: BedFormat,
    format_known: bool,
    findings: &mut Findings,
) -> Option<BedLabel> {
    let label = BedLabel::from_name(name);
    if let Some(label) = label
        && (format.channels().contains(&label) || !format_known)
    {
        return Some(label);
    }
    let names = || format.channels().iter().map(|label| label.name());
    let finding =
        Finding::error(rules::BED_LABEL, format!("a {format} bed has no channel of this name"))
            .found(shorten(name))
            .allowed(list_words(names()))
            .hint(label_hint(label, name, format));
    findings.push(spot, finding);
    None
}

/// Surrounds are called differently in 5.x and 7.x beds, and height channels other than the top
/// pair belong to objects.
fn label_hint(label: Option<BedLabel>, name: &str, format: BedFormat) -> String {
    let has = |label: BedLabel| format.channels().contains(&label);
    match (label, name) {
        (Some(BedLabel::Ls | BedLabel::Rs), _) if has(BedLabel::Lss) => {
            "the surrounds of a 7.x bed are Lss Rss at the sides and Lrs Rrs at the back".to_owned()
        }
        (Some(BedLabel::Lss | BedLabel::Rss | BedLabel::Lrs | BedLabel::Rrs), _)
            if has(BedLabel::Ls) =>
        {
            "the surrounds of a 5.x bed are Ls and Rs".to_owned()
        }
        (Some(_), _) => "choose a larger format, for example `format: 7.1.2`".to_owned(),
        (None, "Ltm" | "Rtm") => "the top pair of a bed is Lts and Rts".to_owned(),
        (None, "Ltf" | "Rtf" | "Ltr" | "Rtr" | "Lw" | "Rw") => {
            "beds have no such channel; use an object at a fixed position".to_owned()
        }
        (None, _) => did_you_mean(name, format.channels().iter().map(|label| label.name())),
    }
}
