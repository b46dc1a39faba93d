//! How the program is linked on Linux, where most of what a short run costs is that the system reads the program and
//! its libraries.
//!
//! Nothing here changes what the program does: where a condition is not met, it starts a little later.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=startup.ld");
    let variable = |name| env::var(name).unwrap_or_default();
    let target = variable("TARGET");
    let has_glibc = target.contains("-linux-") && variable("CARGO_CFG_TARGET_ENV") == "gnu";
    if !has_glibc || target != variable("HOST") || variable("PROFILE") != "release" {
        return;
    }
    let linker = env::var("RUSTC_LINKER");
    if let Some(folder) = unwinder(linker.as_deref().unwrap_or("cc")) {
        // It stands before the shared library that has the same, which is left out then. Only a panic needs either, and
        // the shared one would be loaded at every start.
        println!("cargo::rustc-link-search=native={}", folder.display());
        println!("cargo::rustc-link-lib=static=gcc_eh");
    }
    // Not every linker can read such a script. The usual one of this target can, if nobody has asked for another.
    let is_usual = linker.is_err() && !variable("CARGO_ENCODED_RUSTFLAGS").contains("link");
    if is_usual && target == "x86_64-unknown-linux-gnu" {
        let script = Path::new(&variable("CARGO_MANIFEST_DIR")).join("startup.ld");
        println!("cargo::rustc-link-arg-bins=-T{}", script.display());
    }
}

/// The folder with the unwinder of the C compiler as a static library, if there is one.
fn unwinder(compiler: &str) -> Option<PathBuf> {
    let told = Command::new(compiler)
        .arg("-print-file-name=libgcc_eh.a")
        .output()
        .ok()?;
    let told = String::from_utf8(told.stdout).ok()?;
    // Where there is none, the name alone is told.
    let file = Path::new(told.trim_end());
    (file.is_absolute() && file.is_file())
        .then(|| file.parent().map(Path::to_owned))
        .flatten()
}
