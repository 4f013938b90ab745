//! What one wasm module says to the other: every step of every file means the same to the one that reads it.

use std::fs;

use mediaferry::media::{Fact, Format, Media, Orientation, Probe, ProbeError, ProbeStep, Reason, Size};

use crate::files::all_files;

fn crosses(step: &ProbeStep) {
    let text = step.to_json();
    assert_eq!(ProbeStep::from_json(&text).as_ref(), Ok(step), "{text}");
}

#[test]
fn every_step_of_every_file_crosses_unchanged() {
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
fn extremes_cross_unchanged() {
    crosses(&ProbeStep::Need { offset: u64::MAX, len: usize::MAX });
    crosses(&ProbeStep::Done(Err(ProbeError::Unreadable)));
    crosses(&ProbeStep::Done(Err(ProbeError::Unrecognised { looks_like: None })));
    for (format, reason) in Format::ALL.iter().zip(Reason::ALL.iter().cycle()) {
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
        })));
    }
}

#[test]
fn another_text_is_no_step() {
    let media = ProbeStep::Done(Ok(Media {
        format: Format::Png,
        stored_size: Fact::Known(Size { width: 640, height: 480 }),
        orientation: Fact::Unknown(Reason::Absent),
        animated: Fact::Known(false),
        duration: Fact::Unknown(Reason::NotApplicable),
        has_video: Fact::Unknown(Reason::NotApplicable),
        has_audio: Fact::Unknown(Reason::NotApplicable),
        codecs: Vec::new(),
        complete: Fact::Known(true),
    }));
    let text = media.to_json();
    for (part, other) in [("PNG", "JPG"), ("absent", "away"), ("480", "4294967296"), ("640", "-1"), ("[]", "7")] {
        assert!(text.contains(part));
        assert!(ProbeStep::from_json(&text.replacen(part, other, 1)).is_err(), "{other}");
    }
    for text in ["", "[", "{\"offset\":1}", "{\"media\":{}}"] {
        assert!(ProbeStep::from_json(text).is_err(), "{text}");
    }
}
