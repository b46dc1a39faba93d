//! From an answer to a verdict. A pure function: what is written here decides whether a user pays twice.

use serde_json::{Map, Value};

use crate::answer::{ApiError, Task, find_id, is_error_object, may_mention_task, mentioned_id};
use crate::body::Body;
use crate::client::{Answer, Framing};
use crate::error::{Error, Kind};
use crate::rate_limit::Category;
use crate::sanitise::Sanitiser;
use crate::task_ref::{TaskRef, is_usable_id};

use super::{Accepted, Rejected, Unknown, Verdict};

/// The statuses that mean that nothing was charged, if the answer is complete and has no task id. 408, 409 and 5xx are
/// not among them: a gateway may also send those after it has forwarded the request.
const REFUSALS: [u16; 10] = [400, 401, 402, 403, 404, 405, 413, 415, 422, 429];

/// Classifies a missing answer, or one that broke off in its head.
pub(super) fn without_answer(body: &Body, error: Error) -> Verdict {
    Verdict::Unknown(Unknown {
        candidate: None,
        client_business_id: body.client_business_id().map(str::to_owned),
        evidence: None,
        reason: None,
        http_status: None,
        request_id: None,
        error: with_advice(error, body),
    })
}

/// Classifies an answer whose body broke off.
pub(super) fn cut(answer: &Answer, body: &Body, error: Error, sanitiser: &Sanitiser) -> Verdict {
    unknown(answer, body, error.with_status(answer.status), sanitiser)
}

/// Classifies an answer whose body is longer than any real one.
pub(super) fn too_large(
    answer: &Answer,
    body: &Body,
    limit: usize,
    sanitiser: &Sanitiser,
) -> Verdict {
    let message = format!("the answer is longer than {limit} bytes");
    unknown(answer, body, Error::new(Kind::Answer, message), sanitiser)
}

/// Classifies an answer that was read to its end.
pub(super) fn complete(answer: Answer, body: &Body, sanitiser: &Sanitiser) -> Verdict {
    let members = sanitiser.object(&answer.body);
    let id = id_of(&answer, body, members.as_ref(), sanitiser);
    match (members, id) {
        (Some(members), Some(id)) => {
            let raw = sanitiser.raw(&answer.body);
            let mut task = Task::from(members).unwrapped(None).with_raw(raw);
            task.id = Some(id.clone());
            Verdict::Accepted(Accepted {
                id,
                task: Box::new(task),
                http_status: answer.status,
                request_id: answer.request_id,
            })
        }
        (Some(members), None)
            if (is_refusal(answer.status) || answer.status == 200 && is_error_object(&members))
                && answer.location.is_none()
                && mentioned_id(&members).is_none()
                && !has_bill(&members)
                && !may_be_about_a_task(&answer, sanitiser) =>
        {
            rejected(answer, sanitiser)
        }
        // Without a length, a cut body looks complete: the rest may have contained an id.
        (None, None)
            if is_refusal(answer.status)
                && answer.framing == Framing::Delimited
                && answer.location.is_none()
                && is_about_no_task(&answer.body) =>
        {
            rejected(answer, sanitiser)
        }
        (Some(_) | None, _) => unclear(&answer, body, sanitiser),
    }
}

/// Whether an answer has a bill, so that something may have been charged.
fn has_bill(members: &Map<String, Value>) -> bool {
    members.iter().any(|(name, value)| {
        name == "billing" && !value.is_null() || value.as_object().is_some_and(has_bill)
    })
}

/// Whether a body that is not a JSON object is a text that mentions no task. One that cannot be read, since it is
/// compressed or in another encoding, may mention one.
fn is_about_no_task(body: &[u8]) -> bool {
    std::str::from_utf8(body).is_ok_and(|text| {
        let begins_as_text = !text
            .trim_start_matches('\u{feff}')
            .trim_start()
            .starts_with('"');
        begins_as_text && !text.contains('\0') && !may_mention_task(text)
    })
}

/// Returns the id of the task in a complete answer: from the object that has the request's own `client_business_id`,
/// if there is one.
fn id_of(
    answer: &Answer,
    body: &Body,
    members: Option<&Map<String, Value>>,
    sanitiser: &Sanitiser,
) -> Option<String> {
    let own = body.client_business_id();
    let shown = members.zip(own).and_then(|(members, own)| {
        let task = Task::from(members.clone()).unwrapped(Some(&TaskRef::client_business_id(own)));
        let is_own = task.client_business_id.as_deref() == Some(own);
        task.id.filter(|id| is_own && id != own && is_usable_id(id))
    });
    shown.or_else(|| find_id(&answer.body).map(|id| sanitiser.without_key(id)))
}

/// Whether a refusal says that the service already has the task, which an earlier request created, or this one, or that
/// the error is that of a further call, which means what a 5xx does.
fn may_be_about_a_task(answer: &Answer, sanitiser: &Sanitiser) -> bool {
    answer.said(sanitiser).is_some_and(|said| {
        said.is_about_a_task_that_is_there() || said.is_of_a_passed_on_request()
    })
}

/// Classifies a complete answer that does not say whether the task was created.
fn unclear(answer: &Answer, body: &Body, sanitiser: &Sanitiser) -> Verdict {
    let said = answer.said(sanitiser);
    let no_model = said
        .as_ref()
        .is_some_and(ApiError::is_about_an_unknown_model);
    let to = answer
        .location
        .as_deref()
        .filter(|_| (300..400).contains(&answer.status))
        .map(|to| sanitiser.message(to));
    let mut message = format!(
        "the service answered {} {}{}",
        answer.status,
        crate::client::reason(answer.status),
        what_is_wrong(answer),
    );
    if let Some(to) = &to {
        message.push_str(" to ");
        message.push_str(to);
    }
    if let Some(said) = said.as_ref().and_then(ApiError::summary) {
        message.push_str(": ");
        message.push_str(&said);
    }
    if no_model {
        message.push_str(" (it does not have this model, which does not change by itself)");
    }
    let error = Error::new(Kind::Answer, message).with_service(said);
    let error = if let Some(to) = to {
        error.with_help(format!(
            "the redirect to {to} was not followed; if that is the service, use it as the base URL"
        ))
    } else if no_model {
        error.with_help(
            "do not send it again: the answer would be the same; use another model, and check on the service's website \
             whether this request was charged",
        )
    } else {
        error
    };
    unknown(answer, body, error, sanitiser)
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

fn rejected(answer: Answer, sanitiser: &Sanitiser) -> Verdict {
    let said = answer.said(sanitiser);
    let message = if said.is_none() && answer.body.is_empty() {
        String::new()
    } else {
        answer.why(said.as_ref(), sanitiser)
    };
    let said = said.unwrap_or_default();
    Verdict::Rejected(Rejected {
        http_status: answer.status,
        message,
        error_type: said.kind_text(),
        code: said.code_text(),
        retry_after: answer.pause(Category::Submit),
        request_id: answer.request_id,
        body: sanitiser.evidence(&answer.body),
    })
}

fn unknown(answer: &Answer, body: &Body, error: Error, sanitiser: &Sanitiser) -> Verdict {
    let evidence = sanitiser.evidence(&answer.body);
    let reason = error.service().and_then(ApiError::summary);
    Verdict::Unknown(Unknown {
        candidate: find_id(&answer.body)
            .or_else(|| mentioned_id(&sanitiser.object(&answer.body)?))
            .or_else(|| made_at(answer))
            .map(|id| sanitiser.without_key(id)),
        client_business_id: body.client_business_id().map(str::to_owned),
        evidence: evidence.clone(),
        reason,
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

/// Returns the last segment of the URL at which an answer says that something was created, which may be the id of the
/// task.
fn made_at(answer: &Answer) -> Option<String> {
    let address = answer
        .location
        .as_deref()
        .filter(|_| (200..300).contains(&answer.status))?;
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let id = path.rsplit('/').next().unwrap_or_default();
    is_usable_id(id).then(|| id.to_owned())
}

/// Adds how to resolve an unknown outcome, unless the error already has better advice.
fn with_advice(error: Error, body: &Body) -> Error {
    if error.help().is_some() {
        return error;
    }
    error.with_help(match body.client_business_id() {
        Some(_) => "do not send it again; look the task up by its `client_business_id`",
        None => "do not send it again; look for the task on the service's website",
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
    use crate::rate_limit::RateLimit;
    use crate::sanitise::Sanitiser;
    use crate::submit::Verdict;

    /// Bodies with and without an id, complete, cut and joined.
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

    fn answered(status: u16, location: Option<&str>, text: &str) -> Verdict {
        answered_with(status, location, text.as_bytes())
    }

    fn answered_with(status: u16, location: Option<&str>, body: &[u8]) -> Verdict {
        let answer = Answer {
            status,
            request_id: None,
            retry_after: None,
            rate_limit: RateLimit::default(),
            location: location.map(str::to_owned),
            framing: Framing::Delimited,
            body: body.to_vec(),
        };
        let request = Body::from_json_text(r#"{"client_business_id":"order-7"}"#);
        complete(answer, &request, &Sanitiser::default())
    }

    #[test]
    fn the_task_that_shows_the_requests_own_id_is_the_one() {
        let text = r#"{"id":"batch_9","data":[{"id":"task_1","client_business_id":"order-6"},
            {"id":"task_2","client_business_id":"order-7"}]}"#;
        let verdict = answered(200, None, text);
        assert!(
            matches!(&verdict, Verdict::Accepted(accepted) if accepted.id == "task_2"),
            "{verdict:?}"
        );
    }

    #[test]
    fn an_address_of_what_was_made_has_a_candidate() {
        for status in [200, 201, 202] {
            let verdict = answered(status, Some("/v1/videos/generations/task_1?x=1"), "");
            assert!(
                matches!(&verdict, Verdict::Unknown(unknown) if unknown.candidate.as_deref() == Some("task_1")),
                "{verdict:?}"
            );
        }
        let verdict = answered(302, Some("/login"), "");
        assert!(
            matches!(&verdict, Verdict::Unknown(unknown) if unknown.candidate.is_none()),
            "{verdict:?}"
        );
    }

    #[test]
    fn a_refusal_with_a_bill_or_the_address_of_a_task_does_not_prove_that_nothing_was_charged() {
        for (location, text) in [
            (
                None,
                r#"{"error":{"message":"bad"},"billing":{"status":"settled","credits":12.5}}"#,
            ),
            (
                None,
                r#"{"error":{"message":"bad","billing":{"status":"pending"}}}"#,
            ),
            (
                None,
                r#"{"error":{"message":"bad","metadata":{"id":"video_1"}}}"#,
            ),
            (None, r#"{"error":{"message":"bad","code":"504"}}"#),
            (
                Some("/v1/videos/generations/video_1"),
                r#"{"error":{"message":"bad"}}"#,
            ),
            (Some("/v1/videos/generations/video_1"), ""),
        ] {
            for status in [200, 400, 429] {
                let verdict = answered(status, location, text);
                assert!(
                    matches!(verdict, Verdict::Unknown(_)),
                    "{status} {text}: {verdict:?}"
                );
            }
        }
        let text = r#"{"error":{"message":"bad"},"billing":null}"#;
        let verdict = answered(400, None, text);
        assert!(matches!(verdict, Verdict::Rejected(_)), "{verdict:?}");
    }

    #[test]
    fn a_refusal_that_cannot_be_read_does_not_prove_that_nothing_was_charged() {
        let wide: Vec<u8> =
            r#"{"id":"video_1"}"#.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let nested = "[".repeat(200_000);
        for body in [
            // The beginning of a gzip file.
            &b"\x1f\x8b\x08\0\0\0\0\0\0\x03"[..],
            &wide,
            br#"{"error":{"message":"bad"}}{"id":"video_1"}"#,
            br#""{\"id\":\"video_1\"}""#,
            br#"[{"id":"video_1","status":"queued"}]"#,
            nested.as_bytes(),
        ] {
            for status in [400, 402, 429] {
                let verdict = answered_with(status, None, body);
                assert!(
                    matches!(verdict, Verdict::Unknown(_)),
                    "{status}: {verdict:?}"
                );
            }
        }
        for text in ["", "Too Many Requests", "<html><body>no</body></html>"] {
            let verdict = answered(429, None, text);
            assert!(
                matches!(verdict, Verdict::Rejected(_)),
                "{text}: {verdict:?}"
            );
        }
    }

    #[test]
    fn a_refusal_because_the_task_exists_does_not_prove_that_nothing_was_charged() {
        for text in [
            r#"{"error":{"code":"duplicate","message":"duplicate client_business_id: task already exists"}}"#,
            r#"{"error":{"code":"duplicate_request","message":"sent before"}}"#,
        ] {
            let verdict = answered(400, None, text);
            assert!(matches!(verdict, Verdict::Unknown(_)), "{verdict:?}");
        }
        let verdict = answered(400, None, r#"{"error":{"message":"duplicate key `mode`"}}"#);
        assert!(matches!(verdict, Verdict::Rejected(_)), "{verdict:?}");
    }

    #[test]
    fn an_answer_that_mentions_a_task_does_not_prove_that_nothing_was_charged() {
        for (status, text) in [
            (200, r#"{"error":0,"msg":"ok","result":{"id":"t1"}}"#),
            (200, r#"{"error":"soft warning","data":[{"task_id":"t1"}]}"#),
            (
                200,
                r#"{"success":false,"error":null,"result":{"id":"t1"}}"#,
            ),
            (400, r#"{"error":{"message":"x","task_id":"t1"}}"#),
        ] {
            let verdict = answered(status, None, text);
            assert!(
                matches!(&verdict, Verdict::Unknown(unknown) if unknown.candidate.as_deref() == Some("t1")),
                "{verdict:?}"
            );
        }
        for (status, text) in [
            (200, r#"{"error":{"message":"upstream timeout"}}"#),
            (200, r#"{"error":{"code":504,"message":"later"}}"#),
            (200, r#"{"error":0,"msg":"ok"}"#),
            (
                400,
                r#"{"error":{"message":"task was created, but not shown"}}"#,
            ),
        ] {
            let verdict = answered(status, None, text);
            assert!(matches!(verdict, Verdict::Unknown(_)), "{verdict:?}");
        }
        let verdict = answered(200, None, r#"{"error":{"code":400,"message":"no prompt"}}"#);
        assert!(matches!(verdict, Verdict::Rejected(_)), "{verdict:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

        /// Accepted means that there is an id in the body. Rejected means that there is none, and that the status
        /// means that nothing was charged. An id that is not accepted is a candidate. A cut answer is unknown.
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
                rate_limit: RateLimit::default(),
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
