//! GIF: removes comments and application blocks, except those of loops and colours, and what follows the trailer.
//!
//! <https://www.w3.org/Graphics/GIF/spec-gif89a.txt>

use super::output::Output;
use super::reader::{DAMAGED, Reader, Stop};
use super::{Removal, Strip, position};

const IMAGE: u8 = 0x2C;
const EXTENSION: u8 = 0x21;
const TRAILER: u8 = 0x3B;
/// Labels of extensions.
const PLAIN_TEXT: u8 = 0x01;
const CONTROL: u8 = 0xF9;
const COMMENT: u8 = 0xFE;
const APPLICATION: u8 = 0xFF;
/// Bytes of an extension in which a location is looked for.
const TEXT: u64 = 64 << 10;
/// Applications that change how the image is displayed: loops, and an ICC profile.
const KEPT: [&[u8]; 3] = [b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012"];

#[derive(Debug, Default)]
pub(super) struct Gif {
    at: u64,
    part: Part,
}

/// What is at the current offset.
#[derive(Clone, Copy, Debug, Default)]
enum Part {
    #[default]
    Header,
    Block,
    /// Blocks of data, which are removed if there is a kind.
    Data(Option<Removal>),
    End,
}

impl Gif {
    pub(super) fn run(&mut self, reader: &Reader, output: &mut Output, strip: Option<Strip>) -> Result<(), Stop> {
        let Some(strip) = strip else { return Ok(()) };
        loop {
            match self.part {
                Part::Header => {
                    let flags = reader.get(0, 13)?.get(10).copied().ok_or(DAMAGED)?;
                    self.pass(13 + table(flags), None, output)?;
                    self.part = Part::Block;
                }
                // Many files lack the trailer.
                Part::Block if self.at == reader.size() => return Ok(()),
                Part::Block => self.block(reader, output, strip)?,
                Part::Data(removed) => self.data(removed, reader, output)?,
                Part::End => {
                    if self.at < reader.size() {
                        output.removed(Removal::Trailer, reader.size() - self.at);
                    }
                    return Ok(());
                }
            }
            if self.at > reader.size() {
                return Err(DAMAGED);
            }
        }
    }

    /// Moves past bytes that are kept, or removed if there is a kind.
    fn pass(&mut self, len: u64, removed: Option<Removal>, output: &mut Output) -> Result<(), Stop> {
        match removed {
            Some(kind) => output.removed(kind, len),
            None => output.keep(self.at, len)?,
        }
        self.at += len;
        Ok(())
    }

    fn block(&mut self, reader: &Reader, output: &mut Output, strip: Strip) -> Result<(), Stop> {
        let head = reader.up_to(self.at, 14)?;
        match head {
            [TRAILER, ..] => {
                self.part = Part::End;
                self.pass(1, None, output)
            }
            // Padding, which decoders skip.
            [0, ..] => self.pass(1, None, output),
            [IMAGE, ..] => {
                let flags = head.get(9).copied().ok_or(DAMAGED)?;
                self.part = Part::Data(None);
                // The length of a code precedes the data.
                self.pass(11 + table(flags), None, output)
            }
            [EXTENSION, label, ..] => {
                let (label, name) = (*label, head.get(3..).unwrap_or_default());
                let mut removed = Self::extension(label, name);
                if removed.is_some() && strip == Strip::Location {
                    let blocks = reader.up_to(self.at, TEXT)?.get(2..).unwrap_or_default();
                    // A longer one is not searched, nor is IPTC data, which ImageMagick writes.
                    let has_location = |text: Vec<u8>| text.starts_with(b"MGK") || position::may_be_in(&text);
                    let is_packet = removed == Some(Removal::Xmp);
                    removed = (is_packet || text(blocks).is_none_or(has_location)).then_some(Removal::Gps);
                }
                self.part = Part::Data(removed);
                self.pass(2, removed, output)
            }
            _ => Err(DAMAGED),
        }
    }

    /// Returns the kind of an extension, if it is not needed for display.
    fn extension(label: u8, name: &[u8]) -> Option<Removal> {
        match label {
            PLAIN_TEXT | CONTROL => None,
            COMMENT => Some(Removal::Comment),
            APPLICATION if KEPT.contains(&name) => None,
            // Nothing says how long the packet is, so nothing in it is searched.
            APPLICATION if name == b"XMP DataXMP" => Some(Removal::Xmp),
            _ => Some(Removal::Other),
        }
    }

    fn data(&mut self, removed: Option<Removal>, reader: &Reader, output: &mut Output) -> Result<(), Stop> {
        let len = reader.get(self.at, 1)?.first().copied().ok_or(DAMAGED)?;
        if len == 0 {
            self.part = Part::Block;
        }
        self.pass(1 + u64::from(len), removed, output)
    }
}

/// Returns the contents of blocks, or `None` if they do not end.
fn text(mut blocks: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    loop {
        let (len, rest) = blocks.split_first()?;
        if *len == 0 {
            return Some(text);
        }
        let (block, rest) = rest.split_at_checked(usize::from(*len))?;
        text.extend_from_slice(block);
        blocks = rest;
    }
}

/// Returns the length of the colour table that these flags announce.
const fn table(flags: u8) -> u64 {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}
