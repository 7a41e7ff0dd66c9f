//! The three files of a DAMF master, each alone and against the others.

use super::{MasterCheck, MasterForm};
use crate::MastersError;
use crate::read_damf::{DamfFiles, as_finding};
use cupola_adm::FindingList;
use cupola_model::Finding;
use std::path::Path;

/// Reads all but the sound, and keeps what is against a rule of masters; what an import would leave out is
/// none of that.
pub(super) fn check(path: &Path) -> Result<MasterCheck, MastersError> {
    let mut list = FindingList::default();
    let mut report = MasterCheck {
        form: Some(MasterForm::Damf),
        sample_rate: 0,
        channels: 0,
        frames: 0,
        findings: vec![],
    };
    let checked = DamfFiles::open(path, &mut list).and_then(|files| {
        report.sample_rate = files.facts.sample_rate;
        report.channels = files.facts.channels;
        report.frames = files.facts.frames;
        files.check(&mut list)
    });
    if let Err(error) = checked {
        list.push(as_finding(error, path)?);
    }
    let about_masters = |finding: &Finding| !finding.rule.starts_with("import.");
    report.findings = list.finish().into_iter().filter(about_masters).collect();
    Ok(report)
}
