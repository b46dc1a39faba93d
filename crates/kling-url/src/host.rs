//! Whether a host can be reached from anywhere, judged by its address or name.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use kling_text::quote;
use url::{Host, quirks};

use crate::problem::{Class, UrlProblem};
use crate::registry::{WildcardAnswer, address_problem, special_use_name, wildcard_dns};
use crate::script::mixed_scripts;

/// The DNS limits on a label and on a name, in bytes (RFC 1035, section 2.3.4).
pub(crate) const LABEL_LIMIT: usize = 63;
pub(crate) const NAME_LIMIT: usize = 253;

const USE_A_PUBLIC_HOST: &str =
    "put the file where anyone can fetch it over https, and give its URL there";

/// Checks for what is certainly wrong with a host: not a DNS name, or not public.
pub(crate) fn check_host(host: &Host<&str>) -> Result<(), UrlProblem> {
    match *host {
        Host::Domain(name) => {
            check_form(name)?;
            check_name(name)
        }
        Host::Ipv4(address) => check_address(IpAddr::V4(address)),
        Host::Ipv6(address) => check_address(IpAddr::V6(address)),
    }
}

/// Checks for what a public name may hide: a private address, or letters that look like others.
pub(crate) fn check_disguise(name: &str) -> Result<(), UrlProblem> {
    check_wildcard_dns(name)?;
    // Only an encoded label has non-ASCII letters; the others use one script.
    if !name.contains("xn--") {
        return Ok(());
    }
    let unicode = quirks::domain_to_unicode(name);
    for label in unicode.split('.') {
        if let Some((first, second)) = mixed_scripts(label) {
            return Err(UrlProblem::new(
                Class::Suspicious,
                format!(
                    "the host name label {} mixes {first} and {second} letters, which look alike",
                    quote(label)
                ),
                format!("check the host name; in ASCII it is {}", quote(name)),
            ));
        }
    }
    Ok(())
}

fn check_address(address: IpAddr) -> Result<(), UrlProblem> {
    let Some(entry) = address_problem(address) else {
        return Ok(());
    };
    let relation = if entry.contains(address) {
        "is in"
    } else {
        "embeds an address in"
    };
    let host = match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    };
    not_public(format!("the host {} {relation} {entry}", quote(&host)))
}

fn not_public(message: String) -> Result<(), UrlProblem> {
    Err(UrlProblem::new(
        Class::NotPublic,
        message,
        USE_A_PUBLIC_HOST,
    ))
}

fn check_form(name: &str) -> Result<(), UrlProblem> {
    let invalid = |what: String| {
        Err(UrlProblem::new(
            Class::Invalid,
            what,
            "correct the host name",
        ))
    };
    let is_name_character = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if let Some(character) = name
        .chars()
        .find(|&character| !is_name_character(character))
    {
        return invalid(format!(
            "the host {} contains {}, which is not allowed in a host name",
            quote(name),
            kling_text::name(character)
        ));
    }
    let without_final_dot = name.strip_suffix('.').unwrap_or(name);
    if without_final_dot.split('.').any(str::is_empty) {
        return invalid(format!(
            "the host {} has an empty label between its dots",
            quote(name)
        ));
    }
    if without_final_dot.len() > NAME_LIMIT {
        return invalid(format!(
            "the host {} has more than {NAME_LIMIT} characters",
            quote(name)
        ));
    }
    if without_final_dot
        .split('.')
        .any(|label| label.len() > LABEL_LIMIT)
    {
        return invalid(format!(
            "a label of the host {} has more than {LABEL_LIMIT} characters",
            quote(name)
        ));
    }
    Ok(())
}

fn check_name(name: &str) -> Result<(), UrlProblem> {
    match special_use_name(name) {
        Some(entry) if entry.public => Ok(()),
        Some(entry) => not_public(format!(
            "the host {} is not public: `{}` is reserved for {} ({})",
            quote(name),
            entry.name,
            entry.purpose,
            entry.source
        )),
        None if name.trim_end_matches('.').contains('.') => Ok(()),
        None => not_public(format!(
            "the host {} has no dot, so it resolves in one network only",
            quote(name)
        )),
    }
}

fn check_wildcard_dns(name: &str) -> Result<(), UrlProblem> {
    let Some(entry) = wildcard_dns(name) else {
        return Ok(());
    };
    let above = name
        .strip_suffix('.')
        .unwrap_or(name)
        .len()
        .saturating_sub(entry.domain.len());
    let above = name.get(..above).unwrap_or_default();
    let spelled = spelled_addresses(above)
        .into_iter()
        .find(|&address| address_problem(address).is_some());
    let address = match (entry.answers, spelled) {
        (WildcardAnswer::Spelled | WildcardAnswer::SpelledOrLoopback, Some(address)) => {
            address.to_string()
        }
        (WildcardAnswer::Spelled, None) => return Ok(()),
        (WildcardAnswer::SpelledOrLoopback, None) if !spelled_addresses(above).is_empty() => {
            return Ok(());
        }
        (WildcardAnswer::SpelledOrLoopback, None) | (WildcardAnswer::Loopback, _) => {
            "a loopback address".to_owned()
        }
    };
    Err(UrlProblem::new(
        Class::Suspicious,
        format!(
            "the host {} looks public, but names below `{}` resolve to {address}",
            quote(name),
            entry.domain
        ),
        USE_A_PUBLIC_HOST,
    ))
}

/// Returns the addresses spelled by the labels before a wildcard domain: four decimal numbers between dots or dashes,
/// eight hexadecimal digits, or an IPv6 address with dashes for colons.
fn spelled_addresses(above: &str) -> Vec<IpAddr> {
    let words: Vec<&str> = above.split(['.', '-']).collect();
    let quads = words.windows(4).filter_map(|quad| {
        let mut octets = [0; 4];
        for (octet, word) in octets.iter_mut().zip(quad) {
            *octet = word.parse::<u8>().ok().filter(|_| !word.starts_with('+'))?;
        }
        Some(IpAddr::from(octets))
    });
    let hexadecimal = words
        .iter()
        .filter(|word| word.len() == 8)
        .filter_map(|word| {
            let bits = u32::from_str_radix(word, 16)
                .ok()
                .filter(|_| !word.starts_with('+'))?;
            Some(IpAddr::V4(Ipv4Addr::from_bits(bits)))
        });
    let ipv6 = above
        .split('.')
        .filter(|label| label.contains("--") || label.matches('-').count() == 7)
        .filter_map(|label| label.replace('-', ":").parse::<Ipv6Addr>().ok())
        .map(IpAddr::V6);
    quads.chain(hexadecimal).chain(ipv6).collect()
}
