//! Tenants.

/// Type of a log's tenant column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum TenantType {
    Uuid,
    Text,
    Bigint,
}

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
}
