//! Writes the data files that come with the crate as JSON too: they are read at the start of most programs that use the
//! crate, and JSON is read several times as fast as TOML. What most programs do not need is in files of its own.
//!
//! Nothing is judged here: what is wrong in a file is told by the loader, from the TOML.

#![expect(
    clippy::disallowed_methods,
    reason = "what is built may read and write files; the crate itself may not"
)]

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    let out = PathBuf::from(out);
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=models");
    println!("cargo::rerun-if-changed=rules.toml");
    for entry in fs::read_dir("models")? {
        let file = entry?.path();
        let mut contract = read(&file)?;
        let mistakes = contract
            .remove("mistake")
            .unwrap_or_else(|| toml::Table::new().into());
        write(&out, &file, "json", &serde_json::to_string(&contract)?)?;
        write(
            &out,
            &file,
            "mistake.json",
            &serde_json::to_string(&mistakes)?,
        )?;
    }
    let file = Path::new("rules.toml");
    for (name, part) in read(file)? {
        let json = serde_json::to_string(&part)?;
        write(&out, file, &format!("{name}.json"), &json)?;
    }
    Ok(())
}

fn read(file: &Path) -> io::Result<toml::Table> {
    toml::from_str(&fs::read_to_string(file)?)
        .map_err(|error| io::Error::other(format!("{}: {error}", file.display())))
}

/// Writes what was made of a file under the file's name with another extension.
fn write(out: &Path, file: &Path, extension: &str, json: &str) -> io::Result<()> {
    let name = file
        .file_name()
        .ok_or_else(|| io::Error::other("a file has a name"))?;
    fs::write(out.join(name).with_extension(extension), json)
}
