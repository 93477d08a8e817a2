//! Texts of a taxonomy in programs: as comments, which they cannot leave, and as literals.

/// Lines of a description, and bytes of a line, that a comment shows.
const MAX_LINES: usize = 40;
const MAX_LINE: usize = 500;

/// What a reader would not see, or would see otherwise than a compiler does.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// The lines of a text, without what hides.
fn lines(text: &str) -> Vec<String> {
    let lines = text.split([
        '\n', '\r', '\u{2028}', '\u{2029}', '\u{85}', '\u{b}', '\u{c}',
    ]);
    let clean = |line: &str| {
        let letters = line.trim().chars();
        let clean = letters.map(|c| if is_hidden(c) { ' ' } else { c });
        let mut length = 0;
        clean
            .take_while(|c| {
                length += c.len_utf8();
                length <= MAX_LINE
            })
            .collect::<String>()
    };
    let lines = lines.map(clean).filter(|line| !line.trim().is_empty());
    lines.take(MAX_LINES).collect()
}

/// A comment that editors of TypeScript show, or nothing.
pub(super) fn block(texts: &[String], indent: &str) -> String {
    let lines: Vec<String> = texts
        .iter()
        .flat_map(|text| lines(text))
        .map(|line| line.replace("*/", "*\\/"))
        .collect();
    match &lines[..] {
        [] => String::new(),
        [one] => format!("{indent}/** {one} */\n"),
        all => {
            let all = all.iter().map(|line| format!("{indent} * {line}\n"));
            format!("{indent}/**\n{}{indent} */\n", all.collect::<String>())
        }
    }
}

/// Comments of Python, or nothing.
pub(super) fn hashes(texts: &[String], indent: &str) -> String {
    let lines = texts.iter().flat_map(|text| lines(text));
    lines.map(|line| format!("{indent}# {line}\n")).collect()
}

/// A docstring of Python, or nothing.
pub(super) fn docstring(texts: &[String], indent: &str) -> String {
    let escape = |line: String| line.replace('\\', "\\\\").replace('"', "\\\"");
    let lines: Vec<String> = texts
        .iter()
        .flat_map(|text| lines(text))
        .map(escape)
        .collect();
    match &lines[..] {
        [] => String::new(),
        [one] => format!("{indent}\"\"\"{one}\"\"\"\n\n"),
        all => {
            let all = all.join(&format!("\n{indent}"));
            format!("{indent}\"\"\"{all}\n{indent}\"\"\"\n\n")
        }
    }
}

/// A string as both languages write it.
pub(super) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            c if is_hidden(c) => {
                // Halves of pairs are the one way that JavaScript has had since ever; Python has another one.
                let mut halves = [0; 2];
                for half in c.encode_utf16(&mut halves) {
                    quoted.push_str(&format!("\\u{half:04x}"));
                }
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// The same for Python, where a pair of halves is two characters.
pub(super) fn quote_python(text: &str) -> String {
    let mut quoted = String::new();
    for c in text.chars() {
        match c {
            c if is_hidden(c) && u32::from(c) > 0xFFFF => {
                quoted.push_str(&format!("\\U{:08x}", u32::from(c)));
            }
            c => {
                let one = quote(c.encode_utf8(&mut [0; 4]));
                quoted.push_str(&one[1..one.len() - 1]);
            }
        }
    }
    format!("\"{quoted}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_cannot_leave_its_comment() {
        let evil = [
            "a */ alert(1) /* \\".to_owned(),
            "b\u{2028}c\rd\u{202e}e".to_owned(),
        ];
        assert_eq!(
            block(&evil, "  "),
            "  /**\n   * a *\\/ alert(1) /* \\\n   * b\n   * c\n   * d e\n   */\n"
        );
        assert_eq!(
            hashes(&["a\u{c}import os\n\n#b".to_owned()], ""),
            "# a\n# import os\n# #b\n"
        );
        let evil = ["\"\"\"\nimport os\\".to_owned()];
        assert_eq!(
            docstring(&evil, "    "),
            "    \"\"\"\\\"\\\"\\\"\n    import os\\\\\n    \"\"\"\n\n"
        );
        assert_eq!(docstring(&["a\"".to_owned()], ""), "\"\"\"a\\\"\"\"\"\n\n");
        assert_eq!(block(&[], ""), "");
        assert_eq!(block(&[" \n".to_owned()], ""), "");
    }

    #[test]
    fn strings_say_what_hides_in_them() {
        assert_eq!(quote("a\"\\\n\u{202e}é"), "\"a\\\"\\\\\\n\\u202eé\"");
        assert_eq!(quote("\u{e0041}"), "\"\\udb40\\udc41\"");
        assert_eq!(quote_python("\u{e0041}\"'"), "\"\\U000e0041\\\"'\"");
    }
}
