//! The SQL of the extension, in the order in which it is installed: one object a file, one file a line.
//!
//! A file stands after those that it needs; nothing is sorted by a tool, so that the install script reads as this list
//! does.

use pgrx::extension_sql_file;

/// Has each file, known by an identifier, come after the one before it.
macro_rules! in_order {
    (@after $before:tt; $name:tt $file:tt $($rest:tt)*) => {
        extension_sql_file!($file, name = $name, requires = [$before]);
        in_order!(@after $name; $($rest)*);
    };
    (@after $last:tt;) => {};
    ($name:tt $file:tt $($rest:tt)*) => {
        extension_sql_file!($file, name = $name, bootstrap);
        in_order!(@after $name; $($rest)*);
    };
}

in_order! {
    "schema" "../sql/schema.sql"
    "grants_begin" "../sql/grants/begin.sql"

    "ident_ident" "../sql/ident/ident.sql"
    "ident__ident" "../sql/ident/_ident.sql"
    "ident_casts" "../sql/ident/casts.sql"

    "context_set_context" "../sql/context/set_context.sql"
    "context_current_tenant" "../sql/context/current_tenant.sql"
    "context_current_actor_type" "../sql/context/current_actor_type.sql"
    "context_current_actor" "../sql/context/current_actor.sql"
    "context_current_correlation" "../sql/context/current_correlation.sql"
    "context_current_causation" "../sql/context/current_causation.sql"
    "context_current_reason" "../sql/context/current_reason.sql"
    "context_current_context" "../sql/context/current_context.sql"
    "context_may_write" "../sql/context/may_write.sql"

    "log_new_event_id" "../sql/log/new_event_id.sql"
    "log_new_occurred_at" "../sql/log/new_occurred_at.sql"
    "log_new_recorded_at" "../sql/log/new_recorded_at.sql"
    "log_new_xid" "../sql/log/new_xid.sql"
    "log_new_seq" "../sql/log/new_seq.sql"
    "log_is_visible" "../sql/log/is_visible.sql"
    "log_cluster_origin" "../sql/log/cluster_origin.sql"

    "writing_guard_claim" "../sql/writing/guard_claim.sql"

    "gate_gate" "../sql/gate/gate.sql"

    "append_only_forbid_change" "../sql/append_only/forbid_change.sql"

    "catalogue_invalidate_cache" "../sql/catalogue/invalidate_cache.sql"
    "catalogue__require_act" "../sql/catalogue/_require_act.sql"
    "catalogue_log" "../sql/catalogue/log.sql"
    "catalogue_event_type" "../sql/catalogue/event_type.sql"
    "catalogue_admin_log" "../sql/catalogue/admin_log.sql"
    "catalogue__guard_tracking" "../sql/catalogue/_guard_tracking.sql"
    "catalogue_tracked_table" "../sql/catalogue/tracked_table.sql"
    "catalogue__guard_isolated" "../sql/catalogue/_guard_isolated.sql"
    "catalogue_isolated_table" "../sql/catalogue/isolated_table.sql"
    "catalogue_column_change" "../sql/catalogue/column_change.sql"
    "grants_close" "../sql/grants/close.sql"
    "catalogue_owner" "../sql/catalogue/owner.sql"

    "context_grant_context" "../sql/context/grant_context.sql"
    "context_revoke_context" "../sql/context/revoke_context.sql"

    "append_only__add_guards" "../sql/append_only/_add_guards.sql"
    "append_only__drop_guards" "../sql/append_only/_drop_guards.sql"
    "append_only__guard_new_partitions" "../sql/append_only/_guard_new_partitions.sql"
    "append_only_make_append_only" "../sql/append_only/make_append_only.sql"
    "append_only_release_append_only" "../sql/append_only/release_append_only.sql"

    "log__present_format" "../sql/log/_present_format.sql"
    "log__object_name" "../sql/log/_object_name.sql"
    "log__free_name" "../sql/log/_free_name.sql"
    "log__close_new" "../sql/log/_close_new.sql"
    "log__share_owner" "../sql/log/_share_owner.sql"
    "log__gate_id" "../sql/log/_gate_id.sql"
    "log__claims_tenant" "../sql/log/_claims_tenant.sql"
    "log__claims_named" "../sql/log/_claims_named.sql"
    "log__claims_of" "../sql/log/_claims_of.sql"
    "log__partition_bounds" "../sql/log/_partition_bounds.sql"
    "log__make_partitions" "../sql/log/_make_partitions.sql"
    "log__sequence_of" "../sql/log/_sequence_of.sql"
    "log__lacks_default" "../sql/log/_lacks_default.sql"
    "log__equip_defaults" "../sql/log/_equip_defaults.sql"
    "log__equip_claims" "../sql/log/_equip_claims.sql"
    "log__next_seq" "../sql/log/_next_seq.sql"
    "log__equip_sequence" "../sql/log/_equip_sequence.sql"
    "log__equip_log" "../sql/log/_equip_log.sql"
    "log__build_log" "../sql/log/_build_log.sql"
    "log_create_log" "../sql/log/create_log.sql"
    "log_repair_log" "../sql/log/repair_log.sql"
    "log_forget_log" "../sql/log/forget_log.sql"
    "log_set_default_log" "../sql/log/set_default_log.sql"
    "log__log_columns" "../sql/log/_log_columns.sql"
    "log__guards_stand" "../sql/log/_guards_stand.sql"
    "log_logs" "../sql/log/logs.sql"

    "writing_log_event" "../sql/writing/log_event.sql"
    "writing_log_events" "../sql/writing/log_events.sql"
    "writing_validate_event" "../sql/writing/validate_event.sql"

    "taxonomy_register_event_type" "../sql/taxonomy/register_event_type.sql"
    "taxonomy_retire_event_type" "../sql/taxonomy/retire_event_type.sql"
    "taxonomy_set_default_version" "../sql/taxonomy/set_default_version.sql"
    "taxonomy_import_taxonomy" "../sql/taxonomy/import_taxonomy.sql"
    "taxonomy_export_taxonomy" "../sql/taxonomy/export_taxonomy.sql"
    "taxonomy_event_types" "../sql/taxonomy/event_types.sql"

    "event_view_insert_event_view" "../sql/event_view/insert_event_view.sql"
    "event_view_create_event_view" "../sql/event_view/create_event_view.sql"
    "event_view__event_view_expression" "../sql/event_view/_event_view_expression.sql"
    "event_view__build_event_view" "../sql/event_view/_build_event_view.sql"

    "log__plain_sequence" "../sql/log/_plain_sequence.sql"

    "writing__event_rows" "../sql/writing/_event_rows.sql"

    "log__write_note" "../sql/log/_write_note.sql"
    "log__read_note" "../sql/log/_read_note.sql"
    "log__drop_claims" "../sql/log/_drop_claims.sql"

    "diff_field_changes" "../sql/diff/field_changes.sql"
    "diff_apply_changes" "../sql/diff/apply_changes.sql"
    "diff_revert_changes" "../sql/diff/revert_changes.sql"

    "tracking_capture_changes" "../sql/tracking/capture_changes.sql"
    "tracking_track_changes" "../sql/tracking/track_changes.sql"
    "tracking_untrack_changes" "../sql/tracking/untrack_changes.sql"
    "tracking__check_trackable" "../sql/tracking/_check_trackable.sql"
    "tracking__lock_tracked" "../sql/tracking/_lock_tracked.sql"
    "tracking__may_track" "../sql/tracking/_may_track.sql"
    "tracking__makes_tenants" "../sql/tracking/_makes_tenants.sql"
    "tracking__check_tracked_columns" "../sql/tracking/_check_tracked_columns.sql"
    "tracking__add_capture" "../sql/tracking/_add_capture.sql"
    "tracking__drop_capture" "../sql/tracking/_drop_capture.sql"
    "tracking__carries_capture" "../sql/tracking/_carries_capture.sql"
    "tracking__capture_states" "../sql/tracking/_capture_states.sql"
    "tracking__capture_new_partitions" "../sql/tracking/_capture_new_partitions.sql"
    "tracking__tracked_misfit" "../sql/tracking/_tracked_misfit.sql"
    "tracking__key_columns" "../sql/tracking/_key_columns.sql"
    "tracking__row_query" "../sql/tracking/_row_query.sql"

    "ddl__foreign_objects" "../sql/ddl/_foreign_objects.sql"
    "ddl_follow_ddl" "../sql/ddl/follow_ddl.sql"
    "ddl_eventlog_follow_ddl" "../sql/ddl/eventlog_follow_ddl.sql"
    "ddl_follow_drop" "../sql/ddl/follow_drop.sql"
    "ddl_eventlog_follow_drop" "../sql/ddl/eventlog_follow_drop.sql"

    "log__repair_as_owner" "../sql/log/_repair_as_owner.sql"
    "log_repair_all" "../sql/log/repair_all.sql"

    "tracking_tracked_tables" "../sql/tracking/tracked_tables.sql"
    "tracking__change_payload" "../sql/tracking/_change_payload.sql"
    "tracking_emit_change" "../sql/tracking/emit_change.sql"

    "history__names_since" "../sql/history/_names_since.sql"
    "history__tracked_columns" "../sql/history/_tracked_columns.sql"
    "history__undo_step" "../sql/history/_undo_step.sql"
    "history__undo" "../sql/history/_undo.sql"
    "history__past_row" "../sql/history/_past_row.sql"
    "history__past_key" "../sql/history/_past_key.sql"
    "history__key_tells_apart" "../sql/history/_key_tells_apart.sql"
    "history__spell_keys" "../sql/history/_spell_keys.sql"
    "history__tenant_text" "../sql/history/_tenant_text.sql"
    "history__begin_reading" "../sql/history/_begin_reading.sql"
    "history__end_reading" "../sql/history/_end_reading.sql"
    "history__past_query" "../sql/history/_past_query.sql"
    "history_table_as_of" "../sql/history/table_as_of.sql"
    "history__same_ids" "../sql/history/_same_ids.sql"
    "history_entity_history" "../sql/history/entity_history.sql"
    "history_entity_state" "../sql/history/entity_state.sql"

    "tenancy__policy_roles" "../sql/tenancy/_policy_roles.sql"
    "tenancy__grantees" "../sql/tenancy/_grantees.sql"
    "tenancy__kept_roles" "../sql/tenancy/_kept_roles.sql"
    "tenancy__tenancy_comment" "../sql/tenancy/_tenancy_comment.sql"
    "tenancy__keep_isolation" "../sql/tenancy/_keep_isolation.sql"
    "tenancy__tenancy_note" "../sql/tenancy/_tenancy_note.sql"
    "tenancy__tenant_column" "../sql/tenancy/_tenant_column.sql"
    "tenancy__tenant_type" "../sql/tenancy/_tenant_type.sql"
    "tenancy__policies" "../sql/tenancy/_policies.sql"
    "tenancy__log_roles" "../sql/tenancy/_log_roles.sql"
    "tenancy__put_policies" "../sql/tenancy/_put_policies.sql"
    "tenancy__cover_partitions" "../sql/tenancy/_cover_partitions.sql"
    "tenancy__isolate_new_partitions" "../sql/tenancy/_isolate_new_partitions.sql"
    "tenancy__tenancy_expressions" "../sql/tenancy/_tenancy_expressions.sql"
    "tenancy__apply_tenancy" "../sql/tenancy/_apply_tenancy.sql"
    "tenancy__apply_kind" "../sql/tenancy/_apply_kind.sql"
    "tenancy__isolate_tenants" "../sql/tenancy/_isolate_tenants.sql"
    "tenancy__repair_tenancy" "../sql/tenancy/_repair_tenancy.sql"
    "tenancy__release_tenants" "../sql/tenancy/_release_tenants.sql"
    "tenancy__change_role" "../sql/tenancy/_change_role.sql"
    "tenancy_isolate_tenants" "../sql/tenancy/isolate_tenants.sql"
    "tenancy_release_tenants" "../sql/tenancy/release_tenants.sql"
    "tenancy_grant_reader" "../sql/tenancy/grant_reader.sql"
    "tenancy_revoke_reader" "../sql/tenancy/revoke_reader.sql"
    "tenancy_grant_writer" "../sql/tenancy/grant_writer.sql"
    "tenancy_revoke_writer" "../sql/tenancy/revoke_writer.sql"
    "tenancy_grant_service" "../sql/tenancy/grant_service.sql"
    "tenancy_revoke_service" "../sql/tenancy/revoke_service.sql"
    "tenancy_grant_consumer" "../sql/tenancy/grant_consumer.sql"
    "tenancy_revoke_consumer" "../sql/tenancy/revoke_consumer.sql"
    "tenancy__change_tracker" "../sql/tenancy/_change_tracker.sql"
    "tenancy_grant_tracker" "../sql/tenancy/grant_tracker.sql"
    "tenancy_revoke_tracker" "../sql/tenancy/revoke_tracker.sql"

    "doctor__check_doctor" "../sql/doctor/_check_doctor.sql"
    "doctor__doctor_table" "../sql/doctor/_doctor_table.sql"
    "doctor__doctor_finding" "../sql/doctor/_doctor_finding.sql"
    "doctor__doctor_tables" "../sql/doctor/_doctor_tables.sql"
    "doctor__policy_text" "../sql/doctor/_policy_text.sql"
    "doctor__track_call" "../sql/doctor/_track_call.sql"
    "doctor__isolate_call" "../sql/doctor/_isolate_call.sql"
    "doctor__calls_per_row" "../sql/doctor/_calls_per_row.sql"
    "doctor__wrap_calls" "../sql/doctor/_wrap_calls.sql"
    "doctor__doctor_extension" "../sql/doctor/_doctor_extension.sql"
    "doctor__doctor_logs" "../sql/doctor/_doctor_logs.sql"
    "doctor__doctor_writes" "../sql/doctor/_doctor_writes.sql"
    "doctor__doctor_partitions" "../sql/doctor/_doctor_partitions.sql"
    "doctor__doctor_guards" "../sql/doctor/_doctor_guards.sql"
    "doctor__doctor_tracking" "../sql/doctor/_doctor_tracking.sql"
    "doctor__doctor_isolation" "../sql/doctor/_doctor_isolation.sql"
    "doctor__plain_expression" "../sql/doctor/_plain_expression.sql"
    "doctor__isolation_policies" "../sql/doctor/_isolation_policies.sql"
    "doctor__doctor_tenants" "../sql/doctor/_doctor_tenants.sql"
    "doctor__doctor_policies" "../sql/doctor/_doctor_policies.sql"
    "doctor__doctor_grants" "../sql/doctor/_doctor_grants.sql"
    "doctor__doctor_roles" "../sql/doctor/_doctor_roles.sql"
    "doctor__doctor_views" "../sql/doctor/_doctor_views.sql"
    "doctor__doctor_functions" "../sql/doctor/_doctor_functions.sql"
    "doctor__doctor_settings" "../sql/doctor/_doctor_settings.sql"
    "doctor_doctor" "../sql/doctor/doctor.sql"

    "grants_end" "../sql/grants/end.sql"
}
