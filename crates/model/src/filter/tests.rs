//! Filters, of the two ways in which documents are stored.

use super::*;
use crate::Problem;
use jsonb::{Builder, Jsonb};
use proptest::prelude::*;
use serde_json::{Value as Tree, json};

struct Of<J> {
    payload: J,
    context: J,
}

fn column<'a>(column: Column) -> Option<Cell<'a>> {
    match column.name() {
        "type" => Some(Cell::Text(b"order_paid")),
        "version" => Some(Cell::Number(3)),
        "entity_id" => Some(Cell::Text("größe 7".as_bytes())),
        // 2026-01-31 11:00 UTC
        "occurred_at" => Some(Cell::Time(823_172_400_000_000)),
        _ => None,
    }
}

impl<'a, J: Json<'a>> Event<'a> for Of<J> {
    type Document = J;

    fn payload(&self) -> Option<J> {
        Some(self.payload)
    }

    fn context(&self) -> Option<J> {
        Some(self.context)
    }

    fn column(&self, name: Column) -> Option<Cell<'a>> {
        column(name)
    }
}

fn stored(tree: &Tree) -> Vec<u8> {
    let mut builder = Builder::new();
    builder.json(tree);
    builder.finish().unwrap().into()
}

/// What filters say of an event, by either way, which must be the same.
fn holds(filters: &Filters, payload: &Tree, context: &Tree) -> bool {
    let (payload_bytes, context_bytes) = (stored(payload), stored(context));
    let root = |bytes| Jsonb::new(bytes).unwrap().root();
    let as_jsonb = Of {
        payload: root(&payload_bytes),
        context: root(&context_bytes),
    };
    let held = filters.hold(&as_jsonb);
    assert_eq!(
        held,
        filters.hold(&Of { payload, context }),
        "{filters:?} of {payload}"
    );
    held
}

fn tree(text: &str) -> Tree {
    serde_json::from_str(text).unwrap()
}

fn filters(text: &str) -> Filters {
    Filters::parse(text.as_bytes()).unwrap_or_else(|e| panic!("{text}: {e:?}"))
}

const PAYLOAD: &str = r#"{"amount": 100.50, "big": 12345678901234567890.123, "one": 1.10, "name": "größe",
    "none": null, "yes": true, "tags": ["a", 2.0, null, false], "items": [{"sku": "x1"}, {"sku": "y2"}],
    "a.b": {"c\"d": 5}, "empty": {}, "digits": "100"}"#;

#[test]
fn each_operator_holds_where_it_should() {
    let (payload, context) = (tree(PAYLOAD), json!({"ip": "::1"}));
    for (field, operator, value, expected) in [
        ("$.payload.amount", "equals", "100.5", true),
        ("$.payload.amount", "equals", "1005e-1", true),
        ("$.payload.amount", "equals", "\"100.5\"", false),
        ("$.payload.amount", "not_equals", "\"100.5\"", true),
        ("$.payload.amount", "gt", "100", true),
        ("$.payload.amount", "gt", "100.50", false),
        ("$.payload.amount", "gte", "100.50", true),
        ("$.payload.amount", "lt", "1e400", true),
        ("$.payload.amount", "lte", "-1", false),
        ("$.payload.amount", "lt", "\"9\"", false),
        ("$.payload.amount", "gt", "\"0\"", false),
        ("$.payload.digits", "gt", "0", false),
        ("$.payload.digits", "lt", "\"99\"", true),
        ("$.payload.big", "gt", "12345678901234567890.122", true),
        ("$.payload.big", "equals", "12345678901234567890.1230", true),
        ("$.payload.big", "equals", "12345678901234567890", false),
        ("$.payload.one", "equals", "1.1", true),
        ("$.payload.one", "in", "[1, 1.1]", true),
        ("$.payload.one", "in", "[1, \"1.1\", null]", false),
        ("$.payload.name", "contains", "\"röß\"", true),
        ("$.payload.name", "contains", "\"\"", true),
        ("$.payload.name", "contains", "\"ROSS\"", false),
        ("$.payload.name", "gt", "\"grz\"", true),
        ("$.payload.none", "equals", "null", true),
        ("$.payload.none", "exists", "true", true),
        ("$.payload.none", "not_equals", "null", false),
        ("$.payload.none", "lt", "5", false),
        ("$.payload.missing", "equals", "null", false),
        ("$.payload.missing", "not_equals", "5", true),
        ("$.payload.missing", "exists", "true", false),
        ("$.payload.missing", "exists", "false", true),
        ("$.payload.missing", "contains", "null", false),
        ("$.payload.yes", "equals", "true", true),
        ("$.payload.yes", "equals", "false", false),
        ("$.payload.yes", "equals", "1", false),
        ("$.payload.tags", "contains", "2", true),
        ("$.payload.tags", "contains", "null", true),
        ("$.payload.tags", "contains", "false", true),
        ("$.payload.tags", "contains", "\"2\"", false),
        ("$.payload.tags", "equals", "\"a\"", false),
        ("$.payload.tags", "not_equals", "\"a\"", true),
        ("$.payload.tags[1]", "equals", "2", true),
        ("$.payload.tags[4]", "exists", "false", true),
        ("$.payload.items[1].sku", "equals", "\"y2\"", true),
        ("$.payload.items.sku", "exists", "false", true),
        ("$.payload.items", "contains", "\"x1\"", false),
        ("$.payload[\"a.b\"][\"c\\\"d\"]", "equals", "5", true),
        ("$.payload.name.x", "exists", "false", true),
        ("$.payload.empty", "exists", "true", true),
        ("$.payload", "exists", "true", true),
        ("$.context.ip", "equals", "\"::1\"", true),
        ("$.type", "equals", "\"order_paid\"", true),
        ("$.type", "contains", "\"paid\"", true),
        ("$.version", "gte", "2.5", true),
        ("$.version", "in", "[1, 3]", true),
        ("$.entity_id", "contains", "\"öß\"", true),
        ("$.tenant_id", "exists", "false", true),
        ("$.tenant_id", "not_equals", "\"acme\"", true),
        ("$.tenant_id", "equals", "\"\"", false),
        (
            "$.occurred_at",
            "equals",
            "\"2026-01-31T12:00:00+01:00\"",
            true,
        ),
        (
            "$.occurred_at",
            "lt",
            "\"2026-01-31T11:00:00.000001Z\"",
            true,
        ),
        ("$.recorded_at", "gt", "\"2000-01-01T00:00:00Z\"", false),
    ] {
        let field = Tree::String(field.into());
        let one =
            format!("[{{\"field\": {field}, \"operator\": \"{operator}\", \"value\": {value}}}]");
        let found = holds(&filters(&one), &payload, &context);
        assert_eq!(found, expected, "{one}");
    }
}

#[test]
fn each_of_them_must_hold() {
    let (payload, context) = (tree(PAYLOAD), json!({}));
    let both = |second: &str| {
        let text = format!(
            r#"[{{"field": "$.payload.yes", "operator": "exists"}},
                {{"field": "$.version", "operator": "equals", "value": {second}}}]"#
        );
        holds(&filters(&text), &payload, &context)
    };
    assert!(both("3") && !both("4"));
    assert!(filters("[]").is_empty() && holds(&filters("[]"), &payload, &context));
    assert!(!filters(r#"[{"field": "$.type", "operator": "exists"}]"#).ask_documents());
    assert!(filters(r#"[{"field": "$.context", "operator": "exists"}]"#).ask_documents());
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let values: Vec<u32> = (0..=1000).collect();
    let many = json!([{"field": "$.type", "operator": "in", "value": values}]).to_string();
    let long = "[".to_owned() + &" ".repeat(MAX_BYTES);
    let deep = format!("$.payload{}", ".a".repeat(33));
    let deep = json!([{"field": deep, "operator": "exists"}]).to_string();
    let hundred =
        Tree::Array(vec![json!({"field": "$.type", "operator": "exists"}); 101]).to_string();
    for (text, expected) in [
        ("", "filters must be a JSON array"),
        ("{}", "filters must be a JSON array"),
        ("[1]", "filters must be JSON objects: filters[0] is number"),
        (&long, "filters have 65537 bytes, and may have 65536"),
        (&hundred, "filters are 101, and may be 100"),
        ("[{}]", "filters[0] has no field"),
        (r#"[{"field": "$.type"}]"#, "filters[0] has no operator"),
        (
            r#"[{"field": 1}]"#,
            "filters[0].field must be a string, not number",
        ),
        (
            r#"[{"field": "$.type", "op": 1}]"#,
            "filters[0] has an unknown key \"op\"",
        ),
        (
            r#"[{"field": "type"}]"#,
            r#"filters[0].field "type" must begin with "$.""#,
        ),
        (
            r#"[{"field": "$.id"}]"#,
            r#"filters[0].field "$.id" names "id", which cannot be asked"#,
        ),
        (
            r#"[{"field": "$.payloads.a"}]"#,
            r#"filters[0].field "$.payloads.a" names "payloads", which cannot be asked"#,
        ),
        (
            r#"[{"field": "$.type.a"}]"#,
            r#"filters[0].field "$.type.a" leads into "type", which is no document"#,
        ),
        (
            r#"[{"field": "$.payload..a"}]"#,
            r#"filters[0].field "$.payload..a" has a step without a name"#,
        ),
        (
            r#"[{"field": "$.payload[x]"}]"#,
            r#"filters[0].field "$.payload[x]" has brackets that hold neither a number nor a key in quotes"#,
        ),
        (
            r#"[{"field": "$.payload[\"x\""}]"#,
            r#"filters[0].field "$.payload["x"" has brackets that hold neither a number nor a key in quotes"#,
        ),
        (
            r#"[{"field": "$.payload[-1]"}]"#,
            r#"filters[0].field "$.payload[-1]" has brackets that hold neither a number nor a key in quotes"#,
        ),
        (&deep, "has more than 32 steps"),
        (
            r#"[{"field": "$.type", "operator": "exists"}, {"field": "$.type", "operator": "like", "value": 1}]"#,
            r#"filters[1].operator "like" is unknown"#,
        ),
        (
            r#"[{"field": "$.payload.a", "operator": "gt"}]"#,
            r#"filters[0].value is missing, and "gt" wants a string, a number, a boolean or null"#,
        ),
        (
            r#"[{"field": "$.payload.a", "operator": "gt", "value": true}]"#,
            r#"filters[0].value is boolean, and "gt" wants a string or a number"#,
        ),
        (
            r#"[{"field": "$.payload.a", "operator": "equals", "value": {}}]"#,
            r#"filters[0].value is object, and "equals" wants a string, a number, a boolean or null"#,
        ),
        (
            r#"[{"field": "$.payload.a", "operator": "equals", "value": 1e200000}]"#,
            r#"filters[0].value is number, and "equals" wants a number that numeric can hold"#,
        ),
        (
            r#"[{"field": "$.payload.a", "operator": "in", "value": []}]"#,
            r#"filters[0].value is array, and "in" wants an array of 1 to 1000 values"#,
        ),
        (
            &many,
            r#"filters[0].value is array, and "in" wants an array of 1 to 1000 values"#,
        ),
        (
            r#"[{"field": "$.payload.a", "operator": "in", "value": [[1]]}]"#,
            r#"filters[0].value is array, and "in" wants a string, a number, a boolean or null"#,
        ),
        (
            r#"[{"field": "$.payload.a", "operator": "exists", "value": 1}]"#,
            r#"filters[0].value is number, and "exists" wants true or false"#,
        ),
        (
            r#"[{"field": "$.type", "operator": "equals", "value": 1}]"#,
            r#"filters[0].value is number, and "equals" wants a string, as the column is"#,
        ),
        (
            r#"[{"field": "$.type", "operator": "equals", "value": null}]"#,
            r#"filters[0].value is null, and "equals" wants a string, as the column is"#,
        ),
        (
            r#"[{"field": "$.version", "operator": "equals", "value": "1"}]"#,
            r#"filters[0].value is string, and "equals" wants a number, as the column is"#,
        ),
        (
            r#"[{"field": "$.version", "operator": "contains", "value": 1}]"#,
            r#"filters[0].operator "contains" does not fit a column that is no text"#,
        ),
        (
            r#"[{"field": "$.occurred_at", "operator": "gt", "value": 1}]"#,
            r#"filters[0].value is number, and "gt" wants a time, written as a string"#,
        ),
        (
            r#"[{"field": "$.occurred_at", "operator": "gt", "value": "yesterday"}]"#,
            r#"filters[0].value "yesterday" is no time"#,
        ),
    ] {
        match Filters::parse(text.as_bytes()) {
            Err(Problem::Argument { message, .. }) => {
                assert!(
                    message == expected || (expected.len() < 25 && message.ends_with(expected)),
                    "{message}"
                );
            }
            other => panic!("{text:.200}: {other:?}"),
        }
    }
}

#[test]
fn the_columns_that_can_be_asked_are_told() {
    let columns: Vec<&str> = Column::all().map(Column::name).collect();
    assert_eq!(
        columns.join(" "),
        "occurred_at recorded_at tenant_id version type entity_type entity_id actor_type actor_id source_type \
         source_id correlation_id causation_id idempotency_key"
    );
}

fn leaf() -> impl Strategy<Value = Tree> {
    prop_oneof![
        Just(Tree::Null),
        any::<bool>().prop_map(Tree::from),
        "[ab]{0,2}".prop_map(Tree::from),
        "-?(0|[1-9][0-9]{0,22})(\\.[0-9]{1,3})?(e-?[0-3])?".prop_map(|text| tree(&text)),
        (0..4).prop_map(Tree::from),
    ]
}

fn document() -> impl Strategy<Value = Tree> {
    leaf().prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Tree::from),
            prop::collection::btree_map("[ab]", inner, 0..3)
                .prop_map(|pairs| Tree::Object(pairs.into_iter().collect())),
        ]
    })
}

fn any_filter() -> impl Strategy<Value = Tree> {
    let root = prop::sample::select(vec!["$.payload", "$.context"]);
    let step = prop::sample::select(vec![".a", ".b", "[0]", "[1]", "[\"a\"]"]);
    let field = (root, prop::collection::vec(step, 0..3))
        .prop_map(|(root, steps)| format!("{root}{}", steps.concat()));
    let operator = prop::sample::select(vec![
        "equals",
        "not_equals",
        "contains",
        "gt",
        "gte",
        "lt",
        "lte",
        "in",
        "exists",
    ]);
    (field, operator, leaf(), leaf()).prop_map(|(field, operator, value, other)| {
        let value = match operator {
            "in" => json!([value, other]),
            "exists" => json!(value.is_null()),
            "gt" | "gte" | "lt" | "lte" if !value.is_string() && !value.is_number() => json!(1),
            _ => value,
        };
        json!({"field": field, "operator": operator, "value": value})
    })
}

proptest! {
    /// Either way of reading a document gives the same. Seen failing with elements counted from 1 on one side; numbers
    /// compared as f64 fail above, where two of them differ in the twentieth digit.
    #[test]
    fn both_ways_of_reading_agree(
        payload in document(), context in document(), all in prop::collection::vec(any_filter(), 1..4),
    ) {
        let one_by_one = all.iter().map(|one| {
            let one = filters(&json!([one]).to_string());
            holds(&one, &payload, &context)
        });
        let each: Vec<bool> = one_by_one.collect();
        let all = filters(&Tree::Array(all).to_string());
        prop_assert_eq!(holds(&all, &payload, &context), each.iter().all(|held| *held));
    }

    /// not_equals is what equals is not, and of two values of one type just one of lt, equals and gt holds.
    #[test]
    fn operators_fit_each_other(payload in document(), value in leaf()) {
        let is = |operator: &str| {
            let one = json!([{"field": "$.payload", "operator": operator, "value": value}]).to_string();
            Filters::parse(one.as_bytes()).is_ok_and(|f| holds(&f, &payload, &json!({})))
        };
        prop_assert_ne!(is("equals"), is("not_equals"));
        let ordered = (payload.is_number() && value.is_number()) || (payload.is_string() && value.is_string());
        let count = ["lt", "equals", "gt"].iter().filter(|operator| is(operator)).count();
        if ordered {
            prop_assert_eq!(count, 1);
            prop_assert_eq!(is("lte"), !is("gt"));
            prop_assert_eq!(is("gte"), !is("lt"));
        } else {
            prop_assert!(!is("lt") && !is("gt") && !is("lte") && !is("gte"));
        }
    }

    #[test]
    fn hostile_texts_are_read_or_refused(text in "[\\[\\]{}\",:a-z$. 0-9\\\\]{0,80}") {
        let _ = Filters::parse(text.as_bytes());
        let _ = field::Field::parse(&text);
        let _ = field::Field::parse(&format!("$.payload{text}"));
    }
}
