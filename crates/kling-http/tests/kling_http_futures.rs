//! The futures can be sent between threads, and the client shared.

use kling_http::{
    Body, Client, DownloadOptions, Error, Task, TaskRef, Verdict, Wait, WaitOptions, WaitOutcome,
};

fn send<T: Send>(value: T) -> T {
    value
}

fn shared<T: Send + Sync + 'static>() {}

#[test]
fn everything_can_be_sent() {
    shared::<Client>();
    shared::<Error>();
    shared::<Verdict>();
    shared::<WaitOutcome>();
    let client = Client::keyless()
        .base_url("http://127.0.0.1:1")
        .build()
        .unwrap();
    let body = Body::from_json_text("{}");
    let task = TaskRef::id("video_1");
    let options = DownloadOptions::to_folder(".");
    drop(send(client.submit(&body)));
    drop(send(client.status(&task)));
    drop(send(client.balance()));
    drop(send(client.upload("a.png")));
    drop(send(client.download(&Task::default(), &options)));
    let wait: Wait = send(client.wait(&task, WaitOptions::default()));
    drop(send(wait.outcome()));
}
