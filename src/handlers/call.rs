//! `eventlog.call_handlers`: the trigger of logs that have sync handlers.

use super::event::{self, Event, Shape};
use super::wanted::{self, Wanted};
use crate::catalogue::handler_failure::{self, Told};
use crate::error::Error;
use crate::log::lookup;
use crate::log::target::Target;
use crate::pg::datum::Jsonb;
use crate::pg::fcall::{Call, Ret};
use crate::pg::memory::Memory;
use crate::pg::user::{self, RoleId};
use crate::pg::{clock, relation};
use std::cell::RefCell;

const FUNCTION: &str = "eventlog.call_handlers";

/// How deep handlers may be nested: one that writes an event which calls it again comes to no end.
const MAX_NESTED: usize = 16;

thread_local! {
    /// Names of the handlers that are under way, the outermost first.
    static UNDER_WAY: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// A handler is under way, until this goes, also where an error has it go.
pub struct UnderWay;

impl UnderWay {
    /// It begins.
    pub fn begin(name: &str) -> UnderWay {
        UNDER_WAY.with_borrow_mut(|names| names.push(name.to_owned()));
        UnderWay
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        UNDER_WAY.with_borrow_mut(|names| names.pop());
    }
}

/// `eventlog.call_handlers(log_id)`: AFTER INSERT trigger for each row of a log.
pub fn call_handlers(call: &Call<'_>) -> Ret {
    let trigger = call.trigger(FUNCTION);
    if !trigger.is_after_insert_row() {
        Error::TriggerMisuse { function: FUNCTION }.raise();
    }
    // Kept in the catalogue as a log or not: a restore of several jobs may come to rows of a partition late.
    let Some((target, rules)) = lookup::of_gate(&trigger, |_| false) else {
        return Ret::Void;
    };
    // Anyone can hang the trigger on a table of their own.
    if rules.relation != target.root.to_u32() {
        relation_is_not_the_log(&target);
    }
    let Some(owner) = user::owner_of(target.root) else {
        Error::internal("a log is gone while events are written").raise()
    };
    let shape = Shape::of(trigger.relation(), &target);
    trigger.each_row(|row| {
        let columns = &target.columns;
        // What its owner brings in as history, as a restore does, has had its handlers when it was news.
        let is_news = row.long(columns.xid).map(|xid| xid as u64) == Some(clock::current_xid())
            && row.int(columns.origin) == Some(clock::origin());
        if is_news {
            each(&target, owner, Event::new(&shape, row), call.memory());
        }
    });
    Ret::Void
}

fn each(target: &Target, owner: RoleId, event: Event<'_>, memory: Memory<'_>) {
    let handlers = wanted::of_log(target.log_id, target.root);
    let mut document = None;
    for handler in handlers.iter().filter(|handler| handler.wants(&event)) {
        let document = *document.get_or_insert_with(|| event.document(memory));
        if let Err(told) = user::as_owner(target.root, || run(handler, owner, document)) {
            handler_failure::record(target.log_id, &handler.name, event.id(), told);
        }
    }
}

/// Calls a handler; what went wrong, if that is to be kept.
fn run(handler: &Wanted, owner: RoleId, document: Jsonb<'_>) -> Result<(), Told> {
    let depth = UNDER_WAY.with_borrow(Vec::len);
    if depth >= MAX_NESTED {
        let under_way = UNDER_WAY.with_borrow(Clone::clone);
        Error::NestedHandlers { under_way }.raise();
    }
    let _under_way = UnderWay::begin(&handler.name);
    let function = match handler.function.find(&handler.name, owner) {
        Ok(function) => function,
        Err(why) if handler.records => {
            let (sqlstate, message, detail, hint) = why.told();
            return Err(Told {
                sqlstate,
                message,
                detail,
                hint,
                context: None,
            });
        }
        Err(why) => why.raise(),
    };
    let argument = event::argument(document);
    if !handler.records {
        function.call(argument);
        return Ok(());
    }
    function.try_call(argument).map_err(|failure| Told {
        sqlstate: failure.sqlstate,
        message: failure.message,
        detail: failure.detail,
        hint: failure.hint,
        context: failure.context,
    })
}

#[cold]
fn relation_is_not_the_log(target: &Target) -> ! {
    Error::not_set_up(
        format!(
            "relation \"{}\" is not the log whose handlers its trigger calls",
            relation::display(target.root)
        ),
        "Drop the trigger: eventlog.on_event() puts it where it belongs.",
    )
    .raise()
}
