//! What can be wrong with a JSON text, and the messages about it.

use std::fmt;

use crate::encoding::Encoding;

/// How deeply objects and arrays may be nested. `serde_json` limits its own data structures to 127, and no request
/// comes near that.
pub const MAX_DEPTH: usize = 128;

/// The first place at which a text is not JSON.
///
/// `Display` says what is wrong; [`help`](Self::help) says what to do.
///
/// ```
/// let error = kling_json::check("{\"a\": 1,}").unwrap_err();
/// assert_eq!(error.offset, 7);
/// assert_eq!(error.to_string(), "there is a comma before the closing bracket");
/// assert_eq!(error.help(), Some("remove the comma"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct SyntaxError {
    /// What is wrong.
    pub kind: SyntaxErrorKind,
    /// The offset of the offending byte; the length of the text if the text ends too early.
    pub offset: usize,
}

/// The classes of syntax errors.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum SyntaxErrorKind {
    /// Bytes that are not UTF-8.
    InvalidUtf8,
    /// The text is in an encoding other than UTF-8.
    WideEncoding(Encoding),
    /// U+FEFF at the beginning of the text.
    ByteOrderMark,
    /// The text has only white space, or nothing.
    Empty,
    /// The text ends too early.
    UnexpectedEnd(Inside),
    /// A character that is not valid here.
    UnexpectedCharacter {
        /// The character.
        found: char,
        /// What would be valid here.
        expected: Expected,
    },
    /// A byte below 0x20 in a string.
    ControlCharacter(u8),
    /// A backslash before a character that is not an escape.
    BadEscape(char),
    /// `\u` without four hexadecimal digits.
    BadUnicodeEscape,
    /// A `\u` escape of one half of a surrogate pair without the other half.
    LoneSurrogate(u16),
    /// A comma before `}` or `]`.
    TrailingComma,
    /// Two values or members with nothing between them.
    MissingComma,
    /// A key and a value with nothing between them.
    MissingColon,
    /// `'` where a string was expected.
    SingleQuotes,
    /// A typographic quotation mark where a string was expected.
    CurlyQuotes,
    /// `//`, `/*` or `#`.
    Comment,
    /// A key that is a bare word.
    UnquotedKey,
    /// A value that is a bare word.
    UnquotedText,
    /// A literal of another language.
    ForeignLiteral(ForeignLiteral),
    /// A number such as `01`.
    LeadingZero,
    /// A number such as `+1`.
    LeadingPlus,
    /// A number such as `.5` or `5.`.
    BareDot,
    /// More than [`MAX_DEPTH`] nested objects and arrays.
    TooDeep,
    /// Text after the value.
    TrailingText,
    /// After an object, another one on a new line.
    AnotherObject,
    /// 4 GiB or more of text, too long for 32-bit offsets.
    TooLong,
}

/// What was being read when the text ended.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Inside {
    /// Nothing: a value was expected.
    Value,
    /// An object.
    Object,
    /// An array.
    Array,
    /// A string.
    String,
    /// A number.
    Number,
    /// `true`, `false` or `null`.
    Literal,
}

/// What would be valid in place of an unexpected character.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Expected {
    /// Any value.
    Value,
    /// A key, after a comma.
    Key,
    /// A key or `}`, after `{`.
    KeyOrEnd,
    /// `:`
    Colon,
    /// `,` or `}`
    CommaOrObjectEnd,
    /// `,` or `]`
    CommaOrArrayEnd,
    /// A digit of a number.
    Digit,
    /// Nothing more.
    End,
}

/// Literals of other languages that JSON does not have.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum ForeignLiteral {
    /// `NaN` in any case.
    NotANumber,
    /// `Infinity` or `inf` in any case, with or without a sign.
    Infinity,
    /// `true` in another case.
    True,
    /// `false` in another case.
    False,
    /// `None`, `nil`, `undefined`, or `null` in another case.
    Null,
}

impl SyntaxError {
    /// Makes an error at `offset`.
    #[cold]
    pub(crate) const fn new(kind: SyntaxErrorKind, offset: usize) -> Self {
        Self { kind, offset }
    }

    /// Returns what to do about it, as an imperative clause without a full stop.
    pub fn help(&self) -> Option<&'static str> {
        self.kind.help()
    }
}

impl SyntaxErrorKind {
    fn help(self) -> Option<&'static str> {
        Some(match self {
            Self::InvalidUtf8 => "save the text as UTF-8",
            Self::WideEncoding(encoding) => encoding.help(),
            Self::ByteOrderMark => "save the text as UTF-8 without a byte order mark",
            Self::Empty => "write a value",
            Self::UnexpectedEnd(Inside::Value) => "write a value here",
            Self::UnexpectedEnd(Inside::Object) => "close the object with `}`",
            Self::UnexpectedEnd(Inside::Array) => "close the array with `]`",
            Self::UnexpectedEnd(Inside::String) => "close the string with `\"`",
            Self::UnexpectedEnd(Inside::Number | Inside::Literal) => "complete the value",
            Self::UnexpectedCharacter { .. } => return None,
            Self::ControlCharacter(byte) => match byte {
                b'\n' => "write `\\n` for a line break, or close the string with `\"` before it",
                b'\r' => "write `\\r`, or close the string with `\"` before it",
                b'\t' => "write `\\t` for a tab",
                _ => "write it as `\\u00` and two hexadecimal digits, or remove it",
            },
            Self::BadEscape(_) => "write `\\\\` for a backslash",
            Self::BadUnicodeEscape => "write four hexadecimal digits after `\\u`",
            Self::LoneSurrogate(_) => {
                "write both halves of the pair, or the character itself in UTF-8"
            }
            Self::TrailingComma => "remove the comma",
            Self::MissingComma => "write `,` before it",
            Self::MissingColon => "write `:` between the key and its value",
            Self::SingleQuotes | Self::CurlyQuotes => "write `\"` on both sides of the text",
            Self::Comment => "remove the comment",
            Self::UnquotedKey => "write the key between `\"` and `\"`",
            Self::UnquotedText => "write the text between `\"` and `\"`",
            Self::ForeignLiteral(literal) => match literal {
                ForeignLiteral::NotANumber | ForeignLiteral::Infinity => {
                    "write a finite number, or remove it"
                }
                ForeignLiteral::True => "write `true`",
                ForeignLiteral::False => "write `false`",
                ForeignLiteral::Null => "write `null`, or remove it",
            },
            Self::LeadingZero => "remove the leading zeros",
            Self::LeadingPlus => "remove the `+`",
            Self::BareDot => "write a digit on both sides of the dot",
            Self::TooDeep => "nest fewer objects and arrays",
            Self::TrailingText => "remove what follows the first value",
            Self::AnotherObject => "read each line by itself, or keep one object",
            Self::TooLong => "use a shorter text",
        })
    }
}

impl std::error::Error for SyntaxError {}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl fmt::Display for SyntaxErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::InvalidUtf8 => f.write_str("the bytes are not UTF-8"),
            Self::WideEncoding(encoding) => {
                write!(f, "the text is {}, but JSON must be UTF-8", encoding.name())
            }
            Self::ByteOrderMark => f.write_str("the text begins with a byte order mark"),
            Self::Empty => f.write_str("the text is empty"),
            Self::UnexpectedEnd(inside) => f.write_str(match inside {
                Inside::Value => "the text ends where a value was expected",
                Inside::Object => "the text ends inside an object",
                Inside::Array => "the text ends inside an array",
                Inside::String => "the text ends inside a string",
                Inside::Number => "the text ends inside a number",
                Inside::Literal => "the text ends inside `true`, `false` or `null`",
            }),
            Self::UnexpectedCharacter { found, expected } => {
                write!(f, "expected {expected}, found {}", kling_text::name(found))
            }
            Self::ControlCharacter(byte) => match byte {
                b'\n' => f.write_str("there is a line break inside a string"),
                b'\r' => f.write_str("there is a carriage return inside a string"),
                b'\t' => f.write_str("there is a tab inside a string"),
                _ => write!(f, "the control character U+{byte:04X} is inside a string"),
            },
            Self::BadEscape(found) => {
                write!(
                    f,
                    "a backslash before {} has no meaning",
                    kling_text::name(found)
                )
            }
            Self::BadUnicodeEscape => f.write_str("`\\u` needs four hexadecimal digits"),
            Self::LoneSurrogate(unit) => {
                write!(
                    f,
                    "`\\u{unit:04x}` is one half of a surrogate pair, without the other half"
                )
            }
            Self::TrailingComma => f.write_str("there is a comma before the closing bracket"),
            Self::MissingComma => f.write_str("a comma is missing before this"),
            Self::MissingColon => f.write_str("a colon is missing after the key"),
            Self::SingleQuotes => f.write_str("a single quotation mark cannot begin a string"),
            Self::CurlyQuotes => f.write_str("a typographic quotation mark cannot begin a string"),
            Self::Comment => f.write_str("JSON has no comments"),
            Self::UnquotedKey => f.write_str("the key has no quotation marks"),
            Self::UnquotedText => f.write_str("the text has no quotation marks"),
            Self::ForeignLiteral(literal) => f.write_str(match literal {
                ForeignLiteral::NotANumber => "JSON has no NaN",
                ForeignLiteral::Infinity => "JSON has no Infinity",
                ForeignLiteral::True => "the JSON literal is `true`, in lower case",
                ForeignLiteral::False => "the JSON literal is `false`, in lower case",
                ForeignLiteral::Null => "the JSON literal is `null`, in lower case",
            }),
            Self::LeadingZero => f.write_str("a number cannot have leading zeros"),
            Self::LeadingPlus => f.write_str("a number cannot begin with `+`"),
            Self::BareDot => f.write_str("the dot of a number needs digits on both sides"),
            Self::TooDeep => write!(
                f,
                "more than {MAX_DEPTH} levels of objects and arrays are nested"
            ),
            Self::TrailingText => f.write_str("text follows the value"),
            Self::AnotherObject => f.write_str("another object follows on a new line"),
            Self::TooLong => f.write_str("the text is 4 GiB or longer"),
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Value => "a value",
            Self::Key => "a key between `\"` and `\"`",
            Self::KeyOrEnd => "a key between `\"` and `\"`, or `}`",
            Self::Colon => "`:` after the key",
            Self::CommaOrObjectEnd => "`,` or `}`",
            Self::CommaOrArrayEnd => "`,` or `]`",
            Self::Digit => "a digit",
            Self::End => "the end of the text",
        })
    }
}
