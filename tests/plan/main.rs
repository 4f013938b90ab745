//! How a file can be made to fit: the plan, as data.

mod image;
mod json;
mod lossless;
mod plans;
mod time;
