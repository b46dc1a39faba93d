//! The model reference: the fields of each contract, what they rest on, and the mistakes it knows.

use std::fmt::Write as _;

use kling_spec::{Field, Format, Ground, Mistake, Scalar, Spec};

use super::claims::why;
use super::markdown::{code, codes, table};

const HEAD: &str =
    "<!-- Written by `cargo xtask codegen` from the contracts. Change those, not this. -->

# Models

What each contract in `models/*.toml` says. The rules are explained in `RULES.md`.

";

const INFALLIBLE: &str = "writing to a String cannot fail";

/// The text of the reference.
pub(super) fn reference(specs: &[Spec]) -> String {
    let mut text = HEAD.to_owned();
    for spec in specs {
        model(&mut text, spec);
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

fn model(text: &mut String, spec: &Spec) {
    write!(
        text,
        "## {}\n\n{}. {}\n\nEndpoint: `{}`.\n\n",
        spec.id(),
        spec.title(),
        spec.about(),
        spec.endpoint()
    )
    .expect(INFALLIBLE);
    let fields: Vec<[String; 6]> = spec.fields().values().map(field).collect();
    section(
        text,
        "Fields",
        &table(
            ["field", "type", "required", "takes", "default", "about"],
            &fields,
        ),
    );
    let grounds: Vec<[String; 5]> = spec.fields().values().flat_map(grounds).collect();
    section(
        text,
        "What they rest on",
        &table(["field", "claim", "level", "service", "why"], &grounds),
    );
    let kinds = spec
        .placeholders()
        .into_iter()
        .flat_map(|placeholders| &placeholders.kinds);
    let kinds: Vec<[String; 2]> = kinds
        .filter_map(|kind| {
            Some([
                code(format_args!("<<<{}_N>>>", kind.name)),
                code(kind.list.as_ref()?),
            ])
        })
        .collect();
    section(
        text,
        "Placeholders",
        &table(["placeholder", "names the items of"], &kinds),
    );
    let rules: Vec<[String; 3]> = spec
        .rules()
        .iter()
        .map(|rule| {
            [
                code(&rule.id),
                rule.ground.level.to_string(),
                rule.say.clone(),
            ]
        })
        .collect();
    section(
        text,
        "Rules over several fields",
        &table(["rule", "level", "what is wrong"], &rules),
    );
    let mistakes: Vec<[String; 4]> = spec.mistakes().iter().map(mistake).collect();
    section(
        text,
        "Known mistakes",
        &table(["mistake", "written", "meant", "what to do"], &mistakes),
    );
    bill(text, spec);
}

fn section(text: &mut String, title: &str, body: &str) {
    if !body.is_empty() {
        write!(text, "### {title}\n\n{body}").expect(INFALLIBLE);
    }
}

fn field(field: &Field) -> [String; 6] {
    [
        code(&field.path),
        field.kind.as_str().to_owned(),
        if field.required.is_some() { "yes" } else { "" }.to_owned(),
        takes(field),
        field
            .default
            .as_ref()
            .map(|claim| code(&claim.value))
            .unwrap_or_default(),
        field.about.clone(),
    ]
}

fn takes(field: &Field) -> String {
    let mut parts = Vec::new();
    if let Some(values) = &field.values {
        let more = if values.value.open {
            "; others may work"
        } else {
            ""
        };
        parts.push(format!("{}{more}", codes(&values.value.list)));
    }
    if !field.examples.is_empty() {
        parts.push(format!("such as {}", codes(&field.examples)));
    }
    if let Some(format) = &field.format {
        parts.push(format_name(format.value).to_owned());
    }
    if let Some(limit) = &field.max_characters {
        parts.push(format!("at most {} characters", limit.value));
    }
    if let Some(limit) = &field.max_items {
        parts.push(format!("at most {} items", limit.value));
    }
    if let Some(unit) = &field.unit {
        parts.push(format!("in {unit}"));
    }
    parts.join("; ")
}

const fn format_name(format: Format) -> &'static str {
    match format {
        Format::NonBlank => "more than white space",
        Format::PublicUrl => "public http(s) address",
        Format::AssetUrl => "public address, or another asset address",
        Format::Ratio => "width:height in whole numbers",
    }
}

const DEFAULT: &str = "default";

fn grounds(field: &Field) -> Vec<[String; 5]> {
    let claims: [(&str, Option<&Ground>); 7] = [
        ("type", Some(&field.ground)),
        ("required", field.required.as_ref()),
        ("values", field.values.as_ref().map(|claim| &claim.ground)),
        ("format", field.format.as_ref().map(|claim| &claim.ground)),
        (
            "max-characters",
            field.max_characters.as_ref().map(|claim| &claim.ground),
        ),
        (
            "max-items",
            field.max_items.as_ref().map(|claim| &claim.ground),
        ),
        (DEFAULT, field.default.as_ref().map(|claim| &claim.ground)),
    ];
    let row = |(claim, ground): (&str, Option<&Ground>)| {
        let ground = ground?;
        // Claims that rest on the row itself are told with it.
        let told = claim == "type" || *ground != field.ground;
        // Nobody can break a default.
        let broken = if claim == DEFAULT {
            Default::default()
        } else {
            [ground.level.to_string(), ground.service.to_string()]
        };
        let [level, service] = broken;
        told.then(|| {
            [
                code(&field.path),
                claim.to_owned(),
                level,
                service,
                why(ground),
            ]
        })
    };
    claims.into_iter().filter_map(row).collect()
}

fn mistake(mistake: &Mistake) -> [String; 4] {
    let pair = |(from, to): &(Scalar, Scalar)| format!("`{from}` for `{to}`");
    let mut meant: Vec<String> = mistake.means.iter().map(code).collect();
    meant.extend(mistake.values.iter().map(pair));
    [
        mistake.name.clone(),
        code(&mistake.at),
        meant.join(", "),
        mistake.say.clone(),
    ]
}

fn bill(text: &mut String, spec: &Spec) {
    let Some(billing) = spec.billing() else {
        return;
    };
    let tiers = billing.tiers.iter().map(|tier| {
        [
            tier.name.clone(),
            format!("the tier; the short side has {} pixels", tier.short_side),
        ]
    });
    let addons = billing
        .addons
        .iter()
        .map(|addon| [format!("+{}", addon.name), "added to the tier".to_owned()]);
    let rows: Vec<[String; 2]> = tiers.chain(addons).collect();
    section(
        text,
        "Bill",
        &format!(
            "Page: {}.\n\n{}",
            billing.source,
            table(["name", "what it is"], &rows)
        ),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_every_model_is_told_once() {
        for contract in kling_spec::EMBEDDED {
            let spec = contract.parse();
            let text = reference(std::slice::from_ref(&spec));
            let fields = text.split("### What they rest on").next().unwrap();
            for path in spec.fields().keys() {
                assert_eq!(
                    fields.matches(&format!("\n| `{path}` |")).count(),
                    1,
                    "{path}"
                );
            }
        }
    }
}
