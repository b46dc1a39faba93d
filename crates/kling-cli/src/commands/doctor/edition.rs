//! Which edition of its pages the service follows, judged by the models that it lists.

use kling_check::Checker;
use kling_spec::{EDITIONS, SEED};

/// What a list of models says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Hint {
    /// The editions that the list agrees with; empty if it does not say.
    pub(super) editions: Vec<&'static str>,
    /// The ids that only these editions have.
    ids: Vec<String>,
}

/// Judges a list of ids: only those that some editions have and others do not are evidence.
pub(super) fn judge(listed: &[String]) -> Hint {
    let known: Vec<(&'static str, Vec<String>)> = EDITIONS
        .iter()
        .filter_map(|edition| {
            let checker = Checker::edition(edition).ok()?;
            Some((*edition, checker.models().map(str::to_owned).collect()))
        })
        .collect();
    let having = |id: &String| -> Vec<&'static str> {
        let with = known.iter().filter(|(_, ids)| ids.contains(id));
        with.map(|(edition, _)| *edition).collect()
    };
    let mut ids = Vec::new();
    let mut editions: Vec<&'static str> = EDITIONS.to_vec();
    for id in listed {
        let with = having(id);
        if !with.is_empty() && with.len() < known.len() {
            editions.retain(|edition| with.contains(edition));
            ids.push(id.clone());
        }
    }
    if ids.is_empty() {
        editions.clear();
    }
    Hint { editions, ids }
}

impl Hint {
    /// Says it to people, and what to do.
    pub(super) fn message(&self) -> String {
        let ids: Vec<String> = self.ids.iter().map(|id| format!("`{id}`")).collect();
        let ids = ids.join(" and ");
        match self.editions.as_slice() {
            [] if self.ids.is_empty() => {
                "the models that the service lists do not say which edition of its pages it follows"
                    .to_owned()
            }
            [] => format!(
                "the service lists {ids}, which no single edition of its pages has, so it is not known which one it follows"
            ),
            [.., newest] if !self.editions.contains(&SEED) => format!(
                "the service lists {ids}: edition {}; check requests by it with `--edition {newest}`, or with `edition = \"{newest}\"` in \
                 `kling.toml`",
                self.editions.join(" or ")
            ),
            several => format!(
                "the service lists {ids}: edition {}; requests are checked by {SEED} unless `--edition` or `kling.toml` names another",
                several.join(" or ")
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::judge;

    fn judged(ids: &[&str]) -> (Vec<&'static str>, String) {
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let hint = judge(&ids);
        (hint.editions.clone(), hint.message())
    }

    #[test]
    fn an_id_that_only_some_editions_have_speaks_for_them() {
        let (editions, message) = judged(&["kling-v3", "kling-3.0-turbo", "other"]);
        assert_eq!(editions, ["2026-09-zh"]);
        assert_eq!(
            message,
            "the service lists `kling-3.0-turbo`: edition 2026-09-zh; check requests by it with `--edition 2026-09-zh`, or with \
             `edition = \"2026-09-zh\"` in `kling.toml`"
        );
        let (editions, message) = judged(&["kling-v3-fast"]);
        assert!(editions.contains(&"seed") && !editions.contains(&"2026-09-zh"));
        assert!(
            message.contains("`kling-v3-fast`") && message.contains("checked by seed"),
            "{message}"
        );
    }

    #[test]
    fn other_lists_say_nothing() {
        for ids in [&[][..], &["kling-v3", "kling-v3-omni"], &["other"]] {
            let (editions, message) = judged(ids);
            assert!(
                editions.is_empty() && message.contains("do not say"),
                "{message}"
            );
        }
        let (editions, message) = judged(&["kling-v3-fast", "kling-3.0-turbo"]);
        assert!(editions.is_empty());
        assert!(message.contains("no single edition"), "{message}");
    }
}
