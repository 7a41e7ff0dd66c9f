//! Anybody's master as a timeline whose only stem is its sound: of an ADM BWF the file itself.

mod damf;

use crate::dbmd::DbmdInfo;
use crate::error::end_missing;
use crate::read_damf::{is_damf, root_of_companion};
use crate::retag::start_of;
use crate::{MastersError, SampleDepth};
use cupola_adm::rules::import as rules;
use cupola_adm::{AdmError, FindingList, Import, ImportEssence, ReadLimits, TrackIds, import};
use cupola_bw64::{Error, Reader, SampleFormat};
use cupola_model::timeline::LONGEST_TIMECODE_DAY_S;
use cupola_model::{
    Bed, BinauralMode, Envelope, Finding, FrameCount, FrameRate, Item, Lane, LaneSource,
    LinearGain, Place, SampleRate, Screen, StemFacts, StemIndex, StemOffset, StemUse, Timeline,
};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The metadata text is read in pieces of this size.
const TEXT_BUFFER: usize = 1 << 18;
/// Largest `dbmd` that is looked at.
const MAX_DBMD_BYTES: u64 = 1 << 20;

/// A master that was read.
#[derive(Debug)]
pub struct ImportedMaster {
    /// The programme. Its one stem is the file [`sound`](Self::sound), heard straight through from its
    /// start; the sources of each lane tell which of its channels that lane is.
    pub timeline: Timeline,
    /// The file that holds the sound, which every reader of stems opens: the master itself or, for DAMF,
    /// its companion.
    pub sound: PathBuf,
    /// Whether it is an Atmos master, rather than plain ADM.
    pub atmos: bool,
    /// The depth at which its sound is kept without loss.
    pub depth: SampleDepth,
    /// Repairs and omissions, worst first: the rules of
    /// [`rules::import`](cupola_adm::rules::import) and of [`cupola_damf::READ_RULES`].
    pub findings: Vec<Finding>,
}

/// Whether a finding is about something that was written wrongly and mended in reading.
pub fn is_repair(finding: &Finding) -> bool {
    // A fault of a DAMF master has one rule, whether it is checked or mended.
    finding.rule.starts_with(rules::REPAIR) || finding.rule.starts_with("damf.")
}

/// Reads an ADM BWF or DAMF of any tool, all but its sound.
///
/// What is written wrongly but clearly meant is repaired, what a timeline cannot hold is left out; both
/// are findings. Only a file without any programme, or one that cannot be read, is an error. Memory is
/// bounded whatever the file claims: see `import` in `cupola_adm`.
pub fn import_master(path: &Path) -> Result<ImportedMaster, MastersError> {
    if let Some(root) = root_of_companion(path) {
        let reason = format!("this is a part of a DAMF master; name {} instead", root.display());
        return Err(MastersError::NoProgramme { path: path.to_owned(), reason });
    }
    if is_damf(path) { damf::import_damf(path) } else { import_adm(path) }
}

fn import_adm(path: &Path) -> Result<ImportedMaster, MastersError> {
    let failed = |source| MastersError::Read { path: path.to_owned(), source };
    let unusable = |error: Error| match error {
        Error::Io(source) => failed(source),
        source => MastersError::Container { path: path.to_owned(), source },
    };
    let refuse = |reason: String| MastersError::NoProgramme { path: path.to_owned(), reason };
    let file = File::open(path).map_err(failed)?;
    let mut reader = Reader::new(file).map_err(unusable)?;
    let format = *reader.format();
    let rate = SampleRate::new(format.sample_rate).ok_or_else(|| {
        refuse(format!("{} Hz is no rate that a scene can have", format.sample_rate))
    })?;
    let mut list = FindingList::default();
    for repair in reader.repairs() {
        list.push(at(Finding::warning(rules::CONTAINER, repair.to_string()), "container"));
    }
    let chna = match reader.chna() {
        Ok(rows) => rows,
        Err(Error::Io(source)) => return Err(failed(source)),
        Err(error) => {
            list.push(at(Finding::warning(rules::CHNA_MISSING, error.to_string()), "chna"));
            None
        }
    };
    let dbmd = read_dbmd(&mut reader, &mut list).map_err(failed)?;
    let row = |row: cupola_bw64::ChnaEntry| {
        let ids = TrackIds { uid: row.uid, track_format: row.track_ref, pack_format: row.pack_ref };
        (row.track_index, ids)
    };
    let start = read_start(&mut reader, rate, &mut list).map_err(failed)?;
    let essence = ImportEssence {
        sample_rate: rate,
        channels: format.channels,
        frames: reader.frames(),
        atmos: dbmd.is_some(),
        chna: chna.map(|rows| rows.into_iter().map(row).collect()),
    };
    let facts = StemFacts {
        sample_rate: format.sample_rate,
        channels: format.channels,
        frames: essence.frames,
        format: reader.form().name().to_owned(),
        lossy: false,
    };
    let index = reader.chunks().iter().position(|chunk| &chunk.id == b"axml").ok_or_else(|| {
        let cut = reader.repairs().iter().find(|repair| repair.loses_sound());
        refuse(match cut {
            Some(cut) => end_missing(cut),
            None => "there is no `axml` in it, so it is sound alone; use it as a stem".to_owned(),
        })
    })?;
    let text = reader.stream_chunk(index).map_err(unusable)?;
    let text = BufReader::with_capacity(TEXT_BUFFER, text);
    let programme = import(text, &essence, ReadLimits::default()).map_err(|error| match error {
        AdmError::Read(source) => failed(source),
        source => MastersError::Adm { path: path.to_owned(), source },
    })?;
    let whole = Whole { sound: path.to_owned(), facts, rate, start, dbmd };
    let mut imported = whole.join(programme, depth_of(format.sample), list);
    for finding in &mut imported.findings {
        finding.place.file = path.display().to_string();
    }
    refuse_nothing(path, imported)
}

/// A finding about a chunk.
fn at(finding: Finding, chunk: &str) -> Finding {
    finding.at(Place { path: chunk.to_owned(), ..Place::default() }).subject(chunk)
}

/// Integers of up to 24 bits fit into 24; all else is kept as float.
fn depth_of(sample: SampleFormat) -> SampleDepth {
    match sample {
        SampleFormat::U8 | SampleFormat::I16 | SampleFormat::I24 => SampleDepth::I24,
        SampleFormat::I32 | SampleFormat::F32 | SampleFormat::F64 => SampleDepth::F32,
    }
}

fn read_dbmd(
    reader: &mut Reader<File>,
    list: &mut FindingList,
) -> std::io::Result<Option<DbmdInfo>> {
    let Some(index) = reader.chunks().iter().position(|chunk| &chunk.id == b"dbmd") else {
        return Ok(None);
    };
    let payload = match reader.read_chunk(index, MAX_DBMD_BYTES) {
        Ok(payload) => payload,
        Err(Error::Io(source)) => return Err(source),
        Err(error) => {
            list.push(at(Finding::warning(rules::DBMD, error.to_string()), "dbmd"));
            return Ok(None);
        }
    };
    match DbmdInfo::decode(&payload) {
        Ok(info) => {
            if !info.damaged_segments.is_empty() {
                let message = "checksums of `dbmd` do not fit";
                let found = format!("segments {:?}", info.damaged_segments);
                list.push(at(Finding::warning(rules::DBMD, message), "dbmd").found(found));
            }
            if !info.settings.is_empty() {
                let message = "settings of the master have no key in scenes";
                let finding = at(Finding::warning(rules::DOLBY_SETTINGS, message), "dbmd");
                list.push(finding.found(info.settings.join(", ")));
            }
            Ok(Some(info))
        }
        Err(error) => {
            list.push(at(Finding::warning(rules::DBMD, error.to_string()), "dbmd"));
            Ok(None)
        }
    }
}

/// When the first frame is; a time that no day has is left out.
fn read_start(
    reader: &mut Reader<File>,
    rate: SampleRate,
    list: &mut FindingList,
) -> std::io::Result<FrameCount> {
    let frames = start_of(reader)?.unwrap_or_default();
    let day = rate.frame_at(LONGEST_TIMECODE_DAY_S).0;
    if frames < day {
        return Ok(FrameCount(frames));
    }
    let message = "the time of the first frame is none of a day";
    let finding = at(Finding::warning(rules::START, message), "bext");
    list.push(finding.found(format!("{frames} frames")).allowed(format!("less than {day}")));
    Ok(FrameCount(0))
}

/// What the file says beside its ADM.
struct Whole {
    sound: PathBuf,
    facts: StemFacts,
    rate: SampleRate,
    start: FrameCount,
    dbmd: Option<DbmdInfo>,
}

impl Whole {
    fn join(self, programme: Import, depth: SampleDepth, mut list: FindingList) -> ImportedMaster {
        let Import { name, atmos, screen, start: of_programme, mut items, lanes, findings, .. } =
            programme;
        findings.into_iter().for_each(|finding| list.push(finding));
        let channel_of = |lane: usize| lanes.get(lane).and_then(|lane| lane.sources.first());
        let mode = |lane: usize| {
            let modes = self.dbmd.as_ref().map(|dbmd| &dbmd.contents.binaural)?;
            *modes.get(usize::from(channel_of(lane)?.0))?
        };
        for item in &mut items {
            match item {
                Item::Bed(bed) => {
                    let place = Place { path: "dbmd".to_owned(), ..Place::default() };
                    bed_modes(bed, &mode, place, &mut list);
                }
                // `dbmd` comes with Atmos masters, which have none of these.
                Item::Ambisonic(_) => {}
                Item::Object(object) => {
                    object.binaural = mode(object.lane.0).unwrap_or_default();
                }
            }
        }
        let lanes = lanes.into_iter().map(|lane| lane_of(lane.sources)).collect();
        let frame_rate = self.dbmd.and_then(|dbmd| dbmd.contents.frame_rate);
        let Self { sound, facts, rate, start, .. } = self;
        let start = programme_start(start, of_programme, rate, &mut list);
        let facts = Facts { name, atmos, sound, facts, rate, frame_rate, start, screen };
        facts.join(items, lanes, depth, list)
    }
}

/// When the first frame is: what `bext` says, or else what the programme of the ADM does, whose times count
/// from its own start.
fn programme_start(
    of_file: FrameCount,
    of_programme: u64,
    rate: SampleRate,
    list: &mut FindingList,
) -> FrameCount {
    // 1e-5 s of rounding, and half a frame of ours.
    let tolerance = 1 + rate.frame_at(2e-5).0;
    if of_programme.abs_diff(of_file.0) <= tolerance || of_programme == 0 {
        return of_file;
    }
    let seconds = |frames: u64| format!("{:.5} s", rate.seconds(FrameCount(frames)));
    let place = Place { path: "axml".to_owned(), ..Place::default() };
    let possible = of_programme < rate.frame_at(LONGEST_TIMECODE_DAY_S).0;
    let start = if of_file.0 == 0 && possible { FrameCount(of_programme) } else { of_file };
    let message = "the programme does not start at 0; its times count from its start";
    let finding =
        Finding::note(rules::PROGRAMME_START, message).at(place).subject("audioProgramme");
    list.push(finding.found(seconds(of_programme)).allowed(seconds(start.0)));
    start
}

/// What is known of a master besides its items.
struct Facts {
    name: String,
    atmos: bool,
    sound: PathBuf,
    facts: StemFacts,
    rate: SampleRate,
    frame_rate: Option<FrameRate>,
    start: FrameCount,
    screen: Screen,
}

impl Facts {
    fn join(
        self,
        items: Vec<Item>,
        lanes: Vec<Lane>,
        depth: SampleDepth,
        list: FindingList,
    ) -> ImportedMaster {
        let timeline = Timeline {
            title: self.name,
            artist: String::new(),
            sample_rate: self.rate,
            length: FrameCount(self.facts.frames),
            frame_rate: self.frame_rate.unwrap_or(FrameRate::Fps24),
            start: self.start,
            screen: self.screen,
            stems: vec![StemUse {
                name: "master".to_owned(),
                facts: self.facts,
                offset: StemOffset::NONE,
                clips: None,
                cuts: None,
            }],
            lanes,
            items,
        };
        ImportedMaster {
            timeline,
            sound: self.sound,
            atmos: self.atmos,
            depth,
            findings: list.finish(),
        }
    }
}

/// A lane of channels of the only stem.
fn lane_of(sources: Vec<(u16, LinearGain, Option<Arc<Envelope>>)>) -> Lane {
    let source = |(channel, gain, envelope)| LaneSource {
        stem: StemIndex(0),
        channel,
        gain,
        low_pass_hz: None,
        envelope,
    };
    Lane { sources: sources.into_iter().map(source).collect() }
}

/// Refuses a programme in which nothing is.
fn refuse_nothing(path: &Path, imported: ImportedMaster) -> Result<ImportedMaster, MastersError> {
    if !imported.timeline.items.is_empty() && imported.timeline.length.0 > 0 {
        return Ok(imported);
    }
    let reasons: Vec<_> = imported.findings.iter().map(|f| f.message.as_str()).take(4).collect();
    let reasons = if reasons.is_empty() { "nothing is in it".into() } else { reasons.join("; ") };
    let reason = format!("there is nothing that can be imported: {reasons}");
    Err(MastersError::NoProgramme { path: path.to_owned(), reason })
}

/// A bed has one mode, apart from its LFE, which is never spatialised.
fn bed_modes(
    bed: &mut Bed,
    mode: &dyn Fn(usize) -> Option<BinauralMode>,
    place: Place,
    list: &mut FindingList,
) {
    let full: Vec<_> = bed.channels.iter().filter(|c| !c.label.is_lfe()).collect();
    let modes: Vec<BinauralMode> = full.iter().filter_map(|c| mode(c.lane.0)).collect();
    let count = |wanted: BinauralMode| modes.iter().filter(|mode| **mode == wanted).count();
    // Of equals the last, and Mid stands for no mode at all.
    let order = [BinauralMode::Far, BinauralMode::Near, BinauralMode::Off, BinauralMode::Mid];
    let most = order.into_iter().max_by_key(|mode| count(*mode)).unwrap_or_default();
    if modes.iter().any(|mode| *mode != most) {
        let message = format!("the channels of {} have different headphone modes", bed.name);
        let names = modes.iter().map(|mode| mode.name()).collect::<Vec<_>>().join(" ");
        let finding = Finding::warning(rules::BINAURAL_BED, message).at(place);
        list.push(finding.subject(&bed.name).found(names).allowed(most.name()));
    }
    for channel in &mut bed.channels {
        channel.binaural = if channel.label.is_lfe() { BinauralMode::Off } else { most };
    }
}
