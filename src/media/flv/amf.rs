//! Action Message Format 0, the encoding of FLV metadata: reads four numbers of the outermost object.
//!
//! <https://rtmp.veriskope.com/pdf/amf0-file-format-specification.pdf>

use crate::media::cursor::Cursor;
use crate::media::error::Stop;

/// The deepest nesting of objects that is read.
const MAX_DEPTH: usize = 8;

/// The values of `onMetaData`, not validated.
#[derive(Default)]
pub(crate) struct Metadata {
    pub(crate) is_read: bool,
    pub(crate) duration: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) filesize: f64,
}

/// What encloses a value.
enum Level {
    /// An object: names and values, terminated by an empty name.
    Named,
    /// A strict array, with the number of values left.
    Counted(u32),
}

/// Reads the body of a script tag: a name and a value. Does not recurse; the levels are a short list.
pub(crate) fn read(mut body: Cursor<'_>, metadata: &mut Metadata) -> Result<(), Stop> {
    let mut levels = Vec::new();
    let is_string = body.u8()? == 2;
    if !is_string || name(&mut body)? != b"onMetaData" {
        return Ok(());
    }
    metadata.is_read = true;
    let mut key: &[u8] = b"";
    loop {
        match body.u8()? {
            0 => {
                let number = f64::from_bits(body.be64()?);
                // A `match` would compare each byte separately.
                let fields = [
                    ("duration", &mut metadata.duration),
                    ("width", &mut metadata.width),
                    ("height", &mut metadata.height),
                    ("filesize", &mut metadata.filesize),
                ];
                for (name, field) in fields {
                    if key == name.as_bytes() {
                        *field = number;
                    }
                }
            }
            1 => body.skip(1)?,
            2 => {
                name(&mut body)?;
            }
            3 => levels.push(Level::Named),
            // Null and undefined.
            5 | 6 => {}
            7 => body.skip(2)?,
            8 => {
                body.skip(4)?;
                levels.push(Level::Named);
            }
            10 => levels.push(Level::Counted(body.be32()?)),
            11 => body.skip(10)?,
            12 | 15 => {
                let len = body.be32()?;
                body.skip(len.into())?;
            }
            _ => return Err(Stop::Damaged),
        }
        if levels.len() > MAX_DEPTH {
            return Err(Stop::Damaged);
        }
        key = loop {
            match levels.last_mut() {
                None => return Ok(()),
                Some(Level::Counted(0)) => {}
                Some(Level::Counted(left)) => {
                    *left -= 1;
                    break b"";
                }
                Some(Level::Named) => match name(&mut body)? {
                    // The end marker.
                    b"" => body.skip(1)?,
                    _ if levels.len() > 1 => break b"",
                    key => break key,
                },
            }
            levels.pop();
        };
    }
}

fn name<'w>(body: &mut Cursor<'w>) -> Result<&'w [u8], Stop> {
    let len = body.be16()?;
    body.take(len.into())
}
