//! Status requests per second at 64 connections, against the HTTP client of `hyper-util`.

use std::cell::RefCell;
use std::error::Error;
use std::future::Future;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty};
use hyper_util::client::legacy::Client as Peer;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use kling_http::{Client, TaskRef};
use serde_json::Value;
use tokio::runtime::{self, Runtime};
use tokio::task::JoinSet;

use super::server::Server;
use crate::arguments::Effort;
use crate::measure::{Contender, medians, number};
use crate::table::{Table, Target};

/// Connections at a time: as many as the client opens by default.
const CONNECTIONS: usize = 64;

type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

pub(super) fn run(effort: Effort, questions: Option<u32>) -> io::Result<()> {
    let server = Server::start()?;
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let usual = effort.choose(5_000, 2_000);
    let questions = questions.map_or(usual, |questions| {
        usize::try_from(questions).expect("32 bits fit")
    });
    let each = questions.div_ceil(CONNECTIONS);

    let client = Client::builder("sk-benchmark".into())
        .base_url(server.url())
        .build()
        .map_err(io::Error::other)?;
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let peer: Peer<HttpConnector, Empty<Bytes>> =
        Peer::builder(TokioExecutor::new()).build(connector);

    let library = reqwest()?;

    let failure = RefCell::new(None);
    let finish = |outcome: Outcome| {
        if let Err(error) = outcome {
            failure.borrow_mut().get_or_insert(error);
        }
        each as u64
    };
    let mut contenders = [
        Contender::new("kling-http", || {
            finish(at_once(&runtime, |connection| {
                let client = client.clone();
                async move {
                    let task = TaskRef::id(id(connection));
                    for _ in 0..each {
                        client.status(&task).await?;
                    }
                    Ok(())
                }
            }))
        }),
        Contender::new("hyper-util", || {
            finish(at_once(&runtime, |connection| {
                let (peer, url) = (peer.clone(), url(&server, connection));
                async move {
                    for _ in 0..each {
                        ask(&peer, &url).await?;
                    }
                    Ok(())
                }
            }))
        }),
        Contender::new("hyper-util, read by serde_json", || {
            finish(at_once(&runtime, |connection| {
                let (peer, url) = (peer.clone(), url(&server, connection));
                async move {
                    for _ in 0..each {
                        serde_json::from_slice::<Value>(&ask(&peer, &url).await?)?;
                    }
                    Ok(())
                }
            }))
        }),
        Contender::new("reqwest", || {
            finish(at_once(&runtime, |connection| {
                let (library, url) = (library.clone(), url(&server, connection));
                async move {
                    for _ in 0..each {
                        library.get(&url).send().await?.bytes().await?;
                    }
                    Ok(())
                }
            }))
        }),
    ];
    let times = medians(&mut contenders, effort.choose(61, 5));
    let names = contenders.each_ref().map(|contender| contender.name);
    drop(contenders);
    if let Some(error) = failure.into_inner() {
        return Err(io::Error::other(error));
    }

    print(&names, &times, number(each * CONNECTIONS))
}

/// Prints the median times that this many status requests took; the first is that of our client.
fn print(names: &[&str; 4], times: &[Duration], asked: f64) -> io::Result<()> {
    let mut table = Table::new(
        format!(
            "Status questions at {CONNECTIONS} connections on loopback, one thread for each side; median questions a second"
        ),
        &["case", "rate", "ours to it", "target", "reached"],
    );
    let targets = [
        Target::None,
        Target::AtLeast(0.75),
        Target::None,
        Target::None,
    ];
    for ((name, time), target) in names.iter().zip(times).zip(targets) {
        let ratio = time.as_secs_f64() / times[0].as_secs_f64();
        let [wanted, reached] = target.cells(ratio);
        table.row([
            (*name).to_owned(),
            format!("{:.0}", asked / time.as_secs_f64()),
            format!("{ratio:.2}"),
            wanted,
            reached,
        ]);
    }
    table.print()
}

/// Returns the library that `kling-http` uses for everything else, with its default settings.
fn reqwest() -> io::Result<reqwest::Client> {
    // It needs TLS settings, although no TLS is used here.
    let tls = rustls::ClientConfig::builder_with_provider(
        rustls::crypto::ring::default_provider().into(),
    );
    let tls = tls
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let builder = reqwest::Client::builder().tls_backend_preconfigured(tls);
    builder.no_proxy().build().map_err(io::Error::other)
}

/// Runs one future for each connection, all at the same time, until the last one is ready.
fn at_once<F>(runtime: &Runtime, future: impl Fn(usize) -> F) -> Outcome
where
    F: Future<Output = Outcome> + Send + 'static,
{
    runtime.block_on(async {
        let mut running: JoinSet<Outcome> = (0..CONNECTIONS).map(&future).collect();
        while let Some(ended) = running.join_next().await {
            ended??;
        }
        Ok(())
    })
}

/// Sends one request and reads the whole answer without using it.
async fn ask(
    peer: &Peer<HttpConnector, Empty<Bytes>>,
    url: &str,
) -> Result<Bytes, Box<dyn Error + Send + Sync>> {
    let response = peer.get(url.parse()?).await?;
    if response.status() != 200 {
        return Err(format!("status {}", response.status()).into());
    }
    Ok(response.into_body().collect().await?.to_bytes())
}

fn id(connection: usize) -> String {
    format!("video_01J9ZC4T8N3K2M7Q5R6S{connection:04}")
}

fn url(server: &Server, connection: usize) -> String {
    format!("{}/v1/videos/generations/{}", server.url(), id(connection))
}
