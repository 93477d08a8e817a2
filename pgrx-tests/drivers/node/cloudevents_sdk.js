// The official SDK of CloudEvents: what it writes the log takes, and what the log shows it reads as the same.
"use strict";

const assert = require("node:assert/strict");
const { CloudEvent, HTTP } = require("cloudevents");
const { Client } = require("pg");

const TENANT = "11111111-1111-4111-8111-111111111111";
const NOON = "2024-03-15T12:00:00.123Z";

async function one(client, sql, ...values) {
  const { rows } = await client.query({ text: sql, values, rowMode: "array" });
  return rows[0][0];
}

const log = (client, text) => one(client, "select eventlog.log_cloudevent($1)", text);
const show = (client, id) =>
  one(client, "select eventlog.to_cloudevent(to_jsonb(e))::text from public.events e where id = $1", id);
const read = (text) => HTTP.toEvent({ headers: { "content-type": "application/cloudevents+json" }, body: text });
const write = (event) => HTTP.structured(event).body;

function event(attributes) {
  return new CloudEvent({ id: "1", source: "/shop/eu", type: "task_completed", time: NOON, tenantid: TENANT, ...attributes });
}

const tests = {
  async "what it writes comes back"(client) {
    const events = [
      event({ data: { step_id: 7, amount: 1.5, note: "ä€🎉" }, subject: "order/7" }),
      event({ id: "2", source: "https://example.com/a?b#c", data: { step_id: 1 }, comexample: "x", sequence: "17", flag: true, count: 5 }),
      event({ id: "3", data: { step_id: 1 }, dataschema: "https://example.com/schema", datacontenttype: "application/json" }),
      event({ id: "4", type: "note_written", data: "hello", datacontenttype: "text/plain" }),
      event({ id: "5", type: "note_written", data: Buffer.from([0, 1, 2]), datacontenttype: "application/octet-stream" }),
      event({ id: "6", type: "note_written", subject: "a/b/c%2Fd" }),
    ];
    for (const sent of events) {
      const text = write(sent);
      const id = await log(client, text);
      const shown = await show(client, id);
      assert.deepEqual(JSON.parse(shown), JSON.parse(text));
      const got = read(shown);
      got.validate();
      assert.deepEqual(JSON.parse(JSON.stringify(got)), JSON.parse(JSON.stringify(sent)));
      // It is delivered again, as the log shows it.
      assert.equal(await log(client, write(got)), id);
    }
  },

  async "it reads what the log has"(client) {
    const id = await one(client,
      "select eventlog.log_event('task_completed', $1, $2, 'task', 9, 'user', 'ann', $3, source_type => 'shop')",
      { step_id: 9 }, TENANT, NOON);
    const got = read(await show(client, id));
    got.validate();
    const { type, source, subject, time, data, tenantid, actorid, dataschema, sequence } = got;
    assert.deepEqual({ id: got.id, type, source, subject, time, data, tenantid, actorid, dataschema }, {
      id, type: "task_completed", source: "/shop", subject: "task/9", time: NOON, data: { step_id: 9 }, tenantid: TENANT,
      actorid: "ann", dataschema: "urn:eventlog:type:task_completed:1",
    });
    assert.match(sequence, /^\d+$/);
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
