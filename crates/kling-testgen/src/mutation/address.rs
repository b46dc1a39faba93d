//! Faults of media URLs.

use kling_spec::{CommonRule, Format};

use super::{Catalogue, Edit, Fault, is_error};
use crate::json::Json;
use crate::urls::{UNKNOWN_SCHEMES, address_faults};

impl Catalogue<'_> {
    pub(super) fn addresses(&self, faults: &mut Vec<Fault>) {
        for field in self.spec.fields().values() {
            let Some(claim) = &field.format else { continue };
            let is_asset = match claim.value {
                Format::PublicUrl => false,
                Format::AssetUrl => true,
                Format::NonBlank | Format::Ratio => continue,
            };
            let fault = |rule: CommonRule, address: &str, in_schema: bool| {
                let expressible = in_schema && is_error(&claim.ground);
                let fault = self.fault(rule, &field.path, address, &claim.ground, expressible);
                let edit = Edit::Set(field.path.clone(), vec![Json::string(address)]);
                self.beside(&field.path, fault).by(edit)
            };
            for (rule, address, same_for_assets) in address_faults() {
                if *same_for_assets || !is_asset {
                    let in_schema = [
                        CommonRule::LocalFile,
                        CommonRule::InlineMedia,
                        CommonRule::UnsupportedScheme,
                        CommonRule::RelativeUrl,
                    ];
                    faults.push(fault(*rule, address, in_schema.contains(rule)));
                }
            }
            if is_asset {
                faults.extend(
                    UNKNOWN_SCHEMES
                        .iter()
                        .map(|address| fault(CommonRule::UnknownScheme, address, false)),
                );
            }
        }
    }
}
