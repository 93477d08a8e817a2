/* eslint-disable */
// Made by eventlog.generate_typescript from the taxonomy of an event log: do not edit it, generate it anew.
import { z } from "zod";

/** Any JSON value. */
export type Json = {} | null;

/** Any JSON value. */
export const $json = z.custom<Json>((value) => value !== undefined);

/** Characters, not halves of pairs. */
const $length = (shortest: number, longest = Infinity) => (text: string) => {
  const length = [...text].length;
  return length >= shortest && length <= longest;
};

export type FollowupDismissedV1 = { [key: string]: Json };
export const FollowupDismissedV1Schema = z.record(z.string(), $json) satisfies z.ZodType<FollowupDismissedV1>;

export type FollowupScheduledV1 = {
  due_at: string;
};
export const FollowupScheduledV1Schema = z.looseObject({
  due_at: z.iso.datetime({ offset: true }),
}) satisfies z.ZodType<FollowupScheduledV1>;

export type FollowupSentV1 = { [key: string]: Json };
export const FollowupSentV1Schema = z.record(z.string(), $json) satisfies z.ZodType<FollowupSentV1>;

export type InvoiceIssuedV1 = {
  amount: number;
  due_at: string;
};
export const InvoiceIssuedV1Schema = z.looseObject({
  amount: z.number().gt(0).multipleOf(0.01),
  due_at: z.iso.datetime({ offset: true }),
}) satisfies z.ZodType<InvoiceIssuedV1>;

export type LeadCreatedV1 = { [key: string]: Json };
export const LeadCreatedV1Schema = z.record(z.string(), $json) satisfies z.ZodType<LeadCreatedV1>;

export type NoteAddedV1 = {
  text: string;
};
export const NoteAddedV1Schema = z.looseObject({
  text: z.string().refine($length(1, 10000)),
}) satisfies z.ZodType<NoteAddedV1>;

export type PaymentReceivedV1 = {
  amount: number;
};
export const PaymentReceivedV1Schema = z.looseObject({
  amount: z.number().gt(0).multipleOf(0.01),
}) satisfies z.ZodType<PaymentReceivedV1>;

export type QuoteAcceptedV1 = { [key: string]: Json };
export const QuoteAcceptedV1Schema = z.record(z.string(), $json) satisfies z.ZodType<QuoteAcceptedV1>;

export type QuoteRejectedV1 = {
  reason?: string | undefined;
};
export const QuoteRejectedV1Schema = z.looseObject({
  reason: z.string().refine($length(0, 500)).optional(),
}) satisfies z.ZodType<QuoteRejectedV1>;

export type QuoteRequestedV1 = { [key: string]: Json };
export const QuoteRequestedV1Schema = z.record(z.string(), $json) satisfies z.ZodType<QuoteRequestedV1>;

export type QuoteSentV1 = {
  /** in the currency of the organisation */
  amount?: number | undefined;
};
export const QuoteSentV1Schema = z.looseObject({
  amount: z.number().gt(0).multipleOf(0.01).optional(),
}) satisfies z.ZodType<QuoteSentV1>;

/** What an event of type "followup_dismissed" has that names no version. */
export type FollowupDismissed = FollowupDismissedV1;
export const FollowupDismissedSchema = FollowupDismissedV1Schema;

/** What an event of type "followup_scheduled" has that names no version. */
export type FollowupScheduled = FollowupScheduledV1;
export const FollowupScheduledSchema = FollowupScheduledV1Schema;

/** What an event of type "followup_sent" has that names no version. */
export type FollowupSent = FollowupSentV1;
export const FollowupSentSchema = FollowupSentV1Schema;

/** What an event of type "invoice_issued" has that names no version. */
export type InvoiceIssued = InvoiceIssuedV1;
export const InvoiceIssuedSchema = InvoiceIssuedV1Schema;

/** What an event of type "lead_created" has that names no version. */
export type LeadCreated = LeadCreatedV1;
export const LeadCreatedSchema = LeadCreatedV1Schema;

/** What an event of type "note_added" has that names no version. */
export type NoteAdded = NoteAddedV1;
export const NoteAddedSchema = NoteAddedV1Schema;

/** What an event of type "payment_received" has that names no version. */
export type PaymentReceived = PaymentReceivedV1;
export const PaymentReceivedSchema = PaymentReceivedV1Schema;

/** What an event of type "quote_accepted" has that names no version. */
export type QuoteAccepted = QuoteAcceptedV1;
export const QuoteAcceptedSchema = QuoteAcceptedV1Schema;

/** What an event of type "quote_rejected" has that names no version. */
export type QuoteRejected = QuoteRejectedV1;
export const QuoteRejectedSchema = QuoteRejectedV1Schema;

/** What an event of type "quote_requested" has that names no version. */
export type QuoteRequested = QuoteRequestedV1;
export const QuoteRequestedSchema = QuoteRequestedV1Schema;

/** What an event of type "quote_sent" has that names no version. */
export type QuoteSent = QuoteSentV1;
export const QuoteSentSchema = QuoteSentV1Schema;

/** The types of events. */
export type EventType =
  | "followup_dismissed"
  | "followup_scheduled"
  | "followup_sent"
  | "invoice_issued"
  | "lead_created"
  | "note_added"
  | "payment_received"
  | "quote_accepted"
  | "quote_rejected"
  | "quote_requested"
  | "quote_sent";

/** All of them, in order. */
export const eventTypes: readonly EventType[] = [
  "followup_dismissed",
  "followup_scheduled",
  "followup_sent",
  "invoice_issued",
  "lead_created",
  "note_added",
  "payment_received",
  "quote_accepted",
  "quote_rejected",
  "quote_requested",
  "quote_sent",
];

/** The payload of each type, in the version of events that name none. */
export interface DefaultPayloads {
  followup_dismissed: FollowupDismissed;
  followup_scheduled: FollowupScheduled;
  followup_sent: FollowupSent;
  invoice_issued: InvoiceIssued;
  lead_created: LeadCreated;
  note_added: NoteAdded;
  payment_received: PaymentReceived;
  quote_accepted: QuoteAccepted;
  quote_rejected: QuoteRejected;
  quote_requested: QuoteRequested;
  quote_sent: QuoteSent;
}

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
export type LogEvent =
  | (EventColumns & {
      type: "followup_dismissed";
      version: 1;
      payload: FollowupDismissedV1;
      context: { [key: string]: Json };
      entity_type: "followup";
      actor_type: "user";
    })
  | (EventColumns & {
      type: "followup_scheduled";
      version: 1;
      payload: FollowupScheduledV1;
      context: { [key: string]: Json };
      entity_type: "followup";
      actor_type: "system" | "user";
    })
  | (EventColumns & {
      type: "followup_sent";
      version: 1;
      payload: FollowupSentV1;
      context: { [key: string]: Json };
      entity_type: "followup";
      actor_type: "system" | "user";
    })
  | (EventColumns & {
      type: "invoice_issued";
      version: 1;
      payload: InvoiceIssuedV1;
      context: { [key: string]: Json };
      entity_type: "invoice";
      actor_type: "system" | "user";
    })
  | (EventColumns & {
      type: "lead_created";
      version: 1;
      payload: LeadCreatedV1;
      context: { [key: string]: Json };
      entity_type: "client" | "deal";
      actor_type: "client" | "system" | "user";
    })
  | (EventColumns & {
      type: "note_added";
      version: 1;
      payload: NoteAddedV1;
      context: { [key: string]: Json };
      entity_type: "client" | "deal" | "followup" | "invoice";
      actor_type: "client" | "system" | "user";
    })
  | (EventColumns & {
      type: "payment_received";
      version: 1;
      payload: PaymentReceivedV1;
      context: { [key: string]: Json };
      entity_type: "invoice";
      actor_type: "client" | "system" | "user";
    })
  | (EventColumns & {
      type: "quote_accepted";
      version: 1;
      payload: QuoteAcceptedV1;
      context: { [key: string]: Json };
      entity_type: "deal";
      actor_type: "client" | "user";
    })
  | (EventColumns & {
      type: "quote_rejected";
      version: 1;
      payload: QuoteRejectedV1;
      context: { [key: string]: Json };
      entity_type: "deal";
      actor_type: "client" | "user";
    })
  | (EventColumns & {
      type: "quote_requested";
      version: 1;
      payload: QuoteRequestedV1;
      context: { [key: string]: Json };
      entity_type: "deal";
      actor_type: "client" | "system" | "user";
    })
  | (EventColumns & {
      type: "quote_sent";
      version: 1;
      payload: QuoteSentV1;
      context: { [key: string]: Json };
      entity_type: "deal";
      actor_type: "system" | "user";
    });

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
export type EventDraft =
  | (EventDraftFields & {
      type: "followup_dismissed";
      version?: 1 | null | undefined;
      payload: FollowupDismissedV1;
      context?: { [key: string]: Json } | null | undefined;
      entity_type: "followup";
      actor_type?: "user" | null | undefined;
    })
  | (EventDraftFields & {
      type: "followup_scheduled";
      version?: 1 | null | undefined;
      payload: FollowupScheduledV1;
      context?: { [key: string]: Json } | null | undefined;
      entity_type: "followup";
      actor_type?: "system" | "user" | null | undefined;
    })
  | (EventDraftFields & {
      type: "followup_sent";
      version?: 1 | null | undefined;
      payload: FollowupSentV1;
      context?: { [key: string]: Json } | null | undefined;
      entity_type: "followup";
      actor_type?: "system" | "user" | null | undefined;
    })
  | (EventDraftFields & {
      type: "invoice_issued";
      version?: 1 | null | undefined;
      payload: InvoiceIssuedV1;
      context?: { [key: string]: Json } | null | undefined;
      entity_type: "invoice";
      actor_type?: "system" | "user" | null | undefined;
    })
  | (EventDraftFields & {
      type: "lead_created";
      version?: 1 | null | undefined;
      payload: LeadCreatedV1;
      context?: { [key: string]: Json } | null | undefined;
      entity_type: "client" | "deal";
      actor_type?: "client" | "system" | "user" | null | undefined;
    })
  | (EventDraftFields & {
      type: "note_added";
      version?: 1 | null | undefined;
      payload: NoteAddedV1;
      context?: { [key: string]: Json } | null | undefined;
      entity_type: "client" | "deal" | "followup" | "invoice";
      actor_type?: "client" | "system" | "user" | null | undefined;
    })
  | (EventDraftFields & {
      type: "payment_received";
      version?: 1 | null | undefined;
      payload: PaymentReceivedV1;
      context?: { [key: string]: Json } | null | undefined;
      entity_type: "invoice";
      actor_type?: "client" | "system" | "user" | null | undefined;
    })
  | (EventDraftFields & {
      type: "quote_accepted";
      version?: 1 | null | undefined;
      payload: QuoteAcceptedV1;
      context?: { [key: string]: Json } | null | undefined;
      entity_type: "deal";
      actor_type?: "client" | "user" | null | undefined;
    })
  | (EventDraftFields & {
      type: "quote_rejected";
      version?: 1 | null | undefined;
      payload: QuoteRejectedV1;
      context?: { [key: string]: Json } | null | undefined;
      entity_type: "deal";
      actor_type?: "client" | "user" | null | undefined;
    })
  | (EventDraftFields & {
      type: "quote_requested";
      version?: 1 | null | undefined;
      payload: QuoteRequestedV1;
      context?: { [key: string]: Json } | null | undefined;
      entity_type: "deal";
      actor_type?: "client" | "system" | "user" | null | undefined;
    })
  | (EventDraftFields & {
      type: "quote_sent";
      version?: 1 | null | undefined;
      payload: QuoteSentV1;
      context?: { [key: string]: Json } | null | undefined;
      entity_type: "deal";
      actor_type?: "system" | "user" | null | undefined;
    });

/** Checks type, version, payload and context of an event, whatever else it has. */
export const EventSchema = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("followup_dismissed"), version: z.literal(1), payload: FollowupDismissedV1Schema }),
  z.looseObject({ type: z.literal("followup_scheduled"), version: z.literal(1), payload: FollowupScheduledV1Schema }),
  z.looseObject({ type: z.literal("followup_sent"), version: z.literal(1), payload: FollowupSentV1Schema }),
  z.looseObject({ type: z.literal("invoice_issued"), version: z.literal(1), payload: InvoiceIssuedV1Schema }),
  z.looseObject({ type: z.literal("lead_created"), version: z.literal(1), payload: LeadCreatedV1Schema }),
  z.looseObject({ type: z.literal("note_added"), version: z.literal(1), payload: NoteAddedV1Schema }),
  z.looseObject({ type: z.literal("payment_received"), version: z.literal(1), payload: PaymentReceivedV1Schema }),
  z.looseObject({ type: z.literal("quote_accepted"), version: z.literal(1), payload: QuoteAcceptedV1Schema }),
  z.looseObject({ type: z.literal("quote_rejected"), version: z.literal(1), payload: QuoteRejectedV1Schema }),
  z.looseObject({ type: z.literal("quote_requested"), version: z.literal(1), payload: QuoteRequestedV1Schema }),
  z.looseObject({ type: z.literal("quote_sent"), version: z.literal(1), payload: QuoteSentV1Schema }),
]);

const $stringify = (value: unknown) => JSON.stringify(value);
const $sendable = (value: unknown) => value;

/** A client of supabase-js. */
export interface SupabaseLike {
  schema(name: any): { rpc(name: any, args?: any): PromiseLike<{ data: any; error: any }> };
}

/** A client, a pool or a pool's client of pg. */
export interface PgLike {
  query(text: string, values: any[]): Promise<{ rows: any[] }>;
}

/** What postgres.js makes, or one of its transactions. */
export interface PostgresLike {
  unsafe(query: string, parameters?: any[]): PromiseLike<any>;
}

const $casts: { readonly [key: string]: string } = {
  type: "text",
  payload: "text::jsonb",
  tenant_id: "text",
  entity_type: "text",
  entity_id: "text",
  actor_type: "text",
  actor_id: "text",
  occurred_at: "text::timestamptz",
  context: "text::jsonb",
  correlation_id: "text",
  causation_id: "text",
  source_type: "text",
  source_id: "text",
  version: "text::int",
  idempotency_key: "text",
  log: "text::regclass",
};

/**
 * Logs an event and gives its id; the same idempotency key gives the first event's id. What the log refuses is the
 * error of the client, code 23514 with the violations as JSON in its detail (`details` of supabase-js).
 *
 * `log` names another log than the default one; `schema` the exposed schema where supabase-js finds `log_event`.
 */
export async function logEvent(
  client: SupabaseLike | PgLike | PostgresLike,
  event: EventDraft,
  options: { log?: string; schema?: string } = {},
): Promise<string> {
  const given = Object.entries({ ...event, ...(options.log === undefined ? {} : { log: options.log }) });
  const values = given.filter(([, value]) => value !== undefined && value !== null);
  for (const [key] of values) {
    if (!Object.hasOwn($casts, key)) throw new TypeError(`an event has no ${JSON.stringify(key)}`);
  }
  if ("rpc" in client && "schema" in client) {
    const plain = values.map(([key, value]) => [key, $isDocument(key) ? $sendable(value) : $text(value)]);
    const { data, error } = await client
      .schema(options.schema ?? "eventlog")
      .rpc("log_event", Object.fromEntries(plain));
    if (error) throw error;
    return data;
  }
  const named = values.map(([key], at) => `"${key}" => $${at + 1}::${$casts[key]}`);
  const query = `select eventlog.log_event(${named.join(", ")})::text as id`;
  const texts = values.map(([key, value]) => ($isDocument(key) ? $stringify(value) : $text(value)));
  const rows = "unsafe" in client ? await client.unsafe(query, texts) : (await (client as PgLike).query(query, texts)).rows;
  return rows[0].id;
}

const $isDocument = (key: string) => key === "payload" || key === "context";
const $text = (value: unknown) => (value instanceof Date ? value.toISOString() : String(value));
