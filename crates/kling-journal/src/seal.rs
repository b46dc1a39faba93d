//! The checksum of every record.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// Hashes the fields of a record, each with its length, so that no two records hash the same bytes.
pub(crate) struct Seal(Sha256);

impl Seal {
    /// Starts a seal for one kind of record.
    pub(crate) fn new(kind: &str) -> Self {
        Self(Sha256::new()).text(kind)
    }

    pub(crate) fn text(self, field: &str) -> Self {
        self.bytes(field.as_bytes())
    }

    pub(crate) fn optional(self, field: Option<&str>) -> Self {
        match field {
            Some(field) => self.number(1).text(field),
            None => self.number(0),
        }
    }

    pub(crate) fn number(mut self, field: i64) -> Self {
        self.0.update(field.to_le_bytes());
        self
    }

    fn bytes(self, field: &[u8]) -> Self {
        let mut seal = self.number(i64::try_from(field.len()).unwrap_or(i64::MAX));
        seal.0.update(field);
        seal
    }

    /// Returns the checksum: 64 hexadecimal digits.
    pub(crate) fn end(self) -> String {
        hex(&self.0.finalize())
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
            write!(text, "{byte:02x}").expect("writing to a String cannot fail");
            text
        })
}
