//! Compares files before and after a splice with exiftool and ffmpeg: `npm test -- splice`.
//!
//! The files are the generated ones, the corpus, and movies that ffmpeg makes. exiftool writes a location, a comment and
//! an orientation into each first.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use mediaferry::fix::splice::{Changes, Strip};
use mediaferry::media::{Format, Kind, Media};
use mediaferry_testing::corpus::{all_files, corpus};
use mediaferry_testing::probe::probe;
use mediaferry_testing::splice::{changed_fact, splice};
use serde_json::{Map, Value};

const REMUX: Changes = Changes { strip: None, remux: true, faststart: true };
/// Changes with the names of the folders of their results.
const CHANGES: [(&str, Changes); 2] = [
    ("location", Changes { strip: Some(Strip::Location), remux: false, faststart: false }),
    ("metadata", Changes { strip: Some(Strip::Metadata), remux: false, faststart: false }),
];

/// What exiftool writes into a file; it ignores what a format cannot have.
const WRITTEN: [&str; 14] = [
    "-EXIF:GPSLatitude=52.5",
    "-EXIF:GPSLatitudeRef=N",
    "-EXIF:GPSLongitude=13.4",
    "-EXIF:GPSLongitudeRef=E",
    "-EXIF:Artist=somebody",
    "-IFD0:Orientation#=6",
    "-XMP-exif:GPSLatitude=52.5",
    "-XMP-photoshop:City=Berlin",
    "-IPTC:City=Berlin",
    "-Comment=a comment",
    "-Keys:GPSCoordinates=52.5, 13.4, 30",
    "-UserData:GPSCoordinates=52.5, 13.4, 30",
    "-ItemList:Title=a title",
    "-Keys:Make=a maker",
];

/// Movies that ffmpeg makes, by the name of the file: phones' codecs, a rotation, a timecode, other codecs.
const MADE: [(&str, &str); 6] = [
    ("h264-aac.mov", "-c:v libx264 -bf 2 -c:a aac -timecode 01:00:00:00 -metadata location=+52.5+13.4/"),
    ("hevc-aac.mov", "-c:v libx265 -x265-params log-level=none -tag:v hvc1 -c:a aac -ac 1"),
    ("h264-96k.mov", "-c:v libx264 -c:a aac -ar 96000 -movflags +faststart"),
    ("h264-pcm.mov", "-c:v libx264 -c:a pcm_s16le -metadata location=+52.5+13.4/"),
    ("h264-aac.mp4", "-c:v libx264 -c:a aac -metadata location=+52.5+13.4/ -metadata title=title"),
    ("aac.mov", "-vn -c:a aac"),
];

/// Runs a program that must succeed, and returns what it prints.
fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A new folder of this test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("splice").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Copies the files of these formats to a folder, and lets exiftool write into them.
fn prepare(name: &str, is_wanted: fn(&Media) -> bool) -> PathBuf {
    let folder = folder(name);
    for path in all_files() {
        let file = fs::read(&path).unwrap();
        if probe(&file).is_ok_and(|media| is_wanted(&media)) {
            fs::write(folder.join(path.file_name().unwrap()), file).unwrap();
        }
    }
    folder
}

fn write_tags(folder: &Path) {
    // Its status tells that it cannot write into some of the files.
    let options = [&WRITTEN[..], &["-q", "-q", "-m", "-overwrite_original", text(folder)]].concat();
    Command::new("exiftool").args(options).output().unwrap();
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// What exiftool reads in all files of a folder: tags with their groups, by the name of the file.
fn tags(folder: &Path) -> BTreeMap<String, Map<String, Value>> {
    let options = ["-json", "-G0:1", "-a", "-n", "-ee", "-q", "-api", "LargeFileSupport=1"];
    let output = Command::new("exiftool").args(options).arg(folder).output().unwrap();
    let files: Vec<Map<String, Value>> = serde_json::from_slice(&output.stdout).unwrap();
    let name = |file: &Map<String, Value>| {
        Path::new(file["SourceFile"].as_str().unwrap()).file_name().unwrap().to_str().unwrap().to_owned()
    };
    files.into_iter().map(|file| (name(&file), file)).collect()
}

/// The tags of a location.
fn locations(tags: &Map<String, Value>) -> Vec<&String> {
    let is_location = |tag: &&String| {
        let name = tag.rsplit(':').next().unwrap();
        ["GPS", "City", "LocationInformation"].iter().any(|word| name.starts_with(word))
    };
    // An empty text is what remains of a place in IPTC data.
    let has_value = |tag: &&String| tags[*tag].as_str().is_none_or(|text| !text.trim().is_empty());
    tags.keys().filter(is_location).filter(has_value).collect()
}

/// The tags of an ICC profile.
fn profile(tags: &Map<String, Value>) -> Vec<(&String, &Value)> {
    tags.iter().filter(|(tag, _)| tag.starts_with("ICC_Profile")).collect()
}

/// The MD5 of each decoded frame; nothing if ffmpeg cannot decode the file without errors.
fn pixels(path: &Path) -> Option<String> {
    let options = ["-v", "error", "-noautorotate", "-i", text(path), "-map", "0:v:0", "-f", "framemd5", "-"];
    let output = Command::new("ffmpeg").args(options).output().unwrap();
    output.stderr.is_empty().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The MD5 and the times of each packet of video and audio, and of the decoders' configuration; nothing if ffmpeg cannot
/// read the file.
fn packets(path: &Path, media: &Media) -> String {
    let mut options = vec!["-v", "error", "-i", text(path)];
    for (map, has) in [("0:v", media.has_video), ("0:a", media.has_audio)] {
        if has.value() == Some(true) {
            options.extend(["-map", map]);
        }
    }
    options.extend(["-c", "copy", "-f", "framemd5", "-format_version", "2", "-"]);
    let output = Command::new("ffmpeg").args(options).output().unwrap();
    if output.status.success() { String::from_utf8_lossy(&output.stdout).into_owned() } else { String::new() }
}

fn facts(path: &Path) -> String {
    let entries = "format=duration:stream=codec_type,width,height,nb_frames,r_frame_rate,sample_rate,channels:stream_side_data=rotation";
    run("ffprobe", &["-v", "error", "-of", "compact", "-show_entries", entries, text(path)])
}

#[test]
#[ignore = "needs exiftool and ffmpeg"]
fn images_lose_metadata_and_nothing_else() {
    let before = prepare("images", |media| {
        matches!(media.format, Format::Jpeg | Format::Png | Format::Webp | Format::Gif | Format::Heic | Format::Avif)
    });
    write_tags(&before);
    let tags_before = tags(&before);
    let mut counted = [0; 5];
    for (name, changes) in CHANGES {
        let after = folder(&format!("images-{name}"));
        for path in files(&before) {
            let file = fs::read(&path).unwrap();
            let Ok((new, report)) = splice(&file, changes) else { continue };
            let fact = changed_fact(&probe(&file).unwrap(), &probe(&new).unwrap(), report.format);
            assert_eq!(fact, None, "{name}: {}", path.display());
            let target = after.join(path.file_name().unwrap());
            fs::write(&target, new).unwrap();
            if let Some(pixels_before) = pixels(&path) {
                counted[0] += 1;
                assert_eq!(pixels(&target), Some(pixels_before), "{name}: {}", path.display());
            }
        }
        for (file, tags) in tags(&after) {
            let before = &tags_before[&file];
            assert_eq!(locations(&tags), Vec::<&String>::new(), "{name}: {file}");
            assert_eq!(profile(&tags), profile(before), "{name}: {file}");
            let others =
                tags.keys().filter(|tag| ["EXIF:", "XMP:", "IPTC:"].iter().any(|group| tag.starts_with(group)));
            let others: Vec<_> =
                others.filter(|tag| !tag.ends_with(":Orientation") && !tag.ends_with(":XMPToolkit")).collect();
            assert!(name == "location" || others.is_empty(), "{file}: {others:?}");
            let notes: Vec<_> = tags.keys().filter(|tag| tag.starts_with("MakerNotes:")).collect();
            assert!(notes.is_empty(), "{name}: {file}: {notes:?}");
            counted[1] += usize::from(!locations(before).is_empty());
            counted[2] += usize::from(!profile(before).is_empty());
            counted[3] += usize::from(before.get("EXIF:IFD0:Orientation").is_some_and(|turned| turned != 1));
            counted[4] += usize::from(before.keys().any(|tag| tag.starts_with("MakerNotes:")));
        }
    }
    println!(
        "{} decoded, {} with a location, {} with a profile, {} turned, {} with notes of a maker",
        counted[0], counted[1], counted[2], counted[3], counted[4]
    );
    // Most files with a profile are in the corpus.
    let least = if corpus().exists() { [140, 100, 10, 80] } else { [5, 50, 0, 40] };
    assert!(counted.iter().zip(least).all(|(count, least)| *count >= least), "{counted:?}");
}

#[test]
#[ignore = "needs exiftool and ffmpeg"]
fn movies_keep_their_packets() {
    let before = prepare("movies", |media| {
        matches!(media.format, Format::Mp4 | Format::Mov | Format::M4a | Format::ThreeGp)
            && media.format.kind() != Kind::Image
    });
    make_movies(&before);
    write_tags(&before);
    let tags_before = tags(&before);
    let mut counted = BTreeMap::new();
    for (name, changes) in CHANGES.into_iter().chain([("remux", REMUX)]) {
        let after = folder(&format!("movies-{name}"));
        for path in files(&before) {
            let file = fs::read(&path).unwrap();
            let (new, report) = match splice(&file, changes) {
                Ok(done) => done,
                Err(reason) => {
                    *counted.entry(format!("{name}: {}", reason.as_str())).or_insert(0) += 1;
                    continue;
                }
            };
            let media = probe(&file).unwrap();
            let fact = changed_fact(&media, &probe(&new).unwrap(), report.format);
            assert_eq!(fact, None, "{name}: {}", path.display());
            let extension = if changes.remux { "mp4" } else { "" };
            let target = after.join(path.file_name().unwrap()).with_added_extension(extension);
            fs::write(&target, new).unwrap();
            assert_eq!(packets(&target, &media), packets(&path, &media), "{name}: {}", path.display());
            assert_eq!(
                seconds_and_streams(&target, changes),
                seconds_and_streams(&path, changes),
                "{name}: {}",
                path.display()
            );
            *counted.entry(format!("{name}: done")).or_insert(0) += 1;
        }
        for (file, tags) in tags(&after) {
            assert_eq!(locations(&tags), Vec::<&String>::new(), "{name}: {file}");
            let name_before = file.strip_suffix(".mp4").filter(|_| changes.remux).unwrap_or(&file);
            let had_location = tags_before.get(name_before).is_some_and(|before| !locations(before).is_empty());
            *counted.entry(format!("{name}: with a location")).or_insert(0) += usize::from(had_location);
        }
    }
    println!("{counted:#?}");
    let (with_location, remuxed) = if corpus().exists() { (30, 25) } else { (20, 5) };
    assert!(
        ["location", "metadata"].iter().all(|name| counted[&format!("{name}: with a location")] >= with_location),
        "{counted:?}"
    );
    assert!(counted["remux: done"] >= remuxed, "{counted:?}");
}

/// ffprobe's facts, a line for each track; without timed metadata, which may be removed.
fn seconds_and_streams(path: &Path, changes: Changes) -> Vec<String> {
    let facts = facts(path);
    let keeps_all = changes.strip == Some(Strip::Location);
    facts.lines().filter(|line| keeps_all || !line.contains("codec_type=data")).map(str::to_owned).collect()
}

fn make_movies(folder: &Path) {
    for (name, options) in MADE {
        let target = folder.join(name);
        let sources = "-y -v error -f lavfi -i testsrc=size=128x96:rate=25:duration=1 -f lavfi -i sine=duration=1 -pix_fmt yuv420p";
        let options: Vec<_> = sources.split(' ').chain(options.split(' ')).chain([text(&target)]).collect();
        run("ffmpeg", &options);
    }
    // A rotation, as phones store it.
    let (upright, turned) = (folder.join("h264-aac.mov"), folder.join("turned.mov"));
    let options =
        ["-y", "-v", "error", "-i", text(&upright), "-c", "copy", "-metadata:s:v", "rotate=90", text(&turned)];
    run("ffmpeg", &options);
}
