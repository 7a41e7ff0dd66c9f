//! ADM BWF masters: sound, `axml`, `chna` and `dbmd` in one file.

use crate::dbmd::Dbmd;
use crate::error::in_file;
use crate::meter::Meter;
use crate::{DolbySettings, Finished, MasterSettings, MastersError, PendingFile};
use cupola_adm::{AdmError, check_itu, check_limits, itu_tracks, tracks, write_axml, write_itu};
use cupola_bw64::{
    Bext, ChnaEntry, Format, LargeForm, SampleFormat, TailWriter, Writer, WriterOptions,
};
use cupola_model::ambisonics::component_name;
use cupola_model::{FrameCount, FrameIndex, Item, PlanarBlock, Severity, Timeline};
use std::io::{BufWriter, Seek, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The metadata text is written in pieces of this size.
const TEXT_BUFFER: usize = 1 << 20;

/// What the metadata of a file is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Profile {
    Atmos,
    Itu,
}

/// A master being written: 24 bits, RIFF or above 4 GiB RF64, never BW64, because Dolby's tools
/// and REAPER open no BW64. Chunks stand in the order of every real master: `JUNK` or `ds64`,
/// `fmt `, `data`, `axml`, `chna`, `dbmd`, and where the programme starts at a timecode `bext`.
/// [Atmos-ADM] [Tech 3285]
#[derive(Debug)]
pub struct AdmBwfSink {
    path: PathBuf,
    writer: Writer<PendingFile>,
    meter: Meter,
    tracks: usize,
    profile: Profile,
    settings: Option<(MasterSettings, Vec<Option<usize>>)>,
}

impl AdmBwfSink {
    /// Starts the file under a temporary name. A programme that does not fit the profile is
    /// refused; see [`check_limits`](crate::check_limits).
    pub fn create(path: &Path, overwrite: bool, timeline: &Timeline) -> Result<Self, MastersError> {
        Self::start(path, overwrite, timeline, Profile::Atmos)
    }

    /// Starts a file of plain ADM by BS.2076-2, without profile and without `dbmd`: RIFF, or above 4 GiB
    /// BW64 as BS.2088 wants it. A programme that does not fit is refused; see
    /// [`check_itu`](crate::check_itu).
    pub fn create_itu(
        path: &Path,
        overwrite: bool,
        timeline: &Timeline,
    ) -> Result<Self, MastersError> {
        Self::start(path, overwrite, timeline, Profile::Itu)
    }

    /// Takes over what another master says beside its ADM: trims, downmix, first frame of action, head
    /// tracking. `channels` are the tracks of that master that the tracks here come from. Plain ADM has no
    /// place for any of it.
    #[must_use]
    pub fn with_settings(mut self, settings: MasterSettings, channels: Vec<Option<usize>>) -> Self {
        self.settings = Some((settings, channels));
        self
    }

    fn start(
        path: &Path,
        overwrite: bool,
        timeline: &Timeline,
        profile: Profile,
    ) -> Result<Self, MastersError> {
        let (mut errors, large_form) = match profile {
            Profile::Atmos => (check_limits(timeline), LargeForm::Rf64),
            Profile::Itu => (check_itu(timeline), LargeForm::Bw64),
        };
        errors.retain(|finding| finding.severity == Severity::Error);
        if !errors.is_empty() {
            return Err(MastersError::Adm {
                path: path.to_owned(),
                source: AdmError::Unfit(errors),
            });
        }
        let names = track_names(timeline);
        let tracks = names.len();
        let channels = u16::try_from(tracks).expect("at most 1024 tracks are allowed");
        let format = Format::new(timeline.sample_rate.hz(), channels, SampleFormat::I24);
        let options = WriterOptions { format, large_form };
        let pending = PendingFile::create(path, overwrite)?;
        let writer = Writer::new(pending, options).map_err(in_file(path))?;
        let meter = Meter::new(names.into_iter(), true);
        Ok(Self { path: path.to_owned(), writer, meter, tracks, profile, settings: None })
    }

    /// Appends these frames of a block whose channels are the lanes of the timeline.
    ///
    /// # Panics
    /// When the block has not one channel a lane, or the range exceeds it.
    pub fn write(&mut self, lanes: &PlanarBlock, frames: Range<usize>) -> Result<(), MastersError> {
        assert_eq!(lanes.channels(), self.tracks, "one channel a lane");
        let start = FrameIndex(self.writer.frames());
        for (index, samples) in lanes.iter().enumerate() {
            let samples = &samples[frames.clone()];
            self.meter.take(index, start, samples).map_err(|bad| bad.in_file(&self.path))?;
        }
        let plane = |index| &lanes.channel(index)[frames.clone()];
        self.writer.write_with(frames.len(), plane).map_err(in_file(&self.path))
    }

    /// Ends the sound and writes the metadata of the timeline the sink was created with; the file
    /// still has its temporary name.
    pub fn finish(self, timeline: &Timeline) -> Result<Finished, MastersError> {
        let Self { path, writer, meter, tracks: written, profile, settings } = self;
        let frames = FrameCount(writer.frames());
        let rows = match profile {
            Profile::Atmos => tracks(timeline),
            Profile::Itu => itu_tracks(timeline),
        };
        if frames != timeline.length || rows.len() != written {
            return Err(MastersError::OtherProgramme {
                path,
                found: frames.0,
                found_tracks: written,
                allowed: timeline.length.0,
                allowed_tracks: rows.len(),
            });
        }
        let chna: Vec<ChnaEntry> = (1_u16..)
            .zip(rows)
            .map(|(track_index, row)| ChnaEntry {
                track_index,
                uid: row.uid,
                track_ref: row.track_format,
                pack_ref: row.pack_format,
            })
            .collect();
        let chna = ChnaEntry::encode(&chna).map_err(in_file(&path))?;
        let mut tail = writer.finish_data().map_err(in_file(&path))?;
        write_axml_chunk(timeline, profile, &mut tail, &path)?;
        tail.write_chunk(*b"chna", &chna).map_err(in_file(&path))?;
        if profile == Profile::Atmos {
            let payload = dbmd_payload(timeline, settings);
            tail.write_chunk(*b"dbmd", &payload).map_err(in_file(&path))?;
        }
        if timeline.start.0 > 0 {
            // Where every DAW looks for it; no real master has one, so none is written for nothing.
            let mut bext = Bext::new("Cupola");
            bext.set_time_reference(timeline.start.0);
            tail.write_chunk(*b"bext", &bext.into_payload()).map_err(in_file(&path))?;
        }
        let mut pending = tail.finish().map_err(in_file(&path))?;
        let bytes =
            pending.stream_position().map_err(|source| MastersError::Write { path, source })?;
        Ok(Finished { pending, companions: vec![], report: meter.finish(frames, bytes) })
    }
}

/// The chunk of this programme, with the settings of the master it was made from.
fn dbmd_payload(
    timeline: &Timeline,
    settings: Option<(MasterSettings, Vec<Option<usize>>)>,
) -> Vec<u8> {
    let payload = Dbmd::of(timeline).encode();
    let Some((from, channels)) = settings else { return payload };
    let mut fresh = DolbySettings::read(payload).expect("what is written is read");
    from.carry_into(&mut fresh, &channels);
    fresh.into_payload()
}

fn write_axml_chunk(
    timeline: &Timeline,
    profile: Profile,
    tail: &mut TailWriter<PendingFile>,
    path: &Path,
) -> Result<(), MastersError> {
    let failed = |source| MastersError::Write { path: path.to_owned(), source };
    let chunk = tail.start_chunk(*b"axml").map_err(in_file(path))?;
    let mut text = BufWriter::with_capacity(TEXT_BUFFER, chunk);
    let written = match profile {
        Profile::Atmos => write_axml(timeline, &mut text),
        Profile::Itu => write_itu(timeline, &mut text),
    };
    written.map_err(|error| match error {
        AdmError::Write(source) => failed(source),
        source => MastersError::Adm { path: path.to_owned(), source },
    })?;
    text.flush().map_err(failed)?;
    let chunk = text.into_inner().map_err(|error| failed(error.into_error()))?;
    chunk.end().map_err(in_file(path))
}

/// A name a track: that of the object, or of the bed and its channel.
pub(crate) fn track_names(timeline: &Timeline) -> Vec<String> {
    let mut names = Vec::new();
    for item in &timeline.items {
        match item {
            Item::Bed(bed) => {
                names.extend(bed.channels.iter().map(|c| format!("{} {}", bed.name, c.label)));
            }
            Item::Ambisonic(bed) => names.extend(
                bed.channels.iter().map(|c| format!("{} {}", bed.name, component_name(c.number))),
            ),
            Item::Object(object) => names.push(object.name.clone()),
        }
    }
    names
}
