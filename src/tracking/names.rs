//! Names of columns through time. Events keep the names of their own time, so whoever reads them
//! follows what happened to the columns since.

use crate::error::{Error, OrRaise};
use crate::pg::catalog::{LatestSnapshot, Table};
use crate::pg::datum;
use crate::pg::fcall::{Call, Ret};
use crate::pg::jsonb::Builder;
use crate::pg::relation;
use pgrx::pg_sys::{self, Datum};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

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

/// How to read the events of one span of time by the names of today.
#[derive(Debug, PartialEq, Eq)]
pub struct Span {
    /// the end of the span
    pub until: i64,
    /// name then, name today; none for what is no more. Other names are the same.
    pub names: BTreeMap<String, Option<String>>,
    /// columns of today of which nothing was known then
    pub unknown: BTreeSet<String>,
}

/// The spans that end after `as_of`, in their order. Events after the last of them have the names
/// of today.
pub fn spans(changes: &[ColumnChange], as_of: i64) -> Vec<Span> {
    let since = changes.partition_point(|c| c.at <= as_of);
    let later = &changes[since..];
    (0..later.len())
        .map(|i| span(&later[i..], later[i].at))
        .collect()
}

fn span(changes: &[ColumnChange], until: i64) -> Span {
    let mut names: BTreeMap<String, Option<String>> = BTreeMap::new();
    let mut unknown = BTreeSet::new();
    for change in changes {
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
        let was_unknown = unknown.remove(column);
        match &change.new_name {
            Some(name) if was_unknown => _ = unknown.insert(name.clone()),
            None if change.anew => _ = unknown.insert(column.clone()),
            _ => {}
        }
    }
    Span {
        until,
        names,
        unknown,
    }
}

/// What happened to the columns of these trackings, in order of time. Read with the newest
/// snapshot, as the names of the columns themselves are.
pub fn changes_of(trackings: &[Uuid]) -> Vec<ColumnChange> {
    let oid = relation::lookup("eventlog", "column_change")
        .unwrap_or_else(|| Error::internal("table \"eventlog.column_change\" is missing").raise());
    let table = Table::open(oid);
    let [id, tracking, at, action, column, new_name] = table.columns(&[
        ("id", pg_sys::UUIDOID),
        ("tracking_id", pg_sys::UUIDOID),
        ("at", pg_sys::TIMESTAMPTZOID),
        ("action", pg_sys::TEXTOID),
        ("column_name", pg_sys::TEXTOID),
        ("new_name", pg_sys::TEXTOID),
    ]);
    let mut found = Vec::new();
    table.scan(&LatestSnapshot::take(), None, |row| {
        let wanted = row.uuid(tracking).is_some_and(|t| trackings.contains(&t));
        if let (true, Some(at)) = (wanted, row.long(at)) {
            let action = row.text(action).unwrap_or_default();
            let change = ColumnChange {
                at,
                column: row.string(column).unwrap_or_default(),
                new_name: row.string(new_name),
                anew: matches!(action, b"added" | b"rewritten"),
            };
            found.push((at, row.uuid(id), change));
        }
    });
    found.sort_by_key(|(at, id, _)| (*at, *id));
    found.into_iter().map(|(_, _, change)| change).collect()
}

/// `eventlog._names_since(tracking_id, as_of)`.
pub fn names_since(call: &Call<'_>) -> Ret {
    let mut sink = call.rows();
    let (Some(tracking), Some(as_of)) = (call.uuid(0), call.long(1)) else {
        return Ret::Void;
    };
    for span in spans(&changes_of(&[tracking]), as_of) {
        let mut names = Builder::new();
        names.begin_object();
        for (then, now) in &span.names {
            names.key(then);
            match now {
                Some(now) => names.string(now),
                None => names.null(),
            };
        }
        names.end();
        let names = names.finish().or_raise();
        let unknown: Vec<&str> = span.unknown.iter().map(String::as_str).collect();
        sink.push(&[
            Some(Datum::from(span.until)),
            Some(datum::new_jsonb(&names)),
            Some(datum::new_text_array(&unknown)),
        ]);
    }
    Ret::Void
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(at: i64, text: &str) -> ColumnChange {
        let words: Vec<&str> = text.split(' ').collect();
        ColumnChange {
            at,
            column: words[1].to_owned(),
            new_name: words.get(2).map(|w| (*w).to_owned()),
            anew: matches!(words[0], "add" | "rewrite"),
        }
    }

    fn shown(changes: &[&str]) -> Vec<(String, String)> {
        let changes: Vec<_> = changes
            .iter()
            .enumerate()
            .map(|(i, text)| change(i as i64 + 1, text))
            .collect();
        let show = |span: Span| {
            let names = span
                .names
                .iter()
                .map(|(then, now)| format!("{then}:{}", now.as_deref().unwrap_or("-")));
            let unknown: Vec<_> = span.unknown.into_iter().collect();
            (names.collect::<Vec<_>>().join(" "), unknown.join(" "))
        };
        spans(&changes, 0).into_iter().map(show).collect()
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
        let changes = [change(5, "rename a b"), change(9, "rename b c")];
        let until: Vec<i64> = spans(&changes, 5).iter().map(|s| s.until).collect();
        assert_eq!(until, [9]);
        assert!(spans(&changes, 9).is_empty());
        assert_eq!(spans(&changes, 4).len(), 2);
    }
}
