//! What is remarkable about a file.

use crate::rules;
use cupola_model::{Finding, Severity};

/// What a remark is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemarkKind {
    /// The responses say that the ears are stored the other way round.
    EarsSwapped,
    /// Time and level disagree about which ear is the left one.
    EarsContradict,
    /// Neither time nor level tells the ears apart.
    EarsUnknown,
    /// The stated positions of the receivers and the data disagree.
    EarsMisdeclared,
    /// The largest interaural time difference is not that of a head.
    ItdRange,
    /// Very few directions.
    FewDirections,
    /// A wide hole between the directions.
    Hole,
    /// Directions were made up where none was measured.
    Synthetic,
    /// Measurements without sound were left out.
    Silent,
    /// Measurements of a direction that is there already were left out.
    Duplicates,
    /// The low end, which a loudspeaker had rolled off, was extended.
    LowEnd,
}

/// One remark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// What it is about.
    pub kind: RemarkKind,
    /// One sentence.
    pub text: String,
}

impl RemarkKind {
    /// Every kind, in an order that never changes: caches count along it.
    pub const ALL: [Self; 11] = [
        Self::EarsSwapped,
        Self::EarsContradict,
        Self::EarsUnknown,
        Self::EarsMisdeclared,
        Self::ItdRange,
        Self::FewDirections,
        Self::Hole,
        Self::Synthetic,
        Self::Silent,
        Self::Duplicates,
        Self::LowEnd,
    ];

    /// The stable identity of findings of this kind.
    pub const fn rule(self) -> &'static str {
        match self {
            Self::EarsSwapped => rules::EARS_SWAPPED,
            Self::EarsContradict => rules::EARS_CONTRADICT,
            Self::EarsUnknown => rules::EARS_UNKNOWN,
            Self::EarsMisdeclared => rules::EARS_MISDECLARED,
            Self::ItdRange => rules::ITD_RANGE,
            Self::FewDirections => rules::DIRECTIONS_FEW,
            Self::Hole => rules::DIRECTIONS_HOLE,
            Self::Synthetic => rules::DIRECTIONS_SYNTHETIC,
            Self::Silent => rules::RESPONSE_SILENT,
            Self::Duplicates => rules::DIRECTIONS_DUPLICATE,
            Self::LowEnd => rules::LOW_END,
        }
    }

    fn severity(self) -> Severity {
        let rule = rules::RULES.iter().find(|rule| rule.id == self.rule());
        rule.and_then(|rule| rule.severity).unwrap_or(Severity::Note)
    }
}

impl Remark {
    pub(crate) fn new(kind: RemarkKind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into() }
    }

    /// The remark as a finding about a file.
    pub fn finding(&self, file: &str) -> Finding {
        Finding::new(self.kind.rule(), self.kind.severity(), &self.text).subject(file)
    }
}
