//! Anybody's DAMF as a timeline whose only stem is its file of sound.

use super::{Facts, ImportedMaster, bed_modes, depth_of, lane_of, refuse_nothing};
use crate::MastersError;
use crate::read_damf::DamfFiles;
use cupola_adm::FindingList;
use cupola_model::{BinauralMode, FrameCount, Item, Place, Screen, Severity};
use std::collections::BTreeMap;
use std::path::Path;

/// Reads a DAMF master, all but its sound.
pub(super) fn import_damf(path: &Path) -> Result<ImportedMaster, MastersError> {
    let mut list = FindingList::default();
    let files = DamfFiles::open(path, &mut list)?;
    let programme = files.programme(&mut list)?;
    let DamfFiles { root, sound, facts, rate, sample, .. } = files;
    let (mut items, lanes) = (programme.items, programme.lanes);
    for item in &mut items {
        let Item::Bed(bed) = item else { continue };
        // A channel that is silent has no mode.
        let heard = bed.channels.iter().filter(|c| !lanes[c.lane.0].sources.is_empty());
        let modes: BTreeMap<usize, BinauralMode> =
            heard.map(|channel| (channel.lane.0, channel.binaural)).collect();
        let place = Place { file: path.display().to_string(), ..Place::default() };
        bed_modes(bed, &|lane| modes.get(&lane).copied(), place, &mut list);
    }
    let lanes = lanes.into_iter().map(|lane| lane_of(lane.sources)).collect();
    let start = FrameCount(rate.frame_at(root.offset_s).0);
    let name = String::new();
    let facts = Facts {
        name,
        atmos: true,
        sound,
        facts,
        rate,
        frame_rate: root.frame_rate,
        start,
        screen: Screen::USUAL,
    };
    let mut imported = facts.join(items, lanes, depth_of(sample), list);
    for finding in &mut imported.findings {
        // What was mended is no error any more.
        finding.severity = finding.severity.min(Severity::Warning);
    }
    refuse_nothing(path, imported)
}
