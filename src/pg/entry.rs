//! The table of native functions: symbol, function.
//!
//! Each is declared by hand in `sql/`, in the file named after it.

use super::fcall::{Call, Ret};
use super::guard;
use pgrx::pg_sys;

/// Defines the C symbol and its info record for a function of a [`Call`].
macro_rules! native {
    ($($symbol:ident => $function:path),* $(,)?) => {$(
        const _: () = {
            #[unsafe(export_name = stringify!($symbol))]
            unsafe extern "C-unwind" fn entry(fcinfo: pg_sys::FunctionCallInfo) -> pg_sys::Datum {
                // SAFETY: the function manager calls this with a live call info.
                unsafe { enter(fcinfo, $function) }
            }

            #[unsafe(export_name = concat!("pg_finfo_", stringify!($symbol)))]
            extern "C" fn info() -> &'static pg_sys::Pg_finfo_record {
                &API_VERSION_1
            }
        };
    )*};
}

const API_VERSION_1: pg_sys::Pg_finfo_record = pg_sys::Pg_finfo_record { api_version: 1 };

#[inline]
unsafe fn enter(fcinfo: pg_sys::FunctionCallInfo, function: fn(&Call<'_>) -> Ret) -> pg_sys::Datum {
    // SAFETY: as promised by the caller.
    let call = unsafe { Call::new(fcinfo) };
    match guard::border(|| function(&call)) {
        Ret::Value(datum) => datum,
        Ret::Void => pg_sys::Datum::from(0usize),
        Ret::Null => {
            // SAFETY: the call info is live until the function returns.
            unsafe { (*fcinfo).isnull = true };
            pg_sys::Datum::from(0usize)
        }
    }
}

native! {
    eventlog_guard_schema => crate::append_only::guard_schema,
    eventlog_guard_triggers => crate::append_only::guard_triggers,
    eventlog_guard_partitions => crate::append_only::guard_partitions,
    eventlog_forbid_change => crate::append_only::forbid_change,
    eventlog_make_append_only => crate::append_only::make_append_only,
    eventlog_release_append_only => crate::append_only::release_append_only,
    eventlog_set_context => crate::context::set_context,
    eventlog_current_tenant => crate::context::current_tenant,
    eventlog_current_actor_type => crate::context::current_actor_type,
    eventlog_current_actor => crate::context::current_actor,
    eventlog_current_correlation => crate::context::current_correlation,
    eventlog_current_causation => crate::context::current_causation,
    eventlog_current_reason => crate::context::current_reason,
    eventlog_current_context => crate::context::current_context,
    eventlog_grant_context => crate::context::grant::grant_context,
    eventlog_revoke_context => crate::context::grant::revoke_context,
    eventlog_may_write_uuid => crate::context::may_write::uuid,
    eventlog_may_write_bigint => crate::context::may_write::bigint,
    eventlog_may_write_text => crate::context::may_write::text,
    eventlog_field_changes => crate::diff::field_changes,
    eventlog_apply_changes => crate::diff::apply_changes,
    eventlog_revert_changes => crate::diff::revert_changes,
    eventlog_calls_per_row => crate::doctor::calls_per_row,
    eventlog_wrap_calls => crate::doctor::wrap_calls,
    eventlog_gate => crate::gate::gate,
    eventlog_create_log => crate::log::admin::create_log,
    eventlog_repair_log => crate::log::admin::repair_log,
    eventlog_forget_log => crate::log::admin::forget_log,
    eventlog_repair_as_owner => crate::repair::repair_as_owner,
    eventlog_set_default_log => crate::log::admin::set_default_log,
    eventlog_create_event_view => crate::log::admin::create_event_view,
    eventlog_insert_event_view => crate::log::view::insert_event_view,
    eventlog_new_event_id => crate::writing::identity::new_event_id,
    eventlog_new_occurred_at => crate::writing::identity::new_occurred_at,
    eventlog_new_recorded_at => crate::writing::identity::new_recorded_at,
    eventlog_is_visible => crate::writing::number::is_visible,
    eventlog_new_xid => crate::writing::number::new_xid,
    eventlog_new_seq => crate::writing::number::new_seq,
    eventlog_cluster_origin => crate::writing::identity::cluster_origin,
    eventlog_guard_claim => crate::writing::key::guard_claim,
    eventlog_ident_of_uuid => crate::writing::identity::ident_of_uuid,
    eventlog_log_event => crate::writing::one::log_event,
    eventlog_log_events => crate::writing::many::log_events,
    eventlog_event_rows => crate::writing::many::event_rows,
    eventlog_register_event_type => crate::taxonomy::admin::register_event_type,
    eventlog_retire_event_type => crate::taxonomy::admin::retire_event_type,
    eventlog_set_default_version => crate::taxonomy::admin::set_default_version,
    eventlog_import_taxonomy => crate::taxonomy::admin::import_taxonomy,
    eventlog_invalidate_cache => crate::taxonomy::announce::invalidate_cache,
    eventlog_validate_event => crate::taxonomy::validate::validate_event,
    eventlog_track_changes => crate::tracking::admin::track_changes,
    eventlog_untrack_changes => crate::tracking::admin::untrack_changes,
    eventlog_note_columns => crate::tracking::columns::note_columns,
    eventlog_forget_tables => crate::ddl::dropped,
    eventlog_capture_changes => crate::tracking::capture::capture_changes,
    eventlog_entity_history => crate::history::life::entity_history,
    eventlog_entity_state => crate::history::life::entity_state,
    eventlog_names_since => crate::history::names::names_since,
    eventlog_undo => crate::history::undo::undo,
    eventlog_past_row => crate::history::past::past_row,
    eventlog_past_key => crate::history::past::past_key,
    eventlog_key_tells_apart => crate::history::past::key_tells_apart,
    eventlog_spell_keys => crate::history::past::spell_keys,
    eventlog_tenant_text => crate::history::past::tenant_text,
    eventlog_begin_reading => crate::history::tally::begin_reading,
    eventlog_end_reading => crate::history::tally::end_reading,
    eventlog_isolate_tenants => crate::tenancy::isolate_tenants,
    eventlog_release_tenants => crate::tenancy::release_tenants,
    eventlog_grant_reader => crate::tenancy::roles::grant_reader,
    eventlog_revoke_reader => crate::tenancy::roles::revoke_reader,
    eventlog_grant_writer => crate::tenancy::roles::grant_writer,
    eventlog_revoke_writer => crate::tenancy::roles::revoke_writer,
    eventlog_grant_service => crate::tenancy::roles::grant_service,
    eventlog_revoke_service => crate::tenancy::roles::revoke_service,
    eventlog_grant_consumer => crate::tenancy::roles::grant_consumer,
    eventlog_revoke_consumer => crate::tenancy::roles::revoke_consumer,
    eventlog_grant_tracker => crate::tenancy::roles::grant_tracker,
    eventlog_revoke_tracker => crate::tenancy::roles::revoke_tracker,
}
