//! A master where a scene is asked for: its programme as it was read, and what of it is wanted.

use crate::options::{MasterFormat, Selection};
use crate::project::{Project, REGION, leave_out, wrong_region};
use crate::{JobError, info, rules};
use cupola_masters::{SampleDepth, import_master, read_settings};
use cupola_model::{
    Finding, FrameCount, FrameIndex, Item, Lane, LinearGain, Place, Timeline, TrackIndex,
};
use cupola_scene::{Scene, Timecode};
use std::collections::BTreeSet;
use std::path::Path;

/// Reads a master as a project whose only stem is its sound. What had to be repaired is among the
/// findings.
pub(crate) fn load(path: &Path, selection: &Selection) -> Result<Project, JobError> {
    if let Some(version) = &selection.version {
        return Err(JobError::Usage(format!(
            "{} is a master and has no version called {version}; versions are made from a scene",
            path.display()
        )));
    }
    let imported = import_master(path).map_err(|error| info::unreadable(path, &error))?;
    // Without them it sounds the same.
    let mut settings = read_settings(path).ok();
    let depth = Some(imported.depth);
    let mut timeline = imported.timeline;
    in_order_of_tracks(&mut timeline);
    let mut findings = imported.findings;
    let mut action_lost_s = None;
    if let Some(group) = &selection.group {
        keep_share(&mut timeline, &[group], 0)?;
    }
    let mut scene = times_of(path, &timeline)?;
    let wrong = scene.keep_region(selection.from.as_deref(), selection.until.as_deref());
    if !wrong.is_empty() {
        return Err(wrong_region(&wrong));
    }
    if let Some((from, until)) = scene.region() {
        let until = until.unwrap_or(FrameIndex(timeline.length.0));
        within(&timeline, from, until)?;
        cupola_scene::crop(&mut timeline, from, until);
        action_lost_s = settings.as_mut().and_then(|settings| settings.cut(FrameCount(from.0)));
    }
    findings.extend(leave_out(&mut timeline, selection.importance));
    timeline.validate().map_err(|e| JobError::Internal(e.to_string()))?;
    let stem_paths = timeline.stems.iter().map(|_| imported.sound.clone()).collect();
    let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
    // The sound may be in a file of its own, but what is asked for by name is read as well.
    let included = vec![path.to_owned()];
    Ok(Project {
        scene,
        timeline,
        stem_paths,
        included,
        folder,
        findings,
        settings,
        action_lost_s,
        depth,
    })
}

/// The kind of master that a part of this one is: of an Atmos master another, of plain ADM plain ADM.
pub fn part_format(master: &Path, output: &Path) -> Result<MasterFormat, JobError> {
    let damf = output.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("atmos"));
    let unreadable = |error| info::unreadable(master, &error);
    let atmos = read_settings(master).is_ok_and(|settings| settings.is_atmos());
    if atmos || import_master(master).map_err(unreadable)?.atmos {
        return Ok(if damf { MasterFormat::Damf } else { MasterFormat::AdmBwf });
    }
    if damf {
        return Err(JobError::Usage(format!(
            "{} is plain ADM and so is a part of it; name it with .wav, or make an Atmos master with \
             `cupola master --from`",
            master.display()
        )));
    }
    Ok(MasterFormat::AdmItu)
}

/// That a cut took the first frame of action away, for a note about a master.
pub(crate) fn action_lost(project: &Project) -> Option<Finding> {
    let lost = project.action_lost_s?;
    let message = "the first frame of action is cut off; the first frame that is left now is it";
    Some(
        Finding::note(rules::ACTION_LOST, message)
            .found(format!("{lost:.3} s before the cut"))
            .hint("set `first_action` with `cupola set` if it is another one"),
    )
}

/// What of the sound of a master another master does not hold bit by bit, for a note.
pub(crate) fn rounding(project: &Project) -> Option<Finding> {
    let depth = project.depth?;
    let timeline = &project.timeline;
    let exact = |lane: &Lane| match lane.sources.as_slice() {
        [] => true,
        [one] => one.gain == LinearGain::UNITY && one.envelope.is_none(),
        _ => false,
    };
    let float = depth == SampleDepth::F32;
    let count = timeline.lanes.iter().filter(|lane| float || !exact(lane)).count();
    let why = if float {
        "it has more than 24 bits"
    } else {
        "gains of beds and objects become a part of it"
    };
    (count > 0).then(|| {
        Finding::note(rules::MASTER_ROUNDED, "the sound of the master is rounded to 24 bits anew")
            .found(format!("{}: {why}", crate::answer::count(count, "track")))
            .hint("nothing has to change: what is lost lies below -138 dBFS")
    })
}

/// Puts beds and objects into the order of their tracks in the file. An import has them in the order of
/// the groups that hold them.
fn in_order_of_tracks(timeline: &mut Timeline) {
    let lanes = std::mem::take(&mut timeline.lanes);
    let channel = |lane: TrackIndex| {
        // What no track of the file feeds comes last.
        lanes[lane.0].sources.first().map_or(u16::MAX, |source| source.channel)
    };
    timeline.items.sort_by_key(|item| match item {
        Item::Bed(_) | Item::Ambisonic(_) => (0, item.tracks().next().map_or(0, channel)),
        Item::Object(object) => (1, channel(object.lane)),
    });
    for item in &mut timeline.items {
        for track in item.tracks_mut() {
            timeline.lanes.push(lanes[track.0].clone());
            *track = TrackIndex(timeline.lanes.len() - 1);
        }
    }
}

/// Silences every item outside one share: what belongs to one of the groups and to none before it, or,
/// after the last of them, what belongs to none. Length and tracks stay.
pub(crate) fn keep_share(
    timeline: &mut Timeline,
    groups: &[&str],
    index: usize,
) -> Result<(), JobError> {
    let Timeline { items, lanes, .. } = timeline;
    let known: BTreeSet<&str> = items.iter().flat_map(Item::groups).map(String::as_str).collect();
    if let Some(group) = groups.iter().find(|group| !known.contains(**group)) {
        let names = known.into_iter().collect::<Vec<_>>().join(", ");
        let known =
            if names.is_empty() { "it has no groups".into() } else { format!("it has {names}") };
        return Err(JobError::Usage(format!("the master has no group called {group}; {known}")));
    }
    for item in
        items.iter().filter(|item| shares_of(item, groups).next().unwrap_or(groups.len()) != index)
    {
        item.tracks().for_each(|track| lanes[track.0].sources.clear());
    }
    Ok(())
}

/// Which of the groups an item belongs to.
pub(crate) fn shares_of<'a>(
    item: &'a Item,
    groups: &'a [&str],
) -> impl Iterator<Item = usize> + 'a {
    let own = item.groups();
    (0..groups.len()).filter(move |&index| own.iter().any(|name| name == groups[index]))
}

/// A scene that knows the rates and the start of a master and nothing else, so that times mean what they
/// mean in scenes.
fn times_of(path: &Path, timeline: &Timeline) -> Result<Scene, JobError> {
    let (start, _) = Timecode::before(timeline.start, timeline.sample_rate, timeline.frame_rate);
    let text = format!(
        "cupola: 1\nsample_rate: {}\nframe_rate: {}\nstart_timecode: \"{start}\"\nstems: {{master: {{file: master.wav}}}}\n\
         objects: [{{stem: master, position: {{azimuth: 0}}}}]\n",
        timeline.sample_rate.hz(),
        timeline.frame_rate.name()
    );
    let parsed = cupola_scene::parse_scene(&text, "master");
    parsed.value.ok_or_else(|| {
        let reason = format!("{} Hz is no rate that a scene can have", timeline.sample_rate.hz());
        JobError::InputUnreadable { path: path.to_owned(), reason }
    })
}

fn within(timeline: &Timeline, from: FrameIndex, until: FrameIndex) -> Result<(), JobError> {
    let length = timeline.length.0;
    if from.0 < length && until.0 <= length {
        return Ok(());
    }
    let (key, word, beyond) =
        if from.0 >= length { ("from", "before", from) } else { ("until", "up to", until) };
    let seconds = |frame: u64| timeline.sample_rate.seconds(FrameCount(frame));
    let finding = Finding::error(REGION, "the programme ends before this")
        .at(Place { path: key.to_owned(), ..Place::default() })
        .found(format!("{:.3} s", seconds(beyond.0)))
        .allowed(format!("{word} {:.3} s", seconds(length)));
    Err(wrong_region(&[finding]))
}
