//! Settings of a superuser's that the options of a connection hide.
//!
//! Before the library is loaded its settings are placeholders. One that a connection brings along, in its options or
//! its startup packet, stands above what ALTER ROLE and ALTER DATABASE gave: Postgres then never puts that into it.
//! When the library defines the setting, Postgres drops what an ordinary role had no right to bring, and nothing is
//! left. So what was given is read from the catalogue, in which superusers alone (and whom they granted SET on the
//! parameter) can put a value under such a name.

use super::{settings, varlena};
use crate::error::Error;
use pgrx::pg_sys::{self, GucSource};
use std::ffi::{CStr, CString};

/// `pg_db_role_setting` and its index, in all versions.
const TABLE: u32 = 2964;
const INDEX: u32 = 2965;
/// Column of its that holds the settings, after those of the database and the role.
const SETTINGS: i32 = 3;

/// A setting that the connection hides.
pub struct Hidden {
    name: &'static CStr,
    /// what the role or database was given
    given: Option<(CString, GucSource::Type)>,
}

/// Those of these settings that the connection hides; called before they are defined.
pub fn find(names: &[&'static CStr]) -> Vec<Hidden> {
    let placeholders: Vec<_> = names
        .iter()
        .filter_map(|name| Some((*name, reset_source(name)?)))
        .collect();
    // SAFETY: reads backend-local state.
    if !placeholders.is_empty() && unsafe { pg_sys::IsInParallelMode() } {
        // No setting can be given a value then, and each would lose the one that it has.
        Error::not_set_up(
            "pg_eventlog cannot be loaded in the midst of a parallel query",
            "Call one of its functions earlier in the session, or let the server load it: shared_preload_libraries.",
        )
        .raise();
    }
    let mut hidden: Vec<_> = placeholders
        .into_iter()
        .filter(|(_, source)| *source >= GucSource::PGC_S_CLIENT)
        .map(|(name, _)| Hidden { name, given: None })
        .collect();
    if !hidden.is_empty() {
        in_transaction(|| read(&mut hidden));
    }
    hidden
}

impl Hidden {
    /// After the setting was defined: gives it what the role or database was given. What the configuration file or the
    /// server's command line had given is gone for good: `unknown` stands for it. A value that the connection had the
    /// right to bring stays.
    pub fn restore(&self, unknown: Option<&CStr>) {
        match (&self.given, unknown) {
            (Some((value, source)), _) => settings::set_default(self.name, value, *source),
            (None, Some(value)) => {
                settings::set_default(self.name, value, GucSource::PGC_S_GLOBAL);
            }
            (None, None) => {}
        }
    }

    /// Its name.
    pub fn name(&self) -> &'static CStr {
        self.name
    }
}

/// Where the default of this placeholder is from; none where the setting is none.
fn reset_source(name: &CStr) -> Option<GucSource::Type> {
    // SAFETY: the records of settings live as long as the backend, at least until they are defined.
    unsafe {
        let record = record(name)?;
        let placeholder = (*record).flags & pg_sys::GUC_CUSTOM_PLACEHOLDER as i32 != 0;
        placeholder.then_some((*record).reset_source)
    }
}

#[cfg(not(feature = "pg15"))]
unsafe fn record(name: &CStr) -> Option<*const pg_sys::config_generic> {
    // SAFETY: a NUL-terminated name; nothing is made, and no error is raised.
    let found = unsafe { pg_sys::find_option(name.as_ptr(), false, true, 0) };
    (!found.is_null()).then_some(found.cast_const())
}

#[cfg(feature = "pg15")]
unsafe fn record(name: &CStr) -> Option<*const pg_sys::config_generic> {
    // SAFETY: an array of so many records, each with a name.
    unsafe {
        let all = pg_sys::get_guc_variables();
        (0..pg_sys::GetNumConfigOptions() as usize)
            .map(|i| (*all.add(i)).cast_const())
            // Names differ neither in the case of letters.
            .find(|record| {
                CStr::from_ptr((**record).name)
                    .to_bytes()
                    .eq_ignore_ascii_case(name.to_bytes())
            })
    }
}

/// Looks up what was given, in the order in which it counts.
fn read(hidden: &mut [Hidden]) {
    // SAFETY: reads backend-local state.
    let (database, login) = unsafe { (pg_sys::MyDatabaseId, pg_sys::GetAuthenticatedUserId()) };
    let nobody = pg_sys::InvalidOid;
    for (database, role, source) in [
        (database, login, GucSource::PGC_S_DATABASE_USER),
        (nobody, login, GucSource::PGC_S_USER),
        (database, nobody, GucSource::PGC_S_DATABASE),
        (nobody, nobody, GucSource::PGC_S_GLOBAL),
    ] {
        for entry in entries(database, role) {
            let Some((name, value)) = entry.split_once('=') else {
                continue;
            };
            let name = name.replace('-', "_");
            let same = |h: &&mut Hidden| name.as_bytes().eq_ignore_ascii_case(h.name.to_bytes());
            if let Some(hidden) = hidden.iter_mut().find(same)
                && hidden.given.is_none()
            {
                let value = CString::new(value).unwrap_or_default();
                hidden.given = Some((value, source));
            }
        }
    }
}

/// `name=value`, as it was given to a role in a database; none of either is any.
fn entries(database: pg_sys::Oid, role: pg_sys::Oid) -> Vec<String> {
    // SAFETY: a system catalogue, opened and closed here, read by its index of two oids with a catalogue snapshot, which
    // the scan takes itself. The array is copied while the scan holds its row.
    unsafe {
        let table = pg_sys::table_open(TABLE.into(), pg_sys::AccessShareLock as i32);
        let mut keys = [pg_sys::ScanKeyData::default(); 2];
        for (i, value) in [database, role].into_iter().enumerate() {
            pg_sys::ScanKeyInit(
                &mut keys[i],
                i as i16 + 1,
                pg_sys::BTEqualStrategyNumber as u16,
                pg_sys::Oid::from(pg_sys::F_OIDEQ),
                pg_sys::Datum::from(value.to_u32()),
            );
        }
        let scan = pg_sys::systable_beginscan(
            table,
            INDEX.into(),
            true,
            std::ptr::null_mut(),
            2,
            keys.as_mut_ptr(),
        );
        let mut found = Vec::new();
        let tuple = pg_sys::systable_getnext(scan);
        if !tuple.is_null() {
            let mut is_null = false;
            let settings = pg_sys::heap_getattr(tuple, SETTINGS, (*table).rd_att, &mut is_null);
            if !is_null {
                found = varlena::text_array(settings)
                    .into_iter()
                    .flatten()
                    .collect();
            }
        }
        pg_sys::systable_endscan(scan);
        pg_sys::table_close(table, pg_sys::AccessShareLock as i32);
        found
    }
}

/// Runs `f` in the transaction at hand, or in one of its own: the libraries of `session_preload_libraries` are loaded
/// before there is any.
fn in_transaction(f: impl FnOnce()) {
    // SAFETY: what is begun here ends here; an error ends it as any other. Only a session without a transaction begins
    // one, and whoever loads the library goes on with the memory that was current.
    unsafe {
        if pg_sys::IsTransactionState() {
            return f();
        }
        let memory = pg_sys::CurrentMemoryContext;
        pg_sys::StartTransactionCommand();
        f();
        pg_sys::CommitTransactionCommand();
        pg_sys::CurrentMemoryContext = memory;
    }
}
