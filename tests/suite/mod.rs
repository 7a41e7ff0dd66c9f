mod architecture;
mod cli;
mod determinism;
mod scenes;
mod support;
mod tidy;
