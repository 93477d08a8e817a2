//! What a reader of a log has seen, and what is news to it.
//!
//! Events do not become visible in the order of their numbers: a transaction that draws its seq early may commit
//! late. A reader that remembers a number loses what commits below it. A reader that waits behind the oldest running
//! transaction loses nothing, stands still whenever any transaction of the cluster does, and reads two changes of one
//! entity the wrong way round where the later one took its transaction id first.
//!
//! # Windows
//!
//! So a position is a snapshot P: the set of transactions whose events have been read. A *window* (P, B) is what B
//! sees and P does not, in the order of seq, where B is the snapshot of the very statement that reads the log; then
//! the position is B.
//!
//! - **Nothing is lost, nothing comes twice.** Each transaction that commits is seen by a first boundary, and is in
//!   the window that ends there and in no other. It takes that each boundary contains the one before
//!   ([`Refusal::NotLater`]), that rows and boundary come from one snapshot (a row that was not visible when it was
//!   looked for must not be in the window's set), and that the reader's own transaction counts as running
//!   ([`Snapshot::without`]): it may log more after it has read.
//! - **Order per entity.** Let two transactions change one entity, the second after waiting for the first one's row
//!   lock, and draw their numbers under that lock. A snapshot that sees the second sees the first, which ended before
//!   the second drew: so they are in one window, in the order of their numbers, or in two, in their order. Which of
//!   them has the lower transaction id does not matter.
//! - **Nothing waits**: a transaction that stays open keeps its own events back and nobody else's.
//!
//! An unfinished window is (P, B, last seq): of a window that is read in parts the rest comes before what is newer.
//! Rows that were visible at B stay visible, and B is asked of each row, so that the parts may be read under later
//! snapshots.
//!
//! # Marks
//!
//! A window is a set of transactions, and the log has an index on seq only. [`Marks`] lead from one to the other:
//! each says that all transactions from some id on have only events above some seq. A position keeps those that its
//! next windows need, and a window is read from the lowest one of the transactions that it is about. What a mark
//! says holds for the log and for each reader of it. See [`mark`] for the order in which its two numbers are read,
//! and [`Marks::kept`] for the one above xmax.
//!
//! # Where transaction ids stop meaning something
//!
//! Each event has, with its xid, an `origin`: the fingerprint of system identifier and timeline ([`Own`]).
//!
//! - **A crash** gives ids out again that were on no disk. A position in the database comes back as old as the log.
//!   One that leaves must find WAL on disk up to where its snapshot was taken ([`Position::leaves`]).
//! - **A promotion or a restore to a point in time** begins a timeline. What one timeline has of its predecessor's
//!   ids it shares with it, a transaction prepared before and committed after included; later ones are given out
//!   again. A position in the database went back with the log. One from outside did not: events of later timelines
//!   are unseen whatever their xid, what it saw and this timeline has not seen ended is to be read when it ends, and
//!   its marks are not believed, as the sequence drew again too. The next window is read from the start of the log.
//! - **Another system identifier** (a dump and its restore, `pg_upgrade`) shares no ids. An unfinished window is
//!   finished by the old snapshots first; then one window has what came along and had not been seen, and what this
//!   cluster has written so far; from then on its own snapshots count ([`Position::scan`] does all of it). Events of
//!   still other clusters are told apart by the *floor*: when a reader begins, and when it comes to another cluster,
//!   it notes the value of the sequence. Of events that belong neither to the cluster it comes from nor to the one it
//!   is in, those up to the floor are history it has passed, and those above were written somewhere on the way. (A
//!   set of origins that have been seen whole would need a list of all origins in a log, which no index has.)
//!
//! Outside a window that ends in another system than it began, events of other systems are history: they are read by
//! those who ask for history ([`Position::since`]) and are nobody's news.
//!
//! # What holds this
//!
//! The tests simulate a server (transactions, subtransactions, prepared ones, a sequence, WAL, crashes, promotions,
//! restores) and readers of each kind. `tests/laws.rs` says what was broken on purpose and found.
//!
//! What they cannot hold: whoever outside has seen a prepared transaction rolled back, on a part of a timeline that a
//! failover lost, is not told of it if it is committed on the next timeline before they come again. Nothing in a
//! snapshot tells this from a transaction that was rolled back before the timelines parted; the place in WAL where the
//! position was taken, compared with the place where they parted, would. Two timelines of one number, of two standbys promoted without knowing of each other, are not told apart, and
//! neither is a position from a timeline that is no ancestor of the present one but has a lower number: whether it is
//! one, the server's own history files say.

mod code;
pub mod mark;
mod position;
mod scan;
mod search;
mod snapshot;
pub mod stored;

#[cfg(test)]
mod tests;

pub use code::Malformed;
pub use mark::{MAX_MARKS, Mark, Marks};
pub use position::{Kept, Now, Position, Refusal};
pub use scan::{Row, Scan, Verdict};
pub use search::{SLACK, first_seq};
pub use snapshot::{BadSnapshot, MAX_RUNNING, Snapshot};
pub use stored::BadText;

#[cfg(doc)]
use crate::origin::Own;
