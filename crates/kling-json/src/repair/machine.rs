//! The tolerant parser: one loop over the tokens, with a stack of open containers.

use super::number;
use super::output::RepairedText;
use super::source::{Gap, closing_quotes, gap, next_token, word_end};
use super::{Repair, string};
use crate::diagnose;
use crate::error::{Expected, MAX_DEPTH, SyntaxError, SyntaxErrorKind};
use crate::span::Span;

/// Repairs a text whose first error is `first`.
pub(crate) fn run(text: &str, first: SyntaxError) -> Repair {
    let mut machine = Machine {
        text,
        at: 0,
        out: RepairedText::new(text, first),
        open: Vec::new(),
        state: State::Value,
    };
    while machine.state != State::Done {
        machine.step();
    }
    machine.out.finish()
}

struct Machine<'s> {
    text: &'s str,
    at: usize,
    out: RepairedText<'s>,
    open: Vec<Container>,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Container {
    Object,
    Array,
}

/// What is read next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// A value, which is required.
    Value,
    /// The first item of an array, or its end.
    ItemOrEnd,
    /// The first key of an object, or its end.
    KeyOrEnd,
    /// A key, which is required.
    Key,
    Colon,
    /// A comma or a closing bracket; after the outermost value, nothing.
    AfterValue,
    Done,
}

impl Machine<'_> {
    /// Handles the next token. Each step consumes a token, inserts a fixed piece, or closes a container.
    fn step(&mut self) {
        if self.open.is_empty() && self.state == State::AfterValue {
            return self.end();
        }
        self.pass_gaps();
        let next = self
            .text
            .get(self.at..)
            .and_then(|rest| rest.chars().next());
        match self.state {
            State::Value => self.value(next),
            State::ItemOrEnd => match next {
                Some(']') => self.close_here(),
                Some(',') => self.drop_one(Expected::Value),
                Some('}') if self.is_open(Container::Object) => self.close_missing(),
                Some('}') => self.drop_one(Expected::CommaOrArrayEnd),
                None => self.close_missing(),
                Some(_) => self.value(next),
            },
            State::KeyOrEnd | State::Key => self.key(next),
            State::Colon => {
                if next == Some(':') {
                    self.copy_one();
                } else {
                    self.complain(Expected::Colon);
                    self.out.insert(self.at, ": ");
                }
                self.state = State::Value;
            }
            State::AfterValue => self.after_value(next),
            State::Done => {}
        }
    }

    /// Copies whitespace and drops comments and garbage up to the next token.
    fn pass_gaps(&mut self) {
        while let Some((gap, end)) = gap(self.text, self.at) {
            match gap {
                Gap::Whitespace => self.out.copy(Span::new(self.at, end)),
                Gap::Comment => self.out.error(SyntaxErrorKind::Comment, self.at),
                Gap::Garbage => self.complain(match self.state {
                    State::Value | State::ItemOrEnd | State::Done => Expected::Value,
                    State::KeyOrEnd => Expected::KeyOrEnd,
                    State::Key => Expected::Key,
                    State::Colon => Expected::Colon,
                    State::AfterValue => self.expected_after_value(),
                }),
            }
            self.at = end;
        }
    }

    fn value(&mut self, next: Option<char>) {
        match next {
            Some('{' | '[') if self.open.len() >= MAX_DEPTH => self.too_deep(),
            Some('{') => {
                self.copy_one();
                self.open.push(Container::Object);
                self.state = State::KeyOrEnd;
            }
            Some('[') => {
                self.copy_one();
                self.open.push(Container::Array);
                self.state = State::ItemOrEnd;
            }
            Some(quote) if quote == '"' || closing_quotes(quote).is_some() => {
                self.at = string::copy(self.text, self.at, &mut self.out);
                self.state = State::AfterValue;
            }
            // With no open container, these cannot belong anywhere else.
            Some(',' | '}' | ']') if self.open.is_empty() => self.drop_one(Expected::Value),
            Some(':') => self.drop_one(Expected::Value),
            Some(',' | '}' | ']') | None => {
                self.complain(Expected::Value);
                self.out.insert(self.at, "null");
                self.state = State::AfterValue;
            }
            Some(_) => self.word(),
        }
    }

    /// Handles a literal, a number, or text without quotation marks.
    fn word(&mut self) {
        let end = word_end(self.text, self.at);
        let span = Span::new(self.at, end);
        let word = span.of(self.text);
        self.state = State::AfterValue;
        self.at = end;
        let literal = if end == self.text.len() {
            completed(word)
        } else {
            literal(word)
        };
        match literal {
            Some(literal) if literal == word => return self.out.copy(span),
            Some(literal) => {
                self.complain_at(Expected::Value, span.start);
                return self.out.replace(span, literal);
            }
            None => {}
        }
        match number::repair(word) {
            Some(repaired) if repaired == word => self.out.copy(span),
            Some(repaired) => {
                self.complain_number(span);
                self.out.replace(span, &repaired);
            }
            None => {
                self.out.error(SyntaxErrorKind::UnquotedText, span.start);
                self.quote(span);
            }
        }
    }

    fn complain_number(&mut self, span: Span) {
        if let Err(error) = crate::number::scan(self.text, span.start) {
            self.out.error(error.kind, error.offset);
        }
    }

    /// Copies a word between quotation marks; no character of a word needs an escape.
    fn quote(&mut self, word: Span) {
        self.out.insert(word.start, "\"");
        self.out.copy(word);
        self.out.insert(word.end, "\"");
    }

    fn key(&mut self, next: Option<char>) {
        let expected = if self.state == State::Key {
            Expected::Key
        } else {
            Expected::KeyOrEnd
        };
        match next {
            Some(quote) if quote == '"' || closing_quotes(quote).is_some() => {
                self.at = string::copy(self.text, self.at, &mut self.out);
                self.state = State::Colon;
            }
            Some('}') if self.state == State::KeyOrEnd => self.close_here(),
            Some(']') if self.state == State::KeyOrEnd && self.is_open(Container::Array) => {
                self.close_missing();
            }
            None if self.state == State::KeyOrEnd => self.close_missing(),
            Some(',' | ']') if self.state == State::KeyOrEnd => self.drop_one(expected),
            Some(':' | '{' | '[' | '}' | ']' | ',') | None => {
                self.complain(expected);
                self.out.insert(self.at, "\"\"");
                self.state = State::Colon;
            }
            Some(_) => {
                self.complain(expected);
                let end = word_end(self.text, self.at);
                self.quote(Span::new(self.at, end));
                self.at = end;
                self.state = State::Colon;
            }
        }
    }

    fn after_value(&mut self, next: Option<char>) {
        let innermost = self.open.last().copied();
        match next {
            Some(',') => self.comma(),
            Some('}') if innermost == Some(Container::Object) => self.close_here(),
            Some(']') if innermost == Some(Container::Array) => self.close_here(),
            // The bracket of an outer container closes this one too.
            Some('}') if self.is_open(Container::Object) => self.close_missing(),
            Some(']') if self.is_open(Container::Array) => self.close_missing(),
            None => self.close_missing(),
            Some('}' | ']' | ':') => self.drop_one(self.expected_after_value()),
            Some(_) => {
                self.complain(self.expected_after_value());
                self.out.insert(self.at, ",");
                self.state = self.state_after_comma();
            }
        }
    }

    /// Keeps a comma that is followed by a value or a key, and drops any other.
    fn comma(&mut self) {
        match next_token(self.text, self.at + 1) {
            Some('}' | ']') | None => {
                self.out.error(SyntaxErrorKind::TrailingComma, self.at);
                self.at += 1;
            }
            Some(',') => self.drop_one(Expected::Value),
            Some(_) => {
                self.copy_one();
                self.state = self.state_after_comma();
            }
        }
    }

    fn state_after_comma(&self) -> State {
        match self.open.last() {
            Some(Container::Object) => State::Key,
            Some(Container::Array) | None => State::Value,
        }
    }

    fn expected_after_value(&self) -> Expected {
        match self.open.last() {
            Some(Container::Object) => Expected::CommaOrObjectEnd,
            Some(Container::Array) => Expected::CommaOrArrayEnd,
            None => Expected::End,
        }
    }

    /// Consumes the bracket that closes the innermost container.
    fn close_here(&mut self) {
        self.copy_one();
        self.open.pop();
        self.state = State::AfterValue;
    }

    /// Inserts the bracket that closes the innermost container.
    fn close_missing(&mut self) {
        self.complain(self.expected_after_value());
        match self.open.pop() {
            Some(Container::Object) => self.out.insert(self.at, "}"),
            Some(Container::Array) => self.out.insert(self.at, "]"),
            None => {}
        }
        self.state = State::AfterValue;
    }

    /// Returns whether such a container is open, in at most as many steps as the depth limit.
    fn is_open(&self, container: Container) -> bool {
        self.open.contains(&container)
    }

    /// Replaces a container that is nested too deeply by `null`.
    fn too_deep(&mut self) {
        self.out.error(SyntaxErrorKind::TooDeep, self.at);
        let start = self.at;
        let mut depth = 0_usize;
        while let Some(next) = self.text.as_bytes().get(self.at) {
            self.at += 1;
            match next {
                b'"' => self.at = string_end(self.text.as_bytes(), self.at),
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        self.out.replace(Span::new(start, self.at), "null");
        self.state = State::AfterValue;
    }

    /// Drops the rest: everything is closed, so what follows is not part of the value.
    fn end(&mut self) {
        while let Some((gap, end)) = gap(self.text, self.at) {
            match gap {
                Gap::Whitespace => self.out.copy(Span::new(self.at, end)),
                Gap::Comment => self.out.error(SyntaxErrorKind::Comment, self.at),
                Gap::Garbage => break,
            }
            self.at = end;
        }
        if self.at < self.text.len() {
            self.out
                .error(diagnose::trailing(self.text, self.at), self.at);
            self.at = self.text.len();
        }
        self.state = State::Done;
    }

    /// Copies the next token, which is one byte long.
    fn copy_one(&mut self) {
        self.out.copy(Span::new(self.at, self.at + 1));
        self.at += 1;
    }

    /// Drops the next token, which is one byte long.
    fn drop_one(&mut self, expected: Expected) {
        self.complain(expected);
        self.at += 1;
    }

    fn complain(&mut self, expected: Expected) {
        self.complain_at(expected, self.at);
    }

    fn complain_at(&mut self, expected: Expected, at: usize) {
        let error = diagnose::unexpected(self.text, at, expected);
        self.out.error(error.kind, error.offset);
    }
}

/// Returns the literal that a word means, in JSON or another language.
fn literal(word: &str) -> Option<&'static str> {
    const WORDS: [(&str, &str); 8] = [
        ("true", "true"),
        ("false", "false"),
        ("null", "null"),
        ("none", "null"),
        ("nil", "null"),
        ("undefined", "null"),
        ("nan", "null"),
        ("infinity", "null"),
    ];
    let unsigned = word.strip_prefix(['-', '+']).unwrap_or(word);
    WORDS
        .iter()
        .find(|(name, literal)| {
            let candidate = if *literal == "null" { unsigned } else { word };
            candidate.eq_ignore_ascii_case(name)
        })
        .map(|(_, literal)| *literal)
}

/// Returns the literal that a word is, or is the beginning of.
fn completed(word: &str) -> Option<&'static str> {
    literal(word).or_else(|| {
        ["true", "false", "null"]
            .into_iter()
            .find(|literal| literal.starts_with(word))
    })
}

/// Returns the offset after the closing quotation mark of a string whose content begins at `at`, or the end of the
/// text.
fn string_end(bytes: &[u8], at: usize) -> usize {
    let mut at = at;
    while let Some(length) = memchr::memchr2(b'"', b'\\', bytes.get(at..).unwrap_or_default()) {
        at += length;
        if bytes.get(at) == Some(&b'"') {
            return at + 1;
        }
        at = (at + 2).min(bytes.len());
    }
    bytes.len()
}
