//! The exit codes of each command. The help lists them, and whatever the other tests do, they get no other.

/// Each command, and the codes that it can end with.
pub(crate) const CODES: [(&str, &[i32]); 22] = [
    ("check", &[0, 1, 2]),
    ("lsp", &[0, 1, 2]),
    ("explain", &[0, 2]),
    ("models", &[0, 2]),
    ("schema", &[0, 2]),
    ("bill", &[0, 1, 2]),
    ("config", &[0, 2]),
    ("generate", &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
    ("submit", &[0, 1, 2, 3, 4, 7, 8, 9, 10]),
    ("status", &[0, 2, 4, 5, 6, 7, 8, 10]),
    ("wait", &[0, 2, 4, 5, 6, 7, 8]),
    ("download", &[0, 2, 4, 5, 6, 7, 8, 10]),
    ("upload", &[0, 2, 3, 7, 8, 10]),
    ("jobs", &[0, 2, 8]),
    ("jobs list", &[0, 2, 8]),
    ("jobs show", &[0, 2, 8]),
    ("jobs resume", &[0, 1, 2, 3, 4, 5, 6, 7, 8, 10]),
    ("balance", &[0, 2, 3, 7, 8, 10]),
    ("doctor", &[0, 2, 3, 7, 8, 10]),
    ("emulator", &[0, 2]),
    ("completions", &[0, 2]),
    ("man", &[0, 2]),
];

/// Returns the name of the command that these arguments are for: one word, or two for the commands of `jobs`.
pub(crate) fn command_of(arguments: &[&str]) -> String {
    match *arguments {
        ["jobs", second @ ("list" | "show" | "resume"), ..] => format!("jobs {second}"),
        [first, ..] => first.to_owned(),
        [] => String::new(),
    }
}

/// Fails if the command of these arguments must not end with this code.
#[track_caller]
pub(crate) fn expect(arguments: &[&str], code: i32) {
    let name = command_of(arguments);
    let (_, codes) = CODES
        .iter()
        .find(|(command, _)| *command == name)
        .expect("it is a command");
    assert!(codes.contains(&code), "{arguments:?} ended with {code}");
}
