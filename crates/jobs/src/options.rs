//! What a caller may choose.

use crate::JobError;
use cupola_masters::SampleDepth;
use cupola_model::{AmbisonicFormat, ChannelOrder, Downmix};
use cupola_render::PannerChoice;
use cupola_render::binaural::BinauralQuality;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

/// A kind of master.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MasterFormat {
    /// ADM BWF in the Dolby Atmos Master profile: one file.
    AdmBwf,
    /// DAMF, which Dolby's encoders read: `X.atmos`, `X.atmos.metadata` and `X.atmos.audio`.
    Damf,
    /// Plain ADM by BS.2076-2 in one file, for tools that know no profile.
    AdmItu,
}

impl MasterFormat {
    /// The word in scenes, on the command line and in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AdmBwf => "adm-bwf",
            Self::Damf => "damf",
            Self::AdmItu => "adm-itu",
        }
    }
}

/// One output to make.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// A loudspeaker render.
    Speakers {
        /// Name of a standard layout, or path of a layout file.
        layout: String,
        /// Sample depth of the file.
        depth: SampleDepth,
        /// Order of its channels.
        order: ChannelOrder,
    },
    /// A headphone render, with the embedded HRTF set unless [`ProduceOptions::head`] names another.
    Binaural {
        /// Sample depth of the file.
        depth: SampleDepth,
    },
    /// Two channels mixed down from a 5.1 render.
    Stereo {
        /// How.
        downmix: Downmix,
        /// Sample depth of the file.
        depth: SampleDepth,
    },
    /// Spherical harmonics.
    Ambisonics {
        /// Which, in which order and scale.
        format: AmbisonicFormat,
        /// Sample depth of the file.
        depth: SampleDepth,
    },
    /// A master.
    Master {
        /// Which.
        format: MasterFormat,
    },
}

impl Target {
    /// The render of a name: `binaural`, `stereo:loro`, `stereo:ltrt`, `stereo:ltrt90`, `ambix1` to
    /// `ambix7`, `fuma`, or the name or file of a layout, which is not looked for yet.
    pub fn from_name(
        name: &str,
        depth: SampleDepth,
        order: ChannelOrder,
    ) -> Result<Self, JobError> {
        if name == "binaural" {
            return Ok(Self::Binaural { depth });
        }
        if let Some(format) = AmbisonicFormat::from_name(name) {
            return Ok(Self::Ambisonics { format, depth });
        }
        let layout = || Self::Speakers { layout: name.to_owned(), depth, order };
        let Some(word) = name.strip_prefix("stereo:") else { return Ok(layout()) };
        let downmix = Downmix::from_name(word).ok_or_else(|| {
            let known = Downmix::ALL.map(|downmix| format!("stereo:{}", downmix.name()));
            let known = known.join(", ");
            JobError::Usage(format!(
                "there is no downmix {name}; known are {known}; 2.0 pans to stereo"
            ))
        })?;
        Ok(Self::Stereo { downmix, depth })
    }
}

/// Which outputs a job makes, and where.
#[derive(Clone, Debug)]
pub enum Binding {
    /// What the scene's `outputs` ask for, in a folder (default: `out` beside the scene).
    SceneOutputs {
        /// The folder.
        folder: Option<PathBuf>,
    },
    /// These, in a folder (default: `out` beside the scene).
    Targets {
        /// The outputs.
        targets: Vec<Target>,
        /// The folder.
        folder: Option<PathBuf>,
    },
    /// One output in one file.
    File {
        /// The output.
        target: Target,
        /// The file.
        path: PathBuf,
    },
}

/// Which part of a scene a job is about; everything of it by default.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// This version of the song.
    pub version: Option<String>,
    /// This group alone; everything else is silent. Length and channels stay.
    pub group: Option<String>,
    /// The programme from this time on, written as in a scene; without a fade.
    pub from: Option<String>,
    /// The programme up to this time; `+2 bars` counts from `from`.
    pub until: Option<String>,
    /// Without the objects that are less important than this; length and channels stay.
    pub importance: u8,
}

/// Whose ears a headphone render is heard with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// A SOFA file instead of what the scene says.
    pub sofa: Option<PathBuf>,
    /// Take the mean colour over all directions out of SOFA files.
    pub equalise: bool,
    /// Where the head looks: `YAW,PITCH,ROLL` in degrees, or the path of a CSV file over time.
    pub orientation: Option<String>,
    /// How carefully headphone renders are computed.
    pub quality: BinauralQuality,
    /// A correction of the headphones: parametric filters (`.txt`) or a response (`.wav`).
    pub headphones: Option<PathBuf>,
    /// The layout, by name or file, whose loudspeakers are heard instead of the sources themselves.
    pub via: Option<String>,
    /// With `via`: measures how it differs from the sources heard directly.
    pub compare: bool,
}

/// How to work.
#[derive(Clone, Debug)]
pub struct ProduceOptions {
    /// Panner of loudspeaker renders.
    pub panner: PannerChoice,
    /// Whose ears.
    pub head: Head,
    /// What of the scene.
    pub selection: Selection,
    /// Every output once for each of these groups and once for the rest, in one pass; as a whole when
    /// there are none. What is in several of them goes with the first. Not for [`Binding::File`].
    pub split: Vec<String>,
    /// Overwrite files an earlier run did not record.
    pub force: bool,
    /// Worker threads; 0 means one a core.
    pub threads: usize,
    /// Frames read from a stem or written to a file at once. Never changes the result.
    pub io_frames: usize,
}

impl Default for ProduceOptions {
    fn default() -> Self {
        Self {
            panner: PannerChoice::default(),
            head: Head::default(),
            selection: Selection::default(),
            split: Vec::new(),
            force: false,
            threads: 0,
            io_frames: 16_384,
        }
    }
}

/// Hears how a job gets on. Called from one thread at a time, not always the caller's.
pub trait Progress: Sync {
    /// A stage begins; `total_frames` of programme will pass in it, 0 when that is not known.
    fn stage(&self, name: &str, total_frames: u64);
    /// Programme frames done in this stage so far.
    fn advance(&self, frames_done: u64);
    /// Programme seconds per second of work, measured over this stage so far.
    fn speed(&self, times_real_time: f64);
    /// A flag that stops the job when it becomes true.
    fn cancel_flag(&self) -> &AtomicBool;
}

/// A [`Progress`] for callers that do not care.
#[derive(Debug, Default)]
pub struct SilentProgress {
    cancel: AtomicBool,
}

impl Progress for SilentProgress {
    fn stage(&self, _name: &str, _total_frames: u64) {}
    fn advance(&self, _frames_done: u64) {}
    fn speed(&self, _times_real_time: f64) {}
    fn cancel_flag(&self) -> &AtomicBool {
        &self.cancel
    }
}
