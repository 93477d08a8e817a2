//! Test harness for pg_eventlog: a throw-away cluster and the means to talk to it.
