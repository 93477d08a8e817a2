//! In which order events are written that had to wait.
//!
//! What statements that ran within one another, or beside one another, did to their rows is a list
//! of edges, in the order in which they were captured. The events of a row that one of them alone
//! touched stand in that order. Those of a row that several touched are a trail (see `trail`).
//! Between rows, what the statement did that began first stands first.

use super::trail::{self, Image, Start, Step};

/// One change of one row, by one statement.
#[derive(Clone, Copy, Debug)]
pub struct Edge {
    /// which row: a hash of its key
    pub row: u64,
    /// from which image to which
    pub step: Step,
    /// which statement, counted as they began
    pub statement: u32,
}

/// A row of which the edges alone do not say where its trail begins.
#[derive(Debug)]
pub struct Round {
    /// its places in the order
    places: Vec<u32>,
    /// one of its edges
    pub edge: u32,
}

/// An order of edges.
#[derive(Debug, Default)]
pub struct Order {
    /// the edge at each place
    edges: Vec<u32>,
    /// rows whose trail ends where it begins
    pub rounds: Vec<Round>,
    /// rows whose edges are no trail
    pub broken: usize,
}

impl Order {
    /// Of all edges that `alive` says are not undone.
    pub fn of(all: &[Edge], alive: impl Fn(usize) -> bool) -> Order {
        let mut edges: Vec<u32> = (0..all.len())
            .filter(|edge| alive(*edge))
            .map(|edge| edge as u32)
            .collect();
        edges.sort_by_key(|edge| all[*edge as usize].statement);
        let mut order = Order {
            edges,
            ..Order::default()
        };
        let row_at = |place: usize| all[order.edges[place] as usize].row;
        let mut rows: Vec<(u64, u32)> = (0..order.edges.len())
            .map(|place| (row_at(place), place as u32))
            .collect();
        rows.sort_unstable();
        let mut places: Vec<u32> = Vec::new();
        for row in rows.chunk_by(|a, b| a.0 == b.0) {
            places.clear();
            places.extend(row.iter().map(|(_, place)| *place));
            if !order.is_contested(all, &places) {
                continue;
            }
            match trail::start(&order.steps(all, &places)) {
                Start::At(image) => order.lay(all, &places, image),
                Start::Round => order.rounds.push(Round {
                    edge: order.edges[places[0] as usize],
                    places: places.clone(),
                }),
                Start::Nowhere => order.leave(&places),
            }
        }
        order
    }

    /// Says what the row of a round is now.
    pub fn close(&mut self, all: &[Edge], round: &Round, now: Image) {
        self.lay(all, &round.places, now);
    }

    /// The edge at each place.
    pub fn edges(&self) -> &[u32] {
        &self.edges
    }

    /// Whether several statements touched the row of these places.
    fn is_contested(&self, all: &[Edge], row: &[u32]) -> bool {
        let statement = |place: &u32| all[self.edges[*place as usize] as usize].statement;
        row.iter()
            .any(|place| statement(place) != statement(&row[0]))
    }

    fn steps(&self, all: &[Edge], row: &[u32]) -> Vec<Step> {
        row.iter()
            .map(|place| all[self.edges[*place as usize] as usize].step)
            .collect()
    }

    /// Puts a row's edges into a trail from this image on.
    fn lay(&mut self, all: &[Edge], row: &[u32], start: Image) {
        match trail::trail(&self.steps(all, row), start) {
            None => self.leave(row),
            Some(found) => {
                let edges: Vec<u32> = row.iter().map(|p| self.edges[*p as usize]).collect();
                for (place, from) in row.iter().zip(found) {
                    self.edges[*place as usize] = edges[from];
                }
            }
        }
    }

    /// Leaves a row's edges in the order in which they were captured.
    fn leave(&mut self, row: &[u32]) {
        let mut edges: Vec<u32> = row.iter().map(|p| self.edges[*p as usize]).collect();
        edges.sort_unstable();
        for (place, edge) in row.iter().zip(edges) {
            self.edges[*place as usize] = edge;
        }
        self.broken += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::super::trail::ABSENT;
    use super::*;

    fn edge(row: u64, from: Image, to: Image, statement: u32) -> Edge {
        let step = Step { from, to };
        Edge {
            row,
            step,
            statement,
        }
    }

    fn order(all: &[Edge]) -> Order {
        Order::of(all, |_| true)
    }

    #[test]
    fn what_a_statement_inside_did_stands_after_what_it_began_from() {
        // The statement inside was captured first.
        let all = [
            edge(1, 5, 6, 1),
            edge(2, 7, 8, 1),
            edge(1, 4, 5, 0),
            edge(3, 1, 2, 0),
        ];
        let found = order(&all);
        assert_eq!(found.edges(), [2, 3, 0, 1]);
        assert_eq!((found.rounds.len(), found.broken), (0, 0));
        // A row that it removed to make room for a new one.
        let all = [edge(1, 5, ABSENT, 1), edge(1, ABSENT, 6, 0)];
        assert_eq!(order(&all).edges(), [0, 1]);
    }

    #[test]
    fn what_is_undone_counts_for_nothing() {
        let all = [edge(1, 5, 9, 1), edge(1, 5, 6, 2), edge(1, 4, 5, 0)];
        assert_eq!(Order::of(&all, |at| at != 0).edges(), [2, 1]);
    }

    #[test]
    fn a_row_of_one_statement_stays_as_it_was_captured() {
        let all = [edge(1, 5, 6, 0), edge(1, 2, 3, 0), edge(2, 1, 2, 1)];
        let found = order(&all);
        assert_eq!(found.edges(), [0, 1, 2]);
        assert_eq!(found.broken, 0);
    }

    #[test]
    fn the_row_decides_about_a_round() {
        let all = [edge(1, 6, ABSENT, 1), edge(1, ABSENT, 6, 0)];
        for (now, expected) in [(ABSENT, [1, 0]), (6, [0, 1])] {
            let mut found = order(&all);
            let rounds = std::mem::take(&mut found.rounds);
            assert_eq!(rounds.len(), 1);
            found.close(&all, &rounds[0], now);
            assert_eq!((found.edges(), found.broken), (&expected[..], 0));
        }
        let mut found = order(&all);
        let rounds = std::mem::take(&mut found.rounds);
        found.close(&all, &rounds[0], 9);
        assert_eq!((found.edges(), found.broken), (&[0, 1][..], 1));
    }

    #[test]
    fn what_makes_no_sense_stays_as_it_was_captured() {
        let all = [edge(1, 5, 6, 1), edge(2, 1, 2, 1), edge(1, 3, 4, 0)];
        let found = order(&all);
        assert_eq!(found.edges(), [0, 2, 1]);
        assert_eq!(found.broken, 1);
    }
}
