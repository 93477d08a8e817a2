//! A trail through the changes of one row.
//!
//! Postgres tells when a statement begins and ends, and not when it came to a row. But each change
//! leads from an image of the row to another one, and what happened uses each of them once: it is
//! a trail in the graph whose vertices are the images and whose edges are the changes. Where it
//! begins and ends follows from the edges alone, unless it ends where it began; then the row
//! itself, as it is now, says where that was.

use rustc_hash::FxHashMap;

/// What a row looks like: a hash of its tracked columns, or [`ABSENT`].
pub type Image = u64;

/// The image of a row that is not there.
pub const ABSENT: Image = 0;

/// One change of the row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Step {
    /// as it was before
    pub from: Image,
    /// as it was after
    pub to: Image,
}

/// Where a trail can begin.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Start {
    /// there alone
    At(Image),
    /// it ends where it begins, which may be anywhere on it
    Round,
    /// no trail uses each step once: something happened that is not among them
    Nowhere,
}

/// Where a trail of these steps begins.
pub fn start(steps: &[Step]) -> Start {
    let mut balance: FxHashMap<Image, i64> = FxHashMap::default();
    for step in steps {
        *balance.entry(step.from).or_default() += 1;
        *balance.entry(step.to).or_default() -= 1;
    }
    let mut uneven = balance.into_iter().filter(|(_, n)| *n != 0);
    match (uneven.next(), uneven.next(), uneven.next()) {
        (None, _, _) => Start::Round,
        (Some((at, 1)), Some((_, -1)), None) | (Some((_, -1)), Some((at, 1)), None) => {
            Start::At(at)
        }
        _ => Start::Nowhere,
    }
}

/// The trail of these steps that begins at an image, as places in `steps`: as they stand if they
/// are one, else by Hierholzer's way, which takes the steps that leave an image as they stand.
/// None where the steps do not hang together.
///
/// The image is where [`start`] says, or on a round.
pub fn trail(steps: &[Step], start: Image) -> Option<Vec<usize>> {
    let joined = steps.windows(2).all(|pair| pair[0].to == pair[1].from);
    if joined && steps.first().is_none_or(|first| first.from == start) {
        return Some((0..steps.len()).collect());
    }
    let mut leaving: FxHashMap<Image, Vec<usize>> = FxHashMap::default();
    for (place, step) in steps.iter().enumerate().rev() {
        leaving.entry(step.from).or_default().push(place);
    }
    let mut found = Vec::with_capacity(steps.len());
    let mut walk: Vec<usize> = Vec::new();
    loop {
        let here = walk.last().map_or(start, |place| steps[*place].to);
        if let Some(place) = leaving.get_mut(&here).and_then(Vec::pop) {
            walk.push(place);
        } else if let Some(place) = walk.pop() {
            found.push(place);
        } else {
            break;
        }
    }
    found.reverse();
    (found.len() == steps.len()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn steps(pairs: &[(Image, Image)]) -> Vec<Step> {
        let step = |(from, to): &(Image, Image)| Step {
            from: *from,
            to: *to,
        };
        pairs.iter().map(step).collect()
    }

    /// The trail that begins where it has to.
    fn found(pairs: &[(Image, Image)]) -> Vec<usize> {
        let steps = steps(pairs);
        let Start::At(at) = start(&steps) else {
            panic!("{pairs:?} has no one start")
        };
        trail(&steps, at).unwrap()
    }

    #[test]
    fn a_chain_is_put_together_whatever_its_order() {
        assert_eq!(found(&[(1, 2), (2, 3), (3, 4)]), [0, 1, 2]);
        assert_eq!(found(&[(3, 4), (2, 3), (1, 2)]), [2, 1, 0]);
        assert_eq!(found(&[(2, 3), (ABSENT, 2)]), [1, 0]);
        assert_eq!(found(&[(ABSENT, 2), (1, ABSENT)]), [1, 0]);
    }

    #[test]
    fn a_trail_comes_back_to_an_image_as_often_as_it_must() {
        assert_eq!(found(&[(1, 2), (2, 1), (2, 3)]), [1, 0, 2]);
        assert_eq!(found(&[(1, 3), (1, 2), (2, 1)]), [1, 2, 0]);
        assert_eq!(found(&[(1, 2), (2, 1), (1, 2)]), [0, 1, 2]);
    }

    #[test]
    fn a_round_begins_where_the_row_is() {
        let round = steps(&[(ABSENT, 1), (1, ABSENT)]);
        assert_eq!(start(&round), Start::Round);
        assert_eq!(trail(&round, ABSENT), Some(vec![0, 1]));
        assert_eq!(trail(&round, 1), Some(vec![1, 0]));
        assert_eq!(trail(&round, 7), None);
    }

    #[test]
    fn steps_with_a_gap_are_no_trail() {
        assert_eq!(start(&steps(&[(1, 2), (3, 4)])), Start::Nowhere);
        assert_eq!(start(&steps(&[(1, 2), (1, 2)])), Start::Nowhere);
        assert_eq!(start(&steps(&[(1, 2), (1, 3)])), Start::Nowhere);
        let apart = steps(&[(1, 2), (3, 4), (4, 3)]);
        assert_eq!(start(&apart), Start::At(1));
        assert_eq!(trail(&apart, 1), None);
    }

    proptest! {
        /// Whatever a row went through, its steps in any order give a trail with the same ends.
        #[test]
        fn any_trail_is_found_again(
            images in prop::collection::vec(0_u64..6, 2..40),
            keys in prop::collection::vec(any::<u32>(), 40),
        ) {
            let mut shuffled: Vec<(u32, Step)> = images
                .windows(2)
                .zip(keys)
                .map(|(pair, key)| (key, Step { from: pair[0], to: pair[1] }))
                .collect();
            shuffled.sort_by_key(|(key, _)| *key);
            let steps: Vec<Step> = shuffled.into_iter().map(|(_, step)| step).collect();
            let (first, last) = (images[0], *images.last().unwrap());
            let begins = start(&steps);
            prop_assert_eq!(
                begins,
                if first == last { Start::Round } else { Start::At(first) }
            );
            let order = trail(&steps, first).unwrap();
            let mut used = order.clone();
            used.sort_unstable();
            prop_assert_eq!(used, (0..steps.len()).collect::<Vec<_>>());
            prop_assert_eq!(steps[order[0]].from, first);
            prop_assert_eq!(steps[*order.last().unwrap()].to, last);
            for pair in order.windows(2) {
                prop_assert_eq!(steps[pair[0]].to, steps[pair[1]].from);
            }
        }

        /// Whatever the steps are, what is given as a trail is one, and uses each step once.
        #[test]
        fn what_is_given_as_a_trail_is_one(
            pairs in prop::collection::vec((0_u64..4, 0_u64..4), 1..12),
        ) {
            let steps = steps(&pairs);
            let begin = match start(&steps) {
                Start::At(at) => at,
                Start::Round => steps[0].from,
                Start::Nowhere => return Ok(()),
            };
            if let Some(order) = trail(&steps, begin) {
                let mut used = order.clone();
                used.sort_unstable();
                prop_assert_eq!(used, (0..steps.len()).collect::<Vec<_>>());
                prop_assert_eq!(steps[order[0]].from, begin);
                for pair in order.windows(2) {
                    prop_assert_eq!(steps[pair[0]].to, steps[pair[1]].from);
                }
            }
        }
    }
}
