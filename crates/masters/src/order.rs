//! Orders of loudspeaker channels in WAV files.

use crate::MastersError;
use cupola_model::{Layout, Speaker};

/// In which order a render's channels stand in its file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ChannelOrder {
    /// The order of the layout, which for standard layouts is that of [BS.2051-3]: sides before
    /// rears. The WAVE mask is stated only where it happens to describe this order.
    #[default]
    Bs2051,
    /// Ascending bits of the WAVE mask: rears before sides. Only for layouts WAVE can name.
    Wave,
}

/// Which channel goes where, and what the file says about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelMap {
    /// For every channel of the file, the channel of the layout it takes.
    pub source: Vec<usize>,
    /// `dwChannelMask`; 0 when none describes the file.
    pub mask: u32,
}

/// The bits of `dwChannelMask` in their order, with the labels of [BS.2051-3] and the names they
/// stand for. Surrounds of a 5.1 ring (M±110) are taken as side loudspeakers, which gives 0x60F,
/// the "5.1 surround" of Windows; 0x3F would call them back loudspeakers.
const WAVE_BITS: [&[&str]; 18] = [
    &["M+030", "L"],
    &["M-030", "R"],
    &["M+000", "C"],
    &["LFE1", "LFE"],
    &["M+135", "Lrs"],
    &["M-135", "Rrs"],
    &["M+SC", "Lsc"],
    &["M-SC", "Rsc"],
    &["M+180", "Cs"],
    &["M+090", "M+110", "Lss", "Ls"],
    &["M-090", "M-110", "Rss", "Rs"],
    &["T+000"],
    &["U+030", "U+045", "Ltf"],
    &["U+000"],
    &["U-030", "U-045", "Rtf"],
    &["U+110", "U+135", "Ltr"],
    &["U+180", "UH+180"],
    &["U-110", "U-135", "Rtr"],
];

impl ChannelMap {
    /// The order for this layout.
    ///
    /// [`ChannelOrder::Wave`] fails with [`MastersError::NoWaveOrder`] when WAVE has no bit for a
    /// loudspeaker (wides, top sides, a second LFE, bottom layer), or one bit would mean two.
    ///
    /// ```
    /// # use cupola_model::{Layout, PolarPosition, RoomPosition, Speaker};
    /// # let speaker = |name: &str, azimuth| Speaker { name: name.into(), label: name.into(),
    /// #     direction: PolarPosition::on_sphere(azimuth, 0.0),
    /// #     room: RoomPosition { x: 0.0, y: 1.0, z: 0.0 }, lfe: false };
    /// # let names = [("L", 30.0), ("R", -30.0), ("Lss", 90.0), ("Rss", -90.0), ("Lrs", 135.0), ("Rrs", -135.0)];
    /// use cupola_masters::{ChannelMap, ChannelOrder};
    /// let layout = Layout::new("six", names.map(|(n, a)| speaker(n, a)).to_vec())?;
    /// let map = ChannelMap::new(&layout, ChannelOrder::Wave)?;
    /// assert_eq!(map.source, [0, 1, 4, 5, 2, 3]);
    /// assert_eq!(map.mask, 0x633);
    /// assert_eq!(ChannelMap::new(&layout, ChannelOrder::Bs2051)?.mask, 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(layout: &Layout, order: ChannelOrder) -> Result<Self, MastersError> {
        let bits: Vec<Option<usize>> = layout.speakers().iter().map(wave_bit).collect();
        let nameless = |i: usize| bits[i].is_none() || bits[..i].contains(&bits[i]);
        let speakers: Vec<String> = (0..bits.len())
            .filter(|&i| nameless(i))
            .map(|i| layout.speakers()[i].name.clone())
            .collect();
        let mask = bits.iter().flatten().fold(0, |mask, bit| mask | 1 << bit);
        match order {
            ChannelOrder::Bs2051 => {
                let described = speakers.is_empty() && bits.is_sorted();
                let source = (0..bits.len()).collect();
                Ok(Self { source, mask: if described { mask } else { 0 } })
            }
            ChannelOrder::Wave if speakers.is_empty() => {
                let mut source: Vec<usize> = (0..bits.len()).collect();
                source.sort_by_key(|&channel| bits[channel]);
                Ok(Self { source, mask })
            }
            ChannelOrder::Wave => {
                Err(MastersError::NoWaveOrder { layout: layout.name.clone(), speakers })
            }
        }
    }
}

/// The place of a loudspeaker in the mask; its label decides, its name where the label is unknown.
fn wave_bit(speaker: &Speaker) -> Option<usize> {
    let place = |word: &str| WAVE_BITS.iter().position(|words| words.contains(&word));
    place(&speaker.label).or_else(|| place(&speaker.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use cupola_model::{PolarPosition, RoomPosition};

    /// A layout of these labels; directions only have to differ.
    fn layout(names: &[(&str, &str)]) -> Layout {
        let speakers = names.iter().enumerate().map(|(i, (name, label))| Speaker {
            name: (*name).into(),
            label: (*label).into(),
            direction: PolarPosition::on_sphere(i as f64 * 10.0 - 120.0, 0.0),
            room: RoomPosition { x: 0.0, y: 1.0, z: 0.0 },
            lfe: label.starts_with("LFE"),
        });
        Layout::new("test", speakers.collect()).unwrap()
    }

    const FRONT: [(&str, &str); 4] =
        [("L", "M+030"), ("R", "M-030"), ("C", "M+000"), ("LFE", "LFE1")];
    const SEVEN: [(&str, &str); 4] =
        [("Lss", "M+090"), ("Rss", "M-090"), ("Lrs", "M+135"), ("Rrs", "M-135")];
    const TOP: [(&str, &str); 4] =
        [("Ltf", "U+045"), ("Rtf", "U-045"), ("Ltr", "U+135"), ("Rtr", "U-135")];

    fn map(names: &[(&str, &str)], order: ChannelOrder) -> (Vec<usize>, u32) {
        let map = ChannelMap::new(&layout(names), order).unwrap();
        (map.source, map.mask)
    }

    #[test]
    fn wave_order_of_7_1_puts_rears_before_sides_and_states_63f() {
        let names = [&FRONT[..], &SEVEN].concat();
        assert_eq!(map(&names, ChannelOrder::Wave), (vec![0, 1, 2, 3, 6, 7, 4, 5], 0x63f));
        assert_eq!(map(&names, ChannelOrder::Bs2051), ((0..8).collect(), 0));
    }

    #[test]
    fn wave_order_of_7_1_4_states_2d63f() {
        let names = [&FRONT[..], &SEVEN, &TOP].concat();
        let source = vec![0, 1, 2, 3, 6, 7, 4, 5, 8, 9, 10, 11];
        assert_eq!(map(&names, ChannelOrder::Wave), (source, 0x2d63f));
        assert_eq!(map(&names, ChannelOrder::Bs2051), ((0..12).collect(), 0));
    }

    #[test]
    fn layouts_already_in_wave_order_state_their_mask_in_either_order() {
        let surround = [&FRONT[..], &[("Ls", "M+110"), ("Rs", "M-110")]].concat();
        let above = [("Ltf", "U+030"), ("Rtf", "U-030"), ("Ltr", "U+110"), ("Rtr", "U-110")];
        let cases = [
            (FRONT[..2].to_vec(), 0x3),
            (surround.clone(), 0x60f),
            ([&surround[..], &above[..2]].concat(), 0x560f),
            ([&surround[..], &above].concat(), 0x2d60f),
        ];
        for (names, mask) in cases {
            for order in [ChannelOrder::Wave, ChannelOrder::Bs2051] {
                assert_eq!(map(&names, order), ((0..names.len()).collect(), mask));
            }
        }
    }

    #[test]
    fn loudspeakers_wave_cannot_name_are_named_in_the_error() {
        let names = [&FRONT[..], &[("Lw", "M+060"), ("Ltm", "U+090"), ("LFE2", "LFE2")]].concat();
        let error = ChannelMap::new(&layout(&names), ChannelOrder::Wave).unwrap_err().to_string();
        assert!(error.contains("Lw, Ltm, LFE2 of test"), "{error}");
        assert_eq!(map(&names, ChannelOrder::Bs2051).1, 0);
    }

    #[test]
    fn two_loudspeakers_on_one_bit_are_refused_and_never_masked() {
        let names = [("L", "M+030"), ("R", "M-030"), ("Ls", "M+110"), ("Lss", "M+090")];
        let error = ChannelMap::new(&layout(&names), ChannelOrder::Wave).unwrap_err().to_string();
        assert!(error.contains("Lss"), "{error}");
        assert_eq!(map(&names, ChannelOrder::Bs2051).1, 0);
    }
}
