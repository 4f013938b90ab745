//! A provider's list of assets: listing a page, and deleting an asset.

use super::{Asset, Endpoint, Provider};
use crate::error::Error;
use crate::http::{Request, Response};
use crate::json::{Json, Malformed};

/// How a provider lists an account's assets: the endpoints and the names of fields.
#[derive(Debug)]
pub struct AssetsApi {
    /// The provider.
    pub provider: &'static dyn Provider,
    /// The maximum number of assets per page.
    pub max_page_size: u32,
    /// The endpoint of the list.
    pub list: Endpoint,
    /// The query for a page: its number, counted from 1, and its size.
    pub query: fn(u32, u32) -> [(&'static str, u32); 2],
    /// The field with the items of a page.
    pub items: &'static str,
    /// The field with the number of items on all pages.
    pub total: &'static str,
    /// The field of an item with its state.
    pub status: &'static str,
    /// Reads an item.
    pub read: fn(Json<'_>) -> Result<Asset, Malformed>,
    /// The endpoint that deletes an asset.
    pub delete: Endpoint,
    /// The field that confirms the deletion.
    pub deleted: &'static str,
}

impl AssetsApi {
    /// Builds the request for this page, counted from 1, with this many assets.
    #[must_use]
    pub fn list_request(&self, page: u32, page_size: u32) -> Request {
        self.list.request().query(&(self.query)(page, page_size))
    }

    /// Reads the response to [`AssetsApi::list_request`].
    pub fn read_list(&self, response: &Response) -> Result<Page, Error> {
        let json = self.provider.decode(response)?;
        // Collecting results is 1 KB of wasm.
        let mut assets = Vec::new();
        for item in json.items(self.items)? {
            let asset = (self.read)(item)?;
            assets.push(Listed { asset, status: item.text(self.status)?, raw: item.to_text() });
        }
        Ok(Page { assets, total: json.u64(self.total)? })
    }

    /// Builds the request that deletes the asset with this id. Deleting it twice has the effect of deleting it once.
    #[must_use]
    pub fn delete_request(&self, id: &str) -> Request {
        self.delete.request_for(id)
    }

    /// Reads the response to [`AssetsApi::delete_request`].
    pub fn read_delete(&self, response: &Response) -> Result<(), Error> {
        if self.provider.decode(response)?.bool(self.deleted)? {
            Ok(())
        } else {
            // The message is left out: it reports a success.
            Err(response.failure(response.status, |_| None))
        }
    }
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The assets, in the provider's order.
    pub assets: Vec<Listed>,
    /// The number of assets on all pages.
    pub total: u64,
}

/// One asset of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// The asset.
    pub asset: Asset,
    /// The provider's name for its state.
    pub status: String,
    /// The item unchanged, a JSON text.
    pub raw: String,
}
