//! Reading and writing the structs of objects.

/// How an object is read and written: its members in order, each `required`, `optional` or `ignored`.
///
/// Not derived, since a derived reader takes a list for an object, and `null` for an absent member.
macro_rules! object {
    ($object:ident { $($kind:ident $($field:ident =)? $name:literal,)* }) => {
        impl serde::Serialize for $object {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                #[allow(unused_mut, reason = "an object may have no members")]
                let mut map = serializer.serialize_map(None)?;
                $(object!(@write $kind map, $(self.$field,)? $name);)*
                serde::ser::SerializeMap::end(map)
            }
        }

        impl<'de> serde::Deserialize<'de> for $object {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Members;

                impl<'de> serde::de::Visitor<'de> for Members {
                    type Value = $object;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("an object")
                    }

                    fn visit_map<A>(self, mut map: A) -> Result<$object, A::Error>
                    where
                        A: serde::de::MapAccess<'de>,
                    {
                        $($(let mut $field = None;)?)*
                        while let Some(key) = map.next_key::<String>()? {
                            match key.as_str() {
                                $($name => object!(@read $kind map, $($field,)? $name),)*
                                _ => {
                                    return Err($crate::request::unknown_member(&key, &[$($name),*]));
                                }
                            }
                        }
                        Ok($object { $($($field: object!(@take $kind $field, $name),)?)* })
                    }
                }

                deserializer.deserialize_map(Members)
            }
        }
    };
    (@write required $map:ident, $value:expr, $name:literal) => {
        serde::ser::SerializeMap::serialize_entry(&mut $map, $name, &$value)?
    };
    (@write optional $map:ident, $value:expr, $name:literal) => {
        if let Some(value) = &$value {
            serde::ser::SerializeMap::serialize_entry(&mut $map, $name, value)?;
        }
    };
    (@write ignored $map:ident, $name:literal) => {};
    (@read ignored $map:ident, $name:literal) => {{
        $map.next_value::<serde::de::IgnoredAny>()?;
    }};
    (@read $kind:ident $map:ident, $field:ident, $name:literal) => {{
        if $field.is_some() {
            return Err(serde::de::Error::duplicate_field($name));
        }
        $field = Some($map.next_value()?);
    }};
    (@take required $field:ident, $name:literal) => {
        $field.ok_or_else(|| serde::de::Error::missing_field($name))?
    };
    (@take optional $field:ident, $name:literal) => {
        $field
    };
}
