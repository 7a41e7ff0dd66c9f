//! How a job gets on: a bar on a terminal, one line a stage elsewhere.

use cupola_jobs::Progress;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// Set by Ctrl-C and by a polite kill; jobs look at it between blocks.
static CANCEL: AtomicBool = AtomicBool::new(false);

/// Progress on stderr.
pub(crate) struct Terminal {
    quiet: bool,
    bar: Mutex<Option<ProgressBar>>,
}

impl Terminal {
    pub(crate) fn new(quiet: bool) -> Self {
        // A handler that cannot be set leaves Ctrl-C to the system, which also stops the program.
        let _ = ctrlc::set_handler(|| {
            if CANCEL.swap(true, Ordering::Relaxed) {
                // Asked twice: stop without tidying up; the next run removes what is left.
                std::process::exit(crate::exit::Code::Cancelled as i32);
            }
        });
        Self { quiet, bar: Mutex::new(None) }
    }

    /// Removes the bar.
    pub(crate) fn finish(&self) {
        self.replace(None);
    }

    fn replace(&self, bar: Option<ProgressBar>) {
        let mut held = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(old) = std::mem::replace(&mut *held, bar) {
            old.finish_and_clear();
        }
    }

    fn with_bar(&self, act: impl FnOnce(&ProgressBar)) {
        if let Some(bar) = self.bar.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            act(bar);
        }
    }
}

impl Progress for Terminal {
    fn stage(&self, name: &str, total_frames: u64) {
        self.finish();
        if self.quiet {
            return;
        }
        if !std::io::stderr().is_terminal() {
            anstream::eprintln!("{name}");
            return;
        }
        let bar = if total_frames == 0 {
            ProgressBar::new_spinner().with_style(style("{msg} {spinner}"))
        } else {
            ProgressBar::new(total_frames)
                .with_style(style("{msg} {wide_bar} {percent:>3} %  {prefix}  {eta_precise} left"))
        };
        self.replace(Some(bar.with_message(name.to_owned())));
    }

    fn advance(&self, frames_done: u64) {
        self.with_bar(|bar| bar.set_position(frames_done));
    }

    fn speed(&self, times_real_time: f64) {
        self.with_bar(|bar| bar.set_prefix(format!("{times_real_time:.0}x real time")));
    }

    fn cancel_flag(&self) -> &AtomicBool {
        &CANCEL
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
