//! Head-related transfer functions: the embedded set.
//!
//! [`embedded`] gives the MIT KEMAR measurement [Gardner-1994], diffuse-field equalised, completed
//! below −40° and stored as minimum-phase responses with arrival times; how it was made is told in
//! `data/README.md`. Whoever ships the data must ship its terms, `data/LICENSE-MIT-KEMAR.txt`, too.

mod embedded;
mod error;
mod rate;

pub use embedded::embedded;
pub use error::HrtfError;
