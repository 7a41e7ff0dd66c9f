//! Pictures of a programme, as text: an SVG for a session note, an HTML page to play with. And of a
//! set of HRTFs, and of a layout.
//!
//! ```text
//! Timeline + Layout ──► Picture ──┬─ thin ─► trails ─► panels ──► view_svg
//!                                 └─ thin ─► tracks ─► data ────► view_html (panels inside)
//! ```
//!
//! Everything is drawn in the room: polar positions go through [`Position::to_room`], the pinned map
//! a master uses too, so objects of both kinds stand in one picture. The page gets the sparse points
//! as they are (polar stays polar, the azimuth unwrapped along the short way), draws straight lines
//! between them as the time rule has it, and maps to the room afterwards.
//!
//! What has too many points is thinned within a tolerance; the tolerance grows until the text stays
//! below [`LARGEST_HTML_BYTES`] or [`LARGEST_SVG_BYTES`], and where it had to grow the picture says
//! so. Names come from outside: they are shortened, cleaned and escaped here, in one place.
//!
//! [`Position::to_room`]: cupola_model::Position::to_room

mod colour;
mod hrtf;
mod html;
mod labels;
mod layout;
mod marks;
mod panel;
mod picture;
mod room;
mod svg;
mod text;
mod thin;
mod tracks;
mod trail;

pub use hrtf::{HrtfPicture, hrtf_svg};
pub use html::{LARGEST_HTML_BYTES, view_html};
pub use layout::{LayoutPicture, layout_svg};
pub use picture::{Beat, ViewOptions};
pub use svg::{LARGEST_SVG_BYTES, view_svg};
