//! Triggers: what fired, on which row.

use super::datum::Datum;
use super::fcall::{Ret, Returned};
use super::memory::Memory;
use super::relation::RelationRef;
use super::transition::TransitionTable;
use super::tuple::{self, Row};
use crate::error::Error;
use pgrx::pg_sys;
use std::ffi::CStr;

/// The operation that fired a trigger.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Operation {
    Insert,
    Update,
    Delete,
    Truncate,
}

impl Operation {
    /// As SQL spells it.
    pub fn name(self) -> &'static str {
        match self {
            Operation::Insert => "INSERT",
            Operation::Update => "UPDATE",
            Operation::Delete => "DELETE",
            Operation::Truncate => "TRUNCATE",
        }
    }
}

/// How a trigger was made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Definition<'a> {
    /// its name
    pub name: &'a [u8],
    /// when it fires, as `pg_trigger.tgtype` has it
    pub kind: i16,
    /// the name of the table of old rows
    pub old_rows: Option<&'a [u8]>,
    /// the name of the table of new rows
    pub new_rows: Option<&'a [u8]>,
    /// how many arguments it has
    pub arguments: i16,
    /// whether it does not fire for each such event: it has a condition or names columns, or belongs
    /// to a constraint
    pub is_restricted: bool,
}

/// One firing of a trigger.
pub struct Trigger<'a> {
    data: *const pg_sys::TriggerData,
    memory: Memory<'a>,
}

const OPMASK: u32 = pg_sys::TRIGGER_EVENT_OPMASK;
const TIMINGMASK: u32 = pg_sys::TRIGGER_EVENT_TIMINGMASK;

impl<'a> Trigger<'a> {
    /// # Safety
    /// `fcinfo` is the call info of the running function.
    pub(super) unsafe fn from_fcinfo(
        fcinfo: pg_sys::FunctionCallInfo,
        memory: Memory<'a>,
        function: &'static str,
    ) -> Self {
        // SAFETY: as promised; a call from the trigger manager has a TriggerData as its context.
        unsafe {
            let context = (*fcinfo).context;
            if context.is_null() || (*context).type_ != pg_sys::NodeTag::T_TriggerData {
                Error::TriggerMisuse { function }.raise();
            }
            Trigger {
                data: context.cast(),
                memory,
            }
        }
    }

    /// What lives as long as its call.
    pub fn memory(&self) -> Memory<'a> {
        self.memory
    }

    fn data(&self) -> &pg_sys::TriggerData {
        // SAFETY: checked on construction; lives for the call.
        unsafe { &*self.data }
    }

    /// What fired it.
    pub fn event(&self) -> Operation {
        match self.data().tg_event & OPMASK {
            pg_sys::TRIGGER_EVENT_INSERT => Operation::Insert,
            pg_sys::TRIGGER_EVENT_DELETE => Operation::Delete,
            pg_sys::TRIGGER_EVENT_UPDATE => Operation::Update,
            _ => Operation::Truncate,
        }
    }

    /// The row that is about to be inserted, where it is a BEFORE INSERT trigger for each row.
    #[inline]
    pub fn before_insert_row(&self) -> Option<Inserting<'a>> {
        self.inserting(pg_sys::TRIGGER_EVENT_BEFORE)
    }

    /// The row that is to be inserted, where it is an INSTEAD OF INSERT trigger.
    pub fn instead_of_insert(&self) -> Option<Inserting<'a>> {
        self.inserting(pg_sys::TRIGGER_EVENT_INSTEAD)
    }

    #[inline]
    fn inserting(&self, timing: u32) -> Option<Inserting<'a>> {
        let event = self.data().tg_event & (OPMASK | TIMINGMASK | pg_sys::TRIGGER_EVENT_ROW);
        let wanted = pg_sys::TRIGGER_EVENT_INSERT | timing | pg_sys::TRIGGER_EVENT_ROW;
        (event == wanted).then_some(Inserting {
            data: self.data,
            memory: self.memory,
            now: None,
        })
    }

    /// Whether it fires for each row that was inserted, after it.
    pub fn is_after_insert_row(&self) -> bool {
        let event = self.data().tg_event & (OPMASK | TIMINGMASK | pg_sys::TRIGGER_EVENT_ROW);
        event
            == pg_sys::TRIGGER_EVENT_INSERT
                | pg_sys::TRIGGER_EVENT_AFTER
                | pg_sys::TRIGGER_EVENT_ROW
    }

    /// Whether it fires once for a statement, before it.
    pub fn is_before_statement(&self) -> bool {
        let event = self.data().tg_event;
        event & (TIMINGMASK | pg_sys::TRIGGER_EVENT_ROW) == pg_sys::TRIGGER_EVENT_BEFORE
    }

    /// Whether it fires once for a statement, after it.
    pub fn is_after_statement(&self) -> bool {
        self.data().tg_event & (TIMINGMASK | pg_sys::TRIGGER_EVENT_ROW)
            == pg_sys::TRIGGER_EVENT_AFTER
    }

    /// When it fires, as `pg_trigger.tgtype` has it.
    pub fn kind(&self) -> i16 {
        // SAFETY: the trigger lives for the call.
        unsafe { (*self.data().tg_trigger).tgtype }
    }

    /// Whether a trigger of the same function fires after this statement, too.
    pub fn has_after(&self) -> bool {
        let kind = match self.event() {
            Operation::Insert => pg_sys::TRIGGER_TYPE_INSERT,
            Operation::Update => pg_sys::TRIGGER_TYPE_UPDATE,
            Operation::Delete => pg_sys::TRIGGER_TYPE_DELETE,
            Operation::Truncate => pg_sys::TRIGGER_TYPE_TRUNCATE,
        };
        // Neither "after" nor "for each statement" has a bit of its own.
        self.has_sibling(kind as i16)
    }

    /// Whether the table has a trigger of the same function and of this kind that fires.
    pub fn has_sibling(&self, kind: i16) -> bool {
        // SAFETY: the relation is open and carries the trigger that fired, so it has triggers.
        unsafe {
            let own = (*self.data().tg_trigger).tgfoid;
            let all = &*(*self.data().tg_relation).trigdesc;
            (0..all.numtriggers as usize).any(|i| {
                let trigger = &*all.triggers.add(i);
                trigger.tgfoid == own
                    && trigger.tgtype == kind
                    && matches!(trigger.tgenabled as u8, b'O' | b'A')
            })
        }
    }

    /// The rows as they were before the statement, if the trigger asks for them.
    pub fn old_rows(&self) -> Option<TransitionTable<'a>> {
        // SAFETY: the store lives until the statement's triggers have run, and its rows are of the
        // relation's type.
        unsafe {
            let data = self.data();
            TransitionTable::new(data.tg_oldtable, (*data.tg_relation).rd_att, self.memory)
        }
    }

    /// The rows as they are after the statement, if the trigger asks for them.
    pub fn new_rows(&self) -> Option<TransitionTable<'a>> {
        // SAFETY: as for the old rows.
        unsafe {
            let data = self.data();
            TransitionTable::new(data.tg_newtable, (*data.tg_relation).rd_att, self.memory)
        }
    }

    /// The table or view that it fired on.
    #[inline]
    pub fn relation(&self) -> RelationRef<'a> {
        // SAFETY: the executor keeps the relation open and locked while the trigger runs.
        unsafe { RelationRef::new(self.data().tg_relation) }
    }

    /// How it was made.
    pub fn definition(&self) -> Definition<'a> {
        // SAFETY: the trigger is alive for the call; its strings are NUL-terminated or null.
        unsafe {
            let trigger = &*self.data().tg_trigger;
            let text =
                |p: *const std::ffi::c_char| (!p.is_null()).then(|| CStr::from_ptr(p).to_bytes());
            Definition {
                name: CStr::from_ptr(trigger.tgname).to_bytes(),
                kind: trigger.tgtype,
                old_rows: text(trigger.tgoldtable),
                new_rows: text(trigger.tgnewtable),
                arguments: trigger.tgnargs,
                is_restricted: !trigger.tgqual.is_null()
                    || trigger.tgnattr != 0
                    || trigger.tgconstraint != pg_sys::InvalidOid,
            }
        }
    }

    /// The trigger's argument `i`.
    pub fn argument(&self, i: usize) -> Option<&'a CStr> {
        // SAFETY: tgargs holds tgnargs NUL-terminated strings, alive for the call.
        unsafe {
            let trigger = &*self.data().tg_trigger;
            (i < trigger.tgnargs as usize).then(|| CStr::from_ptr(*trigger.tgargs.add(i)))
        }
    }

    /// Shows `f` the rows that a trigger for each row is about: the old one, the new one, or both.
    pub fn each_row(&self, mut f: impl FnMut(Row<'_>)) {
        // SAFETY: the tuples are of the relation's type and live for the call; an UPDATE has both. The
        // arrays are as long as the row type.
        unsafe {
            let data = self.data();
            if data.tg_event & pg_sys::TRIGGER_EVENT_ROW == 0 {
                return;
            }
            let desc = (*data.tg_relation).rd_att;
            let natts = (*desc).natts as usize;
            let mut values = vec![pg_sys::Datum::from(0usize); natts];
            let mut nulls = vec![true; natts];
            for tuple in [data.tg_trigtuple, data.tg_newtuple] {
                if !tuple.is_null() {
                    pg_sys::heap_deform_tuple(tuple, desc, values.as_mut_ptr(), nulls.as_mut_ptr());
                    let (values, nulls) = (values.as_ptr(), nulls.as_ptr());
                    f(Row::new(values, nulls, desc, natts, self.memory));
                }
            }
        }
    }
}

/// A row that is being inserted: what a trigger for each row, before an INSERT or in place of one, is about. No other
/// trigger has such a row, and so there is no other way to one of these.
pub struct Inserting<'a> {
    data: *const pg_sys::TriggerData,
    memory: Memory<'a>,
    /// the row in place of the one that came
    now: Option<Now>,
}

/// A row that was made of another one, in memory that lives as long as the call.
#[derive(Clone, Copy)]
struct Now {
    tuple: pg_sys::HeapTuple,
    values: *const pg_sys::Datum,
    nulls: *const bool,
}

impl<'a> Inserting<'a> {
    fn data(&self) -> &pg_sys::TriggerData {
        // SAFETY: of a trigger that is running; lives for the call.
        unsafe { &*self.data }
    }

    /// The row, with its first `columns` columns taken apart.
    #[inline]
    pub fn row(&self, columns: i16) -> Row<'a> {
        // SAFETY: a row trigger for INSERT has a slot with the new row; slot_getsomeattrs fills values and
        // nulls up to the column asked for, and the arrays are as long as the row type. Those of another row are
        // filled, and live as long as the call.
        unsafe {
            let slot = self.data().tg_trigslot;
            let desc = (*slot).tts_tupleDescriptor;
            let natts = (*desc).natts;
            let wanted = (columns as i32).min(natts);
            if let Some(now) = self.now {
                return Row::new(now.values, now.nulls, desc, wanted as usize, self.memory);
            }
            if ((*slot).tts_nvalid as i32) < wanted {
                pg_sys::slot_getsomeattrs_int(slot, wanted);
            }
            Row::new(
                (*slot).tts_values,
                (*slot).tts_isnull,
                desc,
                wanted as usize,
                self.memory,
            )
        }
    }

    /// The row unchanged: what a trigger returns to let it pass.
    #[inline]
    pub fn pass(&self) -> Ret {
        Ret::Value(Returned(pg_sys::Datum::from(self.tuple())))
    }

    fn tuple(&self) -> pg_sys::HeapTuple {
        match self.now {
            Some(now) => now.tuple,
            None => self.data().tg_trigtuple,
        }
    }

    /// No row: what a trigger returns to leave it out.
    pub fn leave_out(&self) -> Ret {
        Ret::Void
    }

    /// The row with other values in some columns, in a fresh tuple.
    pub fn pass_with(&self, changes: &[(i16, Datum<'_>)]) -> Ret {
        Ret::Value(Returned(pg_sys::Datum::from(self.changed(changes))))
    }

    /// Another row in its place, with other values in some columns: from here on it is the one that is inserted.
    pub fn replace(&mut self, changes: &[(i16, Datum<'_>)]) {
        let tuple = self.changed(changes);
        // SAFETY: the tuple is a fresh one of the relation's type, in the memory of the call; the arrays are as long as
        // the row type, and aligned for their elements.
        unsafe {
            let desc = (*self.data().tg_relation).rd_att;
            let natts = (*desc).natts as usize;
            let values: *mut pg_sys::Datum =
                self.memory.alloc(natts * size_of::<pg_sys::Datum>()).cast();
            let nulls: *mut bool = self.memory.alloc(natts).cast();
            pg_sys::heap_deform_tuple(tuple, desc, values, nulls);
            self.now = Some(Now {
                tuple,
                values,
                nulls,
            });
        }
    }

    fn changed(&self, changes: &[(i16, Datum<'_>)]) -> pg_sys::HeapTuple {
        let mut columns: Vec<i32> = changes.iter().map(|c| i32::from(c.0)).collect();
        let mut nulls = vec![false; changes.len()];
        // SAFETY: the tuple and its row type are live, and the three arrays are equally long. Values are of the types
        // of their columns, which are there.
        unsafe {
            let desc = (*self.data().tg_relation).rd_att;
            let place = |column: i16| usize::try_from(column - 1).unwrap_or(usize::MAX);
            let value = |(column, value): &(i16, Datum<'_>)| {
                value.of_kind(tuple::attribute(desc, place(*column)).atttypid)
            };
            let mut values: Vec<pg_sys::Datum> = changes.iter().map(value).collect();
            self.memory.within(|| {
                pg_sys::heap_modify_tuple_by_cols(
                    self.tuple(),
                    desc,
                    columns.len() as i32,
                    columns.as_mut_ptr(),
                    values.as_mut_ptr(),
                    nulls.as_mut_ptr(),
                )
            })
        }
    }
}
