//! A position as bytes: for the row of a subscription, and as the text that a reader takes along.
//!
//! # The text
//!
//! base64url without padding of
//!
//! | bytes | what |
//! |---|---|
//! | 1 | version, 1 |
//! | 16 | id of the log |
//! | … | the position |
//! | 4 | CRC-32 (IEEE) of all before, most significant byte first |
//!
//! It is neither secret nor signed: it selects, policies decide, and whoever forges one can only skip or repeat for
//! themselves. The checksum finds accidents.
//!
//! # The position
//!
//! Numbers are LEB128; signed ones (±) are doubled first, those below 0 inverted (zigzag), so that small ones are
//! short.
//!
//! | what | how |
//! |---|---|
//! | system identifier | 8 bytes, most significant first |
//! | timeline of P | number |
//! | P | a snapshot |
//! | marks | how many; of each the distance of xid and of seq (±) from the one before |
//! | floor | 0, or 1 and a number (±) |
//! | window | 0 none; 1 news, 2 replay, 3 rebase |
//! | only with a window: its system | 0 the same, or 1 and 8 bytes |
//! | its timeline | number |
//! | its end B | a snapshot, near P |
//! | last seq | 0, or 1 and a number (±) |
//! | with a replay: since, floor, what it broke off | number (±), number (±), 0 or 1 with 8 bytes of a system, its timeline, a snapshot near P, its last seq (±), and 0 or 1 and a number (±) |
//! | with a rebase: floor | number (±) |
//!
//! A snapshot is the distance of its xmax from another one's or from 0 (±), how many were running, and downwards from
//! xmax the number of transactions that lie between one and the next. With 200 running transactions the text has
//! some 0.6 kB, an idle one 60 bytes.
//!
//! Reading is bounded: what is longer than a position with [`MAX_RUNNING`] transactions in each
//! snapshot is not looked at, nothing is allocated for a claimed count, and what is read is what was written: one
//! position has one text.

use super::code::{self, Malformed, Reader};
use super::position::{Kept, Kind, Open, Passed, Position};
use super::snapshot::{BadSnapshot, MAX_RUNNING, Snapshot};
use crate::origin::Cluster;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The only version that there is.
const VERSION: u8 = 1;

/// Bytes that a position can have: three snapshots of the greatest size, each distance of ten bytes.
const MAX_BYTES: usize = 3 * 10 * (super::MAX_RUNNING + 2) + 32 * 20 + 200;

/// Why a text is no position of this log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadText {
    /// it is none at all, or damaged: 22023
    Malformed,
    /// it is one of a version that this release does not know: 22023
    Version(u8),
    /// it is one of another log: 22023
    OtherLog,
}

impl From<Malformed> for BadText {
    fn from(_: Malformed) -> Self {
        BadText::Malformed
    }
}

impl Position {
    /// The bytes that a row of the database keeps; [`BadSnapshot::TooMany`] where they could not be read again.
    pub fn to_bytes(&self) -> Result<Vec<u8>, BadSnapshot> {
        let mut out = Vec::new();
        self.put(&mut out)?;
        Ok(out)
    }

    /// Reads them.
    pub fn from_bytes(bytes: &[u8]) -> Result<Position, Malformed> {
        Position::read(bytes, Kept::Inside)
    }

    /// The text of a position in a log: see [`leaves`](Position::leaves) for what has to be on disk before.
    pub fn to_text(&self, log: [u8; 16]) -> Result<String, BadSnapshot> {
        let mut out = vec![VERSION];
        out.extend_from_slice(&log);
        self.put(&mut out)?;
        let sum = crc32fast::hash(&out);
        out.extend_from_slice(&sum.to_be_bytes());
        Ok(URL_SAFE_NO_PAD.encode(out))
    }

    /// Reads the text of a position in this log. Whether it can go on from there, [`scan`](Position::scan) says.
    pub fn from_text(text: &str, log: [u8; 16]) -> Result<Position, BadText> {
        if text.len() > MAX_BYTES.div_ceil(3) * 4 {
            return Err(BadText::Malformed);
        }
        let bytes = URL_SAFE_NO_PAD
            .decode(text)
            .map_err(|_| BadText::Malformed)?;
        let (bytes, sum) = bytes.split_last_chunk().ok_or(BadText::Malformed)?;
        if crc32fast::hash(bytes) != u32::from_be_bytes(*sum) {
            return Err(BadText::Malformed);
        }
        let mut reader = Reader(bytes);
        match reader.byte()? {
            VERSION => {}
            other => return Err(BadText::Version(other)),
        }
        if reader.bytes()? != log {
            return Err(BadText::OtherLog);
        }
        Ok(Position::read(reader.0, Kept::Outside)?)
    }

    /// The snapshots that it keeps.
    fn snapshots(&self) -> impl Iterator<Item = &Snapshot> {
        let open = self.open.as_ref();
        let passed = open.and_then(|open| match &open.kind {
            Kind::Replay { passed, .. } => passed.as_ref(),
            Kind::News | Kind::Rebase { .. } => None,
        });
        let (until, passed) = (open.map(|o| &o.until), passed.map(|p| &p.until));
        [Some(&self.seen), until, passed].into_iter().flatten()
    }

    fn put(&self, out: &mut Vec<u8>) -> Result<(), BadSnapshot> {
        if self.snapshots().any(|s| s.running().len() > MAX_RUNNING) {
            return Err(BadSnapshot::TooMany);
        }
        out.extend_from_slice(&self.home.system.to_be_bytes());
        code::put(out, self.home.timeline.into());
        code::put_snapshot(out, &self.seen, 0);
        code::put_marks(out, &self.marks);
        code::put_optional(out, self.floor);
        let Some(open) = &self.open else {
            out.push(0);
            return Ok(());
        };
        let near = self.seen.xmax();
        out.push(match open.kind {
            Kind::News => 1,
            Kind::Replay { .. } => 2,
            Kind::Rebase { .. } => 3,
        });
        let elsewhere = open.home.system != self.home.system;
        out.push(elsewhere.into());
        if elsewhere {
            out.extend_from_slice(&open.home.system.to_be_bytes());
        }
        code::put(out, open.home.timeline.into());
        code::put_snapshot(out, &open.until, near);
        code::put_optional(out, open.after);
        match &open.kind {
            Kind::News => {}
            Kind::Rebase { floor } => code::put_signed(out, *floor),
            Kind::Replay {
                since,
                passed,
                floor,
            } => {
                code::put_signed(out, *since);
                code::put_signed(out, *floor);
                out.push(passed.is_some().into());
                if let Some(passed) = passed {
                    out.extend_from_slice(&passed.home.system.to_be_bytes());
                    code::put(out, passed.home.timeline.into());
                    code::put_snapshot(out, &passed.until, near);
                    code::put_signed(out, passed.after);
                    code::put_optional(out, passed.others);
                }
            }
        }
        Ok(())
    }

    fn read(bytes: &[u8], kept: Kept) -> Result<Position, Malformed> {
        if bytes.len() > MAX_BYTES {
            return Err(Malformed);
        }
        let mut reader = Reader(bytes);
        let system = u64::from_be_bytes(reader.bytes()?);
        let timeline = read_timeline(&mut reader)?;
        let home = Cluster { system, timeline };
        let seen = reader.snapshot(0)?;
        let marks = reader.marks()?;
        let floor = reader.optional()?;
        let mut position = Position {
            kept,
            home,
            seen,
            marks,
            open: None,
            floor,
        };
        position.open = position.read_open(&mut reader)?;
        reader.0.is_empty().then_some(position).ok_or(Malformed)
    }

    fn read_open(&self, reader: &mut Reader<'_>) -> Result<Option<Open>, Malformed> {
        let near = self.seen.xmax();
        let kind = reader.byte()?;
        if kind == 0 {
            return Ok(None);
        }
        let system = match reader.byte()? {
            0 => self.home.system,
            1 => u64::from_be_bytes(reader.bytes()?),
            _ => return Err(Malformed),
        };
        let timeline = read_timeline(reader)?;
        let home = Cluster { system, timeline };
        let until = reader.snapshot(near)?;
        let after = reader.optional()?;
        let elsewhere = system != self.home.system;
        let kind = match kind {
            // What has been seen is in what is to be seen.
            1 if !elsewhere && timeline >= self.home.timeline && until.contains(&self.seen) => {
                Kind::News
            }
            2 => Kind::Replay {
                since: reader.signed()?,
                floor: reader.signed()?,
                passed: match reader.byte()? {
                    0 => None,
                    1 => Some(read_passed(reader, near)?),
                    _ => return Err(Malformed),
                },
            },
            3 if elsewhere => Kind::Rebase {
                floor: reader.signed()?,
            },
            _ => return Err(Malformed),
        };
        Ok(Some(Open {
            kind,
            home,
            until,
            after,
        }))
    }
}

fn read_passed(reader: &mut Reader<'_>, near: u64) -> Result<Passed, Malformed> {
    let system = u64::from_be_bytes(reader.bytes()?);
    let timeline = read_timeline(reader)?;
    Ok(Passed {
        home: Cluster { system, timeline },
        until: reader.snapshot(near)?,
        after: reader.signed()?,
        others: reader.optional()?,
    })
}

fn read_timeline(reader: &mut Reader<'_>) -> Result<u32, Malformed> {
    let timeline = u32::try_from(reader.number()?).map_err(|_| Malformed)?;
    (timeline > 0).then_some(timeline).ok_or(Malformed)
}
