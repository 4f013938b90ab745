//! The admin listener and the log.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use tracing::level_filters::LevelFilter;

use super::layers::{Problem, Values};
use super::reader::Reader;
use crate::body::Pace;
use crate::connection::Timeouts;
use crate::serve::ServeOptions;

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogConfig {
    /// The format of a line.
    pub format: LogFormat,
    /// The least important lines that are written.
    pub level: LevelFilter,
}

/// The format of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// `name=value` pairs.
    Text,
    /// One JSON object per line.
    Json,
}

/// Where the gateway listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listeners {
    /// For clients.
    pub address: SocketAddr,
    /// For operators, unless it is off.
    pub admin: Option<SocketAddr>,
}

impl Listeners {
    /// Reads them although other settings may be invalid, or their secrets unreadable.
    pub(super) fn read(values: &Values) -> Result<Self, Vec<Problem>> {
        let reader = Reader::new(values, Vec::new());
        let listeners = Self { address: address(&reader), admin: admin(&reader) };
        let problems = reader.into_problems();
        if problems.is_empty() { Ok(listeners) } else { Err(problems) }
    }
}

/// Reads where the gateway listens for clients.
pub(super) fn address(reader: &Reader<'_>) -> SocketAddr {
    let ip = reader.parse("bind", |text| text.parse().map_err(|_| "an IP address".to_owned()));
    let port = reader.number("port", 0..=u16::MAX).unwrap_or_default();
    SocketAddr::new(ip.unwrap_or(Ipv4Addr::LOCALHOST.into()), port)
}

/// Reads where the admin listener listens; `None` if it is off.
pub(super) fn admin(reader: &Reader<'_>) -> Option<SocketAddr> {
    let bind = reader.parse("admin.bind", |text| match text {
        "off" => Ok(None),
        ip => ip.parse::<IpAddr>().map(Some).map_err(|_| "an IP address or off".to_owned()),
    });
    let port = reader.number("admin.port", 0..=u16::MAX);
    Some(SocketAddr::new(bind??, port?))
}

/// Reads how clients are treated, and how the gateway stops.
pub(super) fn serve(reader: &Reader<'_>) -> ServeOptions {
    let seconds = |key| reader.seconds(key, 1..=86_400).unwrap_or_default();
    let idle = seconds("clients.body_idle_seconds");
    let upstream = seconds("upstream_seconds");
    ServeOptions {
        timeouts: Timeouts {
            head: seconds("clients.head_seconds"),
            idle: seconds("clients.keep_alive_seconds"),
            write: seconds("clients.read_seconds"),
        },
        pace: Pace {
            idle,
            min_rate: reader.number("clients.body_bytes_per_second", 1..=1 << 30).unwrap_or_default(),
            grace: idle,
        },
        max_connections: reader.number("clients.max_connections", 1..=1_000_000),
        drain_delay: reader.seconds("drain_delay_seconds", 0..=3600).unwrap_or_default(),
        // Longer than any request may take without progress.
        drain: reader.seconds("drain_seconds", 0..=86_400).unwrap_or(upstream + Duration::from_secs(30)),
    }
}

pub(super) fn log(reader: &Reader<'_>) -> LogConfig {
    let format = reader.parse("log.format", |text| match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err("text or json".to_owned()),
    });
    let level = reader.parse("log.level", |text| match text {
        "error" => Ok(LevelFilter::ERROR),
        "warn" => Ok(LevelFilter::WARN),
        "info" => Ok(LevelFilter::INFO),
        "debug" => Ok(LevelFilter::DEBUG),
        _ => Err("error, warn, info or debug".to_owned()),
    });
    LogConfig { format: format.unwrap_or(LogFormat::Text), level: level.unwrap_or(LevelFilter::INFO) }
}
