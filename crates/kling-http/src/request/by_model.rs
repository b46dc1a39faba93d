//! The enum over all models, read by the request's `model`.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserializer;
use serde::de::value::{MapAccessDeserializer, StringDeserializer};
use serde::de::{DeserializeSeed, Error, IntoDeserializer, MapAccess, Visitor};
use serde_json::Value;

use super::unique_keys::UniqueKeys;

/// The enum over all models.
macro_rules! any_request {
    ($($(#[$told:meta])* $model:ident,)+) => {
        /// A request to any of the models, told apart by `model`.
        #[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
        #[serde(untagged)]
        #[non_exhaustive]
        pub enum Request { $($(#[$told])* $model($model),)+ }

        impl Request {
            /// The ids of all models.
            pub const MODELS: &'static [&'static str] = &[$($model::MODEL),+];

            /// The id of the request's model.
            pub const fn model(&self) -> &'static str {
                match self { $(Self::$model(_) => $model::MODEL,)+ }
            }

            /// The text of the request, as it is sent.
            pub fn to_json(&self) -> String {
                $crate::request::to_json(self)
            }
        }

        $(impl From<$model> for Request {
            fn from(request: $model) -> Self {
                Self::$model(request)
            }
        })+

        impl $crate::request::by_model::ByModel for Request {
            fn read<'de, D>(model: &str, deserializer: D) -> Result<Self, D::Error>
            where
                D: serde::Deserializer<'de>,
            {
                $(if model == $model::MODEL {
                    return serde::Deserialize::deserialize(deserializer).map(Self::$model);
                })+
                let known = $crate::request::UnknownValue(Self::MODELS);
                Err($crate::request::unknown_text(model, known))
            }
        }

        impl<'de> serde::Deserialize<'de> for Request {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_map($crate::request::by_model::ModelVisitor::new())
            }
        }
    };
}

/// What is read as one of several types, by the request's `model`.
pub(super) trait ByModel: Sized {
    /// Reads a whole request as that of a model.
    fn read<'de, D: Deserializer<'de>>(model: &str, deserializer: D) -> Result<Self, D::Error>;
}

/// Reads as far as `model` and then knows what the request is.
pub(super) struct ModelVisitor<T>(PhantomData<T>);

impl<T> ModelVisitor<T> {
    pub(super) const fn new() -> Self {
        Self(PhantomData)
    }
}

/// The member that names the model in every contract.
const MODEL: &str = "model";

impl<'de, T: ByModel> Visitor<'de> for ModelVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut rest: A) -> Result<T, A::Error> {
        let mut before = Vec::new();
        while let Some(key) = rest.next_key::<String>()? {
            if key == MODEL {
                let model: String = rest.next_value()?;
                before.push((key, Value::String(model.clone())));
                let members = Members {
                    before: before.into_iter(),
                    value: None,
                    rest,
                };
                return T::read(&model, MapAccessDeserializer::new(members));
            }
            let UniqueKeys(value) = rest.next_value()?;
            before.push((key, value));
        }
        Err(Error::missing_field(MODEL))
    }
}

/// The members of an object of which some were read already.
struct Members<A> {
    before: std::vec::IntoIter<(String, Value)>,
    /// The value of the key that was given last, if it was one of those.
    value: Option<Value>,
    rest: A,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Members<A> {
    type Error = A::Error;

    fn next_key_seed<K>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error>
    where
        K: DeserializeSeed<'de>,
    {
        let Some((key, value)) = self.before.next() else {
            return self.rest.next_key_seed(seed);
        };
        self.value = Some(value);
        let key: StringDeserializer<A::Error> = key.into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<V>(&mut self, seed: V) -> Result<V::Value, A::Error>
    where
        V: DeserializeSeed<'de>,
    {
        match self.value.take() {
            Some(value) => seed.deserialize(value).map_err(Error::custom),
            None => self.rest.next_value_seed(seed),
        }
    }
}
