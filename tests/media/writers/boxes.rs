//! ISO base media: boxes in any order, unknown ones, padding, lengths that are off, and tracks that are not what they say.

use mediaferry::media::{Fact, Media};

use super::Mutation;

/// Boxes that hold others.
const CONTAINERS: [&[u8; 4]; 5] = [b"moov", b"trak", b"mdia", b"minf", b"stbl"];

type Kind = [u8; 4];
/// Makes other boxes of those that a container of this type has.
type Rewrite<'a> = &'a dyn Fn(Kind, Vec<Piece>) -> Vec<Piece>;

/// A box: its type, and its bytes with the header.
#[derive(Clone)]
struct Piece {
    /// Where it came from.
    place: usize,
    kind: Kind,
    bytes: Vec<u8>,
}

impl Piece {
    /// The boxes of these bytes, as far as they are any.
    fn all(mut bytes: &[u8]) -> Vec<Self> {
        let mut pieces = Vec::new();
        while bytes.len() >= 8 {
            let word = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
            let len = match word(0) {
                0 => bytes.len(),
                1 if bytes.len() >= 16 => word(12),
                len => len,
            };
            if len < 8 || len > bytes.len() {
                break;
            }
            let kind = bytes[4..8].try_into().unwrap();
            pieces.push(Self { place: pieces.len(), kind, bytes: bytes[..len].to_vec() });
            bytes = &bytes[len..];
        }
        pieces
    }

    fn new(kind: Kind, body: &[u8]) -> Self {
        let len = u32::try_from(body.len() + 8).unwrap().to_be_bytes();
        Self { place: 0, kind, bytes: [&len[..], &kind, body].concat() }
    }

    fn is(&self, kind: Kind) -> bool {
        self.kind == kind
    }

    /// The same with other boxes in it, all the way down; a container keeps its type.
    fn rewritten(&self, rewrite: Rewrite<'_>) -> Self {
        if !CONTAINERS.contains(&&self.kind) || self.bytes[..4] == [0, 0, 0, 1] {
            return self.clone();
        }
        let inner = Self::all(&self.bytes[8..]).iter().map(|piece| piece.rewritten(rewrite)).collect();
        Self { place: self.place, ..Self::new(self.kind, &join(&rewrite(self.kind, inner))) }
    }
}

/// The same with its tracks as they were, for their order is that of the codecs. Each has its number.
fn in_order_of_tracks(mut inner: Vec<Piece>) -> Vec<Piece> {
    let mut tracks: Vec<_> = inner.iter().filter(|piece| piece.is(*b"trak")).cloned().collect();
    tracks.sort_by_key(|track| track.place);
    let mut tracks = tracks.into_iter();
    for piece in inner.iter_mut().filter(|piece| piece.is(*b"trak")) {
        *piece = tracks.next().expect("as many as before");
    }
    inner
}

fn join(pieces: &[Piece]) -> Vec<u8> {
    pieces.iter().flat_map(|piece| piece.bytes.iter().copied()).collect()
}

pub(super) fn mutations(media: &Media, file: &[u8]) -> Vec<Mutation> {
    let pieces = Piece::all(file);
    let mut all = Vec::new();
    let mut add = |name: &str, file: Vec<u8>| all.push((name.to_owned(), file));
    if join(&pieces) != file || pieces.is_empty() {
        return all;
    }
    let rewritten =
        |rewrite: Rewrite<'_>| join(&pieces.iter().map(|piece| piece.rewritten(rewrite)).collect::<Vec<_>>());

    // Any order.
    add("boxes reversed", rewritten(&|_, inner| in_order_of_tracks(inner.into_iter().rev().collect())));
    add(
        "first box last",
        rewritten(&|_, mut inner| {
            let len = inner.len();
            inner.rotate_left(len.min(1));
            in_order_of_tracks(inner)
        }),
    );
    let has_fragments = pieces.iter().any(|piece| piece.is(*b"moof"));
    if !has_fragments {
        let (moov, rest): (Vec<_>, Vec<_>) = pieces.iter().cloned().partition(|piece| piece.is(*b"moov"));
        let start = rest.iter().position(|piece| !piece.is(*b"ftyp")).unwrap_or(rest.len());
        add("moov first", join(&[&rest[..start], &moov, &rest[start..]].concat()));
        // A box without a length goes on to the end.
        if file.len() < 8 || !rest.iter().any(|piece| piece.bytes[..4] == [0; 4]) {
            add("moov last", join(&[rest, moov].concat()));
        }
    }

    // Unknown boxes, and padding.
    let unknown = [Piece::new(*b"uuid", &[7; 16]), Piece::new(*b"what", &[7; 90])];
    add("unknown boxes first", join(&[&unknown[..], &pieces].concat()));
    add(
        "unknown boxes between",
        rewritten(&|_, inner| inner.into_iter().flat_map(|piece| [unknown[1].clone(), piece]).collect()),
    );
    let free = Piece::new(*b"free", &[0; 12]);
    add("free boxes between", join(&pieces.iter().flat_map(|piece| [piece.clone(), free.clone()]).collect::<Vec<_>>()));
    let padded = |at: usize| [join(&pieces[..at]), vec![0; 64], join(&pieces[at..])].concat();
    if let Some(mdat) = pieces
        .iter()
        .position(|piece| piece.is(*b"mdat"))
        .filter(|mdat| *mdat > 0 && pieces[0].is(*b"ftyp") && !has_fragments)
    {
        add("zeros before the data", padded(mdat));
    }

    // Lengths.
    if let Some(last) = pieces.last().filter(|piece| piece.is(*b"mdat") && piece.bytes.len() > 600) {
        let len = u32::try_from(last.bytes.len()).unwrap();
        for other in [0, len + 1, len + 8, len + 16, 0x7FFF_F000, 0xFFFF_FFFF] {
            let start = file.len() - last.bytes.len();
            add(&format!("data of {other:#x}"), [&file[..start], &other.to_be_bytes(), &file[start + 4..]].concat());
        }
    }
    if let Some(last) = pieces.last().filter(|piece| piece.is(*b"moov") && piece.bytes.len() > 600) {
        let start = file.len() - last.bytes.len();
        let len = u32::try_from(last.bytes.len() + 8).unwrap();
        add("moov counts its header twice", [&file[..start], &len.to_be_bytes(), &file[start + 4..]].concat());
    }

    all.extend(tracks(media, &pieces, &rewritten));
    all
}

type Rewritten<'a> = &'a dyn Fn(Rewrite<'_>) -> Vec<u8>;

/// Tracks that are switched off, without a handler, or repeated; sizes that are in the bitstream only.
fn tracks(media: &Media, pieces: &[Piece], rewritten: Rewritten<'_>) -> Vec<Mutation> {
    let mut all = Vec::new();
    let mut add = |name: &str, file: Vec<u8>| all.push((name.to_owned(), file));
    let each = |kind: &'static [u8; 4], change: &'static dyn Fn(&mut Vec<u8>)| {
        rewritten(&move |_, mut inner| {
            inner.iter_mut().filter(|piece| piece.is(*kind)).for_each(|piece| change(&mut piece.bytes));
            inner
        })
    };
    let has =
        |name: &[u8]| pieces.iter().any(|piece| piece.is(*b"moov") && piece.bytes.windows(4).any(|at| at == name));
    // A second of each that counts only once.
    for (kind, at) in [(b"mvhd", 12_usize), (b"mdhd", 12), (b"tkhd", 76), (b"stsd", 40)] {
        add(
            &format!("{} repeated", String::from_utf8_lossy(kind)),
            rewritten(&|_, inner| {
                let twice = |piece: Piece| {
                    let mut second = piece.clone();
                    if let Some(number) = second.bytes.get_mut(8 + at..12 + at) {
                        number.copy_from_slice(&[0, 0, 0x77, 0x77]);
                    }
                    if piece.is(*kind) { vec![piece, second] } else { vec![piece] }
                };
                inner.into_iter().flat_map(twice).collect()
            }),
        );
    }
    // Without a handler, the header of the media tells the same.
    if has(b"vmhd") || has(b"smhd") {
        let only_av = !has(b"gmhd") && !has(b"nmhd") && !has(b"hmhd");
        if only_av {
            add("handlers of zeros", each(b"hdlr", &|bytes| bytes[16..20].fill(0)));
            add(
                "no handlers",
                rewritten(&|_, mut inner| {
                    inner.retain(|piece| !piece.is(*b"hdlr"));
                    inner
                }),
            );
        }
    }
    if media.has_audio.value() == Some(true) || media.has_video.value() == Some(true) {
        add(
            "a preview that is switched off",
            rewritten(&|container, mut inner| {
                let first = inner.iter().position(|piece| piece.is(*b"trak"));
                if let Some(first) = first.filter(|_| container == *b"moov") {
                    let preview = preview(&inner[first]);
                    // Of tracks that are all switched off, the preview would be one more that is shown.
                    if inner.iter().any(|piece| piece.is(*b"trak") && is_enabled(piece)) {
                        inner.insert(first, preview);
                    }
                }
                inner
            }),
        );
    }
    // Cropped to the same size, as nearly all are, the parameter set tells what the entry would.
    let cropped = !has(b"clap") && !has(b"pasp");
    if media.stored_size.known().is_some() && (has(b"avcC") || has(b"hvcC")) && cropped && media.codecs.len() < 3 {
        let no_size = |bytes: &mut Vec<u8>| {
            if [&b"avc1"[..], b"avc3", b"hvc1", b"hev1"].contains(&&bytes[20..24]) {
                bytes[48..52].fill(0);
            }
        };
        add("sizes in the bitstream only", each(b"stsd", Box::leak(Box::new(no_size))));
    }
    // A clock of the movie that stands still: the tracks have their own.
    if media.duration.known().is_some() && !has(b"elst") && !has(b"mvex") {
        add(
            "no movie clock",
            each(b"mvhd", &|bytes| {
                let at = if bytes[8] == 0 { 20 } else { 28 };
                bytes[at..at + 4].fill(0);
            }),
        );
    }
    // The extensions' header speaks of the whole title.
    if pieces.iter().any(|piece| piece.is(*b"moof")) && !has(b"mehd") && matches!(media.duration, Fact::Estimated(_)) {
        let mehd = Piece::new(*b"mehd", &[&[0; 4][..], &90_000_000_u32.to_be_bytes()].concat());
        add(
            "an hour declared",
            rewritten(&|container, mut inner| {
                for piece in inner.iter_mut().filter(|piece| container == *b"moov" && piece.is(*b"mvex")) {
                    *piece = Piece::new(*b"mvex", &[&mehd.bytes[..], &piece.bytes[8..]].concat());
                }
                inner
            }),
        );
    }
    all
}

/// Whether a track is switched on.
fn is_enabled(track: &Piece) -> bool {
    Piece::all(&track.bytes[8..]).iter().any(|piece| piece.is(*b"tkhd") && piece.bytes[11] & 1 != 0)
}

/// A copy of a track that is switched off, of another size.
fn preview(track: &Piece) -> Piece {
    track.rewritten(&|_, mut inner| {
        for piece in &mut inner {
            match &piece.kind {
                b"tkhd" => piece.bytes[11] &= !1,
                b"stsd" if piece.bytes.len() > 52 => piece.bytes[48..52].copy_from_slice(&[0, 32, 0, 24]),
                _ => {}
            }
        }
        inner
    })
}
