//! Which elements and attributes the profile allows where. [Atmos-ADM]

use super::{Report, Where};
use crate::node::Node;
use crate::rules;
use cupola_model::Severity;

/// What one element may hold.
pub(super) struct Shape {
    name: &'static str,
    /// Attributes that must be there.
    attributes: &'static [&'static str],
    /// Attributes that checkers let pass though no real file has them.
    tolerated_attributes: &'static [&'static str],
    /// Children, with the fewest and the most allowed.
    children: &'static [(&'static str, usize, usize)],
    /// Children that checkers let pass though no real file has them.
    tolerated: &'static [&'static str],
}

const fn leaf(name: &'static str, attributes: &'static [&'static str]) -> Shape {
    Shape { name, attributes, tolerated_attributes: &[], children: &[], tolerated: &[] }
}

const fn inner(
    name: &'static str,
    attributes: &'static [&'static str],
    children: &'static [(&'static str, usize, usize)],
) -> Shape {
    Shape { name, attributes, tolerated_attributes: &[], children, tolerated: &[] }
}

const PROGRAMME: Shape = Shape {
    tolerated_attributes: &["audioProgrammeLanguage"],
    tolerated: &["loudnessMetadata", "audioProgrammeReferenceScreen"],
    ..inner(
        "audioProgramme",
        &["audioProgrammeID", "audioProgrammeName", "start", "end"],
        &[("audioContentIDRef", 1, 123)],
    )
};
const OBJECT: Shape = Shape {
    tolerated_attributes: &["interact", "disableDucking"],
    ..inner(
        "audioObject",
        &["audioObjectID", "audioObjectName", "start", "duration"],
        &[("audioPackFormatIDRef", 1, 1), ("audioTrackUIDRef", 1, 10)],
    )
};
/// A channel's blocks come one by one and are counted elsewhere.
const CHANNEL: Shape = leaf(
    "audioChannelFormat",
    &["audioChannelFormatID", "audioChannelFormatName", "typeLabel", "typeDefinition"],
);
const ELEMENTS: &[Shape] = &[
    PROGRAMME,
    inner(
        "audioContent",
        &["audioContentID", "audioContentName"],
        &[("audioObjectIDRef", 1, 123), ("dialogue", 1, 1)],
    ),
    OBJECT,
    inner(
        "audioPackFormat",
        &["audioPackFormatID", "audioPackFormatName", "typeLabel", "typeDefinition"],
        &[("audioChannelFormatIDRef", 1, 10)],
    ),
    CHANNEL,
    inner(
        "audioStreamFormat",
        &["audioStreamFormatID", "audioStreamFormatName", "formatLabel", "formatDefinition"],
        &[
            ("audioChannelFormatIDRef", 1, 1),
            ("audioPackFormatIDRef", 1, 1),
            ("audioTrackFormatIDRef", 1, 1),
        ],
    ),
    inner(
        "audioTrackFormat",
        &["audioTrackFormatID", "audioTrackFormatName", "formatLabel", "formatDefinition"],
        &[("audioStreamFormatIDRef", 1, 1)],
    ),
    inner(
        "audioTrackUID",
        &["UID", "sampleRate", "bitDepth"],
        &[("audioTrackFormatIDRef", 1, 1), ("audioPackFormatIDRef", 1, 1)],
    ),
];

/// The block of a bed channel.
pub(super) const BED_BLOCK: Shape = inner(
    "audioBlockFormat",
    &["audioBlockFormatID"],
    &[("speakerLabel", 1, 1), ("cartesian", 1, 1), ("position", 3, 3)],
);

/// A block of an object.
pub(super) const OBJECT_BLOCK: Shape = inner(
    "audioBlockFormat",
    &["audioBlockFormatID", "rtime", "duration"],
    &[
        ("cartesian", 1, 1),
        ("position", 2, 3),
        ("gain", 0, 1),
        ("importance", 0, 1),
        ("diffuse", 0, 1),
        ("width", 0, 1),
        ("height", 0, 1),
        ("depth", 0, 1),
        ("channelLock", 0, 1),
        ("jumpPosition", 1, 1),
        ("zoneExclusion", 0, 1),
    ],
);

/// Elements inside the ones above that have something themselves; all others hold only text.
const INSIDE: &[Shape] = &[
    leaf("position", &["coordinate"]),
    leaf("jumpPosition", &["interpolationLength"]),
    leaf("dialogue", &["mixedContentKind"]),
    inner("zoneExclusion", &[], &[("zone", 1, 8)]),
    leaf("zone", &["minX", "maxX", "minY", "maxY", "minZ", "maxZ"]),
];

impl Shape {
    pub(super) const fn name(&self) -> &'static str {
        self.name
    }
}

/// The shape of a child of `audioFormatExtended`, and its place among them.
pub(super) fn of_element(name: &str) -> Option<(usize, &'static Shape)> {
    ELEMENTS.iter().enumerate().find(|(_, shape)| shape.name == name)
}

/// Compares an element and what is in it with its shape.
pub(super) fn check(node: &Node, shape: &Shape, report: &mut Report) {
    check_attributes(node, shape, report);
    for (name, least, most) in shape.children {
        let count = node.all(name).count();
        if count < *least || count > *most {
            report.error(
                rules::ELEMENT_COUNT,
                Where::of(node),
                format!("{name} is there {count} times"),
                count.to_string(),
                range(*least, *most),
            );
        }
    }
    for child in &node.children {
        if shape.children.iter().any(|(name, ..)| *name == child.name) {
            let text_only = leaf("", &[]);
            let inside = INSIDE.iter().find(|inside| inside.name == child.name);
            check(child, inside.unwrap_or(&text_only), report);
        } else {
            let tolerated = shape.tolerated.contains(&child.name.as_str());
            let severity = if tolerated { Severity::Warning } else { Severity::Error };
            unknown_element(child, &node.name, severity, report);
        }
    }
}

/// An element that has no place there.
pub(super) fn unknown_element(node: &Node, parent: &str, severity: Severity, report: &mut Report) {
    let message = format!("{} does not belong into {parent}", node.name);
    report.add(rules::ELEMENT, severity, Where::of(node), message, node.name.clone(), "");
}

fn check_attributes(node: &Node, shape: &Shape, report: &mut Report) {
    for name in shape.attributes {
        if !node.attributes.iter().any(|(key, _)| key == name) {
            let message = format!("{} has no attribute {name}", node.name);
            report.error(rules::ATTRIBUTE_MISSING, Where::of(node), message, "", *name);
        }
    }
    for (key, value) in &node.attributes {
        if shape.attributes.contains(&key.as_str()) {
            continue;
        }
        let tolerated = shape.tolerated_attributes.contains(&key.as_str());
        let severity = if tolerated { Severity::Warning } else { Severity::Error };
        let message = format!("{} must not have the attribute {key}", node.name);
        let found = format!("{key}=\"{value}\"");
        report.add(rules::ATTRIBUTE, severity, Where::of(node), message, found, "");
    }
}

/// How many there may be, in words.
pub(super) fn range(least: usize, most: usize) -> String {
    if least == most { format!("exactly {least}") } else { format!("{least} to {most}") }
}
