//! Reading mistakes: those of a contract, and of those that all models share the ones that make sense in it.

use std::collections::HashSet;

use indexmap::IndexMap;

use super::{Fields, Loader};
use crate::common::{self, COMMON_TEXT};
use crate::error::SpecError;
use crate::path::Path;
use crate::raw::{RawConvert, RawMistake};
use crate::spec::{Convert, Mistake};

impl Loader<'_> {
    /// The contract's own mistakes, then the shared ones.
    pub(crate) fn mistakes(
        &self,
        own: &IndexMap<String, RawMistake>,
        fields: &Fields,
    ) -> Result<Vec<Mistake>, SpecError> {
        let mut mistakes = Vec::new();
        for (name, mistake) in own {
            mistakes.push(self.mistake(name, mistake, fields)?);
        }
        let mut written: HashSet<&str> = own.values().map(|own| own.at.as_str()).collect();
        let common_loader = Loader::new(COMMON_TEXT);
        let common = common::mistakes();
        for (name, mistake) in &common {
            let taken = written.contains(mistake.at.as_str());
            if let (false, Some(shared)) =
                (taken, common_loader.shared_mistake(name, mistake, fields))
            {
                written.insert(&mistake.at);
                mistakes.push(shared);
            }
        }
        Ok(mistakes)
    }

    fn mistake(&self, name: &str, raw: &RawMistake, fields: &Fields) -> Result<Mistake, SpecError> {
        let keys = ["mistake", name];
        let at_keys = ["mistake", name, "at"];
        let at = Path::parse(&raw.at).map_err(|message| self.error(&at_keys, message))?;
        let parent = at.parent().unwrap_or_default();
        if !parent.steps().is_empty() && !fields.contains_key(&parent) {
            let message = format!("`{at}` is in `{parent}`, which is not a field of this contract");
            return Err(self.error(&at_keys, message));
        }
        self.check_text(&["mistake", name, "say"], &raw.say)?;
        let means = match &raw.means {
            None => None,
            Some(text) => Some(
                self.resolve(&["mistake", name, "means"], text, fields, &Path::root())?
                    .0,
            ),
        };
        let known = fields.get(&at);
        if known.is_some() && means.is_some() {
            let message =
                format!("`{at}` is a field of this contract, so it cannot mean another one");
            return Err(self.error(&keys, message));
        }
        let target = means.as_ref().and_then(|path| fields.get(path)).or(known);
        if target.is_none() && (raw.convert.is_some() || !raw.values.is_empty()) {
            return Err(self.error(&keys, "`values` and `convert` need a field that is meant"));
        }
        if let Some(target) = target {
            for (index, value) in raw.values.iter().enumerate() {
                let index = index.to_string();
                let keys = ["mistake", name, "values", index.as_str(), "to"];
                self.check_const(&keys, target, &value.to)?;
            }
        }
        Ok(Mistake {
            name: name.to_owned(),
            at,
            means,
            convert: raw.convert.map(|convert| match convert {
                RawConvert::Integer => Convert::Integer,
                RawConvert::List => Convert::List,
                RawConvert::Objects => Convert::Objects,
                RawConvert::ByHand => Convert::ByHand,
            }),
            values: raw
                .values
                .iter()
                .map(|value| (value.from.clone(), value.to.clone()))
                .collect(),
            partial: raw.partial,
            say: raw.say.clone(),
            common: false,
        })
    }

    /// A mistake that all models share, if what it means is there in this one.
    fn shared_mistake(&self, name: &str, raw: &RawMistake, fields: &Fields) -> Option<Mistake> {
        let at = Path::parse(&raw.at).ok()?;
        let about_value = raw.means.is_none() && (raw.convert.is_some() || !raw.values.is_empty());
        if fields.contains_key(&at) != about_value {
            return None;
        }
        // Asked first, because to make an error is to look for its place in the text.
        let means = raw.means.as_deref().map(Path::parse);
        if means.is_some_and(|path| path.is_ok_and(|path| !fields.contains_key(&path))) {
            return None;
        }
        let mistake = self.mistake(name, raw, fields).ok()?;
        Some(Mistake {
            common: true,
            ..mistake
        })
    }
}
