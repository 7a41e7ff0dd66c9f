//! Findings of a check, no more of one rule than anybody reads.

use crate::rules::{MORE, remedy};
use cupola_model::{Finding, Severity};
use std::collections::BTreeMap;

/// Findings that keep the first of each rule in full and count the others.
#[derive(Debug, Default)]
pub struct FindingList {
    findings: Vec<Finding>,
    /// How many there were of a rule, and the worst severity of those left out.
    counts: BTreeMap<&'static str, (u64, Severity)>,
}

impl FindingList {
    /// Findings of one rule that are kept.
    pub const KEPT_PER_RULE: u64 = 20;

    /// Adds a finding. One without a hint gets the remedy of its rule.
    pub fn push(&mut self, mut finding: Finding) {
        if finding.hint.is_empty() {
            finding.hint = remedy(finding.rule).to_owned();
        }
        let (count, worst) = self.counts.entry(finding.rule).or_insert((0, Severity::Note));
        *count += 1;
        if *count <= Self::KEPT_PER_RULE {
            self.findings.push(finding);
        } else {
            *worst = finding.severity.max(*worst);
        }
    }

    /// The findings, worst first and otherwise in the order they came, and one for every rule of
    /// which some were left out.
    pub fn finish(self) -> Vec<Finding> {
        let Self { mut findings, counts } = self;
        for (rule, (count, worst)) in counts {
            let left_out = count.saturating_sub(Self::KEPT_PER_RULE);
            if left_out > 0 {
                let message = format!("{left_out} more findings of the rule {rule} are not shown");
                let finding = Finding::new(MORE, worst, message);
                findings.push(
                    finding.subject(rule).found(format!("{count} findings")).hint(remedy(MORE)),
                );
            }
        }
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_findings_of_one_rule_are_twenty_and_a_number() {
        let mut list = FindingList::default();
        list.push(Finding::note("b", "first"));
        for _ in 0..1_000_000 {
            list.push(Finding::warning("a", "again"));
        }
        list.push(Finding::error("c", "last"));
        let findings = list.finish();
        assert_eq!(findings.len(), 1 + 20 + 1 + 1);
        assert_eq!(findings[0].rule, "c", "errors come first");
        let more = findings.iter().find(|f| f.rule == MORE).unwrap();
        assert_eq!((more.subject.as_str(), more.severity), ("a", Severity::Warning));
        assert!(more.message.starts_with("999980 more"), "{}", more.message);
        assert_eq!(findings[22].rule, "b", "notes come last");
    }
}
