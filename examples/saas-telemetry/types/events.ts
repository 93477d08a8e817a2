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

/** Conversion funnel */
export type CheckoutCompletedV1 = {
  plan: "free" | "pro" | "business";
  stripeSessionId: string;
};
export const CheckoutCompletedV1Schema = z.looseObject({
  plan: z.literal(["free", "pro", "business"]),
  stripeSessionId: z.string().regex(new RegExp("^cs_", "u")),
}) satisfies z.ZodType<CheckoutCompletedV1>;

/** Count new conversations, session mapping */
export type ConversationStartedV1 = {
  conversationId: string;
  sessionId: string;
};
export const ConversationStartedV1Schema = z.looseObject({
  conversationId: z.string().refine($length(1, 200)),
  sessionId: z.string().refine($length(1, 200)),
}) satisfies z.ZodType<ConversationStartedV1>;

/** Measure escalation rate and channel effectiveness */
export type EscalationTriggeredV1 = {
  conversationId: string;
  integrationId?: string | undefined;
  /** a code, never the words of a user */
  reason: string;
};
export const EscalationTriggeredV1Schema = z.looseObject({
  conversationId: z.string().refine($length(1, 200)),
  integrationId: z.string().optional(),
  reason: z.string().regex(new RegExp("^[a-z][a-z_]*$", "u")),
}) satisfies z.ZodType<EscalationTriggeredV1>;

/** Success metrics */
export type IngestCompletedV1 = {
  chunks: number;
  docs: number;
  sourceType: "sitemap" | "url" | "file";
  url: string;
};
export const IngestCompletedV1Schema = z.looseObject({
  chunks: z.int().min(0).max(1000000000),
  docs: z.int().min(0).max(1000000),
  sourceType: z.literal(["sitemap", "url", "file"]),
  url: z.string().regex(/^[a-z][-+.a-z0-9]*:[!#-;=?-Z_a-z~%[\]]*$/i),
}) satisfies z.ZodType<IngestCompletedV1>;

/** Error tracking */
export type IngestFailedV1 = {
  errorCode: string;
  sourceType: "sitemap" | "url" | "file";
  url: string;
};
export const IngestFailedV1Schema = z.looseObject({
  errorCode: z.string().refine($length(1)),
  sourceType: z.literal(["sitemap", "url", "file"]),
  url: z.string().regex(/^[a-z][-+.a-z0-9]*:[!#-;=?-Z_a-z~%[\]]*$/i),
}) satisfies z.ZodType<IngestFailedV1>;

/** Throughput and latency, paired with ingest_completed */
export type IngestStartedV1 = {
  sourceType: "sitemap" | "url" | "file";
  url: string;
};
export const IngestStartedV1Schema = z.looseObject({
  sourceType: z.literal(["sitemap", "url", "file"]),
  url: z.string().regex(/^[a-z][-+.a-z0-9]*:[!#-;=?-Z_a-z~%[\]]*$/i),
}) satisfies z.ZodType<IngestStartedV1>;

/** Reliability insights */
export type IntegrationFailedV1 = {
  errorCode: string;
  integrationId: string;
  type: string;
};
export const IntegrationFailedV1Schema = z.looseObject({
  errorCode: z.string().refine($length(1)),
  integrationId: z.string(),
  type: z.string(),
}) satisfies z.ZodType<IntegrationFailedV1>;

/** Success rate */
export type IntegrationSucceededV1 = {
  integrationId: string;
  type: string;
};
export const IntegrationSucceededV1Schema = z.looseObject({
  integrationId: z.string(),
  type: z.string(),
}) satisfies z.ZodType<IntegrationSucceededV1>;

/** Fine-grained volume and deflection */
export type MessageSentV1 = {
  /** how sure the assistant was */
  confidence?: number | undefined;
  conversationId: string;
  role: "user" | "assistant";
};
export const MessageSentV1Schema = z.looseObject({
  confidence: z.number().min(0).max(1).optional(),
  conversationId: z.string().refine($length(1, 200)),
  role: z.literal(["user", "assistant"]),
}) satisfies z.ZodType<MessageSentV1>;

export type PlanUpdatedV1Plan = "free" | "pro" | "business";
export const PlanUpdatedV1PlanSchema = z.literal(["free", "pro", "business"]) satisfies z.ZodType<PlanUpdatedV1Plan>;

/** Track upgrades, downgrades, churn */
export type PlanUpdatedV1 = {
  newPlan: PlanUpdatedV1Plan;
  previousPlan: PlanUpdatedV1Plan;
  status: "active" | "trialing" | "past_due" | "canceled";
};
export const PlanUpdatedV1Schema = z.looseObject({
  newPlan: PlanUpdatedV1PlanSchema,
  previousPlan: PlanUpdatedV1PlanSchema,
  status: z.literal(["active", "trialing", "past_due", "canceled"]),
}) satisfies z.ZodType<PlanUpdatedV1>;

/** Usage friction signal */
export type QuotaExceededV1 = {
  attempted: number;
  limit: number;
  quotaType: "messages" | "documents" | "seats";
};
export const QuotaExceededV1Schema = z.looseObject({
  attempted: z.int().min(1),
  limit: z.int().min(0),
  quotaType: z.literal(["messages", "documents", "seats"]),
}) satisfies z.ZodType<QuotaExceededV1>;

/** What an event of type "checkout_completed" has that names no version. */
export type CheckoutCompleted = CheckoutCompletedV1;
export const CheckoutCompletedSchema = CheckoutCompletedV1Schema;

/** What an event of type "conversation_started" has that names no version. */
export type ConversationStarted = ConversationStartedV1;
export const ConversationStartedSchema = ConversationStartedV1Schema;

/** What an event of type "escalation_triggered" has that names no version. */
export type EscalationTriggered = EscalationTriggeredV1;
export const EscalationTriggeredSchema = EscalationTriggeredV1Schema;

/** What an event of type "ingest_completed" has that names no version. */
export type IngestCompleted = IngestCompletedV1;
export const IngestCompletedSchema = IngestCompletedV1Schema;

/** What an event of type "ingest_failed" has that names no version. */
export type IngestFailed = IngestFailedV1;
export const IngestFailedSchema = IngestFailedV1Schema;

/** What an event of type "ingest_started" has that names no version. */
export type IngestStarted = IngestStartedV1;
export const IngestStartedSchema = IngestStartedV1Schema;

/** What an event of type "integration_failed" has that names no version. */
export type IntegrationFailed = IntegrationFailedV1;
export const IntegrationFailedSchema = IntegrationFailedV1Schema;

/** What an event of type "integration_succeeded" has that names no version. */
export type IntegrationSucceeded = IntegrationSucceededV1;
export const IntegrationSucceededSchema = IntegrationSucceededV1Schema;

/** What an event of type "message_sent" has that names no version. */
export type MessageSent = MessageSentV1;
export const MessageSentSchema = MessageSentV1Schema;

/** What an event of type "plan_updated" has that names no version. */
export type PlanUpdated = PlanUpdatedV1;
export const PlanUpdatedSchema = PlanUpdatedV1Schema;

/** What an event of type "quota_exceeded" has that names no version. */
export type QuotaExceeded = QuotaExceededV1;
export const QuotaExceededSchema = QuotaExceededV1Schema;

/** The types of events. */
export type EventType =
  | "checkout_completed"
  | "conversation_started"
  | "escalation_triggered"
  | "ingest_completed"
  | "ingest_failed"
  | "ingest_started"
  | "integration_failed"
  | "integration_succeeded"
  | "message_sent"
  | "plan_updated"
  | "quota_exceeded";

/** All of them, in order. */
export const eventTypes: readonly EventType[] = [
  "checkout_completed",
  "conversation_started",
  "escalation_triggered",
  "ingest_completed",
  "ingest_failed",
  "ingest_started",
  "integration_failed",
  "integration_succeeded",
  "message_sent",
  "plan_updated",
  "quota_exceeded",
];

/** The payload of each type, in the version of events that name none. */
export interface DefaultPayloads {
  checkout_completed: CheckoutCompleted;
  conversation_started: ConversationStarted;
  escalation_triggered: EscalationTriggered;
  ingest_completed: IngestCompleted;
  ingest_failed: IngestFailed;
  ingest_started: IngestStarted;
  integration_failed: IntegrationFailed;
  integration_succeeded: IntegrationSucceeded;
  message_sent: MessageSent;
  plan_updated: PlanUpdated;
  quota_exceeded: QuotaExceeded;
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
      type: "checkout_completed";
      version: 1;
      payload: CheckoutCompletedV1;
      context: { [key: string]: Json };
      entity_type: string | null;
      actor_type: string | null;
    })
  | (EventColumns & {
      type: "conversation_started";
      version: 1;
      payload: ConversationStartedV1;
      context: { [key: string]: Json };
      entity_type: string | null;
      actor_type: string | null;
    })
  | (EventColumns & {
      type: "escalation_triggered";
      version: 1;
      payload: EscalationTriggeredV1;
      context: { [key: string]: Json };
      entity_type: string | null;
      actor_type: string | null;
    })
  | (EventColumns & {
      type: "ingest_completed";
      version: 1;
      payload: IngestCompletedV1;
      context: { [key: string]: Json };
      entity_type: string | null;
      actor_type: string | null;
    })
  | (EventColumns & {
      type: "ingest_failed";
      version: 1;
      payload: IngestFailedV1;
      context: { [key: string]: Json };
      entity_type: string | null;
      actor_type: string | null;
    })
  | (EventColumns & {
      type: "ingest_started";
      version: 1;
      payload: IngestStartedV1;
      context: { [key: string]: Json };
      entity_type: string | null;
      actor_type: string | null;
    })
  | (EventColumns & {
      type: "integration_failed";
      version: 1;
      payload: IntegrationFailedV1;
      context: { [key: string]: Json };
      entity_type: string | null;
      actor_type: string | null;
    })
  | (EventColumns & {
      type: "integration_succeeded";
      version: 1;
      payload: IntegrationSucceededV1;
      context: { [key: string]: Json };
      entity_type: string | null;
      actor_type: string | null;
    })
  | (EventColumns & {
      type: "message_sent";
      version: 1;
      payload: MessageSentV1;
      context: { [key: string]: Json };
      entity_type: string | null;
      actor_type: string | null;
    })
  | (EventColumns & {
      type: "plan_updated";
      version: 1;
      payload: PlanUpdatedV1;
      context: { [key: string]: Json };
      entity_type: string | null;
      actor_type: string | null;
    })
  | (EventColumns & {
      type: "quota_exceeded";
      version: 1;
      payload: QuotaExceededV1;
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
      type: "checkout_completed";
      version?: 1 | null | undefined;
      payload: CheckoutCompletedV1;
      context?: { [key: string]: Json } | null | undefined;
      entity_type?: string | null | undefined;
      actor_type?: string | null | undefined;
    })
  | (EventDraftFields & {
      type: "conversation_started";
      version?: 1 | null | undefined;
      payload: ConversationStartedV1;
      context?: { [key: string]: Json } | null | undefined;
      entity_type?: string | null | undefined;
      actor_type?: string | null | undefined;
    })
  | (EventDraftFields & {
      type: "escalation_triggered";
      version?: 1 | null | undefined;
      payload: EscalationTriggeredV1;
      context?: { [key: string]: Json } | null | undefined;
      entity_type?: string | null | undefined;
      actor_type?: string | null | undefined;
    })
  | (EventDraftFields & {
      type: "ingest_completed";
      version?: 1 | null | undefined;
      payload: IngestCompletedV1;
      context?: { [key: string]: Json } | null | undefined;
      entity_type?: string | null | undefined;
      actor_type?: string | null | undefined;
    })
  | (EventDraftFields & {
      type: "ingest_failed";
      version?: 1 | null | undefined;
      payload: IngestFailedV1;
      context?: { [key: string]: Json } | null | undefined;
      entity_type?: string | null | undefined;
      actor_type?: string | null | undefined;
    })
  | (EventDraftFields & {
      type: "ingest_started";
      version?: 1 | null | undefined;
      payload: IngestStartedV1;
      context?: { [key: string]: Json } | null | undefined;
      entity_type?: string | null | undefined;
      actor_type?: string | null | undefined;
    })
  | (EventDraftFields & {
      type: "integration_failed";
      version?: 1 | null | undefined;
      payload: IntegrationFailedV1;
      context?: { [key: string]: Json } | null | undefined;
      entity_type?: string | null | undefined;
      actor_type?: string | null | undefined;
    })
  | (EventDraftFields & {
      type: "integration_succeeded";
      version?: 1 | null | undefined;
      payload: IntegrationSucceededV1;
      context?: { [key: string]: Json } | null | undefined;
      entity_type?: string | null | undefined;
      actor_type?: string | null | undefined;
    })
  | (EventDraftFields & {
      type: "message_sent";
      version?: 1 | null | undefined;
      payload: MessageSentV1;
      context?: { [key: string]: Json } | null | undefined;
      entity_type?: string | null | undefined;
      actor_type?: string | null | undefined;
    })
  | (EventDraftFields & {
      type: "plan_updated";
      version?: 1 | null | undefined;
      payload: PlanUpdatedV1;
      context?: { [key: string]: Json } | null | undefined;
      entity_type?: string | null | undefined;
      actor_type?: string | null | undefined;
    })
  | (EventDraftFields & {
      type: "quota_exceeded";
      version?: 1 | null | undefined;
      payload: QuotaExceededV1;
      context?: { [key: string]: Json } | null | undefined;
      entity_type?: string | null | undefined;
      actor_type?: string | null | undefined;
    });

/** Checks type, version, payload and context of an event, whatever else it has. */
export const EventSchema = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("checkout_completed"), version: z.literal(1), payload: CheckoutCompletedV1Schema }),
  z.looseObject({ type: z.literal("conversation_started"), version: z.literal(1), payload: ConversationStartedV1Schema }),
  z.looseObject({ type: z.literal("escalation_triggered"), version: z.literal(1), payload: EscalationTriggeredV1Schema }),
  z.looseObject({ type: z.literal("ingest_completed"), version: z.literal(1), payload: IngestCompletedV1Schema }),
  z.looseObject({ type: z.literal("ingest_failed"), version: z.literal(1), payload: IngestFailedV1Schema }),
  z.looseObject({ type: z.literal("ingest_started"), version: z.literal(1), payload: IngestStartedV1Schema }),
  z.looseObject({ type: z.literal("integration_failed"), version: z.literal(1), payload: IntegrationFailedV1Schema }),
  z.looseObject({ type: z.literal("integration_succeeded"), version: z.literal(1), payload: IntegrationSucceededV1Schema }),
  z.looseObject({ type: z.literal("message_sent"), version: z.literal(1), payload: MessageSentV1Schema }),
  z.looseObject({ type: z.literal("plan_updated"), version: z.literal(1), payload: PlanUpdatedV1Schema }),
  z.looseObject({ type: z.literal("quota_exceeded"), version: z.literal(1), payload: QuotaExceededV1Schema }),
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
