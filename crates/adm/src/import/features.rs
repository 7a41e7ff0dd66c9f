//! What objects can be in the standard and not in scenes.

use crate::node::Node;

/// A property that is left out, with the name it has in the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Feature {
    ChannelLock,
    ZoneExclusion,
    Divergence,
    Diffuse,
    ScreenReference,
    HeadLocked,
    Importance,
    PositionOffset,
}

impl Feature {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::ChannelLock => "channelLock (snap)",
            Self::ZoneExclusion => "zoneExclusion",
            Self::Divergence => "objectDivergence",
            Self::Diffuse => "diffuse",
            Self::ScreenReference => "screenRef or screenEdgeLock",
            Self::HeadLocked => "headLocked",
            Self::Importance => "importance",
            Self::PositionOffset => "positionOffset",
        }
    }

    /// Those that a block uses.
    pub(super) fn of_block(block: &Node) -> Vec<Self> {
        let on = |name: &str| {
            let value = block.child(name).and_then(|node| node.text.parse::<f64>().ok());
            value.is_some_and(|value| value != 0.0)
        };
        let edge = |p: &Node| !p.attribute("screenEdgeLock").is_empty();
        // Importance 0 marks an inactive object, whose gain says it already.
        let importance = block.child("importance").is_some_and(|n| n.text != "0" && n.text != "10");
        let all = [
            (Self::ChannelLock, on("channelLock")),
            (Self::ZoneExclusion, block.all("zoneExclusion").any(|z| !z.children.is_empty())),
            (Self::Divergence, on("objectDivergence")),
            (Self::Diffuse, on("diffuse")),
            (Self::ScreenReference, on("screenRef") || block.all("position").any(edge)),
            (Self::HeadLocked, on("headLocked")),
            (Self::Importance, importance),
        ];
        all.into_iter().filter(|(_, used)| *used).map(|(feature, _)| feature).collect()
    }

    /// Those that an `audioObject` uses.
    pub(super) fn of_object(object: &Node) -> Vec<Self> {
        let importance = object.attribute("importance");
        let offset = |node: &Node| node.text.parse::<f64>().is_ok_and(|value| value != 0.0);
        let all = [
            (Self::Importance, !["", "10"].contains(&importance)),
            (Self::PositionOffset, object.all("positionOffset").any(offset)),
            (Self::HeadLocked, object.child("headLocked").is_some_and(|lock| lock.text == "1")),
        ];
        all.into_iter().filter(|(_, used)| *used).map(|(feature, _)| feature).collect()
    }
}
