//! Checks that rules, placeholders, output and billing fit the fields.

use super::error::{At, LoadError, LoadErrors};
use super::fields::Fields;
use super::grounds::{ground, ground_at};
use super::not_blank;
use super::read::Rows;
use crate::common::CommonRule;
use crate::contract::{GroundRow, KindRow, PlaceholdersRow, RuleRow};
use crate::field::Type;
use crate::ground::Service;
use crate::path::Path;
use crate::spec::{Addon, Billing, Kind, OutputField, OutputFields, Placeholders, Rule, Tier};

impl Fields {
    /// Returns the rules of a contract.
    pub(super) fn rules(&self, rows: Rows<RuleRow>, errors: &mut LoadErrors) -> Vec<Rule> {
        let rules = rows.read.into_iter().filter_map(|(id, row)| {
            let rule = self.rule(&id, row);
            errors.keep(rule.at(&id).at("rule"))
        });
        rules.collect()
    }

    fn rule(&self, id: &str, row: RuleRow) -> Result<Rule, LoadError> {
        let kebab = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if id.is_empty() || !id.bytes().all(kebab) {
            return Err(LoadError::new(format!(
                "the rule id `{id}` is not in kebab-case"
            )));
        }
        if CommonRule::ALL.iter().any(|common| common.id() == id) {
            return Err(LoadError::new(format!(
                "`{id}` is already the id of a common rule"
            )));
        }
        not_blank("say", &row.say)?;
        not_blank("help", &row.help)?;
        if let Some(when) = &row.when {
            self.check(when).at("when")?;
        }
        self.check(&row.must).at("must")?;
        if row.blame.is_empty() {
            return Err(LoadError::new("`blame` does not name a field")).at("blame");
        }
        for (index, path) in row.blame.iter().enumerate() {
            self.resolve(path, Path::ROOT).at_index(index).at("blame")?;
        }
        let own = GroundRow {
            source: row.source,
            edition: row.edition,
            inferred: row.inferred,
            upstream: row.upstream,
            level: row.level,
            reason: row.reason,
            service: row.service,
        };
        Ok(Rule {
            id: id.to_owned(),
            when: row.when,
            must: row.must,
            blame: row.blame,
            say: row.say,
            help: row.help,
            ground: ground(own, Service::Refuses)?,
        })
    }

    /// Returns what the tables of placeholders describe.
    pub(super) fn placeholders(
        &self,
        row: Option<PlaceholdersRow>,
        kinds: Rows<KindRow>,
        errors: &mut LoadErrors,
    ) -> Option<Placeholders> {
        let is_unsupported = row.as_ref().map(|row| row.unsupported.is_some());
        let has_kinds = !kinds.is_empty();
        let kinds = kinds.read.into_iter().filter_map(|(name, row)| {
            let kind = self.kind(&name, row, is_unsupported);
            errors.keep(kind.at(&name).at("kind").at("placeholders"))
        });
        let kinds = kinds.collect();
        let placeholders = self.own_part(row?, kinds, has_kinds);
        errors.keep(placeholders.at("placeholders"))
    }

    /// Reads the table above the kinds; `has_kinds` is whether there are any, right or wrong.
    fn own_part(
        &self,
        row: PlaceholdersRow,
        kinds: Vec<Kind>,
        has_kinds: bool,
    ) -> Result<Placeholders, LoadError> {
        let field = self.resolve(&row.field, Path::ROOT).at("field")?;
        if field.kind != Type::String || row.field.is_inside_list() {
            let message = format!(
                "`{}` is not a single string, so it cannot have placeholders",
                row.field
            );
            return Err(LoadError::new(message)).at("field");
        }
        if !has_kinds {
            return Err(LoadError::new("the placeholders have no kinds")).at("kind");
        }
        Ok(Placeholders {
            field: row.field,
            kinds,
            malformed: ground_at("malformed", row.malformed, Service::Refuses)?,
            wrong_kind: ground_at("wrong-kind", row.wrong_kind, Service::Refuses)?,
            dialect: ground_at("dialect", row.dialect, Service::Refuses)?,
            unsupported: ground_at("unsupported", row.unsupported, Service::Refuses)?,
        })
    }

    /// Reads one kind; `is_unsupported` is whether the model has no placeholders, if that could be read.
    fn kind(
        &self,
        name: &str,
        row: KindRow,
        is_unsupported: Option<bool>,
    ) -> Result<Kind, LoadError> {
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return Err(LoadError::new(format!(
                "the kind `{name}` must consist of lower-case letters"
            )));
        }
        if Some(row.list.is_some()) == is_unsupported {
            return Err(LoadError::new(
                "a kind must name its `list`, unless the model does not support placeholders (`unsupported`)",
            ));
        }
        if let Some(list) = &row.list {
            self.list(list, Path::ROOT).at("list")?;
        }
        Ok(Kind {
            name: name.to_owned(),
            list: row.list,
            range: ground_at("range", row.range, Service::Refuses)?,
            order: ground_at("order", row.order, Service::Unknown)?,
            unused: ground_at("unused", row.unused, Service::Unknown)?,
        })
    }

    /// Returns what the video will be; unknown if the contract does not say.
    pub(super) fn output(
        &self,
        output: Option<OutputFields>,
        errors: &mut LoadErrors,
    ) -> OutputFields {
        let output = output.unwrap_or_default();
        errors.keep(self.check_output(&output).at("output"));
        output
    }

    fn check_output(&self, output: &OutputFields) -> Result<(), LoadError> {
        self.check_output_field(output.seconds.as_ref(), Type::Integer)
            .at("seconds")?;
        self.check_output_field(output.ratio.as_ref(), Type::String)
            .at("ratio")?;
        match &output.sound {
            Some(sound) => self.check(sound).at("sound"),
            None => Ok(()),
        }
    }

    fn check_output_field(
        &self,
        output_field: Option<&OutputField>,
        wanted: Type,
    ) -> Result<(), LoadError> {
        let Some(OutputField { field, unless }) = output_field else {
            return Ok(());
        };
        let row = self.resolve(field, Path::ROOT).at("field")?;
        if row.kind != wanted || field.is_inside_list() {
            let message = format!(
                "`{field}` is {}; it must be {} outside lists",
                row.kind.with_article(),
                wanted.with_article()
            );
            return Err(LoadError::new(message)).at("field");
        }
        match unless {
            Some(unless) => self.check(unless).at("unless"),
            None => Ok(()),
        }
    }

    /// Reads the bill with its tiers and addons.
    pub(super) fn billing(
        &self,
        billing: Option<Billing>,
        tiers: Rows<Tier>,
        addons: Rows<Addon>,
        errors: &mut LoadErrors,
    ) -> Option<Billing> {
        let has_tiers = !tiers.is_empty();
        let tiers = valid_rows("tier", tiers, errors, |tier| self.check_tier(tier));
        let addons = valid_rows("addon", addons, errors, |addon| {
            not_blank("name", &addon.name)?;
            self.check(&addon.when).at("when")
        });
        let billing = billing?;
        let checked = if has_tiers {
            not_blank("source", &billing.source)
        } else {
            Err(LoadError::new("the bill has no tiers"))
        };
        errors.keep(checked.at("billing"));
        Some(Billing {
            tiers,
            addons,
            ..billing
        })
    }

    fn check_tier(&self, tier: &Tier) -> Result<(), LoadError> {
        not_blank("name", &tier.name)?;
        if tier.short_side == 0 || !tier.short_side.is_multiple_of(2) {
            let message = "`short-side` must be an even number of pixels above 0";
            return Err(LoadError::new(message)).at("short-side");
        }
        self.check(&tier.when).at("when")
    }
}

/// Returns the rows of a list of the bill that pass a check.
fn valid_rows<T>(
    key: &str,
    rows: Rows<T>,
    errors: &mut LoadErrors,
    check: impl Fn(&T) -> Result<(), LoadError>,
) -> Vec<T> {
    let rows = rows.read.into_iter().filter(|(index, row)| {
        let checked = check(row).at(index).at(key).at("billing");
        errors.keep(checked).is_some()
    });
    rows.map(|(_, row)| row).collect()
}
