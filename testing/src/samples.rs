//! Small valid files, and what a browser reports about them.

use mediaferry::file::Candidate;

/// What a browser reports about a file with these bytes.
pub fn candidate(name: &str, declared_type: &str, bytes: &[u8]) -> Candidate {
    Candidate { name: name.to_owned(), declared_type: declared_type.to_owned(), size: bytes.len() as u64 }
}

/// A JPEG of exactly this many bytes, almost all 0: fast to make and to read at any size.
pub fn flat_jpeg(len: usize) -> Vec<u8> {
    let mut file = vec![0; len];
    let head = jpeg_head(640, 480);
    file[..head.len()].copy_from_slice(&head);
    file[len - 2..].copy_from_slice(&[0xFF, 0xD9]);
    file
}

fn jpeg_head(width: u16, height: u16) -> Vec<u8> {
    let [[w1, w2], [h1, h2]] = [width.to_be_bytes(), height.to_be_bytes()];
    let mut head = vec![0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8, h1, h2, w1, w2, 1, 1, 0x11, 0];
    head.extend([0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0]);
    head
}

/// A grey JPEG of this many pixels and exactly this many bytes.
pub fn jpeg(width: u16, height: u16, len: usize) -> Vec<u8> {
    let mut file = jpeg_head(width, height);
    assert!(len >= file.len() + 2, "{len} bytes are too few for a JPEG");
    // Entropy-coded data with stuffed FF 00, so that no two ranges are equal.
    let mut word = 0_u32;
    while file.len() < len - 2 {
        word = word.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [byte, ..] = word.to_be_bytes();
        file.push(if byte == 0xFF { 0 } else { byte });
    }
    file.extend([0xFF, 0xD9]);
    file
}

/// A PNG with this header and without pixels.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend([8, 6, 0, 0, 0]);
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(*b"IHDR", &header), chunk(*b"IDAT", &[0; 20]), chunk(*b"IEND", &[])].concat()
}

fn chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let len = u32::try_from(data.len()).expect("a small chunk").to_be_bytes();
    let body = [&kind[..], data].concat();
    let sum = body.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xEDB8_8320 } else { sum >> 1 })
    });
    [&len[..], &body, &(!sum).to_be_bytes()].concat()
}

/// An MP4 of 640×480 with this duration in milliseconds.
pub fn mp4(millis: u32) -> Vec<u8> {
    let clock =
        |rest: usize| [&[0; 12][..], &1000_u32.to_be_bytes(), &millis.to_be_bytes(), &vec![0; rest][..]].concat();
    let mut track = vec![0; 84];
    track[15] = 1;
    track[20..24].copy_from_slice(&millis.to_be_bytes());
    track[40..44].copy_from_slice(&0x1_0000_u32.to_be_bytes());
    track[56..60].copy_from_slice(&0x1_0000_u32.to_be_bytes());
    let mut entry = vec![0; 78];
    entry[24..28].copy_from_slice(&[640_u16.to_be_bytes(), 480_u16.to_be_bytes()].concat());
    let handler = [&[0; 8][..], b"vide", &[0; 13]].concat();
    let table =
        container(*b"stbl", &[atom(*b"stsd", &[&[0, 0, 0, 0, 0, 0, 0, 1][..], &atom(*b"avc1", &entry)].concat())]);
    let media = [atom(*b"mdhd", &clock(4)), atom(*b"hdlr", &handler), container(*b"minf", &[table])];
    let track = container(*b"trak", &[atom(*b"tkhd", &track), container(*b"mdia", &media)]);
    let movie = container(*b"moov", &[atom(*b"mvhd", &clock(80)), track]);
    // Twenty bytes a second: less could hardly be a video.
    let frames = vec![0; 32 + millis as usize / 50];
    [atom(*b"ftyp", b"isom\0\0\0\x01isommp42"), movie, atom(*b"mdat", &frames)].concat()
}

fn atom(kind: [u8; 4], body: &[u8]) -> Vec<u8> {
    let len = u32::try_from(body.len() + 8).expect("a small box").to_be_bytes();
    [&len[..], &kind, body].concat()
}

fn container(kind: [u8; 4], parts: &[Vec<u8>]) -> Vec<u8> {
    atom(kind, &parts.concat())
}
