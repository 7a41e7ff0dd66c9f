//! The `fmt ` chunk: rates, channels and sample formats.

use crate::Error;

/// The most channels a file may have here. Masters have up to 128; the rest is headroom.
pub const MAX_CHANNELS: u16 = 1024;

const TAG_PCM: u16 = 1;
const TAG_FLOAT: u16 = 3;
const TAG_EXTENSIBLE: u16 = 0xFFFE;

/// All of a sub-format GUID but the format tag in its first two bytes.
const GUID_TAIL: [u8; 14] =
    [0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71];

/// The id in the first four bytes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `RIFF`: every size fits 32 bits.
    Riff,
    /// `RF64`, [Tech 3306].
    Rf64,
    /// `BW64`, [BS.2088].
    Bw64,
}

impl Form {
    /// The four letters.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Riff => "RIFF",
            Self::Rf64 => "RF64",
            Self::Bw64 => "BW64",
        }
    }
}

/// What a file becomes when its sizes do not fit 32 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LargeForm {
    /// `RF64`, which Dolby's tools and most editors read.
    Rf64,
    /// `BW64`, which ITU and EBU tools prefer.
    Bw64,
}

impl LargeForm {
    pub(crate) const fn form(self) -> Form {
        match self {
            Self::Rf64 => Form::Rf64,
            Self::Bw64 => Form::Bw64,
        }
    }
}

/// How one sample is stored; little-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SampleFormat {
    /// 8-bit integer, offset by 128.
    U8,
    /// 16-bit integer.
    I16,
    /// 24-bit integer in three bytes.
    I24,
    /// 32-bit integer.
    I32,
    /// 32-bit float.
    F32,
    /// 64-bit float.
    F64,
}

impl SampleFormat {
    /// Bytes a sample.
    pub const fn bytes(self) -> u16 {
        match self {
            Self::U8 => 1,
            Self::I16 => 2,
            Self::I24 => 3,
            Self::I32 | Self::F32 => 4,
            Self::F64 => 8,
        }
    }

    /// Whether samples are floating-point numbers.
    pub const fn is_float(self) -> bool {
        matches!(self, Self::F32 | Self::F64)
    }

    fn integer_of(bytes: u16) -> Option<Self> {
        [Self::U8, Self::I16, Self::I24, Self::I32].into_iter().find(|s| s.bytes() == bytes)
    }

    fn float_of(bytes: u16) -> Option<Self> {
        [Self::F32, Self::F64].into_iter().find(|s| s.bytes() == bytes)
    }
}

/// What the `fmt ` chunk says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// Frames per second, at least 1.
    pub sample_rate: u32,
    /// Channels, 1 to [`MAX_CHANNELS`].
    pub channels: u16,
    /// How samples are stored.
    pub sample: SampleFormat,
    /// Bits of each sample that carry sound, counted from the top; 1 to 8 × bytes.
    pub valid_bits: u16,
    /// The loudspeaker mask of an extensible `fmt ` chunk; `None` is the plain form.
    pub channel_mask: Option<u32>,
}

impl Format {
    /// A plain format in which every bit is valid.
    pub const fn new(sample_rate: u32, channels: u16, sample: SampleFormat) -> Self {
        Self { sample_rate, channels, sample, valid_bits: sample.bytes() * 8, channel_mask: None }
    }

    /// The same in the extensible form, with this loudspeaker mask (0: no loudspeakers named).
    #[must_use]
    pub const fn with_mask(mut self, mask: u32) -> Self {
        self.channel_mask = Some(mask);
        self
    }

    /// Bytes of one frame.
    pub const fn frame_bytes(&self) -> usize {
        self.channels as usize * self.sample.bytes() as usize
    }

    /// Checks what a caller wants written.
    pub(crate) fn check(&self) -> Result<(), Error> {
        check_channels(self.channels)?;
        let bits = self.sample.bytes() * 8;
        if self.valid_bits == 0 || self.valid_bits > bits {
            return Err(bad("number of valid bits", self.valid_bits, format!("1 to {bits}")));
        }
        let byte_rate = u64::from(self.sample_rate) * self.frame_bytes() as u64;
        if self.sample_rate == 0 || byte_rate > u64::from(u32::MAX) {
            let allowed = format!("1 to {} Hz", u64::from(u32::MAX) / self.frame_bytes() as u64);
            return Err(bad("sample rate", self.sample_rate, allowed));
        }
        Ok(())
    }

    /// The payload of `fmt `: 16 bytes for PCM, 18 for float, 40 for the extensible form.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let tag = if self.sample.is_float() { TAG_FLOAT } else { TAG_PCM };
        let outer_tag = if self.channel_mask.is_some() { TAG_EXTENSIBLE } else { tag };
        let frame_bytes = self.channels * self.sample.bytes();
        let mut out = Vec::with_capacity(40);
        out.extend(outer_tag.to_le_bytes());
        out.extend(self.channels.to_le_bytes());
        out.extend(self.sample_rate.to_le_bytes());
        out.extend((self.sample_rate * u32::from(frame_bytes)).to_le_bytes());
        out.extend(frame_bytes.to_le_bytes());
        out.extend((self.sample.bytes() * 8).to_le_bytes());
        if let Some(mask) = self.channel_mask {
            out.extend(22_u16.to_le_bytes());
            out.extend(self.valid_bits.to_le_bytes());
            out.extend(mask.to_le_bytes());
            out.extend(tag.to_le_bytes());
            out.extend(GUID_TAIL);
        } else if tag != TAG_PCM {
            // Everything but PCM states the size of its extension, even when there is none.
            out.extend(0_u16.to_le_bytes());
        }
        out
    }

    /// Reads the payload of `fmt `.
    pub(crate) fn decode(payload: &[u8]) -> Result<Self, Error> {
        let Some(head) = payload.first_chunk::<16>() else {
            return Err(bad("size of the chunk", payload.len(), "16 bytes or more".into()));
        };
        let u16_at = |i: usize| u16::from_le_bytes([head[i], head[i + 1]]);
        let channels = u16_at(2);
        let sample_rate = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
        let (frame_bytes, bits) = (u16_at(12), u16_at(14));
        check_channels(channels)?;
        if sample_rate == 0 {
            return Err(bad("sample rate", 0, "1 Hz or more".into()));
        }
        let mut format = Self {
            sample_rate,
            channels,
            sample: SampleFormat::U8,
            valid_bits: bits,
            channel_mask: None,
        };
        let mut tag = u16_at(0);
        if tag == TAG_EXTENSIBLE {
            tag = format.decode_extension(payload, bits)?;
        }
        format.sample = sample_format(tag, bits)?;
        if usize::from(frame_bytes) != format.frame_bytes() {
            let allowed =
                format!("{} for {channels} channels of {bits} bits", format.frame_bytes());
            return Err(bad("frame size in bytes", frame_bytes, allowed));
        }
        Ok(format)
    }

    /// Reads valid bits and mask, and returns the format tag of the sub-format.
    fn decode_extension(&mut self, payload: &[u8], bits: u16) -> Result<u16, Error> {
        let Some(head) = payload.first_chunk::<40>() else {
            return Err(bad("size of the extensible chunk", payload.len(), "40 bytes".into()));
        };
        let valid_bits = u16::from_le_bytes([head[18], head[19]]);
        if valid_bits > bits {
            return Err(bad("number of valid bits", valid_bits, format!("0 to {bits}")));
        }
        // Zero means "not stated".
        self.valid_bits = if valid_bits == 0 { bits } else { valid_bits };
        self.channel_mask = Some(u32::from_le_bytes([head[20], head[21], head[22], head[23]]));
        if head[26..] != GUID_TAIL {
            let found = head[24..].escape_ascii().to_string();
            return Err(bad("sub-format", found, "PCM or IEEE float".into()));
        }
        Ok(u16::from_le_bytes([head[24], head[25]]))
    }
}

fn sample_format(tag: u16, bits: u16) -> Result<SampleFormat, Error> {
    let (sample, allowed) = match tag {
        TAG_PCM => (SampleFormat::integer_of(bits.div_ceil(8)), "1 to 32"),
        TAG_FLOAT if bits.is_multiple_of(8) => (SampleFormat::float_of(bits / 8), "32 or 64"),
        TAG_FLOAT => (None, "32 or 64"),
        _ => return Err(Error::UnsupportedCodec { tag }),
    };
    sample.ok_or_else(|| bad("number of bits a sample", bits, allowed.into()))
}

pub(crate) fn check_channels(found: u16) -> Result<(), Error> {
    if found == 0 || found > MAX_CHANNELS {
        return Err(Error::ChannelCount { found });
    }
    Ok(())
}

fn bad(what: &'static str, found: impl ToString, allowed: String) -> Error {
    Error::BadFormat { what, found: found.to_string(), allowed }
}
