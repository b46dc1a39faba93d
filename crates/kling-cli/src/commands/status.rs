//! `kling status`: the state of a task.

use crate::cli::Status;
use crate::exit::Exit;
use crate::service::follow::Follow;
use crate::service::print::Print;
use crate::service::session::{self, Session};
use crate::service::stop::{Stop, end};
use crate::service::task;

pub(super) fn run(arguments: &Status) -> Exit {
    let print = Print::new(arguments.connection.format);
    let done = session::run(
        &arguments.connection,
        |continue_options| continue_options.with_records(&arguments.records),
        print,
        async |session: &Session| {
            let mut follow = Follow::new(
                &arguments.task.id,
                &arguments.records,
                session.client.base_url(),
            );
            let done = ask(session, &mut follow).await;
            follow.end(session, done)
        },
    );
    end(done, print)
}

async fn ask(session: &Session, follow: &mut Follow) -> Result<Exit, Stop> {
    let found = follow.ask(session).await?;
    follow.observe(session, &found);
    Ok(task::print(session, &found, follow.number()))
}
