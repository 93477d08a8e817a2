//! Names of columns through time. Events keep the names of their own time, so whoever reads them
//! follows what happened to the columns since.

use std::collections::{BTreeMap, BTreeSet};

/// Something that happened to a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnChange {
    /// when, in microseconds since 2000
    pub at: i64,
    /// its name before
    pub column: String,
    /// its name afterwards, where it was renamed; otherwise it went, came, or what was said of it
    /// does not hold any more
    pub new_name: Option<String>,
    /// whether it is there afterwards, with a value that nothing before tells
    pub anew: bool,
}

/// A word of a column's values, a label or an attribute, that is another one since, or says
/// something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordChange {
    /// when, in microseconds since 2000
    pub at: i64,
    /// the column, by its name then
    pub column: String,
    /// the word before
    pub word: String,
    /// the word afterwards; none where it is a new one
    pub now: Option<String>,
}

/// What happened to the columns of a tracked table, in order of time.
#[derive(Debug, Default)]
pub struct History {
    /// to the columns themselves
    pub columns: Vec<ColumnChange>,
    /// to the words of their values
    pub words: Vec<WordChange>,
    /// when the tenant of rows began to come from another column
    pub reassigned: Vec<i64>,
    /// when a column of the key got a type that may write it in another way
    pub respelled: Vec<i64>,
}

/// How to read the events of one span of time by the names of today.
#[derive(Debug, PartialEq, Eq)]
pub struct Span {
    /// the end of the span
    pub until: i64,
    /// name then, name today; none for what is no more. Other names are the same.
    pub names: BTreeMap<String, Option<String>>,
    /// columns of today of which nothing was known then
    pub unknown: BTreeSet<String>,
    /// words that today are others, by the column of today in whose values they stand
    pub words: BTreeMap<String, BTreeSet<String>>,
}

impl History {
    /// The spans that end after `as_of`, in their order. Events after the last of them have the
    /// names of today.
    pub fn spans(&self, as_of: i64) -> Vec<Span> {
        let columns = self.columns.iter().map(|c| c.at);
        let ends: BTreeSet<i64> = columns
            .chain(self.words.iter().map(|w| w.at))
            .filter(|at| *at > as_of)
            .collect();
        ends.into_iter().map(|until| self.span(until)).collect()
    }

    /// The span that ends with the changes of this time.
    fn span(&self, until: i64) -> Span {
        let mut names: BTreeMap<String, Option<String>> = BTreeMap::new();
        let mut unknown = BTreeSet::new();
        let mut words: BTreeMap<String, Words> = BTreeMap::new();
        let since = self.words.partition_point(|w| w.at < until);
        let mut reworded = self.words[since..].iter().peekable();
        let since = self.columns.partition_point(|c| c.at < until);
        for change in &self.columns[since..] {
            while let Some(word) = reworded.next_if(|w| w.at <= change.at) {
                words.entry(word.column.clone()).or_default().take(word);
            }
            let column = &change.column;
            // The column that is called so at this point, by its name at first. One that came later
            // has none.
            let first = names
                .iter()
                .find(|(_, now)| now.as_ref() == Some(column))
                .map(|(first, _)| first.clone())
                .or_else(|| (!names.contains_key(column)).then(|| column.clone()));
            if let Some(first) = first {
                names.insert(first, change.new_name.clone());
            }
            if let (Some(moved), Some(name)) = (words.remove(column), &change.new_name) {
                words.insert(name.clone(), moved);
            }
            let was_unknown = unknown.remove(column);
            match &change.new_name {
                Some(name) if was_unknown => _ = unknown.insert(name.clone()),
                None if change.anew => _ = unknown.insert(column.clone()),
                _ => {}
            }
        }
        for word in reworded {
            words.entry(word.column.clone()).or_default().take(word);
        }
        let changed = words.into_iter().map(|(column, w)| (column, w.changed()));
        Span {
            until,
            names,
            unknown,
            words: changed.filter(|(_, words)| !words.is_empty()).collect(),
        }
    }
}

/// What the words of a column's values are today, by what they were at first.
#[derive(Default)]
struct Words(BTreeMap<String, Option<String>>);

impl Words {
    fn take(&mut self, change: &WordChange) {
        let word = &change.word;
        let first = self
            .0
            .iter()
            .find(|(_, now)| now.as_ref() == Some(word))
            .map(|(first, _)| first.clone())
            .or_else(|| (!self.0.contains_key(word)).then(|| word.clone()));
        if let Some(first) = first {
            self.0.insert(first, change.now.clone());
        }
        // What had this name before, if anything had, was something else.
        if let Some(now) = &change.now {
            self.0.entry(now.clone()).or_insert(None);
        }
    }

    fn changed(self) -> BTreeSet<String> {
        let changed = self.0.into_iter().filter(|(a, b)| b.as_ref() != Some(a));
        changed.map(|(word, _)| word).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What happened at the times 1, 2 and so on.
    fn history(changes: &[&str]) -> History {
        let mut history = History::default();
        for (at, text) in (1..).zip(changes) {
            let parts: Vec<String> = text.split(' ').map(str::to_owned).collect();
            if parts[0] == "reword" {
                history.words.push(WordChange {
                    at,
                    column: parts[1].clone(),
                    word: parts[2].clone(),
                    now: parts.get(3).cloned(),
                });
            } else {
                history.columns.push(ColumnChange {
                    at,
                    column: parts[1].clone(),
                    new_name: parts.get(2).cloned(),
                    anew: matches!(parts[0].as_str(), "add" | "rewrite"),
                });
            }
        }
        history
    }

    fn shown(changes: &[&str]) -> Vec<(String, String)> {
        let show = |span: Span| {
            let names = span
                .names
                .iter()
                .map(|(then, now)| format!("{then}:{}", now.as_deref().unwrap_or("-")));
            let unknown: Vec<_> = span.unknown.into_iter().collect();
            (names.collect::<Vec<_>>().join(" "), unknown.join(" "))
        };
        history(changes).spans(0).into_iter().map(show).collect()
    }

    /// The words that are others today, for a reader of the time before the first change.
    fn words(changes: &[&str]) -> String {
        let spans = history(changes).spans(0);
        let show = |(column, words): (&String, &BTreeSet<String>)| {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            format!("{column}: {}", words.join(" "))
        };
        spans[0]
            .words
            .iter()
            .map(show)
            .collect::<Vec<_>>()
            .join("; ")
    }

    fn pair(a: &str, b: &str) -> (String, String) {
        (a.to_owned(), b.to_owned())
    }

    #[test]
    fn names_are_followed_to_the_present() {
        assert_eq!(
            shown(&["rename a b", "rename b c"]),
            [pair("a:c", ""), pair("b:c", "")]
        );
        // Two columns swap their names.
        assert_eq!(
            shown(&["rename a x", "rename b a", "rename x b"])[0],
            pair("a:b b:a", "")
        );
        assert_eq!(shown(&["rename a b", "drop b"])[0], pair("a:-", ""));
    }

    #[test]
    fn a_name_that_came_back_is_another_column() {
        assert_eq!(
            shown(&["drop a", "add a"]),
            [pair("a:-", "a"), pair("a:-", "a")]
        );
        assert_eq!(
            shown(&["drop a", "rename b a", "rename a c"])[0],
            pair("a:- b:c", "")
        );
        assert_eq!(
            shown(&["drop a", "add a", "rename a c"])[0],
            pair("a:-", "c")
        );
        assert_eq!(
            shown(&["rename a b", "add a", "drop a"])[0],
            pair("a:b", "")
        );
    }

    #[test]
    fn what_was_rewritten_is_not_known_before() {
        assert_eq!(
            shown(&["rewrite a", "rename a b"]),
            [pair("a:-", "b"), pair("a:b", "")]
        );
        assert_eq!(shown(&["rewrite a", "drop a"])[0], pair("a:-", ""));
    }

    #[test]
    fn only_what_happened_afterwards_counts() {
        let history = history(&["rename a b", "reword b x y", "rename b c"]);
        let until = |as_of| -> Vec<i64> { history.spans(as_of).iter().map(|s| s.until).collect() };
        assert_eq!(until(0), [1, 2, 3]);
        assert_eq!(until(2), [3]);
        assert!(until(3).is_empty());
        assert!(history.spans(2)[0].words.is_empty());
    }

    #[test]
    fn a_word_that_is_another_one_today_is_named() {
        assert_eq!(words(&["reword a x y"]), "a: x y");
        assert_eq!(words(&["reword a x y", "reword a y z"]), "a: x y z");
        // There and back again: it is what it was.
        assert_eq!(words(&["reword a x y", "reword a y x"]), "a: y");
        assert_eq!(
            words(&["reword a x t", "reword a y x", "reword a t y"]),
            "a: t x y"
        );
        // One that is new says something else than one that had the name before it.
        assert_eq!(words(&["reword a x"]), "a: x");
        assert_eq!(words(&["reword a x", "reword a x y"]), "a: x y");
    }

    #[test]
    fn words_go_with_their_column() {
        assert_eq!(words(&["reword a x y", "rename a b"]), "b: x y");
        assert_eq!(
            words(&["reword a x y", "rename a b", "rename b a"]),
            "a: x y"
        );
        assert_eq!(words(&["reword a x y", "drop a"]), "");
        assert_eq!(words(&["reword a x y", "drop a", "add a"]), "");
        assert_eq!(
            words(&["rename a b", "reword b x y", "rename c a"]),
            "b: x y"
        );
    }
}
