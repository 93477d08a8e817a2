//! What is wrong with an argument, in the words in which its giver is told.

use jsonb::{BuildError, OutOfMemory, Unread};

/// Why something cannot be done. SQLSTATEs are the extension's affair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// an argument is malformed or out of range
    Argument {
        /// one lower-case sentence
        message: String,
        /// what to do
        hint: Option<String>,
    },
    /// a document cannot be built
    Build(BuildError),
    /// there is more of something than anybody takes
    TooLarge {
        /// one lower-case sentence
        message: String,
    },
}

impl Problem {
    /// A bad argument.
    pub fn argument(message: impl Into<String>) -> Problem {
        Problem::Argument {
            message: message.into(),
            hint: None,
        }
    }

    /// A bad argument, and what to do.
    pub fn argument_hint(message: impl Into<String>, hint: impl Into<String>) -> Problem {
        Problem::Argument {
            message: message.into(),
            hint: Some(hint.into()),
        }
    }

    /// A document that cannot be read: because memory is short, or because it is damaged, which is said in words of
    /// the caller's.
    pub fn not_read(why: Unread, damaged: impl Into<String>) -> Problem {
        match why {
            Unread::OutOfMemory(short) => short.into(),
            Unread::Corrupt => Problem::argument(damaged),
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Problem::Argument { message, .. } | Problem::TooLarge { message, .. } => {
                f.write_str(message)
            }
            Problem::Build(why) => why.fmt(f),
        }
    }
}

impl From<OutOfMemory> for Problem {
    fn from(short: OutOfMemory) -> Self {
        Problem::Build(BuildError::OutOfMemory(short))
    }
}

impl From<BuildError> for Problem {
    fn from(why: BuildError) -> Self {
        Problem::Build(why)
    }
}
