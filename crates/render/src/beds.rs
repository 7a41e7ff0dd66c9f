//! How the channels of a bed reach the loudspeakers.

use crate::RenderError;
use crate::pan::PannerChoice;
use crate::pan::bs2127::{Bounded, SpeakerCalculator, SpeakerChannel, SpeakerPosition};
use crate::pan::room::RoomPanner;
use cupola_model::{BedFormat, BedLabel, Layout};

/// One of the two laws for beds.
#[derive(Debug)]
pub(crate) enum BedLaw {
    /// Every channel is panned by its place in the room.
    Room(RoomPanner),
    /// Every channel is one of a standard layout. [BS.2127-0 §8]
    Bs2127(SpeakerCalculator),
}

impl BedLaw {
    pub(crate) fn new(choice: PannerChoice, layout: &Layout) -> Result<Self, RenderError> {
        Ok(match choice {
            PannerChoice::Bs2127 => Self::Bs2127(SpeakerCalculator::new(layout)?),
            _ => Self::Room(RoomPanner::new(layout)),
        })
    }

    /// The gain of a channel in every loudspeaker.
    pub(crate) fn gains(&self, format: BedFormat, label: BedLabel, layout: &Layout) -> Vec<f64> {
        let mut gains = vec![0.0; layout.speakers().len()];
        match self {
            Self::Room(room) if !label.is_lfe() => room.pan(label.position(), 0.0, &mut gains),
            Self::Room(_) => {}
            Self::Bs2127(law) => law.gains(&channel(format, label), &mut gains),
        }
        if label.is_lfe()
            && let Some(lfe) = layout.lfe_channel()
            && gains.iter().all(|gain| *gain == 0.0)
        {
            gains[lfe] = 1.0;
        }
        gains
    }
}

/// A bed channel as the channel of a standard layout. Beds without LFE count as those with. The pair
/// above the sides of 7.x.2, which no standard layout of seven has, is U±090 of none: a loudspeaker there
/// or a direction. So are plain ADM files written, and the ITU renderer plays them alike.
fn channel(format: BedFormat, label: BedLabel) -> SpeakerChannel {
    use BedLabel::{C, L, Lfe, Lrs, Ls, Lss, Lts, R, Rrs, Rs, Rss, Rts};
    let standard = match label {
        L => "M+030",
        R => "M-030",
        C => "M+000",
        Lfe => "LFE1",
        Ls => "M+110",
        Rs => "M-110",
        Lss => "M+090",
        Rss => "M-090",
        Lrs => "M+135",
        Rrs => "M-135",
        Lts => "U+090",
        Rts => "U-090",
    };
    let from = match format {
        BedFormat::F2_0 => "0+2+0",
        BedFormat::F3_0 | BedFormat::F5_0 | BedFormat::F5_1 => "0+5+0",
        BedFormat::F7_0 | BedFormat::F7_1 | BedFormat::F7_0_2 | BedFormat::F7_1_2 => "0+7+0",
    };
    let at = label.position();
    let above = matches!(label, Lts | Rts);
    let position = if above {
        SpeakerPosition::Polar([-at.x * 90.0, 30.0, 1.0].map(Bounded::exactly))
    } else {
        SpeakerPosition::Room([at.x, at.y, at.z].map(Bounded::exactly))
    };
    SpeakerChannel {
        labels: vec![standard.to_owned()],
        position,
        from_layout: (!above).then_some(from),
        low_band: label.is_lfe(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_layouts::layout;

    /// The loudspeakers a channel reaches, with the energy each gets.
    fn energies(format: BedFormat, label: BedLabel, name: &str) -> Vec<(String, f64)> {
        let layout = layout(name);
        let law = BedLaw::new(PannerChoice::Bs2127, &layout).unwrap();
        let gains = law.gains(format, label, &layout);
        let energy = gains.into_iter().map(|gain| (gain * gain * 1e9).round() / 1e9);
        let heard = layout.speakers().iter().zip(energy).filter(|(_, energy)| *energy != 0.0);
        heard.map(|(s, energy)| (s.label.clone(), energy)).collect()
    }

    #[test]
    fn bed_channels_follow_the_table_of_the_recommendation() {
        use BedFormat::{F2_0, F5_1, F7_1, F7_1_2};
        use BedLabel::{C, L, Lfe, Lrs, Ls, Lss, Lts, Rs, Rss};
        for (format, label, name, expected) in [
            (F5_1, C, "2.0", vec![("M+030", 0.5), ("M-030", 0.5)]),
            (F5_1, Ls, "2.0", vec![("M+030", 0.5)]),
            (F5_1, Lfe, "2.0", vec![]),
            (F5_1, Lfe, "22.2", vec![("LFE1", 1.0)]),
            (F5_1, Rs, "7.1.4", vec![("M-135", 1.0)]),
            (F7_1, Lss, "5.1", vec![("M+030", 0.5), ("M+110", 0.5)]),
            (F7_1, Rss, "5.1", vec![("M-030", 0.5), ("M-110", 0.5)]),
            (F7_1, Lrs, "5.1", vec![("M+110", 1.0)]),
            // A channel of no standard layout at (90, 30): energies of the EBU ADM Renderer 2.1.0.
            (F7_1_2, Lts, "2.0", vec![("M+030", 0.608_411_186)]),
            (F7_1_2, Lts, "5.1", vec![("M+030", 0.134_925_925), ("M+110", 0.865_074_075)]),
            (
                F7_1_2,
                Lts,
                "7.1.4",
                vec![("M+090", 0.114_009_015), ("U+045", 0.442_995_492), ("U+135", 0.442_995_492)],
            ),
            (F7_1_2, Lts, "7.1", vec![("M+090", 1.0)]),
            (F7_1_2, Lts, "7.1.2", vec![("U+090", 1.0)]),
            (F2_0, L, "9.1.6", vec![("M+030", 1.0)]),
        ] {
            let expected: Vec<_> =
                expected.iter().map(|(l, e): &(&str, f64)| ((*l).to_owned(), *e)).collect();
            assert_eq!(energies(format, label, name), expected, "{format} {label} to {name}");
        }
    }

    #[test]
    fn an_lfe_by_another_name_still_plays_the_lfe() {
        let mut speakers = layout("5.1").speakers().to_vec();
        speakers[3].label = "Sub".to_owned();
        speakers[3].room.x = 0.3;
        let layout = Layout::new("own names", speakers).unwrap();
        for choice in PannerChoice::ALL {
            let law = BedLaw::new(choice, &layout).unwrap();
            let gains = law.gains(BedFormat::F5_1, BedLabel::Lfe, &layout);
            assert_eq!(gains, [0.0, 0.0, 0.0, 1.0, 0.0, 0.0], "{}", choice.name());
        }
    }
}
