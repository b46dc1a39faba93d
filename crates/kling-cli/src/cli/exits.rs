//! What the exit codes of a command mean, for its help text.

/// What each code means, the same for all commands that talk to the service.
#[cfg(feature = "client")]
const SERVICE: [&str; 11] = [
    "0 done",
    "1 refused by the check",
    "2 wrong command line or settings",
    "3 rejected by the service and nothing charged",
    "4 outcome unknown",
    "5 not finished as far as is known",
    "6 task failed",
    "7 result not saved or answer not usable",
    "8 local file or journal cannot be used",
    "9 costs more than allowed",
    "10 service not reached and nothing sent",
];

/// For a command that prints something and reads no requests.
pub(super) const OF_OTHERS: &str =
    "Exit codes: 0 done, 2 wrong command line, or a file cannot be read or written.";

/// Returns the sentence that ends the help of a command with these codes.
#[cfg(feature = "client")]
pub(super) fn of_service(codes: &[usize]) -> String {
    let message: Vec<&str> = codes.iter().map(|code| SERVICE[*code]).collect();
    format!("Exit codes: {}.", message.join(", "))
}

#[cfg(test)]
mod tests {
    #[cfg(feature = "client")]
    #[test]
    fn each_code_precedes_its_meaning() {
        for (code, message) in super::SERVICE.iter().enumerate() {
            assert!(message.starts_with(&format!("{code} ")), "{message}");
        }
        assert_eq!(
            super::of_service(&[0, 10]),
            "Exit codes: 0 done, 10 service not reached and nothing sent."
        );
    }
}
