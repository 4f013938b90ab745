//! The XML of S3. Unknown elements are ignored, and so are namespaces, which some stores leave out.

use std::fmt::Write;

use jiff::Timestamp;
use quick_xml::escape::escape;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{OpenUpload, StorageError, StoredPart};

/// The response to [`CreateMultipartUpload`](https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html).
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Created {
    pub(super) upload_id: String,
}

/// A page of [`ListParts`](https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html).
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Listing {
    #[serde(default)]
    is_truncated: bool,
    /// Empty in the last page of some stores.
    next_part_number_marker: Option<String>,
    #[serde(default)]
    part: Vec<Part>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Part {
    #[serde(rename = "PartNumber")]
    number: u16,
    #[serde(rename = "ETag")]
    etag: String,
    size: u64,
    #[serde(rename = "ChecksumSHA256")]
    sha256: Option<String>,
}

/// A page of [`ListMultipartUploads`](https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html).
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OpenUploads {
    #[serde(default)]
    is_truncated: bool,
    next_key_marker: Option<String>,
    next_upload_id_marker: Option<String>,
    #[serde(default)]
    upload: Vec<Upload>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Upload {
    key: String,
    #[serde(rename = "UploadId")]
    id: String,
    initiated: String,
}

/// Reads a body.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, StorageError> {
    quick_xml::de::from_reader(body).map_err(|_| StorageError::Malformed("the expected XML"))
}

impl Listing {
    /// The number after which the next page starts; `None` after the last page.
    pub(super) fn next(&self) -> Option<u16> {
        let marker = self.next_part_number_marker.as_ref().and_then(|text| text.parse().ok());
        self.is_truncated.then(|| marker.unwrap_or_default())
    }

    pub(super) fn parts(self) -> Result<Vec<StoredPart>, StorageError> {
        let part = |Part { number, etag, size, sha256 }| {
            // An empty one is written for a part without a checksum.
            let sha256 = sha256.filter(|base64| !base64.is_empty());
            if etag.is_empty() {
                Err(StorageError::Malformed("the ETag of a part"))
            } else {
                Ok(StoredPart { number, size, etag, sha256 })
            }
        };
        self.part.into_iter().map(part).collect()
    }
}

impl OpenUploads {
    /// The key and the upload id after which the next page starts; `None` after the last page.
    pub(super) fn next(&self) -> Option<(String, String)> {
        let marker = |text: &Option<String>| text.clone().unwrap_or_default();
        self.is_truncated.then(|| (marker(&self.next_key_marker), marker(&self.next_upload_id_marker)))
    }

    pub(super) fn uploads(self) -> Result<Vec<OpenUpload>, StorageError> {
        let upload = |Upload { key, id, initiated }| {
            let initiated: Option<Timestamp> = initiated.parse().ok();
            let initiated = initiated.ok_or(StorageError::Malformed("the time of an upload"))?;
            Ok(OpenUpload { key, upload_id: id, initiated })
        };
        self.upload.into_iter().map(upload).collect()
    }
}

/// The body of [`CompleteMultipartUpload`](https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html).
/// S3 requires the checksums of the parts if it keeps them.
pub(super) fn completion(parts: &[StoredPart]) -> String {
    let mut xml = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">".to_owned();
    for StoredPart { number, etag, sha256, .. } in parts {
        let checksum = sha256.as_deref().map(|base64| format!("<ChecksumSHA256>{}</ChecksumSHA256>", escape(base64)));
        let (etag, checksum) = (escape(etag.as_str()), checksum.unwrap_or_default());
        let _ = write!(xml, "<Part>{checksum}<ETag>{etag}</ETag><PartNumber>{number}</PartNumber></Part>");
    }
    xml + "</CompleteMultipartUpload>"
}

/// Whether the response to a completion reports success. It may be an error in spite of its status.
pub(super) fn is_completed(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Completed {
        #[serde(rename = "ETag")]
        etag: String,
    }
    read::<Completed>(body).is_ok_and(|completed| !completed.etag.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the API reference, shortened, with a checksum.
    const LISTING: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
        <ListPartsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
          <Bucket>example-bucket</Bucket>
          <UploadId>XXBsb2FkIElEIGZvciBlbHZpbmcncyVcdS1tb3ZpZS5tMnRzEEEwbG9hZA</UploadId>
          <Owner><ID>75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a</ID></Owner>
          <PartNumberMarker>1</PartNumberMarker>
          <NextPartNumberMarker>3</NextPartNumberMarker>
          <MaxParts>2</MaxParts>
          <IsTruncated>true</IsTruncated>
          <Part>
            <PartNumber>2</PartNumber>
            <LastModified>2010-11-10T20:48:34.000Z</LastModified>
            <ETag>"7778aef83f66abc1fa1e8477f296d394"</ETag>
            <Size>10485760</Size>
          </Part>
          <Part>
            <ChecksumSHA256>47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=</ChecksumSHA256>
            <PartNumber>3</PartNumber>
            <ETag>&quot;aaaa18db4cc2f85cedef654fccc4a4x8&quot;</ETag>
            <Size>10485760</Size>
          </Part>
        </ListPartsResult>"#;

    #[test]
    fn a_page_of_parts_is_read_with_and_without_a_namespace() {
        for xml in [LISTING.to_owned(), LISTING.replace(" xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"", "")] {
            let page: Listing = read(xml.as_bytes()).expect("a page");
            assert_eq!(page.next(), Some(3));
            let part = |number, etag: &str, sha256: Option<&str>| StoredPart {
                number,
                size: 10_485_760,
                etag: format!("\"{etag}\""),
                sha256: sha256.map(str::to_owned),
            };
            let expected = [
                part(2, "7778aef83f66abc1fa1e8477f296d394", None),
                part(3, "aaaa18db4cc2f85cedef654fccc4a4x8", Some("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")),
            ];
            assert_eq!(page.parts().expect("parts"), expected);
        }
    }

    #[test]
    fn the_last_page_has_no_next_one() {
        let xml = LISTING.replace(">true<", ">false<");
        assert_eq!(read::<Listing>(xml.as_bytes()).expect("a page").next(), None);
        let empty: Listing = read(b"<ListPartsResult></ListPartsResult>").expect("a page");
        assert_eq!((empty.next(), empty.parts().expect("parts").len()), (None, 0));
    }

    #[test]
    fn a_page_without_a_size_or_that_is_no_xml_is_malformed() {
        for xml in [&LISTING.replace("Size>", "Sise>"), "", "<html>", "not found", &LISTING[..600]] {
            assert!(read::<Listing>(xml.as_bytes()).is_err(), "{xml}");
        }
    }

    #[test]
    fn a_completion_has_the_parts_and_their_checksums() {
        let part = |number, sha256: Option<&str>| StoredPart {
            number,
            size: 9,
            etag: "\"a&b\"".to_owned(),
            sha256: sha256.map(str::to_owned),
        };
        assert_eq!(
            completion(&[part(1, Some("c2hh")), part(2, None)]),
            "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
             <Part><ChecksumSHA256>c2hh</ChecksumSHA256><ETag>&quot;a&amp;b&quot;</ETag><PartNumber>1</PartNumber></Part>\
             <Part><ETag>&quot;a&amp;b&quot;</ETag><PartNumber>2</PartNumber></Part></CompleteMultipartUpload>"
        );
    }

    #[test]
    fn an_error_with_status_200_is_no_success() {
        let good = "<CompleteMultipartUploadResult><Key>a</Key><ETag>\"x-2\"</ETag></CompleteMultipartUploadResult>";
        assert!(is_completed(format!("<?xml version=\"1.0\"?>\n   \n{good}").as_bytes()));
        for xml in ["<Error><Code>InternalError</Code></Error>", "", "  ", &good[..60], &good.replace("ETag", "E")] {
            assert!(!is_completed(xml.as_bytes()), "{xml}");
        }
    }

    #[test]
    fn a_page_of_uploads_is_read() {
        let xml = "<ListMultipartUploadsResult><IsTruncated>true</IsTruncated><NextKeyMarker>staging/b</NextKeyMarker>\
                   <NextUploadIdMarker>2</NextUploadIdMarker><Upload><Key>staging/b</Key><UploadId>2</UploadId>\
                   <Initiated>2010-11-10T20:48:33.000Z</Initiated></Upload></ListMultipartUploadsResult>";
        let page: OpenUploads = read(xml.as_bytes()).expect("a page");
        assert_eq!(page.next(), Some(("staging/b".to_owned(), "2".to_owned())));
        let uploads = page.uploads().expect("uploads");
        let initiated = "2010-11-10T20:48:33Z".parse().expect("a time");
        assert_eq!(uploads, [OpenUpload { key: "staging/b".to_owned(), upload_id: "2".to_owned(), initiated }]);
    }
}
