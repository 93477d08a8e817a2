//! The text of an expression, in which calls that ask who acts get a sub-select of their own.

/// The expression with each such call as `(select call())`, which is computed once for each
/// statement. Nothing inside a literal or a quoted name is touched.
pub fn wrapped(expression: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(expression.len());
    let mut rest = expression;
    while let Some(&byte) = rest.first() {
        let (token, is_call) = match byte {
            b'\'' | b'"' => (quoted(rest, byte), false),
            _ => {
                let word = rest.iter().take_while(|b| is_word(**b)).count();
                match call(rest, word) {
                    Some(length) => (length, true),
                    None => (word.max(1), false),
                }
            }
        };
        let (token, after) = rest.split_at(token);
        if is_call {
            out.extend_from_slice(b"(select ");
            out.extend_from_slice(token);
            out.push(b')');
        } else {
            out.extend_from_slice(token);
        }
        rest = after;
    }
    out
}

/// Bytes of the literal or quoted name that begins here, to its closing quote or the end.
fn quoted(text: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < text.len() {
        if text[at] != quote {
            at += 1;
        } else if text.get(at + 1) == Some(&quote) {
            at += 2;
        } else {
            return at + 1;
        }
    }
    text.len()
}

/// Bytes of the call that begins with the word of this length, if it is one that asks who acts.
fn call(text: &[u8], word: usize) -> Option<usize> {
    let (name, rest) = text.split_at(word);
    if name == b"current_setting" {
        let literal = rest.strip_prefix(b"(")?;
        if literal.first() != Some(&b'\'') {
            return None;
        }
        let mut end = word + 1 + quoted(literal, b'\'');
        end += text[end..].starts_with(b"::text").then_some(6)?;
        for more in [&b", true"[..], b", false"] {
            if text[end..].starts_with(more) {
                end += more.len();
            }
        }
        return (text.get(end) == Some(&b')')).then_some(end + 1);
    }
    let ours = name
        .strip_prefix(b"eventlog.current_")
        .or_else(|| name.strip_prefix(b"auth."))?;
    (!ours.is_empty() && !ours.contains(&b'.') && rest.starts_with(b"()")).then_some(word + 2)
}

/// Part of a name that needs no quotes, dots included.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'$') || !byte.is_ascii()
}

#[cfg(test)]
mod tests {
    fn wrapped(text: &str) -> String {
        String::from_utf8(super::wrapped(text.as_bytes())).unwrap()
    }

    #[test]
    fn calls_for_the_context_are_wrapped() {
        for call in [
            "eventlog.current_tenant()",
            "auth.uid()",
            "current_setting('a.b'::text)",
            "current_setting('it''s'::text, true)",
        ] {
            assert_eq!(wrapped(call), format!("(select {call})"));
            assert_eq!(
                wrapped(&format!("(a = ({call})::uuid)")),
                format!("(a = ((select {call}))::uuid)")
            );
        }
    }

    #[test]
    fn everything_else_stays() {
        for text in [
            "",
            "'eventlog.current_tenant()'",
            "\"auth.uid()\" = 'it''s auth.uid()'",
            "xauth.uid()",
            "my.eventlog.current_tenant()",
            "eventlog.current_tenant(1)",
            "auth.uid(x)",
            "current_setting(a)",
            "current_setting('x'::name)",
            "\u{e9}auth.uid()",
            "'unended eventlog.current_tenant()",
            "\"unended ''",
        ] {
            assert_eq!(wrapped(text), text);
        }
    }
}
