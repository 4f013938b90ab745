//! MPEG audio streams: MP3 and AAC in ADTS, and ID3 tags.

pub(crate) mod adts;
pub(crate) mod frames;
pub(crate) mod id3;
pub(crate) mod mp3;
