// A consumer: writes each payment into table ledger, exactly once.
//
// What it writes and the ack of what it received share a transaction, so a crash at any point undoes both, and the same
// events come again. Start as many as you like. It finds the database in libpq's environment variables, takes the name of
// the subscription as its argument, and stops on SIGTERM or SIGINT when the batch at hand is done. When the connection is
// lost it ends with an error: whatever supervises it starts it again.
"use strict";

const { Client } = require("pg");

const BATCH = 100;
// Notifications come 10 ms apart at least, so after a busy time two quick looks pay.
const [QUICK, QUICK_LOOKS, PATIENT] = [5, 2, 5000];

const subscription = process.argv[2] ?? "ledger";
const client = new Client();
let stopping = false;
let wake = () => {};
// A notification that came while nobody waited for one.
let news = false;

function stop() {
  stopping = true;
  wake();
}

/** Until a notification comes, for so long at most. */
function wait(milliseconds) {
  return new Promise((resolve) => {
    if (news || stopping) {
      resolve();
    } else {
      const timer = setTimeout(resolve, milliseconds);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    }
  });
}

/** What this consumer is for. */
async function handle(event) {
  await client.query("insert into ledger (event_id, order_id, amount) values ($1, $2, $3)", [
    event.id, event.entity_id, event.payload.amount,
  ]);
}

/** Deals with one batch; how many events it had. A careful one finds out which event fails, and says so. */
async function batch(careful) {
  await client.query("begin");
  try {
    // A receipt is a bigint, which the driver gives as text.
    const { rows: events } = await client.query(
      "select receipt, id, entity_id, payload from eventlog.receive($1, $2)", [subscription, BATCH],
    );
    for (const event of events) {
      if (!careful) {
        await handle(event);
        continue;
      }
      await client.query("savepoint event");
      try {
        await handle(event);
        await client.query("release savepoint event");
      } catch (error) {
        await client.query("rollback to savepoint event");
        await client.query("select eventlog.nack($1, $2, array[$3]::uuid[], $4)", [
          subscription, event.receipt, event.id, error.message,
        ]);
      }
    }
    if (events.length > 0) {
      await client.query("select eventlog.ack($1, $2)", [subscription, events[0].receipt]);
    }
    await client.query("commit");
    return events.length;
  } catch (error) {
    await client.query("rollback");
    throw error;
  }
}

async function main() {
  await client.connect();
  client.on("notification", () => {
    news = true;
    wake();
  });
  for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, stop);
  // First listen, then look: what comes in between is told.
  await client.query("listen eventlog");
  let [looks, careful] = [0, false];
  while (!stopping) {
    news = false;
    let count;
    try {
      count = await batch(careful);
    } catch (error) {
      if (careful) throw error;
      // All of the batch is undone. The same events come again, and the next round tells which one it was.
      careful = true;
      continue;
    }
    careful = false;
    if (count > 0) {
      looks = 0;
    } else {
      await wait(looks < QUICK_LOOKS ? QUICK : PATIENT);
      looks += 1;
    }
  }
  await client.end();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
