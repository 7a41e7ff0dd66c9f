//! What can go wrong with ADM text.

use cupola_model::Finding;
use std::io;

/// Why ADM text was not written or not read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AdmError {
    /// The programme does not fit the profile; every reason is listed.
    #[error("the programme cannot be an Atmos master: {}", join(.0))]
    Unfit(Vec<Finding>),
    /// The sink refused the text.
    #[error("the ADM text could not be written: {0}")]
    Write(#[source] io::Error),
    /// The source of the text failed.
    #[error("the ADM text could not be read: {0}")]
    Read(#[source] io::Error),
    /// The text is not well-formed XML.
    #[error("the ADM text is damaged at byte {offset}: {message}; export the file again")]
    Malformed {
        /// Where, in bytes from the start of the text.
        offset: u64,
        /// What the XML reader says.
        message: String,
    },
    /// The text asks for more than a reader should give.
    #[error(
        "the ADM text exceeds the reader's limit at byte {offset}: {what}, allowed {allowed}; \
         this is not a usable master"
    )]
    TooLarge {
        /// Where, in bytes from the start of the text.
        offset: u64,
        /// What there is too much of.
        what: &'static str,
        /// How much would be allowed.
        allowed: usize,
    },
}

fn join(findings: &[Finding]) -> String {
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
