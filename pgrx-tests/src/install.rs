//! The Postgres under test.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{LIMIT, run};

/// One installed Postgres, found through its `pg_config`.
#[derive(Clone, Debug)]
pub struct Install {
    pg_config: PathBuf,
    bindir: PathBuf,
    major: u32,
}

impl Install {
    /// The Postgres that `EVENTLOG_PG_CONFIG` names, else the one that the project works with.
    pub fn under_test() -> Self {
        match std::env::var_os("EVENTLOG_PG_CONFIG") {
            Some(path) => Self::at(Path::new(&path)),
            None => Self::private(&[]).expect("there is no Postgres to test: run `make setup`"),
        }
    }

    /// The project's own copy of one major version, if that is there.
    pub fn of_major(major: u32) -> Option<Self> {
        Self::private(&[&major.to_string()])
    }

    fn private(arguments: &[&str]) -> Option<Self> {
        let ran = run(
            Command::new(root().join("scripts/pg-config")).args(arguments),
            LIMIT,
        );
        ran.ok.then(|| Self::at(Path::new(ran.out.trim())))
    }

    /// The Postgres of this `pg_config`.
    pub fn at(pg_config: &Path) -> Self {
        let ask = |option: &str| {
            let answer = run(Command::new(pg_config).arg(option), LIMIT).expect_ok();
            answer.trim().to_owned()
        };
        // "PostgreSQL 15.20 (Debian 15.20-0+deb12u1)"
        let version = ask("--version");
        let number = version
            .split([' ', '.', 'd', 'b'])
            .find_map(|word| word.parse().ok());
        Self {
            pg_config: pg_config.to_owned(),
            bindir: ask("--bindir").into(),
            major: number.unwrap_or_else(|| panic!("no version in {version:?}")),
        }
    }

    /// 15, 16, ...
    pub fn major(&self) -> u32 {
        self.major
    }

    /// The path of its `pg_config`.
    pub fn pg_config(&self) -> &Path {
        &self.pg_config
    }

    /// The directory of its programs.
    pub fn bindir(&self) -> &Path {
        &self.bindir
    }

    /// One of its programs, ready for arguments, free of the caller's `PG*` variables.
    pub fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.bindir.join(name));
        for (key, _) in
            std::env::vars_os().filter(|(key, _)| key.to_string_lossy().starts_with("PG"))
        {
            command.env_remove(key);
        }
        // A server with RUST_BACKTRACE adds a backtrace to the DETAIL of some errors.
        command.env_remove("RUST_BACKTRACE");
        command.env("LC_ALL", "C").env("PGCONNECT_TIMEOUT", "10");
        command
    }

    /// Whether it has a pg_upgrade of its own.
    pub fn can_upgrade(&self) -> bool {
        self.bindir.join("pg_upgrade").is_file()
    }

    /// Whether the extension was installed into it.
    pub fn has_extension(&self) -> bool {
        self.extension_scripts().is_some()
    }

    /// Whether the very same build of the extension was installed into both, as far as its SQL tells.
    pub fn has_same_extension_as(&self, other: &Self) -> bool {
        self.has_extension() && self.extension_scripts() == other.extension_scripts()
    }

    /// The extension's scripts, by name.
    fn extension_scripts(&self) -> Option<BTreeMap<String, Vec<u8>>> {
        let share = run(Command::new(&self.pg_config).arg("--sharedir"), LIMIT).expect_ok();
        let directory = Path::new(share.trim()).join("extension");
        let scripts = fs::read_dir(directory).ok()?.flatten().filter_map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_ours = name.starts_with("pg_eventlog--") && name.ends_with(".sql");
            is_ours.then(|| (name, fs::read(entry.path()).unwrap_or_default()))
        });
        let scripts: BTreeMap<_, _> = scripts.collect();
        (!scripts.is_empty()).then_some(scripts)
    }
}

/// The project's directory.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the crate lies in the project's directory")
}
