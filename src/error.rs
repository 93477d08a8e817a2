//! Every error that the extension raises, and the one table that gives it its SQLSTATE.
//!
//! A message is one lower-case sentence with identifiers in double quotes; DETAIL is facts, HINT
//! is advice. No value from a payload ever stands in one.

use jsonb::{BuildError, OutOfMemory, Unread};
use model::Problem;
use model::schema::{Exhausted, Failure};
use model::taxonomy::rules::Refusal;
use model::taxonomy::violation::{self, Violation};
use model::text::shorten;
use pgrx::PgSqlErrorCode as State;
use pgrx::pg_sys::panic::ErrorReport;
use std::borrow::Cow;

/// What can go wrong. Each variant says when it happens.
#[derive(Debug)]
pub enum Error {
    /// an argument is null, malformed or out of range
    Argument {
        message: String,
        hint: Option<String>,
    },
    /// an event breaks rules of the taxonomy; `index` is its place in a batch
    Violations {
        event_type: String,
        index: Option<usize>,
        violations: Vec<Violation>,
    },
    /// an upcast names a function that is not there
    NoUpcastFunction { function: String },
    /// versions of event types break what they promise to others
    Incompatible {
        message: String,
        breaks: Vec<Violation>,
    },
    /// a log that requires a tenant got none
    MissingTenant { log: String, index: Option<usize> },
    /// somebody who does not own the relation administers it
    NotOwner { relation: String },
    /// there is no such role
    NoRole { role: String },
    /// a log has no rule of this name
    NoRule { name: String, log: String },
    /// a log has a rule of this name and of another kind
    RuleExists { name: String, log: String },
    /// a rule cannot be about this table
    UnfitTable {
        message: String,
        hint: String,
        sqlstate: String,
    },
    /// a rule could not be asked of an event
    RuleFailed {
        name: String,
        index: Option<usize>,
        sqlstate: String,
    },
    /// there is no handler of this name
    NoHandler { name: String },
    /// a handler of another log has this name
    HandlerExists { name: String },
    /// handlers write events that call handlers; these are under way
    NestedHandlers { under_way: Vec<String> },
    /// the function of a handler is not there
    NoFunction { function: String, handler: String },
    /// the function of a handler is of another kind
    WrongFunction { function: String, handler: String },
    /// somebody lacks another right than ownership of a relation
    NotAllowed { message: String, hint: String },
    /// a change of what may only grow
    AppendOnly {
        relation: String,
        operation: &'static str,
    },
    /// a column that only the cluster itself may fill holds something else
    Forged { column: &'static str, log: String },
    /// an event brings a number that its log's sequence did not give to its transaction
    ForgedNumber { log: String },
    /// somebody writes by hand what only the changes of a tracked table are told with
    Captured {
        event_type: String,
        log: String,
        index: Option<usize>,
    },
    /// somebody inserts into a log's key table by hand
    ClaimByHand { relation: String },
    /// an idempotency key came back with other content
    KeyReused { log: String, index: Option<usize> },
    /// an idempotency key that a plain INSERT took came back
    KeyOfInsert { log: String, index: Option<usize> },
    /// a plain INSERT repeats an idempotency key
    KeyTaken { log: String },
    /// something of a log or an append-only table is dropped without having said so first
    Protected { what: String },
    /// there is no memory
    OutOfMemory { bytes: usize },
    /// a value is larger than Postgres can hold or this extension reads
    TooLarge { message: String },
    /// a change would take away what something of the extension's needs
    Needed { message: String, hint: String },
    /// a schema was given up, as the stack came to its end
    StackDepth { message: String },
    /// something has to be set up first
    NotSetUp { message: String, hint: String },
    /// a transaction's snapshot is older than what it would change
    Outdated { relation: String },
    /// a transaction's snapshot is older than a subscription's position
    NotLater,
    /// there is no such subscription
    NoSubscription { name: String },
    /// there is one of that name already
    SubscriptionExists { name: String },
    /// a receipt is settled, its lease has run out, or there never was one
    StaleReceipt { receipt: i64, subscription: String },
    /// somebody has a shard of a subscription in an open transaction
    ShardTaken { subscription: String },
    /// what needs transactions that run is called on a standby
    Standby,
    /// a batch is to be closed on a standby
    TickOnStandby,
    /// a batch is to be closed in a transaction that is not its own
    TickInTransaction,
    /// there is more of something than there is room for
    NoRoom { what: &'static str },
    /// somebody empties a tracked table
    Truncated { relation: String },
    /// a function that returns records was called where nothing says of which columns
    NoColumns,
    /// a trigger function was called by hand, or hung on the wrong event
    TriggerMisuse { function: &'static str },
    /// a trigger or rule of somebody else kept an event from being written
    Suppressed { log: String },
    /// an invariant of the extension does not hold
    Internal { message: Cow<'static, str> },
}

impl Error {
    /// A bad argument.
    pub fn argument(message: impl Into<String>) -> Error {
        Error::Argument {
            message: message.into(),
            hint: None,
        }
    }

    /// A bad argument, and what to do.
    pub fn argument_hint(message: impl Into<String>, hint: impl Into<String>) -> Error {
        Error::Argument {
            message: message.into(),
            hint: Some(hint.into()),
        }
    }

    /// A schema that could not be asked; `whose` says which one.
    pub fn unasked(why: Failure, whose: &str) -> Error {
        match why {
            Failure::Exhausted(Exhausted::Stack) => Error::StackDepth {
                message: format!("{whose} goes deeper than the stack: see max_stack_depth"),
            },
            Failure::Exhausted(Exhausted::Steps) => Error::TooLarge {
                message: format!("{whose} asks more of this document than any document is worth"),
            },
            Failure::Problem(Problem::Argument { message, .. }) => Error::not_set_up(
                format!("{whose} cannot be used: {message}"),
                "Register the event type with a schema that this release takes.",
            ),
            Failure::Problem(other) => other.into(),
        }
    }

    /// Why an event is not stored; `log` is the name of the log.
    pub fn refused(refusal: Refusal, event_type: &[u8], log: &str, index: Option<usize>) -> Error {
        let event_type = String::from_utf8_lossy(event_type).into_owned();
        match refusal {
            Refusal::Captured => Error::Captured {
                event_type: shorten(&event_type),
                log: log.to_owned(),
                index,
            },
            Refusal::Broken(violations) => Error::Violations {
                event_type,
                index,
                violations,
            },
            Refusal::Unasked { version, why } => {
                let name = shorten(&event_type);
                let whose = format!("the schema of version {version} of event type \"{name}\"");
                Error::unasked(why, &whose)
            }
            Refusal::NoKey => Error::no_redaction_key(log),
            Refusal::Unreadable => Error::unreadable_redaction(log),
            Refusal::Unmade(why) => why.into(),
        }
    }

    /// Values are to be hashed, and there is nothing to hash them with.
    pub fn no_redaction_key(log: &str) -> Error {
        Error::not_set_up(
            format!("the redaction of log \"{log}\" hashes values, and there is no key for that"),
            "Set eventlog.redaction_key in the server's configuration, to at least 32 bytes.",
        )
    }

    /// There are rules of redaction that are not known.
    pub fn unreadable_redaction(log: &str) -> Error {
        Error::not_set_up(
            format!("log \"{log}\" has rules of redaction that this release does not know"),
            "Its owner puts them right with eventlog.set_redaction() or eventlog.register_event_type().",
        )
    }

    /// An invariant that does not hold.
    pub fn internal(message: impl Into<Cow<'static, str>>) -> Error {
        Error::Internal {
            message: message.into(),
        }
    }

    /// Something that has to be set up first, and how.
    pub fn not_set_up(message: impl Into<String>, hint: impl Into<String>) -> Error {
        Error::NotSetUp {
            message: message.into(),
            hint: hint.into(),
        }
    }

    /// What an upgrade of the package leaves until the extension itself is updated.
    pub fn other_release(what: impl std::fmt::Display) -> Error {
        Error::not_set_up(
            format!("{what} is of another release than the library of pg_eventlog"),
            "Run ALTER EXTENSION pg_eventlog UPDATE.",
        )
    }

    /// A document that cannot be read: because memory is short, or for a reason in words of the
    /// caller's.
    pub fn not_read(why: Unread, other: impl FnOnce() -> Error) -> Error {
        match why {
            Unread::OutOfMemory(short) => short.into(),
            Unread::Corrupt => other(),
        }
    }

    /// The one table of SQLSTATEs.
    fn state(&self) -> State {
        match self {
            Error::Argument { .. } => State::ERRCODE_INVALID_PARAMETER_VALUE,
            Error::Violations { .. } => State::ERRCODE_CHECK_VIOLATION,
            Error::Incompatible { .. } => State::ERRCODE_INVALID_PARAMETER_VALUE,
            Error::NoUpcastFunction { .. } => State::ERRCODE_UNDEFINED_FUNCTION,
            Error::MissingTenant { .. } => State::ERRCODE_NOT_NULL_VIOLATION,
            Error::NotOwner { .. }
            | Error::AppendOnly { .. }
            | Error::Forged { .. }
            | Error::ForgedNumber { .. }
            | Error::Captured { .. }
            | Error::ClaimByHand { .. }
            | Error::NotAllowed { .. } => State::ERRCODE_INSUFFICIENT_PRIVILEGE,
            Error::NoRole { .. }
            | Error::NoSubscription { .. }
            | Error::NoHandler { .. }
            | Error::NoRule { .. } => State::ERRCODE_UNDEFINED_OBJECT,
            Error::SubscriptionExists { .. }
            | Error::HandlerExists { .. }
            | Error::RuleExists { .. } => State::ERRCODE_DUPLICATE_OBJECT,
            Error::UnfitTable { sqlstate, .. } => match sqlstate.as_str() {
                "42P01" => State::ERRCODE_UNDEFINED_TABLE,
                "42703" => State::ERRCODE_UNDEFINED_COLUMN,
                "42809" => State::ERRCODE_WRONG_OBJECT_TYPE,
                "42830" => State::ERRCODE_INVALID_FOREIGN_KEY,
                "42501" => State::ERRCODE_INSUFFICIENT_PRIVILEGE,
                _ => State::ERRCODE_INVALID_PARAMETER_VALUE,
            },
            Error::ShardTaken { .. } => State::ERRCODE_LOCK_NOT_AVAILABLE,
            Error::Standby | Error::TickOnStandby => State::ERRCODE_READ_ONLY_SQL_TRANSACTION,
            Error::TickInTransaction => State::ERRCODE_ACTIVE_SQL_TRANSACTION,
            Error::NestedHandlers { .. } => State::ERRCODE_STATEMENT_TOO_COMPLEX,
            Error::NoFunction { .. } => State::ERRCODE_UNDEFINED_FUNCTION,
            Error::WrongFunction { .. } => State::ERRCODE_INVALID_FUNCTION_DEFINITION,
            Error::KeyReused { .. } | Error::KeyOfInsert { .. } | Error::KeyTaken { .. } => {
                State::ERRCODE_UNIQUE_VIOLATION
            }
            Error::NotSetUp { .. }
            | Error::Suppressed { .. }
            | Error::StaleReceipt { .. }
            | Error::RuleFailed { .. } => State::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
            Error::Outdated { .. } | Error::NotLater => State::ERRCODE_T_R_SERIALIZATION_FAILURE,
            Error::Needed { .. } | Error::Protected { .. } => {
                State::ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST
            }
            Error::NoRoom { .. } => State::ERRCODE_PROGRAM_LIMIT_EXCEEDED,
            Error::OutOfMemory { .. } => State::ERRCODE_OUT_OF_MEMORY,
            Error::TooLarge { .. } => State::ERRCODE_PROGRAM_LIMIT_EXCEEDED,
            Error::StackDepth { .. } => State::ERRCODE_STATEMENT_TOO_COMPLEX,
            Error::NoColumns => State::ERRCODE_FEATURE_NOT_SUPPORTED,
            Error::Truncated { .. } => State::ERRCODE_FEATURE_NOT_SUPPORTED,
            Error::TriggerMisuse { .. } => State::ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED,
            Error::Internal { .. } => State::ERRCODE_INTERNAL_ERROR,
        }
    }

    fn message(&self) -> String {
        match self {
            Error::Argument { message, .. }
            | Error::NotSetUp { message, .. }
            | Error::Needed { message, .. }
            | Error::NotAllowed { message, .. }
            | Error::UnfitTable { message, .. }
            | Error::Incompatible { message, .. }
            | Error::TooLarge { message }
            | Error::StackDepth { message } => message.clone(),
            // In Postgres's own words, as is the detail.
            Error::OutOfMemory { .. } => "out of memory".to_owned(),
            Error::Outdated { relation } => format!(
                "the tracking of \"{relation}\" was changed by a transaction that this one does not see"
            ),
            Error::NotLater => {
                "the transaction's snapshot is older than the position to go on from".to_owned()
            }
            Error::NoSubscription { name } => format!("subscription \"{name}\" does not exist"),
            Error::SubscriptionExists { name } => format!("subscription \"{name}\" already exists"),
            Error::StaleReceipt {
                receipt,
                subscription,
            } => format!(
                "receipt {receipt} of subscription \"{subscription}\" does not count any more"
            ),
            Error::ShardTaken { subscription } => format!(
                "a worker has a part of subscription \"{subscription}\" in an open transaction"
            ),
            Error::Standby => "events are not handed out by a standby".to_owned(),
            Error::TickOnStandby => "batches are not closed by a standby".to_owned(),
            Error::TickInTransaction => {
                "a batch is closed in a transaction of its own, in READ COMMITTED".to_owned()
            }
            Error::NoRoom { what } => format!("there is no room for more {what}"),
            Error::ClaimByHand { relation } => {
                format!("idempotency keys of \"{relation}\" are claimed by events alone")
            }
            Error::Violations {
                event_type,
                index,
                violations,
            } => at(*index, &violation::summary(event_type, violations)),
            Error::MissingTenant { log, index } => {
                at(*index, &format!("an event of log \"{log}\" needs a tenant"))
            }
            Error::NotOwner { relation } => format!("must be owner of relation \"{relation}\""),
            Error::NoRole { role } => format!("role \"{role}\" does not exist"),
            Error::NoRule { name, log } => {
                format!("rule \"{name}\" of log \"{log}\" does not exist")
            }
            Error::RuleExists { name, log } => {
                format!("rule \"{name}\" of log \"{log}\" is of another kind")
            }
            Error::RuleFailed {
                name,
                index,
                sqlstate,
            } => at(
                *index,
                &format!("rule \"{name}\" failed with SQLSTATE {sqlstate}"),
            ),
            Error::NoUpcastFunction { function } => {
                format!("function {function}(jsonb) does not exist")
            }
            Error::NoHandler { name } => format!("handler \"{name}\" does not exist"),
            Error::HandlerExists { name } => {
                format!("another log has a handler of the name \"{name}\"")
            }
            Error::NestedHandlers { under_way } => {
                format!("handlers are nested more than {} deep", under_way.len())
            }
            Error::NoFunction { function, handler } => {
                format!("function {function}(jsonb) of handler \"{handler}\" does not exist")
            }
            Error::WrongFunction { function, handler } => format!(
                "{function}(jsonb) of handler \"{handler}\" is no function that returns void"
            ),
            Error::AppendOnly {
                relation,
                operation,
            } => {
                format!("\"{relation}\" is append-only: {operation} is not allowed")
            }
            Error::Forged { column, log } => format!(
                "column \"{column}\" of log \"{log}\" may only hold the current transaction's value"
            ),
            Error::ForgedNumber { log } => format!(
                "column \"seq\" of log \"{log}\" may only hold a number that its default has just drawn"
            ),
            Error::Captured {
                event_type,
                log,
                index,
            } => at(
                *index,
                &format!(
                    "event type \"{event_type}\" of log \"{log}\" tells the changes of a tracked table, \
                     and is not written by hand"
                ),
            ),
            Error::KeyReused { log, index } => at(
                *index,
                &format!("idempotency key was used for another event of log \"{log}\""),
            ),
            Error::KeyOfInsert { log, index } => at(
                *index,
                &format!("idempotency key was taken by a plain insert into log \"{log}\""),
            ),
            Error::KeyTaken { log } => {
                format!("idempotency key already has an event in log \"{log}\"")
            }
            Error::Protected { what } => format!("cannot drop {what}"),
            Error::Truncated { relation } => {
                format!("cannot truncate \"{relation}\", whose changes are tracked")
            }
            // In Postgres's own words.
            Error::NoColumns => {
                "function returning record called in context that cannot accept type record"
                    .to_owned()
            }
            Error::TriggerMisuse { function } => {
                format!("function \"{function}\" was not called as the trigger it is made for")
            }
            Error::Suppressed { log } => {
                format!("a trigger or rule on log \"{log}\" kept the event from being written")
            }
            Error::Internal { message } => message.to_string(),
        }
    }

    fn detail(&self) -> Option<String> {
        match self {
            Error::Violations { violations, .. } => Some(violation::detail(violations)),
            Error::Incompatible { breaks, .. } => Some(violation::detail(breaks)),
            Error::NestedHandlers { under_way } => {
                let mut names: Vec<&str> = Vec::new();
                for name in under_way {
                    if !names.contains(&name.as_str()) {
                        names.push(name);
                    }
                }
                Some(format!("Under way: \"{}\".", names.join("\", \"")))
            }
            Error::OutOfMemory { bytes } => Some(format!("Failed on request of size {bytes}.")),
            _ => None,
        }
    }

    fn hint(&self) -> Option<String> {
        let fixed = match self {
            Error::Argument { hint, .. } => return hint.clone(),
            Error::NotSetUp { hint, .. }
            | Error::Needed { hint, .. }
            | Error::UnfitTable { hint, .. }
            | Error::NotAllowed { hint, .. } => hint.as_str(),
            Error::Outdated { .. } => "Try the transaction again.",
            Error::NotLater => "Try the transaction again, best in READ COMMITTED.",
            Error::NoSubscription { .. } => "Make it with eventlog.subscribe().",
            Error::SubscriptionExists { .. } => {
                "Change it with eventlog.alter_subscription(), or end it with eventlog.unsubscribe()."
            }
            Error::StaleReceipt { .. } => {
                "It was settled, given back or voided, or its lease has run out: what it did not settle is \
                 handed out again. A lease is prolonged with eventlog.renew()."
            }
            Error::ShardTaken { .. } => {
                "Stop the workers, or try again; eventlog.subscriptions shows the holder."
            }
            Error::Standby | Error::TickOnStandby => "Call it on the primary.",
            Error::TickInTransaction => {
                "Call eventlog.tick() outside of a transaction block, before anything is written, with default_transaction_isolation \"read committed\"."
            }
            Error::ClaimByHand { .. } => "Write an event with that idempotency_key.",
            Error::Violations { violations, .. } => return violation::hint(violations),
            Error::Incompatible { breaks, .. } => return violation::hint(breaks),
            Error::MissingTenant { .. } => {
                "Pass tenant_id, or set it for the transaction with eventlog.set_context()."
            }
            Error::AppendOnly { .. } => {
                "Record a correction as a new event. The owner can lift the protection with \
                 eventlog.release_append_only(), which is recorded."
            }
            Error::Protected { .. } => {
                "If it is meant, set eventlog.allow_drop to on first, or take the protection off \
                 with eventlog.release_append_only(); both are recorded."
            }
            Error::Forged { .. } | Error::ForgedNumber { .. } => {
                "Leave the column out: its default fills it."
            }
            Error::Captured { .. } => {
                "Change the table, or write an event of another type. The log's owner may write this one."
            }
            Error::KeyReused { .. } => {
                "Repeat a key only with the very same arguments; another event needs another key."
            }
            Error::KeyOfInsert { .. } => {
                "An insert leaves no arguments to compare with: another event needs another key."
            }
            Error::KeyTaken { .. } => {
                "eventlog.log_event() answers a repeated key with the first event's id."
            }
            Error::Truncated { .. } => {
                "TRUNCATE does not show the rows that it removes: use DELETE, or have it captured: \
                 eventlog.track_changes(..., on_truncate => 'capture')."
            }
            Error::Suppressed { .. } => {
                "Look for BEFORE INSERT triggers that return null, and for rules."
            }
            Error::NoUpcastFunction { .. } => {
                "An upcast names a function that exists: create function ... (payload jsonb) returns jsonb immutable."
            }
            Error::NoHandler { .. } => "eventlog.handlers lists them.",
            Error::NoRule { .. } => "eventlog.event_rules lists them.",
            Error::RuleExists { .. } => {
                "Choose another name, or end that one with eventlog.remove_event_rule()."
            }
            Error::RuleFailed { .. } => {
                "The path of the rule meets an error that it cannot decide about. The log's owner changes the rule, which \
                 eventlog.event_rules shows."
            }
            Error::HandlerExists { .. } => {
                "Choose another name; eventlog.handlers lists those that are taken."
            }
            Error::NestedHandlers { .. } => {
                "A handler that writes an event which calls it again does not come to an end: narrow its types, pattern or filters."
            }
            Error::NoFunction { handler, .. } | Error::WrongFunction { handler, .. } => {
                return Some(format!(
                    "Make it: create function ... (event jsonb) returns void; or end the handler with \
                     eventlog.off_event('{}').",
                    handler.replace('\'', "''")
                ));
            }
            Error::NoRoom { .. } => "Change fewer rows at once.",
            Error::NotOwner { .. }
            | Error::NoRole { .. }
            | Error::NoColumns
            | Error::OutOfMemory { .. }
            | Error::TooLarge { .. }
            | Error::StackDepth { .. }
            | Error::TriggerMisuse { .. }
            | Error::Internal { .. } => {
                return None;
            }
        };
        Some(fixed.to_owned())
    }

    /// Its SQLSTATE, message, DETAIL and HINT, where it is kept and not raised.
    pub fn told(&self) -> (String, String, Option<String>, Option<String>) {
        let state = sqlstate(self.state() as i32);
        (state, self.message(), self.detail(), self.hint())
    }

    /// What it says of the event at hand, where that is told and not raised. An error that says nothing of an event stays
    /// one.
    pub fn into_violations(self) -> Result<Vec<Violation>, Error> {
        let code = match &self {
            Error::Violations { .. } => "",
            Error::Argument { .. } => "argument",
            Error::MissingTenant { .. } => "tenant",
            Error::Captured { .. } => "captured_type",
            Error::NotAllowed { .. } => "not_allowed",
            Error::KeyReused { .. } | Error::KeyOfInsert { .. } => "idempotency_key",
            Error::RuleFailed { .. } => "rule",
            Error::StackDepth { .. } | Error::TooLarge { .. } => "unasked",
            _ => return Err(self),
        };
        let (message, hint) = (self.message(), self.hint());
        if let Error::Violations { violations, .. } = self {
            return Ok(violations);
        }
        let violation = Violation::new(code, "", message);
        Ok(vec![match hint {
            Some(hint) => violation.with_hint(hint),
            None => violation,
        }])
    }

    /// Raises the error in Postgres.
    pub fn raise(self) -> ! {
        let mut report = ErrorReport::new(self.state(), self.message(), "pg_eventlog");
        if let Some(detail) = self.detail() {
            report = report.set_detail(detail);
        }
        if let Some(hint) = self.hint() {
            report = report.set_hint(hint);
        }
        report.report(pgrx::PgLogLevel::ERROR);
        unreachable!("an ERROR does not return")
    }
}

impl From<OutOfMemory> for Error {
    fn from(short: OutOfMemory) -> Self {
        Error::OutOfMemory { bytes: short.bytes }
    }
}

impl From<Problem> for Error {
    fn from(why: Problem) -> Self {
        match why {
            Problem::Argument { message, hint } => Error::Argument { message, hint },
            Problem::Build(why) => why.into(),
            Problem::TooLarge { message } => Error::TooLarge { message },
        }
    }
}

impl From<BuildError> for Error {
    fn from(why: BuildError) -> Self {
        match why {
            BuildError::OutOfMemory(short) => short.into(),
            BuildError::TooLarge => Error::TooLarge {
                message: why.to_string(),
            },
            _ => Error::argument(why.to_string()),
        }
    }
}

/// A SQLSTATE as it is written: five characters of six bits each, the first in the lowest.
pub fn sqlstate(code: i32) -> String {
    let character = |i: i32| char::from((((code >> (6 * i)) & 0x3f) as u8) + b'0');
    (0..5).map(character).collect()
}

/// Tells the caller something that is no error, with advice.
pub fn notice(message: String, hint: &str) {
    ErrorReport::new(State::ERRCODE_SUCCESSFUL_COMPLETION, message, "pg_eventlog")
        .set_hint(hint)
        .report(pgrx::PgLogLevel::NOTICE);
}

/// Warns of something, with what is known of it.
pub fn warning(message: String, detail: &str) {
    ErrorReport::new(State::ERRCODE_WARNING, message, "pg_eventlog")
        .set_detail(detail)
        .report(pgrx::PgLogLevel::WARNING);
}

/// Warns of something, with advice: whoever asked, or the server's log where nobody did.
pub fn complain(message: &str, hint: &str) {
    ErrorReport::new(State::ERRCODE_WARNING, message.to_owned(), "pg_eventlog")
        .set_hint(hint)
        .report(pgrx::PgLogLevel::WARNING);
}

fn at(index: Option<usize>, sentence: &str) -> String {
    match index {
        Some(i) => format!("events[{i}]: {sentence}"),
        None => sentence.to_owned(),
    }
}

/// Raises the error of a result, or gives its value.
pub trait OrRaise<T> {
    /// The value, or the error raised in Postgres.
    fn or_raise(self) -> T;
}

impl<T, E: Into<Error>> OrRaise<T> for Result<T, E> {
    #[inline]
    fn or_raise(self) -> T {
        self.unwrap_or_else(|e| e.into().raise())
    }
}
