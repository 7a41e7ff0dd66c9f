//! What shells and `man` want to know, made from the words of the command line themselves.

use crate::args::Arguments;
use crate::exit::Code;
use crate::report::Reporter;
use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};
use cupola_jobs::{Document, JobError};
use std::path::Path;

/// The completion script of a shell.
pub(crate) fn completions(shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "cupola", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// Writes a page for the program and one for every command.
pub(crate) fn write_manual(
    folder: &Path,
    force: bool,
    report: &Reporter,
) -> Result<Code, JobError> {
    let pages = manual().map_err(|error| JobError::Internal(error.to_string()))?;
    let paths = cupola_jobs::write_pages(folder, &pages, force)?;
    let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    for name in &names {
        report.say(name);
    }
    report.document(Document::new("man").with("files", names.into()));
    Ok(Code::Done)
}

/// File names and texts.
fn manual() -> std::io::Result<Vec<(String, String)>> {
    let mut program = Arguments::command().disable_help_subcommand(true);
    program.build();
    let mut pages = vec![page(&program)?];
    for command in program.get_subcommands() {
        pages.push(page(command)?);
    }
    Ok(pages)
}

fn page(command: &Command) -> std::io::Result<(String, String)> {
    let version = env!("CARGO_PKG_VERSION");
    let man = Man::new(command.clone()).source(format!("cupola {version}")).manual("Cupola");
    let mut text = Vec::new();
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut text)?;
    }
    if let Some(notes) = command.get_after_help() {
        notes_section(&notes.to_string()).to_writer(&mut text)?;
    }
    Ok((man.get_filename(), String::from_utf8_lossy(&text).into_owned()))
}

/// What stands below the help: examples keep their lines.
fn notes_section(notes: &str) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", [if notes.starts_with("Example") { "EXAMPLES" } else { "NOTES" }]);
    let mut kept = false;
    for line in notes.lines().filter(|line| !matches!(*line, "Example:" | "Examples:")) {
        let keep = line.starts_with(' ');
        if keep != kept {
            roff.control(if keep { "nf" } else { "fi" }, []);
            kept = keep;
        }
        if line.is_empty() {
            roff.control("PP", []);
        } else {
            roff.text([roman(line)]);
        }
    }
    if kept {
        roff.control("fi", []);
    }
    roff
}
