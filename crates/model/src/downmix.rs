//! Stereo made from a 5.1 mix.

/// How a 5.1 mix becomes two channels. The centre goes to both sides at √½ (−3.01 dB), the LFE is left
/// out. The coefficients are those of Dolby's renderer. [Dolby-downmix]
///
/// | | left from Ls | left from Rs | right from Ls | right from Rs |
/// |---|---|---|---|---|
/// | Lo/Ro | √½ (−3.01 dB) | 0 | 0 | √½ |
/// | Lt/Rt | −√(19/25) (−1.19 dB) | −√(6/25) (−6.20 dB) | √(6/25) | √(19/25) |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Downmix {
    /// For stereo: surrounds stay on their side.
    LoRo,
    /// For matrix decoders: surrounds in opposite phase.
    LtRt,
    /// The same, with the surrounds shifted by 90° first, so that they neither cancel what is alike in
    /// front nor are cancelled by it.
    LtRt90,
}

impl Downmix {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::LoRo, Self::LtRt, Self::LtRt90];

    /// The word in scenes and commands.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LoRo => "loro",
            Self::LtRt => "ltrt",
            Self::LtRt90 => "ltrt90",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|downmix| downmix.name() == name)
    }

    /// What reports call the two channels.
    pub const fn channel_names(self) -> [&'static str; 2] {
        match self {
            Self::LoRo => ["Lo", "Ro"],
            Self::LtRt | Self::LtRt90 => ["Lt", "Rt"],
        }
    }

    /// Whether the surrounds are shifted by 90° first.
    pub const fn shifts_surrounds(self) -> bool {
        matches!(self, Self::LtRt90)
    }

    /// Amplitude factors of L, R, C, Ls and Rs in the left and in the right channel.
    ///
    /// ```
    /// use cupola_model::Downmix;
    /// let [left, right] = Downmix::LtRt.coefficients();
    /// // A surround is heard as loud as it was, half in opposite phase.
    /// assert!((left[3] * left[3] + right[3] * right[3] - 1.0).abs() < 1e-12 && left[3] < 0.0);
    /// ```
    pub fn coefficients(self) -> [[f64; 5]; 2] {
        let half = 0.5_f64.sqrt();
        match self {
            Self::LoRo => [[1.0, 0.0, half, half, 0.0], [0.0, 1.0, half, 0.0, half]],
            Self::LtRt | Self::LtRt90 => {
                let (near, far) = (0.76_f64.sqrt(), 0.24_f64.sqrt());
                [[1.0, 0.0, half, -near, -far], [0.0, 1.0, half, far, near]]
            }
        }
    }
}
