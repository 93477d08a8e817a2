#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| pg_eventlog_fuzz::schemas::schemas(bytes));
