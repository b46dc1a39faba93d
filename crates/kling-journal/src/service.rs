//! Which URLs belong to the same service.

/// The names of this machine; on the same port they are one service.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Returns all spellings of a service's base URL, including `service`. URLs of this machine have three, all others
/// one: two hosts of one vendor are two services, since each has its own accounts.
pub(crate) fn spellings(service: &str) -> [String; 3] {
    let own = || [service, service, service].map(str::to_owned);
    let Some((scheme, rest)) = service.split_once("://") else {
        return own();
    };
    let host = LOOPBACK.into_iter().find(|name| {
        rest.get(..name.len())
            .is_some_and(|host| host.eq_ignore_ascii_case(name))
    });
    let Some(behind) = host.and_then(|name| rest.get(name.len()..)) else {
        return own();
    };
    if !(behind.is_empty() || behind.starts_with([':', '/'])) {
        return own();
    }
    LOOPBACK.map(|name| format!("{scheme}://{name}{behind}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_this_machine_are_one_service_a_port() {
        let one = spellings("http://localhost:8080/base");
        assert_eq!(one, spellings("http://127.0.0.1:8080/base"));
        assert_eq!(one, spellings("http://[::1]:8080/base"));
        assert_ne!(one, spellings("http://localhost:8081/base"));
        assert_ne!(one, spellings("http://localhost:8080"));
        assert_ne!(one, spellings("https://localhost:8080/base"));
    }

    #[test]
    fn other_hosts_are_services_of_their_own() {
        for service in [
            "https://toapis.com",
            "https://toapis.cn",
            "http://localhost.example",
            "http://127.0.0.10",
            "localhost",
        ] {
            assert_eq!(spellings(service), [service, service, service]);
        }
    }
}
