//! The encoding of probe steps between the two wasm modules: every step of every file decodes to itself.

use std::fs;

use mediaferry::media::{Fact, Format, Media, Orientation, Probe, ProbeError, ProbeStep, Reason, Size};
use mediaferry_testing::corpus::all_files;

fn crosses(step: &ProbeStep) {
    let bytes = step.to_bytes();
    assert_eq!(ProbeStep::from_bytes(&bytes).as_ref(), Some(step), "{bytes:?}");
}

#[test]
fn every_step_survives_encoding_and_decoding() {
    for path in all_files() {
        let file = fs::read(&path).unwrap();
        let mut probe = Probe::new(file.len() as u64);
        loop {
            let step = probe.step();
            crosses(&step);
            let ProbeStep::Need { offset, len } = step else { break };
            let start = usize::try_from(offset).unwrap();
            probe.supply(&file[start..start + len]);
        }
    }
}

#[test]
fn extreme_values_survive_encoding_and_decoding() {
    crosses(&ProbeStep::Need { offset: u64::MAX, len: 0xffff_ffff });
    crosses(&ProbeStep::Done(Err(ProbeError::Unreadable)));
    crosses(&ProbeStep::Done(Err(ProbeError::Unrecognised { looks_like: None })));
    for (format, reason) in Format::ALL.iter().chain(Format::UNSUPPORTED).zip(Reason::ALL.iter().cycle()) {
        crosses(&ProbeStep::Done(Ok(Media {
            format: *format,
            stored_size: Fact::Known(Size { width: u32::MAX, height: 1 }),
            orientation: Fact::Estimated(Orientation::from_exif(8).unwrap()),
            animated: Fact::Estimated(true),
            duration: Fact::Known(core::time::Duration::MAX),
            has_video: Fact::Known(false),
            has_audio: Fact::Unknown(*reason),
            codecs: vec!["H.264", "H.264", "\"\\\n"],
            complete: Fact::Known(true),
            has_location: true,
        })));
    }
}

#[test]
fn invalid_bytes_decode_to_no_step() {
    let media = ProbeStep::Done(Ok(Media {
        format: Format::Png,
        stored_size: Fact::Known(Size { width: 640, height: 480 }),
        orientation: Fact::Unknown(Reason::Absent),
        animated: Fact::Known(false),
        duration: Fact::Unknown(Reason::NotApplicable),
        has_video: Fact::Unknown(Reason::NotApplicable),
        has_audio: Fact::Unknown(Reason::NotApplicable),
        codecs: vec!["AAC"],
        complete: Fact::Known(true),
        has_location: false,
    }));
    let bytes = media.to_bytes();
    // All 8 facts without a name are a step too.
    for len in (0..bytes.len()).filter(|len| *len != 8 * 16) {
        assert_eq!(ProbeStep::from_bytes(&bytes[..len]), None, "{len}");
    }
    // A step, a format, a reason and a name that there are not.
    let formats = u8::try_from(Format::ALL.len() + Format::UNSUPPORTED.len()).unwrap();
    for (at, other) in [(0, 4), (4, formats), (32, 6), (bytes.len() - 1, 0xff), (bytes.len() - 4, 4)] {
        let mut bytes = bytes.clone();
        bytes[at] = other;
        assert_eq!(ProbeStep::from_bytes(&bytes), None, "{at}");
    }
}

#[test]
fn decoding_any_bytes_does_not_panic() {
    for at in 0..256 {
        for step in 0..5 {
            let mut bytes = [0xff; 256];
            bytes[..at].fill(0);
            bytes[0] = step;
            let _ = ProbeStep::from_bytes(&bytes);
        }
    }
}
