//! Orders of loudspeaker channels in WAV files.

use crate::MastersError;
use cupola_model::{ChannelOrder, Layout, Speaker};

/// Which channel goes where, and what the file says about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelMap {
    /// For every channel of the file, the channel of the layout it takes.
    pub source: Vec<usize>,
    /// `dwChannelMask`; 0 when none describes the file.
    pub mask: u32,
}

/// Places in their order, each with the labels of [BS.2051-3] and the names that stand in it. Where a
/// layout has two loudspeakers for one place, or one for none, it does not have the order.
type Places = &'static [&'static [&'static str]];

const L: &[&str] = &["M+030", "L"];
const R: &[&str] = &["M-030", "R"];
const C: &[&str] = &["M+000", "C"];
const LFE: &[&str] = &["LFE1", "LFE"];
const SIDE_L: &[&str] = &["M+090", "M+110", "Lss", "Ls"];
const SIDE_R: &[&str] = &["M-090", "M-110", "Rss", "Rs"];
const REAR_L: &[&str] = &["M+135", "Lrs"];
const REAR_R: &[&str] = &["M-135", "Rrs"];
const WIDE_L: &[&str] = &["M+060", "Lw"];
const WIDE_R: &[&str] = &["M-060", "Rw"];
const TOP_FRONT_L: &[&str] = &["U+030", "U+045", "Ltf"];
const TOP_FRONT_R: &[&str] = &["U-030", "U-045", "Rtf"];
const TOP_MIDDLE_L: &[&str] = &["U+090", "Ltm"];
const TOP_MIDDLE_R: &[&str] = &["U-090", "Rtm"];
const TOP_REAR_L: &[&str] = &["U+110", "U+135", "U+150", "Ltr"];
const TOP_REAR_R: &[&str] = &["U-110", "U-135", "U-150", "Rtr"];

/// The bits of `dwChannelMask`. Surrounds of a 5.1 ring (M±110) are taken as side loudspeakers, which
/// gives 0x60F, the "5.1 surround" of Windows; 0x3F would call them back loudspeakers. [WAVE-mask]
const WAVE: Places = &[
    L,
    R,
    C,
    LFE,
    REAR_L,
    REAR_R,
    &["M+SC", "Lsc"],
    &["M-SC", "Rsc"],
    &["M+180", "Cs"],
    SIDE_L,
    SIDE_R,
    &["T+000"],
    TOP_FRONT_L,
    &["U+000"],
    TOP_FRONT_R,
    TOP_REAR_L,
    &["U+180", "UH+180"],
    TOP_REAR_R,
];

/// The bits that Wwise knows. It has no bits for a pair above the sides: the pair of its 5.1.2 and
/// 7.1.2 is the front one. [Wwise-orders]
const WWISE: Places = &[
    L,
    R,
    C,
    LFE,
    REAR_L,
    REAR_R,
    &[],
    &[],
    &["M+180", "Cs"],
    SIDE_L,
    SIDE_R,
    &["T+000"],
    &["U+030", "U+045", "Ltf", "U+090", "Ltm"],
    &["U+000"],
    &["U-030", "U-045", "Rtf", "U-090", "Rtm"],
    TOP_REAR_L,
    &["U+180", "UH+180"],
    TOP_REAR_R,
];

const SMPTE: Places = &[
    L,
    R,
    C,
    LFE,
    SIDE_L,
    SIDE_R,
    REAR_L,
    REAR_R,
    WIDE_L,
    WIDE_R,
    TOP_FRONT_L,
    TOP_FRONT_R,
    TOP_MIDDLE_L,
    TOP_MIDDLE_R,
    TOP_REAR_L,
    TOP_REAR_R,
];

/// 22.2, whose first pair is at ±60°. [SMPTE ST 2036-2]
const SMPTE_22_2: Places = &[
    &["M+060"],
    &["M-060"],
    &["M+000"],
    &["LFE1"],
    &["M+135"],
    &["M-135"],
    &["M+030"],
    &["M-030"],
    &["M+180"],
    &["LFE2"],
    &["M+090"],
    &["M-090"],
    &["U+045"],
    &["U-045"],
    &["U+000"],
    &["T+000"],
    &["U+135"],
    &["U-135"],
    &["U+090"],
    &["U-090"],
    &["U+180"],
    &["B+000"],
    &["B+045"],
    &["B-045"],
];

const FILM: Places = &[L, C, R, SIDE_L, SIDE_R, REAR_L, REAR_R, LFE];

const PRO_TOOLS: Places = &[
    L,
    C,
    R,
    SIDE_L,
    SIDE_R,
    REAR_L,
    REAR_R,
    LFE,
    TOP_FRONT_L,
    TOP_FRONT_R,
    TOP_MIDDLE_L,
    TOP_MIDDLE_R,
    TOP_REAR_L,
    TOP_REAR_R,
];

/// The lists of places an order has, the usual one first; none for the order of the layout.
const fn lists(order: ChannelOrder) -> &'static [Places] {
    match order {
        ChannelOrder::Bs2051 => &[],
        ChannelOrder::Smpte => &[SMPTE, SMPTE_22_2],
        ChannelOrder::Film => &[FILM],
        ChannelOrder::ProTools => &[PRO_TOOLS],
        ChannelOrder::Wave => &[WAVE],
        ChannelOrder::Wwise => &[WWISE],
    }
}

impl ChannelMap {
    /// The order for this layout.
    ///
    /// Fails with [`MastersError::NoOrder`] when the order has no place for a loudspeaker (WAVE knows no
    /// wides, top sides, second LFE or bottom layer), or one place would mean two. The mask is stated
    /// wherever it describes the order that results.
    ///
    /// ```
    /// # use cupola_model::{Layout, PolarPosition, RoomPosition, Speaker};
    /// # let speaker = |name: &str, azimuth| Speaker { name: name.into(), label: name.into(),
    /// #     direction: PolarPosition::on_sphere(azimuth, 0.0),
    /// #     room: RoomPosition { x: 0.0, y: 1.0, z: 0.0 }, lfe: false };
    /// # let names = [("L", 30.0), ("R", -30.0), ("Lss", 90.0), ("Rss", -90.0), ("Lrs", 135.0), ("Rrs", -135.0)];
    /// use cupola_masters::ChannelMap;
    /// use cupola_model::ChannelOrder;
    /// let layout = Layout::new("six", names.map(|(n, a)| speaker(n, a)).to_vec())?;
    /// let map = ChannelMap::new(&layout, ChannelOrder::Wave)?;
    /// assert_eq!(map.source, [0, 1, 4, 5, 2, 3]);
    /// assert_eq!(map.mask, 0x633);
    /// assert_eq!(ChannelMap::new(&layout, ChannelOrder::Bs2051)?.mask, 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(layout: &Layout, order: ChannelOrder) -> Result<Self, MastersError> {
        let source = sources(layout, order).ok_or_else(|| no_order(layout, order))?;
        let bits = if order == ChannelOrder::Wwise { WWISE } else { WAVE };
        let mask = match placed(layout, bits) {
            Some(bits) if source.is_sorted_by_key(|&channel| bits[channel]) => {
                bits.iter().fold(0, |mask, bit| mask | 1 << bit)
            }
            _ => 0,
        };
        Ok(Self { source, mask })
    }
}

/// The channels of the layout in this order, if it has it.
fn sources(layout: &Layout, order: ChannelOrder) -> Option<Vec<usize>> {
    let mut source: Vec<usize> = (0..layout.speakers().len()).collect();
    let lists = lists(order);
    if !lists.is_empty() {
        let places = lists.iter().find_map(|places| placed(layout, places))?;
        source.sort_by_key(|&channel| places[channel]);
    }
    Some(source)
}

/// The place of every loudspeaker; `None` unless each has one of its own.
fn placed(layout: &Layout, places: Places) -> Option<Vec<usize>> {
    let found: Vec<usize> =
        layout.speakers().iter().map(|s| place(s, places)).collect::<Option<_>>()?;
    let alone = |i: usize| !found[..i].contains(&found[i]);
    (0..found.len()).all(alone).then_some(found)
}

/// The place of a loudspeaker; its label decides, its name where the label is unknown.
fn place(speaker: &Speaker, places: Places) -> Option<usize> {
    let of = |word: &str| places.iter().position(|words| words.contains(&word));
    of(&speaker.label).or_else(|| of(&speaker.name))
}

fn no_order(layout: &Layout, order: ChannelOrder) -> MastersError {
    let usual = lists(order).first().copied().unwrap_or_default();
    let found: Vec<_> = layout.speakers().iter().map(|s| place(s, usual)).collect();
    let nameless = |&i: &usize| found[i].is_none() || found[..i].contains(&found[i]);
    let speakers = (0..found.len()).filter(nameless);
    let has = |order: &ChannelOrder| sources(layout, *order).is_some();
    MastersError::NoOrder {
        order: order.name(),
        layout: layout.name.clone(),
        speakers: speakers.map(|i| layout.speakers()[i].name.clone()).collect(),
        others: ChannelOrder::ALL.into_iter().filter(has).map(ChannelOrder::name).collect(),
    }
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

    /// The names of the channels in this order, and the mask.
    fn names(speakers: &[(&str, &str)], order: ChannelOrder) -> (String, u32) {
        let (source, mask) = map(speakers, order);
        let names: Vec<_> = source.into_iter().map(|i| speakers[i].0).collect();
        (names.join(" "), mask)
    }

    const SURROUND: [(&str, &str); 2] = [("Ls", "M+110"), ("Rs", "M-110")];
    const MIDDLE: [(&str, &str); 2] = [("Ltm", "U+090"), ("Rtm", "U-090")];

    #[test]
    fn the_orders_are_those_their_makers_print() {
        use ChannelOrder::{Film, ProTools, Smpte};
        let five = [&FRONT[..], &SURROUND].concat();
        let seven = [&FRONT[..], &SEVEN].concat();
        let bed = [&seven[..], &MIDDLE].concat();
        let room = [&seven[..], &TOP].concat();
        for (speakers, order, expected) in [
            // The track layouts of the Pro Tools guide.
            (&five, Film, "L C R Ls Rs LFE"),
            (&five, Smpte, "L R C LFE Ls Rs"),
            (&five, ProTools, "L C R Ls Rs LFE"),
            (&seven, ProTools, "L C R Lss Rss Lrs Rrs LFE"),
            (&seven, Film, "L C R Lss Rss Lrs Rrs LFE"),
            (&bed, ProTools, "L C R Lss Rss Lrs Rrs LFE Ltm Rtm"),
            (&room, ProTools, "L C R Lss Rss Lrs Rrs LFE Ltf Rtf Ltr Rtr"),
            // Dolby's note on the order its renderer takes.
            (&bed, Smpte, "L R C LFE Lss Rss Lrs Rrs Ltm Rtm"),
            (&room, Smpte, "L R C LFE Lss Rss Lrs Rrs Ltf Rtf Ltr Rtr"),
        ] {
            assert_eq!(names(speakers, order).0, expected, "{order:?}");
            // Listed backwards, it is the same file.
            let mut backwards = speakers.clone();
            backwards.reverse();
            assert_eq!(names(&backwards, order), names(speakers, order), "{order:?}");
        }
    }

    /// The masks of `AkSpeakerConfig.h`, there in decimal: 22031, 22079, 185871, 185919.
    #[test]
    fn wwise_gets_the_masks_of_its_own_setups() {
        let five = [&FRONT[..], &SURROUND].concat();
        let seven = [&FRONT[..], &SEVEN].concat();
        let above = [("Ltf", "U+030"), ("Rtf", "U-030"), ("Ltr", "U+110"), ("Rtr", "U-110")];
        for (speakers, mask, order) in [
            ([&five[..], &MIDDLE].concat(), 22_031, "L R C LFE Ls Rs Ltm Rtm"),
            ([&seven[..], &MIDDLE].concat(), 22_079, "L R C LFE Lrs Rrs Lss Rss Ltm Rtm"),
            ([&five[..], &above].concat(), 185_871, "L R C LFE Ls Rs Ltf Rtf Ltr Rtr"),
            ([&seven[..], &TOP].concat(), 185_919, "L R C LFE Lrs Rrs Lss Rss Ltf Rtf Ltr Rtr"),
        ] {
            assert_eq!(names(&speakers, ChannelOrder::Wwise), (order.to_owned(), mask));
        }
        // WAVE itself has no bits for a pair above the sides, and Wwise none for two pairs in one place.
        let bed = [&seven[..], &MIDDLE].concat();
        assert!(ChannelMap::new(&layout(&bed), ChannelOrder::Wave).is_err());
        let six = [&bed[..], &TOP].concat();
        assert!(ChannelMap::new(&layout(&six), ChannelOrder::Wwise).is_err());
    }

    #[test]
    fn a_layout_that_an_order_does_not_describe_is_told_which_it_has() {
        let room = [&FRONT[..], &SEVEN, &TOP].concat();
        let error = ChannelMap::new(&layout(&room), ChannelOrder::Film).unwrap_err().to_string();
        let told = "the order film has no place for Ltf, Rtf, Ltr, Rtr of test; it has the orders \
                    bs2051, smpte, protools, wave, wwise";
        assert_eq!(error, told);
        let bs2051 = SMPTE_22_2.iter().map(|words| (words[0], words[0])).collect::<Vec<_>>();
        assert_eq!(map(&bs2051, ChannelOrder::Smpte), ((0..24).collect(), 0));
        let error = ChannelMap::new(&layout(&bs2051), ChannelOrder::ProTools).unwrap_err();
        assert!(error.to_string().ends_with("it has the orders bs2051, smpte"), "{error}");
    }
}
