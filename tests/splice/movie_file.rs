//! A QuickTime movie as a phone writes it, of which each part can be another.

/// Returns a box.
pub(crate) fn atom(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let len = u32::try_from(body.len() + 8).unwrap();
    [&len.to_be_bytes()[..], kind, body].concat()
}

/// Returns a box of 32-bit numbers.
pub(crate) fn numbers(kind: &[u8; 4], numbers: &[u32]) -> Vec<u8> {
    let body: Vec<_> = numbers.iter().flat_map(|number| number.to_be_bytes()).collect();
    atom(kind, &body)
}

/// Two chunks of a track: the sizes of their samples, two in each.
const SIZES: [u32; 4] = [5, 7, 11, 13];
/// Bytes of both chunks of a track.
const CHUNKS: [u64; 2] = [12, 24];

/// The parts of a movie.
pub(crate) struct MovieFile {
    pub(crate) file_type: Vec<u8>,
    pub(crate) video: Vec<u8>,
    pub(crate) audio: Vec<u8>,
    pub(crate) data_reference: Vec<u8>,
    /// Boxes after the tracks.
    pub(crate) tags: Vec<u8>,
    /// Boxes after the last one.
    pub(crate) behind: Vec<u8>,
    /// Zeros in the media data before the samples.
    pub(crate) gap: u64,
    pub(crate) is_index_first: bool,
}

/// The sample entry of H.264 as QuickTime has it: with a vendor, qualities, QuickTime's colours, and zeros at the end.
pub(crate) fn h264(colours: &[u8], end: &[u8]) -> Vec<u8> {
    let fields = |vendor: &[u8; 4], quality: u8| {
        let mut fields = vec![0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0];
        fields.extend(vendor);
        fields.extend([0, 0, quality, 0, 0, 0, quality, 0]);
        fields.extend([2, 0x80, 1, 0x68, 0, 0x48, 0, 0, 0, 0x48, 0, 0, 0, 0, 0, 0, 0, 1, 5]);
        fields.extend(b"H.264");
        fields.extend([0; 26]);
        fields.extend([0, 24, 0xFF, 0xFF]);
        fields
    };
    let is_quicktime = !end.is_empty();
    let fields = if is_quicktime { fields(b"appl", 2) } else { fields(&[0; 4], 0) };
    atom(b"avc1", &[&fields, &atom(b"avcC", b"\x01\x42\0\x1E\xFF\xE0\0")[..], colours, end].concat())
}

/// The sample entry of AAC in MP4.
pub(crate) fn aac() -> Vec<u8> {
    let fields = b"\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\x02\0\x10\0\0\0\0\xAC\x44\0\0";
    atom(b"mp4a", &[&fields[..], &esds()].concat())
}

pub(crate) fn esds() -> Vec<u8> {
    let config = b"\x04\x11\x40\x15\0\0\0\0\0\0\0\0\0\0\0\x05\x02\x12\x10";
    atom(b"esds", &[b"\0\0\0\0\x03\x19\0\0\0", &config[..], b"\x06\x01\x02"].concat())
}

/// The sample entry of AAC in QuickTime: version 1 with a `wave` box, or version 2.
pub(crate) fn quicktime_aac(version: u8) -> Vec<u8> {
    let mut fields = vec![0, 0, 0, 0, 0, 0, 0, 1, 0, version, 0, 0, 0, 0, 0, 0];
    if version == 2 {
        fields.extend([0, 3, 0, 16, 0xFF, 0xFE, 0, 0, 0, 1, 0, 0, 0, 0, 0, 72]);
        fields.extend(44_100_f64.to_be_bytes());
        fields.extend([0, 0, 0, 2, 0x7F, 0, 0, 0]);
        fields.extend([0; 16]);
    } else {
        fields.extend([0, 2, 0, 16, 0xFF, 0xFE, 0, 0, 0xAC, 0x44, 0, 0]);
        fields.extend([0; 16]);
    }
    let wave = [atom(b"frma", b"mp4a"), atom(b"mp4a", &[0; 4]), esds(), vec![0, 0, 0, 8, 0, 0, 0, 0]].concat();
    atom(b"mp4a", &[&fields, &atom(b"wave", &wave)[..], &atom(b"chan", &[0; 24])].concat())
}

/// Apple's colours, and the same colours as MP4 has them.
pub(crate) fn colours(is_quicktime: bool) -> Vec<u8> {
    let values = b"\0\x01\0\x01\0\x01";
    if is_quicktime {
        atom(b"colr", &[b"nclc", &values[..]].concat())
    } else {
        atom(b"colr", &[b"nclx", &values[..], &[0]].concat())
    }
}

/// The tags of a phone: its location among user data, and among keys and values.
pub(crate) fn phone_tags(has_location: bool) -> Vec<u8> {
    let (place, name) = (atom(b"\xA9xyz", b"\0\x0F\x15\xC7+52.5+13.4/"), atom(b"\xA9nam", b"\0\x03\x15\xC7Sea"));
    let keys = [atom(b"mdta", b"com.apple.quicktime.location.ISO6709"), atom(b"mdta", b"com.apple.quicktime.make")];
    let value = |number: u8, text: &[u8]| atom(&[0, 0, 0, number], &atom(b"data", &[&[0; 8], text].concat()));
    let (place_value, make) = (value(1, b"+52.5+13.4/"), value(2, b"Apple"));
    let only = |part: &[u8]| if has_location { part.to_vec() } else { Vec::new() };
    let items = [only(&place_value), make].concat();
    let keys = atom(b"keys", &[&[0, 0, 0, 0, 0, 0, 0, 2], &keys.concat()[..]].concat());
    let handler = atom(b"hdlr", b"\0\0\0\0\0\0\0\0mdta\0\0\0\0\0\0\0\0\0\0\0\0");
    let meta = atom(b"meta", &[handler, keys, atom(b"ilst", &items)].concat());
    [atom(b"udta", &[only(&place), name].concat()), meta].concat()
}

impl Default for MovieFile {
    fn default() -> Self {
        Self {
            file_type: atom(b"ftyp", b"qt  \0\0\0\0qt  "),
            video: h264(&colours(true), &[0; 4]),
            audio: quicktime_aac(1),
            data_reference: atom(b"alis", &[0, 0, 0, 1]),
            tags: phone_tags(true),
            behind: Vec::new(),
            gap: 0,
            is_index_first: false,
        }
    }
}

/// A file with zeros that are not in memory.
pub(crate) struct Sparse {
    front: Vec<u8>,
    gap: u64,
    back: Vec<u8>,
}

impl Sparse {
    pub(crate) fn len(&self) -> u64 {
        self.front.len() as u64 + self.gap + self.back.len() as u64
    }

    pub(crate) fn read(&self, offset: u64, len: usize) -> Vec<u8> {
        let back = self.front.len() as u64 + self.gap;
        let byte = |at: u64| {
            let (part, at) = if at < back { (&self.front, at) } else { (&self.back, at - back) };
            usize::try_from(at).ok().and_then(|at| part.get(at)).copied().unwrap_or(0)
        };
        (offset..offset + len as u64).map(byte).collect()
    }
}

impl MovieFile {
    /// The file in memory, which has no gap.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let file = self.sparse();
        file.read(0, usize::try_from(file.len()).unwrap())
    }

    pub(crate) fn sparse(&self) -> Sparse {
        let samples = [b'v', b'a', b't'].map(|letter| CHUNKS.map(|len| vec![letter; usize::try_from(len).unwrap()]));
        let [[v0, v1], [a0, a1], [t0, t1]] = samples;
        // Interleaved, as writers do.
        let data = [v0, a0, t0, v1, a1, t1].concat();
        let data_len = self.gap + data.len() as u64;
        let header = [&[0, 0, 0, 1][..], b"mdat", &(data_len + 16).to_be_bytes()].concat();
        let index_len = if self.is_index_first { self.index(0).len() } else { 0 };
        let first = (self.file_type.len() + index_len + header.len()) as u64 + self.gap;
        let index = self.index(first);
        let (before, after) = if self.is_index_first { (&index[..], &[][..]) } else { (&[][..], &index[..]) };
        let front = [&self.file_type, before, &header].concat();
        Sparse { front, gap: self.gap, back: [&data, after, &self.behind].concat() }
    }

    fn index(&self, first: u64) -> Vec<u8> {
        let movie = numbers(b"mvhd", &[0, 111, 222, 1000, 4000, 0x1_0000, 0x0100_0000]);
        let [v, a, t] = [0, 12, 24].map(|at| [first + at, first + 36 + at * 2]);
        let references = numbers(b"tmcd", &[3]);
        let tracks = [
            self.track(1, b"vide", &self.video, v, &atom(b"tref", &references)),
            self.track(2, b"soun", &self.audio, a, &[]),
            self.track(3, b"tmcd", &atom(b"tmcd", &[0; 26]), t, &[]),
        ];
        atom(b"moov", &[&movie, &tracks.concat(), &self.tags[..]].concat())
    }

    fn track(&self, id: u32, handler: &[u8; 4], entry: &[u8], chunks: [u64; 2], references: &[u8]) -> Vec<u8> {
        let header = numbers(
            b"tkhd",
            &[
                7,
                111,
                222,
                id,
                0,
                4000,
                0,
                0,
                0,
                0,
                0x1_0000,
                0,
                0,
                0,
                0x1_0000,
                0,
                0,
                0,
                0x4000_0000,
                0x280_0000,
                0x168_0000,
            ],
        );
        let media = numbers(b"mdhd", &[0, 111, 222, 1000, 4000, 0]);
        let [component, subtype] = [*b"mhlr", *handler].map(|kind| kind.to_vec());
        let handler = atom(b"hdlr", &[&[0; 4], &component[..], &subtype, &[0; 12], b"\x04Core"].concat());
        let data_handler = atom(b"hdlr", b"\0\0\0\0dhlralisappl\0\0\0\0\0\0\0\0\0");
        let data = atom(b"dref", &[&[0, 0, 0, 0, 0, 0, 0, 1], &self.data_reference[..]].concat());
        let offsets = if chunks[1] > u32::MAX.into() {
            let offsets: Vec<_> = chunks.iter().flat_map(|offset| offset.to_be_bytes()).collect();
            atom(b"co64", &[&[0, 0, 0, 0, 0, 0, 0, 2], &offsets[..]].concat())
        } else {
            numbers(b"stco", &[0, 2, u32::try_from(chunks[0]).unwrap(), u32::try_from(chunks[1]).unwrap()])
        };
        let tables = [
            atom(b"stsd", &[&[0, 0, 0, 0, 0, 0, 0, 1], entry].concat()),
            numbers(b"stts", &[0, 1, 4, 1000]),
            numbers(b"stsc", &[0, 1, 1, 2, 1]),
            numbers(b"stsz", &[&[0, 0, 4][..], &SIZES].concat()),
            offsets,
        ];
        let media_header = if id == 3 { b"gmhd" } else { b"vmhd" };
        let information =
            [atom(media_header, &[0; 12]), data_handler, atom(b"dinf", &data), atom(b"stbl", &tables.concat())];
        let media = atom(b"mdia", &[media, handler, atom(b"minf", &information.concat())].concat());
        atom(b"trak", &[&header, &atom(b"tapt", &[0; 8])[..], references, &media].concat())
    }
}
