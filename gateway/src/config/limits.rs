//! Limits, hooks, and the store that instances share.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use mediaferry::media::Kind;
use mediaferry::providers::PROVIDERS;

use super::providers::parse_url;
use super::reader::Reader;
use super::setting::account_key;
use crate::hooks::{HookSecret, HooksConfig};
use crate::limits::{AccountLimits, LimitsConfig};

const DAY: u64 = 24 * 60 * 60;

/// Reads the limits of users and accounts.
pub(super) fn read_limits(reader: &Reader<'_>) -> LimitsConfig {
    let count = |key: &str| reader.number(key, 1..=u32::MAX);
    let provider = |text: &str| {
        let known = PROVIDERS.iter().map(|provider| provider.profile().id).find(|id| *id == text);
        known.map(str::to_owned).ok_or_else(|| "the id of a provider".to_owned())
    };
    let kind = |text: &str| {
        let kinds = [Kind::Image, Kind::Video, Kind::Audio];
        kinds.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| "image, video or audio".to_owned())
    };
    let boolean = |text: &str| text.parse().map_err(|_| "true or false".to_owned());
    let listed = |key: &str| reader.is_set(key);
    for key in ["limits.providers", "limits.kinds"].into_iter().filter(|key| reader.is_empty(key)) {
        reader.problem(key, "must not be empty: nothing could be uploaded; without it, there is no limit");
    }
    LimitsConfig {
        uploads_per_minute: count("limits.uploads_per_minute"),
        bytes_per_day: reader.number("limits.bytes_per_day", 1..=u64::MAX),
        concurrent_uploads: count("limits.concurrent_uploads"),
        providers: listed("limits.providers").then(|| reader.list("limits.providers", provider)),
        kinds: listed("limits.kinds").then(|| reader.list("limits.kinds", kind)),
        max_form_bytes: reader.number("limits.max_form_bytes", 1..=u64::MAX),
        fail_open: reader.parse("limits.fail_open", boolean),
        account_wait: reader.seconds("limits.account_wait_seconds", 0..=25),
        accounts: accounts(reader),
    }
}

fn accounts(reader: &Reader<'_>) -> BTreeMap<String, AccountLimits> {
    let accounts = PROVIDERS.iter().map(|provider| provider.profile()).map(|profile| {
        let key = |name| account_key(profile, name);
        let limits = AccountLimits {
            creates: reader.number(&key("creates"), 1..=u32::MAX),
            creates_window: reader.seconds(&key("creates_window_seconds"), 1..=DAY),
            assets: reader.number(&key("assets"), 1..=u32::MAX),
        };
        if limits.creates.is_none() && limits.creates_window.is_some() {
            reader.problem(&key("creates_window_seconds"), format!("has no effect without {}", key("creates")));
        }
        (profile.id.to_owned(), limits)
    });
    accounts.filter(|(_, limits)| *limits != AccountLimits::default()).collect()
}

/// Reads the hooks.
pub(super) fn read_hooks(reader: &Reader<'_>) -> HooksConfig {
    let secret = |key| {
        reader.parse(key, |text| {
            HookSecret::parse(text).map_err(|_| "whsec_ and the base64 of 24 to 64 random bytes".to_owned())
        })
    };
    let config = HooksConfig {
        pre_create: reader.parse("hooks.pre_create", parse_hook_url),
        post_finish: reader.parse("hooks.post_finish", parse_hook_url),
        secrets: [secret("hooks.secret"), secret("hooks.old_secret")].into_iter().flatten().collect(),
        timeout: reader.seconds("hooks.timeout_seconds", 1..=30),
        fail_open: reader.switch("hooks.fail_open"),
        spool: reader.parse("hooks.spool", |text| Ok(PathBuf::from(text))),
        concurrency: reader.number("hooks.concurrency", 1..=64),
        lease: None,
        first_retry: None::<Duration>,
        longest_retry: reader.seconds("hooks.longest_retry_seconds", 1..=DAY),
        give_up: reader.seconds("hooks.give_up_seconds", 1..=30 * DAY),
    };
    let used = ["hooks.pre_create", "hooks.post_finish"].into_iter().find(|key| reader.is_set(key));
    if let Some(used) = used.filter(|_| !reader.is_set("hooks.secret")) {
        reader.problem("hooks.secret", format!("must be set, because {used} is set"));
    }
    if reader.is_set("hooks.post_finish") && !reader.is_set("hooks.spool") && !reader.is_set("valkey") {
        reader.problem("hooks.spool", "must be set, because hooks.post_finish is set and valkey is not");
    }
    config
}

/// Parses the URL of a hook, which may have a query.
fn parse_hook_url(text: &str) -> Result<reqwest::Url, String> {
    let (base, query) = text.split_once('?').map_or((text, None), |(base, query)| (base, Some(query)));
    let mut url =
        parse_url(base).map_err(|_| "a URL such as https://app.example/hooks, without user name".to_owned())?;
    url.set_query(query);
    Ok(url)
}
