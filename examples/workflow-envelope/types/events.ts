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

/** An invoice was made in the accounting system */
export type InvoiceCreatedV1 = {
  amount: number;
  customer_id: string;
  invoice_id: string;
};
export const InvoiceCreatedV1Schema = z.looseObject({
  amount: z.number().min(0).multipleOf(0.01),
  customer_id: z.string().regex(new RegExp("^CUST-[0-9]+$", "u")),
  invoice_id: z.string().regex(new RegExp("^INV-[0-9]+$", "u")),
}) satisfies z.ZodType<InvoiceCreatedV1>;

/** An invoice was paid in full */
export type InvoicePaidV1 = {
  invoice_id: string;
  paid_at?: string | undefined;
};
export const InvoicePaidV1Schema = z.looseObject({
  invoice_id: z.string().regex(new RegExp("^INV-[0-9]+$", "u")),
  paid_at: z.iso.datetime({ offset: true }).optional(),
}) satisfies z.ZodType<InvoicePaidV1>;

/** A step of a workflow failed */
export type TaskFailedV1 = {
  attempt?: number | undefined;
  error: string;
  task: string;
};
export const TaskFailedV1Schema = z.looseObject({
  attempt: z.int().min(1).max(100).optional(),
  error: z.string(),
  task: z.string().refine($length(1)),
}) satisfies z.ZodType<TaskFailedV1>;

/** A workflow came to its end */
export type WorkflowCompletedV1 = {
  error?: string | undefined;
  result?: Json | undefined;
  workflow: string;
};
export const WorkflowCompletedV1Schema = z.looseObject({
  error: z.string().optional(),
  result: $json.optional(),
  workflow: z.string().refine($length(1)),
}) satisfies z.ZodType<WorkflowCompletedV1>;

/** A workflow began to run */
export type WorkflowStartedV1 = {
  workflow: string;
};
export const WorkflowStartedV1Schema = z.looseObject({
  workflow: z.string().refine($length(1)),
}) satisfies z.ZodType<WorkflowStartedV1>;

/** What an event of type "invoice.created" has that names no version. */
export type InvoiceCreated = InvoiceCreatedV1;
export const InvoiceCreatedSchema = InvoiceCreatedV1Schema;

/** What an event of type "invoice.paid" has that names no version. */
export type InvoicePaid = InvoicePaidV1;
export const InvoicePaidSchema = InvoicePaidV1Schema;

/** What an event of type "task.failed" has that names no version. */
export type TaskFailed = TaskFailedV1;
export const TaskFailedSchema = TaskFailedV1Schema;

/** What an event of type "workflow.completed" has that names no version. */
export type WorkflowCompleted = WorkflowCompletedV1;
export const WorkflowCompletedSchema = WorkflowCompletedV1Schema;

/** What an event of type "workflow.started" has that names no version. */
export type WorkflowStarted = WorkflowStartedV1;
export const WorkflowStartedSchema = WorkflowStartedV1Schema;

/** The types of events. */
export type EventType =
  | "invoice.created"
  | "invoice.paid"
  | "task.failed"
  | "workflow.completed"
  | "workflow.started";

/** All of them, in order. */
export const eventTypes: readonly EventType[] = [
  "invoice.created",
  "invoice.paid",
  "task.failed",
  "workflow.completed",
  "workflow.started",
];

/** The payload of each type, in the version of events that name none. */
export interface DefaultPayloads {
  "invoice.created": InvoiceCreated;
  "invoice.paid": InvoicePaid;
  "task.failed": TaskFailed;
  "workflow.completed": WorkflowCompleted;
  "workflow.started": WorkflowStarted;
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
      type: "invoice.created";
      version: 1;
      payload: InvoiceCreatedV1;
      context: { [key: string]: Json };
      entity_type: string | null;
      actor_type: string | null;
    })
  | (EventColumns & {
      type: "invoice.paid";
      version: 1;
      payload: InvoicePaidV1;
      context: { [key: string]: Json };
      entity_type: string | null;
      actor_type: string | null;
    })
  | (EventColumns & {
      type: "task.failed";
      version: 1;
      payload: TaskFailedV1;
      context: { [key: string]: Json };
      entity_type: string | null;
      actor_type: string | null;
    })
  | (EventColumns & {
      type: "workflow.completed";
      version: 1;
      payload: WorkflowCompletedV1;
      context: { [key: string]: Json };
      entity_type: string | null;
      actor_type: string | null;
    })
  | (EventColumns & {
      type: "workflow.started";
      version: 1;
      payload: WorkflowStartedV1;
      context: { [key: string]: Json };
      entity_type: string | null;
      actor_type: string | null;
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
      type: "invoice.created";
      version?: 1 | null | undefined;
      payload: InvoiceCreatedV1;
      context?: { [key: string]: Json } | null | undefined;
      entity_type?: string | null | undefined;
      actor_type?: string | null | undefined;
    })
  | (EventDraftFields & {
      type: "invoice.paid";
      version?: 1 | null | undefined;
      payload: InvoicePaidV1;
      context?: { [key: string]: Json } | null | undefined;
      entity_type?: string | null | undefined;
      actor_type?: string | null | undefined;
    })
  | (EventDraftFields & {
      type: "task.failed";
      version?: 1 | null | undefined;
      payload: TaskFailedV1;
      context?: { [key: string]: Json } | null | undefined;
      entity_type?: string | null | undefined;
      actor_type?: string | null | undefined;
    })
  | (EventDraftFields & {
      type: "workflow.completed";
      version?: 1 | null | undefined;
      payload: WorkflowCompletedV1;
      context?: { [key: string]: Json } | null | undefined;
      entity_type?: string | null | undefined;
      actor_type?: string | null | undefined;
    })
  | (EventDraftFields & {
      type: "workflow.started";
      version?: 1 | null | undefined;
      payload: WorkflowStartedV1;
      context?: { [key: string]: Json } | null | undefined;
      entity_type?: string | null | undefined;
      actor_type?: string | null | undefined;
    });

/** Checks type, version, payload and context of an event, whatever else it has. */
export const EventSchema = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("invoice.created"), version: z.literal(1), payload: InvoiceCreatedV1Schema }),
  z.looseObject({ type: z.literal("invoice.paid"), version: z.literal(1), payload: InvoicePaidV1Schema }),
  z.looseObject({ type: z.literal("task.failed"), version: z.literal(1), payload: TaskFailedV1Schema }),
  z.looseObject({ type: z.literal("workflow.completed"), version: z.literal(1), payload: WorkflowCompletedV1Schema }),
  z.looseObject({ type: z.literal("workflow.started"), version: z.literal(1), payload: WorkflowStartedV1Schema }),
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
