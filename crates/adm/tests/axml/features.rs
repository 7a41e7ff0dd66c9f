//! Snap, zones and the diffuse share in the blocks of a master.

use super::{Element, elements, object_blocks, text_of};
use crate::programmes::{Programme, all, lost_features, room};
use cupola_adm::check_limits;
use cupola_model::{ObjectFeatures, SampleRate, Severity, Timeline, ZoneSet};

/// The table of the profile: set, zone, edges in the order of the attributes' names. [Atmos-ADM]
const SETS: [(ZoneSet, &str, [f64; 6]); 9] = [
    (ZoneSet::NoBack, "ZM1", [1.0, -0.41934, 0.499, -1.0, -1.0, -0.499]),
    (ZoneSet::NoSides, "ZM2L", [-0.75806, 0.83871, 0.499, -1.0, -0.41934, -0.499]),
    (ZoneSet::NoSides, "ZM2R", [1.0, 0.83871, 0.499, 0.75806, -0.41934, -0.499]),
    (ZoneSet::CentreBack, "ZM3L", [-0.16129, 1.0, 0.499, -1.0, 0.5, -0.499]),
    (ZoneSet::CentreBack, "ZM3Lss", [-0.51611, 0.49999, 0.499, -1.0, -0.707, -0.499]),
    (ZoneSet::CentreBack, "ZM3R", [1.0, 1.0, 0.499, 0.16129, 0.5, -0.499]),
    (ZoneSet::CentreBack, "ZM3Rss", [1.0, 0.49999, 0.499, 0.51611, -0.707, -0.499]),
    (ZoneSet::ScreenOnly, "ZM4", [1.0, 0.83871, 0.499, -1.0, -1.0, -0.499]),
    (ZoneSet::SurroundOnly, "ZM5", [1.0, 1.0, 0.499, -1.0, 0.5, -0.499]),
];
const HEIGHTS: [(&str, [f64; 6]); 2] =
    [("ZB", [1.0, 1.0, -0.4995, -1.0, -1.0, -1.0]), ("ZT", [1.0, 1.0, 1.0, -1.0, -1.0, 0.4995])];

fn featured() -> Timeline {
    let (_, timeline) =
        all().into_iter().find(|(name, _)| *name == "features").expect("it is there");
    timeline
}

/// The elements inside each block of each object.
fn insides(timeline: &Timeline) -> Vec<Vec<Vec<Element>>> {
    let found = elements(&text_of(timeline));
    let blocks = object_blocks(&found);
    let inside = |block: &Element| {
        let from = found.iter().position(|e| e == block).expect("one of them") + 1;
        let inner = format!("{}/", block.path);
        found[from..].iter().take_while(|e| e.path.starts_with(&inner)).cloned().collect()
    };
    blocks.iter().map(|blocks| blocks.iter().map(|block| inside(block)).collect()).collect()
}

#[test]
fn every_block_of_an_object_has_its_zones_its_lock_and_its_diffuse_share() {
    let timeline = featured();
    let written = insides(&timeline);
    assert_eq!(written.len(), 13);
    let mut zones_seen = 0;
    for (object, blocks) in timeline.objects().zip(&written) {
        assert!(blocks.len() > 10, "{} moves", object.name);
        let ObjectFeatures { snap, zones, diffuse, .. } = &object.features;
        for inside in blocks {
            let texts = |name: &str| -> Vec<&str> {
                inside.iter().filter(|e| e.name() == name).map(|e| e.text.as_str()).collect()
            };
            assert_eq!(texts("channelLock"), vec!["1"; usize::from(snap.is_some())]);
            assert_eq!(texts("diffuse"), vec!["1.000000"; usize::from(*diffuse >= 0.5)]);
            let set = SETS.iter().filter(|row| Some(row.0) == zones.set);
            let heights = HEIGHTS.into_iter().filter(|_| zones.no_heights);
            let wanted: Vec<_> = set.map(|row| (row.1, row.2)).chain(heights).collect();
            assert_eq!(texts("zone"), wanted.iter().map(|w| w.0).collect::<Vec<_>>());
            assert_eq!(texts("zoneExclusion").len(), usize::from(!wanted.is_empty()));
            let boxes = inside.iter().filter(|e| e.name() == "zone");
            for (zone, (name, edges)) in boxes.zip(wanted) {
                let found: Vec<f64> =
                    zone.attributes.values().map(|v| v.parse().unwrap()).collect();
                assert_eq!(found, edges, "{name}");
                zones_seen += 1;
            }
        }
    }
    assert!(zones_seen > 1000, "{zones_seen}");
}

#[test]
fn what_a_master_cannot_keep_is_noted_by_name_and_nothing_else_is() {
    let plain = |features| {
        let still = vec![room(0, 0.0, 1.0, 0.0)];
        let programme = Programme::new(SampleRate::HZ_48000, 480).object("Lead", still);
        let findings = check_limits(&programme.featuring(features).done());
        assert!(findings.iter().all(|f| f.rule == "master.features"), "{findings:?}");
        assert!(findings.iter().all(|f| f.severity == Severity::Note && !f.hint.is_empty()));
        findings.into_iter().map(|f| f.message).collect::<Vec<_>>()
    };
    let lost = plain(lost_features());
    let words = [
        "divergence of Lead",
        "boxes",
        "distance of `snap`",
        "share",
        "importance",
        "head_locked",
        "screen_ref",
        "screen_edge",
    ];
    for word in words {
        assert_eq!(lost.iter().filter(|m| m.contains(word)).count(), 1, "{word}: {lost:?}");
    }
    assert_eq!(lost.len(), 8);
    assert!(featured().objects().take(12).all(|o| plain(o.features.clone()).is_empty()));
}
