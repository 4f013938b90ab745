//! Follow: continues with an asset that another program created, without its source.

use super::source::UploadSource;
use super::{Outstanding, PROCESS_DEADLINE_MILLIS, Phase, State, Upload};
use crate::options::Options;
use crate::providers::{Asset, Provider};

impl Upload {
    /// Creates an upload whose asset the provider is processing. It waits until the asset is processed; its content is
    /// not compared with a file.
    ///
    /// Its first input is [`super::Input::TimerFired`]. The time awake counts from the creation of the asset.
    #[must_use]
    pub fn of_asset(provider: Box<dyn Provider>, id: String, seed: u64) -> Self {
        let mut upload = Self::from_url(provider, Options::default(), String::new(), seed);
        let source = UploadSource::RemoteUrl { url: String::new(), kind: None };
        let asset = Asset { id: Some(id), ..Asset::default() };
        let process = Phase::Process { asset, polls: 0, deadline: PROCESS_DEADLINE_MILLIS };
        upload.state = State::Active(source, process);
        upload.outstanding = Outstanding::Sleep;
        upload
    }
}
