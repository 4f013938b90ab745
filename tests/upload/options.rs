//! What a user chooses changes what may leave: `WorldRouter`'s two limits, each at its boundary.

use mediaferry::error::Error;
use mediaferry::rules::{Rule, Value, Violation};

use crate::pages::{UPLOADS, uploaded};
use crate::script::Script;
use crate::{provider, samples};

fn worldrouter(len: usize, options: &str) -> Script {
    let file = samples::flat_jpeg(len);
    Script::new(provider("worldrouter"), samples::candidate("a.jpg", "image/jpeg", &file), file).options(options)
}

#[test]
fn worldrouter_limit_is_the_api_limit_unless_the_dashboard_is_chosen() {
    let (api, dashboard) = (10_485_760_u32, 4_000_000_u32);
    for (options, limit) in
        [("{}", api), (r#"{"limit":"api"}"#, api), (r#"{"limit":null}"#, api), (r#"{"limit":"dashboard"}"#, dashboard)]
    {
        for len in [limit - 1, limit] {
            let played = worldrouter(len as usize, options).on(UPLOADS, uploaded()).run();
            assert_eq!(played.sent().file.size(), u64::from(len), "{options}");
        }
        let played = worldrouter(limit as usize + 1, options).run();
        let (actual, limit) = (Value::Number(f64::from(limit + 1)), Value::Number(limit.into()));
        assert_eq!(played.error(), &Error::Rejected(vec![Violation { rule: Rule::MaxBytes, actual, limit }]));
        assert!(played.lines().is_empty());
    }
}
