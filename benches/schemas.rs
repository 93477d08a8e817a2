//! What one check of a payload by a schema costs, without a server: in place on stored jsonb, on a tree that is made of it
//! for each, and with a schema that is compiled for each besides. Prints rows of a table; wants a number of rounds.

use jsonschema::PatternOptions;
use pg_eventlog_model::schema::{House, Schema};
use serde_json::{Value, json};
use std::hint::black_box;
use std::time::Instant;

const HOUSE: House = House {
    is_deep: || false,
    reserved: |_, f| {
        f();
        Ok(())
    },
    room: 1 << 20,
};
const CHECKS: u32 = 20_000;
const COMPILED: u32 = 400;

fn stored(value: &Value) -> Vec<u8> {
    let mut builder = jsonb::Builder::new();
    builder.json(value);
    builder.finish().expect("a document").to_vec()
}

/// A tree, through text, as whatever does not read stored jsonb has it.
fn tree(stored: &jsonb::Jsonb<'_>) -> Value {
    let mut text = jsonb::List::new();
    stored.root().write_text(&mut text).expect("memory");
    serde_json::from_slice(&text).expect("JSON")
}

fn on_trees(schema: &Value) -> jsonschema::Validator {
    jsonschema::options()
        .with_pattern_options(PatternOptions::regex())
        .should_validate_formats(true)
        .build(schema)
        .expect("a schema")
}

/// Microseconds that one of so many takes.
fn timed(times: u32, mut f: impl FnMut() -> bool) -> f64 {
    let started = Instant::now();
    for _ in 0..times {
        assert!(black_box(f()));
    }
    started.elapsed().as_secs_f64() * 1e6 / f64::from(times)
}

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of[of.len() / 2]
}

fn main() {
    let rounds: usize = std::env::args()
        .filter_map(|argument| argument.parse().ok())
        .next()
        .unwrap_or(9);
    let schema: Value = serde_json::from_str(include_str!("schema.json")).expect("a schema");
    let payload = stored(&json!({
        "step_id": 100_007, "title": "Call the customer back before the end of the week", "status": "open",
        "duration_ms": 1_007, "retry": false, "assignee": "user-0007", "note": "x".repeat(57)
    }));
    let payload = jsonb::Jsonb::new(&payload).expect("a document");
    let compiled = Schema::of_stored(&stored(&schema), "schema").expect("a schema");
    let trees = on_trees(&schema);
    let (mut in_place, mut by_tree, mut by_row) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        in_place.push(timed(CHECKS, || {
            compiled.accepts(payload.root(), &HOUSE) == Ok(true)
        }));
        by_tree.push(timed(CHECKS, || trees.is_valid(&tree(&payload))));
        by_row.push(timed(COMPILED, || {
            on_trees(&schema).is_valid(&tree(&payload))
        }));
    }
    let ratio = |other: &[f64]| {
        let ratios = in_place.iter().zip(other).map(|(a, b)| a / b).collect();
        median(ratios)
    };
    let cost = median(in_place.clone());
    let title = "a check by a schema of 10 properties, in place";
    println!(
        "| {title} | on a tree made of the same jsonb | {:.2} | | {cost:.2} µs | |",
        ratio(&by_tree)
    );
    println!(
        "| {title} | the same, the schema compiled for each row | {:.3} | | {cost:.2} µs | |",
        ratio(&by_row)
    );
}
