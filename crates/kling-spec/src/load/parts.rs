//! Reading rules, placeholders, output and billing.

use super::{Fields, Loader};
use crate::condition::Condition;
use crate::error::SpecError;
use crate::field::Type;
use crate::ground::{Ground, Service};
use crate::path::Path;
use crate::raw::{RawBilling, RawGround, RawKind, RawOutput, RawPlaceholders, RawReading, RawRule};
use crate::spec::{Addon, Billing, Kind, Output, Placeholders, Reading, Rule, Spec, Tier};

impl Loader<'_> {
    pub(super) fn rule(
        &self,
        id: String,
        raw: RawRule,
        fields: &Fields,
    ) -> Result<Rule, SpecError> {
        let keys = ["rule", id.as_str()];
        let kebab = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if id.is_empty() || !id.bytes().all(kebab) {
            let message = format!("the rule id `{id}` is not in kebab-case");
            return Err(self.error(&keys, message));
        }
        if crate::CommonRule::ALL
            .iter()
            .any(|common| common.id() == id)
        {
            return Err(self.error(&keys, format!("`{id}` is the id of a rule of every model")));
        }
        self.check_text(&["rule", &id, "say"], &raw.say)?;
        self.check_text(&["rule", &id, "help"], &raw.help)?;
        let when_keys = ["rule", &id, "when"];
        let when = raw
            .when
            .as_ref()
            .map(|when| self.condition(&when_keys, when, fields))
            .transpose()?;
        let must = self.condition(&["rule", &id, "must"], &raw.must, fields)?;
        let blame_keys = ["rule", &id, "blame"];
        let blame = raw
            .blame
            .iter()
            .enumerate()
            .map(|(index, text)| {
                let index = index.to_string();
                let keys = [blame_keys.as_slice(), &[index.as_str()]].concat();
                Ok(self.resolve(&keys, text, fields, &Path::root())?.0)
            })
            .collect::<Result<Vec<_>, SpecError>>()?;
        if blame.is_empty() {
            return Err(self.error(&blame_keys, "`blame` names no field"));
        }
        let ground = RawGround {
            source: raw.source,
            edition: raw.edition,
            inferred: raw.inferred,
            upstream: raw.upstream,
            level: raw.level,
            reason: raw.reason,
            service: raw.service,
        };
        let ground = self.ground(&keys, ground, Service::Refuses)?;
        Ok(Rule {
            when,
            must,
            blame,
            say: raw.say,
            help: raw.help,
            ground,
            id,
        })
    }

    pub(super) fn placeholders(
        &self,
        raw: &RawPlaceholders,
        fields: &Fields,
    ) -> Result<Placeholders, SpecError> {
        let keys = ["placeholders", "field"];
        let (field, row) = self.resolve(&keys, &raw.field, fields, &Path::root())?;
        if row.kind != Type::String || field.is_inside_list() {
            let message =
                format!("`{field}` is not a single string, and placeholders stand in one");
            return Err(self.error(&keys, message));
        }
        if raw.kind.is_empty() {
            return Err(self.error(&["placeholders", "kind"], "there is no kind of placeholder"));
        }
        let kinds = raw
            .kind
            .iter()
            .map(|(name, kind)| self.kind(name, kind, raw.unsupported.is_some(), fields))
            .collect::<Result<_, _>>()?;
        let own = |key: &str, raw: &Option<RawGround>| {
            self.claim(&["placeholders", key], raw.as_ref(), Service::Refuses)
        };
        Ok(Placeholders {
            field,
            kinds,
            malformed: own("malformed", &raw.malformed)?,
            wrong_kind: own("wrong-kind", &raw.wrong_kind)?,
            dialect: own("dialect", &raw.dialect)?,
            unsupported: own("unsupported", &raw.unsupported)?,
        })
    }

    fn claim(
        &self,
        keys: &[&str],
        raw: Option<&RawGround>,
        service: Service,
    ) -> Result<Option<Ground>, SpecError> {
        raw.map(|raw| self.ground(keys, raw.clone(), service))
            .transpose()
    }

    fn kind(
        &self,
        name: &str,
        raw: &RawKind,
        unsupported: bool,
        fields: &Fields,
    ) -> Result<Kind, SpecError> {
        let keys = ["placeholders", "kind", name];
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_lowercase()) {
            let message = format!("the kind `{name}` is not a word in lower-case letters");
            return Err(self.error(&keys, message));
        }
        if raw.list.is_some() == unsupported {
            let message =
                "a kind names its `list`, unless the model has no placeholders (`unsupported`)";
            return Err(self.error(&keys, message));
        }
        let list = match &raw.list {
            None => None,
            Some(text) => {
                let keys = ["placeholders", "kind", name, "list"];
                Some(self.list(&keys, text, fields, &Path::root())?)
            }
        };
        let part = |key: &str, raw: &Option<RawGround>| {
            self.claim(
                &["placeholders", "kind", name, key],
                raw.as_ref(),
                Service::Unknown,
            )
        };
        Ok(Kind {
            name: name.to_owned(),
            list,
            range: self.claim(
                &["placeholders", "kind", name, "range"],
                raw.range.as_ref(),
                Service::Refuses,
            )?,
            order: part("order", &raw.order)?,
            unused: part("unused", &raw.unused)?,
        })
    }

    fn reading(
        &self,
        keys: &[&str],
        raw: Option<&RawReading>,
        wanted: Type,
        fields: &Fields,
    ) -> Result<Option<Reading>, SpecError> {
        let Some(raw) = raw else {
            return Ok(None);
        };
        let at = |key: &'static str| [keys, &[key]].concat();
        let (field, row) = self.resolve(&at("field"), &raw.field, fields, &Path::root())?;
        if row.kind != wanted || field.is_inside_list() {
            let message = format!(
                "`{field}` is {}; {} of the request is needed here",
                row.kind.with_article(),
                wanted.with_article()
            );
            return Err(self.error(&at("field"), message));
        }
        let unless = raw
            .unless
            .as_ref()
            .map(|raw| self.condition(&at("unless"), raw, fields))
            .transpose()?;
        Ok(Some(Reading { field, unless }))
    }

    pub(super) fn output(&self, raw: &RawOutput, fields: &Fields) -> Result<Output, SpecError> {
        let sound = raw.sound.as_ref();
        Ok(Output {
            seconds: self.reading(
                &["output", "seconds"],
                raw.seconds.as_ref(),
                Type::Integer,
                fields,
            )?,
            ratio: self.reading(
                &["output", "ratio"],
                raw.ratio.as_ref(),
                Type::String,
                fields,
            )?,
            sound: sound
                .map(|raw| self.condition(&["output", "sound"], raw, fields))
                .transpose()?,
        })
    }

    pub(super) fn billing(&self, raw: &RawBilling, fields: &Fields) -> Result<Billing, SpecError> {
        self.check_text(&["billing", "source"], &raw.source)?;
        if raw.tier.is_empty() {
            return Err(self.error(&["billing"], "there is no tier"));
        }
        let mut tiers = Vec::new();
        for (index, tier) in raw.tier.iter().enumerate() {
            let index = index.to_string();
            let at = |key: &'static str| ["billing", "tier", index.as_str(), key];
            self.check_text(&at("name"), &tier.name)?;
            if tier.short_side == 0 || tier.short_side % 2 != 0 {
                let message = "`short-side` must be an even number of pixels above 0";
                return Err(self.error(&at("short-side"), message));
            }
            let when = self.condition(&at("when"), &tier.when, fields)?;
            tiers.push(Tier {
                name: tier.name.clone(),
                when,
                short_side: tier.short_side,
            });
        }
        let mut addons = Vec::new();
        for (index, addon) in raw.addon.iter().enumerate() {
            let index = index.to_string();
            let at = |key: &'static str| ["billing", "addon", index.as_str(), key];
            self.check_text(&at("name"), &addon.name)?;
            let when = self.condition(&at("when"), &addon.when, fields)?;
            addons.push(Addon {
                name: addon.name.clone(),
                when,
            });
        }
        Ok(Billing {
            source: raw.source.clone(),
            tiers,
            addons,
        })
    }
}

impl Spec {
    /// Every condition of the contract: of rules, output and billing, in this order.
    pub fn conditions(&self) -> impl Iterator<Item = &Condition> {
        let rules = self
            .rules
            .iter()
            .flat_map(|rule| rule.when.iter().chain([&rule.must]));
        let readings = [&self.output.seconds, &self.output.ratio];
        let output = readings
            .into_iter()
            .flatten()
            .filter_map(|reading| reading.unless.as_ref());
        let billing = self.billing.iter().flat_map(|billing| {
            let tiers = billing.tiers.iter().map(|tier| &tier.when);
            tiers.chain(billing.addons.iter().map(|addon| &addon.when))
        });
        rules
            .chain(output)
            .chain(self.output.sound.iter())
            .chain(billing)
    }
}
