// What an application in JavaScript does, through node-pg, as an ordinary role.
"use strict";

const assert = require("node:assert/strict");
const { Client } = require("pg");

const TENANT = "11111111-1111-4111-8111-111111111111";
const ONE = "select eventlog.log_event($1, $2, tenant_id => $3) as id";

const tests = {
  async "named arguments fit without casts"(client) {
    const occurred = new Date("2024-02-29T12:00:00Z");
    const { rows } = await client.query(
      `select eventlog.log_event(
         type => $1, payload => $2, tenant_id => $3, entity_type => $4, entity_id => $5, actor_type => $6,
         actor_id => $7, occurred_at => $8, context => $9, correlation_id => $10, causation_id => $11,
         source_type => $12, source_id => $13, version => $14, idempotency_key => $15, log => $16) as id`,
      ["task_completed", { step_id: 7, note: "ä€🎉" }, TENANT, "task", 7, "user", "u-1", occurred, { tool: "x" },
        "c-1", 70000, "shop", "s-1", 1, "evt_1", "public.events"],
    );
    assert.match(rows[0].id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    const stored = await client.query("select * from public.events where id = $1", [rows[0].id]);
    const { entity_id, actor_id, causation_id, payload, context, occurred_at } = stored.rows[0];
    assert.deepEqual(
      { entity_id, actor_id, causation_id, payload, context, occurred_at },
      { entity_id: "7", actor_id: "u-1", causation_id: "70000", payload: { step_id: 7, note: "ä€🎉" },
        context: { tool: "x" }, occurred_at: occurred },
    );
  },

  async "every column decodes"(client) {
    const { rows: [{ id }] } = await client.query(ONE, ["task_completed", { step_id: 1 }, TENANT]);
    const { rows: [row], fields } = await client.query("select * from public.events where id = $1", [id]);
    // int8, as text; every other type is one that node-pg parses or a text.
    assert.deepEqual(fields.filter(({ dataTypeID }) => dataTypeID === 20).map(({ name }) => name), ["xid", "seq"]);
    assert.match(row.xid, /^\d+$/);
    const known = new Set([20, 23, 25, 1184, 2950, 3802]);
    assert.deepEqual(fields.filter(({ dataTypeID }) => !known.has(dataTypeID)), []);
  },

  async "undefined means not given"(client) {
    await client.query("select eventlog.log_event($1, $2, tenant_id => $3, entity_id => $4, occurred_at => $5)",
      ["task_completed", { step_id: 1 }, TENANT, undefined, undefined]);
  },

  async "a refusal carries its violations"(client) {
    const error = await client.query(ONE, ["task_completed", { other: 1 }, TENANT]).catch((error) => error);
    assert.equal(error.code, "23514");
    assert.deepEqual(JSON.parse(error.detail).map(({ code, path }) => [code, path]), [["required", "/step_id"]]);
  },

  async "a named prepared statement serves again and again"(client) {
    const ids = [];
    for (let n = 0; n < 20; n += 1) {
      const values = ["task_completed", { step_id: n }, TENANT];
      ids.push((await client.query({ name: "one", text: ONE, values })).rows[0].id);
    }
    assert.deepEqual(ids, [...new Set(ids)].sort());
  },

  async "a batch is one call"(client) {
    // An array must be JSON already: node-pg makes a Postgres array of it otherwise.
    const events = [1, 2, 3].map((step_id) => ({ type: "task_completed", payload: { step_id }, tenant_id: TENANT }));
    const { rows } = await client.query("select eventlog.log_events($1) as id", [JSON.stringify(events)]);
    assert.equal(rows.length, 3);
    const broken = JSON.stringify([...events, { type: "task_completed", payload: {}, tenant_id: TENANT }]);
    const error = await client.query("select eventlog.log_events($1)", [broken]).catch((error) => error);
    assert.equal(error.code, "23514");
    const count = await client.query("select count(*)::int as n from public.events where id = any ($1)",
      [rows.map((row) => row.id)]);
    assert.equal(count.rows[0].n, 3);
  },

  async "a repeated key gives the first id"(client) {
    const call = "select eventlog.log_event($1, $2, tenant_id => $3, idempotency_key => $4) as id";
    const values = ["task_completed", { step_id: 1 }, TENANT, "webhook-1"];
    const [first, again] = [await client.query(call, values), await client.query(call, values)];
    assert.equal(first.rows[0].id, again.rows[0].id);
    values[1] = { step_id: 2 };
    assert.equal((await client.query(call, values).catch((error) => error)).code, "23505");
  },

  async "history cannot be edited"(client) {
    const error = await client.query("delete from public.events where false").catch((error) => error);
    assert.equal(error.code, "42501");
  },
};

async function main() {
  const client = new Client();
  await client.connect();
  for (const [name, test] of Object.entries(tests)) {
    await test(client).catch((error) => {
      throw new Error(`${name}: ${error.stack}`);
    });
  }
  await client.end();
  console.log(`${Object.keys(tests).length} passed`);
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
