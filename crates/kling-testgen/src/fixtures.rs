//! The fixtures of the workspace as texts.

use std::path::Path;
use std::{fs, io};

/// Returns the texts of all JSON fixtures, in the order of their paths.
///
/// Leaves out the fixtures that are deliberately not UTF-8.
///
/// ```
/// let texts = kling_testgen::fixtures()?;
/// assert!(texts.iter().any(|text| text.contains("<<<image_1>>>")));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// If the folder `fixtures` of the workspace cannot be read.
pub fn fixtures() -> io::Result<Vec<String>> {
    let mut paths = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == "json") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    let mut texts = Vec::new();
    for path in paths {
        texts.extend(String::from_utf8(fs::read(path)?));
    }
    Ok(texts)
}
