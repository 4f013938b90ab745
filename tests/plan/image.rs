//! Images that must be drawn: the format, the size, the shape, the bytes, and what the browser lacks.

use mediaferry::fix::plan::{Engine, Fit, Job, Loss, Need, Plan, Purpose, Request, StepKind, Why};
use mediaferry::fix::splice::Strip;
use mediaferry::media::{Fact, Format, Media, Orientation, Reason, Size};
use mediaferry::rules::{Limits, MB, Rule, Rules};
use mediaferry_testing::stubs::{inspected, media};

use crate::plans::{engine, image, kinds, of, refused, request, rules, size};

use Format::{Avif, Bmp, Gif, Heic, Heif, Jpeg, Png, Tiff, Webp};

fn drawing(plan: &Plan) -> mediaferry::fix::plan::Drawing {
    let Some(Job::Draw(drawing)) = plan.job else { panic!("{plan:?}") };
    drawing
}

#[test]
fn each_format_becomes_the_one_that_keeps_most() {
    for (source, target, provider) in [
        (Heic, Jpeg, "modelhunter"),
        (Bmp, Jpeg, "modelhunter"),
        (Tiff, Jpeg, "worldrouter"),
        (Avif, Webp, "modelhunter"),
        (Gif, Png, "modelhunter"),
        (Heic, Jpeg, "onerouter"),
        (Avif, Webp, "apiframe"),
    ] {
        let file = image(source, MB, 800, 600);
        let plan = refused(Request { rules: of(provider), ..request(&file) });
        assert_eq!(kinds(&plan), [StepKind::Convert], "{source:?} at {provider}");
        let step = &plan.steps[0];
        assert_eq!((step.from.format, step.to.format), (source, target));
        assert_eq!((step.reason, step.lossless, step.need), (Why::Limit(Rule::Format), false, None));
        assert!(step.estimated_bytes.is_some_and(|bytes| bytes > 0) && step.to.bytes.is_none());
        assert_eq!((drawing(&plan).format, drawing(&plan).fit), (target, Fit::Scale));
    }
}

#[test]
fn engine_without_webp_encodes_another_format() {
    let without = Engine { encodes: vec![Png, Jpeg], ..engine() };
    let file = image(Avif, MB, 800, 600);
    let plan = refused(Request { engine: without, ..request(&file) });
    assert_eq!(plan.steps[0].to.format, Jpeg);
    assert!(plan.steps[0].loses.contains(&Loss::Transparency), "{plan:?}");
}

#[test]
fn what_the_engine_cannot_decode_is_said_in_the_plan() {
    for (format, need) in [
        (Heic, Need::DecodeHeic),
        (Heif, Need::DecodeHeic),
        (Tiff, Need::DecodeTiff),
        (Avif, Need::Decoder),
        (Bmp, Need::Decoder),
    ] {
        let file = image(format, MB, 800, 600);
        let plan = refused(Request { engine: Engine { decodes: vec![Png], ..engine() }, ..request(&file) });
        assert_eq!(plan.steps[0].need, Some(need), "{format:?}");
        assert!(plan.job.is_none() && plan.impossible.is_empty());
    }
}

#[test]
fn losses_are_named() {
    let animated = Media { animated: Fact::Known(true), ..media(Gif) };
    let file = inspected("", "", MB, animated);
    let plan = refused(request(&file));
    let loses = &plan.steps[0].loses;
    assert!(loses.contains(&Loss::Animation) && loses.contains(&Loss::Metadata), "{loses:?}");
    assert!(!loses.contains(&Loss::Transparency) && !loses.contains(&Loss::Quality), "PNG keeps both: {loses:?}");
    let file = image(Heic, MB, 800, 600);
    let plan = refused(request(&file));
    let loses = &plan.steps[0].loses;
    assert!(loses.contains(&Loss::Quality) && loses.contains(&Loss::ColorProfile), "{loses:?}");
    assert!(!loses.contains(&Loss::Transparency) && !loses.contains(&Loss::Animation), "{loses:?}");
}

#[test]
fn bytes_are_met_by_quality_and_then_by_size() {
    let file = image(Jpeg, 10 * MB + 1, 4000, 3000);
    let plan = refused(request(&file));
    assert_eq!((kinds(&plan), size(&plan)), (vec![StepKind::Compress], (4000, 3000)));
    assert!(plan.steps[0].estimated_bytes.is_some_and(|bytes| bytes <= 10 * MB));
    // Below the lowest quality, the size must change as well.
    let huge = image(Jpeg, 60 * MB, 12_000, 9_000);
    let plan = refused(request(&huge));
    assert_eq!(kinds(&plan), [StepKind::Downscale, StepKind::Compress]);
    let (width, height) = size(&plan);
    assert!(width < 12_000 && (f64::from(width) / f64::from(height) - 4.0 / 3.0).abs() < 0.001, "{width} × {height}");
    assert_eq!(plan.steps[0].reason, Why::Limit(Rule::MaxBytes));
    let drawing = drawing(&plan);
    assert_eq!((drawing.max_bytes, drawing.compresses, drawing.downscales), (Some(10 * MB), true, true));
    assert_eq!(drawing.min_size, Size { width: 128, height: 128 });
}

#[test]
fn large_png_becomes_webp_and_without_that_smaller() {
    let file = image(Png, 11 * MB, 3000, 2000);
    let plan = refused(request(&file));
    assert_eq!((kinds(&plan), plan.steps[0].to.format), (vec![StepKind::Convert], Webp));
    assert_eq!(plan.steps[0].reason, Why::Limit(Rule::MaxBytes));
    let allowed = vec![StepKind::Downscale];
    let plan = refused(Request { allowed, ..request(&file) });
    assert_eq!(kinds(&plan), [StepKind::Downscale]);
    assert!(size(&plan).0 < 3000 && drawing(&plan).format == Png, "{plan:?}");
}

#[test]
fn limit_that_no_allowed_step_meets_is_impossible() {
    let file = image(Jpeg, 11 * MB, 4000, 3000);
    for allowed in [vec![], vec![StepKind::Pad, StepKind::Trim]] {
        let plan = refused(Request { allowed: allowed.clone(), ..request(&file) });
        assert_eq!((rules(&plan.impossible), plan.steps.len()), (vec![Rule::MaxBytes], 0), "{allowed:?}");
    }
    let file = image(Heic, MB, 800, 600);
    let plan = refused(Request { allowed: vec![StepKind::Compress], ..request(&file) });
    assert_eq!(rules(&plan.impossible), [Rule::Format]);
}

#[test]
fn aspect_ratio_needs_permission() {
    let file = image(Jpeg, MB, 1001, 200);
    let with = |kinds: &[StepKind]| refused(Request { allowed: kinds.to_vec(), ..request(&file) });
    let without = with(StepKind::BY_DEFAULT);
    assert_eq!((rules(&without.impossible), without.steps.len()), (vec![Rule::MaxAspectRatio], 0));
    let padded = with(&[StepKind::Pad, StepKind::Crop]);
    assert_eq!((kinds(&padded), size(&padded), drawing(&padded).fit), (vec![StepKind::Pad], (1001, 251), Fit::Pad));
    let cropped = with(&[StepKind::Crop]);
    assert_eq!((kinds(&cropped), size(&cropped), drawing(&cropped).fit), (vec![StepKind::Crop], (800, 200), Fit::Crop));
    assert!(cropped.steps[0].loses.contains(&Loss::Edges));
    // JPEG is encoded anew, and PNG loses nothing.
    assert!([padded, cropped].iter().all(|plan| plan.steps[0].loses.contains(&Loss::Quality)));
    let png = image(Png, MB, 1001, 200);
    let plan = refused(Request { allowed: vec![StepKind::Pad], ..request(&png) });
    assert!(!plan.steps[0].loses.contains(&Loss::Quality), "{plan:?}");
    // The result meets the limit, also upright.
    let upright = image(Jpeg, MB, 200, 1001);
    let plan = refused(Request { allowed: vec![StepKind::Pad], ..request(&upright) });
    assert_eq!(size(&plan), (251, 1001));
}

#[test]
fn exact_aspect_ratio_is_not_touched_and_the_next_pixel_is() {
    for (width, steps) in [(800, 0), (801, 1)] {
        let file = image(Jpeg, MB, width, 200);
        let plan = refused(Request { allowed: vec![StepKind::Crop], ..request(&file) });
        assert_eq!(plan.steps.len(), steps, "{width}");
    }
}

#[test]
fn small_picture_is_enlarged_or_padded_only_if_allowed() {
    let file = image(Png, MB, 100, 64);
    let with = |kinds: &[StepKind]| refused(Request { allowed: kinds.to_vec(), ..request(&file) });
    assert_eq!(rules(&with(StepKind::BY_DEFAULT).impossible), [Rule::MinWidth, Rule::MinHeight]);
    let larger = with(&[StepKind::Upscale, StepKind::Pad]);
    assert_eq!((kinds(&larger), size(&larger)), (vec![StepKind::Upscale], (200, 128)));
    assert_eq!(larger.steps[0].reason, Why::Limit(Rule::MinWidth));
    let padded = with(&[StepKind::Pad]);
    assert_eq!((kinds(&padded), size(&padded), drawing(&padded).fit), (vec![StepKind::Pad], (128, 128), Fit::Pad));
}

#[test]
fn format_that_the_browser_does_not_encode_changes_for_the_limit_that_is_violated() {
    let without_webp = Engine { encodes: vec![Png, Jpeg], ..engine() };
    let reasons = |width, privacy| {
        let file = image(Webp, MB, width, 1000);
        let allowed = vec![StepKind::Convert, StepKind::Crop];
        let plan = refused(Request { engine: without_webp.clone(), allowed, privacy, ..request(&file) });
        plan.steps.iter().map(|step| (step.kind, step.reason)).collect::<Vec<_>>()
    };
    let why = Why::Limit(Rule::MaxAspectRatio);
    assert_eq!(reasons(5000, None), [(StepKind::Convert, why), (StepKind::Crop, why)]);
    let privacy = Why::Purpose(Purpose::Privacy);
    assert_eq!(reasons(1000, Some(Strip::Location)), [(StepKind::Convert, privacy)]);
}

#[test]
fn orientation_is_part_of_the_size() {
    let media = Media {
        stored_size: Fact::Known(Size { width: 1001, height: 200 }),
        orientation: Fact::Known(Orientation::from_exif(6).unwrap()),
        ..media(Jpeg)
    };
    let file = inspected("", "", MB, media);
    let plan = refused(Request { allowed: vec![StepKind::Crop], ..request(&file) });
    assert_eq!(size(&plan), (200, 800));
}

#[test]
fn canvas_limit_reduces_the_size() {
    let file = image(Bmp, 30 * MB, 5000, 4000);
    let small = Engine { max_side: 4096, max_pixels: 4096 * 4096, ..engine() };
    let plan = refused(Request { engine: small.clone(), ..request(&file) });
    assert_eq!(kinds(&plan), [StepKind::Convert, StepKind::Downscale]);
    assert_eq!(plan.steps[1].reason, Why::Purpose(Purpose::Canvas));
    let (width, height) = size(&plan);
    assert!(width <= 4096 && u64::from(width) * u64::from(height) <= 4096 * 4096, "{width} × {height}");
    // Only the number of pixels.
    let square = image(Bmp, 30 * MB, 4096, 4096);
    assert_eq!(kinds(&refused(Request { engine: small.clone(), ..request(&square) })), [StepKind::Convert]);
    let taller = image(Bmp, 30 * MB, 4096, 4097);
    assert_eq!(kinds(&refused(Request { engine: small, ..request(&taller) })).len(), 2);
}

#[test]
fn unknown_size_is_impossible() {
    let media = Media { stored_size: Fact::Unknown(Reason::Damaged), ..media(Heic) };
    let file = inspected("", "", MB, media);
    let plan = refused(request(&file));
    assert_eq!((rules(&plan.impossible), plan.steps.len()), (vec![Rule::Format], 0));
}

#[test]
fn every_plan_of_a_picture_fits_its_limits() {
    let sides = [1, 2, 90, 128, 129, 500, 513, 4000, 16_384, 16_385, 60_000];
    let all = StepKind::ALL.to_vec();
    for format in [Png, Jpeg, Webp, Gif, Bmp, Heic] {
        for bytes in [1_000, 10 * MB, 10 * MB + 1, 400 * MB] {
            for (width, height) in sides.iter().flat_map(|width| sides.iter().map(move |height| (*width, *height))) {
                let file = image(format, bytes, width, height);
                let plan = refused(Request { allowed: all.clone(), ..request(&file) });
                let Some(Job::Draw(drawing)) = plan.job else {
                    assert!(plan.violations.is_empty() || !plan.impossible.is_empty(), "{plan:?}");
                    continue;
                };
                let result = image(drawing.format, 1_000, drawing.size.width, drawing.size.height);
                let broken = rules(&Rules::new(&crate::plans::LIMITS).check(&result));
                assert!(broken.is_empty(), "{format:?} {width} × {height}: {broken:?} {plan:?}");
                assert!(drawing.size.width <= 16_384 && drawing.size.height <= 16_384);
            }
        }
    }
}

#[test]
fn format_without_limits_is_converted_only() {
    static ANY: [Limits; 1] = [Limits::none(&[Jpeg])];
    let file = image(Png, 900 * MB, 10, 9000);
    let plan = refused(Request { rules: Rules::new(&ANY), ..request(&file) });
    assert_eq!(kinds(&plan), [StepKind::Convert]);
    assert_eq!(drawing(&plan).max_bytes, None);
}
