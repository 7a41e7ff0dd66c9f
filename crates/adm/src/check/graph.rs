//! What elements say of each other: references, counts, lengths.

use super::block::Blocks;
use super::values::{code, part, seconds};
use super::{Essence, Report, Where, shape};
use crate::TrackIds;
use crate::rules;
use cupola_model::{BedFormat, BedLabel, Severity};
use std::collections::{BTreeMap, HashMap};

/// Steps of 1e-5 s by which ends may miss each other; see `block`.
const ROUNDING: u64 = 2;
/// First number of objects, whatever the size of the bed. [Atmos-ADM]
const FIRST_OBJECT: u64 = 0x100b;
/// First number of beds.
const FIRST_BED: u64 = 0x1001;
/// A pack with more channels has been told; following it for every track would take for ever.
const MAX_FOLLOWED: usize = 128;
/// Last number of an object or bed.
const LAST_OBJECT: u64 = 0x1080;

/// What is kept of an element.
#[derive(Debug, Default)]
pub(super) struct Entry {
    pub(super) offset: u64,
    pub(super) id: String,
    /// Name of a child that refers and what it refers to, in order.
    pub(super) references: Vec<(&'static str, String)>,
    /// `typeLabel`; empty where there is none.
    pub(super) kind: String,
    /// Of a channel.
    pub(super) blocks: Blocks,
    /// `duration` of an object.
    pub(super) duration: Option<u64>,
}

impl Entry {
    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.references.iter().filter(move |(key, _)| *key == name).map(|(_, to)| to.as_str())
    }

    fn first<'a>(&'a self, name: &'a str) -> &'a str {
        self.all(name).next().unwrap_or_default()
    }

    fn place(&self) -> Where {
        Where::at(self.offset, &self.id)
    }
}

/// A child that refers: its name, the kind of what it refers to, the kind that must do so exactly
/// once for each.
const REFERENCES: &[(&str, &str, &str)] = &[
    ("audioContentIDRef", "audioContent", "audioProgramme"),
    ("audioObjectIDRef", "audioObject", "audioContent"),
    ("audioPackFormatIDRef", "audioPackFormat", "audioObject"),
    ("audioTrackUIDRef", "audioTrackUID", "audioObject"),
    ("audioChannelFormatIDRef", "audioChannelFormat", "audioPackFormat"),
    ("audioStreamFormatIDRef", "audioStreamFormat", "audioTrackFormat"),
    ("audioTrackFormatIDRef", "audioTrackFormat", "audioTrackUID"),
];

/// The name under which a reference is kept, when it is one.
pub(super) fn reference(child: &str) -> Option<&'static str> {
    REFERENCES.iter().find(|(name, ..)| *name == child).map(|(name, ..)| *name)
}

/// The kept elements of a document, by kind.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) kinds: BTreeMap<&'static str, Vec<Entry>>,
    /// Length of the first programme, in steps of 1e-5 s.
    pub(super) length: Option<u64>,
}

/// The elements of one kind by identifier.
type Index<'a> = HashMap<&'a str, &'a Entry>;

impl Graph {
    fn of(&self, kind: &str) -> &[Entry] {
        self.kinds.get(kind).map_or(&[], Vec::as_slice)
    }

    fn index(&self, kind: &str) -> Index<'_> {
        self.of(kind).iter().map(|entry| (entry.id.as_str(), entry)).collect()
    }

    /// Everything that only the whole document tells.
    pub(super) fn check(
        &self,
        essence: Option<&Essence>,
        chna: Option<&[TrackIds]>,
        report: &mut Report,
    ) {
        self.check_counts(essence, report);
        self.check_identifiers(report);
        self.check_references(report);
        self.check_lengths(report);
        self.check_tracks(report);
        self.check_objects(report);
        if let Some(rows) = chna {
            self.check_chna(rows, report);
        }
    }

    fn check_counts(&self, essence: Option<&Essence>, report: &mut Report) {
        let objects = self.of("audioPackFormat").iter().filter(|p| p.kind == "0003").count();
        let beds = self.of("audioPackFormat").iter().filter(|p| p.kind == "0001").count();
        let count = |kind| self.of(kind).len();
        let mut limits = vec![
            ("audioProgramme", count("audioProgramme"), 1, 1),
            ("audioContent", count("audioContent"), 1, 123),
            ("audioObject", count("audioObject"), 1, 123),
            ("audioPackFormat", count("audioPackFormat"), 1, 123),
            ("object", objects, 0, 118),
            ("bed", beds, 0, 5),
        ];
        let channels = essence.map(|essence| usize::from(essence.channels));
        for kind in ["audioChannelFormat", "audioStreamFormat", "audioTrackFormat", "audioTrackUID"]
        {
            limits.push((kind, count(kind), channels.unwrap_or(1), channels.unwrap_or(128)));
        }
        for (what, count, least, most) in limits {
            if count < least || count > most {
                report.error(
                    rules::COUNT,
                    Where::at(0, what),
                    format!("the number of elements {what} is not one of the profile"),
                    count.to_string(),
                    shape::range(least, most),
                );
            }
        }
    }

    fn check_identifiers(&self, report: &mut Report) {
        for entries in self.kinds.values() {
            let mut seen = HashMap::new();
            for entry in entries.iter().filter(|entry| !entry.id.is_empty()) {
                if seen.insert(entry.id.as_str(), ()).is_some() {
                    let message = "the identifier is there twice";
                    report.error(rules::ID_TWICE, entry.place(), message, entry.id.clone(), "once");
                }
            }
        }
        for kind in ["audioProgramme", "audioContent"] {
            self.check_numbers(kind, 0x1001, report);
        }
        self.check_numbers("audioTrackUID", 1, report);
    }

    /// Whether the elements of a kind are numbered without gap.
    fn check_numbers(&self, kind: &str, first: u64, report: &mut Report) {
        for (number, entry) in (first..).zip(self.of(kind)) {
            if part(&entry.id, 1).is_some_and(|found| found != number) {
                let message = format!("the elements {kind} are not numbered in order");
                let want = format!("number {number:x}");
                report.error(rules::ID_NUMBER, entry.place(), message, entry.id.clone(), want);
            }
        }
    }

    fn check_references(&self, report: &mut Report) {
        for (child, target, owner) in REFERENCES {
            let there = self.index(target);
            let mut owned: HashMap<&str, u32> = HashMap::new();
            for (kind, entries) in &self.kinds {
                for entry in entries {
                    for to in entry.all(child) {
                        if !there.contains_key(to) {
                            let message = format!("{child} refers to nothing");
                            let place = entry.place();
                            report.error(rules::REFERENCE, place, message, to, *target);
                        }
                        if kind == owner {
                            *owned.entry(to).or_default() += 1;
                        }
                    }
                }
            }
            for entry in self.of(target) {
                let count = owned.get(entry.id.as_str()).copied().unwrap_or(0);
                if count != 1 {
                    report.error(
                        rules::REFERENCE_COUNT,
                        entry.place(),
                        format!("{count} elements {owner} refer to it"),
                        count.to_string(),
                        "exactly 1",
                    );
                }
            }
        }
    }

    fn check_lengths(&self, report: &mut Report) {
        let Some(length) = self.length else { return };
        for object in self.of("audioObject") {
            if object.duration.is_some_and(|duration| duration != length) {
                report.error(
                    rules::OBJECT_TIME,
                    object.place(),
                    "the object does not last as long as the programme",
                    object.duration.map(seconds).unwrap_or_default(),
                    seconds(length),
                );
            }
        }
        for channel in self.of("audioChannelFormat").iter().filter(|c| c.kind == "0003") {
            if let Some(end) = channel.blocks.end
                && end.abs_diff(length) > ROUNDING
            {
                let (found, allowed) = (seconds(end), seconds(length));
                let message = "the last block does not end with the programme";
                report.error(rules::BLOCK_END, channel.place(), message, found, allowed);
            }
        }
    }

    /// UID, track, stream, channel and pack of every track have to agree.
    fn check_tracks(&self, report: &mut Report) {
        let (tracks, streams) = (self.index("audioTrackFormat"), self.index("audioStreamFormat"));
        let packs = self.index("audioPackFormat");
        for uid in self.of("audioTrackUID") {
            let pack = uid.first("audioPackFormatIDRef");
            let track = tracks.get(uid.first("audioTrackFormatIDRef"));
            let stream = track.and_then(|t| streams.get(t.first("audioStreamFormatIDRef")));
            // What leads nowhere is told as dangling.
            let (Some(track), Some(stream)) = (track, stream) else { continue };
            let channel = stream.first("audioChannelFormatIDRef");
            let chain = |what: &str, found: &str, want: &str, report: &mut Report| {
                if found != want {
                    let message = format!("{what} is not that of the track");
                    report.error(rules::REFERENCE_CHAIN, uid.place(), message, found, want);
                }
            };
            chain("the pack of the stream", stream.first("audioPackFormatIDRef"), pack, report);
            let back = stream.first("audioTrackFormatIDRef");
            chain("the track of the stream", back, &track.id, report);
            if let Some(owner) = packs.get(pack)
                && owner.references.len() <= MAX_FOLLOWED
                && !owner.all("audioChannelFormatIDRef").any(|id| id == channel)
            {
                let message = "the pack of the track does not have its channel";
                report.error(rules::REFERENCE_CHAIN, uid.place(), message, channel, pack);
            }
            let digits = [code(&track.id), code(&stream.id), code(channel)];
            if digits[1] != digits[0] || digits[2] != digits[0] {
                let message = "track, stream and channel do not share their digits";
                let found = digits.join(" ");
                report.error(rules::REFERENCE_CHAIN, uid.place(), message, found, "equal ones");
            }
        }
    }

    fn check_objects(&self, report: &mut Report) {
        let (packs, channels) = (self.index("audioPackFormat"), self.index("audioChannelFormat"));
        let uids: HashMap<&str, (u64, &Entry)> =
            (1..).zip(self.of("audioTrackUID")).map(|(n, e)| (e.id.as_str(), (n, e))).collect();
        let mut taken: HashMap<u64, &str> = HashMap::new();
        for object in self.of("audioObject") {
            let tracks: Vec<u64> = object
                .all("audioTrackUIDRef")
                .map(|uid| uids.get(uid).map_or(0, |(number, _)| *number))
                .collect();
            let pack_id = object.first("audioPackFormatIDRef");
            let pack = packs.get(pack_id).filter(|p| p.references.len() <= MAX_FOLLOWED);
            let Some(pack) = pack else { continue };
            check_uids(object, pack, &uids, report);
            let is_bed = pack.kind == "0001";
            check_object_number(object, &tracks, is_bed, &mut taken, report);
            if is_bed {
                check_bed(object, pack, &tracks, &channels, report);
            } else if tracks.len() > 1 {
                let message = "an object has more than one track";
                let (rule, found) = (rules::ELEMENT_COUNT, tracks.len().to_string());
                report.error(rule, object.place(), message, found, "exactly 1");
            }
        }
    }

    fn check_chna(&self, rows: &[TrackIds], report: &mut Report) {
        let uids = self.index("audioTrackUID");
        for row in rows {
            let place = || Where::at(0, &row.uid);
            let Some(uid) = uids.get(row.uid.as_str()) else {
                let message = "a row of chna names a track that axml lacks";
                report.error(rules::CHNA_AXML, place(), message, row.uid.clone(), "");
                continue;
            };
            let there = [uid.first("audioTrackFormatIDRef"), uid.first("audioPackFormatIDRef")];
            if there != [&row.track_format, &row.pack_format] {
                report.error(
                    rules::CHNA_AXML,
                    place(),
                    "a row of chna differs from axml",
                    format!("{} {}", row.track_format, row.pack_format),
                    there.join(" "),
                );
            }
        }
    }
}

/// An object and its tracks have to mean the same pack, and its channels in the same order.
fn check_uids(
    object: &Entry,
    pack: &Entry,
    uids: &HashMap<&str, (u64, &Entry)>,
    report: &mut Report,
) {
    let codes: Vec<String> = pack.all("audioChannelFormatIDRef").map(code).collect();
    let mut found = Vec::with_capacity(codes.len());
    for uid in object.all("audioTrackUIDRef").filter_map(|uid| uids.get(uid)) {
        let theirs = uid.1.first("audioPackFormatIDRef");
        if theirs != pack.id {
            let message = "a track of the object is of another pack";
            let place = object.place();
            report.error(rules::REFERENCE_CHAIN, place, message, theirs, pack.id.clone());
        }
        found.push(code(uid.1.first("audioTrackFormatIDRef")));
    }
    if found != codes {
        report.error(
            rules::REFERENCE_CHAIN,
            object.place(),
            "the tracks of the object are not the channels of its pack, in order",
            found.join(" "),
            codes.join(" "),
        );
    }
}

fn check_object_number<'a>(
    object: &'a Entry,
    tracks: &[u64],
    is_bed: bool,
    taken: &mut HashMap<u64, &'a str>,
    report: &mut Report,
) {
    let Some(number) = part(&object.id, 1) else { return };
    for value in number..number.saturating_add(tracks.len().max(1) as u64) {
        if let Some(other) = taken.insert(value, &object.id)
            && other != object.id
        {
            let message = "the object's number is taken by the tracks of another";
            report.error(rules::ID_TWICE, object.place(), message, object.id.clone(), other);
        }
    }
    let by_track = 0x1000 + tracks.first().copied().unwrap_or(1);
    let first = if is_bed { FIRST_BED } else { FIRST_OBJECT };
    let (severity, want) = if !(first..=LAST_OBJECT).contains(&number) {
        (Severity::Error, format!("AO_{first:04x} to AO_{LAST_OBJECT:04x}"))
    } else if is_bed && number != by_track {
        (Severity::Warning, format!("AO_{by_track:04x}, by its first track"))
    } else {
        return;
    };
    let message = "the object is numbered unlike in real masters";
    report.add(rules::ID_NUMBER, severity, object.place(), message, object.id.clone(), want);
}

fn check_bed(
    object: &Entry,
    pack: &Entry,
    tracks: &[u64],
    channels: &Index<'_>,
    report: &mut Report,
) {
    let label = |id: &str| channels.get(id).and_then(|c| c.blocks.label.as_deref()).unwrap_or("?");
    let labels: Vec<&str> = pack.all("audioChannelFormatIDRef").map(label).collect();
    let known: Option<Vec<BedLabel>> =
        labels.iter().map(|l| l.strip_prefix("RC_").and_then(BedLabel::from_name)).collect();
    let is_set = |known: Vec<BedLabel>| BedFormat::ALL.iter().any(|f| f.channels() == known);
    if !known.is_some_and(is_set) {
        let sets = BedFormat::ALL.map(|format| format.name()).join(", ");
        let message = "the channels of the bed are no set of the profile, in its order";
        report.error(rules::BED_CHANNELS, pack.place(), message, labels.join(" "), sets);
    }
    let numbers = || tracks.iter().map(u64::to_string).collect::<Vec<_>>().join(" ");
    if tracks.windows(2).any(|pair| pair[1] != pair[0] + 1) {
        let message = "the tracks of the bed do not follow each other";
        report.warning(rules::BED_TRACKS, object.place(), message, numbers(), "in a row");
    } else if tracks.len() == 10 && tracks[0] != 1 {
        let message = "the 7.1.2 bed is not on tracks 1 to 10";
        report.warning(rules::BED_TRACKS, object.place(), message, numbers(), "1 to 10");
    }
}
