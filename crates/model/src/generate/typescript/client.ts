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
