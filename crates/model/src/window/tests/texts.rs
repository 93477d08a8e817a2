//! Positions as bytes and as text.

use super::super::position::{Kind, Open, Passed};
use super::super::{BadSnapshot, BadText, Kept, MAX_RUNNING, Mark, Marks, Position, Snapshot};
use crate::origin::Cluster;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;

const LOG: [u8; 16] = *b"a log's own id..";

fn cluster() -> impl Strategy<Value = Cluster> {
    (any::<u64>(), 1..=u32::MAX).prop_map(|(system, timeline)| Cluster { system, timeline })
}

fn snapshot() -> impl Strategy<Value = Snapshot> {
    let gaps = prop::collection::vec(1_u64..400, 0..40);
    (3_u64..u64::MAX / 4, gaps).prop_filter_map("an id that none has", |(xmin, gaps)| {
        let mut xid = xmin;
        let mut all: Vec<u64> = gaps
            .iter()
            .map(|gap| {
                xid += gap;
                xid
            })
            .collect();
        let xmax = all.pop().unwrap_or(xmin);
        Snapshot::new(xmax, all).ok()
    })
}

fn marks() -> impl Strategy<Value = Marks> {
    prop::collection::vec((any::<u64>(), any::<i64>()), 0..20)
        .prop_map(|all| Marks::of(all.into_iter().map(|(xid, seq)| Mark { xid, seq })))
}

fn seq() -> impl Strategy<Value = Option<i64>> {
    prop::option::of(any::<i64>())
}

fn passed() -> impl Strategy<Value = Option<Passed>> {
    let passed = (cluster(), snapshot(), any::<i64>(), seq());
    prop::option::of(passed.prop_map(|(home, until, after, others)| Passed {
        home,
        until,
        after,
        others,
    }))
}

fn position() -> impl Strategy<Value = Position> {
    let open = (
        0..4,
        cluster(),
        snapshot(),
        seq(),
        any::<(i64, i64)>(),
        passed(),
    );
    (cluster(), snapshot(), marks(), seq(), open).prop_map(
        |(home, seen, marks, floor, (kind, elsewhere, until, after, (since, next), passed))| {
            let system = home.system;
            let news = Cluster {
                system,
                ..elsewhere
            };
            let (kind, home_of_window, until) = match kind {
                1 => (
                    Some(Kind::News),
                    Cluster {
                        timeline: home.timeline,
                        ..news
                    },
                    seen.clone(),
                ),
                2 => (
                    Some(Kind::Replay {
                        since,
                        passed,
                        floor: next,
                    }),
                    elsewhere,
                    until,
                ),
                3 => (Some(Kind::Rebase { floor: next }), elsewhere, until),
                _ => (None, home, until),
            };
            let open = kind.map(|kind| Open {
                kind,
                home: home_of_window,
                until,
                after,
            });
            Position {
                kept: Kept::Inside,
                home,
                seen,
                marks,
                open,
                floor,
            }
        },
    )
}

proptest! {
    #[test]
    fn what_is_read_is_what_was_written(position in position()) {
        let bytes = position.to_bytes().unwrap();
        prop_assert_eq!(Position::from_bytes(&bytes), Ok(position.clone()));
        let text = position.to_text(LOG).unwrap();
        let read = Position::from_text(&text, LOG).unwrap();
        prop_assert_eq!(read.kept(), Kept::Outside);
        prop_assert_eq!(read, position.leaves());
        prop_assert_eq!(Position::from_text(&text, [0; 16]), Err(BadText::OtherLog));
    }

    /// One position has one row of bytes: what is not what would be written is refused.
    #[test]
    fn whatever_bytes_are_read_are_written_again(
        position in position(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in prop::option::weighted(0.2, any::<prop::sample::Index>()),
    ) {
        let mut bytes = position.to_bytes().unwrap();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(read) = Position::from_bytes(&bytes) {
            prop_assert_eq!(read.to_bytes().unwrap(), bytes);
        }
    }

    #[test]
    fn an_accident_is_found(position in position(), at in any::<prop::sample::Index>(), by in 1_u8..=255) {
        let mut bytes = URL_SAFE_NO_PAD.decode(position.to_text(LOG).unwrap()).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= by;
        let text = URL_SAFE_NO_PAD.encode(bytes);
        prop_assert_eq!(Position::from_text(&text, LOG), Err(BadText::Malformed));
    }
}

/// With a checksum that is right.
fn forged(version: u8, rest: &[u8]) -> String {
    let mut bytes = vec![version];
    bytes.extend_from_slice(&LOG);
    bytes.extend_from_slice(rest);
    let sum = crc32fast::hash(&bytes);
    bytes.extend_from_slice(&sum.to_be_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

fn busy(running: u64) -> Position {
    let seen = Snapshot::new(
        5_000_000_000,
        (0..running).map(|n| 4_999_990_000 + 2 * n).collect(),
    );
    Position {
        kept: Kept::Outside,
        home: Cluster {
            system: 7_300_000_000_000_000_000,
            timeline: 3,
        },
        seen: seen.unwrap(),
        marks: Marks::of([
            Mark {
                xid: 4_999_000_000,
                seq: 1_000_000,
            },
            Mark {
                xid: 5_000_000_000,
                seq: 1_000_900,
            },
        ]),
        open: None,
        floor: Some(7),
    }
}

#[test]
fn a_position_has_this_text() {
    // Readers keep it: a change of the form takes another version.
    let text = "AWEgbG9nJ3Mgb3duIGlkLi5lTs9SrFoAAAOAyK-gJQGPTgLA39rPEoCJesCEPYgOAQ4AaO2Lmg";
    assert_eq!(busy(1).to_text(LOG).unwrap(), text);
    assert_eq!(Position::from_text(text, LOG), Ok(busy(1)));
}

#[test]
fn texts_are_short() {
    let mut busy = busy(200);
    let until = Snapshot::new(5_000_000_400, busy.seen.running()[2..].to_vec()).unwrap();
    busy.open = Some(Open {
        kind: Kind::News,
        home: busy.home,
        until,
        after: Some(1_000_500),
    });
    let length = busy.to_text(LOG).unwrap().len();
    assert!(length < 700, "{length}");
}

#[test]
fn malformed_texts_are_refused() {
    let good = busy(3).to_bytes().unwrap();
    assert_eq!(Position::from_text(&forged(1, &good), LOG), Ok(busy(3)));
    assert_eq!(
        Position::from_text(&forged(2, &good), LOG),
        Err(BadText::Version(2))
    );
    let with = |change: fn(&mut Vec<u8>)| {
        let mut bytes = good.clone();
        change(&mut bytes);
        forged(1, &bytes)
    };
    for text in [
        String::new(),
        "AAAA".into(),
        "not a position".into(),
        "A".repeat(5_000_000),
        format!("{}=", forged(1, &good)),
        format!("{} ", forged(1, &good)),
        // One byte more, one byte less, no timeline, a number of eleven bytes, one with needless bytes.
        with(|b| b.push(0)),
        with(|b| b.truncate(b.len() - 1)),
        with(|b| b[8] = 0),
        with(|b| drop(b.splice(8..9, [0xFF; 11]))),
        with(|b| drop(b.splice(8..9, [0x83, 0]))),
    ] {
        assert_eq!(
            Position::from_text(&text, LOG),
            Err(BadText::Malformed),
            "{text:.80}"
        );
    }
    // Claims of millions, with nothing behind them.
    let mut claims = good[..9].to_vec();
    claims.extend_from_slice(&[10, 0xFF, 0xFF, 0xFF, 0x7F]);
    assert_eq!(
        Position::from_text(&forged(1, &claims), LOG),
        Err(BadText::Malformed)
    );
}

#[test]
fn a_server_with_too_many_transactions_is_told() {
    let mut position = busy(10);
    let all = |from: u64| {
        (from..from + MAX_RUNNING as u64)
            .map(|n| 3 * n + 4)
            .collect()
    };
    let many = Snapshot::new(9_000_000, all(0)).unwrap();
    position.seen = many.clone();
    let text = position.to_text(LOG).unwrap();
    assert_eq!(Position::from_text(&text, LOG), Ok(position.clone()));
    position.seen = many.without(Some(5));
    assert_eq!(position.to_text(LOG), Err(BadSnapshot::TooMany));
}
