mod architecture;
mod cli;
mod determinism;
mod fmt;
mod panning;
mod scenes;
mod support;
mod tidy;
