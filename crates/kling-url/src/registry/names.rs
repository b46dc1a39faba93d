//! Domain names with a special use: IANA's registry, ICANN's reservation of `internal`, and the private top-level names
//! that were never delegated.

use super::SpecialUseName;

/// Special-use domain names, sorted by name.
///
/// The reverse-mapping zones of the registry are not listed one by one: `arpa` covers them.
pub(crate) const NAMES: &[SpecialUseName] = &[
    reserved("6tisch.arpa", "industrial wireless networks", "RFC 9031"),
    reserved("alt", "names outside the DNS", "RFC 9476"),
    reserved("arpa", "internet infrastructure", "RFC 3172"),
    reserved("corp", "private networks", "ICANN resolution 2018.02.04.12"),
    reserved("eap-noob.arpa", "device authentication", "RFC 9140"),
    reserved(
        "eap.arpa",
        "device authentication",
        "IANA Special-Use Domain Names",
    ),
    reserved("example", "documentation", "RFC 6761"),
    public("example.com", "documentation", "RFC 6761"),
    public("example.net", "documentation", "RFC 6761"),
    public("example.org", "documentation", "RFC 6761"),
    reserved("home", "private networks", "ICANN resolution 2018.02.04.12"),
    reserved("home.arpa", "home networks", "RFC 8375"),
    reserved(
        "internal",
        "private networks",
        "ICANN resolution 2024.07.29.06",
    ),
    reserved("intranet", "private networks", "RFC 6762, appendix G"),
    reserved("invalid", "names that never resolve", "RFC 6761"),
    reserved(
        "ipv4only.arpa",
        "discovery of address translation",
        "RFC 8880",
    ),
    reserved("lan", "private networks", "RFC 6762, appendix G"),
    reserved("local", "the local link", "RFC 6762"),
    reserved(
        "localdomain",
        "the computer itself",
        "usage in hosts files; not in the public DNS",
    ),
    reserved("localhost", "the computer itself", "RFC 6761"),
    reserved("mail", "private networks", "ICANN resolution 2018.02.04.12"),
    reserved("onion", "the Tor network", "RFC 7686"),
    reserved("private", "private networks", "RFC 6762, appendix G"),
    reserved("resolver.arpa", "discovery of DNS resolvers", "RFC 9462"),
    reserved("service.arpa", "discovery of services", "RFC 9665"),
    reserved("test", "tests", "RFC 6761"),
];

const fn reserved(
    name: &'static str,
    purpose: &'static str,
    source: &'static str,
) -> SpecialUseName {
    SpecialUseName {
        name,
        purpose,
        source,
        public: false,
    }
}

const fn public(name: &'static str, purpose: &'static str, source: &'static str) -> SpecialUseName {
    SpecialUseName {
        public: true,
        ..reserved(name, purpose, source)
    }
}
