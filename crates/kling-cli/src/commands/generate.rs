//! `kling generate`: from a request to a video on disk.

use std::time::Instant;

use kling_http::ClientBuilder;
use kling_journal::Journal;

use crate::cli::{Color, Generate, Polling};
use crate::exit::Exit;
use crate::service::destination::Destination;
use crate::service::print::{Print, note};
use crate::service::request::{Check, Upload};
use crate::service::session::{self, Session};
use crate::service::stop::{Stop, end};
use crate::service::{destination, lifecycle, paid, records};

pub(super) fn run(arguments: &Generate, color: Color) -> Exit {
    let print = destination::print(&arguments.target, Print::new(arguments.connection.format));
    end(begin(arguments, color, print), print)
}

fn begin(arguments: &Generate, color: Color, print: Print) -> Result<Exit, Stop> {
    let began = Instant::now();
    #[cfg(feature = "emulator")]
    if arguments.emulator {
        return session::block_on(inside(arguments, color, print, began));
    }
    let service = session::base_url(&arguments.connection)?;
    session::block_on(generate(
        arguments,
        color,
        print,
        began,
        Backend {
            service,
            builder: session::builder(&arguments.connection)?,
            journal: || records::open(&arguments.records),
            polling: arguments.polling,
        },
    ))
}

/// Where the video is generated and recorded.
struct Backend<J> {
    /// The URL of the service, if it is not the default.
    service: Option<String>,
    builder: ClientBuilder,
    journal: J,
    polling: Polling,
}

/// Runs with a service in this process. Its videos cost nothing, so they are not in the journal.
#[cfg(feature = "emulator")]
async fn inside(
    arguments: &Generate,
    color: Color,
    print: Print,
    began: Instant,
) -> Result<Exit, Stop> {
    use std::time::Duration;

    use kling_emulator::{Clock, Emulator};
    use kling_http::Client;

    /// A video of 15 s takes 105 s by the service's clock, and so about one second here.
    const SPEED: f64 = 100.0;
    const PAUSE: Duration = Duration::from_millis(250);

    let check = Check::new(&arguments.paid, None, color, Upload::Inside)?;
    let emulator = Emulator::builder()
        .clock(Clock::scaled(SPEED))
        .edition(check.edition())
        .map_err(|unknown| Stop::local(unknown.to_string()))?
        .start()
        .await
        .map_err(|error| {
            Stop::local(format!(
                "the emulator cannot listen on this machine: {error}"
            ))
        })?;
    let polling = Polling {
        first_poll: arguments.polling.first_poll.or(Some(PAUSE)),
        poll_interval: arguments.polling.poll_interval.or(Some(PAUSE)),
    };
    let backend = Backend {
        service: Some(emulator.url().to_owned()),
        builder: Client::keyless().base_url(emulator.url()),
        journal: || Ok(Journal::in_memory(records::holder())?),
        polling,
    };
    generate(arguments, color, print, began, backend).await
}

async fn generate<J>(
    arguments: &Generate,
    color: Color,
    print: Print,
    began: Instant,
    backend: Backend<J>,
) -> Result<Exit, Stop>
where
    J: FnOnce() -> Result<Journal, Stop>,
{
    let connection = &arguments.connection;
    let upload = if arguments.allow_outside {
        Upload::Anywhere
    } else {
        Upload::Inside
    };
    let check = Check::new(&arguments.paid, backend.service.as_deref(), color, upload)?;
    let ready = paid::Ready::read(&arguments.paid, check, print)?;
    if let Some(bill) = &ready.checked.bill {
        note(&format!("checked; it is billed as {bill}"));
    }
    let session = Session::new(backend.builder, connection, print, began)?.with_continue_options(
        |continue_options| {
            continue_options
                .with_records(&arguments.records)
                .with_target(&arguments.target)
        },
    );
    #[cfg(feature = "emulator")]
    let session = session.passing(arguments.emulator);
    let destination = Destination::new(&arguments.target)?;
    destination.check_not_replacing(&[
        Some(&records::path(&arguments.records)?),
        connection.key_file.as_ref(),
        Some(&arguments.paid.file),
    ])?;
    let journal = (backend.journal)()?;
    let claimed = ready.claim(journal, &session, &arguments.paid, || {
        destination.before_paying()
    });
    let (recorder, is_new) = claimed.await?;
    let job = (!session.is_passing).then(|| recorder.object());
    session
        .run(job, async |session: &Session| {
            let (polling, ready) = (backend.polling, Some(ready));
            lifecycle::run_to_end(session, recorder, is_new, ready, polling, &destination).await
        })
        .await
}
