//! RIFF: lengths that writers get wrong or leave open, padding between chunks, repeated ones, and chunks in another order.

use mediaferry::media::Format;

use super::Mutation;

/// A chunk of the form: its name, the length it declares, its data, and the byte that pads it.
#[derive(Clone)]
struct Chunk {
    id: [u8; 4],
    len: u32,
    data: Vec<u8>,
}

impl Chunk {
    fn new(id: [u8; 4], data: &[u8]) -> Self {
        Self { id, len: u32::try_from(data.len()).unwrap(), data: data.to_vec() }
    }

    fn bytes(&self) -> Vec<u8> {
        [&self.id[..], &self.len.to_le_bytes(), &self.data, &vec![0; self.data.len() % 2]].concat()
    }
}

/// The chunks, if these bytes are chunks of plain RIFF and nothing else.
fn chunks(mut bytes: &[u8]) -> Option<Vec<Chunk>> {
    let mut chunks = Vec::new();
    while bytes.len() >= 8 {
        let len = u32::from_le_bytes(bytes[4..8].try_into().unwrap());
        let end = 8 + len as usize;
        chunks.push(Chunk { id: bytes[..4].try_into().unwrap(), len, data: bytes.get(8..end)?.to_vec() });
        bytes = bytes.get(end + (len as usize & 1)..).unwrap_or_default();
    }
    bytes.is_empty().then_some(chunks)
}

/// The form again: its name, and its chunks.
fn riff(form: &[u8], chunks: &[Chunk]) -> Vec<u8> {
    let body: Vec<u8> = chunks.iter().flat_map(Chunk::bytes).collect();
    let len = u32::try_from(body.len() + 4).unwrap();
    [&b"RIFF"[..], &len.to_le_bytes(), form, &body].concat()
}

/// What writers leave that cannot go back: sox, espeak and mpv; arecord; a decoder; ffmpeg; and others.
const PLACEHOLDERS: [u32; 9] = [
    0,
    u32::MAX,
    0x7FFF_F000,
    0x7FFF_F000 - 36,
    0x8000_0000,
    0x8000_0000 - 44,
    0x7FFF_FFFF,
    0xFFFF_FF9B,
    0xFFFF_FFFF - 36,
];

pub(super) fn mutations(format: Format, file: &[u8]) -> Vec<Mutation> {
    let mut all = Vec::new();
    let Some(parts) = file.get(12..).filter(|_| file.starts_with(b"RIFF")).and_then(chunks) else { return all };
    let form = &file[8..12];
    let declared = u32::from_le_bytes(file[4..8].try_into().unwrap());
    // One whose length already tells nothing stays as it is.
    if declared as usize + 8 > file.len() + 1 || declared == 0 {
        return all;
    }
    let mut add = |name: String, file: Vec<u8>| all.push((name, file));
    for more in [1, 2, 8] {
        let len = declared + more;
        // In proportion: of a short file a few bytes may be all.
        if len / 16 >= more {
            add(format!("form longer by {more}"), [b"RIFF", &len.to_le_bytes()[..], &file[8..]].concat());
        }
    }
    if format == Format::Webp {
        return all;
    }
    for len in PLACEHOLDERS {
        add(format!("form of {len:#x}"), [b"RIFF", &len.to_le_bytes()[..], &file[8..]].concat());
    }
    add(
        "form shorter by 70".to_owned(),
        [b"RIFF", &declared.saturating_sub(70).to_le_bytes()[..], &file[8..]].concat(),
    );
    let padded = |count: usize| {
        let chunks = parts.iter().flat_map(|chunk| [vec![0; count], chunk.bytes()].concat());
        [&file[..12], &chunks.collect::<Vec<_>>()].concat()
    };
    let is_open = parts.iter().any(|chunk| chunk.id == *b"data" && chunk.len == 0);
    for count in [1, 8, 13, 2000].into_iter().filter(|_| !is_open) {
        add(format!("{count} zeros between chunks"), padded(count));
    }
    let junk = Chunk::new(*b"JUNK", &[b'x'; 33]);
    let list = Chunk::new(*b"LIST", b"INFOISFT\x0C\0\0\0Lavf59.27.10");
    add("chunks first".to_owned(), riff(form, &[&[junk.clone(), list.clone()][..], &parts].concat()));
    let unpadded =
        [&file[..12], b"note\x03\0\0\0abc", &parts.iter().flat_map(Chunk::bytes).collect::<Vec<_>>()].concat();
    add("an odd chunk without its padding".to_owned(), unpadded);
    all.extend(if format == Format::Wav { wav(form, &parts) } else { avi(&parts) });
    all
}

fn wav(form: &[u8], parts: &[Chunk]) -> Vec<Mutation> {
    let mut all = Vec::new();
    let Some(at) = parts.iter().position(|chunk| &chunk.id == b"data") else { return all };
    let format = parts.iter().position(|chunk| &chunk.id == b"fmt ");
    let with_len = |len: u32| {
        // Without what may follow the data, which nothing would tell from it.
        let mut parts = parts[..=at].to_vec();
        parts[at].len = len;
        riff(form, &parts)
    };
    let real = parts[at].len;
    if real == 0 || format.is_none_or(|format| format > at) {
        return all;
    }
    for len in PLACEHOLDERS {
        all.push((format!("data of {len:#x}"), with_len(len)));
    }
    let header = u32::try_from(parts[..at].iter().map(|chunk| chunk.bytes().len()).sum::<usize>() + 20).unwrap();
    for more in [1, 2, 8, 36, header.min(400)] {
        if (real + more) / 16 >= more {
            all.push((format!("data longer by {more}"), with_len(real + more)));
        }
    }
    if let Some(format) = format {
        let mut other = parts[format].clone();
        other.data[4..8].copy_from_slice(&11_025_u32.to_le_bytes());
        let (before, after) = parts.split_at(format + 1);
        all.push(("another format behind the first".to_owned(), riff(form, &[before, &[other], after].concat())));
        let mut moved = parts.to_vec();
        let chunk = moved.remove(format);
        moved.push(chunk);
        all.push(("format last".to_owned(), riff(form, &moved)));
    }
    all
}

fn avi(parts: &[Chunk]) -> Vec<Mutation> {
    let mut all = Vec::new();
    let movi = parts.iter().position(|chunk| chunk.data.starts_with(b"movi"));
    if let Some(at) = movi {
        let real = parts[at].len;
        for len in [0, u32::MAX, 0x7FFF_F000, real + 8] {
            if len == real + 8 && real < 200 {
                continue;
            }
            let mut changed = parts.to_vec();
            changed[at].len = len;
            all.push((format!("frames of {len:#x}"), riff(b"AVI ", &changed)));
        }
        // What follows the frames is an index, which players make anew.
        all.push(("no index".to_owned(), riff(b"AVI ", &parts[..=at])));
    }
    // A second of each header.
    if let Some(first) = parts.iter().position(|chunk| chunk.data.starts_with(b"hdrl")) {
        let mut changed = parts.to_vec();
        let mut main = changed[first].data[4..].get(..64).unwrap_or_default().to_vec();
        if main.starts_with(b"avih") {
            main[8 + 32..8 + 40].fill(0x11);
            changed[first].data.extend(&main);
            changed[first].len = u32::try_from(changed[first].data.len()).unwrap();
            all.push(("main header repeated".to_owned(), riff(b"AVI ", &changed)));
        }
    }
    all
}
