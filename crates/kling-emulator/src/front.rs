//! One connection from its first byte to its end: which fault happens, and what the answer is.

mod events;
mod gate;
mod ledger;

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request};
use axum::response::Response;
use bytes::Bytes;
use tokio::net::TcpStream;
use tower_service::Service as _;

use crate::app::App;
use crate::date::Date;
use crate::effect::{self, EffectContext};
use crate::fault::{Action, Fault, Phase};
use crate::http::{Answer, BodyError, Connection, End, Head, Refused, Script};
use crate::service::{Context, STATUS_PATH, UploadKind};

/// The header that carries a fault for one request.
const FAULT_HEADER: &str = "x-emulator-fault";

/// Answers requests until the connection ends.
pub(crate) async fn serve(stream: TcpStream, app: Arc<App>, mut router: Router) {
    let mut connection = Connection::new(stream, app.limits);
    let at_accept = app.state().plan.take(Phase::Connect);
    if let Some(fault) = at_accept {
        app.changed();
        if let Action::AtAccept(end) = fault.action {
            // An orderly close would wait for the client, and read.
            if end != End::Close {
                connection.play(&Script::silence(end)).await;
            }
            return;
        }
    }
    loop {
        let head = match connection.head().await {
            Ok(Some(head)) => head,
            Ok(None) => return,
            Err(Refused { status, reason }) => {
                let answer = Answer::error(status, "invalid_request_error", reason);
                connection
                    .play(&Script::write(answer.bytes(false), End::Close))
                    .await;
                return;
            }
        };
        if is_asked(&app, &head, "/_emulator/events") {
            return events::send(&app, &mut connection).await;
        }
        if is_asked(&app, &head, "/_emulator/ledger") {
            return ledger::send(&app, &mut connection, &head).await;
        }
        if !exchange(&app, &mut connection, &mut router, &head).await {
            return;
        }
    }
}

/// Whether this requests a URL whose answer is written piece by piece.
fn is_asked(app: &App, head: &Head, path: &str) -> bool {
    head.path() == path && head.method == "GET" && gate::refusal(app, head).is_none()
}

/// Answers one request. Returns whether another may follow.
async fn exchange(
    app: &Arc<App>,
    connection: &mut Connection,
    router: &mut Router,
    head: &Head,
) -> bool {
    let is_own = head.path() == "/" || head.path().starts_with("/_emulator/");
    let log = Entry::begin(app, head, is_own);
    let effect_context = EffectContext {
        phase: phase_of(app, head).unwrap_or(Phase::Any),
        url: &app.url,
        target: &head.target,
        wall_ms: app.clock.wall_ms(),
        keep_alive: head.keep_alive,
    };
    if let Some(answer) = gate::refusal(app, head) {
        return log.close_with(connection, answer).await;
    }
    let fault = match fault_for(app, head) {
        Ok(fault) => fault,
        Err(answer) => return log.close_with(connection, answer).await,
    };
    log.fault(fault.as_ref());
    if let Some(fault) = &fault
        && let Some(script) = before_the_body(fault, connection, head, &effect_context).await
    {
        log.answered(&script);
        return connection.play(&script).await;
    }
    let limit =
        UploadKind::at(head.path()).map_or(app.limits.body_bytes, UploadKind::max_body_bytes);
    let body = match connection.body(head, limit).await {
        Ok(body) => body,
        Err(BodyError::Gone) => return false,
        Err(BodyError::TooLarge) => {
            let message = format!("the body has more than {limit} bytes");
            let answer = Answer::error(413, "invalid_request_error", &message);
            return log.close_with(connection, answer).await;
        }
        Err(BodyError::Malformed(reason)) => {
            let answer = Answer::error(400, "invalid_request_error", reason);
            return log.close_with(connection, answer).await;
        }
    };
    log.read(head, &body);
    let asks_service = fault
        .as_ref()
        .is_none_or(|fault| effect::reaches_service(&fault.action));
    let right = if asks_service {
        let context = context(log.sequence, fault.as_ref());
        ask(router, head, body, context, fault.as_ref()).await
    } else {
        Answer::new(200, "application/json", "")
    };
    let right = right.with("date", Date::of_unix(effect_context.wall_ms / 1000).imf());
    let script = match &fault {
        Some(fault) => effect::apply(fault, right, &effect_context),
        None => effect::whole(&right, &effect_context),
    };
    log.answered(&script);
    connection.play(&script).await
}

/// Returns the phase of this exchange, if faults can happen to it.
fn phase_of(app: &App, head: &Head) -> Option<Phase> {
    let path = head.path();
    let method = head.method.as_str();
    match (method, path) {
        ("POST", "/v1/videos/generations") => Some(Phase::Submit),
        ("POST", path) if UploadKind::at(path).is_some_and(|kind| kind.exists(app)) => {
            Some(Phase::Upload)
        }
        ("GET", "/v1/balance") => Some(Phase::Balance),
        ("GET", path) if path.starts_with(STATUS_PATH) => Some(Phase::Poll),
        ("GET", path) if path.starts_with("/files/videos/") => Some(Phase::Download),
        _ => None,
    }
}

/// Returns the fault that the request asks for, or else the next one that applies to it.
fn fault_for(app: &App, head: &Head) -> Result<Option<Fault>, Answer> {
    let Some(phase) = phase_of(app, head) else {
        return Ok(None);
    };
    // Faults are for clients; a page of another origin that shows a video is not a client.
    if gate::is_foreign(head) {
        return Ok(None);
    }
    let Some(text) = head.header(FAULT_HEADER) else {
        return Ok(app.state().plan.take(phase));
    };
    let wrong = |message: &str| Answer::error(400, "invalid_request_error", message);
    let fault: Fault = text.parse().map_err(|error| {
        let message = format!("X-Emulator-Fault: {error}");
        wrong(&message)
    })?;
    let is_for_job = fault.phase == Phase::Job && phase == Phase::Submit;
    if fault.phase.covers(phase) || is_for_job {
        Ok(Some(fault))
    } else {
        Err(wrong("X-Emulator-Fault: this fault is for another phase"))
    }
}

/// Returns what to do before the body is read, if anything.
async fn before_the_body(
    fault: &Fault,
    connection: &mut Connection,
    head: &Head,
    context: &EffectContext<'_>,
) -> Option<Script> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "all others happen later")]
    match &fault.action {
        Action::BeforeRead(end) => Some(Script::silence(*end)),
        Action::MidRead(end) => {
            // If the client is already gone, the connection ends all the same.
            let _ = connection.half_of_body(head).await;
            Some(Script::silence(*end))
        }
        Action::Early(status) => {
            let answer = effect::error(*status, context.phase);
            Some(Script::write(answer.bytes(false), End::Close))
        }
        _ => None,
    }
}

fn context(sequence: u64, fault: Option<&Fault>) -> Context {
    Context {
        sequence,
        job_fault: fault.filter(|fault| fault.phase == Phase::Job).cloned(),
        hostile_id: fault.is_some_and(|fault| fault.action == Action::HostileId),
    }
}

/// Passes the request to the service.
async fn ask(
    router: &mut Router,
    head: &Head,
    body: Bytes,
    context: Context,
    fault: Option<&Fault>,
) -> Answer {
    let ignores_range = fault.is_some_and(|fault| fault.action == Action::IgnoreRange);
    let mut request = Request::builder()
        .method(Method::from_bytes(head.method.as_bytes()).unwrap_or_default())
        .uri(&head.target);
    for (name, value) in &head.headers {
        if !(ignores_range && name == "range") {
            request = request.header(name, value.as_slice());
        }
    }
    let Ok(mut request) = request.body(Body::from(body)) else {
        return Answer::error(400, "invalid_request_error", "this is not a request");
    };
    request.extensions_mut().insert(context);
    let answered: Result<Response, Infallible> = router.call(request).await;
    match answered {
        Ok(response) => Answer::read(response).await,
    }
}

/// What the log records about an exchange.
#[derive(Debug)]
struct Entry<'a> {
    app: &'a App,
    sequence: u64,
    /// Whether it is for the page or a command to the emulator, which are not logged.
    is_own: bool,
}

impl<'a> Entry<'a> {
    fn begin(app: &'a App, head: &Head, is_own: bool) -> Self {
        let sequence = if is_own {
            0
        } else {
            let now_ms = app.now_ms();
            app.state()
                .log
                .begin(now_ms, &head.method, head.path(), &app.limits)
        };
        Self {
            app,
            sequence,
            is_own,
        }
    }

    fn write(&self, write: impl FnOnce(&mut crate::state::Exchange)) {
        if self.is_own {
            return;
        }
        if let Some(exchange) = self.app.state().log.get(self.sequence) {
            write(exchange);
        }
        self.app.changed();
    }

    fn fault(&self, fault: Option<&Fault>) {
        if let Some(fault) = fault {
            self.write(|exchange| exchange.fault = Some(fault.shown()));
        }
    }

    fn read(&self, head: &Head, body: &[u8]) {
        let content_type = head.header("content-type").unwrap_or_default();
        let limits = &self.app.limits;
        self.write(|exchange| exchange.remember(body, content_type, limits));
    }

    fn answered(&self, script: &Script) {
        let status = script.status();
        self.write(|exchange| exchange.status = status);
    }

    /// Answers and ends the connection, even if part of the request is still to come.
    async fn close_with(&self, connection: &mut Connection, answer: Answer) -> bool {
        let script = Script::write(answer.bytes(false), End::Close);
        self.answered(&script);
        connection.play(&script).await
    }
}
