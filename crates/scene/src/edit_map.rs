//! Where every frame of the programme comes from once the song is edited.
//!
//! The song is what the scene describes, from its first frame to its end. An [`EditMap`] lists the
//! stretches of it that are heard one after the other. Where two of them meet that do not follow each
//! other in the song, there is a joint: around it the stretch that ends plays on for half the
//! cross-fade, and the one that begins starts half of it early. Sound is faded with equal power there,
//! movement takes the straight line from one side to the other.

use crate::clips::is_audible;
use cupola_model::{
    Automation, Clip, Envelope, Fade, FadeDirection, FadeShape, FrameCount, FrameIndex, GridShift,
    LinearGain, ObjectState, TimedPoint,
};
use std::ops::Range;

/// Most clips that are looked at for one stem, some tenths of a second of work.
const MAX_LOOKS: usize = 50_000_000;

/// A stretch of the song that is heard as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    /// First frame of the song.
    pub(crate) from: u64,
    /// The frame after the last one.
    pub(crate) until: u64,
    /// Frames of the cross-fade with the segment before; without meaning for the first one.
    pub(crate) fade: u64,
}

/// The edits as one item hears them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EditMap {
    segments: Vec<Segment>,
    /// Frames of the song; after them it is silent.
    song: u64,
    /// The part of the edited song that becomes the programme.
    window: Range<u64>,
}

/// A segment where the programme has it, with its halves of cross-fades. Frames of the programme may
/// be negative and lie after its end: what lies outside is not heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Where it sounds at all.
    pub(crate) heard: Range<i64>,
    /// Where it sounds alone.
    pub(crate) alone: Range<i64>,
    /// Frames that the song is ahead of the programme.
    pub(crate) ahead: i64,
}

/// A frame or a length as a signed number. Songs last a day at most, so that none is too large.
fn signed(frames: u64) -> i64 {
    i64::try_from(frames).unwrap_or(i64::MAX)
}

fn unsigned(frames: i64) -> u64 {
    u64::try_from(frames).unwrap_or(0)
}

impl Segment {
    fn length(&self) -> u64 {
        self.until - self.from
    }
}

impl EditMap {
    /// The whole song as it is.
    pub(crate) fn identity(song: FrameCount) -> Self {
        Self::new(vec![Segment { from: 0, until: song.0, fade: 0 }], song)
    }

    /// These segments of a song, in the order in which they are heard. Each is longer than its halves
    /// of cross-fades together, which [`EditMap::too_short`] tells.
    pub(crate) fn new(segments: Vec<Segment>, song: FrameCount) -> Self {
        let length = segments.iter().map(Segment::length).sum();
        Self { segments, song: song.0, window: 0..length }
    }

    /// Only this part of the edited song; the outer edges are not faded.
    pub(crate) fn keep(&mut self, window: Range<u64>) {
        self.window = window;
    }

    /// Frames of the programme.
    pub(crate) fn length(&self) -> FrameCount {
        FrameCount(self.window.end - self.window.start)
    }

    /// Whether the programme is the whole song.
    pub(crate) fn is_identity(&self) -> bool {
        let whole = [Segment { from: 0, until: self.song, fade: 0 }];
        let same = |(a, b): (&Segment, &Segment)| (a.from, a.until) == (b.from, b.until);
        self.segments.len() == 1
            && self.segments.iter().zip(&whole).all(same)
            && self.window == (0..self.song)
    }

    /// The index of the first segment that has no room for its cross-fades.
    pub(crate) fn too_short(&self) -> Option<usize> {
        self.pieces().position(|piece| piece.alone.is_empty())
    }

    /// The first segment whose cross-fade with the one before reaches beyond the song.
    pub(crate) fn one_sided(&self) -> Option<usize> {
        let beyond = |pair: &[Segment]| {
            let (before, fade) = (&pair[0], pair[1].fade);
            pair[1].from < fade / 2 || before.until + (fade - fade / 2) > self.song
        };
        self.segments.windows(2).position(beyond).map(|i| i + 1)
    }

    /// The segments in the programme, in order.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = Piece> + '_ {
        let mut start = -signed(self.window.start);
        let last = self.segments.len().saturating_sub(1);
        self.segments.iter().enumerate().map(move |(i, segment)| {
            let end = start + signed(segment.length());
            let before = if i == 0 { 0 } else { segment.fade };
            let after = if i == last { 0 } else { self.segments[i + 1].fade };
            let piece = Piece {
                heard: start - signed(before / 2)..end + signed(after - after / 2),
                alone: start + signed(before - before / 2)..end - signed(after / 2),
                ahead: signed(segment.from) - start,
            };
            start = end;
            piece
        })
    }

    /// The clips of a stem that the song plays in these, which are in order of their start. `None`
    /// when there are more than `most`.
    pub(crate) fn clips(&self, song: &[Clip], most: usize) -> Option<Vec<Clip>> {
        // The latest end of all clips up to each one: where to stop looking backwards.
        let mut latest = 0;
        let ends = song.iter().map(|clip| {
            latest = latest.max(clip.end().0);
            latest
        });
        let ends: Vec<u64> = ends.collect();
        let mut clips = Vec::new();
        let mut looks = 0;
        for piece in self.pieces() {
            let heard = self.song_frames(&piece);
            let past = song.partition_point(|clip| clip.at.0 < heard.end);
            let first = ends[..past].partition_point(|end| *end <= heard.start);
            looks += past.saturating_sub(first);
            if looks > MAX_LOOKS {
                return None;
            }
            for clip in song.get(first..past).unwrap_or_default() {
                clips.extend(place(clip, &heard, &piece));
                if clips.len() > most {
                    return None;
                }
            }
        }
        clips.sort_by_key(|clip| clip.at);
        Some(clips)
    }

    /// What of the song a piece needs: inside the song and inside the programme.
    fn song_frames(&self, piece: &Piece) -> Range<u64> {
        let start = piece.heard.start.max(0);
        let end = piece.heard.end.min(signed(self.length().0));
        let end = (end + piece.ahead).min(signed(self.song));
        unsigned(start + piece.ahead)..unsigned(end)
    }

    /// The movement of an object of the song in the programme. `None` when it takes more than `most`
    /// points.
    pub(crate) fn automation(&self, song: &Automation, most: usize) -> Option<Automation> {
        let state = |frame: u64| song.state_at(FrameIndex(frame));
        let points: Vec<_> = song.points().iter().map(|p| (p.frame.0, p.state)).collect();
        let points = self.points(&points, state, most)?;
        let timed =
            |(frame, state): (u64, ObjectState)| TimedPoint { frame: FrameIndex(frame), state };
        let points: Vec<_> = points.into_iter().map(timed).collect();
        let moves = points.len() > 1;
        let automation = Automation::new(points).expect("the points of an automation stay legal");
        Some(if moves { automation.with_grid_shifts(self.grid_shifts()) } else { automation })
    }

    /// [`EditMap::automation`] for a gain over time.
    pub(crate) fn envelope(&self, song: &Envelope, most: usize) -> Option<Envelope> {
        let points: Vec<_> = song.points().iter().map(|(frame, gain)| (frame.0, *gain)).collect();
        let gain = |frame: u64| song.gain_at(FrameIndex(frame));
        let points = self.points::<LinearGain>(&points, gain, most)?;
        let points = points.into_iter().map(|(frame, gain)| (FrameIndex(frame), gain)).collect();
        Some(Envelope::new(points).expect("the points of an envelope stay legal"))
    }

    /// The points of a value of the song in the programme.
    fn points<V: Line>(
        &self,
        song: &[(u64, V)],
        value_at: impl Fn(u64) -> V,
        most: usize,
    ) -> Option<Vec<(u64, V)>> {
        let mut points: Vec<(i64, V)> = Vec::new();
        for piece in self.pieces() {
            let frame_of = |frame: i64| unsigned(frame + piece.ahead);
            let Range { start, end } = piece.alone;
            points.push((start, value_at(frame_of(start))));
            let first = song.partition_point(|(frame, _)| *frame <= frame_of(start));
            let inside = song[first..].iter().take_while(|(frame, _)| *frame < frame_of(end));
            for (frame, value) in inside {
                points.push((signed(*frame) - piece.ahead, *value));
                if points.len() > most {
                    return None;
                }
            }
            points.push((end, value_at(frame_of(end))));
            if points.len() > most {
                return None;
            }
        }
        Some(without_still_points(cropped(&points, signed(self.length().0))))
    }

    /// Where the 10 ms grid of the song lies in the programme.
    fn grid_shifts(&self) -> Vec<GridShift> {
        let mut shifts: Vec<GridShift> = Vec::new();
        for piece in self.pieces() {
            let from = FrameIndex(unsigned(piece.alone.start));
            if from.0 >= self.length().0 {
                break;
            }
            // Of the pieces before the programme starts, the last one counts.
            if shifts.last().is_some_and(|last| last.from == from) {
                shifts.pop();
            }
            if !(shifts.is_empty() && piece.ahead == 0) {
                shifts.push(GridShift { from, shift: -piece.ahead });
            }
        }
        shifts
    }
}

/// The part of a clip of the song that a piece of the programme plays, if any.
fn place(clip: &Clip, heard: &Range<u64>, piece: &Piece) -> Option<Clip> {
    let start = clip.at.0.max(heard.start);
    let end = clip.end().0.min(heard.end);
    if start >= end {
        return None;
    }
    let at = unsigned(signed(start) - piece.ahead);
    let length = end - start;
    let joint = |direction, range: Range<i64>| Fade {
        direction,
        shape: FadeShape::EqualPower,
        start: range.start,
        length: FrameCount(unsigned(range.end - range.start)),
    };
    let moved = clip.fades.iter().map(|fade| Fade { start: fade.start - piece.ahead, ..*fade });
    let fades = moved
        .chain([
            joint(FadeDirection::In, piece.heard.start..piece.alone.start),
            joint(FadeDirection::Out, piece.alone.end..piece.heard.end),
        ])
        .filter(|fade| is_audible(fade, at, length))
        .collect();
    let from = FrameIndex(clip.from.0 + (start - clip.at.0));
    Some(Clip { at: FrameIndex(at), from, length: FrameCount(length), gain: clip.gain, fades })
}

/// A value with straight lines between its points.
trait Line: Copy + PartialEq {
    fn between(self, other: Self, t: f64) -> Self;
}

impl Line for LinearGain {
    fn between(self, other: Self, t: f64) -> Self {
        Self(self.0 + (other.0 - self.0) * t)
    }
}

impl Line for ObjectState {
    fn between(self, other: Self, t: f64) -> Self {
        Self {
            position: self.position.lerp(other.position, t),
            gain: self.gain.between(other.gain, t),
            size: self.size + (other.size - self.size) * t,
        }
    }
}

/// The points from frame 0 to a length, with points of their own where a line crosses these.
fn cropped<V: Line>(points: &[(i64, V)], length: i64) -> Vec<(u64, V)> {
    let value_at = |frame: i64| {
        let next = points.partition_point(|(at, _)| *at <= frame);
        match (next.checked_sub(1).map(|i| points[i]), points.get(next)) {
            (Some((start, a)), _) if start == frame => a,
            (Some((start, a)), Some((end, b))) => {
                a.between(*b, (frame - start) as f64 / (end - start) as f64)
            }
            (Some((_, value)), None) => value,
            (None, _) => points[0].1,
        }
    };
    let inside = points.iter().filter(|(frame, _)| (1..length).contains(frame));
    let inside = inside.map(|(frame, value)| (unsigned(*frame), *value));
    let edge = |frame: i64| (unsigned(frame), value_at(frame));
    std::iter::once(edge(0)).chain(inside).chain([edge(length)]).collect()
}

/// Leaves out points between two of the same value, and the end of a standstill.
fn without_still_points<V: Line>(points: Vec<(u64, V)>) -> Vec<(u64, V)> {
    let mut kept: Vec<(u64, V)> = Vec::with_capacity(points.len());
    for (i, point) in points.iter().enumerate() {
        let like_before = kept.last().is_some_and(|(_, value)| *value == point.1);
        let like_after = points.get(i + 1).is_none_or(|(_, value)| *value == point.1);
        if !(like_before && like_after) {
            kept.push(*point);
        }
    }
    kept
}
