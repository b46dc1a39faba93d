//! The schemas distinguish URLs by the patterns of `kling-url`.

use kling_spec::{Format, any_schema, request_schema};
use kling_url::{ASSET_EXCLUDED_PATTERN, ASSET_SCHEME_PATTERN, HTTP_PATTERN};

use crate::support::specs;

#[test]
fn the_schemas_hold_the_patterns_to_the_letter() {
    let held =
        |schema: &str, pattern: &str| schema.contains(&serde_json::to_string(pattern).unwrap());
    for spec in specs() {
        let schema = request_schema(&spec);
        assert!(held(&schema, HTTP_PATTERN), "{}", spec.id());
        let takes_assets = spec.fields().values().any(|field| {
            field
                .format
                .as_ref()
                .is_some_and(|claim| claim.value == Format::AssetUrl)
        });
        for pattern in [ASSET_SCHEME_PATTERN, ASSET_EXCLUDED_PATTERN] {
            assert_eq!(
                held(&schema, pattern),
                takes_assets,
                "{}: {pattern}",
                spec.id()
            );
        }
    }
    let schema = any_schema(&specs());
    for pattern in [HTTP_PATTERN, ASSET_SCHEME_PATTERN, ASSET_EXCLUDED_PATTERN] {
        assert!(held(&schema, pattern), "{pattern}");
    }
}
