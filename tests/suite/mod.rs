mod architecture;
mod cli;
mod determinism;
mod panning;
mod scenes;
mod support;
mod tidy;
mod view;
