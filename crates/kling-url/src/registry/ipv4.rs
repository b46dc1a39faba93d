//! IANA IPv4 Special-Purpose Address Registry, and the multicast block, which has its own registry.

use std::net::{IpAddr, Ipv4Addr};

use super::SpecialPurpose;

/// Special-purpose IPv4 blocks, sorted by network, then by prefix length.
pub(crate) const IPV4: &[SpecialPurpose] = &[
    closed([0, 0, 0, 0], 8, "This network", "RFC 791"),
    closed([0, 0, 0, 0], 32, "This host on this network", "RFC 1122"),
    closed([10, 0, 0, 0], 8, "Private-Use", "RFC 1918"),
    closed([100, 64, 0, 0], 10, "Shared Address Space", "RFC 6598"),
    closed([127, 0, 0, 0], 8, "Loopback", "RFC 1122"),
    closed([169, 254, 0, 0], 16, "Link Local", "RFC 3927"),
    closed([172, 16, 0, 0], 12, "Private-Use", "RFC 1918"),
    closed([192, 0, 0, 0], 24, "IETF Protocol Assignments", "RFC 6890"),
    closed(
        [192, 0, 0, 0],
        29,
        "IPv4 Service Continuity Prefix",
        "RFC 7335",
    ),
    closed([192, 0, 0, 8], 32, "IPv4 dummy address", "RFC 7600"),
    open(
        [192, 0, 0, 9],
        32,
        "Port Control Protocol Anycast",
        "RFC 7723",
    ),
    open(
        [192, 0, 0, 10],
        32,
        "Traversal Using Relays around NAT Anycast",
        "RFC 8155",
    ),
    closed([192, 0, 0, 170], 32, "NAT64/DNS64 Discovery", "RFC 8880"),
    closed([192, 0, 0, 171], 32, "NAT64/DNS64 Discovery", "RFC 8880"),
    closed([192, 0, 2, 0], 24, "Documentation (TEST-NET-1)", "RFC 5737"),
    open([192, 31, 196, 0], 24, "AS112-v4", "RFC 7535"),
    open([192, 52, 193, 0], 24, "AMT", "RFC 7450"),
    closed(
        [192, 88, 99, 0],
        24,
        "Deprecated (6to4 Relay Anycast)",
        "RFC 7526",
    ),
    closed(
        [192, 88, 99, 2],
        32,
        "6a44-relay anycast address",
        "RFC 6751",
    ),
    closed([192, 168, 0, 0], 16, "Private-Use", "RFC 1918"),
    open(
        [192, 175, 48, 0],
        24,
        "Direct Delegation AS112 Service",
        "RFC 7534",
    ),
    closed([198, 18, 0, 0], 15, "Benchmarking", "RFC 2544"),
    closed(
        [198, 51, 100, 0],
        24,
        "Documentation (TEST-NET-2)",
        "RFC 5737",
    ),
    closed(
        [203, 0, 113, 0],
        24,
        "Documentation (TEST-NET-3)",
        "RFC 5737",
    ),
    closed([224, 0, 0, 0], 4, "Multicast", "RFC 5771"),
    closed([240, 0, 0, 0], 4, "Reserved", "RFC 1112"),
    closed([255, 255, 255, 255], 32, "Limited Broadcast", "RFC 8190"),
];

const fn closed(
    network: [u8; 4],
    prefix_length: u8,
    name: &'static str,
    source: &'static str,
) -> SpecialPurpose {
    let [a, b, c, d] = network;
    SpecialPurpose {
        network: IpAddr::V4(Ipv4Addr::new(a, b, c, d)),
        prefix_length,
        name,
        source,
        globally_reachable: false,
        embedded: None,
    }
}

const fn open(
    network: [u8; 4],
    prefix_length: u8,
    name: &'static str,
    source: &'static str,
) -> SpecialPurpose {
    SpecialPurpose {
        globally_reachable: true,
        ..closed(network, prefix_length, name, source)
    }
}
