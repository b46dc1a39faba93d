//! IANA IPv6 Special-Purpose Address Registry, and other blocks that are not public either: multicast, site-local,
//! IPv4-compatible, and everything that is not global unicast.

use std::net::{IpAddr, Ipv6Addr};

use super::{EmbeddedIpv4, SpecialPurpose};

/// Special-purpose IPv6 blocks, sorted by network, then by prefix length.
///
/// The first entry is the whole address space and `2000::/3` is its public part (RFC 4291), so that an address that was
/// never allocated is known as not public.
pub(crate) const IPV6: &[SpecialPurpose] = &[
    closed(
        [0, 0, 0, 0, 0, 0, 0, 0],
        0,
        "Outside Global Unicast",
        "RFC 4291",
    ),
    carrying(
        EmbeddedIpv4::Low,
        closed(
            [0, 0, 0, 0, 0, 0, 0, 0],
            96,
            "Deprecated (IPv4-Compatible Address)",
            "RFC 4291",
        ),
    ),
    closed(
        [0, 0, 0, 0, 0, 0, 0, 0],
        128,
        "Unspecified Address",
        "RFC 4291",
    ),
    closed(
        [0, 0, 0, 0, 0, 0, 0, 1],
        128,
        "Loopback Address",
        "RFC 4291",
    ),
    // The registry calls the block unreachable, since no packet carries such an address: the sender's system uses the
    // IPv4 address inside.
    carrying(
        EmbeddedIpv4::Low,
        open(
            [0, 0, 0, 0, 0, 0xffff, 0, 0],
            96,
            "IPv4-mapped Address",
            "RFC 4291",
        ),
    ),
    carrying(
        EmbeddedIpv4::Low,
        open(
            [0x64, 0xff9b, 0, 0, 0, 0, 0, 0],
            96,
            "IPv4-IPv6 Translation",
            "RFC 6052",
        ),
    ),
    closed(
        [0x64, 0xff9b, 1, 0, 0, 0, 0, 0],
        48,
        "IPv4-IPv6 Translation (local use)",
        "RFC 8215",
    ),
    closed(
        [0x100, 0, 0, 0, 0, 0, 0, 0],
        64,
        "Discard-Only Address Block",
        "RFC 6666",
    ),
    closed(
        [0x100, 0, 0, 1, 0, 0, 0, 0],
        64,
        "Dummy IPv6 Prefix",
        "RFC 9780",
    ),
    open(
        [0x2000, 0, 0, 0, 0, 0, 0, 0],
        3,
        "Global Unicast",
        "RFC 4291",
    ),
    closed(
        [0x2001, 0, 0, 0, 0, 0, 0, 0],
        23,
        "IETF Protocol Assignments",
        "RFC 2928",
    ),
    carrying(
        EmbeddedIpv4::InvertedLow,
        open([0x2001, 0, 0, 0, 0, 0, 0, 0], 32, "TEREDO", "RFC 4380"),
    ),
    open(
        [0x2001, 1, 0, 0, 0, 0, 0, 1],
        128,
        "Port Control Protocol Anycast",
        "RFC 7723",
    ),
    open(
        [0x2001, 1, 0, 0, 0, 0, 0, 2],
        128,
        "Traversal Using Relays around NAT Anycast",
        "RFC 8155",
    ),
    open(
        [0x2001, 1, 0, 0, 0, 0, 0, 3],
        128,
        "DNS-SD Service Registration Protocol Anycast",
        "RFC 9665",
    ),
    closed(
        [0x2001, 2, 0, 0, 0, 0, 0, 0],
        48,
        "Benchmarking",
        "RFC 5180",
    ),
    open([0x2001, 3, 0, 0, 0, 0, 0, 0], 32, "AMT", "RFC 7450"),
    open(
        [0x2001, 4, 0x112, 0, 0, 0, 0, 0],
        48,
        "AS112-v6",
        "RFC 7535",
    ),
    closed(
        [0x2001, 0x10, 0, 0, 0, 0, 0, 0],
        28,
        "Deprecated (previously ORCHID)",
        "RFC 4843",
    ),
    open([0x2001, 0x20, 0, 0, 0, 0, 0, 0], 28, "ORCHIDv2", "RFC 7343"),
    open(
        [0x2001, 0x30, 0, 0, 0, 0, 0, 0],
        28,
        "Drone Remote ID Protocol Entity Tags (DETs) Prefix",
        "RFC 9374",
    ),
    closed(
        [0x2001, 0xdb8, 0, 0, 0, 0, 0, 0],
        32,
        "Documentation",
        "RFC 3849",
    ),
    // The registry leaves reachability open: it depends on the address inside.
    carrying(
        EmbeddedIpv4::After16,
        open([0x2002, 0, 0, 0, 0, 0, 0, 0], 16, "6to4", "RFC 3056"),
    ),
    open(
        [0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0],
        48,
        "Direct Delegation AS112 Service",
        "RFC 7534",
    ),
    closed(
        [0x3fff, 0, 0, 0, 0, 0, 0, 0],
        20,
        "Documentation",
        "RFC 9637",
    ),
    closed(
        [0x5f00, 0, 0, 0, 0, 0, 0, 0],
        16,
        "Segment Routing (SRv6) SIDs",
        "RFC 9602",
    ),
    closed([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7, "Unique-Local", "RFC 4193"),
    closed(
        [0xfe80, 0, 0, 0, 0, 0, 0, 0],
        10,
        "Link-Local Unicast",
        "RFC 4291",
    ),
    closed(
        [0xfec0, 0, 0, 0, 0, 0, 0, 0],
        10,
        "Deprecated (Site-Local Unicast)",
        "RFC 3879",
    ),
    closed([0xff00, 0, 0, 0, 0, 0, 0, 0], 8, "Multicast", "RFC 4291"),
];

const fn closed(
    network: [u16; 8],
    prefix_length: u8,
    name: &'static str,
    source: &'static str,
) -> SpecialPurpose {
    SpecialPurpose {
        network: IpAddr::V6(Ipv6Addr::from_segments(network)),
        prefix_length,
        name,
        source,
        globally_reachable: false,
        embedded: None,
    }
}

const fn open(
    network: [u16; 8],
    prefix_length: u8,
    name: &'static str,
    source: &'static str,
) -> SpecialPurpose {
    SpecialPurpose {
        globally_reachable: true,
        ..closed(network, prefix_length, name, source)
    }
}

const fn carrying(place: EmbeddedIpv4, block: SpecialPurpose) -> SpecialPurpose {
    SpecialPurpose {
        embedded: Some(place),
        ..block
    }
}
