use super::*;
use serde_json::{Value, json};

fn document(types: Value) -> Document {
    let document = json!({ "types": types }).to_string();
    Document::parse(document.as_bytes()).unwrap()
}

fn text(types: Value, options: Value, language: Language) -> Result<String, Problem> {
    let document = document(types);
    let options = Options::read(&options, language)?;
    let text = generate(&document, None, options, language, &|_, f| {
        f();
        Ok(())
    })?;
    Ok(String::from_utf8(text.into()).unwrap())
}

fn typescript(types: Value) -> String {
    text(types, json!({}), Language::TypeScript).unwrap()
}

fn python(types: Value) -> String {
    text(types, json!({}), Language::Python).unwrap()
}

/// Of a payload with this schema, the part between two lines.
#[track_caller]
fn part<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    let start = text
        .find(from)
        .unwrap_or_else(|| panic!("no {from} in {text}"));
    let end = text[start..]
        .find(to)
        .unwrap_or_else(|| panic!("no {to} in {text}"));
    &text[start..start + end]
}

#[test]
fn the_order_of_a_taxonomy_does_not_matter() {
    let (a, b) = (
        json!({"type": "a.b", "version": 1}),
        json!({"type": "a_b", "version": 1}),
    );
    for language in [Language::TypeScript, Language::Python, Language::JsonSchema] {
        let one = text(json!([a, b]), json!({}), language).unwrap();
        assert_eq!(one, text(json!([b, a]), json!({}), language).unwrap());
        // Both have a name.
        assert!(one.contains("ABV1") && one.contains("AB_2V1"), "{one}");
    }
}

#[test]
fn names_that_the_text_uses_itself_are_left_to_it() {
    let names = [
        "event_draft",
        "json",
        "promise",
        "any",
        "struct",
        "literal",
        "event",
    ];
    let types: Vec<Value> = names
        .iter()
        .map(|name| json!({"type": name, "version": 1}))
        .collect();
    let typescript = typescript(json!(types));
    for name in ["EventDraft_2", "Json_2", "Promise_2", "Any", "Struct"] {
        assert!(
            typescript.contains(&format!("export type {name} = ")),
            "{name}"
        );
    }
    let python = python(json!(types));
    for name in ["Any_2", "Struct_2", "Literal_2", "Event_2", "Promise"] {
        assert!(
            python.contains(&format!("\n{name}: TypeAlias = ")),
            "{name}"
        );
    }
}

#[test]
fn a_version_keeps_its_name_when_another_one_comes() {
    let one = json!({"type": "paid", "version": 1, "required": ["a"]});
    let two = json!({"type": "paid", "version": 2, "default": true, "required": ["b"]});
    let before = typescript(json!([one]));
    let after = typescript(json!([one, two]));
    let declared = part(&before, "export type PaidV1 ", "export type Paid ");
    assert!(after.contains(declared.split("\n\n").next().unwrap()));
    assert!(before.contains("export type Paid = PaidV1;"));
    assert!(after.contains("export type Paid = PaidV2;"));
    // Events that name no version are of the default one.
    assert!(
        after.contains("      version?: 2 | null | undefined;")
            && after.contains("      version: 1;")
    );
    assert!(after.contains("z.discriminatedUnion(\"version\", ["));
}

#[test]
fn keys_of_a_contract_stand_beside_those_of_its_schema() {
    let entry = json!({"type": "t", "version": 1, "required": ["a"], "optional": ["b"], "additional": "reject",
        "schema": {"properties": {"c": {"type": "boolean"}}}});
    let text = typescript(json!([entry]));
    assert_eq!(
        part(&text, "export type TV1 = {", "\n\n"),
        "export type TV1 = {\n  a: Json;\n  b?: Json | undefined;\n  c?: boolean | undefined;\n};\n\
         export const TV1Schema = z.strictObject({\n  a: $json,\n  b: $json.optional(),\n  c: z.boolean().optional(),\n\
         }) satisfies z.ZodType<TV1>;"
    );
    // What a schema applies beside its top is known too, so the top alone cannot close it.
    let entry = json!({"type": "t", "version": 1, "additional": "reject",
        "schema": {"properties": {"c": true}, "anyOf": [{"properties": {"d": {"type": "null"}}}]}});
    let bundle = super::tests::text(json!([entry]), json!({}), Language::JsonSchema).unwrap();
    let bundle: Value = serde_json::from_str(&bundle).unwrap();
    assert_eq!(
        bundle["$defs"]["TV1"],
        json!({"type": "object", "properties": {"c": true}, "anyOf": [{"properties": {"d": {"type": "null"}}}],
            "allOf": [{"properties": {"c": true, "d": true}, "patternProperties": {}, "additionalProperties": false}]})
    );
}

#[test]
fn an_older_edition_becomes_the_newer_one() {
    let entry = json!({"type": "t", "version": 1, "schema": {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "definitions": {"x": {"$id": "http://example.com/x", "type": "string"}},
        "properties": {
            "a": {"$ref": "http://example.com/x", "maxLength": 1},
            "b": {"items": [true, false], "additionalItems": {"type": "null"}},
            "c": {"items": true, "additionalItems": false},
            "d": {"prefixItems": [false], "unevaluatedProperties": false, "$ref": "#/definitions/x"}
        },
        "dependencies": {"a": ["b"], "b": {"required": ["c"]}}
    }});
    let bundle = text(json!([entry]), json!({}), Language::JsonSchema).unwrap();
    let bundle: Value = serde_json::from_str(&bundle).unwrap();
    assert_eq!(
        bundle["$defs"],
        json!({
            "TV1X": {"type": "string"},
            "TV1": {"type": "object", "properties": {
                "a": {"$ref": "#/$defs/TV1X"},
                "b": {"prefixItems": [true, false], "items": {"type": "null"}},
                "c": {"items": true},
                "d": {"$ref": "#/$defs/TV1X"}
            }, "dependentRequired": {"a": ["b"]}, "dependentSchemas": {"b": {"required": ["c"]}}}
        })
    );
}

#[test]
fn what_comes_back_to_itself_is_lazy() {
    let entry = json!({"type": "t", "version": 1, "schema": {
        "properties": {"a": {"$ref": "#/$defs/list"}, "b": {"$ref": "#/$defs/plain"}},
        "$defs": {"list": {"type": "array", "items": {"$ref": "#/$defs/list"}}, "plain": {"type": "string"}}}});
    let text = typescript(json!([entry]));
    assert!(text.contains("export type TV1List = TV1List[];"));
    assert!(text.contains(
        "export const TV1ListSchema: z.ZodType<TV1List> = z.lazy(() => z.array(TV1ListSchema));"
    ));
    assert!(
        text.contains("export const TV1PlainSchema = z.string() satisfies z.ZodType<TV1Plain>;")
    );
    let text = python(json!([entry]));
    assert!(
        text.contains("    a: list[Any] | UnsetType = UNSET\n"),
        "{text}"
    );
}

/// An integer may be larger than what a number of JavaScript tells from its neighbours, unless its bounds say no.
#[test]
fn numbers_are_what_a_language_can_hold() {
    let entry = json!({"type": "t", "version": 1, "schema": {"properties": {
        "any": {"type": "integer"}, "small": {"type": "integer", "minimum": 0, "maximum": 9}, "price": {"type": "number", "minimum": 0.5},
        "big": {"const": 9_007_199_254_740_993_i64}}}});
    let plain = typescript(json!([entry]));
    for line in [
        "any: z.int().optional()",
        "small: z.int().min(0).max(9).optional()",
        "price: z.number().min(0.5).optional()",
        "big: z.number().optional()",
        "any?: number |",
        "big?: number |",
        "Not checked here: a number of \"enum\"",
    ] {
        assert!(plain.contains(line), "{line}\n{plain}");
    }
    let exact = text(
        json!([entry]),
        json!({"numbers": "exact"}),
        Language::TypeScript,
    )
    .unwrap();
    for line in [
        "any: $whole.optional()",
        "small: z.int().min(0).max(9).optional()",
        "any?: Whole |",
        "small?: number |",
        "price?: Numeric |",
        "price: $numeric.refine($bound(\"0.5\", [0, 1])).optional()",
        "big: $numeric.refine($bound(\"9007199254740993\", [0])).optional()",
    ] {
        assert!(exact.contains(line), "{line}\n{exact}");
    }
    let python = text(
        json!([entry]),
        json!({"numbers": "exact"}),
        Language::Python,
    )
    .unwrap();
    for line in [
        "any: int | UnsetType",
        "# Not said here: minimum 0.5.\n    price: Decimal | UnsetType",
        "big: Literal[9007199254740993]",
    ] {
        assert!(python.contains(line), "{line}\n{python}");
    }
}

#[test]
fn there_is_an_end_to_what_is_generated() {
    let words = "words ".repeat(80).trim().to_owned() + "\n";
    let property = json!({"type": "string", "description": words.repeat(40)});
    let properties: serde_json::Map<String, Value> = (0..500)
        .map(|at| (format!("key{at}"), property.clone()))
        .collect();
    let types: Vec<Value> = (0..4)
        .map(|at| json!({"type": format!("t{at}"), "version": 1, "schema": {"properties": properties}}))
        .collect();
    let Err(Problem::TooLarge { message }) = text(json!(types), json!({}), Language::TypeScript)
    else {
        panic!("it has no end")
    };
    assert_eq!(
        message,
        format!("what is generated has more than {MAX_BYTES} bytes")
    );
}

/// Alternatives of alternatives multiply where they are put together.
#[test]
fn what_multiplies_becomes_anything() {
    let mut definitions = serde_json::Map::new();
    for at in 0..12 {
        let next = format!("#/$defs/d{}", at + 1);
        let branch = json!({"properties": {format!("k{at}"): {"$ref": next}}, "required": ["x"]});
        definitions.insert(
            format!("d{at}"),
            json!({"type": "object", "anyOf": vec![branch; 20]}),
        );
    }
    definitions.insert("d12".to_owned(), json!({"type": "string"}));
    let entry =
        json!({"type": "t", "version": 1, "schema": {"$ref": "#/$defs/d0", "$defs": definitions}});
    for language in [Language::TypeScript, Language::Python, Language::JsonSchema] {
        let text = text(json!([entry]), json!({}), language).unwrap();
        assert!(text.len() < 200_000, "{}", text.len());
    }
}
