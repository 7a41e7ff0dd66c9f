//! Everything but PCM in WAV: the one place that knows symphonia.

use crate::StemError;
use crate::frames::Decode;
use crate::limits::MAX_CHANNELS;
use cupola_model::StemFacts;
use std::fs::File;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::well_known as codec;
use symphonia::core::codecs::audio::{
    AudioCodecId, AudioCodecParameters, AudioDecoder, AudioDecoderOptions,
};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::packet::Packet;
use symphonia::core::units::Timestamp;

mod seek;

/// The longest packet: FLAC, whose packets are the longest in use, has up to 65535 frames.
const MAX_PACKET_FRAMES: u64 = 65_536;

/// An open file that symphonia reads.
pub(crate) struct CodedFile {
    file: PathBuf,
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    parameters: AudioCodecParameters,
    track: u32,
    /// Frames the header promises, where it is to be believed.
    promised: Option<u64>,
    /// Rate and channels of the sound decoded so far.
    shape: Option<(u32, usize)>,
    /// The frame of the file that is decoded next.
    frames: u64,
    /// Timestamp of the first packet, which holds frame 0.
    first: Option<Timestamp>,
    /// A packet that was read to see where it lies.
    waiting: Option<Packet>,
    cut: bool,
}

/// What counting the frames of a file found.
pub(crate) struct Counted {
    pub(crate) facts: StemFacts,
    /// Whether the file ends in the middle of a packet.
    pub(crate) cut: bool,
}

pub(crate) fn open(path: &Path, handle: File) -> Result<CodedFile, StemError> {
    let file = path.to_path_buf();
    let stream = MediaSourceStream::new(Box::new(handle), MediaSourceStreamOptions::default());
    let mut hint = Hint::new();
    if let Some(extension) = path.extension().and_then(|e| e.to_str()) {
        hint.with_extension(extension);
    }
    let probe = symphonia::default::get_probe();
    let format = guarded(|| {
        probe.probe(&hint, stream, FormatOptions::default(), MetadataOptions::default())
    })
    .map_err(|cause| open_error(&file, cause))?;
    let Some(track) = format.default_track(TrackType::Audio) else {
        return Err(unsupported(&file, "a file without an audio track"));
    };
    let Some(CodecParameters::Audio(parameters)) = track.codec_params.clone() else {
        return Err(unsupported(&file, "this codec"));
    };
    check_packets(&file, &parameters)?;
    let codecs = symphonia::default::get_codecs();
    let decoder =
        guarded(|| codecs.make_audio_decoder(&parameters, &AudioDecoderOptions::default()))
            .map_err(|cause| match cause {
                Error::Unsupported(_) => unsupported(&file, codec_name(parameters.codec)),
                other => open_error(&file, other),
            })?;
    let believed = is_pcm(parameters.codec) || parameters.codec == codec::CODEC_ID_FLAC;
    let promised = track.num_frames.filter(|&frames| believed && frames > 0);
    let track = track.id;
    Ok(CodedFile {
        file,
        format,
        decoder,
        parameters,
        track,
        promised,
        shape: None,
        frames: 0,
        first: None,
        waiting: None,
        cut: false,
    })
}

impl CodedFile {
    /// The facts; decodes the whole file when its header does not tell them for sure, as those of
    /// MP3, AAC and Vorbis do not.
    pub(crate) fn count(mut self) -> Result<Counted, StemError> {
        let told = self.promised.zip(self.parameters.sample_rate);
        let channels = self.parameters.channels.as_ref().map(|channels| channels.count());
        let (frames, sample_rate, channels) = match (told, channels) {
            (Some((frames, rate)), Some(channels)) => (frames, rate, channels),
            _ => {
                if !self.count_independent_packets()? {
                    while self.decode_next()? {}
                }
                let (rate, channels) = self.shape.unwrap_or_default();
                (self.promised.unwrap_or(self.frames), rate, channels)
            }
        };
        let Ok(channels) = u16::try_from(channels) else {
            return Err(StemError::Channels { file: self.file, found: channels });
        };
        let lossy = is_lossy(self.parameters.codec);
        let format = self.format_name(lossy);
        let facts = StemFacts { sample_rate, channels, frames, format, lossy };
        Ok(Counted { facts, cut: self.cut })
    }

    /// Counts ALAC by its packets, of which only the last is decoded: containers tell the length of
    /// every packet but that one, and packets do not depend on each other. `false`, with nothing
    /// read, where packets are not counted in frames.
    fn count_independent_packets(&mut self) -> Result<bool, StemError> {
        if self.parameters.codec != codec::CODEC_ID_ALAC || !self.is_timed_in_frames() {
            return Ok(false);
        }
        let mut last: Option<Packet> = None;
        while let Some(packet) = self.next_packet()? {
            if let Some(before) = last.replace(packet) {
                self.frames = self.frames.saturating_add(before.dur.get());
            }
        }
        if let Some(packet) = last {
            self.decode(&packet)?;
        }
        Ok(true)
    }

    fn is_timed_in_frames(&self) -> bool {
        let track = self.format.tracks().iter().find(|t| t.id == self.track);
        let base = track.and_then(|track| track.time_base);
        base.zip(self.parameters.sample_rate)
            .is_some_and(|(base, rate)| base.numer.get() == 1 && base.denom.get() == rate)
    }

    fn format_name(&self, lossy: bool) -> String {
        let short = self.format.format_info().short_name;
        let container = match short {
            "wave" => "WAV".into(),
            "isomp4" => "MP4".into(),
            other => other.to_uppercase(),
        };
        let name = codec_name(self.parameters.codec);
        let bits = [&self.parameters, self.decoder.codec_params()]
            .into_iter()
            .find_map(|parameters| parameters.bits_per_sample.filter(|&bits| bits > 0 && !lossy));
        let codec = (container != name).then_some(name);
        let parts = [bits.map(|bits| format!("{bits}-bit")), codec.map(str::to_owned)];
        let detail = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        if detail.is_empty() { container } else { format!("{container}, {detail}") }
    }

    /// The next packet of the track; `None` at the end.
    fn next_packet(&mut self) -> Result<Option<Packet>, StemError> {
        if let Some(packet) = self.waiting.take() {
            return Ok(Some(packet));
        }
        loop {
            match guarded(|| self.format.next_packet()) {
                Ok(Some(packet)) if packet.track_id != self.track => {}
                Ok(packet) => {
                    self.first = self.first.or(packet.as_ref().map(|packet| packet.pts));
                    return Ok(packet);
                }
                Err(Error::IoError(cause)) if cause.kind() == io::ErrorKind::UnexpectedEof => {
                    self.cut = true;
                    return Ok(None);
                }
                Err(cause) => return Err(read_error(&self.file, self.frames, cause)),
            }
        }
    }

    /// Decodes the next packet that holds sound; `false` at the end.
    fn decode_next(&mut self) -> Result<bool, StemError> {
        while let Some(packet) = self.next_packet()? {
            if self.decode(&packet)? > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Decodes a packet and returns its frames.
    fn decode(&mut self, packet: &Packet) -> Result<usize, StemError> {
        let sound = match guarded(|| self.decoder.decode(packet)) {
            Ok(sound) => sound,
            Err(cause) => return Err(read_error(&self.file, self.frames, cause)),
        };
        let frames = sound.frames();
        if frames > 0 {
            let shape = (sound.spec().rate(), sound.num_planes());
            if *self.shape.get_or_insert(shape) != shape {
                return Err(StemError::Changes { file: self.file.clone(), frame: self.frames });
            }
        }
        self.frames += frames as u64;
        Ok(frames)
    }
}

impl Decode for CodedFile {
    fn next_piece(&mut self, planes: &mut Vec<Vec<f32>>) -> Result<usize, StemError> {
        let channels = planes.len();
        if !self.decode_next()? {
            planes.iter_mut().for_each(Vec::clear);
            return Ok(0);
        }
        let sound = self.decoder.last_decoded();
        if sound.num_planes() != channels {
            return Err(StemError::Changes { file: self.file.clone(), frame: self.frames });
        }
        sound.copy_to_vecs_planar(planes);
        Ok(sound.frames())
    }

    fn go_to(&mut self, frame: u64) -> Result<u64, StemError> {
        seek::go_to(self, frame)
    }
}

/// Decoders make room for the longest packet a header promises, however long that is.
fn check_packets(file: &Path, parameters: &AudioCodecParameters) -> Result<(), StemError> {
    let channels = parameters.channels.as_ref().map_or(0, |channels| channels.count());
    if channels > usize::from(MAX_CHANNELS) {
        return Err(StemError::Channels { file: file.into(), found: channels });
    }
    let longest = [parameters.max_frames_per_packet, parameters.frames_per_block];
    match longest.into_iter().flatten().max() {
        Some(frames) if frames > MAX_PACKET_FRAMES => {
            let what = format!("packets of {frames} frames, at most {MAX_PACKET_FRAMES} are real");
            Err(StemError::Damaged { file: file.into(), what })
        }
        _ => Ok(()),
    }
}

/// Runs a call into symphonia, whose demuxers panic on some damaged headers, and makes a panic an
/// error. Whatever it leaves half done is dropped with the stem.
fn guarded<T>(call: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(call))
        .unwrap_or(Err(Error::DecodeError("the decoder lost its way in it")))
}

fn unsupported(file: &Path, what: &str) -> StemError {
    StemError::Unsupported { file: file.into(), what: what.into() }
}

fn open_error(file: &Path, cause: Error) -> StemError {
    match cause {
        Error::Unsupported(_) => unsupported(file, "this kind of file"),
        Error::IoError(source) if source.kind() != io::ErrorKind::UnexpectedEof => {
            StemError::Io { file: file.into(), source }
        }
        other => StemError::Damaged { file: file.into(), what: other.to_string() },
    }
}

fn read_error(file: &Path, frame: u64, cause: Error) -> StemError {
    match cause {
        Error::IoError(source) => StemError::Io { file: file.into(), source },
        other => {
            StemError::Damaged { file: file.into(), what: format!("{other} at frame {frame}") }
        }
    }
}

/// Ids of linear PCM are one range, which A-law and µ-law end.
fn is_pcm(id: AudioCodecId) -> bool {
    (codec::CODEC_ID_PCM_S32LE..codec::CODEC_ID_PCM_ALAW).contains(&id)
}

fn is_lossy(id: AudioCodecId) -> bool {
    !is_pcm(id) && id != codec::CODEC_ID_FLAC && id != codec::CODEC_ID_ALAC
}

fn codec_name(id: AudioCodecId) -> &'static str {
    match id {
        codec::CODEC_ID_FLAC => "FLAC",
        codec::CODEC_ID_ALAC => "ALAC",
        codec::CODEC_ID_MP3 => "MP3",
        codec::CODEC_ID_MP2 => "MP2",
        codec::CODEC_ID_AAC => "AAC",
        codec::CODEC_ID_VORBIS => "Vorbis",
        codec::CODEC_ID_OPUS => "Opus",
        codec::CODEC_ID_WAVPACK => "WavPack",
        codec::CODEC_ID_AC3 => "AC-3",
        codec::CODEC_ID_EAC3 => "E-AC-3",
        codec::CODEC_ID_ADPCM_MS | codec::CODEC_ID_ADPCM_IMA_WAV | codec::CODEC_ID_ADPCM_IMA_QT => {
            "ADPCM"
        }
        codec::CODEC_ID_PCM_ALAW => "A-law",
        codec::CODEC_ID_PCM_MULAW => "µ-law",
        codec::CODEC_ID_PCM_F32LE
        | codec::CODEC_ID_PCM_F32BE
        | codec::CODEC_ID_PCM_F64LE
        | codec::CODEC_ID_PCM_F64BE => "float",
        id if is_pcm(id) => "PCM",
        _ => "this codec",
    }
}
