
/** The types of events. */
export type EventType =$TYPES;

/** All of them, in order. */
export const eventTypes: readonly EventType[] = [$LIST
];

/** The payload of each type, in the version of events that name none. */
export interface DefaultPayloads {
$DEFAULTS}

/** The other columns of an event, as drivers and PostgREST give them. */
export interface EventColumns {
  id: string;
  tenant_id: string | number | bigint | null;
  entity_id: string | null;
  actor_id: string | null;
  occurred_at: string | Date;
  recorded_at: string | Date;
  correlation_id: string | null;
  causation_id: string | null;
  source_type: string | null;
  source_id: string | null;
  idempotency_key: string | null;
  seq: string | number | bigint;
}

/** An event as it is stored. */
export type LogEvent =$STORED;

/** What may be given of an event beside its type and payload; what is not is the transaction's context. */
export interface EventDraftFields {
  tenant_id?: string | number | bigint | null | undefined;
  entity_id?: string | number | bigint | null | undefined;
  actor_id?: string | number | bigint | null | undefined;
  occurred_at?: string | Date | null | undefined;
  correlation_id?: string | number | bigint | null | undefined;
  causation_id?: string | number | bigint | null | undefined;
  source_type?: string | null | undefined;
  source_id?: string | number | bigint | null | undefined;
  idempotency_key?: string | number | bigint | null | undefined;
}

/** An event to be logged. */
export type EventDraft =$DRAFTS;
