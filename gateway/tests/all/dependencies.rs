//! The crates of the gateway are those that `deny.toml` permits. cargo-deny checks the same, and advisories.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;
use spdx::{Expression, ParseMode};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Every feature that is off by default.
const FEATURES: &str = "mediaferry-gateway/otlp";

/// The name, version and licence of each crate that the gateway links with these features.
fn crates(features: &str) -> Vec<(String, String, String)> {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--filter-platform", "x86_64-unknown-linux-gnu"])
        .args(["--features", features])
        .current_dir(ROOT)
        .output()
        .expect("cargo");
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    let metadata: Value = serde_json::from_slice(&metadata.stdout).expect("JSON");
    let by_id = |list: &Value| -> BTreeMap<String, Value> {
        let entries = list.as_array().expect("a list").iter();
        entries.map(|entry| (text(&entry["id"]), entry.clone())).collect()
    };
    let (packages, nodes) = (by_id(&metadata["packages"]), by_id(&metadata["resolve"]["nodes"]));
    let gateway = packages.iter().find(|(_, package)| package["name"] == "mediaferry-gateway").expect("the gateway").0;

    let (mut found, mut next) = (BTreeSet::new(), vec![gateway.clone()]);
    while let Some(id) = next.pop() {
        if !found.insert(id.clone()) {
            continue;
        }
        for dependency in nodes[&id]["deps"].as_array().expect("a list") {
            let kinds = dependency["dep_kinds"].as_array().expect("a list");
            if kinds.iter().any(|kind| kind["kind"].is_null()) {
                next.push(text(&dependency["pkg"]));
            }
        }
    }
    let packages = found.iter().map(|id| &packages[id]);
    packages.map(|package| (text(&package["name"]), text(&package["version"]), text(&package["license"]))).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn deny() -> toml::Table {
    std::fs::read_to_string(format!("{ROOT}/deny.toml")).expect("deny.toml").parse().expect("TOML")
}

#[test]
fn every_licence_is_allowed() {
    let deny = deny();
    let allowed: Vec<_> =
        deny["licenses"]["allow"].as_array().expect("a list").iter().filter_map(toml::Value::as_str).collect();
    let crates = crates(FEATURES);
    assert!(crates.len() > 100, "{crates:?}");
    for (name, version, licence) in crates {
        let expression = Expression::parse_mode(&licence, ParseMode::LAX).expect(&name);
        let permitted = expression
            .evaluate(|required| required.license.id().is_some_and(|licence| allowed.contains(&licence.name)));
        assert!(permitted, "{name} {version}: {licence}");
    }
}

#[test]
fn every_duplicate_crate_is_listed() {
    let mut versions = BTreeMap::<_, BTreeSet<_>>::new();
    for (name, version, _) in crates(FEATURES) {
        versions.entry(name).or_default().insert(version);
    }
    let deny = deny();
    let listed = deny["bans"]["skip"].as_array().expect("a list").iter();
    let listed: Vec<_> = listed.filter_map(|entry| entry["name"].as_str()).collect();
    for (name, versions) in versions {
        assert!(versions.len() == 1 || listed.contains(&name.as_str()), "{name}: {versions:?}");
    }
}

#[test]
fn traces_are_not_linked_by_default() {
    let is_linked = |features| crates(features).iter().any(|(name, ..)| name.starts_with("opentelemetry"));
    assert!(!is_linked(""));
    assert!(is_linked(FEATURES));
}
