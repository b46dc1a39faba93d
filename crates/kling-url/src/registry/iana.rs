//! The tables of address blocks agree with the files that IANA publishes.
//!
//! The files are in `iana/`, unchanged, in the edition of 2025-10-09: the day on which IANA last updated both. When
//! IANA publishes another edition, put its files there: the tests then report what the tables lack.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::IpAddr;

use sha2::{Digest as _, Sha256};

use super::{IPV4, IPV6, SpecialPurpose};

const IPV4_FILE: &str = include_str!("iana/iana-ipv4-special-registry-1.csv");
const IPV6_FILE: &str = include_str!("iana/iana-ipv6-special-registry-1.csv");

const IPV4_SUM: &str = "e3e39e76d00b1677335db8e9a805c7b9480ea2f4dc9e33f0b93cd3a905128d73";
const IPV6_SUM: &str = "775feea0621dec8735a44fbf30f762e721e8f0a1b3ab7eb341961a88cfce2139";

/// Entries of the tables that neither file has.
const OUTSIDE: [(&str, &str); 6] = [
    ("224.0.0.0/4", "multicast has a registry of its own"),
    ("::/0", "whatever was never given to anybody is not public"),
    ("::/96", "IPv4-compatible, deprecated by RFC 4291"),
    ("2000::/3", "the part of ::/0 that is public"),
    ("fec0::/10", "site-local, deprecated by RFC 3879"),
    ("ff00::/8", "multicast has a registry of its own"),
];

/// Blocks whose reachability in the table differs from the file: the file's cell, the table's value, and why.
const REACHABLE_OTHERWISE: [(&str, &str, bool, &str); 5] = [
    ("192.88.99.0/24", "", false, "the block is deprecated"),
    (
        "::ffff:0:0/96",
        "False",
        true,
        "no packet carries it; the sender's system uses the IPv4 address inside",
    ),
    ("2001::/32", "N/A", true, "the IPv4 address inside decides"),
    ("2001:10::/28", "", false, "the block is deprecated"),
    ("2002::/16", "N/A", true, "the IPv4 address inside decides"),
];

/// Blocks whose name in the table differs from the file: the file's name, the table's name, and why.
const NAMED_OTHERWISE: [(&str, &str, &str, &str); 4] = [
    (
        "0.0.0.0/8",
        "\"This network\"",
        "This network",
        "in a message it stands in brackets and needs no marks",
    ),
    (
        "0.0.0.0/32",
        "\"This host on this network\"",
        "This host on this network",
        "in a message it stands in brackets and needs no marks",
    ),
    (
        "64:ff9b::/96",
        "IPv4-IPv6 Translat.",
        "IPv4-IPv6 Translation",
        "the file cuts the word off",
    ),
    (
        "64:ff9b:1::/48",
        "IPv4-IPv6 Translat.",
        "IPv4-IPv6 Translation (local use)",
        "the file cuts the word off and has the name twice",
    ),
];

/// What a file says about a block.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    name: String,
    /// The first document that the row names.
    source: String,
    /// The cell without its footnote: `True`, `False`, `N/A` or empty.
    reachable: String,
}

/// A block as its network and prefix length.
type Block = (IpAddr, u8);

fn block(text: &str) -> Block {
    let (network, length) = text.split_once('/').expect("a network and a length");
    (
        network.parse().expect("an address"),
        length.parse().expect("a number"),
    )
}

fn entry_of(block: Block) -> Option<&'static SpecialPurpose> {
    IPV4.iter()
        .chain(IPV6)
        .find(|entry| (entry.network, entry.prefix_length) == block)
}

/// Reads the rows of a file by block; a row with two blocks counts as two.
fn rows(file: &str) -> BTreeMap<Block, Row> {
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    let header = reader.headers().expect("a header").clone();
    let mut rows = BTreeMap::new();
    for record in reader.records() {
        let record = record.expect("a row as long as the header");
        let cell = |title: &str| {
            let column = header.iter().position(|found| found == title);
            &record[column.unwrap_or_else(|| panic!("no column `{title}`"))]
        };
        let row = Row {
            name: cell("Name").to_owned(),
            source: first_document(cell("RFC")),
            reachable: without_footnote(cell("Globally Reachable")).to_owned(),
        };
        for text in cell("Address Block").split(", ") {
            let twin = rows.insert(block(without_footnote(text)), row.clone());
            assert_eq!(twin, None, "{text} is twice in the file");
        }
    }
    rows
}

/// Turns `[RFC8880][RFC7050], Section 2.2` into `RFC 8880`.
fn first_document(cell: &str) -> String {
    let number = cell
        .strip_prefix("[RFC")
        .and_then(|rest| rest.split_once(']'))
        .unwrap_or_else(|| panic!("`{cell}` begins with no RFC"))
        .0;
    format!("RFC {number}")
}

/// Turns `False [1]` into `False`.
fn without_footnote(cell: &str) -> &str {
    cell.split_once(" [").map_or(cell, |(value, _)| value)
}

/// Returns what the table must say about a block: name, source and reachability, with the exceptions.
fn expected(place: Block, row: &Row) -> (&str, &str, bool) {
    let name = NAMED_OTHERWISE
        .iter()
        .find(|(text, ..)| block(text) == place)
        .map_or(row.name.as_str(), |(_, _, ours, _)| ours);
    let decided = REACHABLE_OTHERWISE
        .iter()
        .find(|(text, ..)| block(text) == place);
    let reachable = match (decided, row.reachable.as_str()) {
        (Some((_, _, ours, _)), _) => *ours,
        (None, "True") => true,
        (None, "False") => false,
        (None, cell) => panic!("{place:?}: `{cell}` says neither, so it needs an exception"),
    };
    (name, &row.source, reachable)
}

/// Compares a table with its file, in both directions.
#[track_caller]
fn compare(table: &[SpecialPurpose], file: &str) {
    let rows = rows(file);
    let mut faults = Vec::new();
    for (place, row) in &rows {
        let entry = table
            .iter()
            .find(|entry| (entry.network, entry.prefix_length) == *place);
        let found = entry.map(|entry| (entry.name, entry.source, entry.globally_reachable));
        let expected = expected(*place, row);
        if found != Some(expected) {
            faults.push(format!(
                "{place:?}: the file has {expected:?}, the table {found:?}"
            ));
        }
    }
    for entry in table {
        let place = (entry.network, entry.prefix_length);
        if !rows.contains_key(&place) && !OUTSIDE.iter().any(|(text, _)| block(text) == place) {
            faults.push(format!("{entry} is not in the file"));
        }
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

fn sum(file: &str) -> String {
    let mut hexadecimal = String::new();
    for byte in Sha256::digest(file) {
        write!(hexadecimal, "{byte:02x}").expect("a string takes any text");
    }
    hexadecimal
}

#[test]
fn the_ipv4_table_is_the_registry() {
    compare(IPV4, IPV4_FILE);
}

#[test]
fn the_ipv6_table_is_the_registry() {
    compare(IPV6, IPV6_FILE);
}

#[test]
fn the_files_are_those_of_the_edition() {
    assert_eq!(sum(IPV4_FILE), IPV4_SUM);
    assert_eq!(sum(IPV6_FILE), IPV6_SUM);
}

#[test]
fn every_exception_is_needed() {
    let mut rows_of_both = rows(IPV4_FILE);
    rows_of_both.extend(rows(IPV6_FILE));
    for (text, reason) in OUTSIDE {
        let place = block(text);
        assert!(entry_of(place).is_some(), "{text}: {reason}");
        assert!(!rows_of_both.contains_key(&place), "{text}: {reason}");
    }
    for (text, cell, ours, reason) in REACHABLE_OTHERWISE {
        assert_eq!(
            rows_of_both[&block(text)].reachable,
            cell,
            "{text}: {reason}"
        );
        assert_ne!(
            cell,
            if ours { "True" } else { "False" },
            "{text}: {reason}"
        );
    }
    for (text, written, ours, reason) in NAMED_OTHERWISE {
        assert_eq!(rows_of_both[&block(text)].name, written, "{text}: {reason}");
        assert_ne!(written, ours, "{text}: {reason}");
    }
}

#[test]
fn a_block_that_is_open_by_exception_carries_an_address_that_decides() {
    for (text, _, is_open, reason) in REACHABLE_OTHERWISE {
        let entry = entry_of(block(text)).expect("an entry for each exception");
        assert_eq!(entry.embedded.is_some(), is_open, "{text}: {reason}");
    }
}
