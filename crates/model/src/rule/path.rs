//! Which parts of an event a path asks for, by the path's text as `jsonpath` gives it: keys and strings are JSON
//! strings there, and `$` outside of them is the document or, before a string, a variable.

/// What a path asks of a document.
#[derive(Debug, PartialEq, Eq)]
pub enum Asks {
    /// members of these names, and nothing else; each once, in the order in which it names them
    Members(Vec<String>),
    /// it may ask for anything
    Everything,
    /// a variable, which nobody gives a value
    Variable(String),
}

/// Reads what a path asks for.
pub fn asks(path: &str) -> Asks {
    let mut members: Vec<String> = Vec::new();
    let mut everything = false;
    for piece in pieces(path) {
        match piece {
            Piece::Member { name, .. } if !members.contains(&name) => members.push(name),
            Piece::Member { .. } | Piece::Text(_) => {}
            Piece::Document => everything = true,
            Piece::Variable(name) => return Asks::Variable(name),
        }
    }
    match everything {
        true => Asks::Everything,
        false => Asks::Members(members),
    }
}

/// The same path over one member alone, where that is all that it asks for.
pub fn within(path: &str, member: &str) -> Option<String> {
    let mut text = String::new();
    for piece in pieces(path) {
        match piece {
            Piece::Member { name } if name == member => text.push('$'),
            Piece::Text(piece) => text.push_str(piece),
            _ => return None,
        }
    }
    Some(text)
}

enum Piece<'a> {
    /// `$."name"`
    Member { name: String },
    /// `$` and something else
    Document,
    /// `$"name"`
    Variable(String),
    /// anything between
    Text(&'a str),
}

fn pieces(path: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let bytes = path.as_bytes();
    let (mut begin, mut at) = (0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'"' => at = end_of_string(bytes, at),
            b'$' => {
                pieces.push(Piece::Text(&path[begin..at]));
                let (piece, end) = after_dollar(path, at + 1);
                pieces.push(piece);
                (begin, at) = (end, end);
            }
            _ => at += 1,
        }
    }
    pieces.push(Piece::Text(&path[begin..]));
    pieces
}

fn after_dollar(path: &str, at: usize) -> (Piece<'_>, usize) {
    let bytes = path.as_bytes();
    let string = |at: usize| {
        let end = end_of_string(bytes, at);
        let name: Option<String> = serde_json::from_str(&path[at..end]).ok();
        (name, end)
    };
    match (bytes.get(at), bytes.get(at + 1)) {
        (Some(b'"'), _) => {
            let (name, end) = string(at);
            (Piece::Variable(name.unwrap_or_default()), end)
        }
        (Some(b'.'), Some(b'"')) => match string(at + 1) {
            (Some(name), end) => (Piece::Member { name }, end),
            (None, _) => (Piece::Document, at),
        },
        _ => (Piece::Document, at),
    }
}

/// Where the string ends that begins here.
fn end_of_string(bytes: &[u8], begin: usize) -> usize {
    let mut at = begin + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn members(names: &[&str]) -> Asks {
        Asks::Members(names.iter().map(|n| (*n).to_owned()).collect())
    }

    #[test]
    fn members_are_found_and_all_else_is_everything() {
        for (path, asked) in [
            (r#"($."payload"."amount" > 0)"#, members(&["payload"])),
            (
                r#"(!(exists ($."payload"."a")) || $."actor_id" == $."payload"."b")"#,
                members(&["payload", "actor_id"]),
            ),
            (r#"strict ($."type" == "$.\"x\"")"#, members(&["type"])),
            (r#"(1 < 2)"#, members(&[])),
            (r#"($."pay\u0041\"load" == 1)"#, members(&["payA\"load"])),
            (r#"exists ($."payload"?(@."x" > 1))"#, members(&["payload"])),
            (r#"($.* > 1)"#, Asks::Everything),
            (r#"($.**{2}."x" > 1)"#, Asks::Everything),
            (r#"exists ($?(@."payload" > 1))"#, Asks::Everything),
            (r#"($[*]."payload" > 1)"#, Asks::Everything),
            ("$", Asks::Everything),
            (r#"($.type() == "object")"#, Asks::Everything),
            (r#"($."a" > $"limit")"#, Asks::Variable("limit".to_owned())),
        ] {
            assert_eq!(asks(path), asked, "{path}");
        }
    }

    #[test]
    fn a_path_over_one_member_is_one_over_that() {
        for (path, inner) in [
            (r#"($."payload"."amount" > 0)"#, Some(r#"($."amount" > 0)"#)),
            (
                r#"strict exists ($."payload"?(@."x" > $."payload"."y"))"#,
                Some(r#"strict exists ($?(@."x" > $."y"))"#),
            ),
            (
                r#"($."payload" == "$.\"payload\"")"#,
                Some(r#"($ == "$.\"payload\"")"#),
            ),
            (r#"($."payload"."a" == $."type")"#, None),
            (r#"($.* > 0)"#, None),
            (r#"($"payload" > 0)"#, None),
        ] {
            assert_eq!(within(path, "payload").as_deref(), inner, "{path}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(path in r#"[$."\\a é(@]{0,20}"#) {
            let _ = asks(&path);
            let _ = within(&path, "a");
        }
    }
}
