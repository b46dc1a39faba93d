//! What a walk over a request has learnt for the rules that look at several members.

use kling_json::{Number, Text};

use crate::table::{
    ArrayTable, Bits, Capture, FieldId, FieldKind, MAX_ITEM_CONDITIONS, MAX_LISTS, Table, Truth,
};

/// How many items satisfy a condition: of some it is not known.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Hits {
    pub(crate) sure: u32,
    pub(crate) open: u32,
}

/// The value of a member that says how long the video is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Seconds {
    #[default]
    Absent,
    Known(i64),
    /// There, but not to be used.
    Open,
}

/// The value of a member that says what shape the video has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Ratio {
    #[default]
    Absent,
    Known(u16, u16),
    /// There, but not to be used.
    Open,
}

/// The state of the leaves of all conditions, and the values that are needed later.
#[derive(Debug)]
pub(crate) struct Facts<'t> {
    /// The leaves that hold.
    pub(crate) holds: Bits,
    /// The leaves that a malformed member leaves open.
    pub(crate) open: Bits,
    pub(crate) counts: [u32; MAX_LISTS],
    /// Whether any list has been read.
    has_lists: bool,
    /// Whether an item left a condition open.
    has_open_items: bool,
    /// Bit i: the length of list i is not known.
    pub(crate) open_counts: u32,
    pub(crate) hits: [Hits; MAX_ITEM_CONDITIONS],
    pub(crate) prompt: Option<Text<'t>>,
    pub(crate) seconds: Seconds,
    pub(crate) ratio: Ratio,
}

impl Facts<'_> {
    #[inline]
    pub(crate) fn new(table: &Table) -> Self {
        Self {
            holds: table.initial,
            open: 0,
            counts: [0; MAX_LISTS],
            has_lists: false,
            has_open_items: false,
            open_counts: 0,
            hits: [Hits::default(); MAX_ITEM_CONDITIONS],
            prompt: None,
            seconds: Seconds::Absent,
            ratio: Ratio::Absent,
        }
    }

    /// A member is there.
    #[inline]
    pub(crate) fn present(&mut self, table: &Table, field: FieldId) {
        self.holds |= table.field(field).present;
    }

    /// A member has a value that sets these leaves of those that compare it.
    #[inline]
    pub(crate) fn compared(&mut self, all: Bits, set: Bits) {
        self.holds = self.holds & !all | set;
        self.open &= !all;
    }

    /// A member is there, but its value cannot be used.
    pub(crate) fn unusable(&mut self, table: &Table, field: FieldId) {
        let compiled = table.field(field);
        self.open |= compiled.compared | compiled.present;
        match compiled.capture {
            Capture::Seconds => self.seconds = Seconds::Open,
            Capture::Ratio => self.ratio = Ratio::Open,
            Capture::Nothing | Capture::Model | Capture::Prompt => {}
        }
        if let FieldKind::Array(array) = &compiled.kind {
            self.open |= array.depends;
            self.open_counts |= 1 << array.list;
        }
    }

    #[inline]
    pub(crate) fn begin_list(&mut self, array: &ArrayTable) {
        for &condition in &array.conditions {
            self.hits[condition] = Hits::default();
        }
        self.compared(array.counting, array.counting_initial);
        self.has_lists = true;
        self.open_counts &= !(1 << array.list);
        self.open &= !array.depends;
    }

    #[inline]
    pub(crate) fn begin_item(&mut self, array: &ArrayTable) {
        self.compared(array.item_leaves, array.item_initial);
    }

    /// Counts which conditions the item satisfies; tells them to `hit`.
    #[inline]
    pub(crate) fn end_item(
        &mut self,
        table: &Table,
        array: &ArrayTable,
        mut hit: impl FnMut(usize),
    ) {
        for &index in &array.conditions {
            let condition = &table.item_conditions[index];
            let hits = &mut self.hits[index];
            match condition.formula.truth(self.holds, self.open) {
                Truth::Yes => {
                    hits.sure = hits.sure.saturating_add(1);
                    hit(index);
                    self.holds |= condition.contains_leaf;
                    for &(leaf, limit) in &condition.max_contains {
                        if u64::from(hits.sure) > limit {
                            self.holds &= !(1 << leaf);
                        }
                    }
                }
                Truth::Open => {
                    hits.open = hits.open.saturating_add(1);
                    self.has_open_items = true;
                }
                Truth::No => {}
            }
        }
    }

    #[inline]
    pub(crate) fn end_list(
        &mut self,
        table: &Table,
        list: FieldId,
        array: &ArrayTable,
        count: u32,
    ) {
        self.counts[array.list] = count;
        let present = table.field(list).present;
        self.compared(present, if count > 0 { present } else { 0 });
    }

    /// Sets the leaves that count, once everything has been read.
    pub(crate) fn settle(&mut self, table: &Table) {
        if !self.has_lists && self.open_counts == 0 {
            // Nothing was counted: the leaves are what they were at the beginning.
            return;
        }
        if self.has_open_items || self.open_counts != 0 {
            self.open_counting(table);
        }
        for sum in &table.sums {
            let total: u64 = sum
                .lists
                .iter()
                .map(|&list| u64::from(self.counts[list]))
                .sum();
            let unknown = sum.lists.iter().any(|&list| self.is_open(list));
            self.set(sum.leaf, total <= sum.limit, unknown && total <= sum.limit);
        }
    }

    /// Leaves open what items that say nothing may satisfy.
    #[cold]
    fn open_counting(&mut self, table: &Table) {
        for (condition, hits) in table.item_conditions.iter().zip(self.hits) {
            let unknown = self.is_open(condition.list);
            if let Some(leaf) = condition.contains {
                self.set(
                    leaf,
                    hits.sure > 0,
                    unknown || hits.sure == 0 && hits.open > 0,
                );
            }
            for &(leaf, limit) in &condition.max_contains {
                let sure = u64::from(hits.sure);
                let most = sure + u64::from(hits.open);
                self.set(
                    leaf,
                    sure <= limit,
                    unknown || sure <= limit && most > limit,
                );
            }
        }
    }

    /// Whether the length of a list is not known, because it is malformed.
    pub(crate) const fn is_open(&self, list: usize) -> bool {
        self.open_counts >> list & 1 == 1
    }

    fn set(&mut self, leaf: u8, holds: bool, open: bool) {
        let bit: Bits = 1 << leaf;
        self.holds = if holds {
            self.holds | bit
        } else {
            self.holds & !bit
        };
        self.open = if open {
            self.open | bit
        } else {
            self.open & !bit
        };
    }
}

/// The whole value of a number as far as integers are compared.
#[inline]
pub(crate) fn integer_value(number: &Number<'_>) -> Option<i64> {
    let raw = number.raw().as_bytes();
    match raw {
        [one @ b'0'..=b'9'] => Some(i64::from(one - b'0')),
        [ten @ b'1'..=b'9', one @ b'0'..=b'9'] => {
            Some(i64::from(ten - b'0') * 10 + i64::from(one - b'0'))
        }
        _ => number.to_i64(),
    }
}

/// The parts of a ratio: two whole numbers from 1 to 9999 with a colon between them.
pub(crate) fn ratio_parts(text: &str) -> Option<(u16, u16)> {
    let (width, height) = text.split_once(':')?;
    Some((ratio_part(width)?, ratio_part(height)?))
}

fn ratio_part(text: &str) -> Option<u16> {
    let plain = (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if !plain || text.starts_with('0') {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_two_whole_numbers() {
        assert_eq!(ratio_parts("16:9"), Some((16, 9)));
        assert_eq!(ratio_parts("9999:1"), Some((9999, 1)));
        for text in [
            "", ":", "16", "16:", "0:1", "16:09", "16x9", "10000:1", "16:9:1", " 16:9", "+1:1",
            "１:1",
        ] {
            assert_eq!(ratio_parts(text), None, "{text}");
        }
    }
}
