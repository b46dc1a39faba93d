//! Public domains whose names resolve to private addresses: made for developers, useless to a service elsewhere. They
//! are in no registry, but public projects use them in this way.

use super::{WildcardAnswer, WildcardDns};

/// Wildcard DNS domains, sorted by domain.
pub(crate) const WILDCARD_DNS: &[WildcardDns] = &[
    entry("backname.io", WildcardAnswer::Spelled),
    entry("ddev.site", WildcardAnswer::Loopback),
    entry("fuf.me", WildcardAnswer::Loopback),
    entry("lacolhost.com", WildcardAnswer::Loopback),
    entry("lcl.host", WildcardAnswer::Loopback),
    entry("lndo.site", WildcardAnswer::Loopback),
    entry("local-ip.co", WildcardAnswer::Spelled),
    entry("local-ip.sh", WildcardAnswer::Spelled),
    entry("local.gd", WildcardAnswer::Loopback),
    entry("localhost.direct", WildcardAnswer::Loopback),
    entry("localtest.me", WildcardAnswer::Loopback),
    entry("lvh.me", WildcardAnswer::Loopback),
    entry("nip.io", WildcardAnswer::Spelled),
    entry("plex.direct", WildcardAnswer::Spelled),
    entry("sslip.io", WildcardAnswer::Spelled),
    entry("traefik.me", WildcardAnswer::SpelledOrLoopback),
    entry("vcap.me", WildcardAnswer::Loopback),
    entry("xip.io", WildcardAnswer::Spelled),
];

const fn entry(domain: &'static str, answers: WildcardAnswer) -> WildcardDns {
    WildcardDns { domain, answers }
}
