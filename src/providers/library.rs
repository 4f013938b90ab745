//! A provider's list of assets: page by page, and an asset away.

use crate::error::Error;
use crate::http::{Request, Response};
use crate::json::Json;
use crate::providers::Asset;

/// The assets that an account has at a provider.
pub trait Library: Sync + core::fmt::Debug {
    /// The most assets on one page.
    fn max_page_size(&self) -> u32;

    /// The request for a page, counted from 1.
    fn list(&self, page: u32, page_size: u32) -> Request;

    /// The items in the answer to [`Library::list`], and how many there are on all pages.
    fn read_list<'r>(&self, response: &'r Response) -> Result<(Vec<Json<'r>>, u64), Error>;

    /// Reads one of them.
    fn read_item(&self, item: Json<'_>) -> Result<Listed, Error>;

    /// The request that removes an asset. Removing it twice removes it once.
    fn delete(&self, id: &str) -> Request;

    /// Reads the answer to [`Library::delete`].
    fn read_delete(&self, response: &Response) -> Result<(), Error>;
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The assets, in the provider's order.
    pub assets: Vec<Listed>,
    /// How many there are on all pages.
    pub total: u64,
}

impl Page {
    /// Reads the answer to [`Library::list`].
    pub fn read(library: &dyn Library, response: &Response) -> Result<Self, Error> {
        let (items, total) = library.read_list(response)?;
        // Collecting results is 1 KB of wasm.
        let mut assets = Vec::new();
        for item in items {
            assets.push(library.read_item(item)?);
        }
        Ok(Self { assets, total })
    }
}

/// One asset of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// What is known of it.
    pub asset: Asset,
    /// The provider's word for its state.
    pub status: String,
}
