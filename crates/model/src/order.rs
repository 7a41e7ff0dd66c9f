//! Orders of loudspeaker channels in files.

/// In which order a render's channels stand in its file. A layout some order does not describe cannot
/// have it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ChannelOrder {
    /// The order of the layout, which for standard layouts is that of [BS.2051-3]: sides before rears.
    #[default]
    Bs2051,
    /// L R C LFE, sides, rears, wides, then heights from the front; and 22.2. What Dolby's renderer
    /// takes. [SMPTE ST 428-12] [SMPTE ST 2036-2] [Dolby-orders]
    Smpte,
    /// L C R, sides, rears, LFE; without heights. [Avid-guide]
    Film,
    /// The order of Pro Tools tracks: that of film, then heights from the front. [Avid-guide]
    ProTools,
    /// Ascending bits of the WAVE channel mask: rears before sides. [WAVE-mask]
    Wave,
    /// What Wwise imports: the order and the mask of WAVE, with a single pair of heights as its front
    /// pair. [Wwise-orders]
    Wwise,
}

impl ChannelOrder {
    /// Every order.
    pub const ALL: [Self; 6] =
        [Self::Bs2051, Self::Smpte, Self::Film, Self::ProTools, Self::Wave, Self::Wwise];

    /// The word in scenes and commands.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bs2051 => "bs2051",
            Self::Smpte => "smpte",
            Self::Film => "film",
            Self::ProTools => "protools",
            Self::Wave => "wave",
            Self::Wwise => "wwise",
        }
    }

    /// The order of that name.
    ///
    /// ```
    /// use cupola_model::ChannelOrder;
    /// assert_eq!(ChannelOrder::from_name("protools"), Some(ChannelOrder::ProTools));
    /// ```
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.name() == name)
    }
}
