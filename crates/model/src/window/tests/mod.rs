//! Windows on a simulated server.

mod examples;
mod judge;
mod laws;
mod readers;
mod server;
mod steps;
mod texts;
