//! The SQL of the extension, in the order in which it is installed.
//!
//! One object a file, under `sql/<concept>/`. A file stands after those that it needs; nothing is
//! sorted by a tool, so that the install script reads as this list does.

use pgrx::extension_sql_file;

extension_sql_file!("../sql/schema.sql", name = "schema", bootstrap);
extension_sql_file!(
    "../sql/ident/ident.sql",
    name = "ident_ident",
    requires = ["schema"]
);
extension_sql_file!(
    "../sql/ident/_ident.sql",
    name = "ident__ident",
    requires = ["ident_ident"]
);
extension_sql_file!(
    "../sql/ident/casts.sql",
    name = "ident_casts",
    requires = ["ident__ident"]
);
extension_sql_file!(
    "../sql/context/set_context.sql",
    name = "context_set_context",
    requires = ["ident_casts"]
);
extension_sql_file!(
    "../sql/context/current_tenant.sql",
    name = "context_current_tenant",
    requires = ["context_set_context"]
);
extension_sql_file!(
    "../sql/context/current_actor_type.sql",
    name = "context_current_actor_type",
    requires = ["context_current_tenant"]
);
extension_sql_file!(
    "../sql/context/current_actor.sql",
    name = "context_current_actor",
    requires = ["context_current_actor_type"]
);
extension_sql_file!(
    "../sql/context/current_correlation.sql",
    name = "context_current_correlation",
    requires = ["context_current_actor"]
);
extension_sql_file!(
    "../sql/context/current_causation.sql",
    name = "context_current_causation",
    requires = ["context_current_correlation"]
);
extension_sql_file!(
    "../sql/context/current_reason.sql",
    name = "context_current_reason",
    requires = ["context_current_causation"]
);
extension_sql_file!(
    "../sql/context/current_context.sql",
    name = "context_current_context",
    requires = ["context_current_reason"]
);
extension_sql_file!(
    "../sql/context/may_write.sql",
    name = "context_may_write",
    requires = ["context_current_context"]
);
extension_sql_file!(
    "../sql/log/new_event_id.sql",
    name = "log_new_event_id",
    requires = ["context_may_write"]
);
extension_sql_file!(
    "../sql/log/new_occurred_at.sql",
    name = "log_new_occurred_at",
    requires = ["log_new_event_id"]
);
extension_sql_file!(
    "../sql/log/new_recorded_at.sql",
    name = "log_new_recorded_at",
    requires = ["log_new_occurred_at"]
);
extension_sql_file!(
    "../sql/log/new_xid.sql",
    name = "log_new_xid",
    requires = ["log_new_recorded_at"]
);
extension_sql_file!(
    "../sql/log/new_seq.sql",
    name = "log_new_seq",
    requires = ["log_new_xid"]
);
extension_sql_file!(
    "../sql/log/is_visible.sql",
    name = "log_is_visible",
    requires = ["log_new_seq"]
);
extension_sql_file!(
    "../sql/log/cluster_origin.sql",
    name = "log_cluster_origin",
    requires = ["log_is_visible"]
);
extension_sql_file!(
    "../sql/writing/guard_claim.sql",
    name = "writing_guard_claim",
    requires = ["log_cluster_origin"]
);
extension_sql_file!(
    "../sql/gate/gate.sql",
    name = "gate_gate",
    requires = ["writing_guard_claim"]
);
extension_sql_file!(
    "../sql/append_only/forbid_change.sql",
    name = "append_only_forbid_change",
    requires = ["gate_gate"]
);
extension_sql_file!(
    "../sql/catalogue/invalidate_cache.sql",
    name = "catalogue_invalidate_cache",
    requires = ["append_only_forbid_change"]
);
extension_sql_file!(
    "../sql/catalogue/log.sql",
    name = "catalogue_log",
    requires = ["catalogue_invalidate_cache"]
);
extension_sql_file!(
    "../sql/catalogue/event_type.sql",
    name = "catalogue_event_type",
    requires = ["catalogue_log"]
);
extension_sql_file!(
    "../sql/catalogue/admin_log.sql",
    name = "catalogue_admin_log",
    requires = ["catalogue_event_type"]
);
extension_sql_file!(
    "../sql/catalogue/_guard_tracking.sql",
    name = "catalogue__guard_tracking",
    requires = ["catalogue_admin_log"]
);
extension_sql_file!(
    "../sql/catalogue/tracked_table.sql",
    name = "catalogue_tracked_table",
    requires = ["catalogue__guard_tracking"]
);
extension_sql_file!(
    "../sql/catalogue/_guard_isolated.sql",
    name = "catalogue__guard_isolated",
    requires = ["catalogue_tracked_table"]
);
extension_sql_file!(
    "../sql/catalogue/isolated_table.sql",
    name = "catalogue_isolated_table",
    requires = ["catalogue__guard_isolated"]
);
extension_sql_file!(
    "../sql/catalogue/column_change.sql",
    name = "catalogue_column_change",
    requires = ["catalogue_isolated_table"]
);
extension_sql_file!(
    "../sql/catalogue/owner.sql",
    name = "catalogue_owner",
    requires = ["catalogue_column_change"]
);
extension_sql_file!(
    "../sql/context/grant_context.sql",
    name = "context_grant_context",
    requires = ["catalogue_owner"]
);
extension_sql_file!(
    "../sql/context/revoke_context.sql",
    name = "context_revoke_context",
    requires = ["context_grant_context"]
);
extension_sql_file!(
    "../sql/append_only/_add_guards.sql",
    name = "append_only__add_guards",
    requires = ["context_revoke_context"]
);
extension_sql_file!(
    "../sql/append_only/_drop_guards.sql",
    name = "append_only__drop_guards",
    requires = ["append_only__add_guards"]
);
extension_sql_file!(
    "../sql/append_only/_guard_new_partitions.sql",
    name = "append_only__guard_new_partitions",
    requires = ["append_only__drop_guards"]
);
extension_sql_file!(
    "../sql/append_only/make_append_only.sql",
    name = "append_only_make_append_only",
    requires = ["append_only__guard_new_partitions"]
);
extension_sql_file!(
    "../sql/append_only/release_append_only.sql",
    name = "append_only_release_append_only",
    requires = ["append_only_make_append_only"]
);
extension_sql_file!(
    "../sql/append_only/guard_partitions.sql",
    name = "append_only_guard_partitions",
    requires = ["append_only_release_append_only"]
);
extension_sql_file!(
    "../sql/append_only/eventlog_guard_partitions.sql",
    name = "append_only_eventlog_guard_partitions",
    requires = ["append_only_guard_partitions"]
);
extension_sql_file!(
    "../sql/append_only/guard_triggers.sql",
    name = "append_only_guard_triggers",
    requires = ["append_only_eventlog_guard_partitions"]
);
extension_sql_file!(
    "../sql/append_only/eventlog_guard_triggers.sql",
    name = "append_only_eventlog_guard_triggers",
    requires = ["append_only_guard_triggers"]
);
extension_sql_file!(
    "../sql/log/_object_name.sql",
    name = "log__object_name",
    requires = ["append_only_eventlog_guard_triggers"]
);
extension_sql_file!(
    "../sql/log/_free_name.sql",
    name = "log__free_name",
    requires = ["log__object_name"]
);
extension_sql_file!(
    "../sql/log/_close_new.sql",
    name = "log__close_new",
    requires = ["log__free_name"]
);
extension_sql_file!(
    "../sql/log/_share_owner.sql",
    name = "log__share_owner",
    requires = ["log__close_new"]
);
extension_sql_file!(
    "../sql/log/_gate_id.sql",
    name = "log__gate_id",
    requires = ["log__share_owner"]
);
extension_sql_file!(
    "../sql/log/_claims_tenant.sql",
    name = "log__claims_tenant",
    requires = ["log__gate_id"]
);
extension_sql_file!(
    "../sql/log/_claims_of.sql",
    name = "log__claims_of",
    requires = ["log__claims_tenant"]
);
extension_sql_file!(
    "../sql/log/_partition_bounds.sql",
    name = "log__partition_bounds",
    requires = ["log__claims_of"]
);
extension_sql_file!(
    "../sql/log/_make_partitions.sql",
    name = "log__make_partitions",
    requires = ["log__partition_bounds"]
);
extension_sql_file!(
    "../sql/log/_sequence_of.sql",
    name = "log__sequence_of",
    requires = ["log__make_partitions"]
);
extension_sql_file!(
    "../sql/log/_lacks_default.sql",
    name = "log__lacks_default",
    requires = ["log__sequence_of"]
);
extension_sql_file!(
    "../sql/log/_equip_defaults.sql",
    name = "log__equip_defaults",
    requires = ["log__lacks_default"]
);
extension_sql_file!(
    "../sql/log/_equip_claims.sql",
    name = "log__equip_claims",
    requires = ["log__equip_defaults"]
);
extension_sql_file!(
    "../sql/log/_next_seq.sql",
    name = "log__next_seq",
    requires = ["log__equip_claims"]
);
extension_sql_file!(
    "../sql/log/_equip_sequence.sql",
    name = "log__equip_sequence",
    requires = ["log__next_seq"]
);
extension_sql_file!(
    "../sql/log/_equip_log.sql",
    name = "log__equip_log",
    requires = ["log__equip_sequence"]
);
extension_sql_file!(
    "../sql/log/_build_log.sql",
    name = "log__build_log",
    requires = ["log__equip_log"]
);
extension_sql_file!(
    "../sql/log/create_log.sql",
    name = "log_create_log",
    requires = ["log__build_log"]
);
extension_sql_file!(
    "../sql/log/repair_log.sql",
    name = "log_repair_log",
    requires = ["log_create_log"]
);
extension_sql_file!(
    "../sql/log/forget_log.sql",
    name = "log_forget_log",
    requires = ["log_repair_log"]
);
extension_sql_file!(
    "../sql/log/set_default_log.sql",
    name = "log_set_default_log",
    requires = ["log_forget_log"]
);
extension_sql_file!(
    "../sql/log/_log_columns.sql",
    name = "log__log_columns",
    requires = ["log_set_default_log"]
);
extension_sql_file!(
    "../sql/log/_guards_stand.sql",
    name = "log__guards_stand",
    requires = ["log__log_columns"]
);
extension_sql_file!(
    "../sql/log/logs.sql",
    name = "log_logs",
    requires = ["log__guards_stand"]
);
extension_sql_file!(
    "../sql/writing/log_event.sql",
    name = "writing_log_event",
    requires = ["log_logs"]
);
extension_sql_file!(
    "../sql/writing/log_events.sql",
    name = "writing_log_events",
    requires = ["writing_log_event"]
);
extension_sql_file!(
    "../sql/writing/validate_event.sql",
    name = "writing_validate_event",
    requires = ["writing_log_events"]
);
extension_sql_file!(
    "../sql/taxonomy/register_event_type.sql",
    name = "taxonomy_register_event_type",
    requires = ["writing_validate_event"]
);
extension_sql_file!(
    "../sql/taxonomy/retire_event_type.sql",
    name = "taxonomy_retire_event_type",
    requires = ["taxonomy_register_event_type"]
);
extension_sql_file!(
    "../sql/taxonomy/set_default_version.sql",
    name = "taxonomy_set_default_version",
    requires = ["taxonomy_retire_event_type"]
);
extension_sql_file!(
    "../sql/taxonomy/import_taxonomy.sql",
    name = "taxonomy_import_taxonomy",
    requires = ["taxonomy_set_default_version"]
);
extension_sql_file!(
    "../sql/taxonomy/export_taxonomy.sql",
    name = "taxonomy_export_taxonomy",
    requires = ["taxonomy_import_taxonomy"]
);
extension_sql_file!(
    "../sql/taxonomy/event_types.sql",
    name = "taxonomy_event_types",
    requires = ["taxonomy_export_taxonomy"]
);
extension_sql_file!(
    "../sql/event_view/insert_event_view.sql",
    name = "event_view_insert_event_view",
    requires = ["taxonomy_event_types"]
);
extension_sql_file!(
    "../sql/event_view/create_event_view.sql",
    name = "event_view_create_event_view",
    requires = ["event_view_insert_event_view"]
);
extension_sql_file!(
    "../sql/event_view/_event_view_expression.sql",
    name = "event_view__event_view_expression",
    requires = ["event_view_create_event_view"]
);
extension_sql_file!(
    "../sql/event_view/_build_event_view.sql",
    name = "event_view__build_event_view",
    requires = ["event_view__event_view_expression"]
);
extension_sql_file!(
    "../sql/log/_plain_sequence.sql",
    name = "log__plain_sequence",
    requires = ["event_view__build_event_view"]
);
extension_sql_file!(
    "../sql/writing/_event_rows.sql",
    name = "writing__event_rows",
    requires = ["log__plain_sequence"]
);
extension_sql_file!(
    "../sql/log/_write_note.sql",
    name = "log__write_note",
    requires = ["writing__event_rows"]
);
extension_sql_file!(
    "../sql/log/_read_note.sql",
    name = "log__read_note",
    requires = ["log__write_note"]
);
extension_sql_file!(
    "../sql/log/_drop_claims.sql",
    name = "log__drop_claims",
    requires = ["log__read_note"]
);
extension_sql_file!(
    "../sql/append_only/guard_schema.sql",
    name = "append_only_guard_schema",
    requires = ["log__drop_claims"]
);
extension_sql_file!(
    "../sql/append_only/_foreign_objects.sql",
    name = "append_only__foreign_objects",
    requires = ["append_only_guard_schema"]
);
extension_sql_file!(
    "../sql/append_only/eventlog_guard_schema.sql",
    name = "append_only_eventlog_guard_schema",
    requires = ["append_only__foreign_objects"]
);
extension_sql_file!(
    "../sql/diff/field_changes.sql",
    name = "diff_field_changes",
    requires = ["append_only_eventlog_guard_schema"]
);
extension_sql_file!(
    "../sql/diff/apply_changes.sql",
    name = "diff_apply_changes",
    requires = ["diff_field_changes"]
);
extension_sql_file!(
    "../sql/diff/revert_changes.sql",
    name = "diff_revert_changes",
    requires = ["diff_apply_changes"]
);
extension_sql_file!(
    "../sql/tracking/capture_changes.sql",
    name = "tracking_capture_changes",
    requires = ["diff_revert_changes"]
);
extension_sql_file!(
    "../sql/tracking/track_changes.sql",
    name = "tracking_track_changes",
    requires = ["tracking_capture_changes"]
);
extension_sql_file!(
    "../sql/tracking/untrack_changes.sql",
    name = "tracking_untrack_changes",
    requires = ["tracking_track_changes"]
);
extension_sql_file!(
    "../sql/tracking/_check_trackable.sql",
    name = "tracking__check_trackable",
    requires = ["tracking_untrack_changes"]
);
extension_sql_file!(
    "../sql/tracking/_lock_tracked.sql",
    name = "tracking__lock_tracked",
    requires = ["tracking__check_trackable"]
);
extension_sql_file!(
    "../sql/tracking/_may_track.sql",
    name = "tracking__may_track",
    requires = ["tracking__lock_tracked"]
);
extension_sql_file!(
    "../sql/tracking/_check_tracked_columns.sql",
    name = "tracking__check_tracked_columns",
    requires = ["tracking__may_track"]
);
extension_sql_file!(
    "../sql/tracking/_add_capture.sql",
    name = "tracking__add_capture",
    requires = ["tracking__check_tracked_columns"]
);
extension_sql_file!(
    "../sql/tracking/_drop_capture.sql",
    name = "tracking__drop_capture",
    requires = ["tracking__add_capture"]
);
extension_sql_file!(
    "../sql/tracking/_carries_capture.sql",
    name = "tracking__carries_capture",
    requires = ["tracking__drop_capture"]
);
extension_sql_file!(
    "../sql/tracking/_capture_states.sql",
    name = "tracking__capture_states",
    requires = ["tracking__carries_capture"]
);
extension_sql_file!(
    "../sql/tracking/_capture_new_partitions.sql",
    name = "tracking__capture_new_partitions",
    requires = ["tracking__capture_states"]
);
extension_sql_file!(
    "../sql/tracking/_tracked_misfit.sql",
    name = "tracking__tracked_misfit",
    requires = ["tracking__capture_new_partitions"]
);
extension_sql_file!(
    "../sql/tracking/_row_query.sql",
    name = "tracking__row_query",
    requires = ["tracking__tracked_misfit"]
);
extension_sql_file!(
    "../sql/tracking/note_columns.sql",
    name = "tracking_note_columns",
    requires = ["tracking__row_query"]
);
extension_sql_file!(
    "../sql/tracking/eventlog_note_columns.sql",
    name = "tracking_eventlog_note_columns",
    requires = ["tracking_note_columns"]
);
extension_sql_file!(
    "../sql/tracking/forget_tables.sql",
    name = "tracking_forget_tables",
    requires = ["tracking_eventlog_note_columns"]
);
extension_sql_file!(
    "../sql/tracking/eventlog_forget_tables.sql",
    name = "tracking_eventlog_forget_tables",
    requires = ["tracking_forget_tables"]
);
extension_sql_file!(
    "../sql/log/_repair_as_owner.sql",
    name = "log__repair_as_owner",
    requires = ["tracking_eventlog_forget_tables"]
);
extension_sql_file!(
    "../sql/log/repair_all.sql",
    name = "log_repair_all",
    requires = ["log__repair_as_owner"]
);
extension_sql_file!(
    "../sql/tracking/tracked_tables.sql",
    name = "tracking_tracked_tables",
    requires = ["log_repair_all"]
);
extension_sql_file!(
    "../sql/tracking/_change_payload.sql",
    name = "tracking__change_payload",
    requires = ["tracking_tracked_tables"]
);
extension_sql_file!(
    "../sql/tracking/emit_change.sql",
    name = "tracking_emit_change",
    requires = ["tracking__change_payload"]
);
extension_sql_file!(
    "../sql/tracking/_names_since.sql",
    name = "tracking__names_since",
    requires = ["tracking_emit_change"]
);
extension_sql_file!(
    "../sql/tracking/_undo_step.sql",
    name = "tracking__undo_step",
    requires = ["tracking__names_since"]
);
extension_sql_file!(
    "../sql/tracking/_undo.sql",
    name = "tracking__undo",
    requires = ["tracking__undo_step"]
);
extension_sql_file!(
    "../sql/tracking/_past_row.sql",
    name = "tracking__past_row",
    requires = ["tracking__undo"]
);
extension_sql_file!(
    "../sql/tracking/_past_key.sql",
    name = "tracking__past_key",
    requires = ["tracking__past_row"]
);
extension_sql_file!(
    "../sql/tracking/_key_tells_apart.sql",
    name = "tracking__key_tells_apart",
    requires = ["tracking__past_key"]
);
extension_sql_file!(
    "../sql/tracking/_spell_keys.sql",
    name = "tracking__spell_keys",
    requires = ["tracking__key_tells_apart"]
);
extension_sql_file!(
    "../sql/tracking/_tenant_text.sql",
    name = "tracking__tenant_text",
    requires = ["tracking__spell_keys"]
);
extension_sql_file!(
    "../sql/tracking/_begin_reading.sql",
    name = "tracking__begin_reading",
    requires = ["tracking__tenant_text"]
);
extension_sql_file!(
    "../sql/tracking/_end_reading.sql",
    name = "tracking__end_reading",
    requires = ["tracking__begin_reading"]
);
extension_sql_file!(
    "../sql/tracking/_past_query.sql",
    name = "tracking__past_query",
    requires = ["tracking__end_reading"]
);
extension_sql_file!(
    "../sql/tracking/table_as_of.sql",
    name = "tracking_table_as_of",
    requires = ["tracking__past_query"]
);
extension_sql_file!(
    "../sql/tracking/_same_ids.sql",
    name = "tracking__same_ids",
    requires = ["tracking_table_as_of"]
);
extension_sql_file!(
    "../sql/tracking/entity_history.sql",
    name = "tracking_entity_history",
    requires = ["tracking__same_ids"]
);
extension_sql_file!(
    "../sql/tracking/entity_state.sql",
    name = "tracking_entity_state",
    requires = ["tracking_entity_history"]
);
extension_sql_file!(
    "../sql/tenancy/_policy_roles.sql",
    name = "tenancy__policy_roles",
    requires = ["tracking_entity_state"]
);
extension_sql_file!(
    "../sql/tenancy/_grantees.sql",
    name = "tenancy__grantees",
    requires = ["tenancy__policy_roles"]
);
extension_sql_file!(
    "../sql/tenancy/_kept_roles.sql",
    name = "tenancy__kept_roles",
    requires = ["tenancy__grantees"]
);
extension_sql_file!(
    "../sql/tenancy/_tenancy_comment.sql",
    name = "tenancy__tenancy_comment",
    requires = ["tenancy__kept_roles"]
);
extension_sql_file!(
    "../sql/tenancy/_keep_isolation.sql",
    name = "tenancy__keep_isolation",
    requires = ["tenancy__tenancy_comment"]
);
extension_sql_file!(
    "../sql/tenancy/_tenancy_note.sql",
    name = "tenancy__tenancy_note",
    requires = ["tenancy__keep_isolation"]
);
extension_sql_file!(
    "../sql/tenancy/_tenant_column.sql",
    name = "tenancy__tenant_column",
    requires = ["tenancy__tenancy_note"]
);
extension_sql_file!(
    "../sql/tenancy/_tenant_type.sql",
    name = "tenancy__tenant_type",
    requires = ["tenancy__tenant_column"]
);
extension_sql_file!(
    "../sql/tenancy/_log_roles.sql",
    name = "tenancy__log_roles",
    requires = ["tenancy__tenant_type"]
);
extension_sql_file!(
    "../sql/tenancy/_put_policies.sql",
    name = "tenancy__put_policies",
    requires = ["tenancy__log_roles"]
);
extension_sql_file!(
    "../sql/tenancy/_cover_partitions.sql",
    name = "tenancy__cover_partitions",
    requires = ["tenancy__put_policies"]
);
extension_sql_file!(
    "../sql/tenancy/_isolate_new_partitions.sql",
    name = "tenancy__isolate_new_partitions",
    requires = ["tenancy__cover_partitions"]
);
extension_sql_file!(
    "../sql/tenancy/_tenancy_expressions.sql",
    name = "tenancy__tenancy_expressions",
    requires = ["tenancy__isolate_new_partitions"]
);
extension_sql_file!(
    "../sql/tenancy/_apply_tenancy.sql",
    name = "tenancy__apply_tenancy",
    requires = ["tenancy__tenancy_expressions"]
);
extension_sql_file!(
    "../sql/tenancy/_apply_kind.sql",
    name = "tenancy__apply_kind",
    requires = ["tenancy__apply_tenancy"]
);
extension_sql_file!(
    "../sql/tenancy/_isolate_tenants.sql",
    name = "tenancy__isolate_tenants",
    requires = ["tenancy__apply_kind"]
);
extension_sql_file!(
    "../sql/tenancy/_repair_tenancy.sql",
    name = "tenancy__repair_tenancy",
    requires = ["tenancy__isolate_tenants"]
);
extension_sql_file!(
    "../sql/tenancy/_release_tenants.sql",
    name = "tenancy__release_tenants",
    requires = ["tenancy__repair_tenancy"]
);
extension_sql_file!(
    "../sql/tenancy/_change_role.sql",
    name = "tenancy__change_role",
    requires = ["tenancy__release_tenants"]
);
extension_sql_file!(
    "../sql/tenancy/isolate_tenants.sql",
    name = "tenancy_isolate_tenants",
    requires = ["tenancy__change_role"]
);
extension_sql_file!(
    "../sql/tenancy/release_tenants.sql",
    name = "tenancy_release_tenants",
    requires = ["tenancy_isolate_tenants"]
);
extension_sql_file!(
    "../sql/tenancy/grant_reader.sql",
    name = "tenancy_grant_reader",
    requires = ["tenancy_release_tenants"]
);
extension_sql_file!(
    "../sql/tenancy/revoke_reader.sql",
    name = "tenancy_revoke_reader",
    requires = ["tenancy_grant_reader"]
);
extension_sql_file!(
    "../sql/tenancy/grant_writer.sql",
    name = "tenancy_grant_writer",
    requires = ["tenancy_revoke_reader"]
);
extension_sql_file!(
    "../sql/tenancy/revoke_writer.sql",
    name = "tenancy_revoke_writer",
    requires = ["tenancy_grant_writer"]
);
extension_sql_file!(
    "../sql/tenancy/grant_service.sql",
    name = "tenancy_grant_service",
    requires = ["tenancy_revoke_writer"]
);
extension_sql_file!(
    "../sql/tenancy/revoke_service.sql",
    name = "tenancy_revoke_service",
    requires = ["tenancy_grant_service"]
);
extension_sql_file!(
    "../sql/tenancy/grant_consumer.sql",
    name = "tenancy_grant_consumer",
    requires = ["tenancy_revoke_service"]
);
extension_sql_file!(
    "../sql/tenancy/revoke_consumer.sql",
    name = "tenancy_revoke_consumer",
    requires = ["tenancy_grant_consumer"]
);
extension_sql_file!(
    "../sql/tenancy/_change_tracker.sql",
    name = "tenancy__change_tracker",
    requires = ["tenancy_revoke_consumer"]
);
extension_sql_file!(
    "../sql/tenancy/grant_tracker.sql",
    name = "tenancy_grant_tracker",
    requires = ["tenancy__change_tracker"]
);
extension_sql_file!(
    "../sql/tenancy/revoke_tracker.sql",
    name = "tenancy_revoke_tracker",
    requires = ["tenancy_grant_tracker"]
);
extension_sql_file!(
    "../sql/doctor/_check_doctor.sql",
    name = "doctor__check_doctor",
    requires = ["tenancy_revoke_tracker"]
);
extension_sql_file!(
    "../sql/doctor/_doctor_table.sql",
    name = "doctor__doctor_table",
    requires = ["doctor__check_doctor"]
);
extension_sql_file!(
    "../sql/doctor/_doctor_finding.sql",
    name = "doctor__doctor_finding",
    requires = ["doctor__doctor_table"]
);
extension_sql_file!(
    "../sql/doctor/_doctor_tables.sql",
    name = "doctor__doctor_tables",
    requires = ["doctor__doctor_finding"]
);
extension_sql_file!(
    "../sql/doctor/_policy_text.sql",
    name = "doctor__policy_text",
    requires = ["doctor__doctor_tables"]
);
extension_sql_file!(
    "../sql/doctor/_track_call.sql",
    name = "doctor__track_call",
    requires = ["doctor__policy_text"]
);
extension_sql_file!(
    "../sql/doctor/_isolate_call.sql",
    name = "doctor__isolate_call",
    requires = ["doctor__track_call"]
);
extension_sql_file!(
    "../sql/doctor/_calls_per_row.sql",
    name = "doctor__calls_per_row",
    requires = ["doctor__isolate_call"]
);
extension_sql_file!(
    "../sql/doctor/_wrap_calls.sql",
    name = "doctor__wrap_calls",
    requires = ["doctor__calls_per_row"]
);
extension_sql_file!(
    "../sql/doctor/_doctor_extension.sql",
    name = "doctor__doctor_extension",
    requires = ["doctor__wrap_calls"]
);
extension_sql_file!(
    "../sql/doctor/_doctor_logs.sql",
    name = "doctor__doctor_logs",
    requires = ["doctor__doctor_extension"]
);
extension_sql_file!(
    "../sql/doctor/_doctor_writes.sql",
    name = "doctor__doctor_writes",
    requires = ["doctor__doctor_logs"]
);
extension_sql_file!(
    "../sql/doctor/_doctor_partitions.sql",
    name = "doctor__doctor_partitions",
    requires = ["doctor__doctor_writes"]
);
extension_sql_file!(
    "../sql/doctor/_doctor_guards.sql",
    name = "doctor__doctor_guards",
    requires = ["doctor__doctor_partitions"]
);
extension_sql_file!(
    "../sql/doctor/_doctor_tracking.sql",
    name = "doctor__doctor_tracking",
    requires = ["doctor__doctor_guards"]
);
extension_sql_file!(
    "../sql/doctor/_doctor_isolation.sql",
    name = "doctor__doctor_isolation",
    requires = ["doctor__doctor_tracking"]
);
extension_sql_file!(
    "../sql/doctor/_plain_expression.sql",
    name = "doctor__plain_expression",
    requires = ["doctor__doctor_isolation"]
);
extension_sql_file!(
    "../sql/doctor/_isolation_policies.sql",
    name = "doctor__isolation_policies",
    requires = ["doctor__plain_expression"]
);
extension_sql_file!(
    "../sql/doctor/_doctor_tenants.sql",
    name = "doctor__doctor_tenants",
    requires = ["doctor__isolation_policies"]
);
extension_sql_file!(
    "../sql/doctor/_doctor_policies.sql",
    name = "doctor__doctor_policies",
    requires = ["doctor__doctor_tenants"]
);
extension_sql_file!(
    "../sql/doctor/_doctor_grants.sql",
    name = "doctor__doctor_grants",
    requires = ["doctor__doctor_policies"]
);
extension_sql_file!(
    "../sql/doctor/_doctor_roles.sql",
    name = "doctor__doctor_roles",
    requires = ["doctor__doctor_grants"]
);
extension_sql_file!(
    "../sql/doctor/_doctor_views.sql",
    name = "doctor__doctor_views",
    requires = ["doctor__doctor_roles"]
);
extension_sql_file!(
    "../sql/doctor/_doctor_functions.sql",
    name = "doctor__doctor_functions",
    requires = ["doctor__doctor_views"]
);
extension_sql_file!(
    "../sql/doctor/_doctor_settings.sql",
    name = "doctor__doctor_settings",
    requires = ["doctor__doctor_functions"]
);
extension_sql_file!(
    "../sql/doctor/doctor.sql",
    name = "doctor_doctor",
    requires = ["doctor__doctor_settings"]
);
