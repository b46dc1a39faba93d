//! Commands whose options are made only when the command is the one that is asked for.

use clap::builder::Resettable;
use clap::{ArgMatches, Args, Command, Error, FromArgMatches, Id};

/// The arguments of one of many commands.
///
/// To make the options of every command takes longer than to check a small request. What the list of the commands
/// shows of one has to stand at its variant: the texts at the arguments are not read before.
#[derive(Debug)]
pub(crate) struct Deferred<T>(pub(crate) T);

impl<T: Args> Args for Deferred<T> {
    fn augment_args(command: Command) -> Command {
        command.defer(complete::<T>)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<T: FromArgMatches> FromArgMatches for Deferred<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        T::from_arg_matches(matches).map(Self)
    }

    fn from_arg_matches_mut(matches: &mut ArgMatches) -> Result<Self, Error> {
        T::from_arg_matches_mut(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0.update_from_arg_matches(matches)
    }
}

/// Gives a command its arguments, and leaves the rest as if it had had them from the beginning.
fn complete<T: Args>(command: Command) -> Command {
    let about = Resettable::from(command.get_about().cloned());
    let long_about = Resettable::from(command.get_long_about().cloned());
    let of_program: Vec<Id> = command
        .get_arguments()
        .map(|argument| argument.get_id().clone())
        .collect();
    let command = T::augment_args(command).about(about).long_about(long_about);
    // A changed argument moves to the end: the options of the program stand behind those of the command.
    of_program.iter().fold(command, |command, id| {
        command.mut_arg(id, |argument| argument)
    })
}

#[cfg(test)]
mod tests {
    use clap::Arg;

    use super::*;

    /// What the arguments themselves say must not win over what the command says.
    #[derive(Debug, clap::Args)]
    #[command(after_help = "Examples: none")]
    struct Given {
        #[arg(long)]
        _own: bool,
    }

    fn program(command: Command) -> Command {
        let shared = Arg::new("shared").long("shared").global(true);
        Command::new("program").arg(shared).subcommand(command)
    }

    fn deferred() -> Command {
        program(Deferred::<Given>::augment_args(Command::new("does")).about("Does it."))
    }

    #[test]
    fn a_command_that_is_not_asked_for_has_no_options() {
        let program = deferred();
        let command = program.find_subcommand("does").unwrap();
        assert_eq!(command.get_arguments().count(), 0);
        assert_eq!(command.get_about().unwrap().to_string(), "Does it.");
    }

    #[test]
    fn a_command_is_in_the_end_as_if_nothing_had_been_deferred() {
        let at_once = program(Given::augment_args(Command::new("does")).about("Does it."));
        let [mut at_once, mut deferred] = [at_once, deferred()];
        at_once.build();
        deferred.build();
        let told = |program: &Command| {
            let mut command = program.find_subcommand("does").unwrap().clone();
            let ids: Vec<Id> = command
                .get_arguments()
                .map(|own| own.get_id().clone())
                .collect();
            (ids, command.render_long_help().to_string())
        };
        assert_eq!(told(&deferred), told(&at_once));
    }
}
