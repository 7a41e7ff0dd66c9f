//! Rules: what findings are about, each with a name that never changes its meaning.

use crate::Severity;

/// Something that is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name in findings, which never changes its meaning.
    pub id: &'static str,
    /// How bad it is; `None` when that depends.
    pub severity: Option<Severity>,
    /// What is found, in a sentence.
    pub meaning: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
}

/// Makes a constant for every rule, to name it in findings, and `RULES`, the list of them all.
///
/// A row is the constant, the id, the severity (`error`, `warning`, `note`, or `varies`), what is found,
/// and what to do about it.
///
/// ```
/// mod rules {
///     cupola_model::rules! {
///         TOO_LOUD = "signal.loud", warning, "A stem is too loud.", "Lower its gain.";
///     }
/// }
/// let finding = cupola_model::Finding::warning(rules::TOO_LOUD, "drums are at +3 dBFS");
/// assert_eq!((finding.rule, rules::RULES[0].remedy), ("signal.loud", "Lower its gain."));
/// ```
#[macro_export]
macro_rules! rules {
    (@severity error) => { Some($crate::Severity::Error) };
    (@severity warning) => { Some($crate::Severity::Warning) };
    (@severity note) => { Some($crate::Severity::Note) };
    (@severity varies) => { None };
    ($($name:ident = $id:literal, $severity:ident, $meaning:literal, $remedy:literal;)*) => {
        $(#[doc = $meaning] pub(crate) const $name: &str = $id;)*

        /// Every rule this room reports.
        pub const RULES: &[$crate::Rule] = &[$($crate::Rule {
            id: $id,
            severity: $crate::rules!(@severity $severity),
            meaning: $meaning,
            remedy: $remedy,
        }),*];
    };
}
