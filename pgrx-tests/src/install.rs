//! The Postgres under test.

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
        let share = run(Command::new(&self.pg_config).arg("--sharedir"), LIMIT).expect_ok();
        Path::new(share.trim())
            .join("extension/pg_eventlog.control")
            .is_file()
    }
}

/// The project's directory.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the crate lies in the project's directory")
}
