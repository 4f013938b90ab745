//! File names with owner tags in JSON.

use serde_json::Value;

use crate::identity::OwnerTag;

/// How many bytes the tag adds to a name.
pub(super) const PREFIX: usize = OwnerTag::LENGTH + 1;

/// Adds the tag to a name.
pub(super) fn mark(name: &mut Value, owner: OwnerTag) {
    if let Value::String(text) = name {
        *text = owner.file_name(text);
    }
}

/// Removes the tag of a name, if it has one.
pub(super) fn unmark(name: &mut Value) {
    if let Value::String(text) = name
        && let Some((_, rest)) = OwnerTag::split(text)
    {
        *text = rest.to_owned();
    }
}
