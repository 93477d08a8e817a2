//! Tenants.

use std::borrow::Cow;
use std::fmt;
use uuid::Uuid;

/// Type of a log's tenant column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum TenantType {
    Uuid,
    Text,
    Bigint,
}

/// A tenant, as a value of the type that a log's tenants are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Tenant<'a> {
    Uuid(Uuid),
    Text(&'a [u8]),
    Bigint(i64),
}

/// What names no tenant of this type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoTenant(pub TenantType);

impl TenantType {
    /// All of them.
    pub const ALL: [TenantType; 3] = [TenantType::Uuid, TenantType::Text, TenantType::Bigint];

    /// Its name in SQL.
    pub const fn name(self) -> &'static str {
        match self {
            TenantType::Uuid => "uuid",
            TenantType::Text => "text",
            TenantType::Bigint => "bigint",
        }
    }

    /// The type of this name; text where there is none, as any tenant is a text.
    pub fn named(name: &str) -> TenantType {
        let named = TenantType::ALL.into_iter().find(|t| t.name() == name);
        named.unwrap_or(TenantType::Text)
    }

    /// The tenant that a text names. This is the one rule: the context, `log_event`, captured columns and what reads back
    /// all come here.
    pub fn read(self, text: &[u8]) -> Result<Tenant<'_>, NoTenant> {
        let tenant = match self {
            TenantType::Text => Some(Tenant::Text(text)),
            TenantType::Uuid => read_uuid(text).map(Tenant::Uuid),
            TenantType::Bigint => read_bigint(text).map(Tenant::Bigint),
        };
        tenant.ok_or(NoTenant(self))
    }
}

/// A tenant that is a uuid.
#[inline]
pub fn read_uuid(text: &[u8]) -> Option<Uuid> {
    Uuid::try_parse_ascii(text.trim_ascii()).ok()
}

/// A tenant that is a number.
#[inline]
pub fn read_bigint(text: &[u8]) -> Option<i64> {
    std::str::from_utf8(text).ok()?.trim().parse().ok()
}

impl<'a> Tenant<'a> {
    /// It as text, the same for all texts that name it.
    pub fn text(self) -> Cow<'a, [u8]> {
        match self {
            Tenant::Text(text) => Cow::Borrowed(text),
            Tenant::Uuid(id) => Cow::Owned(id.hyphenated().to_string().into_bytes()),
            Tenant::Bigint(number) => Cow::Owned(number.to_string().into_bytes()),
        }
    }
}

impl fmt::Display for NoTenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tenant_id is not a valid {}", self.0.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_has_many_forms_and_one_text() {
        let id = Uuid::from_u128(0xabcd_ef01_2345);
        let text = id.hyphenated().to_string();
        for form in [
            text.clone(),
            text.to_uppercase(),
            format!(" {text} "),
            id.simple().to_string(),
            id.braced().to_string(),
        ] {
            let read = TenantType::Uuid.read(form.as_bytes());
            assert_eq!(read, Ok(Tenant::Uuid(id)), "{form}");
            assert_eq!(read.map(Tenant::text), Ok(text.as_bytes().into()));
        }
        for form in ["", "x", "abcdef01-2345", "\u{ff}"] {
            let read = TenantType::Uuid.read(form.as_bytes());
            assert_eq!(read, Err(NoTenant(TenantType::Uuid)), "{form}");
        }
    }

    #[test]
    fn a_number_is_a_whole_one_of_64_bits() {
        for (form, value) in [
            ("7", Some(7)),
            ("007", Some(7)),
            (" 7\n", Some(7)),
            ("-7", Some(-7)),
            ("7.0", None),
            ("7e0", None),
            ("", None),
            ("9223372036854775808", None),
        ] {
            let read = TenantType::Bigint.read(form.as_bytes());
            assert_eq!(read.ok(), value.map(Tenant::Bigint), "{form}");
        }
        assert_eq!(read_bigint(b"\xff"), None);
        assert_eq!(Tenant::Bigint(-7).text().as_ref(), b"-7");
        let refused = TenantType::Bigint.read(b"x").unwrap_err().to_string();
        assert_eq!(refused, "tenant_id is not a valid bigint");
    }

    #[test]
    fn a_text_is_as_it_stands() {
        for text in ["", " a ", "\u{e4}"] {
            let read = TenantType::Text.read(text.as_bytes());
            assert_eq!(read, Ok(Tenant::Text(text.as_bytes())));
            assert_eq!(read.map(Tenant::text), Ok(text.as_bytes().into()));
        }
    }
}
