//! What can go wrong with files out.

use cupola_adm::AdmError;
use cupola_model::FrameIndex;
use std::io;
use std::path::PathBuf;

/// Why a file was not written or not described.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MastersError {
    /// The target exists and may not be replaced.
    #[error("{} exists already; use --force to replace it, or choose another folder or name", .path.display())]
    Exists {
        /// The target.
        path: PathBuf,
    },
    /// The temporary file could not be made.
    #[error("{} cannot be created: {source}; {}", .path.display(), advice(.source))]
    Create {
        /// The target.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Writing stopped.
    #[error("{} cannot be written: {source}; {}", .path.display(), advice(.source))]
    Write {
        /// The target.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Reading stopped.
    #[error("{} cannot be read: {source}; {}", .path.display(), advice(.source))]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The container refuses what it is given, or is not one.
    #[error("{}: {source}", .path.display())]
    Container {
        /// The file.
        path: PathBuf,
        /// What the container says.
        source: cupola_bw64::Error,
    },
    /// The programme does not fit the profile.
    #[error("{}: {source}", .path.display())]
    Adm {
        /// The target.
        path: PathBuf,
        /// Every reason.
        source: AdmError,
    },
    /// A text of a DAMF master cannot be read.
    #[error("{}: {source}", .path.display())]
    Damf {
        /// The text.
        path: PathBuf,
        /// What is wrong with it.
        source: cupola_damf::DamfError,
    },
    /// There is no programme in the file that could be imported.
    #[error("{}: {reason}", .path.display())]
    NoProgramme {
        /// The file.
        path: PathBuf,
        /// Why, and what to do.
        reason: String,
    },
    /// A sample is not a finite number.
    #[error(
        "{}: channel {channel} has the value {value} at frame {frame}; only finite numbers can be \
         written, look for the stem that brings it",
        .path.display()
    )]
    NotFinite {
        /// The target.
        path: PathBuf,
        /// Name of the channel.
        channel: String,
        /// Where.
        frame: FrameIndex,
        /// What.
        value: f32,
    },
    /// The sound of a master has not the length that its metadata states.
    #[error(
        "{}: {found} frames on {found_tracks} tracks were written, the programme has {allowed} on \
         {allowed_tracks}; this is a fault of the program, please report it",
        .path.display()
    )]
    OtherProgramme {
        /// The target.
        path: PathBuf,
        /// Frames written.
        found: u64,
        /// Tracks written.
        found_tracks: usize,
        /// Frames of the programme.
        allowed: u64,
        /// Tracks of the programme.
        allowed_tracks: usize,
    },
    /// The layout has loudspeakers that WAVE cannot name.
    #[error(
        "the order {order} has no place for {} of {layout}; it has the orders {}",
        .speakers.join(", "), .others.join(", ")
    )]
    NoOrder {
        /// Name of the order.
        order: &'static str,
        /// Name of the layout.
        layout: String,
        /// The names of the orders the layout has.
        others: Vec<&'static str>,
        /// The loudspeakers at fault.
        speakers: Vec<String>,
    },
}

/// Why a `dbmd` chunk cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the chunk `dbmd` is damaged: {what}; export the file again")]
pub struct DbmdError {
    pub(crate) what: &'static str,
}

fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "free some space or write to another disk"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "choose a folder and file you have the rights for"
        }
        io::ErrorKind::NotFound => "check the path and create its folder first",
        io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory => {
            "a folder and a file are mixed up in the path"
        }
        io::ErrorKind::FileTooLarge => "the disk's file system cannot hold files of this size",
        io::ErrorKind::UnexpectedEof => "the file is cut off or is changing",
        _ => "check the disk and try again",
    }
}

/// Says which file a container error is about; failures of the disk keep their own words.
pub(crate) fn in_file(path: &std::path::Path) -> impl Fn(cupola_bw64::Error) -> MastersError {
    move |error| match error {
        cupola_bw64::Error::Io(source) => MastersError::Write { path: path.to_owned(), source },
        source => MastersError::Container { path: path.to_owned(), source },
    }
}

/// Why a master is refused whose end is missing.
pub(crate) fn end_missing(cut: &cupola_bw64::Repair) -> String {
    format!("the end of the file is missing ({cut}); copy it again")
}
