//! Requests for plans, and what the tests compare.

use mediaferry::file::InspectedFile;
use mediaferry::fix::plan::{Engine, Plan, Planned, Request, Spliced, Step, StepKind, plan};
use mediaferry::fix::splice::{Changes, Strip};
use mediaferry::media::{Fact, Format, Media, Size};
use mediaferry::providers;
use mediaferry::rules::{Limits, MB, Rule, Rules, Violation};
use mediaferry_testing::stubs::{inspected, media};

/// Images of up to 10 MB, 128 × 128 or more, up to 4:1; videos of up to 50 MB, 1 to 60 seconds.
pub(crate) static LIMITS: [Limits; 2] = [
    Limits {
        max_bytes: Some(10 * MB),
        min_size: Some(Size { width: 128, height: 128 }),
        max_aspect_ratio: Some(4.0),
        ..Limits::none(&[Format::Png, Format::Jpeg, Format::Webp])
    },
    Limits { max_bytes: Some(50 * MB), duration_seconds: Some((1.0, 60.0)), ..Limits::none(&[Format::Mp4]) },
];

/// A browser that decodes and encodes everything that some browser does.
pub(crate) fn engine() -> Engine {
    use Format::{Avif, Bmp, Gif, Heic, Jpeg, Png, Tiff, Webp};
    Engine {
        decodes: vec![Png, Jpeg, Gif, Webp, Bmp, Tiff, Heic, Avif],
        encodes: vec![Png, Jpeg, Webp],
        max_side: 16_384,
        max_pixels: 16_384 * 16_384,
        has_video_tools: true,
        encodes_video: true,
    }
}

/// A request with everything that is allowed by default.
pub(crate) fn request(file: &InspectedFile) -> Request<'_> {
    Request {
        file,
        rules: Rules::new(&LIMITS),
        allowed: StepKind::BY_DEFAULT.to_vec(),
        privacy: None,
        faststart: false,
        engine: engine(),
        splices: Vec::new(),
    }
}

/// An image of this size.
pub(crate) fn image(format: Format, bytes: u64, width: u32, height: u32) -> InspectedFile {
    let stored_size = Fact::Known(Size { width, height });
    inspected("", "", bytes, Media { stored_size, ..media(format) })
}

/// A video of this duration with H.264 and AAC.
pub(crate) fn video(format: Format, bytes: u64, seconds: u64) -> InspectedFile {
    let duration = Fact::Known(core::time::Duration::from_secs(seconds));
    inspected("", "", bytes, Media { duration, codecs: vec!["H.264", "AAC"], ..media(format) })
}

/// Plans without any splice.
pub(crate) fn refused(mut request: Request<'_>) -> Plan {
    loop {
        match plan(&request) {
            Planned::Plan(plan) => return plan,
            Planned::Needs(changes) => request.splices.push((changes, Spliced::Refused)),
        }
    }
}

/// Plans if every splice results in this.
pub(crate) fn spliced(mut request: Request<'_>, result: Spliced) -> Plan {
    loop {
        match plan(&request) {
            Planned::Plan(plan) => return plan,
            Planned::Needs(changes) => request.splices.push((changes, result)),
        }
    }
}

pub(crate) fn kinds(plan: &Plan) -> Vec<StepKind> {
    plan.steps.iter().map(|step| step.kind).collect()
}

pub(crate) fn rules(violations: &[Violation]) -> Vec<Rule> {
    violations.iter().map(|violation| violation.rule).collect()
}

/// The size after the last step.
pub(crate) fn size(plan: &Plan) -> (u32, u32) {
    let size = plan.steps.last().and_then(|step: &Step| step.to.size).expect("a size");
    (size.width, size.height)
}

pub(crate) const STRIP: Changes = Changes { strip: Some(Strip::Metadata), remux: false, faststart: false };

/// The limits of a provider.
pub(crate) fn of(provider: &str) -> Rules<'static> {
    providers::by_id(provider).expect("a provider").profile().rules
}
