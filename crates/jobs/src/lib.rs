//! The verbs of Cupola: check, render, master, build, import, diff, set, info, show, view, fmt, layouts, gains.
//!
//! This room joins the others and owns the only read–process–write loop (`pump`). It parses no
//! arguments and prints nothing: what it has to say it returns, and progress goes to a
//! [`Progress`] the caller brings along.

mod answer;
mod check;
mod comparison;
mod deviation;
mod diff;
mod error;
mod fmt;
mod gains;
mod headphones;
mod heads;
mod import;
mod includes;
mod info;
mod lane_stats;
mod layouts;
mod manifest;
mod mastered;
mod names;
mod notes;
mod options;
mod orientation;
mod pages;
mod plan;
mod produce;
mod project;
mod pump;
mod rules;
mod set;
mod shares;
mod show;
mod sources;
mod tails;
mod tree;
mod view;
mod walk;
mod window;

pub use answer::{ChannelLevel, CompanionReport, Document, OutputReport, ProduceReport, count};
pub use check::{CheckReport, check, check_master, expect_master, is_master};
pub use comparison::Comparison;
pub use diff::{DiffOptions, DiffReport, diff};
pub use error::JobError;
pub use fmt::{
    Difference, Formatted, format_document, format_files, format_stream, write_formatted,
};
pub use gains::{GainsReport, gains};
pub use heads::hrtf;
pub use import::{ImportOptions, ImportReport, import};
pub use info::{Info, info};
pub use layouts::layouts;
pub use mastered::part_format;
pub use options::{
    Binding, Head, MasterFormat, ProduceOptions, Progress, Selection, SilentProgress, Target,
};
pub use pages::write_pages;
pub use produce::produce;
pub use rules::{Explanation, explain, rules, rules_table};
pub use set::{SetReport, set};
pub use show::{ShowReport, show};
pub use sources::Sources;
pub use view::{ViewReport, ViewRequest, view};
pub use walk::{WalkReport, WalkRequest, walk};

pub use cupola_masters::{MasterCheck, SampleDepth};
pub use cupola_model::ChannelOrder;
pub use cupola_render::PannerChoice;
pub use cupola_render::binaural::BinauralQuality;
pub use cupola_scene::{FileKind, schema};
