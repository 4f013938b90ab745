//! Trees of boxes and of EBML elements from a fuzzer's bytes: real names in any order, some with a wrong size.

/// Decisions by a fuzzer's bytes, in order; 0 after the last byte.
#[derive(Clone)]
pub struct Choices<'a>(pub &'a [u8]);

impl Choices<'_> {
    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// A number below `count`, which is at most 256.
    pub fn below(&mut self, count: usize) -> usize {
        usize::from(self.byte()) % count
    }

    /// One bit of the next byte.
    pub fn flag(&mut self) -> bool {
        self.byte() & 1 != 0
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.byte()).collect()
    }

    /// Most often the right size.
    fn size(&mut self, right: u64) -> u64 {
        match self.byte() {
            0..=0xBF => right,
            0xC0..=0xD7 => (right + u64::from(self.byte() % 17)).saturating_sub(8),
            0xD8..=0xE7 => self.byte().into(),
            0xE8..=0xEF => u64::from(u32::MAX).saturating_sub(self.byte().into()),
            0xF0..=0xF7 => u64::MAX >> (self.byte() % 10),
            0xF8..=0xFB => 1 << (self.byte() % 64),
            0xFC..=0xFF => 0,
        }
    }
}

/// The greatest depth, and the most children of a node.
const DEPTH: u32 = 7;
const WIDTH: usize = 7;

/// Boxes that contain boxes, then boxes that do not.
const CONTAINERS: &[&[u8; 4]] = &[
    b"moov", b"trak", b"mdia", b"minf", b"stbl", b"mvex", b"moof", b"traf", b"mfra", b"udta", b"cmov", b"meta",
    b"iprp", b"ipco",
];
const LEAVES: &[&[u8; 4]] = &[
    b"mvhd", b"tkhd", b"mdhd", b"hdlr", b"stsd", b"mehd", b"trex", b"sidx", b"tfhd", b"tfdt", b"trun", b"tfra",
    b"mfro", b"mdat", b"free", b"wide", b"ftyp", b"elst", b"uuid", b"vmhd", b"stts", b"pitm", b"ipma", b"ispe",
    b"irot", b"imir", b"clap",
];
/// Values that parsers read in boxes.
const VALUES_IN_BOXES: &[&[u8]] = &[
    b"vide",
    b"soun",
    b"avc1",
    b"mp4a",
    b"avcC",
    b"hvcC",
    b"esds",
    b"frma",
    b"isom",
    b"qt  ",
    b"\0\0\x03\xE8",
    b"\0\x01\0\0",
    b"\xFF\xFF\xFF\xFF",
];

/// A file of boxes.
pub fn boxes(choices: &mut Choices<'_>) -> Vec<u8> {
    let mut file = b"\0\0\0\x10ftypisom\0\0\x02\0".to_vec();
    while !choices.0.is_empty() {
        push_box(choices, DEPTH, &mut file);
    }
    file
}

fn push_box(choices: &mut Choices<'_>, depth: u32, out: &mut Vec<u8>) {
    let mut body = Vec::new();
    let kind = if depth > 0 && choices.flag() {
        for _ in 0..choices.below(WIDTH) {
            push_box(choices, depth - 1, &mut body);
        }
        let container = CONTAINERS[choices.below(CONTAINERS.len())];
        if container == b"meta" {
            // A version and flags.
            body.splice(0..0, [0; 4]);
        }
        container
    } else {
        while body.len() < 120 && choices.below(8) != 0 {
            match choices.below(3) {
                0 => body.extend(VALUES_IN_BOXES[choices.below(VALUES_IN_BOXES.len())]),
                1 => body.extend(choices.bytes(4)),
                _ => body.extend([0; 4]),
            }
        }
        LEAVES[choices.below(LEAVES.len())]
    };
    if choices.below(8) == 0 {
        let size = choices.size(body.len() as u64 + 16);
        out.extend([&1_u32.to_be_bytes()[..], kind, &size.to_be_bytes()].concat());
    } else {
        let size = u32::try_from(choices.size(body.len() as u64 + 8)).unwrap_or(u32::MAX);
        out.extend([&size.to_be_bytes()[..], kind].concat());
    }
    out.extend(body);
}

/// Elements that contain elements, then elements that do not.
const MASTERS: &[&[u8]] = &[
    b"\x18\x53\x80\x67",
    b"\x11\x4D\x9B\x74",
    b"\x4D\xBB",
    b"\x15\x49\xA9\x66",
    b"\x16\x54\xAE\x6B",
    b"\xAE",
    b"\xE0",
    b"\xE1",
    b"\x1F\x43\xB6\x75",
    b"\xA0",
    b"\x1C\x53\xBB\x6B",
];
const VALUES: &[&[u8]] = &[
    b"\x53\xAB",
    b"\x53\xAC",
    b"\x2A\xD7\xB1",
    b"\x44\x89",
    b"\x83",
    b"\x86",
    b"\xB0",
    b"\xBA",
    b"\xE7",
    b"\xA3",
    b"\xA1",
    b"\x9B",
    b"\xEC",
    b"\xBF",
    b"\x42\x82",
];
const CONTENTS: &[&[u8]] = &[
    b"\x01",
    b"\x02",
    b"\x0F\x42\x40",
    b"V_VP9",
    b"A_OPUS",
    b"\x15\x49\xA9\x66",
    b"\x16\x54\xAE\x6B",
    b"\x81\0\x10\x80",
    b"\x40\xB1\x94\0\0\0\0\0",
    b"\x7F\xF0\0\0\0\0\0\0",
    b"\x03\xE8",
];

/// A file of EBML elements.
pub fn elements(choices: &mut Choices<'_>) -> Vec<u8> {
    let mut file = b"\x1A\x45\xDF\xA3\x87\x42\x82\x84webm".to_vec();
    if choices.flag() {
        file.extend(b"\x18\x53\x80\x67\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF");
    }
    while !choices.0.is_empty() {
        push_element(choices, DEPTH, &mut file);
    }
    file
}

fn push_element(choices: &mut Choices<'_>, depth: u32, out: &mut Vec<u8>) {
    let mut body = Vec::new();
    let id = if depth > 0 && choices.flag() {
        for _ in 0..choices.below(WIDTH) {
            push_element(choices, depth - 1, &mut body);
        }
        MASTERS[choices.below(MASTERS.len())]
    } else {
        match choices.below(4) {
            0 => {
                let count = choices.below(12);
                body.extend(choices.bytes(count));
            }
            1 => body.extend(choices.size(1).to_be_bytes()),
            _ => body.extend(CONTENTS[choices.below(CONTENTS.len())]),
        }
        VALUES[choices.below(VALUES.len())]
    };
    out.extend(id);
    let size = choices.size(body.len() as u64);
    match choices.below(8) {
        // Unknown size.
        0 => out.push(0xFF),
        1..=4 if size < 0x7F => out.push(0x80 | u8::try_from(size).unwrap()),
        _ => out.extend((size & 0x00FF_FFFF_FFFF_FFFF | 1 << 56).to_be_bytes()),
    }
    out.extend(body);
}
