//! The files of the page that shows what the emulator does.
//!
//! It is a single document with its own style and scripts and no external resources: it gets the state from
//! `/_emulator/events` and posts to `/_emulator/faults` and `/_emulator/clock`. What a client sent is shown only as
//! text, and the policy enforces that, whatever a request contains.

/// What the browser allows the page: to load from here only, to send nothing elsewhere, to be in no frame, and never
/// to turn text into elements.
pub(crate) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; \
    script-src 'self'; connect-src 'self'; media-src 'self'; img-src 'self'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
    trusted-types 'none'";

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

/// The files: path, `Content-Type`, content. To be served with [`CONTENT_SECURITY_POLICY`].
pub(crate) const FILES: &[(&str, &str, &str)] = &[
    (
        "/",
        "text/html; charset=utf-8",
        include_str!("page/index.html"),
    ),
    (
        "/_emulator/page/style.css",
        STYLE,
        include_str!("page/style.css"),
    ),
    (
        "/_emulator/page/requests.css",
        STYLE,
        include_str!("page/requests.css"),
    ),
    (
        "/_emulator/page/tasks.css",
        STYLE,
        include_str!("page/tasks.css"),
    ),
    (
        "/_emulator/page/ledger.css",
        STYLE,
        include_str!("page/ledger.css"),
    ),
    (
        "/_emulator/page/faults.css",
        STYLE,
        include_str!("page/faults.css"),
    ),
    (
        "/_emulator/page/icon.svg",
        "image/svg+xml",
        include_str!("page/icon.svg"),
    ),
    (
        "/_emulator/page/page.js",
        SCRIPT,
        include_str!("page/page.js"),
    ),
    (
        "/_emulator/page/body.js",
        SCRIPT,
        include_str!("page/body.js"),
    ),
    (
        "/_emulator/page/controls.js",
        SCRIPT,
        include_str!("page/controls.js"),
    ),
    (
        "/_emulator/page/dom.js",
        SCRIPT,
        include_str!("page/dom.js"),
    ),
    (
        "/_emulator/page/ledger.js",
        SCRIPT,
        include_str!("page/ledger.js"),
    ),
    (
        "/_emulator/page/requests.js",
        SCRIPT,
        include_str!("page/requests.js"),
    ),
    (
        "/_emulator/page/tasks.js",
        SCRIPT,
        include_str!("page/tasks.js"),
    ),
    (
        "/_emulator/page/text.js",
        SCRIPT,
        include_str!("page/text.js"),
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_file_of_the_page_is_served() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/page");
        let there: BTreeSet<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        let served: BTreeSet<String> = FILES
            .iter()
            .map(|(path, _, _)| match path.rsplit('/').next() {
                Some("") | None => "index.html".to_owned(),
                Some(name) => name.to_owned(),
            })
            .collect();
        assert_eq!(served, there);
    }

    #[test]
    fn what_a_file_names_is_served() {
        let paths: BTreeSet<&str> = FILES.iter().map(|(path, _, _)| *path).collect();
        let mut named = 0;
        for (path, _, content) in FILES {
            for part in content.split('"') {
                let whole = match part.strip_prefix("./") {
                    Some(name) => format!("/_emulator/page/{name}"),
                    None => part.to_owned(),
                };
                if whole.starts_with("/_emulator/page/") {
                    assert!(paths.contains(&*whole), "{path} names {part}");
                    named += 1;
                }
            }
        }
        assert!(named > 10, "{named}");
    }

    #[test]
    fn nothing_is_from_elsewhere_and_nothing_becomes_elements() {
        let namespace = "http://www.w3.org/2000/svg";
        for (path, _, content) in FILES {
            let content = content.replace(namespace, "");
            for wrong in [
                "http:",
                "https:",
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "document.write",
                "eval(",
                "new Function",
                "<style",
                " style=",
                " onclick=",
            ] {
                assert!(!content.contains(wrong), "{path} has {wrong}");
            }
        }
    }

    #[test]
    fn no_back_tick_is_shown_as_it_is() {
        let page = include_str!("page/index.html");
        assert!(!page.contains('`'));
        // Backticks in messages come in pairs, and the script formats the text between them as code.
        for kind in crate::CATALOGUE {
            assert!(kind.about.matches('`').count() % 2 == 0, "{}", kind.name);
        }
        let scripts: String = FILES.iter().map(|(_, _, content)| *content).collect();
        for message in ["finding.message", "fault.about", "problem", "text"] {
            let shown = format!("...prose({message})");
            assert!(scripts.contains(&shown), "{message} is shown as it is");
        }
    }

    /// The colours that the style sheet defines between two marks, as red, green and blue.
    fn colours(begin: &str, end: &str) -> BTreeMap<String, [f64; 3]> {
        let style = include_str!("page/style.css");
        let part = style
            .split_once(begin)
            .unwrap()
            .1
            .split_once(end)
            .unwrap()
            .0;
        let declarations = part
            .lines()
            .filter_map(|line| line.trim().split_once(": #"));
        declarations
            .map(|(name, value)| {
                let channel = |at: usize| {
                    let value = u8::from_str_radix(&value[at..at + 2], 16).unwrap();
                    f64::from(value) / 255.0
                };
                (name.to_owned(), [channel(0), channel(2), channel(4)])
            })
            .collect()
    }

    /// The contrast of two colours according to WCAG 2.
    fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
        let luminance = |colour: [f64; 3]| {
            let [red, green, blue] = colour.map(|channel| {
                if channel <= 0.04045 {
                    channel / 12.92
                } else {
                    ((channel + 0.055) / 1.055).powf(2.4)
                }
            });
            0.2126 * red + 0.7152 * green + 0.0722 * blue
        };
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn text_can_be_read_on_its_ground_by_day_and_by_night() {
        assert!((contrast([0.0; 3], [1.0; 3]) - 21.0).abs() < 1e-9);
        let light = colours("color-scheme: light dark;", "--mono");
        let dark = colours("@media (prefers-color-scheme: dark)", "* {");
        assert_eq!(
            light.keys().collect::<Vec<_>>(),
            dark.keys().collect::<Vec<_>>()
        );
        for colours in [light, dark] {
            let mut pairs = vec![("--on-accent".to_owned(), "--accent".to_owned())];
            for ground in ["--ground", "--card", "--sunken"] {
                for text in [
                    "--text",
                    "--quiet",
                    "--accent",
                    "--bad",
                    "--warning",
                    "--note",
                ] {
                    pairs.push((text.to_owned(), ground.to_owned()));
                }
            }
            for meaning in ["good", "bad", "warning", "note", "fault"] {
                pairs.push((format!("--{meaning}"), format!("--{meaning}-ground")));
            }
            // The rows of the ledger.
            pairs.push(("--text".to_owned(), "--bad-ground".to_owned()));
            for (text, ground) in pairs {
                let contrast = contrast(colours[&text], colours[&ground]);
                assert!(contrast >= 4.5, "{text} on {ground}: {contrast:.2}");
            }
        }
    }
}
