//! The pieces of a prompt: the types that the other modules find and check.

use alloc::format;
use alloc::string::String;
use core::ops::Range;

/// What a placeholder refers to: item `number` of the list that belongs to a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// Index into the kinds passed in.
    pub kind: usize,
    /// The number as written. Items count from 1, but any number can be written, including 0; [`u32::MAX`] if it does
    /// not fit.
    pub number: u32,
}

/// A piece of a prompt. Exhaustive, so that callers handle each of them.
///
/// All spans are byte offsets into the prompt and lie on character boundaries.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Part<'p> {
    /// Text that is not a placeholder and does not look like one.
    Text(Text<'p>),
    /// A placeholder: exactly `<<<kind_N>>>`.
    Placeholder(Placeholder),
    /// The shape of a placeholder around a word that is not a kind.
    WrongKind(WrongKind<'p>),
    /// Something that begins like a placeholder but is not one.
    Malformed(Malformed<'p>),
    /// A placeholder as other programs write it.
    Dialect(Dialect<'p>),
}

impl Part<'_> {
    /// Returns where the part is in the prompt, in bytes. `&prompt[part.span()]` is its source.
    pub fn span(&self) -> Range<usize> {
        match self {
            Part::Text(part) => part.span.clone(),
            Part::Placeholder(part) => part.span.clone(),
            Part::WrongKind(part) => part.span.clone(),
            Part::Malformed(part) => part.span.clone(),
            Part::Dialect(part) => part.span.clone(),
        }
    }

    /// Returns what the part refers to, or was most probably meant to; `None` for text and for anything ambiguous.
    pub fn reference(&self) -> Option<Reference> {
        match self {
            Part::Text(_) => None,
            Part::Placeholder(part) => Some(part.reference()),
            Part::WrongKind(part) => part.meaning,
            Part::Malformed(part) => part.meaning,
            Part::Dialect(part) => part.meaning,
        }
    }
}

/// A stretch of text between placeholders, never empty.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Text<'p> {
    /// The text as written.
    pub source: &'p str,
    /// Where it is, in bytes.
    pub span: Range<usize>,
}

/// A placeholder, exactly `<<<kind_N>>>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Placeholder {
    /// Index into the kinds passed in.
    pub kind: usize,
    /// The number as written. Items count from 1, but 0 can be written; [`u32::MAX`] if the number does not fit.
    pub number: u32,
    /// Where it is, in bytes, with all its angle brackets.
    pub span: Range<usize>,
}

impl Placeholder {
    /// Returns kind and number together.
    pub fn reference(&self) -> Reference {
        Reference {
            kind: self.kind,
            number: self.number,
        }
    }
}

/// `<<<word_N>>>` with a word that is not a kind.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct WrongKind<'p> {
    /// The word as written. It may be long: shorten it before showing it.
    pub word: &'p str,
    /// The number as written, without leading zeros; [`u32::MAX`] if it does not fit.
    pub number: u32,
    /// The placeholder that was meant, where the word is another one for a kind (`img`).
    pub meaning: Option<Reference>,
    /// Where it is, in bytes, with all its angle brackets.
    pub span: Range<usize>,
}

/// `<<<` and a word that together do not make a placeholder.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Malformed<'p> {
    /// The source as written. It may be long: shorten it before showing it.
    pub source: &'p str,
    /// What is wrong with it.
    pub reason: Reason,
    /// The placeholder that was meant, where only one reading is possible.
    pub meaning: Option<Reference>,
    /// Where it is, in bytes.
    pub span: Range<usize>,
}

/// What is wrong with a [`Malformed`] placeholder.
///
/// If several things are wrong, the first of this list is reported. Exhaustive, so that callers handle each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The word is not a kind, and this is not the shape `<<<word_N>>>` either: `<<<foo>>>`.
    UnknownWord,
    /// A kind without a number: `<<<image>>>`, `<<<image_>>>`.
    NoNumber,
    /// Something other than a number in its place: `<<<image_N>>>`, `<<<image_1.5>>>`, `<<<image_-1>>>`.
    BadNumber,
    /// Some or all of the three closing `>` are missing: `<<<image_1`, `<<<image_1>>`.
    Unclosed,
    /// Nothing between kind and number: `<<<image1>>>`.
    MissingUnderscore,
    /// Something else between kind and number: `<<<image-1>>>`, `<<<image__1>>>`.
    OtherSeparator,
    /// The number has a leading zero: `<<<image_01>>>`.
    LeadingZero,
    /// The kind in another case: `<<<Image_1>>>`.
    Case,
    /// Blanks inside: `<<< image_1 >>>`, `<<<image 1>>>`.
    Blank,
}

/// A placeholder as other programs write it.
///
/// A dialect consists of a kind, or a well-known other word for it, and a number. The one exception is
/// [`Form::DoubleBraces`] around anything: a template variable that was never filled in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Dialect<'p> {
    /// The source as written. It may be long: shorten it before showing it.
    pub source: &'p str,
    /// How it is written.
    pub form: Form,
    /// The placeholder that was meant; `None` only for [`Form::DoubleBraces`].
    pub meaning: Option<Reference>,
    /// Where it is, in bytes.
    pub span: Range<usize>,
}

/// How a [`Dialect`] is written. Case does not matter in any of them. What may be between kind and number, except in
/// [`Form::At`], is what a [`Malformed`] with a meaning may have there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Form {
    /// `<<image_1>>`: one angle bracket short, closed by one to three.
    DoubleAngle,
    /// `<image_1>`, `<IMAGE_1>`, `<Picture 1>`: closed by one to three angle brackets.
    SingleAngle,
    /// `@image_1`, `@Image1`, `@Image 1`, `@图1`: nothing, `_`, `-` or one space before the number.
    ///
    /// The `@` does not follow an ASCII letter, digit, `.`, `_` or `-`, unless another such dialect ends there; the
    /// number is not followed by an ASCII letter, a digit or `_`, nor by `.` and one of them. So mail addresses and
    /// host names are text.
    At,
    /// `{{image_1}}`, or `{{anything}}` on one line without `{`, `}`, `<` and `@`.
    DoubleBraces,
    /// `{image_1}`.
    SingleBraces,
    /// `[image_1]`, `[Image 1]`, `[图1]`.
    Brackets,
}

/// Returns a placeholder in the form that the service reads.
///
/// ```
/// assert_eq!(kling_prompt::write_placeholder("image", 2), "<<<image_2>>>");
/// ```
pub fn write_placeholder(kind: &str, number: u32) -> String {
    format!("<<<{kind}_{number}>>>")
}
