//! Postgres's own programs, run against a cluster.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::cluster::PORT;
use crate::{Cluster, Install, LIMIT, Ran, SUPERUSER, run};

impl Cluster {
    /// What `pg_upgrade` says where the target is of an older minor release. Releases since a security fix of 2026 note a
    /// version with each column, and older ones of newer major versions refuse it, with this extension or without.
    pub const ATTVER: &'static str = "unrecognized parameter \"pg_attver\"";

    /// One of Postgres's client programs, told how to reach this cluster.
    pub fn client_program(&self, name: &str, database: &str, role: &str) -> Command {
        let mut command = self.install().program(name);
        command.env("PGHOST", self.directory()).env("PGPORT", PORT);
        command.env("PGDATABASE", database).env("PGUSER", role);
        command
    }

    /// Runs SQL through psql, stopping at the first error; unaligned output without headers.
    #[track_caller]
    pub fn psql(&self, database: &str, role: &str, sql: &str) -> Ran {
        let mut psql = self.client_program("psql", database, role);
        run(
            psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql]),
            LIMIT * 2,
        )
    }

    /// Runs a file of SQL through psql, stopping at the first error.
    #[track_caller]
    pub fn psql_file(&self, database: &str, role: &str, file: &Path) -> Ran {
        self.psql_file_on(database, role, file, "ON_ERROR_STOP=1")
    }

    /// Runs a file of SQL through psql with one of psql's variables set.
    #[track_caller]
    pub fn psql_file_on(&self, database: &str, role: &str, file: &Path, variable: &str) -> Ran {
        let mut psql = self.client_program("psql", database, role);
        run(
            psql.args(["-X", "-q", "-A", "-t", "-v", variable, "-f"])
                .arg(file),
            LIMIT * 2,
        )
    }

    /// `pg_dump` with these options into a file of the cluster's directory.
    #[track_caller]
    pub fn pg_dump(&self, database: &str, role: &str, options: &[&str], file: &Path) -> Ran {
        let mut dump = self.client_program("pg_dump", database, role);
        run(dump.args(options).arg("-f").arg(file), LIMIT * 2)
    }

    /// `pg_dumpall` with these options into a file.
    #[track_caller]
    pub fn pg_dumpall(&self, options: &[&str], file: &Path) -> Ran {
        let mut dump = self.client_program("pg_dumpall", "postgres", SUPERUSER);
        run(dump.args(options).arg("-f").arg(file), LIMIT * 2)
    }

    /// `pg_restore` of an archive into a database.
    #[track_caller]
    pub fn pg_restore(&self, database: &str, role: &str, options: &[&str], file: &Path) -> Ran {
        let mut restore = self.client_program("pg_restore", database, role);
        run(
            restore
                .args(["--exit-on-error", "-d", database])
                .args(options)
                .arg(file),
            LIMIT * 2,
        )
    }

    /// What an archive holds, in the order in which it is restored.
    pub fn pg_restore_list(&self, file: &Path) -> Ran {
        run(
            self.install().program("pg_restore").arg("--list").arg(file),
            LIMIT,
        )
    }

    /// `pg_restore` of an archive over what a database holds already, with these options of the session. It goes on after
    /// an error, unless told otherwise.
    #[track_caller]
    pub fn pg_restore_over(
        &self,
        database: &str,
        role: &str,
        settings: &str,
        options: &[&str],
        file: &Path,
    ) -> Ran {
        let mut restore = self.client_program("pg_restore", database, role);
        restore.env("PGOPTIONS", settings);
        run(
            restore.args(["-d", database]).args(options).arg(file),
            LIMIT * 2,
        )
    }

    /// A streaming standby of this cluster, not yet started: a copy by `pg_basebackup`, which goes on from its WAL.
    #[track_caller]
    pub fn standby(&self) -> Cluster {
        let standby = Cluster::stopped(self.install().clone(), &[]);
        fs::remove_dir_all(standby.data()).expect("it is there");
        let mut backup = self.install().program("pg_basebackup");
        backup
            .args(["-R", "-c", "fast", "-h"])
            .arg(self.directory());
        backup.args(["-p", PORT, "-U", SUPERUSER, "-D"]);
        run(backup.arg(standby.data()), LIMIT * 2).expect_ok();
        standby
    }

    /// `pg_upgrade --check` of this cluster, which is stopped for it, to a fresh one of `new`.
    #[track_caller]
    pub fn pg_upgrade_check(&mut self, new: &Install) -> Ran {
        let target = Cluster::stopped(new.clone(), &[]);
        self.stop();
        let ran = self.pg_upgrade_into(&target, &["--check"]);
        self.start();
        ran
    }

    /// `pg_upgrade` of this stopped cluster into that stopped one.
    #[track_caller]
    pub fn pg_upgrade_into(&self, target: &Cluster, options: &[&str]) -> Ran {
        let mut upgrade = target.install().program("pg_upgrade");
        upgrade
            .arg("-b")
            .arg(self.install().bindir())
            .arg("-B")
            .arg(target.install().bindir());
        upgrade
            .arg("-d")
            .arg(self.data())
            .arg("-D")
            .arg(target.data());
        upgrade
            .arg("-s")
            .arg(target.directory())
            .args(["-U", SUPERUSER])
            .args(options);
        // It writes its reports into the working directory, or into the new cluster's.
        let mut ran = run(upgrade.current_dir(target.directory()), LIMIT * 5);
        if !ran.ok {
            let mut grep = Command::new("grep");
            grep.args(["-r", "-h", "-i", "-A", "2", "error:"])
                .arg(target.data().join("pg_upgrade_output.d"));
            ran.err += &run(&mut grep, LIMIT).out;
        }
        ran
    }
}

/// The directory of the other languages' drivers, set up once.
pub fn drivers() -> &'static Path {
    static DRIVERS: OnceLock<PathBuf> = OnceLock::new();
    DRIVERS.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        run(
            &mut Command::new(root.join("scripts/drivers-setup")),
            LIMIT * 10,
        )
        .expect_ok();
        root.join("target/drivers")
    })
}
