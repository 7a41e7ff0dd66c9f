//! Spans of time as values of their own: how long something lasts.

use super::{Clock, Ratio, Span, time_hint};
use crate::place::Findings;
use crate::read::{Cursor, shorten};
use crate::rules;
use cupola_model::Finding;

impl Span {
    pub(crate) fn is_zero(self) -> bool {
        match self {
            Self::Seconds(length) | Self::Music(_, length) => length == Ratio::ZERO,
            Self::Samples(samples) => samples == 0,
        }
    }

    /// So many of these spans.
    pub(crate) fn times(self, number: f64) -> Self {
        let number = Ratio::from_f64(number);
        match self {
            Self::Seconds(length) => Self::Seconds(length.times(number)),
            Self::Music(unit, length) => Self::Music(unit, length.times(number)),
            Self::Samples(samples) => Self::Samples(Ratio::whole(samples).times(number).rounded()),
        }
    }
}

impl Cursor<'_> {
    /// A span of time longer than nothing.
    pub(crate) fn span(&self, findings: &mut Findings, clock: &Clock) -> Option<Span> {
        let span = self.span_or_nothing(findings, clock)?;
        if span.is_zero() {
            let finding = Finding::error(rules::VALUE_RANGE, format!("{} is nothing", self.key()));
            self.report(findings, finding.found(self.found()).hint("write a span above 0"));
            return None;
        }
        Some(span)
    }

    /// A span of time that may be 0.
    pub(crate) fn span_or_nothing(&self, findings: &mut Findings, clock: &Clock) -> Option<Span> {
        let text = self.scalar(findings, "a span such as 8 bars")?;
        let span = Span::parse(text);
        match span {
            None => {
                let message = format!("{} is not a span of time", self.key());
                let finding = Finding::error(rules::VALUE_TIME, message)
                    .found(shorten(text))
                    .allowed(
                        "8 bars, 3 beats, 12.5 s, 10 ms, 0:12.5, 48000 samples or a number of seconds",
                    )
                    .hint(time_hint(text));
                self.report(findings, finding);
            }
            Some(Span::Music(..)) if clock.tempo.is_none() => {
                self.no_tempo(findings, clock);
                return None;
            }
            Some(_) => {}
        }
        span
    }
}
