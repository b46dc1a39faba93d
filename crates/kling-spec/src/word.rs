//! Reading one of several words from a contract.

use serde::de::{Deserialize, Deserializer, IntoDeserializer};

/// Reads one of several words as a string first, so that the error for any other value says so.
pub(crate) fn word<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    T::deserialize(String::deserialize(deserializer)?.into_deserializer())
}

/// Does the same as [`word`] for an optional key.
pub(crate) fn some_word<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    word(deserializer).map(Some)
}
