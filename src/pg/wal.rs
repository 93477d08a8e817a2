//! The write-ahead log.

use pgrx::pg_sys;

/// Bytes of the header that each of its pages begins with, and of that which each of its files begins with:
/// `SizeOfXLogShortPHD` and `SizeOfXLogLongPHD`, the same in all versions.
const PAGE_HEADER: u64 = 24;
const FILE_HEADER: u64 = 40;

/// Waits until all that was written up to now is on disk. Not on a standby.
pub fn flush() {
    // SAFETY: both read and write shared memory that every backend has; callers have seen that this is no standby.
    unsafe {
        let file_size = u64::from(pg_sys::wal_segment_size.unsigned_abs());
        pg_sys::XLogFlush(end(pg_sys::GetXLogInsertRecPtr(), file_size));
    }
}

/// Where the last record ends, if the next one begins here. At the start of a page the next one begins behind the page's
/// header, which is not there yet, and nothing can be waited for that is not there.
fn end(next: u64, file_size: u64) -> u64 {
    let page = u64::from(pg_sys::XLOG_BLCKSZ);
    let header = match next.checked_rem(file_size) {
        Some(at) if at < page => FILE_HEADER,
        _ => PAGE_HEADER,
    };
    match next % page == header {
        true => next - header,
        false => next,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_waited_for_has_been_written() {
        const FILE: u64 = 16 << 20;
        assert_eq!(end(FILE + 5 * 8192 + 1000, FILE), FILE + 5 * 8192 + 1000);
        assert_eq!(end(FILE + 5 * 8192 + 24, FILE), FILE + 5 * 8192);
        assert_eq!(end(FILE + 5 * 8192 + 40, FILE), FILE + 5 * 8192 + 40);
        assert_eq!(end(3 * FILE + 40, FILE), 3 * FILE);
        assert_eq!(end(3 * FILE + 48, FILE), 3 * FILE + 48);
    }
}
