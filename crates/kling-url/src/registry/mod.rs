//! The special-purpose registries as data, and lookups in them.
//!
//! There are four tables: [`IPV4`], [`IPV6`], [`NAMES`] and [`WILDCARD_DNS`]. The rest of the crate uses them; no
//! address block or reserved name is written anywhere else.

#[cfg(test)]
mod iana;
mod ipv4;
mod ipv6;
mod names;
#[cfg(test)]
mod tests;
mod wildcard_dns;

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

pub(crate) use ipv4::IPV4;
pub(crate) use ipv6::IPV6;
pub(crate) use names::NAMES;
pub(crate) use wildcard_dns::WILDCARD_DNS;

/// A block of addresses in IANA's registries that is reserved for a special purpose.
///
/// ```
/// use std::net::IpAddr;
///
/// let loopback = kling_url::address_problem("127.0.0.1".parse::<IpAddr>()?).expect("not public");
/// assert_eq!(loopback.to_string(), "127.0.0.0/8 (Loopback, RFC 1122)");
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpecialPurpose {
    /// First address of the block.
    pub network: IpAddr,
    /// How many leading bits the addresses of the block share: 0–32 for IPv4, 0–128 for IPv6.
    pub prefix_length: u8,
    /// The registry's name of the block.
    pub name: &'static str,
    /// The document that reserves the block.
    pub source: &'static str,
    /// Whether the block's addresses can be reached from anywhere. Entries for which this is true are exceptions inside
    /// larger blocks, and networks with a special but public use.
    pub globally_reachable: bool,
    /// Where the addresses of this IPv6 block contain an IPv4 address, if they do.
    pub(crate) embedded: Option<EmbeddedIpv4>,
}

/// Where an IPv6 address contains an IPv4 address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EmbeddedIpv4 {
    /// In the last 32 bits (mapped, compatible, NAT64).
    Low,
    /// In the 32 bits after the first 16 (6to4).
    After16,
    /// In the last 32 bits, each bit inverted (the Teredo client).
    InvertedLow,
}

impl SpecialPurpose {
    /// Returns whether the block holds `address`. It never holds addresses of the other family.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.network, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => same_prefix(
                network.to_bits().into(),
                address.to_bits().into(),
                self.prefix_length,
                32,
            ),
            (IpAddr::V6(network), IpAddr::V6(address)) => same_prefix(
                network.to_bits(),
                address.to_bits(),
                self.prefix_length,
                128,
            ),
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

impl fmt::Display for SpecialPurpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}/{} ({}, {})",
            self.network, self.prefix_length, self.name, self.source
        )
    }
}

/// A domain name with a special use. It covers itself and every name below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SpecialUseName {
    /// The name, lower case, without a trailing dot.
    pub(crate) name: &'static str,
    /// What it is reserved for.
    pub(crate) purpose: &'static str,
    /// The document or decision that reserves it.
    pub(crate) source: &'static str,
    /// Whether a public service can look it up in the public DNS nevertheless.
    pub(crate) public: bool,
}

/// A public domain whose names resolve to private addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WildcardDns {
    /// The domain, lower case, always two labels.
    pub(crate) domain: &'static str,
    /// Which address its names resolve to.
    pub(crate) answers: WildcardAnswer,
}

/// Which address the names below a wildcard domain resolve to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WildcardAnswer {
    /// The IPv4 address that the name spells (`10-0-0-1.sslip.io`, `app.10.0.0.1.nip.io`).
    Spelled,
    /// The address that the name spells; a loopback address if it spells none.
    SpelledOrLoopback,
    /// Always a loopback address.
    Loopback,
}

/// Returns the block that makes `address` unreachable for a public service, or `None` if the
/// address is public.
///
/// The most specific block decides. An IPv6 address that carries an IPv4 address (mapped, NAT64, 6to4, Teredo, …) is
/// judged by the latter first, and the block returned is then the IPv4 one.
///
/// ```
/// use std::net::IpAddr;
///
/// assert!(kling_url::address_problem(IpAddr::from([8, 8, 8, 8])).is_none());
/// let mapped: IpAddr = "::ffff:10.0.0.1".parse()?;
/// assert_eq!(kling_url::address_problem(mapped).map(|entry| entry.name), Some("Private-Use"));
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
pub fn address_problem(address: IpAddr) -> Option<SpecialPurpose> {
    let entry = most_specific(address);
    if let (Some(place), IpAddr::V6(v6)) = (entry.and_then(|entry| entry.embedded), address) {
        let inner = most_specific(embedded_ipv4(v6, place));
        if let Some(inner) = inner
            && !inner.globally_reachable
        {
            return Some(*inner);
        }
    }
    entry.filter(|entry| !entry.globally_reachable).copied()
}

/// Returns the most specific entry of [`NAMES`] that covers the host name `name`, including entries that are `public`.
/// Ignores ASCII case and one trailing dot.
pub(crate) fn special_use_name(name: &str) -> Option<&'static SpecialUseName> {
    let name = name.strip_suffix('.').unwrap_or(name);
    NAMES
        .iter()
        .filter(|entry| is_at_or_below(name, entry.name))
        .max_by_key(|entry| entry.name.len())
}

/// Returns the entry of [`WILDCARD_DNS`] at or above the host name `name`. Ignores ASCII case and one trailing dot.
pub(crate) fn wildcard_dns(name: &str) -> Option<&'static WildcardDns> {
    let name = name.strip_suffix('.').unwrap_or(name);
    WILDCARD_DNS
        .iter()
        .find(|entry| is_at_or_below(name, entry.domain))
}

fn most_specific(address: IpAddr) -> Option<&'static SpecialPurpose> {
    let table = match address {
        IpAddr::V4(_) => IPV4,
        IpAddr::V6(_) => IPV6,
    };
    table
        .iter()
        .filter(|entry| entry.contains(address))
        .max_by_key(|entry| entry.prefix_length)
}

fn embedded_ipv4(address: Ipv6Addr, place: EmbeddedIpv4) -> IpAddr {
    let [_, _, b2, b3, b4, b5, _, _, _, _, _, _, b12, b13, b14, b15] = address.octets();
    match place {
        EmbeddedIpv4::Low => IpAddr::from([b12, b13, b14, b15]),
        EmbeddedIpv4::After16 => IpAddr::from([b2, b3, b4, b5]),
        EmbeddedIpv4::InvertedLow => IpAddr::from([!b12, !b13, !b14, !b15]),
    }
}

fn same_prefix(a: u128, b: u128, prefix_length: u8, width: u32) -> bool {
    let host_bits = width.saturating_sub(prefix_length.into());
    // `checked_shr` only refuses a shift by the full width, after which no bit could differ.
    (a ^ b).checked_shr(host_bits).unwrap_or(0) == 0
}

fn is_at_or_below(name: &str, suffix: &str) -> bool {
    let (name, suffix) = (name.as_bytes(), suffix.as_bytes());
    let Some(start) = name.len().checked_sub(suffix.len()) else {
        return false;
    };
    let (above, tail) = name.split_at(start);
    above.last().is_none_or(|&byte| byte == b'.') && tail.eq_ignore_ascii_case(suffix)
}
