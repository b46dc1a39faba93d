//! `kling wait`: until a task is done.

use crate::cli::Wait;
use crate::exit::Exit;
use crate::service::follow::Follow;
use crate::service::session::{self, Session};
use crate::service::stop::Stop;
use crate::service::task;
use crate::service::wait::{Waited, exit_of, tell_running, wait};

pub(super) fn run(arguments: &Wait) -> Result<Exit, Stop> {
    session::run(
        &arguments.connection,
        Some(&arguments.records),
        async |session: &Session| {
            let id = arguments.task.id.as_str();
            let mut follow = Follow::new(id, &arguments.records, session.client.origin());
            let exit = match wait(session, &follow.task, arguments.polling).await {
                Waited::Completed(found) => {
                    follow.observe(&found);
                    task::print(&found, session.print)
                }
                Waited::Failed(found) => {
                    follow.observe(&found);
                    task::print(&found, session.print).max(Exit::Failed)
                }
                Waited::GaveUp(gave_up) => {
                    if let Some(found) = &gave_up.last {
                        follow.observe(found);
                        task::print(found, session.print);
                    }
                    tell_running(session, id, None, &gave_up.to_string());
                    exit_of(gave_up.reason)
                }
                Waited::Interrupted(last) => {
                    if let Some(found) = &last {
                        follow.observe(found);
                        task::print(found, session.print);
                    }
                    tell_running(session, id, None, "stopped waiting");
                    Exit::Running
                }
            };
            Ok(follow.close(exit))
        },
    )
}
