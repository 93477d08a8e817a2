//! Single cases, step by step.

use super::super::{Mark, Marks, Now, Position, Refusal, Row, Snapshot, Verdict};
use crate::origin::{Cluster, Own};

const HERE: Cluster = Cluster {
    system: 1,
    timeline: 1,
};

fn snapshot(text: &str) -> Snapshot {
    text.parse().unwrap()
}

fn at(cluster: Cluster, seen: &str, xid: u64, seq: i64) -> Now {
    Now {
        own: Own::up_to(cluster),
        snapshot: snapshot(seen),
        mark: Mark { xid, seq },
    }
}

fn now(seen: &str, xid: u64, seq: i64) -> Now {
    at(HERE, seen, xid, seq)
}

fn row(cluster: Cluster, xid: i64, seq: i64) -> Row {
    Row {
        origin: cluster.origin(),
        xid,
        seq,
        recorded_at: seq,
    }
}

/// The seqs that a window delivers of these rows, and the position after it.
fn read(position: Position, now: &Now, rows: &[Row]) -> (Vec<i64>, Position) {
    let mut scan = position.scan(now, None).unwrap();
    let after = scan.after();
    let mut told = Vec::new();
    for row in rows.iter().filter(|r| Some(r.seq) > after) {
        if scan.read(row) != Verdict::Pass {
            told.push(row.seq);
        }
    }
    (told, scan.finish())
}

#[test]
fn one_that_draws_early_and_commits_late_comes_late() {
    let rows = [row(HERE, 10, 1), row(HERE, 11, 2)];
    let begins = Position::now(&now("10:10:", 10, 0), &Marks::none());
    // 10 runs, 11 has ended.
    let (told, position) = read(begins, &now("10:12:10", 12, 2), &rows[1..]);
    assert_eq!(told, [2]);
    let scan = position.clone().scan(&now("13:13:", 13, 2), None).unwrap();
    assert_eq!(scan.after(), Some(0));
    let (told, _) = read(position, &now("13:13:", 13, 2), &rows);
    assert_eq!(told, [1]);
}

#[test]
fn a_transaction_that_stays_open_does_not_make_windows_long() {
    let begins = Position::now(&now("10:10:", 10, 0), &Marks::none());
    let (_, position) = read(begins, &now("10:1000:10", 1000, 900), &[]);
    let (_, position) = read(position, &now("10:2000:10", 2000, 1900), &[]);
    let scan = position
        .clone()
        .scan(&now("10:3000:10", 3000, 2900), None)
        .unwrap();
    assert_eq!(scan.after(), Some(1900));
    assert!(!scan.is_worth_keeping());
    // When it ends, one window is read from where it may have begun, and the position is worth keeping.
    let scan = position.scan(&now("3000:3000:", 3000, 2900), None).unwrap();
    assert_eq!(scan.after(), Some(0));
    assert!(scan.is_worth_keeping());
}

#[test]
fn nothing_that_ended_is_an_empty_window() {
    let position = Position::now(&now("10:20:10", 21, 9), &Marks::none());
    let scan = position
        .clone()
        .scan(&now("10:20:10", 30, 9), None)
        .unwrap();
    assert!(scan.is_empty() && !scan.is_worth_keeping());
    let scan = position.scan(&now("10:21:10", 30, 9), None).unwrap();
    assert!(!scan.is_empty() && !scan.is_worth_keeping());
}

#[test]
fn many_rows_passed_over_are_worth_a_position() {
    let position = Position::now(&now("10:10:", 10, 0), &Marks::none());
    let mut scan = position.scan(&now("20:20:", 20, 2000), None).unwrap();
    for seq in 1..=1000 {
        assert_eq!(scan.read(&row(HERE, 9, seq)), Verdict::Pass);
    }
    assert!(!scan.is_worth_keeping());
    scan.read(&row(HERE, 9, 1001));
    assert!(scan.is_worth_keeping());
}

#[test]
fn a_snapshot_behind_the_position_is_refused() {
    let position = Position::now(&now("10:20:10", 20, 5), &Marks::none());
    for old in ["10:19:10", "10:25:10,15", "9:9:"] {
        let now = now(old, 30, 5);
        let refused = position.clone().scan(&now, None).err();
        assert_eq!(refused, Some(Refusal::NotLater), "{old}");
    }
    // Nor may an unfinished window end after the present.
    let unfinished = position
        .scan(&now("10:30:10", 30, 5), None)
        .unwrap()
        .pause();
    let old = now("10:29:10", 30, 5);
    assert_eq!(unfinished.scan(&old, None).err(), Some(Refusal::NotLater));
}

#[test]
fn a_sequence_that_was_set_back_is_read_from_the_start() {
    let position = Position::now(&now("10:10:", 10, 500), &Marks::none());
    let scan = position
        .clone()
        .scan(&now("20:20:", 20, 499), None)
        .unwrap();
    assert!(!scan.believes_marks());
    assert_eq!(scan.after(), None);
    // Once: its next window begins at the new mark.
    let scan = scan.finish().scan(&now("30:30:", 30, 600), None).unwrap();
    assert!(scan.believes_marks());
    assert_eq!(scan.after(), Some(499));
    assert!(
        position
            .scan(&now("20:20:", 20, 500), None)
            .unwrap()
            .believes_marks()
    );
}

#[test]
fn shards_meet_at_a_boundary() {
    let begins = Position::now(&now("10:10:", 10, 0), &Marks::none());
    let rows: Vec<Row> = (1..=6).map(|n| row(HERE, 9 + n, n)).collect();
    // One is in the middle of a window, one has read nothing.
    let mut scan = begins.clone().scan(&now("13:13:", 13, 3), None).unwrap();
    scan.read(&rows[0]);
    let (one, two) = (scan.pause(), begins);
    let met = Position::met(&[one.clone(), two.clone()]);
    assert_eq!(met, Err(Refusal::NotMet));
    let boundary = snapshot("15:15:");
    let later = now("16:16:", 16, 6);
    let (told, one) = read(one, &later, &rows);
    assert_eq!(told, [2, 3]);
    let to_boundary = |position: Position| {
        let mut scan = position.scan(&later, Some(&boundary)).unwrap();
        let after = scan.after();
        let rows = rows.iter().filter(|r| Some(r.seq) > after);
        let told: Vec<i64> = rows
            .filter(|r| scan.read(r) != Verdict::Pass)
            .map(|r| r.seq)
            .collect();
        (told, scan.finish())
    };
    let (told, one) = to_boundary(one);
    assert_eq!(told, [4, 5]);
    let (told, two) = to_boundary(two);
    assert_eq!(told, [1, 2, 3, 4, 5]);
    assert!(one.stands_at(&boundary) && two.stands_at(&boundary));
    let met = Position::met(&[one, two]).unwrap();
    let (told, _) = read(met, &later, &rows);
    assert_eq!(told, [6]);
    assert_eq!(Position::met(&[]), Err(Refusal::NotMet));
    // No boundary lies in the future, and none behind a position.
    let position = Position::now(&later, &Marks::none());
    for other in ["17:17:", "15:15:"] {
        let refused = position.clone().scan(&later, Some(&snapshot(other))).err();
        assert_eq!(refused, Some(Refusal::NotLater));
    }
}

#[test]
fn a_replay_tells_what_had_been_read() {
    let rows: Vec<Row> = (1..=5).map(|n| row(HERE, 9 + n, n)).collect();
    let begins = Position::now(&now("10:10:", 10, 0), &Marks::none());
    // Two are read, of a window of four.
    let mut scan = begins.scan(&now("14:14:", 14, 4), None).unwrap();
    scan.read(&rows[0]);
    scan.read(&rows[1]);
    let present = now("15:15:", 15, 5);
    let position = scan.pause().seek(&present, 2, None).unwrap();
    let mut scan = position.scan(&present, None).unwrap();
    let verdicts: Vec<Verdict> = rows.iter().map(|row| scan.read(row)).collect();
    let told = |replayed| Verdict::Deliver { replayed };
    let expected = [
        Verdict::Pass,
        told(true),
        told(false),
        told(false),
        told(false),
    ];
    assert_eq!(verdicts, expected);
    let later = now("20:20:", 20, 5);
    assert_eq!(read(scan.finish(), &later, &rows).0, [0; 0]);
}

#[test]
fn who_begins_at_an_instant_is_told_of_no_replay() {
    let rows: Vec<Row> = (1..=3).map(|n| row(HERE, 9 + n, n)).collect();
    let present = now("12:12:", 13, 3);
    let position = Position::since(&present, &Marks::none(), 2, Some(1));
    let mut scan = position.scan(&present, None).unwrap();
    assert_eq!(scan.after(), Some(1));
    assert_eq!(scan.read(&rows[1]), Verdict::Deliver { replayed: false });
    // 12 is not seen yet: it is news.
    assert_eq!(scan.read(&rows[2]), Verdict::Pass);
    assert_eq!(read(scan.finish(), &now("13:13:", 13, 3), &rows).0, [3]);
}

/// A log that came from a cluster, by way of another one in which nobody read, into a third.
#[test]
fn each_cluster_on_the_way_is_read_once() {
    let cluster = |system, timeline| Cluster { system, timeline };
    let rows = [
        // Older history, which was there when the reader began.
        row(cluster(7, 1), 99, 1),
        // Read in the first cluster, and not: the second of them committed after the position was written, the
        // third was written after a promotion of which the position never heard.
        row(HERE, 10, 2),
        row(HERE, 11, 3),
        row(cluster(1, 2), 12, 4),
        row(cluster(2, 1), 9, 5),
        row(cluster(3, 1), 20, 6),
        row(cluster(3, 1), 21, 7),
    ];
    let begins = Position::now(&now("10:10:", 10, 1), &Marks::none());
    let (told, position) = read(begins, &now("11:11:", 11, 2), &rows[..2]);
    assert_eq!(told, [2]);
    let third = cluster(3, 1);
    let (told, position) = read(position, &at(third, "21:21:", 22, 7), &rows);
    assert_eq!(told, [3, 4, 5, 6]);
    let (told, position) = read(position, &at(third, "22:22:", 22, 7), &rows);
    assert_eq!(told, [7]);
    // And all of it is history in a fourth.
    let fourth = cluster(4, 1);
    let (told, _) = read(position, &at(fourth, "5:5:", 5, 7), &rows);
    assert_eq!(told, [0; 0]);
}

#[test]
fn an_unfinished_window_of_another_cluster_comes_first() {
    let begins = Position::now(&now("10:10:", 10, 0), &Marks::none());
    let there = Cluster {
        system: 2,
        timeline: 1,
    };
    let rows = [
        row(HERE, 10, 1),
        row(HERE, 11, 2),
        row(HERE, 13, 3),
        row(there, 5, 4),
    ];
    let mut scan = begins.scan(&now("13:13:", 13, 2), None).unwrap();
    scan.read(&rows[0]);
    let present = at(there, "6:6:", 6, 4);
    let (told, position) = read(scan.pause(), &present, &rows);
    assert_eq!(told, [2]);
    let (told, position) = read(position, &present, &rows);
    assert_eq!(told, [3, 4]);
    let (told, _) = read(position, &at(there, "7:7:", 7, 4), &rows);
    assert_eq!(told, [0; 0]);
}

#[test]
fn positions_from_outside_know_their_system_and_timeline() {
    let here = |timeline| Cluster {
        system: 1,
        timeline,
    };
    let outside = Position::now(&at(here(2), "10:20:", 20, 5), &Marks::none()).leaves();
    let refusal = |cluster| {
        outside
            .clone()
            .scan(&at(cluster, "10:20:", 20, 5), None)
            .err()
    };
    assert_eq!(refusal(here(2)), None);
    assert_eq!(refusal(here(1)), Some(Refusal::LaterTimeline));
    let other = Cluster {
        system: 2,
        timeline: 2,
    };
    assert_eq!(refusal(other), Some(Refusal::OtherSystem));
    // On the next timeline ids from 15 on are given out again, and what it drew lies below the mark.
    let rows = [
        row(here(2), 14, 3),
        row(here(3), 15, 4),
        row(here(3), 16, 5),
    ];
    let scan = outside
        .clone()
        .scan(&at(here(3), "15:16:", 17, 5), None)
        .unwrap();
    assert_eq!(scan.after(), None);
    let (told, position) = read(outside, &at(here(3), "16:16:", 17, 5), &rows);
    assert_eq!(told, [4]);
    let (told, _) = read(position, &at(here(3), "17:17:", 17, 5), &rows);
    assert_eq!(told, [5]);
}

#[test]
fn a_number_that_no_transaction_has_is_in_no_window() {
    let begins = Position::since(&now("10:10:", 10, 9), &Marks::none(), i64::MIN, None);
    let rows = [row(HERE, -1, 1), row(HERE, i64::MIN, 2), row(HERE, 5, 3)];
    assert_eq!(read(begins, &now("10:10:", 10, 9), &rows).0, [3]);
}
