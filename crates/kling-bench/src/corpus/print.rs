//! A tree of JSON, printed in the way of the usual libraries.

use std::fmt::Write as _;

/// A value; numbers and literals are text as written.
#[derive(Debug, Clone)]
pub(crate) enum Json {
    Text(String),
    Raw(String),
    List(Vec<Json>),
    Object(Members),
}

/// Members in the order in which they are printed; a key may occur twice.
pub(crate) type Members = Vec<(String, Json)>;

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Raw(value.to_string())
    }
}

impl From<u32> for Json {
    fn from(value: u32) -> Self {
        Self::Raw(value.to_string())
    }
}

/// Where spaces and line ends are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Nowhere.
    Compact,
    /// A space after `,` and `:`.
    Spaced,
    /// One member per line, two spaces per level.
    Indented,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    pub(crate) layout: Layout,
    /// Whether characters other than ASCII are escaped.
    pub(crate) ascii: bool,
}

/// Returns the text of a request.
pub(crate) fn text(members: &Members, style: Style) -> String {
    let mut printer = Printer {
        out: String::with_capacity(1024),
        style,
        depth: 0,
    };
    printer.object(members);
    printer.out
}

/// Returns the length of that text.
pub(crate) fn length(members: &Members, style: Style) -> usize {
    text(members, style).len()
}

/// Returns the length of a text inside a string.
pub(crate) fn length_in_string(content: &str, style: Style) -> usize {
    let mut printer = Printer {
        out: String::with_capacity(2 * content.len()),
        style,
        depth: 0,
    };
    printer.string(content);
    printer.out.len() - 2
}

struct Printer {
    out: String,
    style: Style,
    depth: usize,
}

impl Printer {
    fn value(&mut self, value: &Json) {
        match value {
            Json::Text(text) => self.string(text),
            Json::Raw(raw) => self.out.push_str(raw),
            Json::Object(members) => self.object(members),
            Json::List(items) => self.sequence('[', ']', items, Self::value),
        }
    }

    fn object(&mut self, members: &Members) {
        self.sequence('{', '}', members, |printer, (key, value)| {
            printer.string(key);
            printer
                .out
                .push_str(if printer.style.layout == Layout::Compact {
                    ":"
                } else {
                    ": "
                });
            printer.value(value);
        });
    }

    fn sequence<T>(&mut self, open: char, close: char, items: &[T], print: impl Fn(&mut Self, &T)) {
        self.out.push(open);
        self.depth += 1;
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.out.push_str(if self.style.layout == Layout::Spaced {
                    ", "
                } else {
                    ","
                });
            }
            self.new_line();
            print(self, item);
        }
        self.depth -= 1;
        if !items.is_empty() {
            self.new_line();
        }
        self.out.push(close);
    }

    fn new_line(&mut self) {
        if self.style.layout == Layout::Indented {
            self.out.push('\n');
            self.out.extend(std::iter::repeat_n("  ", self.depth));
        }
    }

    fn string(&mut self, content: &str) {
        self.out.push('"');
        for sign in content.chars() {
            match sign {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\n' => self.out.push_str("\\n"),
                sign if self.style.ascii && !sign.is_ascii() => {
                    for unit in sign.encode_utf16(&mut [0; 2]) {
                        write!(self.out, "\\u{unit:04x}").expect("a string takes every text");
                    }
                }
                sign => self.out.push(sign),
            }
        }
        self.out.push('"');
    }
}
