//! Ambisonic formats.

use std::fmt;

/// The order of spherical harmonics in a signal, 1 to [`AmbisonicOrder::MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AmbisonicOrder(u8);

impl AmbisonicOrder {
    /// The highest order.
    pub const MAX: u8 = 7;
    /// First order: four channels.
    pub const FIRST: Self = Self(1);

    /// This order, if there is one.
    pub fn new(order: u8) -> Option<Self> {
        (1..=Self::MAX).contains(&order).then_some(Self(order))
    }

    /// The number of the order.
    pub const fn get(self) -> usize {
        self.0 as usize
    }

    /// Channels of a signal: one a harmonic.
    pub const fn channels(self) -> usize {
        (self.get() + 1) * (self.get() + 1)
    }
}

/// How the harmonics of a signal are ordered and scaled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AmbisonicFormat {
    /// ACN order and SN3D scale, what 360° video and games take. [AmbiX-2011]
    AmbiX(AmbisonicOrder),
    /// W X Y Z of first order, W 3 dB down. [Malham-1999]
    FuMa,
}

impl AmbisonicFormat {
    /// Every format, the smallest first.
    pub fn all() -> impl Iterator<Item = Self> {
        let orders = (1..=AmbisonicOrder::MAX).filter_map(AmbisonicOrder::new);
        orders.map(Self::AmbiX).chain([Self::FuMa])
    }

    /// The order.
    pub const fn order(self) -> AmbisonicOrder {
        match self {
            Self::AmbiX(order) => order,
            Self::FuMa => AmbisonicOrder::FIRST,
        }
    }

    /// The format of a name: `ambix1` to `ambix7`, or `fuma`.
    ///
    /// ```
    /// use cupola_model::AmbisonicFormat;
    /// let third = AmbisonicFormat::from_name("ambix3").expect("third order");
    /// assert_eq!((third.order().channels(), third.to_string().as_str()), (16, "ambix3"));
    /// assert_eq!(AmbisonicFormat::from_name("ambix8"), None);
    /// ```
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|format| format.to_string() == name)
    }

    /// For every channel of a file, the ambisonic channel number it carries and the factor on its SN3D
    /// scale.
    pub fn channels(self) -> Vec<(usize, f64)> {
        match self {
            Self::AmbiX(order) => (0..order.channels()).map(|number| (number, 1.0)).collect(),
            // Of first order, SN3D has the scale of FuMa but for W.
            Self::FuMa => vec![(0, 0.5_f64.sqrt()), (3, 1.0), (1, 1.0), (2, 1.0)],
        }
    }

    /// What reports call the channels: letters up to first order, numbers above.
    pub fn channel_names(self) -> Vec<String> {
        let name = |(number, _): (usize, f64)| match number {
            0..4 => ["W", "Y", "Z", "X"][number].to_owned(),
            _ => format!("ACN{number}"),
        };
        self.channels().into_iter().map(name).collect()
    }
}

impl fmt::Display for AmbisonicFormat {
    /// The name in scenes and commands.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AmbiX(order) => write!(f, "ambix{}", order.get()),
            Self::FuMa => f.write_str("fuma"),
        }
    }
}
