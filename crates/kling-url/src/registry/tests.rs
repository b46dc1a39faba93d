//! The tables are well formed, and the most specific entry applies.

use std::net::IpAddr;

use super::{
    EmbeddedIpv4, IPV4, IPV6, NAMES, SpecialPurpose, WILDCARD_DNS, address_problem,
    special_use_name, wildcard_dns,
};
use crate::is_plainly_public;

fn address(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

fn bits(entry: &SpecialPurpose) -> (u128, u32) {
    match entry.network {
        IpAddr::V4(network) => (network.to_bits().into(), 32),
        IpAddr::V6(network) => (network.to_bits(), 128),
    }
}

#[track_caller]
fn check(text: &str, block: Option<&str>) {
    let found = address_problem(address(text))
        .map(|entry| format!("{}/{}", entry.network, entry.prefix_length));
    assert_eq!(found.as_deref(), block, "{text}");
}

#[test]
fn blocks_are_well_formed_and_sorted() {
    for (table, is_family) in [
        (IPV4, IpAddr::is_ipv4 as fn(&IpAddr) -> bool),
        (IPV6, IpAddr::is_ipv6),
    ] {
        assert!(
            table.is_sorted_by(|a, b| (a.network, a.prefix_length) < (b.network, b.prefix_length))
        );
        for entry in table {
            let (network, width) = bits(entry);
            assert!(is_family(&entry.network), "{entry}");
            assert!(u32::from(entry.prefix_length) <= width, "{entry}");
            let host_bits = width - u32::from(entry.prefix_length);
            let host_mask = 1_u128
                .checked_shl(host_bits)
                .map_or(u128::MAX, |bit| bit - 1);
            assert_eq!(network & host_mask, 0, "{entry} has bits behind its prefix");
            assert!(
                !entry.name.is_empty() && entry.source.starts_with("RFC "),
                "{entry}"
            );
            assert!(entry.contains(entry.network), "{entry}");
        }
    }
}

#[test]
fn an_entry_decides_about_its_own_first_address() {
    for entry in IPV4.iter().chain(IPV6) {
        let twins = IPV4
            .iter()
            .chain(IPV6)
            .filter(|other| other.network == entry.network);
        let is_most_specific =
            twins.map(|twin| twin.prefix_length).max() == Some(entry.prefix_length);
        if is_most_specific && entry.embedded.is_none() {
            let expected = (!entry.globally_reachable).then_some(*entry);
            assert_eq!(address_problem(entry.network), expected, "{entry}");
        }
    }
}

#[test]
fn blocks_end_where_they_should() {
    check("9.255.255.255", None);
    check("10.0.0.0", Some("10.0.0.0/8"));
    check("10.255.255.255", Some("10.0.0.0/8"));
    check("11.0.0.0", None);
    check("100.63.255.255", None);
    check("100.127.255.255", Some("100.64.0.0/10"));
    check("100.128.0.0", None);
    check("172.15.255.255", None);
    check("172.31.255.255", Some("172.16.0.0/12"));
    check("172.32.0.0", None);
    check("198.19.255.255", Some("198.18.0.0/15"));
    check("223.255.255.255", None);
    check("239.255.255.255", Some("224.0.0.0/4"));
    check("255.255.255.254", Some("240.0.0.0/4"));
    check("255.255.255.255", Some("255.255.255.255/32"));
    check("2606:4700::1111", None);
    check("1fff:ffff::", Some("::/0"));
    check("4000::", Some("::/0"));
    check("fbff::", Some("::/0"));
    check("fdff::", Some("fc00::/7"));
    check("febf::", Some("fe80::/10"));
    check("feff::", Some("fec0::/10"));
}

#[test]
fn the_most_specific_block_wins() {
    check("192.0.0.9", None);
    check("192.0.0.11", Some("192.0.0.0/24"));
    check("192.0.0.7", Some("192.0.0.0/29"));
    check("2001:1::1", None);
    check("2001:1::4", Some("2001::/23"));
    check("2001:4:112::1", None);
    check("2001:20::1", None);
    check("2001:200::1", None);
}

#[test]
fn embedded_addresses_decide() {
    check("::ffff:8.8.8.8", None);
    check("::ffff:127.0.0.1", Some("127.0.0.0/8"));
    check("64:ff9b::8.8.8.8", None);
    check("64:ff9b::192.168.0.1", Some("192.168.0.0/16"));
    check("2002:808:808::1", None);
    check("2002:a00:1::1", Some("10.0.0.0/8"));
    check("2001::f7f7:f7f7", None);
    check("2001::80ff:fffe", Some("127.0.0.0/8"));
    check("::10.0.0.1", Some("10.0.0.0/8"));
    check("::8.8.8.8", Some("::/96"));
    assert!(
        IPV6.iter()
            .any(|entry| entry.embedded == Some(EmbeddedIpv4::After16))
    );
    assert!(IPV4.iter().all(|entry| entry.embedded.is_none()));
}

fn is_host_name(name: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    name.split('.').all(is_label)
}

#[test]
fn names_are_well_formed_and_sorted() {
    assert!(NAMES.is_sorted_by(|a, b| a.name < b.name));
    for entry in NAMES {
        assert!(
            is_host_name(entry.name) && entry.name.len() >= 2,
            "{}",
            entry.name
        );
        assert!(
            !entry.purpose.is_empty() && !entry.source.is_empty(),
            "{}",
            entry.name
        );
        assert_eq!(special_use_name(entry.name), Some(entry));
        assert_eq!(
            special_use_name(&format!("a.{}.", entry.name.to_uppercase())),
            Some(entry)
        );
        assert_ne!(special_use_name(&format!("a{}", entry.name)), Some(entry));
    }
}

#[test]
fn wildcard_domains_are_well_formed_and_sorted() {
    assert!(WILDCARD_DNS.is_sorted_by(|a, b| a.domain < b.domain));
    for entry in WILDCARD_DNS {
        assert!(is_host_name(entry.domain), "{}", entry.domain);
        assert_eq!(
            entry.domain.split('.').count(),
            2,
            "{}: the fast accept looks at two labels",
            entry.domain
        );
        assert_eq!(
            wildcard_dns(&format!("a.{}.", entry.domain.to_uppercase())),
            Some(entry)
        );
        assert_eq!(special_use_name(entry.domain), None);
    }
}

#[test]
fn the_fast_accept_sees_every_listed_name() {
    // The filter examines the last label and the last two; a longer reserved name would be missed.
    assert!(NAMES.iter().all(|entry| entry.name.split('.').count() <= 2));
    let names = NAMES
        .iter()
        .filter(|entry| !entry.public)
        .map(|entry| entry.name);
    for name in names.chain(WILDCARD_DNS.iter().map(|entry| entry.domain)) {
        for url in [
            format!("https://{name}/"),
            format!("https://a.b.{name}/"),
            format!("https://{}/", name.to_uppercase()),
        ] {
            assert!(!is_plainly_public(&url), "{url}");
        }
    }
}
