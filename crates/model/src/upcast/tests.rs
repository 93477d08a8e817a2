use super::*;
use crate::schema::tests::stored;
use jsonb::Jsonb;

fn applied(steps: Value, payload: Value) -> Value {
    let steps = Steps::read(steps).expect("steps");
    let bytes = stored(&payload);
    let made = steps
        .apply(Jsonb::new(&bytes).expect("a payload"))
        .expect("a payload");
    crate::schema::tree_of(&made, "payload").expect("a payload")
}

#[test]
fn steps_follow_each_other() {
    let payload: Value = serde_json::from_str(
        r#"{"sum": 12345678901234567890.50, "customer": {"id": 7, "name": "Ada"}, "old": [1], "kept": null}"#,
    )
    .expect("a document");
    let steps = json!([
        {"rename": ["sum", "amount"]},
        {"move": ["/customer/id", "/customer_id"]},
        {"move": ["/customer_id", "/who/is/it"]},
        {"default": ["/currency", "EUR"]},
        {"default": ["/kept", 1]},
        {"default": ["/who/since", {"year": 2026}]},
        {"remove": "/old"},
        {"remove": "/nothing/there"},
    ]);
    let expected: Value = serde_json::from_str(
        r#"{"amount": 12345678901234567890.50, "currency": "EUR", "customer": {"name": "Ada"}, "kept": null,
            "who": {"is": {"it": 7}, "since": {"year": 2026}}}"#,
    )
    .expect("a document");
    assert_eq!(applied(steps, payload), expected);
}

#[test]
fn what_is_not_there_is_left_alone_and_what_is_in_the_way_too() {
    let same = |steps: Value, payload: Value| assert_eq!(applied(steps, payload.clone()), payload);
    same(
        json!([{"rename": ["a", "b"]}, {"move": ["/a/b", "/c"]}, {"remove": "/a"}]),
        json!({"b": 1}),
    );
    // An array and a text are no objects, and nothing that is moved is lost on the way.
    same(
        json!([{"default": ["/a/b", 1]}, {"remove": "/a/0"}, {"move": ["/x", "/a/b"]}]),
        json!({"a": [1], "x": 2}),
    );
    same(json!([{"default": ["/a/b", 1]}]), json!({"a": "text"}));
    same(
        json!([{"default": ["/a", 1]}, {"rename": ["a", "b"]}]),
        json!([1, 2]),
    );
    same(json!([]), json!("text"));
    // What stands at the other place goes.
    assert_eq!(
        applied(json!([{"rename": ["a", "b"]}]), json!({"a": 1, "b": 2})),
        json!({"b": 1})
    );
    assert_eq!(
        applied(json!([{"rename": ["a", "a"]}]), json!({"a": 1})),
        json!({"a": 1})
    );
    assert_eq!(
        applied(
            json!([{"move": ["/a~1b/~0", "/c"]}]),
            json!({"a/b": {"~": 1}})
        ),
        json!({"a/b": {}, "c": 1})
    );
}

#[test]
fn steps_that_are_none_are_refused() {
    let refused = |steps: Value| Steps::read(steps).expect_err("no steps");
    assert_eq!(refused(json!({})), "steps must be an array");
    for entry in [
        json!(1),
        json!({}),
        json!({"rename": "a"}),
        json!({"rename": ["a"]}),
        json!({"rename": ["a", 1]}),
        json!({"rename": ["a", "b"], "remove": "/a"}),
        json!({"copy": ["/a", "/b"]}),
        json!({"remove": ["/a", "/b"]}),
    ] {
        assert!(
            refused(json!([entry])).starts_with("steps[0]: must be one of"),
            "{entry}"
        );
    }
    for pointer in [json!("a"), json!(""), json!(7)] {
        assert!(
            refused(json!([{"remove": "/a"}, {"remove": pointer}])).starts_with("steps[1]: \"")
        );
    }
    assert_eq!(
        refused(json!([{"move": ["/a", "/a/b"]}])),
        "steps[0]: what is moved cannot come to a place inside of itself"
    );
    assert_eq!(
        refused(json!(vec![json!({"remove": "/a"}); 101])),
        "there are more than 100 steps"
    );
    assert_eq!(
        refused(json!([{"remove": "/a".repeat(33)}])),
        "steps[0]: a pointer has more than 32 keys"
    );
}

#[test]
fn the_way_is_the_shortest() {
    let pairs = [(1, 2), (2, 3), (3, 4), (2, 4), (4, 6), (1, 5)];
    assert_eq!(way(&pairs, 1, 4), Some(vec![1, 2, 4]));
    assert_eq!(way(&pairs, 1, 6), Some(vec![1, 2, 4, 6]));
    assert_eq!(way(&pairs, 1, 5), Some(vec![1, 5]));
    assert_eq!(way(&pairs, 3, 3), Some(vec![3]));
    assert_eq!(way(&pairs, 3, 5), None);
    assert_eq!(way(&pairs, 4, 1), None);
    // All pairs of many versions: none is looked at twice.
    let all: Vec<(i32, i32)> = (1..300).map(|n| (n, n + 1)).collect();
    assert_eq!(way(&all, 1, 300).map(|way| way.len()), Some(300));
}

#[test]
fn an_upcast_is_read_and_written_again() {
    let read = |entry: Value| Upcast::read(entry);
    let entry = json!({"type": "paid", "from_version": 1, "to_version": 2, "steps": [{"rename": ["a", "b"]}]});
    let upcast = read(entry.clone()).expect("an upcast");
    assert_eq!((upcast.from, upcast.to), (1, 2));
    assert_eq!(upcast.detail()["steps"], entry["steps"]);
    let handler =
        json!({"type": "paid", "from_version": 1, "to_version": 3, "handler": "app.paid"});
    assert!(matches!(
        read(handler).expect("an upcast").how,
        How::Handler(_)
    ));
    for (entry, why) in [
        (json!(1), "upcast must be a JSON object"),
        (json!({}), "key \"type\" is missing"),
        (
            json!({"type": "a", "from_version": 1}),
            "to_version must be the number of a version",
        ),
        (
            json!({"type": "a", "from_version": 2, "to_version": 2, "steps": []}),
            "to_version must be higher than from_version, which is 1 or more",
        ),
        (
            json!({"type": "a", "from_version": 1, "to_version": 2}),
            "an upcast has either steps or a handler",
        ),
        (
            json!({"type": "a", "from_version": 1, "to_version": 2, "steps": [], "handler": "a.b"}),
            "an upcast has either steps or a handler",
        ),
        (
            json!({"type": "a", "from_version": 1, "to_version": 2, "steps": [], "typo": 1}),
            "unknown key \"typo\"",
        ),
        (
            json!({"type": "a", "from_version": 1, "to_version": 2, "handler": "paid"}),
            "handler \"paid\" must be a function's name with its schema, as in \"app.paid_1_to_2\"",
        ),
    ] {
        assert_eq!(read(entry).expect_err("no upcast"), why);
    }
}
