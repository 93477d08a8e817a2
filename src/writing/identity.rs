//! Identity of an event: ids, and the column defaults that fill what the cluster itself knows.

use super::handover;
use crate::pg::clock::{self, Reading};
use crate::pg::datum::Datum;
use crate::pg::fcall::{Call, Ret};
use std::cell::RefCell;
use uuid::Uuid;

/// Draws UUIDs of version 7 (RFC 9562): milliseconds, then a fraction of 12 bits, then 62 random
/// bits. Within a backend each is greater than the one before, also when the clock goes back.
struct Generator {
    last: u64,
    random: [u8; 1024],
    used: usize,
}

thread_local! {
    static GENERATOR: RefCell<Generator> = const {
        RefCell::new(Generator { last: 0, random: [0; 1024], used: 1024 })
    };
}

/// One step of the 12-bit fraction of a millisecond, in nanoseconds, rounded up.
const STEP: u64 = 1_000_000 / 4096 + 1;

impl Generator {
    fn next(&mut self, reading: Reading, refill: impl FnOnce(&mut [u8]) -> bool) -> Option<Uuid> {
        if self.used + 8 > self.random.len() {
            // One system call for 128 ids.
            if !refill(&mut self.random) {
                return None;
            }
            self.used = 0;
        }
        let nanos = reading.0.max(self.last + STEP);
        self.last = nanos;
        let millis = nanos / 1_000_000;
        let fraction = (nanos % 1_000_000) * 4096 / 1_000_000;
        let mut bytes = [0; 16];
        bytes[..6].copy_from_slice(&millis.to_be_bytes()[2..]);
        bytes[6] = 0x70 | (fraction >> 8) as u8;
        bytes[7] = fraction as u8;
        bytes[8..].copy_from_slice(&self.random[self.used..self.used + 8]);
        bytes[8] = 0x80 | (bytes[8] & 0x3f);
        self.used += 8;
        Some(Uuid::from_bytes(bytes))
    }
}

/// A new id for an event that is recorded at this moment.
pub fn new_id(reading: Reading) -> Uuid {
    GENERATOR
        .with_borrow_mut(|g| g.next(reading, clock::strong_random))
        .unwrap_or_else(|| crate::error::Error::internal("no random bytes for an event id").raise())
}

/// `eventlog.new_event_id()`: default of `id`.
pub fn new_event_id(call: &Call<'_>) -> Ret {
    call.value(call.memory().uuid(handover::event_id()))
}

/// `eventlog.new_occurred_at()`: default of `occurred_at`.
pub fn new_occurred_at(call: &Call<'_>) -> Ret {
    call.value(Datum::timestamptz(handover::occurred_at()))
}

/// `eventlog.new_recorded_at()`: default of `recorded_at`, the same reading as `occurred_at`.
pub fn new_recorded_at(call: &Call<'_>) -> Ret {
    call.value(Datum::timestamptz(handover::recorded_at()))
}

/// The cast of a uuid to `eventlog.ident`.
pub fn ident_of_uuid(call: &Call<'_>) -> Ret {
    let uuid = call.uuid(0).unwrap_or_default();
    let mut buffer = Uuid::encode_buffer();
    let text = uuid.hyphenated().encode_lower(&mut buffer);
    call.value(call.memory().text(text.as_bytes()))
}

/// `eventlog.cluster_origin()`: default of `origin`.
pub fn cluster_origin(call: &Call<'_>) -> Ret {
    call.value(clock::origin())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generator() -> Generator {
        Generator {
            last: 0,
            random: [0; 1024],
            used: 1024,
        }
    }

    fn fill(buffer: &mut [u8]) -> bool {
        buffer.fill(0xff);
        true
    }

    #[test]
    fn ids_are_version_7_and_carry_the_time() {
        let id = generator()
            .next(Reading(1_700_000_000_123_456_789), fill)
            .expect("random");
        assert_eq!(id.get_version_num(), 7);
        assert_eq!(id.get_variant(), uuid::Variant::RFC4122);
        let millis = u64::from_be_bytes(id.as_bytes()[..8].try_into().expect("8 bytes")) >> 16;
        assert_eq!(millis, 1_700_000_000_123);
    }

    #[test]
    fn ids_rise_even_when_the_clock_stands_or_goes_back() {
        let mut g = generator();
        let mut last = Uuid::nil();
        for i in 0..10_000_u64 {
            let at = 1_700_000_000_000_000_000 + (i % 3) * 5 - (i % 7) * 1_000_000;
            let id = g.next(Reading(at), fill).expect("random");
            assert!(id > last);
            last = id;
        }
    }

    #[test]
    fn without_random_bytes_there_is_no_id() {
        assert!(generator().next(Reading(1), |_| false).is_none());
    }
}
