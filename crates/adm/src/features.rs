//! Features of an object as elements of its blocks, the same in every block, and what is lost.

use cupola_model::{Object, ObjectFeatures, Position, Screen, ZoneBox, Zones};

/// Elements of every block of an object, by where they stand among the others. [Atmos-ADM]
#[derive(Debug)]
pub(crate) struct FeatureText {
    /// Before the size.
    pub diffuse: &'static [u8],
    /// Before `jumpPosition`.
    pub lock: &'static [u8],
    /// After it.
    pub zones: Vec<u8>,
}

impl FeatureText {
    pub(crate) fn of(features: &ObjectFeatures) -> Self {
        // All or nothing: the profile has no shares.
        let diffuse = features.diffuse >= 0.5;
        Self {
            diffuse: if diffuse { b"<diffuse>1.000000</diffuse>" } else { b"" },
            lock: if features.snap.is_some() { b"<channelLock>1</channelLock>" } else { b"" },
            zones: zones(&features.zones).into_bytes(),
        }
    }
}

fn zones(zones: &Zones) -> String {
    let mut text = String::new();
    for zone in zones.named() {
        let ([x0, y0, z0], [x1, y1, z1]) = (zone.region.min, zone.region.max);
        text.push_str(&format!(
            "<zone minX=\"{x0:?}\" maxX=\"{x1:?}\" minY=\"{y0:?}\" maxY=\"{y1:?}\" minZ=\"{z0:?}\" \
             maxZ=\"{z1:?}\">{}</zone>",
            zone.name
        ));
    }
    if text.is_empty() { text } else { format!("<zoneExclusion>{text}</zoneExclusion>") }
}

/// Appends what features a block of plain ADM has, divergence by angle or by place. [BS.2076-2 §5.4]
pub(crate) fn push_itu(out: &mut Vec<u8>, features: &ObjectFeatures, polar: bool) {
    let mut text = String::new();
    if features.diffuse != 0.0 {
        text += &format!("<diffuse>{:.10}</diffuse>", features.diffuse);
    }
    if let Some(snap) = features.snap {
        let within = snap.within.map(|within| format!(" maxDistance=\"{within:.10}\""));
        text += &format!("<channelLock{}>1</channelLock>", within.unwrap_or_default());
    }
    if let Some(divergence) = features.divergence {
        // The range goes to each side.
        let (name, range) =
            (if polar { "azimuthRange" } else { "positionRange" }, divergence.width / 2.0);
        let value = divergence.value;
        text += &format!("<objectDivergence {name}=\"{range:.10}\">{value:.10}</objectDivergence>");
    }
    let zones: String = features.zones.all().map(zone_box).collect();
    if !zones.is_empty() {
        text += &format!("<zoneExclusion>{zones}</zoneExclusion>");
    }
    if features.head_locked {
        text += "<headLocked>1</headLocked>";
    }
    if features.screen_ref {
        text += "<screenRef>1</screenRef>";
    }
    out.extend_from_slice(text.as_bytes());
}

/// The element of a programme that says what screen it was made in front of. [BS.2076-2] The aspect ratio is an
/// element by the standard; the reference renderer wants it as an attribute and stops without.
pub(crate) fn reference_screen(screen: &Screen) -> String {
    let Screen { aspect_ratio, centre, width } = screen;
    let (centre, width) = match centre {
        Position::Polar(p) => (
            format!(
                "azimuth=\"{:?}\" elevation=\"{:?}\" distance=\"{:?}\"",
                p.azimuth_deg, p.elevation_deg, p.distance
            ),
            format!("azimuth=\"{width:?}\""),
        ),
        Position::Room(r) => {
            (format!("X=\"{:?}\" Y=\"{:?}\" Z=\"{:?}\"", r.x, r.y, r.z), format!("X=\"{width:?}\""))
        }
    };
    format!(
        "<audioProgrammeReferenceScreen aspectRatio=\"{aspect_ratio:?}\">\n<aspectRatio>{aspect_ratio:?}</aspectRatio>\n\
         <screenCentrePosition {centre}/>\n<screenWidth {width}/>\n</audioProgrammeReferenceScreen>"
    )
}

fn zone_box(zone: ZoneBox) -> String {
    let ([x0, y0, z0], [x1, y1, z1]) = (zone.min, zone.max);
    format!(
        "<zone minX=\"{x0:?}\" maxX=\"{x1:?}\" minY=\"{y0:?}\" maxY=\"{y1:?}\" minZ=\"{z0:?}\" \
         maxZ=\"{z1:?}\"></zone>"
    )
}

/// A feature that is lost.
pub(crate) struct Loss {
    /// What a finding says.
    pub what: &'static str,
    /// Whether an object has it.
    pub is_lost: fn(&ObjectFeatures) -> bool,
    /// What helps.
    pub hint: &'static str,
}

/// What an Atmos master does not keep.
pub(crate) const LOST: [Loss; 8] = [
    Loss {
        what: "a master does not keep the divergence",
        is_lost: |f| f.divergence.is_some_and(|d| d.value != 0.0),
        hint: "write three objects if a player shall diverge it",
    },
    Loss {
        what: "a master does not keep the boxes in `zones`",
        is_lost: |f| !f.zones.boxes.is_empty(),
        hint: "use the named sets; renders obey the boxes all the same",
    },
    Loss {
        what: "a master does not keep the distance of `snap`",
        is_lost: |f| f.snap.is_some_and(|snap| snap.within.is_some()),
        hint: "a player snaps it from any distance; write `snap: true` to hear that in renders too",
    },
    Loss {
        what: "a master does not keep `screen_ref`",
        is_lost: |f| f.screen_ref,
        hint: "a player leaves it where it is written; renders obey it, and `adm-itu` keeps it",
    },
    Loss {
        what: "a master does not keep `screen_edge`",
        is_lost: |f| !f.screen_edge.is_none(),
        hint: "a player leaves it where it is written; renders obey it, and `adm-itu` keeps it",
    },
    Loss {
        what: "an ADM BWF does not keep the share of `diffuse`",
        is_lost: |f| f.diffuse != 0.0 && f.diffuse != 1.0,
        hint: "0.5 and more is written as all of it; DAMF keeps the share",
    },
    Loss {
        what: "an ADM BWF does not keep the importance",
        is_lost: |f| f.importance != ObjectFeatures::MOST_IMPORTANT,
        hint: "DAMF keeps it",
    },
    Loss {
        what: "an ADM BWF does not keep `head_locked`",
        is_lost: |f| f.head_locked,
        hint: "DAMF and `adm-itu` keep it",
    },
];

/// The objects that lose a feature.
pub(crate) fn losers<'t>(
    objects: impl Iterator<Item = &'t Object>,
    is_lost: fn(&ObjectFeatures) -> bool,
) -> Vec<&'t str> {
    objects.filter(|o| is_lost(&o.features)).map(|o| o.name.as_str()).collect()
}
