//! Names of unsupported files, for messages to users.

use crate::media::cursor::find;
use crate::media::format_names::names;
use crate::media::plain_text;
use crate::media::plain_text::is_text;

names! {
    /// Signatures at fixed offsets. A message puts the name after "This is", so the best-known name is used.
    SIGNATURES:
    0, b"%PDF-" => "PDF";
    0, b"8BPS" => "PSD";
    0, b"\0\0\x01\0" => "ICO";
    // A cursor's header would have the number of images here.
    0, b"\0\0\x02\0\0\0" => "TGA";
    0, b"\0\0\x02\0" => "CUR";
    4, b"jP  " => "JPEG 2000";
    0, b"\xFF\x4F\xFF\x51" => "";
    4, b"JXL " => "JPEG XL";
    0, b"\xFF\x0A" => "";
    4, b"styp" => "an MP4 segment";
    4, b"moof" => "";
    4, b"sidx" => "";
    8, b"AIF" => "AIFF";
    8, b"ACON" => "an animated cursor";
    0, b".snd" => "AU";
    0, b"caff" => "CAF";
    0, b"#!AMR" => "AMR";
    0, b"riff" => "Wave64";
    0, b"ADIF" => "AAC in ADIF";
    0, b"\x0B\x77" => "AC-3";
    0, b"\x7F\xFE\x80\x01" => "DTS";
    0, b"MThd" => "MIDI";
    0, b"MAC " => "Monkey's Audio";
    0, b"wvpk" => "WavPack";
    0, b"TTA1" => "TTA";
    0, b"MPCK" => "Musepack";
    0, b"DSD " => "DSD";
    0, b".RMF" => "RealMedia";
    0, b"\0\0\x01\xBA" => "MPEG video";
    0, b"\0\0\x01\xB3" => "";
    0, b"\0\0\x01\xE0" => "";
    8, b"CDXA" => "";
    0, b"FUJIFILM" => "camera raw";
    0, b"IIRO" => "";
    0, b"IIU\0" => "";
    0, b"\x76\x2F\x31\x01" => "OpenEXR";
    0, b"DDS " => "DDS";
    0, b"BPG" => "BPG";
    0, b"qoif" => "QOI";
    0, b"gimp" => "XCF";
    0, b"CWS" => "Flash";
    0, b"FWS" => "";
    0, b"Rar!" => "a RAR archive";
    0, b"7z\xBC\xAF" => "a 7z archive";
    0, b"\x1F\x8B" => "a gzip archive";
    0, b"BZh" => "a bzip2 archive";
    0, b"\xFD7zX" => "an xz archive";
    0, b"\xD0\xCF\x11\xE0" => "an Office document";
    0, b"MZ" => "a program";
    0, b"\x7FELF" => "";
    0, b"\xCA\xFE\xBA\xBE" => "";
    0, b"\xCF\xFA\xED\xFE" => "";
    0, b"\0asm" => "";
    0, b"SQLite" => "an SQLite database";
    0, b"wOF" => "a font";
    0, b"OTTO" => "";
    0, b"\0\x01\0\0\0" => "";
    0, b"\xFF\xFE" => "text";
    0, b"\xFE\xFF" => "";
}

/// The packets of a transport stream: plain, and with a time stamp of four bytes, as cameras write them.
const PACKETS: [(usize, usize); 2] = [(0, 188), (4, 192)];
const SYNC: u8 = 0x47;

/// Returns the common name of what the file's first bytes look like.
pub(crate) fn name(head: &[u8]) -> Option<&'static str> {
    if head.starts_with(b"PK\x03\x04") {
        return Some(archive(head));
    }
    // This follows the name and the dates of the first file in the archive.
    if head.get(257..).is_some_and(|rest| rest.starts_with(b"ustar")) {
        return Some("a TAR archive");
    }
    if PACKETS.iter().any(|(start, len)| (0..4).all(|packet| head.get(start + packet * len) == Some(&SYNC))) {
        return Some("an MPEG transport stream");
    }
    SIGNATURES.find(&|at, magic| head.get(at..).is_some_and(|rest| rest.starts_with(magic)))
}

names! {
    /// Office's documents are archives whose first members have names of their own.
    ARCHIVES:
    0, b"[Content_Types].xml" => "an Office document";
    0, b"_rels/" => "";
    0, b"word/" => "";
    0, b"docProps/" => "";
    0, b"application/vnd.oasis" => "";
}

fn archive(head: &[u8]) -> &'static str {
    let names = head.get(30..120).unwrap_or_default();
    ARCHIVES.find(&|_, name| find(names, name).is_some()).unwrap_or("a ZIP archive")
}

/// Of markup, whatever follows the first angle bracket.
const MARKUP: usize = 1;
names! {
    /// What a text is, in lower case: `MARKUP` by the first of these that it has, others by their first letters.
    TEXTS:
    1, b"<svg" => "SVG";
    1, b"<html" => "HTML";
    1, b"<!doctype html" => "";
    1, b"<?xml" => "XML";
    0, b"{" => "JSON";
    0, b"[" => "";
    0, b"%pdf-" => "PDF";
    0, b"#!amr" => "AMR";
}

/// Returns the name of a text, if the file is a text.
pub(crate) fn text(head: &[u8]) -> Option<&'static str> {
    if !is_text(head) {
        return None;
    }
    let start = plain_text::start(head);
    let text = start.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(start).trim_ascii_start().to_ascii_lowercase();
    let is = |kind, word: &[u8]| {
        if kind == MARKUP { text.starts_with(b"<") && find(&text, word).is_some() } else { text.starts_with(word) }
    };
    Some(TEXTS.find(&is).unwrap_or("text"))
}
