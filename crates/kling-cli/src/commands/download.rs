//! `kling download`: the video of a completed task.

use kling_http::State;

use crate::cli::Download;
use crate::exit::Exit;
use crate::service::billing::{self, Billing};
use crate::service::destination::{self, Destination};
use crate::service::follow::Follow;
use crate::service::print::{Print, note};
use crate::service::session::{self, Session};
use crate::service::stop::{Stop, end};
use crate::service::task::{self, reason};
use crate::service::{records, save};

pub(super) fn run(arguments: &Download) -> Exit {
    let print = destination::print(&arguments.target, Print::new(arguments.connection.format));
    end(begin(arguments, print), print)
}

fn begin(arguments: &Download, print: Print) -> Result<Exit, Stop> {
    let destination = Destination::new(&arguments.target)?;
    destination.check_not_replacing(&[
        Some(&records::path(&arguments.records)?),
        arguments.connection.key_file.as_ref(),
    ])?;
    destination.before_saving()?;
    session::run(
        &arguments.connection,
        |continue_options| {
            continue_options
                .with_records(&arguments.records)
                .with_target(&arguments.target)
        },
        print,
        async |session: &Session| {
            let mut follow = Follow::new(
                &arguments.task.id,
                &arguments.records,
                session.client.base_url(),
            );
            let done = download(session, &mut follow, &destination).await;
            follow.end(session, done)
        },
    )
}

async fn download(
    session: &Session,
    follow: &mut Follow,
    destination: &Destination,
) -> Result<Exit, Stop> {
    let found = follow.ask(session).await?;
    follow.observe(session, &found);
    let id = follow.task.as_str();
    let job = follow.number();
    let output = task::output(session, &found, job);
    let billing = Billing::of_task(session, &found);
    match found.state() {
        State::Failed => Err(Stop::new(
            Exit::Failed,
            format!(
                "the task {id} failed at the service: {}; {}",
                reason(&found),
                billing::of_failed(billing.as_ref())
            ),
        )
        .with(&output)),
        State::Queued | State::InProgress | State::Other(_) if found.video_url().is_none() => {
            Err(Stop::new(
                Exit::Running,
                format!("the task {id} is not done yet ({})", found.state()),
            )
            .with_next("Wait for it with", session.advice("wait", id))
            .with(&output))
        }
        State::Completed if found.video_url().is_none() => Err(Stop::new(
            Exit::Unusable,
            format!(
                "the task {id} is completed, but the service does not give the URL of a video; ask again later, and do not pay again"
            ),
        )
        .with(&output)),
        State::Completed | State::Queued | State::InProgress | State::Other(_) => {
            if !session.print.is_json() {
                note(&format!("downloading the video of {id}"));
            }
            save::save(session, follow.recorder.as_mut(), job, &found, destination).await
        }
    }
}
