//! `kling download`: the video of a task that is done.

use kling_http::State;

use crate::cli::Download;
use crate::exit::Exit;
use crate::service::follow::Follow;
use crate::service::print::note;
use crate::service::save;
use crate::service::session::{self, Session};
use crate::service::stop::Stop;
use crate::service::task::reason;

pub(super) fn run(arguments: &Download) -> Result<Exit, Stop> {
    session::run(
        &arguments.connection,
        Some(&arguments.records),
        async |session: &Session| {
            let options = save::options(&arguments.target)?;
            let mut follow = Follow::new(
                &arguments.task.id,
                &arguments.records,
                session.client.origin(),
            );
            let done = download(session, &mut follow, options).await;
            Ok(follow.close(done.unwrap_or_else(Stop::tell)))
        },
    )
}

async fn download(
    session: &Session,
    follow: &mut Follow,
    options: kling_http::DownloadOptions,
) -> Result<Exit, Stop> {
    let task = session
        .call("asking for the task", session.client.status(&follow.task))
        .await?
        .map_err(|error| Stop::of_call(&error))?;
    follow.observe(&task);
    let id = follow.task.as_str();
    match task.state() {
        State::Failed => Err(Stop::new(
            Exit::Failed,
            format!("the task {id} failed at the service: {}", reason(&task)),
        )),
        State::Queued | State::InProgress | State::Other(_) if task.video_url().is_none() => {
            Err(Stop::new(
                Exit::Running,
                format!(
                    "the task {id} is not done yet ({}); wait for it with `{}`",
                    task.state(),
                    session.advice(&format!("kling wait {id}"))
                ),
            ))
        }
        State::Completed if task.video_url().is_none() => Err(Stop::new(
            Exit::Unusable,
            format!(
                "the task {id} is completed, but the service tells no address of a video; ask again later, and do not pay again"
            ),
        )),
        State::Completed | State::Queued | State::InProgress | State::Other(_) => {
            if !session.print.is_json() {
                note(&format!("downloading the video of {id}"));
            }
            save::save(session, follow.recorder.as_mut(), &task, options).await
        }
    }
}
