//! The life of an entity, as its events tell it.
//!
//! [`event`] knows the shapes of the events that capture writes, and [`names`] follows columns through time. On
//! both build [`fold`], which puts the states of an entity together, and [`undo`], which goes back from the present.
//! [`order`] and [`trail`] find the order of events that statements within one another wrote.

pub mod event;
pub mod fold;
pub mod names;
pub mod order;
#[cfg(test)]
mod past;
pub mod trail;
pub mod undo;
