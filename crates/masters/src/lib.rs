//! Files out: WAV renders, ADM BWF and DAMF masters, streamed, metered and atomic.
//!
//! A sink writes into a [`PendingFile`], a temporary file beside its target. Dropping a sink or
//! what it finished with leaves nothing behind; [`PendingFile::persist`] gives the file its name.
//! Every sink reports per channel what it wrote and what did not fit ([`FileReport`]).
//!
//! Signal policy: no limiter, no normalisation. 24 bits are rounded, 16 bits get triangular
//! dither, 32-bit float is written as it is. What exceeds full scale is held there and counted.
//!
//! [`describe`] looks into any RIFF, RF64 or BW64 file and tells what it holds; [`check_master`] says
//! what keeps such a file, or the files of a DAMF, from being an Atmos master. [`import_master`] turns anybody's master back into a
//! `Timeline`.

#![warn(clippy::cast_possible_truncation, clippy::cast_sign_loss)]

mod adm_bwf;
mod caf;
mod check;
mod damf;
mod dbmd;
mod describe;
mod dither;
mod dolby;
mod error;
mod import;
mod meter;
mod order;
mod pending;
mod read_damf;
mod retag;
mod settings;
mod wav;

pub use adm_bwf::AdmBwfSink;
pub use check::{MasterCheck, MasterForm, check_master, is_master};
pub use cupola_adm::rules::import::DOLBY_SETTINGS;
pub use cupola_adm::{
    AdmKind, Content, ObjectSummary, Programme, Summary, check_itu, check_limits,
};
pub use cupola_damf::check as check_damf;
pub use damf::{DamfSink, damf_files};
pub use dbmd::{Dbmd, DbmdInfo};
pub use describe::{FileInfo, describe};
pub use dolby::{DolbySettings, Setting, SettingError};
pub use error::{DbmdError, MastersError};
pub use import::{ImportedMaster, import_master, is_repair};
pub use meter::{ChannelReport, FileReport};
pub use order::ChannelMap;
pub use pending::{Companion, Finished, PendingFile};
pub use retag::{CopiedMaster, copy_with_settings};
pub use settings::{MasterSettings, read_settings};
pub use wav::{SampleDepth, WavChannel, WavSink, WavSpec};

/// Every rule that a programme meets on its way to a master and back, and every rule of a finished one.
pub fn rules() -> impl Iterator<Item = &'static cupola_model::Rule> {
    let adm = [cupola_adm::LIMIT_RULES, cupola_adm::rules::RULES, cupola_adm::rules::import::RULES];
    adm.into_iter().chain([cupola_damf::RULES, cupola_damf::READ_RULES]).flatten()
}
