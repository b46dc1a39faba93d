//! Writes the request schemas as Rust constants and as validators that the peer compiles in.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs, io};

use kling_spec::{EMBEDDED, EmbeddedContract, any_schema, request_schema};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let mut texts = String::new();
    let mut validators = String::new();
    let mut entries = String::new();
    for (index, contract) in EMBEDDED.iter().enumerate() {
        let id = contract.id;
        let schema = request_schema(&contract.parse());
        let written = writeln!(texts, "    ({id:?}, {schema:?}),")
            .and_then(|()| {
                writeln!(
                    validators,
                    "#[jsonschema::validator(schema = {schema:?})]\nstruct Compiled{index};"
                )
            })
            .and_then(|()| {
                writeln!(
                    entries,
                    "    ({id:?}, |value| Compiled{index}::iter_errors(value)),"
                )
            });
        written.map_err(io::Error::other)?;
    }
    let folder = PathBuf::from(
        env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?,
    );
    let specs: Vec<_> = EMBEDDED.iter().map(EmbeddedContract::parse).collect();
    let any = any_schema(&specs);
    let texts = format!(
        "/// Model ids and their request schemas.\npub const SCHEMAS: &[(&str, &str)] = &[\n{texts}];\n\
         /// The request schema that picks the model by `model`.\npub const ANY_SCHEMA: &str = {any:?};\n"
    );
    fs::write(folder.join("schemas.rs"), texts)?;
    let entries = format!("const COMPILED: &[(&str, ListErrors)] = &[\n{entries}];\n");
    fs::write(folder.join("compiled.rs"), validators + &entries)
}
