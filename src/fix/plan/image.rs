//! Plans what is drawn: an image in a format that is accepted, in a size and a number of bytes that are.

use super::geometry::{self, Canvas, Geometry, float, is_enough, scaled};
use super::{Drawing, Found, Job, Loss, METADATA_ALONE, Need, Request, State, Step, StepKind, Why};
use crate::media::{Format, Size};
use crate::rules::{Limits, Rule, Violation};

/// The formats that can be drawn, for pictures without transparent pixels and for those that may have some.
const OPAQUE: [Format; 3] = [Format::Jpeg, Format::Webp, Format::Png];
const TRANSPARENT: [Format; 3] = [Format::Webp, Format::Jpeg, Format::Png];
/// At most 256 colours, which PNG keeps.
const PALETTE: [Format; 3] = [Format::Png, Format::Webp, Format::Jpeg];

/// About how many bytes a million pixels take, at the quality that is tried first.
const fn bytes_per_megapixel(format: Format) -> f64 {
    match format {
        Format::Png => 1_800_000.0,
        Format::Webp => 250_000.0,
        _ => 400_000.0,
    }
}

/// The same at the lowest quality that a plan relies on.
const fn least_bytes_per_megapixel(format: Format) -> f64 {
    match format {
        Format::Png => 1_800_000.0,
        Format::Webp => 70_000.0,
        _ => 110_000.0,
    }
}

impl Request<'_> {
    /// Plans a drawing in the first format that can meet every limit.
    pub(super) fn draw(&self, violations: &[Violation]) -> Found {
        let source = self.media().format;
        let is_accepted = self.rules.limits(source).is_some();
        let is_over = violations.iter().any(|violation| violation.rule == Rule::MaxBytes);
        let others = match source {
            Format::Gif => PALETTE,
            Format::Png | Format::Webp | Format::Avif => TRANSPARENT,
            _ => OPAQUE,
        };
        // The same format if it can become smaller; otherwise another one comes first.
        let keeps = is_accepted && !(is_over && source == Format::Png);
        let first = keeps.then_some(source);
        let rest = others.into_iter().filter(|format| Some(*format) != first);
        let mut obstacles = None;
        for format in first.into_iter().chain(rest) {
            let Some(limits) = self.rules.limits(format).filter(|_| self.engine.encodes.contains(&format)) else {
                continue;
            };
            if format != source && !self.allows(StepKind::Convert) {
                continue;
            }
            match self.draw_as(format, limits, violations) {
                Ok(found) => return Ok(found),
                Err(found) => obstacles = obstacles.or(Some(found)),
            }
        }
        Err(obstacles.unwrap_or_default())
    }

    fn draw_as(&self, format: Format, limits: &Limits, violations: &[Violation]) -> Found {
        let Some(size) = self.media().displayed_size().value() else { return Err(Vec::new()) };
        let canvas = Canvas { max_side: self.engine.max_side, max_pixels: self.engine.max_pixels };
        let mut geometry = geometry::fit(size, limits, Some(canvas), &|kind| self.allows(kind))?;
        let has_quality = format != Format::Png;
        let compresses = has_quality && self.allows(StepKind::Compress);
        let downscales = self.allows(StepKind::Downscale);
        let smaller = self.shrink(format, limits, &mut geometry, compresses)?;

        let mut steps = Steps { state: self.state(), all: Vec::new(), request: self };
        if format != self.media().format {
            let violated = |rule: &Rule| violations.iter().find(|violation| violation.rule == *rule);
            // If it is neither, the browser does not encode the format of the file.
            let reason = [Rule::Format, Rule::MaxBytes].iter().find_map(violated).or(violations.first());
            let why = reason.map_or(METADATA_ALONE, |violation| Why::Limit(violation.rule));
            steps.push(StepKind::Convert, why, State { format, ..steps.state }, None);
        }
        for (kind, why, size) in geometry.changes {
            steps.push(kind, why, State { size: Some(size), ..steps.state }, None);
        }
        let estimate = estimate(format, geometry.size);
        if smaller && compresses {
            let most = limits.max_bytes.map(float);
            let state = steps.state;
            steps.push(StepKind::Compress, Why::Limit(Rule::MaxBytes), state, most.map(|most| estimate.min(most)));
        }
        if steps.all.is_empty() {
            if !violations.is_empty() || !self.allows(StepKind::Convert) {
                return Err(Vec::new());
            }
            let state = steps.state;
            steps.push(StepKind::Convert, METADATA_ALONE, state, None);
        }
        let mut steps = steps.all;
        if let Some(last) = steps.last_mut() {
            last.estimated_bytes
                .get_or_insert(whole(limits.max_bytes.map_or(estimate, |most| estimate.min(float(most)))));
        }
        let drawing = Drawing {
            format,
            size: geometry.size,
            fit: geometry.fit,
            max_bytes: limits.max_bytes,
            min_size: limits.min_size.unwrap_or(Size { width: 1, height: 1 }),
            compresses,
            downscales,
        };
        Ok((steps, Some(Job::Draw(drawing))))
    }

    /// Reduces the size if the lowest quality would not meet the limit in bytes. Returns whether the quality matters.
    fn shrink(
        &self,
        format: Format,
        limits: &Limits,
        geometry: &mut Geometry,
        compresses: bool,
    ) -> Result<bool, Vec<Violation>> {
        let Some(max) = limits.max_bytes else { return Ok(false) };
        let matters = self.file.size() > max && format == self.media().format;
        if !matters && estimate(format, geometry.size) <= float(max) {
            return Ok(false);
        }
        let per_megapixel = if compresses { least_bytes_per_megapixel(format) } else { bytes_per_megapixel(format) };
        let least = per_megapixel * megapixels(geometry.size);
        if least > float(max) {
            let size = scaled(geometry.size, (float(max) / least).sqrt());
            if !self.allows(StepKind::Downscale) || !is_enough(size, limits.min_size) {
                return Err(vec![Violation {
                    rule: Rule::MaxBytes,
                    actual: self.file.size().into(),
                    limit: max.into(),
                }]);
            }
            geometry.change(StepKind::Downscale, Why::Limit(Rule::MaxBytes), size);
        } else if !compresses && matters && self.allows(StepKind::Downscale) {
            // By how much is not known before it is encoded.
            let size = scaled(geometry.size, (float(max) / float(self.file.size())).sqrt());
            geometry.change(StepKind::Downscale, Why::Limit(Rule::MaxBytes), size);
        } else if !compresses && matters {
            return Err(vec![Violation { rule: Rule::MaxBytes, actual: self.file.size().into(), limit: max.into() }]);
        }
        Ok(true)
    }

    /// What the page lacks to decode the file.
    pub(super) fn missing_decoder(&self) -> Option<Need> {
        let format = self.media().format;
        if self.engine.decodes.contains(&format) {
            return None;
        }
        Some(match format {
            Format::Heic | Format::Heif => Need::DecodeHeic,
            Format::Tiff => Need::DecodeTiff,
            _ => Need::Decoder,
        })
    }
}

/// The steps of a drawing, as they are found.
struct Steps<'r> {
    state: State,
    all: Vec<Step>,
    request: &'r Request<'r>,
}

impl Steps<'_> {
    fn push(&mut self, kind: StepKind, reason: Why, to: State, estimated_bytes: Option<f64>) {
        let from = self.state;
        // Only the last step shows how many bytes there are.
        self.state = State { bytes: None, ..to };
        let mut loses = match kind {
            StepKind::Compress => vec![Loss::Quality],
            StepKind::Downscale => vec![Loss::Pixels],
            StepKind::Crop => vec![Loss::Edges],
            _ => Vec::new(),
        };
        // Whatever is encoded anew, but what fewer pixels lose anyway.
        if to.format != Format::Png
            && matches!(kind, StepKind::Convert | StepKind::Pad | StepKind::Crop | StepKind::Upscale)
        {
            loses.push(Loss::Quality);
        }
        if self.all.is_empty() {
            // The first step decodes the file.
            loses.extend([Loss::Metadata, Loss::ColorProfile]);
            if self.request.media().animated.value() == Some(true) {
                loses.push(Loss::Animation);
            }
            if to.format == Format::Jpeg && may_be_transparent(from.format) {
                loses.push(Loss::Transparency);
            }
        }
        let need = if self.all.is_empty() { self.request.missing_decoder() } else { None };
        let estimated_bytes = estimated_bytes.map(whole);
        self.all.push(Step { kind, reason, from, to: self.state, lossless: false, loses, estimated_bytes, need });
    }
}

const fn may_be_transparent(format: Format) -> bool {
    matches!(format, Format::Png | Format::Gif | Format::Webp | Format::Avif | Format::Tiff)
}

fn megapixels(size: Size) -> f64 {
    f64::from(size.width) * f64::from(size.height) / 1e6
}

fn estimate(format: Format, size: Size) -> f64 {
    bytes_per_megapixel(format) * megapixels(size)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bytes are positive, and saturate")]
const fn whole(bytes: f64) -> u64 {
    bytes as u64
}
