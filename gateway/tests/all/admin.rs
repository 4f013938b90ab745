//! The admin listener and the log of the program.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::Value;

use crate::common::bucket::{self, Behaviour};
use crate::common::raw::{FILES, Provider};
use crate::common::{Reply, client, send};
use crate::program::Program;

async fn get(url: &str) -> Reply {
    send(client().get(url)).await
}

/// Requests `/readyz` until it returns this status.
async fn wait_for(program: &Program, status: StatusCode) -> Reply {
    let url = format!("{}/readyz", program.admin.as_deref().expect("an admin listener"));
    let start = Instant::now();
    loop {
        let reply = get(&url).await;
        if reply.status == status {
            return reply;
        }
        assert!(start.elapsed() < Duration::from_secs(10), "{reply:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn metrics_count_requests_without_ids_in_labels() {
    let (endpoint, _) = bucket::start(Behaviour::default()).await;
    let mut variables = bucket::variables(&endpoint).to_vec();
    variables.extend([("MEDIAFERRY_MODELHUNTER_ORIGIN", "http://127.0.0.1:1"), ("MEDIAFERRY_MODELHUNTER_KEY", "k")]);
    let program = Program::start(&variables);
    let url = program.url();
    let ticket = client().post(format!("{url}/staging")).header("Content-Type", "application/json");
    for body in [
        r#"{ "provider": "apiframe", "content_type": "image/png", "size_bytes": 9 }"#,
        r#"{ "content_type": "image/png", "size_bytes": 9 }"#,
    ] {
        assert_eq!(send(ticket.try_clone().expect("a request").body(body)).await.status, 200);
    }
    let upload = client().post(format!("{url}/staging/uploads")).header("Content-Type", "application/json");
    let file = r#"{ "provider": "apiframe", "content_type": "image/png", "size_bytes": 9 }"#;
    let created = send(upload.body(file)).await;
    assert_eq!(created.status, 200, "{created:?}");
    let complete = format!("{url}/providers/modelhunter/api/v1/files/file_alice/complete");
    assert_eq!(send(client().post(complete)).await.status, 502);
    assert_eq!(get(&format!("{url}/alice")).await.status, 404);

    let metrics = get(&format!("{}/metrics", program.admin.as_deref().expect("an admin listener"))).await;
    assert!(metrics.header("content-type").starts_with("text/plain"), "{metrics:?}");
    let text = metrics.text();
    for line in [
        "mediaferry_tickets_issued_total{provider=\"apiframe\"} 1\n",
        "mediaferry_tickets_issued_total{provider=\"unknown\"} 1\n",
        "mediaferry_multipart_uploads_total{provider=\"apiframe\",event=\"created\"} 1\n",
        "mediaferry_storage_duration_seconds_count{operation=\"list_parts\"} ",
        "mediaferry_request_duration_seconds_count{endpoint=\"POST /staging/uploads\",status=\"200\"} 1\n",
        "mediaferry_in_flight 0\n",
        "mediaferry_log_lines_dropped_total 0\n",
        "mediaferry_request_duration_seconds_count{endpoint=\"POST /staging\",status=\"200\"} 2\n",
        "mediaferry_request_duration_seconds_count{endpoint=\"POST /providers/modelhunter/api/v1/files/{file_id}/complete\",status=\"502\"} 1\n",
        "mediaferry_request_duration_seconds_count{endpoint=\"other\",status=\"404\"} 1\n",
        "mediaferry_upstream_duration_seconds_count{provider=\"modelhunter\",endpoint=\"POST /api/v1/files/{file_id}/complete\"} 1\n",
        "# HELP mediaferry_in_flight Requests",
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
    assert!(!text.contains("alice"), "{text}");
    let (_, _, log) = program.stop("-TERM");
    assert!(log.contains(" path=/staging/uploads status=200 "), "{log}");
    assert!(!log.contains(created.json()["token"].as_str().expect("a token")) && !log.contains("X-Amz"), "{log}");
}

#[tokio::test]
async fn an_instance_without_a_bucket_is_live_and_ready() {
    let program = Program::start(&[]);
    let admin = program.admin.as_deref().expect("an admin listener");
    assert_eq!(get(&format!("{admin}/livez")).await.text(), "ok");
    let ready = get(&format!("{admin}/readyz")).await;
    assert_eq!((ready.status.as_u16(), ready.text().as_str()), (200, r#"{"problems":[],"ready":true}"#));
    let rebound = send(client().get(format!("{admin}/metrics")).header("Host", "evil.example")).await;
    assert_eq!(rebound.error(), (403, "forbidden_host".to_owned()));
}

#[tokio::test]
async fn a_misconfigured_bucket_is_logged_and_ends_readiness() {
    let (endpoint, _) = bucket::start(Behaviour { error: Some("SignatureDoesNotMatch"), ..Behaviour::default() }).await;
    let program = Program::start(&bucket::variables(&endpoint));
    let reply = wait_for(&program, StatusCode::SERVICE_UNAVAILABLE).await;
    let start = Instant::now();
    let mut json = reply.json();
    while json["problems"][0] == "the bucket has not been tested yet" && start.elapsed() < Duration::from_secs(10) {
        json = wait_for(&program, StatusCode::SERVICE_UNAVAILABLE).await.json();
    }
    assert!(json["problems"][0].as_str().is_some_and(|text| text.contains("check s3.secret_access_key")), "{json}");
    assert_eq!(get(&format!("{}/healthz", program.url())).await.status, 200);
    let (_, _, log) = program.stop("-TERM");
    assert!(log.contains("WARN gateway: FAILED  bucket put: status 403 SignatureDoesNotMatch"), "{log}");
    assert!(!log.contains("X-Amz"), "{log}");
}

#[tokio::test]
async fn a_working_bucket_makes_an_instance_ready() {
    let (endpoint, _) = bucket::start(Behaviour::default()).await;
    let program = Program::start(&bucket::variables(&endpoint));
    wait_for(&program, StatusCode::OK).await;
}

#[tokio::test]
async fn readiness_ends_when_the_instance_stops() {
    let provider = Provider::start().await;
    let origin = provider.origin();
    let program =
        Program::start(&[("MEDIAFERRY_RELAYDANCE_ORIGIN", &origin), ("MEDIAFERRY_RELAYDANCE_KEY", "river-live-1")]);
    wait_for(&program, StatusCode::OK).await;
    let upload = tokio::spawn(send(client().post(format!("{}{FILES}", program.url())).body("four")));
    let mut connection = provider.accept().await;
    connection.message().await;
    program.send("-TERM");
    let reply = wait_for(&program, StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(reply.json()["problems"][0], "the gateway is stopping");
    connection.respond("200 OK", "{}").await;
    assert_eq!(upload.await.expect("a response").status, 200);
}

#[tokio::test]
async fn an_admin_port_in_use_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an IP address").port().to_string();
    let output = crate::program::command().env("MEDIAFERRY_ADMIN_PORT", &port).output().expect("a process");
    let text = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains(&format!("cannot listen on 127.0.0.1:{port}")) && text.contains("--admin-port"), "{text}");
}

#[tokio::test]
async fn the_json_log_has_the_ids_of_a_request() {
    let program = Program::start(&[("MEDIAFERRY_LOG_FORMAT", "json")]);
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let path = format!("{}/healthz", program.url());
    let request = client().get(&path).header("X-Request-Id", "page-7").header("traceparent", trace);
    assert_eq!(send(request).await.header("x-request-id"), "page-7");
    let forged = send(client().get(&path).header("X-Request-Id", "a b")).await;
    let (_, _, log) = program.stop("-TERM");
    let lines: Vec<Value> = log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let ids: Vec<_> = lines.iter().map(|line| line["request_id"].as_str().expect("an id")).collect();
    assert_eq!(ids, ["page-7", forged.header("x-request-id")]);
    assert_eq!((&lines[0]["traceparent"], &lines[0]["status"]), (&trace.into(), &"200".into()));
    assert!(lines[1].get("traceparent").is_none() && lines[1]["level"] == "INFO", "{log}");
}

#[tokio::test]
async fn the_log_level_hides_less_important_lines() {
    let program = Program::start(&[("MEDIAFERRY_LOG_LEVEL", "warn")]);
    get(&format!("{}/healthz", program.url())).await;
    let (_, _, log) = program.stop("-TERM");
    assert!(!log.contains("healthz"), "{log}");
}
