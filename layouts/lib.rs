//! The text of the standard loudspeaker layouts.
//!
//! One YAML file a layout, every system A to J of [BS.2051-3] and the rooms people name after their
//! channel counts. They are data: `cupola-scene` reads them with the code that reads a user's own
//! layout, so ours cannot be special.
//!
//! ```
//! let text = cupola_layouts::ALL.iter().find(|layout| layout.file == "7.1.4.yaml");
//! assert!(text.is_some_and(|layout| layout.yaml.contains("4+7+0")));
//! ```

/// A layout file as it is in this folder.
#[derive(Clone, Copy, Debug)]
pub struct LayoutText {
    /// File name.
    pub file: &'static str,
    /// Its content.
    pub yaml: &'static str,
}

macro_rules! layouts {
    ($($file:literal),* $(,)?) => {
        &[$(LayoutText { file: $file, yaml: include_str!($file) }),*]
    };
}

/// Every standard layout, smallest first. A new file needs its line here.
pub const ALL: &[LayoutText] = layouts![
    "2.0.yaml",
    "5.1.yaml",
    "5.1.2.yaml",
    "2+5+0.yaml",
    "7.1.yaml",
    "5.1.4.yaml",
    "7.1.2.yaml",
    "4+5+1.yaml",
    "10.2.yaml",
    "7.1.4.yaml",
    "9.1.4.yaml",
    "4+9+0.yaml",
    "9.1.6.yaml",
    "22.2.yaml",
];

#[cfg(test)]
mod tests {
    #[test]
    fn every_layout_file_of_this_folder_is_listed() {
        let mut listed: Vec<_> = super::ALL.iter().map(|layout| layout.file.to_owned()).collect();
        let mut present: Vec<_> = std::fs::read_dir(env!("CARGO_MANIFEST_DIR"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(".yaml"))
            .collect();
        listed.sort();
        present.sort();
        assert_eq!(listed, present);
    }
}
