//! The fence: the only module in which unsafe code is allowed.
#![allow(unsafe_code)]

pub mod jsonb;
