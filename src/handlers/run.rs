//! `eventlog.run_handlers`: async handlers are called for what their subscriptions have for them.

use super::call::UnderWay;
use super::event::{self, Event, Shape};
use super::function::Name;
use crate::catalogue::handler::{self, Handler};
use crate::catalogue::subscription;
use crate::consumers::asks;
use crate::error::{self, Error, OrRaise};
use crate::log::target::{self, Target};
use crate::log::{carrier, lookup};

use crate::pg::datum::Jsonb;
use crate::pg::fcall::{Call, Ret};
use crate::pg::memory::{self, Memory, Scratch};
use crate::pg::routine::{Failure, Prepared, Routine};
use crate::pg::spi::{self, Value};
use crate::pg::user::{self, RoleId};
use crate::pg::{relation, snapshot};
use crate::settings;
use model::shard::Of;
use std::collections::BTreeMap;
use std::ffi::{CStr, CString};
use std::rc::Rc;
use uuid::Uuid;

/// Events of a handler before it is another one's turn.
const BATCH: i32 = 100;

/// Failures after which a call leaves a handler for the next one: each has a subtransaction of its own, and beyond 64
/// that live, snapshots are slower for all sessions of the server.
const MANY_FAILURES: usize = 25;

/// `eventlog.run_handlers(max_events, log)`.
pub fn run_handlers(call: &Call<'_>) -> Ret {
    let mut left = asks::most(call, 0, "max_events") as i32;
    if snapshot::in_recovery() {
        Error::Standby.raise();
    }
    let only = call.oid(1).map(|log| lookup::of_owner(Some(log)).log_id);
    let mut waiting: Vec<Ready> = handler::all_async()
        .into_iter()
        .filter(|handler| only.is_none_or(|log| log == handler.log_id))
        .filter_map(Ready::of)
        .collect();
    let mut handled = 0;
    let mut scratch = Scratch::new(call.memory());
    while !waiting.is_empty() && left > 0 {
        waiting.retain(|ready| {
            if left == 0 {
                return true;
            }
            pgrx::check_for_interrupts!();
            let memory = scratch.memory();
            // What calls leave behind goes as well.
            let done = memory.within(|| ready.batch(left.min(BATCH), memory));
            scratch.reset();
            handled += done.handled as i64;
            left = left.saturating_sub(done.received as i32);
            done.received > 0 && !done.is_failing
        });
    }
    call.value(handled)
}

/// Calls one async handler for a batch of what waits for it, for the background worker; how many events were handled. None
/// where it is not the caller's to run, or cannot be called.
pub fn run_handler(name: &str) -> Option<i64> {
    let handler = handler::by_name(name).filter(|handler| handler.is_async)?;
    let ready = Ready::of(handler)?;
    let done = memory::current(|memory| ready.batch(BATCH, memory));
    Some(done.handled as i64)
}

/// Has the subscription of a handler belong to the log's owner, whoever that is by now; says whether there is one.
pub fn adopt(name: &str, log_id: Uuid, owner: RoleId) -> bool {
    let Some(mut found) = subscription::by_name(name).filter(|found| found.log_id == log_id) else {
        return false;
    };
    let role = user::name_of(owner);
    if found.role != role {
        found.role = role;
        subscription::update(&found);
    }
    true
}

/// A handler that can be called.
struct Ready {
    handler: Handler,
    target: Rc<Target>,
    function: Routine,
    shape: Shape,
    /// reads its events
    statement: String,
}

/// What became of a batch.
struct Done {
    received: usize,
    handled: usize,
    /// so much of it failed that the rest is left for another call
    is_failing: bool,
}

/// An event that was handed out.
struct Got {
    receipt: i64,
    seq: i64,
    id: Uuid,
    tenant: Option<String>,
    correlation: Option<String>,
    /// that later ones of it wait for, should this one fail
    entity: Option<u64>,
}

impl Ready {
    /// None where it is not the caller's to run, or cannot be called: its events wait, since that is no fault of theirs.
    fn of(handler: Handler) -> Option<Ready> {
        let log = carrier(handler.log_id).filter(|oid| relation::is_owned(*oid))?;
        let owner = user::owner_of(log)?;
        let name = Name::parse(&handler.handler).or_raise();
        let found = user::as_owner(log, || name.find(&handler.name, owner));
        let function = match found {
            Ok(function) => function,
            Err(why) => {
                let (_, message, ..) = why.told();
                error::warning(
                    format!("handler \"{}\" is not called", handler.name),
                    &message,
                );
                return None;
            }
        };
        if !adopt(&handler.name, handler.log_id, owner) {
            error::warning(
                format!("handler \"{}\" is not called", handler.name),
                "It has no subscription.",
            );
            return None;
        }
        let target = target::by_oid(log);
        let (shape, columns) = Shape::of_statement(&target)?;
        let table = relation::quoted(target.oid)?;
        let statement = format!(
            "select e.seq, {columns} from {table} e where e.seq operator(pg_catalog.=) any ($1)"
        );
        Some(Ready {
            handler,
            target,
            function,
            shape,
            statement,
        })
    }

    /// Receives, calls and settles.
    fn batch(&self, events: i32, memory: Memory<'_>) -> Done {
        let got = self.receive(events);
        let Some(receipt) = got.first().map(|event| event.receipt) else {
            return Done {
                received: 0,
                handled: 0,
                is_failing: false,
            };
        };
        let documents = self.read(&got, memory);
        let mut settled = Settled::default();
        let mut tasks: Vec<Task<'_>> = Vec::new();
        for got in &got {
            match documents.get(&got.seq) {
                Some(document) => tasks.push(Task::new(got, *document)),
                // Its row is gone, with its partition: nothing is left to be handled.
                None => settled.done.push(got.id),
            }
        }
        let gone = settled.done.len();
        self.work(tasks, &mut settled);
        self.settle(receipt, &got, &settled);
        Done {
            received: got.len(),
            handled: settled.done.len() - gone,
            is_failing: settled.failed.len() >= MANY_FAILURES,
        }
    }

    /// Calls the handler for as much as it can do: all of it in one subtransaction, and where an event fails, what came
    /// before that one in another.
    fn work(&self, mut tasks: Vec<Task<'_>>, settled: &mut Settled) {
        let mut tried = tasks.len();
        // Why the event behind those that are tried failed.
        let mut cause = None;
        while !tasks.is_empty() && settled.failed.len() < MANY_FAILURES {
            match self.call(&tasks[..tried]) {
                Ok(()) => {
                    let done = tasks.drain(..tried);
                    settled.done.extend(done.map(|task| task.got.id));
                }
                Err((0, failure)) => cause = Some(failure),
                Err((place, failure)) => {
                    tried = place;
                    cause = Some(failure);
                    continue;
                }
            }
            if let Some(failure) = cause.take() {
                let failed = tasks.remove(0).got;
                // What comes later of its entity waits for it, or comes again where that is not to wait.
                tasks.retain(|task| failed.entity.is_none() || task.got.entity != failed.entity);
                settled.failed.push((failed.id, failure));
            }
            tried = tasks.len();
        }
    }

    fn receive(&self, events: i32) -> Vec<Got> {
        user::with_pinned_path(|| {
            spi::run(
                "select r.receipt, r.seq, r.id, r.tenant_id, r.correlation_id, r.entity_type, r.entity_id \
                 from eventlog.receive($1, $2, '1 hour') r",
                &[
                    Value::text(self.handler.name.clone()),
                    Value::Int(Some(events)),
                ],
                |row| {
                    let (tenant, id) = (row.string(4), row.uuid(3).unwrap_or_default());
                    let of = Of::new(
                        tenant.as_deref().map(str::as_bytes),
                        row.text(6),
                        row.text(7),
                        id,
                    );
                    let entity = match of {
                        Of::Entity { .. } => Some(of.key()),
                        Of::Event(_) => None,
                    };
                    Got {
                        receipt: row.long(1).unwrap_or_default(),
                        seq: row.long(2).unwrap_or_default(),
                        id,
                        correlation: row.string(5),
                        entity,
                        tenant,
                    }
                },
            )
        })
    }

    /// The events as handlers get them, by their numbers.
    fn read<'m>(&self, got: &[Got], memory: Memory<'m>) -> BTreeMap<i64, Jsonb<'m>> {
        let ids: BTreeMap<i64, Uuid> = got.iter().map(|event| (event.seq, event.id)).collect();
        let numbers = ids.keys().copied().collect();
        let found = user::as_owner(self.target.oid, || {
            spi::run(&self.statement, &[Value::LongArray(numbers)], |row| {
                let event = Event::new(&self.shape, row);
                let seq = row.long(1)?;
                // A number may be there twice where an owner brought in history.
                (ids.get(&seq) == Some(&event.id())).then(|| (seq, event.document(memory)))
            })
        });
        found.into_iter().flatten().collect()
    }

    fn call(&self, tasks: &[Task<'_>]) -> Result<(), (usize, Box<Failure>)> {
        let _under_way = UnderWay::begin(&self.handler.name);
        user::as_owner(self.target.oid, || self.function.try_each(tasks))
    }

    /// Nacks what failed, acks what did not, and gives back what nobody came to.
    fn settle(&self, receipt: i64, got: &[Got], settled: &Settled) {
        let name = || Value::text(self.handler.name.clone());
        let receipt = || Value::Long(Some(receipt));
        user::with_pinned_path(|| {
            if settled.done.len() == got.len() {
                spi::exec("select eventlog.ack($1, $2)", &[name(), receipt()]);
                return;
            }
            let done = Value::UuidArray(settled.done.clone());
            spi::exec(
                "select eventlog.ack($1, $2, $3)",
                &[name(), receipt(), done],
            );
            for (id, failure) in &settled.failed {
                let error = Value::text(format!("{}: {}", failure.sqlstate, failure.message));
                let id = Value::UuidArray(vec![*id]);
                spi::exec(
                    "select eventlog.nack($1, $2, $3, $4)",
                    &[name(), receipt(), id, error],
                );
            }
            spi::exec("select eventlog.release($1, $2)", &[name(), receipt()]);
        });
    }
}

/// An event, and the call for it.
struct Task<'m> {
    got: &'m Got,
    call: Prepared<'m>,
}

impl<'m> Task<'m> {
    fn new(got: &'m Got, document: Jsonb<'m>) -> Self {
        Task {
            got,
            call: Prepared {
                settings: context_of(got),
                argument: event::argument(document),
            },
        }
    }
}

impl<'m> AsRef<Prepared<'m>> for Task<'m> {
    fn as_ref(&self) -> &Prepared<'m> {
        &self.call
    }
}

/// What became of events that were handed out.
#[derive(Default)]
struct Settled {
    done: Vec<Uuid>,
    failed: Vec<(Uuid, Box<Failure>)>,
}

/// The context in which an event is handled: its tenant and conversation, and itself as the cause.
fn context_of(event: &Got) -> Vec<(&'static CStr, CString)> {
    let text = |text: Option<&str>| CString::new(text.unwrap_or_default()).unwrap_or_default();
    settings::OF_CONTEXT
        .iter()
        .map(|name| {
            let value = match name.to_bytes() {
                b"eventlog.tenant_id" => text(event.tenant.as_deref()),
                b"eventlog.correlation_id" => text(event.correlation.as_deref()),
                b"eventlog.causation_id" => text(Some(&event.id.to_string())),
                _ => CString::default(),
            };
            (*name, value)
        })
        .collect()
}
