//! A provider's list of assets: page by page, and an asset away.

use super::{Asset, Endpoint, Provider};
use crate::error::Error;
use crate::http::{Request, Response};
use crate::json::{Json, Malformed};

/// The assets that an account has at a provider: where they are listed, and what its answers call things.
#[derive(Debug)]
pub struct Library {
    /// Whose list it is.
    pub provider: &'static dyn Provider,
    /// The most assets on one page.
    pub max_page_size: u32,
    /// Where its pages are asked for.
    pub list: Endpoint,
    /// The query that asks for one of them, by its number, counted from 1, and the number of its assets.
    pub query: fn(u32, u32) -> [(&'static str, u32); 2],
    /// The field with the items of a page.
    pub items: &'static str,
    /// The field with their number on all pages.
    pub total: &'static str,
    /// An item's field with its state.
    pub status: &'static str,
    /// Reads an item.
    pub read: fn(Json<'_>) -> Result<Asset, Malformed>,
    /// Where an asset is removed.
    pub delete: Endpoint,
    /// The field that says that it is gone.
    pub deleted: &'static str,
}

impl Library {
    /// The request for this page, counted from 1, with this many assets.
    #[must_use]
    pub fn list_request(&self, page: u32, page_size: u32) -> Request {
        self.list.request().query(&(self.query)(page, page_size))
    }

    /// Reads the answer to [`Library::list_request`].
    pub fn read_list(&self, response: &Response) -> Result<Page, Error> {
        let answer = self.provider.answer(response)?;
        // Collecting results is 1 KB of wasm.
        let mut assets = Vec::new();
        for item in answer.items(self.items)? {
            let asset = (self.read)(item)?;
            assets.push(Listed { asset, status: item.text(self.status)?, raw: item.to_text() });
        }
        Ok(Page { assets, total: answer.u64(self.total)? })
    }

    /// The request that removes the asset with this id. Removing it twice removes it once.
    #[must_use]
    pub fn delete_request(&self, id: &str) -> Request {
        self.delete.request_for(id)
    }

    /// Reads the answer to [`Library::delete_request`].
    pub fn read_delete(&self, response: &Response) -> Result<(), Error> {
        if self.provider.answer(response)?.bool(self.deleted)? {
            Ok(())
        } else {
            // What it says beside is that all went well.
            Err(response.failure(response.status, |_| None))
        }
    }
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
    /// The item as it came, a JSON text.
    pub raw: String,
}
