//! A gateway and its bucket: multipart uploads with real digests, as `docs/guides/large-files.md` describes them.

use std::collections::BTreeMap;

use mediaferry::http::{Body, Request, Response};
use mediaferry_testing::script::{request_line, sha256};
use serde_json::{Value, json};

use crate::provider_responses::without_metadata;
use mediaferry_testing::script::Outcome;

/// The bucket's URL.
const BUCKET: &str = "https://bucket.example/";

/// Multipart uploads by their number, and the files that were completed.
pub(super) struct Store {
    pub(super) part_size: u64,
    /// Whether it keeps checksums; Ceph does not.
    pub(super) keeps_checksums: bool,
    /// Whether the gateway knows multipart uploads.
    pub(super) knows_parts: bool,
    pub(super) uploads: Vec<StoredUpload>,
    /// The number of sessions so far; see [`StoredPart::session`].
    pub(super) session: usize,
    /// Files that a provider was asked to fetch.
    pub(super) fetched: Vec<Vec<u8>>,
    /// Parts that were sent although they were stored in an earlier session.
    pub(super) sent_again: usize,
}

#[derive(Default)]
pub(super) struct StoredUpload {
    size: u64,
    part_size: u64,
    pub(super) parts: BTreeMap<u64, StoredPart>,
    /// The digests for which parts were signed.
    signed: BTreeMap<u64, String>,
    pub(super) object: Option<Vec<u8>>,
    pub(super) is_gone: bool,
}

#[derive(Clone)]
pub(super) struct StoredPart {
    pub(super) bytes: Vec<u8>,
    session: usize,
}

impl Store {
    pub(super) const fn new(part_size: u64) -> Self {
        Self {
            part_size,
            keeps_checksums: true,
            knows_parts: true,
            uploads: Vec::new(),
            session: 0,
            fetched: Vec::new(),
            sent_again: 0,
        }
    }

    /// The only file that was completed.
    pub(super) fn object(&self) -> &[u8] {
        let objects: Vec<&Vec<u8>> = self.uploads.iter().filter_map(|upload| upload.object.as_ref()).collect();
        assert_eq!(objects.len(), 1, "one file is completed");
        objects[0]
    }

    /// Removes an upload that is not completed, as a lifecycle rule does.
    pub(super) fn abort(&mut self, upload: usize) {
        if let Some(upload) = self.uploads.get_mut(upload).filter(|upload| upload.object.is_none()) {
            upload.is_gone = true;
            upload.parts.clear();
        }
    }

    /// Serves a request. `file` is the file of the page.
    pub(super) fn serve(&mut self, request: &Request, file: &[u8]) -> Response {
        let line = request_line(request);
        let body = match &request.body {
            Body::Json(text) => serde_json::from_str(text).expect("JSON"),
            _ => Value::Null,
        };
        match line.split('?').next().expect("a line") {
            "POST /staging/uploads"
            | "POST /staging/uploads/sign"
            | "POST /staging/uploads/list"
            | "POST /staging/uploads/complete"
            | "POST /staging/uploads/abort"
                if !self.knows_parts =>
            {
                answer(404, json!({ "error": { "code": "not_found", "message": "" } }))
            }
            "POST /staging/uploads" => self.create(&body),
            "POST /staging/uploads/sign" => self.with_upload(&body, |store, upload| store.sign(upload, &body)),
            "POST /staging/uploads/list" => self.with_upload(&body, |store, upload| store.list(upload)),
            "POST /staging/uploads/complete" => self.with_upload(&body, |store, upload| store.complete(upload, &body)),
            "POST /staging/uploads/abort" => self.with_upload(&body, |store, upload| {
                store.abort(upload);
                answer(204, Value::Null)
            }),
            "POST /v1/upload/resources" => {
                let url = body["file"].as_str().expect("a URL");
                let upload: usize = url.rsplit('/').next().expect("a path").parse().expect("a number");
                let object = self.uploads[upload].object.clone().expect("the provider fetches a stored file");
                self.fetched.push(object);
                let Outcome::Response(response) = without_metadata("active") else { unreachable!() };
                response
            }
            line => {
                let path =
                    line.strip_prefix("PUT https://bucket.example/").unwrap_or_else(|| panic!("unscripted: {line}"));
                self.put(path, request, file)
            }
        }
    }

    fn create(&mut self, body: &Value) -> Response {
        let size = body["size_bytes"].as_u64().expect("a size");
        assert_eq!((&body["provider"], &body["content_type"]), (&json!("onerouter"), &json!("image/jpeg")));
        self.uploads.push(StoredUpload { size, part_size: self.part_size, ..StoredUpload::default() });
        let token = format!("token-{}", self.uploads.len() - 1);
        answer(200, json!({ "token": token, "part_size": self.part_size, "expires_at": "2025-01-16T10:00:00Z" }))
    }

    fn with_upload(&mut self, body: &Value, serve: impl FnOnce(&mut Self, usize) -> Response) -> Response {
        let token = body["token"].as_str().expect("a token");
        match token.strip_prefix("token-").and_then(|number| number.parse().ok()) {
            Some(upload) => serve(self, upload),
            None => answer(400, json!({ "error": { "code": "invalid_token", "message": "" } })),
        }
    }

    fn sign(&mut self, upload: usize, body: &Value) -> Response {
        let parts = body["parts"].as_array().expect("a list");
        assert!((1..=16).contains(&parts.len()), "{} parts are signed at once", parts.len());
        let signed: Vec<Value> = parts
            .iter()
            .map(|part| {
                let number = part["number"].as_u64().expect("a number");
                self.uploads[upload].signed.insert(number, part["sha256"].as_str().expect("a digest").to_owned());
                json!({
                    "number": number,
                    "put_url": format!("{BUCKET}{upload}/{number}?X-Amz-Signature=put"),
                    "headers": [{ "name": "x-amz-checksum-sha256", "value": "abc=" }],
                })
            })
            .collect();
        answer(200, json!({ "parts": signed, "expires_at": "2025-01-15T22:00:00Z" }))
    }

    fn list(&self, upload: usize) -> Response {
        let upload = &self.uploads[upload];
        if upload.object.is_some() {
            return answer(200, json!({ "status": "completed" }));
        }
        if upload.is_gone {
            return not_found();
        }
        let part = |(number, part): (&u64, &StoredPart)| {
            let mut listed = json!({ "number": number, "size_bytes": part.bytes.len() });
            if self.keeps_checksums {
                listed["sha256"] = sha256(&part.bytes).hex().into();
            }
            listed
        };
        let parts: Vec<Value> = upload.parts.iter().map(part).collect();
        answer(200, json!({ "status": "open", "parts": parts }))
    }

    fn complete(&mut self, index: usize, body: &Value) -> Response {
        let keeps_checksums = self.keeps_checksums;
        let upload = &mut self.uploads[index];
        if upload.object.is_none() {
            if upload.is_gone {
                return not_found();
            }
            let digests = body["sha256"].as_array().expect("a manifest");
            assert_eq!(digests.len() as u64, upload.size.div_ceil(upload.part_size), "a whole manifest");
            let differ = |(number, digest): (u64, &Value)| {
                let stored = upload.parts.get(&number)?;
                let same = !keeps_checksums || sha256(&stored.bytes).hex() == digest.as_str().expect("a digest");
                same.then_some(number)
            };
            let wrong: Vec<u64> =
                (1..).zip(digests).filter(|part| differ(*part).is_none()).map(|(number, _)| number).collect();
            if !wrong.is_empty() {
                return answer(409, json!({ "error": { "code": "parts_differ", "message": "", "parts": wrong } }));
            }
            upload.object = Some(upload.parts.values().flat_map(|part| part.bytes.clone()).collect());
        }
        answer(200, json!({ "get_url": format!("{BUCKET}objects/{index}"), "get_expires_at": "2025-01-16T10:00:00Z" }))
    }

    fn put(&mut self, path: &str, request: &Request, file: &[u8]) -> Response {
        let Some((upload, number)) = path.split_once('/') else { panic!("not a part: {path}") };
        let (index, number): (usize, u64) = (upload.parse().expect("a number"), number.parse().expect("a number"));
        let Body::Part { offset, len } = request.body else { panic!("{:?} is not a part", request.body) };
        let start = usize::try_from(offset).expect("small");
        let bytes = file[start..start + usize::try_from(len).expect("small")].to_vec();
        let session = self.session;
        let upload = &mut self.uploads[index];
        if upload.is_gone || upload.object.is_some() {
            return xml(404, "NoSuchUpload");
        }
        assert_eq!(offset, (number - 1) * upload.part_size, "a part begins where its number says");
        if self.keeps_checksums && upload.signed.get(&number) != Some(&sha256(&bytes).hex()) {
            return xml(400, "BadDigest");
        }
        if upload.parts.get(&number).is_some_and(|stored| stored.bytes == bytes && stored.session < session) {
            self.sent_again += 1;
        }
        upload.parts.insert(number, StoredPart { bytes, session });
        answer(200, Value::Null)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is made for this everywhere")]
fn answer(status: u16, body: Value) -> Response {
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    Response { status, body, ..Response::default() }
}

fn not_found() -> Response {
    answer(404, json!({ "error": { "code": "upload_not_found", "message": "" } }))
}

/// S3's error.
pub(super) fn xml(status: u16, code: &str) -> Response {
    let body = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>sig=secret</Message></Error>");
    Response { status, body: body.into_bytes(), ..Response::default() }
}
