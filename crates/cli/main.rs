//! The `cupola` program: words in, words out. What it does lives in `cupola-jobs`.

mod args;
mod commands;
mod exit;
mod progress;
mod report;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    // clap prints usage errors itself and exits with 2, as our table of exit codes has it.
    let arguments = args::Arguments::parse();
    let report = report::Reporter::new(&arguments.common);
    match commands::run(&arguments, &report) {
        Ok(code) => code.into(),
        Err(error) => {
            report.error(commands::name(&arguments.command), &error);
            exit::Code::from(&error).into()
        }
    }
}
