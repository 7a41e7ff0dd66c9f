//! File names that every file system takes.

use unicode_normalization::UnicodeNormalization;

/// Longest stem of a name in bytes: 255 is the limit of usual file systems, minus room for an
/// ending and for the temporary name used while writing.
const LONGEST_NAME_BYTES: usize = 200;

/// Names Windows keeps for devices, whatever the ending.
const RESERVED: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8",
    "com9", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// A title and what tells this output from the others as one file name, without ending.
pub(crate) fn output_name(title: &str, suffix: &str) -> String {
    let suffix = safe_file_name(suffix);
    let mut title = safe_file_name(title);
    while title.len() + 1 + suffix.len() > LONGEST_NAME_BYTES && title.pop().is_some() {}
    format!("{}_{suffix}", title.trim_end())
}

/// A text as a file name: Unicode NFC, characters that some file system forbids become `-`,
/// no leading or trailing dots and spaces, never empty, never a device.
pub(crate) fn safe_file_name(text: &str) -> String {
    let mut name: String = text
        .nfc()
        .map(|c| if c.is_control() || "/\\:*?\"<>|".contains(c) { '-' } else { c })
        .collect();
    while name.len() > LONGEST_NAME_BYTES {
        name.pop();
    }
    let name = name.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let base = name.split('.').next().unwrap_or_default().to_lowercase();
    if name.is_empty() {
        "untitled".to_owned()
    } else if RESERVED.contains(&base.as_str()) {
        format!("_{name}")
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::{output_name, safe_file_name};

    #[test]
    fn titles_become_names_every_file_system_takes() {
        for (title, name) in [
            ("Ode to Joy", "Ode to Joy"),
            ("AC/DC: \"Live?\"", "AC-DC- -Live--"),
            ("  ...  ", "untitled"),
            ("", "untitled"),
            ("nul.txt", "_nul.txt"),
            ("..", "untitled"),
            ("a\u{0}b\nc", "a-b-c"),
            // e + combining acute, decomposed, becomes the one composed letter.
            ("Caf\u{65}\u{301}", "Caf\u{e9}"),
        ] {
            assert_eq!(safe_file_name(title), name, "from {title:?}");
        }
        assert!(safe_file_name(&"é".repeat(500)).len() <= 200, "the name is too long");
    }

    #[test]
    fn a_long_title_is_cut_and_never_what_tells_outputs_apart() {
        let name = output_name(&"Very long ".repeat(50), "7.1.4");
        // 200 bytes less the suffix: nineteen times "Very long " and four letters.
        assert!(name.len() == 200 && name.ends_with(" Very_7.1.4"), "{name}");
        assert_eq!(output_name("A/B", "5.1"), "A-B_5.1");
    }
}
