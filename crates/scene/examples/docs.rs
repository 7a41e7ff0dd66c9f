//! Writes what is generated in `scenes/README.md`: the reference at its end.

use std::path::Path;

fn main() -> std::io::Result<()> {
    let scenes = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenes");
    let guide = std::fs::read_to_string(scenes.join("README.md"))?;
    let start = guide.find("\n### Keys of ").map_or(guide.len(), |end| end + 1);
    std::fs::write(
        scenes.join("README.md"),
        guide[..start].to_owned() + &cupola_scene::key_reference(),
    )
}
