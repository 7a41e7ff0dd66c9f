//! The two YAML texts of a DAMF master, written and read: the root (`X.atmos`) and the events
//! (`X.atmos.metadata`).
//!
//! A DAMF master is three files; the third (`X.atmos.audio`) is sound and nobody's business here.
//! [`write_root`] says what the programme is made of, [`write_events`] how its objects move: the
//! same values at the same frames as the blocks of an ADM master, so that the two cannot disagree.
//! [`check`] says beforehand what DAMF cannot carry. The way back are [`read_root`] and
//! [`read_programme`], for the masters of anybody: streamed, in bounded memory, with a finding for
//! whatever is wrong ([`READ_RULES`]). [`RootText`] and [`set_modes`] change a master that is there. Nothing here opens a file. [Atmos-DAMF]

#![warn(clippy::cast_possible_truncation, clippy::cast_sign_loss)]

mod edit_events;
mod edit_root;
mod error;
mod events;
mod flow;
mod ids;
mod limits;
mod lines;
mod node;
mod programme;
mod read_events;
mod read_root;
mod report;
mod root;
mod rules;
mod scalar;
mod track;
mod yaml;

pub use edit_events::set_modes;
pub use edit_root::{RootText, Trim};
pub use error::DamfError;
pub use events::write_events;
pub use limits::{RULES, check};
pub use programme::{Programme, ProgrammeLane, Sound, check_events, read_programme};
pub use read_root::{Root, read_root};
pub use root::{Origin, seconds_text, write_root};
pub use rules::{RULES as READ_RULES, files as file_rules};
pub use yaml::text as quoted_text;
