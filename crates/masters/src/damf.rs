//! DAMF masters: three files that appear together. [Atmos-DAMF]

use crate::adm_bwf::track_names;
use crate::caf::CafWriter;
use crate::meter::Meter;
use crate::read_damf::unusable;
use crate::{Companion, Finished, MasterSettings, MastersError, PendingFile};
use cupola_adm::{AdmError, check_limits};
use cupola_damf::{Origin, check, write_events, write_root};
use cupola_model::{FrameCount, FrameIndex, PlanarBlock, Severity, Timeline};
use std::ffi::OsString;
use std::io::{self, BufWriter, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Texts are written in pieces of this size.
const TEXT_BUFFER: usize = 1 << 20;

/// The three files of a DAMF master whose root is `path`: root, events, sound.
///
/// ```
/// let files = cupola_masters::damf_files("out/Song.atmos".as_ref());
/// assert_eq!(files.map(|file| file.display().to_string()),
///     ["out/Song.atmos", "out/Song.atmos.metadata", "out/Song.atmos.audio"]);
/// ```
pub fn damf_files(path: &Path) -> [PathBuf; 3] {
    let with = |ending: &str| {
        let mut name = OsString::from(path);
        name.push(ending);
        PathBuf::from(name)
    };
    [path.to_owned(), with(".metadata"), with(".audio")]
}

/// A DAMF master being written: `X.atmos` and `X.atmos.metadata` in YAML, `X.atmos.audio` in CAF
/// with 24 bits.
#[derive(Debug)]
pub struct DamfSink {
    paths: [PathBuf; 3],
    root: PendingFile,
    events: PendingFile,
    sound: CafWriter<PendingFile>,
    meter: Meter,
    tracks: usize,
    settings: Option<MasterSettings>,
}

impl DamfSink {
    /// Starts the files under temporary names. A programme that does not fit an Atmos master or
    /// DAMF is refused; see [`check_limits`](crate::check_limits) and
    /// [`check_damf`](crate::check_damf).
    pub fn create(path: &Path, overwrite: bool, timeline: &Timeline) -> Result<Self, MastersError> {
        let mut errors = check_limits(timeline);
        errors.extend(check(timeline));
        errors.retain(|finding| finding.severity == Severity::Error);
        if !errors.is_empty() {
            return Err(MastersError::Adm {
                path: path.to_owned(),
                source: AdmError::Unfit(errors),
            });
        }
        let paths = damf_files(path);
        let [root, events, sound] = &paths;
        let root = PendingFile::create(root, overwrite)?;
        let events = PendingFile::create(events, overwrite)?;
        let pending = PendingFile::create(sound, overwrite)?;
        let names = track_names(timeline);
        let tracks = names.len();
        let channels = u16::try_from(tracks).expect("the profile allows 128 tracks");
        let sound =
            CafWriter::new(pending, timeline.sample_rate.hz(), channels).map_err(failed(sound))?;
        let meter = Meter::new(names.into_iter(), true);
        Ok(Self { paths, root, events, sound, meter, tracks, settings: None })
    }

    /// Takes over what another master says beside its programme: trims, downmix, first frame of action.
    #[must_use]
    pub fn with_settings(mut self, settings: MasterSettings) -> Self {
        self.settings = Some(settings);
        self
    }

    /// Appends these frames of a block whose channels are the lanes of the timeline.
    ///
    /// # Panics
    /// When the block has not one channel a lane, or the range exceeds it.
    pub fn write(&mut self, lanes: &PlanarBlock, frames: Range<usize>) -> Result<(), MastersError> {
        assert_eq!(lanes.channels(), self.tracks, "one channel a lane");
        let [_, _, path] = &self.paths;
        let start = FrameIndex(self.sound.frames());
        for (index, samples) in lanes.iter().enumerate() {
            let samples = &samples[frames.clone()];
            self.meter.take(index, start, samples).map_err(|bad| bad.in_file(path))?;
        }
        let plane = |index| &lanes.channel(index)[frames.clone()];
        self.sound.write_with(frames.len(), plane).map_err(failed(path))
    }

    /// Ends the sound and writes both texts; the files still have their temporary names. The
    /// timeline is that of [`create`](Self::create).
    pub fn finish(self, timeline: &Timeline) -> Result<Finished, MastersError> {
        let Self { paths, root, events, sound, meter, tracks, settings } = self;
        let [root_path, events_path, sound_path] = &paths;
        let frames = FrameCount(sound.frames());
        if frames != timeline.length || tracks != timeline.lanes.len() {
            return Err(MastersError::OtherProgramme {
                path: root_path.clone(),
                found: frames.0,
                found_tracks: tracks,
                allowed: timeline.length.0,
                allowed_tracks: timeline.lanes.len(),
            });
        }
        let (sound, sound_bytes) = sound.finish().map_err(failed(sound_path))?;
        let (events, events_bytes) =
            write_text(events, |out| write_events(timeline, out)).map_err(failed(events_path))?;
        let (metadata, audio) = (file_name(events_path), file_name(sound_path));
        let origin = Origin {
            metadata: &metadata,
            audio: &audio,
            tool: "Cupola",
            tool_version: env!("CARGO_PKG_VERSION"),
        };
        let mut text = Vec::new();
        write_root(timeline, &origin, &mut text).map_err(failed(root_path))?;
        if let Some(settings) = settings {
            let own = String::from_utf8_lossy(&text).into_owned();
            text = settings.carry_into_root(&own).map_err(unusable(root_path))?.into_bytes();
        }
        let (root, root_bytes) =
            write_text(root, |out| out.write_all(&text)).map_err(failed(root_path))?;
        Ok(Finished {
            pending: root,
            companions: vec![
                Companion { pending: events, bytes: events_bytes },
                Companion { pending: sound, bytes: sound_bytes },
            ],
            report: meter.finish(frames, root_bytes),
        })
    }
}

fn failed(path: &Path) -> impl Fn(io::Error) -> MastersError {
    move |source| MastersError::Write { path: path.to_owned(), source }
}

pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Writes a text through a buffer, and gives the file back with its size.
pub(crate) fn write_text(
    file: PendingFile,
    write: impl FnOnce(&mut BufWriter<PendingFile>) -> io::Result<()>,
) -> io::Result<(PendingFile, u64)> {
    use std::io::Seek;
    let mut out = BufWriter::with_capacity(TEXT_BUFFER, file);
    write(&mut out)?;
    out.flush()?;
    let mut file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    let bytes = file.stream_position()?;
    Ok((file, bytes))
}
