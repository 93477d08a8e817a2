//! Patterns of schemas, in the words of other engines: those that mean the same in each, and none else.

/// Whose engine it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Engine {
    JavaScript,
    Python,
}

/// A pattern as an engine writes it; none where it knows no such thing, or means something else by it.
pub(super) fn say(pattern: &str, engine: Engine) -> Option<String> {
    let mut said = String::with_capacity(pattern.len());
    let mut letters = pattern.chars().peekable();
    let (mut groups, mut may_repeat) = (0_u32, false);
    while let Some(c) = letters.next() {
        let mut repeats = false;
        match c {
            '\\' => escape(letters.next()?, false, engine, &mut said)?,
            '[' => class(&mut letters, engine, &mut said)?,
            '(' => {
                groups += 1;
                said.push('(');
                if letters.next_if_eq(&'?').is_some() {
                    letters.next_if_eq(&':')?;
                    said.push_str("?:");
                }
            }
            ')' => {
                groups = groups.checked_sub(1)?;
                said.push(')');
            }
            '*' | '+' | '?' | '{' => {
                if !may_repeat {
                    return None;
                }
                said.push(c);
                if c == '{' {
                    bounds(&mut letters, &mut said)?;
                }
                if letters.next_if_eq(&'?').is_some() {
                    said.push('?');
                }
                repeats = true;
            }
            '$' if engine == Engine::Python => said.push_str("\\Z"),
            // The end of a line is something else for each.
            '.' => said.push_str("[^\\n]"),
            ']' | '}' => return None,
            c => literal(c, &mut said)?,
        }
        may_repeat = !repeats && !matches!(c, '(' | '|' | '^' | '$');
    }
    (groups == 0).then_some(said)
}

fn literal(c: char, said: &mut String) -> Option<()> {
    if c.is_control() {
        return None;
    }
    said.push(c);
    Some(())
}

fn escape(c: char, in_class: bool, engine: Engine, said: &mut String) -> Option<()> {
    let named = match c {
        'd' => "0-9",
        'w' => "A-Za-z0-9_",
        'D' if !in_class => {
            said.push_str("[^0-9]");
            return Some(());
        }
        'W' if !in_class => {
            said.push_str("[^A-Za-z0-9_]");
            return Some(());
        }
        'n' | 'r' | 't' | 'f' | 'v' => {
            said.push('\\');
            said.push(c);
            return Some(());
        }
        // Python's quote for a class in a class.
        '.' | '^' | '$' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '/'
        | '\\' | '-' => {
            // JavaScript takes this one in classes alone, and a slash needs none in what is no literal.
            match (c, in_class, engine) {
                ('-', false, _) | ('/', _, _) => said.push(c),
                _ => {
                    said.push('\\');
                    said.push(c);
                }
            }
            return Some(());
        }
        _ => return None,
    };
    match in_class {
        true => said.push_str(named),
        false => said.push_str(&format!("[{named}]")),
    }
    Some(())
}

fn class(
    letters: &mut std::iter::Peekable<std::str::Chars<'_>>,
    engine: Engine,
    said: &mut String,
) -> Option<()> {
    said.push('[');
    if letters.next_if_eq(&'^').is_some() {
        said.push('^');
    }
    let mut is_empty = true;
    loop {
        match letters.next()? {
            ']' if is_empty => return None,
            ']' => break,
            '\\' => escape(letters.next()?, true, engine, said)?,
            // Sets of sets, and operators between them, are for some engines only.
            '[' => return None,
            c @ ('&' | '~' | '-') if letters.peek() == Some(&c) => return None,
            c => literal(c, said)?,
        }
        is_empty = false;
    }
    said.push(']');
    Some(())
}

/// The bounds of a repetition, after its brace.
fn bounds(letters: &mut std::iter::Peekable<std::str::Chars<'_>>, said: &mut String) -> Option<()> {
    let mut text = String::new();
    loop {
        match letters.next()? {
            '}' => break,
            c @ ('0'..='9' | ',') if text.len() < 12 => text.push(c),
            _ => return None,
        }
    }
    let (fewest, most) = text.split_once(',').unwrap_or((&text, &text));
    let fewest: u32 = fewest.parse().ok()?;
    // Engines differ in how many they take.
    if fewest > 1000 || (!most.is_empty() && most.parse::<u32>().ok()? > 1000) {
        return None;
    }
    said.push_str(&text);
    said.push('}');
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_that_mean_the_same_are_said() {
        for (pattern, javascript, python) in [
            ("^[a-z]{2,3}$", "^[a-z]{2,3}$", "^[a-z]{2,3}\\Z"),
            (
                "^\\d+\\.\\w*?$",
                "^[0-9]+\\.[A-Za-z0-9_]*?$",
                "^[0-9]+\\.[A-Za-z0-9_]*?\\Z",
            ),
            ("[\\d\\-/]", "[0-9\\-/]", "[0-9\\-/]"),
            ("(a|b)(?:c)", "(a|b)(?:c)", "(a|b)(?:c)"),
            ("a.b", "a[^\\n]b", "a[^\\n]b"),
            ("\\$\\/", "\\$/", "\\$/"),
            ("é$|b", "é$|b", "é\\Z|b"),
        ] {
            assert_eq!(
                say(pattern, Engine::JavaScript).as_deref(),
                Some(javascript)
            );
            assert_eq!(say(pattern, Engine::Python).as_deref(), Some(python));
        }
    }

    #[test]
    fn others_are_not() {
        for pattern in [
            "(?i)a",
            "(?P<x>a)",
            "(?=a)",
            "\\p{L}",
            "\\bword",
            "\\A",
            "a++",
            "a{,3}",
            "a{2",
            "]",
            "}",
            "[[:alpha:]]",
            "[a&&b]",
            "[]",
            "[]a]",
            "a**",
            "*a",
            "(",
            ")",
            "\\",
            "[",
            "\\1",
            "^*",
            "\u{1}",
            "\\s",
            "[\\S]",
            "a{2000}",
        ] {
            assert_eq!(say(pattern, Engine::JavaScript), None, "{pattern}");
            assert_eq!(say(pattern, Engine::Python), None, "{pattern}");
        }
    }
}
