//! Sample entries of `QuickTime` as MP4 has them: H.264, HEVC and AAC.
//!
//! ISO/IEC 14496-12 §8.5.2 and §12; ISO/IEC 14496-14 §6.7; QuickTime's sound descriptions:
//! <https://developer.apple.com/documentation/quicktime-file-format/sound_sample_descriptions>

use crate::fix::splice::UnsafeReason;
use crate::fix::splice::boxes::{self, Atom, be16, be32, next};
use crate::fix::splice::reader::{DAMAGED, Stop};
use crate::media::{codec_by_descriptor, tags};

tags! {
    VIDE = b"vide";
    AVC1 = b"avc1";
    AVC3 = b"avc3";
    HVC1 = b"hvc1";
    HEV1 = b"hev1";
    AVCC = b"avcC";
    HVCC = b"hvcC";
    COLR = b"colr";
    NCLC = b"nclc";
    NCLX = b"nclx";
    MP4A = b"mp4a";
    WAVE = b"wave";
    ESDS = b"esds";
    SINF = b"sinf";
}
const CODEC: Stop = Stop::Unsafe(UnsafeReason::Codec);
/// Bytes of a video entry before its boxes.
const VIDEO: usize = 78;

/// Appends a sample entry of MP4. Its data reference becomes the first, which stands for the file itself.
pub(super) fn put(entry: &Atom<'_>, handler: u32, out: &mut Vec<u8>) -> Result<(), Stop> {
    match entry.kind {
        AVC1 | AVC3 | HVC1 | HEV1 if handler == VIDE => video(entry, out),
        MP4A if handler != VIDE => audio(entry, out),
        _ => Err(CODEC),
    }
}

fn video(entry: &Atom<'_>, out: &mut Vec<u8>) -> Result<(), Stop> {
    let mut fields: [u8; VIDEO] = *entry.body.first_chunk().ok_or(DAMAGED)?;
    // A palette follows, which only images of few colours have.
    if fields[76..] == [0, 0] && fields[75] <= 8 {
        return Err(CODEC);
    }
    // The data reference; then QuickTime's version, vendor and qualities.
    fields[6..24].fill(0);
    fields[7] = 1;
    fields[76..].fill(0xFF);
    let mut has_configuration = false;
    boxes::put(out, entry.kind, &mut |out| {
        out.extend(fields);
        let mut parts = entry.body.get(VIDEO..).unwrap_or_default();
        while let Some(part) = next(&mut parts)? {
            match part.kind {
                SINF => return Err(Stop::Unsafe(UnsafeReason::Encrypted)),
                COLR if be32(part.body, 0)? == NCLC => {
                    let colours = part.body.get(4..10).ok_or(DAMAGED)?;
                    boxes::put(out, COLR, &mut |out| {
                        out.extend(NCLX.to_be_bytes());
                        out.extend(colours);
                        // Limited range, which QuickTime's has.
                        out.push(0);
                        Ok(())
                    })?;
                }
                _ => out.extend(part.whole),
            }
            has_configuration |= matches!(part.kind, AVCC | HVCC);
        }
        Ok(())
    })?;
    if has_configuration { Ok(()) } else { Err(CODEC) }
}

fn audio(entry: &Atom<'_>, out: &mut Vec<u8>) -> Result<(), Stop> {
    let fields = entry.body;
    let (channels, rate, len) = match be16(fields, 8)? {
        0 => (be16(fields, 16)?, be32(fields, 24)?, 28),
        1 => (be16(fields, 16)?, be32(fields, 24)?, 44),
        2 => {
            let channels = u16::try_from(be32(fields, 40)?).map_err(|_| DAMAGED)?;
            let rate = f64::from_bits(u64::from(be32(fields, 32)?) << 32 | u64::from(be32(fields, 36)?));
            (channels, fixed_point(rate), 64)
        }
        _ => return Err(CODEC),
    };
    let esds = descriptor(fields.get(len..).ok_or(DAMAGED)?)?.ok_or(CODEC)?;
    if codec_by_descriptor(esds.body) != Some("AAC") {
        return Err(CODEC);
    }
    boxes::put(out, MP4A, &mut |out| {
        out.extend([0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
        out.extend(channels.to_be_bytes());
        // 16 bits per sample, as the format prescribes.
        out.extend([0, 16, 0, 0, 0, 0]);
        out.extend(rate.to_be_bytes());
        out.extend(esds.whole);
        Ok(())
    })
}

/// Returns a sampling rate as a fixed-point number of 16.16 bits; 0 if it does not fit.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below 2^16")]
fn fixed_point(rate: f64) -> u32 {
    if (0.0..65536.0).contains(&rate) { (rate as u32) << 16 } else { 0 }
}

/// Returns the elementary stream descriptor, which `QuickTime` wraps.
fn descriptor(mut parts: &[u8]) -> Result<Option<Atom<'_>>, Stop> {
    while let Some(part) = next(&mut parts)? {
        match part.kind {
            SINF => return Err(Stop::Unsafe(UnsafeReason::Encrypted)),
            ESDS => return Ok(Some(part)),
            WAVE => {
                let mut inner = part.body;
                while let Some(part) = next(&mut inner)? {
                    if part.kind == ESDS {
                        return Ok(Some(part));
                    }
                }
            }
            _ => {}
        }
    }
    Ok(None)
}
