//! Names of relations, as people write them.

use crate::Problem;
use crate::text::shorten;

/// Bytes that an identifier may have (NAMEDATALEN - 1).
const MAX_BYTES: usize = 63;

/// Splits `schema.name` or `name` as SQL would: folded to lower case unless quoted.
pub fn parse(text: &str) -> Result<(Option<String>, String), Problem> {
    let bad = |why: &str| {
        Err(Problem::argument_hint(
            format!("name \"{}\" {why}", shorten(text)),
            "Write it as name or as schema.name; put double quotes around a part that needs them.",
        ))
    };
    let mut parts = Vec::new();
    let mut rest = text.trim();
    loop {
        let (part, after) = match rest.strip_prefix('"') {
            Some(quoted) => match unquote(quoted) {
                Some(found) => found,
                None => return bad("has a quote that is not closed"),
            },
            None => {
                let end = rest.find('.').unwrap_or(rest.len());
                let part = rest[..end].trim();
                if !is_plain(part) {
                    return bad("is not valid");
                }
                (part.to_ascii_lowercase(), &rest[end..])
            }
        };
        if part.is_empty() {
            return bad("is not valid");
        }
        if part.len() > MAX_BYTES {
            return bad(&format!(
                "is too long: a part has {} bytes of {MAX_BYTES}",
                part.len()
            ));
        }
        parts.push(part);
        match after.trim_start() {
            "" => break,
            more => match more.strip_prefix('.') {
                Some(more) => rest = more.trim_start(),
                None => return bad("is not valid"),
            },
        }
    }
    match <[String; 1]>::try_from(parts) {
        Ok([name]) => Ok((None, name)),
        Err(parts) => match <[String; 2]>::try_from(parts) {
            Ok([schema, name]) => Ok((Some(schema), name)),
            Err(_) => bad("has more than two parts"),
        },
    }
}

/// What stands before the closing quote, doubled quotes halved, and what stands behind it.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut part = String::new();
    let mut rest = text;
    loop {
        let at = rest.find('"')?;
        part.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        match rest.strip_prefix('"') {
            Some(more) => {
                part.push('"');
                rest = more;
            }
            None => return Some((part, rest)),
        }
    }
}

fn is_plain(part: &str) -> bool {
    let mut chars = part.chars();
    chars
        .next()
        .is_some_and(|c| c == '_' || c.is_ascii_alphabetic() || !c.is_ascii())
        && chars.all(|c| c == '_' || c == '$' || c.is_ascii_alphanumeric() || !c.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ok(text: &str) -> (Option<String>, String) {
        parse(text).unwrap_or_else(|e| panic!("{text}: {e:?}"))
    }

    #[test]
    fn names_are_read_as_sql_reads_them() {
        assert_eq!(ok("events"), (None, "events".to_owned()));
        assert_eq!(
            ok("App.Events"),
            (Some("app".to_owned()), "events".to_owned())
        );
        assert_eq!(
            ok(r#""My App"."a.b""c""#),
            (Some("My App".to_owned()), "a.b\"c".to_owned())
        );
        assert_eq!(
            ok(" public . \"E\" "),
            (Some("public".to_owned()), "E".to_owned())
        );
        assert_eq!(ok("größe"), (None, "größe".to_owned()));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        let long = "x".repeat(64);
        for bad in [
            "", " ", ".", "a.", ".a", "a..b", "a b", "1a", "a.b.c", "\"a", "\"\"", "a-b", &long,
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
