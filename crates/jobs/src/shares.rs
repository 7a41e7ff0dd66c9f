//! A programme in shares by group, which are rendered side by side in one pass over the stems.

use crate::mastered::{keep_share, shares_of};
use crate::project::{Project, Reading};
use crate::{JobError, Selection, rules};
use cupola_model::{Finding, Item, Lane, StemIndex, Timeline};

/// What the share is called that is in none of the groups.
pub(crate) const REST: &str = "rest";

/// What belongs to one group, or to none of them.
#[derive(Debug)]
pub(crate) struct Share {
    /// The group, or [`REST`].
    pub(crate) name: String,
    /// The programme with its own stems, tracks and movement, and of the sources those of the share.
    pub(crate) timeline: Timeline,
}

/// Splits a project. Its stems may become more: a stem that a share alone hears in some way is added.
pub(crate) fn split(
    reading: &Reading,
    project: &mut Project,
    selection: &Selection,
    groups: &[String],
) -> Result<Vec<Share>, JobError> {
    let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
    refuse_names(&groups)?;
    let mut lanes = Vec::new();
    for index in 0..=groups.len() {
        let share = reading.share(selection, Some((&groups, index)))?;
        lanes.push(share_lanes(project, share));
    }
    let shared = project.scene.shared_parts(&groups);
    let shared = shared.iter().map(|(name, of)| format!("{name} ({})", of.join(", "))).collect();
    Ok(named(project, &groups, lanes, shared))
}

/// Splits a master, whose items belong to groups as they are.
pub(crate) fn split_master(
    project: &mut Project,
    groups: &[String],
) -> Result<Vec<Share>, JobError> {
    let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
    refuse_names(&groups)?;
    let mut lanes = Vec::new();
    for index in 0..=groups.len() {
        let mut share = project.timeline.clone();
        keep_share(&mut share, &groups, index)?;
        lanes.push(share.lanes);
    }
    let names = |item: &Item| {
        let of: Vec<&str> = shares_of(item, &groups).map(|index| groups[index]).collect();
        (of.len() > 1).then(|| format!("{} ({})", item.name(), of.join(", ")))
    };
    let shared = project.timeline.items.iter().filter_map(names).collect();
    Ok(named(project, &groups, lanes, shared))
}

/// The shares with their names, and in the project what is remarkable about them: what is `shared`
/// between groups, and which file is silent.
fn named(
    project: &mut Project,
    groups: &[&str],
    lanes: Vec<Vec<Lane>>,
    shared: Vec<String>,
) -> Vec<Share> {
    let names = groups.iter().copied().chain([REST]);
    let share = |(name, lanes): (&str, Vec<Lane>)| {
        let timeline = Timeline { lanes, ..project.timeline.clone() };
        Share { name: name.to_owned(), timeline }
    };
    let shares: Vec<Share> = names.zip(lanes).map(share).collect();
    project.findings.extend(overlap(&shared));
    project.findings.extend(shares.iter().filter_map(empty));
    shares
}

fn refuse_names(groups: &[&str]) -> Result<(), JobError> {
    for (index, group) in groups.iter().enumerate() {
        if groups[..index].contains(group) {
            return Err(JobError::Usage(format!("--group names {group} twice; name it once")));
        }
        if *group == REST {
            return Err(JobError::Usage(format!(
                "with more than one --group, {REST} is the file of what is in none of them; give the \
                 group another name in the scene, or render it alone"
            )));
        }
    }
    Ok(())
}

/// The lanes of a share, their sources counted in the stems of the whole.
fn share_lanes(project: &mut Project, share: Project) -> Vec<Lane> {
    let Project { timeline, stem_paths, .. } = share;
    let whole = &mut project.timeline.stems;
    let uses = timeline.stems.into_iter().zip(stem_paths);
    let places: Vec<StemIndex> = uses
        .map(|(stem, path)| {
            let known = whole.iter().position(|known| *known == stem);
            StemIndex(known.unwrap_or_else(|| {
                whole.push(stem);
                project.stem_paths.push(path);
                whole.len() - 1
            }))
        })
        .collect();
    let mut lanes = timeline.lanes;
    for source in lanes.iter_mut().flat_map(|lane| &mut lane.sources) {
        source.stem = places[source.stem.0];
    }
    lanes
}

/// What would be in two files, and is in one.
fn overlap(shared: &[String]) -> Option<Finding> {
    let message = "some belong to more than one of the groups; they are in the file of the first";
    (!shared.is_empty()).then(|| {
        Finding::note(rules::GROUPS_SHARED, message)
            .found(shared.join("; "))
            .hint("name the group first in whose file they should be")
    })
}

/// A file that has nothing in it.
fn empty(share: &Share) -> Option<Finding> {
    let silent = share.timeline.lanes.iter().all(|lane| lane.sources.is_empty());
    let message = format!("nothing is left for the file of {}: it is silent", share.name);
    silent.then(|| Finding::note(rules::GROUP_SILENT, message).subject(&share.name))
}
