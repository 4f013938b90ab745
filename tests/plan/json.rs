//! The same as JSON, as the page sends and receives it.

use mediaferry::fix::plan::answer;
use serde_json::{Value, json};

fn ask(change: impl FnOnce(&mut Value)) -> Value {
    let mut request = json!({
        "provider": "modelhunter",
        "options": {},
        "file": {
            "name": "a.heic", "declaredType": "", "bytes": 1_000_000, "format": "HEIC",
            "storedWidth": 4032, "storedHeight": 3024, "orientation": 6, "codecs": [], "complete": true,
        },
        "engine": {
            "decodes": ["HEIC"], "encodes": ["JPEG", "PNG", "WebP"], "maxSide": 16_384, "maxPixels": 268_435_456,
            "videoTools": false,
        },
        "splices": [],
    });
    change(&mut request);
    serde_json::from_str(&answer(request.to_string().as_bytes()).expect("a plan")).expect("JSON")
}

#[test]
fn plan_of_a_photo() {
    let plan = ask(|_| ());
    assert_eq!(plan["violations"][0]["rule"], "format");
    assert_eq!(plan["violations"][0]["limit"], json!(["PNG", "JPEG", "WebP", "MP4"]));
    let step = &plan["steps"][0];
    assert_eq!(step["kind"], "convert");
    assert_eq!(
        step["from"],
        json!({ "format": "HEIC", "mime": "image/heic", "bytes": 1_000_000, "width": 3024, "height": 4032 })
    );
    assert_eq!(step["to"], json!({ "format": "JPEG", "mime": "image/jpeg", "width": 3024, "height": 4032 }));
    assert_eq!(step["loses"], json!(["quality", "metadata", "color-profile"]));
    assert_eq!((plan["impossible"].clone(), step.get("needs")), (json!([]), None));
    assert_eq!(plan["job"]["draw"]["mime"], "image/jpeg");
    let without = ask(|request| request["engine"]["decodes"] = json!([]));
    assert_eq!((&without["steps"][0]["needs"], without.get("job")), (&json!("decodeHeic"), None));
}

#[test]
fn splice_is_asked_for_and_then_used() {
    let mov = |splices: Value| {
        ask(|request| {
            request["file"] =
                json!({ "bytes": 5_000, "format": "QuickTime", "micros": 10_500_000, "codecs": ["H.264"] });
            request["splices"] = splices;
        })
    };
    assert_eq!(mov(json!([])), json!({ "splice": "remux" }));
    let plan = mov(json!([{ "changes": "remux", "bytes": 5_010, "changed": true }]));
    assert_eq!(plan["job"], json!({ "splice": "remux" }));
    assert_eq!(
        plan["steps"][0]["to"],
        json!({ "format": "MP4", "mime": "video/mp4", "bytes": 5_010, "width": 1, "height": 1, "duration": 10.5 })
            .as_object()
            .map(|all| {
                let mut all = all.clone();
                all.remove("width");
                all.remove("height");
                Value::from(all)
            })
            .unwrap()
    );
    assert_eq!(mov(json!([{ "changes": "remux" }]))["steps"][0]["needs"], "videoTools");
}

#[test]
fn options_and_definitions_change_the_limits() {
    let over = |change: fn(&mut Value)| {
        ask(|request| {
            request["file"]["format"] = json!("JPEG");
            request["file"]["bytes"] = json!(5_000_000);
            request["privacy"] = Value::Null;
            request["splices"] = json!([{ "changes": "strip-metadata" }]);
            change(request);
        })
    };
    let rules = |plan: &Value| plan["violations"].as_array().expect("a list").len();
    assert_eq!(rules(&over(|request| request["provider"] = json!("worldrouter"))), 0);
    assert_eq!(
        rules(&over(|request| {
            request["provider"] = json!("worldrouter");
            request["options"] = json!({ "limit": "dashboard" });
        })),
        1
    );
    let own =
        over(|request| request["provider"] = json!({ "rules": [{ "mimes": ["image/*"], "maxBytes": 4_000_000 }] }));
    assert_eq!(
        (own["violations"][0]["actual"].clone(), own["violations"][0]["limit"].clone()),
        (json!(5_000_000), json!(4_000_000))
    );
    assert_eq!(own["steps"][0]["kind"], "compress");
}

#[test]
fn numbers_keep_six_decimals() {
    let plan = ask(|request| {
        request["file"]["format"] = json!("JPEG");
        request["file"]["storedWidth"] = json!(1000);
        request["file"]["storedHeight"] = json!(150);
    });
    let violation = &plan["violations"][0];
    assert_eq!((violation["rule"].as_str(), violation["actual"].as_f64()), (Some("max_aspect_ratio"), Some(6.666_667)));
}

#[test]
fn privacy_names_the_changes() {
    for (privacy, format, expected) in
        [("strip-location", "JPEG", "strip-location"), ("strip-metadata", "PNG", "strip-metadata")]
    {
        let question = ask(|request| {
            request["file"]["format"] = json!(format);
            request["privacy"] = json!(privacy);
        });
        assert_eq!(question, json!({ "splice": expected }));
    }
}

#[test]
fn invalid_requests_are_errors() {
    for text in [
        "",
        "{}",
        r#"{"file":{}}"#,
        r#"{"provider":"none","options":{},"file":{"bytes":1,"format":"PNG","codecs":[]},"splices":[]}"#,
    ] {
        assert!(answer(text.as_bytes()).is_err(), "{text}");
    }
}
