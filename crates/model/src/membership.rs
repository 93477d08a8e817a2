//! The text `table(column of the user, column of the tenant)`.

use crate::text::shorten;
use crate::{Problem, name};

/// Which table says who belongs to which tenants.
#[derive(Debug, PartialEq, Eq)]
pub struct Membership {
    /// schema of the table, if it was named
    pub schema: Option<String>,
    /// the table
    pub table: String,
    /// column that holds the user
    pub member: String,
    /// column that holds the tenant
    pub tenant: String,
}

impl Membership {
    /// Reads names as SQL does, and nothing but names.
    pub fn parse(text: &str) -> Result<Membership, Problem> {
        parts(text).ok_or_else(|| {
            Problem::argument_hint(
                format!("membership \"{}\" is not valid", shorten(text)),
                "Write it as table(column of the user, column of the tenant), such as \
                 public.members(user_id, tenant_id).",
            )
        })
    }
}

fn parts(text: &str) -> Option<Membership> {
    let (table, rest) = split(text, '(')?;
    let inside = rest.trim_end().strip_suffix(')')?;
    let (member, tenant) = split(inside, ',')?;
    let (schema, table) = name::parse(table).ok()?;
    Some(Membership {
        schema,
        table,
        member: column(member)?,
        tenant: column(tenant)?,
    })
}

fn column(text: &str) -> Option<String> {
    match name::parse(text).ok()? {
        (None, name) => Some(name),
        (Some(_), _) => None,
    }
}

/// What stands before and behind the first such character outside quotes.
fn split(text: &str, at: char) -> Option<(&str, &str)> {
    let mut quoted = false;
    for (i, c) in text.char_indices() {
        if c == '"' {
            quoted = !quoted;
        } else if c == at && !quoted {
            return Some((&text[..i], &text[i + c.len_utf8()..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<[String; 4]> {
        parts(text).map(|m| [m.schema.unwrap_or_default(), m.table, m.member, m.tenant])
    }

    #[test]
    fn a_membership_is_a_table_and_two_columns() {
        let expect = |text, parts: [&str; 4]| {
            assert_eq!(read(text), Some(parts.map(str::to_owned)), "{text}");
        };
        expect(
            "public.members(user_id, tenant_id)",
            ["public", "members", "user_id", "tenant_id"],
        );
        expect(
            " Members ( User_ID ,tenant_id ) ",
            ["", "members", "user_id", "tenant_id"],
        );
        expect(
            r#""My App"."a(b"("a,b", "c)""d")"#,
            ["My App", "a(b", "a,b", "c)\"d"],
        );
        expect("größe(ü, ö)", ["", "größe", "ü", "ö"]);
    }

    #[test]
    fn nothing_else_is() {
        for text in [
            "",
            "members",
            "members()",
            "members(a)",
            "members(a, b",
            "members(a, b, c)",
            "members(a, b))",
            "members(a, b) where true",
            "members((a), b)",
            "(a, b)",
            "a.b.c(d, e)",
            "members(m.a, b)",
            "members(a, )",
            "members(a, b); drop table x",
            "members(a, b) m",
            "(select 1)(a, b)",
            "members(a || 'x', b)",
            "members(a, b -- )",
            "members(\"a, b)",
            "members\"(a, b)",
            "members(\"\", b)",
            "members(a b, c)",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
