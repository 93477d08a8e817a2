/** An integer: a bigint where a number could not tell it from its neighbours. */
export type Whole = number | bigint;

/** A number: a Decimal where a number could not hold every digit. */
export type Numeric = number | bigint | Decimal;

/** A decimal number with all its digits. */
export class Decimal {
  /** As JSON writes it. */
  readonly text: string;

  constructor(text: string) {
    if (!/^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]{1,4})?$/.test(text)) throw new TypeError("not a JSON number");
    this.text = text;
  }

  toString(): string {
    return this.text;
  }

  /** The nearest number. */
  toNumber(): number {
    return Number(this.text);
  }
}

/** Whether a number holds what a text says. */
const $isExact = (text: string): boolean => {
  const value = Number(text);
  if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) return false;
  const digits = text.replace(/e.*$/i, "").replace(/[-.]/g, "").replace(/^0+/, "").replace(/0+$/, "");
  return digits.length <= 15 && (value !== 0 || digits === "");
};

/** JSON.parse, for numbers with every digit. */
export const parseJson = (text: string): unknown =>
  JSON.parse(
    text.replace(/"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*/g, (token) =>
      // Postgres stores no character NUL, so no string of an event begins with one.
      token.startsWith('"') || $isExact(token) ? token : `"\\u0000${token}"`,
    ),
    (_, value) => {
      if (typeof value !== "string" || !value.startsWith("\0")) return value;
      const number = value.slice(1);
      return /^-?[0-9]+$/.test(number) ? BigInt(number) : new Decimal(number);
    },
  );

/** JSON.stringify, for the same. */
export const stringifyJson = (value: unknown): string => {
  if (typeof value === "bigint" || value instanceof Decimal) return String(value);
  if (Array.isArray(value)) return `[${value.map((item) => stringifyJson(item ?? null)).join(",")}]`;
  if (typeof value !== "object" || value === null || "toJSON" in value) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return `{${members.map(([key, inner]) => `${JSON.stringify(key)}:${stringifyJson(inner)}`).join(",")}}`;
};
