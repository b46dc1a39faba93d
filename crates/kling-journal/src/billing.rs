//! What the service says that a task costs, as the journal keeps it.

use kling_json::{Document, Kind, quoted};
use kling_text::shorten_bytes;

use crate::plain::plain;

/// The maximum number of bytes of the service's word for the state of the bill.
const MAX_STATUS: usize = 100;

/// The maximum number of bytes of an amount. A longer one is not kept: what is left of it would be another amount.
const MAX_AMOUNT: usize = 64;

/// What the service says that a task costs. Amounts are decimal texts, kept as the service wrote them, so that nothing
/// is rounded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Billing {
    /// The service's word: `pending`, `settled` or `refunded`, or another one, of which at most 100 bytes are kept.
    pub status: String,
    /// The amount in credits. At most 64 bytes; a longer text, and one that is not a number, is not kept.
    pub credits: Option<String>,
    /// The amount in US dollars, within the same limits.
    pub cost_usd: Option<String>,
}

impl Billing {
    /// Makes it safe to store.
    pub(crate) fn fit(self) -> Self {
        Self {
            status: shorten_bytes(&plain(&self.status), MAX_STATUS).into_owned(),
            credits: self.credits.filter(|amount| is_amount(amount)),
            cost_usd: self.cost_usd.filter(|amount| is_amount(amount)),
        }
    }

    /// Returns its text in the file.
    pub(crate) fn text(&self) -> String {
        let members = [
            ("status", Some(&self.status)),
            ("credits", self.credits.as_ref()),
            ("cost_usd", self.cost_usd.as_ref()),
        ];
        let members: Vec<String> = members
            .into_iter()
            .filter_map(|(name, value)| Some(format!("\"{name}\":{}", quoted(value?))))
            .collect();
        format!("{{{}}}", members.join(","))
    }

    /// Reads its text; `None` if it is not one.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let document = Document::parse(text).ok()?;
        let member = |name| {
            let text = document.root().member(name)?.text()?;
            Some(text.decode().into_owned())
        };
        Some(Self {
            status: member("status")?,
            credits: member("credits"),
            cost_usd: member("cost_usd"),
        })
    }
}

/// Whether a text is a number in the notation of JSON, and short enough.
fn is_amount(text: &str) -> bool {
    text.len() <= MAX_AMOUNT
        && Document::parse(text).is_ok_and(|document| {
            let root = document.root();
            root.kind() == Kind::Number && root.raw() == text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn billing(status: &str, credits: Option<&str>, cost_usd: Option<&str>) -> Billing {
        Billing {
            status: status.to_owned(),
            credits: credits.map(str::to_owned),
            cost_usd: cost_usd.map(str::to_owned),
        }
    }

    #[test]
    fn what_is_written_is_what_is_read() {
        for one in [
            billing("settled", Some("12.50"), Some("0.0625")),
            billing("pending", None, None),
            billing("\"\\", Some("0"), None),
            billing("", None, Some("1e-7")),
        ] {
            assert_eq!(Billing::read(&one.text()).as_ref(), Some(&one));
            assert_eq!(one.clone().fit(), one);
        }
        assert_eq!(Billing::read("{}"), None);
        assert_eq!(Billing::read("settled"), None);
    }

    #[test]
    fn what_is_not_an_amount_is_not_kept() {
        let long = "1".repeat(MAX_AMOUNT);
        assert_eq!(
            billing("settled", Some(&long), None).fit().credits,
            Some(long.clone())
        );
        for odd in [
            "",
            "free",
            "1.",
            ".5",
            "+1",
            " 1",
            "1 ",
            "0x1",
            &format!("{long}1"),
        ] {
            let fit = billing("settled", Some(odd), Some(odd)).fit();
            assert_eq!(fit, billing("settled", None, None), "{odd}");
        }
        let status = billing(&"\u{1b}é".repeat(200), None, None).fit().status;
        assert!(
            status.len() <= MAX_STATUS && !status.contains('\u{1b}'),
            "{status}"
        );
    }
}
