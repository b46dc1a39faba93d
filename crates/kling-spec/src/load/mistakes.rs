//! Checks that mistakes fit the fields, and chooses the shared mistakes that make sense in a contract.

use indexmap::IndexMap;

use super::conditions::check_value;
use super::error::{At, LoadError, LoadErrors};
use super::fields::Fields;
use super::not_blank;
use super::read::Rows;
use crate::path::Path;
use crate::spec::Mistake;

impl Fields {
    /// Returns the mistakes of a contract, then the shared ones that make sense in it and whose place it does not
    /// explain itself.
    pub(super) fn mistakes(
        &self,
        own: Rows<Mistake>,
        shared: &IndexMap<String, Mistake>,
        errors: &mut LoadErrors,
    ) -> Vec<Mistake> {
        let own = own.read.into_iter().filter_map(|(name, row)| {
            let checked = self.check_mistake(&row).at(&name).at("mistake");
            errors.keep(checked).map(|()| Mistake { name, ..row })
        });
        let mut mistakes: Vec<Mistake> = own.collect();
        for (name, row) in shared {
            let is_taken = mistakes.iter().any(|mistake| mistake.at == row.at);
            if !is_taken && self.makes_sense(row) {
                mistakes.push(Mistake {
                    name: name.clone(),
                    common: true,
                    ..row.clone()
                });
            }
        }
        mistakes
    }

    fn check_mistake(&self, mistake: &Mistake) -> Result<(), LoadError> {
        let Mistake { at, means, .. } = mistake;
        let parent = at.parent().unwrap_or_default();
        if self.is_unread(at) || self.is_unread(&parent) {
            return Err(LoadError::follow_up());
        }
        if parent != *Path::ROOT && !self.rows.contains_key(&parent) {
            let message = format!("`{at}` is in `{parent}`, which is not a field of this contract");
            return Err(LoadError::new(message)).at("at");
        }
        not_blank("say", &mistake.say)?;
        let meant = means.as_ref().map(|path| self.resolve(path, Path::ROOT));
        let meant = meant.transpose().at("means")?;
        let own = self.rows.get(at);
        if own.is_some() && meant.is_some() {
            return Err(LoadError::new(format!(
                "`{at}` is a field of this contract, so it cannot mean another one"
            )));
        }
        let Some(target) = meant.or(own) else {
            if mistake.convert.is_some() || !mistake.values.is_empty() {
                return Err(LoadError::new(
                    "`values` and `convert` need a `means`, or a field at `at`",
                ));
            }
            return Ok(());
        };
        for (index, (_, to)) in mistake.values.iter().enumerate() {
            check_value(to, target)
                .at("to")
                .at_index(index)
                .at("values")?;
        }
        Ok(())
    }

    /// Returns whether a mistake that all models share makes sense in this contract: what it means is there.
    fn makes_sense(&self, mistake: &Mistake) -> bool {
        let about_value =
            mistake.means.is_none() && (mistake.convert.is_some() || !mistake.values.is_empty());
        let means = mistake.means.as_ref();
        self.rows.contains_key(&mistake.at) == about_value
            && means.is_none_or(|path| self.rows.contains_key(path))
            && self.check_mistake(mistake).is_ok()
    }
}
