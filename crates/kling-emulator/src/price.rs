//! What a video costs here: the prices of the service are not known, so these are the emulator's own.

/// How many credits a US dollar is worth, at the service too.
pub(crate) const CREDITS_PER_USD: u32 = 200;

/// Credits for each second of video.
pub(crate) const CREDITS_PER_SECOND: f64 = 2.5;

/// Returns what some seconds of video cost in credits, as a decimal text.
pub(crate) fn credits(seconds: u32) -> String {
    decimal(u64::from(seconds) * 25_000)
}

/// Returns what some seconds of video cost in US dollars, as a decimal text.
pub(crate) fn usd(seconds: u32) -> String {
    decimal(u64::from(seconds) * 125)
}

/// Writes ten-thousandths with as many places as are needed.
fn decimal(parts: u64) -> String {
    const UNIT: u64 = 10_000;
    let places = format!("{:04}", parts % UNIT);
    let whole = parts / UNIT;
    match places.trim_end_matches('0') {
        "" => whole.to_string(),
        places => format!("{whole}.{places}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_as_many_places_as_they_need() {
        let both = |seconds| (credits(seconds), usd(seconds));
        assert_eq!(both(0), ("0".to_owned(), "0".to_owned()));
        assert_eq!(both(5), ("12.5".to_owned(), "0.0625".to_owned()));
        assert_eq!(both(10), ("25".to_owned(), "0.125".to_owned()));
        assert_eq!(both(80), ("200".to_owned(), "1".to_owned()));
        assert!(both(u32::MAX).0.starts_with("10737418237.5"));
    }
}
