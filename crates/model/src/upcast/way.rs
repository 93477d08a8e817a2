//! The way from one version to another: the fewest steps, and of ways of as many the one that goes farthest first.

/// The versions that a payload goes through, beginning with its own; none where no way leads there. A pair of versions goes
/// up, so ways come to an end.
pub fn way(pairs: &[(i32, i32)], from: i32, to: i32) -> Option<Vec<i32>> {
    let mut ways = vec![vec![from]];
    let mut seen = vec![from];
    while !ways.is_empty() {
        if let Some(found) = ways.iter().position(|way| way.last() == Some(&to)) {
            return Some(ways.swap_remove(found));
        }
        let mut next = Vec::new();
        for way in ways {
            let last = way.last().copied().unwrap_or(from);
            let mut ends: Vec<i32> = pairs
                .iter()
                .filter(|(one, other)| *one == last && *other <= to)
                .map(|(_, other)| *other)
                .collect();
            ends.sort_unstable_by(|a, b| b.cmp(a));
            for end in ends {
                if !seen.contains(&end) {
                    seen.push(end);
                    next.push([&way[..], &[end]].concat());
                }
            }
        }
        ways = next;
    }
    None
}
