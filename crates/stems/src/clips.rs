//! A stem in clips: stretches of it at places of the programme, faded and summed.

use crate::filtered::Filtered;
use crate::open::open;
use crate::reader::StemReader;
use crate::{StemError, probe};
use cupola_model::{Clip, Fade, FrameIndex, PlanarBlock, SampleRate, StemFacts, StemUse};
use std::fmt;
use std::ops::Range;
use std::path::Path;

/// Frames of a clip read at once.
const PIECE_FRAMES: usize = 1024;

/// An open stem that delivers its clips in order, each at its place, from the first frame of the
/// programme on.
///
/// At every frame of the programme it is the sum of the clips there, in their order, each the stem's
/// frame times the clip's gain and fades ([`Clip::gain_at`]). The file is open as often as clips
/// overlap, at most [`Clip::MAX_OVERLAP`] times, however many clips there are.
pub struct ClipReader {
    facts: StemFacts,
    /// In order of time, none of them empty.
    clips: Vec<Clip>,
    /// The latest end of all clips up to each one.
    latest: Vec<u64>,
    /// The first clip that has not started.
    next: usize,
    /// What sounds, in the order of the clips.
    voices: Vec<Voice>,
    idle: Vec<Head>,
    piece: PlanarBlock,
    /// The frame of the programme that is read next.
    position: u64,
}

/// What clips are taken from.
pub(crate) trait Source {
    /// Makes a frame the next one that is read.
    fn seek(&mut self, frame: u64) -> Result<(), StemError>;
    /// Fills the frames `range` of every channel with the next frames.
    fn read(&mut self, block: &mut PlanarBlock, range: Range<usize>) -> Result<(), StemError>;
}

impl Source for StemReader {
    fn seek(&mut self, frame: u64) -> Result<(), StemError> {
        Self::seek(self, frame)
    }

    fn read(&mut self, block: &mut PlanarBlock, range: Range<usize>) -> Result<(), StemError> {
        Self::read(self, block, range)
    }
}

/// A reader and where it stands.
struct Head {
    reader: Box<dyn Source + Send>,
    frame: u64,
}

struct Voice {
    clip: usize,
    head: Head,
}

impl fmt::Debug for ClipReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { facts, clips, position, .. } = self;
        let mut debug = f.debug_struct("ClipReader");
        debug.field("facts", facts).field("clips", &clips.len()).field("position", position);
        debug.finish_non_exhaustive()
    }
}

impl ClipReader {
    /// Opens a stem for its clips; one without any is silent. [`StemReader::open`] tells what the
    /// frames of the stem are.
    pub fn open(path: &Path, stem: &StemUse, session: SampleRate) -> Result<Self, StemError> {
        let facts = probe(path)?.facts;
        let clips = stem.clips.clone().unwrap_or_default();
        let (of, offset) = (facts.clone(), stem.offset);
        Self::of(path, facts, clips, || {
            let reader = StemReader::of(open(path)?, path, &of, offset, session)?;
            Ok(Box::new(reader))
        })
    }

    /// The clips of whatever `source` opens.
    fn of(
        path: &Path,
        facts: StemFacts,
        mut clips: Vec<Clip>,
        source: impl Fn() -> Result<Box<dyn Source + Send>, StemError>,
    ) -> Result<Self, StemError> {
        clips.retain(|clip| clip.length.0 > 0);
        clips.sort_by_key(|clip| clip.at);
        let overlap = Clip::most_at_once(&clips);
        if overlap > Clip::MAX_OVERLAP {
            return Err(StemError::Overlap { file: path.into(), found: overlap });
        }
        let head = |_| Ok(Head { reader: source()?, frame: 0 });
        let idle: Vec<Head> = (0..overlap).map(head).collect::<Result<_, StemError>>()?;
        let piece = PlanarBlock::new(usize::from(facts.channels), PIECE_FRAMES);
        let voices = Vec::with_capacity(overlap);
        let mut end = 0;
        let ends = clips.iter().map(|clip| {
            end = end.max(clip.end().0);
            end
        });
        let latest = ends.collect();
        Ok(Self { facts, clips, latest, next: 0, voices, idle, piece, position: 0 })
    }

    /// Makes a frame of the programme the next one that is read. What is read then has the bits that
    /// reading from the start would have delivered there.
    pub fn seek(&mut self, frame: u64) -> Result<(), StemError> {
        self.idle.extend(self.voices.drain(..).map(|voice| voice.head));
        self.position = frame;
        let first = self.latest.partition_point(|end| *end <= frame);
        let started = self.clips.partition_point(|clip| clip.at.0 <= frame);
        for clip in first..started {
            if self.clips[clip].end().0 > frame {
                self.start_voice(clip)?;
            }
        }
        self.next = started;
        Ok(())
    }

    /// The facts of the file.
    pub fn facts(&self) -> &StemFacts {
        &self.facts
    }

    /// Channels, 1 to [`crate::MAX_CHANNELS`].
    pub fn channels(&self) -> usize {
        usize::from(self.facts.channels)
    }

    /// Fills the frames `range` of every channel with the next frames of the programme; silence where
    /// no clip is. The samples do not depend on how the ranges are cut.
    ///
    /// # Panics
    /// When the block does not have the stem's channels or `range` reaches beyond it.
    pub fn read(&mut self, block: &mut PlanarBlock, range: Range<usize>) -> Result<(), StemError> {
        assert_eq!(block.channels(), self.channels(), "a block with the channels of the stem");
        assert!(range.end <= block.frames(), "a range inside the block");
        for channel in 0..block.channels() {
            block.channel_mut(channel)[range.clone()].fill(0.0);
        }
        let mut at = range.start;
        while at < range.end {
            self.start_voices()?;
            // Up to where the next clip starts or one ends, the same clips sound.
            let starts = self.clips.get(self.next).map(|clip| clip.at.0);
            let ends = self.voices.iter().map(|voice| self.clips[voice.clip].end().0);
            let change = starts.into_iter().chain(ends).min().unwrap_or(u64::MAX);
            let left = change.saturating_sub(self.position);
            let count = usize::try_from(left).unwrap_or(usize::MAX).min(range.end - at);
            for index in 0..self.voices.len() {
                self.add_voice(index, block, at..at + count)?;
            }
            at += count;
            self.position += count as u64;
            self.end_voices();
        }
        Ok(())
    }

    fn start_voices(&mut self) -> Result<(), StemError> {
        while self.clips.get(self.next).is_some_and(|clip| clip.at.0 <= self.position) {
            self.start_voice(self.next)?;
            self.next += 1;
        }
        Ok(())
    }

    /// Starts a clip that sounds at the position, in its middle where it has begun.
    fn start_voice(&mut self, clip: usize) -> Result<(), StemError> {
        let from = self.clips[clip].from.0 + (self.position - self.clips[clip].at.0);
        // The reader with the shortest way forward; to go back costs much with some codecs.
        let way = |head: &Head| from.checked_sub(head.frame).unwrap_or(u64::MAX);
        let nearest = (0..self.idle.len()).min_by_key(|&i| way(&self.idle[i]));
        let nearest = nearest.expect("as many readers as clips overlap");
        let mut head = self.idle.swap_remove(nearest);
        if head.frame != from {
            head.reader.seek(from)?;
            head.frame = from;
        }
        self.voices.push(Voice { clip, head });
        Ok(())
    }

    /// Gives the readers of clips that are over back.
    fn end_voices(&mut self) {
        let mut index = 0;
        while let Some(voice) = self.voices.get(index) {
            if self.clips[voice.clip].end().0 <= self.position {
                self.idle.push(self.voices.remove(index).head);
            } else {
                index += 1;
            }
        }
    }

    /// Adds the next frames of a clip, the first of them at the frame `position` of the programme.
    fn add_voice(
        &mut self,
        index: usize,
        block: &mut PlanarBlock,
        range: Range<usize>,
    ) -> Result<(), StemError> {
        let Self { clips, voices, piece, .. } = self;
        let Voice { clip, head } = &mut voices[index];
        let clip = &clips[*clip];
        let mut frame = self.position;
        for start in range.clone().step_by(PIECE_FRAMES) {
            let count = PIECE_FRAMES.min(range.end - start);
            head.reader.read(piece, 0..count)?;
            for (channel, signal) in piece.iter().enumerate() {
                add_faded(
                    &mut block.channel_mut(channel)[start..start + count],
                    signal,
                    clip,
                    frame,
                );
            }
            frame += count as u64;
            head.frame = head.frame.saturating_add(count as u64);
        }
        Ok(())
    }
}

/// Adds a signal times the gain of its clip; the first sample is at `frame` of the programme.
fn add_faded(out: &mut [f32], signal: &[f32], clip: &Clip, frame: u64) {
    let mut at = 0;
    while at < out.len() {
        let now = frame + at as u64;
        let spans = clip.fades.iter().map(span);
        let turn = spans.clone().flat_map(|s| [s.start, s.end]).filter(|&f| f > now).min();
        let left = turn.map_or(u64::MAX, |turn| turn - now);
        let end = at + usize::try_from(left).unwrap_or(usize::MAX).min(out.len() - at);
        let pairs = out[at..end].iter_mut().zip(&signal[at..end]);
        if spans.into_iter().any(|span| span.contains(&now)) {
            for (n, (out, &x)) in pairs.enumerate() {
                *out += gain_at(clip, now + n as u64) * x;
            }
        } else {
            let gain = gain_at(clip, now);
            pairs.for_each(|(out, &x)| *out += gain * x);
        }
        at = end;
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a legal gain is far from the limits of f32")]
fn gain_at(clip: &Clip, frame: u64) -> f32 {
    clip.gain_at(FrameIndex(frame)) as f32
}

/// The frames during which a fade changes.
fn span(fade: &Fade) -> Range<u64> {
    let end = i128::from(fade.start) + i128::from(fade.length.0);
    let frame = |frame: i128| u64::try_from(frame.max(0)).unwrap_or(u64::MAX);
    frame(fade.start.into())..frame(end)
}

/// An open stem as the programme uses it.
#[derive(Debug)]
pub enum UseReader {
    /// Straight through.
    Straight(StemReader),
    /// In clips, of the stem or of what it becomes.
    Clips(ClipReader),
}

impl UseReader {
    /// Opens the stem the way its use says.
    pub fn open(path: &Path, stem: &StemUse, session: SampleRate) -> Result<Self, StemError> {
        let Some(cuts) = &stem.cuts else { return Self::song(path, stem, session) };
        let reader = ClipReader::of(path, probe(path)?.facts, cuts.clips.clone(), || {
            let song = Self::song(path, stem, session)?;
            Ok(Box::new(Filtered::new(song, cuts, session)))
        });
        reader.map(Self::Clips)
    }

    /// The stem as the song has it, before cuts.
    fn song(path: &Path, stem: &StemUse, session: SampleRate) -> Result<Self, StemError> {
        match stem.clips {
            None => StemReader::open(path, stem.offset, session).map(Self::Straight),
            Some(_) => ClipReader::open(path, stem, session).map(Self::Clips),
        }
    }

    /// Channels, 1 to [`crate::MAX_CHANNELS`].
    pub fn channels(&self) -> usize {
        match self {
            Self::Straight(reader) => reader.channels(),
            Self::Clips(reader) => reader.channels(),
        }
    }

    /// Goes to a frame of the programme: [`StemReader::seek`], [`ClipReader::seek`].
    pub fn seek(&mut self, frame: u64) -> Result<(), StemError> {
        match self {
            Self::Straight(reader) => reader.seek(frame),
            Self::Clips(reader) => reader.seek(frame),
        }
    }

    /// The next frames of the programme: [`StemReader::read`], [`ClipReader::read`].
    pub fn read(&mut self, block: &mut PlanarBlock, range: Range<usize>) -> Result<(), StemError> {
        match self {
            Self::Straight(reader) => reader.read(block, range),
            Self::Clips(reader) => reader.read(block, range),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cupola_model::{FrameCount, LinearGain, StemOffset};

    #[test]
    fn a_loop_of_a_thousand_cross_fades_has_its_file_open_twice() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/stereo24.wav");
        let clip = |n: u64| Clip {
            at: FrameIndex(900 * n),
            from: FrameIndex(500),
            length: FrameCount(1000),
            gain: LinearGain::UNITY,
            fades: vec![],
        };
        let (facts, clips) = (probe(&path).unwrap().facts, (0..1000).map(clip).collect());
        let (name, offset) = (String::new(), StemOffset::NONE);
        let stem = StemUse { name, facts, offset, clips: Some(clips), cuts: None };
        let mut reader = ClipReader::open(&path, &stem, SampleRate::HZ_48000).unwrap();
        let mut block = PlanarBlock::new(2, 4096);
        for _ in 0..230 {
            reader.read(&mut block, 0..4096).unwrap();
            assert_eq!(reader.idle.len() + reader.voices.len(), 2);
        }
        assert!(reader.voices.is_empty() && reader.next == 1000);
    }
}
