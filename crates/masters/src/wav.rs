//! WAV files of loudspeaker and headphone renders.

use crate::dither::to_16_bits;
use crate::error::in_file;
use crate::meter::Meter;
use crate::{ChannelMap, Finished, MastersError, PendingFile};
use cupola_bw64::{Bext, Format, LargeForm, SampleFormat, Writer, WriterOptions};
use cupola_model::{ChannelOrder, FrameCount, FrameIndex, Layout, PlanarBlock, SampleRate};
use std::io::Seek;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// How samples are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SampleDepth {
    /// 16-bit integers with triangular dither of ±1 step.
    I16,
    /// 24-bit integers, rounded.
    #[default]
    I24,
    /// 32-bit float, as it is; never clips.
    F32,
}

impl SampleDepth {
    /// Bits a sample.
    pub const fn bits(self) -> u16 {
        match self {
            Self::I16 => 16,
            Self::I24 => 24,
            Self::F32 => 32,
        }
    }

    const fn format(self) -> SampleFormat {
        match self {
            Self::I16 => SampleFormat::I16,
            Self::I24 => SampleFormat::I24,
            Self::F32 => SampleFormat::F32,
        }
    }
}

/// One channel of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WavChannel {
    /// Name in reports.
    pub name: String,
    /// Which channel of the blocks given to [`WavSink::write`] it takes.
    pub source: usize,
}

/// What a WAV file is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WavSpec {
    /// Rate.
    pub sample_rate: SampleRate,
    /// Storage.
    pub depth: SampleDepth,
    /// The channels in file order; at least one.
    pub channels: Vec<WavChannel>,
    /// `dwChannelMask`; 0 states none. One and two channels whose mask says no more than a plain
    /// `fmt ` does get a plain one, everything else an extensible one.
    pub channel_mask: u32,
}

impl WavSpec {
    /// A render to loudspeakers; blocks are in the order of the layout.
    pub fn speakers(
        layout: &Layout,
        order: ChannelOrder,
        sample_rate: SampleRate,
        depth: SampleDepth,
    ) -> Result<Self, MastersError> {
        let map = ChannelMap::new(layout, order)?;
        let name = |source: usize| layout.speakers()[source].name.clone();
        let channels =
            map.source.into_iter().map(|source| WavChannel { name: name(source), source });
        Ok(Self { sample_rate, depth, channels: channels.collect(), channel_mask: map.mask })
    }

    /// A stereo file for headphones; blocks have the left ear first.
    pub fn headphones(sample_rate: SampleRate, depth: SampleDepth) -> Self {
        Self::plain(["L", "R"], sample_rate, depth)
    }

    /// A file whose channels are those of the blocks, under these names, and no loudspeakers.
    pub fn plain<N: Into<String>>(
        names: impl IntoIterator<Item = N>,
        sample_rate: SampleRate,
        depth: SampleDepth,
    ) -> Self {
        let channel = |(source, name): (usize, N)| WavChannel { name: name.into(), source };
        let channels = names.into_iter().enumerate().map(channel).collect();
        Self { sample_rate, depth, channels, channel_mask: 0 }
    }

    fn container_format(&self, channels: u16) -> Format {
        let format = Format::new(self.sample_rate.hz(), channels, self.depth.format());
        // Mono means centre and stereo left and right without saying so.
        match (channels, self.channel_mask) {
            (1, 0 | 0x4) | (2, 0 | 0x3) => format,
            (_, mask) => format.with_mask(mask),
        }
    }
}

/// A WAV file being written. Above 4 GiB it becomes RF64.
///
/// ```
/// use cupola_masters::{SampleDepth, WavSink, WavSpec};
/// use cupola_model::{PlanarBlock, SampleRate};
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("song.wav");
/// let spec = WavSpec::headphones(SampleRate::HZ_48000, SampleDepth::I24);
/// let mut sink = WavSink::create(&path, false, spec)?;
/// sink.write(&PlanarBlock::new(2, 480), 0..480)?;
/// let finished = sink.finish()?;
/// assert_eq!(finished.report.frames.0, 480);
/// assert!(!path.exists());
/// finished.pending.persist()?;
/// assert!(path.exists());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct WavSink {
    path: PathBuf,
    spec: WavSpec,
    writer: Writer<PendingFile>,
    meter: Meter,
    /// When the first frame is on the clock of its session; 0 says nothing of it.
    start: FrameCount,
    /// Dithered samples of the current block, channel after channel; stays empty otherwise.
    dithered: Vec<f32>,
}

impl WavSink {
    /// Starts the file under a temporary name.
    pub fn create(path: &Path, overwrite: bool, spec: WavSpec) -> Result<Self, MastersError> {
        let too_many = cupola_bw64::Error::ChannelCount { found: u16::MAX };
        let channels = u16::try_from(spec.channels.len()).map_err(|_| in_file(path)(too_many))?;
        let format = spec.container_format(channels);
        let pending = PendingFile::create(path, overwrite)?;
        let options = WriterOptions { format, large_form: LargeForm::Rf64 };
        let writer = Writer::new(pending, options).map_err(in_file(path))?;
        let names = spec.channels.iter().map(|channel| channel.name.clone());
        let meter = Meter::new(names, spec.depth != SampleDepth::F32);
        let (path, start) = (path.to_owned(), FrameCount(0));
        Ok(Self { path, spec, writer, meter, start, dithered: Vec::new() })
    }

    /// Says when the first frame is, in frames since midnight on the clock of the session: a `bext` chunk
    /// behind the sound, with neither date nor loudness. Nothing is written for 0. [Tech 3285]
    #[must_use]
    pub fn with_start(self, start: FrameCount) -> Self {
        Self { start, ..self }
    }

    /// Appends these frames of a block.
    ///
    /// # Panics
    /// When the block lacks a channel the file takes, or the range exceeds it.
    pub fn write(&mut self, block: &PlanarBlock, frames: Range<usize>) -> Result<(), MastersError> {
        let start = FrameIndex(self.writer.frames());
        let count = frames.len();
        for (index, channel) in self.spec.channels.iter().enumerate() {
            let samples = &block.channel(channel.source)[frames.clone()];
            self.meter.take(index, start, samples).map_err(|bad| bad.in_file(&self.path))?;
        }
        let written = if self.spec.depth == SampleDepth::I16 {
            self.dithered.resize(count * self.spec.channels.len(), 0.0);
            for (index, channel) in self.spec.channels.iter().enumerate() {
                let samples = &block.channel(channel.source)[frames.clone()];
                let out = &mut self.dithered[index * count..(index + 1) * count];
                to_16_bits(samples, index, start, out);
            }
            let dithered = &self.dithered;
            self.writer.write_with(count, |index| &dithered[index * count..(index + 1) * count])
        } else {
            let channels = &self.spec.channels;
            let plane = |index: usize| &block.channel(channels[index].source)[frames.clone()];
            self.writer.write_with(count, plane)
        };
        written.map_err(in_file(&self.path))
    }

    /// Ends the file; it still has its temporary name.
    pub fn finish(self) -> Result<Finished, MastersError> {
        let frames = FrameCount(self.writer.frames());
        let mut tail = self.writer.finish_data().map_err(in_file(&self.path))?;
        if self.start.0 > 0 {
            let mut bext = Bext::new("Cupola");
            bext.set_time_reference(self.start.0);
            tail.write_chunk(*b"bext", &bext.into_payload()).map_err(in_file(&self.path))?;
        }
        let mut pending = tail.finish().map_err(in_file(&self.path))?;
        let bytes = pending
            .stream_position()
            .map_err(|source| MastersError::Write { path: self.path.clone(), source })?;
        Ok(Finished { pending, companions: vec![], report: self.meter.finish(frames, bytes) })
    }
}
