//! Words for people: findings with the line they are about, tables, the last word of a run.

use crate::args::Common;
use crate::exit::Code;
use cupola_jobs::{Comparison, Document, JobError, OutputReport, ProduceReport, Sources, count};
use cupola_model::{Finding, Severity};
use std::cell::Cell;
use std::io::{ErrorKind, Write};

/// Prints to the right stream: with `--json` the document owns stdout and words go to stderr.
pub(crate) struct Reporter {
    pub(crate) json: bool,
    quiet: bool,
    pub(crate) verbose: bool,
    /// Why stdout could not take what belongs there.
    lost: Cell<Option<ErrorKind>>,
}

const BOLD: &str = "\x1b[1m";
const RED: &str = "\x1b[1;31m";
const YELLOW: &str = "\x1b[1;33m";
const BLUE: &str = "\x1b[1;34m";
const DIM: &str = "\x1b[2m";
const RESET: &str = "\x1b[0m";

impl Reporter {
    pub(crate) fn new(common: &Common) -> Self {
        Self {
            json: common.json,
            quiet: common.quiet,
            verbose: common.verbose,
            lost: Cell::new(None),
        }
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// A line of result.
    pub(crate) fn say(&self, line: &str) {
        if self.json && !self.quiet {
            // Nobody can be told when stderr fails.
            let _ = writeln!(anstream::stderr(), "{line}");
        } else if !self.quiet {
            self.print(line);
        }
    }

    /// Lines that are the result; the document takes their place.
    pub(crate) fn answer(&self, lines: &[String]) {
        for line in lines.iter().filter(|_| !self.json) {
            self.print(line);
        }
    }

    /// A text that is the result, as it is; quiet or not.
    pub(crate) fn text(&self, text: &str) {
        let mut stdout = std::io::stdout();
        if let Err(error) = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
            self.lost.set(Some(error.kind()));
        }
    }

    /// To stdout, whatever was asked for; a failure is kept for [`outcome`](Self::outcome).
    pub(crate) fn print(&self, text: &str) {
        let mut stdout = anstream::stdout();
        if let Err(error) = writeln!(stdout, "{text}").and_then(|()| stdout.flush()) {
            self.lost.set(Some(error.kind()));
        }
    }

    /// The exit code, unless what was printed got lost. A closed pipe (`cupola … | head`) is the
    /// reader's choice; a full disk is not.
    pub(crate) fn outcome(&self, code: Code) -> Code {
        match self.lost.get() {
            None | Some(ErrorKind::BrokenPipe) => code,
            Some(kind) => {
                let _ = writeln!(
                    anstream::stderr(),
                    "{RED}error{RESET}: stdout cannot be written: {kind}"
                );
                Code::OutputNotWritten
            }
        }
    }

    /// The JSON document, when one was asked for.
    pub(crate) fn document(&self, document: Document) {
        if self.json {
            self.print(&document.to_text());
        }
    }

    /// Why the run stopped, with its findings.
    pub(crate) fn error(&self, command: &str, error: &JobError) {
        let findings = match error {
            JobError::SceneInvalid(findings)
            | JobError::StemsUnfit(findings)
            | JobError::MasterRefused(findings) => findings.as_slice(),
            _ => &[],
        };
        self.findings(findings);
        let _ = writeln!(anstream::stderr(), "{RED}error{RESET}: {error}{}", tally(findings));
        self.document(
            Document::new(command).with("error", error.to_string().into()).findings(findings),
        );
    }

    /// Every finding, each with the line of the file it points at.
    pub(crate) fn findings(&self, findings: &[Finding]) {
        let mut sources = Sources::default();
        for finding in findings {
            if self.quiet && finding.severity != Severity::Error {
                continue;
            }
            let _ = writeln!(anstream::stderr(), "{}", finding_text(finding, &mut sources));
        }
    }

    /// What a run made.
    pub(crate) fn produced(&self, report: &ProduceReport) {
        self.findings(&report.findings);
        for output in &report.outputs {
            self.say(&format!("{BOLD}{}{RESET}", output.path.display()));
            for companion in &output.companions {
                self.say(&format!("{BOLD}{}{RESET}", companion.path.display()));
            }
            self.say(&format!("  {}", output_line(output)));
            if let Some(comparison) = &output.comparison {
                self.comparison(comparison);
            }
            if self.verbose {
                for channel in &output.channels {
                    let db = channel.peak_db();
                    self.say(&format!("    {:<24} peak {db:>7.2} dBFS", channel.name));
                }
            }
        }
        self.say(&format!(
            "{:.1} s of programme in {:.2} s: {:.0}x real time",
            report.programme_seconds,
            report.wall_seconds,
            report.times_real_time()
        ));
    }
}

impl Reporter {
    /// By how much virtual loudspeakers are louder than the direct way.
    fn comparison(&self, comparison: &Comparison) {
        self.say("  virtual loudspeakers against the sources directly, left and right:");
        let db = |db: Option<f64>| db.map_or_else(|| "-".to_owned(), |db| format!("{db:+.1}"));
        for (hz, [left, right]) in &comparison.octaves {
            self.say(&format!("    {hz:>8} Hz {:>6} {:>6} dB", db(*left), db(*right)));
        }
    }
}

fn output_line(output: &OutputReport) -> String {
    let names = output.channels.iter().map(|c| c.name.as_str());
    let order = if output.kind == "speakers" {
        format!(" in the order {}", names.collect::<Vec<_>>().join(" "))
    } else {
        String::new()
    };
    format!(
        "{} {}, {}{order}, {} frames, peak {:.2} dBFS",
        output.kind,
        output.layout,
        count(output.channels.len(), "channel"),
        output.frames,
        output.peak_db()
    )
    .replace(" ,", ",")
}

fn tally(findings: &[Finding]) -> String {
    let of = |severity| findings.iter().filter(|f| f.severity == severity).count();
    match (of(Severity::Error), of(Severity::Warning)) {
        (0, 0) => String::new(),
        (errors, 0) => format!(" ({})", count(errors, "error")),
        (errors, warnings) => {
            format!(" ({}, {})", count(errors, "error"), count(warnings, "warning"))
        }
    }
}

/// A finding in the manner of a compiler.
fn finding_text(finding: &Finding, sources: &mut Sources) -> String {
    let colour = match finding.severity {
        Severity::Error => RED,
        Severity::Warning => YELLOW,
        Severity::Note => BLUE,
    };
    let mut text = format!("{colour}{}{RESET}: {}", finding.severity, finding.message);
    match (finding.found.is_empty(), finding.allowed.is_empty()) {
        (false, false) => {
            text += &format!(": found {}, allowed {}", finding.found, finding.allowed)
        }
        (false, true) => text += &format!(": found {}", finding.found),
        (true, false) => text += &format!(": allowed {}", finding.allowed),
        (true, true) => {}
    }
    text += &format!(" {DIM}[{}]{RESET}", finding.rule);
    let place = finding.place.to_string();
    if !place.is_empty() {
        text += &format!("\n  {BLUE}-->{RESET} {place}");
    }
    if let Some((line, before)) = sources.excerpt(&finding.place) {
        let number = format!("{:>5}", finding.place.line);
        text += &format!("\n{BLUE}{number} |{RESET} {line}");
        text += &format!("\n{BLUE}      |{RESET} {}{colour}^{RESET}", " ".repeat(before));
    }
    if !finding.hint.is_empty() {
        text += &format!("\n  {BLUE}help{RESET}: {}", finding.hint);
    }
    text
}
