//! Reading one word of several from a contract.

use serde::de::{Deserialize, Deserializer, IntoDeserializer};

/// One word of several, read as a string first: the error of what is none says so.
pub(crate) fn word<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    T::deserialize(String::deserialize(deserializer)?.into_deserializer())
}

/// As [`word`], for a key that may be left out.
pub(crate) fn some_word<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    word(deserializer).map(Some)
}
