//! Settings (GUCs): their storage and how they are read.
//!
//! The text of a setting is read where it stands, and goes when the setting changes. So whatever could change one is
//! refused while a text is being read: what sets it (`user`), and what runs anybody's code ([`super::guard::call`],
//! [`super::attempt`]).

use crate::error::Error;
use pgrx::guc::{GucContext, GucFlags, GucRegistry, GucSetting};
use pgrx::pg_sys;
use std::ffi::{CStr, CString, c_char, c_void};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

mod raw {
    use super::*;
    unsafe extern "C-unwind" {
        pub fn GetConfigOption(
            name: *const c_char,
            missing_ok: bool,
            restrict_privileged: bool,
        ) -> *const c_char;
    }
}

/// How many texts of settings are being read by the backend's one thread.
static READ: AtomicU32 = AtomicU32::new(0);

/// A text is being read while it lives.
struct Reading;

impl Reading {
    #[inline]
    fn begin() -> Self {
        READ.store(READ.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        Reading
    }
}

impl Drop for Reading {
    #[inline]
    fn drop(&mut self) {
        READ.store(READ.load(Ordering::Relaxed) - 1, Ordering::Relaxed);
    }
}

/// Before what may change a setting: refuses it while one is being read.
#[inline]
pub(super) fn require_unread() {
    if READ.load(Ordering::Relaxed) > 0 {
        refuse_change();
    }
}

#[cold]
fn refuse_change() -> ! {
    Error::internal("a setting could change while it is being read").raise()
}

/// Of what `set_context` keeps for a transaction.
const PRIVATE: GucFlags = GucFlags::NO_RESET_ALL
    .union(GucFlags::NO_SHOW_ALL)
    .union(GucFlags::DISALLOW_IN_FILE);

/// A text setting. Empty is none.
pub struct TextSetting(GucSetting<Option<CString>>);

impl TextSetting {
    /// A setting without a value.
    pub const fn new() -> Self {
        TextSetting(GucSetting::<Option<CString>>::new(None))
    }

    /// A setting with this value until it is set.
    pub const fn with_default(value: &'static CStr) -> Self {
        TextSetting(GucSetting::<Option<CString>>::new(Some(value)))
    }

    /// Its value, or none when it is unset or empty.
    pub fn get(&'static self) -> Option<CString> {
        self.0.get().filter(|v| !v.is_empty())
    }

    /// Its bytes as they stand, without a copy; none when it is unset or empty. No setting changes while `f` runs.
    #[inline]
    pub fn with<R>(&'static self, f: impl FnOnce(Option<&[u8]>) -> R) -> R {
        // SAFETY: the variable of a setting is null or a NUL-terminated string that lives until
        // the setting changes.
        unsafe { borrowed(*self.0.as_ptr(), f) }
    }

    /// Whether it has a value.
    #[inline]
    pub fn is_set(&'static self) -> bool {
        // SAFETY: as for `with`.
        unsafe {
            let value: *const c_char = *self.0.as_ptr();
            !value.is_null() && *value != 0
        }
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
        GucRegistry::define_string_guc(name, about, c"", &self.0, GucContext::Suset, PRIVATE);
    }
}

/// A setting that is on or off.
pub struct BoolSetting(GucSetting<bool>);

impl BoolSetting {
    /// One that is off until it is set.
    pub const fn off() -> Self {
        BoolSetting(GucSetting::<bool>::new(false))
    }

    /// One that is on until it is set.
    pub const fn on() -> Self {
        BoolSetting(GucSetting::<bool>::new(true))
    }

    /// Whether it is on.
    #[inline]
    pub fn is_on(&'static self) -> bool {
        self.0.get()
    }

    /// Registers it for everyone.
    pub fn define_for_all(&'static self, name: &'static CStr, about: &'static CStr) {
        GucRegistry::define_bool_guc(
            name,
            about,
            c"",
            &self.0,
            GucContext::Userset,
            GucFlags::default(),
        );
    }
}

/// A setting that is a number of milliseconds.
pub struct MillisSetting(GucSetting<i32>);

impl MillisSetting {
    /// One that is so many until it is set.
    pub const fn new(value: i32) -> Self {
        MillisSetting(GucSetting::<i32>::new(value))
    }

    /// Its value.
    pub fn get(&'static self) -> Duration {
        Duration::from_millis(self.0.get().max(0) as u64)
    }

    /// Registers it as one of the server's configuration.
    pub fn define_for_server(
        &'static self,
        name: &'static CStr,
        about: &'static CStr,
        least: i32,
        most: i32,
    ) {
        GucRegistry::define_int_guc(
            name,
            about,
            c"",
            &self.0,
            least,
            most,
            GucContext::Sighup,
            GucFlags::UNIT_MS,
        );
    }
}

/// What the value of a setting has to be.
pub trait Check {
    /// Whether it is that; else a sentence that says what it should be. Runs in the midst of anything: must not call
    /// into Postgres.
    fn check(value: &str) -> Result<(), &'static CStr>;
}

impl TextSetting {
    /// Registers it as one that only a superuser may set, with a check, and that everyone sees. `reset all` leaves it
    /// alone: anyone may say that.
    pub fn define_checked<C: Check>(
        &'static self,
        name: &'static CStr,
        about: &'static CStr,
        list: bool,
    ) {
        let list = if list {
            pg_sys::GUC_LIST_INPUT as i32
        } else {
            0
        };
        self.define::<C>(
            name,
            about,
            GucContext::Suset,
            GucFlags::NO_RESET_ALL | GucFlags::from_bits_retain(list),
        );
    }

    /// Registers it as one of the server's configuration, with a check.
    pub fn define_for_server<C: Check>(&'static self, name: &'static CStr, about: &'static CStr) {
        self.define::<C>(name, about, GucContext::Sighup, GucFlags::default());
    }

    /// Registers it as one of the server's configuration that is shown to nobody.
    pub fn define_secret(&'static self, name: &'static CStr, about: &'static CStr) {
        let flags = GucFlags::SUPERUSER_ONLY | GucFlags::NO_SHOW_ALL;
        // SAFETY: the hook gives a static text and does nothing else.
        unsafe {
            GucRegistry::define_string_guc_with_hooks(
                name,
                about,
                c"",
                &self.0,
                GucContext::Sighup,
                flags,
                None,
                None,
                Some(show_nothing),
            );
        }
    }

    /// Registers it as one that only a superuser may set and see, with a check.
    pub fn define_for_superuser_checked<C: Check>(
        &'static self,
        name: &'static CStr,
        about: &'static CStr,
    ) {
        self.define::<C>(name, about, GucContext::Suset, PRIVATE);
    }

    fn define<C: Check>(
        &'static self,
        name: &'static CStr,
        about: &'static CStr,
        context: GucContext,
        flags: GucFlags,
    ) {
        // SAFETY: the hook is guarded, and a check does no more than its trait allows.
        unsafe {
            GucRegistry::define_string_guc_with_hooks(
                name,
                about,
                c"",
                &self.0,
                context,
                flags,
                Some(check::<C>),
                None,
                None,
            );
        }
    }

    /// Refuses other settings under this prefix, and drops those that were made before the
    /// library was loaded.
    pub fn reserve_prefix(prefix: &'static CStr) {
        // SAFETY: a NUL-terminated static string.
        unsafe { pgrx::pg_sys::MarkGUCPrefixReserved(prefix.as_ptr()) }
    }
}

/// What is shown of a secret, whether or not there is one: superusers, too, may show it to others.
unsafe extern "C-unwind" fn show_nothing() -> *const c_char {
    c"********".as_ptr()
}

/// Called by Postgres with a value before it is set.
unsafe extern "C-unwind" fn check<C: Check>(
    value: *mut *mut c_char,
    _extra: *mut *mut c_void,
    _source: pg_sys::GucSource::Type,
) -> bool {
    let verdict = std::panic::catch_unwind(|| {
        // SAFETY: Postgres passes a pointer to the NUL-terminated new value, or to null.
        unsafe {
            borrowed(*value, |bytes| {
                std::str::from_utf8(bytes.unwrap_or_default())
                    .map_err(|_| c"It is not valid UTF-8.")
                    .and_then(C::check)
            })
        }
    });
    match verdict {
        Ok(Ok(())) => true,
        Ok(Err(sentence)) => {
            // SAFETY: where a check hook leaves its DETAIL; the text is a static one, and is
            // copied into the error.
            unsafe { pg_sys::GUC_check_errdetail_string = sentence.as_ptr().cast_mut() };
            false
        }
        Err(_) => false,
    }
}

/// Gives a setting a value as its default from this source, which counts unless one from a higher source does. What it
/// may not be is said in a warning.
pub(super) fn set_default(name: &CStr, value: &CStr, source: pg_sys::GucSource::Type) {
    // SAFETY: NUL-terminated strings.
    unsafe {
        pg_sys::set_config_option(
            name.as_ptr(),
            value.as_ptr(),
            pg_sys::GucContext::PGC_SUSET,
            source,
            pg_sys::GucAction::GUC_ACTION_SET,
            true,
            0,
            false,
        );
    }
}

/// Runs `f` with the bytes of any setting that shows a text, whoever defined it and whoever set it; none when there is
/// no such setting or it is empty. No setting changes while `f` runs.
pub fn with_any<R>(name: &CStr, f: impl FnOnce(Option<&[u8]>) -> R) -> R {
    // SAFETY: a NUL-terminated name. A setting that is missing or private raises no error when
    // called like this. The result is null or a NUL-terminated string that lives until the setting
    // changes.
    unsafe { borrowed(raw::GetConfigOption(name.as_ptr(), true, false), f) }
}

/// # Safety
/// `value` is null or a NUL-terminated string that lives while `f` runs.
#[inline]
unsafe fn borrowed<R>(value: *const c_char, f: impl FnOnce(Option<&[u8]>) -> R) -> R {
    let _reading = Reading::begin();
    // SAFETY: as the caller promises; the closure's borrow ends with the call.
    let bytes = unsafe {
        match value.is_null() || *value == 0 {
            true => None,
            false => Some(CStr::from_ptr(value).to_bytes()),
        }
    };
    f(bytes)
}
