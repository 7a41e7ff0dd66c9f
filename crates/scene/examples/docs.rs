//! Writes what is generated in `scenes/`: the rules, and the reference at the end of the guide.

use std::path::Path;

fn main() -> std::io::Result<()> {
    let scenes = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenes");
    std::fs::write(scenes.join("RULES.md"), cupola_scene::rules_table())?;
    let guide = std::fs::read_to_string(scenes.join("README.md"))?;
    let start = guide.find("\n### Keys of ").map_or(guide.len(), |end| end + 1);
    std::fs::write(
        scenes.join("README.md"),
        guide[..start].to_owned() + &cupola_scene::key_reference(),
    )
}
