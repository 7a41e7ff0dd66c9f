//! Beds: the channel sets of an Atmos master and where their channels stand in the room.

use crate::RoomPosition;
use std::fmt;

/// A channel of a bed, named as in the Dolby Atmos Master ADM profile.
///
/// The sides of a 5.x bed ([`BedLabel::Ls`]) and of a 7.x bed ([`BedLabel::Lss`]) are different
/// channels at different places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BedLabel {
    /// Left.
    L,
    /// Right.
    R,
    /// Centre.
    C,
    /// Low-frequency effects.
    Lfe,
    /// Left surround of a 5.x bed.
    Ls,
    /// Right surround of a 5.x bed.
    Rs,
    /// Left side surround.
    Lss,
    /// Right side surround.
    Rss,
    /// Left rear surround.
    Lrs,
    /// Right rear surround.
    Rrs,
    /// Left top surround, above the sides.
    Lts,
    /// Right top surround, above the sides.
    Rts,
}

impl BedLabel {
    /// Every label.
    pub const ALL: [Self; 12] = [
        Self::L,
        Self::R,
        Self::C,
        Self::Lfe,
        Self::Ls,
        Self::Rs,
        Self::Lss,
        Self::Rss,
        Self::Lrs,
        Self::Rrs,
        Self::Lts,
        Self::Rts,
    ];

    /// The name in scenes and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::L => "L",
            Self::R => "R",
            Self::C => "C",
            Self::Lfe => "LFE",
            Self::Ls => "Ls",
            Self::Rs => "Rs",
            Self::Lss => "Lss",
            Self::Rss => "Rss",
            Self::Lrs => "Lrs",
            Self::Rrs => "Rrs",
            Self::Lts => "Lts",
            Self::Rts => "Rts",
        }
    }

    /// The label of that name; exact spelling, upper and lower case matter.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|label| label.name() == name)
    }

    /// Where the channel stands in the room. The LFE position is a convention without meaning.
    pub const fn position(self) -> RoomPosition {
        let (x, y, z) = match self {
            Self::L => (-1.0, 1.0, 0.0),
            Self::R => (1.0, 1.0, 0.0),
            Self::C => (0.0, 1.0, 0.0),
            Self::Lfe => (-1.0, 1.0, -1.0),
            Self::Ls | Self::Lrs => (-1.0, -1.0, 0.0),
            Self::Rs | Self::Rrs => (1.0, -1.0, 0.0),
            Self::Lss => (-1.0, 0.0, 0.0),
            Self::Rss => (1.0, 0.0, 0.0),
            Self::Lts => (-1.0, 0.0, 1.0),
            Self::Rts => (1.0, 0.0, 1.0),
        };
        RoomPosition { x, y, z }
    }

    /// Whether this is the low-frequency effects channel.
    pub const fn is_lfe(self) -> bool {
        matches!(self, Self::Lfe)
    }
}

impl fmt::Display for BedLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The channel sets an Atmos master allows for a bed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BedFormat {
    /// L R.
    F2_0,
    /// L R C.
    F3_0,
    /// L R C Ls Rs.
    F5_0,
    /// L R C LFE Ls Rs.
    F5_1,
    /// L R C Lss Rss Lrs Rrs.
    F7_0,
    /// L R C LFE Lss Rss Lrs Rrs.
    F7_1,
    /// L R C Lss Rss Lrs Rrs Lts Rts.
    F7_0_2,
    /// L R C LFE Lss Rss Lrs Rrs Lts Rts.
    F7_1_2,
}

impl BedFormat {
    /// Every format, smallest first.
    pub const ALL: [Self; 8] = [
        Self::F2_0,
        Self::F3_0,
        Self::F5_0,
        Self::F5_1,
        Self::F7_0,
        Self::F7_1,
        Self::F7_0_2,
        Self::F7_1_2,
    ];

    /// The usual name, for example `7.1.2`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::F2_0 => "2.0",
            Self::F3_0 => "3.0",
            Self::F5_0 => "5.0",
            Self::F5_1 => "5.1",
            Self::F7_0 => "7.0",
            Self::F7_1 => "7.1",
            Self::F7_0_2 => "7.0.2",
            Self::F7_1_2 => "7.1.2",
        }
    }

    /// The format of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// The channels in their fixed order.
    pub const fn channels(self) -> &'static [BedLabel] {
        use BedLabel::{C, L, Lfe, Lrs, Ls, Lss, Lts, R, Rrs, Rs, Rss, Rts};
        match self {
            Self::F2_0 => &[L, R],
            Self::F3_0 => &[L, R, C],
            Self::F5_0 => &[L, R, C, Ls, Rs],
            Self::F5_1 => &[L, R, C, Lfe, Ls, Rs],
            Self::F7_0 => &[L, R, C, Lss, Rss, Lrs, Rrs],
            Self::F7_1 => &[L, R, C, Lfe, Lss, Rss, Lrs, Rrs],
            Self::F7_0_2 => &[L, R, C, Lss, Rss, Lrs, Rrs, Lts, Rts],
            Self::F7_1_2 => &[L, R, C, Lfe, Lss, Rss, Lrs, Rrs, Lts, Rts],
        }
    }
}

impl fmt::Display for BedFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
