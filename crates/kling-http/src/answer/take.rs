//! Reading a member leniently: not of the documented type, it stays where it is.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Takes a member out of `members` if it is there and of this type.
pub(crate) fn take<T: DeserializeOwned>(members: &mut Map<String, Value>, name: &str) -> Option<T> {
    let value = members.get(name).filter(|value| !value.is_null())?;
    let taken = T::deserialize(value).ok()?;
    members.remove(name);
    Some(taken)
}

/// Reads these types as a JSON value of another type first, from which they take what they know.
///
/// By hand and not by an attribute of serde, which would make their schemas those of the other type.
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
