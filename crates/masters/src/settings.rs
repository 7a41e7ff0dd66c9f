//! What a master of any kind is set to beside its programme, by the same keys.

use crate::read_damf::{is_damf, read_root_text};
use crate::retag::read_adm_settings;
use crate::{DolbySettings, MastersError, Setting, SettingError};
use cupola_damf::{DamfError, RootText};
use cupola_model::{BinauralMode, FrameCount, FrameRate, SampleRate};
use std::collections::BTreeMap;
use std::path::Path;

/// Words for what is made of 5.1 in stereo, and what DAMF calls it.
const STEREO: [(&str, &str); 3] =
    [("lo-ro", "LoRo_Stereo"), ("lt-rt", "LtRt_ProLogic"), ("pro-logic-ii", "LtRt_PLII")];
/// The phase of the surrounds in that.
const PHASE: [(&str, &str); 2] = [("0", "false"), ("90", "true")];
/// Words for what becomes 5.1.
const SURROUND: [(&str, &str); 4] = [
    ("direct", "normal"),
    ("room-balance", "warping"),
    ("pro-logic-iix", "ProLogicIIx"),
    ("lo-ro", "LoRo"),
];
const STEREO_KEY: &str = "downmixType_5to2";
const PHASE_KEY: &str = "51-to-20_LsRs90degPhaseShift";
const SURROUND_KEY: &str = "warpMode";

/// The settings of a master: of an ADM BWF those of its `dbmd` and the time in its `bext`, of a DAMF those
/// of its root.
#[derive(Clone, Debug, PartialEq)]
pub struct MasterSettings {
    kind: Kind,
    rate: SampleRate,
    start: FrameCount,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    /// Plain ADM has nothing beside its start.
    Adm(Option<DolbySettings>),
    Damf(Box<DamfSettings>),
}

/// The root of a DAMF and what is to change in its events.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DamfSettings {
    pub(crate) root: RootText,
    /// The ID of every track.
    ids: Vec<Option<u64>>,
    /// From the first frame to the first one of action, in seconds.
    first_action: Option<f64>,
    pub(crate) modes: BTreeMap<u64, BinauralMode>,
}

/// The settings of a master.
pub fn read_settings(path: &Path) -> Result<MasterSettings, MastersError> {
    if !is_damf(path) {
        let (dolby, rate, start) = read_adm_settings(path)?;
        return Ok(MasterSettings { kind: Kind::Adm(dolby), rate, start });
    }
    let (root, facts, rate) = read_root_text(path)?;
    let offset = facts.offset_s;
    let first_action = root.number("ffoa").map(|ffoa| (ffoa - offset).max(0.0));
    let damf = DamfSettings { root, ids: facts.ids(), first_action, modes: BTreeMap::new() };
    let start = FrameCount(rate.frame_at(offset).0);
    Ok(MasterSettings { kind: Kind::Damf(Box::new(damf)), rate, start })
}

impl MasterSettings {
    /// Frames a second of its sound.
    pub fn sample_rate(&self) -> SampleRate {
        self.rate
    }

    /// When the first frame is, on the clock of the session that counts from midnight.
    pub fn start(&self) -> FrameCount {
        self.start
    }

    /// Says when the first frame is.
    pub fn set_start(&mut self, start: FrameCount) {
        self.start = start;
    }

    /// What becomes of it when frames are cut off at the start of the master. The seconds by which the first
    /// frame of action is among them, which is then the first one that is left.
    pub fn cut(&mut self, frames: FrameCount) -> Option<f64> {
        self.start = FrameCount(self.start.0 + frames.0);
        let seconds = self.rate.seconds(frames);
        let first = match &mut self.kind {
            Kind::Adm(Some(dolby)) => dolby.cut(seconds),
            Kind::Adm(None) => None,
            Kind::Damf(damf) => {
                let first = damf.first_action;
                damf.first_action = first.map(|at| (at - seconds).max(0.0));
                first
            }
        };
        first.map(|at| seconds - at).filter(|lost| *lost > 0.0)
    }

    /// Whether only an Atmos master says so much.
    pub fn is_atmos(&self) -> bool {
        !matches!(self.kind, Kind::Adm(None))
    }

    /// The frame rate it states.
    pub fn frame_rate(&self) -> Option<FrameRate> {
        let word = self.settings().into_iter().find(|setting| setting.key == "frame_rate")?;
        FrameRate::from_name(&word.value)
    }

    /// Every setting but the start and those of single tracks; none where the master has no place for any.
    pub fn settings(&self) -> Vec<Setting> {
        match &self.kind {
            Kind::Adm(dolby) => dolby.iter().flat_map(DolbySettings::settings).collect(),
            Kind::Damf(damf) => damf.settings(),
        }
    }

    /// The headphone mode of every track, as far as that is a setting and no part of the programme.
    pub fn modes(&self) -> Option<Vec<Option<BinauralMode>>> {
        match &self.kind {
            Kind::Adm(dolby) => dolby.as_ref().map(DolbySettings::modes),
            Kind::Damf(_) => None,
        }
    }

    /// Sets the headphone mode of a track, from 0. Says whether there is such a track.
    pub fn set_mode(&mut self, track: usize, mode: BinauralMode) -> bool {
        match &mut self.kind {
            Kind::Adm(dolby) => dolby.as_mut().is_some_and(|dolby| dolby.set_mode(track, mode)),
            Kind::Damf(damf) => {
                let id = damf.ids.get(track).copied().flatten();
                damf.modes.extend(id.map(|id| (id, mode)));
                id.is_some()
            }
        }
    }

    /// Makes a setting of [`settings`](Self::settings); values are those of [`DolbySettings::set`].
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), SettingError> {
        match &mut self.kind {
            Kind::Adm(Some(dolby)) => dolby.set(key, value),
            Kind::Adm(None) => Err(SettingError::Place { key: key.to_owned() }),
            Kind::Damf(damf) => damf.set(key, value),
        }
    }

    pub(crate) fn kind(&self) -> &Kind {
        &self.kind
    }

    /// The root as it is to be written, with the names of its companions.
    pub(crate) fn damf_root(&self, metadata: &str, audio: &str) -> Result<String, DamfError> {
        let Kind::Damf(damf) = &self.kind else { return Ok(String::new()) };
        let mut root = damf.root.clone();
        for (key, value) in [("metadata", metadata), ("audio", audio)] {
            if root.word(key) != Some(value) {
                root.set(key, &cupola_damf::quoted_text(value))?;
            }
        }
        self.say_times(&mut root, damf.first_action)?;
        Ok(root.text())
    }

    /// Puts start and first frame of action into a root that does not have them yet.
    fn say_times(&self, root: &mut RootText, first: Option<f64>) -> Result<(), DamfError> {
        let start = self.rate.seconds(self.start);
        let same = |found: Option<f64>, wanted: f64| {
            found.is_some_and(|found| (found - wanted).abs() * f64::from(self.rate.hz()) < 0.5)
        };
        if !same(root.number("offset"), start) && (start > 0.0 || root.number("offset").is_some()) {
            root.set("offset", &cupola_damf::seconds_text(start))?;
        }
        match first {
            Some(first) if !same(root.number("ffoa"), start + first) => {
                root.set("ffoa", &cupola_damf::seconds_text(start + first))
            }
            None if root.word("ffoa").is_some() => root.remove("ffoa"),
            _ => Ok(()),
        }
    }

    /// Says these settings in the root of another master that starts at its own time.
    pub(crate) fn carry_into_root(&self, text: &str) -> Result<String, DamfError> {
        let rate = self.rate;
        let mut root = RootText::read(text)?;
        let start = FrameCount(rate.frame_at(root.number("offset").unwrap_or(0.0)).0);
        let other = Self { kind: self.kind.clone(), rate, start };
        let mut damf = DamfSettings {
            root: root.clone(),
            ids: Vec::new(),
            first_action: None,
            modes: BTreeMap::new(),
        };
        for Setting { key, value } in self.settings() {
            // The rate is that of the programme; what DAMF has no word for stays at its default.
            if key != "frame_rate" {
                let _ = damf.set(&key, &value);
            }
        }
        root = damf.root;
        other.say_times(&mut root, damf.first_action)?;
        Ok(root.text())
    }

    /// Says these settings in the `dbmd` of another master. `channels` are the tracks here that its tracks
    /// were made from.
    pub(crate) fn carry_into(&self, fresh: &mut DolbySettings, channels: &[Option<usize>]) {
        match &self.kind {
            Kind::Adm(Some(dolby)) => dolby.carry_into(fresh, channels),
            Kind::Adm(None) => {}
            Kind::Damf(damf) => {
                for Setting { key, value } in damf.settings() {
                    if key != "frame_rate" {
                        // A `dbmd` has a word for whatever a DAMF says.
                        let _ = fresh.set(&key, &value);
                    }
                }
            }
        }
    }
}

impl DamfSettings {
    fn settings(&self) -> Vec<Setting> {
        let word = |words: &[(&str, &str)], key: &str, absent: &str| {
            let found = self.root.word(key).unwrap_or(absent);
            let own = words.iter().find(|(_, damf)| damf.eq_ignore_ascii_case(found));
            own.map_or_else(|| found.to_owned(), |(word, _)| (*word).to_owned())
        };
        let rate = self.root.word("fps").and_then(FrameRate::from_name);
        let rate = rate.map_or("none", FrameRate::name).to_owned();
        let first = self.first_action.map_or_else(|| "none".to_owned(), crate::dolby::clock_words);
        let mut list = vec![
            ("frame_rate".to_owned(), rate),
            ("first_action".to_owned(), first),
            ("downmix.stereo".to_owned(), word(&STEREO, STEREO_KEY, "none")),
            ("downmix.phase".to_owned(), word(&PHASE, PHASE_KEY, "none")),
            ("downmix.5.1".to_owned(), word(&SURROUND, SURROUND_KEY, "none")),
        ];
        for (layout, trim) in crate::dolby::TRIMS.iter().zip(self.root.trims()) {
            list.push((format!("trim.{layout}"), crate::dolby::trim_text(trim)));
        }
        list.into_iter().map(|(key, value)| Setting { key, value }).collect()
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), SettingError> {
        let wrong = |allowed: &str| SettingError::Value {
            key: key.to_owned(),
            found: value.to_owned(),
            allowed: allowed.to_owned(),
        };
        let word = |words: &[(&str, &'static str)]| {
            let own = words.iter().find(|(word, _)| *word == value).map(|(_, damf)| *damf);
            own.ok_or_else(|| wrong(&words.iter().map(|w| w.0).collect::<Vec<_>>().join(", ")))
        };
        let (own, text) = match key {
            "frame_rate" => {
                let names = FrameRate::ALL.map(FrameRate::name).join(", ");
                ("fps", FrameRate::from_name(value).ok_or_else(|| wrong(&names))?.name())
            }
            "downmix.stereo" => (STEREO_KEY, word(&STEREO)?),
            "downmix.phase" => (PHASE_KEY, word(&PHASE)?),
            "downmix.5.1" => (SURROUND_KEY, word(&SURROUND)?),
            "first_action" => {
                self.first_action = match value {
                    "none" => None,
                    clock => Some(
                        crate::dolby::clock_seconds(clock)
                            .ok_or_else(|| wrong(crate::dolby::CLOCK_ALLOWED))?,
                    ),
                };
                return Ok(());
            }
            _ => return self.set_trim(key, value),
        };
        let unusable = |_| SettingError::Place { key: key.to_owned() };
        if self.root.word(own) != Some(text) {
            self.root.set(own, text).map_err(unusable)?;
        }
        Ok(())
    }

    fn set_trim(&mut self, key: &str, value: &str) -> Result<(), SettingError> {
        let layout = key.strip_prefix("trim.");
        let Some(i) = layout.and_then(|l| crate::dolby::TRIMS.iter().position(|own| *own == l))
        else {
            return Err(crate::dolby::unknown_key(key, self.settings()));
        };
        let trim = crate::dolby::parse_trim(value).ok_or_else(|| SettingError::Value {
            key: key.to_owned(),
            found: value.to_owned(),
            allowed: crate::dolby::TRIM_ALLOWED.to_owned(),
        })?;
        let mut trims = self.root.trims();
        trims[i] = trim;
        self.root.set_trims(&trims).map_err(|_| SettingError::Place { key: key.to_owned() })
    }
}
