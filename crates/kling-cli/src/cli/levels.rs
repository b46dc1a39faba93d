//! `--deny`, `--warn` and `--allow`, in the order in which they are given.

use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches};

/// What is done with a rule's findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// They are errors.
    Deny,
    /// They are warnings.
    Warn,
    /// They are dropped.
    Allow,
}

impl Change {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::Deny, Self::Warn, Self::Allow];

    /// Returns the name of the option.
    pub(crate) const fn option(self) -> &'static str {
        match self {
            Self::Deny => "deny",
            Self::Warn => "warn",
            Self::Allow => "allow",
        }
    }

    const fn help(self) -> &'static str {
        match self {
            Self::Deny => {
                "Make a rule's findings errors; `warnings` and `notes` mean all of that level; separated by commas, or repeated"
            }
            Self::Warn => {
                "Make a rule's findings warnings; `notes` means all of that level; separated by commas, or repeated"
            }
            Self::Allow => {
                "Ignore a rule's findings; `warnings` and `notes` mean all of that level; separated by commas, or repeated"
            }
        }
    }
}

/// One of the options, with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LevelChange {
    pub(crate) change: Change,
    /// The id of a rule, or the name of a group.
    pub(crate) what: String,
}

/// The options in command-line order, which decides which one applies.
#[derive(Debug, Clone, Default)]
pub(crate) struct LevelChanges(pub(crate) Vec<LevelChange>);

impl Args for LevelChanges {
    fn augment_args(command: Command) -> Command {
        command.args(Change::ALL.map(|change| {
            Arg::new(change.option())
                .long(change.option())
                .value_name("RULE")
                .action(ArgAction::Append)
                .value_delimiter(',')
                .help(change.help())
        }))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for LevelChanges {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut changes = Self::default();
        changes.update_from_arg_matches(matches)?;
        Ok(changes)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        let mut placed = Vec::new();
        for change in Change::ALL {
            let values = matches
                .get_many::<String>(change.option())
                .into_iter()
                .flatten();
            let indices = matches.indices_of(change.option()).into_iter().flatten();
            placed.extend(indices.zip(values.map(|what| LevelChange {
                change,
                what: what.clone(),
            })));
        }
        placed.sort_by_key(|(index, _)| *index);
        self.0 = placed.into_iter().map(|(_, change)| change).collect();
        Ok(())
    }
}
