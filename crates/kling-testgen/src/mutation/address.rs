//! Mutations of media URLs.

use kling_spec::{CommonRule, Format};

use super::{Catalogue, Edit, Mutation, is_error};
use crate::json::Json;
use crate::urls::{BROKEN_CALLBACKS, UNKNOWN_SCHEMES, broken_addresses};

impl Catalogue<'_> {
    pub(super) fn addresses(&self, mutations: &mut Vec<Mutation>) {
        for field in self.spec.fields().values() {
            let Some(claim) = &field.format else { continue };
            let is_asset = match claim.value {
                Format::PublicUrl | Format::CallbackUrl => false,
                Format::AssetUrl => true,
                Format::NonBlank | Format::Ratio => continue,
            };
            let mutation = |rule: CommonRule, address: &str, in_schema: bool| {
                let expressible = in_schema && is_error(&claim.ground);
                let mutation =
                    self.mutation(rule, &field.path, address, &claim.ground, expressible);
                let edit = Edit::Set(field.path.clone(), vec![Json::string(address)]);
                self.beside(&field.path, mutation).by(edit)
            };
            if claim.value == Format::CallbackUrl {
                let broken = BROKEN_CALLBACKS.iter();
                mutations.extend(
                    broken.map(|(rule, address, in_schema)| mutation(*rule, address, *in_schema)),
                );
                continue;
            }
            for (rule, address, same_for_assets) in broken_addresses() {
                if *same_for_assets || !is_asset {
                    let in_schema = [
                        CommonRule::LocalFile,
                        CommonRule::InlineMedia,
                        CommonRule::UnsupportedScheme,
                        CommonRule::RelativeUrl,
                    ];
                    mutations.push(mutation(*rule, address, in_schema.contains(rule)));
                }
            }
            if is_asset {
                mutations.extend(
                    UNKNOWN_SCHEMES
                        .iter()
                        .map(|address| mutation(CommonRule::UnknownScheme, address, false)),
                );
            }
        }
    }
}
