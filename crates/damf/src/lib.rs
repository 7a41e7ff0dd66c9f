//! The two YAML texts of a DAMF master: the root (`X.atmos`) and the events (`X.atmos.metadata`).
//!
//! A DAMF master is three files; the third (`X.atmos.audio`) is sound and nobody's business here.
//! [`write_root`] says what the programme is made of, [`write_events`] how its objects move: the
//! same values at the same frames as the blocks of an ADM master, so that the two cannot disagree.
//! [`check`] says beforehand what DAMF cannot carry. Nothing here opens a file. [Atmos-DAMF]

#![warn(clippy::cast_possible_truncation, clippy::cast_sign_loss)]

mod events;
mod ids;
mod limits;
mod root;
mod yaml;

pub use events::write_events;
pub use limits::{RULES, check};
pub use root::{Origin, write_root};
