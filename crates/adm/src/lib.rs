//! ADM XML of the Dolby Atmos Master profile and of none, and a bounded look into anybody's ADM.
//!
//! [`write_axml`] turns a `Timeline` into the `axml` text of a master, [`tracks`] gives the rows
//! of the `chna` chunk from the same identifiers, and [`check_limits`] says beforehand what the
//! profile refuses; [`check_axml`] says of a finished text, whoever wrote it, what speaks against it
//! (the table is in [`rules`]). [`import()`] turns anybody's ADM into items of a `Timeline`, and
//! [`read_summary`] tells what an ADM document holds. Nothing here opens a file, knows a RIFF chunk or
//! renders a sample.
//!
//! Deliberately absent: loudness metadata and labels, and in Atmos masters BS.2076-2 elements and
//! interpolation: the profile is BS.2076-0 with movement carried by dense blocks. [Atmos-ADM]
//! [`write_itu`] writes what any renderer of BS.2076-2 plays. [BS.2076-2 §5]

#![warn(clippy::cast_possible_truncation, clippy::cast_sign_loss)]

mod bounded;
mod check;
mod collect;
mod density;
mod error;
mod features;
mod finding_list;
mod ids;
mod import;
mod limits;
mod node;
mod pieces;
mod read;
pub mod rules;
mod summary;
mod text;
mod utf8;
mod write;
mod write_itu;

pub use check::{Essence, check_axml};
pub use error::AdmError;
pub use finding_list::FindingList;
pub use ids::{TrackIds, tracks};
pub use import::{Essence as ImportEssence, Import, ImportLane, import};
pub use limits::{RULES as LIMIT_RULES, check_itu, check_limits};
pub use read::{ReadLimits, read_summary};
pub use summary::{AdmKind, Content, ObjectSummary, Programme, Summary};
pub use write::write_axml;
pub use write_itu::{itu_tracks, write_itu};
