//! Writing a placeholder into the prompt for every item of every list that placeholders name.

use kling_spec::{Path, Spec, Step};

use crate::choices::Choices;
use crate::json::Json;

/// Returns the placeholder of an item, by its number from 1.
pub(crate) fn mark(kind: &str, number: usize) -> String {
    format!("<<<{kind}_{number}>>>")
}

/// Mentions all items in the order of their lists and leaves room for `spare` more characters. Returns `None` if the
/// text cannot hold them.
pub(crate) fn mention(
    spec: &Spec,
    plan: &mut Json,
    spare: usize,
    choices: &mut Choices,
) -> Option<()> {
    let Some(placeholders) = &spec.placeholders() else {
        return Some(());
    };
    let mut lists: Vec<Vec<String>> = Vec::new();
    for kind in &placeholders.kinds {
        let list = kind.list.as_ref().and_then(|list| find(plan, list));
        let count = list.map_or(0, |list| list.items().len());
        lists.push(
            (1..=count)
                .rev()
                .map(|number| mark(&kind.name, number))
                .collect(),
        );
    }
    let mut marks = Vec::new();
    while lists.iter().any(|list| !list.is_empty()) {
        let filled: Vec<usize> = (0..lists.len())
            .filter(|&list| !lists[list].is_empty())
            .collect();
        let list = filled[choices.below(filled.len())];
        marks.extend(lists[list].pop());
        // A repeated mention is as good as the first one.
        if choices.chance(15)
            && let Some(again) = marks.get(choices.below(marks.len())).cloned()
        {
            marks.push(again);
        }
    }
    if marks.is_empty() && spare == 0 {
        return Some(());
    }
    let field = spec.fields().get(&placeholders.field)?;
    let length = spare + marks.iter().map(String::len).sum::<usize>();
    let limit = field
        .max_characters
        .as_ref()
        .and_then(|claim| usize::try_from(claim.value).ok());
    let room = limit.unwrap_or(usize::MAX).checked_sub(length)?;
    let place = placeholders.field.parent().unwrap_or_default();
    let name = placeholders.field.name()?;
    let around = find_mut(plan, &place)?;
    let text = match around.member(name) {
        None if marks.is_empty() => return Some(()),
        written => written.and_then(Json::as_str).unwrap_or_default(),
    };
    let characters: Vec<char> = text.chars().take(room).collect();
    let mut cuts: Vec<usize> = marks
        .iter()
        .map(|_| choices.below(characters.len() + 1))
        .collect();
    cuts.sort_unstable();
    let mut written = String::new();
    let mut from = 0;
    for (cut, mark) in cuts.into_iter().zip(marks) {
        written.extend(&characters[from..cut]);
        written.push_str(&mark);
        from = cut;
    }
    written.extend(&characters[from..]);
    around.set(name, Json::String(written));
    Some(())
}

fn find<'j>(plan: &'j Json, path: &Path) -> Option<&'j Json> {
    crate::holds::find(plan, path)
}

/// Returns the value at a path of members, for changing it.
pub(crate) fn find_mut<'j>(plan: &'j mut Json, path: &Path) -> Option<&'j mut Json> {
    let mut place = Vec::new();
    for step in path.steps() {
        let Step::Member(name) = step else {
            return None;
        };
        place.push(crate::json::pointer::Key::Member(name.clone()));
    }
    plan.at_mut(&place)
}
