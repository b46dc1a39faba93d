//! Enums of the values that a member takes.

/// An enum of the only texts that a member takes.
macro_rules! closed_strings {
    (
        $(#[$about:meta])*
        pub enum $name:ident { $($(#[$told:meta])* $variant:ident = $text:literal,)+ }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name { $($(#[$told])* $variant,)+ }

        impl $name {
            /// All values, in the order of the model's page.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The text in a request.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::request::UnknownValue;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err($crate::request::UnknownValue(&[$($text),+])),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                text.parse()
                    .map_err(|known| $crate::request::unknown_text(&text, known))
            }
        }
    };
}

/// An enum of the only integers that a member takes.
macro_rules! closed_integers {
    (
        $(#[$about:meta])*
        pub enum $name:ident { $($(#[$told:meta])* $variant:ident = $number:literal,)+ }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        #[repr(i64)]
        pub enum $name { $($(#[$told])* $variant = $number,)+ }

        impl $name {
            /// All values, in the order of the model's page.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The number in a request.
            pub const fn get(self) -> i64 {
                self as i64
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.get(), f)
            }
        }

        impl From<$name> for i64 {
            fn from(value: $name) -> Self {
                value.get()
            }
        }

        impl TryFrom<i64> for $name {
            type Error = $crate::request::UnknownValue;

            fn try_from(number: i64) -> Result<Self, Self::Error> {
                match number {
                    $($number => Ok(Self::$variant),)+
                    _ => Err($crate::request::UnknownValue(&[$(stringify!($number)),+])),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_i64(self.get())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let number = <i64 as serde::Deserialize>::deserialize(deserializer)?;
                Self::try_from(number).map_err(|expected| {
                    let found = serde::de::Unexpected::Signed(number);
                    serde::de::Error::invalid_value(found, &expected)
                })
            }
        }
    };
}

/// An enum of the common texts of a member that takes others, too.
macro_rules! open_strings {
    (
        $(#[$about:meta])*
        pub enum $name:ident { $($(#[$told:meta])* $variant:ident = $text:literal,)+ }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$told])* $variant,)+
            /// Another text. One that has a name above is equal to that.
            Other(String),
        }

        impl $name {
            /// The values with a name, in the order of the model's page.
            pub const COMMON: &'static [Self] = &[$(Self::$variant),+];

            /// The text in a request.
            pub const fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Other(text) => text.as_str(),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.as_str() == other.as_str()
            }
        }

        impl Eq for $name {}

        impl std::hash::Hash for $name {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.as_str().hash(state);
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)+
                    _ => Self::Other(text.to_owned()),
                }
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                match text.as_str() {
                    $($text => Self::$variant,)+
                    _ => Self::Other(text),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <String as serde::Deserialize>::deserialize(deserializer).map(Self::from)
            }
        }
    };
}
