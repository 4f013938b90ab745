//! The size of a picture that meets the limits: borders or crops for the aspect ratio, then a scale for the smallest size
//! and for the canvas.

use super::{Fit, Purpose, StepKind, Why};
use crate::media::Size;
use crate::rules::{Limits, Rule, Value, Violation};

/// A change of the size: the step, why, and the size after it.
pub(super) type Change = (StepKind, Why, Size);

/// The changes of the size, in order, and how the picture fills the last one.
pub(super) struct Geometry {
    pub(super) changes: Vec<Change>,
    pub(super) size: Size,
    pub(super) fit: Fit,
}

/// What a canvas can have.
#[derive(Clone, Copy)]
pub(super) struct Canvas {
    pub(super) max_side: u32,
    pub(super) max_pixels: u64,
}

/// Finds the changes that are allowed, or the limits that they cannot meet.
pub(super) fn fit(
    size: Size,
    limits: &Limits,
    canvas: Option<Canvas>,
    allows: &dyn Fn(StepKind) -> bool,
) -> Result<Geometry, Vec<Violation>> {
    let mut found = Geometry { changes: Vec::new(), size, fit: Fit::Scale };
    let mut obstacles = Vec::new();
    if let Some(max) = limits.max_aspect_ratio {
        found.shape(max, allows, &mut obstacles);
    }
    if let Some(min) = limits.min_size {
        found.enlarge(min, allows, &mut obstacles);
    }
    if let Some(canvas) = canvas {
        found.shrink_to(canvas, limits, allows, &mut obstacles);
    }
    if obstacles.is_empty() { Ok(found) } else { Err(obstacles) }
}

impl Geometry {
    fn shape(&mut self, max: f64, allows: &dyn Fn(StepKind) -> bool, obstacles: &mut Vec<Violation>) {
        let Size { width, height } = self.size;
        let (long, short) = (width.max(height), width.min(height));
        if f64::from(long) <= f64::from(short) * max {
            return;
        }
        let reason = Why::Limit(Rule::MaxAspectRatio);
        let kind = [StepKind::Pad, StepKind::Crop].into_iter().find(|kind| allows(*kind));
        let (fit, long, short) = match kind {
            // Borders lose nothing, so they are preferred.
            Some(StepKind::Pad) => (Fit::Pad, long, up(f64::from(long) / max)),
            Some(_) => (Fit::Crop, down(f64::from(short) * max), short),
            None => {
                obstacles.push(Violation {
                    rule: Rule::MaxAspectRatio,
                    actual: Value::Number(f64::from(long) / f64::from(short)),
                    limit: Value::Number(max),
                });
                return;
            }
        };
        let size = oriented(self.size, long, short);
        self.change(kind.unwrap_or(StepKind::Pad), reason, size);
        self.fit = fit;
    }

    fn enlarge(&mut self, min: Size, allows: &dyn Fn(StepKind) -> bool, obstacles: &mut Vec<Violation>) {
        let Size { width, height } = self.size;
        let (is_narrow, is_low) = (width < min.width, height < min.height);
        if !is_narrow && !is_low {
            return;
        }
        let rule = if is_narrow { Rule::MinWidth } else { Rule::MinHeight };
        if allows(StepKind::Upscale) {
            let factor = (f64::from(min.width) / f64::from(width)).max(f64::from(min.height) / f64::from(height));
            let size = Size {
                width: up(f64::from(width) * factor).max(min.width),
                height: up(f64::from(height) * factor).max(min.height),
            };
            self.change(StepKind::Upscale, Why::Limit(rule), size);
        } else if allows(StepKind::Pad) && self.fit != Fit::Crop {
            let size = Size { width: width.max(min.width), height: height.max(min.height) };
            self.change(StepKind::Pad, Why::Limit(rule), size);
            self.fit = Fit::Pad;
        } else {
            let sides = [(Rule::MinWidth, width, min.width), (Rule::MinHeight, height, min.height)];
            for (rule, actual, limit) in sides.into_iter().filter(|(_, actual, limit)| actual < limit) {
                let (actual, limit) = (Value::Number(actual.into()), Value::Number(limit.into()));
                obstacles.push(Violation { rule, actual, limit });
            }
        }
    }

    fn shrink_to(
        &mut self,
        canvas: Canvas,
        limits: &Limits,
        allows: &dyn Fn(StepKind) -> bool,
        obstacles: &mut Vec<Violation>,
    ) {
        let Size { width, height } = self.size;
        let longest = f64::from(width.max(height));
        let pixels = f64::from(width) * f64::from(height);
        let factor = (f64::from(canvas.max_side) / longest).min((float(canvas.max_pixels) / pixels).sqrt());
        if factor >= 1.0 {
            return;
        }
        let Size { width: short, height: long } =
            scaled(Size { width: width.min(height), height: width.max(height) }, factor);
        let most = u32::try_from(canvas.max_pixels / u64::from(short)).unwrap_or(u32::MAX);
        let size = oriented(self.size, long.min(most), short);
        if !allows(StepKind::Downscale) || !is_enough(size, limits.min_size) {
            let rule = if width >= height { Rule::MinWidth } else { Rule::MinHeight };
            let (actual, limit) = (Value::Number(longest), Value::Number(canvas.max_side.into()));
            obstacles.push(Violation { rule, actual, limit });
            return;
        }
        self.change(StepKind::Downscale, Why::Purpose(Purpose::Canvas), size);
    }

    pub(super) fn change(&mut self, kind: StepKind, reason: Why, size: Size) {
        self.changes.push((kind, reason, size));
        self.size = size;
    }
}

/// Whether a size is at least the smallest one.
pub(super) fn is_enough(size: Size, min: Option<Size>) -> bool {
    min.is_none_or(|min| size.width >= min.width && size.height >= min.height)
}

/// A smaller size in about the same shape. The longer side is rounded down and the other one up, so that the aspect ratio
/// does not grow beyond a limit.
pub(super) fn scaled(size: Size, factor: f64) -> Size {
    let Size { width, height } = size;
    let long = down(f64::from(width.max(height)) * factor).max(1);
    let short = up(f64::from(width.min(height)) * factor).min(long);
    oriented(size, long, short)
}

/// A size with these sides, upright or across as another one.
const fn oriented(size: Size, long: u32, short: u32) -> Size {
    if size.width > size.height { Size { width: long, height: short } } else { Size { width: short, height: long } }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sides are positive, and saturate")]
fn up(side: f64) -> u32 {
    // A side that is whole but for the error of a division stays as it is.
    (side - 1e-6).ceil() as u32
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sides are positive, and saturate")]
const fn down(side: f64) -> u32 {
    (side + 1e-6) as u32
}

/// Exact up to 2^53.
#[expect(clippy::cast_precision_loss, reason = "pixels and bytes need no more")]
pub(super) const fn float(value: u64) -> f64 {
    value as f64
}
