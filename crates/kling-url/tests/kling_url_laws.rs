//! Laws over generated URLs: what the fast path proves, every spelling of an address, and what messages never show.

use std::net::{Ipv4Addr, Ipv6Addr};

use kling_url::{
    Class, TrustedOrigins, UrlProblem, address_problem, assess, assess_asset, is_plainly_public,
};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::RngSeed;

fn config(seed: u64) -> ProptestConfig {
    ProptestConfig {
        cases: 3000,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn label() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => select(vec![
            "example", "com", "net", "cdn", "a", "x1", "my_bucket", "io", "me", "nip", "sslip", "lvh", "localtest",
            "localhost", "local", "LOCAL", "internal", "test", "invalid", "home", "arpa", "alt", "lan", "onion",
            "host", "site", "direct", "gd", "xn--bcher-kva", "XN--a", "xn--", "-", "--", "_", "", "0x7f", "0",
            "127", "1", "256", "017", "10-0-0-1", "7f000001", "0xg", "a b", "é", "ß", "аb", "ｅ", "%61", "a%",
            "[::1]", "x@y", "toapis", "traefik", "photography", "localdomain",
        ]).prop_map(str::to_owned),
        2 => "[a-zA-Z0-9_-]{1,12}",
        1 => "[a-z]{60,70}",
    ]
}

/// URLs, many of them plain and many of them nearly so.
fn url() -> impl Strategy<Value = String> {
    let scheme = prop_oneof![
        9 => Just("https://"),
        3 => Just("http://"),
        1 => select(vec!["HTTPS://", "https:/", "https:", "https:///", "ftp://", " https://", ""]),
    ];
    let any_host = prop::collection::vec(label(), 1..5).prop_map(|labels| labels.join("."));
    let likely_host = (
        "[a-zA-Z0-9_-]{1,20}",
        select(vec!["example.com", "toapis.com", "co.uk", "nip.com", "io"]),
    )
        .prop_map(|(label, suffix)| format!("{label}.{suffix}"));
    let host = prop_oneof![2 => any_host, 1 => likely_host];
    let port = prop_oneof![
        6 => Just(""),
        3 => select(vec![":80", ":443", ":8080", ":65535", ":65536", ":0", ":00", ":080", ":", ":99999999", ":8a", ":1@h", "."]),
    ];
    let piece = prop_oneof![
        6 => select(vec![
            "/", "a", "cat.jpg", "?x=1", "&y=2", "#t", "%20", "%E7%8C%AB", "%", "%4", "%zz", "%%41", "..", "//", "\\", " ",
            "\t", "\n", "{", "}", "<", ">", "\"", "`", "|", "^", "~", "[", "]", "'", ";", "@", ":", "é", "猫",
            "\u{200b}", "\u{202e}", "\u{7f}", "\u{80}", "\0", "\u{fffe}", "\u{10ffff}",
        ]).prop_map(str::to_owned),
        3 => "[!-~]{1,20}",
        2 => "[a-zA-Z0-9/._-]{1,40}",
    ];
    let tail = prop_oneof![
        3 => "(/[a-zA-Z0-9._-]{0,20}){0,4}(\\?[a-z]{1,5}=[a-zA-Z0-9%]{0,8})?",
        4 => (select(vec!["", "/", "?", "#"]), prop::collection::vec(piece, 0..6))
            .prop_map(|(start, pieces)| format!("{start}{}", pieces.concat())),
    ];
    (scheme, host, port, tail)
        .prop_map(|(scheme, host, port, tail)| format!("{scheme}{host}{port}{tail}"))
}

/// A URL with one character removed, inserted or replaced.
fn mutated_url() -> impl Strategy<Value = String> {
    (
        url(),
        any::<prop::sample::Index>(),
        0..3_u8,
        prop_oneof![any::<char>(), (0..128_u8).prop_map(char::from)],
    )
        .prop_map(|(url, index, action, character)| {
            let mut characters: Vec<char> = url.chars().collect();
            let at = index.index(characters.len() + 1);
            if action > 0 && at < characters.len() {
                characters.remove(at);
            }
            if action < 2 {
                characters.insert(at, character);
            }
            characters.into_iter().collect()
        })
}

fn private_ipv4() -> impl Strategy<Value = Ipv4Addr> {
    let block = select(vec![
        (0x0a00_0000_u32, 8),
        (0x7f00_0000, 8),
        (0, 8),
        (0xc0a8_0000, 16),
        (0xac10_0000, 12),
        (0xa9fe_0000, 16),
        (0x6440_0000, 10),
        (0xc000_0200, 24),
        (0xc612_0000, 15),
        (0xe000_0000, 4),
        (0xf000_0000, 4),
        (0xc058_6300, 24),
    ]);
    (block, any::<u32>())
        .prop_map(|((network, length), bits)| Ipv4Addr::from_bits(network | (bits >> length)))
}

fn public_ipv4() -> impl Strategy<Value = Ipv4Addr> {
    any::<u32>()
        .prop_map(Ipv4Addr::from_bits)
        .prop_filter("a public address", |&address| {
            address_problem(address.into()).is_none()
        })
}

/// How to spell one address: the form of each part, the number of parts, and a change to the whole text.
fn spelling() -> impl Strategy<Value = (Vec<u8>, usize, u8, bool)> {
    (
        prop::collection::vec(0..4_u8, 4),
        1..=4_usize,
        0..5_u8,
        any::<bool>(),
    )
}

fn spell(
    address: Ipv4Addr,
    (forms, parts, disguise, trailing_dot): &(Vec<u8>, usize, u8, bool),
) -> String {
    let octets = address.octets();
    let (heads, tail) = octets.split_at(parts - 1);
    let last = tail
        .iter()
        .fold(0_u32, |number, &octet| number << 8 | u32::from(octet));
    let numbers = heads.iter().map(|&octet| u32::from(octet)).chain([last]);
    let written: Vec<String> = numbers
        .zip(forms)
        .map(|(number, form)| match form {
            0 => format!("{number}"),
            1 => format!("0x{number:x}"),
            2 => format!("0{number:o}"),
            _ => format!("0X000{number:X}"),
        })
        .collect();
    let mut host = written.join(".");
    if *trailing_dot {
        host.push('.');
    }
    match disguise {
        0 | 1 => host,
        2 => percent_encode(&host),
        3 => host.chars().map(full_width).collect(),
        _ => host.replace('.', "。"),
    }
}

fn percent_encode(text: &str) -> String {
    let escapes: Vec<String> = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
    escapes.concat()
}

fn full_width(character: char) -> char {
    char::from_u32(u32::from(character) - 0x20 + 0xff00)
        .expect("printable ASCII has full-width twins")
}

/// Returns IPv6 addresses that carry an IPv4 one: mapped, NAT64, 6to4 and Teredo.
fn carriers(address: Ipv4Addr) -> [Ipv6Addr; 4] {
    let bits = u128::from(address.to_bits());
    [
        0xffff << 32 | bits,
        0x0064_ff9b << 96 | bits,
        0x2002 << 112 | bits << 80 | 1,
        0x2001_0000 << 96 | u128::from(!address.to_bits()),
    ]
    .map(Ipv6Addr::from_bits)
}

/// Spells an IPv6 address compressed, in full and upper case, and without compression.
fn spell_ipv6(address: Ipv6Addr) -> [String; 3] {
    let full: Vec<String> = address
        .segments()
        .iter()
        .map(|segment| format!("{segment:04X}"))
        .collect();
    let plain: Vec<String> = address
        .segments()
        .iter()
        .map(|segment| format!("{segment:x}"))
        .collect();
    [address.to_string(), full.join(":"), plain.join(":")]
}

fn class_of(url: &str) -> Option<Class> {
    assess(url).err().map(|problem| problem.class())
}

/// Returns whether a terminal acts on or hides a character, by its Unicode category or range.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(u32::from(character),
            0xad | 0x61c | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfeff | 0xfff9..=0xfffb | 0xe0000..=0xe007f)
}

fn assert_presentable(problem: &UrlProblem) -> Result<(), TestCaseError> {
    for text in [problem.to_string(), problem.help().to_owned()] {
        prop_assert!(!text.is_empty());
        prop_assert!(!text.contains(is_hidden), "{text:?}");
        prop_assert!(text.chars().count() <= 260, "{text}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(0x0075_7201))]

    #[test]
    fn what_is_plainly_public_has_no_problem(url in url()) {
        if is_plainly_public(&url) {
            // An upper-case scheme is never plain, so this is the full check.
            let full = format!("H{}", &url[1..]);
            prop_assert!(!is_plainly_public(&full));
            prop_assert_eq!(class_of(&full), None);
        }
    }

    #[test]
    fn what_is_plainly_public_after_a_change_has_no_problem(url in mutated_url()) {
        if is_plainly_public(&url) {
            prop_assert_eq!(class_of(&format!("H{}", &url[1..])), None);
        }
    }

    #[test]
    fn private_ipv4_is_never_public(address in private_ipv4(), spelling in spelling()) {
        let url = format!("http://{}/a.jpg", spell(address, &spelling));
        prop_assert_eq!(class_of(&url), Some(Class::NotPublic), "{}", url);
        prop_assert!(!is_plainly_public(&url));
    }

    #[test]
    fn public_ipv4_is_never_private(address in public_ipv4(), spelling in spelling()) {
        let url = format!("http://{}/a.jpg", spell(address, &spelling));
        prop_assert!(matches!(class_of(&url), None | Some(Class::Suspicious)), "{}", url);
    }

    #[test]
    fn carried_ipv4_decides(private in private_ipv4(), public in public_ipv4()) {
        for host in carriers(private).into_iter().flat_map(spell_ipv6) {
            prop_assert_eq!(class_of(&format!("http://[{host}]/")), Some(Class::NotPublic), "{}", host);
        }
        for host in carriers(public).into_iter().flat_map(spell_ipv6) {
            prop_assert_eq!(class_of(&format!("http://[{host}]/")), None, "{}", host);
        }
    }

    #[test]
    fn private_ipv6_is_never_public(
        (network, length) in select(vec![
            (0xfc00_u128 << 112, 7), (0xfe80 << 112, 10), (0xfec0 << 112, 10), (0xff00 << 112, 8), (0x2001_0db8 << 96, 32),
            (0x3fff << 112, 20), (0x5f00 << 112, 16), (0x0064_ff9b_0001 << 80, 48), (0x0100 << 112, 64), (1, 128),
        ]),
        bits in any::<u128>(),
    ) {
        let address = Ipv6Addr::from_bits(network | bits.checked_shr(length).unwrap_or(0));
        for host in spell_ipv6(address) {
            prop_assert_eq!(class_of(&format!("https://[{host}]:8443/a?b")), Some(Class::NotPublic), "{}", host);
        }
    }

    #[test]
    fn problems_of_urls_are_presentable(url in mutated_url()) {
        for result in [assess(&url), assess_asset(&url, &TrustedOrigins::default())] {
            if let Err(problem) = result {
                assert_presentable(&problem)?;
            }
        }
    }

    #[test]
    fn problems_of_any_text_are_presentable(text in any::<String>(), scheme in select(vec!["", "http://", "https:", "data:", "C:", "a.", "//"])) {
        let text = format!("{scheme}{text}");
        for result in [assess(&text), assess_asset(&text, &TrustedOrigins::default())] {
            if let Err(problem) = result {
                assert_presentable(&problem)?;
            }
        }
    }
}

/// The laws above would also hold for a fast path that never accepts.
#[test]
fn the_generator_makes_many_plain_urls() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::new(config(7));
    let count = (0..2000)
        .filter(|_| is_plainly_public(&url().new_tree(&mut runner).expect("a URL").current()))
        .count();
    assert!((200..1800).contains(&count), "{count}");
}
