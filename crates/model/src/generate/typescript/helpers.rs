//! What Zod schemas call beside Zod: helpers whose names begin with a dollar sign, as no name of a taxonomy does.

/// Helpers that others call come after those.
const HELPERS: [(&str, &str); 14] = [
    (
        "$json",
        "/** Any JSON value. */\nexport const $json = z.custom<Json>((value) => value !== undefined);\n",
    ),
    ("$whole", "const $whole = z.union([z.int(), z.bigint()]);\n"),
    (
        "$numeric",
        "const $numeric = z.union([z.number(), z.bigint(), z.instanceof(Decimal)]);\n",
    ),
    (
        "$bound",
        "/** Less than, equal to or greater than a number that has every digit: -1, 0 or 1. */\n\
         const $order = (value: Numeric, bound: string) => {\n  \
           const [[a, left], [b, right]] = [$digits(String(value)), $digits(bound)];\n  \
           const scale = Math.max(left, right);\n  \
           const [x, y] = [a * 10n ** BigInt(scale - left), b * 10n ** BigInt(scale - right)];\n  \
           return x < y ? -1 : x > y ? 1 : 0;\n};\n\
         const $bound = (bound: string, orders: number[]) => (value: Numeric) => orders.includes($order(value, bound));\n",
    ),
    (
        "$multiple",
        "const $multiple = (of: string) => (value: Numeric) => {\n  \
           const [[a, left], [b, right]] = [$digits(String(value)), $digits(of)];\n  \
           const scale = Math.max(left, right);\n  \
           return (a * 10n ** BigInt(scale - left)) % (b * 10n ** BigInt(scale - right)) === 0n;\n};\n",
    ),
    (
        "$length",
        "/** Characters, not halves of pairs. */\n\
         const $length = (shortest: number, longest = Infinity) => (text: string) => {\n  \
           const length = [...text].length;\n  return length >= shortest && length <= longest;\n};\n",
    ),
    (
        "$isRegex",
        "const $isRegex = (text: string) => {\n  try {\n    return Boolean(new RegExp(text, \"u\"));\n  \
         } catch {\n    return false;\n  }\n};\n",
    ),
    (
        "$same",
        "const $same = (a: unknown, b: unknown): boolean => {\n  \
           if (a === b || typeof a !== \"object\" || typeof b !== \"object\" || a === null || b === null) return a === b;\n  \
           const [left, right] = [Object.entries(a), new Map<string, unknown>(Object.entries(b))];\n  \
           return (\n    Array.isArray(a) === Array.isArray(b) &&\n    left.length === right.size &&\n    \
           left.every(([key, value]) => right.has(key) && $same(value, right.get(key)))\n  );\n};\n",
    ),
    (
        "$unique",
        "const $unique = (items: unknown[]) =>\n  \
           items.every((item, at) => !items.slice(0, at).some((other) => $same(item, other)));\n",
    ),
    (
        "$contains",
        "const $contains = (schema: z.ZodType, fewest: number, most = Infinity) => (items: unknown[]) => {\n  \
           const found = items.filter((item) => schema.safeParse(item).success).length;\n  \
           return found >= fewest && found <= most;\n};\n",
    ),
    (
        "$not",
        "const $not = (schema: z.ZodType) => (value: unknown) => !schema.safeParse(value).success;\n",
    ),
    (
        "$if",
        "const $if = (condition: z.ZodType, yes: z.ZodType, no: z.ZodType) => (value: unknown) =>\n  \
           (condition.safeParse(value).success ? yes : no).safeParse(value).success;\n",
    ),
    (
        "$one",
        "const $one = (schemas: z.ZodType[]) => (value: unknown) =>\n  \
           schemas.filter((schema) => schema.safeParse(value).success).length === 1;\n",
    ),
    (
        "$keys",
        "/** What an object's keys and the values of those that have no field are like. */\n\
         const $keys =\n  (rules: {\n    fewest?: number;\n    most?: number;\n    names?: z.ZodType;\n    \
         fields?: string[];\n    patterns?: [RegExp, z.ZodType][];\n    others?: z.ZodType;\n    \
         needs?: [string, string[]][];\n    obey?: [string, z.ZodType][];\n  }) =>\n  (value: object) => {\n    \
         const entries = Object.entries(value);\n    return (\n      \
         entries.length >= (rules.fewest ?? 0) &&\n      entries.length <= (rules.most ?? Infinity) &&\n      \
         entries.every(([key, inner]) => {\n        \
         if (rules.names && !rules.names.safeParse(key).success) return false;\n        \
         const matching = (rules.patterns ?? []).filter(([pattern]) => pattern.test(key));\n        \
         if (!matching.every(([, schema]) => schema.safeParse(inner).success)) return false;\n        \
         const isKnown = matching.length > 0 || (rules.fields ?? []).includes(key);\n        \
         return isKnown || !rules.others || rules.others.safeParse(inner).success;\n      }) &&\n      \
         (rules.needs ?? []).every(([key, needed]) => !Object.hasOwn(value, key) || needed.every((one) => Object.hasOwn(value, one))) &&\n      \
         (rules.obey ?? []).every(([key, schema]) => !Object.hasOwn(value, key) || schema.safeParse(value).success)\n    );\n  };\n",
    ),
];

/// The names of the helpers that a text calls.
pub(super) fn called_in(text: &str) -> String {
    let called = HELPERS.iter().filter(|(name, _)| text.contains(name));
    called.map(|(name, _)| format!("{name} ")).collect()
}

/// The helpers of which a text has the names, and those which they call.
pub(super) fn text(called: &str, exact: bool) -> String {
    let is_called = |name: &str| called.split(' ').any(|one| one == name);
    let mut text = String::new();
    let mut digits = false;
    for (name, helper) in HELPERS {
        let by_others = name == "$same" && is_called("$unique");
        if name == "$json" || by_others || is_called(name) {
            text += "\n";
            text += helper;
            digits |= helper.contains("$digits");
        }
    }
    if exact && digits {
        text.insert_str(0, DIGITS);
    }
    text
}

const DIGITS: &str = "
/** The digits of a number, and how many of them stand behind its point. */
const $digits = (text: string): [bigint, number] => {
  const [mantissa = \"\", exponent = \"0\"] = text.toLowerCase().split(\"e\");
  const [whole = \"\", fraction = \"\"] = mantissa.split(\".\");
  return [BigInt(whole + fraction), fraction.length - Number(exponent)];
};
";
