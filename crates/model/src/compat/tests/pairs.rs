//! Generated pairs of contracts and documents: where nothing breaks, no document of the one is refused by the other.

use super::*;
use crate::schema::tests::compile;
use crate::schema::tests::trees;
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};
use serde_json::Map;
use std::cell::Cell;

/// Pairs that are tried, unless EVENTLOG_FUZZ_ROUNDS says another number.
const PAIRS: u32 = 300;

/// A change of one place of a schema.
#[derive(Clone, Debug)]
enum Change {
    Drop,
    Replace(Value),
    Add(Value),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        2 => Just(Change::Drop),
        1 => trees::plain().prop_map(Change::Replace),
        2 => trees::plain().prop_map(Change::Add),
    ]
}

/// Makes a change at the place of this number, counted in the order in which a walk comes by.
fn make(value: &mut Value, change: &Change, place: &mut usize) {
    if *place == 0 {
        match (change, &mut *value) {
            (Change::Drop, Value::Object(members)) => {
                let last = members.keys().next_back().cloned();
                last.map(|key| members.remove(&key));
            }
            (Change::Add(Value::Object(more)), Value::Object(members)) => {
                members.extend(more.clone());
            }
            (Change::Replace(other), _) => *value = other.clone(),
            _ => {}
        }
        *place = usize::MAX;
        return;
    }
    *place -= 1;
    let inner: Vec<&mut Value> = match value {
        Value::Object(members) => members.values_mut().collect(),
        Value::Array(items) => items.iter_mut().collect(),
        _ => Vec::new(),
    };
    for one in inner {
        if *place == usize::MAX {
            return;
        }
        make(one, change, place);
    }
}

fn changed(schema: &Value, changes: &[(Change, usize)]) -> Value {
    let mut made = schema.clone();
    for (change, place) in changes {
        make(&mut made, change, &mut place.clone());
    }
    made
}

fn keys() -> impl Strategy<Value = Vec<String>> {
    prop::collection::btree_set(trees::key(), 0..2).prop_map(|keys| keys.into_iter().collect())
}

fn payload() -> impl Strategy<Value = Value> {
    prop::collection::btree_map(trees::key(), trees::document(), 0..4)
        .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>()))
}

/// Whether such a payload is stored, asked of the validator on trees.
fn stores(contract: &Contract, schema: &Value, payload: &Value) -> bool {
    let members = payload.as_object().expect("an object");
    let has = |key: &String| members.contains_key(key);
    let known = known(contract, Some(schema)).expect("keys that are known");
    trees::on_trees(schema).is_valid(payload)
        && contract.required.iter().all(has)
        && (!contract.is_closed || trees::on_trees(&known).is_valid(payload))
}

#[test]
fn what_is_said_to_go_together_does() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let seed: u64 = number("EVENTLOG_FUZZ_SEED").unwrap_or(20_261_128);
    println!("EVENTLOG_FUZZ_SEED={seed}");
    let config = ProptestConfig {
        cases: number("EVENTLOG_FUZZ_ROUNDS").map_or(PAIRS, |rounds| rounds as u32),
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let strategy = (
        trees::schema(),
        prop::collection::vec((change(), 0..12_usize), 1..3),
        (keys(), keys(), keys()),
        (any::<bool>(), any::<bool>()),
        prop::collection::vec(payload(), 8),
    );
    let (asked, proved, met) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let count = |of: &Cell<u32>| of.set(of.get() + 1);
    let outcome = TestRunner::new(config).run(
        &strategy,
        |(schema, changes, (required, more, optional), closed, payloads)| {
            let other = changed(&schema, &changes);
            if compile(&schema).is_err() || compile(&other).is_err() {
                return Ok(());
            }
            let contract =
                |name: &str, schema: &Value, required: &Vec<String>, is_closed| Contract {
                    required: required.clone(),
                    optional: optional.clone(),
                    is_closed,
                    ..of_schema(name, schema.clone())
                };
            let old = contract("version 1", &schema, &required, closed.0);
            let new = contract(
                "version 2",
                &other,
                if closed.0 { &required } else { &more },
                closed.1,
            );
            for (reader, its, writer, theirs) in
                [(&new, &other, &old, &schema), (&old, &schema, &new, &other)]
            {
                let others = std::slice::from_ref(writer);
                let told =
                    breaks(reader, Compatibility::Backward, others, &|| {}).expect("an answer");
                // The other way round it is the other's promise.
                let back = breaks(
                    writer,
                    Compatibility::Forward,
                    std::slice::from_ref(reader),
                    &|| {},
                );
                prop_assert_eq!(&back.expect("an answer"), &told);
                count(&asked);
                if !told.is_empty() {
                    for told in &told {
                        prop_assert!(told.message.len() < 1_000, "{}", told.message);
                    }
                    continue;
                }
                count(&proved);
                for payload in &payloads {
                    if stores(writer, theirs, payload) {
                        count(&met);
                        prop_assert!(
                            stores(reader, its, payload),
                            "{payload} of {theirs} is refused by {its}"
                        );
                    }
                }
            }
            Ok(())
        },
    );
    if let Err(why) = outcome {
        panic!("EVENTLOG_FUZZ_SEED={seed}: {why}");
    }
    // A test of nothing would pass too.
    println!(
        "{} asked, {} proved, {} payloads",
        asked.get(),
        proved.get(),
        met.get()
    );
    assert!(proved.get() > asked.get() / 10 && met.get() > proved.get() / 2);
}
