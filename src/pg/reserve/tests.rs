//! The reserve, with a malloc that fails.

use super::*;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// One test at a time: they share the reserve.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs `f` on a thread whose malloc fails.
fn without_malloc<R>(f: impl FnOnce() -> R) -> R {
    struct Back;
    impl Drop for Back {
        fn drop(&mut self) {
            FAILS.set(false);
        }
    }
    FAILS.set(true);
    let _back = Back;
    f()
}

fn blocks() -> usize {
    BLOCKS.load(Ordering::Relaxed)
}

fn regions() -> usize {
    RESERVE.with(|regions| regions.iter().filter(|r| !r.start.is_null()).count())
}

#[test]
fn whoever_cannot_be_refused_is_served_and_it_is_noted() {
    let _alone = alone();
    let since = Since::now();
    let kept = Box::new(17_u64);
    let other = without_malloc(|| Box::new(*kept + 1));
    assert_eq!((*kept, *other, blocks()), (17, 18, 1));
    assert_eq!(since.check(), Err(OutOfMemory { bytes: 8 }));
    assert_eq!(Since::now().check(), Ok(()));
    drop((kept, other));
    assert_eq!(blocks(), 0);
}

#[test]
fn whoever_can_be_refused_is() {
    let _alone = alone();
    let since = Since::now();
    let refused = without_malloc(|| grow::List::<u32>::with_capacity(100).err());
    assert_eq!(refused, Some(OutOfMemory { bytes: 400 }));
    assert_eq!((since.check(), blocks()), (Ok(()), 0));
}

#[test]
fn what_grows_moves_there_and_back() {
    let _alone = alone();
    let mut list: Vec<u32> = (0..100).collect();
    without_malloc(|| list.extend(100..1000));
    assert_eq!(blocks(), 1);
    without_malloc(|| list.extend(1000..5000));
    list.extend(5000..20_000);
    assert_eq!(blocks(), 0);
    assert!(list.into_iter().eq(0..20_000));
}

#[test]
fn what_was_used_is_clean_again() {
    let _alone = alone();
    let fill = |byte: u8| without_malloc(|| vec![byte; 300 << 10]);
    for _ in 0..10 {
        assert!(fill(0xFF).iter().all(|b| *b == 0xFF));
        assert!(fill(0).iter().all(|b| *b == 0));
    }
    assert_eq!(blocks(), 0);
}

#[test]
fn blocks_are_aligned_and_apart() {
    let _alone = alone();
    let mut taken = Vec::with_capacity(100);
    let mut end = 0;
    for i in 0..100 {
        let layout = Layout::from_size_align(i * 7 + 1, 1 << (i % 8)).unwrap();
        let block = RESERVE.take(layout);
        assert!((block as usize).is_multiple_of(layout.align()) && block as usize >= end);
        end = block as usize + layout.size();
        taken.push(block);
    }
    assert!(taken.into_iter().all(|block| RESERVE.give_back(block)));
    assert!(!RESERVE.give_back(null_mut()));
    let too_large = Layout::from_size_align(BASE + 1, 1).unwrap();
    assert!(RESERVE.take(too_large).is_null());
    assert_eq!(blocks(), 0);
}

#[test]
fn what_was_asked_for_is_there() {
    let _alone = alone();
    let before = (regions(), MARK.load(Ordering::Relaxed) / HELD);
    let bytes = 8 * BASE;
    let mut sum = 0;
    let done = with_reserve(bytes, || {
        without_malloc(|| {
            sum = vec![1_u8; bytes - ALIGN]
                .iter()
                .map(|b| usize::from(*b))
                .sum()
        });
    });
    assert_eq!(sum, bytes - ALIGN);
    // It was memory of the reserve, which is an error in the end.
    assert_eq!(done, Err(OutOfMemory { bytes: sum }));
    assert_eq!(with_reserve(bytes, || vec![0; bytes].len()), Ok(bytes));
    assert_eq!((regions(), MARK.load(Ordering::Relaxed) / HELD), before);
}

#[test]
fn what_cannot_be_had_is_refused_beforehand() {
    let _alone = alone();
    for bytes in [usize::MAX, isize::MAX as usize - ALIGN] {
        let refused = with_reserve(bytes, || unreachable!("there is no such memory"));
        assert_eq!(refused, Err(OutOfMemory { bytes }));
    }
    let refused = without_malloc(|| with_reserve(SMALL, || unreachable!("there is none")));
    assert_eq!(refused, Err(OutOfMemory { bytes: SMALL }));
    assert_eq!(without_malloc(|| with_reserve(SMALL - 1, || 5)), Ok(5));
}

#[test]
fn what_a_call_held_goes_with_its_end() {
    let _alone = alone();
    let before = regions();
    let outer = Since::now();
    hold(SMALL).unwrap();
    let inner = Since::now();
    hold(SMALL).unwrap();
    hold(SMALL).unwrap();
    assert_eq!(regions(), before + 3);
    assert_eq!(inner.end(), Ok(()));
    assert_eq!(regions(), before + 1);
    assert_eq!(outer.end(), Ok(()));
    assert_eq!(regions(), before);
}

#[test]
fn a_region_outlives_its_call_with_its_blocks() {
    let _alone = alone();
    let before = regions();
    let call = Since::now();
    hold(BASE).unwrap();
    let kept = without_malloc(|| vec![7_u8; BASE - ALIGN]);
    assert_eq!(call.end(), Err(OutOfMemory { bytes: kept.len() }));
    assert_eq!(regions(), before + 1);
    // No new block comes into it.
    let other = without_malloc(|| Box::new(1_u8));
    assert!(kept.iter().all(|b| *b == 7));
    drop(kept);
    assert_eq!((regions(), blocks()), (before, 1));
    drop(other);
}

#[test]
fn the_base_is_made_good_when_it_is_taken_for_long() {
    let _alone = alone();
    let call = Since::now();
    let kept = without_malloc(|| vec![7_u8; BASE - 100]);
    assert!(call.end().is_err());
    let next = without_malloc(|| vec![8_u8; BASE / 4]);
    assert!(kept.iter().all(|b| *b == 7) && next.iter().all(|b| *b == 8));
    drop((kept, next));
    assert_eq!(blocks(), 0);
}
