//! The server of `npm run bench`: one origin with the page, another with storage, and two simulated links to that storage.
//!
//! It prints its origins as one line of JSON, and ends when its input does.

mod link;
mod pages;
mod storage;

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use clap::Parser;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::AsyncReadExt;
use tokio::net::TcpSocket;

use crate::link::{Link, Rate};
use crate::pages::Pages;
use crate::storage::Storage;

#[derive(Parser)]
struct Options {
    /// A folder that the page's origin serves, as `/path=folder`.
    #[arg(long = "mount", value_parser = parse_mount)]
    mounts: Vec<(String, PathBuf)>,
    /// The round trip of the links, in milliseconds.
    #[arg(long, default_value_t = 40)]
    round_trip: u64,
    /// The rate of the links in each direction, in Mbit/s.
    #[arg(long, default_value_t = 100)]
    mbit: u32,
    /// The rate of each connection through the second link, in Mbit/s.
    #[arg(long, default_value_t = 20)]
    mbit_per_connection: u32,
    /// What the links lead to, if not to that storage.
    #[arg(long)]
    target: Option<SocketAddr>,
}

fn parse_mount(text: &str) -> Result<(String, PathBuf), String> {
    let (path, folder) = text.split_once('=').ok_or("there is no `=`")?;
    Ok((path.to_owned(), folder.into()))
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let options = Options::parse();
    let pages = Arc::new(Pages::new(options.mounts));
    let page = serve(move |request| pages.clone().respond(request))?;
    let storage = Arc::<Storage>::default();
    let store = serve(move |request| storage.clone().respond(request))?;
    let link = |per_connection| Link {
        round_trip: Duration::from_millis(options.round_trip),
        rate: Rate::from_mbit(options.mbit),
        rate_per_connection: per_connection,
        target: options.target.unwrap_or(store),
    };
    let shared = link(None).start()?;
    let capped = link(Some(Rate::from_mbit(options.mbit_per_connection))).start()?;
    println!(
        r#"{{"page":"http://{page}","storage":"http://{store}","link":"http://{shared}","capped":"http://{capped}"}}"#
    );
    tokio::io::stdin().read_to_end(&mut Vec::new()).await?;
    Ok(())
}

/// A free port of this machine.
const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// Fixed, because Linux drops segments of a busy loopback if it is to grow a buffer, and then waits for seconds.
const RECEIVE_BUFFER_BYTES: u32 = 4 << 20;

type Reply = Response<Full<Bytes>>;

/// Starts a server on a free port. A connection whose client went away ends without notice.
fn serve<F>(respond: impl Fn(Request<Incoming>) -> F + Clone + Send + 'static) -> io::Result<SocketAddr>
where
    F: Future<Output = Reply> + Send,
{
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(RECEIVE_BUFFER_BYTES)?;
    socket.bind(ANY_PORT)?;
    let listener = socket.listen(128)?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = stream.set_nodelay(true);
            let respond = respond.clone();
            tokio::spawn(async move {
                let service = service_fn(move |request| {
                    let reply = respond(request);
                    async { Ok::<_, Infallible>(reply.await) }
                });
                let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    Ok(address)
}
