//! What readers of a log hand in: positions, and what they want.

use crate::built;
use jsonb::Jsonb;
use model::filter::{self, Cell, Column, Filters};
use model::origin::{Cluster, Own};
use model::pattern::Pattern;
use model::window::{Mark, Marks, Now, Position, Row, Snapshot, Verdict};

const LOG: [u8; 16] = [7; 16];

/// A cluster in which positions are read, and what is said of its present.
fn present(system: u64) -> Now {
    let own = Own::up_to(Cluster {
        system,
        timeline: 3,
    });
    let snapshot = Snapshot::new(1_000_000, vec![5, 999_990]).expect("a snapshot");
    let mark = Mark {
        xid: 1_000_001,
        seq: 5_000,
    };
    Now {
        own,
        snapshot,
        mark,
    }
}

/// The bytes of a position, as a row has them and as whoever forges a text may; and snapshots as text.
pub fn positions(bytes: &[u8]) {
    let written = String::from_utf8_lossy(bytes);
    let _ = Position::from_text(&written, LOG);
    if let Ok(snapshot) = written.parse::<Snapshot>() {
        assert_eq!(snapshot.to_string().parse(), Ok(snapshot));
    }
    let Ok(position) = Position::from_bytes(bytes) else {
        return;
    };
    assert_eq!(position.to_bytes().as_deref(), Ok(bytes));
    let text = position
        .to_text(LOG)
        .expect("what was read is not too long");
    let forged = Position::from_text(&text, LOG).expect("what was written can be read");
    let now = present(forged.home().system);
    let Ok(mut scan) = forged.scan(&now, None) else {
        return;
    };
    for seq in [i64::MIN, 1, 4_000, i64::MAX] {
        for timeline in [1, 3] {
            let system = now.own.cluster().system;
            let row = Row {
                origin: Cluster { system, timeline }.origin(),
                xid: 999_990,
                seq,
                recorded_at: seq,
            };
            // What has not ended is in no window, whoever asks.
            assert_eq!(scan.read(&row), Verdict::Pass);
        }
    }
    let paused = scan.clone().pause();
    let again = paused.to_bytes().map(|b| Position::from_bytes(&b).is_ok());
    assert_eq!(again, Ok(true));
    assert!(scan.finish().to_text(LOG).is_ok());
    let _ = Position::met(&[paused.clone(), paused]);
}

/// What a reader wants: the text of filters, or after a slash that of a pattern.
pub fn wishes(bytes: &[u8]) {
    if let Some(pattern) = bytes.strip_prefix(b"/") {
        let text = String::from_utf8_lossy(pattern);
        // Longer ones take their time, and no other paths.
        if text.len() > 60 {
            return;
        }
        for kind in ["exact", "prefix", "regex"] {
            if let Ok(pattern) = Pattern::parse(kind, &text) {
                let matched = pattern.matches(bytes) || pattern.matches(text.as_bytes());
                assert!(matched || kind == "regex");
            }
        }
        return;
    }
    let Ok(filters) = Filters::parse(bytes) else {
        return;
    };
    let tree: serde_json::Value =
        serde_json::from_str(r#"{"a": 1.10, "b": [null, "x", {"c": true}], "d": ""}"#)
            .expect("json");
    let stored = built(&tree.to_string());
    let root = Jsonb::new(&stored).expect("what was built").root();
    assert_eq!(filters.hold(&Asked(root)), filters.hold(&Asked(&tree)));
}

/// An event whose documents are both this one.
struct Asked<J>(J);

impl<'a, J: filter::Json<'a>> filter::Event<'a> for Asked<J> {
    type Document = J;

    fn payload(&self) -> Option<J> {
        Some(self.0)
    }

    fn context(&self) -> Option<J> {
        Some(self.0)
    }

    fn column(&self, column: Column) -> Option<Cell<'a>> {
        Some(match column.kind() {
            filter::Kind::Text => Cell::Text(b"x"),
            filter::Kind::Number => Cell::Number(1),
            filter::Kind::Time => Cell::Time(0),
        })
    }
}

pub(crate) fn positions_seeds() -> Vec<Vec<u8>> {
    let now = present(9);
    let known = Marks::of([
        Mark { xid: 4, seq: 10 },
        Mark {
            xid: 900_000,
            seq: 4_000,
        },
    ]);
    let mut earlier = now.clone();
    earlier.snapshot = Snapshot::new(950_000, vec![5, 900_001]).expect("a snapshot");
    let begins = Position::now(&earlier, &known);
    let window = begins.clone().scan(&now, None).expect("a window");
    let unfinished = window.pause();
    let sought = unfinished
        .clone()
        .seek(&now, 77, Some(3))
        .expect("a replay");
    let came = begins
        .clone()
        .scan(&present(10), None)
        .expect("a rebase")
        .pause();
    let all = [begins, unfinished, sought, came];
    let mut seeds: Vec<Vec<u8>> = all.iter().map(|p| p.to_bytes().expect("short")).collect();
    seeds.extend(
        all.iter()
            .map(|p| p.to_text(LOG).expect("short").into_bytes()),
    );
    seeds.push(b"10:20:10,14,15".to_vec());
    seeds
}

pub(crate) fn wishes_seeds() -> Vec<Vec<u8>> {
    let texts = [
        r#"[{"field": "$.payload.a", "operator": "gt", "value": 1.1}, {"field": "$.type", "operator": "exists"}]"#,
        r#"[{"field": "$.context.b[2].c", "operator": "in", "value": [null, true, "x", -1e5]}]"#,
        r#"[{"field": "$.payload["b"]", "operator": "contains", "value": "x"}]"#,
        r#"[{"field": "$.occurred_at", "operator": "lte", "value": "2026-01-31T12:00:00.5+01:00"}]"#,
        r#"[{"field": "$.version", "operator": "not_equals", "value": 12345678901234567890.123}]"#,
        "/invoice\\.(paid|sent){1,3}",
        "/(?x) a | b # comment",
        "/[^a-z\\d]+?$",
    ];
    texts.map(|text| text.as_bytes().to_vec()).to_vec()
}
