//! The origin of the page: folders, and an empty page for every other path.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::{Request, Response, header};

use crate::Reply;

/// An empty page.
const BLANK: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>Benchmark</title>";

/// The folders and where they are mounted.
pub(crate) struct Pages {
    mounts: Vec<(String, PathBuf)>,
}

impl Pages {
    pub(crate) fn new(mounts: Vec<(String, PathBuf)>) -> Self {
        Self { mounts }
    }

    /// A path that begins with `/~something` names the same files, which are cached under it: with another word, the cache
    /// is cold.
    pub(crate) async fn respond(self: Arc<Self>, request: Request<Incoming>) -> Reply {
        let path = request.uri().path();
        let (path, caching) = match path.strip_prefix("/~").and_then(|rest| rest.find('/').map(|at| &rest[at..])) {
            Some(rest) => (rest, "max-age=3600"),
            None => (path, "no-cache"),
        };
        let content = match self.find(path) {
            Some(file) => tokio::fs::read(&file).await.map(|bytes| (mime(&file), bytes)).ok(),
            None => Some(("text/html", BLANK.into())),
        };
        let reply = Response::builder().header(header::CACHE_CONTROL, caching);
        match content {
            Some((mime, bytes)) => reply.header(header::CONTENT_TYPE, mime).body(Full::new(bytes.into())),
            None => reply.status(404).body(Full::new(Bytes::new())),
        }
        .expect("a valid response")
    }

    fn find(&self, path: &str) -> Option<PathBuf> {
        let below = |(mount, folder): &(String, PathBuf)| {
            let name = path.strip_prefix(mount.as_str())?.strip_prefix('/')?;
            (!name.contains("..")).then(|| folder.join(name))
        };
        self.mounts.iter().find_map(below)
    }
}

fn mime(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("js" | "mjs") => "text/javascript",
        Some("wasm") => "application/wasm",
        Some("html") => "text/html",
        Some("css") => "text/css",
        _ => "application/octet-stream",
    }
}
