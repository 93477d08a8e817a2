//! Texts of callers: how long they may be, and how much of them a message shows.

/// Characters that an event type may have.
pub const MAX_TYPE_CHARS: usize = 255;
/// Bytes that an identifier may have.
pub const MAX_IDENTIFIER_BYTES: usize = 512;

/// A caller's identifier for a message: no line breaks, and not longer than one can read.
pub fn shorten(text: &str) -> String {
    const MAX: usize = 80;
    let clean: String = text
        .chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .take(MAX + 1)
        .collect();
    if clean.chars().count() > MAX {
        let cut: String = clean.chars().take(MAX).collect();
        format!("{cut}…")
    } else {
        clean
    }
}

/// The same of bytes in the encoding of the database, however many they are.
pub fn shorten_bytes(text: &[u8]) -> String {
    // More than is shown, each character of four bytes at most.
    shorten(&String::from_utf8_lossy(text.get(..400).unwrap_or(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_and_ugly_names_are_cut() {
        assert_eq!(shorten("a\nb"), "a\u{fffd}b");
        assert_eq!(shorten(&"é".repeat(200)).chars().count(), 81);
    }
}
