//! Stems that are placed on the timeline, once or many times.
//!
//! * `in` and `out` are times of the stem itself, from its first frame; in samples they count in the
//!   rate of its file, as an offset does. `length` is a span of the programme from `at`, so that four
//!   bars are four bars of the song.
//! * Repeats follow each other without a gap: by `every`, else by `length`, and then without drift,
//!   since each starts at its own exact time; else by the frames between `in` and `out`.
//! * Fades are those of the whole row of repeats, or, with `every`, of each repeat.

use crate::place::{Findings, Spot};
use crate::rules;
use crate::time::{Clock, Moment, Span};
use cupola_model::{
    Clip, Decibels, Fade, FadeDirection, FadeShape, Finding, FrameCount, FrameIndex, LinearGain,
    StemFacts, StemOffset,
};
use std::ops::Range;

/// Most clips of a whole programme, repeats and cuts counted.
pub(crate) const MAX_CLIPS: usize = 100_000;

/// A placement of a stem.
#[derive(Clone, Debug)]
pub(crate) struct Play {
    pub(crate) at: Moment,
    /// First time of the stem that is heard.
    pub(crate) start: Option<(StemTime, Spot)>,
    pub(crate) end: Option<(PlayEnd, Spot)>,
    pub(crate) fade_in: Option<(Span, Spot)>,
    pub(crate) fade_out: Option<(Span, Spot)>,
    pub(crate) shape: FadeShape,
    pub(crate) gain_db: f64,
    /// How often it is heard, at least once.
    pub(crate) times: u32,
    /// Where that is written.
    pub(crate) times_spot: Option<Spot>,
    /// From one repeat to the next.
    pub(crate) every: Option<(Span, Spot)>,
    /// Between repeats.
    pub(crate) crossfade: Option<(Span, Spot)>,
    pub(crate) spot: Spot,
}

/// A time of a stem, from its first frame: so many frames of the file and so many of the session.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct StemTime {
    pub(crate) file: u64,
    pub(crate) session: u64,
}

/// What ends a placement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum PlayEnd {
    Out(StemTime),
    Length(Span),
}

impl StemTime {
    /// In frames of the session.
    fn frames(self, clock: &Clock, facts: &StemFacts) -> u64 {
        let (rate, file) = (u128::from(clock.rate.hz()), u128::from(facts.sample_rate.max(1)));
        let frames = (u128::from(self.file) * rate + file / 2) / file;
        u64::try_from(frames).unwrap_or(u64::MAX).saturating_add(self.session)
    }
}

/// A placement with everything in frames.
struct Row<'p> {
    play: &'p Play,
    clock: &'p Clock,
    /// What of the stem is heard, in frames of the session.
    stem: Range<u64>,
    /// Frames of the whole stem.
    whole: u64,
    fade_in: u64,
    fade_out: u64,
    crossfade: u64,
}

/// The clips of a stem in order of time. A placement that is wrong leaves a finding and no clip.
/// `budget` is the number of clips the programme has left.
pub(crate) fn clips(
    plays: &[Play],
    clock: &Clock,
    facts: &StemFacts,
    stem: &str,
    budget: &mut usize,
    findings: &mut Findings,
) -> Vec<Clip> {
    let mut clips = Vec::new();
    for play in plays {
        let Some(left) = budget.checked_sub(play.times as usize) else {
            refuse_clips(&play.spot, findings);
            break;
        };
        *budget = left;
        if let Some(row) = Row::new(play, clock, facts, stem, findings) {
            row.push_clips(&mut clips, findings);
        }
    }
    clips.sort_by_key(|clip| clip.at);
    clips
}

/// Refuses clips of which more sound at once than can be read.
pub(crate) fn check_overlap(clips: &[Clip], stem: &str, spot: &Spot, findings: &mut Findings) {
    let most = Clip::most_at_once(clips);
    if most <= Clip::MAX_OVERLAP {
        return;
    }
    let finding = Finding::error(rules::LIMIT_OVERLAP, "too many pieces of a stem sound at once")
        .subject(stem)
        .found(format!("{most}"))
        .allowed(format!("at most {}", Clip::MAX_OVERLAP))
        .hint("make them shorter, or `every` longer; or list the file as several stems");
    findings.push(spot, finding);
}

/// Tells of a cross-fade that has silence on one of its sides, so that the sound dips at the joint.
pub(crate) fn warn_of_nothing(spot: &Spot, remedy: &str, findings: &mut Findings) {
    let message = "the cross-fade has no sound beyond the joint to blend with, so the level dips";
    let hint = format!("leave `crossfade` away if the seam is clean, or {remedy}");
    findings.push(spot, Finding::warning(rules::FADE_NOTHING, message).hint(hint));
}

pub(crate) fn refuse_clips(spot: &Spot, findings: &mut Findings) {
    let finding = Finding::error(rules::LIMIT_CLIPS, "the stems are heard in too many pieces")
        .allowed(format!("at most {MAX_CLIPS}, repeats counted"))
        .hint("bounce the repeats to a stem of their own");
    findings.push(spot, finding);
}

impl<'p> Row<'p> {
    fn new(
        play: &'p Play,
        clock: &'p Clock,
        facts: &StemFacts,
        stem: &str,
        findings: &mut Findings,
    ) -> Option<Self> {
        let whole = facts.end_at(clock.rate, StemOffset::NONE).0;
        let from = play.start.as_ref().map_or(0, |(time, _)| time.frames(clock, facts));
        let span = |span: Span| frames_of(clock, &play.at, span);
        let until = match &play.end {
            None => whole,
            Some((PlayEnd::Out(time), _)) => time.frames(clock, facts),
            Some((PlayEnd::Length(length), _)) => {
                let until = from.saturating_add(span(*length));
                // The frame by which bars and files differ in their rounding is nobody's fault.
                if until == whole.saturating_add(1) { whole } else { until }
            }
        };
        let seconds = |frames: u64| format!("{:.3} s", clock.rate.seconds(FrameCount(frames)));
        if until > whole {
            let spot = play.end.as_ref().map_or(&play.spot, |(_, spot)| spot);
            let finding = Finding::error(rules::PLAY_OUTSIDE, "the stem ends before this")
                .subject(stem)
                .found(seconds(until))
                .allowed(format!("up to {}, where the stem ends", seconds(whole)))
                .hint("leave it away to play to the end of the stem");
            findings.push(spot, finding);
            return None;
        }
        if from >= until {
            let spot = play.start.as_ref().map_or(&play.spot, |(_, spot)| spot);
            let finding = Finding::error(rules::PLAY_OUTSIDE, "nothing of the stem is left")
                .subject(stem)
                .found(format!("from {} to {}", seconds(from), seconds(until)))
                .hint("`in` stands before `out`, and both within the stem");
            findings.push(spot, finding);
            return None;
        }
        let fade = |fade: &Option<(Span, Spot)>| fade.as_ref().map_or(0, |(fade, _)| span(*fade));
        let (fade_in, fade_out) = (fade(&play.fade_in), fade(&play.fade_out));
        let crossfade = fade(&play.crossfade);
        Some(Self { play, clock, stem: from..until, whole, fade_in, fade_out, crossfade })
    }

    fn length(&self) -> u64 {
        self.stem.end - self.stem.start
    }

    /// What the repeats are apart, where it is a span of time.
    fn step(&self) -> Option<Span> {
        match (&self.play.every, &self.play.end) {
            (Some((every, _)), _) => Some(*every),
            (None, Some((PlayEnd::Length(length), _))) => Some(*length),
            _ => None,
        }
    }

    /// The frame at which a repeat starts, counted from 0.
    fn start(&self, repeat: u32) -> u64 {
        match self.step() {
            Some(step) => {
                self.clock
                    .after(&self.play.at, step.times(f64::from(repeat)))
                    .unwrap_or(self.play.at)
                    .frame(self.clock.rate)
                    .0
            }
            None => {
                let first = self.play.at.frame(self.clock.rate).0;
                first.saturating_add(u64::from(repeat).saturating_mul(self.length()))
            }
        }
    }

    /// The frames of the programme in which a repeat is heard, without its cross-fades.
    fn repeat(&self, repeat: u32) -> Range<u64> {
        let (start, next) = (self.start(repeat), self.start(repeat + 1));
        let end = start.saturating_add(self.length());
        let end = match (&self.play.every, self.step()) {
            (Some(_), _) => end.min(next),
            // Bars are not whole frames: a repeat may take one more so as to leave no gap.
            (None, Some(_)) if self.stem.end < self.whole => next.min(end.saturating_add(1)),
            (None, Some(_)) => next.min(end),
            (None, None) => end,
        };
        start..end
    }

    fn push_clips(&self, clips: &mut Vec<Clip>, findings: &mut Findings) {
        if !self.is_possible(findings) {
            return;
        }
        let last = self.play.times - 1;
        let row = self.start(0)..self.repeat(last).end;
        let (before, after) = (self.crossfade / 2, self.crossfade - self.crossfade / 2);
        if last > 0 && (before > self.stem.start || after > self.whole - self.stem.end) {
            warn_of_nothing(&self.play.spot, "start `in` later, or end `out` earlier", findings);
        }
        for i in 0..self.play.times {
            let alone = self.repeat(i);
            // A cross-fade takes what the stem has before `in` and after `out`.
            let early = if i > 0 { (self.crossfade / 2).min(self.stem.start) } else { 0 };
            let late = if i < last { self.crossfade - self.crossfade / 2 } else { 0 };
            let stem_end = self.stem.start + (alone.end - alone.start);
            let late = late.min(self.whole.saturating_sub(stem_end));
            let at = alone.start - early;
            let length = alone.end + late - at;
            let faded = if self.play.every.is_some() { alone.clone() } else { row.clone() };
            let mut fades = self.outer_fades(&faded);
            if self.crossfade > 0 {
                fades.extend((i > 0).then(|| self.joint(FadeDirection::In, alone.start)));
                fades.extend((i < last).then(|| self.joint(FadeDirection::Out, alone.end)));
            }
            fades.retain(|fade| is_audible(fade, at, length));
            clips.push(Clip {
                at: FrameIndex(at),
                from: FrameIndex(self.stem.start - early),
                length: FrameCount(length),
                gain: LinearGain::from(Decibels(self.play.gain_db)),
                fades,
            });
        }
    }

    /// Whether the fades fit, the repeats do not run into each other, and all of it is within a day.
    fn is_possible(&self, findings: &mut Findings) -> bool {
        let seconds = |frames: u64| format!("{:.3} s", self.clock.rate.seconds(FrameCount(frames)));
        let play = self.play;
        let last = self.repeat(play.times - 1);
        let row = last.end.saturating_sub(self.start(0));
        let faded = if play.every.is_some() { self.length() } else { row };
        let refuse = |what: &str, found: u64, allowed: u64, hint: &str| {
            Finding::error(rules::PLAY_FADE, what)
                .found(seconds(found))
                .allowed(format!("up to {}", seconds(allowed)))
                .hint(hint)
        };
        let steps = self.start(1) - self.start(0);
        let fades = self.fade_in.saturating_add(self.fade_out);
        let longer = if self.fade_in > self.fade_out { &play.fade_in } else { &play.fade_out };
        let key = |key: &'p Option<(Span, Spot)>| key.as_ref().map(|(_, spot)| spot);
        let (finding, spot) = if last.end > crate::time::longest(self.clock.rate).0 {
            let message = "the repeats go on for more than a day";
            let finding = Finding::error(rules::VALUE_RANGE, message).hint("loop it less often");
            (finding, play.times_spot.as_ref())
        } else if play.every.is_some() && play.times > 1 && self.length() > steps + 1 {
            let hint = "`every` is at least as long as what it repeats";
            let message = "the repeats run into each other";
            (refuse(message, self.length(), steps, hint), key(&play.every))
        } else if fades > faded {
            let message = "the fades are longer than what they fade";
            (refuse(message, fades, faded, "shorten them"), key(longer))
        } else if play.times > 1 && self.crossfade >= self.length() {
            let message = "the cross-fade is longer than what it repeats";
            (refuse(message, self.crossfade, self.length(), "shorten it"), key(&play.crossfade))
        } else {
            return true;
        };
        findings.push(spot.unwrap_or(&play.spot), finding);
        false
    }

    fn outer_fades(&self, faded: &Range<u64>) -> Vec<Fade> {
        let fade = |direction, start: u64, length: u64| Fade {
            direction,
            shape: self.play.shape,
            start: i64::try_from(start).unwrap_or(i64::MAX),
            length: FrameCount(length),
        };
        let into = fade(FadeDirection::In, faded.start, self.fade_in);
        let out = fade(FadeDirection::Out, faded.end - self.fade_out, self.fade_out);
        [into, out].into_iter().filter(|fade| fade.length.0 > 0).collect()
    }

    /// One side of the cross-fade around the start of a repeat.
    fn joint(&self, direction: FadeDirection, at: u64) -> Fade {
        let start = i64::try_from(at - self.crossfade / 2).unwrap_or(i64::MAX);
        let (shape, length) = (FadeShape::EqualPower, FrameCount(self.crossfade));
        Fade { direction, shape, start, length }
    }
}

/// Whether a fade changes any of these frames.
pub(crate) fn is_audible(fade: &Fade, at: u64, length: u64) -> bool {
    let frame = |frame: u64| i128::from(frame);
    match fade.direction {
        FadeDirection::In => i128::from(fade.start) + frame(fade.length.0) > frame(at),
        FadeDirection::Out => i128::from(fade.start) < frame(at) + frame(length),
    }
}

/// A span after a moment, in frames.
fn frames_of(clock: &Clock, at: &Moment, span: Span) -> u64 {
    let end = clock.after(at, span).unwrap_or(*at);
    end.frame(clock.rate).0.saturating_sub(at.frame(clock.rate).0)
}

/// A stem that is heard straight through until this frame of the song.
pub(crate) fn straight(end: FrameCount) -> Clip {
    let (at, from) = (FrameIndex(0), FrameIndex(0));
    Clip { at, from, length: end, gain: LinearGain::UNITY, fades: Vec::new() }
}

/// Warns of placements after the end of the programme.
pub(crate) fn warn_of_late(
    plays: &[Play],
    clock: &Clock,
    end: FrameCount,
    stem: &str,
    findings: &mut Findings,
) {
    for play in plays.iter().filter(|play| play.at.frame(clock.rate).0 >= end.0) {
        let seconds = |frames: u64| clock.rate.seconds(FrameCount(frames));
        let message = "this starts after the end of the programme";
        let finding = Finding::warning(rules::STEM_OUTSIDE, message)
            .subject(stem)
            .found(format!("{:.3} s", seconds(play.at.frame(clock.rate).0)))
            .allowed(format!("before {:.3} s", seconds(end.0)))
            .hint("correct its `at`, or the `end` of the programme");
        findings.push(&play.spot, finding);
    }
}
