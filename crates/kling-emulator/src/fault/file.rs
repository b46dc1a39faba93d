//! Reads several faults: from one text, a TOML file, or one JSON value per line.

use std::str::FromStr;

use kling_text::shorten;
use serde::Deserialize;

use super::error::FaultError;
use super::grammar::Fault;
use crate::limits;

/// Faults in the order in which they happen.
///
/// In a text they are separated by commas or spaces. [`Faults::from_toml`] and [`Faults::from_json_lines`] read files.
///
/// ```
/// use kling_emulator::Faults;
/// let faults: Faults = "submit:reset-after-read, poll:status=503*3".parse()?;
/// assert_eq!(faults.iter().count(), 2);
/// let same = Faults::from_toml(r#"faults = ["submit:reset-after-read", "poll:status=503*3"]"#)?;
/// assert_eq!(faults, same);
/// # Ok::<(), kling_emulator::FaultError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults {
    faults: Vec<Fault>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    faults: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Text(String),
    Object(FaultEntry),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultEntry {
    fault: String,
}

impl Faults {
    /// Reads a TOML file with one array `faults` of texts.
    ///
    /// # Errors
    /// The text is not valid TOML of this form, or an entry is not a valid fault.
    pub fn from_toml(text: &str) -> Result<Self, FaultError> {
        let file: File = toml::from_str(text).map_err(|error| {
            let why = shorten(error.message(), limits::SHOWN_PLACE);
            FaultError::new(format!("not a file of faults: {why}"))
        })?;
        Self::of(file.faults.iter().map(String::as_str))
    }

    /// Reads a file with one JSON value per line: a text, or an object with the member `fault`. Blank lines are
    /// skipped.
    ///
    /// # Errors
    /// A line is not valid JSON of this form, or not a valid fault; the message includes the line number.
    pub fn from_json_lines(text: &str) -> Result<Self, FaultError> {
        let mut faults = Vec::new();
        for (index, line) in text.lines().enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            let at_line = |error: String| FaultError::new(format!("line {}: {error}", index + 1));
            let Ok(Line::Text(fault) | Line::Object(FaultEntry { fault })) =
                serde_json::from_str(line)
            else {
                let form = r#"a line is "submit:html" or {"fault": "submit:html"}"#;
                return Err(at_line(form.to_owned()));
            };
            faults.push(
                fault
                    .parse()
                    .map_err(|error: FaultError| at_line(error.to_string()))?,
            );
        }
        Ok(Self { faults })
    }

    /// Iterates over the faults in order.
    pub fn iter(&self) -> impl Iterator<Item = &Fault> {
        self.faults.iter()
    }

    fn of<'t>(texts: impl Iterator<Item = &'t str>) -> Result<Self, FaultError> {
        let faults = texts.map(str::parse).collect::<Result<_, _>>()?;
        Ok(Self { faults })
    }
}

impl FromStr for Faults {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let texts = text.split(|c: char| c == ',' || c.is_whitespace());
        Self::of(texts.filter(|text| !text.is_empty()))
    }
}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Self {
            faults: vec![fault],
        }
    }
}

impl FromIterator<Fault> for Faults {
    fn from_iter<T: IntoIterator<Item = Fault>>(faults: T) -> Self {
        Self {
            faults: faults.into_iter().collect(),
        }
    }
}

impl IntoIterator for Faults {
    type Item = Fault;
    type IntoIter = std::vec::IntoIter<Fault>;

    fn into_iter(self) -> Self::IntoIter {
        self.faults.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms_say_the_same() {
        let text: Faults = "submit:html,\n poll:word=null*2".parse().unwrap();
        let toml = Faults::from_toml("faults = [\"submit:html\", \"poll:word=null*2\"]").unwrap();
        let lines = "\"submit:html\"\n\n{\"fault\": \"poll:word=null*2\"}\n";
        assert_eq!(text, toml);
        assert_eq!(text, Faults::from_json_lines(lines).unwrap());
        assert_eq!("".parse(), Ok(Faults::default()));
    }

    #[test]
    fn a_mistake_is_reported_with_its_place() {
        let lines = "\"submit:html\"\n{\"faults\": 1}";
        let error = Faults::from_json_lines(lines).unwrap_err().to_string();
        assert!(error.starts_with("line 2: "), "{error}");
        let error = Faults::from_json_lines("\"submit:htm\"")
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("line 1: `submit:htm` is not a fault"),
            "{error}"
        );
        assert!(Faults::from_toml("fault = []").is_err());
        assert!(Faults::from_toml("faults = [1]").is_err());
    }
}
