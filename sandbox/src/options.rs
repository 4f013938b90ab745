//! The sandbox's own flags, beside those of the gateway.

use std::path::PathBuf;

use clap::Args;

/// The default port of the embedded storage.
const STORAGE_PORT: u16 = 9797;
/// The default size of the smallest part, as in production.
const PART_BYTES: u64 = 8 << 20;

/// The sandbox's own flags.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Sandbox")]
pub struct Options {
    /// The port of the embedded storage; 0 selects a free one.
    #[arg(long, value_name = "PORT", default_value_t = STORAGE_PORT)]
    pub storage_port: u16,

    /// The folder for stored files, created if it does not exist [default: a new temporary folder, deleted at the end].
    #[arg(long, value_name = "FOLDER")]
    pub data: Option<PathBuf>,

    /// The folder with the demo page, served at /.
    #[arg(long, value_name = "FOLDER", default_value = "www")]
    pub www: PathBuf,

    /// The folder with the package, served at /mediaferry/.
    #[arg(long, value_name = "FOLDER", default_value = "dist")]
    pub dist: PathBuf,

    /// The folder with the documentation, served at /docs/ if it exists.
    #[arg(long, value_name = "FOLDER", default_value = "site/dist/docs")]
    pub docs: PathBuf,

    /// How long a mock provider with asynchronous processing processes an asset.
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 1500)]
    pub processing_millis: u32,

    /// The size of the parts of large files. Production has at least 8 MiB, and the embedded storage accepts less than
    /// 5 MiB only with this option.
    #[arg(long, value_name = "BYTES", default_value_t = PART_BYTES, value_parser = clap::value_parser!(u64).range(1..=PART_BYTES))]
    pub part_bytes: u64,

    /// The access key of the embedded storage, for programs that sign requests to it themselves [default: random].
    #[arg(long, value_name = "ID:SECRET", value_parser = access_key)]
    pub storage_key: Option<(String, String)>,
}

fn access_key(text: &str) -> Result<(String, String), &'static str> {
    let (id, secret) = text.split_once(':').ok_or("there is no `:`")?;
    Ok((id.to_owned(), secret.to_owned()))
}

impl Options {
    /// Folders that do not exist.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let missing = [&self.www, &self.dist].into_iter().filter(|folder| !folder.is_dir());
        missing.map(|folder| format!("the folder {} does not exist", folder.display())).collect()
    }
}
