use super::*;
use jsonb::{Builder, Jsonb, List, NumericBuf};
use proptest::prelude::*;
use serde_json::json;
use sha2::{Digest, Sha256};

/// Stands for an HMAC.
fn hash(text: &[u8]) -> Option<[u8; 32]> {
    Some(Sha256::digest(text).into())
}

fn no_key(_: &[u8]) -> Option<[u8; 32]> {
    None
}

fn hexadecimal(text: &str) -> String {
    let hash = hash(text.as_bytes()).unwrap();
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn stored(document: &Value) -> Vec<u8> {
    let mut builder = Builder::new();
    builder.json(document);
    builder.finish().unwrap().into()
}

fn shown(container: &[u8]) -> Value {
    let text = Jsonb::new(container).unwrap().root().to_string();
    serde_json::from_str(&text).unwrap()
}

fn plan(rules: Value) -> Redaction {
    Redaction::new([&Rules::read(rules).unwrap()], hash)
}

/// What is stored of a payload, and what is told.
fn payload(rules: Value, document: Value) -> (Value, Vec<String>) {
    run(&document, |value, told| plan(rules).payload(value, told))
}

fn run(
    document: &Value,
    f: impl FnOnce(jsonb::Value<'_>, &mut Told) -> Result<Option<List<u8>>, Failure>,
) -> (Value, Vec<String>) {
    let bytes = stored(document);
    let mut told = Told::new();
    let made = f(Jsonb::new(&bytes).unwrap().root(), &mut told).unwrap();
    assert_eq!(made.is_none(), told.is_empty());
    let made = made.map_or_else(|| document.clone(), |made| shown(&made));
    let mut told = told.all().to_vec();
    told.sort();
    (made, told)
}

#[test]
fn what_is_named_goes_and_the_rest_stays() {
    let document = json!({"card": "4111111111111111", "a": {"b": [1, {"c": "x"}, 3]}, "n": 1.5});
    for (rules, made, told) in [
        (
            json!({"remove": ["/card"]}),
            json!({"a": {"b": [1, {"c": "x"}, 3]}, "n": 1.5}),
            &["/card"][..],
        ),
        (
            json!({"mask": ["/card"]}),
            json!({"card": "****1111", "a": {"b": [1, {"c": "x"}, 3]}, "n": 1.5}),
            &["/card"],
        ),
        (
            json!({"remove": ["/a/b/1/c", "/a/b/0"]}),
            json!({"card": "4111111111111111", "a": {"b": [{}, 3]}, "n": 1.5}),
            &["/a/b/0", "/a/b/1/c"],
        ),
        (
            json!({"remove": ["**.c"], "hash": ["/n"]}),
            json!({"card": "4111111111111111", "a": {"b": [1, {}, 3]}, "n": hexadecimal("1.5")}),
            &["/a/b/1/c", "/n"],
        ),
        // The last one is done: remove before hash before mask.
        (
            json!({"remove": ["/a"], "hash": ["/card", "/a"], "mask": ["/card", "**.c"]}),
            json!({"card": hexadecimal("4111111111111111"), "n": 1.5}),
            &["/a", "/card"],
        ),
        (
            json!({"remove": ["/b", "/card/x", "/a/b/9", "/a/b/01", "/a/b/-"]}),
            document.clone(),
            &[],
        ),
        (json!({}), document.clone(), &[]),
    ] {
        let (made_here, told_here) = payload(rules.clone(), document.clone());
        assert_eq!(made_here, made, "{rules}");
        assert_eq!(told_here, told, "{rules}");
    }
}

#[test]
fn a_mask_leaves_the_last_four_characters_of_what_is_longer() {
    for (value, masked) in [
        (json!("4111111111111111"), json!("****1111")),
        (json!("12345"), json!("****2345")),
        (json!("1234"), json!("****")),
        (json!(""), json!("****")),
        (json!("größeé€𝄞x"), json!("****é€𝄞x")),
        (json!("é€𝄞x"), json!("****")),
        (json!(4111111111111111_u64), json!("****1111")),
        (json!(true), json!("****")),
        (json!({"a": "secret"}), json!("****")),
        (json!(["secret"]), json!("****")),
    ] {
        let (made, _) = payload(json!({"mask": ["/x"]}), json!({"x": value}));
        assert_eq!(made, json!({"x": masked}), "{value}");
        // Twice is once.
        let (again, _) = payload(json!({"mask": ["/x"]}), made.clone());
        assert_eq!(again, made);
    }
    let (made, _) = payload(
        json!({"mask": ["/x"], "hash": ["/y"]}),
        json!({"x": null, "y": null}),
    );
    assert_eq!(made, json!({"x": null, "y": null}));
}

#[test]
fn a_hash_is_that_of_the_text_that_sql_shows() {
    for (value, text) in [
        (json!("secret"), "secret"),
        (json!(5), "5"),
        (json!(true), "true"),
        (json!({"a": [1, "b"]}), r#"{"a": [1, "b"]}"#),
    ] {
        let (made, _) = payload(json!({"hash": ["/x"]}), json!({"x": value}));
        assert_eq!(made, json!({"x": hexadecimal(text)}));
    }
}

#[test]
fn a_pointer_into_the_context_means_a_key_of_the_payload_too() {
    let rules = || plan(json!({"remove": ["/context/ip", "**.token", "/card"]}));
    let document = json!({"context": {"ip": 1, "x": 1}, "ip": 2, "card": 3, "a": [{"token": 4}]});
    let (made, told) = run(&document, |value, told| rules().payload(value, told));
    assert_eq!(made, json!({"context": {"x": 1}, "ip": 2, "a": [{}]}));
    assert_eq!(told, ["/a/0/token", "/card", "/context/ip"]);
    let (made, told) = run(&document, |value, told| rules().context(value, told));
    assert_eq!(
        made,
        json!({"context": {"ip": 1, "x": 1}, "card": 3, "a": [{}]})
    );
    assert_eq!(told, ["/context/a/0/token", "/context/ip"]);
}

#[test]
fn keys_are_escaped_as_pointers_have_it() {
    let (made, told) = payload(
        json!({"remove": ["/a~1b/m~0n"]}),
        json!({"a/b": {"m~n": 1}}),
    );
    assert_eq!(made, json!({"a/b": {}}));
    assert_eq!(told, ["/a~1b/m~0n"]);
    let (made, _) = payload(
        json!({"remove": ["/", "**.a.b"]}),
        json!({"": 1, "x": {"a.b": 2}}),
    );
    assert_eq!(made, json!({"x": {}}));
}

#[test]
fn without_a_key_nothing_is_hashed_and_an_event_as_it_came_loses_the_value() {
    let rules = Rules::read(json!({"hash": ["/card"]})).unwrap();
    assert!(rules.needs_key());
    let plan = Redaction::new([&rules], no_key);
    let bytes = stored(&json!({"card": "secret"}));
    let value = Jsonb::new(&bytes).unwrap().root();
    assert_eq!(
        plan.payload(value, &mut Told::new()).err(),
        Some(Failure::NoKey)
    );
    let event = json!({"type": "a", "payload": {"card": "secret", "b": 1}});
    let (made, told) = run(&event, |value, told| plan.event(value, told));
    assert_eq!(made, json!({"type": "a", "payload": {"b": 1}}));
    assert_eq!(told, ["/payload/card"]);
}

#[test]
fn an_event_as_it_came_is_redacted_wherever_its_values_stand() {
    let rules = json!({"remove": ["/card", "/type", "/context/ip", "**.token", "**.payload"]});
    for (event, made, told) in [
        (
            json!({"type": "a", "payload": {"card": 1, "type": 2}, "context": {"ip": 3, "card": 4}}),
            json!({"type": "a", "payload": {}, "context": {"card": 4}}),
            &["/context/ip", "/payload/card", "/payload/type"][..],
        ),
        // As if the payload had been handed in for the event.
        (
            json!({"card": 1, "token": 2, "type": "a"}),
            json!({"type": "a"}),
            &["/card", "/token"],
        ),
        (json!([{"token": 1}]), json!([{}]), &["/0/token"]),
        (json!({"payload": "text"}), json!({"payload": "text"}), &[]),
        (json!("text"), json!("text"), &[]),
        (
            json!({"payload": {"payload": 1}}),
            json!({"payload": {}}),
            &["/payload/payload"],
        ),
    ] {
        let (here, told_here) = run(&event, |value, t| plan(rules.clone()).event(value, t));
        assert_eq!(here, made, "{event}");
        assert_eq!(told_here, told, "{event}");
    }
}

#[test]
fn of_captured_events_whole_columns_go_and_are_named() {
    let rules = json!({"remove": ["**.ssn", "/changes/name", "/initial_values/name", "/initial_values/a/b"], "mask": ["**.card"], "hash": ["/reason"]});
    let captured = |document: Value| {
        run(&document, |value, told| {
            plan(rules.clone()).captured(value.as_object().unwrap(), told)
        })
    };
    let change = json!({"old": "x", "new": "y"});
    let (made, told) = captured(json!({
        "changes": {"name": change, "email": change, "card": change,
            "profile": {"old": null, "new": {"deep": [{"ssn": 1}]}}},
        "initial_values": {"name": "x", "a": {"c": 1}},
        "omitted": ["huge", "card"],
        "reason": "because",
    }));
    assert_eq!(
        made,
        json!({
            "changes": {"email": change},
            "initial_values": {"a": {"c": 1}},
            "omitted": ["huge", "card", "name", "profile"],
        })
    );
    assert_eq!(
        told,
        [
            "/changes/card",
            "/changes/name",
            "/changes/profile",
            "/initial_values/name",
            "/reason"
        ]
    );
    // That a value is old or new is no key of its.
    let keys = json!({"remove": ["**.old", "**.new", "**.changes", "**.state", "**.omitted"]});
    for document in [
        json!({"changes": {"a": change}, "omitted": ["b"]}),
        json!({"state": change}),
    ] {
        let (made, told) = run(&document, |value, told| {
            plan(keys.clone()).captured(value.as_object().unwrap(), told)
        });
        assert_eq!(made, document);
        assert_eq!(told.len(), 0);
    }
    let state = json!({"state": {"old": 1, "new": {"ssn": 1}}});
    assert_eq!(captured(state).0, json!({"state": {}}));
    let plan = plan(rules);
    assert!(
        ["ssn", "card", "name", "a"]
            .iter()
            .all(|name| plan.takes_column(name))
    );
    assert!(!plan.takes_column("email") && !plan.takes_column("reason"));
}

#[test]
fn what_was_done_before_is_not_done_again() {
    let rules = json!({"hash": ["/a", "/b"], "remove": ["/items/0"]});
    let (first, told) = payload(
        json!({"hash": ["/a"], "remove": ["/items/0"]}),
        json!({"a": 1, "b": 2, "items": [1, 2]}),
    );
    let context = stored(&json!({"redacted": told}));
    let context = Jsonb::new(&context).unwrap().root().as_object().unwrap();
    let mut told = Told::after(context);
    let bytes = stored(&first);
    let made = plan(rules).payload(Jsonb::new(&bytes).unwrap().root(), &mut told);
    let made = shown(&made.unwrap().unwrap());
    assert_eq!(
        made,
        json!({"a": hexadecimal("1"), "b": hexadecimal("2"), "items": [2]})
    );
    assert_eq!(told.all().len(), 3);
}

#[test]
fn rules_are_told_where_there_are_too_many_pointers() {
    let document: Vec<Value> = (0..150).map(|n| json!({"token": n})).collect();
    let long = "k".repeat(600);
    let (made, told) = payload(
        json!({"remove": ["**.token"]}),
        json!({"a": document, long.clone(): {"token": 1}}),
    );
    assert_eq!(made["a"], json!(vec![json!({}); 150]));
    assert_eq!(made[&long], json!({}));
    assert_eq!(told.len(), 101);
    assert_eq!(told[0], "**.token");
}

#[test]
fn rules_that_mean_nothing_are_refused() {
    for (rules, why) in [
        (
            json!([]),
            "must be a JSON object such as {\"remove\": [\"/card\"]}",
        ),
        (
            json!({"drop": []}),
            "has an unknown key \"drop\": there are \"remove\", \"mask\" and \"hash\"",
        ),
        (
            json!({"mask": "/a"}),
            "must have arrays of strings, and \"mask\" is none",
        ),
        (
            json!({"mask": [1]}),
            "must have arrays of strings, and \"mask\" is none",
        ),
        (
            json!({"mask": ["a"]}),
            "is wrong: \"a\" must be a JSON Pointer such as \"/card\", or \"**.card\" for a key at any depth",
        ),
        (
            json!({"mask": [""]}),
            "is wrong: \"\" must be a JSON Pointer such as \"/card\", or \"**.card\" for a key at any depth",
        ),
        (json!({"mask": ["**."]}), "is wrong: \"**.\" lacks a key"),
        (
            json!({"mask": ["/a~2"]}),
            "is wrong: \"/a~2\" has a \"~\" that stands for nothing: write it as \"~0\"",
        ),
        (
            json!({"mask": ["/context"]}),
            "is wrong: \"/context\" would be the whole context: name what is in it",
        ),
        (
            json!({"mask": ["/\u{0}"]}),
            "is wrong: \"/�\" holds a character that no key has",
        ),
        (
            json!({"remove": vec!["/a"; 1001]}),
            "has more than 1000 rules",
        ),
    ] {
        assert_eq!(Rules::read(rules).unwrap_err(), why);
    }
    assert!(Rules::read(json!({"mask": ["/".to_owned() + &"a".repeat(512)]})).is_err());
}

#[test]
fn equal_rules_are_equal() {
    let one = Rules::read(json!({"mask": ["/b", "/a", "/b"], "remove": []})).unwrap();
    assert_eq!(one, Rules::read(json!({"mask": ["/a", "/b"]})).unwrap());
    assert_eq!(one.document(), json!({"mask": ["/a", "/b"]}));
    assert_eq!(Rules::of_stored(&stored(&one.document())), one);
    assert_eq!(
        one.not_removing().map(|rule| rule.text.as_str()),
        Some("/a")
    );
}

#[test]
fn rules_that_are_not_known_are_not_as_if_there_were_none() {
    let unknown = Rules::of_stored(&stored(&json!({"fold": ["/a"]})));
    assert!(unknown.is_unreadable() && !unknown.is_empty());
    let plan = Redaction::new([&unknown, &Rules::default()], hash);
    let bytes = stored(&json!({}));
    let value = Jsonb::new(&bytes).unwrap().root();
    let failed = Some(Failure::Unreadable);
    assert_eq!(plan.payload(value, &mut Told::new()).err(), failed);
    assert_eq!(plan.event(value, &mut Told::new()).err(), failed);
    let object = value.as_object().unwrap();
    assert_eq!(plan.captured(object, &mut Told::new()).err(), failed);
}

#[test]
fn what_is_removed_must_not_be_required() {
    let schema = json!({
        "required": ["a"],
        "allOf": [{"required": ["b"]}, {"$ref": "#/$defs/c"}],
        "anyOf": [{"required": ["free"]}],
        "properties": {"in": {"required": ["d"], "properties": {"list": {"items": {"required": ["e"]}}}}},
        "$defs": {"c": {"required": ["c"], "allOf": [{"$ref": "#"}]}, "unused": {"required": ["free"]}},
    });
    let context = json!({"required": ["ip"]});
    let names = ["top".to_owned()];
    let check = |rules: Value| {
        let demands = Demands {
            required: &names,
            schema: Some(&schema),
            context_schema: Some(&context),
        };
        Rules::read(rules).unwrap().check(demands)
    };
    for place in [
        "/top",
        "/a",
        "/b",
        "/c",
        "/in/d",
        "/in/list/0/e",
        "/context/ip",
        "**.top",
        "**.a",
        "**.b",
        "**.c",
        "**.d",
        "**.e",
        "**.ip",
    ] {
        assert!(check(json!({"remove": [place]})).is_err(), "{place}");
        assert!(
            check(json!({"mask": [place], "hash": [place]})).is_ok(),
            "{place}"
        );
    }
    for place in [
        "/free",
        "/x/top",
        "/in/a",
        "/in/list/e",
        "/ip",
        "/d",
        "**.free",
        "/top/a",
    ] {
        assert!(check(json!({"remove": [place]})).is_ok(), "{place}");
    }
}

#[test]
fn depth_costs_neither_stack_nor_more_than_its_bytes() {
    const LEVELS: usize = 200_000;
    let mut builder = Builder::new();
    for _ in 0..LEVELS {
        builder
            .begin_object()
            .key("token")
            .string("secret")
            .key("a");
    }
    builder.null();
    for _ in 0..LEVELS {
        builder.end();
    }
    let bytes = builder.finish().unwrap();
    let mut told = Told::new();
    let made = plan(json!({"remove": ["**.token"]}))
        .payload(Jsonb::new(&bytes).unwrap().root(), &mut told)
        .unwrap()
        .unwrap();
    assert!(!made.windows(6).any(|window| window == b"secret"));
    assert_eq!(told.all().len(), 101);
    assert!(told.all().iter().map(String::len).sum::<usize>() < 60_000);
}

#[test]
fn damaged_documents_are_errors() {
    let bytes = stored(&json!({"a": {"token": "secret", "b": [1, 2, {"c": "d"}]}, "e": "f"}));
    let plans = [
        json!({"remove": ["**.token"]}),
        json!({"mask": ["/a/token", "/a/b/2/c"]}),
    ]
    .map(plan);
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut bytes = bytes.clone();
            bytes[at] ^= 1 << bit;
            let Ok(document) = Jsonb::new(&bytes) else {
                continue;
            };
            for plan in &plans {
                let _ = plan.payload(document.root(), &mut Told::new());
                let _ = plan.event(document.root(), &mut Told::new());
                if let Some(object) = document.root().as_object() {
                    let _ = plan.captured(object, &mut Told::new());
                }
            }
        }
    }
}

/// The same by trees; `key` is that of a member of an object.
fn expected(
    value: &Value,
    key: Option<&str>,
    steps: &mut Vec<String>,
    rules: &Rules,
) -> Option<Value> {
    let found = rules.all().iter().filter(|rule| match &rule.place {
        Place::At(at) => at == steps,
        Place::Anywhere(name) => key == Some(name),
    });
    let text = || match value {
        Value::String(text) => text.clone(),
        other => shown_text(other),
    };
    match found.map(|rule| rule.action).max() {
        Some(Action::Remove) => return None,
        Some(_) if value.is_null() => return Some(Value::Null),
        Some(Action::Hash) => return Some(json!(hexadecimal(&text()))),
        Some(Action::Mask) => {
            let chars: Vec<char> = text().chars().collect();
            let shown = match value {
                Value::String(_) | Value::Number(_) if chars.len() > 4 => &chars[chars.len() - 4..],
                _ => &[],
            };
            return Some(json!(format!("****{}", shown.iter().collect::<String>())));
        }
        None => {}
    }
    let mut member = |step: String, key: Option<&str>, value: &Value| {
        steps.push(step);
        let value = expected(value, key, steps, rules);
        steps.pop();
        value
    };
    Some(match value {
        Value::Object(members) => Value::Object(
            members
                .iter()
                .filter_map(|(key, value)| {
                    Some((key.clone(), member(key.clone(), Some(key), value)?))
                })
                .collect(),
        ),
        Value::Array(items) => Value::Array(
            items
                .iter()
                .enumerate()
                .filter_map(|(at, value)| member(at.to_string(), None, value))
                .collect(),
        ),
        other => other.clone(),
    })
}

fn shown_text(value: &Value) -> String {
    let bytes = stored(value);
    Jsonb::new(&bytes).unwrap().root().to_string()
}

fn documents() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-1000_i64..1_000_000).prop_map(Value::from),
        "[a-z€é]{0,9}".prop_map(Value::from),
    ];
    let key = prop_oneof!["[abc]", Just("context".to_owned())];
    leaf.prop_recursive(5, 60, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(key.clone(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn places() -> impl Strategy<Value = Vec<String>> {
    let step = || prop_oneof![4 => "[abc]", 1 => "[012]"];
    let pointer =
        prop::collection::vec(step(), 1..4).prop_map(|steps| format!("/{}", steps.join("/")));
    let place = prop_oneof![3 => pointer, 1 => "[abc]".prop_map(|key| format!("**.{key}"))];
    prop::collection::vec(place, 0..3)
}

proptest! {
    #[test]
    fn documents_become_what_trees_would(document in documents(), remove in places(), mask in places(), hash in places()) {
        let rules = Rules::read(json!({"remove": remove, "mask": mask, "hash": hash})).unwrap();
        let document = json!({"a": document});
        let bytes = stored(&document);
        let plan = Redaction::new([&rules], super::tests::hash);
        let mut told = Told::new();
        let made = plan.payload(Jsonb::new(&bytes).unwrap().root(), &mut told).unwrap();
        let expected = expected(&document, None, &mut Vec::new(), &rules).unwrap();
        match made {
            None => {
                prop_assert!(told.is_empty());
                // Only what is null may have been found.
                prop_assert_eq!(&expected, &document);
            }
            Some(made) => {
                // The very bytes that Postgres would make.
                prop_assert_eq!(&made[..], &stored(&expected)[..]);
                prop_assert!(!told.is_empty());
                // What is told is what was there.
                for pointer in told.all() {
                    prop_assert!(document.pointer(pointer).is_some(), "{}", pointer);
                }
            }
        }
    }

    #[test]
    fn numbers_keep_their_digits(digits in "-?[1-9][0-9]{0,40}(\\.[0-9]{1,30})?") {
        let text = NumericBuf::parse(&digits).unwrap().as_numeric().to_string();
        let mut builder = Builder::new();
        builder.begin_object().key("a").decimal(&digits).key("b").int(1).end();
        let bytes = builder.finish().unwrap();
        let made = plan(json!({"remove": ["/b"]})).payload(Jsonb::new(&bytes).unwrap().root(), &mut Told::new());
        let made = made.unwrap().unwrap();
        prop_assert_eq!(Jsonb::new(&made).unwrap().root().to_string(), format!("{{\"a\": {text}}}"));
    }
}
