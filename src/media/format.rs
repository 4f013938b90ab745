//! The formats that are detected, one row each: name, kind, MIME types and extensions.

use crate::media::Kind;
use crate::text;

macro_rules! formats {
    ($({$(
        $(#[$meta:meta])*
        $variant:ident: $kind:ident, $name:literal, [$mime:literal $(, $mimes:literal)*], [$extension:literal $(, $extensions:literal)*];
    )+})+) => {
        /// A media format, detected by content.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Format { $($( $(#[$meta])* $variant, )+)+ }

        /// The groups of formats, each in the order of declaration.
        const GROUPS: [&[Format]; 2] = [$(&[$(Format::$variant),+]),+];

        impl Format {
            /// Returns the kind: image, video or audio. Not in the row, because the module that only detects formats needs
            /// nothing else.
            #[must_use]
            pub const fn kind(self) -> Kind {
                match self {
                    $($(Self::$variant => Kind::$kind,)+)+
                }
            }

            /// Returns the name, the MIME types and the extensions. One string takes less space in the module than a
            /// structure of strings.
            const fn row(self) -> &'static str {
                match self {
                    $($(Self::$variant => concat!(
                        $name, "|", $mime $(, " ", $mimes)*, "|", $extension $(, " ", $extensions)*
                    ),)+)+
                }
            }
        }
    };
}

formats! {{
    /// Portable Network Graphics, including APNG.
    Png: Image, "PNG", ["image/png", "image/apng", "image/vnd.mozilla.apng", "image/x-png"], ["png", "apng"];
    /// JPEG with any process; also JPEG-LS and Multi-Picture files.
    Jpeg: Image, "JPEG", ["image/jpeg", "image/jpg", "image/pjpeg", "image/jfif"], ["jpg", "jpeg", "jpe", "jfif", "jif", "pjpeg", "mpo"];
    /// WebP: VP8, VP8L or extended.
    Webp: Image, "WebP", ["image/webp"], ["webp"];
    /// Graphics Interchange Format.
    Gif: Image, "GIF", ["image/gif"], ["gif"];
    /// Windows and OS/2 bitmaps.
    Bmp: Image, "BMP", ["image/bmp", "image/x-bmp", "image/x-ms-bmp", "image/x-windows-bmp"], ["bmp", "dib", "rle"];
    /// TIFF and BigTIFF.
    Tiff: Image, "TIFF", ["image/tiff", "image/tif", "image/x-tiff"], ["tif", "tiff", "btf", "tf8"];
    /// ISO base media with a video track.
    Mp4: Video, "MP4", ["video/mp4", "video/x-m4v", "video/m4v", "application/mp4"], ["mp4", "m4v", "mp4v", "mpg4", "f4v"];
    /// Audio Video Interleave.
    Avi: Video, "AVI", ["video/x-msvideo", "video/avi", "video/vnd.avi", "video/msvideo"], ["avi", "divx"];
    /// QuickTime.
    Mov: Video, "QuickTime", ["video/quicktime", "video/mov", "video/x-quicktime"], ["mov", "qt"];
    /// Advanced Systems Format: Windows Media.
    Wmv: Video, "WMV", ["video/x-ms-wmv", "video/x-ms-asf", "video/x-ms-asf-plugin", "application/vnd.ms-asf"], ["wmv", "asf", "wm"];
    /// Flash Video.
    Flv: Video, "FLV", ["video/x-flv", "video/flv"], ["flv"];
    /// WebM with a video track.
    Webm: Video, "WebM", ["video/webm"], ["webm"];
    /// Matroska.
    Mkv: Video, "Matroska", ["video/x-matroska", "video/matroska", "video/mkv", "video/x-matroska-3d", "audio/x-matroska", "audio/matroska"], ["mkv", "mk3d", "mka", "mks"];
    /// ISO base media with a 3GPP or 3GPP2 brand.
    ThreeGp: Video, "3GP", ["video/3gpp", "video/3gp", "video/3gpp2", "audio/3gpp", "audio/3gpp2"], ["3gp", "3gpp", "3g2", "3gpp2"];
    /// Ogg with a video track.
    OggVideo: Video, "Ogg video", ["video/ogg", "application/ogg"], ["ogv", "ogg", "ogm", "ogx"];
    /// MPEG-1, 2 and 2.5 audio, layers II and III.
    Mp3: Audio, "MP3", ["audio/mpeg", "audio/mp3", "audio/x-mp3", "audio/x-mpeg", "audio/mpeg3", "audio/mpg"], ["mp3", "mpga", "mp2", "mpa"];
    /// RIFF and RF64 waves.
    Wav: Audio, "WAV", ["audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave", "audio/x-pn-wav"], ["wav", "wave", "bwf", "rf64"];
    /// Ogg with audio only: Vorbis, Opus, Speex or FLAC.
    Ogg: Audio, "Ogg", ["audio/ogg", "application/ogg", "audio/opus", "audio/vorbis", "audio/x-vorbis+ogg", "audio/x-opus+ogg", "audio/speex", "audio/x-speex"], ["ogg", "oga", "opus", "spx"];
    /// AAC in ADTS frames.
    Aac: Audio, "AAC", ["audio/aac", "audio/x-aac", "audio/aacp", "audio/vnd.dlna.adts", "audio/x-hx-aac-adts"], ["aac", "adts"];
    /// Free Lossless Audio Codec.
    Flac: Audio, "FLAC", ["audio/flac", "audio/x-flac"], ["flac", "fla"];
    /// WebM with audio only.
    WebmAudio: Audio, "WebM audio", ["audio/webm"], ["weba", "webm"];
    /// ISO base media with audio only.
    M4a: Audio, "M4A", ["audio/mp4", "audio/x-m4a", "audio/m4a", "audio/mp4a-latm", "application/mp4"], ["m4a", "m4b", "m4p", "m4r", "mp4", "f4a"];
} {
    /// HEIF with HEVC, as phones write it.
    Heic: Image, "HEIC", ["image/heic", "image/heif"], ["heic", "heif", "hif"];
    /// HEIF with AV1.
    Avif: Image, "AVIF", ["image/avif", "image/heif"], ["avif"];
    /// HEIF with a codec other than HEVC and AV1, or with a codec that its brands do not name.
    Heif: Image, "HEIF", ["image/heif", "image/heic"], ["heif", "heic", "hif", "avci"];
}}

/// The container of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Container {
    Iso,
    Matroska,
    Ogg,
    Mpeg,
    /// A container that only this format uses.
    Own(Format),
}

impl Format {
    /// Every format that a provider may accept, in the order of declaration.
    pub const ALL: &'static [Self] = GROUPS[0];
    /// Formats that are detected, with their facts, but that no provider accepts.
    pub const UNSUPPORTED: &'static [Self] = GROUPS[1];

    /// Returns the common name, for example "JPEG".
    #[must_use]
    pub fn name(self) -> &'static str {
        self.part(0)
    }

    /// Returns the canonical MIME type, which is signed and sent.
    #[must_use]
    pub fn mime(self) -> &'static str {
        text::before(self.part(1), b' ')
    }

    /// Returns the usual file name extension, without a dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        text::before(self.part(2), b' ')
    }

    /// Returns the container of the format. Formats that share a container differ in their contents, and files often
    /// declare each other's types.
    #[must_use]
    pub(crate) const fn container(self) -> Container {
        match self {
            Self::Mp4 | Self::Mov | Self::ThreeGp | Self::M4a => Container::Iso,
            Self::Webm | Self::Mkv | Self::WebmAudio => Container::Matroska,
            Self::OggVideo | Self::Ogg => Container::Ogg,
            // ADTS has the framing of MPEG audio, and similar names.
            Self::Mp3 | Self::Aac => Container::Mpeg,
            other => Container::Own(other),
        }
    }

    /// Returns whether an entry of an `<input accept>` list accepts this format. An entry is any of the format's MIME
    /// types or file name extensions, a wildcard such as `image/*`, or `*/*`.
    #[must_use]
    pub fn is_accepted_by(self, entry: &str) -> bool {
        let entry = text::before(entry, b';').trim_ascii();
        match text::split_once(entry, b'/') {
            None => matches!(entry, "*" | ".*") || self.has_extension(entry.strip_prefix('.').unwrap_or(entry)),
            Some(("*", "*")) => true,
            // The wildcard is compared with the detected kind: a container that may hold video is audio if it has audio
            // only, and video otherwise, whatever the declared type.
            Some((kind, "*")) => kind.eq_ignore_ascii_case(self.kind().as_str()),
            Some(_) => self.has_mime(entry),
        }
    }

    /// Returns whether this MIME type, without parameters, is one of the format's own or a common alias.
    #[must_use]
    pub fn has_mime(self, mime: &str) -> bool {
        lists(self.part(1), mime)
    }

    /// Returns whether files of this format use this extension.
    #[must_use]
    pub fn has_extension(self, extension: &str) -> bool {
        lists(self.part(2), extension)
    }

    /// Returns a part of the row. In lists, the first entry is the preferred one.
    fn part(self, number: usize) -> &'static str {
        text::split(self.row(), b'|').nth(number).unwrap_or_default()
    }
}

fn lists(words: &str, word: &str) -> bool {
    text::split(words, b' ').any(|known| known.eq_ignore_ascii_case(word))
}
