//! `kling wait`: waits until a task is done.

use crate::cli::Wait;
use crate::exit::Exit;
use crate::service::follow::Follow;
use crate::service::print::Print;
use crate::service::session::{self, Session};
use crate::service::stop::{Stop, end};
use crate::service::task;
use crate::service::wait::{TaskOrigin, WaitEnd, wait};

pub(super) fn run(arguments: &Wait) -> Exit {
    let print = Print::new(arguments.connection.format);
    let done = session::run(
        &arguments.connection,
        |continue_options| continue_options.with_records(&arguments.records),
        print,
        async |session: &Session| {
            let id = &arguments.task.id;
            let mut follow = Follow::new(id, &arguments.records, session.client.base_url());
            let done = ask(session, &mut follow, arguments).await;
            follow.end(session, done)
        },
    );
    end(done, print)
}

async fn ask(session: &Session, follow: &mut Follow, arguments: &Wait) -> Result<Exit, Stop> {
    let id = &arguments.task.id;
    let before = match follow.job {
        Some(_) => TaskOrigin::Older,
        None => TaskOrigin::Nothing,
    };
    let waited = wait(session, &follow.task, before, arguments.polling, || ()).await;
    match waited {
        WaitEnd::Completed(found) | WaitEnd::Failed(found) => {
            follow.observe(session, &found);
            Ok(task::print(session, &found, follow.number()))
        }
        WaitEnd::Unfinished(unfinished) => {
            let last = unfinished.last.clone();
            if let Some(found) = &last {
                follow.observe(session, found);
            }
            let stop = unfinished.stop(session, id, follow.job);
            Err(match &last {
                Some(found) => stop.with(&task::output(session, found, follow.number())),
                None => stop,
            })
        }
    }
}
