// Tenants through node-pg: a login that says for whom each of its transactions is, and is held to that.
"use strict";

const assert = require("node:assert/strict");
const { Pool } = require("pg");

const [ACME, OTHER, ANN] = ["a", "b", "1"].map((end) => `00000000-0000-4000-8000-00000000000${end}`);
const pool = new Pool();

// A transaction for this tenant, in this user's name.
async function acting({ tenant, actor, reason }, work) {
  const client = await pool.connect();
  try {
    await client.query("begin");
    await client.query("select eventlog.set_context($1, 'user', $2, reason => $3)", [tenant, actor, reason]);
    const result = await work(client);
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback");
    throw error;
  } finally {
    client.release();
  }
}

const LOG = "select eventlog.log_event('task_completed', $1, entity_type => 'task', entity_id => $2) as id";
const ann = { tenant: ACME, actor: ANN };

async function value(client, text, values) {
  return Object.values((await client.query(text, values)).rows[0])[0];
}

async function main() {
  for (const tenant of [ACME, OTHER]) {
    await acting({ tenant, actor: ANN }, async (client) => {
      const id = await value(client, LOG, [{ step_id: 7 }, 7]);
      const { rows } = await client.query("select tenant_id, actor_id from events where id = $1", [id]);
      assert.deepEqual({ ...rows[0] }, { tenant_id: tenant, actor_id: ANN });
      assert.equal(await value(client, "select count(*)::int from events"), 1);
    });
  }

  for (const [name, forged] of [["tenant_id", OTHER], ["actor_id", OTHER]]) {
    const call = `select eventlog.log_event('task_completed', $1, ${name} => $2)`;
    const error = await acting(ann, (client) => client.query(call, [{ step_id: 1 }, forged])).catch((e) => e);
    assert.equal(error.code, "42501");
    assert.ok(error.message.includes(name) && !error.message.includes(forged), error.message);
  }
  assert.equal((await pool.query(LOG, [{ step_id: 1 }, 7]).catch((e) => e)).code, "23502");
  assert.equal(await value(pool, "select count(*)::int from events"), 0);

  const broken = await acting(ann, (client) => client.query(LOG, [{ step: 7 }, 7])).catch((e) => e);
  assert.equal(broken.code, "23514");
  assert.deepEqual(JSON.parse(broken.detail).map(({ path }) => path), ["/step_id"]);

  await acting(ann, (client) => client.query("insert into campaigns values (1, $1, 'Spring', 100.50)", [ACME]));
  await acting({ ...ann, reason: "duplicate" }, async (client) => {
    const state = "select eventlog.entity_state('campaign', $1, tenant_id => $2) as state";
    assert.equal((await value(client, state, [1, ACME])).budget, 100.5);
    await client.query("delete from campaigns where id = $1", [1]);
    const { rows } = await client.query(
      "select type, actor_id, payload->>'reason' as reason from events where entity_type = 'campaign' order by seq");
    assert.deepEqual(rows.map(Object.values), [
      ["campaign.created", ANN, null], ["campaign.deleted", ANN, "duplicate"],
    ]);
  });
  await acting({ tenant: OTHER, actor: ANN }, async (client) => {
    assert.equal(await value(client, "select eventlog.entity_state('campaign', 1, tenant_id => $1)", [ACME]), null);
  });
  await pool.end();
  console.log("1 passed");
}

main().catch((error) => {
  console.error(error.stack);
  process.exit(1);
});
