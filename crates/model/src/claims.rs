//! What the claims of a JSON Web Token say: who acts, and for which tenant.
//!
//! Claims come from outside. Whatever is not of the expected form says nothing, and is never an
//! error: a policy that raised one for every row of a stranger's token would be of use to nobody.

use crate::text::MAX_IDENTIFIER_BYTES;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Keys whose contents the users of Supabase write themselves.
const WRITTEN_BY_USERS: [&str; 2] = ["user_metadata", "raw_user_meta_data"];

/// Where in the claims the tenant stands: one key after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path(Vec<String>);

/// Why a setting is no path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadPath {
    /// a dot with nothing before or after it
    EmptyKey,
    /// a backslash before something that needs none
    Backslash,
    /// a tenant that users could choose
    WrittenByUsers,
}

impl Path {
    /// Reads a setting: keys with dots between them. A dot or a backslash that belongs to a key has a backslash
    /// before it. Of an empty setting it makes no path, under which no tenant is found.
    pub fn parse(setting: &str) -> Result<Path, BadPath> {
        if setting.is_empty() {
            return Ok(Path::default());
        }
        let mut keys = vec![String::new()];
        let mut characters = setting.chars();
        while let Some(character) = characters.next() {
            let literal = match character {
                '.' => {
                    keys.push(String::new());
                    continue;
                }
                '\\' => characters
                    .next()
                    .filter(|c| matches!(c, '.' | '\\'))
                    .ok_or(BadPath::Backslash)?,
                other => other,
            };
            if let Some(key) = keys.last_mut() {
                key.push(literal);
            }
        }
        if keys.iter().any(String::is_empty) {
            return Err(BadPath::EmptyKey);
        }
        if keys.iter().any(|k| WRITTEN_BY_USERS.contains(&k.as_str())) {
            return Err(BadPath::WrittenByUsers);
        }
        Ok(Path(keys))
    }

    /// How many trees a reading of claims builds within one another: each key reads what lies below it once more.
    pub fn trees(&self) -> usize {
        1 + self.0.len()
    }
}

/// What claims say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// what stands at the path of the tenant
    pub tenant: Option<String>,
    /// `sub`
    pub actor: Option<String>,
}

type Object<'a> = BTreeMap<String, &'a RawValue>;

impl Claims {
    /// Reads claims. What they do not say, or say in another form than as a text or a whole number, is none.
    ///
    /// Only what is asked for is taken apart; the rest is skipped without recursion, so no depth of nesting does
    /// harm.
    pub fn read(text: &[u8], path: &Path) -> Claims {
        let Some(claims) = object(text) else {
            return Claims::default();
        };
        Claims {
            tenant: at(&claims, &path.0),
            actor: claims.get("sub").and_then(|value| identifier(value)),
        }
    }
}

fn object(text: &[u8]) -> Option<Object<'_>> {
    serde_json::from_slice(text).ok()
}

fn at(claims: &Object<'_>, path: &[String]) -> Option<String> {
    let (first, rest) = path.split_first()?;
    let value = claims.get(first)?;
    match rest.is_empty() {
        true => identifier(value),
        // A path has as many keys as the setting, so this ends.
        false => at(&object(value.get().as_bytes())?, rest),
    }
}

/// A text or a whole number that can name something; a number's digits are taken as they stand.
fn identifier(value: &RawValue) -> Option<String> {
    let raw = value.get();
    let text = match raw.as_bytes().first()? {
        b'"' => serde_json::from_str::<String>(raw).ok()?,
        b'-' | b'0'..=b'9' => {
            let digits = raw.strip_prefix('-').unwrap_or(raw);
            digits
                .bytes()
                .all(|b| b.is_ascii_digit())
                .then(|| raw.to_owned())?
        }
        _ => return None,
    };
    // A text of Postgres holds no NUL byte, and set_context takes no longer one.
    let fits = !text.is_empty() && text.len() <= MAX_IDENTIFIER_BYTES && !text.contains('\0');
    fits.then_some(text)
}

/// Names of roles with commas between them, as they stand; what holds a comma, a quote or a blank stands in double
/// quotes. Upper case stays: a list that trusts must not name another role than it seems to. None where it is no such
/// list.
pub fn role_names(setting: &str) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let mut rest = setting.trim_ascii();
    if rest.is_empty() {
        return Some(names);
    }
    loop {
        let name;
        (name, rest) = match rest.strip_prefix('"') {
            Some(quoted) => until_quote(quoted)?,
            None => {
                let end = rest.find([',', '"', ' ', '\t', '\n', '\r']);
                let (name, rest) = rest.split_at(end.unwrap_or(rest.len()));
                (name.to_owned(), rest)
            }
        };
        if name.is_empty() {
            return None;
        }
        names.push(name);
        rest = rest.trim_ascii_start();
        if rest.is_empty() {
            return Some(names);
        }
        rest = rest.strip_prefix(',')?.trim_ascii_start();
    }
}

/// A quoted name whose first quote was taken, and what follows it.
fn until_quote(quoted: &str) -> Option<(String, &str)> {
    let mut name = String::new();
    let mut rest = quoted;
    loop {
        let (part, after) = rest.split_once('"')?;
        name.push_str(part);
        match after.strip_prefix('"') {
            Some(after) => {
                name.push('"');
                rest = after;
            }
            None => return Some((name, after)),
        }
    }
}

#[cfg(test)]
mod tests;
