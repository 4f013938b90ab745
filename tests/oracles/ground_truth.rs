//! Compares the probe with the manifest of the corpus, if there is a corpus.

use std::fs;

use mediaferry::media::{Fact, Format, Kind};
use mediaferry_testing::corpus::corpus;
use mediaferry_testing::probe::probe_counted;
use serde_json::Value;

#[test]
fn probe_of_the_corpus_matches_its_manifest() {
    let corpus = corpus();
    let Ok(manifest) = fs::read(corpus.join("manifest.json")) else { return };
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    let mut wrong = Vec::new();
    for file in manifest["files"].as_array().unwrap() {
        let path = file["path"].as_str().unwrap();
        let run = probe_counted(&fs::read(corpus.join(path)).unwrap());
        let class = file["class"].as_str().unwrap();
        match run.result {
            Ok(media) if class == "ok" => {
                wrong.extend(misses(file, &media).into_iter().map(|fact| format!("{path}: {fact}, {media:?}")));
            }
            Err(_) if class == "ok" => wrong.push(format!("{path}: refused")),
            Ok(media) if class == "reject" && Format::ALL.contains(&media.format) => {
                wrong.push(format!("{path}: accepted"));
            }
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// The facts that are not as the manifest has them.
fn misses(file: &Value, media: &mediaferry::media::Media) -> Vec<&'static str> {
    let mut misses = Vec::new();
    if file["mime"].as_str() != Some(media.format.mime()) {
        misses.push("type");
    }
    if let (Some(width), Some(height)) = (file["width"].as_u64(), file["height"].as_u64()) {
        let size = media.stored_size.value().map(|size| (u64::from(size.width), u64::from(size.height)));
        let sideways = size == Some((height, width));
        if size != Some((width, height)) && !sideways {
            misses.push("size");
        }
    }
    if media.format.kind() == Kind::Image {
        let orientation = media.orientation.value().map_or(1, |orientation| u64::from(orientation.exif()));
        if file["orientation"].as_u64().is_some_and(|truth| truth != orientation) {
            misses.push("orientation");
        }
    }
    if file["animated"].as_bool().is_some_and(|truth| media.animated.value() != Some(truth)) {
        misses.push("animated");
    }
    let tools = file["duration_tools"].as_object().into_iter().flat_map(serde_json::Map::values);
    let times: Vec<_> = tools.chain([&file["duration"]]).filter_map(Value::as_f64).collect();
    if !file["duration"].is_null() {
        let ours = media.duration.value().map(|time| time.as_secs_f64());
        let near = |truth: &f64| ours.is_some_and(|ours| (ours - truth).abs() <= (0.03 * truth).max(0.15));
        if !times.iter().any(near) {
            misses.push(if matches!(media.duration, Fact::Known(_)) { "duration, called known" } else { "duration" });
        }
    }
    misses
}
