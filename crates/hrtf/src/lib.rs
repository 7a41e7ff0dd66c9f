//! Head-related transfer functions: the embedded set, and those of a user's SOFA file.
//!
//! [`embedded`] gives the MIT KEMAR measurement [Gardner-1994], diffuse-field equalised, completed
//! below −40° and stored as minimum-phase responses with arrival times; how it was made is told in
//! `data/README.md`. Whoever ships the data must ship its terms, `data/LICENSE-MIT-KEMAR.txt`, too.
//!
//! ```text
//! FILE.sofa ─► Sofa ─► survey (ears, arrivals, diffuse field, hull) ─► from_sofa ─► HrtfSet
//!                                                                        │  ▲
//!                                                                        ▼  │
//!                                                                        cache
//! ```

mod cache;
mod ears;
mod embedded;
mod error;
mod facts;
mod hull;
mod rate;
mod remark;
mod response;
mod rules;
mod sofa;
mod sphere;
mod survey;
mod user;

pub use cache::{Loaded, load_sofa};
pub use embedded::embedded;
pub use error::HrtfError;
pub use facts::{DirectionFacts, SofaFacts};
pub use remark::{Remark, RemarkKind};
pub use rules::RULES;
pub use sofa::Sofa;
pub use user::{SofaOptions, from_sofa};

/// Session rates a set can be brought to, in Hz.
const RATES_HZ: std::ops::RangeInclusive<u32> = 44_100..=192_000;
