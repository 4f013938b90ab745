//! The operations of the storage's listener: objects and multipart uploads, no buckets and no listings of objects.

use std::time::SystemTime;

use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, ChecksumAlgorithm, CompleteMultipartUploadInput,
    CompleteMultipartUploadOutput, CreateMultipartUploadInput, CreateMultipartUploadOutput, DeleteObjectInput,
    DeleteObjectOutput, ETag, GetObjectInput, GetObjectOutput, HeadObjectInput, HeadObjectOutput,
    ListMultipartUploadsInput, ListMultipartUploadsOutput, ListPartsInput, ListPartsOutput, MultipartUpload, Part,
    PutObjectInput, PutObjectOutput, UploadPartInput, UploadPartOutput,
};
use s3s::{S3, S3Error, S3ErrorCode, S3Request, S3Response, S3Result, s3_error};

use crate::store::Store;
use crate::uploads::{Begun, Joined};

/// The most entries of a page.
const PAGE: i32 = 1000;

#[async_trait::async_trait]
impl S3 for Store {
    /// Stores an object. If its checksum is wrong it is deleted again, which s3s-fs leaves to its caller.
    async fn put_object(&self, request: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
        let key = request.input.key.clone();
        let stored = self.files.put_object(request).await;
        if stored.as_ref().is_err_and(|error| *error.code() == S3ErrorCode::BadDigest) {
            self.delete(&key).await?;
        }
        stored
    }

    async fn get_object(&self, request: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
        self.files.get_object(request).await
    }

    async fn head_object(&self, request: S3Request<HeadObjectInput>) -> S3Result<S3Response<HeadObjectOutput>> {
        self.files.head_object(request).await
    }

    async fn delete_object(&self, request: S3Request<DeleteObjectInput>) -> S3Result<S3Response<DeleteObjectOutput>> {
        self.files.delete_object(request).await
    }

    async fn create_multipart_upload(
        &self,
        request: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        let CreateMultipartUploadInput { bucket, key, content_type, checksum_algorithm, .. } = request.input;
        let checksums = match checksum_algorithm.as_ref().map(ChecksumAlgorithm::as_str) {
            None => false,
            Some(ChecksumAlgorithm::SHA256) => true,
            Some(_) => return Err(s3_error!(NotImplemented)),
        };
        let id = self.uploads.create(&Begun { key: key.clone(), content_type, checksums })?;
        Ok(S3Response::new(CreateMultipartUploadOutput {
            bucket: Some(bucket),
            key: Some(key),
            upload_id: Some(id),
            checksum_algorithm,
            ..CreateMultipartUploadOutput::default()
        }))
    }

    async fn upload_part(&self, request: S3Request<UploadPartInput>) -> S3Result<S3Response<UploadPartOutput>> {
        let UploadPartInput { key, upload_id, part_number, checksum_sha256, body, .. } = request.input;
        let body = body.ok_or_else(|| s3_error!(IncompleteBody))?;
        let part = self.uploads.put((&upload_id, &key), part_number, checksum_sha256.as_deref(), body).await?;
        Ok(S3Response::new(UploadPartOutput {
            e_tag: Some(ETag::Strong(part.etag())),
            checksum_sha256,
            ..UploadPartOutput::default()
        }))
    }

    async fn list_parts(&self, request: S3Request<ListPartsInput>) -> S3Result<S3Response<ListPartsOutput>> {
        let ListPartsInput { bucket, key, upload_id, max_parts, part_number_marker, .. } = request.input;
        let (begun, mut parts) = self.uploads.list(&upload_id, &key).await?;
        let (max, marker) = (page(max_parts), part_number_marker.unwrap_or_default());
        parts.retain(|part| part.number > marker);
        let truncated = parts.len() > max;
        parts.truncate(max);
        let part = |part: &crate::uploads::Part| Part {
            part_number: Some(part.number),
            size: i64::try_from(part.size).ok(),
            e_tag: Some(ETag::Strong(part.etag())),
            last_modified: Some(part.modified.into()),
            checksum_sha256: begun.checksums.then(|| part.checksum()),
            ..Part::default()
        };
        Ok(S3Response::new(ListPartsOutput {
            bucket: Some(bucket),
            key: Some(key),
            upload_id: Some(upload_id),
            part_number_marker: Some(marker),
            next_part_number_marker: parts.last().map(|part| part.number),
            max_parts: i32::try_from(max).ok(),
            is_truncated: Some(truncated),
            parts: Some(parts.iter().map(part).collect()),
            ..ListPartsOutput::default()
        }))
    }

    async fn complete_multipart_upload(
        &self,
        request: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        let CompleteMultipartUploadInput { bucket, key, upload_id, multipart_upload, if_none_match, .. } =
            request.input;
        let wanted = multipart_upload.and_then(|upload| upload.parts).unwrap_or_default();
        let joined = self.uploads.join(&upload_id, &key, &wanted).await?;
        let once = if_none_match.is_some_and(|condition| condition.is_any());
        if !self.place(&joined, once).map_err(S3Error::internal_error)? {
            return Err(s3_error!(PreconditionFailed, "Object already exists"));
        }
        self.uploads.remove(&upload_id).await?;
        let Joined { etag, sha256, .. } = joined;
        Ok(S3Response::new(CompleteMultipartUploadOutput {
            location: Some(format!("/{bucket}/{key}")),
            bucket: Some(bucket),
            key: Some(key),
            e_tag: Some(ETag::Strong(etag)),
            checksum_sha256: sha256,
            ..CompleteMultipartUploadOutput::default()
        }))
    }

    async fn abort_multipart_upload(
        &self,
        request: S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
        let AbortMultipartUploadInput { key, upload_id, .. } = request.input;
        self.uploads.get(&upload_id, &key)?;
        self.uploads.remove(&upload_id).await?;
        Ok(S3Response::new(AbortMultipartUploadOutput::default()))
    }

    async fn list_multipart_uploads(
        &self,
        request: S3Request<ListMultipartUploadsInput>,
    ) -> S3Result<S3Response<ListMultipartUploadsOutput>> {
        let ListMultipartUploadsInput { bucket, prefix, key_marker, upload_id_marker, max_uploads, .. } = request.input;
        let (max, mut uploads) = (page(max_uploads), self.uploads.all()?);
        let marker = (key_marker.clone().unwrap_or_default(), upload_id_marker.clone().unwrap_or_default());
        uploads.retain(|(id, begun, _)| {
            let after = (begun.key.as_str(), id.as_str()) > (marker.0.as_str(), marker.1.as_str());
            after && begun.key.starts_with(prefix.as_deref().unwrap_or_default())
        });
        let truncated = uploads.len() > max;
        uploads.truncate(max);
        let last = uploads.last().filter(|_| truncated);
        let next = last.map(|(id, begun, _)| (begun.key.clone(), id.clone()));
        let upload = |(id, begun, time): (String, Begun, SystemTime)| MultipartUpload {
            upload_id: Some(id),
            key: Some(begun.key),
            initiated: Some(time.into()),
            ..MultipartUpload::default()
        };
        let (next_key_marker, next_upload_id_marker) = next.unzip();
        Ok(S3Response::new(ListMultipartUploadsOutput {
            bucket: Some(bucket),
            prefix,
            key_marker,
            upload_id_marker,
            next_key_marker,
            next_upload_id_marker,
            max_uploads: i32::try_from(max).ok(),
            is_truncated: Some(truncated),
            uploads: Some(uploads.into_iter().map(upload).collect()),
            ..ListMultipartUploadsOutput::default()
        }))
    }
}

/// How many entries a page has.
fn page(wanted: Option<i32>) -> usize {
    usize::try_from(wanted.unwrap_or(PAGE).clamp(1, PAGE)).unwrap_or_default()
}
