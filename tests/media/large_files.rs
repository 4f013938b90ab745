//! Long recordings and large images, which are read at both ends.

use std::time::Duration;

use mediaferry::media::Fact;
use mediaferry_testing::corpus::{describe, generated};
use mediaferry_testing::probe::probe_counted;
use mediaferry_testing::random::Random;

use crate::malicious_files::repeated;

/// A long recording in fragments: the made one's start, then so many fragments of a second with so much data each.
fn recording(fragments: u32, data: usize, table: bool) -> Vec<u8> {
    let made = generated("fragments.mp4");
    let first = made.windows(4).position(|kind| kind == b"moof").unwrap() - 4;
    let second = first + 4 + made[first + 8..].windows(4).position(|kind| kind == b"moof").unwrap() + 4;
    let mdat = made[first..].windows(4).position(|kind| kind == b"mdat").unwrap() + first - 4;
    assert!(mdat < second);
    let mut file = made[..first].to_vec();
    let mut last = 0;
    for fragment in 0..fragments {
        last = file.len();
        let mut moof = made[first..mdat].to_vec();
        let time = moof.windows(4).position(|kind| kind == b"tfdt").unwrap() + 8;
        moof[time..time + 8].copy_from_slice(&(u64::from(fragment) * 1000).to_be_bytes());
        file.extend(moof);
        file.extend(u32::try_from(data + 8).unwrap().to_be_bytes());
        file.extend(b"mdat");
        file.extend(vec![0x55; data]);
    }
    if table {
        let offset = u32::try_from(last).unwrap().to_be_bytes();
        file.extend(b"\0\0\0\x32mfra\0\0\0\x22tfra\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\x01\0\0\0\0");
        file.extend(offset);
        file.extend(b"\x01\x01\x01\0\0\0\x10mfro\0\0\0\0\0\0\0\x3B");
        let table = file.len() - 0x3B;
        file[table + 3] = 0x3B;
        file[table + 11] = 0x23;
    }
    file
}

#[test]
fn long_recording_is_read_from_both_ends() {
    for (fragments, data, table, ranges, kib) in [
        (20, 1000, false, 1, 64),
        (500, 20_000, false, 2, 128),
        (40, 300_000, false, 5, 1100),
        (40, 300_000, true, 3, 192),
    ] {
        let file = recording(fragments, data, table);
        let run = probe_counted(&file);
        let name = format!("{fragments} fragments of {data} bytes");
        let duration = run.result.unwrap().duration;
        assert_eq!(duration, Fact::Estimated(Duration::from_secs(fragments.into())), "{name}");
        assert!(run.ranges <= ranges && run.bytes <= kib << 10, "{name}: {} ranges, {}", run.ranges, run.bytes);
    }
}

/// What a big picture takes: its line, and its ranges.
fn costs(file: &[u8]) -> (String, usize) {
    let run = probe_counted(file);
    (describe(&run.result), run.ranges)
}

#[test]
fn truncated_large_png_is_detected() {
    let still = generated("still.png");
    let chunk = [&8192_u32.to_be_bytes()[..], b"IDAT", &[0x5A; 8192 + 4]].concat();
    let whole = [&repeated(&still[..33], &chunk, 300)[..], &still[still.len() - 12..]].concat();
    assert_eq!(costs(&whole), ("image/png 640x480 still complete".to_owned(), 2));
    // Cut anywhere, even at the end of a chunk, it lacks its last one.
    for cut in [whole.len() - 1, whole.len() - 12, whole.len() - 5000, 1_500_000, 33 + 200 * chunk.len()] {
        let (facts, ranges) = costs(&whole[..cut]);
        assert_eq!(facts, "image/png 640x480 still cut", "cut at {cut}");
        assert!(ranges <= 3, "cut at {cut}: {ranges} ranges");
    }
    let followed = [&whole[..], &vec![7; 20_000]].concat();
    assert_eq!(costs(&followed).0, "image/png 640x480 still complete");
    // One chunk for all pixels, as Photoshop writes it, and more behind it than a tail holds.
    let one = [&still[..33], &2_000_000_u32.to_be_bytes(), b"IDAT", &vec![0x5A; 2_000_004], &still[still.len() - 12..]]
        .concat();
    assert_eq!(costs(&[&one[..], &vec![7; 200_000]].concat()).0, "image/png 640x480 still complete");
    assert_eq!(costs(&one[..1_000_000]).0, "image/png 640x480 still cut");
}

#[test]
fn truncated_large_jpeg_is_detected() {
    let still = generated("still.jpg");
    let scan = still.len() - 2;
    let mut random = Random(7);
    let mut whole = still[..scan].to_vec();
    while whole.len() < 900_000 {
        match u8::try_from(random.next(256)).unwrap() {
            0xFF => whole.extend([0xFF, 0]),
            byte => whole.push(byte),
        }
    }
    whole.extend([0xFF, 0xD9]);
    assert_eq!(costs(&whole), ("image/jpeg 320x200 complete".to_owned(), 2));
    for cut in [whole.len() - 1, whole.len() - 2, 500_000, 70_000] {
        assert_eq!(costs(&whole[..cut]), ("image/jpeg 320x200 cut".to_owned(), 2), "cut at {cut}");
    }
    // A video, a directory of pictures or padding after it is ignored.
    for behind in [generated("recorded.webm").repeat(900), vec![0; 200_000], vec![0xFF; 200_000]] {
        let (facts, _) = costs(&[&whole[..], &behind].concat());
        assert_eq!(facts, "image/jpeg 320x200", "{} bytes behind", behind.len());
    }
    // What a camera writes before the picture is passed over, however much it is.
    let camera = [&[0xFF, 0xE2, 0xFF, 0xFF][..], &vec![0x11; 0xFFFD]].concat();
    let noted = [&still[..2], &camera.repeat(20), &whole[2..]].concat();
    let (facts, ranges) = costs(&noted);
    assert_eq!(facts, "image/jpeg 320x200 complete");
    assert!(ranges <= 30, "{ranges} ranges");
}

#[test]
fn large_gif_is_read_up_to_its_second_frame() {
    let (still, animated) = (generated("still.gif"), generated("animated.gif"));
    let data = still.windows(4).position(|part| part == [2, 2, 0x44, 1]).unwrap() + 1;
    let blocks = [&[0xFF][..], &[0x33; 0xFF]].concat().repeat(3000);
    let big = |gif: &[u8]| [&gif[..data], &blocks, &gif[data..]].concat();
    assert_eq!(costs(&big(&still)).0, "image/gif 32x16 still complete");
    let (facts, ranges) = costs(&[&big(&animated)[..], &blocks].concat());
    assert_eq!(facts, "image/gif 32x16 animated complete");
    assert!(ranges <= 8, "{ranges} ranges");
    assert_eq!(costs(&big(&animated)[..400_000]).0, "image/gif 32x16 cut");
}
