// Tenants through postgres.js: a login that says for whom each of its transactions is, and is held to that.
"use strict";

const assert = require("node:assert/strict");
const postgres = require("postgres");

const [ACME, OTHER, ANN] = ["a", "b", "1"].map((end) => `00000000-0000-4000-8000-00000000000${end}`);
const sql = postgres({ path: `${process.env.PGHOST}/.s.PGSQL.${process.env.PGPORT}`, max: 2, onnotice() {} });

// A transaction for this tenant, in this user's name.
const acting = ({ tenant, actor, reason = null }, work) =>
  sql.begin(async (tx) => {
    await tx`select eventlog.set_context(${tenant}, 'user', ${actor}, reason => ${reason})`;
    return work(tx);
  });

const ann = { tenant: ACME, actor: ANN };

async function main() {
  for (const tenant of [ACME, OTHER]) {
    await acting({ tenant, actor: ANN }, async (tx) => {
      const [{ id }] = await tx`
        select eventlog.log_event('task_completed', ${{ step_id: 7 }}, entity_type => 'task', entity_id => ${7}) as id`;
      const [row] = await tx`select tenant_id, actor_id from events where id = ${id}`;
      assert.deepEqual({ ...row }, { tenant_id: tenant, actor_id: ANN });
      const events = [{ type: "task_completed", payload: { step_id: 8 } }];
      assert.equal((await tx`select eventlog.log_events(${tx.json(events)})`).length, 1);
      assert.equal((await tx`select count(*)::int as n from events`)[0].n, 2);
    });
  }

  for (const more of [{ tenant_id: OTHER }, { actor_id: OTHER }]) {
    const events = [{ type: "task_completed", payload: { step_id: 1 }, ...more }];
    const error = await acting(ann, (tx) => tx`select eventlog.log_events(${tx.json(events)})`).catch((e) => e);
    assert.equal(error.code, "42501");
    assert.ok(error.message.includes(Object.keys(more)[0]) && !error.message.includes(OTHER), error.message);
  }
  const none = await sql`select eventlog.log_event('task_completed', ${{ step_id: 1 }})`.catch((e) => e);
  assert.equal(none.code, "23502");
  assert.equal((await sql`select count(*)::int as n from events`)[0].n, 0);

  const broken = await acting(ann, (tx) => tx`select eventlog.log_event('task_completed', ${{ step: 7 }})`).catch((e) => e);
  assert.equal(broken.code, "23514");
  assert.deepEqual(JSON.parse(broken.detail).map(({ path }) => path), ["/step_id"]);

  await acting(ann, (tx) => tx`insert into campaigns ${tx({ id: 1, tenant_id: ACME, name: "Spring", budget: "100.50" })}`);
  await acting({ ...ann, reason: "duplicate" }, async (tx) => {
    const [{ state }] = await tx`select eventlog.entity_state('campaign', ${1}, tenant_id => ${ACME}) as state`;
    assert.equal(state.budget, 100.5);
    await tx`delete from campaigns where id = ${1}`;
    const rows = await tx`
      select type, actor_id, payload->>'reason' as reason from events where entity_type = 'campaign' order by seq`;
    assert.deepEqual(rows.map((row) => Object.values(row)), [
      ["campaign.created", ANN, null], ["campaign.deleted", ANN, "duplicate"],
    ]);
  });
  await acting({ tenant: OTHER, actor: ANN }, async (tx) => {
    const [{ state }] = await tx`select eventlog.entity_state('campaign', 1, tenant_id => ${ACME}) as state`;
    assert.equal(state, null);
  });
  await sql.end();
  console.log("1 passed");
}

main().catch((error) => {
  console.error(error.stack);
  process.exit(1);
});
