//! Prints a plan as a text, in plain or unusual but always correct JSON.

use proptest::strategy::Strategy;

use crate::choices::{Choices, built};
use crate::json::Json;

/// Where white space is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Nowhere.
    Compact,
    /// One member per line, two spaces per level.
    Pretty,
    /// Like pretty, with carriage returns and tabs.
    CarriageReturns,
    /// Anywhere, at random.
    Scattered,
}

/// How a plan is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Decides everything that is random here.
    pub seed: u64,
    /// Where white space is written.
    pub layout: Layout,
    /// Whether members are reordered; equal keys keep their order.
    pub shuffle: bool,
    /// How many of a hundred characters in keys and texts are escaped unnecessarily.
    pub escapes: u8,
    /// Whether integers may be written with a fraction or an exponent.
    pub notation: bool,
}

impl Style {
    /// Compact, in order, without unnecessary escapes.
    pub const PLAIN: Self = Self {
        seed: 0,
        layout: Layout::Compact,
        shuffle: false,
        escapes: 0,
        notation: false,
    };

    pub(crate) fn draw(choices: &mut Choices, notation: bool) -> Self {
        let layouts = [
            Layout::Compact,
            Layout::Pretty,
            Layout::CarriageReturns,
            Layout::Scattered,
        ];
        let layout = layouts[choices.below(layouts.len())];
        let escapes = [0, 0, 3, 30, 100][choices.below(5)];
        let shuffle = choices.chance(50);
        Self {
            seed: choices.seed(),
            layout,
            shuffle,
            escapes,
            notation: notation && choices.chance(30),
        }
    }
}

/// Generates any style, with or without unusual notations of integers.
pub fn style(notation: bool) -> impl Strategy<Value = Style> {
    built(move |choices| Style::draw(choices, notation))
}

/// Returns the compact text of a plan.
///
/// ```
/// use kling_testgen::{Json, plain};
///
/// let plan = Json::Object(vec![("a".to_owned(), Json::Array(vec![Json::Integer(5), Json::Null]))]);
/// assert_eq!(plain(&plan), r#"{"a":[5,null]}"#);
/// ```
pub fn plain(plan: &Json) -> String {
    print(plan, &Style::PLAIN)
}

/// Returns the text of a plan in a style. The same plan and style yield the same text.
pub fn print(plan: &Json, style: &Style) -> String {
    let mut printer = Printer {
        style,
        noise: Noise(style.seed),
        text: String::new(),
    };
    printer.gap();
    printer.value(plan, 0);
    printer.gap();
    printer.text
}

/// A small random number generator, for what need not shrink.
struct Noise(u64);

impl Noise {
    /// Advances the generator known as `SplitMix64`.
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)).checked_rem(limit).unwrap_or(0)
    }

    fn index(&mut self, count: usize) -> usize {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        usize::try_from(self.below(count)).unwrap_or(0)
    }
}

struct Printer<'s> {
    style: &'s Style,
    noise: Noise,
    text: String,
}

impl Printer<'_> {
    fn value(&mut self, value: &Json, depth: usize) {
        match value {
            Json::Null => self.text.push_str("null"),
            Json::Boolean(value) => self.text.push_str(if *value { "true" } else { "false" }),
            Json::Integer(value) => self.integer(*value),
            Json::Number(text) => self.text.push_str(text),
            Json::String(text) => self.string(text),
            Json::Array(items) => {
                self.text.push('[');
                for (index, item) in items.iter().enumerate() {
                    self.separate(index, depth + 1);
                    self.value(item, depth + 1);
                    self.gap();
                }
                self.close(items.is_empty(), depth, ']');
            }
            Json::Object(members) => {
                self.text.push('{');
                for (index, at) in self.order(members).into_iter().enumerate() {
                    let (key, value) = &members[at];
                    self.separate(index, depth + 1);
                    self.string(key);
                    self.gap();
                    self.text.push(':');
                    if matches!(self.style.layout, Layout::Pretty | Layout::CarriageReturns) {
                        self.text.push(' ');
                    }
                    self.gap();
                    self.value(value, depth + 1);
                    self.gap();
                }
                self.close(members.is_empty(), depth, '}');
            }
        }
    }

    fn separate(&mut self, index: usize, depth: usize) {
        if index > 0 {
            self.text.push(',');
        }
        self.line(depth);
        self.gap();
    }

    fn close(&mut self, empty: bool, depth: usize, bracket: char) {
        if empty {
            self.gap();
        } else {
            self.line(depth);
        }
        self.text.push(bracket);
    }

    fn line(&mut self, depth: usize) {
        let (end, indentation) = match self.style.layout {
            Layout::Compact | Layout::Scattered => return,
            Layout::Pretty => ("\n", "  "),
            Layout::CarriageReturns => ("\r\n", "\t"),
        };
        self.text.push_str(end);
        for _ in 0..depth {
            self.text.push_str(indentation);
        }
    }

    /// Writes white space, if the layout scatters it.
    fn gap(&mut self) {
        if self.style.layout == Layout::Scattered {
            let gaps = ["", "", " ", "\n", "\t", "\r", "  ", " \r\n\t "];
            let gap = gaps[self.noise.index(gaps.len())];
            self.text.push_str(gap);
        }
    }

    /// Returns the order in which members are printed.
    fn order(&mut self, members: &[(String, Json)]) -> Vec<usize> {
        let mut order: Vec<usize> = (0..members.len()).collect();
        if !self.style.shuffle {
            return order;
        }
        for last in (1..order.len()).rev() {
            let other = self.noise.index(last + 1);
            order.swap(last, other);
        }
        // The order of equal keys has a meaning.
        for (key, _) in members {
            let slots: Vec<usize> = (0..order.len())
                .filter(|&slot| members[order[slot]].0 == *key)
                .collect();
            let mut equal: Vec<usize> = slots.iter().map(|&slot| order[slot]).collect();
            equal.sort_unstable();
            for (slot, index) in slots.into_iter().zip(equal) {
                order[slot] = index;
            }
        }
        order
    }

    fn integer(&mut self, value: i64) {
        let way = if self.style.notation {
            self.noise.below(6)
        } else {
            0
        };
        let text = match way {
            1 => format!("{value}.0"),
            2 => format!("{value}e0"),
            3 if value != 0 => format!("{value}0e-1"),
            4 => format!("{value}.000E+0"),
            _ => value.to_string(),
        };
        self.text.push_str(&text);
    }

    fn string(&mut self, text: &str) {
        self.text.push('"');
        for character in text.chars() {
            let needless = self.noise.below(100) < u64::from(self.style.escapes);
            let short = match character {
                '"' => Some('"'),
                '\\' => Some('\\'),
                '\n' => Some('n'),
                '\r' => Some('r'),
                '\t' => Some('t'),
                '\u{8}' => Some('b'),
                '\u{c}' => Some('f'),
                '/' if needless => Some('/'),
                _ => None,
            };
            match short {
                Some(short) if !needless || self.noise.below(2) == 0 => {
                    self.text.push('\\');
                    self.text.push(short);
                }
                Some(_) => self.unicode_escape(character),
                None if needless || character < ' ' => self.unicode_escape(character),
                None => self.text.push(character),
            }
        }
        self.text.push('"');
    }

    /// Writes a `\u` escape; for a character beyond the first 65536, two of them, a surrogate pair.
    fn unicode_escape(&mut self, character: char) {
        let capitals = self.noise.below(2) == 0;
        for unit in character.encode_utf16(&mut [0; 2]) {
            let escape = if capitals {
                format!("\\u{unit:04X}")
            } else {
                format!("\\u{unit:04x}")
            };
            self.text.push_str(&escape);
        }
    }
}
