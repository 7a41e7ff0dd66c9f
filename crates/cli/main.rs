//! The `cupola` program: words in, words out. What it does lives in `cupola-jobs`.

mod args;
mod commands;
mod exit;
mod fmt;
mod pages;
mod progress;
mod report;

use clap::Parser;
use cupola_jobs::Document;
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = match args::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    let report = report::Reporter::new(&arguments.common);
    let code = match commands::run(&arguments, &report) {
        Ok(code) => code,
        Err(error) => {
            report.error(commands::name(&arguments.command), &error);
            exit::Code::from(&error)
        }
    };
    report.outcome(code).into()
}

/// Help, version, or words that make no sense. The latter are a document too when one was asked for.
fn usage(error: &clap::Error) -> ExitCode {
    // Nobody can be told when this fails.
    let _ = error.print();
    if !error.use_stderr() {
        return exit::Code::Done.into();
    }
    if std::env::args().any(|word| word == "--json") {
        let text = error.render().to_string();
        let document = Document::new("").with("error", text.trim().into());
        let _ = writeln!(anstream::stdout(), "{}", document.to_text());
    }
    exit::Code::Usage.into()
}
