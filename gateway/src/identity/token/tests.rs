use std::io::ErrorKind;
use std::process::Command;

use serde_json::json;

use super::super::testing::secrets;
use super::*;

const NOW: Duration = Duration::from_hours(500_000);
const GUIDE: &str = include_str!("../../../../docs/guides/gateway-identity.md");

fn mint(secret: char, payload: &str) -> String {
    let signed = format!("v1.{}", URL_SAFE_NO_PAD.encode(payload));
    let signature = URL_SAFE_NO_PAD.encode(secrets(secret, None).current.sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}

fn for_alice(expires: Duration) -> String {
    mint('s', &json!({ "sub": "alice", "exp": expires.as_secs() }).to_string())
}

fn verify(token: &str) -> Result<String, Reason> {
    let method = Token::new(secrets('s', Some('t')));
    method.verify(token, NOW).map(|subject| subject.as_str().to_owned())
}

#[test]
fn tokens_under_the_current_and_the_previous_secret_are_accepted() {
    let payload = r#"{"exp":1800000001,"sub":"alice","role":"unused"}"#;
    for secret in ['s', 't'] {
        assert_eq!(verify(&mint(secret, payload)), Ok("alice".to_owned()));
    }
    assert_eq!(verify(&mint('u', payload)), Err(Reason::Signature));
}

#[test]
fn tokens_are_valid_until_exp_and_for_at_most_24_hours() {
    let second = Duration::from_secs(1);
    assert_eq!(verify(&for_alice(NOW)), Err(Reason::Expired));
    assert_eq!(verify(&for_alice(NOW + second)), Ok("alice".to_owned()));
    let latest = NOW + MAX_LIFETIME + CLOCK_SKEW;
    assert_eq!(verify(&for_alice(latest)), Ok("alice".to_owned()));
    assert_eq!(verify(&for_alice(latest + second)), Err(Reason::TooLongLived));
    assert_eq!(verify(&for_alice(Duration::from_secs(u64::MAX))), Err(Reason::TooLongLived));
}

#[test]
fn a_token_with_any_changed_character_is_refused() {
    let token = for_alice(NOW + MAX_LIFETIME);
    for at in 0..token.len() {
        for replacement in ["A", "B", ".", "-", "=", ""] {
            let mut changed = token.clone();
            changed.replace_range(at..=at, replacement);
            assert!(changed == token || verify(&changed).is_err(), "{changed}");
        }
    }
}

#[test]
fn malformed_tokens_are_refused() {
    let valid = for_alice(NOW + MAX_LIFETIME);
    let (signed, signature) = valid.rsplit_once('.').expect("a signature");
    for token in [
        "",
        ".",
        "..",
        "v1",
        "v1..",
        "v1.e30",
        signed,
        &valid[3..],
        &format!("{signed}={signature}"),
        &format!("{valid}="),
    ] {
        assert!(verify(token).is_err(), "{token}");
    }
    for payload in [
        "",
        "[]",
        "{}",
        r#"{"sub":"alice"}"#,
        r#"{"exp":1800000001}"#,
        r#"{"sub":7,"exp":1800000001}"#,
        r#"{"sub":"alice","exp":"1800000001"}"#,
        r#"{"sub":"alice","exp":1800000001.5}"#,
        r#"{"sub":"alice","exp":-1}"#,
        r#"{"sub":"alice","sub":"bob","exp":1800000001}"#,
    ] {
        assert_eq!(verify(&mint('s', payload)), Err(Reason::Malformed), "{payload}");
    }
    assert_eq!(verify(&mint('s', r#"{"sub":"","exp":1800000001}"#)), Err(Reason::User));
}

/// The code block of the guide in this language.
fn block(language: &str) -> &'static str {
    let (_, rest) = GUIDE.split_once(&format!("```{language}\n")).expect("a code block");
    rest.split_once("```").expect("an end").0
}

/// Runs the guide's function; `None` if the interpreter is not installed.
fn run(program: &str, arguments: &[&str]) -> Option<String> {
    let output = match Command::new(program).args(arguments).output() {
        Ok(output) => output,
        Err(error) if error.kind() == ErrorKind::NotFound => return None,
        Err(error) => panic!("{program}: {error}"),
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).expect("text").trim().to_owned())
}

#[test]
fn the_guides_functions_mint_tokens_that_are_accepted() {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a time");
    let (user, secret) = ("Zoë-7", "s".repeat(32));
    let node = format!("{}\nconsole.log(mintToken('{user}', '{secret}'));", block("js fragment"));
    let python = format!("{}\nprint(mint_token('{user}', '{secret}'))", block("python"));
    let tokens = [run("node", &["--input-type=module", "-e", &node]), run("python3", &["-c", &python])];
    for token in tokens.iter().flatten() {
        let subject = Token::new(secrets('s', None)).verify(token, now).map(|subject| subject.as_str().to_owned());
        assert_eq!(subject, Ok(user.to_owned()), "{token}");
    }
}
