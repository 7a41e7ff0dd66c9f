//! `cupola fmt`: which files, and what is said about them.

use crate::exit::Code;
use crate::report::Reporter;
use cupola_jobs::{Difference, Formatted, JobError, count};
use std::path::{Path, PathBuf};

/// Longest part of a line that is shown.
const SHOWN_CHARS: usize = 100;

/// Lays out the files, or stdin.
pub(crate) fn run(files: &[PathBuf], check: bool, report: &Reporter) -> Result<Code, JobError> {
    if files.iter().any(|file| file == Path::new("-")) {
        if files.len() > 1 {
            let words = "`-` stands for stdin and cannot be one of several files";
            return Err(JobError::Usage(words.to_owned()));
        }
        return stdin(check, report);
    }
    let formatted = cupola_jobs::format_files(files)?;
    if !check {
        formatted.iter().try_for_each(cupola_jobs::write_formatted)?;
    }
    for one in &formatted {
        tell(one, check, report);
    }
    let changed = formatted.iter().filter(|one| one.difference.is_some()).count();
    let verb = if check { "would change" } else { "changed" };
    report.say(&format!("{}, {changed} {verb}", count(files.len(), "file")));
    report.document(cupola_jobs::format_document(&formatted, check));
    Ok(code(check, changed))
}

fn stdin(check: bool, report: &Reporter) -> Result<Code, JobError> {
    let formatted = cupola_jobs::format_stream(std::io::stdin().lock(), "<stdin>")?;
    if check {
        tell(&formatted, check, report);
    } else if !report.json {
        report.text(&formatted.text);
    }
    let changed = usize::from(formatted.difference.is_some());
    let text = formatted.text.clone().into();
    report.document(cupola_jobs::format_document(&[formatted], check).with("text", text));
    Ok(code(check, changed))
}

fn code(check: bool, changed: usize) -> Code {
    if check && changed > 0 { Code::CheckFailed } else { Code::Done }
}

/// A line about a file that changes; with `--check` also the first line that does.
fn tell(one: &Formatted, check: bool, report: &Reporter) {
    let Some(Difference { line, before, after }) = &one.difference else { return };
    if !check {
        report.say(&one.path.display().to_string());
        return;
    }
    report.say(&format!("{}:{line}", one.path.display()));
    for (mark, text) in [('-', before), ('+', after)] {
        let shown = text.as_deref().map_or_else(|| "(end of the file)".to_owned(), visible);
        report.say(&format!("  {mark} {shown}"));
    }
}

/// A line with what cannot be seen at its end, or anywhere.
fn visible(line: &str) -> String {
    let words = line.trim_end_matches([' ', '\t', '\r']);
    let tail = line[words.len()..].chars().map(|c| match c {
        '\t' => '→',
        '\r' => '␍',
        _ => '·',
    });
    let printable = |c: char| match c {
        '\t' => '→',
        '\u{feff}' => '�',
        c if c.is_control() => ' ',
        c => c,
    };
    words.chars().map(printable).chain(tail).take(SHOWN_CHARS).collect()
}
