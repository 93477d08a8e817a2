// Logs events by the generated client, and asks the generated Zod schemas of documents, one a line of a file:
// for each, whether it is taken, as read by JSON.parse and with all its digits.
import { readFileSync } from "node:fs";
import pg from "pg";
import * as events from "./out/events.js";
import * as exact from "./out/exact.js";
import { run } from "./out/use.js";

/** As PostgREST calls a function. */
async function send(url, { body, headers }) {
  const given = new Headers(headers);
  if (given.get("content-profile") !== "eventlog" || !String(url).endsWith("/rest/v1/rpc/log_event")) {
    throw new Error(`${url} ${given.get("content-profile")}`);
  }
  const names = Object.keys(JSON.parse(body));
  const types = { payload: "jsonb", context: "jsonb", version: "int", occurred_at: "timestamptz", log: "regclass" };
  const columns = names.map((name) => `"${name}" ${types[name] ?? "text"}`).join(", ");
  const client = new pg.Client();
  await client.connect();
  try {
    const { rows } = await client.query(
      `select eventlog.log_event(${names.map((name) => `"${name}" => a."${name}"`).join(", ")}) as id
       from json_to_record($1::json) as a (${columns})`,
      [body],
    );
    return new Response(JSON.stringify(rows[0].id), { status: 200, headers: { "content-type": "application/json" } });
  } catch (error) {
    const { code, message, detail, hint } = error;
    return new Response(JSON.stringify({ code, message, details: detail, hint }), { status: 400 });
  } finally {
    await client.end();
  }
}

const ids = await run(send);
if (new Set(ids).size !== ids.length - 1) throw new Error(`the ids are ${ids}`);

const lines = readFileSync(process.argv[2], "utf8").split("\n").filter(Boolean);
const verdicts = lines.map((line) => [
  events.EventSchema.safeParse(JSON.parse(line)).success,
  exact.EventSchema.safeParse(exact.parseJson(line)).success,
]);
console.log(JSON.stringify(verdicts));
