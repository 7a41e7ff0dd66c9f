//! A block of audio, channel after channel.

/// `channels × frames` samples of f32, each channel contiguous.
///
/// ```
/// let mut block = cupola_model::PlanarBlock::new(2, 4);
/// block.channel_mut(1)[3] = 0.5;
/// assert_eq!(block.channel(1), [0.0, 0.0, 0.0, 0.5]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PlanarBlock {
    samples: Vec<f32>,
    channels: usize,
    frames: usize,
}

impl PlanarBlock {
    /// A silent block.
    pub fn new(channels: usize, frames: usize) -> Self {
        Self { samples: vec![0.0; channels * frames], channels, frames }
    }

    /// Number of channels.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Number of frames in every channel.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// The samples of one channel; panics when there is no such channel.
    pub fn channel(&self, index: usize) -> &[f32] {
        &self.samples[index * self.frames..(index + 1) * self.frames]
    }

    /// The samples of one channel, to write; panics when there is no such channel.
    pub fn channel_mut(&mut self, index: usize) -> &mut [f32] {
        &mut self.samples[index * self.frames..(index + 1) * self.frames]
    }

    /// All channels in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[f32]> {
        (0..self.channels).map(|i| self.channel(i))
    }

    /// All channels in order, to write. Yields nothing when the block has no frames.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut [f32]> {
        self.samples.chunks_exact_mut(self.frames.max(1))
    }

    /// Sets every sample to zero.
    pub fn clear(&mut self) {
        self.samples.fill(0.0);
    }
}
