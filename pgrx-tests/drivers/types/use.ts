// The generated types in use, by the clients that they are for. What must not compile says so: @ts-expect-error.
import pg from "pg";
import postgres from "postgres";
import { createClient } from "@supabase/supabase-js";
import * as events from "./events.js";
import * as exact from "./exact.js";
import type { EventDraft as BareDraft } from "./bare.js";

const draft = {
  type: "order_shipped",
  entity_type: "order",
  entity_id: 7n,
  tenant_id: "acme",
  actor_type: "user",
  occurred_at: new Date("2026-01-01T00:00:00Z"),
  payload: { order_id: 7, carrier: "dhl", to: { city: "Bonn" } },
} satisfies events.EventDraft;

export const refused = [
  // @ts-expect-error there is no such type
  { type: "order_shiped", payload: {} } satisfies events.EventDraft,
  // @ts-expect-error a carrier that is none
  { ...draft, payload: { order_id: 7, carrier: "pigeon" } } satisfies events.EventDraft,
  // @ts-expect-error a required key is missing
  { type: "order_shipped", entity_type: "order", payload: {} } satisfies events.EventDraft,
  // @ts-expect-error the payload of another version
  { ...draft, version: 2 } satisfies events.EventDraft,
  // @ts-expect-error an entity of another kind
  { ...draft, entity_type: "invoice" } satisfies events.EventDraft,
  // @ts-expect-error a key that nobody knows
  { ...draft, tenant: "acme" } satisfies events.EventDraft,
  // @ts-expect-error only these integers are exact in any case
  { type: "order_shipped", entity_type: "order", payload: { order_id: 1, pieces: 1n } } satisfies exact.EventDraft,
];

export const bare: BareDraft = { type: "plain", payload: { what: [1, "x", null] } };

/** Each member of a union is told apart by its type, and by its version. */
export function describe(event: events.LogEvent): string {
  switch (event.type) {
    case "order_shipped":
      return event.version === 2
        ? event.payload.lines.map((line) => line.sku).join() + event.context.trace
        : `${event.payload.order_id.toFixed()} ${event.payload.to?.city ?? ""}`;
    case "tree.grown":
      return event.payload.leaves?.[0]?.leaves?.[0]?.name ?? "";
    case "payment":
      return "last4" in event.payload ? event.payload.last4 : event.payload.iban;
    case "2fa.class":
      return event.payload["a-b"] && event.payload.a_b ? event.payload.class : "";
    default:
      return event.id;
  }
}

/** All ways to log; gives the ids. `send` stands for PostgREST. */
export async function run(send: typeof fetch): Promise<string[]> {
  const ids: string[] = [];
  const pool = new pg.Pool({ max: 1 });
  ids.push(await events.logEvent(pool, draft));
  const client = await pool.connect();
  ids.push(await events.logEvent(client, { ...draft, idempotency_key: "twice" }, { log: "public.events" }));
  ids.push(await events.logEvent(client, { ...draft, idempotency_key: "twice" }));
  ids.push(
    await exact.logEvent(client, {
      ...draft,
      payload: { order_id: 9007199254740993n, weight: new exact.Decimal("0.10") },
    }),
  );
  client.release();
  const sql = postgres({ max: 1 });
  ids.push(await events.logEvent(sql, draft));
  await sql.begin(async (transaction) => {
    ids.push(
      await events.logEvent(transaction, {
        type: "order_shipped",
        version: 2,
        payload: { order_id: "o-1", lines: [{ sku: "\u{1f600}'\"", count: 2 }] },
        context: { trace: "t" },
        tenant_id: "acme",
      }),
    );
  });
  // Node 20 has no WebSocket of its own, which the client asks for when it is made.
  const realtime = { transport: class {} as any };
  const supabase = createClient("http://localhost", "key", { global: { fetch: send }, realtime });
  ids.push(await events.logEvent(supabase, draft));

  const failures = [
    () => events.logEvent(pool, { ...draft, payload: { order_id: 0 } }),
    () => events.logEvent(sql, { ...draft, payload: { order_id: 0 } }),
    () => events.logEvent(supabase, { ...draft, payload: { order_id: 0 } }),
  ];
  for (const failure of failures) {
    const error: any = await failure().catch((error: unknown) => error);
    if (error?.code !== "23514") throw new Error("it was not refused", { cause: error });
  }
  const odd = { ...draft, 'x" => 1, "type': 1 } as unknown as events.EventDraft;
  const error: unknown = await events.logEvent(pool, odd).catch((error: unknown) => error);
  if (!(error instanceof TypeError)) throw new Error("an unknown key was sent", { cause: error });

  pg.types.setTypeParser(pg.types.builtins.JSONB, exact.parseJson);
  const { rows } = await pool.query("select * from events where id = $1", [ids[3]]);
  const event = exact.EventSchema.parse(rows[0]);
  if (event.type !== "order_shipped" || event.version !== 1) throw new Error("another event");
  if (event.payload.order_id !== 9007199254740993n) throw new Error("digits were lost");
  if (exact.stringifyJson(event.payload) !== '{"order_id":9007199254740993,"weight":0.1}') {
    throw new Error(exact.stringifyJson(event.payload));
  }
  await pool.end();
  await sql.end();
  return ids;
}
