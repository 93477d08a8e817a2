//! What the server said when it refused.

use serde_json::Value;

/// An error of the server, its parts ready for assertions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The SQLSTATE.
    pub code: String,
    /// The message, without severity.
    pub message: String,
    /// DETAIL, or an empty text.
    pub detail: String,
    /// HINT, or an empty text.
    pub hint: String,
}

impl Refusal {
    /// The parts of a server's error; panics when the error came from elsewhere.
    #[track_caller]
    pub fn of(error: &postgres::Error) -> Self {
        let Some(error) = error.as_db_error() else {
            panic!("not the server's error: {error:?}")
        };
        Self {
            code: error.code().code().to_owned(),
            message: error.message().to_owned(),
            detail: error.detail().unwrap_or_default().to_owned(),
            hint: error.hint().unwrap_or_default().to_owned(),
        }
    }

    /// The violations in DETAIL as `code path`, in their order.
    #[track_caller]
    pub fn violations(&self) -> Vec<String> {
        let parsed: Value = serde_json::from_str(&self.detail)
            .unwrap_or_else(|error| panic!("DETAIL is not JSON ({error}): {:?}", self.detail));
        let rows = parsed
            .as_array()
            .unwrap_or_else(|| panic!("DETAIL is no array: {:?}", self.detail));
        let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
        rows.iter()
            .map(|row| {
                format!("{} {}", text(row, "code"), text(row, "path"))
                    .trim_end()
                    .to_owned()
            })
            .collect()
    }

    /// Asserts the SQLSTATE and a part of the message, and returns itself for more.
    #[track_caller]
    pub fn is(self, code: &str, message: &str) -> Self {
        assert!(
            self.code == code && self.message.contains(message),
            "expected {code} {message:?}, but got {self:?}"
        );
        self
    }
}

/// The refusal of a statement that must fail; panics when it succeeded.
#[track_caller]
pub fn refused<T>(result: Result<T, postgres::Error>) -> Refusal {
    match result {
        Ok(_) => panic!("this should have been refused"),
        Err(error) => Refusal::of(&error),
    }
}
