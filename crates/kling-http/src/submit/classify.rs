//! From an answer to a verdict. Pure: what is written here decides whether somebody pays twice.

use crate::answer::{ApiError, Task, find_id, is_error_object};
use crate::body::Body;
use crate::client::{Answer, Framing};
use crate::error::{Error, Kind};
use crate::sanitise::Sanitiser;

use super::{Accepted, Rejected, Unknown, Verdict};

/// The statuses that mean that nothing was charged, in a complete answer without a task id. 408, 409 and
/// 5xx are missing: a gateway says them also after it has passed the request on.
const REFUSALS: [u16; 10] = [400, 401, 402, 403, 404, 405, 413, 415, 422, 429];

/// No answer came, or the beginning of one broke off.
pub(super) fn without_answer(body: &Body, error: Error) -> Verdict {
    Verdict::Unknown(Unknown {
        candidate: None,
        client_business_id: body.client_business_id().map(str::to_owned),
        evidence: None,
        http_status: None,
        request_id: None,
        error: with_advice(error, body),
    })
}

/// The body of the answer broke off.
pub(super) fn cut(answer: &Answer, body: &Body, error: Error, sanitiser: &Sanitiser) -> Verdict {
    unknown(answer, body, error.with_status(answer.status), sanitiser)
}

/// The body of the answer is longer than any real one.
pub(super) fn too_large(
    answer: &Answer,
    body: &Body,
    limit: usize,
    sanitiser: &Sanitiser,
) -> Verdict {
    let message = format!("the answer is longer than {limit} bytes");
    unknown(answer, body, Error::new(Kind::Answer, message), sanitiser)
}

/// The answer was read to its end.
pub(super) fn complete(answer: Answer, body: &Body, sanitiser: &Sanitiser) -> Verdict {
    let members = answer.members();
    let id = find_id(&answer.body);
    match (members, id) {
        (Some(members), Some(id)) => {
            let mut task = Task::of_answer(members);
            task.id = Some(id.clone());
            Verdict::Accepted(Accepted {
                id,
                task: Box::new(task),
                http_status: answer.status,
                request_id: answer.request_id,
            })
        }
        (Some(members), None)
            if is_refusal(answer.status) || answer.status == 200 && is_error_object(&members) =>
        {
            let error = ApiError::of_answer(&members).map(|error| error.sanitised(sanitiser));
            rejected(answer, error, sanitiser)
        }
        // Without a length, a cut body looks complete: an id may have been in the rest.
        (None, None) if is_refusal(answer.status) && answer.framing == Framing::Delimited => {
            rejected(answer, None, sanitiser)
        }
        (Some(_) | None, _) => {
            let message = format!(
                "the service answered {} {}{}",
                answer.status,
                crate::client::reason(answer.status),
                what_is_wrong(&answer),
            );
            let mut error = Error::new(Kind::Answer, message);
            if let (300..=399, Some(to)) = (answer.status, &answer.location) {
                let to = sanitiser.message(to);
                error = error.with_help(format!(
                    "the redirect to {to} was not followed; if that is the service, use it as the base URL"
                ));
            }
            unknown(&answer, body, error, sanitiser)
        }
    }
}

fn is_refusal(status: u16) -> bool {
    REFUSALS.contains(&status)
}

fn what_is_wrong(answer: &Answer) -> &'static str {
    match answer.status {
        200..300 if answer.body.is_empty() => " without a body",
        200..300 => " without a task id",
        300..400 => ", a redirect",
        _ => ", which does not say whether the task was made",
    }
}

fn rejected(answer: Answer, error: Option<ApiError>, sanitiser: &Sanitiser) -> Verdict {
    let error = error.unwrap_or_default();
    Verdict::Rejected(Rejected {
        http_status: answer.status,
        message: error.message_text().unwrap_or_default(),
        error_type: error.kind_text(),
        code: error.code_text(),
        retry_after: answer.retry_after,
        request_id: answer.request_id,
        body: sanitiser.evidence(&answer.body),
    })
}

fn unknown(answer: &Answer, body: &Body, error: Error, sanitiser: &Sanitiser) -> Verdict {
    let evidence = sanitiser.evidence(&answer.body);
    Verdict::Unknown(Unknown {
        candidate: find_id(&answer.body),
        client_business_id: body.client_business_id().map(str::to_owned),
        evidence: evidence.clone(),
        http_status: Some(answer.status),
        request_id: answer.request_id.clone(),
        error: with_advice(
            error
                .with_status(answer.status)
                .with_request_id(answer.request_id.clone())
                .with_body(evidence),
            body,
        ),
    })
}

/// What settles an unknown outcome, unless something better is said already.
fn with_advice(error: Error, body: &Body) -> Error {
    if error.help().is_some() {
        return error;
    }
    error.with_help(match body.client_business_id() {
        Some(_) => "do not send it again; look the task up by its `client_business_id`",
        None => "do not send it again; look for the task on the service's own pages",
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{REFUSALS, complete, cut};
    use crate::answer::find_id;
    use crate::body::Body;
    use crate::client::{Answer, Framing};
    use crate::error::{Error, Kind};
    use crate::sanitise::Sanitiser;
    use crate::submit::Verdict;

    /// Bodies with and without an id, whole, cut and glued together.
    fn bodies() -> impl Strategy<Value = Vec<u8>> {
        let pieces = prop::sample::select(vec![
            r#"{"id":"video_1","status":"queued"}"#,
            r#"{"data":{"task_id":"video_1"}}"#,
            r#"{"error":{"message":"no","id":"x"}}"#,
            r#"{"success":false,"message":"no"}"#,
            "{}",
            "<html></html>",
            "",
            "\u{feff}",
            "{\"id\":",
        ]);
        let cuts = (pieces, any::<prop::sample::Index>(), any::<bool>());
        prop::collection::vec(cuts, 0..3).prop_map(|parts| {
            let mut body = Vec::new();
            for (piece, at, whole) in parts {
                let end = if whole {
                    piece.len()
                } else {
                    at.index(piece.len() + 1)
                };
                body.extend_from_slice(&piece.as_bytes()[..end]);
            }
            body
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

        /// Accepted means an id in the body. Rejected means none, and a status that says that nothing was
        /// charged. An id that is not accepted is a candidate. What is cut is unknown.
        #[test]
        fn verdicts_keep_to_their_laws(
            body in bodies(),
            status in prop_oneof![100..600_u16, prop::sample::select(&REFUSALS[..])],
            delimited in any::<bool>(),
        ) {
            let framing = if delimited { Framing::Delimited } else { Framing::UntilClose };
            let answer = |body: Vec<u8>| Answer {
                status,
                request_id: None,
                retry_after: None,
                location: None,
                framing,
                body,
            };
            let request = Body::from_json_text(r#"{"client_business_id":"order-7"}"#);
            let id = find_id(&body);
            match complete(answer(body.clone()), &request, &Sanitiser::default()) {
                Verdict::Accepted(accepted) => prop_assert_eq!(Some(accepted.id), id.clone()),
                Verdict::Rejected(rejected) => {
                    prop_assert_eq!(&id, &None);
                    prop_assert!(REFUSALS.contains(&status) || status == 200);
                    prop_assert_eq!(rejected.http_status, status);
                    let whole = serde_json::from_slice::<serde_json::Value>(&body).is_ok();
                    prop_assert!(delimited || whole, "it may have been cut");
                }
                Verdict::Unknown(unknown) => {
                    prop_assert_eq!(unknown.candidate, id.clone());
                    prop_assert_eq!(unknown.client_business_id.as_deref(), Some("order-7"));
                    prop_assert!(unknown.error.help().is_some());
                }
                Verdict::NotSent(not_sent) => prop_assert!(false, "it was sent: {not_sent:?}"),
            }
            let broken = Error::new(Kind::Transport, "cut");
            let verdict = cut(&answer(body), &request, broken, &Sanitiser::default());
            prop_assert!(matches!(&verdict, Verdict::Unknown(unknown) if unknown.candidate == id), "{verdict:?}");
        }
    }
}
