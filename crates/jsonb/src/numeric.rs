//! Postgres's numeric, as stored: base-10000 digits, a weight (the first digit's power of 10000), a sign
//! and a display scale.

use super::grow::Few;
use super::reader::Unread;
use std::cmp::Ordering;
use std::fmt::{self, Write};

const SIGN_MASK: u16 = 0xC000;
const NEGATIVE: u16 = 0x4000;
const SHORT: u16 = 0x8000;
const NAN: u16 = 0xC000;
const POSITIVE_INFINITY: u16 = 0xD000;
const NEGATIVE_INFINITY: u16 = 0xF000;
const SCALE_MAX: i64 = 0x3FFF;
const SHORT_NEGATIVE: u16 = 0x2000;
const SHORT_SCALE_SHIFT: u32 = 7;
const SHORT_SCALE_MAX: u16 = 0x3F;
const SHORT_WEIGHT_MASK: u16 = 0x7F;

/// A view of a stored numeric, its own varlena header included.
///
/// Comparison is by value and total, as `numeric`'s: scale is ignored (`1.0 = 1.00`), NaN equals itself
/// and is greater than all else. [`fmt::Display`] writes what `numeric_out` does, with every digit.
#[derive(Clone, Copy)]
pub struct Numeric<'a> {
    /// The whole datum.
    bytes: &'a [u8],
    /// The datum without its varlena header; at least two bytes.
    body: &'a [u8],
}

/// What a stored numeric says, its digits as they are (in pairs of bytes, native order).
struct Parts<'a> {
    special: Option<Special>,
    negative: bool,
    weight: i32,
    scale: usize,
    digits: &'a [[u8; 2]],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Special {
    NaN,
    Infinity,
}

/// The rank of a number among NaN, the infinities and the signs; then weight and digits without zeros at
/// either end, both of which count the other way round for negative numbers.
#[derive(Clone, Copy)]
pub(super) struct Normal<'a> {
    /// -2 negative infinity, -1 negative, 0 zero, 1 positive, 2 infinity, 3 NaN.
    pub(super) rank: i8,
    pub(super) weight: i32,
    pub(super) digits: &'a [[u8; 2]],
}

#[inline]
pub(super) fn digit(d: &[u8; 2]) -> u16 {
    u16::from_ne_bytes(*d)
}

/// The size of the varlena header and of the whole plain (neither compressed nor external) varlena.
fn varlena(bytes: &[u8]) -> Option<(usize, usize)> {
    let first = *bytes.first()?;
    let (short, short_size) = if cfg!(target_endian = "little") {
        (first & 0x01 == 0x01, first >> 1)
    } else {
        (first & 0x80 == 0x80, first & 0x7F)
    };
    if short {
        // A size of zero marks an external datum.
        return (short_size > 0).then_some((1, short_size as usize));
    }
    let word = u32::from_ne_bytes(*bytes.first_chunk()?);
    let (flags, size) = if cfg!(target_endian = "little") {
        (word & 3, word >> 2)
    } else {
        (word >> 30, word & 0x3FFF_FFFF)
    };
    (flags == 0).then_some((4, size as usize))
}

impl<'a> Numeric<'a> {
    /// Reads a numeric from the start of `bytes`, with a varlena header of one or four bytes.
    /// `None` if it is truncated, compressed or external.
    #[inline]
    pub fn new(bytes: &'a [u8]) -> Option<Self> {
        let (header, size) = varlena(bytes)?;
        let bytes = bytes.get(..size)?;
        let body = bytes.get(header..)?;
        // Room for the numeric's own header, of two bytes if short or special.
        let first = u16::from_ne_bytes(*body.first_chunk()?);
        (first & SHORT != 0 || body.len() >= 4).then_some(Self { bytes, body })
    }

    /// Reads a numeric without its varlena header; to be compared and not to be copied.
    #[inline]
    pub fn of_body(body: &'a [u8]) -> Option<Self> {
        let first = u16::from_ne_bytes(*body.first_chunk()?);
        (first & SHORT != 0 || body.len() >= 4).then_some(Self { bytes: body, body })
    }

    /// The stored bytes, varlena header included.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    fn parts(&self) -> Parts<'a> {
        let word = |at: usize| {
            let bytes = self.body.get(at..).and_then(|b| b.first_chunk());
            bytes.map_or(0, digit)
        };
        let head = word(0);
        let digits_at = |at: usize| self.body.get(at..).unwrap_or_default().as_chunks().0;
        match head & SIGN_MASK {
            NAN => Parts {
                special: Some(match head & 0xF000 {
                    POSITIVE_INFINITY | NEGATIVE_INFINITY => Special::Infinity,
                    _ => Special::NaN,
                }),
                negative: head & 0xF000 == NEGATIVE_INFINITY,
                weight: 0,
                scale: 0,
                digits: &[],
            },
            SHORT => {
                let weight = i32::from(head & SHORT_WEIGHT_MASK);
                Parts {
                    special: None,
                    negative: head & SHORT_NEGATIVE != 0,
                    weight: if weight > 63 { weight - 128 } else { weight },
                    scale: usize::from(head >> SHORT_SCALE_SHIFT & SHORT_SCALE_MAX),
                    digits: digits_at(2),
                }
            }
            sign => Parts {
                special: None,
                negative: sign == NEGATIVE,
                weight: i32::from(word(2).cast_signed()),
                scale: usize::from(head & !SIGN_MASK),
                digits: digits_at(4),
            },
        }
    }

    pub(super) fn normal(&self) -> Normal<'a> {
        let Parts {
            special,
            negative,
            mut weight,
            mut digits,
            ..
        } = self.parts();
        while let [[0, 0], rest @ ..] = digits {
            digits = rest;
            weight -= 1;
        }
        while let [rest @ .., [0, 0]] = digits {
            digits = rest;
        }
        let rank = match special {
            Some(Special::NaN) => 3,
            Some(Special::Infinity) => 2,
            None if digits.is_empty() => 0,
            None => 1,
        };
        Normal {
            rank: if negative { -rank } else { rank },
            weight: if rank == 1 { weight } else { 0 },
            digits,
        }
    }

    /// Whether it is NaN or an infinity (which no JSON text can say).
    pub fn is_special(&self) -> bool {
        self.parts().special.is_some()
    }

    /// Whether it is integral (`2.00` is), however large.
    pub fn is_whole(&self) -> bool {
        let n = self.normal();
        matches!(n.rank, -1..=1) && n.digits.len() as i64 <= i64::from(n.weight) + 1
    }

    /// The number, if it is integral (`2.00` is) and fits.
    pub fn to_i64(self) -> Option<i64> {
        let n = self.normal();
        match n.rank {
            0 => return Some(0),
            -1 | 1 => {}
            _ => return None,
        }
        // 10000^5 is beyond an i64, and digits behind the point make it a fraction.
        if !(0..=4).contains(&n.weight) || n.digits.len() > n.weight as usize + 1 {
            return None;
        }
        let whole = (0..=n.weight as usize).fold(0_i128, |sum, i| {
            sum * 10_000 + n.digits.get(i).map_or(0, |d| i128::from(digit(d)))
        });
        i64::try_from(whole * i128::from(n.rank)).ok()
    }
}

impl PartialEq for Numeric<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Numeric<'_> {}

impl PartialOrd for Numeric<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Numeric<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.body == other.body {
            return Ordering::Equal;
        }
        let (a, b) = (self.normal(), other.normal());
        let magnitude = || {
            let by_weight = a.weight.cmp(&b.weight);
            by_weight.then_with(|| a.digits.iter().map(digit).cmp(b.digits.iter().map(digit)))
        };
        a.rank.cmp(&b.rank).then_with(|| match a.rank {
            1 => magnitude(),
            -1 => magnitude().reverse(),
            _ => Ordering::Equal,
        })
    }
}

impl fmt::Display for Numeric<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = self.parts();
        if n.special == Some(Special::NaN) {
            return f.write_str("NaN");
        }
        if n.negative {
            f.write_char('-')?;
        }
        if n.special.is_some() {
            return f.write_str("Infinity");
        }
        let at = |power: i32| {
            let i = usize::try_from(n.weight - power).ok();
            i.and_then(|i| n.digits.get(i)).map_or(0, digit)
        };
        if n.weight < 0 {
            f.write_char('0')?;
        } else {
            write!(f, "{}", at(n.weight))?;
            for power in (0..n.weight).rev() {
                write!(f, "{:04}", at(power))?;
            }
        }
        if n.scale > 0 {
            f.write_char('.')?;
        }
        let (mut left, mut power) = (n.scale, -1);
        while left > 0 {
            let mut d = at(power);
            for place in [1000, 100, 10, 1].into_iter().take(left) {
                f.write_char(char::from(b'0' + (d / place % 10) as u8))?;
                d %= place;
                left -= 1;
            }
            power -= 1;
        }
        Ok(())
    }
}

impl fmt::Debug for Numeric<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A numeric of one's own, stored as Postgres stores it; one of a bigint's digits needs no memory of its own.
pub struct NumericBuf(Few<u8, 24>);

impl NumericBuf {
    /// Reads a decimal number as JSON writes it (`-1.10`, `1e400`), as `numeric_in` does: the scale is
    /// kept. Fails on anything else and on numbers beyond numeric's range (131072 digits before the
    /// point, 16383 after it).
    pub fn parse(text: &str) -> Result<Self, Unread> {
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((m, e)) => (m, e.parse::<i32>().map_err(|_| Unread::Corrupt)?),
            None => (rest, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((_, "")) => return Err(Unread::Corrupt),
            Some(parts) => parts,
            None => (mantissa, ""),
        };
        let decimals = || whole.bytes().chain(fraction.bytes());
        if whole.is_empty() || !decimals().all(|d| d.is_ascii_digit()) {
            return Err(Unread::Corrupt);
        }
        let exponent = i64::from(exponent);
        let scale = (fraction.len() as i64 - exponent).max(0);
        // The power of ten of the first digit, which says where in its group of four it stands.
        let first = whole.len() as i64 - 1 + exponent;
        let mut power = first.rem_euclid(4);
        let mut digits = Few::<u16, 16>::new();
        let mut group = 0;
        for d in decimals() {
            group = group * 10 + u16::from(d - b'0');
            power -= 1;
            if power < 0 {
                digits.push(group)?;
                (group, power) = (0, 3);
            }
        }
        if power < 3 {
            digits.push((0..=power).fold(group, |group, _| group * 10))?;
        }
        Self::encode(negative, first.div_euclid(4), scale, &digits)
    }

    /// As `make_result` of `numeric.c`: no zeros at either end, the short form where it fits.
    fn encode(negative: bool, weight: i64, scale: i64, digits: &[u16]) -> Result<Self, Unread> {
        let zeros = digits.iter().take_while(|d| **d == 0).count();
        let mut digits = digits.get(zeros..).unwrap_or_default();
        while let [rest @ .., 0] = digits {
            digits = rest;
        }
        let (negative, weight) = if digits.is_empty() {
            (false, 0)
        } else {
            (negative, weight - zeros as i64)
        };
        let weight = i16::try_from(weight).map_err(|_| Unread::Corrupt)?;
        if scale > SCALE_MAX {
            return Err(Unread::Corrupt);
        }
        let scale = scale as u16;
        let short = scale <= SHORT_SCALE_MAX && (-64..=63).contains(&weight);
        let size = 4 + if short { 2 } else { 4 } + 2 * digits.len();
        let size_word = if cfg!(target_endian = "little") {
            (size as u32) << 2
        } else {
            size as u32
        };
        let mut out = Few::new();
        out.extend_from_slice(&size_word.to_ne_bytes())?;
        if short {
            let sign = if negative { SHORT_NEGATIVE } else { 0 };
            let weight = weight.cast_unsigned() & SHORT_WEIGHT_MASK;
            let head = SHORT | sign | scale << SHORT_SCALE_SHIFT | weight;
            out.extend_from_slice(&head.to_ne_bytes())?;
        } else {
            let head = if negative { NEGATIVE } else { 0 } | scale;
            out.extend_from_slice(&head.to_ne_bytes())?;
            out.extend_from_slice(&weight.to_ne_bytes())?;
        }
        for d in digits {
            out.extend_from_slice(&d.to_ne_bytes())?;
        }
        Ok(Self(out))
    }

    /// The view of it.
    pub fn as_numeric(&self) -> Numeric<'_> {
        let body = self.0.get(4..).unwrap_or_default();
        Numeric {
            bytes: &self.0,
            body,
        }
    }
}

impl From<i64> for NumericBuf {
    fn from(n: i64) -> Self {
        let mut left = n.unsigned_abs();
        let mut digits = [0; 5];
        for digit in digits.iter_mut().rev() {
            *digit = (left % 10_000) as u16;
            left /= 10_000;
        }
        Self::encode(n < 0, 4, 0, &digits)
            .expect("a weight of at most 4 and no scale always fit, and need no memory")
    }
}
