//! Instants asked for from outside, in the words of the scene, and what an instant is called.

use crate::place::Findings;
use crate::read::Cursor;
use crate::time::{MusicUnit, Ratio, Timecode};
use crate::yaml::Node;
use crate::{Scene, rules};
use cupola_model::{Finding, FrameCount, FrameIndex};

/// Parts of a beat that are told apart when an instant is named.
const BEAT_PARTS: i64 = 1000;

impl Scene {
    /// Whether edits move what comes after them, so that bars of the song are not where the tempo of
    /// the programme would have them.
    pub fn is_edited(&self) -> bool {
        !self.edits.is_empty()
    }

    /// A finding for a time of the programme that is written in bars, where edits have moved them; bars
    /// that are counted from another time are as long as ever while the tempo stays.
    pub(crate) fn moved_bars(&self, text: &str) -> Option<Finding> {
        let steady = self.clock.tempo.as_ref().is_some_and(|map| map.is_steady());
        let text = text.trim();
        let counted = text.starts_with('+') && (text.contains("bar") || text.contains("beat"));
        let moved = text.starts_with("bar") || counted && !steady;
        (self.is_edited() && moved).then(|| {
            Finding::error(rules::REGION, "bars are those of the song before its edits")
                .found(text)
                .hint("this programme is cut, so write a time from its start, such as 12.5 s")
        })
    }

    /// The frame of a time of the programme in any of the forms a scene knows, timecode by this scene's
    /// frame rate, and bars by its tempo unless it is edited. A finding when it is none, or not from 0
    /// to 24:00:00.
    ///
    /// ```
    /// let text = "cupola: 1\ntempo: {bpm: 128, meter: 4/4}\nstems:\n  kick: {file: kick.wav}\nobjects:\n  - {stem: kick, position: {azimuth: 30}}\n";
    /// let scene = cupola_scene::parse_scene(text, "song.yaml").value.expect("a right scene");
    /// // Eight bars of four beats at 128 beats a minute last 15 s.
    /// assert_eq!(scene.instant("bar 9").map(|frame| frame.0), Ok(720_000));
    /// assert_eq!(scene.instant("0:15").map(|frame| frame.0), Ok(720_000));
    /// assert_eq!(scene.instant("nine").unwrap_err().rule, "scene.value.time");
    /// ```
    pub fn instant(&self, text: &str) -> Result<FrameIndex, Box<Finding>> {
        if let Some(finding) = self.moved_bars(text) {
            return Err(Box::new(finding));
        }
        let mut findings = Findings::new("");
        let node = Node::word(text.trim());
        let frame = Cursor::at(&node, "at").instant(&mut findings, &self.clock);
        frame.ok_or_else(|| {
            let first = findings.into_list().into_iter().next();
            let unsaid = || Finding::error(rules::VALUE_TIME, "this is not a time");
            Box::new(first.unwrap_or_else(unsaid))
        })
    }

    /// The bar and the beat in it, both from 1, the beat to a thousandth; `None` without a tempo.
    pub fn music_at(&self, frame: FrameIndex) -> Option<(u32, f64)> {
        let map = self.clock.tempo.as_ref()?;
        let quarters = map.quarters_by(self.seconds(frame));
        // A beat that falls between two frames is meant by the nearest of them.
        let parts = map.count_at(MusicUnit::Beats, quarters).times(Ratio::whole(BEAT_PARTS));
        let beats = Ratio::new(i128::from(parts.rounded()), i128::from(BEAT_PARTS));
        let bars = map.count_at(MusicUnit::Bars, map.quarters_at(MusicUnit::Beats, beats));
        let bar = bars.floor();
        let meter = map.meter_at_bar(Ratio::whole(bar));
        let beat = bars.minus(Ratio::whole(bar)).times(Ratio::whole(i64::from(meter.beats)));
        Some((u32::try_from(bar + 1).ok()?, 1.0 + beat.to_f64()))
    }

    /// The timecode of the picture that is shown at a frame; after 24 hours it starts again.
    pub fn timecode_at(&self, frame: FrameIndex) -> Timecode {
        // A picture that starts between two frames is meant by the nearest of them.
        let half = Ratio::new(1, 2 * i128::from(self.sample_rate.hz()));
        self.clock.start.plus(self.seconds(frame).plus(half))
    }

    /// The beats that start before a length is over, at most `most`: frame, bar and beat, both
    /// counted from 1. Empty without a tempo.
    pub fn beats(&self, length: FrameCount, most: usize) -> Vec<(FrameIndex, u32, u16)> {
        let Some(map) = self.clock.tempo.as_ref() else { return Vec::new() };
        let mut beats = Vec::new();
        let (mut bar, mut in_bar) = (0, 0);
        for count in (0..i64::MAX).take(most) {
            let seconds = map.seconds_at(map.quarters_at(MusicUnit::Beats, Ratio::whole(count)));
            let frame = crate::time::Moment::at(seconds).frame(self.sample_rate);
            if frame.0 >= length.0 {
                break;
            }
            beats.push((frame, bar + 1, in_bar + 1));
            in_bar += 1;
            if in_bar >= map.meter_at_bar(Ratio::whole(i64::from(bar))).beats {
                (bar, in_bar) = (bar + 1, 0);
            }
        }
        beats
    }

    fn seconds(&self, frame: FrameIndex) -> Ratio {
        Ratio::new(i128::from(frame.0), i128::from(self.sample_rate.hz()))
    }
}

#[cfg(test)]
mod tests {
    use crate::Scene;
    use cupola_model::{FrameCount, FrameIndex};

    fn scene(head: &str) -> Scene {
        let text = format!(
            "cupola: 1\n{head}\nstems:\n  a: {{file: a.wav}}\nobjects:\n  - {{stem: a, position: {{azimuth: 0}}}}\n"
        );
        crate::parse_scene(&text, "song.yaml").value.expect("a right scene")
    }

    #[test]
    fn every_form_of_a_time_is_understood_and_names_itself_again() {
        let scene =
            scene("frame_rate: 25\nstart_timecode: 01:00:00:00\ntempo: {bpm: 120, meter: 3/4}");
        // Three beats of half a second a bar.
        for (text, frame, bar, beat, timecode) in [
            ("0", 0, 1, 1.0, "01:00:00:00"),
            ("12.5 s", 600_000, 9, 2.0, "01:00:12:12"),
            ("0:12.5", 600_000, 9, 2.0, "01:00:12:12"),
            ("600000 samples", 600_000, 9, 2.0, "01:00:12:12"),
            ("bar 9 beat 2.5", 612_000, 9, 2.5, "01:00:12:18"),
            ("01:00:12:13", 600_960, 9, 2.04, "01:00:12:13"),
        ] {
            let found = scene.instant(text).unwrap();
            assert_eq!(found, FrameIndex(frame), "{text}");
            let (found_bar, found_beat) = scene.music_at(found).unwrap();
            assert_eq!((found_bar, (found_beat * 1000.0).round() / 1000.0), (bar, beat), "{text}");
            assert_eq!(scene.timecode_at(found).to_string(), timecode, "{text}");
        }
    }

    #[test]
    fn bars_and_timecodes_that_fall_between_two_frames_name_themselves_again() {
        let scene = scene("frame_rate: 29.97df\ntempo: {bpm: 131.7, meter: 7/8}");
        for bar in 1..500 {
            let frame = scene.instant(&format!("bar {bar}")).unwrap();
            assert_eq!(scene.music_at(frame), Some((bar, 1.0)));
        }
        for frame in [0, 1, 2, 1799, 1800, 17_981, 17_982] {
            let minute = frame / 1800;
            let text = format!("00:0{}:{:02};{:02}", minute % 10, frame / 30 % 60, frame % 30);
            if let Ok(at) = scene.instant(&text) {
                assert_eq!(scene.timecode_at(at).to_string(), text);
            }
        }
        assert_eq!(scene.timecode_at(FrameIndex(48_000 * 86_400)).to_string(), "00:00:00;02");
    }

    #[test]
    fn words_that_are_no_time_are_refused_with_what_is_allowed() {
        let scene = scene("title: No tempo");
        for (text, rule) in [
            ("nine", "scene.value.time"),
            ("", "scene.value.empty"),
            ("-1 s", "scene.value.range"),
            ("25:00:00", "scene.value.range"),
            ("+2 s", "scene.time.relative"),
            ("bar 9", "scene.time.no_tempo"),
        ] {
            let finding = scene.instant(text).unwrap_err();
            assert_eq!(finding.rule, rule, "{text}: {finding}");
        }
        assert_eq!(scene.music_at(FrameIndex(0)), None);
        assert!(scene.beats(FrameCount(48_000), 10).is_empty());
    }

    #[test]
    fn beats_follow_the_meter_and_end_with_the_programme() {
        let scene = scene(
            "tempo:\n  - {at: bar 1, bpm: 120, meter: 2/4}\n  - {at: bar 2, bpm: 60, meter: 3/4}",
        );
        let beats = scene.beats(FrameCount(48_000 * 5), 100);
        let told: Vec<_> = beats.iter().map(|(f, bar, beat)| (f.0 / 24_000, *bar, *beat)).collect();
        let expected = [(0, 1, 1), (1, 1, 2), (2, 2, 1), (4, 2, 2), (6, 2, 3), (8, 3, 1)];
        assert_eq!(told, expected);
        assert_eq!(scene.beats(FrameCount(48_000 * 5), 2).len(), 2);
    }
}
