//! Uploads in parts: what a page does with `/staging/uploads`, on the embedded storage.

mod completion;
mod limits;
mod ownership;
mod refused;

use std::time::{Duration, SystemTime};

use futures::{StreamExt, stream};
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{files, get, key, seconds};
use crate::common::{Gateway, Reply, png, send, sha256};

/// The size of the parts in these tests.
const PART: usize = 1000;
const ARGS: [&str; 2] = ["--part-bytes", "1000"];

/// An upload of a page.
struct Upload<'a> {
    gateway: &'a Gateway,
    /// The user, for a gateway with identity.
    user: Option<&'static str>,
    bytes: &'a [u8],
    part_size: usize,
    token: String,
}

impl<'a> Upload<'a> {
    async fn begin(gateway: &'a Gateway, bytes: &'a [u8]) -> Self {
        Self::begin_as(gateway, None, bytes).await
    }

    async fn begin_as(gateway: &'a Gateway, user: Option<&'static str>, bytes: &'a [u8]) -> Self {
        let reply = post(gateway, user, "", &announce(bytes)).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        let answer = reply.json();
        let part_size = answer["part_size"].as_u64().and_then(|size| usize::try_from(size).ok()).expect("a size");
        let token = answer["token"].as_str().expect("a token").to_owned();
        Self { gateway, user, bytes, part_size, token }
    }

    async fn post(&self, path: &str, mut body: Value) -> Reply {
        body["token"] = self.token.clone().into();
        post(self.gateway, self.user, path, &body).await
    }

    fn part(&self, number: usize) -> &'a [u8] {
        self.bytes.chunks(self.part_size).nth(number - 1).expect("a part")
    }

    /// The numbers of all parts.
    fn numbers(&self) -> Vec<usize> {
        (1..=self.bytes.len().div_ceil(self.part_size)).collect()
    }

    fn digests(&self) -> Vec<String> {
        self.bytes.chunks(self.part_size).map(sha256).collect()
    }

    /// The URL and the checksum header of a part.
    async fn sign(&self, number: usize) -> (String, String) {
        let reply =
            self.post("/sign", json!({ "parts": [{ "number": number, "sha256": sha256(self.part(number)) }] })).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        let part = &reply.json()["parts"][0];
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        (text(&part["put_url"]), text(&part["headers"][0]["value"]))
    }

    async fn put(&self, number: usize, bytes: &[u8]) -> Reply {
        let (url, checksum) = self.sign(number).await;
        let put = self.gateway.client.put(url).header("x-amz-checksum-sha256", checksum).body(bytes.to_vec());
        send(put.header("Origin", "http://page.example")).await
    }

    /// Stores these parts.
    async fn store(&self, numbers: &[usize]) {
        let stored = stream::iter(numbers).map(|number| self.put(*number, self.part(*number))).buffer_unordered(4);
        stored.for_each(|reply| async move { assert_eq!(reply.status, 200, "{reply:?}") }).await;
    }

    async fn list(&self) -> Reply {
        self.post("/list", json!({})).await
    }

    async fn complete(&self) -> Reply {
        self.post("/complete", json!({ "sha256": self.digests() })).await
    }

    /// The file behind the URL for the provider.
    async fn download(&self, completed: &Reply) -> Reply {
        assert_eq!(completed.status, 200, "{completed:?}");
        get(self.gateway, completed.json()["get_url"].as_str().expect("a URL")).await
    }
}

async fn post(gateway: &Gateway, user: Option<&str>, path: &str, body: &Value) -> Reply {
    let request =
        gateway.request("POST", &format!("/staging/uploads{path}")).header("Content-Type", "application/json");
    let secret = ("x-mediaferry-proxy-secret", ownership::PROXY_SECRET);
    let request = user
        .iter()
        .fold(request, |request, user| request.header("x-mediaferry-user", *user).header(secret.0, secret.1));
    send(request.body(body.to_string())).await
}

fn announce(bytes: &[u8]) -> Value {
    json!({ "provider": "apiframe", "content_type": "image/png", "size_bytes": bytes.len() })
}

/// The uploads of the storage that are neither completed nor aborted.
async fn unfinished(gateway: &Gateway) -> Vec<Value> {
    let reply = send(gateway.request("GET", "/sandbox/uploads")).await;
    reply.json().as_array().expect("a list").clone()
}

fn error(reply: &Reply) -> (u16, String) {
    (reply.status.as_u16(), reply.json()["error"]["code"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_file_is_stored_in_parts() {
    let gateway = Gateway::start(&ARGS).await;
    let photo = png(640, 480, 4_300);
    let reply = post(&gateway, None, "", &announce(&photo)).await;
    let now = jiff::Timestamp::now().as_second();
    assert!((now + 86_395..=now + 86_400).contains(&seconds(&reply.json(), "expires_at")), "{reply:?}");

    let upload = Upload::begin(&gateway, &photo).await;
    assert_eq!(upload.part_size, PART);
    let parts: Vec<_> = [5, 2].map(|number| json!({ "number": number, "sha256": sha256(upload.part(number)) })).into();
    let signed = upload.post("/sign", json!({ "parts": parts })).await.json();
    assert!((now + 895..=now + 901).contains(&seconds(&signed, "expires_at")), "{signed}");
    for (at, number) in [5, 2].into_iter().enumerate() {
        let part = &signed["parts"][at];
        let url = part["put_url"].as_str().expect("a URL");
        assert_eq!(part["number"], number);
        assert!(url.contains(&format!("&partNumber={number}&")), "{url}");
        assert!(url.contains("X-Amz-SignedHeaders=content-length%3Bhost%3Bx-amz-checksum-sha256"), "{url}");
        let headers = part["headers"].as_array().expect("headers");
        assert!(headers.len() == 1 && headers[0]["name"] == "x-amz-checksum-sha256", "{headers:?}");
    }

    upload.store(&upload.numbers()).await;
    let completed = upload.complete().await;
    let url = completed.json()["get_url"].as_str().expect("a URL").to_owned();
    assert!(key(&url).starts_with("staging/apiframe-") && url.contains(".png?"), "{url}");
    assert!((now + 86_395..=now + 86_405).contains(&seconds(&completed.json(), "get_expires_at")));
    let stored = upload.download(&completed).await;
    assert!(stored.body == photo, "the same bytes");
    assert_eq!(stored.header("content-type"), "image/png");
    let range = send(gateway.client.get(&url).header("Range", "bytes=990-1009")).await;
    assert_eq!((range.status.as_u16(), range.body.as_slice()), (206, &photo[990..1010]));
    assert_eq!(unfinished(&gateway).await.len(), 1, "the first one, without parts");
}

#[tokio::test]
async fn an_upload_continues_with_what_is_stored() {
    let gateway = Gateway::start(&ARGS).await;
    let photo = png(640, 480, 4_300);
    let upload = Upload::begin(&gateway, &photo).await;
    assert_eq!(upload.list().await.json(), json!({ "status": "open", "parts": [] }));
    upload.store(&[4, 1, 3]).await;
    let part = |number| {
        let bytes = upload.part(number);
        json!({ "number": number, "size_bytes": bytes.len(), "sha256": sha256(bytes) })
    };
    assert_eq!(upload.list().await.json(), json!({ "status": "open", "parts": [part(1), part(3), part(4)] }));
    upload.store(&[2, 5]).await;
    assert!(upload.download(&upload.complete().await).await.body == photo);
    assert_eq!(upload.list().await.json(), json!({ "status": "completed" }));
}

#[tokio::test]
async fn a_part_can_be_sent_again() {
    let gateway = Gateway::start(&ARGS).await;
    let photo = png(640, 480, 2_000);
    let upload = Upload::begin(&gateway, &photo).await;
    for _ in 0..2 {
        upload.store(&upload.numbers()).await;
    }
    assert_eq!(upload.list().await.json()["parts"].as_array().map(Vec::len), Some(upload.numbers().len()));
    assert!(upload.download(&upload.complete().await).await.body == photo);
}

/// S3 lists 1,000 parts in a page.
#[tokio::test]
async fn all_pages_of_a_list_are_read() {
    let gateway = Gateway::start(&["--part-bytes", "1"]).await;
    let photo = png(640, 480, 2_000);
    let upload = Upload::begin(&gateway, &photo).await;
    assert_eq!((upload.part_size, photo.len() > 2_000), (1, true));
    let (last, others) = upload.numbers().split_last().map(|(last, others)| (*last, others.to_vec())).expect("parts");
    upload.store(&others).await;
    let listed = upload.list().await.json();
    let numbers: Vec<_> =
        listed["parts"].as_array().expect("parts").iter().map(|part| part["number"].as_u64()).collect();
    assert_eq!(numbers, others.iter().map(|number| Some(*number as u64)).collect::<Vec<_>>());
    assert_eq!(upload.complete().await.json()["error"]["parts"], json!([last]));
    upload.store(&[last]).await;
    assert!(upload.download(&upload.complete().await).await.body == photo);
}

#[tokio::test]
async fn the_rest_of_a_file_can_be_a_whole_part_or_a_single_byte() {
    let gateway = Gateway::start(&ARGS).await;
    let long = png(640, 480, 4_000);
    for size in [1, PART - 1, PART, PART + 1, 2 * PART] {
        let upload = Upload::begin(&gateway, &long[..size]).await;
        upload.store(&upload.numbers()).await;
        assert!(upload.download(&upload.complete().await).await.body == long[..size], "{size}");
    }
}

#[tokio::test]
async fn an_upload_is_aborted_once_and_for_all() {
    let gateway = Gateway::start(&ARGS).await;
    let photo = png(640, 480, 2_000);
    let upload = Upload::begin(&gateway, &photo).await;
    upload.store(&[1, 2]).await;
    let stored = unfinished(&gateway).await;
    assert!(stored.len() == 1 && stored[0]["parts"] == json!([1, 2]), "{stored:?}");
    for _ in 0..2 {
        let reply = upload.post("/abort", json!({})).await;
        assert_eq!((reply.status.as_u16(), reply.text().as_str()), (204, ""));
        assert_eq!(unfinished(&gateway).await, [Value::Null; 0]);
    }
    assert_eq!(error(&upload.list().await), (404, "upload_not_found".to_owned()));
    assert_eq!(error(&upload.complete().await), (404, "upload_not_found".to_owned()));
    assert_eq!(upload.put(1, upload.part(1)).await.status, 404);
}

#[tokio::test]
async fn a_completed_upload_stays_complete_after_an_abort() {
    let gateway = Gateway::start(&ARGS).await;
    let photo = png(640, 480, 2_000);
    let upload = Upload::begin(&gateway, &photo).await;
    upload.store(&upload.numbers()).await;
    let completed = upload.complete().await;
    assert_eq!(upload.post("/abort", json!({})).await.status, 204);
    assert!(upload.download(&completed).await.body == photo);
}

#[tokio::test]
async fn a_lifecycle_rule_ends_an_upload() {
    let gateway = Gateway::start(&ARGS).await;
    let photo = png(640, 480, 2_000);
    let upload = Upload::begin(&gateway, &photo).await;
    upload.store(&[1]).await;
    assert_eq!(send(gateway.request("DELETE", "/sandbox/uploads")).await.status, 204);
    assert_eq!(error(&upload.list().await), (404, "upload_not_found".to_owned()));
    assert_eq!(error(&upload.complete().await), (404, "upload_not_found".to_owned()));
}

#[tokio::test]
async fn a_token_expires_and_its_upload_can_still_be_aborted() {
    let folder = TempDir::new().expect("a folder");
    let gateway = Gateway::start_in(folder, &ARGS, &[], |config| {
        config.staging.upload_lifetime = Duration::from_secs(2);
    })
    .await;
    let photo = png(640, 480, 2_000);
    let upload = Upload::begin(&gateway, &photo).await;
    upload.store(&upload.numbers()).await;
    tokio::time::sleep(Duration::from_millis(2100)).await;
    let part = json!({ "number": 1, "sha256": sha256(upload.part(1)) });
    for (path, body) in [
        ("/sign", json!({ "parts": [part] })),
        ("/list", json!({})),
        ("/complete", json!({ "sha256": upload.digests() })),
    ] {
        assert_eq!(error(&upload.post(path, body).await), (410, "upload_expired".to_owned()), "{path}");
    }
    assert_eq!(upload.post("/abort", json!({})).await.status, 204);
    assert_eq!(unfinished(&gateway).await, [Value::Null; 0]);
}

#[tokio::test]
async fn old_uploads_are_swept() {
    let gateway = Gateway::start(&ARGS).await;
    let photo = png(640, 480, 2_000);
    let (old, new) = (Upload::begin(&gateway, &photo).await, Upload::begin(&gateway, &photo).await);
    old.store(&[1]).await;
    new.store(&[1, 2]).await;
    // A day for the upload, a quarter of an hour for the last PUT, and a minute.
    let age = SystemTime::now() - Duration::from_mins(24 * 60 + 15 + 1);
    let uploads = gateway.folder.path().join("store/.uploads");
    let is_old = |folder: &std::path::PathBuf| files(folder).len() == 2;
    let folders: Vec<_> =
        std::fs::read_dir(&uploads).expect("uploads").map(|entry| entry.expect("one").path()).collect();
    for path in folders.iter().filter(|folder| is_old(folder)).flat_map(|folder| files(folder)) {
        std::fs::File::options().write(true).open(path).expect("a file").set_modified(age).expect("a time");
    }
    let gateway = gateway.restart(&ARGS).await;
    let left = unfinished(&gateway).await;
    assert!(left.len() == 1 && left[0]["parts"] == json!([1, 2]), "{left:?}");
}

#[tokio::test]
async fn a_page_of_another_origin_can_send_a_part_and_reads_no_header() {
    let gateway = Gateway::start(&ARGS).await;
    let photo = png(640, 480, 2_000);
    let upload = Upload::begin(&gateway, &photo).await;
    let (url, _) = upload.sign(1).await;
    let preflight = gateway.client.request(Method::OPTIONS, &url).header("Origin", "http://page.example");
    let preflight = preflight.header("Access-Control-Request-Method", "PUT");
    let allowed = send(preflight.header("Access-Control-Request-Headers", "x-amz-checksum-sha256")).await;
    assert_eq!(allowed.status, 200);
    for reply in [upload.put(1, upload.part(1)).await, upload.put(1, &photo[1..1001]).await] {
        assert_eq!(reply.header("access-control-allow-origin"), "*", "{reply:?}");
        assert_eq!(reply.header("access-control-expose-headers"), "", "{reply:?}");
    }
}
