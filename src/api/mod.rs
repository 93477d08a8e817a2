//! What SQL sees: the table of all native functions (`natives`), and one file for each concept whose functions need
//! several rooms. A function that one room can do by itself stands in that room.

mod diff;
mod doctor;
mod generate;
mod logs;
mod natives;
mod plan;
mod redaction;
mod repair;
mod schema;
mod taxonomy;
