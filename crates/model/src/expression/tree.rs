//! The tree of an expression as the catalog keeps it: `{OPEXPR :opno 98 ... :args ({VAR ...} ...)}`.
//!
//! In it whatever is not the tree's own (spaces, braces and backslashes in names) stands behind a
//! backslash, so braces tell nodes and what follows a keyword is its value.

/// The functions that an expression calls for each row, each once, in the order of their numbers:
/// those that do not stand in a sub-select that is computed once, since it refers to nothing outside
/// itself.
pub fn calls_per_row(tree: &[u8]) -> Vec<u32> {
    let mut calls = Vec::new();
    // The sub-selects that are open at this place, and for each node whether it is one.
    let mut queries: Vec<Query> = Vec::new();
    let mut nodes: Vec<bool> = Vec::new();
    let mut rest = tree;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'\\' => rest = rest.get(1..).unwrap_or_default(),
            b'{' => {
                let is_query = keyword(rest, b"QUERY").is_some();
                nodes.push(is_query);
                if is_query {
                    queries.push(Query {
                        first_call: calls.len(),
                        reaches: usize::MAX,
                    });
                }
            }
            b'}' => {
                if nodes.pop() == Some(true)
                    && let Some(query) = queries.pop()
                {
                    if query.reaches > queries.len() {
                        calls.truncate(query.first_call);
                    } else if let Some(above) = queries.last_mut() {
                        above.reaches = above.reaches.min(query.reaches);
                    }
                }
            }
            b':' => {
                if let Some(function) = value(rest, b"funcid") {
                    calls.push(function);
                } else if let Some(up) =
                    value(rest, b"varlevelsup").or_else(|| value(rest, b"agglevelsup"))
                {
                    let level = queries.len().saturating_sub(up as usize);
                    if let Some(query) = queries.last_mut() {
                        query.reaches = query.reaches.min(level);
                    }
                }
            }
            _ => {}
        }
    }
    calls.sort_unstable();
    calls.dedup();
    calls
}

/// A sub-select: where the calls in it begin, and the outermost level of sub-selects that it refers
/// to. The whole expression is level 0.
struct Query {
    first_call: usize,
    reaches: usize,
}

/// What follows a keyword that stands here alone.
fn keyword<'a>(text: &'a [u8], word: &[u8]) -> Option<&'a [u8]> {
    let rest = text.strip_prefix(word)?;
    matches!(rest.first(), None | Some(b' ' | b'}')).then_some(rest)
}

/// The number that follows a keyword that stands here.
fn value(text: &[u8], word: &[u8]) -> Option<u32> {
    let rest = keyword(text, word)?.get(1..)?;
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    std::str::from_utf8(&rest[..digits]).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::calls_per_row;

    fn calls(tree: &str) -> Vec<u32> {
        calls_per_row(tree.as_bytes())
    }

    const NONE: [u32; 0] = [];

    fn query(inner: &str) -> String {
        format!("{{SUBLINK :subLinkType 4 :subselect {{QUERY :commandType 1 {inner}}}}}")
    }

    #[test]
    fn calls_outside_of_sub_selects_are_made_for_each_row() {
        assert_eq!(calls(""), NONE);
        assert_eq!(
            calls("{FUNCEXPR :funcid 7 :args ({FUNCEXPR :funcid 5} {FUNCEXPR :funcid 7})}"),
            [5, 7]
        );
    }

    #[test]
    fn a_sub_select_that_refers_to_nothing_outside_is_computed_once() {
        assert_eq!(calls(&query("{FUNCEXPR :funcid 7}")), NONE);
        assert_eq!(
            calls(&query("{FUNCEXPR :funcid 7} {VAR :varlevelsup 0}")),
            NONE
        );
        assert_eq!(
            calls(&query("{FUNCEXPR :funcid 7} {VAR :varlevelsup 1}")),
            [7]
        );
        // of its own inner one, to itself
        let inner = query("{FUNCEXPR :funcid 8} {VAR :varlevelsup 1}");
        assert_eq!(
            calls(&query(&format!("{inner} {{FUNCEXPR :funcid 7}}"))),
            NONE
        );
        // of the innermost one, to the whole
        let inner = query("{FUNCEXPR :funcid 8} {VAR :varlevelsup 2}");
        assert_eq!(
            calls(&query(&format!("{inner} {{FUNCEXPR :funcid 7}}"))),
            [7, 8]
        );
        // one beside it that is computed once
        let beside = query("{FUNCEXPR :funcid 9}");
        assert_eq!(
            calls(&query(&format!("{beside} {{VAR :varlevelsup 1}}"))),
            NONE
        );
    }

    #[test]
    fn names_are_not_taken_for_nodes() {
        assert_eq!(
            calls("{RTE :alias \\{QUERY :funcid\\ 7 \":funcid\\ 8\"} {FUNCEXPR :funcid 9}"),
            [9]
        );
        assert_eq!(
            calls("{FUNCEXPRS :funcidx 9 :funcid } {X :funcid 99999999999}"),
            NONE
        );
    }

    #[test]
    fn broken_trees_are_read_to_their_end() {
        for tree in [
            "{",
            "}",
            "}}}:funcid 1 {{",
            "\\",
            ":",
            ":funcid",
            ":varlevelsup 4000000000",
            "{QUERY :varlevelsup 9}",
        ] {
            calls(tree);
        }
        assert_eq!(calls("}}}:funcid 1 {{"), [1]);
        assert_eq!(calls("{QUERY {FUNCEXPR :funcid 3}"), [3]);
    }

    #[test]
    fn depth_takes_neither_stack_nor_time() {
        let depth = 100_000;
        let deep = "{QUERY :funcid 1 :varlevelsup 1 ".repeat(depth) + &"}".repeat(depth);
        let start = std::time::Instant::now();
        assert_eq!(calls(&deep), [1]);
        assert!(start.elapsed().as_secs() < 20);
    }
}
