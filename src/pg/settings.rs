//! Settings (GUCs): their storage and how they are read.

use pgrx::guc::{GucContext, GucFlags, GucRegistry, GucSetting};
use std::ffi::{CStr, CString};

/// A text setting. Empty is none.
pub struct TextSetting(GucSetting<Option<CString>>);

impl TextSetting {
    /// A setting without a value.
    pub const fn new() -> Self {
        TextSetting(GucSetting::<Option<CString>>::new(None))
    }

    /// Its value, or none when it is unset or empty.
    pub fn get(&'static self) -> Option<CString> {
        self.0.get().filter(|v| !v.is_empty())
    }

    /// Its bytes as they stand, without a copy; none when it is unset or empty. `f` must be short and must not
    /// change settings.
    #[inline]
    pub fn with<R>(&'static self, f: impl FnOnce(Option<&[u8]>) -> R) -> R {
        // SAFETY: null or a NUL-terminated string, which lives until the setting changes; the
        // closure's borrow ends with the call.
        let bytes = unsafe {
            let value = *self.0.as_ptr();
            match value.is_null() || *value == 0 {
                true => None,
                false => Some(CStr::from_ptr(value).to_bytes()),
            }
        };
        f(bytes)
    }

    /// Whether it has a value.
    #[inline]
    pub fn is_set(&'static self) -> bool {
        self.with(|value| value.is_some())
    }

    /// Registers it for everyone.
    pub fn define_for_all(&'static self, name: &'static CStr, about: &'static CStr) {
        GucRegistry::define_string_guc(
            name,
            about,
            c"",
            &self.0,
            GucContext::Userset,
            GucFlags::default(),
        );
    }

    /// Registers it as one that only a superuser may set, and that `reset all` leaves alone.
    pub fn define_for_superuser(&'static self, name: &'static CStr, about: &'static CStr) {
        GucRegistry::define_string_guc(
            name,
            about,
            c"",
            &self.0,
            GucContext::Suset,
            GucFlags::NO_RESET_ALL | GucFlags::NO_SHOW_ALL | GucFlags::DISALLOW_IN_FILE,
        );
    }
}

impl TextSetting {
    /// Refuses other settings under this prefix, and drops those that were made before the
    /// library was loaded.
    pub fn reserve_prefix(prefix: &'static CStr) {
        // SAFETY: a NUL-terminated static string.
        unsafe { pgrx::pg_sys::MarkGUCPrefixReserved(prefix.as_ptr()) }
    }
}
