//! Where the head of a headphone render looks: three angles, or a table of them over time.

use crate::project::read_text;
use crate::{JobError, rules};
use cupola_model::{
    Finding, FrameIndex, HeadOrientation, HeadTrack, HeadTrackError, Place, SampleRate,
};
use std::path::Path;

/// Most lines of a table: an hour of a tracker that reports a hundred times a second, and some more.
const MOST_POINTS: usize = 500_000;

/// Latest time in seconds.
const LATEST_S: f64 = 1e6;

/// The track that the words of the command line mean.
pub(crate) fn track(words: &str, rate: SampleRate) -> Result<HeadTrack, JobError> {
    let is_file = Path::new(words).extension().is_some_and(|e| e.eq_ignore_ascii_case("csv"));
    if is_file {
        let text = read_text(Path::new(words), "orientations over time are a CSV file")?;
        return read(&text, words, rate);
    }
    let angles: Option<Vec<f64>> = words.split(',').map(number).collect();
    let looks = match angles.as_deref() {
        Some(&[yaw_deg, pitch_deg, roll_deg]) => HeadOrientation { yaw_deg, pitch_deg, roll_deg },
        _ => {
            return Err(JobError::Usage(format!(
                "--orientation {words} is neither three angles nor a file; write yaw, pitch and roll \
                 in degrees such as 30,0,0, or name a table ending in .csv"
            )));
        }
    };
    HeadTrack::new(&[(FrameIndex(0), looks)]).map_err(|_| {
        JobError::Usage(format!("--orientation {words} is out of range; angles are -360 to 360"))
    })
}

fn number(word: &str) -> Option<f64> {
    word.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

/// A line that says something, or why it cannot be read.
type Row = Result<(f64, HeadOrientation), Problem>;

/// What is wrong, in which column from 0.
struct Problem {
    column: usize,
    message: String,
    found: String,
    allowed: String,
}

/// Reads a table: lines of seconds, yaw, pitch and roll. The first line may name the columns; empty
/// lines and those that start with `#` say nothing.
fn read(text: &str, file: &str, rate: SampleRate) -> Result<HeadTrack, JobError> {
    let mut points: Vec<(FrameIndex, HeadOrientation)> = Vec::new();
    let at = |line: usize, column: usize| Place {
        file: file.to_owned(),
        line: u32::try_from(line + 1).unwrap_or(u32::MAX),
        column: u32::try_from(column + 1).unwrap_or(u32::MAX),
        ..Place::default()
    };
    let refuse = |place, problem: Problem| {
        let finding = Finding::error(rules::ORIENTATION, problem.message).at(place);
        let finding = finding.found(problem.found).allowed(problem.allowed);
        Err(JobError::SceneInvalid(vec![
            finding.hint("each line is seconds, yaw, pitch and roll, for example `1.5, 30, 0, 0`"),
        ]))
    };
    let mut first = true;
    for (number, line) in text.lines().enumerate() {
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with('#') {
            continue;
        }
        let named = bare.starts_with(|c: char| c.is_ascii_alphabetic());
        if std::mem::take(&mut first) && named {
            continue;
        }
        let (seconds, looks) = match row(line) {
            Ok(row) => row,
            Err(problem) => return refuse(at(number, problem.column), problem),
        };
        let frame = FrameIndex((seconds * f64::from(rate.hz())).round() as u64);
        if points.last().is_some_and(|(last, _)| *last >= frame) || points.len() == MOST_POINTS {
            let full = points.len() == MOST_POINTS;
            let problem = Problem {
                column: 0,
                message: if full { "there are too many lines" } else { "time does not go on" }
                    .into(),
                found: format!("{seconds} s"),
                allowed: match points.last() {
                    Some((last, _)) if !full => {
                        format!("more than {} s", last.0 as f64 / f64::from(rate.hz()))
                    }
                    _ => format!("at most {MOST_POINTS}"),
                },
            };
            return refuse(at(number, 0), problem);
        }
        points.push((frame, looks));
    }
    HeadTrack::new(&points).map_err(|error| match error {
        HeadTrackError::Empty => {
            let finding = Finding::error(rules::ORIENTATION, "the table has no line of numbers");
            let finding = finding.at(at(0, 0)).hint("write for example `0, 30, 0, 0`");
            JobError::SceneInvalid(vec![finding])
        }
        other => JobError::Internal(other.to_string()),
    })
}

fn row(line: &str) -> Row {
    let mut numbers = [0.0; 4];
    let cells: Vec<&str> = line.split(',').take(6).collect();
    if cells.len() != numbers.len() {
        return Err(Problem {
            column: 0,
            message: "a line has four numbers".to_owned(),
            found: if cells.len() > 4 { "more" } else { "fewer" }.to_owned(),
            allowed: "4".to_owned(),
        });
    }
    let names = ["the time", "yaw", "pitch", "roll"];
    let mut column = 0;
    for (i, cell) in cells.iter().enumerate() {
        let range = if i == 0 { 0.0..=LATEST_S } else { -360.0..=360.0 };
        match number(cell).filter(|number| range.contains(number)) {
            Some(number) => numbers[i] = number,
            None => {
                return Err(Problem {
                    column: column + cell.chars().take_while(|c| c.is_whitespace()).count(),
                    message: format!("{} is not a number in its range", names[i]),
                    found: cell.trim().chars().take(40).collect(),
                    allowed: format!("{} to {}", range.start(), range.end()),
                });
            }
        }
        column += cell.chars().count() + 1;
    }
    let [seconds, yaw_deg, pitch_deg, roll_deg] = numbers;
    Ok((seconds, HeadOrientation { yaw_deg, pitch_deg, roll_deg }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        match read(text, "head.csv", SampleRate::HZ_48000) {
            Err(JobError::SceneInvalid(findings)) => findings[0].to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_table_turns_the_head_line_by_line() {
        let text = "seconds,yaw,pitch,roll\n# ahead\n0,0,0,0\n\n0.5, -90, 0, 0\r\n1.0,-90,45,0\n";
        let track = read(text, "head.csv", SampleRate::HZ_48000).unwrap();
        for (frame, yaw_deg, pitch_deg) in
            [(0, 0.0, 0.0), (12_000, -45.0, 0.0), (24_000, -90.0, 0.0), (96_000, -90.0, 45.0)]
        {
            let wanted = HeadOrientation { yaw_deg, pitch_deg, roll_deg: 0.0 }.axes();
            let found = track.axes_at(FrameIndex(frame));
            let pairs = found.as_flattened().iter().zip(wanted.as_flattened());
            assert!(pairs.into_iter().all(|(a, b)| (a - b).abs() < 1e-12), "frame {frame}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        for (text, wanted) in [
            ("0,0,0,0\n1,0,x,0\n", "head.csv:2:5"),
            ("0,0,0,0\n1, 400,0,0\n", "head.csv:2:4"),
            ("0,0,0,0\n\n0,0,0,0\n", "head.csv:3:1"),
            ("0,0,0\n", "head.csv:1:1"),
            ("0,0,0,0,0\n", "head.csv:1:1"),
            ("-1,0,0,0\n", "head.csv:1:1"),
            ("0,NaN,0,0\n", "head.csv:1:3"),
            ("time,yaw,pitch,roll\n", "head.csv:1:1"),
            ("a,b,c,d\ne,f,g,h\n", "head.csv:2:1"),
        ] {
            let found = refused(text);
            assert!(found.starts_with(wanted), "{text:?}: {found}");
            assert!(found.contains("head.orientation"), "{found}");
        }
    }

    #[test]
    fn three_angles_are_a_head_that_rests() {
        let track = track("30,-10,5", SampleRate::HZ_48000).unwrap();
        let looks = HeadOrientation { yaw_deg: 30.0, pitch_deg: -10.0, roll_deg: 5.0 };
        assert_eq!(track.axes_at(FrameIndex(77)), looks.axes());
        for bad in ["30,0", "30;0;0", "400,0,0", "", "a,b,c", "inf,0,0"] {
            assert!(
                matches!(super::track(bad, SampleRate::HZ_48000), Err(JobError::Usage(_))),
                "{bad}"
            );
        }
    }
}
