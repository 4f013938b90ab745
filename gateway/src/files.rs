//! The limit of open files, which is the limit of connections.

use std::error::Error;

/// How many files are neither a client's connection within the limit nor one to a provider.
const RESERVE: u64 = 128;
/// The most connections of clients, if the limit of open files allows more.
const MAX_CONNECTIONS: u64 = 16_384;

/// Raises the limit of open files as far as the system allows.
pub fn raise_limit() {
    #[cfg(unix)]
    if let Err(error) = rlimit::increase_nofile_limit(RESERVE + 2 * MAX_CONNECTIONS) {
        tracing::warn!(target: "gateway", %error, "cannot raise the limit of open files");
    }
}

/// How many clients can be connected: each may need a connection to a provider.
pub(crate) fn max_connections() -> usize {
    #[cfg(unix)]
    let limit = rlimit::Resource::NOFILE.get_soft().unwrap_or(RESERVE);
    #[cfg(not(unix))]
    let limit = u64::MAX;
    let connections = (limit.saturating_sub(RESERVE) / 2).clamp(1, MAX_CONNECTIONS);
    usize::try_from(connections).unwrap_or(usize::MAX)
}

/// Whether the error means that there are too many open files or too little memory for sockets.
pub(crate) fn are_exhausted(error: &(dyn Error + 'static)) -> bool {
    let code = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::raw_os_error);
    #[cfg(unix)]
    return matches!(code, Some(libc::EMFILE | libc::ENFILE | libc::ENOBUFS | libc::ENOMEM));
    #[cfg(not(unix))]
    return code == Some(10024);
}
