//! Rows of a table's type, taken apart, made, and read from documents.

use super::attempt::attempt;
use super::datum::{self, Jsonb};
use super::fcall::Call;
use super::memory::Memory;
use super::relation::Attribute;
use super::tuple::{self, Row};
use pgrx::pg_sys::{self, Datum, Oid};
use std::ffi::{CStr, CString};

/// The row type of a table.
pub struct RowType {
    desc: pg_sys::TupleDesc,
    /// the table
    pub relation: Oid,
    /// its columns, those that were dropped left out
    pub columns: Vec<Attribute>,
}

/// A row, column by column: values at the positions of a [`RowType`]'s tuples.
pub struct Fields<'m> {
    values: Vec<Datum>,
    nulls: Vec<bool>,
    desc: pg_sys::TupleDesc,
    /// where its values lie
    memory: Memory<'m>,
}

impl RowType {
    /// The type of a call's argument, of polymorphic type; none where it is not that of a table's
    /// rows. It lives as long as the call's place in its statement.
    pub fn of_argument(call: &Call<'_>, i: usize) -> Option<RowType> {
        // SAFETY: catalogue look-ups that take any oid. The copy of the row type lies in the memory
        // in which the function manager keeps what belongs to this call's place.
        unsafe {
            let kind = call.argument_type(i)?;
            let relation = pg_sys::get_typ_typrelid(kind);
            if relation == pg_sys::InvalidOid || pg_sys::get_typtype(kind) as u8 != b'c' {
                return None;
            }
            let desc = call.within_place(|| pg_sys::lookup_rowtype_tupdesc_copy(kind, -1));
            let columns = (0..(*desc).natts as usize)
                .map(|i| tuple::attribute(desc, i))
                .filter(|a| !a.attisdropped)
                .map(|a| Attribute::of(a))
                .collect();
            Some(RowType {
                desc,
                relation,
                columns,
            })
        }
    }

    /// A row of nulls, whose values will lie in this memory.
    pub fn empty<'m>(&self, memory: Memory<'m>) -> Fields<'m> {
        // SAFETY: the row type is live.
        let count = unsafe { (*self.desc).natts as usize };
        Fields {
            values: vec![Datum::from(0usize); count],
            nulls: vec![true; count],
            desc: self.desc,
            memory,
        }
    }

    /// The values of a row of this type, which the call's argument is; they live as long as it.
    pub fn fields<'a>(&self, call: &Call<'a>, i: usize) -> Option<Fields<'a>> {
        // SAFETY: the row type is live.
        let value = call.argument(i)?.of_kind(unsafe { (*self.desc).tdtypeid });
        let mut fields = self.empty(call.memory());
        // SAFETY: a non-null composite value of this type; the arrays are as long as its row type.
        unsafe {
            let memory = call.memory();
            let header = memory.within(|| pg_sys::pg_detoast_datum(value.cast_mut_ptr()));
            let header = header.cast::<pg_sys::HeapTupleHeaderData>();
            let mut tuple = pg_sys::HeapTupleData {
                t_len: pgrx::varsize_4b(header.cast()) as u32,
                t_data: header,
                ..Default::default()
            };
            pg_sys::heap_deform_tuple(
                &mut tuple,
                self.desc,
                fields.values.as_mut_ptr(),
                fields.nulls.as_mut_ptr(),
            );
        }
        Some(fields)
    }

    /// A row with these values, which are of this type: they come from `empty`, `fields` and `Reader::read`.
    pub fn form<'m>(&self, fields: &Fields<'m>) -> datum::Datum<'m> {
        let (values, nulls) = (fields.values.as_ptr(), fields.nulls.as_ptr());
        // SAFETY: both arrays are as long as the fields' row type, and hold values of its types. The tuple lies in the
        // fields' memory, and is of the type that is read from it.
        fields.memory.within(|| unsafe {
            let tuple = pg_sys::heap_form_tuple(fields.desc, values.cast_mut(), nulls.cast_mut());
            let row = pg_sys::HeapTupleHeaderGetDatum((*tuple).t_data);
            datum::Datum::new(row, (*fields.desc).tdtypeid)
        })
    }
}

impl Fields<'_> {
    /// Makes a column null.
    pub fn clear(&mut self, number: i16) {
        self.nulls[number as usize - 1] = true;
    }

    fn set(&mut self, number: i16, value: Option<Datum>) {
        let i = number as usize - 1;
        self.nulls[i] = value.is_none();
        self.values[i] = value.unwrap_or(Datum::from(0usize));
    }

    /// The row.
    pub fn row(&self) -> Row<'_> {
        let (values, nulls, len) = (self.values.as_ptr(), self.nulls.as_ptr(), self.values.len());
        // SAFETY: both arrays are as long as announced, and borrowed for the row's life.
        unsafe { Row::new(values, nulls, self.desc, len, self.memory) }
    }
}

/// Reads some columns of a row from documents, as `jsonb_populate_record` reads them.
pub struct Reader {
    /// what is read, in this order
    columns: Vec<Attribute>,
    desc: pg_sys::TupleDesc,
    /// a record of nulls
    base: Datum,
    memory: pg_sys::MemoryContext,
    function: *mut pg_sys::FmgrInfo,
}

impl Reader {
    /// For columns of a table, or their like: under these names, and of these types. It lives as
    /// long as the call's place in its statement.
    pub fn new(call: &Call<'_>, columns: Vec<Attribute>) -> Reader {
        // SAFETY: all is allocated in the memory of the call's place. The row type has as many
        // attributes as columns, whose types exist; the name is NUL-terminated and copied.
        call.within_place(|| unsafe {
            let desc = pg_sys::CreateTemplateTupleDesc(columns.len() as i32);
            for (i, column) in columns.iter().enumerate() {
                let name = CString::new(column.name.as_str()).unwrap_or_default();
                pg_sys::TupleDescInitEntry(
                    desc,
                    i as i16 + 1,
                    name.as_ptr(),
                    column.kind,
                    column.modifier,
                    0,
                );
            }
            let desc = pg_sys::BlessTupleDesc(desc);
            let mut values = vec![Datum::from(0usize); columns.len()];
            let mut nulls = vec![true; columns.len()];
            let tuple = pg_sys::heap_form_tuple(desc, values.as_mut_ptr(), nulls.as_mut_ptr());
            let mut reader = Reader {
                columns,
                desc,
                base: pg_sys::HeapTupleHeaderGetDatum((*tuple).t_data),
                memory: std::ptr::null_mut(),
                function: std::ptr::null_mut(),
            };
            reader.prepare();
            reader
        })
    }

    /// Whether it reads this column.
    pub fn reads(&self, name: &[u8]) -> bool {
        self.columns.iter().any(|c| c.name.as_bytes() == name)
    }

    /// Makes the function anew, with what it keeps between calls.
    ///
    /// # Safety
    /// The current memory context, or that of the former state, lives as long as the reader.
    unsafe fn prepare(&mut self) {
        // SAFETY: as promised. The expression tells the function that its argument is a record.
        unsafe {
            let parent = match self.memory.is_null() {
                true => pg_sys::CurrentMemoryContext,
                false => {
                    let parent = (*self.memory).parent;
                    pg_sys::MemoryContextDelete(self.memory);
                    parent
                }
            };
            self.memory = pg_sys::AllocSetContextCreateInternal(
                parent,
                c"pg_eventlog reader".as_ptr(),
                pg_sys::ALLOCSET_SMALL_MINSIZE as usize,
                pg_sys::ALLOCSET_SMALL_INITSIZE as usize,
                pg_sys::ALLOCSET_DEFAULT_MAXSIZE as usize,
            );
            let before = pg_sys::MemoryContextSwitchTo(self.memory);
            let function = pg_sys::Oid::from(pg_sys::F_JSONB_POPULATE_RECORD);
            let none = pg_sys::InvalidOid;
            let mut arguments = std::ptr::null_mut();
            for kind in [pg_sys::RECORDOID, pg_sys::JSONBOID] {
                arguments =
                    pg_sys::lappend(arguments, pg_sys::makeNullConst(kind, -1, none).cast());
            }
            let expression = pg_sys::makeFuncExpr(
                function,
                pg_sys::RECORDOID,
                arguments,
                none,
                none,
                pg_sys::CoercionForm::COERCE_EXPLICIT_CALL,
            );
            self.function = pg_sys::palloc0(size_of::<pg_sys::FmgrInfo>()).cast();
            pg_sys::fmgr_info_cxt(function, self.function, self.memory);
            (*self.function).fn_expr = expression.cast();
            pg_sys::MemoryContextSwitchTo(before);
        }
    }

    /// Puts what a document says of the columns into a row; columns that it does not name stay as
    /// they are. False, and nothing is done, where one cannot be read.
    pub fn read(&mut self, document: &[u8], fields: &mut Fields<'_>) -> bool {
        let memory = fields.memory;
        memory.within(|| self.read_into(memory.jsonb(document), fields))
    }

    fn read_into(&mut self, document: Jsonb<'_>, fields: &mut Fields<'_>) -> bool {
        let argument = datum::Datum::from(document).raw();
        let count = self.columns.len();
        let mut values = vec![Datum::from(0usize); count];
        let mut nulls = vec![true; count];
        let (function, base, desc) = (self.function, self.base, self.desc);
        let (out, out_nulls) = (values.as_mut_ptr(), nulls.as_mut_ptr());
        // SAFETY: the function takes a record and a jsonb and gives a record of the same type; the
        // call info has room for two arguments. The arrays are as long as the row type. Nothing in
        // the closure needs dropping.
        let read = unsafe {
            attempt(|| {
                let mut space = std::mem::MaybeUninit::<CallSpace>::zeroed();
                let info: pg_sys::FunctionCallInfo = space.as_mut_ptr().cast();
                (*info).flinfo = function;
                (*info).nargs = 2;
                let arguments = (*info).args.as_mut_ptr();
                (*arguments).value = base;
                (*arguments.add(1)).value = argument;
                let Some(call) = (*function).fn_addr else {
                    return false;
                };
                let record = call(info);
                if (*info).isnull {
                    return false;
                }
                let header = record.cast_mut_ptr::<pg_sys::HeapTupleHeaderData>();
                let mut tuple = pg_sys::HeapTupleData {
                    t_len: pgrx::varsize_4b(header.cast()) as u32,
                    t_data: header,
                    ..Default::default()
                };
                pg_sys::heap_deform_tuple(&mut tuple, desc, out, out_nulls);
                true
            })
        };
        match read {
            Ok(true) => {}
            Ok(false) => return false,
            Err(_) => {
                // What the function had begun to keep is half made.
                // SAFETY: the reader's memory lives, and so does its parent.
                unsafe { self.prepare() };
                return false;
            }
        }
        // Its own document says which columns there were.
        let said = document.read().ok().and_then(|d| d.root().as_object());
        for (i, column) in self.columns.iter().enumerate() {
            if said.is_some_and(|said| said.contains_key(column.name.as_bytes())) {
                fields.set(column.number, (!nulls[i]).then(|| values[i]));
            }
        }
        true
    }
}

/// A call info with room for two arguments.
#[repr(C)]
struct CallSpace {
    info: pg_sys::FunctionCallInfoBaseData,
    arguments: [pg_sys::NullableDatum; 2],
}

impl Attribute {
    /// # Safety
    /// A live attribute, whose name is NUL-terminated.
    pub(super) unsafe fn of(a: &pg_sys::FormData_pg_attribute) -> Attribute {
        Attribute {
            number: a.attnum,
            // SAFETY: as promised.
            name: unsafe { CStr::from_ptr(a.attname.data.as_ptr()) }
                .to_string_lossy()
                .into_owned(),
            kind: a.atttypid,
            modifier: a.atttypmod,
            collation: a.attcollation,
            len: a.attlen,
            by_value: a.attbyval,
            is_virtual: a.attgenerated as u8 == b'v',
            is_computed: a.attgenerated as u8 == b's',
        }
    }

    /// A value of this type that is in no table.
    pub fn of_type(kind: Oid) -> Attribute {
        let (mut len, mut by_value) = (0, false);
        // SAFETY: out-parameters of the right types; the type is that of an argument, which exists.
        unsafe { pg_sys::get_typlenbyval(kind, &mut len, &mut by_value) };
        Attribute {
            number: 1,
            name: String::new(),
            kind,
            modifier: -1,
            // SAFETY: a look-up that takes any oid.
            collation: unsafe { pg_sys::get_typcollation(kind) },
            len,
            by_value,
            is_virtual: false,
            is_computed: false,
        }
    }

    /// The same under another collation.
    pub fn collated(mut self, collation: Oid) -> Attribute {
        self.collation = collation;
        self
    }

    /// The same without the domain that its type may be, and without a length or precision: what
    /// it holds can be read, whatever its type asks of it.
    pub fn unbound(mut self) -> Attribute {
        self.kind = super::types::base(self.kind).0;
        self.modifier = -1;
        self
    }

    /// Whether values that are equal as texts of this type are the only ones that are equal.
    pub fn tells_apart(&self) -> bool {
        // SAFETY: a look-up for a collation that is not none.
        let deterministic = self.collation == pg_sys::InvalidOid
            || unsafe { pg_sys::get_collation_isdeterministic(self.collation) };
        deterministic && super::encode::Encoding::of(self.kind).tells_apart(self.kind)
    }
}
