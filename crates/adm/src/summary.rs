//! What an ADM document holds, as `cupola info` shows it.

use cupola_model::BedFormat;

/// What an ADM document holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The programmes.
    pub programmes: Vec<Programme>,
    /// The contents.
    pub contents: Vec<Content>,
    /// The objects.
    pub objects: Vec<ObjectSummary>,
    /// Number of `audioPackFormat` elements.
    pub pack_formats: u64,
    /// Number of `audioChannelFormat` elements.
    pub channel_formats: u64,
    /// Number of `audioTrackUID` elements.
    pub track_uids: u64,
    /// Number of `audioBlockFormat` elements of all channels.
    pub blocks: u64,
}

/// An `audioProgramme`. Times are as the document prints them, empty where it says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Programme {
    /// `audioProgrammeID`.
    pub id: String,
    /// `audioProgrammeName`.
    pub name: String,
    /// `start`.
    pub start: String,
    /// `end`.
    pub end: String,
    /// Figures of its `loudnessMetadata`, by their names in the standard, as they are printed.
    pub loudness: Vec<(String, String)>,
}

/// An `audioContent`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Content {
    /// `audioContentID`.
    pub id: String,
    /// `audioContentName`.
    pub name: String,
    /// Number of objects it refers to.
    pub objects: usize,
}

/// An `audioObject` with what its pack and channels say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectSummary {
    /// `audioObjectID`.
    pub id: String,
    /// `audioObjectName`.
    pub name: String,
    /// Type of its first pack.
    pub kind: AdmKind,
    /// Number of tracks it refers to.
    pub tracks: usize,
    /// Number of blocks of its channels; 0 when its pack is a common definition.
    pub blocks: u64,
    /// Whether a channel of it takes more than one position.
    pub moves: bool,
    /// `speakerLabel` of its channels, in order; empty for objects.
    pub speaker_labels: Vec<String>,
    /// The bed format, when the labels are exactly those of one.
    pub bed_format: Option<BedFormat>,
}

/// `typeDefinition`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AdmKind {
    /// 0001.
    DirectSpeakers,
    /// 0002.
    Matrix,
    /// 0003.
    Objects,
    /// 0004.
    Hoa,
    /// 0005.
    Binaural,
    /// Not stated, or none of the above.
    #[default]
    Unknown,
}

impl AdmKind {
    /// The word of the standard; `unknown` where there is none.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DirectSpeakers => "DirectSpeakers",
            Self::Matrix => "Matrix",
            Self::Objects => "Objects",
            Self::Hoa => "HOA",
            Self::Binaural => "Binaural",
            Self::Unknown => "unknown",
        }
    }

    /// The type of a `typeLabel` (also the digits of identifiers) or `typeDefinition`.
    /// [BS.2076-2 §5.4]
    pub(crate) fn from_label(label: &str) -> Self {
        match label {
            "0001" | "DirectSpeakers" => Self::DirectSpeakers,
            "0002" | "Matrix" => Self::Matrix,
            "0003" | "Objects" => Self::Objects,
            "0004" | "HOA" => Self::Hoa,
            "0005" | "Binaural" => Self::Binaural,
            _ => Self::Unknown,
        }
    }
}
