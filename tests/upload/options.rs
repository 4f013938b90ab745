//! What a user chooses changes what may leave: `WorldRouter`'s two limits, each at its boundary.

use mediaferry::error::Error;
use mediaferry::rules::{Rule, Value, Violation};
use mediaferry_testing::samples;
use mediaferry_testing::script::Script;

use crate::provider;
use crate::provider_responses::{UPLOADS, uploaded};

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
            let trace = worldrouter(len as usize, options).on(UPLOADS, uploaded()).run();
            assert_eq!(trace.sent().file.size(), u64::from(len), "{options}");
        }
        let trace = worldrouter(limit as usize + 1, options).run();
        let (actual, limit) = (Value::Number(f64::from(limit + 1)), Value::Number(limit.into()));
        assert_eq!(trace.error(), &Error::Rejected(vec![Violation { rule: Rule::MaxBytes, actual, limit }]));
        assert!(trace.request_lines().is_empty());
    }
}
