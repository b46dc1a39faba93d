//! Writes each data file that comes with the crate as JSON too: it is read at the start of most programs that use the
//! crate, and JSON is read several times as fast as TOML.
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
        convert(&entry?.path(), &out)?;
    }
    convert(Path::new("rules.toml"), &out)
}

fn convert(file: &Path, out: &Path) -> io::Result<()> {
    let table: toml::Table = toml::from_str(&fs::read_to_string(file)?)
        .map_err(|error| io::Error::other(format!("{}: {error}", file.display())))?;
    let name = file
        .file_name()
        .ok_or_else(|| io::Error::other("a file has a name"))?;
    fs::write(
        out.join(name).with_extension("json"),
        serde_json::to_string(&table)?,
    )
}
