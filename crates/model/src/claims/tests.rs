use super::*;
use proptest::prelude::*;

fn read(text: &str, path: &str) -> (Option<String>, Option<String>) {
    let claims = Claims::read(text.as_bytes(), &Path::parse(path).expect("a path"));
    (claims.tenant, claims.actor)
}

fn said(text: &str) -> Option<String> {
    Some(text.to_owned())
}

const DEFAULT: &str = "app_metadata.tenant_id";

#[test]
fn tenant_and_actor_are_read() {
    let claims = r#"{"sub": "u-1", "role": "authenticated", "app_metadata": {"provider": "email", "tenant_id": "t-1"}}"#;
    assert_eq!(read(claims, DEFAULT), (said("t-1"), said("u-1")));
    assert_eq!(read(claims, ""), (None, said("u-1")));
    assert_eq!(read(claims, "sub"), (said("u-1"), said("u-1")));
    assert_eq!(read(claims, "role"), (said("authenticated"), said("u-1")));
    assert_eq!(read(claims, "tenant_id"), (None, said("u-1")));
    assert_eq!(read(claims, "app_metadata.tenant_id.more").0, None);
    assert_eq!(read(claims, "app_metadata").0, None);
}

#[test]
fn whole_numbers_keep_their_digits() {
    for digits in [
        "7",
        "0",
        "-7",
        "9007199254740993",
        "123456789012345678901234567890",
    ] {
        let claims = format!(r#"{{"sub": {digits}, "app_metadata": {{"tenant_id": {digits}}}}}"#);
        assert_eq!(read(&claims, DEFAULT), (said(digits), said(digits)));
    }
    for other in [
        "7.0", "7e0", "1E2", "-0.5", "1e400", "007", "+7", "NaN", "-",
    ] {
        let claims = format!(r#"{{"sub": {other}, "app_metadata": {{"tenant_id": {other}}}}}"#);
        assert_eq!(read(&claims, DEFAULT), (None, None), "{other}");
    }
}

#[test]
fn what_names_nobody_is_none() {
    let long = "x".repeat(MAX_IDENTIFIER_BYTES + 1);
    for value in [
        "null",
        "true",
        "false",
        "{}",
        "[]",
        r#"["t-1"]"#,
        r#"{"id": "t-1"}"#,
        r#"{"$serde_json::private::Number": "7"}"#,
        r#"{"$serde_json::private::RawValue": "7"}"#,
        r#""""#,
        r#""\u0000""#,
        r#""t\u0000-1""#,
        r#""\ud800""#,
        &format!("\"{long}\""),
        &"9".repeat(MAX_IDENTIFIER_BYTES + 1),
    ] {
        let claims = format!(r#"{{"sub": {value}, "app_metadata": {{"tenant_id": {value}}}}}"#);
        assert_eq!(read(&claims, DEFAULT), (None, None), "{value}");
    }
}

#[test]
fn one_claim_of_another_form_does_not_hide_the_other() {
    let claims = r#"{"sub": ["u-1"], "app_metadata": {"tenant_id": "t-1"}}"#;
    assert_eq!(read(claims, DEFAULT), (said("t-1"), None));
    let claims = r#"{"sub": "u-1", "app_metadata": "t-1"}"#;
    assert_eq!(read(claims, DEFAULT), (None, said("u-1")));
}

#[test]
fn malformed_claims_say_nothing() {
    let good = r#"{"sub": "u-1", "app_metadata": {"tenant_id": "t-1"}}"#;
    for end in 0..good.len() {
        assert_eq!(
            read(&good[..end], DEFAULT),
            (None, None),
            "{}",
            &good[..end]
        );
    }
    for text in [
        "null".to_owned(),
        "[]".to_owned(),
        "\"sub\"".to_owned(),
        format!("[{good}]"),
        format!("{good}{good}"),
        format!("{good},"),
        format!("\u{feff}{good}"),
        good.replace('"', "'"),
        r#"{sub: "u-1"}"#.to_owned(),
        r#"{"sub": "u-1", "app_metadata": {"tenant_id": "t-1"}, "x": "\x"}"#.to_owned(),
        "{\"sub\": \"u\n1\"}".to_owned(),
    ] {
        assert_eq!(read(&text, DEFAULT), (None, None), "{text}");
    }
    let path = Path::parse(DEFAULT).expect("a path");
    for bytes in [
        &b"{\"sub\": \"\xff\"}"[..],
        b"{\"sub\": \"u\", \"\xc3\x28\": 1}",
        b"\0",
        b"{\"sub\": \"u\"}\0",
    ] {
        assert_eq!(Claims::read(bytes, &path), Claims::default());
    }
}

/// As in Postgres's jsonb.
#[test]
fn of_a_repeated_key_the_last_counts() {
    assert_eq!(
        read(
            r#"{"sub": "a", "sub": "b", "app_metadata": {"tenant_id": 1}, "app_metadata": {}}"#,
            DEFAULT
        ),
        (None, said("b"))
    );
    assert_eq!(
        read(r#"{"\u0073ub": "escaped"}"#, DEFAULT).1,
        said("escaped")
    );
}

#[test]
fn depth_does_no_harm() {
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
        let bomb = format!("{}1{}", open.repeat(1_000_000), close.repeat(1_000_000));
        assert_eq!(read(&bomb, DEFAULT), (None, None));
        let beside =
            format!(r#"{{"sub": "u-1", "x": {bomb}, "app_metadata": {{"tenant_id": {bomb}}}}}"#);
        assert_eq!(read(&beside, DEFAULT), (None, said("u-1")));
        let unclosed = format!(r#"{{"sub": "u-1", "x": {}"#, open.repeat(1_000_000));
        assert_eq!(read(&unclosed, DEFAULT), (None, None));
    }
}

#[test]
fn a_path_is_keys_with_dots_between() {
    let keys = |setting: &str| Path::parse(setting).map(|p| p.0);
    assert_eq!(keys(""), Ok(vec![]));
    assert_eq!(keys("a"), Ok(vec!["a".into()]));
    assert_eq!(keys("a.b.c"), Ok(vec!["a".into(), "b".into(), "c".into()]));
    assert_eq!(keys(" a . b"), Ok(vec![" a ".into(), " b".into()]));
    assert_eq!(
        keys(r"https://example\.com/tenant.id\\"),
        Ok(vec!["https://example.com/tenant".into(), r"id\".into()])
    );
    for bad in [".", "a.", ".a", "a..b"] {
        assert_eq!(keys(bad), Err(BadPath::EmptyKey), "{bad}");
    }
    for bad in [r"a\", r"\a", r"a\b.c"] {
        assert_eq!(keys(bad), Err(BadPath::Backslash), "{bad}");
    }
    for bad in [
        "user_metadata",
        "user_metadata.tenant_id",
        "a.user_metadata.tenant_id",
        "raw_user_meta_data.tenant_id",
    ] {
        assert_eq!(keys(bad), Err(BadPath::WrittenByUsers), "{bad}");
    }
}

#[test]
fn a_namespaced_claim_is_one_key() {
    let claims = r#"{"https://example.com/tenant": {"id": "t-1"}}"#;
    assert_eq!(
        read(claims, r"https://example\.com/tenant.id").0,
        said("t-1")
    );
}

#[test]
fn names_are_taken_as_they_stand() {
    let names = |setting: &str| role_names(setting).map(|n| n.join("|"));
    for (setting, expected) in [
        ("", ""),
        ("  ", ""),
        ("authenticator", "authenticator"),
        ("a,b", "a|b"),
        (" a , b\t,\nc ", "a|b|c"),
        ("Api", "Api"),
        (r#""Api""#, "Api"),
        (r#""a,b" , "c""d""#, r#"a,b|c"d"#),
        (r#"" a""#, " a"),
        ("é", "é"),
        ("É", "É"),
    ] {
        assert_eq!(names(setting).as_deref(), Some(expected), "{setting}");
    }
    for bad in [
        ",", "a,", ",a", "a,,b", "a b", r#""a"#, r#""""#, r#"a"b""#, r#""a"b"#, r#"""""#,
    ] {
        assert_eq!(names(bad), None, "{bad}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_harm(text in ".{0,200}", path in ".{0,40}", list in ".{0,40}") {
        if let Ok(path) = Path::parse(&path) {
            Claims::read(text.as_bytes(), &path);
        }
        role_names(&list);
    }

    /// What an issuer writes as a text arrives as that text, whatever is in it.
    #[test]
    fn texts_arrive_as_they_are(tenant in "[^\0]{1,100}", actor in "[^\0]{1,100}", other in ".{0,20}") {
        let claims = serde_json::json!({
            "app_metadata": { "tenant_id": tenant, "x": other }, "sub": actor, "user_metadata": { "tenant_id": other },
        });
        let path = Path::parse(DEFAULT).expect("a path");
        let read = Claims::read(claims.to_string().as_bytes(), &path);
        prop_assert_eq!(read.tenant, Some(tenant));
        prop_assert_eq!(read.actor, Some(actor));
    }
}
