//! Reading members leniently: one that is not of the documented type stays where it is.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Takes a member out of `members` if it is there and of this type.
pub(crate) fn take<T: DeserializeOwned>(members: &mut Map<String, Value>, name: &str) -> Option<T> {
    let value = members.get(name).filter(|value| !value.is_null())?;
    let taken = T::deserialize(value).ok()?;
    members.remove(name);
    Some(taken)
}

/// Deserialises these types by reading another type first and converting from it.
///
/// A macro rather than serde's attribute, which would make their schemas those of the other type.
macro_rules! deserialize_from {
    ($from:ty: $($name:ty),* $(,)?) => {
        $(
            impl<'de> serde::Deserialize<'de> for $name {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    <$from>::deserialize(deserializer).map(Self::from)
                }
            }
        )*
    };
}
pub(crate) use deserialize_from;
