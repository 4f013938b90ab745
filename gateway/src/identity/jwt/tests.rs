use std::time::Duration;

use axum::Router;
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ring::hmac;
use serde_json::json;

use super::super::testing::{Signer, client, headers, now, secrets, serve};
use super::*;

/// The default of the setting.
const LEEWAY: Duration = Duration::from_mins(1);

const ALGORITHMS: [&str; 9] = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"];

fn jwt(keys: KeySource) -> Jwt {
    let config = JwtConfig {
        keys,
        issuer: "https://issuer.example".into(),
        audience: "mediaferry".into(),
        leeway: LEEWAY,
        subject_claim: "sub".into(),
    };
    Jwt::new(config, &client())
}

/// Accepts tokens of these keys.
async fn issuer(keys: &[&Signer]) -> Jwt {
    let keys: Vec<_> = keys.iter().map(|key| key.jwk()).collect();
    let set = json!({ "keys": keys }).to_string();
    jwt(KeySource::Jwks(serve(Router::new().route("/", get(async move || set.clone()))).await))
}

fn shared() -> Jwt {
    jwt(KeySource::Secrets(secrets('s', Some('t'))))
}

fn claims() -> Value {
    json!({ "iss": "https://issuer.example", "aud": "mediaferry", "sub": "alice", "exp": now() + 300 })
}

fn with(name: &str, value: impl Into<Value>) -> Value {
    let mut claims = claims();
    claims[name] = value.into();
    claims
}

fn without(name: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().expect("an object").remove(name);
    claims
}

fn hs256(secret: &[u8], header: &Value, claims: &Value) -> String {
    let message = [header, claims].map(|part| BASE64.encode(part.to_string())).join(".");
    let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message.as_bytes());
    format!("{message}.{}", BASE64.encode(signature))
}

async fn subject(jwt: &Jwt, token: &str) -> Result<String, IdentityError> {
    let subject = jwt.subject(&headers(&[("authorization", &format!("Bearer {token}"))])).await;
    subject.map(|subject| subject.as_str().to_owned())
}

fn refused<T>(reason: Reason) -> Result<T, IdentityError> {
    Err(IdentityError::Unauthorized(reason))
}

#[tokio::test]
async fn tokens_with_each_accepted_algorithm_are_verified() {
    let keys = ALGORITHMS.map(|algorithm| Signer::new(algorithm, algorithm));
    let jwt = issuer(&keys.each_ref()).await;
    for key in &keys {
        let token = key.sign(&claims());
        assert_eq!(subject(&jwt, &token).await, Ok("alice".into()), "{}", key.id);
        let (message, signature) = token.rsplit_once('.').expect("a signature");
        let forged = format!("{}.{signature}", message.replace('.', ".IA"));
        assert_eq!(subject(&jwt, &forged).await, refused(Reason::Signature), "{}", key.id);
        let other = Signer::new(&key.id, "ES256").sign(&claims());
        assert!(subject(&jwt, &other).await.is_err(), "{}", key.id);
    }
}

#[tokio::test]
async fn an_rsa_key_with_leading_zeros_verifies() {
    let key = Signer::new("a", "PS256");
    let mut jwk = key.jwk();
    let modulus = BASE64.decode(jwk["n"].as_str().expect("text")).expect("base64url");
    jwk["n"] = BASE64.encode([&[0], &*modulus].concat()).into();
    let set = json!({ "keys": [jwk] }).to_string();
    let jwt = jwt(KeySource::Jwks(serve(Router::new().route("/", get(async move || set.clone()))).await));
    assert_eq!(subject(&jwt, &key.sign(&claims())).await, Ok("alice".into()));
}

#[tokio::test]
async fn tokens_without_a_signature_are_refused() {
    let key = Signer::new("a", "ES256");
    for jwt in [issuer(&[&key]).await, shared()] {
        for algorithm in ["none", "None", "NONE", "", "HS1", "ES257"] {
            let header = json!({ "alg": algorithm, "kid": "a" });
            let [header, claims] = [&header, &claims()].map(|part| BASE64.encode(part.to_string()));
            assert_eq!(subject(&jwt, &format!("{header}.{claims}.")).await, refused(Reason::Malformed));
        }
        let signed = key.sign(&claims());
        let (message, _) = signed.rsplit_once('.').expect("a signature");
        assert!(subject(&jwt, &format!("{message}.")).await.is_err());
    }
}

#[tokio::test]
async fn a_public_key_is_never_used_as_a_secret() {
    for algorithm in ALGORITHMS {
        let key = Signer::new("a", algorithm);
        let jwt = issuer(&[&key]).await;
        let jwk = key.jwk();
        let texts = ["n", "x"].map(|name| jwk[name].as_str().unwrap_or_default().to_owned());
        let mut secrets: Vec<_> = texts.iter().map(|text| BASE64.decode(text).expect("base64url")).collect();
        secrets.extend(texts.map(String::into_bytes));
        secrets.push(jwk.to_string().into_bytes());
        for secret in secrets {
            for header in [json!({ "alg": "HS256", "kid": "a" }), json!({ "alg": "HS256" })] {
                let token = hs256(&secret, &header, &claims());
                assert_eq!(subject(&jwt, &token).await, refused(Reason::Algorithm), "{algorithm}");
            }
            let renamed = hs256(&secret, &json!({ "alg": algorithm, "kid": "a" }), &claims());
            assert_eq!(subject(&jwt, &renamed).await, refused(Reason::Signature), "{algorithm}");
        }
    }
}

#[tokio::test]
async fn shared_secrets_accept_hs256_only() {
    let header = json!({ "alg": "HS256" });
    for (secret, expected) in
        [('s', Ok("alice".to_owned())), ('t', Ok("alice".to_owned())), ('u', refused(Reason::Signature))]
    {
        let secret = secret.to_string().repeat(32);
        assert_eq!(subject(&shared(), &hs256(secret.as_bytes(), &header, &claims())).await, expected);
    }
    for algorithm in ["HS384", "HS512", "RS256", "ES256", "EdDSA"] {
        let token = hs256(&[b's'; 32], &json!({ "alg": algorithm }), &claims());
        assert_eq!(subject(&shared(), &token).await, refused(Reason::Algorithm), "{algorithm}");
    }
}

#[tokio::test]
async fn claims_that_are_missing_wrong_or_out_of_time_are_refused() {
    let key = Signer::new("a", "ES256");
    let jwt = issuer(&[&key]).await;
    let leeway = LEEWAY.as_secs();
    for (claims, reason) in [
        (without("iss"), Reason::MissingClaim),
        (without("aud"), Reason::MissingClaim),
        (without("exp"), Reason::MissingClaim),
        (with("exp", "soon"), Reason::MissingClaim),
        (with("exp", -1), Reason::MissingClaim),
        (with("iss", "https://issuer.example/"), Reason::Issuer),
        (with("iss", ""), Reason::Issuer),
        (with("aud", "other"), Reason::Audience),
        (with("aud", json!(["other", "mediaferry2"])), Reason::Audience),
        (with("aud", json!([])), Reason::Audience),
        (with("exp", 0), Reason::Expired),
        (with("exp", now() - leeway - 2), Reason::Expired),
        (with("nbf", now() + leeway + 10), Reason::NotYetValid),
        (with("nbf", "later"), Reason::Malformed),
        (without("sub"), Reason::User),
        (with("sub", ""), Reason::User),
        (with("sub", 1.5), Reason::User),
        (with("sub", json!(["alice"])), Reason::Malformed),
        (with("sub", "a".repeat(256)), Reason::User),
        (json!([]), Reason::Malformed),
        (json!("alice"), Reason::Malformed),
    ] {
        assert_eq!(subject(&jwt, &key.sign(&claims)).await, refused(reason), "{claims}");
    }
}

#[tokio::test]
async fn claims_within_the_leeway_and_audience_lists_are_accepted() {
    let key = Signer::new("a", "EdDSA");
    let jwt = issuer(&[&key]).await;
    for claims in [
        with("exp", now() - 50),
        with("nbf", now() + 50),
        with("exp", json!(now() + 10).as_f64()),
        with("aud", json!(["other", "mediaferry"])),
    ] {
        assert_eq!(subject(&jwt, &key.sign(&claims)).await, Ok("alice".into()), "{claims}");
    }
}

#[tokio::test]
async fn the_subject_is_read_from_the_configured_claim() {
    let mut jwt = shared();
    jwt.subject_claim = "user_id".into();
    let sign = |claims: &Value| hs256(&[b's'; 32], &json!({ "alg": "HS256" }), claims);
    assert_eq!(subject(&jwt, &sign(&with("user_id", "bob"))).await, Ok("bob".into()));
    assert_eq!(subject(&jwt, &sign(&with("user_id", 42))).await, Ok("42".into()));
    assert_eq!(subject(&jwt, &sign(&claims())).await, refused(Reason::User));
}

#[tokio::test]
async fn headers_with_another_key_or_critical_extensions_are_refused() {
    let (key, other) = (Signer::new("a", "ES256"), Signer::new("b", "ES256"));
    let jwt = issuer(&[&key, &other]).await;
    for (header, expected) in [
        (json!({ "alg": "ES256", "kid": "a" }), Ok("alice".to_owned())),
        (json!({ "alg": "ES256" }), Ok("alice".to_owned())),
        (json!({ "alg": "ES256", "kid": "b" }), refused(Reason::Signature)),
        (json!({ "alg": "ES256", "kid": "c" }), refused(Reason::UnknownKey)),
        (json!({ "alg": "ES256", "kid": "" }), refused(Reason::UnknownKey)),
        (json!({ "alg": "ES384", "kid": "a" }), refused(Reason::UnknownKey)),
        (json!({ "alg": "ES256", "kid": "a", "crit": ["exp"] }), refused(Reason::Malformed)),
        (json!({ "alg": "ES256", "kid": "a", "b64": false, "crit": ["b64"] }), refused(Reason::Malformed)),
        // The key in the header is the attacker's.
        (json!({ "alg": "ES256", "jwk": other.jwk(), "kid": "d" }), refused(Reason::UnknownKey)),
    ] {
        assert_eq!(subject(&jwt, &key.sign_with(&header, &claims())).await, expected, "{header}");
    }
}

#[tokio::test]
async fn text_that_is_no_jwt_is_refused() {
    let key = Signer::new("a", "ES256");
    let jwt = issuer(&[&key]).await;
    let token = key.sign(&claims());
    let parts: Vec<_> = token.split('.').collect();
    for text in [
        "x",
        ".",
        "..",
        "...",
        "e30.e30.e30",
        &parts[..2].join("."),
        &format!("{token}."),
        &format!("{token}.e30"),
        &format!("{}.{}.{}=", parts[0], parts[1], parts[2]),
        &format!("{} {}", &token[..20], &token[20..]),
    ] {
        assert!(matches!(subject(&jwt, text).await, Err(IdentityError::Unauthorized(_))), "{text}");
    }
}

#[tokio::test]
async fn an_issuer_that_cannot_be_reached_is_unavailable() {
    let url = serve(Router::new()).await;
    let jwt = jwt(KeySource::Jwks(url));
    let token = Signer::new("a", "ES256").sign(&claims());
    assert_eq!(subject(&jwt, &token).await, Err(IdentityError::Unavailable));
    assert_eq!(tokio::time::timeout(Duration::from_secs(1), subject(&jwt, "x")).await, Ok(refused(Reason::Malformed)));
}
