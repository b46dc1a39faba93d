//! `kling status`: how far a task is.

use kling_http::State;

use crate::cli::Status;
use crate::exit::Exit;
use crate::service::follow::Follow;
use crate::service::session::{self, Session};
use crate::service::stop::{Stop, exit_of, told};
use crate::service::task;

pub(super) fn run(arguments: &Status) -> Result<Exit, Stop> {
    session::run(
        &arguments.connection,
        Some(&arguments.records),
        async |session: &Session| {
            let mut follow = Follow::new(
                &arguments.task.id,
                &arguments.records,
                session.client.origin(),
            );
            let asked = session
                .call("asking for the task", session.client.status(&follow.task))
                .await?;
            let exit = match asked {
            Ok(found) => {
                follow.observe(&found);
                let printed = task::print(&found, session.print);
                match (found.state(), printed) {
                    (State::Failed, Exit::Clean) => Exit::Failed,
                    (_, printed) => printed,
                }
            }
            Err(error) if error.is_not_found() => Stop::new(
                Exit::Rejected,
                format!(
                    "{}; that it is not known proves nothing about a charge: ask again later before paying for another",
                    told(&error)
                ),
            )
            .tell(),
            Err(error) => Stop::new(exit_of(&error), told(&error)).tell(),
        };
            Ok(follow.close(exit))
        },
    )
}
