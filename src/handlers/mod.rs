//! Handlers: functions of the log's owner's that are called for its events.
//!
//! **Sync** ones are called by a trigger after the row, which a log has as long as it has such handlers: whichever way an
//! event came, it meets them, and a log without any pays nothing, since nothing asks. A log with the trigger is not
//! plain any more, so its rows go through the executor, which fires it.
//!
//! **Async** ones have a subscription of the log's owner's under their name, which `run_handlers` works off: what a
//! handler does and that it was done are one transaction. A batch is one subtransaction; where a handler fails, what
//! came before is done again in another one, and the event is nacked, so that there are few of them however many fail.
//! The background worker gives each handler a transaction of its own (`run_handler`): an error that ends one, such as a
//! deadlock, is no other's.
//!
//! **As whom.** A handler acts as the log's owner, in whose name it was made: as capture writes, security-restricted and
//! with names resolved in `pg_catalog` alone. Its function is found by name at each call, and has to belong to the owner
//! or to a superuser each time: otherwise whoever owns it, or gets to put another one in its place, would act as the
//! log's owner.

mod admin;
mod call;
mod event;
mod function;
mod run;
mod wanted;

pub use admin::{discard_handler_errors, handler_errors, off_event, on_event};
pub use call::call_handlers;
pub use run::{run_handler, run_handlers};
