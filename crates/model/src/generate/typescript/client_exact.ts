
const $stringify = stringifyJson;
/** As supabase-js makes the JSON of a request itself, numbers that it cannot write need JSON.rawJSON (Node 21, browsers). */
const $sendable = (value: unknown): unknown => {
  if (typeof value === "bigint" || value instanceof Decimal) {
    const raw = (JSON as { rawJSON?: (text: string) => unknown }).rawJSON;
    if (raw === undefined) throw new TypeError("there is no JSON.rawJSON to send this number with every digit");
    return raw(String(value));
  }
  if (Array.isArray(value)) return value.map($sendable);
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, $sendable(inner)]));
};

