//! What may leave: the providers' limits, the verdict on one file, and names that fit the content.

mod check;
mod limits;
mod names;
