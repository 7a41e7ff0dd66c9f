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
        self.channels().into_iter().map(|(number, _)| component_name(number)).collect()
    }
}

/// What an ambisonic component is called: a letter up to first order, its ambisonic channel number
/// above, as in `ACN7`.
pub fn component_name(number: usize) -> String {
    match number {
        0..4 => ["W", "Y", "Z", "X"][number].to_owned(),
        _ => format!("ACN{number}"),
    }
}

/// The ambisonic channel number of an order and a degree, -order to order. [AmbiX-2011]
///
/// ```
/// use cupola_model::ambisonics::{component, order_and_degree};
/// assert_eq!((component(1, -1), component(3, 2)), (1, 14));
/// assert_eq!(order_and_degree(14), (3, 2));
/// ```
pub const fn component(order: u8, degree: i8) -> usize {
    let order = order as isize;
    (order * order + order + degree as isize).unsigned_abs()
}

/// The order and the degree of an ambisonic channel number up to 255, which none exceeds.
pub const fn order_and_degree(number: usize) -> (u8, i8) {
    let order = number.isqrt();
    (order as u8, (number as isize - (order * order + order) as isize) as i8)
}

/// How the components of an ambisonic sound are scaled: `normalization` in ADM. [BS.2076-2]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AmbisonicScale {
    /// None is louder than the first, as in AmbiX.
    Sn3d,
    /// All are as loud in a diffuse field.
    N3d,
    /// Of Furse and Malham, up to third order: the largest value of any is 1, but for the first,
    /// which is 3 dB down. [Malham-1999]
    FuMa,
}

impl AmbisonicScale {
    /// Every scale.
    pub const ALL: [Self; 3] = [Self::Sn3d, Self::N3d, Self::FuMa];

    /// The name in ADM.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sn3d => "SN3D",
            Self::N3d => "N3D",
            Self::FuMa => "FuMa",
        }
    }

    /// The scale of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scale| scale.name() == name)
    }

    /// The highest order it is defined for.
    pub const fn max_order(self) -> u8 {
        match self {
            Self::Sn3d | Self::N3d => AmbisonicOrder::MAX,
            Self::FuMa => 3,
        }
    }

    /// How many times as large a component is as on SN3D. FuMa above third order counts as SN3D.
    pub fn on_sn3d(self, number: usize) -> f64 {
        let (order, degree) = order_and_degree(number);
        match self {
            Self::Sn3d => 1.0,
            Self::N3d => f64::from(2 * u16::from(order) + 1).sqrt(),
            Self::FuMa => match (order, degree.unsigned_abs()) {
                (0, 0) => 0.5_f64.sqrt(),
                (2, 1 | 2) => 2.0 / 3.0_f64.sqrt(),
                (3, 1) => (45.0_f64 / 32.0).sqrt(),
                (3, 2) => 3.0 / 5.0_f64.sqrt(),
                (3, 3) => (8.0_f64 / 5.0).sqrt(),
                _ => 1.0,
            },
        }
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
