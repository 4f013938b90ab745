//! A provider's list of assets: page by page, and an asset away.

use crate::error::Error;
use crate::http::{Request, Response};
use crate::providers::Asset;

/// The assets that an account has at a provider.
pub trait Library: Sync + core::fmt::Debug {
    /// The most assets on one page.
    fn max_page_size(&self) -> u32;

    /// The request for a page, counted from 1.
    fn list(&self, page: u32, page_size: u32) -> Request;

    /// Reads the answer to [`Library::list`].
    fn read_list(&self, response: &Response) -> Result<Page, Error>;

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

/// One asset of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// What is known of it.
    pub asset: Asset,
    /// The provider's word for its state.
    pub status: String,
}
