//! The extension's settings.

use crate::pg::hidden;
use crate::pg::settings::{self, BoolSetting, Check, MillisSetting, TextSetting};
use model::claims::{self, BadPath, Path};
use model::metadata::{self, Bad};
use std::ffi::CStr;

/// Log of calls that name none; schema-qualified. Anyone may set it for a session or role.
pub static DEFAULT_LOG: TextSetting = TextSetting::new();

/// Whether logs and append-only tables may be dropped. Anyone may set it: it is against accidents.
pub static ALLOW_DROP: BoolSetting = BoolSetting::off();

/// Whether `log_event` goes straight into the table where it can. Anyone may set it: both roads ask the same.
pub static STRAIGHT: BoolSetting = BoolSetting::on();

/// The context of a transaction, written by `eventlog.set_context` alone.
pub static TENANT_ID: TextSetting = TextSetting::new();
/// Kind of actor.
pub static ACTOR_TYPE: TextSetting = TextSetting::new();
/// The actor.
pub static ACTOR_ID: TextSetting = TextSetting::new();
/// The conversation that events belong to.
pub static CORRELATION_ID: TextSetting = TextSetting::new();
/// The event that caused what follows.
pub static CAUSATION_ID: TextSetting = TextSetting::new();
/// Why it is done.
pub static REASON: TextSetting = TextSetting::new();

/// Free metadata, a JSON object. It says nothing of who acts, so beside it claims still count.
pub static CONTEXT: TextSetting = TextSetting::new();

/// Roles in whose sessions the claims of a JSON Web Token count; superusers' always do.
pub static JWT_LOGINS: TextSetting = TextSetting::with_default(c"authenticator");

/// Where in the claims the tenant stands.
pub static TENANT_CLAIM: TextSetting = TextSetting::with_default(c"app_metadata.tenant_id");

/// Databases in which the background worker is at work: a list of names, or `*` for all.
pub static DATABASES: TextSetting = TextSetting::with_default(c"*");

/// The role that the background worker logs in as; none for the one that made the cluster.
pub static WORKER_ROLE: TextSetting = TextSetting::new();

/// What redacted values are hashed with. The server's configuration alone has it, and nobody is shown it.
pub static REDACTION_KEY: TextSetting = TextSetting::new();

/// How long the background worker sleeps where nobody wakes it.
pub static NAPTIME: MillisSetting = MillisSetting::new(1_000);

/// Whether the background worker is to be at work in a database.
pub fn serves(database: &CStr) -> bool {
    DATABASES.with(|list| match list {
        Some(b"*") => true,
        Some(list) => {
            let list = std::str::from_utf8(list).unwrap_or_default();
            let names = claims::role_names(list).unwrap_or_default();
            names
                .iter()
                .any(|name| name.as_bytes() == database.to_bytes())
        }
        None => false,
    })
}

/// Whether `set_context` has said who acts, for whom, or why.
#[inline]
pub fn context_is_set() -> bool {
    [
        &TENANT_ID,
        &ACTOR_TYPE,
        &ACTOR_ID,
        &CORRELATION_ID,
        &CAUSATION_ID,
        &REASON,
    ]
    .iter()
    .any(|setting| setting.is_set())
}

/// Runs `f` with the claims as PostgREST sets them, without a copy: a setting that is nobody's, and that any role can
/// set. No setting changes while `f` runs.
pub fn with_claims<R>(f: impl FnOnce(Option<&[u8]>) -> R) -> R {
    settings::with_any(c"request.jwt.claims", f)
}

struct Metadata;

impl Check for Metadata {
    fn check(value: &str) -> Result<(), &'static CStr> {
        metadata::check(value).map_err(|bad| match bad {
            Bad::NotAnObject => c"It is a JSON object.",
            Bad::TooLong => c"It has at most 1024 bytes.",
            Bad::Reserved(_) => {
                c"It has a key that means something else in the context of an event."
            }
        })
    }
}

struct RoleNames;

impl Check for RoleNames {
    fn check(value: &str) -> Result<(), &'static CStr> {
        claims::role_names(value)
            .map(|_| ())
            .ok_or(c"It is a list of role names with commas between them.")
    }
}

struct DatabaseNames;

impl Check for DatabaseNames {
    fn check(value: &str) -> Result<(), &'static CStr> {
        claims::role_names(value)
            .map(|_| ())
            .ok_or(c"It is * or a list of database names with commas between them.")
    }
}

struct RoleName;

impl Check for RoleName {
    fn check(value: &str) -> Result<(), &'static CStr> {
        match value.len() < 64 {
            true => Ok(()),
            false => Err(c"It is the name of a role."),
        }
    }
}

struct ClaimPath;

impl Check for ClaimPath {
    fn check(value: &str) -> Result<(), &'static CStr> {
        Path::parse(value).map(|_| ()).map_err(|bad| match bad {
            BadPath::EmptyKey => c"It is a list of keys with dots between them, none of them empty.",
            BadPath::Backslash => {
                c"A backslash stands before a dot or a backslash that belongs to a key, and nowhere else."
            }
            BadPath::WrittenByUsers => {
                c"Users write their own user_metadata, so it cannot say which tenant is theirs."
            }
        })
    }
}

/// Those of a transaction's context.
pub const OF_CONTEXT: [&CStr; 7] = [
    c"eventlog.tenant_id",
    c"eventlog.actor_type",
    c"eventlog.actor_id",
    c"eventlog.correlation_id",
    c"eventlog.causation_id",
    c"eventlog.reason",
    c"eventlog.context",
];

/// Settings that are not everyone's.
const GUARDED: [&CStr; 9] = [
    c"eventlog.tenant_id",
    c"eventlog.actor_type",
    c"eventlog.actor_id",
    c"eventlog.correlation_id",
    c"eventlog.causation_id",
    c"eventlog.reason",
    c"eventlog.context",
    c"eventlog.jwt_logins",
    c"eventlog.tenant_claim",
];

/// Of these, those that the server's configuration file may give: where it is not known any more what it gave, no
/// claims count.
const IN_FILES: [&CStr; 2] = [c"eventlog.jwt_logins", c"eventlog.tenant_claim"];

/// Registers all settings; called once, when the library is loaded.
pub fn define() {
    let hidden = hidden::find(&GUARDED);
    DEFAULT_LOG.define_for_all(
        c"eventlog.default_log",
        c"Log of calls that name none, schema-qualified; empty means the database's default log.",
    );
    ALLOW_DROP.define_for_all(
        c"eventlog.allow_drop",
        c"Lets logs and append-only tables be dropped, and what makes them such.",
    );
    STRAIGHT.define_for_all(
        c"eventlog.straight",
        c"Writes events straight into the table, without a statement for the executor, where the log allows it.",
    );
    for (setting, name, about) in [
        (
            &TENANT_ID,
            c"eventlog.tenant_id",
            c"Tenant of the transaction.",
        ),
        (
            &ACTOR_TYPE,
            c"eventlog.actor_type",
            c"Kind of actor of the transaction.",
        ),
        (
            &ACTOR_ID,
            c"eventlog.actor_id",
            c"Actor of the transaction.",
        ),
        (
            &CORRELATION_ID,
            c"eventlog.correlation_id",
            c"Conversation of the transaction.",
        ),
        (
            &CAUSATION_ID,
            c"eventlog.causation_id",
            c"Event that caused the transaction.",
        ),
        (
            &REASON,
            c"eventlog.reason",
            c"Why the transaction does what it does.",
        ),
    ] {
        setting.define_for_superuser(name, about);
    }
    CONTEXT.define_for_superuser_checked::<Metadata>(
        c"eventlog.context",
        c"Free metadata of the transaction, a JSON object that its events take into their context.",
    );
    JWT_LOGINS.define_checked::<RoleNames>(
        c"eventlog.jwt_logins",
        c"Roles that log in for others: in their sessions, and superusers', request.jwt.claims says who acts.",
        true,
    );
    TENANT_CLAIM.define_checked::<ClaimPath>(
        c"eventlog.tenant_claim",
        c"Where in request.jwt.claims the tenant stands: keys with dots between them; empty means nowhere.",
        false,
    );
    DATABASES.define_for_server::<DatabaseNames>(
        c"eventlog.databases",
        c"Databases in which the background worker is at work: names with commas between them, or * for all.",
    );
    WORKER_ROLE.define_for_server::<RoleName>(
        c"eventlog.worker_role",
        c"Role that the background worker acts as; empty means the one that made the cluster.",
    );
    REDACTION_KEY.define_secret(
        c"eventlog.redaction_key",
        c"Key of the HMACs that take the place of values where redaction hashes them: at least 32 bytes.",
    );
    NAPTIME.define_for_server(
        c"eventlog.naptime",
        c"How long the background worker sleeps where nobody wakes it.",
        10,
        3_600_000,
    );
    TextSetting::reserve_prefix(c"eventlog");
    for setting in hidden {
        setting.restore(IN_FILES.contains(&setting.name()).then_some(c""));
    }
}
