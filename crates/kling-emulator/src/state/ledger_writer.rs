//! The ledger as JSON, piece by piece: however many charges there are, a piece is not much longer than [`PIECE`].

use std::io::Write as _;

use serde::Serialize;
use serde_json::json;

use super::ledger::{Charge, Groups, Ledger};

/// The size at which a piece ends, in bytes.
const PIECE: usize = 32 * 1024;

/// Writes the ledger in pieces. Charges after its first piece are left out.
#[derive(Debug, Default)]
pub(crate) struct LedgerWriter {
    /// The number of charges at the first piece.
    charges: usize,
    cursor: Cursor,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Cursor {
    #[default]
    Sums,
    /// The next task of a group.
    Body(Member),
    Id(Member),
    Entry(usize),
    End,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Member {
    group: usize,
    task: usize,
}

impl LedgerWriter {
    /// Returns the next piece; `None` after the last.
    pub(crate) fn piece(&mut self, ledger: &Ledger) -> Option<Vec<u8>> {
        let mut piece = Vec::new();
        while piece.len() < PIECE && self.cursor != Cursor::End {
            self.cursor = self.step(ledger, &mut piece);
        }
        (!piece.is_empty()).then_some(piece)
    }

    /// Writes the element at the cursor, and returns the next cursor.
    fn step(&mut self, ledger: &Ledger, out: &mut Vec<u8>) -> Cursor {
        let next = match self.cursor {
            Cursor::Sums => {
                self.charges = ledger.charges().len();
                sums(ledger, out);
                Some(Cursor::Body(Member::default()))
            }
            Cursor::Body(at) => self
                .member(ledger, ledger.bodies(), "body_hash", at, out)
                .map(Cursor::Body),
            Cursor::Id(at) => self
                .member(ledger, ledger.ids(), "client_business_id", at, out)
                .map(Cursor::Id),
            Cursor::Entry(at) => self.seen(ledger).get(at).map(|charge| {
                separate(at, out);
                push(out, charge);
                Cursor::Entry(at + 1)
            }),
            Cursor::End => None,
        };
        next.unwrap_or_else(|| self.behind(out))
    }

    /// Ends the list that has been read, and begins the next.
    fn behind(&self, out: &mut Vec<u8>) -> Cursor {
        let (text, next) = match self.cursor {
            Cursor::Sums | Cursor::Body(_) => (
                r#"],"per_client_business_id":["#,
                Cursor::Id(Member::default()),
            ),
            Cursor::Id(_) => (r#"],"entries":["#, Cursor::Entry(0)),
            Cursor::Entry(_) => ("]}", Cursor::End),
            Cursor::End => ("", Cursor::End),
        };
        out.extend_from_slice(text.as_bytes());
        next
    }

    fn seen<'l>(&self, ledger: &'l Ledger) -> &'l [Charge] {
        // Charges are never removed.
        &ledger.charges()[..self.charges]
    }

    /// Writes one task; before the first and after the last of a group also the group's beginning and end.
    fn member(
        &self,
        ledger: &Ledger,
        groups: &Groups,
        name: &str,
        at: Member,
        out: &mut Vec<u8>,
    ) -> Option<Member> {
        let (key, numbers) = groups.get_index(at.group)?;
        let charges = numbers.partition_point(|number| *number < self.charges);
        // A group without such a charge began later, and so did all after it.
        let number = *numbers[..charges].get(at.task)?;
        if at.task == 0 {
            separate(at.group, out);
            out.extend_from_slice(b"{\"");
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b"\":");
            push(out, key);
            let double = charges > 1;
            write!(out, r#","charges":{charges},"double":{double},"tasks":["#)
                .expect("writing to a Vec cannot fail");
        }
        separate(at.task, out);
        push(out, &ledger.charges()[number].task);
        if at.task + 1 < charges {
            return Some(Member {
                task: at.task + 1,
                ..at
            });
        }
        out.extend_from_slice(b"]}");
        Some(Member {
            group: at.group + 1,
            task: 0,
        })
    }
}

/// Writes everything that is known without reading the charges, and the beginning of the first list.
fn sums(ledger: &Ledger, out: &mut Vec<u8>) {
    push(
        out,
        &json!({
            "version": 1,
            "charges": ledger.charges().len(),
            "seconds": ledger.seconds(),
            "double_charges": ledger.double_charges(),
            "repeated_requests": ledger.repeated_requests(),
            "per_spec": ledger.per_spec(),
        }),
    );
    // The object continues.
    out.pop();
    out.extend_from_slice(br#","per_body":["#);
}

fn separate(at: usize, out: &mut Vec<u8>) {
    if at > 0 {
        out.push(b',');
    }
}

fn push(out: &mut Vec<u8>, value: &(impl Serialize + ?Sized)) {
    serde_json::to_writer(out, value).expect("texts and numbers can be written to a Vec");
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::ledger::tests::charge;
    use super::*;

    fn pieces(ledger: &Ledger) -> Vec<Vec<u8>> {
        let mut writer = LedgerWriter::default();
        std::iter::from_fn(|| writer.piece(ledger)).collect()
    }

    fn read(pieces: &[Vec<u8>]) -> Value {
        serde_json::from_slice(&pieces.concat()).unwrap()
    }

    #[test]
    fn the_form_of_the_ledger() {
        let mut ledger = Ledger::default();
        assert_eq!(read(&pieces(&ledger))["entries"], json!([]));
        ledger.charge(charge("a", Some("x"), "1"));
        ledger.charge(charge("b", Some("x"), "1"));
        insta::assert_json_snapshot!(read(&pieces(&ledger)));
    }

    #[test]
    fn no_piece_grows_with_the_ledger() {
        let mut ledger = Ledger::default();
        for number in 0..20_000 {
            let task = format!("video_{number:026}");
            // Half of the charges share one body and one id.
            let own = number.to_string();
            let key = if number % 2 == 0 { "same" } else { &own };
            ledger.charge(charge(&task, Some(key), key));
        }
        let pieces = pieces(&ledger);
        assert!(pieces.iter().all(|piece| piece.len() < 2 * PIECE));
        let written = read(&pieces);
        assert_eq!(written["charges"], 20_000);
        assert_eq!(written["entries"].as_array().unwrap().len(), 20_000);
        for groups in ["per_body", "per_client_business_id"] {
            let groups = written[groups].as_array().unwrap();
            assert_eq!(groups.len(), 10_001);
            assert_eq!(
                (&groups[0]["charges"], &groups[0]["double"]),
                (&json!(10_000), &json!(true))
            );
            assert_eq!(groups[0]["tasks"].as_array().unwrap().len(), 10_000);
            assert_eq!(
                groups[10_000]["tasks"],
                json!(["video_00000000000000000000019999"])
            );
        }
    }

    #[test]
    fn what_is_charged_while_the_ledger_is_read_is_left_out() {
        let mut ledger = Ledger::default();
        ledger.charge(charge("a", Some("x"), "1"));
        let before = read(&pieces(&ledger));
        let mut writer = LedgerWriter::default();
        writer.cursor = writer.step(&ledger, &mut Vec::new());
        let mut rest = Vec::new();
        sums(&ledger, &mut rest);
        ledger.charge(charge("b", Some("x"), "1"));
        ledger.charge(charge("c", Some("y"), "2"));
        while let Some(piece) = writer.piece(&ledger) {
            rest.extend(piece);
        }
        assert_eq!(read(&[rest]), before);
    }
}
