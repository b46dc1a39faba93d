//! The text form of a fault: `PHASE:NAME[=VALUE][@PLACE%][*TIMES][?CHANCE%]`.

use std::fmt;
use std::str::FromStr;

use kling_text::{quote, shorten};

use super::action::Action;
use super::catalogue::{CATALOGUE, FaultKind};
use super::error::FaultError;
use super::phase::Phase;
use crate::limits;

/// The longest text that is parsed as a fault, in bytes.
const MAX_LENGTH: usize = 2048;

/// How many times a fault happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// This many times, at least once.
    Count(u32),
    /// Until it is removed.
    Forever,
}

/// One fault: what, where, how many times, and with what probability.
///
/// ```
/// use kling_emulator::Fault;
/// let fault: Fault = "poll:status=503*3".parse()?;
/// assert_eq!((fault.phase().name(), fault.name()), ("poll", "status"));
/// assert_eq!(fault.to_string(), "poll:status=503*3");
/// assert!("poll:reset-after-lunch".parse::<Fault>().is_err());
/// # Ok::<(), kling_emulator::FaultError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Fault {
    pub(crate) phase: Phase,
    pub(crate) kind: &'static FaultKind,
    value: Option<String>,
    pub(crate) action: Action,
    /// Where to cut, in per cent.
    pub(crate) place: u8,
    pub(crate) times: Times,
    /// Per cent.
    pub(crate) chance: u8,
}

impl PartialEq for Fault {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl Eq for Fault {}

impl Fault {
    /// Returns the phase that it affects.
    pub const fn phase(&self) -> Phase {
        self.phase
    }

    /// Returns its name in [`CATALOGUE`].
    pub const fn name(&self) -> &'static str {
        self.kind.name
    }

    /// Returns how many times it happens.
    pub const fn times(&self) -> Times {
        self.times
    }

    /// Returns its label, shortened for display.
    pub(crate) fn shown(&self) -> String {
        shorten(&self.label(), limits::SHOWN_FAULT).into_owned()
    }

    /// Returns its phase, name and value, without how many times it happens.
    pub(crate) fn label(&self) -> String {
        match &self.value {
            Some(value) => format!("{}:{}={value}", self.phase, self.kind.name),
            None => format!("{}:{}", self.phase, self.kind.name),
        }
    }
}

const DEFAULT_PLACE: u8 = 50;

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label())?;
        if self.place != DEFAULT_PLACE {
            write!(f, "@{}%", self.place)?;
        }
        match self.times {
            Times::Count(1) => {}
            Times::Count(times) => write!(f, "*{times}")?,
            Times::Forever => f.write_str("*forever")?,
        }
        if self.chance != 100 {
            write!(f, "?{}%", self.chance)?;
        }
        Ok(())
    }
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let text = text.trim();
        if text.len() > MAX_LENGTH {
            return Err(FaultError::new(format!(
                "a fault has at most {MAX_LENGTH} bytes"
            )));
        }
        let named = |error: &FaultError| {
            FaultError::new(format!("{} is not a fault: {error}", quote(text)))
        };
        parse(text).map_err(|error| named(&error))
    }
}

fn parse(text: &str) -> Result<Fault, FaultError> {
    let is_plain = |c: char| c.is_ascii_graphic() && c != ',';
    if !text.chars().all(is_plain) {
        return Err(FaultError::new(
            "it must not contain spaces, commas or non-ASCII characters",
        ));
    }
    let (text, chance) = percent(text, '?', 100)?;
    let (text, times) = times(text)?;
    let (text, place) = percent(text, '@', DEFAULT_PLACE)?;
    let Some((phase, rest)) = text.split_once(':') else {
        return Err(FaultError::new(
            "it must be PHASE:NAME, such as submit:reset-after-read",
        ));
    };
    let phase = Phase::ALL
        .into_iter()
        .find(|known| known.name() == phase)
        .ok_or_else(|| unknown_phase(phase, rest))?;
    let (name, value) = match rest.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (rest, None),
    };
    let kind = CATALOGUE
        .iter()
        .find(|kind| kind.name == name && kind.phases.contains(&phase))
        .ok_or_else(|| unknown(phase, name))?;
    Ok(Fault {
        phase,
        kind,
        action: (kind.read)(value)?,
        value: value.map(str::to_owned),
        place,
        times,
        chance,
    })
}

fn unknown_phase(phase: &str, rest: &str) -> FaultError {
    let names = Phase::ALL.map(Phase::name);
    match alike(phase, names) {
        Some(known) => FaultError::new(format!("did you mean `{known}:{rest}`?")),
        None => FaultError::new(format!("the phases are {}", names.join(", "))),
    }
}

/// Returns the known name that was probably meant.
fn alike<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    known
        .into_iter()
        .map(|known| (strsim::damerau_levenshtein(known, name), known))
        .min()
        .filter(|(slips, _)| *slips <= 1 + name.len() / 4)
        .map(|(_, known)| known)
}

fn unknown(phase: Phase, name: &str) -> FaultError {
    let elsewhere: Vec<&str> = CATALOGUE
        .iter()
        .filter(|kind| kind.name == name)
        .flat_map(|kind| kind.phases)
        .map(|phase| phase.name())
        .collect();
    if !elsewhere.is_empty() {
        return FaultError::new(format!("this name is for {}", elsewhere.join(", ")));
    }
    let names: Vec<&str> = CATALOGUE
        .iter()
        .filter(|kind| kind.phases.contains(&phase))
        .map(|kind| kind.name)
        .collect();
    match alike(name, names.iter().copied()) {
        Some(known) => FaultError::new(format!("did you mean `{phase}:{known}`?")),
        None => FaultError::new(format!("the names for {phase} are {}", names.join(", "))),
    }
}

/// Splits `<sign>N%` off the end.
fn percent(text: &str, sign: char, usual: u8) -> Result<(&str, u8), FaultError> {
    let Some((rest, digits)) = text
        .strip_suffix('%')
        .and_then(|text| text.rsplit_once(sign))
    else {
        return Ok((text, usual));
    };
    match digits.parse() {
        Ok(percent @ 0..=100) => Ok((rest, percent)),
        // The sign may be part of a value, such as a URL.
        Ok(_) | Err(_) if !digits.bytes().all(|byte| byte.is_ascii_digit()) => Ok((text, usual)),
        Ok(_) | Err(_) => Err(FaultError::new("a percentage is a number from 0 to 100")),
    }
}

/// Splits `*N` or `*forever` off the end.
fn times(text: &str) -> Result<(&str, Times), FaultError> {
    match text.rsplit_once('*') {
        Some((rest, "forever")) => Ok((rest, Times::Forever)),
        Some((rest, count)) if count.bytes().all(|byte| byte.is_ascii_digit()) => {
            match count.parse() {
                Ok(0) | Err(_) => Err(FaultError::new("a number from 1 up must follow `*`")),
                Ok(count) => Ok((rest, Times::Count(count))),
            }
        }
        // The sign may be part of a value.
        Some(_) | None => Ok((text, Times::Count(1))),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::{Config, RngSeed, TestRunner};

    use super::*;

    #[test]
    fn what_is_written_is_what_is_read() {
        for text in [
            "submit:reset-after-read",
            "poll:status=503*3",
            "download:cut@25%",
            "any:drip=10*forever?5%",
            "poll:url=https://example.com/a?b=c%20d*2",
            "upload:redirect-to=http://127.0.0.1:9/?x@y%",
            "submit:wrong-length=-3",
        ] {
            let fault: Fault = text.parse().unwrap();
            assert_eq!(fault.to_string(), text);
        }
    }

    #[test]
    fn a_mistake_is_reported_with_what_is_right() {
        let message = |text: &str| text.parse::<Fault>().unwrap_err().to_string();
        insta::assert_snapshot!(
            [
                message("reset"),
                message("lunch:reset"),
                message("balance:reset-after-lunch"),
                message("submit:reset-afterread=1"),
                message("balance:nonsense"),
                message("poll:hostile-id"),
                message("poll:status=999"),
                message("poll:status=503*0"),
                message("download:cut@101%"),
                message("poll:regress=1"),
                message("submit:id-in="),
                message("poll:status 503"),
                message("poll:\u{1b}[2J"),
            ]
            .join("\n")
        );
    }

    /// A runner that draws the same faults in every run.
    fn runner(seed: u64) -> TestRunner {
        TestRunner::new(Config {
            cases: 2000,
            rng_seed: RngSeed::Fixed(seed),
            failure_persistence: None,
            ..Config::default()
        })
    }

    #[test]
    fn every_fault_is_read_as_it_is_shown() {
        let kinds = (0..CATALOGUE.len(), any::<prop::sample::Index>());
        let times = prop_oneof![
            Just(String::new()),
            Just("*forever".to_owned()),
            (2..=u32::MAX).prop_map(|times| format!("*{times}")),
        ];
        let percents = (0_u8..=100, 0_u8..=100);
        runner(21)
            .run(
                &(kinds, times, percents),
                |((kind, phase), times, (place, chance))| {
                    let kind = &CATALOGUE[kind];
                    let phase = kind.phases[phase.index(kind.phases.len())];
                    let text = format!("{phase}:{}@{place}%{times}?{chance}%", kind.name);
                    let fault: Fault = text.parse().unwrap();
                    prop_assert_eq!(
                        (fault.phase, fault.place, fault.chance),
                        (phase, place, chance)
                    );
                    prop_assert_eq!(&fault.to_string().parse::<Fault>().unwrap(), &fault);
                    Ok(())
                },
            )
            .unwrap();
    }

    #[test]
    fn every_odd_text_can_be_reported() {
        let pieces = prop::sample::select(vec![
            "submit",
            "poll",
            ":",
            "status",
            "=",
            "@",
            "%",
            "*",
            "?",
            "5",
            "forever",
            "-",
            "\u{0}",
            "é",
            " ",
            ",",
            "99999999999",
        ]);
        runner(22)
            .run(&prop::collection::vec(pieces, 0..12), |pieces| {
                if let Err(error) = pieces.concat().parse::<Fault>() {
                    let message = error.to_string();
                    prop_assert!(message.chars().all(kling_text::is_plain), "{message:?}");
                }
                Ok(())
            })
            .unwrap();
    }
}
